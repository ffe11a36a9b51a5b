package funding

import (
	"strconv"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Kinds of a decision and of what it says of one application.
const (
	KindDecision = "decision"
	KindRuling   = "ruling"
)

// DecisionKind is what a decision decides about.
type DecisionKind string

// The kinds of decisions.
const (
	OnOrder     DecisionKind = "order"   // all applications of a round
	FromReserve DecisionKind = "reserve" // those in reserve, when money came free
	OnAppeal    DecisionKind = "appeal"  // one application, after its appeal
)

// Decision says who of a round is funded. It follows the order of the experts' marks
// but where it departs from it, with a reason. It is drafted by the funder's side,
// then put before those who decide, from when on it stands still, and published
// when they have decided: for the law's kinds the commission, at a meeting with a
// quorum; for a business or a foundation its lead.
type Decision struct {
	ID         ref.ID       `json:"id"`
	CallID     ref.ID       `json:"call_id"`
	Round      int          `json:"round"`
	No         int          `json:"no"` // in the round, from 1
	Kind       DecisionKind `json:"kind"`
	PanelID    ref.ID       `json:"panel_id"`
	AppealID   ref.ID       `json:"appeal_id,omitempty"`
	Departures []Departure  `json:"departures,omitempty"`
	// Note is what everybody is told beside: why it is made.
	Note  i18n.Text `json:"note" public:"funding.f.note"`
	PutAt db.Time   `json:"put_at"`
	// Sum is the money that it gives, in tiyn, and Funded to how many.
	Sum         int64   `json:"sum" public:"funding.decision.sum"`
	Funded      int     `json:"funded" public:"funding.decision.funded"`
	PublishedAt db.Time `json:"published_at"`
	DroppedAt   db.Time `json:"dropped_at"`
	Sample      bool    `json:"sample"`
	CreatedAt   db.Time `json:"created_at"`
	Version     int64   `json:"version"`
}

// DecisionState is where a decision stands.
type DecisionState string

// The states of a decision.
const (
	DecisionDraft     DecisionState = "draft"
	DecisionPut       DecisionState = "put" // before those who decide
	DecisionPublished DecisionState = "published"
	DecisionDropped   DecisionState = "dropped"
)

// State follows from what happened to the decision.
func (d Decision) State() DecisionState {
	switch {
	case !d.DroppedAt.IsZero():
		return DecisionDropped
	case !d.PublishedAt.IsZero():
		return DecisionPublished
	case !d.PutAt.IsZero():
		return DecisionPut
	}
	return DecisionDraft
}

// Key is the message key of the state.
func (s DecisionState) Key() string { return "funding.decision." + string(s) }

// Tone is how the state is shown.
func (s DecisionState) Tone() string {
	return map[DecisionState]string{DecisionDraft: "quiet", DecisionPut: "wait", DecisionPublished: "good", DecisionDropped: "quiet"}[s]
}

// Ref names the decision; everybody is told of it on the results of its round.
func (d Decision) Ref() ref.Ref {
	return ref.Ref{Kind: KindDecision, ID: d.ID, Path: "/calls/" + d.CallID.String() + "/results?round=" + strconv.Itoa(d.Round)}
}

// Path is where the funder's side makes the decision.
func (d Decision) Path() string { return "/decisions/" + d.ID.String() }

// Root is the call.
func (d Decision) Root() ref.Ref { return ref.Ref{Kind: KindCall, ID: d.CallID} }

// JournalVersion is the version of the row.
func (d Decision) JournalVersion() int64 { return d.Version }

// Public tells that everybody may see the decision: once it is published.
func (d Decision) Public() bool { return d.State() == DecisionPublished }

// Ruling is what a decision says of one application, from when it was put. Points
// are hundredths of a point of 100. What everybody may know of it, the results tell.
type Ruling struct {
	ID            ref.ID           `json:"id"`
	DecisionID    ref.ID           `json:"decision_id"`
	CallID        ref.ID           `json:"call_id"`
	ApplicationID ref.ID           `json:"application_id"`
	Outcome       ApplicationState `json:"outcome"`
	Granted       int64            `json:"granted"`
	Place         int              `json:"place"` // 0 without marks
	RawPlace      int              `json:"raw_place"`
	Points        int64            `json:"points"`
	RawPoints     int64            `json:"raw_points"`
	Marks         int              `json:"marks"`
	// Stays is in how many of 100 other panels it would have been funded; -1 where
	// the marks do not tell.
	Stays   int       `json:"stays"`
	Departs bool      `json:"departs"`
	Reason  i18n.Text `json:"reason"`
	Version int64     `json:"version"`
}

// Ref names the ruling: it is told on the page of its application.
func (v Ruling) Ref() ref.Ref {
	return ref.Ref{Kind: KindRuling, ID: v.ID, Path: "/applications/" + v.ApplicationID.String()}
}

// Root is the call.
func (v Ruling) Root() ref.Ref { return ref.Ref{Kind: KindCall, ID: v.CallID} }

// JournalVersion is the version of the row.
func (v Ruling) JournalVersion() int64 { return v.Version }

// Public is never: what everybody may know, the results tell.
func (v Ruling) Public() bool { return false }

// hundredths of a point.
func hundredths(points float64) int64 { return int64(points*100 + 0.5) }

// rulingOf keeps a line.
func rulingOf(d Decision, l Line) Ruling {
	return Ruling{DecisionID: d.ID, CallID: d.CallID, ApplicationID: l.ID, Outcome: l.Outcome, Granted: l.Granted, Place: l.Place, RawPlace: l.RawPlace,
		Points: hundredths(max(0, l.Corrected)), RawPoints: hundredths(l.Raw), Marks: l.Marks, Stays: l.Stays, Departs: l.Departs(), Reason: l.Reason, Version: 1}
}

// draft changes what a decision says that was not put yet.
func (d *Decision) draft(departures []Departure, note i18n.Text) error {
	if d.State() != DecisionDraft {
		return problem.New(problem.Conflict, "funding.decision.stands_still")
	}
	d.Departures, d.Note = departures, note
	return nil
}

// put lays the decision before those who decide.
func (d *Decision) put(at db.Time, lines []Line, b bounds) error {
	if d.State() != DecisionDraft {
		return problem.New(problem.Conflict, "funding.decision.stands_still")
	}
	bad := b.check(lines)
	bad.Reject(len(lines) == 0, "sum", "funding.decision.nobody")
	bad.Reject(d.Kind != OnOrder && d.Note.IsZero(), "note", "form.required")
	if err := bad.Err(); err != nil {
		return err
	}
	d.PutAt, d.Sum, d.Funded = at, granted(lines), 0
	for _, l := range lines {
		d.Funded += b2i(l.Outcome == Funded)
	}
	if d.Kind == FromReserve && d.Funded == 0 {
		return problem.Fields{"sum": {Key: "funding.decision.nobody"}}.Err()
	}
	return nil
}

// takeBack makes what was put a draft again; what was adopted as it stands is not
// changed any more.
func (d *Decision) takeBack(r Resolution) error {
	if d.State() != DecisionPut {
		return problem.New(problem.Conflict, "funding.decision.not_put")
	}
	if r.decided(d.PutAt) == nil {
		return problem.New(problem.Conflict, "funding.decision.is_adopted")
	}
	d.PutAt, d.Sum, d.Funded = db.Time{}, 0, 0
	return nil
}

// drop ends a decision that was not published.
func (d *Decision) drop(at db.Time) error {
	if s := d.State(); s != DecisionDraft && s != DecisionPut {
		return problem.New(problem.Conflict, "funding.decision.stands_still")
	}
	d.DroppedAt = at
	return nil
}

// Resolution is what a commission of the funder has said about a thing that lay
// before it, with a quorum; without one it has said nothing.
type Resolution struct {
	At      db.Time // when it was voted on; zero when it was not yet
	Adopted bool
	// Amended tells that it adopted another text, with its reason, than lay before it.
	Amended      bool
	Text, Reason i18n.Text
	Meeting      ref.Ref
}

// decided judges that what was put has been decided, after it was put and so on the
// text that stands. Changes by the commission are written in after its vote.
func (r Resolution) decided(putAt db.Time) error {
	before := r.At.Before(putAt.Time)
	switch {
	case r.At.IsZero() || before && !r.Amended:
		return problem.New(problem.Conflict, "funding.decision.not_voted")
	case !r.Adopted:
		return problem.New(problem.Conflict, "funding.decision.not_adopted")
	case r.Amended && !before:
		return problem.New(problem.Conflict, "funding.decision.amended")
	}
	return nil
}

// publish brings the decision out, with what became of its lines meanwhile.
func (d *Decision) publish(at db.Time, list []Ruling) error {
	if d.State() != DecisionPut {
		return problem.New(problem.Conflict, "funding.decision.not_put")
	}
	d.PublishedAt, d.Sum, d.Funded = at, 0, 0
	for _, v := range list {
		d.Sum += v.Granted
		d.Funded += b2i(v.Outcome == Funded)
	}
	return nil
}

// takes tells in which states applications are about which a decision decides.
func (k DecisionKind) takes(s ApplicationState) bool {
	switch k {
	case OnOrder:
		return s == Admitted
	case FromReserve:
		return s == Reserve
	case OnAppeal:
		return s == Reserve || s == Declined || s == Admitted
	}
	return false
}

// decide takes what a decision says of the application.
func (a *Application) decide(v Ruling) error {
	if v.Outcome == Funded && v.Granted > a.Proposal.Asked {
		return problem.New(problem.Conflict, "funding.decision.more_than_asked", "most", i18n.Tiyn(a.Proposal.Asked))
	}
	a.State = v.Outcome
	return nil
}
