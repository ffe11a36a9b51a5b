package web

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"

	"github.com/a-h/templ"
)

// A large file waits on the disk while its form is read. Whatever becomes of the
// form, nothing of it stays there.
func TestNoFileStays(t *testing.T) {
	read := func(r *http.Request) error {
		f := ReadForm(r)
		if file, _, ok := f.File("file"); ok {
			_, err := io.Copy(io.Discard, file)
			return errors.Join(err, file.Close(), f.Err())
		}
		return f.Err()
	}
	was := 0 // how many files waited when the handler had the form
	for what, after := range map[string]func(w http.ResponseWriter) error{
		"taken":    func(w http.ResponseWriter) error { w.WriteHeader(http.StatusNoContent); return nil },
		"refused":  func(http.ResponseWriter) error { return problem.New(problem.Invalid, "form.unreadable") },
		"a panic":  func(http.ResponseWriter) error { panic("at the disco") },
		"hung up":  func(http.ResponseWriter) error { panic(http.ErrAbortHandler) },
		"a mishap": func(http.ResponseWriter) error { return errors.New("the roof is on fire") },
	} {
		for size, full := range map[int]bool{3 << 20: false, 9 << 20: true} {
			dir := t.TempDir()
			t.Setenv("TMPDIR", dir)
			words := i18n.NewWords()
			if err := words.Add(Locales); err != nil {
				t.Fatal(err)
			}
			server, err := NewServer(Config{Words: words, Zone: time.UTC, Now: time.Now, Log: slog.New(slog.DiscardHandler),
				Failure: func(*http.Request, int, *problem.Problem) templ.Component { return templ.Raw("refused") }},
				[]Route{Public("POST /things", func(w http.ResponseWriter, r *http.Request) error {
					if err := read(r); err != nil {
						return err
					}
					was += filesIn(t, dir)
					return after(w)
				}).Body(8 << 20)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			func() {
				defer func() {
					if v := recover(); v != nil && v != http.ErrAbortHandler {
						panic(v)
					}
				}()
				server.ServeHTTP(httptest.NewRecorder(), upload(t, size))
			}()
			if n := filesIn(t, dir); n > 0 {
				t.Errorf("%s, too large %v: %d files stay", what, full, n)
			}
		}
	}
	if was == 0 {
		t.Error("no file waited on the disk, so nothing is proved")
	}
}

// upload is a form with a file of some size.
func upload(t *testing.T, size int) *http.Request {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "a.csv")
	if err == nil {
		_, err = part.Write(make([]byte, size))
	}
	if err := errors.Join(err, form.Close()); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/ru/things", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

func filesIn(t *testing.T, dir string) int {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}
