package awards

import (
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindNominee is the kind of the ref of a nominee.
const KindNominee = "award_nominee"

// mostEvidence is how many projects and reports are laid beside one nominee.
const mostEvidence = 20

// Nominee is who was put forward in a nomination: an organization, or a private
// person who did so themselves. Pages tell of nobody but laureates.
type Nominee struct {
	ID         ref.ID `json:"id"`
	Version    int64  `json:"version"`
	RoundID    ref.ID `json:"round_id"`
	No         int    `json:"no"` // in the round
	Nomination int    `json:"nomination"`
	OrgID      ref.ID `json:"org_id"`
	PersonID   ref.ID `json:"person_id"`
	// PersonName is the name as it is to stand on a certificate.
	PersonName  string  `json:"person_name"`
	ConsentedAt db.Time `json:"consented_at"`
	// ByPerson is who put the nominee forward.
	ByPerson ref.ID    `json:"by_person"`
	Why      i18n.Text `json:"why"`
	// Evidence are projects of the organization in the portal's own record.
	Evidence     []ref.Ref `json:"evidence"`
	AdmittedAt   db.Time   `json:"admitted_at"`
	RefusedAt    db.Time   `json:"refused_at"`
	RefuseReason i18n.Text `json:"refuse_reason"`
	WithdrawnAt  db.Time   `json:"withdrawn_at"`
	Sample       bool      `json:"sample"`
	CreatedAt    db.Time   `json:"created_at"`
}

// Ref names the nominee; a private person by number only.
func (n Nominee) Ref() ref.Ref {
	return ref.Ref{Kind: KindNominee, ID: n.ID, Path: "/awards/" + n.RoundID.String() + "/candidates"}
}

// Root is the round.
func (n Nominee) Root() ref.Ref { return ref.Ref{Kind: KindRound, ID: n.RoundID} }

// JournalVersion is the version of the row.
func (n Nominee) JournalVersion() int64 { return n.Version }

// Public is never true of a nominee.
func (n Nominee) Public() bool { return false }

// NomineeState is where a nominee stands.
type NomineeState string

// The states of nominees.
const (
	PutForward NomineeState = "put"
	Admitted   NomineeState = "admitted"
	Refused    NomineeState = "refused"
	Withdrawn  NomineeState = "withdrawn"
)

// State is where the nominee stands.
func (n Nominee) State() NomineeState {
	switch {
	case !n.WithdrawnAt.IsZero():
		return Withdrawn
	case !n.RefusedAt.IsZero():
		return Refused
	case !n.AdmittedAt.IsZero():
		return Admitted
	}
	return PutForward
}

// NewNominee is what somebody says who puts a nominee forward; without OrgID it is
// the person themselves.
type NewNominee struct {
	Nomination int
	OrgID      ref.ID
	// PersonName and Consent are of a private person.
	PersonName string
	Consent    bool
	Why        i18n.Text
	// Evidence are the ids of projects of the organization.
	Evidence []ref.ID
}

// check judges what is said of a nominee in a round that takes candidates on a day.
func (n NewNominee) check(r Round, day db.Date) error {
	if r.StateOn(day) != Open {
		return problem.New(problem.Conflict, "awards.not_open")
	}
	var bad problem.Fields
	_, ok := r.Nomination(n.Nomination)
	bad.Reject(!ok, "nomination", "form.unknown_choice")
	bad.Reject(n.Why.IsZero(), "why", "form.required")
	bad.Reject(len(n.Evidence) > mostEvidence, "evidence", "awards.many_evidence", "max", mostEvidence)
	if n.OrgID == 0 {
		bad.Reject(!r.Persons, "org", "form.required")
		bad.Reject(r.Persons && n.PersonName == "", "person_name", "form.required")
		bad.Reject(r.Persons && !n.Consent, "consent", "awards.consent_needed")
	}
	return bad.Err()
}

// mayNominate: whoever is signed in where the round allows it, else the lead of the
// organization; a private person only themselves.
func mayNominate(by access.Actor, r Round, org ref.ID) error {
	switch {
	case by.IsPortal():
		return nil
	case !by.SignedIn():
		return problem.New(problem.Unauthenticated, "problem.sign_in")
	case org != 0 && r.Who == Themselves && !by.LeadsOrg(org):
		return problem.New(problem.Forbidden, "awards.own_only")
	}
	return nil
}

// mayWithdraw: the person themselves, or the lead of the organization, whoever put
// it forward.
func mayWithdraw(by access.Actor, n Nominee) error {
	if n.PersonID != 0 && n.PersonID == by.UserID || by.LeadsOrg(n.OrgID) {
		return nil
	}
	return problem.New(problem.Forbidden, "awards.nominee_withdraws")
}

// Judge admits a nominee, or refuses it with a reason.
func (n *Nominee) Judge(now time.Time, admit bool, why i18n.Text) error {
	switch {
	case n.State() != PutForward:
		return problem.New(problem.Conflict, "awards.nominee_judged")
	case !admit && why.IsZero():
		return problem.Fields{"why-" + n.ID.String(): {Key: "form.required"}}.Err()
	case admit:
		n.AdmittedAt = db.At(now)
	default:
		n.RefusedAt, n.RefuseReason = db.At(now), why
	}
	return nil
}
