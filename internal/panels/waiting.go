package panels

import (
	"context"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// Waiting is something in a panel that waits for the act of somebody.
type Waiting struct {
	// Act is the act that is wanted: "panels.mark", "panels.reveal".
	Act   string
	Panel ref.Ref
	// Path is the page on which it is done.
	Path string
	// Since is the day from which it waits; Due the last day for it, zero where
	// there is none.
	Since, Due db.Date
	// N is how many works wait, 0 where it is the panel.
	N int
}

// mostWaiting is how many panels a desk looks at.
const mostWaiting = 50

// Waiting lists what waits for the actor in panels: as an expert, as a party to a
// draw, and as the funder's side.
func (s *Service) Waiting(ctx context.Context, by access.Actor) (out []Waiting, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if out, err = s.waitingMarks(ctx, tx, by); err != nil {
			return err
		}
		panels, err := openPanels(ctx, tx, mostWaiting)
		if err != nil {
			return err
		}
		for _, p := range panels {
			some, err := s.waitingIn(ctx, tx, by, p)
			if err != nil {
				return err
			}
			out = append(out, some...)
		}
		return nil
	})
	return out, err
}

// waitingMarks are the works of an expert, one line for each panel.
func (s *Service) waitingMarks(ctx context.Context, tx *db.Tx, by access.Actor) (out []Waiting, err error) {
	e, ok, err := expertOf(ctx, tx, by.UserID)
	if err != nil || !ok || !by.HasAny(access.Expert) {
		return nil, err
	}
	tasks, err := s.tasks(ctx, tx, e, 0)
	for _, t := range tasks {
		i := slices.IndexFunc(out, func(w Waiting) bool { return w.Panel.ID == t.PanelID })
		switch {
		case !t.Waits():
		case i < 0:
			out = append(out, Waiting{Act: "panels.mark", Panel: t.Panel.Ref(), Path: "/desk/experts", Since: db.DateOf(t.DrawnAt.In(s.Zone)), Due: t.Due, N: 1})
		default:
			out[i].N++
		}
	}
	return out, err
}

// waitingIn is what a panel waits for from a party or from the funder's side.
func (s *Service) waitingIn(ctx context.Context, tx *db.Tx, by access.Actor, p Panel) (out []Waiting, err error) {
	wait := func(act string, since db.Time) {
		out = append(out, Waiting{Act: act, Panel: p.Ref(), Path: p.Ref().Path, Since: db.DateOf(since.In(s.Zone))})
	}
	if p.Stage() == Seeding {
		for _, part := range p.Lot.Parts {
			switch _, speaks := s.speaksFor(by, p, part.Party.ID); {
			case part.IsDice() || !speaks:
			case part.BoundAt.IsZero():
				wait("panels.seed.commit", p.Lot.FrozenAt)
			case p.Lot.CanOpen() && part.OpenedAt.IsZero():
				wait("panels.seed.open", part.BoundAt)
			}
		}
	}
	if _, err := mayRun(by, p, s.Places.Tree().Path(p.PlaceID), nil); err != nil || by.IsPortal() {
		return out, nil
	}
	switch p.Stage() {
	case Gathering:
		wait("panels.freeze", p.OpenedAt)
	case Seeding:
		if len(p.Lot.Parts) == 0 {
			wait("panels.seed.invite", p.Lot.FrozenAt)
		}
	case Marking:
		ready, since, err := allIn(ctx, tx, p.ID)
		if err != nil {
			return nil, err
		}
		if ready {
			wait("panels.reveal", since)
		}
	}
	return out, nil
}
