package db

import (
	"context"
	"fmt"
	"io/fs"

	"birge/internal/platform/problem"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// Migrate brings the schema to the newest migration of fsys (files NNNN_name.sql
// in its root). A database made by a newer version is refused untouched.
func (d *DB) Migrate(ctx context.Context, fsys fs.FS) error {
	p, err := d.provider(fsys)
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("db: %w", err)
	}
	if have > want {
		return problem.New(problem.Conflict, "problem.newer_database", "have", have, "want", want)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("db: %w", err)
	}
	return nil
}

// Version tells which migration the schema is at and which is the newest.
func (d *DB) Version(ctx context.Context, fsys fs.FS) (have, want int64, err error) {
	p, err := d.provider(fsys)
	if err != nil {
		return 0, 0, err
	}
	return p.GetVersions(ctx)
}

func (d *DB) provider(fsys fs.FS) (*goose.Provider, error) {
	dialect := database.DialectSQLite3
	if d.postgres {
		dialect = database.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, d.write, fsys, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	return p, nil
}
