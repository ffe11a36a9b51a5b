package resolutionsweb_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/resolutions"
)

// Each door of the room that asks for a right is knocked at by a stranger, a wrong role
// and the right role of a wrong place or organization; and by somebody who may, so that
// the refusals are of the right and of nothing else.
func TestWhoMayEnterEachDoor(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		at, session := w.begun()
		own, other := w.items()
		discussed := w.opened()
		article := w.articles(discussed)[0]
		amendment := "/ru" + w.Went(w.citizen.Post(discussed+"/amend", url.Values{"article": {idOf(article)}, "act": {"delete"}, "base": {"1"}}))
		w.Went(w.citizen.Post(discussed+"/comments", url.Values{"lang": {"ru"}, "text": {"Понятно"}}))
		comment := discussed + "/comments/" + regexp.MustCompile(`id="c([0-9a-z]{13})"`).FindStringSubmatch(w.stranger.Get(discussed + "/comments").Body)[1]
		proposal := "/ru" + w.Went(w.citizen.Post(at+"/propose", url.Values{"lang": {"ru"}, "text": {"Посадить сад у школы"}}))
		everybody := map[string]*birgetest.Reader{"stranger": w.stranger, "citizen": w.citizen, "lead": w.lead, "owner": w.owner, "keeper": w.keeper, "away": w.away}
		for door, may := range map[string]string{
			"GET " + proposal + "/merge": "keeper", "POST " + proposal + "/merge": "keeper", "POST " + proposal + "/part": "keeper", "POST " + proposal + "/withdraw": "citizen",
			"GET " + at + "/remarks": "keeper", "POST " + at + "/remarks": "keeper", "GET " + at + "/summary?session=" + session: "keeper", "POST " + at + "/summary": "keeper",
			"GET " + at + "/articles/new": "keeper", "POST " + at + "/articles/new": "keeper", "GET " + at + "/open": "keeper", "POST " + at + "/open": "keeper",
			"GET " + article + "/edit": "keeper", "POST " + article + "/edit": "keeper", "GET " + article + "/duty": "keeper", "POST " + article + "/duty": "keeper",
			"POST " + discussed + "/vote": "",
			"POST " + comment + "/remove": "citizen keeper", "GET " + amendment + "/renew": "citizen", "POST " + amendment + "/renew": "citizen",
			"GET " + amendment + "/advise": "keeper", "POST " + amendment + "/advise": "keeper", "POST " + amendment + "/vote": "", "POST " + amendment + "/decide": "keeper",
			"GET " + discussed + "/adopt": "keeper", "POST " + discussed + "/adopt": "keeper",
			"GET " + own + "/assign": "keeper", "POST " + own + "/assign": "keeper", "GET " + own + "/reply": "owner", "POST " + own + "/reply": "owner",
			"GET " + own + "/tie": "owner keeper", "POST " + own + "/tie": "owner keeper", "GET " + own + "/carry": "keeper", "POST " + own + "/carry": "keeper",
			"GET " + other + "/judge": "lead", "POST " + other + "/judge": "lead",
			"POST /ru/resolutions/new": "keeper",
		} {
			method, path, _ := strings.Cut(door, " ")
			for name, by := range everybody {
				a := by.Get(path)
				if method == "POST" {
					a = by.Post(path, url.Values{"place": {"150000000"}, "kind": {"resolution"}, "title.kk": {"Қ"}, "version": {"1"}})
				}
				status := a.Status
				refused := status == http.StatusForbidden || status == http.StatusNotFound
				switch {
				case name == "stranger":
					if status != http.StatusUnauthorized && !strings.HasPrefix(a.Header.Get("Location"), "/ru/sign-in?") {
						t.Errorf("%s by a stranger: %d", door, status)
					}
				case strings.Contains(may, name) && refused:
					t.Errorf("%s by %s, who may: %d", door, name, status)
				case !strings.Contains(may, name) && !refused:
					t.Errorf("%s by %s, who may not: %d", door, name, status)
				}
			}
		}
	})
}

// items are the addresses of an item that the body is asked for, with a document that
// comes next, and of one that it has done and the NGO has proposed.
func (w *region) items() (asked, done string) {
	w.t.Helper()
	ctx, portal, both := w.t.Context(), access.Portal("test"), i18n.Text{KK: "Қарар", RU: "Резолюция"}
	place, _ := w.Places.Tree().ByKATO("150000000")
	today := w.Resolutions.Today()
	begin := func(previous ref.ID) resolutions.Document {
		d, err := w.Resolutions.Begin(ctx, portal, resolutions.NewDocument{Kind: resolutions.Resolution, Title: both, PlaceID: place.ID, PreviousID: previous})
		w.Must(err)
		return d
	}
	d := begin(0)
	w.Must(w.Resolutions.Adopt(ctx, portal, d.ID, resolutions.Adoption{On: today}))
	begin(d.ID)
	var out []resolutions.Item
	for range 2 {
		i, err := w.Resolutions.AddItem(ctx, portal, d.ID, resolutions.NewItem{Text: both, ProposerOrg: w.ngo.ID, Ask: resolutions.Ask{OwnerID: w.body.ID, Due: today.AddDays(30), Measure: both, AnswerBy: today.AddDays(5)}})
		w.Must(err)
		out = append(out, i)
	}
	w.Must(w.Resolutions.Reply(ctx, portal, out[1].ID, 0, resolutions.Reply{Accept: true}))
	w.Must(w.Resolutions.Finish(ctx, portal, out[1].ID, 0, both, ""))
	w.Must(w.AwaitFeed(ctx))
	return "/ru" + out[0].Ref().Path, "/ru" + out[1].Ref().Path
}
