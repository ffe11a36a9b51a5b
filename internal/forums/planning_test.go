package forums

import (
	"context"
	"slices"
	"testing"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

func TestClashesOfRoomsAndPeople(t *testing.T) {
	hour := func(h int) db.Time { return db.At(time.Date(2026, 5, 24, h, 0, 0, 0, time.UTC)) }
	session := func(id, room ref.ID, from, until int, people ...Person) Session {
		return Session{ID: id, SessionPlan: SessionPlan{RoomID: room, Starts: hour(from), Ends: hour(until)}, People: people}
	}
	alma, again := Person{Name: "Алма Сағат", Email: "alma@birge.kz"}, Person{Name: "А. Сағат", Email: "Alma@birge.kz"}
	named := Person{Name: "алма  сағат"}
	dropped := session(2, 7, 10, 12)
	dropped.Dropped = true
	for name, c := range map[string]struct {
		list []Session
		want int
	}{
		"one room":                    {[]Session{session(1, 7, 10, 12), session(2, 7, 11, 13)}, 1},
		"one after the other":         {[]Session{session(1, 7, 10, 12), session(2, 7, 12, 13)}, 0},
		"other rooms":                 {[]Session{session(1, 7, 10, 12), session(2, 8, 10, 12)}, 0},
		"one address":                 {[]Session{session(1, 7, 10, 12, alma), session(2, 8, 11, 12, again)}, 1},
		"one name":                    {[]Session{session(1, 7, 10, 12, alma), session(2, 8, 11, 12, named)}, 1},
		"room and person":             {[]Session{session(1, 7, 10, 12, alma), session(2, 7, 11, 12, again)}, 2},
		"one of them is off":          {[]Session{session(1, 7, 10, 12), dropped}, 0},
		"no hour, no clash":           {[]Session{{ID: 1, SessionPlan: SessionPlan{RoomID: 7}}, session(2, 7, 11, 12)}, 0},
		"no room, no clash of a room": {[]Session{session(1, 0, 10, 12), session(2, 0, 11, 12)}, 0},
	} {
		if got := Clashes(c.list); len(got) != c.want {
			t.Errorf("%s: %d clashes, want %d", name, len(got), c.want)
		}
	}
}

func TestAReleaseTellsOnlyThoseWhomItTouches(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		var told []Letter
		w.Tell = func(_ context.Context, _ *db.Tx, l Letter) error {
			told = append(told, l)
			return nil
		}
		f := w.announced()
		hall, err := w.AddRoom(ctx, w.lead, Room{ForumID: f.ID, Name: i18n.Only(i18n.RU, "Зал"), Seats: 300})
		w.must(err)
		online, err := w.AddRoom(ctx, w.lead, Room{ForumID: f.ID, Name: i18n.Only(i18n.RU, "Онлайн"), Online: true, Link: "https://video.example/1"})
		w.must(err)
		start := db.At(f.From.In(w.Zone).Add(10 * time.Hour))
		plan := func(id ref.ID, room ref.ID, hours int, email string) Session {
			x, err := w.PlanSession(ctx, w.lead, f.ID, id, 0, NewSession{SessionPlan{Kind: Section, Title: i18n.Only(i18n.RU, "Секция "+email), RoomID: room, Starts: start, Ends: db.At(start.Add(time.Duration(hours) * time.Hour))},
				[]Person{{Duty: Speaker, Name: "Спикер " + email, Email: email, Consented: email == "a@x.kz"}}})
			w.must(err)
			return x
		}
		a, b := plan(0, hall.ID, 1, "a@x.kz"), plan(0, online.ID, 1, "b@x.kz")
		_, err = w.Programme(ctx, access.Actor{}, f.ID)
		w.must(err)
		_, err = w.ReleaseProgramme(ctx, w.stranger, f.ID)
		w.refused(err, problem.Forbidden)
		l, err := w.ReleaseProgramme(ctx, w.lead, f.ID)
		w.must(err)
		if l.No != 1 || len(l.Changes) != 0 || len(told) != 0 || len(l.Slots) != 2 {
			t.Errorf("the first release tells nobody: %+v, %d letters", l, len(told))
		}
		_, err = w.ReleaseProgramme(ctx, w.lead, f.ID)
		w.refused(err, problem.Conflict)
		plan(a.ID, online.ID, 2, "a@x.kz") // as long as it is planned it clashes, and the organizer sees it
		p, err := w.Planning(ctx, w.officer, f.ID)
		w.must(err)
		if len(p.Clashes) != 1 || !p.Clashes[0].Room || len(p.Pending) != 1 {
			t.Errorf("%+v", p)
		}
		l, err = w.ReleaseProgramme(ctx, w.lead, f.ID)
		w.must(err)
		if len(told) != 1 || told[0].Person.Email != "a@x.kz" || !slices.Equal(told[0].Changes[0].What, []ChangeKey{NewTime, NewRoom}) {
			t.Errorf("one letter about hour and room is due: %+v", told)
		}
		w.must(w.DropSession(ctx, w.lead, f.ID, b.ID))
		_, err = w.ReleaseProgramme(ctx, w.lead, f.ID)
		w.must(err)
		if len(told) != 2 || told[1].Person.Email != "b@x.kz" || told[1].Changes[0].What[0] != Removed {
			t.Errorf("who spoke in a session that is off is told: %+v", told)
		}
		seen, err := w.Programme(ctx, access.Actor{}, f.ID)
		w.must(err)
		if len(seen.Slots()) != 1 || len(seen.Named) != 1 || seen.Named[a.ID][0].Email != "" || seen.Forum.ProgrammeNo != 3 {
			t.Errorf("the public programme: %+v", seen)
		}
		w.proven()
		w.clock.Set(w.clock.Now().AddDate(2, 0, 0))
		w.must(w.db.Update(ctx, func(tx *db.Tx) error { return w.Holder().Expire(ctx, tx) }))
		if seen, err = w.Programme(ctx, access.Actor{}, f.ID); err != nil || len(seen.Named) != 0 {
			t.Errorf("a year after the forum names are kept: %+v %v", seen.Named, err)
		}
		w.proven()
	})
}

func TestSessionsThatCannotBe(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		f := w.announced()
		at := func(days, hour int) db.Time {
			return db.At(f.From.AddDays(days).In(w.Zone).Add(time.Duration(hour) * time.Hour))
		}
		good := SessionPlan{Kind: Plenary, Title: i18n.Only(i18n.RU, "Открытие"), Starts: at(0, 10), Ends: at(0, 11)}
		for field, change := range map[string]func(p *SessionPlan){
			"title": func(p *SessionPlan) { p.Title = i18n.Text{} },
			"kind":  func(p *SessionPlan) { p.Kind = "talk" },
			"ends":  func(p *SessionPlan) { p.Ends = p.Starts },
			"day":   func(p *SessionPlan) { p.Starts, p.Ends = at(5, 10), at(5, 11) },
			"room":  func(p *SessionPlan) { p.RoomID = 77 },
			"track": func(p *SessionPlan) { p.TrackID = 77 },
		} {
			p := good
			change(&p)
			_, err := w.PlanSession(t.Context(), w.lead, f.ID, 0, 0, NewSession{SessionPlan: p})
			if bad := problem.As(err); bad == nil || bad.Fields[field].Key == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		x, err := w.PlanSession(t.Context(), w.lead, f.ID, 0, 0, NewSession{SessionPlan: good})
		w.must(err)
		_, err = w.PlanSession(t.Context(), w.lead, f.ID, x.ID, x.Version+1, NewSession{SessionPlan: good})
		w.refused(err, problem.Conflict)
		other := w.announced()
		w.refused(w.DropSession(t.Context(), w.lead, other.ID, x.ID), problem.NotFound)
	})
}
