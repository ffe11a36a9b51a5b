package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"birge/internal/platform/i18n"

	"github.com/andybalholm/brotli"
)

// kept is a portal with one page, which counts how often it is drawn.
type kept struct {
	*Server
	log   bytes.Buffer
	drawn int
}

func newKept(t *testing.T) *kept {
	t.Helper()
	k := &kept{}
	page := Public("GET /page", func(w http.ResponseWriter, r *http.Request) error {
		k.drawn++
		_, err := io.WriteString(w, longPage)
		return err
	})
	var err error
	k.Server, err = NewServer(Config{Words: i18n.NewWords(), Zone: time.UTC, Now: time.Now, Memory: NewMemory(1 << 20),
		Log: slog.New(slog.NewJSONHandler(&k.log, nil))}, []Route{page}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var longPage = fmt.Sprintf("%2000s", "a page long enough to be packed")

func (k *kept) ask(address string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, address, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	k.ServeHTTP(w, r)
	return w
}

func TestKeptPageIsLoggedLikeAnyOther(t *testing.T) {
	k := newKept(t)
	etag := k.ask("/ru/page").Header().Get("ETag")
	k.ask("/ru/page")
	k.ask("/ru/page", "If-None-Match", etag)
	if k.drawn != 1 {
		t.Errorf("the page was drawn %d times", k.drawn)
	}
	ids := map[string]bool{}
	lines := json.NewDecoder(&k.log)
	for _, status := range []int{http.StatusOK, http.StatusOK, http.StatusNotModified} {
		var line struct {
			ID, Route, Lang string
			Status          int
		}
		if err := lines.Decode(&line); err != nil {
			t.Fatal(err)
		}
		if line.Route != "GET /page" || line.Lang != "ru" || line.Status != status {
			t.Errorf("%+v", line)
		}
		ids[line.ID] = true
	}
	if len(ids) != 3 {
		t.Errorf("ids of three requests: %v", ids)
	}
}

func TestOneKeptPageForEveryWayToAsk(t *testing.T) {
	k := newKept(t)
	for _, address := range []string{"/ru/page?b=2&a=1", "/ru/page?a=1&b=2", "/ru/page?a=%31&b=2"} {
		k.ask(address)
	}
	if k.drawn != 1 {
		t.Errorf("the page was drawn %d times", k.drawn)
	}
}

func TestKeptPageIsPackedAsAsked(t *testing.T) {
	k := newKept(t)
	for range 2 { // drawn, then kept
		for _, coding := range []string{"br", "gzip", ""} {
			w := k.ask("/ru/page?coding="+coding, "Accept-Encoding", coding)
			if got := w.Header().Get("Content-Encoding"); got != coding {
				t.Errorf("%q is answered with %q", coding, got)
			}
			if body := unpacked(t, coding, w.Body); body != longPage {
				t.Errorf("%q: %d bytes", coding, len(body))
			}
		}
	}
}

func unpacked(t *testing.T, coding string, body io.Reader) string {
	t.Helper()
	var err error
	switch coding {
	case "br":
		body = brotli.NewReader(body)
	case "gzip":
		body, err = gzip.NewReader(body)
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
