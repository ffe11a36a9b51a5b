package accounts

import (
	"context"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Consent is that a person agreed to a text, which version of it, and until when.
type Consent struct {
	ID       ref.ID `json:"id"`
	PersonID ref.ID `json:"person_id"`
	// Kind names what is agreed to; TextVersion which wording was shown.
	Kind        string  `json:"kind"`
	TextVersion string  `json:"text_version"`
	GivenAt     db.Time `json:"given_at"`
	WithdrawnAt db.Time `json:"withdrawn_at"`
	Version     int64   `json:"version"`
}

// Ref names the consent; its page is the person's.
func (c Consent) Ref() ref.Ref { return ref.Ref{Kind: "consent", ID: c.ID} }

// Root is the person.
func (c Consent) Root() ref.Ref { return ref.Ref{Kind: "person", ID: c.PersonID} }

// JournalVersion is the version of the row.
func (c Consent) JournalVersion() int64 { return c.Version }

// Public is never true of a consent.
func (c Consent) Public() bool { return false }

// The consents that accounts asks for.
const (
	// ConsentData lets the portal keep and use the person's data for the account;
	// without it there is no account (Law 94-V of 21 May 2013 on personal data).
	ConsentData = "data"
	// ConsentLetters lets the portal write about what the person follows.
	ConsentLetters = "letters"
)

// ConsentText is the version of the wording of a consent that is shown now.
var consentText = map[string]string{ConsentData: "2026-11", ConsentLetters: "2026-11"}

// ConsentKinds lists the consents in the order in which they are shown.
var ConsentKinds = [...]string{ConsentData, ConsentLetters}

// checkConsents: nobody joins without consent to the keeping of their data.
func checkConsents(bad *problem.Fields, kinds []string) {
	bad.Reject(!slices.Contains(kinds, ConsentData), "consent_data", "accounts.consent.needed")
}

const consentColumns = `id, person_id, kind, text_version, given_at, withdrawn_at, version`

func scanConsent(r db.Row) (c Consent, err error) {
	err = r.Scan(&c.ID, &c.PersonID, &c.Kind, &c.TextVersion, &c.GivenAt, &c.WithdrawnAt, &c.Version)
	return c, err
}

func consentsOf(ctx context.Context, tx *db.Tx, person ref.ID) ([]Consent, error) {
	return db.All(ctx, tx, scanConsent, `SELECT `+consentColumns+` FROM consents WHERE person_id = $1 ORDER BY id`, person)
}

// Consents lists what the person agreed to, also what was withdrawn.
func (s *Service) Consents(ctx context.Context, by access.Actor) (cs []Consent, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		cs, err = consentsOf(ctx, tx, by.UserID)
		return err
	})
	return cs, err
}

// Consented tells whether a person agrees to a kind now, in the transaction of
// another room.
func Consented(ctx context.Context, tx *db.Tx, person ref.ID, kind string) (bool, error) {
	n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM consents
		WHERE person_id = $1 AND kind = $2 AND withdrawn_at IS NULL`, person, kind)
	return n > 0, err
}

// GiveConsent notes that the person agrees to the wording shown now.
func (s *Service) GiveConsent(ctx context.Context, by access.Actor, kind string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return giveConsent(ctx, tx, by, by.UserID, kind) })
}

func giveConsent(ctx context.Context, tx *db.Tx, by access.Actor, person ref.ID, kind string) error {
	text, known := consentText[kind]
	if !known {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	if has, err := Consented(ctx, tx, person, kind); err != nil || has {
		return err
	}
	c := Consent{ID: tx.NewID(), PersonID: person, Kind: kind, TextVersion: text, GivenAt: db.At(tx.Now()), Version: 1}
	if _, err := tx.Exec(ctx, `INSERT INTO consents (`+consentColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		c.ID, c.PersonID, c.Kind, c.TextVersion, c.GivenAt, c.WithdrawnAt, c.Version); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "accounts.consent.give", nil, c)
}

// WithdrawConsent takes a consent back. The consent to keep the account's data
// is withdrawn by erasing the account.
func (s *Service) WithdrawConsent(ctx context.Context, by access.Actor, kind string) error {
	if kind == ConsentData {
		return problem.New(problem.Conflict, "accounts.consent.erase_instead")
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		all, err := consentsOf(ctx, tx, by.UserID)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.Kind == kind && c.WithdrawnAt.IsZero() {
				return withdraw(ctx, tx, by, c)
			}
		}
		return nil
	})
}

func withdraw(ctx context.Context, tx *db.Tx, by access.Actor, c Consent) error {
	after := c
	after.WithdrawnAt = db.At(tx.Now())
	if err := tx.ExecOne(ctx, `UPDATE consents SET withdrawn_at = $1, version = version + 1 WHERE id = $2 AND version = $3`,
		after.WithdrawnAt, c.ID, c.Version); err != nil {
		return err
	}
	after.Version++
	return journal.Record(ctx, tx, by, "accounts.consent.withdraw", c, after)
}
