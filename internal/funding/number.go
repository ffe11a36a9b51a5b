package funding

import (
	"context"
	"fmt"

	"birge/internal/platform/db"
)

// numberIn gives the next number of a kind in a year, 2026-000012, by which people
// quote a case. A transaction that fails takes its number back.
func numberIn(ctx context.Context, tx *db.Tx, kind string, year int) (string, error) {
	numbers, err := numbersIn(ctx, tx, kind, year, 1)
	if err != nil {
		return "", err
	}
	return numbers[0], nil
}

// numbersIn gives the next n numbers of a kind in a year.
func numbersIn(ctx context.Context, tx *db.Tx, kind string, year, n int) ([]string, error) {
	if n == 0 {
		return nil, nil
	}
	if _, err := tx.Exec(ctx, `INSERT INTO funding_numbers (kind, year, last) VALUES ($1, $2, $3)
		ON CONFLICT (kind, year) DO UPDATE SET last = funding_numbers.last + excluded.last`, kind, year, n); err != nil {
		return nil, err
	}
	last, err := db.One(ctx, tx, db.Value[int64], `SELECT last FROM funding_numbers WHERE kind = $1 AND year = $2`, kind, year)
	numbers := make([]string, n)
	for i := range numbers {
		numbers[i] = fmt.Sprintf("%d-%06d", year, last-int64(n-1-i))
	}
	return numbers, err
}
