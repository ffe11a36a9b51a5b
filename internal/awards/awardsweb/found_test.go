package awardsweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"birge/internal/awards"
	"birge/internal/birgetest"
	"birge/internal/platform/access"
)

// Awards are found by what they are called and by whom they honour, are filtered,
// followed and carried away; who was only put forward is not found.
func TestAwardsAreFoundAndFollowed(t *testing.T) {
	s := birgetest.StartSample(t)
	st := decided(t, s)
	reader := s.Stranger()
	page := func(path string) string {
		t.Helper()
		a := reader.Get(path)
		if a.Status != http.StatusOK {
			t.Fatalf("%s answers %d", path, a.Status)
		}
		return a.Body
	}
	address := `/ru` + st.Round.Ref().Path + `"`
	laureate := st.Orgs[st.Laureates[0].OrgID].Title.RU
	for _, q := range []string{"лучшее сельское", laureate} {
		if !strings.Contains(page("/ru/search?kind=award&q="+url.QueryEscape(q)), address) {
			t.Errorf("the search for %q does not find the award", q)
		}
	}
	if body := page("/ru/awards?state=open"); strings.Contains(body, address) || !strings.Contains(body, "1 награда") {
		t.Error("the filter of the list does not narrow it")
	}
	if body := page("/ru/awards?state=nonsense"); !strings.Contains(body, "0 наград") {
		t.Error("an unknown state finds something")
	}
	if body := page("/ru/awards.atom?state=decided"); !strings.Contains(body, "Награда объявлена: Премия") || !strings.Contains(body, "#awards.round.decide") {
		t.Error("the feed does not tell that the award was announced and decided")
	}
	for _, path := range []string{"/ru/awards.ics?state=open", "/calendar/awards/" + st.Round.ID.String()} {
		if body := page(path); strings.Count(body, "BEGIN:VEVENT") != 2 {
			t.Errorf("%s has %d days", path, strings.Count(body, "BEGIN:VEVENT"))
		}
	}
	if body := page("/api/v1/awards?state=told"); strings.Count(body, `"state":"told"`) != 6 {
		t.Error("the data are not those of the filter")
	}
	for _, to := range []string{st.Round.Ref().Path, "/awards", "/awards?state=open"} {
		if a := reader.Get("/ru/follow?to=" + url.QueryEscape(to)); a.Status != http.StatusOK {
			t.Errorf("%s cannot be followed: %d", to, a.Status)
		}
	}
	if a := reader.Get("/ru/follow?to=/awards/" + draft(t, s)); a.Status != http.StatusNotFound {
		t.Errorf("a draft can be followed: %d", a.Status)
	}
}

// The name of a private person who is a candidate, or a laureate, is in no search, no
// feed and no data.
func TestPrivatePersonsAreNotFound(t *testing.T) {
	s := birgetest.StartSample(t)
	open := opened(t, s)
	form := url.Values{"nomination": {"1"}, "person_name": {"Құпиятегі Сынақ"}, "why.ru": {"Помогаю соседям"}, "consent": {"yes"}}
	if a := s.Reader(birgetest.Citizen).Post("/ru"+open.Ref().Path+"/nominate", form); a.Status != http.StatusSeeOther {
		t.Fatalf("put forward: %d", a.Status)
	}
	if err := s.AwaitFeed(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/ru/search?q=Құпиятегі", "/ru/awards?q=Құпиятегі", "/ru/awards.atom", "/api/v1/awards", "/ru/journal", "/ru" + open.Ref().Path} {
		if strings.Contains(strings.ReplaceAll(s.Stranger().Get(path).Body, "value=\"Құпиятегі\"", ""), "Құпиятегі Сынақ") {
			t.Errorf("%s tells the name", path)
		}
	}
	if body := s.Stranger().Get("/ru/search?kind=award&q=Құпиятегі").Body; strings.Contains(body, open.Ref().Path) {
		t.Error("the award is found by the name of a private person")
	}
}

// The desk tells those who run an award what it waits for, and those who are
// candidates, or put them forward, how they stand.
func TestAwardsOnTheDesk(t *testing.T) {
	s := birgetest.StartSample(t)
	open := opened(t, s)
	desk := func(who string) string { return s.Reader(who).Get("/ru/desk").Body }
	if body := desk(birgetest.Officer); !strings.Contains(body, "Рассмотреть кандидатов на награду") || !strings.Contains(body, open.Ref().Path+"/candidates") || !strings.Contains(body, "Закончить черновик награды") {
		t.Error("the desk of the organizer's side does not tell what waits")
	}
	for _, who := range []string{birgetest.Citizen, birgetest.AwayOfficer, birgetest.OtherLead} {
		if strings.Contains(desk(who), "Рассмотреть кандидатов на награду") {
			t.Errorf("the desk of %s tells what is not theirs", who)
		}
	}
	form := url.Values{"nomination": {"1"}, "person_name": {"Сынақ Адам"}, "why.ru": {"Помогаю соседям"}, "consent": {"yes"}}
	if strings.Contains(desk(birgetest.Citizen), "Кандидаты на награды") {
		t.Error("who put nobody forward has candidates")
	}
	if a := s.Reader(birgetest.Citizen).Post("/ru"+open.Ref().Path+"/nominate", form); a.Status != http.StatusSeeOther {
		t.Fatalf("put forward: %d", a.Status)
	}
	if body := desk(birgetest.Citizen); !strings.Contains(body, "Кандидаты на награды") || !strings.Contains(body, "выдвинут") {
		t.Error("the desk does not tell how the candidate stands")
	}
	s.Clock.Advance(29 * 24 * time.Hour)
	place, _ := s.Places.Tree().Place(open.PlaceID)
	late := s.SignedIn("late@sample.birge", birgetest.Held{Role: access.Officer, For: place.Ref()})
	if body := late.Get("/ru/desk").Body; !strings.Contains(body, "просрочено") {
		t.Error("candidates that nobody looked at until the last day are not late")
	}
}

// opened is the round of the sample that takes candidates.
func opened(t *testing.T, s *birgetest.Sample) awards.Round {
	t.Helper()
	rounds, err := s.Awards.Rounds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rounds {
		if r.State == awards.Open {
			return r.Round
		}
	}
	t.Fatal("the sample takes no candidates")
	return awards.Round{}
}

// draft is the id of the round of the sample that is not published.
func draft(t *testing.T, s *birgetest.Sample) string {
	t.Helper()
	list, err := s.Awards.Drafts(t.Context(), access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Officer, Scope: opened(t, s).PlaceID}}})
	if err != nil || len(list) == 0 {
		t.Fatalf("the sample has no draft: %v", err)
	}
	return list[0].ID.String()
}
