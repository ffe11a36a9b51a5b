// Package db is the portal's store: one SQL text for SQLite and PostgreSQL.
//
// All work goes through Update (one transaction that is done whole or not at
// all) and View (one snapshot to read). Placeholders are $1, $2, … on both
// engines. Nothing outside this package asks which engine it is.
//
// On SQLite there is one writing connection and a pool of reading ones. On
// PostgreSQL Update is SERIALIZABLE and runs its closure again when the engine
// asks for it; a closure therefore does nothing outside the transaction, and
// never opens another one: on SQLite it would wait for itself.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"birge/internal/platform/problem"
	"birge/internal/platform/ref"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// DB is an open store.
type DB struct {
	write, read *sql.DB
	postgres    bool
	clock       func() time.Time
	ids         *ref.Maker

	stmts stmtCache

	mu        sync.Mutex
	onCommit  []*func() // replaced, never changed in place
	closeOnce sync.Once

	// Retries counts how often a closure had to run again.
	Retries atomic.Int64
}

// Options are what Open needs to know besides the address.
type Options struct {
	// Clock tells the time; the wall clock unless a test sets it.
	Clock func() time.Time
	// Node numbers the IDs made here, 0 to ref.MaxNode.
	Node int
}

// Open opens the store at address: "postgres://…", or the path of a SQLite
// file, which is made when it is not there.
func Open(ctx context.Context, address string, o Options) (*DB, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	d := &DB{clock: o.Clock, ids: ref.NewMaker(o.Node)}
	var err error
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		err = d.openPostgres(address)
	} else {
		err = d.openSQLite(address)
	}
	if err != nil {
		return nil, err
	}
	if err := d.assert(ctx); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *DB) openPostgres(address string) (err error) {
	d.postgres = true
	if d.write, err = sql.Open("pgx", address); err != nil {
		return fmt.Errorf("db: %w", err)
	}
	d.write.SetMaxOpenConns(4 * max(4, runtime.NumCPU()))
	d.write.SetMaxIdleConns(2 * max(4, runtime.NumCPU()))
	d.read = d.write
	return nil
}

func (d *DB) openSQLite(path string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("db: %w", err)
	}
	at := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" // '#' and '?' belong to the name of a folder
	common := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(wal)", "foreign_keys(on)", "temp_store(memory)"}}
	writing := url.Values{"_txlock": {"immediate"}, "_pragma": append(common["_pragma"], "synchronous(full)", "cache_size(-4000)")}
	reading := url.Values{"_pragma": append(common["_pragma"], "query_only(on)", "cache_size(-2000)")}
	if d.write, err = sql.Open("sqlite", at+writing.Encode()); err != nil {
		return fmt.Errorf("db: %w", err)
	}
	d.write.SetMaxOpenConns(1)
	if d.read, err = sql.Open("sqlite", at+reading.Encode()); err != nil {
		return fmt.Errorf("db: %w", err)
	}
	n := max(4, 2*runtime.NumCPU())
	d.read.SetMaxOpenConns(n)
	d.read.SetMaxIdleConns(n)
	return nil
}

// assert refuses an engine that would not keep what it acknowledged.
func (d *DB) assert(ctx context.Context) error {
	if d.postgres {
		var encoding string
		if err := d.write.QueryRowContext(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
			return fmt.Errorf("db: %w", err)
		}
		if encoding != "UTF8" {
			return fmt.Errorf("db: the database must be in UTF8, it is in %s", encoding)
		}
		return nil
	}
	var mode string
	var sync int
	if err := d.write.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return fmt.Errorf("db: %w", err)
	}
	if err := d.write.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&sync); err != nil {
		return fmt.Errorf("db: %w", err)
	}
	if mode != "wal" || sync != 2 {
		return fmt.Errorf("db: SQLite runs with journal_mode %s and synchronous %d, not wal and full", mode, sync)
	}
	return nil
}

// Close ends all connections.
func (d *DB) Close() error {
	var err error
	d.closeOnce.Do(func() {
		d.stmts.close()
		err = d.write.Close()
		if d.read != d.write {
			err = errors.Join(err, d.read.Close())
		}
	})
	return err
}

// Check has SQLite look for damage in its file; PostgreSQL looks for itself.
func (d *DB) Check(ctx context.Context) error {
	if d.postgres {
		return d.read.PingContext(ctx)
	}
	var says string
	if err := d.read.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&says); err != nil {
		return fmt.Errorf("db: %w", err)
	}
	if says != "ok" {
		return fmt.Errorf("db: %s", says)
	}
	return nil
}

// Now is the time of the store's clock in UTC, cut to the micro-second that
// both engines keep.
func (d *DB) Now() time.Time { return d.clock().UTC().Truncate(time.Microsecond) }

// SetNode numbers the IDs that are made from now on.
func (d *DB) SetNode(node int) { d.ids = ref.NewMaker(node) }

// Engine names the engine for people: "SQLite" or "PostgreSQL".
func (d *DB) Engine() string {
	if d.postgres {
		return "PostgreSQL"
	}
	return "SQLite"
}

// OnCommit has f called after each Update until stop. f must be quick.
func (d *DB) OnCommit(f func()) (stop func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.onCommit = append(slices.Clone(d.onCommit), &f)
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.onCommit = slices.DeleteFunc(slices.Clone(d.onCommit), func(g *func()) bool { return g == &f })
	}
}

// Wake gives a channel that has a value after an Update, one for many, until stop.
func (d *DB) Wake() (woken <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	return c, d.OnCommit(func() {
		select {
		case c <- struct{}{}:
		default:
		}
	})
}

// A transaction is tried so often, and so often when a row of it is taken already:
// on PostgreSQL the row may have come from a transaction of the same moment, and the
// next try sees what that one did; a true duplicate is one again.
const (
	maxTries     = 24
	maxDuplicate = 6
)

// Update runs f in one transaction that is kept when f returns nil and undone
// otherwise. f runs again from the start when the engine asks for it.
func (d *DB) Update(ctx context.Context, f func(tx *Tx) error) error {
	for try := 1; ; try++ {
		err := d.once(ctx, d.write, &sql.TxOptions{Isolation: d.writing()}, f)
		if err == nil {
			d.committed()
			return nil
		}
		if try == maxTries || !again(err) && !d.taken(err, try) || ctx.Err() != nil {
			return translate(err)
		}
		d.Retries.Add(1)
		pause(ctx, try)
	}
}

// taken tells that a row met one of the same key, perhaps of a transaction that this
// one could not see yet.
func (d *DB) taken(err error, try int) bool {
	return d.postgres && try < maxDuplicate && problem.As(err) == nil && IsDuplicate(err)
}

func (d *DB) writing() sql.IsolationLevel {
	if d.postgres {
		return sql.LevelSerializable
	}
	return sql.LevelDefault
}

func (d *DB) committed() {
	d.mu.Lock()
	fs := d.onCommit
	d.mu.Unlock()
	for _, f := range fs {
		(*f)()
	}
}

// View runs f on one unchanging snapshot of the store.
func (d *DB) View(ctx context.Context, f func(tx *Tx) error) error {
	o := &sql.TxOptions{ReadOnly: true}
	if d.postgres {
		o.Isolation = sql.LevelRepeatableRead
	}
	return translate(d.once(ctx, d.read, o, f))
}

func (d *DB) once(ctx context.Context, pool *sql.DB, o *sql.TxOptions, f func(tx *Tx) error) (err error) {
	if !d.postgres {
		o = nil // the pool itself is either the writing connection or query_only
	}
	t, err := pool.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("db: %w", err)
	}
	tx := &Tx{db: d, tx: t, now: d.Now(), queries: counterOf(ctx)}
	if !d.postgres && pool == d.write {
		tx.own = map[string]*sql.Stmt{}
	}
	done := false
	defer func() {
		if !done {
			err = errors.Join(err, undo(t))
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	done = true
	if err := t.Commit(); err != nil {
		if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
			err = ctx.Err() // who asked has left, and the driver has undone it
		}
		return fmt.Errorf("db: commit: %w", err)
	}
	d.stmts.learn(ctx, pool, tx.unknown)
	return nil
}

func undo(t *sql.Tx) error {
	if err := t.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("db: rollback: %w", err)
	}
	return nil
}

func pause(ctx context.Context, try int) {
	d := time.Duration(rand.Int64N(int64(min(try, 8)) * int64(4*time.Millisecond)))
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// again tells that the engine asks to run the transaction once more.
func again(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return lite.Code()&0xff == sqlite3.SQLITE_BUSY || lite.Code()&0xff == sqlite3.SQLITE_LOCKED
	}
	return false
}

// translate gives the failures that a person can mend their kind.
func translate(err error) error {
	if err == nil || problem.As(err) != nil {
		return err
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok && lite.Code()&0xff == sqlite3.SQLITE_FULL {
		return problem.Wrap(err, problem.Unavailable, "problem.disk_full")
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "53100" {
		return problem.Wrap(err, problem.Unavailable, "problem.disk_full")
	}
	if again(err) {
		return problem.Wrap(err, problem.Conflict, "problem.busy")
	}
	return err
}

// IsDuplicate tells that a row broke a uniqueness rule of the schema.
func IsDuplicate(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "23505"
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return false
}
