package forums

import (
	"context"
	"time"

	"birge/internal/accounts"
	"birge/internal/platform/db"
)

// keepPeople is how long addresses of speakers stay after the forum.
const keepPeople = 365 * 24 * time.Hour

// Holder declares what this room keeps of natural persons. Nobody is found by it.
func (s *Service) Holder() accounts.Holder {
	return accounts.Holder{
		Fields: []accounts.PersonalField{
			{Table: "forum_sessions", Column: "people", Whose: "forums.whose.speaker", Purpose: "forums.purpose.programme", Ground: "accounts.ground.consent", Keep: "forums.keep.year"},
		},
		Expire: s.expire,
	}
}

// expire forgets the people of sessions a year after the forum.
func (s *Service) expire(ctx context.Context, tx *db.Tx) error {
	over := db.DateOf(tx.Now().Add(-keepPeople).In(s.Zone))
	_, err := tx.Exec(ctx, `UPDATE forum_sessions SET people = '[]' WHERE people <> '[]' AND forum_id IN (SELECT id FROM forums WHERE COALESCE(last_day, first_day) < $1)`, over)
	return err
}
