package projects

import (
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Amendment is a change of an agreed plan: why, and the plan before and after.
// It is asked for by the organization or the funder's side and takes effect when
// the funder's side agrees.
type Amendment struct {
	ID        ref.ID         `json:"id"`
	ProjectID ref.ID         `json:"project_id"`
	No        int            `json:"no"` // among the agreed ones; 0 until then
	Reason    i18n.Text      `json:"reason"`
	Paper     string         `json:"paper"` // number of the supplementary agreement
	State     AmendmentState `json:"state"`
	AskedOn   db.Date        `json:"asked_on"`
	DecidedOn db.Date        `json:"decided_on"`
	Answer    i18n.Text      `json:"answer"` // why it was declined
	Before    Plan           `json:"before"`
	After     Plan           `json:"after"`
	// Base is the version of the project on which the change was made.
	Base    int64 `json:"base"`
	Hidden  bool  `json:"hidden"` // as its project
	Version int64 `json:"version"`
}

// AmendmentState is where an amendment stands.
type AmendmentState string

// The states of an amendment.
const (
	AmendmentAsked    AmendmentState = "asked"
	AmendmentAgreed   AmendmentState = "agreed"
	AmendmentDeclined AmendmentState = "declined"
)

// Ref names the amendment.
func (a Amendment) Ref() ref.Ref {
	return ref.Ref{Kind: KindAmendment, ID: a.ID, Title: a.Reason, Path: "/projects/" + a.ProjectID.String() + "/amendments#a" + a.ID.String()}
}

// JournalVersion is the version of the row.
func (a Amendment) JournalVersion() int64 { return a.Version }

// Root is the project on whose page the amendment is told.
func (a Amendment) Root() ref.Ref { return ref.Ref{Kind: KindProject, ID: a.ProjectID} }

// Public tells that everybody may read the amendment.
func (a Amendment) Public() bool { return !a.Hidden }

// Amend asks for a change of the agreed plan.
func (p Project) Amend(id ref.ID, after Plan, reason i18n.Text, paper string, today db.Date) (Amendment, error) {
	if p.AgreedOn.IsZero() || p.ended() {
		return Amendment{}, problem.New(problem.Conflict, "projects.not_under_agreement")
	}
	if reason.IsZero() {
		return Amendment{}, required("reason")
	}
	a := Amendment{ID: id, ProjectID: p.ID, Reason: reason, Paper: paper, State: AmendmentAsked, AskedOn: today,
		Before: p.Plan, After: after, Base: p.Version, Hidden: p.Hidden, Version: 1}
	return a, p.allows(after)
}

// Apply puts an agreed amendment into effect. What happened meanwhile stays:
// paid tranches and spent money are the project's, not the amendment's.
func (p *Project) Apply(a *Amendment, today db.Date) error {
	if a.State != AmendmentAsked || p.ended() {
		return problem.New(problem.Conflict, "projects.amendment_decided")
	}
	if err := p.allows(a.After); err != nil {
		return err
	}
	a.Before = p.Plan
	p.Plan = p.keepFacts(a.After)
	a.After = p.Plan
	p.Amendments++
	a.No, a.State, a.DecidedOn = p.Amendments, AmendmentAgreed, today
	return nil
}

// Decline turns an amendment down with a reason.
func (a *Amendment) Decline(answer i18n.Text, today db.Date) error {
	if a.State != AmendmentAsked {
		return problem.New(problem.Conflict, "projects.amendment_decided")
	}
	if answer.IsZero() {
		return required("answer")
	}
	a.State, a.Answer, a.DecidedOn = AmendmentDeclined, answer, today
	return nil
}

// allows judges a new plan against what has already happened.
func (p Project) allows(after Plan) error {
	after = p.keepFacts(after)
	if err := after.Check(); err != nil {
		return err
	}
	var bad problem.Fields
	bad.Reject(after.Sum < p.Spent, "sum", "projects.sum_below_spent")
	bad.Reject(after.Sum < p.Paid(), "sum", "projects.sum_below_paid")
	for _, t := range p.Tranches {
		gone := !slices.ContainsFunc(after.Tranches, func(u Tranche) bool { return u.ID == t.ID && u.Sum >= t.PaidSum })
		bad.Reject(!t.PaidOn.IsZero() && gone, "tranches", "projects.paid_tranche_gone")
	}
	for _, l := range p.Lines {
		gone := !slices.ContainsFunc(after.Lines, func(m Line) bool { return m.ID == l.ID })
		bad.Reject(l.Spent > 0 && gone, "lines", "projects.spent_line_gone")
	}
	if p.Spent > 0 && len(p.Lines) == 0 {
		bad.Reject(len(after.Lines) > 0, "lines", "projects.lines_after_spending")
	}
	for _, d := range p.Schedule {
		bad.Reject(!d.missing() && after.Ends.Before(d.To), "ends", "projects.reported_beyond")
	}
	return bad.Err()
}

// keepFacts is a plan with the payments and spendings of the project as it is.
func (p Project) keepFacts(plan Plan) Plan {
	plan.Tranches, plan.Lines = slices.Clone(plan.Tranches), slices.Clone(plan.Lines)
	for i := range plan.Tranches {
		t := &plan.Tranches[i]
		t.PaidOn, t.PaidSum = db.Date{}, 0
		for _, was := range p.Tranches {
			if was.ID == t.ID {
				t.PaidOn, t.PaidSum = was.PaidOn, was.PaidSum
			}
		}
	}
	for i := range plan.Lines {
		l := &plan.Lines[i]
		l.Spent = 0
		for _, was := range p.Lines {
			if was.ID == l.ID {
				l.Spent = was.Spent
			}
		}
	}
	return plan
}

// renew gives new ids to the awaited reports and unpaid tranches whose day the
// amendment moved: what was owed for them ends and is owed anew. It gives the
// project with those that ended.
func (p *Project) renew(before Project, newID func() ref.ID) (ended Project) {
	ended = before
	ended.Schedule, ended.Tranches = nil, nil
	p.Schedule, p.Tranches = slices.Clone(p.Schedule), slices.Clone(p.Tranches)
	for _, was := range before.Schedule {
		i := slices.IndexFunc(p.Schedule, func(d DueReport) bool { return d.ID == was.ID })
		if !was.missing() || i >= 0 && p.Schedule[i].Due == was.Due && p.Schedule[i].Final == was.Final {
			continue
		}
		ended.Schedule = append(ended.Schedule, was)
		if i >= 0 {
			p.Schedule[i].ID = newID()
		}
	}
	for _, was := range before.Tranches {
		i := slices.IndexFunc(p.Tranches, func(t Tranche) bool { return t.ID == was.ID })
		if !was.PaidOn.IsZero() || i >= 0 && p.Tranches[i].Due == was.Due {
			continue
		}
		ended.Tranches = append(ended.Tranches, was)
		if i >= 0 {
			p.Tranches[i].ID = newID()
		}
	}
	return ended
}
