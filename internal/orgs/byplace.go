package orgs

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// PlaceCount is how many NGOs work today at a place itself, without the places
// in it.
type PlaceCount struct {
	PlaceID ref.ID
	Rural   bool
	Count   int64
}

// CountByPlace counts the NGOs of today by place, urban and rural apart.
func (s *Service) CountByPlace(ctx context.Context) (out []PlaceCount, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(ctx, tx, func(r db.Row) (c PlaceCount, err error) {
			err = r.Scan(&c.PlaceID, &c.Rural, &c.Count)
			return c, err
		}, `SELECT place_id, rural, count(*) FROM organizations
			WHERE merged_into IS NULL AND kind = $1 AND (closed IS NULL OR closed > $2)
			GROUP BY place_id, rural ORDER BY place_id, rural`, NGO, s.Today())
		return err
	})
	return out, err
}
