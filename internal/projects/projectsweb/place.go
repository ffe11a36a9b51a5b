package projectsweb

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"birge/internal/norms"
	"birge/internal/places"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// PlaceSection tells on the page of a place what its projects are about, who
// pays for them and when they run. Each bar leads to exactly its projects.
func PlaceSection(p *places.Service, n *norms.Service, e *search.Engine) func(r *http.Request, page ui.Page, place ref.ID) (templ.Component, error) {
	h := pages{places: p, norms: n, search: e}
	return func(r *http.Request, page ui.Page, place ref.ID) (templ.Component, error) {
		web.Touch(r, projects.KindProject)
		at, ok := p.Tree().Place(place)
		if !ok {
			return nil, nil
		}
		found := e.Search(projects.KindProject, search.Query{
			Filters: []search.Filter{{Facet: projects.FacetPlace, Values: []int64{int64(place)}}},
			Count:   []string{projects.FacetSphere, projects.FacetFunding, projects.FacetYear, projects.FacetStatus},
		})
		if found.Building || found.Total == 0 {
			return nil, nil
		}
		s := atPlace{pages: h, Page: page, code: at.Code(), found: found}
		return placeSection(page, s.charts(), s.links()), nil
	}
}

// atPlace draws what was counted at one place.
type atPlace struct {
	pages
	ui.Page
	code  string
	found search.Result
}

type bar struct {
	label, value string
	count        int
}

func (s atPlace) charts() []ui.Chart {
	var spheres, kinds, years []bar
	for _, t := range s.norms.Book().Terms("sphere") {
		spheres = append(spheres, bar{s.Text(t.Name), t.Code, s.found.Counts[projects.FacetSphere][t.Num]})
	}
	for i, k := range projects.FundingKinds {
		kinds = append(kinds, bar{s.term(s.Printer, "funding_kind", k), k, s.found.Counts[projects.FacetFunding][int64(i+1)]})
	}
	for y, n := range s.found.Counts[projects.FacetYear] {
		v := strconv.FormatInt(y, 10)
		years = append(years, bar{v, v, n})
	}
	mostFirst := func(a, b bar) int { return cmp.Compare(b.count, a.count) }
	slices.SortStableFunc(spheres, mostFirst)
	slices.SortStableFunc(kinds, mostFirst)
	slices.SortFunc(years, func(a, b bar) int { return cmp.Compare(a.value, b.value) })
	return []ui.Chart{
		s.chart(s.T("projects.place.spheres"), "sphere", spheres),
		s.chart(s.T("projects.place.kinds"), "kind", kinds),
		s.chart(s.T("projects.place.years"), "year", years),
	}
}

func (s atPlace) chart(title, filter string, bars []bar) ui.Chart {
	c := ui.Chart{Title: title, Head: s.T("projects.filter." + filter), Series: []ui.Series{{Name: s.T("projects.place.title")}}}
	for _, b := range bars {
		if b.count > 0 {
			c.Labels = append(c.Labels, b.label)
			c.Series[0].Values = append(c.Series[0].Values, float64(b.count))
			c.Series[0].Paths = append(c.Series[0].Paths, s.rows(filter, b.value))
		}
	}
	return c
}

// rows is the address of the list of these projects.
func (s atPlace) rows(filter, value string) string {
	return "/projects?" + url.Values{"place": {s.code}, filter: {value}}.Encode()
}

// links lead to what is under way, what is late and everything.
func (s atPlace) links() (out []ui.Link) {
	for _, state := range []projects.State{projects.Running, projects.ReportLate} {
		n := s.found.Counts[projects.FacetStatus][int64(slices.Index(projects.States, state)+1)]
		out = append(out, ui.Link{Title: s.T(state.Key()), Path: s.rows("status", string(state)), Count: int64(n), HasCount: true})
	}
	return append(out, ui.Link{Title: s.T("projects.place.all"), Path: "/projects?place=" + s.code, Count: int64(s.found.Total), HasCount: true},
		ui.Link{Title: s.T("projects.place.owed"), Path: "/obligations?place=" + s.code})
}
