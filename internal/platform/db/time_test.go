package db_test

import (
	"testing"

	"birge/internal/platform/db"
)

// A day that is taken is one that both engines can keep, and is printed as it was read.
func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"", "2026-11-23", "2024-02-29", "2026-02-29", "0001-01-01", "0000-12-31", "9999-12-31", "-001-01-01", "2026-1-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := db.ParseDate(s)
		if err != nil {
			return
		}
		if d.IsZero() || d.Year() < 1 || d.Year() > 9999 || d.String() != s {
			t.Errorf("%q is read as %q", s, d)
		}
	})
}
