package obligations

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
)

// Kinds tells the journal how to read the rows of this room.
func Kinds() []journal.Kind {
	return []journal.Kind{{Name: Kind, Example: Obligation{}, Rows: func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
		return db.Each(ctx, tx, scan, func(o Obligation) error { return yield(o) }, `SELECT `+columns+` FROM obligations ORDER BY id`)
	}}}
}
