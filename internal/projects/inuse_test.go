package projects

import (
	"slices"
	"testing"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

func TestWorkedWith(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.created(t, func(p *Plan) { p.Partners = []Partner{{OrgID: w.funder, Role: words}} })
		for _, c := range []struct {
			org   ref.ID
			since string
			want  []ref.ID
		}{{w.org, "2026-01-01", []ref.ID{w.funder}}, {w.funder, "2026-01-01", []ref.ID{w.org}}, {w.org, "2027-01-01", nil}, {12345, "2026-01-01", nil}} {
			err := w.d.View(t.Context(), func(tx *db.Tx) error {
				with, err := WorkedWith(t.Context(), tx, []ref.ID{c.org}, day(c.since))
				if !slices.Equal(with, c.want) {
					t.Errorf("%s worked with %v since %s", c.org, with, c.since)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
