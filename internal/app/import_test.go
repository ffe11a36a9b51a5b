package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"birge/internal/app"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
)

// The command checks a table, takes its good rows when it is told so, and writes
// the faulty ones beside it.
func TestImportCommand(t *testing.T) {
	dir := t.TempDir()
	with := func(f func(p *app.Portal) error) {
		t.Helper()
		p, err := app.Open(t.Context(), app.Config{Data: dir, Zone: "Asia/Almaty"})
		if err != nil {
			t.Fatal(err)
		}
		if err := f(p); err != nil {
			t.Error(err)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	with(func(p *app.Portal) error {
		if err := p.LoadFacts(t.Context()); err != nil {
			return err
		}
		place, _ := p.Places.Tree().ByKATO("150000000")
		for bin, kind := range map[string]string{"150140000012": orgs.NGO, "230940123450": "state_body"} {
			if _, err := p.Orgs.Create(t.Context(), access.Portal("test"), orgs.Draft{BIN: bin, Kind: kind, Name: i18n.Only(i18n.RU, bin), PlaceID: place.ID}); err != nil {
				return err
			}
		}
		return nil
	})
	table := filepath.Join(t.TempDir(), "agreements.csv")
	const head = "agreement_no,agreed_on,customer_bin,supplier_bin,title,specificity,sum,starts,ends,place,sphere\n"
	const good = "1,20.01.2026,230940123450,150140000012,Клуб,155,1000000,01.02.2026,30.11.2026,150000000,youth\n"
	if err := os.WriteFile(table, []byte(head+good+strings.Replace(good, "150000000", "Нигде", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	count := func() (n int) {
		with(func(p *app.Portal) error {
			list, err := p.Projects.Latest(t.Context(), 10)
			n = len(list)
			return err
		})
		return n
	}
	if status := app.Main([]string{"import", "projects", table, "--data", dir}); status != 0 || count() != 0 {
		t.Errorf("only checked: status %d, %d projects", status, count())
	}
	if status := app.Main([]string{"import", "projects", table, "--data", dir, "--yes"}); status != 0 || count() != 1 {
		t.Errorf("taken: status %d, %d projects", status, count())
	}
	rest, err := os.ReadFile(filepath.Join(filepath.Dir(table), "agreements.refused.csv"))
	if err != nil || !strings.Contains(string(rest), "Нигде") || strings.Count(string(rest), "\n") != 2 {
		t.Errorf("the refused rows: %v\n%s", err, rest)
	}
	if status := app.Main([]string{"import", "nothing", table, "--data", dir}); status != 1 {
		t.Errorf("an unknown kind: status %d", status)
	}
}
