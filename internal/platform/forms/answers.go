package forms

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// Answers are the answers to a form by the codes of its questions.
type Answers map[string]Answer

// Answer is what was answered to one question; which of its parts is used follows
// from the type.
type Answer struct {
	// Text is a line or lines, a number, a sum in tenge, a day (2026-11-23), "yes" or
	// "no", the code of an option.
	Text string `json:"text,omitempty"`
	// In is the answer in each language that the question asks for.
	In i18n.Text `json:"in,omitzero"`
	// Codes are the options chosen.
	Codes []string `json:"codes,omitempty"`
	// Rows are those of a table, a text for each column.
	Rows [][]string `json:"rows,omitempty"`
	// Files are what was handed in and kept.
	Files []Kept `json:"files,omitempty"`
}

// Kept is a file that the room keeps for an answer.
type Kept struct {
	ID   ref.ID `json:"id"`
	Name string `json:"name"`
}

// IsZero tells that nothing was answered.
func (a Answer) IsZero() bool {
	return a.Text == "" && a.In.IsZero() && len(a.Codes) == 0 && len(a.Rows) == 0 && len(a.Files) == 0
}

// The names of fields: "a.goal", in languages "a.goal.kk", in tables "a.costs.0.sum";
// "a.charter" takes new files and "a.charter.kept" names those kept already.
const prefix = "a."

// Field is the name of a question's field; parts are a language, a row and a column.
func Field(code string, parts ...string) string {
	return prefix + strings.Join(append([]string{code}, parts...), ".")
}

// Read takes the answers as they were typed out of the fields of a request. Files
// are kept by the room: only those that it kept already are here, by id.
func (f Form) Read(values url.Values) Answers {
	out := Answers{}
	for _, q := range f.Questions() {
		if a := q.read(values); !a.IsZero() {
			out[q.Code] = a
		}
	}
	return out
}

func (q Question) read(values url.Values) (a Answer) {
	switch {
	case q.Type.written() && len(q.Languages) > 0:
		for _, l := range q.Languages {
			a.In.Set(l, typed(values.Get(Field(q.Code, string(l)))))
		}
	case q.Type == Choices:
		for _, v := range values[Field(q.Code)] {
			if v != "" && !slices.Contains(a.Codes, v) {
				a.Codes = append(a.Codes, v)
			}
		}
	case q.Type == File:
		for _, v := range values[Field(q.Code, "kept")] {
			if id, ok := ref.ParseID(v); ok {
				a.Files = append(a.Files, Kept{ID: id})
			}
		}
	case q.Type == Table:
		a.Rows = q.readRows(values)
	default:
		a.Text = typed(values.Get(Field(q.Code)))
	}
	return a
}

// readRows takes the rows in which something was typed.
func (q Question) readRows(values url.Values) (rows [][]string) {
	for i := range MaxRows {
		row, some := make([]string, len(q.Columns)), false
		for j, c := range q.Columns {
			row[j] = typed(values.Get(Field(q.Code, strconv.Itoa(i), c.Code)))
			some = some || row[j] != ""
		}
		if some {
			rows = append(rows, row)
		}
	}
	return rows
}

func typed(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// Fields are the answers as the fields of a request, as they are drawn again.
func (f Form) Fields(answers Answers) url.Values {
	out := url.Values{}
	set := func(name, value string) {
		if value != "" {
			out.Add(name, value)
		}
	}
	for _, q := range f.Questions() {
		a := answers[q.Code]
		set(Field(q.Code), a.Text)
		for _, l := range q.Languages {
			set(Field(q.Code, string(l)), a.In.Get(l))
		}
		for _, c := range a.Codes {
			set(Field(q.Code), c)
		}
		for _, k := range a.Files {
			set(Field(q.Code, "kept"), k.ID.String())
		}
		for i, row := range a.Rows {
			for j, c := range q.Columns {
				if j < len(row) {
					set(Field(q.Code, strconv.Itoa(i), c.Code), row[j])
				}
			}
		}
	}
	return out
}
