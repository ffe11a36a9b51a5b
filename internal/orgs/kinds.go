package orgs

import (
	"birge/internal/platform/journal"
)

// Kinds tells the journal how to read the rows of this room.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: Kind, Example: Organization{}, Rows: journal.RowsOf(scan, `SELECT `+columns+` FROM organizations ORDER BY id`)},
		{Name: "organization_claim", Example: Claim{}, Rows: journal.RowsOf(scanClaim, `SELECT `+claimColumns+` FROM organization_claims ORDER BY id`)},
		{Name: "organization_return", Example: Return{}, Rows: journal.RowsOf(scanReturn, `SELECT `+returnColumns+` FROM organization_returns ORDER BY id`)},
		correctionsKind(Kind), correctionsKind(KindProject), correctionsKind(KindPlace), correctionsKind(KindFigure),
		{Name: "organization_tie", Example: Tie{}, Rows: journal.RowsOf(scanTie, `SELECT `+tieColumns+` FROM organization_ties ORDER BY id`)},
	}
}

// correctionsKind are the corrections of the pages of a kind.
func correctionsKind(of string) journal.Kind {
	return journal.Kind{Name: of + "_correction", Example: Correction{},
		Rows: journal.RowsOf(scanCorrection, `SELECT `+correctionColumns+` FROM corrections WHERE `+correctedBy[of]+` IS NOT NULL ORDER BY id`)}
}
