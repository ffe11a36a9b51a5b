package awards

import (
	"testing"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

var day = db.Day(2026, time.May, 4)

func TestShare(t *testing.T) {
	for _, c := range []struct {
		sum  int64
		n    int
		each int64
	}{{900, 3, 300}, {1000, 3, 333}, {500, 1, 500}, {500, 0, 0}, {2, 3, 0}} {
		if got := Share(c.sum, c.n); got != c.each || got*int64(c.n) > c.sum {
			t.Errorf("%d shared by %d is %d, want %d", c.sum, c.n, got, c.each)
		}
	}
}

func moneyRound() Round {
	return Round{ID: 1, Terms: Terms{Kind: Money, Who: Themselves, Opens: day, Closes: day.AddDays(10),
		Nominations: []Nomination{{No: 1, Sum: 1000}, {No: 2, Sum: 700}}}}
}

func TestStates(t *testing.T) {
	r := moneyRound()
	if got := r.StateOn(day); got != Draft {
		t.Errorf("an unpublished round is %s", got)
	}
	if err := r.Publish(time.Now(), day, 700); err != nil {
		t.Fatal(err)
	}
	for add, want := range map[int]State{-1: Announced, 0: Open, 10: Open, 11: Judging} {
		if got := r.StateOn(day.AddDays(add)); got != want {
			t.Errorf("%d days from the opening it is %s, want %s", add, got, want)
		}
	}
	if err := r.Publish(time.Now(), day, 0); !problem.Is(err, problem.Conflict) {
		t.Errorf("published twice: %v", err)
	}
	if err := r.Cancel(time.Now(), i18n.Text{}); !problem.Is(err, problem.Invalid) {
		t.Errorf("called off without a reason: %v", err)
	}
}

func TestLeastPrize(t *testing.T) {
	r := moneyRound()
	if err := r.Publish(time.Now(), day, 701); !problem.Is(err, problem.Invalid) || problem.As(err).Fields["nominations.1.sum"].Key != "awards.below_least" {
		t.Errorf("a nomination below the least: %v", err)
	}
	if err := r.Publish(time.Now(), day.AddDays(11), 0); !problem.Is(err, problem.Invalid) {
		t.Errorf("published after its end: %v", err)
	}
}

func TestWinnersShareEqually(t *testing.T) {
	admitted := db.At(time.Now())
	list := []Nominee{{ID: 1, Nomination: 1, OrgID: 11, AdmittedAt: admitted}, {ID: 2, Nomination: 1, OrgID: 12, AdmittedAt: admitted},
		{ID: 3, Nomination: 1, OrgID: 13, AdmittedAt: admitted}, {ID: 4, Nomination: 2, PersonID: 14, AdmittedAt: admitted}, {ID: 5, Nomination: 2, OrgID: 15}}
	why := i18n.Text{KK: "Еңбегі үшін"}
	var d Decision
	if err := d.draft([]Winner{{5, why}}, i18n.Text{}, list); !problem.Is(err, problem.Conflict) {
		t.Errorf("somebody wins who was not admitted: %v", err)
	}
	if err := d.draft([]Winner{{1, why}, {2, why}, {3, i18n.Text{}}, {4, why}}, i18n.Text{}, list); err != nil {
		t.Fatal(err)
	}
	if err := d.put(admitted, nil); !problem.Is(err, problem.Invalid) {
		t.Errorf("put without a reason: %v", err)
	}
	d.Winners[2].Reason = why
	if err := d.put(admitted, map[ref.ID]bool{2: true}); !problem.Is(err, problem.Invalid) {
		t.Errorf("put with somebody who got money lately: %v", err)
	}
	if err := d.put(admitted, nil); err != nil {
		t.Fatal(err)
	}
	for _, l := range d.laureates(moneyRound(), list, day) {
		want := map[ref.ID]int64{1: 333, 2: 333, 3: 333, 4: 700}[l.NomineeID]
		if l.Sum != want || l.Person != (l.NomineeID == 4) || l.Named != (i18n.Text{}) {
			t.Errorf("%+v, want a share of %d and no name", l, want)
		}
	}
	if err := d.draft(nil, i18n.Text{}, list); !problem.Is(err, problem.Conflict) {
		t.Errorf("changed after it was put: %v", err)
	}
}
