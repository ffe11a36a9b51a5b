package normsweb_test

import (
	"strings"
	"testing"

	"birge/internal/birgetest"
)

func TestPages(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		for _, c := range []struct {
			path   string
			status int
			want   []string
		}{
			{"/ru/norms", 200, []string{"31 марта", "500–3\u00a0000 МРП", "4\u00a0325\u00a0₸", "10 рабочих дней", "требует проверки юристом"}},
			{"/kk/norms/ngo.return", 200, []string{"31 наурыз", "41-баптың"}},
			{"/en/norms/mci", 200, []string{"3\u00a0932\u00a0₸", "4\u00a0325\u00a0₸"}},
			{"/ru/norms/nothing", 404, nil},
			{"/ru/norms/calendar/2026", 200, []string{"246", "119", "Международный женский день"}},
			{"/ru/norms/calendar/2030", 200, []string{"не опубликован"}},
			{"/ru/norms/calendar/soon", 404, nil},
			{"/kk/norms/lists/sphere", 200, []string{"Қоршаған ортаны қорғау"}},
			{"/ru/norms/lists/target_group", 200, []string{"группа риска"}},
			{"/ru/norms/lists/nothing", 404, nil},
			{"/api/v1/norms", 200, []string{`"key":"mci"`}},
			{"/api/v1/norms/lists/sdg", 200, []string{`"code":"17"`}},
			{"/api/v1/norms/calendar/2026", 200, []string{`"published":true`, `"2026-03-09"`}},
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
			if strings.Contains(a.Body, "⟦") || strings.Contains(a.Body, "<form class=\"form\"") {
				t.Errorf("%s says a key or offers a stranger a form", c.path)
			}
		}
	})
}
