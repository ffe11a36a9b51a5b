package fundingweb

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"birge/internal/funding"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// perPage is how many rows one page of a list shows.
const perPage = 20

// callFacets are the filters of the list, in the order in which they stand beside it.
var callFacets = []ui.Facet{
	{Name: "phase", Index: funding.FacetCallPhase, Open: true}, {Name: "place", Index: funding.FacetCallPlace, Open: true},
	{Name: "sphere", Index: funding.FacetCallSphere, Open: true}, {Name: "kind", Index: funding.FacetCallKind}, {Name: "for", Index: funding.FacetCallFor},
	{Name: "size", Index: funding.FacetCallSize}, {Name: "funder", Index: funding.FacetCallFunder}, {Name: "year", Index: funding.FacetCallYear},
	{Name: "programme", Index: funding.FacetProgramme, Uncounted: true}, // whose calls they are stands on each of them
}

var callOrders = []string{"deadline", "new", "sum"}

// noValue is a value that no call has.
const noValue = -1

// callNumber is what stands in the index for a value of the address.
func (h *Pages) callNumber(facet, v string) int64 {
	place := func(i int) int64 {
		if i < 0 {
			return noValue
		}
		return int64(i + 1)
	}
	switch facet {
	case "phase":
		return place(slices.Index(funding.Phases, funding.Phase(v)))
	case "kind":
		return place(slices.Index(funding.CallKinds, v))
	case "for":
		return place(slices.Index(funding.OpenFor, v))
	case "place":
		if p, ok := h.Places.Tree().ByCode(v); ok {
			return int64(p.ID)
		}
	case "sphere":
		if t, ok := h.Norms.Book().Term("sphere", v); ok {
			return t.Num
		}
	case "funder", "programme":
		if id, ok := ref.ParseID(v); ok {
			return int64(id)
		}
	default:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return n
		}
	}
	return noValue
}

// fundersShown is how many funders stand beside the list, besides the chosen ones.
const fundersShown = 15

// readCalls reads the query of a list.
func (h *Pages) readCalls(r *http.Request) ui.Ask {
	a := ui.ReadAsk(r, ui.Listed{Path: "/calls", PerPage: perPage, Facets: callFacets, Orders: callOrders, Number: h.callNumber})
	a.Most = map[string]int{funding.FacetCallFunder: fundersShown}
	a.Sum = []string{funding.SumCallMoney}
	switch order := a.Order(); {
	case order == "new", order == "sum":
		a.Sort, a.Desc = order, true
	case order == "deadline" || a.Text == "":
		a.Sort = funding.SortCallDeadline
	}
	return a
}

// list is a list of calls as it is drawn.
type list struct {
	ui.Page
	h       *Pages
	ask     ui.Ask
	found   search.Result
	rows    []funding.CallCard
	names   map[ref.ID]ref.Ref
	funders []ref.ID // that stand beside the list, those with the most calls first
	groups  []ui.FilterGroup
	drafts  []funding.Call // of the reader
	mayMake bool
}

func (h *Pages) calls(w http.ResponseWriter, r *http.Request) error {
	l, err := h.findCalls(r)
	if err != nil {
		return err
	}
	by := web.Actor(r)
	l.mayMake = by.HasAny(access.Officer) || by.HasAny(access.Funder) || by.HasAny(access.Lead)
	if l.drafts, err = h.Funding.Drafts(r.Context(), by); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listPage(l))
}

func (h *Pages) whyCalls(w http.ResponseWriter, r *http.Request) error {
	l, err := h.findCalls(r)
	if err != nil {
		return err
	}
	l.Title = l.T("funding.calls.why")
	l.Crumbs = []ui.Crumb{{Title: l.T("funding.calls"), Path: l.ask.Address("")}}
	return web.Render(w, r, http.StatusOK, whyCallsPage(l))
}

// findCalls answers a list from the index, or from the store without counts while
// the index is being built.
func (h *Pages) findCalls(r *http.Request) (l list, err error) {
	web.Touch(r, funding.KindCall)
	l = list{Page: ui.PageOf(r, web.Words(r).T("funding.calls")), h: h, ask: h.readCalls(r)}
	l.found = h.Search.Search(funding.KindCall, l.ask.Query)
	if l.found.Building {
		l.rows, err = h.Funding.LatestCalls(r.Context(), perPage)
	} else {
		l.rows, err = h.Funding.Calls(r.Context(), l.found.IDs)
	}
	if err != nil {
		return l, err
	}
	l.funders = byCount(l.found.Counts[funding.FacetCallFunder])
	ids := slices.Clone(l.funders)
	for _, c := range l.rows {
		ids = append(ids, c.FunderID)
		if turns := c.Turns(h.Funding.Now()); !turns.IsZero() {
			web.Until(r, turns)
		}
	}
	if l.names, err = h.Funding.FunderRefs(r.Context(), ids); err != nil {
		return l, err
	}
	for _, name := range l.names {
		web.Touch(r, name.Key())
	}
	if l.ask.Text != "" { // found by the names of organizations too
		web.Touch(r, orgs.Kind)
	}
	l.groups = l.ask.Groups(l.Page, "funding.call.filter.", l.choices)
	l.Feed = l.ask.Address(".atom")
	return l, nil
}

// byCount gives the counted things of a facet, those with the most rows first.
func byCount(counts map[int64]int) (ids []ref.ID) {
	for _, id := range slices.Sorted(maps.Keys(counts)) {
		ids = append(ids, ref.ID(id))
	}
	slices.SortStableFunc(ids, func(a, b ref.ID) int { return counts[int64(b)] - counts[int64(a)] })
	return ids
}

func (l list) total() string {
	return l.N("funding.calls.found", int64(l.found.Total)) + ", " + l.Money(l.found.Sums[funding.SumCallMoney], "")
}

func (l list) hits() (out []ui.Found) {
	for _, c := range l.rows {
		place, _ := l.h.Places.Tree().Place(c.PlaceID)
		out = append(out, ui.Found{Title: c.Title, Path: c.Ref().Path, Status: l.T(c.Phase.Key()), Tone: c.Phase.Tone(), Sum: l.Money(c.Total(), ""),
			Line: l.deadline(c) + l.Text(l.names[c.FunderID].Title) + " · " + l.Text(place.Name) + " · " + l.h.term(l.Printer, "funding_kind", c.Kind)})
	}
	return out
}

// deadline says until when applications are taken, while they are or will be.
func (l list) deadline(c funding.CallCard) string {
	if c.Phase != funding.Open && c.Phase != funding.Announced {
		return ""
	}
	r, _ := c.RoundOn(l.h.Funding.Now())
	closes := r.Closes.In(l.h.Funding.Zone)
	return l.T("funding.call.until", "date", l.ShortDate(closes), "hour", l.Clock(closes)) + " · "
}

func (h *Pages) term(p *i18n.Printer, list, code string) string {
	t, ok := h.Norms.Book().Term(list, code)
	if !ok {
		return code
	}
	return p.Text(t.Name)
}

// choices are the values of a filter, each with what it would bring.
func (l list) choices(x ui.Facet) (out []ui.Choice) {
	counts := l.found.Counts[x.Index]
	add := func(value, label string, num int64, depth int) {
		out = append(out, ui.Choice{Value: value, Label: label, Count: int64(counts[num]), HasCount: !l.found.Building,
			Selected: l.ask.Chosen(x.Name, value), Depth: depth})
	}
	switch x.Name {
	case "place":
		l.h.Places.Tree().Choices(l.ask.Choices[x.Name], counts, func(p places.Place, depth int) { add(p.Code(), l.Text(p.Name), int64(p.ID), depth) })
	case "phase":
		for i, p := range funding.Phases {
			add(string(p), l.T(p.Key()), int64(i+1), 0)
		}
	case "sphere":
		for _, t := range l.h.Norms.Book().Terms("sphere") {
			add(t.Code, l.Text(t.Name), t.Num, 0)
		}
	case "kind":
		for i, k := range funding.CallKinds {
			add(k, l.h.term(l.Printer, "funding_kind", k), int64(i+1), 0)
		}
	case "for":
		for i, code := range funding.OpenFor {
			add(code, l.T("funding.call.for."+code), int64(i+1), 0)
		}
	case "funder":
		for _, id := range l.funders {
			add(id.String(), l.Text(l.names[id].Title), int64(id), 0)
		}
	case "year":
		for _, y := range slices.Sorted(maps.Keys(counts)) {
			add(strconv.FormatInt(y, 10), strconv.FormatInt(y, 10), y, 0)
		}
	case "size":
		for i := range len(projects.SizeBands) + 1 {
			add(strconv.Itoa(i+1), l.band(i), int64(i+1), 0)
		}
	}
	return out
}

func (l list) band(i int) string {
	if i == len(projects.SizeBands) {
		return l.T("projects.more_than", "sum", l.ShortMoney(projects.SizeBands[i-1], ""))
	}
	return l.T("projects.up_to", "sum", l.ShortMoney(projects.SizeBands[i], ""))
}

func (l list) draftHits() (out []ui.Found) {
	for _, c := range l.drafts {
		out = append(out, ui.Found{Title: c.Title, Path: c.Ref().Path, Status: l.T(funding.Draft.Key()), Tone: funding.Draft.Tone(), Sum: l.Money(c.Total(), ""), Line: c.Number})
	}
	return out
}
