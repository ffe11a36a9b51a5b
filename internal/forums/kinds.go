package forums

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
		{Name: Kind, Example: Forum{}, Rows: rowsOf(scan, `SELECT `+columns+` FROM forums ORDER BY id`)},
		{Name: KindSession, Example: Session{}, Rows: rowsOf(scanSession, `SELECT `+sessionColumns+` FROM forum_sessions ORDER BY id`)},
		{Name: KindRoom, Example: Room{}, Rows: rowsOf(scanRoom, `SELECT `+roomColumns+` FROM forum_rooms ORDER BY id`)},
		{Name: KindTrack, Example: Track{}, Rows: rowsOf(scanTrack, `SELECT `+trackColumns+` FROM forum_tracks ORDER BY id`)},
		{Name: KindRelease, Example: Release{}, Rows: rowsOf(scanRelease, `SELECT `+releaseColumns+` FROM forum_releases ORDER BY id`)},
		{Name: KindQuota, Example: Quota{}, Rows: rowsOf(scanQuota, `SELECT `+quotaColumns+` FROM forum_quotas ORDER BY id`)},
		{Name: KindRegistration, Example: Registration{}, Rows: rowsOf(scanRegistration, `SELECT `+registrationColumns+` FROM forum_registrations ORDER BY id`)},
		{Name: KindDelegation, Example: Delegation{}, Rows: rowsOf(scanDelegation, `SELECT `+delegationColumns+` FROM forum_delegations ORDER BY id`)},
		{Name: KindChoice, Example: Choice{}, Rows: rowsOf(scanChoice, `SELECT `+choiceColumns+` FROM forum_choices ORDER BY id`)},
	}
}

func rowsOf[T journal.Thing](scan func(db.Row) (T, error), query string) func(context.Context, *db.Tx, func(journal.Thing) error) error {
	return func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
		return db.Each(ctx, tx, scan, func(v T) error { return yield(v) }, query)
	}
}

// PlacesInUse tells in which places forums are held, and from which people come.
func PlacesInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return usedIn(ctx, tx, ids, `SELECT place_id FROM forums WHERE place_id IN %s`, `SELECT place_id FROM forum_registrations WHERE place_id IN %s`)
}

// OrgsInUse tells which organizations hold forums.
func OrgsInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return usedIn(ctx, tx, ids, `SELECT organizer_id FROM forums WHERE organizer_id IN %s`)
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
