package notices

import (
	"context"
	"time"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// keepNotice is how long what somebody was told is kept.
const keepNotice = 365 * 24 * time.Hour

// Holder is what the room keeps of persons.
func (s *Service) Holder() accounts.Holder {
	field := func(table, column, whose, purpose, keep string) accounts.PersonalField {
		return accounts.PersonalField{Table: table, Column: column, Whose: "notices.whose." + whose, Purpose: "notices.purpose." + purpose,
			Ground: "accounts.ground.consent", Keep: "notices.keep." + keep}
	}
	return accounts.Holder{
		Fields: []accounts.PersonalField{
			field("notice_readers", "email", "address", "letters", "followed"),
			field("notice_readers", "email_folded", "address", "letters", "followed"),
			field("notice_readers", "lang", "address", "letters", "followed"),
			field("notice_readers", "rhythm", "reader", "letters", "followed"),
			field("notice_readers", "feed_hash", "reader", "feed", "followed"),
			field("notice_follows", "path", "reader", "follows", "followed"),
			field("notice_links", "data", "address", "confirm", "link"),
			field("notice_links", "email_folded", "address", "confirm", "link"),
			field("notices", "told", "reader", "told", "year"),
		},
		Copy: copyOf, Erase: erase, Expire: expire,
	}
}

func copyOf(ctx context.Context, tx *db.Tx, person ref.ID) (map[string]any, error) {
	r, ok, err := readerOfPerson(ctx, tx, person)
	if err != nil || !ok {
		return nil, err
	}
	follows, err := followsOf(ctx, tx, r.ID)
	if err != nil {
		return nil, err
	}
	told, err := noticesOf(ctx, tx, r.ID, 0, 10_000)
	return map[string]any{"reader": r, "follows": follows, "notices": told}, err
}

// erase removes a person, and whoever follows by their address alone.
func erase(ctx context.Context, tx *db.Tx, _ access.Actor, person ref.ID) error {
	r, ok, err := readerOfPerson(ctx, tx, person)
	if err != nil {
		return err
	}
	if ok {
		if err := dropReader(ctx, tx, r.ID); err != nil {
			return err
		}
	}
	p, err := accounts.PersonIn(ctx, tx, person)
	if err != nil || p.Email == "" {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM notice_links WHERE email_folded = $1`, accounts.FoldEmail(p.Email)); err != nil {
		return err
	}
	alone, ok, err := readerOfEmail(ctx, tx, p.Email)
	if err == nil && ok {
		err = dropReader(ctx, tx, alone.ID)
	}
	return err
}

// expire erases what has been kept long enough.
func expire(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `DELETE FROM notices WHERE at < $1`, db.At(tx.Now().Add(-keepNotice))); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM notice_links WHERE until_at < $1`, db.At(tx.Now()))
	return err
}
