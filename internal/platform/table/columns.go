package table

import (
	"slices"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

// Column is a column that a reader of tables knows.
type Column struct {
	// Name is what the program calls the column; people may use it too.
	Name string
	// Title is how the column is called in each language.
	Title i18n.Text
	// Also are further names that people use.
	Also     []string
	Required bool
}

func (c Column) answersTo(header string) bool {
	h := fold(header)
	if h == "" {
		return false
	}
	for _, n := range append([]string{c.Name, c.Title.KK, c.Title.RU, c.Title.EN}, c.Also...) {
		if fold(n) == h {
			return true
		}
	}
	return false
}

// Columns are the columns that a reader of tables wants.
type Columns []Column

// Match tells where the wanted columns of a table are.
type Match struct {
	// Unknown are the names in the header that nobody asked for.
	Unknown []string
	at      map[string]int
}

// Match finds the columns in the header of r, before the first row is read.
// Among the rows that could be the header it takes the one with the most known
// names. Letter case, spaces and punctuation do not count. All missing required
// columns make one problem.
func (cs Columns) Match(r *Reader) (*Match, error) {
	best, at := cs.find(r.Header()), r.header
	for i, row := range r.lead {
		if m := cs.find(row.Cells); len(m.at) > len(best.at) {
			best, at = m, i
		}
	}
	if at != r.header {
		r.startAt(at)
	}
	return best, cs.missing(best)
}

// In finds the columns in a header that was kept from an earlier reading.
func (cs Columns) In(header []string) *Match { return cs.find(header) }

func (cs Columns) find(header []string) *Match {
	m := &Match{at: map[string]int{}}
	for i, name := range header {
		c := slices.IndexFunc(cs, func(c Column) bool { return c.answersTo(name) })
		if c >= 0 {
			if _, twice := m.at[cs[c].Name]; !twice {
				m.at[cs[c].Name] = i
				continue
			}
		}
		if name != "" {
			m.Unknown = append(m.Unknown, name)
		}
	}
	return m
}

func (cs Columns) missing(m *Match) error {
	var lack []i18n.Text
	for _, c := range cs {
		if _, ok := m.at[c.Name]; c.Required && !ok {
			lack = append(lack, c.shown())
		}
	}
	if len(lack) == 0 {
		return nil
	}
	var names i18n.Text
	for _, l := range i18n.Langs {
		var list []string
		for _, t := range lack {
			s, _ := t.In(l)
			list = append(list, s)
		}
		names.Set(l, strings.Join(list, ", "))
	}
	return problem.New(problem.Invalid, "table.missing_columns", "columns", names)
}

func (c Column) shown() i18n.Text {
	if c.Title.IsZero() {
		return i18n.Only(i18n.EN, c.Name)
	}
	return c.Title
}

// Has tells whether the table has the column.
func (m *Match) Has(column string) bool {
	_, ok := m.at[column]
	return ok
}

// Record reads one row by the names of its columns.
func (m *Match) Record(row Row) *Record { return &Record{row: row, match: m} }

// Record gives the typed values of one row and gathers what is wrong with them
// by the names of the columns. A cell that is empty, or whose column the table
// lacks, is the zero value; Need rejects it.
type Record struct {
	Faults problem.Fields
	row    Row
	match  *Match
}

// Line is where a person finds the row.
func (r *Record) Line() int { return r.row.Line }

// Raw is the cell as it was read.
func (r *Record) Raw(column string) string {
	if i, ok := r.match.at[column]; ok && i < len(r.row.Cells) {
		return r.row.Cells[i]
	}
	return ""
}

// Need rejects the columns whose cells are empty.
func (r *Record) Need(columns ...string) {
	for _, c := range columns {
		r.note(c)
		r.Faults.Reject(r.Raw(c) == "", c, "table.cell.required")
	}
}

// note takes over the fault that the cell had when it was read.
func (r *Record) note(column string) {
	if i, ok := r.match.at[column]; ok {
		if f, bad := r.row.Faults[i]; bad {
			r.Faults.Reject(true, column, f.Key, f.Args...)
		}
	}
}

// Text is a text of at most most characters.
func (r *Record) Text(column string, most int) string {
	return read(r, column, func(s string) (string, *problem.Fault) { return ParseText(s, most) })
}

// Int is a whole number.
func (r *Record) Int(column string) int64 { return read(r, column, ParseInt) }

// Money is a sum of tenge, in tiyn.
func (r *Record) Money(column string) int64 { return read(r, column, ParseMoney) }

// Date is a day of the calendar.
func (r *Record) Date(column string) db.Date { return read(r, column, ParseDate) }

// YesNo is a yes or a no in any of the three languages.
func (r *Record) YesNo(column string) bool { return read(r, column, ParseYesNo) }

// BIN is the 12 figures of a BIN or IIN; whether it was issued is not checked.
func (r *Record) BIN(column string) string { return read(r, column, ParseBIN) }

func read[T any](r *Record, column string, parse func(string) (T, *problem.Fault)) (v T) {
	r.note(column)
	s := r.Raw(column)
	if s == "" {
		return v
	}
	v, fault := parse(s)
	if fault != nil {
		r.Faults.Reject(true, column, fault.Key, fault.Args...)
	}
	return v
}
