package funding

import (
	"context"
	"strconv"
	"time"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// How long what is kept of persons stays after the last round of a call has closed.
const (
	keepDraft       = 365 * 24 * time.Hour
	keepApplication = 5 * 365 * 24 * time.Hour
)

// Holder declares what this room keeps of natural persons: who proposed a topic,
// what evidence shows, whom to ask about an application, and who is named in its
// text. Nobody is found by them.
func (s *Service) Holder() accounts.Holder {
	const consent, law, team = "accounts.ground.consent", "accounts.ground.law", "funding.whose.team"
	return accounts.Holder{
		Fields: []accounts.PersonalField{
			{Table: "topics", Column: "by_person", Whose: "accounts.whose.account", Purpose: "funding.purpose.topic", Ground: consent, Keep: "funding.keep.account"},
			{Table: "files", Column: "topic", Whose: "funding.whose.evidence", Purpose: "funding.purpose.evidence", Ground: consent, Keep: "funding.keep.topic"},
			{Table: "applications", Column: "contact", Whose: "funding.whose.contact", Purpose: "funding.purpose.contact", Ground: law, Keep: "funding.keep.application"},
			{Table: "applications", Column: "proposal", Whose: team, Purpose: "funding.purpose.team", Ground: law, Keep: "funding.keep.application"},
			{Table: "agreement_signatures", Column: "seal", Whose: "funding.whose.signer", Purpose: "funding.purpose.signature", Ground: law, Keep: "funding.keep.agreement"},
			{Table: "agreement_signatures", Column: "file", Whose: "funding.whose.signer", Purpose: "funding.purpose.signature", Ground: law, Keep: "funding.keep.agreement"},
			{Table: "application_fields", Column: "typed", Whose: team, Purpose: "funding.purpose.team", Ground: law, Keep: "funding.keep.draft"},
			{Table: "files", Column: "application", Whose: team, Purpose: "funding.purpose.team", Ground: law, Keep: "funding.keep.draft"},
			{Table: "application_past_fields", Column: "typed", Whose: team, Purpose: "funding.purpose.team", Ground: law, Keep: "funding.keep.draft"},
		},
		Copy: func(ctx context.Context, tx *db.Tx, person ref.ID) (map[string]any, error) {
			list, err := topicsProposedBy(ctx, tx, person, nil, mostTopics)
			return map[string]any{"topics": list}, err
		},
		Erase: func(ctx context.Context, tx *db.Tx, _ access.Actor, person ref.ID) error {
			_, err := tx.Exec(ctx, `UPDATE topics SET by_person = NULL WHERE by_person = $1`, person)
			return err
		},
		Expire: s.expire,
	}
}

// expire erases what the fields of drafts say and said a year after the call, drafts
// that were never handed in whole with their files, and after five years whom an
// application names.
func (s *Service) expire(ctx context.Context, tx *db.Tx) error {
	over := db.At(tx.Now().Add(-keepDraft))
	const old = `FROM application_drafts d JOIN calls c ON c.id = d.call_id WHERE c.closes_at < $1`
	abandoned, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT d.id `+old+` AND d.application_id IS NULL ORDER BY d.id LIMIT `+strconv.Itoa(erasedAtOnce), over)
	if err != nil {
		return err
	}
	for _, id := range abandoned {
		d, err := draftByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.eraseDraft(ctx, tx, access.Portal("clock"), d); err != nil {
			return err
		}
	}
	for _, table := range []string{"application_past_fields", "application_fields"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE draft_id IN (SELECT d.id `+old+`)`, over); err != nil {
			return err
		}
	}
	return expireApplications(ctx, tx)
}

// erasedAtOnce is how many drafts, and how many applications, one night erases.
const erasedAtOnce = 300

// expireApplications erases the contact and the people of applications five years
// after the call, from the rows and from the bodies of the journal.
func expireApplications(ctx context.Context, tx *db.Tx) error {
	list, err := db.All(ctx, tx, scanApplication, `SELECT `+applicationColumns+` FROM applications WHERE erased_at IS NULL
		AND call_id IN (SELECT id FROM calls WHERE closes_at < $1) ORDER BY id LIMIT `+strconv.Itoa(erasedAtOnce), db.At(tx.Now().Add(-keepApplication)))
	if err != nil {
		return err
	}
	portal := access.Portal("clock")
	for _, a := range list {
		if err := journal.EraseThings(ctx, tx, portal, "funding.keep.application", a.Ref()); err != nil {
			return err
		}
		a.Contact, a.Proposal.Team, a.Answers = Contact{}, i18n.Text{}, nil
		a.Version++
		if err := updateApplication(ctx, tx, a); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE applications SET erased_at = $2 WHERE id = $1`, a.ID, db.At(tx.Now())); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, portal, "funding.application.expire", nil, a); err != nil {
			return err
		}
	}
	return nil
}
