package fundingweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"birge/internal/platform/forms"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// questionRows are the lists of rows of the form of a question.
var questionRows = ui.Rows{Lists: []string{"options", "columns"}, Given: []string{"type"}}

func (h *Pages) editQuestion(w http.ResponseWriter, r *http.Request) error {
	b, err := h.readDraft(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	was := f.Line("was")
	if r.Method == http.MethodGet {
		was = f.Line("code")
	}
	q, there := b.form.Question(was)
	now := b.questionValues(q, was, f.Line("section"))
	values := now
	if r.Method == http.MethodPost {
		values = f.Values
		added, reshaped := b.conditionAdded(values, was), questionRows.Reshaped(values)
		if added || reshaped || f.Has("retype") {
			return b.showQuestion(w, r, values, now, there, nil)
		}
		if f.Has("remove") {
			return h.change(w, r, b, "#s-"+b.form.SectionOf(was), func(x forms.Form) (forms.Form, error) { return x.WithoutQuestion(was), nil })
		}
		q, section := b.typedQuestion(f, was), f.Line("section")
		if err = f.Err(); err == nil {
			next := b.form.WithQuestion(was, section, q).Clean()
			if err = b.ownFaults(next, "q."+q.Code).Err(); err == nil {
				_, err = h.Funding.EditFormDraft(r.Context(), web.Actor(r), b.Form.ID, f.Version(), func(x forms.Form) (forms.Form, error) { return x.WithQuestion(was, section, q), nil })
			}
			if err == nil {
				return web.SeeOther(w, r, b.path("/draft#q-"+q.Code), "")
			}
		}
	}
	return b.showQuestion(w, r, values, now, there, err)
}

func (b building) showQuestion(w http.ResponseWriter, r *http.Request, values, now url.Values, there bool, err error) error {
	title := "funding.form.add_question"
	if there {
		title = "funding.form.edit_question"
	}
	return ui.ShowEdit(w, r, title, values, now, err, func(t ui.FormPage) templ.Component { return questionFields(t, b, asked{t}, there) })
}

// questionValues is a question as the values of its form.
func (b building) questionValues(q forms.Question, was, section string) url.Values {
	if s := b.form.SectionOf(was); s != "" {
		section = s
	}
	if section == "" && len(b.form.Sections) > 0 {
		section = b.form.Sections[len(b.form.Sections)-1].Code
	}
	v := url.Values{"version": {b.version()}, "was": {was}, "code": {q.Code}, "section": {section}, "type": {string(q.Type)}, "if": {q.If}, "min": {q.Min}, "max": {q.Max}}
	if q.Type == "" {
		v.Set("type", string(forms.Paragraph))
	}
	ui.PutTexts(v, "title", q.Title)
	ui.PutTexts(v, "hint", q.Hint)
	for name, n := range map[string]int{"words": q.Words, "chars": q.Chars} {
		if n > 0 {
			v.Set(name, strconv.Itoa(n))
		}
	}
	for name, on := range map[string]bool{"required": q.Required, "blind": q.Blind} {
		if on {
			v.Set(name, "yes")
		}
	}
	for _, l := range q.Languages {
		v.Add("languages", string(l))
	}
	for _, k := range q.Files {
		v.Add("files", string(k))
	}
	for i, o := range q.Options {
		v.Set(ui.RowName("options", i)+"code", o.Code)
		putRow(v, ui.RowName("options", i), o.Title)
	}
	for i, c := range q.Columns {
		v.Set(ui.RowName("columns", i)+"code", c.Code)
		v.Set(ui.RowName("columns", i)+"type", string(c.Type))
		putRow(v, ui.RowName("columns", i), c.Title)
	}
	return v
}

func putRow(v url.Values, at string, t i18n.Text) {
	for _, l := range i18n.Langs {
		v.Set(at+string(l), t.Get(l))
	}
}

func rowText(f *web.Form, at string) (t i18n.Text) {
	for _, l := range i18n.Langs {
		t.Set(l, f.Line(at+string(l)))
	}
	return t
}

// typedQuestion reads a question; what does not belong to its type is left out, and
// codes that were not typed are made of the titles.
func (b building) typedQuestion(f *web.Form, was string) forms.Question {
	questionRows.Tidy(f.Values)
	q := forms.Question{Code: f.Line("code"), Type: forms.Type(f.Line("type")), Title: f.Texts("title"), Hint: f.Texts("hint"),
		Required: f.Bool("required"), Blind: f.Bool("blind"), If: f.Values.Get("if")}
	if q.Code == "" {
		q.Code = forms.CodeFor(q.Title, "question", taken(b.form, was))
	}
	has := asks(q.Type)
	if has.words {
		q.Words, q.Chars = int(f.Int("words")), int(f.Int("chars"))
		for _, l := range i18n.Langs {
			if slices.Contains(f.List("languages"), string(l)) {
				q.Languages = append(q.Languages, l)
			}
		}
	}
	if has.bounds {
		q.Min, q.Max = f.Line("min"), f.Line("max")
	}
	if has.files {
		for _, k := range forms.Kinds {
			if slices.Contains(f.List("files"), string(k)) {
				q.Files = append(q.Files, k)
			}
		}
	}
	if has.options {
		q.Options = typedOptions(f)
	}
	if has.columns {
		q.Columns = typedColumns(f)
	}
	return q
}

func typedOptions(f *web.Form) (out []forms.Option) {
	for i := range questionRows.Filled(f.Values, "options") {
		at := ui.RowName("options", i)
		o := forms.Option{Code: f.Line(at + "code"), Title: rowText(f, at)}
		if o.Code == "" {
			o.Code = forms.CodeFor(o.Title, "option", func(code string) bool {
				return slices.ContainsFunc(out, func(x forms.Option) bool { return x.Code == code })
			})
		}
		out = append(out, o)
	}
	return out
}

func typedColumns(f *web.Form) (out []forms.Column) {
	for i := range questionRows.Filled(f.Values, "columns") {
		at := ui.RowName("columns", i)
		c := forms.Column{Code: f.Line(at + "code"), Type: forms.Type(f.Line(at + "type")), Title: rowText(f, at)}
		if c.Code == "" {
			c.Code = forms.CodeFor(c.Title, "column", func(code string) bool {
				return slices.ContainsFunc(out, func(x forms.Column) bool { return x.Code == code })
			})
		}
		out = append(out, c)
	}
	return out
}

// demands are what can be demanded of an answer of a type.
type demands struct{ words, bounds, files, options, columns bool }

func asks(t forms.Type) demands {
	switch t {
	case forms.Text, forms.Paragraph:
		return demands{words: true}
	case forms.Number, forms.Money, forms.Date:
		return demands{bounds: true}
	case forms.Choice:
		return demands{options: true}
	case forms.Choices:
		return demands{options: true, bounds: true}
	case forms.File:
		return demands{files: true, bounds: true}
	case forms.Table:
		return demands{columns: true, bounds: true}
	}
	return demands{}
}

// asked is the form of a question as it is drawn.
type asked struct{ ui.FormPage }

func (t asked) is() forms.Type { return forms.Type(t.Values.Get("type")) }

func (t asked) has() demands { return asks(t.is()) }

func (t asked) rows(list string) []string { return questionRows.Names(t.Values, list) }

// types are the types of questions to choose from.
func (t asked) types() []ui.Choice {
	var out []ui.Choice
	for _, x := range forms.Types {
		out = append(out, ui.Choice{Value: string(x), Label: t.T("funding.form.type." + string(x))})
	}
	return out
}

// sections are the sections to which the question may belong.
func (b building) sections() []ui.Choice {
	var out []ui.Choice
	for _, s := range b.form.Sections {
		out = append(out, ui.Choice{Value: s.Code, Label: b.Text(s.Title)})
	}
	return out
}

func (t asked) languages() []ui.Choice {
	var out []ui.Choice
	for _, l := range i18n.Langs {
		out = append(out, ui.Choice{Value: string(l), Label: t.T("funding.form.lang." + string(l))})
	}
	return out
}

// cell is a field of a row in one language.
func (t asked) cell(at string, l i18n.Lang) ui.Field {
	return t.Named(at+string(l), t.T("funding.form.lang."+string(l)))
}

// boundOf is the word for the bounds of a type: of an amount or of how many.
func boundOf(t forms.Type) string {
	switch t {
	case forms.Number, forms.Money:
		return "amount"
	}
	return "count"
}

func rowed(f ui.Field, rows int) ui.Field {
	f.Rows = rows
	return f
}

// ticked is a box that is ticked when its value was sent.
func ticked(f ui.Field) ui.Field {
	f.Checked, f.Value = f.Value != "", "yes"
	f.Required = true // a box left empty is an answer too
	return f
}

// joining asks how a condition is joined to those before.
func joining(t ui.FormPage) ui.Field {
	f := t.Choose("join", "funding.form.join", []ui.Choice{{Value: "and", Label: t.T("funding.form.join_and")}, {Value: "or", Label: t.T("funding.form.join_or")}})
	if t.Values.Get("join") == "" {
		f.Choices[0].Selected = true
	}
	f.Required = true
	return f
}

func twoLanguages(t ui.Texts) ui.Texts {
	t.Required = []i18n.Lang{i18n.KK, i18n.RU}
	return t
}
