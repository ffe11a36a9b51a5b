package placesweb

import (
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/ref"
	"birge/internal/projects"
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

// sums are the totals of every place, counted by the index. ok is false while it
// is being filled; there are no totals then.
type sums struct {
	ngos, ruralNGOs         orgs.Totals
	projects, ruralProjects projects.Totals
	ok                      bool
}

func (p pages) sums() (s sums) {
	agreed := projects.In(projects.WithAgreement)
	var there [4]bool
	s.ngos, there[0] = orgs.AtPlaces(p.search, orgs.NGOs(), orgs.Active())
	s.ruralNGOs, there[1] = orgs.AtPlaces(p.search, orgs.NGOs(), orgs.Active(), orgs.Rural())
	s.projects, there[2] = projects.AtPlaces(p.search, agreed)
	s.ruralProjects, there[3] = projects.AtPlaces(p.search, agreed, projects.Rural())
	s.ok = there == [4]bool{true, true, true, true}
	return s
}

// at are the totals of a place and of all places within it.
func (s sums) at(id ref.ID) totals {
	all, rural := s.projects.At(id), s.ruralProjects.At(id)
	return totals{NGOs: s.ngos.At(id), RuralNGOs: s.ruralNGOs.At(id), Projects: int64(all.Count), Money: all.Sum,
		RuralProjects: int64(rural.Count), RuralMoney: rural.Sum}
}

// over adds up several places, of which none lies within another.
func (s sums) over(list []places.Place) (sum totals) {
	for _, p := range list {
		sum.add(s.at(p.ID))
	}
	return sum
}

// inDistricts are the totals of the districts of a place, without its towns.
func inDistricts(all sums, t *places.Tree, id ref.ID) (sum totals, any bool) {
	for _, child := range t.Children(id) {
		if child.Kind == places.District && child.Rural {
			sum.add(all.at(child.ID))
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
