package obligations

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/norms"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

var (
	almaty  = time.FixedZone("Asia/Almaty", 5*3600)
	portal  = access.Portal("test")
	ngo     = ref.Ref{Kind: "organization", ID: 11, Title: i18n.Text{RU: "Фонд"}, Path: "/organizations/11"}
	akimat  = ref.Ref{Kind: "organization", ID: 12, Title: i18n.Text{RU: "Управление"}, Path: "/organizations/12"}
	project = ref.Ref{Kind: "project", ID: 21, Title: i18n.Text{RU: "Проект"}, Path: "/projects/21"}
)

func report(n int) ref.Ref { return ref.Ref{Kind: "report", ID: ref.ID(100 + n), Path: "/projects/21"} }

func debt(n int, due string) Debt {
	return Debt{
		Kind: "projects.report", WhatKey: "projects.report.owed", WhatArgs: []string{"number", fmt.Sprint(n)},
		Ground: Agreement, Thing: report(n), Root: project, Owner: ngo, To: akimat, Due: day(due), PlaceID: 5,
	}
}

func each(t *testing.T, test func(t *testing.T, s *Service, d *db.DB, clock *dbtest.Clock)) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		test(t, New(d, almaty, func() Calendar { return weekdays{} }, func(db.Date) []int { return remindBefore }), d, clock)
	})
}

var remindBefore = []int{30, 7, 1, -1}

func owe(t *testing.T, s *Service, n Debt) (o Obligation) {
	t.Helper()
	must(t, s.db.Update(t.Context(), func(tx *db.Tx) (err error) {
		o, err = s.Owe(t.Context(), tx, portal, n)
		return err
	}))
	return o
}

func actsOf(t *testing.T, d *db.DB) (acts []string) {
	t.Helper()
	must(t, d.View(t.Context(), func(tx *db.Tx) (err error) {
		acts, err = db.All(t.Context(), tx, db.Value[string], `SELECT act FROM journal_entries ORDER BY id`)
		return err
	}))
	return acts
}

func TestOweAndSettle(t *testing.T) {
	each(t, func(t *testing.T, s *Service, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		o := owe(t, s, debt(1, "2026-03-31"))
		if again := owe(t, s, debt(1, "2026-05-31")); again.ID != o.ID || again.Due != o.Due {
			t.Errorf("the same thing owes the same act twice: %+v", again)
		}
		got, err := s.ByID(ctx, access.Actor{}, o.ID)
		must(t, err)
		if got.What != o.What || got.WhatKey != o.WhatKey || len(got.WhatArgs) != 2 || got.Owner != ngo || got.To != akimat || got.Page != project {
			t.Errorf("read back %+v", got)
		}
		must(t, d.Update(ctx, func(tx *db.Tx) error {
			return s.Settle(ctx, tx, portal, report(1), "projects.report", Kept, day("2026-03-15"))
		}))
		err = d.Update(ctx, func(tx *db.Tx) error {
			return s.Settle(ctx, tx, portal, report(1), "projects.report", Kept, day("2026-03-16"))
		})
		if key(err) != "obligations.ended" {
			t.Errorf("settled twice: %v", err)
		}
		must(t, d.Update(ctx, func(tx *db.Tx) error {
			return s.Settle(ctx, tx, portal, report(99), "projects.report", Kept, day("2026-03-16"))
		}))
		must(t, d.View(ctx, func(tx *db.Tx) error {
			list, err := s.Of(ctx, tx, project)
			if len(list) != 1 || list[0].State(s.Today()) != StateKept {
				t.Errorf("of the project: %+v", list)
			}
			return err
		}))
		if acts := actsOf(t, d); len(acts) != 2 || acts[0] != "obligations.owe" || acts[1] != "obligations.settle" {
			t.Errorf("journal: %v", acts)
		}
	})
}

// The state in SQL and the state in Go are one rule.
func TestStateInSQL(t *testing.T) {
	each(t, func(t *testing.T, s *Service, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		for i, c := range states {
			must(t, d.Update(ctx, func(tx *db.Tx) error {
				o := s.made(tx, debt(i, "2026-03-31"))
				o.Outcome, o.OutcomeOn, o.ExtendedOn, o.RepliedOn, o.DisputedOn = c.o.Outcome, c.o.OutcomeOn, c.o.ExtendedOn, c.o.RepliedOn, c.o.DisputedOn
				return insert(ctx, tx, o)
			}))
		}
		for i, c := range states {
			must(t, d.View(ctx, func(tx *db.Tx) error {
				rows, err := list(ctx, tx, Filter{State: c.want}, day(c.today), 100, 0)
				found := false
				for _, o := range rows {
					found = found || o.Thing.ID == report(i).ID
					if o.State(day(c.today)) != c.want {
						t.Errorf("%s: SQL says %s, Go says %s", c.name, c.want, o.State(day(c.today)))
					}
				}
				if !found {
					t.Errorf("%s: not among %s", c.name, c.want)
				}
				return err
			}))
		}
	})
}

func TestScoresKeepTheGroundsApart(t *testing.T) {
	each(t, func(t *testing.T, s *Service, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		owe(t, s, debt(1, "2026-02-20"))
		law := debt(2, "2026-04-20")
		law.Ground, law.PlaceID = Law, 6
		owe(t, s, law)
		hidden := debt(3, "2026-04-20")
		hidden.Private = true
		private := owe(t, s, hidden)
		page, err := s.List(ctx, Filter{}, 20, 0)
		must(t, err)
		if page.Total != 2 || len(page.Rows) != 2 || page.Scores[Agreement].Silent != 1 || page.Scores[Law].Running != 1 {
			t.Errorf("%+v", page)
		}
		for _, f := range []Filter{
			{Ground: Law}, {Places: []ref.ID{6, 7}}, {From: day("2026-04-01")}, {State: StateOpen}, {Owner: ngo.ID, Ground: Law, Until: day("2026-04-20")},
		} {
			page, err := s.List(ctx, f, 20, 0)
			must(t, err)
			if page.Total != 1 || len(page.Rows) != 1 || page.Rows[0].Ground != Law {
				t.Errorf("%+v: %+v", f, page)
			}
		}
		bodies, total, err := s.Bodies(ctx, Filter{}, 10, 0)
		must(t, err)
		if total != 1 || len(bodies) != 1 || bodies[0].Total != 2 || bodies[0].Owner != ngo {
			t.Errorf("%d bodies: %+v", total, bodies)
		}
		if rest, total, err := s.Bodies(ctx, Filter{}, 10, 10); err != nil || total != 1 || len(rest) != 0 {
			t.Errorf("after the last body: %d of %d, %v", len(rest), total, err)
		}
		if _, err := s.ByID(ctx, access.Actor{}, private.ID); !problem.Is(err, problem.NotFound) {
			t.Errorf("a stranger sees a private obligation: %v", err)
		}
		lead := access.Actor{UserID: 9, Grants: []access.Grant{{Role: access.Lead, Scope: ngo.ID}}}
		if _, err := s.ByID(ctx, lead, private.ID); err != nil {
			t.Errorf("its owner does not: %v", err)
		}
		n := 0
		must(t, s.Each(ctx, Filter{}, func(Obligation) error { n++; return nil }))
		if n != 2 {
			t.Errorf("streamed %d rows, want 2", n)
		}
	})
}

func TestCarryOver(t *testing.T) {
	each(t, func(t *testing.T, s *Service, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		old := owe(t, s, debt(1, "2026-02-20"))
		var next Obligation
		must(t, d.Update(ctx, func(tx *db.Tx) (err error) {
			next, err = s.Carry(ctx, tx, portal, old.ID, debt(1, "2027-02-20"))
			return err
		}))
		old, err := s.ByID(ctx, access.Actor{}, old.ID)
		must(t, err)
		if old.CarriedTo != next.ID || next.CarriedFrom != old.ID || old.State(s.Today()) != StateCarried || next.State(s.Today()) != StateOpen {
			t.Errorf("old %+v\nnext %+v", old, next)
		}
	})
}

func TestRemindersAreSentOnce(t *testing.T) {
	each(t, func(t *testing.T, s *Service, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		var told []int
		s.Remind = func(_ context.Context, _ *db.Tx, _ Obligation, left int) error {
			told = append(told, left)
			return nil
		}
		owe(t, s, debt(1, "2026-03-12"))
		owe(t, s, debt(2, "2026-03-12"))
		send := func() {
			t.Helper()
			_, err := s.SendReminders(ctx)
			must(t, err)
		}
		send()
		if len(told) != 0 {
			t.Errorf("too early: %v", told)
		}
		clock.Advance(4 * 24 * time.Hour) // 6 March, the reminder of the 5th is due
		send()
		send()
		if len(told) != 2 || told[0] != 6 {
			t.Errorf("told %v, want two letters with 6 days left", told)
		}
		must(t, d.Update(ctx, func(tx *db.Tx) error {
			return s.Settle(ctx, tx, portal, report(1), "projects.report", Kept, day("2026-03-06"))
		}))
		clock.Advance(10 * 24 * time.Hour)
		send()
		if len(told) != 3 || told[2] != -4 {
			t.Errorf("told %v, want one more, four days late, for the one that runs", told)
		}
	})
}

// When the norm changes, what was owed before goes on by the days that it had, also
// when its term is moved.
func TestRemindersByTheNormsOfTheirDay(t *testing.T) {
	each(t, func(t *testing.T, s *Service, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		rules := norms.New(d, almaty)
		must(t, rules.LoadSeed(ctx))
		s.remindOn = func(on db.Date) []int { return ReminderDays(rules.Book(), on) }
		old := owe(t, s, debt(1, "2026-06-30"))
		keeper := func(id ref.ID) access.Actor {
			return access.Actor{UserID: id, Grants: []access.Grant{{Role: access.Keeper}}}
		}
		n, _ := rules.Book().Norm("reminder.first", s.Today())
		n.Value.N = 14
		p, err := rules.Propose(ctx, keeper(1), norms.Draft{What: norms.ANorm, From: s.Today().AddDays(1), Reason: "Too early", Norm: &n})
		must(t, err)
		_, err = rules.Confirm(ctx, keeper(2), p.ID)
		must(t, err)
		clock.Advance(48 * time.Hour)
		must(t, s.Extend(ctx, access.Actor{UserID: 9, Grants: []access.Grant{{Role: access.Lead, Scope: akimat.ID}}}, old.ID, day("2026-07-31"), because))
		later := owe(t, s, debt(2, "2026-06-30"))
		for id, want := range map[ref.ID][]string{
			old.ID:   {"2026-07-01", "2026-07-24", "2026-07-30", "2026-08-01"},
			later.ID: {"2026-06-16", "2026-06-23", "2026-06-29", "2026-07-01"},
		} {
			var got []string
			must(t, d.View(ctx, func(tx *db.Tx) error {
				days, err := db.All(ctx, tx, db.Value[db.Date], `SELECT on_day FROM obligation_reminders WHERE obligation_id = $1 ORDER BY on_day`, id)
				for _, on := range days {
					got = append(got, on.String())
				}
				return err
			}))
			if !slices.Equal(got, want) {
				t.Errorf("reminded on %v, want %v", got, want)
			}
		}
	})
}

func TestMoveToCalendar(t *testing.T) {
	each(t, func(t *testing.T, s *Service, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		counted := debt(1, "2026-03-31")
		counted.Due, counted.From, counted.WorkingDays = db.Date{}, day("2026-03-24"), 5
		o := owe(t, s, counted)
		if o.Due != day("2026-03-31") || o.FirstDue != o.Due {
			t.Fatalf("due %s", o.Due)
		}
		s.calendar = func() Calendar { return holiday{day("2026-03-26")} }
		for _, want := range []int{1, 0} {
			if n, err := s.MoveToCalendar(ctx); err != nil || n != want {
				t.Fatalf("moved %d, %v, want %d", n, err, want)
			}
		}
		s.calendar = func() Calendar { return weekdays{} }
		if n, err := s.MoveToCalendar(ctx); err != nil || n != 0 {
			t.Fatalf("moved back %d, %v", n, err)
		}
		o, err := s.ByID(ctx, access.Actor{}, o.ID)
		must(t, err)
		if o.Due != day("2026-04-01") || o.FirstDue != day("2026-03-31") {
			t.Errorf("due %s, first %s", o.Due, o.FirstDue)
		}
	})
}

// Two people extend at once: one does, the other is told that it was done.
func TestOneOfTwoExtends(t *testing.T) {
	each(t, func(t *testing.T, s *Service, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		o := owe(t, s, debt(1, "2026-03-31"))
		lead := access.Actor{UserID: 9, Grants: []access.Grant{{Role: access.Lead, Scope: akimat.ID}}}
		errs := make(chan error, 2)
		for i := range 2 {
			go func() { errs <- s.Extend(ctx, lead, o.ID, day("2026-04-10").AddDays(i), because) }()
		}
		good := 0
		for range 2 {
			switch err := <-errs; {
			case err == nil:
				good++
			case !problem.Is(err, problem.Conflict):
				t.Errorf("%v", err)
			}
		}
		if acts := actsOf(t, d); good != 1 || len(acts) != 2 {
			t.Errorf("%d extended, journal %v", good, acts)
		}
	})
}
