package files

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const columns = `id, version, owner, name, media_type, size, sha256, visibility, width, height, likeness, evidence, copies,
	created_at, created_by, deleted_at`

func scan(r db.Row) (f File, err error) {
	err = r.Scan(&f.ID, &f.Version, db.AsJSON(&f.Owner), &f.Name, &f.MediaType, &f.Size, &f.SHA256, &f.Visibility, &f.Width, &f.Height,
		&f.Likeness, db.AsJSON(&f.Evidence), db.AsJSON(&f.Copies), &f.CreatedAt, &f.CreatedBy, &f.DeletedAt)
	return f, err
}

func byID(ctx context.Context, tx *db.Tx, id ref.ID) (File, error) {
	return db.One(ctx, tx, scan, `SELECT `+columns+` FROM files WHERE id = $1 AND deleted_at IS NULL`, id)
}

func ownedBy(ctx context.Context, tx *db.Tx, kind string, id ref.ID) ([]File, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM files
		WHERE owner_kind = $1 AND owner_id = $2 AND deleted_at IS NULL ORDER BY id`, kind, id)
}

func insert(ctx context.Context, tx *db.Tx, f File, blobs []string) error {
	_, err := tx.Exec(ctx, `INSERT INTO files (`+columns+`, owner_kind, owner_id)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18)`,
		f.ID, f.Version, db.AsJSON(&f.Owner), f.Name, f.MediaType, f.Size, f.SHA256, f.Visibility, f.Width, f.Height,
		f.Likeness, db.AsJSON(&f.Evidence), db.AsJSON(&f.Copies), f.CreatedAt, f.CreatedBy, f.DeletedAt, f.Owner.Kind, f.Owner.ID)
	if err != nil {
		return err
	}
	for _, sum := range blobs {
		if _, err := tx.Exec(ctx, `INSERT INTO file_blobs (sha256, file_id) VALUES ($1,$2)
			ON CONFLICT (sha256, file_id) DO NOTHING`, sum, f.ID); err != nil {
			return err
		}
	}
	return nil
}

// save fails with a Conflict if the row changed since f was read.
func save(ctx context.Context, tx *db.Tx, f File) error {
	return tx.ExecOne(ctx, `UPDATE files SET version = $1, visibility = $2, evidence = $3, deleted_at = $4
		WHERE id = $5 AND version = $6`, f.Version, f.Visibility, db.AsJSON(&f.Evidence), f.DeletedAt, f.ID, f.Version-1)
}

// release gives up the blobs of a file.
func release(ctx context.Context, tx *db.Tx, f File) error {
	sums, err := db.All(ctx, tx, db.Value[string], `SELECT sha256 FROM file_blobs WHERE file_id = $1 ORDER BY sha256`, f.ID)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM file_blobs WHERE file_id = $1`, f.ID); err != nil {
		return err
	}
	return discard(ctx, tx, sums)
}

// discard notes blobs that perhaps no file needs.
func discard(ctx context.Context, tx *db.Tx, sums []string) error {
	for _, sum := range sums {
		if _, err := tx.Exec(ctx, `INSERT INTO file_trash (sha256, since) VALUES ($1,$2)
			ON CONFLICT (sha256) DO UPDATE SET since = excluded.since`, sum, db.At(tx.Now())); err != nil {
			return err
		}
	}
	return nil
}

func trashBefore(ctx context.Context, tx *db.Tx, t db.Time) ([]string, error) {
	return db.All(ctx, tx, db.Value[string], `SELECT sha256 FROM file_trash WHERE since <= $1 ORDER BY since LIMIT 1000`, t)
}

// takeFromTrash tells whether the blob was still there since t.
func takeFromTrash(ctx context.Context, tx *db.Tx, sum string, t db.Time) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM file_trash WHERE sha256 = $1 AND since <= $2`, sum, t)
	return n == 1, err
}

func isNeeded(ctx context.Context, tx *db.Tx, sum string) (bool, error) {
	_, ok, err := db.Maybe(ctx, tx, db.Value[int], `SELECT 1 FROM file_blobs WHERE sha256 = $1 LIMIT 1`, sum)
	return ok, err
}

// Blobs lists the hash of every blob that a file needs.
func Blobs(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.All(ctx, tx, db.Value[string], `SELECT DISTINCT sha256 FROM file_blobs ORDER BY sha256`)
}
