package fundingweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"birge/internal/funding"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// batchView is what is about to be done with many applications.
type batchView struct {
	ui.FormPage
	h     *Pages
	call  funding.Call
	batch funding.Batch
	list  []funding.Foreseen
	// foreseen tells that all that a filter finds was chosen, cut at what a batch takes.
	cut bool
}

// foresee shows what would be done with the applications that were chosen.
func (h *Pages) foresee(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	b, cut, err := h.readBatch(r, f)
	if err != nil {
		return err
	}
	return h.showBatch(w, r, b, cut, f.Values, nil)
}

// readBatch reads which applications were chosen and for what.
func (h *Pages) readBatch(r *http.Request, f *web.Form) (b funding.Batch, cut bool, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return b, false, err
	}
	b = funding.Batch{CallID: id, Act: funding.BatchAct(f.Line("do"))}
	if !slices.Contains(funding.BatchActs, b.Act) {
		return b, false, problem.New(problem.NotFound, "problem.not_found")
	}
	var ids []ref.ID
	for _, s := range f.List("id") {
		if one, ok := ref.ParseID(s); ok {
			ids = append(ids, one)
		}
	}
	if f.Line("all") != "" {
		filter := readFilter(f)
		if err := f.Err(); err != nil {
			return b, false, err
		}
		if ids, err = h.Funding.Chosen(r.Context(), web.Actor(r), id, filter); err != nil {
			return b, false, err
		}
		cut = len(ids) == funding.MostInBatch
	}
	for _, one := range ids {
		b.Entries = append(b.Entries, funding.BatchItem{ApplicationID: one})
	}
	return b, cut, f.Err()
}

func (h *Pages) showBatch(w http.ResponseWriter, r *http.Request, b funding.Batch, cut bool, values url.Values, err error) error {
	call, list, bad := h.Funding.Foresee(r.Context(), web.Actor(r), b)
	if bad != nil {
		return bad
	}
	return ui.ShowForm(w, r, "funding.batch."+string(b.Act), values, err, func(t ui.FormPage) templ.Component {
		t.Crumbs = []ui.Crumb{{Title: t.Text(call.Title), Path: call.Ref().Path}, {Title: t.T("funding.applications"), Path: call.Ref().Path + "/applications"}}
		return batchPage(batchView{FormPage: t, h: h, call: call, batch: b, list: list, cut: cut})
	})
}

// dealMany does what was foreseen, with all applications or with none.
func (h *Pages) dealMany(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	b, _, err := h.readBatch(r, f)
	if err != nil {
		return err
	}
	b.Reason, b.Code, b.Fields = i18n.Only(langOf(f), f.Text("reason")), f.Line("code"), f.List("fields")
	if err = f.Err(); err == nil {
		b, err = h.Funding.Deal(r.Context(), web.Actor(r), b)
	}
	if err != nil {
		return h.showBatch(w, r, b, false, f.Values, err)
	}
	return web.SeeOther(w, r, b.Ref().Path, "funding.notice.checked")
}

// undoBatch takes back what was done with many, as far as nobody has touched it.
func (h *Pages) undoBatch(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "batch")
	if err != nil {
		return err
	}
	b, rest, err := h.Funding.UndoBatch(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return web.SeeOther(w, r, b.Ref().Path, "funding.notice.undone")
	}
	p := ui.PageOf(r, web.Words(r).T("funding.batch.rest"))
	p.NoIndex = true
	return web.Render(w, r, http.StatusOK, restPage(p, b, rest))
}

// able are the applications with which the act can be done.
func (v batchView) able() (out []funding.Foreseen) {
	for _, x := range v.list {
		if x.No == nil {
			out = append(out, x)
		}
	}
	return out
}

func (v batchView) path() string { return v.call.Ref().Path + "/applications" }

// sheet says of each application what will become of it, or why nothing will.
func (v batchView) sheet() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.batch.foreseen"), Columns: []ui.Column{{Label: v.T("funding.receipt_no")}, {Label: v.T("funding.f.title")}, {Label: v.T("funding.applicant")},
		{Label: v.T("funding.batch.now")}, {Label: v.T("funding.batch.becomes")}}}
	for _, x := range v.list {
		row := ui.Cells(x.Number, v.Text(x.Proposal.Title), v.Text(x.Org.Title), "", "")
		row[1].Path = x.Application.Ref().Path
		row[3].Show = ui.Status(x.State.Tone(), v.T(x.State.Key()))
		row[4].Show = ui.Status(x.Becomes.Tone(), v.T(x.Becomes.Key()))
		if x.No != nil {
			row[4].Show, row[4].Text = nil, v.T(x.No.Key, x.No.Args...)
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// codes are the questions of the check of which one has a no.
func (v batchView) codes() ui.Field {
	c := checkView{FormPage: v.FormPage, of: applicationView{Page: v.Page, ApplicationStory: funding.ApplicationStory{Call: v.call}}}
	var choices []ui.Choice
	for _, code := range funding.CheckCodes(v.call.Terms) {
		choices = append(choices, ui.Choice{Value: code, Label: c.of.checkLabel(code)})
	}
	x := v.Choose("code", "funding.batch.code", choices)
	x.Required = true
	return x
}

// fields are what can be corrected in every application of the call.
func (v batchView) fields() ui.Field {
	var choices []ui.Choice
	for _, step := range funding.Steps {
		for _, name := range slices.Concat(funding.ProposalFields[step], funding.StepLists[step]) {
			if name != "lang" {
				choices = append(choices, ui.Choice{Value: name, Label: fieldLabel(v.Printer, name)})
			}
		}
	}
	choices = append(choices, ui.Choice{Value: string(funding.StepPapers), Label: fieldLabel(v.Printer, string(funding.StepPapers))})
	x := v.Choose("fields", "funding.batch.fields", choices)
	x.Required = true
	return x
}

// told says what was done in a batch.
func (v applicationsView) told(b funding.Batch) string {
	s := v.T("funding.batch."+string(b.Act)) + ": " + strconv.Itoa(len(b.Entries)) + " · " + v.DateTime(b.MadeAt.In(v.zone))
	if !b.Reason.IsZero() {
		s += " · " + v.Text(b.Reason)
	}
	if !b.UndoneAt.IsZero() {
		s += " · " + v.T("funding.batch.undone")
	}
	return s
}
