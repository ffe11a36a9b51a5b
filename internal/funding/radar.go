package funding

import (
	"cmp"
	"hash/maphash"
	"slices"
	"sync"

	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// A text is compared by its shingles: runs of five words by their stems, so that
// other endings and other small words do not hide a repeat. The radar keeps of
// each text only marks: of every window of four shingles the smallest hash. Eight
// words in a row that two texts share give them a mark in common, and the radar
// needs less than half the memory. What it finds is compared word by word.
const (
	shingleWords = 5
	windowSize   = 4
	// fewestMarks is how many marks two texts must share before they are compared:
	// hashes of 32 bits now and then meet by chance.
	fewestMarks = 2
)

var shingleSeed = maphash.MakeSeed()

// shingle is the hash of a run of words and where the run stands in the text.
type shingle struct {
	hash     uint64
	from, to int
}

func shinglesOf(text string) []shingle {
	var words []search.Word
	for w := range search.Words(text) {
		words = append(words, w)
	}
	var out []shingle
	for i := 0; i+shingleWords <= len(words); i++ {
		var h maphash.Hash
		h.SetSeed(shingleSeed)
		for _, w := range words[i : i+shingleWords] {
			_, _ = h.WriteString(w.Stem)
			_ = h.WriteByte(0)
		}
		out = append(out, shingle{h.Sum64(), words[i].From, words[i+shingleWords-1].To})
	}
	return out
}

// marksOf picks the smallest hash of every window of shingles; a text of fewer
// shingles than a window has one.
func marksOf(shingles []shingle) (marks []uint32) {
	for i := range shingles {
		end := min(i+windowSize, len(shingles))
		if end-i < windowSize && i > 0 {
			break
		}
		least := slices.MinFunc(shingles[i:end], func(a, b shingle) int { return cmp.Compare(a.hash, b.hash) })
		marks = append(marks, uint32(least.hash))
	}
	slices.Sort(marks)
	return slices.Compact(marks)
}

// Passage is a part of a text that stands in another one too: bytes From to To.
type Passage struct{ From, To int }

// Repeats compares text with an older one: which part of its shingles stands in
// the older one, from 0 to 1, and the passages.
func Repeats(text, older string) (share float64, passages []Passage) {
	known := map[uint64]bool{}
	for _, s := range shinglesOf(older) {
		known[s.hash] = true
	}
	mine := shinglesOf(text)
	shared := 0
	for _, s := range mine {
		if !known[s.hash] {
			continue
		}
		shared++
		if n := len(passages); n > 0 && s.from <= passages[n-1].To {
			passages[n-1].To = max(passages[n-1].To, s.to)
		} else {
			passages = append(passages, Passage{s.from, s.to})
		}
	}
	if len(mine) == 0 {
		return 0, nil
	}
	return float64(shared) / float64(len(mine)), passages
}

// Radar finds which known texts a new one repeats. It may be used from anywhere
// at any time. It holds a bounded number of marks; when it is full, the texts
// that came first are forgotten.
type Radar struct {
	mu    sync.RWMutex
	most  int
	texts []radarText // by number
	of    map[string]int32
	// old is sorted by hash; young is put into it when it has grown.
	old, young []mark
	held       int // marks of texts that are not forgotten
	first      int // the oldest text that may still be held
}

// radarText is one known text. A forgotten one keeps its number and nothing else.
type radarText struct {
	ref   ref.Ref
	org   ref.ID
	marks int32
	gone  bool
}

// mark says that a text has a hash.
type mark struct {
	hash uint32
	text int32
}

func (m mark) compare(n mark) int {
	return cmp.Or(cmp.Compare(m.hash, n.hash), cmp.Compare(m.text, n.text))
}

// mostMarks keeps the radar within some 50 MB: about 50,000 projects in two
// languages.
const mostMarks = 4_000_000

// mostYoung is how many marks a search looks through one by one.
const mostYoung = 16_384

// NewRadar makes an empty radar that holds so many marks.
func NewRadar(most int) *Radar { return &Radar{most: most, of: map[string]int32{}} }

// Put makes a text known under a ref, in place of what was known under it. org is
// whose text it is.
func (r *Radar) Put(of ref.Ref, org ref.ID, text string) {
	marks := marksOf(shinglesOf(text))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drop(of)
	if len(marks) == 0 {
		return
	}
	n := int32(len(r.texts))
	r.texts = append(r.texts, radarText{ref: ref.Ref{Kind: of.Kind, ID: of.ID}, org: org, marks: int32(len(marks))})
	r.of[of.Key()] = n
	for _, h := range marks {
		r.young = append(r.young, mark{h, n})
	}
	r.held += len(marks)
	r.forgetOldest()
	if len(r.young) > mostYoung {
		r.settle()
	}
}

// Drop forgets the text of a ref.
func (r *Radar) Drop(of ref.Ref) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drop(of)
}

func (r *Radar) drop(of ref.Ref) {
	if n, ok := r.of[of.Key()]; ok {
		r.forget(n)
	}
}

func (r *Radar) forget(n int32) {
	t := &r.texts[n]
	r.held -= int(t.marks)
	delete(r.of, t.ref.Key())
	*t = radarText{gone: true}
}

func (r *Radar) forgetOldest() {
	for ; r.held > r.most; r.first++ {
		if !r.texts[r.first].gone {
			r.forget(int32(r.first))
		}
	}
}

// settle puts the young marks to the old ones, leaves out those of forgotten
// texts, and numbers the texts anew.
func (r *Radar) settle() {
	number := make([]int32, len(r.texts))
	texts := make([]radarText, 0, len(r.of))
	for i, t := range r.texts {
		if !t.gone {
			number[i] = int32(len(texts))
			r.of[t.ref.Key()] = number[i]
			texts = append(texts, t)
		}
	}
	slices.SortFunc(r.young, mark.compare)
	all := make([]mark, 0, r.held)
	for old, young := r.old, r.young; len(old)+len(young) > 0; {
		from := &old
		if len(old) == 0 || len(young) > 0 && young[0].compare(old[0]) < 0 {
			from = &young
		}
		m := (*from)[0]
		if *from = (*from)[1:]; !r.texts[m.text].gone {
			all = append(all, mark{m.hash, number[m.text]})
		}
	}
	r.old, r.young, r.texts, r.first = all, r.young[:0], texts, 0
}

// Texts is how many texts are known.
func (r *Radar) Texts() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.of)
}

// Find gives the known texts that share most marks with text, the most first, of
// those that allowed lets through.
func (r *Radar) Find(text string, most int, allowed func(of ref.Ref, org ref.ID) bool) []ref.Ref {
	marks := marksOf(shinglesOf(text))
	r.mu.RLock()
	defer r.mu.RUnlock()
	shared := map[int32]int{}
	for _, h := range marks {
		i, _ := slices.BinarySearchFunc(r.old, h, func(m mark, h uint32) int { return cmp.Compare(m.hash, h) })
		for ; i < len(r.old) && r.old[i].hash == h; i++ {
			shared[r.old[i].text]++
		}
	}
	for _, m := range r.young {
		if _, ok := slices.BinarySearch(marks, m.hash); ok {
			shared[m.text]++
		}
	}
	var found []int32
	for n, times := range shared {
		t := r.texts[n]
		if !t.gone && times >= min(fewestMarks, len(marks)) && allowed(t.ref, t.org) {
			found = append(found, n)
		}
	}
	slices.SortFunc(found, func(a, b int32) int { return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(b, a)) })
	out := make([]ref.Ref, 0, most)
	for _, n := range found[:min(most, len(found))] {
		out = append(out, r.texts[n].ref)
	}
	return out
}
