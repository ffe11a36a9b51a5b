package funding

import (
	"context"
	"slices"
	"strconv"

	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// head is what the order of a round comes to for its money.
type head struct {
	Cut
	Within    int   // how many the money covers
	Granted   int64 // tiyn
	Districts int   // percent of it
	// Reached is the seat in the order as far as the money was shared out: who passes
	// before it and has none belongs to an organization that has won enough.
	Reached int
}

func headOf(ctx context.Context, tx *db.Tx, panel ref.ID) (head, error) {
	return db.One(ctx, tx, func(r db.Row) (h head, err error) {
		err = r.Scan(&h.Sum, &h.Threshold, &h.Wins, &h.Within, &h.Granted, &h.Districts, &h.Reached)
		return h, err
	}, `SELECT sum, threshold, wins, within, granted, districts, reached FROM round_orders WHERE panel_id = $1`, panel)
}

func keepHead(ctx context.Context, tx *db.Tx, panel ref.ID, h head) error {
	if _, err := tx.Exec(ctx, `DELETE FROM round_orders WHERE panel_id = $1`, panel); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO round_orders (panel_id, sum, threshold, wins, within, granted, districts, reached) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		panel, h.Sum, h.Threshold, h.Wins, h.Within, h.Granted, h.Districts, h.Reached)
	return err
}

// cutOf is what bounds the winners of a call when so much money is left.
func cutOf(c Call, left int64) Cut {
	return Cut{Sum: left, Threshold: c.Threshold, Wins: c.WinsPerOrg}
}

func byID(applied []Applied) map[ref.ID]Applied {
	out := make(map[ref.ID]Applied, len(applied))
	for _, a := range applied {
		out[a.ID] = a
	}
	return out
}

// cutting shares the money of a round out down the orders of its panel.
type cutting struct {
	Cut
	won     Won
	works   []Applied // by their place in the works of the panel
	passing []bool
	results panels.Results
}

// CutOrder says for the panel of a round whom its money covers, and keeps beside the
// order what that comes to.
func (s *Service) CutOrder(ctx context.Context, tx *db.Tx, r panels.Results) (cut panels.Cut, err error) {
	call, no, err := roundByID(ctx, tx, r.Panel.Subject.ID)
	if err != nil {
		return cut, err
	}
	c, err := callByID(ctx, tx, call)
	if err != nil {
		return cut, err
	}
	applied, err := appliedOf(ctx, tx, call, no)
	if err != nil {
		return cut, err
	}
	known := byID(applied)
	round, _ := c.Round(no)
	k := cutting{Cut: cutOf(c, round.Sum), works: make([]Applied, len(r.Works)), passing: make([]bool, len(r.Works)), results: r}
	if k.won, err = wonIn(ctx, tx, c, no); err != nil {
		return cut, err
	}
	for i, w := range r.Works {
		k.works[i], k.passing[i] = known[w.Thing], k.passes(w.Standing)
	}
	cut.Above = func(order []int, above []bool) { k.share(order, above) }
	cut.Keep = func(ctx context.Context, tx *db.Tx, above []bool) error {
		return keepHead(ctx, tx, r.Panel.ID, s.headFor(k, above))
	}
	return cut, nil
}

// share marks in above whom the money covers, and tells as far as which place of the
// order it was shared out.
func (k cutting) share(order []int, above []bool) (reached int) {
	won, at := k.won.copy(), 0
	k.down(order, func(i int) bool {
		at++
		return k.passing[i] && !k.full(won, k.works[i].OrgID)
	}, func(i int) int64 { return k.works[i].Asked }, func(i int) {
		above[i] = true
		won[k.works[i].OrgID]++
	})
	return at
}

func (s *Service) headFor(k cutting, above []bool) head {
	var lines []Line
	for i, in := range above {
		if in {
			lines = append(lines, Line{Placed: Placed{Applied: k.works[i]}, Outcome: Funded, Granted: k.works[i].Asked})
		}
	}
	h := s.head(k.Cut, lines)
	h.Reached = k.share(k.results.Ranking.Order(), make([]bool, len(above)))
	return h
}

// head adds lines up.
func (s *Service) head(c Cut, lines []Line) head {
	h := head{Cut: c, Granted: granted(lines), Districts: s.toDistricts(lines)}
	for _, l := range lines {
		h.Within += b2i(l.Outcome == Funded)
	}
	return h
}

// roundByID tells of which call, and the how manyeth of it, a round is.
func roundByID(ctx context.Context, tx *db.Tx, id ref.ID) (call ref.ID, no int, err error) {
	_, err = db.One(ctx, tx, func(r db.Row) (bool, error) { return true, r.Scan(&call, &no) }, `SELECT call_id, no FROM call_rounds WHERE id = $1`, id)
	return call, no, err
}

// recountRound has the order of a round counted anew, once its marks are open.
func (s *Service) recountRound(ctx context.Context, tx *db.Tx, c Call, no int) error {
	p, ok, err := s.panelOf(ctx, tx, c, no)
	if err != nil || !ok {
		return err
	}
	return s.Panels.Recount(ctx, tx, p.ID)
}

// recountChanged is recountRound for the rounds whose money changed.
func (s *Service) recountChanged(ctx context.Context, tx *db.Tx, before, c Call) error {
	for _, r := range c.Rounds {
		if old, ok := before.Round(r.No); !ok || old.Sum == r.Sum {
			continue
		}
		if err := s.recountRound(ctx, tx, c, r.No); err != nil {
			return err
		}
	}
	return nil
}

// recountOthers has the orders of the other rounds of a call counted anew, where what
// an organization has won in one bounds it in all.
func (s *Service) recountOthers(ctx context.Context, tx *db.Tx, c Call, no int) error {
	for _, r := range c.Rounds {
		if c.WinsPerOrg == 0 || r.No == no {
			continue
		}
		if err := s.recountRound(ctx, tx, c, r.No); err != nil {
			return err
		}
	}
	return nil
}

// placed gives applications their places in an order; those that no expert had are
// left out.
func placed(list []panels.Placed, applied []Applied, take func(ApplicationState) bool) []Placed {
	at := make(map[ref.ID]int, len(list))
	for i, x := range list {
		at[x.Thing] = i
	}
	out := make([]Placed, 0, len(list))
	for _, a := range applied {
		if !take(a.State) {
			continue
		}
		p := Placed{Applied: a, Work: len(list), Stays: -1}
		if i, ok := at[a.ID]; ok {
			p.Work, p.Standing, p.Stays = list[i].No, list[i].Standing, list[i].Stays
		}
		out = append(out, p)
	}
	return out
}

// Ranking is what the page of the order of a round tells.
type Ranking struct {
	Call  Call
	Round Round
	Panel panels.Panel
	// Order is how the order came about; while it is not current, firmness is being
	// counted.
	Order panels.Order
	Cut   Cut    // what the round has, or what was asked for instead
	Lines []Line // those of the page
	All   int    // how many there are
	// Within is how many the money covers, Granted what they ask for in tiyn, and
	// Districts which percent of it goes to districts.
	Within    int
	Granted   int64
	Districts int
	// Departures are where the decision that was put last departs from the order.
	Departures []Line
	// MayDecide tells that the reader is of the funder's side, and does not sit in the
	// commission.
	MayDecide bool
}

// RankingPart says which part of an order is asked for.
type RankingPart struct {
	From, N int // from which line on, from 1, and how many; 0 is all
	// What instead of the money and the threshold of the round asks what would be; how
	// firm the places are is not told then.
	What *Cut
}

// Ranking shows the order of a round without titles, once the marks are open, to who may read it.
func (s *Service) Ranking(ctx context.Context, by access.Actor, call ref.ID, round int, part RankingPart) (v Ranking, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		v = Ranking{}
		g, err := s.roundOf(ctx, tx, by, call, round)
		if v.MayDecide = err == nil; problem.Is(err, problem.NotFound) {
			g, err = s.roundOfMember(ctx, tx, by, call, round)
		}
		if err != nil {
			return err
		}
		v.Call, v.Round = g.call, g.round
		p, ok, err := s.panelOf(ctx, tx, g.call, round)
		if err != nil {
			return err
		}
		if !ok {
			return problem.New(problem.Conflict, "funding.panel.none")
		}
		v.Panel = p
		if v.Departures, err = departuresOf(ctx, tx, call, round); err != nil {
			return err
		}
		if part.What == nil {
			if ok, err := s.keptRanking(ctx, tx, &v, part); ok || err != nil {
				return err
			}
		}
		return s.rankAll(ctx, tx, &v, part)
	})
	return v, err
}

// roundOfMember loads a round for who sits in the commission of the funder that
// decides on it; for others there is nothing.
func (s *Service) roundOfMember(ctx context.Context, tx *db.Tx, by access.Actor, call ref.ID, no int) (g deciding, err error) {
	if g.call, err = callByID(ctx, tx, call); err != nil {
		return g, err
	}
	list, err := decisionsOf(ctx, tx, call, no)
	if err != nil {
		return g, err
	}
	var put []ref.ID
	for _, d := range list {
		if st := d.State(); st == DecisionPut || st == DecisionPublished {
			put = append(put, d.ID)
		}
	}
	decides, err := s.Panels.DecidesOn(ctx, tx, by, g.call.FunderID, KindDecision, put)
	if err == nil && !decides {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	if err != nil {
		return g, err
	}
	g.as = by
	g.round, _ = g.call.Round(no)
	return g, noneOfOwn(ctx, tx, by, call, no)
}

// OrderPath is where a reader finds the order on which a decision stands that lies
// before a commission; empty where there is nothing for them.
func (s *Service) OrderPath(ctx context.Context, by access.Actor, subject ref.Ref) (path string, err error) {
	if subject.Kind != KindDecision {
		return "", nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		d, err := decisionByID(ctx, tx, subject.ID)
		if err != nil {
			return err
		}
		if _, err = s.roundOf(ctx, tx, by, d.CallID, d.Round); problem.Is(err, problem.NotFound) {
			_, err = s.roundOfMember(ctx, tx, by, d.CallID, d.Round)
		}
		path = Call{ID: d.CallID}.Ref().Path + "/ranking?round=" + strconv.Itoa(d.Round)
		return err
	})
	if problem.Is(err, problem.NotFound) || problem.Is(err, problem.Forbidden) {
		return "", nil
	}
	return path, err
}

// departuresOf are the departures of the last decision of a round that was put.
func departuresOf(ctx context.Context, tx *db.Tx, call ref.ID, round int) (lines []Line, err error) {
	list, err := decisionsOf(ctx, tx, call, round)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(d Decision) bool { return d.State() != DecisionPut })
	if len(list) == 0 {
		return nil, nil
	}
	var ids []ref.ID
	for _, x := range list[len(list)-1].Departures {
		ids = append(ids, x.ApplicationID)
	}
	applied, err := appliedByIDs(ctx, tx, ids)
	for _, x := range list[len(list)-1].Departures {
		lines = append(lines, Line{Placed: Placed{Applied: applied[x.ApplicationID]}, Outcome: x.Outcome, Granted: x.Granted, Reason: x.Reason})
	}
	return lines, err
}

// keptRanking reads a part of an order as it was counted; ok is false while it is
// not current.
func (s *Service) keptRanking(ctx context.Context, tx *db.Tx, v *Ranking, part RankingPart) (ok bool, err error) {
	order, list, err := s.Panels.OrderIn(ctx, tx, v.Panel, part.From, part.N)
	if err != nil || !order.Current() {
		return false, err
	}
	h, err := headOf(ctx, tx, v.Panel.ID)
	if err != nil {
		return false, err
	}
	v.Order, v.All, v.Cut, v.Within, v.Granted, v.Districts = order, order.Works, h.Cut, h.Within, h.Granted, h.Districts
	applied, err := appliedIn(ctx, tx, *v, list, part.N == 0)
	if err != nil {
		return false, err
	}
	v.Lines = make([]Line, len(list))
	for i, x := range list {
		v.Lines[i] = h.line(Placed{Applied: applied[x.Thing], Standing: x.Standing, Work: x.No, Stays: x.Stays}, x)
	}
	return true, nil
}

// appliedIn gives the applications of some places of an order, or of all.
func appliedIn(ctx context.Context, tx *db.Tx, v Ranking, list []panels.Placed, all bool) (map[ref.ID]Applied, error) {
	if !all {
		ids := make([]ref.ID, len(list))
		for i, x := range list {
			ids[i] = x.Thing
		}
		return appliedByIDs(ctx, tx, ids)
	}
	applied, err := appliedOf(ctx, tx, v.Call.ID, v.Round.No)
	return byID(applied), err
}

// line is what becomes of one application in a kept order.
func (h head) line(p Placed, at panels.Placed) Line {
	l := Line{Placed: p, Outcome: Declined}
	switch {
	case at.Above:
		l.Outcome, l.Granted = Funded, p.Asked
	case h.passes(p.Standing):
		l.Outcome, l.Full = Reserve, h.Wins > 0 && at.Seat < h.Reached
	}
	l.ByOrder = l.Outcome
	return l
}

// rankAll counts the whole order without firmness, and keeps the lines of the page.
func (s *Service) rankAll(ctx context.Context, tx *db.Tx, v *Ranking, part RankingPart) error {
	applied, err := appliedOf(ctx, tx, v.Call.ID, v.Round.No)
	if err != nil {
		return err
	}
	var list []panels.Placed
	if v.Order, list, err = s.Panels.OrderIn(ctx, tx, v.Panel, 1, 0); err != nil {
		return err
	}
	won, err := wonIn(ctx, tx, v.Call, v.Round.No)
	if err != nil {
		return err
	}
	if v.Cut = cutOf(v.Call, v.Round.Sum); part.What != nil {
		v.Cut.Sum, v.Cut.Threshold = part.What.Sum, part.What.Threshold
	}
	judged := func(st ApplicationState) bool { return st != Refused && st != Withdrawn && st.Checked() }
	lines := propose(placed(list, applied, judged), v.Cut, won, nil)
	h := s.head(v.Cut, lines)
	v.All, v.Within, v.Granted, v.Districts = len(lines), h.Within, h.Granted, h.Districts
	from := min(max(part.From, 1)-1, len(lines))
	to := len(lines)
	if part.N > 0 {
		to = min(from+part.N, to)
	}
	v.Lines = slices.Clone(lines[from:to])
	for i := range v.Lines {
		v.Lines[i].Stays = -1
	}
	return nil
}

// NameLines gives lines the titles of their applications.
func (s *Service) NameLines(ctx context.Context, lines []Line) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		for part := range slices.Chunk(lines, 300) {
			ids := make([]ref.ID, len(part))
			for i, l := range part {
				ids[i] = l.ID
			}
			titles, err := titlesOf(ctx, tx, ids)
			if err != nil {
				return err
			}
			for i := range part {
				part[i].Title = titles[part[i].ID]
			}
		}
		return nil
	})
}

// counted has the order counted on which a decision is put, where the job has not
// come to it yet.
func (s *Service) counted(ctx context.Context, decision ref.ID) error {
	var d Decision
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		d, err = decisionByID(ctx, tx, decision)
		return err
	})
	if err != nil || d.Kind != OnOrder || d.State() != DecisionDraft {
		return err
	}
	return s.Panels.Count(ctx, d.PanelID)
}
