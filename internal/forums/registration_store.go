package forums

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const quotaColumns = `id, version, forum_id, who, seats`

func scanQuota(r db.Row) (q Quota, err error) {
	err = r.Scan(&q.ID, &q.Version, &q.ForumID, &q.Who, &q.Seats)
	return q, err
}

func saveQuota(ctx context.Context, tx *db.Tx, q Quota) error {
	if q.Version == 1 {
		_, err := tx.Exec(ctx, `INSERT INTO forum_quotas (`+quotaColumns+`) VALUES ($1,$2,$3,$4,$5)`, q.ID, q.Version, q.ForumID, string(q.Who), q.Seats)
		return err
	}
	return tx.ExecOne(ctx, `UPDATE forum_quotas SET seats = $1, version = $2 WHERE id = $3 AND version = $4`, q.Seats, q.Version, q.ID, q.Version-1)
}

func scanCount(r db.Row) (c struct {
	id ref.ID
	n  int64
}, err error,
) {
	err = r.Scan(&c.id, &c.n)
	return c, err
}

// balances gives the quotas of a forum in the order in which a seat is looked for.
func balances(ctx context.Context, tx *db.Tx, forum ref.ID) (out []Balance, err error) {
	list, err := db.All(ctx, tx, scanQuota, `SELECT `+quotaColumns+` FROM forum_quotas WHERE forum_id = $1`, forum)
	if err != nil {
		return nil, err
	}
	counts, err := db.All(ctx, tx, scanCount, `SELECT quota_id, count(*) FROM forum_registrations WHERE forum_id = $1 AND state = 'admitted' GROUP BY quota_id`, forum)
	for _, q := range list {
		b := Balance{Quota: q}
		for _, c := range counts {
			if c.id == q.ID {
				b.Taken = c.n
			}
		}
		out = append(out, b)
	}
	order := AllWho()
	slices.SortFunc(out, func(a, b Balance) int { return cmp.Compare(slices.Index(order, a.Who), slices.Index(order, b.Who)) })
	return out, err
}

const registrationColumns = `id, version, forum_id, code, kind, place_id, rural, young, state, quota_id, registered_at, decided_at, name, email, lang, org, needs, note, delegation_id, walk_in`

func scanRegistration(r db.Row) (x Registration, err error) {
	err = r.Scan(&x.ID, &x.Version, &x.ForumID, &x.Code, &x.Kind, &x.PlaceID, &x.Rural, &x.Young, &x.State, &x.QuotaID, &x.RegisteredAt, &x.DecidedAt, &x.Name, &x.Email, &x.Lang, &x.Org, db.AsJSON(&x.Needs), &x.Note, &x.DelegationID, &x.WalkIn)
	return x, err
}

// insertRegistration stores a registration with the hash of the secret of its link,
// "" for one without a link.
func insertRegistration(ctx context.Context, tx *db.Tx, x Registration, hash string) error {
	_, err := tx.Exec(ctx, `INSERT INTO forum_registrations (`+registrationColumns+`, email_folded, token_hash) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22)`,
		x.ID, x.Version, x.ForumID, x.Code, string(x.Kind), x.PlaceID, x.Rural, x.Young, string(x.State), x.QuotaID, x.RegisteredAt, x.DecidedAt, x.Name, x.Email, string(x.Lang), x.Org, db.AsJSON(&x.Needs), x.Note, x.DelegationID, x.WalkIn, orNull(strings.ToLower(x.Email)), orNull(hash))
	return err
}

// updateRegistration stores where a registration stands; its version is the new one.
func updateRegistration(ctx context.Context, tx *db.Tx, x Registration) error {
	return tx.ExecOne(ctx, `UPDATE forum_registrations SET state = $1, quota_id = $2, decided_at = $3, version = $4 WHERE id = $5 AND version = $6`,
		string(x.State), x.QuotaID, x.DecidedAt, x.Version, x.ID, x.Version-1)
}

// orNull is a text, or NULL where there is none.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// updatePerson stores what a person says of himself.
func updatePerson(ctx context.Context, tx *db.Tx, x Registration) error {
	return tx.ExecOne(ctx, `UPDATE forum_registrations SET name = $1, org = $2, needs = $3, note = $4, version = $5 WHERE id = $6 AND version = $7`,
		x.Name, x.Org, db.AsJSON(&x.Needs), x.Note, x.Version, x.ID, x.Version-1)
}

func registrationByEmail(ctx context.Context, tx *db.Tx, forum ref.ID, folded string) (Registration, bool, error) {
	return db.Maybe(ctx, tx, scanRegistration, `SELECT `+registrationColumns+` FROM forum_registrations WHERE forum_id = $1 AND email_folded = $2`, forum, folded)
}

func registrationByToken(ctx context.Context, tx *db.Tx, hash string) (Registration, error) {
	return db.One(ctx, tx, scanRegistration, `SELECT `+registrationColumns+` FROM forum_registrations WHERE token_hash = $1`, hash)
}

// registrationsIn gives the registrations of a forum in a state, the first that
// came first; in any state where it is "".
func registrationsIn(ctx context.Context, tx *db.Tx, forum ref.ID, state RegistrationState) ([]Registration, error) {
	return db.All(ctx, tx, scanRegistration, `SELECT `+registrationColumns+` FROM forum_registrations WHERE forum_id = $1 AND (state = $2 OR $2 = '') ORDER BY id`, forum, string(state))
}

// newLink gives a registration another secret; the one before leads nowhere.
func newLink(ctx context.Context, tx *db.Tx, id ref.ID, hash string) error {
	return tx.ExecOne(ctx, `UPDATE forum_registrations SET token_hash = $1 WHERE id = $2`, hash, id)
}

// forget erases who registrations are of; what is counted stays.
func forget(ctx context.Context, tx *db.Tx, which string, args ...any) error {
	_, err := tx.Exec(ctx, `UPDATE forum_registrations SET name = '', email = '', email_folded = NULL, org = '', needs = '[]', note = '', token_hash = NULL WHERE `+which, args...)
	return err
}
