package awards

import (
	"context"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// Holder declares what this room keeps of natural persons: who put themselves
// forward and under which name, and who put an organization forward.
func (s *Service) Holder() accounts.Holder {
	field := func(column, whose, purpose, ground string) accounts.PersonalField {
		return accounts.PersonalField{Table: "award_nominees", Column: column, Whose: "awards.whose." + whose, Purpose: "awards.purpose." + purpose,
			Ground: "accounts.ground." + ground, Keep: "awards.keep.account"}
	}
	return accounts.Holder{
		Fields: []accounts.PersonalField{
			field("person_id", "nominee", "award", "consent"),
			field("person_name", "nominee", "certificate", "consent"),
			field("by_person", "proposer", "award", "consent"),
			{Table: "award_certificates", Column: "code", Whose: "awards.whose.nominee", Purpose: "awards.purpose.proof", Ground: "accounts.ground.consent", Keep: "awards.keep.account"},
			{Table: "award_papers", Column: "body", Whose: "awards.whose.nominee", Purpose: "awards.purpose.certificate", Ground: "accounts.ground.consent", Keep: "awards.keep.account"},
		},
		Copy: func(ctx context.Context, tx *db.Tx, person ref.ID) (map[string]any, error) {
			list, err := nomineesByPerson(ctx, tx, person)
			if err != nil {
				return nil, err
			}
			certificates, err := certificatesOfPerson(ctx, tx, person)
			return map[string]any{"award_nominees": list, "award_certificates": certificates}, err
		},
		Erase: s.erase,
	}
}

// erase removes a person: of a nominee who was they, name and words go.
func (s *Service) erase(ctx context.Context, tx *db.Tx, by access.Actor, person ref.ID) error {
	list, err := nomineesByPerson(ctx, tx, person)
	if err != nil {
		return err
	}
	if err := s.eraseCertificates(ctx, tx, by, person); err != nil {
		return err
	}
	for _, n := range list {
		if n.ByPerson == person {
			n.ByPerson = 0
		}
		if n.PersonID == person {
			n.PersonID, n.PersonName = 0, ""
			n.Why = i18n.Text{}
		}
		n.Version++
		if err := updateNominee(ctx, tx, n); err != nil {
			return err
		}
		if err := journal.EraseThings(ctx, tx, by, "awards.nominee.erased", n.Ref()); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, by, "awards.nominee.erase", nil, n); err != nil {
			return err
		}
	}
	return nil
}

// eraseCertificates removes what names a private person on their certificates. That
// they were given stays.
func (s *Service) eraseCertificates(ctx context.Context, tx *db.Tx, by access.Actor, person ref.ID) error {
	list, err := certificatesOfPerson(ctx, tx, person)
	if err != nil {
		return err
	}
	for _, c := range list {
		c.Code = ""
		c.Version++
		if err := updateCertificate(ctx, tx, c); err != nil {
			return err
		}
		if err := dropPaper(ctx, tx, c.ID); err != nil {
			return err
		}
		if err := journal.EraseThings(ctx, tx, by, "awards.certificate.erased", c.Ref()); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, by, "awards.certificate.erase", nil, c); err != nil {
			return err
		}
	}
	return nil
}
