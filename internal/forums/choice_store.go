package forums

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const choiceColumns = `id, version, forum_id, session_id, registration_id, state, chosen_at`

func scanChoice(r db.Row) (c Choice, err error) {
	err = r.Scan(&c.ID, &c.Version, &c.ForumID, &c.SessionID, &c.RegistrationID, &c.State, &c.ChosenAt)
	return c, err
}

func saveChoice(ctx context.Context, tx *db.Tx, c Choice) error {
	if c.Version == 1 {
		_, err := tx.Exec(ctx, `INSERT INTO forum_choices (`+choiceColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7)`, c.ID, c.Version, c.ForumID, c.SessionID, c.RegistrationID, string(c.State), c.ChosenAt)
		return err
	}
	return tx.ExecOne(ctx, `UPDATE forum_choices SET state = $1, chosen_at = $2, version = $3 WHERE id = $4 AND version = $5`, string(c.State), c.ChosenAt, c.Version, c.ID, c.Version-1)
}

func choicesOf(ctx context.Context, tx *db.Tx, registration ref.ID) ([]Choice, error) {
	return db.All(ctx, tx, scanChoice, `SELECT `+choiceColumns+` FROM forum_choices WHERE registration_id = $1 ORDER BY id`, registration)
}

// choicesIn gives the choices of a session in a state, the first that came first.
func choicesIn(ctx context.Context, tx *db.Tx, session ref.ID, state ChoiceState) ([]Choice, error) {
	return db.All(ctx, tx, scanChoice, `SELECT `+choiceColumns+` FROM forum_choices WHERE session_id = $1 AND state = $2 ORDER BY chosen_at, id`, session, string(state))
}

func seatedIn(ctx context.Context, tx *db.Tx, session ref.ID) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM forum_choices WHERE session_id = $1 AND state = 'seated'`, session)
}
