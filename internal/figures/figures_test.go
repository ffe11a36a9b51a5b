package figures

import (
	"encoding/csv"
	"io/fs"
	"os"
	"testing"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"

	"gopkg.in/yaml.v3"
)

var (
	migrations = os.DirFS("../app/migrations")
	factsDir   = os.DirFS("../app/facts")
)

func TestReadPeriod(t *testing.T) {
	for s, want := range map[string][2]string{
		"2024":            {"2024-01-01", "2024-12-31"},
		"2020-2022":       {"2020-01-01", "2022-12-31"},
		"2023-04":         {"2023-04-01", "2023-04-30"},
		"2023-12":         {"2023-12-01", "2023-12-31"},
		"2024 (7 months)": {"2024-01-01", "2024-07-31"},
		"2023-13":         {"", ""},
		"":                {"", ""},
		"lately":          {"", ""},
	} {
		from, to := ReadPeriod(s)
		if from.String() != want[0] || to.String() != want[1] {
			t.Errorf("%q: %s to %s, want %s to %s", s, from, to, want[0], want[1])
		}
	}
}

func TestDisagreementsByRule(t *testing.T) {
	fig := func(id, source ref.ID, value float64, period string, places ...ref.ID) Cited {
		f := Figure{ID: id, SourceID: source, Group: "g", Value: value, Period: period, Places: places}
		f.From, f.To = ReadPeriod(period)
		return Cited{Figure: f}
	}
	for name, c := range map[string]struct {
		figures []Cited
		slack   int
		want    []ref.ID // the figures of the first disagreement
	}{
		"two sources differ":           {[]Cited{fig(1, 1, 10, "2025"), fig(2, 2, 12, "2025")}, 0, []ref.ID{2, 1}},
		"they agree":                   {[]Cited{fig(1, 1, 10, "2025"), fig(2, 2, 10, "2025")}, 0, nil},
		"one source":                   {[]Cited{fig(1, 1, 10, "2025"), fig(2, 1, 12, "2025")}, 0, nil},
		"other years":                  {[]Cited{fig(1, 1, 10, "2024"), fig(2, 2, 12, "2025")}, 0, nil},
		"other years, but near":        {[]Cited{fig(1, 1, 10, "2024"), fig(2, 2, 12, "2025")}, 1, []ref.ID{2, 1}},
		"a month within the year":      {[]Cited{fig(1, 1, 10, "2024-04"), fig(2, 2, 12, "2024")}, 0, []ref.ID{2, 1}},
		"other months":                 {[]Cited{fig(1, 1, 10, "2024-04"), fig(2, 2, 12, "2024-05")}, 0, nil},
		"other places":                 {[]Cited{fig(1, 1, 10, "2025", 7), fig(2, 2, 12, "2025", 8)}, 0, nil},
		"no period":                    {[]Cited{fig(1, 1, 10, ""), fig(2, 2, 12, "2025")}, 0, nil},
		"a part above the whole":       {[]Cited{fig(1, 1, 400, "2023", 7), fig(2, 2, 264, "2025")}, 2, []ref.ID{1, 2}},
		"a part within the whole":      {[]Cited{fig(1, 1, 40, "2023", 7), fig(2, 2, 264, "2025")}, 2, nil},
		"a third one agrees with none": {[]Cited{fig(1, 1, 10, "2025"), fig(2, 2, 12, "2025"), fig(3, 3, 9, "2019")}, 0, []ref.ID{2, 1}},
	} {
		got := disagreements(c.figures, []Group{{Code: "g", Slack: c.slack}})
		if len(got) == 0 && c.want == nil {
			continue
		}
		if len(got) != 1 || len(got[0].Figures) != len(c.want) {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		for i, f := range got[0].Figures {
			if f.ID != c.want[i] {
				t.Errorf("%s: figure %d is %d, want %d", name, i, f.ID, c.want[i])
			}
		}
	}
}

// stub places stand in for the tree: each code has an id made of its digits.
func byDigits(kato string) (ref.ID, bool) {
	id := ref.ID(0)
	for _, c := range kato {
		id = id*10 + ref.ID(c-'0')
	}
	return id, len(kato) == 9
}

func loaded(t *testing.T, d *db.DB) *Service {
	t.Helper()
	s, err := New(d, factsDir)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time changes nothing
		if err := s.LoadFacts(t.Context(), access.Portal("facts"), factsDir, byDigits); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// published counts the figures in the files, read plainly.
func published(t *testing.T) (table, forums int) {
	t.Helper()
	f, err := factsDir.Open("figures.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	b, err := fs.ReadFile(factsDir, "forums.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Forums []struct{ Figures []any } }
	if err := yaml.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for _, forum := range file.Forums {
		forums += len(forum.Figures)
	}
	return len(lines) - 1, forums
}

func TestEveryFigureIsLoaded(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := loaded(t, d)
		table, forums := published(t)
		if table != 55 || forums == 0 {
			t.Fatalf("the files have %d and %d figures", table, forums)
		}
		all, err := s.All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(all) != table+forums {
			t.Errorf("%d figures, want %d", len(all), table+forums)
		}
		said := 0
		for _, f := range all {
			if f.Source.Forum != nil {
				said++
			}
			if f.Indicator.KK == "" || f.Indicator.RU == "" || f.Indicator.EN == "" || f.Source.Code == "" || f.Unit == "" {
				t.Errorf("%s is not whole: %+v", f.Fact, f)
			}
			if f.Period != "" && f.From.IsZero() {
				t.Errorf("%s: the period %q is not understood", f.Fact, f.Period)
			}
			if !f.IsTranslated(i18n.KK) || f.Note.EN != "" && f.Note.KK == "" {
				t.Errorf("%s: translation", f.Fact)
			}
		}
		if said != forums {
			t.Errorf("%d figures of forums, want %d", said, forums)
		}
		reports, err := s.Forums(t.Context())
		if err != nil || len(reports) != 5 {
			t.Errorf("%d reports of forums, %v", len(reports), err)
		}
		src, of, err := s.Report(t.Context(), "turkistan-xii")
		if err != nil || len(of) != 6 || src.Forum.Edition != "XII" || !src.Published.IsZero() {
			t.Errorf("%+v %d %v", src, len(of), err)
		}
		for _, f := range of {
			if f.Unit == "KZT" && f.Change == nil {
				t.Errorf("%s lost its change", f.Fact)
			}
		}
		if _, _, err := s.Report(t.Context(), "nowhere"); !problem.Is(err, problem.NotFound) {
			t.Errorf("an unknown report: %v", err)
		}
	})
}

func TestFiguresOfAPlace(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := loaded(t, d)
		for kato, want := range map[string]int{"710000000": 2, "750000000": 3, "150000000": 4, "270000000": 10, "990000000": 0} {
			id, _ := byDigits(kato)
			fs, err := s.Of(t.Context(), id)
			if err != nil || len(fs) != want {
				t.Errorf("%s has %d figures, want %d (%v)", kato, len(fs), want, err)
			}
		}
		fs, err := s.Of(t.Context(), 0)
		if err != nil || len(fs) != 55-8 {
			t.Errorf("the country has %d figures, %v", len(fs), err)
		}
		f, err := s.Figure(t.Context(), fs[0].ID)
		if err != nil || f.Fact != fs[0].Fact || f.Source.URL == "" {
			t.Errorf("%+v %v", f, err)
		}
	})
}

func TestKnownDisagreements(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := loaded(t, d)
		country, err := s.DisagreementsOf(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		ends := map[string][2]float64{}
		for _, g := range country {
			ends[g.Group.Code] = [2]float64{g.Lowest().Value, g.Highest().Value}
		}
		if ends["ngos"] != [2]float64{18000, 28100} || ends["cleanup_day"] != [2]float64{356200, 422000} {
			t.Errorf("the country: %v", ends)
		}
		west, _ := byDigits("270000000")
		of, err := s.DisagreementsOf(t.Context(), west)
		if err != nil || len(of) != 1 || !of[0].PartExceedsWhole || of[0].Highest().Value != 400 {
			t.Errorf("West Kazakhstan: %+v %v", of, err)
		}
	})
}
