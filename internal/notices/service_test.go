package notices

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/app/migrations"
	"birge/internal/obligations"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/jobs"
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

var almaty = time.FixedZone("Asia/Almaty", 5*3600)

// town is the room over a store with one region, and the letters that it wrote.
type town struct {
	t        *testing.T
	d        *db.DB
	clock    *dbtest.Clock
	rooms    *Service
	accounts *accounts.Service
	owed     *obligations.Service
	region   ref.ID
	sealer   *journal.Sealer
	letters  []Letter
	// broken makes the next letter fail, as a crash in the middle would.
	broken bool
}

func each(t *testing.T, test func(t *testing.T, w *town)) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) { test(t, newTown(t, d, clock)) })
}

var errCrash = errors.New("crash")

type everyDay struct{}

func (everyDay) IsWorking(db.Date) bool                     { return true }
func (everyDay) AddWorkingDays(from db.Date, n int) db.Date { return from.AddDays(n) }

func newTown(t *testing.T, d *db.DB, clock *dbtest.Clock) *town {
	w := &town{t: t, d: d, clock: clock, sealer: journal.NewSealer(d)}
	tree := places.New(d)
	region, err := tree.Add(t.Context(), access.Portal("test"), places.NewPlace{KATO: "150000000", Kind: places.Region, Name: i18n.Text{RU: "Область"}})
	w.must(err)
	w.must(tree.Reload(t.Context()))
	w.region = region.ID
	w.owed = obligations.New(d, almaty, func() obligations.Calendar { return everyDay{} }, func(db.Date) []int { return []int{30, 7, 1, -1} })
	if w.accounts, err = accounts.New(d, accounts.Options{}); err != nil {
		t.Fatal(err)
	}
	w.rooms = New(d, Deps{Zone: almaty, Places: tree, Obligations: w.owed, Pages: w.pages, Post: w.post,
		Among: func(_ context.Context, _ string, pages []ref.Ref) ([]ref.Ref, error) { return pages, nil }})
	w.owed.Remind = w.rooms.Remind
	w.accounts.Hold(w.rooms.Holder())
	return w
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// pages: every project of the town lies in its region; those with an odd id are hidden.
func (w *town) pages(_ context.Context, roots []ref.Ref) (map[string]Page, error) {
	out := map[string]Page{}
	for _, r := range roots {
		if r.Kind == "project" && r.ID%2 == 0 {
			out[r.Key()] = Page{Ref: project(r.ID), Places: []ref.ID{w.region}}
		}
	}
	return out, nil
}

// post keeps the letter only when its transaction is kept: it is run again where
// the engine asks for it, so the last one of a kind and address counts.
func (w *town) post(ctx context.Context, tx *db.Tx, l Letter) error {
	if w.broken {
		w.broken = false
		return errCrash
	}
	w.letters = append(w.letters, l)
	return nil
}

func project(id ref.ID) ref.Ref {
	return ref.Ref{Kind: "project", ID: id, Title: i18n.Only(i18n.RU, "Проект "+id.String()), Path: "/projects/" + id.String()}
}

// step is a thing of the journal: something done to a project.
type step struct {
	ID      ref.ID `json:"id"`
	project ref.ID
	hidden  bool
}

func (s step) Ref() ref.Ref {
	return ref.Ref{Kind: "step", ID: s.ID, Title: i18n.Only(i18n.RU, "тайна")}
}
func (s step) Root() ref.Ref         { return project(s.project) }
func (s step) JournalVersion() int64 { return 1 }
func (s step) Public() bool          { return !s.hidden }

// happens records an act on a project and seals it.
func (w *town) happens(by access.Actor, act string, id ref.ID, hidden bool) {
	w.t.Helper()
	w.must(w.d.Update(w.t.Context(), func(tx *db.Tx) error {
		return journal.Record(w.t.Context(), tx, by, act, nil, step{tx.NewID(), id, hidden})
	}))
	w.seal()
}

func (w *town) seal() { w.t.Helper(); w.must(w.sealer.Seal(w.t.Context())) }

func (w *town) person(name string, lang i18n.Lang) access.Actor {
	w.t.Helper()
	p, err := w.accounts.Enrol(w.t.Context(), access.Portal("test"), accounts.NewPerson{Name: name, Email: name + "@example.kz", Lang: lang})
	w.must(err)
	return access.Actor{UserID: p.ID}
}

// round puts in the digests of the day and does them, as the runner would.
func (w *town) round() {
	w.t.Helper()
	w.must(w.rooms.StartDigests(w.t.Context()))
	for _, j := range w.waiting() {
		w.must(w.rooms.tell(w.t.Context(), j))
	}
}

// waiting takes the digests out of the queue.
func (w *town) waiting() (out []digest) {
	w.t.Helper()
	r := jobs.NewRunner(w.d, 1)
	ctx, stop := context.WithCancel(w.t.Context())
	defer stop()
	var want int64
	w.must(w.d.View(ctx, func(tx *db.Tx) (err error) {
		want, err = db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM jobs WHERE kind = 'notices.digest' AND state = 'waiting'`)
		return err
	}))
	if want == 0 {
		return nil
	}
	got := make(chan digest, want)
	jobs.Handle(r, func(_ context.Context, j digest) error { got <- j; return nil })
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	for range want {
		out = append(out, <-got)
	}
	stop()
	<-done
	return out
}

func (w *town) follows(by access.Actor, subject ref.Ref) {
	w.t.Helper()
	w.must(w.rooms.Follow(w.t.Context(), by, Subject{subject}))
}

func (w *town) mine(by access.Actor) Mine {
	w.t.Helper()
	m, err := w.rooms.Mine(w.t.Context(), by, 0, 100)
	w.must(err)
	return m
}

func acts(c Change) (out []string) {
	for _, d := range c.Deeds {
		out = append(out, d.Act)
	}
	slices.Sort(out)
	return out
}

var officer = access.Portal("test")

func TestDigestTellsEachChangeOnce(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		me := w.person("aida", i18n.KK)
		w.happens(officer, "before", 2, false)
		w.follows(me, project(2))
		w.follows(me, project(2)) // a double click
		w.happens(officer, "report", 2, false)
		w.happens(me, "own", 2, false)
		w.happens(officer, "secret", 2, true)
		w.happens(officer, "report", 4, false)
		w.round()
		w.round()
		if len(w.letters) != 1 {
			t.Fatalf("%d letters, want 1", len(w.letters))
		}
		l := w.letters[0]
		if l.Kind != "digest" || l.To != "aida@example.kz" || l.Lang != i18n.KK || len(l.Digest.Changes) != 1 || !l.Digest.Personal {
			t.Fatalf("%+v", l)
		}
		if got := acts(l.Digest.Changes[0]); !slices.Equal(got, []string{"report"}) {
			t.Errorf("told %v: what was before, own acts, hidden acts and other pages are left out", got)
		}
		if strings.Contains(l.Digest.Changes[0].Page.Title.RU, "тайна") {
			t.Error("a digest names the page, never the part of it that changed")
		}
		if m := w.mine(me); len(m.Notices) != 1 || m.Unread != 1 || m.Notices[0].About.ID != 2 {
			t.Errorf("the desk: %+v", m)
		}
		w.clock.Advance(24 * time.Hour)
		w.round()
		if len(w.letters) != 1 {
			t.Error("a day without changes brings no letter")
		}
		w.happens(officer, "late", 2, false)
		w.clock.Advance(24 * time.Hour)
		w.round()
		if len(w.letters) != 2 || !slices.Equal(acts(w.letters[1].Digest.Changes[0]), []string{"late"}) {
			t.Errorf("the next letter tells what came after the first: %+v", w.letters)
		}
	})
}

// A worker that dies while it tells has told nothing; one that dies before it
// could say so has told all.
func TestDigestSurvivesACrash(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		me := w.person("aida", i18n.KK)
		w.follows(me, project(2))
		w.happens(officer, "report", 2, false)
		w.must(w.rooms.StartDigests(t.Context()))
		job := w.waiting()[0]
		w.broken = true
		if err := w.rooms.tell(t.Context(), job); !errors.Is(err, errCrash) {
			t.Fatalf("telling ends with %v", err)
		}
		if m := w.mine(me); len(m.Notices) != 0 || !m.Reader.ToldOn.IsZero() {
			t.Fatalf("a crash left half of a digest behind: %+v", m)
		}
		w.must(w.rooms.tell(t.Context(), job)) // by the worker that takes it over
		w.must(w.rooms.tell(t.Context(), job)) // and again, when that one died before saying so
		if len(w.letters) != 1 || len(w.mine(me).Notices) != 1 {
			t.Errorf("%d letters, %d notices, want 1 and 1", len(w.letters), len(w.mine(me).Notices))
		}
	})
}

func TestOneDigestWaitsForEachReader(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for _, name := range []string{"aida", "bolat", "vera"} {
			w.follows(w.person(name, i18n.RU), project(2))
		}
		w.must(w.rooms.StartDigests(t.Context()))
		w.must(w.rooms.StartDigests(t.Context()))
		if n := len(w.waiting()); n != 3 {
			t.Errorf("%d digests wait, want 3", n)
		}
	})
}

func TestDigestCarriesTheSignedHead(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ring, err := keys.Open(t.TempDir())
		w.must(err)
		me := w.person("aida", i18n.KK)
		w.follows(me, project(2))
		w.happens(officer, "report", 2, false)
		w.must(journal.SealDay(t.Context(), w.d, ring, db.Day(2026, 3, 1)))
		w.round()
		if h := w.letters[0].Digest.Head; h.Day != db.Day(2026, 3, 1) || h.Seq == 0 {
			t.Errorf("head %v", h)
		}
	})
}

func TestFollowingAPlaceAndAList(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		a, b := w.person("aida", i18n.KK), w.person("bolat", i18n.RU)
		w.follows(a, ref.Ref{Kind: "place", ID: w.region, Path: "/places/150000000"})
		w.follows(b, ref.Ref{Kind: KindList, Path: "/projects?q=x"})
		w.follows(b, ref.Ref{Kind: KindList, Path: "/projects?q=y"})
		w.happens(officer, "report", 2, false)
		w.happens(officer, "report", 3, false) // hidden by now
		for _, by := range []access.Actor{a, b} {
			list, follows, err := w.rooms.Changes(t.Context(), by)
			w.must(err)
			if len(list) != 1 || list[0].Page.ID != 2 || follows == 0 {
				t.Errorf("the desk shows %+v", list)
			}
		}
		w.round()
		if len(w.letters) != 2 {
			t.Errorf("%d letters", len(w.letters))
		}
		w.clock.Advance(glanceDays*24*time.Hour + time.Hour)
		if list, _, err := w.rooms.Changes(t.Context(), a); len(list) != 0 || err != nil {
			t.Errorf("after a fortnight the desk shows %+v, %v", list, err)
		}
	})
}

func TestRhythmOfAPerson(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		me := w.person("aida", i18n.KK)
		w.follows(me, project(2))
		w.must(w.rooms.SetRhythm(t.Context(), me, Never))
		w.happens(officer, "unheard", 2, false)
		w.round()
		w.must(w.rooms.SetRhythm(t.Context(), me, Daily))
		w.happens(officer, "heard", 2, false)
		w.round()
		if len(w.letters) != 1 || !slices.Equal(acts(w.letters[0].Digest.Changes[0]), []string{"heard"}) {
			t.Errorf("who begins to listen again is told from then on: %+v", w.letters)
		}
		if err := w.rooms.SetRhythm(t.Context(), me, "hourly"); !problem.Is(err, problem.Invalid) {
			t.Errorf("an unknown rhythm: %v", err)
		}
	})
}

func TestAnAddressAlone(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		w.must(w.rooms.AskByMail(ctx, "Reader@Example.kz", i18n.EN, Daily, Subject{project(2)}))
		w.happens(officer, "unconfirmed", 2, false)
		w.round()
		if len(w.letters) != 1 || w.letters[0].Kind != "confirm" || w.letters[0].Lang != i18n.EN {
			t.Fatalf("before it confirmed an address gets nothing but the link: %+v", w.letters)
		}
		token := w.letters[0].Token
		if len(token) < 22 {
			t.Errorf("%q has less than 128 bits", token)
		}
		if email, s, err := w.rooms.Asked(ctx, token); email != "Reader@Example.kz" || s.Ref.ID != 2 || err != nil {
			t.Errorf("asked %s %v %v", email, s, err)
		}
		_, err := w.rooms.Confirm(ctx, token)
		w.must(err)
		if _, err := w.rooms.Confirm(ctx, token); !problem.Is(err, problem.NotFound) {
			t.Errorf("a link works twice: %v", err)
		}
		w.happens(officer, "report", 2, false)
		w.round()
		if len(w.letters) != 2 || w.letters[1].To != "Reader@Example.kz" || w.letters[1].Digest.Personal || !slices.Equal(acts(w.letters[1].Digest.Changes[0]), []string{"report"}) {
			t.Fatalf("%+v", w.letters)
		}
		stop := w.letters[1].Token
		r, follows, err := w.rooms.Stopping(ctx, stop)
		w.must(err)
		if r.Email == "" || len(follows) != 1 {
			t.Errorf("%+v %+v", r, follows)
		}
		if _, _, err := w.rooms.Stopping(ctx, token); !problem.Is(err, problem.NotFound) {
			t.Errorf("a link to confirm stops: %v", err)
		}
		w.must(w.rooms.Stop(ctx, stop, 0))
		if n := w.count(`SELECT count(*) FROM notice_readers`) + w.count(`SELECT count(*) FROM notice_follows`) + w.count(`SELECT count(*) FROM notice_links WHERE email_folded <> '' OR data <> 'null'`); n != 0 {
			t.Errorf("%d rows are left of an address that stopped", n)
		}
	})
}

func (w *town) count(query string, args ...any) (n int64) {
	w.t.Helper()
	w.must(w.d.View(w.t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One(w.t.Context(), tx, db.Value[int64], query, args...)
		return err
	}))
	return n
}

func TestLinksEndAndAreLimited(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		for range maxAsked {
			w.must(w.rooms.AskByMail(ctx, "a@example.kz", i18n.KK, Weekly, Subject{project(2)}))
		}
		if err := w.rooms.AskByMail(ctx, "A@example.kz", i18n.KK, Weekly, Subject{project(4)}); !problem.Is(err, problem.TooMany) {
			t.Errorf("one more letter: %v", err)
		}
		for _, bad := range []string{"", "nobody", "a@b\r\nBcc: c@d", "Name <a@example.kz>"} {
			if err := w.rooms.AskByMail(ctx, bad, i18n.KK, Daily, Subject{project(2)}); !problem.Is(err, problem.Invalid) {
				t.Errorf("%q is taken as an address: %v", bad, err)
			}
		}
		w.clock.Advance(confirmLife + time.Minute)
		if _, err := w.rooms.Confirm(ctx, w.letters[0].Token); !problem.Is(err, problem.NotFound) {
			t.Errorf("a link that is over confirms: %v", err)
		}
		w.must(w.accounts.Expire(ctx))
		if n := w.count(`SELECT count(*) FROM notice_links`); n != 0 {
			t.Errorf("%d links are kept after their time", n)
		}
	})
}

func TestStoppingOneOfSeveral(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		for _, id := range []ref.ID{2, 4} {
			w.must(w.rooms.AskByMail(ctx, "a@example.kz", i18n.KK, Daily, Subject{project(id)}))
			_, err := w.rooms.Confirm(ctx, w.letters[len(w.letters)-1].Token)
			w.must(err)
		}
		w.happens(officer, "report", 2, false)
		w.round()
		stop := w.letters[2].Token
		_, follows, err := w.rooms.Stopping(ctx, stop)
		w.must(err)
		if len(follows) != 2 {
			t.Fatalf("%+v", follows)
		}
		foreign := w.person("aida", i18n.KK)
		w.follows(foreign, project(2))
		if err := w.rooms.Stop(ctx, stop, w.mine(foreign).Follows[0].ID); !problem.Is(err, problem.NotFound) {
			t.Errorf("a link stops what another follows: %v", err)
		}
		w.must(w.rooms.Stop(ctx, stop, follows[0].ID))
		w.must(w.rooms.Stop(ctx, stop, follows[1].ID))
		if n := w.count(`SELECT count(*) FROM notice_readers WHERE email <> ''`); n != 0 {
			t.Error("an address that follows nothing any more is kept")
		}
	})
}

func TestAPersonStopsByLinkAndKeepsTheFollows(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		me := w.person("aida", i18n.KK)
		w.follows(me, project(2))
		w.happens(officer, "report", 2, false)
		w.round()
		w.must(w.rooms.Stop(t.Context(), w.letters[0].Token, 0))
		if m := w.mine(me); m.Reader.Rhythm != Never || len(m.Follows) != 1 {
			t.Errorf("%+v", m)
		}
	})
}

func TestNobodyReachesAnothersThings(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		me, other := w.person("aida", i18n.KK), w.person("bolat", i18n.RU)
		w.follows(me, project(2))
		f := w.mine(me).Follows[0]
		for _, by := range []access.Actor{other, {}} {
			if err := w.rooms.Unfollow(ctx, by, f.ID); !problem.Is(err, problem.NotFound) {
				t.Errorf("another ends a follow: %v", err)
			}
		}
		if m := w.mine(other); len(m.Follows)+len(m.Notices) != 0 {
			t.Errorf("another sees %+v", m)
		}
		if err := w.rooms.Follow(ctx, access.Actor{}, Subject{project(2)}); !problem.Is(err, problem.Unauthenticated) {
			t.Errorf("a stranger follows: %v", err)
		}
		if _, err := w.rooms.Outbox(ctx, other, "", 0, 9); !problem.Is(err, problem.NotFound) {
			t.Errorf("another reads the outbox: %v", err)
		}
		w.must(w.rooms.Unfollow(ctx, me, f.ID))
	})
}

func TestFeedBySecretAddress(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		me := w.person("aida", i18n.KK)
		w.follows(me, project(2))
		first, err := w.rooms.NewFeed(ctx, me)
		w.must(err)
		w.happens(officer, "report", 2, false)
		r, list, err := w.rooms.Feed(ctx, first)
		w.must(err)
		if r.Lang != i18n.KK || len(list) != 1 {
			t.Errorf("%+v %+v", r, list)
		}
		second, err := w.rooms.NewFeed(ctx, me)
		w.must(err)
		for _, token := range []string{first, "", "nothing"} {
			if _, _, err := w.rooms.Feed(ctx, token); !problem.Is(err, problem.NotFound) {
				t.Errorf("a feed is read by %q: %v", token, err)
			}
		}
		w.must(w.rooms.EndFeed(ctx, me))
		if _, _, err := w.rooms.Feed(ctx, second); !problem.Is(err, problem.NotFound) {
			t.Errorf("a feed that ended is read: %v", err)
		}
		if w.count(`SELECT count(*) FROM notice_readers WHERE feed_hash IS NOT NULL`) != 0 {
			t.Error("the hash of a feed that ended is kept")
		}
	})
}

// Leads of the one who owes are reminded on each day once, in their language,
// and told once that the term has passed.
func TestReminders(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		org := ref.Ref{Kind: "organization", ID: 90, Title: i18n.Only(i18n.RU, "Фонд"), Path: "/organizations/90"}
		for name, lang := range map[string]i18n.Lang{"aida": i18n.KK, "bolat": i18n.EN} {
			p := w.person(name, lang)
			_, err := w.accounts.GiveRole(ctx, access.Portal("test"), p.UserID, access.Lead, org)
			w.must(err)
		}
		w.person("stranger", i18n.RU)
		w.must(w.d.Update(ctx, func(tx *db.Tx) error {
			_, err := w.owed.Owe(ctx, tx, officer, obligations.Debt{Kind: "projects.report", What: i18n.Only(i18n.RU, "Отчёт"), Ground: obligations.Agreement,
				Thing: project(2), Owner: org, Due: w.owed.Today().AddDays(40)})
			return err
		}))
		var left []int
		for range 45 {
			w.clock.Advance(24 * time.Hour)
			for range 2 { // the job runs again after a crash
				_, err := w.owed.SendReminders(ctx)
				w.must(err)
			}
			for _, l := range w.letters {
				left = append(left, l.DaysLeft)
				want := map[string]i18n.Lang{"aida@example.kz": i18n.KK, "bolat@example.kz": i18n.EN}[l.To]
				if l.Kind != "reminder" || l.Lang != want || l.Reminder.Owner.ID != org.ID {
					t.Errorf("%+v", l)
				}
			}
			w.letters = nil
		}
		if want := []int{30, 30, 7, 7, 1, 1, -1, -1}; !slices.Equal(left, want) {
			t.Errorf("reminded with %v days left, want %v", left, want)
		}
		if n := w.count(`SELECT count(*) FROM notices WHERE kind = 'reminder'`); n != 8 {
			t.Errorf("%d notices on the desks", n)
		}
	})
}

func TestWhatIsKeptOfAPersonIsGivenAndErased(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		me := w.person("aida", i18n.KK)
		w.follows(me, project(2))
		w.must(w.rooms.AskByMail(ctx, "aida@example.kz", i18n.KK, Daily, Subject{project(4)}))
		_, err := w.rooms.Confirm(ctx, w.letters[0].Token)
		w.must(err)
		w.happens(officer, "report", 2, false)
		w.round()
		all, err := w.accounts.Copy(ctx, me)
		w.must(err)
		if follows, ok := all["follows"].([]Follow); !ok || len(follows) != 1 || all["notices"] == nil {
			t.Errorf("the copy has %v", all["follows"])
		}
		w.must(w.accounts.EraseMe(ctx, me, ""))
		for _, table := range []string{"notice_readers", "notice_follows", "notices"} {
			if n := w.count(`SELECT count(*) FROM ` + table); n != 0 {
				t.Errorf("%d rows are left in %s", n, table)
			}
		}
		other := w.person("bolat", i18n.RU)
		w.follows(other, project(2))
		w.happens(officer, "report", 2, false)
		w.clock.Advance(24 * time.Hour)
		w.round()
		w.clock.Advance(keepNotice + time.Hour)
		w.must(w.accounts.Expire(ctx))
		if n := w.count(`SELECT count(*) FROM notices`); n != 0 {
			t.Errorf("%d notices are kept for more than their time", n)
		}
	})
}
