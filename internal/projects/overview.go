package projects

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// PlaceSum counts the agreements in force whose project lies at one place.
type PlaceSum struct {
	PlaceID ref.ID
	// Agreed counts the agreements in force, Running those whose project runs
	// today.
	Agreed, Running int64
	// Sum is what the agreements in tenge promise, in tiyn.
	Sum int64
}

// InForce counts by place the agreements that are neither closed nor ended.
func (s *Service) InForce(ctx context.Context) (sums []PlaceSum, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		sums, err = inForce(ctx, tx, s.today(tx))
		return err
	})
	return sums, err
}

func inForce(ctx context.Context, tx *db.Tx, today db.Date) ([]PlaceSum, error) {
	scan := func(r db.Row) (p PlaceSum, err error) {
		err = r.Scan(&p.PlaceID, &p.Agreed, &p.Running, &p.Sum)
		return p, err
	}
	return db.All(ctx, tx, scan, `SELECT place_id, COUNT(*),
			CAST(SUM(CASE WHEN starts <= $1 AND ends >= $1 THEN 1 ELSE 0 END) AS BIGINT),
			CAST(SUM(CASE WHEN currency = 'KZT' THEN sum ELSE 0 END) AS BIGINT)
		FROM projects
		WHERE agreed_on IS NOT NULL AND closed_on IS NULL AND terminated_on IS NULL AND cancelled_on IS NULL AND hidden = FALSE
		GROUP BY place_id ORDER BY place_id`, today)
}
