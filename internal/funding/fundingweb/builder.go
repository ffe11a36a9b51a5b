package fundingweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"birge/internal/funding"
	"birge/internal/platform/forms"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/rules"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// The builder: a draft is changed one section or question at a time, each by a plain
// form, and is saved with each step.

// building is the draft of a form with what is wrong in it.
type building struct {
	formView
	form   forms.Form
	faults problem.Fields
	// refused is why the draft could not become a version, reason what was typed for it.
	refused string
	reason  i18n.Text
}

func (h *Pages) readDraft(r *http.Request) (b building, err error) {
	if b.formView, err = h.readKept(r); err != nil {
		return b, err
	}
	if b.form, err = b.Draft.Form(); err != nil {
		return b, err
	}
	b.faults = b.form.Faults(funding.Env(h.Norms.Book()))
	b.Title = b.T("funding.form.build")
	return b, nil
}

func (h *Pages) builder(w http.ResponseWriter, r *http.Request) error {
	b, err := h.readDraft(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, builderPage(b))
}

func (b building) version() string { return strconv.FormatInt(b.Draft.Version, 10) }

// wrong are the faults of a section or question.
func (b building) wrong(at string) (out []string) {
	for key, f := range b.faults {
		if key == at || strings.HasPrefix(key, at+".") {
			out = append(out, b.T(f.Key, f.Args...))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// about tells type, demands and condition of a question in a line.
func (b building) about(q forms.Question) string {
	out := []string{b.T("funding.form.type." + string(q.Type))}
	if q.Required {
		out = append(out, b.T("funding.form.required"))
	}
	if q.Words > 0 {
		out = append(out, b.T("forms.words_at_most", "max", q.Words))
	}
	if len(q.Languages) > 0 {
		var langs []string
		for _, l := range q.Languages {
			langs = append(langs, string(l))
		}
		out = append(out, strings.Join(langs, ", "))
	}
	if q.Blind {
		out = append(out, b.T("funding.form.blind"))
	}
	return strings.Join(out, " · ")
}

// when tells the condition of a section or question in words.
func (b building) when(code, source string) string {
	rule, err := rules.Compile(source, b.form.EnvBefore(code, funding.Env(b.h.Norms.Book())))
	if err != nil {
		return source
	}
	return rule.Say(b.Printer)
}

// arrange moves sections and questions: "up.q.goal", "down.s.about".
func (h *Pages) arrange(w http.ResponseWriter, r *http.Request) error {
	b, err := h.readDraft(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	do, at, _ := strings.Cut(f.Line("do"), ".")
	what, code, _ := strings.Cut(at, ".")
	by := map[string]int{"up": -1, "down": 1}[do]
	if f.Err() != nil || by == 0 {
		return problem.New(problem.Invalid, "form.unknown_choice")
	}
	_, err = h.Funding.EditFormDraft(r.Context(), web.Actor(r), b.Form.ID, f.Version(), func(x forms.Form) (forms.Form, error) {
		if what == "s" {
			return x.MovedSection(code, by), nil
		}
		return x.MovedQuestion(code, by), nil
	})
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, b.path("/draft#"+what+"-"+code), "")
}

func (h *Pages) publishForm(w http.ResponseWriter, r *http.Request) error {
	b, err := h.readDraft(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	b.reason = f.Texts("reason")
	if err = f.Err(); err == nil {
		_, err = h.Funding.PublishForm(r.Context(), web.Actor(r), b.Form.ID, f.Version(), b.reason)
	}
	if err != nil {
		bad, refused := web.Refused(err)
		if !refused {
			return err
		}
		b.refused = b.T(bad.Key, bad.Args...)
		if fault, ok := bad.Fields["reason"]; ok {
			b.refused = b.T("funding.form.reason") + ": " + b.T(fault.Key, fault.Args...)
		}
		return web.Render(w, r, web.Status(err), builderPage(b))
	}
	return web.SeeOther(w, r, b.path(""), "funding.notice.form_published")
}

func (h *Pages) editTitle(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readKept(r)
	if err != nil {
		return err
	}
	now := url.Values{"version": {strconv.FormatInt(v.Form.Version, 10)}}
	ui.PutTexts(now, "title", v.Form.Title)
	values := now
	if r.Method == http.MethodPost {
		f := web.ReadForm(r)
		values = f.Values
		title := f.Texts("title")
		if err = f.Err(); err == nil {
			if _, err = h.Funding.RenameForm(r.Context(), web.Actor(r), v.Form.ID, f.Version(), title); err == nil {
				return web.SeeOther(w, r, v.path("/draft"), "funding.notice.form_saved")
			}
		}
	}
	return ui.ShowEdit(w, r, "funding.form.rename", values, now, err, func(t ui.FormPage) templ.Component { return titleFields(t, v.path("/title")) })
}

func (h *Pages) editText(w http.ResponseWriter, r *http.Request) error {
	b, err := h.readDraft(r)
	if err != nil {
		return err
	}
	now := url.Values{"version": {b.version()}, "text": {b.Draft.Text}}
	values := now
	var lines []forms.LineFault
	if r.Method == http.MethodPost {
		f := web.ReadForm(r)
		values = f.Values
		if err = f.Err(); err == nil {
			text := strings.ReplaceAll(f.Values.Get("text"), "\r\n", "\n")
			_, err = h.Funding.EditFormDraft(r.Context(), web.Actor(r), b.Form.ID, f.Version(), func(forms.Form) (forms.Form, error) {
				return forms.ParseChecked(text, funding.Env(h.Norms.Book()))
			})
		}
		if err == nil {
			return web.SeeOther(w, r, b.path("/draft"), "funding.notice.form_saved")
		}
		if lines = forms.LineFaults(err); len(lines) > 0 {
			err = problem.New(problem.Invalid, "funding.form.lines_wrong")
		}
	}
	return ui.ShowEdit(w, r, "funding.form.as_text", values, now, err, func(t ui.FormPage) templ.Component { return textFields(t, b.path("/draft/text"), lines) })
}

func (h *Pages) preview(w http.ResponseWriter, r *http.Request) error {
	b, err := h.readDraft(r)
	if err != nil {
		return err
	}
	b.Title = b.T("funding.form.preview")
	f, good := b.filling(b.form), false
	if r.Method == http.MethodPost {
		typed := web.ReadForm(r)
		if err := typed.Err(); err != nil {
			return err
		}
		f.Answers = b.form.Read(typed.Values)
		_, f.Faults = b.form.Check(f.Answers, f.Known)
		good = len(f.Faults) == 0
	}
	status := http.StatusOK
	if len(f.Faults) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(w, r, status, previewPage(b, f, good))
}

func (h *Pages) editSection(w http.ResponseWriter, r *http.Request) error {
	b, err := h.readDraft(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	was := f.Line("was")
	if r.Method == http.MethodGet {
		was = f.Line("code")
	}
	s, there := b.form.Section(was)
	now := sectionValues(s, was)
	now.Set("version", b.version())
	values := now
	if r.Method == http.MethodPost {
		values = f.Values
		if b.conditionAdded(values, was) {
			return b.showSection(w, r, values, now, there, nil)
		}
		if f.Has("remove") {
			return h.change(w, r, b, "", func(x forms.Form) (forms.Form, error) { return x.WithoutSection(was), nil })
		}
		s := forms.Section{Code: f.Line("code"), Title: f.Texts("title"), Hint: f.Texts("hint"), If: values.Get("if")}
		if s.Code == "" {
			s.Code = forms.CodeFor(s.Title, "section", sectionTaken(b.form, was))
		}
		if err = f.Err(); err == nil {
			next := b.form.WithSection(was, s).Clean()
			if err = b.ownFaults(next, "s."+s.Code).Err(); err == nil {
				_, err = h.Funding.EditFormDraft(r.Context(), web.Actor(r), b.Form.ID, f.Version(), func(x forms.Form) (forms.Form, error) { return x.WithSection(was, s), nil })
			}
			if err == nil {
				return web.SeeOther(w, r, b.path("/draft#s-"+s.Code), "")
			}
		}
	}
	return b.showSection(w, r, values, now, there, err)
}

func (b building) showSection(w http.ResponseWriter, r *http.Request, values, now url.Values, there bool, err error) error {
	title := "funding.form.add_section"
	if there {
		title = "funding.form.edit_section"
	}
	return ui.ShowEdit(w, r, title, values, now, err, func(t ui.FormPage) templ.Component { return sectionFields(t, b, there) })
}

func sectionValues(s forms.Section, was string) url.Values {
	v := url.Values{"was": {was}, "code": {s.Code}, "if": {s.If}}
	ui.PutTexts(v, "title", s.Title)
	ui.PutTexts(v, "hint", s.Hint)
	return v
}

// change takes a step that needs no form of its own.
func (h *Pages) change(w http.ResponseWriter, r *http.Request, b building, at string, step func(forms.Form) (forms.Form, error)) error {
	if _, err := h.Funding.EditFormDraft(r.Context(), web.Actor(r), b.Form.ID, web.ReadForm(r).Version(), step); err != nil {
		return err
	}
	return web.SeeOther(w, r, b.path("/draft"+at), "")
}

// ownFaults are the faults of one section or question by the names of its fields.
func (b building) ownFaults(f forms.Form, at string) (bad problem.Fields) {
	for key, fault := range f.Faults(funding.Env(b.h.Norms.Book())) {
		name, ok := strings.CutPrefix(key, at+".")
		if !ok {
			continue
		}
		switch {
		case name == "title":
			name = "title.kk"
		case strings.HasPrefix(name, "options.") && strings.Count(name, ".") == 1, strings.HasPrefix(name, "columns.") && strings.Count(name, ".") == 1:
			name += ".kk"
		case name == "options" || name == "columns":
			name += ".0.kk"
		}
		bad.Reject(true, name, fault.Key, fault.Args...)
	}
	return bad
}

// conditionAdded takes what was picked as a condition into its text, and tells that a
// button asked for it.
func (b building) conditionAdded(values url.Values, code string) bool {
	asked := values.Get("add_condition") != ""
	added := values.Get("pick")
	if name, value := values.Get("when.name"), strings.TrimSpace(values.Get("when.value")); name != "" && value != "" {
		if v, _ := b.env(code).Var(name); v.Type == rules.Date {
			value = strconv.Quote(value)
		} else if tiyn, ok := i18n.ParseMoney(value); ok {
			value = strings.TrimSuffix(strings.TrimSuffix(strconv.FormatFloat(float64(tiyn)/100, 'f', 2, 64), "0"), ".0")
		}
		added = joinRules(added, "and", name+" "+values.Get("when.sign")+" "+value)
	}
	if added != "" {
		values.Set("if", joinRules(values.Get("if"), values.Get("join"), added))
	}
	for _, name := range []string{"pick", "when.name", "when.value", "add_condition"} {
		values.Del(name)
	}
	return asked
}

func joinRules(rule, by, added string) string {
	switch {
	case strings.TrimSpace(rule) == "":
		return added
	case added == "":
		return rule
	case by == "or":
		return rule + " or " + added
	case strings.Contains(rule, " or "):
		return "(" + rule + ") and " + added
	}
	return rule + " and " + added
}

// env are the variables of which a condition may speak; for what is new all questions.
func (b building) env(code string) rules.Env {
	return b.form.EnvBefore(code, funding.Env(b.h.Norms.Book()))
}

// pickedCodes is the most values of a variable that are offered one by one.
const pickedCodes = 40

// picks are ready conditions: a yes, a no, one of the options.
func (b building) picks(code string) []ui.Choice {
	out := []ui.Choice{{Label: "—"}}
	env := b.env(code)
	slices.Reverse(env) // the nearest questions first
	for _, v := range env {
		var sources []string
		switch v.Type {
		case rules.Bool:
			sources = []string{v.Name, "not " + v.Name}
		case rules.Text, rules.List:
			for _, c := range v.Codes[:min(len(v.Codes), pickedCodes)] {
				if v.Type == rules.List {
					sources = append(sources, strconv.Quote(c.Code)+" in "+v.Name)
				} else {
					sources = append(sources, v.Name+" == "+strconv.Quote(c.Code))
				}
			}
		}
		for _, s := range sources {
			if rule, err := rules.Compile(s, env); err == nil {
				out = append(out, ui.Choice{Value: s, Label: rule.Say(b.Printer)})
			}
		}
	}
	return out
}

// counted are the variables that are compared with a number, a sum or a day.
func (b building) counted(code string) []ui.Choice {
	out := []ui.Choice{{Label: "—"}}
	env := b.env(code)
	slices.Reverse(env)
	for _, v := range env {
		if v.Type == rules.Number || v.Type == rules.Money || v.Type == rules.Date {
			label := b.Text(v.Label)
			if label == "" {
				label = v.Name
			}
			out = append(out, ui.Choice{Value: v.Name, Label: label})
		}
	}
	return out
}

// comparing are the signs of a comparison.
var comparing = []ui.Choice{{Value: ">=", Label: "≥"}, {Value: "<=", Label: "≤"}, {Value: ">", Label: ">"}, {Value: "<", Label: "<"}, {Value: "==", Label: "="}, {Value: "!=", Label: "≠"}}

// told is the condition typed so far in words, "" when there is none or it is wrong.
func (b building) told(source, code string) string {
	rule, err := rules.Compile(source, b.env(code))
	if err != nil {
		return ""
	}
	return rule.Say(b.Printer)
}
