package funding

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const potColumns = `id, programme_id, funder_id, place_id, title, kind, years, district_share, sample, version`

func scanPot(r db.Row) (p Pot, err error) {
	err = r.Scan(&p.ID, &p.ProgrammeID, &p.FunderID, &p.PlaceID, &p.Title, &p.Kind, db.AsJSON(&p.Years), &p.DistrictShare, &p.Sample, &p.Version)
	return p, err
}

func insertPot(ctx context.Context, tx *db.Tx, p Pot) error {
	_, err := tx.Exec(ctx, `INSERT INTO pots (`+potColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		p.ID, p.ProgrammeID, p.FunderID, p.PlaceID, p.Title, p.Kind, db.AsJSON(&p.Years), p.DistrictShare, p.Sample, p.Version)
	return err
}

func updatePot(ctx context.Context, tx *db.Tx, p Pot) error {
	return tx.ExecOne(ctx, `UPDATE pots SET place_id = $1, title = $2, years = $3, district_share = $4, version = $5 WHERE id = $6 AND version = $7`,
		p.PlaceID, p.Title, db.AsJSON(&p.Years), p.DistrictShare, p.Version, p.ID, p.Version-1)
}

func potByID(ctx context.Context, tx *db.Tx, id ref.ID) (Pot, error) {
	return db.One(ctx, tx, scanPot, `SELECT `+potColumns+` FROM pots WHERE id = $1`, id)
}

func potsOf(ctx context.Context, tx *db.Tx, programme ref.ID) ([]Pot, error) {
	return db.All(ctx, tx, scanPot, `SELECT `+potColumns+` FROM pots WHERE programme_id = $1 ORDER BY id`, programme)
}

func allPots(ctx context.Context, tx *db.Tx) ([]Pot, error) {
	return db.All(ctx, tx, scanPot, `SELECT `+potColumns+` FROM pots ORDER BY id`)
}

const bindingColumns = `id, pot_id, year, for_kind, for_id, for_title, for_path, sum, version`

func scanBinding(r db.Row) (b Binding, err error) {
	err = r.Scan(&b.ID, &b.PotID, &b.Year, &b.For.Kind, &b.For.ID, &b.For.Title, &b.For.Path, &b.Sum, &b.Version)
	return b, err
}

func insertBinding(ctx context.Context, tx *db.Tx, b Binding) error {
	_, err := tx.Exec(ctx, `INSERT INTO pot_bindings (`+bindingColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		b.ID, b.PotID, b.Year, b.For.Kind, b.For.ID, b.For.Title, b.For.Path, b.Sum, b.Version)
	return err
}

func updateBinding(ctx context.Context, tx *db.Tx, b Binding) error {
	return tx.ExecOne(ctx, `UPDATE pot_bindings SET sum = $1, version = $2 WHERE id = $3 AND version = $4`, b.Sum, b.Version, b.ID, b.Version-1)
}

func deleteBinding(ctx context.Context, tx *db.Tx, b Binding) error {
	return tx.ExecOne(ctx, `DELETE FROM pot_bindings WHERE id = $1 AND version = $2`, b.ID, b.Version)
}

// bindingsOf gives what is bound in a pot, by year and in the order in which it
// was bound.
func bindingsOf(ctx context.Context, tx *db.Tx, pot ref.ID) ([]Binding, error) {
	return db.All(ctx, tx, scanBinding, `SELECT `+bindingColumns+` FROM pot_bindings WHERE pot_id = $1 ORDER BY year, id`, pot)
}

func bindingsFor(ctx context.Context, tx *db.Tx, thing ref.Ref) ([]Binding, error) {
	return db.All(ctx, tx, scanBinding, `SELECT `+bindingColumns+` FROM pot_bindings WHERE for_kind = $1 AND for_id = $2 ORDER BY pot_id, year`, thing.Kind, thing.ID)
}
