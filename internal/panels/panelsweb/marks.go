package panelsweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"birge/internal/panels"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// tasks is the desk of an expert.
func (p *Pages) tasks(w http.ResponseWriter, r *http.Request) error {
	e, ok, err := p.Panels.Me(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	page := ui.PageOf(r, web.Words(r).T("panels.tasks"))
	page.NoIndex = true
	if !ok {
		return web.SeeOther(w, r, "/desk/experts/me", "panels.notice.present")
	}
	list, err := p.Panels.Tasks(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, tasksPage(page, e, byPanel(list), p.Panels.Today().DaysUntil))
}

// pile is the works of one panel on the desk of an expert.
type pile struct {
	panels.Panel
	list []panels.Task
	// asks tells that the expert is to declare before they read.
	asks bool
}

func byPanel(list []panels.Task) (out []pile) {
	for _, t := range list {
		i := slices.IndexFunc(out, func(x pile) bool { return x.ID == t.PanelID })
		if i < 0 {
			i = len(out)
			out = append(out, pile{Panel: t.Panel})
		}
		out[i].list = append(out[i].list, t)
		out[i].asks = out[i].asks || t.Waits() && t.DeclaredAt.IsZero()
	}
	return out
}

// lines are the works of a pile as lines of a desk.
func (x pile) lines(p ui.Page, daysLeft func(panels.Task) int) (out []ui.Task) {
	for _, t := range x.list {
		line := ui.Task{Title: p.T("panels.work_no", "no", t.No), Path: t.Ref().Path}
		if title := p.Text(t.Title); title != "" {
			line.Title += " · " + title
		}
		switch {
		case !t.Waits():
			line.Note, line.Tone = p.T("panels.marked"), ui.Good
		case t.DeclaredAt.IsZero():
			line.Note, line.Path = p.T("panels.declare_first_short"), declarationPath(x.ID)
			line.Due, line.DaysLeft = t.Due, daysLeft(t)
		default:
			line.Note = p.T("panels.begun", "n", t.Begun, "all", len(x.Criteria))
			line.Due, line.DaysLeft = t.Due, daysLeft(t)
		}
		out = append(out, line)
	}
	return out
}

func declarationPath(panel ref.ID) string { return "/desk/marks/panels/" + panel.String() }

// declarationView is what an expert is asked before they read.
type declarationView struct {
	panels.Declaration
	orgs []ref.Ref
}

func (p *Pages) declaration(w http.ResponseWriter, r *http.Request) error {
	return p.showDeclaration(w, r, url.Values{}, nil)
}

func (p *Pages) showDeclaration(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	id, err := web.ID(r, "panel")
	if err != nil {
		return err
	}
	v := declarationView{}
	if v.Declaration, err = p.Panels.Declaration(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	if v.Works == 0 && fault == nil {
		return web.SeeOther(w, r, "/desk/marks", "")
	}
	names, err := p.Orgs.Named(r.Context(), v.Orgs)
	if err != nil {
		return err
	}
	for _, id := range v.Orgs {
		name := names[id]
		name.ID = id // the tie is to the page that the panel names
		v.orgs = append(v.orgs, name)
	}
	words := web.Words(r)
	slices.SortFunc(v.orgs, func(a, b ref.Ref) int { return compareText(words, a, b) })
	return ui.ShowForm(w, r, "panels.declaration", values, fault, func(t ui.FormPage) templ.Component { return declarationPage(t, v) })
}

func (p *Pages) declare(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "panel")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	var tied []ref.ID
	for _, s := range f.List("tied") {
		org, ok := ref.ParseID(s)
		f.Reject(!ok, "tied", "form.unknown_choice")
		tied = append(tied, org)
	}
	f.Reject(!f.Bool("none"), "none", "panels.declare_missing")
	if err = f.Err(); err == nil {
		err = p.Panels.DeclareIn(r.Context(), web.Actor(r), id, tied, panels.Ground(f.Line("ground")))
	}
	if err != nil {
		return p.showDeclaration(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/desk/marks", "panels.notice.declared")
}

// sheetView is a work that an expert reads and marks.
type sheetView struct {
	panels.Sheet
	saved    string
	daysLeft int
}

func (p *Pages) sheet(w http.ResponseWriter, r *http.Request) error {
	return p.showSheet(w, r, nil, nil)
}

func (p *Pages) showSheet(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	sh, err := p.Panels.Sheet(r.Context(), web.Actor(r), id, web.Lang(r))
	if bad := problem.As(err); bad != nil && bad.Key == "panels.declare_first" {
		return p.toDeclaration(w, r, id)
	}
	if err != nil {
		return err
	}
	v := sheetView{Sheet: sh, daysLeft: p.Panels.Today().DaysUntil(sh.Due)}
	if !sh.SavedAt.IsZero() {
		v.saved = web.Words(r).Clock(sh.SavedAt.In(web.Zone(r)))
	}
	if values == nil {
		values = sheetValues(sh.Scores)
	}
	page := ui.PageOf(r, sh.Reading.Title)
	page.NoIndex = true
	page.Crumbs = []ui.Crumb{{Title: page.T("panels.tasks"), Path: "/desk/marks"}}
	return showPage(w, r, page, values, fault, func(t ui.FormPage) templ.Component { return sheetPage(t, v) })
}

// toDeclaration leads an expert who may not read yet to the question that is asked
// before.
func (p *Pages) toDeclaration(w http.ResponseWriter, r *http.Request, id ref.ID) error {
	list, err := p.Panels.Tasks(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(t panels.Task) bool { return t.ID == id })
	if i < 0 {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	return web.SeeOther(w, r, declarationPath(list[i].PanelID), "")
}

func sheetValues(scores []panels.Score) url.Values {
	out := url.Values{}
	for _, s := range scores {
		if s.Points >= 0 {
			out.Set("points."+s.Code, strconv.Itoa(s.Points))
		}
		out.Set("comment."+s.Code, s.Comment)
	}
	return out
}

// readScores reads what a form says of criteria; one that it does not have is left out.
func readScores(f *web.Form) (out []panels.Score) {
	for name := range f.Values {
		code, ok := strings.CutPrefix(name, "comment.")
		if !ok {
			continue
		}
		s := panels.Score{Code: code, Points: -1, Comment: f.Text(name)}
		if f.Has("points." + code) {
			s.Points = int(f.Int("points." + code))
		}
		out = append(out, s)
	}
	return out
}

// mark keeps a draft, hands in the sheet, or gives the work back.
func (p *Pages) mark(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	ctx, by, f := r.Context(), web.Actor(r), web.ReadForm(r)
	to, notice := "/desk/marks", "panels.notice.submitted"
	switch f.Line("do") {
	case "recuse":
		notice = "panels.notice.recused"
		err = p.Panels.Recuse(ctx, by, id, f.Text("note"))
	case "submit":
		scores := readScores(f)
		if err = f.Err(); err == nil {
			// what was typed stays, whatever is said to the sheet
			if _, err = p.Panels.SaveDraft(ctx, by, id, scores); err == nil {
				err = p.Panels.Submit(ctx, by, id, scores)
			}
		}
	default:
		to, notice = "/desk/marks/"+id.String(), "panels.notice.saved"
		scores := readScores(f)
		if err = f.Err(); err == nil {
			_, err = p.Panels.SaveDraft(ctx, by, id, scores)
		}
	}
	switch {
	case err == nil:
		return web.SeeOther(w, r, to, notice)
	case problem.Is(err, problem.Invalid):
		return p.showSheet(w, r, f.Values, err)
	}
	return err
}

// choices are the points of a criterion, each with what it means where that is
// described.
func choices(t ui.FormPage, c panels.Criterion) []ui.Choice {
	out := []ui.Choice{{Value: "", Label: "—"}}
	for n := c.Max; n >= 0; n-- {
		label := strconv.Itoa(n)
		if i := slices.IndexFunc(c.Scale, func(s panels.Step) bool { return s.Score == n }); i >= 0 {
			label += " — " + t.Text(c.Scale[i].Text)
		}
		out = append(out, ui.Choice{Value: strconv.Itoa(n), Label: label})
	}
	return out
}

// table is a table of a reading.
func table(p ui.Page, rows [][]string) ui.Sheet {
	var s ui.Sheet
	for _, head := range rows[0] {
		s.Columns = append(s.Columns, ui.Column{Label: head})
	}
	for _, row := range rows[1:] {
		s.Rows = append(s.Rows, ui.Cells(row...))
	}
	return s
}
