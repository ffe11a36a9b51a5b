package birgetest

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// noWord is how a page shows a key that has no words; no answer may hold one.
var noWord = regexp.MustCompile(`⟦[^⟧]*⟧`)

// Answer is what a reader got.
type Answer struct {
	Asked  string // method and address
	Status int
	Header http.Header
	Body   string
}

// Reader browses the portal; redirects are not followed. Cookies are kept.
type Reader struct {
	w      *World
	client *http.Client // with its cookies
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
	w.T.Helper()
	jar, err := cookiejar.New(nil)
	w.Must(err)
	return &Reader{w: w, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
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
	w.Must(err)
	for _, h := range roles {
		_, err := w.Accounts.GiveRole(w.T.Context(), by, p.ID, h.Role, h.For)
		w.Must(err)
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
	r.w.Must(err)
	for name, values := range r.header {
		req.Header[name] = values
	}
	if r.w.Config.Proxy { // every request from an address of its own, so that limits by address stay out of the way
		n := r.w.asked.Add(1)
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255))
	}
	res, err := r.client.Do(req)
	r.w.Must(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	r.w.Must(err)
	if missing := noWord.Find(text); missing != nil {
		r.w.T.Errorf("%s %s says %s", method, path, missing)
	}
	return Answer{method + " " + path, res.StatusCode, res.Header, string(text)}
}

// cookies are those that the portal gave the reader.
func (r *Reader) cookies() []*http.Cookie {
	at, err := url.Parse(r.w.URL)
	r.w.Must(err)
	return r.client.Jar.Cookies(at)
}

// Want asserts the status of an answer and that its page says each part; it gives
// the page.
func (w *World) Want(status int, a Answer, parts ...string) string {
	w.T.Helper()
	if a.Status != status {
		w.T.Fatalf("%s answers %d, want %d: %.1500s", a.Asked, a.Status, status, a.Body)
	}
	w.Says(a.Body, parts...)
	return a.Body
}

// Says asserts that a page says each part; a space stands for one that breaks no line
// too.
func (w *World) Says(page string, parts ...string) {
	w.T.Helper()
	plain := strings.ReplaceAll(page, "\u00a0", " ")
	for _, part := range parts {
		if !strings.Contains(page, part) && !strings.Contains(plain, part) {
			w.T.Errorf("the page does not say %q", part)
		}
	}
}

// Went asserts that a form was taken, waits until everybody sees what it changed,
// and gives the address to which it leads, without language and notice.
func (w *World) Went(a Answer) string {
	w.T.Helper()
	w.Want(http.StatusSeeOther, a)
	w.Must(w.AwaitFeed(w.T.Context()))
	at, err := url.Parse(a.Header.Get("Location"))
	w.Must(err)
	for _, l := range i18n.Langs {
		if path, ok := strings.CutPrefix(at.Path, "/"+string(l)+"/"); ok {
			return "/" + path
		}
	}
	return at.Path
}

// Reads gets a page and asserts its status and what it says.
func (r *Reader) Reads(path string, status int, parts ...string) string {
	r.w.T.Helper()
	return r.w.Want(status, r.Get(path), parts...)
}

// Fills sends a form, asserts the status and gives the page, and where it leads.
func (r *Reader) Fills(path string, status int, form url.Values) (page, to string) {
	r.w.T.Helper()
	a := r.Post(path, form)
	return r.w.Want(status, a), a.Header.Get("Location")
}

// Sends is Fills with a form of pairs of field and value.
func (r *Reader) Sends(path string, status int, pairs ...string) (page, to string) {
	r.w.T.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return r.Fills(path, status, form)
}
