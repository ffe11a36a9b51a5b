package projectsweb

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// form is what a form page is drawn from.
type form struct {
	ui.FormPage
	h pages
}

// draw shows a form; err is why it was not taken, with what was typed kept.
func (h pages) draw(w http.ResponseWriter, r *http.Request, title string, values url.Values, err error, body func(f form) templ.Component) error {
	return h.drawEdit(w, r, title, values, nil, err, body)
}

// formOn is a form on a page that shows a thing.
func formOn(p ui.Page, thing journal.Thing) form {
	return form{FormPage: ui.FormPage{Page: p, Values: versionOf(thing)}}
}

// drawEdit is draw for a form that changes a row, whose values are now.
func (h pages) drawEdit(w http.ResponseWriter, r *http.Request, title string, values, now url.Values, err error, body func(f form) templ.Component) error {
	return ui.ShowEdit(w, r, title, values, now, err, func(t ui.FormPage) templ.Component { return body(form{t, h}) })
}

func (f form) hint(name, label, hint string) ui.Field {
	return f.Ask(name, label).Hinted(f.T(hint))
}

func (f form) needHint(name, label, hint string) ui.Field {
	return f.hint(name, label, hint).Needed()
}

// maybe is a choice that may be left open.
func (f form) maybe(name, label string, choices []ui.Choice) ui.Field {
	x := f.choose(name, label, append([]ui.Choice{{Label: "—"}}, choices...))
	x.Required = false
	return x
}

func (f form) choose(name, label string, choices []ui.Choice) ui.Field {
	return f.Choose(name, label, choices).Needed()
}

func (f form) hinted(name, label, hint string, rows int) ui.Texts {
	return f.Texts(name, label, rows).Hinted(f.T(hint))
}

// terms are the choices of a classifier.
func (f form) terms(list string) []ui.Choice {
	var out []ui.Choice
	for _, t := range f.h.norms.Book().Terms(list) {
		out = append(out, ui.Choice{Value: t.Code, Label: f.Text(t.Name)})
	}
	return out
}

// readPlan judges shape only; meaning is judged by the room.
func (h pages) readPlan(f *web.Form) projects.Plan {
	lists.Tidy(f.Values)
	p := projects.Plan{
		Title: f.Texts("title"), Summary: f.Texts("summary"), Need: f.Texts("need"), PlaceID: h.places.Tree().Read(f, "place"),
		Sphere: f.Line("sphere"), MoreSpheres: f.List("more_spheres"), SDGs: f.List("sdgs"), Openly: f.Bool("openly"),
		Beneficiaries: f.Int("beneficiaries"), ForChildren: f.Bool("for_children"), Starts: f.Date("starts"), Ends: f.Date("ends"),
		FundingKind: f.Line("funding_kind"), Sum: f.Money("sum"), Currency: "KZT",
	}
	each := func(list string, read func(at string)) {
		for i := range lists.Filled(f.Values, list) {
			read(row(list, i))
		}
	}
	each("places", func(at string) { p.MorePlaces = append(p.MorePlaces, h.places.Tree().Read(f, at+"place")) })
	each("groups", func(at string) { readGroup(f, &p, at) })
	each("years", func(at string) {
		p.Years = append(p.Years, projects.YearPlan{Year: int(f.Int(at + "year")), Sum: f.Money(at + "sum")})
	})
	each("tranches", func(at string) {
		p.Tranches = append(p.Tranches, projects.Tranche{ID: f.ID(at + "id"), Sum: f.Money(at + "sum"), Due: f.Date(at + "due"), Condition: f.Texts(at + "condition"), After: int(f.Int(at + "after"))})
	})
	each("lines", func(at string) {
		p.Lines = append(p.Lines, projects.Line{ID: f.ID(at + "id"), Name: f.Texts(at + "name"), Sum: f.Money(at + "sum")})
	})
	each("indicators", func(at string) { p.Indicators = append(p.Indicators, readIndicator(f, at)) })
	each("partners", func(at string) { p.Partners = append(p.Partners, h.readPartner(f, at)) })
	return p
}

func readGroup(f *web.Form, p *projects.Plan, at string) {
	code := f.Line(at + "code")
	f.Reject(code == "", at+"code", "form.required")
	p.TargetGroups = append(p.TargetGroups, code)
	if n := f.Int(at + "people"); n != 0 {
		if p.Reach == nil {
			p.Reach = map[string]int64{}
		}
		p.Reach[code] = n
	}
}

// readPartner reads an organization of the register, or the name of one that is
// not in it.
func (h pages) readPartner(f *web.Form, at string) projects.Partner {
	p := projects.Partner{Role: f.Texts(at + "role")}
	found, _ := h.findOrg(f, at+"org")
	if p.OrgID = found; found == 0 {
		p.Name = f.Line(at + "org")
	}
	return p
}

func readIndicator(f *web.Form, at string) projects.Indicator {
	i := projects.Indicator{ID: f.ID(at + "id"), Name: f.Texts(at + "name"), Unit: f.Texts(at + "unit"),
		Measure: projects.Measure(f.Line(at + "measure")), Adding: projects.Adding(f.Line(at + "adding")), Source: f.Texts(at + "source")}
	i.Baseline = readValue(f, i.Measure, at+"baseline")
	i.Target = readValue(f, i.Measure, at+"target")
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

// planValues is a plan as the values of its form.
func (v view) planValues() url.Values {
	p := v.Project
	values := url.Values{"sphere": {p.Sphere}, "more_spheres": p.MoreSpheres, "sdgs": p.SDGs,
		"starts": {p.Starts.String()}, "ends": {p.Ends.String()}, "funding_kind": {p.FundingKind}, "sum": {tenge(p.Sum)},
		"beneficiaries": {strconv.FormatInt(p.Beneficiaries, 10)}, "version": {strconv.FormatInt(p.Version, 10)}}
	if p.ForChildren {
		values.Set("for_children", "yes")
	}
	if p.Openly {
		values.Set("openly", "yes")
	}
	values.Set("place", v.place(p.PlaceID).Code())
	ui.PutTexts(values, "title", p.Title)
	ui.PutTexts(values, "summary", p.Summary)
	ui.PutTexts(values, "need", p.Need)
	for i, id := range p.MorePlaces {
		values.Set(row("places", i)+"place", v.place(id).Code())
	}
	for i, code := range p.TargetGroups {
		values.Set(row("groups", i)+"code", code)
		if n := p.Reach[code]; n > 0 {
			values.Set(row("groups", i)+"people", strconv.FormatInt(n, 10))
		}
	}
	for i, partner := range p.Partners {
		putOrg(values, row("partners", i)+"org", partner.OrgID, v.Text(v.org(partner.OrgID).Title))
		if partner.OrgID == 0 {
			values.Set(row("partners", i)+"org", partner.Name)
		}
		ui.PutTexts(values, row("partners", i)+"role", partner.Role)
	}
	putMoney(values, p.Plan)
	for i, x := range p.Indicators {
		at := row("indicators", i)
		values.Set(at+"id", x.ID.String())
		ui.PutTexts(values, at+"name", x.Name)
		ui.PutTexts(values, at+"unit", x.Unit)
		ui.PutTexts(values, at+"source", x.Source)
		values.Set(at+"measure", string(x.Measure))
		values.Set(at+"adding", string(x.Adding))
		values.Set(at+"baseline", x.Measure.Written(x.Baseline))
		values.Set(at+"target", x.Measure.Written(x.Target))
	}
	return values
}

func putMoney(v url.Values, p projects.Plan) {
	putYears(v, p.Years)
	for i, t := range p.Tranches {
		at := row("tranches", i)
		v.Set(at+"id", t.ID.String())
		v.Set(at+"sum", tenge(t.Sum))
		v.Set(at+"due", t.Due.String())
		ui.PutTexts(v, at+"condition", t.Condition)
		if t.After > 0 {
			v.Set(at+"after", strconv.Itoa(t.After))
		}
	}
	for i, l := range p.Lines {
		at := row("lines", i)
		v.Set(at+"id", l.ID.String())
		v.Set(at+"sum", tenge(l.Sum))
		ui.PutTexts(v, at+"name", l.Name)
	}
}

func putYears(v url.Values, years []projects.YearPlan) {
	for i, y := range years {
		v.Set(row("years", i)+"year", strconv.Itoa(y.Year))
		v.Set(row("years", i)+"sum", tenge(y.Sum))
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
	values := url.Values{}
	if id, ok := ref.ParseID(r.URL.Query().Get("org")); ok {
		names, err := h.projects.OrgRefs(r.Context(), []ref.ID{id})
		if err != nil {
			return err
		}
		putOrg(values, "org", id, web.Words(r).Text(names[id].Title))
	}
	return h.showNew(w, r, values, nil)
}

func (h pages) showNew(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	list, missing := h.projects.Programmes(r.Context())
	if missing != nil {
		return missing
	}
	return h.draw(w, r, "projects.new", values, err, func(f form) templ.Component { return newFields(f, list) })
}

func (h pages) create(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	if lists.Reshaped(f.Values) {
		return h.showNew(w, r, f.Values, nil)
	}
	n := projects.NewProject{OrgID: h.readOrg(f, "org"), FunderID: h.readOrg(f, "funder"), Programme: f.ID("programme"), Plan: h.readPlan(f)}
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
	return h.showPlan(w, r, v, v.planValues(), nil)
}

func (h pages) showPlan(w http.ResponseWriter, r *http.Request, v view, values url.Values, err error) error {
	title := "projects.edit_plan"
	if !v.Project.CanChange() {
		title = "projects.amend"
	}
	return h.drawEdit(w, r, title, values, v.planValues(), err, func(f form) templ.Component { return planForm(f, v.Project) })
}

func (h pages) savePlan(w http.ResponseWriter, r *http.Request) error {
	v, err := h.story(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	if lists.Reshaped(f.Values) {
		return h.showPlan(w, r, v, f.Values, nil)
	}
	plan := h.readPlan(f)
	notice := "projects.notice.saved"
	if err = f.Err(); err == nil && v.Project.CanChange() {
		_, err = h.projects.EditPlan(r.Context(), web.Actor(r), v.Project.ID, f.Version(), plan)
	} else if err == nil {
		notice = "projects.notice.amendment"
		_, err = h.projects.AskAmendment(r.Context(), web.Actor(r), v.Project.ID, f.Version(), plan, f.Texts("reason"), f.Line("paper"))
	}
	if err != nil {
		return h.showPlan(w, r, v, f.Values, err)
	}
	return web.SeeOther(w, r, v.Project.Ref().Path, notice)
}

func (h pages) agreeForm(w http.ResponseWriter, r *http.Request) error {
	return h.showAgree(w, r, nil, nil)
}

func (h pages) showAgree(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := h.story(r)
	if missing != nil {
		return missing
	}
	if !v.May.Run {
		return problem.New(problem.Forbidden, "projects.only_funder_side")
	}
	now := versionOf(v.Project)
	if values == nil {
		values = now
	}
	return h.drawEdit(w, r, "projects.agree", values, now, err, func(f form) templ.Component { return agreeFields(f, v.Project) })
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

// versionOf is the version of a thing as the value of a form.
func versionOf(thing journal.Thing) url.Values {
	return url.Values{"version": {strconv.FormatInt(thing.JournalVersion(), 10)}}
}

// end cancels, terminates or closes a project.
func (h pages) end(w http.ResponseWriter, r *http.Request) error {
	v, err := h.story(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	reason, by, version, id, how := f.Texts("reason"), web.Actor(r), f.Version(), v.Project.ID, f.Line("do")
	if !slices.Contains([]string{"cancel", "terminate", "close"}, how) {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	if err = f.Err(); err != nil {
		return h.showEnd(w, r, v, how, f.Values, err)
	}
	switch how {
	case "cancel":
		_, err = h.projects.Cancel(r.Context(), by, id, version, reason)
	case "terminate":
		_, err = h.projects.Terminate(r.Context(), by, id, version, reason)
	case "close":
		_, err = h.projects.Close(r.Context(), by, id, version)
	}
	if err != nil {
		return h.showEnd(w, r, v, how, f.Values, err)
	}
	return web.SeeOther(w, r, "/projects/"+id.String(), "projects.notice.saved")
}

func (h pages) showEnd(w http.ResponseWriter, r *http.Request, v view, how string, values url.Values, err error) error {
	return h.drawEdit(w, r, "projects."+how, values, versionOf(v.Project), err, func(f form) templ.Component { return endFields(f, v.Project, how) })
}

// payment is the form of a payment as it is first seen: the whole tranche, today.
func (v view) payment(t projects.Tranche) url.Values {
	return url.Values{"sum": {tenge(t.Sum)}, "on": {v.Day.String()}}
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
	if err = f.Err(); err == nil {
		_, err = h.projects.Pay(r.Context(), web.Actor(r), id, tranche, sum, on)
	}
	if err != nil {
		return h.showPay(w, r, tranche, f.Values, err)
	}
	return web.SeeOther(w, r, "/projects/"+id.String()+"#money", "")
}

// showPay gives the form of a payment back; when the tranche was paid meanwhile,
// what stands there now is beside it.
func (h pages) showPay(w http.ResponseWriter, r *http.Request, tranche ref.ID, values url.Values, err error) error {
	v, missing := h.story(r)
	if missing != nil {
		return missing
	}
	i := slices.IndexFunc(v.Project.Tranches, func(t projects.Tranche) bool { return t.ID == tranche })
	if i < 0 {
		return err
	}
	t := v.Project.Tranches[i]
	var now url.Values
	if !t.PaidOn.IsZero() {
		now = versionOf(v.Project)
		now.Set("sum", tenge(t.PaidSum))
		now.Set("on", t.PaidOn.String())
	}
	return h.drawEdit(w, r, "projects.pay_title", values, now, err, func(f form) templ.Component { return payFields(f, v.Project, t) })
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
	answer, how := f.Texts("reason"), "decline"
	if err = f.Err(); err == nil && f.Line("do") == "agree" {
		how = "agree"
		_, err = h.projects.AgreeAmendment(r.Context(), web.Actor(r), amendment)
	} else if err == nil {
		_, err = h.projects.DeclineAmendment(r.Context(), web.Actor(r), amendment, answer)
	}
	if err != nil {
		return h.draw(w, r, "projects.amendment."+how, f.Values, err, func(f form) templ.Component {
			return decideAmendment(f, projects.Amendment{ID: amendment, ProjectID: id})
		})
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
	a := projects.Announcement{Title: f.Texts("title"), About: f.Texts("about"), PlaceID: h.places.Tree().Read(f, "place"), Address: f.Texts("address"),
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
	now := url.Values{}
	for _, rep := range v.Reports {
		if rep.No == due.No && rep.State == projects.ReportDraft {
			now = v.reportValues(rep)
		}
	}
	if values == nil {
		values = now
	}
	return h.drawEdit(w, r, "projects.write_report", values, now, err, func(f form) templ.Component { return reportFields(f, v, due) })
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
	ui.PutTexts(values, "summary", r.Summary)
	ui.PutTexts(values, "lessons", r.Lessons)
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
				ui.PutTexts(values, row("actuals", i)+"evidence", a.Evidence)
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
	v, err := h.story(r)
	if err != nil {
		return err
	}
	rep, err := v.reportOf(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	reason, id, how := f.Texts("reason"), rep.ID, f.Line("do")
	if !slices.Contains([]string{"submit", "accept", "return"}, how) {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	if err = f.Err(); err != nil {
		return h.showJudge(w, r, rep, how, f.Values, err)
	}
	switch how {
	case "submit":
		_, err = h.projects.SubmitReport(r.Context(), web.Actor(r), id, f.Version())
	case "accept":
		_, err = h.projects.AcceptReport(r.Context(), web.Actor(r), id, f.Version())
	case "return":
		_, err = h.projects.ReturnReport(r.Context(), web.Actor(r), id, f.Version(), reason)
	}
	if err != nil {
		return h.showJudge(w, r, rep, how, f.Values, err)
	}
	return web.SeeOther(w, r, "/projects/"+r.PathValue("id")+"/reports/"+id.String(), "projects.notice.saved")
}

// showJudge gives back what was typed to accept or return a report; nothing is
// typed to submit one.
func (h pages) showJudge(w http.ResponseWriter, r *http.Request, rep projects.Report, how string, values url.Values, err error) error {
	if how == "submit" {
		return err
	}
	return h.drawEdit(w, r, "projects.report."+how, values, versionOf(rep), err, func(f form) templ.Component { return decideReport(f, rep) })
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

// address asks for an address in the internet.
func (f form) address(name, label string) ui.Field {
	x := f.Need(name, label)
	x.Type, x.Mode = "url", "url"
	return x
}
