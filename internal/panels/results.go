package panels

import (
	"context"
	"slices"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Progress is how far the marking of a panel is, in numbers that tell nobody's
// marks.
type Progress struct {
	Works   int
	Given   int // assignments that stand
	In      int // of them marked
	Experts int // who have a work
	// Short is how many experts works lack; Late how many assignments are overdue.
	Short, Late int
	// More is how many experts were called because totals lay far apart.
	More int
}

func progressOf(p Panel, works []PanelWork, list []Assignment, today db.Date) Progress {
	g := Progress{Works: len(living(works)), Short: len(lacking(p, works, list))}
	experts := map[ref.ID]bool{}
	for _, a := range list {
		if a.Left() {
			continue
		}
		g.Given++
		experts[a.ExpertID] = true
		if a.In() {
			g.In++
		}
		if a.Waits() && a.Due.Before(today) {
			g.Late++
		}
		if a.Why == WhySpread {
			g.More++
		}
	}
	g.Experts = len(experts)
	return g
}

// Whole tells that all marks are in.
func (g Progress) Whole() bool { return g.Given > 0 && g.In == g.Given }

// Reveal opens the marks of a panel when all are in. Where works lack experts whom
// nobody could find, why says why it goes on without them. Marks of experts to whom
// a tie is known by now are set aside first and others are drawn; then nothing is
// revealed, and the answer says so.
func (s *Service) Reveal(ctx context.Context, by access.Actor, panel ref.ID, why i18n.Text) error {
	tied := 0
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		tied, err = s.revealIn(ctx, tx, by, panel, why)
		return err
	})
	if err == nil && tied > 0 {
		err = problem.New(problem.Conflict, "panels.ties_found", "n", tied)
	}
	return err
}

func (s *Service) revealIn(ctx context.Context, tx *db.Tx, by access.Actor, panel ref.ID, why i18n.Text) (tied int, err error) {
	r, err := s.runIn(ctx, tx, by, panel)
	if err != nil {
		return 0, err
	}
	if err := r.at(Marking); err != nil {
		return 0, err
	}
	list, err := assignmentsOf(ctx, tx, panel)
	if err != nil {
		return 0, err
	}
	g := progressOf(r.Panel, r.works, list, s.today(tx))
	if !g.Whole() {
		return 0, problem.New(problem.Conflict, "panels.marks_missing", "n", g.Given-g.In)
	}
	var bad problem.Fields
	bad.Reject(g.Short > 0 && why.Trim().IsZero(), "why", "panels.short_why", "n", g.Short)
	if bad != nil {
		return 0, bad.Err()
	}
	if tied, err = s.setAside(ctx, tx, r, list); err != nil || tied > 0 {
		return tied, err
	}
	before := r.Panel
	r.RevealedAt = db.At(tx.Now())
	if g.Short > 0 {
		r.RevealNote = why.Trim()
	}
	if err := s.savePanel(ctx, tx, r.as, "panels.reveal", before, &r.Panel); err != nil {
		return 0, err
	}
	return 0, s.Recount(ctx, tx, panel)
}

// setAside takes their works from experts to whom a tie is known by now, and tells
// how many.
func (s *Service) setAside(ctx context.Context, tx *db.Tx, r run, list []Assignment) (n int, err error) {
	works := map[ref.ID]PanelWork{}
	for _, w := range r.works {
		works[w.ID] = w
	}
	ids := make([]ref.ID, len(list))
	for i, a := range list {
		ids[i] = a.ExpertID
	}
	slices.Sort(ids)
	experts, err := expertsByID(ctx, tx, slices.Compact(ids))
	if err != nil {
		return 0, err
	}
	ties := map[ref.ID]map[ref.ID]Ground{}
	for id, e := range experts {
		if ties[id], err = s.tiedTo(ctx, tx, e); err != nil {
			return 0, err
		}
	}
	for _, a := range list {
		if a.Left() || !inConflict(works[a.WorkID], ties[a.ExpertID]) {
			continue
		}
		if _, err := s.leaveIfTied(ctx, tx, r.as, a, ties[a.ExpertID]); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// Judged is what one expert gave a work.
type Judged struct {
	Expert int // the number of the expert in the panel
	Total  float64
	Scores []Score
}

// mostListed is how many panels the list shows.
const mostListed = 200

// Panels lists the panels, the latest first.
func (s *Service) Panels(ctx context.Context) (out []Panel, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = latestPanels(ctx, tx, mostListed)
		return err
	})
	return out, err
}

// Sitting is an expert in a panel as its funder's side sees them.
type Sitting struct {
	No   int
	Name string
	// Given, In and Late count the works of the expert.
	Given, In, Late int
	// Overdue are the assignments that the funder's side may give to somebody else.
	Overdue []Assignment
}

// View is a panel with what its reader may know.
type View struct {
	Panel
	Progress Progress
	// Names are the names of experts by number, when the terms make them public.
	Names map[int]string
	// Persons are those whose names stand there, so that a page can forget them.
	Persons []ref.ID
	// Open tells that the reader may see the order of the works: once a decision is
	// published; the funder's side once the marks are revealed.
	Open bool
	// Runs tells that the reader is of the funder's side; Sittings are for it.
	Runs     bool
	Sittings []Sitting
	// Pool is how many experts could be drawn, while works are gathered.
	Pool int
	// Speaks lists the parties for which the reader speaks.
	Speaks []ref.ID
	Past   []journal.Deed // who did what, the latest first
}

const timelineLength = 50

// View gives a panel to a reader.
func (s *Service) View(ctx context.Context, by access.Actor, panel ref.ID) (v View, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		v, err = s.viewIn(ctx, tx, by, panel)
		return err
	})
	if err == nil && v.Runs {
		for _, id := range v.Persons {
			s.Accounts.Looked(by, id, v.Ref().Path)
		}
	}
	return v, err
}

func (s *Service) viewIn(ctx context.Context, tx *db.Tx, by access.Actor, panel ref.ID) (v View, err error) {
	if v.Panel, err = panelByID(ctx, tx, panel); err != nil {
		return v, err
	}
	own, err := ownIn(ctx, tx, by, panel)
	if err != nil {
		return v, err
	}
	_, wrong := mayRun(by, v.Panel, s.Places.Tree().Path(v.PlaceID), own)
	v.Runs = wrong == nil
	list, err := talliesOf(ctx, tx, panel, s.today(tx))
	if err != nil {
		return v, err
	}
	if v.Progress, err = progressIn(ctx, tx, v.Panel, list); err != nil {
		return v, err
	}
	for _, part := range v.Lot.Parts {
		if _, ok := s.speaksFor(by, v.Panel, part.Party.ID); ok && !part.IsDice() {
			v.Speaks = append(v.Speaks, part.Party.ID)
		}
	}
	if v.Runs && v.Stage() == Gathering {
		pool, err := s.poolOf(ctx, tx, v.Panel)
		if err != nil {
			return v, err
		}
		v.Pool = len(pool)
	}
	if v.Past, err = journal.Acts(ctx, tx, v.Ref(), timelineLength); err != nil {
		return v, err
	}
	if err := s.addPeople(ctx, tx, &v, list); err != nil {
		return v, err
	}
	stage := v.Stage()
	v.Open = stage == Decided || stage == Revealed && v.Runs
	return v, nil
}

// Standings are some places of an order, with the titles of the works for those who
// may know them: the room whose works they are tells everybody else.
type Standings struct {
	Order
	Places []Placed
	Titles map[ref.ID]ref.Ref // by what is judged
}

// Standings gives so many places of the order of a panel from a seat on, to who may
// see it.
func (s *Service) Standings(ctx context.Context, v View, from, n int) (st Standings, err error) {
	if !v.Open {
		return st, problem.New(problem.NotFound, "problem.not_found")
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		st = Standings{}
		if st.Order, st.Places, err = s.OrderIn(ctx, tx, v.Panel, from, n); err != nil || !v.Runs {
			return err
		}
		things := make([]ref.ID, len(st.Places))
		for i, p := range st.Places {
			things[i] = p.Thing
		}
		st.Titles, err = titlesOf(ctx, tx, v.ID, things)
		return err
	})
	return st, err
}

// addPeople adds the names of experts for whom they may be known to.
func (s *Service) addPeople(ctx context.Context, tx *db.Tx, v *View, list []tally) error {
	if !v.Runs && !v.ShowsNames() {
		return nil
	}
	seats, err := seatsOf(ctx, tx, v.ID)
	if err != nil {
		return err
	}
	ids := make([]ref.ID, len(seats))
	for i, seat := range seats {
		ids[i] = seat.ExpertID
	}
	experts, err := expertsByID(ctx, tx, ids)
	if err != nil {
		return err
	}
	overdue := map[ref.ID][]Assignment{}
	if v.Runs && v.Progress.Late > 0 {
		if overdue, err = overdueIn(ctx, tx, v.ID, s.today(tx)); err != nil {
			return err
		}
	}
	v.Names = map[int]string{}
	given := map[ref.ID]tally{}
	for _, x := range list {
		given[x.expert] = x
	}
	for _, seat := range seats {
		has, person := given[seat.ExpertID], experts[seat.ExpertID].PersonID
		if has.given == 0 || person == 0 {
			continue
		}
		who, err := accounts.PersonIn(ctx, tx, person)
		if err != nil {
			return err
		}
		if v.ShowsNames() {
			v.Names[seat.No] = who.Name
		}
		v.Persons = append(v.Persons, person)
		if v.Runs {
			v.Sittings = append(v.Sittings, Sitting{No: seat.No, Name: who.Name, Given: has.given, In: has.in, Late: has.late, Overdue: overdue[seat.ExpertID]})
		}
	}
	return nil
}
