package awardsweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/forums"
	"birge/internal/platform/access"
)

// An award is begun as a part of a forum, which is chosen in its form; one that is not
// there is refused.
func TestAnAwardBelongsToAForum(t *testing.T) {
	s := birgetest.StartSample(t)
	list, err := s.Forums.List(t.Context(), access.Actor{})
	if err != nil {
		t.Fatal(err)
	}
	var f forums.Forum
	for _, c := range list {
		if c.Forum.Sample {
			f = c.Forum
		}
	}
	officer := s.Reader(birgetest.Officer)
	if page := officer.Get("/ru/awards/new"); !strings.Contains(page.Body, `value="`+f.ID.String()+`"`) {
		t.Error("the form does not offer the forum")
	}
	form := url.Values{"organizer": {decided(t, s).Organizer.ID.String()}, "place": {"990000000"}, "title.ru": {"Премия форума"}, "kind": {"prize"}, "who": {"everyone"}, "opens": {"2030-01-01"}, "closes": {"2030-02-01"},
		"per_work": {"2"}, "spread": {"30"}, "nominations.0.title.ru": {"Лучший проект"}, "criteria.0.name.ru": {"Польза"}, "criteria.0.weight": {"100"}, "criteria.0.max": {"10"}, "forum": {"0000000000001"}}
	if a := officer.Post("/ru/awards/new", form); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown forum answers %d", a.Status)
	}
	form.Set("forum", f.ID.String())
	a := officer.Post("/ru/awards/new", form)
	if a.Status != http.StatusSeeOther {
		t.Fatalf("a round of a forum answers %d: %s", a.Status, a.Body)
	}
	if page := officer.Get(a.Header.Get("Location")); !strings.Contains(page.Body, "/ru"+f.Ref().Path+`"`) {
		t.Error("the round does not lead to its forum")
	}
}
