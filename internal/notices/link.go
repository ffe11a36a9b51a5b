package notices

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// What the link of a letter is for.
const (
	toConfirm = "confirm"
	toStop    = "stop"
)

// How long the links work.
const (
	confirmLife = 3 * 24 * time.Hour
	stopLife    = 180 * 24 * time.Hour
)

// newToken makes a secret of 128 random bits for an address.
func newToken() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

func hashOf(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// wish is what an address asked for and has still to confirm.
type wish struct {
	Email   string    `json:"email"`
	Lang    i18n.Lang `json:"lang"`
	Rhythm  Rhythm    `json:"rhythm"`
	Subject ref.Ref   `json:"subject"`
}

// issue stores a link and gives its secret.
func issue(ctx context.Context, tx *db.Tx, purpose string, reader ref.ID, folded string, w *wish, life time.Duration) (token string, until db.Time, err error) {
	token, until = newToken(), db.At(tx.Now().Add(life))
	data, err := json.Marshal(w)
	if err != nil {
		return "", until, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO notice_links (token_hash, purpose, reader_id, email_folded, data, made_at, until_at) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		hashOf(token), purpose, reader, folded, string(data), db.At(tx.Now()), until)
	return token, until, err
}

type link struct {
	reader ref.ID
	wish   wish
}

func scanLink(r db.Row) (l link, err error) {
	var data string
	if err := r.Scan(&l.reader, &data); err != nil {
		return l, err
	}
	return l, json.Unmarshal([]byte(data), &l.wish)
}

// linkOf reads a link that still works.
func linkOf(ctx context.Context, tx *db.Tx, purpose, token string) (link, error) {
	l, ok, err := db.Maybe(ctx, tx, scanLink, `SELECT reader_id, data FROM notice_links
		WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND until_at > $3`, hashOf(token), purpose, db.At(tx.Now()))
	if err == nil && !ok {
		err = problem.New(problem.NotFound, "notices.link_over")
	}
	return l, err
}

// use takes a link that works once, and forgets what it carried.
func use(ctx context.Context, tx *db.Tx, purpose, token string) (link, error) {
	l, err := linkOf(ctx, tx, purpose, token)
	if err != nil {
		return l, err
	}
	n, err := tx.Exec(ctx, `UPDATE notice_links SET used_at = $1, email_folded = '', data = 'null' WHERE token_hash = $2 AND used_at IS NULL`,
		db.At(tx.Now()), hashOf(token))
	if err == nil && n == 0 {
		err = problem.New(problem.NotFound, "notices.link_over")
	}
	return l, err
}

// askedFor counts the letters that were asked for an address within a day.
func askedFor(ctx context.Context, tx *db.Tx, folded string) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM notice_links WHERE email_folded = $1 AND made_at > $2`,
		folded, db.At(tx.Now().Add(-24*time.Hour)))
}
