package web

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"

	"github.com/a-h/templ"
	"golang.org/x/text/language"
)

// SessionCookie names the cookie that carries the token of a session.
const SessionCookie = "birge"

// info is what the server knows of a request; it travels in the context.
type info struct {
	config *Config
	lang   i18n.Lang
	words  *i18n.Printer
	actor  access.Actor
	id     string
	keys   []string
	until  time.Time
	rest   io.Reader // of a body that is too large, on routes that take files
	broken error     // why the form could not be read
}

type infoKey struct{}

func infoOf(r *http.Request) *info { return r.Context().Value(infoKey{}).(*info) }

func withInfo(r *http.Request, in *info) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), infoKey{}, in))
}

// Lang is the language of the request's address; a raw route has the language
// that its reader prefers.
func Lang(r *http.Request) i18n.Lang { return infoOf(r).lang }

// Words speaks the language of the request.
func Words(r *http.Request) *i18n.Printer { return infoOf(r).words }

// Actor is who sends the request.
func Actor(r *http.Request) access.Actor { return infoOf(r).actor }

// RequestID is the id under which the log knows the request.
func RequestID(r *http.Request) string { return infoOf(r).id }

// Now is the portal's time in the portal's zone.
func Now(r *http.Request) time.Time {
	c := infoOf(r).config
	return c.Now().In(c.Zone)
}

// Zone is the zone in which the portal shows time.
func Zone(r *http.Request) *time.Location { return infoOf(r).config.Zone }

// Sample tells that the portal shows sample data.
func Sample(r *http.Request) bool { return infoOf(r).config.Sample }

// Nav lists the sections of the portal.
func Nav(r *http.Request) []Section { return infoOf(r).config.Nav }

// Alone lists what there is beside a page where there are no sections; nil on a portal.
func Alone(r *http.Request) []Section { return infoOf(r).config.Alone }

// Base is the public origin of the portal, "https://birge.example".
func Base(r *http.Request) string {
	c := infoOf(r).config
	if c.Base != "" {
		return c.Base
	}
	if secure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// Secure tells that the reader came by HTTPS.
func Secure(r *http.Request) bool { return secure(r) }

func secure(r *http.Request) bool {
	c := infoOf(r).config
	return r.TLS != nil || strings.HasPrefix(c.Base, "https://") || c.TrustProxy && r.Header.Get("X-Forwarded-Proto") == "https"
}

// Path is an address of the portal in the request's language: "/ru/projects".
func Path(r *http.Request, path string) string { return "/" + string(Lang(r)) + path }

// Here is the address of the request without its language, with its query.
func Here(r *http.Request) string {
	p := r.URL.Path
	if l, rest := splitLang(p); l != "" {
		p = rest
	}
	if r.URL.RawQuery != "" {
		p += "?" + r.URL.RawQuery
	}
	return p
}

// splitLang takes the language off a path: "/ru/projects" is "ru", "/projects".
func splitLang(path string) (i18n.Lang, string) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	l, ok := i18n.ParseLang(first)
	if !ok {
		return "", path
	}
	return l, "/" + rest
}

var matcher = language.NewMatcher([]language.Tag{language.Kazakh, language.Russian, language.English})

// negotiate picks the language that the reader's browser prefers, Kazakh first.
func negotiate(r *http.Request) i18n.Lang {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return i18n.KK
	}
	_, i, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return i18n.KK
	}
	return i18n.Langs[i]
}

// ID reads an id of the path; what is not an id is not found.
func ID(r *http.Request, name string) (ref.ID, error) {
	id, ok := ref.ParseID(r.PathValue(name))
	if !ok {
		return 0, problem.New(problem.NotFound, "problem.not_found")
	}
	return id, nil
}

// Touch names what the page shows and what it asked: the surrogate keys under
// which the page is dropped from memory. ref.Ref.Key gives the key of a thing, a
// room's kind ("project") the key of all its lists and counts.
func Touch(r *http.Request, keys ...string) {
	in := infoOf(r)
	in.keys = append(in.keys, keys...)
}

// Until says when a clock on the page turns, so that it is drawn anew; every
// page is at the portal's next midnight. A clock that has turned turns no more.
func Until(r *http.Request, t time.Time) {
	in := infoOf(r)
	if !t.After(Now(r)) {
		return
	}
	if in.until.IsZero() || t.Before(in.until) {
		in.until = t
	}
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render draws a whole page before the first byte leaves, so there are no half pages.
func Render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	defer func() {
		if b.Cap() <= 1<<20 {
			buffers.Put(b)
		}
	}()
	b.Reset()
	if err := page.Render(r.Context(), b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}

// SeeOther sends the reader on after a change; notice is the message key of what
// was done, shown on top of the next page, or "".
func SeeOther(w http.ResponseWriter, r *http.Request, path, notice string) error {
	to := Path(r, path)
	if notice != "" {
		sep := "?"
		if strings.Contains(to, "?") {
			sep = "&"
		}
		to += sep + "notice=" + url.QueryEscape(notice)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// Notice is the sentence that SeeOther asked to show, "" when there is none.
func Notice(r *http.Request) string {
	key := r.URL.Query().Get("notice")
	if p := Words(r); strings.Contains(key, "notice") && p.Has(key) {
		return p.T(key)
	}
	return ""
}

// WantsJSON tells that the reader asks for JSON rather than a page.
func WantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.HasPrefix(r.URL.Path, "/api/") || strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}
