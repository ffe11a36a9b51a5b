package places

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
)

// Kinds are the things of this room that the journal tells about.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: "place", Example: Place{}, Rows: func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
			return db.Each(ctx, tx, scan, func(p Place) error { return yield(p) }, `SELECT `+columns+` FROM places ORDER BY id`)
		}},
	}
}
