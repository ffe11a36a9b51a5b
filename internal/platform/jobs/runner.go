package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const (
	// lease is how long a job of a dead worker waits for another one.
	lease = time.Minute
	// renewal is how often a living worker renews its leases.
	renewal = 20 * time.Second
	// look is how often a node looks for jobs that other nodes put in.
	look = time.Second
	// kept is for how long a done job can be found.
	kept = 7 * 24 * time.Hour
)

// Runner runs jobs of the kinds that have a handler. Every node has one.
type Runner struct {
	d         *db.DB
	me        ref.ID
	free      chan struct{} // one token for each idle worker
	handlers  map[string]func(ctx context.Context, payload []byte) error
	periodics map[string]periodic

	mu      sync.Mutex
	running map[ref.ID]bool
}

// NewRunner makes a runner of that many workers. Name its handlers, then Run.
func NewRunner(d *db.DB, workers int) *Runner {
	r := &Runner{
		d: d, me: ref.ID(rand.Int64()), free: make(chan struct{}, workers), running: map[ref.ID]bool{},
		handlers: map[string]func(context.Context, []byte) error{}, periodics: map[string]periodic{},
	}
	for range workers {
		r.free <- struct{}{}
	}
	Handle(r, r.runPeriodic)
	r.Every("jobs.sweep", Daily(3, 0, time.UTC), r.sweep)
	return r
}

// Handle has f do the jobs of its type.
func Handle[J Job](r *Runner, f func(ctx context.Context, job J) error) {
	var zero J
	r.handlers[zero.JobKind()] = func(ctx context.Context, payload []byte) error {
		var job J
		if err := json.Unmarshal(payload, &job); err != nil {
			return Hopeless(fmt.Errorf("jobs: %w", err))
		}
		return f(ctx, job)
	}
}

// Hopeless marks a failure that another try would not mend.
func Hopeless(err error) error { return hopeless{err} }

type hopeless struct{ error }

func (h hopeless) Unwrap() error { return h.error }

// Run runs jobs until ctx ends, then waits for those at work; what they could
// not finish runs again at the next start.
func (r *Runner) Run(ctx context.Context) {
	woken, stop := r.d.Wake()
	defer stop()
	var atWork sync.WaitGroup
	defer atWork.Wait()
	atWork.Go(func() { r.renew(ctx) })
	r.log(ctx, r.startPeriodics(ctx))
	for ctx.Err() == nil {
		next, err := r.round(ctx, &atWork)
		r.log(ctx, err)
		r.rest(ctx, woken, next, err != nil)
	}
}

func (r *Runner) log(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "running jobs", "error", err)
	}
}

// rest ends at a change, at the time next, or at the next look.
func (r *Runner) rest(ctx context.Context, woken <-chan struct{}, next db.Time, failed bool) {
	pause := look
	if !next.IsZero() && !failed {
		pause = max(0, min(look, next.Sub(r.d.Now())))
	}
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-t.C:
	}
}

// round starts what is due, as far as workers are free, and tells when the next
// job is due.
func (r *Runner) round(ctx context.Context, atWork *sync.WaitGroup) (next db.Time, err error) {
	if err := r.duePeriodics(ctx); err != nil {
		return next, err
	}
	for {
		next, err = r.nextDue(ctx)
		if err != nil || next.IsZero() || next.After(r.d.Now()) {
			return next, err
		}
		n, err := r.takeWorkers(ctx)
		if err != nil {
			return next, err
		}
		batch, err := r.claim(ctx, n)
		for range n - len(batch) {
			r.free <- struct{}{}
		}
		if err != nil {
			return next, err
		}
		for _, c := range batch {
			atWork.Go(func() {
				defer func() { r.free <- struct{}{} }()
				r.work(ctx, c)
			})
		}
	}
}

func (r *Runner) nextDue(ctx context.Context) (next db.Time, err error) {
	err = r.d.View(ctx, func(tx *db.Tx) error {
		kinds := r.kinds()
		next, _, err = db.Maybe(ctx, tx, db.Value[db.Time], `SELECT due FROM jobs WHERE due IS NOT NULL AND kind IN `+db.In(1, len(kinds))+
			` ORDER BY due LIMIT 1`, db.Args(nil, kinds)...)
		return err
	})
	return next, err
}

func (r *Runner) kinds() []string { return slices.Sorted(maps.Keys(r.handlers)) }

// takeWorkers waits for one idle worker and takes all that are.
func (r *Runner) takeWorkers(ctx context.Context) (n int, err error) {
	select {
	case <-r.free:
		n = 1
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for {
		select {
		case <-r.free:
			n++
		default:
			return n, nil
		}
	}
}

// claimed is a job that this runner holds.
type claimed struct {
	id              ref.ID
	kind, payload   string
	tries, maxTries int
}

func scanClaimed(r db.Row) (c claimed, err error) {
	err = r.Scan(&c.id, &c.kind, &c.payload, &c.tries, &c.maxTries)
	return c, err
}

func (r *Runner) claim(ctx context.Context, n int) (batch []claimed, err error) {
	kinds := r.kinds()
	err = r.d.Update(ctx, func(tx *db.Tx) error {
		now := tx.Now()
		args := db.Args([]any{db.At(now), db.At(now.Add(lease)), r.me, n}, kinds)
		batch, err = db.All(ctx, tx, scanClaimed, `UPDATE jobs SET state = 'running', due = $2, holder = $3, tries = tries + 1
			WHERE due <= $1 AND id IN (SELECT id FROM jobs WHERE due IS NOT NULL AND due <= $1 AND kind IN `+db.In(5, len(kinds))+`
				ORDER BY due, id LIMIT $4)
			RETURNING id, kind, payload, tries, max_tries`, args...)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range batch {
		r.running[c.id] = true
	}
	return batch, nil
}

// renew keeps the leases of this runner's jobs.
func (r *Runner) renew(ctx context.Context) {
	t := time.NewTicker(renewal)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		r.mu.Lock()
		ids := slices.Collect(maps.Keys(r.running))
		r.mu.Unlock()
		if len(ids) == 0 {
			continue
		}
		r.log(ctx, r.d.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE jobs SET due = $1 WHERE holder = $2 AND state = 'running' AND id IN `+db.In(3, len(ids)),
				db.Args([]any{db.At(tx.Now().Add(lease)), r.me}, ids)...)
			return err
		}))
	}
}

func (r *Runner) work(ctx context.Context, c claimed) {
	err := r.try(context.WithValue(ctx, progressKey{}, &progress{d: r.d, holder: r.me, job: c, percent: -1}), c)
	stopped := err != nil && ctx.Err() != nil
	// What was done is written down also when the portal is being stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	r.log(ctx, r.d.Update(ctx, func(tx *db.Tx) error { return r.settle(ctx, tx, c, err, stopped) }))
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, c.id)
}

func (r *Runner) try(ctx context.Context, c claimed) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return r.handlers[c.kind](ctx, []byte(c.payload))
}

// settle writes down how a job ended, unless another worker has taken it meanwhile.
func (r *Runner) settle(ctx context.Context, tx *db.Tx, c claimed, failure error, stopped bool) error {
	now := tx.Now()
	set := func(state State, due, ended time.Time, tries int, text string) error {
		_, err := tx.Exec(ctx, `UPDATE jobs SET state = $1, due = $2, ended_at = $3, tries = $4, error = $5, holder = NULL
			WHERE id = $6 AND holder = $7 AND tries = $8 AND state = 'running'`,
			string(state), db.At(due), db.At(ended), tries, text, c.id, r.me, c.tries)
		return err
	}
	var giveUp hopeless
	switch {
	case failure == nil:
		return set(Done, time.Time{}, now, c.tries, "")
	case !stopped && (c.tries >= c.maxTries || errors.As(failure, &giveUp)):
		slog.ErrorContext(ctx, "job is dead", "kind", c.kind, "id", c.id, "error", failure)
		return set(Dead, time.Time{}, now, c.tries, failure.Error())
	}
	replaced, err := r.replaced(ctx, tx, c)
	switch {
	case err != nil:
		return err
	case replaced:
		return set(Done, time.Time{}, now, c.tries, failure.Error())
	case stopped:
		return set(Waiting, now, time.Time{}, c.tries-1, "")
	}
	return set(Waiting, now.Add(backOff(c.tries)), time.Time{}, c.tries, failure.Error())
}

// replaced tells that an equal job came to wait while this one ran.
func (r *Runner) replaced(ctx context.Context, tx *db.Tx, c claimed) (bool, error) {
	_, ok, err := db.Maybe(ctx, tx, db.Value[ref.ID], `SELECT w.id FROM jobs w JOIN jobs j ON j.kind = w.kind AND j.unique_key = w.unique_key
		WHERE j.id = $1 AND w.state = 'waiting' AND w.id <> j.id`, c.id)
	return ok, err
}

func (r *Runner) sweep(ctx context.Context) error {
	return r.d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM jobs WHERE state = 'done' AND ended_at IS NOT NULL AND ended_at < $1`, db.At(tx.Now().Add(-kept)))
		return err
	})
}

type progressKey struct{}

type progress struct {
	d       *db.DB
	holder  ref.ID
	job     claimed
	percent int64
}

// Progress writes down that done of total steps of the job under ctx are done.
// Only whole per cents are written. It fails when another worker has taken the
// job; the job then stops. Outside a job it does nothing.
func Progress(ctx context.Context, done, total int64) error {
	p, ok := ctx.Value(progressKey{}).(*progress)
	percent := int64(0)
	if total > 0 {
		percent = done * 100 / total
	}
	if !ok || percent == p.percent {
		return nil
	}
	p.percent = percent
	return p.d.Update(ctx, func(tx *db.Tx) error {
		return tx.ExecOne(ctx, `UPDATE jobs SET done = $1, total = $2 WHERE id = $3 AND holder = $4 AND tries = $5 AND state = 'running'`,
			done, total, p.job.id, p.holder, p.job.tries)
	})
}
