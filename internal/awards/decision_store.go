package awards

import (
	"context"
	"strconv"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// updateRound stores x, whose version is already the new one; it fails with a
// Conflict when the row changed since x was read.
func updateRound(ctx context.Context, tx *db.Tx, x Round) error {
	return tx.ExecOne(ctx, `UPDATE award_rounds SET (forum, terms, held_on, norms_on, published_at, cancelled_at, cancel_reason, decided_at, version) =
		($3,$4,$5,$6,$7,$8,$9,$10,$11) WHERE id = $1 AND version = $2`, x.ID, x.Version-1, db.AsJSON(&x.Forum), db.AsJSON(&x.Terms), x.HeldOn, x.NormsOn,
		x.PublishedAt, x.CancelledAt, x.CancelReason, x.DecidedAt, x.Version)
}

// draftRounds gives the latest rounds that are not published.
func draftRounds(ctx context.Context, tx *db.Tx) ([]Round, error) {
	return db.All(ctx, tx, scanRound, `SELECT `+roundColumns+` FROM award_rounds WHERE published_at IS NULL ORDER BY id DESC LIMIT `+strconv.Itoa(mostListed))
}

const nomineeColumns = `id, round_id, no, nomination, org_id, person_id, person_name, consented_at, by_person, why, evidence, admitted_at, refused_at,
	refuse_reason, withdrawn_at, sample, created_at, version`

func scanNominee(r db.Row) (x Nominee, err error) {
	err = r.Scan(&x.ID, &x.RoundID, &x.No, &x.Nomination, &x.OrgID, &x.PersonID, &x.PersonName, &x.ConsentedAt, &x.ByPerson, &x.Why, db.AsJSON(&x.Evidence),
		&x.AdmittedAt, &x.RefusedAt, &x.RefuseReason, &x.WithdrawnAt, &x.Sample, &x.CreatedAt, &x.Version)
	return x, err
}

func insertNominee(ctx context.Context, tx *db.Tx, x Nominee) error {
	_, err := tx.Exec(ctx, `INSERT INTO award_nominees (`+nomineeColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18)`,
		x.ID, x.RoundID, x.No, x.Nomination, x.OrgID, x.PersonID, x.PersonName, x.ConsentedAt, x.ByPerson, x.Why, db.AsJSON(&x.Evidence),
		x.AdmittedAt, x.RefusedAt, x.RefuseReason, x.WithdrawnAt, x.Sample, x.CreatedAt, x.Version)
	return err
}

func updateNominee(ctx context.Context, tx *db.Tx, x Nominee) error {
	return tx.ExecOne(ctx, `UPDATE award_nominees SET (person_id, person_name, by_person, why, admitted_at, refused_at, refuse_reason, withdrawn_at, version) =
		($3,$4,$5,$6,$7,$8,$9,$10,$11) WHERE id = $1 AND version = $2`, x.ID, x.Version-1, x.PersonID, x.PersonName, x.ByPerson, x.Why, x.AdmittedAt, x.RefusedAt,
		x.RefuseReason, x.WithdrawnAt, x.Version)
}

func nomineeByID(ctx context.Context, tx *db.Tx, id ref.ID) (Nominee, error) {
	return db.One(ctx, tx, scanNominee, `SELECT `+nomineeColumns+` FROM award_nominees WHERE id = $1`, id)
}

func nomineesByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Nominee, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return db.All(ctx, tx, scanNominee, `SELECT `+nomineeColumns+` FROM award_nominees WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// nomineesOf gives the nominees of a round in the order in which they came.
func nomineesOf(ctx context.Context, tx *db.Tx, round ref.ID) ([]Nominee, error) {
	return db.All(ctx, tx, scanNominee, `SELECT `+nomineeColumns+` FROM award_nominees WHERE round_id = $1 ORDER BY no`, round)
}

// nomineesByPerson gives the nominees that a person is or has put forward.
func nomineesByPerson(ctx context.Context, tx *db.Tx, person ref.ID) ([]Nominee, error) {
	return db.All(ctx, tx, scanNominee, `SELECT `+nomineeColumns+` FROM award_nominees WHERE person_id = $1 OR by_person = $1 ORDER BY id`, person)
}

// NomineesBy lists the nominees that a person is or has put forward: nobody marks
// those.
func NomineesBy(ctx context.Context, tx *db.Tx, person ref.ID) ([]ref.ID, error) {
	return db.All(ctx, tx, db.Value[ref.ID], `SELECT id FROM award_nominees WHERE person_id = $1 OR by_person = $1 ORDER BY id`, int64(person))
}

// lastNominee is the highest number of a nominee in a round.
func lastNominee(ctx context.Context, tx *db.Tx, round ref.ID) (int, error) {
	n, err := db.One(ctx, tx, db.Value[int64], `SELECT COALESCE(max(no), 0) FROM award_nominees WHERE round_id = $1`, round)
	return int(n), err
}

const decisionColumns = `id, round_id, panel_id, winners, note, put_at, published_at, sample, version`

func scanDecision(r db.Row) (x Decision, err error) {
	err = r.Scan(&x.ID, &x.RoundID, &x.PanelID, db.AsJSON(&x.Winners), &x.Note, &x.PutAt, &x.PublishedAt, &x.Sample, &x.Version)
	return x, err
}

func insertDecision(ctx context.Context, tx *db.Tx, x Decision) error {
	_, err := tx.Exec(ctx, `INSERT INTO award_decisions (`+decisionColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		x.ID, x.RoundID, x.PanelID, db.AsJSON(&x.Winners), x.Note, x.PutAt, x.PublishedAt, x.Sample, x.Version)
	return err
}

func updateDecision(ctx context.Context, tx *db.Tx, x Decision) error {
	return tx.ExecOne(ctx, `UPDATE award_decisions SET (winners, note, put_at, published_at, version) = ($3,$4,$5,$6,$7) WHERE id = $1 AND version = $2`,
		x.ID, x.Version-1, db.AsJSON(&x.Winners), x.Note, x.PutAt, x.PublishedAt, x.Version)
}

func decisionOf(ctx context.Context, tx *db.Tx, round ref.ID) (Decision, bool, error) {
	return db.Maybe(ctx, tx, scanDecision, `SELECT `+decisionColumns+` FROM award_decisions WHERE round_id = $1`, round)
}
