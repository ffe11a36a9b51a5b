package forumsweb_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/platform/db"
)

// link is the secret of the newest link that was mailed to an address.
func link(t *testing.T, s *birgetest.Sample, address string) string {
	t.Helper()
	var text string
	if err := s.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		text, err = db.One(t.Context(), tx, db.Value[string], `SELECT text FROM mail_outbox WHERE recipient = $1 AND text LIKE '%/registrations/%' ORDER BY id DESC LIMIT 1`, address)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`/registrations/\S+`).FindString(text)
}

// The leader of a delegation adds, swaps and takes out members on pages, without an
// account; a member who has a link of his own sees his page and no member's.
func TestALeaderKeepsTheDelegationOnPages(t *testing.T) {
	birgetest.EachFew(t, aLeaderKeepsTheDelegationOnPages)
}

func aLeaderKeepsTheDelegationOnPages(t *testing.T, s *birgetest.Sample) {
	leader, stranger := "/ru"+link(t, s, "delegation@sample.birge"), s.Stranger()
	page := func(path string) string {
		t.Helper()
		a := stranger.Get(path)
		if a.Status != http.StatusOK {
			t.Fatalf("%s answers %d", path, a.Status)
		}
		return a.Body
	}
	if body := page(leader); !strings.Contains(body, leader+"/delegation") || !strings.Contains(body, "/sessions") {
		t.Error("the page of the leader leads neither to the delegation nor to the sessions")
	}
	form := url.Values{"name": {"Жаңа Мүше"}, "kind": {"ngo"}, "place": {"990000000"}, "consent": {"yes"}}
	if a := stranger.Post(leader+"/members", form); a.Status != http.StatusSeeOther {
		t.Fatalf("adding a member answers %d", a.Status)
	}
	body := page(leader + "/delegation")
	members := regexp.MustCompile(`members\?member=(\w+)`).FindAllStringSubmatch(body, -1)
	if len(members) != 3 || !strings.Contains(body, "Жаңа Мүше") {
		t.Fatalf("%d members can be swapped", len(members))
	}
	swap := leader + "/members?member=" + members[2][1]
	if body := page(swap); !strings.Contains(body, "Жаңа Мүше") {
		t.Error("the form does not say who is swapped")
	}
	form.Set("name", "Басқа Мүше")
	if a := stranger.Post(swap, form); a.Status != http.StatusSeeOther {
		t.Errorf("swapping answers %d", a.Status)
	}
	if a := stranger.Post(swap, form); a.Status != http.StatusNotFound {
		t.Errorf("swapping who has gone answers %d", a.Status)
	}
	if body := page(leader + "/delegation"); strings.Contains(body, "Жаңа Мүше") || !strings.Contains(body, "Басқа Мүше") {
		t.Error("the delegation has not the new member alone")
	}
	member := "/ru" + link(t, s, "anna@sample.birge")
	if a := stranger.Get(member + "/delegation"); a.Status != http.StatusNotFound {
		t.Errorf("a member sees the delegation: %d", a.Status)
	}
	form.Set("name", "Анна А. Ким")
	if a := stranger.Post(member+"/change", form); a.Status != http.StatusSeeOther {
		t.Errorf("changing one's name answers %d", a.Status)
	}
	if body := page(member + "/copy"); !strings.Contains(body, "Анна А. Ким") || !strings.Contains(body, "anna@sample.birge") {
		t.Errorf("the copy of one's data: %s", body)
	}
	form.Del("consent")
	if a := stranger.Post(leader+"/members", form); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a member without consent: %d", a.Status)
	}
	if a := stranger.Get(leader + "/letters"); a.Status != http.StatusOK || !strings.HasPrefix(a.Body, "%PDF") {
		t.Errorf("the letters answer %d", a.Status)
	}
}
