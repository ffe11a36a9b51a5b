package db

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"birge/internal/platform/problem"
)

// Table is a table of the store as a copy of it knows it.
type Table struct {
	Name    string   `json:"table"`
	Columns []Column `json:"columns"`
}

// Column is a column and what it holds.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // as migrations name it: BIGINT, TEXT, JSONB, …
}

// Tables lists the tables of the schema in the order in which migrations made
// them. A table comes after those that it referred to when it was made.
func Tables(ctx context.Context, tx *Tx) (tables []Table, err error) {
	query := `SELECT m.name, c.name, c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'goose_db_version' ORDER BY m.rowid, c.cid`
	if tx.db.postgres {
		query = `SELECT r.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_class r
			JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
			WHERE r.relkind = 'r' AND r.relnamespace = current_schema()::regnamespace AND r.relname <> 'goose_db_version'
			ORDER BY r.oid, a.attnum`
	}
	scan := func(r Row) (t Table, err error) {
		var c Column
		err = r.Scan(&t.Name, &c.Name, &c.Type)
		c.Type = typeNames[strings.ToUpper(c.Type)]
		t.Columns = []Column{c}
		return t, err
	}
	err = Each(ctx, tx, scan, func(t Table) error {
		if t.Columns[0].Type == "" {
			return fmt.Errorf("db: %s.%s has a type that a copy does not know", t.Name, t.Columns[0].Name)
		}
		if n := len(tables); n > 0 && tables[n-1].Name == t.Name {
			tables[n-1].Columns = append(tables[n-1].Columns, t.Columns...)
		} else {
			tables = append(tables, t)
		}
		return nil
	}, query)
	return tables, err
}

// typeNames are the types of migrations, by what the engines call them.
var typeNames = map[string]string{
	"BIGINT": "BIGINT", "TEXT": "TEXT", "BOOLEAN": "BOOLEAN", "JSONB": "JSONB", "BYTEA": "BYTEA", "DATE": "DATE",
	"DOUBLE PRECISION": "DOUBLE PRECISION", "TIMESTAMPTZ": "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ",
}

// cell is a destination for a value of the column that is the same on both engines.
func (c Column) cell() any {
	switch c.Type {
	case "BIGINT":
		return new(sql.Null[int64])
	case "BOOLEAN":
		return new(sql.Null[bool])
	case "DOUBLE PRECISION":
		return new(sql.Null[float64])
	case "BYTEA":
		return new([]byte)
	case "DATE":
		return new(Date)
	case "TIMESTAMPTZ":
		return new(Time)
	}
	return new(sql.Null[string])
}

// EachRow hands every row of a table to yield as a line of JSON, an array with a
// value for each column. The line is only good until yield returns.
func EachRow(ctx context.Context, tx *Tx, t Table, yield func(line []byte) error) error {
	cells, values := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	scan := func(r Row) ([]byte, error) {
		for i, c := range t.Columns {
			cells[i] = c.cell()
		}
		if err := r.Scan(cells...); err != nil {
			return nil, err
		}
		for i, cell := range cells {
			values[i] = plain(cell)
		}
		return json.Marshal(values)
	}
	return Each(ctx, tx, scan, yield, `SELECT `+t.names()+` FROM `+t.Name)
}

// plain is a value as JSON writes it; what is not there is null.
func plain(cell any) any {
	switch v := cell.(type) {
	case *sql.Null[int64]:
		return orNil(*v)
	case *sql.Null[bool]:
		return orNil(*v)
	case *sql.Null[float64]:
		return orNil(*v)
	case *sql.Null[string]:
		return orNil(*v)
	case *Date:
		if v.IsZero() {
			return nil
		}
	}
	return cell
}

func orNil[T any](v sql.Null[T]) any {
	if !v.Valid {
		return nil
	}
	return v.V
}

func (t Table) names() string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// Load puts lines that EachRow wrote into a table, on either engine.
func Load(ctx context.Context, tx *Tx, t Table, lines [][]byte) error {
	rows := make([][]any, len(lines))
	for i, line := range lines {
		var values []json.RawMessage
		if err := json.Unmarshal(line, &values); err != nil || len(values) != len(t.Columns) {
			return fmt.Errorf("db: a row of %s is not whole: %w", t.Name, err)
		}
		for j, c := range t.Columns {
			v, err := c.read(values[j])
			if err != nil {
				return fmt.Errorf("db: %s.%s: %w", t.Name, c.Name, err)
			}
			rows[i] = append(rows[i], v)
		}
	}
	return InsertMany(ctx, tx, `INSERT INTO `+t.Name+` (`+t.names()+`)`, rows)
}

// read is the argument for a value that plain wrote.
func (c Column) read(raw json.RawMessage) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch c.Type {
	case "BIGINT":
		return into[int64](raw)
	case "BOOLEAN":
		return into[bool](raw)
	case "DOUBLE PRECISION":
		return into[float64](raw)
	case "DATE":
		return into[Date](raw)
	case "TIMESTAMPTZ":
		return into[Time](raw)
	case "BYTEA":
		s, err := into[string](raw)
		if err != nil {
			return nil, err
		}
		return base64.StdEncoding.DecodeString(s)
	}
	return into[string](raw)
}

func into[T any](raw json.RawMessage) (v T, err error) {
	err = json.Unmarshal(raw, &v)
	return v, err
}

// Clear empties every table, those first that refer to others.
func Clear(ctx context.Context, tx *Tx, tables []Table) error {
	for i := len(tables) - 1; i >= 0; i-- {
		if _, err := tx.Exec(ctx, `DELETE FROM `+tables[i].Name); err != nil {
			return err
		}
	}
	return nil
}

// InAnyOrder runs f while rows may come before those that they refer to: tables can refer
// to each other in a ring, and a row to a later one of its own table. Afterwards every
// reference leads somewhere again, or InAnyOrder fails and the store is of no use.
func (d *DB) InAnyOrder(ctx context.Context, f func() error) error {
	if d.postgres {
		return d.withoutForeignKeys(ctx, f)
	}
	if _, err := d.write.ExecContext(ctx, `PRAGMA foreign_keys = OFF`); err != nil { // of the one connection that writes
		return fmt.Errorf("db: %w", err)
	}
	err := f()
	if _, on := d.write.ExecContext(ctx, `PRAGMA foreign_keys = ON`); on != nil {
		err = errors.Join(err, fmt.Errorf("db: %w", on))
	}
	if err != nil {
		return err
	}
	return d.View(ctx, func(tx *Tx) error {
		lost, err := All(ctx, tx, Value[string], `SELECT DISTINCT "table" FROM pragma_foreign_key_check`)
		if err == nil && len(lost) > 0 {
			err = fmt.Errorf("db: rows refer to rows that are not there: %s", strings.Join(lost, ", "))
		}
		return err
	})
}

// withoutForeignKeys takes every foreign key away while f runs, and checks all of them
// when it gives them back.
func (d *DB) withoutForeignKeys(ctx context.Context, f func() error) error {
	type key struct{ table, name, is string }
	var keys []key
	if err := d.Update(ctx, func(tx *Tx) (err error) {
		keys, err = All(ctx, tx, func(r Row) (k key, err error) {
			err = r.Scan(&k.table, &k.name, &k.is)
			return k, err
		}, `SELECT quote_ident(r.relname), quote_ident(c.conname), pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
			WHERE c.contype = 'f' AND r.relnamespace = current_schema()::regnamespace ORDER BY c.oid`)
		for _, k := range keys {
			if err == nil {
				_, err = tx.Exec(ctx, `ALTER TABLE `+k.table+` DROP CONSTRAINT `+k.name)
			}
		}
		return err
	}); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	return d.Update(ctx, func(tx *Tx) error {
		for _, k := range keys {
			if _, err := tx.Exec(ctx, `ALTER TABLE `+k.table+` ADD CONSTRAINT `+k.name+` `+k.is); err != nil {
				return err
			}
		}
		return nil
	})
}

// MigrateTo makes the schema of an empty store as it was at a version that the
// program knows. A store that has a schema already is refused.
func (d *DB) MigrateTo(ctx context.Context, fsys fs.FS, version int64) error {
	p, err := d.provider(fsys)
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("db: %w", err)
	case version > want:
		return problem.New(problem.Conflict, "problem.newer_database", "have", version, "want", want)
	case have != 0:
		return fmt.Errorf("db: the database is not empty: its schema has version %d", have)
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return fmt.Errorf("db: %w", err)
	}
	return nil
}
