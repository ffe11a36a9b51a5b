package forums

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/mail"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// invited keeps the letters with links, in the order in which they were written.
func (w *region) invited() func() map[string][]RoomLetter {
	var mu sync.Mutex
	got := map[string][]RoomLetter{}
	w.MAC = func(purpose string, data []byte) []byte { return []byte(purpose + string(data)) }
	w.Invite = func(_ context.Context, _ *db.Tx, l RoomLetter) error {
		mu.Lock()
		defer mu.Unlock()
		got[l.To] = append(got[l.To], l)
		return nil
	}
	return func() map[string][]RoomLetter {
		mu.Lock()
		defer mu.Unlock()
		out := got
		got = map[string][]RoomLetter{}
		return out
	}
}

// The link into a room is sent to those for whom it is, once, and anew when it changes;
// a stranger, somebody who waits and somebody without a place see it nowhere.
func TestALinkIsForThoseForWhomItIs(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		const link, hallLink, newLink = "https://video.example/secret", "https://video.example/hall", "https://video.example/new"
		ctx, letters, pass := t.Context(), w.invited(), w.mailed()
		f := w.announced()
		room, err := w.AddRoom(ctx, w.lead, Room{ForumID: f.ID, Name: i18n.Only(i18n.RU, "Онлайн"), Online: true, Link: link})
		w.must(err)
		mixed, err := w.AddRoom(ctx, w.lead, Room{ForumID: f.ID, Name: i18n.Only(i18n.RU, "Зал"), Link: hallLink})
		w.must(err)
		day := f.From.In(w.Zone)
		plan := func(hour int, room ref.ID, places int64, people ...Person) Session {
			x, err := w.PlanSession(ctx, w.lead, f.ID, 0, 0, NewSession{People: people, SessionPlan: SessionPlan{Kind: Section, Title: i18n.Only(i18n.RU, "Секция"), RoomID: room, Places: places,
				Starts: db.At(day.Add(time.Duration(hour) * time.Hour)), Ends: db.At(day.Add(time.Duration(hour+1) * time.Hour))}})
			w.must(err)
			return x
		}
		speaker := Person{Duty: Speaker, Name: "Докладчик", Email: "Speaker@x.kz"}
		bounded := plan(10, room.ID, 1, speaker, Person{Duty: Moderator, Name: "Ведущий", Email: "host@x.kz"}, Person{Duty: Speaker, Name: "Без адреса"})
		open := plan(12, mixed.ID, 0, speaker)
		w.must(w.SetQuota(ctx, w.lead, f.ID, Everybody, 2))
		for _, email := range []string{"seated@x.kz", "other@x.kz", "waits@x.kz"} {
			w.must(w.Register(ctx, access.Actor{}, f.ID, w.somebody(email, w.whole)))
		}
		w.must(w.Answer(ctx, w.lead, f.ID, w.ids(f), true))
		sent := func(want map[string][]string) {
			t.Helper()
			w.must(w.SendLinks(ctx, f.ID))
			got := letters()
			for to, list := range got {
				var links []string
				for _, l := range list {
					for _, p := range l.Parts {
						links = append(links, p.Link)
					}
				}
				if len(list) != 1 || !slices.Equal(links, want[to]) {
					t.Errorf("%s is sent %d letters with %v, want %v", to, len(list), links, want[to])
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d are written to, want %d", len(got), len(want))
			}
		}
		sent(nil) // nothing was released
		_, err = w.ReleaseProgramme(ctx, w.lead, f.ID)
		w.must(err)
		seated, other, waits := pass("seated@x.kz"), pass("other@x.kz"), pass("waits@x.kz")
		w.must(w.Choose(ctx, access.Actor{}, seated.Token, bounded.ID))
		w.must(w.Choose(ctx, access.Actor{}, other.Token, bounded.ID)) // the one place is taken
		sent(map[string][]string{"seated@x.kz": {link, hallLink}, "other@x.kz": {hallLink}, "Speaker@x.kz": {link, hallLink}, "host@x.kz": {link}})
		sent(nil) // once
		shows := func(p Pass, want ...string) {
			t.Helper()
			_, parts, err := w.Pass(ctx, p.Token)
			w.must(err)
			var links []string
			for _, x := range parts {
				if x.Link != "" {
					links = append(links, x.Link)
				}
			}
			if !slices.Equal(links, want) {
				t.Errorf("%s sees %v, want %v", p.Registration.Email, links, want)
			}
		}
		shows(seated, link, hallLink)
		shows(other, hallLink)
		shows(waits)
		_, err = w.Planning(ctx, w.stranger, f.ID)
		w.refused(err, problem.Forbidden)
		public, err := w.Programme(ctx, access.Actor{}, f.ID)
		w.must(err)
		if !public.Slots()[1].AlsoOnline || public.Slots()[0].AlsoOnline {
			t.Errorf("what is mixed: %+v", public.Slots())
		}

		room.Link = newLink
		w.must(w.EditRoom(ctx, w.lead, f.ID, room.Version, room))
		sent(map[string][]string{"seated@x.kz": {newLink}, "Speaker@x.kz": {newLink}, "host@x.kz": {newLink}})
		w.must(w.Unchoose(ctx, access.Actor{}, seated.Token, bounded.ID)) // the place goes to who waited for it
		sent(map[string][]string{"other@x.kz": {newLink}})
		shows(seated, hallLink)
		w.must(w.Withdraw(ctx, access.Actor{}, seated.Token)) // and the seat in the forum to who waited for that
		sent(map[string][]string{"waits@x.kz": {hallLink}})
		_, err = w.PlanSession(ctx, w.lead, f.ID, open.ID, 0, NewSession{SessionPlan: open.SessionPlan, People: []Person{{Duty: Speaker, Name: "Новый", Email: "late@x.kz"}}})
		w.must(err)
		sent(nil) // planned, and not released
		_, err = w.ReleaseProgramme(ctx, w.lead, f.ID)
		w.must(err)
		sent(map[string][]string{"late@x.kz": {hallLink}})
		w.clock.Set(day.Add(11*time.Hour + time.Minute))
		room.Link, room.Version = link, room.Version+1
		w.must(w.EditRoom(ctx, w.lead, f.ID, room.Version, room))
		sent(nil) // that session is over

		w.must(w.db.View(ctx, func(tx *db.Tx) error {
			bodies, err := db.All(ctx, tx, db.Value[string], `SELECT CAST(body AS TEXT) FROM journal_bodies`)
			for _, b := range bodies {
				if strings.Contains(b, "video.example") || strings.Contains(strings.ToLower(b), "@x.kz") {
					t.Errorf("the journal has it: %s", b)
				}
			}
			return err
		}))
		w.proven()
	})
}

// Two jobs at once send nobody a link twice.
func TestARaceOfLinks(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		w.MAC = func(purpose string, data []byte) []byte { return []byte(purpose + string(data)) }
		w.Invite = func(ctx context.Context, tx *db.Tx, l RoomLetter) error { // kept with the transaction
			return mail.Send(ctx, tx, mail.Letter{To: l.To, Lang: i18n.RU, Subject: "Ссылка", Text: l.Parts[0].Link})
		}
		f := w.announced()
		room, err := w.AddRoom(ctx, w.lead, Room{ForumID: f.ID, Name: i18n.Only(i18n.RU, "Онлайн"), Online: true, Link: "https://video.example/a"})
		w.must(err)
		_, err = w.PlanSession(ctx, w.lead, f.ID, 0, 0, NewSession{SessionPlan: SessionPlan{Kind: Section, Title: i18n.Only(i18n.RU, "Секция"), RoomID: room.ID}})
		w.must(err)
		const people = 30
		w.must(w.SetQuota(ctx, w.lead, f.ID, Everybody, people))
		for i := range people {
			w.must(w.Register(ctx, access.Actor{}, f.ID, w.somebody(string(rune('a'+i))+"@x.kz", w.whole)))
		}
		w.must(w.Answer(ctx, w.lead, f.ID, w.ids(f), true))
		_, err = w.ReleaseProgramme(ctx, w.lead, f.ID)
		w.must(err)
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() { _ = w.SendLinks(ctx, f.ID) }) // a job that lost is tried again
		}
		wait.Wait()
		w.must(w.SendLinks(ctx, f.ID))
		w.must(w.db.View(ctx, func(tx *db.Tx) error {
			n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM mail_outbox`)
			if n != people {
				t.Errorf("%d letters to %d people", n, people)
			}
			return err
		}))
	})
}
