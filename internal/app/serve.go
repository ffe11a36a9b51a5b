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

// readiness is what /readyz asks: whether the feed has caught up once.
type readiness struct {
	caughtUp chan struct{}
	once     sync.Once
}

func (r *readiness) tell() { r.once.Do(func() { close(r.caughtUp) }) }

func (r *readiness) is() bool {
	select {
	case <-r.caughtUp:
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
	case !p.ready.is():
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

// AwaitReady waits until the portal answers as ready.
func (p *Portal) AwaitReady(ctx context.Context) error {
	select {
	case <-p.ready.caughtUp:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
