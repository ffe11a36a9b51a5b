package jobs

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"birge/internal/platform/db"
)

type periodic struct {
	next func(time.Time) time.Time
	run  func(ctx context.Context) error
}

// Every has f run at the times that schedule gives: the next one after the time
// it is asked with. On any number of nodes it runs once; a time that passed
// while the portal was down is made up for once.
func (r *Runner) Every(name string, schedule func(time.Time) time.Time, f func(ctx context.Context) error) {
	r.periodics[name] = periodic{schedule, f}
}

// Each is a schedule of even steps.
func Each(step time.Duration) func(time.Time) time.Time {
	return func(t time.Time) time.Time { return t.Truncate(step).Add(step) }
}

// Daily is a schedule of one time of the day in a zone.
func Daily(hour, minute int, zone *time.Location) func(time.Time) time.Time {
	return func(t time.Time) time.Time {
		y, m, d := t.In(zone).Date()
		at := time.Date(y, m, d, hour, minute, 0, 0, zone)
		if !at.After(t) {
			at = time.Date(y, m, d+1, hour, minute, 0, 0, zone)
		}
		return at
	}
}

// periodicJob is one time of a periodic, so that it has lease, retries and error.
type periodicJob struct {
	Name string `json:"name"`
}

func (periodicJob) JobKind() string { return "jobs.periodic" }

func (r *Runner) runPeriodic(ctx context.Context, j periodicJob) error {
	p, ok := r.periodics[j.Name]
	if !ok {
		return Hopeless(fmt.Errorf("jobs: nothing is called %q", j.Name))
	}
	return p.run(ctx)
}

// startPeriodics writes down when each comes first; a schedule that became
// earlier is taken over.
func (r *Runner) startPeriodics(ctx context.Context) error {
	return r.d.Update(ctx, func(tx *db.Tx) error {
		for _, name := range slices.Sorted(maps.Keys(r.periodics)) {
			if _, err := tx.Exec(ctx, `INSERT INTO job_periodics (name, next_at) VALUES ($1, $2)
				ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at WHERE job_periodics.next_at > excluded.next_at`,
				name, db.At(r.periodics[name].next(tx.Now()))); err != nil {
				return err
			}
		}
		return nil
	})
}

// duePeriodics puts in the jobs of the periodics whose time has come.
func (r *Runner) duePeriodics(ctx context.Context) error {
	const due = `SELECT name FROM job_periodics WHERE next_at <= $1 ORDER BY name`
	var names []string
	err := r.d.View(ctx, func(tx *db.Tx) (err error) {
		names, err = db.All(ctx, tx, db.Value[string], due, db.At(tx.Now()))
		return err
	})
	names = slices.DeleteFunc(names, func(name string) bool { return r.periodics[name].next == nil })
	if err != nil || len(names) == 0 {
		return err
	}
	return r.d.Update(ctx, func(tx *db.Tx) error {
		for _, name := range names {
			n, err := tx.Exec(ctx, `UPDATE job_periodics SET next_at = $1 WHERE name = $2 AND next_at <= $3`,
				db.At(r.periodics[name].next(tx.Now())), name, db.At(tx.Now()))
			if err == nil && n == 1 {
				err = Enqueue(ctx, tx, periodicJob{name}, Unique(name))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
