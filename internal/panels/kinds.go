package panels

import (
	"birge/internal/platform/journal"
)

// Kinds tells the journal how to read the rows of this room.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: KindExpert, Example: Expert{}, Rows: journal.RowsOf(scanExpert, `SELECT `+expertColumns+` FROM panel_experts ORDER BY id`)},
		{Name: KindConflict, Example: Conflict{}, Rows: journal.RowsOf(scanConflict, `SELECT `+conflictColumns+` FROM panel_conflicts ORDER BY id`)},
		{Name: KindPanel, Example: Panel{}, Rows: journal.RowsOf(scanPanel, `SELECT `+panelColumns+` FROM panels ORDER BY id`)},
		{Name: KindWork, Example: PanelWork{}, Rows: journal.RowsOf(scanWork, `SELECT `+workColumns+` FROM panel_works ORDER BY id`)},
		{Name: KindSeat, Example: Seat{}, Rows: journal.RowsOf(scanSeat, `SELECT `+seatColumns+` FROM panel_seats ORDER BY id`)},
		{Name: KindDraw, Example: Drawn{}, Rows: journal.RowsOf(scanDraw, `SELECT `+drawColumns+` FROM panel_draws ORDER BY id`)},
		{Name: KindStep, Example: TakenStep{}, Rows: journal.RowsOf(scanStep, `SELECT `+stepColumns+` FROM panel_steps ORDER BY id`)},
		{Name: KindAssignment, Example: Assignment{}, Rows: journal.RowsOf(scanAssignment, `SELECT `+assignmentColumns+` FROM panel_assignments ORDER BY id`)},
		{Name: KindBody, Example: Body{}, Rows: journal.RowsOf(scanBody, `SELECT `+bodyColumns+` FROM panel_bodies ORDER BY id`)},
		{Name: KindMember, Example: Member{}, Rows: journal.RowsOf(scanMember, `SELECT `+memberColumns+` FROM panel_members ORDER BY id`)},
		{Name: KindMeeting, Example: Meeting{}, Rows: journal.RowsOf(scanMeeting, `SELECT `+meetingColumns+` FROM panel_meetings ORDER BY id`)},
		{Name: KindItem, Example: Item{}, Rows: journal.RowsOf(scanItem, `SELECT `+itemColumns+` FROM panel_items ORDER BY id`)},
		{Name: KindPresence, Example: Presence{}, Rows: journal.RowsOf(scanPresence, `SELECT `+presenceColumns+` FROM panel_presences ORDER BY id`)},
		{Name: KindRecusal, Example: Recusal{}, Rows: journal.RowsOf(scanRecusal, `SELECT `+recusalColumns+` FROM panel_recusals ORDER BY id`)},
		{Name: KindVote, Example: Vote{}, Rows: journal.RowsOf(scanVote, `SELECT `+voteColumns+` FROM panel_votes ORDER BY id`)},
	}
}
