package search

import (
	"math"
	"slices"
)

// column holds one number per document in as few bytes as its range needs.
// Exactly one of the arrays is used.
type column struct {
	low int64 // added to what is stored
	b1  []uint8
	b2  []uint16
	b4  []uint32
	b8  []uint64
}

func makeColumn(values []int64) column {
	if len(values) == 0 {
		return column{b1: []uint8{}}
	}
	low, high := slices.Min(values), slices.Max(values)
	c := column{low: low}
	switch span := uint64(high) - uint64(low); {
	case span <= math.MaxUint8:
		c.b1 = shrink[uint8](values, low)
	case span <= math.MaxUint16:
		c.b2 = shrink[uint16](values, low)
	case span <= math.MaxUint32:
		c.b4 = shrink[uint32](values, low)
	default:
		c.b8 = shrink[uint64](values, low)
	}
	return c
}

func shrink[T uint8 | uint16 | uint32 | uint64](values []int64, low int64) []T {
	out := make([]T, len(values))
	for i, v := range values {
		out[i] = T(uint64(v) - uint64(low))
	}
	return out
}

func (c *column) at(doc uint32) int64 {
	var v uint64
	switch {
	case c.b1 != nil:
		v = uint64(c.b1[doc])
	case c.b2 != nil:
		v = uint64(c.b2[doc])
	case c.b4 != nil:
		v = uint64(c.b4[doc])
	default:
		v = c.b8[doc]
	}
	return int64(v + uint64(c.low))
}

// total is the sum over docs.
func (c *column) total(docs []uint32) int64 {
	var sum uint64
	switch {
	case c.b1 != nil:
		sum = add(c.b1, docs)
	case c.b2 != nil:
		sum = add(c.b2, docs)
	case c.b4 != nil:
		sum = add(c.b4, docs)
	default:
		sum = add(c.b8, docs)
	}
	return int64(sum) + c.low*int64(len(docs))
}

func add[T uint8 | uint16 | uint32 | uint64](values []T, docs []uint32) (sum uint64) {
	for _, d := range docs {
		sum += uint64(values[d])
	}
	return sum
}

// tally adds to counts how often each code stands among docs.
func (c *column) tally(docs []uint32, counts []uint32) {
	switch {
	case c.b1 != nil:
		tallySmall(c.b1, docs, counts[c.low:])
	case c.b2 != nil:
		tally(c.b2, docs, counts[c.low:])
	case c.b4 != nil:
		tally(c.b4, docs, counts[c.low:])
	}
}

func tally[T uint16 | uint32](codes []T, docs []uint32, counts []uint32) {
	for _, d := range docs {
		counts[codes[d]]++
	}
}

// tallySmall counts into four tables in turn: where values are few, one table
// would make each count wait for the one before.
func tallySmall(codes []uint8, docs []uint32, counts []uint32) {
	var part [4][256]uint32
	for len(docs) >= 4 {
		part[0][codes[docs[0]]]++
		part[1][codes[docs[1]]]++
		part[2][codes[docs[2]]]++
		part[3][codes[docs[3]]]++
		docs = docs[4:]
	}
	for _, d := range docs {
		part[0][codes[d]]++
	}
	for i := range min(len(counts), 256) {
		counts[i] += part[0][i] + part[1][i] + part[2][i] + part[3][i]
	}
}
