package norms

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
)

// Kinds are the things of this room that the journal tells about.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: "norm", Example: Norm{}, Rows: rowsOf(scanNorm, `SELECT `+normColumns+` FROM norms ORDER BY id`)},
		{Name: "norm_term", Example: Term{}, Rows: rowsOf(scanTerm, `SELECT `+termColumns+` FROM norm_terms ORDER BY id`)},
		{Name: "norm_day", Example: Day{}, Rows: rowsOf(scanDay, `SELECT `+dayColumns+` FROM norm_days ORDER BY id`)},
		{Name: "norm_year", Example: Year{}, Rows: rowsOf(scanYear, `SELECT id, version, year, law, law_url FROM norm_years ORDER BY id`)},
		{Name: "norm_proposal", Example: Proposal{}, Rows: rowsOf(scanProposal, `SELECT `+proposalColumns+` FROM norm_proposals ORDER BY id`)},
	}
}

func rowsOf[T journal.Thing](scan func(db.Row) (T, error), query string) func(context.Context, *db.Tx, func(journal.Thing) error) error {
	return func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
		return db.Each(ctx, tx, scan, func(v T) error { return yield(v) }, query)
	}
}
