package projectsweb

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

func (h pages) report(w http.ResponseWriter, r *http.Request) error {
	v, err := h.story(r)
	if err != nil {
		return err
	}
	rep, err := v.reportOf(r)
	if err != nil {
		return err
	}
	v.Page.Title = v.reportTitle(rep)
	return web.Render(w, r, http.StatusOK, reportPage(v, rep))
}

// reportOf finds the report of the address among those the reader may see.
func (v view) reportOf(r *http.Request) (projects.Report, error) {
	id, err := web.ID(r, "report")
	if err != nil {
		return projects.Report{}, err
	}
	for _, rep := range v.Reports {
		if rep.ID == id {
			return rep, nil
		}
	}
	return projects.Report{}, problem.New(problem.NotFound, "problem.not_found")
}

func (h pages) amendments(w http.ResponseWriter, r *http.Request) error {
	v, err := h.story(r)
	if err != nil {
		return err
	}
	_, list, err := h.projects.Amendments(r.Context(), web.Actor(r), v.Project.ID)
	if err != nil {
		return err
	}
	var ids []ref.ID
	for _, a := range list {
		for _, partner := range slices.Concat(a.Before.Partners, a.After.Partners) {
			ids = append(ids, partner.OrgID)
		}
	}
	names, err := h.projects.OrgRefs(r.Context(), ids)
	if err != nil {
		return err
	}
	maps.Copy(v.Orgs, names)
	v.Page.Title = v.T("projects.amendments")
	return web.Render(w, r, http.StatusOK, amendmentsPage(v.Page, v, list))
}

func amendmentTone(a projects.Amendment) string {
	return map[projects.AmendmentState]string{projects.AmendmentAsked: ui.Wait, projects.AmendmentAgreed: ui.Good, projects.AmendmentDeclined: ui.Quiet}[a.State]
}

// differences shows what an amendment changes, before and after.
func (v view) differences(a projects.Amendment) ui.Sheet {
	s := ui.Sheet{Columns: []ui.Column{{Label: v.T("projects.what_changed")}, {Label: v.T("projects.before")}, {Label: v.T("projects.after")}}}
	before, after := v.planLines(a.Before), v.planLines(a.After)
	for i, b := range before {
		if b.Value != after[i].Value {
			row := ui.Cells(b.Label, b.Value, after[i].Value)
			row[1].Show, row[2].Show = lines(b.Value), lines(after[i].Value)
			s.Rows = append(s.Rows, row)
		}
	}
	return s
}

// planLines writes a plan as lines, the same ones for every plan.
func (v view) planLines(p projects.Plan) []ui.Fact {
	var years, tranches, lines, indicators, partners []string
	for _, y := range p.Years {
		years = append(years, strconv.Itoa(y.Year)+": "+v.Money(y.Sum, p.Currency))
	}
	for _, t := range p.Tranches {
		tranches = append(tranches, strings.TrimSuffix(v.day(t.Due)+": "+v.Money(t.Sum, p.Currency)+", "+v.condition(t), ", "))
	}
	for _, l := range p.Lines {
		lines = append(lines, v.Text(l.Name)+": "+v.Money(l.Sum, p.Currency))
	}
	for _, i := range p.Indicators {
		indicators = append(indicators, v.indicatorName(i)+": "+v.value(i.Measure, i.Baseline)+" → "+v.value(i.Measure, i.Target))
	}
	for _, x := range p.Partners {
		partners = append(partners, strings.TrimSuffix(v.partnerName(x)+" – "+v.Text(x.Role), " – "))
	}
	listed := func(parts []string) string { return strings.Join(parts, "\n") }
	return []ui.Fact{
		{Label: v.T("projects.title"), Value: v.Text(p.Title)}, {Label: v.T("projects.summary"), Value: v.Text(p.Summary)},
		{Label: v.T("projects.need"), Value: v.Text(p.Need)}, {Label: v.T("projects.place"), Value: v.placeNames(append([]ref.ID{p.PlaceID}, p.MorePlaces...))},
		{Label: v.T("projects.sphere"), Value: v.terms("sphere", append([]string{p.Sphere}, p.MoreSpheres...))},
		{Label: v.T("projects.for_whom"), Value: v.groups(p)}, {Label: v.T("projects.openly"), Value: v.yesNo(p.Openly)},
		{Label: v.T("projects.beneficiaries"), Value: v.Int(p.Beneficiaries)}, {Label: v.T("projects.term"), Value: v.period(p.Starts, p.Ends)},
		{Label: v.T("projects.sum"), Value: v.Money(p.Sum, p.Currency)}, {Label: v.T("projects.money"), Value: listed(years)},
		{Label: v.T("projects.tranches"), Value: listed(tranches)}, {Label: v.T("projects.lines"), Value: listed(lines)},
		{Label: v.T("projects.results"), Value: listed(indicators)}, {Label: v.T("projects.partners"), Value: listed(partners)},
	}
}

func (v view) partnerName(x projects.Partner) string {
	if x.OrgID == 0 {
		return x.Name
	}
	return v.Text(v.org(x.OrgID).Title)
}

func (v view) yesNo(yes bool) string {
	if yes {
		return v.T("projects.yes")
	}
	return v.T("projects.no")
}

// whole is a plan as it can be read: all its lines that say something.
func (v view) whole(p projects.Plan) (list []ui.Fact) {
	for _, f := range v.planLines(p) {
		if f.Value != "" {
			f.Show = lines(f.Value)
			list = append(list, f)
		}
	}
	return list
}

// reportFigures are the numbers at the head of a report.
func (v view) reportFigures(r projects.Report) []ui.Figure {
	people := v.Int(r.Beneficiaries)
	if v.Project.Sheltered() && r.Beneficiaries == 0 {
		people = v.T("projects.people_few")
	}
	return []ui.Figure{{Label: v.T("projects.people"), Value: people}, {Label: v.T("projects.spent"), Value: v.Money(r.Spent(), v.Project.Currency)},
		{Label: v.T("projects.report.came_in"), Value: v.cameIn(r), Note: v.dueNote(r)}}
}

func (v view) cameIn(r projects.Report) string {
	if r.SubmittedAt.IsZero() {
		return "—"
	}
	return v.ShortDate(r.SubmittedAt)
}

// dueNote says until when the report was due.
func (v view) dueNote(r projects.Report) string {
	for _, d := range v.Project.Schedule {
		if d.No == r.No {
			return v.T("projects.report.was_due", "date", v.ShortDate(d.Due))
		}
	}
	return ""
}

// reportsElsewhere says of a project that came from a table which reports are
// awaited here, and that earlier ones lie with the side that pays.
func (v view) reportsElsewhere() string {
	p := v.Project
	taken := v.Date(p.CreatedAt)
	switch {
	case p.ReportsFrom.After(p.Ends):
		return v.T("projects.reports.elsewhere", "taken", taken)
	case p.ReportsFrom.After(p.Starts):
		return v.T("projects.reports.before_elsewhere", "taken", taken, "from", v.ShortDate(p.ReportsFrom))
	}
	return v.T("projects.reports.by_norm", "taken", taken)
}

// writes tells that the reader is writing the report.
func (v view) writes(r projects.Report) bool {
	return v.May.Report && r.State == projects.ReportDraft
}

// samePeriod are the other reports of the same period: those that were
// returned, and the one that took their place.
func (v view) samePeriod(r projects.Report) (list []ui.Moment) {
	for _, o := range v.Reports {
		if o.No == r.No && o.ID != r.ID {
			list = append(list, v.reportMoment(o))
		}
	}
	return list
}

// spendings shows the money of a report by line and year.
func (v view) spendings(r projects.Report) ui.Sheet {
	s := ui.Sheet{Caption: v.T("projects.spent"), Empty: v.T("projects.nothing_spent"),
		Columns: []ui.Column{{Label: v.T("projects.line")}, {Label: v.T("projects.year"), Num: true}, {Label: v.T("projects.sum"), Num: true}}}
	for _, x := range r.Spendings {
		s.Rows = append(s.Rows, ui.Cells(v.lineName(x.Line), strconv.Itoa(x.Year), v.Money(x.Sum, v.Project.Currency)))
	}
	return s
}

func (v view) lineName(id ref.ID) string {
	for _, l := range v.Project.Lines {
		if l.ID == id {
			return v.Text(l.Name)
		}
	}
	return v.T("projects.whole_budget")
}

// actuals shows the values of a report with their evidence.
func (v view) actuals(r projects.Report) ui.Sheet {
	s := ui.Sheet{Caption: v.T("projects.results"), Empty: v.T("projects.no_values"),
		Columns: []ui.Column{{Label: v.T("projects.indicator")}, {Label: v.T("projects.target"), Num: true}, {Label: v.T("projects.actual"), Num: true}, {Label: v.T("projects.evidence")}}}
	for _, a := range r.Actuals {
		for _, i := range v.Project.Indicators {
			if i.ID == a.Indicator {
				row := ui.Cells(v.indicatorName(i), v.value(i.Measure, i.Target), v.value(i.Measure, a.Value), v.Text(a.Evidence))
				row[3].Show = v.evidence(r, a)
				s.Rows = append(s.Rows, row)
			}
		}
	}
	return s
}

// evidence is what a value is proved by: words and files.
func (v view) evidence(r projects.Report, a projects.Actual) templ.Component {
	var list []paper
	for _, f := range v.papers(v.FilesOf(projects.OfReport, r.ID, projects.Evidence)) {
		if f.indicator == a.Indicator {
			list = append(list, f)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return evidenceCell(v, a, list)
}

// reportRows are the rows behind what is spent and who was reached.
func (v view) reportRows() ui.Sheet {
	s := ui.Sheet{Empty: v.T("projects.no_reports"), Columns: []ui.Column{{Label: v.T("projects.reports")}, {Label: v.T("projects.spent"), Num: true}, {Label: v.T("projects.people"), Num: true}}}
	for _, r := range v.Reports {
		if !r.State.Counts() {
			continue
		}
		row := ui.Cells(v.reportTitle(r)+", "+v.period(r.From, r.To), v.Money(r.Spent(), v.Project.Currency), v.Int(r.Beneficiaries))
		row[0].Path = r.Ref().Path
		s.Rows = append(s.Rows, row)
	}
	s.Foot = ui.Cells(v.T("ui.total"), v.Money(v.Project.Spent, v.Project.Currency), v.Int(v.Reached()))
	return s
}

// actualRows are the values of every counted report, under each indicator.
func (v view) actualRows() ui.Sheet {
	s := ui.Sheet{Empty: v.T("projects.no_values"), Columns: []ui.Column{{Label: v.T("projects.indicator")}, {Label: v.T("projects.how_added")},
		{Label: v.T("projects.reports")}, {Label: v.T("projects.actual"), Num: true}, {Label: v.T("projects.evidence")}}}
	for _, i := range v.Project.Indicators {
		for _, r := range v.Reports {
			for _, a := range r.Actuals {
				if a.Indicator == i.ID && r.State.Counts() {
					s.Rows = append(s.Rows, ui.Cells(v.indicatorName(i), v.T("projects.adding."+string(i.Adding)), v.period(r.From, r.To), v.value(i.Measure, a.Value), v.Text(a.Evidence)))
				}
			}
		}
	}
	return s
}
