package resolutionsweb

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"birge/internal/orgs"
	"birge/internal/platform/pdf"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/resolutions"
)

// reportView is a delivery report with what is needed to draw it.
type reportView struct {
	ui.Page
	resolutions.Report
	p *Pages
}

func (p *Pages) readReport(r *http.Request) (v reportView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: resolutions.Kind, ID: id}.Key())
	v = reportView{Page: ui.PageOf(r, ""), p: p}
	if v.Report, err = p.Resolutions.Report(r.Context(), id); err != nil {
		return v, err
	}
	for _, name := range v.Names {
		web.Touch(r, name.Key())
	}
	v.Page.Title, v.Description = v.T("resolutions.delivery"), v.Text(v.Document.Title)
	v.Page.Sample = v.Page.Sample && v.Document.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("resolutions.title"), Path: "/resolutions"}, {Title: v.Text(v.Document.Title), Path: v.Ref().Path}}
	return v, nil
}

func (p *Pages) delivery(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readReport(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, deliveryPage(v))
}

func (p *Pages) slides(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readReport(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, slidesPage(v))
}

func (v reportView) path() string { return v.Ref().Path + "/delivery" }

// column is the name of a part of the report.
func (v reportView) column(of []resolutions.Standing) string {
	return v.T("resolutions.column." + string(of[0]))
}

func (v reportView) figures() (out []ui.Figure) {
	for _, of := range resolutions.Columns {
		n := v.Total.N(of...)
		f := ui.Figure{Label: v.column(of), Value: v.Int(n), Why: "#items"}
		if n > 0 {
			f.Tone = of[0].Tone()
		}
		out = append(out, f)
	}
	return out
}

// columns are the parts of the report in which there are items.
func (v reportView) columns() [][]resolutions.Standing {
	return slices.DeleteFunc(slices.Clone(resolutions.Columns), func(of []resolutions.Standing) bool { return v.Total.N(of...) == 0 })
}

// table counts by body or by theme, in the parts in which there are items; the last
// row is the sum of all. What is none is left empty, so that a phone does not tell it.
func (v reportView) table(head string, list []resolutions.Tally, name func(resolutions.Tally) ui.Cell) ui.Sheet {
	s := ui.Sheet{Caption: head, Columns: []ui.Column{{Label: head}, {Label: v.T("resolutions.all"), Num: true}}, Empty: v.T("resolutions.no_items")}
	for _, of := range v.columns() {
		s.Columns = append(s.Columns, ui.Column{Label: v.column(of), Num: true})
	}
	for _, t := range list {
		s.Rows = append(s.Rows, v.row(name(t), t))
	}
	if len(list) > 0 {
		s.Foot = v.row(ui.Cell{Text: v.T("resolutions.all")}, v.Total)
	}
	return s
}

func (v reportView) row(name ui.Cell, t resolutions.Tally) []ui.Cell {
	row := []ui.Cell{name, {Text: v.Int(t.All)}}
	for _, of := range v.columns() {
		c := ui.Cell{}
		if n := t.N(of...); n > 0 {
			c.Text = v.Int(n)
		}
		row = append(row, c)
	}
	return row
}

func (v reportView) body(t resolutions.Tally) ui.Cell {
	if t.Owner == 0 {
		return ui.Cell{Text: v.T("resolutions.owner_unknown")}
	}
	name, lang := v.Names[t.Owner].Title.In(v.Lang)
	return ui.Cell{Text: name, Path: "/obligations?body=" + t.Owner.String(), Lang: lang}
}

// bodyName is a body for a screen, where nobody follows a link.
func (v reportView) bodyName(t resolutions.Tally) ui.Cell {
	c := v.body(t)
	c.Path = ""
	return c
}

func (v reportView) theme(t resolutions.Tally) ui.Cell {
	if t.Theme == "" {
		return ui.Cell{Text: v.T("resolutions.no_theme")}
	}
	return ui.Cell{Text: v.p.term(v.Printer, orgs.ListSpheres, t.Theme)}
}

func (v reportView) items() ui.Sheet {
	list := view{Page: v.Page, p: v.p}
	list.Document, list.Rows, list.Names = v.Document, v.Rows, v.Names
	s := list.items()
	s.Empty = v.T("resolutions.no_items")
	return s
}

// rowsOf are the items of one part of the report.
func (v reportView) rowsOf(of []resolutions.Standing) (out []resolutions.Row) {
	for _, row := range v.Rows {
		for _, s := range of {
			if row.Standing == s {
				out = append(out, row)
			}
		}
	}
	return out
}

// perSlide is how many items one slide shows, so that they are read from afar.
const perSlide = 4

// slide is one screen of the hall.
type slide struct {
	title string
	rows  []resolutions.Row
}

func (v reportView) slides() (out []slide) {
	for _, of := range resolutions.Columns {
		rows := v.rowsOf(of)
		for at := 0; at < len(rows); at += perSlide {
			out = append(out, slide{v.column(of) + ": " + v.Int(int64(len(rows))), rows[at:min(at+perSlide, len(rows))]})
		}
	}
	return out
}

// about says of an item who owes it by when.
func (v reportView) about(row resolutions.Row) string {
	real := v.Fact != ""
	who := unknown(v.Page, real)
	if row.OwnerID != 0 {
		who = v.Text(v.Names[row.OwnerID].Title)
	}
	return who + " · " + dueText(v.Page, row.Item, real)
}

// deliveryPDF is the report on paper, in the language of the address.
func (p *Pages) deliveryPDF(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readReport(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := v.paper(r, &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="delivery-`+v.ID.String()+`.pdf"`)
	_, err = w.Write(b.Bytes())
	return err
}

func (v reportView) paper(r *http.Request, b *bytes.Buffer) error {
	address := web.Base(r) + v.URL(v.path())
	mark := ""
	if v.Document.Sample {
		mark = v.T("resolutions.sample")
	}
	d := pdf.New(pdf.Options{Title: v.Page.Title, Footer: address, Mark: mark, Made: web.Now(r)})
	d.Title(v.Page.Title)
	d.Subtitle(v.Text(v.Document.Title))
	d.Subtitle(v.T("resolutions.as_of", "date", v.Date(v.Today)))
	d.Table(v.onPaper(v.T("resolutions.by_body"), v.ByBody, v.body))
	d.Table(v.onPaper(v.T("resolutions.by_theme"), v.ByTheme, v.theme))
	for _, of := range resolutions.Columns {
		rows := v.rowsOf(of)
		if len(rows) == 0 {
			continue
		}
		d.Heading(v.column(of) + ": " + v.Int(int64(len(rows))))
		for _, row := range rows {
			d.Text(strconv.Itoa(row.No) + ". " + v.Text(row.Item.Text) + "\n" + v.about(row) + " · " + standing(v.Page, row.Item, row.Standing))
		}
	}
	if err := d.QR(address, v.T("resolutions.on_the_portal")); err != nil {
		return err
	}
	_, err := d.WriteTo(b)
	return err
}

func (v reportView) onPaper(head string, list []resolutions.Tally, name func(resolutions.Tally) ui.Cell) pdf.Table {
	s := v.table(head, list, name)
	t := pdf.Table{Sum: texts(s.Foot)}
	for n, c := range s.Columns {
		share := 38.0
		if n > 0 {
			share = widest(c.Label)*2.2 + 3.5 // of a letter in bold and of the space around a cell, in millimetres
		}
		t.Head, t.Shares, t.Right = append(t.Head, c.Label), append(t.Shares, share), append(t.Right, c.Num)
	}
	for _, row := range s.Rows {
		t.Rows = append(t.Rows, texts(row))
	}
	return t
}

// widest is how many characters the longest word of a heading has, which is not broken.
func widest(label string) (n float64) {
	for _, word := range strings.Fields(label) {
		n = max(n, float64(utf8.RuneCountInString(word)))
	}
	return n
}

func texts(row []ui.Cell) (out []string) {
	for _, c := range row {
		out = append(out, c.Text)
	}
	return out
}

// figuresAlone are the figures for a screen, where nobody follows a link.
func (v reportView) figuresAlone() []ui.Figure {
	list := v.figures()
	for n := range list {
		list[n].Why = ""
	}
	return list
}
