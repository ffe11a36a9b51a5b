// Package pdf draws printable documents: agreements, letters, certificates. The
// same document made at the same moment has the same bytes, so it can be signed.
package pdf

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"rsc.io/qr"
)

// Measures of an A4 page, in millimetres and points.
const (
	margin   = 20.0
	bottom   = 18.0
	body     = 10.0 // points
	line     = 5.0  // millimetres between lines of body text
	small    = 8.0
	smallGap = 4.0
)

const family = "dejavu"

// Options are what is told about a document as a whole.
type Options struct {
	Title string
	// Footer stands on each page before its number, such as the number of the
	// paper and where it can be found.
	Footer string
	// Mark stands large across each page, such as that it is a sample.
	Mark string
	// Made is the moment that the document carries.
	Made time.Time
}

// Doc is a document while it is drawn, from top to bottom.
type Doc struct{ f *fpdf.Fpdf }

// New begins a document on A4.
func New(o Options) *Doc {
	f := fpdf.New("P", "mm", "A4", "")
	f.AddUTF8FontFromBytes(family, "", dejavusans.TTF)
	f.AddUTF8FontFromBytes(family, "B", dejavusansbold.TTF)
	f.SetTitle(clean(o.Title), true)
	f.SetCreator("Birge", false)
	f.SetCreationDate(o.Made.UTC())
	f.SetModificationDate(o.Made.UTC())
	f.SetCatalogSort(true)
	f.SetMargins(margin, margin, margin)
	f.SetAutoPageBreak(true, bottom+4)
	f.SetLineWidth(0.1)
	f.SetDrawColor(150, 150, 150)
	f.AliasNbPages("{pages}")
	f.SetHeaderFunc(func() { across(f, clean(o.Mark)) })
	f.SetFooterFunc(func() { foot(f, clean(o.Footer)) })
	f.AddPage()
	f.SetFont(family, "", body)
	return &Doc{f}
}

// across writes the mark over the page, so faintly that the text can be read.
func across(f *fpdf.Fpdf, mark string) {
	if mark == "" {
		return
	}
	w, h := f.GetPageSize()
	f.SetFont(family, "B", 48)
	f.SetTextColor(235, 235, 235)
	f.TransformBegin()
	f.TransformRotate(50, w/2, h/2)
	f.Text(w/2-f.GetStringWidth(mark)/2, h/2, mark)
	f.TransformEnd()
	f.SetTextColor(0, 0, 0)
	f.SetFont(family, "", body)
}

func foot(f *fpdf.Fpdf, text string) {
	w, _ := f.GetPageSize()
	f.SetY(-bottom)
	f.SetFont(family, "", small)
	f.SetTextColor(90, 90, 90)
	f.CellFormat(w-2*margin-25, line, text, "T", 0, "L", false, 0, "")
	f.CellFormat(25, line, strconv.Itoa(f.PageNo())+" / {pages}", "T", 0, "R", false, 0, "")
	f.SetTextColor(0, 0, 0)
}

// Title writes the name of the document, in the middle.
func (d *Doc) Title(text string) { d.centred(text, "B", 14, 7) }

// Subtitle writes a line below the title, in the middle.
func (d *Doc) Subtitle(text string) { d.centred(text, "", body, line) }

func (d *Doc) centred(text, style string, size, height float64) {
	d.f.SetFont(family, style, size)
	d.f.MultiCell(0, height, clean(text), "", "C", false)
	d.f.SetFont(family, "", body)
	d.f.Ln(1)
}

// Heading begins a part; it stays with the lines that follow.
func (d *Doc) Heading(text string) {
	d.keep(4 * line)
	d.f.Ln(3)
	d.f.SetFont(family, "B", 11)
	d.f.MultiCell(0, 6, clean(text), "", "L", false)
	d.f.SetFont(family, "", body)
	d.f.Ln(1)
}

// Text writes paragraphs, parted by line breaks.
func (d *Doc) Text(text string) {
	for p := range strings.SplitSeq(text, "\n") {
		if p = clean(p); p == "" {
			continue
		}
		d.f.MultiCell(0, line, p, "", "L", false)
		d.f.Ln(1.5)
	}
}

// Fact is one line of a list of facts.
type Fact struct{ Label, Value string }

// Facts writes labels with their values beside them; those without a value are
// left out.
func (d *Doc) Facts(facts ...Fact) {
	w := d.width()
	for _, x := range facts {
		if x.Value == "" {
			continue
		}
		label, value := d.lines(x.Label, "", w*0.36-2), d.lines(x.Value, "B", w*0.64)
		height := float64(max(len(label), len(value))) * line
		d.keep(height)
		y := d.f.GetY()
		d.column(margin, y, w*0.36, line, label, "", "L")
		d.column(margin+w*0.36, y, w*0.64, line, value, "B", "L")
		d.f.SetXY(margin, y+height+1)
	}
}

// Table is rows below a head; Shares tells how wide the columns are to each
// other. In the columns of Right figures stand to the right.
type Table struct {
	Head   []string
	Shares []float64
	Right  []bool
	Rows   [][]string
	// Sum is the last row, in bold; empty for none.
	Sum []string
}

// Table writes a table; its head is repeated on each page.
func (d *Doc) Table(t Table) {
	widths := d.widths(t.Shares)
	d.f.SetFontSize(small)
	d.row(t, widths, t.Head, "B")
	for _, row := range t.Rows {
		d.row(t, widths, row, "")
	}
	if len(t.Sum) > 0 {
		d.row(t, widths, t.Sum, "B")
	}
	d.f.SetFont(family, "", body)
	d.f.Ln(2)
}

func (d *Doc) widths(shares []float64) []float64 {
	all := 0.0
	for _, s := range shares {
		all += s
	}
	out := make([]float64, len(shares))
	for i, s := range shares {
		out[i] = d.width() * s / all
	}
	return out
}

// mostLines keeps one row from being taller than a page.
const mostLines = 40

func (d *Doc) row(t Table, widths []float64, cells []string, style string) {
	d.f.SetFont(family, style, small)
	split := make([][]string, len(widths))
	most := 1
	for i := range widths {
		if i < len(cells) {
			split[i] = d.lines(cells[i], style, widths[i]-2)
			split[i] = split[i][:min(len(split[i]), mostLines)]
		}
		most = max(most, len(split[i]))
	}
	height := float64(most)*smallGap + 1.5
	if d.keep(height) && style != "B" {
		d.row(t, widths, t.Head, "B")
		d.f.SetFont(family, style, small)
	}
	x, y := margin, d.f.GetY()
	for i, w := range widths {
		align := "L"
		if i < len(t.Right) && t.Right[i] {
			align = "R"
		}
		d.column(x, y+0.8, w, smallGap, split[i], style, align)
		x += w
	}
	d.f.Line(margin, y+height, margin+d.width(), y+height)
	d.f.SetXY(margin, y+height)
}

// Sides writes two columns of lines, such as the two sides of an agreement, with
// a line for a signature below each.
func (d *Doc) Sides(left, right []string) {
	half := d.width()/2 - 5
	d.keep(50)
	y := d.f.GetY() + 2
	end := y
	for i, side := range [][]string{left, right} {
		x, at := margin+float64(i)*(half+10), y
		for n, text := range side {
			style := ""
			if n == 0 {
				style = "B"
			}
			split := d.lines(text, style, half)
			d.column(x, at, half, line, split, style, "L")
			at += float64(len(split)) * line
		}
		end = max(end, at)
	}
	end += 14
	d.f.Line(margin, end, margin+half, end)
	d.f.Line(margin+half+10, end, margin+d.width(), end)
	d.f.SetXY(margin, end+2)
}

// NextPage goes on with a new page.
func (d *Doc) NextPage() { d.f.AddPage() }

// The least side of a code, the least side of one of its dots, in millimetres, and
// from how many bytes on an address is written with less to spare for damage, so that
// its dots stay as large as a phone needs.
const (
	leastSide = 24.0
	leastDot  = 0.45
	longText  = 300
)

// QR draws an address as a code to be read by a phone, with a caption beside it. A
// long address makes a larger code.
func (d *Doc) QR(address, caption string) error {
	level := qr.M
	if len(address) > longText {
		level = qr.L
	}
	code, err := qr.Encode(address, level)
	if err != nil {
		return err
	}
	side := max(leastSide, leastDot*float64(code.Size))
	d.keep(side + 4)
	x, y := margin, d.f.GetY()+2
	drawCode(d.f, code, x, y, side)
	d.f.SetFont(family, "", small)
	d.column(x+side+4, y+2, d.width()-side-4, smallGap, d.lines(caption, "", d.width()-side-4), "", "L")
	d.f.SetFont(family, "", body)
	d.f.SetXY(margin, y+side+2)
	return nil
}

// WriteTo writes the finished document.
func (d *Doc) WriteTo(w io.Writer) (int64, error) {
	var b bytes.Buffer
	if err := d.f.Output(&b); err != nil {
		return 0, err
	}
	return b.WriteTo(w)
}

func (d *Doc) width() float64 {
	w, _ := d.f.GetPageSize()
	return w - 2*margin
}

// keep goes to the next page unless so many millimetres are left on this one,
// and tells whether it did.
func (d *Doc) keep(height float64) bool {
	_, h := d.f.GetPageSize()
	if d.f.GetY()+height <= h-bottom-4 {
		return false
	}
	size, _ := d.f.GetFontSize()
	d.f.AddPage()
	d.f.SetFont(family, "", size)
	return true
}

// lines splits a text to a width in the size that is set.
func (d *Doc) lines(text, style string, width float64) (out []string) {
	size, _ := d.f.GetFontSize()
	d.f.SetFont(family, style, size)
	for p := range strings.SplitSeq(text, "\n") {
		if p = clean(p); p != "" {
			out = append(out, d.f.SplitText(p, width)...)
		}
	}
	return out
}

func (d *Doc) column(x, y, width, gap float64, lines []string, style, align string) {
	size, _ := d.f.GetFontSize()
	d.f.SetFont(family, style, size)
	for i, text := range lines {
		d.f.SetXY(x, y+float64(i)*gap)
		d.f.CellFormat(width, gap, text, "", 0, align, false, 0, "")
	}
	d.f.SetFont(family, "", size)
}

// clean leaves out what the font cannot draw: control characters, and what lies
// beyond the letters of the languages written here.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		case r > 0xFFFF:
			return '□'
		}
		return r
	}, strings.TrimSpace(text))
}
