// Package ref names things. An ID is what one row is called for ever; a Ref is
// what one room knows of another room's thing: its kind, id, title and address.
//
// Journal, obligations, search, follows, notices and files store refs, so that
// none of them has to know the rooms.
package ref

import (
	"database/sql/driver"
	"fmt"
	"sync"
	"time"
)

// ID is 64 bits made in Go: one zero bit, 41 of milliseconds since Epoch, 10 of
// node, 12 of counter. IDs of one node rise with time. An ID is never a secret.
// Its text is 13 characters of Crockford base32.
type ID int64

// Epoch is the instant from which the milliseconds of an ID are counted.
var Epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

const (
	nodeBits    = 10
	counterBits = 12
	// MaxNode is the largest node number that an ID can carry.
	MaxNode = 1<<nodeBits - 1

	idLength  = 13
	crockford = "0123456789abcdefghjkmnpqrstvwxyz"
)

// String gives the 13 characters that stand for id in addresses and JSON.
func (id ID) String() string {
	var b [idLength]byte
	v := uint64(id)
	for i := idLength - 1; i >= 0; i-- {
		b[i] = crockford[v&31]
		v >>= 5
	}
	return string(b[:])
}

// ParseID reads what String wrote, in any letter case, with the look-alikes that
// Crockford allows (o for 0, i and l for 1). ok is false for everything else.
func ParseID(s string) (id ID, ok bool) {
	if len(s) != idLength {
		return 0, false
	}
	var v uint64
	for i := range len(s) {
		d := digit(s[i])
		if d < 0 || i == 0 && d > 7 {
			return 0, false
		}
		v = v<<5 | uint64(d)
	}
	return ID(v), true
}

func digit(c byte) int {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	switch c {
	case 'o':
		c = '0'
	case 'i', 'l':
		c = '1'
	}
	for i := range len(crockford) {
		if crockford[i] == c {
			return i
		}
	}
	return -1
}

// Time is the millisecond in which id was made.
func (id ID) Time() time.Time {
	return Epoch.Add(time.Duration(int64(id)>>(nodeBits+counterBits)) * time.Millisecond)
}

// MarshalText writes id as in addresses.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what MarshalText wrote; an empty text is no id.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = 0
		return nil
	}
	v, ok := ParseID(string(b))
	if !ok {
		return fmt.Errorf("ref: %q is not an id", b)
	}
	*id = v
	return nil
}

// Value stores no id as NULL.
func (id ID) Value() (driver.Value, error) {
	if id == 0 {
		return nil, nil
	}
	return int64(id), nil
}

// Scan reads NULL as no id.
func (id *ID) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*id = 0
	case int64:
		*id = ID(v)
	default:
		return fmt.Errorf("ref: cannot scan %T as an id", v)
	}
	return nil
}

// Maker makes the IDs of one node. It never makes one twice, also when the
// clock is set back.
type Maker struct {
	mu   sync.Mutex
	node int64
	last int64 // the last ID without its node
}

// NewMaker makes IDs for the given node, 0 to MaxNode.
func NewMaker(node int) *Maker { return &Maker{node: int64(node) & MaxNode} }

// New makes the next ID at the given time.
func (m *Maker) New(now time.Time) ID {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := now.Sub(Epoch).Milliseconds() << counterBits
	if next <= m.last {
		next = m.last + 1
	}
	m.last = next
	ms, n := next>>counterBits, next&(1<<counterBits-1)
	return ID(ms<<(nodeBits+counterBits) | m.node<<counterBits | n)
}
