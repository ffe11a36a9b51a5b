package panels

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/jobs"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// revealed takes a panel with four experts to its open marks.
func (w *world) revealed() Panel {
	w.t.Helper()
	for range 4 {
		w.expert(Profile{})
	}
	p := w.drawn()
	w.markAll(p.ID, func(i int) []Score { return sheet(9-i%4, 4) })
	must(w.t, w.Reveal(w.t.Context(), w.officer, p.ID, i18n.Text{}))
	return p
}

// order is what the funder's side sees of an order.
func (w *world) order(panel ref.ID) Standings {
	w.t.Helper()
	v, err := w.View(w.t.Context(), w.officer, panel)
	must(w.t, err)
	return w.standings(v)
}

// agrees checks that a kept order is that of the marks as they are now.
func (w *world) agrees(panel ref.ID) {
	w.t.Helper()
	got := w.order(panel)
	if !got.Current() || got.Method != OrderMethod || got.Seed == "" || got.CountedAt.IsZero() {
		w.t.Fatalf("the order is %+v", got.Order)
	}
	must(w.t, w.d.View(w.t.Context(), func(tx *db.Tx) error {
		r, err := w.Results(w.t.Context(), tx, panel)
		if err != nil {
			return err
		}
		firm := r.Firmness(nil)
		if (firm != nil) != (got.Tried == Panels) {
			w.t.Errorf("%d panels are said to be tried", got.Tried)
		}
		if want := r.placed(firm, make([]bool, len(r.Works))); !slices.Equal(got.Places, want) {
			w.t.Errorf("kept is %+v, the marks give %+v", got.Places, want)
		}
		return nil
	}))
}

func (w *world) withdraws(panel, work ref.ID) error {
	return w.tx(func(tx *db.Tx) error {
		return w.WithdrawWorkIn(w.t.Context(), tx, w.officer, panel, ref.Ref{Kind: "application", ID: work})
	})
}

func TestTheOrderIsCountedAfterTheReveal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		p := w.revealed()
		before := w.order(p.ID)
		if before.Current() || before.Works != 3 || before.Places[0].Place != 1 || before.Places[0].From != 0 || before.Places[0].Stays != -1 {
			t.Errorf("before the job the order is %+v", before)
		}
		if len(before.Titles) != 3 {
			t.Errorf("the funder's side reads the titles %v", before.Titles)
		}
		must(t, w.Count(ctx, p.ID))
		w.agrees(p.ID)
		whole := w.order(p.ID)
		must(t, w.Count(ctx, p.ID)) // a job may run again
		if again := w.order(p.ID); again.CountedAt != whole.CountedAt {
			t.Error("an order that stands is counted again")
		}
		v, err := w.View(ctx, w.officer, p.ID)
		must(t, err)
		some, err := w.Standings(ctx, v, 2, 1)
		must(t, err)
		if len(some.Places) != 1 || some.Places[0] != whole.Places[1] {
			t.Errorf("the second place is %+v", some.Places)
		}

		// A work goes: it has no place, and its marks still tell of the experts.
		must(t, w.withdraws(p.ID, 12))
		if gone := w.order(p.ID); gone.Current() || gone.Works != 2 {
			t.Errorf("after a withdrawal the order is %+v", gone.Order)
		}
		must(t, w.Count(ctx, p.ID))
		w.agrees(p.ID)

		// An expert leaves after the marks are open, with a reason; nobody is drawn.
		given := len(w.assignments(p.ID))
		list := slices.DeleteFunc(w.assignments(p.ID), func(a Assignment) bool { return !a.In() })
		is(t, w.Recuse(ctx, w.by(list[0]), list[0].ID, ""), problem.Invalid)
		must(t, w.Recuse(ctx, w.by(list[0]), list[0].ID, "Узнал автора"))
		if len(w.assignments(p.ID)) != given {
			t.Error("somebody was drawn who may know the marks")
		}
		must(t, w.Count(ctx, p.ID))
		w.agrees(p.ID)

		// A tie that is declared now takes the marks out too.
		work := list[len(list)-1]
		must(t, w.Declare(ctx, w.by(work), map[ref.ID]ref.ID{11: first, 13: third}[w.thingOf(work)], GroundRelative))
		if w.order(p.ID).Current() {
			t.Error("the order stands although marks fell out of it")
		}
		must(t, w.Count(ctx, p.ID))
		w.agrees(p.ID)
		w.replays(p.ID)

		// The order on which a decision stands stays.
		must(t, w.tx(func(tx *db.Tx) error { return w.DecidedIn(ctx, tx, w.officer, p.ID) }))
		must(t, w.tx(func(tx *db.Tx) error { return w.Recount(ctx, tx, p.ID) }))
		w.agrees(p.ID)
		is(t, w.Recuse(ctx, w.by(list[1]), list[1].ID, "Поздно"), problem.Conflict)
		w.verified()
	})
}

// thingOf is what an assignment judges.
func (w *world) thingOf(a Assignment) (id ref.ID) {
	w.t.Helper()
	must(w.t, w.d.View(w.t.Context(), func(tx *db.Tx) error {
		x, err := workByID(w.t.Context(), tx, a.WorkID)
		id = x.Work.Ref.ID
		return err
	}))
	return id
}

// The job outlives the process that put it in.
func TestAnotherNodeCountsTheOrder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.revealed()
		other := New(w.d, w.Deps)
		r := jobs.NewRunner(w.d, 1)
		other.Register(r)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		woken, stop := w.d.Wake()
		defer stop()
		var running sync.WaitGroup
		running.Go(func() { r.Run(ctx) })
		for !w.order(p.ID).Current() && ctx.Err() == nil {
			select {
			case <-woken:
			case <-ctx.Done():
			}
		}
		cancel()
		running.Wait()
		w.agrees(p.ID)
	})
}

// Whatever falls out while an order is counted, what is shown as current rests on
// what stands.
func TestAnOrderIsCountedWhileItChanges(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		p := w.revealed()
		list := w.assignments(p.ID)
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if err := w.Count(ctx, p.ID); err != nil {
					t.Errorf("counting: %v", err)
				}
			})
		}
		all.Go(func() {
			if err := w.withdraws(p.ID, 13); err != nil {
				t.Errorf("withdrawing: %v", err)
			}
		})
		all.Go(func() {
			if err := w.Recuse(ctx, w.by(list[0]), list[0].ID, "Узнал автора"); err != nil {
				t.Errorf("leaving: %v", err)
			}
		})
		all.Wait()
		must(t, w.Count(ctx, p.ID))
		w.agrees(p.ID)
	})
}

// A room's cut is asked for with the marks and kept with the order, or neither is.
func TestACutIsKeptWithTheOrder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		wrong, kept := errors.New("no"), 0
		w.Cuts = map[string]Cutter{"call_round": func(context.Context, *db.Tx, Results) (Cut, error) {
			return Cut{Above: func(order []int, above []bool) { above[order[0]] = true }, Keep: func(_ context.Context, _ *db.Tx, above []bool) error {
				kept++
				return wrong
			}}, nil
		}}
		p := w.revealed()
		if err := w.Count(ctx, p.ID); !errors.Is(err, wrong) || w.order(p.ID).Current() {
			t.Errorf("an order is kept without what its room says: %v", err)
		}
		wrong, kept = nil, 0
		must(t, w.Count(ctx, p.ID))
		got := w.order(p.ID)
		if kept == 0 || !got.Places[0].Above || got.Places[1].Above || got.Places[0].Stays < got.Places[2].Stays {
			t.Errorf("with a cut the order is %+v", got.Places)
		}
	})
}

// Who joins after marks are in reads what lacks an expert; nobody loses a work and
// no mark changes.
func TestAnExpertJoinsAfterMarksAreIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 2 {
			w.expert(Profile{})
		}
		p := w.drawn()
		list := w.assignments(p.ID)
		must(t, w.mark(list[0], sheet(9, 5)))
		before := w.assignments(p.ID)
		_, err := w.Fill(ctx, w.officer, p.ID)
		is(t, err, problem.Conflict) // nothing lacks an expert
		late := w.expert(Profile{})
		_, err = w.Fill(ctx, w.officer, p.ID)
		is(t, err, problem.Conflict)
		must(t, w.Recuse(ctx, w.by(list[1]), list[1].ID, ""))
		n, err := w.Fill(ctx, w.officer, p.ID)
		must(t, err)
		after := w.assignments(p.ID)
		if n != 1 || len(after) != len(before)+1 {
			t.Fatalf("%d drawn, %d assignments of %d", n, len(after), len(before))
		}
		for _, a := range before {
			i := slices.IndexFunc(after, func(b Assignment) bool { return b.ID == a.ID })
			if a.ID != list[1].ID && (i < 0 || after[i].Version != a.Version || after[i].SubmittedAt != a.SubmittedAt) {
				t.Errorf("the draw changed %+v", a)
			}
		}
		i := slices.IndexFunc(after, func(a Assignment) bool { return a.Why == WhyShort })
		if i < 0 || w.by(after[i]).UserID != late.UserID || after[i].WorkID != list[1].WorkID {
			t.Errorf("the late expert has %+v", after)
		}
		w.replays(p.ID)
		w.markAll(p.ID, even)
		must(t, w.Reveal(ctx, w.officer, p.ID, i18n.Text{}))
		w.expert(Profile{})
		_, err = w.Fill(ctx, w.officer, p.ID)
		is(t, err, problem.Conflict) // nobody joins who can know the marks
		w.verified()
	})
}

// Titles of works are for the funder's side; the public reads numbers.
func TestThePublicReadsNumbersOfWorks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		p := w.revealed()
		must(t, w.Count(ctx, p.ID))
		for _, by := range []access.Actor{{}, w.speaker, w.away, w.experts[0]} {
			v, err := w.View(ctx, by, p.ID)
			must(t, err)
			if _, err := w.Standings(ctx, v, 1, 0); v.Open || !problem.Is(err, problem.NotFound) {
				t.Errorf("%v reads the order before the decision: %v", by, err)
			}
		}
		must(t, w.tx(func(tx *db.Tx) error { return w.DecidedIn(ctx, tx, w.officer, p.ID) }))
		v, err := w.View(ctx, access.Actor{}, p.ID)
		must(t, err)
		if st := w.standings(v); len(st.Places) != 3 || st.Titles != nil {
			t.Errorf("the public reads %+v", st)
		}
	})
}
