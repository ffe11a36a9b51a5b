package obligationsweb_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// owe makes an obligation of a body by a date.
func owe(t *testing.T, w *birgetest.World, thing ref.ID, due string, change func(*obligations.Debt)) obligations.Obligation {
	t.Helper()
	day, err := db.ParseDate(due)
	if err != nil {
		t.Fatal(err)
	}
	region, _ := w.Places.Tree().ByKATO("150000000")
	debt := obligations.Debt{
		Kind: "test.report", What: i18n.Text{KK: "Есеп тапсыру", RU: "Сдать <отчёт>"}, Ground: obligations.Agreement, Due: day, PlaceID: region.ID,
		Thing: ref.Ref{Kind: "report", ID: thing}, Root: ref.Ref{Kind: "project", ID: 5, Title: i18n.Text{RU: "Проект"}, Path: "/projects/5"},
		Owner: ref.Ref{Kind: "organization", ID: 11, Title: i18n.Text{RU: "Фонд"}, Path: "/organizations/11"},
		To:    ref.Ref{Kind: "organization", ID: 12, Title: i18n.Text{RU: "Управление"}, Path: "/organizations/12"},
	}
	change(&debt)
	var o obligations.Obligation
	err = w.DB.Update(context.Background(), func(tx *db.Tx) (err error) {
		o, err = w.Obligations.Owe(context.Background(), tx, access.Portal("test"), debt)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func as(*obligations.Debt) {}

func TestListAndPage(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		late := owe(t, w, 1, "2026-02-01", as)
		owe(t, w, 2, "2026-04-01", func(d *obligations.Debt) { d.Ground, d.What.RU = obligations.Law, "По закону" })
		hidden := owe(t, w, 3, "2026-04-01", func(d *obligations.Debt) { d.Private, d.What.RU = true, "Тайна" })
		stranger := w.Stranger()
		for path, want := range map[string][]string{
			"/ru/obligations":                         {"Сдать &lt;отчёт&gt;", "По закону", "2 обязательства"},
			"/kk/obligations":                         {"Есеп тапсыру", "Жауапсыз"},
			"/en/obligations?state=silent":            {"1 obligation"},
			"/ru/obligations?state=overdue":           {"1 обязательство"},
			"/ru/obligations?ground=law":              {"По закону", "1 обязательство"},
			"/ru/obligations?place=150000000":         {"2 обязательства"},
			"/ru/obligations?place=110000000":         {"Таких обязательств нет"},
			"/ru/obligations/bodies":                  {"по закону", "Кто должен", "Фонд"},
			"/ru/obligations/bodies?ground=agreement": {"Фонд", "/ru/obligations?body=", "state=silent"},
			"/en/obligations/bodies?ground=promise":   {"Nobody owes"},
			"/ru/obligations/" + late.ID.String():     {"Просрочено, ответа нет", "Управление", "/ru/projects/5"},
			"/ru/obligations.ics?ground=law":          {"BEGIN:VEVENT\r\n", "SUMMARY:По закону"},
			"/ru/obligations.atom":                    {"<feed", "По закону"},
			"/ru/obligations.csv?state=silent":        {"отчёт"},
			"/ru/obligations.json":                    {"\"silent\""},
		} {
			a := stranger.Get(path)
			if a.Status != 200 {
				t.Errorf("%s: %d", path, a.Status)
			}
			for _, s := range want {
				if !strings.Contains(a.Body, s) {
					t.Errorf("%s does not say %q", path, s)
				}
			}
			if strings.Contains(a.Body, "Тайна") || strings.Contains(a.Body, "⟦") {
				t.Errorf("%s says too much or too little: %s", path, a.Body)
			}
		}
		for path, want := range map[string]int{
			"/ru/obligations/" + hidden.ID.String(): 404, "/ru/obligations/x": 404, "/ru/obligations?state=magic": 404,
			"/ru/obligations?place=999": 404, "/ru/obligations.ics?state=magic": 422,
		} {
			if a := stranger.Get(path); a.Status != want {
				t.Errorf("%s: %d, want %d", path, a.Status, want)
			}
		}
		if a := stranger.Post("/ru/obligations/"+late.ID.String()+"/reply", url.Values{"text": {"?"}}); a.Status != 303 && a.Status != 401 {
			t.Errorf("a stranger replies: %d", a.Status)
		}
	})
}

// What was written about an obligation that somebody has ended or extended
// meanwhile is given back with the reason, not lost behind a page of an error.
func TestAnActThatWasOvertaken(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		lead := w.SignedIn("lead@example.kz", birgetest.Held{Role: access.Lead, For: ref.Ref{Kind: "organization", ID: 12}})
		o := owe(t, w, 1, "2027-02-01", as)
		path := "/ru/obligations/" + o.ID.String()
		extend := url.Values{"due": {"2027-03-01"}, "text": {"Ждем снега"}}
		if a := lead.Post(path+"/extend", url.Values{"due": {"2027-01-01"}, "text": {"Раньше"}}); a.Status != 422 || strings.Count(a.Body, "Раньше") != 1 {
			t.Errorf("a day too early: %d, the text stands in %d forms", a.Status, strings.Count(a.Body, "Раньше"))
		}
		for _, status := range []int{303, 409} {
			a := lead.Post(path+"/extend", extend)
			if a.Status != status || status == 409 && (!strings.Contains(a.Body, "Ждем снега") || !strings.Contains(a.Body, "Вы написали") || strings.Contains(a.Body, "⟦")) {
				t.Errorf("extended: %d, want %d: %s", a.Status, status, a.Body)
			}
		}
		release := url.Values{"text": {"Больше не нужно"}}
		for _, status := range []int{303, 409} {
			if a := lead.Post(path+"/release", release); a.Status != status || status == 409 && !strings.Contains(a.Body, "Больше не нужно") {
				t.Errorf("released: %d, want %d", a.Status, status)
			}
		}
	})
}
