package homeweb

import (
	"cmp"
	"slices"

	"birge/internal/places"
	"birge/internal/platform/ref"
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

func (h *Home) where(p ui.Page, sums []projects.PlaceSum) (w where) {
	tree := h.Places.Tree()
	byRegion := map[ref.ID]projects.PlaceSum{}
	byDistrict := map[ref.ID]projects.PlaceSum{}
	for _, s := range sums {
		path := tree.Path(s.PlaceID)
		if n := len(path); n > 0 {
			add(byRegion, path[n-1], s)
			add(byDistrict, path[max(0, n-2)], s)
		}
	}
	if len(byRegion) != 1 {
		w.country = h.country(p, byRegion)
		return w
	}
	for id := range byRegion {
		w.region, _ = tree.Place(id)
	}
	w.districts = h.districts(p, byDistrict)
	return w
}

func add(sums map[ref.ID]projects.PlaceSum, place ref.ID, s projects.PlaceSum) {
	t := sums[place]
	t.PlaceID = place
	t.Running, t.Agreed, t.Sum = t.Running+s.Running, t.Agreed+s.Agreed, t.Sum+s.Sum
	sums[place] = t
}

// country is the map of the regions by running projects.
func (h *Home) country(p ui.Page, sums map[ref.ID]projects.PlaceSum) ui.Map {
	m := ui.Map{Title: p.T("home.map"), Head: p.T("home.map_head"), ValueLabel: p.T("home.figure.running")}
	for _, region := range h.Places.Tree().Regions() {
		n := sums[region.ID].Running
		m.Tiles = append(m.Tiles, ui.Tile{Code: region.KATO, Name: p.Text(region.Name), Path: region.Ref().Path, Value: float64(n), Text: p.Int(n)})
	}
	return m
}

// districts is a table of the places of one region, the liveliest first.
func (h *Home) districts(p ui.Page, sums map[ref.ID]projects.PlaceSum) ui.Sheet {
	rows := make([]projects.PlaceSum, 0, len(sums))
	for _, s := range sums {
		rows = append(rows, s)
	}
	slices.SortFunc(rows, func(a, b projects.PlaceSum) int {
		return cmp.Or(cmp.Compare(b.Running, a.Running), cmp.Compare(b.Sum, a.Sum), cmp.Compare(a.PlaceID, b.PlaceID))
	})
	sheet := ui.Sheet{Caption: p.T("home.districts"), Columns: []ui.Column{{Label: p.T("home.district")},
		{Label: p.T("home.figure.running"), Num: true}, {Label: p.T("home.figure.money"), Num: true}}}
	for _, s := range rows {
		place, _ := h.Places.Tree().Place(s.PlaceID)
		name, lang := place.Name.In(p.Lang)
		sheet.Rows = append(sheet.Rows, []ui.Cell{{Text: name, Lang: lang, Path: place.Ref().Path},
			{Text: p.Int(s.Running)}, {Text: p.ShortMoney(s.Sum, "KZT")}})
	}
	return sheet
}
