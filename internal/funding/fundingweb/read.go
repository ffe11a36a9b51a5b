package fundingweb

import (
	"strconv"
	"strings"

	"birge/internal/orgs"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// form is what a form page is drawn from.
type form struct {
	ui.FormPage
	h *Pages
}

// hint is a field that says below its label what to write.
func (f form) hint(name, label, hint string) ui.Field {
	x := f.Need(name, label)
	x.Hint = f.T(hint)
	return x
}

// choose is a choice that must be made; none is chosen before.
func (f form) choose(name, label string, choices []ui.Choice) ui.Field {
	x := f.Choose(name, label, append([]ui.Choice{{Label: "—"}}, choices...))
	x.Required = true
	return x
}

// boxes are choices of which several can be made.
func (f form) boxes(name, label string, choices []ui.Choice) ui.Field {
	x := f.Choose(name, label, choices)
	x.Required = true
	return x
}

// hinted is a text in three languages that says what to write.
func (f form) hinted(name, label, hint string, rows int) ui.Texts {
	t := f.Texts(name, label, rows)
	t.Hint = f.T(hint)
	return t
}

// terms are the choices of a classifier, those that keep says, all when it is nil.
func (f form) terms(list string, keep func(code string) bool) []ui.Choice {
	var out []ui.Choice
	for _, t := range f.h.Norms.Book().Terms(list) {
		if keep == nil || keep(t.Code) {
			out = append(out, ui.Choice{Value: t.Code, Label: f.Text(t.Name)})
		}
	}
	return out
}

// place reads a place by its code, id or name.
func (h *Pages) place(f *web.Form, name string) ref.ID {
	s := f.Line(name)
	if s == "" {
		return 0
	}
	p, ok := h.Places.Tree().ByCode(s)
	if !ok {
		p, ok = h.Places.Tree().Find(s, 0)
	}
	f.Reject(!ok, name, "projects.unknown_place")
	return p.ID
}

// org reads an organization of the register by its id, BIN or name.
func (h *Pages) org(f *web.Form, name string) ref.ID {
	typed := f.Line(name)
	if id, ok := ref.ParseID(typed); ok || typed == "" {
		return id
	}
	found := h.Search.Search(orgs.Kind, search.Query{Text: typed, Limit: 10})
	ids := found.IDs
	if len(ids) > 1 && !found.Loose {
		ids = h.called(f, typed, ids)
	}
	f.Reject(found.Loose || len(ids) == 0, name, "projects.org_unknown")
	f.Reject(!found.Loose && len(ids) > 1, name, "projects.org_many")
	if len(ids) != 1 || found.Loose {
		return 0
	}
	return ids[0]
}

// called keeps of organizations those whose whole name is what was typed.
func (h *Pages) called(f *web.Form, typed string, ids []ref.ID) []ref.ID {
	names, err := h.Projects.OrgRefs(f.Context(), ids)
	if err != nil {
		return ids
	}
	var same []ref.ID
	for id, r := range names {
		if strings.EqualFold(r.Title.KK, typed) || strings.EqualFold(r.Title.RU, typed) || strings.EqualFold(r.Title.EN, typed) {
			same = append(same, id)
		}
	}
	if len(same) == 0 {
		return ids
	}
	return same
}

// tenge writes tiyn as a field of money is typed.
func tenge(tiyn int64) string {
	s := strconv.FormatInt(tiyn/100, 10)
	if rest := tiyn % 100; rest != 0 {
		s += "." + strconv.FormatInt(100+rest, 10)[1:]
	}
	return s
}

// row names the i-th row of a list in a form: "years.0.".
func row(list string, i int) string { return list + "." + strconv.Itoa(i) + "." }
