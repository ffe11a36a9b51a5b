package search

import (
	"cmp"
	"iter"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birge/internal/platform/ref"
)

// hit is one thing of a selection; the lower its tier, the better it matches.
type hit struct {
	id   ref.ID
	tier int
}

// page is limit things of the selection's order from offset on.
func (s selection) page(offset, limit int) iter.Seq[hit] {
	return func(yield func(hit) bool) {
		if limit <= 0 {
			return
		}
		at := 0
		for h := range s.ordered() {
			if at >= offset && !yield(h) {
				return
			}
			if at++; at >= offset+limit {
				return
			}
		}
	}
}

// ordered is the whole selection in its order: tier by tier, in each tier by the
// sort key and then by id.
func (s selection) ordered() iter.Seq[hit] {
	return func(yield func(hit) bool) {
		if len(s.parts) == 0 {
			return
		}
		for tier := range s.parts[0].tiers {
			for id := range s.merged(tier) {
				if !yield(hit{id, tier}) {
					return
				}
			}
		}
	}
}

// merged is one tier of all segments in order.
func (s selection) merged(tier int) iter.Seq[ref.ID] {
	return func(yield func(ref.ID) bool) {
		var heads []*cursor
		for i := range s.parts {
			if c := s.cursor(&s.parts[i], tier); c.step() {
				heads = append(heads, c)
			}
		}
		desc := s.descending()
		for len(heads) > 0 {
			first := 0
			for i := range heads {
				if heads[i].before(heads[first], desc) {
					first = i
				}
			}
			if !yield(heads[first].id) {
				return
			}
			if !heads[first].step() {
				heads = slices.Delete(heads, first, first+1)
			}
		}
	}
}

// descending: without a sort key the newest come first.
func (s selection) descending() bool { return s.Sort == "" || s.Desc }

// cursor walks through one segment in order.
type cursor struct {
	*segment
	values *column
	next   func() (doc uint32, ok bool)

	value int64
	id    ref.ID
}

func (c *cursor) step() bool {
	doc, ok := c.next()
	if !ok {
		return false
	}
	c.id = c.ids[doc]
	if c.values != nil {
		c.value = c.values.at(doc)
	}
	return true
}

func (c *cursor) before(o *cursor, desc bool) bool {
	order := cmp.Or(cmp.Compare(c.value, o.value), cmp.Compare(c.id, o.id))
	if desc {
		return order > 0
	}
	return order < 0
}

// sparse is the share, one in so many, of a segment below which its documents
// are sorted instead of being met on a walk through the whole order.
const sparse = 256

func (s selection) cursor(p *part, tier int) *cursor {
	set := p.tiers[tier]
	c := &cursor{segment: p.segment}
	keys := p.sorts[s.Sort]
	switch {
	case keys == nil: // documents are numbered by id
		c.next = inOrderOfID(set, s.descending())
	case set.GetCardinality() < uint64(len(p.ids)/sparse):
		c.values = &keys.values
		c.next = walk(keys.sorted(set), nil, s.descending())
	default:
		c.values = &keys.values
		c.next = walk(keys.order, p.dense(set), s.descending())
	}
	return c
}

func inOrderOfID(set *roaring.Bitmap, desc bool) func() (uint32, bool) {
	var it roaring.IntIterable = set.Iterator()
	if desc {
		it = set.ReverseIterator()
	}
	return func() (uint32, bool) {
		if !it.HasNext() {
			return 0, false
		}
		return it.Next(), true
	}
}

// sorted is the documents of set in order.
func (k *sortKeys) sorted(set *roaring.Bitmap) []uint32 {
	docs := set.ToArray()
	slices.SortFunc(docs, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(k.values.at(a), k.values.at(b)), cmp.Compare(a, b))
	})
	return docs
}

// dense is set as one bit per document; nil when it is all of them.
func (p *part) dense(set *roaring.Bitmap) []uint64 {
	if set.GetCardinality() == uint64(len(p.ids)) {
		return nil
	}
	bits := make([]uint64, len(p.ids)/64+1)
	for docs := range chunks(set) {
		for _, d := range docs {
			bits[d/64] |= 1 << (d % 64)
		}
	}
	return bits
}

// walk goes through order, backwards when desc, and stops at the members of bits.
func walk(order []uint32, bits []uint64, desc bool) func() (uint32, bool) {
	at, step := 0, 1
	if desc {
		at, step = len(order)-1, -1
	}
	return func() (uint32, bool) {
		for ; at >= 0 && at < len(order); at += step {
			doc := order[at]
			if bits == nil || bits[doc/64]&(1<<(doc%64)) != 0 {
				at += step
				return doc, true
			}
		}
		return 0, false
	}
}
