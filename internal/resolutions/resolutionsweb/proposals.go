package resolutionsweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/resolutions"

	"github.com/a-h/templ"
)

// hearingView is the proposals of a document, one page of them.
type hearingView struct {
	ui.Page
	resolutions.Hearing
	p     *Pages
	pager ui.Pager
	shown []resolutions.Voice
}

func (p *Pages) hear(r *http.Request) (v hearingView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	f := web.ReadForm(r)
	session, page := f.ID("session"), f.Page()
	if err := f.Err(); err != nil {
		return v, err
	}
	v = hearingView{Page: ui.PageOf(r, ""), p: p}
	if v.Hearing, err = p.Resolutions.Hear(r.Context(), web.Actor(r), id, session); err != nil {
		return v, err
	}
	v.Page.Title, v.Description = v.T("resolutions.proposals"), v.Text(v.Document.Title)
	v.Page.Sample = v.Page.Sample && v.Document.Sample
	v.Page.Feed = v.path() + ".atom"
	v.Crumbs = []ui.Crumb{{Title: v.T("resolutions.title"), Path: "/resolutions"}, {Title: v.Text(v.Document.Title), Path: v.Ref().Path}}
	v.turn(page)
	return v, nil
}

// turn picks the voices of one page.
func (v *hearingView) turn(page int) {
	all, from := len(v.Voices), min((page-1)*perPage, len(v.Voices))
	v.shown = v.Voices[from:min(from+perPage, all)]
	at := func(n int) string {
		q := url.Values{"page": {strconv.Itoa(n)}}
		if v.Session != 0 {
			q.Set("session", v.Session.String())
		}
		return v.path() + "?" + q.Encode()
	}
	if page > 1 {
		v.pager.Previous = at(page - 1)
	}
	if from+perPage < all {
		v.pager.Next = at(page + 1)
	}
	if len(v.shown) > 0 && all > perPage {
		v.pager.Summary = v.T("ui.range", "from", int64(from+1), "to", int64(from+len(v.shown)), "all", int64(all))
	}
}

func (p *Pages) proposals(w http.ResponseWriter, r *http.Request) error {
	v, err := p.hear(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, proposalsPage(v))
}

// proposalsAtom tells of new proposals, the newest first.
func (p *Pages) proposalsAtom(w http.ResponseWriter, r *http.Request) error {
	v, err := p.hear(r)
	if err != nil {
		return err
	}
	f := ui.NewsFeed{Title: v.Page.Title + ": " + v.Text(v.Document.Title), Address: v.URL(v.path()), Since: v.ID.Time()}
	list := slices.Clone(v.Voices)
	slices.SortFunc(list, func(a, b resolutions.Voice) int { return int(b.ID.Time().Sub(a.ID.Time()) / time.Millisecond) })
	for _, x := range list[:min(len(list), newsInFeed)] {
		f.News = append(f.News, ui.News{Title: short(v.Text(x.Text)), Text: v.Text(x.Text), Address: v.URL(x.Ref().Path), At: x.ID.Time()})
	}
	return ui.WriteAtom(w, r, f)
}

// newsInFeed is how many entries a feed has at most.
const newsInFeed = 50

func (v hearingView) path() string { return v.Ref().Path + "/proposals" }

// tabs are the sessions of the forum that were given out, and those that have
// proposals.
func (v hearingView) tabs() (out []ui.Link) {
	for _, x := range v.Slots {
		if !hears(x.Kind) && v.Counts[x.SessionID] == 0 {
			continue
		}
		out = append(out, ui.Link{Title: v.Text(x.Title), Path: v.path() + "?session=" + x.SessionID.String(), Current: v.Session == x.SessionID, Count: v.Counts[x.SessionID], HasCount: true})
	}
	if len(out) == 0 {
		return nil
	}
	return append([]ui.Link{{Title: v.T("resolutions.all"), Path: v.path(), Current: v.Session == 0, Count: v.Counts[0], HasCount: true}}, out...)
}

// hears tells that people speak in a session of a kind.
func hears(k forums.SessionKind) bool {
	return k == forums.Plenary || k == forums.Section || k == forums.Presentation
}

func (v hearingView) hits() (out []ui.Found) {
	for _, x := range v.shown {
		out = append(out, ui.Found{Title: shortIn(x.Text), Path: x.Ref().Path, Line: v.line(x), Status: v.N("resolutions.support_n", x.Support), Tone: ui.Quiet})
	}
	return out
}

// line says who proposed, in which session, and what was merged.
func (v hearingView) line(x resolutions.Voice) string {
	parts := authors(v.Page, v.Names, v.Fact != "", x)
	if i := slices.IndexFunc(v.Slots, func(s forums.Slot) bool { return s.SessionID == x.SessionID }); i >= 0 && v.Session == 0 {
		parts = append(parts, v.Text(v.Slots[i].Title))
	}
	if n := len(x.Merged); n > 0 {
		parts = append(parts, v.N("resolutions.merged_n", int64(n)))
	}
	return strings.Join(parts, " · ")
}

// authors are all who proposed the same, each once. Nobody is named but
// organizations.
func authors(p ui.Page, names map[ref.ID]ref.Ref, real bool, v resolutions.Voice) (out []string) {
	for _, pr := range append([]resolutions.Proposal{v.Proposal}, v.Merged...) {
		if who := proposer(p, names, real, pr); who != "" && !slices.Contains(out, who) {
			out = append(out, who)
		}
	}
	return out
}

// proposer says who proposed something: nobody is named but organizations.
func proposer(p ui.Page, names map[ref.ID]ref.Ref, real bool, pr resolutions.Proposal) string {
	switch {
	case !pr.ByWords.IsZero():
		return p.Text(pr.ByWords)
	case pr.ByOrg != 0:
		return p.Text(names[pr.ByOrg].Title)
	case pr.Remark:
		return p.T("resolutions.by_floor")
	case real:
		return ""
	}
	return p.T("resolutions.by_citizen")
}

// shortest is how many characters of a text a list shows.
const shortest = 180

// short cuts a text at a word.
func short(s string) string {
	r := []rune(s)
	if len(r) <= shortest {
		return s
	}
	cut := string(r[:shortest])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + "…"
}

func shortIn(t i18n.Text) i18n.Text {
	return i18n.Text{KK: short(t.KK), RU: short(t.RU), EN: short(t.EN)}
}

// proposing is the form by which somebody proposes.
type proposing struct {
	ui.FormPage
	v        hearingView
	orgs     []ui.Choice
	sessions []ui.Choice
	alike    []resolutions.Alike
}

func (p *Pages) proposeForm(w http.ResponseWriter, r *http.Request) error {
	return p.showPropose(w, r, url.Values{"session": {r.FormValue("session")}, "lang": {string(written(web.Lang(r)))}, "code": {r.FormValue("code")}}, nil, nil)
}

// written is the language in which a form is offered to be written.
func written(l i18n.Lang) i18n.Lang {
	if l == i18n.KK {
		return l
	}
	return i18n.RU
}

func (p *Pages) showPropose(w http.ResponseWriter, r *http.Request, values url.Values, alike []resolutions.Alike, err error) error {
	v, missing := p.hear(r)
	if missing != nil {
		return missing
	}
	if !v.Open() {
		return problem.New(problem.Conflict, "resolutions.proposal.over")
	}
	mine, missing := p.mine(r)
	if missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "resolutions.propose", values, err, func(t ui.FormPage) templ.Component {
		return proposeFields(proposing{t, v, mine, v.sessions(t.T("resolutions.whole_forum")), alike})
	})
}

// sessions are the sessions in which something can be proposed; none says what no
// session is called.
func (v hearingView) sessions(none string) (out []ui.Choice) {
	for _, x := range v.Slots {
		if hears(x.Kind) {
			out = append(out, ui.Choice{Value: x.SessionID.String(), Label: v.Text(x.Title)})
		}
	}
	if len(out) == 0 {
		return nil
	}
	return append([]ui.Choice{{Value: "", Label: none}}, out...)
}

// mine are the organizations in whose name the reader may propose.
func (p *Pages) mine(r *http.Request) ([]ui.Choice, error) {
	by := web.Actor(r)
	ids := append(by.Scopes(access.Lead), by.Scopes(access.Staff)...)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	names, err := p.Orgs.Named(r.Context(), ids)
	out := []ui.Choice{{Value: "", Label: web.Words(r).T("resolutions.in_own_name")}}
	for _, id := range ids {
		if name, ok := names[id]; ok {
			out = append(out, ui.Choice{Value: id.String(), Label: web.Words(r).Text(name.Title)})
		}
	}
	return out, err
}

// propose takes a proposal. Where others say nearly the same they are shown first, and
// the proposal is taken when it is sent again.
func (p *Pages) propose(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	lang, ok := i18n.ParseLang(f.Line("lang"))
	if !ok {
		lang = written(web.Lang(r))
	}
	n := resolutions.NewProposal{DocumentID: id, ByOrg: f.ID("org"), SessionID: f.ID("session"), Text: i18n.Only(lang, f.Text("text"))}
	if err := f.Err(); err != nil {
		return p.showPropose(w, r, f.Values, nil, err)
	}
	if !f.Bool("sure") && !n.Text.IsZero() {
		alike, err := p.Resolutions.Similar(r.Context(), id, n.Text)
		if err != nil {
			return err
		}
		if len(alike) > 0 {
			return p.showPropose(w, r, f.Values, alike, nil)
		}
	}
	if !web.Actor(r).SignedIn() {
		if err := p.speak(w, r, guestOf(f, r), resolutions.GuestAct{New: n}, "resolutions.notice.proposed"); err != nil {
			return p.showPropose(w, r, f.Values, nil, err)
		}
		return nil
	}
	made, err := p.Resolutions.Propose(r.Context(), web.Actor(r), n)
	if err != nil {
		return p.showPropose(w, r, f.Values, nil, err)
	}
	return web.SeeOther(w, r, made.Ref().Path, "resolutions.notice.proposed")
}

// proposalView is a proposal with what is needed to draw it.
type proposalView struct {
	ui.Page
	resolutions.ProposalStory
	p *Pages
}

func (p *Pages) readProposal(r *http.Request) (v proposalView, err error) {
	document, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	id, err := web.ID(r, "proposal")
	if err != nil {
		return v, err
	}
	v = proposalView{Page: ui.PageOf(r, ""), p: p}
	if v.ProposalStory, err = p.Resolutions.ProposalStory(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	if v.DocumentID != document {
		return v, problem.New(problem.NotFound, "problem.not_found")
	}
	v.Title, v.Description = v.T("resolutions.one_proposal"), short(v.Page.Text(v.Proposal.Text))
	v.Page.Sample = v.Page.Sample && v.Proposal.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("resolutions.title"), Path: "/resolutions"}, {Title: v.Page.Text(v.Of.Title), Path: v.Of.Ref().Path}, {Title: v.T("resolutions.proposals"), Path: v.Of.Ref().Path + "/proposals"}}
	return v, nil
}

func (p *Pages) proposal(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readProposal(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, proposalPage(v))
}

func (v proposalView) stands() bool { return v.Into.ID == 0 && v.WithdrawnOn.IsZero() }

func (v proposalView) facts() []ui.Fact {
	list := []ui.Fact{{Label: v.T("resolutions.supporters"), Value: v.N("resolutions.support_n", v.Support)}}
	add := func(key, value string) {
		if value != "" {
			list = append(list, ui.Fact{Label: v.T(key), Value: value})
		}
	}
	add("resolutions.proposer", strings.Join(authors(v.Page, v.Names, v.Of.Fact != "", v.Voice), ", "))
	if !v.MadeOn.IsZero() {
		add("resolutions.made_on", v.Date(v.MadeOn))
	}
	if !v.Forum.IsZero() {
		list = append(list, ui.Fact{Label: v.T("resolutions.forum"), Show: refLink(v.Page, v.Forum)})
	}
	if v.Slot.SessionID != 0 {
		add("resolutions.session", v.Page.Text(v.Slot.Title))
	}
	if v.Phase != "" {
		add("resolutions.phase", v.T("resolutions.phase."+string(v.Phase)))
	}
	return list
}

func (v proposalView) past() []ui.Moment { return momentsOf(v.Page, v.Past) }

// voice runs an act on a proposal and shows the proposal again.
func (p *Pages) voice(w http.ResponseWriter, r *http.Request, notice string, act func(id ref.ID) error) error {
	document, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	id, err := web.ID(r, "proposal")
	if err != nil {
		return err
	}
	if err := act(id); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/resolutions/"+document.String()+"/proposals/"+id.String(), notice)
}

func (p *Pages) support(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	if !web.Actor(r).SignedIn() {
		return p.supportAsGuest(w, r, f)
	}
	back := f.Bool("back")
	if err := f.Err(); err != nil {
		return err
	}
	notice := "resolutions.notice.supported"
	if back {
		notice = "resolutions.notice.support_back"
	}
	return p.voice(w, r, notice, func(id ref.ID) error { return p.Resolutions.Support(r.Context(), web.Actor(r), id, back) })
}

func (p *Pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	return p.voice(w, r, "", func(id ref.ID) error { return p.Resolutions.Withdraw(r.Context(), web.Actor(r), id) })
}

func (p *Pages) part(w http.ResponseWriter, r *http.Request) error {
	return p.voice(w, r, "", func(id ref.ID) error { return p.Resolutions.Part(r.Context(), web.Actor(r), id) })
}

func (p *Pages) mergeForm(w http.ResponseWriter, r *http.Request) error {
	return p.showMerge(w, r, url.Values{}, nil)
}

func (p *Pages) showMerge(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := p.readProposal(r)
	if missing == nil && !v.May.Draft {
		missing = problem.New(problem.Forbidden, "resolutions.only_drafters")
	}
	if missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "resolutions.merge", values, err, func(t ui.FormPage) templ.Component { return mergeFields(t, v) })
}

// mergeable are the proposals with which one can be merged, the most alike first.
func (v proposalView) mergeable() (out []ui.Choice) {
	list := v.Others
	for n := len(v.Alike) - 1; n >= 0; n-- {
		list = append([]resolutions.Proposal{v.Alike[n].Proposal}, slices.DeleteFunc(slices.Clone(list), func(p resolutions.Proposal) bool { return p.ID == v.Alike[n].ID })...)
	}
	for _, x := range list {
		out = append(out, ui.Choice{Value: x.ID.String(), Label: short(v.Page.Text(x.Text))})
	}
	return out
}

func (p *Pages) merge(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	into := f.ID("into")
	if err := f.Err(); err != nil {
		return p.showMerge(w, r, f.Values, err)
	}
	err := p.voice(w, r, "resolutions.notice.merged", func(id ref.ID) error { return p.Resolutions.Merge(r.Context(), web.Actor(r), id, into) })
	if bad := problem.As(err); bad != nil && bad.Kind != problem.NotFound {
		return p.showMerge(w, r, f.Values, err)
	}
	return err
}

// drafting reads the proposals of a document for its drafting group.
func (p *Pages) drafting(r *http.Request) (hearingView, error) {
	v, err := p.hear(r)
	if err == nil && !v.May.Draft {
		err = problem.New(problem.Forbidden, "resolutions.only_drafters")
	}
	return v, err
}

// remarksForm begins with the questions that the hall of the session saw.
func (p *Pages) remarksForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.drafting(r)
	if err != nil {
		return err
	}
	heard, err := p.Resolutions.Forums.Heard(r.Context(), v.Session)
	if err != nil {
		return err
	}
	return p.showRemarks(w, r, url.Values{"session": {r.FormValue("session")}, "remarks": {strings.Join(heard, "\n")}, "lang": {string(written(web.Lang(r)))}}, nil)
}

func (p *Pages) showRemarks(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := p.drafting(r)
	if missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "resolutions.remarks", values, err, func(t ui.FormPage) templ.Component {
		return remarksFields(t, v, v.sessions(t.T("resolutions.choose_session")))
	})
}

// remarks makes proposals of what was said in a session: one of each line.
func (p *Pages) remarks(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	lang, ok := i18n.ParseLang(f.Line("lang"))
	if !ok {
		lang = written(web.Lang(r))
	}
	session, who := f.ID("session"), i18n.Only(lang, f.Line("who"))
	var said []i18n.Text
	for line := range strings.Lines(f.Text("remarks")) {
		if line = strings.TrimSpace(line); line != "" {
			said = append(said, i18n.Only(lang, line))
		}
	}
	if err = f.Err(); err == nil {
		err = p.Resolutions.TakeRemarks(r.Context(), web.Actor(r), id, session, said, who)
	}
	if err != nil {
		return p.showRemarks(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/resolutions/"+id.String()+"/proposals?session="+session.String(), "resolutions.notice.remarks")
}

func (p *Pages) summaryForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.drafting(r)
	if err == nil && v.Session == 0 {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	if err != nil {
		return err
	}
	values := url.Values{"session": {v.Session.String()}, "version": {strconv.FormatInt(v.Summary.Version, 10)}}
	ui.PutTexts(values, "text", v.Summary.Text)
	return p.showSummary(w, r, values, nil)
}

func (p *Pages) showSummary(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := p.drafting(r)
	if missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "resolutions.sum_up", values, err, func(t ui.FormPage) templ.Component { return summaryFields(t, v) })
}

func (p *Pages) summary(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	session, text, version := f.ID("session"), f.Texts("text"), f.Version()
	if err = f.Err(); err == nil {
		err = p.Resolutions.SumUp(r.Context(), web.Actor(r), id, session, version, text)
	}
	if err != nil {
		return p.showSummary(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/resolutions/"+id.String()+"/proposals?session="+session.String(), "resolutions.notice.summed_up")
}

// OfForum tells on the page of a forum what was proposed there and what it decided;
// nil where there is nothing to tell. keeps tells that the reader keeps the forum.
func (p *Pages) OfForum(r *http.Request, page ui.Page, forum ref.ID, keeps bool) (templ.Component, error) {
	web.Touch(r, resolutions.Kind, resolutions.KindProposal)
	lines, err := p.Resolutions.OfForum(r.Context(), forum)
	if err != nil || len(lines) == 0 && !keeps {
		return nil, err
	}
	return forumSection(page, lines, forum, keeps), nil
}

// forumLine says how far a document of a forum has come.
func forumLine(p ui.Page, d resolutions.Line) string {
	parts := []string{p.T("resolutions.kind." + string(d.Kind)), stageOf(p, d.Document)}
	if d.Proposals > 0 {
		parts = append(parts, p.N("resolutions.proposals_n", d.Proposals))
	}
	if d.Items > 0 {
		parts = append(parts, p.N("resolutions.items_n", d.Items))
	}
	return strings.Join(parts, " · ")
}
