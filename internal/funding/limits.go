package funding

import (
	"strconv"

	"birge/internal/norms"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/projects"
)

// Limits are what the norms of a day demand of a call of a kind of funding. Zero
// is no bound; funders that write their own terms have none.
type Limits struct {
	MinMonths, MaxMonths int
	// MinDays and MaxDays bound the window of a round.
	MinDays, MaxDays int
	// Experts is how many judge each application at least.
	Experts int
	// Sums bounds one application by the budget year of a round, in tiyn.
	Sums map[int]Span
	// Unknown are the years of rounds whose calculation index nobody knows yet.
	Unknown []int
}

// Span is a range; To of 0 is open upwards.
type Span struct{ From, To int64 }

// limitsOf reads the norms that hold on a day for a call. Those of sums and months
// of state grants are in article 6-1 of the law of 12 April 2005 No. 36-III.
func limitsOf(book *norms.Book, t Terms, on db.Date) Limits {
	var l Limits
	if !ByLaw(t.Kind) {
		return l
	}
	span := func(key string) Span {
		n, _ := book.Norm(key, on)
		return Span{n.Value.N, n.Value.To}
	}
	window, months := span("call.window"), span("project.years")
	months.From, months.To = 0, months.To*12
	if t.Kind == projects.StateGrant {
		window, months = span("grant.applications"), span("grant."+string(t.Length)+".months")
		l.sums(book, t, span("grant."+string(t.Length)+".sum"))
	}
	l.MinDays, l.MaxDays = int(window.From), int(window.To)
	l.MinMonths, l.MaxMonths = int(months.From), int(months.To)
	l.Experts = int(span("panel.experts").From)
	return l
}

// sums turns monthly calculation indices into tiyn of each budget year.
func (l *Limits) sums(book *norms.Book, t Terms, mci Span) {
	l.Sums = map[int]Span{}
	for _, r := range t.Rounds {
		index, ok := book.MCI(r.Year)
		if !ok {
			l.Unknown = append(l.Unknown, r.Year)
			continue
		}
		l.Sums[r.Year] = Span{mci.From * index, mci.To * index}
	}
}

// faults are where the terms break the limits.
func (l Limits) faults(t Terms) (bad problem.Fields) {
	for i, r := range t.Rounds {
		at := field("rounds", i)
		for _, year := range l.Unknown {
			bad.Reject(year == r.Year, at+"year", "funding.mci_unknown", "year", strconv.Itoa(year))
		}
		days := int(r.Closes.Sub(r.Opens.Time).Hours() / 24)
		bad.Reject(days < l.MinDays, at+"closes", "funding.window_short", "days", l.MinDays)
		bad.Reject(l.MaxDays > 0 && days > l.MaxDays, at+"closes", "funding.window_long", "days", l.MaxDays)
		if s, ok := l.Sums[r.Year]; ok {
			bad.Reject(t.MinSum < s.From, "min_sum", "funding.sum_below", "sum", i18n.Tiyn(s.From), "year", strconv.Itoa(r.Year))
			bad.Reject(s.To > 0 && t.MaxSum > s.To, "max_sum", "funding.sum_above", "sum", i18n.Tiyn(s.To), "year", strconv.Itoa(r.Year))
		}
	}
	bad.Reject(t.MinMonths < l.MinMonths, "min_months", "funding.months_below", "months", l.MinMonths)
	bad.Reject(l.MaxMonths > 0 && t.MaxMonths > l.MaxMonths, "max_months", "funding.months_above", "months", l.MaxMonths)
	bad.Reject(t.PerWork < l.Experts, "per_work", "funding.few_experts", "min", l.Experts)
	return bad
}
