package projectsweb

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"birge/internal/orgs"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// maxRows is how many rows a list in a form has at most.
const maxRows = 60

// lists are the lists of rows in the forms; rows are added and taken out by
// buttons that post the form and give it back, so nothing needs a script.
var lists = []string{"places", "groups", "years", "tranches", "lines", "indicators", "partners"}

func row(list string, i int) string { return list + "." + strconv.Itoa(i) + "." }

// filled tells that something was typed into a row: more than what the form
// itself put there.
func filled(values url.Values, at string) bool {
	for name, v := range values {
		field, ok := strings.CutPrefix(name, at)
		if ok && field != "id" && field != "measure" && field != "adding" && !strings.HasSuffix(field, ".id") && !strings.HasSuffix(field, ".was") &&
			slices.ContainsFunc(v, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			return true
		}
	}
	return false
}

// filledRows is one more than the last row into which something was typed.
func filledRows(values url.Values, list string) (n int) {
	for i := range maxRows {
		if filled(values, row(list, i)) {
			n = i + 1
		}
	}
	return n
}

// takeOut removes a row; those behind it move up.
func takeOut(values url.Values, list string, k int) {
	for i := k; i < maxRows; i++ {
		move(values, row(list, i+1), row(list, i))
	}
}

// move gives the fields of one row to another.
func move(values url.Values, from, to string) {
	for name := range values {
		if strings.HasPrefix(name, to) {
			delete(values, name)
		}
	}
	for name, v := range values {
		if field, ok := strings.CutPrefix(name, from); ok {
			values[to+field] = v
		}
	}
}

// tidy takes out the empty rows, so that the n-th row of the form is the n-th
// of the plan and a fault stands beside its cause.
func tidy(values url.Values) {
	for _, list := range lists {
		for i := filledRows(values, list) - 1; i >= 0; i-- {
			if !filled(values, row(list, i)) {
				takeOut(values, list, i)
			}
		}
	}
}

// reshaped tells that a button of the form asked for one more row or for one
// less, and does so.
func reshaped(values url.Values) bool {
	if list := values.Get("one_more"); slices.Contains(lists, list) {
		n := rowCount(values, list)
		values.Set(list+".rows", strconv.Itoa(min(n+1, maxRows)))
		return true
	}
	list, rest, _ := strings.Cut(values.Get("take_out"), ".")
	k, err := strconv.Atoi(strings.TrimSuffix(rest, "."))
	if err != nil || k < 0 || k >= maxRows || !slices.Contains(lists, list) {
		return false
	}
	n := rowCount(values, list)
	takeOut(values, list, k)
	values.Set(list+".rows", strconv.Itoa(max(n-1, 0)))
	return true
}

// rowCount is how many rows the form shows: as many as it was asked for, at
// least those into which something was typed, and one of what most plans have.
func rowCount(values url.Values, list string) int {
	if n, err := strconv.Atoi(values.Get(list + ".rows")); err == nil {
		return min(max(n, filledRows(values, list)), maxRows)
	}
	if list == "places" || list == "partners" {
		return filledRows(values, list)
	}
	return max(filledRows(values, list), 1)
}

// rows names the rows of a list as the form shows them.
func (f form) rows(list string) []string {
	var out []string
	for i := range rowCount(f.Values, list) {
		out = append(out, row(list, i))
	}
	return out
}

// formAt is the address of the form at one of its rows: the browser stays there.
func (f form) formAt(list string, i int) string {
	return f.URL(f.Path) + "#f-" + list + "-" + strconv.Itoa(max(i, 0))
}

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
