package notices

import (
	"context"

	"birge/internal/accounts"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const readerColumns = `id, person_id, email, lang, rhythm, feed_at, told_seq, told_on, made_at, version`

func scanReader(r db.Row) (x Reader, err error) {
	err = r.Scan(&x.ID, &x.PersonID, &x.Email, &x.Lang, &x.Rhythm, &x.FeedAt, &x.ToldSeq, &x.ToldOn, &x.MadeAt, &x.Version)
	return x, err
}

func insertReader(ctx context.Context, tx *db.Tx, x Reader) error {
	var folded any
	if x.Email != "" {
		folded = accounts.FoldEmail(x.Email)
	}
	_, err := tx.Exec(ctx, `INSERT INTO notice_readers (`+readerColumns+`, email_folded) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		x.ID, x.PersonID, x.Email, string(x.Lang), string(x.Rhythm), x.FeedAt, x.ToldSeq, x.ToldOn, x.MadeAt, x.Version, folded)
	return err
}

// updateReader stores what can change; it fails with a Conflict when the row
// changed since x was read.
func updateReader(ctx context.Context, tx *db.Tx, x Reader) error {
	return tx.ExecOne(ctx, `UPDATE notice_readers SET lang = $1, rhythm = $2, told_seq = $3, told_on = $4, version = version + 1
		WHERE id = $5 AND version = $6`, string(x.Lang), string(x.Rhythm), x.ToldSeq, x.ToldOn, x.ID, x.Version)
}

func setFeed(ctx context.Context, tx *db.Tx, reader ref.ID, hash []byte, at db.Time) error {
	return tx.ExecOne(ctx, `UPDATE notice_readers SET feed_hash = $1, feed_at = $2, version = version + 1 WHERE id = $3`, hash, at, reader)
}

func readerByID(ctx context.Context, tx *db.Tx, id ref.ID) (Reader, bool, error) {
	return db.Maybe(ctx, tx, scanReader, `SELECT `+readerColumns+` FROM notice_readers WHERE id = $1`, id)
}

func readerOfPerson(ctx context.Context, tx *db.Tx, person ref.ID) (Reader, bool, error) {
	return db.Maybe(ctx, tx, scanReader, `SELECT `+readerColumns+` FROM notice_readers WHERE person_id = $1`, person)
}

func readerOfEmail(ctx context.Context, tx *db.Tx, email string) (Reader, bool, error) {
	return db.Maybe(ctx, tx, scanReader, `SELECT `+readerColumns+` FROM notice_readers WHERE email_folded = $1`, accounts.FoldEmail(email))
}

func readerOfFeed(ctx context.Context, tx *db.Tx, hash []byte) (Reader, bool, error) {
	return db.Maybe(ctx, tx, scanReader, `SELECT `+readerColumns+` FROM notice_readers WHERE feed_hash = $1`, hash)
}

// readersAfter gives the next readers, by id, who follow something and get letters.
func readersAfter(ctx context.Context, tx *db.Tx, last ref.ID, limit int) ([]Reader, error) {
	return db.All(ctx, tx, scanReader, `SELECT `+readerColumns+` FROM notice_readers r WHERE id > $1 AND rhythm <> 'never'
		AND EXISTS (SELECT 1 FROM notice_follows f WHERE f.reader_id = r.id) ORDER BY id LIMIT $2`, int64(last), limit)
}

// dropReader removes a reader with all that was kept for them.
func dropReader(ctx context.Context, tx *db.Tx, id ref.ID) error {
	for _, q := range [...]string{
		`DELETE FROM notice_follows WHERE reader_id = $1`,
		`DELETE FROM notice_links WHERE reader_id = $1`,
		`DELETE FROM notices WHERE reader_id = $1`,
		`DELETE FROM notice_readers WHERE id = $1`,
	} {
		if _, err := tx.Exec(ctx, q, id); err != nil {
			return err
		}
	}
	return nil
}

const followColumns = `id, reader_id, kind, thing_id, title, path, from_seq, made_at`

func scanFollow(r db.Row) (f Follow, err error) {
	err = r.Scan(&f.ID, &f.ReaderID, &f.Kind, &f.Ref.ID, &f.Title, &f.Path, &f.FromSeq, &f.MadeAt)
	return f, err
}

// insertFollow adds a follow; one that is there already stays as it is.
func insertFollow(ctx context.Context, tx *db.Tx, f Follow) error {
	_, err := tx.Exec(ctx, `INSERT INTO notice_follows (`+followColumns+`, list) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)
		ON CONFLICT (reader_id, kind, thing_id, list) DO NOTHING`,
		f.ID, f.ReaderID, f.Kind, int64(f.Ref.ID), f.Title, f.Path, f.FromSeq, f.MadeAt, f.list())
	return err
}

func followsOf(ctx context.Context, tx *db.Tx, reader ref.ID) ([]Follow, error) {
	return db.All(ctx, tx, scanFollow, `SELECT `+followColumns+` FROM notice_follows WHERE reader_id = $1 ORDER BY id DESC`, reader)
}

// deleteFollow ends one follow of a reader; ok is false when it is not theirs.
func deleteFollow(ctx context.Context, tx *db.Tx, reader, id ref.ID) (ok bool, err error) {
	n, err := tx.Exec(ctx, `DELETE FROM notice_follows WHERE id = $1 AND reader_id = $2`, id, reader)
	return n == 1, err
}

const noticeColumns = `id, at, kind, about, told, read_at`

func scanNotice(r db.Row) (n Notice, err error) {
	err = r.Scan(&n.ID, &n.At, &n.Kind, db.AsJSON(&n.About), db.AsJSON(&n.Told), &n.ReadAt)
	return n, err
}

func insertNotices(ctx context.Context, tx *db.Tx, reader ref.ID, list []Notice) error {
	rows := make([][]any, len(list))
	for i, n := range list {
		rows[i] = []any{n.ID, reader, n.At, n.Kind, db.AsJSON(&n.About), db.AsJSON(&n.Told)}
	}
	return db.InsertMany(ctx, tx, `INSERT INTO notices (id, reader_id, at, kind, about, told)`, rows)
}

// noticesOf lists what a reader was told, the newest first, older than before
// (0: from the newest).
func noticesOf(ctx context.Context, tx *db.Tx, reader, before ref.ID, limit int) ([]Notice, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return db.All(ctx, tx, scanNotice, `SELECT `+noticeColumns+` FROM notices WHERE reader_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
		reader, before, limit)
}

func countUnread(ctx context.Context, tx *db.Tx, reader ref.ID) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM notices WHERE reader_id = $1 AND read_at IS NULL`, reader)
}
