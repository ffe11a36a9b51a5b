package search

import (
	"cmp"
	"encoding/binary"
	"maps"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birge/internal/platform/ref"
)

// segment is a part of one kind that never changes. Its documents are numbered
// from 0 in the order of their ids.
type segment struct {
	ids      []ref.ID
	all      *roaring.Bitmap // every document
	postings postings
	facets   map[string]*facet
	sorts    map[string]*sortKeys
	sums     map[string]*summed
}

// facet keeps for each document the number of its set of values. Things share
// few such sets: all projects of a village have the same places.
type facet struct {
	sets  [][]int64 // each sorted, without repeats
	codes column
	sizes []uint32 // how many documents have each set
}

// sortKeys are the values of a sort and the documents in their order, equal ones
// by id.
type sortKeys struct {
	values column
	order  []uint32
}

type summed struct {
	values column
	total  int64
}

func newSegment(ids []ref.ID) *segment {
	s := &segment{
		ids: ids, all: roaring.New(),
		facets: map[string]*facet{}, sorts: map[string]*sortKeys{}, sums: map[string]*summed{},
	}
	s.all.AddRange(0, uint64(len(ids)))
	return s
}

// find is the number of the document with id.
func (s *segment) find(id ref.ID) (uint32, bool) {
	if n := len(s.ids); n == 0 || id < s.ids[0] || id > s.ids[n-1] {
		return 0, false
	}
	i, ok := slices.BinarySearch(s.ids, id)
	return uint32(i), ok
}

// build makes a segment of docs, which have different ids. It sorts docs.
func build(docs []Doc) *segment {
	slices.SortFunc(docs, func(a, b Doc) int { return cmp.Compare(a.ID, b.ID) })
	ids := make([]ref.ID, len(docs))
	ix := indexer{lists: map[string]*[]uint32{}, stems: map[token][]string{}}
	for i, d := range docs {
		ids[i] = d.ID
		ix.add(uint32(i), d)
	}
	s := newSegment(ids)
	s.postings = ix.postings()
	for name := range names(docs, func(d Doc) map[string][]int64 { return d.Facets }) {
		s.facets[name] = makeFacet(len(docs), func(i int) []int64 { return docs[i].Facets[name] })
	}
	for name := range names(docs, func(d Doc) map[string]int64 { return d.Sorts }) {
		s.sorts[name] = makeSort(len(docs), func(i int) int64 { return docs[i].Sorts[name] })
	}
	for name := range names(docs, func(d Doc) map[string]int64 { return d.Sums }) {
		s.sums[name] = makeSum(len(docs), func(i int) int64 { return docs[i].Sums[name] })
	}
	return s
}

// names are the keys that any document has in one of its maps.
func names[T any](docs []Doc, of func(Doc) map[string]T) map[string]bool {
	all := map[string]bool{}
	for _, d := range docs {
		for name := range of(d) {
			all[name] = true
		}
	}
	return all
}

// indexer gathers the postings of documents that come in rising order.
type indexer struct {
	lists map[string]*[]uint32
	stems map[token][]string // stems of words met before
	key   []byte
}

func (ix *indexer) add(doc uint32, d Doc) {
	ix.addText(doc, d.Title, true)
	ix.addText(doc, d.Body, false)
	for _, e := range d.Exact {
		if key := exactKey(e); key != "" {
			ix.put(doc, exactsAt, key)
		}
	}
	for name, values := range d.Facets {
		for _, v := range values {
			ix.put(doc, valueKey(name, v), "")
		}
	}
}

func (ix *indexer) addText(doc uint32, text string, title bool) {
	for t := range tokens(text) {
		if silent[t.folded] {
			continue
		}
		stems, ok := ix.stems[t]
		if !ok {
			stems = t.stems()
			ix.stems[t] = stems
		}
		for _, stem := range stems {
			ix.put(doc, anyKey, stem)
			if title {
				ix.put(doc, titleKey, stem)
			}
		}
	}
}

func (ix *indexer) put(doc uint32, space, key string) {
	ix.key = append(append(ix.key[:0], space...), key...)
	list := ix.lists[string(ix.key)]
	if list == nil {
		list = new([]uint32)
		ix.lists[string(ix.key)] = list
	}
	if n := len(*list); n == 0 || (*list)[n-1] != doc {
		*list = append(*list, doc)
	}
}

func (ix *indexer) postings() postings {
	var p postings
	for _, key := range slices.Sorted(maps.Keys(ix.lists)) {
		p.add(key, *ix.lists[key])
	}
	p.clip()
	return p
}

func makeFacet(n int, values func(int) []int64) *facet {
	f := &facet{}
	numbers := map[string]int64{}
	codes := make([]int64, n)
	var key []byte
	for i := range n {
		set := values(i)
		if !slices.IsSorted(set) {
			set = slices.Sorted(slices.Values(set))
		}
		key = key[:0]
		for j, v := range set {
			if j == 0 || v != set[j-1] {
				key = binary.BigEndian.AppendUint64(key, uint64(v))
			}
		}
		code, ok := numbers[string(key)]
		if !ok {
			code = int64(len(f.sets))
			numbers[string(key)] = code
			f.sets = append(f.sets, slices.Compact(slices.Clone(set)))
			f.sizes = append(f.sizes, 0)
		}
		codes[i] = code
		f.sizes[code]++
	}
	f.codes = makeColumn(codes)
	return f
}

func makeSort(n int, value func(int) int64) *sortKeys {
	values := valuesOf(n, value)
	order := make([]uint32, n)
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(values[a], values[b]), cmp.Compare(a, b))
	})
	return &sortKeys{makeColumn(values), order}
}

func makeSum(n int, value func(int) int64) *summed {
	values := valuesOf(n, value)
	var total int64
	for _, v := range values {
		total += v
	}
	return &summed{makeColumn(values), total}
}

func valuesOf(n int, value func(int) int64) []int64 {
	values := make([]int64, n)
	for i := range values {
		values[i] = value(i)
	}
	return values
}

// view is a segment without the documents crossed out since it was made.
type view struct {
	*segment
	gone *roaring.Bitmap // never changed; nil when none is
	live *roaring.Bitmap
}

func viewOf(s *segment) view { return view{segment: s, live: s.all} }

func (v view) size() int { return int(v.live.GetCardinality()) }

// without is v with more documents crossed out.
func (v view) without(more *roaring.Bitmap) view {
	gone := more
	if v.gone != nil {
		gone = roaring.Or(v.gone, more)
	}
	return view{v.segment, gone, roaring.AndNot(v.all, gone)}
}

// crossOut is v without the documents of ids.
func (v view) crossOut(ids []ref.ID) view {
	more := roaring.New()
	for _, id := range ids {
		if doc, ok := v.find(id); ok && v.live.Contains(doc) {
			more.Add(doc)
		}
	}
	if more.IsEmpty() {
		return v
	}
	return v.without(more)
}

const nowhere = math.MaxUint32

// source is where a document of a merged segment came from.
type source struct {
	view int
	doc  uint32
}

// merge makes one segment of the live documents of views, which share no id.
func merge(views []view) *segment {
	from, moved := interleave(views)
	ids := make([]ref.ID, len(from))
	for i, f := range from {
		ids[i] = views[f.view].ids[f.doc]
	}
	s := newSegment(ids)
	s.postings = mergePostings(views, moved)
	for _, v := range views {
		for name := range v.facets {
			if s.facets[name] == nil {
				s.facets[name] = mergeFacet(views, from, name)
			}
		}
		for name := range v.sorts {
			if s.sorts[name] == nil {
				s.sorts[name] = makeSort(len(from), reader(views, from, func(s *segment) *column {
					return sortColumn(s, name)
				}))
			}
		}
		for name := range v.sums {
			if s.sums[name] == nil {
				s.sums[name] = makeSum(len(from), reader(views, from, func(s *segment) *column {
					return sumColumn(s, name)
				}))
			}
		}
	}
	return s
}

func sortColumn(s *segment, name string) *column {
	if k := s.sorts[name]; k != nil {
		return &k.values
	}
	return nil
}

func sumColumn(s *segment, name string) *column {
	if k := s.sums[name]; k != nil {
		return &k.values
	}
	return nil
}

// reader reads a column of each view as one; a view that lacks it has zeros.
func reader(views []view, from []source, of func(*segment) *column) func(int) int64 {
	columns := make([]*column, len(views))
	for i, v := range views {
		columns[i] = of(v.segment)
	}
	return func(i int) int64 {
		c := columns[from[i].view]
		if c == nil {
			return 0
		}
		return c.at(from[i].doc)
	}
}

// interleave lists the live documents of all views by id, and for each view where
// its documents went.
func interleave(views []view) (from []source, moved [][]uint32) {
	moved = make([][]uint32, len(views))
	for i, v := range views {
		moved[i] = make([]uint32, len(v.ids))
		for d := range moved[i] {
			moved[i][d] = nowhere
		}
		for it := v.live.Iterator(); it.HasNext(); {
			from = append(from, source{i, it.Next()})
		}
	}
	slices.SortFunc(from, func(a, b source) int {
		return cmp.Compare(views[a.view].ids[a.doc], views[b.view].ids[b.doc])
	})
	for i, f := range from {
		moved[f.view][f.doc] = uint32(i)
	}
	return from, moved
}

func mergePostings(views []view, moved [][]uint32) postings {
	var p postings
	at := make([]int, len(views))
	for {
		key, ok := lowest(views, at)
		if !ok {
			p.clip()
			return p
		}
		var docs []uint32
		for i := range views {
			in := &views[i].postings
			if at[i] == in.len() || in.key(at[i]) != key {
				continue
			}
			for _, d := range in.list(at[i]) {
				if to := moved[i][d]; to != nowhere {
					docs = append(docs, to)
				}
			}
			at[i]++
		}
		if len(docs) > 0 {
			if !slices.IsSorted(docs) {
				slices.Sort(docs)
			}
			p.add(key, docs)
		}
	}
}

// lowest is the lowest key at which any of the views stands.
func lowest(views []view, at []int) (key string, ok bool) {
	for i := range views {
		in := &views[i].postings
		if at[i] == in.len() {
			continue
		}
		if k := in.key(at[i]); !ok || k < key {
			key, ok = k, true
		}
	}
	return key, ok
}

func mergeFacet(views []view, from []source, name string) *facet {
	return makeFacet(len(from), func(i int) []int64 {
		f := views[from[i].view].facets[name]
		if f == nil {
			return nil
		}
		return f.sets[f.codes.at(from[i].doc)]
	})
}
