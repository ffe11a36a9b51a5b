package funding

import (
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// Agreement is the paper that makes an application that won a project. Either
// side changes its text, each change is a version with a reason, until both have
// agreed to the same one. That text becomes a document, both sign the document,
// and with the second signature the project begins. Until then the two sides
// alone see it; a signed one everybody.
type Agreement struct {
	ID            ref.ID `json:"id"`
	Number        string `json:"number"`
	ApplicationID ref.ID `json:"application_id"`
	CallID        ref.ID `json:"call_id"`
	OrgID         ref.ID `json:"org_id"`
	FunderID      ref.ID `json:"funder_id"`
	// Granted is what the decision gave, in tiyn: the plan takes no more.
	Granted int64         `json:"granted"`
	Text    AgreementText `json:"text"`
	// Revision counts the texts, from 1. ByFunder and ByOrg are the revisions to
	// which each side has agreed last, 0 for none.
	Revision int `json:"revision"`
	ByFunder int `json:"by_funder"`
	ByOrg    int `json:"by_org"`
	// DocumentID is the file of the settled text; SettledOn the day on which both
	// had agreed to it, SignBy the last day for signing.
	DocumentID ref.ID    `json:"document_id,omitempty"`
	SettledOn  db.Date   `json:"settled_on"`
	SignBy     db.Date   `json:"sign_by"`
	SignedOn   db.Date   `json:"signed_on"`
	ProjectID  ref.ID    `json:"project_id,omitempty"`
	VoidOn     db.Date   `json:"void_on"`
	VoidReason i18n.Text `json:"void_reason"`
	// NormsOn is the date whose norms the agreement lives by: those of its call.
	NormsOn   db.Date `json:"norms_on"`
	Sample    bool    `json:"sample"`
	CreatedAt db.Time `json:"created_at"`
	Version   int64   `json:"version"`
}

// AgreementText is what the sides agree to.
type AgreementText struct {
	Plan projects.Plan `json:"plan"`
	// Activities are the plan of work by months.
	Activities []Activity `json:"activities,omitempty"`
	// Rhythm is how often reports are due, Days how many working days after the
	// end of each period.
	Rhythm projects.Rhythm `json:"rhythm"`
	Days   int             `json:"report_days"`
	// Sanctions is what follows from a late or false report and from unspent money.
	Sanctions i18n.Text `json:"sanctions"`
	Special   i18n.Text `json:"special"` // what else they agreed
}

// AgreementVersion is one text of an agreement, with the reason of its change.
type AgreementVersion struct {
	ID          ref.ID        `json:"id"`
	AgreementID ref.ID        `json:"agreement_id"`
	No          int           `json:"no"`
	Side        Side          `json:"side"` // whose change it is
	Text        AgreementText `json:"text"`
	Reason      i18n.Text     `json:"reason"`
	On          db.Date       `json:"on"`
}

// Side is one of the two who agree.
type Side string

// The sides of an agreement.
const (
	FunderSide    Side = "funder"
	ApplicantSide Side = "applicant"
)

// Sides lists the sides in the order in which a document names them.
var Sides = []Side{FunderSide, ApplicantSide}

// AgreementState is where an agreement stands.
type AgreementState string

// The states of an agreement.
const (
	Drafting AgreementState = "drafting"
	Settled  AgreementState = "settled" // both agreed to the text and are to sign
	Signed   AgreementState = "signed"
	Void     AgreementState = "void"
)

// State follows from what both sides did.
func (a Agreement) State() AgreementState {
	switch {
	case !a.VoidOn.IsZero():
		return Void
	case !a.SignedOn.IsZero():
		return Signed
	case !a.SettledOn.IsZero():
		return Settled
	}
	return Drafting
}

// Key is the message key of the state.
func (s AgreementState) Key() string { return "funding.agreement." + string(s) }

// Tone is how the state is shown.
func (s AgreementState) Tone() string {
	return map[AgreementState]string{Drafting: "wait", Settled: "wait", Signed: "good", Void: "quiet"}[s]
}

// Ref names the agreement.
func (a Agreement) Ref() ref.Ref {
	return ref.Ref{Kind: KindAgreement, ID: a.ID, Title: a.Text.Plan.Title, Path: "/agreements/" + a.ID.String()}
}

// JournalVersion is the version of the row.
func (a Agreement) JournalVersion() int64 { return a.Version }

// Public tells that everybody may see the agreement: once both have signed.
func (a Agreement) Public() bool { return a.State() == Signed }

// Ref names the version.
func (v AgreementVersion) Ref() ref.Ref {
	return ref.Ref{Kind: KindAgreementVersion, ID: v.ID, Path: "/agreements/" + v.AgreementID.String() + "/versions"}
}

// JournalVersion is 1: a version is never changed.
func (v AgreementVersion) JournalVersion() int64 { return 1 }

// Public is never: the way to the text is between the sides.
func (v AgreementVersion) Public() bool { return false }

// Root is the agreement on whose page the version is told.
func (v AgreementVersion) Root() ref.Ref { return ref.Ref{Kind: KindAgreement, ID: v.AgreementID} }

// Agreed is the revision to which a side agreed last.
func (a Agreement) Agreed(s Side) int {
	if s == FunderSide {
		return a.ByFunder
	}
	return a.ByOrg
}

// AwaitsConsent tells that a side has not agreed to the text as it stands.
func (a Agreement) AwaitsConsent(s Side) bool {
	return a.State() == Drafting && a.Agreed(s) < a.Revision
}

// check judges a text by itself and by what was granted. The names of fields are
// those of the form.
func (t AgreementText) check(granted int64) (bad problem.Fields) {
	p := t.Plan
	if err := problem.As(p.Check()); err != nil {
		bad.Merge("", err.Fields)
	}
	bad.Reject(p.Sum <= 0, "sum", "funding.sum_positive")
	bad.Reject(p.Sum > granted, "sum", "funding.more_than_granted", "most", i18n.Tiyn(granted))
	bad.Reject(len(p.Indicators) == 0, "indicators", "funding.none_named")
	bad.Reject(len(p.Lines) == 0, "lines", "funding.none_named")
	bad.Reject(len(p.Years) == 0, "years", "funding.none_named")
	bad.Reject(t.Sanctions.IsZero(), "sanctions", "form.required")
	bad.Reject(t.Rhythm == projects.NoReports || !slices.Contains(projects.Rhythms, t.Rhythm), "rhythm", "form.required")
	bad.Reject(t.Days < 1 || t.Days > 60, "report_days", "projects.report_days")
	t.checkTranches(&bad)
	return bad
}

// checkTranches: all the money comes in tranches, and each but the first has a
// condition: a report that must be accepted, or one in words.
func (t AgreementText) checkTranches(bad *problem.Fields) {
	reports := t.reports()
	var sum int64
	for i, x := range t.Plan.Tranches {
		at := field("tranches", i)
		sum += x.Sum
		bad.Reject(x.After > reports, at+"after", "projects.no_such_report", "most", reports)
		bad.Reject(i > 0 && x.After == 0 && x.Condition.IsZero(), at+"after", "funding.tranche_without_condition")
		bad.Reject(x.After == 0 && x.Due.IsZero(), at+"due", "form.required")
	}
	bad.Reject(sum != t.Plan.Sum, "tranches", "funding.tranches_differ", "sum", i18n.Tiyn(t.Plan.Sum))
}

// reports counts the reports that the text asks for.
func (t AgreementText) reports() int {
	if t.Plan.Starts.IsZero() || t.Plan.Ends.Before(t.Plan.Starts) {
		return 0
	}
	return len(projects.ScheduleOf(t.Rhythm, t.Plan.Starts, t.Plan.Ends, func(end db.Date) db.Date { return end }))
}

// change puts another text in the place of the present one, until it is settled.
// Nobody has agreed to the new one yet but the side that wrote it.
func (a *Agreement) change(s Side, text AgreementText, reason i18n.Text) error {
	if a.State() != Drafting {
		return problem.New(problem.Conflict, "funding.agreement.is_settled")
	}
	bad := text.check(a.Granted)
	bad.Reject(reason.IsZero(), "reason", "form.required")
	if err := bad.Err(); err != nil {
		return err
	}
	a.Text = text
	a.Revision++
	return nil
}

// agree notes that a side agrees to the text as it stands; settled tells that now
// both do.
func (a *Agreement) agree(s Side, revision int) (settled bool, err error) {
	switch {
	case a.State() != Drafting:
		return false, problem.New(problem.Conflict, "funding.agreement.is_settled")
	case revision != a.Revision:
		return false, problem.New(problem.Conflict, "funding.agreement.changed")
	}
	if err := a.Text.check(a.Granted).Err(); err != nil {
		return false, problem.New(problem.Conflict, "funding.agreement.incomplete")
	}
	if s == FunderSide {
		a.ByFunder = revision
	} else {
		a.ByOrg = revision
	}
	return a.ByFunder == a.Revision && a.ByOrg == a.Revision, nil
}

// reopen takes a settled text back to be changed, while nobody has signed it.
func (a *Agreement) reopen(signed int) error {
	if a.State() != Settled || signed > 0 {
		return problem.New(problem.Conflict, "funding.agreement.not_to_reopen")
	}
	a.SettledOn, a.SignBy, a.DocumentID, a.ByFunder, a.ByOrg = db.Date{}, db.Date{}, 0, 0, 0
	return nil
}

// void ends an agreement that was not signed by both.
func (a *Agreement) void(on db.Date, reason i18n.Text) error {
	if s := a.State(); s == Signed || s == Void {
		return problem.New(problem.Conflict, "funding.agreement.not_to_void")
	}
	if reason.IsZero() {
		return problem.Fields{"reason": {Key: "form.required"}}.Err()
	}
	a.VoidOn, a.VoidReason = on, reason
	return nil
}

// sideOf tells for which side the actor speaks and in which role. Who works for
// the applicant never speaks for the funder.
func (s *Service) sideOf(by access.Actor, a Agreement, c Call) (Side, access.Actor, bool) {
	switch {
	case by.LeadsOrg(a.OrgID):
		return ApplicantSide, by.As(access.Lead, a.OrgID), true
	case by.WorksFor(a.OrgID):
		return ApplicantSide, by.As(access.Staff, a.OrgID), true
	}
	as, err := s.mayKeepCall(by, c)
	return FunderSide, as, err == nil
}

// mayBind: who agrees and signs for a side: the lead of the applicant; on the
// funder's side whoever runs the call.
func (s *Service) mayBind(by access.Actor, a Agreement, c Call) (Side, access.Actor, error) {
	side, as, ok := s.sideOf(by, a, c)
	if !ok || side == ApplicantSide && !by.LeadsOrg(a.OrgID) {
		return side, by, problem.New(problem.Forbidden, "funding.agreement.leads_only")
	}
	return side, as, nil
}

// firstText is the text with which an agreement begins: the plan of the
// application within what was granted, a first tranche by the norm and the rest
// after accepted reports.
func firstText(p Proposal, kind string, granted int64, first int, days int) AgreementText {
	plan := p.Plan(kind, "KZT")
	plan.Sum = min(granted, p.Asked)
	t := AgreementText{Plan: plan, Activities: p.Activities, Rhythm: projects.Quarterly, Days: days}
	if p.months() < 6 {
		t.Rhythm = projects.FinalOnly
	}
	t.Plan.Years = yearsOf(plan.Sum, plan.Starts, plan.Ends)
	t.Plan.Tranches = tranchesOf(plan.Sum, first, t.reports(), plan.Starts)
	return t
}

// yearsOf parts a sum among the years of a project by their months, the last one
// taking the rest.
func yearsOf(sum int64, starts, ends db.Date) (years []projects.YearPlan) {
	months := func(y int) int64 {
		from, to := 1, 12
		if y == starts.Year() {
			_, m, _ := starts.Date()
			from = int(m)
		}
		if y == ends.Year() {
			_, m, _ := ends.Date()
			to = int(m)
		}
		return int64(to - from + 1)
	}
	var all int64
	for y := starts.Year(); y <= ends.Year(); y++ {
		all += months(y)
	}
	left := sum
	for y := starts.Year(); y <= ends.Year(); y++ {
		part := sum / all * months(y) / 100 * 100 // whole tenge
		if y == ends.Year() {
			part = left
		}
		left -= part
		years = append(years, projects.YearPlan{Year: y, Sum: part})
	}
	return years
}

// tranchesOf parts a sum into a first tranche in percent, and equal ones after
// each report but the last; after the only one where there is one.
func tranchesOf(sum int64, first, reports int, starts db.Date) []projects.Tranche {
	head := sum / 100 * int64(first) / 100 * 100
	list := []projects.Tranche{{Sum: head, Due: starts}}
	n := max(1, reports-1)
	left := sum - head
	for i := range n {
		part := left / int64(n-i) / 100 * 100
		if i == n-1 {
			part = left
		}
		left -= part
		list = append(list, projects.Tranche{Sum: part, After: i + 1})
	}
	return list
}
