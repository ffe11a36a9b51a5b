package figuresweb_test

import (
	"net/http"
	"strings"
	"testing"

	"birge/internal/birgetest"
)

func TestPagesShowFigures(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		fs, err := w.Figures.Of(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		one := "/figures/" + fs[0].ID.String()
		for _, c := range []struct {
			path   string
			status int
			want   []string
		}{
			{"/ru/figures", 200, []string{"28\u00a0100", "422\u00a0000", "356\u00a0200", "Источники расходятся", "Астана + "}},
			{"/kk/figures?place=110000000", 200, []string{"718", "2 еседен астам"}},
			{"/en/figures?place=kz&topic=awards", 200, []string{"award laureates (NGOs)", "4\u00a0500\u00a0000\u00a0₸"}},
			{"/en/figures?place=123456789", 200, []string{"No such figures"}},
			{"/ru" + one, 200, []string{"Источник не дает определения", "перевод"}},
			{"/kk/figures/forums/turkistan-xii", 200, []string{"723\u00a0300\u00a0000\u00a0000", "белгісіз"}},
			{"/ru/figures/forums/aktobe-2025", 200, []string{"территория не указана", "2\u00a0100\u00a0000\u00a0000"}},
			{"/ru/figures/forums/nowhere", 404, nil},
			{"/ru/figures/0000000000000", 404, nil},
			{"/ru/figures/nonsense", 404, nil},
			{"/api/v1/figures?place=270000000", 200, []string{`"value":400`, `"kato":["270000000"]`}},
			{"/api/v1/figures.csv?topic=spheres", 200, []string{"share of NGOs: health", "indicator_kk"}},
			{"/api/v1" + one, 200, []string{fs[0].ID.String()}},
		} {
			a := w.Stranger().Get(c.path)
			if a.Status != c.status {
				t.Errorf("%s answers %d", c.path, a.Status)
			}
			for _, s := range c.want {
				if !strings.Contains(a.Body, s) {
					t.Errorf("%s does not say %q", c.path, s)
				}
			}
			if a.Status == http.StatusOK && strings.Contains(a.Body, "⟦") {
				t.Errorf("%s says a key", c.path)
			}
		}
	})
}

func TestOnlyThePlaceAskedForIsListed(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		a := w.Stranger().Get("/api/v1/figures.csv?place=110000000")
		if lines := strings.Count(strings.TrimSpace(a.Body), "\n"); lines != 3 {
			t.Errorf("%d figures of Akmola, want 3:\n%s", lines, a.Body)
		}
	})
}
