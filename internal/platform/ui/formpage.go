package ui

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// FormPage is a form with what was typed into it and what is wrong in it.
type FormPage struct {
	Page
	Values url.Values
	Faults problem.Fields
	// Refused is why the whole form was not taken, "" when only fields are at fault.
	Refused string
	// Now is the row as it is now, when it changed since the form was drawn: its
	// values stand beside what was typed.
	Now url.Values
}

// ShowForm draws a page with a form under its title. err is why the form was not
// taken: what was typed is shown again with the faults; what is no fault of the
// form is given back.
func ShowForm(w http.ResponseWriter, r *http.Request, title string, values url.Values, err error, body func(t FormPage) templ.Component) error {
	return ShowEdit(w, r, title, values, nil, err, body)
}

// ShowEdit is ShowForm for a form that changes a row; now is the row as the
// values of its form, its version among them. When the row changed since the
// form was drawn, all that was typed stays, the present values stand beside it,
// and the form takes over the present version, so that it can be sent again.
func ShowEdit(w http.ResponseWriter, r *http.Request, title string, values, now url.Values, err error, body func(t FormPage) templ.Component) error {
	t := FormPage{Page: PageOf(r, web.Words(r).T(title)), Values: values}
	status := http.StatusOK
	if err != nil {
		bad, refused := web.Refused(err)
		if !refused {
			return err
		}
		status, t.Faults = web.Status(err), bad.Fields
		if len(bad.Fields) == 0 {
			t.Refused = t.T(bad.Key, bad.Args...)
		}
		if bad.Kind == problem.Conflict && now != nil && now.Get("version") != values.Get("version") {
			t.Now = now
			values.Set("version", now.Get("version"))
		}
	}
	t.NoIndex = true
	return web.Render(w, r, status, typedPage(t, body(t)))
}

// Ask is an optional field with a label by its key.
func (t FormPage) Ask(name, label string) Field {
	return t.Named(name, t.T(label))
}

// Named is Ask with a label that is no word of the portal's.
func (t FormPage) Named(name, label string) Field {
	f := Field{Name: name, Label: label, Value: t.Values.Get(name), Fault: t.Faults[name]}
	if t.changed(name) {
		f.Now = orDash(t.Now.Get(name))
	}
	return f
}

// changed tells that the row says something else now than the form.
func (t FormPage) changed(name string) bool {
	return t.Now != nil && !slices.Equal(typed(t.Values[name]), typed(t.Now[name]))
}

// typed are values without the differences that browsers make.
func typed(values []string) (out []string) {
	for _, v := range values {
		if v = strings.TrimSpace(strings.ReplaceAll(v, "\r\n", "\n")); v != "" {
			out = append(out, v)
		}
	}
	return out
}

func orDash(s string) string {
	if strings.TrimSpace(s) == "" {
		return "—"
	}
	return s
}

// Need is a field that must be filled in.
func (t FormPage) Need(name, label string) Field {
	f := t.Ask(name, label)
	f.Required = true
	return f
}

// Tick is a field for a yes.
func (t FormPage) Tick(name, label string) Field {
	f := t.Ask(name, label)
	f.Checked, f.Value = t.Values.Get(name) != "", "yes"
	return f
}

// Choose is a field with choices, those made before selected.
func (t FormPage) Choose(name, label string, choices []Choice) Field {
	f := t.Ask(name, label)
	var now []string
	for _, c := range choices {
		c.Selected = slices.Contains(t.Values[name], c.Value)
		f.Choices = append(f.Choices, c)
		if slices.Contains(t.Now[name], c.Value) {
			now = append(now, c.Label)
		}
	}
	if f.Now != "" {
		f.Now = orDash(strings.Join(now, ", "))
	}
	return f
}

// Texts is a field in three languages.
func (t FormPage) Texts(name, label string, rows int) Texts {
	f := Texts{Name: name, Label: t.T(label), Rows: rows, Faults: t.Faults}
	for _, l := range i18n.Langs {
		one := name + "." + string(l)
		if f.Value.Set(l, t.Values.Get(one)); t.changed(one) {
			f.Now.Set(l, orDash(t.Now.Get(one)))
		}
	}
	return f
}

// Keyed are choices whose words are prefix and the value.
func (t FormPage) Keyed(prefix string, values ...string) []Choice {
	var out []Choice
	for _, v := range values {
		out = append(out, Choice{Value: v, Label: t.T(prefix + v)})
	}
	return out
}

// PutTexts writes a text into the values of a form.
func PutTexts(v url.Values, name string, t i18n.Text) {
	for _, l := range i18n.Langs {
		v.Set(name+"."+string(l), t.Get(l))
	}
}
