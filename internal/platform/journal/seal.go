package journal

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const (
	batchSize = 1000
	// poll is how often a node looks for entries of other nodes.
	poll = 250 * time.Millisecond
	// hold is for how long a sealer keeps the pen after its last batch.
	hold = 10 * time.Second
	// stalled is the age of a waiting entry at which the sealer is not well.
	stalled = 30 * time.Second
)

// errHeld tells that the sealer of another node has the pen.
var errHeld = errors.New("journal: another sealer is at work")

// Sealer chains committed entries. Every node runs one; the pen goes with a
// lease row, so that one seals at a time and another takes over when it dies.
type Sealer struct {
	d  *db.DB
	me ref.ID
}

// NewSealer makes a sealer that Run starts.
func NewSealer(d *db.DB) *Sealer { return &Sealer{d: d, me: ref.ID(rand.Int64())} }

// Run seals until ctx ends, at once after a change of this process and at the
// next look after a change of another.
func (s *Sealer) Run(ctx context.Context) {
	woken, stop := s.d.Wake()
	defer stop()
	for ctx.Err() == nil {
		n, err := s.seal(ctx)
		if err != nil && !errors.Is(err, errHeld) && ctx.Err() == nil {
			slog.ErrorContext(ctx, "sealing the journal", "error", err)
		}
		if n < batchSize {
			wait(ctx, woken, err != nil)
		}
	}
	s.layDown(ctx)
}

// wait ends at the next change, or look; after a failure only at the next look.
func wait(ctx context.Context, woken <-chan struct{}, failed bool) {
	if failed {
		woken = nil
	}
	t := time.NewTimer(poll)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-t.C:
	}
}

// Seal seals everything that waits; commands use it where no sealer runs.
func (s *Sealer) Seal(ctx context.Context) error {
	for {
		if n, err := s.seal(ctx); n == 0 || err != nil {
			return err
		}
	}
}

// Healthy fails when entries have waited too long and nothing was sealed meanwhile.
func (s *Sealer) Healthy(ctx context.Context) error {
	return s.d.View(ctx, func(tx *db.Tx) error {
		oldest, err := db.One(ctx, tx, db.Value[ref.ID], `SELECT MIN(entry_id) FROM journal_unsealed`)
		if err != nil || oldest == 0 {
			return err
		}
		sealed, err := db.One(ctx, tx, db.Value[db.Time], `SELECT sealed_at FROM journal_sealer WHERE id = 1`)
		if err != nil {
			return err
		}
		if limit := tx.Now().Add(-stalled); oldest.Time().Before(limit) && sealed.Before(limit) {
			return fmt.Errorf("journal: the sealer stalls: %s waits since %s", oldest, oldest.Time())
		}
		return nil
	})
}

// layDown gives the pen to whoever wants it next.
func (s *Sealer) layDown(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	err := s.d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE journal_sealer SET holder = NULL, until = NULL WHERE id = 1 AND holder = $1`, s.me)
		return err
	})
	if err != nil {
		slog.WarnContext(ctx, "laying down the journal's pen", "error", err)
	}
}

// seal chains one batch and tells how many entries it had.
func (s *Sealer) seal(ctx context.Context) (n int, err error) {
	var batch []Entry
	if err := s.d.View(ctx, func(tx *db.Tx) (err error) {
		batch, err = waiting(ctx, tx)
		return err
	}); err != nil || len(batch) == 0 {
		return 0, err
	}
	err = s.d.Update(ctx, func(tx *db.Tx) error {
		if err := s.takePen(ctx, tx); err != nil {
			return err
		}
		return chain(ctx, tx, batch)
	})
	return len(batch), err
}

func (s *Sealer) takePen(ctx context.Context, tx *db.Tx) error {
	now := db.At(tx.Now())
	n, err := tx.Exec(ctx, `UPDATE journal_sealer SET holder = $1, until = $2, sealed_at = $3
		WHERE id = 1 AND (holder = $1 OR until IS NULL OR until < $3)`, s.me, db.At(now.Add(hold)), now)
	if err == nil && n == 0 {
		err = errHeld
	}
	return err
}

func scanEntry(r db.Row) (e Entry, err error) {
	err = r.Scan(e.columns()...)
	return e, err
}

// waiting reads the next batch, entries of one thing in the order of its versions.
func waiting(ctx context.Context, tx *db.Tx) ([]Entry, error) {
	batch, err := db.All(ctx, tx, scanEntry, `SELECT `+entryColumns+` FROM journal_unsealed u
		JOIN journal_entries e ON e.id = u.entry_id ORDER BY u.entry_id LIMIT $1`, batchSize)
	if err != nil {
		return nil, err
	}
	if len(batch) == batchSize {
		earlier, err := earlierVersions(ctx, tx, batch)
		if err != nil {
			return nil, err
		}
		batch = append(batch, earlier...)
	}
	byVersion(batch)
	return batch, nil
}

// earlierVersions finds waiting entries beyond the batch that tell of earlier
// versions of its things: a node whose clock is ahead wrote them.
func earlierVersions(ctx context.Context, tx *db.Tx, batch []Entry) ([]Entry, error) {
	var later []ref.ID
	for _, e := range batch {
		if e.Version > 1 {
			later = append(later, e.ID)
		}
	}
	if len(later) == 0 {
		return nil, nil
	}
	last := int64(batch[len(batch)-1].ID)
	return db.All(ctx, tx, scanEntry, `SELECT DISTINCT `+entryColumns+` FROM journal_entries l
		JOIN journal_entries e ON e.kind = l.kind AND e.thing_id = l.thing_id AND e.version < l.version
		JOIN journal_unsealed u ON u.entry_id = e.id
		WHERE e.id > $1 AND l.id IN `+db.In(2, len(later)), db.Args([]any{last}, later)...)
}

// byVersion puts the entries of each thing into the order of its versions, on
// the places that they have among the others.
func byVersion(batch []Entry) {
	places := map[string][]int{}
	for i, e := range batch {
		places[e.Thing.Key()] = append(places[e.Thing.Key()], i)
	}
	for _, at := range places {
		if len(at) == 1 {
			continue
		}
		sorted := make([]Entry, len(at))
		for i, p := range at {
			sorted[i] = batch[p]
		}
		slices.SortStableFunc(sorted, func(a, b Entry) int { return cmp.Compare(a.Version, b.Version) })
		for i, p := range at {
			batch[p] = sorted[i]
		}
	}
}

// link is one place of the chain.
type link struct {
	seq  int64
	hash []byte
}

func scanLink(r db.Row) (l link, err error) {
	err = r.Scan(&l.seq, &l.hash)
	return l, err
}

func lastLink(ctx context.Context, tx *db.Tx) (link, error) {
	l, _, err := db.Maybe(ctx, tx, scanLink, `SELECT seq, hash FROM journal_chain ORDER BY seq DESC LIMIT 1`)
	return l, err
}

func chain(ctx context.Context, tx *db.Tx, batch []Entry) error {
	l, err := lastLink(ctx, tx)
	if err != nil {
		return err
	}
	rows, ids := make([][]any, len(batch)), make([]ref.ID, len(batch))
	for i, e := range batch {
		l = link{l.seq + 1, linkHash(l, e)}
		rows[i], ids[i] = []any{l.seq, e.ID, l.hash}, e.ID
	}
	n, err := tx.Exec(ctx, `DELETE FROM journal_unsealed WHERE entry_id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
	if err == nil && int(n) != len(ids) {
		err = errHeld // another sealer was faster with some of them
	}
	if err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, `INSERT INTO journal_chain (seq, entry_id, hash)`, rows)
}

// linkHash is SHA-256 over the hash before, the place, every column of the entry
// in a fixed encoding (numbers as 8 bytes, texts after their length) and the
// salted hash of its body.
func linkHash(before link, e Entry) []byte {
	h := encoder{sha256.New()}
	h.bytes(before.hash)
	h.ints(before.seq+1, int64(e.ID), e.At.UnixMicro(), int64(e.Actor), int64(e.Behalf), int64(e.As.Scope),
		int64(e.Thing.ID), e.Version, int64(e.Root.ID), oneOf(e.Public), oneOf(e.Gone))
	for _, s := range []string{
		e.Act, e.System, string(e.As.Role), e.Thing.Kind, e.Root.Kind,
		e.Thing.Title.KK, e.Thing.Title.RU, e.Thing.Title.EN, e.Thing.Path,
	} {
		h.bytes([]byte(s))
	}
	h.bytes(e.bodyHash)
	return h.h.Sum(nil)
}

type encoder struct{ h hash.Hash }

func (e encoder) ints(vs ...int64) {
	for _, v := range vs {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(v))
		e.h.Write(b[:])
	}
}

func (e encoder) bytes(b []byte) {
	e.ints(int64(len(b)))
	e.h.Write(b)
}

func oneOf(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
