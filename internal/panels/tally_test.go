package panels

import (
	"testing"

	"birge/internal/platform/db"
)

// What the store counts of a panel is what its lists say, at every stage.
func TestProgressIsCountedAlike(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 4 {
			w.expert(Profile{})
		}
		p := w.drawn()
		same := func(when string) {
			t.Helper()
			must(t, w.tx(func(tx *db.Tx) error {
				p, err := panelByID(ctx, tx, p.ID)
				if err != nil {
					return err
				}
				works, err := worksOf(ctx, tx, p.ID)
				if err != nil {
					return err
				}
				list, err := assignmentsOf(ctx, tx, p.ID)
				if err != nil {
					return err
				}
				tallies, err := talliesOf(ctx, tx, p.ID, w.today(tx))
				if err != nil {
					return err
				}
				got, err := progressIn(ctx, tx, p, tallies)
				if want := progressOf(p, works, list, w.today(tx)); got != want {
					t.Errorf("%s the store counts %+v, the lists say %+v", when, got, want)
				}
				return err
			}))
		}
		same("after the draw")
		list := w.assignments(p.ID)
		must(t, w.mark(list[0], sheet(5, 5)))
		must(t, w.Recuse(ctx, w.by(list[1]), list[1].ID, ""))
		same("after a mark and a recusal")
		w.clock.Set(p.Due.AddDays(2).In(w.Zone))
		same("when marks are late")
		v, err := w.View(ctx, w.officer, p.ID)
		must(t, err)
		overdue := 0
		for _, s := range v.Sittings {
			overdue += len(s.Overdue)
			if s.Late != len(s.Overdue) {
				t.Errorf("expert %d has %d late works and %d to be given to others", s.No, s.Late, len(s.Overdue))
			}
		}
		if overdue == 0 || overdue != v.Progress.Late {
			t.Errorf("%d works are overdue, %d are listed", v.Progress.Late, overdue)
		}
	})
}
