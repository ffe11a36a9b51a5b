package search

import (
	"iter"

	"birge/internal/platform/ref"
)

// Parts hands over ids some at a time, so that their rows can be loaded together
// and an export of everything needs no memory of its own.
func Parts(ids iter.Seq[ref.ID], most int) iter.Seq[[]ref.ID] {
	return func(yield func([]ref.ID) bool) {
		part := make([]ref.ID, 0, most)
		for id := range ids {
			if part = append(part, id); len(part) < most {
				continue
			}
			if !yield(part) {
				return
			}
			part = part[:0]
		}
		if len(part) > 0 {
			yield(part)
		}
	}
}
