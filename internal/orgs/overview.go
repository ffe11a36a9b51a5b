package orgs

import (
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// Active keeps the organizations that exist today, as ActiveOn tells it.
func Active() search.Filter { return search.Filter{Facet: FacetActive, Values: []int64{1}} }

// Rural keeps the organizations of villages.
func Rural() search.Filter { return search.Filter{Facet: FacetRural, Values: []int64{1}} }

// NGOs keeps the organizations that the law asks for a yearly return.
func NGOs() search.Filter { return search.Filter{Facet: FacetNGO, Values: []int64{1}} }

// AtPlaces counts the organizations that pass the filters at each place and at
// all places around it. ok is false while the index is being filled.
func AtPlaces(e *search.Engine, filters ...search.Filter) (totals Totals, ok bool) {
	byValue, ok := e.Totals(Kind, filters, FacetPlace, "")
	return Totals(byValue), ok
}

// Totals are counts by place.
type Totals map[int64]search.Total

// At is the count of a place with everything within it.
func (t Totals) At(place ref.ID) int64 { return int64(t[int64(place)].Count) }

// YearCount is how many organizations there were at the end of a year.
type YearCount struct {
	Year   int
	Count  int64
	Opened int64 // founded in the year
	Closed int64 // closed in the year
}

// ByYear counts the NGOs at the places and all within them at the end of each
// year; unknown are those whose founding date nobody knows and which are in no
// year.
func ByYear(e *search.Engine, places []ref.ID, from, until int) (years []YearCount, unknown int64) {
	around := search.Filter{Facet: FacetPlace}
	for _, id := range places {
		around.Values = append(around.Values, int64(id))
	}
	found := e.Search(Kind, search.Query{Filters: []search.Filter{NGOs(), around}, Count: []string{FacetFounded, FacetClosed}})
	opened, closed := found.Counts[FacetFounded], found.Counts[FacetClosed]
	total := 0
	for year, n := range opened {
		if year != nobodyKnows && year < int64(from) {
			total += n
		}
	}
	for year, n := range closed {
		if year < int64(from) {
			total -= n
		}
	}
	for year := from; year <= until; year++ {
		came, went := opened[int64(year)], closed[int64(year)]
		total += came - went
		years = append(years, YearCount{year, int64(total), int64(came), int64(went)})
	}
	return years, int64(opened[nobodyKnows])
}
