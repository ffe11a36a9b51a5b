package forums

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const deviceColumns = `id, version, forum_id, name, until, opened_at, closed_at`

func scanDevice(r db.Row) (d Device, err error) {
	err = r.Scan(&d.ID, &d.Version, &d.ForumID, &d.Name, &d.Until, &d.Opened, &d.Closed)
	return d, err
}

func insertDevice(ctx context.Context, tx *db.Tx, d Device, link string) error {
	_, err := tx.Exec(ctx, `INSERT INTO forum_devices (`+deviceColumns+`, link_hash) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`, d.ID, d.Version, d.ForumID, d.Name, d.Until, d.Opened, d.Closed, link)
	return err
}

// updateDevice stores a device whose version is the new one, its link gone, with the
// hash of its key, "" for none.
func updateDevice(ctx context.Context, tx *db.Tx, d Device, key string) error {
	return tx.ExecOne(ctx, `UPDATE forum_devices SET opened_at = $1, closed_at = $2, version = $3, link_hash = NULL, key_hash = $4 WHERE id = $5 AND version = $6`, d.Opened, d.Closed, d.Version, orNull(key), d.ID, d.Version-1)
}

func deviceByLink(ctx context.Context, tx *db.Tx, hash string) (Device, error) {
	return db.One(ctx, tx, scanDevice, `SELECT `+deviceColumns+` FROM forum_devices WHERE link_hash = $1`, hash)
}

func deviceByKey(ctx context.Context, tx *db.Tx, hash string) (Device, bool, error) {
	return db.Maybe(ctx, tx, scanDevice, `SELECT `+deviceColumns+` FROM forum_devices WHERE key_hash = $1`, hash)
}

func deviceByID(ctx context.Context, tx *db.Tx, id ref.ID) (Device, error) {
	return db.One(ctx, tx, scanDevice, `SELECT `+deviceColumns+` FROM forum_devices WHERE id = $1`, id)
}

func devicesOf(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Device, error) {
	return db.All(ctx, tx, scanDevice, `SELECT `+deviceColumns+` FROM forum_devices WHERE forum_id = $1 ORDER BY id`, forum)
}

const scanColumns = `id, version, forum_id, device_id, seq, session_id, code, registration_id, outcome, scanned_at, merged_at`

func scanScan(r db.Row) (x Scan, err error) {
	var device, session int64
	err = r.Scan(&x.ID, &x.Version, &x.ForumID, &device, &x.Seq, &session, &x.Code, &x.RegistrationID, &x.Outcome, &x.At, &x.Merged)
	x.DeviceID, x.SessionID = ref.ID(device), ref.ID(session)
	return x, err
}

func insertScans(ctx context.Context, tx *db.Tx, list []Scan) error {
	rows := make([][]any, len(list))
	for i, x := range list {
		rows[i] = []any{x.ID, x.Version, x.ForumID, int64(x.DeviceID), x.Seq, int64(x.SessionID), x.Code, x.RegistrationID, string(x.Outcome), x.At, x.Merged}
	}
	return db.InsertMany(ctx, tx, `INSERT INTO forum_scans (`+scanColumns+`)`, rows)
}

// mostAsked is for how many things one query asks.
const mostAsked = 300

// scansOfDevice gives what a device has brought before under some numbers.
func scansOfDevice(ctx context.Context, tx *db.Tx, device ref.ID, seqs []int64) (map[int64]Scan, error) {
	out := map[int64]Scan{}
	err := inParts(seqs, func(part []int64) error {
		return db.Each(ctx, tx, scanScan, func(x Scan) error { out[x.Seq] = x; return nil },
			`SELECT `+scanColumns+` FROM forum_scans WHERE device_id = $1 AND seq IN `+db.In(2, len(part)), db.Args([]any{int64(device)}, part)...)
	})
	return out, err
}

// enteredBefore gives the scans by which people have entered a session, or the forum.
func enteredBefore(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[place]Scan, error) {
	out := map[place]Scan{}
	err := inParts(ids, func(part []ref.ID) error {
		return db.Each(ctx, tx, scanScan, func(x Scan) error { out[x.place()] = x; return nil },
			`SELECT `+scanColumns+` FROM forum_scans WHERE outcome = 'entered' AND registration_id IN `+db.In(1, len(part)), db.Args(nil, part)...)
	})
	return out, err
}

func registrationsByCode(ctx context.Context, tx *db.Tx, forum ref.ID, codes []string) (map[string]Registration, error) {
	out := map[string]Registration{}
	err := inParts(codes, func(part []string) error {
		return db.Each(ctx, tx, scanRegistration, func(x Registration) error { out[x.Code] = x; return nil },
			`SELECT `+registrationColumns+` FROM forum_registrations WHERE forum_id = $1 AND code IN `+db.In(2, len(part)), db.Args([]any{forum}, part)...)
	})
	return out, err
}

func registrationsByID(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]Registration, error) {
	out := map[ref.ID]Registration{}
	err := inParts(ids, func(part []ref.ID) error {
		return db.Each(ctx, tx, scanRegistration, func(x Registration) error { out[x.ID] = x; return nil },
			`SELECT `+registrationColumns+` FROM forum_registrations WHERE id IN `+db.In(1, len(part)), db.Args(nil, part)...)
	})
	return out, err
}

func inParts[T any](list []T, f func(part []T) error) error {
	for len(list) > 0 {
		n := min(len(list), mostAsked)
		if err := f(list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// scansOf gives the scans of a forum with one of some outcomes, the newest first.
func scansOf(ctx context.Context, tx *db.Tx, forum ref.ID, limit int, outcomes ...string) ([]Scan, error) {
	return db.All(ctx, tx, scanScan, `SELECT `+scanColumns+` FROM forum_scans WHERE forum_id = $1 AND outcome IN `+db.In(3, len(outcomes))+` ORDER BY scanned_at DESC, id DESC LIMIT $2`,
		db.Args([]any{forum, limit}, outcomes)...)
}

// enteredOf gives the scans by which somebody entered the forum or a session.
func enteredOf(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Scan, error) {
	return db.All(ctx, tx, scanScan, `SELECT `+scanColumns+` FROM forum_scans WHERE forum_id = $1 AND outcome = 'entered' ORDER BY scanned_at, id`, forum)
}

// scansOfPerson gives every scan of somebody's badge.
func scansOfPerson(ctx context.Context, tx *db.Tx, registration ref.ID) ([]Scan, error) {
	return db.All(ctx, tx, scanScan, `SELECT `+scanColumns+` FROM forum_scans WHERE registration_id = $1 ORDER BY scanned_at, id`, registration)
}

// brought is what a device has brought.
type brought struct {
	device ref.ID
	n      int64
	last   db.Time
}

func broughtBy(ctx context.Context, tx *db.Tx, forum ref.ID) ([]brought, error) {
	return db.All(ctx, tx, func(r db.Row) (b brought, err error) {
		var device int64
		err = r.Scan(&device, &b.n, &b.last)
		b.device = ref.ID(device)
		return b, err
	}, `SELECT device_id, count(*), max(merged_at) FROM forum_scans WHERE forum_id = $1 GROUP BY device_id`, forum)
}
