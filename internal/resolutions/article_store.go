package resolutions

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

const articleColumns = `id, version, resolution_id, place, title, text, since, deleted, asks, owner_id, due, measure, theme, proposal_id, sample`

func scanArticle(r db.Row) (a Article, err error) {
	err = r.Scan(&a.ID, &a.Version, &a.DocumentID, &a.Place, &a.Title, &a.Text, &a.Since, &a.Deleted, &a.Asks, &a.OwnerID, &a.Due, &a.Measure, &a.Theme, &a.ProposalID, &a.Sample)
	return a, err
}

func insertArticle(ctx context.Context, tx *db.Tx, a Article) error {
	_, err := tx.Exec(ctx, `INSERT INTO resolution_articles (`+articleColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`,
		a.ID, a.Version, a.DocumentID, a.Place, a.Title, a.Text, a.Since, a.Deleted, a.Asks, a.OwnerID, a.Due, a.Measure, a.Theme, a.ProposalID, a.Sample)
	return err
}

// updateArticle stores a, whose version is the one that was read.
func updateArticle(ctx context.Context, tx *db.Tx, a Article) error {
	return tx.ExecOne(ctx, `UPDATE resolution_articles SET version = version + 1, title = $1, text = $2, since = $3, deleted = $4, asks = $5, owner_id = $6, due = $7, measure = $8, theme = $9
		WHERE id = $10 AND version = $11`, a.Title, a.Text, a.Since, a.Deleted, a.Asks, a.OwnerID, a.Due, a.Measure, a.Theme, a.ID, a.Version)
}

func articleByID(ctx context.Context, tx *db.Tx, id ref.ID) (Article, error) {
	return db.One(ctx, tx, scanArticle, `SELECT `+articleColumns+` FROM resolution_articles WHERE id = $1`, id)
}

// articlesOf gives the articles of a document in their order, the deleted ones too.
func articlesOf(ctx context.Context, tx *db.Tx, document ref.ID) ([]Article, error) {
	list, err := db.All(ctx, tx, scanArticle, `SELECT `+articleColumns+` FROM resolution_articles WHERE resolution_id = $1`, document)
	return inOrder(list), err
}

// Said is what an article said from an edition on.
type Said struct {
	ArticleID ref.ID
	Edition   int64
	Text      i18n.Text
	Deleted   bool
}

func scanSaid(r db.Row) (s Said, err error) {
	err = r.Scan(&s.ArticleID, &s.Edition, &s.Text, &s.Deleted)
	return s, err
}

const saidColumns = `t.article_id, t.edition, t.text, t.deleted`

// keepText notes what articles say from an edition on.
func keepText(ctx context.Context, tx *db.Tx, edition int64, list ...Article) error {
	var rows [][]any
	for _, a := range list {
		rows = append(rows, []any{a.ID, edition, a.Text, a.Deleted})
	}
	return db.InsertMany(ctx, tx, `INSERT INTO resolution_texts (article_id, edition, text, deleted)`, rows)
}

// textsOf gives what an article said, the newest first.
func textsOf(ctx context.Context, tx *db.Tx, article ref.ID) ([]Said, error) {
	return db.All(ctx, tx, scanSaid, `SELECT `+saidColumns+` FROM resolution_texts t WHERE t.article_id = $1 ORDER BY t.edition DESC`, article)
}

// textAt gives what an article said in an edition.
func textAt(ctx context.Context, tx *db.Tx, article ref.ID, edition int64) (Said, bool, error) {
	return db.Maybe(ctx, tx, scanSaid, `SELECT `+saidColumns+` FROM resolution_texts t WHERE t.article_id = $1 AND t.edition <= $2 ORDER BY t.edition DESC LIMIT 1`, article, edition)
}

// editionOf gives what the articles of a document said in an edition, by article.
func editionOf(ctx context.Context, tx *db.Tx, document ref.ID, edition int64) (map[ref.ID]Said, error) {
	out := map[ref.ID]Said{}
	err := db.Each(ctx, tx, scanSaid, func(s Said) error {
		out[s.ArticleID] = s
		return nil
	}, `SELECT `+saidColumns+` FROM resolution_texts t JOIN resolution_articles a ON a.id = t.article_id
		WHERE a.resolution_id = $1 AND t.edition <= $2 ORDER BY t.edition`, document, edition)
	return out, err
}

const amendmentColumns = `id, version, resolution_id, no, article_id, act, base, text, why, by_org, by_person, made_on, advice, advice_text, advised_on, outcome, decided_on, edition, sample`

func scanAmendment(r db.Row) (a Amendment, err error) {
	err = r.Scan(&a.ID, &a.Version, &a.DocumentID, &a.No, &a.ArticleID, &a.Act, &a.Base, &a.Text, &a.Why, &a.ByOrg, &a.ByPerson, &a.MadeOn, &a.Advice, &a.AdviceText, &a.AdvisedOn,
		&a.Outcome, &a.DecidedOn, &a.Edition, &a.Sample)
	return a, err
}

func insertAmendment(ctx context.Context, tx *db.Tx, a Amendment) error {
	_, err := tx.Exec(ctx, `INSERT INTO resolution_amendments (`+amendmentColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19)`,
		a.ID, a.Version, a.DocumentID, a.No, a.ArticleID, string(a.Act), a.Base, a.Text, a.Why, a.ByOrg, a.ByPerson, a.MadeOn, string(a.Advice), a.AdviceText, a.AdvisedOn,
		string(a.Outcome), a.DecidedOn, a.Edition, a.Sample)
	return err
}

// updateAmendment stores a, whose version is the one that was read.
func updateAmendment(ctx context.Context, tx *db.Tx, a Amendment) error {
	return tx.ExecOne(ctx, `UPDATE resolution_amendments SET version = version + 1, article_id = $1, act = $2, base = $3, text = $4, why = $5, advice = $6, advice_text = $7, advised_on = $8,
		outcome = $9, decided_on = $10, edition = $11 WHERE id = $12 AND version = $13`,
		a.ArticleID, string(a.Act), a.Base, a.Text, a.Why, string(a.Advice), a.AdviceText, a.AdvisedOn, string(a.Outcome), a.DecidedOn, a.Edition, a.ID, a.Version)
}

func amendmentByID(ctx context.Context, tx *db.Tx, id ref.ID) (Amendment, error) {
	return db.One(ctx, tx, scanAmendment, `SELECT `+amendmentColumns+` FROM resolution_amendments WHERE id = $1`, id)
}

func amendmentsOn(ctx context.Context, tx *db.Tx, article ref.ID) ([]Amendment, error) {
	return db.All(ctx, tx, scanAmendment, `SELECT `+amendmentColumns+` FROM resolution_amendments WHERE article_id = $1 ORDER BY no`, article)
}

func openAmendments(ctx context.Context, tx *db.Tx, document ref.ID) ([]Amendment, error) {
	return db.All(ctx, tx, scanAmendment, `SELECT `+amendmentColumns+` FROM resolution_amendments WHERE resolution_id = $1 AND outcome = '' ORDER BY no`, document)
}

const commentColumns = `id, version, resolution_id, article_id, text, by_org, by_person, made_on, removed_on, removed_why, sample`

func scanComment(r db.Row) (c Comment, err error) {
	err = r.Scan(&c.ID, &c.Version, &c.DocumentID, &c.ArticleID, &c.Text, &c.ByOrg, &c.ByPerson, &c.MadeOn, &c.RemovedOn, &c.RemovedWhy, &c.Sample)
	return c, err
}

func insertComment(ctx context.Context, tx *db.Tx, c Comment) error {
	_, err := tx.Exec(ctx, `INSERT INTO resolution_comments (`+commentColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		c.ID, c.Version, c.DocumentID, c.ArticleID, c.Text, c.ByOrg, c.ByPerson, c.MadeOn, c.RemovedOn, c.RemovedWhy, c.Sample)
	return err
}

// updateComment stores c, whose version is the one that was read.
func updateComment(ctx context.Context, tx *db.Tx, c Comment) error {
	return tx.ExecOne(ctx, `UPDATE resolution_comments SET version = version + 1, removed_on = $1, removed_why = $2 WHERE id = $3 AND version = $4`, c.RemovedOn, c.RemovedWhy, c.ID, c.Version)
}

func commentByID(ctx context.Context, tx *db.Tx, id ref.ID) (Comment, error) {
	return db.One(ctx, tx, scanComment, `SELECT `+commentColumns+` FROM resolution_comments WHERE id = $1`, id)
}

// mostComments is how many comments a page shows.
const mostComments = 200

// commentsOn gives the comments on an article, or with 0 on the whole document, that
// were not removed.
func commentsOn(ctx context.Context, tx *db.Tx, document, article ref.ID) ([]Comment, error) {
	if article == 0 {
		return db.All(ctx, tx, scanComment, `SELECT `+commentColumns+` FROM resolution_comments WHERE resolution_id = $1 AND article_id IS NULL AND removed_on IS NULL ORDER BY id LIMIT $2`, document, mostComments)
	}
	return db.All(ctx, tx, scanComment, `SELECT `+commentColumns+` FROM resolution_comments WHERE article_id = $1 AND removed_on IS NULL ORDER BY id LIMIT $2`, article, mostComments)
}
