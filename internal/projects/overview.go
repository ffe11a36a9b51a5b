package projects

import (
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// The states that totals speak of.
var (
	// Going are the projects under way, with those whose report is late.
	Going = []State{Running, ReportLate}
	// InForce are those whose agreement has neither ended nor been closed.
	InForce = []State{Agreed, Running, ReportLate, Reporting, Finished}
	// WithAgreement are all that ever had an agreement.
	WithAgreement = []State{Agreed, Running, ReportLate, Reporting, Finished, Closed, Terminated}
)

// In keeps the projects that are in one of the states.
func In(states []State) search.Filter {
	f := search.Filter{Facet: FacetStatus}
	for _, s := range states {
		f.Values = append(f.Values, s.number())
	}
	return f
}

// Rural keeps the projects that lie in the country.
func Rural() search.Filter { return search.Filter{Facet: FacetRural, Values: []int64{1}} }

// AtPlaces counts the projects that pass the filters and adds up those in tenge,
// each at its first place and at all places around it. ok is false while the
// index is being filled.
func AtPlaces(e *search.Engine, filters ...search.Filter) (totals Totals, ok bool) {
	byValue, ok := e.Totals(KindProject, filters, FacetMain, SumMoney)
	return Totals(byValue), ok
}

// Totals are counts and sums by place.
type Totals map[int64]search.Total

// At is the total of a place with everything within it.
func (t Totals) At(place ref.ID) search.Total { return t[int64(place)] }
