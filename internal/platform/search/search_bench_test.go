package search

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"birge/internal/platform/ref"
)

// generated are n projects with eight facets, words that are as uneven as those
// of a language, and an agreement number of their own.
func generated(n int) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		r := rand.New(rand.NewPCG(1, 2))
		zipf := rand.NewZipf(r, 1.1, 4, 50_000)
		words := func(n int) string {
			var b strings.Builder
			for range n {
				fmt.Fprintf(&b, "сөз%dк ", zipf.Uint64())
			}
			return b.String()
		}
		for i := range n {
			village := r.Int64N(4000)
			d := Doc{
				Kind: "project", ID: ref.ID(i+1) << 12, Title: words(6), Body: words(25),
				Exact: []string{fmt.Sprintf("155-%d", i)},
				Facets: map[string][]int64{
					"place": {1, 10 + village/200, 1000 + village/20, 10_000 + village}, "sphere": {r.Int64N(14)},
					"kind": {r.Int64N(6)}, "status": {r.Int64N(7)}, "year": {2015 + r.Int64N(12)}, "size": {r.Int64N(5)},
					"group": {r.Int64N(12), r.Int64N(12)}, "urban": {r.Int64N(2)},
				},
				Sorts: map[string]int64{"new": r.Int64N(1 << 30), "sum": r.Int64N(1 << 35)},
				Sums:  map[string]int64{"sum": r.Int64N(1 << 35)},
			}
			if !yield(d, nil) {
				return
			}
		}
	}
}

var benched = map[int]*Engine{}

func engineOf(b *testing.B, n int) *Engine {
	if e := benched[n]; e != nil {
		return e
	}
	e := New()
	start := time.Now()
	if err := e.Rebuild("project", 1, generated(n)); err != nil {
		b.Fatal(err)
	}
	benched[n] = e
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.Logf("%d documents: built in %v, heap %d MB", n, time.Since(start).Round(time.Millisecond), m.HeapAlloc>>20)
	return e
}

// BenchmarkSearch compares a small and a large portal. BIRGE_BENCH_DOCS says how
// many documents the large one has, a million unless told.
func BenchmarkSearch(b *testing.B) {
	large := 1_000_000
	if _, err := fmt.Sscan(os.Getenv("BIRGE_BENCH_DOCS"), &large); err != nil {
		large = 1_000_000
	}
	facets := []string{"place", "sphere", "kind", "status", "year", "size", "group", "urban"}
	queries := []struct {
		name string
		q    Query
	}{
		{"list", Query{Sort: "new", Desc: true}},
		{"region", Query{Filters: []Filter{{"place", []int64{12}}}, Sort: "new", Desc: true}},
		{"district", Query{Filters: []Filter{{"place", []int64{1007}}}, Sort: "new", Desc: true}},
		{"three", Query{Filters: []Filter{{"place", []int64{12}}, {"sphere", []int64{3}}, {"year", []int64{2024}}}, Sort: "sum"}},
		{"widest", Query{Filters: []Filter{{"urban", []int64{1}}}, Sort: "new", Desc: true}},
		{"common", Query{Text: "сөз0к"}},
		{"two", Query{Text: "сөз3к сөз90к"}},
		{"rare", Query{Text: "сөз20000к"}},
		{"typing", Query{Text: "сөз12", Typing: true}},
		{"number", Query{Text: "155-777"}},
	}
	for _, n := range []int{10_000, large} {
		for _, c := range queries {
			c.q.Limit, c.q.Count, c.q.Sum = 20, facets, []string{"sum"}
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				e := engineOf(b, n)
				for b.Loop() {
					if e.Search("project", c.q).Building {
						b.Fatal("not ready")
					}
				}
			})
		}
	}
	b.Run(fmt.Sprintf("save+load/%d", large), func(b *testing.B) {
		e, path := engineOf(b, large), b.TempDir()+"/index"
		var save, load time.Duration
		for b.Loop() {
			start := time.Now()
			if err := e.Save(path, stamped); err != nil {
				b.Fatal(err)
			}
			save += time.Since(start)
			start = time.Now()
			if err := New().Load(path, anyStamp); err != nil {
				b.Fatal(err)
			}
			load += time.Since(start)
		}
		b.ReportMetric(float64(save.Milliseconds())/float64(b.N), "save-ms/op")
		b.ReportMetric(float64(load.Milliseconds())/float64(b.N), "load-ms/op")
	})
	b.Run(fmt.Sprintf("apply1/%d", large), func(b *testing.B) {
		e := engineOf(b, large)
		i := 0
		for b.Loop() {
			i++
			e.Apply(Batch{Put: []Doc{{Kind: "project", ID: ref.ID(i%1000+1) << 12, Title: "сөз1к"}}})
		}
	})
}
