package projectsweb

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"birge/internal/orgs"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// perPage is how many projects one page of the list shows.
const perPage = 20

// ask is what a list is asked for: the same for the page, the files, the feed
// and the page of reasons.
type ask struct {
	url.Values
	search.Query
	page int
}

// facets are the filters of the list: the name in the address and the facet of
// the index, in the order in which they stand beside the list.
var facets = []struct{ name, facet string }{
	{"place", projects.FacetPlace}, {"status", projects.FacetStatus}, {"sphere", projects.FacetSphere}, {"kind", projects.FacetFunding},
	{"funder", projects.FacetFunder}, {"year", projects.FacetYear}, {"size", projects.FacetSize}, {"group", projects.FacetGroup},
	{"rural", projects.FacetRural}, {"children", projects.FacetKids}, {"org", projects.FacetOrg},
}

var orders = []string{"new", "sum", "late", "title"}

// readAsk reads the query of a list. What no filter knows finds nothing rather
// than everything.
func (h pages) readAsk(r *http.Request) ask {
	a := h.askOf(web.ReadForm(r))
	a.order(web.Lang(r))
	return a
}

func (h pages) askOf(f *web.Form) ask {
	a := ask{Values: url.Values{}, page: max(1, int(f.Int("page")))}
	for _, x := range facets {
		var nums []int64
		for _, v := range f.List(x.name) {
			a.Add(x.name, v)
			nums = append(nums, h.number(x.name, v))
		}
		if len(nums) > 0 {
			a.Filters = append(a.Filters, search.Filter{Facet: x.facet, Values: nums})
		}
		if x.name != "org" { // whose projects they are stands on each of them
			a.Count = append(a.Count, x.facet)
		}
	}
	if a.Text = f.Line("q"); a.Text != "" {
		a.Set("q", a.Text)
	}
	if sort := f.Line("sort"); slices.Contains(orders, sort) {
		a.Set("sort", sort)
	}
	a.Most = map[string]int{projects.FacetFunder: fundersShown}
	a.Sum = []string{projects.SumMoney}
	a.Offset, a.Limit = (a.page-1)*perPage, perPage
	return a
}

func (a *ask) order(l i18n.Lang) {
	switch sort := a.Get("sort"); {
	case sort == "title":
		a.Sort = projects.SortTitle(l)
	case sort == "sum":
		a.Sort, a.Desc = projects.SortSum, true
	case sort == "late":
		a.Sort, a.Desc = projects.SortLate, true
	case sort == "new" || a.Text == "":
		a.Sort, a.Desc = projects.SortNew, true
	}
}

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
		if t, ok := h.norms.Book().Term(map[string]string{"sphere": "sphere", "group": "target_group"}[name], v); ok {
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
	case "funder", "org":
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

// path is the address of the list with these choices; change replaces values.
func (a ask) path(base string, change ...string) string {
	q := url.Values{}
	for k, v := range a.Values {
		q[k] = v
	}
	for i := 0; i+1 < len(change); i += 2 {
		if q.Del(change[i]); change[i+1] != "" {
			q.Set(change[i], change[i+1])
		}
	}
	if len(q) == 0 {
		return base
	}
	return base + "?" + q.Encode()
}

// without is the address of the list with one choice taken back.
func (a ask) without(name, value string) string {
	b := ask{Values: url.Values{}}
	for k, vs := range a.Values {
		for _, v := range vs {
			if k != name || v != value {
				b.Add(k, v)
			}
		}
	}
	return b.path("/projects")
}

// list is a list as it is drawn.
type list struct {
	ui.Page
	h     pages
	ask   ask
	found search.Result
	rows  []projects.Card
	names map[ref.ID]ref.Ref
	// funders stand beside the list, those with the most projects first.
	funders []ref.ID
	side    ui.Filters
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
	for _, name := range l.names {
		web.Touch(r, name.Key())
	}
	if l.ask.Text != "" { // found by the names of organizations too
		web.Touch(r, orgs.Kind)
	}
	l.side = l.filters()
	l.Feed = l.ask.path("/projects.atom")
	return l, err
}

func (l list) total() string {
	return l.N("projects.found", int64(l.found.Total)) + ", " + l.Money(l.found.Sums[projects.SumMoney], "")
}

func (l list) hits() []ui.Found {
	today := l.h.projects.Today()
	var out []ui.Found
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

// filters are the choices beside the list, each with what it would bring.
func (l list) filters() ui.Filters {
	f := ui.Filters{Path: "/projects", Clear: "/projects"}
	for _, k := range []string{"q", "sort", "org"} {
		if v := l.ask.Get(k); v != "" {
			f.Keep = append(f.Keep, ui.Pair{Name: k, Value: v})
		}
	}
	for _, x := range facets {
		choices := l.choices(x.name, x.facet)
		if len(choices) == 0 {
			continue
		}
		for _, c := range choices {
			if c.Selected {
				f.Set++
			}
		}
		f.Groups = append(f.Groups, ui.FilterGroup{Name: x.name, Label: l.T("projects.filter." + x.name), Kind: ui.Checkboxes, Choices: choices,
			Folded: x.name != "place" && x.name != "status" && x.name != "kind"})
	}
	return f
}

func (l list) choices(name, facet string) []ui.Choice {
	var out []ui.Choice
	add := func(value, label string, num int64, depth int) {
		out = append(out, ui.Choice{Value: value, Label: label, Count: int64(l.found.Counts[facet][num]), HasCount: !l.found.Building,
			Selected: slices.Contains(l.ask.Values[name], value), Depth: depth})
	}
	switch name {
	case "place":
		l.placeChoices(add)
	case "sphere", "group":
		for _, t := range l.h.norms.Book().Terms(map[string]string{"sphere": "sphere", "group": "target_group"}[name]) {
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
	case "year":
		for _, y := range sortedKeys(l.found.Counts[facet]) {
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

// placeChoices are the regions, and under a chosen place what lies in it.
func (l list) placeChoices(add func(value, label string, num int64, depth int)) {
	tree := l.h.places.Tree()
	chosen := map[ref.ID]bool{}
	for _, v := range l.ask.Values["place"] {
		if p, ok := tree.ByCode(v); ok {
			for _, id := range tree.Path(p.ID) {
				chosen[id] = true
			}
		}
	}
	var down func(parent ref.ID, depth int)
	down = func(parent ref.ID, depth int) {
		for _, p := range tree.Children(parent) {
			if l.found.Counts[projects.FacetPlace][int64(p.ID)] == 0 && !chosen[p.ID] {
				continue
			}
			add(p.Code(), l.Text(p.Name), int64(p.ID), depth)
			if chosen[p.ID] {
				down(p.ID, depth+1)
			}
		}
	}
	down(0, 0)
}

// fundersShown is how many funders stand beside the list, besides the chosen ones.
const fundersShown = 15

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

func sortedKeys(m map[int64]int) []int64 {
	var keys []int64
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (l list) band(i int) string {
	if i == len(projects.SizeBands) {
		return l.T("projects.more_than", "sum", l.ShortMoney(projects.SizeBands[i-1], ""))
	}
	return l.T("projects.up_to", "sum", l.ShortMoney(projects.SizeBands[i], ""))
}

func (l list) chips() []ui.Chip {
	var out []ui.Chip
	for _, g := range l.side.Groups {
		for _, c := range g.Choices {
			if c.Selected {
				out = append(out, ui.Chip{Group: g.Label, Label: c.Label, Remove: l.ask.without(g.Name, c.Value)})
			}
		}
	}
	if l.ask.Text != "" {
		out = append(out, ui.Chip{Label: l.ask.Text, Remove: l.ask.path("/projects", "q", "")})
	}
	return out
}

func (l list) orders() []ui.Link {
	var out []ui.Link
	for _, o := range orders {
		out = append(out, ui.Link{Title: l.T("projects.order." + o), Path: l.ask.path("/projects", "sort", o), Current: l.ask.Get("sort") == o})
	}
	return out
}

func (l list) pager() ui.Pager {
	last := (l.found.Total + perPage - 1) / perPage
	g := ui.Pager{}
	if l.ask.page > 1 {
		g.Previous = l.ask.path("/projects", "page", strconv.Itoa(l.ask.page-1))
	}
	if l.ask.page < last {
		g.Next = l.ask.path("/projects", "page", strconv.Itoa(l.ask.page+1))
	}
	if len(l.rows) > 0 && !l.found.Building {
		first := int64(l.ask.Offset + 1)
		g.Summary = l.T("projects.shown", "from", first, "to", first+int64(len(l.rows))-1, "all", int64(l.found.Total))
	}
	return g
}

func (l list) downloads() []ui.Download {
	var out []ui.Download
	for _, f := range []string{"CSV", "XLSX", "JSON", "Atom"} {
		out = append(out, ui.Download{Format: f, Href: l.URL(l.ask.path("/projects." + lower(f)))})
	}
	return out
}

func lower(format string) string {
	return map[string]string{"CSV": "csv", "XLSX": "xlsx", "JSON": "json", "Atom": "atom"}[format]
}

// byPlace counts the projects of the places beside the list, for the reader
// who wants to see where they are.
func (l list) byPlace() ui.Sheet {
	s := ui.Sheet{Caption: l.T("projects.by_place"), Columns: []ui.Column{{Label: l.T("projects.place")}, {Label: l.T("projects.list"), Num: true}}}
	for _, g := range l.side.Groups {
		if g.Name != "place" {
			continue
		}
		for _, c := range g.Choices {
			row := ui.Cells(c.Label, l.Int(c.Count))
			row[0].Path = l.ask.path("/projects", "place", c.Value)
			s.Rows = append(s.Rows, row)
		}
	}
	return s
}
