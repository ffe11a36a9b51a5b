package panels

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
)

// Kinds tells the journal how to read the rows of this room.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: KindExpert, Example: Expert{}, Rows: rowsOf(scanExpert, `SELECT `+expertColumns+` FROM panel_experts ORDER BY id`)},
		{Name: KindConflict, Example: Conflict{}, Rows: rowsOf(scanConflict, `SELECT `+conflictColumns+` FROM panel_conflicts ORDER BY id`)},
		{Name: KindPanel, Example: Panel{}, Rows: rowsOf(scanPanel, `SELECT `+panelColumns+` FROM panels ORDER BY id`)},
		{Name: KindWork, Example: PanelWork{}, Rows: rowsOf(scanWork, `SELECT `+workColumns+` FROM panel_works ORDER BY id`)},
		{Name: KindSeat, Example: Seat{}, Rows: rowsOf(scanSeat, `SELECT `+seatColumns+` FROM panel_seats ORDER BY id`)},
		{Name: KindDraw, Example: Drawn{}, Rows: rowsOf(scanDraw, `SELECT `+drawColumns+` FROM panel_draws ORDER BY id`)},
		{Name: KindStep, Example: TakenStep{}, Rows: rowsOf(scanStep, `SELECT `+stepColumns+` FROM panel_steps ORDER BY id`)},
		{Name: KindAssignment, Example: Assignment{}, Rows: rowsOf(scanAssignment, `SELECT `+assignmentColumns+` FROM panel_assignments ORDER BY id`)},
		{Name: KindBody, Example: Body{}, Rows: rowsOf(scanBody, `SELECT `+bodyColumns+` FROM panel_bodies ORDER BY id`)},
		{Name: KindMember, Example: Member{}, Rows: rowsOf(scanMember, `SELECT `+memberColumns+` FROM panel_members ORDER BY id`)},
		{Name: KindMeeting, Example: Meeting{}, Rows: rowsOf(scanMeeting, `SELECT `+meetingColumns+` FROM panel_meetings ORDER BY id`)},
		{Name: KindItem, Example: Item{}, Rows: rowsOf(scanItem, `SELECT `+itemColumns+` FROM panel_items ORDER BY id`)},
		{Name: KindPresence, Example: Presence{}, Rows: rowsOf(scanPresence, `SELECT `+presenceColumns+` FROM panel_presences ORDER BY id`)},
		{Name: KindRecusal, Example: Recusal{}, Rows: rowsOf(scanRecusal, `SELECT `+recusalColumns+` FROM panel_recusals ORDER BY id`)},
		{Name: KindVote, Example: Vote{}, Rows: rowsOf(scanVote, `SELECT `+voteColumns+` FROM panel_votes ORDER BY id`)},
	}
}

func rowsOf[T journal.Thing](scan func(db.Row) (T, error), query string) func(context.Context, *db.Tx, func(journal.Thing) error) error {
	return func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
		return db.Each(ctx, tx, scan, func(v T) error { return yield(v) }, query)
	}
}
