package accounts

import (
	"context"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
)

// Speaks is the language in which the person is written to.
func (p Person) Speaks() i18n.Lang { return langOf(p) }

// LookedAt is Looked for the person of an address; an address that no person has
// is nobody's account.
func (s *Service) LookedAt(ctx context.Context, by access.Actor, email, what string) error {
	var p Person
	var ok bool
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		p, ok, err = personByEmail(ctx, tx, email)
		return err
	})
	if err == nil && ok {
		s.Looked(by, p.ID, what)
	}
	return err
}
