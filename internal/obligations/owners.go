package obligations

import (
	"context"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// ownersStep is how many obligations one query looks up.
const ownersStep = 500

// Among says which of the obligations with the ids the public list shows.
func (s *Service) Among(ctx context.Context, f Filter, ids []ref.ID) (shown []ref.ID, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		where, args := f.where(s.today(tx))
		for some := range slices.Chunk(ids, ownersStep) {
			list, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT id FROM obligations WHERE `+where+` AND id IN `+db.In(len(args)+1, len(some)),
				db.Args(slices.Clone(args), some)...)
			if err != nil {
				return err
			}
			shown = append(shown, list...)
		}
		return nil
	})
	return shown, err
}

// OwnerOf names a body by what it owes; nothing for one that owes nothing.
func (s *Service) OwnerOf(ctx context.Context, id ref.ID) (ref.Ref, error) {
	p, err := s.List(ctx, Filter{Owner: id}, 1, 0)
	if err != nil || id == 0 || len(p.Rows) == 0 {
		return ref.Ref{}, err
	}
	return p.Rows[0].Owner, nil
}

// Owners tells who owes each of some obligations, those that strangers may see.
func (s *Service) Owners(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]ref.ID, error) {
	type pair struct{ id, owner ref.ID }
	scan := func(r db.Row) (p pair, err error) {
		err = r.Scan(&p.id, &p.owner)
		return p, err
	}
	out := map[ref.ID]ref.ID{}
	for some := range slices.Chunk(ids, ownersStep) {
		err := db.Each(ctx, tx, scan, func(p pair) error {
			out[p.id] = p.owner
			return nil
		}, `SELECT id, owner_id FROM obligations WHERE public AND id IN `+db.In(1, len(some)), db.Args(nil, some)...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
