package db_test

import (
	"testing"
	"testing/fstest"

	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
)

// Two tables that refer to each other, and a row to a later one, come back in whatever
// order; what refers to nothing is found.
func TestRowsComeInAnyOrder(t *testing.T) {
	schema := fstest.MapFS{"0001_ring.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE people (id BIGINT PRIMARY KEY, before_id BIGINT REFERENCES people (id));
CREATE TABLE parties (id BIGINT PRIMARY KEY, lead_id BIGINT REFERENCES people (id));
ALTER TABLE people ADD COLUMN party_id BIGINT REFERENCES parties (id);
`)}}
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx := t.Context()
		put := func(query string, args ...any) error {
			return d.Update(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, query, args...)
				return err
			})
		}
		const person = `INSERT INTO people (id, before_id, party_id) VALUES ($1, $2, $3)`
		if put(person, 1, nil, 7) == nil {
			t.Fatal("a reference that leads nowhere is taken")
		}
		err := d.InAnyOrder(ctx, func() error {
			for _, row := range [][]any{{1, 2, 7}, {2, nil, 7}} {
				if err := put(person, row...); err != nil {
					return err
				}
			}
			return put(`INSERT INTO parties (id, lead_id) VALUES (7, 1)`)
		})
		if err != nil {
			t.Fatal(err)
		}
		if put(person, 3, nil, 8) == nil {
			t.Error("afterwards a reference that leads nowhere is taken")
		}
		if d.InAnyOrder(ctx, func() error { return put(person, 3, nil, 8) }) == nil {
			t.Error("what refers to nothing is not found")
		}
	})
}
