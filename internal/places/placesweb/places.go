package placesweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// touch names what pages with places and totals show.
func touch(r *http.Request) { web.Touch(r, "place", "organization", "project") }

// view is what the page of a place shows.
type view struct {
	facts    []ui.Fact
	counting bool      // the index is being filled, so there are no totals yet
	nothing  string    // what is said instead of totals when there is nothing to count
	parts    []ui.Link // the places within, then
	figures  []ui.Figure
	tiles    *ui.Map
	within   *ui.Sheet
	title    string // of the table of places within
	growth   *ui.Chart
	unknown  int64 // NGOs whose founding date nobody knows
	sections []templ.Component
	samples  []ui.Link
	wrong    string // where somebody says what is wrong on the page
	api      string
}

func (p pages) country(w http.ResponseWriter, r *http.Request) error {
	touch(r)
	t := p.places.Tree()
	page := ui.PageOf(r, web.Words(r).T("places.country"))
	page.Description = page.T("places.lead")
	all := p.sums()
	regions := t.Regions()
	places.SortByName(regions, page.Lang)
	sum := all.over(regions)
	v := view{counting: !all.ok, figures: figuresOf(page, sum, "", totals{}, false), tiles: tiles(page, regions, all, sum), title: page.T("places.regions"),
		within: sheet(page, regions, all), api: "/api/v1/places"}
	if sum == (totals{}) {
		v.say(page, "places.nothing_in_country", regions)
	}
	for _, s := range t.Samples() {
		v.samples = append(v.samples, ui.Link{Title: page.Text(s.Name), Path: s.Ref().Path})
	}
	if err := p.complete(r, page, &v, 0); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, placePage(page, v))
}

func (p pages) place(w http.ResponseWriter, r *http.Request) error {
	touch(r)
	t := p.places.Tree()
	code := r.PathValue("code")
	at, ok := t.ByCode(code)
	if !ok {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	if at.Code() != code {
		http.Redirect(w, r, web.Path(r, at.Ref().Path), http.StatusMovedPermanently)
		return nil
	}
	page := ui.PageOf(r, web.Words(r).Text(at.Name))
	page.Sample = page.Sample || at.Sample
	page.Crumbs = crumbs(page, t, at.ID)
	all := p.sums()
	districts, any := inDistricts(all, t, at.ID)
	v := view{counting: !all.ok, facts: facts(page, at), figures: figuresOf(page, all.at(at.ID), at.Code(), districts, any), api: "/api/v1/places/" + at.Code(),
		wrong: orgs.LogPath(at.Ref())}
	children := t.Children(at.ID)
	if len(children) > 0 {
		places.SortByName(children, page.Lang)
		v.within, v.title = sheet(page, children, all), page.T("places.within")
	}
	if all.at(at.ID) == (totals{}) {
		v.say(page, "places.nothing", children)
	}
	if err := p.complete(r, page, &v, at.ID); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, placePage(page, v))
}

// say tells that nothing is there to count, instead of zeros.
func (v *view) say(page ui.Page, key string, within []places.Place) {
	v.figures, v.within, v.nothing = nil, nil, page.T(key)
	for _, p := range within {
		v.parts = append(v.parts, ui.Link{Title: page.Text(p.Name), Path: p.Ref().Path})
	}
}

// complete adds the growth over the years and the sections of other rooms.
func (p pages) complete(r *http.Request, page ui.Page, v *view, id ref.ID) error {
	v.growth, v.unknown = p.growth(r, page, id)
	for _, section := range p.sections {
		part, err := section(r, page, id)
		if err != nil {
			return err
		}
		if part != nil {
			v.sections = append(v.sections, part)
		}
	}
	return nil
}

func crumbs(page ui.Page, t *places.Tree, id ref.ID) []ui.Crumb {
	out := []ui.Crumb{{Title: page.T("places.country"), Path: "/places"}}
	path := t.Path(id)
	slices.Reverse(path)
	for _, around := range path[:len(path)-1] {
		if pl, ok := t.Place(around); ok {
			out = append(out, ui.Crumb{Title: page.Text(pl.Name), Path: pl.Ref().Path})
		}
	}
	return out
}

func facts(page ui.Page, at places.Place) []ui.Fact {
	kato := at.KATO
	if kato == "" {
		kato = page.T("places.no_kato")
	}
	out := []ui.Fact{{Label: page.T("places.kato"), Value: kato}, {Label: page.T("places.kind"), Value: page.T("places.kind." + string(at.Kind))}}
	if at.Kind != places.Region {
		where := "places.urban"
		if at.Rural {
			where = "places.rural"
		}
		out = append(out, ui.Fact{Label: page.T("places.urban_or_rural"), Value: page.T(where)})
	}
	for _, code := range at.Former {
		out = append(out, ui.Fact{Label: page.T("places.former_kato"), Value: code})
	}
	if !at.Until.IsZero() {
		out = append(out, ui.Fact{Label: page.T("places.until"), Value: page.Date(at.Until)})
	}
	return out
}

// figuresOf are the totals of a place; each leads to the rows behind it. code is
// "" for the country.
func figuresOf(page ui.Page, t totals, code string, districts totals, hasDistricts bool) []ui.Figure {
	rows := func(path string, choices ...string) string {
		if code != "" {
			choices = append(choices, "place="+code)
		}
		if len(choices) == 0 {
			return path
		}
		return path + "?" + strings.Join(choices, "&")
	}
	ngos := rows("/organizations", "kind=ngo", "active=active")
	out := []ui.Figure{
		{Label: page.T("places.ngos"), Value: page.Int(t.NGOs), Note: page.T("places.ngos_note"), Why: ngos},
		{Label: page.T("places.projects"), Value: page.Int(t.Projects), Note: page.T("places.projects_note"), Why: rows("/projects")},
		{Label: page.T("places.money"), Value: page.ShortMoney(t.Money, "KZT"), Note: page.T("places.money_note"), Why: rows("/projects")},
	}
	if t.NGOs > 0 {
		out = append(out, ui.Figure{Label: page.T("places.rural_share"), Value: page.Percent(share(t.RuralNGOs, t.NGOs)),
			Note: page.T("places.of_count", "part", t.RuralNGOs, "whole", t.NGOs), Why: ngos})
	}
	if hasDistricts && t.Money > 0 {
		out = append(out, ui.Figure{Label: page.T("places.district_share"), Value: page.Percent(share(districts.Money, t.Money)),
			Note: page.ShortMoney(districts.Money, "KZT"), Why: "#within"})
	}
	return out
}

// tiles is the map of the regions by projects; without numbers when there are
// none to count.
func tiles(page ui.Page, regions []places.Place, all sums, sum totals) *ui.Map {
	m := &ui.Map{Title: page.T("places.map"), Head: page.T("places.region"), ValueLabel: page.T("places.projects")}
	for _, p := range regions {
		n := all.projects.At(p.ID).Count
		tile := ui.Tile{Code: p.KATO, Name: page.Text(p.Name), Path: p.Ref().Path, Text: "—", Value: float64(n)}
		if all.ok && sum.Projects > 0 {
			tile.Text = page.Int(int64(n))
		}
		m.Tiles = append(m.Tiles, tile)
	}
	return m
}

// sheet is a table of places with their totals.
func sheet(page ui.Page, ps []places.Place, all sums) *ui.Sheet {
	s := &ui.Sheet{Columns: []ui.Column{{Label: page.T("places.place")}, {Label: page.T("places.ngos"), Num: true},
		{Label: page.T("places.projects"), Num: true}, {Label: page.T("places.money"), Num: true}}}
	var sum totals
	for _, p := range ps {
		t := all.at(p.ID)
		sum.add(t)
		name, lang := p.Name.In(page.Lang)
		if lang == page.Lang {
			lang = ""
		}
		s.Rows = append(s.Rows, row(page, ui.Cell{Text: name, Lang: lang, Path: p.Ref().Path}, t))
	}
	s.Foot = row(page, ui.Cell{Text: page.T("ui.total")}, sum)
	return s
}

func row(page ui.Page, name ui.Cell, t totals) []ui.Cell {
	return []ui.Cell{name, {Text: page.Int(t.NGOs)}, {Text: page.Int(t.Projects)}, {Text: page.Money(t.Money, "KZT")}}
}

// years is how many years back the growth is shown.
const years = 10

// growth counts the NGOs at the end of each year; nil when there are none.
func (p pages) growth(r *http.Request, page ui.Page, id ref.ID) (*ui.Chart, int64) {
	within := []ref.ID{id}
	if id == 0 {
		within = nil
		for _, region := range p.places.Tree().Regions() {
			within = append(within, region.ID)
		}
	}
	until := web.Now(r).In(web.Zone(r)).Year()
	counts, unknown := orgs.ByYear(p.search, within, until-years+1, until)
	if counts[years-1].Count == 0 {
		return nil, 0
	}
	c := &ui.Chart{Title: page.T("places.growth"), Head: page.T("places.year"), Source: page.T("places.growth_source"),
		Series: []ui.Series{{Name: page.T("places.ngos")}}}
	for _, y := range counts {
		c.Labels = append(c.Labels, strconv.Itoa(y.Year))
		c.Series[0].Values = append(c.Series[0].Values, float64(y.Count))
	}
	return c, unknown
}

// published is a place as open data has it.
type published struct {
	places.Place
	Parent string `json:"parent"` // the code of the place around it
	Code   string `json:"code"`
	Totals totals `json:"totals"`
}

func publish(t *places.Tree, p places.Place, all sums) published {
	out := published{Place: p, Code: p.Code(), Totals: all.at(p.ID)}
	if parent, ok := t.Place(p.ParentID); ok {
		out.Parent = parent.Code()
	}
	return out
}

var errCounting = problem.New(problem.Unavailable, "ui.counting")

// listJSON lists the places within ?within= (a code; the regions without it).
func (p pages) listJSON(w http.ResponseWriter, r *http.Request) error {
	touch(r)
	t := p.places.Tree()
	list := t.Regions()
	if code := r.URL.Query().Get("within"); code != "" {
		at, ok := t.ByCode(code)
		if !ok {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		list = t.Children(at.ID)
	}
	all := p.sums()
	if !all.ok {
		return errCounting
	}
	out := make([]published, len(list))
	for i, pl := range list {
		out[i] = publish(t, pl, all)
	}
	return web.JSON(w, r, out)
}

func (p pages) oneJSON(w http.ResponseWriter, r *http.Request) error {
	touch(r)
	t := p.places.Tree()
	at, ok := t.ByCode(r.PathValue("code"))
	if !ok {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	all := p.sums()
	if !all.ok {
		return errCounting
	}
	return web.JSON(w, r, publish(t, at, all))
}
