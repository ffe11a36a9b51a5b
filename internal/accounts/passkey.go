package accounts

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Passkey is a key that a device of the person holds: it opens with the finger
// or the code of the device, and counts as both factors.
type Passkey struct {
	ID       ref.ID
	PersonID ref.ID
	// Label is the person's word for the device.
	Label          string
	MadeAt, UsedAt db.Time

	credential webauthn.Credential
}

const (
	toAddPasskey   = "passkey_add"
	toUsePasskey   = "passkey_use"
	ceremonyLife   = 5 * time.Minute
	maxLabel       = 60
	maxPasskeys    = 20
	passkeyColumns = `id, person_id, label, made_at, used_at, credential`
)

func scanPasskey(r db.Row) (k Passkey, err error) {
	err = r.Scan(&k.ID, &k.PersonID, &k.Label, &k.MadeAt, &k.UsedAt, db.AsJSON(&k.credential))
	return k, err
}

func passkeysOf(ctx context.Context, tx *db.Tx, person ref.ID) ([]Passkey, error) {
	return db.All(ctx, tx, scanPasskey, `SELECT `+passkeyColumns+` FROM person_passkeys WHERE person_id = $1 ORDER BY id`, person)
}

// keyHolder is a person as the passkey library knows one.
type keyHolder struct {
	person Person
	keys   []Passkey
}

func (h keyHolder) WebAuthnID() []byte          { return []byte(h.person.ID.String()) }
func (h keyHolder) WebAuthnName() string        { return h.person.Email }
func (h keyHolder) WebAuthnDisplayName() string { return h.person.Name }

func (h keyHolder) WebAuthnCredentials() (out []webauthn.Credential) {
	for _, k := range h.keys {
		out = append(out, k.credential)
	}
	return out
}

// relyingParty is the portal as passkeys know it: by its public address. Without
// one, or by a bare number, there are no passkeys.
func relyingParty(base string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(base)
	if err != nil || base == "" {
		return nil, err
	}
	return webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: issuer, RPOrigins: []string{u.Scheme + "://" + u.Host}})
}

// HasPasskeys tells that the portal can take passkeys.
func (s *Service) HasPasskeys() bool { return s.passkeys != nil }

func (s *Service) needPasskeys() error {
	if s.passkeys == nil {
		return problem.New(problem.NotFound, "accounts.passkey.none")
	}
	return nil
}

// Passkeys lists the person's own passkeys.
func (s *Service) Passkeys(ctx context.Context, by access.Actor) (keys []Passkey, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		keys, err = passkeysOf(ctx, tx, by.UserID)
		return err
	})
	return keys, err
}

// Ceremony is what the browser needs to make or use a passkey, and the secret
// with which it comes back, once and within five minutes.
type Ceremony struct {
	Secret  string `json:"secret"`
	Options any    `json:"options"`
}

// StartPasskey begins the making of a passkey. Who has a second factor proved it
// in this session.
func (s *Service) StartPasskey(ctx context.Context, by access.Actor) (c Ceremony, err error) {
	if err := s.needPasskeys(); err != nil {
		return c, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		h, err := holderOf(ctx, tx, by.UserID)
		if err != nil {
			return err
		}
		if !h.person.TOTPAt.IsZero() && !by.Confirmed {
			return ErrConfirm()
		}
		if len(h.keys) >= maxPasskeys {
			return problem.New(problem.Conflict, "accounts.passkey.too_many")
		}
		options, state, err := s.passkeys.BeginRegistration(h,
			webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
				ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
			}), webauthn.WithExclusions(webauthn.Credentials(h.WebAuthnCredentials()).CredentialDescriptors()))
		if err != nil {
			return fmt.Errorf("accounts: %w", err)
		}
		c, err = ceremony(ctx, tx, toAddPasskey, by.UserID, options, state)
		return err
	})
	return c, err
}

func holderOf(ctx context.Context, tx *db.Tx, person ref.ID) (h keyHolder, err error) {
	if h.person, err = personByID(ctx, tx, person); err != nil {
		return h, err
	}
	h.keys, err = passkeysOf(ctx, tx, person)
	return h, err
}

// ceremony keeps the state of a ceremony under a secret.
func ceremony(ctx context.Context, tx *db.Tx, purpose string, person ref.ID, options any, state *webauthn.SessionData) (Ceremony, error) {
	data, err := json.Marshal(state)
	if err != nil {
		return Ceremony{}, fmt.Errorf("accounts: %w", err)
	}
	c := Ceremony{newToken(), options}
	_, err = issue(ctx, tx, c.Secret, ticket{purpose: purpose, person: person, data: string(data)}, ceremonyLife)
	return c, err
}

// stateOf redeems the secret of a ceremony.
func stateOf(ctx context.Context, tx *db.Tx, purpose, secret string) (state webauthn.SessionData, person ref.ID, err error) {
	t, err := redeem(ctx, tx, purpose, secret)
	if err != nil {
		return state, 0, err
	}
	if err := json.Unmarshal([]byte(t.data), &state); err != nil {
		return state, 0, fmt.Errorf("accounts: %w", err)
	}
	return state, t.person, nil
}

// AddPasskey keeps the passkey that the browser made; answer is its JSON.
func (s *Service) AddPasskey(ctx context.Context, by access.Actor, secret, label string, answer []byte) error {
	if err := s.needPasskeys(); err != nil {
		return err
	}
	label = oneSpace(label)
	if r := []rune(label); len(r) > maxLabel {
		label = string(r[:maxLabel])
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return problem.Wrap(err, problem.Invalid, "accounts.passkey.refused")
	}
	return s.change(ctx, by, by.UserID, "accounts.passkey.add", func(tx *db.Tx, p *Person) error {
		state, person, err := stateOf(ctx, tx, toAddPasskey, secret)
		if err != nil {
			return err
		}
		if person != by.UserID {
			return errLinkOver()
		}
		made, err := s.passkeys.CreateCredential(keyHolder{person: *p}, state, parsed)
		if err != nil {
			return problem.Wrap(err, problem.Invalid, "accounts.passkey.refused")
		}
		if _, err := tx.Exec(ctx, `INSERT INTO person_passkeys (id, person_id, credential_id, credential, label, made_at)
			VALUES ($1,$2,$3,$4,$5,$6)`, tx.NewID(), p.ID, made.ID, db.AsJSON(made), label, db.At(tx.Now())); err != nil {
			if db.IsDuplicate(err) {
				err = problem.New(problem.Conflict, "accounts.passkey.refused")
			}
			return err
		}
		return nil
	})
}

// RemovePasskey forgets one of the person's own passkeys.
func (s *Service) RemovePasskey(ctx context.Context, by access.Actor, id ref.ID) error {
	return s.change(ctx, by, by.UserID, "accounts.passkey.remove", func(tx *db.Tx, p *Person) error {
		n, err := tx.Exec(ctx, `DELETE FROM person_passkeys WHERE id = $1 AND person_id = $2`, id, p.ID)
		if err == nil && n == 0 {
			err = problem.New(problem.NotFound, "problem.not_found")
		}
		return err
	})
}

// StartPasskeySignIn begins a sign-in by whichever passkey the browser offers.
func (s *Service) StartPasskeySignIn(ctx context.Context, from Knock) (c Ceremony, err error) {
	if err := s.needPasskeys(); err != nil {
		return c, err
	}
	options, state, err := s.passkeys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return c, fmt.Errorf("accounts: %w", err)
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := admit(ctx, tx, try{byAddress, from.Address}); err != nil {
			return err
		}
		c, err = ceremony(ctx, tx, toUsePasskey, 0, options, state)
		return err
	})
	return c, err
}

// SignInByPasskey begins a session for the holder of a passkey; answer is what
// the browser made of the ceremony, as JSON.
func (s *Service) SignInByPasskey(ctx context.Context, from Knock, secret string, answer []byte) (e Entry, err error) {
	if err := s.needPasskeys(); err != nil {
		return e, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return e, problem.Wrap(err, problem.Forbidden, "accounts.passkey.refused")
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		state, _, err := stateOf(ctx, tx, toUsePasskey, secret)
		if err != nil {
			return err
		}
		id, _ := ref.ParseID(string(parsed.Response.UserHandle))
		h, err := holderOf(ctx, tx, id)
		if problem.Is(err, problem.NotFound) {
			err = problem.New(problem.Forbidden, "accounts.passkey.refused")
		}
		if err != nil {
			return err
		}
		used, err := s.passkeys.ValidateDiscoverableLogin(func(_, _ []byte) (webauthn.User, error) { return h, nil }, state, parsed)
		if err != nil || h.person.Status != Active || used.Authenticator.CloneWarning {
			return problem.Wrap(err, problem.Forbidden, "accounts.passkey.refused")
		}
		if err := tx.ExecOne(ctx, `UPDATE person_passkeys SET credential = $1, used_at = $2 WHERE person_id = $3 AND credential_id = $4`,
			db.AsJSON(used), db.At(tx.Now()), h.person.ID, used.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE guesses SET tries = tries - 1 WHERE key_hash = $1 AND tries > 0`, try{byAddress, from.Address}.key()); err != nil {
			return err
		}
		e, err = begin(ctx, tx, h.person, ViaPasskey, from)
		return err
	})
	return e, err
}
