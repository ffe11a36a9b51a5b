package accounts

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

const personColumns = `id, name, email, email_proved, lang, status, joined_at, password_at, totp_at, version`

func scanPerson(r db.Row) (p Person, err error) {
	err = r.Scan(&p.ID, &p.Name, &p.Email, &p.EmailProved, (*string)(&p.Lang), &p.Status, &p.JoinedAt, &p.PasswordAt, &p.TOTPAt, &p.Version)
	return p, err
}

func insertPerson(ctx context.Context, tx *db.Tx, p Person) error {
	_, err := tx.Exec(ctx, `INSERT INTO persons (`+personColumns+`, email_folded)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		p.ID, p.Name, p.Email, p.EmailProved, string(p.Lang), p.Status, p.JoinedAt, p.PasswordAt, p.TOTPAt, p.Version, folded(p.Email))
	return err
}

// folded is the address as it is compared; no address is NULL, which equals none.
func folded(email string) any {
	if email == "" {
		return nil
	}
	return FoldEmail(email)
}

// savePerson fails with a Conflict if the row changed since p was read.
func savePerson(ctx context.Context, tx *db.Tx, p Person) error {
	return tx.ExecOne(ctx, `UPDATE persons SET name = $1, email = $2, email_folded = $3, email_proved = $4, lang = $5, status = $6,
		password_at = $7, totp_at = $8, version = version + 1 WHERE id = $9 AND version = $10`,
		p.Name, p.Email, folded(p.Email), p.EmailProved, string(p.Lang), p.Status, p.PasswordAt, p.TOTPAt, p.ID, p.Version)
}

func personByID(ctx context.Context, tx *db.Tx, id ref.ID) (Person, error) {
	return db.One(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons WHERE id = $1`, id)
}

// personByEmail finds the person of an address, if there is one.
func personByEmail(ctx context.Context, tx *db.Tx, email string) (Person, bool, error) {
	return db.Maybe(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons WHERE email_folded = $1`, FoldEmail(email))
}

// passwordOf finds the person of an address and the hash of their password;
// neither is there for an address that nobody has.
func passwordOf(ctx context.Context, tx *db.Tx, email string) (p Person, hash string, err error) {
	p, _, err = personByEmail(ctx, tx, email)
	if err != nil {
		return p, "", err
	}
	hash, err = hashOfPerson(ctx, tx, p.ID)
	return p, hash, err
}

func hashOfPerson(ctx context.Context, tx *db.Tx, id ref.ID) (string, error) {
	hash, _, err := db.Maybe(ctx, tx, db.Value[string], `SELECT hash FROM person_passwords WHERE person_id = $1`, id)
	return hash, err
}

func savePassword(ctx context.Context, tx *db.Tx, person ref.ID, hash string) error {
	_, err := tx.Exec(ctx, `INSERT INTO person_passwords (person_id, hash) VALUES ($1, $2)
		ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash`, person, hash)
	return err
}

const sessionColumns = `id, person_id, device, via, pending, visit_id, made_at, seen_at, confirmed_at, ended_at`

func scanSession(r db.Row) (x Session, err error) {
	err = r.Scan(&x.ID, &x.PersonID, &x.Device, &x.Via, &x.Pending, &x.VisitID, &x.MadeAt, &x.SeenAt, &x.ConfirmedAt, &x.EndedAt)
	return x, err
}

func insertSession(ctx context.Context, tx *db.Tx, e Entry) error {
	x := e.Session
	_, err := tx.Exec(ctx, `INSERT INTO sessions (`+sessionColumns+`, token_hash) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		x.ID, x.PersonID, x.Device, x.Via, x.Pending, x.VisitID, x.MadeAt, x.SeenAt, x.ConfirmedAt, x.EndedAt, hashOf(e.Token))
	return err
}

func sessionByToken(ctx context.Context, tx *db.Tx, token string) (Session, bool, error) {
	return db.Maybe(ctx, tx, scanSession, `SELECT `+sessionColumns+` FROM sessions WHERE token_hash = $1`, hashOf(token))
}

func sessionsOf(ctx context.Context, tx *db.Tx, person ref.ID) ([]Session, error) {
	return db.All(ctx, tx, scanSession, `SELECT `+sessionColumns+` FROM sessions
		WHERE person_id = $1 AND ended_at IS NULL ORDER BY seen_at DESC, id DESC`, person)
}

const grantColumns = `id, person_id, role, scope_kind, scope_id, scope_title, scope_path, given_by, given_at, ended_at, version`

func scanGrant(r db.Row) (g Grant, err error) {
	err = r.Scan(&g.ID, &g.PersonID, (*string)(&g.Role), &g.Scope.Kind, (*int64)(&g.Scope.ID), &g.Scope.Title, &g.Scope.Path,
		&g.GivenBy, &g.GivenAt, &g.EndedAt, &g.Version)
	return g, err
}

func insertGrant(ctx context.Context, tx *db.Tx, g Grant) error {
	_, err := tx.Exec(ctx, `INSERT INTO grants (`+grantColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		g.ID, g.PersonID, string(g.Role), g.Scope.Kind, int64(g.Scope.ID), g.Scope.Title, g.Scope.Path, g.GivenBy, g.GivenAt, g.EndedAt, g.Version)
	return err
}

func saveGrantEnd(ctx context.Context, tx *db.Tx, g Grant) error {
	return tx.ExecOne(ctx, `UPDATE grants SET ended_at = $1, version = version + 1 WHERE id = $2 AND version = $3`, g.EndedAt, g.ID, g.Version)
}

func grantByID(ctx context.Context, tx *db.Tx, id ref.ID) (Grant, error) {
	return db.One(ctx, tx, scanGrant, `SELECT `+grantColumns+` FROM grants WHERE id = $1`, id)
}

// grantsOf lists the grants that a person holds.
func grantsOf(ctx context.Context, tx *db.Tx, person ref.ID) ([]Grant, error) {
	return db.All(ctx, tx, scanGrant, `SELECT `+grantColumns+` FROM grants WHERE person_id = $1 AND ended_at IS NULL ORDER BY id`, person)
}

// langOf is the language in which a person is written to.
func langOf(p Person) i18n.Lang {
	if p.Lang == "" {
		return i18n.KK
	}
	return p.Lang
}
