package projectsweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// programmeView is a programme with what is needed to draw it.
type programmeView struct {
	ui.Page
	projects.ProgrammeStory
	h        pages
	sections []templ.Component // of other rooms
}

// programmes lists the programmes with what they set aside, agreed and paid.
func (h pages) programmes(w http.ResponseWriter, r *http.Request) error {
	web.Touch(r, projects.KindProgramme, projects.KindProject)
	list, err := h.projects.Programmes(r.Context())
	if err != nil {
		return err
	}
	sums, err := h.projects.ProgrammeSums(r.Context())
	if err != nil {
		return err
	}
	var ids []ref.ID
	for _, p := range list {
		ids = append(ids, p.FunderID)
	}
	names, err := h.projects.OrgRefs(r.Context(), ids)
	if err != nil {
		return err
	}
	p := ui.PageOf(r, web.Words(r).T("projects.programmes"))
	sheet := ui.Sheet{Caption: p.Title, Empty: p.T("projects.no_programmes"), Columns: []ui.Column{{Label: p.T("projects.programme")}, {Label: p.T("projects.paid_by")},
		{Label: p.T("projects.years")}, {Label: p.T("projects.list"), Num: true}, {Label: p.T("projects.agreed_sum"), Num: true}, {Label: p.T("projects.paid"), Num: true}}}
	for _, x := range list {
		sum := sums[x.ID]
		row := ui.Cells(p.Text(x.Title), p.Text(names[x.FunderID].Title), x.Span(), p.Int(sum.Projects), p.Money(sum.Agreed, ""), p.Money(sum.Paid, ""))
		row[0].Path, row[1].Path = x.Ref().Path, names[x.FunderID].Path
		sheet.Rows = append(sheet.Rows, row)
	}
	by := web.Actor(r)
	return web.Render(w, r, http.StatusOK, programmesPage(p, sheet, by.HasAny(access.Officer) || by.HasAny(access.Lead)))
}

func (h pages) readProgramme(r *http.Request) (v programmeView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: projects.KindProgramme, ID: id}.Key(), projects.KindProject)
	before, _ := ref.ParseID(r.URL.Query().Get("before"))
	v = programmeView{Page: ui.PageOf(r, ""), h: h}
	if v.ProgrammeStory, err = h.projects.ProgrammeStory(r.Context(), web.Actor(r), id, before); err != nil {
		return v, err
	}
	v.Title = v.Text(v.Programme.Title)
	v.Description = v.Text(v.Programme.About)
	v.Sample = v.Sample || v.Programme.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("projects.list"), Path: "/projects"}, {Title: v.T("projects.programmes"), Path: "/programmes"}}
	return v, nil
}

func (h pages) programme(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readProgramme(r)
	if err != nil {
		return err
	}
	for _, section := range h.ofProgramme {
		part, err := section(r, v.Page, v.Programme)
		if err != nil {
			return err
		}
		if part != nil {
			v.sections = append(v.sections, part)
		}
	}
	return web.Render(w, r, http.StatusOK, programmePage(v))
}

func (h pages) whyProgramme(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readProgramme(r)
	if err != nil {
		return err
	}
	v.Title = v.T("projects.why.title") + " · " + v.Title
	return web.Render(w, r, http.StatusOK, whyProgrammePage(v))
}

// total adds up the years.
func (v programmeView) total() (t projects.YearMoney) {
	for _, y := range v.ByYear {
		t.Planned += y.Planned
		t.Paid += y.Paid
		t.Accepted += y.Accepted
	}
	return t
}

func (v programmeView) figures() []ui.Figure {
	t, why := v.total(), v.Programme.Ref().Path+"/why"
	var list []ui.Figure
	if sum := v.Programme.SetAside(); sum > 0 {
		list = append(list, ui.Figure{Label: v.T("projects.set_aside"), Value: v.ShortMoney(sum, ""), Note: v.Programme.Span(), Why: why + "#set_aside"})
	}
	return append(list,
		ui.Figure{Label: v.T("projects.agreed_sum"), Value: v.ShortMoney(t.Planned, ""), Why: why + "#agreed"},
		ui.Figure{Label: v.T("projects.paid"), Value: v.ShortMoney(t.Paid, ""), Why: why + "#paid"},
		ui.Figure{Label: v.T("projects.accepted"), Value: v.ShortMoney(t.Accepted, ""), Why: why + "#accepted"})
}

// money is the money of the programme by year: what was set aside, and what the
// agreed projects planned, were paid and accounted for.
func (v programmeView) money() ui.Sums {
	s := ui.Sums{Caption: v.T("projects.money"), Head: v.T("projects.year"), Total: true, Empty: v.T("projects.no_years"),
		Columns: []string{v.T("projects.set_aside"), v.T("projects.agreed_sum"), v.T("projects.paid"), v.T("projects.accepted")}}
	byYear := map[int][]int64{}
	at := func(year int) []int64 {
		if byYear[year] == nil {
			byYear[year] = make([]int64, len(s.Columns))
		}
		return byYear[year]
	}
	for _, y := range v.Programme.Years {
		at(y.Year)[0] = y.Sum
	}
	for _, y := range v.ByYear {
		copy(at(y.Year)[1:], []int64{y.Planned, y.Paid, y.Accepted})
	}
	for year := range byYear {
		s.Rows = append(s.Rows, ui.SumRow{Label: strconv.Itoa(year), Values: byYear[year]})
	}
	slices.SortFunc(s.Rows, func(a, b ui.SumRow) int { return strings.Compare(a.Label, b.Label) })
	return s
}

func (v programmeView) hits() []ui.Found {
	var out []ui.Found
	for _, p := range v.Projects {
		s := p.StatusOn(v.Day)
		place, _ := v.h.places.Tree().Place(p.PlaceID)
		f := ui.Found{Title: p.Title, Path: p.Ref().Path, Status: statusText(v.Printer, s), Tone: s.Is.Tone(), Sum: v.Money(p.Sum, p.Currency),
			Line: v.Text(v.Orgs[p.OrgID].Title) + " · " + v.Text(place.Name)}
		if p.Sum > 0 {
			f.HasShare, f.Share, f.ShareLabel = true, int64(100*float64(p.Spent)/float64(p.Sum)), v.T("projects.spent")
		}
		out = append(out, f)
	}
	return out
}

// older leads to the projects before those that are shown.
func (v programmeView) older() ui.Pager {
	if !v.More {
		return ui.Pager{}
	}
	return ui.Pager{Next: v.Programme.Ref().Path + "?before=" + v.Projects[len(v.Projects)-1].ID.String()}
}

func (v programmeView) facts() []ui.Fact {
	list := []ui.Fact{{Label: v.T("projects.paid_by"), Show: refLink(v.Page, v.Orgs[v.Programme.FunderID])}}
	if v.Programme.RunnerID != 0 {
		list = append(list, ui.Fact{Label: v.T("projects.run_by"), Show: refLink(v.Page, v.Orgs[v.Programme.RunnerID])})
	}
	if place, ok := v.h.places.Tree().Place(v.Programme.PlaceID); ok {
		list = append(list, ui.Fact{Label: v.T("projects.place"), Show: refLink(v.Page, place.Ref())})
	}
	return append(list, ui.Fact{Label: v.T("projects.years"), Value: v.Programme.Span()})
}

func (v programmeView) past() []ui.Moment { return v.Told(v.Past) }

func (h pages) newProgrammeForm(w http.ResponseWriter, r *http.Request) error {
	return h.showNewProgramme(w, r, url.Values{}, nil)
}

func (h pages) showNewProgramme(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	return h.draw(w, r, "projects.programme.new", values, err, func(f form) templ.Component { return programmeFields(f, "/programmes/new", true) })
}

func (h pages) createProgramme(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	if lists.Reshaped(f.Values) {
		return h.showNewProgramme(w, r, f.Values, nil)
	}
	p := h.typedProgramme(f)
	p.FunderID = h.readOrg(f, "funder")
	err := f.Err()
	if err == nil {
		p, err = h.projects.CreateProgramme(r.Context(), web.Actor(r), p)
	}
	if err != nil {
		return h.showNewProgramme(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, p.Ref().Path, "projects.notice.saved")
}

func (h pages) typedProgramme(f *web.Form) projects.Programme {
	lists.Tidy(f.Values)
	p := projects.Programme{Title: f.Texts("title"), About: f.Texts("about"), RunnerID: h.readOrg(f, "runner"), PlaceID: h.places.Tree().Read(f, "place"),
		From: int(f.Int("from")), To: int(f.Int("to"))}
	for i := range lists.Filled(f.Values, "years") {
		p.Years = append(p.Years, projects.YearPlan{Year: int(f.Int(row("years", i) + "year")), Sum: f.Money(row("years", i) + "sum")})
	}
	return p
}

func (h pages) programmeForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readProgramme(r)
	if err != nil {
		return err
	}
	return h.showProgramme(w, r, v, v.values(), nil)
}

// values is a programme as the values of its form.
func (v programmeView) values() url.Values {
	p := v.Programme
	values := url.Values{"from": {strconv.Itoa(p.From)}, "to": {strconv.Itoa(p.To)}, "version": {strconv.FormatInt(p.Version, 10)}}
	ui.PutTexts(values, "title", p.Title)
	ui.PutTexts(values, "about", p.About)
	putYears(values, p.Years)
	putOrg(values, "runner", p.RunnerID, v.Text(v.Orgs[p.RunnerID].Title))
	if place, ok := v.h.places.Tree().Place(p.PlaceID); ok {
		values.Set("place", place.Code())
	}
	return values
}

func (h pages) showProgramme(w http.ResponseWriter, r *http.Request, v programmeView, values url.Values, err error) error {
	if !v.MayKeep {
		return problem.New(problem.Forbidden, "projects.only_funder_side")
	}
	return h.drawEdit(w, r, "projects.programme.edit", values, v.values(), err, func(f form) templ.Component {
		return programmeFields(f, v.Programme.Ref().Path+"/edit", false)
	})
}

func (h pages) saveProgramme(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readProgramme(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	if lists.Reshaped(f.Values) {
		return h.showProgramme(w, r, v, f.Values, nil)
	}
	p := h.typedProgramme(f)
	if err = f.Err(); err == nil {
		_, err = h.projects.EditProgramme(r.Context(), web.Actor(r), v.Programme.ID, f.Version(), p)
	}
	if err != nil {
		return h.showProgramme(w, r, v, f.Values, err)
	}
	return web.SeeOther(w, r, v.Programme.Ref().Path, "projects.notice.saved")
}
