package accounts

import (
	"context"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// look is one reading of somebody's personal data by somebody else.
type look struct {
	at             db.Time
	viewer, person ref.ID
	what           string
}

// Looked writes down, with the next Flush, that personal data of a person were
// shown; what names the page. Looking at one's own is not noted.
func (s *Service) Looked(by access.Actor, person ref.ID, what string) {
	if !by.SignedIn() || by.UserID == person {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks = append(s.looks, look{db.At(s.db.Now()), by.UserID, person, what})
}

// Flush writes the looks and the sightings collected since the last one. The
// app calls it every few seconds and before it stops. What could not be written
// is kept for the next time.
func (s *Service) Flush(ctx context.Context) error {
	s.mu.Lock()
	looks := s.looks
	s.looks = nil
	s.mu.Unlock()
	seen := s.seen.take()
	if len(looks)+len(seen) == 0 {
		return nil
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		for id, at := range seen {
			if _, err := tx.Exec(ctx, `UPDATE sessions SET seen_at = $1 WHERE id = $2 AND seen_at < $1`, db.At(at), id); err != nil {
				return err
			}
		}
		for _, l := range looks {
			if _, err := tx.Exec(ctx, `INSERT INTO looks (id, at, viewer_id, person_id, what) VALUES ($1,$2,$3,$4,$5)`,
				tx.NewID(), l.at, l.viewer, l.person, l.what); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.mu.Lock()
		s.looks = append(looks, s.looks...)
		s.mu.Unlock()
	}
	return err
}

const flushEvery = 15 * time.Second

// Run writes what was collected every quarter of a minute, and once more when
// ctx ends. tell hears of failures; what failed is written the next time.
func (s *Service) Run(ctx context.Context, tell func(error)) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			if err := s.Flush(context.WithoutCancel(ctx)); err != nil {
				tell(err)
			}
			return
		}
		if err := s.Flush(ctx); err != nil && ctx.Err() == nil {
			tell(err)
		}
	}
}
