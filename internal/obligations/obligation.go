// Package obligations keeps whatever somebody owes somebody by a date, as one
// kind of record: a report, a yearly return, a reply to a recommendation.
//
// Each says its ground: the law, an agreement or a promise, and scores never add
// the three together. A due date is computed once and stored; it is moved by one
// extension with a reason given before the term ends, or by a change of the
// calendar, and then never to an earlier day. The state is never typed: it
// follows from the record and today's date. The one who owes may answer beside
// every mark; the one to whom it is owed may dispute that it was kept.
//
// Other rooms create and settle obligations in their own transactions and keep
// no clocks of their own.
package obligations

import (
	"birge/internal/norms"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Kind is the kind of the ref of an obligation.
const Kind = "obligation"

// Ground is why something is owed.
type Ground string

// The three grounds.
const (
	Law       Ground = "law"
	Agreement Ground = "agreement"
	Promise   Ground = "promise"
)

// Grounds lists the grounds in the order in which pages show them.
var Grounds = []Ground{Law, Agreement, Promise}

// Outcome is how an obligation ended; empty while it runs.
type Outcome string

// The outcomes.
const (
	Kept     Outcome = "kept"     // what was owed was done
	Released Outcome = "released" // nothing is owed any more
	Carried  Outcome = "carried"  // a later obligation took its place
)

// State is how an obligation stands on a day.
type State string

// The states.
const (
	StateOpen     State = "open"      // its term runs
	StateExtended State = "extended"  // its term was extended and runs
	StateKept     State = "kept"      // done within the term
	StateKeptLate State = "kept_late" // done after the term
	StateLate     State = "late"      // the term has passed; the one who owes has answered
	StateSilent   State = "silent"    // the term has passed without a word
	StateDisputed State = "disputed"  // said to be done, denied by the other side
	StateReleased State = "released"  // nothing is owed any more
	StateCarried  State = "carried"   // goes on as a later obligation
)

// AnyOverdue is what a filter says for late with or without an answer.
const AnyOverdue State = "overdue"

// States lists the states in the order in which pages show them.
var States = []State{
	StateOpen, StateExtended, StateLate, StateSilent, StateDisputed, StateKept, StateKeptLate, StateReleased, StateCarried,
}

// Overdue tells that the term has passed and nothing was done.
func (s State) Overdue() bool { return s == StateLate || s == StateSilent }

// Running tells that the obligation still waits to be done.
func (s State) Running() bool { return s == StateOpen || s == StateExtended || s.Overdue() }

// Obligation is something that Owner owes To by the end of the day Due.
type Obligation struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	// Kind names the act that is owed, by its room: "projects.report".
	Kind string `json:"kind"`
	// What is owed in words; where it is empty WhatKey is the message key of the
	// sentence and WhatArgs its pairs of name and value.
	What     i18n.Text `json:"what"`
	WhatKey  string    `json:"what_key"`
	WhatArgs []string  `json:"what_args"`
	Ground   Ground    `json:"ground"`
	// GroundText cites the article, the agreement or the words of the promise.
	GroundText i18n.Text `json:"ground_text"`
	// Thing is what it is about; Page is the thing on whose page it is told.
	Thing ref.Ref `json:"thing"`
	Page  ref.Ref `json:"root"`
	// Owner owes, To is owed; To is zero when it is owed to the public.
	Owner ref.Ref `json:"owner"`
	To    ref.Ref `json:"to"`
	// Proposer is the person who asked for it and may dispute it, 0 as a rule.
	// It is no part of any entry or answer.
	Proposer ref.ID  `json:"-"`
	PlaceID  ref.ID  `json:"place_id"`
	Since    db.Date `json:"since"`
	// FirstDue is the day first computed, Due the last day of the term as it
	// stands. TermFrom and TermDays are set for a term counted in working days.
	FirstDue    db.Date   `json:"first_due"`
	Due         db.Date   `json:"due"`
	TermFrom    db.Date   `json:"term_from"`
	TermDays    int64     `json:"term_days"`
	ExtendedOn  db.Date   `json:"extended_on"`
	ExtendedWhy i18n.Text `json:"extended_why"`
	RepliedOn   db.Date   `json:"replied_on"`
	Reply       i18n.Text `json:"reply"`
	Outcome     Outcome   `json:"outcome"`
	OutcomeOn   db.Date   `json:"outcome_on"`
	OutcomeNote i18n.Text `json:"outcome_note"`
	DisputedOn  db.Date   `json:"disputed_on"`
	DisputeText i18n.Text `json:"dispute"`
	Rejoinder   i18n.Text `json:"rejoinder"` // the owner's word beside the dispute
	CarriedFrom ref.ID    `json:"carried_from"`
	CarriedTo   ref.ID    `json:"carried_to"`
	ShownToAll  bool      `json:"public"`
	Sample      bool      `json:"sample"`
}

// Ref names the obligation to other rooms.
func (o Obligation) Ref() ref.Ref {
	return ref.Ref{Kind: Kind, ID: o.ID, Title: o.What, Path: "/obligations/" + o.ID.String()}
}

// Told says in the reader's language what is owed. Dates among the arguments are
// written as people write them.
func (o Obligation) Told(p *i18n.Printer) string {
	if o.WhatKey == "" {
		return p.Text(o.What)
	}
	args := make([]any, len(o.WhatArgs))
	for i, a := range o.WhatArgs {
		args[i] = a
		if d, err := db.ParseDate(a); err == nil {
			args[i] = p.ShortDate(d)
		}
	}
	return p.T(o.WhatKey, args...)
}

// JournalVersion is the version of the row.
func (o Obligation) JournalVersion() int64 { return o.Version }

// Public tells whether strangers may see it.
func (o Obligation) Public() bool { return o.ShownToAll }

// Root is the thing on whose page the obligation is told.
func (o Obligation) Root() ref.Ref { return o.Page }

// State is how o stands on the day today.
func (o Obligation) State(today db.Date) State {
	switch {
	case o.Outcome == Released:
		return StateReleased
	case o.Outcome == Carried:
		return StateCarried
	case !o.DisputedOn.IsZero():
		return StateDisputed
	case o.Outcome == Kept && !o.OutcomeOn.After(o.Due):
		return StateKept
	case o.Outcome == Kept:
		return StateKeptLate
	case !today.After(o.Due) && !o.ExtendedOn.IsZero():
		return StateExtended
	case !today.After(o.Due):
		return StateOpen
	case !o.RepliedOn.IsZero() || !o.ExtendedOn.IsZero():
		return StateLate
	}
	return StateSilent
}

// DaysLeft counts the days until the term ends; negative when it has passed.
func (o Obligation) DaysLeft(today db.Date) int { return today.DaysUntil(o.Due) }

// mayAnswer: only the one who owes answers, and nobody tells whether a hidden
// obligation exists.
func mayAnswer(by access.Actor, o Obligation) error {
	if owes(by, o) {
		return nil
	}
	return refuse(o, "obligations.owner_only")
}

// mayExtend: a promise is extended by the one who gave it, everything else by
// the one to whom it is owed.
func mayExtend(by access.Actor, o Obligation) error {
	if o.Ground == Promise && owes(by, o) || o.Ground != Promise && isOwed(by, o) {
		return nil
	}
	return refuse(o, "obligations.extend_right")
}

// mayRelease: only the one to whom it is owed; nobody releases from the law.
func mayRelease(by access.Actor, o Obligation) error {
	if o.Ground != Law && isOwed(by, o) {
		return nil
	}
	return refuse(o, "obligations.release_right")
}

// mayDispute: the one to whom it is owed, or the person who proposed it.
func mayDispute(by access.Actor, o Obligation) error {
	if isOwed(by, o) || o.Proposer != 0 && by.UserID == o.Proposer {
		return nil
	}
	return refuse(o, "obligations.dispute_right")
}

func refuse(o Obligation, key string) error {
	if !o.ShownToAll {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	return problem.New(problem.Forbidden, key)
}

func owes(by access.Actor, o Obligation) bool { return standsFor(by, o.Owner) }

func isOwed(by access.Actor, o Obligation) bool {
	if o.To.IsZero() {
		return o.PlaceID != 0 && by.Has(access.Officer, o.PlaceID)
	}
	return standsFor(by, o.To)
}

// standsFor tells whether the actor may speak for the body or person r.
func standsFor(by access.Actor, r ref.Ref) bool {
	if r.IsZero() {
		return false
	}
	return by.WorksFor(r.ID) || by.Has(access.Officer, r.ID) || by.SignedIn() && by.UserID == r.ID
}

// extend gives o a later term, once, before the first one ends.
func (o *Obligation) extend(due db.Date, why i18n.Text, today db.Date) error {
	var bad problem.Fields
	bad.Reject(!due.After(o.Due), "due", "obligations.extend_later")
	bad.Reject(why.Trim().IsZero(), "why", "obligations.why_missing")
	switch {
	case o.Outcome != "":
		return problem.New(problem.Conflict, "obligations.ended")
	case !o.ExtendedOn.IsZero():
		return problem.New(problem.Conflict, "obligations.extended_once")
	case today.After(o.Due):
		return problem.New(problem.Conflict, "obligations.term_over")
	case bad != nil:
		return bad.Err()
	}
	o.Due, o.ExtendedOn, o.ExtendedWhy = due, today, why.Trim()
	return nil
}

// answer sets the owner's word beside the mark. Beside a dispute it is the
// rejoinder, otherwise the reply.
func (o *Obligation) answer(text i18n.Text, today db.Date) error {
	var bad problem.Fields
	bad.Reject(text.Trim().IsZero(), "reply", "obligations.reply_missing")
	if bad != nil {
		return bad.Err()
	}
	if !o.DisputedOn.IsZero() {
		o.Rejoinder = text.Trim()
		return nil
	}
	o.Reply = text.Trim()
	if o.RepliedOn.IsZero() {
		o.RepliedOn = today
	}
	return nil
}

// settle ends o. What is done again after a dispute is judged anew.
func (o *Obligation) settle(how Outcome, on db.Date, note i18n.Text) error {
	if o.Outcome != "" && o.DisputedOn.IsZero() {
		return problem.New(problem.Conflict, "obligations.ended")
	}
	o.Outcome, o.OutcomeOn, o.OutcomeNote = how, on, note.Trim()
	o.DisputedOn, o.DisputeText, o.Rejoinder = db.Date{}, i18n.Text{}, i18n.Text{}
	return nil
}

// reopen puts o back as it ran before it was settled.
func (o *Obligation) reopen() error {
	if o.Outcome == Carried {
		return problem.New(problem.Conflict, "obligations.ended")
	}
	o.Outcome, o.OutcomeOn, o.OutcomeNote = "", db.Date{}, i18n.Text{}
	o.DisputedOn, o.DisputeText, o.Rejoinder = db.Date{}, i18n.Text{}, i18n.Text{}
	return nil
}

// deny says that o was not kept, with the reason.
func (o *Obligation) deny(why i18n.Text, today db.Date) error {
	var bad problem.Fields
	bad.Reject(why.Trim().IsZero(), "why", "obligations.why_missing")
	switch {
	case o.Outcome != Kept:
		return problem.New(problem.Conflict, "obligations.dispute_kept_only")
	case !o.DisputedOn.IsZero():
		return problem.New(problem.Conflict, "obligations.disputed_already")
	case bad != nil:
		return bad.Err()
	}
	o.DisputedOn, o.DisputeText = today, why.Trim()
	return nil
}

// withdraw takes the dispute back: o counts as kept again.
func (o *Obligation) withdraw() error {
	if o.DisputedOn.IsZero() {
		return problem.New(problem.Conflict, "obligations.not_disputed")
	}
	o.DisputedOn, o.DisputeText, o.Rejoinder = db.Date{}, i18n.Text{}, i18n.Text{}
	return nil
}

// Calendar tells working days.
type Calendar interface {
	IsWorking(d db.Date) bool
	// AddWorkingDays is the last day of a term of n working days from the day
	// after from.
	AddWorkingDays(from db.Date, n int) db.Date
}

// dueBy is the day that the calendar gives for the term of o. A term counted in
// working days is counted again; a date of law on a day off goes to the next
// working day; other dates stay.
func (o Obligation) dueBy(cal Calendar) db.Date {
	if o.TermDays > 0 {
		return cal.AddWorkingDays(o.TermFrom, int(o.TermDays))
	}
	if o.Ground == Law && !cal.IsWorking(o.FirstDue) {
		return cal.AddWorkingDays(o.FirstDue, 1)
	}
	return o.FirstDue
}

// movedBy tells whether the calendar moves the running term of o, and to which
// day: never to an earlier one. An extended term is a decision and stays.
func (o Obligation) movedBy(cal Calendar) (db.Date, bool) {
	if o.Outcome != "" || !o.ExtendedOn.IsZero() {
		return o.Due, false
	}
	due := o.dueBy(cal)
	return due, due.After(o.Due)
}

// reminderNorms are the norms that say how many days before the end of a term
// the one who owes is reminded, and with sign -1 how many days after it.
var reminderNorms = []struct {
	key  string
	sign int
}{{"reminder.first", 1}, {"reminder.second", 1}, {"reminder.last", 1}, {"reminder.after", -1}}

// ReminderDays tells how many days before the end of a term the one who owes is
// reminded, by the norms of a day; a negative number is a day after the end.
func ReminderDays(b *norms.Book, on db.Date) []int {
	var days []int
	for _, r := range reminderNorms {
		if n, ok := b.Norm(r.key, on); ok {
			days = append(days, r.sign*int(n.Value.N))
		}
	}
	return days
}

// reminders lists the days on which the owner of o is reminded, so many days
// before the end of the term, those before or on today left out.
func (o Obligation) reminders(before []int, today db.Date) []db.Date {
	var days []db.Date
	for _, n := range before {
		if d := o.Due.AddDays(-n); d.After(today) {
			days = append(days, d)
		}
	}
	return days
}

// Score counts obligations of one ground by how they stand.
type Score struct {
	Kept     int64 `json:"kept"`
	KeptLate int64 `json:"kept_late"`
	Late     int64 `json:"late"`
	Silent   int64 `json:"silent"`
	Disputed int64 `json:"disputed"`
	Running  int64 `json:"running"` // open or extended
	Released int64 `json:"released"`
	Carried  int64 `json:"carried"`
}

// Column is one figure of a score; State is the state that it counts, empty where
// it adds several.
type Column struct {
	Name  string
	State State
	N     int64
}

// Columns lists the figures of the score that tables show, in their order.
func (s Score) Columns() []Column {
	return []Column{
		{"running", "", s.Running}, {"kept", StateKept, s.Kept}, {"kept_late", StateKeptLate, s.KeptLate},
		{"late", StateLate, s.Late}, {"silent", StateSilent, s.Silent}, {"disputed", StateDisputed, s.Disputed},
	}
}

// Total counts all obligations of the score.
func (s Score) Total() int64 {
	return s.Kept + s.KeptLate + s.Late + s.Silent + s.Disputed + s.Running + s.Released + s.Carried
}

// Judged counts those whose term is over and which were not released.
func (s Score) Judged() int64 { return s.Kept + s.KeptLate + s.Late + s.Silent + s.Disputed }

// add counts n obligations in a state.
func (s *Score) add(state State, n int64) {
	switch state {
	case StateKept:
		s.Kept += n
	case StateKeptLate:
		s.KeptLate += n
	case StateLate:
		s.Late += n
	case StateSilent:
		s.Silent += n
	case StateDisputed:
		s.Disputed += n
	case StateReleased:
		s.Released += n
	case StateCarried:
		s.Carried += n
	default:
		s.Running += n
	}
}

// Scores are the scores by ground; the three are never added together.
type Scores map[Ground]Score

// Overdue counts what is late, with or without an answer. It ranks and warns;
// a score is told by ground.
func (s Scores) Overdue() (n int64) {
	for _, sc := range s {
		n += sc.Late + sc.Silent
	}
	return n
}

// Rights are what a reader may do with an obligation as it stands.
type Rights struct{ Answer, Extend, Release, Dispute, Withdraw bool }

// RightsOf tells which acts a page offers; each act checks again.
func RightsOf(by access.Actor, o Obligation) Rights {
	disputed := !o.DisputedOn.IsZero()
	return Rights{
		Answer:   mayAnswer(by, o) == nil,
		Extend:   mayExtend(by, o) == nil && o.Outcome == "" && o.ExtendedOn.IsZero(),
		Release:  mayRelease(by, o) == nil && o.Outcome == "",
		Dispute:  mayDispute(by, o) == nil && o.Outcome == Kept && !disputed,
		Withdraw: mayDispute(by, o) == nil && disputed,
	}
}
