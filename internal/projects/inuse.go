package projects

import (
	"context"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// OrgsInUse tells which organizations carry out projects, pay for them or for
// programmes, or take part in them.
func OrgsInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	used, err := db.InUse(ctx, tx, ids, `SELECT org_id FROM projects WHERE org_id IN %s`,
		`SELECT funder_id FROM projects WHERE funder_id IN %s`,
		`SELECT funder_id FROM programmes WHERE funder_id IN %s`)
	if err != nil {
		return nil, err
	}
	err = db.Each(ctx, tx, func(r db.Row) (partners []Partner, err error) {
		err = r.Scan(db.AsJSON(&partners))
		return partners, err
	}, func(partners []Partner) error {
		for _, p := range partners {
			used[p.OrgID] = true
		}
		return nil
	}, `SELECT partners FROM projects WHERE CAST(partners AS TEXT) <> '[]' AND CAST(partners AS TEXT) <> 'null'`)
	return used, err
}

// PlacesInUse tells in which places projects or programmes lie.
func PlacesInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	used, err := db.InUse(ctx, tx, ids, `SELECT place_id FROM projects WHERE place_id IN %s`,
		`SELECT place_id FROM programmes WHERE place_id IN %s`,
		`SELECT place_id FROM project_events WHERE place_id IN %s`)
	if err != nil {
		return nil, err
	}
	err = db.Each(ctx, tx, func(r db.Row) (more []ref.ID, err error) {
		err = r.Scan(db.AsJSON(&more))
		return more, err
	}, func(more []ref.ID) error {
		for _, id := range more {
			used[id] = true
		}
		return nil
	}, `SELECT more_places FROM projects WHERE CAST(more_places AS TEXT) <> '[]' AND CAST(more_places AS TEXT) <> 'null'`)
	return used, err
}

// WorkedWith lists the organizations that took part in projects together with one
// of the given ones, in projects that ended after the day or have not ended.
func WorkedWith(ctx context.Context, tx *db.Tx, orgs []ref.ID, since db.Date) ([]ref.ID, error) {
	var out []ref.ID
	for _, org := range orgs {
		err := db.Each(ctx, tx, func(r db.Row) (p Project, err error) {
			err = r.Scan(&p.OrgID, db.AsJSON(&p.Partners))
			return p, err
		}, func(p Project) error {
			together := []ref.ID{p.OrgID}
			for _, partner := range p.Partners {
				together = append(together, partner.OrgID)
			}
			if slices.Contains(together, org) {
				out = append(out, slices.DeleteFunc(together, func(id ref.ID) bool { return id == org || id == 0 })...)
			}
			return nil
		}, `SELECT org_id, partners FROM projects WHERE NOT hidden AND ends >= $1 AND (org_id = $2 OR CAST(partners AS TEXT) LIKE $3)`,
			since, org, "%"+org.String()+"%")
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// OrgsBefore tells which of the organizations carried out a project that began
// before a day.
func OrgsBefore(ctx context.Context, tx *db.Tx, orgs []ref.ID, day db.Date) (map[ref.ID]bool, error) {
	had := map[ref.ID]bool{}
	for part := range slices.Chunk(orgs, 300) {
		some, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT DISTINCT org_id FROM projects WHERE NOT hidden AND starts < $1 AND org_id IN `+db.In(2, len(part)), db.Args([]any{day}, part)...)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			had[id] = true
		}
	}
	return had, nil
}
