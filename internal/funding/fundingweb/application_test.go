package fundingweb_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"birge/internal/birgetest"
	"birge/internal/funding"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// stage is a portal with an open call, an applicant with a lead and a colleague, a
// competitor and an officer.
type stage struct {
	*birgetest.World
	t                                  *testing.T
	call                               funding.Call
	org, funder                        ref.Ref
	fund                               *birgetest.Reader // of the funder's side, once it is asked for
	lead, staff, rival, officer, other *birgetest.Reader
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func setUp(t *testing.T, w *birgetest.World) *stage {
	ctx, by := t.Context(), access.Portal("test")
	s := &stage{World: w, t: t}
	region, err := w.Places.Add(ctx, by, places.NewPlace{KATO: "990000000", Kind: places.Region, Name: i18n.Text{RU: "Учебная область"}})
	must(t, err)
	must(t, w.AwaitFeed(ctx)) // else the feed may put an older tree back
	must(t, w.Places.Reload(ctx))
	officer := access.Actor{UserID: 99, Grants: []access.Grant{{Role: access.Officer, Scope: region.ID}}}
	enter := func(kind, name, bin string) orgs.Organization {
		o, err := w.Orgs.Create(ctx, officer, orgs.Draft{Kind: kind, Name: i18n.Text{RU: name}, BIN: bin, PlaceID: region.ID})
		must(t, err)
		return o
	}
	ngo, rival, funder := enter("ngo", "Жасыл дала", "150140000012"), enter("ngo", "Соперник", "100241000776"), enter("state_body", "Управление", "230940123450")
	s.org, s.funder = ngo.Ref(), funder.Ref()
	s.lead = w.SignedIn("lead@example.kz", birgetest.Held{Role: access.Lead, For: ngo.Ref()})
	s.staff = w.SignedIn("staff@example.kz", birgetest.Held{Role: access.Staff, For: ngo.Ref()})
	s.rival = w.SignedIn("rival@example.kz", birgetest.Held{Role: access.Lead, For: rival.Ref()})
	s.officer = w.SignedIn("officer@example.kz", birgetest.Held{Role: access.Officer, For: region.Ref()})
	s.other = w.SignedIn("other@example.kz")
	now := w.Clock.Now()
	both := i18n.Text{KK: "Жастар гранты", RU: "Грант молодежи"}
	terms := funding.Terms{Kind: projects.StateGrant, Length: funding.Short, PlaceID: region.ID, Title: both, About: both, Who: both, Contacts: both, Spheres: []string{"youth"},
		Rounds: []funding.Round{{No: 1, Opens: db.At(now), Closes: db.At(now.Add(25 * 24 * time.Hour)), Sum: 40_000_000_00, Year: 2026}}, MinSum: 2_162_500_00, MaxSum: 12_975_000_00,
		MinMonths: 3, MaxMonths: 12, PerWork: 3, Names: panels.NamesAfter, Papers: []funding.Paper{{Name: i18n.Text{RU: "Устав"}, Required: true}},
		Criteria: []panels.Criterion{{Code: "need", Name: both, Weight: 100, Max: 10}}, Eligibility: []funding.Requirement{{Code: "ngo", Text: both}}}
	c, err := w.Funding.CreateCall(ctx, by, funding.NewCall{FunderID: funder.ID, Terms: terms})
	must(t, err)
	s.call, err = w.Funding.PublishCall(ctx, by, c.ID, c.Version)
	must(t, err)
	return s
}

// answers asks for a page and its status.
func (s *stage) answers(r *birgetest.Reader, want int, method, path string, form url.Values) birgetest.Answer {
	s.t.Helper()
	a := r.Do(method, path, form)
	if a.Status != want {
		s.t.Fatalf("%s %s gives %d, want %d: %s", method, path, a.Status, want, short(a.Body))
	}
	if i := strings.Index(a.Body, "⟦"); i >= 0 {
		s.t.Errorf("%s %s says a key without words: %.80s", method, path, a.Body[i:])
	}
	return a
}

func short(body string) string {
	if i := strings.Index(body, "<main"); i >= 0 {
		body = body[i:]
	}
	return body[:min(len(body), 1500)]
}

func (s *stage) page(r *birgetest.Reader, path string) string {
	s.t.Helper()
	return s.answers(r, http.StatusOK, http.MethodGet, path, nil).Body
}

func (s *stage) sent(r *birgetest.Reader, path string, form url.Values) string {
	s.t.Helper()
	return s.answers(r, http.StatusSeeOther, http.MethodPost, path, form).Header.Get("Location")
}

var wasField = regexp.MustCompile(`name="was" value="([^"]*)"`)

// fill sends the fields of a step as a page without a script does: with what the
// page showed.
func (s *stage) fill(r *birgetest.Reader, path string, fields url.Values) string {
	s.t.Helper()
	body := s.page(r, path)
	fields.Set("was", wasField.FindStringSubmatch(body)[1])
	return s.sent(r, path, fields)
}

const row = "0000100000000"

// draft begins a draft and fills it in without a script.
func (s *stage) draft() (path string) {
	s.t.Helper()
	at := "/ru/calls/" + s.call.ID.String() + "/apply"
	if !strings.Contains(s.page(s.lead, at), "Жасыл дала") {
		s.t.Error("the applicant is not offered")
	}
	path, _, _ = strings.Cut(s.sent(s.lead, at, url.Values{"org": {s.org.ID.String()}}), "?")
	s.fill(s.lead, path+"/about", url.Values{"contact.name": {"Асель"}, "contact.mail": {"a@example.kz"}, "team": {"Двое"}})
	to := s.fill(s.staff, path+"/idea", url.Values{"lang": {"ru"}, "title.ru": {"Клуб робототехники"}, "summary.ru": {"Клуб"}, "sphere": {"youth"}, "place": {"990000000"},
		"starts": {"2026-06-01"}, "ends": {"2026-11-30"}, "need": {"Нужно"}, "method": {"Так"}, "lasting": {"Клуб"}, "beneficiaries": {"60"},
		"groups." + row + ".code": {"youth"}, "do": {"next"}})
	if !strings.Contains(to, "/results") {
		s.t.Errorf("the button goes on to %s", to)
	}
	s.fill(s.lead, path+"/results", url.Values{"indicators." + row + ".name": {"Участники"}, "indicators." + row + ".target": {"60"}, "indicators." + row + ".source": {"Журнал"}, "indicators." + row + ".measure": {"number"}})
	s.fill(s.lead, path+"/work", url.Values{"activities." + row + ".name": {"Занятия"}, "activities." + row + ".from": {"2026-06"}, "activities." + row + ".to": {"2026-11"}})
	s.fill(s.lead, path+"/budget", url.Values{"lines." + row + ".category": {"pay"}, "lines." + row + ".name": {"Тренер"}, "lines." + row + ".unit": {"месяц"}, "lines." + row + ".quantity": {"6"}, "lines." + row + ".price": {"500 000"}})
	return path
}

func (s *stage) attach(path string) {
	s.t.Helper()
	if a := s.lead.Upload(path+"/papers?paper=1", "file", "charter.pdf", strings.NewReader("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")); a.Status != http.StatusSeeOther {
		s.t.Fatalf("attaching gives %d: %s", a.Status, short(a.Body))
	}
}

func TestFromDraftToAdmission(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		s := setUp(t, w)
		path := s.draft()
		body := s.answers(s.lead, http.StatusUnprocessableEntity, http.MethodPost, path+"/submit", url.Values{}).Body
		if !strings.Contains(body, path+"/papers?check=yes#f-papers-1") {
			t.Errorf("the missing paper has no link: %s", short(body))
		}
		s.attach(path)
		if body := s.page(s.lead, path+"/budget"); !strings.Contains(body, "3\u00a0000\u00a0000") {
			t.Error("the budget does not add up on its page")
		}
		for _, step := range funding.Steps {
			s.page(s.staff, path+"/"+string(step))
		}
		s.answers(s.staff, http.StatusForbidden, http.MethodPost, path+"/submit", url.Values{})
		receipt, _, _ := strings.Cut(s.sent(s.lead, path+"/submit", url.Values{}), "?")
		if body := s.page(s.lead, receipt); !strings.Contains(body, "2026-000001") || !strings.Contains(body, "Клуб робототехники") {
			t.Error("the receipt does not say what was handed in")
		}
		application := strings.TrimSuffix(receipt, "/receipt")
		paper := regexp.MustCompile(application + `/papers/\w+`).FindString(s.page(s.lead, application))
		s.page(s.officer, paper)
		list := "/ru/calls/" + s.call.ID.String() + "/applications"
		for name, r := range map[string]*birgetest.Reader{"a competitor": s.rival, "somebody": s.other} {
			for _, at := range []string{path, path + "/idea", path + "/past?field=need", application, receipt, application + "/check", paper, list, list + ".csv"} {
				if a := r.Get(at); a.Status != http.StatusNotFound {
					t.Errorf("%s gets %d at %s", name, a.Status, at)
				}
			}
			for _, at := range []string{path + "/idea", path + "/autosave", path + "/submit", application + "/withdraw", application + "/check", list} {
				if a := r.Post(at, url.Values{"need": {"x"}, "do": {"admit"}}); a.Status != http.StatusNotFound {
					t.Errorf("%s gets %d for sending to %s", name, a.Status, at)
				}
			}
		}
		s.answers(s.officer, http.StatusNotFound, http.MethodGet, path+"/idea", nil)
		if body := s.page(s.officer, list+"?state=submitted&q=робототехники"); !strings.Contains(body, "Клуб робототехники") {
			t.Error("the list does not find the application")
		}
		if csv := s.page(s.officer, list+".csv"); !strings.Contains(csv, "2026-000001") || !strings.Contains(csv, "150140000012") {
			t.Errorf("the table says %s", csv)
		}
		if body := s.page(s.officer, "/ru/desk"); !strings.Contains(body, "Проверить заявки") {
			t.Error("the desk does not tell of applications to check")
		}
		s.page(s.officer, application+"/check")
		s.answers(s.officer, http.StatusUnprocessableEntity, http.MethodPost, application+"/check", url.Values{"do": {"refuse"}, "written": {"ru"}})
		back := url.Values{"do": {"return"}, "written": {"ru"}, "mend": {"need"}, "mend.need": {"Нет цифр"}}
		s.sent(s.officer, application+"/check", back)
		if body := s.page(s.lead, path+"/idea"); !strings.Contains(body, "Нет цифр") || strings.Contains(body, `name="method"`) || !strings.Contains(body, `name="need"`) {
			t.Error("the returned draft offers more or less than what is to be mended")
		}
		if body := s.page(s.lead, "/ru/desk"); !strings.Contains(body, "Исправить возвращенную заявку") {
			t.Error("the desk does not tell of the return")
		}
		s.fill(s.lead, path+"/idea", url.Values{"need": {"600 детей без кружка"}})
		s.sent(s.lead, path+"/submit", url.Values{})
		id := strings.TrimPrefix(application, "/ru/applications/")
		foreseen := s.answers(s.officer, http.StatusOK, http.MethodPost, list+"?state=submitted", url.Values{"all": {"yes"}, "do": {"refuse"}}).Body
		if !strings.Contains(foreseen, "Клуб робототехники") || !strings.Contains(foreseen, `name="id" value="`+id) || !strings.Contains(foreseen, "Можно сделать с 1 заявкой из 1") {
			t.Errorf("it is not told what a refusal of all would do: %s", short(foreseen))
		}
		s.answers(s.officer, http.StatusUnprocessableEntity, http.MethodPost, list+"/batch", url.Values{"do": {"refuse"}, "id": {id}, "written": {"ru"}, "code": {"papers"}})
		s.sent(s.officer, list+"/batch", url.Values{"do": {"refuse"}, "id": {id}, "written": {"ru"}, "code": {"papers"}, "reason": {"Устав не читается"}})
		if body := s.page(s.lead, application); !strings.Contains(body, "Устав не читается") {
			t.Error("the applicant is not told why it was refused with others")
		}
		undo := regexp.MustCompile(list + `/undo/\w+`).FindString(s.page(s.officer, list+"?turn=nobody"))
		s.answers(s.rival, http.StatusNotFound, http.MethodPost, undo, url.Values{})
		s.sent(s.officer, undo, url.Values{})
		s.answers(s.officer, http.StatusConflict, http.MethodPost, undo, url.Values{})
		s.answers(s.officer, http.StatusOK, http.MethodPost, list, url.Values{"id": {id}, "do": {"admit"}})
		s.sent(s.officer, list+"/batch", url.Values{"id": {id}, "do": {"admit"}})
		if body := s.page(s.lead, application); !strings.Contains(body, "допущена") || !strings.Contains(body, "600 детей") {
			t.Error("the applicant does not see that it is admitted")
		}
		s.sent(s.lead, application+"/withdraw", url.Values{"reason": {"Другие деньги"}})
		s.page(s.officer, application)
	})
}

func TestAutosave(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		s := setUp(t, w)
		path := s.draft()
		type answer struct {
			Said    string
			Marks   map[string]string
			Faults  map[string]string
			Clashes []struct {
				Name, Mark string
				Theirs     []string
			}
		}
		save := func(r *birgetest.Reader, form url.Values) (a answer) {
			t.Helper()
			got := s.answers(r, http.StatusOK, http.MethodPost, path+"/autosave", form)
			must(t, json.Unmarshal([]byte(got.Body), &a))
			return a
		}
		before := funding.Mark([]string{"Нужно"})
		a := save(s.lead, url.Values{"was": {"need=" + before + " risks="}, "need": {"Очень нужно"}, "risks": {"Риск"}})
		if a.Marks["need"] != funding.Mark([]string{"Очень нужно"}) || !strings.Contains(a.Said, "Сохранено в ") {
			t.Errorf("the script is told %+v", a)
		}
		a = save(s.staff, url.Values{"was": {"need=" + before}, "need": {"Совсем не так"}})
		if len(a.Clashes) != 1 || a.Clashes[0].Theirs[0] != "Очень нужно" || a.Clashes[0].Mark != funding.Mark([]string{"Очень нужно"}) {
			t.Errorf("the clash is told as %+v", a)
		}
		a = save(s.lead, url.Values{"was": {"method="}, "method": {strings.Repeat("страница ", 50_000)}})
		if !strings.Contains(a.Faults["method"], "Слишком длинно") {
			t.Errorf("200 pages are answered %+v", a.Faults)
		}
		if body := s.page(s.lead, path+"/idea"); !strings.Contains(body, "Очень нужно") {
			t.Error("what was stored is not on the page")
		}
		// Without a script the same clash shows both texts, and nothing is lost.
		form := url.Values{"was": {"need=" + before}, "need": {"Третий текст"}, "method": {strings.Repeat("я", 20_001)}}
		body := s.answers(s.staff, http.StatusUnprocessableEntity, http.MethodPost, path+"/idea", form).Body
		for _, want := range []string{"Очень нужно", "Третий текст", strings.Repeat("я", 20_001)} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %.20s", want)
			}
		}
		if body := s.page(s.lead, path+"/past?field=need"); !strings.Contains(body, "Третий текст") || !strings.Contains(body, "Совсем не так") {
			t.Error("the history lacks what was typed aside")
		}
		s.attach(path)
		w.Clock.Advance(26 * 24 * time.Hour)
		s.lead = w.SignedIn("late@example.kz", birgetest.Held{Role: access.Lead, For: s.org}) // the session is over too
		body = s.answers(s.lead, http.StatusConflict, http.MethodPost, path+"/submit", url.Values{}).Body
		if !strings.Contains(body, "Прием закончился") {
			t.Errorf("after the deadline the page says %s", short(body))
		}
	})
}

func TestOneMoreApplication(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		s := setUp(t, w)
		path, at := s.draft(), "/ru/calls/"+s.call.ID.String()+"/apply"
		s.attach(path)
		s.sent(s.lead, path+"/submit", url.Values{})
		body := s.page(s.lead, at)
		for _, want := range []string{"Клуб робототехники", "2026-000001", "ждет проверки", "Начать еще одну заявку", "сколько угодно заявок"} {
			if !strings.Contains(body, want) {
				t.Errorf("the page to apply lacks %q", want)
			}
		}
		another, _, _ := strings.Cut(s.sent(s.lead, at, url.Values{"org": {s.org.ID.String()}, "do": {"another"}}), "?")
		if another == path {
			t.Error("the same draft is given again")
		}
		if body := s.page(s.staff, at); !strings.Contains(body, "Заявка пока без названия") || !strings.Contains(body, "пишется") {
			t.Error("a colleague does not see the second draft")
		}
		if body := s.page(s.lead, another+"/submit"); !strings.Contains(body, "Удалить навсегда") {
			t.Error("a draft cannot be thrown away")
		}
		s.answers(s.rival, http.StatusNotFound, http.MethodPost, another+"/drop", url.Values{})
		s.answers(s.lead, http.StatusConflict, http.MethodPost, path+"/drop", url.Values{})
		s.sent(s.lead, another+"/drop", url.Values{})
		s.answers(s.lead, http.StatusNotFound, http.MethodGet, another+"/about", nil)
	})
}
