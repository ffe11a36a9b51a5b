package funding

import (
	"context"
	"slices"
	"sync"
	"testing"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// letters has the portal write down to whom messages go, and gives the list.
func (w *office) letters() *[]ref.ID {
	var told []ref.ID
	w.TellAll = func(_ context.Context, _ *db.Tx, l MessageLetter) error {
		for _, a := range l.Applications {
			if a.OrgID != l.OrgID {
				return problem.New(problem.Invalid, "test")
			}
		}
		told = append(told, l.OrgID)
		return nil
	}
	return &told
}

// tellRest runs the job of a message until it has nothing more to do, and once more.
func (w *office) tellRest(t testing.TB, m Message) {
	t.Helper()
	for range 5 {
		fine(t, w.d.Update(t.Context(), func(tx *db.Tx) error { return w.tellMessage(t.Context(), tx, tellMessage{m.ID}) }))
	}
}

func TestAMessageToManyIsSentOnce(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		w.Panels = newJury(t, w).Panels
		w.at("2026-03-20 10:00")
		ids := w.crowd(t, 4)
		_, err := w.Deal(ctx, w.officer, w.batch(BatchAdmit, ids[1], ids[2]))
		fine(t, err)
		told := w.letters()
		admitted := ApplicationFilter{State: Admitted}
		m := Message{CallID: w.call.ID, Once: "first", Title: both, Text: both}

		_, err = w.SendMessage(ctx, w.rivalLead, m, admitted, 2)
		refused(t, err, problem.NotFound, "a message of a stranger")
		_, err = w.SendMessage(ctx, w.officer, Message{CallID: w.call.ID, Once: "first", Title: both, Text: ruText("Только по-русски")}, admitted, 2)
		if faultAt(err, "text.kk") != "form.required" {
			t.Errorf("a message of the state in one language: %v", err)
		}
		_, err = w.SendMessage(ctx, w.officer, m, ApplicationFilter{State: Reserve}, 0)
		refused(t, err, problem.Invalid, "a message to nobody")
		_, err = w.SendMessage(ctx, w.officer, m, admitted, 3)
		refused(t, err, problem.Conflict, "a message to others than were shown")

		var both sync.WaitGroup
		sent := make([]Message, 3)
		for i := range sent {
			both.Go(func() {
				var err error
				if sent[i], err = w.SendMessage(ctx, w.officer, m, admitted, 2); err != nil {
					t.Errorf("pressed at once: %v", err)
				}
			})
		}
		both.Wait()
		if sent[0].ID == 0 || sent[0].ID != sent[1].ID || sent[1].ID != sent[2].ID || sent[0].Orgs != 2 || !slices.Equal(sent[0].Applications, ids[1:3]) {
			t.Errorf("three presses sent %+v", sent)
		}
		w.tellRest(t, sent[0])
		if slices.Sort(*told); !slices.Equal(*told, []ref.ID{5001, 5002}) {
			t.Errorf("%v were written to", *told)
		}
		list, err := w.Messages(ctx, w.officer, w.call.ID)
		fine(t, err)
		if len(list) != 1 || list[0].Told != 2 {
			t.Errorf("the list of messages: %+v", list)
		}
		for i, want := range []int{0, 1, 1, 0} {
			st, err := w.ApplicationStory(ctx, w.officer, ids[i])
			fine(t, err)
			if len(st.Messages) != want {
				t.Errorf("application %d tells of %d messages", i, len(st.Messages))
			}
		}
		_, err = w.WithdrawApplication(ctx, w.lead, ids[0], 0, ruText("Нет денег"))
		fine(t, err)
		if to, err := w.Addressees(ctx, w.officer, w.call.ID, ApplicationFilter{}); err != nil || len(to.Applications) != 3 {
			t.Errorf("without a filter a message goes to %+v: %v", to, err)
		}
		var acts []string
		fine(t, w.d.View(ctx, func(tx *db.Tx) error {
			past, err := journal.Timeline(ctx, tx, w.call.Ref(), 0, 20, false)
			for _, e := range past {
				if e.Act == "funding.message.send" {
					acts = append(acts, e.Act)
				}
			}
			return err
		}))
		if len(acts) != 1 {
			t.Errorf("the journal tells of %d messages", len(acts))
		}
	})
}
