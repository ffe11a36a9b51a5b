package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"

	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"
)

func sqlFile(up string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("-- +goose Up\n" + up)}
}

var schema = fstest.MapFS{"0001_pots.sql": sqlFile(`
CREATE TABLE pots (
    id BIGINT PRIMARY KEY, code TEXT UNIQUE, amount BIGINT NOT NULL, version BIGINT NOT NULL,
    at TIMESTAMPTZ, day DATE, open BOOLEAN, title JSONB, raw BYTEA
);
CREATE TABLE receipts (no BIGINT PRIMARY KEY);
INSERT INTO pots (id, code, amount, version) VALUES (1, 'first', 0, 1);
`)}

func amount(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `SELECT amount FROM pots WHERE id = $1`, 1)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestUpdateIsWholeOrNotAtAll(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx := t.Context()
		stop := errors.New("stop")
		var told int
		d.OnCommit(func() { told++ })
		err := d.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE pots SET amount = 5`)
			check(t, err)
			return stop
		})
		if !errors.Is(err, stop) || told != 0 {
			t.Fatalf("got %v, told %d times", err, told)
		}
		check(t, d.View(ctx, func(tx *db.Tx) error {
			if n, err := amount(ctx, tx); err != nil || n != 0 {
				t.Errorf("half written: %d, %v", n, err)
			}
			return nil
		}))
		check(t, d.Update(ctx, func(tx *db.Tx) error { return tx.ExecOne(ctx, `UPDATE pots SET amount = 5`) }))
		if told != 1 {
			t.Errorf("told %d times, not once", told)
		}
	})
}

// Many take one from a pot by reading it and writing it back: none is lost, and
// on PostgreSQL closures ran again for that.
func TestUpdateRetries(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx := t.Context()
		var ready sync.WaitGroup
		ready.Add(4)
		together(t, 4, func(i int) error {
			first := true
			return d.Update(ctx, func(tx *db.Tx) error {
				n, err := amount(ctx, tx)
				if err != nil {
					return err
				}
				if first && d.Engine() == "PostgreSQL" {
					first = false
					ready.Done()
					ready.Wait() // all have read before anybody writes
				}
				return tx.ExecOne(ctx, `UPDATE pots SET amount = $1 WHERE id = 1`, n+1)
			})
		})
		check(t, d.View(ctx, func(tx *db.Tx) error {
			if n, err := amount(ctx, tx); err != nil || n != 4 {
				t.Errorf("the pot has %d, not 4: %v", n, err)
			}
			return nil
		}))
		if d.Engine() == "PostgreSQL" && d.Retries.Load() < 3 {
			t.Errorf("%d closures ran again, not at least 3", d.Retries.Load())
		}
	})
}

// A rule over several rows holds under racing writers.
func TestRuleOverRowsHolds(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx := t.Context()
		full := errors.New("full")
		var taken atomic.Int64
		together(t, 12, func(int) error {
			err := d.Update(ctx, func(tx *db.Tx) error {
				n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM pots`)
				if err != nil {
					return err
				}
				if n >= 5 {
					return full
				}
				_, err = tx.Exec(ctx, `INSERT INTO pots (id, amount, version) VALUES ($1, 1, 1)`, tx.NewID())
				return err
			})
			if err == nil {
				taken.Add(1)
			}
			if errors.Is(err, full) {
				return nil
			}
			return err
		})
		if taken.Load() != 4 {
			t.Errorf("%d were let in, not 4", taken.Load())
		}
	})
}

func TestLostUpdateIsAConflict(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx := t.Context()
		var won, lost atomic.Int64
		together(t, 6, func(i int) error { // all have read version 1
			err := d.Update(ctx, func(tx *db.Tx) error {
				return tx.ExecOne(ctx, `UPDATE pots SET amount = $1, version = version + 1 WHERE id = $2 AND version = $3`, i, 1, 1)
			})
			switch {
			case err == nil:
				won.Add(1)
			case problem.Is(err, problem.Conflict):
				lost.Add(1)
			default:
				return err
			}
			return nil
		})
		if won.Load() != 1 || lost.Load() != 5 {
			t.Errorf("%d won and %d lost, not 1 and 5", won.Load(), lost.Load())
		}
	})
}

func TestViewIsOneSnapshot(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx := t.Context()
		check(t, d.View(ctx, func(tx *db.Tx) error {
			before, err := amount(ctx, tx)
			check(t, err)
			check(t, d.Update(ctx, func(tx *db.Tx) error { return tx.ExecOne(ctx, `UPDATE pots SET amount = 9`) }))
			after, err := amount(ctx, tx)
			check(t, err)
			if before != 0 || after != 0 {
				t.Errorf("the view saw %d, then %d", before, after)
			}
			return nil
		}))
		err := d.View(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE pots SET amount = 1`)
			return err
		})
		if err == nil {
			t.Error("a view could write")
		}
	})
}

// TestReadersDoNotWaitForEachOther lets more readers than there are connections
// ask, all at once, what nobody asked before.
func TestReadersDoNotWaitForEachOther(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		var readers errgroup.Group
		for i := range 100 {
			readers.Go(func() error {
				return d.View(ctx, func(tx *db.Tx) error {
					for j := range 20 {
						if _, err := db.One(ctx, tx, db.Value[int64], fmt.Sprintf(`SELECT amount + %d FROM pots`, 100*i+j)); err != nil {
							return err
						}
					}
					return nil
				})
			})
		}
		if err := readers.Wait(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestValuesRoundTrip(t *testing.T) {
	type row struct {
		at    db.Time
		day   db.Date
		open  bool
		title i18n.Text
		raw   []byte
		code  *string
	}
	scan := func(r db.Row) (v row, err error) {
		err = r.Scan(&v.at, &v.day, &v.open, &v.title, &v.raw, &v.code)
		return v, err
	}
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx := t.Context()
		rapid.Check(t, func(r *rapid.T) {
			in := row{
				at:    db.At(time.UnixMicro(rapid.Int64Range(-2e15, 4e15).Draw(r, "at"))),
				day:   db.Day(2026, 1, 1).AddDays(rapid.IntRange(-40000, 40000).Draw(r, "day")),
				open:  rapid.Bool().Draw(r, "open"),
				title: i18n.Text{KK: "Әл-Фараби", RU: rapid.StringMatching(`[а-яё "\\]{0,9}`).Draw(r, "ru")},
				raw:   rapid.SliceOfN(rapid.Byte(), 1, 9).Draw(r, "raw"),
			}
			err := d.Update(ctx, func(tx *db.Tx) error {
				id := tx.NewID()
				if _, err := tx.Exec(ctx, `INSERT INTO pots (id, amount, version, at, day, open, title, raw) VALUES ($1,0,1,$2,$3,$4,$5,$6)`,
					id, in.at, in.day, in.open, in.title, in.raw); err != nil {
					return err
				}
				out, err := db.One(ctx, tx, scan, `SELECT at, day, open, title, raw, code FROM pots
					WHERE id = $1 AND at = $2 AND at <= $2 AND day = $3 AND day >= $3`, id, in.at, in.day)
				if err != nil {
					return err
				}
				if !out.at.Equal(in.at.Time) || out.day != in.day || out.open != in.open || out.title != in.title || string(out.raw) != string(in.raw) || out.code != nil {
					r.Errorf("%+v came back as %+v", in, out)
				}
				return nil
			})
			if err != nil {
				r.Fatal(err)
			}
		})
		check(t, d.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE pots SET at = $1, day = $2, open = $3, title = $4, raw = $5`, db.Time{}, db.Date{}, false, i18n.Text{}, nil)
			check(t, err)
			out, err := db.One(ctx, tx, scan, `SELECT at, day, open, title, raw, code FROM pots WHERE at IS NULL AND day IS NULL LIMIT 1`)
			if err == nil && (!out.at.IsZero() || !out.day.IsZero() || !out.title.IsZero()) {
				t.Errorf("nothing came back as %+v", out)
			}
			return err
		}))
	})
}

// Both engines sort instants and days by time.
func TestTimesSort(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx := t.Context()
		check(t, d.Update(ctx, func(tx *db.Tx) error {
			for i, s := range []time.Duration{time.Microsecond, time.Hour, -time.Hour, time.Second} {
				at := db.At(tx.Now().In(time.FixedZone("east", 5*3600)).Add(s))
				if _, err := tx.Exec(ctx, `INSERT INTO pots (id, amount, version, at) VALUES ($1,$2,1,$3)`, tx.NewID(), i, at); err != nil {
					return err
				}
			}
			got, err := db.All(ctx, tx, db.Value[int64], `SELECT amount FROM pots WHERE at IS NOT NULL ORDER BY at`)
			want := []int64{2, 0, 3, 1}
			for i := range want {
				if err == nil && got[i] != want[i] {
					t.Fatalf("sorted %v, not %v", got, want)
				}
			}
			return err
		}))
	})
}

func TestDuplicateIsKnownByItsCode(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx := t.Context()
		insert := func(id ref.ID, code string, version any) error {
			return d.Update(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO pots (id, code, amount, version) VALUES ($1,$2,0,$3)`, id, code, version)
				return err
			})
		}
		if err := insert(2, "first", 1); !db.IsDuplicate(err) {
			t.Errorf("a code twice gave %v", err)
		}
		if err := insert(1, "second", 1); !db.IsDuplicate(err) {
			t.Errorf("an id twice gave %v", err)
		}
		if err := insert(3, "third", nil); err == nil || db.IsDuplicate(err) {
			t.Errorf("no version gave %v", err)
		}
	})
}

// Who leaves before the commit learns that, not that a transaction was over.
func TestWhoLeavesIsToldSo(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx, leave := context.WithCancel(t.Context())
		err := d.Update(ctx, func(tx *db.Tx) error {
			leave()
			for t.Context().Err() == nil {
				if _, err := tx.Exec(t.Context(), `UPDATE pots SET amount = 7`); err != nil {
					break // the transaction is over, or its statement
				}
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		check(t, d.View(t.Context(), func(tx *db.Tx) error {
			if n, err := amount(t.Context(), tx); err != nil || n != 0 {
				t.Errorf("half written: %d, %v", n, err)
			}
			return nil
		}))
	})
}

// Those that number the next row by a count they read meet each other's number: each
// gets one of its own, as if one had come after the other.
func TestNextNumbersAtOnce(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx := t.Context()
		var ready sync.WaitGroup
		ready.Add(4)
		together(t, 4, func(int) error {
			first := true
			return d.Update(ctx, func(tx *db.Tx) error {
				n, err := amount(ctx, tx)
				if err != nil {
					return err
				}
				if first && d.Engine() == "PostgreSQL" {
					first = false
					ready.Done()
					ready.Wait() // all have read before anybody writes
				}
				if _, err := tx.Exec(ctx, `INSERT INTO receipts (no) VALUES ($1)`, n+1); err != nil {
					return err
				}
				return tx.ExecOne(ctx, `UPDATE pots SET amount = $1 WHERE id = 1`, n+1)
			})
		})
		check(t, d.View(ctx, func(tx *db.Tx) error {
			if n, err := amount(ctx, tx); err != nil || n != 4 {
				t.Errorf("4 numbers gave %d, %v", n, err)
			}
			return nil
		}))
	})
}

// A folder may be called anything: what its name holds is no part of an address.
func TestFolderOfAnyName(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"a #1", "b?c=d", "50%41", "Үлгі қоры"} {
		path := filepath.Join(root, name, "birge.sqlite")
		d, err := db.Open(t.Context(), path, db.Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := d.Update(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), `CREATE TABLE t (a BIGINT)`); return err }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("the rows are not in the folder: %v", err)
		}
	}
	if beside, err := os.ReadDir(root); err != nil || len(beside) != 4 {
		t.Errorf("files lie beside the folders: %v, %v", beside, err)
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	newer := fstest.MapFS{"0001_pots.sql": schema["0001_pots.sql"], "0002_more.sql": sqlFile(`CREATE TABLE more (id BIGINT);`)}
	dbtest.Each(t, newer, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		err := d.Migrate(t.Context(), schema)
		if !problem.Is(err, problem.Conflict) || problem.As(err).Key != "problem.newer_database" {
			t.Errorf("got %v", err)
		}
	})
}

func TestBrokenMigrationLeavesNothing(t *testing.T) {
	broken := fstest.MapFS{
		"0001_pots.sql":   schema["0001_pots.sql"],
		"0002_broken.sql": sqlFile("CREATE TABLE halfway (id BIGINT);\nINSERT INTO nowhere VALUES (1);\n"),
	}
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx := t.Context()
		if err := d.Migrate(ctx, broken); err == nil {
			t.Fatal("a broken migration passed")
		}
		have, want, err := d.Version(ctx, broken)
		if err != nil || have != 1 || want != 2 {
			t.Errorf("at %d of %d: %v", have, want, err)
		}
		err = d.View(ctx, func(tx *db.Tx) error {
			_, err := db.All(ctx, tx, db.Value[int64], `SELECT id FROM halfway`)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "halfway") {
			t.Errorf("the half-made table stands: %v", err)
		}
	})
}

func TestNotFoundAndExecOne(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx := t.Context()
		check(t, d.Update(ctx, func(tx *db.Tx) error {
			_, err := db.One(ctx, tx, db.Value[int64], `SELECT amount FROM pots WHERE id IN `+db.In(1, 2), db.Args(nil, []int{7, 8})...)
			if !problem.Is(err, problem.NotFound) {
				t.Errorf("no row gave %v", err)
			}
			if all, err := db.All(ctx, tx, db.Value[int64], `SELECT amount FROM pots WHERE id IN `+db.In(1, 0)); len(all) != 0 || err != nil {
				t.Errorf("an empty list gave %v, %v", all, err)
			}
			if err := tx.ExecOne(ctx, `UPDATE pots SET amount = 1 WHERE id = 7`); !problem.Is(err, problem.Conflict) {
				t.Errorf("no row changed gave %v", err)
			}
			return nil
		}))
	})
}

// together runs f n times at once.
func together(t *testing.T, n int, f func(i int) error) {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := f(i); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
