package projects

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// PlaceTotal is the agreed projects at a place itself, without the places in it:
// how many, and their sum in tiyn of the tenge.
type PlaceTotal struct {
	PlaceID ref.ID
	Rural   bool
	Count   int64
	Sum     int64
}

// TotalsByPlace adds up the agreed projects by place, urban and rural apart.
func (s *Service) TotalsByPlace(ctx context.Context) (out []PlaceTotal, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(ctx, tx, func(r db.Row) (t PlaceTotal, err error) {
			err = r.Scan(&t.PlaceID, &t.Rural, &t.Count, &t.Sum)
			return t, err
		}, `SELECT place_id, rural, count(*), CAST(COALESCE(sum(sum) FILTER (WHERE currency = 'KZT'), 0) AS BIGINT) FROM projects
			WHERE agreed_on IS NOT NULL AND cancelled_on IS NULL AND NOT hidden
			GROUP BY place_id, rural ORDER BY place_id, rural`)
		return err
	})
	return out, err
}
