package forumsweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/platform/access"
)

// Somebody registers without an account, twice, and the answer is the same; the
// officer who plans sees one registration, and a stranger sees none.
func TestSomebodyRegistersOnAPage(t *testing.T) { birgetest.EachFew(t, somebodyRegistersOnAPage) }

func somebodyRegistersOnAPage(t *testing.T, s *birgetest.Sample) {
	list, err := s.Portal.Forums.List(t.Context(), access.Actor{})
	if err != nil || len(list) == 0 || !list[0].RegistrationOpenOn(s.Portal.Forums.Today()) {
		t.Fatalf("no forum takes registrations: %v %v", list, err)
	}
	f := list[0]
	form := url.Values{"name": {"Бір Адам"}, "email": {"one@x.kz"}, "kind": {"ngo"}, "place": {"990000000"}, "consent": {"yes"}}
	for range 2 {
		if r := s.Stranger().Post("/ru"+f.Ref().Path+"/register", form); r.Status != http.StatusSeeOther {
			t.Fatalf("a registration answers %d: %s", r.Status, r.Body)
		}
	}
	form.Del("consent")
	if r := s.Stranger().Post("/ru"+f.Ref().Path+"/register", form); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "Бір Адам") {
		t.Errorf("without consent: %d", r.Status)
	}
}
