package fundingweb

import (
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"birge/internal/funding"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/signatures"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// agreementView is an agreement with what is needed to draw it.
type agreementView struct {
	ui.Page
	funding.AgreementStory
	h *Pages
}

func (h *Pages) readAgreement(r *http.Request) (v agreementView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	v = agreementView{Page: ui.PageOf(r, ""), h: h}
	if v.AgreementStory, err = h.Funding.AgreementStory(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	web.Touch(r, v.Agreement.Ref().Key())
	v.Title = v.T("funding.agreement.no", "number", v.Agreement.Number)
	v.Page.Sample = v.Page.Sample || v.Agreement.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("funding.calls"), Path: "/calls"}, {Title: v.Text(v.Call.Title), Path: v.Call.Ref().Path}}
	return v, nil
}

func (h *Pages) agreement(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readAgreement(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, agreementPage(v, nil))
}

// refusedAct shows the page again with the reason why an act on it was refused.
func (h *Pages) refusedAct(w http.ResponseWriter, r *http.Request, err error) error {
	bad, ok := web.Refused(err)
	if !ok {
		return err
	}
	v, seen := h.readAgreement(r)
	if seen != nil {
		return err
	}
	return web.Render(w, r, web.Status(err), agreementPage(v, bad))
}

// steps are the way of the agreement up to now.
func (v agreementView) steps() []ui.Step {
	at := map[funding.AgreementState]int{funding.Drafting: 0, funding.Settled: 1, funding.Signed: 3}[v.Agreement.State()]
	var out []ui.Step
	for i, k := range []string{"drafting", "settled", "signed"} {
		s := ui.Step{Title: v.T("funding.agreement.step." + k)}
		if i < at {
			s.State = ui.Done
		} else if i == at {
			s.State = ui.Now
		}
		out = append(out, s)
	}
	return out
}

func (v agreementView) facts() []ui.Fact {
	a, p := v.Agreement, v.Agreement.Text.Plan
	return []ui.Fact{
		{Label: v.T("projects.sum"), Value: v.Money(p.Sum, p.Currency)},
		{Label: v.T("funding.granted"), Value: v.Money(a.Granted, p.Currency)},
		{Label: v.T("projects.starts"), Value: v.Date(p.Starts)}, {Label: v.T("projects.ends"), Value: v.Date(p.Ends)},
		{Label: v.T("projects.rhythm"), Value: v.T("projects.rhythm." + string(a.Text.Rhythm))},
		{Label: v.T("funding.agreement.report_due"), Value: v.N("funding.agreement.report_days", int64(a.Text.Days))},
	}
}

func (v agreementView) years() ui.Sums {
	s := ui.Sums{Caption: v.T("projects.money"), Head: v.T("projects.year"), Currency: "KZT", Total: true, Columns: []string{v.T("projects.sum")}}
	for _, y := range v.Agreement.Text.Plan.Years {
		s.Rows = append(s.Rows, ui.SumRow{Label: strconv.Itoa(y.Year), Values: []int64{y.Sum}})
	}
	return s
}

func (v agreementView) budget() ui.Sums {
	s := ui.Sums{Caption: v.T("projects.lines"), Head: v.T("projects.line"), Currency: "KZT", Total: true, Columns: []string{v.T("projects.sum")}}
	for _, l := range v.Agreement.Text.Plan.Lines {
		s.Rows = append(s.Rows, ui.SumRow{Label: v.Text(l.Name), Values: []int64{l.Sum}})
	}
	return s
}

func (v agreementView) tranches() ui.Sheet {
	s := ui.Sheet{Caption: v.T("projects.tranches"), Columns: []ui.Column{{Label: v.T("projects.tranche")}, {Label: v.T("projects.sum"), Num: true}, {Label: v.T("projects.condition")}}}
	for i, t := range v.Agreement.Text.Plan.Tranches {
		s.Rows = append(s.Rows, ui.Cells(strconv.Itoa(i+1), v.Money(t.Sum, "KZT"), condition(v.Printer, t)))
	}
	return s
}

// condition says when a tranche is paid.
func condition(p *i18n.Printer, t projects.Tranche) string {
	var said []string
	if t.After > 0 {
		said = append(said, p.T("projects.after_report_no", "no", t.After))
	}
	if !t.Condition.IsZero() {
		said = append(said, p.Text(t.Condition))
	}
	if !t.Due.IsZero() {
		said = append(said, p.T("funding.agreement.by", "day", p.ShortDate(t.Due)))
	}
	return joined(said)
}

func joined(parts []string) (out string) {
	for i, s := range parts {
		if i > 0 {
			out += "; "
		}
		out += s
	}
	return out
}

func (v agreementView) indicators() ui.Sheet {
	s := ui.Sheet{Caption: v.T("projects.results"), Columns: []ui.Column{{Label: v.T("projects.indicator")}, {Label: v.T("projects.target"), Num: true}, {Label: v.T("projects.evidence")}}}
	for _, i := range v.Agreement.Text.Plan.Indicators {
		s.Rows = append(s.Rows, ui.Cells(v.Text(i.Name), target(v.Printer, i), v.Text(i.Source)))
	}
	return s
}

// target is the value that an indicator is to reach, with its unit.
func target(p *i18n.Printer, i projects.Indicator) string {
	if unit := p.Text(i.Unit); unit != "" {
		return i.Measure.Written(i.Target) + " " + unit
	}
	return i.Measure.Written(i.Target)
}

func (v agreementView) work() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.agreement.work"), Columns: []ui.Column{{Label: v.T("funding.agreement.activity")}, {Label: v.T("projects.starts")}, {Label: v.T("projects.ends")}}}
	for _, a := range v.Agreement.Text.Activities {
		s.Rows = append(s.Rows, ui.Cells(v.Text(a.Name), v.Month(a.From), v.Month(a.To)))
	}
	return s
}

// side names one of the two sides.
func (v agreementView) side(s funding.Side) string {
	if s == funding.FunderSide {
		return v.Text(v.Funder.Title)
	}
	return v.Text(v.Org.Title)
}

// consent tells where a side stands: agreed, signed, or what it has yet to do.
type consent struct {
	name, tone, label, detail string
	signature                 *funding.Signature
}

func (v agreementView) consents() (out []consent) {
	for _, s := range funding.Sides {
		c := consent{name: v.side(s), tone: ui.Wait, label: v.T("funding.agreement.no_consent")}
		if !v.Agreement.AwaitsConsent(s) {
			c.tone, c.label = ui.Good, v.T("funding.agreement.consented")
		}
		if v.Agreement.State() == funding.Settled || v.Agreement.State() == funding.Signed {
			c.tone, c.label = ui.Wait, v.T("funding.agreement.to_sign")
		}
		for i, g := range v.Signatures {
			if g.Side == s {
				c.signature = &v.Signatures[i]
				c.tone, c.label, c.detail = v.signature(g)
			}
		}
		out = append(out, c)
	}
	return out
}

// signature says what a signature is worth.
func (v agreementView) signature(g funding.Signature) (tone, label, detail string) {
	detail = v.ShortDate(db.DateOf(g.At.Time))
	switch {
	case g.Wrong:
		return ui.Late, v.T("funding.signature.wrong"), detail
	case g.Asked:
		return ui.Wait, v.T("funding.signature.asked"), detail
	case g.Way == funding.ByCopy:
		return ui.Good, v.T("funding.signature.copy"), detail
	}
	if g.Seal.Holder != "" {
		detail += " · " + g.Seal.Holder
	}
	detail += " · " + v.T("funding.signature.valid", "from", v.ShortDate(db.DateOf(g.Seal.From.Time)), "to", v.ShortDate(db.DateOf(g.Seal.To.Time)))
	switch {
	case g.Seal.State == signatures.Verified && g.Seal.Verifier != "":
		return ui.Good, v.T("signatures.verified_by", "name", g.Seal.Verifier), detail
	case g.Seal.State == signatures.Verified:
		return ui.Good, v.T("signatures.verified"), detail + ". " + v.T("signatures.no_revocation")
	}
	return ui.Wait, v.T("signatures.unverified"), detail + ". " + v.T(g.Seal.Why)
}

// toSign tells that the reader's side has yet to sign.
func (v agreementView) toSign() bool {
	if !v.Binds || v.Agreement.State() != funding.Settled {
		return false
	}
	for _, g := range v.Signatures {
		if g.Side == v.Side && !g.Wrong {
			return false
		}
	}
	return true
}

// agreementLists are the lists of rows in the form of an agreement.
var agreementLists = ui.Rows{Lists: []string{"years", "tranches", "lines", "indicators"}, Given: []string{"measure", "adding"}}

func (v agreementView) values() url.Values {
	a := v.Agreement
	p := a.Text.Plan
	values := url.Values{"starts": {p.Starts.String()}, "ends": {p.Ends.String()}, "sum": {typedMoney(p.Sum)}, "rhythm": {string(a.Text.Rhythm)},
		"report_days": {strconv.Itoa(a.Text.Days)}, "version": {strconv.FormatInt(a.Version, 10)}}
	ui.PutTexts(values, "sanctions", a.Text.Sanctions)
	ui.PutTexts(values, "special", a.Text.Special)
	for i, y := range p.Years {
		values.Set(ui.RowName("years", i)+"year", strconv.Itoa(y.Year))
		values.Set(ui.RowName("years", i)+"sum", typedMoney(y.Sum))
	}
	for i, t := range p.Tranches {
		at := ui.RowName("tranches", i)
		values.Set(at+"id", t.ID.String())
		values.Set(at+"sum", typedMoney(t.Sum))
		values.Set(at+"due", t.Due.String())
		ui.PutTexts(values, at+"condition", t.Condition)
		if t.After > 0 {
			values.Set(at+"after", strconv.Itoa(t.After))
		}
	}
	for i, l := range p.Lines {
		at := ui.RowName("lines", i)
		values.Set(at+"id", l.ID.String())
		values.Set(at+"sum", typedMoney(l.Sum))
		ui.PutTexts(values, at+"name", l.Name)
	}
	for i, x := range p.Indicators {
		at := ui.RowName("indicators", i)
		values.Set(at+"id", x.ID.String())
		ui.PutTexts(values, at+"name", x.Name)
		ui.PutTexts(values, at+"source", x.Source)
		values.Set(at+"target", x.Measure.Written(x.Target))
	}
	return values
}

// typedMoney writes tiyn as a field of money is typed.
func typedMoney(tiyn int64) string {
	s := strconv.FormatInt(tiyn/100, 10)
	if rest := tiyn % 100; rest != 0 {
		s += "." + strconv.FormatInt(100+rest, 10)[1:]
	}
	return s
}

// readText reads the form over the text as it stands: what the form does not ask
// stays, such as the place and the need that were judged.
func readText(f *web.Form, t funding.AgreementText) funding.AgreementText {
	agreementLists.Tidy(f.Values)
	p := t.Plan
	p.Starts, p.Ends, p.Sum = f.Date("starts"), f.Date("ends"), f.Money("sum")
	p.Years, p.Tranches, p.Lines = nil, nil, nil
	each := func(list string, read func(at string)) {
		for i := range agreementLists.Filled(f.Values, list) {
			read(ui.RowName(list, i))
		}
	}
	each("years", func(at string) {
		p.Years = append(p.Years, projects.YearPlan{Year: int(f.Int(at + "year")), Sum: f.Money(at + "sum")})
	})
	each("tranches", func(at string) {
		p.Tranches = append(p.Tranches, projects.Tranche{ID: f.ID(at + "id"), Sum: f.Money(at + "sum"), Due: f.Date(at + "due"),
			Condition: f.Texts(at + "condition"), After: int(f.Int(at + "after"))})
	})
	each("lines", func(at string) {
		p.Lines = append(p.Lines, projects.Line{ID: f.ID(at + "id"), Name: f.Texts(at + "name"), Sum: f.Money(at + "sum")})
	})
	var indicators []projects.Indicator
	each("indicators", func(at string) { indicators = append(indicators, readTarget(f, at, p.Indicators)) })
	p.Indicators = indicators
	return funding.AgreementText{Plan: p, Activities: t.Activities, Rhythm: projects.Rhythm(f.Line("rhythm")), Days: int(f.Int("report_days")),
		Sanctions: f.Texts("sanctions"), Special: f.Texts("special")}
}

// readTarget reads an indicator: one of the application keeps its measure and its
// baseline, a new one counts by number.
func readTarget(f *web.Form, at string, known []projects.Indicator) projects.Indicator {
	x := projects.Indicator{ID: f.ID(at + "id"), Measure: projects.Number, Adding: projects.PerPeriod}
	for _, k := range known {
		if k.ID == x.ID && k.ID != 0 {
			x = k
		}
	}
	x.Name, x.Source = f.Texts(at+"name"), f.Texts(at+"source")
	switch name := at + "target"; {
	case !f.Has(name):
		x.Target = projects.Value{}
	case x.Measure == projects.Percent:
		v, ok := projects.ParseShare(f.Line(name))
		f.Reject(!ok, name, "projects.write_share")
		x.Target = v
	case x.Measure == projects.YesNo:
		x.Target = projects.YesOrNo(f.Decimal(name) != 0)
	default:
		x.Target = projects.NumberOf(int64(math.Round(f.Decimal(name) * projects.Thousandth)))
	}
	return x
}

func (h *Pages) agreementForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readAgreement(r)
	if err != nil {
		return err
	}
	if v.Side == "" {
		return problem.New(problem.Forbidden, "funding.agreement.sides_only")
	}
	return h.showAgreementForm(w, r, v, v.values(), nil)
}

func (h *Pages) showAgreementForm(w http.ResponseWriter, r *http.Request, v agreementView, values url.Values, err error) error {
	return ui.ShowEdit(w, r, "funding.agreement.edit", values, v.values(), err, func(t ui.FormPage) templ.Component { return agreementFields(t, v) })
}

func (h *Pages) changeAgreement(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readAgreement(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	if agreementLists.Reshaped(f.Values) {
		return h.showAgreementForm(w, r, v, f.Values, nil)
	}
	text := readText(f, v.Agreement.Text)
	if err = f.Err(); err == nil {
		_, err = h.Funding.ChangeAgreement(r.Context(), web.Actor(r), v.Agreement.ID, f.Version(), text, f.Texts("reason"))
	}
	if err != nil {
		return h.showAgreementForm(w, r, v, f.Values, err)
	}
	return web.SeeOther(w, r, v.Agreement.Ref().Path, "funding.notice.agreement_changed")
}

// actOnAgreement agrees, reopens or voids, as the button says.
func (h *Pages) actOnAgreement(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readAgreement(r)
	if err != nil {
		return err
	}
	id, f, by, ctx := v.Agreement.ID, web.ReadForm(r), web.Actor(r), r.Context()
	var a funding.Agreement
	notice := "funding.notice.agreement_changed"
	switch {
	case f.Err() != nil:
		err = f.Err()
	case f.Line("do") == "agree":
		notice = "funding.notice.consented"
		a, err = h.Funding.AgreeTo(ctx, by, id, int(f.Int("revision")))
	case f.Line("do") == "reopen":
		a, err = h.Funding.ReopenAgreement(ctx, by, id, f.Version())
	case f.Line("do") == "void":
		notice = "funding.notice.void"
		a, err = h.Funding.VoidAgreement(ctx, by, id, f.Version(), f.Texts("reason"))
	default:
		err = problem.New(problem.Invalid, "form.unknown_choice")
	}
	if err != nil {
		return h.refusedAct(w, r, err)
	}
	return web.SeeOther(w, r, a.Ref().Path, notice)
}

// sign takes a copy of the signed paper or a signature file.
func (h *Pages) sign(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readAgreement(r)
	if err != nil {
		return err
	}
	id, f := v.Agreement.ID, web.ReadForm(r)
	if r.MultipartForm != nil {
		defer func() { _ = r.MultipartForm.RemoveAll() }()
	}
	file, header, ok := f.File("signature")
	if err = f.Err(); err == nil && !ok {
		err = problem.Fields{"signature": {Key: "form.required"}}.Err()
	}
	if err != nil {
		return h.refusedAct(w, r, err)
	}
	defer file.Close()
	var a funding.Agreement
	if f.Line("way") == string(funding.ByCopy) {
		copied, bad := h.Funding.CheckCopy(r.Context(), web.Actor(r), id, header.Filename, file)
		if err = bad; err == nil {
			a, err = h.Funding.SignByCopy(r.Context(), web.Actor(r), id, copied)
		}
	} else {
		bytes, bad := io.ReadAll(io.LimitReader(file, signatures.MaxFile+1))
		if err = bad; err == nil {
			a, err = h.Funding.SignByFile(r.Context(), web.Actor(r), id, bytes)
		}
	}
	if err != nil {
		return h.refusedAct(w, r, err)
	}
	return web.SeeOther(w, r, a.Ref().Path, "funding.notice.signed")
}

// document gives the document that is signed.
func (h *Pages) document(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f, err := h.Funding.AgreementFile(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	return h.Funding.Files.Serve(w, r, f, "original")
}

// signatureFile gives the sides what was handed in as a signature.
func (h *Pages) signatureFile(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	which, err := web.ID(r, "signature")
	if err != nil {
		return err
	}
	n, file, copied, err := h.Funding.SignatureFile(r.Context(), web.Actor(r), id, which)
	if err != nil {
		return err
	}
	if n.Way == funding.ByCopy {
		return h.Funding.Files.Serve(w, r, copied, "original")
	}
	w.Header().Set("Content-Type", "application/pkcs7-signature")
	w.Header().Set("Content-Disposition", `attachment; filename="`+n.ID.String()+`.p7s"`)
	w.Header().Set("Cache-Control", "private, no-store")
	_, err = w.Write(file)
	return err
}

// versions shows each text of an agreement beside the one before.
func (h *Pages) agreementVersions(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readAgreement(r)
	if err != nil {
		return err
	}
	if v.Side == "" {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	v.Crumbs = append(v.Crumbs, ui.Crumb{Title: v.Title, Path: v.Agreement.Ref().Path})
	v.Title = v.T("funding.agreement.versions")
	return web.Render(w, r, http.StatusOK, versionsPage(v))
}

// changedLine is a line of the text that a version changed.
type changedLine struct{ label, before, after string }

// changed lists what a version changed; of the first one, nothing.
func (v agreementView) changed(i int) (out []changedLine) {
	if i == 0 {
		return nil
	}
	before, after := textLines(v.Printer, v.Versions[i-1].Text), textLines(v.Printer, v.Versions[i].Text)
	for k := range after {
		if before[k].Value != after[k].Value {
			out = append(out, changedLine{after[k].Label, before[k].Value, after[k].Value})
		}
	}
	return out
}

// textLines writes a text as lines, the same ones for every text.
func textLines(p *i18n.Printer, t funding.AgreementText) []ui.Fact {
	var years, tranches, lines, indicators string
	for _, y := range t.Plan.Years {
		years += strconv.Itoa(y.Year) + ": " + p.Money(y.Sum, "KZT") + "\n"
	}
	for i, x := range t.Plan.Tranches {
		tranches += strconv.Itoa(i+1) + ". " + p.Money(x.Sum, "KZT") + ", " + condition(p, x) + "\n"
	}
	for _, l := range t.Plan.Lines {
		lines += p.Text(l.Name) + ": " + p.Money(l.Sum, "KZT") + "\n"
	}
	for _, i := range t.Plan.Indicators {
		indicators += p.Text(i.Name) + ": " + target(p, i) + "\n"
	}
	return []ui.Fact{
		{Label: p.T("projects.sum"), Value: p.Money(t.Plan.Sum, "KZT")},
		{Label: p.T("projects.starts"), Value: p.ShortDate(t.Plan.Starts)}, {Label: p.T("projects.ends"), Value: p.ShortDate(t.Plan.Ends)},
		{Label: p.T("projects.money"), Value: years}, {Label: p.T("projects.tranches"), Value: tranches},
		{Label: p.T("projects.lines"), Value: lines}, {Label: p.T("projects.results"), Value: indicators},
		{Label: p.T("projects.rhythm"), Value: p.T("projects.rhythm." + string(t.Rhythm))}, {Label: p.T("projects.report_within"), Value: strconv.Itoa(t.Days)},
		{Label: p.T("funding.agreement.sanctions"), Value: p.Text(t.Sanctions)}, {Label: p.T("funding.agreement.special"), Value: p.Text(t.Special)},
	}
}
