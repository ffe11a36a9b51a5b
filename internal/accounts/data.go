package accounts

import (
	"context"
	"fmt"
	"maps"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/mail"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Copy is everything that the portal keeps of the person who asks, room by room,
// to be handed over as JSON.
func (s *Service) Copy(ctx context.Context, by access.Actor) (all map[string]any, err error) {
	if !by.SignedIn() {
		return nil, problem.New(problem.Unauthenticated, "problem.sign_in")
	}
	if err := s.Flush(ctx); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all = map[string]any{}
		for _, h := range s.holders {
			if h.Copy == nil {
				continue
			}
			part, err := h.Copy(ctx, tx, by.UserID)
			if err != nil {
				return err
			}
			maps.Copy(all, part)
		}
		return nil
	})
	return all, err
}

// EraseMe erases the account of the person who asks. Who has a password gives it.
func (s *Service) EraseMe(ctx context.Context, by access.Actor, password string) error {
	if by.OnBehalf != 0 {
		return problem.New(problem.Forbidden, "problem.forbidden")
	}
	_, hash, err := s.ownPassword(ctx, by)
	if err != nil {
		return err
	}
	if hash != "" {
		if ok, err := s.hasher.matches(ctx, password, hash); err != nil {
			return err
		} else if !ok {
			return (problem.Fields{"password": {Key: "accounts.password.wrong"}}).Err()
		}
	}
	return s.eraseAs(ctx, by, by.UserID)
}

// ErasePerson erases somebody who asked for it on paper, or whom a court named.
func (s *Service) ErasePerson(ctx context.Context, by access.Actor, id ref.ID) error {
	if err := mayRun(by); err != nil {
		return err
	}
	return s.eraseAs(ctx, by, id)
}

func (s *Service) eraseAs(ctx context.Context, by access.Actor, id ref.ID) error {
	defer s.forget()
	if err := s.Flush(ctx); err != nil { // looks in memory would be written after the erasure
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.erase(ctx, tx, by, id) })
}

// erase has every room erase the person. What stays is the id, so that the
// journal still tells that one and the same nobody acted.
func (s *Service) erase(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) error {
	p, err := personByID(ctx, tx, id)
	if err != nil {
		return err
	}
	if p.Status == Erased {
		return problem.New(problem.Conflict, "problem.changed_meanwhile")
	}
	gs, err := grantsOf(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, g := range gs {
		if err := endGrant(ctx, tx, by, g); err != nil {
			return err
		}
	}
	for i := len(s.holders) - 1; i >= 0; i-- { // accounts itself at the end
		if h := s.holders[i]; h.Erase != nil {
			if err := h.Erase(ctx, tx, by, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// ActErase is the act of the entry that tells of a person's erasure.
const ActErase = "accounts.person.erase"

// Erasure tells when a person was erased; nothing but the id is left of them.
type Erasure struct {
	Person ref.ID
	At     db.Time
}

func scanErasure(r db.Row) (e Erasure, err error) {
	err = r.Scan(&e.Person, &e.At)
	return e, err
}

// Erasures lists everybody who was erased, the first one first, so that a
// restored backup can be brought up to them.
func (s *Service) Erasures(ctx context.Context) (all []Erasure, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all, err = db.All(ctx, tx, scanErasure, `SELECT person_id, at FROM erasures ORDER BY at, person_id`)
		return err
	})
	return all, err
}

// ownHolder is what this room keeps of persons.
func ownHolder() Holder {
	return Holder{Fields: ownFields(), Copy: ownCopy, Erase: eraseOwn, Expire: expireOwn}
}

func ownFields() []PersonalField {
	own := func(table, column, purpose, keep string) PersonalField {
		return PersonalField{table, column, "accounts.whose.account", "accounts.purpose." + purpose, "accounts.ground.consent", "accounts.keep." + keep}
	}
	law := func(table, column, whose, purpose, keep string) PersonalField {
		return PersonalField{table, column, "accounts.whose." + whose, "accounts.purpose." + purpose, "accounts.ground.law", "accounts.keep." + keep}
	}
	return []PersonalField{
		own("persons", "name", "greet", "account"),
		own("persons", "email", "sign_in", "account"),
		own("persons", "email_folded", "sign_in", "account"),
		own("persons", "lang", "greet", "account"),
		own("person_passwords", "hash", "sign_in", "account"),
		own("person_totps", "secret", "sign_in", "account"),
		own("person_recovery_codes", "code_hash", "sign_in", "account"),
		own("person_passkeys", "credential", "sign_in", "account"),
		own("person_passkeys", "credential_id", "sign_in", "account"),
		own("person_passkeys", "label", "sign_in", "account"),
		own("person_identities", "subject", "sign_in", "account"),
		own("sessions", "device", "sessions", "session"),
		own("sessions", "seen_at", "sessions", "session"),
		own("tickets", "email", "links", "ticket"),
		own("tickets", "data", "links", "ticket"),
		own("mail_outbox", "recipient", "links", "letter"),
		own("mail_outbox", "text", "links", "letter"),
		own("guesses", "key_hash", "guesses", "guess"),
		own("grants", "role", "roles", "account"),
		own("consents", "kind", "consents", "account"),
		law("invitations", "email", "invited", "invitations", "invitation"),
		law("visits", "about", "visitor", "visits", "visit"),
		law("looks", "person_id", "account", "looks", "look"),
		law("looks", "viewer_id", "viewer", "looks", "look"),
	}
}

// ownCopy is what accounts keeps of a person.
func ownCopy(ctx context.Context, tx *db.Tx, person ref.ID) (map[string]any, error) {
	p, err := personByID(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	out := map[string]any{"person": p}
	type reading struct {
		name string
		read func() (any, error)
	}
	for _, x := range []reading{
		{"sessions", func() (any, error) {
			return db.All(ctx, tx, scanSession, `SELECT `+sessionColumns+` FROM sessions WHERE person_id = $1 ORDER BY id`, person)
		}},
		{"grants", func() (any, error) {
			return db.All(ctx, tx, scanGrant, `SELECT `+grantColumns+` FROM grants WHERE person_id = $1 ORDER BY id`, person)
		}},
		{"consents", func() (any, error) { return consentsOf(ctx, tx, person) }},
		{"invitations", func() (any, error) {
			return db.All(ctx, tx, scanInvitation, `SELECT `+invitationColumns+` FROM invitations
				WHERE by_id = $1 OR taken_by = $1 ORDER BY id`, person)
		}},
		{"visits", func() (any, error) {
			return db.All(ctx, tx, scanVisit, `SELECT `+visitColumns+` FROM visits WHERE person_id = $1 ORDER BY id`, person)
		}},
		{"looks", func() (any, error) { return looksAt(ctx, tx, person) }},
		{"passkeys", func() (any, error) {
			return db.All(ctx, tx, scanNamed, `SELECT label, made_at FROM person_passkeys WHERE person_id = $1 ORDER BY id`, person)
		}},
		{"identities", func() (any, error) {
			return db.All(ctx, tx, scanNamed, `SELECT issuer, made_at FROM person_identities WHERE person_id = $1 ORDER BY issuer`, person)
		}},
		{"acts", func() (any, error) {
			return db.All(ctx, tx, scanNamed, `SELECT act, at FROM journal_entries WHERE actor_id = $1 ORDER BY id`, person)
		}},
	} {
		v, err := x.read()
		if err != nil {
			return nil, fmt.Errorf("accounts: copy of %s: %w", x.name, err)
		}
		out[x.name] = v
	}
	return out, nil
}

// named is something with a name and a time, in a person's copy.
type named struct {
	Name string  `json:"name"`
	At   db.Time `json:"at"`
}

func scanNamed(r db.Row) (n named, err error) {
	err = r.Scan(&n.Name, &n.At)
	return n, err
}

// looksAt lists when somebody looked at the person's data, and at what; not who:
// that is the other person's data, and a court's to ask for.
func looksAt(ctx context.Context, tx *db.Tx, person ref.ID) ([]named, error) {
	return db.All(ctx, tx, scanNamed, `SELECT what, at FROM looks WHERE person_id = $1 ORDER BY id`, person)
}

// eraseOwn removes a person from this room.
func eraseOwn(ctx context.Context, tx *db.Tx, by access.Actor, person ref.ID) error {
	p, err := personByID(ctx, tx, person)
	if err != nil {
		return err
	}
	gone := Person{ID: p.ID, Status: Erased, JoinedAt: p.JoinedAt, Lang: "", Version: p.Version}
	if err := savePerson(ctx, tx, gone); err != nil {
		return err
	}
	gone.Version++
	for _, q := range [...]string{
		`DELETE FROM person_passwords WHERE person_id = $1`,
		`DELETE FROM person_totps WHERE person_id = $1`,
		`DELETE FROM person_recovery_codes WHERE person_id = $1`,
		`DELETE FROM person_passkeys WHERE person_id = $1`,
		`DELETE FROM person_identities WHERE person_id = $1`,
		`DELETE FROM sessions WHERE person_id = $1`,
		`DELETE FROM tickets WHERE person_id = $1`,
	} {
		if _, err := tx.Exec(ctx, q, person); err != nil {
			return err
		}
	}
	if p.Email != "" {
		if _, err := tx.Exec(ctx, `DELETE FROM tickets WHERE email = $1`, p.Email); err != nil {
			return err
		}
		if err := mail.EraseTo(ctx, tx, p.Email); err != nil {
			return err
		}
	}
	if err := eraseInvitations(ctx, tx, by, p); err != nil {
		return err
	}
	if err := eraseVisits(ctx, tx, by, person); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO erasures (person_id, at) VALUES ($1, $2) ON CONFLICT (person_id) DO NOTHING`,
		person, db.At(tx.Now())); err != nil {
		return err
	}
	return blank(ctx, tx, by, ActErase, gone)
}

// eraseInvitations takes the person's address out of the invitations sent to it.
func eraseInvitations(ctx context.Context, tx *db.Tx, by access.Actor, p Person) error {
	all, err := db.All(ctx, tx, scanInvitation, `SELECT `+invitationColumns+` FROM invitations WHERE taken_by = $1 OR email = $2 AND email <> ''`,
		p.ID, p.Email)
	if err != nil {
		return err
	}
	for _, inv := range all {
		if err := blankInvitation(ctx, tx, by, inv); err != nil {
			return err
		}
	}
	return nil
}

func blankInvitation(ctx context.Context, tx *db.Tx, by access.Actor, inv Invitation) error {
	if err := tx.ExecOne(ctx, `UPDATE invitations SET email = '', version = version + 1 WHERE id = $1 AND version = $2`, inv.ID, inv.Version); err != nil {
		return err
	}
	inv.Email = ""
	inv.Version++
	return blank(ctx, tx, by, "accounts.invitation.erase", inv)
}

// eraseVisits takes out what officers wrote about the person's visits.
func eraseVisits(ctx context.Context, tx *db.Tx, by access.Actor, person ref.ID) error {
	all, err := db.All(ctx, tx, scanVisit, `SELECT `+visitColumns+` FROM visits WHERE person_id = $1`, person)
	if err != nil {
		return err
	}
	for _, v := range all {
		if err := blankVisit(ctx, tx, by, v); err != nil {
			return err
		}
	}
	return nil
}

func blankVisit(ctx context.Context, tx *db.Tx, by access.Actor, v Visit) error {
	if err := tx.ExecOne(ctx, `UPDATE visits SET about = '', version = version + 1 WHERE id = $1 AND version = $2`, v.ID, v.Version); err != nil {
		return err
	}
	v.About = ""
	v.Version++
	return blank(ctx, tx, by, "accounts.visit.erase", v)
}

// blank removes the bodies of a thing's entries, and records what is left of it.
func blank(ctx context.Context, tx *db.Tx, by access.Actor, act string, left journal.Thing) error {
	if err := eraseBodies(ctx, tx, by, left.Ref()); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, act, nil, left)
}

// eraseBodies removes what entries tell of a thing; the chain seals only the hash
// of a body and stays whole.
func eraseBodies(ctx context.Context, tx *db.Tx, by access.Actor, thing ref.Ref) error {
	entries, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT id FROM journal_entries WHERE kind = $1 AND thing_id = $2 ORDER BY id`,
		thing.Kind, thing.ID)
	if err != nil {
		return err
	}
	return journal.Erase(ctx, tx, by, entries, "accounts.erasure")
}

// expireOwn erases what this room has kept long enough.
func expireOwn(ctx context.Context, tx *db.Tx) error {
	by, now := access.Portal("keeping"), tx.Now()
	for _, x := range [...]struct {
		query string
		keep  time.Duration
	}{
		{`DELETE FROM sessions WHERE ended_at < $1 OR seen_at < $1`, keepSession},
		{`DELETE FROM looks WHERE at < $1`, keepLook},
		{`DELETE FROM tickets WHERE until_at < $1`, keepTicket},
		{`DELETE FROM guesses WHERE last_at < $1`, forgetting},
	} {
		if _, err := tx.Exec(ctx, x.query, db.At(now.Add(-x.keep))); err != nil {
			return err
		}
	}
	invs, err := db.All(ctx, tx, scanInvitation, `SELECT `+invitationColumns+` FROM invitations
		WHERE email <> '' AND made_at < $1 ORDER BY id LIMIT 500`, db.At(now.Add(-keepInvite)))
	if err != nil {
		return err
	}
	for _, inv := range invs {
		if err := blankInvitation(ctx, tx, by, inv); err != nil {
			return err
		}
	}
	visits, err := db.All(ctx, tx, scanVisit, `SELECT `+visitColumns+` FROM visits
		WHERE about <> '' AND made_at < $1 ORDER BY id LIMIT 500`, db.At(now.Add(-keepVisit)))
	for i := 0; i < len(visits) && err == nil; i++ {
		err = blankVisit(ctx, tx, by, visits[i])
	}
	return err
}
