package funding

import (
	"cmp"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// Signs are what of a topic or a project is compared with others.
type Signs struct {
	Ref    ref.Ref
	Places []ref.ID
	Groups []string
	From   db.Date
	To     db.Date
	Words  map[string]bool // stems of the title and the need
}

// Overlap is something that a topic repeats in part, and in what.
type Overlap struct {
	Ref    ref.Ref
	Place  bool     // one lies within the other
	Groups []string // target groups of both
	Dates  bool     // the times touch
	Share  int      // percent of the words of the shorter text that the other has too
}

// What counts as an overlap of texts, and as a near copy.
const (
	likeShare = 30
	copyShare = 60
)

// Counts tells that the overlap is worth being shown: the text is a near copy, or
// is alike while the place or the group is the same, or all but the text agrees.
func (o Overlap) Counts() bool {
	same := o.Place && len(o.Groups) > 0
	switch {
	case o.Share >= copyShare:
		return true
	case o.Share >= likeShare:
		return o.Place || len(o.Groups) > 0
	}
	return same && o.Dates && o.Share >= likeShare/2
}

// weight puts the overlaps in order, the closest first.
func (o Overlap) weight() int {
	w := o.Share + 10*len(o.Groups)
	if o.Place {
		w += 30
	}
	if o.Dates {
		w += 10
	}
	return w
}

// overlaps compares a with each of others and gives those that count, the
// closest first. within tells that a place lies in another or is the same.
func overlaps(a Signs, others []Signs, within func(id, wider ref.ID) bool) (out []Overlap) {
	for _, b := range others {
		if o := compare(a, b, within); o.Counts() {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(x, y Overlap) int { return cmp.Compare(y.weight(), x.weight()) })
	return out
}

func compare(a, b Signs, within func(id, wider ref.ID) bool) Overlap {
	o := Overlap{Ref: b.Ref, Share: search.Shared(a.Words, b.Words)}
	for _, x := range a.Places {
		for _, y := range b.Places {
			o.Place = o.Place || within(x, y) || within(y, x)
		}
	}
	for _, g := range a.Groups {
		if g != everyone && slices.Contains(b.Groups, g) {
			o.Groups = append(o.Groups, g)
		}
	}
	o.Dates = !a.From.After(b.To) && !b.From.After(a.To)
	return o
}

// everyone is the target group that tells nothing.
const everyone = "everyone"
