package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Tx is a transaction in progress, of Update or of View.
type Tx struct {
	db      *DB
	tx      *sql.Tx
	own     map[string]*sql.Stmt // statements prepared on a writing SQLite transaction
	unknown []string             // texts that a reading SQLite transaction ran unprepared
	now     time.Time
	queries *atomic.Int64
}

// Now is the time of the transaction: the same at every call.
func (tx *Tx) Now() time.Time { return tx.now }

// NewID makes an ID that no other row has.
func (tx *Tx) NewID() ref.ID { return tx.db.ids.New(tx.now) }

// Exec runs a statement and tells how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tx.count()
	var res sql.Result
	stmt, err := tx.prepared(ctx, query)
	switch {
	case err != nil:
	case stmt != nil:
		res, err = stmt.ExecContext(ctx, args...)
	default:
		res, err = tx.tx.ExecContext(ctx, query, args...)
	}
	if err != nil {
		return 0, wrap(err, query)
	}
	return res.RowsAffected()
}

// ExecOne runs a statement that must change exactly one row. When it changes
// none, somebody else changed the row since it was read: a Conflict.
func (tx *Tx) ExecOne(ctx context.Context, query string, args ...any) error {
	n, err := tx.Exec(ctx, query, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return problem.New(problem.Conflict, "problem.changed_meanwhile")
	}
	if n != 1 {
		return fmt.Errorf("db: %d rows changed, not one: %s", n, oneLine(query))
	}
	return nil
}

// Query runs a query; the caller closes the rows.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	tx.count()
	stmt, err := tx.prepared(ctx, query)
	if err != nil {
		return nil, wrap(err, query)
	}
	var rows *sql.Rows
	if stmt != nil {
		rows, err = stmt.QueryContext(ctx, args...)
	} else {
		rows, err = tx.tx.QueryContext(ctx, query, args...)
	}
	if err != nil {
		return nil, wrap(err, query)
	}
	return rows, nil
}

// Row is what a scan function reads: one row of a result.
type Row interface{ Scan(dest ...any) error }

// All collects every row of a query through scan.
func All[T any](ctx context.Context, tx *Tx, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	var out []T
	err := Each(ctx, tx, scan, func(v T) error {
		out = append(out, v)
		return nil
	}, query, args...)
	return out, err
}

// Each hands every row of a query to yield as it is read, so memory does not
// grow with the rows. yield must not use the transaction.
func Each[T any](ctx context.Context, tx *Tx, scan func(Row) (T, error), yield func(T) error, query string, args ...any) (err error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return wrap(err, query)
		}
		if err := yield(v); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return wrap(err, query)
	}
	return nil
}

// Stream hands over the rows of a large table in the order of their ids: step
// rows to a view, so that neither memory nor one long view grows with the table.
// read gives up to step rows after the one with the id last.
func Stream[T any](ctx context.Context, d *DB, step int, id func(T) ref.ID, read func(tx *Tx, last ref.ID) ([]T, error), yield func(T) error) error {
	var last ref.ID
	for {
		var rows []T
		if err := d.View(ctx, func(tx *Tx) (err error) {
			rows, err = read(tx, last)
			return err
		}); err != nil {
			return err
		}
		for _, v := range rows {
			if err := yield(v); err != nil {
				return err
			}
		}
		if len(rows) < step {
			return nil
		}
		last = id(rows[len(rows)-1])
	}
}

// One reads the single row of a query; no row is NotFound.
func One[T any](ctx context.Context, tx *Tx, scan func(Row) (T, error), query string, args ...any) (v T, err error) {
	v, ok, err := Maybe(ctx, tx, scan, query, args...)
	if err == nil && !ok {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return v, err
}

// Maybe reads the first row of a query, if there is one.
func Maybe[T any](ctx context.Context, tx *Tx, scan func(Row) (T, error), query string, args ...any) (v T, ok bool, err error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return v, false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return v, false, rows.Err()
	}
	if v, err = scan(rows); err != nil {
		return v, false, wrap(err, query)
	}
	return v, true, nil
}

// Value is a scan function for a single column.
func Value[T any](r Row) (v T, err error) {
	err = r.Scan(&v)
	return v, err
}

// In writes the placeholders of a list that starts at $from: "($3, $4)". An
// empty list gives "(NULL)", which nothing equals.
func In(from, n int) string {
	if n == 0 {
		return "(NULL)"
	}
	var b strings.Builder
	for i := range n {
		if i == 0 {
			b.WriteByte('(')
		} else {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	b.WriteByte(')')
	return b.String()
}

// Args makes the arguments of a query from values and lists of any type.
func Args[T any](first []any, list []T) []any {
	out := make([]any, 0, len(first)+len(list))
	out = append(out, first...)
	for _, v := range list {
		out = append(out, v)
	}
	return out
}

// maxArgs is how many arguments one statement of many rows has: SQLite looks each
// one up by its name among all, so 8000 at once are ten times slower.
const maxArgs = 400

// InsertMany inserts rows of equal length, many with one statement. head is the
// statement as far as its columns: "INSERT INTO places (id, code)".
func InsertMany(ctx context.Context, tx *Tx, head string, rows [][]any) error {
	for len(rows) > 0 {
		cols := len(rows[0])
		n := min(len(rows), max(1, maxArgs/cols))
		var query strings.Builder
		query.WriteString(head)
		query.WriteString(" VALUES ")
		args := make([]any, 0, n*cols)
		for i, row := range rows[:n] {
			if i > 0 {
				query.WriteByte(',')
			}
			query.WriteString(In(1+i*cols, cols))
			args = append(args, row...)
		}
		if _, err := tx.Exec(ctx, query.String(), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func (tx *Tx) count() {
	if tx.queries != nil {
		tx.queries.Add(1)
	}
}

func wrap(err error, query string) error {
	return fmt.Errorf("db: %w: %s", err, oneLine(query))
}

func oneLine(query string) string {
	s := strings.Join(strings.Fields(query), " ")
	if len(s) > 120 {
		s = s[:120] + "…"
	}
	return s
}

type counterKey struct{}

// CountQueries gives a context under which n counts every statement that is run.
func CountQueries(ctx context.Context, n *atomic.Int64) context.Context {
	return context.WithValue(ctx, counterKey{}, n)
}

func counterOf(ctx context.Context) *atomic.Int64 {
	n, _ := ctx.Value(counterKey{}).(*atomic.Int64)
	return n
}

// stmtCache keeps the reading pool's prepared statements by their text: SQLite
// prepares anew at every call otherwise.
type stmtCache struct {
	mu     sync.RWMutex
	byText map[string]*sql.Stmt
}

const maxStmts = 512

// prepared gives the statement for query, or nil when it runs unprepared. The
// writing connection of SQLite is held by the transaction, so its statements
// are prepared on the transaction and live as long as it. A reading transaction
// runs a text that the cache does not know unprepared and leaves it to be prepared
// afterwards: asking the pool for a second connection while it holds one would
// let as many readers as there are connections wait for each other for ever.
func (tx *Tx) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	switch {
	case tx.db.postgres: // the driver keeps prepared statements itself
		return nil, nil
	case tx.own != nil:
		stmt := tx.own[query]
		if stmt != nil || len(tx.own) >= maxStmts {
			return stmt, nil
		}
		stmt, err := tx.tx.PrepareContext(ctx, query)
		if err == nil {
			tx.own[query] = stmt
		}
		return stmt, err
	}
	stmt, room := tx.db.stmts.known(query)
	if stmt == nil {
		if room && !slices.Contains(tx.unknown, query) {
			tx.unknown = append(tx.unknown, query)
		}
		return nil, nil
	}
	return tx.tx.StmtContext(ctx, stmt), nil
}

// known gives the statement of a text, and whether there is room for one more.
func (c *stmtCache) known(query string) (stmt *sql.Stmt, room bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.byText[query], len(c.byText) < maxStmts
}

// learn prepares texts on the pool, for the transactions to come. The caller holds
// no connection.
func (c *stmtCache) learn(ctx context.Context, pool *sql.DB, queries []string) {
	for _, query := range queries {
		stmt, err := pool.PrepareContext(ctx, query)
		if err != nil {
			return // the text runs unprepared, and is tried again after its next use
		}
		if !c.keep(query, stmt) {
			_ = stmt.Close()
		}
	}
}

func (c *stmtCache) keep(query string, stmt *sql.Stmt) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byText[query] != nil || len(c.byText) >= maxStmts {
		return false
	}
	if c.byText == nil {
		c.byText = map[string]*sql.Stmt{}
	}
	c.byText[query] = stmt
	return true
}

func (c *stmtCache) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.byText {
		_ = s.Close()
	}
	c.byText = nil
}

// InUse tells which of the ids queries find; %s in a query stands for the ids, each
// of them once: `SELECT place_id FROM pots WHERE place_id IN %s`.
func InUse(ctx context.Context, tx *Tx, ids []ref.ID, queries ...string) (map[ref.ID]bool, error) {
	used := map[ref.ID]bool{}
	for part := range slices.Chunk(ids, 300) {
		query := strings.ReplaceAll(strings.Join(queries, " UNION "), "%s", In(1, len(part)))
		if err := Each(ctx, tx, Value[ref.ID], func(id ref.ID) error {
			used[id] = true
			return nil
		}, query, Args(nil, part)...); err != nil {
			return nil, err
		}
	}
	return used, nil
}
