package projects

import (
	"testing"
	"time"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

func TestATrancheWaitsForItsReport(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.at("2026-01-12")
		var p Project
		start := NewProject{OrgID: w.org, FunderID: w.funder, Plan: w.newPlan(),
			Agreement: Agreement{Number: "8", AgreedOn: day("2026-01-10"), Rhythm: Quarterly, Days: 10},
			Before:    []ref.Ref{{Kind: "call", ID: 5, Title: words, Path: "/calls/5"}}}
		begin := func() error {
			return w.d.Update(ctx, func(tx *db.Tx) (err error) {
				p, err = w.StartIn(ctx, tx, w.officer, start)
				return err
			})
		}
		start.Tranches[1].After = 5
		if got := faultOf(begin(), "tranches.1.after"); got != "projects.no_such_report" {
			t.Fatalf("a tranche after a report that is not on the schedule: %q", got)
		}
		start.Tranches[1].After = 1
		must(t, begin())
		tranches := func() (due []db.Date) {
			for _, o := range w.story(t, access.Actor{}, p.ID).Owed {
				if o.Kind == TrancheOwed && o.State(w.Today()) != obligations.StateKept {
					due = append(due, o.Due)
				}
			}
			return due
		}
		if got := tranches(); len(got) != 1 || got[0] != day("2026-03-20") {
			t.Errorf("at the start %v are owed", got)
		}
		pay := func() error {
			_, err := w.Pay(ctx, w.officer, p.ID, p.Tranches[1].ID, 40_00, w.Today())
			return err
		}
		if err := pay(); !problem.Is(err, problem.Conflict) || faultOf(err, "") != "projects.tranche_waits" {
			t.Errorf("paid before the report: %v", err)
		}
		w.clock.Set(day("2026-10-01").In(almaty).Add(9 * time.Hour))
		r := w.submitted(t, p, 1, 10_00)
		if err := pay(); !problem.Is(err, problem.Conflict) {
			t.Errorf("paid before the report was accepted: %v", err)
		}
		_, err := w.AcceptReport(ctx, w.officer, r.ID, r.Version)
		must(t, err)
		if got := tranches(); len(got) != 2 || got[1] != day("2026-10-15") {
			t.Errorf("after the acceptance %v are owed, want the second ten working days later", got)
		}
		must(t, pay())
		st := w.story(t, access.Actor{}, p.ID)
		if st.Project.Paid() != 40_00 || len(st.Project.Before) != 1 || st.Project.Before[0].Path != "/calls/5" {
			t.Errorf("in the end: %+v", st.Project)
		}
	})
}
