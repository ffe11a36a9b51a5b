package search

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birge/internal/platform/ref"
)

func seqOf(docs ...Doc) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}
}

func filled(t testing.TB, docs ...Doc) *Engine {
	t.Helper()
	e := New()
	if err := e.Rebuild("project", 1, seqOf(docs...)); err != nil {
		t.Fatal(err)
	}
	return e
}

func ids(ns ...int) []ref.ID {
	out := []ref.ID{}
	for _, n := range ns {
		out = append(out, ref.ID(n))
	}
	return out
}

func TestSearch(t *testing.T) {
	e := filled(t,
		Doc{ID: 1, Title: "Ауыл мектептеріндегі үйірмелер", Body: "Жастар үшін", Exact: []string{"150140000012"}},
		Doc{ID: 2, Title: "Экология в школе", Body: "Ауылдардың таза суы"},
		Doc{ID: 3, Title: "Школа молодого эколога", Exact: []string{"№ 155-2026/01"}},
		Doc{ID: 4, Title: "Мектеп ауласы", Body: "школа"},
	)
	for _, c := range []struct {
		name  string
		q     Query
		want  []ref.ID
		loose bool
	}{
		{"a title goes before a body", Query{Text: "ауыл"}, ids(1, 2), false},
		{"of some things only", Query{Text: "ауыл", Only: ids(2, 3, 99)}, ids(2), false},
		{"of some things, all of them", Query{Only: ids(4, 2)}, ids(4, 2), false},
		{"of no things", Query{Text: "ауыл", Only: ids()}, ids(), false},
		{"Latin letters and no Kazakh ones", Query{Text: "ayыл мектептеринде"}, ids(1), false},
		{"every word is needed", Query{Text: "школа экология"}, ids(3, 2), false},
		{"a word that is begun", Query{Text: "экология шко", Typing: true}, ids(3, 2), false},
		{"a word that is cut, not begun", Query{Text: "шк"}, ids(), false},
		{"any word when none has all", Query{Text: "школа жастар"}, ids(4, 3, 2, 1), true},
		{"a number as a whole", Query{Text: "150140000012"}, ids(1), false},
		{"a number in groups", Query{Text: "150140 000012"}, ids(1), false},
		{"a number with its signs", Query{Text: "155-2026/01"}, ids(3), false},
		{"not a part of a number", Query{Text: "15014000001"}, ids(), false},
		{"no words", Query{Text: " ... "}, ids(4, 3, 2, 1), false},
		{"the second page", Query{Offset: 2}, ids(2, 1), false},
		{"beyond the last page", Query{Offset: 20}, ids(), false},
	} {
		c.q.Limit = 10
		got := e.Search("project", c.q)
		if d := gocmp.Diff(c.want, got.IDs); d != "" || got.Loose != c.loose {
			t.Errorf("%s: loose %v, %s", c.name, got.Loose, d)
		}
	}
}

func TestSearchOverKinds(t *testing.T) {
	e := New()
	for _, d := range []Doc{
		{Kind: "project", ID: 1, Title: "Сад", Body: "общество Береке"},
		{Kind: "org", ID: 2, Title: "Береке"},
		{Kind: "news", ID: 3, Title: "Береке награждён"},
	} {
		if err := e.Rebuild(d.Kind, 1, seqOf(d)); err != nil {
			t.Fatal(err)
		}
	}
	got := e.Everywhere([]string{"project", "org", "news"}, "береке", false, 10)
	want := Found{
		Hits:   []Hit{{"org", 2}, {"news", 3}, {"project", 1}},
		Totals: map[string]int{"project": 1, "org": 1, "news": 1},
	}
	if d := gocmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := e.Suggest([]string{"project", "org", "news"}, "бер", 10); !slices.Equal(got, []Hit{{"org", 2}, {"news", 3}}) {
		t.Errorf("suggested %v", got)
	}
	if !e.Everywhere([]string{"org", "forum"}, "береке", false, 10).Building {
		t.Error("an empty kind does not say that it is building")
	}
}

// model is the same search by reading everything.
type model map[ref.ID]Doc

var (
	someWords = []string{"мектеп", "мектептерінде", "школа", "школе", "ауыл", "ауылдардың", "экология", "жоба", "project", "в"}
	sortNames = []string{"", "new", "sum"}
)

func drawDoc(t *rapid.T) Doc {
	text := func(label string) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(someWords), 0, 4).Draw(t, label), " ")
	}
	d := Doc{
		Kind: "project", ID: ref.ID(rapid.Int64Range(1, 60).Draw(t, "id")),
		Title: text("title"), Body: text("body"),
		Facets: map[string][]int64{"place": rapid.SliceOfN(rapid.Int64Range(-2, 5), 0, 3).Draw(t, "place")},
		Sorts:  map[string]int64{"new": rapid.Int64Range(-300, 300).Draw(t, "new")},
		Sums:   map[string]int64{"sum": rapid.Int64Range(-1<<40, 1<<40).Draw(t, "sum")},
	}
	if rapid.Bool().Draw(t, "more") {
		d.Facets["status"] = []int64{rapid.Int64Range(0, 3).Draw(t, "status")}
		d.Sorts["sum"] = rapid.Int64().Draw(t, "sumsort")
		d.Exact = []string{"№ " + rapid.SampledFrom([]string{"11-22", "33"}).Draw(t, "exact")}
	}
	return d
}

func drawQuery(t *rapid.T) Query {
	q := Query{
		Sort: rapid.SampledFrom(sortNames).Draw(t, "sort"), Desc: rapid.Bool().Draw(t, "desc"),
		Offset: rapid.IntRange(0, 5).Draw(t, "offset"), Limit: rapid.IntRange(0, 30).Draw(t, "limit"),
		Typing: rapid.Bool().Draw(t, "typing"),
		Count:  []string{"place", "status", "none"}, Sum: []string{"sum"},
	}
	words := append([]string{"11-22", "1122", "мек", "про"}, someWords...)
	q.Text = strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 3).Draw(t, "text"), " ")
	for _, f := range []string{"place", "status"} {
		if rapid.IntRange(0, 2).Draw(t, f) == 0 {
			q.Filters = append(q.Filters, Filter{f, rapid.SliceOfN(rapid.Int64Range(-1, 4), 0, 3).Draw(t, "values")})
		}
		if rapid.IntRange(0, 2).Draw(t, "most "+f) == 0 {
			q.Most = map[string]int{f: rapid.IntRange(1, 3).Draw(t, "limit")}
		}
	}
	return q
}

// wordIn says whether d has w, and whether in its title or as a number.
func wordIn(d Doc, w word) (anywhere, title bool) {
	in := func(text string) bool {
		have := stemsOf(text)
		for _, p := range w.parts {
			if !slices.ContainsFunc(have, func(s string) bool {
				return slices.Contains(p.stems, s) && !silent[s] || p.prefix != "" && strings.HasPrefix(s, p.prefix) && !silent[s]
			}) {
				return false
			}
		}
		return true
	}
	exact := slices.ContainsFunc(d.Exact, func(e string) bool { return exactKey(e) == w.exact })
	title = exact || in(d.Title)
	return title || in(d.Title+" "+d.Body), title
}

// rank is the tier of d for p; ok is false when d does not match.
func rank(d Doc, p queryPlan, loose bool) (tier int, ok bool) {
	if len(p.words) == 0 {
		return 0, true
	}
	found, inTitle := 0, 0
	for _, w := range p.words {
		a, t := wordIn(d, w)
		if a {
			found++
		}
		if t {
			inTitle++
		}
	}
	whole := p.whole != "" && slices.ContainsFunc(d.Exact, func(e string) bool { return exactKey(e) == p.whole })
	switch {
	case loose:
		return len(p.words) - found, found > 0
	case whole || inTitle == len(p.words):
		return 0, true
	case inTitle > 0:
		return 1, found == len(p.words)
	}
	return 2, found == len(p.words)
}

func passes(d Doc, q Query, spare string) bool {
	for _, f := range q.Filters {
		if f.Facet != spare && !slices.ContainsFunc(f.Values, func(v int64) bool { return slices.Contains(d.Facets[f.Facet], v) }) {
			return false
		}
	}
	return true
}

func (m model) search(q Query) Result {
	p := plan(q)
	r := m.ranked(q, p, false)
	if r.Total == 0 && len(p.words) > 1 {
		if loose := m.ranked(q, p, true); loose.Total > 0 {
			r = loose
		}
	}
	return r
}

func (m model) ranked(q Query, p queryPlan, loose bool) Result {
	r := Result{IDs: []ref.ID{}, Counts: map[string]map[int64]int{}, Sums: map[string]int64{"sum": 0}, Loose: loose}
	for _, f := range q.Count {
		r.Counts[f] = map[int64]int{}
	}
	var chosen []Doc
	tiers := map[ref.ID]int{}
	for _, d := range m {
		tier, ok := rank(d, p, loose)
		if !ok {
			continue
		}
		for _, f := range q.Count {
			if passes(d, q, f) {
				values := slices.Compact(slices.Sorted(slices.Values(d.Facets[f])))
				for _, v := range values {
					r.Counts[f][v]++
				}
			}
		}
		if passes(d, q, "") {
			chosen = append(chosen, d)
			tiers[d.ID] = tier
			r.Sums["sum"] += d.Sums["sum"]
		}
	}
	slices.SortFunc(chosen, func(a, b Doc) int {
		if q.Sort == "" {
			return cmp.Or(tiers[a.ID]-tiers[b.ID], cmp.Compare(b.ID, a.ID))
		}
		order := cmp.Or(cmp.Compare(a.Sorts[q.Sort], b.Sorts[q.Sort]), cmp.Compare(a.ID, b.ID))
		if q.Desc {
			return -order
		}
		return order
	})
	for f, limit := range q.Most {
		r.Counts[f] = mostOf(r.Counts[f], limit, q.Filters, f)
	}
	r.Total = len(chosen)
	for i := q.Offset; i < min(q.Offset+q.Limit, len(chosen)); i++ {
		r.IDs = append(r.IDs, chosen[i].ID)
	}
	return r
}

// mostOf keeps the limit largest counts, equal ones by value, and those asked for.
func mostOf(counts map[int64]int, limit int, filters []Filter, facet string) map[int64]int {
	values := slices.SortedFunc(maps.Keys(counts), func(a, b int64) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	out := map[int64]int{}
	for i, v := range values {
		if i < limit || slices.ContainsFunc(filters, func(f Filter) bool { return f.Facet == facet && slices.Contains(f.Values, v) }) {
			out[v] = counts[v]
		}
	}
	return out
}

func (m model) totals(filters []Filter, facet, sum string) map[int64]Total {
	out := map[int64]Total{}
	for _, d := range m {
		if !passes(d, Query{Filters: filters}, "") {
			continue
		}
		for _, v := range slices.Compact(slices.Sorted(slices.Values(d.Facets[facet]))) {
			out[v] = Total{out[v].Count + 1, out[v].Sum + d.Sums[sum]}
		}
	}
	return out
}

func (m model) docs() []Doc { return slices.Collect(maps.Values(m)) }

func TestIndexAnswersLikeAScan(t *testing.T) {
	path := t.TempDir() + "/index"
	rapid.Check(t, func(t *rapid.T) {
		m := model{}
		for range rapid.IntRange(0, 40).Draw(t, "docs") {
			d := drawDoc(t)
			m[d.ID] = d
		}
		e := New()
		if err := e.Rebuild("project", 1, seqOf(m.docs()...)); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 6).Draw(t, "acts") {
			switch rapid.IntRange(0, 5).Draw(t, "act") {
			case 0:
				e = saved(t, e, path)
			case 1:
				if err := e.Rebuild("project", 1, seqOf(m.docs()...)); err != nil {
					t.Fatal(err)
				}
			default:
				var b Batch
				for range rapid.IntRange(0, 8).Draw(t, "puts") {
					d := drawDoc(t)
					b.Put = append(b.Put, d)
					m[d.ID] = d
				}
				for range rapid.IntRange(0, 3).Draw(t, "deletes") {
					id := ref.ID(rapid.Int64Range(1, 60).Draw(t, "gone"))
					b.Delete = append(b.Delete, Key{"project", id})
					delete(m, id)
				}
				e.Apply(b)
			}
			q := drawQuery(t)
			want, got := m.search(q), e.Search("project", q)
			if d := gocmp.Diff(want, got); d != "" {
				t.Fatalf("%+v: -want +got\n%s", q, d)
			}
			q.Offset, q.Limit = 0, len(m)
			if got := slices.Collect(e.All("project", q)); !want.Loose && len(got) != want.Total {
				t.Fatalf("All gives %d of %d", len(got), want.Total)
			}
			for range 2 { // counted, then remembered
				want := m.totals(q.Filters, "place", "sum")
				if got, ok := e.Totals("project", q.Filters, "place", "sum"); !ok || !maps.Equal(got, want) {
					t.Fatalf("totals with %v: %v, want %v", q.Filters, got, want)
				}
			}
		}
	})
}

func saved(t *rapid.T, e *Engine, path string) *Engine {
	if err := e.Save(path, stamped); err != nil {
		t.Fatal(err)
	}
	again := New()
	if err := again.Load(path, anyStamp); err != nil {
		t.Fatal(err)
	}
	return again
}

// Every document of a generation carries the same number, and a batch replaces
// all of them: whoever reads sees one generation, whole.
func TestReadersSeeWholeBatchesWhileEverythingChanges(t *testing.T) {
	const things, generations, readers = 300, 60, 4
	generation := func(g int64) (docs []Doc) {
		for i := range things {
			docs = append(docs, Doc{
				Kind: "project", ID: ref.ID(i + 1), Title: "мектеп",
				Facets: map[string][]int64{"generation": {g}}, Sorts: map[string]int64{"new": g*things + int64(i)},
				Sums: map[string]int64{"sum": g},
			})
		}
		return docs
	}
	e := filled(t, generation(0)...)
	var done atomic.Bool
	var store atomic.Int64 // the generation in the store
	var wg sync.WaitGroup
	for range readers {
		wg.Go(func() {
			var last int64
			for !done.Load() {
				r := e.Search("project", Query{Text: "мектеп", Sort: "new", Desc: true, Limit: 5, Count: []string{"generation"}, Sum: []string{"sum"}})
				if r.Total != things || len(r.Counts["generation"]) != 1 || len(r.IDs) != 5 {
					t.Errorf("a reader sees %d things of generations %v", r.Total, r.Counts["generation"])
					return
				}
				for g := range r.Counts["generation"] {
					if g < last || r.Sums["sum"] != g*things {
						t.Errorf("generation %d after %d, sum %d", g, last, r.Sums["sum"])
					}
					last = g
				}
				seen := map[ref.ID]bool{}
				for id := range e.All("project", Query{Sort: "new"}) {
					seen[id] = true
				}
				if len(seen) != things {
					t.Errorf("an export has %d different things", len(seen))
				}
			}
		})
	}
	wg.Go(func() { // rebuilds from what the store said when they began
		for !done.Load() {
			stored := func(yield func(Doc, error) bool) {
				for d := range seqOf(generation(store.Load())...) {
					if !yield(d, nil) {
						return
					}
				}
			}
			if err := e.Rebuild("project", e.Seq(), stored); err != nil {
				t.Error(err)
			}
		}
	})
	for g := int64(1); g <= generations; g++ {
		store.Store(g)
		e.Apply(Batch{Seq: g, Put: generation(g)})
	}
	done.Store(true)
	wg.Wait()
	e.Wait()
	r := e.Search("project", Query{Count: []string{"generation"}})
	if e.Seq() != generations || r.Counts["generation"][generations] != things {
		t.Errorf("at the end: seq %d, generations %v", e.Seq(), r.Counts["generation"])
	}
}

func TestChangesDuringARebuildAreNotLost(t *testing.T) {
	e := filled(t, Doc{ID: 1, Title: "бір"}, Doc{ID: 2, Title: "екі"})
	stale := func(yield func(Doc, error) bool) {
		if !yield(Doc{ID: 1, Title: "бір"}, nil) {
			return
		}
		e.Apply(Batch{Seq: 9, Put: []Doc{{Kind: "project", ID: 1, Title: "жаңа"}, {Kind: "project", ID: 3, Title: "үш"}}, Delete: []Key{{"project", 2}}})
		if got := e.Search("project", Query{Limit: 9}).IDs; !slices.Equal(got, ids(3, 1)) {
			t.Errorf("while rebuilding: %v", got)
		}
		if err := e.Rebuild("project", 0, seqOf()); err != ErrRebuilding {
			t.Errorf("a second rebuild beside the first: %v", err)
		}
		yield(Doc{ID: 2, Title: "екі"}, nil)
	}
	if err := e.Rebuild("project", 1, stale); err != nil {
		t.Fatal(err)
	}
	if got := e.Search("project", Query{Limit: 9}).IDs; !slices.Equal(got, ids(3, 1)) {
		t.Errorf("after: %v", got)
	}
	if got := e.Search("project", Query{Text: "жаңа"}).Total; got != 1 {
		t.Error("the change of 1 is lost")
	}
	if e.Seq() != 9 {
		t.Errorf("seq %d", e.Seq())
	}
}

// Whatever is typed, the answer is within its bounds, and every thing in it is one of the index.
func FuzzSearch(f *testing.F) {
	e := filled(f,
		Doc{ID: 1, Title: "Ауыл мектептеріндегі үйірмелер", Body: "Жастар үшін", Exact: []string{"150140000012"}},
		Doc{ID: 2, Title: "Экология в школе", Body: "Ауылдардың таза суы"},
		Doc{ID: 3, Title: "Школа молодого эколога", Exact: []string{"№ 155-2026/01"}},
	)
	f.Add("ауыл", 0, uint8(10))
	f.Add("150140 000012 № 155-2026/01", 1, uint8(1))
	f.Add("\xff\x00 \" * ( OR ш", -1, uint8(2))
	f.Add("", 1<<63-1, uint8(255))
	f.Fuzz(func(t *testing.T, text string, offset int, atMost uint8) {
		limit := int(atMost)
		for _, typing := range []bool{false, true} {
			r := e.Search("project", Query{Text: text, Typing: typing, Offset: offset, Limit: limit})
			if len(r.IDs) > limit || len(r.IDs) > r.Total || r.Total > 3 {
				t.Errorf("%d of %d things, at most %d asked for", len(r.IDs), r.Total, limit)
			}
			for _, id := range r.IDs {
				if id < 1 || id > 3 {
					t.Errorf("%d is found and is not there", id)
				}
			}
			if found := e.Everywhere([]string{"project", "nothing"}, text, typing, limit); len(found.Hits) > limit {
				t.Errorf("%d hits, at most %d asked for", len(found.Hits), limit)
			}
		}
	})
}
