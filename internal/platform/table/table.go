// Package table reads and writes tables: CSV and XLSX in, CSV, XLSX and JSON out.
//
// A table comes from a stranger's office, so nothing about it is trusted: what
// it is is told by its bytes and never by its name, every limit is checked
// before and again while reading, and a formula is never taken for a value. Rows
// pass one at a time, so memory does not grow with them. The package knows
// nothing of what the rows mean; Columns and Record turn cells into typed values
// with a fault beside each cell that cannot be taken.
package table

import (
	"embed"
	"errors"
	"io"
	"strings"

	"birge/internal/platform/problem"
)

// Locales holds the words of this package in three languages.
//
//go:embed locales
var Locales embed.FS

// Limits bound what a table may cost. Sizes are in bytes.
type Limits struct {
	Size          int64 // of the file as it was sent
	Unzipped      int64 // of all parts of an XLSX together
	Ratio         int64 // unzipped bytes for each sent one
	Parts         int   // parts of an XLSX
	SharedStrings int64 // texts that an XLSX keeps apart from its rows
	Rows          int   // rows under the header
	Columns       int   // cells of one row
	Record        int   // bytes of one row
}

// DefaultLimits take a million rows, and nothing that would hurt the machine.
var DefaultLimits = Limits{
	Size:          50 << 20,
	Unzipped:      1 << 30,
	Ratio:         200,
	Parts:         1000,
	SharedStrings: 64 << 20,
	Rows:          1_000_000,
	Columns:       500,
	Record:        1 << 20,
}

// Row is one row of the table. Line is where a person finds it: the row of the
// sheet or the line of the text file, counted from 1.
type Row struct {
	Line  int
	Cells []string
	// Faults are the cells that hold no value, by their index: a formula, or an
	// error of the spreadsheet. Such a cell is empty in Cells.
	Faults map[int]problem.Fault
}

func (r Row) blank() bool {
	for _, c := range r.Cells {
		if c != "" {
			return false
		}
	}
	return len(r.Faults) == 0
}

// reject notes that the cell at i holds no value.
func (r *Row) reject(i int, key string, args ...any) {
	if r.Faults == nil {
		r.Faults = map[int]problem.Fault{}
	}
	r.Faults[i] = problem.Fault{Key: key, Args: args}
}

// source gives the rows of one format one after the other, io.EOF at the end.
type source interface {
	next() (Row, error)
	close() error
}

// Reader gives the rows under the header.
type Reader struct {
	name   string
	limits Limits
	source source
	lead   []Row // rows read ahead to find the header
	header int   // the header among lead
	at     int   // how many of lead were given
	rows   int
	ended  error // why source gave no more while reading ahead
}

// leadRows is how many rows are looked at to find the header.
const leadRows = 30

// Open recognises the format of the size bytes in r and finds the header. name
// is the file's name as people know it and is used only in messages. Every
// refusal is a Problem with a key "table.…". The caller closes the reader.
func Open(name string, r io.ReaderAt, size int64, limits Limits) (*Reader, error) {
	if size > limits.Size {
		return nil, problem.New(problem.TooLarge, "table.too_large", "name", name, "most", limits.Size>>20)
	}
	src, err := openSource(name, r, size, limits)
	if err != nil {
		return nil, err
	}
	t := &Reader{name: name, limits: limits, source: src}
	if err := t.readLead(); err != nil {
		return nil, errors.Join(err, src.close())
	}
	return t, nil
}

func openSource(name string, r io.ReaderAt, size int64, limits Limits) (source, error) {
	magic := make([]byte, 8)
	n, err := r.ReadAt(magic, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, problem.Wrap(err, problem.Invalid, "table.damaged", "name", name)
	}
	switch magic := string(magic[:n]); {
	case strings.HasPrefix(magic, "PK\x03\x04"), strings.HasPrefix(magic, "PK\x05\x06"):
		return openXLSX(name, r, size, limits)
	case strings.HasPrefix(magic, "\xd0\xcf\x11\xe0"):
		return nil, problem.New(problem.Invalid, "table.old_excel", "name", name)
	case strings.HasPrefix(magic, "%PDF"), strings.HasPrefix(magic, "{\\rtf"):
		return nil, problem.New(problem.Invalid, "table.unknown_format", "name", name)
	}
	return openCSV(name, r, size, limits)
}

func (t *Reader) readLead() error {
	for len(t.lead) < leadRows {
		row, err := t.nextFull()
		if errors.Is(err, io.EOF) {
			t.ended = err
			break
		}
		if err != nil {
			return err
		}
		t.lead = append(t.lead, row)
	}
	at, ok := findHeader(t.lead)
	if !ok {
		return problem.New(problem.Invalid, "table.no_header", "name", t.name)
	}
	t.startAt(at)
	return nil
}

// startAt takes the row at of lead as the header. A row under it that only
// numbers the columns is no row of the table.
func (t *Reader) startAt(at int) {
	t.header, t.at = at, at+1
	if t.at < len(t.lead) && numbersColumns(t.lead[t.at]) {
		t.at++
	}
}

// Header is the row that names the columns.
func (t *Reader) Header() []string { return t.lead[t.header].Cells }

// Next is the next row that is not blank; io.EOF after the last.
func (t *Reader) Next() (Row, error) {
	row, err := t.following()
	if err != nil {
		return Row{}, err
	}
	if t.rows++; t.rows > t.limits.Rows {
		return Row{}, problem.New(problem.TooLarge, "table.too_many_rows", "most", t.limits.Rows)
	}
	return row, nil
}

func (t *Reader) following() (Row, error) {
	if t.at < len(t.lead) {
		t.at++
		return t.lead[t.at-1], nil
	}
	if t.ended != nil {
		return Row{}, t.ended
	}
	return t.nextFull()
}

func (t *Reader) nextFull() (Row, error) {
	for {
		row, err := t.source.next()
		if err != nil || !row.blank() {
			return row, err
		}
	}
}

// Close lets go of what the reader holds; the bytes it read from stay open.
func (t *Reader) Close() error { return t.source.close() }
