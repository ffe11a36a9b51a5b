package forums

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

func TestACodeIsReadAsItIsTyped(t *testing.T) {
	const forum, other = ref.ID(7), ref.ID(8)
	for text, want := range map[string]string{
		"ABC1234": "ABC1234", " abc-1234 ": "ABC1234", "abc 12o4": "ABC1204", "iBC1L34": "1BC1134", BadgeText(forum, "ABC1234"): "ABC1234", "birge:" + forum.String() + ":abc1234": "ABC1234",
		BadgeText(other, "ABC1234"): "", "ABC123": "", "ABC12345": "", "ABC123U": "", "": "", "BIRGE:": "", "https://x.kz": "",
	} {
		if code, ok := ReadCode(forum, text); ok != (want != "") || ok && code != want {
			t.Errorf("%q is read as %q, %v; want %q", text, code, ok, want)
		}
	}
}

func TestWhatAScanIs(t *testing.T) {
	for name, c := range map[string]struct {
		state         RegistrationState
		known, before bool
		want          Outcome
	}{
		"admitted":                     {Admitted, true, false, Entered},
		"a second time":                {Admitted, true, true, Again},
		"who has withdrawn":            {Withdrawn, true, false, Revoked},
		"who has withdrawn, once more": {Withdrawn, true, true, Revoked},
		"who waits":                    {Waiting, true, false, Revoked},
		"whom nobody has answered":     {Asked, true, false, Revoked},
		"nobody's code":                {"", false, false, Unknown},
	} {
		if got := outcome(Registration{State: c.state}, c.known, c.before); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	noon := time.Date(2026, 5, 24, 12, 0, 0, 0, time.UTC)
	opened := noon.Add(-4 * time.Hour)
	for name, c := range map[string]struct{ read, now, want time.Time }{
		"a right clock":            {noon.Add(-time.Hour), noon, noon.Add(-time.Hour)},
		"a clock two hours late":   {noon.Add(-3 * time.Hour), noon.Add(-2 * time.Hour), noon.Add(-time.Hour)},
		"a clock a day early":      {noon.Add(23 * time.Hour), noon.Add(24 * time.Hour), noon.Add(-time.Hour)},
		"read after now":           {noon.Add(time.Minute), noon, noon},
		"read before it was there": {noon.Add(-24 * time.Hour), noon, opened},
	} {
		if got := mended(c.read, c.now, noon, opened); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for name, want := range map[string]string{"Айгүл Серікова": "А. С.", "әлия": "Ә.", "Ли  Мин Хо": "Л. М.", "": ""} {
		if got := Initials(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestEverybodyIsCountedOnce(t *testing.T) {
	people := []Registration{{ID: 1, Kind: "ngo", State: Admitted, Rural: true}, {ID: 2, Kind: "ngo", State: Admitted}, {ID: 3, Kind: "guest", State: Admitted, WalkIn: true, Young: true}, {ID: 4, State: Waiting}}
	a := attendance(people, []Scan{{RegistrationID: 1}, {RegistrationID: 1, SessionID: 9}, {RegistrationID: 2, SessionID: 9}, {RegistrationID: 3}})
	if a.Admitted != 3 || a.Came != 3 || a.WalkIns != 1 || a.ByGroup["ngo"] != 2 || a.ByGroup["guest"] != 1 || a.BySession[9] != 2 || a.Rural != 1 || a.Young != 1 {
		t.Errorf("%+v", a)
	}
}

// door is a forum on its first day, with people who are admitted and devices that
// are open.
type door struct {
	*region
	forum   Forum
	people  []Registration
	devices []Device
	keys    []string
}

func (w *region) atTheDoor(people, devices int) *door {
	w.t.Helper()
	ctx := w.t.Context()
	x := &door{region: w, forum: w.announced()}
	w.must(w.SetQuota(ctx, w.lead, x.forum.ID, Everybody, int64(people)))
	for i := range people {
		w.must(w.Register(ctx, access.Actor{}, x.forum.ID, w.somebody(fmt.Sprintf("p%d@x.kz", i), w.whole)))
	}
	w.must(w.Answer(ctx, w.lead, x.forum.ID, w.ids(x.forum), true))
	p, err := w.People(ctx, w.lead, x.forum.ID)
	w.must(err)
	x.people = p.List
	w.clock.Set(x.forum.From.In(w.Zone).Add(8 * time.Hour))
	for i := range devices {
		_, link, err := w.AddDevice(ctx, w.lead, x.forum.ID, fmt.Sprint("Вход ", i+1))
		w.must(err)
		d, key, err := w.OpenDevice(ctx, link)
		w.must(err)
		x.devices, x.keys = append(x.devices, d), append(x.keys, key)
	}
	return x
}

// read is what a device has read: a scan of each code, numbered from a number on.
func (x *door) read(from int64, codes ...string) (out []Reading) {
	for i, c := range codes {
		out = append(out, Reading{Seq: from + int64(i), At: x.clock.Now(), Code: c})
	}
	return out
}

func (x *door) merge(device int, list []Reading) map[int64]Answer {
	x.t.Helper()
	_, answers, err := x.Merge(x.t.Context(), x.keys[device], Batch{Now: x.clock.Now(), Readings: list})
	x.must(err)
	out := map[int64]Answer{}
	for _, a := range answers {
		out[a.Seq] = a
	}
	return out
}

func (x *door) outcomes(got map[int64]Answer, want ...Outcome) {
	x.t.Helper()
	for i, w := range want {
		if a := got[int64(i+1)]; a.Outcome != w {
			x.t.Errorf("reading %d is %q, want %q", i+1, a.Outcome, w)
		}
	}
}

func TestADoorWithoutANetwork(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		x := w.atTheDoor(4, 2)
		one, two, gone := x.people[0].Code, x.people[1].Code, x.people[2]
		w.must(w.db.Update(ctx, func(tx *db.Tx) error { return w.leave(ctx, tx, access.Portal("test"), x.forum, gone) }))

		first := x.read(1, one, BadgeText(x.forum.ID, one), gone.Code, "QQQQQQQ", two, BadgeText(9, two))
		got := x.merge(0, first)
		x.outcomes(got, Entered, Again, Revoked, Unknown, Entered, Unknown)
		if a := got[2]; a.FirstDevice != "Вход 1" || a.FirstAt.IsZero() || a.Who != "К. P." {
			t.Errorf("who and when: %+v", a)
		}
		x.outcomes(x.merge(0, first), Entered, Again, Revoked, Unknown, Entered, Unknown) // brought twice, the same
		x.outcomes(x.merge(0, x.read(1, two)), Reused)
		w.clock.Set(w.clock.Now().Add(26 * time.Hour)) // the other device was without a network for a day
		late := x.read(1, one, x.people[3].Code)
		late[0].At = late[0].At.Add(-26 * time.Hour)
		late = append(late, Reading{Seq: 3, At: w.clock.Now(), Code: "ZZZ1234", Newcomer: &Newcomer{Name: "Гүлнар Ахметова", Kind: "media"}},
			Reading{Seq: 4, At: w.clock.Now(), Code: one, Newcomer: &Newcomer{Name: "Чужой Код", Kind: "?"}}, Reading{Seq: 5, At: w.clock.Now(), Code: "zzz-1234"})
		got = x.merge(1, late)
		x.outcomes(got, Again, Entered, Entered, Entered, Again)
		if got[1].FirstDevice != "Вход 1" || got[3].Code != "ZZZ1234" || got[4].Code == one || got[4].Kind != "guest" {
			t.Errorf("%+v", got)
		}
		x.outcomes(x.merge(1, late), Again, Entered, Entered, Entered, Again)

		at, err := w.Door(ctx, w.officer, x.forum.ID)
		w.must(err)
		if at.Came != 5 || at.WalkIns != 2 || at.ByGroup["media"] != 1 || len(at.Flags) != 6 || at.Devices[1].Brought != 5 {
			t.Errorf("%+v", at)
		}
		p, err := w.People(ctx, w.lead, x.forum.ID)
		w.must(err)
		if taken := p.Balances[0].Taken; taken != 3 { // one has left; who walks in takes no seat
			t.Errorf("%d seats are taken", taken)
		}
		w.proven()
	})
}

func TestDevicesOfADoor(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		x := w.atTheDoor(2, 1)
		_, _, err := w.AddDevice(ctx, w.stranger, x.forum.ID, "Чужой")
		w.refused(err, problem.Forbidden)
		staff := access.Actor{UserID: 8, Grants: []access.Grant{{Role: access.Staff, Scope: w.body}}}
		_, link, err := w.AddDevice(ctx, staff, x.forum.ID, "Вход 2")
		w.must(err)
		_, err = w.People(ctx, staff, x.forum.ID)
		w.refused(err, problem.Forbidden)
		_, _, err = w.Prepared(ctx, link)
		w.must(err)
		_, key, err := w.OpenDevice(ctx, link)
		w.must(err)
		_, _, err = w.OpenDevice(ctx, link)
		w.refused(err, problem.NotFound) // a link opens one device
		_, _, err = w.Merge(ctx, link, Batch{})
		w.refused(err, problem.Unauthenticated)

		o, err := w.PlanSession(ctx, w.lead, x.forum.ID, 0, 0, NewSession{SessionPlan: SessionPlan{Kind: Section, Title: i18n.Only(i18n.RU, "Секция"), Places: 1}})
		w.must(err)
		a, err := w.CheckIn(ctx, staff, x.forum.ID, 0, x.people[0].Code)
		w.must(err)
		b, err := w.CheckIn(ctx, w.lead, x.forum.ID, o.ID, x.people[0].Code)
		w.must(err)
		if a.Outcome != Entered || b.Outcome != Entered || !b.Placeless {
			t.Errorf("%+v, %+v", a, b)
		}
		_, err = w.WalkIn(ctx, staff, x.forum.ID, 0, Newcomer{Name: "Имя", Kind: "guest"}, false)
		w.refused(err, problem.Invalid)
		a, err = w.WalkIn(ctx, staff, x.forum.ID, o.ID, Newcomer{Name: "Имя", Kind: "guest"}, true)
		w.must(err)
		if a.Outcome != Entered || a.Code == "" {
			t.Errorf("%+v", a)
		}
		_, err = w.CheckIn(ctx, w.stranger, x.forum.ID, 0, x.people[0].Code)
		w.refused(err, problem.Forbidden)

		l, err := w.DoorList(ctx, key)
		w.must(err)
		if len(l.People) != 3 || l.People[0].Hash != ListHash(l.Device.ID, x.people[0].Code) || l.People[0].Entered.IsZero() || !l.People[1].Entered.IsZero() {
			t.Errorf("%+v", l.People)
		}
		w.must(w.CloseDevice(ctx, staff, x.forum.ID, l.Device.ID))
		_, err = w.DoorList(ctx, key)
		w.refused(err, problem.Unauthenticated)
		w.clock.Set(w.clock.Now().AddDate(0, 0, keepKeys+2))
		_, _, err = w.Merge(ctx, x.keys[0], Batch{})
		w.refused(err, problem.Forbidden)
		w.proven()
	})
}

// Several devices bring at once what they have read of the same people, each piece
// twice: nothing is lost and nobody is counted twice.
func TestARaceOfDevices(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		const people, devices = 40, 5
		x := w.atTheDoor(people, devices)
		rnd := rand.New(rand.NewPCG(1, 2))
		var wait sync.WaitGroup
		failed := make(chan error, 4*devices)
		for i := range devices {
			var codes []string
			for _, n := range rnd.Perm(people) {
				codes = append(codes, x.people[n].Code)
			}
			all := x.read(1, codes...)
			all = append(all, Reading{Seq: people + 1, At: w.clock.Now(), Newcomer: &Newcomer{Name: fmt.Sprint("Гость ", i), Kind: "guest"}})
			for _, part := range [][]Reading{all[:25], all[20:], all[:30], all[10:]} {
				wait.Go(func() {
					_, _, err := w.Merge(t.Context(), x.keys[i], Batch{Now: w.clock.Now(), Readings: part})
					failed <- err
				})
			}
		}
		wait.Wait()
		close(failed)
		for err := range failed {
			w.must(err)
		}
		at, err := w.Door(t.Context(), w.lead, x.forum.ID)
		w.must(err)
		if at.Came != people+devices || at.WalkIns != devices {
			t.Errorf("%d came, %d of them walked in", at.Came, at.WalkIns)
		}
		for _, d := range at.Devices {
			if d.Brought != people+1 {
				t.Errorf("%s has brought %d", d.Name, d.Brought)
			}
		}
		w.proven()
	})
}
