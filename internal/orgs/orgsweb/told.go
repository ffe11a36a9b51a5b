package orgsweb

import (
	"net/http"

	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// told is an organization as JSON: everything that its page tells strangers.
type told struct {
	Organization orgs.Organization     `json:"organization"`
	On           db.Date               `json:"on"`
	Active       bool                  `json:"active"`
	Merged       []ref.ID              `json:"merged"`
	Kinds        []projects.RecordKind `json:"projects_by_kind"`
	Years        []projects.RecordYear `json:"money_by_year"`
	Latest       []ref.Ref             `json:"latest_projects"`
	Owed         []toldDebt            `json:"owed"`
	Scores       obligations.Scores    `json:"scores"`
	Returns      []toldReturn          `json:"returns"`
	Corrections  []orgs.Correction     `json:"corrections"`
}

type toldDebt struct {
	Kind   string             `json:"kind"`
	Ground obligations.Ground `json:"ground"`
	Due    db.Date            `json:"due"`
	State  obligations.State  `json:"state"`
	Path   string             `json:"path"`
}

type toldReturn struct {
	Year        int            `json:"year"`
	SubmittedOn db.Date        `json:"submitted_on"`
	Fields      map[string]any `json:"fields"` // what is not public is left out
}

func (p *Pages) organizationJSON(w http.ResponseWriter, r *http.Request, v view) error {
	t := told{Organization: v.Organization, On: v.Day, Active: v.ActiveOn(v.Day), Merged: v.Family[1:], Kinds: v.Kinds, Years: v.Years,
		Scores: obligations.Tally(v.Owed, v.Day), Corrections: v.Corrections}
	for i := range t.Kinds {
		if t.Kinds[i].People < orgs.FewestPeople {
			t.Kinds[i].People = 0
		}
	}
	for _, x := range v.Latest {
		t.Latest = append(t.Latest, x.Ref())
	}
	for _, o := range v.Owed {
		t.Owed = append(t.Owed, toldDebt{o.Kind, o.Ground, o.Due, o.State(v.Day), o.Ref().Path})
	}
	for i := range v.Returns {
		t.Returns = append(t.Returns, tellReturn(&v.Returns[i]))
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	return web.JSON(w, r, t)
}

// tellReturn gives the fields of a return that everybody may see.
func tellReturn(y *orgs.Return) toldReturn {
	t := toldReturn{Year: y.Year, SubmittedOn: y.SubmittedOn, Fields: map[string]any{}}
	for _, f := range y.Fields() {
		if f.Shown != orgs.ShownToAll || f.Few(orgs.ShownToAll) {
			continue
		}
		switch {
		case f.Text != nil:
			t.Fields[f.Name] = *f.Text
		case f.Count != nil:
			t.Fields[f.Name] = *f.Count
		default:
			t.Fields[f.Name] = *f.Money
		}
	}
	return t
}

// news is the feed of one organization: its timeline.
func (p *Pages) news(w http.ResponseWriter, r *http.Request, v view) error {
	feed := ui.NewsFeed{Title: v.Text(v.Name), Address: v.URL(v.Organization.Ref().Path), Since: v.Organization.ID.Time()}
	for _, e := range v.Past {
		if key := "act." + e.Act; v.Has(key) {
			feed.News = append(feed.News, ui.News{Title: v.T(key), Mark: e.ID.String(), At: e.At.Time})
		}
	}
	return ui.WriteAtom(w, r, feed)
}
