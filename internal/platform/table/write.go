package table

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"birge/internal/platform/db"
)

// Writer writes a table row by row: Header once, then rows, then Close. It does
// not close what it writes to.
type Writer interface {
	Header(names []string) error
	Row(cells ...Cell) error
	Close() error
}

type cellKind int

const (
	emptyCell cellKind = iota
	textCell
	intCell
	moneyCell
	decimalCell
	dateCell
	yesNoCell
)

// Cell is one typed value; the zero Cell is empty.
type Cell struct {
	kind cellKind
	text string
	n    int64
	f    float64
	date db.Date
}

// Text is a cell of text.
func Text(s string) Cell { return Cell{kind: textCell, text: s} }

// Int is a cell with a whole number.
func Int(n int64) Cell { return Cell{kind: intCell, n: n} }

// Money is a cell with a sum, given in tiyn and written in tenge.
func Money(tiyn int64) Cell { return Cell{kind: moneyCell, n: tiyn} }

// Decimal is a cell with a number that may have decimals.
func Decimal(f float64) Cell { return Cell{kind: decimalCell, f: f} }

// Date is a cell with a day; no date leaves it empty.
func Date(d db.Date) Cell {
	if d.IsZero() {
		return Cell{}
	}
	return Cell{kind: dateCell, date: d}
}

// YesNo is a cell with true or false.
func YesNo(yes bool) Cell {
	c := Cell{kind: yesNoCell}
	if yes {
		c.n = 1
	}
	return c
}

// plain is the value as a machine reads it: 12500000.50, 2026-11-23, true.
func (c Cell) plain() string {
	switch c.kind {
	case textCell:
		return c.text
	case intCell:
		return strconv.FormatInt(c.n, 10)
	case moneyCell:
		return tenge(c.n)
	case decimalCell:
		return strconv.FormatFloat(c.f, 'f', -1, 64)
	case dateCell:
		return c.date.String()
	case yesNoCell:
		return strconv.FormatBool(c.n == 1)
	}
	return ""
}

func tenge(tiyn int64) string {
	sign, n := "", uint64(tiyn)
	if tiyn < 0 {
		sign, n = "-", -n
	}
	s := sign + strconv.FormatUint(n/100, 10)
	if rest := n % 100; rest != 0 {
		s += "." + strconv.Itoa(int(rest/10)) + strconv.Itoa(int(rest%10))
	}
	return s
}

// CSVWriter writes UTF-8 with its mark, lines that end in CR LF, and quotes
// where RFC 4180 asks for them.
type CSVWriter struct {
	w      *bufio.Writer
	csv    *csv.Writer
	record []string
}

// NewCSV writes CSV to w.
func NewCSV(w io.Writer) *CSVWriter {
	b := bufio.NewWriterSize(w, 32<<10)
	c := csv.NewWriter(b)
	c.UseCRLF = true
	return &CSVWriter{w: b, csv: c}
}

// Header writes the names of the columns.
func (c *CSVWriter) Header(names []string) error {
	if _, err := c.w.WriteString("\ufeff"); err != nil {
		return err
	}
	c.record = c.record[:0]
	for _, n := range names {
		c.record = append(c.record, guard(n))
	}
	return c.csv.Write(c.record)
}

// Row writes one row.
func (c *CSVWriter) Row(cells ...Cell) error {
	c.record = c.record[:0]
	for _, cell := range cells {
		s := cell.plain()
		if cell.kind == textCell {
			s = guard(s)
		}
		c.record = append(c.record, s)
	}
	return c.csv.Write(c.record)
}

// Close writes out what is held back.
func (c *CSVWriter) Close() error {
	c.csv.Flush()
	return errors.Join(c.csv.Error(), c.w.Flush())
}

// guard puts an apostrophe before a text that a spreadsheet would take for a
// formula. A plain negative number stays.
func guard(s string) string {
	if !looksLikeFormula(s) || isNegativeNumber(s) {
		return s
	}
	return "'" + s
}

// unguard takes off what guard put on.
func unguard(s string) string {
	if cut, ok := strings.CutPrefix(s, "'"); ok && guard(cut) == s {
		return cut
	}
	return s
}

func looksLikeFormula(s string) bool { return s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 }

func isNegativeNumber(s string) bool {
	if s[0] != '-' || len(s) < 2 || s[1] < '0' || s[1] > '9' {
		return false
	}
	return strings.Trim(s[1:], "0123456789., \u00a0") == ""
}

// JSONWriter writes an array of objects, whose fields are the names of Header.
// An empty cell is null.
type JSONWriter struct {
	w      *bufio.Writer
	fields [][]byte
	rows   int
}

// NewJSON writes JSON to w.
func NewJSON(w io.Writer) *JSONWriter { return &JSONWriter{w: bufio.NewWriterSize(w, 32<<10)} }

// Header sets the names of the fields.
func (j *JSONWriter) Header(names []string) error {
	for _, n := range names {
		b, err := json.Marshal(n)
		if err != nil {
			return err
		}
		j.fields = append(j.fields, append(b, ':'))
	}
	return nil
}

// Row writes one object.
func (j *JSONWriter) Row(cells ...Cell) error {
	if len(cells) > len(j.fields) {
		return errors.New("table: a row has more cells than the header")
	}
	open := ",\n{"
	if j.rows == 0 {
		open = "[\n{"
	}
	j.rows++
	line := append(j.w.AvailableBuffer(), open...)
	for i, c := range cells {
		if i > 0 {
			line = append(line, ',')
		}
		v, err := c.json()
		if err != nil {
			return err
		}
		line = append(append(line, j.fields[i]...), v...)
	}
	_, err := j.w.Write(append(line, '}'))
	return err
}

func (c Cell) json() ([]byte, error) {
	switch c.kind {
	case emptyCell:
		return []byte("null"), nil
	case textCell, dateCell:
		return json.Marshal(c.plain())
	case decimalCell:
		return json.Marshal(c.f)
	}
	return []byte(c.plain()), nil
}

// Close ends the array.
func (j *JSONWriter) Close() error {
	end := "\n]\n"
	if j.rows == 0 {
		end = "[]\n"
	}
	if _, err := j.w.WriteString(end); err != nil {
		return err
	}
	return j.w.Flush()
}
