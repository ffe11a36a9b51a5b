package orgsweb_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"birge/internal/birgetest"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/projects"
)

var portal = access.Portal("test")

// town is a portal with an NGO, its funder and one that has closed.
type town struct {
	*birgetest.World
	t                  *testing.T
	ngo, funder, ended orgs.Organization
}

func each(t *testing.T, test func(t *testing.T, w *town)) {
	birgetest.Each(t, func(t *testing.T, world *birgetest.World) {
		w := &town{World: world, t: t}
		w.ngo = w.enter(orgs.Draft{BIN: "150140000012", Kind: "ngo", LegalForm: "public_foundation", Name: i18n.Text{KK: "«Үміт» қоғамдық қоры", RU: "ОФ «Умит»"},
			Spheres: []string{"environment"}, Founded: day("2015-01-20"), Head: "Әлия Серікқызы", Mail: "office@umit.kz", Site: "https://umit.kz"}, "150000000")
		w.funder = w.enter(orgs.Draft{Kind: "state_body", Name: i18n.Text{RU: "Управление <образования>"}, Founded: day("1998-03-01")}, "150000000")
		w.ended = w.enter(orgs.Draft{Kind: "ngo", LegalForm: "public_association", Name: i18n.Text{RU: "ОО «Былое»"}, Founded: day("2001-05-05"), Closed: day("2010-06-06")}, "110000000")
		test(t, w)
	})
}

func day(s string) db.Date {
	d, err := db.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func (w *town) place(code string) ref.ID {
	w.t.Helper()
	p, ok := w.Places.Tree().ByCode(code)
	if !ok {
		w.t.Fatalf("no place %s", code)
	}
	return p.ID
}

func (w *town) enter(d orgs.Draft, place string) orgs.Organization {
	w.t.Helper()
	d.PlaceID = w.place(place)
	o, err := w.Orgs.Create(w.t.Context(), portal, d)
	w.Must(err)
	return o
}

// project makes an agreed project of the NGO, paid by the funder.
func (w *town) project() projects.Project {
	w.t.Helper()
	p, err := w.Projects.Create(w.t.Context(), portal, projects.NewProject{OrgID: w.ngo.ID, FunderID: w.funder.ID, Plan: projects.Plan{
		Title: i18n.Text{RU: "Школа юных экологов"}, PlaceID: w.place("150000000"), Sphere: "environment", Starts: day("2026-01-12"), Ends: day("2026-12-20"),
		FundingKind: "state_social_order", Sum: 9_000_00, Currency: "KZT", Years: []projects.YearPlan{{Year: 2026, Sum: 9_000_00}}}})
	w.Must(err)
	p, err = w.Projects.Agree(w.t.Context(), portal, p.ID, p.Version, projects.Agreement{Number: "7", AgreedOn: day("2026-01-10"), Rhythm: "final", Days: 10})
	w.Must(err)
	return p
}

// indexed waits until the search knows n organizations.
func (w *town) indexed(n int) {
	w.t.Helper()
	w.Await(func() bool { return w.Search.Search(orgs.Kind, search.Query{}).Total == n })
}

func TestTheListItsCountsAndItsFiles(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.project()
		w.indexed(3)
		stranger := w.Stranger()
		for query, want := range map[string]int{
			"": 3, "?kind=ngo": 2, "?kind=ngo&kind=state_body": 3, "?kind=nonsense": 0, "?form=public_foundation": 1, "?sphere=environment": 1,
			"?place=150000000": 2, "?place=999999999": 0, "?rural=urban": 3, "?rural=rural": 0, "?active=active": 2, "?active=closed&kind=ngo": 1,
			"?founded=2015": 1, "?founded=2015&founded=2001": 2, "?closed=2010": 1, "?sample=sample": 0, "?q=150140000012": 1,
			"?q=" + url.QueryEscape("умит"): 1, "?sort=title": 3, "?sort=new&kind=ngo": 2,
		} {
			for _, l := range []string{"/kk", "/ru", "/en"} {
				if got := strings.Count(stranger.Reads(l+"/organizations"+query, 200), "<h3>"); got != want {
					t.Errorf("%s%s: %d hits, want %d", l, query, got, want)
				}
			}
			if lines := strings.Count(stranger.Reads("/ru/organizations.csv"+query, 200), "\n"); lines != want+1 {
				t.Errorf("%s: %d lines of CSV, want %d under the header", query, lines, want)
			}
			for _, path := range []string{"/api/v1/organizations", "/ru/organizations.json"} {
				var rows []map[string]any
				w.Must(json.Unmarshal([]byte(stranger.Reads(path+query, 200)), &rows))
				if len(rows) != want {
					t.Errorf("%s%s: %d rows, want %d", path, query, len(rows), want)
				}
			}
			if n := strings.Count(stranger.Reads("/ru/organizations.atom"+query, 200), "<entry>"); n != want {
				t.Errorf("%s: %d entries, want %d", query, n, want)
			}
			stranger.Reads("/ru/organizations.xlsx"+query, 200)
			stranger.Reads("/ru/organizations/why"+query, 200)
		}
		body := stranger.Reads("/ru/organizations?kind=ngo", 200)
		w.Says(body, "2 организации", "БИН 150140000012", "1 проект", "9\u00a0000\u00a0₸", "не действует")
		if len(body) > 60<<10 {
			t.Errorf("the list weighs %d bytes", len(body))
		}
	})
}

func TestTheWholeStory(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.project()
		w.Clock.Set(time.Date(2026, 12, 30, 4, 0, 0, 0, time.UTC))
		stranger := w.Stranger()
		at := "/organizations/" + w.ngo.ID.String()
		for _, l := range []string{"/kk", "/ru", "/en"} {
			for _, path := range []string{"/organizations/card/", "/organizations/why/", "/organizations/atom/", "/organizations/"} {
				for _, o := range []orgs.Organization{w.ngo, w.funder, w.ended} {
					stranger.Reads(l+path+o.ID.String(), 200)
				}
			}
		}
		body := stranger.Reads("/ru"+at, 200)
		w.Says(body, "ОФ «Умит»", "Әлия Серікқызы", "Актюбинская область", "https://umit.kz", "Школа юных экологов", "9\u00a0000\u00a0₸",
			"государственный социальный заказ", "финансирует Управление &lt;образования&gt;", "Организация внесена в реестр", "20\u00a0января 2015")
		if len(body) > 60<<10 {
			t.Errorf("the page weighs %d bytes", len(body))
		}
		stranger.Reads("/ru/organizations/"+w.funder.ID.String(), 200, "выполняет ОФ «Умит»", "Оплачивает проектов")
		stranger.Reads("/kk/organizations/"+w.ended.ID.String(), 200, "жұмысын тоқтатты")

		var told struct {
			Organization struct{ BIN string }
			Years        []struct{ Planned int64 } `json:"money_by_year"`
		}
		w.Must(json.Unmarshal([]byte(stranger.Reads("/api/v1"+at, 200)), &told))
		if told.Organization.BIN != "150140000012" || len(told.Years) != 1 || told.Years[0].Planned != 9_000_00 {
			t.Errorf("as JSON: %+v", told)
		}
		if a := stranger.Get("/ru/organizations/bin/150140000012"); a.Status != http.StatusMovedPermanently || a.Header.Get("Location") != "/ru"+at {
			t.Errorf("by BIN: %d to %s", a.Status, a.Header.Get("Location"))
		}
		for path, status := range map[string]int{"/ru/organizations/bin/150140000013": 404, "/ru/organizations/bin/240340001811": 404,
			"/ru/organizations/0000000000000": 404, "/ru" + at + "?on=2026-13-01": 404, "/ru" + at + "?on=2001-01-01": 404, "/ru" + at + "?on=2027-01-01": 404} {
			stranger.Reads(path, status)
		}
	})
}

func TestThePagePastAndMerged(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx, stranger := t.Context(), w.Stranger()
		old := w.enter(orgs.Draft{Kind: "ngo", Name: i18n.Text{RU: "Фонд Умит"}}, "150000000")
		entered := db.DateOf(w.Clock.Now().In(w.Zone))
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 3))
		draft := w.ngo.Draft
		draft.Head = "Новый Глава"
		_, err := w.Orgs.Edit(ctx, portal, w.ngo.ID, w.ngo.Version, draft)
		w.Must(err)
		at := "/ru/organizations/" + w.ngo.ID.String()
		w.Await(func() bool { return strings.Contains(stranger.Get(at).Body, "Новый Глава") })
		past := stranger.Reads(at+"?on="+entered.String(), 200)
		w.Says(past, "Әлия Серікқызы", "К нынешней странице")
		if strings.Contains(past, "Новый Глава") {
			t.Error("the past knows the future")
		}
		stranger.Reads(at, 200, "Данные организации обновлены", "Руководитель")

		w.Must(w.Orgs.Merge(ctx, portal, old.ID, w.ngo.ID, i18n.Text{RU: "Одна организация внесена дважды"}))
		for _, page := range []string{"/ru/organizations/", "/kk/organizations/card/", "/api/v1/organizations/"} {
			w.Await(func() bool { return stranger.Get(page+old.ID.String()).Status == http.StatusMovedPermanently })
			if to := stranger.Get(page + old.ID.String()).Header.Get("Location"); to != page+w.ngo.ID.String() {
				t.Errorf("%s of a merged page leads to %s", page, to)
			}
		}
		w.Await(func() bool {
			return strings.Contains(stranger.Get(at).Body, "Объединено с этой страницей")
		})
		stranger.Reads("/ru/organizations/"+old.ID.String()+"?on="+entered.String(), 200)
	})
}

func TestAPageTakesAtMostEightQueries(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.project()
		var n atomic.Int64
		ctx := db.CountQueries(t.Context(), &n)
		p, err := w.Orgs.Profile(ctx, access.Actor{}, w.ngo.ID)
		w.Must(err)
		_, err = w.Projects.RecordOf(ctx, p.Family)
		w.Must(err)
		if n.Load() > 8 {
			t.Errorf("the page takes %d queries", n.Load())
		}
	})
}
