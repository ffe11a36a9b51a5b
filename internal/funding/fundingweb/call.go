package fundingweb

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"birge/internal/funding"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// callView is a call with what is needed to draw it.
type callView struct {
	ui.Page
	funding.CallStory
	h    *Pages
	zone *time.Location
}

// readCall loads the call that a request asks for.
func (h *Pages) readCall(r *http.Request) (v callView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: funding.KindCall, ID: id}.Key())
	v = callView{Page: ui.PageOf(r, ""), h: h, zone: web.Zone(r)}
	if v.CallStory, err = h.Funding.CallStory(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	web.Touch(r, v.Funder.Key())
	touchThread(r, v.Thread)
	if turns := v.Call.Turns(v.Now); !turns.IsZero() {
		web.Until(r, turns)
	}
	v.Title, v.Description = v.Text(v.Call.Title), v.Text(v.Call.About)
	v.Page.Sample = v.Page.Sample || v.Call.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("funding.calls"), Path: "/calls"}}
	return v, nil
}

func (h *Pages) call(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readCall(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, callPage(v))
}

// when writes an instant in the portal's zone.
func (v callView) when(t time.Time) string { return v.DateTime(t.In(v.zone)) }

// steps are the phases through which a call goes, up to the present one.
func (v callView) steps() (out []ui.Step) {
	now := v.Phase()
	state := ui.Done
	for _, p := range funding.Phases {
		if p == funding.Cancelled {
			break
		}
		s := ui.Step{Title: v.T(p.Key()), State: state}
		if p == now {
			s.State, state = ui.Now, ""
		}
		out = append(out, s)
	}
	return out
}

func (v callView) figures() []ui.Figure {
	c := v.Call
	list := []ui.Figure{{Label: v.T("funding.money"), Value: v.ShortMoney(c.Total(), ""), Why: "#rounds"}}
	if c.MaxSum > 0 {
		list = append(list, ui.Figure{Label: v.T("funding.one_project"), Value: v.sums()})
	}
	if r, ok := c.RoundOn(v.Now); ok && !c.Cancelled() {
		list = append(list, ui.Figure{Label: v.T("funding.deadline"), Value: v.ShortDate(r.Closes.In(v.zone)), Note: v.Clock(r.Closes.In(v.zone)), Why: "#rounds"})
	}
	return list
}

// sums bounds the money of one project.
func (v callView) sums() string {
	c := v.Call
	if c.MinSum == 0 {
		return v.T("funding.up_to", "sum", v.ShortMoney(c.MaxSum, ""))
	}
	return v.ShortMoney(c.MinSum, "") + " – " + v.ShortMoney(c.MaxSum, "")
}

func (v callView) facts() []ui.Fact {
	c := v.Call
	list := []ui.Fact{{Label: v.T("funding.kind"), Value: v.kind()}}
	if v.Programme.ID != 0 {
		list = append(list, ui.Fact{Label: v.T("funding.programme"), Show: refLink(v.Page, v.Programme)})
	}
	if place, ok := v.h.Places.Tree().Place(c.PlaceID); ok {
		list = append(list, ui.Fact{Label: v.T("funding.place"), Show: refLink(v.Page, place.Ref())})
	}
	var spheres []string
	for _, code := range c.Spheres {
		spheres = append(spheres, v.h.term(v.Printer, "sphere", code))
	}
	if len(spheres) > 0 {
		list = append(list, ui.Fact{Label: v.T("funding.spheres"), Value: strings.Join(spheres, ", ")})
	}
	if c.MaxMonths > 0 {
		list = append(list, ui.Fact{Label: v.T("funding.months"), Value: v.months()})
	}
	if c.OwnShare > 0 {
		list = append(list, ui.Fact{Label: v.T("funding.own_share"), Value: v.Percent(float64(c.OwnShare))})
	}
	return append(list, ui.Fact{Label: v.T("funding.number"), Value: c.Number})
}

func (v callView) kind() string {
	name := v.h.term(v.Printer, "funding_kind", v.Call.Kind)
	if v.Call.Kind == projects.StateGrant {
		name += ", " + v.T("funding.length."+string(v.Call.Length))
	}
	return name
}

func (v callView) months() string {
	if c := v.Call; c.MinMonths > 0 && c.MinMonths != c.MaxMonths {
		return strconv.Itoa(c.MinMonths) + "–" + strconv.Itoa(c.MaxMonths)
	}
	return strconv.Itoa(v.Call.MaxMonths)
}

// rounds are the windows of the call, each with where it stands.
func (v callView) rounds() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.rounds"), Empty: v.T("funding.no_rounds"), Columns: []ui.Column{{Label: v.T("funding.round")}, {Label: v.T("funding.opens")},
		{Label: v.T("funding.closes")}, {Label: v.T("funding.year")}, {Label: v.T("funding.money"), Num: true}}}
	for _, r := range v.Call.Rounds {
		label := strconv.Itoa(r.No)
		if v.Call.Published() && !v.Call.Cancelled() {
			label += ", " + v.T(r.PhaseOn(v.Now, v.Counts[r.No]).Key())
		}
		s.Rows = append(s.Rows, ui.Cells(label, v.when(r.Opens.Time), v.when(r.Closes.Time), strconv.Itoa(r.Year), v.Money(r.Sum, "")))
	}
	return s
}

// criteria are what applications are judged by, with what each score means.
func (v callView) criteria() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.criteria"), Columns: []ui.Column{{Label: v.T("funding.criterion")}, {Label: v.T("funding.weight"), Num: true}, {Label: v.T("funding.scale")}}}
	for _, c := range v.Call.Criteria {
		row := ui.Cells(v.Text(c.Name), strconv.Itoa(c.Weight), "")
		row[0].Show, row[2].Show = criterionName(v, c), scale(v, c)
		s.Rows = append(s.Rows, row)
	}
	return s
}

// judging says how applications are judged.
func (v callView) judging() (list []ui.Fact) {
	c := v.Call
	add := func(key, value string) { list = append(list, ui.Fact{Label: v.T(key), Value: value}) }
	if c.Threshold > 0 {
		add("funding.threshold", v.T("funding.of_100", "n", c.Threshold))
	}
	if c.PerWork > 0 {
		add("funding.experts", strconv.Itoa(c.PerWork))
	}
	if c.Spread > 0 {
		add("funding.spread", v.T("funding.points", "n", c.Spread))
	}
	if c.Blind {
		add("funding.blind", v.T("funding.blind_yes"))
	}
	if c.Names != "" {
		add("funding.names", v.T("funding.names."+string(c.Names)))
	}
	return list
}

func (v callView) budgetNorms() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.budget_norms"), Columns: []ui.Column{{Label: v.T("funding.category")}, {Label: v.T("funding.most")}, {Label: v.T("funding.why")}}}
	for _, n := range v.Call.BudgetNorms {
		s.Rows = append(s.Rows, ui.Cells(v.h.term(v.Printer, funding.ListCategories, n.Category), v.bound(n), v.Text(n.Reason)))
	}
	return s
}

func (v callView) bound(n funding.BudgetNorm) string {
	var parts []string
	if n.MaxShare > 0 {
		parts = append(parts, v.Percent(float64(n.MaxShare)))
	}
	if n.MaxPrice > 0 {
		price := v.Money(n.MaxPrice, "")
		if !n.Unit.IsZero() {
			price += " / " + v.Text(n.Unit)
		}
		parts = append(parts, price)
	}
	return strings.Join(parts, ", ")
}

func (v callView) past() []ui.Moment { return v.Told(v.Past) }

// revisions shows every change of the call with what it was before and after.
func (h *Pages) revisions(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readCall(r)
	if err != nil {
		return err
	}
	v.Crumbs = append(v.Crumbs, ui.Crumb{Title: v.Title, Path: v.Call.Ref().Path})
	v.Title = v.T("funding.revisions")
	return web.Render(w, r, http.StatusOK, revisionsPage(v))
}

// differences are the lines of the terms that a revision changed.
func (v callView) differences(r funding.Revision) ui.Sheet {
	s := ui.Sheet{Columns: []ui.Column{{Label: v.T("projects.what_changed")}, {Label: v.T("projects.before")}, {Label: v.T("projects.after")}}}
	before, after := v.lines(r.Before), v.lines(r.After)
	for i, b := range before {
		if b.Value != after[i].Value {
			row := ui.Cells(b.Label, b.Value, after[i].Value)
			row[1].Show, row[2].Show = termLines(b.Value), termLines(after[i].Value)
			s.Rows = append(s.Rows, row)
		}
	}
	return s
}

// whole are the terms as they can be read: the lines that say something.
func (v callView) whole(t funding.Terms) (list []ui.Fact) {
	for _, f := range v.lines(t) {
		if f.Value != "" {
			f.Show = termLines(f.Value)
			list = append(list, f)
		}
	}
	return list
}

// lines writes terms as lines, the same ones for every text.
func (v callView) lines(t funding.Terms) []ui.Fact {
	at := callView{Page: v.Page, h: v.h, zone: v.zone, CallStory: funding.CallStory{Call: funding.Call{Terms: t}}}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	sum := func(n int64) string {
		if n == 0 {
			return ""
		}
		return v.Money(n, "")
	}
	var rounds, needs, criteria, norms, papers, files, spheres, topics []string
	for _, id := range t.TopicIDs {
		topics = append(topics, v.Text(v.Named[id].Title))
	}
	for _, r := range t.Rounds {
		rounds = append(rounds, strconv.Itoa(r.No)+": "+v.when(r.Opens.Time)+" – "+v.when(r.Closes.Time)+"; "+strconv.Itoa(r.Year)+"; "+v.Money(r.Sum, ""))
	}
	for _, x := range t.Eligibility {
		needs = append(needs, strings.TrimSuffix(v.Text(x.Text)+" · "+x.Rule, " · "))
	}
	for _, c := range t.Criteria {
		criteria = append(criteria, v.Text(c.Name)+": "+strconv.Itoa(c.Weight)+" / "+strconv.Itoa(c.Max))
		if !c.About.IsZero() {
			criteria = append(criteria, v.Text(c.About))
		}
		criteria = append(criteria, strings.Split(v.Text(scaleText(c.Scale)), "\n")...)
	}
	for _, n := range t.BudgetNorms {
		norms = append(norms, v.h.term(v.Printer, funding.ListCategories, n.Category)+": "+v.bound(n)+" "+v.Text(n.Reason))
	}
	for _, p := range t.Papers {
		papers = append(papers, v.paperLine(p))
	}
	for _, f := range t.Files {
		files = append(files, v.Text(f.Title))
	}
	for _, code := range t.Spheres {
		spheres = append(spheres, v.h.term(v.Printer, "sphere", code))
	}
	place, _ := v.h.Places.Tree().Place(t.PlaceID)
	listed := func(parts []string) string { return strings.TrimSpace(strings.Join(parts, "\n")) }
	facts := []ui.Fact{
		{Label: v.T("funding.call.title"), Value: v.Text(t.Title)}, {Label: v.T("funding.kind"), Value: at.kind()}, {Label: v.T("funding.call.about"), Value: v.Text(t.About)},
		{Label: v.T("funding.place"), Value: v.Text(place.Name)}, {Label: v.T("funding.spheres"), Value: listed(spheres)}, {Label: v.T("funding.call.topics"), Value: listed(topics)}, {Label: v.T("funding.call.form"), Value: v.formName(t)}, {Label: v.T("funding.rounds"), Value: listed(rounds)},
		{Label: v.T("funding.call.min_sum"), Value: sum(t.MinSum)}, {Label: v.T("funding.call.max_sum"), Value: sum(t.MaxSum)},
		{Label: v.T("funding.call.min_months"), Value: number(t.MinMonths)}, {Label: v.T("funding.call.max_months"), Value: number(t.MaxMonths)},
		{Label: v.T("funding.call.own_share"), Value: number(t.OwnShare)}, {Label: v.T("funding.call.district_share"), Value: number(t.DistrictShare)},
		{Label: v.T("funding.call.per_org"), Value: number(t.PerOrg)}, {Label: v.T("funding.call.wins_per_org"), Value: number(t.WinsPerOrg)},
		{Label: v.T("funding.who"), Value: v.Text(t.Who)}, {Label: v.T("funding.requirements"), Value: listed(needs)}, {Label: v.T("funding.criteria"), Value: listed(criteria)},
	}
	blind, names := "", ""
	if t.Blind {
		blind = v.T("funding.blind_yes")
	}
	if t.Names != "" {
		names = v.T("funding.names." + string(t.Names))
	}
	return append(facts, ui.Fact{Label: v.T("funding.threshold"), Value: number(t.Threshold)}, ui.Fact{Label: v.T("funding.experts"), Value: number(t.PerWork)},
		ui.Fact{Label: v.T("funding.spread"), Value: number(t.Spread)}, ui.Fact{Label: v.T("funding.blind"), Value: blind}, ui.Fact{Label: v.T("funding.names"), Value: names},
		ui.Fact{Label: v.T("funding.budget_norms"), Value: listed(norms)}, ui.Fact{Label: v.T("funding.papers"), Value: listed(papers)},
		ui.Fact{Label: v.T("funding.call.files"), Value: listed(files)}, ui.Fact{Label: v.T("funding.contacts"), Value: v.Text(t.Contacts)})
}

// formName is the form by which a call asks, with its version.
func (v callView) formName(t funding.Terms) string {
	name, ok := v.Named[t.FormID]
	if !ok {
		return ""
	}
	return v.T("funding.call.form_version", "title", v.Text(name.Title), "no", t.FormVersion)
}

func (v callView) paperLine(p funding.Paper) string {
	if p.Required {
		return v.Text(p.Name)
	}
	return v.Text(p.Name) + " " + v.T("funding.paper_if_any")
}

// revisionMoments are the revisions as lines of a timeline.
func (v callView) revisionMoments() (list []ui.Moment) {
	for _, r := range v.Revisions {
		list = append(list, ui.Moment{When: v.Date(r.At.In(v.zone)), At: r.At.Format(time.RFC3339), Title: v.T("funding.revision", "no", r.No), Path: r.Ref().Path, Text: v.Text(r.Reason)})
	}
	return list
}
