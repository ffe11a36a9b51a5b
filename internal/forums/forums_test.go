package forums

import (
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// region is the room with a region, its village and an organization that holds forums.
type region struct {
	*Service
	t              *testing.T
	d              *db.DB
	clock          *dbtest.Clock
	whole, village ref.ID
	body           ref.ID
	register       *orgs.Service
	lead, officer  access.Actor
	stranger       access.Actor
}

func inRegion(t *testing.T, test func(t *testing.T, w *region)) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) { test(t, newRegion(t, d, clock)) })
}

func (w *region) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// refused fails the test unless an error is of a kind.
func (w *region) refused(err error, kind problem.Kind) {
	w.t.Helper()
	if !problem.Is(err, kind) {
		w.t.Errorf("%v, want %v", err, kind)
	}
}

func newRegion(t *testing.T, d *db.DB, clock *dbtest.Clock) *region {
	ctx, portal := t.Context(), access.Portal("test")
	w := &region{t: t, d: d, clock: clock}
	clock.Set(time.Date(2026, 5, 4, 6, 0, 0, 0, time.UTC))
	zone := time.FixedZone("Asia/Almaty", 5*3600)
	pl := places.New(d)
	add := func(kato string, parent ref.ID, kind places.Kind) ref.ID {
		p, err := pl.Add(ctx, portal, places.NewPlace{KATO: kato, ParentID: parent, Kind: kind, Name: i18n.Only(i18n.RU, kato)})
		w.must(err)
		w.must(pl.Reload(ctx))
		return p.ID
	}
	w.whole = add("990000000", 0, places.Region)
	w.village = add("993230100", add("993200000", w.whole, places.District), places.Village)
	w.register = orgs.New(d, orgs.Deps{Zone: zone, Terms: func(string, string) bool { return true }, Places: pl})
	w.officer = access.Actor{UserID: 4, Grants: []access.Grant{{Role: access.Officer, Scope: w.whole}}}
	o, err := w.register.Create(ctx, w.officer, orgs.Draft{Kind: "state_body", Name: i18n.Only(i18n.RU, "Управление"), PlaceID: w.whole})
	w.must(err)
	w.body = o.ID
	w.lead = access.Actor{UserID: 3, Grants: []access.Grant{{Role: access.Lead, Scope: w.body}}}
	w.stranger = access.Actor{UserID: 9, Grants: []access.Grant{{Role: access.Lead, Scope: 1}}}
	w.Service = New(d, Deps{Zone: zone, Places: pl})
	return w
}

func (w *region) plan() Plan {
	return Plan{Title: i18n.Only(i18n.RU, "Форум"), Theme: i18n.Only(i18n.RU, "Вместе"), PlaceID: w.whole, OrganizerID: w.body,
		From: w.Today().AddDays(20), Until: w.Today().AddDays(21), RegistrationOpens: w.Today(), RegistrationCloses: w.Today().AddDays(10)}
}

// announced is a forum in 20 days that everybody sees.
func (w *region) announced() Forum {
	w.t.Helper()
	f, err := w.Create(w.t.Context(), w.lead, NewForum{Plan: w.plan()})
	w.must(err)
	f, err = w.Announce(w.t.Context(), w.lead, f.ID)
	w.must(err)
	return f
}

// whole proves that the rows of the room are as their last entries left them.
func (w *region) proven() {
	w.t.Helper()
	for _, f := range w.faults() {
		w.t.Error(f)
	}
}

// faults are what differs between the rows of the room and their last entries.
func (w *region) faults() []journal.Fault {
	w.t.Helper()
	ring, err := keys.Open(w.t.TempDir())
	w.must(err)
	w.clock.Advance(time.Minute) // a sealer before this one has laid down its pen
	w.must(journal.NewSealer(w.d).Seal(w.t.Context()))
	report, err := journal.Verify(w.t.Context(), w.d, ring, Kinds(), nil)
	w.must(err)
	return report.Faults
}

func TestStateFollowsFromTheDay(t *testing.T) {
	day := func(n int) db.Date { return db.Day(2026, time.May, 1).AddDays(n) }
	base := Forum{AnnouncedOn: day(0), Plan: Plan{From: day(20), Until: day(21), RegistrationOpens: day(5), RegistrationCloses: day(10)}}
	with := func(change func(f *Forum)) Forum {
		f := base
		change(&f)
		return f
	}
	for name, c := range map[string]struct {
		f    Forum
		on   int
		want State
	}{
		"an idea":                        {with(func(f *Forum) { f.AnnouncedOn = db.Date{} }), 20, Idea},
		"announced":                      {base, 4, Announced},
		"registration opens":             {base, 5, Registering},
		"the last day of registration":   {base, 10, Registering},
		"registration is over":           {base, 11, Announced},
		"the first day":                  {base, 20, Running},
		"the last day":                   {base, 21, Running},
		"the day after":                  {base, 22, Finished},
		"one day":                        {with(func(f *Forum) { f.Until = db.Date{} }), 21, Finished},
		"no day is known":                {with(func(f *Forum) { f.From, f.Until = db.Date{}, db.Date{} }), 30, Announced},
		"known from a report":            {Forum{Code: "x", AnnouncedOn: day(0)}, 1, Finished},
		"archived":                       {with(func(f *Forum) { f.ArchivedOn = day(30) }), 30, Archived},
		"running while people register":  {with(func(f *Forum) { f.RegistrationCloses = day(21) }), 20, Running},
		"people register the whole time": {with(func(f *Forum) { f.RegistrationCloses = day(21) }), 19, Registering},
	} {
		if got := c.f.StateOn(day(c.on)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestEveryReportedForumIsLoadedOnce(t *testing.T) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		w := newRegion(t, d, clock)
		dir := os.DirFS("../app/facts")
		place := func(string) (ref.ID, bool) { return w.whole, true }
		for range 2 {
			w.must(w.LoadFacts(t.Context(), access.Portal("facts"), dir, place))
		}
		list, err := w.List(t.Context(), access.Actor{})
		w.must(err)
		if len(list) != 5 {
			t.Fatalf("%d forums", len(list))
		}
		byCode := map[string]Card{}
		for _, c := range list {
			byCode[c.Code] = c
		}
		if x := byCode["aktobe-2025"]; !x.From.IsZero() || x.Source.Publisher != "" || x.Source.Published != db.Day(2025, time.September, 10) || x.Theme != (i18n.Text{}) {
			t.Errorf("the report of Aktobe gives neither day nor publisher nor theme: %+v", x)
		}
		if x := byCode["akmola-2020"]; x.Edition != "IX" || x.Days != 2 || !x.Until.IsZero() || x.State != Finished {
			t.Errorf("Akmola: %+v", x)
		}
		for code, want := range map[string]int{"west-kz-2023": 3, "turkistan-xii": 7, "abai-2025": 0} {
			st, err := w.Story(t.Context(), access.Actor{}, byCode[code].ID)
			w.must(err)
			if len(st.Sessions) != want || st.MayKeep {
				t.Errorf("%s has %d sessions, want %d", code, len(st.Sessions), want)
			}
		}
		for _, c := range list {
			for _, x := range c.Said {
				if x.Text.KK == "" || x.Text.RU == "" || x.Text.EN == "" {
					t.Errorf("%s: %+v is not whole", c.Code, x)
				}
			}
		}
		_, err = w.Edit(t.Context(), w.officer, byCode["abai-2025"].ID, 1, w.plan())
		w.refused(err, problem.Forbidden)
		w.proven()
	})
}

func TestAForumFromIdeaToArchive(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		_, err := w.Create(ctx, w.stranger, NewForum{Plan: w.plan()})
		w.refused(err, problem.Forbidden)
		f, err := w.Create(ctx, w.lead, NewForum{Plan: w.plan()})
		w.must(err)
		_, err = w.Story(ctx, w.stranger, f.ID)
		w.refused(err, problem.NotFound)
		if st, err := w.Story(ctx, w.officer, f.ID); err != nil || !st.MayKeep || st.State() != Idea {
			t.Errorf("%+v %v", st, err)
		}
		f, err = w.Announce(ctx, w.officer, f.ID)
		w.must(err)
		_, err = w.Announce(ctx, w.officer, f.ID)
		w.refused(err, problem.Conflict)
		_, err = w.Archive(ctx, w.lead, f.ID)
		w.refused(err, problem.Conflict)
		p := w.plan()
		p.Venue = i18n.Only(i18n.RU, "Дворец")
		_, err = w.Edit(ctx, w.lead, f.ID, f.Version-1, p)
		w.refused(err, problem.Conflict)
		_, err = w.Edit(ctx, w.stranger, f.ID, f.Version, p)
		w.refused(err, problem.Forbidden)
		f, err = w.Edit(ctx, w.lead, f.ID, f.Version, p)
		w.must(err)
		w.clock.Set(w.clock.Now().AddDate(0, 0, 30))
		_, err = w.Archive(ctx, w.lead, f.ID)
		w.must(err)
		w.proven()
	})
}

func TestTwoOrganizersEditAtOnce(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		f := w.announced()
		var wait sync.WaitGroup
		results := make([]error, 2)
		for i := range results {
			wait.Go(func() { _, results[i] = w.Edit(t.Context(), w.lead, f.ID, f.Version, w.plan()) })
		}
		wait.Wait()
		if i := slices.Index(results, nil); i < 0 || !problem.Is(results[1-i], problem.Conflict) {
			t.Errorf("%v: want one edit and one conflict", results)
		}
	})
}

func TestPlansThatCannotBe(t *testing.T) {
	day := db.Day(2026, time.May, 1)
	good := Plan{Title: i18n.Only(i18n.KK, "т"), Theme: i18n.Only(i18n.KK, "т"), PlaceID: 1, OrganizerID: 2}
	for field, change := range map[string]func(p *Plan){
		"title":     func(p *Plan) { p.Title = i18n.Text{} },
		"theme":     func(p *Plan) { p.Theme = i18n.Text{} },
		"place":     func(p *Plan) { p.PlaceID = 0 },
		"organizer": func(p *Plan) { p.OrganizerID = 0 },
		"until":     func(p *Plan) { p.From, p.Until = day, day.AddDays(-1) },
		"closes":    func(p *Plan) { p.RegistrationOpens = day },
		"stream":    func(p *Plan) { p.Stream = "javascript:alert(1)" },
	} {
		p := good
		change(&p)
		bad := problem.As(p.tidy().check())
		if bad == nil || bad.Fields[field].Key == "" {
			t.Errorf("%s: %v", field, bad)
		}
	}
	if err := good.tidy().check(); err != nil {
		t.Errorf("a plan without days: %v", err)
	}
}
