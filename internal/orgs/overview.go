package orgs

import (
	"context"

	"birge/internal/platform/db"
)

// CountActive counts the living organizations that exist today, as ActiveOn
// tells it.
func (s *Service) CountActive(ctx context.Context) (n int64, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		n, err = db.One(ctx, tx, db.Value[int64], `SELECT COUNT(*) FROM organizations
			WHERE merged_into IS NULL AND (founded IS NULL OR founded <= $1) AND (closed IS NULL OR closed > $1)`, s.today(tx))
		return err
	})
	return n, err
}
