package funding

import (
	"context"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

const decisionColumns = `id, call_id, round, no, kind, panel_id, appeal_id, departures, note, put_at, granted, funded, published_at, dropped_at, sample, created_at, version`

func scanDecision(r db.Row) (d Decision, err error) {
	err = r.Scan(&d.ID, &d.CallID, &d.Round, &d.No, &d.Kind, &d.PanelID, &d.AppealID, db.AsJSON(&d.Departures), &d.Note, &d.PutAt, &d.Sum, &d.Funded,
		&d.PublishedAt, &d.DroppedAt, &d.Sample, &d.CreatedAt, &d.Version)
	return d, err
}

func insertDecision(ctx context.Context, tx *db.Tx, d Decision) error {
	_, err := tx.Exec(ctx, `INSERT INTO decisions (`+decisionColumns+`) VALUES (`+slots(17)+`)`, d.ID, d.CallID, d.Round, d.No, string(d.Kind), d.PanelID, d.AppealID,
		db.AsJSON(&d.Departures), d.Note, d.PutAt, d.Sum, d.Funded, d.PublishedAt, d.DroppedAt, d.Sample, d.CreatedAt, d.Version)
	if db.IsDuplicate(err) {
		err = problem.New(problem.Conflict, "funding.decision.one_at_a_time")
	}
	return err
}

// updateDecision stores d, whose version is already the new one.
func updateDecision(ctx context.Context, tx *db.Tx, d Decision) error {
	return tx.ExecOne(ctx, `UPDATE decisions SET departures = $3, note = $4, put_at = $5, granted = $6, funded = $7, published_at = $8, dropped_at = $9, version = $10
		WHERE id = $1 AND version = $2`, d.ID, d.Version-1, db.AsJSON(&d.Departures), d.Note, d.PutAt, d.Sum, d.Funded, d.PublishedAt, d.DroppedAt, d.Version)
}

func decisionByID(ctx context.Context, tx *db.Tx, id ref.ID) (Decision, error) {
	return db.One(ctx, tx, scanDecision, `SELECT `+decisionColumns+` FROM decisions WHERE id = $1`, id)
}

// decisionsOf gives the decisions of a round, the first one first.
func decisionsOf(ctx context.Context, tx *db.Tx, call ref.ID, round int) ([]Decision, error) {
	return db.All(ctx, tx, scanDecision, `SELECT `+decisionColumns+` FROM decisions WHERE call_id = $1 AND round = $2 ORDER BY no`, call, round)
}

const rulingColumns = `id, decision_id, call_id, application_id, outcome, granted, place, raw_place, points, raw_points, marks, stays, departs, reason, version`

func scanRuling(r db.Row) (v Ruling, err error) {
	err = r.Scan(&v.ID, &v.DecisionID, &v.CallID, &v.ApplicationID, &v.Outcome, &v.Granted, &v.Place, &v.RawPlace, &v.Points, &v.RawPoints, &v.Marks, &v.Stays,
		&v.Departs, &v.Reason, &v.Version)
	return v, err
}

func insertRulings(ctx context.Context, tx *db.Tx, list []Ruling) error {
	rows := make([][]any, len(list))
	for i, v := range list {
		rows[i] = []any{v.ID, v.DecisionID, v.CallID, v.ApplicationID, string(v.Outcome), v.Granted, v.Place, v.RawPlace, v.Points, v.RawPoints, v.Marks, v.Stays,
			v.Departs, v.Reason, v.Version}
	}
	return db.InsertMany(ctx, tx, `INSERT INTO rulings (`+rulingColumns+`)`, rows)
}

func updateRuling(ctx context.Context, tx *db.Tx, v Ruling) error {
	return tx.ExecOne(ctx, `UPDATE rulings SET outcome = $3, granted = $4, reason = $5, version = $6 WHERE id = $1 AND version = $2`,
		v.ID, v.Version-1, string(v.Outcome), v.Granted, v.Reason, v.Version)
}

func dropRulings(ctx context.Context, tx *db.Tx, decision ref.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM rulings WHERE decision_id = $1`, decision)
	return err
}

// rulingsOf gives what a decision says, by place, those without marks last.
func rulingsOf(ctx context.Context, tx *db.Tx, decision ref.ID) ([]Ruling, error) {
	return db.All(ctx, tx, scanRuling, `SELECT `+rulingColumns+` FROM rulings WHERE decision_id = $1 ORDER BY place = 0, place, id`, decision)
}

// standingRulings gives for each application of a round what the last published
// decision about it says.
func standingRulings(ctx context.Context, tx *db.Tx, call ref.ID, round int) (map[ref.ID]Ruling, error) {
	out := map[ref.ID]Ruling{}
	err := db.Each(ctx, tx, scanRuling, func(v Ruling) error {
		out[v.ApplicationID] = v
		return nil
	}, `SELECT `+rulingColumns+` FROM rulings WHERE decision_id IN (SELECT id FROM decisions WHERE call_id = $1 AND round = $2 AND published_at IS NOT NULL) ORDER BY id`, call, round)
	return out, err
}

// rulingOn gives what the last published decision about an application says.
func rulingOn(ctx context.Context, tx *db.Tx, application ref.ID) (Ruling, bool, error) {
	return db.Maybe(ctx, tx, scanRuling, `SELECT `+rulingColumns+` FROM rulings WHERE application_id = $1
		AND decision_id IN (SELECT id FROM decisions WHERE published_at IS NOT NULL) ORDER BY id DESC LIMIT 1`, application)
}

// Applied is an application without its text.
type Applied struct {
	ID      ref.ID
	Number  string
	OrgID   ref.ID
	Title   i18n.Text
	PlaceID ref.ID
	Sphere  string
	Asked   int64 // tiyn
	Granted int64
	State   ApplicationState
}

const appliedColumns = `id, number, org_id, place_id, sphere, asked, granted, state`

func scanApplied(r db.Row) (a Applied, err error) {
	err = r.Scan(&a.ID, &a.Number, &a.OrgID, &a.PlaceID, &a.Sphere, &a.Asked, &a.Granted, &a.State)
	return a, err
}

// appliedOf gives the applications of a round in the order in which they came.
func appliedOf(ctx context.Context, tx *db.Tx, call ref.ID, round int) ([]Applied, error) {
	return db.All(ctx, tx, scanApplied, `SELECT `+appliedColumns+` FROM applications WHERE call_id = $1 AND round = $2 ORDER BY id`, call, round)
}

func appliedByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]Applied, error) {
	out := make(map[ref.ID]Applied, len(ids))
	for part := range slices.Chunk(ids, 300) {
		if err := db.Each(ctx, tx, scanApplied, func(a Applied) error {
			out[a.ID] = a
			return nil
		}, `SELECT `+appliedColumns+` FROM applications WHERE id IN `+db.In(1, len(part)), db.Args(nil, part)...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// boundInRound is the money that a round has given and that is not free again, in tiyn.
func boundInRound(ctx context.Context, tx *db.Tx, call ref.ID, round int) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `SELECT COALESCE(SUM(granted), 0) FROM applications WHERE call_id = $1 AND round = $2 AND state = 'funded'`, call, round)
}

// givenByRounds is that money by round of a call.
func givenByRounds(ctx context.Context, tx *db.Tx, call ref.ID) (map[int]int64, error) {
	type given struct {
		round int
		sum   int64
	}
	out := map[int]int64{}
	return out, db.Each(ctx, tx, func(r db.Row) (g given, err error) {
		err = r.Scan(&g.round, &g.sum)
		return g, err
	}, func(g given) error {
		out[g.round] = g.sum
		return nil
	}, `SELECT round, SUM(granted) FROM applications WHERE call_id = $1 AND state = 'funded' GROUP BY round`, call)
}
