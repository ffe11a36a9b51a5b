package projectsweb

import (
	"math"
	"net/http"
	"net/url"
	"strconv"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// form is what a form page is drawn from: what was typed and what is wrong in it.
type form struct {
	ui.Page
	h      pages
	values url.Values
	bad    problem.Fields
}

// draw shows a form; bad is why it was not taken, with what was typed kept.
func (h pages) draw(w http.ResponseWriter, r *http.Request, title string, values url.Values, err error, body func(f form) templ.Component) error {
	f := form{Page: ui.PageOf(r, web.Words(r).T(title)), h: h, values: values}
	status := http.StatusOK
	if err != nil {
		bad := problem.As(err)
		if bad == nil || bad.Kind != problem.Invalid {
			return err
		}
		status, f.bad = http.StatusUnprocessableEntity, bad.Fields
	}
	f.NoIndex = true
	return web.Render(w, r, status, formPage(f, body(f)))
}

func (f form) field(name, label string) ui.Field {
	return ui.Field{Name: name, Label: f.T(label), Value: f.values.Get(name), Fault: f.bad[name]}
}

func (f form) need(name, label string) ui.Field {
	x := f.field(name, label)
	x.Required = true
	return x
}

func (f form) choose(name, label string, choices []ui.Choice) ui.Field {
	x := f.need(name, label)
	for i := range choices {
		for _, v := range f.values[name] {
			choices[i].Selected = choices[i].Selected || choices[i].Value == v
		}
	}
	x.Choices = choices
	return x
}

func (f form) texts(name, label string, rows int) ui.Texts {
	t := ui.Texts{Name: name, Label: f.T(label), Rows: rows, Faults: f.bad}
	for _, l := range i18n.Langs {
		t.Value.Set(l, f.values.Get(name+"."+string(l)))
	}
	if fault, ok := f.bad[name]; ok {
		t.Hint = f.T(fault.Key, fault.Args...)
	}
	return t
}

// terms are the choices of a classifier.
func (f form) terms(list string) []ui.Choice {
	var out []ui.Choice
	for _, t := range f.h.norms.Book().Terms(list) {
		out = append(out, ui.Choice{Value: t.Code, Label: f.Text(t.Name)})
	}
	return out
}

func (f form) keyed(prefix string, values ...string) []ui.Choice {
	var out []ui.Choice
	for _, v := range values {
		out = append(out, ui.Choice{Value: v, Label: f.T(prefix + v)})
	}
	return out
}

// rows is how many empty rows a list in a form offers besides the filled ones.
const rows = 3

func (f form) rowsOf(list, mark string) []string {
	n := rows
	for i := range 60 {
		if f.values.Get(list+"."+strconv.Itoa(i)+"."+mark) != "" {
			n = max(n, i+2)
		}
	}
	var out []string
	for i := range n {
		out = append(out, list+"."+strconv.Itoa(i)+".")
	}
	return out
}

// readPlan judges shape only; meaning is judged by the room.
func (h pages) readPlan(f *web.Form) projects.Plan {
	p := projects.Plan{
		Title: f.Texts("title"), Summary: f.Texts("summary"), Need: f.Texts("need"), PlaceID: h.readPlace(f, "place"),
		Sphere: f.Line("sphere"), MoreSpheres: f.List("more_spheres"), TargetGroups: f.List("target_groups"), SDGs: f.List("sdgs"),
		Beneficiaries: f.Int("beneficiaries"), ForChildren: f.Bool("for_children"), Starts: f.Date("starts"), Ends: f.Date("ends"),
		FundingKind: f.Line("funding_kind"), Sum: f.Money("sum"), Currency: "KZT",
	}
	for i := 0; i < 60; i++ {
		row := func(list, name string) string { return list + "." + strconv.Itoa(i) + "." + name }
		if year := f.Int(row("years", "year")); year != 0 {
			p.Years = append(p.Years, projects.YearPlan{Year: int(year), Sum: f.Money(row("years", "sum"))})
		}
		if f.Has(row("tranches", "sum")) {
			p.Tranches = append(p.Tranches, projects.Tranche{ID: f.ID(row("tranches", "id")), Sum: f.Money(row("tranches", "sum")),
				Due: f.Date(row("tranches", "due")), Condition: f.Texts(row("tranches", "condition"))})
		}
		if f.Has(row("lines", "sum")) {
			p.Lines = append(p.Lines, projects.Line{ID: f.ID(row("lines", "id")), Name: f.Texts(row("lines", "name")), Sum: f.Money(row("lines", "sum"))})
		}
		if f.Has(row("indicators", "target")) {
			p.Indicators = append(p.Indicators, readIndicator(f, row))
		}
	}
	return p
}

func readIndicator(f *web.Form, row func(list, name string) string) projects.Indicator {
	i := projects.Indicator{ID: f.ID(row("indicators", "id")), Name: f.Texts(row("indicators", "name")), Unit: f.Texts(row("indicators", "unit")),
		Measure: projects.Measure(f.Line(row("indicators", "measure"))), Adding: projects.Adding(f.Line(row("indicators", "adding"))), Source: f.Texts(row("indicators", "source"))}
	i.Baseline = readValue(f, i.Measure, row("indicators", "baseline"))
	i.Target = readValue(f, i.Measure, row("indicators", "target"))
	return i
}

// readValue reads a number, a share "12/40", or 1 and 0 for yes and no.
func readValue(f *web.Form, m projects.Measure, name string) projects.Value {
	if !f.Has(name) {
		return projects.Value{}
	}
	if m == projects.Percent {
		v, ok := projects.ParseShare(f.Line(name))
		f.Reject(!ok, name, "projects.write_share")
		return v
	}
	number := f.Decimal(name)
	if m == projects.YesNo {
		return projects.YesOrNo(number != 0)
	}
	return projects.NumberOf(int64(math.Round(number * projects.Thousandth)))
}

// readPlace reads a place by its code, id or name.
func (h pages) readPlace(f *web.Form, name string) ref.ID {
	s := f.Line(name)
	if s == "" {
		return 0
	}
	tree := h.places.Tree()
	p, ok := tree.ByCode(s)
	if !ok {
		p, ok = tree.Find(s, 0)
	}
	f.Reject(!ok, name, "projects.unknown_place")
	return p.ID
}

// planValues is a plan as the values of its form.
func (h pages) planValues(p projects.Project) url.Values {
	v := url.Values{"sphere": {p.Sphere}, "more_spheres": p.MoreSpheres, "target_groups": p.TargetGroups, "sdgs": p.SDGs,
		"starts": {p.Starts.String()}, "ends": {p.Ends.String()}, "funding_kind": {p.FundingKind}, "sum": {tenge(p.Sum)},
		"beneficiaries": {strconv.FormatInt(p.Beneficiaries, 10)}, "version": {strconv.FormatInt(p.Version, 10)}}
	if p.ForChildren {
		v.Set("for_children", "yes")
	}
	if place, ok := h.places.Tree().Place(p.PlaceID); ok {
		v.Set("place", place.Code())
	}
	putTexts(v, "title", p.Title)
	putTexts(v, "summary", p.Summary)
	putTexts(v, "need", p.Need)
	for i, y := range p.Years {
		at := row("years", i)
		v.Set(at+"year", strconv.Itoa(y.Year))
		v.Set(at+"sum", tenge(y.Sum))
	}
	for i, t := range p.Tranches {
		at := row("tranches", i)
		v.Set(at+"id", t.ID.String())
		v.Set(at+"sum", tenge(t.Sum))
		v.Set(at+"due", t.Due.String())
		putTexts(v, at+"condition", t.Condition)
	}
	for i, l := range p.Lines {
		at := row("lines", i)
		v.Set(at+"id", l.ID.String())
		v.Set(at+"sum", tenge(l.Sum))
		putTexts(v, at+"name", l.Name)
	}
	for i, x := range p.Indicators {
		at := row("indicators", i)
		v.Set(at+"id", x.ID.String())
		putTexts(v, at+"name", x.Name)
		putTexts(v, at+"unit", x.Unit)
		putTexts(v, at+"source", x.Source)
		v.Set(at+"measure", string(x.Measure))
		v.Set(at+"adding", string(x.Adding))
		v.Set(at+"baseline", x.Measure.Written(x.Baseline))
		v.Set(at+"target", x.Measure.Written(x.Target))
	}
	return v
}

func row(list string, i int) string { return list + "." + strconv.Itoa(i) + "." }

func putTexts(v url.Values, name string, t i18n.Text) {
	for _, l := range i18n.Langs {
		v.Set(name+"."+string(l), t.Get(l))
	}
}

// tenge writes tiyn as a field of money is typed.
func tenge(tiyn int64) string {
	s := strconv.FormatInt(tiyn/100, 10)
	if rest := tiyn % 100; rest != 0 {
		s += "." + strconv.FormatInt(100+rest, 10)[1:]
	}
	return s
}

func (h pages) newForm(w http.ResponseWriter, r *http.Request) error {
	return h.showNew(w, r, url.Values{"org": {r.URL.Query().Get("org")}}, nil)
}

func (h pages) showNew(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	return h.draw(w, r, "projects.new", values, err, func(f form) templ.Component { return newFields(f) })
}

func (h pages) create(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	n := projects.NewProject{OrgID: f.ID("org"), FunderID: f.ID("funder"), Programme: f.ID("programme"), Plan: h.readPlan(f)}
	err := f.Err()
	var p projects.Project
	if err == nil {
		p, err = h.projects.Create(r.Context(), web.Actor(r), n)
	}
	if err != nil {
		return h.showNew(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, p.Ref().Path, "projects.notice.created")
}

// planForm edits a plan, or after the agreement asks for an amendment.
func (h pages) planForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.story(r)
	if err != nil {
		return err
	}
	if !v.May.Edit {
		return problem.New(problem.Forbidden, "projects.only_its_people")
	}
	return h.showPlan(w, r, v.Project, h.planValues(v.Project), nil)
}

func (h pages) showPlan(w http.ResponseWriter, r *http.Request, p projects.Project, values url.Values, err error) error {
	title := "projects.edit_plan"
	if !p.CanChange() {
		title = "projects.amend"
	}
	return h.draw(w, r, title, values, err, func(f form) templ.Component { return planForm(f, p) })
}

func (h pages) savePlan(w http.ResponseWriter, r *http.Request) error {
	v, err := h.story(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	plan := h.readPlan(f)
	plan.MorePlaces, plan.Partners = v.Project.MorePlaces, v.Project.Partners
	notice := "projects.notice.saved"
	if err = f.Err(); err == nil && v.Project.CanChange() {
		_, err = h.projects.EditPlan(r.Context(), web.Actor(r), v.Project.ID, f.Version(), plan)
	} else if err == nil {
		notice = "projects.notice.amendment"
		_, err = h.projects.AskAmendment(r.Context(), web.Actor(r), v.Project.ID, f.Version(), plan, f.Texts("reason"), f.Line("paper"))
	}
	if err != nil {
		return h.showPlan(w, r, v.Project, f.Values, err)
	}
	return web.SeeOther(w, r, v.Project.Ref().Path, notice)
}

func (h pages) agreeForm(w http.ResponseWriter, r *http.Request) error {
	return h.showAgree(w, r, url.Values{}, nil)
}

func (h pages) showAgree(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := h.story(r)
	if missing != nil {
		return missing
	}
	if !v.May.Run {
		return problem.New(problem.Forbidden, "projects.only_funder_side")
	}
	return h.draw(w, r, "projects.agree", values, err, func(f form) templ.Component { return agreeFields(f, v.Project) })
}

func (h pages) agree(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	a := projects.Agreement{Number: f.Line("agreement_no"), AgreedOn: f.Date("agreed_on"), Rhythm: projects.Rhythm(f.Line("rhythm")), Days: int(f.Int("report_days"))}
	if err = f.Err(); err == nil {
		_, err = h.projects.Agree(r.Context(), web.Actor(r), id, f.Version(), a)
	}
	if err != nil {
		return h.showAgree(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/projects/"+id.String(), "projects.notice.agreed")
}

// end cancels, terminates or closes a project.
func (h pages) end(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	reason, by, version := f.Texts("reason"), web.Actor(r), f.Version()
	if err := f.Err(); err != nil {
		return err
	}
	switch f.Line("do") {
	case "cancel":
		_, err = h.projects.Cancel(r.Context(), by, id, version, reason)
	case "terminate":
		_, err = h.projects.Terminate(r.Context(), by, id, version, reason)
	case "close":
		_, err = h.projects.Close(r.Context(), by, id, version)
	default:
		err = problem.New(problem.Invalid, "form.invalid")
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/projects/"+id.String(), "projects.notice.saved")
}

func (h pages) pay(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	tranche, err := web.ID(r, "tranche")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	sum, on := f.Money("sum"), f.Date("on")
	if err := f.Err(); err != nil {
		return err
	}
	if _, err := h.projects.Pay(r.Context(), web.Actor(r), id, tranche, sum, on); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/projects/"+id.String()+"#money", "")
}

func (h pages) decideAmendment(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	amendment, err := web.ID(r, "amendment")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	answer := f.Texts("reason")
	if err := f.Err(); err != nil {
		return err
	}
	if f.Line("do") == "agree" {
		_, err = h.projects.AgreeAmendment(r.Context(), web.Actor(r), amendment)
	} else {
		_, err = h.projects.DeclineAmendment(r.Context(), web.Actor(r), amendment, answer)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/projects/"+id.String()+"/amendments", "projects.notice.saved")
}

func (h pages) eventForm(w http.ResponseWriter, r *http.Request) error {
	return h.showEvent(w, r, url.Values{}, nil)
}

func (h pages) showEvent(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := h.story(r)
	if missing != nil {
		return missing
	}
	if !v.May.Report {
		return problem.New(problem.Forbidden, "projects.only_its_people")
	}
	return h.draw(w, r, "projects.announce", values, err, func(f form) templ.Component { return eventFields(f, v.Project) })
}

func (h pages) announce(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	a := projects.Announcement{Title: f.Texts("title"), About: f.Texts("about"), PlaceID: h.readPlace(f, "place"), Address: f.Texts("address"),
		On: f.Date("on"), Hour: f.Line("hour"), Open: f.Bool("open")}
	if err = f.Err(); err == nil {
		_, err = h.projects.AnnounceEvent(r.Context(), web.Actor(r), id, a, f.Bool("closed"))
	}
	if err != nil {
		return h.showEvent(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/projects/"+id.String()+"#events", "")
}

func (h pages) confirmForm(w http.ResponseWriter, r *http.Request) error {
	return h.showConfirm(w, r, url.Values{}, nil)
}

func (h pages) showConfirm(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := h.story(r)
	if missing != nil {
		return missing
	}
	id, missing := web.ID(r, "event")
	if missing != nil {
		return missing
	}
	if !v.May.Report {
		return problem.New(problem.Forbidden, "projects.only_its_people")
	}
	for _, e := range v.Events {
		if e.ID == id {
			if !values.Has("held_on") {
				values.Set("held_on", e.On.String())
			}
			return h.draw(w, r, "projects.confirm", values, err, func(f form) templ.Component { return confirmFields(f, e) })
		}
	}
	return problem.New(problem.NotFound, "problem.not_found")
}

func (h pages) confirm(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "event")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	c := projects.Confirmation{HeldOn: f.Date("held_on"), Headcount: f.Int("headcount"), Method: projects.Method(f.Line("method")), Note: f.Texts("note")}
	if err = f.Err(); err == nil && f.Line("do") == "cancel" {
		_, err = h.projects.CancelEvent(r.Context(), web.Actor(r), id)
	} else if err == nil {
		_, err = h.projects.ConfirmEvent(r.Context(), web.Actor(r), id, c)
	}
	if err != nil {
		return h.showConfirm(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/projects/"+r.PathValue("id")+"#events", "")
}

func (h pages) reportForm(w http.ResponseWriter, r *http.Request) error {
	return h.showReport(w, r, nil, nil)
}

// showReport draws the report of one period of the schedule: what was typed, or
// the draft that is there.
func (h pages) showReport(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := h.story(r)
	if missing != nil {
		return missing
	}
	due, missing := v.dueOf(r)
	if missing != nil {
		return missing
	}
	if !v.May.Report {
		return problem.New(problem.Forbidden, "projects.only_its_people")
	}
	if values == nil {
		values = url.Values{}
		for _, rep := range v.Reports {
			if rep.No == due.No && rep.State == projects.ReportDraft {
				values = v.reportValues(rep)
			}
		}
	}
	return h.draw(w, r, "projects.write_report", values, err, func(f form) templ.Component { return reportFields(f, v, due) })
}

func (v view) dueOf(r *http.Request) (projects.DueReport, error) {
	no, _ := strconv.Atoi(r.PathValue("no"))
	for _, d := range v.Project.Schedule {
		if d.No == no {
			return d, nil
		}
	}
	return projects.DueReport{}, problem.New(problem.NotFound, "problem.not_found")
}

// spendingRows are the lines and years for which a report of a period tells money.
func (v view) spendingRows(from, to db.Date) []projects.Spending {
	lines := []ref.ID{0}
	if len(v.Project.Lines) > 0 {
		lines = nil
		for _, l := range v.Project.Lines {
			lines = append(lines, l.ID)
		}
	}
	var out []projects.Spending
	for _, l := range lines {
		for y := from.Year(); y <= to.Year(); y++ {
			out = append(out, projects.Spending{Line: l, Year: y})
		}
	}
	return out
}

func (v view) reportValues(r projects.Report) url.Values {
	values := url.Values{"beneficiaries": {strconv.FormatInt(r.Beneficiaries, 10)}, "version": {strconv.FormatInt(r.Version, 10)}}
	putTexts(values, "summary", r.Summary)
	putTexts(values, "lessons", r.Lessons)
	for i, row0 := range v.spendingRows(r.From, r.To) {
		for _, s := range r.Spendings {
			if s.Line == row0.Line && s.Year == row0.Year {
				values.Set(row("spendings", i)+"sum", tenge(s.Sum))
			}
		}
	}
	for i, ind := range v.Project.Indicators {
		for _, a := range r.Actuals {
			if a.Indicator == ind.ID {
				values.Set(row("actuals", i)+"value", ind.Measure.Written(a.Value))
				putTexts(values, row("actuals", i)+"evidence", a.Evidence)
			}
		}
	}
	return values
}

func (v view) readReport(f *web.Form, due projects.DueReport) projects.ReportText {
	t := projects.ReportText{Summary: f.Texts("summary"), Lessons: f.Texts("lessons"), Beneficiaries: f.Int("beneficiaries")}
	for i, s := range v.spendingRows(due.From, due.To) {
		s.Sum = f.Money(row("spendings", i) + "sum")
		t.Spendings = append(t.Spendings, s)
	}
	for i, ind := range v.Project.Indicators {
		t.Actuals = append(t.Actuals, projects.Actual{Indicator: ind.ID, Value: readValue(f, ind.Measure, row("actuals", i)+"value"),
			Evidence: f.Texts(row("actuals", i) + "evidence")})
	}
	return t
}

// saveReport keeps a draft, and submits it when that button was pressed.
func (h pages) saveReport(w http.ResponseWriter, r *http.Request) error {
	v, err := h.story(r)
	if err != nil {
		return err
	}
	due, err := v.dueOf(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	text := v.readReport(f, due)
	notice := "projects.notice.draft"
	var rep projects.Report
	if err = f.Err(); err == nil {
		rep, err = h.projects.SaveDraft(r.Context(), web.Actor(r), v.Project.ID, due.No, f.Version(), text)
	}
	if err == nil && f.Line("do") == "submit" {
		f.Values.Set("version", strconv.FormatInt(rep.Version, 10))
		notice = "projects.notice.submitted"
		_, err = h.projects.SubmitReport(r.Context(), web.Actor(r), rep.ID, rep.Version)
	}
	if err != nil {
		return h.showReport(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, rep.Ref().Path, notice)
}

// judgeReport submits a draft, or accepts or returns a submitted report.
func (h pages) judgeReport(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "report")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	reason := f.Texts("reason")
	if err := f.Err(); err != nil {
		return err
	}
	switch f.Line("do") {
	case "submit":
		_, err = h.projects.SubmitReport(r.Context(), web.Actor(r), id, f.Version())
	case "accept":
		_, err = h.projects.AcceptReport(r.Context(), web.Actor(r), id, f.Version())
	case "return":
		_, err = h.projects.ReturnReport(r.Context(), web.Actor(r), id, f.Version(), reason)
	default:
		err = problem.New(problem.Invalid, "form.invalid")
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/projects/"+r.PathValue("id")+"/reports/"+id.String(), "projects.notice.saved")
}

// named is a field whose label is no word of the portal's.
func (f form) named(name, label string) ui.Field {
	return ui.Field{Name: name, Label: label, Value: f.values.Get(name), Fault: f.bad[name]}
}

func (f form) rhythms() []ui.Choice {
	var out []ui.Choice
	for _, r := range projects.Rhythms {
		key := string(r)
		if r == projects.NoReports {
			key = "none"
		}
		out = append(out, ui.Choice{Value: string(r), Label: f.T("projects.rhythm." + key)})
	}
	return out
}
