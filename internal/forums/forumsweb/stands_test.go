package forumsweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/forums"
	"birge/internal/platform/access"
)

// running is the forum of the sample that goes on.
func running(t *testing.T, s *birgetest.Sample) forums.Forum {
	t.Helper()
	list, err := s.Forums.List(t.Context(), access.Actor{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.State == forums.Running {
			return c.Forum
		}
	}
	t.Fatal("no forum of the sample goes on")
	return forums.Forum{}
}

// A visitor finds a stand, goes on to its project and offers help there, without an
// account and without JavaScript; the lead answers, and the visitor erases it all.
func TestAVisitorOffersHelp(t *testing.T) { birgetest.EachFew(t, aVisitorOffersHelp) }

func aVisitorOffersHelp(t *testing.T, s *birgetest.Sample) {
	f := running(t, s)
	list := s.Stranger().Get("/ru" + f.Ref().Path + "/stands")
	stands, err := s.Forums.Stands(t.Context(), access.Actor{}, f.ID)
	if err != nil || len(stands.List) == 0 {
		t.Fatalf("no stands: %v", err)
	}
	first := stands.List[0]
	if !strings.Contains(list.Body, "стенд № 1") || !strings.Contains(list.Body, first.Stand.Ref().Path) {
		t.Errorf("the exhibition does not tell of its first stand: %s", list.Body)
	}
	page := s.Stranger().Get("/ru" + first.Stand.Ref().Path)
	if !strings.Contains(page.Body, "/ru"+first.Project.Path) || !strings.Contains(page.Body, "/offers/projects/"+first.ProjectID.String()+"?stand=") || strings.Contains(page.Body, "розетка") {
		t.Errorf("the stand: %s", page.Body)
	}
	if sheet := s.Stranger().Get("/kk" + f.Ref().Path + "/sheets"); sheet.Status != http.StatusOK || !strings.HasPrefix(sheet.Body, "%PDF-") {
		t.Errorf("the sheets answer %d", sheet.Status)
	}
	project := s.Stranger().Get("/ru" + first.Project.Path)
	if !strings.Contains(project.Body, "/ru/offers/projects/"+first.ProjectID.String()) {
		t.Error("the project page takes no help")
	}

	lead := s.Reader(birgetest.Lead)
	org := birgetest.OwnOrg(s)
	offer := "/ru/offers/organizations/" + org.String()
	form := url.Values{"kind": {"knowledge"}, "name": {"Помощник Тайный"}, "email": {"secret@x.kz"}, "message": {"Научу считать деньги"}, "consent": {"yes"}}
	if a := s.Stranger().Post(offer, url.Values{"name": {"Помощник Тайный"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Помощник Тайный") {
		t.Errorf("half an offer answers %d", a.Status)
	}
	if a := s.Stranger().Post(offer, form); a.Status != http.StatusSeeOther {
		t.Fatalf("an offer answers %d: %s", a.Status, a.Body)
	}
	desk, inbox := lead.Get("/ru/desk"), lead.Get("/ru/desk/offers")
	if !strings.Contains(desk.Body, "Ответить на предложение помощи") || !strings.Contains(inbox.Body, "Помощник Тайный") {
		t.Error("the lead does not find the offer")
	}
	if other := s.Reader(birgetest.OtherLead).Get("/ru/desk/offers"); strings.Contains(other.Body, "Помощник") {
		t.Error("another lead reads the offer")
	}
	link := birgetest.Mailed(s, "secret@x.kz", "/offer/")
	if a := s.Stranger().Get(link); a.Status != http.StatusOK || !strings.Contains(a.Body, "Научу считать деньги") {
		t.Errorf("the link answers %d", a.Status)
	}
	if a := s.Stranger().Post(link, url.Values{}); a.Status != http.StatusSeeOther {
		t.Errorf("erasing answers %d", a.Status)
	}
	if a := s.Stranger().Get(link); a.Status != http.StatusNotFound {
		t.Errorf("an erased offer answers %d", a.Status)
	}
	if again := lead.Get("/ru/desk/offers"); strings.Contains(again.Body, "Помощник Тайный") {
		t.Error("an erased offer is still read")
	}
}
