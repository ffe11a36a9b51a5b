package norms

import (
	"os"
	"sync"
	"testing"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

var migrations = os.DirFS("../app/migrations")

func keeper(id ref.ID) access.Actor {
	return access.Actor{UserID: id, Grants: []access.Grant{{Role: access.Keeper}}}
}

func seeded1(t *testing.T, d *db.DB) *Service {
	t.Helper()
	s := New(d, time.FixedZone("UTC+5", 5*3600))
	if err := s.LoadSeed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSeedLoadsOnce(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := seeded1(t, d)
		before := entries(t, d)
		if err := s.LoadSeed(t.Context()); err != nil {
			t.Fatal(err)
		}
		if after := entries(t, d); after != before || before == 0 {
			t.Errorf("a second load wrote entries: %d, then %d", before, after)
		}
		if got := len(s.Book().Terms(Spheres)); got != 18 {
			t.Errorf("%d spheres", got)
		}
	})
}

func entries(t *testing.T, d *db.DB) (n int64) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One(t.Context(), tx, db.Value[int64], `SELECT count(*) FROM journal_entries`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTwoKeepersChangeANorm(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		s := seeded1(t, d)
		ctx, today := t.Context(), s.Book().On()
		n, _ := s.Book().Norm("report.review", today)
		n.Value.N = 5
		draft := Draft{What: ANorm, From: today.AddDays(10), Reason: "the order changed", Norm: &n}
		if _, err := s.Propose(ctx, access.Actor{UserID: 5}, draft); !problem.Is(err, problem.Forbidden) {
			t.Errorf("a citizen proposes: %v", err)
		}
		p, err := s.Propose(ctx, keeper(1), draft)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Confirm(ctx, keeper(1), p.ID); !problem.Is(err, problem.Forbidden) {
			t.Errorf("the same keeper confirms: %v", err)
		}
		if _, err := s.Confirm(ctx, keeper(2), p.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Confirm(ctx, keeper(2), p.ID); !problem.Is(err, problem.Conflict) {
			t.Errorf("confirmed again: %v", err)
		}
		for days, want := range map[int]int64{0: 10, 9: 10, 10: 5, 400: 5} {
			if got, _ := s.Book().Norm("report.review", today.AddDays(days)); got.Value.N != want {
				t.Errorf("after %d days: %d, want %d", days, got.Value.N, want)
			}
		}
		if _, err := s.Propose(ctx, keeper(1), draft); !problem.Is(err, problem.Invalid) {
			t.Errorf("two values from one day: %v", err)
		}

		// A proposal whose day has come cannot be confirmed any more.
		n.Key = "report.fix"
		draft.From = today.AddDays(2)
		if p, err = s.Propose(ctx, keeper(1), draft); err != nil {
			t.Fatal(err)
		}
		clock.Advance(48 * time.Hour)
		if _, err := s.Confirm(ctx, keeper(2), p.ID); !problem.Is(err, problem.Invalid) {
			t.Errorf("confirmed on its day: %v", err)
		}
		if _, err := s.Withdraw(ctx, keeper(2), p.ID); err != nil {
			t.Error(err)
		}
		if got := s.Book().On(); got != today.AddDays(2) {
			t.Errorf("the book stands at %s", got)
		}
	})
}

func TestListsAndCalendarChange(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		s := seeded1(t, d)
		ctx, today := t.Context(), s.Book().On()
		confirm := func(draft Draft) {
			t.Helper()
			p, err := s.Propose(ctx, keeper(1), draft)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Confirm(ctx, keeper(2), p.ID); err != nil {
				t.Fatal(err)
			}
		}
		name := i18n.Text{KK: "Ғылым", RU: "Наука", EN: "Science"}
		confirm(Draft{What: ATerm, From: today.AddDays(1), Reason: "new", Term: &Term{List: Spheres, Code: "science", Name: name}})
		confirm(Draft{What: ATerm, From: today.AddDays(1), Reason: "renamed", Term: &Term{List: Spheres, Code: "health", Name: name}})
		confirm(Draft{What: NoTerm, From: today.AddDays(1), Reason: "gone", Term: &Term{List: Spheres, Code: "animals"}})
		if got := len(s.Book().Terms(Spheres)); got != 18 {
			t.Errorf("%d spheres on the day before", got)
		}
		clock.Advance(24 * time.Hour)
		b := s.Book()
		science, _ := b.Term(Spheres, "science")
		health, _ := b.Term(Spheres, "health")
		if len(b.Terms(Spheres)) != 18 || science.Num != 19 || health.Name != name || health.Num != 2 {
			t.Errorf("afterwards %d, science %+v, health %+v", len(b.Terms(Spheres)), science, health)
		}
		if old, ok := b.Term(Spheres, "animals"); !ok || old.Name.KK == "" || b.InUse(Spheres, "animals") {
			t.Errorf("what went out of use: %+v %v", old, ok)
		}

		off := Day{Date: db.Day(2026, time.November, 2), Reason: name}
		confirm(Draft{What: ATable, From: db.Day(2026, time.July, 1), Reason: "moved", Table: &Table{Year: 2026, Law: name, Days: []Day{off}}})
		c := s.Book().Calendar()
		if c.IsWorking(off.Date) || c.IsWorking(db.Day(2026, time.May, 1)) || !c.IsWorking(db.Day(2026, time.October, 26)) {
			t.Error("the table was not put in place of the days from July on")
		}
	})
}

func TestOneOfTwoRacingKeepersConfirms(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := seeded1(t, d)
		n, _ := s.Book().Norm("report.review", s.Book().On())
		p, err := s.Propose(t.Context(), keeper(1), Draft{What: ANorm, From: s.Book().On().AddDays(10), Reason: "r", Norm: &n})
		if err != nil {
			t.Fatal(err)
		}
		errs := make([]error, 4)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { _, errs[i] = s.Confirm(t.Context(), keeper(ref.ID(2+i)), p.ID) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !problem.Is(err, problem.Conflict):
				t.Error(err)
			}
		}
		if won != 1 || len(s.Book().History("report.review")) != 2 {
			t.Errorf("%d keepers confirmed; %d values", won, len(s.Book().History("report.review")))
		}
	})
}
