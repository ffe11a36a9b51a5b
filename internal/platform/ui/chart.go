package ui

import (
	"math"
	"strconv"
	"strings"
)

// Chart is a picture of numbers with the table behind it. Title says what it
// shows and in what unit, Source whence it is.
type Chart struct {
	Title, Source string
	// Head names the column of labels in the table: "Year".
	Head   string
	Labels []string
	Series []Series
	// Digits is how many places after the comma the numbers show.
	Digits int
}

// Series is one row of numbers, as many as the labels; NaN where there is none.
type Series struct {
	Name   string
	Values []float64
	// Paths lead from each bar to its rows; may be empty.
	Paths []string
}

// None is a value that is not known.
func None() float64 { return math.NaN() }

func (c Chart) top() float64 {
	top := 0.0
	for _, s := range c.Series {
		for _, v := range s.Values {
			if !math.IsNaN(v) && v > top {
				top = v
			}
		}
	}
	return top
}

// niceTop is the next round number at or above the highest value: 1, 2, 2.5 or
// 5 times a power of ten.
func niceTop(v float64) float64 {
	if v <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if v <= m*power {
			return m * power
		}
	}
	return 10 * power
}

func (c Chart) value(p Page, v float64) string {
	if math.IsNaN(v) {
		return "—"
	}
	return p.Decimal(v, c.Digits)
}

func (c Chart) label(i int) string {
	if i < len(c.Labels) {
		return c.Labels[i]
	}
	return ""
}

func (s Series) path(i int) string {
	if i < len(s.Paths) {
		return s.Paths[i]
	}
	return ""
}

func (c Chart) sheet(p Page) Sheet {
	out := Sheet{Caption: c.Title, Columns: []Column{{Label: c.Head}}}
	for _, s := range c.Series {
		out.Columns = append(out.Columns, Column{Label: s.Name, Num: true})
	}
	for i, l := range c.Labels {
		row := []Cell{{Text: l}}
		for _, s := range c.Series {
			v := None()
			if i < len(s.Values) {
				v = s.Values[i]
			}
			row = append(row, Cell{Text: c.value(p, v), Path: s.path(i)})
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// describe reads the chart aloud: each label with its values.
func (c Chart) describe(p Page) string {
	var b strings.Builder
	for _, s := range c.Series {
		if s.Name != "" {
			b.WriteString(s.Name + ": ")
		}
		for i, v := range s.Values {
			if i > 0 {
				b.WriteString("; ")
			}
			b.WriteString(c.label(i) + " – " + c.value(p, v))
		}
		b.WriteString(". ")
	}
	return strings.TrimSpace(b.String())
}

// The drawing area of a line chart, in units of its view box.
const (
	lineWidth, lineHeight    = 640.0, 260.0
	lineLeft, lineRight      = 8.0, 24.0
	lineTop, lineBottom      = 28.0, 30.0
	plotWidth, plotHeight    = lineWidth - lineLeft - lineRight, lineHeight - lineTop - lineBottom
	maxLabels                = 8
	labelsBesidePointsAtMost = 8
)

func (c Chart) x(i int) float64 {
	if len(c.Labels) < 2 {
		return lineLeft + plotWidth/2
	}
	inset := 24.0
	return lineLeft + inset + (plotWidth-2*inset)*float64(i)/float64(len(c.Labels)-1)
}

func (c Chart) y(v float64) float64 {
	return lineTop + plotHeight*(1-v/niceTop(c.top()))
}

// points is the path of a line; it breaks where a value is not known.
func (c Chart) points(s Series) string {
	var b strings.Builder
	pen := "M"
	for i, v := range s.Values {
		if math.IsNaN(v) {
			pen = "M"
			continue
		}
		b.WriteString(pen + unit(c.x(i)) + " " + unit(c.y(v)))
		pen = "L"
	}
	return b.String()
}

// labelled tells whether there is room for the label of point i.
func (c Chart) labelled(i int) bool {
	every := (len(c.Labels) + maxLabels - 1) / maxLabels
	return every == 0 || i%every == 0
}

func (c Chart) ticks() []float64 {
	top := niceTop(c.top())
	return []float64{0, top / 2, top}
}

func known(v float64) bool { return !math.IsNaN(v) }

func unit(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

func seriesClass(i int) string { return "s" + strconv.Itoa(i%4) }

// Map is the regions of the country as tiles, shaded by value.
type Map struct {
	Title, Source string
	// Head names the column of places, ValueLabel the column of values.
	Head, ValueLabel string
	Tiles            []Tile
}

// Tile is one region by its KATO code. Text is the value as it is written; a
// region without a value has an empty Text.
type Tile struct {
	Code, Name, Path, Text string
	Value                  float64
	Selected               bool
}

// spot is the place of a region in the layout of tiles.
type spot struct {
	code     string
	col, row int
}

// layout sets the 20 regions so that neighbours stay neighbours: the Caspian at
// the left, Altai at the right, the cities of republican rank by their regions.
var layout = [...]spot{
	{"390000000", 2, 0}, {"590000000", 3, 0},
	{"270000000", 0, 1}, {"150000000", 1, 1}, {"110000000", 2, 1}, {"710000000", 3, 1}, {"550000000", 4, 1},
	{"230000000", 0, 2}, {"620000000", 2, 2}, {"350000000", 3, 2}, {"100000000", 4, 2}, {"630000000", 5, 2},
	{"470000000", 0, 3}, {"430000000", 1, 3}, {"610000000", 2, 3}, {"310000000", 3, 3}, {"190000000", 4, 3}, {"330000000", 5, 3},
	{"790000000", 2, 4}, {"750000000", 4, 4},
}

func (m Map) tile(code string) Tile {
	for _, t := range m.Tiles {
		if t.Code == code {
			return t
		}
	}
	return Tile{Code: code}
}

// shade is one of five steps from the lowest value to the highest, or "none".
func (m Map) shade(t Tile) string {
	if t.Text == "" {
		return "q0"
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, o := range m.Tiles {
		if o.Text != "" {
			low, high = min(low, o.Value), max(high, o.Value)
		}
	}
	if high == 0 && low == 0 {
		return "q1"
	}
	if high <= low {
		return "q3"
	}
	return "q" + strconv.Itoa(1+min(4, int((t.Value-low)/(high-low)*5)))
}

func (m Map) sheet() Sheet {
	out := Sheet{Caption: m.Title, Columns: []Column{{Label: m.Head}, {Label: m.ValueLabel, Num: true}}}
	for _, t := range m.Tiles {
		text := t.Text
		if text == "" {
			text = "—"
		}
		out.Rows = append(out.Rows, []Cell{{Text: t.Name, Path: t.Path}, {Text: text}})
	}
	return out
}

const tileSize, tileGap = 96, 6

func at(n int) string { return strconv.Itoa(n * (tileSize + tileGap)) }

func tileClass(m Map, t Tile) string {
	if t.Selected {
		return "tile selected " + m.shade(t)
	}
	return "tile " + m.shade(t)
}

// scale is the value of a bar of full width.
func (c Chart) scale() float64 {
	if top := c.top(); top > 0 {
		return top
	}
	return 1
}

// tileLabel names a tile with its value for those who cannot see it.
func tileLabel(p Page, m Map, code string) string {
	t := m.tile(code)
	name, text := t.Name, t.Text
	if name == "" {
		name = p.T("ui.tile." + code)
	}
	if text == "" {
		text = p.T("ui.no_data")
	}
	return name + ": " + text
}

// The tiles of a grid are wider than those of the map of the country: they bear
// whole names.
const gridColumns, gridStep = 3, 202

func gridHeight(m Map) string {
	rows := (len(m.Tiles) + gridColumns - 1) / gridColumns
	return strconv.Itoa(rows*(tileSize+tileGap) + 3)
}

// longestName is how many letters of a name a tile bears.
const longestName = 17

// short is a name cut to what a tile bears; the table behind has it whole.
func short(name string) string {
	r := []rune(name)
	if len(r) <= longestName {
		return name
	}
	return strings.TrimSpace(string(r[:longestName-1])) + "…"
}
