package projectsweb

import (
	"net/url"
	"strconv"
	"strings"

	"birge/internal/orgs"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
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
	f.Reject(many, name, "projects.org_many")
	f.Reject(id == 0 && !many && f.Has(name), name, "projects.org_unknown")
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
	if id, ok := ref.ParseID(typed); ok {
		return id, false
	}
	found := h.search.Search(orgs.Kind, search.Query{Text: typed, Limit: 10})
	if found.Loose {
		return 0, false
	}
	return h.sameName(f, typed, found)
}

// sameName picks the organization that bears exactly the typed name, or the
// only one that was found.
func (h pages) sameName(f *web.Form, typed string, found search.Result) (ref.ID, bool) {
	if len(found.IDs) == 1 {
		return found.IDs[0], false
	}
	names, err := h.projects.OrgRefs(f.Context(), found.IDs)
	if err != nil {
		return 0, true
	}
	var same []ref.ID
	for id, r := range names {
		if strings.EqualFold(r.Title.KK, typed) || strings.EqualFold(r.Title.RU, typed) || strings.EqualFold(r.Title.EN, typed) {
			same = append(same, id)
		}
	}
	if len(same) == 1 {
		return same[0], false
	}
	return 0, len(found.IDs) > 0
}

// programmeChoices are the programmes a project can belong to.
func programmeChoices(f form, list []projects.Programme) []ui.Choice {
	var out []ui.Choice
	for _, p := range list {
		out = append(out, ui.Choice{Value: p.ID.String(), Label: f.Text(p.Title) + ", " + strconv.Itoa(p.From) + "–" + strconv.Itoa(p.To)})
	}
	return out
}
