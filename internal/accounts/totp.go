package accounts

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"strings"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// The second factor of a person is a code generator: six figures that change
// every half minute, from a secret that is kept encrypted by the portal's key.
// A code counts once. Ten recovery codes stand in for a lost generator.

const (
	recoveryCodes  = 10
	recoveryLength = 12 // characters of 5 bits; tries at them are limited
	stepSeconds    = 30
	issuer         = "Birge"
)

var codeForm = totp.ValidateOpts{Period: stepSeconds, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// StartTOTP makes the secret of a code generator that is not in use yet, and its
// address for a QR code. Who has a password gives it first.
func (s *Service) StartTOTP(ctx context.Context, by access.Actor, password string) (secret, url string, err error) {
	if s.options.Keys == nil {
		return "", "", problem.New(problem.Unavailable, "accounts.totp.no_keys")
	}
	me, hash, err := s.ownPassword(ctx, by)
	if err != nil {
		return "", "", err
	}
	if hash != "" {
		if ok, err := s.hasher.matches(ctx, password, hash); err != nil {
			return "", "", err
		} else if !ok {
			return "", "", (problem.Fields{"password": {Key: "accounts.password.wrong"}}).Err()
		}
	}
	if !me.TOTPAt.IsZero() {
		return "", "", problem.New(problem.Conflict, "accounts.totp.in_use")
	}
	name := me.Email
	if name == "" {
		name = me.ID.String()
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: name})
	if err != nil {
		return "", "", fmt.Errorf("accounts: %w", err)
	}
	sealed, err := s.seal(me.ID, key.Secret())
	if err != nil {
		return "", "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO person_totps (person_id, secret, last_step) VALUES ($1, $2, 0)
			ON CONFLICT (person_id) DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE person_totps.proved_at IS NULL`, me.ID, sealed)
		return err
	})
	return key.Secret(), key.URL(), err
}

// ProveTOTP puts the code generator to use once a code of it was given, and
// gives the recovery codes, which are shown this once. The session is confirmed.
func (s *Service) ProveTOTP(ctx context.Context, by access.Actor, code string) (recovery []string, err error) {
	for range recoveryCodes {
		recovery = append(recovery, newCode(recoveryLength))
	}
	if err := s.countCode(ctx, by.UserID); err != nil {
		return nil, err
	}
	err = s.change(ctx, by, by.UserID, "accounts.totp.set", func(tx *db.Tx, p *Person) error {
		if !p.TOTPAt.IsZero() {
			return problem.New(problem.Conflict, "accounts.totp.in_use")
		}
		if ok, err := s.useTOTP(ctx, tx, p.ID, code); err != nil || !ok {
			return orWrongCode(err)
		}
		p.TOTPAt = db.At(tx.Now())
		if _, err := tx.Exec(ctx, `UPDATE person_totps SET proved_at = $1 WHERE person_id = $2`, p.TOTPAt, p.ID); err != nil {
			return err
		}
		for _, c := range recovery {
			if _, err := tx.Exec(ctx, `INSERT INTO person_recovery_codes (person_id, code_hash) VALUES ($1, $2)`, p.ID, hashOf(c)); err != nil {
				return err
			}
		}
		return confirmSession(ctx, tx, by.Session)
	})
	return recovery, err
}

// RemoveTOTP takes the code generator out of use, for a code of it or a recovery code.
func (s *Service) RemoveTOTP(ctx context.Context, by access.Actor, code string) error {
	if err := s.countCode(ctx, by.UserID); err != nil {
		return err
	}
	return s.change(ctx, by, by.UserID, "accounts.totp.remove", func(tx *db.Tx, p *Person) error {
		if ok, err := s.useCode(ctx, tx, p.ID, code); err != nil || !ok {
			return orWrongCode(err)
		}
		p.TOTPAt = db.Time{}
		for _, q := range [...]string{`DELETE FROM person_totps WHERE person_id = $1`, `DELETE FROM person_recovery_codes WHERE person_id = $1`} {
			if _, err := tx.Exec(ctx, q, p.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// ResetSecondFactor takes the code generator and the passkeys of somebody who has
// lost them out of use and ends their sessions; a letter tells them.
func (s *Service) ResetSecondFactor(ctx context.Context, by access.Actor, id ref.ID) error {
	if err := mayRun(by); err != nil {
		return err
	}
	return s.change(ctx, by, id, "accounts.totp.reset", func(tx *db.Tx, p *Person) error {
		p.TOTPAt = db.Time{}
		for _, q := range [...]string{
			`DELETE FROM person_totps WHERE person_id = $1`, `DELETE FROM person_recovery_codes WHERE person_id = $1`,
			`DELETE FROM person_passkeys WHERE person_id = $1`,
		} {
			if _, err := tx.Exec(ctx, q, p.ID); err != nil {
				return err
			}
		}
		return endSessions(ctx, tx, p.ID, 0)
	})
}

// Confirm proves the second factor for the session of a token, by a code of the
// generator or a recovery code. The session goes on under a new token.
func (s *Service) Confirm(ctx context.Context, token, code string) (Entry, error) {
	var x Session
	if err := s.db.View(ctx, func(tx *db.Tx) error {
		var ok bool
		var err error
		x, ok, err = sessionByToken(ctx, tx, token)
		if err == nil && (!ok || !x.alive(tx.Now())) {
			err = problem.New(problem.Unauthenticated, "problem.sign_in")
		}
		return err
	}); err != nil {
		return Entry{}, err
	}
	if err := s.countCode(ctx, x.PersonID); err != nil {
		return Entry{}, err
	}
	defer s.forget()
	e := Entry{newToken(), x}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if ok, err := s.useCode(ctx, tx, x.PersonID, code); err != nil || !ok {
			return orWrongCode(err)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM guesses WHERE key_hash = $1`, codeTry(x.PersonID).key()); err != nil {
			return err
		}
		e.Session.Pending, e.Session.ConfirmedAt = false, db.At(tx.Now())
		return tx.ExecOne(ctx, `UPDATE sessions SET token_hash = $1, pending = $2, confirmed_at = $3
			WHERE token_hash = $4 AND ended_at IS NULL`, hashOf(e.Token), false, e.Session.ConfirmedAt, hashOf(token))
	})
	return e, err
}

// Pending tells that the token's session waits for its second factor.
func (s *Service) Pending(ctx context.Context, token string) (pending bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		x, ok, err := sessionByToken(ctx, tx, token)
		pending = ok && x.Pending && x.alive(tx.Now())
		return err
	})
	return pending, err
}

func confirmSession(ctx context.Context, tx *db.Tx, session ref.ID) error {
	_, err := tx.Exec(ctx, `UPDATE sessions SET confirmed_at = $1, pending = $2 WHERE id = $3`, db.At(tx.Now()), false, session)
	return err
}

func codeTry(person ref.ID) try { return try{byAccount, "code:" + person.String()} }

func (s *Service) countCode(ctx context.Context, person ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return admit(ctx, tx, codeTry(person)) })
}

func orWrongCode(err error) error {
	if err != nil {
		return err
	}
	return (problem.Fields{"code": {Key: "accounts.code.wrong"}}).Err()
}

// useCode takes a code of the generator in use, or a recovery code.
func (s *Service) useCode(ctx context.Context, tx *db.Tx, person ref.ID, code string) (bool, error) {
	ok, err := s.useTOTP(ctx, tx, person, code)
	if err != nil || ok {
		return ok, err
	}
	n, err := tx.Exec(ctx, `UPDATE person_recovery_codes SET used_at = $1 WHERE person_id = $2 AND code_hash = $3 AND used_at IS NULL`,
		db.At(tx.Now()), person, hashOf(typedCode(code)))
	return n == 1, err
}

// useTOTP takes a code of this half minute or the ones beside it, once.
func (s *Service) useTOTP(ctx context.Context, tx *db.Tx, person ref.ID, code string) (bool, error) {
	t, ok, err := db.Maybe(ctx, tx, scanTOTP, `SELECT secret, last_step FROM person_totps WHERE person_id = $1`, person)
	if err != nil || !ok {
		return false, err
	}
	secret, err := s.unseal(person, t.secret)
	if err != nil {
		return false, err
	}
	step, ok, err := stepOf(secret, strings.ReplaceAll(code, " ", ""), tx.Now())
	if err != nil || !ok || step <= t.lastStep {
		return false, err
	}
	_, err = tx.Exec(ctx, `UPDATE person_totps SET last_step = $1 WHERE person_id = $2`, step, person)
	return err == nil, err
}

type storedTOTP struct {
	secret   []byte
	lastStep int64
}

func scanTOTP(r db.Row) (t storedTOTP, err error) {
	err = r.Scan(&t.secret, &t.lastStep)
	return t, err
}

// stepOf finds the half minute of which code is the code.
func stepOf(secret, code string, now time.Time) (step int64, ok bool, err error) {
	for _, off := range [...]int64{0, -1, 1} {
		step = now.Unix()/stepSeconds + off
		want, err := totp.GenerateCodeCustom(secret, time.Unix(step*stepSeconds, 0), codeForm)
		if err != nil {
			return 0, false, fmt.Errorf("accounts: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true, nil
		}
	}
	return 0, false, nil
}

// box encrypts with a key that only the portal's ring can derive.
func (s *Service) box() (cipher.AEAD, error) {
	if s.options.Keys == nil {
		return nil, problem.New(problem.Unavailable, "accounts.totp.no_keys")
	}
	block, err := aes.NewCipher(s.options.Keys.MAC("accounts.totp", []byte("AES-256-GCM"))[:32])
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	return cipher.NewGCM(block)
}

// seal encrypts a secret for one person: in another's row it cannot be opened.
func (s *Service) seal(person ref.ID, secret string) ([]byte, error) {
	box, err := s.box()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce)
	return box.Seal(nonce, nonce, []byte(secret), []byte(person.String())), nil
}

func (s *Service) unseal(person ref.ID, sealed []byte) (string, error) {
	box, err := s.box()
	if err != nil {
		return "", err
	}
	if len(sealed) < box.NonceSize() {
		return "", fmt.Errorf("accounts: the secret of a code generator is cut short")
	}
	secret, err := box.Open(nil, sealed[:box.NonceSize()], sealed[box.NonceSize():], []byte(person.String()))
	if err != nil {
		return "", fmt.Errorf("accounts: the secret of a code generator does not open with this portal's key: %w", err)
	}
	return string(secret), nil
}
