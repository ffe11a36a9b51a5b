// Package birgetest gives a test a whole portal: store, rooms, pages and
// workers, on both engines, with a clock that the test moves and readers that
// browse it over HTTP.
package birgetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/app"
	"birge/internal/app/migrations"
	"birge/internal/platform/access"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
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
	w.must(err)
	w.Portal = portal
	w.must(portal.LoadFacts(t.Context()))
	server := httptest.NewUnstartedServer(nil)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- portal.RunOn(ctx, server.Listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the portal ended with %v", err)
		}
		w.must(portal.Close())
	})
	w.URL = "http://" + server.Listener.Addr().String()
	w.must(portal.AwaitReady(t.Context()))
	return w
}

func (w *World) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Answer is what a reader got.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Reader browses the portal; redirects are not followed. Cookies are kept.
type Reader struct {
	w      *World
	client *http.Client
	cookie *[]*http.Cookie
	header http.Header
}

// With is the reader sending a header with every request.
func (r *Reader) With(name, value string) *Reader {
	same := *r
	same.header = r.header.Clone()
	if same.header == nil {
		same.header = http.Header{}
	}
	same.header.Set(name, value)
	return &same
}

// Stranger is a reader who is not signed in.
func (w *World) Stranger() *Reader {
	return &Reader{w: w, cookie: new([]*http.Cookie), client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Held is a role and the thing to which it is bound, zero for the whole portal.
type Held struct {
	Role access.Role
	For  ref.Ref
}

// SignedIn is a reader who has signed in by password and holds the roles.
func (w *World) SignedIn(email string, roles ...Held) *Reader {
	w.T.Helper()
	const password = "ақ бота жусанда жатыр"
	by := access.Portal("test")
	p, err := w.Accounts.Enrol(w.T.Context(), by, accounts.NewPerson{Name: "Сынақ", Email: email, Lang: i18n.KK, Password: password, Proved: true})
	w.must(err)
	for _, h := range roles {
		_, err := w.Accounts.GiveRole(w.T.Context(), by, p.ID, h.Role, h.For)
		w.must(err)
	}
	r := w.Stranger()
	if a := r.Post("/kk/sign-in", url.Values{"email": {email}, "password": {password}}); a.Status != http.StatusSeeOther {
		w.T.Fatalf("signing in gives %d: %s", a.Status, a.Body)
	}
	return r
}

// Get reads an address of the portal.
func (r *Reader) Get(path string) Answer {
	r.w.T.Helper()
	return r.Do(http.MethodGet, path, nil)
}

// Post sends a form.
func (r *Reader) Post(path string, form url.Values) Answer {
	r.w.T.Helper()
	return r.Do(http.MethodPost, path, form)
}

// Upload sends a file under the name of a field.
func (r *Reader) Upload(path, field, name string, file io.Reader) Answer {
	r.w.T.Helper()
	return r.UploadWith(path, field, name, file, nil)
}

// UploadWith is Upload with other fields of the form.
func (r *Reader) UploadWith(path, field, name string, file io.Reader, fields url.Values) Answer {
	r.w.T.Helper()
	body, pen := io.Pipe()
	form := multipart.NewWriter(pen)
	go func() {
		var err error
		for name, values := range fields {
			for _, v := range values {
				err = errors.Join(err, form.WriteField(name, v))
			}
		}
		part, bad := form.CreateFormFile(field, name)
		if err = errors.Join(err, bad); err == nil {
			_, err = io.Copy(part, file)
		}
		_ = pen.CloseWithError(errors.Join(err, form.Close()))
	}()
	return r.With("Content-Type", form.FormDataContentType()).send(http.MethodPost, path, body)
}

// Do sends a request; a form becomes its body.
func (r *Reader) Do(method, path string, form url.Values) Answer {
	r.w.T.Helper()
	if form == nil {
		return r.send(method, path, nil)
	}
	return r.With("Content-Type", "application/x-www-form-urlencoded").send(method, path, strings.NewReader(form.Encode()))
}

// Send sends a body as it is.
func (r *Reader) Send(method, path string, body io.Reader) Answer {
	r.w.T.Helper()
	return r.send(method, path, body)
}

func (r *Reader) send(method, path string, body io.Reader) Answer {
	r.w.T.Helper()
	req, err := http.NewRequestWithContext(r.w.T.Context(), method, r.w.URL+path, body)
	r.w.must(err)
	for name, values := range r.header {
		req.Header[name] = values
	}
	for _, c := range *r.cookie {
		req.AddCookie(c)
	}
	if r.w.Config.Proxy { // every request from an address of its own, so that limits by address stay out of the way
		n := r.w.asked.Add(1)
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255))
	}
	res, err := r.client.Do(req)
	r.w.must(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	r.w.must(err)
	for _, c := range res.Cookies() {
		if c.MaxAge >= 0 && c.Value != "" {
			*r.cookie = append(*r.cookie, c)
		} else {
			*r.cookie = nil
		}
	}
	return Answer{res.StatusCode, res.Header, string(text)}
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
