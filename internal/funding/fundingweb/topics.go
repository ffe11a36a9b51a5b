package fundingweb

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"birge/internal/funding"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// topicFacets are the filters of the list, in the order in which they stand
// beside it.
var topicFacets = []ui.Facet{
	{Name: "place", Index: funding.FacetTopicPlace, Open: true}, {Name: "state", Index: funding.FacetTopicState, Open: true},
	{Name: "sphere", Index: funding.FacetTopicSphere, Open: true}, {Name: "group", Index: funding.FacetTopicGroup}, {Name: "year", Index: funding.FacetTopicYear},
	{Name: "body", Index: funding.FacetTopicBody}, {Name: "from", Index: funding.FacetTopicFrom}, {Name: "rural", Index: funding.FacetTopicRural},
	{Name: "window", Index: funding.FacetTopicWindow, Uncounted: true},
}

// topicLists are the filters whose choices are a classifier; topicPairs those
// with two choices of their own, in the order of their numbers from 1.
var (
	topicLists = map[string]string{"sphere": "sphere", "group": "target_group"}
	topicPairs = map[string][]string{"from": {"citizen", "organization"}, "rural": {"rural", "urban"}}
)

var topicOrders = []string{"new", "sum", "people"}

// nothing is a value that no topic has.
const nothing = -1

// topicNumber is what stands in the index for a value of the address.
func (h *Pages) topicNumber(facet, v string) int64 {
	if list, ok := topicLists[facet]; ok {
		if t, ok := h.Norms.Book().Term(list, v); ok {
			return t.Num
		}
		return nothing
	}
	if two, ok := topicPairs[facet]; ok {
		return atLeast(slices.Index(two, v) + 1)
	}
	switch facet {
	case "place":
		if place, ok := h.Places.Tree().ByCode(v); ok {
			return int64(place.ID)
		}
	case "state":
		return atLeast(slices.Index(funding.TopicStates, funding.TopicState(v)) + 1)
	case "year":
		if year, err := strconv.ParseInt(v, 10, 32); err == nil {
			return year
		}
	default:
		if id, ok := ref.ParseID(v); ok {
			return int64(id)
		}
	}
	return nothing
}

func atLeast(n int) int64 {
	if n < 1 {
		return nothing
	}
	return int64(n)
}

func (h *Pages) readTopics(r *http.Request) ui.Ask {
	a := ui.ReadAsk(r, ui.Listed{Path: "/topics", PerPage: perPage, Facets: topicFacets, Orders: topicOrders, Number: h.topicNumber})
	a.Sort, a.Desc = a.Order(), true
	a.Sum = []string{funding.SumTopicAsked, funding.SumTopicApproved}
	return a
}

// topicList is a list of topics as it is drawn.
type topicList struct {
	ui.Page
	h       *Pages
	ask     ui.Ask
	found   search.Result
	rows    []funding.Topic
	names   map[ref.ID]ref.Ref
	windows []funding.Window // that are open, or will be
	own     map[ref.ID]bool  // of them those that the reader runs
	mine    bool             // the reader opens windows
	groups  []ui.FilterGroup
}

func (h *Pages) topics(w http.ResponseWriter, r *http.Request) error {
	l, err := h.findTopics(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, topicsPage(l))
}

func (h *Pages) whyTopics(w http.ResponseWriter, r *http.Request) error {
	l, err := h.findTopics(r)
	if err != nil {
		return err
	}
	l.Title = l.T("funding.why.title")
	l.Crumbs = []ui.Crumb{{Title: l.T("funding.topics"), Path: l.ask.Address("")}}
	return web.Render(w, r, http.StatusOK, whyTopicsPage(l))
}

// findTopics answers a list from the index, or from the store without counts
// while the index is being built.
func (h *Pages) findTopics(r *http.Request) (l topicList, err error) {
	web.Touch(r, funding.KindTopic, funding.KindWindow)
	by := web.Actor(r)
	l = topicList{Page: ui.PageOf(r, web.Words(r).T("funding.topics")), h: h, ask: h.readTopics(r),
		mine: by.HasAny(access.Officer) || by.HasAny(access.Funder) || by.HasAny(access.Lead)}
	l.found = h.Search.Search(funding.KindTopic, l.ask.Query)
	if l.found.Building {
		l.rows, err = h.Funding.LatestTopics(r.Context(), perPage)
	} else {
		l.rows, err = h.Funding.Topics(r.Context(), l.found.IDs)
	}
	if err != nil {
		return l, err
	}
	if l.windows, _, err = h.Funding.Windows(r.Context()); err != nil {
		return l, err
	}
	var ids []ref.ID
	l.own = map[ref.ID]bool{}
	for _, w := range l.windows {
		ids = append(ids, w.BodyID)
		l.own[w.ID] = h.Funding.MayAsk(web.Actor(r), w)
	}
	for _, t := range l.rows {
		ids = append(ids, t.BodyID, t.ByOrg)
	}
	for id := range l.found.Counts[funding.FacetTopicBody] {
		ids = append(ids, ref.ID(id))
	}
	if l.names, err = h.Projects.OrgRefs(r.Context(), ids); err != nil {
		return l, err
	}
	for _, name := range l.names {
		web.Touch(r, name.Key())
	}
	l.groups = l.ask.Groups(l.Page, "funding.filter.", l.choices)
	l.Feed = l.ask.Address(".atom")
	l.Description = l.T("funding.topics.about")
	return l, nil
}

// choices are the values of a filter, each with what it would bring.
func (l topicList) choices(x ui.Facet) (out []ui.Choice) {
	counts := l.found.Counts[x.Index]
	add := func(value, label string, num int64, depth int) {
		out = append(out, ui.Choice{Value: value, Label: label, Count: int64(counts[num]), HasCount: !l.found.Building,
			Selected: l.ask.Chosen(x.Name, value), Depth: depth})
	}
	switch {
	case x.Uncounted:
	case x.Name == "place":
		l.h.Places.Tree().Choices(l.ask.Choices[x.Name], counts, func(p places.Place, depth int) { add(p.Code(), l.Text(p.Name), int64(p.ID), depth) })
	case topicLists[x.Name] != "":
		for _, t := range l.h.Norms.Book().Terms(topicLists[x.Name]) {
			add(t.Code, l.Text(t.Name), t.Num, 0)
		}
	case topicPairs[x.Name] != nil:
		for i, v := range topicPairs[x.Name] {
			add(v, l.T("funding.topic.is."+v), int64(i+1), 0)
		}
	case x.Name == "state":
		for i, s := range funding.TopicStates {
			add(string(s), l.T(s.Key()), int64(i+1), 0)
		}
	case x.Name == "body":
		for _, id := range slices.Sorted(maps.Keys(counts)) {
			add(ref.ID(id).String(), l.Text(l.names[ref.ID(id)].Title), id, 0)
		}
	default:
		for _, y := range slices.Backward(slices.Sorted(maps.Keys(counts))) {
			add(strconv.FormatInt(y, 10), strconv.FormatInt(y, 10), y, 0)
		}
	}
	return out
}

func (l topicList) hits() (out []ui.Found) {
	for _, t := range l.rows {
		sum := t.Sum
		if t.ApprovedSum > 0 {
			sum = t.ApprovedSum
		}
		out = append(out, ui.Found{Title: t.Title, Path: t.Ref().Path, Status: l.T(t.State.Key()), Tone: t.State.Tone(), Sum: l.Money(sum, ""), Line: l.line(t)})
	}
	return out
}

// line tells where, for whom and by whom a topic is.
func (l topicList) line(t funding.Topic) string {
	place, _ := l.h.Places.Tree().Place(t.PlaceID)
	return l.Text(place.Name) + " · " + l.h.term(l.Printer, "sphere", t.Sphere) + " · " + l.h.proposer(l.Page, t, l.names) + " · " + l.Text(l.names[t.BodyID].Title)
}

// proposer is who proposed a topic: an organization by name, a citizen never.
func (h *Pages) proposer(p ui.Page, t funding.Topic, names map[ref.ID]ref.Ref) string {
	if t.ByOrg == 0 {
		return p.T("funding.topic.by_citizen")
	}
	return p.Text(names[t.ByOrg].Title)
}

func (l topicList) figures() []ui.Figure {
	why := l.ask.Address("/why")
	return []ui.Figure{
		{Label: l.T("funding.topics.asked"), Value: l.ShortMoney(l.found.Sums[funding.SumTopicAsked], ""), Why: why},
		{Label: l.T("funding.topics.approved"), Value: l.ShortMoney(l.found.Sums[funding.SumTopicApproved], ""), Why: why},
	}
}

// windowLinks lead those who run windows to the pages on which they are changed.
func (l topicList) windowLinks() (out []ui.Link) {
	for _, w := range l.windows {
		if l.own[w.ID] {
			out = append(out, ui.Link{Title: l.T("funding.window.change") + ": " + l.Text(l.names[w.BodyID].Title) + ", " + strconv.Itoa(w.Year), Path: funding.WindowPath(w.ID)})
		}
	}
	return out
}

// windowHits are the windows in which topics are taken.
func (l topicList) windowHits() (out []ui.Found) {
	for _, w := range l.windows {
		place, _ := l.h.Places.Tree().Place(w.PlaceID)
		f := ui.Found{Title: l.names[w.BodyID].Title, Path: "/topics/new?window=" + w.ID.String(), Status: l.T("funding.window.until", "day", w.Closes), Tone: "good",
			Line: l.T("funding.window.for_year", "year", strconv.Itoa(w.Year)) + " · " + l.Text(place.Name) + " · " + l.h.term(l.Printer, "funding_kind", w.Kind)}
		if l.h.Funding.Today().Before(w.Opens) {
			f.Path, f.Status, f.Tone = w.Ref().Path, l.T("funding.window.from", "day", w.Opens), "wait"
		}
		out = append(out, f)
	}
	return out
}
