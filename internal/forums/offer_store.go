package forums

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const offerColumns = `id, version, org_id, project_id, stand_id, kind, state, sent_at, answered_at, sample, name, email, phone, lang, message, answer`

func scanOffer(r db.Row) (o HelpOffer, err error) {
	err = r.Scan(&o.ID, &o.Version, &o.OrgID, &o.ProjectID, &o.StandID, &o.Kind, &o.State, &o.SentAt, &o.AnsweredAt, &o.Sample, &o.Name, &o.Email, &o.Phone, &o.Lang, &o.Message, &o.Answer)
	return o, err
}

func insertOffer(ctx context.Context, tx *db.Tx, o HelpOffer, folded, hash string) error {
	_, err := tx.Exec(ctx, `INSERT INTO help_offers (`+offerColumns+`, email_folded, token_hash) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18)`,
		o.ID, o.Version, o.OrgID, o.ProjectID, o.StandID, string(o.Kind), string(o.State), o.SentAt, o.AnsweredAt, o.Sample, o.Name, o.Email, o.Phone, string(o.Lang), o.Message, o.Answer, folded, hash)
	return err
}

// updateOffer stores where an offer stands and what was answered; its version is the
// new one.
func updateOffer(ctx context.Context, tx *db.Tx, o HelpOffer) error {
	return tx.ExecOne(ctx, `UPDATE help_offers SET state = $1, answered_at = $2, answer = $3, version = $4 WHERE id = $5 AND version = $6`,
		string(o.State), o.AnsweredAt, o.Answer, o.Version, o.ID, o.Version-1)
}

func offerByID(ctx context.Context, tx *db.Tx, id ref.ID) (HelpOffer, error) {
	return db.One(ctx, tx, scanOffer, `SELECT `+offerColumns+` FROM help_offers WHERE id = $1`, id)
}

func offerByToken(ctx context.Context, tx *db.Tx, hash string) (HelpOffer, error) {
	return db.One(ctx, tx, scanOffer, `SELECT `+offerColumns+` FROM help_offers WHERE token_hash = $1`, hash)
}

// offersTo gives what was offered to organizations, the newest first.
func offersTo(ctx context.Context, tx *db.Tx, orgs []ref.ID) ([]HelpOffer, error) {
	if len(orgs) == 0 {
		return nil, nil
	}
	return db.All(ctx, tx, scanOffer, `SELECT `+offerColumns+` FROM help_offers WHERE org_id IN `+db.In(1, len(orgs))+` ORDER BY id DESC`, db.Args(nil, orgs)...)
}

// offeredSince counts what one address has offered since a moment, and what was
// offered to one organization.
func offeredSince(ctx context.Context, tx *db.Tx, folded string, org ref.ID, since db.Time) (from, to int64, err error) {
	if from, err = db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM help_offers WHERE email_folded = $1 AND sent_at > $2`, folded, since); err != nil {
		return from, to, err
	}
	to, err = db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM help_offers WHERE org_id = $1 AND sent_at > $2`, org, since)
	return from, to, err
}

// forgetHelpers erases who made offers; that they were made stays.
func forgetHelpers(ctx context.Context, tx *db.Tx, which string, args ...any) error {
	_, err := tx.Exec(ctx, `UPDATE help_offers SET name = '', email = '', phone = '', message = '', answer = '', email_folded = NULL, token_hash = NULL WHERE `+which, args...)
	return err
}
