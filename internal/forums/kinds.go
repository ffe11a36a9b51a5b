package forums

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// Kinds tells the journal how to read the rows of this room.
func Kinds() []journal.Kind {
	return append(append(hallKinds(), doorKinds()...), []journal.Kind{
		{Name: Kind, Example: Forum{}, Rows: journal.RowsOf(scan, `SELECT `+columns+` FROM forums ORDER BY id`)},
		{Name: KindSession, Example: Session{}, Rows: journal.RowsOf(scanSession, `SELECT `+sessionColumns+` FROM forum_sessions ORDER BY id`)},
		{Name: KindRoom, Example: Room{}, Rows: journal.RowsOf(scanRoom, `SELECT `+roomColumns+` FROM forum_rooms ORDER BY id`)},
		{Name: KindTrack, Example: Track{}, Rows: journal.RowsOf(scanTrack, `SELECT `+trackColumns+` FROM forum_tracks ORDER BY id`)},
		{Name: KindRelease, Example: Release{}, Rows: journal.RowsOf(scanRelease, `SELECT `+releaseColumns+` FROM forum_releases ORDER BY id`)},
		{Name: KindQuota, Example: Quota{}, Rows: journal.RowsOf(scanQuota, `SELECT `+quotaColumns+` FROM forum_quotas ORDER BY id`)},
		{Name: KindRegistration, Example: Registration{}, Rows: journal.RowsOf(scanRegistration, `SELECT `+registrationColumns+` FROM forum_registrations ORDER BY id`)},
		{Name: KindDelegation, Example: Delegation{}, Rows: journal.RowsOf(scanDelegation, `SELECT `+delegationColumns+` FROM forum_delegations ORDER BY id`)},
		{Name: KindChoice, Example: Choice{}, Rows: journal.RowsOf(scanChoice, `SELECT `+choiceColumns+` FROM forum_choices ORDER BY id`)},
		{Name: KindStand, Example: Stand{}, Rows: journal.RowsOf(scanStand, `SELECT `+standColumns+` FROM forum_stands ORDER BY id`)},
		{Name: KindPaper, Example: Paper{}, Rows: journal.RowsOf(scanPaper, `SELECT `+paperColumns+` FROM forum_papers ORDER BY id`)},
		{Name: KindOffer, Example: HelpOffer{}, Rows: journal.RowsOf(scanOffer, `SELECT `+offerColumns+` FROM help_offers ORDER BY id`)},
	}...)
}

// PlacesInUse tells in which places forums are held, and from which people come.
func PlacesInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return db.InUse(ctx, tx, ids, `SELECT place_id FROM forums WHERE place_id IN %s`, `SELECT place_id FROM forum_registrations WHERE place_id IN %s`)
}

// OrgsInUse tells which organizations hold forums, stand in exhibitions or are
// offered help.
func OrgsInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return db.InUse(ctx, tx, ids, `SELECT organizer_id FROM forums WHERE organizer_id IN %s`, `SELECT org_id FROM forum_stands WHERE org_id IN %s`, `SELECT org_id FROM help_offers WHERE org_id IN %s`)
}
