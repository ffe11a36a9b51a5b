package fundingweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// region is a portal with an NGO and a body that has a programme.
type region struct {
	*birgetest.World
	t                                             *testing.T
	place, ngo, body                              ref.Ref
	stranger, citizen, other, lead, officer, away *birgetest.Reader
	programme                                     projects.Programme
}

func each(t *testing.T, test func(t *testing.T, w *region)) {
	birgetest.Each(t, func(t *testing.T, world *birgetest.World) {
		w := &region{World: world, t: t}
		place, _ := w.Places.Tree().ByKATO("150000000")
		far, _ := w.Places.Tree().ByKATO("110000000")
		w.place = place.Ref()
		enter := func(kind, name string) ref.Ref {
			o, err := w.Orgs.Create(t.Context(), access.Portal("test"), orgs.Draft{Kind: kind, Name: i18n.Only(i18n.RU, name), PlaceID: place.ID})
			w.Must(err)
			return o.Ref()
		}
		w.ngo, w.body = enter("ngo", "Жасыл дала"), enter("state_body", "Управление молодежи")
		w.stranger, w.citizen, w.other = w.Stranger(), w.SignedIn("citizen@test.kz"), w.SignedIn("other@test.kz")
		w.lead = w.SignedIn("lead@test.kz", birgetest.Held{Role: access.Lead, For: w.ngo})
		w.officer = w.SignedIn("officer@test.kz", birgetest.Held{Role: access.Officer, For: w.place})
		w.away = w.SignedIn("away@test.kz", birgetest.Held{Role: access.Officer, For: far.Ref()})
		var err error
		w.programme, err = w.Projects.CreateProgramme(t.Context(), access.Portal("test"), projects.Programme{Title: i18n.Only(i18n.RU, "Молодежь"), FunderID: w.body.ID, PlaceID: place.ID,
			From: 2026, To: 2027, Years: []projects.YearPlan{{Year: 2026, Sum: 1_000_000_00}}})
		w.Must(err)
		w.Must(w.AwaitFeed(t.Context()))
		test(t, w)
	})
}

func (w *region) openWindow() string {
	w.t.Helper()
	today := w.Funding.Today()
	form := url.Values{"body": {w.body.ID.String()}, "kind": {"state_social_order"}, "place": {"150000000"}, "year": {"2027"}, "opens": {today.String()}, "closes": {today.AddDays(40).String()}}
	for name, by := range map[string]*birgetest.Reader{"citizen": w.citizen, "lead": w.lead, "away": w.away} {
		if a := by.Post("/ru/topics/open", form); a.Status != http.StatusForbidden {
			w.t.Errorf("%s opens a window: %d", name, a.Status)
		}
	}
	short := url.Values{}
	for k, v := range form {
		short[k] = v
	}
	short.Set("closes", today.AddDays(20).String())
	w.Want(http.StatusUnprocessableEntity, w.officer.Post("/ru/topics/open", short), "По норме")
	w.Went(w.officer.Post("/ru/topics/open", form))
	list, _, err := w.Funding.Windows(w.t.Context())
	w.Must(err)
	return list[0].ID.String()
}

func needForm() url.Values {
	return url.Values{"title.ru": {"Кружки для подростков села"}, "problem.ru": {"После школы в селе нечем заняться"}, "evidence.ru": {"Опрос 120 семей"}, "place": {"150000000"}, "sphere": {"youth"},
		"groups": {"youth"}, "people": {"120"}, "result.ru": {"Кружки работают"}, "indicators.0.name.ru": {"подростков в кружках"}, "indicators.0.now": {"0"}, "indicators.0.target": {"120"},
		"years": {"2"}, "sum": {"5 000 000"}}
}

func TestATopic(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		window := w.openWindow()
		at := "/ru/topics/new?window=" + window
		if a := w.stranger.Post(at, needForm()); a.Status == http.StatusOK || strings.Contains(a.Header.Get("Location"), "/topics/0") {
			t.Errorf("a stranger proposed: %d", a.Status)
		}
		w.Want(http.StatusOK, w.citizen.Get(at), "data-beside")
		wrong := needForm()
		wrong.Set("people", "0")
		wrong.Set("indicators.0.target", "")
		w.Want(http.StatusUnprocessableEntity, w.citizen.Post(at, wrong), "Кружки для подростков села", "Опрос 120 семей")
		topic := w.Went(w.citizen.Post(at, needForm()))

		alike := needForm()
		alike.Set("do", "alike")
		w.Want(http.StatusOK, w.other.Post(at, alike), topic, "совпадает")
		w.Want(http.StatusOK, w.other.Post("/ru/topics/alike?window="+window, needForm()), topic)

		forOrg := needForm()
		forOrg.Set("org", w.ngo.ID.String())
		w.Want(http.StatusForbidden, w.citizen.Post(at, forOrg))
		double := w.Went(w.lead.Post(at, forOrg))

		for _, l := range []string{"/kk", "/ru", "/en"} {
			w.Want(http.StatusOK, w.stranger.Get(l+"/topics"), topic, double)
			w.Want(http.StatusOK, w.stranger.Get(l+"/topics/why"))
			w.Want(http.StatusOK, w.stranger.Get(l+topic))
			w.Want(http.StatusOK, w.officer.Get(l+topic+"/review"))
			w.Want(http.StatusOK, w.officer.Get(l+"/topics/open"))
			w.Want(http.StatusOK, w.citizen.Get(l+topic+"/edit"))
			w.Want(http.StatusOK, w.citizen.Get(l+"/desk/topics"), topic)
		}
		w.Want(http.StatusOK, w.stranger.Get("/ru"+topic), "гражданин", "Управление молодежи", "Ответ на тему № 2026-000001")
		w.Want(http.StatusOK, w.stranger.Get("/ru"+double), "Жасыл дала", topic)
		w.Want(http.StatusOK, w.officer.Get("/ru/desk"), topic+"/review")
		for _, file := range []string{"/ru/topics.csv", "/ru/topics.json", "/ru/topics.atom", "/api/v1/topics", "/api/v1" + topic} {
			if body := w.Want(http.StatusOK, w.stranger.Get(file), "Кружки"); strings.Contains(body, "citizen@test.kz") || strings.Contains(body, "Сынақ") {
				t.Errorf("%s names the citizen", file)
			}
		}
		if body := w.Want(http.StatusOK, w.stranger.Get("/ru/topics?from=organization")); strings.Contains(body, topic) || !strings.Contains(body, double) {
			t.Error("the list does not narrow to organizations")
		}

		answer := url.Values{"version": {"1"}, "state": {"accepted"}}
		for name, by := range map[string]*birgetest.Reader{"the citizen": w.citizen, "another": w.other, "a lead": w.lead, "an officer of another place": w.away} {
			w.Want(http.StatusForbidden, by.Get("/ru"+topic+"/review"))
			if a := by.Post("/ru"+topic+"/review", answer); a.Status != http.StatusForbidden {
				t.Errorf("%s answers: %d", name, a.Status)
			}
		}
		w.Want(http.StatusUnprocessableEntity, w.officer.Post("/ru"+topic+"/review", answer), "Напишите причину")
		answer.Set("reason.ru", "Нужно в трех селах")
		w.Went(w.officer.Post("/ru"+topic+"/review", answer))
		w.Want(http.StatusConflict, w.officer.Post("/ru"+topic+"/review", answer))
		w.Want(http.StatusForbidden, w.citizen.Get("/ru"+topic+"/edit"))
		merge := url.Values{"version": {"1"}, "state": {"merged"}, "into": {"2026-000999"}, "reason.ru": {"Повторяет"}}
		w.Want(http.StatusUnprocessableEntity, w.officer.Post("/ru"+double+"/review", merge), "Темы с таким номером нет")
		merge.Set("into", "2026-000001")
		w.Went(w.officer.Post("/ru"+double+"/review", merge))
		w.Want(http.StatusOK, w.stranger.Get("/ru"+topic), "Нужно в трех селах", double, "Жасыл дала")
		w.Want(http.StatusOK, w.stranger.Get("/ru"+double), "Объединена с темой", topic)

		sums := url.Values{"sum." + strings.TrimPrefix(topic, "/topics/"): {"4 000 000"}}
		w.Want(http.StatusForbidden, w.lead.Post("/ru/topics/approve?window="+window, sums))
		w.Want(http.StatusForbidden, w.lead.Post("/ru/topics/approve?window="+window, url.Values{}))
		w.Want(http.StatusOK, w.officer.Get("/ru/topics/approve?window="+window), topic)
		w.Went(w.officer.Post("/ru/topics/approve?window="+window, sums))
		w.Want(http.StatusOK, w.stranger.Get("/ru"+topic), "утверждена", "4\u00a0млн")
	})
}

func TestTopicPapers(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		topic := w.Went(w.citizen.Post("/ru/topics/new?window="+w.openWindow(), needForm()))
		send := func(by *birgetest.Reader, name, text string) birgetest.Answer {
			return by.Upload("/ru"+topic+"/papers/new", "files", name, strings.NewReader(text))
		}
		w.Want(http.StatusForbidden, w.other.Get("/ru"+topic+"/papers/new"))
		w.Want(http.StatusForbidden, send(w.other, "a.csv", "a;b\n1;2\n"))
		w.Want(http.StatusUnprocessableEntity, send(w.citizen, "a.pdf", "\x7fELF\x02\x01\x01 no document"))
		w.Went(send(w.citizen, "survey.csv", "a;b\n1;2\n"))
		var files []string
		w.Must(w.DB.View(t.Context(), func(tx *db.Tx) error {
			ids, err := db.All(t.Context(), tx, db.Value[ref.ID], `SELECT id FROM files WHERE owner_kind = 'topic'`)
			for _, id := range ids {
				files = append(files, id.String())
			}
			return err
		}))
		if len(files) != 1 {
			t.Fatalf("%d files", len(files))
		}
		private, door := "/ru"+topic+"/papers/"+files[0]+"/original", "/ru"+topic+"/papers/"+files[0]
		for _, by := range []*birgetest.Reader{w.other, w.lead, w.away} {
			w.Want(http.StatusNotFound, by.Get(private))
			w.Want(http.StatusForbidden, by.Post(door, url.Values{"do": {"show"}}))
		}
		w.Want(http.StatusOK, w.citizen.Get(private))
		w.Want(http.StatusOK, w.officer.Get(private))
		w.Want(http.StatusNotFound, w.stranger.Get("/files/"+files[0]+"/original/survey.csv"))
		if body := w.Want(http.StatusOK, w.stranger.Get("/ru"+topic), "только орган"); strings.Contains(body, "survey.csv") {
			t.Error("a stranger reads the name of a closed file")
		}
		w.Went(w.officer.Post(door, url.Values{"do": {"show"}}))
		w.Want(http.StatusOK, w.stranger.Get("/ru"+topic), "survey.csv")
		w.Want(http.StatusOK, w.stranger.Get("/files/"+files[0]+"/original/survey.csv"))
	})
}

func TestAPot(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		programme := w.programme.Ref().Path
		form := url.Values{"title.ru": {"Районы"}, "place": {"150000000"}, "kind": {"state_social_order"}, "years.0.ceiling": {"1 200 000"}, "years.1.ceiling": {"500 000"},
			"years.1.approve_by": {"2026-12-31"}, "district_share": {"50"}}
		for _, by := range []*birgetest.Reader{w.citizen, w.lead, w.away} {
			w.Want(http.StatusForbidden, by.Get("/ru"+programme+"/pots/new"))
			w.Want(http.StatusForbidden, by.Post("/ru"+programme+"/pots/new", form))
		}
		w.Want(http.StatusUnprocessableEntity, w.officer.Post("/ru"+programme+"/pots/new", form), "В программе на 2026 год осталось 1\u00a0000\u00a0000\u00a0₸")
		form.Set("years.0.ceiling", "900 000")
		pot := w.Went(w.officer.Post("/ru"+programme+"/pots/new", form))
		for _, l := range []string{"/kk", "/ru", "/en"} {
			w.Want(http.StatusOK, w.stranger.Get(l+programme), pot)
			w.Want(http.StatusOK, w.stranger.Get(l+pot), "900\u00a0000\u00a0₸")
			w.Want(http.StatusOK, w.stranger.Get(l+pot+"/why"))
			w.Want(http.StatusOK, w.officer.Get(l+pot+"/edit"))
			w.Want(http.StatusOK, w.officer.Get(l+pot+"/years/2026"))
			w.Want(http.StatusOK, w.officer.Get(l+programme+"/pots/new"))
		}
		act := url.Values{"version": {"1"}, "sum": {"800 000"}, "on": {w.Funding.Today().String()}, "act": {"Решение № 25/3"}}
		for _, by := range []*birgetest.Reader{w.citizen, w.lead, w.away} {
			w.Want(http.StatusForbidden, by.Get("/ru"+pot+"/edit"))
			w.Want(http.StatusForbidden, by.Post("/ru"+pot+"/years/2026", act))
			w.Want(http.StatusForbidden, by.Post("/ru"+pot+"/topics", url.Values{}))
		}
		w.Want(http.StatusNotFound, w.officer.Get("/ru"+pot+"/years/2031"))
		w.Went(w.officer.Post("/ru"+pot+"/years/2026", act))
		w.Want(http.StatusOK, w.stranger.Get("/ru"+pot), "Решение № 25/3", "800\u00a0000\u00a0₸", "Утверждение денег 2027 года")
		again := url.Values{"version": {"2"}, "title.ru": {"Районы"}, "place": {"150000000"}, "years.1.ceiling": {"600 000"}, "district_share": {"60"}}
		w.Went(w.officer.Post("/ru"+pot+"/edit", again))
		w.Want(http.StatusOK, w.stranger.Get("/ru"+pot), "800\u00a0000\u00a0₸", "600\u00a0000\u00a0₸", "60\u00a0%")
		w.Want(http.StatusConflict, w.officer.Post("/ru"+pot+"/edit", again))
	})
}
