package projects

import (
	"cmp"
	"context"
	"slices"

	"birge/internal/obligations"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/todo"
)

// Step is what a project under an agreement waits for.
type Step struct {
	// Act is the act that is wanted, one of Steps; No the number of the report or the
	// tranche, 0 where there is none.
	Act string
	No  int
	// Due is the last day for it; no day where there is no term.
	Due db.Date
}

// What a project can wait for.
const (
	StepReport = "projects.report.submit"
	StepJudge  = "projects.report.judge"
	StepPay    = "projects.tranche.pay"
	StepAmend  = "projects.amendment.decide"
	StepClose  = "projects.close"
)

// Steps lists what a project can wait for, in the order of its life.
var Steps = []string{StepReport, StepJudge, StepPay, StepAmend, StepClose}

// OfTeam tells that it is the turn of the organization, not of the side that pays.
func (s Step) OfTeam() bool { return s.Act == StepReport }

// Late tells that the term is over.
func (s Step) Late(today db.Date) bool { return !s.Due.IsZero() && today.After(s.Due) }

// steps is what the project waits for: first what is late, then what can be done now,
// then what has a term. asked tells that an amendment waits for an answer; due gives
// the term of what is owed, no day where nothing is.
func (p Project) steps(today db.Date, asked bool, due func(thing ref.ID) db.Date) (out []Step) {
	if p.AgreedOn.IsZero() || p.ended() {
		return nil
	}
	if asked {
		out = append(out, Step{Act: StepAmend})
	}
	missing := false
	for _, d := range p.Schedule {
		switch {
		case d.missing() && !missing: // the later ones wait for it
			missing = true
			out = append(out, Step{Act: StepReport, No: d.No, Due: due(d.ID)})
		case !d.missing() && !d.Accepted:
			out = append(out, Step{Act: StepJudge, No: d.No})
		}
	}
	for i, t := range p.Tranches {
		if p.Payable(t) {
			out = append(out, Step{Act: StepPay, No: i + 1, Due: due(t.ID)})
		}
	}
	if p.StatusOn(today).Is == Finished {
		out = append(out, Step{Act: StepClose})
	}
	slices.SortStableFunc(out, func(a, b Step) int { return cmp.Or(a.rank(today)-b.rank(today), a.Due.Compare(b.Due)) })
	return out
}

func (s Step) rank(today db.Date) int {
	switch {
	case s.Late(today):
		return 0
	case s.Due.IsZero():
		return 1
	}
	return 2
}

// awaiting are the tranches that wait for a report to be accepted.
func (p Project) awaiting() (n int, sum int64) {
	for _, t := range p.Tranches {
		if t.PaidOn.IsZero() && p.waits(t) {
			n, sum = n+1, sum+t.Sum
		}
	}
	return n, sum
}

// Ahead is what lies before a project: its steps, the first one first, and the
// tranches that wait for a report to be accepted, with their money in tiyn.
type Ahead struct {
	Steps    []Step
	Awaiting int
	Held     int64
}

// AheadOf tells what lies before projects, in the transaction of another room.
func (s *Service) AheadOf(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]Ahead, error) {
	out := map[ref.ID]Ahead{}
	terms, err := s.obligations.TermsOf(ctx, tx, KindProject, ids)
	if err != nil {
		return nil, err
	}
	due := map[ref.ID]db.Date{}
	for _, t := range terms {
		due[t.Thing] = t.Due
	}
	today := s.today(tx)
	for some := range slices.Chunk(ids, 500) {
		asked, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT project_id FROM project_amendments WHERE state = 'asked' AND project_id IN `+db.In(1, len(some)), db.Args(nil, some)...)
		if err != nil {
			return nil, err
		}
		list, err := coursesOf(ctx, tx, some)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			a := Ahead{Steps: p.steps(today, slices.Contains(asked, p.ID), func(thing ref.ID) db.Date { return due[thing] })}
			a.Awaiting, a.Held = p.awaiting()
			out[p.ID] = a
		}
	}
	return out, nil
}

// coursesOf gives of projects what their steps follow from, and no more.
func coursesOf(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Project, error) {
	return db.All(ctx, tx, func(r db.Row) (p Project, err error) {
		err = r.Scan(&p.ID, &p.Starts, &p.Ends, &p.AgreedOn, &p.CancelledOn, &p.TerminatedOn, &p.ClosedOn, db.AsJSON(&p.Schedule), db.AsJSON(&p.Tranches))
		return p, err
	}, `SELECT id, starts, ends, agreed_on, cancelled_on, terminated_on, closed_on, schedule, tranches FROM projects WHERE NOT hidden AND id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// dueInPlaces is what of a kind is owed by agreements of projects in the places of an
// officer, and due before a day.
func (s *Service) dueInPlaces(ctx context.Context, tx *db.Tx, kind string, offices []ref.ID, before db.Date) ([]obligations.Term, error) {
	if len(offices) == 0 {
		return nil, nil
	}
	var within []ref.ID
	if !slices.Contains(offices, 0) {
		within = s.places.Tree().Below(offices...)
	}
	return s.obligations.TermsAt(ctx, tx, kind, within, before, todo.Most)
}
