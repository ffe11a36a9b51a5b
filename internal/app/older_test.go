package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"birge/internal/accounts"
	"birge/internal/app"
	"birge/internal/app/migrations"
	"birge/internal/birgetest"
	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// Each release leaves a backup of a portal with something of every room in
// testdata/releases, named by its newest migration. It comes back on both
// engines, is brought to the newest migration and is as its journal says.
func TestOlderDatabases(t *testing.T) {
	if *update {
		freeze(t)
	}
	releases, err := filepath.Glob("testdata/releases/*.backup")
	must(t, err)
	if len(releases) == 0 {
		t.Fatal("there is no backup of a release")
	}
	for _, archive := range releases {
		dbtest.EachEmpty(t, func(t *testing.T, address string) {
			data := filepath.Join(t.TempDir(), "back")
			run(t, 0, "restore", archive, "--data", data, "--db", address)
			p, err := app.Open(t.Context(), app.Config{Data: data, DB: address, Zone: "Asia/Almaty", Demo: true})
			must(t, err)
			defer p.Close()
			have, want, err := p.DB.Version(t.Context(), migrations.FS)
			if err != nil || have != want {
				t.Errorf("%s is at migration %d, not %d: %v", archive, have, want, err)
			}
			report, err := journal.Verify(t.Context(), p.DB, p.Keys, p.Kinds(), nil)
			if err != nil || !report.OK() || report.Rows < 100 {
				t.Errorf("%s: %d rows, %v, %v", archive, report.Rows, report.Faults, err)
			}
		})
	}
}

// freeze writes the backup of the newest migration from a small sample region;
// one that is there is never changed.
func freeze(t *testing.T) {
	t.Helper()
	s := birgetest.StartFew(t)
	have, _, err := s.DB.Version(t.Context(), migrations.FS)
	must(t, err)
	archive := filepath.Join("testdata", "releases", fmt.Sprintf("%04d.backup", have))
	if _, err := os.Stat(archive); err == nil {
		return
	}
	add(t, s)
	lacksNothing(t, s)
	must(t, os.MkdirAll(filepath.Dir(archive), 0o755))
	run(t, 0, "backup", archive, "--data", s.Config.Data)
}

// add adds to the sample region what it has none of.
func add(t *testing.T, s *birgetest.Sample) {
	t.Helper()
	citizen, err := s.Accounts.PersonOfEmail(t.Context(), byTest, birgetest.Citizen)
	must(t, err)
	by, err := s.Accounts.ActorOfPerson(t.Context(), citizen.ID)
	must(t, err)
	must(t, s.Accounts.GiveConsent(t.Context(), by, accounts.ConsentLetters))
	var org ref.ID
	must(t, s.DB.View(t.Context(), func(tx *db.Tx) error {
		org, err = db.One(t.Context(), tx, db.Value[ref.ID], `SELECT MIN(org_id) FROM projects`)
		return err
	}))
	_, err = s.Orgs.AddTie(t.Context(), by, org, s.Orgs.PersonByUser(by.UserID), orgs.Member, s.Projects.Today().AddDays(-9))
	must(t, err)
}

// lacksNothing wants a row of every kind of thing in the store; only a visit,
// which needs a session at a desk, may be missing.
func lacksNothing(t *testing.T, s *birgetest.Sample) {
	t.Helper()
	for _, k := range s.Kinds() {
		n := 0
		must(t, s.DB.View(t.Context(), func(tx *db.Tx) error {
			return k.Rows(t.Context(), tx, func(journal.Thing) error { n++; return nil })
		}))
		if n == 0 && k.Name != "visit" {
			t.Errorf("the store has no %s", k.Name)
		}
	}
}
