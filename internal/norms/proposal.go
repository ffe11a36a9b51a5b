package norms

import (
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// What a proposal would change.
const (
	ANorm   = "norm"     // a norm gets another value
	ATerm   = "term"     // a list gets an entry, or an entry another name
	NoTerm  = "retire"   // an entry of a list goes out of use
	ATable  = "calendar" // a year gets its table of working days, or another one
	open    = "open"
	taken   = "confirmed"
	refused = "withdrawn"
)

// Draft is what a keeper proposes: exactly one of Norm, Term and Table, to hold
// from From, with the reason in the keeper's words.
type Draft struct {
	What   string
	From   db.Date
	Reason string
	Norm   *Norm
	Term   *Term
	Table  *Table
}

// Proposal is a change that waits for another keeper, or did.
type Proposal struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	What    string `json:"what"`
	// About is what it changes: the key of a norm, a list, "calendar/2027".
	About      string  `json:"about"`
	Body       Body    `json:"body"`
	From       db.Date `json:"valid_from"`
	Reason     string  `json:"reason"`
	State      string  `json:"state"` // open, confirmed or withdrawn
	ProposedBy ref.ID  `json:"proposed_by"`
	ProposedAt db.Time `json:"proposed_at"`
	DecidedBy  ref.ID  `json:"decided_by"`
	DecidedAt  db.Time `json:"decided_at"`
}

// Body is the value that is proposed.
type Body struct {
	Norm  *Norm  `json:"norm,omitempty"`
	Term  *Term  `json:"term,omitempty"`
	Table *Table `json:"calendar,omitempty"`
}

// Ref names the proposal in other rooms.
func (p Proposal) Ref() ref.Ref {
	return ref.Ref{Kind: "norm_proposal", ID: p.ID, Title: p.title(), Path: p.path()}
}

func (p Proposal) title() i18n.Text {
	switch {
	case p.Body.Norm != nil:
		return p.Body.Norm.Name
	case p.Body.Term != nil:
		return p.Body.Term.Name
	case p.Body.Table != nil:
		return p.Body.Table.Law
	}
	return i18n.Text{}
}

func (p Proposal) path() string {
	if p.What == ATerm || p.What == NoTerm {
		return "/norms/lists/" + p.About
	}
	return "/norms/" + p.About
}

// JournalVersion is the version of the row.
func (p Proposal) JournalVersion() int64 { return p.Version }

// Public tells that what keepers propose is seen by all.
func (p Proposal) Public() bool { return true }

// IsOpen tells that the proposal waits for a decision.
func (p Proposal) IsOpen() bool { return p.State == open }

// mayPropose: keepers of norms.
func mayPropose(by access.Actor) error {
	if by.SignedIn() && by.Has(access.Keeper) {
		return nil
	}
	return problem.New(problem.Forbidden, "norms.keepers_only")
}

// mayConfirm: a keeper, other than the one who proposed it.
func mayConfirm(by access.Actor, p Proposal) error {
	if err := mayPropose(by); err != nil {
		return err
	}
	if by.UserID == p.ProposedBy {
		return problem.New(problem.Forbidden, "norms.another_keeper")
	}
	return nil
}

// MayConfirm tells pages whether to offer the confirmation.
func (p Proposal) MayConfirm(by access.Actor) bool { return p.IsOpen() && mayConfirm(by, p) == nil }

// MayPropose tells pages whether to offer the form of a proposal.
func MayPropose(by access.Actor) bool { return mayPropose(by) == nil }

// about names what the draft changes.
func (d Draft) about() string {
	switch {
	case d.Norm != nil:
		return d.Norm.Key
	case d.Term != nil:
		return d.Term.List
	case d.Table != nil:
		return calendarPath(d.Table.Year)[len("/norms/"):]
	}
	return ""
}

// check judges a draft on the day on which it is proposed or confirmed.
func (d Draft) check(b *Book, today db.Date) error {
	var bad problem.Fields
	bad.Reject(!d.From.After(today), "from", "norms.from_future")
	bad.Reject(d.Reason == "", "reason", "form.required")
	switch {
	case d.What == ANorm && d.Norm != nil:
		bad.Merge("", d.Norm.check())
		bad.Reject(b.changesLater(d.Norm.Key, d.From), "from", "norms.later_exists")
	case d.What == ATerm && d.Term != nil:
		bad.Merge("", d.Term.check())
		bad.Reject(!slices.Contains(Lists, d.Term.List), "list", "form.unknown_choice")
		bad.Reject(b.termLater(*d.Term, d.From), "from", "norms.later_exists")
	case d.What == NoTerm && d.Term != nil:
		_, known := b.inUseOn(d.Term.List, d.Term.Code, d.From)
		bad.Reject(!known, "code", "norms.no_such_term")
	case d.What == ATable && d.Table != nil:
		bad.Merge("", d.Table.check(d.From))
		bad.Reject(slices.ContainsFunc(d.Table.Days, func(day Day) bool { return day.Date.Before(d.From) }), "days", "norms.day_past")
	default:
		bad.Reject(true, "what", "form.unknown_choice")
	}
	return bad.Err()
}

// changesLater tells that another value of the norm begins on or after a date.
func (b *Book) changesLater(key string, from db.Date) bool {
	return slices.ContainsFunc(b.norms[key], func(n Norm) bool { return !n.From.Before(from) })
}

func (b *Book) termLater(t Term, from db.Date) bool {
	return slices.ContainsFunc(b.terms[t.List], func(o Term) bool { return o.Code == t.Code && !o.Since.Before(from) })
}

// inUseOn is the entry of a list that is in use on a date.
func (b *Book) inUseOn(list, code string, on db.Date) (Term, bool) {
	i := slices.IndexFunc(b.terms[list], func(t Term) bool { return t.Code == code && t.In(on) })
	if i < 0 {
		return Term{}, false
	}
	return b.terms[list][i], true
}

// numFor is the number of a code in indexes: its own, or the next one of the list.
func (b *Book) numFor(list, code string) (num int64) {
	for _, t := range b.terms[list] {
		if t.Code == code {
			return t.Num
		}
		num = max(num, t.Num)
	}
	return num + 1
}
