package fundingweb

import (
	"net/http"
	"strconv"
	"strings"

	"birge/internal/funding"
	"birge/internal/obligations"
	"birge/internal/places"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// topicView is a topic with what is needed to draw it.
type topicView struct {
	ui.Page
	funding.TopicStory
	h *Pages
}

// readTopic loads the topic that a request asks for.
func (h *Pages) readTopic(r *http.Request) (v topicView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: funding.KindTopic, ID: id}.Key(), funding.KindTopic, funding.KindCall, projects.KindProject)
	v = topicView{Page: ui.PageOf(r, ""), h: h}
	if v.TopicStory, err = h.Funding.TopicStory(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	for _, name := range v.Names {
		web.Touch(r, name.Key())
	}
	touchThread(r, v.Thread)
	if len(v.Thread.Calls) > 0 {
		web.Touch(r, funding.KindApplication)
	}
	for _, c := range v.Thread.Calls {
		if turns := c.Turns(h.Funding.Now()); !turns.IsZero() {
			web.Until(r, turns)
		}
	}
	if v.Pot.ID != 0 {
		web.Touch(r, v.Pot.Ref().Key())
	}
	v.Title, v.Description = v.Text(v.Topic.Title), v.Text(v.Topic.Problem)
	v.Page.Sample = v.Page.Sample || v.Topic.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("funding.topics"), Path: "/topics"}}
	return v, nil
}

func (h *Pages) topic(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readTopic(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, topicPage(v))
}

// topicJSON is a topic as data: who proposed it as a citizen is no part of it.
func (h *Pages) topicJSON(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readTopic(r)
	if err != nil {
		return err
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	return web.JSON(w, r, v.Topic)
}

// placeOf is the place with the id, the zero place where there is none.
func (h *Pages) placeOf(id ref.ID) places.Place {
	p, _ := h.Places.Tree().Place(id)
	return p
}

func (v topicView) body() ref.Ref { return v.Names[v.Topic.BodyID] }

// thread is the way of a topic: proposed, answered, approved, with money.
func (v topicView) thread() []ui.Step {
	t := v.Topic
	steps := []ui.Step{
		{Title: v.T("funding.thread.proposed"), Note: v.ShortDate(t.ProposedOn), State: ui.Done},
		{Title: v.T("funding.thread.reviewed")}, {Title: v.T("funding.thread.approved")}, {Title: v.T("funding.thread.money")},
	}
	reached := map[funding.TopicState]int{funding.TopicProposed: 1, funding.TopicAccepted: 2, funding.TopicApproved: 3}[t.State]
	for i := 1; i < len(steps) && reached > 0; i++ {
		switch {
		case i < reached:
			steps[i].State = ui.Done
		case i == reached:
			steps[i].State = ui.Now
		}
	}
	if !t.ReviewedOn.IsZero() {
		steps[1].Note, steps[1].State = v.T(t.State.Key()), ui.Done
		if t.State == funding.TopicApproved {
			steps[1].Note = v.T(funding.TopicAccepted.Key())
		}
	}
	if !t.ApprovedOn.IsZero() {
		steps[2].Note = v.ShortMoney(t.ApprovedSum, "")
	}
	if t.PotID != 0 {
		steps[3] = ui.Step{Title: v.T("funding.thread.money"), Path: v.Pot.Ref().Path, Note: v.Text(v.Pot.Title), State: ui.Done}
	}
	return append(steps, v.came()...)
}

func (v topicView) figures() []ui.Figure {
	t := v.Topic
	list := []ui.Figure{
		{Label: v.T("funding.topic.people"), Value: v.Int(t.People)},
		{Label: v.T("funding.topic.asked"), Value: v.ShortMoney(t.Sum, ""), Note: v.N("funding.topic.for_years", int64(t.Years))},
	}
	if !t.ApprovedOn.IsZero() {
		list = append(list, ui.Figure{Label: v.T("funding.topic.approved_sum"), Value: v.ShortMoney(t.ApprovedSum, ""), Note: v.ShortDate(t.ApprovedOn), Tone: "good"})
	}
	return list
}

func (v topicView) facts() []ui.Fact {
	t, place := v.Topic, v.h.placeOf(v.Topic.PlaceID)
	var groups []string
	for _, code := range t.Groups {
		groups = append(groups, v.h.term(v.Printer, "target_group", code))
	}
	list := []ui.Fact{
		{Label: v.T("funding.place"), Show: refLink(v.Page, place.Ref())},
		{Label: v.T("funding.topic.groups"), Value: strings.Join(groups, ", ")},
		{Label: v.T("funding.topic.sphere"), Value: v.h.term(v.Printer, "sphere", t.Sphere)},
		{Label: v.T("funding.kind"), Value: v.h.term(v.Printer, "funding_kind", t.Kind)},
		{Label: v.T("funding.topic.budget_year"), Value: strconv.Itoa(t.Year)},
		{Label: v.T("funding.topic.number"), Value: t.Number},
	}
	if t.ByOrg != 0 {
		return append(list, ui.Fact{Label: v.T("funding.topic.proposed_by"), Show: refLink(v.Page, v.Names[t.ByOrg])})
	}
	return append(list, ui.Fact{Label: v.T("funding.topic.proposed_by"), Value: v.T("funding.topic.by_citizen")})
}

func (v topicView) indicators() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.topic.indicators"), Columns: []ui.Column{{Label: v.T("funding.topic.indicator")},
		{Label: v.T("funding.topic.now"), Num: true}, {Label: v.T("funding.topic.wanted"), Num: true}}}
	for _, x := range v.Topic.Indicators {
		name := v.Text(x.Name)
		if unit := v.Text(x.Unit); unit != "" {
			name += ", " + unit
		}
		s.Rows = append(s.Rows, ui.Cells(name, v.value(x.Baseline), v.value(x.Target)))
	}
	return s
}

func (v topicView) value(x projects.Value) string {
	if !x.Known {
		return "—"
	}
	return v.Decimal(projects.Number.Float(x), 3)
}

// owed is the answer that the body owes or gave.
func (v topicView) owed() []ui.Debt { return debts(v.Page, v.Owed, v.Day) }

func (v topicView) past() []ui.Moment { return v.Told(v.Past) }

// likeness is what overlaps, in words: "same place; youth; 45 % of the words".
func likeness(p ui.Page, h *Pages, o funding.Overlap) string {
	var parts []string
	if o.Place {
		parts = append(parts, p.T("funding.like.place"))
	}
	for _, g := range o.Groups {
		parts = append(parts, h.term(p.Printer, "target_group", g))
	}
	if o.Dates {
		parts = append(parts, p.T("funding.like.dates"))
	}
	if o.Share > 0 {
		parts = append(parts, p.T("funding.like.words", "share", p.Percent(float64(o.Share))))
	}
	return strings.Join(parts, " · ")
}

// alike are overlaps as rows of a list.
func alike(p ui.Page, h *Pages, list []funding.Overlap) (out []ui.Found) {
	for _, o := range list {
		out = append(out, ui.Found{Title: o.Ref.Title, Path: o.Ref.Path, Status: p.T("funding.like.is." + o.Ref.Kind), Line: likeness(p, h, o)})
	}
	return out
}

// paper is a file of evidence as the page tells of it.
type paper struct {
	file          files.File
	href          string
	shown, mayAct bool
}

func (v topicView) papers() (out []paper) {
	for _, f := range v.Files {
		variant := files.Original
		if f.IsPicture() {
			variant = files.Large
		}
		p := paper{file: f, href: f.Address(variant), shown: f.Public(), mayAct: v.May.Judge}
		if !f.Public() {
			p.href = v.URL(v.Topic.Ref().Path + "/papers/" + f.ID.String() + "/" + variant)
		}
		out = append(out, p)
	}
	return out
}

// note tells strangers how many files lie beside that they may not have.
func (v topicView) note() string { return v.N("funding.topic.files_hidden", int64(v.Hidden)) }

// merged are the topics that this one took in, each with who proposed it.
func (v topicView) merged() (out []ui.Found) {
	for _, m := range v.Merged {
		out = append(out, ui.Found{Title: m.Title, Path: m.Ref().Path, Line: m.Number + " · " + v.h.proposer(v.Page, m, v.Names)})
	}
	return out
}

// debts are what is owed about something, as of a day.
func debts(p ui.Page, owed []obligations.Obligation, day db.Date) (list []ui.Debt) {
	for _, o := range owed {
		d := ui.Debt{Who: p.Text(o.Owner.Title), What: o.Told(p.Printer), Path: o.Ref().Path, Due: o.Due, DaysLeft: o.DaysLeft(day), Reply: p.Text(o.Reply)}
		if state := o.State(day); !state.Running() {
			d.Settled = p.T("obligations.state." + string(state))
		}
		list = append(list, d)
	}
	return list
}
