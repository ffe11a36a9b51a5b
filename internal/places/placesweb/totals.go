package placesweb

import (
	"context"

	"birge/internal/places"
	"birge/internal/platform/ref"
)

// totals are what there is at a place and in all places within it. Money is in
// tiyn.
type totals struct {
	NGOs          int64 `json:"ngos"`
	RuralNGOs     int64 `json:"rural_ngos"`
	Projects      int64 `json:"projects"`
	RuralProjects int64 `json:"rural_projects"`
	Money         int64 `json:"money"`
	RuralMoney    int64 `json:"rural_money"`
}

func (t *totals) add(o totals) {
	t.NGOs, t.RuralNGOs = t.NGOs+o.NGOs, t.RuralNGOs+o.RuralNGOs
	t.Projects, t.RuralProjects = t.Projects+o.Projects, t.RuralProjects+o.RuralProjects
	t.Money, t.RuralMoney = t.Money+o.Money, t.RuralMoney+o.RuralMoney
}

// totalsByPlace adds up every place with what lies within it. 0 is the country,
// without samples.
func (p pages) totalsByPlace(ctx context.Context, t *places.Tree) (map[ref.ID]totals, error) {
	counts, err := p.orgs.CountByPlace(ctx)
	if err != nil {
		return nil, err
	}
	sums, err := p.projects.TotalsByPlace(ctx)
	if err != nil {
		return nil, err
	}
	out := map[ref.ID]totals{}
	for _, c := range counts {
		n := totals{NGOs: c.Count}
		if c.Rural {
			n.RuralNGOs = c.Count
		}
		spread(out, t, c.PlaceID, n)
	}
	for _, s := range sums {
		n := totals{Projects: s.Count, Money: s.Sum}
		if s.Rural {
			n.RuralProjects, n.RuralMoney = s.Count, s.Sum
		}
		spread(out, t, s.PlaceID, n)
	}
	return out, nil
}

// spread adds n to the place, to all places around it, and to the country unless
// the place is a sample.
func spread(out map[ref.ID]totals, t *places.Tree, id ref.ID, n totals) {
	at, ok := t.Now(id)
	if !ok {
		return
	}
	around := t.Path(at.ID)
	if !at.Sample {
		around = append(around, 0)
	}
	for _, id := range around {
		sum := out[id]
		sum.add(n)
		out[id] = sum
	}
}

// inDistricts are the totals of the districts of a place, without its towns.
func inDistricts(all map[ref.ID]totals, t *places.Tree, id ref.ID) (sum totals, any bool) {
	for _, child := range t.Children(id) {
		if child.Kind == places.District && child.Rural {
			sum.add(all[child.ID])
			any = true
		}
	}
	return sum, any
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole) * 100
}
