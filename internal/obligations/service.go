package obligations

import (
	"cmp"
	"context"
	"slices"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Service keeps the obligations of the portal.
type Service struct {
	db       *db.DB
	zone     *time.Location
	calendar func() Calendar
	remindOn func(norms db.Date) []int
	// Remind is called in the transaction of each reminder that is due; it
	// enqueues the letter. daysLeft is negative when the term has passed.
	Remind func(ctx context.Context, tx *db.Tx, o Obligation, daysLeft int) error
}

// New makes the service. zone is where days begin and end; calendar gives the
// working days as they stand now, remindOn the ReminderDays by the norms of a day.
func New(d *db.DB, zone *time.Location, calendar func() Calendar, remindOn func(norms db.Date) []int) *Service {
	return &Service{db: d, zone: zone, calendar: calendar, remindOn: remindOn}
}

// Today is the day it is on the portal.
func (s *Service) Today() db.Date { return db.DateOf(s.db.Now().In(s.zone)) }

func (s *Service) today(tx *db.Tx) db.Date { return db.DateOf(tx.Now().In(s.zone)) }

// Debt is what a room says when somebody comes to owe something.
type Debt struct {
	// Kind names the act that is owed, by its room: "projects.report".
	Kind string
	// What is owed, in words of people; or WhatKey with WhatArgs, pairs of name
	// and value, in the portal's own words.
	What       i18n.Text
	WhatKey    string
	WhatArgs   []string
	Ground     Ground
	GroundText i18n.Text
	// Thing is what it is about; Root is the thing on whose page it is told,
	// Thing itself when it is left out.
	Thing, Root ref.Ref
	// Owner owes; To is owed, zero for the public; Proposer may dispute.
	Owner, To ref.Ref
	Proposer  ref.ID
	PlaceID   ref.ID
	// Due is the last day of the term. Instead, From and WorkingDays give a term
	// that is counted from the day after From.
	Due         db.Date
	From        db.Date
	WorkingDays int
	// Private obligations are seen by the two sides only.
	Private bool
	Sample  bool
}

// Owe makes an obligation, in the transaction of what causes it. When the same
// thing already owes the same act, that obligation is given back unchanged.
func (s *Service) Owe(ctx context.Context, tx *db.Tx, by access.Actor, n Debt) (Obligation, error) {
	if old, ok, err := byThing(ctx, tx, n.Thing, n.Kind); err != nil || ok {
		return old, err
	}
	o := s.made(tx, n)
	return o, s.owe(ctx, tx, by, o)
}

func (s *Service) owe(ctx context.Context, tx *db.Tx, by access.Actor, o Obligation) error {
	if err := insert(ctx, tx, o); err != nil {
		return err
	}
	if err := s.putReminders(ctx, tx, o); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, ActOwe, nil, o)
}

// Acts that no hand of the sides is behind.
const (
	ActOwe      = "obligations.owe"
	ActMove     = "obligations.move"
	ActTakeBack = "obligations.take_back"
)

// TakeBack removes the obligations of a kind that are told on the pages of roots,
// when what made them owed is itself undone. The caller has made sure that
// nobody has had a hand in them.
func (s *Service) TakeBack(ctx context.Context, tx *db.Tx, by access.Actor, rootKind string, roots []ref.ID, kind string) error {
	for part := range slices.Chunk(roots, 300) {
		list, err := ofRoots(ctx, tx, rootKind, part, kind)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			continue
		}
		pairs := make([]journal.Pair, len(list))
		for i, o := range list {
			pairs[i].Before = o
		}
		if err := deleteOfRoots(ctx, tx, rootKind, part, kind); err != nil {
			return err
		}
		if err := journal.RecordMany(ctx, tx, by, ActTakeBack, pairs); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) made(tx *db.Tx, n Debt) Obligation {
	o := Obligation{
		ID: tx.NewID(), Version: 1, Kind: n.Kind, What: n.What.Trim(), WhatKey: n.WhatKey, WhatArgs: n.WhatArgs,
		Ground: n.Ground, GroundText: n.GroundText.Trim(), Thing: n.Thing, Page: n.Root, Owner: n.Owner, To: n.To,
		Proposer: n.Proposer, PlaceID: n.PlaceID, Since: s.today(tx), FirstDue: n.Due, TermFrom: n.From, TermDays: int64(n.WorkingDays),
		ShownToAll: !n.Private, Sample: n.Sample,
	}
	if o.Page.IsZero() {
		o.Page = n.Thing
	}
	if o.WhatArgs == nil {
		o.WhatArgs = []string{}
	}
	o.Due = o.dueBy(s.calendar())
	o.FirstDue = o.Due
	return o
}

// Settle ends the obligation of kind that thing owes, in the transaction of what
// was done: how is Kept or Released, on the day on which it was done. A thing
// that owes no such act is left alone.
func (s *Service) Settle(ctx context.Context, tx *db.Tx, by access.Actor, thing ref.Ref, kind string, how Outcome, on db.Date) error {
	return s.changeOf(ctx, tx, by, thing, kind, "obligations.settle", func(o *Obligation) error { return o.settle(how, on, i18n.Text{}) })
}

// Reopen puts a settled obligation back, when what was done was sent back: its
// term is the one it had.
func (s *Service) Reopen(ctx context.Context, tx *db.Tx, by access.Actor, thing ref.Ref, kind string) error {
	o, ok, err := byThing(ctx, tx, thing, kind)
	if err != nil || !ok || o.Outcome == "" {
		return err
	}
	return s.change(ctx, tx, by, o, "obligations.reopen", func(o *Obligation) error { return o.reopen() })
}

// Carry ends the obligation as carried over and makes its successor, which says
// where it came from.
func (s *Service) Carry(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID, n Debt) (Obligation, error) {
	old, err := byID(ctx, tx, id)
	if err != nil {
		return old, err
	}
	next := s.made(tx, n)
	next.CarriedFrom = old.ID
	if err := s.change(ctx, tx, by, old, "obligations.carry", func(o *Obligation) error {
		o.CarriedTo = next.ID
		return o.settle(Carried, s.today(tx), i18n.Text{})
	}); err != nil {
		return old, err
	}
	return next, s.owe(ctx, tx, by, next)
}

// change applies one rule to o, stores it, and records it.
func (s *Service) change(ctx context.Context, tx *db.Tx, by access.Actor, o Obligation, act string, rule func(*Obligation) error) error {
	before := o
	if err := rule(&o); err != nil {
		return err
	}
	if err := update(ctx, tx, o); err != nil {
		return err
	}
	o.Version++
	if o.Due != before.Due || o.Outcome != before.Outcome {
		if err := s.replan(ctx, tx, o); err != nil {
			return err
		}
	}
	return journal.Record(ctx, tx, by, act, before, o)
}

func (s *Service) replan(ctx context.Context, tx *db.Tx, o Obligation) error {
	if o.Outcome != "" {
		return dropReminders(ctx, tx, o.ID)
	}
	return s.putReminders(ctx, tx, o)
}

// putReminders plans the reminders anew, by the norms of the day since which it is
// owed.
func (s *Service) putReminders(ctx context.Context, tx *db.Tx, o Obligation) error {
	return putReminders(ctx, tx, o.ID, o.reminders(s.remindOn(o.Since), s.today(tx)))
}

// act loads an obligation, checks the right on the row and applies one rule.
func (s *Service) act(ctx context.Context, by access.Actor, id ref.ID, act string,
	may func(access.Actor, Obligation) error, rule func(o *Obligation, today db.Date) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		o, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := may(by, o); err != nil {
			return err
		}
		return s.change(ctx, tx, by, o, act, func(o *Obligation) error { return rule(o, s.today(tx)) })
	})
}

// Reply sets the word of the one who owes: the reply, or beside a dispute the
// rejoinder.
func (s *Service) Reply(ctx context.Context, by access.Actor, id ref.ID, text i18n.Text) error {
	return s.act(ctx, by, id, "obligations.reply", mayAnswer, func(o *Obligation, today db.Date) error { return o.answer(text, today) })
}

// Extend moves the end of the term once, with a reason, before it is over.
func (s *Service) Extend(ctx context.Context, by access.Actor, id ref.ID, due db.Date, why i18n.Text) error {
	return s.act(ctx, by, id, "obligations.extend", mayExtend, func(o *Obligation, today db.Date) error { return o.extend(due, why, today) })
}

// ExtendIn is Extend for a room that has its own rule who may, in its transaction.
func (s *Service) ExtendIn(ctx context.Context, tx *db.Tx, by access.Actor, thing ref.Ref, kind string, due db.Date, why i18n.Text) error {
	return s.changeOf(ctx, tx, by, thing, kind, "obligations.extend", func(o *Obligation) error { return o.extend(due, why, s.today(tx)) })
}

// ReplyIn is Reply for a room that has its own rule who may, in its transaction.
func (s *Service) ReplyIn(ctx context.Context, tx *db.Tx, by access.Actor, thing ref.Ref, kind string, text i18n.Text) error {
	return s.changeOf(ctx, tx, by, thing, kind, "obligations.reply", func(o *Obligation) error { return o.answer(text, s.today(tx)) })
}

// DisputeIn is Dispute for a room that has its own rule who may, in its transaction.
func (s *Service) DisputeIn(ctx context.Context, tx *db.Tx, by access.Actor, thing ref.Ref, kind string, why i18n.Text) error {
	return s.changeOf(ctx, tx, by, thing, kind, "obligations.dispute", func(o *Obligation) error { return o.deny(why, s.today(tx)) })
}

// WithdrawDisputeIn is WithdrawDispute for a room that has its own rule who may, in
// its transaction.
func (s *Service) WithdrawDisputeIn(ctx context.Context, tx *db.Tx, by access.Actor, thing ref.Ref, kind string) error {
	return s.changeOf(ctx, tx, by, thing, kind, "obligations.dispute.withdraw", func(o *Obligation) error { return o.withdraw() })
}

// changeOf applies a rule to the obligation of kind that thing owes; a thing that
// owes no such act is left alone.
func (s *Service) changeOf(ctx context.Context, tx *db.Tx, by access.Actor, thing ref.Ref, kind, act string, rule func(*Obligation) error) error {
	o, ok, err := byThing(ctx, tx, thing, kind)
	if err != nil || !ok {
		return err
	}
	return s.change(ctx, tx, by, o, act, rule)
}

// Release says that nothing is owed any more, with the reason.
func (s *Service) Release(ctx context.Context, by access.Actor, id ref.ID, why i18n.Text) error {
	return s.act(ctx, by, id, "obligations.release", mayRelease, func(o *Obligation, today db.Date) error {
		var bad problem.Fields
		bad.Reject(why.Trim().IsZero(), "why", "obligations.why_missing")
		if bad != nil {
			return bad.Err()
		}
		return o.settle(Released, today, why)
	})
}

// Dispute says that what counts as kept was not done.
func (s *Service) Dispute(ctx context.Context, by access.Actor, id ref.ID, why i18n.Text) error {
	return s.act(ctx, by, id, "obligations.dispute", mayDispute, func(o *Obligation, today db.Date) error { return o.deny(why, today) })
}

// WithdrawDispute takes a dispute back.
func (s *Service) WithdrawDispute(ctx context.Context, by access.Actor, id ref.ID) error {
	return s.act(ctx, by, id, "obligations.dispute.withdraw", mayDispute, func(o *Obligation, _ db.Date) error { return o.withdraw() })
}

// Of lists what is owed on the page of root, by due date, hidden ones too.
func (s *Service) Of(ctx context.Context, tx *db.Tx, root ref.Ref) ([]Obligation, error) {
	return ofRoot(ctx, tx, root)
}

// mostOnDesk is how many obligations of each side a desk shows.
const mostOnDesk = 30

// OnDesk gives what those with the ids still owe, and what is overdue to them,
// each by due date, hidden ones too.
func (s *Service) OnDesk(ctx context.Context, ids []ref.ID) (owes, owed []Obligation, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if owes, err = runningOf(ctx, tx, "owner_id", ids, db.Day(9999, 1, 1), mostOnDesk); err != nil {
			return err
		}
		owed, err = runningOf(ctx, tx, "owed_to_id", ids, s.today(tx), mostOnDesk)
		return err
	})
	return owes, owed, err
}

// Told is Of with only what the page of the root tells of each: what is owed by
// whom until when, how it stands and what was replied.
func (s *Service) Told(ctx context.Context, tx *db.Tx, root ref.Ref) ([]Obligation, error) {
	return told(ctx, tx, root)
}

// OwedBy lists what owner owes, by due date, hidden ones too.
func (s *Service) OwedBy(ctx context.Context, tx *db.Tx, owner ref.Ref) ([]Obligation, error) {
	return owedBy(ctx, tx, owner)
}

// Public keeps of a list what strangers may see.
func Public(list []Obligation) []Obligation {
	return slices.DeleteFunc(slices.Clone(list), func(o Obligation) bool { return !o.ShownToAll })
}

// ByID gives one obligation to a reader who may see it.
func (s *Service) ByID(ctx context.Context, by access.Actor, id ref.ID) (o Obligation, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if o, err = byID(ctx, tx, id); err != nil {
			return err
		}
		if !o.ShownToAll && !owes(by, o) && mayDispute(by, o) != nil {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		return nil
	})
	return o, err
}

// Page is one page of the public list with its scores.
type Page struct {
	Rows   []Obligation
	Scores Scores
	Total  int64
}

// List gives one page of the public list.
func (s *Service) List(ctx context.Context, f Filter, limit, offset int) (p Page, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if p.Rows, err = list(ctx, tx, f, s.today(tx), limit, offset); err != nil {
			return err
		}
		p.Scores, p.Total, err = s.scores(ctx, tx, f)
		return err
	})
	return p, err
}

// ScoresOf counts the public obligations of a filter by ground and state.
func (s *Service) ScoresOf(ctx context.Context, tx *db.Tx, f Filter) (Scores, error) {
	scores, _, err := s.scores(ctx, tx, f)
	return scores, err
}

func (s *Service) scores(ctx context.Context, tx *db.Tx, f Filter) (Scores, int64, error) {
	lines, err := tallies(ctx, tx, f, s.today(tx))
	if err != nil {
		return nil, 0, err
	}
	scores, total := Scores{}, int64(0)
	for _, t := range lines {
		sc := scores[t.ground]
		sc.add(t.state, t.n)
		scores[t.ground] = sc
		total += t.n
	}
	return scores, total, nil
}

// Tally counts obligations that are at hand by ground and state.
func Tally(list []Obligation, today db.Date) Scores {
	scores := Scores{}
	for _, o := range list {
		sc := scores[o.Ground]
		sc.add(o.State(today), 1)
		scores[o.Ground] = sc
	}
	return scores
}

// Body is what one body owes in public.
type Body struct {
	Owner  ref.Ref
	Scores Scores
	Total  int64
}

// Bodies gives one page of those who owe something within the filter with their
// scores, those with the most overdue first, and how many there are.
func (s *Service) Bodies(ctx context.Context, f Filter, limit, offset int) (page []Body, total int, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		lines, err := bodies(ctx, tx, f, s.today(tx))
		if err != nil {
			return err
		}
		all := bodiesOf(lines)
		total = len(all)
		page = all[min(offset, total):min(offset+limit, total)]
		return nameOwners(ctx, tx, page)
	})
	return page, total, err
}

func bodiesOf(lines []tally) []Body {
	var out []Body
	for _, t := range lines {
		if n := len(out); n == 0 || out[n-1].Owner.ID != t.owner.ID || out[n-1].Owner.Kind != t.owner.Kind {
			out = append(out, Body{Owner: t.owner, Scores: Scores{}})
		}
		b := &out[len(out)-1]
		sc := b.Scores[t.ground]
		sc.add(t.state, t.n)
		b.Scores[t.ground] = sc
		b.Total += t.n
	}
	slices.SortStableFunc(out, func(a, b Body) int {
		return cmp.Or(cmp.Compare(b.Scores.Overdue(), a.Scores.Overdue()), cmp.Compare(b.Total, a.Total))
	})
	return out
}

const exportStep = 500

// Each streams the public list by id, so memory does not grow with the rows.
func (s *Service) Each(ctx context.Context, f Filter, yield func(Obligation) error) error {
	return db.Stream(ctx, s.db, exportStep, func(o Obligation) ref.ID { return o.ID }, func(tx *db.Tx, last ref.ID) ([]Obligation, error) {
		return after(ctx, tx, f, s.today(tx), last, exportStep)
	}, yield)
}

// Latest gives the obligations made last.
func (s *Service) Latest(ctx context.Context, f Filter, limit int) (rows []Obligation, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err = latest(ctx, tx, f, s.today(tx), limit)
		return err
	})
	return rows, err
}
