package projects

import (
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Report tells what was done and spent in one period of the schedule. A draft is
// seen by the organization only. Once submitted it is public and never edited:
// when it is returned, another one takes its place and both can be read.
type Report struct {
	ID        ref.ID      `json:"id"`
	ProjectID ref.ID      `json:"project_id"`
	No        int         `json:"no"` // of the schedule
	From      db.Date     `json:"from"`
	To        db.Date     `json:"to"`
	Final     bool        `json:"final"`
	State     ReportState `json:"state"`
	ReportText
	SubmittedBy ref.ID    `json:"submitted_by"`
	SubmittedAt db.Time   `json:"submitted_at"`
	JudgedBy    ref.ID    `json:"judged_by"`
	JudgedAt    db.Time   `json:"judged_at"`
	Reason      i18n.Text `json:"reason"` // why it was returned
	Hidden      bool      `json:"hidden"` // as its project
	Version     int64     `json:"version"`
}

// ReportText is what the organization fills in.
type ReportText struct {
	Summary       i18n.Text  `json:"summary"`
	Lessons       i18n.Text  `json:"lessons"`
	Beneficiaries int64      `json:"beneficiaries"` // people reached in the period
	Spendings     []Spending `json:"spendings"`
	Actuals       []Actual   `json:"actuals"`
}

// Spending is money spent in one year on one line of the budget; line 0 is the
// whole budget of a project without lines.
type Spending struct {
	Line ref.ID `json:"line_id"`
	Year int    `json:"year"`
	Sum  int64  `json:"sum"`
}

// ReportState is where a report stands.
type ReportState string

// The states of a report.
const (
	ReportDraft     ReportState = "draft"
	ReportSubmitted ReportState = "submitted"
	ReportReturned  ReportState = "returned"
	ReportAccepted  ReportState = "accepted"
)

// Counts tells that money and values of the report are counted.
func (s ReportState) Counts() bool { return s == ReportSubmitted || s == ReportAccepted }

// Ref names the report.
func (r Report) Ref() ref.Ref {
	return ref.Ref{Kind: KindReport, ID: r.ID, Path: "/projects/" + r.ProjectID.String() + "/reports/" + r.ID.String()}
}

// JournalVersion is the version of the row.
func (r Report) JournalVersion() int64 { return r.Version }

// Root is the project on whose page the report is told.
func (r Report) Root() ref.Ref { return ref.Ref{Kind: KindProject, ID: r.ProjectID} }

// Public tells that everybody may read the report: once it is submitted.
func (r Report) Public() bool { return r.State != ReportDraft && !r.Hidden }

// Spent is all the money that the report tells of.
func (r ReportText) Spent() (sum int64) {
	for _, s := range r.Spendings {
		sum += s.Sum
	}
	return sum
}

// Shown is the report as everybody may see it: without the names behind it, and
// of a sheltered project without small counts.
func (r Report) Shown(sheltered bool) Report {
	r.SubmittedBy, r.JudgedBy = 0, 0
	if sheltered && r.Beneficiaries < fewest {
		r.Beneficiaries = 0
	}
	return r
}

// maySubmitReport: only the lead of the project's organization.
func maySubmitReport(by access.Actor, p Project) (access.Actor, error) {
	if by.IsPortal() {
		return by, nil
	}
	if by.LeadsOrg(p.OrgID) {
		return by.As(access.Lead, p.OrgID), nil
	}
	return by, problem.New(problem.Forbidden, "projects.report.leads_only")
}

// maySeeReport: a draft is for the organization's people only.
func maySeeReport(by access.Actor, p Project, r Report) bool {
	return r.State != ReportDraft || by.WorksFor(p.OrgID)
}

// NextReport is the earliest report of the schedule that is missing.
func (p Project) NextReport() (DueReport, bool) {
	for _, d := range p.Schedule {
		if d.missing() {
			return d, true
		}
	}
	return DueReport{}, false
}

func (p Project) due(no int) (int, error) {
	i := slices.IndexFunc(p.Schedule, func(d DueReport) bool { return d.No == no })
	if i < 0 {
		return i, problem.New(problem.NotFound, "problem.not_found")
	}
	return i, nil
}

// Draft begins the report of one period of the schedule.
func (p Project) Draft(id ref.ID, no int) (Report, error) {
	i, err := p.due(no)
	if err != nil {
		return Report{}, err
	}
	d := p.Schedule[i]
	if p.ended() || !d.missing() {
		return Report{}, problem.New(problem.Conflict, "projects.report.not_awaited")
	}
	return Report{ID: id, ProjectID: p.ID, No: no, From: d.From, To: d.To, Final: d.Final,
		State: ReportDraft, Hidden: p.Hidden, Version: 1}, nil
}

// Submit makes a draft public and counts its money, or says why not. proof are
// the files of the report.
func (p *Project) Submit(r *Report, proof []File, by access.Actor, at db.Time, today db.Date) error {
	i, err := p.due(r.No)
	if err != nil {
		return err
	}
	if r.State != ReportDraft || p.ended() || !p.Schedule[i].missing() {
		return problem.New(problem.Conflict, "projects.report.not_awaited")
	}
	if err := p.judge(*r, proof, today); err != nil {
		return err
	}
	p.count(*r, +1)
	p.Schedule = slices.Clone(p.Schedule)
	p.Schedule[i].SubmittedOn = today
	r.State, r.SubmittedBy, r.SubmittedAt = ReportSubmitted, by.UserID, at
	return nil
}

func (p Project) judge(r Report, proof []File, today db.Date) error {
	var bad problem.Fields
	bad.Reject(!r.To.Before(today), "to", "projects.report.period_not_over")
	bad.Reject(r.Summary.IsZero(), "summary", "form.required")
	bad.Reject(r.Beneficiaries < 0, "beneficiaries", "form.negative")
	for i, s := range r.Spendings {
		name := field("spendings", i) + "sum"
		line, ok := p.line(s.Line)
		bad.Reject(!ok, name, "projects.report.unknown_line")
		bad.Reject(s.Sum < 0, name, "form.negative")
		bad.Reject(s.Year < r.From.Year() || s.Year > r.To.Year(), name, "projects.report.year_outside")
		bad.Reject(ok && line.Spent+r.spentOn(s.Line) > line.Sum, name, "projects.report.over_line")
	}
	bad.Reject(p.Spent+r.Spent() > p.Sum, "spendings", "projects.report.over_budget")
	for i, a := range r.Actuals {
		k := slices.IndexFunc(p.Indicators, func(ind Indicator) bool { return ind.ID == a.Indicator })
		name := field("actuals", i) + "value"
		bad.Reject(k < 0, name, "projects.report.unknown_indicator")
		if k >= 0 {
			key := p.Indicators[k].Measure.fault(a.Value)
			bad.Reject(key != "", name, key)
			bad.Reject(a.Value.Known && a.Evidence.IsZero() && !proves(proof, a.Indicator), field("actuals", i)+"evidence", "projects.report.evidence_missing")
		}
	}
	return bad.Err()
}

// proves tells whether a file is evidence of the value of an indicator.
func proves(proof []File, indicator ref.ID) bool {
	return slices.ContainsFunc(proof, func(f File) bool { return f.Indicator == indicator })
}

func (r ReportText) spentOn(line ref.ID) (sum int64) {
	for _, s := range r.Spendings {
		if s.Line == line {
			sum += s.Sum
		}
	}
	return sum
}

// line is one line of the budget; of a budget without lines, the whole of it.
func (p Project) line(id ref.ID) (Line, bool) {
	if len(p.Lines) == 0 && id == 0 {
		return Line{Sum: p.Sum, Spent: p.Spent}, true
	}
	i := slices.IndexFunc(p.Lines, func(l Line) bool { return l.ID == id })
	if i < 0 {
		return Line{}, false
	}
	return p.Lines[i], true
}

// count adds (or with -1 takes back) the money of a report.
func (p *Project) count(r Report, sign int64) {
	p.Spent += sign * r.Spent()
	p.Lines = slices.Clone(p.Lines)
	for i := range p.Lines {
		p.Lines[i].Spent += sign * r.spentOn(p.Lines[i].ID)
	}
}

// Accept takes a submitted report as true.
func (p *Project) Accept(r *Report, by access.Actor, at db.Time) error {
	i, err := p.due(r.No)
	if err != nil {
		return err
	}
	if r.State != ReportSubmitted {
		return problem.New(problem.Conflict, "projects.report.not_submitted")
	}
	p.Accepted += r.Spent()
	p.Schedule = slices.Clone(p.Schedule)
	p.Schedule[i].Accepted = true
	r.State, r.JudgedBy, r.JudgedAt = ReportAccepted, by.UserID, at
	return nil
}

// Return sends a submitted report back with a reason. Its money no longer
// counts, and its period waits for another report.
func (p *Project) Return(r *Report, reason i18n.Text, by access.Actor, at db.Time) error {
	i, err := p.due(r.No)
	if err != nil {
		return err
	}
	if r.State != ReportSubmitted {
		return problem.New(problem.Conflict, "projects.report.not_submitted")
	}
	if reason.IsZero() {
		return required("reason")
	}
	p.count(*r, -1)
	p.Schedule = slices.Clone(p.Schedule)
	p.Schedule[i].SubmittedOn = db.Date{}
	r.State, r.Reason, r.JudgedBy, r.JudgedAt = ReportReturned, reason, by.UserID, at
	return nil
}
