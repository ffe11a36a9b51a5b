package projectsweb_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/web"
)

// photo is a small picture.
func photo(shade uint8) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), shade, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

type upload struct {
	name string
	body io.Reader
}

// send posts files with the fields of a form.
func (s *site) send(token, path string, fields url.Values, files ...upload) *httptest.ResponseRecorder {
	s.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, values := range fields {
		for _, v := range values {
			s.must(m.WriteField(name, v))
		}
	}
	for _, f := range files {
		part, err := m.CreateFormFile("files", f.name)
		s.must(err)
		_, err = io.Copy(part, f.body)
		s.must(err)
	}
	s.must(m.Close())
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	if token != "" {
		r.AddCookie(&http.Cookie{Name: web.SessionCookie, Value: token})
	}
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	if strings.Contains(w.Body.String(), "⟦") {
		s.t.Errorf("POST %s says a key without words: %.80s", path, w.Body.String()[strings.Index(w.Body.String(), "⟦"):])
	}
	return w
}

// public asks for a file as everybody may.
func (s *site) public(address string) int {
	s.t.Helper()
	parts := strings.Split(address, "/")
	f, body, err := s.files.OpenPublic(s.t.Context(), mustID("/"+parts[2]), parts[3])
	if err != nil {
		return http.StatusNotFound
	}
	s.must(body.Close())
	if f.Name == "" {
		s.t.Error("a public file without a name")
	}
	return http.StatusOK
}

// held is a project with a confirmed event, and the address of the form for its pictures.
func (s *site) held(path string) (event, form string) {
	s.t.Helper()
	s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru"+path+"/events/new", url.Values{"title.ru": {"Посадка деревьев"}, "place": {"993230100"}, "on": {"2026-03-05"}}))
	s.clock.Set(time.Date(2026, 3, 6, 4, 0, 0, 0, time.UTC))
	st, err := s.rooms.Story(s.t.Context(), access.Actor{}, mustID(path))
	s.must(err)
	event = st.Events[0].ID.String()
	s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru"+path+"/events/"+event, url.Values{"held_on": {"2026-03-05"}, "headcount": {"30"}, "method": {"list"}}))
	return event, "/ru" + path + "/files/new?sort=picture&of=event&part=" + event
}

var thumb = regexp.MustCompile(`/files/[0-9a-zA-Z]{13}/thumb/[^"]+`)

func TestPicturesNeedConsentAndGoWithIt(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		path := s.agreed()
		_, form := s.held(path)
		for _, l := range []string{"/kk", "/ru", "/en"} {
			s.want(http.StatusOK, s.do(s.lead, "GET", l+strings.TrimPrefix(form, "/ru"), nil))
			s.want(http.StatusOK, s.do("", "GET", l+path+"/pictures", nil))
		}
		shown := url.Values{"title.ru": {"Дети сажают деревья"}, "people": {"children"}, "for_all": {"yes"}}
		s.want(http.StatusSeeOther, s.send(s.lead, form, shown, upload{"Айгерим.jpg", bytes.NewReader(photo(1))}, upload{"b.jpg", bytes.NewReader(photo(2))}))
		body := s.do("", "GET", "/ru"+path, nil).Body.String() + s.do("", "GET", "/ru"+path+"/pictures", nil).Body.String() + s.do("", "GET", "/api/v1"+path, nil).Body.String()
		if thumb.MatchString(body) || strings.Contains(body, "Дети сажают") {
			t.Error("children are shown without a parent's consent")
		}
		st, err := s.rooms.Story(t.Context(), access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Lead, Scope: s.org}}}, mustID(path))
		s.must(err)
		file := st.Files[0]
		page := "/ru" + file.Ref().Path
		if strings.Contains(file.Name, "Айгерим") {
			t.Error("a picture keeps the name of a person")
		}
		s.want(http.StatusNotFound, s.do("other", "GET", page, nil))
		s.want(http.StatusNotFound, s.do("other", "POST", page, url.Values{"do": {"consent"}}))
		s.want(http.StatusNotFound, s.do("other", "GET", page+"/thumb", nil))
		s.want(http.StatusUnauthorized, s.do("", "POST", page, url.Values{"do": {"withdraw"}}))
		s.want(http.StatusOK, s.do(s.officer, "GET", page, nil))
		if w := s.want(http.StatusOK, s.do(s.officer, "GET", page+"/original", nil)); w.Header().Get("Cache-Control") != "private, no-store" {
			t.Error("an original may be kept on the way")
		}
		s.want(http.StatusUnprocessableEntity, s.do(s.lead, "POST", page, url.Values{"do": {"consent"}, "consent_on": {"2026-03-01"}}))
		consent := url.Values{"do": {"consent"}, "consent_on": {"2026-03-01"}, "keeper": {"Канцелярия школы № 4"}, "parent": {"yes"}}
		s.want(http.StatusSeeOther, s.do(s.lead, "POST", page, consent))
		body = s.want(http.StatusOK, s.do("", "GET", "/ru"+path+"/pictures", nil)).Body.String()
		address := thumb.FindString(body)
		if address == "" || s.public(address) != http.StatusOK || strings.Contains(body, "Канцелярия") {
			t.Fatalf("with consent the picture is not shown as it should be: %q", address)
		}
		if strings.Contains(s.do("", "GET", "/api/v1"+path, nil).Body.String(), "Канцелярия") {
			t.Error("the API tells where the paper lies")
		}
		s.want(http.StatusForbidden, s.do(s.lead, "POST", page, url.Values{"do": {"hide"}, "reason.ru": {"Не то"}}))
		s.want(http.StatusUnprocessableEntity, s.do(s.officer, "POST", page, url.Values{"do": {"hide"}}))
		s.want(http.StatusSeeOther, s.do(s.officer, "POST", page, url.Values{"do": {"hide"}, "reason.ru": {"На снимке номер телефона"}}))
		body = s.do("", "GET", "/ru"+path+"/pictures", nil).Body.String()
		if s.public(address) != http.StatusNotFound || thumb.MatchString(body) || !strings.Contains(body, "На снимке номер телефона") {
			t.Error("a hidden picture is shown, or its reason is not")
		}
		s.want(http.StatusSeeOther, s.do(s.officer, "POST", page, url.Values{"do": {"unhide"}}))
		if s.public(address) != http.StatusOK {
			t.Error("a picture shown again is not there")
		}
		s.want(http.StatusSeeOther, s.do(s.lead, "POST", page, url.Values{"do": {"withdraw"}}))
		body = s.do("", "GET", "/ru"+path, nil).Body.String() + s.do("", "GET", "/ru"+path+"/pictures", nil).Body.String() + s.do("", "GET", "/api/v1"+path, nil).Body.String()
		if s.public(address) != http.StatusNotFound || thumb.MatchString(body) || strings.Contains(body, "Дети сажают") {
			t.Error("a withdrawn picture is left somewhere")
		}
		s.want(http.StatusNotFound, s.do(s.officer, "GET", page+"/original", nil))
	})
}

func TestWhatFilesAreRefused(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		path := s.agreed()
		_, form := s.held(path)
		fields := url.Values{"title.ru": {"Сад"}, "people": {"nobody"}, "for_all": {"yes"}}
		for _, c := range []struct {
			name   string
			file   upload
			status int
			says   string
		}{
			{"SVG with script", upload{"a.svg", strings.NewReader(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)}, 422, "есть код"},
			{"a picture by its name only", upload{"a.jpg", strings.NewReader("<html><script>1</script>")}, 422, "есть код"},
			{"a document", upload{"a.pdf", strings.NewReader("%PDF-1.7 …")}, 422, "Подойдут: .jpg"},
			{"a broken picture", upload{"a.jpg", bytes.NewReader(photo(3)[:300])}, 422, "поврежден"},
			{"one of 21 MB", upload{"a.jpg", io.MultiReader(bytes.NewReader(photo(3)), io.LimitReader(zeros{}, 21<<20))}, 422, "до 20 МБ"},
			{"100 MB", upload{"a.jpg", io.LimitReader(zeros{}, 100<<20)}, 413, "до 64 МБ"},
			{"nothing", upload{"a.jpg", strings.NewReader("")}, 422, "пустой"},
		} {
			w := s.send(s.lead, form, fields, c.file)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("%s: %d, without %q: %.300s", c.name, w.Code, c.says, regexp.MustCompile(`class="fault"[^<]*<`).FindString(w.Body.String()))
			}
		}
		if w := s.send(s.lead, form, fields); w.Code != 422 {
			t.Errorf("no file at all: %d", w.Code)
		}
		good := upload{"a.jpg", bytes.NewReader(photo(4))}
		if w := s.send(s.lead, form, fields, good, upload{"b.svg", strings.NewReader("<svg/>")}); w.Code != 422 {
			t.Errorf("one good and one bad: %d", w.Code)
		}
		st, err := s.rooms.Story(t.Context(), access.Actor{}, mustID(path))
		s.must(err)
		if len(st.Files) != 0 {
			t.Errorf("%d files were kept of forms that were refused", len(st.Files))
		}
		for token, want := range map[string]int{"": http.StatusUnauthorized, "other": http.StatusForbidden, s.officer: http.StatusForbidden} {
			if w := s.send(token, form, fields, upload{"a.jpg", bytes.NewReader(photo(5))}); w.Code != want {
				t.Errorf("%q hands in pictures of an event: %d, want %d", token, w.Code, want)
			}
		}
		if w := s.send(s.lead, strings.Replace(form, "sort=picture", "sort=virus", 1), fields, good); w.Code != http.StatusNotFound {
			t.Errorf("an unknown sort: %d", w.Code)
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestEvidenceAndDocuments(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		path := s.agreed()
		s.clock.Set(time.Date(2026, 4, 2, 4, 0, 0, 0, time.UTC))
		s.want(http.StatusSeeOther, s.send(s.officer, "/ru"+path+"/files/new?sort=document", url.Values{"title.ru": {"Договор"}, "for_all": {"yes"}}, upload{"dogovor.txt", strings.NewReader("Договор № 7")}))
		if body := s.do("", "GET", "/ru"+path, nil).Body.String(); !strings.Contains(body, ">Договор<") || !strings.Contains(body, "TXT") {
			t.Error("the document is not on the page")
		}
		s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru"+path+"/report/1", url.Values{"summary.ru": {"Сделано"}, "actuals.0.value": {"4"}}))
		lead := access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Lead, Scope: s.org}}}
		st, err := s.rooms.Story(t.Context(), lead, mustID(path))
		s.must(err)
		draft, indicator := st.Reports[0], st.Project.Indicators[0].ID
		do := url.Values{"do": {"submit"}}
		if w := s.do(s.lead, "POST", "/ru"+draft.Ref().Path, do); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("a value without evidence is taken: %d", w.Code)
		}
		form := "/ru" + path + "/files/new?sort=evidence&of=report&part=" + draft.ID.String() + "&indicator=" + indicator.String()
		s.want(http.StatusSeeOther, s.send(s.lead, form, url.Values{"title.ru": {"Список участников"}}, upload{"spisok.csv", strings.NewReader("Имя;Класс\nА;4\n")}))
		s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru"+draft.Ref().Path, do))
		if body := s.want(http.StatusOK, s.do("", "GET", "/ru"+draft.Ref().Path, nil)).Body.String(); strings.Contains(body, "Список участников") {
			t.Error("a list with names is shown to everybody")
		}
		if body := s.want(http.StatusOK, s.do(s.officer, "GET", "/ru"+draft.Ref().Path, nil)).Body.String(); !strings.Contains(body, "Список участников") {
			t.Error("who checks the report does not see its evidence")
		}
		if w := s.send(s.lead, form, url.Values{"title.ru": {"Ещё"}}, upload{"b.csv", strings.NewReader("a;b\n")}); w.Code != http.StatusConflict {
			t.Errorf("a submitted report takes a file: %d", w.Code)
		}
	})
}

func TestPublicationsAboutAProject(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		path := s.agreed()
		s.want(http.StatusForbidden, s.do("other", "GET", "/ru"+path+"/media", nil))
		s.want(http.StatusForbidden, s.do("other", "POST", "/ru"+path+"/media", url.Values{"url": {"https://news.example/1"}, "title.ru": {"Сад у школы"}}))
		s.want(http.StatusUnprocessableEntity, s.do(s.lead, "POST", "/ru"+path+"/media", url.Values{"url": {"javascript:alert(1)"}, "title.ru": {"Сад у школы"}}))
		s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru"+path+"/media", url.Values{"url": {"https://news.example/1"}, "title.ru": {"Сад у школы"}, "medium": {"Дала хабары"}, "on": {"2026-02-01"}}))
		if body := s.do("", "GET", "/ru"+path, nil).Body.String(); !strings.Contains(body, "https://news.example/1") || !strings.Contains(body, "Дала хабары") {
			t.Error("the publication is not on the page")
		}
	})
}
