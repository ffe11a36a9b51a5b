package places

import (
	"errors"
	"os"
	"testing"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/imports"
	"birge/internal/platform/problem"
)

func dateOf(year int) db.Date { return db.Day(year, time.January, 1) }

var (
	migrations = os.DirFS("../app/migrations")
	factsDir   = os.DirFS("../app/facts")
	portal     = access.Portal("import")
)

// loaded opens the room with the facts in it.
func loaded(t *testing.T, d *db.DB) *Service {
	t.Helper()
	s := New(d)
	if err := s.LoadFacts(t.Context(), portal, factsDir); err != nil {
		t.Fatal(err)
	}
	return s
}

func entries(t *testing.T, d *db.DB) (n int64) {
	t.Helper()
	err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One(t.Context(), tx, db.Value[int64], `SELECT count(*) FROM journal_entries`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFactsLoadOnce(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := loaded(t, d)
		const want = 20 + 72
		if got := s.Tree().Len(); got != want {
			t.Errorf("%d places, want %d", got, want)
		}
		if got := len(s.Tree().Regions()); got != 20 {
			t.Errorf("%d regions", got)
		}
		if got := entries(t, d); got != want {
			t.Errorf("%d entries, want %d", got, want)
		}
		if err := s.LoadFacts(t.Context(), portal, factsDir); err != nil {
			t.Fatal(err)
		}
		if got := entries(t, d); got != want {
			t.Errorf("a second load wrote entries: %d, want %d", got, want)
		}
		aktobe, _ := s.Tree().ByKATO("150000000")
		var names []string
		for _, p := range s.Tree().Children(aktobe.ID) {
			names = append(names, p.Name.KK)
		}
		if names[0] != "Ақтөбе қаласы" || names[1] != "Алға ауданы" || names[2] != "Әйтеке би ауданы" || names[len(names)-1] != "Ырғыз ауданы" {
			t.Errorf("not in the order of the Kazakh alphabet: %v", names)
		}
	})
}

func TestATableGivesCodesAndGivesThemAnew(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := loaded(t, d)
		akmola, _ := s.Tree().ByKATO("110000000")
		before, ok := s.Tree().Find("Аккольский район", akmola.ID)
		if !ok || before.KATO != "" {
			t.Fatalf("Akkol before: %+v", before)
		}
		take := func(table ...Row) {
			t.Helper()
			var rows []*imports.Row
			for _, r := range table {
				rows = append(rows, &imports.Row{Value: r})
			}
			err := d.Update(t.Context(), func(tx *db.Tx) error { return s.Importer().Apply(t.Context(), tx, portal, imports.Import{}, rows) })
			if err = errors.Join(err, s.Reload(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
		text := func(kk, ru string) i18n.Text { return i18n.Text{KK: kk, RU: ru} }
		take(Row{Code: "113200000", Name: text("Аққөл ауданы", "Аккольский район")},
			Row{Code: "113233100", Name: text("Наумовка а.о.", "Наумовский с.о.")},
			Row{Code: "113233101", Name: text("Наумовка а.", "с.Наумовка")})
		after, _ := s.Tree().ByKATO("113200000")
		if after.ID != before.ID || after.Version != 2 {
			t.Errorf("Akkol after: %+v", after)
		}
		village, _ := s.Tree().ByKATO("113233101")
		if village.Name.RU != "село Наумовка" || village.Kind != Village || !village.Rural || !s.Tree().Within(village.ID, before.ID) {
			t.Errorf("village %+v", village)
		}
		take(Row{Code: "114500000", Name: text("Аққөл ауданы", "Аккольский район")}) // coded anew in a later year
		moved, _ := s.Tree().ByKATO("113200000")
		if moved.ID != before.ID || moved.KATO != "114500000" {
			t.Errorf("the old code leads to %+v", moved)
		}
	})
}

func TestAddAndJoin(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := loaded(t, d)
		ctx := t.Context()
		region, _ := s.Tree().ByKATO("150000000")
		n := NewPlace{ParentID: region.ID, Kind: District, Name: i18n.Text{KK: "Жаңа ауданы"}, KATO: "157000000"}
		if _, err := s.Add(ctx, access.Actor{UserID: 7}, n); !problem.Is(err, problem.Forbidden) {
			t.Errorf("a citizen adds: %v", err)
		}
		p, err := s.Add(ctx, portal, n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Add(ctx, portal, n); !problem.Is(err, problem.Conflict) {
			t.Errorf("the same code again: %v", err)
		}
		target, _ := s.Tree().ByKATO("155200000")
		if err := s.Join(ctx, portal, p.ID, p.ID); !problem.Is(err, problem.Conflict) {
			t.Errorf("joined to itself: %v", err)
		}
		if err := s.Join(ctx, portal, p.ID, target.ID); err != nil {
			t.Fatal(err)
		}
		if got, _ := s.Tree().ByCode("157000000"); got.ID != target.ID {
			t.Errorf("the code leads to %s", got.Name.KK)
		}
		if got, _ := s.Tree().ByCode(p.ID.String()); got.ID != target.ID {
			t.Errorf("the id leads to %s", got.Name.KK)
		}

		sample, err := s.Add(ctx, portal, NewPlace{Kind: Region, KATO: "990000000", Name: i18n.Text{KK: "Үлгі облысы"}})
		if err != nil || !sample.Sample {
			t.Fatalf("%+v %v", sample, err)
		}
		if len(s.Tree().Regions()) != 20 || len(s.Tree().Samples()) != 1 {
			t.Error("the sample region counts with the country")
		}
	})
}
