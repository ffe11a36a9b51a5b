package orgsweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// byBIN leads to the one address of an organization, its id.
func (p *Pages) byBIN(w http.ResponseWriter, r *http.Request) error {
	bin, ok := orgs.BIN(r.PathValue("bin"))
	if !ok {
		return problem.New(problem.NotFound, "orgs.bin_wrong", "bin", r.PathValue("bin"))
	}
	o, err := p.Orgs.ByBIN(r.Context(), bin)
	if err != nil {
		return err
	}
	web.Touch(r, orgs.Kind)
	http.Redirect(w, r, web.Path(r, o.Ref().Path), http.StatusMovedPermanently)
	return nil
}

// view is the story of an organization with what is needed to draw it.
type view struct {
	ui.Page
	orgs.Profile
	projects.Record
	p    *Pages
	zone *time.Location
	// sections are what other rooms tell of the organization.
	sections []templ.Component
}

// story loads the story that a request asks for, as of ?on= when it is given.
// Of a page that was merged into another it gives the organization alone.
func (p *Pages) story(r *http.Request) (v view, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: orgs.Kind, ID: id}.Key())
	v = view{Page: ui.PageOf(r, ""), p: p, zone: web.Zone(r)}
	if on := r.URL.Query().Get("on"); on != "" {
		day, bad := db.ParseDate(on)
		if bad != nil || day.After(p.Orgs.Today()) {
			return v, problem.New(problem.NotFound, "orgs.no_such_day")
		}
		v.NoIndex = true
		v.Profile, err = p.Orgs.ProfileOn(r.Context(), web.Actor(r), id, day)
	} else if v.Profile, err = p.Orgs.Profile(r.Context(), web.Actor(r), id); err == nil && v.Living() {
		for _, x := range v.Family {
			web.Touch(r, ref.Ref{Kind: orgs.Kind, ID: x}.Key())
		}
		web.Touch(r, obligations.Kind, projects.KindProject, projects.KindReport)
		v.Record, err = p.Projects.RecordOf(r.Context(), v.Family)
	}
	if err != nil {
		return v, err
	}
	v.Title = v.Text(v.Name)
	v.Description = p.line(v.Page, v.Organization)
	v.Page.Sample = v.Page.Sample || v.Organization.Sample
	v.Feed = v.at("atom")
	v.Crumbs = v.crumbs()
	return v, nil
}

// at is the Path of one of the pages about the organization.
func (v view) at(page string) string { return "/organizations/" + page + "/" + v.ID.String() }

func (v view) crumbs() []ui.Crumb {
	tree := v.p.Places.Tree()
	var list []ui.Crumb
	for _, id := range slices.Backward(tree.Path(v.PlaceID)) {
		if place, ok := tree.Place(id); ok {
			list = append(list, ui.Crumb{Title: v.Text(place.Name), Path: place.Ref().Path})
		}
	}
	return append(list, ui.Crumb{Title: v.T("orgs.title"), Path: "/organizations"})
}

// shown draws a page of a story; a merged page leads to the one that took its place.
func (p *Pages) shown(draw func(w http.ResponseWriter, r *http.Request, v view) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := p.story(r)
		if err != nil {
			return err
		}
		if v.Page.On == "" && !v.Living() {
			to := strings.Replace(r.URL.Path, v.ID.String(), v.MergedInto.String(), 1)
			http.Redirect(w, r, to, http.StatusMovedPermanently)
			return nil
		}
		return draw(w, r, v)
	}
}

func (p *Pages) profile(w http.ResponseWriter, r *http.Request, v view) error {
	for _, section := range p.Sections {
		part, err := section(r, v.Page, v.ID)
		if err != nil {
			return err
		}
		if part != nil && v.Page.On == "" {
			v.sections = append(v.sections, part)
		}
	}
	return web.Render(w, r, http.StatusOK, profilePage(v))
}

func (p *Pages) card(w http.ResponseWriter, r *http.Request, v view) error {
	return web.Render(w, r, http.StatusOK, ui.EmbedCard(v.Page, v.asCard()))
}

func (p *Pages) why(w http.ResponseWriter, r *http.Request, v view) error {
	v.Title = v.T("orgs.why.title")
	v.Crumbs = append(v.Crumbs, ui.Crumb{Title: v.Text(v.Name), Path: v.Organization.Ref().Path})
	return web.Render(w, r, http.StatusOK, whyPage(v))
}

// asCard is the organization as other sites show it.
func (v view) asCard() ref.Card {
	place, _ := v.p.Places.Tree().Place(v.PlaceID)
	c := ref.Card{Ref: v.Organization.Ref(), Facts: []ref.Fact{
		{Label: "orgs.field.kind", Plain: v.p.term(v.Page, orgs.ListKinds, v.Organization.Kind)},
		{Label: "orgs.field.place", Text: place.Name},
		{Label: "orgs.projects", Plain: v.Int(v.Total(projects.Does).Count + v.Total(projects.Pays).Count)},
	}}
	if !v.ActiveOn(v.Day) {
		c.Status, c.Tone = "orgs.is.closed", ui.Quiet
	}
	return c
}

func (v view) placeRef() ref.Ref {
	place, _ := v.p.Places.Tree().Place(v.PlaceID)
	return place.Ref()
}

func (v view) facts() []ui.Fact {
	rural := "urban"
	if v.Rural {
		rural = "rural"
	}
	var spheres []string
	for _, code := range v.Spheres {
		spheres = append(spheres, v.p.term(v.Page, orgs.ListSpheres, code))
	}
	list := []ui.Fact{
		{Label: v.T("orgs.field.kind"), Value: v.p.term(v.Page, orgs.ListKinds, v.Organization.Kind)},
		{Label: v.T("orgs.field.legal_form"), Value: v.legalForm()},
		{Label: v.T("orgs.field.bin"), Value: v.BIN},
		{Label: v.T("orgs.field.head"), Value: v.Head},
		{Label: v.T("orgs.field.place"), Show: refLink(v.Page, v.placeRef())},
		{Label: v.T("orgs.filter.rural"), Value: v.T("orgs.is." + rural)},
		{Label: v.T("orgs.field.spheres"), Value: strings.Join(spheres, "; ")},
		{Label: v.T("orgs.field.founded"), Value: v.dayOf(v.Founded)},
		{Label: v.T("orgs.field.closed"), Value: v.dayOf(v.Closed)},
		{Label: v.T("orgs.field.source"), Value: v.T("orgs.source." + v.Source)},
	}
	return slices.DeleteFunc(list, func(f ui.Fact) bool { return f.Value == "" && f.Show == nil })
}

func (v view) legalForm() string {
	if v.LegalForm == "" {
		return ""
	}
	return v.p.term(v.Page, orgs.ListLegalForms, v.LegalForm)
}

func (v view) dayOf(d db.Date) string {
	if d.IsZero() {
		return ""
	}
	return v.Date(d)
}

// contacts are how to reach the office.
func (v view) contacts() []ui.Fact {
	var list []ui.Fact
	if !v.Address.IsZero() {
		list = append(list, ui.Fact{Label: v.T("orgs.field.address"), Show: ui.Text(v.Page, v.Address)})
	}
	if v.Site != "" {
		list = append(list, ui.Fact{Label: v.T("orgs.field.site"), Show: outLink(v.Site, strings.TrimPrefix(strings.TrimPrefix(v.Site, "https://"), "http://"))})
	}
	if v.Mail != "" {
		list = append(list, ui.Fact{Label: v.T("orgs.field.mail"), Show: outLink("mailto:"+v.Mail, v.Mail)})
	}
	if v.Phone != "" {
		list = append(list, ui.Fact{Label: v.T("orgs.field.phone"), Value: v.Phone})
	}
	return list
}

// figures are the numbers at the head of the page.
func (v view) figures() []ui.Figure {
	var list []ui.Figure
	why := v.at("why")
	for _, part := range []projects.Part{projects.Does, projects.Pays} {
		if t := v.Total(part); t.Count > 0 || part == projects.Does && v.IsNGO() {
			list = append(list, ui.Figure{Label: v.T("orgs.figure." + string(part)), Value: v.Int(t.Count), Note: v.ShortMoney(t.Sum, ""), Why: why + "#money"})
		}
	}
	if t := v.Total(projects.Does); t.People >= orgs.FewestPeople {
		list = append(list, ui.Figure{Label: v.T("orgs.figure.people"), Value: v.Int(t.People), Why: why + "#people"})
	}
	if late := obligations.Tally(v.Owed, v.Day).Overdue(); len(v.Owed) > 0 {
		f := ui.Figure{Label: v.T("orgs.figure.late"), Value: v.Int(late), Note: v.N("orgs.owed_count", int64(len(v.Owed))), Why: why + "#owed"}
		if late > 0 {
			f.Tone = ui.Late
		}
		list = append(list, f)
	}
	return list
}

// moneyByYear is the money of one part by year.
func (v view) moneyByYear(part projects.Part) ui.Sums {
	s := ui.Sums{Caption: v.T("orgs.money." + string(part)), Head: v.T("orgs.year"), Total: true,
		Columns: []string{v.T("orgs.planned"), v.T("orgs.paid"), v.T("orgs.accepted")}}
	for _, y := range v.Years {
		if y.Part == part {
			s.Rows = append(s.Rows, ui.SumRow{Label: strconv.Itoa(y.Year), Values: []int64{y.Planned, y.Paid, y.Accepted}})
		}
	}
	return s
}

// moneyByKind is the projects of both parts by kind of funding.
func (v view) moneyByKind() ui.Sheet {
	s := ui.Sheet{Caption: v.T("orgs.money.kinds"), Columns: []ui.Column{{Label: v.T("orgs.funding")}, {Label: v.T("orgs.part")},
		{Label: v.T("orgs.projects"), Num: true}, {Label: v.T("orgs.sum"), Num: true}}}
	for _, k := range v.Kinds {
		row := ui.Cells(v.p.term(v.Page, "funding_kind", k.FundingKind), v.T("orgs.part."+string(k.Part)), v.Int(k.Count), v.Money(k.Sum, ""))
		row[2].Path = v.projectsPath(k.Part) + "&kind=" + k.FundingKind
		s.Rows = append(s.Rows, row)
	}
	return s
}

// projectsPath is the list of the projects of one part.
func (v view) projectsPath(part projects.Part) string {
	facet := "org"
	if part == projects.Pays {
		facet = "funder"
	}
	var all []string
	for _, id := range v.Family {
		all = append(all, facet+"="+id.String())
	}
	return "/projects?" + strings.Join(all, "&")
}

// projectHits are the latest projects of either part.
func (v view) projectHits() []ui.Found {
	var out []ui.Found
	for _, x := range v.Latest {
		state := x.StatusOn(v.Day).Is
		other, key := x.FunderID, "orgs.paid_by"
		if !slices.Contains(v.Family, x.OrgID) {
			other, key = x.OrgID, "orgs.done_by"
		}
		line := v.p.term(v.Page, "funding_kind", x.FundingKind)
		if side, ok := v.Sides[other]; ok {
			line += " · " + v.T(key, "org", v.Text(side.Title))
		}
		out = append(out, ui.Found{Title: x.Title, Path: x.Ref().Path, Line: line, Status: v.T(state.Key()), Tone: state.Tone(), Sum: v.ShortMoney(x.Sum, x.Currency)})
	}
	return out
}

// mostOwed is how many obligations the page names; all stand in the list.
const mostOwed = 8

func (v view) debts(most int) []ui.Debt {
	var list []ui.Debt
	for _, o := range v.Owed[:min(most, len(v.Owed))] {
		d := ui.Debt{Who: v.T("obligations.ground." + string(o.Ground)), What: o.Told(v.Printer), Path: o.Ref().Path, Due: o.Due, DaysLeft: o.DaysLeft(v.Day), Reply: v.Text(o.Reply)}
		if s := o.State(v.Day); !s.Running() {
			d.Settled = v.T("obligations.state." + string(s))
		}
		list = append(list, d)
	}
	return list
}

// scores is how the organization keeps what it owes, the grounds apart.
func (v view) scores() ui.Sheet {
	s := ui.Sheet{Caption: v.T("obligations.scores"), Columns: []ui.Column{{Label: v.T("obligations.filter.ground")}}}
	for _, c := range (obligations.Score{}).Columns() {
		s.Columns = append(s.Columns, ui.Column{Label: v.T("obligations.score." + c.Name), Num: true})
	}
	scores := obligations.Tally(v.Owed, v.Day)
	for _, g := range obligations.Grounds {
		sc, ok := scores[g]
		if !ok {
			continue
		}
		row := ui.Cells(v.T("obligations.ground." + string(g)))
		for _, c := range sc.Columns() {
			row = append(row, ui.Cell{Text: v.Int(c.N)})
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// returns shows the numbers of the yearly returns as the reader may see them: a
// row for each field that some year shows, a column for each of the last years.
func (v view) returns() ui.Sheet {
	s := ui.Sheet{Caption: v.T("orgs.returns"), Columns: []ui.Column{{Label: v.T("orgs.return_field")}}}
	years := v.Returns[:min(len(v.Returns), 4)]
	for i := range years {
		s.Columns = append(s.Columns, ui.Column{Label: strconv.Itoa(years[i].Year), Num: true})
	}
	for j, f := range (&orgs.ReturnData{}).Fields() {
		if f.Text != nil {
			continue
		}
		row, told := ui.Cells(v.T("orgs.return."+f.Name)), false
		for i := range years {
			y := years[i].Fields()[j]
			told = told || y.Visible(v.Circle)
			row = append(row, v.returned(y))
		}
		if told {
			s.Rows = append(s.Rows, row)
		}
	}
	return s
}

// returned is one value of a return as the reader may see it.
func (v view) returned(f orgs.ReturnField) ui.Cell {
	switch {
	case !f.Visible(v.Circle):
		return ui.Cell{Text: "—"}
	case f.Few(v.Circle):
		return ui.Cell{Text: v.T("orgs.fewer_than", "n", orgs.FewestPeople)}
	case f.Money != nil:
		return ui.Cell{Text: v.Money(*f.Money, "")}
	}
	return ui.Cell{Text: v.Int(*f.Count)}
}

// changes tells of an entry which public fields it changed.
var changes = journal.Kind{Name: orgs.Kind, Example: orgs.Organization{}}

// past is the timeline of the page, as far as there are words for an act.
func (v view) past() []ui.Moment {
	var list []ui.Moment
	for _, e := range v.Past {
		key := "act." + e.Act
		if !v.Has(key) {
			continue
		}
		at := e.At.In(v.zone)
		m := ui.Moment{When: v.Date(at), At: at.Format(time.RFC3339), Title: v.T(key)}
		switch {
		case e.Thing.Kind == obligations.Kind:
			m.Path = e.Thing.Path
		case e.Thing.Kind == orgs.Kind && e.Body.Before != nil:
			var fields []string
			for _, c := range changes.Changes(e) {
				fields = append(fields, v.T(c.Label))
			}
			m.Text = strings.Join(fields, ", ")
		}
		list = append(list, m)
	}
	return list
}
