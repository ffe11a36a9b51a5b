package homeweb

import (
	"cmp"
	"slices"

	"birge/internal/places"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/projects"
)

// where shows the places of projects: the districts when all projects lie in one
// region, else the map of the country. Samples are no part of the country.
type where struct {
	region    places.Place
	districts ui.Sheet
	country   ui.Map
}

func (w where) oneRegion() bool { return w.region.ID != 0 }

// sums are the projects going on and the agreements in force, by place.
type sums struct{ going, inForce projects.Totals }

func (h *Home) sums() (s sums, ok bool) {
	var there [2]bool
	s.going, there[0] = projects.AtPlaces(h.Search, projects.In(projects.Going))
	s.inForce, there[1] = projects.AtPlaces(h.Search, projects.In(projects.InForce))
	return s, there[0] && there[1]
}

// over adds up several places, of which none lies within another.
func (s sums) over(list []places.Place) (going, inForce search.Total) {
	add := func(sum *search.Total, t search.Total) { sum.Count, sum.Sum = sum.Count+t.Count, sum.Sum+t.Sum }
	for _, p := range list {
		add(&going, s.going.At(p.ID))
		add(&inForce, s.inForce.At(p.ID))
	}
	return going, inForce
}

func (h *Home) where(p ui.Page, s sums) (w where) {
	tree := h.Places.Tree()
	busy := slices.DeleteFunc(tree.Children(0), func(p places.Place) bool { return s.inForce.At(p.ID).Count == 0 })
	if len(busy) != 1 {
		w.country = h.country(p, s)
		return w
	}
	w.region = busy[0]
	w.districts = h.districts(p, w.region, s)
	return w
}

// country is the map of the regions by running projects.
func (h *Home) country(p ui.Page, s sums) ui.Map {
	m := ui.Map{Title: p.T("home.map"), Head: p.T("home.map_head"), ValueLabel: p.T("home.figure.running")}
	for _, region := range h.Places.Tree().Regions() {
		n := s.going.At(region.ID).Count
		m.Tiles = append(m.Tiles, ui.Tile{Code: region.KATO, Name: p.Text(region.Name), Path: region.Ref().Path, Value: float64(n), Text: p.Int(int64(n))})
	}
	return m
}

// districts is a table of the places of one region, the liveliest first. What
// lies in the region itself and in no district stands under its own name.
func (h *Home) districts(p ui.Page, region places.Place, s sums) ui.Sheet {
	type row struct {
		places.Place
		going, inForce search.Total
	}
	children := h.Places.Tree().Children(region.ID)
	going, inForce := s.over(children)
	of := func(t, within search.Total) search.Total {
		return search.Total{Count: t.Count - within.Count, Sum: t.Sum - within.Sum}
	}
	rows := []row{{region, of(s.going.At(region.ID), going), of(s.inForce.At(region.ID), inForce)}}
	for _, c := range children {
		rows = append(rows, row{c, s.going.At(c.ID), s.inForce.At(c.ID)})
	}
	rows = slices.DeleteFunc(rows, func(r row) bool { return r.inForce.Count == 0 })
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.going.Count, a.going.Count), cmp.Compare(b.inForce.Sum, a.inForce.Sum), cmp.Compare(a.ID, b.ID))
	})
	sheet := ui.Sheet{Caption: p.T("home.districts"), Columns: []ui.Column{{Label: p.T("home.district")},
		{Label: p.T("home.figure.running"), Num: true}, {Label: p.T("home.figure.money"), Num: true}}}
	for _, r := range rows {
		name, lang := r.Name.In(p.Lang)
		sheet.Rows = append(sheet.Rows, []ui.Cell{{Text: name, Lang: lang, Path: r.Ref().Path},
			{Text: p.Int(int64(r.going.Count))}, {Text: p.ShortMoney(r.inForce.Sum, "KZT")}})
	}
	return sheet
}
