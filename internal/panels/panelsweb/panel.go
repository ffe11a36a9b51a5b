package panelsweb

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"birge/internal/panels"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// panelView is a panel with what is needed to draw its page.
type panelView struct {
	ui.FormPage
	panels.View
	orgs map[ref.ID]ref.Ref
	st   panels.Standings
	page int
	zone *time.Location
}

// list shows all panels, the latest first.
func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	web.Touch(r, panels.KindPanel)
	all, err := p.Panels.Panels(r.Context())
	if err != nil {
		return err
	}
	page := ui.PageOf(r, web.Words(r).T("panels.list"))
	page.Description = page.T("panels.list_lead")
	s := ui.Sheet{Empty: page.T("panels.list_empty"), Columns: []ui.Column{{Label: page.T("panels.subject")}, {Label: page.T("panels.stages")}, {Label: page.T("panels.due")}}}
	for _, x := range all {
		row := ui.Cells(page.Text(x.Title), page.T("panels.stage."+string(x.Stage())), page.ShortDate(x.Due))
		row[0].Path = x.Ref().Path
		s.Rows = append(s.Rows, row)
	}
	return web.Render(w, r, http.StatusOK, listPage(page, s))
}

func (p *Pages) panel(w http.ResponseWriter, r *http.Request) error {
	return p.showPanel(w, r, url.Values{}, nil)
}

func (p *Pages) showPanel(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	v := panelView{zone: web.Zone(r), page: web.ReadForm(r).Page()}
	if v.View, err = p.Panels.View(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	web.Touch(r, v.Ref().Key(), panels.KindWork, panels.KindAssignment)
	for _, person := range v.Persons {
		web.Touch(r, ref.Ref{Kind: "person", ID: person}.Key())
	}
	ids := []ref.ID{v.FunderID}
	for _, part := range v.Lot.Parts {
		ids = append(ids, part.Party.ID)
	}
	if v.orgs, err = p.Orgs.Named(r.Context(), ids); err != nil {
		return err
	}
	if v.Open {
		if v.st, err = p.Panels.Standings(r.Context(), v.View, (v.page-1)*worksPerPage+1, worksPerPage); err != nil {
			return err
		}
	}
	page := ui.PageOf(r, web.Words(r).Text(v.View.Title))
	page.Sample = page.Sample || v.View.Sample
	return showPage(w, r, page, values, fault, func(t ui.FormPage) templ.Component {
		v.FormPage = t
		return panelPage(v)
	})
}

// worksPerPage is how many works a page of an order shows.
const worksPerPage = 100

// showPage shows a page that has forms on it; what was typed into one that was not
// taken is shown again with the faults.
func showPage(w http.ResponseWriter, r *http.Request, page ui.Page, values url.Values, fault error, body func(t ui.FormPage) templ.Component) error {
	t, status := ui.FormPage{Page: page, Values: values}, http.StatusOK
	if fault != nil {
		bad, refused := web.Refused(fault)
		if !refused {
			return fault
		}
		status, t.Faults = web.Status(fault), bad.Fields
		if len(bad.Fields) == 0 {
			t.Refused = t.T(bad.Key, bad.Args...)
		}
	}
	return web.Render(w, r, status, body(t))
}

// run does the step of the funder's side whose button was pressed.
func (p *Pages) run(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	ctx, by, f := r.Context(), web.Actor(r), web.ReadForm(r)
	notice := "panels.notice.done"
	switch f.Line("do") {
	case "freeze":
		err = p.Panels.Freeze(ctx, by, id)
	case "invite":
		party := p.Orgs.Read(f, p.Search, "party")
		if err = f.Err(); err == nil {
			err = p.Panels.InviteParty(ctx, by, id, party)
		}
	case "announce":
		err = p.Panels.AnnounceDice(ctx, by, id, f.Texts("dice"), f.Line("source"))
	case "fell":
		err = p.Panels.DiceFell(ctx, by, id, int(f.Int("part")), f.Line("value"))
	case "void":
		err = p.Panels.GiveUpParts(ctx, by, id, f.Texts("why"))
	case "replace":
		err = p.Panels.Replace(ctx, by, f.ID("assignment"))
	case "fill":
		_, err = p.Panels.Fill(ctx, by, id)
	case "reveal":
		err = p.Panels.Reveal(ctx, by, id, f.Texts("why"))
	default:
		// whoever may not run the panel is told so before the form is judged
		if _, err = p.Panels.View(ctx, by, id); err == nil {
			err = problem.New(problem.NotFound, "problem.not_found")
		}
	}
	if err != nil {
		return p.showPanel(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/panels/"+id.String(), notice)
}

// drawFile hands over everything that anybody needs to make the draw again.
func (p *Pages) drawFile(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f, err := p.Panels.File(r.Context(), id)
	if err != nil {
		return err
	}
	body, err := json.Marshal(f)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="draw-`+id.String()+`.json"`)
	_, err = w.Write(append(body, '\n'))
	return err
}

func (v panelView) steps() (out []ui.Step) {
	now := v.Stage()
	state := ui.Done
	for _, stage := range panels.Stages {
		step := ui.Step{Title: v.T("panels.stage." + string(stage)), State: state}
		if stage == now {
			step.State, state = ui.Now, ""
		}
		out = append(out, step)
	}
	if now == panels.Cancelled {
		return nil
	}
	return out
}

func (v panelView) figures() []ui.Figure {
	list := []ui.Figure{{Label: v.T("panels.works"), Value: v.Int(int64(v.Progress.Works))}}
	if v.Stage() != panels.Gathering {
		list = append(list, ui.Figure{Label: v.T("panels.experts_listed"), Value: v.Int(int64(v.Lot.Experts)), Why: "#draw"})
	}
	if v.Progress.Given > 0 {
		list = append(list, ui.Figure{Label: v.T("panels.marks_in"), Value: v.T("panels.of", "n", v.Progress.In, "all", v.Progress.Given)})
	}
	return append(list, ui.Figure{Label: v.T("panels.due"), Value: v.ShortDate(v.Due)})
}

func (v panelView) facts() []ui.Fact {
	list := []ui.Fact{
		{Label: v.T("panels.subject"), Show: refLink(v.FormPage.Page, v.Subject)},
		{Label: v.T("panels.funder"), Show: refLink(v.FormPage.Page, v.orgs[v.FunderID])},
		{Label: v.T("panels.field.per_work"), Value: v.Int(int64(v.PerWork))},
		{Label: v.T("panels.names_when"), Value: v.T("panels.names." + string(v.View.Panel.Names))},
		{Label: v.T("panels.blind"), Value: v.T("panels.blind_is." + strconv.FormatBool(v.Blind))},
	}
	if v.Spread > 0 {
		list = append(list, ui.Fact{Label: v.T("panels.spread"), Value: v.T("panels.spread_is", "n", v.Spread)})
	}
	if !v.CancelReason.IsZero() {
		list = append(list, ui.Fact{Label: v.T("panels.field.cancel_reason"), Value: v.Text(v.CancelReason)})
	}
	if !v.RevealNote.IsZero() {
		list = append(list, ui.Fact{Label: v.T("panels.field.reveal_note"), Value: v.Text(v.RevealNote)})
	}
	return list
}

func (v panelView) criteria() ui.Sheet {
	s := ui.Sheet{Columns: []ui.Column{{Label: v.T("panels.criterion")}, {Label: v.T("panels.weight"), Num: true}, {Label: v.T("panels.max"), Num: true}}}
	for _, c := range v.Criteria {
		row := ui.Cells(v.Text(c.Name), v.Int(int64(c.Weight)), v.Int(int64(c.Max)))
		row[0].Show = criterionName(v.FormPage.Page, c)
		s.Rows = append(s.Rows, row)
	}
	return s
}

func (v panelView) parts(list []panels.Part) ui.Sheet {
	s := ui.Sheet{Columns: []ui.Column{{Label: v.T("panels.party")}, {Label: v.T("panels.bound")}, {Label: v.T("panels.opened")}}, Empty: v.T("panels.no_parts")}
	for _, part := range list {
		row := ui.Cells("", v.T("panels.not_yet"), v.T("panels.not_yet"))
		row[0].Show = partName(v, part)
		if !part.BoundAt.IsZero() {
			row[1].Show = coded(v.DateTime(part.BoundAt.In(v.zone)), part.Commit)
		}
		if !part.OpenedAt.IsZero() {
			row[2].Show = coded(v.DateTime(part.OpenedAt.In(v.zone)), part.Value)
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

func (v panelView) results() ui.Sheet {
	s := ui.Sheet{Caption: v.T("panels.results"), Columns: []ui.Column{{Label: v.T("panels.work")}, {Label: v.T("panels.marks"), Num: true},
		{Label: v.T("panels.raw"), Num: true}, {Label: v.T("panels.raw_place"), Num: true}, {Label: v.T("panels.corrected"), Num: true},
		{Label: v.T("panels.place"), Num: true}, {Label: v.T("panels.firm"), Num: true}}}
	for _, x := range v.st.Places {
		place, raw := "—", "—"
		if x.Marks > 0 {
			place, raw = v.Int(int64(x.Place)), v.Int(int64(x.RawPlace))
		}
		row := ui.Cells(v.T("panels.work_no", "no", x.No), v.Int(int64(x.Marks)), v.Decimal(x.Raw, 1), raw, v.Decimal(x.Corrected, 1), place, v.firmness(x))
		if work, ok := v.st.Titles[x.Thing]; ok {
			row[0].Text += " · " + v.Text(work.Title)
			row[0].Path = work.Path
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

func (v panelView) firmness(x panels.Placed) string {
	switch {
	case x.From == 0:
		return "—"
	case x.From == x.To:
		return v.Int(int64(x.From))
	}
	return v.Int(int64(x.From)) + "–" + v.Int(int64(x.To))
}

func (v panelView) pager() (g ui.Pager) {
	at := func(page int) string { return v.Ref().Path + "?page=" + strconv.Itoa(page) + "#results" }
	if v.page > 1 {
		g.Previous = at(v.page - 1)
	}
	if v.page*worksPerPage < v.st.Works {
		g.Next = at(v.page + 1)
	}
	return g
}

func (v panelView) past() []ui.Moment { return v.ToldByMinute(v.Past) }

func (v panelView) sittings() ui.Sheet {
	s := ui.Sheet{Caption: v.T("panels.sittings"), Columns: []ui.Column{{Label: v.T("panels.expert")}, {Label: v.T("panels.marks_in"), Num: true},
		{Label: v.T("panels.overdue"), Num: true}}}
	for _, x := range v.Sittings {
		row := ui.Cells(v.T("panels.expert_no", "no", x.No)+" · "+x.Name, v.T("panels.of", "n", x.In, "all", x.Given), v.Int(int64(x.Late)))
		if x.Late > 0 {
			row[2].Tone = ui.Late
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// mine are the parties for which the reader may do something now.
func (v panelView) mine() (out []ref.Ref) {
	if v.Stage() != panels.Seeding {
		return nil
	}
	for _, id := range v.Speaks {
		out = append(out, v.orgs[id])
	}
	return out
}

func scale(p ui.Page, c panels.Criterion) (out []string) {
	for _, s := range c.Scale {
		out = append(out, strconv.Itoa(s.Score)+" — "+p.Text(s.Text))
	}
	return out
}

func langNames(p ui.Page, langs []i18n.Lang) (out []ui.Choice) {
	for _, l := range i18n.Langs {
		c := ui.Choice{Value: string(l), Label: p.T("panels.lang." + string(l))}
		for _, have := range langs {
			c.Selected = c.Selected || have == l
		}
		out = append(out, c)
	}
	return out
}
