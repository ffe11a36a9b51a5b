package funding

import (
	"slices"
	"strings"
	"testing"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// The terms for which people are kept are those that are declared: drafts that were
// abandoned a year after the call with their files, applications five years.
func TestWhatIsKeptOfPeopleIsErasedInTime(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		abandoned := w.begun(t, w.rivalLead, w.rival)
		paper, err := w.CheckDraftPaper(ctx, w.rivalLead, abandoned.ID, 0, "people.txt", strings.NewReader("Имена участников"))
		fine(t, err)
		fine(t, w.AddDraftPaper(ctx, w.rivalLead, abandoned.ID, 0, paper))
		a := w.submitted(t)
		_, err = w.Deal(ctx, w.officer, w.batch(BatchRefuse, a.ID))
		fine(t, err)
		night := func(at string) {
			t.Helper()
			w.at(at)
			fine(t, w.d.Update(ctx, func(tx *db.Tx) error { return w.Holder().Expire(ctx, tx) }))
		}
		fields := func(draft ref.ID) (n int64) {
			t.Helper()
			fine(t, w.d.View(ctx, func(tx *db.Tx) (err error) {
				n, err = countFields(ctx, tx, draft)
				return err
			}))
			return n
		}
		now := func() (x Application) {
			t.Helper()
			fine(t, w.d.View(ctx, func(tx *db.Tx) (err error) {
				x, err = applicationByID(ctx, tx, a.ID)
				return err
			}))
			return x
		}
		night("2027-03-25 12:00") // the call closed on 26 March 2026
		if fields(abandoned.ID) == 0 || fields(a.DraftID) == 0 {
			t.Error("drafts are erased before their time")
		}
		night("2027-03-28 12:00")
		if fields(a.DraftID) != 0 {
			t.Error("what was typed into an application is kept over its time")
		}
		_, err = w.Writing(ctx, w.rivalLead, abandoned.ID)
		refused(t, err, problem.NotFound, "a draft that was abandoned a year ago")
		fine(t, w.d.View(ctx, func(tx *db.Tx) error {
			left, err := w.Files.Of(ctx, tx, kindDraft, abandoned.ID)
			if len(left) > 0 {
				t.Errorf("its files are left: %v", left)
			}
			return err
		}))
		night("2031-03-20 12:00")
		if x := now(); x.Contact.Name == "" || x.Proposal.Team.IsZero() {
			t.Error("the application is erased before its time")
		}
		night("2031-04-01 12:00")
		if x := now(); x.Contact != (Contact{}) || !x.Proposal.Team.IsZero() || x.State != Refused || x.Proposal.Title.IsZero() {
			t.Errorf("after its time the application says %+v", x)
		}
		fine(t, w.d.View(ctx, func(tx *db.Tx) error {
			past, err := journal.Timeline(ctx, tx, a.Ref(), 0, 50, false)
			for _, e := range past {
				if strings.Contains(string(e.Body.After), "Двое") || strings.Contains(string(e.Body.Before), "Двое") {
					t.Errorf("the entry %s names the team still", e.Act)
				}
			}
			return err
		}))
		version := now().Version
		night("2031-04-02 12:00")
		if now().Version != version {
			t.Error("it is erased each night anew")
		}
		ring, err := keys.Open(t.TempDir())
		fine(t, err)
		fine(t, journal.NewSealer(w.d).Seal(ctx))
		report, err := journal.Verify(ctx, w.d, ring, slices.DeleteFunc(Kinds(), func(k journal.Kind) bool { return k.Name != KindApplication }), nil)
		fine(t, err)
		if !report.OK() || report.Rows != 1 {
			t.Errorf("%d rows, faults %v", report.Rows, report.Faults)
		}
	})
}
