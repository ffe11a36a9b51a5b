package funding

import (
	"context"
	"strconv"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const agreementColumns = `id, number, application_id, call_id, org_id, funder_id, granted, terms, revision, by_funder, by_org, document_id,
	settled_on, sign_by, signed_on, project_id, void_on, void_reason, norms_on, sample, created_at, version`

func scanAgreement(r db.Row) (a Agreement, err error) {
	err = r.Scan(&a.ID, &a.Number, &a.ApplicationID, &a.CallID, &a.OrgID, &a.FunderID, &a.Granted, db.AsJSON(&a.Text), &a.Revision, &a.ByFunder, &a.ByOrg,
		&a.DocumentID, &a.SettledOn, &a.SignBy, &a.SignedOn, &a.ProjectID, &a.VoidOn, &a.VoidReason, &a.NormsOn, &a.Sample, &a.CreatedAt, &a.Version)
	return a, err
}

// row is the agreement as it is inserted.
func (a Agreement) row() []any {
	return []any{a.ID, a.Number, a.ApplicationID, a.CallID, a.OrgID, a.FunderID, a.Granted, db.AsJSON(&a.Text), a.Revision, a.ByFunder, a.ByOrg, a.DocumentID,
		a.SettledOn, a.SignBy, a.SignedOn, a.ProjectID, a.VoidOn, a.VoidReason, a.NormsOn, a.Sample, a.CreatedAt, a.Version}
}

// updateAgreement stores a, whose version is already the new one.
func updateAgreement(ctx context.Context, tx *db.Tx, a Agreement) error {
	return tx.ExecOne(ctx, `UPDATE agreements SET terms = $3, revision = $4, by_funder = $5, by_org = $6, document_id = $7, settled_on = $8, sign_by = $9,
		signed_on = $10, project_id = $11, void_on = $12, void_reason = $13, version = $14 WHERE id = $1 AND version = $2`,
		a.ID, a.Version-1, db.AsJSON(&a.Text), a.Revision, a.ByFunder, a.ByOrg, a.DocumentID, a.SettledOn, a.SignBy, a.SignedOn, a.ProjectID,
		a.VoidOn, a.VoidReason, a.Version)
}

func agreementByID(ctx context.Context, tx *db.Tx, id ref.ID) (Agreement, error) {
	return db.One(ctx, tx, scanAgreement, `SELECT `+agreementColumns+` FROM agreements WHERE id = $1`, id)
}

// agreementOf finds the agreement of an application that is not void.
func agreementOf(ctx context.Context, tx *db.Tx, application ref.ID) (Agreement, bool, error) {
	return db.Maybe(ctx, tx, scanAgreement, `SELECT `+agreementColumns+` FROM agreements WHERE application_id = $1 AND void_on IS NULL`, application)
}

// agreed tells which winners have an agreement that is not void.
func agreed(ctx context.Context, tx *db.Tx, won []grantedTo) (map[ref.ID]bool, error) {
	have := make(map[ref.ID]bool, len(won))
	if len(won) == 0 {
		return have, nil
	}
	ids := make([]ref.ID, len(won))
	for i, x := range won {
		ids[i] = x.ID
	}
	list, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT application_id FROM agreements WHERE void_on IS NULL AND application_id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
	for _, id := range list {
		have[id] = true
	}
	return have, err
}

// mostOpen is how many agreements that are not signed yet are looked through for
// one desk: a region has some hundreds a year.
const mostOpen = 2000

// openAgreements gives what is not signed yet, the oldest first.
func openAgreements(ctx context.Context, tx *db.Tx) ([]Agreement, error) {
	return db.All(ctx, tx, scanAgreement, `SELECT `+agreementColumns+` FROM agreements WHERE signed_on IS NULL AND void_on IS NULL
		ORDER BY id LIMIT `+strconv.Itoa(mostOpen))
}

const agreementVersionColumns = `id, agreement_id, no, side, terms, reason, on_day`

func scanAgreementVersion(r db.Row) (v AgreementVersion, err error) {
	err = r.Scan(&v.ID, &v.AgreementID, &v.No, &v.Side, db.AsJSON(&v.Text), &v.Reason, &v.On)
	return v, err
}

// row is the version as it is inserted.
func (v AgreementVersion) row() []any {
	return []any{v.ID, v.AgreementID, v.No, string(v.Side), db.AsJSON(&v.Text), v.Reason, v.On}
}

func agreementVersions(ctx context.Context, tx *db.Tx, agreement ref.ID) ([]AgreementVersion, error) {
	return db.All(ctx, tx, scanAgreementVersion, `SELECT `+agreementVersionColumns+` FROM agreement_versions WHERE agreement_id = $1 ORDER BY no`, agreement)
}

const signatureColumns = `id, agreement_id, side, way, file_id, sha256, seal, asked, wrong, signed_at, signed_by, version`

func scanSignature(r db.Row) (g Signature, err error) {
	err = r.Scan(&g.ID, &g.AgreementID, &g.Side, &g.Way, &g.FileID, &g.SHA256, db.AsJSON(&g.Seal), &g.Asked, &g.Wrong, &g.At, &g.By, &g.Version)
	return g, err
}

func insertSignature(ctx context.Context, tx *db.Tx, g Signature) error {
	_, err := tx.Exec(ctx, `INSERT INTO agreement_signatures (`+signatureColumns+`, file) VALUES (`+slots(13)+`)`,
		g.ID, g.AgreementID, string(g.Side), string(g.Way), g.FileID, g.SHA256, db.AsJSON(&g.Seal), g.Asked, g.Wrong, g.At, g.By, g.Version, g.file)
	return err
}

// updateSignature stores g, whose version is already the new one.
func updateSignature(ctx context.Context, tx *db.Tx, g Signature) error {
	return tx.ExecOne(ctx, `UPDATE agreement_signatures SET seal = $3, asked = $4, wrong = $5, version = $6 WHERE id = $1 AND version = $2`,
		g.ID, g.Version-1, db.AsJSON(&g.Seal), g.Asked, g.Wrong, g.Version)
}

func signatureByID(ctx context.Context, tx *db.Tx, id ref.ID) (Signature, error) {
	return db.One(ctx, tx, scanSignature, `SELECT `+signatureColumns+` FROM agreement_signatures WHERE id = $1`, id)
}

func signatureFile(ctx context.Context, tx *db.Tx, id ref.ID) ([]byte, error) {
	return db.One(ctx, tx, db.Value[[]byte], `SELECT file FROM agreement_signatures WHERE id = $1`, id)
}

func signaturesOf(ctx context.Context, tx *db.Tx, agreement ref.ID) ([]Signature, error) {
	return db.All(ctx, tx, scanSignature, `SELECT `+signatureColumns+` FROM agreement_signatures WHERE agreement_id = $1 ORDER BY id`, agreement)
}
