package app_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"birge/internal/app"
	"birge/internal/app/migrations"
	"birge/internal/birgetest"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"

	"github.com/google/go-cmp/cmp"
)

// busy is a portal in which somebody does one thing after another.
type busy struct {
	*birgetest.World
	by       access.Actor
	dice     *rand.Rand
	orgs     []orgs.Organization
	projects []ref.ID
	events   []projects.Event
	reports  []projects.Report
	forums   []ref.ID
	guests   int            // of forums
	done     map[string]int // acts that succeeded
}

// act does one thing, or tries to: what the rules refuse changes nothing.
func (b *busy) act() {
	acts := []struct {
		name string
		do   func() error
	}{
		{"enter an organization", b.enter}, {"rename an organization", b.rename}, {"begin a project", b.begin}, {"edit a plan", b.edit},
		{"agree", b.agree}, {"pay", b.pay}, {"announce", b.announce}, {"confirm", b.confirm}, {"report", b.report}, {"accept", b.accept},
		{"reply", b.reply}, {"cancel", b.cancel}, {"gather", b.gather}, {"retell", b.retell}, {"plan a session", b.planSession}, {"release", b.release}, {"close a forum", b.closeForum},
		{"vote in a hall", b.hallVotes},
	}
	a := acts[b.dice.IntN(len(acts))]
	b.Clock.Advance(time.Minute)
	if a.do() == nil {
		b.done[a.name]++
	}
}

func (b *busy) words(what string) i18n.Text {
	n := b.dice.IntN(1000)
	return i18n.Text{KK: fmt.Sprintf("%s %d", what, n), RU: fmt.Sprintf("%s № %d", what, n)}
}

func pick[T any](b *busy, list []T) T { return list[b.dice.IntN(len(list))] }

func (b *busy) enter() error {
	o, err := b.Orgs.Create(b.T.Context(), b.by, orgs.Draft{Kind: orgs.NGO, Name: b.words("Қор"), PlaceID: pick(b, b.Places.Tree().Regions()).ID})
	if err == nil {
		b.orgs = append(b.orgs, o)
	}
	return err
}

func (b *busy) rename() error {
	i := b.dice.IntN(len(b.orgs))
	d := b.orgs[i].Draft
	d.Name = b.words("Бірлестік")
	o, err := b.Orgs.Edit(b.T.Context(), b.by, b.orgs[i].ID, b.orgs[i].Version, d)
	if err == nil {
		b.orgs[i] = o
	}
	return err
}

func (b *busy) plan() projects.Plan {
	day := db.DateOf(b.Clock.Now())
	sum := int64(1+b.dice.IntN(50)) * 100_000_00
	return projects.Plan{Title: b.words("Жоба"), Summary: b.words("Туралы"), PlaceID: pick(b, b.Places.Tree().Regions()).ID,
		Sphere: pick(b, b.Norms.Book().Terms("sphere")).Code, Starts: day.AddDays(-100), Ends: day.AddDays(b.dice.IntN(120) - 60),
		FundingKind: pick(b, projects.FundingKinds), Sum: sum, Currency: "KZT",
		Years:    []projects.YearPlan{{Year: day.AddDays(-100).Year(), Sum: sum}},
		Tranches: []projects.Tranche{{Sum: sum, Due: day.AddDays(b.dice.IntN(60) - 40)}}}
}

func (b *busy) begin() error {
	p, err := b.Projects.Create(b.T.Context(), b.by, projects.NewProject{OrgID: pick(b, b.orgs).ID, FunderID: pick(b, b.orgs).ID, Plan: b.plan()})
	if err == nil {
		b.projects = append(b.projects, p.ID)
	}
	return err
}

func (b *busy) edit() error {
	_, err := b.Projects.EditPlan(b.T.Context(), b.by, pick(b, b.projects), 0, b.plan())
	return err
}

func (b *busy) agree() error {
	_, err := b.Projects.Agree(b.T.Context(), b.by, pick(b, b.projects), 0, projects.Agreement{Number: fmt.Sprint(b.dice.IntN(100)),
		AgreedOn: db.DateOf(b.Clock.Now()).AddDays(-90), Rhythm: pick(b, projects.Rhythms), Days: 10})
	return err
}

// lead speaks for the organization of a project.
func (b *busy) lead(id ref.ID) (projects.Story, access.Actor) {
	st, err := b.Projects.Story(b.T.Context(), b.by, id)
	if err != nil {
		b.T.Fatal(err)
	}
	a := b.by
	a.Grants = []access.Grant{{Role: access.Lead, Scope: st.Project.OrgID}}
	return st, a.As(access.Lead, st.Project.OrgID)
}

func (b *busy) pay() error {
	st, _ := b.lead(pick(b, b.projects))
	_, err := b.Projects.Pay(b.T.Context(), b.by, st.Project.ID, st.Project.Tranches[0].ID, st.Project.Sum, db.DateOf(b.Clock.Now()))
	return err
}

func (b *busy) announce() error {
	st, lead := b.lead(pick(b, b.projects))
	e, err := b.Projects.AnnounceEvent(b.T.Context(), lead, st.Project.ID, projects.Announcement{Title: b.words("Шара"), PlaceID: st.Project.PlaceID,
		On: st.Project.Ends.AddDays(-b.dice.IntN(50)), Hour: "15:00", Open: true}, b.dice.IntN(4) == 0)
	if err == nil {
		b.events = append(b.events, e)
	}
	return err
}

func (b *busy) confirm() error {
	if len(b.events) == 0 {
		return b.announce()
	}
	e := pick(b, b.events)
	_, lead := b.lead(e.ProjectID)
	_, err := b.Projects.ConfirmEvent(b.T.Context(), lead, e.ID, projects.Confirmation{HeldOn: e.On, Headcount: 30, Method: projects.ByList})
	return err
}

func (b *busy) report() error {
	st, lead := b.lead(pick(b, b.projects))
	due, ok := st.Project.NextReport()
	if !ok {
		return fmt.Errorf("nothing is due")
	}
	r, err := b.Projects.SaveDraft(b.T.Context(), lead, st.Project.ID, due.No, 0, projects.ReportText{Summary: b.words("Есеп"), Beneficiaries: 40})
	if err == nil {
		r, err = b.Projects.SubmitReport(b.T.Context(), lead, r.ID, r.Version)
	}
	if err == nil {
		b.reports = append(b.reports, r)
	}
	return err
}

func (b *busy) accept() error {
	if len(b.reports) == 0 {
		return b.report()
	}
	r := pick(b, b.reports)
	_, err := b.Projects.AcceptReport(b.T.Context(), b.by, r.ID, r.Version)
	return err
}

func (b *busy) reply() error {
	owed, err := b.Obligations.List(b.T.Context(), obligations.Filter{}, 20, 0)
	if err != nil || len(owed.Rows) == 0 {
		return fmt.Errorf("nothing is owed: %w", err)
	}
	o := pick(b, owed.Rows)
	return b.Obligations.Reply(b.T.Context(), access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Lead, Scope: o.Owner.ID}}}, o.ID, b.words("Жауап"))
}

func (b *busy) cancel() error {
	_, err := b.Projects.Cancel(b.T.Context(), b.by, pick(b, b.projects), 0, b.words("Себеп"))
	return err
}

// pages are addresses of every kind of page, and all pages of the things there are.
func (b *busy) pages() []string {
	region := b.Places.Tree().Regions()[0].KATO
	all := []string{"/kk/", "/ru/projects", "/ru/projects?status=running&status=report_late&sort=sum", "/kk/projects?q=жоба", "/ru/projects?place=" + region,
		"/ru/projects/why", "/ru/projects.atom", "/ru/projects?page=2", "/ru/search?q=№", "/kk/search?q=бірлестік", "/ru/places", "/ru/places/" + region,
		"/api/v1/places/" + region, "/ru/obligations", "/ru/organizations", "/kk/organizations?q=қор", "/ru/figures", "/ru/help", "/ru/about"}
	for _, id := range b.projects {
		for _, path := range []string{"/kk/projects/%s", "/ru/projects/%s/why", "/ru/projects/%s/card", "/ru/projects/%s/amendments", "/api/v1/projects/%s", "/calendar/projects/%s"} {
			all = append(all, fmt.Sprintf(path, id))
		}
	}
	for _, o := range b.orgs {
		all = append(all, "/kk/organizations/"+o.ID.String())
	}
	for _, r := range b.reports {
		all = append(all, "/ru/projects/"+r.ProjectID.String()+"/reports/"+r.ID.String())
	}
	return append(all, b.forumPages()...)
}

// another is a second portal on the same store, which has nothing in memory yet:
// what it answers, and with how many queries.
func (b *busy) another(do func(get func(path string) (status int, body string, queries int64))) {
	t := b.T
	t.Helper()
	c := b.Config
	c.Data, c.PagesMB = t.TempDir(), 0
	p, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.RunOn(ctx, listener) }()
	if err := p.AwaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	do(func(path string) (int, string, int64) {
		var queries atomic.Int64
		w := httptest.NewRecorder()
		p.Server.ServeHTTP(w, httptest.NewRequestWithContext(db.CountQueries(t.Context(), &queries), http.MethodGet, b.URL+path, nil))
		return w.Code, w.Body.String(), queries.Load()
	})
	cancel()
	if err := errors.Join(<-ended, p.Close()); err != nil {
		t.Error(err)
	}
}

// begun is a portal with some organizations and projects.
func begun(w *birgetest.World, seed uint64) *busy {
	b := &busy{World: w, by: access.Portal("test"), dice: rand.New(rand.NewPCG(seed, 7)), done: map[string]int{}}
	for _, act := range []func() error{b.enter, b.enter, b.enter, b.begin, b.begin, b.begin, b.begin, b.gather, b.planSession, b.release, b.hallVotes} {
		if err := act(); err != nil {
			w.T.Fatal(err)
		}
	}
	return b
}

// However much there is, a page asks the store only so often: what lists show is
// near once it was shown, and totals come from the index.
func TestPagesAskFewQueries(t *testing.T) {
	b := begun(birgetest.Start(t, dbtest.SQLite(t, migrations.FS)), 1)
	for range 60 {
		b.act()
	}
	project, org, region := b.projects[0].String(), b.orgs[0].ID.String(), b.Places.Tree().Regions()[0].KATO
	b.another(func(get func(path string) (int, string, int64)) {
		for _, c := range []struct {
			path  string
			first int64 // queries when nothing is near
			again int64
		}{
			{"/ru/", 15, 14}, {"/ru/projects", 2, 0}, {"/ru/projects?status=running&place=" + region + "&year=2026", 2, 0},
			{"/ru/search?q=жоба", 5, 3}, {"/ru/projects/" + project, 8, 8}, {"/api/v1/projects/" + project, 8, 8},
			{"/ru/places/" + region, 6, 6}, {"/ru/places", 4, 4}, {"/ru/organizations/" + org, 13, 13}, {"/ru/organizations", 4, 4},
			{"/ru/obligations", 4, 4}, {"/ru/help", 0, 0},
		} {
			for i, most := range []int64{c.first, c.again} {
				if status, _, n := get(c.path); status != http.StatusOK || n > most {
					t.Errorf("%s, time %d: status %d, %d queries, at most %d", c.path, i+1, status, n, most)
				}
			}
		}
	})
}

// What people come by is read thousands of times for each write: whoever comes second
// costs the store nothing, whatever runs or is near a deadline.
func TestTheSecondReaderAsksNothing(t *testing.T) {
	s := birgetest.StartFew(t)
	if err := s.AwaitFeed(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", "projects", "organizations", "places", "programmes", "calls", "topics", "obligations", "forums", "resolutions", "awards", "figures", "norms", "data", "help", "about", "privacy", "search?q=ауыл"} {
		var first, second atomic.Int64
		for _, n := range []*atomic.Int64{&first, &second} {
			w := httptest.NewRecorder()
			s.Server.ServeHTTP(w, httptest.NewRequestWithContext(db.CountQueries(t.Context(), n), http.MethodGet, s.URL+"/kk/"+path, nil))
			if w.Code != http.StatusOK {
				t.Fatalf("/kk/%s answers %d", path, w.Code)
			}
		}
		if second.Load() > 0 {
			t.Errorf("/kk/%s: %d queries for the first, %d for the second", path, first.Load(), second.Load())
		}
	}
}

// After any acts every kept page equals the one that a portal with nothing in
// memory draws.
func TestKeptPagesEqualFreshOnes(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		seed := rand.Uint64()
		b := begun(w, seed)
		stranger := w.Stranger()
		for range 4 {
			for range 18 {
				b.act()
			}
			if err := w.AwaitFeed(t.Context()); err != nil {
				t.Fatal(err)
			}
			b.another(func(fresh func(path string) (int, string, int64)) {
				for _, path := range b.pages() {
					kept := stranger.Get(path)
					status, body, _ := fresh(path)
					if kept.Status != http.StatusOK || status != http.StatusOK {
						t.Errorf("seed %d: %s answers %d, anew %d", seed, path, kept.Status, status)
					} else if kept.Body != body {
						t.Errorf("seed %d, after %v: the kept %s is old: %s", seed, b.done, path, cmp.Diff(body, kept.Body))
					}
				}
			})
		}
		if w.Memory.Hits.Load() == 0 {
			t.Error("no page came from memory")
		}
	})
}
