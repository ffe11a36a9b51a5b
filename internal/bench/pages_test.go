package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"birge/internal/app"
)

// BenchmarkPages draws the pages that are measured, without a network between:
// made anew for each request, and kept.
func BenchmarkPages(b *testing.B) {
	dir := b.TempDir()
	s, err := seedIn(b.Context(), dir, 2000)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("anew", func(b *testing.B) { benchmarkPages(b, dir, 0, pagesOf(s)) })
	b.Run("kept", func(b *testing.B) { benchmarkPages(b, dir, 32, pagesOf(s)) })
}

func benchmarkPages(b *testing.B, dir string, pagesMB int, pages []page) {
	c := config(dir)
	c.PagesMB = pagesMB
	c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	p, err := app.Open(b.Context(), c)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error)
	go func() { ended <- p.RunOn(ctx, listener) }()
	defer func() { stop(); <-ended }()
	if err := p.AwaitReady(ctx); err != nil {
		b.Fatal(err)
	}
	for _, pg := range pages {
		b.Run(pg.name, func(b *testing.B) {
			b.ReportAllocs()
			before := cpu()
			for i := 0; b.Loop(); i++ {
				w := reader{header: http.Header{}}
				p.Server.ServeHTTP(&w, httptest.NewRequestWithContext(ctx, http.MethodGet, pg.paths[i%len(pg.paths)], nil))
				if w.status != http.StatusOK {
					b.Fatal(w.status)
				}
			}
			b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

// cpu is what the process took of the processors, collecting garbage included.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// reader takes an answer and forgets what it says.
type reader struct {
	header http.Header
	status int
}

func (r *reader) Header() http.Header    { return r.header }
func (r *reader) WriteHeader(status int) { r.status = status }

func (r *reader) Write(body []byte) (int, error) {
	r.status = max(r.status, http.StatusOK)
	return len(body), nil
}
