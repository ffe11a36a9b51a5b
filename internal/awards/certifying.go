package awards

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Paper is what a certificate is drawn from.
type Paper struct {
	Certificate Certificate
	Round       Round
	Laureate    Laureate
	To          i18n.Text
	Organizer   i18n.Text
}

// CertificateLetter tells a laureate of the certificate.
type CertificateLetter struct {
	Certificate Certificate
	Round       Round
	To          accounts.Person
}

// certify makes the certificate of a laureate, and writes to them.
func (s *Service) certify(ctx context.Context, tx *db.Tx, as access.Actor, r Round, l Laureate, n Nominee) error {
	names, err := refsOf(ctx, tx, []Nominee{n, {OrgID: r.OrganizerID}})
	if err != nil {
		return err
	}
	c := Certificate{ID: tx.NewID(), Version: 1, LaureateID: l.ID, RoundID: r.ID, Person: l.Person, MadeAt: db.At(tx.Now()), SentAt: db.At(tx.Now()), Sample: l.Sample}
	if c.Number, err = numberIn(ctx, tx, l.AwardedOn.Year()); err != nil {
		return err
	}
	p := Paper{Round: r, Laureate: l, To: names[n.OrgID].Title, Organizer: names[r.OrganizerID].Title}
	if l.Person {
		p.To = i18n.Text{KK: n.PersonName, RU: n.PersonName, EN: n.PersonName}
	}
	if c.Code, err = p.facts(c.Number).Code(s.Keys.Sign); err != nil {
		return err
	}
	p.Certificate = c
	body, err := s.Draw(p)
	if err != nil {
		return fmt.Errorf("awards: certificate: %w", err)
	}
	body = Seal(body, c.Number, s.Keys.Sign)
	sum := sha256.Sum256(body)
	c.SHA256 = hex.EncodeToString(sum[:])
	if err := insertCertificate(ctx, tx, c, body); err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, as, "awards.certificate.make", nil, c); err != nil {
		return err
	}
	return s.tell(ctx, tx, r, c, n)
}

// facts are what the code of a paper says, in Kazakh as far as there is Kazakh.
func (p Paper) facts(number string) Facts {
	kk := func(t i18n.Text) string { s, _ := t.In(i18n.KK); return s }
	in, _ := p.Round.Nomination(p.Laureate.Nomination)
	return Facts{Number: number, To: kk(p.To), For: kk(in.Title), Award: kk(p.Round.Title), By: kk(p.Organizer), On: p.Laureate.AwardedOn.String()}
}

// tell writes to the person, or to those who lead the organization.
func (s *Service) tell(ctx context.Context, tx *db.Tx, r Round, c Certificate, n Nominee) (err error) {
	var people []accounts.Person
	switch {
	case n.PersonID != 0:
		p, err := accounts.PersonIn(ctx, tx, n.PersonID)
		if err != nil {
			return err
		}
		people = append(people, p)
	case n.OrgID != 0:
		if people, err = accounts.Holders(ctx, tx, access.Lead, n.OrgID); err != nil {
			return err
		}
	}
	for _, p := range people {
		if p.Email == "" {
			continue
		}
		if err := s.Tell(ctx, tx, CertificateLetter{c, r, p}); err != nil {
			return err
		}
	}
	return nil
}

// numberIn gives the next number of a certificate in a year: 2026-000012.
func numberIn(ctx context.Context, tx *db.Tx, year int) (string, error) {
	if _, err := tx.Exec(ctx, `INSERT INTO award_numbers (year, last) VALUES ($1, 1) ON CONFLICT (year) DO UPDATE SET last = award_numbers.last + 1`, year); err != nil {
		return "", err
	}
	last, err := db.One(ctx, tx, db.Value[int64], `SELECT last FROM award_numbers WHERE year = $1`, year)
	return fmt.Sprintf("%d-%06d", year, last), err
}

// Keeping is a certificate with what it belongs to.
type Keeping struct {
	Certificate
	Round    Round
	Laureate Laureate
	nominee  Nominee
}

// keeping loads a certificate for the organizer's side, its laureate, and where it
// is no private person's for everybody.
func (s *Service) keeping(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (k Keeping, err error) {
	if k.Certificate, err = certificateByID(ctx, tx, id); err != nil {
		return k, err
	}
	if k.Laureate, err = laureateByID(ctx, tx, k.LaureateID); err != nil {
		return k, err
	}
	if k.Round, err = roundByID(ctx, tx, k.RoundID); err != nil {
		return k, err
	}
	if k.nominee, err = nomineeByID(ctx, tx, k.Laureate.NomineeID); err != nil {
		return k, err
	}
	if k.Person && !s.MayKeep(by, k.Round) && (k.nominee.PersonID == 0 || k.nominee.PersonID != by.UserID) {
		return Keeping{}, problem.New(problem.NotFound, "problem.not_found")
	}
	return k, nil
}

// CertificateFile gives the signed file of a certificate to who may read it.
func (s *Service) CertificateFile(ctx context.Context, by access.Actor, id ref.ID) (k Keeping, body []byte, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if k, err = s.keeping(ctx, tx, by, id); err != nil {
			return err
		}
		body, err = paperOf(ctx, tx, id)
		return err
	})
	if err == nil && k.Person {
		s.Accounts.Looked(by, k.nominee.PersonID, k.Ref().Path)
	}
	return k, body, err
}

// KeptCertificate gives a certificate to the organizer's side.
func (s *Service) KeptCertificate(ctx context.Context, by access.Actor, id ref.ID) (k Keeping, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if k, err = s.keeping(ctx, tx, by, id); err != nil {
			return err
		}
		_, err = s.mayKeep(by, k.Round)
		return err
	})
	return k, err
}

// changeCertificate loads a certificate for the organizer's side, applies a rule,
// stores and records it.
func (s *Service) changeCertificate(ctx context.Context, by access.Actor, act string, id ref.ID, version int64, why i18n.Text, rule func(tx *db.Tx, as access.Actor, k *Keeping) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		k, err := s.keeping(ctx, tx, by, id)
		if err != nil {
			return err
		}
		as, err := s.mayKeep(by, k.Round)
		if err != nil {
			return err
		}
		before := k.Certificate
		switch {
		case version != 0 && version != before.Version:
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		case !before.RevokedAt.IsZero():
			return problem.New(problem.Conflict, "awards.certificate.is_revoked")
		case why.IsZero():
			return problem.Fields{"why": {Key: "form.required"}}.Err()
		}
		if err := rule(tx, as, &k); err != nil {
			return err
		}
		k.Version++
		k.Certificate.Version = k.Version
		if err := updateCertificate(ctx, tx, k.Certificate); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, act, before, k.Certificate)
	})
}

// Resend writes to the laureate once more, for a reason.
func (s *Service) Resend(ctx context.Context, by access.Actor, id ref.ID, version int64, why i18n.Text) error {
	why = why.Trim()
	return s.changeCertificate(ctx, by, "awards.certificate.send", id, version, why, func(tx *db.Tx, _ access.Actor, k *Keeping) error {
		k.SentAt, k.SendReason = db.At(tx.Now()), why
		return s.tell(ctx, tx, k.Round, k.Certificate, k.nominee)
	})
}

// Revoke takes an award back with its certificate, for a reason that everybody
// reads.
func (s *Service) Revoke(ctx context.Context, by access.Actor, id ref.ID, version int64, why i18n.Text) error {
	why = why.Trim()
	return s.changeCertificate(ctx, by, "awards.certificate.revoke", id, version, why, func(tx *db.Tx, as access.Actor, k *Keeping) error {
		k.Certificate.RevokedAt, k.Certificate.RevokeReason = db.At(tx.Now()), why
		before := k.Laureate
		l := before
		l.RevokedAt, l.RevokeReason = k.Certificate.RevokedAt, why
		l.Version++
		if err := revokeLaureate(ctx, tx, l); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "awards.laureate.revoke", before, l)
	})
}

// Checked is what the portal says of a certificate.
type Checked struct {
	Facts
	// Known tells that it was given here, RevokedAt when it was taken back and why.
	Known        bool
	RevokedAt    db.Time
	RevokeReason i18n.Text
}

// Check checks a code, and whether the certificate was taken back.
func (s *Service) Check(ctx context.Context, code string) (c Checked, err error) {
	if c.Facts, err = ReadCode(code, s.Keys.Verify); err != nil {
		return c, err
	}
	facts := c.Facts
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err = byNumber(ctx, tx, facts.Number)
		return err
	})
	c.Facts = facts
	return c, err
}

// ByNumber tells of the certificate with a number.
func (s *Service) ByNumber(ctx context.Context, number string) (c Checked, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err = byNumber(ctx, tx, number)
		return err
	})
	return c, err
}

// Revoked lists the numbers of certificates that were taken back, so that a page
// that holds them checks without a network.
func (s *Service) Revoked(ctx context.Context) (numbers []string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		numbers, err = revokedNumbers(ctx, tx)
		return err
	})
	return numbers, err
}
