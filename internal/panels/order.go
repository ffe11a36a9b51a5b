package panels

import (
	"context"
	"encoding/hex"
	"math"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/jobs"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// OrderMethod names the way in which orders are counted, with the number of its
// version, so that anybody knows by which an order came about.
const OrderMethod = "work+expert/1"

// Order is the order of the works of a panel as it was counted from the marks that
// stand. A job counts it when the marks are opened, and again when a mark or a work
// falls out or when what is shared out changes. It follows from rows that the
// journal knows and has no entry of its own.
type Order struct {
	PanelID ref.ID
	// Asked counts how often the order was to be counted, Counted is up to which of
	// them it has been.
	Asked, Counted int64
	CountedAt      db.Time
	Method         string
	Seed           string
	// Tried is how many other panels were tried for the firmness; 0 where the marks
	// do not tell it, or where it is not counted yet.
	Tried int
	// Differ tells that experts differ by more than chance; Severity is by the number
	// of an expert how many points of 100 that expert gives above the others.
	Differ   bool
	Severity map[int]float64
	Works    int
}

// Current tells that the order rests on what stands now.
func (o Order) Current() bool { return o.Asked > 0 && o.Asked == o.Counted }

// Placed is where one work stands in an order.
type Placed struct {
	Seat  int    // in the order, from 1; who has no marks comes last
	Thing ref.ID // what is judged
	No    int    // of the work in the panel
	Standing
	From, To int // the places between which it stays in nine of ten panels; 0 when not known
	// Stays is in how many of 100 other panels it is above the cut; -1 when not known.
	Stays int
	Above bool // the cut
}

// Cut is what bounds those who win in an order.
type Cut struct {
	// Above marks which works of an order win, by their place in Results.Works.
	Above func(order []int, above []bool)
	// Keep stores what the room says beside the order, in its transaction.
	Keep func(ctx context.Context, tx *db.Tx, above []bool) error
}

// Cutter asks the room of a subject for the cut of its panel.
type Cutter func(ctx context.Context, tx *db.Tx, r Results) (Cut, error)

// countOrder is the job that counts the order of a panel.
type countOrder struct {
	Panel ref.ID `json:"panel"`
}

// JobKind names the job for ever.
func (countOrder) JobKind() string { return "panels.order" }

// Register names the jobs of the room.
func (s *Service) Register(r *jobs.Runner) {
	jobs.Handle(r, func(ctx context.Context, j countOrder) error { return s.Count(ctx, j.Panel) })
}

// Recount has the order of a panel counted anew after the transaction. Before the
// marks are open there is nothing to count, and the order on which a decision stands
// stays as it was.
func (s *Service) Recount(ctx context.Context, tx *db.Tx, panel ref.ID) error {
	p, err := panelByID(ctx, tx, panel)
	if err != nil || p.Stage() != Revealed {
		return err
	}
	if err := askOrder(ctx, tx, panel); err != nil {
		return err
	}
	return jobs.Enqueue(ctx, tx, countOrder{panel}, jobs.Unique(panel.String()))
}

// Count counts the order of a panel and keeps it, unless it is as it should be. What
// changes meanwhile is left to the next job.
func (s *Service) Count(ctx context.Context, panel ref.ID) error {
	var o Order
	var r Results
	var cut Cut
	if err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if o, err = orderOf(ctx, tx, panel); err != nil || o.Asked == o.Counted {
			return err
		}
		if r, err = s.Results(ctx, tx, panel); err != nil {
			return err
		}
		if f := s.Cuts[r.Panel.Subject.Kind]; f != nil {
			cut, err = f(ctx, tx, r)
		}
		return err
	}); err != nil || o.Asked == o.Counted {
		return err
	}
	firm, above := r.Firmness(cut.Above), make([]bool, len(r.Works))
	if cut.Above != nil {
		cut.Above(r.Ranking.Order(), above)
	}
	o.fill(r)
	if firm != nil {
		o.Tried = Panels
	}
	list := r.placed(firm, above)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		now, err := orderOf(ctx, tx, panel)
		if err != nil || now.Asked != o.Asked || now.Counted == o.Asked {
			return err
		}
		o.Counted, o.CountedAt = o.Asked, db.At(tx.Now())
		if err := keepOrder(ctx, tx, o, list); err != nil || cut.Keep == nil {
			return err
		}
		return cut.Keep(ctx, tx, above)
	})
}

func (o *Order) fill(r Results) {
	o.PanelID, o.Method, o.Seed, o.Works = r.Panel.ID, OrderMethod, r.Panel.Lot.Seed, 0
	o.Tried, o.Differ, o.Severity = 0, r.Ranking.Differ, map[int]float64{}
	for i, no := range r.Experts {
		o.Severity[no] = r.Ranking.Severity[i]
	}
	for _, w := range r.Works {
		if !w.Gone {
			o.Works++
		}
	}
}

// placed lists the works in their order; firm may be nil.
func (out Results) placed(firm []Firm, above []bool) (list []Placed) {
	add := func(i int) {
		w := out.Works[i]
		p := Placed{Seat: len(list) + 1, Thing: w.Thing, No: w.No, Standing: w.Standing, Stays: -1, Above: above[i]}
		if firm != nil && w.Marks > 0 {
			p.From, p.To, p.Stays = firm[i].From, firm[i].To, int(firm[i].Stays*100+0.5)
		}
		list = append(list, p)
	}
	for _, i := range out.Ranking.Order() {
		add(i)
	}
	for i, w := range out.Works {
		if w.Marks == 0 && !w.Gone {
			add(i)
		}
	}
	return list
}

// OrderOf tells how the order of a panel came about, without its works.
func (s *Service) OrderOf(ctx context.Context, tx *db.Tx, p Panel) (Order, error) {
	o, err := orderOf(ctx, tx, p.ID)
	if problem.Is(err, problem.NotFound) {
		err = nil
	}
	o.Seed = p.Lot.Seed
	return o, err
}

// OrderIn gives the order of a panel whose marks are open, and of its works so many
// from a seat on; none is all. While it is being counted anew it comes without
// firmness, straight from the marks, and no work is above a cut.
func (s *Service) OrderIn(ctx context.Context, tx *db.Tx, p Panel, from, n int) (o Order, list []Placed, err error) {
	if err := p.at(Revealed, Decided); err != nil {
		return o, nil, err
	}
	if o, err = s.OrderOf(ctx, tx, p); err != nil {
		return o, nil, err
	}
	if n <= 0 {
		n = math.MaxInt32
	}
	if o.Current() {
		list, err = placesOf(ctx, tx, p.ID, from, n)
		return o, list, err
	}
	r, err := s.Results(ctx, tx, p.ID)
	if err != nil {
		return o, nil, err
	}
	o = Order{Asked: o.Asked, Counted: o.Counted}
	o.fill(r)
	list = r.placed(nil, make([]bool, len(r.Works)))
	from = min(max(from, 1)-1, len(list))
	return o, slices.Clip(list[from:min(from+n, len(list))]), nil
}

// Result is where a work stands.
type Result struct {
	Thing ref.ID // what is judged
	No    int    // of the work in the panel
	// Gone tells that the work was withdrawn: it has no place.
	Gone bool
	Standing
}

// Results are the revealed marks of a panel: works in the order of their numbers.
type Results struct {
	Panel   Panel
	Works   []Result
	Ranking Ranking
	// Experts are the numbers of experts by their place in the ranking.
	Experts []int
}

// Results ranks the marks of a panel in the transaction of another room; before they
// are revealed there are none for anybody.
func (s *Service) Results(ctx context.Context, tx *db.Tx, panel ref.ID) (out Results, err error) {
	if out.Panel, err = panelByID(ctx, tx, panel); err != nil {
		return out, err
	}
	if err := out.Panel.at(Revealed, Decided); err != nil {
		return out, err
	}
	works, err := rankedWorks(ctx, tx, panel)
	if err != nil {
		return out, err
	}
	seats, err := seatsOf(ctx, tx, panel)
	if err != nil {
		return out, err
	}
	sheets, err := totalsOf(ctx, tx, panel)
	out.rank(works, seats, sheets)
	return out, err
}

func (out *Results) rank(works []rankedWork, seats []Seat, sheets []sheetTotal) {
	work, expert := make(map[ref.ID]int, len(works)), map[ref.ID]int{}
	gone := make([]bool, len(works))
	for i, w := range works {
		work[w.id], gone[i] = i, w.Gone
		out.Works = append(out.Works, w.Result)
	}
	for j, seat := range seats {
		expert[seat.ID] = j
		out.Experts = append(out.Experts, seat.No)
	}
	marks := make([]Mark, len(sheets))
	for i, x := range sheets {
		marks[i] = Mark{work[x.work], expert[x.seat], points(x.total)}
	}
	out.Ranking = Rank(marks, len(works), len(seats)).Without(gone)
	for i := range out.Works {
		out.Works[i].Standing = out.Ranking.Standings[i]
	}
}

// Firmness tells how firm the places are, by the seed of the panel's draw. cut marks
// in above which works of the order stay in, by their place in Works.
func (out Results) Firmness(cut func(order []int, above []bool)) []Firm {
	var seed [32]byte
	raw, _ := hex.DecodeString(out.Panel.Lot.Seed)
	copy(seed[:], raw)
	return out.Ranking.Firmness(seed, Panels, cut)
}

// fine is how many parts of a point are kept; what differs by less is equal.
const fine = 1e5

// stored is points as they are kept, and points what was kept.
func stored(points float64) int64 { return int64(math.Round(points * fine)) }

func points(stored int64) float64 { return float64(stored) / fine }
