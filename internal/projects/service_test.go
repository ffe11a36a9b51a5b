package projects

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

var (
	almaty = time.FixedZone("Asia/Almaty", 5*3600)
	portal = access.Portal("test")
)

// world is the room with a region, a district, a village, an NGO and a funder.
type world struct {
	*Service
	d                         *db.DB
	clock                     *dbtest.Clock
	owed                      *obligations.Service
	region, district, village ref.ID
	org, funder               ref.ID
	lead, staff, officer      access.Actor
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) { test(t, newWorld(t, d, clock)) })
}

// kept keeps files in a folder of the test.
func kept(t testing.TB, d *db.DB) *files.Service {
	t.Helper()
	store, err := files.OpenLocal(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return files.New(d, store)
}

func newWorld(t testing.TB, d *db.DB, clock *dbtest.Clock) *world {
	ctx := t.Context()
	pl := places.New(d)
	add := func(kato string, parent ref.ID, kind places.Kind, name string) ref.ID {
		p, err := pl.Add(ctx, portal, places.NewPlace{KATO: kato, ParentID: parent, Kind: kind, Name: i18n.Only(i18n.RU, name)})
		if err != nil {
			t.Fatal(err)
		}
		if err := pl.Reload(ctx); err != nil {
			t.Fatal(err)
		}
		return p.ID
	}
	w := &world{d: d, clock: clock}
	w.region = add("990000000", 0, places.Region, "Учебная область")
	w.district = add("993200000", w.region, places.District, "Степной район")
	w.village = add("993230100", w.district, places.Village, "Көктерек")
	book := norms.New(d, almaty)
	for _, f := range []func(context.Context) error{book.LoadSeed, book.Reload} {
		if err := f(ctx); err != nil {
			t.Fatal(err)
		}
	}
	w.owed = obligations.New(d, almaty, func() obligations.Calendar { return book.Book().Calendar() }, func(db.Date) []int { return nil })
	register := orgs.New(d, orgs.Deps{Zone: almaty, Terms: func(string, string) bool { return true }, Obligations: w.owed, Places: pl})
	enter := func(kind, name, bin string) ref.ID {
		o, err := register.Create(ctx, access.Actor{UserID: 99, Grants: []access.Grant{{Role: access.Officer, Scope: w.region}}},
			orgs.Draft{Kind: kind, Name: i18n.Only(i18n.RU, name), BIN: bin, PlaceID: w.region})
		if err != nil {
			t.Fatal(err)
		}
		return o.ID
	}
	w.org = enter("ngo", "Жасыл дала", "150140000012")
	w.funder = enter("state_body", "Управление", "230940123450")
	w.lead = access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Lead, Scope: w.org}}}
	w.staff = access.Actor{UserID: 2, Grants: []access.Grant{{Role: access.Staff, Scope: w.org}}}
	w.officer = access.Actor{UserID: 3, Grants: []access.Grant{{Role: access.Officer, Scope: w.region}}}
	w.Service = New(d, almaty, pl, w.owed, book, kept(t, d))
	return w
}

// newPlan is a plan that runs over 2026 with quarterly reports ahead.
func (w *world) newPlan() Plan {
	p := plan()
	p.PlaceID, p.Starts, p.Ends = w.village, day("2026-01-12"), day("2026-12-20")
	p.Years = []YearPlan{{2026, 100_00}}
	p.Tranches = []Tranche{{Sum: 60_00, Due: day("2026-03-20")}, {Sum: 40_00, Due: day("2026-09-01")}}
	p.Lines = []Line{{Name: words, Sum: 70_00}, {Name: words, Sum: 30_00}}
	p.Indicators[0].ID = 0
	p.TargetGroups = []string{"youth"}
	return p
}

func (w *world) created(t testing.TB, change ...func(*Plan)) Project {
	t.Helper()
	n := NewProject{OrgID: w.org, FunderID: w.funder, Plan: w.newPlan()}
	for _, f := range change {
		f(&n.Plan)
	}
	p, err := w.Create(t.Context(), w.lead, n)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) agreed(t testing.TB, change ...func(*Plan)) Project {
	t.Helper()
	p := w.created(t, change...)
	p, err := w.Agree(t.Context(), w.officer, p.ID, p.Version, Agreement{Number: "7", AgreedOn: day("2026-01-10"), Rhythm: Quarterly, Days: 10})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// at turns the clock to the morning of a day.
func (w *world) at(s string) { w.clock.Set(day(s).In(almaty).Add(9 * time.Hour)) }

func (w *world) acts(t *testing.T) []string {
	t.Helper()
	var acts []string
	must(t, w.d.View(t.Context(), func(tx *db.Tx) (err error) {
		acts, err = db.All(t.Context(), tx, db.Value[string], `SELECT act FROM journal_entries WHERE act LIKE 'projects.%' ORDER BY id`)
		return err
	}))
	return acts
}

func (w *world) story(t *testing.T, by access.Actor, id ref.ID) Story {
	t.Helper()
	st, err := w.Story(t.Context(), by, id)
	must(t, err)
	return st
}

func TestLifeOfAProject(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		p := w.created(t)
		if _, err := w.EditPlan(ctx, w.staff, p.ID, p.Version, w.newPlan()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.EditPlan(ctx, w.staff, p.ID, p.Version, w.newPlan()); !problem.Is(err, problem.Conflict) {
			t.Errorf("a stale form: %v", err)
		}
		if _, err := w.Agree(ctx, w.lead, p.ID, 0, Agreement{Number: "7", AgreedOn: day("2026-01-10"), Rhythm: Quarterly, Days: 10}); !problem.Is(err, problem.Forbidden) {
			t.Errorf("the organization agrees with itself: %v", err)
		}
		p, err := w.Agree(ctx, w.officer, p.ID, 0, Agreement{Number: "7", AgreedOn: day("2026-01-10"), Rhythm: Quarterly, Days: 10})
		must(t, err)
		if len(p.Schedule) != 4 || p.Schedule[0].Due != day("2026-04-14") || !p.Rural {
			t.Errorf("agreed: %+v", p)
		}
		if _, err := w.EditPlan(ctx, w.lead, p.ID, 0, w.newPlan()); !problem.Is(err, problem.Conflict) {
			t.Errorf("a plan edited after the agreement: %v", err)
		}
		if st := w.story(t, access.Actor{}, p.ID); len(st.Owed) != 6 || st.Status.Is != Running {
			t.Errorf("owed %d, status %+v", len(st.Owed), st.Status)
		}
		_, err = w.Pay(ctx, w.officer, p.ID, p.Tranches[0].ID, 60_00, day("2026-03-01"))
		must(t, err)

		w.at("2026-04-15")
		if st := w.story(t, access.Actor{}, p.ID); st.Status != (Status{Is: ReportLate, DaysLate: 1}) {
			t.Errorf("a missing report: %+v", st.Status)
		}
		r := w.submitted(t, p, 1, 40_00)
		if _, err := w.AcceptReport(ctx, w.lead, r.ID, r.Version); !problem.Is(err, problem.Forbidden) {
			t.Errorf("the organization accepts its own report: %v", err)
		}
		r, err = w.ReturnReport(ctx, w.officer, r.ID, r.Version, words)
		must(t, err)
		if st := w.story(t, access.Actor{}, p.ID); st.Project.Spent != 0 || st.Status.Is != ReportLate || st.Reports[0].State != ReportReturned {
			t.Errorf("after returning: %+v", st.Project)
		}
		r = w.submitted(t, p, 1, 30_00)
		_, err = w.AcceptReport(ctx, w.officer, r.ID, r.Version)
		must(t, err)
		st := w.story(t, access.Actor{}, p.ID)
		if st.ByYear[0] != (YearMoney{2026, 100_00, 60_00, 30_00}) || st.Project.Accepted != 30_00 || len(st.Reports) != 2 {
			t.Errorf("after accepting: %+v %+v", st.ByYear, st.Project)
		}
		kept := 0
		for _, o := range st.Owed {
			if o.Outcome == obligations.Kept {
				kept++
			}
		}
		if kept != 2 {
			t.Errorf("%d obligations kept, want the report and the tranche", kept)
		}
	})
}

// submitted drafts and submits the report of a period that spends sum on the
// first line.
func (w *world) submitted(t *testing.T, p Project, no int, sum int64) Report {
	t.Helper()
	r, err := w.SaveDraft(t.Context(), w.staff, p.ID, no, 0, ReportText{Summary: words, Spendings: []Spending{{p.Lines[0].ID, 2026, sum}}})
	must(t, err)
	r, err = w.SubmitReport(t.Context(), w.lead, r.ID, r.Version)
	must(t, err)
	return r
}

func TestDraftsAreForTheOrganizationOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		p := w.agreed(t)
		w.at("2026-04-02")
		r, err := w.SaveDraft(ctx, w.staff, p.ID, 1, 0, ReportText{Summary: words})
		must(t, err)
		for name, by := range map[string]access.Actor{"stranger": {}, "officer": w.officer} {
			if _, _, err := w.Report(ctx, by, r.ID); !problem.Is(err, problem.NotFound) {
				t.Errorf("%s reads a draft: %v", name, err)
			}
			if st := w.story(t, by, p.ID); len(st.Reports) != 0 {
				t.Errorf("%s sees a draft on the page", name)
			}
		}
		if _, err := w.SubmitReport(ctx, w.staff, r.ID, r.Version); !problem.Is(err, problem.Forbidden) {
			t.Errorf("staff submits: %v", err)
		}
		if _, err := w.SaveDraft(ctx, w.staff, p.ID, 1, 0, ReportText{}); !problem.Is(err, problem.Conflict) {
			t.Errorf("a second draft of one period: %v", err)
		}
	})
}

// Two reports that would together go over the budget: one is taken.
func TestTwoReportsOverTheBudget(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		p := w.agreed(t, func(p *Plan) { p.Lines = nil })
		w.at("2026-07-02")
		var ids []ref.ID
		for no := 1; no <= 2; no++ {
			r, err := w.SaveDraft(ctx, w.staff, p.ID, no, 0, ReportText{Summary: words, Spendings: []Spending{{0, 2026, 60_00}}})
			must(t, err)
			ids = append(ids, r.ID)
		}
		errs := together(len(ids), func(i int) error {
			_, err := w.SubmitReport(context.Background(), w.lead, ids[i], 0)
			return err
		})
		refused := 0
		for _, err := range errs {
			if faultOf(err, "spendings") == "projects.report.over_budget" {
				refused++
			} else if err != nil {
				t.Error(err)
			}
		}
		st := w.story(t, w.lead, p.ID)
		counted := 0
		for _, r := range st.Reports {
			if r.State.Counts() {
				counted++
			}
		}
		if refused != 1 || counted != 1 || st.Project.Spent != 60_00 {
			t.Errorf("%d refused, %d counted, spent %d", refused, counted, st.Project.Spent)
		}
		submits := 0
		for _, act := range w.acts(t) {
			if act == "projects.report.submit" {
				submits++
			}
		}
		if submits != 1 {
			t.Errorf("%d entries of submitting", submits)
		}
	})
}

// A double click on one draft: it is submitted once.
func TestOneReportSubmittedTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.agreed(t)
		w.at("2026-04-02")
		r, err := w.SaveDraft(t.Context(), w.staff, p.ID, 1, 0, ReportText{Summary: words, Spendings: []Spending{{p.Lines[0].ID, 2026, 10_00}}})
		must(t, err)
		errs := together(3, func(int) error {
			_, err := w.SubmitReport(context.Background(), w.lead, r.ID, r.Version)
			return err
		})
		good := 0
		for _, err := range errs {
			if err == nil {
				good++
			} else if !problem.Is(err, problem.Conflict) {
				t.Error(err)
			}
		}
		if st := w.story(t, w.lead, p.ID); good != 1 || st.Project.Spent != 10_00 {
			t.Errorf("%d went through, spent %d", good, st.Project.Spent)
		}
	})
}

func together(n int, f func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	return errs
}

func TestPeopleAtRiskAreKeptOutOfSight(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		p := w.agreed(t, func(p *Plan) { p.TargetGroups = []string{"violence"}; p.MorePlaces = []ref.ID{w.village} })
		if !p.AtRisk || p.PlaceID != w.district || len(p.MorePlaces) != 0 {
			t.Fatalf("the village of a shelter is kept: %+v", p)
		}
		e, err := w.AnnounceEvent(ctx, w.staff, p.ID, Announcement{Title: words, Address: words, PlaceID: w.village, On: day("2026-05-20"), Hour: "10:00"}, false)
		must(t, err)
		if e.PlaceID != w.district || e.Hour != "" || !e.Address.IsZero() || e.Public() {
			t.Errorf("kept of a closed event: %+v", e)
		}
		for _, by := range []access.Actor{{}, w.officer} {
			if shown := w.story(t, by, p.ID).Events[0]; shown.On != day("2026-05-01") || !shown.Title.IsZero() {
				t.Errorf("shown of a closed event: %+v", shown)
			}
		}
		ahead, err := w.EventsAhead(ctx, 10)
		must(t, err)
		if len(ahead) != 0 {
			t.Error("a closed event is on the list of what is ahead")
		}
	})
}

func TestAmendments(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		p := w.agreed(t)
		after := p.Plan
		after.Ends, after.Beneficiaries = day("2027-02-20"), 50
		a, err := w.AskAmendment(ctx, w.lead, p.ID, p.Version, after, words, "1")
		must(t, err)
		if a.State != AmendmentAsked || w.story(t, w.lead, p.ID).Project.Beneficiaries != 0 {
			t.Errorf("an amendment took effect unasked: %+v", a)
		}
		if _, err := w.AgreeAmendment(ctx, w.lead, a.ID); !problem.Is(err, problem.Forbidden) {
			t.Errorf("the organization agrees with itself: %v", err)
		}
		a, err = w.AgreeAmendment(ctx, w.officer, a.ID)
		must(t, err)
		st := w.story(t, w.lead, p.ID)
		if st.Project.Beneficiaries != 50 || st.Project.Amendments != 1 || len(st.Project.Schedule) != 5 || !st.Project.Schedule[4].Final {
			t.Errorf("after the amendment: %+v", st.Project)
		}
		running, released := 0, 0
		for _, o := range st.Owed {
			if o.Outcome == obligations.Released {
				released++
			} else {
				running++
			}
		}
		if running != 7 || released != 1 {
			t.Errorf("%d owed, %d released", running, released)
		}
		_, list, err := w.Amendments(ctx, access.Actor{}, p.ID)
		must(t, err)
		if len(list) != 1 || list[0].Before.Ends != p.Ends || list[0].After.Ends != after.Ends {
			t.Errorf("both versions: %+v", list)
		}
	})
}

func TestStoryAsOfAPastDay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		p := w.agreed(t)
		w.at("2026-04-02")
		w.submitted(t, p, 1, 30_00)
		w.at("2026-04-05")
		_, err := w.AnnounceEvent(ctx, w.staff, p.ID, Announcement{Title: words, PlaceID: w.village, On: day("2026-05-20")}, false)
		must(t, err)
		for _, c := range []struct {
			on              string
			reports, events int
			spent           int64
		}{{"2026-03-02", 0, 0, 0}, {"2026-04-02", 1, 0, 30_00}, {"2026-04-05", 1, 1, 30_00}} {
			st, err := w.StoryOn(ctx, access.Actor{}, p.ID, day(c.on))
			must(t, err)
			if len(st.Reports) != c.reports || len(st.Events) != c.events || st.Project.Spent != c.spent || len(st.Owed) != 6 {
				t.Errorf("on %s: %d reports, %d events, spent %d, owed %d", c.on, len(st.Reports), len(st.Events), st.Project.Spent, len(st.Owed))
			}
		}
		if _, err := w.StoryOn(ctx, access.Actor{}, p.ID, day("2026-03-01")); !problem.Is(err, problem.NotFound) {
			t.Errorf("before it was there: %v", err)
		}
	})
}

func TestAStoryTakesAtMostSevenQueries(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.agreed(t)
		var n atomic.Int64
		if _, err := w.Story(db.CountQueries(t.Context(), &n), access.Actor{}, p.ID); err != nil || n.Load() > 7 {
			t.Errorf("%d queries, %v", n.Load(), err)
		}
	})
}
