package funding

import (
	"context"
	"fmt"

	"birge/internal/platform/db"
)

// numberIn gives the next number of a kind in a year, 2026-000012, by which people
// quote a case. A transaction that fails takes its number back.
func numberIn(ctx context.Context, tx *db.Tx, kind string, year int) (string, error) {
	if _, err := tx.Exec(ctx, `INSERT INTO funding_numbers (kind, year, last) VALUES ($1, $2, 1)
		ON CONFLICT (kind, year) DO UPDATE SET last = funding_numbers.last + 1`, kind, year); err != nil {
		return "", err
	}
	last, err := db.One(ctx, tx, db.Value[int64], `SELECT last FROM funding_numbers WHERE kind = $1 AND year = $2`, kind, year)
	return fmt.Sprintf("%d-%06d", year, last), err
}
