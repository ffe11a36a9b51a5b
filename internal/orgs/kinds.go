package orgs

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
)

// Kinds tells the journal how to read the rows of this room.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: Kind, Example: Organization{}, Rows: rowsOf(scan, `SELECT `+columns+` FROM organizations ORDER BY id`)},
		{Name: "organization_claim", Example: Claim{}, Rows: rowsOf(scanClaim, `SELECT `+claimColumns+` FROM organization_claims ORDER BY id`)},
		{Name: "organization_return", Example: Return{}, Rows: rowsOf(scanReturn, `SELECT `+returnColumns+` FROM organization_returns ORDER BY id`)},
		correctionsKind(Kind), correctionsKind(KindProject), correctionsKind(KindPlace), correctionsKind(KindFigure),
		{Name: "organization_tie", Example: Tie{}, Rows: rowsOf(scanTie, `SELECT `+tieColumns+` FROM organization_ties ORDER BY id`)},
	}
}

// correctionsKind are the corrections of the pages of a kind.
func correctionsKind(of string) journal.Kind {
	return journal.Kind{Name: of + "_correction", Example: Correction{},
		Rows: rowsOf(scanCorrection, `SELECT `+correctionColumns+` FROM corrections WHERE `+correctedBy[of]+` IS NOT NULL ORDER BY id`)}
}

func rowsOf[T journal.Thing](scan func(db.Row) (T, error), query string) func(context.Context, *db.Tx, func(journal.Thing) error) error {
	return func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
		return db.Each(ctx, tx, scan, func(v T) error { return yield(v) }, query)
	}
}
