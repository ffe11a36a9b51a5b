package funding

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

func TestHowManyOfOneOrganization(t *testing.T) {
	for _, c := range []struct {
		what        string
		perOrg, won int
		n           Tally
		takes, lets string
	}{
		{"no bound", 0, 0, Tally{Writing: 3, Standing: 40, Won: 9}, "", ""},
		{"no bound, but many are written at once", 0, 0, Tally{Writing: mostDrafts}, "", "funding.draft.many"},
		{"the first", 1, 1, Tally{}, "", ""},
		{"the first is written", 1, 1, Tally{Writing: 1}, "", "funding.draft.enough"},
		{"the first is handed in", 1, 1, Tally{Standing: 1}, "funding.application.enough", "funding.application.enough"},
		{"one of three is left", 3, 0, Tally{Writing: 1, Standing: 2}, "", "funding.draft.enough"},
		{"none of three is left", 3, 0, Tally{Standing: 3}, "funding.application.enough", "funding.application.enough"},
		{"has won", 0, 1, Tally{Won: 1}, "funding.application.won_enough", "funding.application.won_enough"},
		{"may win once more", 2, 2, Tally{Standing: 1, Won: 1}, "", ""},
	} {
		terms := Terms{PerOrg: c.perOrg, WinsPerOrg: c.won}
		for what, got := range map[string]struct {
			err  error
			want string
		}{"takes": {terms.takes(c.n), c.takes}, "lets": {terms.lets(c.n), c.lets}} {
			if got.want == "" && got.err != nil || got.want != "" && !isKey(got.err, got.want) {
				t.Errorf("%s: %s gives %v", c.what, what, got.err)
			}
		}
	}
}

func TestABoundIsNotLoweredOnceARoundIsOpen(t *testing.T) {
	for _, c := range []struct{ before, after, want int }{{0, 0, 0}, {0, 5, 1}, {3, 2, 1}, {3, 4, 0}, {3, 0, 0}} {
		if got := b2i(fewer(c.after, c.before)); got != c.want {
			t.Errorf("from %d to %d is fewer: %d", c.before, c.after, got)
		}
	}
}

// Those of an organization that has won as many as it may are passed over, and the
// next moves up.
func TestWinsOfOneOrganization(t *testing.T) {
	type states = []ApplicationState
	of := func(orgs ...ref.ID) []Placed {
		list := order([2]int64{90, 10}, [2]int64{85, 10}, [2]int64{80, 10}, [2]int64{60, 10})
		for i, id := range orgs {
			list[i].OrgID = id
		}
		return list
	}
	for _, c := range []struct {
		what   string
		list   []Placed
		wins   int
		won    Won
		depart []Departure
		want   states
		full   []ref.ID
	}{
		{"no bound", of(1, 1, 1, 1), 0, Won{1: 5}, nil, states{Funded, Funded, Reserve, Declined}, nil},
		{"one of each", of(1, 1, 2, 1), 1, nil, nil, states{Funded, Reserve, Funded, Declined}, []ref.ID{2}},
		{"two of each", of(1, 1, 1, 1), 2, nil, nil, states{Funded, Funded, Reserve, Declined}, []ref.ID{3}},
		{"won in another round", of(1, 2, 3, 1), 1, Won{1: 1}, nil, states{Reserve, Funded, Funded, Declined}, []ref.ID{1}},
		{"the better one is declined by a departure", of(1, 1, 2, 1), 1, nil, []Departure{{ApplicationID: 1, Outcome: Declined}}, states{Declined, Funded, Funded, Declined}, nil},
		{"the lower one is funded by a departure", of(1, 2, 1, 3), 1, nil, []Departure{{ApplicationID: 3, Outcome: Funded}}, states{Reserve, Funded, Funded, Declined}, []ref.ID{1}},
	} {
		lines := propose(slices.Clone(c.list), Cut{Sum: 20, Threshold: 70, Wins: c.wins}, c.won, c.depart)
		if got := outcomes(lines); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
		var full []ref.ID
		for _, l := range lines {
			if l.Full {
				full = append(full, l.ID)
			}
		}
		if !slices.Equal(full, c.full) {
			t.Errorf("%s: %v have won enough, want %v", c.what, full, c.full)
		}
	}
	two := of(1, 1)[:2]
	lines := propose(slices.Clone(two), Cut{Sum: 100, Wins: 1}, nil, []Departure{{ApplicationID: 2, Outcome: Funded, Reason: both}, {ApplicationID: 1, Outcome: Funded, Reason: both}})
	bad := bounds{left: 100, wins: Cut{Wins: 1}}.check(lines)
	if _, ok := bad["outcome."+ref.ID(2).String()]; !ok || len(bad) != 1 {
		t.Errorf("two of one organization win by departures: %v", bad)
	}
}

// bound sets how many applications one organization may hand in and win.
func (w *office) bound(t testing.TB, perOrg, wins int) {
	t.Helper()
	fine(t, w.d.Update(t.Context(), func(tx *db.Tx) error {
		c, err := callByID(t.Context(), tx, w.call.ID)
		if err != nil {
			return err
		}
		c.PerOrg, c.WinsPerOrg, c.Version = perOrg, wins, c.Version+1
		w.call = c
		return updateCall(t.Context(), tx, c)
	}))
}

// another is one more draft with nothing amiss.
func (w *office) another(t testing.TB) ApplicationDraft {
	t.Helper()
	d, err := w.BeginAnother(t.Context(), w.lead, w.call.ID, w.ngo)
	fine(t, err)
	_, err = w.Write(t.Context(), w.lead, d.ID, edits(w.faultless()))
	fine(t, err)
	return d
}

func TestSeveralApplicationsOfOneOrganization(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		w.bound(t, 2, 0)
		first := w.submitted(t)
		second := w.another(t)
		if again, err := w.Begin(ctx, w.staff, w.call.ID, w.ngo); err != nil || again.ID != second.ID {
			t.Errorf("going on leads to %v: %v", again.ID, err)
		}
		if w.says(t, second.ID, "contact.name") != "Асель" {
			t.Error("what was asked once is asked again")
		}
		_, err := w.BeginAnother(ctx, w.lead, w.call.ID, w.ngo)
		if !isKey(err, "funding.draft.enough") {
			t.Errorf("a third draft of two gives %v", err)
		}
		b, err := w.Submit(ctx, w.lead, second.ID)
		fine(t, err)
		if b.ID == first.ID || b.Number == first.Number {
			t.Errorf("both are %s", b.Number)
		}
		_, err = w.BeginAnother(ctx, w.lead, w.call.ID, w.ngo)
		if !isKey(err, "funding.application.enough") {
			t.Errorf("a third application of two gives %v", err)
		}
		_, err = w.WithdrawApplication(ctx, w.lead, first.ID, 0, both)
		fine(t, err)
		third := w.another(t) // what was taken back leaves its place
		_, err = w.DropDraft(ctx, w.rivalLead, third.ID)
		refused(t, err, problem.NotFound, "a draft that others throw away")
		_, err = w.DropDraft(ctx, w.lead, second.ID)
		refused(t, err, problem.Conflict, "throwing away what was handed in")
		paper, err := w.CheckDraftPaper(ctx, w.lead, third.ID, 0, "a.txt", strings.NewReader("Смета"))
		fine(t, err)
		fine(t, w.AddDraftPaper(ctx, w.lead, third.ID, 0, paper))
		_, err = w.DropDraft(ctx, w.staff, third.ID)
		fine(t, err)
		_, err = w.Writing(ctx, w.lead, third.ID)
		refused(t, err, problem.NotFound, "a draft that was thrown away")
		fine(t, w.d.View(ctx, func(tx *db.Tx) error {
			for _, table := range []string{"application_fields", "application_past_fields", "application_papers"} {
				n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM `+table+` WHERE draft_id = $1`, third.ID)
				if err != nil || n > 0 {
					t.Errorf("%s keeps %d: %v", table, n, err)
				}
			}
			left, err := w.Files.Of(ctx, tx, kindDraft, third.ID)
			if len(left) > 0 {
				t.Errorf("files are left: %v", left)
			}
			return err
		}))
	})
}

func TestTwoOfOneOrganizationAtOnce(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		drafts := []ApplicationDraft{w.begun(t, w.lead, w.ngo), w.another(t), w.another(t), w.another(t)}
		w.bound(t, 2, 0)
		errs := make([]error, len(drafts))
		var wait sync.WaitGroup
		for i, d := range drafts {
			wait.Go(func() { _, errs[i] = w.Submit(context.WithoutCancel(t.Context()), w.lead, d.ID) })
		}
		wait.Wait()
		in := 0
		for _, err := range errs {
			in += b2i(err == nil)
			if err != nil && !isKey(err, "funding.application.enough") {
				t.Errorf("beyond the bound: %v", err)
			}
		}
		if in != 2 {
			t.Errorf("%d are handed in, two may be", in)
		}
	})
}

func TestTwoBeginAtOnce(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		w.bound(t, 1, 1)
		ids := make([]ref.ID, 6)
		var wait sync.WaitGroup
		for i := range ids {
			wait.Go(func() {
				d, err := w.Begin(context.WithoutCancel(t.Context()), w.lead, w.call.ID, w.ngo)
				fine(t, err)
				ids[i] = d.ID
			})
		}
		wait.Wait()
		if slices.Sort(ids); ids[0] != ids[len(ids)-1] {
			t.Errorf("several drafts are begun: %v", ids)
		}
	})
}

// An organization that won elsewhere after a decision was put wins no more often
// than the call allows: its application stays in reserve, with the reason.
func TestAnOrganizationWinsMeanwhile(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		for range 3 { // the first is of the NGO, the others of its rival
			w.enters(t, 12_000_000*tenge)
		}
		w.bound(t, 0, 1)
		w.judged(t, 9, 8, 7)
		d, err := w.BeginDecision(ctx, w.officer, w.call.ID, 1, OnOrder)
		fine(t, err)
		st, err := w.DecisionStory(ctx, w.officer, d.ID)
		fine(t, err)
		if got := outcomes(st.Lines); !slices.Equal(got, []ApplicationState{Funded, Funded, Reserve}) {
			t.Errorf("the decision proposes %v", got)
		}
		_, err = w.DepartOn(ctx, w.officer, d.ID, 0, Departure{ApplicationID: w.entries[2].ID, Outcome: Funded, Reason: both})
		fine(t, err)
		_, err = w.PutDecision(ctx, w.officer, d.ID, 0)
		fine(t, err) // the departure takes the place of the better one
		w.voted(t, d.Ref(), true)
		// Meanwhile the rival wins in another round of the call.
		won := w.enters(t, 12_000_000*tenge)
		fine(t, w.d.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE applications SET round = 2, state = 'funded' WHERE id = $1`, won.ID)
			return err
		}))
		_, err = w.PublishDecision(ctx, w.officer, d.ID, 0)
		fine(t, err)
		w.became(t, "with a win elsewhere", Funded, Reserve, Reserve, Funded)
		o, err := w.Outcome(ctx, w.officer, w.entries[2].ID)
		fine(t, err)
		if o.Ruling.Outcome != Reserve || o.Ruling.Granted != 0 || o.Ruling.Reason.IsZero() {
			t.Errorf("what is said of it is %+v", o.Ruling)
		}
	})
}

// Decisions of two rounds that are published at once let one organization win once.
func TestTwoRoundsAreDecidedAtOnce(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		for range 3 {
			w.enters(t, 12_000_000*tenge)
		}
		head := person(70, access.Lead, w.funder)
		var both [2]Decision
		fine(t, w.d.Update(ctx, func(tx *db.Tx) error {
			c, err := callByID(ctx, tx, w.call.ID)
			if err != nil {
				return err
			}
			c.Kind, c.Length, c.WinsPerOrg, c.Version = projects.Business, "", 1, c.Version+1
			next := c.Rounds[0]
			next.No = 2
			c.Rounds = append(c.Rounds, next)
			if err := updateCall(ctx, tx, c); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE applications SET round = 2 WHERE id = $1`, w.entries[2].ID); err != nil {
				return err
			}
			for i := range both { // an application of the rival in each round
				a := w.entries[i+1]
				d := Decision{ID: tx.NewID(), CallID: c.ID, Round: i + 1, No: 1, Kind: OnAppeal, PanelID: tx.NewID(), PutAt: db.At(tx.Now()), CreatedAt: db.At(tx.Now()), Version: 1}
				v := Ruling{ID: tx.NewID(), DecisionID: d.ID, CallID: c.ID, ApplicationID: a.ID, Outcome: Funded, Granted: a.Proposal.Asked, Version: 1}
				if err := insertDecision(ctx, tx, d); err != nil {
					return err
				}
				if err := insertRulings(ctx, tx, []Ruling{v}); err != nil {
					return err
				}
				both[i] = d
			}
			return nil
		}))
		var all sync.WaitGroup
		for _, d := range both {
			all.Go(func() {
				_, err := w.PublishDecision(context.WithoutCancel(ctx), head, d.ID, 0)
				fine(t, err)
			})
		}
		all.Wait()
		got := w.states(t)[1:]
		if slices.Sort(got); !slices.Equal(got, []ApplicationState{Funded, Reserve}) {
			t.Errorf("in the two rounds it has %v", got)
		}
	})
}

func TestUsualPerOrg(t *testing.T) {
	inBureau(t, func(t *testing.T, w *bureau) {
		for kind, want := range map[string]int{projects.StateGrant: 0, projects.StateSocialOrder: 1, projects.Partnership: 1, projects.Business: 1, projects.Foundation: 1} {
			if in, win := w.UsualPerOrg(kind, w.Today()); in != want || win != want {
				t.Errorf("%s: %d handed in, %d won, want %d", kind, in, win, want)
			}
		}
	})
}
