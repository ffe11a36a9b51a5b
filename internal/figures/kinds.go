package figures

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
)

// Kinds are the things of this room that the journal tells about.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: "figure", Example: Figure{}, Rows: func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
			return db.Each(ctx, tx, scan, func(f Figure) error { return yield(f) }, `SELECT `+columns+` FROM figures ORDER BY id`)
		}},
		{Name: "figure_source", Example: Source{}, Rows: func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
			return db.Each(ctx, tx, scanSource, func(s Source) error { return yield(s) }, `SELECT `+sourceColumns+` FROM figure_sources ORDER BY id`)
		}},
	}
}
