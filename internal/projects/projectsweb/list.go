package projectsweb

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// perPage is how many projects one page of the list shows.
const perPage = 20

// facets are the filters of the list, in the order in which they stand beside it.
var facets = []ui.Facet{
	{Name: "place", Index: projects.FacetPlace, Open: true}, {Name: "status", Index: projects.FacetStatus, Open: true}, {Name: "sphere", Index: projects.FacetSphere},
	{Name: "kind", Index: projects.FacetFunding, Open: true}, {Name: "funder", Index: projects.FacetFunder}, {Name: "programme", Index: projects.FacetProgramme}, {Name: "year", Index: projects.FacetYear},
	{Name: "size", Index: projects.FacetSize}, {Name: "group", Index: projects.FacetGroup}, {Name: "rural", Index: projects.FacetRural},
	{Name: "children", Index: projects.FacetKids},
	{Name: "org", Index: projects.FacetOrg, Uncounted: true}, // whose projects they are stands on each of them
}

var orders = []string{"new", "sum", "late", "title"}

// readAsk reads the query of a list.
func (h pages) readAsk(r *http.Request) ui.Ask {
	a := h.askOf(r)
	switch order := a.Order(); {
	case order == "title":
		a.Sort = projects.SortTitle(web.Lang(r))
	case order == "sum":
		a.Sort, a.Desc = projects.SortSum, true
	case order == "late":
		a.Sort, a.Desc = projects.SortLate, true
	case order == "new" || a.Text == "":
		a.Sort, a.Desc = projects.SortNew, true
	}
	return a
}

// askOf is readAsk without an order.
func (h pages) askOf(r *http.Request) ui.Ask {
	a := ui.ReadAsk(r, ui.Listed{Path: "/projects", PerPage: perPage, Facets: facets, Orders: orders, Number: h.number})
	a.Most = map[string]int{projects.FacetFunder: namesShown, projects.FacetProgramme: namesShown}
	a.Sum = []string{projects.SumMoney}
	return a
}

// classifiers are the filters whose choices are a list of norms.
var classifiers = map[string]string{"sphere": "sphere", "group": "target_group"}

// nothing is a value that no project has.
const nothing = -1

// number is what stands in the index for a value of the address.
func (h pages) number(name, v string) int64 {
	switch name {
	case "place":
		if p, ok := h.places.Tree().ByCode(v); ok {
			return int64(p.ID)
		}
	case "sphere", "group":
		if t, ok := h.norms.Book().Term(classifiers[name], v); ok {
			return t.Num
		}
	case "kind":
		if i := slices.Index(projects.FundingKinds, v); i >= 0 {
			return int64(i + 1)
		}
	case "status":
		if i := slices.Index(projects.States, projects.State(v)); i >= 0 {
			return int64(i + 1)
		}
	case "funder", "programme", "org":
		if id, ok := ref.ParseID(v); ok {
			return int64(id)
		}
	default:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return n
		}
	}
	return nothing
}

// list is a list as it is drawn.
type list struct {
	ui.Page
	h     pages
	ask   ui.Ask
	found search.Result
	rows  []projects.Card
	names map[ref.ID]ref.Ref
	// funders stand beside the list, those with the most projects first.
	funders []ref.ID
	// programmes stand beside the list in the same way, named by their titles.
	programmes []ref.ID
	titles     map[ref.ID]projects.Programme
	groups     []ui.FilterGroup
}

func (h pages) list(w http.ResponseWriter, r *http.Request) error {
	l, err := h.find(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listPage(l))
}

func (h pages) whyList(w http.ResponseWriter, r *http.Request) error {
	l, err := h.find(r)
	if err != nil {
		return err
	}
	l.Title = l.T("projects.why.title")
	return web.Render(w, r, http.StatusOK, whyListPage(l))
}

// find answers a list from the index, or from the store without counts while
// the index is being built.
func (h pages) find(r *http.Request) (l list, err error) {
	web.Touch(r, projects.KindProject)
	l = list{Page: ui.PageOf(r, web.Words(r).T("projects.list")), h: h, ask: h.readAsk(r)}
	l.found = h.search.Search(projects.KindProject, l.ask.Query)
	if l.found.Building {
		if l.rows, err = h.projects.Latest(r.Context(), perPage); err != nil {
			return l, err
		}
		for _, p := range l.rows {
			l.found.IDs = append(l.found.IDs, p.ID)
		}
	} else if l.rows, err = h.projects.Cards(r.Context(), l.found.IDs); err != nil {
		return l, err
	}
	ids := sidesOf(l.rows)
	l.funders = l.byCount(projects.FacetFunder)
	l.names, err = h.projects.OrgRefs(r.Context(), append(ids, l.funders...))
	if err != nil {
		return l, err
	}
	l.programmes = l.byCount(projects.FacetProgramme)
	if l.titles, err = h.projects.ProgrammesByIDs(r.Context(), l.programmes); err != nil {
		return l, err
	}
	for id := range l.titles {
		web.Touch(r, ref.Ref{Kind: projects.KindProgramme, ID: id}.Key())
	}
	for _, name := range l.names {
		web.Touch(r, name.Key())
	}
	if l.ask.Text != "" { // found by the names of organizations too
		web.Touch(r, orgs.Kind)
	}
	l.groups = l.ask.Groups(l.Page, "projects.filter.", l.choices)
	l.Feed = l.ask.Address(".atom")
	return l, err
}

func (l list) total() string {
	return l.N("projects.found", int64(l.found.Total)) + ", " + l.Money(l.found.Sums[projects.SumMoney], "")
}

func (l list) hits() []ui.Found {
	today := l.h.projects.Today()
	out := make([]ui.Found, 0, len(l.rows))
	for _, p := range l.rows {
		s := p.StatusOn(today)
		place, _ := l.h.places.Tree().Place(p.PlaceID)
		f := ui.Found{Title: p.Title, Path: p.Ref().Path, Status: statusText(l.Printer, s), Tone: s.Is.Tone(), Sum: l.Money(p.Sum, p.Currency),
			Line: l.Text(l.names[p.OrgID].Title) + " · " + l.Text(place.Name) + " · " + l.h.term(l.Printer, "funding_kind", p.FundingKind)}
		if p.Sum > 0 {
			f.HasShare, f.Share, f.ShareLabel = true, int64(100*float64(p.Spent)/float64(p.Sum)), l.T("projects.spent")
		}
		out = append(out, f)
	}
	return out
}

func (h pages) term(p *i18n.Printer, list, code string) string {
	t, ok := h.norms.Book().Term(list, code)
	if !ok {
		return code
	}
	return p.Text(t.Name)
}

// choices are the values of a filter, each with what it would bring.
func (l list) choices(x ui.Facet) (out []ui.Choice) {
	counts := l.found.Counts[x.Index]
	out = make([]ui.Choice, 0, len(counts))
	add := func(value, label string, num int64, depth int) {
		out = append(out, ui.Choice{Value: value, Label: label, Count: int64(counts[num]), HasCount: !l.found.Building,
			Selected: l.ask.Chosen(x.Name, value), Depth: depth})
	}
	switch x.Name {
	case "place":
		l.h.places.Tree().Choices(l.ask.Choices[x.Name], counts, func(p places.Place, depth int) { add(p.Code(), l.Text(p.Name), int64(p.ID), depth) })
	case "sphere", "group":
		for _, t := range l.h.norms.Book().Terms(classifiers[x.Name]) {
			add(t.Code, l.Text(t.Name), t.Num, 0)
		}
	case "kind":
		for i, k := range projects.FundingKinds {
			add(k, l.h.term(l.Printer, "funding_kind", k), int64(i+1), 0)
		}
	case "status":
		for i, s := range projects.States {
			add(string(s), l.T(s.Key()), int64(i+1), 0)
		}
	case "funder":
		l.funderChoices(add)
	case "programme":
		for _, id := range l.programmes {
			add(id.String(), l.Text(l.titles[id].Title), int64(id), 0)
		}
	case "year":
		for _, y := range slices.Sorted(maps.Keys(counts)) {
			add(strconv.FormatInt(y, 10), strconv.FormatInt(y, 10), y, 0)
		}
	case "size":
		for i := range len(projects.SizeBands) + 1 {
			add(strconv.Itoa(i+1), l.band(i), int64(i+1), 0)
		}
	case "rural":
		add("1", l.T("projects.rural"), 1, 0)
		add("2", l.T("projects.urban"), 2, 0)
	case "children":
		add("1", l.T("projects.for_children"), 1, 0)
	}
	return out
}

// namesShown is how many funders and programmes stand beside the list, besides the chosen ones.
const namesShown = 15

// byCount gives the counted things of a facet, those with the most projects first.
func (l list) byCount(facet string) (ids []ref.ID) {
	counts := l.found.Counts[facet]
	for id := range counts {
		ids = append(ids, ref.ID(id))
	}
	slices.SortFunc(ids, func(a, b ref.ID) int { return cmp.Or(counts[int64(b)]-counts[int64(a)], cmp.Compare(a, b)) })
	return ids
}

func (l list) funderChoices(add func(value, label string, num int64, depth int)) {
	for _, id := range l.funders {
		add(id.String(), l.Text(l.names[id].Title), int64(id), 0)
	}
}

func (l list) band(i int) string {
	if i == len(projects.SizeBands) {
		return l.T("projects.more_than", "sum", l.ShortMoney(projects.SizeBands[i-1], ""))
	}
	return l.T("projects.up_to", "sum", l.ShortMoney(projects.SizeBands[i], ""))
}

// byPlace counts the projects of the places beside the list, for the reader
// who wants to see where they are.
func (l list) byPlace() ui.Sheet {
	s := ui.Sheet{Caption: l.T("projects.by_place"), Columns: []ui.Column{{Label: l.T("projects.place")}, {Label: l.T("projects.list"), Num: true}}}
	for _, g := range l.groups {
		if g.Name != "place" {
			continue
		}
		for _, c := range g.Choices {
			row := ui.Cells(c.Label, l.Int(c.Count))
			row[0].Path = l.ask.Address("", "place", c.Value)
			s.Rows = append(s.Rows, row)
		}
	}
	return s
}
