package placesweb

import "testing"

func TestShare(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        float64
	}{{1, 2, 50}, {0, 5, 0}, {3, 0, 0}} {
		if got := share(c.part, c.whole); got != c.want {
			t.Errorf("share(%d, %d) = %v", c.part, c.whole, got)
		}
	}
}

func TestTotalsAdd(t *testing.T) {
	var n totals
	n.add(totals{NGOs: 2, RuralNGOs: 1, Projects: 3, RuralProjects: 2, Money: 100, RuralMoney: 40})
	n.add(totals{NGOs: 1, Projects: 1, Money: 5})
	if want := (totals{NGOs: 3, RuralNGOs: 1, Projects: 4, RuralProjects: 2, Money: 105, RuralMoney: 40}); n != want {
		t.Errorf("%+v", n)
	}
}
