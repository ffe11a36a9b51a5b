package pdf

import (
	"codeberg.org/go-pdf/fpdf"
	"rsc.io/qr"
)

// Card is one of several small cards on a page, to be cut out: a badge.
type Card struct {
	Head  string // above: what it is for
	Name  string // large
	Lines []string
	// Code is drawn to be read by a phone, Short written below it to be typed.
	Code, Short string
}

// Measures of cards, in millimetres: two beside each other, four below each other.
const (
	cardWidth   = 90.0
	cardHeight  = 66.0
	cardsAcross = 2
	cardsDown   = 4
	cardPad     = 4.0
	cardTop     = 10.0
	cardCode    = 27.0
)

// Cards writes cards on pages of their own, eight on each.
func (d *Doc) Cards(list []Card) error {
	w, _ := d.f.GetPageSize()
	left := (w - cardsAcross*cardWidth) / 2
	d.f.SetAutoPageBreak(false, 0)
	defer func() { d.f.SetAutoPageBreak(true, bottom+4) }()
	for i, c := range list {
		n := i % (cardsAcross * cardsDown)
		if i > 0 && n == 0 {
			d.f.AddPage()
		}
		if err := d.card(c, left+float64(n%cardsAcross)*cardWidth, cardTop+float64(n/cardsAcross)*cardHeight); err != nil {
			return err
		}
	}
	return nil
}

func (d *Doc) card(c Card, x, y float64) error {
	d.f.Rect(x, y, cardWidth, cardHeight, "D")
	wide, beside := cardWidth-2*cardPad, cardWidth-3*cardPad-cardCode
	at := y + cardPad
	at = d.part(x+cardPad, at, wide, c.Head, "", small, smallGap, 2) + 2
	at = d.part(x+cardPad, at, wide, c.Name, "B", d.fits(c.Name, wide, 2), 7, 2) + 1.5
	at = max(at, y+cardHeight-cardPad-cardCode-smallGap-1)
	for _, text := range c.Lines {
		at = d.part(x+cardPad, at, beside, text, "", 9, 4.2, 3) + 0.8
	}
	side := x + cardWidth - cardPad - cardCode
	below := y + cardHeight - cardPad - smallGap
	d.f.SetXY(side, below)
	d.f.SetFont(family, "B", 9)
	d.f.CellFormat(cardCode, smallGap, clean(c.Short), "", 0, "C", false, 0, "")
	d.f.SetFont(family, "", body)
	code, err := qr.Encode(c.Code, qr.M)
	if err == nil {
		drawCode(d.f, code, side, below-cardCode-0.5, cardCode)
	}
	return err
}

// fits is the largest of some sizes, in points, in which a text takes so many lines.
func (d *Doc) fits(text string, width float64, lines int) float64 {
	sizes := []float64{18, 16, 14, 12}
	for _, size := range sizes {
		d.f.SetFont(family, "B", size)
		if len(d.lines(text, "B", width)) <= lines {
			return size
		}
	}
	return sizes[len(sizes)-1]
}

// part writes up to so many lines and gives where the next ones begin.
func (d *Doc) part(x, y, width float64, text, style string, size, gap float64, most int) float64 {
	d.f.SetFont(family, style, size)
	split := d.lines(text, style, width)
	split = split[:min(len(split), most)]
	d.column(x, y, width, gap, split, style, "L")
	d.f.SetFont(family, "", body)
	return y + float64(len(split))*gap
}

// drawCode draws a code so wide.
func drawCode(f *fpdf.Fpdf, code *qr.Code, x, y, side float64) {
	dot := side / float64(code.Size)
	f.SetFillColor(0, 0, 0)
	for row := range code.Size {
		for col := range code.Size {
			if code.Black(col, row) {
				f.Rect(x+float64(col)*dot, y+float64(row)*dot, dot, dot, "F")
			}
		}
	}
}
