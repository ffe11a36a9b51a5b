package resolutionsweb

import (
	"net/http"
	"net/url"
	"strconv"

	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/resolutions"

	"github.com/a-h/templ"
)

func stateBodies(kind int64, region ref.ID) search.Query {
	return search.Query{Filters: []search.Filter{{Facet: orgs.FacetKind, Values: []int64{kind}}, {Facet: orgs.FacetPlace, Values: []int64{int64(region)}}}, Limit: listed}
}

// itemView is an item with what is needed to draw it.
type itemView struct {
	ui.Page
	resolutions.ItemStory
	p *Pages
}

func (p *Pages) readItem(r *http.Request) (v itemView, err error) {
	document, id, err := ids(r)
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: resolutions.Kind, ID: document}.Key())
	v = itemView{Page: ui.PageOf(r, ""), p: p}
	if v.ItemStory, err = p.Resolutions.ItemStory(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	if v.DocumentID != document {
		return v, problem.New(problem.NotFound, "problem.not_found")
	}
	for _, name := range v.Names {
		web.Touch(r, name.Key())
	}
	v.Title = v.T("resolutions.item_no", "no", strconv.Itoa(v.No))
	v.Page.Feed = v.Ref().Path + "/news.atom"
	v.Description = v.Page.Text(v.Item.Text)
	v.Page.Sample = v.Page.Sample && v.Item.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("resolutions.title"), Path: "/resolutions"}, {Title: v.Page.Text(v.Of.Title), Path: v.Of.Ref().Path}}
	return v, nil
}

func (p *Pages) item(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readItem(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, itemPage(v))
}

// thread is the way of an item: adopted, assigned, accepted, in work, done, judged.
func (v itemView) thread() []ui.Step {
	stages := []resolutions.ItemStage{resolutions.ItemAdopted, resolutions.ItemAssigned, resolutions.ItemAccepted, resolutions.ItemInWork, resolutions.ItemDone, resolutions.ItemConfirmed}
	reached := map[resolutions.ItemStage]int{resolutions.ItemAdopted: 0, resolutions.ItemAssigned: 1, resolutions.ItemDeclined: 1, resolutions.ItemAccepted: 2, resolutions.ItemInWork: 3, resolutions.ItemDone: 4, resolutions.ItemConfirmed: 5}
	at, known := reached[v.Stage]
	steps := make([]ui.Step, len(stages))
	for n, s := range stages {
		steps[n] = ui.Step{Title: v.T(v.stepKey() + string(s)), Note: v.stepNote(s)}
		if known && n <= at {
			steps[n].State = ui.Done
		}
	}
	if v.Stage == resolutions.ItemDeclined {
		steps[2].Title, steps[2].Note = v.T("resolutions.standing.declined"), v.ShortDate(v.AnsweredOn)
	}
	if v.Standing == resolutions.Disputed {
		steps[5].Title, steps[5].Note, steps[5].State = v.T("resolutions.standing.disputed"), v.ShortDate(v.JudgedOn), ui.Now
	}
	return steps
}

// stepKey is the beginning of the words for the steps: a proposal to a plan is sent,
// accepted, put into the plan and fulfilled.
func (v itemView) stepKey() string {
	if v.Of.Kind == resolutions.Package {
		return "resolutions.fate."
	}
	return "resolutions.step."
}

func (v itemView) stepNote(s resolutions.ItemStage) string {
	day := map[resolutions.ItemStage]db.Date{resolutions.ItemAdopted: v.Of.AdoptedOn, resolutions.ItemInWork: v.ProgressOn, resolutions.ItemDone: v.DoneOn}
	if v.Stage != resolutions.ItemDeclined {
		day[resolutions.ItemAccepted] = v.AnsweredOn
	}
	if v.Stage == resolutions.ItemConfirmed {
		day[resolutions.ItemConfirmed] = v.JudgedOn
	}
	if day[s].IsZero() {
		return ""
	}
	return v.ShortDate(day[s])
}

func (v itemView) facts() []ui.Fact {
	real := v.Of.Fact != ""
	list := []ui.Fact{{Label: v.T("resolutions.standing"), Show: ui.Status(v.Standing.Tone(), standing(v.Page, v.Item, v.Standing))}}
	if v.OwnerID == 0 {
		list = append(list, ui.Fact{Label: v.T("resolutions.owner"), Value: unknown(v.Page, real)})
	} else {
		list = append(list, ui.Fact{Label: v.T("resolutions.owner"), Show: refLink(v.Page, v.Names[v.OwnerID])})
	}
	list = append(list, ui.Fact{Label: v.T("resolutions.due"), Value: dueText(v.Page, v.Item, real)})
	if v.Measure.IsZero() {
		list = append(list, ui.Fact{Label: v.T("resolutions.measure"), Value: unknown(v.Page, real)})
	} else {
		list = append(list, ui.Fact{Label: v.T("resolutions.measure"), Show: ui.Text(v.Page, v.Measure)})
	}
	if v.Theme != "" {
		list = append(list, ui.Fact{Label: v.T("resolutions.theme"), Value: v.p.term(v.Printer, orgs.ListSpheres, v.Theme)})
	}
	if v.ProposerOrg != 0 {
		list = append(list, ui.Fact{Label: v.T("resolutions.proposer"), Show: refLink(v.Page, v.Names[v.ProposerOrg])})
	}
	if v.Stage == resolutions.ItemAssigned {
		list = append(list, ui.Fact{Label: v.T("resolutions.answer_by"), Value: v.Date(v.AnswerBy)})
	}
	if !v.JudgeUntil.IsZero() {
		list = append(list, ui.Fact{Label: v.T("resolutions.judgement"), Value: v.T("resolutions.judge_until", "date", v.Date(v.JudgeUntil))})
	}
	if v.From.ID != 0 {
		list = append(list, ui.Fact{Label: v.T("resolutions.carried_from"), Show: refLink(v.Page, v.From.Ref())})
	}
	if v.To.ID != 0 {
		list = append(list, ui.Fact{Label: v.T("resolutions.carried_to"), Show: refLink(v.Page, v.To.Ref())})
	}
	if v.ProposalID != 0 {
		list = append(list, ui.Fact{Label: v.T("resolutions.came_from"), Show: refLink(v.Page, v.origin())})
	}
	if v.Owed != nil {
		list = append(list, ui.Fact{Label: v.T("resolutions.promise"), Show: obligationLink(v)})
	}
	return list
}

// origin is the proposal from which the item grew.
func (v itemView) origin() ref.Ref {
	p := resolutions.Proposal{ID: v.ProposalID, DocumentID: v.DocumentID}.Ref()
	p.Title = i18n.Only(v.Lang, v.T("resolutions.one_proposal"))
	return p
}

// dates is the address of the calendar, "" where no day is known.
func (v itemView) dates() string {
	if v.Due.IsZero() {
		return ""
	}
	return v.Ref().Path + "/dates.ics"
}

func (v itemView) past() []ui.Moment { return momentsOf(v.Page, v.Past) }

// may refuses the form of an act that the reader may not do.
func (p *Pages) may(r *http.Request, can func(m resolutions.ItemMay) bool) (itemView, error) {
	v, err := p.readItem(r)
	if err == nil && !can(v.May) {
		err = problem.New(problem.Forbidden, "resolutions.not_now")
	}
	return v, err
}

// form draws the form of an act on an item.
func (p *Pages) form(w http.ResponseWriter, r *http.Request, title string, values url.Values, err error, can func(resolutions.ItemMay) bool, body func(ui.FormPage, itemView) templ.Component) error {
	v, missing := p.may(r, can)
	if missing != nil {
		return refusal(err, missing)
	}
	now := url.Values{"version": {strconv.FormatInt(v.Version, 10)}}
	if !values.Has("version") {
		values.Set("version", now.Get("version"))
	}
	return ui.ShowEdit(w, r, title, values, now, err, func(t ui.FormPage) templ.Component { return body(t, v) })
}

// refusal is why a form is not shown again: that the item has moved on meanwhile, or
// that its act is not the reader's.
func refusal(err, missing error) error {
	if problem.Is(err, problem.Conflict) {
		return err
	}
	return missing
}

// do reads the form of an act on an item and runs it; a form that is refused is shown
// again by show.
func (p *Pages) do(w http.ResponseWriter, r *http.Request, notice string, show func(http.ResponseWriter, *http.Request, url.Values, error) error,
	act func(f *web.Form, item ref.ID) error) error {
	document, item, err := ids(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	if err := act(f, item); err != nil {
		return show(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/resolutions/"+document.String()+"/items/"+item.String(), notice)
}

// typed is what was typed into a field in the language of the page.
func typed(f *web.Form, r *http.Request, name string) i18n.Text {
	return i18n.Only(web.Lang(r), f.Text(name))
}

func (p *Pages) assignForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readItem(r)
	if err != nil {
		return err
	}
	return p.showAssign(w, r, url.Values{"measure": {v.Page.Text(v.Measure)}, "theme": {v.Theme}, "due": {v.Due.String()}}, nil)
}

func (p *Pages) showAssign(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	can := func(m resolutions.ItemMay) bool { return m.Assign }
	v, missing := p.may(r, can)
	if missing != nil {
		return refusal(err, missing)
	}
	bodies, missing := p.bodies(r, v.Of)
	if missing != nil {
		return missing
	}
	return p.form(w, r, "resolutions.assign", values, err, can, func(t ui.FormPage, v itemView) templ.Component { return assignFields(t, v, bodies, p.themes(t.Page)) })
}

func (p *Pages) assign(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, "resolutions.notice.assigned", p.showAssign, func(f *web.Form, item ref.ID) error {
		a := resolutions.Ask{OwnerID: f.ID("owner"), Due: f.Date("due"), Measure: typed(f, r, "measure"), AnswerBy: f.Date("answer_by"), Theme: f.Line("theme")}
		if err := p.ownerByBIN(f, &a.OwnerID); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Resolutions.Assign(r.Context(), web.Actor(r), item, f.Version(), a)
	})
}

// ownerByBIN takes the owner by its BIN, where one was typed.
func (p *Pages) ownerByBIN(f *web.Form, owner *ref.ID) error {
	bin := f.Line("bin")
	if bin == "" {
		return nil
	}
	o, err := p.Orgs.ByBIN(f.Context(), bin)
	if err != nil && !problem.Is(err, problem.NotFound) {
		return err
	}
	f.Reject(err != nil, "bin", "form.unknown_choice")
	*owner = o.ID
	return nil
}

func (p *Pages) replyForm(w http.ResponseWriter, r *http.Request) error {
	return p.showReply(w, r, url.Values{"accept": {"yes"}}, nil)
}

func (p *Pages) showReply(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	return p.form(w, r, "resolutions.reply", values, err, func(m resolutions.ItemMay) bool { return m.Reply },
		func(t ui.FormPage, v itemView) templ.Component { return replyFields(t, v, v.Ref().Path+"/reply") })
}

func replyOf(f *web.Form, r *http.Request) resolutions.Reply {
	return resolutions.Reply{Accept: f.Line("accept") == "yes", Due: f.Date("due"), Text: typed(f, r, "text")}
}

func (p *Pages) reply(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, "resolutions.notice.answered", p.showReply, func(f *web.Form, item ref.ID) error {
		said := replyOf(f, r)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Resolutions.Reply(r.Context(), web.Actor(r), item, f.Version(), said)
	})
}

func (p *Pages) workForm(w http.ResponseWriter, r *http.Request) error {
	return p.showWork(w, r, url.Values{}, nil)
}

func (p *Pages) showWork(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	return p.form(w, r, "resolutions.work", values, err, func(m resolutions.ItemMay) bool { return m.Work },
		func(t ui.FormPage, v itemView) templ.Component { return workFields(t, v) })
}

func (p *Pages) work(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, "resolutions.notice.said", p.showWork, func(f *web.Form, item ref.ID) error {
		progress := typed(f, r, "progress")
		if err := f.Err(); err != nil {
			return err
		}
		return p.Resolutions.Work(r.Context(), web.Actor(r), item, f.Version(), progress)
	})
}

func (p *Pages) finish(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, "resolutions.notice.done", p.showWork, func(f *web.Form, item ref.ID) error {
		proof, link := typed(f, r, "proof"), f.Line("proof_link")
		if err := f.Err(); err != nil {
			return err
		}
		return p.Resolutions.Finish(r.Context(), web.Actor(r), item, f.Version(), proof, link)
	})
}

func (p *Pages) judgeForm(w http.ResponseWriter, r *http.Request) error {
	return p.showJudge(w, r, url.Values{}, nil)
}

func (p *Pages) showJudge(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	return p.form(w, r, "resolutions.judge", values, err, func(m resolutions.ItemMay) bool { return m.Judge },
		func(t ui.FormPage, v itemView) templ.Component { return judgeFields(t, v) })
}

func (p *Pages) judge(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, "resolutions.notice.judged", p.showJudge, func(f *web.Form, item ref.ID) error {
		confirm, why := judgementOf(f, r)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Resolutions.Judge(r.Context(), web.Actor(r), item, f.Version(), confirm, why)
	})
}

// judgementOf reads whether an item is done, and why not.
func judgementOf(f *web.Form, r *http.Request) (confirm bool, why i18n.Text) {
	why = typed(f, r, "why")
	choice := f.Line("confirm")
	f.Reject(choice != "yes" && choice != "no", "confirm", "form.required")
	return choice == "yes", why
}

func (p *Pages) carryForm(w http.ResponseWriter, r *http.Request) error {
	return p.showCarry(w, r, url.Values{}, nil)
}

func (p *Pages) showCarry(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	return p.form(w, r, "resolutions.carry", values, err, func(m resolutions.ItemMay) bool { return m.Carry },
		func(t ui.FormPage, v itemView) templ.Component { return carryFields(t, v) })
}

func (p *Pages) carry(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, "resolutions.notice.carried", p.showCarry, func(f *web.Form, item ref.ID) error {
		into := f.ID("into")
		f.Reject(into == 0, "into", "form.required")
		if err := f.Err(); err != nil {
			return err
		}
		return p.Resolutions.Carry(r.Context(), web.Actor(r), item, f.Version(), into)
	})
}

func (v itemView) nexts() (out []ui.Choice) {
	for _, d := range v.Next {
		out = append(out, ui.Choice{Value: d.ID.String(), Label: v.Page.Text(d.Title)})
	}
	return out
}

func (p *Pages) tieForm(w http.ResponseWriter, r *http.Request) error {
	return p.showTie(w, r, url.Values{}, nil)
}

func (p *Pages) showTie(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	return p.form(w, r, "resolutions.tie", values, err, func(m resolutions.ItemMay) bool { return m.Tie },
		func(t ui.FormPage, v itemView) templ.Component { return tieFields(t, v) })
}

func (p *Pages) tie(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, "resolutions.notice.tied", p.showTie, func(f *web.Form, item ref.ID) error {
		path := f.Line("path")
		f.Reject(path == "", "path", "form.required")
		if err := f.Err(); err != nil {
			return err
		}
		return p.Resolutions.Tie(r.Context(), web.Actor(r), item, f.Version(), pathOf(path))
	})
}

// pathOf is the address of a page of the portal without origin and language.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	for _, l := range i18n.Langs {
		if rest, ok := cutLang(u.Path, l); ok {
			return rest
		}
	}
	return u.Path
}

func cutLang(path string, l i18n.Lang) (string, bool) {
	start := "/" + string(l) + "/"
	if len(path) < len(start) || path[:len(start)] != start {
		return "", false
	}
	return path[len(start)-1:], true
}

func (p *Pages) sendLink(w http.ResponseWriter, r *http.Request) error {
	document, item, err := ids(r)
	if err != nil {
		return err
	}
	if err := p.Resolutions.SendLink(r.Context(), web.Actor(r), item); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/resolutions/"+document.String()+"/items/"+item.String(), "resolutions.notice.link_sent")
}

// linkView is what the holder of a mailed link sees.
type linkView struct {
	ui.FormPage
	item resolutions.Item
	of   resolutions.Document
	body ref.Ref
	path string
}

// asked tells that the item waits for the first answer, else for the proof.
func (v linkView) asked() bool { return v.item.Stage == resolutions.ItemAssigned }

func (p *Pages) linked(w http.ResponseWriter, r *http.Request) error {
	return p.showLinked(w, r, url.Values{"accept": {"yes"}}, nil)
}

func (p *Pages) showLinked(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	item, of, body, missing := p.Resolutions.Linked(r.Context(), r.PathValue("token"))
	if missing != nil {
		return missing
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	return ui.ShowForm(w, r, "resolutions.by_link", values, err, func(t ui.FormPage) templ.Component {
		return linkedFields(linkView{t, item, of, body, "/answers/" + r.PathValue("token")})
	})
}

func (p *Pages) answer(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	a := resolutions.LinkAnswer{Reply: replyOf(f, r), Proof: typed(f, r, "proof"), ProofLink: f.Line("proof_link")}
	err := f.Err()
	var item resolutions.Item
	if err == nil {
		item, err = p.Resolutions.AnswerByLink(r.Context(), r.PathValue("token"), a)
	}
	if err != nil {
		return p.showLinked(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, item.Ref().Path, "resolutions.notice.answered")
}
