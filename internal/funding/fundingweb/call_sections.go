package fundingweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"birge/internal/funding"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// sectionShown is how many calls a part of another room's page shows.
const sectionShown = 3

// callsWhere tells on another room's page of the calls with a value of a facet, those
// with the next deadline first; nil when there are none.
func (h *Pages) callsWhere(r *http.Request, page ui.Page, facet string, value int64, query string) (templ.Component, error) {
	web.Touch(r, funding.KindCall)
	q := search.Query{Sort: funding.SortCallDeadline, Limit: sectionShown}
	if facet != "" {
		q.Filters = []search.Filter{{Facet: facet, Values: []int64{value}}}
	}
	l := list{Page: page, h: h, found: h.Search.Search(funding.KindCall, q)}
	if l.found.Building || l.found.Total == 0 {
		return nil, nil
	}
	var err error
	if l.rows, err = h.Funding.Calls(r.Context(), l.found.IDs); err != nil {
		return nil, err
	}
	var funders []ref.ID
	for _, c := range l.rows {
		funders = append(funders, c.FunderID)
		if turns := c.Turns(h.Funding.Now()); !turns.IsZero() {
			web.Until(r, turns)
		}
	}
	if l.names, err = h.Funding.FunderRefs(r.Context(), funders); err != nil {
		return nil, err
	}
	return callsSection(l, "/calls"+query), nil
}

// CallsAtPlace tells on the page of a place of the calls for it and within it.
func (h *Pages) CallsAtPlace(r *http.Request, page ui.Page, place ref.ID) (templ.Component, error) {
	at, ok := h.Places.Tree().Place(place)
	if !ok {
		return nil, nil
	}
	return h.callsWhere(r, page, funding.FacetCallPlace, int64(place), "?"+url.Values{"place": {at.Code()}}.Encode())
}

// CallsOfOrg tells on the page of an organization of the calls that it makes.
func (h *Pages) CallsOfOrg(r *http.Request, page ui.Page, org ref.ID) (templ.Component, error) {
	return h.callsWhere(r, page, funding.FacetCallFunder, int64(org), "?funder="+org.String())
}

// CallsOfProgramme tells on the page of a programme of its calls.
func (h *Pages) CallsOfProgramme(r *http.Request, page ui.Page, p projects.Programme) (templ.Component, error) {
	return h.callsWhere(r, page, funding.FacetProgramme, int64(p.ID), "?programme="+p.ID.String())
}

// CallLists tells about lists of calls to those who follow them: what such a list
// is called and which calls it shows.
type CallLists struct {
	*Pages
	Words *i18n.Words
}

func (l CallLists) ask(query string) ui.Ask {
	return l.readCalls(&http.Request{Method: http.MethodGet, URL: &url.URL{RawQuery: query}})
}

// Named names the list with the query, and gives its address without page and order.
func (l CallLists) Named(ctx context.Context, query string) (title i18n.Text, path string, err error) {
	a := l.ask(query)
	var funders []ref.ID
	for _, v := range a.Choices["funder"] {
		if id, ok := ref.ParseID(v); ok {
			funders = append(funders, id)
		}
	}
	names, err := l.Funding.FunderRefs(ctx, funders)
	if err != nil {
		return title, "", err
	}
	found := l.Search.Search(funding.KindCall, a.Query)
	for _, lang := range i18n.Langs {
		view := list{Page: ui.Page{Printer: l.Words.Printer(lang)}, h: l.Pages, ask: a, found: found, names: names, funders: funders}
		view.groups = a.Groups(view.Page, "funding.call.filter.", view.choices)
		name := view.T("funding.calls")
		var parts []string
		for _, c := range a.Chips(view.groups) {
			parts = append(parts, c.Label)
		}
		if len(parts) > 0 {
			name += ": " + strings.Join(parts, ", ")
		}
		title.Set(lang, name)
	}
	return title, a.Address("", "sort", ""), nil
}

// Among says which of the calls the list with the query shows.
func (l CallLists) Among(_ context.Context, query string, ids []ref.ID) ([]ref.ID, error) {
	q := l.ask(query).Query
	q.Only = ids
	return slices.Collect(l.Search.All(funding.KindCall, q)), nil
}
