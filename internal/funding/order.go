package funding

import (
	"cmp"
	"slices"

	"birge/internal/panels"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Placed is an application in the order that follows from the marks of experts.
type Placed struct {
	Applied
	panels.Standing
	// Work is its place in the works of the panel, from 0.
	Work int
}

// Cut is what bounds the winners: the money that is left, in tiyn, and the points
// of 100 below which nobody is funded.
type Cut struct {
	Sum       int64
	Threshold int
}

// passes tells that a work has marks enough to be funded.
func (c Cut) passes(s panels.Standing) bool {
	return s.Marks > 0 && s.Corrected >= float64(c.Threshold)
}

// down goes down an order and takes whom the money covers wholly. It stops at the
// first whom it does not: nobody jumps over another. Those who do not pass are
// passed over.
func (c Cut) down(order []int, passes func(i int) bool, asked func(i int) int64, take func(i int)) {
	left := c.Sum
	for _, i := range order {
		if !passes(i) {
			continue
		}
		if asked(i) > left {
			return
		}
		left -= asked(i)
		take(i)
	}
}

// Departure is what a decision says of an application otherwise than the order,
// with the reason.
type Departure struct {
	ApplicationID ref.ID           `json:"application_id"`
	Outcome       ApplicationState `json:"outcome"`
	Granted       int64            `json:"granted"` // tiyn; 0 unless it is funded
	Reason        i18n.Text        `json:"reason"`
}

// Line is what becomes of one application by a decision.
type Line struct {
	Placed
	// ByOrder is what would become of it without a departure.
	ByOrder ApplicationState
	Outcome ApplicationState
	Granted int64
	Reason  i18n.Text // of a departure
}

// Departs tells that the line differs from the order.
func (l Line) Departs() bool {
	return l.Outcome != l.ByOrder || l.Outcome == Funded && l.Granted != l.Asked
}

// propose says what becomes of the applications: those about whom a departure
// speaks as it says, of their money the others have less or more; the others down
// the order. Who passes without money is in reserve.
func propose(list []Placed, c Cut, departures []Departure) []Line {
	slices.SortStableFunc(list, func(a, b Placed) int {
		return cmp.Or(cmp.Compare(b2i(a.Marks == 0), b2i(b.Marks == 0)), cmp.Compare(a.Place, b.Place), cmp.Compare(a.Work, b.Work))
	})
	lines, order := make([]Line, len(list)), make([]int, len(list))
	for i, p := range list {
		lines[i], order[i] = Line{Placed: p, ByOrder: Declined}, i
		if c.passes(p.Standing) {
			lines[i].ByOrder = Reserve
		}
	}
	passes, asked := func(i int) bool { return lines[i].ByOrder != Declined }, func(i int) int64 { return lines[i].Asked }
	c.down(order, passes, asked, func(i int) { lines[i].ByOrder = Funded })
	for i := range lines {
		lines[i].Outcome = lines[i].ByOrder
	}
	said := map[ref.ID]Departure{}
	for _, d := range departures {
		said[d.ApplicationID] = d
	}
	if len(said) > 0 {
		depart(lines, c, said)
	}
	for i := range lines {
		if l := &lines[i]; l.Outcome == Funded && l.Granted == 0 {
			l.Granted = l.Asked
		}
	}
	return lines
}

// depart has departures take effect, and shares what money they leave down the
// order of the others.
func depart(lines []Line, c Cut, said map[ref.ID]Departure) {
	var others []int
	for i := range lines {
		l := &lines[i]
		if d, ok := said[l.ID]; ok {
			l.Outcome, l.Granted, l.Reason = d.Outcome, d.Granted, d.Reason
			if l.Outcome == Funded {
				c.Sum -= cmp.Or(l.Granted, l.Asked)
			}
			continue
		}
		others = append(others, i)
		if l.Outcome == Funded {
			l.Outcome = Reserve
		}
	}
	c.down(others, func(i int) bool { return lines[i].ByOrder != Declined }, func(i int) int64 { return lines[i].Asked }, func(i int) { lines[i].Outcome = Funded })
	for _, i := range others { // who rose or fell by the departures of others does not depart
		lines[i].ByOrder = lines[i].Outcome
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// granted adds up the money of lines.
func granted(lines []Line) (sum int64) {
	for _, l := range lines {
		sum += l.Granted
	}
	return sum
}

// bounds are what the money of one project keeps to: the terms of the call, and the
// limits of its kind in the year of the round.
type bounds struct {
	left     int64 // in the round
	min, max int64 // of one project; 0 is no bound
}

func boundsOf(t Terms, r Round, l Limits, left int64) bounds {
	b := bounds{left: left, min: t.MinSum, max: t.MaxSum}
	if s, ok := l.Sums[r.Year]; ok {
		b.min = max(b.min, s.From)
		if s.To > 0 && (b.max == 0 || s.To < b.max) {
			b.max = s.To
		}
	}
	return b
}

// check judges lines: money within what is left and within the bounds of one
// project, never more than was asked for; each departure with its reason. The names
// of fields are those of the form.
func (b bounds) check(lines []Line) (bad problem.Fields) {
	for _, l := range lines {
		id := "." + l.ID.String()
		bad.Reject(l.Outcome != Funded && l.Outcome != Reserve && l.Outcome != Declined, "outcome"+id, "form.unknown_choice")
		bad.Reject(l.Departs() && l.Reason.IsZero(), "reason"+id, "funding.decision.reason_missing", "number", l.Number)
		bad.Reject(l.Outcome != Funded && l.Granted != 0, "granted"+id, "funding.decision.money_without")
		if l.Outcome != Funded {
			continue
		}
		bad.Reject(l.Marks == 0, "outcome"+id, "funding.decision.not_judged", "number", l.Number)
		bad.Reject(l.Granted <= 0, "granted"+id, "funding.more_than_zero")
		bad.Reject(l.Granted > l.Asked, "granted"+id, "funding.decision.more_than_asked", "most", i18n.Tiyn(l.Asked))
		bad.Reject(l.Granted > 0 && l.Granted < b.min, "granted"+id, "funding.decision.too_little", "least", i18n.Tiyn(b.min))
		bad.Reject(b.max > 0 && l.Granted > b.max, "granted"+id, "funding.asked_too_much", "most", i18n.Tiyn(b.max))
	}
	sum := granted(lines)
	bad.Reject(sum > b.left, "sum", "funding.decision.over_round", "left", i18n.Tiyn(max(b.left, 0)), "over", i18n.Tiyn(sum-b.left))
	return bad
}
