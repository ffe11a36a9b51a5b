package orgsweb

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// facets are the filters of the list, in the order in which they stand beside it.
var facets = []ui.Facet{
	{Name: "place", Index: orgs.FacetPlace, Open: true}, {Name: "kind", Index: orgs.FacetKind, Open: true}, {Name: "active", Index: orgs.FacetActive, Open: true},
	{Name: "form", Index: orgs.FacetForm}, {Name: "sphere", Index: orgs.FacetSphere}, {Name: "rural", Index: orgs.FacetRural},
	{Name: "founded", Index: orgs.FacetFounded}, {Name: "closed", Index: orgs.FacetClosed}, {Name: "sample", Index: orgs.FacetSample},
}

// lists are the filters whose choices are a list of norms.
var lists = map[string]string{"kind": orgs.ListKinds, "form": orgs.ListLegalForms, "sphere": orgs.ListSpheres}

// pairs are the filters with a few choices of their own, in the order of their
// numbers from 1.
var pairs = map[string][]string{"rural": {"rural", "urban"}, "active": {"active", "closed"}, "sample": {"sample"}}

var orders = []string{"title", "new"}

const perPage = 20

// nothing is a value that no organization has.
const nothing = -1

// number is what stands in the index for a value of the address.
func (p *Pages) number(facet, v string) int64 {
	if list, ok := lists[facet]; ok {
		if t, ok := p.Norms.Book().Term(list, v); ok {
			return t.Num
		}
		return nothing
	}
	if two, ok := pairs[facet]; ok {
		if i := slices.Index(two, v); i >= 0 {
			return int64(i + 1)
		}
		return nothing
	}
	if facet == "place" {
		if place, ok := p.Places.Tree().ByCode(v); ok {
			return int64(place.ID)
		}
		return nothing
	}
	if year, err := strconv.ParseInt(v, 10, 32); err == nil {
		return year
	}
	return nothing
}

// ask is read without an order.
func (p *Pages) ask(r *http.Request) ui.Ask {
	return ui.ReadAsk(r, ui.Listed{Path: "/organizations", PerPage: perPage, Facets: facets, Orders: orders, Number: p.number})
}

func (p *Pages) read(r *http.Request) ui.Ask {
	a := p.ask(r)
	switch a.Order() {
	case "title":
		a.Sort = orgs.SortTitle(web.Lang(r))
	case "new":
		a.Sort, a.Desc = orgs.SortNew, true
	}
	return a
}

// list is a list as it is drawn.
type list struct {
	ui.Page
	p      *Pages
	ask    ui.Ask
	found  search.Result
	rows   []orgs.Organization
	money  map[ref.ID]projects.OrgTotal
	groups []ui.FilterGroup
	// officer tells that the reader keeps some part of the register.
	officer bool
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	l, err := p.find(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listPage(l))
}

func (p *Pages) whyList(w http.ResponseWriter, r *http.Request) error {
	l, err := p.find(r)
	if err != nil {
		return err
	}
	l.Title = l.T("orgs.why.title")
	l.Crumbs = []ui.Crumb{{Title: l.T("orgs.title"), Path: l.ask.Address("")}}
	return web.Render(w, r, http.StatusOK, whyListPage(l))
}

// find answers a list from the index, or from the store without counts while the
// index is being built.
func (p *Pages) find(r *http.Request) (l list, err error) {
	web.Touch(r, orgs.Kind, projects.KindProject)
	l = list{Page: ui.PageOf(r, web.Words(r).T("orgs.title")), p: p, ask: p.read(r), officer: web.Actor(r).HasAny(access.Officer)}
	l.found = p.Search.Search(orgs.Kind, l.ask.Query)
	if l.found.Building {
		l.rows, err = p.Orgs.Latest(r.Context(), perPage)
	} else {
		l.rows, err = p.Orgs.InOrder(r.Context(), l.found.IDs)
	}
	if err != nil {
		return l, err
	}
	ids := make([]ref.ID, len(l.rows))
	for i, o := range l.rows {
		ids[i] = o.ID
	}
	if l.money, err = p.Projects.TotalsOfOrgs(r.Context(), ids); err != nil {
		return l, err
	}
	l.groups = l.ask.Groups(l.Page, "orgs.filter.", l.choices)
	l.Feed = l.ask.Address(".atom")
	l.Description = l.T("orgs.lead")
	return l, nil
}

// choices are the values of a filter, each with what it would bring.
func (l list) choices(x ui.Facet) (out []ui.Choice) {
	counts := l.found.Counts[x.Index]
	add := func(value, label string, num int64, depth int) {
		out = append(out, ui.Choice{Value: value, Label: label, Count: int64(counts[num]), HasCount: !l.found.Building,
			Selected: l.ask.Chosen(x.Name, value), Depth: depth})
	}
	switch {
	case x.Name == "place":
		l.p.Places.Tree().Choices(l.ask.Choices[x.Name], counts, func(p places.Place, depth int) { add(p.Code(), l.Text(p.Name), int64(p.ID), depth) })
	case lists[x.Name] != "":
		for _, t := range l.p.Norms.Book().Terms(lists[x.Name]) {
			add(t.Code, l.Text(t.Name), t.Num, 0)
		}
	case pairs[x.Name] != nil:
		for i, v := range pairs[x.Name] {
			if n := int64(i + 1); x.Name != "sample" || counts[n] > 0 {
				add(v, l.T("orgs.is."+v), n, 0)
			}
		}
	default:
		for _, y := range slices.Backward(slices.Sorted(maps.Keys(counts))) {
			label := strconv.FormatInt(y, 10)
			if y == 0 {
				label = l.T("orgs.year_unknown")
			}
			add(strconv.FormatInt(y, 10), label, y, 0)
		}
	}
	return out
}

func (l list) hits() []ui.Found {
	var out []ui.Found
	for _, o := range l.rows {
		f := ui.Found{Title: o.Name, Path: o.Ref().Path, Line: l.p.line(l.Page, o)}
		if !o.ActiveOn(l.p.Orgs.Today()) {
			f.Status, f.Tone = l.T("orgs.is.closed"), ui.Quiet
		}
		if m := l.money[o.ID]; m.Count > 0 {
			f.Sum = l.N("orgs.projects_count", m.Count)
			f.Line += " · " + l.ShortMoney(m.Sum, "")
		}
		out = append(out, f)
	}
	return out
}

// line tells what and where an organization is.
func (p *Pages) line(page ui.Page, o orgs.Organization) string {
	place, _ := p.Places.Tree().Place(o.PlaceID)
	s := p.term(page, orgs.ListKinds, o.Kind) + " · " + page.Text(place.Name)
	if o.BIN != "" {
		s += " · " + page.T("orgs.bin_is", "bin", o.BIN)
	}
	return s
}

// term is the name of a code of the classifiers.
func (p *Pages) term(page ui.Page, list, code string) string {
	t, ok := p.Norms.Book().Term(list, code)
	if !ok {
		return code
	}
	return page.Text(t.Name)
}
