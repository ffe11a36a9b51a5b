package funding

import (
	"slices"
	"testing"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// ranking is the order of the round as its funder's side reads it.
func (w *jury) ranking(t testing.TB, part RankingPart) Ranking {
	t.Helper()
	v, err := w.Ranking(t.Context(), w.officer, w.call.ID, 1, part)
	fine(t, err)
	return v
}

func linesIn(v Ranking) (out []Line) {
	for _, l := range v.Lines {
		l.Stays = 0
		out = append(out, l)
	}
	return out
}

// kept checks that a counted order is the one that the marks give now.
func (w *jury) kept(t testing.TB, panel ref.ID, all, within int) {
	t.Helper()
	fine(t, w.Panels.Count(t.Context(), panel))
	got := w.ranking(t, RankingPart{})
	anew := Ranking{Call: got.Call, Round: got.Round, Panel: got.Panel}
	fine(t, w.d.View(t.Context(), func(tx *db.Tx) error { return w.rankAll(t.Context(), tx, &anew, RankingPart{}) }))
	if !got.Order.Current() || got.All != all || got.Within != within || len(got.Lines) != all {
		t.Fatalf("%d of %d within: %+v", got.Within, got.All, got.Order)
	}
	if !slices.EqualFunc(linesIn(got), linesIn(anew), func(a, b Line) bool {
		a.Work, b.Work = 0, 0
		return a == b
	}) || got.Cut != anew.Cut || got.Granted != anew.Granted || got.Districts != anew.Districts {
		t.Errorf("kept is %+v, the marks give %+v", got, anew)
	}
	for _, l := range got.Lines {
		if (l.Stays < 0) != (got.Order.Tried == 0) || l.Stays > 100 {
			t.Errorf("%s stays in %d", l.Number, l.Stays)
		}
	}
}

func TestTheOrderOfARoundIsKept(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		for range 4 {
			w.enters(t, 12_000_000*tenge)
		}
		p := w.judged(t, 9, 7, 8, 6)
		before := w.ranking(t, RankingPart{})
		if before.Order.Current() || before.All != 4 || before.Within != 3 || before.Lines[0].ID != w.entries[0].ID || before.Lines[0].Stays != -1 {
			t.Errorf("before the job the order is %+v", before)
		}
		d, err := w.BeginDecision(ctx, w.officer, w.call.ID, 1, OnOrder)
		fine(t, err)
		st, err := w.DecisionStory(ctx, w.officer, d.ID)
		fine(t, err)
		if !st.Counting || len(st.Lines) != 4 || st.Lines[0].Stays != -1 {
			t.Errorf("before the job the decision says %+v", st)
		}
		w.kept(t, p.ID, 4, 3)
		one := w.ranking(t, RankingPart{From: 2, N: 1})
		if len(one.Lines) != 1 || one.Lines[0].ID != w.entries[2].ID || one.All != 4 {
			t.Errorf("the second line is %+v", one.Lines)
		}
		what := w.ranking(t, RankingPart{From: 1, N: 2, What: &Cut{Sum: 12_000_000 * tenge, Threshold: 85}})
		if len(what.Lines) != 2 || what.Lines[0].Outcome != Funded || what.Lines[1].Outcome != Declined || what.Lines[0].Stays != -1 || what.Within != 1 {
			t.Errorf("with other money the order is %+v", what)
		}

		// What the order rests on changes: the money of the round, an application.
		c, err := w.CallStory(ctx, w.officer, w.call.ID)
		fine(t, err)
		terms := c.Call.Terms
		terms.Rounds = slices.Clone(terms.Rounds)
		terms.Rounds[0].Sum += 8_000_000 * tenge
		_, err = w.ReviseCall(ctx, w.officer, w.call.ID, c.Call.Version, Change{Terms: terms, Reason: both, LateReason: both})
		fine(t, err)
		if w.ranking(t, RankingPart{}).Order.Current() {
			t.Error("the order stands although there is more money")
		}
		w.kept(t, p.ID, 4, 4)
		_, err = w.WithdrawApplication(ctx, w.lead, w.entries[0].ID, 0, ruText("Передумали"))
		fine(t, err)
		if gone := w.ranking(t, RankingPart{}); gone.Order.Current() || gone.All != 3 || gone.Lines[0].ID != w.entries[2].ID || gone.Lines[0].Place != 1 {
			t.Errorf("after a withdrawal the order is %+v", gone)
		}

		// A decision is put on a counted order, whether the job has come or not.
		d, err = w.PutDecision(ctx, w.officer, d.ID, 0)
		fine(t, err)
		w.kept(t, p.ID, 3, 3)
		fine(t, w.d.View(ctx, func(tx *db.Tx) error {
			list, err := rulingsOf(ctx, tx, d.ID)
			if len(list) != 3 || list[0].Stays < 0 || list[0].Place != 1 || list[0].ApplicationID != w.entries[2].ID {
				t.Errorf("the decision says %+v", list)
			}
			return err
		}))
		w.verified(t)
	})
}

// An order without money to give, or of which nobody passes, is an order still.
func TestAnOrderWithoutWinners(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		w.enters(t, 41_000_000*tenge)
		w.enters(t, 12_000_000*tenge)
		p := w.judged(t, 9, 8)
		w.kept(t, p.ID, 2, 0)
		if v := w.ranking(t, RankingPart{}); v.Granted != 0 || v.Lines[0].Outcome != Reserve {
			t.Errorf("the order is %+v", v)
		}
	})
}
