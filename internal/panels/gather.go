package panels

import (
	"context"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindWork is the kind of the entries of a work in a panel.
const KindWork = "panel_work"

// PanelWork is a work in a panel. It is not public here: the room whose work it is
// says what is.
type PanelWork struct {
	ID          ref.ID  `json:"id"`
	Version     int64   `json:"version"`
	PanelID     ref.ID  `json:"panel_id"`
	Work        Work    `json:"work"`
	AddedAt     db.Time `json:"added_at"`
	WithdrawnAt db.Time `json:"withdrawn_at"`
}

// Ref names the work in a panel.
func (w PanelWork) Ref() ref.Ref { return ref.Ref{Kind: KindWork, ID: w.ID} }

// Root is the panel.
func (w PanelWork) Root() ref.Ref { return ref.Ref{Kind: KindPanel, ID: w.PanelID} }

// JournalVersion is the version of the row.
func (w PanelWork) JournalVersion() int64 { return w.Version }

// Public is never true of a work in a panel.
func (w PanelWork) Public() bool { return false }

// Gone tells that the work was withdrawn.
func (w PanelWork) Gone() bool { return !w.WithdrawnAt.IsZero() }

// OpenIn opens a panel, in the transaction of the room whose works it judges.
func (s *Service) OpenIn(ctx context.Context, tx *db.Tx, by access.Actor, n NewPanel) (Panel, error) {
	if err := n.Check(s.today(tx)); err != nil {
		return Panel{}, err
	}
	p := Panel{ID: tx.NewID(), Version: 1, Subject: n.Subject, Title: n.Title.Trim(), FunderID: n.FunderID, PlaceID: n.PlaceID, Criteria: n.Criteria,
		PerWork: n.PerWork, Spread: n.Spread, Blind: n.Blind, Names: n.Names, Due: n.Due, NormsOn: n.NormsOn, OpenedAt: db.At(tx.Now()), Sample: n.Sample}
	var orgs []ref.ID
	for _, w := range n.Works {
		orgs = append(orgs, w.Orgs...)
	}
	as, err := mayRun(by, p, s.Places.Tree().Path(p.PlaceID), orgs)
	if err != nil {
		return p, err
	}
	if err := insertPanel(ctx, tx, p); err != nil {
		return p, err
	}
	if err := journal.Record(ctx, tx, as, "panels.open", nil, p); err != nil {
		return p, err
	}
	_, err = s.putWorks(ctx, tx, as, p, 0, n.Works)
	return p, err
}

// putWorks adds works to a panel whose highest number is last.
func (s *Service) putWorks(ctx context.Context, tx *db.Tx, as access.Actor, p Panel, last int, works []Work) ([]PanelWork, error) {
	list, changes := make([]PanelWork, len(works)), make([]journal.Pair, len(works))
	for _, w := range works {
		last = max(last, w.No)
	}
	for i, w := range works {
		if w.Ref.IsZero() || w.No < 0 {
			return nil, wrongLists()
		}
		if w.No == 0 {
			last++
			w.No = last
		}
		list[i] = PanelWork{ID: tx.NewID(), Version: 1, PanelID: p.ID, Work: w, AddedAt: db.At(tx.Now())}
		changes[i] = journal.Pair{After: list[i]}
	}
	if err := insertWorks(ctx, tx, list); err != nil {
		return nil, err
	}
	return list, journal.RecordMany(ctx, tx, as, "panels.work.add", changes)
}

// AddWorkIn adds a work to a panel whose marks are not open, in the transaction of
// its room. After the draw it gets its experts at once.
func (s *Service) AddWorkIn(ctx context.Context, tx *db.Tx, by access.Actor, panel ref.ID, w Work) error {
	r, err := s.runIn(ctx, tx, by, panel)
	if err != nil {
		return err
	}
	if err := r.at(Gathering, Seeding, Marking); err != nil {
		return err
	}
	last := 0
	for _, have := range r.works {
		last = max(last, have.Work.No)
	}
	added, err := s.putWorks(ctx, tx, r.as, r.Panel, last, []Work{w})
	if err != nil || r.Stage() != Marking {
		return err
	}
	return s.drawLate(ctx, tx, r.as, r.Panel, added[0])
}

// WithdrawWorkIn takes a work out of a panel, in the transaction of its room. What
// was marked stays written and tells of the experts, but the work has no place.
func (s *Service) WithdrawWorkIn(ctx context.Context, tx *db.Tx, by access.Actor, panel ref.ID, work ref.Ref) error {
	p, err := panelByID(ctx, tx, panel)
	if err != nil {
		return err
	}
	if err := p.at(Gathering, Seeding, Marking, Revealed); err != nil {
		return err
	}
	w, err := workOf(ctx, tx, panel, work)
	if err != nil {
		return err
	}
	if w.Gone() {
		return problem.New(problem.Conflict, "panels.work_withdrawn")
	}
	before := w
	w.WithdrawnAt = db.At(tx.Now())
	if err := withdrawWork(ctx, tx, w); err != nil {
		return err
	}
	w.Version++
	if err := journal.Record(ctx, tx, by, "panels.work.withdraw", before, w); err != nil {
		return err
	}
	if p.Stage() == Marking {
		return s.drawWithdrawn(ctx, tx, by, p, w)
	}
	return s.Recount(ctx, tx, panel)
}

// CancelIn ends a panel that will not judge, with the reason in public.
func (s *Service) CancelIn(ctx context.Context, tx *db.Tx, by access.Actor, panel ref.ID, why i18n.Text) error {
	return s.change(ctx, tx, by, panel, "panels.cancel", func(r *run) error {
		var bad problem.Fields
		bad.Reject(why.Trim().IsZero(), "why", "panels.why_missing")
		if err := r.at(Gathering, Seeding, Marking, Revealed); err != nil {
			return err
		}
		r.CancelledAt, r.CancelReason = db.At(tx.Now()), why.Trim()
		if err := bad.Err(); err != nil {
			return err
		}
		return s.releaseAll(ctx, tx, r.as, r.Panel)
	})
}

// DecidedIn notes that a decision which stands on the marks was published.
func (s *Service) DecidedIn(ctx context.Context, tx *db.Tx, by access.Actor, panel ref.ID) error {
	return s.change(ctx, tx, by, panel, "panels.decide", func(r *run) error {
		if err := r.at(Revealed); err != nil {
			return err
		}
		r.DecidedAt = db.At(tx.Now())
		return nil
	})
}

// change loads a panel for the funder's side, applies one rule, stores and records
// it.
func (s *Service) change(ctx context.Context, tx *db.Tx, by access.Actor, panel ref.ID, act string, rule func(r *run) error) error {
	r, err := s.runIn(ctx, tx, by, panel)
	if err != nil {
		return err
	}
	before := r.Panel
	if err := rule(&r); err != nil {
		return err
	}
	return s.savePanel(ctx, tx, r.as, act, before, &r.Panel)
}

func (s *Service) savePanel(ctx context.Context, tx *db.Tx, as access.Actor, act string, before Panel, p *Panel) error {
	if err := updatePanel(ctx, tx, *p); err != nil {
		return err
	}
	p.Version++
	return journal.Record(ctx, tx, as, act, before, *p)
}

// PanelIn reads a panel in somebody's transaction.
func (s *Service) PanelIn(ctx context.Context, tx *db.Tx, id ref.ID) (Panel, error) {
	return panelByID(ctx, tx, id)
}

// PanelsOf lists the panels of a subject, the first one first: a panel of an appeal
// follows the one whose marks are appealed.
func (s *Service) PanelsOf(ctx context.Context, tx *db.Tx, subject ref.Ref) ([]Panel, error) {
	return panelsOf(ctx, tx, subject)
}

// living leaves out withdrawn works.
func living(works []PanelWork) []PanelWork {
	return slices.DeleteFunc(slices.Clone(works), PanelWork.Gone)
}
