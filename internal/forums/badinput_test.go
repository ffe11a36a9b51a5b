package forums

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// A badge was copied: its QR is read at two doors and at one of them twice. The first
// who shows it is counted; each other time is a flag that says where and when it was
// shown before.
func TestABadgeCopiedTwice(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		x := w.atTheDoor(2, 3)
		code := BadgeText(x.forum.ID, x.people[0].Code)
		x.outcomes(x.merge(0, x.read(1, code)), Entered)
		w.clock.Advance(5 * time.Minute)
		for device := 1; device <= 2; device++ {
			a := x.merge(device, x.read(1, code))[1]
			if a.Outcome != Again || a.FirstDevice != "Вход 1" || !a.FirstAt.Equal(w.clock.Now().Add(-5*time.Minute)) || a.Who == "" {
				t.Errorf("the copy is answered %+v", a)
			}
		}
		x.outcomes(x.merge(2, []Reading{{Seq: 2, At: w.clock.Now(), Code: code}}), "", Again)
		at, err := w.Door(t.Context(), w.lead, x.forum.ID)
		w.must(err)
		if at.Came != 1 || len(at.Flags) != 3 || at.Flags[0].FirstDevice != "Вход 1" {
			t.Errorf("%d came, %d flags", at.Came, len(at.Flags))
		}
		w.proven()
	})
}

// A phone without a network for a day brings 300 check-ins, in pieces, and one of them
// twice because the answer was lost: all are there, each at its own hour, none twice.
func TestAPhoneOfflineForADay(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		const people = 300
		ctx, x := t.Context(), w.atTheDoor(people, 1)
		began := w.clock.Now()
		var all []Reading
		for i, p := range x.people {
			all = append(all, Reading{Seq: int64(i + 1), At: began.Add(time.Duration(i) * time.Minute), Code: p.Code})
		}
		w.clock.Set(began.Add(24 * time.Hour))
		for _, part := range [][]Reading{all[:120], all[:120], all[100:], all} {
			got := x.merge(0, part)
			for _, r := range part {
				if got[r.Seq].Outcome != Entered {
					t.Fatalf("reading %d is %q", r.Seq, got[r.Seq].Outcome)
				}
			}
		}
		at, err := w.Door(ctx, w.lead, x.forum.ID)
		w.must(err)
		if at.Came != people || len(at.Flags) != 0 || at.Devices[0].Brought != people {
			t.Errorf("%d came, %d brought, %d flags", at.Came, at.Devices[0].Brought, len(at.Flags))
		}
		w.must(w.db.View(ctx, func(tx *db.Tx) error {
			scans, err := enteredOf(ctx, tx, x.forum.ID)
			for i, s := range scans {
				if !s.At.Equal(all[i].At) {
					t.Errorf("scan %d is of %s, want %s", i, s.At, all[i].At)
				}
			}
			return err
		}))
		_, _, err = w.Merge(ctx, x.keys[0], Batch{Now: w.clock.Now(), Readings: slices.Repeat(all, 2)})
		w.refused(err, problem.Invalid) // more than one piece may have: nothing of it is taken
		w.proven()
	})
}

// Two devices let the same person in at the same moment, again and again: the person is
// counted once, and one of the two is told where he was let in.
func TestTwoDevicesAdmitOnePerson(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		const people = 12
		x := w.atTheDoor(people, 2)
		var mu sync.Mutex
		entered, again := 0, 0
		for i, p := range x.people {
			var wait sync.WaitGroup
			for device := range 2 {
				wait.Go(func() {
					_, out, err := w.Merge(t.Context(), x.keys[device], Batch{Now: w.clock.Now(), Readings: []Reading{{Seq: int64(i + 1), At: w.clock.Now(), Code: p.Code}}})
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err != nil:
						t.Error(err)
					case out[0].Outcome == Entered:
						entered++
					case out[0].Outcome == Again && strings.HasPrefix(out[0].FirstDevice, "Вход"):
						again++
					default:
						t.Errorf("%+v", out)
					}
				})
			}
			wait.Wait()
		}
		at, err := w.Door(t.Context(), w.lead, x.forum.ID)
		w.must(err)
		if at.Came != people || entered != people || again != people || len(at.Flags) != people {
			t.Errorf("%d came; entered %d, again %d, %d flags", at.Came, entered, again, len(at.Flags))
		}
		w.proven()
	})
}

// The holder of a mandate passes it to several people at once: one has it, and it votes
// once.
func TestARaceForAMandate(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		const people = 6
		ctx, h := t.Context(), w.inHall(people)
		w.must(w.GiveMandates(ctx, w.lead, h.ID, []NewMandate{{h.codes[0], "«А» ҚБ"}}))
		v0, err := w.Hall(ctx, h.links[0], h.session)
		w.must(err)
		v := h.vote(ByMandate, false)
		var mu sync.Mutex
		passed, cast := 0, 0
		var wait sync.WaitGroup
		for _, code := range h.codes[1:] {
			wait.Go(func() {
				err := w.PassMandate(ctx, nobody, h.links[0], v0.Mandates[0].ID, code)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					passed++
				} else if !problem.Is(err, problem.Conflict) {
					t.Error(err)
				}
			})
		}
		for _, link := range h.links {
			wait.Go(func() {
				err := w.Cast(ctx, nobody, link, v.ID, 0, false)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					cast++
				} else if !problem.Is(err, problem.Conflict) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		for _, link := range h.links { // whoever has it now may still be the one to vote
			if w.Cast(ctx, nobody, link, v.ID, 0, false) == nil {
				cast++
			}
		}
		v, err = w.CloseVote(ctx, nobody, h.lead, v.ID)
		w.must(err)
		if passed != 1 || cast != 1 || v.Result.Ballots != 1 || v.Result.Marks != 1 {
			t.Errorf("passed on %d times, cast %d times: %+v", passed, cast, v.Result)
		}
		w.proven()
	})
}

// Two operators bring the same hall home at once: one does, the other is told that it is
// home, and nothing is there twice.
func TestARaceHome(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, h := t.Context(), w.inHall(11)
		l, err := w.PackHall(ctx, w.lead, h.ID)
		w.must(err)
		away := h.laptop(l)
		for _, m := range []Manner{Openly, Secretly} {
			v := away.vote(m, true)
			for _, link := range away.links {
				w.must(away.Cast(ctx, nobody, link, v.ID, 0, true))
			}
			_, err := away.CloseVote(ctx, nobody, away.lead, v.ID)
			w.must(err)
		}
		file := away.home(l)
		var mu sync.Mutex
		home := 0
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				_, err := w.BringHome(ctx, w.lead, bytes.NewReader(file))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					home++
				} else if !problem.Is(err, problem.Conflict) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		e, err := w.EndedVotes(ctx, nobody, h.ID)
		w.must(err)
		if home != 1 || len(e.Votes) != 2 || e.Votes[0].Result.Ballots != 11 || e.Votes[1].Result.Ballots != 11 {
			t.Errorf("came home %d times: %+v", home, e.Votes)
		}
		w.proven()
	})
}

// Two thousand people register at once, some of them twice and in the other language,
// while two organizers admit them: everybody is there once, no seat is given twice, and
// everybody is told.
func TestARegistrationRush(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		const people, twice, seats = 2000, 100, 700
		ctx, pass := t.Context(), w.mailed()
		f := w.announced()
		w.must(w.SetQuota(ctx, w.lead, f.ID, RuralPeople, 200))
		w.must(w.SetQuota(ctx, w.lead, f.ID, Everybody, seats-200))
		queue := make(chan string)
		var wait sync.WaitGroup
		for range 40 {
			wait.Go(func() {
				for email := range queue {
					place := w.whole
					if len(email)%2 == 0 {
						place = w.village
					}
					if err := w.Register(ctx, access.Actor{}, f.ID, w.somebody(email, place)); err != nil {
						t.Errorf("%s: %v", email, err)
					}
				}
			})
		}
		for i := range people {
			queue <- fmt.Sprintf("p%d@x.kz", i)
			if i < twice {
				queue <- fmt.Sprintf("P%d@X.kz", i)
			}
		}
		close(queue)
		wait.Wait()
		ids := w.ids(f)
		if len(ids) != people {
			t.Fatalf("%d of %d are registered", len(ids), people)
		}
		for part := range slices.Chunk(ids, people/2) {
			wait.Go(func() { w.answer(f, part) })
		}
		wait.Wait()
		p, err := w.People(ctx, w.lead, f.ID)
		w.must(err)
		count := map[RegistrationState]int{}
		for _, x := range p.List {
			count[x.State]++
		}
		var taken int64
		for _, b := range p.Balances {
			if b.Taken > b.Seats {
				t.Errorf("%d of %d seats for %s", b.Taken, b.Seats, b.Who)
			}
			taken += b.Taken
		}
		if count[Admitted] != seats || count[Waiting] != people-seats || taken != seats {
			t.Errorf("%v, %d seats taken", count, taken)
		}
		for _, x := range p.List {
			if got := pass(x.Email); got.Registration.State != x.State {
				t.Fatalf("%s is %s and was told %q last", x.Email, x.State, got.Registration.State)
			}
		}
		w.proven()
	})
}

// answer admits people; where another organizer was quicker it is tried again, as
// somebody at the page would.
func (w *region) answer(f Forum, ids []ref.ID) {
	w.t.Helper()
	for range 5 {
		err := w.Answer(w.t.Context(), w.lead, f.ID, ids, true)
		if err == nil || !problem.Is(err, problem.Conflict) {
			if err != nil {
				w.t.Error(err)
			}
			return
		}
	}
	w.t.Error("nobody could be answered")
}
