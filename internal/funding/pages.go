package funding

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// page is a thing of this room with a page of its own.
type page interface {
	Ref() ref.Ref
	Public() bool
}

// PagesIn names pages of the room by their ids, as they are called now, in the
// transaction of another room: those that everybody may see.
func PagesIn(ctx context.Context, tx *db.Tx, kind string, ids []ref.ID) (map[ref.ID]ref.Ref, error) {
	switch {
	case len(ids) == 0:
	case kind == KindTopic:
		return pagesOf(ctx, tx, scanTopic, `SELECT `+topicColumns+` FROM topics`, ids)
	case kind == KindCall:
		return pagesOf(ctx, tx, scanCall, `SELECT `+callColumns+` FROM calls`, ids)
	case kind == KindPot:
		return pagesOf(ctx, tx, scanPot, `SELECT `+potColumns+` FROM pots`, ids)
	case kind == KindForm:
		return pagesOf(ctx, tx, scanForm, `SELECT `+formColumns+` FROM funding_forms`, ids)
	}
	return nil, nil
}

func pagesOf[T page](ctx context.Context, tx *db.Tx, scan func(db.Row) (T, error), query string, ids []ref.ID) (map[ref.ID]ref.Ref, error) {
	list, err := db.All(ctx, tx, scan, query+` WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
	out := map[ref.ID]ref.Ref{}
	for _, thing := range list {
		if thing.Public() {
			out[thing.Ref().ID] = thing.Ref()
		}
	}
	return out, err
}
