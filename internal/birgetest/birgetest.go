// Package birgetest gives a test a whole portal: store, rooms, pages and
// workers, on both engines, with a clock that the test moves and readers that
// browse it over HTTP.
package birgetest

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"birge/internal/app"
	"birge/internal/app/migrations"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/mail"
)

// World is a portal in a test.
type World struct {
	*app.Portal
	T     testing.TB
	Clock *dbtest.Clock
	URL   string

	asked atomic.Int64 // requests so far
}

// Each runs a test in a portal on SQLite and, where the suite has PostgreSQL, in
// one on PostgreSQL. The published facts are loaded.
func Each(t *testing.T, test func(t *testing.T, w *World)) {
	dbtest.EachAddress(t, migrations.FS, func(t *testing.T, address string) {
		test(t, Start(t, address))
	})
}

// Start starts a portal on the store at address.
func Start(t testing.TB, address string) *World {
	t.Helper()
	return StartIn(t, t.TempDir(), address)
}

// StartIn is Start in a folder that the test names.
func StartIn(t testing.TB, folder, address string) *World {
	t.Helper()
	return start(t, dbtest.NewClock(), app.Config{Data: folder, DB: address})
}

// start starts the portal of a folder and adds the facts that it lacks.
func start(t testing.TB, clock *dbtest.Clock, c app.Config) *World {
	t.Helper()
	w := &World{T: t, Clock: clock}
	c.Zone, c.PagesMB, c.Clock, c.Log = "Asia/Almaty", 8, w.Clock.Now, slog.New(slog.DiscardHandler)
	portal, err := app.Open(t.Context(), c)
	w.Must(err)
	w.Portal = portal
	w.Must(portal.LoadFacts(t.Context()))
	server := httptest.NewUnstartedServer(nil)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- portal.RunOn(ctx, server.Listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the portal ended with %v", err)
		}
		w.Must(portal.Close())
	})
	w.URL = "http://" + server.Listener.Addr().String()
	w.Must(portal.AwaitReady(t.Context()))
	return w
}

// Must ends the test when there is an error.
func (w *World) Must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Letters are the newest letters of the outbox, the newest first.
func (w *World) Letters(n int) (list []mail.Outgoing) {
	w.T.Helper()
	w.Must(w.DB.View(w.T.Context(), func(tx *db.Tx) (err error) {
		list, err = mail.Outbox(w.T.Context(), tx, 0, n)
		return err
	}))
	return list
}

// awaitTime bounds how long work of the portal's own may take.
const awaitTime = time.Minute

// Await asks until the answer is yes, while the portal's workers do what was put
// in. It fails the test when they do not come to it.
func (w *World) Await(done func() bool) {
	w.T.Helper()
	ctx, cancel := context.WithTimeout(w.T.Context(), awaitTime)
	defer cancel()
	woken, stop := w.DB.Wake()
	defer stop()
	for !done() {
		select {
		case <-woken:
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			w.T.Fatal("the workers did not come to it")
		}
	}
}
