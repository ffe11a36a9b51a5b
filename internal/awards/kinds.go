package awards

import (
	"context"
	"slices"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// Kinds tells the journal how to read the rows of this room.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: KindRound, Example: Round{}, Rows: rowsOf(scanRound, `SELECT `+roundColumns+` FROM award_rounds ORDER BY id`)},
		{Name: KindNominee, Example: Nominee{}, Rows: rowsOf(scanNominee, `SELECT `+nomineeColumns+` FROM award_nominees ORDER BY id`)},
		{Name: KindDecision, Example: Decision{}, Rows: rowsOf(scanDecision, `SELECT `+decisionColumns+` FROM award_decisions ORDER BY id`)},
		{Name: KindCertificate, Example: Certificate{}, Rows: rowsOf(scanCertificate, `SELECT `+certificateColumns+` FROM award_certificates ORDER BY id`)},
		{Name: KindLaureate, Example: Laureate{}, Rows: rowsOf(scanLaureate, `SELECT `+laureateColumns+` FROM award_laureates ORDER BY id`)},
	}
}

func rowsOf[T journal.Thing](scan func(db.Row) (T, error), query string) func(context.Context, *db.Tx, func(journal.Thing) error) error {
	return func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
		return db.Each(ctx, tx, scan, func(v T) error { return yield(v) }, query)
	}
}

// PlacesInUse tells in which places awards are given.
func PlacesInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return usedIn(ctx, tx, ids, `SELECT place_id FROM award_rounds WHERE place_id IN %s`)
}

// OrgsInUse tells which organizations give awards, were put forward and have them.
func OrgsInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return usedIn(ctx, tx, ids, `SELECT organizer_id FROM award_rounds WHERE organizer_id IN %s`, `SELECT org_id FROM award_nominees WHERE org_id IN %s`,
		`SELECT org_id FROM award_laureates WHERE org_id IN %s`)
}

// usedIn asks queries, in which %s stands for the ids.
func usedIn(ctx context.Context, tx *db.Tx, ids []ref.ID, queries ...string) (map[ref.ID]bool, error) {
	used := map[ref.ID]bool{}
	for part := range slices.Chunk(ids, 300) {
		query := strings.ReplaceAll(strings.Join(queries, " UNION "), "%s", db.In(1, len(part)))
		some, err := db.All(ctx, tx, db.Value[ref.ID], query, db.Args(nil, part)...)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			used[id] = true
		}
	}
	return used, nil
}
