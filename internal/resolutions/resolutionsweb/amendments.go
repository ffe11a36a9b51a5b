package resolutionsweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/resolutions"

	"github.com/a-h/templ"
)

// amendmentsView is one page of the amendments to a document.
type amendmentsView struct {
	frameView
	l     resolutions.AmendmentList
	all   bool
	pager ui.Pager
}

func (p *Pages) amendments(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	all, page := f.Line("which") == "all", f.Page()
	if err := f.Err(); err != nil {
		return err
	}
	l, err := p.Resolutions.Amendments(r.Context(), web.Actor(r), id, !all, perPage, (page-1)*perPage)
	if err != nil {
		return err
	}
	v := amendmentsView{frameView: p.frame(r, l.Document, "resolutions.amendments"), l: l, all: all}
	v.Crumbs = append(v.Crumbs, v.textCrumb())
	v.pager = pagerOf(v.Page, page, len(l.Lines), l.All, func(n int) string { return v.path(all) + v.joint() + "page=" + strconv.Itoa(n) })
	return web.Render(w, r, http.StatusOK, amendmentsPage(v))
}

func (v amendmentsView) path(all bool) string {
	if all {
		return v.d.Ref().Path + "/amendments?which=all"
	}
	return v.d.Ref().Path + "/amendments"
}

func (v amendmentsView) joint() string {
	if v.all {
		return "&"
	}
	return "?"
}

func (v amendmentsView) tabs() []ui.Link {
	return []ui.Link{{Title: v.T("resolutions.amendments_open"), Path: v.path(false), Current: !v.all, Count: v.l.Undecided, HasCount: true},
		{Title: v.T("resolutions.all"), Path: v.path(true), Current: v.all, Count: v.l.Amended, HasCount: true}}
}

func (v amendmentsView) hits() (out []ui.Found) {
	for _, a := range v.l.Lines {
		parts := []string{v.T("resolutions.act." + string(a.Act)), who(v.Page, v.l.Names, a.ByOrg)}
		if a.Advice != "" {
			parts = append(parts, v.T("resolutions.advised."+string(a.Advice)))
		}
		out = append(out, ui.Found{Title: i18n.Only(v.Lang, amendmentTitle(v.Page, a)), Path: a.Amendment.Ref().Path, Line: strings.Join(parts, " · "),
			Status: v.T("resolutions.amendment." + standingOf(a)), Tone: toneOf(a)})
	}
	return out
}

// amendmentTitle names an amendment by its number and its article.
func amendmentTitle(p ui.Page, a resolutions.AmendmentLine) string {
	no := strconv.FormatInt(a.No, 10)
	switch {
	case a.ArticleID == 0:
		return p.T("resolutions.amendment_first", "no", no)
	case a.Number == 0:
		return p.T("resolutions.amendment_gone", "no", no)
	}
	return p.T("resolutions.amendment_to", "no", no, "article", strconv.Itoa(a.Number))
}

// outcomeKey is the key of how an amendment stands.
func outcomeKey(a resolutions.Amendment) string {
	if a.Open() {
		return "open"
	}
	return string(a.Outcome)
}

// standingOf says of an open amendment also that its article has changed meanwhile.
func standingOf(a resolutions.AmendmentLine) string {
	if a.Amendment.Open() && !a.Fits(a.At) {
		return "stale"
	}
	return outcomeKey(a.Amendment)
}

func toneOf(a resolutions.AmendmentLine) string {
	return map[string]string{"open": ui.Wait, "stale": ui.Late, "adopted": ui.Good}[standingOf(a)]
}

// decideAll decides everything that can be decided.
func (p *Pages) decideAll(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	done, err := p.Resolutions.Decide(r.Context(), web.Actor(r), id, nil)
	if err != nil {
		return err
	}
	notice := "resolutions.notice.decided"
	if len(done.Left) > 0 {
		notice = "resolutions.notice.decided_some"
	}
	return web.SeeOther(w, r, "/resolutions/"+id.String()+"/amendments", notice)
}

// amendmentView is the page of an amendment.
type amendmentView struct {
	frameView
	y resolutions.AmendmentStory
}

func (p *Pages) readAmendment(r *http.Request) (v amendmentView, err error) {
	document, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	id, err := web.ID(r, "amendment")
	if err != nil {
		return v, err
	}
	y, err := p.Resolutions.AmendmentStory(r.Context(), web.Actor(r), document, id)
	if err != nil {
		return v, err
	}
	v = amendmentView{p.frame(r, y.Document, "resolutions.amendments"), y}
	v.Crumbs = append(v.Crumbs, v.textCrumb(), ui.Crumb{Title: v.T("resolutions.amendments"), Path: v.d.Ref().Path + "/amendments"})
	v.Page.Title = amendmentTitle(v.Page, y.Line)
	return v, nil
}

func (p *Pages) amendment(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readAmendment(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, amendmentPage(v))
}

// after is what the article would say.
func (v amendmentView) after() (t i18n.Text) {
	if v.y.Line.Act == resolutions.Delete {
		return t
	}
	t = v.y.Line.Amendment.Text
	for _, l := range i18n.Langs {
		if t.Get(l) == "" {
			t.Set(l, v.y.Before.Get(l))
		}
	}
	return t
}

func (v amendmentView) facts() []ui.Fact {
	a := v.y.Line.Amendment
	list := []ui.Fact{{Label: v.T("resolutions.standing"), Show: ui.Status(toneOf(v.y.Line), v.T("resolutions.amendment."+standingOf(v.y.Line)))},
		{Label: v.T("resolutions.what_it_does"), Value: v.T("resolutions.act." + string(a.Act))}}
	if a.ArticleID != 0 {
		list = append(list, ui.Fact{Label: v.T("resolutions.article"), Show: refLink(v.Page, articleRef(v.Page, v.y.Line.At, v.y.Line.Number))})
	}
	list = append(list, ui.Fact{Label: v.T("resolutions.proposer"), Value: who(v.Page, v.y.Names, a.ByOrg)}, ui.Fact{Label: v.T("resolutions.made_on"), Value: v.Date(a.MadeOn)})
	if a.Advice != "" {
		list = append(list, ui.Fact{Label: v.T("resolutions.advice"), Value: v.T("resolutions.advised." + string(a.Advice))})
	}
	if a.Outcome == resolutions.Taken {
		list = append(list, ui.Fact{Label: v.T("resolutions.edition"), Value: v.T("resolutions.edition_no", "no", a.Edition)})
	}
	return list
}

func (v amendmentView) past() []ui.Moment { return momentsOf(v.Page, v.y.Past) }

func (v amendmentView) path() string { return v.y.Line.Amendment.Ref().Path }

// changeable tells that the reader may write the amendment anew or take it back.
func (v amendmentView) changeable() bool {
	return v.y.Own && v.y.Line.Amendment.Open() && v.y.Stage == resolutions.Discussed && len(v.y.Vote.Agenda) == 0
}

func (p *Pages) amendForm(w http.ResponseWriter, r *http.Request) error {
	values := url.Values{"article": {r.FormValue("article")}, "act": {string(resolutions.Replace)}}
	if r.FormValue("act") == string(resolutions.Add) {
		values.Set("act", string(resolutions.Add))
	}
	return p.showAmend(w, r, values, nil)
}

// showAmend draws the form of an amendment. When the article has changed since the
// form was drawn, what was typed stays beside the text as it is now.
func (p *Pages) showAmend(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	document, missing := web.ID(r, "id")
	if missing != nil {
		return missing
	}
	article, _ := ref.ParseID(values.Get("article"))
	y, missing := p.Resolutions.ArticleStory(r.Context(), web.Actor(r), document, article)
	if missing != nil {
		return missing
	}
	if !y.May.Speak {
		return problem.New(problem.Conflict, "resolutions.amend.not_open")
	}
	mine, missing := p.mine(r)
	if missing != nil {
		return missing
	}
	v := articleView{p.frame(r, y.Document, "resolutions.amend"), y}
	if !values.Has("text.kk") && !values.Has("text.ru") && values.Get("act") == string(resolutions.Replace) {
		ui.PutTexts(values, "text", y.Article.Text)
	}
	values.Set("base", strconv.FormatInt(y.Article.Since, 10))
	return ui.ShowForm(w, r, "resolutions.amend", values, err, func(t ui.FormPage) templ.Component {
		return amendFields(t, v, v.d.Ref().Path+"/amend", mine, y.Article)
	})
}

// amended reads what was typed into the form of an amendment.
func amended(f *web.Form, at i18n.Text) resolutions.NewAmendment {
	n := resolutions.NewAmendment{ArticleID: f.ID("article"), ByOrg: f.ID("org"), Act: resolutions.AmendAct(f.Line("act")), Base: f.Int("base"), Text: f.Texts("text"), Why: i18n.Text{}}
	if n.Act != resolutions.Replace {
		return n
	}
	for _, l := range i18n.Langs { // a language that says what it said is not amended
		if n.Text.Get(l) == at.Get(l) && n.Text != at {
			n.Text.Set(l, "")
		}
	}
	return n
}

func (p *Pages) amend(w http.ResponseWriter, r *http.Request) error {
	document, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	article := f.ID("article")
	y, err := p.Resolutions.ArticleStory(r.Context(), web.Actor(r), document, article)
	if err != nil {
		return err
	}
	n := amended(f, y.Article.Text)
	n.Why = i18n.Only(langOf(f, r), f.Text("why"))
	var made resolutions.Amendment
	if err = f.Err(); err == nil {
		made, err = p.Resolutions.Amend(r.Context(), web.Actor(r), document, n)
	}
	if err != nil {
		return p.showAmend(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, made.Ref().Path, "resolutions.notice.amended")
}

// onAmendment draws the form of an act on an amendment.
func (p *Pages) onAmendment(w http.ResponseWriter, r *http.Request, title string, values url.Values, err error, may func(amendmentView) bool, body func(ui.FormPage, amendmentView) templ.Component) error {
	v, missing := p.readAmendment(r)
	if missing != nil {
		return missing
	}
	if !may(v) {
		return refusal(err, problem.New(problem.Forbidden, "resolutions.not_now"))
	}
	now := url.Values{"version": {strconv.FormatInt(v.y.Line.Amendment.Version, 10)}}
	if !values.Has("version") {
		values.Set("version", now.Get("version"))
	}
	return ui.ShowEdit(w, r, title, values, now, err, func(t ui.FormPage) templ.Component { return body(t, v) })
}

func (p *Pages) renewForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readAmendment(r)
	if err != nil {
		return err
	}
	a := v.y.Line.Amendment
	values := url.Values{"article": {a.ArticleID.String()}, "act": {string(a.Act)}, "why": {v.Text(a.Why)}, "lang": {string(written(v.Lang))}}
	ui.PutTexts(values, "text", a.Text)
	return p.showRenew(w, r, values, nil)
}

func (p *Pages) showRenew(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	return p.onAmendment(w, r, "resolutions.renew", values, err, amendmentView.changeable, func(t ui.FormPage, v amendmentView) templ.Component {
		t.Values.Set("base", strconv.FormatInt(v.y.Line.At.Since, 10))
		x := articleView{frameView: v.frameView}
		return amendFields(t, x, v.path()+"/renew", nil, v.y.Line.At)
	})
}

func (p *Pages) renew(w http.ResponseWriter, r *http.Request) error {
	return p.actOnAmendment(w, r, "resolutions.notice.saved", p.showRenew, func(f *web.Form, v amendmentView) error {
		n := amended(f, v.y.Line.At.Text)
		n.Why = i18n.Only(langOf(f, r), f.Text("why"))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Resolutions.Renew(r.Context(), web.Actor(r), v.y.Line.Amendment.ID, f.Version(), n)
	})
}

// actOnAmendment reads the form of an act on an amendment and runs it.
func (p *Pages) actOnAmendment(w http.ResponseWriter, r *http.Request, notice string, show func(http.ResponseWriter, *http.Request, url.Values, error) error, act func(f *web.Form, v amendmentView) error) error {
	v, err := p.readAmendment(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	if err := act(f, v); err != nil {
		if show == nil {
			return err
		}
		return show(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, v.path(), notice)
}

func (p *Pages) takeBack(w http.ResponseWriter, r *http.Request) error {
	return p.actOnAmendment(w, r, "resolutions.notice.saved", nil, func(_ *web.Form, v amendmentView) error {
		return p.Resolutions.TakeBack(r.Context(), web.Actor(r), v.y.Line.Amendment.ID)
	})
}

func (p *Pages) adviseForm(w http.ResponseWriter, r *http.Request) error {
	return p.showAdvise(w, r, url.Values{}, nil)
}

func (p *Pages) showAdvise(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	may := func(v amendmentView) bool { return v.y.May.Draft && v.y.Line.Amendment.Open() }
	return p.onAmendment(w, r, "resolutions.advise", values, err, may, func(t ui.FormPage, v amendmentView) templ.Component { return adviseFields(t, v) })
}

func (p *Pages) advise(w http.ResponseWriter, r *http.Request) error {
	return p.actOnAmendment(w, r, "resolutions.notice.saved", p.showAdvise, func(f *web.Form, v amendmentView) error {
		what, why := resolutions.Advice(f.Line("advice")), typed(f, r, "why")
		if err := f.Err(); err != nil {
			return err
		}
		return p.Resolutions.Advise(r.Context(), web.Actor(r), v.y.Line.Amendment.ID, f.Version(), what, why)
	})
}

func (p *Pages) decideOne(w http.ResponseWriter, r *http.Request) error {
	return p.actOnAmendment(w, r, "resolutions.notice.decided", nil, func(_ *web.Form, v amendmentView) error {
		_, err := p.Resolutions.Decide(r.Context(), web.Actor(r), v.d.ID, []ref.ID{v.y.Line.Amendment.ID})
		return err
	})
}

func (p *Pages) voteOnOne(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readAmendment(r)
	if err != nil {
		return err
	}
	a := v.y.Line.Amendment
	title, motion := p.question("resolutions.question.amendment", "resolutions.motion."+string(a.Act), v.d.Title, a.No, a.Text)
	return p.toMeeting(w, r, v.d.ID, a.ID, title, motion, v.path())
}

// actChoices are what an amendment to an article may do.
func actChoices(t ui.FormPage, at resolutions.Article) []ui.Choice {
	var acts []string
	for _, a := range resolutions.AmendActs {
		if a == resolutions.Add || at.ID != 0 && !at.Deleted || t.Values.Get("act") == string(a) {
			acts = append(acts, string(a))
		}
	}
	return t.Keyed("resolutions.act.", slices.Compact(acts)...)
}
