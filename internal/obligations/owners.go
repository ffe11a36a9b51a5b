package obligations

import (
	"context"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// ownersStep is how many obligations one query looks up.
const ownersStep = 500

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
