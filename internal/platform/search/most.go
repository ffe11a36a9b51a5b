package search

import (
	"cmp"
	"slices"
)

// counted is a value and how many things have it.
type counted struct {
	value int64
	n     int
}

// before: the most frequent first, equal ones by value.
func (a counted) before(b counted) bool {
	return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.value, b.value)) < 0
}

// most is what was found of a facet here, added to what was counted elsewhere,
// but only the most frequent values and those asked for. f may be nil.
func (f *facet) most(found []uint32, elsewhere map[int64]int, limit int, asked []int64) map[int64]int {
	top := leaders{limit: limit}
	out := map[int64]int{}
	take := func(value int64, n int) {
		if top.offer(counted{value, n}); len(asked) > 0 && slices.Contains(asked, value) {
			out[value] = n
		}
	}
	if f != nil && !f.single() {
		f.spread(found, elsewhere)
		found = nil
	}
	seen := map[int64]bool{}
	for code, n := range found {
		if n == 0 || len(f.sets[code]) == 0 {
			continue
		}
		value := f.sets[code][0]
		more := 0
		if len(elsewhere) > 0 {
			if more = elsewhere[value]; more > 0 {
				seen[value] = true
			}
		}
		take(value, int(n)+more)
	}
	for value, n := range elsewhere {
		if !seen[value] {
			take(value, n)
		}
	}
	for _, c := range top.list {
		out[c.value] = c.n
	}
	return out
}

// single tells that no document has two values.
func (f *facet) single() bool {
	return !slices.ContainsFunc(f.sets, func(set []int64) bool { return len(set) > 1 })
}

// leaders are the first of all that were offered.
type leaders struct {
	limit int
	list  []counted
}

func (l *leaders) offer(c counted) {
	if len(l.list) == l.limit && !c.before(l.list[l.limit-1]) {
		return
	}
	if len(l.list) == l.limit {
		l.list = l.list[:l.limit-1]
	}
	at, _ := slices.BinarySearchFunc(l.list, c, func(a, b counted) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	l.list = slices.Insert(l.list, at, c)
}
