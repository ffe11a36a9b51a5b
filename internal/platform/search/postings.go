package search

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sort"

	"github.com/RoaringBitmap/roaring/v2"
)

// Keys of postings begin with what they are.
const (
	anyKey   = "a" // a stem anywhere in the text
	titleKey = "t" // a stem in the title
	exactsAt = "x" // a number of the document
	facetKey = "f" // a value of a facet
)

func valueKey(facet string, value int64) string {
	b := make([]byte, 0, len(facet)+10)
	b = append(b, facetKey...)
	b = append(b, facet...)
	b = append(b, 0)
	return string(binary.BigEndian.AppendUint64(b, uint64(value)))
}

// shortList is the longest list of documents kept as plain numbers; longer ones
// are roaring bitmaps.
const shortList = 64

// postings say for each key which documents of a segment have it. Everything
// lies in four flat arrays, so a million of rare keys costs no objects.
type postings struct {
	keys    []byte   // all keys, sorted, end to end
	keyEnds []uint32 // where each key ends
	sizes   []uint32 // how many documents have each key
	ends    []uint32 // where the documents of each key end in docs
	docs    []byte
}

func (p *postings) len() int { return len(p.sizes) }

func (p *postings) key(i int) string { return string(p.keyBytes(i)) }

func (p *postings) keyBytes(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = p.keyEnds[i-1]
	}
	return p.keys[from:p.keyEnds[i]]
}

// seek is the first key that is not below key.
func (p *postings) seek(key string) int {
	return sort.Search(p.len(), func(i int) bool { return string(p.keyBytes(i)) >= key })
}

// find is the set of documents that have key; nil when none has.
func (p *postings) find(key string) *roaring.Bitmap {
	i := p.seek(key)
	if i == p.len() || p.key(i) != key {
		return nil
	}
	return p.set(i)
}

func (p *postings) bytes(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = p.ends[i-1]
	}
	return p.docs[from:p.ends[i]]
}

// set is the set of documents of the key at i, the caller's own to change.
func (p *postings) set(i int) *roaring.Bitmap {
	b := roaring.New()
	if p.sizes[i] <= shortList {
		b.AddMany(p.list(i))
		return b
	}
	if _, err := b.FromBuffer(p.bytes(i)); err != nil {
		panic("search: postings in memory are broken: " + err.Error())
	}
	return b
}

// list is the same as a list.
func (p *postings) list(i int) []uint32 {
	if p.sizes[i] > shortList {
		return p.set(i).ToArray()
	}
	raw := p.bytes(i)
	docs := make([]uint32, p.sizes[i])
	for j := range docs {
		docs[j] = binary.LittleEndian.Uint32(raw[4*j:])
	}
	return docs
}

// add writes the next key, which must be above all before, with its documents in
// rising order.
func (p *postings) add(key string, docs []uint32) {
	p.keys = append(p.keys, key...)
	p.keyEnds = append(p.keyEnds, uint32(len(p.keys)))
	p.sizes = append(p.sizes, uint32(len(docs)))
	if len(docs) <= shortList {
		for _, d := range docs {
			p.docs = binary.LittleEndian.AppendUint32(p.docs, d)
		}
	} else {
		b := roaring.BitmapOf(docs...)
		b.RunOptimize()
		raw, err := b.ToBytes()
		if err != nil {
			panic("search: a bitmap cannot be written to memory: " + err.Error())
		}
		p.docs = append(p.docs, raw...)
	}
	p.ends = append(p.ends, uint32(len(p.docs)))
}

// clip gives back what the arrays have grown beyond their length.
func (p *postings) clip() {
	p.keys, p.docs = slices.Clone(p.keys), slices.Clone(p.docs)
	p.keyEnds, p.sizes, p.ends = slices.Clone(p.keyEnds), slices.Clone(p.sizes), slices.Clone(p.ends)
}

// maxExpansions is how many stems the beginning of a word may stand for; of more
// the most frequent are taken.
const maxExpansions = 1000

// beginning is the set of documents, of n, that have a key beginning with prefix.
func (p *postings) beginning(prefix string, n int) *roaring.Bitmap {
	var at []int
	for i := p.seek(prefix); i < p.len() && bytes.HasPrefix(p.keyBytes(i), []byte(prefix)); i++ {
		at = append(at, i)
	}
	if len(at) > maxExpansions {
		slices.SortFunc(at, func(a, b int) int { return int(p.sizes[b]) - int(p.sizes[a]) })
		at = at[:maxExpansions]
	}
	var large []*roaring.Bitmap
	small := make([]uint64, n/64+1) // one bit per document, so that many short lists need no sorting
	for _, i := range at {
		if p.sizes[i] > shortList {
			large = append(large, p.set(i))
			continue
		}
		for _, d := range p.list(i) {
			small[d/64] |= 1 << (d % 64)
		}
	}
	return roaring.FastOr(append(large, roaring.FromDense(small, false))...)
}
