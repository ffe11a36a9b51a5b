package app_test

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"birge/internal/app/migrations"
	"birge/internal/birgetest"
	"birge/internal/platform/db/dbtest"
)

// asked are the public pages that an address narrows, and the parameters that do.
var asked = map[string][]string{
	"/kk/projects":           {"q", "page", "sort", "place", "state", "sphere"},
	"/ru/projects.csv":       {"q", "place", "year"},
	"/en/organizations.atom": {"q", "page", "sort", "place", "form"},
	"/kk/obligations":        {"page", "ground", "state", "body", "place", "from", "until"},
	"/ru/obligations/bodies": {"page", "ground", "place"},
	"/kk/search":             {"q", "kind", "page"},
	"/ru/journal":            {"about", "before"},
	"/en/journal.atom":       {"about", "before"},
	"/api/v1/journal":        {"about", "before"},
	"/api/v1/projects":       {"q", "after", "page", "place"},
	"/api/v1/figures":        {"place", "year", "after"},
	"/kk/figures":            {"place", "year"},
	"/kk/follow":             {"about", "what", "list"},
}

// Whatever stands in an address, the portal shows a page or says what is wrong
// with it; no fault of its own.
func FuzzAddress(f *testing.F) {
	w := birgetest.Start(f, database(f))
	stranger := w.Stranger()
	for _, s := range []string{"", "\x00", "\xff", "9223372036854775807", "-1", "0000-12-31", "9999-12-31", "0001-01-01", "zzzzzzzzzzzzz", "7zzzzzzzzzzzz", "' OR 1=1 --",
		"projects", "150000000", "ауыл \"*(", strings.Repeat("ә", 30_000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		w.T = t
		defer func() { w.T = f }()
		for path, names := range asked {
			for _, name := range names {
				a := stranger.Get(path + "?" + url.Values{name: {typed}}.Encode())
				if a.Status >= http.StatusInternalServerError {
					t.Errorf("%s by %s %q answers %d", path, name, typed, a.Status)
				}
				if len(a.Body) > 1<<20 {
					t.Errorf("%s by %s %q is %d bytes", path, name, typed, len(a.Body))
				}
			}
		}
	})
}

// database is PostgreSQL where the suite has it, which takes less than SQLite.
func database(t testing.TB) string {
	if os.Getenv(dbtest.Postgres) != "" {
		return dbtest.PostgreSQL(t, migrations.FS)
	}
	return dbtest.SQLite(t, migrations.FS)
}
