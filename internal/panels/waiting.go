package panels

import (
	"context"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// Waiting is something in a panel or a meeting that waits for the act of somebody.
type Waiting struct {
	// Act is the act that is wanted: "panels.freeze", "panels.reveal".
	Act string
	// Panel is the panel or the meeting.
	Panel ref.Ref
	// Path is the page on which it is done.
	Path string
	// Since is the day from which it waits.
	Since db.Date
}

// mostWaiting is how many panels a desk looks at.
const mostWaiting = 50

// Waiting lists what waits for the actor in panels, as a party to a draw and as
// the funder's side. What experts are to do they owe: it is among obligations.
func (s *Service) Waiting(ctx context.Context, by access.Actor) (out []Waiting, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out = nil
		meetings, err := s.waitingMeetings(ctx, tx, by)
		if err != nil {
			return err
		}
		out = append(out, meetings...)
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

// waitingIn is what a panel waits for from a party or from the funder's side.
func (s *Service) waitingIn(ctx context.Context, tx *db.Tx, by access.Actor, p Panel) (out []Waiting, err error) {
	waitAt := func(path, act string, since db.Time) {
		out = append(out, Waiting{Act: act, Panel: p.Ref(), Path: path, Since: db.DateOf(since.In(s.Zone))})
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
