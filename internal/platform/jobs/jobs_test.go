package jobs_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/jobs"
	"birge/internal/platform/ref"
)

var schema = func() fstest.MapFS {
	sql, err := migrations.FS.ReadFile("0002_jobs.sql")
	if err != nil {
		panic(err)
	}
	return fstest.MapFS{"0002_jobs.sql": {Data: sql}}
}()

type count struct{ N int }

func (count) JobKind() string { return "test.count" }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, d *db.DB, n int, options ...jobs.Option) (id ref.ID) {
	t.Helper()
	check(t, d.Update(t.Context(), func(tx *db.Tx) error {
		id = tx.NewID()
		return jobs.Enqueue(t.Context(), tx, count{n}, append(options, jobs.WithID(id))...)
	}))
	return id
}

// start runs a runner until stop, or the end of the test.
func start(t *testing.T, r *jobs.Runner) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	stop = func() { cancel(); running.Wait() }
	t.Cleanup(stop)
	return stop
}

// until waits for a job to be in a state; each commit may bring it there.
func until(t *testing.T, d *db.DB, id ref.ID, state jobs.State) (r jobs.Report) {
	t.Helper()
	woken, stop := d.Wake()
	defer stop()
	deadline := time.After(20 * time.Second)
	for {
		check(t, d.View(t.Context(), func(tx *db.Tx) (err error) {
			r, err = jobs.Status(t.Context(), tx, id)
			return err
		}))
		if r.State == state {
			return r
		}
		select {
		case <-woken:
		case <-deadline:
			t.Fatalf("the job is %+v, not %s", r, state)
		}
	}
}

func TestEachJobRunsOnce(t *testing.T) {
	dbtest.EachAddress(t, schema, func(t *testing.T, address string) {
		clock := dbtest.NewClock()
		d, d2 := dbtest.Open(t, address, clock), dbtest.Open(t, address, clock)
		d2.SetNode(1)
		const all = 400
		check(t, d.Update(t.Context(), func(tx *db.Tx) error {
			for i := range all {
				if err := jobs.Enqueue(t.Context(), tx, count{i}); err != nil {
					return err
				}
			}
			return nil
		}))
		var ran [all]atomic.Int64
		var left atomic.Int64
		left.Store(all)
		finished := make(chan struct{})
		for _, d := range []*db.DB{d, d2} {
			r := jobs.NewRunner(d, 4)
			jobs.Handle(r, func(_ context.Context, j count) error {
				ran[j.N].Add(1)
				if left.Add(-1) == 0 {
					close(finished)
				}
				return nil
			})
			defer start(t, r)()
		}
		<-finished
		for i := range ran {
			if n := ran[i].Load(); n != 1 {
				t.Errorf("job %d ran %d times", i, n)
			}
		}
	})
}

func TestJobIsThereOnlyWithItsChange(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		stop := errors.New("stop")
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			check(t, jobs.Enqueue(t.Context(), tx, count{}))
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		check(t, d.View(t.Context(), func(tx *db.Tx) error {
			n, err := db.One(t.Context(), tx, db.Value[int64], `SELECT COUNT(*) FROM jobs`)
			if n != 0 {
				t.Error("a job without its change")
			}
			return err
		}))
	})
}

func TestRetriesThenDead(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		r := jobs.NewRunner(d, 2)
		jobs.Handle(r, func(_ context.Context, j count) error {
			switch j.N {
			case 1:
				panic("broken")
			case 2:
				return jobs.Hopeless(errors.New("never"))
			}
			return errors.New("down")
		})
		start(t, r)
		id, hopeless := put(t, d, 1, jobs.Tries(2)), put(t, d, 2)
		if rep := until(t, d, hopeless, jobs.Dead); rep.Tries != 1 || rep.Error != "never" {
			t.Errorf("%+v", rep)
		}
		for rep := until(t, d, id, jobs.Waiting); rep.Tries == 0; rep = until(t, d, id, jobs.Waiting) {
			continue
		}
		clock.Advance(time.Minute)
		if rep := until(t, d, id, jobs.Dead); rep.Tries != 2 || !strings.Contains(rep.Error, "broken") {
			t.Errorf("%+v", rep)
		}
		check(t, d.Update(t.Context(), func(tx *db.Tx) error {
			dead, err := jobs.DeadOnes(t.Context(), tx, 10)
			if len(dead) != 2 {
				t.Errorf("dead: %+v", dead)
			}
			return errors.Join(err, jobs.Revive(t.Context(), tx, hopeless))
		}))
		until(t, d, hopeless, jobs.Dead)
	})
}

func TestUniqueAndAt(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		first := put(t, d, 1, jobs.Unique("k"), jobs.At(clock.Now().Add(time.Hour)))
		second := put(t, d, 2, jobs.Unique("k"))
		if err := d.View(t.Context(), func(tx *db.Tx) error {
			_, err := jobs.Status(t.Context(), tx, second)
			return err
		}); err == nil {
			t.Error("two with one key wait")
		}
		ran := make(chan int, 10)
		r := jobs.NewRunner(d, 1)
		jobs.Handle(r, func(_ context.Context, j count) error { ran <- j.N; return nil })
		start(t, r)
		now := put(t, d, 3)
		until(t, d, now, jobs.Done)
		clock.Advance(2 * time.Hour)
		until(t, d, first, jobs.Done)
		if a, b := <-ran, <-ran; a != 3 || b != 1 {
			t.Errorf("ran %d, then %d", a, b)
		}
	})
}

// A worker that dies leaves its job to another; what it says later does not count.
func TestDeadWorkersJobRunsAgain(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		began, resume := make(chan struct{}), make(chan struct{})
		dying := jobs.NewRunner(d, 1)
		late := make(chan error, 1)
		jobs.Handle(dying, func(ctx context.Context, _ count) error {
			close(began)
			<-resume
			late <- jobs.Progress(ctx, 1, 2)
			return errors.New("too late")
		})
		stop := start(t, dying)
		id := put(t, d, 1)
		<-began
		clock.Advance(2 * time.Minute)
		r := jobs.NewRunner(d, 1)
		jobs.Handle(r, func(ctx context.Context, _ count) error { return jobs.Progress(ctx, 7, 9) })
		start(t, r)
		until(t, d, id, jobs.Done)
		close(resume)
		if err := <-late; err == nil {
			t.Error("the late worker still wrote progress")
		}
		stop()
		if rep := until(t, d, id, jobs.Done); rep.Tries != 2 || rep.Done != 7 || rep.Total != 9 || rep.Error != "" {
			t.Errorf("%+v", rep)
		}
	})
}

func TestStoppedJobsRunAfterRestart(t *testing.T) {
	dbtest.EachAddress(t, schema, func(t *testing.T, address string) {
		clock := dbtest.NewClock()
		d := dbtest.Open(t, address, clock)
		began := make(chan struct{})
		r := jobs.NewRunner(d, 1)
		jobs.Handle(r, func(ctx context.Context, _ count) error {
			close(began)
			<-ctx.Done()
			return ctx.Err()
		})
		stop := start(t, r)
		id := put(t, d, 1)
		<-began
		stop()
		check(t, d.Close())
		d = dbtest.Open(t, address, clock)
		r = jobs.NewRunner(d, 1)
		jobs.Handle(r, func(context.Context, count) error { return nil })
		start(t, r)
		if rep := until(t, d, id, jobs.Done); rep.Tries != 1 {
			t.Errorf("being stopped counted as a try: %+v", rep)
		}
	})
}

func TestEvery(t *testing.T) {
	dbtest.EachAddress(t, schema, func(t *testing.T, address string) {
		clock := dbtest.NewClock()
		ran := make(chan time.Time, 10)
		for node := range 2 {
			d := dbtest.Open(t, address, clock)
			d.SetNode(node)
			r := jobs.NewRunner(d, 2)
			r.Every("test.tick", jobs.Each(time.Hour), func(context.Context) error { ran <- clock.Now(); return nil })
			jobs.Handle(r, func(context.Context, count) error { return nil })
			start(t, r)
			until(t, d, put(t, d, 1), jobs.Done) // it has started
		}
		for _, step := range []time.Duration{time.Hour, 30 * time.Hour} {
			clock.Advance(step)
			if at := <-ran; !at.Equal(clock.Now()) {
				t.Errorf("ran at %v, not %v", at, clock.Now())
			}
		}
		if len(ran) != 0 {
			t.Error("ran twice")
		}
	})
}

func TestDaily(t *testing.T) {
	almaty := time.FixedZone("Almaty", 5*3600)
	daily := jobs.Daily(6, 30, almaty)
	day := func(d, h, m int) time.Time { return time.Date(2026, 12, d, h, m, 0, 0, almaty) }
	for from, want := range map[time.Time]time.Time{
		day(31, 6, 29): day(31, 6, 30),
		day(31, 6, 30): day(32, 6, 30),
		day(1, 23, 59): day(2, 6, 30),
	} {
		if got := daily(from.UTC()); !got.Equal(want) {
			t.Errorf("after %v comes %v, not %v", from, got, want)
		}
	}
}
