package obligationsweb

import (
	"net/http"
	"strconv"

	"birge/internal/obligations"
	"birge/internal/platform/problem"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

const bodiesPerPage = 50

// bodiesView is what the page of the bodies shows: one ground at a time, so that
// law, agreement and promise are never added up.
type bodiesView struct {
	question
	tabs    []ui.Link
	sheet   ui.Sheet
	filters ui.Filters
	pager   ui.Pager
}

// bodies shows how each body keeps what it owes.
func (p *Pages) bodies(w http.ResponseWriter, r *http.Request) error {
	q, err := p.read(r)
	if err != nil {
		return problem.Wrap(err, problem.NotFound, "problem.not_found")
	}
	if q.Ground == "" {
		q.Ground = obligations.Law
	}
	bodies, total, err := p.Owed.Bodies(r.Context(), q.Filter, bodiesPerPage, (q.page-1)*bodiesPerPage)
	if err != nil {
		return err
	}
	web.Touch(r, obligations.Kind)
	page := ui.PageOf(r, web.Words(r).T("obligations.bodies"))
	page.Description = page.T("obligations.bodies_lead")
	page.Crumbs = []ui.Crumb{{Title: page.T("obligations.title"), Path: "/obligations"}}
	return web.Render(w, r, http.StatusOK, bodiesPage(page, bodiesView{
		question: q, tabs: q.grounds(page), sheet: bodySheet(page, q, bodies), filters: p.bodyFilters(page, q),
		pager: q.bodyPager(page, total),
	}))
}

// grounds are the tabs of the page, one for each ground.
func (q question) grounds(page ui.Page) (out []ui.Link) {
	for _, g := range obligations.Grounds {
		out = append(out, ui.Link{Title: page.T("obligations.ground." + string(g)), Current: q.Ground == g,
			Path: q.path("/bodies", "", "ground", string(g))})
	}
	return out
}

func (p *Pages) bodyFilters(page ui.Page, q question) ui.Filters {
	f := p.filters(page, q)
	f.Path, f.Clear, f.Groups = "/obligations/bodies", "/obligations/bodies", f.Groups[:1]
	f.Keep = append(f.Keep, ui.Pair{Name: "ground", Value: string(q.Ground)})
	return f
}

func bodySheet(p ui.Page, q question, bodies []obligations.Body) ui.Sheet {
	s := ui.Sheet{Caption: p.T("obligations.bodies"), Columns: scoreColumns(p, p.T("obligations.body"))}
	for _, b := range bodies {
		title, lang := b.Owner.Title.In(p.Lang)
		name := ui.Cell{Text: title, Lang: lang, Path: b.Owner.Path}
		s.Rows = append(s.Rows, scoreRow(p, q, name, b.Scores[q.Ground], "body", b.Owner.ID.String(), "ground", string(q.Ground)))
	}
	return s
}

func (q question) bodyPager(page ui.Page, total int) ui.Pager {
	g := ui.Pager{Summary: page.N("obligations.bodies_count", int64(total))}
	if q.page > 1 {
		g.Previous = q.path("/bodies", "", "page", strconv.Itoa(q.page-1))
	}
	if q.page*bodiesPerPage < total {
		g.Next = q.path("/bodies", "", "page", strconv.Itoa(q.page+1))
	}
	return g
}
