package panelsweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"birge/internal/norms"
	"birge/internal/panels"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// poolView is the pool as who keeps it sees it.
type poolView struct {
	members []panels.Member
	silent  int
	orgs    map[ref.ID]ref.Ref
	p       *Pages
}

func (p *Pages) pool(w http.ResponseWriter, r *http.Request) error {
	return p.showPool(w, r, url.Values{}, nil)
}

func (p *Pages) showPool(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	v := poolView{p: p}
	var err error
	if v.members, v.silent, err = p.Panels.Pool(r.Context(), web.Actor(r)); err != nil {
		return err
	}
	var ids []ref.ID
	for _, m := range v.members {
		ids = append(ids, m.EmployerID)
	}
	if v.orgs, err = p.Orgs.Named(r.Context(), ids); err != nil {
		return err
	}
	return ui.ShowForm(w, r, "panels.pool", values, fault, func(t ui.FormPage) templ.Component { return poolPage(t, v) })
}

// sheet is the pool as a table.
func (v poolView) sheet(p ui.Page) ui.Sheet {
	s := ui.Sheet{Empty: p.T("panels.pool_empty"), Columns: []ui.Column{{Label: p.T("panels.expert")}, {Label: p.T("panels.spheres")},
		{Label: p.T("panels.langs")}, {Label: p.T("panels.employer_short")}, {Label: p.T("panels.load"), Num: true}, {Label: p.T("panels.state")}}}
	for _, m := range v.members {
		row := ui.Cells(m.Name, strings.Join(v.p.sphereNames(p, m.Spheres), "; "), strings.Join(names(p, m.Langs), ", "),
			p.Text(v.orgs[m.EmployerID].Title), p.Int(int64(m.Load)), p.T("panels.drawn_is."+strconv.FormatBool(m.Drawn())))
		row[0].Path = m.Ref().Path
		s.Rows = append(s.Rows, row)
	}
	return s
}

func names(p ui.Page, langs []i18n.Lang) (out []string) {
	for _, l := range langs {
		out = append(out, p.T("panels.lang."+string(l)))
	}
	return out
}

func (p *Pages) sphereNames(page ui.Page, codes []string) (out []string) {
	for _, code := range codes {
		t, _ := p.Norms.Book().Term(norms.Spheres, code)
		out = append(out, page.Text(t.Name))
	}
	return out
}

func (p *Pages) sphereChoices(page ui.Page) (out []ui.Choice) {
	for _, t := range p.Norms.Book().Terms(norms.Spheres) {
		out = append(out, ui.Choice{Value: t.Code, Label: page.Text(t.Name)})
	}
	return out
}

// invite mails the offer to join the pool of a place or of an organization.
func (p *Pages) invite(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	scope := p.readScope(f)
	err := f.Err()
	if err == nil {
		err = p.Invite(r.Context(), web.Actor(r), f.Line("email"), scope, web.Lang(r))
	}
	if err != nil {
		return p.showPool(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/desk/experts", "panels.notice.invited")
}

// readScope reads for what the expert is invited: a place by code or name, or an
// organization by BIN.
func (p *Pages) readScope(f *web.Form) ref.Ref {
	typed := f.Line("scope")
	tree := p.Places.Tree()
	if place, ok := tree.ByCode(typed); ok {
		return place.Ref()
	}
	if place, ok := tree.Find(typed, 0); ok {
		return place.Ref()
	}
	o, err := p.Orgs.ByBIN(f.Context(), typed)
	f.Reject(err != nil, "scope", "panels.scope_unknown")
	return o.Ref()
}

// expertView is what the pool says of one expert.
type expertView struct {
	panels.Member
	p    *Pages
	own  bool
	list []panels.Conflict
	orgs map[ref.ID]ref.Ref
}

func (p *Pages) expert(w http.ResponseWriter, r *http.Request) error {
	return p.showExpert(w, r, nil, nil)
}

func (p *Pages) showExpert(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	v := expertView{p: p}
	if v.Member, err = p.Panels.ExpertOf(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	return p.showProfile(w, r, v, "panels.expert", values, fault)
}

func (p *Pages) showProfile(w http.ResponseWriter, r *http.Request, v expertView, title string, values url.Values, fault error) (err error) {
	ids := []ref.ID{v.EmployerID}
	for _, c := range v.list {
		ids = append(ids, c.OrgID)
	}
	if v.orgs, err = p.Orgs.Named(r.Context(), ids); err != nil {
		return err
	}
	now := p.profileValues(v)
	if values == nil {
		values = now
	}
	return ui.ShowEdit(w, r, title, values, now, fault, func(t ui.FormPage) templ.Component { return expertPage(t, v) })
}

// profileValues is a profile as the values of its form.
func (p *Pages) profileValues(v expertView) url.Values {
	out := url.Values{"version": {strconv.FormatInt(v.Version, 10)}, "spheres": v.Spheres}
	for _, l := range v.Langs {
		out.Add("langs", string(l))
	}
	if place, ok := p.Places.Tree().Place(v.PlaceID); ok {
		out.Set("place", place.Code())
	}
	if v.EmployerID != 0 {
		out.Set("employer", v.EmployerID.String())
	}
	if v.Most > 0 {
		out.Set("most", strconv.Itoa(v.Most))
	}
	return out
}

// readProfile judges shape only.
func (p *Pages) readProfile(f *web.Form) panels.Profile {
	out := panels.Profile{EmployerID: p.Orgs.Read(f, p.Search, "employer").ID, Spheres: f.List("spheres"), Most: int(f.Int("most"))}
	for _, s := range f.List("langs") {
		if l, ok := i18n.ParseLang(s); ok && !slices.Contains(out.Langs, l) {
			out.Langs = append(out.Langs, l)
		}
	}
	out.PlaceID = p.Places.Tree().Read(f, "place")
	return out
}

func (p *Pages) editExpert(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	switch do := f.Line("do"); do {
	case "pause", "resume":
		err = p.Panels.Pause(r.Context(), web.Actor(r), id, do == "pause")
	default:
		profile := p.readProfile(f)
		if err = f.Err(); err == nil {
			err = p.Panels.EditExpert(r.Context(), web.Actor(r), id, f.Version(), profile)
		}
	}
	if err != nil {
		return p.showExpert(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/desk/experts/"+id.String(), "panels.notice.done")
}

func (p *Pages) me(w http.ResponseWriter, r *http.Request) error { return p.showMe(w, r, nil, nil) }

// showMe shows the reader their own entry of the pool, with what they declared.
func (p *Pages) showMe(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	v := expertView{p: p, own: true}
	e, ok, err := p.Panels.Me(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	v.Expert = e
	if ok {
		if v.list, err = p.Panels.Conflicts(r.Context(), web.Actor(r)); err != nil {
			return err
		}
	}
	return p.showProfile(w, r, v, "panels.me", values, fault)
}

func (p *Pages) present(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	var err error
	switch do := f.Line("do"); do {
	case "pause", "resume":
		var e panels.Expert
		if e, _, err = p.Panels.Me(r.Context(), web.Actor(r)); err == nil {
			err = p.Panels.Pause(r.Context(), web.Actor(r), e.ID, do == "pause")
		}
	default:
		profile := p.readProfile(f)
		if err = f.Err(); err == nil {
			_, err = p.Panels.Present(r.Context(), web.Actor(r), f.Version(), profile)
		}
	}
	if err != nil {
		return p.showMe(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/desk/experts/me", "panels.notice.done")
}

// conflict declares a tie, or ends one.
func (p *Pages) conflict(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	var err error
	if f.Line("do") == "end" {
		err = p.Panels.EndConflict(r.Context(), web.Actor(r), f.ID("conflict"))
	} else {
		org := p.Orgs.Read(f, p.Search, "org")
		if err = f.Err(); err == nil {
			err = p.Panels.Declare(r.Context(), web.Actor(r), org.ID, panels.Ground(f.Line("ground")))
		}
	}
	if problem.Is(err, problem.Invalid) {
		return p.showMe(w, r, f.Values, err)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/desk/experts/me", "panels.notice.done")
}

func grounds() (out []string) {
	for _, g := range panels.Grounds {
		out = append(out, string(g))
	}
	return out
}
