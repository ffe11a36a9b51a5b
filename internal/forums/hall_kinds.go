package forums

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// hallKinds tells the journal how to read what happens in halls.
func hallKinds() []journal.Kind {
	return []journal.Kind{
		{Name: KindStage, Example: Stage{}, Rows: journal.RowsOf(scanStage, `SELECT `+stageColumns+` FROM forum_stages ORDER BY id`)},
		{Name: KindWord, Example: Word{}, Rows: journal.RowsOf(scanWord, `SELECT `+wordColumns+` FROM forum_words ORDER BY id`)},
		{Name: KindQuestion, Example: Question{}, Rows: journal.RowsOf(scanQuestion, `SELECT `+questionColumns+` FROM forum_questions ORDER BY id`)},
		{Name: KindSupport, Example: Support{}, Rows: journal.RowsOf(scanSupport, `SELECT `+supportColumns+` FROM forum_supports ORDER BY id`)},
		{Name: KindVote, Example: Vote{}, Rows: votesCountedAnew},
		{Name: KindBallot, Example: Ballot{}, Rows: journal.RowsOf(scanBallot, `SELECT `+ballotColumns+` FROM forum_ballots ORDER BY id`)},
		{Name: KindMandate, Example: Mandate{}, Rows: journal.RowsOf(scanMandate, `SELECT `+mandateColumns+` FROM forum_mandates ORDER BY id`)},
		{Name: KindPack, Example: Pack{}, Rows: journal.RowsOf(scanPack, `SELECT `+packColumns+` FROM forum_packs ORDER BY id`)},
	}
}

// votesCountedAnew gives every vote with what its ballots and its roll add up to now,
// so that a ballot that was added or taken away, also a secret one, is found where the
// rows are compared with the journal.
func votesCountedAnew(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
	list, err := db.All(ctx, tx, scanVote, `SELECT `+voteColumns+` FROM forum_votes ORDER BY id`)
	if err != nil {
		return err
	}
	ballots, err := db.All(ctx, tx, scanCounted, `SELECT vote_id, choice, count(*) FROM forum_ballots GROUP BY vote_id, choice
		UNION ALL SELECT vote_id, choice, count(*) FROM forum_secret_ballots GROUP BY vote_id, choice`)
	if err != nil {
		return err
	}
	marks, err := db.All(ctx, tx, scanCounted, `SELECT vote_id, 0, count(*) FROM forum_marks GROUP BY vote_id`)
	if err != nil {
		return err
	}
	counts, rolls := map[ref.ID]map[int64]int64{}, map[ref.ID]int64{}
	for _, c := range ballots {
		if counts[c.vote] == nil {
			counts[c.vote] = map[int64]int64{}
		}
		counts[c.vote][c.choice] += c.n
	}
	for _, c := range marks {
		rolls[c.vote] = c.n
	}
	for _, v := range list {
		if t := v.tally(counts[v.ID], rolls[v.ID]); v.Public() && !v.Result.same(t) {
			v.Result = t
		}
		if err := yield(v); err != nil {
			return err
		}
	}
	return nil
}
