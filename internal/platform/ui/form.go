package ui

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

// Field is one question of a form: what it asks, what was typed, and what is
// wrong with it. The zero Fault is no fault, so bad["name"] can be given as it is.
type Field struct {
	Name, Label, Hint, Value string
	// Form tells fields of one name apart where a page has several forms.
	Form  string
	Fault problem.Fault
	// Now is what the row says now, when it changed while this was typed.
	Now      string
	Required bool
	// Either tells that this or another question is to be answered: neither is called
	// optional.
	Either bool
	// Type is the input's type ("email", "tel", "url", "password"); empty is text.
	Type string
	// Autocomplete is the HTML token ("current-password"), Mode the keyboard
	// ("numeric", "decimal").
	Autocomplete, Mode string
	// Max is the greatest length in characters; 0 is without limit.
	Max int
	// Rows is the height of a text area; 0 is five.
	Rows int
	// Choices are for Select, Radio and Checkboxes.
	Choices []Choice
	// Checked is for Checkbox; its value is "yes" when Value is empty.
	Checked bool
	// Accept lists the types of an upload (".pdf,.xlsx"), Multiple takes many.
	Accept   string
	Multiple bool
	// Earliest and Latest bound a date: "2026-03-01".
	Earliest, Latest string
}

// Hinted is the field saying below its label what to write.
func (f Field) Hinted(hint string) Field {
	f.Hint = hint
	return f
}

// Needed is the field that must be filled in.
func (f Field) Needed() Field {
	f.Required = true
	return f
}

// Typed is the field as one of HTML's types: "url", "email".
func (f Field) Typed(kind string) Field {
	f.Type = kind
	return f
}

// Texts is a question answered in three languages.
type Texts struct {
	Name, Label, Hint string
	Value             i18n.Text
	// Now is what the row says now, in the languages in which it differs.
	Now i18n.Text
	// Faults are by the names of the three inputs: "title.kk".
	Faults problem.Fields
	// Rows above 1 makes text areas.
	Rows, Max int
	// Required marks the languages that must be filled.
	Required []i18n.Lang
}

// Hinted is the question saying below its label what to write.
func (t Texts) Hinted(hint string) Texts {
	t.Hint = hint
	return t
}

// Confirm asks before something is done that cannot be undone.
type Confirm struct {
	Title, Text string
	// Path takes the POST; Button is what it does ("Отозвать заявку").
	Path, Button string
	Tone         string // Late for what destroys
	// Cancel is the Path to go back to.
	Cancel string
	Hidden []Pair
}

// faulty tells that there is something wrong.
func (f Field) faulty() bool { return f.Fault.Key != "" }

// id is the id of the field's control.
func (f Field) id() string { return "f-" + strings.ReplaceAll(f.Form+f.Name, ".", "-") }

// about are the attributes that tie the control to its hint and its fault.
func (f Field) about() templ.Attributes {
	a := templ.Attributes{}
	var by []string
	if f.faulty() {
		a["aria-invalid"] = "true"
		by = append(by, f.id()+"-fault")
	}
	if f.Hint != "" {
		by = append(by, f.id()+"-hint")
	}
	if f.Now != "" {
		by = append(by, f.id()+"-now")
	}
	if len(by) > 0 {
		a["aria-describedby"] = strings.Join(by, " ")
	}
	return a
}

// in gives the field the keyboard of a phone, unless it names its own.
func (f Field) in(mode string) Field {
	if f.Mode == "" {
		f.Mode = mode
	}
	return f
}

// control are the attributes of a control that the user types into.
func (f Field) control() templ.Attributes {
	a := f.about()
	if f.Required {
		a["required"] = true
	}
	for name, v := range map[string]string{
		"autocomplete": f.Autocomplete, "inputmode": f.Mode, "min": f.Earliest, "max": f.Latest,
	} {
		if v != "" {
			a[name] = v
		}
	}
	if f.Max > 0 {
		a["maxlength"] = strconv.Itoa(f.Max)
	}
	return a
}

func (f Field) rows() string {
	if f.Rows == 0 {
		return "5"
	}
	return strconv.Itoa(f.Rows)
}

func (f Field) checkValue() string {
	if f.Value == "" {
		return "yes"
	}
	return f.Value
}

func (f Field) class() string {
	if f.faulty() {
		return "field wrong"
	}
	return "field"
}

// in is the question for one language.
func (t Texts) in(l i18n.Lang) Field {
	name := t.Name + "." + string(l)
	f := Field{Name: name, Label: langName(l), Value: t.Value.Get(l), Fault: t.Faults[name], Now: t.Now.Get(l), Rows: t.Rows, Max: t.Max}
	for _, r := range t.Required {
		f.Required = f.Required || r == l
	}
	return f
}

// Fields are the three inputs as a summary of faults names them: "Title (Қазақша)".
func (t Texts) Fields() []Field {
	var out []Field
	for _, l := range i18n.Langs {
		f := t.in(l)
		f.Label = t.Label + " (" + f.Label + ")"
		out = append(out, f)
	}
	return out
}

// fault is the sentence of a fault.
func fault(p Page, f problem.Fault) string { return p.T(f.Key, f.Args...) }

// faultsOf lists the faults of a form in the order of its fields, then those
// that no field shows.
func faultsOf(bad problem.Fields, fields []Field) []Field {
	var out []Field
	shown := map[string]bool{}
	for _, f := range fields {
		if wrong, ok := bad[f.Name]; ok {
			f.Fault = wrong
			out = append(out, f)
			shown[f.Name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(bad)) {
		if !shown[name] {
			out = append(out, Field{Name: name, Fault: bad[name]})
		}
	}
	return out
}

// draftAttrs asks the script to keep what is typed until the form is sent.
func draftAttrs(p Page, draft string) templ.Attributes {
	if draft == "" {
		return nil
	}
	return templ.Attributes{"data-draft": draft, "data-restored": p.T("ui.draft_restored"), "data-discard": p.T("ui.draft_discard")}
}
