package obligationsweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"birge/internal/obligations"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

const perPage = 30

// question is the filter of a list as its address says it.
type question struct {
	obligations.Filter
	query url.Values // in canonical form, without the page
	page  int
}

// read reads the filter of an address; what is unknown finds nothing.
func (p *Pages) read(r *http.Request) (question, error) {
	f := web.ReadForm(r)
	q := question{query: url.Values{}, page: f.Page()}
	q.Ground, q.State = obligations.Ground(f.Line("ground")), obligations.State(f.Line("state"))
	q.Owner, q.From, q.Until = f.ID("body"), f.Date("from"), f.Date("until")
	f.Reject(q.Ground != "" && !slices.Contains(obligations.Grounds, q.Ground), "ground", "form.unknown_choice")
	f.Reject(q.State != "" && q.State != obligations.AnyOverdue && !slices.Contains(obligations.States, q.State), "state", "form.unknown_choice")
	if code := f.Line("place"); code != "" {
		place, ok := p.Places.Tree().ByCode(code)
		f.Reject(!ok, "place", "form.unknown_choice")
		q.Places = p.Places.Tree().Below(place.ID)
	}
	for _, name := range []string{"ground", "state", "body", "place", "from", "until"} {
		if v := f.Line(name); v != "" {
			q.query.Set(name, v)
		}
	}
	return q, f.Err()
}

// path is the address of the list in a form, with the question but for one name.
func (q question) path(form, without string, more ...string) string {
	v := url.Values{}
	for name, vals := range q.query {
		if name != without {
			v[name] = vals
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	if len(v) == 0 {
		return "/obligations" + form
	}
	return "/obligations" + form + "?" + v.Encode()
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	q, err := p.read(r)
	if err != nil {
		return problem.Wrap(err, problem.NotFound, "problem.not_found")
	}
	found, err := p.Owed.List(r.Context(), q.Filter, perPage, (q.page-1)*perPage)
	if err != nil {
		return err
	}
	words := web.Words(r)
	page := ui.PageOf(r, words.T("obligations.title"))
	page.Feed = q.path(".atom", "")
	page.Description = words.T("obligations.lead")
	web.Touch(r, obligations.Kind)
	return web.Render(w, r, http.StatusOK, listPage(page, listView{
		question: q, Page: found, today: p.Owed.Today(), filters: p.filters(page, q),
		pager: q.pager(page, found.Total), downloads: q.downloads(page),
	}))
}

// listView is what the page of the list shows.
type listView struct {
	question
	obligations.Page
	today     db.Date
	filters   ui.Filters
	pager     ui.Pager
	downloads []ui.Download
}

func (p *Pages) filters(page ui.Page, q question) ui.Filters {
	ground := ui.FilterGroup{Name: "ground", Label: page.T("obligations.filter.ground"), Kind: ui.Radios, Choices: []ui.Choice{anything(page, q.Ground == "")}}
	for _, g := range obligations.Grounds {
		ground.Choices = append(ground.Choices, ui.Choice{Value: string(g), Label: page.T("obligations.ground." + string(g)), Selected: q.Ground == g})
	}
	state := ui.FilterGroup{Name: "state", Label: page.T("obligations.filter.state"), Kind: ui.Radios, Choices: []ui.Choice{anything(page, q.State == "")}}
	for _, s := range append([]obligations.State{obligations.AnyOverdue}, obligations.States...) {
		state.Choices = append(state.Choices, ui.Choice{Value: string(s), Label: page.T("obligations.state." + string(s)), Selected: q.State == s})
	}
	place := ui.FilterGroup{Name: "place", Label: page.T("obligations.filter.place"), Kind: ui.Choose, Choices: []ui.Choice{{Label: page.T("obligations.anywhere")}}}
	tree := p.Places.Tree()
	for _, region := range slices.Concat(tree.Regions(), tree.Samples()) {
		place.Choices = append(place.Choices, placeChoice(page, region.Code(), region.Name, 0, q))
		if slices.Contains(q.Places, region.ID) || len(q.Places) > 0 && slices.Contains(tree.Path(q.Places[0]), region.ID) {
			for _, d := range tree.Children(region.ID) {
				place.Choices = append(place.Choices, placeChoice(page, d.Code(), d.Name, 1, q))
			}
		}
	}
	from := ui.FilterGroup{Name: "from", Label: page.T("obligations.filter.from"), Kind: ui.Typed, Type: "date", Value: q.From.String()}
	until := ui.FilterGroup{Name: "until", Label: page.T("obligations.filter.until"), Kind: ui.Typed, Type: "date", Value: q.Until.String()}
	f := ui.Filters{Path: "/obligations", Groups: []ui.FilterGroup{place, ground, state, from, until}, Set: len(q.query), Clear: "/obligations"}
	if v := q.query.Get("body"); v != "" {
		f.Keep = []ui.Pair{{Name: "body", Value: v}}
	}
	return f
}

func anything(page ui.Page, chosen bool) ui.Choice {
	return ui.Choice{Label: page.T("obligations.any"), Selected: chosen}
}

func placeChoice(page ui.Page, code string, name i18n.Text, depth int, q question) ui.Choice {
	label := page.Text(name)
	if depth > 0 {
		label = "– " + label
	}
	return ui.Choice{Value: code, Label: label, Selected: q.query.Get("place") == code, Depth: depth}
}

func (q question) pager(page ui.Page, total int64) ui.Pager {
	last := int((total + perPage - 1) / perPage)
	g := ui.Pager{Summary: page.N("obligations.count", total)}
	if q.page > 1 {
		g.Previous = q.path("", "", "page", strconv.Itoa(q.page-1))
	}
	if q.page < last {
		g.Next = q.path("", "", "page", strconv.Itoa(q.page+1))
	}
	return g
}

func (q question) downloads(page ui.Page) (out []ui.Download) {
	for _, form := range []string{"csv", "xlsx", "json"} {
		out = append(out, ui.Download{Format: formatName(form), Href: page.URL(q.path("."+form, ""))})
	}
	return out
}

func formatName(form string) string {
	return map[string]string{"csv": "CSV", "xlsx": "XLSX", "json": "JSON"}[form]
}

// tone is the colour of a state.
func tone(s obligations.State) string {
	switch s {
	case obligations.StateKept:
		return ui.Good
	case obligations.StateLate, obligations.StateSilent, obligations.StateDisputed:
		return ui.Late
	case obligations.StateReleased, obligations.StateCarried, obligations.StateKeptLate:
		return ui.Quiet
	}
	return ui.Wait
}

// scoreSheet shows the scores, the grounds apart; each figure leads to its rows.
func scoreSheet(p ui.Page, q question, scores obligations.Scores) ui.Sheet {
	s := ui.Sheet{Caption: p.T("obligations.scores"), Columns: scoreColumns(p, p.T("obligations.filter.ground"))}
	for _, g := range obligations.Grounds {
		if sc, ok := scores[g]; ok {
			s.Rows = append(s.Rows, scoreRow(p, q, ui.Cell{Text: p.T("obligations.ground." + string(g))}, sc, "ground", string(g)))
		}
	}
	return s
}

func scoreColumns(p ui.Page, first string) []ui.Column {
	out := []ui.Column{{Label: first}}
	for _, c := range (obligations.Score{}).Columns() {
		out = append(out, ui.Column{Label: p.T("obligations.score." + c.Name), Num: true})
	}
	return out
}

// scoreRow is one score under its name. A figure of one state leads to the list
// of the question narrowed by that state and the given pairs.
func scoreRow(p ui.Page, q question, name ui.Cell, sc obligations.Score, narrowed ...string) []ui.Cell {
	row := []ui.Cell{name}
	for _, c := range sc.Columns() {
		var cell ui.Cell // nothing to count is left out: a card on a phone is short
		if c.N > 0 {
			cell.Text = p.Int(c.N)
		}
		if c.State != "" && c.N > 0 {
			cell.Path = q.path("", "", append(slices.Clone(narrowed), "state", string(c.State))...)
		}
		row = append(row, cell)
	}
	return row
}

// titleOf is what is owed as a text that keeps its language mark.
func titleOf(p ui.Page, o obligations.Obligation) i18n.Text {
	if o.WhatKey == "" {
		return o.What
	}
	return i18n.Only(p.Lang, o.Told(p.Printer))
}
