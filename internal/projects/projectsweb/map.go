package projectsweb

import (
	"net/http"

	"birge/internal/places"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// mapView is what a list finds, counted by place and set on a map.
type mapView struct {
	ui.Page
	ask   ui.Ask
	found search.Result
	tree  *places.Tree
	inner places.Place // the place whose parts are counted; the zero one is the country
}

// onMap shows where the projects of a list are: by region, or by the parts of
// the chosen place.
func (h pages) onMap(w http.ResponseWriter, r *http.Request) error {
	web.Touch(r, projects.KindProject)
	v := mapView{Page: ui.PageOf(r, web.Words(r).T("projects.map.title")), ask: h.readAsk(r), tree: h.places.Tree()}
	v.ask.Limit = 0
	v.ask.Count = []string{projects.FacetPlace}
	v.found = h.search.Search(projects.KindProject, v.ask.Query)
	if chosen := v.ask.Choices["place"]; len(chosen) == 1 {
		v.inner, _ = v.tree.ByCode(chosen[0])
	}
	return web.Render(w, r, http.StatusOK, mapPage(v))
}

func (v mapView) total() string {
	return v.N("projects.found", int64(v.found.Total)) + ", " + v.Money(v.found.Sums[projects.SumMoney], "")
}

// heading says of what place the parts are shown; around all places only a
// sample region stands apart from the map.
func (v mapView) heading() string {
	if v.inner.ID == 0 {
		return v.T("projects.map.sample")
	}
	return v.T("projects.map.inside", "place", v.Text(v.inner.Name))
}

// parts are the places in the inner one with the projects in each; regions
// without a place on the map of tiles (a sample region) are apart.
func (v mapView) parts() (tiles []ui.Tile) {
	for _, p := range v.tree.Children(v.inner.ID) {
		if v.inner.ID == 0 && !p.Sample {
			continue // on the map of the country
		}
		if t := v.tile(p); t.Text != "" {
			tiles = append(tiles, t)
		}
	}
	return tiles
}

func (v mapView) tile(p places.Place) ui.Tile {
	t := ui.Tile{Code: p.Code(), Name: v.Text(p.Name), Path: v.ask.Address("/map", "place", p.Code())}
	if len(v.tree.Children(p.ID)) == 0 {
		t.Path = v.ask.Address("", "place", p.Code())
	}
	if n := v.count(p.ID); n > 0 {
		t.Value, t.Text = float64(n), v.Int(n)
	}
	return t
}

func (v mapView) count(id ref.ID) int64 { return int64(v.found.Counts[projects.FacetPlace][int64(id)]) }

// country is the map of the regions.
func (v mapView) country() ui.Map {
	m := ui.Map{Title: v.T("projects.map.country"), Head: v.T("projects.place"), ValueLabel: v.T("projects.list")}
	for _, p := range v.tree.Children(0) {
		if !p.Sample {
			m.Tiles = append(m.Tiles, v.tile(p))
		}
	}
	return m
}

// inside is the map of the parts of a place.
func (v mapView) inside() ui.Map {
	return ui.Map{Title: v.heading(), Head: v.T("projects.place"), ValueLabel: v.T("projects.list"), Tiles: v.parts()}
}

// outward leads from a place to the one around it.
func (v mapView) outward() []ui.Link {
	if v.inner.ID == 0 {
		return nil
	}
	out := []ui.Link{{Title: v.T("projects.map.country"), Path: v.ask.Address("/map", "place", "")}}
	path := v.tree.Path(v.inner.ID)
	for i := len(path) - 1; i > 0; i-- {
		if p, ok := v.tree.Place(path[i]); ok {
			out = append(out, ui.Link{Title: v.Text(p.Name), Path: v.ask.Address("/map", "place", p.Code())})
		}
	}
	return out
}
