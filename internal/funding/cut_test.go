package funding

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"birge/internal/obligations"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// endow gives the call a pot with so much money for its year.
func (w *jury) endow(t testing.TB, ceiling int64) Pot {
	t.Helper()
	ctx := t.Context()
	programme, err := w.Projects.CreateProgramme(ctx, w.officer, projects.Programme{Title: both, FunderID: w.funder, PlaceID: w.region, From: 2026, To: 2027})
	fine(t, err)
	pot, err := w.CreatePot(ctx, w.officer, Pot{ProgrammeID: programme.ID, PlaceID: w.region, Title: both, Kind: w.call.Kind, Years: []PotYear{{Year: 2026, Ceiling: ceiling}}})
	fine(t, err)
	pot, err = w.ApproveYear(ctx, w.officer, pot.ID, 0, Approval{Year: 2026, Sum: ceiling, On: w.Today(), Act: "№ 1"})
	fine(t, err)
	_, err = w.changeCall(ctx, w.officer, "funding.call.edit", w.call.ID, 0, func(_ *db.Tx, c *Call) error {
		c.PotID = pot.ID
		return nil
	})
	fine(t, err)
	return pot
}

// money checks that no more is given than the round has, no more bound than the pot
// has, and tells what is given, of the round, bound and of the pot.
func (w *jury) money(t testing.TB, pot ref.ID) (list [4]int64) {
	t.Helper()
	st, err := w.PotStory(t.Context(), w.officer, pot)
	fine(t, err)
	c, err := w.CallStory(t.Context(), w.officer, w.call.ID)
	fine(t, err)
	var given int64
	fine(t, w.d.View(t.Context(), func(tx *db.Tx) error {
		given, err = boundInRound(t.Context(), tx, w.call.ID, 1)
		return err
	}))
	y, _ := st.Pot.year(2026)
	list = [4]int64{given / tenge / 1_000_000, c.Call.Rounds[0].Sum / tenge / 1_000_000, st.BoundIn(2026) / tenge / 1_000_000, y.Ceiling / tenge / 1_000_000}
	if !slices.IsSorted(list[:]) {
		t.Errorf("given, of the round, bound, of the pot: %v", list)
	}
	return list
}

func (w *jury) cutPot(ctx context.Context, pot ref.ID, millions int64) error {
	_, err := w.ApproveYear(ctx, w.officer, pot, 0, Approval{Year: 2026, Sum: millions * 1_000_000 * tenge, On: w.Today(), Act: "№ 2"})
	return err
}

func (w *jury) cutRound(ctx context.Context, millions int64) error {
	_, err := w.CutRound(ctx, w.officer, w.call.ID, 0, 1, millions*1_000_000*tenge, both)
	return err
}

func TestAPotIsCutAfterTheDecision(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		pot := w.endow(t, 40_000_000*tenge)
		for range 4 {
			w.enters(t, 12_000_000*tenge)
		}
		w.judged(t, 9, 7, 8, 6)
		w.decided(t)
		if got := w.money(t, pot.ID); got != [4]int64{36, 40, 40, 40} {
			t.Errorf("decided: %v", got)
		}
		// The pot is not cut below what is bound, and the officer sees where money is free.
		if err := w.cutPot(ctx, pot.ID, 30); faultAt(err, "sum") != "funding.pot.below_bound" {
			t.Errorf("a pot cut below what is bound: %v", err)
		}
		st, err := w.PotStory(ctx, w.officer, pot.ID)
		fine(t, err)
		if free := st.Free[st.Bound[0].ID]; free != 4_000_000*tenge {
			t.Errorf("%d is free", free)
		}
		if st, err := w.PotStory(ctx, w.lead, pot.ID); err != nil || st.Free != nil {
			t.Errorf("others are told what is free: %v", err)
		}
		// Nor is the round below what it has given.
		for what, x := range map[string]struct {
			by     access.Actor
			round  int
			sum    int64
			reason i18n.Text
			kind   problem.Kind
		}{
			"below what is given":  {w.officer, 1, 35_999_999 * tenge, both, problem.Invalid},
			"to nothing":           {w.officer, 1, 0, both, problem.Invalid},
			"without a reason":     {w.officer, 1, 36_000_000 * tenge, i18n.Text{}, problem.Invalid},
			"to as much as it has": {w.officer, 1, 40_000_000 * tenge, both, problem.Invalid},
			"that is not there":    {w.officer, 2, 36_000_000 * tenge, both, problem.NotFound},
			"by an applicant":      {w.lead, 1, 36_000_000 * tenge, both, problem.Forbidden},
			"by a stranger":        {access.Actor{}, 1, 36_000_000 * tenge, both, problem.Forbidden},
		} {
			_, err := w.CutRound(ctx, x.by, w.call.ID, 0, x.round, x.sum, x.reason)
			refused(t, err, x.kind, "a round cut "+what)
		}
		fine(t, w.cutRound(ctx, 36))
		if got := w.money(t, pot.ID); got != [4]int64{36, 36, 36, 40} {
			t.Errorf("after the cut of the round: %v", got)
		}
		fine(t, w.cutPot(ctx, pot.ID, 36))
		if err := w.cutPot(ctx, pot.ID, 35); faultAt(err, "sum") != "funding.pot.below_bound" {
			t.Errorf("a pot cut below what is given: %v", err)
		}
		told, err := w.CallStory(ctx, access.Actor{}, w.call.ID)
		fine(t, err)
		if len(told.Revisions) != 1 || told.Revisions[0].Reason != both || told.Revisions[0].After.Rounds[0].Sum != 36_000_000*tenge {
			t.Errorf("the cut is told as %+v", told.Revisions)
		}
		// Nobody moves up from the reserve without money.
		next, err := w.BeginDecision(ctx, w.officer, w.call.ID, 1, FromReserve)
		fine(t, err)
		_, err = w.Depart(ctx, w.officer, next.ID, 0, []Departure{{ApplicationID: w.entries[3].ID, Outcome: Funded, Granted: 3_000_000 * tenge, Reason: both}}, both)
		fine(t, err)
		_, err = w.PutDecision(ctx, w.officer, next.ID, 0)
		if faultAt(err, "sum") != "funding.decision.over_round" {
			t.Errorf("a reserve moves up without money: %v", err)
		}
		// Money of a winner comes free when no agreement comes of it.
		var agreement ref.ID
		fine(t, w.d.View(ctx, func(tx *db.Tx) error {
			a, _, err := agreementOf(ctx, tx, w.entries[0].ID)
			agreement = a.ID
			return err
		}))
		_, err = w.VoidAgreement(ctx, w.officer, agreement, 0, both)
		fine(t, err)
		fine(t, w.cutRound(ctx, 24))
		fine(t, w.cutPot(ctx, pot.ID, 24))
		if got := w.money(t, pot.ID); got != [4]int64{24, 24, 24, 24} {
			t.Errorf("in the end: %v", got)
		}
		w.verified(t)
	})
}

func TestARoundIsCutBeforeItsDecisionIsOut(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		pot := w.endow(t, 40_000_000*tenge)
		for range 4 {
			w.enters(t, 12_000_000*tenge)
		}
		p := w.judged(t, 9, 7, 8, 6)
		d := w.put(t)
		fine(t, w.cutRound(ctx, 30))
		w.kept(t, p.ID, 4, 2) // the order is counted for the money that is left
		st, err := w.DecisionStory(ctx, w.officer, d.ID)
		fine(t, err)
		if st.Over != 6_000_000*tenge {
			t.Errorf("the officer is told of %d too much", st.Over)
		}
		w.voted(t, d.Ref(), true)
		_, err = w.PublishDecision(ctx, w.officer, d.ID, 0)
		if !isKey(err, "funding.decision.over_round") {
			t.Errorf("a decision over the money gives %v", err)
		}
		w.became(t, "refused", Admitted, Admitted, Admitted, Admitted)
		_, err = w.TakeBackDecision(ctx, w.officer, d.ID, 0)
		refused(t, err, problem.Conflict, "taking back what was adopted")
		_, err = w.DropDecision(ctx, w.officer, d.ID, 0)
		fine(t, err)
		d = w.put(t)
		w.voted(t, d.Ref(), true)
		_, err = w.PublishDecision(ctx, w.officer, d.ID, 0)
		fine(t, err)
		w.became(t, "decided anew", Funded, Reserve, Funded, Reserve)
		if got := w.money(t, pot.ID); got != [4]int64{24, 30, 30, 40} {
			t.Errorf("decided anew: %v", got)
		}
		w.verified(t)
	})
}

// A decision comes out while its round and its pot are cut: each either happens
// whole or is refused, and money stays within.
func TestCutAndGiveAtOnce(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		pot := w.endow(t, 40_000_000*tenge)
		for range 4 {
			w.enters(t, 12_000_000*tenge)
		}
		w.judged(t, 9, 7, 8, 6)
		d := w.put(t)
		w.voted(t, d.Ref(), true)
		var all sync.WaitGroup
		try := func(what string, f func() error) {
			for range 3 {
				all.Go(func() {
					if err := f(); err != nil && !problem.Is(err, problem.Conflict) && !problem.Is(err, problem.Invalid) {
						t.Errorf("%s: %v", what, err)
					}
				})
			}
		}
		try("publishing", func() error {
			_, err := w.PublishDecision(ctx, w.officer, d.ID, 0)
			return err
		})
		try("cutting the round", func() error { return w.cutRound(ctx, 24) })
		try("cutting the pot", func() error { return w.cutPot(ctx, pot.ID, 24) })
		all.Wait()
		got := w.money(t, pot.ID)
		if published := w.states(t)[0] == Funded; published != (got[0] == 36) || published && got[1] != 40 || !published && got[1] != 24 {
			t.Errorf("published %v with %v", published, got)
		}
		w.verified(t)
	})
}

// A call that is called off keeps bound what its decided rounds have given, and gives
// no more.
func TestACallIsCalledOffAfterARound(t *testing.T) {
	c := Call{Terms: Terms{PotID: 7, Rounds: []Round{{No: 1, Year: 2026, Sum: 40}, {No: 2, Year: 2026, Sum: 30}}}, PublishedAt: db.At(at("03-01 09:00"))}
	given := map[int]int64{1: 36}
	if got := c.wants(given); fmt.Sprint(got) != fmt.Sprint([]Want{{7, 2026, 70}}) {
		t.Errorf("out, it binds %v", got)
	}
	c.CancelledAt = db.At(at("05-01 09:00"))
	if got := c.wants(given); fmt.Sprint(got) != fmt.Sprint([]Want{{7, 2026, 36}}) {
		t.Errorf("called off, it binds %v", got)
	}
	if left := c.left(c.Rounds[0], 36); left != 0 {
		t.Errorf("called off, it can give %d more", left)
	}
}

// A panel that was to hear an appeal ends with it.
func TestTheNewPanelOfAnAppealEndsWithIt(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		w.enters(t, 41_000_000*tenge) // more than the round has
		w.judged(t, 9)
		w.decided(t)
		heard := func() (Appeal, func() panels.Panel) {
			p, err := w.FileAppeal(ctx, w.lead, w.entries[0].ID, ruText("Посмотрите еще раз"))
			fine(t, err)
			p, err = w.HearByPanel(ctx, w.officer, p.ID, 0, db.Date{})
			fine(t, err)
			return p, func() (got panels.Panel) {
				fine(t, w.d.View(ctx, func(tx *db.Tx) error {
					got, err = w.Panels.PanelIn(ctx, tx, p.PanelID)
					return err
				}))
				return got
			}
		}
		first, panel := heard()
		fine(t, w.Panels.Freeze(ctx, w.officer, first.PanelID))
		for range 2 {
			fine(t, w.Panels.AnnounceDice(ctx, w.officer, first.PanelID, ruText("Тираж"), "https://example.kz/lot"))
		}
		w.clock.Advance(48 * time.Hour)
		for i := range 2 {
			fine(t, w.Panels.DiceFell(ctx, w.officer, first.PanelID, i, fmt.Sprintf("%d 12 33", i)))
		}
		_, err := w.WithdrawAppeal(ctx, w.rivalLead, first.ID, 0)
		refused(t, err, problem.NotFound, "an appeal withdrawn by another")
		_, err = w.WithdrawAppeal(ctx, w.lead, first.ID, 0)
		fine(t, err)
		if got := panel(); got.Stage() != panels.Cancelled || got.CancelReason != withdrawnAppeal {
			t.Errorf("the panel of a withdrawn appeal is %s", got.Stage())
		}
		for _, e := range w.experts {
			if len(w.tasks(t, e, first.PanelID)) > 0 {
				t.Error("an expert still has the work")
			}
		}
		fine(t, w.d.View(ctx, func(tx *db.Tx) error {
			list, err := w.Obligations.Of(ctx, tx, panel().Ref())
			for _, o := range list {
				if o.State(w.Today()) != obligations.StateReleased {
					t.Errorf("an expert still owes marks: %s", o.State(w.Today()))
				}
			}
			return err
		}))
		// In time it is filed again; the panel whose marks stand behind an answer is done.
		second, panel := heard()
		w.marks(t, panels.Panel{ID: second.PanelID}, func(ref.ID) int { return 5 })
		_, err = w.AnswerAppeal(ctx, w.officer, second.ID, 0, Answer{Reasons: ruText("Доводы не подтвердились")})
		fine(t, err)
		if got := panel(); got.Stage() != panels.Decided {
			t.Errorf("the panel of a rejected appeal is %s", got.Stage())
		}
		w.verified(t)
	})
}

// The clock is set back between the marks and the decision: what came after stays
// after, a vote that seems to come before its text is not taken for one, and the
// round is decided all the same.
func TestTheClockIsSetBackWhileARoundIsDecided(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		for range 2 {
			w.enters(t, 12_000_000*tenge)
		}
		p := w.judged(t, 9, 8)
		back := func() { w.clock.Set(w.clock.Now().Add(-5 * time.Hour)) }
		back()
		w.kept(t, p.ID, 2, 2)
		d := w.put(t)
		w.commission(t, w.funder)
		back()
		w.meets(t, d.Ref(), panels.For, 3, nil)
		_, err := w.PublishDecision(ctx, w.officer, d.ID, 0)
		if !isKey(err, "funding.decision.not_voted") {
			t.Errorf("a vote that seems to come before its text gives %v", err)
		}
		_, err = w.DropDecision(ctx, w.officer, d.ID, 0)
		fine(t, err)
		w.decided(t)
		w.became(t, "decided", Funded, Funded)
		back()
		_, err = w.CutRound(ctx, w.officer, w.call.ID, 0, 1, 24_000_000*tenge, both)
		fine(t, err)
		w.verified(t)
	})
}
