package forums

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

func TestWhoComesInsteadStandsWhereTheOtherStood(t *testing.T) {
	rural, everybody := Balance{Quota: Quota{ID: 1, Who: RuralPeople, Seats: 1}}, Balance{Quota: Quota{ID: 2, Who: Everybody, Seats: 1}, Taken: 1}
	free := everybody
	free.Taken = 0
	for name, c := range map[string]struct {
		list    []Balance
		left, x Registration
		state   RegistrationState
		quota   ref.ID
	}{
		"nobody has answered":            {[]Balance{rural, free}, Registration{State: Asked}, Registration{Rural: true}, Asked, 0},
		"the seat is for both":           {[]Balance{rural, free}, Registration{State: Admitted, QuotaID: 1}, Registration{Rural: true}, Admitted, 1},
		"the seat was for everybody":     {[]Balance{rural, free}, Registration{State: Admitted, QuotaID: 2}, Registration{Rural: true}, Admitted, 2},
		"the seat is not for the second": {[]Balance{rural, free}, Registration{State: Admitted, QuotaID: 1}, Registration{}, Admitted, 2},
		"nor is any other":               {[]Balance{rural, everybody}, Registration{State: Admitted, QuotaID: 1}, Registration{}, Waiting, 0},
		"both wait":                      {[]Balance{everybody}, Registration{State: Waiting}, Registration{}, Waiting, 0},
		"a seat is free for the second":  {[]Balance{rural, everybody}, Registration{State: Waiting}, Registration{Rural: true}, Admitted, 1},
	} {
		if state, quota := heir(c.list, c.left, c.x); state != c.state || quota != c.quota {
			t.Errorf("%s: %s in %d, want %s in %d", name, state, quota, c.state, c.quota)
		}
	}
	f := Forum{Plan: Plan{From: db.Day(2026, time.May, 20)}}
	for name, c := range map[string]struct {
		state RegistrationState
		on    int
		want  bool
	}{
		"the day before": {Admitted, 19, true}, "the door is open": {Admitted, 20, false}, "who left": {Withdrawn, 1, false}, "who waits": {Waiting, 1, true},
	} {
		if err := f.maySwap(Registration{State: c.state}, db.Day(2026, time.May, c.on)); (err == nil) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func (w *region) member(name, email string, place ref.ID) NewRegistration {
	n := w.somebody(email, place)
	n.Name = name
	return n
}

func TestADelegationIsLedByOne(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, pass := t.Context(), w.mailed()
		f := w.announced()
		w.must(w.SetQuota(ctx, w.lead, f.ID, RuralPeople, 1))
		w.must(w.SetQuota(ctx, w.lead, f.ID, Everybody, 1))
		leader := w.somebody("lead@x.kz", w.whole)
		leader.Delegation = "Делегация области"
		w.must(w.Register(ctx, access.Actor{}, f.ID, leader))
		token := pass("lead@x.kz").Token
		w.must(w.AddMember(ctx, access.Actor{}, token, w.member("Без адреса", "", w.village)))
		w.must(w.AddMember(ctx, access.Actor{}, token, w.member("С адресом", "second@x.kz", w.village)))
		w.refused(w.AddMember(ctx, access.Actor{}, token, w.member("Еще раз", "Second@x.kz", w.whole)), problem.Invalid)
		w.refused(w.AddMember(ctx, access.Actor{}, pass("second@x.kz").Token, w.member("Чужой", "", w.whole)), problem.NotFound)
		w.refused(w.Lead(ctx, access.Actor{}, pass("second@x.kz").Token, "Вторая"), problem.Conflict)
		w.must(w.Answer(ctx, w.lead, f.ID, w.ids(f), true))
		states := func(want ...RegistrationState) []Registration {
			t.Helper()
			p, err := w.Party(ctx, token)
			w.must(err)
			var got []RegistrationState
			for _, x := range p.Members {
				got = append(got, x.State)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("%v, want %v", got, want)
			}
			return p.Members
		}
		list := states(Admitted, Admitted, Waiting) // one seat of two is for rural people: members take seats like everybody
		w.must(w.SwapMember(ctx, access.Actor{}, token, list[1].ID, w.member("Вместо", "", w.village)))
		list = states(Admitted, Waiting, Admitted) // whoever comes instead keeps the seat, whoever waits goes on waiting
		w.must(w.SwapMember(ctx, access.Actor{}, token, list[2].ID, w.member("Из города", "", w.whole)))
		states(Admitted, Admitted, Waiting) // the seat is for rural people: it goes to who waited for it
		w.refused(w.SwapMember(ctx, access.Actor{}, token, list[0].ID, w.member("Сам", "", w.whole)), problem.NotFound)
		w.must(w.Change(ctx, access.Actor{}, token, Private{Name: "Другое имя", Org: "ОО", Needs: []Need{"access"}}))
		w.refused(w.Change(ctx, access.Actor{}, token, Private{}), problem.Invalid)
		w.must(w.Withdraw(ctx, access.Actor{}, token))
		second, err := w.Party(ctx, pass("second@x.kz").Token)
		w.must(err)
		if second.Delegation.LeadID != second.Registration.ID || len(second.Members) != 2 || second.Members[1].State != Admitted {
			t.Errorf("after the leader has left: %+v", second)
		}
		w.must(w.DropMember(ctx, access.Actor{}, second.Token, second.Members[1].ID))
		w.clock.Set(w.clock.Now().AddDate(0, 0, 20))
		w.refused(w.AddMember(ctx, access.Actor{}, second.Token, w.member("Поздно", "", w.whole)), problem.Conflict)
		w.proven()
	})
}

// Two people swap the same member at once: one of them does.
func TestASeatIsSwappedOnce(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, pass := t.Context(), w.mailed()
		f := w.announced()
		leader := w.somebody("lead@x.kz", w.whole)
		leader.Delegation = "Делегация"
		w.must(w.Register(ctx, access.Actor{}, f.ID, leader))
		token := pass("lead@x.kz").Token
		w.must(w.AddMember(ctx, access.Actor{}, token, w.member("Один", "", w.whole)))
		p, err := w.Party(ctx, token)
		w.must(err)
		var wait sync.WaitGroup
		done := make(chan error, 8)
		for i := range cap(done) {
			wait.Go(func() {
				done <- w.SwapMember(ctx, access.Actor{}, token, p.Members[1].ID, w.member(fmt.Sprint("Вместо ", i), "", w.whole))
			})
		}
		wait.Wait()
		close(done)
		ok := 0
		for err := range done {
			if err == nil {
				ok++
			} else if !problem.Is(err, problem.NotFound) && !problem.Is(err, problem.Conflict) {
				t.Error(err)
			}
		}
		if p, err = w.Party(ctx, token); err != nil || ok != 1 || len(p.Members) != 2 {
			t.Errorf("%d swaps, %d members, %v", ok, len(p.Members), err)
		}
		w.proven()
	})
}

// More people than there are places choose a session at once: no place is given
// twice, nobody is lost, and a place that is given back goes to who came first.
func TestARaceForPlacesOfASession(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, pass := t.Context(), w.mailed()
		f := w.announced()
		const places, people = 3, 9
		w.must(w.SetQuota(ctx, w.lead, f.ID, Everybody, people))
		hour := func(h int) db.Time { return db.At(f.From.In(w.Zone).Add(time.Duration(h) * time.Hour)) }
		plan := func(from, places int) Session {
			x, err := w.PlanSession(ctx, w.lead, f.ID, 0, 0, NewSession{SessionPlan: SessionPlan{Kind: Section, Title: i18n.Only(i18n.RU, "Мастер-класс"), Starts: hour(from), Ends: hour(from + 2), Places: int64(places)}})
			w.must(err)
			return x
		}
		small, clashing, open := plan(10, places), plan(11, 5), plan(15, 0)
		address := func(i int) string { return fmt.Sprintf("p%d@x.kz", i) }
		for i := range people {
			w.must(w.Register(ctx, access.Actor{}, f.ID, w.somebody(address(i), w.whole)))
		}
		w.refused(w.Choose(ctx, access.Actor{}, pass(address(0)).Token, small.ID), problem.Conflict) // not admitted yet
		w.must(w.Answer(ctx, w.lead, f.ID, w.ids(f), true))
		var wait sync.WaitGroup
		failed := make(chan error, people)
		for i := range people {
			wait.Go(func() { failed <- w.Choose(ctx, access.Actor{}, pass(address(i)).Token, small.ID) })
		}
		wait.Wait()
		close(failed)
		for err := range failed {
			w.must(err)
		}
		states := func() map[ChoiceState][]int {
			out := map[ChoiceState][]int{}
			for i := range people {
				offers, err := w.Offers(ctx, pass(address(i)).Token)
				w.must(err)
				out[offers[0].Choice.State] = append(out[offers[0].Choice.State], i)
			}
			return out
		}
		now := states()
		if len(now[Seated]) != places || len(now[InLine]) != people-places {
			t.Fatalf("%v", now)
		}
		first := pass(address(now[Seated][0])).Token
		w.refused(w.Choose(ctx, access.Actor{}, first, clashing.ID), problem.Conflict)
		w.refused(w.Choose(ctx, access.Actor{}, first, open.ID), problem.NotFound)
		w.must(w.Unchoose(ctx, access.Actor{}, first, small.ID))
		w.must(w.Choose(ctx, access.Actor{}, first, clashing.ID))
		w.must(w.Withdraw(ctx, access.Actor{}, pass(address(now[Seated][1])).Token))
		var seated int64
		w.must(w.db.View(ctx, func(tx *db.Tx) (err error) {
			seated, err = seatedIn(ctx, tx, small.ID)
			return err
		}))
		if seated != places {
			t.Errorf("%d sit where %d can, after two have left", seated, places)
		}
		small.Places = people
		_, err := w.PlanSession(ctx, w.lead, f.ID, small.ID, small.Version, NewSession{SessionPlan: small.SessionPlan})
		w.must(err)
		w.must(w.db.View(ctx, func(tx *db.Tx) (err error) {
			seated, err = seatedIn(ctx, tx, small.ID)
			return err
		}))
		if seated != people-2 {
			t.Errorf("%d sit after there are places for all", seated)
		}
		w.proven()
	})
}
