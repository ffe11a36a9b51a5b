package funding

import (
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindAppeal is the kind of the ref of an appeal against a decision.
const KindAppeal = "decision_appeal"

// Appeal is the word of an applicant against what was decided about the
// application: a refusal by the formal check, or the decision of the round. It is
// heard by a new panel of other experts or by the commission, within a term. What
// came of it is public with the reasons; who appealed, and the grounds, are not.
type Appeal struct {
	ID            ref.ID `json:"id"`
	Number        string `json:"number" public:"funding.appeal.number"`
	ApplicationID ref.ID `json:"application_id"`
	CallID        ref.ID `json:"call_id"`
	Round         int    `json:"round"`
	OrgID         ref.ID `json:"org_id"`
	// Against is the state of the application that is appealed.
	Against ApplicationState `json:"against"`
	Grounds i18n.Text        `json:"grounds"`
	FiledAt db.Time          `json:"filed_at"`
	FiledBy ref.ID           `json:"filed_by"`
	Due     db.Date          `json:"due"` // the last day for an answer
	// PanelID are the experts who judge the application anew, 0 when the commission
	// hears the appeal.
	PanelID ref.ID        `json:"panel_id,omitempty"`
	Outcome AppealOutcome `json:"outcome" public:"funding.appeal.outcome"`
	Reasons i18n.Text     `json:"reasons" public:"funding.appeal.reasons"`
	EndedAt db.Time       `json:"ended_at"`
	// DecisionID is the decision that followed, 0 where none was needed.
	DecisionID ref.ID `json:"decision_id,omitempty"`
	Sample     bool   `json:"sample"`
	Version    int64  `json:"version"`
}

// AppealOutcome is what came of an appeal.
type AppealOutcome string

// The outcomes of an appeal; none while it is heard.
const (
	AppealGranted   AppealOutcome = "granted"
	AppealRejected  AppealOutcome = "rejected"
	AppealWithdrawn AppealOutcome = "withdrawn"
)

// State is where the appeal stands, as a word for pages.
func (a Appeal) State() string {
	if a.Outcome == "" {
		return "open"
	}
	return string(a.Outcome)
}

// Key is the message key of the state.
func (a Appeal) Key() string { return "funding.appeal." + a.State() }

// Tone is how the state is shown.
func (a Appeal) Tone() string {
	return map[string]string{"open": "wait", "granted": "good", "rejected": "quiet", "withdrawn": "quiet"}[a.State()]
}

// Ref names the appeal; its title is that of nobody.
func (a Appeal) Ref() ref.Ref {
	return ref.Ref{Kind: KindAppeal, ID: a.ID, Path: "/decision-appeals/" + a.ID.String()}
}

// Root is the call.
func (a Appeal) Root() ref.Ref { return ref.Ref{Kind: KindCall, ID: a.CallID} }

// JournalVersion is the version of the row.
func (a Appeal) JournalVersion() int64 { return a.Version }

// Public is never of the whole: what came of it, the results of the round tell.
func (a Appeal) Public() bool { return false }

// appealable tells whether an application can be appealed on a day. since is when
// the applicant was told, until the last day for it.
func (a Application) appealable(today, until db.Date) error {
	switch a.State {
	case Refused, Declined, Reserve:
	default:
		return problem.New(problem.Conflict, "funding.appeal.not_now")
	}
	if until.IsZero() || today.After(until) {
		return problem.New(problem.Conflict, "funding.appeal.too_late", "day", until)
	}
	return nil
}

// mostGrounds is how long the grounds of an appeal may be, in characters.
const mostGrounds = 10_000

func checkGrounds(grounds i18n.Text) error {
	var bad problem.Fields
	bad.Reject(grounds.IsZero(), "grounds", "form.required")
	for _, l := range i18n.Langs {
		bad.Reject(len([]rune(grounds.Get(l))) > mostGrounds, "grounds", "funding.appeal.long", "max", mostGrounds)
	}
	return bad.Err()
}

// open refuses acts on an appeal that has ended.
func (a Appeal) open() error {
	if a.Outcome != "" {
		return problem.New(problem.Conflict, "funding.appeal.ended")
	}
	return nil
}

// Answer is what becomes of an appeal: for one that is granted after the decision
// of the round, what becomes of the application.
type Answer struct {
	Granted bool
	Reasons i18n.Text
	Outcome ApplicationState
	Sum     int64 // tiyn, of one that is funded
}

// answer ends an appeal with reasons.
func (a *Appeal) answer(n Answer, at db.Time) error {
	if err := a.open(); err != nil {
		return err
	}
	var bad problem.Fields
	bad.Reject(n.Reasons.IsZero(), "reasons", "form.required")
	if err := bad.Err(); err != nil {
		return err
	}
	a.Outcome, a.Reasons, a.EndedAt = AppealRejected, n.Reasons, at
	if n.Granted {
		a.Outcome = AppealGranted
	}
	return nil
}

// checkOutcome judges what a granted appeal makes of an application that was
// decided about: it is better off than before.
func (a Appeal) checkOutcome(n Answer, asked int64, b bounds) error {
	var bad problem.Fields
	better := n.Outcome == Funded || n.Outcome == Reserve && a.Against != Reserve
	bad.Reject(!better, "outcome", "funding.appeal.no_better")
	if n.Outcome == Funded {
		bad.Reject(b.wins.full(b.won, a.OrgID), "outcome", "funding.decision.won_enough", "number", a.Number, "most", b.wins.Wins)
		bad.Reject(n.Sum <= 0, "sum", "funding.more_than_zero")
		bad.Reject(n.Sum > asked, "sum", "funding.decision.more_than_asked", "most", i18n.Tiyn(asked))
		bad.Reject(n.Sum > 0 && n.Sum < b.min, "sum", "funding.decision.too_little", "least", i18n.Tiyn(b.min))
		bad.Reject(b.max > 0 && n.Sum > b.max, "sum", "funding.asked_too_much", "most", i18n.Tiyn(b.max))
		bad.Reject(n.Sum > b.left, "sum", "funding.appeal.no_money", "left", i18n.Tiyn(max(b.left, 0)))
	}
	return bad.Err()
}

// readmit brings an application back that the formal check had refused.
func (a *Application) readmit() error {
	if a.State != Refused {
		return problem.New(problem.Conflict, "funding.appeal.not_now")
	}
	a.State = Admitted
	return nil
}
