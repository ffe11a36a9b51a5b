package homeweb_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
)

// The desk of each side shows what is its turn, and nobody sees the desk of others.
func TestTheDeskShowsWhoseTurnItIs(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		region, other := w.Places.Tree().Regions()[0], w.Places.Tree().Regions()[1]
		org := func(kind, name string) orgs.Organization {
			o, err := w.Orgs.Create(t.Context(), access.Portal("test"), orgs.Draft{Kind: kind, Name: i18n.Text{RU: name}, PlaceID: region.ID})
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		ngo, stranger, payer := org(orgs.NGO, "Жасыл дала"), org(orgs.NGO, "Өзге ұйым"), org("state_body", "Управление")
		lead := w.SignedIn("lead@example.kz", birgetest.Held{Role: access.Lead, For: ngo.Ref()})
		officer := w.SignedIn("officer@example.kz", birgetest.Held{Role: access.Officer, For: region.Ref()})
		others := map[string]*birgetest.Reader{
			"lead of another organization": w.SignedIn("b@example.kz", birgetest.Held{Role: access.Lead, For: stranger.Ref()}),
			"officer of another region":    w.SignedIn("c@example.kz", birgetest.Held{Role: access.Officer, For: other.Ref()}),
			"citizen":                      w.SignedIn("d@example.kz"),
		}
		desks := func(who string, r *birgetest.Reader, want string, there bool) {
			t.Helper()
			a := r.Get("/ru/desk")
			if a.Status != http.StatusOK || strings.Contains(a.Body, want) != there || strings.Contains(a.Body, "⟦") {
				t.Errorf("desk of the %s: %d, %q there is not %v: %s", who, a.Status, want, there, a.Body)
			}
		}
		nobodyElse := func(want string) {
			t.Helper()
			for who, r := range others {
				desks(who, r, want, false)
			}
		}
		year := w.Projects.Today().Year()
		sent := lead.Post("/ru/projects/new", url.Values{"org": {ngo.ID.String()}, "funder": {payer.ID.String()}, "title.ru": {"Школа юных экологов"},
			"place": {region.KATO}, "sphere": {"environment"}, "starts": {strconv.Itoa(year) + "-01-12"}, "ends": {strconv.Itoa(year+1) + "-12-20"},
			"funding_kind": {"state_social_order"}, "sum": {"1000"}, "years.0.year": {strconv.Itoa(year)}, "years.0.sum": {"1000"},
			"indicators.0.name.ru": {"Дети"}, "indicators.0.measure": {"number"}, "indicators.0.adding": {"per_period"}, "indicators.0.target": {"12"}})
		if sent.Status != http.StatusSeeOther {
			t.Fatalf("a new project gives %d: %s", sent.Status, sent.Body)
		}
		path, _, _ := strings.Cut(sent.Header.Get("Location"), "?")
		desks("officer", officer, path+"/agree", true)
		desks("lead", lead, path+"/agree", false)
		nobodyElse(path)

		agreed := officer.Post(path+"/agree", url.Values{"version": {"1"}, "agreement_no": {"7"},
			"agreed_on": {w.Projects.Today().String()}, "rhythm": {"quarterly"}, "report_days": {"10"}})
		if agreed.Status != http.StatusSeeOther {
			t.Fatalf("the agreement gives %d: %s", agreed.Status, agreed.Body)
		}
		desks("officer", officer, path+"/agree", false)
		desks("lead", lead, path+"#reports", true)
		nobodyElse(path)

		if a := w.Stranger().Get("/ru/desk"); a.Status != http.StatusSeeOther && a.Status != http.StatusForbidden {
			t.Errorf("a stranger's desk gives %d", a.Status)
		}
	})
}
