package accounts

import (
	"context"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// What a ticket lets its bearer do, once.
const (
	toSignIn  = "sign_in"
	toJoin    = "join"
	toEmail   = "email"
	toInvited = "invitation"
	toUndo    = "undo_visit"
)

// How long each link works.
const (
	signInLife = 20 * time.Minute
	joinLife   = 24 * time.Hour
	emailLife  = 24 * time.Hour
	inviteLife = 14 * 24 * time.Hour
	undoLife   = 90 * 24 * time.Hour
)

// Letter is a letter of this room; the pages hold its words. Kind is sign_in,
// join, email, email_changed, sign_in_changed, visit or invitation.
type Letter struct {
	Kind, To string
	Lang     i18n.Lang
	// Token is the secret of the link, "" in a letter without one.
	Token string
	Until db.Time
	// Role and Scope tell what an invitation is to.
	Role  access.Role
	Scope ref.Ref
}

func (s *Service) post(ctx context.Context, tx *db.Tx, l Letter) error {
	if s.options.Post == nil {
		return nil
	}
	return s.options.Post(ctx, tx, l)
}

// ticket is a secret handed out for one act; the store keeps its hash.
type ticket struct {
	purpose string
	person  ref.ID
	email   string
	data    string
	until   db.Time
}

// issue stores a ticket under a secret.
func issue(ctx context.Context, tx *db.Tx, secret string, t ticket, life time.Duration) (ticket, error) {
	t.until = db.At(tx.Now().Add(life))
	_, err := tx.Exec(ctx, `INSERT INTO tickets (token_hash, purpose, person_id, email, data, until_at) VALUES ($1,$2,$3,$4,$5,$6)`,
		hashOf(secret), t.purpose, t.person, t.email, t.data, t.until)
	return t, err
}

func scanTicket(r db.Row) (t ticket, err error) {
	err = r.Scan(&t.purpose, &t.person, &t.email, &t.data, &t.until)
	return t, err
}

// ticketOf reads a ticket that can still be used, without using it.
func ticketOf(ctx context.Context, tx *db.Tx, purpose, secret string) (ticket, error) {
	t, ok, err := db.Maybe(ctx, tx, scanTicket, `SELECT purpose, person_id, email, data, until_at FROM tickets
		WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND until_at > $3`, hashOf(secret), purpose, db.At(tx.Now()))
	if err == nil && !ok {
		err = errLinkOver()
	}
	return t, err
}

// redeem uses a ticket; it works once, and only in its time.
func redeem(ctx context.Context, tx *db.Tx, purpose, secret string) (ticket, error) {
	t, err := ticketOf(ctx, tx, purpose, secret)
	if err != nil {
		return t, err
	}
	n, err := tx.Exec(ctx, `UPDATE tickets SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL`, db.At(tx.Now()), hashOf(secret))
	if err == nil && n == 0 {
		err = errLinkOver()
	}
	return t, err
}

// AskLink mails a link: to sign in, or to join for an address that nobody has.
// The answer is the same for both, and so is the work.
func (s *Service) AskLink(ctx context.Context, from Knock, email string, lang i18n.Lang) error {
	if !validEmail(email) {
		return (problem.Fields{"email": {Key: "accounts.email.wrong"}}).Err()
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := admit(ctx, tx, try{lettersTo, FoldEmail(email)}, try{lettersBy, from.Address}); err != nil {
			return err
		}
		p, known, err := personByEmail(ctx, tx, email)
		if err != nil || known && p.Status != Active {
			return err
		}
		if !known {
			return s.mailTicket(ctx, tx, ticket{purpose: toJoin, email: email}, joinLife, Letter{Kind: toJoin, To: email, Lang: lang})
		}
		return s.mailTicket(ctx, tx, ticket{purpose: toSignIn, person: p.ID, email: p.Email}, signInLife,
			Letter{Kind: toSignIn, To: p.Email, Lang: langOf(p)})
	})
}

// mailTicket issues a ticket and posts the letter that carries its secret.
func (s *Service) mailTicket(ctx context.Context, tx *db.Tx, t ticket, life time.Duration, l Letter) error {
	l.Token = newToken()
	t, err := issue(ctx, tx, l.Token, t, life)
	if err != nil {
		return err
	}
	l.Until = t.until
	return s.post(ctx, tx, l)
}

// SignInLink says whose address a sign-in link was sent to, as long as it works.
func (s *Service) SignInLink(ctx context.Context, token string) (email string, err error) {
	return s.ticketEmail(ctx, toSignIn, token)
}

// JoinLink says to which address a link to join was sent, as long as it works.
func (s *Service) JoinLink(ctx context.Context, token string) (email string, err error) {
	return s.ticketEmail(ctx, toJoin, token)
}

// EmailLink says which new address a link confirms, as long as it works.
func (s *Service) EmailLink(ctx context.Context, token string) (email string, err error) {
	return s.ticketEmail(ctx, toEmail, token)
}

func (s *Service) ticketEmail(ctx context.Context, purpose, token string) (email string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		t, err := ticketOf(ctx, tx, purpose, token)
		email = t.email
		return err
	})
	return email, err
}

// SignInByLink begins a session for the bearer of a mailed link.
func (s *Service) SignInByLink(ctx context.Context, from Knock, token string) (e Entry, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		t, err := redeem(ctx, tx, toSignIn, token)
		if err != nil {
			return err
		}
		p, err := personByID(ctx, tx, t.person)
		if err != nil {
			return err
		}
		if p.Status != Active || p.Email != t.email {
			return errLinkOver()
		}
		if p.EmailProved.IsZero() {
			if err := proveEmail(ctx, tx, &p); err != nil {
				return err
			}
		}
		e, err = begin(ctx, tx, p, ViaLink, from)
		return err
	})
	return e, err
}

// proveEmail notes that letters to the person's address reach them.
func proveEmail(ctx context.Context, tx *db.Tx, p *Person) error {
	err := changePerson(ctx, tx, access.Actor{UserID: p.ID}, p.ID, "accounts.email.prove", func(tx *db.Tx, now *Person) error {
		now.EmailProved = db.At(tx.Now())
		*p = *now
		return nil
	})
	p.Version++
	return err
}

// Join makes the person to whose address a link was mailed, with the consents
// they gave, and signs them in.
func (s *Service) Join(ctx context.Context, from Knock, token string, n NewPerson, consents []string) (e Entry, err error) {
	n.Proved = true
	bad := n.check(false)
	checkConsents(&bad, consents)
	email, err := s.JoinLink(ctx, token)
	if err != nil {
		return Entry{}, err
	}
	n.Email = email
	hash, err := s.judgeAndHash(ctx, &bad, n)
	if err != nil {
		return Entry{}, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		t, err := redeem(ctx, tx, toJoin, token)
		if err != nil {
			return err
		}
		p, err := joined(ctx, tx, n, hash, consents)
		if err != nil {
			return err
		}
		if err := linkJoined(ctx, tx, p, t.data); err != nil {
			return err
		}
		e, err = begin(ctx, tx, p, ViaLink, from)
		return err
	})
	return e, err
}

// joined makes a person who joins by themselves.
func joined(ctx context.Context, tx *db.Tx, n NewPerson, hash string, consents []string) (Person, error) {
	p, err := enrol(ctx, tx, access.Actor{}, n, hash)
	if err != nil {
		return p, err
	}
	for _, kind := range consents {
		if err := giveConsent(ctx, tx, access.Actor{UserID: p.ID}, p.ID, kind); err != nil {
			return p, err
		}
	}
	return p, nil
}

// AskEmail mails a link to a new address of the person; the address changes when
// the link is used.
func (s *Service) AskEmail(ctx context.Context, by access.Actor, email string) error {
	if !validEmail(email) {
		return (problem.Fields{"email": {Key: "accounts.email.wrong"}}).Err()
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := admit(ctx, tx, try{lettersTo, FoldEmail(email)}, try{lettersTo, "own:" + by.UserID.String()}); err != nil {
			return err
		}
		me, err := personByID(ctx, tx, by.UserID)
		if err != nil {
			return err
		}
		return s.mailTicket(ctx, tx, ticket{purpose: toEmail, person: me.ID, email: email}, emailLife,
			Letter{Kind: toEmail, To: email, Lang: langOf(me)})
	})
}

// ChangeEmail takes the address over to which the link was mailed, and tells the
// old one.
func (s *Service) ChangeEmail(ctx context.Context, by access.Actor, token string) error {
	defer s.forget()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		t, err := redeem(ctx, tx, toEmail, token)
		if err != nil {
			return err
		}
		if t.person != by.UserID {
			return errLinkOver()
		}
		if other, taken, err := personByEmail(ctx, tx, t.email); err != nil || taken && other.ID != by.UserID {
			return orTaken(err)
		}
		var old Person
		if err := changePerson(ctx, tx, by, by.UserID, "accounts.email.change", func(tx *db.Tx, p *Person) error {
			old = *p
			p.Email, p.EmailProved = t.email, db.At(tx.Now())
			return nil
		}); err != nil {
			return err
		}
		if old.Email == "" {
			return nil
		}
		return s.post(ctx, tx, Letter{Kind: "email_changed", To: old.Email, Lang: langOf(old)})
	})
}

func orTaken(err error) error {
	if err != nil {
		return err
	}
	return (problem.Fields{"email": {Key: "accounts.email.taken"}}).Err()
}
