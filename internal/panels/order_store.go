package panels

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// rankedWork is a work of a panel without its text.
type rankedWork struct {
	id ref.ID
	Result
}

func rankedWorks(ctx context.Context, tx *db.Tx, panel ref.ID) ([]rankedWork, error) {
	return db.All(ctx, tx, func(r db.Row) (w rankedWork, err error) {
		err = r.Scan(&w.id, &w.Thing, &w.No, &w.Gone)
		return w, err
	}, `SELECT id, ref_id, no, withdrawn_at IS NOT NULL FROM panel_works WHERE panel_id = $1 ORDER BY no`, panel)
}

// sheetTotal is what a sheet that stands gives its work.
type sheetTotal struct {
	work, seat ref.ID
	total      int64
}

func totalsOf(ctx context.Context, tx *db.Tx, panel ref.ID) ([]sheetTotal, error) {
	return db.All(ctx, tx, func(r db.Row) (x sheetTotal, err error) {
		err = r.Scan(&x.work, &x.seat, &x.total)
		return x, err
	}, `SELECT work_id, seat_id, total FROM panel_assignments WHERE panel_id = $1 AND submitted_at IS NOT NULL AND left_at IS NULL ORDER BY work_id, id`, panel)
}

// askOrder notes that the order of a panel is to be counted once more.
func askOrder(ctx context.Context, tx *db.Tx, panel ref.ID) error {
	_, err := tx.Exec(ctx, `INSERT INTO panel_orders (panel_id, asked, counted, method, seed, tried, differ, severity, works) VALUES ($1,1,0,'','',0,FALSE,'{}',0)
		ON CONFLICT (panel_id) DO UPDATE SET asked = panel_orders.asked + 1`, panel)
	return err
}

func orderOf(ctx context.Context, tx *db.Tx, panel ref.ID) (Order, error) {
	return db.One(ctx, tx, func(r db.Row) (o Order, err error) {
		err = r.Scan(&o.PanelID, &o.Asked, &o.Counted, &o.CountedAt, &o.Method, &o.Seed, &o.Tried, &o.Differ, db.AsJSON(&o.Severity), &o.Works)
		return o, err
	}, `SELECT panel_id, asked, counted, counted_at, method, seed, tried, differ, severity, works FROM panel_orders WHERE panel_id = $1`, panel)
}

const placedColumns = `seat, thing_id, no, marks, raw, corrected, raw_place, place, from_place, to_place, stays, above`

// keepOrder writes an order in the place of the one before.
func keepOrder(ctx context.Context, tx *db.Tx, o Order, list []Placed) error {
	if err := tx.ExecOne(ctx, `UPDATE panel_orders SET counted = $2, counted_at = $3, method = $4, seed = $5, tried = $6, differ = $7, severity = $8, works = $9 WHERE panel_id = $1`,
		o.PanelID, o.Counted, o.CountedAt, o.Method, o.Seed, o.Tried, o.Differ, db.AsJSON(&o.Severity), o.Works); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM panel_places WHERE panel_id = $1`, o.PanelID); err != nil {
		return err
	}
	rows := make([][]any, len(list))
	for i, p := range list {
		rows[i] = []any{o.PanelID, p.Seat, p.Thing, p.No, p.Marks, stored(p.Raw), stored(p.Corrected), p.RawPlace, p.Place, p.From, p.To, p.Stays, p.Above}
	}
	return db.InsertMany(ctx, tx, `INSERT INTO panel_places (panel_id, `+placedColumns+`)`, rows)
}

// placesOf gives so many places of a kept order from a seat on.
func placesOf(ctx context.Context, tx *db.Tx, panel ref.ID, from, n int) ([]Placed, error) {
	return db.All(ctx, tx, func(r db.Row) (p Placed, err error) {
		var raw, corrected int64
		err = r.Scan(&p.Seat, &p.Thing, &p.No, &p.Marks, &raw, &corrected, &p.RawPlace, &p.Place, &p.From, &p.To, &p.Stays, &p.Above)
		p.Raw, p.Corrected = points(raw), points(corrected)
		return p, err
	}, `SELECT `+placedColumns+` FROM panel_places WHERE panel_id = $1 AND seat >= $2 ORDER BY seat LIMIT $3`, panel, from, n)
}

// titlesOf names works of a panel by what is judged.
func titlesOf(ctx context.Context, tx *db.Tx, panel ref.ID, things []ref.ID) (map[ref.ID]ref.Ref, error) {
	out := make(map[ref.ID]ref.Ref, len(things))
	return out, db.Each(ctx, tx, func(r db.Row) (x ref.Ref, err error) {
		err = r.Scan(db.AsJSON(&x))
		return x, err
	}, func(x ref.Ref) error {
		out[x.ID] = x
		return nil
	}, `SELECT ref FROM panel_works WHERE panel_id = $1 AND ref_id IN `+db.In(2, len(things)), db.Args([]any{panel}, things)...)
}
