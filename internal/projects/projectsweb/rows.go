package projectsweb

import (
	"net/url"
	"strconv"

	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// lists are the lists of rows in the forms.
var lists = ui.Rows{Lists: []string{"places", "groups", "years", "tranches", "lines", "indicators", "partners"},
	Bare: []string{"places", "partners"}, Given: []string{"measure", "adding"}}

func row(list string, i int) string { return ui.RowName(list, i) }

// rows names the rows of a list as the form shows them.
func (f form) rows(list string) []string { return lists.Names(f.Values, list) }

// putOrg writes an organization into a field: its name for people, its id for
// the case that nobody touches the name.
func putOrg(v url.Values, name string, id ref.ID, title string) {
	if id != 0 {
		v.Set(name, title)
		v.Set(name+".was", title)
		v.Set(name+".id", id.String())
	}
}

// readOrg reads an organization by name, BIN or id.
func (h pages) readOrg(f *web.Form, name string) ref.ID {
	id, many := h.findOrg(f, name)
	f.Reject(many, name, "form.many_orgs")
	f.Reject(id == 0 && !many && f.Has(name), name, "form.unknown_org")
	return id
}

// findOrg finds the one organization that a field means; many tells that
// several fit.
func (h pages) findOrg(f *web.Form, name string) (id ref.ID, many bool) {
	typed := f.Line(name)
	if typed == "" {
		return 0, false
	}
	if typed == f.Line(name+".was") {
		return f.ID(name + ".id"), false
	}
	o, many := h.orgs.Typed(f.Context(), h.search, typed)
	return o.ID, many
}

// programmeChoices are the programmes a project can belong to.
func programmeChoices(f form, list []projects.Programme) []ui.Choice {
	var out []ui.Choice
	for _, p := range list {
		out = append(out, ui.Choice{Value: p.ID.String(), Label: f.Text(p.Title) + ", " + strconv.Itoa(p.From) + "–" + strconv.Itoa(p.To)})
	}
	return out
}
