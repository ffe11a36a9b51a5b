package awards

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// Kinds tells the journal how to read the rows of this room.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: KindRound, Example: Round{}, Rows: journal.RowsOf(scanRound, `SELECT `+roundColumns+` FROM award_rounds ORDER BY id`)},
		{Name: KindNominee, Example: Nominee{}, Rows: journal.RowsOf(scanNominee, `SELECT `+nomineeColumns+` FROM award_nominees ORDER BY id`)},
		{Name: KindDecision, Example: Decision{}, Rows: journal.RowsOf(scanDecision, `SELECT `+decisionColumns+` FROM award_decisions ORDER BY id`)},
		{Name: KindCertificate, Example: Certificate{}, Rows: journal.RowsOf(scanCertificate, `SELECT `+certificateColumns+` FROM award_certificates ORDER BY id`)},
		{Name: KindLaureate, Example: Laureate{}, Rows: journal.RowsOf(scanLaureate, `SELECT `+laureateColumns+` FROM award_laureates ORDER BY id`)},
	}
}

// PlacesInUse tells in which places awards are given.
func PlacesInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return db.InUse(ctx, tx, ids, `SELECT place_id FROM award_rounds WHERE place_id IN %s`)
}

// OrgsInUse tells which organizations give awards, were put forward and have them.
func OrgsInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return db.InUse(ctx, tx, ids, `SELECT organizer_id FROM award_rounds WHERE organizer_id IN %s`, `SELECT org_id FROM award_nominees WHERE org_id IN %s`,
		`SELECT org_id FROM award_laureates WHERE org_id IN %s`)
}
