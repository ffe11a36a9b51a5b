package forums

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const standColumns = `id, version, forum_id, org_id, project_id, about, needs, state, number, spot, reason, asked_on, decided_on, sample`

func scanStand(r db.Row) (x Stand, err error) {
	err = r.Scan(&x.ID, &x.Version, &x.ForumID, &x.OrgID, &x.ProjectID, &x.About, &x.Needs, &x.State, &x.Number, &x.Spot, &x.Reason, &x.AskedOn, &x.DecidedOn, &x.Sample)
	return x, err
}

func insertStand(ctx context.Context, tx *db.Tx, x Stand) error {
	_, err := tx.Exec(ctx, `INSERT INTO forum_stands (`+standColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`,
		x.ID, x.Version, x.ForumID, x.OrgID, x.ProjectID, x.About, x.Needs, string(x.State), x.Number, x.Spot, x.Reason, x.AskedOn, x.DecidedOn, x.Sample)
	return err
}

// updateStand stores x, whose version is already the new one.
func updateStand(ctx context.Context, tx *db.Tx, x Stand) error {
	return tx.ExecOne(ctx, `UPDATE forum_stands SET about = $1, needs = $2, state = $3, number = $4, spot = $5, reason = $6, decided_on = $7, version = $8 WHERE id = $9 AND version = $10`,
		x.About, x.Needs, string(x.State), x.Number, x.Spot, x.Reason, x.DecidedOn, x.Version, x.ID, x.Version-1)
}

func standByID(ctx context.Context, tx *db.Tx, id ref.ID) (Stand, error) {
	return db.One(ctx, tx, scanStand, `SELECT `+standColumns+` FROM forum_stands WHERE id = $1`, id)
}

// standsOf gives the stands of a forum by number, those without one by the order in
// which they were asked for.
func standsOf(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Stand, error) {
	return db.All(ctx, tx, scanStand, `SELECT `+standColumns+` FROM forum_stands WHERE forum_id = $1 ORDER BY number, id`, forum)
}

// askedStands gives the stands of some forums that wait for an answer.
func askedStands(ctx context.Context, tx *db.Tx) ([]Stand, error) {
	return db.All(ctx, tx, scanStand, `SELECT `+standColumns+` FROM forum_stands WHERE state = 'asked' ORDER BY id`)
}
