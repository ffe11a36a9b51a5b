package ui

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"birge/internal/platform/forms"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/rules"
)

// Filling is a form that somebody fills in: what is asked, what was answered, what is
// wrong with it, and what the portal knows for conditions.
type Filling struct {
	Form    forms.Form
	Answers forms.Answers
	Faults  problem.Fields
	Known   forms.Known
	// File is the Path of a file that was kept; nil shows its name alone.
	File func(forms.Kept) string
	// Whole shows every question with its condition told, also with a script: a form
	// that is only looked at.
	Whole bool
}

// Answered is a form that was filled in, for reading.
type Answered struct {
	Form    forms.Form
	Answers forms.Answers
	Known   forms.Known
	// Blind hides the answers that may tell who applies.
	Blind bool
	File  func(forms.Kept) string
}

// asking is a section or a question as it is drawn.
type asking struct {
	forms.Question
	Field
	answer forms.Answer
	// when tells the condition in words; tree is the condition for the script.
	when, tree string
}

// part is a section as it is drawn.
type part struct {
	forms.Section
	when, tree string
	asked      []asking
}

// parts are the sections of the form with all that their questions show.
func (f Filling) parts(p Page) []part {
	var out []part
	env, codes := slices.Clone(f.Known.Env), []string(nil)
	for _, s := range f.Form.Sections {
		one := part{Section: s}
		one.when, one.tree = f.condition(p, s.If, env, codes)
		for _, q := range s.Questions {
			a := asking{Question: q, answer: f.Answers[q.Code], Field: f.field(p, q)}
			a.when, a.tree = f.condition(p, q.If, env, codes)
			one.asked = append(one.asked, a)
			env, codes = append(env, q.Var()), append(codes, q.Code)
		}
		out = append(out, one)
	}
	return out
}

// condition is a rule in words and as the script reads it; a rule that no longer
// compiles hides nothing, so nothing is told of it.
func (f Filling) condition(p Page, source string, env rules.Env, codes []string) (when, tree string) {
	r, err := rules.Compile(source, env)
	if err != nil || r.IsZero() {
		return "", ""
	}
	return r.Say(p.Printer), r.Tree(codes, f.Known.Values)
}

// field is the question as a field of a form.
func (f Filling) field(p Page, q forms.Question) Field {
	name := forms.Field(q.Code)
	out := Field{
		Name: name, Label: p.Text(q.Title), Hint: p.Text(q.Hint), Value: f.Answers[q.Code].Text, Fault: f.Faults[name],
		Required: q.Required, Checked: f.Answers[q.Code].Text == "yes", Choices: f.choices(p, q), Rows: rowsFor(q), Multiple: q.Most() > 1,
	}
	out.Hint = strings.TrimSpace(out.Hint + " " + limits(p, q))
	switch q.Type {
	case forms.Date:
		out.Earliest, out.Latest = q.Min, q.Max
	case forms.Number:
		out.Mode = "decimal"
	case forms.File:
		out.Accept = endingsOf(q)
	}
	return out
}

// rowsFor is how high a text area is: a line for some ten words.
func rowsFor(q forms.Question) int {
	if q.Words == 0 {
		return 5
	}
	return min(max(3, q.Words/16), 16)
}

// choices are the options of a question; none of a choice that need not be made.
func (f Filling) choices(p Page, q forms.Question) (out []Choice) {
	a := f.Answers[q.Code]
	if q.Type == forms.YesNo {
		for _, v := range []string{"yes", "no"} {
			out = append(out, Choice{Value: v, Label: yesNo(p, v), Selected: a.Text == v})
		}
		return out
	}
	if q.Type == forms.Choice && (!q.Required || len(q.Options) > radios) {
		out = append(out, Choice{Label: "—", Selected: a.Text == ""})
	}
	for _, o := range q.Options {
		text, lang := o.Title.In(p.Lang)
		out = append(out, Choice{Value: o.Code, Label: text, Lang: lang, Selected: a.Text == o.Code || slices.Contains(a.Codes, o.Code)})
	}
	return out
}

// radios is the most options that are shown all at once.
const radios = 7

// limits tells what the answer must keep to, before anything is wrong.
func limits(p Page, q forms.Question) string {
	var out []string
	add := func(when bool, key string, args ...any) {
		if when {
			out = append(out, strings.TrimSuffix(p.T(key, args...), ".")+".")
		}
	}
	add(q.Words > 0, "forms.words_at_most", "max", q.Words)
	add(q.Chars > 0, "forms.chars_at_most", "max", q.Chars)
	switch q.Type {
	case forms.Date:
		add(q.Min != "", "forms.not_before", "day", bound(p, q, q.Min))
		add(q.Max != "", "forms.not_after", "day", bound(p, q, q.Max))
	case forms.Number, forms.Money:
		add(q.Min != "", "forms.at_least", "min", bound(p, q, q.Min))
		add(q.Max != "", "forms.at_most", "max", bound(p, q, q.Max))
	case forms.Choices, forms.Table, forms.File:
		add(q.Min != "" && q.Min != "0", "forms.choose_least", "min", q.Min)
		add(q.Max != "" || q.Type == forms.File, "forms.choose_most", "max", q.Most())
	}
	if q.Type == forms.File {
		out = append(out, strings.ReplaceAll(endingsOf(q), ",", ", "))
	}
	return strings.Join(out, " ")
}

// bound is a limit as people write it.
func bound(p Page, q forms.Question, s string) string {
	switch q.Type {
	case forms.Money:
		tiyn, _ := i18n.ParseMoney(s)
		return p.Money(tiyn, "")
	case forms.Date:
		return p.isoDate(s)
	}
	return number(p, s)
}

// number is a number that was kept, as people write it.
func number(p Page, s string) string {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	return p.Decimal(v, 6)
}

// endings are the endings of files of each class.
var endings = map[forms.Kind]string{forms.Documents: ".pdf,.docx,.odt,.txt", forms.Pictures: ".jpg,.jpeg,.png,.webp,.gif", forms.Tables: ".xlsx,.ods,.csv"}

func endingsOf(q forms.Question) string {
	kinds := q.Files
	if len(kinds) == 0 {
		kinds = []forms.Kind{forms.Documents}
	}
	var out []string
	for _, k := range kinds {
		out = append(out, endings[k])
	}
	return strings.Join(out, ",")
}

// Fields are the questions as a summary of faults names them, in order.
func (f Filling) Fields(p Page) (out []Field) {
	for _, q := range f.Form.Questions() {
		field := Field{Name: forms.Field(q.Code), Label: p.Text(q.Title)}
		out = append(out, field)
		for _, l := range q.Languages {
			out = append(out, Field{Name: forms.Field(q.Code, string(l)), Label: field.Label + " (" + langName(l) + ")"})
		}
		for i := range f.Answers[q.Code].Rows {
			for _, c := range q.Columns {
				out = append(out, Field{Name: forms.Field(q.Code, strconv.Itoa(i), c.Code), Label: field.Label + ", " + cellLabel(p, c, i)})
			}
		}
	}
	return out
}

func cellLabel(p Page, c forms.Column, row int) string {
	return p.T("forms.cell", "column", p.Text(c.Title), "row", row+1)
}

// in is the field of one language of a question.
func (f Filling) in(q asking, l i18n.Lang) Field {
	name := forms.Field(q.Question.Code, string(l))
	return Field{Name: name, Label: langName(l), Value: q.answer.In.Get(l), Fault: f.Faults[name], Required: q.Question.Required, Rows: q.Field.Rows}
}

// live are the marks of a form that a script follows; the script of every page
// fetches it when the page can be read.
func (f Filling) live() templ.Attributes {
	if f.Whole {
		return nil
	}
	return templ.Attributes{"data-questions": true, "data-script": AssetPath("forms.js")}
}

// asked are the marks by which the script finds a section or a question.
func asked(tree string, more ...string) templ.Attributes {
	a := templ.Attributes{}
	if tree != "" {
		a["data-if"] = tree
	}
	for i := 0; i+1 < len(more); i += 2 {
		a[more[i]] = more[i+1]
	}
	return a
}

// counting asks the script to count words while they are typed.
func counting(p Page, q forms.Question, f Field) templ.Attributes {
	a := f.control()
	if q.Words > 0 {
		a["data-words"] = f.id() + "-count"
		a["aria-describedby"] = strings.TrimSpace(attr(a, "aria-describedby") + " " + f.id() + "-count")
	}
	return a
}

func attr(a templ.Attributes, name string) string {
	s, _ := a[name].(string)
	return s
}

// counted is what the counter under a text says now.
func counted(p Page, q forms.Question, text string) string {
	return p.T("forms.words_now", "n", forms.Words(text), "max", q.Words)
}

// drawnRows are the rows of a table that are shown: those answered and three more.
func (a asking) drawnRows() [][]string {
	rows := slices.Clone(a.answer.Rows)
	for range min(3, max(0, a.Most()-len(rows))) {
		rows = append(rows, nil)
	}
	return rows
}

func cellOf(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}

// total is the sum of a column as people write it.
func total(p Page, c forms.Column, sum string) string {
	switch c.Type {
	case forms.Money:
		return bound(p, forms.Question{Type: forms.Money}, sum)
	case forms.Number:
		return number(p, sum)
	}
	return ""
}

// summed tells that the table has a column that is added up.
func (a asking) summed() bool {
	return slices.ContainsFunc(a.Columns, func(c forms.Column) bool { return c.Type != forms.Text })
}

// cellField is a cell of a table as a field.
func (f Filling) cellField(p Page, q asking, c forms.Column, row int, value string) Field {
	name := forms.Field(q.Question.Code, strconv.Itoa(row), c.Code)
	return Field{Name: name, Label: cellLabel(p, c, row), Value: value, Fault: f.Faults[name]}
}

// sheet is an answered table.
func sheet(p Page, q forms.Question, rows [][]string) Sheet {
	s := Sheet{}
	foot, some := make([]Cell, len(q.Columns)), false
	sums := q.Totals(rows)
	for i, c := range q.Columns {
		s.Columns = append(s.Columns, Column{Label: p.Text(c.Title), Num: c.Type != forms.Text})
		foot[i].Text = total(p, c, sums[i])
		some = some || foot[i].Text != ""
	}
	for _, row := range rows {
		cells := make([]Cell, len(q.Columns))
		for i, c := range q.Columns {
			if cells[i].Text = cellOf(row, i); c.Type != forms.Text && cells[i].Text != "" {
				cells[i].Text = total(p, c, cells[i].Text)
			}
		}
		s.Rows = append(s.Rows, cells)
	}
	if some {
		if foot[0].Text == "" {
			foot[0].Text = p.T("ui.total")
		}
		s.Foot = foot
	}
	return s
}

// plain is an answer of one line as people write it.
func plain(p Page, q forms.Question, a forms.Answer) string {
	switch q.Type {
	case forms.Number, forms.Money, forms.Date:
		if a.Text != "" {
			return bound(p, q, a.Text)
		}
	case forms.YesNo, forms.Statement:
		if a.Text == "yes" || a.Text == "no" {
			return yesNo(p, a.Text)
		}
	case forms.Choice, forms.Choices:
		var out []string
		for _, o := range q.Options {
			if o.Code == a.Text || slices.Contains(a.Codes, o.Code) {
				out = append(out, p.Text(o.Title))
			}
		}
		return strings.Join(out, "; ")
	}
	return a.Text
}

// answeredParts are the sections and questions that were asked.
func (a Answered) answeredParts() []forms.Section {
	shown := a.Form.Visible(a.Answers, a.Known)
	var out []forms.Section
	for _, s := range a.Form.Sections {
		if !shown.Section(s.Code) {
			continue
		}
		s.Questions = slices.DeleteFunc(slices.Clone(s.Questions), func(q forms.Question) bool { return !shown.Question(q.Code) })
		out = append(out, s)
	}
	return out
}

// other tells that the text is written in l, which is not what the reader sees first.
func other(p Page, t i18n.Text, l i18n.Lang) bool {
	_, first := t.In(p.Lang)
	return l != first && t.Get(l) != ""
}

func titleLang(p Page, t i18n.Text) templ.Attributes {
	_, l := t.In(p.Lang)
	return langAttr(p, l)
}

func columnClass(c forms.Column) string {
	if c.Type == forms.Text {
		return ""
	}
	return "num"
}

func cellControl(f Field, c forms.Column) templ.Attributes {
	a := f.about()
	if c.Type != forms.Text {
		a["inputmode"] = "decimal"
	}
	return a
}

func yesNo(p Page, v string) string {
	if v == "yes" {
		return p.T("forms.yes")
	}
	return p.T("forms.no")
}
