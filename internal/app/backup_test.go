package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"birge/internal/accounts"
	"birge/internal/app"
	"birge/internal/app/migrations"
	"birge/internal/birgetest"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// A backup that is made while the portal runs comes back on either engine, with
// every file, without whoever was erased meanwhile, and proves itself.
func TestBackupComesBack(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		stays, goes := enrol(t, w, "stays@example.kz"), enrol(t, w, "goes@example.kz")
		keepFile(t, w, stays.Ref())
		dir := t.TempDir()
		archive := filepath.Join(dir, "birge.backup")
		run(t, 0, "backup", archive, "--data", w.Config.Data, "--db", w.Config.DB)
		run(t, 1, "backup", archive, "--data", w.Config.Data, "--db", w.Config.DB) // it is there already
		must(t, w.Accounts.ErasePerson(t.Context(), byTest, goes.ID))
		erasures := filepath.Join(w.Config.Data, "erasures.txt")
		w.Await(func() bool { return strings.Contains(read(t, erasures), goes.ID.String()) })

		dbtest.EachEmpty(t, func(t *testing.T, address string) {
			data := filepath.Join(t.TempDir(), "back")
			back := []string{"restore", archive, "--data", data, "--db", address, "--erasures", erasures}
			run(t, 0, back...)
			p, err := app.Open(t.Context(), app.Config{Data: data, DB: address, Zone: "Asia/Almaty"})
			must(t, err)
			defer p.Close()
			if who, err := p.Accounts.Person(t.Context(), byTest, stays.ID); err != nil || who.Email != "stays@example.kz" {
				t.Errorf("who stays: %+v, %v", who, err)
			}
			if who, err := p.Accounts.Person(t.Context(), byTest, goes.ID); err != nil || who.Status != accounts.Erased {
				t.Errorf("who was erased after the backup: %+v, %v", who, err)
			}
			var kept []files.File
			must(t, p.DB.View(t.Context(), func(tx *db.Tx) error {
				kept, err = p.Files.Of(t.Context(), tx, "person", stays.ID)
				return err
			}))
			if len(kept) != 1 {
				t.Fatalf("%d files came back", len(kept))
			}
			_, body, err := p.Files.Open(t.Context(), kept[0].ID, files.Original)
			must(t, err)
			must(t, body.Close())
			run(t, 1, back...) // the folder is not empty
		})
	})
}

// A damaged archive brings nothing back, wherever the damage is.
func TestDamagedBackup(t *testing.T) {
	w := birgetest.Start(t, dbtest.SQLite(t, migrations.FS))
	dir := t.TempDir()
	archive := filepath.Join(dir, "birge.backup")
	run(t, 0, "backup", archive, "--data", w.Config.Data, "--db", w.Config.DB)
	whole := read(t, archive)
	secret, wrong, sealed := filepath.Join(dir, "secret"), filepath.Join(dir, "wrong"), filepath.Join(dir, "sealed.backup")
	write(t, secret, "birge birge birge birge\n")
	write(t, wrong, "birge birge birge borge\n")
	run(t, 0, "backup", sealed, "--data", w.Config.Data, "--db", w.Config.DB, "--passphrase-file", secret)
	if !strings.HasPrefix(read(t, sealed), "age-encryption.org/") {
		t.Error("a passphrase does not seal the archive")
	}
	run(t, 1, "restore", sealed, "--data", filepath.Join(dir, "without"))
	run(t, 1, "restore", sealed, "--data", filepath.Join(dir, "without"), "--passphrase-file", wrong)
	run(t, 0, "restore", sealed, "--data", filepath.Join(dir, "with"), "--passphrase-file", secret)
	for name, damaged := range map[string]string{
		"cut":     whole[:len(whole)/2],
		"changed": whole[:len(whole)/2] + string(whole[len(whole)/2]^1) + whole[len(whole)/2+1:],
		"empty":   "",
		"other":   "this is no archive",
	} {
		path, data := filepath.Join(dir, name), filepath.Join(dir, name+".data")
		write(t, path, damaged)
		run(t, 1, "restore", path, "--data", data)
		if left, _ := filepath.Glob(data + "*"); len(left) > 0 {
			t.Errorf("%s: the restore left %v", name, left)
		}
	}
}

var byTest = access.Portal("test")

func enrol(t *testing.T, w *birgetest.World, email string) accounts.Person {
	t.Helper()
	p, err := w.Accounts.Enrol(t.Context(), byTest, accounts.NewPerson{Name: "Сынақ", Email: email, Lang: i18n.KK, Proved: true})
	must(t, err)
	return p
}

func keepFile(t *testing.T, w *birgetest.World, owner ref.Ref) {
	t.Helper()
	c, err := w.Files.Check(t.Context(), "paper.txt", bytes.NewReader([]byte("қағаз")), files.Documents, files.MaxSize)
	must(t, err)
	must(t, w.DB.Update(t.Context(), func(tx *db.Tx) error {
		_, err := w.Files.Add(t.Context(), tx, byTest, files.NewFile{Checked: c, Owner: owner})
		return err
	}))
}

// run runs a command line and wants an exit status.
func run(t *testing.T, status int, args ...string) {
	t.Helper()
	if got := app.Main(args); got != status {
		t.Fatalf("birge %v ends with %d, want %d", args, got, status)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(b)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
