package obligations

import (
	"context"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// moveStep is how many obligations one transaction moves.
const moveStep = 200

// MoveToCalendar moves the running terms that the calendar of today moves, in
// small transactions, and tells how many it moved. It is run when the calendar
// has changed; run again, it moves nothing.
func (s *Service) MoveToCalendar(ctx context.Context) (moved int, err error) {
	var last ref.ID
	for {
		n, next := 0, last
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			n, next = 0, last
			rows, err := running(ctx, tx, last, moveStep)
			if err != nil || len(rows) == 0 {
				return err
			}
			next = rows[len(rows)-1].ID
			n, err = s.move(ctx, tx, rows)
			return err
		})
		if err != nil {
			return moved, err
		}
		moved += n
		if next == last {
			return moved, nil
		}
		last = next
	}
}

func (s *Service) move(ctx context.Context, tx *db.Tx, rows []Obligation) (moved int, err error) {
	cal := s.calendar()
	for _, o := range rows {
		due, ok := o.movedBy(cal)
		if !ok {
			continue
		}
		if err := s.change(ctx, tx, access.Portal("calendar"), o, ActMove, func(o *Obligation) error {
			o.Due = due
			return nil
		}); err != nil {
			return moved, err
		}
		moved++
	}
	return moved, nil
}

// SendReminders hands every reminder that is due today to Remind, once, and
// tells how many there were.
func (s *Service) SendReminders(ctx context.Context) (sent int, err error) {
	for {
		n := 0
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			n = 0
			today := s.today(tx)
			rows, err := dueReminders(ctx, tx, today, moveStep)
			if err != nil {
				return err
			}
			for _, o := range rows {
				if err := s.remind(ctx, tx, o, today); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil {
			return sent, err
		}
		sent += n
		if n < moveStep {
			return sent, nil
		}
	}
}

func (s *Service) remind(ctx context.Context, tx *db.Tx, o Obligation, today db.Date) error {
	if s.Remind != nil {
		if err := s.Remind(ctx, tx, o, o.DaysLeft(today)); err != nil {
			return err
		}
	}
	return markReminded(ctx, tx, o.ID, today)
}
