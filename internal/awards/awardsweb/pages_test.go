package awardsweb_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/awards"
	"birge/internal/birgetest"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/mail"
	"birge/internal/platform/ref"
)

// hall is a portal whose region gives an award, with those who knock at its doors.
type hall struct {
	*juries
	stranger, citizen, keeper, chief, lead, rival, away *birgetest.Reader
	person                                              accounts.Person // the citizen
}

const citizenName = "Құпиябек Сынақов"

func newHall(t *testing.T, w *birgetest.World) *hall {
	j := newJuries(t, w)
	region, _ := w.Places.Tree().ByKATO("150000000")
	far, _ := w.Places.Tree().ByKATO("110000000")
	h := &hall{juries: j, stranger: w.Stranger(), citizen: w.SignedIn("citizen@test.kz"),
		keeper: w.SignedIn("keeper@test.kz", birgetest.Held{Role: access.Officer, For: region.Ref()}),
		chief:  w.SignedIn("chief@test.kz", birgetest.Held{Role: access.Lead, For: j.giver.Ref()}),
		lead:   w.SignedIn("lead@test.kz", birgetest.Held{Role: access.Lead, For: j.ngos[0].Ref()}),
		rival:  w.SignedIn("rival@test.kz", birgetest.Held{Role: access.Lead, For: j.ngos[1].Ref()}),
		away:   w.SignedIn("away@test.kz", birgetest.Held{Role: access.Officer, For: far.Ref()})}
	fine(t, w.DB.View(t.Context(), func(tx *db.Tx) error {
		id, err := db.One(t.Context(), tx, db.Value[ref.ID], `SELECT id FROM persons WHERE email = 'citizen@test.kz'`)
		if err == nil {
			h.person, err = accounts.PersonIn(t.Context(), tx, id)
		}
		return err
	}))
	fine(t, w.AwaitFeed(t.Context()))
	return h
}

// knock asserts what each of some readers is answered at a door.
func (h *hall) knock(want map[*birgetest.Reader]int, path string, form url.Values) {
	h.t.Helper()
	for who, status := range want {
		method := http.MethodGet
		if form != nil {
			method = http.MethodPost
		}
		if a := who.Do(method, path, form); a.Status != status {
			h.t.Errorf("%s %s answers %s with %d, want %d", method, path, h.name(who), a.Status, status)
		}
	}
}

func (h *hall) name(who *birgetest.Reader) string {
	return map[*birgetest.Reader]string{h.stranger: "a stranger", h.citizen: "a citizen", h.keeper: "the keeper", h.chief: "the chief", h.lead: "the lead", h.rival: "the rival", h.away: "an officer from elsewhere"}[who]
}

// went asserts that a form was taken, and gives the address without notice.
func (h *hall) went(a birgetest.Answer) string {
	h.t.Helper()
	return "/ru" + h.Went(a)
}

// begun announces a round of money with two nominations, the second for persons too.
func (h *hall) begun() string {
	h.t.Helper()
	today := h.Awards.Today()
	form := url.Values{"organizer": {h.giver.ID.String()}, "place": {"150000000"}, "title.ru": {"Премия «Сынақ»"}, "kind": {"money"}, "who": {"own"}, "persons": {"yes"},
		"opens": {today.String()}, "closes": {today.AddDays(1).String()}, "per_work": {"2"}, "spread": {"0"},
		"nominations.0.title.ru": {"Лучшее НПО"}, "nominations.0.sum": {"100"}, "nominations.1.title.ru": {"Человек года"}, "nominations.1.sum": {"20000000"},
		"criteria.0.name.ru": {"Польза"}, "criteria.0.weight": {"90"}, "criteria.0.max": {"10"}}
	h.knock(map[*birgetest.Reader]int{h.stranger: 401, h.citizen: 422, h.lead: 422, h.away: 422}, "/ru/awards/new", url.Values{})
	h.Want(http.StatusUnprocessableEntity, h.keeper.Post("/ru/awards/new", form), "Премия «Сынақ»")
	form.Set("criteria.0.weight", "100")
	h.knock(map[*birgetest.Reader]int{h.stranger: 401, h.citizen: 403, h.lead: 403, h.away: 403}, "/ru/awards/new", form)
	at := h.went(h.keeper.Post("/ru/awards/new", form))
	hidden := map[*birgetest.Reader]int{h.stranger: 404, h.citizen: 404, h.lead: 404, h.away: 404, h.keeper: 200, h.chief: 200}
	h.knock(hidden, at, nil)
	for _, door := range []string{"/edit", "/publish", "/cancel"} {
		h.knock(map[*birgetest.Reader]int{h.stranger: 401, h.citizen: 404, h.lead: 404, h.away: 404}, at+door, form)
	}
	// The least money of a nomination is a norm in MCI.
	h.Want(http.StatusUnprocessableEntity, h.keeper.Post(at+"/publish", url.Values{}), "По норме деньги номинации — не меньше")
	form.Set("nominations.0.sum", "30000000")
	h.went(h.keeper.Post(at+"/edit", form))
	h.went(h.keeper.Post(at+"/publish", url.Values{}))
	h.Want(http.StatusConflict, h.keeper.Post(at+"/publish", url.Values{}))
	h.Want(http.StatusOK, h.stranger.Get(at), "принимают кандидатов", "Лучшее НПО", "30 000 000 ₸", "Польза")
	return at
}

// nominated has both organizations and the citizen put forward and admitted.
func (h *hall) nominated(at string) {
	h.t.Helper()
	of := func(o orgs.Organization) url.Values {
		return url.Values{"nomination": {"1"}, "org": {o.ID.String()}, "why.ru": {"Помогали всем"}}
	}
	own := of(h.ngos[0])
	h.knock(map[*birgetest.Reader]int{h.stranger: 401, h.citizen: 403, h.rival: 403, h.keeper: 403}, at+"/nominate", own)
	h.Want(http.StatusUnprocessableEntity, h.lead.Post(at+"/nominate", url.Values{"nomination": {"7"}, "org": own["org"], "why.ru": own["why.ru"]}))
	h.went(h.lead.Post(at+"/nominate", own))
	h.Want(http.StatusConflict, h.lead.Post(at+"/nominate", own))
	h.went(h.rival.Post(at+"/nominate", of(h.ngos[1])))
	h.went(h.citizen.Post(at+"/nominate", url.Values{"nomination": {"2"}, "person_name": {citizenName}, "consent": {"yes"}, "why.ru": {"Учу детей"}}))

	page := at + "/candidates"
	h.knock(map[*birgetest.Reader]int{h.stranger: 303, h.away: 404, h.keeper: 200, h.chief: 200}, page, nil)
	if body := h.Want(http.StatusOK, h.lead.Get(page), "Организация 1"); strings.Contains(body, "Организация 2") || strings.Contains(body, citizenName) {
		h.t.Error("a lead sees other candidates")
	}
	body := h.Want(http.StatusOK, h.keeper.Get(page), "Организация 1", "Организация 2", citizenName)
	ids := regexp.MustCompile(`candidates/([0-9a-z]{13})"`).FindAllStringSubmatch(body, -1)
	judge := page + "/" + ids[0][1]
	h.knock(map[*birgetest.Reader]int{h.stranger: 401, h.citizen: 404, h.lead: 404, h.rival: 404, h.away: 404}, judge, url.Values{"do": {"admit"}})
	h.Want(http.StatusUnprocessableEntity, h.keeper.Post(judge, url.Values{"do": {"refuse"}}))
	h.Want(http.StatusConflict, h.keeper.Post(at+"/panel", url.Values{"due": {h.Awards.Today().AddDays(20).String()}}), "Жюри начинает после приема кандидатов")
	seen := map[string]bool{}
	for _, id := range ids {
		if !seen[id[1]] {
			h.went(h.keeper.Post(page+"/"+id[1], url.Values{"do": {"admit"}}))
		}
		seen[id[1]] = true
	}
	h.Want(http.StatusConflict, h.keeper.Post(judge, url.Values{"do": {"admit"}}))
}

// marked closes the round and has the jury mark; nobody reads its names before the
// decision.
func (h *hall) marked(at string) (panel string) {
	h.t.Helper()
	h.Clock.Advance(3 * 24 * time.Hour)
	due := url.Values{"due": {h.Awards.Today().AddDays(10).String()}}
	h.Want(http.StatusConflict, h.lead.Post(at+"/nominate", url.Values{"nomination": {"2"}, "org": {h.ngos[0].ID.String()}, "why.ru": {"Поздно"}}))
	h.knock(map[*birgetest.Reader]int{h.stranger: 401, h.citizen: 403, h.lead: 403, h.away: 404}, at+"/panel", due)
	panel = h.went(h.keeper.Post(at+"/panel", due))
	h.Want(http.StatusConflict, h.keeper.Post(at+"/panel", due))
	id, _ := ref.ParseID(panel[strings.LastIndex(panel, "/")+1:])
	h.markAll(id)
	for _, page := range []string{panel, at, "/api/v1" + strings.TrimPrefix(at, "/ru")} {
		if body := h.Want(http.StatusOK, h.stranger.Get(page)); strings.Contains(body, expertName) || strings.Contains(body, "Распределение баллов") {
			h.t.Errorf("%s tells of the jury or its marks before the decision", page)
		}
	}
	return panel
}

// decided says that both organizations and the citizen win; the chief publishes it.
func (h *hall) decided(at string) {
	h.t.Helper()
	page := at + "/decision"
	h.knock(map[*birgetest.Reader]int{h.stranger: 303, h.citizen: 403, h.lead: 403, h.away: 403, h.keeper: 200, h.chief: 200}, page, nil)
	body := h.Want(http.StatusOK, h.keeper.Get(page), "Организация 1", citizenName)
	form := url.Values{"note.ru": {"Единогласно"}}
	for _, m := range regexp.MustCompile(`name="wins\.([0-9a-z]{13})"`).FindAllStringSubmatch(body, -1) {
		form.Set("wins."+m[1], "yes")
	}
	h.knock(map[*birgetest.Reader]int{h.stranger: 401, h.citizen: 403, h.lead: 403, h.rival: 403, h.away: 403}, page, form)
	h.went(h.keeper.Post(page, form))
	h.Want(http.StatusUnprocessableEntity, h.keeper.Post(page, url.Values{"do": {"put"}}), "Человек года")
	for name := range form {
		if id, ok := strings.CutPrefix(name, "wins."); ok {
			form.Set("reason."+id+".ru", "За многолетний труд")
		}
	}
	h.went(h.keeper.Post(page, form))
	h.went(h.keeper.Post(page, url.Values{"do": {"put"}}))
	h.Want(http.StatusConflict, h.keeper.Post(page, form))
	h.knock(map[*birgetest.Reader]int{h.stranger: 401, h.citizen: 403, h.lead: 403, h.away: 403, h.keeper: 403}, page, url.Values{"do": {"publish"}})
	h.went(h.chief.Post(page, url.Values{"do": {"publish"}}))
	h.Want(http.StatusConflict, h.chief.Post(page, url.Values{"do": {"publish"}}))
}

// An award on its pages, from its announcement to its being taken back; who has no
// say is told so at each door.
func TestAnAwardOnItsPages(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		h := newHall(t, w)
		at := h.begun()
		h.nominated(at)
		panel := h.marked(at)
		h.decided(at)

		// Two winners share equally; the jury is named now, since the norm says so.
		body := h.Want(http.StatusOK, h.stranger.Get(at), "лауреаты известны", "15 000 000 ₸", "20 000 000 ₸", "За многолетний труд", "Частное лицо", "Распределение баллов")
		if strings.Contains(body, citizenName) {
			t.Error("the page names a private person")
		}
		h.Want(http.StatusOK, h.stranger.Get(panel), expertName)
		profile := "/ru/organizations/" + h.ngos[0].ID.String()
		h.Want(http.StatusOK, h.stranger.Get(profile), "Премия «Сынақ»", "За многолетний труд")

		own, theirs := h.certificates()
		h.knock(map[*birgetest.Reader]int{h.stranger: 200, h.citizen: 200}, "/ru"+own.Ref().Path, nil)
		h.knock(map[*birgetest.Reader]int{h.stranger: 404, h.lead: 404, h.away: 404, h.citizen: 200, h.keeper: 200}, "/ru"+theirs.Ref().Path, nil)
		edit := "/ru" + own.Ref().Path + "/edit"
		h.knock(map[*birgetest.Reader]int{h.stranger: 303, h.citizen: 403, h.lead: 403, h.away: 403, h.keeper: 200}, edit, nil)
		h.knock(map[*birgetest.Reader]int{h.citizen: 403, h.lead: 404, h.keeper: 200}, "/ru"+theirs.Ref().Path+"/edit", nil)
		why := url.Values{"do": {"send"}, "why.ru": {"Первое письмо не дошло"}}
		h.knock(map[*birgetest.Reader]int{h.stranger: 401, h.citizen: 403, h.lead: 403, h.away: 403}, edit, why)
		h.Want(http.StatusUnprocessableEntity, h.keeper.Post(edit, url.Values{"do": {"send"}}))
		before := h.letters("lead@test.kz")
		h.went(h.keeper.Post(edit, why))
		if after := h.letters("lead@test.kz"); len(after) != len(before)+1 || !strings.Contains(after[0], "Первое письмо не дошло") {
			t.Errorf("%d letters after %d", len(after), len(before))
		}
		check := func(code string) birgetest.Answer {
			return h.stranger.Post("/ru/certificates/check", url.Values{"code": {code}})
		}
		h.Want(http.StatusOK, check(own.Code), "Свидетельство подлинное")
		h.Want(http.StatusUnprocessableEntity, check(strings.Replace(own.Code, own.Code[9:10], "_", 1)))
		h.Want(http.StatusUnprocessableEntity, h.keeper.Post(edit, url.Values{"do": {"revoke"}}))
		h.went(h.keeper.Post(edit, url.Values{"do": {"revoke"}, "why.ru": {"Отчет был ложным"}}))
		h.Want(http.StatusConflict, h.keeper.Post(edit, url.Values{"do": {"revoke"}, "why.ru": {"Еще раз"}}))
		h.Want(http.StatusOK, check(own.Code), "Отчет был ложным")
		h.Want(http.StatusOK, h.stranger.Get(at), "Отчет был ложным")
		if body := h.Want(http.StatusOK, h.stranger.Get(profile)); strings.Contains(body, "Премия «Сынақ»") {
			t.Error("the profile still tells of an award that was taken back")
		}
		h.erased(at, theirs)
		if r, err := journal.Verify(t.Context(), w.DB, w.Keys, w.Kinds(), nil); err != nil || len(r.Faults) > 0 {
			t.Error(r.Faults, err)
		}
	})
}

// certificates are that of the first organization and that of the citizen.
func (h *hall) certificates() (own, theirs awards.Certificate) {
	h.t.Helper()
	rounds, err := h.Awards.Rounds(h.t.Context())
	fine(h.t, err)
	st, err := h.Awards.Story(h.t.Context(), h.by, rounds[0].ID)
	fine(h.t, err)
	for _, c := range st.Certificates {
		for _, l := range st.Laureates {
			switch {
			case l.ID == c.LaureateID && l.OrgID == h.ngos[0].ID:
				own = c
			case l.ID == c.LaureateID && l.Person:
				theirs = c
			}
		}
	}
	return own, theirs
}

// letters are what was written to somebody, the newest first.
func (h *hall) letters(to string) (texts []string) {
	h.t.Helper()
	fine(h.t, h.DB.View(h.t.Context(), func(tx *db.Tx) error {
		list, err := mail.Outbox(h.t.Context(), tx, 0, 50)
		for _, l := range list {
			if l.To == to {
				texts = append(texts, l.Text)
			}
		}
		return err
	}))
	return texts
}

// erased takes the citizen's copy and has them erased: name and certificate go, also
// out of the journal; that somebody was honoured stays.
func (h *hall) erased(at string, certificate awards.Certificate) {
	t, ctx := h.t, h.t.Context()
	t.Helper()
	citizen := access.Actor{UserID: h.person.ID, Confirmed: true}
	copied, err := h.Accounts.Copy(ctx, citizen)
	fine(t, err)
	if n, ok := copied["award_nominees"].([]awards.Nominee); !ok || len(n) != 1 || n[0].PersonName != citizenName {
		t.Errorf("the copy tells %+v of what they were put forward for", copied["award_nominees"])
	}
	if c, ok := copied["award_certificates"].([]awards.Certificate); !ok || len(c) != 1 {
		t.Errorf("the copy has the certificates %+v", copied["award_certificates"])
	}
	judge := h.experts[0]
	if copied, err = h.Accounts.Copy(ctx, judge); err != nil || len(copied["expert_marks"].([]panels.Assignment)) == 0 {
		t.Errorf("the copy of a juror tells nothing of their marks: %v", err)
	}
	fine(t, h.Accounts.ErasePerson(ctx, h.by, citizen.UserID))
	fine(t, h.Accounts.ErasePerson(ctx, h.by, judge.UserID))
	h.knock(map[*birgetest.Reader]int{h.keeper: 404, h.stranger: 404}, "/ru"+certificate.Ref().Path, nil)
	for _, page := range []string{"/candidates", "/decision"} {
		if body := h.keeper.Get(at + page).Body; strings.Contains(body, citizenName) {
			t.Errorf("%s still tells the name", page)
		}
	}
	h.Want(http.StatusOK, h.stranger.Get(at), "Частное лицо")
	fine(t, h.DB.View(ctx, func(tx *db.Tx) error {
		bodies, err := db.All(ctx, tx, db.Value[string], `SELECT body FROM journal_bodies`)
		for _, b := range bodies {
			if strings.Contains(b, citizenName) || strings.Contains(b, "Учу детей") {
				t.Errorf("the journal keeps %.300s", b)
			}
		}
		return err
	}))
}
