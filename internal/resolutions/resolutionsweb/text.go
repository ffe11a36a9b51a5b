package resolutionsweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/resolutions"

	"github.com/a-h/templ"
)

// frameView is what the pages of a text share.
type frameView struct {
	ui.Page
	p *Pages
	d resolutions.Document
}

// frame names the page and the way to it.
func (p *Pages) frame(r *http.Request, d resolutions.Document, title string, crumbs ...ui.Crumb) frameView {
	web.Touch(r, d.Ref().Key())
	v := frameView{Page: ui.PageOf(r, ""), p: p, d: d}
	v.Page.Title, v.Description = v.T(title), v.Text(d.Title)
	v.Page.Sample = v.Page.Sample && d.Sample
	v.Crumbs = append([]ui.Crumb{{Title: v.T("resolutions.title"), Path: "/resolutions"}, {Title: v.Text(d.Title), Path: d.Ref().Path}}, crumbs...)
	return v
}

func (v frameView) textCrumb() ui.Crumb {
	return ui.Crumb{Title: v.T("resolutions.text"), Path: v.d.Ref().Path + "/text"}
}

// textView is one page of a text.
type textView struct {
	frameView
	t     resolutions.Text
	pager ui.Pager
}

func (p *Pages) text(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	edition, page := f.Int("edition"), f.Page()
	if err := f.Err(); err != nil {
		return err
	}
	t, err := p.Resolutions.Text(r.Context(), web.Actor(r), id, edition, perPage, (page-1)*perPage)
	if err != nil {
		return err
	}
	v := textView{frameView: p.frame(r, t.Document, "resolutions.text"), t: t}
	v.pager = pagerOf(v.Page, page, len(t.Clauses), t.All, func(n int) string {
		q := url.Values{"page": {strconv.Itoa(n)}}
		if edition != 0 {
			q.Set("edition", strconv.FormatInt(edition, 10))
		}
		return v.d.Ref().Path + "/text?" + q.Encode()
	})
	return web.Render(w, r, http.StatusOK, textPage(v))
}

// pagerOf leads through a list of which one page of perPage rows is shown.
func pagerOf(p ui.Page, page, shown, all int, at func(n int) string) (g ui.Pager) {
	from := (page - 1) * perPage
	if page > 1 {
		g.Previous = at(page - 1)
	}
	if from+shown < all && shown > 0 {
		g.Next = at(page + 1)
	}
	if shown > 0 && all > perPage {
		g.Summary = p.T("ui.range", "from", int64(from+1), "to", int64(from+shown), "all", int64(all))
	}
	return g
}

// editions are the texts that were laid open.
func (v textView) editions() (out []ui.Link) {
	for n := int64(1); n <= v.t.Edition; n++ {
		out = append(out, ui.Link{Title: v.T("resolutions.edition_no", "no", n), Path: v.d.Ref().Path + "/text?edition=" + strconv.FormatInt(n, 10), Current: n == v.t.Shown})
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// said tells how far the discussion has come.
func (v frameView) said(f resolutions.Frame) string {
	switch {
	case f.Stage == resolutions.Discussed && f.May.Speak:
		return v.T("resolutions.open_until", "date", v.Date(f.AmendUntil))
	case f.Stage == resolutions.Discussed:
		return v.T("resolutions.closed_since", "date", v.Date(f.AmendUntil))
	case f.Stage == resolutions.Gathering:
		return v.T("resolutions.drafted")
	}
	return stageOf(v.Page, f.Document)
}

func clauseTitle(p ui.Page, a resolutions.Article, number int) string {
	title := p.Text(a.Title)
	switch {
	case number == 0:
		return strings.TrimSpace(p.T("resolutions.article_deleted") + " " + title)
	case title == "":
		return p.T("resolutions.article_no", "no", strconv.Itoa(number))
	}
	return strings.TrimSpace(strconv.Itoa(number) + ". " + title)
}

// dutyLine says what an article asks of whom.
func (v frameView) dutyLine(a resolutions.Article, names map[ref.ID]ref.Ref) string {
	if !a.Asks {
		return ""
	}
	parts := []string{unknown(v.Page, false), unknown(v.Page, false), unknown(v.Page, false)}
	if a.OwnerID != 0 {
		parts[0] = v.Text(names[a.OwnerID].Title)
	}
	if !a.Due.IsZero() {
		parts[1] = v.Date(a.Due)
	}
	if !a.Measure.IsZero() {
		parts[2] = v.Text(a.Measure)
	}
	return v.T("resolutions.duty_line", "owner", parts[0], "due", parts[1], "measure", parts[2])
}

// clauseNote counts what is said of an article.
func (v frameView) clauseNote(c resolutions.Clause) string {
	var parts []string
	if c.Comments > 0 {
		parts = append(parts, v.N("resolutions.comments_n", c.Comments))
	}
	if c.Amendments > 0 {
		parts = append(parts, v.N("resolutions.amendments_n", c.Amendments))
	}
	return strings.Join(parts, " · ")
}

// articleView is the page of an article, or of what is said of the whole document.
type articleView struct {
	frameView
	resolutions.ArticleStory
}

func (p *Pages) readArticle(r *http.Request, title string) (v articleView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	var article ref.ID
	if r.PathValue("article") != "" {
		if article, err = web.ID(r, "article"); err != nil {
			return v, err
		}
	}
	y, err := p.Resolutions.ArticleStory(r.Context(), web.Actor(r), id, article)
	if err != nil {
		return v, err
	}
	v = articleView{p.frame(r, y.Document, title), y}
	v.Crumbs = append(v.Crumbs, v.textCrumb())
	return v, nil
}

func (p *Pages) article(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readArticle(r, "resolutions.article")
	if err != nil {
		return err
	}
	v.Page.Title = clauseTitle(v.Page, v.Article, v.Number)
	return web.Render(w, r, http.StatusOK, articlePage(v))
}

// history pairs what an article said with what it had said before.
type saidThen struct {
	edition       int64
	before, after i18n.Text
	deleted       bool
}

func (v articleView) history() (out []saidThen) {
	for n, x := range v.Said {
		t := saidThen{edition: x.Edition, after: x.Text, deleted: x.Deleted}
		if n+1 < len(v.Said) {
			t.before = v.Said[n+1].Text
			if x.Deleted {
				t.after = i18n.Text{}
			}
			out = append(out, t)
		}
	}
	return out
}

// who says who wrote something: nobody is named but organizations.
func who(p ui.Page, names map[ref.ID]ref.Ref, org ref.ID) string {
	if org == 0 {
		return p.T("resolutions.by_citizen")
	}
	return p.Text(names[org].Title)
}

// comments are the comments on the whole document.
func (p *Pages) comments(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readArticle(r, "resolutions.comments")
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, commentsPage(v))
}

// said is where a comment goes: to an article or to the whole document.
func (v articleView) sayPath() string {
	if v.Article.ID != 0 {
		return v.Article.Ref().Path + "/comments"
	}
	return v.d.Ref().Path + "/comments"
}

func (p *Pages) comment(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	lang, org, text := langOf(f, r), f.ID("org"), f.Text("text")
	v, err := p.readArticle(r, "resolutions.comment")
	if err != nil {
		return err
	}
	if err = f.Err(); err == nil {
		_, err = p.Resolutions.Say(r.Context(), web.Actor(r), v.d.ID, v.Article.ID, org, i18n.Only(lang, text))
	}
	if err != nil {
		return p.showComment(w, r, f.Values, err)
	}
	to := v.d.Ref().Path + "/comments"
	if v.Article.ID != 0 {
		to = v.Article.Ref().Path
	}
	return web.SeeOther(w, r, to, "resolutions.notice.commented")
}

func (p *Pages) commentForm(w http.ResponseWriter, r *http.Request) error {
	return p.showComment(w, r, url.Values{"lang": {string(written(web.Lang(r)))}}, nil)
}

func (p *Pages) showComment(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := p.readArticle(r, "resolutions.comment")
	if missing != nil {
		return missing
	}
	mine, missing := p.mine(r)
	if missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "resolutions.comment", values, err, func(t ui.FormPage) templ.Component { return commentFields(t, v, mine) })
}

func (p *Pages) removeComment(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "comment")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	why := typed(f, r, "why")
	if err := f.Err(); err != nil {
		return err
	}
	c, err := p.Resolutions.Unsay(r.Context(), web.Actor(r), id, why)
	if err != nil {
		return err
	}
	path, _, _ := strings.Cut(c.Ref().Path, "#")
	if c.ArticleID == 0 {
		path += "/comments"
	}
	return web.SeeOther(w, r, path, "resolutions.notice.comment_removed")
}

// langOf is the language in which something was written.
func langOf(f *web.Form, r *http.Request) i18n.Lang {
	if lang, ok := i18n.ParseLang(f.Line("lang")); ok {
		return lang
	}
	return written(web.Lang(r))
}

// writeForm is the form by which the drafting group adds articles.
func (p *Pages) writeForm(w http.ResponseWriter, r *http.Request) error {
	values := url.Values{"after": {r.FormValue("after")}, "proposal": {r.FormValue("proposal")}, "asks": {"yes"}}
	if id, ok := ref.ParseID(r.FormValue("proposal")); ok {
		y, err := p.Resolutions.ProposalStory(r.Context(), access.Actor{}, id)
		if err != nil {
			return err
		}
		values.Set("kk", y.Text.KK)
		values.Set("ru", y.Text.RU)
	}
	return p.showWrite(w, r, values, nil)
}

func (p *Pages) showWrite(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := p.drafting(r)
	if missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "resolutions.write", values, err, func(t ui.FormPage) templ.Component { return writeFields(t, v.Document) })
}

// write adds the paragraphs of a text: those of the two languages go in pairs.
func (p *Pages) write(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	kk, ru := paragraphs(f.Values.Get("kk")), paragraphs(f.Values.Get("ru"))
	after, proposal, asks := f.ID("after"), f.ID("proposal"), f.Bool("asks")
	f.Reject(len(kk) == 0, "kk", "form.required")
	f.Reject(len(ru) != len(kk), "ru", "resolutions.article.uneven", "kk", len(kk), "ru", len(ru))
	if err = f.Err(); err == nil {
		var list []resolutions.NewArticle
		for n := range kk {
			list = append(list, resolutions.NewArticle{After: after, Text: i18n.Text{KK: kk[n], RU: ru[n]}, ProposalID: proposal, Duty: resolutions.Duty{Asks: asks}})
		}
		_, err = p.Resolutions.Write(r.Context(), web.Actor(r), id, list)
	}
	if err != nil {
		return p.showWrite(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/resolutions/"+id.String()+"/text", "resolutions.notice.written")
}

// paragraphs are the parts of a text between blank lines.
func paragraphs(s string) (out []string) {
	for part := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// onArticle draws the form of an act of the drafting group on an article.
func (p *Pages) onArticle(w http.ResponseWriter, r *http.Request, title string, values url.Values, err error, body func(ui.FormPage, articleView) templ.Component) error {
	v, missing := p.readArticle(r, title)
	if missing == nil && !v.May.Draft {
		missing = problem.New(problem.Forbidden, "resolutions.only_drafters")
	}
	if missing != nil {
		return missing
	}
	now := url.Values{"version": {strconv.FormatInt(v.Article.Version, 10)}}
	if !values.Has("version") {
		values.Set("version", now.Get("version"))
	}
	return ui.ShowEdit(w, r, title, values, now, err, func(t ui.FormPage) templ.Component { return body(t, v) })
}

func (p *Pages) rewriteForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readArticle(r, "resolutions.rewrite")
	if err != nil {
		return err
	}
	values := url.Values{}
	ui.PutTexts(values, "title", v.Article.Title)
	ui.PutTexts(values, "text", v.Article.Text)
	return p.showRewrite(w, r, values, nil)
}

func (p *Pages) showRewrite(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	return p.onArticle(w, r, "resolutions.rewrite", values, err, func(t ui.FormPage, v articleView) templ.Component { return rewriteFields(t, v) })
}

func (p *Pages) rewrite(w http.ResponseWriter, r *http.Request) error {
	return p.actOnArticle(w, r, p.showRewrite, func(f *web.Form, id ref.ID) error {
		title, text, strike := f.Texts("title"), f.Texts("text"), f.Bool("strike")
		if err := f.Err(); err != nil {
			return err
		}
		return p.Resolutions.Rewrite(r.Context(), web.Actor(r), id, f.Version(), title, text, strike)
	})
}

// actOnArticle reads the form of an act on an article and runs it.
func (p *Pages) actOnArticle(w http.ResponseWriter, r *http.Request, show func(http.ResponseWriter, *http.Request, url.Values, error) error, act func(f *web.Form, id ref.ID) error) error {
	v, err := p.readArticle(r, "resolutions.article")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	if err := act(f, v.Article.ID); err != nil {
		return show(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, v.Article.Ref().Path, "resolutions.notice.saved")
}

func (p *Pages) dutyForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readArticle(r, "resolutions.duty")
	if err != nil {
		return err
	}
	a := v.Article
	values := url.Values{"owner": {a.OwnerID.String()}, "measure": {v.Text(a.Measure)}, "theme": {a.Theme}, "due": {dateValue(a.Due)}}
	if a.Asks {
		values.Set("asks", "yes")
	}
	return p.showDuty(w, r, values, nil)
}

func dateValue(d db.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func (p *Pages) showDuty(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := p.readArticle(r, "resolutions.duty")
	if missing != nil {
		return missing
	}
	bodies, missing := p.bodies(r, v.d)
	if missing != nil {
		return missing
	}
	return p.onArticle(w, r, "resolutions.duty", values, err, func(t ui.FormPage, v articleView) templ.Component {
		return dutyFields(t, v, bodies, p.themes(t.Page))
	})
}

func (p *Pages) duty(w http.ResponseWriter, r *http.Request) error {
	return p.actOnArticle(w, r, p.showDuty, func(f *web.Form, id ref.ID) error {
		d := resolutions.Duty{Asks: f.Bool("asks"), OwnerID: f.ID("owner"), Due: f.Date("due"), Measure: typed(f, r, "measure"), Theme: f.Line("theme")}
		if err := p.ownerByBIN(f, &d.OwnerID); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Resolutions.SetDuty(r.Context(), web.Actor(r), id, f.Version(), d)
	})
}

// openForm is the form by which a draft is laid open.
func (p *Pages) openForm(w http.ResponseWriter, r *http.Request) error {
	return p.showOpen(w, r, url.Values{}, nil)
}

func (p *Pages) showOpen(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := p.kept(r)
	if missing != nil {
		return missing
	}
	bodies, missing := p.Resolutions.BodiesFor(r.Context(), v.ID)
	if missing != nil {
		return missing
	}
	choices := []ui.Choice{{Value: "", Label: v.T("resolutions.nobody_votes")}}
	for _, b := range bodies {
		choices = append(choices, ui.Choice{Value: b.ID.String(), Label: v.Text(b.Name)})
	}
	return ui.ShowForm(w, r, "resolutions.open", values, err, func(t ui.FormPage) templ.Component { return openFields(t, v, choices) })
}

func (p *Pages) open(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	o := resolutions.Opening{Until: f.Date("until"), BodyID: f.ID("body")}
	if err = f.Err(); err == nil {
		err = p.Resolutions.LayOpen(r.Context(), web.Actor(r), id, o)
	}
	if err != nil {
		return p.showOpen(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/resolutions/"+id.String()+"/text", "resolutions.notice.opened")
}

// voteOnAll puts the whole document on the agenda of a meeting.
func (p *Pages) voteOnAll(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	there, err := p.Resolutions.Documents(r.Context(), []ref.ID{id})
	if err != nil {
		return err
	}
	d, ok := there[id]
	if !ok {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	title, motion := p.question("resolutions.question.document", "resolutions.motion.document", d.Title, 0, i18n.Text{})
	return p.toMeeting(w, r, id, 0, title, motion, d.Ref().Path+"/text")
}

// question names what is voted on, in Kazakh and Russian.
func (p *Pages) question(titleKey, motionKey string, document i18n.Text, no int64, text i18n.Text) (title, motion i18n.Text) {
	for _, l := range []i18n.Lang{i18n.KK, i18n.RU} {
		say := p.Words().Printer(l)
		name, said := short(say.Text(document)), short(say.Text(text))
		title.Set(l, say.T(titleKey, "document", name, "no", no))
		motion.Set(l, strings.TrimSpace(say.T(motionKey, "document", name, "no", no)+" "+said))
	}
	return title, motion
}

func (p *Pages) toMeeting(w http.ResponseWriter, r *http.Request, document, amendment ref.ID, title, motion i18n.Text, back string) error {
	f := web.ReadForm(r)
	meeting := f.ID("meeting")
	if err := f.Err(); err != nil {
		return err
	}
	if err := p.Resolutions.PutToVote(r.Context(), web.Actor(r), document, amendment, meeting, title, motion); err != nil {
		return err
	}
	return web.SeeOther(w, r, back, "resolutions.notice.on_agenda")
}
