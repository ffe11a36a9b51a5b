package app_test

import (
	"encoding/json"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/platform/i18n"
)

// The journal says of every change that everybody may see what it was.
func TestEveryPublicActIsSaid(t *testing.T) {
	s := birgetest.StartSample(t)
	told := map[string]bool{}
	for before := ""; ; {
		var page []struct{ ID, Act string }
		must(t, json.Unmarshal([]byte(s.Stranger().Get("/api/v1/journal"+before).Body), &page))
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			told[e.Act] = true
		}
		before = "?before=" + page[len(page)-1].ID
	}
	for act := range told {
		if !s.Words.Has(i18n.KK, "act."+act) {
			t.Errorf("the journal has no words for %s", act)
		}
	}
	if len(told) < 50 {
		t.Errorf("the sample tells of %d acts only", len(told))
	}
}
