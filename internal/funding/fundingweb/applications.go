package fundingweb

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"time"

	"birge/internal/funding"
	"birge/internal/norms"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// applicationsView is the list of the applications of a call for the funder's side.
type applicationsView struct {
	ui.Page
	funding.Applications
	h      *Pages
	zone   *time.Location
	filter funding.ApplicationFilter
	// batches are what was done with many of them last.
	batches []funding.Batch
	// messages are what was written to many applicants last.
	messages []funding.SentMessage
}

// readFilter reads how the list of applications is narrowed.
func readFilter(f *web.Form) funding.ApplicationFilter {
	return funding.ApplicationFilter{State: funding.ApplicationState(f.Line("state")), Round: int(f.Int("round")), Sphere: f.Line("sphere"), Place: f.ID("place"),
		Turn: funding.Turn(f.Line("turn")), Late: f.Bool("late"), Text: f.Line("q"), Sort: f.Line("sort"), Page: f.Page()}
}

func (h *Pages) readApplications(r *http.Request) (v applicationsView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	f := web.ReadForm(r)
	v = applicationsView{Page: ui.PageOf(r, web.Words(r).T("funding.applications")), h: h, zone: web.Zone(r), filter: readFilter(f)}
	if err := f.Err(); err != nil {
		return v, err
	}
	v.Applications, err = h.Funding.Applications(r.Context(), web.Actor(r), id, v.filter)
	v.NoIndex = true
	v.Crumbs = []ui.Crumb{{Title: v.T("funding.calls"), Path: "/calls"}, {Title: v.Text(v.Call.Title), Path: v.Call.Ref().Path}}
	return v, err
}

func (h *Pages) applications(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readApplications(r)
	if err != nil {
		return err
	}
	if v.batches, err = h.Funding.Batches(r.Context(), web.Actor(r), v.Call.ID); err != nil {
		return err
	}
	if v.messages, err = h.Funding.Messages(r.Context(), web.Actor(r), v.Call.ID); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, applicationsPage(v))
}

func (v applicationsView) filters() ui.Filters {
	f := v.filter
	states := []ui.Choice{{Label: v.T("funding.all_states"), Selected: f.State == ""}}
	for _, s := range funding.ApplicationStates {
		if n := v.Counts[s]; n > 0 {
			states = append(states, ui.Choice{Value: string(s), Label: v.T(s.Key()), Count: int64(n), HasCount: true, Selected: f.State == s})
		}
	}
	groups := []ui.FilterGroup{{Name: "state", Label: v.T("funding.state"), Kind: ui.Radios, Choices: states},
		{Name: "turn", Label: v.T("funding.turn"), Kind: ui.Choose, Choices: v.turns()},
		{Name: "late", Label: v.T("funding.late"), Kind: ui.Checkboxes, Choices: []ui.Choice{{Value: "yes", Label: v.T("funding.late_only"), Selected: f.Late}}},
		{Name: "place", Label: v.T("funding.place"), Kind: ui.Choose, Choices: v.inPlaces()},
		{Name: "sphere", Label: v.T("funding.f.sphere"), Kind: ui.Choose, Choices: v.inSpheres()}}
	if len(v.Call.Rounds) > 1 {
		groups = append(groups, ui.FilterGroup{Name: "round", Label: v.T("funding.round"), Kind: ui.Choose, Choices: v.inRounds()})
	}
	groups = append(groups, ui.FilterGroup{Name: "q", Label: v.T("funding.search_applications"), Kind: ui.Typed, Value: f.Text},
		ui.FilterGroup{Name: "sort", Label: v.T("funding.sort"), Kind: ui.Choose, Choices: v.sorts()})
	set := 0
	for _, is := range []bool{f.State != "", f.Turn != "", f.Late, f.Place != 0, f.Sphere != "", f.Round != 0, f.Text != ""} {
		if is {
			set++
		}
	}
	return ui.Filters{Path: v.path(), Groups: groups, Set: set, Clear: v.path()}
}

func (v applicationsView) path() string { return v.Call.Ref().Path + "/applications" }

func (v applicationsView) all() ui.Choice { return ui.Choice{Label: v.T("funding.all_states")} }

func (v applicationsView) turns() (out []ui.Choice) {
	out = append(out, v.all())
	for _, t := range funding.Turns {
		out = append(out, ui.Choice{Value: string(t), Label: v.T("funding.turn." + string(t)), Selected: v.filter.Turn == t})
	}
	return out
}

func (v applicationsView) sorts() (out []ui.Choice) {
	for _, s := range funding.ApplicationSorts {
		out = append(out, ui.Choice{Value: s, Label: v.T("funding.sort." + s), Selected: v.filter.Sort == s})
	}
	return out
}

func (v applicationsView) inSpheres() (out []ui.Choice) {
	out = append(out, v.all())
	for _, t := range v.h.Norms.Book().Terms(norms.Spheres) {
		if n := v.Spheres[t.Code]; n > 0 {
			out = append(out, ui.Choice{Value: t.Code, Label: v.Text(t.Name), Count: int64(n), HasCount: true, Selected: v.filter.Sphere == t.Code})
		}
	}
	return out
}

// inPlaces are the districts and cities from which there are applications, those
// with most first.
func (v applicationsView) inPlaces() (out []ui.Choice) {
	out = append(out, v.all())
	for id, n := range v.Places {
		place, _ := v.h.Places.Tree().Place(id)
		out = append(out, ui.Choice{Value: id.String(), Label: v.Text(place.Name), Count: int64(n), HasCount: true, Selected: v.filter.Place == id})
	}
	slices.SortFunc(out[1:], func(a, b ui.Choice) int {
		if a.Count != b.Count {
			return int(b.Count - a.Count)
		}
		return bytes.Compare(i18n.SortKey(v.Lang, a.Label), i18n.SortKey(v.Lang, b.Label))
	})
	return out
}

func (v applicationsView) inRounds() (out []ui.Choice) {
	out = append(out, v.all())
	for _, r := range v.Call.Rounds {
		out = append(out, ui.Choice{Value: strconv.Itoa(r.No), Label: v.T("funding.round") + " " + strconv.Itoa(r.No), Selected: v.filter.Round == r.No})
	}
	return out
}

func (v applicationsView) sheet() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.applications"), Empty: v.T("funding.no_applications"), Columns: []ui.Column{{Label: v.T("funding.f.title")}, {Label: v.T("funding.applicant")},
		{Label: v.T("funding.budget.asked"), Num: true}, {Label: v.T("funding.state")}, {Label: v.T("funding.turn")}}}
	for _, a := range v.Rows {
		row := ui.Cells("", v.Text(v.Names[a.OrgID].Title), v.Money(a.Proposal.Asked, "KZT"), "", "")
		row[0].Show = v.titled(a)
		row[3].Show = ui.Status(a.State.Tone(), v.T(a.State.Key()))
		row[4].Show = v.stands(a)
		s.Rows = append(s.Rows, row)
	}
	return s
}

// due says until when an application waits.
func (v applicationsView) due(id ref.ID) (text string, late bool) {
	st := v.Stand[id]
	if st.Due.IsZero() {
		return "", false
	}
	return v.T("funding.until", "day", st.Due), st.Late(v.Today)
}

// waits tells how many of the applications wait for the formal check.
func (v applicationsView) waits() int64 {
	return int64(v.Counts[funding.Submitted] + v.Counts[funding.Returned])
}
