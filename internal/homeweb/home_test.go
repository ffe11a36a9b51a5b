package homeweb_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/projects"
)

func TestSearchFindsPlacesAndHelp(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		for query, want := range map[string]string{
			"Абай облысы": `href="/kk/places/10`,
			"кызылорда":   `href="/kk/places/43`, // without Kazakh letters
			"Akmola":      `href="/kk/places/11`,
		} {
			a := w.Stranger().Get("/kk/search?q=" + url.QueryEscape(query))
			if a.Status != http.StatusOK || !strings.Contains(a.Body, want) {
				t.Errorf("search for %q: %d, no %s", query, a.Status, want)
			}
		}
		a := w.Stranger().Get("/en/search?kind=help&q=project")
		if !strings.Contains(a.Body, `href="/en/help/`) || strings.Contains(a.Body, `href="/en/places/10`) {
			t.Error("the tab of help does not show help alone")
		}
	})
}

func TestSearchFindsProgrammes(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		by, region := access.Portal("test"), w.Places.Tree().Regions()[0]
		payer, err := w.Orgs.Create(t.Context(), by, orgs.Draft{Kind: "state_body", Name: i18n.Text{RU: "Управление"}, PlaceID: region.ID})
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.Projects.CreateProgramme(t.Context(), by, projects.Programme{Title: i18n.Text{RU: "Развитие сёл"}, FunderID: payer.ID, PlaceID: region.ID, From: 2025, To: 2027})
		if err != nil {
			t.Fatal(err)
		}
		want := `href="/ru` + p.Ref().Path
		w.Await(func() bool {
			return strings.Contains(w.Stranger().Get("/ru/search?q="+url.QueryEscape("развитие сел")).Body, want)
		})
		if a := w.Stranger().Get("/ru/search?kind=programme&q=" + url.QueryEscape("развитие")); !strings.Contains(a.Body, want) || !strings.Contains(a.Body, "2025–2027") {
			t.Errorf("the tab of programmes: %d without the programme and its years", a.Status)
		}
	})
}

func TestSearchWithoutAnswers(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		for path, want := range map[string]string{
			"/en/search":                 "Searches everything public",
			"/en/search?q=":              "Searches everything public",
			"/en/search?q=qqqqzzzz":      "Nothing found for “qqqqzzzz”",
			"/en/search?q=<b>zzqq":       "&lt;b&gt;zzqq",
			"/en/search?q=Akmola+zzqqzz": "Nothing holds all the words",
		} {
			a := w.Stranger().Get(strings.ReplaceAll(strings.ReplaceAll(path, "<", "%3C"), ">", "%3E"))
			if a.Status != http.StatusOK || !strings.Contains(a.Body, want) {
				t.Errorf("%s: %d, no %q", path, a.Status, want)
			}
		}
		if a := w.Stranger().Get("/en/search?q=a&kind=person"); a.Status != http.StatusNotFound {
			t.Errorf("an unknown kind gives %d", a.Status)
		}
	})
}

func TestStyleGuide(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		if a := w.Stranger().Get("/kk/style"); a.Status != http.StatusOK || !strings.Contains(a.Body, `id="show"`) {
			t.Errorf("the style guide gives %d", a.Status)
		}
	})
}

func TestFrontPageOfAnEmptyPortalSaysWhatComesFirst(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		a := w.Stranger().Get("/en/")
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "What comes first") {
			t.Fatalf("the front page of an empty portal gives %d", a.Status)
		}
		for _, want := range []string{`role="search"`, `href="/en/places/100000000"`} {
			if !strings.Contains(a.Body, want) {
				t.Errorf("the front page has no %s", want)
			}
		}
	})
}

func TestFrontPageTellsWhatHappened(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		region := w.Places.Tree().Regions()[0]
		o, err := w.Orgs.Create(t.Context(), access.Portal("test"), orgs.Draft{
			Kind: orgs.NGO, Name: i18n.Text{KK: "Алтын ұя қоры"}, PlaceID: region.ID,
		})
		if err != nil {
			t.Fatal(err)
		}
		a := w.Stranger().Get("/ru/")
		if strings.Contains(a.Body, "С чего начать") {
			t.Error("a portal with an organization says what comes first")
		}
		for _, want := range []string{"Алтын ұя қоры", "/ru/organizations/" + o.ID.String(), "Организация внесена в реестр"} {
			if !strings.Contains(a.Body, want) {
				t.Errorf("the front page does not tell %q", want)
			}
		}
	})
}

// Every file and every address for programs that the page of the data names
// gives an answer.
func TestThePageOfTheDataNamesWhatIsThere(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		a := w.Stranger().Get("/ru/data")
		if a.Status != http.StatusOK || strings.Contains(a.Body, "⟦") {
			t.Fatalf("the page of the data gives %d: %s", a.Status, a.Body)
		}
		named := regexp.MustCompile(`/ru/\w+\.\w+|/api/v1/\w+(\.csv)?<`).FindAllString(a.Body, -1)
		if len(named) < 12 {
			t.Fatalf("the page names only %v", named)
		}
		for _, address := range named {
			if got := w.Stranger().Get(strings.TrimSuffix(address, "<")); got.Status != http.StatusOK {
				t.Errorf("%s gives %d", address, got.Status)
			}
		}
	})
}
