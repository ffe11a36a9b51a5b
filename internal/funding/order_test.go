package funding

import (
	"slices"
	"strings"
	"testing"

	"birge/internal/panels"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// order makes applications with the points that they have and the sums that they
// ask for.
func order(rows ...[2]int64) (list []Placed) {
	for i, r := range rows {
		p := Placed{Applied: Applied{ID: ref.ID(i + 1), Asked: r[1], State: Admitted}, Work: i}
		if r[0] >= 0 {
			p.Standing = panels.Standing{Marks: 3, Raw: float64(r[0]), Corrected: float64(r[0]), Place: 1}
			for _, other := range rows {
				p.Place += b2i(other[0] > r[0])
			}
		}
		list = append(list, p)
	}
	return list
}

func outcomes(lines []Line) (out []ApplicationState) {
	slices.SortFunc(lines, func(a, b Line) int { return int(a.ID - b.ID) })
	for _, l := range lines {
		out = append(out, l.Outcome)
	}
	return out
}

func TestPropose(t *testing.T) {
	type states = []ApplicationState
	five := order([2]int64{90, 40}, [2]int64{85, 40}, [2]int64{80, 40}, [2]int64{75, 10}, [2]int64{60, 10})
	for _, c := range []struct {
		what   string
		list   []Placed
		cut    Cut
		depart []Departure
		want   states
		sum    int64
	}{
		{"down to the money", five, Cut{Sum: 100, Threshold: 70}, nil, states{Funded, Funded, Reserve, Reserve, Declined}, 80},
		{"nobody jumps over one whom the money does not cover", five, Cut{Sum: 90, Threshold: 0}, nil, states{Funded, Funded, Reserve, Reserve, Reserve}, 80},
		{"all who pass", five, Cut{Sum: 500, Threshold: 70}, nil, states{Funded, Funded, Funded, Funded, Declined}, 130},
		{"no money", five, Cut{Sum: 0, Threshold: 70}, nil, states{Reserve, Reserve, Reserve, Reserve, Declined}, 0},
		{"a threshold on the point", order([2]int64{70, 10}), Cut{Sum: 100, Threshold: 70}, nil, states{Funded}, 10},
		{"without marks", order([2]int64{-1, 10}, [2]int64{80, 10}), Cut{Sum: 100, Threshold: 0}, nil, states{Declined, Funded}, 10},
		{"one is declined and the next rises", five, Cut{Sum: 100, Threshold: 70}, []Departure{{ApplicationID: 1, Outcome: Declined}}, states{Declined, Funded, Funded, Funded, Declined}, 90},
		{"one gets less and the next rises", five, Cut{Sum: 100, Threshold: 70}, []Departure{{ApplicationID: 1, Outcome: Funded, Granted: 20}}, states{Funded, Funded, Funded, Reserve, Declined}, 100},
		{"a low one is funded and another falls", five, Cut{Sum: 100, Threshold: 70}, []Departure{{ApplicationID: 5, Outcome: Funded, Granted: 10}, {ApplicationID: 4, Outcome: Funded, Granted: 10}}, states{Funded, Funded, Reserve, Funded, Funded}, 100},
		{"about one who is not there", five, Cut{Sum: 100, Threshold: 70}, []Departure{{ApplicationID: 99, Outcome: Funded, Granted: 90}}, states{Funded, Funded, Reserve, Reserve, Declined}, 80},
	} {
		lines := propose(slices.Clone(c.list), c.cut, nil, c.depart)
		if got := outcomes(lines); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
		if got := granted(lines); got != c.sum {
			t.Errorf("%s: %d is granted, want %d", c.what, got, c.sum)
		}
		for _, l := range lines {
			said := slices.ContainsFunc(c.depart, func(d Departure) bool { return d.ApplicationID == l.ID })
			if l.Departs() && !said {
				t.Errorf("%s: %d departs without a word", c.what, l.ID)
			}
		}
	}
}

func TestBoundsOfADecision(t *testing.T) {
	why := ruText("Сельский проект")
	one := func(change func(*Line)) []Line {
		l := Line{Placed: order([2]int64{80, 500})[0], ByOrder: Funded, Outcome: Funded, Granted: 500}
		change(&l)
		return []Line{l}
	}
	b := bounds{left: 1000, min: 100, max: 800}
	for _, c := range []struct {
		what  string
		lines []Line
		field string
	}{
		{"what was asked for", one(func(*Line) {}), ""},
		{"less, with a reason", one(func(l *Line) { l.Granted, l.Reason = 300, why }), ""},
		{"less, without", one(func(l *Line) { l.Granted = 300 }), "reason.1"},
		{"more than asked for", one(func(l *Line) { l.Granted, l.Reason = 501, why }), "granted.1"},
		{"below the kind's limit", one(func(l *Line) { l.Granted, l.Reason = 99, why }), "granted.1"},
		{"above the kind's limit", one(func(l *Line) { l.Asked, l.Granted = 900, 900 }), "granted.1"},
		{"nothing", one(func(l *Line) { l.Granted, l.Reason = 0, why }), "granted.1"},
		{"not judged", one(func(l *Line) { l.Marks, l.Reason = 0, why }), "outcome.1"},
		{"declined without a reason", one(func(l *Line) { l.Outcome, l.Granted = Declined, 0 }), "reason.1"},
		{"declined with money", one(func(l *Line) { l.Outcome, l.Reason = Declined, why }), "granted.1"},
		{"withdrawn by a decision", one(func(l *Line) { l.Outcome, l.Granted, l.Reason = Withdrawn, 0, why }), "outcome.1"},
		{"more than the round has", append(one(func(*Line) {}), one(func(l *Line) { l.ID, l.Asked, l.Granted = 2, 501, 501 })...), "sum"},
	} {
		bad := b.check(c.lines)
		if _, ok := bad[strings.Replace(c.field, ".1", "."+ref.ID(1).String(), 1)]; c.field == "" && len(bad) > 0 || c.field != "" && !ok {
			t.Errorf("%s: %v", c.what, bad)
		}
	}
}

func TestResolutions(t *testing.T) {
	put := db.At(at("05-01 12:00"))
	before, after := db.At(at("05-01 11:00")), db.At(at("05-02 11:00"))
	for _, c := range []struct {
		what string
		said Resolution
		want string
	}{
		{"adopted", Resolution{Adopted: true, At: after}, ""},
		{"nothing was said", Resolution{}, "funding.decision.not_voted"},
		{"before the text stood", Resolution{Adopted: true, At: before}, "funding.decision.not_voted"},
		{"against", Resolution{At: after}, "funding.decision.not_adopted"},
		{"with changes", Resolution{Adopted: true, Amended: true, At: after}, "funding.decision.amended"},
		{"with changes that were written in", Resolution{Adopted: true, Amended: true, At: before}, ""},
	} {
		if err := c.said.decided(put); c.want == "" && err != nil || c.want != "" && !isKey(err, c.want) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}
