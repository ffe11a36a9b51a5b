package forumsweb_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/forums"
	"birge/internal/platform/access"
)

// unzip reads every file of a package.
func unzip(t *testing.T, body string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader([]byte(body)), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(b)
	}
	return files
}

// A forum that is over is one page to quote and one package, whose index proves every
// file; one that goes on has neither. No private person is in it.
func TestAForumIsPacked(t *testing.T) { birgetest.EachFew(t, aForumIsPacked) }

func aForumIsPacked(t *testing.T, s *birgetest.Sample) {
	list, err := s.Forums.List(t.Context(), access.Actor{})
	if err != nil {
		t.Fatal(err)
	}
	var past forums.Forum
	for _, c := range list {
		want := http.StatusNotFound
		if c.State == forums.Finished || c.State == forums.Archived {
			want = http.StatusOK
			if c.Forum.Sample {
				past = c.Forum
			}
		}
		for _, path := range []string{"/en" + c.Forum.Ref().Path + "/archive", "/packages/forums/" + c.Forum.ID.String()} {
			if a := s.Stranger().Get(path); a.Status != want {
				t.Errorf("%s of a forum that is %s answers %d", path, c.State, a.Status)
			}
		}
	}
	page := s.Stranger().Get("/ru" + past.Ref().Path + "/archive")
	if !strings.Contains(page.Body, "/ru"+past.Ref().Path+"/archive</blockquote>") || !strings.Contains(page.Body, past.Title.RU+": "+past.Theme.RU) {
		t.Errorf("the page is not to be quoted: %s", page.Body)
	}
	files := unzip(t, s.Stranger().Get("/packages/forums/"+past.ID.String()).Body)
	var index forums.PackageIndex
	if err := json.Unmarshal([]byte(files[forums.IndexName]), &index); err != nil {
		t.Fatal(err)
	}
	for _, f := range index.Files {
		h := sha256.Sum256([]byte(files[f.Name]))
		if hex.EncodeToString(h[:]) != f.SHA256 || int64(len(files[f.Name])) != f.Size {
			t.Errorf("%s is not what the index says", f.Name)
		}
	}
	for _, name := range []string{"readme.kk.md", "forum.json", "programme/programme.csv", "programme/programme.pdf", "attendance.csv", "media/media.csv", "media/documents/01.txt", "media/pictures/02.jpg",
		"resolutions/01-resolution/items.csv", "hall/sessions.csv", "hall/questions.csv", "hall/votes.csv", "hall/voices.csv", "hall/votes.json"} {
		if files[name] == "" {
			t.Errorf("the package has no %s: %d files", name, len(files))
		}
	}
	for name, want := range map[string][]string{
		"hall/sessions.csv":  {"Государственный социальный заказ", "questions_answered"},
		"hall/questions.csv": {"Ауылдағы ҮЕҰ-ға үш жылдық қаржыландыру қашан басталады?", "Можно ли подавать отчет с телефона"},
		"hall/votes.csv":     {"Внести трехлетнее финансирование в резолюцию?", "mandate"},
		"hall/votes.json":    {`"manner": "open"`, `"outcome": "adopted"`},
	} {
		for _, word := range want {
			if !strings.Contains(files[name], word) {
				t.Errorf("%s does not tell %q: %s", name, word, files[name])
			}
		}
	}
	for _, word := range []string{"Что было в залах", "Внести трехлетнее финансирование в резолюцию?", "/votes/", "Ауылдағы ҮЕҰ-ға үш жылдық"} {
		if !strings.Contains(page.Body, word) {
			t.Errorf("the page does not tell %q", word)
		}
	}
	p, err := s.Forums.People(t.Context(), access.Portal("test"), past.ID)
	if err != nil || len(p.List) == 0 {
		t.Fatalf("nobody came: %v", err)
	}
	private := s.NamesOfOthers("")
	for _, x := range p.List {
		private = append(private, x.Name, x.Email, x.Org, x.Code)
	}
	private = append(private, "moderator@sample.birge")
	for name, body := range files {
		for _, secret := range private {
			if secret != "" && strings.Contains(body, secret) {
				t.Errorf("%s has %q", name, secret)
			}
		}
	}
}
