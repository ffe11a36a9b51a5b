package forums

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// mailed keeps the passes that were handed out, by address.
func (w *region) mailed() func(email string) Pass {
	var mu sync.Mutex
	byEmail := map[string]Pass{}
	w.Hand = func(_ context.Context, _ *db.Tx, p Pass) error {
		mu.Lock()
		defer mu.Unlock()
		if p.Token == "" { // the link stays the one that was sent before
			p.Token = byEmail[p.Registration.Email].Token
		}
		byEmail[p.Registration.Email] = p
		return nil
	}
	return func(email string) Pass {
		mu.Lock()
		defer mu.Unlock()
		return byEmail[email]
	}
}

func (w *region) somebody(email string, place ref.ID) NewRegistration {
	return NewRegistration{Kind: "ngo", PlaceID: place, Consent: true, Private: Private{Name: "Кто-то " + email, Email: email, Lang: i18n.RU, Org: "ОО"}}
}

func (w *region) ids(f Forum) (ids []ref.ID) {
	w.t.Helper()
	p, err := w.People(w.t.Context(), w.lead, f.ID)
	w.must(err)
	for _, x := range p.List {
		ids = append(ids, x.ID)
	}
	return ids
}

func TestTheWaitingListFillsByQuota(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, pass := t.Context(), w.mailed()
		f := w.announced()
		w.must(w.SetQuota(ctx, w.lead, f.ID, RuralPeople, 1))
		w.must(w.SetQuota(ctx, w.lead, f.ID, Everybody, 1))
		for _, x := range []struct {
			email string
			place ref.ID
		}{{"town1@x.kz", w.whole}, {"town2@x.kz", w.whole}, {"rural1@x.kz", w.village}, {"rural2@x.kz", w.village}} {
			w.must(w.Register(ctx, access.Actor{}, f.ID, w.somebody(x.email, x.place)))
		}
		_, err := w.People(ctx, w.stranger, f.ID)
		w.refused(err, problem.Forbidden)
		w.must(w.Answer(ctx, w.lead, f.ID, w.ids(f), true))
		state := func(email string, want RegistrationState) {
			t.Helper()
			p, rooms, err := w.Pass(ctx, pass(email).Token)
			w.must(err)
			if p.Registration.State != want || len(rooms) > 0 && want != Admitted {
				t.Errorf("%s is %s, want %s", email, p.Registration.State, want)
			}
		}
		state("town1@x.kz", Admitted)
		state("rural1@x.kz", Admitted)
		state("town2@x.kz", Waiting)
		state("rural2@x.kz", Waiting)
		w.must(w.Withdraw(ctx, access.Actor{}, pass("rural1@x.kz").Token)) // a rural seat is free: who came first from town goes on waiting
		state("town2@x.kz", Waiting)
		state("rural2@x.kz", Admitted)
		w.refused(w.Withdraw(ctx, access.Actor{}, pass("rural1@x.kz").Token), problem.NotFound) // and forgotten
		w.refused(w.SetQuota(ctx, w.lead, f.ID, RuralPeople, 0), problem.Invalid)
		w.must(w.SetQuota(ctx, w.lead, f.ID, Everybody, 2))
		state("town2@x.kz", Admitted)
		w.proven()
	})
}

func TestTwoFormsOfOnePersonAreOne(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, pass := t.Context(), w.mailed()
		f := w.announced()
		w.must(w.Register(ctx, access.Actor{}, f.ID, w.somebody("a@x.kz", w.whole)))
		first := pass("a@x.kz")
		again := w.somebody("A@x.kz", w.whole)
		again.Lang = i18n.KK
		w.must(w.Register(ctx, access.Actor{}, f.ID, again))
		if n := len(w.ids(f)); n != 1 {
			t.Errorf("%d registrations", n)
		}
		if _, _, err := w.Pass(ctx, first.Token); !problem.Is(err, problem.NotFound) {
			t.Errorf("the first link still leads somewhere: %v", err)
		}
		bad := w.somebody("b@x.kz", w.whole)
		bad.Consent = false
		w.refused(w.Register(ctx, access.Actor{}, f.ID, bad), problem.Invalid)
		w.clock.Set(w.clock.Now().AddDate(0, 0, 11))
		w.refused(w.Register(ctx, access.Actor{}, f.ID, w.somebody("c@x.kz", w.whole)), problem.Conflict)
		w.clock.Set(w.clock.Now().AddDate(2, 0, 0))
		w.must(w.db.Update(ctx, func(tx *db.Tx) error { return w.Holder().Expire(ctx, tx) }))
		p, err := w.People(ctx, w.lead, f.ID)
		w.must(err)
		if x := p.List[0]; x.Name != "" || x.Email != "" || x.Org != "" || x.Kind != "ngo" {
			t.Errorf("a year after the forum: %+v", x)
		}
		w.proven()
	})
}

// Several organizers answer at once, and more people than there are seats: no seat
// is given twice, and nobody is lost.
func TestARaceForSeats(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		f := w.announced()
		const seats, people = 5, 16
		w.must(w.SetQuota(ctx, w.lead, f.ID, Everybody, seats))
		var wait sync.WaitGroup
		failed := make(chan error, 2*people)
		for i := range people {
			wait.Go(func() {
				failed <- w.Register(ctx, access.Actor{}, f.ID, w.somebody(fmt.Sprintf("p%d@x.kz", i), w.whole))
			})
		}
		wait.Wait()
		for _, id := range w.ids(f) {
			wait.Go(func() { failed <- w.Answer(ctx, w.lead, f.ID, []ref.ID{id}, true) })
		}
		wait.Wait()
		close(failed)
		for err := range failed {
			w.must(err)
		}
		p, err := w.People(ctx, w.lead, f.ID)
		w.must(err)
		count := map[RegistrationState]int{}
		for _, x := range p.List {
			count[x.State]++
		}
		if count[Admitted] != seats || count[Waiting] != people-seats || p.Balances[0].Taken != seats {
			t.Errorf("%v", count)
		}
		w.proven()
	})
}
