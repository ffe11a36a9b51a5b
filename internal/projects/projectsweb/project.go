package projectsweb

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	ics "github.com/arran4/golang-ical"

	"github.com/a-h/templ"
)

// view is a story with what is needed to draw it.
type view struct {
	ui.Page
	projects.Story
	tree *places.Tree
	book *norms.Book
	// beside is what another room draws beside the story; nil for nothing.
	beside templ.Component
}

// story loads the story that a request asks for, as of ?on= when it is given.
func (h pages) story(r *http.Request) (view, error) { return h.told(r, h.projects.Story) }

// facts is story without the past, for what does not tell it.
func (h pages) facts(r *http.Request) (view, error) { return h.told(r, h.projects.Facts) }

func (h pages) told(r *http.Request, read func(context.Context, access.Actor, ref.ID) (projects.Story, error)) (v view, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: projects.KindProject, ID: id}.Key())
	v = view{Page: ui.PageOf(r, ""), tree: h.places.Tree(), book: h.norms.Book()}
	if on := r.URL.Query().Get("on"); on != "" {
		day, bad := db.ParseDate(on)
		if bad != nil || day.After(h.projects.Today()) {
			return v, problem.New(problem.NotFound, "projects.no_such_day")
		}
		v.Story, err = h.projects.StoryOn(r.Context(), web.Actor(r), id, day)
	} else {
		v.Story, err = read(r.Context(), web.Actor(r), id)
	}
	if err != nil {
		return v, err
	}
	for org := range v.Orgs {
		web.Touch(r, v.Orgs[org].Key())
	}
	v.Page.Title = v.Text(v.Project.Title)
	v.Page.Description = v.Text(v.Project.Summary)
	v.Page.Sample = v.Page.Sample || v.Project.Sample
	v.Page.Crumbs = v.crumbs()
	return v, nil
}

func (h pages) project(w http.ResponseWriter, r *http.Request) error {
	v, err := h.story(r)
	if err != nil {
		return err
	}
	if h.ofProject != nil && !r.URL.Query().Has("on") {
		v.beside = h.ofProject(r, v.Page, v.Project.ID, v.Status.Is.Ended())
	}
	return web.Render(w, r, http.StatusOK, projectPage(v))
}

func (h pages) card(w http.ResponseWriter, r *http.Request) error {
	v, err := h.facts(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, ui.EmbedCard(v.Page, v.asCard()))
}

func (h pages) why(w http.ResponseWriter, r *http.Request) error {
	v, err := h.facts(r)
	if err != nil {
		return err
	}
	v.Page.Title = v.T("projects.why.title")
	return web.Render(w, r, http.StatusOK, whyPage(v))
}

// asCard is the project as other pages and sites show it.
func (v view) asCard() ref.Card {
	p := v.Project
	return ref.Card{Ref: p.Ref(), Status: v.Status.Is.Key(), Tone: v.Status.Is.Tone(), Facts: []ref.Fact{
		{Label: "projects.org", Text: v.Orgs[p.OrgID].Title},
		{Label: "projects.sum", Plain: v.Money(p.Sum, p.Currency)},
		{Label: "projects.place", Text: v.place(p.PlaceID).Name},
	}}
}

// told is a project as JSON: everything that its page tells.
type told struct {
	Project  projects.Project     `json:"project"`
	On       db.Date              `json:"on"`
	Status   projects.Status      `json:"status"`
	Money    []projects.YearMoney `json:"money"`
	Results  []projects.Result    `json:"results"`
	Events   []projects.Event     `json:"events"`
	Reports  []projects.Report    `json:"reports"`
	Orgs     map[ref.ID]ref.Ref   `json:"organizations"`
	Owed     []owed               `json:"owed"`
	Files    []projects.File      `json:"files"`
	Language i18n.Lang            `json:"-"`
}

type owed struct {
	Kind  string            `json:"kind"`
	Owner ref.Ref           `json:"owner"`
	Due   db.Date           `json:"due"`
	State obligations.State `json:"state"`
}

func (h pages) projectJSON(w http.ResponseWriter, r *http.Request) error {
	v, err := h.facts(r)
	if err != nil {
		return err
	}
	t := told{Project: v.Project, On: v.Day, Status: v.Status, Money: v.ByYear, Results: v.Results, Events: v.Events, Reports: v.Reports, Orgs: v.Orgs, Files: v.Files}
	for _, o := range v.Owed {
		t.Owed = append(t.Owed, owed{o.Kind, o.Owner, o.Due, o.State(v.Day)})
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	return web.JSON(w, r, t)
}

// calendar gives the events and terms of a project; closed events have no day to give.
func (h pages) calendar(w http.ResponseWriter, r *http.Request) error {
	v, err := h.facts(r)
	if err != nil {
		return err
	}
	cal := ics.NewCalendar()
	cal.SetName(v.Text(v.Project.Title))
	for _, e := range v.Events {
		if e.Closed || e.StateOn(v.Day) == projects.EventCancelled {
			continue
		}
		v.addEvent(cal, e, web.Zone(r))
	}
	for _, o := range v.Owed {
		item := cal.AddEvent(o.ID.String())
		item.SetDtStampTime(o.Since.In(time.UTC))
		item.SetAllDayStartAt(o.Due.In(time.UTC))
		item.SetSummary(v.Text(o.Owner.Title) + ": " + o.Told(v.Printer))
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	return cal.SerializeTo(w, ics.WithNewLineWindows)
}

func (v view) addEvent(cal *ics.Calendar, e projects.Event, zone *time.Location) {
	item := cal.AddEvent(e.ID.String())
	item.SetDtStampTime(e.AnnouncedOn.In(time.UTC))
	item.SetSummary(v.Text(e.Title))
	item.SetLocation(v.placeName(e.PlaceID) + " " + v.Text(e.Address))
	if e.Hour == "" {
		item.SetAllDayStartAt(e.On.In(time.UTC))
		return
	}
	hour, _ := strconv.Atoi(e.Hour[:2])
	minute, _ := strconv.Atoi(e.Hour[3:])
	item.SetStartAt(e.On.In(zone).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute))
}

func (v view) place(id ref.ID) places.Place {
	p, _ := v.tree.Place(id)
	return p
}

func (v view) placeName(id ref.ID) string { return v.Text(v.place(id).Name) }

func (v view) crumbs() []ui.Crumb {
	var list []ui.Crumb
	for _, id := range v.tree.Path(v.Project.PlaceID) {
		p := v.place(id)
		list = append(list, ui.Crumb{Title: v.Text(p.Name), Path: p.Ref().Path})
	}
	slices.Reverse(list)
	return append(list, ui.Crumb{Title: v.T("projects.list"), Path: "/projects"})
}

func (v view) org(id ref.ID) ref.Ref { return v.Orgs[id] }

func (v view) term(list, code string) string {
	t, ok := v.book.Term(list, code)
	if !ok {
		return code
	}
	return v.Text(t.Name)
}

// statusText says a status in words: "running, year 2 of 3".
func statusText(p *i18n.Printer, s projects.Status) string {
	switch {
	case s.Is == projects.Running && s.Years > 1:
		return p.T("projects.running_year", "year", s.Year, "years", s.Years)
	case s.Is == projects.ReportLate:
		return p.N("projects.report_days_late", int64(s.DaysLate))
	}
	return p.T(s.Is.Key())
}

// years counts the years of the project, as people speak of its sum.
func (v view) years() int64 { return int64(max(1, len(v.Project.Years))) }

func (v view) figures() []ui.Figure {
	p := v.Project
	why := p.Ref().Path + "/why"
	list := []ui.Figure{{Label: v.N("projects.sum_for_years", v.years()), Value: v.Money(p.Sum, p.Currency), Note: v.thisYear(), Why: why + "#sum"}}
	if p.Sum > 0 {
		list = append(list, ui.Figure{Label: v.T("projects.spent"), Value: v.Percent(100 * float64(p.Spent) / float64(p.Sum)), Note: v.Money(p.Spent, p.Currency), Why: why + "#spent"})
	}
	list = append(list, ui.Figure{Label: v.T("projects.people"), Value: v.Int(v.Reached()), Note: v.T("projects.people_planned", "n", p.Beneficiaries), Why: why + "#people"})
	held, all := v.EventsHeld()
	return append(list, ui.Figure{Label: v.T("projects.events"), Value: v.T("projects.held_of", "held", held, "all", all), Why: why + "#events"})
}

func (v view) thisYear() string {
	for _, y := range v.ByYear {
		if y.Year == v.Day.Year() {
			return v.T("projects.this_year", "sum", v.ShortMoney(y.Planned, v.Project.Currency))
		}
	}
	return ""
}

// thread is the way of the project from need to result.
func (v view) thread() []ui.Step {
	at := map[projects.State]int{projects.Planned: 1, projects.Agreed: 2, projects.Running: 2, projects.ReportLate: 2, projects.Reporting: 3,
		projects.Finished: 4, projects.Closed: 5, projects.Cancelled: 1, projects.Terminated: 2}[v.Status.Is]
	keys := []string{"need", "agreement", "doing", "report", "result"}
	anchors := []string{"#need", "#agreement", "#events", "#reports", "#results"}
	var steps []ui.Step
	for _, r := range v.Project.Before {
		steps = append(steps, ui.Step{Title: v.T("projects.before." + r.Kind), Path: r.Path, State: ui.Done})
	}
	for i, k := range keys {
		s := ui.Step{Title: v.T("projects.thread." + k), Path: anchors[i]}
		if i < at {
			s.State = ui.Done
		} else if i == at {
			s.State = ui.Now
		}
		steps = append(steps, s)
	}
	return steps
}

// value writes a value of an indicator.
func (v view) value(m projects.Measure, x projects.Value) string {
	switch {
	case !x.Known:
		return "—"
	case m == projects.Percent:
		return v.Percent(m.Float(x))
	case m == projects.YesNo && x.A == 1:
		return v.T("projects.yes")
	case m == projects.YesNo:
		return v.T("projects.no")
	}
	return v.Decimal(m.Float(x), 3)
}

func (v view) results() ui.Sheet {
	s := ui.Sheet{Caption: v.T("projects.results"), Empty: v.T("projects.no_indicators"), Columns: []ui.Column{{Label: v.T("projects.indicator")},
		{Label: v.T("projects.baseline"), Num: true}, {Label: v.T("projects.target"), Num: true}, {Label: v.T("projects.actual"), Num: true}, {Label: v.T("projects.progress")}}}
	for _, res := range v.Results {
		row := ui.Cells(v.indicatorName(res.Indicator), v.value(res.Measure, res.Baseline), v.value(res.Measure, res.Target), v.value(res.Measure, res.Actual), "—")
		if res.Told {
			row[4].Show = ui.Meter(v.Page, v.indicatorName(res.Indicator), int64(res.Progress*1000), 1000, toneOf(res.Progress))
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

func toneOf(share float64) string {
	if share < 0.5 {
		return ui.Wait
	}
	return ""
}

func (v view) indicatorName(i projects.Indicator) string {
	name := v.Text(i.Name)
	if unit := v.Text(i.Unit); unit != "" {
		name += ", " + unit
	}
	return name
}

func (v view) moneyByYear() ui.Sums {
	s := ui.Sums{Caption: v.T("projects.money"), Head: v.T("projects.year"), Currency: v.Project.Currency, Total: true, Empty: v.T("projects.no_years"),
		Columns: []string{v.T("projects.planned"), v.T("projects.paid"), v.T("projects.accepted")}}
	for _, y := range v.ByYear {
		s.Rows = append(s.Rows, ui.SumRow{Label: strconv.Itoa(y.Year), Values: []int64{y.Planned, y.Paid, y.Accepted}})
	}
	return s
}

func (v view) lines() ui.Sums {
	s := ui.Sums{Caption: v.T("projects.lines"), Head: v.T("projects.line"), Currency: v.Project.Currency, Total: true,
		Columns: []string{v.T("projects.planned"), v.T("projects.spent")}}
	for _, l := range v.Project.Lines {
		s.Rows = append(s.Rows, ui.SumRow{Label: v.Text(l.Name), Values: []int64{l.Sum, l.Spent}})
	}
	return s
}

func (v view) tranches() ui.Sheet {
	s := ui.Sheet{Caption: v.T("projects.tranches"), Columns: []ui.Column{{Label: v.T("projects.tranche")}, {Label: v.T("projects.sum"), Num: true},
		{Label: v.T("projects.condition")}, {Label: v.T("projects.due")}, {Label: v.T("projects.paid")}}}
	for i, t := range v.Project.Tranches {
		paid := "—"
		if !t.PaidOn.IsZero() {
			paid = v.Money(t.PaidSum, v.Project.Currency) + ", " + v.ShortDate(t.PaidOn)
		}
		s.Rows = append(s.Rows, ui.Cells(strconv.Itoa(i+1), v.Money(t.Sum, v.Project.Currency), v.condition(t), v.day(t.Due), paid))
	}
	return s
}

// condition says what a tranche waits for.
func (v view) condition(t projects.Tranche) string {
	if t.After == 0 {
		return v.Text(t.Condition)
	}
	after := v.T("projects.after_report_no", "no", t.After)
	if t.Condition.IsZero() {
		return after
	}
	return after + "; " + v.Text(t.Condition)
}

func (v view) day(d db.Date) string {
	if d.IsZero() {
		return "—"
	}
	return v.ShortDate(d)
}

func (v view) events() []ui.Moment {
	var list []ui.Moment
	for _, e := range v.Events {
		list = append(list, v.moment(e))
	}
	return list
}

// moment is an event on the page: of a closed one its month and district.
func (v view) moment(e projects.Event) ui.Moment {
	state := e.StateOn(v.Day)
	m := ui.Moment{Title: v.Text(e.Title), Text: v.T("projects.event." + string(state)), Tone: map[projects.EventState]string{
		projects.EventConfirmed: ui.Good, projects.EventAwaited: ui.Wait, projects.EventCancelled: ui.Quiet}[state]}
	if e.Closed {
		m.When, m.Title = v.Month(e.On)+" · "+v.placeName(e.PlaceID), v.T("projects.event.closed")
	} else {
		m.When, m.At = v.Date(e.On), e.On.String()
		if e.Hour != "" {
			m.When += ", " + e.Hour
		}
		m.When += " · " + v.placeName(e.PlaceID)
		if v.May.Report && (state == projects.EventAhead || state == projects.EventAwaited) {
			m.Path = v.Project.Ref().Path + "/events/" + e.ID.String()
		}
		m.More = v.eventLinks(e, state)
	}
	if state == projects.EventConfirmed && e.Headcount > 0 {
		m.Text = v.N("projects.came."+string(e.Method), e.Headcount)
	} else if state == projects.EventConfirmed {
		m.Text = v.T("projects.came_few")
	}
	if e.AnnouncedLate() && !e.Closed {
		m.Text += ". " + v.T("projects.event.told_late")
	}
	return m
}

// eventLinks lead to the pictures of an event and to the form that adds some.
func (v view) eventLinks(e projects.Event, state projects.EventState) (links []ui.Link) {
	if n := int64(len(v.gallery(v.FilesOf(projects.OfEvent, e.ID, projects.Picture)))); n > 0 {
		links = append(links, ui.Link{Title: v.N("projects.pictures.n", n), Path: v.Project.Ref().Path + "/pictures#p" + e.ID.String()})
	}
	if v.May.Report && (state == projects.EventConfirmed || state == projects.EventAwaited) {
		links = append(links, ui.Link{Title: v.T("projects.file.add.picture"), Path: addFilesPath(v.Project.ID, projects.OfEvent, e.ID, projects.Picture, 0)})
	}
	return links
}

func (v view) mediumAndDay(l projects.Link) string {
	if l.On.IsZero() {
		return l.Medium
	}
	return strings.TrimPrefix(l.Medium+", "+v.ShortDate(l.On), ", ")
}

// debts are what is still owed, or what was settled.
func (v view) debts(settled bool) []ui.Debt {
	var list []ui.Debt
	for _, o := range v.Owed {
		state := o.State(v.Day)
		if state.Running() == settled {
			continue
		}
		d := ui.Debt{Who: v.Text(o.Owner.Title), What: o.Told(v.Printer), Path: o.Ref().Path, Due: o.Due, DaysLeft: o.DaysLeft(v.Day), Reply: v.Text(o.Reply)}
		if settled {
			d.Settled = v.T("projects.owed." + string(state))
		}
		list = append(list, d)
	}
	return list
}

// How many events and entries of the past are shown before the rest is folded.
const eventsShown, pastShown = 6, 6

func (v view) reports() []ui.Moment {
	var list []ui.Moment
	for _, r := range slices.Backward(v.Reports) {
		list = append(list, v.reportMoment(r))
	}
	return list
}

func (v view) reportMoment(r projects.Report) ui.Moment {
	return ui.Moment{When: v.period(r.From, r.To), At: r.To.String(), Title: v.reportTitle(r), Path: r.Ref().Path,
		Text: v.T("projects.report." + string(r.State)), Tone: reportTone(r.State)}
}

func reportTone(s projects.ReportState) string {
	return map[projects.ReportState]string{projects.ReportAccepted: ui.Good, projects.ReportSubmitted: ui.Wait, projects.ReportReturned: ui.Late}[s]
}

func (v view) period(from, to db.Date) string { return v.ShortDate(from) + " – " + v.ShortDate(to) }

func (v view) reportTitle(r projects.Report) string {
	if r.Final {
		return v.T("projects.final_report")
	}
	return v.T("projects.report_no", "no", r.No)
}

// past is the timeline of the project, as far as there are words for an act.
func (v view) past() []ui.Moment { return v.Told(v.Past) }

func (v view) facts() []ui.Fact {
	p := v.Project
	list := []ui.Fact{
		{Label: v.T("projects.sphere"), Value: v.terms("sphere", append([]string{p.Sphere}, p.MoreSpheres...))},
		{Label: v.T("projects.for_whom"), Value: v.groups(p.Plan)},
		{Label: v.T("projects.term"), Value: v.period(p.Starts, p.Ends)},
		{Label: v.T("projects.funding"), Value: v.term("funding_kind", p.FundingKind)},
	}
	if len(p.MorePlaces) > 0 {
		list = append(list, ui.Fact{Label: v.T("projects.more_places"), Value: v.placeNames(p.MorePlaces)})
	}
	if len(p.SDGs) > 0 {
		list = append(list, ui.Fact{Label: v.T("projects.sdgs"), Value: v.terms("sdg", p.SDGs)})
	}
	if v.Programme.ID != 0 {
		list = append(list, ui.Fact{Label: v.T("projects.programme"), Value: v.Text(v.Programme.Title), Show: programmeLink(v)})
	}
	if p.ImportID != 0 {
		list = append(list, ui.Fact{Label: v.T("projects.source"), Value: v.T("projects.source_row", "row", p.ImportRow)})
	}
	return slices.DeleteFunc(list, func(f ui.Fact) bool { return f.Value == "" })
}

// groups are the target groups with the people who are to be reached.
func (v view) groups(p projects.Plan) string {
	var names []string
	for _, code := range p.TargetGroups {
		name := v.term("target_group", code)
		if n := p.Reach[code]; n > 0 {
			name += " – " + v.Int(n)
		}
		names = append(names, name)
	}
	return joined(names)
}

func (v view) terms(list string, codes []string) string {
	var names []string
	for _, c := range codes {
		names = append(names, v.term(list, c))
	}
	return joined(names)
}

func (v view) placeNames(ids []ref.ID) string {
	var names []string
	for _, id := range ids {
		names = append(names, v.placeName(id))
	}
	return joined(names)
}

func joined(parts []string) string {
	out := ""
	for i, p := range parts {
		if i > 0 {
			out += ", "
		}
		out += p
	}
	return out
}
