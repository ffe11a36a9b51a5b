package projects

import (
	"slices"
	"testing"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/todo"
)

func TestWhatAProjectWaitsFor(t *testing.T) {
	finished := func(p *Project) {
		for i := range p.Schedule {
			p.Schedule[i].SubmittedOn, p.Schedule[i].Accepted = p.Schedule[i].Due, true
		}
		for i := range p.Tranches {
			p.Tranches[i].PaidOn = p.Starts
		}
	}
	for name, c := range map[string]struct {
		change func(*Project)
		asked  bool
		on     string
		want   []Step
	}{
		"the first report and the money of the beginning": {func(*Project) {}, false, "2025-03-10",
			[]Step{{StepPay, 1, day("2025-04-01")}, {StepReport, 1, day("2025-07-10")}, {StepPay, 2, day("2026-02-01")}}},
		"what is late comes first": {func(p *Project) { p.Tranches[0].PaidOn = day("2025-03-20") }, true, "2025-07-20",
			[]Step{{StepReport, 1, day("2025-07-10")}, {StepAmend, 0, db.Date{}}, {StepPay, 2, day("2026-02-01")}}},
		"a report that is to be read, and the next": {func(p *Project) {
			p.Schedule[0].SubmittedOn = day("2025-07-01")
			p.Tranches[0].PaidOn, p.Tranches[1].After = day("2025-03-20"), 1
		}, false, "2025-07-05", []Step{{StepJudge, 1, db.Date{}}, {StepReport, 2, day("2026-01-10")}}},
		"money that an accepted report has freed": {func(p *Project) {
			p.Schedule[0].SubmittedOn, p.Schedule[0].Accepted = day("2025-07-01"), true
			p.Tranches[0].PaidOn, p.Tranches[1].After = day("2025-03-20"), 1
		}, false, "2025-07-05", []Step{{StepReport, 2, day("2026-01-10")}, {StepPay, 2, day("2026-02-01")}}},
		"to be closed":                   {finished, false, "2027-02-01", []Step{{Act: StepClose}}},
		"nothing once it is closed":      {func(p *Project) { finished(p); p.ClosedOn = day("2027-02-01") }, true, "2027-02-02", nil},
		"nothing once it has broken off": {func(p *Project) { p.TerminatedOn = day("2025-06-01") }, false, "2025-07-20", nil},
		"nothing before an agreement":    {func(p *Project) { p.AgreedOn = db.Date{} }, false, "2025-07-20", nil},
	} {
		p := running()
		p.Tranches = slices.Clone(p.Tranches)
		due := map[ref.ID]db.Date{}
		for i := range p.Schedule {
			p.Schedule[i].ID = ref.ID(100 + i)
			due[p.Schedule[i].ID] = p.Schedule[i].Due
		}
		for _, x := range p.Tranches {
			due[x.ID] = x.Due
		}
		c.change(&p)
		if got := p.steps(day(c.on), c.asked, func(thing ref.ID) db.Date { return due[thing] }); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestTheDeskOfAnOfficerRemembers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.at("2026-01-12")
		p := w.agreed(t)
		acts := func() (out []string) {
			t.Helper()
			list, err := w.Waiting(ctx, w.officer)
			must(t, err)
			for _, x := range list {
				out = append(out, x.Act)
			}
			return out
		}
		if got := acts(); len(got) != 0 {
			t.Errorf("long before the first payment the desk shows %v", got)
		}
		w.at("2026-03-10")
		if got := acts(); !slices.Equal(got, []string{StepPay}) {
			t.Errorf("ten days before the payment the desk shows %v", got)
		}
		_, err := w.Pay(ctx, w.officer, p.ID, p.Tranches[0].ID, 60_00, w.Today())
		must(t, err)
		w.at("2026-04-16")
		if got := acts(); !slices.Equal(got, []string{ActLate}) {
			t.Errorf("a day after the report was due the desk shows %v", got)
		}
		must(t, w.d.View(ctx, func(tx *db.Tx) error {
			ahead, err := w.AheadOf(ctx, tx, []ref.ID{p.ID})
			if got := ahead[p.ID].Steps; len(got) != 2 || got[0].Act != StepReport || !got[0].Late(w.Today()) || got[1].Act != StepPay {
				t.Errorf("ahead lies %v", got)
			}
			return err
		}))
		if list, err := w.Waiting(ctx, w.staff); err != nil || slices.ContainsFunc(list, func(x todo.Task) bool { return x.Act == ActLate || x.Act == StepPay }) {
			t.Errorf("the organization is asked to do what the officer does: %v, %v", list, err)
		}
	})
}
