package table

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"birge/internal/platform/problem"
)

// xlsxSource reads the first visible sheet of a workbook straight out of the
// zip. A library would hand over strings only, and not tell a formula from a
// value nor a broken sheet from its end.
type xlsxSource struct {
	name   string
	limits Limits
	book   *workbook
	sheet  io.ReadCloser
	xml    *tokens
	row    int // the number of the last row
}

func openXLSX(name string, r io.ReaderAt, size int64, limits Limits) (source, error) {
	book, err := openWorkbook(r, size, limits)
	if err != nil {
		return nil, refuse(name, err)
	}
	sheet, err := book.open(book.sheet)
	if err != nil {
		return nil, refuse(name, err)
	}
	return &xlsxSource{name, limits, book, sheet, newTokens(sheet, limits.Record), 0}, nil
}

// Failures of a workbook before they get their sentence.
var (
	errBomb     = errors.New("table: the workbook unpacks to more than it may")
	errNotSheet = errors.New("table: the zip is no workbook")
	errDamaged  = errors.New("table: the workbook is damaged")
)

// refuse gives a failure of reading a workbook its sentence.
func refuse(name string, err error) error {
	switch {
	case problem.As(err) != nil:
		return err
	case errors.Is(err, errBomb):
		return problem.Wrap(err, problem.Invalid, "table.bomb", "name", name)
	case errors.Is(err, errNotSheet):
		return problem.Wrap(err, problem.Invalid, "table.unknown_format", "name", name)
	}
	return problem.Wrap(err, problem.Invalid, "table.damaged", "name", name)
}

func (s *xlsxSource) close() error { return s.sheet.Close() }

func (s *xlsxSource) next() (Row, error) {
	for {
		t, err := s.xml.next()
		if err != nil {
			return Row{}, s.broken(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local == "row" {
				row, err := s.readRow(t)
				if err != nil {
					return Row{}, s.broken(err)
				}
				return row, nil
			}
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				return Row{}, io.EOF
			}
		}
	}
}

// broken is what a failure inside the sheet means; its end before the end of
// its rows is damage as well.
func (s *xlsxSource) broken(err error) error {
	if errors.Is(err, io.EOF) {
		err = errDamaged
	}
	if errors.Is(err, errTooLong) {
		return problem.New(problem.Invalid, "table.row_too_long", "name", s.name, "line", s.row+1)
	}
	return refuse(s.name, err)
}

func (s *xlsxSource) readRow(start xml.StartElement) (Row, error) {
	s.row++
	if at := attr(start, "r"); at != "" {
		n, err := strconv.Atoi(at)
		if err != nil || n < s.row {
			return Row{}, errDamaged
		}
		s.row = n
	}
	row := Row{Line: s.row}
	size, column := 0, -1
	for {
		t, err := s.xml.next()
		if err != nil {
			return Row{}, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			if column, err = columnOf(attr(t, "r"), column+1); err != nil {
				return Row{}, err
			}
			c, err := s.readCell(t)
			if err != nil {
				return Row{}, err
			}
			if size += len(c.text); size > s.limits.Record {
				return Row{}, errTooLong
			}
			if err := s.put(&row, column, c); err != nil {
				return Row{}, err
			}
		case xml.EndElement:
			if t.Name.Local == "row" {
				return row, nil
			}
		}
	}
}

// put places a cell that holds something at its column.
func (s *xlsxSource) put(row *Row, column int, c xlsxCell) error {
	text, fault := s.book.value(c)
	if text == "" && fault == "" {
		return nil
	}
	if column >= s.limits.Columns {
		return problem.New(problem.Invalid, "table.too_many_columns", "name", s.name, "most", s.limits.Columns)
	}
	for len(row.Cells) <= column {
		row.Cells = append(row.Cells, "")
	}
	row.Cells[column] = text
	if fault != "" {
		row.reject(column, fault, "value", c.text)
	}
	return nil
}

// xlsxCell is a cell as the sheet writes it.
type xlsxCell struct {
	kind, style string
	text        string
	formula     bool
}

// readCell reads up to the end of the cell. Text is what stands in <v>, or in
// the <t> of an inline text.
func (s *xlsxSource) readCell(start xml.StartElement) (xlsxCell, error) {
	c := xlsxCell{kind: attr(start, "t"), style: attr(start, "s")}
	var text strings.Builder
	in := ""
	for {
		t, err := s.xml.next()
		if err != nil {
			return c, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			in = t.Name.Local
			c.formula = c.formula || in == "f"
		case xml.CharData:
			if in == "v" || in == "t" {
				if text.Len()+len(t) > s.limits.Record {
					return c, errTooLong
				}
				text.Write(t)
			}
		case xml.EndElement:
			if in = ""; t.Name.Local == "c" {
				c.text = text.String()
				return c, nil
			}
		}
	}
}

// columnOf reads the letters of "BC12" as an index from 0; next when there is
// no reference.
func columnOf(cell string, next int) (int, error) {
	if cell == "" {
		return next, nil
	}
	n := 0
	for _, c := range []byte(cell) {
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > 16384 {
			return 0, errDamaged
		}
	}
	if n == 0 || n-1 < next-1 {
		return 0, errDamaged
	}
	return n - 1, nil
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// value is the text of a cell, or the key of its fault.
func (b *workbook) value(c xlsxCell) (text, fault string) {
	if c.formula {
		return "", "table.cell.formula"
	}
	switch c.kind {
	case "s":
		i, err := strconv.Atoi(c.text)
		if err != nil {
			return "", "table.cell.error"
		}
		text, ok := b.strings.at(i)
		if !ok {
			return "", "table.cell.error"
		}
		return clean(text), ""
	case "e":
		return "", "table.cell.error"
	case "b":
		return strconv.FormatBool(c.text == "1"), ""
	case "d":
		day, _, _ := strings.Cut(c.text, "T")
		return day, ""
	case "str", "inlineStr":
		return clean(c.text), ""
	}
	return b.number(c)
}

// clean takes off white space and the carriage returns that Excel writes as
// _x000D_.
func clean(s string) string {
	if strings.Contains(s, "_x000D_") {
		s = strings.ReplaceAll(s, "_x000D_", "")
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "�")
	}
	return strings.TrimSpace(s)
}

// number writes a number as people do, without exponent and without the noise
// behind the 15 figures that a spreadsheet keeps; a number in a style of dates
// becomes 2006-01-02.
func (b *workbook) number(c xlsxCell) (text, fault string) {
	if c.text == "" {
		return "", ""
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(c.text), 64)
	if err != nil || v > 1e18 || v < -1e18 || v != v {
		return "", "table.cell.error"
	}
	if b.isDate(c.style) {
		if day, ok := b.date(v); ok {
			return day, ""
		}
		return "", "table.cell.no_such_date"
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil {
		return "", "table.cell.error"
	}
	return strconv.FormatFloat(short, 'f', -1, 64), ""
}

// budget counts what is unpacked from a zip while it is read, since its
// directory may lie.
type budget struct{ left int64 }

type budgetReader struct {
	io.ReadCloser
	budget *budget
}

func (r budgetReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if r.budget.left -= int64(n); r.budget.left < 0 {
		return 0, errBomb
	}
	return n, err
}

// newBudget is what a workbook of size bytes may unpack to. Its directory is
// asked first, so most bombs are refused without unpacking a byte.
func newBudget(z *zip.Reader, size int64, limits Limits) (*budget, error) {
	if len(z.File) > limits.Parts {
		return nil, fmt.Errorf("%w: %d parts", errBomb, len(z.File))
	}
	most := min(limits.Unzipped, max(size*limits.Ratio, 8<<20))
	left := most
	for _, f := range z.File {
		if f.UncompressedSize64 > uint64(left) {
			return nil, fmt.Errorf("%w: the directory tells it", errBomb)
		}
		left -= int64(f.UncompressedSize64)
	}
	return &budget{most}, nil
}

// tokens gives the tags and texts of a part. One that is longer than it may be
// ends it, since the decoder keeps a token whole.
type tokens struct {
	xml   *xml.Decoder
	leash *leash
}

func newTokens(r io.Reader, length int) *tokens {
	l := &leash{r: r, length: length}
	return &tokens{xml.NewDecoder(l), l}
}

func (t *tokens) next() (xml.Token, error) {
	t.leash.taken = 0
	return t.xml.RawToken()
}
