package orgsweb_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"birge/internal/birgetest"
	"birge/internal/figures"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// crew is the people who come to the page of the NGO.
type crew struct {
	stranger, citizen, lead, neighbour, officer, faraway *birgetest.Reader
}

// region is where the NGO is.
func (w *town) region() ref.Ref {
	p, _ := w.Places.Tree().ByCode("150000000")
	return p.Ref()
}

// figure is one of the published facts that stands for so many places.
func (w *town) figure(places int) ref.Ref {
	all, err := w.Figures.All(w.t.Context())
	w.Must(err)
	i := slices.IndexFunc(all, func(f figures.Cited) bool { return len(f.Places) == places })
	return all[i].Ref()
}

func (w *town) crew() crew {
	far, _ := w.Places.Tree().ByCode("110000000")
	return crew{
		stranger:  w.Stranger(),
		citizen:   w.SignedIn("citizen@example.kz"),
		lead:      w.SignedIn("lead@example.kz", birgetest.Held{Role: access.Lead, For: w.ngo.Ref()}),
		neighbour: w.SignedIn("neighbour@example.kz", birgetest.Held{Role: access.Lead, For: w.ended.Ref()}),
		officer:   w.SignedIn("officer@example.kz", birgetest.Held{Role: access.Officer, For: w.region()}),
		faraway:   w.SignedIn("faraway@example.kz", birgetest.Held{Role: access.Officer, For: far.Ref()}),
	}
}

// post sends a form, expects a status and gives where it leads without the notice.
func post(t *testing.T, r *birgetest.Reader, path string, form url.Values, status int) (body, to string) {
	t.Helper()
	body, to = r.Fills(path, status, form)
	to, _, _ = strings.Cut(to, "?")
	return body, to
}

func TestWhoMayKnock(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		_, err := w.Orgs.OweReturns(t.Context())
		w.Must(err)
		c := w.crew()
		asked, err := w.Orgs.AskCorrection(t.Context(), portal, orgs.NewCorrection{Page: w.ngo.Ref(), Subject: "head", Body: "Тайное письмо"})
		w.Must(err)
		_, claim := post(t, c.citizen, "/ru/organizations/claim/"+w.ended.ID.String(), url.Values{"way": {"letter"}, "post": {"директор"}, "letter": {"1"}}, 303)
		id := w.ngo.ID.String()
		const in, sent = 200, 303 // a stranger is sent to sign in
		for _, door := range []struct {
			path                                                 string
			stranger, citizen, neighbour, lead, officer, faraway int
		}{
			{"/organizations/new", sent, 403, 403, 403, in, in},
			{"/organizations/duplicates", sent, 403, 403, 403, in, in},
			{"/organizations/claims", sent, 403, 403, 403, in, in},
			{"/organizations/edit/" + id, sent, 403, 403, in, in, 403},
			{"/organizations/merge/" + id, sent, 403, 403, 403, in, 403},
			{"/organizations/return/" + id + "/2025", sent, 403, 403, in, 403, 403},
			{"/organizations/claim/" + id, sent, in, in, 409, in, in},
			{"/organizations/ties/" + id, sent, in, in, in, in, in},
			{"/corrections/organizations/" + id, in, in, in, in, in, in},
			{"/corrections/" + asked.ID.String(), sent, 404, 404, in, in, 404},
			{strings.TrimPrefix(claim, "/ru"), sent, in, in, 404, 404, in},
		} {
			for who, x := range map[string]struct {
				*birgetest.Reader
				want int
			}{"stranger": {c.stranger, door.stranger}, "citizen": {c.citizen, door.citizen}, "neighbour": {c.neighbour, door.neighbour},
				"lead": {c.lead, door.lead}, "officer": {c.officer, door.officer}, "faraway": {c.faraway, door.faraway}} {
				a := x.Get("/ru" + door.path)
				if a.Status != x.want {
					t.Errorf("%s answers %d to the %s, want %d", door.path, a.Status, who, x.want)
				}
				if x.want >= 400 && strings.Contains(a.Body, "Тайное") {
					t.Errorf("%s tells the %s too much", door.path, who)
				}
			}
		}
	})
}

func TestAnOrganizationIsEnteredAndChanged(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		c := w.crew()
		form := url.Values{"name.ru": {"ОО <Новое>"}, "kind": {"ngo"}, "bin": {"150140000013"}, "place": {"150000000"}, "founded": {"2020-02-30"}, "closed": {"2019-01-01"}}
		body, _ := post(t, c.officer, "/ru/organizations/new", form, 422)
		w.Says(body, "ОО &lt;Новое&gt;", `value="150140000013"`)
		form.Set("founded", "01.02.2020")
		body, _ = post(t, c.officer, "/ru/organizations/new", form, 422)
		w.Says(body, "не БИН", "Дата закрытия раньше")
		form.Set("bin", "150140000012")
		form.Del("closed")
		body, _ = post(t, c.officer, "/kk/organizations/new", form, 422)
		w.Says(body, "Бұл БСН-мен тізілімде басқа ұйым бар")
		form.Set("bin", "")
		post(t, c.faraway, "/ru/organizations/new", form, 403)
		_, to := post(t, c.officer, "/ru/organizations/new", form, 303)
		c.stranger.Reads(to, 200, "ОО &lt;Новое&gt;", "1\u00a0февраля 2020")

		edit := "/ru/organizations/edit/" + w.ngo.ID.String()
		change := url.Values{"version": {"1"}, "name.ru": {"Другое имя"}, "head": {"Асқар"}, "site": {"umit.kz"}}
		body, _ = post(t, c.lead, edit, change, 422)
		w.Says(body, "https://", `value="Асқар"`)
		change.Set("site", "https://umit.kz")
		post(t, c.lead, edit, change, 303)
		o, err := w.Orgs.ByID(t.Context(), w.ngo.ID)
		w.Must(err)
		if o.Head != "Асқар" || o.Name.RU != "ОФ «Умит»" || o.BIN != "150140000012" {
			t.Errorf("a lead changed to %+v", o.Draft)
		}
		change.Set("head", "Дана")
		body, _ = post(t, c.lead, edit, change, 409)
		w.Says(body, "запись изменилась", `name="version" value="2"`, `value="Дана"`, "Сейчас: Асқар")
		change.Set("version", "2")
		post(t, c.lead, edit, change, 303)
	})
}

func TestAClaimByLetterAndByMail(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		c := w.crew()
		at := "/ru/organizations/claim/"
		body, _ := post(t, c.citizen, at+w.funder.ID.String(), url.Values{"way": {"letter"}, "post": {"юрист"}}, 422)
		w.Says(body, "номер и дату", `value="юрист"`)
		_, claim := post(t, c.citizen, at+w.funder.ID.String(), url.Values{"way": {"letter"}, "post": {"юрист"}, "letter": {"№ 5"}}, 303)
		c.officer.Reads("/ru/organizations/claims", 200, "юрист")
		c.officer.Reads(claim, 200, "Сынақ", "№ 5", "Письмо верное")
		post(t, c.citizen, claim, url.Values{"do": {"check"}}, 403)
		post(t, c.officer, claim, url.Values{"do": {"nothing"}}, 404)
		body, _ = post(t, c.officer, claim, url.Values{"do": {"refuse"}}, 422)
		w.Says(body, "Напишите причину")
		post(t, c.officer, claim, url.Values{"do": {"check"}}, 303)
		c.citizen.Reads(claim, 200, "принята")
		c.citizen.Reads("/ru/organizations/"+w.funder.ID.String(), 200, "Изменить страницу")

		_, claim = post(t, c.citizen, at+w.ngo.ID.String(), url.Values{"way": {"mail"}, "post": {"юрист"}}, 303)
		code := regexp.MustCompile(`[0-9a-f]{32}`).FindString(w.letter("office@umit.kz"))
		post(t, c.citizen, claim, url.Values{"do": {"prove"}, "code": {"0123"}}, 422)
		post(t, c.citizen, claim, url.Values{"do": {"prove"}, "code": {code}}, 303)
		if !strings.Contains(w.letter("lead@example.kz"), strings.TrimPrefix(claim, "/ru")) {
			t.Error("the present lead is not told")
		}
		post(t, c.neighbour, claim, url.Values{"do": {"object"}, "why.ru": {"Нет"}}, 404)
		post(t, c.lead, claim, url.Values{"do": {"object"}, "why.ru": {"Не знаем такого"}}, 303)
		post(t, c.officer, claim, url.Values{"do": {"refuse"}, "why.ru": {"Не подтвердилось"}}, 303)
		c.citizen.Reads(claim, 200, "отказано", "Не подтвердилось", "Не знаем такого")
		w.verified()
	})
}

// letter is the text of the newest letter to an address.
func (w *town) letter(to string) string {
	w.t.Helper()
	for _, l := range w.Letters(20) {
		if l.To == to {
			return l.Text
		}
	}
	w.t.Fatalf("no letter to %s", to)
	return ""
}

// verified holds that every row is as the journal says.
func (w *town) verified() {
	w.t.Helper()
	report, err := journal.Verify(w.t.Context(), w.DB, w.Keys, orgs.Kinds(), nil)
	w.Must(err)
	if !report.OK() {
		w.t.Errorf("rows differ from the journal: %v", report.Faults)
	}
}

func TestAYearlyReturn(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		_, err := w.Orgs.OweReturns(t.Context())
		w.Must(err)
		c := w.crew()
		at, page := "/ru/organizations/return/"+w.ngo.ID.String()+"/2025", "/ru/organizations/"+w.ngo.ID.String()
		c.lead.Reads(page, 200, "Подать сведения за 2025 год")
		c.lead.Reads("/ru/organizations/return/"+w.ngo.ID.String()+"/1999", 404)
		form := url.Values{"version": {"1"}, "volunteers": {"3"}, "people_helped": {"120"}, "income_grants": {"5 000,50"}, "income_state": {"700"},
			"staff": {"7"}, "shown.income_grants": {"state"}, "shown.income_state": {"self"}, "shown.staff": {"all"}}
		body, _ := post(t, c.lead, at, form, 422)
		w.Says(body, "Напишите, что сделано за год", `value="5 000,50"`)
		form.Set("activity.ru", "Учили детей")
		post(t, c.lead, at, form, 303)
		seen := func(r *birgetest.Reader) string { return r.Reads(page, 200) }
		w.Await(func() bool { return strings.Contains(c.stranger.Get(page).Body, "Учили детей") })
		public := seen(c.stranger)
		w.Says(public, "120", "700\u00a0₸", "меньше 5", ">7<")
		if strings.Contains(public, "5\u00a0000,50") {
			t.Error("a field for the state is public")
		}
		w.Says(seen(c.officer), "5\u00a0000,50\u00a0₸")
		api := c.lead.Reads("/api/v1/organizations/"+w.ngo.ID.String(), 200)
		if strings.Contains(api, "500050") || strings.Contains(api, `"volunteers"`) || !strings.Contains(api, `"income_state":70000`) {
			t.Errorf("the data tell too much or too little: %s", api)
		}
		form.Set("people_helped", "130")
		body, _ = post(t, c.lead, at, form, 409)
		w.Says(body, `name="version" value="2"`, `value="130"`, "Сейчас: 120")
		form.Set("version", "2")
		post(t, c.lead, at, form, 303)
		w.verified()
	})
}

func TestACorrectionFromAskedToAnswered(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		c := w.crew()
		at, page := "/ru/corrections/organizations/"+w.ngo.ID.String(), "/ru/organizations/"+w.ngo.ID.String()
		c.stranger.Reads(at+"?subject=projects&body=%D0%A8%D0%BA%D0%BE%D0%BB%D0%B0", 200, "Школа", `value="projects" selected`)
		body, _ := post(t, c.stranger, at, url.Values{"subject": {"head"}, "mail": {"me"}, "body": {""}}, 422)
		w.Says(body, "Напишите, что неверно", "не похоже на адрес", `value="me"`)
		post(t, c.stranger, at, url.Values{"subject": {"head"}, "mail": {"me@example.kz"}, "body": {"Глава давно другой"}}, 303)
		body = c.lead.Reads(page, 200)
		door := regexp.MustCompile(`/ru/corrections/[0-9a-hjkmnp-tv-z]{13}`).FindString(body)
		c.lead.Reads(door, 200, "Глава давно другой")
		body, _ = post(t, c.lead, door, url.Values{"answer.ru": {"Исправили"}}, 422)
		w.Says(body, "Выберите решение", "Исправили")
		post(t, c.citizen, door, url.Values{"decision": {"corrected"}, "answer.ru": {"Исправили"}}, 404)
		post(t, c.lead, door, url.Values{"decision": {"corrected"}, "answer.ru": {"Исправили главу"}}, 303)
		w.Says(w.letter("me@example.kz"), "Исправили главу", "Руководитель", page)
		w.Await(func() bool { return strings.Contains(c.stranger.Get(page).Body, "Исправили главу") })
		if body := c.stranger.Get(page).Body; strings.Contains(body, "давно другой") || strings.Contains(body, "me@example.kz") {
			t.Error("the public log tells who wrote or what")
		}
		w.verified()
	})
}

// A project is corrected as an organization is: whoever keeps it owes an answer,
// everybody sees the subject and the decision, nobody who asked.
func TestACorrectionOfAProject(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		c := w.crew()
		pr := w.project()
		at := "/ru/corrections/projects/" + pr.ID.String()
		c.stranger.Reads("/ru"+pr.Ref().Path, 200, at)
		c.stranger.Reads(at, 200, "Школа юных экологов", "project_money", "15")
		for path, status := range map[string]int{"/ru/corrections/places/" + pr.ID.String(): 404, "/ru/corrections/projects/" + w.ngo.ID.String(): 404, "/ru/corrections/organizations/" + pr.ID.String(): 404} {
			c.stranger.Reads(path, status)
		}
		post(t, c.stranger, at, url.Values{"subject": {"head"}, "body": {"Не тот"}}, 422) // of an organization
		_, to := post(t, c.stranger, at, url.Values{"subject": {"project_money"}, "mail": {"me@example.kz"}, "body": {"Сумма другая"}}, 303)
		if to != at {
			t.Errorf("who asked is led to %s", to)
		}
		door := regexp.MustCompile(`/ru/corrections/[0-9a-hjkmnp-tv-z]{13}"`)
		if door.MatchString(c.stranger.Get(at).Body) || door.MatchString(c.neighbour.Get(at).Body) {
			t.Error("those who do not answer see what waits")
		}
		answer := strings.Trim(door.FindString(c.lead.Reads(at, 200)), `"`)
		for who, status := range map[*birgetest.Reader]int{c.citizen: 404, c.neighbour: 404, c.faraway: 404, c.officer: 200, c.lead: 200} {
			who.Reads(answer, status)
		}
		var owed []obligations.Obligation
		w.Must(w.DB.View(t.Context(), func(tx *db.Tx) error {
			all, err := w.Obligations.Of(t.Context(), tx, pr.Ref())
			owed = slices.DeleteFunc(all, func(o obligations.Obligation) bool { return o.Kind != orgs.CorrectionKind })
			return err
		}))
		if len(owed) != 1 || owed[0].Owner.ID != w.ngo.ID || owed[0].TermDays != 15 || !owed[0].ShownToAll {
			t.Errorf("owed: %+v", owed)
		}
		post(t, c.neighbour, answer, url.Values{"decision": {"declined"}, "answer.ru": {"Нет"}}, 404)
		post(t, c.lead, answer, url.Values{"decision": {"corrected"}, "answer.ru": {"Сумму исправили"}}, 303)
		w.Says(w.letter("me@example.kz"), "Сумму исправили", "Деньги", pr.Ref().Path)
		body := c.stranger.Reads(at, 200)
		w.Says(body, "Деньги", "Исправлено", "Сумму исправили")
		if strings.Contains(body, "Сумма другая") || strings.Contains(body, "me@example.kz") {
			t.Error("the public log tells who wrote or what")
		}
		w.Await(func() bool {
			return strings.Contains(c.stranger.Get("/ru"+pr.Ref().Path).Body, "Дан ответ на просьбу об исправлении")
		})
		w.verified()
	})
}

// Pages of places and of figures are corrected in the same way: their officers
// and the keepers of all facts answer, and everybody sees what came of it.
func TestCorrectionsOfPlacesAndFigures(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		c := w.crew()
		keeper := w.SignedIn("facts@example.kz", birgetest.Held{Role: access.Keeper})
		for what, page := range map[string]struct {
			at      ref.Ref
			subject string
			owner   string
		}{
			"a place":                 {w.region(), "place_code", "place"},
			"a figure of one place":   {w.figure(1), "figure_value", "place"},
			"a figure of the country": {w.figure(0), "figure_source", "keepers"},
		} {
			log := "/ru" + orgs.LogPath(page.at)
			c.stranger.Reads("/ru"+page.at.Path, 200, log)
			post(t, c.stranger, log, url.Values{"subject": {page.subject}, "mail": {"me@example.kz"}, "body": {"Тайное письмо"}}, 303)
			door := regexp.MustCompile(`/ru/corrections/[0-9a-hjkmnp-tv-z]{13}"`)
			if door.MatchString(c.stranger.Get(log).Body) || door.MatchString(c.lead.Get(log).Body) {
				t.Errorf("%s: those who do not answer see what waits", what)
			}
			answer := strings.Trim(door.FindString(keeper.Reads(log, 200)), `"`)
			keeper.Reads("/ru/desk", 200, answer)
			c.lead.Reads(answer, 404)
			keeper.Reads(answer, 200, "Тайное письмо")
			var owed []obligations.Obligation
			w.Must(w.DB.View(t.Context(), func(tx *db.Tx) (err error) {
				owed, err = w.Obligations.Of(t.Context(), tx, page.at)
				return err
			}))
			if len(owed) != 1 || owed[0].Owner.Kind != page.owner || owed[0].TermDays != 15 || !owed[0].ShownToAll {
				t.Errorf("%s: owed %+v", what, owed)
			}
			c.stranger.Reads("/ru/obligations/"+owed[0].ID.String(), 200)
			post(t, keeper, answer, url.Values{"decision": {"corrected"}, "answer.ru": {"Исправили по приказу"}}, 303)
			body := c.stranger.Reads(log, 200)
			w.Says(body, "Исправлено", "Исправили по приказу")
			if strings.Contains(body, "Тайное письмо") || strings.Contains(body, "me@example.kz") {
				t.Errorf("%s: the public log tells who wrote or what", what)
			}
			w.Await(func() bool { return strings.Contains(c.stranger.Get("/ru/journal").Body, "/ru"+page.at.Path) })
		}
		c.stranger.Reads("/ru/corrections/figures/"+w.region().ID.String(), 404)
		post(t, c.stranger, "/ru"+orgs.LogPath(w.region()), url.Values{"subject": {"head"}, "body": {"Не тот"}}, 422) // of an organization
		w.verified()
	})
}

func TestDuplicatesAreMerged(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		c := w.crew()
		twin := w.enter(orgs.Draft{Kind: "ngo", Name: i18n.Text{RU: "Фонд «Умит»"}}, "150000000")
		at := "/ru/organizations/merge/" + twin.ID.String()
		c.officer.Reads("/ru/organizations/duplicates", 200, strings.TrimPrefix(at, "/ru"))
		if strings.Contains(c.faraway.Reads("/ru/organizations/duplicates", 200), at) {
			t.Error("an officer of another place sees the duplicates")
		}
		c.officer.Reads(at, 200, w.ngo.ID.String())
		body, _ := post(t, c.officer, at, url.Values{"why.ru": {"Одна и та же"}}, 422)
		w.Says(body, "Выберите остающуюся страницу", "Одна и та же")
		post(t, c.faraway, at, url.Values{"into": {w.ngo.ID.String()}, "why.ru": {"Одна"}}, 403)
		_, to := post(t, c.officer, at, url.Values{"into": {w.ngo.ID.String()}, "why.ru": {"Одна"}}, 303)
		if to != "/ru/organizations/"+w.ngo.ID.String() {
			t.Errorf("after a merge: %s", to)
		}
		w.Await(func() bool {
			return c.stranger.Get("/ru/organizations/"+twin.ID.String()).Status == http.StatusMovedPermanently
		})
		w.verified()
	})
}

func TestATieIsNotedAndNeverShown(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		c := w.crew()
		at := "/ru/organizations/ties/" + w.ngo.ID.String()
		const iin = "061211600012"
		body, _ := post(t, c.lead, at, url.Values{"who": {"other"}, "iin": {"061211600013"}, "kind": {"founder"}}, 422)
		if w.Says(body, "не ИИН"); strings.Contains(body, "061211600013") {
			t.Error("the form shows an IIN again")
		}
		post(t, c.citizen, at, url.Values{"who": {"other"}, "iin": {iin}, "kind": {"founder"}}, 403)
		post(t, c.citizen, at, url.Values{"kind": {"member"}}, 303)
		post(t, c.lead, at, url.Values{"who": {"other"}, "iin": {iin}, "kind": {"founder"}, "since": {"2020-01-01"}}, 303)
		post(t, c.lead, at, url.Values{"who": {"other"}, "iin": {iin}, "kind": {"founder"}, "until": {"2025-01-01"}}, 303)
		key, _ := w.Orgs.PersonByIIN(iin)
		w.Must(w.DB.View(t.Context(), func(tx *db.Tx) error {
			for on, want := range map[string]int{"2024-06-01": 1, "2025-06-01": 0} {
				if tied, err := orgs.TiedTo(t.Context(), tx, []string{key}, day(on)); err != nil || len(tied) != want || want > 0 && tied[0] != w.ngo.ID {
					t.Errorf("on %s: %v, %v", on, tied, err)
				}
			}
			return nil
		}))
		w.Clock.Set(w.Clock.Now().Add(time.Hour))
		for _, page := range []string{"/ru/organizations/" + w.ngo.ID.String(), at, "/api/v1/organizations/" + w.ngo.ID.String()} {
			if body := c.lead.Get(page).Body; strings.Contains(body, iin) || strings.Contains(body, key) {
				t.Errorf("%s shows a tie", page)
			}
		}
		w.verified()
	})
}
