package forums

import (
	"context"
	"time"

	"birge/internal/accounts"
	"birge/internal/platform/db"
)

// keepPeople is how long names and addresses stay after the forum.
const keepPeople = 365 * 24 * time.Hour

// Holder declares what this room keeps of natural persons. Nobody is found by it.
func (s *Service) Holder() accounts.Holder {
	const consent = "accounts.ground.consent"
	participant := func(column, purpose string) accounts.PersonalField {
		return accounts.PersonalField{Table: "forum_registrations", Column: column, Whose: "forums.whose.participant", Purpose: purpose, Ground: consent, Keep: "forums.keep.year"}
	}
	helper := func(column string) accounts.PersonalField {
		return accounts.PersonalField{Table: "help_offers", Column: column, Whose: "forums.whose.helper", Purpose: "forums.purpose.help", Ground: consent, Keep: "forums.keep.help"}
	}
	return accounts.Holder{
		Fields: []accounts.PersonalField{
			participant("name", "forums.purpose.part"), participant("email", "forums.purpose.part"), participant("email_folded", "forums.purpose.part"), participant("lang", "forums.purpose.part"),
			participant("org", "forums.purpose.part"), participant("needs", "forums.purpose.needs"), participant("note", "forums.purpose.needs"),
			{Table: "forum_papers", Column: "file_id", Whose: "forums.whose.pictured", Purpose: "forums.purpose.pictures", Ground: consent, Keep: "forums.keep.withdrawn"},
			helper("name"), helper("email"), helper("email_folded"), helper("phone"), helper("lang"), helper("message"), helper("answer"),
			{Table: "forum_questions", Column: "text", Whose: "forums.whose.participant", Purpose: "forums.purpose.hall", Ground: consent, Keep: "forums.keep.year"},
			{Table: "forum_scans", Column: "scanned_at", Whose: "forums.whose.participant", Purpose: "forums.purpose.count", Ground: consent, Keep: "forums.keep.count"},
			{Table: "forum_room_letters", Column: "mark", Whose: "forums.whose.participant", Purpose: "forums.purpose.links", Ground: consent, Keep: "forums.keep.year"},
			{Table: "forum_choices", Column: "chosen_at", Whose: "forums.whose.participant", Purpose: "forums.purpose.part", Ground: consent, Keep: "forums.keep.count"},
			{Table: "forum_sessions", Column: "people", Whose: "forums.whose.speaker", Purpose: "forums.purpose.programme", Ground: consent, Keep: "forums.keep.year"},
		},
		Expire: s.expire,
	}
}

// expire forgets the people of sessions and those who registered a year after the
// forum, and those who offered help when their time is over.
func (s *Service) expire(ctx context.Context, tx *db.Tx) error {
	over := db.DateOf(tx.Now().Add(-keepPeople).In(s.Zone))
	const old = `forum_id IN (SELECT id FROM forums WHERE COALESCE(last_day, first_day) < $1)`
	if err := forget(ctx, tx, `name <> '' AND `+old, over); err != nil {
		return err
	}
	for _, query := range []string{`UPDATE forum_questions SET text = '' WHERE text <> '' AND ` + old, `DELETE FROM forum_hall_links WHERE ` + old, `DELETE FROM forum_room_letters WHERE ` + old} {
		if _, err := tx.Exec(ctx, query, over); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE forum_sessions SET people = '[]' WHERE people <> '[]' AND `+old, over); err != nil {
		return err
	}
	return forgetHelpers(ctx, tx, `name <> '' AND (answered_at < $1 OR sent_at < $2)`, db.At(tx.Now().Add(-keepAnswered)), db.At(tx.Now().Add(-keepUnanswered)))
}
