package projects

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// ProjectText is what a project says of itself, to be compared with other texts.
type ProjectText struct {
	ref.Ref
	OrgID ref.ID
	Text  string // title, summary and need in all languages
}

const textColumns = `id, org_id, title, summary, need`

func scanText(r db.Row) (t ProjectText, err error) {
	var p Project
	err = r.Scan(&p.ID, &p.OrgID, &p.Title, &p.Summary, &p.Need)
	return ProjectText{p.Ref(), p.OrgID, p.Title.Words() + "\n" + p.Summary.Words() + "\n" + p.Need.Words()}, err
}

// TextsIn gives the texts of the projects with these ids that everybody may see.
func TextsIn(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]ProjectText, error) {
	return db.All(ctx, tx, scanText, `SELECT `+textColumns+` FROM projects WHERE hidden = FALSE AND id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// EachText hands over the texts of all projects that everybody may see, in the
// order in which they were made.
func EachText(ctx context.Context, d *db.DB, yield func(ProjectText) error) error {
	return db.Stream(ctx, d, docsBatch, func(t ProjectText) ref.ID { return t.ID }, func(tx *db.Tx, last ref.ID) ([]ProjectText, error) {
		return db.All(ctx, tx, scanText, `SELECT `+textColumns+` FROM projects WHERE hidden = FALSE AND id > $1 ORDER BY id LIMIT $2`, int64(last), docsBatch)
	}, yield)
}
