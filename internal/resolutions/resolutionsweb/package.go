package resolutionsweb

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/pdf"
	"birge/internal/platform/table"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/resolutions"
)

// files offers the items of a document as tables, on paper, and all together.
func (v view) files() (out []ui.Download) {
	for _, f := range []string{"CSV", "XLSX", "PDF"} {
		out = append(out, ui.Download{Format: f, Href: v.URL(v.Ref().Path + "/items." + strings.ToLower(f))})
	}
	return append(out, ui.Download{Format: "ZIP", Href: v.URL(v.Ref().Path + "/package.zip"), Note: v.T("resolutions.zip_note")})
}

// packages are what regions propose to the document, and what became of it.
func (v view) packages() ui.Sheet {
	s := ui.Sheet{Caption: v.T("resolutions.from_regions"), Columns: []ui.Column{{Label: v.T("resolutions.place")}, {Label: v.T("resolutions.one_package")}, {Label: v.T("resolutions.all"), Num: true}}}
	kinds := [][]resolutions.Standing{{resolutions.Kept, resolutions.KeptLate}, {resolutions.Running, resolutions.Late, resolutions.Silent}, {resolutions.Declined}}
	for _, of := range kinds {
		s.Columns = append(s.Columns, ui.Column{Label: v.T("resolutions.fate_column." + string(of[0])), Num: true})
	}
	for _, x := range v.Packages {
		title, lang := x.Title.In(v.Lang)
		count := func(n int64) ui.Cell {
			if x.Fact != "" && x.Total.All == 0 { // the source does not name its proposals
				return ui.Cell{Text: v.T("resolutions.source_silent")}
			}
			return ui.Cell{Text: v.Int(n)}
		}
		row := []ui.Cell{{Text: v.p.placeName(v.Page, x.PlaceID)}, {Text: title, Path: x.Ref().Path, Lang: lang}, count(x.Total.All)}
		for _, of := range kinds {
			row = append(row, count(x.Total.N(of...)))
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// itemTable gives the items of a document as a table in a form.
func (p *Pages) itemTable(form string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := p.readReport(r)
		if err != nil {
			return err
		}
		out, err := web.Table(w, form, "items-"+v.ID.String())
		if err != nil {
			return err
		}
		return v.writeItems(r, out)
	}
}

// writeItems writes each item on a line, its text in Kazakh and Russian.
func (v reportView) writeItems(r *http.Request, out table.Writer) error {
	var head []string
	for _, key := range []string{"number", "text_kk", "text_ru", "owner", "due", "measure", "standing", "answered", "answer", "proposer", "address"} {
		head = append(head, v.T("resolutions.column_of."+key))
	}
	if err := out.Header(head); err != nil {
		return err
	}
	for _, x := range v.Rows {
		proposer := ""
		if x.ProposerOrg != 0 {
			proposer = v.Text(v.Names[x.ProposerOrg].Title)
		}
		if err := out.Row(table.Int(int64(x.No)), table.Text(x.Item.Text.KK), table.Text(x.Item.Text.RU), table.Text(v.ownerOf(x)), day(x.Due), table.Text(v.Text(x.Measure)),
			table.Text(standing(v.Page, x.Item, x.Standing)), day(x.AnsweredOn), table.Text(v.Text(x.Answer)), table.Text(proposer), table.Text(web.Base(r)+v.URL(x.Ref().Path))); err != nil {
			return err
		}
	}
	return out.Close()
}

// day is a date, or nothing where there is none.
func day(d db.Date) table.Cell {
	if d.IsZero() {
		return table.Text("")
	}
	return table.Date(d)
}

func (v reportView) ownerOf(x resolutions.Row) string {
	if x.OwnerID == 0 {
		return unknown(v.Page, v.Fact != "")
	}
	return v.Text(v.Names[x.OwnerID].Title)
}

func (p *Pages) itemsPDF(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readReport(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := v.itemsOnPaper(r, &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="items-`+v.ID.String()+`.pdf"`)
	_, err = w.Write(b.Bytes())
	return err
}

// itemsOnPaper is the document as it is sent: each item with owner, date, measure and
// what became of it.
func (v reportView) itemsOnPaper(r *http.Request, out io.Writer) error {
	address, mark := web.Base(r)+v.URL(v.Ref().Path), ""
	if v.Document.Sample {
		mark = v.T("resolutions.sample")
	}
	d := pdf.New(pdf.Options{Title: v.Text(v.Document.Title), Footer: address, Mark: mark, Made: web.Now(r)})
	d.Title(v.Text(v.Document.Title))
	d.Subtitle(stageOf(v.Page, v.Document))
	d.Subtitle(v.T("resolutions.as_of", "date", v.Date(v.Today)))
	if !v.About.IsZero() {
		d.Text(v.Text(v.About))
	}
	for _, x := range v.Rows {
		d.Heading(strconv.Itoa(x.No) + ".")
		d.Text(v.Text(x.Item.Text))
		d.Facts(pdf.Fact{Label: v.T("resolutions.owner"), Value: v.ownerOf(x)}, pdf.Fact{Label: v.T("resolutions.due"), Value: dueText(v.Page, x.Item, v.Fact != "")},
			pdf.Fact{Label: v.T("resolutions.measure"), Value: v.Text(x.Measure)}, pdf.Fact{Label: v.T("resolutions.standing"), Value: standing(v.Page, x.Item, x.Standing)},
			pdf.Fact{Label: v.T("resolutions.answer"), Value: v.Text(x.Answer)})
	}
	if err := d.QR(address, v.T("resolutions.on_the_portal")); err != nil {
		return err
	}
	_, err := d.WriteTo(out)
	return err
}

// packed is the whole package in plain files: what is proposed, by whom, to whom, and
// what became of it, as tables and on paper in Kazakh and Russian.
func (p *Pages) packed(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readReport(r)
	if err != nil {
		return err
	}
	heard, err := p.Resolutions.Hear(r.Context(), web.Actor(r), v.ID, 0)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, write func(io.Writer) error) {
		if err != nil {
			return
		}
		var f io.Writer
		if f, err = z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: web.Now(r)}); err == nil {
			err = write(f)
		}
	}
	add("items.csv", func(f io.Writer) error { return v.writeItems(r, table.NewCSV(f)) })
	add("items.xlsx", func(f io.Writer) error {
		out, err := table.NewXLSX(f, "items")
		if err != nil {
			return err
		}
		return v.writeItems(r, out)
	})
	add("proposals.csv", func(f io.Writer) error { return v.writeProposals(heard, table.NewCSV(f)) })
	for _, l := range []i18n.Lang{i18n.KK, i18n.RU} {
		in := v
		in.Page.Printer = p.Words().Printer(l)
		add("items."+string(l)+".pdf", func(f io.Writer) error { return in.itemsOnPaper(r, f) })
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="package-`+v.ID.String()+`.zip"`)
	_, err = w.Write(b.Bytes())
	return err
}

// writeProposals writes the proposals that stand, with their authors and supporters.
func (v reportView) writeProposals(h resolutions.Hearing, out table.Writer) error {
	if err := out.Header([]string{v.T("resolutions.column_of.text_kk"), v.T("resolutions.column_of.text_ru"), v.T("resolutions.column_of.proposer"), v.T("resolutions.supporters"), v.T("resolutions.made_on")}); err != nil {
		return err
	}
	for _, x := range h.Voices {
		if err := out.Row(table.Text(x.Text.KK), table.Text(x.Text.RU), table.Text(strings.Join(authors(v.Page, h.Names, v.Fact != "", x), "; ")), table.Int(x.Support), day(x.MadeOn)); err != nil {
			return err
		}
	}
	return out.Close()
}
