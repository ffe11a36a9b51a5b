package projectsweb_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
	"birge/internal/projects/projectsweb"

	"github.com/a-h/templ"
)

var (
	almaty = time.FixedZone("Asia/Almaty", 5*3600)
	portal = access.Portal("test")
)

// site is the room's pages over a store with a village, an NGO and a funder.
type site struct {
	t             *testing.T
	server        *web.Server
	rooms         *projects.Service
	clock         *dbtest.Clock
	index         *search.Engine
	book          *norms.Service
	files         *files.Service
	village       places.Place
	org, funder   ref.ID
	lead, officer string // session tokens
}

func each(t *testing.T, test func(t *testing.T, s *site)) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) { test(t, newSite(t, d, clock)) })
}

func newSite(t *testing.T, d *db.DB, clock *dbtest.Clock) *site {
	ctx := t.Context()
	s := &site{t: t, clock: clock, lead: "lead", officer: "officer"}
	tree := places.New(d)
	book := norms.New(d, almaty)
	s.must(book.LoadSeed(ctx))
	s.must(book.Reload(ctx))
	region, err := tree.Add(ctx, portal, places.NewPlace{KATO: "990000000", Kind: places.Region, Name: i18n.Text{RU: "Учебная область"}})
	s.must(err)
	s.must(tree.Reload(ctx))
	s.village, err = tree.Add(ctx, portal, places.NewPlace{KATO: "993230100", ParentID: region.ID, Kind: places.Village, Name: i18n.Text{RU: "Көктерек"}})
	s.must(err)
	s.must(tree.Reload(ctx))
	owed := obligations.New(d, almaty, func() obligations.Calendar { return book.Book().Calendar() }, func(db.Date) []int { return nil })
	register := orgs.New(d, orgs.Deps{Zone: almaty, Places: tree, Obligations: owed, Terms: func(string, string) bool { return true }})
	officer := access.Actor{UserID: 3, Grants: []access.Grant{{Role: access.Officer, Scope: region.ID}}}
	ngo, err := register.Create(ctx, officer, orgs.Draft{Kind: "ngo", Name: i18n.Text{RU: "Жасыл дала"}, PlaceID: region.ID})
	s.must(err)
	body, err := register.Create(ctx, officer, orgs.Draft{Kind: "state_body", Name: i18n.Text{RU: "Управление"}, PlaceID: region.ID})
	s.must(err)
	s.org, s.funder = ngo.ID, body.ID
	s.index, s.book = search.New(), book
	store, err := files.OpenLocal(t.TempDir())
	s.must(err)
	s.files = files.New(d, store)
	s.rooms = projects.New(d, almaty, tree, owed, book, s.files)
	actors := map[string]access.Actor{"officer": officer, "lead": {UserID: 1, Grants: []access.Grant{{Role: access.Lead, Scope: ngo.ID}}},
		"other": {UserID: 9, Grants: []access.Grant{{Role: access.Lead, Scope: 77}}}}
	words := i18n.NewWords()
	s.must(words.Add(web.Locales))
	s.must(words.Add(ui.Locales))
	s.must(words.Add(projectsweb.Locales))
	s.must(words.Add(files.Locales))
	s.server, err = web.NewServer(web.Config{Words: words, Zone: almaty, Now: d.Now, Log: slog.New(slog.DiscardHandler),
		Failure: func(r *http.Request, _ int, p *problem.Problem) templ.Component {
			return templ.Raw(web.Words(r).T(p.Key, p.Args...))
		},
		Actor: func(_ context.Context, token string) (access.Actor, error) { return actors[token], nil }},
		projectsweb.Routes(s.rooms, tree, register, book, s.index, nil), nil)
	s.must(err)
	return s
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// do sends a request as the holder of a session token.
func (s *site) do(token, method, path string, form url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token != "" {
		r.AddCookie(&http.Cookie{Name: web.SessionCookie, Value: token})
	}
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	if strings.Contains(w.Body.String(), "⟦") {
		s.t.Errorf("%s %s says a key without words: %.80s", method, path, w.Body.String()[strings.Index(w.Body.String(), "⟦"):])
	}
	return w
}

func (s *site) want(status int, w *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	s.t.Helper()
	if w.Code != status {
		s.t.Fatalf("status %d, want %d: %.600s", w.Code, status, w.Body.String())
	}
	return w
}

func (s *site) planForm() url.Values {
	return url.Values{"org": {s.org.String()}, "funder": {s.funder.String()}, "title.ru": {"Школа юных экологов"}, "place": {"993230100"},
		"sphere": {"environment"}, "starts": {"2026-01-12"}, "ends": {"20.12.2026"}, "funding_kind": {"state_social_order"}, "sum": {"1 000,50"},
		"years.0.year": {"2026"}, "years.0.sum": {"1000,50"}, "tranches.0.sum": {"500"}, "tranches.0.due": {"2026-03-20"},
		"indicators.0.name.ru": {"Дети"}, "indicators.0.measure": {"number"}, "indicators.0.adding": {"per_period"}, "indicators.0.target": {"12,5"},
		"indicators.1.name.ru": {"Доля"}, "indicators.1.measure": {"percent"}, "indicators.1.adding": {"per_period"}, "indicators.1.target": {"9/10"}}
}

// created gives the path of a project without its language.
func (s *site) created() string {
	s.t.Helper()
	w := s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru/projects/new", s.planForm()))
	path, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	return strings.TrimPrefix(path, "/ru")
}

func (s *site) agreed() string {
	s.t.Helper()
	path := s.created()
	s.want(http.StatusSeeOther, s.do(s.officer, "POST", "/ru"+path+"/agree", url.Values{"version": {"1"}, "agreement_no": {"7"},
		"agreed_on": {"2026-01-10"}, "rhythm": {"quarterly"}, "report_days": {"10"}}))
	return path
}

func TestEveryPageOfAProject(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		path := s.agreed()
		for _, l := range []string{"/kk", "/ru", "/en"} {
			for _, page := range []string{"", "/card", "/why", "/amendments"} {
				s.want(http.StatusOK, s.do("", "GET", l+path+page, nil))
			}
			s.want(http.StatusNotFound, s.do("", "GET", l+path+"?on=2026-13-01", nil))
			for _, page := range []string{"/plan", "/agree"} {
				s.want(http.StatusOK, s.do(s.officer, "GET", l+path+page, nil))
			}
			for _, page := range []string{"/events/new", "/report/1"} {
				s.want(http.StatusOK, s.do(s.lead, "GET", l+path+page, nil))
			}
			s.want(http.StatusOK, s.do(s.lead, "GET", l+"/projects/new", nil))
			s.want(http.StatusOK, s.do(s.lead, "GET", l+path, nil))
			s.want(http.StatusOK, s.do(s.officer, "GET", l+path, nil))
		}
		body := s.do("", "GET", "/ru"+path, nil).Body.String()
		for _, part := range []string{"Школа юных экологов", "Жасыл дала", "Управление", "Көктерек", "1\u00a0000,50\u00a0₸", "договор № 7", "Выполняется", "Транш 1", "12,5"} {
			if !strings.Contains(body, part) {
				t.Errorf("the page does not say %q", part)
			}
		}
		if len(body) > 60<<10 {
			t.Errorf("the page weighs %d bytes", len(body))
		}
		var told struct {
			Project struct{ Sum int64 }
			Status  struct{ Is string }
		}
		s.must(json.Unmarshal(s.want(http.StatusOK, s.do("", "GET", "/api/v1"+path, nil)).Body.Bytes(), &told))
		if told.Project.Sum != 1000_50 || told.Status.Is != "running" {
			t.Errorf("as JSON: %+v", told)
		}
		if cal := s.want(http.StatusOK, s.do("", "GET", "/calendar"+path, nil)).Body.String(); strings.Count(cal, "BEGIN:VEVENT\r\n") != 5 {
			t.Errorf("the calendar: %s", cal)
		}
	})
}

func TestWhoMayKnock(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		path := s.created()
		agreement := url.Values{"agreement_no": {"7"}, "agreed_on": {"2026-01-10"}, "rhythm": {"final"}, "report_days": {"10"}}
		for _, c := range []struct {
			token, method, path string
			form                url.Values
			want                int
		}{
			{"other", "GET", "/plan", nil, http.StatusForbidden},
			{"other", "POST", "/plan", s.planForm(), http.StatusForbidden},
			{"lead", "GET", "/agree", nil, http.StatusForbidden},
			{"lead", "POST", "/agree", agreement, http.StatusForbidden},
			{"officer", "POST", "/events/new", url.Values{"title.ru": {"Слёт"}, "place": {"993230100"}, "on": {"2026-05-01"}}, http.StatusForbidden},
			{"officer", "POST", "/agree", url.Values{"rhythm": {"final"}}, http.StatusUnprocessableEntity},
			{"lead", "POST", "/plan", url.Values{"version": {"99"}, "title.ru": {"x"}}, http.StatusConflict},
			{"lead", "GET", "/report/1", nil, http.StatusNotFound},
		} {
			if w := s.do(c.token, c.method, "/ru"+path+c.path, c.form); w.Code != c.want {
				t.Errorf("%s %s %s: %d, want %d", c.token, c.method, c.path, w.Code, c.want)
			}
		}
	})
}

func TestABadPlanKeepsWhatWasTyped(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		form := s.planForm()
		form.Set("years.0.sum", "999")
		form.Set("title.ru", "<b>Школа</b>")
		body := s.want(http.StatusUnprocessableEntity, s.do(s.lead, "POST", "/ru/projects/new", form)).Body.String()
		for _, part := range []string{"Годы в сумме не равны сумме проекта", "&lt;b&gt;Школа", `value="999"`} {
			if !strings.Contains(body, part) {
				t.Errorf("the form does not say %q", part)
			}
		}
		form = s.planForm()
		form.Set("place", "Нигдебай")
		form.Set("starts", "2026-02-30")
		body = s.want(http.StatusUnprocessableEntity, s.do(s.lead, "POST", "/ru/projects/new", form)).Body.String()
		if !strings.Contains(body, "Такого места нет") || !strings.Contains(body, "Нигдебай") {
			t.Error("an unknown place is not told")
		}
	})
}

func TestAReportFromDraftToAcceptance(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		path := s.agreed()
		s.clock.Set(time.Date(2026, 4, 2, 4, 0, 0, 0, time.UTC))
		form := url.Values{"summary.ru": {"Провели занятия"}, "beneficiaries": {"40"}, "spendings.0.sum": {"300"},
			"actuals.0.value": {"4,5"}, "actuals.0.evidence.ru": {"Списки"}, "actuals.1.value": {"3/4"}, "actuals.1.evidence.ru": {"Анкеты"}}
		draft := s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru"+path+"/report/1", form)).Header().Get("Location")
		draft, _, _ = strings.Cut(draft, "?")
		s.want(http.StatusNotFound, s.do("", "GET", draft, nil))
		s.want(http.StatusOK, s.do(s.lead, "GET", draft, nil))
		if body := s.want(http.StatusOK, s.do(s.lead, "GET", "/ru"+path+"/report/1", nil)).Body.String(); !strings.Contains(body, `value="300"`) || !strings.Contains(body, `value="3/4"`) {
			t.Error("the draft is not in its form")
		}
		form.Set("version", "1")
		form.Set("do", "submit")
		form.Set("spendings.0.sum", "2000")
		s.want(http.StatusUnprocessableEntity, s.do(s.lead, "POST", "/ru"+path+"/report/1", form))
		form.Set("version", "2")
		form.Set("spendings.0.sum", "300")
		s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru"+path+"/report/1", form))
		s.want(http.StatusOK, s.do("", "GET", draft, nil))
		s.want(http.StatusForbidden, s.do(s.lead, "POST", draft, url.Values{"do": {"accept"}}))
		s.want(http.StatusSeeOther, s.do(s.officer, "POST", draft, url.Values{"do": {"accept"}}))
		s.want(http.StatusConflict, s.do(s.officer, "POST", draft, url.Values{"do": {"return"}, "reason.ru": {"Нет"}}))
		body := s.want(http.StatusOK, s.do("", "GET", "/ru"+path, nil)).Body.String()
		for _, part := range []string{"4,5", "75\u00a0%", "300\u00a0₸", "Отчет принят"} {
			if !strings.Contains(body, part) {
				t.Errorf("after acceptance the page does not say %q", part)
			}
		}
	})
}

func TestAnEventAnnouncedAndConfirmed(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		path := s.agreed()
		s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru"+path+"/events/new", url.Values{"title.ru": {"Слёт кружков"}, "place": {"Көктерек"}, "on": {"2026-03-05"}, "hour": {"15:00"}}))
		s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru"+path+"/events/new", url.Values{"title.ru": {"Беседа"}, "place": {"Көктерек"}, "on": {"2026-03-06"}, "closed": {"yes"}}))
		body := s.do("", "GET", "/ru"+path, nil).Body.String()
		if !strings.Contains(body, "Слёт кружков") || !strings.Contains(body, "15:00") || strings.Contains(body, "Беседа") || strings.Contains(body, "6\u00a0марта") {
			t.Error("events on the page are not as they should be seen")
		}
		st, err := s.rooms.Story(t.Context(), access.Actor{}, mustID(path))
		s.must(err)
		for _, e := range st.Events {
			if e.Closed {
				continue
			}
			s.clock.Set(time.Date(2026, 3, 6, 4, 0, 0, 0, time.UTC))
			s.want(http.StatusOK, s.do(s.lead, "GET", "/ru"+path+"/events/"+e.ID.String(), nil))
			s.want(http.StatusUnprocessableEntity, s.do(s.lead, "POST", "/ru"+path+"/events/"+e.ID.String(), url.Values{"held_on": {"2026-03-05"}}))
			s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru"+path+"/events/"+e.ID.String(), url.Values{"held_on": {"2026-03-05"}, "headcount": {"86"}, "method": {"list"}}))
		}
		if body := s.do("", "GET", "/ru"+path, nil).Body.String(); !strings.Contains(body, "86 участников по списку") {
			t.Error("the headcount is not on the page")
		}
	})
}

// indexed fills the search with what is in the store.
func (s *site) indexed() {
	s.t.Helper()
	codes := func(list, code string) (int64, bool) {
		t, ok := s.book.Book().Term(list, code)
		return t.Num, ok
	}
	s.must(s.index.Rebuild(projects.KindProject, 0, func(yield func(search.Doc, error) bool) {
		s.must(s.rooms.Docs(s.t.Context(), nil, codes, func(d search.Doc) error { yield(d, nil); return nil }))
	}))
}

func TestTheListItsCountsAndItsFiles(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.agreed()
		s.created()
		if body := s.want(http.StatusOK, s.do("", "GET", "/ru/projects", nil)).Body.String(); !strings.Contains(body, "Поиск готовится") || strings.Count(body, "<h3>") != 2 {
			t.Error("a list without an index does not come from the store")
		}
		s.indexed()
		for _, c := range []struct {
			query string
			want  int
		}{
			{"", 2}, {"?status=planned", 1}, {"?status=planned&status=running", 2}, {"?status=closed", 0}, {"?place=993230100", 2}, {"?place=990000000&rural=1", 2},
			{"?place=123456789", 0}, {"?sphere=environment&year=2026", 2}, {"?sphere=health", 0}, {"?kind=state_social_order&size=1", 2}, {"?kind=nonsense", 0},
			{"?q=%D1%8D%D0%BA%D0%BE%D0%BB%D0%BE%D0%B3%D0%B8&status=running", 1}, {"?funder=" + s.funder.String(), 2}, {"?children=1", 0}, {"?sort=sum", 2}, {"?sort=title&page=2", 0},
		} {
			for _, l := range []string{"/kk", "/ru", "/en"} {
				body := s.want(http.StatusOK, s.do("", "GET", l+"/projects"+c.query, nil)).Body.String()
				if got := strings.Count(body, "<h3>"); got != c.want {
					t.Errorf("%s: %d hits, want %d", c.query, got, c.want)
				}
			}
			if strings.Contains(c.query, "page") {
				continue
			}
			lines := strings.Count(s.want(http.StatusOK, s.do("", "GET", "/ru/projects.csv"+c.query, nil)).Body.String(), "\n")
			if lines != c.want+1 {
				t.Errorf("%s: %d lines of CSV, want %d under the header", c.query, lines, c.want)
			}
			var rows []map[string]any
			s.must(json.Unmarshal(s.want(http.StatusOK, s.do("", "GET", "/api/v1/projects"+c.query, nil)).Body.Bytes(), &rows))
			if len(rows) != c.want {
				t.Errorf("%s: %d rows of JSON, want %d", c.query, len(rows), c.want)
			}
			s.want(http.StatusOK, s.do("", "GET", "/ru/projects.xlsx"+c.query, nil))
			if feed := s.want(http.StatusOK, s.do("", "GET", "/ru/projects.atom"+c.query, nil)).Body.String(); strings.Count(feed, "<entry>") != c.want {
				t.Errorf("%s: the feed is %s", c.query, feed)
			}
			s.want(http.StatusOK, s.do("", "GET", "/ru/projects/why"+c.query, nil))
		}
		if body := s.do("", "GET", "/ru/projects", nil).Body.String(); !strings.Contains(body, "2\u00a0проекта") && !strings.Contains(body, "2 проекта") {
			t.Error("the total is not told")
		}
	})
}

func mustID(path string) ref.ID {
	id, ok := ref.ParseID(path[strings.LastIndex(path, "/")+1:])
	if !ok {
		panic(path)
	}
	return id
}
