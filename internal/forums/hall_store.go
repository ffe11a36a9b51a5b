package forums

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

const linkColumns = `id, forum_id, session_id, registration_id, does, until`

func scanLink(r db.Row) (l HallLink, err error) {
	err = r.Scan(&l.ID, &l.ForumID, &l.SessionID, &l.RegistrationID, &l.Does, &l.Until)
	return l, err
}

func insertLink(ctx context.Context, tx *db.Tx, l HallLink, hash string) error {
	return tx.ExecOne(ctx, `INSERT INTO forum_hall_links (`+linkColumns+`, token_hash) VALUES ($1,$2,$3,$4,$5,$6,$7) ON CONFLICT DO NOTHING`,
		l.ID, l.ForumID, l.SessionID, l.RegistrationID, string(l.Does), l.Until, hash)
}

func linkByHash(ctx context.Context, tx *db.Tx, hash string) (HallLink, error) {
	return db.One(ctx, tx, scanLink, `SELECT `+linkColumns+` FROM forum_hall_links WHERE token_hash = $1`, hash)
}

func dropLink(ctx context.Context, tx *db.Tx, registration ref.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM forum_hall_links WHERE registration_id = $1`, registration)
	return err
}

func dropLinksOf(ctx context.Context, tx *db.Tx, forum ref.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM forum_hall_links WHERE forum_id = $1 AND registration_id IS NULL`, forum)
	return err
}

func personInHall(ctx context.Context, tx *db.Tx, registration ref.ID) (bool, error) {
	n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM forum_hall_links WHERE registration_id = $1`, registration)
	return n > 0, err
}

// peopleInHall counts who was let into the hall.
func peopleInHall(ctx context.Context, tx *db.Tx, forum ref.ID) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM forum_hall_links WHERE forum_id = $1 AND does = 'attends'`, forum)
}

func registrationByCode(ctx context.Context, tx *db.Tx, forum ref.ID, code string) (Registration, bool, error) {
	return db.Maybe(ctx, tx, scanRegistration, `SELECT `+registrationColumns+` FROM forum_registrations WHERE forum_id = $1 AND code = $2`, forum, code)
}

func registrationByID(ctx context.Context, tx *db.Tx, id ref.ID) (Registration, error) {
	return db.One(ctx, tx, scanRegistration, `SELECT `+registrationColumns+` FROM forum_registrations WHERE id = $1`, id)
}

const stageColumns = `id, version, forum_id, seconds, queue_shut, asking_shut, question_id, vote_id`

func scanStage(r db.Row) (x Stage, err error) {
	err = r.Scan(&x.ID, &x.Version, &x.ForumID, &x.Seconds, &x.QueueShut, &x.AskingShut, &x.QuestionID, &x.VoteID)
	return x, err
}

func stageByID(ctx context.Context, tx *db.Tx, id ref.ID) (Stage, bool, error) {
	return db.Maybe(ctx, tx, scanStage, `SELECT `+stageColumns+` FROM forum_stages WHERE id = $1`, id)
}

func stagesOf(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Stage, error) {
	return db.All(ctx, tx, scanStage, `SELECT `+stageColumns+` FROM forum_stages WHERE forum_id = $1 ORDER BY id`, forum)
}

// saveStage stores a stage under its version, which is already the new one.
func saveStage(ctx context.Context, tx *db.Tx, x Stage) error {
	if x.Version == 1 {
		return tx.ExecOne(ctx, `INSERT INTO forum_stages (`+stageColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8) ON CONFLICT DO NOTHING`,
			x.ID, x.Version, x.ForumID, x.Seconds, x.QueueShut, x.AskingShut, x.QuestionID, x.VoteID)
	}
	return tx.ExecOne(ctx, `UPDATE forum_stages SET seconds = $1, queue_shut = $2, asking_shut = $3, question_id = $4, vote_id = $5, version = $6 WHERE id = $7 AND version < $6`,
		x.Seconds, x.QueueShut, x.AskingShut, x.QuestionID, x.VoteID, x.Version, x.ID)
}

// putStage stores a stage as it came from elsewhere, over what is here.
func putStage(ctx context.Context, tx *db.Tx, x Stage) error {
	if _, err := tx.Exec(ctx, `DELETE FROM forum_stages WHERE id = $1`, x.ID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO forum_stages (`+stageColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		x.ID, x.Version, x.ForumID, x.Seconds, x.QueueShut, x.AskingShut, x.QuestionID, x.VoteID)
	return err
}

const wordColumns = `id, version, forum_id, session_id, who, state, seconds, asked_at, started_at, ended_at`

func scanWord(r db.Row) (x Word, err error) {
	err = r.Scan(&x.ID, &x.Version, &x.ForumID, &x.SessionID, &x.Who, &x.State, &x.Seconds, &x.AskedAt, &x.StartedAt, &x.EndedAt)
	return x, err
}

// insertWord tells false where the person waits or speaks already.
func insertWord(ctx context.Context, tx *db.Tx, x Word) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO forum_words (`+wordColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) ON CONFLICT DO NOTHING`,
		x.ID, x.Version, x.ForumID, x.SessionID, x.Who, string(x.State), x.Seconds, x.AskedAt, x.StartedAt, x.EndedAt)
	return n == 1, err
}

func updateWord(ctx context.Context, tx *db.Tx, x Word) error {
	err := tx.ExecOne(ctx, `UPDATE forum_words SET state = $1, seconds = $2, started_at = $3, ended_at = $4, version = $5 WHERE id = $6 AND version = $7`,
		string(x.State), x.Seconds, x.StartedAt, x.EndedAt, x.Version, x.ID, x.Version-1)
	if db.IsDuplicate(err) { // two were given the word at once
		return problem.New(problem.Conflict, "problem.changed_meanwhile")
	}
	return err
}

func wordByID(ctx context.Context, tx *db.Tx, id ref.ID) (Word, error) {
	return db.One(ctx, tx, scanWord, `SELECT `+wordColumns+` FROM forum_words WHERE id = $1`, id)
}

// wordsOf gives those who wait or speak, the first that asked first.
func wordsOf(ctx context.Context, tx *db.Tx, session ref.ID) ([]Word, error) {
	return db.All(ctx, tx, scanWord, `SELECT `+wordColumns+` FROM forum_words WHERE session_id = $1 AND state IN ('waiting', 'speaking') ORDER BY id`, session)
}

const questionColumns = `id, version, forum_id, session_id, who, named, state, into_id, asked_at, text, lang`

func scanQuestion(r db.Row) (x Question, err error) {
	err = r.Scan(&x.ID, &x.Version, &x.ForumID, &x.SessionID, &x.Who, &x.Named, &x.State, &x.IntoID, &x.AskedAt, &x.Text, &x.Lang)
	return x, err
}

func insertQuestion(ctx context.Context, tx *db.Tx, x Question) error {
	_, err := tx.Exec(ctx, `INSERT INTO forum_questions (`+questionColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		x.ID, x.Version, x.ForumID, x.SessionID, x.Who, x.Named, string(x.State), x.IntoID, x.AskedAt, x.Text, string(x.Lang))
	return err
}

func updateQuestion(ctx context.Context, tx *db.Tx, x Question) error {
	return tx.ExecOne(ctx, `UPDATE forum_questions SET state = $1, into_id = $2, version = $3 WHERE id = $4 AND version = $5`, string(x.State), x.IntoID, x.Version, x.ID, x.Version-1)
}

func questionByID(ctx context.Context, tx *db.Tx, id ref.ID) (Question, error) {
	return db.One(ctx, tx, scanQuestion, `SELECT `+questionColumns+` FROM forum_questions WHERE id = $1`, id)
}

func questionsOf(ctx context.Context, tx *db.Tx, session ref.ID) ([]Question, error) {
	return db.All(ctx, tx, scanQuestion, `SELECT `+questionColumns+` FROM forum_questions WHERE session_id = $1 ORDER BY id`, session)
}

func questionsOfPerson(ctx context.Context, tx *db.Tx, session, who ref.ID) ([]Question, error) {
	return db.All(ctx, tx, scanQuestion, `SELECT `+questionColumns+` FROM forum_questions WHERE session_id = $1 AND who = $2 ORDER BY id`, session, who)
}

const supportColumns = `id, version, forum_id, question_id, who`

func scanSupport(r db.Row) (x Support, err error) {
	err = r.Scan(&x.ID, &x.Version, &x.ForumID, &x.QuestionID, &x.Who)
	return x, err
}

// insertSupport tells false where the person supports the question already.
func insertSupport(ctx context.Context, tx *db.Tx, x Support) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO forum_supports (`+supportColumns+`) VALUES ($1,$2,$3,$4,$5) ON CONFLICT DO NOTHING`, x.ID, x.Version, x.ForumID, x.QuestionID, x.Who)
	return n == 1, err
}

func supportsOf(ctx context.Context, tx *db.Tx, session ref.ID) ([]Support, error) {
	return db.All(ctx, tx, scanSupport, `SELECT `+supportColumns+` FROM forum_supports WHERE question_id IN (SELECT id FROM forum_questions WHERE session_id = $1)`, session)
}

const voteColumns = `id, version, forum_id, session_id, manner, subject, choices, entitled, opened_at, closed_at, counted_at, result`

func scanVote(r db.Row) (v Vote, err error) {
	err = r.Scan(&v.ID, &v.Version, &v.ForumID, &v.SessionID, &v.Manner, &v.Subject, db.AsJSON(&v.Choices), &v.Entitled, &v.OpenedAt, &v.ClosedAt, &v.CountedAt, db.AsJSON(&v.Result))
	return v, err
}

func insertVote(ctx context.Context, tx *db.Tx, v Vote) error {
	_, err := tx.Exec(ctx, `INSERT INTO forum_votes (`+voteColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
		v.ID, v.Version, v.ForumID, v.SessionID, string(v.Manner), v.Subject, db.AsJSON(&v.Choices), v.Entitled, v.OpenedAt, v.ClosedAt, v.CountedAt, db.AsJSON(&v.Result))
	return err
}

func updateVote(ctx context.Context, tx *db.Tx, v Vote) error {
	return tx.ExecOne(ctx, `UPDATE forum_votes SET closed_at = $1, counted_at = $2, result = $3, version = $4 WHERE id = $5 AND version = $6`,
		v.ClosedAt, v.CountedAt, db.AsJSON(&v.Result), v.Version, v.ID, v.Version-1)
}

func voteByID(ctx context.Context, tx *db.Tx, id ref.ID) (Vote, error) {
	return db.One(ctx, tx, scanVote, `SELECT `+voteColumns+` FROM forum_votes WHERE id = $1`, id)
}

func votesOf(ctx context.Context, tx *db.Tx, session ref.ID) ([]Vote, error) {
	return db.All(ctx, tx, scanVote, `SELECT `+voteColumns+` FROM forum_votes WHERE session_id = $1 ORDER BY id`, session)
}

func votesOfForum(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Vote, error) {
	return db.All(ctx, tx, scanVote, `SELECT `+voteColumns+` FROM forum_votes WHERE forum_id = $1 ORDER BY id`, forum)
}

// mark puts a person or a mandate on the roll of a vote; false where it stands there.
func mark(ctx context.Context, tx *db.Tx, vote, who ref.ID) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO forum_marks (vote_id, who) VALUES ($1,$2) ON CONFLICT DO NOTHING`, vote, who)
	return n == 1, err
}

func marksOf(ctx context.Context, tx *db.Tx, vote ref.ID) ([]ref.ID, error) {
	return db.All(ctx, tx, db.Value[ref.ID], `SELECT who FROM forum_marks WHERE vote_id = $1 ORDER BY who`, vote)
}

func isMarked(ctx context.Context, tx *db.Tx, vote, who ref.ID) (bool, error) {
	n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM forum_marks WHERE vote_id = $1 AND who = $2`, vote, who)
	return n > 0, err
}

func marksCount(ctx context.Context, tx *db.Tx, vote ref.ID) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM forum_marks WHERE vote_id = $1`, vote)
}

const ballotColumns = `id, version, forum_id, vote_id, who, mandate_id, choice, cast_at`

func scanBallot(r db.Row) (x Ballot, err error) {
	err = r.Scan(&x.ID, &x.Version, &x.ForumID, &x.VoteID, &x.Who, &x.MandateID, &x.Choice, &x.CastAt)
	return x, err
}

func insertBallot(ctx context.Context, tx *db.Tx, x Ballot) error {
	_, err := tx.Exec(ctx, `INSERT INTO forum_ballots (`+ballotColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		x.ID, x.Version, x.ForumID, x.VoteID, x.Who, x.MandateID, x.Choice, x.CastAt)
	return err
}

func insertSecret(ctx context.Context, tx *db.Tx, vote ref.ID, choice int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO forum_secret_ballots (id, vote_id, choice) VALUES ($1,$2,$3)`, int64(chance()), vote, choice)
	return err
}

// secretBallot is a ballot of a secret vote.
type secretBallot struct {
	ID     ref.ID `json:"id"`
	Choice int64  `json:"choice"`
}

func scanSecret(r db.Row) (x secretBallot, err error) {
	err = r.Scan(&x.ID, &x.Choice)
	return x, err
}

func secretsOf(ctx context.Context, tx *db.Tx, vote ref.ID) ([]secretBallot, error) {
	return db.All(ctx, tx, scanSecret, `SELECT id, choice FROM forum_secret_ballots WHERE vote_id = $1 ORDER BY id`, vote)
}

// shuffle writes the roll and the ballots of a secret vote anew, each in an order of
// its own, so that the store keeps no trace of which came with which; or destroys the
// ballots.
func shuffle(ctx context.Context, tx *db.Tx, vote ref.ID, destroy bool) error {
	roll, err := marksOf(ctx, tx, vote)
	if err != nil {
		return err
	}
	ballots, err := secretsOf(ctx, tx, vote) // by their random ids
	if err != nil {
		return err
	}
	for _, table := range []string{"forum_marks", "forum_secret_ballots"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE vote_id = $1`, vote); err != nil {
			return err
		}
	}
	if destroy {
		ballots = nil
	}
	return insertRoll(ctx, tx, vote, roll, ballots)
}

func insertRoll(ctx context.Context, tx *db.Tx, vote ref.ID, roll []ref.ID, ballots []secretBallot) error {
	rows := make([][]any, len(roll))
	for i, who := range roll {
		rows[i] = []any{vote, who}
	}
	if err := db.InsertMany(ctx, tx, `INSERT INTO forum_marks (vote_id, who)`, rows); err != nil {
		return err
	}
	rows = make([][]any, len(ballots))
	for i, x := range ballots {
		rows[i] = []any{int64(x.ID), vote, x.Choice}
	}
	return db.InsertMany(ctx, tx, `INSERT INTO forum_secret_ballots (id, vote_id, choice)`, rows)
}

// counted is how many ballots of a vote have a choice.
type counted struct {
	vote      ref.ID
	choice, n int64
}

func scanCounted(r db.Row) (c counted, err error) {
	err = r.Scan(&c.vote, &c.choice, &c.n)
	return c, err
}

// countVote counts the ballots of a vote and the marks on its roll.
func countVote(ctx context.Context, tx *db.Tx, v Vote) (Tally, error) {
	all, err := db.All(ctx, tx, scanCounted, `SELECT vote_id, choice, count(*) FROM forum_ballots WHERE vote_id = $1 GROUP BY vote_id, choice
		UNION ALL SELECT vote_id, choice, count(*) FROM forum_secret_ballots WHERE vote_id = $1 GROUP BY vote_id, choice`, v.ID)
	if err != nil {
		return Tally{}, err
	}
	counts := map[int64]int64{}
	for _, c := range all {
		counts[c.choice] += c.n
	}
	marks, err := marksCount(ctx, tx, v.ID)
	return v.tally(counts, marks), err
}

const mandateColumns = `id, version, forum_id, of_whom, holder_id, passed_from, passed_at`

func scanMandate(r db.Row) (m Mandate, err error) {
	err = r.Scan(&m.ID, &m.Version, &m.ForumID, &m.Of, &m.HolderID, &m.PassedFrom, &m.PassedAt)
	return m, err
}

func insertMandate(ctx context.Context, tx *db.Tx, m Mandate) error {
	return tx.ExecOne(ctx, `INSERT INTO forum_mandates (`+mandateColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7) ON CONFLICT DO NOTHING`, m.ID, m.Version, m.ForumID, m.Of, m.HolderID, m.PassedFrom, m.PassedAt)
}

func updateMandate(ctx context.Context, tx *db.Tx, m Mandate) error {
	return tx.ExecOne(ctx, `UPDATE forum_mandates SET holder_id = $1, passed_from = $2, passed_at = $3, version = $4 WHERE id = $5 AND version < $4`,
		m.HolderID, m.PassedFrom, m.PassedAt, m.Version, m.ID)
}

func mandateByID(ctx context.Context, tx *db.Tx, id ref.ID) (Mandate, error) {
	return db.One(ctx, tx, scanMandate, `SELECT `+mandateColumns+` FROM forum_mandates WHERE id = $1`, id)
}

func mandatesIn(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Mandate, error) {
	return db.All(ctx, tx, scanMandate, `SELECT `+mandateColumns+` FROM forum_mandates WHERE forum_id = $1 ORDER BY id`, forum)
}

func mandatesOf(ctx context.Context, tx *db.Tx, holder ref.ID) ([]Mandate, error) {
	return db.All(ctx, tx, scanMandate, `SELECT `+mandateColumns+` FROM forum_mandates WHERE holder_id = $1 ORDER BY id`, holder)
}

func mandatesCount(ctx context.Context, tx *db.Tx, forum ref.ID) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM forum_mandates WHERE forum_id = $1`, forum)
}
