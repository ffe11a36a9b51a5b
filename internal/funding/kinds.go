package funding

import (
	"context"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// Kinds tells the journal how to read the rows of this room.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: KindCall, Example: Call{}, Rows: rowsOf(scanCall, `SELECT `+callColumns+` FROM calls ORDER BY id`)},
		{Name: KindRevision, Example: Revision{}, Rows: rowsOf(scanRevision, `SELECT `+revisionColumns+` FROM call_revisions ORDER BY id`)},
	}
}

func rowsOf[T journal.Thing](scan func(db.Row) (T, error), query string) func(context.Context, *db.Tx, func(journal.Thing) error) error {
	return func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
		return db.Each(ctx, tx, scan, func(v T) error { return yield(v) }, query)
	}
}

// PlacesInUse tells for which places calls are made.
func PlacesInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return usedIn(ctx, tx, "place_id", ids)
}

// OrgsInUse tells which organizations make calls.
func OrgsInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return usedIn(ctx, tx, "funder_id", ids)
}

func usedIn(ctx context.Context, tx *db.Tx, column string, ids []ref.ID) (map[ref.ID]bool, error) {
	used := map[ref.ID]bool{}
	for part := range slices.Chunk(ids, 300) {
		some, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT DISTINCT `+column+` FROM calls WHERE `+column+` IN `+db.In(1, len(part)), db.Args(nil, part)...)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			used[id] = true
		}
	}
	return used, nil
}
