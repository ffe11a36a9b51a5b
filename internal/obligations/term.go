package obligations

import (
	"context"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// Term is until when something that still runs is owed.
type Term struct {
	Root, Thing ref.ID
	Kind        string
	Due         db.Date
}

// TermsOf gives what still runs on the pages of things of a kind, in the transaction
// of another room.
func (s *Service) TermsOf(ctx context.Context, tx *db.Tx, kind string, roots []ref.ID) (list []Term, err error) {
	for some := range slices.Chunk(roots, 500) {
		part, err := db.All(ctx, tx, scanTerm, `SELECT root_id, thing_id, kind, due FROM obligations WHERE outcome = '' AND root_kind = $1 AND root_id IN `+db.In(2, len(some)),
			db.Args([]any{kind}, some)...)
		if err != nil {
			return nil, err
		}
		list = append(list, part...)
	}
	return list, nil
}

// TermsAt gives what of a kind runs in places and is due before a day, the earliest
// first, in the transaction of another room. Without places it is asked everywhere.
func (s *Service) TermsAt(ctx context.Context, tx *db.Tx, kind string, places []ref.ID, before db.Date, limit int) ([]Term, error) {
	cond, args := "", []any{kind, before, limit}
	if len(places) > 0 {
		cond, args = " AND place_id IN "+db.In(4, len(places)), db.Args(args, places)
	}
	return db.All(ctx, tx, scanTerm, `SELECT root_id, thing_id, kind, due FROM obligations WHERE outcome = '' AND kind = $1 AND due < $2`+cond+` ORDER BY due, id LIMIT $3`, args...)
}

func scanTerm(r db.Row) (t Term, err error) {
	err = r.Scan(&t.Root, &t.Thing, &t.Kind, &t.Due)
	return t, err
}
