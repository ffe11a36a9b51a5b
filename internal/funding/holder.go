package funding

import (
	"context"
	"time"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
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
		Expire: expire,
	}
}

// expire erases what the fields of drafts say and said a year after the call, and
// contacts of applications after five.
func expire(ctx context.Context, tx *db.Tx) error {
	over := db.At(tx.Now().Add(-keepDraft))
	const old = `SELECT d.id FROM application_drafts d JOIN calls c ON c.id = d.call_id WHERE c.closes_at < $1`
	for _, query := range []string{
		`DELETE FROM application_past_fields WHERE draft_id IN (` + old + `)`,
		`DELETE FROM application_fields WHERE draft_id IN (` + old + `)`,
	} {
		if _, err := tx.Exec(ctx, query, over); err != nil {
			return err
		}
	}
	none := Contact{}
	_, err := tx.Exec(ctx, `UPDATE applications SET contact = $2 WHERE call_id IN (SELECT id FROM calls WHERE closes_at < $1)`,
		db.At(tx.Now().Add(-keepApplication)), db.AsJSON(&none))
	return err
}
