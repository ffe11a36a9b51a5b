package imports

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
)

// WriteTemplate writes an empty table of a kind with its columns in a language
// and one example, which is passed over when it is handed in again.
func WriteTemplate(out table.Writer, k Kind, l i18n.Lang) error {
	var names []string
	var example []table.Cell
	for _, c := range k.Columns() {
		names = append(names, c.Title.Get(l))
		example = append(example, table.Text(c.Example))
	}
	if err := out.Header(names); err != nil {
		return err
	}
	if err := out.Row(example...); err != nil {
		return err
	}
	return out.Close()
}

// isExample tells that a row is the example of the template.
func isExample(k Kind, match *table.Match, row table.Row) bool {
	r := match.Record(row)
	for _, c := range k.Columns() {
		if match.Has(c.Name) && r.Raw(c.Name) != c.Example {
			return false
		}
	}
	return true
}

// WriteRest gives back the refused rows as they came, with a column that says in
// the reader's language what is wrong with them.
func (s *Service) WriteRest(ctx context.Context, by access.Actor, id ref.ID, out table.Writer, say *i18n.Printer) error {
	im, err := s.ByID(ctx, by, id)
	if err != nil {
		return err
	}
	k, err := s.kind(im.Kind)
	if err != nil {
		return err
	}
	width := len(im.Header)
	if err := out.Header(append(slices.Clone(im.Header), say.T("imports.reasons"))); err != nil {
		return err
	}
	for after := 0; ; {
		rows, err := s.Rows(ctx, by, id, Which{Verdict: Refuse}, after, batch)
		if err != nil {
			return err
		}
		for _, r := range rows {
			cells := make([]table.Cell, width, width+1)
			for i := range min(width, len(r.Cells)) {
				cells[i] = table.Text(r.Cells[i])
			}
			if err := out.Row(append(cells, table.Text(Reasons(k, r.Faults, say)))...); err != nil {
				return err
			}
			after = r.No
		}
		if len(rows) < batch {
			return out.Close()
		}
	}
}

// Reasons says in one line what is wrong with a row.
func Reasons(k Kind, bad problem.Fields, say *i18n.Printer) string {
	var out []string
	for _, column := range Faulty(k, bad) {
		sentence := say.T(bad[column].Key, bad[column].Args...)
		if title := TitleOf(k, column); !title.IsZero() {
			sentence = say.Text(title) + ": " + sentence
		}
		out = append(out, sentence)
	}
	return strings.Join(out, " ")
}

// Faulty lists the columns with a fault in the order of the kind's columns, and
// what is no column before them.
func Faulty(k Kind, bad problem.Fields) []string {
	order := map[string]int{}
	for i, c := range k.Columns() {
		order[c.Name] = i + 1
	}
	return slices.SortedFunc(maps.Keys(bad), func(a, b string) int { return cmp.Or(order[a]-order[b], strings.Compare(a, b)) })
}

// TitleOf is what people call a column; nothing for a name that is no column.
func TitleOf(k Kind, column string) i18n.Text {
	for _, c := range k.Columns() {
		if c.Name == column {
			return c.Title
		}
	}
	return i18n.Text{}
}

// Cells reads single cells of rows of a table by column.
func Cells(k Kind, header []string) func(r *Row, column string) string {
	match := tableColumns(k).In(header)
	return func(r *Row, column string) string {
		return match.Record(table.Row{Cells: r.Cells}).Raw(column)
	}
}
