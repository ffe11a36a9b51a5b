package obligations

import (
	"context"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// FacetState is the place of the state in States, from 1; SortDue the order by
// the last day of the term.
const (
	FacetState = "state"
	SortDue    = "due"
)

// Overdue keeps what is late, with or without an answer.
func Overdue() search.Filter {
	return search.Filter{Facet: FacetState, Values: []int64{number(StateLate), number(StateSilent)}}
}

func number(s State) int64 { return int64(slices.Index(States, s) + 1) }

const docsBatch = 2000

// Docs hands over what the index counts: the public obligations that still run,
// of the given ones or of all when ids is nil.
func (s *Service) Docs(ctx context.Context, ids []ref.ID, yield func(search.Doc) error) error {
	var last ref.ID
	for more := true; more; {
		var list []Obligation
		var today db.Date
		if err := s.db.View(ctx, func(tx *db.Tx) (err error) {
			today = s.today(tx)
			if list, err = clocks(ctx, tx, ids, last, docsBatch); len(list) > 0 {
				last = list[len(list)-1].ID
			}
			return err
		}); err != nil {
			return err
		}
		more = ids == nil && len(list) == docsBatch
		for _, o := range list {
			if err := yield(search.Doc{Kind: Kind, ID: o.ID, Facets: map[string][]int64{FacetState: {number(o.State(today))}},
				Sorts: map[string]int64{SortDue: o.Due.In(s.zone).Unix()}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// clocks reads of public obligations that still run what their state follows
// from: of the given ones, or of the next ones by id.
func clocks(ctx context.Context, tx *db.Tx, ids []ref.ID, last ref.ID, limit int) ([]Obligation, error) {
	which, args := `id > $1 ORDER BY id LIMIT $2`, []any{int64(last), limit}
	if ids != nil {
		which, args = `id IN `+db.In(1, len(ids)), db.Args(nil, ids)
	}
	return db.All(ctx, tx, func(r db.Row) (o Obligation, err error) {
		err = r.Scan(&o.ID, &o.Due, &o.ExtendedOn, &o.RepliedOn, &o.Outcome, &o.OutcomeOn, &o.DisputedOn)
		return o, err
	}, `SELECT id, due, extended_on, replied_on, outcome, outcome_on, disputed_on FROM obligations
		WHERE public AND outcome = '' AND `+which, args...)
}

// Shown gives the public ones of the obligations with these ids, in their order.
func (s *Service) Shown(ctx context.Context, ids []ref.ID) (list []Obligation, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = db.All(ctx, tx, scan, `SELECT `+columns+` FROM obligations WHERE public AND id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
		return err
	})
	slices.SortFunc(list, func(a, b Obligation) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return list, err
}
