package panels

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Mark is the total of one expert for one work, in points of 100. Works and
// experts are numbered from 0.
type Mark struct {
	Work, Expert int
	Points       float64
}

// Standing is where a work stands.
type Standing struct {
	// Marks is how many experts marked it; with none it has no place.
	Marks int
	// Raw is the mean of its marks. Corrected is that mean without what its
	// experts give above or below other experts who read the same works.
	Raw, Corrected float64
	// RawPlace and Place are the places by both, from 1; equals share a place.
	RawPlace, Place int
}

// Ranking is the order of works by their marks.
type Ranking struct {
	// Standings are by work.
	Standings []Standing
	// Severity is by expert how many points of 100 that expert gives above the
	// others (below: negative), as far as the marks tell.
	Severity []float64
	// Differ tells that experts differ by more than chance; otherwise nothing is
	// corrected and both orders are the same.
	Differ bool

	marks     []Mark
	residuals []float64 // by mark, what neither work nor expert explains
	doubt     []float64 // by expert, the standard error of the severity
}

// chance is how far out in a normal distribution the difference between experts
// must lie to be believed: 1 case in 100.
const chance = 2.326

// Rank puts works in order. A mark is taken as the sum of what the work is worth,
// how generous the expert is, and noise. How much experts differ is estimated from
// the works that several of them read (Henderson's third method); each severity is
// drawn towards 0 by as much as its expert's marks are few and noisy. When the
// difference between experts is no larger than chance would make it, nothing is
// corrected.
func Rank(marks []Mark, works, experts int) Ranking {
	r := Ranking{Standings: make([]Standing, works), Severity: make([]float64, experts), marks: marks, doubt: make([]float64, experts)}
	m := newModel(marks, works, experts)
	m.fit(0)
	within, left := m.rest(make([]float64, experts)), m.rest(m.severity)
	noise := left / max(1, float64(m.freedom))
	pull := math.Inf(1)
	if between := within - left; m.freedom > 0 && m.comparable > 0 && beyondChance(between, float64(m.comparable), left, float64(m.freedom)) {
		differ := (between - float64(m.comparable)*noise) / float64(len(marks)-m.judged)
		r.Differ, pull = true, noise/differ
	}
	m.fit(pull)
	copy(r.Severity, m.severity)
	r.residuals = m.residuals(noise)
	for j, n := range m.compared {
		if r.Differ {
			r.doubt[j] = math.Sqrt(noise / max(pull+n, 1e-9))
		}
	}
	r.stand(m)
	return r
}

// beyondChance is the F test of the difference between experts, by Paulson's
// normal approximation.
func beyondChance(between, dfBetween, left, dfLeft float64) bool {
	const nothing = 1e-9 // of points squared: marks that agree but for rounding
	if between < nothing {
		return false
	}
	if left < nothing {
		return true
	}
	f := math.Cbrt(between / dfBetween * dfLeft / left)
	a, b := 2/(9*dfBetween), 2/(9*dfLeft)
	return (f*(1-b)-(1-a))/math.Sqrt(f*f*b+a) > chance
}

// model is the sum of work and expert, fitted by turns.
type model struct {
	marks            []Mark
	perWork, perJury []float64 // how many marks each has
	mean             []float64 // of each work
	worth, severity  []float64
	compared         []float64 // by expert, how many marks tell of the severity
	judged           int       // works with marks
	comparable       int       // differences between experts that the marks tell
	freedom          int       // marks left to tell the noise
}

func newModel(marks []Mark, works, experts int) *model {
	m := &model{marks: marks, perWork: make([]float64, works), perJury: make([]float64, experts), mean: make([]float64, works),
		worth: make([]float64, works), severity: make([]float64, experts), compared: make([]float64, experts)}
	joined := newUnion(works + experts)
	for _, k := range marks {
		m.perWork[k.Work]++
		m.perJury[k.Expert]++
		m.mean[k.Work] += k.Points
		joined.join(k.Work, works+k.Expert)
	}
	juries, parts := 0, map[int]bool{}
	for i, n := range m.perWork {
		if n > 0 {
			m.judged++
			m.mean[i] /= n
			parts[joined.find(i)] = true
		}
	}
	for _, n := range m.perJury {
		if n > 0 {
			juries++
		}
	}
	for _, k := range marks {
		m.compared[k.Expert] += 1 - 1/m.perWork[k.Work]
	}
	m.comparable = juries - len(parts)
	m.freedom = len(marks) - m.judged - m.comparable
	return m
}

// The fit ends when no severity moves by more than settled points, which is far
// below what places are told apart by.
const (
	settled   = 1e-9
	mostTurns = 2000
)

// fit finds worth and severity by turns: each work is worth the mean of its marks
// without the severities of its experts, each severity is what its expert gives
// above the worth of the works, drawn towards 0 as if by so many marks of pull.
func (m *model) fit(pull float64) {
	next := make([]float64, len(m.severity))
	for turn := 0; turn < mostTurns; turn++ {
		copy(m.worth, m.mean)
		for _, k := range m.marks {
			m.worth[k.Work] -= m.severity[k.Expert] / m.perWork[k.Work]
		}
		if math.IsInf(pull, 1) {
			clear(m.severity)
			copy(m.worth, m.mean)
			return
		}
		clear(next)
		for _, k := range m.marks {
			next[k.Expert] += k.Points - m.worth[k.Work]
		}
		moved := 0.0
		for j := range next {
			if m.perJury[j] > 0 {
				next[j] /= m.perJury[j] + pull
			}
			moved = max(moved, math.Abs(next[j]-m.severity[j]))
		}
		copy(m.severity, next)
		if moved < settled {
			break
		}
	}
	m.centre()
}

// centre has severities cancel over all marks, so that the mean of the corrected
// marks is the mean of the raw ones.
func (m *model) centre() {
	sum := 0.0
	for _, k := range m.marks {
		sum += m.severity[k.Expert]
	}
	for j, n := range m.perJury {
		if n > 0 {
			m.severity[j] -= sum / float64(len(m.marks))
		}
	}
	copy(m.worth, m.mean)
	for _, k := range m.marks {
		m.worth[k.Work] -= m.severity[k.Expert] / m.perWork[k.Work]
	}
}

// rest is the sum of squares that works and the given severities do not explain.
func (m *model) rest(severity []float64) (sum float64) {
	worth := slices.Clone(m.mean)
	for _, k := range m.marks {
		worth[k.Work] -= severity[k.Expert] / m.perWork[k.Work]
	}
	for _, k := range m.marks {
		d := k.Points - worth[k.Work] - severity[k.Expert]
		sum += d * d
	}
	return sum
}

// residuals are what is left of each mark, scaled so that their spread is that of
// the noise; none when the marks do not tell the noise.
func (m *model) residuals(noise float64) []float64 {
	if m.freedom <= 0 {
		return nil
	}
	out, sum := make([]float64, len(m.marks)), 0.0
	for i, k := range m.marks {
		out[i] = k.Points - m.worth[k.Work] - m.severity[k.Expert]
		sum += out[i] * out[i]
	}
	if sum > 0 {
		scale := math.Sqrt(noise * float64(len(out)) / sum)
		for i := range out {
			out[i] *= scale
		}
	}
	return out
}

// stand fills in means and places.
func (r *Ranking) stand(m *model) {
	for i := range r.Standings {
		r.Standings[i] = Standing{Marks: int(m.perWork[i]), Raw: rounded(m.mean[i]), Corrected: rounded(m.worth[i])}
	}
	r.number()
}

// Without is the ranking in which works that are gone have no place. Their marks
// still tell of their experts.
func (r Ranking) Without(gone []bool) Ranking {
	r.Standings = slices.Clone(r.Standings)
	for i, out := range gone {
		if out {
			r.Standings[i] = Standing{}
		}
	}
	r.number()
	return r
}

// number gives the places.
func (r *Ranking) number() {
	var order []int
	for i, s := range r.Standings {
		if s.Marks > 0 {
			order = append(order, i)
		}
	}
	raw := func(i int) float64 { return r.Standings[i].Raw }
	corrected := func(i int) float64 { return r.Standings[i].Corrected }
	tellPlaces(order, raw, func(i, place int) { r.Standings[i].RawPlace = place })
	tellPlaces(order, corrected, func(i, place int) { r.Standings[i].Place = place })
}

// rounded keeps a hundred-thousandth of a point: what differs by less is equal.
func rounded(v float64) float64 { return math.Round(v*1e5) / 1e5 }

// tellPlaces sorts works by value, the highest first and equals by number, and tells
// each its place.
func tellPlaces(order []int, value func(int) float64, tell func(i, place int)) {
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(value(b), value(a)), cmp.Compare(a, b)) })
	place := 0
	for k, i := range order {
		if k == 0 || value(i) != value(order[k-1]) {
			place = k + 1
		}
		tell(i, place)
	}
}

// Order lists the works that have marks by their corrected place, equals by number.
func (r Ranking) Order() []int {
	return r.ordered(func(s Standing) int { return s.Place })
}

// RawOrder is Order by the raw place.
func (r Ranking) RawOrder() []int {
	return r.ordered(func(s Standing) int { return s.RawPlace })
}

func (r Ranking) ordered(place func(Standing) int) []int {
	var order []int
	for i, s := range r.Standings {
		if s.Marks > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(place(r.Standings[a]), place(r.Standings[b])) })
	return order
}

// Firm is how firm the place of a work is.
type Firm struct {
	// From and To are the places between which it stays in nine of ten panels.
	From, To int
	// Stays is the share of panels, 0 to 1, in which it is above the cut.
	Stays float64
}

// Panels is how many other panels are tried for the firmness.
const Panels = 400

// Firmness tries n other plausible panels: each work is marked anew by as many
// experts drawn at random. What the work is worth is taken to be as likely as the
// marks make it, drawn towards the mean of all by as much as the marks are noisy
// (who is far above the others was lucky too); the noise is drawn from that of all
// marks, and severities are known as badly as they are now. cut marks in above
// which works of the order stay in; nil tells places only. The same seed gives the
// same answer. It is nil when the marks do not tell the noise: a single expert for
// each work.
func (r Ranking) Firmness(seed [32]byte, n int, cut func(order []int, above []bool)) []Firm {
	if r.residuals == nil || n < 1 {
		return nil
	}
	works := len(r.Standings)
	guesses, judged, keys := r.guesses(), r.Order(), []uint64(nil)
	order := slices.Clone(judged)
	stood, stays, above := make([]int32, works*n), make([]int, works), make([]bool, works)
	dice := rand.New(rand.NewChaCha8(seed))
	for k := range n {
		keys = keys[:0]
		for _, i := range judged {
			keys = append(keys, sortKey(guesses[i].middle+guesses[i].wide*r.luck(r.Standings[i].Marks, dice), i))
		}
		slices.Sort(keys)
		for place, key := range keys {
			i := int(key & (1<<workBits - 1))
			order[place], stood[i*n+k] = i, int32(place+1)
		}
		if cut != nil {
			clear(above)
			cut(order, above)
			for i, in := range above {
				if in {
					stays[i]++
				}
			}
		}
	}
	return bounds(stood, stays, n)
}

// workBits is how many bits of a sort key tell the work.
const workBits = 24

// sortKey is a number that sorts works by value, the highest first, and equals by
// number; values are points of 100, give or take some thousands.
func sortKey(value float64, work int) uint64 {
	const top, fine = 10_000, 1e5
	return uint64((top-value)*fine)<<workBits | uint64(work)
}

// guess is what a work is worth as far as the marks tell: the middle, and how much
// wider than the noise of one panel the values of another one lie around it.
type guess struct{ middle, wide float64 }

func (r Ranking) guesses() []guess {
	out := make([]guess, len(r.Standings))
	order := r.Order()
	mean, spread, noise := 0.0, 0.0, 0.0
	for _, i := range order {
		mean += r.Standings[i].Corrected / float64(len(order))
	}
	one := r.noise()
	for _, i := range order {
		d := r.Standings[i].Corrected - mean
		spread += d * d / float64(max(1, len(order)-1))
		noise += one / float64(r.Standings[i].Marks) / float64(len(order))
	}
	worth := max(0, spread-noise) // how far apart the works truly are
	for _, i := range order {
		s := r.Standings[i]
		sure := 1.0
		if n := one / float64(s.Marks); worth+n > 0 {
			sure = worth / (worth + n)
		}
		out[i] = guess{mean + sure*(s.Corrected-mean), math.Sqrt(1 + sure)}
	}
	return out
}

// noise is the variance of one corrected mark around what its work is worth.
func (r Ranking) noise() (sum float64) {
	for i, k := range r.marks {
		sum += r.residuals[i]*r.residuals[i] + r.doubt[k.Expert]*r.doubt[k.Expert]
	}
	return sum / float64(len(r.marks))
}

// luck is how far the mean of so many marks is off in a panel.
func (r Ranking) luck(marks int, dice *rand.Rand) (sum float64) {
	for range marks {
		at := dice.IntN(len(r.marks))
		sum += r.residuals[at]
		if r.Differ {
			sum += r.doubt[r.marks[at].Expert] * bell(dice)
		}
	}
	return sum / float64(max(1, marks))
}

// bell is a number with mean 0 and spread 1, near enough to normal: the sum of
// twelve even ones less six.
func bell(dice *rand.Rand) float64 {
	a, b := dice.Uint64(), dice.Uint64()
	sum := uint64(0)
	for range 6 {
		sum += a&1023 + b&1023
		a, b = a>>10, b>>10
	}
	return float64(sum)/1024 - 6
}

func bounds(stood []int32, stays []int, n int) []Firm {
	out := make([]Firm, len(stays))
	for i := range out {
		row := stood[i*n : (i+1)*n]
		slices.Sort(row)
		out[i] = Firm{From: int(row[n/20]), To: int(row[n-1-n/20]), Stays: float64(stays[i]) / float64(n)}
	}
	return out
}

// union joins works and experts that marks hold together.
type union []int

func newUnion(n int) union {
	u := make(union, n)
	for i := range u {
		u[i] = i
	}
	return u
}

func (u union) find(i int) int {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

func (u union) join(a, b int) { u[u.find(a)] = u.find(b) }
