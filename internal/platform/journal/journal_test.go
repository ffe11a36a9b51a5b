package journal_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
	"birge/internal/platform/ref"

	"github.com/google/go-cmp/cmp"
)

// schema is the journal's own and a room's table of parcels.
var schema = func() fstest.MapFS {
	sql, err := migrations.FS.ReadFile("0001_journal.sql")
	if err != nil {
		panic(err)
	}
	return fstest.MapFS{"0001_journal.sql": {Data: sql}, "0002_parcels.sql": {Data: []byte(`-- +goose Up
CREATE TABLE parcels (id BIGINT PRIMARY KEY, note TEXT NOT NULL, sum BIGINT NOT NULL, due DATE, version BIGINT NOT NULL);`)}}
}()

type parcel struct {
	ID      ref.ID  `json:"id"`
	Note    string  `json:"note" public:"parcel.note"`
	Sum     int64   `json:"sum,omitempty" public:"parcel.sum,money"`
	Due     db.Date `json:"due" public:"parcel.due"`
	Secret  string  `json:"secret,omitempty"`
	Version int64   `json:"version"`
}

func (p parcel) Ref() ref.Ref {
	return ref.Ref{Kind: "parcel", ID: p.ID, Title: i18n.Only(i18n.KK, "Сәлемдеме "+p.Note), Path: "/parcels/" + p.ID.String()}
}
func (p parcel) JournalVersion() int64 { return p.Version }
func (p parcel) Public() bool          { return p.Note != "hidden" }

func scanParcel(r db.Row) (p parcel, err error) {
	err = r.Scan(&p.ID, &p.Note, &p.Sum, &p.Due, &p.Version)
	return p, err
}

var parcels = journal.Kind{Name: "parcel", Example: parcel{}, Rows: func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
	return db.Each(ctx, tx, scanParcel, func(p parcel) error { return yield(p) }, `SELECT id, note, sum, due, version FROM parcels`)
}}

var clerk = access.Portal("test")

func insert(ctx context.Context, tx *db.Tx, note string) (parcel, error) {
	p := parcel{ID: tx.NewID(), Note: note, Version: 1}
	if _, err := tx.Exec(ctx, `INSERT INTO parcels (id, note, sum, version) VALUES ($1,$2,0,1)`, p.ID, p.Note); err != nil {
		return p, err
	}
	return p, journal.Record(ctx, tx, clerk, "parcel.send", nil, p)
}

func add(t *testing.T, d *db.DB, note string) (p parcel) {
	t.Helper()
	check(t, d.Update(t.Context(), func(tx *db.Tx) (err error) {
		p, err = insert(t.Context(), tx, note)
		return err
	}))
	return p
}

func change(t *testing.T, d *db.DB, p parcel, f func(*parcel)) parcel {
	t.Helper()
	before := p
	f(&p)
	p.Version++
	check(t, d.Update(t.Context(), func(tx *db.Tx) error {
		err := tx.ExecOne(t.Context(), `UPDATE parcels SET note = $1, sum = $2, due = $3, version = $4 WHERE id = $5 AND version = $6`,
			p.Note, p.Sum, p.Due, p.Version, p.ID, before.Version)
		if err != nil {
			return err
		}
		return journal.Record(t.Context(), tx, clerk, "parcel.change", before, p)
	}))
	return p
}

func remove(t *testing.T, d *db.DB, p parcel) {
	t.Helper()
	check(t, d.Update(t.Context(), func(tx *db.Tx) error {
		if err := tx.ExecOne(t.Context(), `DELETE FROM parcels WHERE id = $1`, p.ID); err != nil {
			return err
		}
		return journal.Record(t.Context(), tx, clerk, "parcel.lose", p, nil)
	}))
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ring(t *testing.T) *keys.Ring {
	t.Helper()
	r, err := keys.Open(t.TempDir())
	check(t, err)
	return r
}

func verify(t *testing.T, d *db.DB, r *keys.Ring, kept *journal.Head) journal.Report {
	t.Helper()
	rep, err := journal.Verify(t.Context(), d, r, []journal.Kind{parcels}, kept)
	check(t, err)
	return rep
}

func view[T any](t *testing.T, d *db.DB, f func(ctx context.Context, tx *db.Tx) (T, error)) (v T) {
	t.Helper()
	check(t, d.View(t.Context(), func(tx *db.Tx) (err error) {
		v, err = f(t.Context(), tx)
		return err
	}))
	return v
}

func TestChainStaysWholeUnderWritersAndSealers(t *testing.T) {
	dbtest.EachAddress(t, schema, func(t *testing.T, address string) {
		clock := dbtest.NewClock()
		d := dbtest.Open(t, address, clock)
		d2 := dbtest.Open(t, address, clock) // another node
		d2.SetNode(1)
		ctx, cancel := context.WithCancel(t.Context())
		var running, writers sync.WaitGroup
		for _, d := range []*db.DB{d, d2} {
			running.Go(func() { journal.NewSealer(d).Run(ctx) })
		}
		const each = 40
		for w, d := range []*db.DB{d, d2, d, d2} {
			writers.Go(func() {
				p := add(t, d, fmt.Sprint(w))
				for i := range each - 1 {
					p = change(t, d, p, func(p *parcel) { p.Sum = int64(i + 1) })
				}
			})
		}
		var seen []journal.Entry
		err := journal.Follow(ctx, d, 0, func(es []journal.Entry) error {
			if seen = append(seen, es...); len(seen) >= 4*each {
				return errors.New("enough")
			}
			return nil
		})
		if err == nil || err.Error() != "enough" {
			t.Fatal(err)
		}
		writers.Wait()
		cancel()
		running.Wait()
		versions := map[ref.ID]int64{}
		for i, e := range seen {
			if e.Seq != int64(i+1) || e.Version != versions[e.Thing.ID]+1 {
				t.Fatalf("place %d came as %d with version %d after %d", i+1, e.Seq, e.Version, versions[e.Thing.ID])
			}
			versions[e.Thing.ID]++
		}
		if rep := verify(t, d, ring(t), nil); !rep.OK() || rep.Entries != 4*each || rep.Rows != 4 || rep.Unsealed != 0 {
			t.Errorf("%+v", rep)
		}
	})
}

// A node with a fast clock writes version 1, one with a slow clock version 2.
func TestSealedInOrderOfVersions(t *testing.T) {
	dbtest.EachAddress(t, schema, func(t *testing.T, address string) {
		fast, slow := dbtest.NewClock(), dbtest.NewClock()
		fast.Advance(time.Minute)
		d, behind := dbtest.Open(t, address, fast), dbtest.Open(t, address, slow)
		behind.SetNode(1)
		p := add(t, d, "first")
		p = change(t, behind, p, func(p *parcel) { p.Sum = 1 })
		check(t, behind.Update(t.Context(), func(tx *db.Tx) error { // more than a batch between them
			for range 1100 {
				if _, err := insert(t.Context(), tx, "filler"); err != nil {
					return err
				}
			}
			return nil
		}))
		check(t, journal.NewSealer(d).Seal(t.Context()))
		var order []int64
		ctx, cancel := context.WithCancel(t.Context())
		_ = journal.Follow(ctx, d, 0, func(es []journal.Entry) error {
			for _, e := range es {
				if e.Thing.ID == p.ID {
					order = append(order, e.Version)
				}
			}
			if es[len(es)-1].Seq == 1102 {
				cancel()
			}
			return nil
		})
		if !slices.Equal(order, []int64{1, 2}) {
			t.Errorf("sealed in the order %v", order)
		}
	})
}

func TestAnotherSealerTakesOver(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		first, second := journal.NewSealer(d), journal.NewSealer(d)
		add(t, d, "a")
		check(t, first.Seal(t.Context()))
		add(t, d, "b")
		if err := second.Seal(t.Context()); err == nil {
			t.Fatal("two sealers at once")
		}
		check(t, second.Healthy(t.Context()))
		clock.Advance(time.Minute)
		if second.Healthy(t.Context()) == nil {
			t.Error("nothing was sealed for a minute and all is said to be well")
		}
		check(t, second.Seal(t.Context()))
		check(t, second.Healthy(t.Context()))
		if n := view(t, d, journal.Seq); n != 2 {
			t.Errorf("%d places, not 2", n)
		}
	})
}

func TestTimelineRecentAsOfLast(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		p := add(t, d, "one")
		clock.Advance(time.Hour)
		noon := clock.Now()
		p = change(t, d, p, func(p *parcel) { p.Sum, p.Due = 1200, db.Day(2026, 5, 1) })
		clock.Advance(time.Hour)
		p = change(t, d, p, func(p *parcel) { p.Note = "hidden" })
		other := add(t, d, "two")
		acts := func(es []journal.Entry) (acts []string) {
			for _, e := range es {
				acts = append(acts, fmt.Sprint(e.Act, e.Version))
			}
			return acts
		}
		all := view(t, d, func(ctx context.Context, tx *db.Tx) ([]journal.Entry, error) {
			return journal.Timeline(ctx, tx, p.Ref(), 0, 10, false)
		})
		if diff := cmp.Diff([]string{"parcel.change3", "parcel.change2", "parcel.send1"}, acts(all)); diff != "" {
			t.Fatal(diff)
		}
		public := view(t, d, func(ctx context.Context, tx *db.Tx) ([]journal.Entry, error) {
			return journal.Timeline(ctx, tx, p.Ref(), all[1].ID, 10, true)
		})
		if diff := cmp.Diff([]string{"parcel.send1"}, acts(public)); diff != "" {
			t.Error(diff)
		}
		told := view(t, d, func(ctx context.Context, tx *db.Tx) ([]journal.Deed, error) {
			return journal.Acts(ctx, tx, p.Ref(), 2)
		})
		var deeds []journal.Deed
		for _, e := range all[1:] {
			deeds = append(deeds, journal.Deed{At: e.At, Act: e.Act, Thing: e.Thing.ID})
		}
		if diff := cmp.Diff(deeds, told); diff != "" {
			t.Error(diff)
		}
		want := []journal.Change{
			{Label: "parcel.sum", Format: "money", After: int64(1200)},
			{Label: "parcel.due", After: db.Day(2026, 5, 1)},
		}
		if diff := cmp.Diff(want, parcels.Changes(all[1]), cmp.Comparer(func(a, b db.Date) bool { return a == b })); diff != "" {
			t.Error(diff)
		}
		if c := parcels.Changes(all[2]); len(c) != 1 || c[0].After != "one" {
			t.Errorf("made with %+v", c)
		}
		for _, kinds := range [][]string{nil, {"parcel"}, {"stone", "parcel"}} {
			feed := view(t, d, func(ctx context.Context, tx *db.Tx) ([]journal.Entry, error) {
				return journal.Recent(ctx, tx, kinds, 0, 2)
			})
			if len(feed) != 2 || feed[0].Thing.ID != other.ID || feed[1].ID != all[1].ID || feed[0].Thing.Title.KK != "Сәлемдеме two" {
				t.Errorf("feed of %v: %v", kinds, acts(feed))
			}
		}
		then := view(t, d, func(ctx context.Context, tx *db.Tx) ([]journal.Entry, error) {
			return journal.AsOf(ctx, tx, p.Ref(), noon)
		})
		if len(then) != 1 || then[0].Version != 2 || !strings.Contains(string(then[0].Body.After), `"sum":1200`) {
			t.Errorf("as of noon: %+v", then)
		}
		remove(t, d, p)
		now := view(t, d, func(ctx context.Context, tx *db.Tx) ([]journal.Entry, error) {
			return journal.AsOf(ctx, tx, p.Ref(), clock.Now())
		})
		last := view(t, d, func(ctx context.Context, tx *db.Tx) (journal.Entry, error) {
			e, ok, err := journal.Last(ctx, tx, "parcel", p.ID)
			if !ok {
				t.Error("the journal forgot a thing")
			}
			return e, err
		})
		if len(now) != 0 || !last.Gone || last.Version != 4 {
			t.Errorf("after it went: %v, last %+v", acts(now), last)
		}
	})
}

func TestVerifyFindsTampering(t *testing.T) {
	spoil := []struct{ name, sql, want string }{
		{"nothing", ``, ``},
		{"entry's act", `UPDATE journal_entries SET act = 'parcel.steal' WHERE gone = FALSE AND version = 2`, "place 3: entry ENTRY: parcel THING: the entry or the hash"},
		{"entry's time", `UPDATE journal_entries SET at = '2026-03-01T00:00:00.000000Z' WHERE gone = FALSE AND version = 2`, "place 3: entry ENTRY"},
		{"entry's actor", `UPDATE journal_entries SET actor_id = 7 WHERE gone = FALSE AND version = 2`, "place 3: entry ENTRY"},
		{"entry's publicity", `UPDATE journal_entries SET public = FALSE WHERE gone = FALSE AND version = 2`, "place 3: entry ENTRY"},
		{"entry's title", `UPDATE journal_entries SET title = '{"kk":"x"}' WHERE gone = FALSE AND version = 2`, "place 3: entry ENTRY"},
		{"body", `UPDATE journal_bodies SET body = '{"after":{}}' WHERE entry_id = (SELECT id FROM journal_entries WHERE gone = FALSE AND version = 2)`, "place 3: entry ENTRY: parcel THING: the body was changed"},
		{"body gone", `DELETE FROM journal_bodies WHERE entry_id = (SELECT id FROM journal_entries WHERE gone = FALSE AND version = 2)`, "place 3: entry ENTRY: parcel THING: the body is missing"},
		{"chain's hash", `UPDATE journal_chain SET hash = (SELECT hash FROM journal_chain WHERE seq = 1) WHERE seq = 3`, "place 3: entry ENTRY"},
		{"place gone", `DELETE FROM journal_chain WHERE seq = 3`, "place 3: the place or its entry is missing"},
		{"entry gone", `DELETE FROM journal_entries WHERE gone = FALSE AND version = 2`, "place 3: the place or its entry is missing"},
		{"end cut off", `DELETE FROM journal_chain WHERE seq = 4`, "place 4: the head of 2026-03-02 is beyond the end"},
		{"head", `UPDATE journal_heads SET seq = 2`, "not signed by this portal"},
		{"row's field", `UPDATE parcels SET sum = 99 WHERE version = 2`, `parcel THING: sum: the row has 99, its last entry 1200`},
		{"row's version", `UPDATE parcels SET version = 1 WHERE version = 2`, "parcel THING: version: the row has version 1, its last entry 2"},
		{"row's later version", `UPDATE parcels SET version = 5 WHERE version = 2`, "parcel THING: the row has version 5 without an entry"},
		{"row gone", `DELETE FROM parcels WHERE version = 2`, "parcel THING: the row is missing"},
		{"row slipped in", `INSERT INTO parcels (id, note, sum, version) VALUES (7, 'x', 1, 1)`, "parcel 0000000000007: the row has version 1 without an entry"},
	}
	for _, s := range spoil {
		t.Run(s.name, func(t *testing.T) {
			dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
				r := ring(t)
				p := add(t, d, "one")
				add(t, d, "two")
				p = change(t, d, p, func(p *parcel) { p.Sum = 1200 })
				lost := add(t, d, "three")
				sealer := journal.NewSealer(d)
				check(t, sealer.Seal(t.Context()))
				check(t, journal.SealDay(t.Context(), d, r, db.DateOf(clock.Now())))
				remove(t, d, lost)
				changed := view(t, d, func(ctx context.Context, tx *db.Tx) (journal.Entry, error) {
					e, _, err := journal.Last(ctx, tx, "parcel", p.ID)
					return e, err
				})
				if s.name != "end cut off" {
					check(t, sealer.Seal(t.Context()))
				}
				if s.sql != "" {
					check(t, d.Update(t.Context(), func(tx *db.Tx) error { return tx.ExecOne(t.Context(), s.sql) }))
				}
				rep := verify(t, d, r, nil)
				want := strings.NewReplacer("ENTRY", changed.ID.String(), "THING", p.ID.String()).Replace(s.want)
				found := want == "" && rep.OK()
				for _, f := range rep.Faults {
					found = found || want != "" && strings.Contains(f.String(), want)
				}
				if !found {
					t.Errorf("want %q, got %v", want, rep.Faults)
				}
			})
		})
	}
}

func TestKeptHead(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		r := ring(t)
		today := db.DateOf(clock.Now())
		check(t, journal.SealDay(t.Context(), d, r, today)) // nothing to sign yet
		add(t, d, "one")
		check(t, journal.NewSealer(d).Seal(t.Context()))
		check(t, journal.SealDay(t.Context(), d, r, today))
		check(t, journal.SealDay(t.Context(), d, r, today))
		heads := view(t, d, func(ctx context.Context, tx *db.Tx) ([]journal.Head, error) { return journal.Heads(ctx, tx, 5) })
		if len(heads) != 1 || heads[0].Seq != 1 {
			t.Fatalf("heads %v", heads)
		}
		kept, err := journal.ParseHead(heads[0].String())
		check(t, err)
		check(t, r.Rotate())
		if rep := verify(t, d, r, &kept); !rep.OK() || rep.Heads != 2 {
			t.Errorf("%+v", rep)
		}
		kept.Hash[0]++
		if rep := verify(t, d, r, &kept); rep.OK() {
			t.Error("a wrong head passed")
		}
		for _, line := range []string{"", "birge-head 2026-02-30 1 00 k AA", "birge-head 2026-02-03 x 00 k AA", "birge-head 2026-02-03 1 0 k AA"} {
			if _, err := journal.ParseHead(line); err == nil {
				t.Errorf("%q passed as a head", line)
			}
		}
	})
}

func TestErasureKeepsTheChain(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		r := ring(t)
		p := add(t, d, "person")
		p = change(t, d, p, func(p *parcel) { p.Note = "nobody" })
		sealer := journal.NewSealer(d)
		check(t, sealer.Seal(t.Context()))
		timeline := func(ctx context.Context, tx *db.Tx) ([]journal.Entry, error) {
			return journal.Timeline(ctx, tx, p.Ref(), 0, 10, false)
		}
		var ids []ref.ID
		for _, e := range view(t, d, timeline) {
			ids = append(ids, e.ID)
		}
		for range 2 { // the second time there is nothing left to erase
			check(t, d.Update(t.Context(), func(tx *db.Tx) error { return journal.Erase(t.Context(), tx, clerk, ids, "court") }))
			check(t, sealer.Seal(t.Context()))
		}
		if rep := verify(t, d, r, nil); !rep.OK() || rep.Erased != 2 || rep.Entries != 3 {
			t.Errorf("%+v", rep)
		}
		for _, e := range view(t, d, timeline) {
			if !e.Erased || e.Body.After != nil || len(parcels.Changes(e)) != 0 {
				t.Errorf("still there: %+v", e)
			}
		}
		check(t, d.Update(t.Context(), func(tx *db.Tx) error {
			return tx.ExecOne(t.Context(), `UPDATE journal_erasures SET erasure_id = 7 WHERE entry_id = $1`, ids[0])
		}))
		if rep := verify(t, d, r, nil); rep.OK() {
			t.Error("an erasure that no entry tells of passed")
		}
	})
}

func TestRecordMany(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx := t.Context()
		const n = 2500
		check(t, d.Update(ctx, func(tx *db.Tx) error {
			rows, pairs := make([][]any, n), make([]journal.Pair, n)
			for i := range n {
				p := parcel{ID: tx.NewID(), Note: fmt.Sprint(i), Version: 1}
				rows[i], pairs[i] = []any{p.ID, p.Note, 0, 1}, journal.Pair{After: p}
			}
			if err := db.InsertMany(ctx, tx, `INSERT INTO parcels (id, note, sum, version)`, rows); err != nil {
				return err
			}
			return journal.RecordMany(ctx, tx, clerk, "parcel.import", pairs)
		}))
		check(t, journal.NewSealer(d).Seal(ctx))
		if rep := verify(t, d, ring(t), nil); !rep.OK() || rep.Entries != n || rep.Rows != n {
			t.Errorf("%+v", rep)
		}
	})
}
