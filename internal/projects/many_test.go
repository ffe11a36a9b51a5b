package projects

import (
	"testing"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
)

func TestCreateMany(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		one := NewProject{OrgID: w.org, FunderID: w.funder, Plan: w.newPlan()}
		if _, err := w.CreateMany(t.Context(), access.Actor{UserID: 1}, []NewProject{one}); !problem.Is(err, problem.Forbidden) {
			t.Errorf("a person makes many: %v", err)
		}
		faulty := one
		faulty.Sphere = "no such sphere"
		if _, err := w.CreateMany(t.Context(), portal, []NewProject{one, faulty}); !problem.Is(err, problem.Invalid) {
			t.Errorf("a faulty plan among many: %v", err)
		}
		agreed := one
		agreed.Agreement = Agreement{Number: "7", AgreedOn: one.Starts, Rhythm: FinalOnly, Days: 10}
		made, err := w.CreateMany(t.Context(), portal, []NewProject{one, one, agreed})
		if err != nil {
			t.Fatal(err)
		}
		err = w.d.View(t.Context(), func(tx *db.Tx) error {
			n, err := db.One(t.Context(), tx, db.Value[int], `SELECT COUNT(*) FROM projects`)
			if err != nil || n != len(made) {
				t.Errorf("%d projects are there, %d were made: %v", n, len(made), err)
			}
			years, err := db.One(t.Context(), tx, db.Value[int64], `SELECT SUM(planned) FROM project_years`)
			if err != nil || years != int64(len(made))*one.Sum {
				t.Errorf("the years hold %d: %v", years, err)
			}
			for _, p := range made {
				if e, ok, err := journal.Last(t.Context(), tx, KindProject, p.ID); err != nil || !ok || e.Version != 1 {
					t.Errorf("the entry of %s: %v %v %v", p.ID, e.Version, ok, err)
				}
			}
			for i, p := range made {
				owed, err := w.obligations.Of(t.Context(), tx, p.Ref())
				if there := len(owed) > 0; err != nil || there != (i == 2) || there != (len(p.Schedule) == 1) {
					t.Errorf("project %d owes %d things: %v", i, len(owed), err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
