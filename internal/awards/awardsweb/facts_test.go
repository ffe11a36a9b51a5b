package awardsweb_test

import (
	"strings"
	"testing"

	"birge/internal/awards"
	"birge/internal/birgetest"
	"birge/internal/platform/journal"
)

// What reports tell of awards stands on pages in their words, with its source, in
// three languages, and loading twice changes nothing.
func TestReportedAwards(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		if err := w.LoadFacts(t.Context()); err != nil {
			t.Fatal(err)
		}
		rounds, err := w.Awards.Rounds(t.Context())
		if err != nil || len(rounds) != 6 {
			t.Fatalf("%d rounds, %v", len(rounds), err)
		}
		by := map[string]awards.Listed{}
		for _, r := range rounds {
			by[r.Fact] = r
			for _, lang := range []string{"kk", "ru", "en"} {
				a := w.Stranger().Get("/" + lang + r.Ref().Path)
				if a.Status != 200 || !strings.Contains(a.Body, "/figures/forums/"+r.Source.Code) {
					t.Errorf("%s in %s: %d, or no source", r.Fact, lang, a.Status)
				}
			}
		}
		for fact, says := range map[string][]string{
			"akmola-2020 1":   {"Премия акима Акмолинской области «Қамқор - 2020»", "ОО &#34;Женский луч&#34;", "и другие", "19 ноября 2020"},
			"akmola-2020 2":   {"награждены 3 человека"},
			"abai-2025 1":     {"Лучшее сельское НПО", "Названия награды издание не приводит", "Лауреатов издание не называет", "Kazpravda.kz, 26 августа 2025"},
			"west-kz-2023 1":  {"благодарственные письма", "день не указан", "издание не указано"},
			"turkistan-xii 1": {"не указано"},
		} {
			body := w.Stranger().Get("/ru" + by[fact].Ref().Path).Body
			for _, s := range says {
				if !strings.Contains(strings.ReplaceAll(body, "\u00a0", " "), s) {
					t.Errorf("%s does not say %q", fact, s)
				}
			}
		}
		if by["akmola-2020 1"].Laureates != 6 || by["abai-2025 1"].Laureates != 0 {
			t.Error("laureates are not those of the reports")
		}
		if r, err := journal.Verify(t.Context(), w.DB, w.Keys, w.Kinds(), nil); err != nil || len(r.Faults) > 0 {
			t.Error(r.Faults, err)
		}
	})
}
