package panels

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

// Lists are what a draw is made from, without names: experts and works by number,
// and which expert does not read which work. Why an expert is excluded is not told.
type Lists struct {
	PerWork    int            `json:"per_work"`
	Experts    []ListedExpert `json:"experts"`
	Works      []ListedWork   `json:"works"`
	Exclusions []Pair         `json:"exclusions"`
}

// ListedExpert is an expert in a draw.
type ListedExpert struct {
	No      int         `json:"no"`
	Spheres []string    `json:"spheres"` // in which the expert is competent
	Langs   []i18n.Lang `json:"langs"`   // which the expert reads
	Most    int         `json:"most"`    // how many works at most, 0 is no bound
}

// ListedWork is a work in a draw.
type ListedWork struct {
	No      int         `json:"no"`
	Spheres []string    `json:"spheres"`
	Langs   []i18n.Lang `json:"langs"` // in which it can be read, none is any
}

// Pair is an expert and a work by their numbers.
type Pair struct {
	Expert int `json:"expert"`
	Work   int `json:"work"`
}

// Hash is the SHA-256, in hexadecimal, of the salt, a line feed and the lists as
// JSON without spaces.
func (l Lists) Hash(salt string) (string, error) {
	body, err := json.Marshal(l)
	sum := sha256.Sum256(append([]byte(salt+"\n"), body...))
	return hex.EncodeToString(sum[:]), err
}

// SeedOf is the seed that follows from the hash of the lists and the parts in
// their order: the SHA-256, in hexadecimal, of the hash and of each part with its
// length in bytes before it, one to a line.
func SeedOf(listsHash string, parts []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", listsHash)
	for _, p := range parts {
		fmt.Fprintf(&b, "%d:%s\n", len(p), p)
	}
	return CommitTo(b.String())
}

// stream is a row of numbers that follows from a seed: the SHA-256 of the seed in
// hexadecimal, a colon and the number of the block in decimal gives four of them,
// each eight bytes with the highest first.
type stream struct {
	seed  string
	at    int64 // how many numbers were taken
	block [sha256.Size]byte
}

const perBlock = sha256.Size / 8

func (s *stream) next() uint64 {
	if i := s.at % perBlock; i == 0 {
		s.load()
	}
	i := s.at % perBlock
	s.at++
	return binary.BigEndian.Uint64(s.block[8*i:])
}

func (s *stream) load() {
	s.block = sha256.Sum256(fmt.Appendf(nil, "%s:%d", s.seed, s.at/perBlock))
}

// from goes to a place in the stream.
func (s *stream) from(at int64) {
	s.at = at
	s.load()
}

// below is an even choice of 0 … n-1: numbers from the uneven rest at the top are
// passed over.
func (s *stream) below(n int) int {
	limit := ^uint64(0) - ^uint64(0)%uint64(n)
	for {
		if v := s.next(); v < limit {
			return int(v % uint64(n))
		}
	}
}

// StepKind is what happened in a draw.
type StepKind string

// What can happen.
const (
	DrawFirst    StepKind = "first"    // every work gets its experts
	DrawMore     StepKind = "more"     // a work gets one more expert
	DrawLeave    StepKind = "leave"    // an expert leaves a work and is not drawn for it again
	DrawExpert   StepKind = "expert"   // an expert joins
	DrawWork     StepKind = "work"     // a work comes in late and gets its experts
	DrawWithdraw StepKind = "withdraw" // a work goes
)

// DrawStep is one thing that happened in a draw and what was drawn for it.
type DrawStep struct {
	Kind StepKind `json:"kind"`
	// Why is a code: "spread", "recusal", "conflict", "late", "short".
	Why    string `json:"why,omitempty"`
	Expert int    `json:"expert,omitempty"`
	Work   int    `json:"work,omitempty"`
	// NewExpert and NewWork come in with this step, with who does not read what.
	NewExpert  *ListedExpert `json:"new_expert,omitempty"`
	NewWork    *ListedWork   `json:"new_work,omitempty"`
	Exclusions []Pair        `json:"exclusions,omitempty"`
	// From is the place in the stream before the step, To the one after it.
	From int64 `json:"from"`
	To   int64 `json:"to"`
	// Picks are the experts drawn, in the order in which they were drawn. Short
	// lists works for which nobody was left, once for each expert that they lack.
	Picks []Pick `json:"picks"`
	Short []int  `json:"short,omitempty"`
}

// Pick is an expert drawn for a work.
type Pick struct {
	Pair
	// Outside tells that nobody competent in a sphere of the work was left.
	Outside bool `json:"outside,omitempty"`
}

// Draw is a draw in progress. The same lists, seed and steps give the same picks.
type Draw struct {
	perWork int
	stream  stream
	codes   map[string]uint64 // a bit for each sphere and language
	experts []drawnExpert     // by number
	works   map[int]*drawnWork
}

type drawnExpert struct {
	no, most, load int
	spheres, langs uint64
}

type drawnWork struct {
	no             int
	spheres, langs uint64
	// barred are the experts who are not drawn for it: true for those who read it.
	barred map[int]bool
	gone   bool
}

// mostCodes is how many spheres and languages a draw tells apart.
const mostCodes = 64

// NewDraw begins a draw. Numbers that stand twice, pairs of numbers that nobody
// has, and more codes than a draw tells apart are a Conflict.
func NewDraw(l Lists, seed string) (*Draw, error) {
	d := &Draw{perWork: l.PerWork, stream: stream{seed: seed}, codes: map[string]uint64{}, works: map[int]*drawnWork{}}
	for _, e := range l.Experts {
		if err := d.addExpert(e); err != nil {
			return nil, err
		}
	}
	for _, w := range l.Works {
		if err := d.addWork(w); err != nil {
			return nil, err
		}
	}
	return d, d.exclude(l.Exclusions)
}

func wrongLists() error { return problem.New(problem.Conflict, "panels.lists_wrong") }

func (d *Draw) addExpert(e ListedExpert) error {
	i, found := d.expert(e.No)
	if found || e.No < 1 {
		return wrongLists()
	}
	spheres, langs, err := d.bits(e.Spheres, e.Langs)
	d.experts = slices.Insert(d.experts, i, drawnExpert{no: e.No, most: e.Most, spheres: spheres, langs: langs})
	return err
}

func (d *Draw) addWork(w ListedWork) error {
	if d.works[w.No] != nil || w.No < 1 {
		return wrongLists()
	}
	spheres, langs, err := d.bits(w.Spheres, w.Langs)
	d.works[w.No] = &drawnWork{no: w.No, spheres: spheres, langs: langs, barred: map[int]bool{}}
	return err
}

func (d *Draw) bits(spheres []string, langs []i18n.Lang) (s, l uint64, err error) {
	bit := func(code string) uint64 {
		if _, ok := d.codes[code]; !ok {
			if len(d.codes) == mostCodes {
				err = wrongLists()
				return 0
			}
			d.codes[code] = 1 << len(d.codes)
		}
		return d.codes[code]
	}
	for _, c := range spheres {
		s |= bit("sphere " + c)
	}
	for _, c := range langs {
		l |= bit("lang " + string(c))
	}
	return s, l, err
}

func (d *Draw) expert(no int) (int, bool) {
	return slices.BinarySearchFunc(d.experts, no, func(e drawnExpert, no int) int { return cmp.Compare(e.no, no) })
}

func (d *Draw) exclude(pairs []Pair) error {
	for _, p := range pairs {
		w := d.works[p.Work]
		if _, ok := d.expert(p.Expert); !ok || w == nil {
			return wrongLists()
		}
		w.barred[p.Expert] = false
	}
	return nil
}

// Play does what a step says and draws for it: the step comes back with its places
// in the stream and its picks. What it had of those is passed over.
func (d *Draw) Play(s DrawStep) (DrawStep, error) {
	s.From, s.Picks, s.Short = d.stream.at, []Pick{}, nil
	d.stream.from(s.From)
	lacking, err := d.change(s)
	if err != nil {
		return s, err
	}
	for _, w := range lacking {
		pick, ok := d.pick(w)
		if !ok {
			s.Short = append(s.Short, w.no)
			continue
		}
		d.give(pick.Pair)
		s.Picks = append(s.Picks, pick)
	}
	s.To = d.stream.at
	return s, nil
}

// Take goes on from a step that was played before, without drawing.
func (d *Draw) Take(s DrawStep) error {
	if s.Kind != DrawFirst {
		if _, err := d.change(s); err != nil {
			return err
		}
	}
	for _, p := range s.Picks {
		if _, ok := d.expert(p.Expert); !ok || d.works[p.Work] == nil {
			return wrongLists()
		}
		d.give(p.Pair)
	}
	d.stream.from(s.To)
	return nil
}

func (d *Draw) give(p Pair) {
	d.works[p.Work].barred[p.Expert] = true
	i, _ := d.expert(p.Expert)
	d.experts[i].load++
}

// change does what a step says, and lists the works that lack an expert for it, in
// the order in which they are drawn for.
func (d *Draw) change(s DrawStep) ([]*drawnWork, error) {
	switch s.Kind {
	case DrawFirst:
		return d.rounds(), nil
	case DrawMore:
		w := d.works[s.Work]
		if w == nil || w.gone {
			return nil, wrongLists()
		}
		return []*drawnWork{w}, nil
	case DrawLeave:
		i, ok := d.expert(s.Expert)
		if w := d.works[s.Work]; !ok || w == nil || !w.barred[s.Expert] {
			return nil, wrongLists()
		}
		d.experts[i].load--
		d.works[s.Work].barred[s.Expert] = false
		return nil, nil
	case DrawExpert:
		if s.NewExpert == nil {
			return nil, wrongLists()
		}
		if err := d.addExpert(*s.NewExpert); err != nil {
			return nil, err
		}
		return nil, d.exclude(s.Exclusions)
	case DrawWork:
		if s.NewWork == nil {
			return nil, wrongLists()
		}
		if err := d.addWork(*s.NewWork); err != nil {
			return nil, err
		}
		return slices.Repeat([]*drawnWork{d.works[s.NewWork.No]}, d.perWork), d.exclude(s.Exclusions)
	case DrawWithdraw:
		w := d.works[s.Work]
		if w == nil {
			return nil, wrongLists()
		}
		w.gone = true
		for no, reads := range w.barred {
			if i, _ := d.expert(no); reads {
				d.experts[i].load--
			}
		}
		return nil, nil
	}
	return nil, wrongLists()
}

// rounds is the order of the first draw: every work gets a first expert before
// any gets a second, and each round goes through the works in a new order.
func (d *Draw) rounds() []*drawnWork {
	list := make([]*drawnWork, 0, len(d.works))
	for _, w := range d.works {
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b *drawnWork) int { return cmp.Compare(a.no, b.no) })
	out := make([]*drawnWork, 0, len(list)*d.perWork)
	for range d.perWork {
		for i := len(list) - 1; i > 0; i-- {
			j := d.stream.below(i + 1)
			list[i], list[j] = list[j], list[i]
		}
		out = append(out, list...)
	}
	return out
}

// pick draws one expert for a work: of those who may read it and know one of its
// languages, those competent in one of its spheres come first, then those with
// the fewest works; among equals the stream decides.
func (d *Draw) pick(w *drawnWork) (Pick, bool) {
	var best []int
	outside, least := true, 0
	for _, e := range d.experts {
		if _, barred := w.barred[e.no]; barred || e.most > 0 && e.load >= e.most || w.langs != 0 && e.langs&w.langs == 0 {
			continue
		}
		strange := w.spheres != 0 && e.spheres&w.spheres == 0
		switch {
		case best == nil || outside && !strange || strange == outside && e.load < least:
			best, outside, least = append(best[:0], e.no), strange, e.load
		case strange == outside && e.load == least:
			best = append(best, e.no)
		}
	}
	if best == nil || w.gone {
		return Pick{}, false
	}
	no := best[d.stream.below(len(best))]
	return Pick{Pair: Pair{Expert: no, Work: w.no}, Outside: outside}, true
}

// DrawFile is everything that is published of a draw, so that anybody can replay
// it.
type DrawFile struct {
	Format string     `json:"format"`
	Panel  string     `json:"panel"`
	Salt   string     `json:"salt"`
	Hash   string     `json:"lists_hash"`
	Lists  Lists      `json:"lists"`
	Parts  []FilePart `json:"parts"`
	Seed   string     `json:"seed"`
	Steps  []DrawStep `json:"steps"`
}

// FilePart is a part of the seed in the file; Commit is "" for public dice.
type FilePart struct {
	Commit string `json:"commit,omitempty"`
	Value  string `json:"value"`
}

// DrawFormat names the format of the file and how it is replayed.
const DrawFormat = "birge-draw-1"

// Replay does everything again and tells where the file is not what follows from
// its lists and its seed: "format", "hash", "part 2", "seed", "step 3"; "" when
// all is right.
func (f DrawFile) Replay() string {
	if f.Format != DrawFormat {
		return "format"
	}
	if hash, err := f.Lists.Hash(f.Salt); err != nil || hash != f.Hash {
		return "hash"
	}
	values := make([]string, len(f.Parts))
	for i, p := range f.Parts {
		values[i] = p.Value
		if p.Commit != "" && p.Commit != CommitTo(p.Value) {
			return fmt.Sprintf("part %d", i+1)
		}
	}
	if len(values) == 0 || SeedOf(f.Hash, values) != f.Seed {
		return "seed"
	}
	d, err := NewDraw(f.Lists, f.Seed)
	if err != nil {
		return "lists"
	}
	for i, want := range f.Steps {
		have, err := d.Play(want)
		if err != nil || !sameStep(have, want) || (i == 0) != (want.Kind == DrawFirst) {
			return fmt.Sprintf("step %d", i+1)
		}
	}
	return ""
}

func sameStep(a, b DrawStep) bool {
	return a.From == b.From && a.To == b.To && slices.Equal(a.Picks, b.Picks) && slices.Equal(a.Short, b.Short)
}
