package fundingweb

import (
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"birge/internal/funding"
	"birge/internal/panels"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// outcomeView is what was decided about an application, and why.
type outcomeView struct {
	ui.FormPage
	funding.Outcome
	application ref.ID
}

// outcome tells the two sides what was decided about an application; the applicant
// may appeal there.
func (h *Pages) outcome(w http.ResponseWriter, r *http.Request) error {
	return h.showOutcome(w, r, url.Values{}, nil)
}

func (h *Pages) showOutcome(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	id, bad := web.ID(r, "id")
	if bad != nil {
		return bad
	}
	o, bad := h.Funding.Outcome(r.Context(), web.Actor(r), id)
	if bad != nil {
		return bad
	}
	return ui.ShowForm(w, r, "funding.outcome", values, err, func(t ui.FormPage) templ.Component { return outcomePage(outcomeView{t, o, id}) })
}

func (v outcomeView) path() string { return "/applications/" + v.application.String() }

func (v outcomeView) facts() []ui.Fact {
	x := v.Ruling
	list := []ui.Fact{{Label: v.T("funding.state"), Show: ui.Status(x.Outcome.Tone(), v.T(x.Outcome.Key()))}}
	if x.Granted > 0 {
		list = append(list, ui.Fact{Label: v.T("funding.results.granted"), Value: v.Money(x.Granted, "KZT")})
	}
	if x.Marks > 0 {
		list = append(list, ui.Fact{Label: v.T("funding.order.place"), Value: strconv.Itoa(x.Place)},
			ui.Fact{Label: v.T("funding.order.corrected"), Value: v.Decimal(float64(x.Points)/100, 1)}, ui.Fact{Label: v.T("funding.order.raw"), Value: v.Decimal(float64(x.RawPoints)/100, 1)})
	}
	if !x.Reason.IsZero() {
		list = append(list, ui.Fact{Label: v.T("funding.f.departure_reason"), Show: ui.Prose(v.Page, x.Reason)})
	}
	return append(list, ui.Fact{Label: v.T("funding.decision.published"), Value: v.Date(v.Decision.PublishedAt)})
}

// said is what the experts gave by one criterion.
func (v outcomeView) said(c funding.CriterionSaid) ui.Sheet {
	s := ui.Sheet{Caption: v.Text(c.Name) + ": " + v.T("funding.outcome.mean", "points", v.Decimal(c.Mean, 1), "max", c.Max), Columns: []ui.Column{{Label: v.T("funding.order.expert")},
		{Label: v.T("funding.outcome.points"), Num: true}, {Label: v.T("funding.outcome.comment")}}}
	for _, x := range c.Said {
		s.Rows = append(s.Rows, ui.Cells(v.T("funding.order.expert_no", "no", x.No), strconv.Itoa(x.Points), x.Comment))
	}
	return s
}

func (v outcomeView) appeals() (out []ui.Link) {
	for _, a := range v.Appeals {
		out = append(out, ui.Link{Title: v.T("funding.appeal.one", "number", a.Number) + " · " + v.T(a.Key()), Path: a.Ref().Path})
	}
	return out
}

// fileAppeal files an appeal against what was decided.
func (h *Pages) fileAppeal(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	grounds := f.Text("grounds")
	if err = f.Err(); err == nil {
		var a funding.Appeal
		if a, err = h.Funding.FileAppeal(r.Context(), web.Actor(r), id, i18n.Only(web.Lang(r), grounds)); err == nil {
			return web.SeeOther(w, r, a.Ref().Path, "funding.notice.appealed")
		}
	}
	return h.showOutcome(w, r, f.Values, err)
}

// appealView is an appeal before the two sides.
type appealView struct {
	ui.FormPage
	funding.AppealStory
	zone *time.Location
}

func (h *Pages) appeal(w http.ResponseWriter, r *http.Request) error {
	return h.showAppeal(w, r, url.Values{}, nil)
}

func (h *Pages) showAppeal(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	id, bad := web.ID(r, "id")
	if bad != nil {
		return bad
	}
	st, bad := h.Funding.AppealStory(r.Context(), web.Actor(r), id)
	if bad != nil {
		return bad
	}
	now := url.Values{"version": {strconv.FormatInt(st.Appeal.Version, 10)}}
	if !values.Has("version") {
		values.Set("version", now.Get("version"))
		values.Set("sum", tenge(min(st.Application.Proposal.Asked, st.Left)))
	}
	return ui.ShowEdit(w, r, "funding.appeal", values, now, err, func(t ui.FormPage) templ.Component { return appealPage(appealView{t, st, web.Zone(r)}) })
}

// hearAppeal takes what a side does with an appeal.
func (h *Pages) hearAppeal(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	ctx, by, version := r.Context(), web.Actor(r), f.Version()
	due := f.Date("due")
	answer := funding.Answer{Granted: f.Line("answer") == "granted", Reasons: f.Texts("reasons"), Outcome: funding.ApplicationState(f.Line("outcome"))}
	if answer.Outcome == funding.Funded {
		answer.Sum = f.Money("sum")
	}
	if err = f.Err(); err == nil {
		switch f.Line("do") {
		case "withdraw":
			_, err = h.Funding.WithdrawAppeal(ctx, by, id, version)
		case "panel":
			_, err = h.Funding.HearByPanel(ctx, by, id, version, due)
		case "answer":
			_, err = h.Funding.AnswerAppeal(ctx, by, id, version, answer)
		default:
			err = noSuchAct()
		}
	}
	if err != nil {
		return h.showAppeal(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, funding.Appeal{ID: id}.Ref().Path, "funding.notice.saved")
}

// attachToAppeal lays a file beside an appeal.
func (h *Pages) attachToAppeal(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	file, header, ok := f.File("file")
	f.Reject(!ok, "file", "form.required")
	if err = f.Err(); err == nil {
		err = h.addAppealFile(r, id, file, header)
	}
	if bad := problem.As(err); bad != nil && bad.Fields == nil && (bad.Kind == problem.Invalid || bad.Kind == problem.TooLarge) {
		err = problem.Fields{"file": {Key: bad.Key, Args: bad.Args}}.Err()
	}
	if err != nil {
		return h.showAppeal(w, r, url.Values{}, err)
	}
	return web.SeeOther(w, r, funding.Appeal{ID: id}.Ref().Path, "funding.notice.attached")
}

func (h *Pages) addAppealFile(r *http.Request, id ref.ID, file multipart.File, header *multipart.FileHeader) error {
	defer file.Close()
	checked, err := h.Funding.CheckAppealFile(r.Context(), web.Actor(r), id, header.Filename, file)
	if err != nil {
		return err
	}
	return h.Funding.AttachToAppeal(r.Context(), web.Actor(r), id, checked)
}

// appealFile hands a file of an appeal to the two sides.
func (h *Pages) appealFile(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	file, err := web.ID(r, "file")
	if err != nil {
		return err
	}
	return h.Funding.ServeAppealFile(w, r, web.Actor(r), id, file)
}

func (v appealView) facts() []ui.Fact {
	a := v.Appeal
	list := []ui.Fact{{Label: v.T("funding.state"), Show: ui.Status(a.Tone(), v.T(a.Key()))}, {Label: v.T("funding.appeal.against"), Value: v.T(a.Against.Key())},
		{Label: v.T("funding.applicant"), Show: refLink(v.Page, v.Org)}, {Label: v.T("funding.results.application"), Show: refLink(v.Page, v.Application.Ref())},
		{Label: v.T("funding.appeal.filed"), Value: v.DateTime(a.FiledAt.In(v.zone))}, {Label: v.T("funding.appeal.due"), Value: v.Date(a.Due)}}
	if v.Panel.ID != 0 {
		list = append(list, ui.Fact{Label: v.T("funding.panel"), Show: refLink(v.Page, v.Panel.Ref())})
	}
	return list
}

func (v appealView) files() (out []ui.Link) {
	for _, f := range v.Files {
		out = append(out, ui.Link{Title: f.Name, Path: v.Appeal.Ref().Path + "/files/" + f.ID.String()})
	}
	return out
}

// waitsForPanel tells that a new panel still judges.
func (v appealView) waitsForPanel() bool {
	return v.Panel.ID != 0 && v.Panel.Stage() != panels.Revealed
}

func (v appealView) answers() ui.Field {
	x := v.Choose("answer", "funding.appeal.answer", []ui.Choice{{Value: "granted", Label: v.T("funding.appeal.granted")}, {Value: "rejected", Label: v.T("funding.appeal.rejected")}})
	x.Required = true
	return x
}

func (v appealView) outcomes() ui.Field {
	var choices []ui.Choice
	for _, s := range []funding.ApplicationState{funding.Funded, funding.Reserve} {
		choices = append(choices, ui.Choice{Value: string(s), Label: v.T(s.Key())})
	}
	return v.Choose("outcome", "funding.appeal.becomes", choices)
}

// decided tells that something was decided about the application.
func (v applicationView) decided() bool {
	switch v.Application.State {
	case funding.Refused, funding.Funded, funding.Reserve, funding.Declined:
		return true
	}
	return false
}
