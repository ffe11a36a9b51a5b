package orgsweb

import (
	"net/http"
	"net/url"
	"strconv"

	"birge/internal/orgs"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// draft reads an organization from a form; a place is a code or a name.
func (p *Pages) draft(f *web.Form) orgs.Draft {
	return orgs.Draft{
		BIN: f.Line("bin"), Kind: f.Line("kind"), LegalForm: f.Line("legal_form"), Name: f.Texts("name"), ShortName: f.Texts("short_name"),
		PlaceID: p.Places.Tree().Read(f, "place"), Address: f.Texts("address"), Spheres: f.List("spheres"), Founded: f.Date("founded"), Closed: f.Date("closed"),
		Head: f.Line("head"), Site: f.Line("site"), Mail: f.Line("mail"), Phone: f.Line("phone"), About: f.Texts("about"),
	}
}

// typed is an organization as the values of its form.
func (p *Pages) typed(o orgs.Organization) url.Values {
	v := url.Values{"bin": {o.BIN}, "kind": {o.Kind}, "legal_form": {o.LegalForm}, "spheres": o.Spheres, "founded": {o.Founded.String()},
		"closed": {o.Closed.String()}, "head": {o.Head}, "site": {o.Site}, "mail": {o.Mail}, "phone": {o.Phone},
		"version": {strconv.FormatInt(o.Version, 10)}}
	if place, ok := p.Places.Tree().Place(o.PlaceID); ok {
		v.Set("place", place.Code())
	}
	for name, t := range map[string]i18n.Text{"name": o.Name, "short_name": o.ShortName, "address": o.Address, "about": o.About} {
		ui.PutTexts(v, name, t)
	}
	return v
}

func (p *Pages) newForm(w http.ResponseWriter, r *http.Request) error {
	return p.showNew(w, r, url.Values{"kind": {orgs.NGO}}, nil)
}

func (p *Pages) showNew(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	return ui.ShowForm(w, r, "orgs.new", values, err, func(t ui.FormPage) templ.Component { return newFields(p, t) })
}

func (p *Pages) create(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	d := p.draft(f)
	err := f.Err()
	var o orgs.Organization
	if err == nil {
		o, err = p.Orgs.Create(r.Context(), web.Actor(r), d)
	}
	if err != nil {
		return p.showNew(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, o.Ref().Path, "orgs.notice.created")
}

func (p *Pages) editForm(w http.ResponseWriter, r *http.Request) error {
	o, officer, err := p.editable(r)
	if err != nil {
		return err
	}
	return p.showEdit(w, r, o, officer, p.typed(o), nil)
}

func (p *Pages) editable(r *http.Request) (o orgs.Organization, officer bool, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return o, false, err
	}
	return p.Orgs.Editable(r.Context(), web.Actor(r), id)
}

func (p *Pages) showEdit(w http.ResponseWriter, r *http.Request, o orgs.Organization, officer bool, values url.Values, err error) error {
	return ui.ShowEdit(w, r, "orgs.edit", values, p.typed(o), err, func(t ui.FormPage) templ.Component { return editFields(p, t, o, officer) })
}

func (p *Pages) edit(w http.ResponseWriter, r *http.Request) error {
	o, officer, err := p.editable(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	d := p.draft(f)
	if err = f.Err(); err == nil {
		_, err = p.Orgs.Edit(r.Context(), web.Actor(r), o.ID, f.Version(), d)
	}
	if err != nil {
		return p.showEdit(w, r, o, officer, f.Values, err)
	}
	return web.SeeOther(w, r, o.Ref().Path, "orgs.notice.saved")
}

// terms are the choices of a classifier.
func (p *Pages) terms(page ui.Page, list string) []ui.Choice {
	var out []ui.Choice
	for _, t := range p.Norms.Book().Terms(list) {
		out = append(out, ui.Choice{Value: t.Code, Label: page.Text(t.Name)})
	}
	return out
}

func (p *Pages) legalForms(page ui.Page) []ui.Choice {
	return append([]ui.Choice{{Label: page.T("orgs.unknown")}}, p.terms(page, orgs.ListLegalForms)...)
}

// duplicates lists pages of the officer's places that look like one body.
func (p *Pages) duplicates(w http.ResponseWriter, r *http.Request) error {
	groups, err := p.Orgs.Duplicates(r.Context(), web.Actor(r), 50)
	if err != nil {
		return err
	}
	page := ui.PageOf(r, web.Words(r).T("orgs.duplicates"))
	page.NoIndex = true
	return web.Render(w, r, http.StatusOK, duplicatesPage(page, p, groups))
}

func (p *Pages) mergeForm(w http.ResponseWriter, r *http.Request) error {
	return p.showMerge(w, r, url.Values{}, nil)
}

// showMerge offers the pages that may be the same body.
func (p *Pages) showMerge(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	o, twins, err := p.Orgs.Mergeable(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	return ui.ShowForm(w, r, "orgs.merge_title", values, fault, func(t ui.FormPage) templ.Component { return mergeFields(p, t, o, twins) })
}

func (p *Pages) merge(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	if _, _, err := p.Orgs.Mergeable(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	f := web.ReadForm(r)
	into := p.heir(r, f)
	if err = f.Err(); err == nil {
		err = p.Orgs.Merge(r.Context(), web.Actor(r), id, into, f.Texts("why"))
	}
	if err != nil {
		return p.showMerge(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/organizations/"+into.String(), "orgs.notice.merged")
}

// heir is the page that stays: the chosen one, or one named by its BIN.
func (p *Pages) heir(r *http.Request, f *web.Form) ref.ID {
	if f.Line("bin") == "" {
		id := f.ID("into")
		f.Reject(id == 0, "into", "orgs.merge_into_missing")
		return id
	}
	o, err := p.Orgs.ByBIN(r.Context(), f.Line("bin"))
	f.Reject(err != nil, "bin", "orgs.no_such_bin")
	return o.ID
}
