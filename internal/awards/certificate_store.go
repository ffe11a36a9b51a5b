package awards

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const certificateColumns = `id, laureate_id, round_id, number, person, code, sha256, made_at, sent_at, send_reason, revoked_at, revoke_reason, sample, version`

func scanCertificate(r db.Row) (x Certificate, err error) {
	err = r.Scan(&x.ID, &x.LaureateID, &x.RoundID, &x.Number, &x.Person, &x.Code, &x.SHA256, &x.MadeAt, &x.SentAt, &x.SendReason, &x.RevokedAt, &x.RevokeReason, &x.Sample, &x.Version)
	return x, err
}

func insertCertificate(ctx context.Context, tx *db.Tx, x Certificate, body []byte) error {
	if _, err := tx.Exec(ctx, `INSERT INTO award_certificates (`+certificateColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`,
		x.ID, x.LaureateID, x.RoundID, x.Number, x.Person, x.Code, x.SHA256, x.MadeAt, x.SentAt, x.SendReason, x.RevokedAt, x.RevokeReason, x.Sample, x.Version); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO award_papers (certificate_id, body) VALUES ($1, $2)`, x.ID, body)
	return err
}

func updateCertificate(ctx context.Context, tx *db.Tx, x Certificate) error {
	return tx.ExecOne(ctx, `UPDATE award_certificates SET (code, sent_at, send_reason, revoked_at, revoke_reason, version) = ($3,$4,$5,$6,$7,$8) WHERE id = $1 AND version = $2`,
		x.ID, x.Version-1, x.Code, x.SentAt, x.SendReason, x.RevokedAt, x.RevokeReason, x.Version)
}

func certificateByID(ctx context.Context, tx *db.Tx, id ref.ID) (Certificate, error) {
	return db.One(ctx, tx, scanCertificate, `SELECT `+certificateColumns+` FROM award_certificates WHERE id = $1`, id)
}

func certificatesOf(ctx context.Context, tx *db.Tx, round ref.ID) ([]Certificate, error) {
	return db.All(ctx, tx, scanCertificate, `SELECT `+certificateColumns+` FROM award_certificates WHERE round_id = $1 ORDER BY id`, round)
}

// certificatesOfPerson gives the certificates of a private person.
func certificatesOfPerson(ctx context.Context, tx *db.Tx, person ref.ID) ([]Certificate, error) {
	return db.All(ctx, tx, scanCertificate, `SELECT `+certificateColumns+` FROM award_certificates WHERE laureate_id IN
		(SELECT l.id FROM award_laureates l JOIN award_nominees n ON n.id = l.nominee_id WHERE n.person_id = $1) ORDER BY id`, person)
}

func paperOf(ctx context.Context, tx *db.Tx, certificate ref.ID) ([]byte, error) {
	return db.One(ctx, tx, db.Value[[]byte], `SELECT body FROM award_papers WHERE certificate_id = $1`, certificate)
}

func dropPaper(ctx context.Context, tx *db.Tx, certificate ref.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM award_papers WHERE certificate_id = $1`, certificate)
	return err
}

func byNumber(ctx context.Context, tx *db.Tx, number string) (c Checked, err error) {
	x, ok, err := db.Maybe(ctx, tx, scanCertificate, `SELECT `+certificateColumns+` FROM award_certificates WHERE number = $1`, number)
	return Checked{Known: ok, RevokedAt: x.RevokedAt, RevokeReason: x.RevokeReason}, err
}

func revokedNumbers(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.All(ctx, tx, db.Value[string], `SELECT number FROM award_certificates WHERE revoked_at IS NOT NULL ORDER BY number`)
}

func laureateByID(ctx context.Context, tx *db.Tx, id ref.ID) (Laureate, error) {
	return db.One(ctx, tx, scanLaureate, `SELECT `+laureateColumns+` FROM award_laureates WHERE id = $1`, id)
}

func revokeLaureate(ctx context.Context, tx *db.Tx, x Laureate) error {
	return tx.ExecOne(ctx, `UPDATE award_laureates SET (revoked_at, revoke_reason, version) = ($3,$4,$5) WHERE id = $1 AND version = $2`,
		x.ID, x.Version-1, x.RevokedAt, x.RevokeReason, x.Version)
}
