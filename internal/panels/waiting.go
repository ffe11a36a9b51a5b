package panels

import (
	"context"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/todo"
)

// Waiting lists what waits for the actor in panels, as a party to a draw, as the
// funder's side and as a member of a body. What experts are to do they owe: it is
// among obligations.
func (s *Service) Waiting(ctx context.Context, by access.Actor) ([]todo.Task, error) {
	return todo.Of(ctx, s.db, by, s.waitingMeetings, s.waitingPanels)
}

// waitingPanels is what waits for the actor in the panels that are open.
func (s *Service) waitingPanels(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
	panels, err := openPanels(ctx, tx, todo.Most)
	if err != nil {
		return nil, err
	}
	for _, p := range panels {
		some, err := s.waitingIn(ctx, tx, by, p)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// waitingIn is what a panel waits for from a party or from the funder's side.
func (s *Service) waitingIn(ctx context.Context, tx *db.Tx, by access.Actor, p Panel) (out []todo.Task, err error) {
	waitAt := func(path, act string, since db.Time) {
		out = append(out, todo.Task{Act: act, Thing: p.Ref(), Path: path, Since: db.DateOf(since.In(s.Zone))})
	}
	wait := func(act string, since db.Time) { waitAt(p.Ref().Path, act, since) }
	if p.Stage() == Seeding {
		for _, part := range p.Lot.Parts {
			path := p.Ref().Path + "/seed/" + part.Party.ID.String()
			switch _, speaks := s.speaksFor(by, p, part.Party.ID); {
			case part.IsDice() || !speaks:
			case part.BoundAt.IsZero():
				waitAt(path, "panels.seed.commit", p.Lot.FrozenAt)
			case p.Lot.CanOpen() && part.OpenedAt.IsZero():
				waitAt(path, "panels.seed.open", part.BoundAt)
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
