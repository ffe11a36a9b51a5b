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

	"birge/internal/birgetest"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
)

// On a full disk a form and a file are refused in the reader's language, nothing
// of them is kept, and the portal goes on reading; with room it writes again.
func TestFullDisk(t *testing.T) {
	disk := smallDisk(t)
	t.Setenv("TMPDIR", disk)
	w := birgetest.StartIn(t, disk, "")
	admin := w.SignedIn("head@example.kz", birgetest.Held{Role: access.Admin})
	rename := func(lang i18n.Lang) birgetest.Answer {
		return admin.Post("/"+string(lang)+"/account", url.Values{"name": {strings.Repeat("Ә", 60)}, "lang": {"kk"}})
	}
	const head = "Номер договора,Дата договора,БИН заказчика,БИН исполнителя,Наименование проекта,Специфика,Сумма договора,Начало,Окончание,Место,Сфера\n"
	small, large := head+"1", head+strings.Repeat(",,,,,,,,,,\n", 300_000)
	upload := func(lang i18n.Lang, table string) birgetest.Answer {
		return admin.Upload("/"+string(lang)+"/desk/imports/kinds/projects", "file", "a.csv", strings.NewReader(table))
	}

	w.Await(func() bool { return w.Sealer.Healthy(t.Context()) == nil && unsealed(t, w) == 0 })
	before, blobs := entries(t, w), filesIn(t, filepath.Join(disk, "files"))
	makeRoom := fill(t, disk)
	for _, lang := range i18n.Langs {
		want := w.Words.Printer(lang).T("problem.disk_full")
		for what, a := range map[string]birgetest.Answer{"a form": rename(lang), "a table": upload(lang, small), "a large table": upload(lang, large)} {
			if a.Status != http.StatusServiceUnavailable || !strings.Contains(a.Body, want) {
				t.Errorf("%s on a full disk is answered with %d, in %s without %q", what, a.Status, lang, want)
			}
		}
		for _, path := range []string{"/", "/projects", "/norms", "/journal", "/account"} {
			if a := admin.Get("/" + string(lang) + path); a.Status != http.StatusOK {
				t.Errorf("%s on a full disk answers %d", path, a.Status)
			}
		}
	}
	if got := entries(t, w); got != before {
		t.Errorf("%d entries before the disk was full, %d after", before, got)
	}
	if got := filesIn(t, filepath.Join(disk, "files")); got != blobs {
		t.Errorf("the files before were %s, after %s", blobs, got)
	}
	proved(t, w)

	makeRoom()
	if a := rename(i18n.KK); a.Status != http.StatusSeeOther {
		t.Errorf("with room again a form is answered with %d", a.Status)
	}
	if a := upload(i18n.KK, small); a.Status != http.StatusSeeOther {
		t.Errorf("with room again a table is answered with %d: %s", a.Status, a.Body)
	}
	w.Await(func() bool { return unsealed(t, w) == 0 })
	proved(t, w)
}

// smallDisk is a disk in memory, gone after the test; whoever may not mount one
// skips the test.
func smallDisk(t *testing.T) string {
	t.Helper()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=64m,mode=0700"); err != nil {
		t.Skip("no disk can be mounted here: ", err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(disk, syscall.MNT_DETACH)) })
	return disk
}

// fill puts the write-ahead log into the database, so that no write finds room
// in it, and takes what is left of the disk.
func fill(t *testing.T, disk string) (makeRoom func()) {
	t.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(disk, "birge.sqlite")+"?_pragma=busy_timeout(10000)")
	must(t, err)
	_, err = raw.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	must(t, errors.Join(err, raw.Close()))
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
