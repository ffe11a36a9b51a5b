package imports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/jobs"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
)

// pebbles is a kind of things that only this test knows: a name and a weight.
type pebbles struct {
	applied func()
	atOnce  bool
}

func (*pebbles) Name() string          { return "pebbles" }
func (*pebbles) Title() i18n.Text      { return i18n.Only(i18n.EN, "Pebbles") }
func (*pebbles) Path(id ref.ID) string { return "/pebbles/" + id.String() }

func (k *pebbles) AtOnce() bool { return k.atOnce }

func (*pebbles) Columns() []Column {
	return []Column{{Column: table.Column{Name: "name", Required: true}, Example: "Flint"}, {Column: table.Column{Name: "grams", Required: true}, Example: "12"}}
}

func (*pebbles) May(by access.Actor) error {
	if by.HasAny(access.Officer) {
		return nil
	}
	return problem.New(problem.Forbidden, "problem.forbidden")
}

type pebble struct {
	id      ref.ID
	grams   int64
	version int64
}

func find(ctx context.Context, tx *db.Tx, name string) (p pebble, ok bool, err error) {
	return db.Maybe(ctx, tx, func(r db.Row) (p pebble, err error) {
		err = r.Scan(&p.id, &p.grams, &p.version)
		return p, err
	}, `SELECT id, grams, version FROM pebbles WHERE name = $1`, name)
}

func (*pebbles) Judge(ctx context.Context, tx *db.Tx, _ access.Actor, _ Import, rows []*Row) error {
	for _, r := range rows {
		r.Record.Need("name", "grams")
		name, grams := r.Record.Text("name", 20), r.Record.Int("grams")
		r.About, r.Keys, r.KeyColumn, r.Value = name, []string{name}, "name", grams
		old, ok, err := find(ctx, tx, name)
		if err != nil {
			return err
		}
		switch {
		case !ok:
			r.Verdict = Add
		case old.grams == grams:
			r.Verdict, r.Thing = Same, old.id
		default:
			r.Verdict, r.Thing = Change, old.id
		}
	}
	return nil
}

func (k *pebbles) Apply(ctx context.Context, tx *db.Tx, _ access.Actor, im Import, rows []*Row) error {
	for _, r := range rows {
		if r.Verdict == Change {
			if err := tx.ExecOne(ctx, `UPDATE pebbles SET before = grams, grams = $1, version = version + 1 WHERE id = $2`, r.Value, r.Thing); err != nil {
				return err
			}
			r.ThingVersion = 2
			continue
		}
		r.Thing, r.ThingVersion = tx.NewID(), 1
		if _, err := tx.Exec(ctx, `INSERT INTO pebbles (id, name, grams, import_id, hidden, version) VALUES ($1, $2, $3, $4, TRUE, 1)`,
			r.Thing, r.About, r.Value, im.ID); err != nil {
			return err
		}
	}
	if k.applied != nil {
		k.applied()
	}
	return nil
}

func (*pebbles) Show(ctx context.Context, tx *db.Tx, _ access.Actor, im Import) error {
	_, err := tx.Exec(ctx, `UPDATE pebbles SET hidden = FALSE WHERE import_id = $1`, im.ID)
	return err
}

func (*pebbles) Undo(ctx context.Context, tx *db.Tx, _ access.Actor, _ Import, rows []*Row) error {
	for _, r := range rows {
		p, _, err := find(ctx, tx, r.About)
		switch {
		case err != nil:
			return err
		case p.version != r.ThingVersion:
			r.Keep("problem.changed_meanwhile")
		case r.Verdict == Add:
			_, err = tx.Exec(ctx, `DELETE FROM pebbles WHERE id = $1`, p.id)
		default:
			_, err = tx.Exec(ctx, `UPDATE pebbles SET grams = before, version = version + 1 WHERE id = $1`, p.id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type world struct {
	*Service
	t    *testing.T
	d    *db.DB
	kind *pebbles
}

var (
	officer = access.Actor{UserID: 7, Grants: []access.Grant{{Role: access.Officer, Scope: 1}}}
	another = access.Actor{UserID: 8, Grants: []access.Grant{{Role: access.Officer, Scope: 1}}}
	admin   = access.Actor{UserID: 9, Grants: []access.Grant{{Role: access.Admin}}}
)

func each(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		store, err := files.OpenLocal(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		w := &world{t: t, d: d, kind: &pebbles{}}
		actors := func(_ context.Context, id ref.ID) (access.Actor, error) {
			return map[ref.ID]access.Actor{7: officer, 8: another}[id], nil
		}
		w.Service = New(d, files.New(d, store), actors, w.kind)
		w.must(d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `CREATE TABLE pebbles (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, grams BIGINT NOT NULL,
				before BIGINT, import_id BIGINT, hidden BOOLEAN NOT NULL, version BIGINT NOT NULL)`)
			return err
		}))
		test(t, w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// handIn hands a CSV table in, without checking it.
func (w *world) handIn(by access.Actor, lines ...string) Import {
	w.t.Helper()
	body := []byte("name;grams\n" + strings.Join(lines, "\n") + "\n")
	im, err := w.Receive(w.t.Context(), by, "pebbles", "pebbles.csv", bytes.NewReader(body), int64(len(body)))
	w.must(err)
	return im
}

// worked does the work that waits at an import and reads it again.
func (w *world) worked(id ref.ID) Import {
	w.t.Helper()
	w.must(w.Work(w.t.Context(), id))
	im, err := w.ByID(w.t.Context(), officer, id)
	w.must(err)
	return im
}

func (w *world) rows(id ref.ID, which Which) []*Row {
	w.t.Helper()
	rows, err := w.Rows(w.t.Context(), officer, id, which, 0, 10_000)
	w.must(err)
	return rows
}

// count counts pebbles, hidden or visible.
func (w *world) count(hidden bool) (n int64) {
	w.t.Helper()
	w.must(w.d.View(w.t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One(w.t.Context(), tx, db.Value[int64], `SELECT COUNT(*) FROM pebbles WHERE hidden = $1`, hidden)
		return err
	}))
	return n
}

func many(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("pebble %d;%d", i, i)
	}
	return lines
}

func TestATableIsCheckedBeforeAnythingHappens(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		im := w.handIn(officer, "Flint;12", "Marble;30", "Granite;heavy", "Marble;31", ";5", "Onyx;7")
		if im.State != Reading || im.FileName != "pebbles.csv" {
			t.Fatalf("handed in: %+v", im)
		}
		im = w.worked(im.ID)
		if want := (Counts{Read: 5, Add: 2, Refused: 3}); im.State != Checked || im.Counts != want {
			t.Fatalf("checked: %s %+v; the example row counts as none", im.State, im.Counts)
		}
		bad := w.rows(im.ID, Which{Verdict: Refuse})
		if f := bad[0].Faults["grams"]; bad[0].Line != 4 || f.Key != "table.cell.number" {
			t.Errorf("a faulty number: %+v", bad[0])
		}
		if f := bad[1].Faults["name"]; f.Key != "imports.twice" || fmt.Sprint(f.Args) != "[line 3]" {
			t.Errorf("a row twice: %+v", bad[1].Faults)
		}
		if f := bad[2].Faults["name"]; f.Key != "table.cell.required" {
			t.Errorf("an empty cell: %+v", bad[2].Faults)
		}
		if n := w.count(true) + w.count(false); n != 0 {
			t.Errorf("%d pebbles are there before anybody said so", n)
		}
		var back bytes.Buffer
		words := i18n.NewWords()
		w.must(w.WriteRest(t.Context(), officer, im.ID, table.NewCSV(&back), words.Printer(i18n.EN)))
		if s := back.String(); strings.Count(s, "\r\n") != 4 || !strings.Contains(s, "Granite,heavy,") {
			t.Errorf("the rest as a table:\n%s", s)
		}
	})
}

func TestTakeAndUndo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.must(w.d.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO pebbles (id, name, grams, hidden, version) VALUES (1, 'old', 5, FALSE, 1), (2, 'stays', 6, FALSE, 1)`)
			return err
		}))
		im := w.worked(w.handIn(officer, "a;1", "b;2", "old;50", "stays;6").ID)
		if want := (Counts{Read: 4, Add: 2, Change: 1, Same: 1}); im.Counts != want {
			t.Fatalf("checked: %+v", im.Counts)
		}
		if _, err := w.Undo(ctx, officer, im.ID, im.Version); !problem.Is(err, problem.Conflict) {
			t.Errorf("undone before it was taken: %v", err)
		}
		if _, err := w.Take(ctx, officer, im.ID, im.Version-1); !problem.Is(err, problem.Conflict) {
			t.Errorf("a stale form: %v", err)
		}
		taken, err := w.Take(ctx, officer, im.ID, im.Version)
		w.must(err)
		again, err := w.Take(ctx, officer, im.ID, im.Version)
		if err != nil || again.Version != taken.Version {
			t.Errorf("a double click: %v, version %d after %d", err, again.Version, taken.Version)
		}
		im = w.worked(im.ID)
		if im.State != Done || im.Counts.Applied != 3 || w.count(false) != 4 || w.count(true) != 0 {
			t.Fatalf("applied: %s %+v", im.State, im.Counts)
		}
		w.must(w.d.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE pebbles SET grams = 3, version = version + 1 WHERE name = 'b'`)
			return err
		}))
		_, err = w.Undo(ctx, officer, im.ID, im.Version)
		w.must(err)
		im = w.worked(im.ID)
		if im.State != Undone || im.Counts.Undone != 2 || im.Counts.Kept != 1 || w.count(false) != 3 {
			t.Fatalf("undone: %s %+v, %d are left", im.State, im.Counts, w.count(false))
		}
		if kept := w.rows(im.ID, Which{Outcome: Kept}); len(kept) != 1 || kept[0].About != "b" || kept[0].Faults[""].Key != "problem.changed_meanwhile" {
			t.Errorf("what stays: %+v", kept)
		}
	})
}

// A worker that dies between two batches loses and doubles nothing, whichever
// batch it was and whatever it was doing.
func TestACrashBetweenBatches(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const n = 3*batch + 200
		im := w.handIn(officer, many(n)...)
		dying := func() {
			t.Helper()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			seen := 0
			stopped := w.d.OnCommit(func() {
				if seen++; seen == 2 {
					stop()
				}
			})
			defer stopped()
			if err := w.Work(ctx, im.ID); err == nil {
				t.Fatal("the work ended before it was stopped")
			}
		}
		dying()
		half, err := w.ByID(t.Context(), officer, im.ID)
		w.must(err)
		if half.State != Reading || half.Counts.Read == 0 || half.Counts.Read >= n {
			t.Fatalf("stopped while reading: %s, %d rows", half.State, half.Counts.Read)
		}
		im = w.worked(im.ID)
		if im.State != Checked || im.Counts.Add != n || len(w.rows(im.ID, Which{Verdict: Add})) != n {
			t.Fatalf("read on: %s %+v", im.State, im.Counts)
		}
		_, err = w.Take(t.Context(), officer, im.ID, im.Version)
		w.must(err)
		dying()
		if hidden := w.count(true); hidden == 0 || hidden >= n || w.count(false) != 0 {
			t.Fatalf("stopped while applying: %d hidden, %d visible", hidden, w.count(false))
		}
		im = w.worked(im.ID)
		if im.State != Done || im.Counts.Applied != n || w.count(false) != n || w.count(true) != 0 {
			t.Fatalf("applied on: %s %+v, %d visible", im.State, im.Counts, w.count(false))
		}
		_, err = w.Undo(t.Context(), officer, im.ID, im.Version)
		w.must(err)
		dying()
		if left := w.count(false); left == 0 || left >= n {
			t.Fatalf("stopped while undoing: %d are left", left)
		}
		if im = w.worked(im.ID); im.State != Undone || im.Counts.Undone != n || w.count(false) != 0 {
			t.Fatalf("undone: %s %+v, %d are left", im.State, im.Counts, w.count(false))
		}
	})
}

// A runner that is stopped in the middle is followed by one that goes on; two at
// once do every batch once.
func TestRunnersTakeOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const n = 4 * batch
		im := w.worked(w.handIn(officer, many(n)...).ID)
		_, err := w.Take(t.Context(), officer, im.ID, im.Version)
		w.must(err)
		run := func(ctx context.Context) (wait func()) {
			r := jobs.NewRunner(w.d, 1)
			jobs.Handle(r, func(ctx context.Context, j job) error { return w.Work(ctx, j.ID) })
			done := make(chan struct{})
			go func() { defer close(done); r.Run(ctx) }()
			return func() { <-done }
		}
		first, kill := context.WithCancel(t.Context())
		var once sync.Once
		w.kind.applied = func() { once.Do(kill) }
		run(first)()
		second, stop := context.WithCancel(t.Context())
		wait := run(second)
		var racing sync.WaitGroup
		racing.Go(func() { // a worker whose lease was lost but who does not know it
			if err := w.Work(t.Context(), im.ID); err != nil {
				t.Error(err)
			}
		})
		im, err = w.Await(t.Context(), officer, im.ID, func(Import) {})
		w.must(err)
		racing.Wait()
		stop()
		wait()
		if im.State != Done || im.Counts.Applied != n || w.count(false) != n {
			t.Errorf("%s %+v, %d visible", im.State, im.Counts, w.count(false))
		}
	})
}

// What cannot be hidden is applied whole or not at all.
func TestAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const n = 2*batch + 3
		w.kind.atOnce = true
		im := w.worked(w.handIn(officer, many(n)...).ID)
		_, err := w.Take(t.Context(), officer, im.ID, im.Version)
		w.must(err)
		ctx, stop := context.WithCancel(t.Context())
		var once sync.Once
		w.kind.applied = func() { once.Do(stop) }
		if err := w.Work(ctx, im.ID); err == nil {
			t.Fatal("the work ended before it was stopped")
		}
		if k := w.count(true) + w.count(false); k != 0 {
			t.Errorf("%d pebbles of half a table are there", k)
		}
		if im = w.worked(im.ID); im.State != Done || w.count(false) != n {
			t.Errorf("%s, %d are there", im.State, w.count(false))
		}
	})
}

func TestWhoSeesAnImport(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		im := w.handIn(officer, "a;1")
		for _, c := range []struct {
			by   access.Actor
			sees bool
		}{{officer, true}, {admin, true}, {another, false}, {access.Actor{}, false}} {
			_, err := w.ByID(ctx, c.by, im.ID)
			if (err == nil) != c.sees || err != nil && !problem.Is(err, problem.NotFound) {
				t.Errorf("person %d looks: %v", c.by.UserID, err)
			}
			list, err := w.Latest(ctx, c.by, 10)
			if err != nil || (len(list) == 1) != c.sees {
				t.Errorf("person %d lists %d: %v", c.by.UserID, len(list), err)
			}
		}
		if _, err := w.Receive(ctx, access.Actor{UserID: 3}, "pebbles", "x.csv", bytes.NewReader(nil), 0); !problem.Is(err, problem.Forbidden) {
			t.Errorf("a citizen hands a table in: %v", err)
		}
		if _, err := w.Take(ctx, another, im.ID, 1); !problem.Is(err, problem.NotFound) {
			t.Errorf("another officer takes it: %v", err)
		}
	})
}

func TestTheSameTableTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var racing sync.WaitGroup
		ids := make([]ref.ID, 4)
		body := []byte("name;grams\na;1\n")
		for i := range ids {
			racing.Go(func() {
				im, err := w.Receive(t.Context(), officer, "pebbles", "p.csv", bytes.NewReader(body), int64(len(body)))
				if err != nil {
					t.Error(err)
				}
				ids[i] = im.ID
			})
		}
		racing.Wait()
		for _, id := range ids {
			if id != ids[0] || id == 0 {
				t.Fatalf("four clicks made %v", ids)
			}
		}
		if im := w.handIn(another, "a;1"); im.ID == ids[0] {
			t.Error("another officer's table is taken for the first one's")
		}
	})
}

// Files that are no tables are refused at once; what shows only while reading
// ends the import. Either way nothing is half written.
func TestFilesThatAreNoTables(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, c := range []struct{ name, body, key string }{
			{"old.xls", "\xd0\xcf\x11\xe0 and more", "table.old_excel"},
			{"paper.pdf", "%PDF-1.7", "table.unknown_format"},
			{"other.csv", "colour;size\nred;1\n", "table.missing_columns"},
			{"empty.csv", "", "table.no_header"},
		} {
			_, err := w.Receive(t.Context(), officer, "pebbles", c.name, strings.NewReader(c.body), int64(len(c.body)))
			if p := problem.As(err); p == nil || p.Key != c.key {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		w.limits.Rows = 3
		im := w.worked(w.handIn(officer, many(5)...).ID)
		if im.State != Failed || im.Refusal.Key != "table.too_many_rows" || fmt.Sprint(im.Refusal.Args) != "[most 3]" {
			t.Errorf("too many rows: %s %+v", im.State, im.Refusal)
		}
		if _, err := w.Take(t.Context(), officer, im.ID, im.Version); !problem.Is(err, problem.Conflict) {
			t.Errorf("a table that could not be read is taken: %v", err)
		}
		im, err := w.Drop(t.Context(), officer, im.ID, im.Version)
		if err != nil || im.State != Dropped {
			t.Errorf("dropped: %s %v", im.State, err)
		}
	})
}

func TestWindows1251AndFormulas(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		body := []byte("name;grams\n\xca\xe0\xec\xe5\xed\xfc;3\n\xc3\xe0\xeb\xfc\xea\xe0;4\n") // Камень, Галька
		im, err := w.Receive(t.Context(), officer, "pebbles", "камни.csv", bytes.NewReader(body), int64(len(body)))
		w.must(err)
		im = w.worked(im.ID)
		if rows := w.rows(im.ID, Which{Verdict: Add}); len(rows) != 2 || rows[0].About != "Камень" {
			t.Errorf("a table in Windows-1251: %+v", rows)
		}
		im = w.worked(w.handIn(officer, "a;=2+3").ID)
		if rows := w.rows(im.ID, Which{Verdict: Refuse}); len(rows) != 1 {
			t.Errorf("a formula in a cell: %+v", im.Counts)
		}
	})
}

func TestSweep(t *testing.T) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		store, err := files.OpenLocal(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		s := New(d, files.New(d, store), func(context.Context, ref.ID) (access.Actor, error) { return officer, nil }, &plain{})
		body := []byte("name;grams\n" + strings.Join(many(batch+1), "\n"))
		im, err := s.Receive(t.Context(), officer, "pebbles", "p.csv", bytes.NewReader(body), int64(len(body)))
		if err = errors.Join(err, s.Work(t.Context(), im.ID), s.Sweep(t.Context())); err != nil {
			t.Fatal(err)
		}
		left := func() int {
			rows, err := s.Rows(t.Context(), officer, im.ID, Which{Verdict: Add}, 0, 10_000)
			if err != nil {
				t.Fatal(err)
			}
			return len(rows)
		}
		if n := left(); n != batch+1 {
			t.Fatalf("%d rows are left on the first day", n)
		}
		clock.Advance(keepRows + time.Hour)
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if im, err = s.ByID(t.Context(), officer, im.ID); err != nil || im.State != Dropped || left() != 0 {
			t.Errorf("after a month: %s, %d rows, %v", im.State, left(), err)
		}
	})
}

// plain is pebbles without anything that stands.
type plain struct{ pebbles }

func (*plain) Judge(_ context.Context, _ *db.Tx, _ access.Actor, _ Import, rows []*Row) error {
	for _, r := range rows {
		r.Verdict = Add
	}
	return nil
}
