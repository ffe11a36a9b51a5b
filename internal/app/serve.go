package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// readiness is how far the start has come: serving once pages can be drawn, as
// /readyz asks; whole once the search answers in full.
type readiness struct{ serving, whole moment }

// moment is something that happens once.
type moment struct {
	happened chan struct{}
	once     sync.Once
}

func newReadiness() readiness {
	return readiness{moment{happened: make(chan struct{})}, moment{happened: make(chan struct{})}}
}

func (m *moment) tell() { m.once.Do(func() { close(m.happened) }) }

func (m *moment) is() bool {
	select {
	case <-m.happened:
		return true
	default:
		return false
	}
}

// Run starts the workers and serves until ctx ends, then lets running requests
// finish and closes the portal.
func (p *Portal) Run(ctx context.Context) error {
	listener, err := net.Listen("tcp", p.Config.Addr)
	if err != nil {
		return errors.Join(fmt.Errorf("app: %w", err), p.Close())
	}
	return errors.Join(p.RunOn(ctx, listener), p.Close())
}

// RunOn is Run on a listener that is open already; the portal stays open.
func (p *Portal) RunOn(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler:           p.Server,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       5 * time.Minute, // a large table over a weak link
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(p.Config.Log.Handler(), slog.LevelWarn),
	}
	g, ctx := errgroup.WithContext(ctx)
	p.startWorkers(ctx, g)
	g.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("app: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return server.Shutdown(ending)
	})
	return g.Wait()
}

func alive(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) }

// readyz answers 200 once pages can be served and while the sealer seals.
func (p *Portal) readyz(w http.ResponseWriter, r *http.Request) {
	switch {
	case !p.ready.serving.is():
		http.Error(w, "starting", http.StatusServiceUnavailable)
	case p.Sealer.Healthy(r.Context()) != nil:
		http.Error(w, "the sealer stalls", http.StatusServiceUnavailable)
	default:
		alive(w, r)
	}
}

// metricsOnLoopback shows metrics to the machine itself and to nobody else.
func metricsOnLoopback(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() || r.Header.Get("X-Forwarded-For") != "" {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func robots(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("User-agent: *\nDisallow: /kk/desk\nDisallow: /ru/desk\nDisallow: /en/desk\n"))
}

// AwaitReady waits until the search answers in full as well.
func (p *Portal) AwaitReady(ctx context.Context) error { return await(ctx, &p.ready.whole) }

func await(ctx context.Context, m *moment) error {
	select {
	case <-m.happened:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
