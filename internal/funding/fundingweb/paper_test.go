package fundingweb

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"birge/internal/funding"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
	"birge/internal/projects/projectsweb"
)

func drawn(t *testing.T) []byte {
	t.Helper()
	words := i18n.NewWords()
	if err := words.Add(Locales); err != nil {
		t.Fatal(err)
	}
	if err := words.Add(projectsweb.Locales); err != nil {
		t.Fatal(err)
	}
	both := i18n.Text{KK: "Ауылдағы робототехника үйірмесі", RU: "Кружок робототехники в селе"}
	starts, ends := db.Day(2026, time.June, 1), db.Day(2026, time.November, 30)
	a := funding.Agreement{Number: "2026-000007", Sample: true, Text: funding.AgreementText{Rhythm: projects.Quarterly, Days: 10, Sanctions: both,
		Activities: []funding.Activity{{Name: both, From: starts, To: ends}},
		Plan: projects.Plan{Title: both, Summary: both, Sum: 3_000_000_00, Currency: "KZT", Starts: starts, Ends: ends, Beneficiaries: 60, PlaceID: 1,
			Lines:      []projects.Line{{Name: both, Sum: 3_000_000_00}},
			Years:      []projects.YearPlan{{Year: 2026, Sum: 3_000_000_00}},
			Tranches:   []projects.Tranche{{Sum: 1_200_000_00, Due: starts}, {Sum: 1_800_000_00, After: 1}},
			Indicators: []projects.Indicator{{Name: both, Measure: projects.Number, Target: projects.NumberOf(60_000), Source: both}}}}}
	draw := Paper(words.Printer, func(ref.ID) (places.Place, bool) {
		return places.Place{Name: i18n.Text{KK: "Көктерек ауылы", RU: "село Көктерек"}}, true
	}, "https://birge.example")
	file, err := draw(funding.AgreementPaper{Agreement: a, Application: "2026-000123", On: db.Day(2026, time.May, 20),
		Call:   funding.Call{Number: "2026-000012", Terms: funding.Terms{Title: both}},
		Org:    orgs.Organization{Draft: orgs.Draft{Name: i18n.Text{KK: "«Үлгі» қоғамдық қоры", RU: "Общественный фонд «Үлгі»"}, BIN: "150140000012"}},
		Funder: orgs.Organization{Draft: orgs.Draft{Name: i18n.Text{KK: "Үлгі басқармасы", RU: "Управление-пример"}, BIN: "230940123450"}}})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestThePaperSaysTheSameInTwoLanguages(t *testing.T) {
	file := drawn(t)
	if !bytes.Equal(file, drawn(t)) {
		t.Error("the same agreement gives two documents")
	}
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("needs pdftotext (poppler-utils)")
	}
	path := filepath.Join(t.TempDir(), "agreement.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(t.Context(), program, "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	kk, ru, ok := strings.Cut(strings.ReplaceAll(string(text), "\u00a0", " "), "Договор о финансировании")
	if !ok {
		t.Fatalf("there is no Russian part:\n%s", text)
	}
	for i, want := range [][]string{
		{"№ 2026-000007", "Ауылдағы робототехника", "1 200 000 ₸", "150140000012", "Көктерек ауылы"},
		{"№ 2026-000007", "Кружок робототехники", "1 200 000 ₸", "230940123450", "село Көктерек"},
	} {
		for _, s := range want {
			if part := []string{kk, ru}[i]; !strings.Contains(part, s) {
				t.Errorf("part %d lacks %q:\n%s", i+1, s, part)
			}
		}
	}
}
