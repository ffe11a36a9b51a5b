package panels

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// Docs hands over what the index knows of bodies: of the given ones, or of all when ids
// is nil. A body is found by its name, by whose it is, and by what it decides.
func (s *Service) Docs(ctx context.Context, ids []ref.ID, yield func(search.Doc) error) error {
	list, err := s.bodies(ctx, ids, ids == nil)
	if err != nil {
		return err
	}
	for _, b := range list {
		if err := yield(search.Doc{Kind: KindBody, ID: b.ID, Title: b.Name.Words(), Body: b.Owner.Title.Words() + "\n" + b.About.Words()}); err != nil {
			return err
		}
	}
	return nil
}

// BodiesByIDs gives bodies by their ids; those that are not there are left out.
func (s *Service) BodiesByIDs(ctx context.Context, ids []ref.ID) ([]Body, error) {
	return s.bodies(ctx, ids, false)
}

func (s *Service) bodies(ctx context.Context, ids []ref.ID, all bool) (list []Body, err error) {
	if !all && len(ids) == 0 {
		return nil, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		query, args := `SELECT `+bodyColumns+` FROM panel_bodies`, []any(nil)
		if !all {
			query, args = query+` WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)
		}
		list, err = db.All(ctx, tx, scanBody, query+` ORDER BY id`, args...)
		return err
	})
	return list, err
}
