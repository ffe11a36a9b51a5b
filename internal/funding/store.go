package funding

import (
	"context"
	"strconv"

	"birge/internal/panels"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// What is asked for in SQL stands in columns of its own beside the terms.
const callColumns = `id, number, funder_id, kind, programme_id, pot_id, place_id, opens_at, closes_at, terms,
	published_at, cancelled_at, cancel_reason, revision, norms_on, sample, created_at, version`

func scanCall(r db.Row) (c Call, err error) {
	var kind string
	var programme, pot, place ref.ID
	var opens, closes db.Time
	err = r.Scan(&c.ID, &c.Number, &c.FunderID, &kind, &programme, &pot, &place, &opens, &closes, db.AsJSON(&c.Terms),
		&c.PublishedAt, &c.CancelledAt, &c.CancelReason, &c.Revision, &c.NormsOn, &c.Sample, &c.CreatedAt, &c.Version)
	return c, err
}

func insertCall(ctx context.Context, tx *db.Tx, c Call) error {
	_, err := tx.Exec(ctx, `INSERT INTO calls (`+callColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18)`,
		c.ID, c.Number, c.FunderID, c.Kind, c.ProgrammeID, c.PotID, c.PlaceID, c.Opens(), c.Closes(), db.AsJSON(&c.Terms),
		c.PublishedAt, c.CancelledAt, c.CancelReason, c.Revision, c.NormsOn, c.Sample, c.CreatedAt, c.Version)
	if err != nil {
		return err
	}
	return keepTopics(ctx, tx, c)
}

// updateCall stores c, whose version is already the new one; it fails with a
// Conflict when the row changed since c was read.
func updateCall(ctx context.Context, tx *db.Tx, c Call) error {
	if err := tx.ExecOne(ctx, `UPDATE calls SET (kind, programme_id, pot_id, place_id, opens_at, closes_at, terms, published_at, cancelled_at,
		cancel_reason, revision, norms_on, version) = ($3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15) WHERE id = $1 AND version = $2`,
		c.ID, c.Version-1, c.Kind, c.ProgrammeID, c.PotID, c.PlaceID, c.Opens(), c.Closes(), db.AsJSON(&c.Terms), c.PublishedAt, c.CancelledAt,
		c.CancelReason, c.Revision, c.NormsOn, c.Version); err != nil {
		return err
	}
	return keepTopics(ctx, tx, c)
}

func callByID(ctx context.Context, tx *db.Tx, id ref.ID) (Call, error) {
	return db.One(ctx, tx, scanCall, `SELECT `+callColumns+` FROM calls WHERE id = $1`, id)
}

// publishedByIDs gives those of the calls that everybody may see.
func publishedByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Call, error) {
	return db.All(ctx, tx, scanCall, `SELECT `+callColumns+` FROM calls WHERE published_at IS NOT NULL AND id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// publishedAfter gives the next published calls by id.
func publishedAfter(ctx context.Context, tx *db.Tx, last ref.ID, limit int) ([]Call, error) {
	return db.All(ctx, tx, scanCall, `SELECT `+callColumns+` FROM calls WHERE published_at IS NOT NULL AND id > $1 ORDER BY id LIMIT $2`, int64(last), limit)
}

// latestCalls gives the published calls that close last.
func latestCalls(ctx context.Context, tx *db.Tx, limit int) ([]Call, error) {
	return db.All(ctx, tx, scanCall, `SELECT `+callColumns+` FROM calls WHERE published_at IS NOT NULL ORDER BY closes_at DESC, id DESC LIMIT $1`, limit)
}

const revisionColumns = `id, call_id, no, made_at, reason, late_reason, terms_before, terms_after, version`

func scanRevision(r db.Row) (v Revision, err error) {
	err = r.Scan(&v.ID, &v.CallID, &v.No, &v.At, &v.Reason, &v.LateReason, db.AsJSON(&v.Before), db.AsJSON(&v.After), &v.Version)
	return v, err
}

func insertRevision(ctx context.Context, tx *db.Tx, v Revision) error {
	_, err := tx.Exec(ctx, `INSERT INTO call_revisions (`+revisionColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		v.ID, v.CallID, v.No, v.At, v.Reason, v.LateReason, db.AsJSON(&v.Before), db.AsJSON(&v.After), v.Version)
	return err
}

// revisionsOf gives the revisions of a call, the latest first.
func revisionsOf(ctx context.Context, tx *db.Tx, call ref.ID) ([]Revision, error) {
	return db.All(ctx, tx, scanRevision, `SELECT `+revisionColumns+` FROM call_revisions WHERE call_id = $1 ORDER BY no DESC`, call)
}

// roundCounts tells by call and round how far the applications are.
func roundCounts(ctx context.Context, tx *db.Tx, calls []ref.ID) (map[ref.ID]RoundCounts, error) {
	type row struct {
		call  ref.ID
		round int
		state ApplicationState
		n     int
	}
	rows, err := db.All(ctx, tx, func(r db.Row) (x row, err error) {
		err = r.Scan(&x.call, &x.round, &x.state, &x.n)
		return x, err
	}, `SELECT call_id, round, state, count(*) FROM applications WHERE call_id IN `+db.In(1, len(calls))+` GROUP BY call_id, round, state`, db.Args(nil, calls)...)
	all := map[ref.ID]RoundCounts{}
	for _, x := range rows {
		if all[x.call] == nil {
			all[x.call] = RoundCounts{}
		}
		if x.state != Withdrawn {
			n := all[x.call][x.round]
			n.Applied += x.n
			if !x.state.Checked() {
				n.Unchecked += x.n
			}
			n.Open += x.n * b2i(!x.state.Checked() || x.state == Admitted)
			all[x.call][x.round] = n
		}
	}
	if err != nil {
		return nil, err
	}
	return all, judgedCounts(ctx, tx, calls, all)
}

// judgedCounts notes which rounds are judged and decided.
func judgedCounts(ctx context.Context, tx *db.Tx, calls []ref.ID, all map[ref.ID]RoundCounts) error {
	type round struct {
		id, call ref.ID
		no       int
		decided  bool
	}
	rows, err := db.All(ctx, tx, func(r db.Row) (x round, err error) {
		err = r.Scan(&x.id, &x.call, &x.no, &x.decided)
		return x, err
	}, `SELECT r.id, r.call_id, r.no, EXISTS (SELECT 1 FROM decisions d WHERE d.call_id = r.call_id AND d.round = r.no AND d.published_at IS NOT NULL AND d.kind = 'order')
		FROM call_rounds r WHERE r.call_id IN `+db.In(1, len(calls)), db.Args(nil, calls)...)
	if err != nil {
		return err
	}
	ids := make([]ref.ID, len(rows))
	for i, x := range rows {
		ids[i] = x.id
	}
	stages, err := panels.StagesOf(ctx, tx, KindRound, ids)
	if err != nil {
		return err
	}
	for _, x := range rows {
		if n, ok := all[x.call][x.no]; ok {
			stage := stages[x.id]
			n.Judged, n.Decided = stage == panels.Revealed || stage == panels.Decided, x.decided
			all[x.call][x.no] = n
		}
	}
	for _, counts := range all {
		for no, n := range counts {
			n.Decided = n.Decided || n.Open == 0 // all were refused
			counts[no] = n
		}
	}
	return nil
}

// callsClosingFrom gives the published calls that are not over before an instant.
func callsClosingFrom(ctx context.Context, tx *db.Tx, from db.Time) ([]Call, error) {
	return db.All(ctx, tx, scanCall, `SELECT `+callColumns+` FROM calls
		WHERE published_at IS NOT NULL AND cancelled_at IS NULL AND closes_at >= $1 ORDER BY closes_at, id`, from)
}

// callIDsOf gives the published calls of organizations.
func callIDsOf(ctx context.Context, tx *db.Tx, funders []ref.ID) ([]ref.ID, error) {
	return db.All(ctx, tx, db.Value[ref.ID], `SELECT id FROM calls WHERE published_at IS NOT NULL AND funder_id IN `+db.In(1, len(funders))+` ORDER BY id`, db.Args(nil, funders)...)
}

// mostCallDrafts is how many drafts are looked through for those of one actor.
const mostCallDrafts = 500

// draftCalls gives the latest calls that are not published.
func draftCalls(ctx context.Context, tx *db.Tx) ([]Call, error) {
	return db.All(ctx, tx, scanCall, `SELECT `+callColumns+` FROM calls WHERE published_at IS NULL ORDER BY id DESC LIMIT `+strconv.Itoa(mostCallDrafts))
}
