package table

import (
	"errors"
	"io"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"birge/internal/platform/problem"
)

// XLSXWriter writes a workbook with one sheet. Rows are kept in a temporary
// file, not in memory, until Close writes the workbook.
type XLSXWriter struct {
	w      io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	styles map[cellKind]int
	head   int
	row    int
	values []any
}

// The number formats of cells.
var xlsxFormats = map[cellKind]string{
	intCell:     "0",
	moneyCell:   `#,##0.00\ "₸"`,
	decimalCell: "General",
	dateCell:    "yyyy\\-mm\\-dd",
}

// NewXLSX writes a workbook to w, its sheet called by the given name.
func NewXLSX(w io.Writer, sheet string) (*XLSXWriter, error) {
	f := excelize.NewFile()
	x := &XLSXWriter{w: w, file: f, styles: map[cellKind]int{}}
	if err := x.prepare(sheet); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return x, nil
}

func (x *XLSXWriter) prepare(sheet string) (err error) {
	name := sheetName(sheet)
	if err := x.file.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	for kind, format := range xlsxFormats {
		if x.styles[kind], err = x.file.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
			return err
		}
	}
	x.head, err = x.file.NewStyle(&excelize.Style{
		Font:      &excelize.Font{Bold: true},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"},
	})
	if err != nil {
		return err
	}
	x.stream, err = x.file.NewStreamWriter(name)
	return err
}

// sheetName keeps what a sheet may be called: 31 characters, some not allowed.
func sheetName(s string) string {
	out := make([]rune, 0, 31)
	for _, r := range s {
		switch r {
		case ':', '\\', '/', '?', '*', '[', ']', '\'':
			r = ' '
		}
		if len(out) < 31 {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return "Birge"
	}
	return string(out)
}

// Header writes the names of the columns in bold and keeps them in sight.
func (x *XLSXWriter) Header(names []string) error {
	x.values = x.values[:0]
	for i, n := range names {
		width := float64(min(40, max(12, utf8.RuneCountInString(n)+2)))
		if err := x.stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
		x.values = append(x.values, excelize.Cell{StyleID: x.head, Value: n})
	}
	panes := &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
	if err := x.stream.SetPanes(panes); err != nil {
		return err
	}
	return x.write()
}

// Row writes one row.
func (x *XLSXWriter) Row(cells ...Cell) error {
	x.values = x.values[:0]
	for _, c := range cells {
		x.values = append(x.values, x.value(c))
	}
	return x.write()
}

// write adds values as the next row.
func (x *XLSXWriter) write() error {
	if x.row++; x.row > excelize.TotalRows {
		return problem.New(problem.TooLarge, "table.too_many_rows", "most", excelize.TotalRows-1)
	}
	at, err := excelize.CoordinatesToCellName(1, x.row)
	if err != nil {
		return err
	}
	return x.stream.SetRow(at, x.values)
}

func (x *XLSXWriter) value(c Cell) any {
	style := x.styles[c.kind]
	switch c.kind {
	case textCell:
		return c.text
	case intCell:
		if c.n >= 1e15 || c.n <= -1e15 { // a spreadsheet keeps 15 figures
			return c.plain()
		}
		return excelize.Cell{StyleID: style, Value: c.n}
	case moneyCell:
		return excelize.Cell{StyleID: style, Value: float64(c.n) / 100}
	case decimalCell:
		return excelize.Cell{StyleID: style, Value: c.f}
	case dateCell:
		return excelize.Cell{StyleID: style, Value: c.date.In(time.UTC)}
	case yesNoCell:
		return c.n == 1
	}
	return nil
}

// Close writes the workbook out and removes the temporary file.
func (x *XLSXWriter) Close() error {
	err := x.stream.Flush()
	if err == nil {
		err = x.file.Write(x.w)
	}
	return errors.Join(err, x.file.Close())
}
