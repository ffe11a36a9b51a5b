// Package dbtest runs a test against real databases: SQLite always, PostgreSQL
// when the environment variable BIRGE_TEST_POSTGRES names an admin URL.
//
// Each test has a database of its own, copied from one that was migrated once.
package dbtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"birge/internal/platform/db"
)

// Postgres is the environment variable with the admin URL of a PostgreSQL server.
const Postgres = "BIRGE_TEST_POSTGRES"

// Start is the instant at which every Clock begins: a Monday morning in Almaty.
var Start = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

// Clock stands still until a test moves it.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock stands at Start.
func NewClock() *Clock { return &Clock{now: Start} }

// Now is the time that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set turns the clock to t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// Advance turns the clock by d.
func (c *Clock) Advance(d time.Duration) { c.Set(c.Now().Add(d)) }

// Each runs test on each engine with a fresh database that has the migrations.
func Each(t *testing.T, migrations fs.FS, test func(t *testing.T, d *db.DB, clock *Clock)) {
	t.Helper()
	EachAddress(t, migrations, func(t *testing.T, address string) {
		clock := NewClock()
		test(t, Open(t, address, clock), clock)
	})
}

// EachAddress is Each for tests that open and close the database themselves.
func EachAddress(t *testing.T, migrations fs.FS, test func(t *testing.T, address string)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, SQLite(t, migrations)) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, PostgreSQL(t, migrations)) })
}

// EachEmpty runs test with the address of a store that has nothing in it, not
// even a schema: "" for a file of SQLite that the test names itself.
func EachEmpty(t *testing.T, test func(t *testing.T, address string)) {
	t.Helper()
	t.Run("to SQLite", func(t *testing.T) { test(t, "") })
	t.Run("to PostgreSQL", func(t *testing.T) {
		server, admin := postgres(t)
		test(t, copyOf(t, server, admin, "template0 ENCODING 'UTF8'"))
	})
}

// Open opens a database until the end of the test.
func Open(t testing.TB, address string, clock *Clock) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), address, db.Options{Clock: clock.Now})
	must(t, err)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

var lite struct {
	sync.Mutex
	byHash map[string][]byte
}

// SQLite makes a migrated file and gives its path.
func SQLite(t testing.TB, migrations fs.FS) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	hash := hashOf(t, migrations)
	lite.Lock()
	defer lite.Unlock()
	if file, ok := lite.byHash[hash]; ok {
		must(t, os.WriteFile(path, file, 0o600))
		return path
	}
	migrate(t, path, migrations)
	file, err := os.ReadFile(path)
	must(t, err)
	if lite.byHash == nil {
		lite.byHash = map[string][]byte{}
	}
	lite.byHash[hash] = file
	return path
}

// PostgreSQL makes a migrated database, dropped after the test, and gives its
// URL. Without a server the test is skipped.
func PostgreSQL(t testing.TB, migrations fs.FS) string {
	t.Helper()
	server, admin := postgres(t)
	return copyOf(t, server, admin, template(t, server, admin, migrations))
}

// PostgreSQLOn is PostgreSQL with all rows of the database in a folder, on a disk
// that the test may fill. Where the server runs elsewhere, or may not keep rows
// there, the test is skipped.
func PostgreSQLOn(t testing.TB, migrations fs.FS, folder string) string {
	t.Helper()
	server, admin := postgres(t)
	var data string
	must(t, server.QueryRow("SHOW data_directory").Scan(&data))
	at, err := os.Stat(data)
	if err != nil {
		t.Skip("the server of ", Postgres, " does not run on this machine: ", err)
	}
	owner, ok := at.Sys().(*syscall.Stat_t)
	if !ok || os.Chown(folder, int(owner.Uid), int(owner.Gid)) != nil {
		t.Skip("the folder cannot be given to the server of ", Postgres)
	}
	space := "birge_test_" + random()
	if _, err := server.Exec("CREATE TABLESPACE " + space + " LOCATION '" + folder + "'"); err != nil {
		t.Skip("the server of ", Postgres, " keeps no rows in a folder of the test: ", err)
	}
	t.Cleanup(func() {
		if _, err := server.Exec("DROP TABLESPACE " + space); err != nil {
			t.Errorf("dbtest: %v", err)
		}
	})
	return copyOf(t, server, admin, template(t, server, admin, migrations)+" TABLESPACE "+space)
}

// postgres opens the server; without one the test is skipped.
func postgres(t testing.TB) (server *sql.DB, admin string) {
	t.Helper()
	if admin = os.Getenv(Postgres); admin == "" {
		t.Skip(Postgres + " names no server")
	}
	server, err := sql.Open("pgx", admin)
	must(t, err)
	t.Cleanup(func() { _ = server.Close() })
	return server, admin
}

// copyOf makes a database that is dropped after the test.
func copyOf(t testing.TB, server *sql.DB, admin, template string) string {
	t.Helper()
	name := "birge_test_" + random()
	_, err := server.Exec("CREATE DATABASE " + name + " TEMPLATE " + template)
	must(t, err)
	t.Cleanup(func() {
		if err := drop(server, name); err != nil {
			t.Errorf("dbtest: %v", err)
		}
	})
	return at(t, admin, name)
}

// dropTime bounds how long dropping a database is tried.
const dropTime = 30 * time.Second

// drop drops a database. The server writes a checkpoint first, which fails while
// another test has filled the disk of its own rows, so it is tried again.
func drop(server *sql.DB, name string) (err error) {
	for until := time.Now().Add(dropTime); time.Now().Before(until); time.Sleep(200 * time.Millisecond) {
		if _, err = server.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err == nil || !strings.Contains(err.Error(), "checkpoint") {
			return err
		}
	}
	return err
}

// lockNumber keeps test programs that run at once from making one template twice.
const lockNumber = 2026_1123

// template gives the name of a database with the migrations; one that is there
// from an earlier run is taken as it is.
func template(t testing.TB, server *sql.DB, admin string, migrations fs.FS) string {
	t.Helper()
	name := "birge_template_" + hashOf(t, migrations)
	ctx := context.Background()
	conn, err := server.Conn(ctx)
	must(t, err)
	defer conn.Close()
	exec := func(query string) {
		t.Helper()
		_, err := conn.ExecContext(ctx, query)
		must(t, err)
	}
	exec(fmt.Sprintf("SELECT pg_advisory_lock(%d)", lockNumber))
	defer exec(fmt.Sprintf("SELECT pg_advisory_unlock(%d)", lockNumber))
	var have int
	must(t, conn.QueryRowContext(ctx, "SELECT count(*) FROM pg_database WHERE datname = $1", name).Scan(&have))
	if have > 0 {
		return name
	}
	making := "birge_making_" + random()
	exec("CREATE DATABASE " + making + " TEMPLATE template0 ENCODING 'UTF8'")
	migrate(t, at(t, admin, making), migrations)
	exec("ALTER DATABASE " + making + " RENAME TO " + name)
	return name
}

func migrate(t testing.TB, address string, migrations fs.FS) {
	t.Helper()
	d, err := db.Open(context.Background(), address, db.Options{})
	must(t, err)
	must(t, d.Migrate(context.Background(), migrations))
	must(t, d.Close())
}

// hashOf names the contents of a folder of migrations.
func hashOf(t testing.TB, migrations fs.FS) string {
	t.Helper()
	h := sha256.New()
	must(t, fs.WalkDir(migrations, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(migrations, path)
		fmt.Fprintf(h, "%s %d ", path, len(b))
		_, _ = h.Write(b)
		return err
	}))
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func at(t testing.TB, admin, database string) string {
	t.Helper()
	u, err := url.Parse(admin)
	must(t, err)
	u.Path = "/" + database
	return u.String()
}

func random() string {
	b := make([]byte, 8)
	_, _ = io.ReadFull(rand.Reader, b)
	return hex.EncodeToString(b)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
