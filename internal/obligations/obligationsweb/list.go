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
	"birge/internal/platform/ref"
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
	q := question{query: url.Values{}, page: max(1, int(f.Int("page")))}
	q.Ground, q.State = obligations.Ground(f.Line("ground")), obligations.State(f.Line("state"))
	q.Owner, q.From, q.Until = f.ID("body"), f.Date("from"), f.Date("until")
	f.Reject(q.Ground != "" && !slices.Contains(obligations.Grounds, q.Ground), "ground", "form.unknown_choice")
	f.Reject(q.State != "" && !slices.Contains(obligations.States, q.State), "state", "form.unknown_choice")
	if code := f.Line("place"); code != "" {
		place, ok := p.Places.Tree().ByCode(code)
		f.Reject(!ok, "place", "form.unknown_choice")
		q.Places = p.within(place.ID)
	}
	for _, name := range []string{"ground", "state", "body", "place", "from", "until"} {
		if v := f.Line(name); v != "" {
			q.query.Set(name, v)
		}
	}
	return q, f.Err()
}

// within lists a place and all places in it.
func (p *Pages) within(id ref.ID) []ref.ID {
	out := []ref.ID{id}
	for _, c := range p.Places.Tree().Children(id) {
		out = append(out, p.within(c.ID)...)
	}
	return out
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
	for _, s := range obligations.States {
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

// what is owed, in the reader's language.
func what(p *i18n.Printer, o obligations.Obligation) string {
	if o.WhatKey == "" {
		return p.Text(o.What)
	}
	args := make([]any, len(o.WhatArgs))
	for i, a := range o.WhatArgs {
		args[i] = a
	}
	return p.T(o.WhatKey, args...)
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

// scoreSheet shows the scores, the grounds apart.
func scoreSheet(p ui.Page, scores obligations.Scores) ui.Sheet {
	s := ui.Sheet{Caption: p.T("obligations.scores"), Columns: []ui.Column{{Label: p.T("obligations.filter.ground")}}}
	for _, k := range []string{"running", "kept", "kept_late", "late", "silent", "disputed"} {
		s.Columns = append(s.Columns, ui.Column{Label: p.T("obligations.score." + k), Num: true})
	}
	for _, g := range obligations.Grounds {
		sc, ok := scores[g]
		if !ok {
			continue
		}
		row := ui.Cells(p.T("obligations.ground." + string(g)))
		for _, n := range []int64{sc.Running, sc.Kept, sc.KeptLate, sc.Late, sc.Silent, sc.Disputed} {
			row = append(row, ui.Cell{Text: p.Int(n)})
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// titleOf is what is owed as a text that keeps its language mark.
func titleOf(p ui.Page, o obligations.Obligation) i18n.Text {
	if o.WhatKey == "" {
		return o.What
	}
	return i18n.Only(p.Lang, what(p.Printer, o))
}
