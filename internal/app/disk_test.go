package app_test

import (
	"database/sql"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/birgetest"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
)

// On a full disk a form and a file are refused in the reader's language, nothing
// of them is kept, and the portal goes on reading; with room it writes again.
func TestFullDisk(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		disk := smallDisk(t)
		fullDisk(t, disk, "", func() { emptyLog(t, disk) })
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		disk := smallDisk(t)
		rows := filepath.Join(disk, "rows")
		must(t, os.Mkdir(rows, 0o700))
		fullDisk(t, disk, dbtest.PostgreSQLOn(t, migrations.FS, rows), func() {})
	})
}

// fullDisk fills the disk of the portal on the store at address; before is done
// just before that.
func fullDisk(t *testing.T, disk, address string, before func()) {
	t.Setenv("TMPDIR", disk)
	w := birgetest.StartIn(t, filepath.Join(disk, "portal"), address)
	admin := w.SignedIn("head@example.kz", birgetest.Held{Role: access.Admin})
	rename := func(lang i18n.Lang) birgetest.Answer {
		return admin.Post("/"+string(lang)+"/account", url.Values{"name": {strings.Repeat("Ә", 60)}, "lang": {"kk"}})
	}
	const head = "Номер договора,Дата договора,БИН заказчика,БИН исполнителя,Наименование проекта,Специфика,Сумма договора,Начало,Окончание,Место,Сфера\n"
	small, large := head+"1", head+strings.Repeat(",,,,,,,,,,\n", 300_000)
	upload := func(table string) func(i18n.Lang) birgetest.Answer {
		return func(lang i18n.Lang) birgetest.Answer {
			return admin.Upload("/"+string(lang)+"/desk/imports/kinds/projects", "file", "a.csv", strings.NewReader(table))
		}
	}

	w.Await(func() bool { return w.Sealer.Healthy(t.Context()) == nil && unsealed(t, w) == 0 })
	before()
	makeRoom := fill(t, disk)
	for _, lang := range i18n.Langs {
		want := w.Words.Printer(lang).T("problem.disk_full")
		for what, act := range map[string]func(i18n.Lang) birgetest.Answer{"a form": rename, "a table": upload(small), "a large table": upload(large)} {
			if a := refused(t, w, disk, func() birgetest.Answer { return act(lang) }); a.Status != http.StatusServiceUnavailable || !strings.Contains(a.Body, want) {
				t.Errorf("%s on a full disk is answered with %d, in %s without %q", what, a.Status, lang, want)
			}
		}
		for _, path := range []string{"/", "/projects", "/norms", "/journal", "/account"} {
			if a := admin.Get("/" + string(lang) + path); a.Status != http.StatusOK {
				t.Errorf("%s on a full disk answers %d", path, a.Status)
			}
		}
	}
	proved(t, w)

	makeRoom()
	if a := rename(i18n.KK); a.Status != http.StatusSeeOther {
		t.Errorf("with room again a form is answered with %d", a.Status)
	}
	if a := upload(small)(i18n.KK); a.Status != http.StatusSeeOther {
		t.Errorf("with room again a table is answered with %d: %s", a.Status, a.Body)
	}
	w.Await(func() bool { return unsealed(t, w) == 0 })
	proved(t, w)
}

// refused does an act until it is not taken any more, and looks that nothing of
// it is kept then. PostgreSQL takes some on a full disk: as long as there is room
// in the pages that its tables have.
func refused(t *testing.T, w *birgetest.World, disk string, act func() birgetest.Answer) (a birgetest.Answer) {
	t.Helper()
	for range 1000 {
		before, blobs := entries(t, w), filesIn(t, filepath.Join(disk, "portal", "files"))
		if a = act(); a.Status == http.StatusSeeOther {
			continue
		}
		if got := entries(t, w); got != before {
			t.Errorf("%d entries before an act was refused, %d after", before, got)
		}
		if got := filesIn(t, filepath.Join(disk, "portal", "files")); got != blobs {
			t.Errorf("the files before were %s, after %s", blobs, got)
		}
		return a
	}
	t.Fatal("the disk does not get full")
	return a
}

// smallDisk is a disk in memory, gone after the test; whoever may not mount one
// skips the test. Everybody may walk through it: PostgreSQL runs as another user.
func smallDisk(t *testing.T) string {
	t.Helper()
	removeOldDisks()
	disk, err := os.MkdirTemp("", "birge-disk-")
	must(t, err)
	t.Cleanup(func() { must(t, os.Remove(disk)) })
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=96m,mode=0711"); err != nil {
		t.Skip("no disk can be mounted here: ", err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(disk, syscall.MNT_DETACH)) })
	return disk
}

// removeOldDisks removes the disks of tests that were killed.
func removeOldDisks() {
	disks, _ := filepath.Glob(filepath.Join(os.TempDir(), "birge-disk-*"))
	for _, disk := range disks {
		if info, err := os.Stat(disk); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = syscall.Unmount(disk, syscall.MNT_DETACH)
			_ = os.Remove(disk)
		}
	}
}

// emptyLog puts the write-ahead log of SQLite into the database, so that no write
// finds room in it.
func emptyLog(t *testing.T, disk string) {
	t.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(disk, "portal", "birge.sqlite")+"?_pragma=busy_timeout(10000)")
	must(t, err)
	_, err = raw.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	must(t, errors.Join(err, raw.Close()))
}

// fill takes what is left of the disk.
func fill(t *testing.T, disk string) (makeRoom func()) {
	t.Helper()
	ballast := filepath.Join(disk, "ballast")
	f, err := os.Create(ballast)
	must(t, err)
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if must(t, f.Close()); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk does not fill: %v", err)
	}
	return func() { must(t, os.Remove(ballast)) }
}

func entries(t *testing.T, w *birgetest.World) (n int64) {
	t.Helper()
	must(t, w.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		n, err = journal.Count(t.Context(), tx)
		return err
	}))
	return n
}

// unsealed counts the entries that wait for the sealer.
func unsealed(t *testing.T, w *birgetest.World) (n int64) {
	t.Helper()
	must(t, w.DB.View(t.Context(), func(tx *db.Tx) error {
		sealed, err := journal.Seq(t.Context(), tx)
		n = -sealed
		return err
	}))
	return n + entries(t, w)
}

func proved(t *testing.T, w *birgetest.World) {
	t.Helper()
	if r, err := journal.Verify(t.Context(), w.DB, w.Keys, w.Kinds(), nil); err != nil || !r.OK() {
		t.Errorf("the portal is not as its journal says: %v, %v", r.Faults, err)
	}
}

// filesIn names every file of a folder.
func filesIn(t *testing.T, dir string) (names string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names += path + "\n"
		}
		return err
	}))
	return names
}
