package panels

import (
	"context"
	"maps"
	"slices"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindAssignment is the kind of the ref of an assignment.
const KindAssignment = "panel_assignment"

// Why an expert was drawn for a work, or left it.
const (
	WhyFirst    = "first"
	WhySpread   = "spread"   // the totals of the work differ widely
	WhyRecusal  = "recusal"  // the expert recused themselves
	WhyConflict = "conflict" // a tie was declared or found
	WhyLate     = "late"     // the work came late; the expert did not mark in time
	WhyShort    = "short"    // the work lacked an expert
	WhyGone     = "gone"     // the work was withdrawn, or the panel cancelled
)

// Assignment is one expert reading one work. Its marks are nobody's to see but the
// expert's until the panel reveals them.
type Assignment struct {
	ID       ref.ID `json:"id"`
	Version  int64  `json:"version"`
	PanelID  ref.ID `json:"panel_id"`
	WorkID   ref.ID `json:"work_id"`
	SeatID   ref.ID `json:"seat_id"`
	ExpertID ref.ID `json:"expert_id"`
	// Outside tells that the work is in no sphere of the expert.
	Outside bool    `json:"outside"`
	Why     string  `json:"why"`
	DrawnAt db.Time `json:"drawn_at"`
	Due     db.Date `json:"due"`
	// DeclaredAt is when the expert said that they have no tie to those who are
	// judged; the work is not shown before.
	DeclaredAt  db.Time `json:"declared_at"`
	SubmittedAt db.Time `json:"submitted_at"`
	Scores      []Score `json:"scores"`
	LeftAt      db.Time `json:"left_at"`
	LeftWhy     string  `json:"left_why"`
	LeftNote    string  `json:"left_note"`

	total int64 // of the sheet that is in, as orders count it
}

// Ref names the assignment by its page on the expert's desk.
func (a Assignment) Ref() ref.Ref {
	return ref.Ref{Kind: KindAssignment, ID: a.ID, Path: "/desk/marks/" + a.ID.String()}
}

// Root is the panel.
func (a Assignment) Root() ref.Ref { return ref.Ref{Kind: KindPanel, ID: a.PanelID} }

// JournalVersion is the version of the row.
func (a Assignment) JournalVersion() int64 { return a.Version }

// Public is never true of an assignment: results tell what the terms allow.
func (a Assignment) Public() bool { return false }

// Left tells that the expert does not read the work any more.
func (a Assignment) Left() bool { return !a.LeftAt.IsZero() }

// In tells that the marks are in.
func (a Assignment) In() bool { return !a.SubmittedAt.IsZero() && !a.Left() }

// Waits tells that the marks are still to come.
func (a Assignment) Waits() bool { return a.SubmittedAt.IsZero() && !a.Left() }

// drawing is a draw that goes on.
type drawing struct {
	Panel
	*Draw
	steps int
	works map[int]PanelWork // by number
	seats map[int]Seat      // by number
}

// drawingIn takes up the draw of a panel where it stopped.
func (s *Service) drawingIn(ctx context.Context, tx *db.Tx, p Panel) (*drawing, error) {
	frozen, err := drawOf(ctx, tx, p.ID)
	if err != nil {
		return nil, err
	}
	d := &drawing{Panel: p, works: map[int]PanelWork{}, seats: map[int]Seat{}}
	if d.Draw, err = NewDraw(frozen.Lists, p.Lot.Seed); err != nil {
		return nil, err
	}
	steps, err := stepsOf(ctx, tx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, t := range steps {
		if err := d.Take(t.DrawStep); err != nil {
			return nil, err
		}
	}
	d.steps = len(steps)
	works, err := worksOf(ctx, tx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, w := range works {
		d.works[w.Work.No] = w
	}
	seats, err := seatsOf(ctx, tx, p.ID)
	for _, seat := range seats {
		d.seats[seat.No] = seat
	}
	return d, err
}

// take plays one step, writes it down and gives the drawn works to their experts.
func (s *Service) take(ctx context.Context, tx *db.Tx, as access.Actor, d *drawing, step DrawStep) (DrawStep, error) {
	step, err := d.Play(step)
	if err != nil {
		return step, err
	}
	d.steps++
	t := TakenStep{ID: tx.NewID(), Version: 1, PanelID: d.ID, No: d.steps, At: db.At(tx.Now()), DrawStep: step}
	if err := insertStep(ctx, tx, t); err != nil {
		return step, err
	}
	if err := journal.Record(ctx, tx, as, "panels.draw."+string(step.Kind), nil, t); err != nil {
		return step, err
	}
	return step, s.assign(ctx, tx, as, d, step)
}

// assign makes the assignments of a step and the debts that come with them.
func (s *Service) assign(ctx context.Context, tx *db.Tx, as access.Actor, d *drawing, step DrawStep) error {
	if len(step.Picks) == 0 {
		return nil
	}
	list, changes := make([]Assignment, len(step.Picks)), make([]journal.Pair, len(step.Picks))
	due, why := s.dueOf(tx, d.Panel, step.Kind), step.Why
	if step.Kind == DrawFirst {
		why = WhyFirst
	}
	for i, p := range step.Picks {
		seat := d.seats[p.Expert]
		list[i] = Assignment{ID: tx.NewID(), Version: 1, PanelID: d.ID, WorkID: d.works[p.Work].ID, SeatID: seat.ID, ExpertID: seat.ExpertID,
			Outside: p.Outside, Why: why, DrawnAt: db.At(tx.Now()), Due: due, Scores: []Score{}}
		changes[i] = journal.Pair{After: list[i]}
	}
	if err := insertAssignments(ctx, tx, list); err != nil {
		return err
	}
	if err := journal.RecordMany(ctx, tx, as, "panels.assign", changes); err != nil {
		return err
	}
	return s.oweMarks(ctx, tx, as, d, step, list)
}

// leastDays is how many days an expert has at least.
const leastDays = 3

// dueOf is the last day for marks that are drawn now. The first draw has the day
// of the panel; who is drawn later has as many days as the first ones had.
func (s *Service) dueOf(tx *db.Tx, p Panel, kind StepKind) db.Date {
	today, first := s.today(tx), db.DateOf(p.Lot.DrawnAt.In(s.Zone))
	days := max(leastDays, first.DaysUntil(p.Due))
	if kind == DrawFirst && first.DaysUntil(p.Due) >= leastDays {
		return p.Due
	}
	return s.Norms.Book().Calendar().OnOrAfter(today.AddDays(days))
}

// marksOwed and markOwed name what experts owe: their part of the first draw, and
// each work that was drawn later.
const (
	marksOwed = "panels.marks"
	markOwed  = "panels.mark"
)

// oweMarks makes the obligations of experts. They owe them as private persons, so
// that nobody else is told.
func (s *Service) oweMarks(ctx context.Context, tx *db.Tx, as access.Actor, d *drawing, step DrawStep, list []Assignment) error {
	ids := make([]ref.ID, len(list))
	for i, a := range list {
		ids[i] = a.ExpertID
	}
	experts, err := expertsByID(ctx, tx, ids)
	if err != nil {
		return err
	}
	seats := map[ref.ID]Seat{}
	for _, seat := range d.seats {
		seats[seat.ID] = seat
	}
	done := map[ref.ID]bool{}
	for _, a := range list {
		debt := obligations.Debt{Kind: markOwed, WhatKey: "panels.owed.mark", Ground: obligations.Agreement, Thing: a.Ref(), Root: d.Ref(),
			Owner: ref.Ref{Kind: "person", ID: experts[a.ExpertID].PersonID}, Due: a.Due, PlaceID: d.PlaceID, Private: true, Sample: d.Sample}
		if step.Kind == DrawFirst {
			if done[a.SeatID] {
				continue
			}
			done[a.SeatID] = true
			debt.Kind, debt.WhatKey, debt.Thing = marksOwed, "panels.owed.marks", seats[a.SeatID].Ref()
		}
		if _, err := s.Obligations.Owe(ctx, tx, as, debt); err != nil {
			return err
		}
	}
	return nil
}

// settle ends what an expert owes for an assignment: the debt of the work itself,
// or that of the first draw once nothing of it waits.
func (s *Service) settle(ctx context.Context, tx *db.Tx, as access.Actor, a Assignment, how obligations.Outcome) error {
	if a.Why != WhyFirst {
		return s.Obligations.Settle(ctx, tx, as, a.Ref(), markOwed, how, s.today(tx))
	}
	mine, err := assignmentsOfExpert(ctx, tx, a.ExpertID, a.PanelID)
	if err != nil {
		return err
	}
	first := slices.DeleteFunc(mine, func(x Assignment) bool { return x.Why != WhyFirst })
	if slices.ContainsFunc(first, Assignment.Waits) {
		return nil
	}
	if slices.ContainsFunc(first, Assignment.In) {
		how = obligations.Kept
	}
	return s.Obligations.Settle(ctx, tx, as, Seat{ID: a.SeatID}.Ref(), marksOwed, how, s.today(tx))
}

// drawFirst makes the draw, then does what came between the freezing and now.
func (s *Service) drawFirst(ctx context.Context, tx *db.Tx, as access.Actor, p Panel) error {
	d, err := s.drawingIn(ctx, tx, p)
	if err != nil {
		return err
	}
	if _, err := s.take(ctx, tx, as, d, DrawStep{Kind: DrawFirst}); err != nil {
		return err
	}
	for _, no := range d.numbers() {
		w, listed := d.works[no], d.Draw.works[no] != nil
		switch {
		case listed && w.Gone():
			err = s.withdrawn(ctx, tx, as, d, w)
		case !listed && !w.Gone():
			err = s.late(ctx, tx, as, d, w)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// numbers lists the numbers of all works in order.
func (d *drawing) numbers() []int { return slices.Sorted(maps.Keys(d.works)) }

// drawLate gives a work that came after the draw its experts.
func (s *Service) drawLate(ctx context.Context, tx *db.Tx, as access.Actor, p Panel, w PanelWork) error {
	d, err := s.drawingIn(ctx, tx, p)
	if err != nil {
		return err
	}
	return s.late(ctx, tx, as, d, w)
}

func (s *Service) late(ctx context.Context, tx *db.Tx, as access.Actor, d *drawing, w PanelWork) error {
	listed := listedWork(w)
	step := DrawStep{Kind: DrawWork, Why: WhyLate, NewWork: &listed}
	before, err := readBeforeOf(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	for _, seat := range d.seats {
		e, err := expertByID(ctx, tx, seat.ExpertID)
		if err != nil {
			return err
		}
		tied, err := s.tiedTo(ctx, tx, e)
		if err != nil {
			return err
		}
		step.Exclusions = append(step.Exclusions, exclusionsOf(seat.No, []PanelWork{w}, tied, before[e.ID])...)
	}
	slices.SortFunc(step.Exclusions, func(a, b Pair) int { return a.Expert - b.Expert })
	d.works[w.Work.No] = w
	_, err = s.take(ctx, tx, as, d, step)
	return err
}

// drawWithdrawn ends the assignments of a work that was withdrawn.
func (s *Service) drawWithdrawn(ctx context.Context, tx *db.Tx, as access.Actor, p Panel, w PanelWork) error {
	d, err := s.drawingIn(ctx, tx, p)
	if err != nil {
		return err
	}
	return s.withdrawn(ctx, tx, as, d, w)
}

func (s *Service) withdrawn(ctx context.Context, tx *db.Tx, as access.Actor, d *drawing, w PanelWork) error {
	if _, err := s.take(ctx, tx, as, d, DrawStep{Kind: DrawWithdraw, Work: w.Work.No, Why: WhyGone}); err != nil {
		return err
	}
	list, err := assignmentsOfWork(ctx, tx, w.ID)
	if err != nil {
		return err
	}
	return s.release(ctx, tx, as, list)
}

// release ends the assignments of a list that still wait.
func (s *Service) release(ctx context.Context, tx *db.Tx, as access.Actor, list []Assignment) error {
	for _, a := range list {
		if !a.Waits() {
			continue
		}
		before := a
		a.LeftAt, a.LeftWhy = db.At(tx.Now()), WhyGone
		if err := s.saveAssignment(ctx, tx, as, "panels.release", before, &a); err != nil {
			return err
		}
		if err := s.settle(ctx, tx, as, a, obligations.Released); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) releaseAll(ctx context.Context, tx *db.Tx, as access.Actor, p Panel) error {
	list, err := assignmentsOf(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	return s.release(ctx, tx, as, list)
}

// leave takes a work from an expert, also one that they have marked, and draws
// somebody else for it; once the marks are open nobody is drawn, who would know
// them, and the order is counted without the sheet. Why is a code of this file;
// note is the expert's or officer's word.
func (s *Service) leave(ctx context.Context, tx *db.Tx, as access.Actor, d *drawing, a Assignment, why, note string) error {
	w, err := workByID(ctx, tx, a.WorkID)
	if err != nil {
		return err
	}
	before := a
	a.LeftAt, a.LeftWhy, a.LeftNote = db.At(tx.Now()), why, note
	if err := s.saveAssignment(ctx, tx, as, "panels.leave", before, &a); err != nil {
		return err
	}
	if err := dropDrafts(ctx, tx, a.ID); err != nil {
		return err
	}
	if before.Waits() {
		if err := s.settle(ctx, tx, as, a, obligations.Released); err != nil {
			return err
		}
	}
	seat, _ := d.seatOf(a.ExpertID)
	if _, err := s.take(ctx, tx, as, d, DrawStep{Kind: DrawLeave, Expert: seat.No, Work: w.Work.No, Why: why}); err != nil {
		return err
	}
	if d.Stage() == Revealed {
		return s.Recount(ctx, tx, d.ID)
	}
	_, err = s.take(ctx, tx, as, d, DrawStep{Kind: DrawMore, Work: w.Work.No, Why: why})
	return err
}

func (d *drawing) seatOf(expert ref.ID) (Seat, bool) {
	for _, seat := range d.seats {
		if seat.ExpertID == expert {
			return seat, true
		}
	}
	return Seat{}, false
}

// leaveTied takes from an expert every work, in panels that mark or whose marks are
// open and not decided on, of somebody to
// whom they have a tie.
func (s *Service) leaveTied(ctx context.Context, tx *db.Tx, as access.Actor, e Expert) error {
	tied, err := s.tiedTo(ctx, tx, e)
	if err != nil {
		return err
	}
	list, err := assignmentsOfExpert(ctx, tx, e.ID, 0)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, Assignment.Left)
	for _, a := range list {
		if _, err := s.leaveIfTied(ctx, tx, as, a, tied); err != nil {
			return err
		}
	}
	return nil
}

// leaveIfTied takes a work from an expert who has a tie to those whose work it is;
// it tells whether it did.
func (s *Service) leaveIfTied(ctx context.Context, tx *db.Tx, as access.Actor, a Assignment, tied map[ref.ID]Ground) (bool, error) {
	w, err := workByID(ctx, tx, a.WorkID)
	if err != nil || !inConflict(w, tied) {
		return false, err
	}
	p, err := panelByID(ctx, tx, a.PanelID)
	if err != nil || p.Stage() != Marking && p.Stage() != Revealed {
		return false, err
	}
	d, err := s.drawingIn(ctx, tx, p)
	if err != nil {
		return false, err
	}
	return true, s.leave(ctx, tx, as, d, a, WhyConflict, "")
}

// Replace takes a work from an expert who does not mark it, and draws another one,
// by the funder's side after the term.
func (s *Service) Replace(ctx context.Context, by access.Actor, id ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := assignmentByID(ctx, tx, id)
		if err != nil {
			return err
		}
		r, err := s.runIn(ctx, tx, by, a.PanelID)
		if err != nil {
			return err
		}
		if err := r.at(Marking); err != nil {
			return err
		}
		if !a.Waits() || !a.Due.Before(s.today(tx)) {
			return problem.New(problem.Conflict, "panels.not_late")
		}
		d, err := s.drawingIn(ctx, tx, r.Panel)
		if err != nil {
			return err
		}
		return s.leave(ctx, tx, r.as, d, a, WhyLate, "")
	})
}

// Fill brings in the experts who joined the pool after the lists were frozen and
// draws for the works that lack somebody. Works that have their experts keep them.
func (s *Service) Fill(ctx context.Context, by access.Actor, panel ref.ID) (drawn int, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		drawn = 0
		r, err := s.runIn(ctx, tx, by, panel)
		if err != nil {
			return err
		}
		if err := r.at(Marking); err != nil {
			return err
		}
		d, err := s.drawingIn(ctx, tx, r.Panel)
		if err != nil {
			return err
		}
		list, err := assignmentsOf(ctx, tx, panel)
		if err != nil {
			return err
		}
		short := lacking(r.Panel, r.works, list)
		if len(short) == 0 {
			return problem.New(problem.Conflict, "panels.nothing_short")
		}
		if err := s.joinNew(ctx, tx, r.as, d); err != nil {
			return err
		}
		for _, no := range short {
			step, err := s.take(ctx, tx, r.as, d, DrawStep{Kind: DrawMore, Work: no, Why: WhyShort})
			if err != nil {
				return err
			}
			drawn += len(step.Picks)
		}
		return nil
	})
	return drawn, err
}

// lacking lists the numbers of works that have fewer experts than each is to have,
// once for each.
func lacking(p Panel, works []PanelWork, list []Assignment) (out []int) {
	have := map[ref.ID]int{}
	for _, a := range list {
		if !a.Left() {
			have[a.WorkID]++
		}
	}
	for _, w := range living(works) {
		for n := have[w.ID]; n < p.PerWork; n++ {
			out = append(out, w.Work.No)
		}
	}
	return out
}

// joinNew seats the experts of the pool who have no seat in the panel.
func (s *Service) joinNew(ctx context.Context, tx *db.Tx, as access.Actor, d *drawing) error {
	pool, err := s.poolOf(ctx, tx, d.Panel)
	if err != nil {
		return err
	}
	last := 0
	for no := range d.seats {
		last = max(last, no)
	}
	for _, e := range pool {
		if _, seated := d.seatOf(e.ID); seated {
			continue
		}
		last++
		seat := Seat{ID: tx.NewID(), Version: 1, PanelID: d.ID, ExpertID: e.ID, No: last, JoinedAt: db.At(tx.Now())}
		if err := insertSeats(ctx, tx, []Seat{seat}); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, as, "panels.seat", nil, seat); err != nil {
			return err
		}
		d.seats[last] = seat
		if err := s.joinDraw(ctx, tx, as, d, e, last); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) joinDraw(ctx context.Context, tx *db.Tx, as access.Actor, d *drawing, e Expert, no int) error {
	tied, err := s.tiedTo(ctx, tx, e)
	if err != nil {
		return err
	}
	var listed []PanelWork
	for _, n := range d.numbers() {
		if d.Draw.works[n] != nil {
			listed = append(listed, d.works[n])
		}
	}
	before, err := readBeforeOf(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	expert := listedExpert(e, no)
	_, err = s.take(ctx, tx, as, d, DrawStep{Kind: DrawExpert, NewExpert: &expert, Exclusions: exclusionsOf(no, listed, tied, before[e.ID])})
	return err
}

func (s *Service) saveAssignment(ctx context.Context, tx *db.Tx, as access.Actor, act string, before Assignment, a *Assignment) error {
	if err := updateAssignment(ctx, tx, *a); err != nil {
		return err
	}
	a.Version++
	return journal.Record(ctx, tx, as, act, before, *a)
}

// File is everything that anybody needs to replay the draw of a panel; NotFound
// before it is made.
func (s *Service) File(ctx context.Context, panel ref.ID) (f DrawFile, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err := panelByID(ctx, tx, panel)
		if err != nil {
			return err
		}
		if p.Lot.DrawnAt.IsZero() {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		frozen, err := drawOf(ctx, tx, panel)
		if err != nil {
			return err
		}
		f = DrawFile{Format: DrawFormat, Panel: panel.String(), Salt: frozen.Salt, Hash: p.Lot.ListsHash, Lists: frozen.Lists, Seed: p.Lot.Seed}
		for _, part := range p.Lot.Parts {
			f.Parts = append(f.Parts, FilePart{Commit: part.Commit, Value: part.Value})
		}
		steps, err := stepsOf(ctx, tx, panel)
		for _, t := range steps {
			f.Steps = append(f.Steps, t.DrawStep)
		}
		return err
	})
	return f, err
}
