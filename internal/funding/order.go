package funding

import (
	"cmp"
	"maps"
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
	Work int // its number in the panel
	// Stays is in how many of 100 other panels it would be funded; -1 where nobody can
	// tell.
	Stays int
}

// Cut is what bounds the winners: the money that is left, in tiyn, the points of
// 100 below which nobody is funded, and how many applications of one organization
// may be; 0 is no bound.
type Cut struct {
	Sum       int64
	Threshold int
	Wins      int
}

// Won counts by organization what it has won of a call.
type Won map[ref.ID]int

func (w Won) copy() Won {
	out := Won{}
	maps.Copy(out, w)
	return out
}

// full tells that an organization has won as many as it may.
func (c Cut) full(won Won, org ref.ID) bool { return c.Wins > 0 && won[org] >= c.Wins }

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
	// Full tells that it passes, but its organization has won as many as it may.
	Full bool
}

// Departs tells that the line differs from the order.
func (l Line) Departs() bool {
	return l.Outcome != l.ByOrder || l.Outcome == Funded && l.Granted != l.Asked
}

// propose says what becomes of the applications: those about whom a departure
// speaks as it says, of their money the others have less or more; the others down
// the order. Who passes without money is in reserve, and so is who belongs to an
// organization that has won as many as it may; won is what they won before.
func propose(list []Placed, c Cut, won Won, departures []Departure) []Line {
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
	c.win(lines, order, won, func(l *Line) { l.ByOrder = Funded })
	for i := range lines {
		lines[i].Outcome = lines[i].ByOrder
	}
	said := map[ref.ID]Departure{}
	for _, d := range departures {
		said[d.ApplicationID] = d
	}
	if len(said) > 0 {
		depart(lines, c, won, said)
	}
	for i := range lines {
		if l := &lines[i]; l.Outcome == Funded && l.Granted == 0 {
			l.Granted = l.Asked
		}
	}
	return lines
}

// win goes down an order of lines and takes whom the money covers and whose
// organization may still win.
func (c Cut) win(lines []Line, order []int, won Won, take func(*Line)) {
	won = won.copy()
	c.down(order, func(i int) bool {
		lines[i].Full = lines[i].ByOrder != Declined && c.full(won, lines[i].OrgID)
		return lines[i].ByOrder != Declined && !lines[i].Full
	}, func(i int) int64 { return lines[i].Asked }, func(i int) {
		won[lines[i].OrgID]++
		take(&lines[i])
	})
}

// depart has departures take effect, and shares what money they leave down the
// order of the others.
func depart(lines []Line, c Cut, won Won, said map[ref.ID]Departure) {
	var others []int
	won = won.copy()
	for i := range lines {
		l := &lines[i]
		if d, ok := said[l.ID]; ok {
			l.Outcome, l.Granted, l.Reason, l.Full = d.Outcome, d.Granted, d.Reason, false
			if l.Outcome == Funded {
				c.Sum -= cmp.Or(l.Granted, l.Asked)
				won[l.OrgID]++
			}
			continue
		}
		others = append(others, i)
		if l.Outcome == Funded {
			l.Outcome = Reserve
		}
	}
	c.win(lines, others, won, func(l *Line) { l.Outcome = Funded })
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
	wins     Cut   // how many one organization may win
	won      Won   // what they won before
}

func boundsOf(t Terms, r Round, l Limits, left int64, won Won) bounds {
	b := bounds{left: left, min: t.MinSum, max: t.MaxSum, wins: Cut{Wins: t.WinsPerOrg}, won: won}
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
	won := b.won.copy()
	for _, l := range lines {
		id := "." + l.ID.String()
		bad.Reject(l.Outcome != Funded && l.Outcome != Reserve && l.Outcome != Declined, "outcome"+id, "form.unknown_choice")
		bad.Reject(l.Departs() && l.Reason.IsZero(), "reason"+id, "funding.decision.reason_missing", "number", l.Number)
		bad.Reject(l.Outcome != Funded && l.Granted != 0, "granted"+id, "funding.decision.money_without")
		if l.Outcome != Funded {
			continue
		}
		bad.Reject(b.wins.full(won, l.OrgID), "outcome"+id, "funding.decision.won_enough", "number", l.Number, "most", b.wins.Wins)
		won[l.OrgID]++
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
