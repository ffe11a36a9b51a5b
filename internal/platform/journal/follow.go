package journal

import (
	"context"
	"fmt"

	"birge/internal/platform/db"
)

const followSize = 500

// Follow hands every sealed entry after the place from to f, in the order of the
// chain and without gaps, until ctx ends or f fails. Entries come without their
// bodies. It sees at once what this process seals, and soon what others seal.
func Follow(ctx context.Context, d *db.DB, from int64, f func([]Entry) error) error {
	woken, stop := d.Wake()
	defer stop()
	for {
		batch, err := sealedAfter(ctx, d, from)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		if len(batch) == 0 {
			wait(ctx, woken, false)
			continue
		}
		if batch[0].Seq != from+1 {
			return fmt.Errorf("journal: place %d is missing from the chain", from+1)
		}
		if err := f(batch); err != nil {
			return err
		}
		from = batch[len(batch)-1].Seq
	}
}

func sealedAfter(ctx context.Context, d *db.DB, from int64) (batch []Entry, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		batch, err = db.All(ctx, tx, scanSealed, `SELECT `+entryColumns+`, c.seq FROM journal_chain c
			JOIN journal_entries e ON e.id = c.entry_id WHERE c.seq > $1 ORDER BY c.seq LIMIT $2`, from, followSize)
		return err
	})
	return batch, err
}

func scanSealed(r db.Row) (e Entry, err error) {
	err = r.Scan(append(e.columns(), &e.Seq)...)
	return e, err
}
