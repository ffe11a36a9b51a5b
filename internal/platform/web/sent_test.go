package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"

	"github.com/a-h/templ"
)

// counter is a portal with one form, which counts how often it is taken. It
// refuses while refuse is set, and with begun waits there until released.
type counter struct {
	*Server
	taken    atomic.Int64
	refuse   atomic.Bool
	begun    chan struct{}
	released chan struct{}
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{}
	words := i18n.NewWords()
	if err := words.Add(Locales); err != nil {
		t.Fatal(err)
	}
	var err error
	c.Server, err = NewServer(Config{Words: words, Zone: time.UTC, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Failure: func(*http.Request, int, *problem.Problem) templ.Component { return templ.Raw("refused") },
		Actor: func(_ context.Context, token string) (access.Actor, error) {
			return map[string]access.Actor{"aigul": {UserID: 1}, "marat": {UserID: 2}}[token], nil
		}}, []Route{Public("POST /things", c.take)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *counter) take(w http.ResponseWriter, r *http.Request) error {
	f := ReadForm(r)
	if err := f.Err(); err != nil {
		return err
	}
	if c.begun != nil {
		c.begun <- struct{}{}
		<-c.released
	}
	if r.Context().Err() != nil {
		return r.Context().Err()
	}
	n := c.taken.Add(1)
	if c.refuse.Load() {
		return problem.New(problem.Conflict, "problem.changed_meanwhile")
	}
	return SeeOther(w, r, fmt.Sprintf("/things/%s/%d", f.Line("name"), n), "")
}

// post sends the form of a session and gives the status and where it leads.
func (c *counter) post(ctx context.Context, session, once, name string) string {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/ru/things", strings.NewReader(url.Values{OnceField: {once}, "name": {name}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: SessionCookie, Value: session})
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return fmt.Sprint(w.Code, " ", w.Header().Get("Location"))
}

func TestAFormIsTakenOnce(t *testing.T) {
	c := newCounter(t)
	for _, step := range []struct{ session, once, name, want string }{
		{"aigul", "v", "a", "303 /ru/things/a/1"},
		{"aigul", "v", "a", "303 /ru/things/a/1"}, // the same form
		{"aigul", "w", "a", "303 /ru/things/a/2"}, // drawn anew
		{"aigul", "v", "b", "303 /ru/things/b/3"}, // went back and typed something else
		{"marat", "v", "a", "303 /ru/things/a/4"}, // another person
		{"marat", "", "a", "303 /ru/things/a/5"},
		{"marat", "", "a", "303 /ru/things/a/6"}, // does not ask for it
		{"nobody", "v", "a", "303 /ru/things/a/7"},
		{"nobody", "v", "a", "303 /ru/things/a/8"}, // strangers share nothing
	} {
		if got := c.post(t.Context(), step.session, step.once, step.name); got != step.want {
			t.Errorf("%s sends %q with %q and hears %s, want %s", step.session, step.name, step.once, got, step.want)
		}
	}
}

func TestARefusedFormMayBeSentAgain(t *testing.T) {
	c := newCounter(t)
	c.refuse.Store(true)
	if got := c.post(t.Context(), "aigul", "v", "a"); got != "409 " {
		t.Fatalf("refused with %s", got)
	}
	c.refuse.Store(false)
	if got := c.post(t.Context(), "aigul", "v", "a"); got != "303 /ru/things/a/2" {
		t.Errorf("sent again, hears %s", got)
	}
}

// A browser without a script hangs up on the first click and sends a second.
func TestADoubleClick(t *testing.T) {
	c := newCounter(t)
	c.begun, c.released = make(chan struct{}, 2), make(chan struct{})
	first, hangUp := context.WithCancel(t.Context())
	answers := make([]string, 2)
	var both sync.WaitGroup
	both.Go(func() { answers[0] = c.post(first, "aigul", "v", "a") })
	<-c.begun
	hangUp()
	both.Go(func() { answers[1] = c.post(t.Context(), "aigul", "v", "a") })
	close(c.released)
	both.Wait()
	if n := c.taken.Load(); n != 1 || answers[1] != "303 /ru/things/a/1" {
		t.Errorf("taken %d times, the second click hears %s", n, answers[1])
	}
}
