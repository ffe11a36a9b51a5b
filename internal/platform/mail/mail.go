// Package mail sends letters. A letter is put into the outbox in the transaction
// of what it tells about; a job sends it by SMTP afterwards. Without SMTP set up
// it stays in the outbox, which the desk shows.
//
// A letter is sent at least once; one that was sent twice carries one Message-ID.
// After some days all of it but its dates and state is erased.
package mail

import (
	"context"
	"net/mail"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/jobs"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Letter is what one person is told.
type Letter struct {
	To      string
	Lang    i18n.Lang
	Subject string
	Text    string
	// HTML is the same in HTML, or nothing.
	HTML string
	// Headers are further ones by name.
	Headers map[string]string
	// Unsubscribe is an https address that ends such letters by one POST, or nothing.
	Unsubscribe string
}

// State is how far a letter is.
type State string

// The states of a letter.
const (
	Waiting State = "waiting" // to be sent, or to be tried again: see its error
	Sent    State = "sent"    // the next server has taken it
	Kept    State = "kept"    // there is no SMTP: it is to be read in the outbox
	Failed  State = "failed"  // refused for good
)

// Outgoing is a letter in the outbox.
type Outgoing struct {
	Letter
	ID       ref.ID
	State    State
	Error    string
	MadeAt   db.Time
	SentAt   db.Time
	ErasedAt db.Time
}

// Send puts a letter into the outbox. An address that is none is Invalid.
func Send(ctx context.Context, tx *db.Tx, l Letter) error {
	address, err := mail.ParseAddress(l.To)
	if err != nil {
		return problem.Wrap(err, problem.Invalid, "form.not_email")
	}
	id := tx.NewID()
	if _, err := tx.Exec(ctx, `INSERT INTO mail_outbox
		(id, recipient, lang, subject, text, html, headers, unsubscribe, state, error, made_at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,'waiting','',$9)`,
		id, address.Address, string(l.Lang), oneLine(l.Subject), l.Text, l.HTML, db.AsJSON(&l.Headers), l.Unsubscribe, db.At(tx.Now())); err != nil {
		return err
	}
	return jobs.Enqueue(ctx, tx, sendLetter{id})
}

// oneLine keeps a text from becoming several headers.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// sendLetter is the job that sends one letter.
type sendLetter struct {
	ID ref.ID `json:"id"`
}

func (sendLetter) JobKind() string { return "mail.send" }

const columns = `id, recipient, lang, subject, text, html, headers, unsubscribe, state, error, made_at, sent_at, erased_at`

func scan(r db.Row) (o Outgoing, err error) {
	err = r.Scan(&o.ID, &o.To, &o.Lang, &o.Subject, &o.Text, &o.HTML, db.AsJSON(&o.Headers), &o.Unsubscribe,
		&o.State, &o.Error, &o.MadeAt, &o.SentAt, &o.ErasedAt)
	return o, err
}

// Outbox lists letters, the newest first: up to limit older than before (0: from
// the newest). Only who runs the portal may see them.
func Outbox(ctx context.Context, tx *db.Tx, before ref.ID, limit int) ([]Outgoing, error) {
	return OutboxIn(ctx, tx, "", before, limit)
}

// OutboxIn is Outbox for the letters in one state; "" is all.
func OutboxIn(ctx context.Context, tx *db.Tx, state State, before ref.ID, limit int) ([]Outgoing, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM mail_outbox WHERE id < $1 AND ($2 = '' OR state = $2) ORDER BY id DESC LIMIT $3`,
		before, string(state), limit)
}

// Resend puts a letter back among those that are to be sent.
func Resend(ctx context.Context, tx *db.Tx, id ref.ID) error {
	if err := tx.ExecOne(ctx, `UPDATE mail_outbox SET state = 'waiting', error = '' WHERE id = $1`, id); err != nil {
		return err
	}
	return jobs.Enqueue(ctx, tx, sendLetter{id})
}

// ByID is one letter of the outbox.
func ByID(ctx context.Context, tx *db.Tx, id ref.ID) (Outgoing, error) {
	return db.One(ctx, tx, scan, `SELECT `+columns+` FROM mail_outbox WHERE id = $1`, id)
}

// EraseTo empties every letter to an address, sent or not, for a person who is
// erased; one that was still waiting is not sent.
func EraseTo(ctx context.Context, tx *db.Tx, address string) error {
	_, err := tx.Exec(ctx, `UPDATE mail_outbox SET recipient = '', subject = '', text = '', html = '', headers = '{}', unsubscribe = '', error = '',
		state = CASE WHEN state = 'waiting' THEN 'failed' ELSE state END, erased_at = $1 WHERE lower(recipient) = lower($2)`, db.At(tx.Now()), address)
	return err
}
