package ui

import (
	"strconv"

	"github.com/a-h/templ"

	"birge/internal/platform/i18n"
)

// Sheet is a table of plain data. On a phone each row becomes a card with the
// first cell as its heading.
type Sheet struct {
	Caption string
	Columns []Column
	Rows    [][]Cell
	// Foot is the row of totals; may be empty.
	Foot []Cell
	// Empty is said when there are no rows.
	Empty string
}

// Column is a heading. Sort is the Path that orders by it; Sorted is
// "ascending", "descending" or "".
type Column struct {
	Label        string
	Num          bool // numbers stand at the end of the cell
	Sort, Sorted string
}

// Cell is a text with an optional Path and language, or a component.
type Cell struct {
	Text, Path string
	Lang       i18n.Lang
	Show       templ.Component
	Tone       string
}

// Cells is a row of plain texts.
func Cells(texts ...string) []Cell {
	row := make([]Cell, len(texts))
	for i, t := range texts {
		row[i].Text = t
	}
	return row
}

// Sums is a table of money: columns of years or stages, rows in tiyn. A total
// is counted, never typed.
type Sums struct {
	Caption string
	// Head names the first column, Columns the columns of money.
	Head    string
	Columns []string
	Rows    []SumRow
	// Currency is of all sums; empty is the tenge.
	Currency string
	// Total adds the row of totals.
	Total bool
	// Empty is said when there are no rows.
	Empty string
}

// SumRow is one row of Sums; Values are as many as its columns.
type SumRow struct {
	Label, Path string
	Values      []int64
}

func (s Sums) sheet(p Page) Sheet {
	out := Sheet{Caption: s.Caption, Empty: s.Empty, Columns: []Column{{Label: s.Head}}}
	for _, c := range s.Columns {
		out.Columns = append(out.Columns, Column{Label: c, Num: true})
	}
	totals := make([]int64, len(s.Columns))
	for _, r := range s.Rows {
		row := []Cell{{Text: r.Label, Path: r.Path}}
		for i, v := range r.Values {
			totals[i] += v
			row = append(row, Cell{Text: p.Money(v, s.Currency)})
		}
		out.Rows = append(out.Rows, row)
	}
	if s.Total && len(s.Rows) > 1 {
		out.Foot = []Cell{{Text: p.T("ui.total")}}
		for _, v := range totals {
			out.Foot = append(out.Foot, Cell{Text: p.Money(v, s.Currency)})
		}
	}
	return out
}

// captionClass hides from the eye a caption that repeats the title of the page.
func (s Sheet) captionClass(p Page) string {
	if s.Caption == p.Title {
		return "sr"
	}
	return ""
}

func (s Sheet) column(i int) Column {
	if i < len(s.Columns) {
		return s.Columns[i]
	}
	return Column{}
}

func (c Column) class() string {
	if c.Num {
		return "num"
	}
	return ""
}

func (c Column) sorted() templ.Attributes {
	if c.Sorted == "" {
		return nil
	}
	return templ.Attributes{"aria-sort": c.Sorted}
}

func (c Column) arrow() string {
	return map[string]string{"ascending": " ↑", "descending": " ↓"}[c.Sorted]
}

// share is value of limit in whole percent, within 0…100.
func share(value, limit int64) int64 {
	if limit <= 0 || value <= 0 {
		return 0
	}
	return min(100, int64(float64(value)/float64(limit)*100+0.5))
}

func percentWidth(n int64) string { return strconv.FormatInt(min(max(n, 0), 100), 10) }
