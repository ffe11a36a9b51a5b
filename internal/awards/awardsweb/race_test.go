package awardsweb_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/awards"
	"birge/internal/birgetest"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// juries are a portal with a giver, two organizations and a pool of experts.
type juries struct {
	*birgetest.World
	t       *testing.T
	by      access.Actor
	place   ref.ID
	giver   orgs.Organization
	ngos    []orgs.Organization
	experts []access.Actor
}

// expertName is a name that no page says by chance.
const expertName = "Қазыбек Сарапшыұлы"

func newJuries(t *testing.T, w *birgetest.World) *juries {
	j := &juries{World: w, t: t, by: access.Portal("test")}
	place, _ := w.Places.Tree().ByKATO("150000000")
	j.place = place.ID
	for i, kind := range []string{"state_body", "ngo", "ngo"} {
		o, err := w.Orgs.Create(t.Context(), j.by, orgs.Draft{Kind: kind, Name: i18n.Only(i18n.RU, fmt.Sprint("Организация ", i)), PlaceID: place.ID})
		fine(t, err)
		if i == 0 {
			j.giver = o
		} else {
			j.ngos = append(j.ngos, o)
		}
	}
	for i := range 4 {
		p, err := w.Accounts.Enrol(t.Context(), j.by, accounts.NewPerson{Name: expertName, Email: fmt.Sprintf("e%d@example.kz", i), Proved: true})
		fine(t, err)
		_, err = w.Accounts.GiveRole(t.Context(), j.by, p.ID, access.Expert, place.Ref())
		fine(t, err)
		e := access.Actor{UserID: p.ID, Confirmed: true, Grants: []access.Grant{{Role: access.Expert, Scope: place.ID}}}
		_, err = w.Panels.Present(t.Context(), e, 0, panels.Profile{PlaceID: place.ID, Spheres: []string{"youth"}, Langs: []i18n.Lang{i18n.RU}})
		fine(t, err)
		j.experts = append(j.experts, e)
	}
	return j
}

func fine(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var words = i18n.Only(i18n.RU, "За дело")

// put takes a round of money for both organizations up to the decision that the
// first one wins.
func (j *juries) put(closes db.Date) (r awards.Round) {
	t, ctx := j.t, j.t.Context()
	t.Helper()
	r, err := j.Awards.CreateRound(ctx, j.by, awards.NewRound{OrganizerID: j.giver.ID, PlaceID: j.place, Terms: awards.Terms{Title: words, Kind: awards.Money, Who: awards.Themselves,
		Nominations: []awards.Nomination{{Title: words, Sum: 5_000_000_000}}, Opens: j.Awards.Today(), Closes: closes, PerWork: 2,
		Criteria: []panels.Criterion{{Code: "c", Name: words, Weight: 100, Max: 10}}}})
	fine(t, err)
	_, err = j.Awards.PublishRound(ctx, j.by, r.ID, 0)
	fine(t, err)
	for _, o := range j.ngos {
		n, err := j.Awards.Nominate(ctx, j.by, r.ID, awards.NewNominee{Nomination: 1, OrgID: o.ID, Why: words})
		fine(t, err)
		fine(t, j.Awards.Judge(ctx, j.by, n.ID, true, i18n.Text{}))
	}
	return r
}

// decide has the jury of a round mark and the decision put.
func (j *juries) decide(r awards.Round) {
	t, ctx := j.t, j.t.Context()
	t.Helper()
	p, err := j.Awards.OpenPanel(ctx, j.by, r.ID, j.Awards.Today().AddDays(10))
	fine(t, err)
	j.markAll(p.ID)
	v, err := j.Awards.Deciding(ctx, j.by, r.ID)
	fine(t, err)
	var winners []awards.Winner
	for _, p := range v.Placed {
		if p.OrgID == j.ngos[0].ID {
			winners = append(winners, awards.Winner{NomineeID: p.ID, Reason: words})
		}
	}
	_, err = j.Awards.DraftDecision(ctx, j.by, r.ID, 0, winners, i18n.Text{})
	fine(t, err)
	_, err = j.Awards.PutDecision(ctx, j.by, r.ID, 0)
	fine(t, err)
}

// draw draws the jury of a panel.
func (j *juries) draw(panel ref.ID) {
	t, ctx := j.t, j.t.Context()
	t.Helper()
	fine(t, j.Panels.Freeze(ctx, j.by, panel))
	for i := range 2 {
		fine(t, j.Panels.AnnounceDice(ctx, j.by, panel, i18n.Only(i18n.RU, fmt.Sprint("Тираж ", i)), "https://example.kz/lot"))
	}
	j.Clock.Advance(48 * time.Hour)
	for i := range 2 {
		fine(t, j.Panels.DiceFell(ctx, j.by, panel, i, fmt.Sprint(i, " 12 33")))
	}
}

// markAll draws the jury of a panel, has it mark, and opens the marks.
func (j *juries) markAll(panel ref.ID) {
	t, ctx := j.t, j.t.Context()
	t.Helper()
	j.draw(panel)
	for _, e := range j.experts {
		tasks, err := j.Panels.Tasks(ctx, e)
		fine(t, err)
		for i, task := range tasks {
			if i == 0 {
				fine(t, j.Panels.DeclareIn(ctx, e, task.PanelID, nil, ""))
			}
			fine(t, j.Panels.Submit(ctx, e, task.Assignment.ID, []panels.Score{{Code: task.Panel.Criteria[0].Code, Points: 7, Comment: "Обосновано данными."}}))
		}
	}
	fine(t, j.Panels.Reveal(ctx, j.by, panel, i18n.Text{}))
}

// Two rounds that are decided at once give money to one organization once; within
// the years of the norm it gets none again, and after them it does.
func TestMoneyIsNotGivenTwice(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		j := newJuries(t, w)
		closes := w.Awards.Today().AddDays(5)
		rounds := []awards.Round{j.put(closes), j.put(closes)}
		w.Clock.Advance(7 * 24 * time.Hour)
		for _, r := range rounds {
			j.decide(r)
		}
		var wait sync.WaitGroup
		errs := make([]error, len(rounds))
		for i, r := range rounds {
			wait.Go(func() { _, errs[i] = w.Awards.PublishDecision(t.Context(), j.by, r.ID, 0) })
		}
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both, or none, were published: %v", errs)
		}
		for _, err := range errs {
			if err != nil && problem.As(err).Key != "awards.decision.no_more" {
				t.Errorf("refused with %v", err)
			}
		}
		won, err := w.Awards.WonBy(t.Context(), j.ngos[0].ID)
		fine(t, err)
		if len(won) != 1 || won[0].Sum != 5_000_000_000 {
			t.Errorf("the organization has %d awards", len(won))
		}
		left := rounds[0].ID
		if errs[0] == nil {
			left = rounds[1].ID
		}
		w.Clock.Advance(4 * 366 * 24 * time.Hour)
		_, err = w.Awards.PublishDecision(t.Context(), j.by, left, 0)
		fine(t, err)
		if r, err := journal.Verify(t.Context(), w.DB, w.Keys, w.Kinds(), nil); err != nil || len(r.Faults) > 0 {
			t.Error(r.Faults, err)
		}
	})
}

// Nobody of the jury marks who they are, or whom they put forward.
func TestNobodyMarksTheirOwn(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		j := newJuries(t, w)
		ctx, today := t.Context(), w.Awards.Today()
		r, err := w.Awards.CreateRound(ctx, j.by, awards.NewRound{OrganizerID: j.giver.ID, PlaceID: j.place, Terms: awards.Terms{Title: words, Kind: awards.Medal, Who: awards.Everyone, Persons: true,
			Nominations: []awards.Nomination{{Title: words}}, Opens: today, Closes: today, PerWork: 3, Criteria: []panels.Criterion{{Code: "c", Name: words, Weight: 100, Max: 10}}}})
		fine(t, err)
		_, err = w.Awards.PublishRound(ctx, j.by, r.ID, 0)
		fine(t, err)
		person, proposer := j.experts[0], j.experts[1]
		own, err := w.Awards.Nominate(ctx, person, r.ID, awards.NewNominee{Nomination: 1, PersonName: "Сынақ", Consent: true, Why: words})
		fine(t, err)
		put, err := w.Awards.Nominate(ctx, proposer, r.ID, awards.NewNominee{Nomination: 1, OrgID: j.ngos[0].ID, Why: words})
		fine(t, err)
		person.Grants = append(person.Grants, access.Grant{Role: access.Lead, Scope: j.giver.ID}) // also runs the round
		if err := w.Awards.Judge(ctx, person, own.ID, true, i18n.Text{}); !problem.Is(err, problem.Forbidden) {
			t.Errorf("somebody admits themselves: %v", err)
		}
		fine(t, w.Awards.Judge(ctx, j.by, own.ID, true, i18n.Text{}))
		fine(t, w.Awards.Judge(ctx, j.by, put.ID, true, i18n.Text{}))
		w.Clock.Advance(48 * time.Hour)
		p, err := w.Awards.OpenPanel(ctx, j.by, r.ID, w.Awards.Today().AddDays(10))
		fine(t, err)
		j.draw(p.ID)
		marks := map[int]int{}
		for i, e := range j.experts {
			tasks, err := w.Panels.Tasks(ctx, e)
			fine(t, err)
			for _, task := range tasks {
				marks[task.No]++
				if i == 0 && task.No == own.No || i == 1 && task.No == put.No {
					t.Errorf("expert %d is to mark No. %d", i, task.No)
				}
			}
		}
		if marks[own.No] != 3 || marks[put.No] != 3 {
			t.Errorf("they are marked by %v", marks)
		}
	})
}
