package accounts

import (
	"context"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// PersonalField declares one field in which the portal keeps something of a
// natural person. The words are message keys.
type PersonalField struct {
	Table, Column string
	Whose         string // "accounts.whose.account": whose data it is
	Purpose       string
	Ground        string
	Keep          string
}

// Holder is what one room keeps of persons: its fields, how a person gets a copy,
// how it is erased for one person, and how what is due is erased for all.
type Holder struct {
	Fields []PersonalField
	// Copy adds the room's data of a person to the person's own copy.
	Copy func(ctx context.Context, tx *db.Tx, person ref.ID) (map[string]any, error)
	// Erase removes the person from the room; what must stay by law stays without name.
	Erase func(ctx context.Context, tx *db.Tx, by access.Actor, person ref.ID) error
	// Expire erases what has been kept long enough.
	Expire func(ctx context.Context, tx *db.Tx) error
}

// Hold adds what a room keeps of persons to the register. The app calls it for
// each room before the portal serves.
func (s *Service) Hold(h Holder) { s.holders = append(s.holders, h) }

// Register lists every personal field of the portal.
func (s *Service) Register() []PersonalField {
	var all []PersonalField
	for _, h := range s.holders {
		all = append(all, h.Fields...)
	}
	return all
}

// How long accounts keeps what is not needed any more.
const (
	keepSession = 90 * 24 * time.Hour
	keepLook    = 3 * 365 * 24 * time.Hour
	keepTicket  = 24 * time.Hour
	keepInvite  = 365 * 24 * time.Hour
	keepVisit   = 3 * 365 * 24 * time.Hour
)

// Expire erases everything that has been kept long enough, room by room; it runs
// every night.
func (s *Service) Expire(ctx context.Context) error {
	for _, h := range s.holders {
		if h.Expire == nil {
			continue
		}
		if err := s.db.Update(ctx, func(tx *db.Tx) error { return h.Expire(ctx, tx) }); err != nil {
			return err
		}
	}
	return nil
}
