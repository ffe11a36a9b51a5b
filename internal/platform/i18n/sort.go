package i18n

import (
	"encoding/binary"

	"slices"
	"sync"

	"golang.org/x/text/collate"
)

// SortVersion is the version of the keys that SortKey makes. Stored keys of
// another version are made anew.
const SortVersion = 1

// SortKey is a key whose bytes sort as the alphabet of the language sorts s.
func SortKey(l Lang, s string) []byte {
	pool, ok := collators[l]
	if !ok {
		pool = collators[KK]
	}
	c := pool.Get().(*collator)
	defer pool.Put(c)
	c.buf.Reset()
	return slices.Clone(c.KeyFromString(&c.buf, s))
}

// A collator serves one caller at a time.
type collator struct {
	*collate.Collator
	buf collate.Buffer
}

var collators = map[Lang]*sync.Pool{KK: collatorPool(KK), RU: collatorPool(RU), EN: collatorPool(EN)}

func collatorPool(l Lang) *sync.Pool {
	return &sync.Pool{New: func() any { return &collator{Collator: collate.New(l.Tag())} }}
}

// Rank is the beginning of the sort key of s as a number that is never negative;
// texts that begin alike may share it.
func Rank(l Lang, s string) int64 {
	var b [8]byte
	copy(b[:], SortKey(l, s))
	return int64(binary.BigEndian.Uint64(b[:]) >> 1)
}
