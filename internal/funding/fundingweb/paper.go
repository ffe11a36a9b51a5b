package fundingweb

import (
	"bytes"
	"strconv"
	"time"

	"birge/internal/funding"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/i18n"
	"birge/internal/platform/pdf"
	"birge/internal/platform/ref"
)

// Paper draws the document of an agreement in Kazakh and Russian: one file that
// both sides sign. base is where the portal is reached, for the code that leads to
// the agreement's page.
func Paper(words func(i18n.Lang) *i18n.Printer, place func(ref.ID) (places.Place, bool), base string) func(funding.AgreementPaper) ([]byte, error) {
	return func(a funding.AgreementPaper) ([]byte, error) {
		kk := words(i18n.KK)
		title := kk.T("funding.paper.title")
		o := pdf.Options{Title: title + " № " + a.Agreement.Number, Footer: "№ " + a.Agreement.Number, Made: a.On.In(time.UTC)}
		if a.Agreement.Sample {
			o.Mark = kk.T("funding.paper.sample")
		}
		d := pdf.New(o)
		for i, l := range []i18n.Lang{i18n.KK, i18n.RU} {
			if i > 0 {
				d.NextPage()
			}
			p := paperPart{words(l), a, place}
			p.draw(d)
		}
		if err := d.QR(base+"/kk"+a.Agreement.Ref().Path, base+"/kk"+a.Agreement.Ref().Path); err != nil {
			return nil, err
		}
		var b bytes.Buffer
		_, err := d.WriteTo(&b)
		return b.Bytes(), err
	}
}

// paperPart is the document in one language.
type paperPart struct {
	*i18n.Printer
	funding.AgreementPaper
	place func(ref.ID) (places.Place, bool)
}

func (p paperPart) draw(d *pdf.Doc) {
	a := p.Agreement
	plan := a.Text.Plan
	d.Title(p.T("funding.paper.title"))
	d.Subtitle("№ " + a.Number + ", " + p.Date(p.On))
	d.Text(p.T("funding.paper.sides", "funder", p.Text(p.Funder.Name), "org", p.Text(p.Org.Name)))
	d.Text(p.T("funding.paper.ground", "application", p.Application, "call", p.Text(p.Call.Title), "number", p.Call.Number))
	d.Heading("1. " + p.T("funding.paper.subject"))
	d.Facts(
		pdf.Fact{Label: p.T("projects.title"), Value: p.Text(plan.Title)}, pdf.Fact{Label: p.T("projects.summary"), Value: p.Text(plan.Summary)},
		pdf.Fact{Label: p.T("projects.place"), Value: p.placeName(plan.PlaceID)},
		pdf.Fact{Label: p.T("funding.paper.term"), Value: p.Date(plan.Starts) + " – " + p.Date(plan.Ends)},
		pdf.Fact{Label: p.T("projects.beneficiaries"), Value: p.Int(plan.Beneficiaries)},
	)
	p.results(d)
	p.money(d)
	d.Heading("4. " + p.T("funding.paper.reports"))
	d.Text(p.T("funding.paper.reports_text", "rhythm", p.T("projects.rhythm."+string(a.Text.Rhythm)), "days", a.Text.Days))
	d.Heading("5. " + p.T("funding.agreement.sanctions"))
	d.Text(p.Text(a.Text.Sanctions))
	if special := p.Text(a.Text.Special); special != "" {
		d.Heading("6. " + p.T("funding.agreement.special"))
		d.Text(special)
	}
	d.Heading(p.T("funding.paper.signatures"))
	d.Sides(p.side(p.T("funding.paper.funder"), p.Funder), p.side(p.T("funding.paper.org"), p.Org))
}

func (p paperPart) results(d *pdf.Doc) {
	t := p.Agreement.Text
	d.Heading("2. " + p.T("funding.paper.results"))
	var rows [][]string
	for _, i := range t.Plan.Indicators {
		rows = append(rows, []string{p.Text(i.Name), i.Measure.Written(i.Baseline), target(p.Printer, i), p.Text(i.Source)})
	}
	d.Table(pdf.Table{Head: []string{p.T("projects.indicator"), p.T("projects.baseline"), p.T("projects.target"), p.T("projects.evidence")}, Shares: []float64{4, 1.5, 1.5, 3}, Right: []bool{false, true, true, false}, Rows: rows})
	if len(t.Activities) == 0 {
		return
	}
	rows = nil
	for _, x := range t.Activities {
		rows = append(rows, []string{p.Text(x.Name), p.Month(x.From), p.Month(x.To)})
	}
	d.Table(pdf.Table{Head: []string{p.T("funding.agreement.activity"), p.T("projects.starts"), p.T("projects.ends")}, Shares: []float64{5, 2, 2}, Rows: rows})
}

func (p paperPart) money(d *pdf.Doc) {
	plan := p.Agreement.Text.Plan
	d.Heading("3. " + p.T("funding.paper.money"))
	d.Text(p.T("funding.paper.sum", "sum", p.Money(plan.Sum, plan.Currency)))
	right := []bool{false, true}
	var rows [][]string
	for _, l := range plan.Lines {
		rows = append(rows, []string{p.Text(l.Name), p.Money(l.Sum, plan.Currency)})
	}
	sum := []string{p.T("funding.paper.total"), p.Money(plan.Sum, plan.Currency)}
	d.Table(pdf.Table{Head: []string{p.T("projects.line"), p.T("projects.sum")}, Shares: []float64{5, 2}, Right: right, Rows: rows, Sum: sum})
	rows = nil
	for _, y := range plan.Years {
		rows = append(rows, []string{strconv.Itoa(y.Year), p.Money(y.Sum, plan.Currency)})
	}
	d.Table(pdf.Table{Head: []string{p.T("projects.year"), p.T("projects.sum")}, Shares: []float64{5, 2}, Right: right, Rows: rows, Sum: sum})
	rows = nil
	for i, t := range plan.Tranches {
		rows = append(rows, []string{strconv.Itoa(i+1) + ". " + condition(p.Printer, t), p.Money(t.Sum, plan.Currency)})
	}
	d.Table(pdf.Table{Head: []string{p.T("projects.tranche"), p.T("projects.sum")}, Shares: []float64{5, 2}, Right: right, Rows: rows, Sum: sum})
}

// side is what stands above the signature of a side.
func (p paperPart) side(who string, o orgs.Organization) []string {
	lines := []string{who, p.Text(o.Name)}
	if o.BIN != "" {
		lines = append(lines, p.T("funding.paper.bin", "bin", o.BIN))
	}
	lines = append(lines, p.placeName(o.PlaceID))
	if o.Head != "" {
		lines = append(lines, o.Head)
	}
	return lines
}

func (p paperPart) placeName(id ref.ID) string {
	x, _ := p.place(id)
	return p.Text(x.Name)
}
