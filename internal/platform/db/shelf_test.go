package db

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"birge/internal/platform/ref"
)

func TestShelfReadsOnceUntilTheRowIsDropped(t *testing.T) {
	s := NewShelf[string](10)
	store := map[ref.ID]string{1: "a", 2: "b"}
	var asked [][]ref.ID
	take := func(ids ...ref.ID) map[ref.ID]string {
		t.Helper()
		got, err := s.Take(ids, func(missing []ref.ID) (map[ref.ID]string, error) {
			asked = append(asked, missing)
			out := map[ref.ID]string{}
			for _, id := range missing {
				if v, ok := store[id]; ok {
					out[id] = v
				}
			}
			return out, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	take(1)
	if got := take(1, 2, 3); !maps.Equal(got, store) {
		t.Errorf("%v, want %v", got, store)
	}
	store[1] = "changed"
	s.Drop(1)
	if got := take(1, 2); got[1] != "changed" {
		t.Errorf("%v after the drop", got)
	}
	s.DropAll()
	take(2)
	want := [][]ref.ID{{1}, {2, 3}, {1}, {2}}
	if !slices.EqualFunc(asked, want, slices.Equal[[]ref.ID]) {
		t.Errorf("asked for %v, want %v", asked, want)
	}
}

func TestShelfKeepsNothingReadBeforeADrop(t *testing.T) {
	s := NewShelf[string](10)
	reads := 0
	read := func(missing []ref.ID) (map[ref.ID]string, error) {
		if reads++; reads == 1 {
			s.Drop(9) // a change is told while the old row is on its way
		}
		return map[ref.ID]string{1: "a"}, nil
	}
	for range 3 {
		if _, err := s.Take([]ref.ID{1}, read); err != nil {
			t.Fatal(err)
		}
	}
	if reads != 2 {
		t.Errorf("read %d times, want 2: the first answer may be old", reads)
	}
}

func TestShelfIsBoundedAndHandsOnFailures(t *testing.T) {
	s := NewShelf[int](2)
	one := func(missing []ref.ID) (map[ref.ID]int, error) { return map[ref.ID]int{missing[0]: 1}, nil }
	for id := range ref.ID(5) {
		if _, err := s.Take([]ref.ID{id + 1}, one); err != nil {
			t.Fatal(err)
		}
		if len(s.rows) > 2 {
			t.Fatalf("%d rows on a shelf for 2", len(s.rows))
		}
	}
	broken := errors.New("broken")
	if _, err := s.Take([]ref.ID{77}, func([]ref.ID) (map[ref.ID]int, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("%v, want %v", err, broken)
	}
}
