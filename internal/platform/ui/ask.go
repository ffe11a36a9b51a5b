package ui

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/web"
)

// Facet is one filter of a list: its name in the address, and in the index.
type Facet struct {
	Name, Index string
	// Open is not folded away when the list is first seen.
	Open bool
	// Uncounted is a filter that links set and that offers no choices.
	Uncounted bool
}

// Listed says how a list that the search answers can be asked for.
type Listed struct {
	Path    string // of the list: "/projects"
	PerPage int
	Facets  []Facet  // in the order in which they stand beside the list
	Orders  []string // the values of "sort"
	// Number is what stands in the index for a value of a facet; for what is not
	// there a number that nothing has, so that it finds nothing rather than all.
	Number func(facet, value string) int64
}

// Ask is a list as its address asks for it: the same for the page, its files, its
// feed and its page of reasons. The room sets the order and the sums of the query.
type Ask struct {
	search.Query
	Listed
	// Choices are the known parts of the query, without the page.
	Choices url.Values
	Page    int
}

// ReadAsk reads the query of a list.
func ReadAsk(r *http.Request, l Listed) Ask {
	f := web.ReadForm(r)
	a := Ask{Listed: l, Choices: url.Values{}, Page: f.Page()}
	for _, x := range l.Facets {
		var nums []int64
		for _, v := range f.List(x.Name) {
			a.Choices.Add(x.Name, v)
			nums = append(nums, l.Number(x.Name, v))
		}
		if len(nums) > 0 {
			a.Query.Filters = append(a.Query.Filters, search.Filter{Facet: x.Index, Values: nums})
		}
		if !x.Uncounted {
			a.Count = append(a.Count, x.Index)
		}
	}
	if a.Text = f.Line("q"); a.Text != "" {
		a.Choices.Set("q", a.Text)
	}
	if sort := f.Line("sort"); slices.Contains(l.Orders, sort) {
		a.Choices.Set("sort", sort)
	}
	a.Offset, a.Limit = (a.Page-1)*l.PerPage, l.PerPage
	return a
}

// Order is the value of "sort", "" when none is asked for.
func (a Ask) Order() string { return a.Choices.Get("sort") }

// Chosen tells that a value of a facet is chosen.
func (a Ask) Chosen(facet, value string) bool { return slices.Contains(a.Choices[facet], value) }

// Address is the Path of the list in a form ("", ".csv", "/why"); change replaces
// choices, pairs of name and value, of which an empty one takes a choice away.
func (a Ask) Address(form string, change ...string) string {
	q := url.Values{}
	for k, v := range a.Choices {
		q[k] = v
	}
	for i := 0; i+1 < len(change); i += 2 {
		if q.Del(change[i]); change[i+1] != "" {
			q.Set(change[i], change[i+1])
		}
	}
	if len(q) == 0 {
		return a.Path + form
	}
	return a.Path + form + "?" + q.Encode()
}

// without is the Path of the list with one choice taken back.
func (a Ask) without(name, value string) string {
	b := Ask{Listed: a.Listed, Choices: url.Values{}}
	for k, vs := range a.Choices {
		for _, v := range vs {
			if k != name || v != value {
				b.Choices.Add(k, v)
			}
		}
	}
	return b.Address("")
}

// Name is the list in words, "Projects: Abai Region, ecology": its title, what else
// it is narrowed to, and the choices made in groups.
func (a Ask) Name(title string, groups []FilterGroup, narrowed ...string) string {
	for _, c := range a.Chips(groups) {
		narrowed = append(narrowed, c.Label)
	}
	return ListName(title, narrowed)
}

// Named is Name in every language, of a list whose title has a key and whose filters
// have keys with prefix; choices gives those of a page.
func (a Ask) Named(words *i18n.Words, title, prefix string, choices func(Page) func(Facet) []Choice) (name i18n.Text) {
	for _, l := range i18n.Langs {
		p := Page{Printer: words.Printer(l)}
		name.Set(l, a.Name(p.T(title), a.Groups(p, prefix, choices(p))))
	}
	return name
}

// ListName is a list in words: its title and what it is narrowed to.
func ListName(title string, narrowed []string) string {
	if len(narrowed) == 0 {
		return title
	}
	return title + ": " + strings.Join(narrowed, ", ")
}

// Followed is the address of the list as it is followed: without page and order.
func (a Ask) Followed() string { return a.Address("", "sort", "") }

// Among says which of the things with the ids the list shows.
func (a Ask) Among(e *search.Engine, kind string, ids []ref.ID) []ref.ID {
	q := a.Query
	q.Only = ids
	return slices.Collect(e.All(kind, q))
}

// Asked is the request of a list with a query alone, for those who read the list
// without a reader.
func Asked(query string) *http.Request {
	return &http.Request{Method: http.MethodGet, URL: &url.URL{RawQuery: query}}
}

// Groups are the filters that have choices; their words are prefix and the name.
func (a Ask) Groups(p Page, prefix string, choices func(Facet) []Choice) (out []FilterGroup) {
	for _, x := range a.Facets {
		if of := choices(x); len(of) > 0 {
			out = append(out, FilterGroup{Name: x.Name, Label: p.T(prefix + x.Name), Kind: Checkboxes, Choices: of, Folded: !x.Open})
		}
	}
	return out
}

// Bar is the form of the filters made of groups; what is asked for and is no
// group is kept.
func (a Ask) Bar(groups []FilterGroup) Filters {
	f := Filters{Path: a.Path, Clear: a.Path, Groups: groups}
	shown := map[string]bool{}
	for _, g := range groups {
		shown[g.Name] = true
		for _, c := range g.Choices {
			if c.Selected && c.Value != "" {
				f.Set++
			}
		}
	}
	for k, vs := range a.Choices {
		for _, v := range vs {
			if !shown[k] {
				f.Keep = append(f.Keep, Pair{Name: k, Value: v})
			}
		}
	}
	slices.SortFunc(f.Keep, func(x, y Pair) int { return strings.Compare(x.Name+x.Value, y.Name+y.Value) })
	return f
}

// Chips are the choices that are made, each with the list without it.
func (a Ask) Chips(groups []FilterGroup) []Chip {
	var out []Chip
	for _, g := range groups {
		for _, c := range g.Choices {
			if c.Selected && c.Value != "" {
				out = append(out, Chip{Group: g.Label, Label: c.Label, Remove: a.without(g.Name, c.Value)})
			}
		}
	}
	if a.Text != "" {
		out = append(out, Chip{Label: a.Text, Remove: a.Address("", "q", "")})
	}
	return out
}

// OrderLinks are the orders of the list; their words are prefix and the value.
func (a Ask) OrderLinks(p Page, prefix string) []Link {
	var out []Link
	for _, o := range a.Orders {
		out = append(out, Link{Title: p.T(prefix + o), Path: a.Address("", "sort", o), Current: a.Order() == o})
	}
	return out
}

// Pager leads through what was found, of which shown rows are on the page.
func (a Ask) Pager(p Page, found search.Result, shown int) Pager {
	g := Pager{}
	if a.Page > 1 {
		g.Previous = a.Address("", "page", strconv.Itoa(a.Page-1))
	}
	if a.Page*a.PerPage < found.Total {
		g.Next = a.Address("", "page", strconv.Itoa(a.Page+1))
	}
	if shown > 0 && !found.Building {
		first := int64(a.Offset + 1)
		g.Summary = p.T("ui.range", "from", first, "to", first+int64(shown)-1, "all", int64(found.Total))
	}
	return g
}

// Files offers exactly what the list shows.
func (a Ask) Files(p Page) []Download {
	var out []Download
	for _, f := range []string{"CSV", "XLSX", "JSON", "Atom"} {
		out = append(out, Download{Format: f, Href: p.URL(a.Address("." + strings.ToLower(f)))})
	}
	return out
}
