package funding

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const formColumns = `id, owner_id, title, newest, sample, created_at, version`

func scanForm(r db.Row) (f Form, err error) {
	err = r.Scan(&f.ID, &f.OwnerID, &f.Title, &f.Newest, &f.Sample, &f.CreatedAt, &f.Version)
	return f, err
}

func insertForm(ctx context.Context, tx *db.Tx, f Form) error {
	_, err := tx.Exec(ctx, `INSERT INTO funding_forms (`+formColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		f.ID, f.OwnerID, f.Title, f.Newest, f.Sample, f.CreatedAt, f.Version)
	return err
}

// updateForm stores f, whose version is already the new one; it fails with a Conflict
// when the row changed since f was read.
func updateForm(ctx context.Context, tx *db.Tx, f Form) error {
	return tx.ExecOne(ctx, `UPDATE funding_forms SET title = $3, newest = $4, version = $5 WHERE id = $1 AND version = $2`,
		f.ID, f.Version-1, f.Title, f.Newest, f.Version)
}

func formByID(ctx context.Context, tx *db.Tx, id ref.ID) (Form, error) {
	return db.One(ctx, tx, scanForm, `SELECT `+formColumns+` FROM funding_forms WHERE id = $1`, id)
}

// formsShown gives the forms with a version and those of the owners, the newest first.
func formsShown(ctx context.Context, tx *db.Tx, owners []ref.ID, limit int) ([]Form, error) {
	return db.All(ctx, tx, scanForm, `SELECT `+formColumns+` FROM funding_forms WHERE newest > 0 OR owner_id IN `+db.In(2, len(owners))+
		` ORDER BY id DESC LIMIT $1`, db.Args([]any{limit}, owners)...)
}

const formVersionColumns = `id, form_id, no, text, reason, made_at, version`

func scanFormVersion(r db.Row) (v FormVersion, err error) {
	err = r.Scan(&v.ID, &v.FormID, &v.No, &v.Text, &v.Reason, &v.At, &v.Version)
	return v, err
}

func insertFormVersion(ctx context.Context, tx *db.Tx, v FormVersion) error {
	_, err := tx.Exec(ctx, `INSERT INTO funding_form_versions (`+formVersionColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		v.ID, v.FormID, v.No, v.Text, v.Reason, v.At, v.Version)
	return err
}

func formVersion(ctx context.Context, tx *db.Tx, form ref.ID, no int) (FormVersion, error) {
	return db.One(ctx, tx, scanFormVersion, `SELECT `+formVersionColumns+` FROM funding_form_versions WHERE form_id = $1 AND no = $2`, form, no)
}

// formVersions gives the versions of a form, the newest first.
func formVersions(ctx context.Context, tx *db.Tx, form ref.ID) ([]FormVersion, error) {
	return db.All(ctx, tx, scanFormVersion, `SELECT `+formVersionColumns+` FROM funding_form_versions WHERE form_id = $1 ORDER BY no DESC`, form)
}

func scanFormDraft(r db.Row) (d FormDraft, err error) {
	err = r.Scan(&d.FormID, &d.Text, &d.SavedAt, &d.Version)
	return d, err
}

func formDraft(ctx context.Context, tx *db.Tx, form ref.ID) (FormDraft, error) {
	return db.One(ctx, tx, scanFormDraft, `SELECT form_id, text, saved_at, version FROM funding_form_drafts WHERE form_id = $1`, form)
}

func insertFormDraft(ctx context.Context, tx *db.Tx, d FormDraft) error {
	_, err := tx.Exec(ctx, `INSERT INTO funding_form_drafts (form_id, text, saved_at, version) VALUES ($1,$2,$3,$4)`, d.FormID, d.Text, d.SavedAt, d.Version)
	return err
}

func updateFormDraft(ctx context.Context, tx *db.Tx, d FormDraft) error {
	return tx.ExecOne(ctx, `UPDATE funding_form_drafts SET text = $3, saved_at = $4, version = $5 WHERE form_id = $1 AND version = $2`,
		d.FormID, d.Version-1, d.Text, d.SavedAt, d.Version)
}
