package funding

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const windowColumns = `id, body_id, place_id, kind, year, about, spheres, opens, closes, review_days, norms_on, sample, version`

func scanWindow(r db.Row) (w Window, err error) {
	err = r.Scan(&w.ID, &w.BodyID, &w.PlaceID, &w.Kind, &w.Year, &w.About, db.AsJSON(&w.Spheres), &w.Opens, &w.Closes, &w.ReviewDays, &w.NormsOn, &w.Sample, &w.Version)
	return w, err
}

func insertWindow(ctx context.Context, tx *db.Tx, w Window) error {
	_, err := tx.Exec(ctx, `INSERT INTO topic_windows (`+windowColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
		w.ID, w.BodyID, w.PlaceID, w.Kind, w.Year, w.About, db.AsJSON(&w.Spheres), w.Opens, w.Closes, w.ReviewDays, w.NormsOn, w.Sample, w.Version)
	return err
}

func updateWindow(ctx context.Context, tx *db.Tx, w Window) error {
	return tx.ExecOne(ctx, `UPDATE topic_windows SET closes = $1, about = $2, spheres = $3, version = $4 WHERE id = $5 AND version = $6`,
		w.Closes, w.About, db.AsJSON(&w.Spheres), w.Version, w.ID, w.Version-1)
}

func windowByID(ctx context.Context, tx *db.Tx, id ref.ID) (Window, error) {
	return db.One(ctx, tx, scanWindow, `SELECT `+windowColumns+` FROM topic_windows WHERE id = $1`, id)
}

// windowsFrom gives the windows that are not over on a day, those that close
// soonest first.
func windowsFrom(ctx context.Context, tx *db.Tx, day db.Date) ([]Window, error) {
	return db.All(ctx, tx, scanWindow, `SELECT `+windowColumns+` FROM topic_windows WHERE closes >= $1 ORDER BY closes, id`, day)
}

const topicColumns = `id, number, window_id, body_id, kind, year, by_org, by_person, title, problem, evidence, target_groups, people, place_id, rural, sphere,
	result, indicators, years, sum, state, merged_into, reason, proposed_on, reviewed_on, approved_on, approved_sum, pot_id, norms_on, sample, version`

func scanTopic(r db.Row) (t Topic, err error) {
	err = r.Scan(&t.ID, &t.Number, &t.WindowID, &t.BodyID, &t.Kind, &t.Year, &t.ByOrg, &t.ByPerson, &t.Title, &t.Problem, &t.Evidence, db.AsJSON(&t.Groups), &t.People, &t.PlaceID, &t.Rural, &t.Sphere,
		&t.Result, db.AsJSON(&t.Indicators), &t.Years, &t.Sum, &t.State, &t.MergedInto, &t.Reason, &t.ProposedOn, &t.ReviewedOn, &t.ApprovedOn, &t.ApprovedSum, &t.PotID, &t.NormsOn, &t.Sample, &t.Version)
	return t, err
}

func insertTopic(ctx context.Context, tx *db.Tx, t Topic) error {
	_, err := tx.Exec(ctx, `INSERT INTO topics (`+topicColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31)`,
		t.ID, t.Number, t.WindowID, t.BodyID, t.Kind, t.Year, t.ByOrg, t.ByPerson, t.Title, t.Problem, t.Evidence, db.AsJSON(&t.Groups), t.People, t.PlaceID, t.Rural, t.Sphere,
		t.Result, db.AsJSON(&t.Indicators), t.Years, t.Sum, string(t.State), t.MergedInto, t.Reason, t.ProposedOn, t.ReviewedOn, t.ApprovedOn, t.ApprovedSum, t.PotID, t.NormsOn, t.Sample, t.Version)
	return err
}

// updateTopic stores t, whose version is already the new one; it fails with a
// Conflict when the row changed since t was read.
func updateTopic(ctx context.Context, tx *db.Tx, t Topic) error {
	return tx.ExecOne(ctx, `UPDATE topics SET title = $1, problem = $2, evidence = $3, target_groups = $4, people = $5, place_id = $6, rural = $7, sphere = $8,
		result = $9, indicators = $10, years = $11, sum = $12, state = $13, merged_into = $14, reason = $15, reviewed_on = $16, approved_on = $17,
		approved_sum = $18, pot_id = $19, version = $20 WHERE id = $21 AND version = $22`,
		t.Title, t.Problem, t.Evidence, db.AsJSON(&t.Groups), t.People, t.PlaceID, t.Rural, t.Sphere,
		t.Result, db.AsJSON(&t.Indicators), t.Years, t.Sum, string(t.State), t.MergedInto, t.Reason, t.ReviewedOn, t.ApprovedOn,
		t.ApprovedSum, t.PotID, t.Version, t.ID, t.Version-1)
}

func topicByID(ctx context.Context, tx *db.Tx, id ref.ID) (Topic, error) {
	return db.One(ctx, tx, scanTopic, `SELECT `+topicColumns+` FROM topics WHERE id = $1`, id)
}

func topicByNumber(ctx context.Context, tx *db.Tx, number string) (Topic, bool, error) {
	return db.Maybe(ctx, tx, scanTopic, `SELECT `+topicColumns+` FROM topics WHERE number = $1`, number)
}

func topicsByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Topic, error) {
	return db.All(ctx, tx, scanTopic, `SELECT `+topicColumns+` FROM topics WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// topicsAfter gives the next topics by id.
func topicsAfter(ctx context.Context, tx *db.Tx, last ref.ID, limit int) ([]Topic, error) {
	return db.All(ctx, tx, scanTopic, `SELECT `+topicColumns+` FROM topics WHERE id > $1 ORDER BY id LIMIT $2`, int64(last), limit)
}

func latestTopics(ctx context.Context, tx *db.Tx, limit int) ([]Topic, error) {
	return db.All(ctx, tx, scanTopic, `SELECT `+topicColumns+` FROM topics ORDER BY id DESC LIMIT $1`, limit)
}

func topicsMergedInto(ctx context.Context, tx *db.Tx, id ref.ID) ([]Topic, error) {
	return db.All(ctx, tx, scanTopic, `SELECT `+topicColumns+` FROM topics WHERE merged_into = $1 ORDER BY id`, id)
}

func topicsOfPot(ctx context.Context, tx *db.Tx, pot ref.ID) ([]Topic, error) {
	return db.All(ctx, tx, scanTopic, `SELECT `+topicColumns+` FROM topics WHERE pot_id = $1 ORDER BY id`, pot)
}

// topicsOfBody gives the topics of a body in a state, the longest waiting first.
func topicsOfBody(ctx context.Context, tx *db.Tx, body ref.ID, state TopicState, limit int) ([]Topic, error) {
	return db.All(ctx, tx, scanTopic, `SELECT `+topicColumns+` FROM topics WHERE body_id = $1 AND state = $2 ORDER BY id LIMIT $3`, body, string(state), limit)
}

// approvedTopicsOf gives the approved topics of a body, those of the latest budget
// first.
func approvedTopicsOf(ctx context.Context, tx *db.Tx, body ref.ID, limit int) ([]Topic, error) {
	return db.All(ctx, tx, scanTopic, `SELECT `+topicColumns+` FROM topics WHERE body_id = $1 AND state = 'approved' ORDER BY year DESC, id LIMIT $2`, body, limit)
}

// topicsProposedBy gives the topics of a person and of organizations, the latest
// first.
func topicsProposedBy(ctx context.Context, tx *db.Tx, person ref.ID, organizations []ref.ID, limit int) ([]Topic, error) {
	return db.All(ctx, tx, scanTopic, `SELECT `+topicColumns+` FROM topics WHERE by_person = $1 OR by_org IN `+db.In(3, len(organizations))+`
		ORDER BY id DESC LIMIT $2`, db.Args([]any{person, limit}, organizations)...)
}
