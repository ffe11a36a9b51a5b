package funding

import (
	"net/url"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Application is what an organization handed in for a round of a call: a snapshot
// of its draft with the version of the form on which it was written. It never
// changes but through one return by the funder's side. Until the decision it is
// seen by the two sides only.
type Application struct {
	ID      ref.ID `json:"id"`
	Number  string `json:"number"` // of the receipt: 2026-000123
	CallID  ref.ID `json:"call_id"`
	Round   int    `json:"round"`
	OrgID   ref.ID `json:"org_id"`
	DraftID ref.ID `json:"draft_id"`
	// FormID and FormVersion are the call's own form to which Answers belong; these
	// are kept by the names of the fields, as they were typed.
	FormID      ref.ID      `json:"form_id,omitempty"`
	FormVersion int         `json:"form_version,omitempty"`
	Proposal    Proposal    `json:"proposal"`
	Answers     url.Values  `json:"answers,omitempty"`
	Papers      []PaperFile `json:"papers,omitempty"`
	// Contact is whom to ask. It is no part of any entry of the journal.
	Contact Contact          `json:"-"`
	State   ApplicationState `json:"state"`
	// SubmittedAt is when it was handed in first, MendedAt when it came back after
	// the return.
	SubmittedAt db.Time `json:"submitted_at"`
	SubmittedBy ref.ID  `json:"submitted_by"`
	MendedAt    db.Time `json:"mended_at"`
	// Check is what the formal check found, item by item.
	Check     []CheckItem `json:"check,omitempty"`
	CheckedAt db.Time     `json:"checked_at"`
	CheckedBy ref.ID      `json:"checked_by"`
	// ReturnedAt tells that it was returned for correction, which is done once at
	// most; Mend names the fields and FixDue is the last day.
	ReturnedAt  db.Time `json:"returned_at"`
	Mend        []Mend  `json:"mend,omitempty"`
	FixDue      db.Date `json:"fix_due"`
	WithdrawnAt db.Time `json:"withdrawn_at"`
	// Reason is why it was withdrawn.
	Reason i18n.Text `json:"reason"`
	// NormsOn is the date whose norms the application lives by: those of its call.
	NormsOn db.Date `json:"norms_on"`
	Sample  bool    `json:"sample"`
	Version int64   `json:"version"`
}

// ApplicationState is where an application stands.
type ApplicationState string

// The states of an application.
const (
	Submitted ApplicationState = "submitted" // waits for the formal check
	Returned  ApplicationState = "returned"  // waits for the correction
	Admitted  ApplicationState = "admitted"  // to be judged
	Refused   ApplicationState = "refused"   // by the formal check
	Withdrawn ApplicationState = "withdrawn"
	Funded    ApplicationState = "funded"
	Reserve   ApplicationState = "reserve"
	Declined  ApplicationState = "declined"
)

// ApplicationStates lists the states in the order in which they are shown.
var ApplicationStates = []ApplicationState{Submitted, Returned, Admitted, Refused, Funded, Reserve, Declined, Withdrawn}

// Key is the message key of the state.
func (s ApplicationState) Key() string { return "funding.application." + string(s) }

// Tone is how the state is shown.
func (s ApplicationState) Tone() string {
	switch s {
	case Submitted, Returned:
		return "wait"
	case Admitted, Funded:
		return "good"
	case Refused:
		return "late"
	}
	return "quiet"
}

// Checked tells that the formal check is through.
func (s ApplicationState) Checked() bool { return s != Submitted && s != Returned }

// Contact is the person whom the funder's side may ask.
type Contact struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Mail  string `json:"mail"`
}

// PaperFile is a file that the applicant attached; Paper is the place of the paper
// in the terms of the call, from 1, 0 for others.
type PaperFile struct {
	Paper     int    `json:"paper"`
	FileID    ref.ID `json:"file_id"`
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
}

// Ref names the application.
func (a Application) Ref() ref.Ref {
	return ref.Ref{Kind: KindApplication, ID: a.ID, Title: a.Proposal.Title, Path: "/applications/" + a.ID.String()}
}

// JournalVersion is the version of the row.
func (a Application) JournalVersion() int64 { return a.Version }

// Public is never: what everybody may know of an application, the decision tells.
func (a Application) Public() bool { return false }

// maySeeApplication: people of the applicant, and the funder's side but those who
// work for the applicant themselves.
func (s *Service) maySeeApplication(by access.Actor, a Application, c Call) bool {
	return by.WorksFor(a.OrgID) || s.MayKeepCall(by, c)
}

// mayCheckApplication: the funder's side, nobody who works for the applicant.
func (s *Service) mayCheckApplication(by access.Actor, a Application, c Call) (access.Actor, error) {
	if by.WorksFor(a.OrgID) {
		return by, problem.New(problem.Forbidden, "funding.own_application")
	}
	return s.mayKeepCall(by, c)
}

// Withdraw takes the application back, with a reason, until it has won or lost.
func (a *Application) Withdraw(at db.Time, reason i18n.Text) error {
	if !slices.Contains([]ApplicationState{Submitted, Returned, Admitted, Reserve}, a.State) {
		return problem.New(problem.Conflict, "funding.application.not_to_withdraw")
	}
	if reason.IsZero() {
		return problem.Fields{"reason": {Key: "form.required"}}.Err()
	}
	a.State, a.WithdrawnAt, a.Reason = Withdrawn, at, reason
	return nil
}

// handedIn judges when an application is handed in: received is when it came to
// the portal, now the portal's clock and latest the newest time of which the
// journal tells. Where that lies in the future the clock was set back, and the
// journal's time counts: nobody is early by a wrong clock.
func handedIn(received, now, latest, closes db.Time) (at db.Time, inTime bool) {
	at = received
	if latest.Sub(now.Time) > clockSlack {
		at = latest
	}
	return at, at.Before(closes.Time)
}
