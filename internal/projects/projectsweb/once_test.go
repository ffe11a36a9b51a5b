package projectsweb_test

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"birge/internal/platform/web"
)

var onceField = regexp.MustCompile(`name="` + web.OnceField + `" value="([^"]+)"`)

// A project sent twice is entered once, with no script in between.
func TestAProjectSentTwiceIsOne(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		drawn := func() string {
			found := onceField.FindStringSubmatch(s.want(http.StatusOK, s.do(s.lead, "GET", "/ru/projects/new", nil)).Body.String())
			if found == nil {
				t.Fatal("the form has nothing by which it is known")
			}
			return found[1]
		}
		form := s.planForm()
		form.Set(web.OnceField, drawn())
		form.Set("title.ru", "")
		s.want(http.StatusUnprocessableEntity, s.do(s.lead, "POST", "/ru/projects/new", form))
		form.Set("title.ru", "Школа")
		var led [2]string
		var both sync.WaitGroup
		for i := range led {
			both.Go(func() { led[i] = s.do(s.lead, "POST", "/ru/projects/new", form).Header().Get("Location") })
		}
		both.Wait()
		if led[0] == "" || led[0] != led[1] {
			t.Errorf("two clicks lead to %q and %q", led[0], led[1])
		}
		if other := s.want(http.StatusSeeOther, s.do(s.officer, "POST", "/ru/projects/new", form)).Header().Get("Location"); other == led[0] {
			t.Error("another person's form is taken for this one")
		}
		if page := s.want(http.StatusOK, s.do(s.lead, "GET", strings.Split(led[0], "?")[0], nil)).Body.String(); !strings.Contains(page, "Школа") {
			t.Error("the project is not there")
		}
		once := drawn()
		if once == form.Get(web.OnceField) {
			t.Error("two drawn forms are known by one value")
		}
		form.Set(web.OnceField, once)
		if again := s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru/projects/new", form)).Header().Get("Location"); again == led[0] {
			t.Error("a form drawn anew is taken for the old one")
		}
	})
}
