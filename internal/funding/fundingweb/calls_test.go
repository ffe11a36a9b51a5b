package fundingweb_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"birge/internal/birgetest"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// callForm is a good call of the body, open from today for thirty days.
func (w *region) callForm() url.Values {
	today := w.Funding.Today()
	form := url.Values{"funder": {w.body.ID.String()}, "kind": {"state_social_order"}, "title.kk": {"Ауыл жастарына"}, "title.ru": {"Молодежи села"}, "about.kk": {"Туралы"}, "about.ru": {"О чем"},
		"who.ru": {"НПО региона"}, "place": {"150000000"}, "spheres": {"youth"}, "contacts.ru": {"Кабинет 4"}, "min_sum": {"1 000 000"}, "max_sum": {"10 000 000"}, "max_months": {"12"}, "per_org": {"3"},
		"threshold": {"70"}, "per_work": {"3"}, "spread": {"30"}, "names": {"after_decision"}, "programme": {w.programme.ID.String()}}
	for name, v := range map[string]string{
		"rounds.0.opens": today.String(), "rounds.0.opens_hour": "09:00", "rounds.0.closes": today.AddDays(30).String(), "rounds.0.closes_hour": "18:30", "rounds.0.sum": "30 000 000", "rounds.0.year": "2026",
		"eligibility.0.text.ru": "Только НПО", "eligibility.0.rule": `org.kind == "ngo"`, "eligibility.1.text.ru": "Устав подходит",
		"criteria.0.name.ru": "Проблема", "criteria.0.weight": "60", "criteria.0.max": "5", "criteria.0.scale.ru": "0 – нет\n5 – доказана", "criteria.1.name.ru": "Метод", "criteria.1.weight": "40", "criteria.1.max": "5",
		"papers.0.name.ru": "Устав", "papers.0.required": "yes",
	} {
		form.Set(name, v)
	}
	return form
}

// publish has the officer publish a call, and gives its address.
func (w *region) publish() string {
	w.t.Helper()
	path := w.Went(w.officer.Post("/ru/calls/new", w.callForm()))
	w.Went(w.officer.Post("/ru"+path+"/publish", nil))
	return path
}

func TestCallOnPages(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		form := w.callForm()
		form.Set("criteria.0.weight", "50")
		form.Set("rounds.0.closes", w.Funding.Today().AddDays(5).String())
		path := w.Went(w.officer.Post("/ru/calls/new", form))
		w.Want(http.StatusOK, w.officer.Get("/ru"+path), "черновик", "Опубликовать")
		for name, by := range map[string]*birgetest.Reader{"stranger": w.stranger, "citizen": w.citizen, "lead": w.lead, "away": w.away} {
			if a := by.Get("/ru" + path); a.Status != http.StatusNotFound {
				t.Errorf("%s reads a draft: %d", name, a.Status)
			}
		}
		w.Want(http.StatusUnprocessableEntity, w.officer.Post("/ru"+path+"/publish", nil), "не меньше 15 дней", "100")
		good := w.callForm()
		good.Set("version", "1")
		w.Went(w.officer.Post("/ru"+path+"/edit", good))
		w.Want(http.StatusConflict, w.officer.Post("/ru"+path+"/edit", good))
		w.Went(w.officer.Post("/ru"+path+"/publish", nil))

		page := w.Want(http.StatusOK, w.stranger.Get("/ru"+path), "прием заявок", "Молодежи села", "Управление молодежи", "доказана", "Устав", "Кабинет 4", "18:30", "не больше 3 заявок", "может 1 заявка") // of wins what is usual for the order
		if strings.Contains(page, "Изменить условия") {
			t.Error("a stranger is offered to change the terms")
		}
		w.Want(http.StatusOK, w.stranger.Get("/ru/calls?phase=open&place=150000000&q=молодежь"), "Молодежи села", "1 конкурс")
		w.Want(http.StatusOK, w.stranger.Get("/ru/calls?phase=announced"), "Конкурсов пока нет")
		w.Want(http.StatusOK, w.stranger.Get("/ru/search?q=молодежи"), "Молодежи села")
		w.Want(http.StatusOK, w.stranger.Get("/ru"+w.body.Path), "Все конкурсы: 1")
		w.Want(http.StatusOK, w.stranger.Get("/ru/places/150000000"), "Все конкурсы: 1")
		w.Want(http.StatusOK, w.stranger.Get("/ru/programmes/"+w.programme.ID.String()), "Все конкурсы: 1")
		w.Want(http.StatusOK, w.stranger.Get("/ru/"), "Идет прием заявок", "Молодежи села")
		for _, file := range []string{".csv", ".json", ".atom"} {
			w.Want(http.StatusOK, w.stranger.Get("/ru/calls"+file), "Молодежи села")
		}
		for _, file := range []string{"/ru/calls.ics", "/calendar" + path} {
			w.Want(http.StatusOK, w.stranger.Get(file), "BEGIN:VEVENT", "DTSTART")
		}

		form = w.callForm()
		form.Set("version", "3")
		form.Set("contacts.ru", "Кабинет 5")
		w.Want(http.StatusUnprocessableEntity, w.officer.Post("/ru"+path+"/edit", form), "Заполните это поле")
		form.Set("reason.ru", "Переезд")
		w.Went(w.officer.Post("/ru"+path+"/edit", form))
		w.Want(http.StatusOK, w.stranger.Get("/ru"+path+"/revisions"), "Переезд", "Кабинет 4", "Кабинет 5")
		w.Want(http.StatusOK, w.stranger.Get("/ru"+path), "Переезд")

		w.Want(http.StatusUnprocessableEntity, w.officer.Post("/ru"+path+"/cancel", nil), "Заполните это поле")
		w.Went(w.officer.Post("/ru"+path+"/cancel", url.Values{"reason.ru": {"Деньги ушли"}}))
		w.Want(http.StatusOK, w.stranger.Get("/ru"+path), "отменен", "Деньги ушли")
	})
}

func TestWrongPeopleAtCalls(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		path := w.publish()
		for name, by := range map[string]*birgetest.Reader{"citizen": w.citizen, "lead": w.lead, "away": w.away} {
			for _, door := range []string{"/edit", "/publish", "/cancel", "/files"} {
				if a := by.Post("/ru"+path+door, w.callForm()); a.Status != http.StatusForbidden {
					t.Errorf("%s at %s: %d", name, door, a.Status)
				}
			}
			if a := by.Post("/ru/calls/new", w.callForm()); a.Status != http.StatusForbidden {
				t.Errorf("%s makes a call: %d", name, a.Status)
			}
		}
	})
}

func TestRowsAndReadyRequirements(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		form := w.callForm()
		form.Set("one_more", "rounds")
		w.Want(http.StatusOK, w.officer.Post("/ru/calls/new", form), "rounds.1.opens")
		form.Set("one_more", "ready")
		form.Set("ready", "return")
		w.Want(http.StatusOK, w.officer.Post("/ru/calls/new", form), `value="org.return_filed"`)
		form.Del("one_more")
		form.Set("eligibility.1.rule", "org.kind ==")
		w.Want(http.StatusUnprocessableEntity, w.officer.Post("/ru/calls/new", form), "Условие не закончено")
		form.Set("eligibility.1.rule", "")
		form.Set("criteria.0.scale.ru", "хорошо")
		w.Want(http.StatusUnprocessableEntity, w.officer.Post("/ru/calls/new", form), "начинается с числа")
		form.Set("criteria.0.scale.ru", "")
		form.Set("rounds.0.closes_hour", "вечером")
		w.Want(http.StatusUnprocessableEntity, w.officer.Post("/ru/calls/new", form), "18:30")
	})
}

func TestEligibleOnPage(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		path := w.publish()
		w.Want(http.StatusOK, w.lead.Get("/ru"+path+"/eligible"), "Жасыл дала", "проверят люди", "известно не все")
		w.Want(http.StatusOK, w.stranger.Get("/ru"+path+"/eligible"), "БИН или название")
		w.Want(http.StatusOK, w.stranger.Get("/ru"+path+"/eligible?org="+url.QueryEscape("Управление молодежи")), "не выполнено", "Вид организации")
		w.Want(http.StatusOK, w.stranger.Get("/ru"+path+"/eligible?org=nobody"), "nobody")
	})
}

// A document comes to a published call by a revision, and everybody can have it.
func TestCallFiles(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		path := w.Went(w.officer.Post("/ru/calls/new", w.callForm()))
		upload := func(title, reason string) birgetest.Answer {
			return w.officer.UploadWith("/ru"+path+"/files", "file", "rules.csv", strings.NewReader("a;b\n1;2\n"), url.Values{"title.ru": {title}, "reason.ru": {reason}})
		}
		w.Went(upload("Правила", ""))
		w.Went(w.officer.Post("/ru"+path+"/publish", nil))
		page := w.Want(http.StatusOK, w.stranger.Get("/ru"+path), "Правила", "/files/")
		at := page[strings.Index(page, `href="/files/`)+6:]
		w.Want(http.StatusOK, w.stranger.Get(at[:strings.Index(at, `"`)]), "1;2")
		w.Want(http.StatusUnprocessableEntity, upload("Договор", ""), "Заполните это поле")
		w.Went(upload("Договор", "Добавлен образец"))
		w.Want(http.StatusOK, w.stranger.Get("/ru"+path+"/revisions"), "Договор", "Добавлен образец")
	})
}

// The data about calls is a release with a tender.
func TestCallsAsTenders(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		path := w.publish()
		var all struct {
			Version  string
			Releases []struct {
				Tag    []string
				Tender struct {
					ID, Title, Status, Phase string
					Value                    struct{ Amount float64 }
					TenderPeriod             struct{ EndDate time.Time }
					EligibilityRules         []struct{ Rule string }
				}
			}
		}
		if err := json.Unmarshal([]byte(w.Want(http.StatusOK, w.stranger.Get("/api/v1/calls?phase=open"))), &all); err != nil {
			t.Fatal(err)
		}
		if len(all.Releases) != 1 || all.Version != "1.1" {
			t.Fatalf("%+v", all)
		}
		x := all.Releases[0].Tender
		if x.Status != "active" || x.Phase != "open" || x.Value.Amount != 30_000_000 || x.EligibilityRules[0].Rule != `org.kind == "ngo"` || x.TenderPeriod.EndDate.IsZero() {
			t.Errorf("%+v", x)
		}
		w.Want(http.StatusOK, w.stranger.Get("/api/v1"+path), x.ID)
		if a := w.stranger.Get("/api/v1/calls/" + ref.ID(77).String()); a.Status != http.StatusNotFound {
			t.Errorf("a call that is not there: %d", a.Status)
		}
		page := w.Want(http.StatusOK, w.stranger.Get("/ru/calls/data"))
		if strings.Contains(page, "⟦") {
			t.Error("a field without words")
		}
	})
}

// The minute of the deadline closes the call on every page, without an entry.
func TestDeadlineTurnsPages(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		path := w.publish()
		w.Want(http.StatusOK, w.stranger.Get("/ru"+path), "прием заявок")
		y, m, d := w.Funding.Today().AddDays(30).Date()
		w.Clock.Set(time.Date(y, m, d, 18, 30, 0, 0, w.Zone))
		page := w.Want(http.StatusOK, w.stranger.Get("/ru"+path), "завершен")
		if strings.Contains(page, "Может ли участвовать") {
			t.Error("a closed call asks to apply")
		}
		ids, err := w.Funding.Turned(t.Context(), time.Date(y, m, d, 18, 29, 0, 0, w.Zone), w.DB.Now())
		if err != nil || len(ids) != 1 {
			t.Errorf("the clock turned %v: %v", ids, err)
		}
		if db.DateOf(w.DB.Now()).IsZero() {
			t.Error("no clock")
		}
	})
}

// A list of calls can be followed, and new ones are told.
func TestFollowCalls(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		w.Want(http.StatusOK, w.citizen.Get("/ru/follow?to="+url.QueryEscape("/calls?place=150000000")), "Конкурсы")
		path := w.publish()
		w.Want(http.StatusOK, w.citizen.Get("/ru/follow?to="+url.QueryEscape(path)), "Молодежи села")
	})
}
