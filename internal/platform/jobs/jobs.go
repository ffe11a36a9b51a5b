// Package jobs does work after a change: letters, thumbnails, imports, nightly
// clocks. A job is put into the store in the change's own transaction, so it is
// there exactly when the change is.
//
// A job runs at least once: when a worker dies its lease runs out and another
// one takes the job. What a job does must therefore bear being done again. A job
// that fails is tried again after a growing pause; after its last try it is dead
// and stays in sight with its error.
package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Job is a piece of work; its fields are stored as JSON.
type Job interface {
	// JobKind names the type for ever: "mail.send".
	JobKind() string
}

// State is how far a job is.
type State string

// The states of a job.
const (
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Dead    State = "dead" // all tries failed
)

const defaultTries = 12

type settings struct {
	id     ref.ID
	unique *string
	at     time.Time
	tries  int
}

// Option changes how a job is put in.
type Option func(*settings)

// Unique leaves the job out when one of its kind with this key still waits.
func Unique(key string) Option { return func(s *settings) { s.unique = &key } }

// At has the job wait until t.
func At(t time.Time) Option { return func(s *settings) { s.at = t } }

// Tries sets after how many failures the job is dead.
func Tries(n int) Option { return func(s *settings) { s.tries = n } }

// WithID gives the job an id of tx.NewID, so that its Status can be asked.
func WithID(id ref.ID) Option { return func(s *settings) { s.id = id } }

// Enqueue puts a job in; it runs soon after the transaction is kept.
func Enqueue(ctx context.Context, tx *db.Tx, job Job, options ...Option) error {
	s := settings{at: tx.Now(), tries: defaultTries}
	for _, o := range options {
		o(&s)
	}
	if s.id == 0 {
		s.id = tx.NewID()
	}
	payload, err := json.Marshal(job)
	if err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO jobs (id, kind, payload, unique_key, state, due, tries, max_tries, done, total, error, made_at)
		VALUES ($1,$2,$3,$4,'waiting',$5,0,$6,0,0,'',$7)
		ON CONFLICT (kind, unique_key) WHERE unique_key IS NOT NULL AND state = 'waiting' DO NOTHING`,
		s.id, job.JobKind(), string(payload), s.unique, db.At(s.at), s.tries, db.At(tx.Now()))
	return err
}

// Report tells how far a job is.
type Report struct {
	ID    ref.ID
	Kind  string
	State State
	Tries int
	// Done of Total steps are done; Total is 0 while nobody has counted.
	Done, Total int64
	// Error is the last failure, for the operator.
	Error   string
	MadeAt  db.Time
	EndedAt db.Time
}

const reportColumns = `id, kind, state, tries, done, total, error, made_at, ended_at`

func scanReport(r db.Row) (p Report, err error) {
	err = r.Scan(&p.ID, &p.Kind, &p.State, &p.Tries, &p.Done, &p.Total, &p.Error, &p.MadeAt, &p.EndedAt)
	return p, err
}

// Status finds a job again. Done jobs are known for a week, then NotFound.
func Status(ctx context.Context, tx *db.Tx, id ref.ID) (Report, error) {
	return db.One(ctx, tx, scanReport, `SELECT `+reportColumns+` FROM jobs WHERE id = $1`, id)
}

// DeadOnes lists dead jobs, the latest first.
func DeadOnes(ctx context.Context, tx *db.Tx, limit int) ([]Report, error) {
	return db.All(ctx, tx, scanReport, `SELECT `+reportColumns+` FROM jobs
		WHERE state = 'dead' AND ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT $1`, limit)
}

// Revive lets a dead job try again from the start; NotFound when it is not dead.
func Revive(ctx context.Context, tx *db.Tx, id ref.ID) error {
	n, err := tx.Exec(ctx, `UPDATE jobs SET state = 'waiting', due = $1, tries = 0, ended_at = NULL WHERE id = $2 AND state = 'dead'`,
		db.At(tx.Now()), id)
	if err == nil && n == 0 {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return err
}

// backOff is the pause after the given number of failures: 10 s, then twice as
// long each time, 6 hours at most.
func backOff(tries int) time.Duration {
	return min(10*time.Second<<min(tries-1, 12), 6*time.Hour)
}
