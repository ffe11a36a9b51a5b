package search

import (
	"fmt"
	"sync"
)

// Total is how many things there are, and the sum over them.
type Total struct {
	Count int
	Sum   int64
}

// Totals counts the things that pass the filters by each value of a facet, and
// adds up one of their sums. It goes through all things of the kind, so answers
// are kept until the kind changes; they belong to all who ask and must not be
// changed. ok is false while the kind is being filled.
func (e *Engine) Totals(kind string, filters []Filter, facet, sum string) (totals map[int64]Total, ok bool) {
	ix := e.now.Load().index(kind)
	question := fmt.Sprint(filters, facet, sum)
	if known, ok := ix.answers.Load(question); ok {
		return known.(map[int64]Total), ix.ready
	}
	sel := ix.selection(queryPlan{Query: Query{Filters: filters}}, false)
	totals = map[int64]Total{}
	for i := range sel.parts {
		sel.parts[i].addTotals(facet, sum, totals)
	}
	ix.answers.Store(question, totals)
	return totals, ix.ready
}

// answers are what was counted over an index that never changes.
type answers struct{ sync.Map }

// addTotals goes through the chosen documents once, by their sets of values.
func (p *part) addTotals(facet, sum string, totals map[int64]Total) {
	f, column := p.facets[facet], p.segment.sums[sum]
	if f == nil {
		return
	}
	counts, sums := make([]int, len(f.sets)), make([]int64, len(f.sets))
	for docs := range chunks(p.chosen) {
		for _, d := range docs {
			code := f.codes.at(d)
			counts[code]++
			if column != nil {
				sums[code] += column.values.at(d)
			}
		}
	}
	for code, n := range counts {
		if n == 0 {
			continue
		}
		for _, value := range f.sets[code] {
			t := totals[value]
			totals[value] = Total{t.Count + n, t.Sum + sums[code]}
		}
	}
}
