package panels

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Task is a work on the desk of an expert.
type Task struct {
	Assignment
	Panel Panel
	No    int
	// Title is the title of the work, none before the declaration.
	Title i18n.Text
	// Begun is how many criteria have points in the draft.
	Begun int
}

// Tasks lists the actor's works in panels that mark, those that wait first.
func (s *Service) Tasks(ctx context.Context, by access.Actor) (out []Task, err error) {
	err = s.asExpert(ctx, by, func(tx *db.Tx, e Expert) error {
		out, err = s.tasks(ctx, tx, e, 0)
		return err
	})
	return out, err
}

func (s *Service) tasks(ctx context.Context, tx *db.Tx, e Expert, only ref.ID) (out []Task, err error) {
	list, err := assignmentsOfExpert(ctx, tx, e.ID, only)
	if err != nil {
		return nil, err
	}
	begun, err := draftsBegun(ctx, tx, e.ID)
	if err != nil {
		return nil, err
	}
	marking := map[ref.ID]*Panel{}
	for _, a := range list {
		if marking[a.PanelID] == nil {
			p, err := panelByID(ctx, tx, a.PanelID)
			if err != nil {
				return nil, err
			}
			marking[a.PanelID] = &p
		}
		if p := marking[a.PanelID]; p.Stage() == Marking && !a.Left() {
			w, err := workByID(ctx, tx, a.WorkID)
			if err != nil {
				return nil, err
			}
			out = append(out, newTask(a, *p, w, begun[a.ID]))
		}
	}
	slices.SortStableFunc(out, func(a, b Task) int { return cmp.Or(cmp.Compare(order(a), order(b)), a.Due.Compare(b.Due)) })
	return out, nil
}

func newTask(a Assignment, p Panel, w PanelWork, begun int) Task {
	t := Task{Assignment: a, Panel: p, No: w.Work.No, Begun: begun}
	if !a.DeclaredAt.IsZero() {
		t.Title = w.Work.Ref.Title
	}
	return t
}

func order(t Task) int {
	if t.Waits() {
		return 0
	}
	return 1
}

// Sheet is a work before its expert: what is read, what is asked, what is written.
type Sheet struct {
	Task
	Reading Reading
	// Scores are what the draft says, or what was submitted, for each criterion.
	Scores []Score
	// SavedAt is when the draft was saved last.
	SavedAt db.Time
}

// Sheet gives an expert a work of theirs to read, after the declaration.
func (s *Service) Sheet(ctx context.Context, by access.Actor, id ref.ID, lang i18n.Lang) (sh Sheet, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		sh = Sheet{}
		a, p, w, err := s.own(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := mayRead(a); err != nil {
			return err
		}
		sh.Task = newTask(a, p, w, 0)
		if err := sh.fill(ctx, tx); err != nil {
			return err
		}
		sh.Reading, err = s.read(ctx, tx, by, p, w, lang)
		return err
	})
	return sh, err
}

// mayRead: nobody reads before they declare that they have no tie.
func mayRead(a Assignment) error {
	switch {
	case a.Left():
		return problem.New(problem.Conflict, "panels.left_already")
	case a.DeclaredAt.IsZero():
		return problem.New(problem.Forbidden, "panels.declare_first")
	}
	return nil
}

// read asks the room of a work for it.
func (s *Service) read(ctx context.Context, tx *db.Tx, by access.Actor, p Panel, w PanelWork, lang i18n.Lang) (Reading, error) {
	if f := s.Read[w.Work.Ref.Kind]; f != nil {
		return f(ctx, tx, by, w.Work.Ref, p.Blind, lang)
	}
	title, _ := w.Work.Ref.Title.In(lang)
	return Reading{Title: title}, nil
}

// fill reads what was written so far.
func (sh *Sheet) fill(ctx context.Context, tx *db.Tx) error {
	written := sh.Assignment.Scores
	if sh.Waits() {
		drafts, err := draftsOf(ctx, tx, sh.ID)
		if err != nil {
			return err
		}
		for _, d := range drafts {
			written = append(written, d.Score)
			if d.savedAt.After(sh.SavedAt.Time) {
				sh.SavedAt = d.savedAt
			}
		}
	}
	for _, c := range sh.Panel.Criteria {
		score := Score{Code: c.Code, Points: -1}
		if i := slices.IndexFunc(written, func(s Score) bool { return s.Code == c.Code }); i >= 0 {
			score = written[i]
		}
		sh.Scores = append(sh.Scores, score)
		if score.Points >= 0 {
			sh.Begun++
		}
	}
	return nil
}

// own reads an assignment of the actor; others are told nothing of it.
func (s *Service) own(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (a Assignment, p Panel, w PanelWork, err error) {
	e, err := s.expertIn(ctx, tx, by)
	if err != nil {
		return a, p, w, err
	}
	if a, err = assignmentByID(ctx, tx, id); err != nil {
		return a, p, w, err
	}
	if a.ExpertID != e.ID {
		return a, p, w, problem.New(problem.NotFound, "problem.not_found")
	}
	if p, err = panelByID(ctx, tx, a.PanelID); err != nil {
		return a, p, w, err
	}
	w, err = workByID(ctx, tx, a.WorkID)
	return a, p, w, err
}

// Declaration is what an expert is asked before they read: whether they have a tie
// to any of those who are judged. Where a panel is blind that is everybody, so that
// the list tells nothing of a single work.
type Declaration struct {
	Panel Panel
	// Orgs are the organizations by id, Works how many works of the expert wait for
	// this word.
	Orgs  []ref.ID
	Works int
}

// Declaration gives what the actor is asked in a panel.
func (s *Service) Declaration(ctx context.Context, by access.Actor, panel ref.ID) (d Declaration, err error) {
	err = s.asExpert(ctx, by, func(tx *db.Tx, e Expert) error {
		waiting, err := s.undeclared(ctx, tx, e, panel)
		if err != nil {
			return err
		}
		if d.Panel, err = panelByID(ctx, tx, panel); err != nil {
			return err
		}
		works, err := worksOf(ctx, tx, panel)
		d.Works, d.Orgs = len(waiting), nil
		for _, w := range living(works) {
			if d.Panel.Blind || slices.ContainsFunc(waiting, func(a Assignment) bool { return a.WorkID == w.ID }) {
				d.Orgs = append(d.Orgs, w.Work.Orgs...)
			}
		}
		slices.Sort(d.Orgs)
		d.Orgs = slices.Compact(d.Orgs)
		return err
	})
	return d, err
}

// undeclared lists the works of an expert in a panel for which they have not
// declared yet; one who has no seat there is told nothing.
func (s *Service) undeclared(ctx context.Context, tx *db.Tx, e Expert, panel ref.ID) ([]Assignment, error) {
	mine, err := assignmentsOfExpert(ctx, tx, e.ID, panel)
	if err != nil {
		return nil, err
	}
	if len(mine) == 0 || panel == 0 {
		return nil, problem.New(problem.NotFound, "problem.not_found")
	}
	return slices.DeleteFunc(mine, func(a Assignment) bool { return !a.Waits() || !a.DeclaredAt.IsZero() }), nil
}

// DeclareIn has an expert say in a panel to which of those who are judged they have
// a tie, and of what ground; to the others they have none. Works of tied ones are
// taken from them and drawn for anew; the rest is open to them.
func (s *Service) DeclareIn(ctx context.Context, by access.Actor, panel ref.ID, tied []ref.ID, ground Ground) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		e, err := s.expertIn(ctx, tx, by)
		if err != nil {
			return err
		}
		waiting, err := s.undeclared(ctx, tx, e, panel)
		if err != nil {
			return err
		}
		for _, org := range tied {
			if err := s.declare(ctx, tx, by, e, org, ground); err != nil {
				return err
			}
		}
		if err := s.leaveTied(ctx, tx, by, e); err != nil {
			return err
		}
		return s.declared(ctx, tx, by, waiting)
	})
}

// declared notes for works that are still the expert's that they have no tie.
func (s *Service) declared(ctx context.Context, tx *db.Tx, by access.Actor, waiting []Assignment) error {
	for _, a := range waiting {
		a, err := assignmentByID(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if !a.Waits() {
			continue
		}
		before := a
		a.DeclaredAt = db.At(tx.Now())
		if err := s.saveAssignment(ctx, tx, by, "panels.declare", before, &a); err != nil {
			return err
		}
	}
	return nil
}

// SaveDraft keeps what an expert has written so far; criteria that are left out
// stay as they were. It tells when it was saved.
func (s *Service) SaveDraft(ctx context.Context, by access.Actor, id ref.ID, scores []Score) (at db.Time, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		a, p, _, err := s.own(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := mayMark(a, p); err != nil {
			return err
		}
		at = db.At(tx.Now())
		for _, sc := range scores {
			i := slices.IndexFunc(p.Criteria, func(c Criterion) bool { return c.Code == sc.Code })
			if i < 0 || len([]rune(sc.Comment)) > mostComment {
				return problem.New(problem.Conflict, "panels.criteria_differ")
			}
			sc.Points = max(-1, min(sc.Points, p.Criteria[i].Max))
			if err := saveDraft(ctx, tx, a.ID, sc, at); err != nil {
				return err
			}
		}
		return nil
	})
	return at, err
}

// mayMark: the work is the expert's, declared, not marked yet, and its panel marks.
func mayMark(a Assignment, p Panel) error {
	if err := p.at(Marking); err != nil {
		return err
	}
	if err := mayRead(a); err != nil {
		return err
	}
	if !a.Waits() {
		return problem.New(problem.Conflict, "panels.marked_already")
	}
	return nil
}

// Submit hands in the whole sheet of a work. An expert in conflict does not mark:
// where a tie is known by now, the work is taken from them instead, and the answer
// says so. A wide spread of the totals of a work calls one more expert.
func (s *Service) Submit(ctx context.Context, by access.Actor, id ref.ID, scores []Score) error {
	tied := false
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		tied, err = s.submitIn(ctx, tx, by, id, scores)
		return err
	})
	if err == nil && tied {
		err = problem.New(problem.Conflict, "panels.in_conflict")
	}
	return err
}

func (s *Service) submitIn(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID, scores []Score) (tied bool, err error) {
	a, p, w, err := s.own(ctx, tx, by, id)
	if err != nil {
		return false, err
	}
	if err := mayMark(a, p); err != nil {
		return false, err
	}
	e, err := expertByID(ctx, tx, a.ExpertID)
	if err != nil {
		return false, err
	}
	ties, err := s.tiedTo(ctx, tx, e)
	if err != nil {
		return false, err
	}
	if left, err := s.leaveIfTied(ctx, tx, by, a, ties); left || err != nil {
		return left, err
	}
	before := a
	if a.Scores, err = CheckScores(p.Criteria, scores); err != nil {
		return false, err
	}
	a.SubmittedAt, a.total = db.At(tx.Now()), stored(Total(p.Criteria, a.Scores))
	if err := s.saveAssignment(ctx, tx, by, "panels.submit", before, &a); err != nil {
		return false, err
	}
	if err := dropDrafts(ctx, tx, a.ID); err != nil {
		return false, err
	}
	if err := s.settle(ctx, tx, by, a, obligations.Kept); err != nil {
		return false, err
	}
	return false, s.callOneMore(ctx, tx, p, w)
}

// callOneMore draws one more expert for a work whose totals are all in and lie far
// apart, once.
func (s *Service) callOneMore(ctx context.Context, tx *db.Tx, p Panel, w PanelWork) error {
	list, err := assignmentsOfWork(ctx, tx, w.ID)
	if err != nil {
		return err
	}
	var totals []float64
	for _, a := range list {
		switch {
		case a.Why == WhySpread || a.Waits():
			return nil
		case a.In():
			totals = append(totals, Total(p.Criteria, a.Scores))
		}
	}
	if !Apart(totals, p.Spread) {
		return nil
	}
	d, err := s.drawingIn(ctx, tx, p)
	if err != nil {
		return err
	}
	_, err = s.take(ctx, tx, access.Portal("panels"), d, DrawStep{Kind: DrawMore, Work: w.Work.No, Why: WhySpread})
	return err
}

const mostNote = 1000

// Recuse has an expert give a work back, with or without a word why; somebody else
// is drawn for it. Once the marks are open it takes a reason: the sheet counts no
// more, the order is counted anew, and nobody is drawn, who would know the marks.
func (s *Service) Recuse(ctx context.Context, by access.Actor, id ref.ID, note string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, p, _, err := s.own(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := p.at(Marking, Revealed); err != nil {
			return err
		}
		if a.Left() {
			return problem.New(problem.Conflict, "panels.left_already")
		}
		note = strings.TrimSpace(note)
		var bad problem.Fields
		bad.Reject(p.Stage() == Revealed && note == "", "note", "form.required")
		bad.Reject(len([]rune(note)) > mostNote, "note", "panels.comment_long", "max", mostNote)
		if bad != nil {
			return bad.Err()
		}
		d, err := s.drawingIn(ctx, tx, p)
		if err != nil {
			return err
		}
		return s.leave(ctx, tx, by, d, a, WhyRecusal, note)
	})
}
