package journal

import (
	"context"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// ErasureKind is the kind of the entries that tell of erasures.
const ErasureKind = "journal_erasure"

const maxErasure = 500

// Erasure is the thing of an entry that tells which bodies were removed and why.
type Erasure struct {
	ID      ref.ID   `json:"id"`
	Entries []ref.ID `json:"entries"`
	Reason  string   `json:"reason"`
}

// Ref names the erasure; it has no page.
func (e Erasure) Ref() ref.Ref { return ref.Ref{Kind: ErasureKind, ID: e.ID} }

// JournalVersion is always 1: an erasure never changes.
func (e Erasure) JournalVersion() int64 { return 1 }

// Erase removes the bodies of entries, for a person or by a court, and records
// that it was done. The chain stays whole. Bodies that are gone already stay
// gone; the body of an erasure itself cannot be erased.
func Erase(ctx context.Context, tx *db.Tx, by access.Actor, entries []ref.ID, reason string) error {
	for some := range slices.Chunk(entries, maxErasure) {
		if err := erase(ctx, tx, by, some, reason); err != nil {
			return err
		}
	}
	return nil
}

// EraseThings removes what all entries so far tell of the things.
func EraseThings(ctx context.Context, tx *db.Tx, by access.Actor, reason string, things ...ref.Ref) error {
	var entries []ref.ID
	for _, t := range things {
		some, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT id FROM journal_entries WHERE kind = $1 AND thing_id = $2 ORDER BY id`, t.Kind, t.ID)
		if err != nil {
			return err
		}
		entries = append(entries, some...)
	}
	return Erase(ctx, tx, by, entries, reason)
}

func erase(ctx context.Context, tx *db.Tx, by access.Actor, entries []ref.ID, reason string) error {
	type found struct {
		id   ref.ID
		kind string
	}
	scan := func(r db.Row) (f found, err error) {
		err = r.Scan(&f.id, &f.kind)
		return f, err
	}
	there, err := db.All(ctx, tx, scan, `SELECT e.id, e.kind FROM journal_entries e JOIN journal_bodies b ON b.entry_id = e.id
		WHERE e.id IN `+db.In(1, len(entries))+` ORDER BY e.id`, db.Args(nil, entries)...)
	if err != nil || len(there) == 0 {
		return err
	}
	x := Erasure{ID: tx.NewID(), Reason: reason}
	rows := make([][]any, len(there))
	for i, f := range there {
		if f.kind == ErasureKind {
			return problem.New(problem.Forbidden, "problem.forbidden")
		}
		x.Entries = append(x.Entries, f.id)
		rows[i] = []any{f.id, x.ID}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM journal_bodies WHERE entry_id IN `+db.In(1, len(x.Entries)), db.Args(nil, x.Entries)...); err != nil {
		return err
	}
	if err := db.InsertMany(ctx, tx, `INSERT INTO journal_erasures (entry_id, erasure_id)`, rows); err != nil {
		return err
	}
	return Record(ctx, tx, by, "journal.erase", nil, x)
}
