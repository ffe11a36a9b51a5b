package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/keys"
	"birge/internal/platform/ref"
)

// Report is what Verify found.
type Report struct {
	Entries  int64 // sealed entries whose hashes were computed anew
	Erased   int64 // bodies that a sealed erasure removed
	Unsealed int64 // entries that still wait for the sealer
	Rows     int64 // rows compared with the last entries of their things
	Heads    int64 // heads whose signature was checked
	// Faults are the first differences; More counts those beyond.
	Faults []Fault
	More   int64
	// Unchecked are kinds of things in the journal whose rows nobody named.
	Unchecked []string
}

// OK tells that the journal and the rows are what they were when they were written.
func (r Report) OK() bool { return len(r.Faults) == 0 }

// Fault is one difference, for the operator.
type Fault struct {
	Seq   int64  // the place in the chain, 0 when the fault is not there
	Entry ref.ID // 0 when no entry is at fault
	Kind  string // the thing's kind and ID
	Thing ref.ID
	Field string // the field of a row that differs
	What  string
}

// String names the entry or the row and field that differs.
func (f Fault) String() string {
	var s string
	if f.Seq != 0 {
		s += fmt.Sprintf("place %d: ", f.Seq)
	}
	if f.Entry != 0 {
		s += fmt.Sprintf("entry %s: ", f.Entry)
	}
	if f.Kind != "" {
		s += fmt.Sprintf("%s %s: ", f.Kind, f.Thing)
	}
	if f.Field != "" {
		s += f.Field + ": "
	}
	return s + f.What
}

const maxFaults = 100

func (r *Report) fault(f Fault) {
	if len(r.Faults) == maxFaults {
		r.More++
		return
	}
	r.Faults = append(r.Faults, f)
}

const verifySize = 500

// Verify computes the chain anew, compares bodies with their hashes, heads with
// the chain and their signatures, kept (a head that somebody kept, or nil) with
// the chain, and every row of kinds with the last entry of its thing. Memory
// does not grow with the journal.
func Verify(ctx context.Context, d *db.DB, ring *keys.Ring, kinds []Kind, kept *Head) (Report, error) {
	v := verifier{d: d, heads: map[int64][]Head{}}
	err := d.View(ctx, func(tx *db.Tx) error {
		if err := v.loadHeads(ctx, tx, ring, kept); err != nil {
			return err
		}
		if err := v.chain(ctx, tx); err != nil {
			return err
		}
		return v.outside(ctx, tx, kinds)
	})
	for _, k := range kinds {
		if err == nil {
			err = v.rows(ctx, k)
		}
	}
	return v.Report, err
}

type verifier struct {
	Report
	d     *db.DB
	heads map[int64][]Head // by place, those the chain has not come to yet

	erasure ref.ID // the erasure that was read last, and what it removed
	removed map[ref.ID]bool
}

func (v *verifier) loadHeads(ctx context.Context, tx *db.Tx, ring *keys.Ring, kept *Head) error {
	heads, err := db.All(ctx, tx, scanHead, `SELECT `+headColumns+` FROM journal_heads ORDER BY day`)
	if err != nil {
		return err
	}
	if kept != nil {
		heads = append(heads, *kept)
	}
	for _, h := range heads {
		v.Heads++
		if !ring.Verify(h.KeyID, h.signed(), h.Signature) {
			v.fault(Fault{Seq: h.Seq, What: fmt.Sprintf("the head of %s is not signed by this portal", h.Day)})
		}
		v.heads[h.Seq] = append(v.heads[h.Seq], h)
	}
	return nil
}

// sealed is an entry with all that its place in the chain has.
type sealed struct {
	Entry
	hash, salt []byte
	body       *string
	erasure    ref.ID
}

func scanForVerify(r db.Row) (s sealed, err error) {
	err = r.Scan(append(s.columns(), &s.Seq, &s.hash, &s.salt, &s.body, &s.erasure)...)
	return s, err
}

func (v *verifier) chain(ctx context.Context, tx *db.Tx) error {
	var last link
	for {
		batch, err := db.All(ctx, tx, scanForVerify, `SELECT `+entryColumns+`, c.seq, c.hash, b.salt, b.body, x.erasure_id
			FROM journal_chain c JOIN journal_entries e ON e.id = c.entry_id
			LEFT JOIN journal_bodies b ON b.entry_id = e.id LEFT JOIN journal_erasures x ON x.entry_id = e.id
			WHERE c.seq > $1 ORDER BY c.seq LIMIT $2`, last.seq, verifySize)
		if err != nil {
			return err
		}
		for _, s := range batch {
			if err := v.place(ctx, tx, last, s); err != nil {
				return err
			}
			last = link{s.Seq, s.hash} // the stored hash, so that one fault is told once
		}
		if len(batch) < verifySize {
			break
		}
	}
	for _, seq := range slices.Sorted(maps.Keys(v.heads)) {
		v.fault(Fault{Seq: seq, What: fmt.Sprintf("the head of %s is beyond the end of the chain", v.heads[seq][0].Day)})
	}
	return nil
}

func (v *verifier) place(ctx context.Context, tx *db.Tx, last link, s sealed) error {
	v.Entries++
	at := Fault{Seq: s.Seq, Entry: s.ID, Kind: s.Thing.Kind, Thing: s.Thing.ID}
	say := func(what string) {
		at.What = what
		v.fault(at)
	}
	switch {
	case s.Seq != last.seq+1:
		v.fault(Fault{Seq: last.seq + 1, What: "the place or its entry is missing"})
	case !bytes.Equal(linkHash(last, s.Entry), s.hash):
		say("the entry or the hash of its place was changed")
	}
	for _, h := range v.heads[s.Seq] {
		if !bytes.Equal(h.Hash, s.hash) {
			say(fmt.Sprintf("the head of %s has another hash", h.Day))
		}
	}
	delete(v.heads, s.Seq)
	if s.body != nil {
		if !bytes.Equal(bodyHash(s.salt, []byte(*s.body)), s.bodyHash) {
			say("the body was changed")
		}
		return nil
	}
	erased, err := v.erasedBy(ctx, tx, s.erasure, s.ID)
	switch {
	case err != nil:
		return err
	case erased:
		v.Erased++
	default:
		say("the body is missing and no erasure tells of it")
	}
	return nil
}

// erasedBy tells whether the journal's erasure names the entry. That the
// erasure itself is whole is checked at its own place.
func (v *verifier) erasedBy(ctx context.Context, tx *db.Tx, erasure, entry ref.ID) (bool, error) {
	if erasure == 0 {
		return false, nil
	}
	if erasure != v.erasure {
		e, ok, err := Last(ctx, tx, ErasureKind, erasure)
		if err != nil {
			return false, err
		}
		v.erasure, v.removed = erasure, map[ref.ID]bool{}
		var x Erasure
		if ok && json.Unmarshal(orNull(e.Body.After), &x) == nil {
			for _, id := range x.Entries {
				v.removed[id] = true
			}
		}
	}
	return v.removed[entry], nil
}

// outside looks at entries that are not in the chain and at kinds nobody named.
func (v *verifier) outside(ctx context.Context, tx *db.Tx, kinds []Kind) (err error) {
	if v.Unsealed, err = db.One(ctx, tx, db.Value[int64], `SELECT COUNT(*) FROM journal_unsealed`); err != nil {
		return err
	}
	stray, err := db.All(ctx, tx, scanEntry, `SELECT `+entryColumns+` FROM journal_entries e
		WHERE NOT EXISTS (SELECT 1 FROM journal_chain c WHERE c.entry_id = e.id)
		AND NOT EXISTS (SELECT 1 FROM journal_unsealed u WHERE u.entry_id = e.id) ORDER BY e.id LIMIT $1`, maxFaults)
	for _, e := range stray {
		v.fault(Fault{Entry: e.ID, Kind: e.Thing.Kind, Thing: e.Thing.ID, What: "the entry was never handed to the sealer"})
	}
	if err != nil {
		return err
	}
	all, err := db.All(ctx, tx, db.Value[string], `SELECT DISTINCT kind FROM journal_entries ORDER BY kind`)
	for _, name := range all {
		if name != ErasureKind && !slices.ContainsFunc(kinds, func(k Kind) bool { return k.Name == name }) {
			v.Unchecked = append(v.Unchecked, name)
		}
	}
	return err
}

// rows compares every row of a kind with the last entry of its thing. The rows
// are read on one snapshot while entries are looked up on another that is a
// little newer, so a row is compared with the entry of its own version; what
// seems late is asked again on the rows' snapshot.
func (v *verifier) rows(ctx context.Context, k Kind) error {
	return v.d.View(ctx, func(old *db.Tx) error {
		if _, err := Seq(ctx, old); err != nil { // from here the snapshot stands
			return err
		}
		return v.d.View(ctx, func(newer *db.Tx) error {
			c := comparison{verifier: v, kind: k.Name, entries: newer}
			err := k.Rows(ctx, old, func(t Thing) error {
				c.batch = append(c.batch, t)
				if len(c.batch) == verifySize {
					return c.compare(ctx)
				}
				return nil
			})
			if err == nil {
				err = c.compare(ctx)
			}
			if err == nil {
				err = c.settleLate(ctx, old)
			}
			if err == nil {
				err = c.missing(ctx, old, k)
			}
			return err
		})
	})
}

type comparison struct {
	*verifier
	kind    string
	entries *db.Tx
	batch   []Thing
	known   int64 // rows whose thing the journal knows
	late    []lateRow
}

// lateRow is a row with an older version than its last entry.
type lateRow struct {
	id      ref.ID
	version int64
}

func (c *comparison) compare(ctx context.Context) error {
	ids := make([]ref.ID, len(c.batch))
	for i, t := range c.batch {
		ids[i] = t.Ref().ID
	}
	last, err := db.All(ctx, c.entries, scanWithBody, withBody+`WHERE e.kind = $1 AND e.thing_id IN `+db.In(2, len(ids))+`
		AND NOT EXISTS (SELECT 1 FROM journal_entries n WHERE n.kind = e.kind AND n.thing_id = e.thing_id AND n.version > e.version)`,
		db.Args([]any{c.kind}, ids)...)
	if err != nil {
		return err
	}
	byThing := make(map[ref.ID]Entry, len(last))
	for _, e := range last {
		byThing[e.Thing.ID] = e
	}
	for _, t := range c.batch {
		if err := c.one(ctx, t, byThing); err != nil {
			return err
		}
	}
	c.batch = c.batch[:0]
	return nil
}

func (c *comparison) one(ctx context.Context, t Thing, last map[ref.ID]Entry) (err error) {
	c.Rows++
	id, version := t.Ref().ID, t.JournalVersion()
	e, ok := last[id]
	if !ok || e.Version < version {
		c.fault(Fault{Kind: c.kind, Thing: id, What: fmt.Sprintf("the row has version %d without an entry", version)})
		if ok && !e.Gone {
			c.known++
		}
		return nil
	}
	c.known++
	if e.Version > version {
		c.late = append(c.late, lateRow{id, version})
		e, ok, err = db.Maybe(ctx, c.entries, scanWithBody, withBody+`WHERE e.kind = $1 AND e.thing_id = $2 AND e.version = $3`, c.kind, id, version)
		if err != nil || !ok {
			return err
		}
	}
	if e.Erased {
		return nil
	}
	return c.differences(t, e)
}

func (c *comparison) differences(t Thing, e Entry) error {
	row, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	is, err := canonical(row)
	if err != nil {
		return err
	}
	was, err := canonical(orNull(e.Body.After))
	if err != nil {
		return err
	}
	fields := maps.Clone(is)
	maps.Copy(fields, was)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if is[name] != was[name] {
			c.fault(Fault{Entry: e.ID, Seq: e.Seq, Kind: c.kind, Thing: t.Ref().ID, Field: name,
				What: fmt.Sprintf("the row has %s, its last entry %s", orNothing(is[name]), orNothing(was[name]))})
		}
	}
	return nil
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// canonical is the fields of a JSON object, each with its keys sorted and its
// numbers as they were written.
func canonical(b []byte) (map[string]string, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var fields map[string]any
	if err := d.Decode(&fields); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	out := make(map[string]string, len(fields))
	for name, v := range fields {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("journal: %w", err)
		}
		out[name] = string(text)
	}
	return out, nil
}

// settleLate tells of rows that were older than their last entry already when
// they were read.
func (c *comparison) settleLate(ctx context.Context, old *db.Tx) error {
	for _, row := range c.late {
		e, ok, err := Last(ctx, old, c.kind, row.id)
		if err != nil {
			return err
		}
		switch {
		case ok && e.Gone:
			c.fault(Fault{Entry: e.ID, Seq: e.Seq, Kind: c.kind, Thing: row.id, What: "the row is there though its last entry says it has gone"})
			c.known--
		case ok && e.Version > row.version:
			c.fault(Fault{Entry: e.ID, Seq: e.Seq, Kind: c.kind, Thing: row.id, Field: "version",
				What: fmt.Sprintf("the row has version %d, its last entry %d", row.version, e.Version)})
		}
	}
	return nil
}

// missing tells of things that the journal has and the rows have not.
func (c *comparison) missing(ctx context.Context, old *db.Tx, k Kind) error {
	const standing = ` FROM journal_entries e WHERE e.kind = $1 AND e.gone = FALSE AND NOT EXISTS (SELECT 1 FROM journal_entries n
		WHERE n.kind = e.kind AND n.thing_id = e.thing_id AND n.version > e.version)`
	n, err := db.One(ctx, old, db.Value[int64], `SELECT COUNT(*)`+standing, c.kind)
	if err != nil || n == c.known {
		return err
	}
	there := map[ref.ID]bool{} // only now, when something is wrong, memory grows
	if err := k.Rows(ctx, old, func(t Thing) error {
		there[t.Ref().ID] = true
		return nil
	}); err != nil {
		return err
	}
	return db.Each(ctx, old, scanEntry, func(e Entry) error {
		if !there[e.Thing.ID] {
			c.fault(Fault{Entry: e.ID, Kind: c.kind, Thing: e.Thing.ID, What: "the row is missing, its last entry says it is there"})
		}
		return nil
	}, `SELECT `+entryColumns+standing, c.kind)
}
