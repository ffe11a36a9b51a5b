package table

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"
)

// workbook is what the rows of a sheet refer to: texts, styles, the calendar.
type workbook struct {
	zip     *zip.Reader
	budget  *budget
	limits  Limits
	sheet   string // the part with the first visible sheet
	epoch   time.Time
	strings sharedStrings
	dates   map[string]bool // the styles that show a number as a date
}

func openWorkbook(r io.ReaderAt, size int64, limits Limits) (*workbook, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, err
	}
	budget, err := newBudget(z, size, limits)
	if err != nil {
		return nil, err
	}
	b := &workbook{zip: z, budget: budget, limits: limits, dates: map[string]bool{}}
	if err := b.readBook(); err != nil {
		return nil, err
	}
	if err := b.readStyles(); err != nil {
		return nil, err
	}
	return b, b.readStrings()
}

// errNoPart tells that a workbook has no part of that name.
var errNoPart = errors.New("table: the workbook lacks a part")

// open opens a part by its name, whatever the case of its letters.
func (b *workbook) open(name string) (io.ReadCloser, error) {
	for _, f := range b.zip.File {
		if strings.EqualFold(strings.TrimPrefix(f.Name, "/"), name) {
			r, err := f.Open()
			if err != nil {
				return nil, err
			}
			return budgetReader{r, b.budget}, nil
		}
	}
	return nil, fmt.Errorf("%w: %s", errNoPart, name)
}

// each calls f with every element of a part and the text before it.
func (b *workbook) each(name string, f func(t xml.Token) error) error {
	part, err := b.open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	d := newTokens(part, b.limits.Record)
	for {
		t, err := d.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(t); err != nil {
			return err
		}
	}
}

// readBook finds the first visible sheet and whether days count from 1904.
func (b *workbook) readBook() error {
	b.epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	relation := ""
	err := b.each("xl/workbook.xml", func(t xml.Token) error {
		e, _ := t.(xml.StartElement)
		switch e.Name.Local {
		case "workbookPr":
			if v := attr(e, "date1904"); v == "1" || v == "true" {
				b.epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
			}
		case "sheet":
			if state := attr(e, "state"); relation == "" && state != "hidden" && state != "veryHidden" {
				relation = attr(e, "id")
			}
		}
		return nil
	})
	if errors.Is(err, errNoPart) {
		return errNotSheet
	}
	if err != nil {
		return err
	}
	if relation == "" {
		return errDamaged
	}
	return b.resolve(relation)
}

func (b *workbook) resolve(relation string) error {
	err := b.each("xl/_rels/workbook.xml.rels", func(t xml.Token) error {
		e, _ := t.(xml.StartElement)
		if e.Name.Local == "Relationship" && attr(e, "Id") == relation {
			target := attr(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("/xl", target)
			}
			b.sheet = strings.TrimPrefix(path.Clean(target), "/")
		}
		return nil
	})
	if err == nil && b.sheet == "" {
		err = errDamaged
	}
	return err
}

// readStyles notes which cell styles show dates.
func (b *workbook) readStyles() error {
	own := map[string]bool{} // formats that the workbook defines
	inCells, style := false, 0
	err := b.each("xl/styles.xml", func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "numFmt":
				own[attr(e, "numFmtId")] = showsDate(attr(e, "formatCode"))
			case "cellXfs":
				inCells = true
			case "xf":
				if inCells {
					id := attr(e, "numFmtId")
					date, defined := own[id]
					if date || !defined && builtinDate(id) {
						b.dates[strconv.Itoa(style)] = true
					}
					style++
				}
			}
		case xml.EndElement:
			inCells = inCells && e.Name.Local != "cellXfs"
		}
		return nil
	})
	if errors.Is(err, errNoPart) {
		return nil
	}
	return err
}

// builtinDate tells which of the formats without a code show a day.
func builtinDate(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58)
}

// showsDate tells that a format code has a day or a year outside quotes,
// brackets and escapes.
func showsDate(code string) bool {
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '\\', '_', '*':
			i++
		case '"':
			i += skipTo(code[i+1:], '"')
		case '[':
			i += skipTo(code[i+1:], ']')
		case 'd', 'D', 'y', 'Y':
			return true
		case ';':
			return false
		}
	}
	return false
}

func skipTo(s string, end byte) int {
	if i := strings.IndexByte(s, end); i >= 0 {
		return i + 1
	}
	return len(s)
}

func (b *workbook) isDate(style string) bool { return b.dates[style] }

// date is the day of a serial number. Days of 1900 before March are one off in
// spreadsheets, which believe that 29 February 1900 was a day.
func (b *workbook) date(serial float64) (string, bool) {
	days := int(serial)
	if serial < 1 || serial >= 2958466 || days == 60 && b.epoch.Year() == 1899 {
		return "", false
	}
	if days < 60 && b.epoch.Year() == 1899 {
		days++
	}
	return b.epoch.AddDate(0, 0, days).Format(time.DateOnly), true
}

// sharedStrings are the texts of a workbook in one piece of memory.
type sharedStrings struct {
	text []byte
	ends []int
}

func (s *sharedStrings) at(i int) (string, bool) {
	if i < 0 || i >= len(s.ends) {
		return "", false
	}
	start := 0
	if i > 0 {
		start = s.ends[i-1]
	}
	return string(s.text[start:s.ends[i]]), true
}

// readStrings reads the shared texts without the readings that East Asian
// scripts put beside them.
func (b *workbook) readStrings() error {
	inText, reading := false, false
	err := b.each("xl/sharedStrings.xml", func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			reading = reading || e.Name.Local == "rPh"
			inText = e.Name.Local == "t" && !reading
		case xml.CharData:
			if inText {
				b.strings.text = append(b.strings.text, e...)
			}
		case xml.EndElement:
			inText = false
			reading = reading && e.Name.Local != "rPh"
			if e.Name.Local == "si" {
				b.strings.ends = append(b.strings.ends, len(b.strings.text))
			}
		}
		if int64(len(b.strings.text)+8*len(b.strings.ends)) > b.limits.SharedStrings {
			return fmt.Errorf("%w: shared texts", errBomb)
		}
		return nil
	})
	if errors.Is(err, errNoPart) {
		return nil
	}
	return err
}
