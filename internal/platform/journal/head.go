package journal

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/keys"
)

// Head is the end of the chain on one day, signed with the portal's key. Whoever
// keeps one can later prove that nothing before it was changed.
type Head struct {
	Day       db.Date
	Seq       int64
	Hash      []byte
	KeyID     string
	Signature []byte
}

func (h Head) signed() []byte {
	return fmt.Appendf(nil, "birge-head %s %d %x", h.Day, h.Seq, h.Hash)
}

// String is the head as one line to publish and to keep; ParseHead reads it.
func (h Head) String() string {
	return fmt.Sprintf("%s %s %s", h.signed(), h.KeyID, base64.RawStdEncoding.EncodeToString(h.Signature))
}

// ParseHead reads the line of a head that somebody kept.
func ParseHead(line string) (h Head, err error) {
	bad := func(err error) (Head, error) { return Head{}, fmt.Errorf("journal: not a head: %w", err) }
	f := strings.Fields(line)
	if len(f) != 6 || f[0] != "birge-head" {
		return bad(fmt.Errorf("%q", line))
	}
	if h.Day, err = db.ParseDate(f[1]); err != nil {
		return bad(err)
	}
	if h.Seq, err = strconv.ParseInt(f[2], 10, 64); err != nil {
		return bad(err)
	}
	if h.Hash, err = hex.DecodeString(f[3]); err != nil {
		return bad(err)
	}
	h.KeyID = f[4]
	if h.Signature, err = base64.RawStdEncoding.DecodeString(f[5]); err != nil {
		return bad(err)
	}
	return h, nil
}

const headColumns = `day, seq, hash, key_id, signature`

func scanHead(r db.Row) (h Head, err error) {
	err = r.Scan(&h.Day, &h.Seq, &h.Hash, &h.KeyID, &h.Signature)
	return h, err
}

// SealDay signs the end of the chain as the head of a day that is over. The
// first head of a day stays; a chain without entries has none.
func SealDay(ctx context.Context, d *db.DB, ring *keys.Ring, day db.Date) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		l, err := lastLink(ctx, tx)
		if err != nil || l.seq == 0 {
			return err
		}
		h := Head{Day: day, Seq: l.seq, Hash: l.hash}
		h.KeyID, h.Signature = ring.Sign(h.signed())
		_, err = tx.Exec(ctx, `INSERT INTO journal_heads (`+headColumns+`) VALUES ($1,$2,$3,$4,$5) ON CONFLICT (day) DO NOTHING`,
			h.Day, h.Seq, h.Hash, h.KeyID, h.Signature)
		return err
	})
}

// Heads lists the newest heads, newest first.
func Heads(ctx context.Context, tx *db.Tx, limit int) ([]Head, error) {
	return db.All(ctx, tx, scanHead, `SELECT `+headColumns+` FROM journal_heads ORDER BY day DESC LIMIT $1`, limit)
}
