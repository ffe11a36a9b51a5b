package forums

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

func updateSession(ctx context.Context, tx *db.Tx, s Session) error {
	return tx.ExecOne(ctx, `UPDATE forum_sessions SET kind = $1, track_id = $2, room_id = $3, starts_at = $4, ends_at = $5, title = $6, about = $7, dropped = $8, people = $9, places = $10, version = $11
		WHERE id = $12 AND version = $13`,
		string(s.Kind), s.TrackID, s.RoomID, s.Starts, s.Ends, s.Title, s.About, s.Dropped, db.AsJSON(&s.People), s.Places, s.Version, s.ID, s.Version-1)
}

const roomColumns = `id, version, forum_id, name, online, seats, link`

func scanRoom(r db.Row) (m Room, err error) {
	err = r.Scan(&m.ID, &m.Version, &m.ForumID, &m.Name, &m.Online, &m.Seats, &m.Link)
	return m, err
}

func insertRoom(ctx context.Context, tx *db.Tx, m Room) error {
	_, err := tx.Exec(ctx, `INSERT INTO forum_rooms (`+roomColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7)`, m.ID, m.Version, m.ForumID, m.Name, m.Online, m.Seats, m.Link)
	return err
}

func roomsOf(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Room, error) {
	return db.All(ctx, tx, scanRoom, `SELECT `+roomColumns+` FROM forum_rooms WHERE forum_id = $1 ORDER BY id`, forum)
}

const trackColumns = `id, version, forum_id, name`

func scanTrack(r db.Row) (k Track, err error) {
	err = r.Scan(&k.ID, &k.Version, &k.ForumID, &k.Name)
	return k, err
}

func insertTrack(ctx context.Context, tx *db.Tx, k Track) error {
	_, err := tx.Exec(ctx, `INSERT INTO forum_tracks (`+trackColumns+`) VALUES ($1,$2,$3,$4)`, k.ID, k.Version, k.ForumID, k.Name)
	return err
}

func tracksOf(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Track, error) {
	return db.All(ctx, tx, scanTrack, `SELECT `+trackColumns+` FROM forum_tracks WHERE forum_id = $1 ORDER BY id`, forum)
}

const releaseColumns = `id, version, forum_id, no, at, slots, changes`

func scanRelease(r db.Row) (l Release, err error) {
	err = r.Scan(&l.ID, &l.Version, &l.ForumID, &l.No, &l.At, db.AsJSON(&l.Slots), db.AsJSON(&l.Changes))
	return l, err
}

func insertRelease(ctx context.Context, tx *db.Tx, l Release) error {
	_, err := tx.Exec(ctx, `INSERT INTO forum_releases (`+releaseColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		l.ID, l.Version, l.ForumID, l.No, l.At, db.AsJSON(&l.Slots), db.AsJSON(&l.Changes))
	return err
}

// releasesOf gives the releases of a programme, the newest first.
func releasesOf(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Release, error) {
	return db.All(ctx, tx, scanRelease, `SELECT `+releaseColumns+` FROM forum_releases WHERE forum_id = $1 ORDER BY no DESC`, forum)
}
