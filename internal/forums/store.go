package forums

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const columns = `id, version, code, title, theme, about, edition, place_id, city, venue, first_day, last_day, days, organizer_id, previous_id, source, said, partners, stream,
	announced_on, registration_opens, registration_closes, archived_on, programme_no, sample`

func scan(r db.Row) (f Forum, err error) {
	err = r.Scan(&f.ID, &f.Version, &f.Code, &f.Title, &f.Theme, &f.About, &f.Edition, &f.PlaceID, &f.City, &f.Venue, &f.From, &f.Until, &f.Days, &f.OrganizerID, &f.PreviousID, db.AsJSON(&f.Source), db.AsJSON(&f.Said), &f.Partners, &f.Stream,
		&f.AnnouncedOn, &f.RegistrationOpens, &f.RegistrationCloses, &f.ArchivedOn, &f.ProgrammeNo, &f.Sample)
	return f, err
}

func insert(ctx context.Context, tx *db.Tx, f Forum) error {
	_, err := tx.Exec(ctx, `INSERT INTO forums (`+columns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25)`,
		f.ID, f.Version, f.Code, f.Title, f.Theme, f.About, f.Edition, f.PlaceID, f.City, f.Venue, f.From, f.Until, f.Days, f.OrganizerID, f.PreviousID, db.AsJSON(&f.Source), db.AsJSON(&f.Said), f.Partners, f.Stream,
		f.AnnouncedOn, f.RegistrationOpens, f.RegistrationCloses, f.ArchivedOn, f.ProgrammeNo, f.Sample)
	return err
}

func byID(ctx context.Context, tx *db.Tx, id ref.ID) (Forum, error) {
	return db.One(ctx, tx, scan, `SELECT `+columns+` FROM forums WHERE id = $1`, id)
}

func byCode(ctx context.Context, tx *db.Tx, code string) (Forum, bool, error) {
	return db.Maybe(ctx, tx, scan, `SELECT `+columns+` FROM forums WHERE code = $1`, code)
}

func forumsByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Forum, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM forums WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// all gives every forum, those whose day comes last first and those without a day
// at the end.
func all(ctx context.Context, tx *db.Tx) ([]Forum, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM forums ORDER BY first_day DESC NULLS LAST, id DESC`)
}

const sessionColumns = `id, version, forum_id, kind, track_id, room_id, starts_at, ends_at, title, about, dropped, people, places`

func scanSession(r db.Row) (s Session, err error) {
	err = r.Scan(&s.ID, &s.Version, &s.ForumID, &s.Kind, &s.TrackID, &s.RoomID, &s.Starts, &s.Ends, &s.Title, &s.About, &s.Dropped, db.AsJSON(&s.People), &s.Places)
	return s, err
}

func insertSession(ctx context.Context, tx *db.Tx, s Session) error {
	_, err := tx.Exec(ctx, `INSERT INTO forum_sessions (`+sessionColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
		s.ID, s.Version, s.ForumID, string(s.Kind), s.TrackID, s.RoomID, s.Starts, s.Ends, s.Title, s.About, s.Dropped, db.AsJSON(&s.People), s.Places)
	return err
}

func sessionByID(ctx context.Context, tx *db.Tx, id ref.ID) (Session, error) {
	return db.One(ctx, tx, scanSession, `SELECT `+sessionColumns+` FROM forum_sessions WHERE id = $1`, id)
}

func sessionsOf(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Session, error) {
	return db.All(ctx, tx, scanSession, `SELECT `+sessionColumns+` FROM forum_sessions WHERE forum_id = $1 ORDER BY starts_at NULLS LAST, id`, forum)
}

// nextAfter gives the forums that look back on one.
func nextAfter(ctx context.Context, tx *db.Tx, id ref.ID) ([]Forum, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM forums WHERE previous_id = $1 ORDER BY id`, id)
}

// update stores f, whose version is already the new one; it fails with a Conflict
// when the row changed since f was read.
func update(ctx context.Context, tx *db.Tx, f Forum) error {
	return tx.ExecOne(ctx, `UPDATE forums SET title = $1, theme = $2, about = $3, edition = $4, place_id = $5, city = $6, venue = $7, first_day = $8, last_day = $9,
		previous_id = $10, partners = $11, stream = $12, announced_on = $13, registration_opens = $14, registration_closes = $15, archived_on = $16, programme_no = $17, version = $18
		WHERE id = $19 AND version = $20`,
		f.Title, f.Theme, f.About, f.Edition, f.PlaceID, f.City, f.Venue, f.From, f.Until, f.PreviousID, f.Partners, f.Stream, f.AnnouncedOn, f.RegistrationOpens, f.RegistrationCloses,
		f.ArchivedOn, f.ProgrammeNo, f.Version, f.ID, f.Version-1)
}
