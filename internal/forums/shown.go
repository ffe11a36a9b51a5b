package forums

import (
	"context"

	"birge/internal/platform/db"
)

// ShownIn lists the sessions of a forum that everybody may see, by time: those of the
// newest release of the programme, or those that a report names.
func ShownIn(ctx context.Context, tx *db.Tx, f Forum) ([]Slot, error) {
	if f.Reported() {
		list, err := SessionsOf(ctx, tx, f.ID)
		return slots(list, nil, nil), err
	}
	list, err := releasesOf(ctx, tx, f.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0].Slots, nil
}
