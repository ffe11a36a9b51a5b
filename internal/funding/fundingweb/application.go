package fundingweb

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"birge/internal/funding"
	"birge/internal/norms"
	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/forms"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/rules"
	"birge/internal/platform/table"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// applyForm asks for which organization a reader applies, and says whether it may.
func (h *Pages) applyForm(w http.ResponseWriter, r *http.Request) error {
	return h.showApply(w, r, nil)
}

func (h *Pages) showApply(w http.ResponseWriter, r *http.Request, err error) error {
	id, bad := web.ID(r, "id")
	if bad != nil {
		return bad
	}
	a, bad := h.Funding.Applying(r.Context(), web.Actor(r), id)
	if bad != nil {
		return bad
	}
	return ui.ShowForm(w, r, "funding.apply", url.Values{}, err, func(t ui.FormPage) templ.Component { return applyPage(applyView{t, a, web.Zone(r)}) })
}

type applyView struct {
	ui.FormPage
	funding.Applying
	zone *time.Location
}

// apply begins the draft, or goes on with the one that is there.
func (h *Pages) apply(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	org, begin := f.ID("org"), h.Funding.Begin
	if f.Line("do") == "another" {
		begin = h.Funding.BeginAnother
	}
	if err = f.Err(); err == nil {
		var d funding.ApplicationDraft
		if d, err = begin(r.Context(), web.Actor(r), id, org); err == nil {
			return web.SeeOther(w, r, d.Path(), "")
		}
	}
	return h.showApply(w, r, err)
}

// written are the drafts and the applications of an organization for the round.
func (v applyView) written(o funding.ApplyingOrg) ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.apply_written"), Columns: []ui.Column{{Label: v.T("funding.f.title")}, {Label: v.T("funding.receipt_no")}, {Label: v.T("funding.state")}}}
	for _, d := range o.Drafts {
		row := ui.Cells(cmp.Or(v.Text(d.Title), v.T("funding.draft.untitled")), d.Application.Number, "")
		row[0].Path = d.Path()
		row[2].Show = ui.Status(ui.Wait, v.T("funding.draft.being_written"))
		if d.State != funding.DraftWriting {
			row[2].Show = ui.Status(d.Application.State.Tone(), v.T(d.Application.State.Key()))
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// bound says how many applications one organization may hand in and win.
func (v applyView) bound() string { return perOrg(v.Page, v.Call.Terms) }

// proposalView is a proposal with what is needed to draw it.
type proposalView struct {
	ui.Page
	h *Pages
	p funding.Proposal
	// orgs are the partners that are in the register.
	orgs map[ref.ID]ref.Ref
	// topic is the one that it answers, zero for none.
	topic ref.Ref
}

func (f draftForm) shown(p funding.Proposal) proposalView {
	return proposalView{f.Page, f.h, p, f.orgs, f.topic(p.TopicID)}
}

func (v proposalView) term(list string, codes ...string) string {
	var names []string
	for _, c := range codes {
		if c != "" {
			names = append(names, v.h.term(v.Printer, list, c))
		}
	}
	return strings.Join(names, ", ")
}

func (v proposalView) places() string {
	var names []string
	for _, id := range append([]ref.ID{v.p.PlaceID}, v.p.MorePlaces...) {
		if place, ok := v.h.Places.Tree().Place(id); ok {
			names = append(names, v.Text(place.Name))
		}
	}
	return strings.Join(names, ", ")
}

func (v proposalView) day(d i18n.Dated, empty bool) string {
	if empty {
		return "—"
	}
	return v.Date(d)
}

func (v proposalView) facts() []ui.Fact {
	p := v.p
	var list []ui.Fact
	if !v.topic.IsZero() {
		list = append(list, ui.Fact{Label: v.T("funding.f.topic"), Show: refLink(v.Page, v.topic)})
	}
	return append(list, []ui.Fact{
		{Label: v.T("funding.f.sphere"), Value: v.term("sphere", append([]string{p.Sphere}, p.MoreSpheres...)...)},
		{Label: v.T("funding.place"), Value: v.places()},
		{Label: v.T("funding.term"), Value: v.day(p.Starts, p.Starts.IsZero()) + " – " + v.day(p.Ends, p.Ends.IsZero())},
		{Label: v.T("funding.budget.asked"), Value: v.Money(p.Asked, "KZT")},
		{Label: v.T("funding.budget.own"), Value: v.Money(p.Own, "KZT")},
		{Label: v.T("funding.f.beneficiaries"), Value: v.Int(p.Beneficiaries)},
		{Label: v.T("funding.f.groups"), Value: v.term(norms.TargetGroups, p.TargetGroups...)},
	}...)
}

// texts are the long parts of a proposal.
func (v proposalView) texts() (out []ui.Fact) {
	for _, x := range []struct {
		name string
		text i18n.Text
	}{{"summary", v.p.Summary}, {"need", v.p.Need}, {"method", v.p.Method}, {"risks", v.p.Risks}, {"lasting", v.p.Lasting}, {"team", v.p.Team}} {
		if !x.text.IsZero() {
			out = append(out, ui.Fact{Label: v.T("funding.f." + x.name), Show: ui.Prose(v.Page, x.text)})
		}
	}
	return out
}

func (v proposalView) indicators() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.f.indicators"), Empty: "—", Columns: []ui.Column{{Label: v.T("funding.f.indicators.name")}, {Label: v.T("funding.f.indicators.baseline"), Num: true},
		{Label: v.T("funding.f.indicators.target"), Num: true}, {Label: v.T("funding.f.indicators.source")}}}
	for _, i := range v.p.Indicators {
		s.Rows = append(s.Rows, ui.Cells(v.Text(i.Name)+suffix(v.Text(i.Unit)), v.value(i.Measure, i.Baseline), v.value(i.Measure, i.Target), v.Text(i.Source)))
	}
	return s
}

func suffix(unit string) string {
	if unit == "" {
		return ""
	}
	return ", " + unit
}

func (v proposalView) value(m projects.Measure, x projects.Value) string {
	switch {
	case !x.Known:
		return "—"
	case m == projects.YesNo && x.A == 1:
		return v.T("funding.yes")
	case m == projects.YesNo:
		return v.T("funding.no")
	}
	return m.Written(x)
}

func (v proposalView) activities() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.f.activities"), Empty: "—", Columns: []ui.Column{{Label: v.T("funding.f.activities.name")}, {Label: v.T("funding.f.activities.from")}, {Label: v.T("funding.f.activities.to")}}}
	for _, a := range v.p.Activities {
		s.Rows = append(s.Rows, ui.Cells(v.Text(a.Name), v.month(a.From), v.month(a.To)))
	}
	return s
}

func (v proposalView) month(d db.Date) string {
	if d.IsZero() {
		return "—"
	}
	return v.Month(d)
}

func (v proposalView) lines() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.f.lines"), Empty: "—", Columns: []ui.Column{{Label: v.T("funding.f.lines.name")}, {Label: v.T("funding.f.lines.quantity"), Num: true},
		{Label: v.T("funding.f.lines.price"), Num: true}, {Label: v.T("funding.budget.sum"), Num: true}, {Label: v.T("funding.budget.own"), Num: true}}}
	for _, l := range v.p.Lines {
		what := v.Text(l.Name) + " (" + v.term(norms.Categories, l.Category) + ")"
		if !l.Reason.IsZero() {
			what += ": " + v.Text(l.Reason)
		}
		s.Rows = append(s.Rows, ui.Cells(what, projects.Number.Written(projects.NumberOf(l.Quantity))+" "+v.Text(l.Unit),
			v.Money(l.Price, "KZT"), v.Money(l.Sum, "KZT"), v.Money(l.Own, "KZT")))
	}
	s.Foot = ui.Cells(v.T("funding.budget.total"), "", "", v.Money(v.p.Sum(), "KZT"), v.Money(v.p.Own, "KZT"))
	return s
}

func (v proposalView) partners() (out []ui.Fact) {
	for _, x := range v.p.Partners {
		name := x.Name
		if x.OrgID != 0 {
			name = v.Text(v.orgs[x.OrgID].Title)
		}
		out = append(out, ui.Fact{Label: name, Value: v.Text(x.Role)})
	}
	return out
}

// applicationView is an application with what is needed to draw it.
type applicationView struct {
	ui.Page
	funding.ApplicationStory
	h    *Pages
	zone *time.Location
	// repeats are earlier texts that the application repeats, for those who check it.
	repeats []funding.Repeat
	orgs    map[ref.ID]ref.Ref // its partners that are in the register
}

// lies is where a file of the application is read.
func (v applicationView) lies(k forms.Kept) string {
	return v.Application.Ref().Path + "/papers/" + k.ID.String()
}

func (h *Pages) readApplication(r *http.Request) (v applicationView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	v = applicationView{Page: ui.PageOf(r, ""), h: h, zone: web.Zone(r)}
	if v.ApplicationStory, err = h.Funding.ApplicationStory(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	if v.orgs, err = h.Funding.FunderRefs(r.Context(), partnersOf(v.Application.Proposal)); err != nil {
		return v, err
	}
	if v.MayCheck {
		if v.repeats, err = h.Funding.RepeatsOfApplication(r.Context(), web.Actor(r), id); err != nil {
			return v, err
		}
	}
	v.Page.Title = v.T("funding.application_no", "number", v.Application.Number)
	v.Page.NoIndex = true
	v.Page.Sample = v.Page.Sample || v.Application.Sample
	v.Page.Crumbs = []ui.Crumb{{Title: v.T("funding.calls"), Path: "/calls"}, {Title: v.Text(v.Call.Title), Path: v.Call.Ref().Path}}
	if v.MayCheck {
		v.Page.Crumbs = append(v.Page.Crumbs, ui.Crumb{Title: v.T("funding.applications"), Path: v.Call.Ref().Path + "/applications"})
	}
	return v, nil
}

func (h *Pages) application(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readApplication(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, applicationPage(v))
}

func (h *Pages) receipt(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readApplication(r)
	if err != nil {
		return err
	}
	v.Page.Title = v.T("funding.receipt", "number", v.Application.Number)
	return web.Render(w, r, http.StatusOK, receiptPage(v))
}

func (v applicationView) when(t time.Time) string { return v.DateTime(t.In(v.zone)) }

func (v applicationView) proposal() proposalView {
	return proposalView{v.Page, v.h, v.Application.Proposal, v.orgs, v.Topic}
}

// stamps are what a receipt says.
func (v applicationView) stamps() []ui.Fact {
	a := v.Application
	list := []ui.Fact{{Label: v.T("funding.receipt_no"), Value: a.Number}, {Label: v.T("funding.receipt_at"), Value: v.when(a.SubmittedAt.Time) + a.SubmittedAt.In(v.zone).Format(":05")},
		{Label: v.T("funding.applicant"), Show: refLink(v.Page, v.Org)}, {Label: v.T("funding.call"), Show: refLink(v.Page, v.Call.Ref())},
		{Label: v.T("funding.paid_to"), Show: refLink(v.Page, v.Funder)}, {Label: v.T("funding.f.title"), Value: v.Text(a.Proposal.Title)}, {Label: v.T("funding.budget.asked"), Value: v.Money(a.Proposal.Asked, "KZT")}}
	if !a.MendedAt.IsZero() {
		list = append(list, ui.Fact{Label: v.T("funding.receipt_mended"), Value: v.when(a.MendedAt.Time)})
	}
	return list
}

func (v applicationView) contact() []ui.Fact {
	c := v.Application.Contact
	return []ui.Fact{{Label: v.T("funding.f.contact.name"), Value: c.Name}, {Label: v.T("funding.f.contact.phone"), Value: c.Phone}, {Label: v.T("funding.f.contact.mail"), Value: c.Mail}}
}

// checks are what the formal check found.
func (v applicationView) checks() (out []ui.Fact) {
	for _, c := range v.Application.Check {
		said := v.T("funding.yes")
		if !c.OK {
			said = v.T("funding.no") + ": " + v.Text(c.Reason)
		}
		out = append(out, ui.Fact{Label: v.checkLabel(c.Code), Value: said})
	}
	return out
}

func (v applicationView) checkLabel(code string) string {
	return checkLabel(v.Page, v.Call.Terms, code)
}

func checkLabel(p ui.Page, t funding.Terms, code string) string {
	for _, c := range t.Eligibility {
		if code == funding.ConditionCode(c.Code) {
			return p.Text(c.Text)
		}
	}
	return p.T("funding.check.q." + code)
}

func (v applicationView) mends() (out []ui.Fact) {
	for _, m := range v.Application.Mend {
		out = append(out, ui.Fact{Label: fieldLabel(v.Printer, m.Field), Value: v.Text(m.Note)})
	}
	return out
}

func (v applicationView) past() []ui.Moment { return v.ToldByMinute(journal.Deeds(v.Past)) }

func (v applicationView) papers() (out []ui.Link) {
	for _, x := range v.Application.Papers {
		title := x.Name
		if x.Paper > 0 && x.Paper <= len(v.Call.Papers) {
			title = v.Text(v.Call.Papers[x.Paper-1].Name) + ": " + title
		}
		out = append(out, ui.Link{Title: title, Path: v.Application.Ref().Path + "/papers/" + x.FileID.String()})
	}
	return out
}

// withdrawForm and withdraw take the application back.
func (h *Pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readApplication(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	reason := f.Text("reason")
	if err = f.Err(); err == nil {
		_, err = h.Funding.WithdrawApplication(r.Context(), web.Actor(r), v.Application.ID, f.Version(), i18n.Only(web.Lang(r), reason))
	}
	if err != nil {
		return ui.ShowForm(w, r, "funding.withdraw", f.Values, err, func(t ui.FormPage) templ.Component { return withdrawFields(t, v.Application) })
	}
	return web.SeeOther(w, r, v.Application.Ref().Path, "funding.notice.taken_back")
}

// checkForm asks the questions of the formal check.
func (h *Pages) checkForm(w http.ResponseWriter, r *http.Request) error {
	return h.showCheck(w, r, url.Values{}, nil)
}

func (h *Pages) showCheck(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, bad := h.readApplication(r)
	if bad != nil {
		return bad
	}
	if !v.MayCheck {
		return problem.New(problem.Forbidden, "funding.own_application")
	}
	now := url.Values{"version": {strconv.FormatInt(v.Application.Version, 10)}}
	if !values.Has("version") {
		values.Set("version", now.Get("version"))
	}
	return ui.ShowEdit(w, r, "funding.check", values, now, err, func(t ui.FormPage) templ.Component { return checkPage(checkView{t, v}) })
}

type checkView struct {
	ui.FormPage
	of applicationView
}

func (v checkView) codes() []string { return funding.CheckCodes(v.of.Call.Terms) }

func (v checkView) answer(code string) ui.Field {
	x := v.Choose("check."+code, "funding.check", v.Keyed("funding.", "yes", "no"))
	x.Label, x.Required = v.of.checkLabel(code), true
	return x
}

func (v checkView) why(name string) ui.Field {
	x := v.Ask(name, "funding.check.why")
	return x
}

// mendable are the fields that can be named for correction.
func (v checkView) mendable() (names []string) {
	for _, step := range funding.Steps {
		for _, name := range funding.ProposalFields[step] {
			if name != "lang" && (name != "topic" || len(v.of.Call.TopicIDs) > 0) {
				names = append(names, name)
			}
		}
		names = append(names, funding.StepLists[step]...)
	}
	for _, q := range v.of.Own.Form.Questions() {
		names = append(names, funding.AnswerPrefix+q.Code)
	}
	return append(names, string(funding.StepPapers))
}

// mendLabel is what a field is called; a question of the call by its own title.
func (v checkView) mendLabel(name string) string {
	if q, ok := v.of.Own.Form.Question(strings.TrimPrefix(name, funding.AnswerPrefix)); ok && strings.HasPrefix(name, funding.AnswerPrefix) {
		return v.Text(q.Title)
	}
	return fieldLabel(v.Printer, name)
}

// check takes the outcome of a formal check.
func (h *Pages) check(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readApplication(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	items, mend := readCheck(f, v.Call.Terms)
	a, by := v.Application, web.Actor(r)
	if err = f.Err(); err == nil {
		switch f.Line("do") {
		case "admit":
			_, err = h.Funding.Admit(r.Context(), by, a.ID, f.Version(), items)
		case "refuse":
			_, err = h.Funding.Refuse(r.Context(), by, a.ID, f.Version(), items)
		case "return":
			_, err = h.Funding.ReturnApplication(r.Context(), by, a.ID, f.Version(), mend)
		default:
			err = problem.New(problem.NotFound, "problem.not_found")
		}
	}
	if err != nil {
		return h.showCheck(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, a.Ref().Path, "funding.notice.checked")
}

func readCheck(f *web.Form, t funding.Terms) (items []funding.CheckItem, mend []funding.Mend) {
	lang := langOf(f)
	for _, code := range funding.CheckCodes(t) {
		if said := f.Line("check." + code); said != "" {
			items = append(items, funding.CheckItem{Code: code, OK: said == "yes", Reason: i18n.Only(lang, f.Text("check."+code+".reason"))})
		}
	}
	for _, name := range f.List("mend") {
		mend = append(mend, funding.Mend{Field: name, Note: i18n.Only(lang, f.Text("mend."+name))})
	}
	return items, mend
}

// langOf is the language in which a form was sent.
func langOf(f *web.Form) i18n.Lang {
	if l, ok := i18n.ParseLang(f.Line("written")); ok {
		return l
	}
	return i18n.RU
}

var applicationColumns = []string{"number", "state", "round", "organization", "bin", "title_kk", "title_ru", "title_en", "place_code", "sphere", "asked", "own", "beneficiaries", "starts", "ends", "submitted_at", "url"}

// exportApplications streams what the list shows as a table.
func (h *Pages) exportApplications(form string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := h.readApplications(r)
		if err != nil {
			return err
		}
		out, err := web.Table(w, form, "applications")
		if err != nil {
			return err
		}
		if err := out.Header(applicationColumns); err != nil {
			return err
		}
		if err := h.Funding.EachApplication(r.Context(), web.Actor(r), v.Call.ID, v.filter, func(a funding.Application, o orgs.Organization) error {
			return out.Row(v.cells(r, a, o)...)
		}); err != nil {
			return err
		}
		return out.Close()
	}
}

func versionOf(a funding.Application) string { return strconv.FormatInt(a.Version, 10) }

func (v checkView) ticked(name string) bool { return slices.Contains(v.Values["mend"], name) }

func (v applicationsView) query() string {
	q := url.Values{}
	for name, value := range map[string]string{"state": string(v.filter.State), "q": v.filter.Text, "sphere": v.filter.Sphere, "turn": string(v.filter.Turn), "sort": v.filter.Sort} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if v.filter.Place != 0 {
		q.Set("place", v.filter.Place.String())
	}
	if v.filter.Round != 0 {
		q.Set("round", strconv.Itoa(v.filter.Round))
	}
	if v.filter.Late {
		q.Set("late", "yes")
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (v applicationsView) files() (out []ui.Download) {
	for _, form := range []string{"csv", "xlsx"} {
		out = append(out, ui.Download{Format: strings.ToUpper(form), Href: v.URL(v.Call.Ref().Path + "/applications." + form + v.query())})
	}
	return out
}

func (v applicationsView) cells(r *http.Request, a funding.Application, o orgs.Organization) []table.Cell {
	p := a.Proposal
	place, _ := v.h.Places.Tree().Place(p.PlaceID)
	return []table.Cell{table.Text(a.Number), table.Text(string(a.State)), table.Int(int64(a.Round)), table.Text(v.Text(o.Name)), table.Text(o.BIN),
		table.Text(p.Title.KK), table.Text(p.Title.RU), table.Text(p.Title.EN), table.Text(place.Code()), table.Text(p.Sphere), table.Money(p.Asked), table.Money(p.Own),
		table.Int(p.Beneficiaries), table.Date(p.Starts), table.Date(p.Ends), table.Text(a.SubmittedAt.In(v.zone).Format(time.RFC3339)), table.Text(web.Base(r) + web.Path(r, a.Ref().Path))}
}

func (v applicationsView) pager() ui.Pager {
	address := func(page int) string {
		q := strings.TrimPrefix(v.query(), "?")
		if q != "" {
			q += "&"
		}
		return v.Call.Ref().Path + "/applications?" + q + "page=" + strconv.Itoa(page)
	}
	var g ui.Pager
	if v.filter.Page > 1 {
		g.Previous = address(v.filter.Page - 1)
	}
	if v.filter.Page*funding.ApplicationsPerPage < v.Total {
		g.Next = address(v.filter.Page + 1)
	}
	return g
}

// verdictWord is what the portal says of a requirement in a word.
func verdictWord(v funding.Verdict) string {
	switch {
	case v.ByPeople() || v.OfProposal():
		return "people"
	case v.Answer == rules.Yes:
		return "yes"
	case v.Answer == rules.No:
		return "no"
	}
	return "unknown"
}

func verdictTone(v funding.Verdict) string {
	return map[string]string{"yes": ui.Good, "no": ui.Late, "unknown": ui.Wait, "people": ui.Quiet}[verdictWord(v)]
}

// partnersOf are the partners of the register.
func partnersOf(p funding.Proposal) (ids []ref.ID) {
	for _, x := range p.Partners {
		if x.OrgID != 0 {
			ids = append(ids, x.OrgID)
		}
	}
	return ids
}
