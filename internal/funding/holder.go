package funding

import (
	"context"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// Holder declares what this room keeps of natural persons: who proposed a topic,
// and what evidence shows. Nobody is found by them.
func (s *Service) Holder() accounts.Holder {
	const consent = "accounts.ground.consent"
	return accounts.Holder{
		Fields: []accounts.PersonalField{
			{Table: "topics", Column: "by_person", Whose: "accounts.whose.account", Purpose: "funding.purpose.topic", Ground: consent, Keep: "funding.keep.account"},
			{Table: "files", Column: "topic", Whose: "funding.whose.evidence", Purpose: "funding.purpose.evidence", Ground: consent, Keep: "funding.keep.topic"},
		},
		Copy: func(ctx context.Context, tx *db.Tx, person ref.ID) (map[string]any, error) {
			list, err := topicsProposedBy(ctx, tx, person, nil, mostTopics)
			return map[string]any{"topics": list}, err
		},
		Erase: func(ctx context.Context, tx *db.Tx, _ access.Actor, person ref.ID) error {
			_, err := tx.Exec(ctx, `UPDATE topics SET by_person = NULL WHERE by_person = $1`, person)
			return err
		},
	}
}
