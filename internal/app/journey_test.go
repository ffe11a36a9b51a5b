package app_test

import (
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"birge/internal/birgetest"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// A newcomer finds a project in a district, reads who paid and what is late, and
// takes the rows along.
func TestANewcomerFindsAProject(t *testing.T) {
	b := birgetest.Browse(t)
	s := birgetest.StartSample(t)
	b.Width(360)
	for lang, title := range map[string]string{"kk": "Өңірдің азаматтық", "ru": "Гражданский сектор", "en": "civic sector"} {
		b.Open(s.URL + "/" + lang + "/")
		if got := b.Reads("h1"); !strings.Contains(got, title) {
			t.Errorf("the front page in %s is headed %q", lang, got)
		}
	}
	b.Open(s.URL + "/ru/")
	b.Type(".big-search input[name=q]", "спорт степной\r")
	b.Await(".hits h3 a")
	b.Type(".hits h3 a", "\r")
	b.Await("#money")
	for _, part := range []string{".thread", ".figures", "#money", "#events"} {
		b.Await(part)
	}
	if head := b.Reads("main"); !strings.Contains(head, "Проводит") || !strings.Contains(head, "₸") {
		t.Errorf("the page of a project does not say who and for how much: %.400s", head)
	}

	shown := s.Stranger().Get("/ru/projects?status=report_late")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.Stranger().Get("/ru/projects.csv?status=report_late").Body, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(shown.Body, "<h3>"); n == 0 || n != len(rows)-1 {
		t.Errorf("the list shows %d projects, its file holds %d", n, len(rows)-1)
	}
	figures := s.Stranger().Get("/ru/figures").Body
	for _, forum := range []string{"abai-2025", "akmola-2020", "aktobe-2025", "turkistan-xii", "west-kz-2023"} {
		if !strings.Contains(figures, "/ru/figures/forums/"+forum) {
			t.Errorf("the figures of %s are not told", forum)
		}
	}
}

// A lead announces an event by the keyboard alone and confirms it the day after.
func TestALeadAnnouncesAnEventAndConfirmsIt(t *testing.T) {
	b := birgetest.Browse(t)
	s := birgetest.StartSample(t)
	at := openProject(t, s)
	b.Width(360)
	b.Open(s.URL + "/ru/sign-in")
	b.Type("input[name=email]", birgetest.Lead)
	b.Type("input[name=password]", s.Password(birgetest.Lead)+"\r")
	b.Await("#owes")

	day := s.Projects.Today().AddDays(1)
	b.Open(s.URL + "/ru" + at.Ref().Path + "/events/new")
	b.Type("input[name='title.ru']", "Встреча у родника")
	b.Type("input[name=place]", code(s, at))
	b.Set("input[name=on]", day.String())
	b.Type("input[name=hour]", "11:00\r")
	b.Await("#events")
	if events := b.Reads("#events"); !strings.Contains(events, "Встреча у родника") {
		t.Fatalf("the event is not announced: %s", events)
	}
	s.Clock.Advance(48 * time.Hour)
	event := eventCalled(t, s, at, "Встреча у родника")
	b.Open(s.URL + "/ru" + at.Ref().Path + "/events/" + event.String())
	b.Set("input[name=held_on]", day.String())
	b.Type("input[name=headcount]", "38")
	b.Click("input[name=method][value=list]")
	b.Click("button[value=confirm]")
	b.Await("#events")
	if events := b.Reads("#events"); !strings.Contains(events, "38 участников по списку") {
		t.Errorf("the event is not confirmed: %s", events)
	}
}

// The portal is as its journal says, and after one value was changed past it the
// row is named.
func TestOneValueChangedPastTheJournalIsFound(t *testing.T) {
	s := birgetest.StartSample(t)
	verify := func() journal.Report {
		t.Helper()
		report, err := journal.Verify(t.Context(), s.DB, s.Keys, s.Kinds(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	if r := verify(); !r.OK() || r.Rows < 1000 {
		t.Fatalf("an untouched portal has %d rows and these faults: %v", r.Rows, r.Faults)
	}
	at := openProject(t, s)
	if err := s.DB.Update(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE projects SET sum = sum + 1 WHERE id = $1`, at.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	r := verify()
	if r.OK() || !strings.Contains(fmt.Sprint(r.Faults), at.ID.String()) {
		t.Errorf("the changed row is not named: %v", r.Faults)
	}
}

// openProject is a running project of the lead's organization that concerns
// nobody at risk.
func openProject(t *testing.T, s *birgetest.Sample) projects.Project {
	t.Helper()
	var ids []ref.ID
	for _, m := range regexp.MustCompile(`/ru/projects/(\w{13})"`).FindAllStringSubmatch(s.Reader(birgetest.Lead).Get("/ru/desk").Body, -1) {
		if id, ok := ref.ParseID(m[1]); ok {
			ids = append(ids, id)
		}
	}
	list, err := s.Projects.Named(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		if !p.AtRisk && p.StatusOn(s.Projects.Today()).Is == projects.Running {
			return p
		}
	}
	t.Fatal("the sample's lead has no running project that is open to all")
	return projects.Project{}
}

// code is the address of the project's place.
func code(s *birgetest.Sample, p projects.Project) string {
	place, _ := s.Places.Tree().Place(p.PlaceID)
	return place.Code()
}

// eventCalled finds the event of a project by its title.
func eventCalled(t *testing.T, s *birgetest.Sample, p projects.Project, title string) ref.ID {
	t.Helper()
	story, err := s.Projects.Story(t.Context(), access.Portal("test"), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range story.Events {
		if e.Title.RU == title {
			return e.ID
		}
	}
	t.Fatalf("there is no event %q", title)
	return 0
}
