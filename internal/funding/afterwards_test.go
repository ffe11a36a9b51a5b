package funding

import (
	"strings"
	"testing"

	"birge/internal/platform/access"
	"birge/internal/projects"
)

func TestATurnGoesOnAfterTheSignatures(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		w.at("2026-03-10 12:00")
		a := w.settledOne(t)
		for _, who := range []access.Actor{w.lead, w.officer} {
			copied, err := w.CheckCopy(ctx, who, a.ID, "scan.pdf", strings.NewReader("%PDF-1.7\nscan\n%%EOF\n"))
			fine(t, err)
			a, err = w.SignByCopy(ctx, who, a.ID, copied)
			fine(t, err)
		}
		narrowed := func(f ApplicationFilter) []Application {
			t.Helper()
			list, err := w.Applications(ctx, w.officer, w.call.ID, f)
			fine(t, err)
			return list.Rows
		}
		stands := func(turn Turn, act string, late bool) {
			t.Helper()
			list, err := w.Applications(ctx, w.officer, w.call.ID, ApplicationFilter{State: Funded})
			fine(t, err)
			got := list.Stand[a.ApplicationID]
			if got.Turn != turn || got.Step.Act != act || got.Late(list.Today) != late {
				t.Errorf("on %s it stands %+v, want %s %s late %v", w.Today(), got, turn, act, late)
			}
			for _, who := range Turns {
				if rows := narrowed(ApplicationFilter{Turn: who}); (len(rows) == 1) != (who == turn) {
					t.Errorf("on %s the turn of %s has %d", w.Today(), who, len(rows))
				}
			}
			if rows := narrowed(ApplicationFilter{Late: true}); (len(rows) == 1) != late {
				t.Errorf("on %s %d are late", w.Today(), len(rows))
			}
			mine, today, err := w.HandedIn(ctx, w.staff)
			fine(t, err)
			if len(mine) != 1 || mine[0].Standing != got || mine[0].Call.ID != w.call.ID || today != w.Today() {
				t.Errorf("the desk of the applicant shows %+v", mine)
			}
		}
		first := a.Text.Plan.Tranches[0]
		if first.Due.IsZero() {
			t.Fatalf("the first tranche has no day: %+v", first)
		}
		stands(TurnFunder, projects.StepPay, false)
		p, err := w.Projects.Story(ctx, w.officer, a.ProjectID)
		fine(t, err)
		w.clock.Set(p.Project.Starts.AddDays(1).In(w.Zone))
		stands(TurnFunder, projects.StepPay, true)
		list, err := w.Progress(ctx, w.officer, w.call.ID)
		fine(t, err)
		if got := list[0].After; got.Begun != 1 || got.Wait[projects.StepPay] != 1 || got.Late[projects.StepPay] != 1 || got.Awaiting != 2 || got.Held != a.Text.Plan.Sum-first.Sum {
			t.Errorf("after the agreements: %+v", got)
		}
		_, err = w.Projects.Pay(ctx, w.officer, a.ProjectID, p.Project.Tranches[0].ID, first.Sum, w.Today())
		fine(t, err)
		stands(TurnApplicants, projects.StepReport, false)
		w.clock.Set(p.Project.Schedule[0].Due.AddDays(1).In(w.Zone))
		stands(TurnApplicants, projects.StepReport, true)
		if mine, _, err := w.HandedIn(ctx, w.rivalLead); err != nil || len(mine) != 0 {
			t.Errorf("a rival sees %v, %v", mine, err)
		}
	})
}
