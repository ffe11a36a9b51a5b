package forums

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const paperColumns = `id, version, forum_id, sort, title, people, consent, added_on, withdrawn_on, announced, file_id, name, media_type, size, width, height`

func scanPaper(r db.Row) (x Paper, err error) {
	err = r.Scan(&x.ID, &x.Version, &x.ForumID, &x.Sort, &x.Title, &x.People, db.AsJSON(&x.Consent), &x.AddedOn, &x.WithdrawnOn, &x.Announced, &x.FileID, &x.Name, &x.MediaType, &x.Size, &x.Width, &x.Height)
	return x, err
}

func insertPaper(ctx context.Context, tx *db.Tx, x Paper) error {
	_, err := tx.Exec(ctx, `INSERT INTO forum_papers (`+paperColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)`,
		x.ID, x.Version, x.ForumID, string(x.Sort), x.Title, string(x.People), db.AsJSON(&x.Consent), x.AddedOn, x.WithdrawnOn, x.Announced, x.FileID, x.Name, x.MediaType, x.Size, x.Width, x.Height)
	return err
}

// updatePaper stores x, whose version is already the new one.
func updatePaper(ctx context.Context, tx *db.Tx, x Paper) error {
	return tx.ExecOne(ctx, `UPDATE forum_papers SET title = $1, consent = $2, withdrawn_on = $3, announced = $4, name = $5, version = $6 WHERE id = $7 AND version = $8`,
		x.Title, db.AsJSON(&x.Consent), x.WithdrawnOn, x.Announced, x.Name, x.Version, x.ID, x.Version-1)
}

func deletePaper(ctx context.Context, tx *db.Tx, x Paper) error {
	return tx.ExecOne(ctx, `DELETE FROM forum_papers WHERE id = $1 AND version = $2`, x.ID, x.Version)
}

func paperByID(ctx context.Context, tx *db.Tx, id ref.ID) (Paper, error) {
	return db.One(ctx, tx, scanPaper, `SELECT `+paperColumns+` FROM forum_papers WHERE id = $1`, id)
}

// papersOf gives the papers of a forum in the order in which they came.
func papersOf(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Paper, error) {
	return db.All(ctx, tx, scanPaper, `SELECT `+paperColumns+` FROM forum_papers WHERE forum_id = $1 ORDER BY id`, forum)
}
