package projects

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// Placed is a project as others have to know it to tell whom it concerns.
type Placed struct {
	ref.Ref
	PlaceID         ref.ID
	MorePlaces      []ref.ID
	OrgID, FunderID ref.ID
}

// PlacedByIDs finds projects that everybody may see.
func (s *Service) PlacedByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Placed, error) {
	scan := func(r db.Row) (p Placed, err error) {
		var id ref.ID
		var title i18n.Text
		err = r.Scan(&id, &title, &p.PlaceID, db.AsJSON(&p.MorePlaces), &p.OrgID, &p.FunderID)
		p.Ref = Project{ID: id, Plan: Plan{Title: title}}.Ref()
		return p, err
	}
	return db.All(ctx, tx, scan, `SELECT id, title, place_id, more_places, org_id, funder_id FROM projects
		WHERE hidden = FALSE AND id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// PlaceYear is the money of agreed projects in one place and year, in tiyn.
type PlaceYear struct {
	PlaceID ref.ID
	Year    int
	Planned int64
}

// AgreedByPlace adds up what the agreed projects of a programme planned, by the
// first place of each and by year.
func AgreedByPlace(ctx context.Context, tx *db.Tx, programme ref.ID) ([]PlaceYear, error) {
	return db.All(ctx, tx, func(r db.Row) (y PlaceYear, err error) {
		err = r.Scan(&y.PlaceID, &y.Year, &y.Planned)
		return y, err
	}, `SELECT p.place_id, y.year, CAST(SUM(y.planned) AS BIGINT) FROM project_years y JOIN projects p ON p.id = y.project_id
		WHERE `+ofProgramme+` AND p.programme_id = $1 GROUP BY p.place_id, y.year ORDER BY y.year, p.place_id`, programme)
}
