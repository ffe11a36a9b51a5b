package awards

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const roundColumns = `id, organizer_id, place_id, forum, terms, source, fact, held_on, norms_on, published_at, cancelled_at, cancel_reason,
	decided_at, sample, created_at, version`

func scanRound(r db.Row) (x Round, err error) {
	err = r.Scan(&x.ID, &x.OrganizerID, &x.PlaceID, db.AsJSON(&x.Forum), db.AsJSON(&x.Terms), db.AsJSON(&x.Source), &x.Fact, &x.HeldOn, &x.NormsOn,
		&x.PublishedAt, &x.CancelledAt, &x.CancelReason, &x.DecidedAt, &x.Sample, &x.CreatedAt, &x.Version)
	return x, err
}

func insertRound(ctx context.Context, tx *db.Tx, x Round) error {
	_, err := tx.Exec(ctx, `INSERT INTO award_rounds (`+roundColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)`,
		x.ID, x.OrganizerID, x.PlaceID, db.AsJSON(&x.Forum), db.AsJSON(&x.Terms), db.AsJSON(&x.Source), x.Fact, x.HeldOn, x.NormsOn,
		x.PublishedAt, x.CancelledAt, x.CancelReason, x.DecidedAt, x.Sample, x.CreatedAt, x.Version)
	return err
}

func roundByID(ctx context.Context, tx *db.Tx, id ref.ID) (Round, error) {
	return db.One(ctx, tx, scanRound, `SELECT `+roundColumns+` FROM award_rounds WHERE id = $1`, id)
}

// mostListed is how many rounds the list shows.
const mostListed = 200

// latestRounds gives the published rounds, those of this portal first, the latest
// first.
func latestRounds(ctx context.Context, tx *db.Tx) ([]Round, error) {
	return db.All(ctx, tx, scanRound, `SELECT `+roundColumns+` FROM award_rounds WHERE published_at IS NOT NULL
		ORDER BY CASE WHEN fact = '' THEN 0 ELSE 1 END, created_at DESC, id LIMIT $1`, mostListed)
}

func roundsByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Round, error) {
	return db.All(ctx, tx, scanRound, `SELECT `+roundColumns+` FROM award_rounds WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// publishedRounds gives the published rounds among some ids, or all when ids is nil.
func publishedRounds(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Round, error) {
	query, args := `SELECT `+roundColumns+` FROM award_rounds WHERE published_at IS NOT NULL`, []any(nil)
	if ids != nil {
		query, args = query+` AND id IN `+db.In(1, len(ids)), db.Args(nil, ids)
	}
	return db.All(ctx, tx, scanRound, query+` ORDER BY id`, args...)
}

// roundsOfForum gives the published rounds that are a part of a forum, in the order in
// which they were begun.
func roundsOfForum(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Round, error) {
	return db.All(ctx, tx, scanRound, `SELECT `+roundColumns+` FROM award_rounds WHERE published_at IS NOT NULL AND forum->>'id' = $1 ORDER BY id`, forum.String())
}

// laureatesOfRounds gives the laureates of some rounds, or all when rounds is nil.
func laureatesOfRounds(ctx context.Context, tx *db.Tx, rounds []ref.ID) ([]Laureate, error) {
	query, args := `SELECT `+laureateColumns+` FROM award_laureates`, []any(nil)
	if rounds != nil {
		query, args = query+` WHERE round_id IN `+db.In(1, len(rounds)), db.Args(nil, rounds)
	}
	return db.All(ctx, tx, scanLaureate, query+` ORDER BY round_id, nomination, id`, args...)
}

// factKnown tells that a round of a report is there.
func factKnown(ctx context.Context, tx *db.Tx, fact string) (bool, error) {
	_, ok, err := db.Maybe(ctx, tx, db.Value[ref.ID], `SELECT id FROM award_rounds WHERE fact = $1`, fact)
	return ok, err
}

const laureateColumns = `id, round_id, nomination, nominee_id, org_id, person, named, kind, sum, awarded_on, reason, revoked_at, revoke_reason, sample, version`

func scanLaureate(r db.Row) (x Laureate, err error) {
	err = r.Scan(&x.ID, &x.RoundID, &x.Nomination, &x.NomineeID, &x.OrgID, &x.Person, &x.Named, &x.Kind, &x.Sum, &x.AwardedOn, &x.Reason,
		&x.RevokedAt, &x.RevokeReason, &x.Sample, &x.Version)
	return x, err
}

func insertLaureate(ctx context.Context, tx *db.Tx, x Laureate) error {
	_, err := tx.Exec(ctx, `INSERT INTO award_laureates (`+laureateColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`,
		x.ID, x.RoundID, x.Nomination, x.NomineeID, x.OrgID, x.Person, x.Named, x.Kind, x.Sum, x.AwardedOn, x.Reason,
		x.RevokedAt, x.RevokeReason, x.Sample, x.Version)
	return err
}

func laureatesOf(ctx context.Context, tx *db.Tx, round ref.ID) ([]Laureate, error) {
	return db.All(ctx, tx, scanLaureate, `SELECT `+laureateColumns+` FROM award_laureates WHERE round_id = $1 ORDER BY nomination, id`, round)
}

// laureatesOfOrg gives the awards of an organization, the latest first.
func laureatesOfOrg(ctx context.Context, tx *db.Tx, org ref.ID) ([]Laureate, error) {
	return db.All(ctx, tx, scanLaureate, `SELECT `+laureateColumns+` FROM award_laureates WHERE org_id = $1 ORDER BY awarded_on DESC, id DESC`, org)
}

// counted is how many laureates rounds have.
func counted(ctx context.Context, tx *db.Tx, rounds []ref.ID) (map[ref.ID]int64, error) {
	type row struct {
		id ref.ID
		n  int64
	}
	list, err := db.All(ctx, tx, func(r db.Row) (x row, err error) {
		err = r.Scan(&x.id, &x.n)
		return x, err
	}, `SELECT round_id, count(*) FROM award_laureates WHERE revoked_at IS NULL AND round_id IN `+db.In(1, len(rounds))+` GROUP BY round_id`, db.Args(nil, rounds)...)
	out := map[ref.ID]int64{}
	for _, x := range list {
		out[x.id] = x.n
	}
	return out, err
}
