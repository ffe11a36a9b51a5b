package orgs

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// TieKind is what ties a person to an organization.
type TieKind string

// The ties.
const (
	Founder  TieKind = "founder"
	Member   TieKind = "member"
	Employee TieKind = "employee"
	Donor    TieKind = "donor"
	Relative TieKind = "relative" // of one of the above
)

// TieKinds lists the ties.
var TieKinds = []TieKind{Founder, Member, Employee, Donor, Relative}

// Tie is one tie of a person. It serves the conflict check and is never shown,
// listed, searched or exported: the person is a keyed hash.
type Tie struct {
	ID      ref.ID  `json:"id"`
	Version int64   `json:"version"`
	OrgID   ref.ID  `json:"org_id"`
	Person  string  `json:"person"`
	Kind    TieKind `json:"kind"`
	Since   db.Date `json:"since"`
	Until   db.Date `json:"until"`
}

// Ref names the tie in the journal.
func (t Tie) Ref() ref.Ref { return ref.Ref{Kind: "organization_tie", ID: t.ID} }

// JournalVersion is the version of the row.
func (t Tie) JournalVersion() int64 { return t.Version }

// Public tells that strangers never see a tie.
func (t Tie) Public() bool { return false }

// LastedOn tells that the tie was there on a day.
func (t Tie) LastedOn(day db.Date) bool {
	return !t.Since.After(day) && (t.Until.IsZero() || !t.Until.Before(day))
}

// PersonByUser is the key under which a person with an account is tied.
func (s *Service) PersonByUser(user ref.ID) string { return s.personKey("user:" + user.String()) }

// PersonByIIN is the key under which a person known by IIN is tied; ok is false
// for what is no IIN. The IIN itself is kept nowhere.
func (s *Service) PersonByIIN(iin string) (key string, ok bool) {
	if iin = trimmed(iin); len(iin) != 12 || !digitsOnly(iin) {
		return "", false
	}
	if check, ok := checkDigit(iin[:11]); !ok || check != iin[11] {
		return "", false
	}
	return s.personKey("iin:" + iin), true
}

func (s *Service) personKey(of string) string {
	return hex.EncodeToString(s.MAC("orgs.tie", []byte(of)))
}

// AddTie notes that a person is tied to an organization: by its leads, or by the
// person about themselves.
func (s *Service) AddTie(ctx context.Context, by access.Actor, org ref.ID, person string, kind TieKind, since db.Date) (t Tie, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if _, err := living(ctx, tx, org); err != nil {
			return err
		}
		if !s.mayTie(by, org, person) {
			return problem.New(problem.Forbidden, "orgs.leads_only")
		}
		var bad problem.Fields
		bad.Reject(!slices.Contains(TieKinds, kind), "kind", "form.unknown_choice")
		bad.Reject(since.After(s.today(tx)), "since", "orgs.founded_future")
		if bad != nil {
			return bad.Err()
		}
		t = Tie{ID: tx.NewID(), Version: 1, OrgID: org, Person: person, Kind: kind, Since: since}
		if err := insertTie(ctx, tx, t); err != nil {
			return err
		}
		return journal.Record(ctx, tx, by, "orgs.tie.add", nil, t)
	})
	return t, err
}

// EndTieOf is EndTie for those who know whose tie and of what kind it is: a tie is
// never listed, so it has no page from which it could be ended.
func (s *Service) EndTieOf(ctx context.Context, by access.Actor, org ref.ID, person string, kind TieKind, until db.Date) error {
	var found Tie
	if err := s.db.View(ctx, func(tx *db.Tx) error {
		if !s.mayTie(by, org, person) {
			return problem.New(problem.Forbidden, "orgs.leads_only")
		}
		rows, err := tiesOfPersons(ctx, tx, []string{person}, []ref.ID{org})
		for _, t := range rows {
			if t.Kind == kind {
				found = t
			}
		}
		if err == nil && found.ID == 0 {
			err = problem.New(problem.NotFound, "orgs.no_such_tie")
		}
		return err
	}); err != nil {
		return err
	}
	return s.EndTie(ctx, by, found.ID, until)
}

func (s *Service) mayTie(by access.Actor, org ref.ID, person string) bool {
	return by.LeadsOrg(org) || by.SignedIn() && person == s.PersonByUser(by.UserID)
}

// EndTie notes the last day of a tie.
func (s *Service) EndTie(ctx context.Context, by access.Actor, id ref.ID, until db.Date) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		t, err := tieByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if !s.mayTie(by, t.OrgID, t.Person) {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		var bad problem.Fields
		bad.Reject(until.IsZero() || until.Before(t.Since), "until", "form.ends_before_start")
		if bad != nil {
			return bad.Err()
		}
		before := t
		t.Until = until
		if err := updateTie(ctx, tx, t); err != nil {
			return err
		}
		t.Version++
		return journal.Record(ctx, tx, by, "orgs.tie.end", before, t)
	})
}

// TiedTo is the conflict check: the organizations to which any of the persons has a tie that lasted
// on the day, with the pages merged into them and those that took their place.
func TiedTo(ctx context.Context, tx *db.Tx, persons []string, day db.Date) ([]ref.ID, error) {
	rows, err := tiesOf(ctx, tx, persons)
	if err != nil {
		return nil, err
	}
	var ids []ref.ID
	for _, t := range rows {
		if t.LastedOn(day) {
			ids = append(ids, t.OrgID)
		}
	}
	return Relatives(ctx, tx, ids)
}

// Relatives lists organizations with the pages merged into them and those that took
// their place.
func Relatives(ctx context.Context, tx *db.Tx, ids []ref.ID) (out []ref.ID, err error) {
	heirs, err := Refs(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		heir := heirs[id].ID
		if heir == 0 || slices.Contains(out, heir) {
			continue
		}
		family, err := Family(ctx, tx, heir)
		if err != nil {
			return nil, err
		}
		out = append(out, family...)
	}
	return out, nil
}

// Neighbours lists the organizations of the same place that name the same address.
func Neighbours(ctx context.Context, tx *db.Tx, id ref.ID) ([]ref.ID, error) {
	o, err := byID(ctx, tx, id)
	if err != nil || o.Address.IsZero() {
		return nil, err
	}
	var out []ref.ID
	err = db.Each(ctx, tx, func(r db.Row) (n Organization, err error) {
		err = r.Scan(&n.ID, &n.Address)
		return n, err
	}, func(n Organization) error {
		if n.ID != o.ID && sameAddress(n.Address, o.Address) {
			out = append(out, n.ID)
		}
		return nil
	}, `SELECT id, address FROM organizations WHERE place_id = $1 AND merged_into IS NULL ORDER BY id`, o.PlaceID)
	return out, err
}

// sameAddress tells that two addresses are written alike in one of the languages.
func sameAddress(a, b i18n.Text) bool {
	for _, l := range i18n.Langs {
		one, other := strings.Fields(strings.ToLower(a.Get(l))), strings.Fields(strings.ToLower(b.Get(l)))
		if len(one) > 0 && slices.Equal(one, other) {
			return true
		}
	}
	return false
}
