package funding

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// jury is the office with a round whose applications are admitted, and experts.
type jury struct {
	*office
	accounts  *accounts.Service
	experts   []access.Actor
	entries   []Application
	body      panels.Body
	secretary access.Actor
	members   map[ref.ID]access.Actor // of the commission, by seat
}

func eachJury(t *testing.T, test func(t *testing.T, w *jury)) {
	eachOffice(t, func(t *testing.T, o *office) { test(t, newJury(t, o)) })
}

func newJury(t testing.TB, o *office) *jury {
	ctx := t.Context()
	acc, err := accounts.New(o.d, accounts.Options{})
	fine(t, err)
	w := &jury{office: o, accounts: acc}
	w.Panels = panels.New(o.d, panels.Deps{Zone: o.Zone, Accounts: acc, Places: o.Places, Norms: o.Norms, Obligations: o.owed, Cuts: map[string]panels.Cutter{KindRound: w.CutOrder}})
	for i := range 6 {
		p, err := acc.Enrol(ctx, access.Portal("test"), accounts.NewPerson{Name: "expert", Email: fmt.Sprintf("e%d@example.kz", i)})
		fine(t, err)
		_, err = acc.GiveRole(ctx, access.Portal("test"), p.ID, access.Expert, ref.Ref{Kind: "place", ID: w.region})
		fine(t, err)
		e := person(p.ID, access.Expert, w.region)
		_, err = w.Panels.Present(ctx, e, 0, panels.Profile{Spheres: []string{"youth"}, Langs: []i18n.Lang{i18n.KK, i18n.RU}})
		fine(t, err)
		w.experts = append(w.experts, e)
	}
	w.at("2026-04-02 10:00")
	return w
}

// enters hands an application of an organization of its own in, and admits it.
func (w *jury) enters(t testing.TB, asked int64) Application {
	t.Helper()
	n := len(w.entries)
	a := Application{Number: fmt.Sprintf("2026-9%05d", n), CallID: w.call.ID, Round: 1, State: Admitted, SubmittedAt: db.At(w.moment("2026-03-20 10:00")), NormsOn: w.call.NormsOn,
		Proposal: Proposal{Lang: i18n.RU, Title: ruText(fmt.Sprintf("Заявка %d", n)), Summary: ruText("Суть"), PlaceID: w.village, Sphere: "youth", Asked: asked,
			Starts: db.Day(2026, 6, 1), Ends: db.Day(2026, 11, 30), Beneficiaries: 10,
			Lines: []BudgetLine{{ID: 1, Category: "pay", Name: ruText("Тренер"), Unit: ruText("месяц"), Quantity: 1000, Price: asked, Sum: asked}}}}
	fine(t, w.d.Update(t.Context(), func(tx *db.Tx) error {
		a.ID, a.OrgID, a.DraftID, a.SubmittedBy, a.Version = tx.NewID(), w.rival, tx.NewID(), w.lead.UserID, 1
		if n == 0 {
			a.OrgID = w.ngo
		}
		if err := insertApplication(t.Context(), tx, a); err != nil {
			return err
		}
		return journal.Record(t.Context(), tx, w.lead, "funding.application.submit", nil, a)
	}))
	w.entries = append(w.entries, a)
	return a
}

// judged takes the round through its panel: points are of 10, by entry.
func (w *jury) judged(t testing.TB, points ...int) panels.Panel {
	t.Helper()
	p, err := w.OpenPanel(t.Context(), w.officer, w.call.ID, 1, db.Date{})
	fine(t, err)
	w.marks(t, p, func(work ref.ID) int {
		for i, a := range w.entries {
			if a.ID == work {
				return points[i]
			}
		}
		return 0
	})
	return p
}

// marks has all experts of a panel mark, and opens the marks.
func (w *jury) marks(t testing.TB, p panels.Panel, points func(work ref.ID) int) {
	t.Helper()
	ctx := t.Context()
	fine(t, w.Panels.Freeze(ctx, w.officer, p.ID))
	for i := range 2 {
		fine(t, w.Panels.AnnounceDice(ctx, w.officer, p.ID, ruText(fmt.Sprintf("Тираж %d", i)), "https://example.kz/lot"))
	}
	w.clock.Advance(48 * time.Hour)
	for i := range 2 {
		fine(t, w.Panels.DiceFell(ctx, w.officer, p.ID, i, fmt.Sprintf("%d 12 33", i)))
	}
	for _, e := range w.experts {
		if len(w.tasks(t, e, p.ID)) == 0 {
			continue
		}
		fine(t, w.Panels.DeclareIn(ctx, e, p.ID, nil, ""))
		for _, task := range w.tasks(t, e, p.ID) {
			i := slices.IndexFunc(w.entries, func(a Application) bool { return a.Proposal.Title == task.Title })
			fine(t, w.Panels.Submit(ctx, e, task.Assignment.ID, []panels.Score{{Code: "need", Points: points(w.entries[i].ID), Comment: "Обосновано данными."}}))
		}
	}
	fine(t, w.Panels.Reveal(ctx, w.officer, p.ID, i18n.Text{}))
}

// tasks are what an expert is to mark in a panel.
func (w *jury) tasks(t testing.TB, e access.Actor, panel ref.ID) []panels.Task {
	t.Helper()
	list, err := w.Panels.Tasks(t.Context(), e)
	fine(t, err)
	return slices.DeleteFunc(list, func(x panels.Task) bool { return x.PanelID != panel || !x.Waits() })
}

// commission is a body of an organization with three members.
func (w *jury) commission(t testing.TB, owner ref.ID) {
	t.Helper()
	ctx := t.Context()
	var err error
	w.body, err = w.Panels.SetUp(ctx, w.officer, panels.NewBody{Owner: ref.Ref{Kind: "organization", ID: owner}, PlaceID: w.region, Kind: panels.Commission, Name: both,
		Rules: panels.Rules{Quorum: 60, QuorumFrom: panels.FromAll, Majority: panels.OfPresent}})
	fine(t, err)
	w.members = map[ref.ID]access.Actor{}
	for i, duty := range []panels.Duty{panels.Chair, panels.Secretary, panels.Plain} {
		email := fmt.Sprintf("m%d%s@example.kz", i, w.body.ID)
		p, err := w.accounts.Enrol(ctx, access.Portal("test"), accounts.NewPerson{Name: "member", Email: email})
		fine(t, err)
		m, err := w.Panels.Seat(ctx, w.officer, w.body.ID, panels.NewMember{Email: email, Duty: duty, Votes: true, Since: w.Today()})
		fine(t, err)
		w.members[m.ID] = access.Actor{UserID: p.ID}
		if duty == panels.Secretary {
			w.secretary = w.members[m.ID]
		}
	}
}

// meets has so many members of the commission vote on a thing at a meeting.
func (w *jury) meets(t testing.TB, thing ref.Ref, choice panels.Choice, here int, motion *panels.Motion) {
	t.Helper()
	ctx := t.Context()
	m, err := w.Panels.Plan(ctx, w.officer, w.body.ID, panels.When{StartsAt: db.At(w.clock.Now().Add(time.Hour)), Place: both})
	fine(t, err)
	fine(t, w.PutOnAgenda(ctx, w.officer, thing, m.ID, both, both))
	fine(t, w.Panels.Invite(ctx, w.secretary, m.ID, both))
	w.clock.Advance(2 * time.Hour)
	var present []ref.ID
	for seat := range w.members {
		present = append(present, seat)
	}
	fine(t, w.Panels.Attend(ctx, w.secretary, m.ID, present, nil))
	fine(t, w.Panels.Begin(ctx, w.secretary, m.ID))
	var item panels.Item
	fine(t, w.d.View(ctx, func(tx *db.Tx) error {
		list, err := w.Panels.AgendaOf(ctx, tx, thing)
		item = list[0]
		return err
	}))
	fine(t, w.Panels.TakeUp(ctx, w.secretary, item.ID, motion))
	for _, seat := range present[here:] { // they leave
		fine(t, w.Panels.Note(ctx, w.secretary, m.ID, seat, false, false))
	}
	for _, seat := range present[:here] {
		fine(t, w.Panels.Vote(ctx, w.members[seat], item.ID, seat, choice))
	}
	fine(t, w.Panels.CloseVote(ctx, w.secretary, item.ID))
	fine(t, w.Panels.End(ctx, w.secretary, m.ID, both))
}

// voted has the commission of the funder vote with a quorum.
func (w *jury) voted(t testing.TB, thing ref.Ref, adopted bool) {
	t.Helper()
	if w.body.Owner.ID != w.funder {
		w.commission(t, w.funder)
	}
	w.meets(t, thing, map[bool]panels.Choice{true: panels.For, false: panels.Against}[adopted], 3, nil)
}

// decided takes the round to a published decision.
func (w *jury) decided(t testing.TB) Decision {
	t.Helper()
	d := w.put(t)
	w.voted(t, d.Ref(), true)
	d, err := w.PublishDecision(t.Context(), w.officer, d.ID, d.Version)
	fine(t, err)
	return d
}

func (w *jury) put(t testing.TB) Decision {
	t.Helper()
	d, err := w.BeginDecision(t.Context(), w.officer, w.call.ID, 1, OnOrder)
	fine(t, err)
	d, err = w.PutDecision(t.Context(), w.officer, d.ID, d.Version)
	fine(t, err)
	return d
}

func (w *jury) states(t testing.TB) (out []ApplicationState) {
	t.Helper()
	fine(t, w.d.View(t.Context(), func(tx *db.Tx) error {
		out = nil
		for _, a := range w.entries {
			x, err := applicationByID(t.Context(), tx, a.ID)
			if err != nil {
				return err
			}
			out = append(out, x.State)
		}
		return nil
	}))
	return out
}

func (w *jury) became(t testing.TB, what string, want ...ApplicationState) {
	t.Helper()
	if got := w.states(t); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: the applications are %v, want %v", what, got, want)
	}
}

// verified checks that every row is as its last entry says.
func (w *jury) verified(t testing.TB) {
	t.Helper()
	ring, err := keys.Open(t.TempDir())
	fine(t, err)
	fine(t, journal.NewSealer(w.d).Seal(t.Context()))
	var mine []journal.Kind
	for _, k := range Kinds() {
		if k.Name == KindDecision || k.Name == KindRuling || k.Name == KindAppeal || k.Name == KindApplication {
			mine = append(mine, k)
		}
	}
	report, err := journal.Verify(t.Context(), w.d, ring, mine, nil)
	fine(t, err)
	if !report.OK() || report.Rows == 0 {
		t.Errorf("%d rows, faults %v", report.Rows, report.Faults)
	}
}

const tenge = 100

func TestARoundIsDecidedByItsOrder(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		for range 4 {
			w.enters(t, 12_000_000*tenge)
		}
		_, err := w.BeginDecision(ctx, w.officer, w.call.ID, 1, OnOrder)
		refused(t, err, problem.Conflict, "a decision before the marks")
		_, err = w.OpenPanel(ctx, w.lead, w.call.ID, 1, db.Date{})
		refused(t, err, problem.NotFound, "a panel opened by an applicant")
		_, err = w.OpenPanel(ctx, w.us, w.call.ID, 1, db.Date{})
		refused(t, err, problem.Forbidden, "a panel opened by an officer who works for an applicant")
		w.judged(t, 9, 7, 8, 6)
		_, err = w.OpenPanel(ctx, w.officer, w.call.ID, 1, db.Date{})
		refused(t, err, problem.Conflict, "a second panel")

		v, err := w.Ranking(ctx, w.officer, w.call.ID, 1, RankingPart{})
		fine(t, err)
		if len(v.Lines) != 4 || v.Lines[0].ID != w.entries[0].ID || v.Lines[3].Outcome != Reserve || v.Districts != 100 {
			t.Errorf("the order is %+v, %d%% to districts", v.Lines, v.Districts)
		}
		what, err := w.Ranking(ctx, w.officer, w.call.ID, 1, RankingPart{What: &Cut{Sum: 12_000_000 * tenge, Threshold: 85}})
		fine(t, err)
		if what.Lines[0].Outcome != Funded || what.Lines[1].Outcome != Declined {
			t.Errorf("what if: %+v", what.Lines)
		}
		for _, by := range []access.Actor{w.lead, w.rivalLead, {}} {
			_, err := w.Ranking(ctx, by, w.call.ID, 1, RankingPart{})
			refused(t, err, problem.NotFound, "the order for a stranger")
		}
		d, err := w.BeginDecision(ctx, w.officer, w.call.ID, 1, OnOrder)
		fine(t, err)
		_, err = w.BeginDecision(ctx, w.officer, w.call.ID, 1, OnOrder)
		refused(t, err, problem.Conflict, "a second decision at once")
		_, err = w.PublishDecision(ctx, w.officer, d.ID, 0)
		refused(t, err, problem.Conflict, "a decision that was not put")

		// The third of the order is declined, so the fourth rises.
		away := Departure{ApplicationID: w.entries[1].ID, Outcome: Declined}
		d, err = w.Depart(ctx, w.officer, d.ID, d.Version, []Departure{away}, i18n.Text{})
		fine(t, err)
		_, err = w.PutDecision(ctx, w.officer, d.ID, d.Version)
		refused(t, err, problem.Invalid, "a departure without a reason")
		away.Reason = ruText("Такой проект уже идет")
		d, err = w.Depart(ctx, w.officer, d.ID, d.Version, []Departure{away}, i18n.Text{})
		fine(t, err)
		d, err = w.PutDecision(ctx, w.officer, d.ID, d.Version)
		fine(t, err)
		_, err = w.Depart(ctx, w.officer, d.ID, d.Version, nil, i18n.Text{})
		refused(t, err, problem.Conflict, "a change of what was put")

		_, err = w.PublishDecision(ctx, w.officer, d.ID, d.Version)
		refused(t, err, problem.Conflict, "a decision without the commission")
		w.commission(t, w.rival)
		m, err := w.Panels.Plan(ctx, w.officer, w.body.ID, panels.When{StartsAt: db.At(w.clock.Now().Add(time.Hour)), Place: both})
		fine(t, err)
		refused(t, w.PutOnAgenda(ctx, w.officer, d.Ref(), m.ID, both, both), problem.NotFound, "a decision before the commission of others")
		w.voted(t, d.Ref(), true)
		_, err = w.PublishDecision(ctx, w.lead, d.ID, d.Version)
		refused(t, err, problem.NotFound, "a decision published by an applicant")
		d, err = w.PublishDecision(ctx, w.officer, d.ID, d.Version)
		fine(t, err)
		w.became(t, "published", Funded, Declined, Funded, Funded)
		if d.Sum != 36_000_000*tenge || d.Funded != 3 {
			t.Errorf("%+v", d)
		}
		w.drafted(t, 3)
		c, err := w.CallStory(ctx, w.lead, w.call.ID)
		fine(t, err)
		if c.Phase() != Decided {
			t.Errorf("the call is %s", c.Phase())
		}
		w.tells(t, d, 4)
		w.verified(t)
	})
}

// drafted counts the agreements.
func (w *jury) drafted(t testing.TB, want int64) {
	t.Helper()
	fine(t, w.d.View(t.Context(), func(tx *db.Tx) error {
		n, err := db.One(t.Context(), tx, db.Value[int64], `SELECT count(*) FROM agreements`)
		if n != want {
			t.Errorf("%d agreements, want %d", n, want)
		}
		return err
	}))
}

// tells runs the letters of a decision.
func (w *jury) tells(t testing.TB, d Decision, want int) {
	t.Helper()
	var letters []ApplicationLetter
	w.Tell = func(_ context.Context, _ *db.Tx, l ApplicationLetter) error {
		letters = append(letters, l)
		return nil
	}
	fine(t, w.d.Update(t.Context(), func(tx *db.Tx) error {
		letters = nil
		return w.tellSome(t.Context(), tx, tellDecision{Decision: d.ID})
	}))
	if len(letters) != want {
		t.Fatalf("%d letters, want %d", len(letters), want)
	}
	for _, l := range letters {
		if len(l.Said) != 1 || len(l.Said[0].Said) != 3 || l.Said[0].Said[0].Comment == "" || l.AppealUntil.IsZero() {
			t.Errorf("a letter without its reasons: %+v", l)
		}
	}
}

func TestWithdrawnMeanwhile(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		for range 5 {
			w.enters(t, 12_000_000*tenge)
		}
		p, err := w.OpenPanel(ctx, w.officer, w.call.ID, 1, db.Date{})
		fine(t, err)
		gone := w.entries[4]
		_, err = w.WithdrawApplication(ctx, w.rivalLead, gone.ID, 0, ruText("Передумали"))
		fine(t, err)
		w.marks(t, p, func(work ref.ID) int {
			if work == gone.ID {
				t.Error("a withdrawn application is marked")
			}
			return map[ref.ID]int{w.entries[0].ID: 9, w.entries[1].ID: 8, w.entries[2].ID: 7}[work] + b2i(work == w.entries[3].ID)*6
		})
		d := w.put(t)
		// The best one goes after it was put; nobody moves up by itself.
		_, err = w.WithdrawApplication(ctx, w.lead, w.entries[0].ID, 0, ruText("Нашли другие деньги"))
		fine(t, err)
		w.voted(t, d.Ref(), true)
		d, err = w.PublishDecision(ctx, w.officer, d.ID, d.Version)
		fine(t, err)
		w.became(t, "published", Withdrawn, Funded, Funded, Reserve, Withdrawn)
		if d.Sum != 24_000_000*tenge {
			t.Errorf("%d was given", d.Sum)
		}
		next, err := w.BeginDecision(ctx, w.officer, w.call.ID, 1, FromReserve)
		fine(t, err)
		_, err = w.PutDecision(ctx, w.officer, next.ID, 0)
		refused(t, err, problem.Invalid, "a later decision without saying why")
		_, err = w.Depart(ctx, w.officer, next.ID, 0, nil, ruText("Победитель отказался"))
		fine(t, err)
		next, err = w.PutDecision(ctx, w.officer, next.ID, 0)
		fine(t, err)
		_, err = w.PublishDecision(ctx, w.officer, next.ID, 0)
		refused(t, err, problem.Conflict, "a reserve moved up without the commission")
		w.voted(t, next.Ref(), true)
		_, err = w.PublishDecision(ctx, w.officer, next.ID, 0)
		fine(t, err)
		w.became(t, "the reserve moved up", Withdrawn, Funded, Funded, Funded, Withdrawn)
		w.drafted(t, 3)
		w.verified(t)
	})
}

func TestTwoDecideAtOnce(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		for range 4 {
			w.enters(t, 12_000_000*tenge)
		}
		w.judged(t, 9, 8, 7, 6)
		d := w.put(t)
		w.voted(t, d.Ref(), true)
		var all sync.WaitGroup
		var mu sync.Mutex
		done := 0
		for range 4 {
			all.Go(func() {
				if _, err := w.PublishDecision(ctx, w.officer, d.ID, d.Version); err == nil {
					mu.Lock()
					done++
					mu.Unlock()
				} else if !problem.Is(err, problem.Conflict) {
					t.Errorf("publishing at once: %v", err)
				}
			})
		}
		all.Go(func() {
			_, err := w.WithdrawApplication(ctx, w.lead, w.entries[0].ID, 0, ruText("Передумали"))
			if err != nil && !problem.Is(err, problem.Conflict) {
				t.Errorf("withdrawing at once: %v", err)
			}
		})
		all.Wait()
		if done != 1 {
			t.Errorf("%d published", done)
		}
		got := w.states(t)
		if got[0] != Funded && got[0] != Withdrawn || got[1] != Funded || got[2] != Funded || got[3] != Reserve {
			t.Errorf("the applications are %v", got)
		}
		fine(t, w.d.View(ctx, func(tx *db.Tx) error {
			sum, err := boundInRound(ctx, tx, w.call.ID, 1)
			if sum > 40_000_000*tenge || sum < 24_000_000*tenge {
				t.Errorf("%d is given", sum)
			}
			return err
		}))
		w.verified(t)
	})
}

func TestABusinessDecidesByItsLead(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		w.enters(t, 12_000_000*tenge)
		fine(t, w.d.Update(ctx, func(tx *db.Tx) error {
			c, err := callByID(ctx, tx, w.call.ID)
			c.Kind, c.Length, c.Version = projects.Business, "", c.Version+1
			if err != nil {
				return err
			}
			return updateCall(ctx, tx, c)
		}))
		head, clerk := person(70, access.Lead, w.funder), person(71, access.Funder, w.funder)
		w.officer = clerk
		w.Panels.Ties = nil
		w.judged(t, 9)
		d := w.put(t)
		_, err := w.PublishDecision(ctx, clerk, d.ID, 0)
		refused(t, err, problem.Forbidden, "a decision published by a clerk")
		_, err = w.PublishDecision(ctx, head, d.ID, 0)
		fine(t, err)
		w.became(t, "published", Funded)
	})
}

func TestAppeals(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		for range 3 {
			w.enters(t, 12_000_000*tenge)
		}
		late := w.enters(t, 5_000_000*tenge)
		w.judged(t, 6, 9, 8, 5)
		_, err := w.FileAppeal(ctx, w.lead, w.entries[0].ID, ruText("Баллы занижены"))
		refused(t, err, problem.Conflict, "an appeal before the decision")
		d, err := w.BeginDecision(ctx, w.officer, w.call.ID, 1, OnOrder)
		fine(t, err)
		away := Departure{ApplicationID: w.entries[0].ID, Outcome: Declined, Reason: ruText("Такой проект уже идет")}
		low := Departure{ApplicationID: late.ID, Outcome: Declined, Reason: ruText("Слаб")}
		_, err = w.Depart(ctx, w.officer, d.ID, 0, []Departure{away, low}, i18n.Text{})
		fine(t, err)
		d, err = w.PutDecision(ctx, w.officer, d.ID, 0)
		fine(t, err)
		w.voted(t, d.Ref(), true)
		_, err = w.PublishDecision(ctx, w.officer, d.ID, 0)
		fine(t, err)
		w.became(t, "published", Declined, Funded, Funded, Declined)

		_, err = w.FileAppeal(ctx, w.rivalLead, w.entries[0].ID, ruText("Чужая"))
		refused(t, err, problem.NotFound, "an appeal for another's application")
		_, err = w.FileAppeal(ctx, w.staff, w.entries[0].ID, ruText("Сотрудник"))
		refused(t, err, problem.Forbidden, "an appeal by staff")
		_, err = w.FileAppeal(ctx, w.lead, w.entries[0].ID, i18n.Text{})
		refused(t, err, problem.Invalid, "an appeal without grounds")
		_, err = w.FileAppeal(ctx, w.rivalLead, w.entries[1].ID, ruText("Мы победили"))
		refused(t, err, problem.Conflict, "an appeal of a winner")
		p, err := w.FileAppeal(ctx, w.lead, w.entries[0].ID, ruText("Проект другой"))
		fine(t, err)
		_, err = w.FileAppeal(ctx, w.lead, w.entries[0].ID, ruText("Еще раз"))
		refused(t, err, problem.Conflict, "a second appeal")
		_, err = w.AppealStory(ctx, w.rivalLead, p.ID)
		refused(t, err, problem.NotFound, "an appeal for a stranger")

		better := Answer{Granted: true, Reasons: ruText("Проекты различаются"), Outcome: Funded, Sum: 12_000_000 * tenge}
		_, err = w.AnswerAppeal(ctx, w.officer, p.ID, 0, better)
		refused(t, err, problem.Conflict, "an answer that nobody has heard")
		_, err = w.AnswerAppeal(ctx, w.lead, p.ID, 0, better)
		refused(t, err, problem.Forbidden, "an answer by the applicant")
		p, err = w.HearByPanel(ctx, w.officer, p.ID, 0, db.Date{})
		fine(t, err)
		panel := panels.Panel{ID: p.PanelID}
		_, err = w.AnswerAppeal(ctx, w.officer, p.ID, 0, better)
		refused(t, err, problem.Conflict, "an answer before the new panel")
		w.marks(t, panel, func(ref.ID) int { return 10 })
		_, err = w.AnswerAppeal(ctx, w.officer, p.ID, 0, Answer{Granted: true, Outcome: Funded, Sum: 1})
		refused(t, err, problem.Invalid, "an answer without reasons")
		over := better
		over.Sum = 12_000_001 * tenge
		_, err = w.AnswerAppeal(ctx, w.officer, p.ID, 0, over)
		refused(t, err, problem.Invalid, "more than was asked for")
		p, err = w.AnswerAppeal(ctx, w.officer, p.ID, 0, better)
		fine(t, err)
		w.became(t, "granted", Funded, Funded, Funded, Declined)
		w.drafted(t, 3)
		fine(t, w.d.View(ctx, func(tx *db.Tx) error {
			v, _, err := rulingOn(ctx, tx, w.entries[0].ID)
			if v.Place != 1 || v.Points != 10000 || v.DecisionID != p.DecisionID {
				t.Errorf("%+v", v)
			}
			return err
		}))

		// The last one appeals, and the commission votes against it.
		second, err := w.FileAppeal(ctx, w.rivalLead, late.ID, ruText("Посмотрите еще раз"))
		fine(t, err)
		w.voted(t, second.Ref(), false)
		_, err = w.AnswerAppeal(ctx, w.officer, second.ID, 0, Answer{Granted: true, Reasons: ruText("Да"), Outcome: Reserve})
		refused(t, err, problem.Conflict, "an appeal granted against the vote")
		_, err = w.AnswerAppeal(ctx, w.officer, second.ID, 0, Answer{Reasons: ruText("Доводы не подтвердились")})
		fine(t, err)
		w.became(t, "rejected", Funded, Funded, Funded, Declined)
		_, err = w.FileAppeal(ctx, w.rivalLead, late.ID, ruText("И еще"))
		refused(t, err, problem.Conflict, "the same appeal again")
		w.verified(t)
	})
}

func TestTheCommissionDecides(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		w.enters(t, 12_000_000*tenge)
		w.enters(t, 12_000_000*tenge)
		w.judged(t, 9, 8)
		d := w.put(t)
		w.commission(t, w.funder)
		w.meets(t, d.Ref(), panels.For, 1, nil)
		_, err := w.PublishDecision(ctx, w.officer, d.ID, 0)
		if !isKey(err, "funding.decision.not_voted") {
			t.Errorf("a decision without a quorum gives %v", err)
		}
		_, err = w.DropDecision(ctx, w.officer, d.ID, 0)
		fine(t, err)
		d = w.put(t)
		w.meets(t, d.Ref(), panels.Against, 3, nil)
		_, err = w.PublishDecision(ctx, w.officer, d.ID, 0)
		if !isKey(err, "funding.decision.not_adopted") {
			t.Errorf("a decision that was voted down gives %v", err)
		}
		w.meets(t, d.Ref(), panels.For, 3, &panels.Motion{Text: i18n.Text{KK: "Басқаша", RU: "Иначе"}, Why: both})
		_, err = w.PublishDecision(ctx, w.officer, d.ID, 0)
		if !isKey(err, "funding.decision.amended") {
			t.Errorf("a decision without the changes of the commission gives %v", err)
		}
		_, err = w.TakeBackDecision(ctx, w.officer, d.ID, 0)
		fine(t, err)
		_, err = w.DepartOn(ctx, w.officer, d.ID, 0, Departure{ApplicationID: w.entries[1].ID, Outcome: Reserve, Reason: both})
		fine(t, err)
		w.clock.Advance(time.Minute)
		_, err = w.PutDecision(ctx, w.officer, d.ID, 0)
		fine(t, err)
		st, err := w.DecisionStory(ctx, w.officer, d.ID)
		fine(t, err)
		if !st.MayPublish || !st.Resolution.Amended || len(st.On) != 2 || len(st.Lines) != 2 {
			t.Errorf("%+v", st.Agenda)
		}
		_, err = w.PublishDecision(ctx, w.officer, d.ID, 0)
		fine(t, err)
		w.became(t, "published", Funded, Reserve)
		w.verified(t)
	})
}

func TestAnAppealComesTooLate(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		w.enters(t, 41_000_000*tenge) // more than the round has
		w.judged(t, 9)
		w.decided(t)
		w.clock.Advance(40 * 24 * time.Hour)
		_, err := w.FileAppeal(t.Context(), w.lead, w.entries[0].ID, ruText("Поздно"))
		refused(t, err, problem.Conflict, "an appeal after its term")
	})
}

// A refusal by the formal check is appealed: the application comes before the
// experts of the round.
func TestARefusalIsAppealed(t *testing.T) {
	eachJury(t, func(t *testing.T, w *jury) {
		ctx := t.Context()
		w.enters(t, 12_000_000*tenge)
		second := w.enters(t, 12_000_000*tenge)
		fine(t, w.d.Update(ctx, func(tx *db.Tx) error {
			_, err := w.changeApplicationIn(ctx, tx, w.officer, "funding.application.refuse", w.entries[0].ID, 0, func(_ *db.Tx, a *Application, _ Call) (access.Actor, error) {
				a.State, a.CheckedAt = Refused, db.At(tx.Now())
				return w.officer, nil
			})
			return err
		}))
		panel, err := w.OpenPanel(ctx, w.officer, w.call.ID, 1, db.Date{})
		fine(t, err)
		p, err := w.FileAppeal(ctx, w.lead, w.entries[0].ID, ruText("Все бумаги есть"))
		fine(t, err)
		w.voted(t, p.Ref(), true)
		_, err = w.AnswerAppeal(ctx, w.officer, p.ID, 0, Answer{Granted: true, Reasons: ruText("Бумаги нашлись")})
		fine(t, err)
		w.became(t, "readmitted", Admitted, Admitted)
		w.marks(t, panel, func(work ref.ID) int { return 9 - b2i(work == second.ID) })
		w.decided(t)
		w.became(t, "decided", Funded, Funded)
		w.verified(t)
	})
}

// Publishing a decision asks the store as often for many winners as for few.
func TestPublishingIsFlat(t *testing.T) {
	asked := map[int][]int64{} // by winners, for each engine
	for _, n := range []int{2, 8} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			eachJury(t, func(t *testing.T, w *jury) { asked[n] = append(asked[n], w.publishing(t, n)) })
		})
	}
	if !slices.Equal(asked[2], asked[8]) {
		t.Errorf("statements for 2 winners %v, for 8 %v", asked[2], asked[8])
	}
}

// publishing counts the statements by which a decision with so many winners comes out.
func (w *jury) publishing(t *testing.T, winners int) int64 {
	t.Helper()
	points := make([]int, winners)
	for i := range points {
		w.enters(t, 3_000_000*tenge)
		points[i] = 9
	}
	w.judged(t, points...)
	d := w.put(t)
	w.voted(t, d.Ref(), true)
	var statements atomic.Int64
	_, err := w.PublishDecision(db.CountQueries(t.Context(), &statements), w.officer, d.ID, d.Version)
	fine(t, err)
	w.drafted(t, int64(winners))
	w.verified(t)
	return statements.Load()
}
