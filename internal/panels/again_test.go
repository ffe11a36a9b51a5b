package panels

import (
	"slices"
	"testing"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

func TestAWorkIsJudgedAnewByOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 4 {
			w.expert(Profile{})
		}
		one := func(n *NewPanel) { n.Works, n.Spread = n.Works[:1], 0 }
		first := w.drawn(one)
		subject := []ref.ID{first.Subject.ID}
		must(t, w.tx(func(tx *db.Tx) error {
			_, _, err := w.JudgedOf(t.Context(), tx, first.ID, w.newPanel().Works[0].Ref)
			is(t, err, problem.Conflict) // not open yet
			return nil
		}))
		w.markAll(first.ID, even)
		must(t, w.Reveal(t.Context(), w.officer, first.ID, i18n.Text{}))
		must(t, w.d.View(t.Context(), func(tx *db.Tx) error {
			_, said, err := w.JudgedOf(t.Context(), tx, first.ID, w.newPanel().Works[0].Ref)
			if err == nil && (len(said) != 2 || len(said[0].Scores) != len(first.Criteria)) {
				t.Errorf("%+v", said)
			}
			stages, stagesErr := StagesOf(t.Context(), tx, "call_round", subject)
			must(t, stagesErr)
			if stages[subject[0]] != Revealed {
				t.Errorf("%v", stages)
			}
			return err
		}))
		again := w.drawn(one)
		var before []ref.ID
		for _, a := range w.assignments(first.ID) {
			before = append(before, a.ExpertID)
		}
		list := w.assignments(again.ID)
		if len(list) != 2 || slices.ContainsFunc(list, func(a Assignment) bool { return slices.Contains(before, a.ExpertID) }) {
			t.Errorf("the same experts judge again: %v, %+v", before, list)
		}
		w.replays(again.ID)
	})
}
