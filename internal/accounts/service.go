package accounts

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Options are what an operator decides about accounts.
type Options struct {
	// SecondFactor asks officers, keepers and administrators for a second factor
	// before an act of their role; without it every session counts as confirmed.
	SecondFactor bool
	// Around gives a place and the places around it, by which a role held for a
	// region reaches its districts. Without it a scope covers only itself.
	Around func(scope ref.ID) []ref.ID
	// Base is the portal's public origin, "https://birge.example", for passkeys;
	// without it there are none.
	Base string
	// Providers are the services by which people may sign in; they need Keys.
	Providers []Provider
	// Keys encrypts the secrets of code generators; without it nobody can set one up.
	Keys *keys.Ring
	// Post puts a letter of this room into the mail, in the caller's transaction.
	// The app sets it: the words of letters lie with the pages. Without it no
	// letter is written.
	Post func(ctx context.Context, tx *db.Tx, l Letter) error
}

// Service is the door for pages, API, jobs and commands alike.
type Service struct {
	db      *db.DB
	options Options
	hasher  *hasher
	// passkeys is nil when the portal cannot take them.
	passkeys *webauthn.WebAuthn
	actors   actorCache
	seen     sightings

	mu      sync.Mutex
	looks   []look
	holders []Holder
	undoing []Undoing
	// discovered is what providers say of themselves, by name.
	discovered map[string]*oidc.Provider
}

// New makes the room on a store that has been migrated.
func New(d *db.DB, o Options) (*Service, error) {
	h := newHasher()
	party, err := relyingParty(o.Base)
	if err != nil {
		return nil, fmt.Errorf("accounts: public address %q: %w", o.Base, err)
	}
	s := &Service{db: d, options: o, hasher: h, passkeys: party}
	s.Hold(ownHolder())
	return s, nil
}

// forget drops what is kept of who holds which token, after a change.
func (s *Service) forget() { s.actors.clear() }

// Enrol makes a person, for the command line, imports and the sample region.
func (s *Service) Enrol(ctx context.Context, by access.Actor, n NewPerson) (Person, error) {
	if !by.IsPortal() && !by.Has(access.Admin) {
		return Person{}, problem.New(problem.Forbidden, "problem.forbidden")
	}
	bad := n.check(true)
	hash, err := s.judgeAndHash(ctx, &bad, n)
	if err != nil {
		return Person{}, err
	}
	var p Person
	err = s.db.Update(ctx, func(tx *db.Tx) (err error) {
		p, err = enrol(ctx, tx, by, n, hash)
		return err
	})
	return p, err
}

// judgeAndHash adds the faults of the password to bad, and hashes it when there
// are none at all; no password gives no hash.
func (s *Service) judgeAndHash(ctx context.Context, bad *problem.Fields, n NewPerson) (string, error) {
	if n.Password != "" {
		checkPassword(bad, n.Password, n.Name, n.Email)
	}
	if err := bad.Err(); err != nil || n.Password == "" {
		return "", err
	}
	return s.hasher.hash(ctx, n.Password)
}

// enrol makes the person in the caller's transaction. Without an actor the
// person acts: they join by themselves.
func enrol(ctx context.Context, tx *db.Tx, by access.Actor, n NewPerson, hash string) (Person, error) {
	now := db.At(tx.Now())
	p := Person{ID: tx.NewID(), Name: n.Name, Email: n.Email, Lang: n.Lang, Status: Active, JoinedAt: now, Version: 1}
	if n.Proved {
		p.EmailProved = now
	}
	if hash != "" {
		p.PasswordAt = now
	}
	if !by.SignedIn() && !by.IsPortal() {
		by = access.Actor{UserID: p.ID}
	}
	if err := insertPerson(ctx, tx, p); err != nil {
		if db.IsDuplicate(err) {
			err = (problem.Fields{"email": {Key: "accounts.email.taken"}}).Err()
		}
		return Person{}, err
	}
	if hash != "" {
		if err := savePassword(ctx, tx, p.ID, hash); err != nil {
			return Person{}, err
		}
	}
	return p, journal.Record(ctx, tx, by, "accounts.person.enrol", nil, p)
}

// Me is the person who acts.
func (s *Service) Me(ctx context.Context, by access.Actor) (p Person, err error) {
	return s.Person(ctx, by, by.UserID)
}

// Person is one person, for themselves and for who runs the portal; the look of
// anybody else than the person is written down.
func (s *Service) Person(ctx context.Context, by access.Actor, id ref.ID) (p Person, err error) {
	if err := maySee(by, id); err != nil {
		return Person{}, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) (err error) {
		p, err = personByID(ctx, tx, id)
		return err
	})
	if err == nil {
		s.Looked(by, id, "person")
	}
	return p, err
}

// PersonIn reads a person in somebody's transaction, for a room that has judged
// who may know them; it calls Looked when it shows them.
func PersonIn(ctx context.Context, tx *db.Tx, id ref.ID) (Person, error) {
	return personByID(ctx, tx, id)
}

// PersonByEmailIn finds who is active under an address, in the transaction of a
// room that has judged who may ask; ok is false when nobody is.
func PersonByEmailIn(ctx context.Context, tx *db.Tx, email string) (p Person, ok bool, err error) {
	p, ok, err = personByEmail(ctx, tx, email)
	return p, ok && p.Status == Active, err
}

// PersonOfEmail finds a person by the whole address, for who runs the portal.
func (s *Service) PersonOfEmail(ctx context.Context, by access.Actor, email string) (p Person, err error) {
	if !by.IsPortal() && !by.Has(access.Admin) {
		return p, problem.New(problem.Forbidden, "problem.forbidden")
	}
	var ok bool
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, ok, err = personByEmail(ctx, tx, email)
		return err
	})
	if err == nil && !ok {
		return p, (problem.Fields{"email": {Key: "accounts.email.nobody"}}).Err()
	}
	s.Looked(by, p.ID, "person")
	return p, err
}

// Rename changes how the person is greeted and in which language letters come.
func (s *Service) Rename(ctx context.Context, by access.Actor, name string, lang i18n.Lang) error {
	n := NewPerson{Name: name, Lang: lang}
	if err := n.check(false).Err(); err != nil {
		return err
	}
	return s.change(ctx, by, by.UserID, "accounts.person.rename", func(_ *db.Tx, p *Person) error {
		p.Name, p.Lang = n.Name, n.Lang
		return nil
	})
}

// SetPassword changes the person's password and ends their other sessions. Who
// has a password must give it, and tries at it are limited.
func (s *Service) SetPassword(ctx context.Context, by access.Actor, old, password string) error {
	me, hash, err := s.ownPassword(ctx, by)
	if err != nil {
		return err
	}
	if hash != "" {
		if ok, err := s.hasher.matches(ctx, old, hash); err != nil {
			return err
		} else if !ok {
			return (problem.Fields{"old": {Key: "accounts.password.wrong"}}).Err()
		}
	}
	var bad problem.Fields
	bad.Reject(password == "", "password", "form.required")
	fresh, err := s.judgeAndHash(ctx, &bad, NewPerson{Name: me.Name, Email: me.Email, Password: password})
	if err != nil {
		return err
	}
	return s.change(ctx, by, by.UserID, "accounts.password.set", func(tx *db.Tx, p *Person) error {
		if p.Version != me.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		p.PasswordAt = db.At(tx.Now())
		if err := savePassword(ctx, tx, p.ID, fresh); err != nil {
			return err
		}
		return endSessions(ctx, tx, p.ID, by.Session)
	})
}

func (s *Service) ownPassword(ctx context.Context, by access.Actor) (p Person, hash string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := admit(ctx, tx, try{byAccount, "own:" + by.UserID.String()}); err != nil {
			return err
		}
		if p, err = personByID(ctx, tx, by.UserID); err != nil {
			return err
		}
		hash, err = hashOfPerson(ctx, tx, p.ID)
		return err
	})
	return p, hash, err
}

// change loads a person, lets f change it, and saves and records it as one act.
func (s *Service) change(ctx context.Context, by access.Actor, id ref.ID, act string, f func(tx *db.Tx, p *Person) error) error {
	defer s.forget()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := changePerson(ctx, tx, by, id, act, f); err != nil {
			return err
		}
		return s.warn(ctx, tx, id, act)
	})
}

// warned are the acts that change how a person proves themselves: they are told
// by letter, in case it was somebody else.
var warned = []string{
	"accounts.password.set", "accounts.totp.set", "accounts.totp.remove", "accounts.totp.reset", "accounts.passkey.add", "accounts.passkey.remove",
}

func (s *Service) warn(ctx context.Context, tx *db.Tx, id ref.ID, act string) error {
	if !slices.Contains(warned, act) {
		return nil
	}
	p, err := personByID(ctx, tx, id)
	if err != nil || p.Email == "" {
		return err
	}
	return s.post(ctx, tx, Letter{Kind: "sign_in_changed", To: p.Email, Lang: langOf(p)})
}

func changePerson(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID, act string, f func(tx *db.Tx, p *Person) error) error {
	before, err := personByID(ctx, tx, id)
	if err != nil {
		return err
	}
	after := before
	if err := f(tx, &after); err != nil {
		return err
	}
	if err := savePerson(ctx, tx, after); err != nil {
		return err
	}
	after.Version++
	return journal.Record(ctx, tx, by, act, before, after)
}

// Block keeps somebody from signing in, or lets them in again.
func (s *Service) Block(ctx context.Context, by access.Actor, id ref.ID, blocked bool) error {
	if err := mayRun(by); err != nil {
		return err
	}
	status, act := Active, "accounts.person.unblock"
	if blocked {
		status, act = Blocked, "accounts.person.block"
	}
	return s.change(ctx, by.As(access.Admin, 0), id, act, func(tx *db.Tx, p *Person) error {
		if p.Status == Erased || p.ID == by.UserID || p.Status == status {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		p.Status = status
		return endSessions(ctx, tx, p.ID, 0)
	})
}

// mayRun: who runs the portal, with the second factor.
func mayRun(by access.Actor) error {
	switch {
	case by.IsPortal():
		return nil
	case !by.Has(access.Admin):
		return problem.New(problem.Forbidden, "problem.forbidden")
	case !by.Confirmed:
		return ErrConfirm()
	}
	return nil
}

// ErrConfirm asks for the second factor.
func ErrConfirm() error { return problem.New(problem.Forbidden, confirmKey) }

const confirmKey = "accounts.confirm.first"
