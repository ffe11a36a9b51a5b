package ui

import (
	"net/http"
	"net/url"
	"slices"

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
}

// ShowForm draws a page with a form under its title. err is why the form was not
// taken: what was typed is shown again with the faults; what is no fault of the
// form is given back.
func ShowForm(w http.ResponseWriter, r *http.Request, title string, values url.Values, err error, body func(t FormPage) templ.Component) error {
	t := FormPage{Page: PageOf(r, web.Words(r).T(title)), Values: values}
	status := http.StatusOK
	if err != nil {
		bad, refused := web.Refused(err)
		if !refused {
			return err
		}
		if status, t.Faults = http.StatusUnprocessableEntity, bad.Fields; bad.Kind == problem.Conflict {
			status, t.Refused = http.StatusConflict, t.T(bad.Key, bad.Args...)
		}
	}
	t.NoIndex = true
	return web.Render(w, r, status, typedPage(t, body(t)))
}

// Ask is an optional field with a label by its key.
func (t FormPage) Ask(name, label string) Field {
	return Field{Name: name, Label: t.T(label), Value: t.Values.Get(name), Fault: t.Faults[name]}
}

// Need is a field that must be filled in.
func (t FormPage) Need(name, label string) Field {
	f := t.Ask(name, label)
	f.Required = true
	return f
}

// Choose is a field with choices, those made before selected.
func (t FormPage) Choose(name, label string, choices []Choice) Field {
	f := t.Ask(name, label)
	for _, c := range choices {
		c.Selected = slices.Contains(t.Values[name], c.Value)
		f.Choices = append(f.Choices, c)
	}
	return f
}

// Texts is a field in three languages.
func (t FormPage) Texts(name, label string, rows int) Texts {
	f := Texts{Name: name, Label: t.T(label), Rows: rows, Faults: t.Faults}
	for _, l := range i18n.Langs {
		f.Value.Set(l, t.Values.Get(name+"."+string(l)))
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
