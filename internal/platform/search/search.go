// Package search answers what people look for: words, filters, counts beside
// every choice, sums and sort orders over public things, from memory.
//
// It knows nothing of rooms. A room says for each of its things which texts,
// facets, sort keys and sums it has (a Doc); the journal's feed brings changes
// (Apply); a kind that is not yet known is filled from the store (Rebuild). What
// is searched lies in segments that never change: a change adds a small segment
// and crosses out older versions, and one atomic pointer shows readers the new
// whole. So no reader ever waits for a writer, and everything that one answer
// says is true of one moment.
//
// The whole is saved to a file with the journal position it is current to, and
// is loaded again at the next start. A file that is damaged, or written by an
// analyser that makes other stems, is refused; the kinds are then rebuilt.
package search

import (
	"errors"
	"iter"
	"slices"
	"sync"
	"sync/atomic"

	"birge/internal/platform/ref"
)

// Doc is what the index knows of one thing. Only what may be public goes in.
type Doc struct {
	Kind  string
	ID    ref.ID
	Title string   // in all languages, joined by a space
	Body  string   // the other texts, in all languages
	Exact []string // numbers and names found only as a whole: BIN, agreement number

	// Facets hold for each facet the values by which the thing is filtered and
	// counted; a place comes with all places above it.
	Facets map[string][]int64
	Sorts  map[string]int64 // sort keys; a missing one counts as 0
	Sums   map[string]int64 // what is totalled over a selection, such as tiyn
}

// Key names a thing.
type Key struct {
	Kind string
	ID   ref.ID
}

// Batch is a set of changes that become visible at once. Seq is the position in
// the journal up to which the index is then current.
type Batch struct {
	Seq    int64
	Put    []Doc // each replaces what was known of its thing
	Delete []Key
}

// Filter keeps the things that have at least one of Values in Facet.
type Filter struct {
	Facet  string
	Values []int64
}

// Query asks for things of one kind that hold every word of Text and pass every
// filter.
type Query struct {
	Text    string
	Typing  bool // the last word of Text may be only its beginning
	Filters []Filter
	// Only asks which of these things there are in the answer; nil asks of all.
	Only []ref.ID

	// Sort names a sort key. Without one the best match comes first, and among
	// equal matches, or without Text, the newest.
	Sort string
	Desc bool

	Offset, Limit int
	Count         []string // facets whose values are to be counted
	// Most bounds the counts of a facet to so many values, those with the most
	// things, besides the ones it is filtered by: where there are thousands of
	// values, nobody reads all.
	Most map[string]int
	Sum  []string // sums to be totalled
}

// Result is an answer. Counts of a facet obey the filters of all other facets
// but not of its own, so they say what each choice would bring.
type Result struct {
	IDs    []ref.ID
	Total  int
	Counts map[string]map[int64]int
	Sums   map[string]int64

	// Loose says that nothing holds all words, so things with any of them are shown.
	Loose bool
	// Building says that the kind is not filled yet: ask the store instead.
	Building bool
}

// Hit is one thing found by a search over kinds.
type Hit Key

// Found is the answer of a search over kinds.
type Found struct {
	Hits     []Hit          // best first
	Totals   map[string]int // how many there are of each kind
	Loose    bool           // nothing holds all words; these hold some
	Building bool           // a kind asked for is not filled yet
}

// ErrRebuilding is the answer to a rebuild of a kind that is being rebuilt.
var ErrRebuilding = errors.New("search: this kind is being rebuilt")

// Engine holds the index of every kind. All its methods may be called at any
// time from anywhere.
type Engine struct {
	now atomic.Pointer[state]

	write      sync.Mutex // held by the one who changes now
	rebuilding map[string]*pending
	merging    map[*segment]bool
	background sync.WaitGroup
}

// state is everything at one moment. It is never changed.
type state struct {
	seq   int64
	kinds map[string]*index
}

// index is one kind at one moment, its segments from the largest to the smallest.
type index struct {
	ready bool // filled once; before, answers would be too small
	views []view

	answers answers
}

// pending are the changes of a kind that arrived while it was being rebuilt.
type pending struct {
	put  map[ref.ID]Doc
	gone map[ref.ID]bool
}

// New is an engine that knows nothing: every kind is still building.
func New() *Engine {
	e := &Engine{rebuilding: map[string]*pending{}, merging: map[*segment]bool{}}
	e.now.Store(&state{kinds: map[string]*index{}})
	return e
}

// Seq is the position in the journal up to which the index is current.
func (e *Engine) Seq() int64 { return e.now.Load().seq }

// Ready says that kind has been filled and answers in full.
func (e *Engine) Ready(kind string) bool { return e.now.Load().index(kind).ready }

// Len is how many things of kind are known.
func (e *Engine) Len(kind string) (n int) {
	for _, v := range e.now.Load().index(kind).views {
		n += v.size()
	}
	return n
}

// Wait returns when no merge is under way.
func (e *Engine) Wait() { e.background.Wait() }

func (s *state) index(kind string) *index {
	if ix := s.kinds[kind]; ix != nil {
		return ix
	}
	return &index{}
}

// Search answers q over the things of kind.
func (e *Engine) Search(kind string, q Query) Result {
	ix := e.now.Load().index(kind)
	p := plan(q)
	sel := ix.selection(p, false)
	if sel.total() == 0 && len(p.words) > 1 {
		if loose := ix.selection(p, true); loose.total() > 0 {
			sel = loose
		}
	}
	return Result{
		IDs:      collect(sel.page(q.Offset, q.Limit)),
		Total:    sel.total(),
		Counts:   sel.counts(q.Count),
		Sums:     sel.sums(q.Sum),
		Loose:    sel.loose,
		Building: !ix.ready,
	}
}

// All gives every thing that q finds, in its order, one by one; Offset and Limit
// are not regarded. What changes meanwhile does not change the answer.
func (e *Engine) All(kind string, q Query) iter.Seq[ref.ID] {
	return func(yield func(ref.ID) bool) {
		sel := e.now.Load().index(kind).selection(plan(q), false)
		for h := range sel.ordered() {
			if !yield(h.id) {
				return
			}
		}
	}
}

// Everywhere looks for text in several kinds: things with all words in the title
// first, then with some, then the others; kinds in the order given.
func (e *Engine) Everywhere(kinds []string, text string, typing bool, limit int) Found {
	now := e.now.Load()
	p := plan(Query{Text: text, Typing: typing})
	found := now.everywhere(kinds, p, limit, false)
	if len(found.Hits) == 0 && len(p.words) > 1 {
		found = now.everywhere(kinds, p, limit, true)
	}
	return found
}

func (s *state) everywhere(kinds []string, p queryPlan, limit int, loose bool) Found {
	found := Found{Totals: map[string]int{}}
	if len(p.words) == 0 {
		return found
	}
	type ranked struct {
		Hit
		tier int
	}
	var all []ranked
	for _, kind := range kinds {
		ix := s.index(kind)
		found.Building = found.Building || !ix.ready
		sel := ix.selection(p, loose)
		if n := sel.total(); n > 0 {
			found.Totals[kind] = n
		}
		for h := range sel.page(0, limit) {
			all = append(all, ranked{Hit{kind, h.id}, h.tier})
		}
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return a.tier - b.tier })
	for _, r := range all[:min(limit, len(all))] {
		found.Hits = append(found.Hits, r.Hit)
	}
	found.Loose = loose && len(all) > 0
	return found
}

// Suggest gives things whose title holds every word of text, the last of which
// may be only its beginning, newest first.
func (e *Engine) Suggest(kinds []string, text string, limit int) []Hit {
	now := e.now.Load()
	p := plan(Query{Text: text, Typing: true})
	p.titleOnly = true
	return now.everywhere(kinds, p, limit, false).Hits
}

func collect(hits iter.Seq[hit]) []ref.ID {
	ids := []ref.ID{}
	for h := range hits {
		ids = append(ids, h.id)
	}
	return ids
}
