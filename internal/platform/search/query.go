package search

import (
	"slices"
	"strings"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"birge/internal/platform/ref"
)

// maxWords is how many words of a query are regarded.
const maxWords = 16

// queryPlan is a query with its text analysed.
type queryPlan struct {
	Query
	words     []word
	whole     string // the whole text as a number: "150140 000012"
	titleOnly bool
}

// word is one word as typed. It may fall into several: "155-2026".
type word struct {
	parts []wordPart
	exact string // the word as a number of a document
}

type wordPart struct {
	stems  []string
	prefix string // while it is being typed
}

func plan(q Query) queryPlan {
	p := queryPlan{Query: q}
	typed := strings.Fields(q.Text)
	for i, raw := range typed[:min(len(typed), maxWords)] {
		typing := q.Typing && i == len(typed)-1
		w := word{exact: exactKey(raw)}
		for t := range tokens(raw) {
			if silent[t.folded] && !typing {
				continue
			}
			w.parts = append(w.parts, wordPart{stems: t.stems()})
		}
		if len(w.parts) == 0 {
			continue
		}
		if last := &w.parts[len(w.parts)-1]; typing {
			last.prefix = lastToken(raw)
		}
		p.words = append(p.words, w)
	}
	if len(typed) > 1 {
		p.whole = exactKey(q.Text)
	}
	return p
}

func lastToken(raw string) (folded string) {
	for t := range tokens(raw) {
		folded = t.folded
	}
	return folded
}

// match is the documents of s that have w, in the given space of keys.
func (w word) match(s *segment, space string) *roaring.Bitmap {
	var found *roaring.Bitmap
	for _, part := range w.parts {
		m := part.match(s, space)
		if found == nil {
			found = m
		} else {
			found.And(m)
		}
	}
	if exact := s.postings.find(exactsAt + w.exact); exact != nil {
		found.Or(exact)
	}
	return found
}

func (w wordPart) match(s *segment, space string) *roaring.Bitmap {
	found := roaring.New()
	for _, stem := range w.stems {
		if m := s.postings.find(space + stem); m != nil {
			found.Or(m)
		}
	}
	if w.prefix != "" {
		found.Or(s.postings.beginning(space+w.prefix, len(s.ids)))
	}
	return found
}

// part is what a query selects in one segment.
type part struct {
	view
	text    *roaring.Bitmap   // nil without words
	filters []*roaring.Bitmap // one for each filter of the query
	chosen  *roaring.Bitmap
	tiers   []*roaring.Bitmap // chosen, parted by rank, the best first
}

// selection is what a query selects.
type selection struct {
	queryPlan
	loose bool
	parts []part
}

func (ix *index) selection(p queryPlan, loose bool) selection {
	sel := selection{queryPlan: p, loose: loose}
	for _, v := range ix.views {
		sel.parts = append(sel.parts, p.choose(v, loose))
	}
	return sel
}

func (p queryPlan) choose(v view, loose bool) part {
	sel := part{view: v}
	if p.Only != nil {
		sel.live = roaring.And(v.live, v.among(p.Only))
	}
	for _, f := range p.Filters {
		sel.filters = append(sel.filters, v.having(f))
	}
	if len(p.words) == 0 {
		sel.chosen = sel.passing(-1)
		sel.tiers = []*roaring.Bitmap{sel.chosen}
		return sel
	}
	any, title := p.matches(v.segment)
	if loose {
		sel.text = roaring.FastOr(any...)
	} else {
		sel.text = p.everyWord(v.segment, any)
	}
	sel.chosen = sel.passing(-1)
	switch {
	case p.Sort != "":
		sel.tiers = []*roaring.Bitmap{sel.chosen}
	case loose:
		sel.tiers = byMatches(sel.chosen, any)
	default:
		sel.tiers = byTitle(sel.chosen, p.everyWord(v.segment, title), roaring.FastOr(title...))
	}
	return sel
}

// matches are, for each word, the documents that have it anywhere, and in the
// title or as a number.
func (p queryPlan) matches(s *segment) (any, title []*roaring.Bitmap) {
	for _, w := range p.words {
		t := w.match(s, titleKey)
		title = append(title, t)
		if p.titleOnly {
			any = append(any, t)
		} else {
			any = append(any, w.match(s, anyKey))
		}
	}
	return any, title
}

// everyWord is the documents that have all words, or the whole text as a number.
func (p queryPlan) everyWord(s *segment, words []*roaring.Bitmap) *roaring.Bitmap {
	all := words[0].Clone()
	for _, w := range words[1:] {
		all.And(w)
	}
	if p.whole != "" {
		if exact := s.postings.find(exactsAt + p.whole); exact != nil {
			all.Or(exact)
		}
	}
	return all
}

// byTitle ranks chosen: all words in the title, some in it, none.
func byTitle(chosen, every, some *roaring.Bitmap) []*roaring.Bitmap {
	first := roaring.And(chosen, every)
	rest := roaring.AndNot(chosen, first)
	second := roaring.And(rest, some)
	rest.AndNot(second)
	return []*roaring.Bitmap{first, second, rest}
}

// byMatches ranks chosen by how many of words each document has.
func byMatches(chosen *roaring.Bitmap, words []*roaring.Bitmap) []*roaring.Bitmap {
	atLeast := make([]*roaring.Bitmap, len(words)+1) // atLeast[i] have i words or more
	for i := range atLeast {
		atLeast[i] = roaring.New()
	}
	atLeast[0] = chosen
	for _, w := range words {
		for i := len(words); i > 0; i-- {
			atLeast[i].Or(roaring.And(atLeast[i-1], w))
		}
	}
	var tiers []*roaring.Bitmap
	for i := len(words); i >= 0; i-- {
		tier := atLeast[i]
		if i < len(words) {
			tier = roaring.AndNot(tier, atLeast[i+1])
		}
		tiers = append(tiers, tier)
	}
	return tiers
}

// having is the documents that pass f.
func (v view) having(f Filter) *roaring.Bitmap {
	found := roaring.New()
	for _, value := range f.Values {
		if m := v.postings.find(valueKey(f.Facet, value)); m != nil {
			found.Or(m)
		}
	}
	return found
}

// among is the documents of these things.
func (v view) among(ids []ref.ID) *roaring.Bitmap {
	found := roaring.New()
	for _, id := range ids {
		if i, ok := v.find(id); ok {
			found.Add(i)
		}
	}
	return found
}

// passing is the documents that have the text and pass all filters but those at
// the places in spare.
func (p *part) passing(spare ...int) *roaring.Bitmap {
	found := p.live
	if p.text != nil {
		found = roaring.And(found, p.text)
	}
	for i, f := range p.filters {
		if !slices.Contains(spare, i) {
			found = roaring.And(found, f)
		}
	}
	return found
}

func (s selection) total() (n int) {
	for _, p := range s.parts {
		n += int(p.chosen.GetCardinality())
	}
	return n
}

// counts says for each facet how many things have each value. The largest
// segment comes last, when the counts of all others are known.
func (s selection) counts(facets []string) map[string]map[int64]int {
	counts := make(map[string]map[int64]int, len(facets))
	var open []string // facets without a filter of their own
	for _, name := range facets {
		counts[name] = map[int64]int{}
		if len(s.filtersOf(name)) == 0 {
			open = append(open, name)
		}
	}
	for i := len(s.parts) - 1; i >= 0; i-- {
		p := &s.parts[i]
		take := func(set *roaring.Bitmap, names []string) {
			for k, found := range p.tallies(set, names) {
				name := names[k]
				if limit := s.Most[name]; limit > 0 && i == 0 {
					counts[name] = p.facets[name].most(found, counts[name], limit, s.asked(name))
				} else if found != nil {
					p.facets[name].spread(found, counts[name])
				}
			}
		}
		for _, name := range facets {
			if own := s.filtersOf(name); len(own) > 0 {
				take(p.passing(own...), []string{name})
			}
		}
		take(p.chosen, open)
	}
	return counts
}

// asked are the values by which a facet is filtered.
func (s selection) asked(facet string) (values []int64) {
	for _, at := range s.filtersOf(facet) {
		values = append(values, s.Filters[at].Values...)
	}
	return values
}

func (s selection) filtersOf(facet string) (at []int) {
	for i, f := range s.Filters {
		if f.Facet == facet {
			at = append(at, i)
		}
	}
	return at
}

// tallies counts for each facet how many documents of set have each set of values;
// nil for a facet that is not here. Of a large set it counts what is missing,
// because the counts of all are known.
func (p *part) tallies(set *roaring.Bitmap, names []string) [][]uint32 {
	few, rest := p.smaller(set)
	all := make([][]uint32, len(names))
	if rest && few.IsEmpty() {
		for i, name := range names {
			if f := p.facets[name]; f != nil {
				all[i] = f.sizes
			}
		}
		return all
	}
	for i, name := range names {
		if f := p.facets[name]; f != nil {
			all[i] = make([]uint32, len(f.sets))
		}
	}
	for docs := range chunks(few) {
		for i, name := range names {
			if all[i] != nil {
				p.facets[name].codes.tally(docs, all[i])
			}
		}
	}
	if rest {
		for i, name := range names {
			for code, n := range all[i] {
				all[i][code] = p.facets[name].sizes[code] - n
			}
		}
	}
	return all
}

// spread adds what was found of each set of values to the counts of its values.
func (f *facet) spread(found []uint32, counts map[int64]int) {
	for code, n := range found {
		if n == 0 {
			continue
		}
		for _, value := range f.sets[code] {
			counts[value] += int(n)
		}
	}
}

// smaller is set itself, or, where that is smaller, what set leaves out of all.
func (p *part) smaller(set *roaring.Bitmap) (few *roaring.Bitmap, rest bool) {
	if set.GetCardinality()*2 <= uint64(len(p.ids)) {
		return set, false
	}
	return roaring.AndNot(p.all, set), true
}

// sums totals each sum over the selection.
func (s selection) sums(names []string) map[string]int64 {
	sums := map[string]int64{}
	for _, name := range names {
		sums[name] = 0
		for i := range s.parts {
			sums[name] += s.parts[i].sum(name)
		}
	}
	return sums
}

func (p *part) sum(name string) int64 {
	column := p.segment.sums[name]
	if column == nil {
		return 0
	}
	few, rest := p.smaller(p.chosen)
	var sum int64
	for docs := range chunks(few) {
		sum += column.values.total(docs)
	}
	if rest {
		return column.total - sum
	}
	return sum
}

var chunkBuffers = sync.Pool{New: func() any { return new([4096]uint32) }}

// chunks gives the members of set in rising order, some thousands at a time.
func chunks(set *roaring.Bitmap) func(func([]uint32) bool) {
	return func(yield func([]uint32) bool) {
		buffer := chunkBuffers.Get().(*[4096]uint32)
		defer chunkBuffers.Put(buffer)
		it := set.ManyIterator()
		for {
			n := it.NextMany(buffer[:])
			if n == 0 || !yield(buffer[:n]) {
				return
			}
		}
	}
}
