package resolutions

import (
	"context"

	"birge/internal/accounts"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

const guestColumns = `id, email, lang, registration_id`

func scanGuest(r db.Row) (g guest, err error) {
	var lang string
	err = r.Scan(&g.ID, &g.Email, &lang, &g.Registration)
	g.Lang = i18n.Lang(lang)
	return g, err
}

func guestByEmail(ctx context.Context, tx *db.Tx, email string) (guest, bool, error) {
	return db.Maybe(ctx, tx, scanGuest, `SELECT `+guestColumns+` FROM resolution_guests WHERE email_folded = $1`, accounts.FoldEmail(email))
}

func guestByID(ctx context.Context, tx *db.Tx, id ref.ID) (guest, bool, error) {
	return db.Maybe(ctx, tx, scanGuest, `SELECT `+guestColumns+` FROM resolution_guests WHERE id = $1`, id)
}

func guestByRegistration(ctx context.Context, tx *db.Tx, id ref.ID) (guest, bool, error) {
	return db.Maybe(ctx, tx, scanGuest, `SELECT `+guestColumns+` FROM resolution_guests WHERE registration_id = $1`, id)
}

func guestByToken(ctx context.Context, tx *db.Tx, token string) (guest, error) {
	return db.One(ctx, tx, scanGuest, `SELECT `+guestColumns+` FROM resolution_guests WHERE token_hash = $1 AND seen_at > $2`, hashOf(token), db.At(tx.Now().Add(-keepGuest)))
}

func insertGuest(ctx context.Context, tx *db.Tx, g guest) error {
	var folded *string
	if g.Email != "" {
		f := accounts.FoldEmail(g.Email)
		folded = &f
	}
	return tx.ExecOne(ctx, `INSERT INTO resolution_guests (`+guestColumns+`, email_folded, seen_at) VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT DO NOTHING`,
		g.ID, g.Email, string(g.Lang), g.Registration, folded, db.At(tx.Now()))
}

// seen notes that a guest spoke now, and gives the link to the page of what they said
// another secret.
func seen(ctx context.Context, tx *db.Tx, id ref.ID, token string) error {
	return tx.ExecOne(ctx, `UPDATE resolution_guests SET seen_at = $1, token_hash = $2 WHERE id = $3`, db.At(tx.Now()), hashOf(token), id)
}

// spoke notes that a guest spoke now.
func spoke(ctx context.Context, tx *db.Tx, id ref.ID) error {
	return tx.ExecOne(ctx, `UPDATE resolution_guests SET seen_at = $1 WHERE id = $2`, db.At(tx.Now()), id)
}

// forgetGuests removes who guests were, and ends the links that were mailed to them.
// What they proposed stays without them; support stays counted unless all is erased.
func forgetGuests(ctx context.Context, tx *db.Tx, which string, args ...any) error {
	const of = ` IN (SELECT id FROM resolution_guests WHERE `
	for _, query := range []string{`UPDATE resolution_proposals SET by_guest = NULL WHERE by_guest`, `UPDATE resolution_items SET proposer_guest = NULL WHERE proposer_guest`,
		`DELETE FROM resolution_links WHERE to_id`} {
		if _, err := tx.Exec(ctx, query+of+which+`)`, args...); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `DELETE FROM resolution_guests WHERE `+which, args...)
	return err
}

// eraseGuest forgets a guest and takes their support back.
func eraseGuest(ctx context.Context, tx *db.Tx, id ref.ID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM resolution_supports WHERE person_id = $1`, id); err != nil {
		return err
	}
	return forgetGuests(ctx, tx, `id = $1`, id)
}

// becomeAccount gives what a guest said to the account that has the address now.
func becomeAccount(ctx context.Context, tx *db.Tx, g guest, person ref.ID) error {
	if _, err := tx.Exec(ctx, `UPDATE resolution_proposals SET by_guest = NULL, by_person = $1 WHERE by_guest = $2`, person, g.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE resolution_items SET proposer_guest = NULL, proposer_person = $1 WHERE proposer_guest = $2`, person, g.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO resolution_supports (proposal_id, person_id, made_at)
		SELECT proposal_id, CAST($1 AS BIGINT), made_at FROM resolution_supports WHERE person_id = $2 ON CONFLICT DO NOTHING`, person, g.ID); err != nil {
		return err
	}
	return eraseGuest(ctx, tx, g.ID)
}

// guestOfPerson is the guest with the proved address of an account, if there is one.
func guestOfPerson(ctx context.Context, tx *db.Tx, person ref.ID) (guest, bool, error) {
	p, err := accounts.PersonIn(ctx, tx, person)
	if err != nil || p.Email == "" || p.EmailProved.IsZero() {
		return guest{}, false, err
	}
	return guestByEmail(ctx, tx, p.Email)
}

// madeToday counts what a voter proposed to a document on a day.
func madeToday(ctx context.Context, tx *db.Tx, document ref.ID, who voter, today db.Date) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM resolution_proposals WHERE resolution_id = $1 AND made_on = $2 AND (by_person = $3 OR by_guest = $4)`,
		document, today, who.person, who.guest)
}
