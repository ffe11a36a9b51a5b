package funding

import (
	"slices"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// clockSlack is how far the clocks of two nodes may differ.
const clockSlack = 5 * time.Second

// CheckItem is one question of the formal check: whether the application meets a
// condition, and if not why.
type CheckItem struct {
	Code   string    `json:"code"` // a CheckCode, or a condition of the call
	OK     bool      `json:"ok"`
	Reason i18n.Text `json:"reason"` // of a "no"
}

// The questions that every formal check asks; the conditions of the call are asked
// beside them.
const (
	CheckApplicant = "applicant" // is one who may apply
	CheckForm      = "form"      // is filled in by the form
	CheckPapers    = "papers"    // all there and readable
	CheckBudget    = "budget"    // keeps to the terms of the call
)

// CheckCodes lists the questions of the formal check of a call.
func CheckCodes(t Terms) []string {
	codes := []string{CheckApplicant, CheckForm, CheckPapers, CheckBudget}
	for _, c := range t.Eligibility {
		codes = append(codes, ConditionCode(c.Code))
	}
	return codes
}

// ConditionCode is the question about a requirement of the call.
func ConditionCode(requirement string) string { return "condition." + requirement }

// Mend is one field that the applicant is to correct, and why.
type Mend struct {
	Field string    `json:"field"`
	Note  i18n.Text `json:"note"`
}

// checkable tells whether the application waits for the formal check: one that was
// returned, when nobody corrected it in time.
func (a Application) checkable(today db.Date) error {
	if a.State != Submitted && !(a.State == Returned && today.After(a.FixDue)) {
		return problem.New(problem.Conflict, "funding.application.not_to_check")
	}
	return nil
}

// answered judges that every question of the check has its answer, and every "no"
// its reason.
func answered(items []CheckItem, codes []string) (bad problem.Fields) {
	for _, code := range codes {
		i := slices.IndexFunc(items, func(c CheckItem) bool { return c.Code == code })
		if bad.Reject(i < 0, checkField(code), "form.required"); i >= 0 {
			bad.Reject(!items[i].OK && items[i].Reason.IsZero(), checkField(code)+".reason", "form.required")
		}
	}
	return bad
}

func checkField(code string) string { return "check." + code }

func failed(items []CheckItem) bool {
	return slices.ContainsFunc(items, func(c CheckItem) bool { return !c.OK })
}

// Admit lets the application go to those who judge: every question has a yes.
func (a *Application) Admit(items []CheckItem, codes []string, at db.Time, today db.Date, by ref.ID) error {
	if err := a.checkable(today); err != nil {
		return err
	}
	bad := answered(items, codes)
	bad.Reject(failed(items), "do", "funding.check.has_no")
	return a.judged(Admitted, items, at, by, bad)
}

// Refuse ends the way of the application: at least one question has a no, each
// with its reason.
func (a *Application) Refuse(items []CheckItem, codes []string, at db.Time, today db.Date, by ref.ID) error {
	if err := a.checkable(today); err != nil {
		return err
	}
	bad := answered(items, codes)
	bad.Reject(!failed(items), "do", "funding.check.no_reason")
	return a.judged(Refused, items, at, by, bad)
}

func (a *Application) judged(state ApplicationState, items []CheckItem, at db.Time, by ref.ID, bad problem.Fields) error {
	if err := bad.Err(); err != nil {
		return err
	}
	a.State, a.Check, a.CheckedAt, a.CheckedBy = state, items, at, by
	return nil
}

// Return gives the application back for correction of the named fields until the
// end of a day. It is done once.
func (a *Application) Return(mend []Mend, due db.Date, at db.Time, by ref.ID) error {
	if a.State != Submitted {
		return problem.New(problem.Conflict, "funding.application.not_to_check")
	}
	if !a.ReturnedAt.IsZero() {
		return problem.New(problem.Conflict, "funding.check.returned_once")
	}
	var bad problem.Fields
	bad.Reject(len(mend) == 0, "mend", "funding.check.nothing_to_mend")
	bad.Reject(due.IsZero(), "do", "funding.check.no_return")
	for _, m := range mend {
		_, ok := StepOf(m.Field)
		bad.Reject(!ok && m.Field != string(StepPapers), "mend", "form.unknown_choice")
		bad.Reject(m.Note.IsZero(), "mend."+m.Field, "form.required")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	a.State, a.Mend, a.FixDue, a.ReturnedAt, a.CheckedBy = Returned, mend, due, at, by
	return nil
}

// Mended takes the corrected snapshot in place of the returned one; what was not
// named stays as it was.
func (a *Application) Mended(at db.Time, today db.Date) error {
	if a.State != Returned {
		return problem.New(problem.Conflict, "funding.application.not_returned")
	}
	if today.After(a.FixDue) {
		return problem.New(problem.Conflict, "funding.application.fix_over", "day", a.FixDue)
	}
	a.State, a.MendedAt = Submitted, at
	return nil
}

// mended lists the fields of the returned application that may be changed.
func (a Application) mendable() (names []string) {
	for _, m := range a.Mend {
		names = append(names, m.Field)
	}
	return names
}
