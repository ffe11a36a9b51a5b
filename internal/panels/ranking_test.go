package panels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

// trial is a simulated panel: what the works are worth, how far each expert's
// marks are off, and the marks.
type trial struct {
	worth, severity []float64
	marks           []Mark
}

// simulated has experts with severities of the given spread mark works three
// times each, as the draw gives them.
func simulated(seed uint64, works, experts int, worth, severity, noise float64) trial {
	dice := rand.New(rand.NewPCG(seed, 7))
	t := trial{worth: make([]float64, works), severity: make([]float64, experts)}
	for i := range t.worth {
		t.worth[i] = 60 + worth*dice.NormFloat64()
	}
	for j := range t.severity {
		t.severity[j] = severity * dice.NormFloat64()
	}
	return t.markedBy(seed, 3, noise)
}

// markedBy has the works marked anew by other draws of the same experts.
func (t trial) markedBy(seed uint64, perWork int, noise float64) trial {
	dice := rand.New(rand.NewPCG(seed, 8))
	t.marks = nil
	var turn []int
	for i := range t.worth {
		if len(turn) < perWork {
			turn = dice.Perm(len(t.severity))
		}
		for _, j := range turn[:perWork] {
			points := math.Round(t.worth[i] + t.severity[j] + noise*dice.NormFloat64())
			t.marks = append(t.marks, Mark{Work: i, Expert: j, Points: min(100, max(0, points))})
		}
		turn = turn[perWork:]
	}
	return t
}

func (t trial) rank() Ranking { return Rank(t.marks, len(t.worth), len(t.severity)) }

// kendall is the share of pairs in the right order less that in the wrong one.
func kendall(truth []float64, order []int) float64 {
	sum, pairs := 0, 0
	for a := range order {
		for b := a + 1; b < len(order); b++ {
			pairs++
			if truth[order[a]] > truth[order[b]] {
				sum++
			} else {
				sum--
			}
		}
	}
	return float64(sum) / float64(pairs)
}

func TestTheCorrectedOrderIsNearerTheTruth(t *testing.T) {
	for _, c := range []struct {
		works, experts                 int
		severity, noise, gain, nearest float64 // the mean gain of Kendall's tau, and in what share of panels it gains
	}{
		{200, 40, 10, 6, 0.08, 0.98},
		{200, 40, 6, 6, 0.03, 0.95},
		{60, 12, 10, 6, 0.06, 0.90},
		{30, 6, 10, 8, 0.03, 0.75},
	} {
		gain, nearer, raw, corrected := 0.0, 0, 0.0, 0.0
		const panels = 100
		for seed := range uint64(panels) {
			s := simulated(seed, c.works, c.experts, 10, c.severity, c.noise)
			r := s.rank()
			before, after := kendall(s.worth, r.RawOrder()), kendall(s.worth, r.Order())
			raw, corrected = raw+before/panels, corrected+after/panels
			gain += (after - before) / panels
			if after >= before {
				nearer++
			}
		}
		t.Logf("%d works, %d experts, severity %.0f, noise %.0f: tau raw %.3f, corrected %.3f; not farther in %d of %d", c.works, c.experts, c.severity, c.noise, raw, corrected, nearer, panels)
		if gain < c.gain || float64(nearer) < c.nearest*panels {
			t.Errorf("%+v: gain %.3f, nearer in %d of %d", c, gain, nearer, panels)
		}
	}
}

func TestWithEqualSeverityBothOrdersAgree(t *testing.T) {
	for _, c := range []struct{ works, experts int }{{200, 40}, {60, 12}, {30, 6}, {8, 4}} {
		same := 0
		const panels = 300
		for seed := range uint64(panels) {
			s := simulated(seed, c.works, c.experts, 10, 0, 6)
			r := s.rank()
			if slices.Equal(r.Order(), r.RawOrder()) {
				same++
			}
			if r.Differ && kendall(s.worth, r.Order()) < kendall(s.worth, r.RawOrder())-0.05 {
				t.Errorf("panel %d of %+v: chance spoilt the order", seed, c)
			}
		}
		t.Logf("%d works, %d experts: the same order in %d of %d panels", c.works, c.experts, same, panels)
		if same < panels*97/100 {
			t.Errorf("%+v: the same order in %d of %d panels", c, same, panels)
		}
	}
}

func TestSeverityIsFound(t *testing.T) {
	s := simulated(3, 300, 30, 10, 8, 5)
	r := s.rank()
	mean, off := 0.0, 0.0
	for _, k := range s.marks {
		mean += s.severity[k.Expert] / float64(len(s.marks))
	}
	for j := range s.severity {
		off = max(off, math.Abs(r.Severity[j]-(s.severity[j]-mean)))
	}
	if !r.Differ || off > 4 {
		t.Errorf("differ %v, the worst severity is off by %.1f points", r.Differ, off)
	}
}

func TestRankByHand(t *testing.T) {
	// Expert 1 gives 20 points less than 0 to everything both read; works 0 and 3
	// were read by one of them alone and are worth the same.
	marks := []Mark{{0, 0, 80}, {1, 0, 70}, {1, 1, 50}, {2, 0, 60}, {2, 1, 40}, {3, 1, 60}, {5, 0, 90}, {5, 1, 70}}
	r := Rank(marks, 6, 2)
	near := func(a, b float64) bool { return math.Abs(a-b) < 0.01 }
	if !r.Differ || !near(r.Severity[0]-r.Severity[1], 20) || !near(r.Standings[0].Corrected, r.Standings[3].Corrected) {
		t.Errorf("%+v", r)
	}
	if s := r.Standings[4]; s.Place != 0 || s.Marks != 0 {
		t.Errorf("a work without marks has a place: %+v", s)
	}
	if got := fmt.Sprint(r.RawOrder(), r.Order()); got != "[0 5 1 3 2] [5 0 3 1 2]" {
		t.Errorf("orders %s", got)
	}
	equal := Rank([]Mark{{0, 0, 50}, {1, 0, 50}, {2, 0, 70}}, 3, 1)
	if s := equal.Standings; s[2].Place != 1 || s[0].Place != 2 || s[1].Place != 2 || equal.Differ {
		t.Errorf("equals share a place: %+v", s)
	}
	if equal.Firmness([32]byte{}, 10, nil) != nil {
		t.Error("one expert for each work tells nothing of the noise")
	}
	if none := Rank(nil, 2, 0); none.Order() != nil || none.Firmness([32]byte{}, 10, nil) != nil {
		t.Errorf("nothing was marked: %+v", none)
	}
}

// Groups of experts who share no work cannot be compared, and are not.
func TestGroupsThatShareNoWorkAreNotCompared(t *testing.T) {
	var marks []Mark
	for i := range 10 {
		for j := range 3 {
			far := float64(j % 3)
			marks = append(marks, Mark{i, j, 50 + far}, Mark{10 + i, 3 + j, 80 + far})
		}
	}
	r := Rank(marks, 20, 6)
	if math.Abs(r.Standings[0].Corrected-51) > 0.01 || math.Abs(r.Standings[10].Corrected-81) > 0.01 {
		t.Errorf("corrected to %v and %v", r.Standings[0].Corrected, r.Standings[10].Corrected)
	}
}

// top has the first n of the order above the cut.
func top(n int) func([]int, []bool) {
	return func(order []int, above []bool) {
		for _, i := range order[:n] {
			above[i] = true
		}
	}
}

// Works said to stay above the cut in so many panels do stay when the same works
// are marked by other panels.
func TestFirmnessIsTrue(t *testing.T) {
	const works, funded, panels = 120, 40, 60
	said, stayed := make([]float64, 5), make([]float64, 5) // by fifths of the share said
	count := make([]float64, 5)
	for seed := range uint64(panels) {
		s := simulated(seed, works, 24, 10, 6, 8)
		r := s.rank()
		firm := r.Firmness([32]byte{byte(seed)}, 200, top(funded))
		actual := make([]float64, works)
		const others = 20
		for k := range uint64(others) {
			again := s.markedBy(1000*seed+k+1, 3, 8).rank()
			for _, i := range again.Order()[:funded] {
				actual[i] += 1.0 / others
			}
		}
		for i, f := range firm {
			fifth := min(4, int(f.Stays*5))
			said[fifth], stayed[fifth], count[fifth] = said[fifth]+f.Stays, stayed[fifth]+actual[i], count[fifth]+1
			if f.From < 1 || f.From > f.To || f.To > works {
				t.Fatalf("work %d stands from %d to %d", i, f.From, f.To)
			}
		}
	}
	for k := range said {
		a, b := said[k]/count[k], stayed[k]/count[k]
		t.Logf("said to stay in %.0f %% of panels: stayed in %.0f %% (%.0f works)", 100*a, 100*b, count[k])
		if math.Abs(a-b) > 0.06 {
			t.Errorf("said %.2f, stayed %.2f", a, b)
		}
	}
}

func TestFirmnessIsTheSameForTheSameSeed(t *testing.T) {
	r := simulated(1, 50, 10, 10, 5, 5).rank()
	a, b, c := r.Firmness([32]byte{1}, 50, top(10)), r.Firmness([32]byte{1}, 50, top(10)), r.Firmness([32]byte{2}, 50, top(10))
	if !slices.Equal(a, b) || slices.Equal(a, c) {
		t.Error("the seed does not decide")
	}
}

func BenchmarkRank10kWorks(b *testing.B) { benchmarkRank(b, 10_000, 300) }
func BenchmarkRank1kWorks(b *testing.B)  { benchmarkRank(b, 1_000, 60) }

func benchmarkRank(b *testing.B, works, experts int) {
	s := simulated(1, works, experts, 10, 6, 6)
	for b.Loop() {
		s.rank()
	}
}

func BenchmarkFirmness10kWorks(b *testing.B) {
	r := simulated(1, 10_000, 300, 10, 6, 6).rank()
	b.ReportAllocs()
	for b.Loop() {
		r.Firmness([32]byte{1}, Panels, top(2000))
	}
}

func sheetCriteria() []Criterion {
	return []Criterion{
		{Code: "need", Name: i18n.Only(i18n.RU, "Актуальность"), Weight: 60, Max: 10},
		{Code: "budget", Name: i18n.Only(i18n.RU, "Смета"), Weight: 40, Max: 5},
	}
}

func TestASheetIsWhole(t *testing.T) {
	const why = "Понятно и обосновано."
	whole := []Score{{"budget", 5, why}, {"need", 7, "  " + why}}
	list, err := CheckScores(sheetCriteria(), whole)
	must(t, err)
	if list[0].Code != "need" || list[0].Comment != why || Total(sheetCriteria(), list) != 82 {
		t.Errorf("%+v gives %v", list, Total(sheetCriteria(), list))
	}
	for field, bad := range map[string][]Score{
		"points.need":    {{"need", -1, why}, {"budget", 1, why}},
		"points.budget":  {{"need", 1, why}, {"budget", 6, why}},
		"comment.need":   {{"need", 1, "да"}, {"budget", 5, why}},
		"points.missing": {{"need", 1, why}},
		"criteria":       {{"need", 1, why}, {"budget", 1, why}, {"more", 1, why}},
	} {
		_, err := CheckScores(sheetCriteria(), bad)
		p := problem.As(err)
		if field == "points.missing" {
			field = "points.budget"
		}
		if p == nil || p.Fields[field].Key == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestCriteriaAreJudged(t *testing.T) {
	for name, c := range map[string]struct {
		change func([]Criterion) []Criterion
		field  string
	}{
		"none":      {func([]Criterion) []Criterion { return nil }, "criteria"},
		"weights":   {func(l []Criterion) []Criterion { l[0].Weight = 50; return l }, "criteria"},
		"no weight": {func(l []Criterion) []Criterion { l[0].Weight = 0; return l }, "criteria.0.weight"},
		"twice":     {func(l []Criterion) []Criterion { l[1].Code = "need"; return l }, "criteria.1.code"},
		"no name":   {func(l []Criterion) []Criterion { l[1].Name = i18n.Text{}; return l }, "criteria.1.name"},
		"no points": {func(l []Criterion) []Criterion { l[1].Max = 0; return l }, "criteria.1.max"},
		"scale":     {func(l []Criterion) []Criterion { l[1].Scale = []Step{{Score: 6}}; return l }, "criteria.1.scale"},
	} {
		if bad := CheckCriteria(c.change(sheetCriteria())); bad[c.field].Key == "" {
			t.Errorf("%s: %v", name, bad)
		}
	}
	if bad := CheckCriteria(sheetCriteria()); bad != nil {
		t.Error(bad)
	}
}

func TestApart(t *testing.T) {
	for _, c := range []struct {
		totals []float64
		spread int
		want   bool
	}{
		{[]float64{40, 70, 55}, 30, false}, {[]float64{40, 70.5}, 30, true}, {[]float64{0, 100}, 0, false}, {[]float64{50}, 10, false},
	} {
		if Apart(c.totals, c.spread) != c.want {
			t.Errorf("%+v", c)
		}
	}
}
