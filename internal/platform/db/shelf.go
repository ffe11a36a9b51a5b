package db

import (
	"sync"

	"birge/internal/platform/ref"
)

// Shelf keeps rows that are shown often as they were read, until it is told that
// they changed. It may be used from anywhere at any time.
type Shelf[V any] struct {
	limit int

	mu   sync.RWMutex
	rows map[ref.ID]V
	turn uint64 // counts the drops
}

// NewShelf makes a shelf for so many rows; when more were read it begins anew,
// and what is shown often is soon back.
func NewShelf[V any](limit int) *Shelf[V] {
	return &Shelf[V]{limit: limit, rows: map[ref.ID]V{}}
}

// Take gives the rows with these ids, and has read fetch those that are not on
// the shelf. What read does not find is left out.
func (s *Shelf[V]) Take(ids []ref.ID, read func(missing []ref.ID) (map[ref.ID]V, error)) (map[ref.ID]V, error) {
	found := make(map[ref.ID]V, len(ids))
	var missing []ref.ID
	s.mu.RLock()
	begun := s.turn
	for _, id := range ids {
		if v, ok := s.rows[id]; ok {
			found[id] = v
		} else {
			missing = append(missing, id)
		}
	}
	s.mu.RUnlock()
	if len(missing) == 0 {
		return found, nil
	}
	fresh, err := read(missing)
	if err != nil {
		return nil, err
	}
	for id, v := range fresh {
		found[id] = v
	}
	s.put(begun, fresh)
	return found, nil
}

// put keeps rows, unless something was dropped since they began to be read: they
// may be older than the change.
func (s *Shelf[V]) put(begun uint64, rows map[ref.ID]V) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.turn != begun {
		return
	}
	if len(s.rows)+len(rows) > s.limit {
		clear(s.rows)
	}
	for id, v := range rows {
		s.rows[id] = v
	}
}

// Drop forgets the rows with these ids.
func (s *Shelf[V]) Drop(ids ...ref.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn++
	for _, id := range ids {
		delete(s.rows, id)
	}
}

// DropAll forgets everything.
func (s *Shelf[V]) DropAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn++
	clear(s.rows)
}
