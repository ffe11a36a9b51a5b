package funding

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

func TestWhatABatchNeeds(t *testing.T) {
	codes, some := []string{CheckApplicant, CheckForm}, []BatchItem{{ApplicationID: 1}}
	for _, c := range []struct {
		what, field string
		b           Batch
	}{
		{"admitting", "", Batch{Act: BatchAdmit, Entries: some}},
		{"nobody", "id", Batch{Act: BatchAdmit}},
		{"too many", "id", Batch{Act: BatchAdmit, Entries: make([]BatchItem, MostInBatch+1)}},
		{"no act", "act", Batch{Entries: some}},
		{"a refusal", "", Batch{Act: BatchRefuse, Entries: some, Code: CheckForm, Reason: both}},
		{"a refusal without a reason", "reason", Batch{Act: BatchRefuse, Entries: some, Code: CheckForm}},
		{"a refusal by a question that is none", "code", Batch{Act: BatchRefuse, Entries: some, Code: "x", Reason: both}},
		{"a return of nothing", "fields", Batch{Act: BatchReturn, Entries: some, Reason: both}},
	} {
		bad := problem.As(c.b.check(codes))
		if c.field == "" && bad != nil || c.field != "" && (bad == nil || bad.Fields[c.field].Key == "") {
			t.Errorf("%s: %v", c.what, bad)
		}
	}
}

func TestStandings(t *testing.T) {
	today := db.Day(2026, 4, 10)
	st := standings{today: today, rounds: map[int]roundTurn{1: {admitted: TurnExperts, checked: today.AddDays(-1), judged: today.AddDays(3)}}}
	for _, c := range []struct {
		what string
		a    Application
		open Agreement
		turn Turn
		late bool
	}{
		{"not checked in time", Application{Round: 1, State: Submitted}, Agreement{}, TurnFunder, true},
		{"in another round", Application{Round: 2, State: Submitted}, Agreement{}, TurnFunder, false},
		{"to be corrected today", Application{Round: 1, State: Returned, FixDue: today}, Agreement{}, TurnApplicants, false},
		{"not corrected", Application{Round: 1, State: Returned, FixDue: today.AddDays(-1)}, Agreement{}, TurnFunder, true},
		{"with the experts", Application{Round: 1, State: Admitted}, Agreement{}, TurnExperts, false},
		{"to be signed", Application{Round: 1, State: Funded}, Agreement{ID: 1, SignBy: today.AddDays(-2)}, TurnSides, true},
		{"signed", Application{Round: 1, State: Funded}, Agreement{}, TurnNobody, false},
		{"refused", Application{Round: 1, State: Refused}, Agreement{}, TurnNobody, false},
	} {
		if got := st.of(c.a, c.open); got.Turn != c.turn || got.Late(today) != c.late {
			t.Errorf("%s: %+v", c.what, got)
		}
	}
}

// crowd hands in an application of each of several organizations.
func (w *office) crowd(t testing.TB, n int) (ids []ref.ID) {
	t.Helper()
	for i := range n {
		by, org := w.lead, w.ngo
		if i > 0 {
			org = ref.ID(5000 + i)
			by = person(ref.ID(100+i), access.Lead, org)
		}
		a, err := w.Submit(t.Context(), by, w.begun(t, by, org).ID)
		fine(t, err)
		ids = append(ids, a.ID)
	}
	w.at("2026-03-27 10:00")
	return ids
}

func (w *office) batch(act BatchAct, ids ...ref.ID) Batch {
	b := Batch{CallID: w.call.ID, Act: act, Code: CheckPapers, Fields: []string{"need"}, Reason: both}
	for _, id := range ids {
		b.Entries = append(b.Entries, BatchItem{ApplicationID: id})
	}
	return b
}

func (w *office) found(t testing.TB, f ApplicationFilter) (ids []ref.ID) {
	t.Helper()
	list, err := w.Applications(t.Context(), w.officer, w.call.ID, f)
	fine(t, err)
	for _, a := range list.Rows {
		ids = append(ids, a.ID)
	}
	if list.Total != len(ids) {
		t.Errorf("%+v finds %d and counts %d", f, len(ids), list.Total)
	}
	return ids
}

func TestManyAtOnce(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		w.Panels = newJury(t, w).Panels
		w.at("2026-03-20 10:00")
		ids := w.crowd(t, 4)
		w.told = nil
		_, err := w.Deal(ctx, w.rivalLead, w.batch(BatchAdmit, ids...))
		refused(t, err, problem.NotFound, "a batch of a stranger")
		returned, err := w.Deal(ctx, w.officer, w.batch(BatchReturn, ids[0]))
		fine(t, err)
		_, list, err := w.Foresee(ctx, w.officer, w.batch(BatchRefuse, ids...))
		fine(t, err)
		if len(list) != 4 || list[0].No == nil || list[1].No != nil || list[1].Becomes != Refused || list[1].State != Submitted {
			t.Errorf("it is foreseen %+v", list)
		}
		// One that cannot be done stops all.
		_, err = w.Deal(ctx, w.officer, w.batch(BatchRefuse, ids...))
		refused(t, err, problem.Conflict, "a batch with one that waits for its correction")
		if got := w.found(t, ApplicationFilter{State: Refused}); len(got) > 0 {
			t.Errorf("%v are refused by a batch that was not done", got)
		}
		refusal, err := w.Deal(ctx, w.officer, w.batch(BatchRefuse, ids[1], ids[2]))
		fine(t, err)
		admission, err := w.Deal(ctx, w.officer, w.batch(BatchAdmit, ids[3]))
		fine(t, err)
		if !slices.Equal(w.told, []ApplicationState{Returned, Refused, Refused, Admitted}) {
			t.Errorf("the applicants are told %v", w.told)
		}
		for _, c := range []struct {
			what string
			f    ApplicationFilter
			want []ref.ID
		}{
			{"the turn of applicants", ApplicationFilter{Turn: TurnApplicants}, ids[:1]},
			{"the turn of nobody", ApplicationFilter{Turn: TurnNobody}, ids[1:3]},
			{"the turn of experts", ApplicationFilter{Turn: TurnExperts}, nil},
			{"late", ApplicationFilter{Late: true}, nil},
			{"in the district", ApplicationFilter{Place: w.Places.Tree().District(w.village)}, ids},
			{"elsewhere", ApplicationFilter{Place: 77}, nil},
			{"by words in any order", ApplicationFilter{Text: "СЕЛЕ робототехники"}, ids},
			{"the latest first", ApplicationFilter{Sort: SortLatest}, []ref.ID{ids[3], ids[2], ids[1], ids[0]}},
		} {
			if got := w.found(t, c.f); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", c.what, got, c.want)
			}
		}
		w.at("2026-06-01 10:00")
		if got := w.found(t, ApplicationFilter{Late: true, Turn: TurnFunder}); !slices.Equal(got, ids[:1]) {
			t.Errorf("not corrected in time are %v", got)
		}
		w.at("2026-03-27 11:00")
		_, _, err = w.UndoBatch(ctx, w.officer, returned.ID)
		refused(t, err, problem.Conflict, "taking back a return")
		_, rest, err := w.UndoBatch(ctx, w.officer, admission.ID)
		fine(t, err)
		if len(rest) > 0 {
			t.Errorf("%v stay", rest)
		}
		_, _, err = w.UndoBatch(ctx, w.officer, admission.ID)
		refused(t, err, problem.Conflict, "taking back twice")
		// What somebody has touched since stays.
		fine(t, w.d.Update(ctx, func(tx *db.Tx) error {
			a, err := applicationByID(ctx, tx, ids[1])
			a.Reason, a.Version = both, a.Version+1
			if err != nil {
				return err
			}
			before := a
			before.Version--
			if err := updateApplication(ctx, tx, a); err != nil {
				return err
			}
			return journal.Record(ctx, tx, w.officer, "funding.application.refuse", before, a)
		}))
		_, rest, err = w.UndoBatch(ctx, w.officer, refusal.ID)
		fine(t, err)
		if len(rest) != 1 || rest[0].ID != ids[1] {
			t.Errorf("%v stay", rest)
		}
		if got := w.found(t, ApplicationFilter{State: Submitted}); !slices.Equal(got, ids[2:]) {
			t.Errorf("%v wait for the check again", got)
		}
		ring, err := keys.Open(t.TempDir())
		fine(t, err)
		fine(t, journal.NewSealer(w.d).Seal(ctx))
		report, err := journal.Verify(ctx, w.d, ring, slices.DeleteFunc(Kinds(), func(k journal.Kind) bool { return k.Name != KindApplication && k.Name != KindBatch }), nil)
		fine(t, err)
		if !report.OK() || report.Rows != 7 {
			t.Errorf("%d rows, faults %v", report.Rows, report.Faults)
		}
	})
}

// What was taken back is owed again.
func TestTakenBackIsOwedAgain(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		w.Panels = newJury(t, w).Panels
		w.at("2026-03-20 10:00")
		ids := w.crowd(t, 1)
		fine(t, w.d.Update(ctx, func(tx *db.Tx) error { return w.roundOver(ctx, tx, roundOver{w.call.ID, 1}) }))
		owed := func() obligations.Outcome {
			t.Helper()
			var list []obligations.Obligation
			fine(t, w.d.View(ctx, func(tx *db.Tx) (err error) {
				list, err = w.owed.Told(ctx, tx, w.call.Ref())
				return err
			}))
			if len(list) != 1 {
				t.Fatalf("owed is %v", list)
			}
			return list[0].Outcome
		}
		b, err := w.Deal(ctx, w.officer, w.batch(BatchAdmit, ids...))
		fine(t, err)
		if owed() != obligations.Kept {
			t.Error("the check is owed still")
		}
		_, _, err = w.UndoBatch(ctx, w.officer, b.ID)
		fine(t, err)
		if owed() != "" {
			t.Error("the check that was taken back is not owed again")
		}
	})
}

func TestTwoBatchesAtOnce(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ids := w.crowd(t, 5)
		errs := make([]error, 4)
		var wait sync.WaitGroup
		for i := range errs {
			wait.Go(func() {
				_, errs[i] = w.Deal(context.WithoutCancel(t.Context()), w.officer, w.batch([]BatchAct{BatchAdmit, BatchRefuse}[i%2], ids...))
			})
		}
		wait.Wait()
		done := 0
		for _, err := range errs {
			done += b2i(err == nil)
			if err != nil && !problem.Is(err, problem.Conflict) {
				t.Errorf("at once: %v", err)
			}
		}
		admitted, refused := w.found(t, ApplicationFilter{State: Admitted}), w.found(t, ApplicationFilter{State: Refused})
		if done != 1 || len(admitted)+len(refused) != 5 || len(admitted) > 0 && len(refused) > 0 {
			t.Errorf("%d batches are done, %d are admitted and %d refused", done, len(admitted), len(refused))
		}
		if list, err := w.Batches(t.Context(), w.officer, w.call.ID); err != nil || len(list) != 1 || len(list[0].Entries) != 5 || strings.TrimSpace(list[0].Reason.RU) == "" {
			t.Errorf("what was done is told as %+v: %v", list, err)
		}
	})
}
