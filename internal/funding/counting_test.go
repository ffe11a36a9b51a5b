package funding

import (
	"maps"
	"slices"
	"testing"
	"time"

	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
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

// Who sits in the commission of the funder reads the order on which they will decide,
// from when it lies before them; nobody else does.
func TestWhoReadsTheOrder(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		for range 2 {
			w.enters(t, 12_000_000*tenge)
		}
		p := w.judged(t, 9, 8)
		fine(t, w.Panels.Count(ctx, p.ID))
		w.commission(t, w.rival)
		theirs := maps.Clone(w.members)
		w.commission(t, w.funder)
		var seats []ref.ID
		for seat := range w.members {
			seats = append(seats, seat)
		}
		slices.Sort(seats)
		reads := func(what string, by access.Actor, may bool) {
			t.Helper()
			v, err := w.Ranking(ctx, by, w.call.ID, 1, RankingPart{From: 1, N: 1})
			path, hidden := w.OrderPath(ctx, by, w.lastDecision(t).Ref())
			fine(t, hidden)
			if !may {
				refused(t, err, problem.NotFound, what)
			} else if fine(t, err); v.MayDecide || len(v.Lines) != 1 || len(v.Departures) != 1 || v.Departures[0].Number != w.entries[1].Number {
				t.Errorf("%s reads %+v", what, v)
			}
			if may != (path != "") {
				t.Errorf("%s is led to %q", what, path)
			}
		}
		d, err := w.BeginDecision(ctx, w.officer, w.call.ID, 1, OnOrder)
		fine(t, err)
		_, err = w.DepartOn(ctx, w.officer, d.ID, 0, Departure{ApplicationID: w.entries[1].ID, Outcome: Reserve, Reason: ruText("Такой проект уже идет")})
		fine(t, err)
		reads("a member before it is put", w.members[seats[0]], false)
		d, err = w.PutDecision(ctx, w.officer, d.ID, 0)
		fine(t, err)
		reads("a member before it is on the agenda", w.members[seats[0]], false)
		m, err := w.Panels.Plan(ctx, w.officer, w.body.ID, panels.When{StartsAt: db.At(w.clock.Now().Add(time.Hour)), Place: both})
		fine(t, err)
		fine(t, w.PutOnAgenda(ctx, w.officer, d.Ref(), m.ID, both, both))
		for _, seat := range seats {
			reads("a member", w.members[seat], true)
		}
		for _, by := range theirs {
			reads("a member of the commission of others", by, false)
		}
		for _, e := range w.experts {
			reads("an expert of the panel", e, false)
		}
		reads("an applicant", w.lead, false)
		reads("somebody who is not signed in", access.Actor{}, false)
		reads("somebody", access.Actor{UserID: 987}, false)
		_, err = w.Ranking(ctx, w.members[seats[0]], w.call.ID, 2, RankingPart{})
		refused(t, err, problem.NotFound, "another round")

		// Who works for an applicant, is recused, or sits there no more.
		tied := w.members[seats[0]]
		tied.Grants = []access.Grant{{Role: access.Staff, Scope: w.ngo}}
		_, err = w.Ranking(ctx, tied, w.call.ID, 1, RankingPart{})
		refused(t, err, problem.Forbidden, "a member who works for an applicant")
		fine(t, w.Panels.Invite(ctx, w.secretary, m.ID, both))
		var item panels.Item
		fine(t, w.d.View(ctx, func(tx *db.Tx) error {
			list, err := w.Panels.AgendaOf(ctx, tx, d.Ref())
			item = list[0]
			return err
		}))
		fine(t, w.Panels.RecuseFrom(ctx, w.members[seats[2]], item.ID, "Моя сестра среди заявителей"))
		reads("a member who takes no part", w.members[seats[2]], false)
		reads("another member", w.members[seats[0]], true)
		fine(t, w.Panels.CallOff(ctx, w.secretary, m.ID, both))
		reads("a member whose meeting was called off", w.members[seats[0]], false)
	})
}

// lastDecision is the decision of the round that was begun last.
func (w *jury) lastDecision(t testing.TB) (d Decision) {
	t.Helper()
	fine(t, w.d.View(t.Context(), func(tx *db.Tx) error {
		list, err := decisionsOf(t.Context(), tx, w.call.ID, 1)
		d = list[len(list)-1]
		return err
	}))
	return d
}
