package forumsweb

import (
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"

	"birge/internal/forums"
	"birge/internal/platform/files"
	"birge/internal/platform/problem"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// paperRoutes are the doors of documents and pictures.
func (h *Pages) paperRoutes() []web.Route {
	return []web.Route{
		web.Public("GET /forums/{id}/papers", h.papers),
		web.SignedIn("GET /forums/{id}/papers/new", h.paperForm),
		web.SignedIn("POST /forums/{id}/papers/new", h.addPapers).Body(ui.MaxUpload),
		web.SignedIn("GET /forums/{id}/papers/{paper}", h.paperPage),
		web.SignedIn("POST /forums/{id}/papers/{paper}", h.changePaper),
		web.SignedIn("GET /forums/{id}/papers/{paper}/{variant}", h.servePaper),
	}
}

func (h *Pages) papers(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readForum(r)
	if err != nil {
		return err
	}
	v.Crumbs = append(v.Crumbs, ui.Crumb{Title: v.Title, Path: v.path("")})
	v.Title = v.T("forums.papers")
	return web.Render(w, r, http.StatusOK, papersPage(v))
}

// of are the papers of a sort.
func (v forumView) of(sort forums.PaperSort) (out []forums.Paper) {
	for _, x := range v.Papers {
		if x.Sort == sort {
			out = append(out, x)
		}
	}
	return out
}

// latest are the pictures that came last.
func (v forumView) latest(n int) []forums.Paper {
	list := v.of(forums.Picture)
	return list[max(0, len(list)-n):]
}

// address is where the reader gets a variant of a paper: strangers only what is public.
func (v forumView) address(x forums.Paper, variant string) string {
	if x.Public() && (variant != files.Original || x.Sort == forums.Document && x.Width == 0) {
		return x.Address(variant)
	}
	return v.URL(x.Ref().Path + "/" + variant)
}

func (v forumView) gallery(list []forums.Paper) (out []ui.Picture) {
	for _, x := range list {
		p := ui.Picture{Href: v.address(x, files.Large), Thumb: v.address(x, files.Thumb), Alt: v.Text(x.Title), Caption: v.Text(x.Title), Width: x.Width, Height: x.Height}
		if v.MayKeep {
			p.More = append(p.More, ui.Link{Title: v.paperState(x), Path: x.Ref().Path})
		}
		out = append(out, p)
	}
	return out
}

// paperState says who sees a paper, and if not everybody, why.
func (v forumView) paperState(x forums.Paper) string {
	switch {
	case x.NeedsConsent():
		return v.T("forums.paper_is.needs_consent")
	case !x.Announced:
		return v.T("forums.paper_is.not_announced")
	}
	return v.T("forums.paper_is.for_all")
}

// paperNote says what a document is: "PDF, 240 КБ".
func (v forumView) paperNote(x forums.Paper) string {
	return strings.ToUpper(strings.TrimPrefix(path.Ext(x.Name), ".")) + ", " + v.T("projects.kilobytes", "n", v.Int(max(1, x.Size>>10)))
}

// documentAddress is where a document is taken; a scan is a picture of its own.
func (v forumView) documentAddress(x forums.Paper) string {
	if x.Width > 0 {
		return v.address(x, files.Large)
	}
	return v.address(x, files.Original)
}

// handIn is the form of files.
type handIn struct {
	ui.FormPage
	v    forumView
	sort forums.PaperSort
}

func sortOf(r *http.Request) forums.PaperSort {
	if r.URL.Query().Get("sort") == string(forums.Picture) {
		return forums.Picture
	}
	return forums.Document
}

func (n handIn) path() string { return n.v.path("/papers/new?sort=" + string(n.sort)) }

func (h *Pages) paperForm(w http.ResponseWriter, r *http.Request) error {
	return h.showPaperForm(w, r, url.Values{}, nil)
}

func (h *Pages) showPaperForm(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := h.readKept(r)
	if missing != nil {
		return missing
	}
	title := "forums.add_document"
	if sortOf(r) == forums.Picture {
		title = "forums.add_pictures"
	}
	return ui.ShowForm(w, r, title, values, err, func(t ui.FormPage) templ.Component { return paperFields(handIn{t, v, sortOf(r)}) })
}

// addPapers takes one or several files with what is to be known of them.
func (h *Pages) addPapers(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readKept(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	if err := ui.TooMuch(f); err != nil {
		return h.showPaperForm(w, r, url.Values{}, err)
	}
	n := forums.NewPaper{Sort: sortOf(r), Title: f.Texts("title"), People: files.People(f.Line("people")), Consent: ui.ReadConsent(f, files.People(f.Line("people")))}
	uploads := f.Files("files")
	f.Reject(len(uploads) == 0, "files", "form.required")
	if err = f.Err(); err == nil {
		err = h.storePapers(r, v.Forum, n, uploads)
	}
	if err != nil {
		return h.showPaperForm(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, v.path("/papers"), "forums.notice.saved")
}

// storePapers judges each file by its bytes and then adds all of them.
func (h *Pages) storePapers(r *http.Request, f forums.Forum, n forums.NewPaper, uploads []*multipart.FileHeader) error {
	checked, err := ui.Judge(r, uploads, func(name string, body io.Reader) (*files.Checked, error) {
		return h.Forums.CheckPaper(r.Context(), web.Actor(r), f.ID, n.Sort, name, body)
	})
	if err == nil {
		_, err = h.Forums.AddPapers(r.Context(), web.Actor(r), f.ID, n, checked)
	}
	return err
}

// paperView is one paper, for those who keep it.
type paperView struct {
	ui.FormPage
	v forumView
	x forums.Paper
}

func (p paperView) facts() []ui.Fact {
	facts := []ui.Fact{{Label: p.T("files.who_sees"), Value: p.v.paperState(p.x)}, {Label: p.T("files.added_on"), Value: p.Date(p.x.AddedOn)},
		{Label: p.T("files.the_original"), Show: plainLink(p.URL(p.x.Ref().Path+"/"+files.Original), p.v.paperNote(p.x))}}
	if p.x.Sort == forums.Picture {
		facts = append(facts, ui.ConsentFacts(p.Page, p.x.People, p.x.Consent)...)
	}
	return facts
}

func (h *Pages) paperPage(w http.ResponseWriter, r *http.Request) error {
	return h.showPaper(w, r, url.Values{}, nil)
}

func (h *Pages) showPaper(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := h.readKept(r)
	if missing != nil {
		return missing
	}
	id, missing := web.ID(r, "paper")
	if missing != nil {
		return missing
	}
	x, missing := h.Forums.Paper(r.Context(), web.Actor(r), id)
	if missing == nil && (x.ForumID != v.Forum.ID || !x.WithdrawnOn.IsZero()) {
		missing = problem.New(problem.NotFound, "problem.not_found")
	}
	if missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "forums.paper."+string(x.Sort), values, err, func(t ui.FormPage) templ.Component { return paperBody(paperView{t, v, x}) })
}

// changePaper records or withdraws a consent, or removes a paper.
func (h *Pages) changePaper(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "paper")
	if err != nil {
		return err
	}
	f, by, ctx := web.ReadForm(r), web.Actor(r), r.Context()
	consent := ui.ReadConsent(f, files.Children)
	if err = f.Err(); err == nil {
		switch f.Line("do") {
		case "consent":
			err = h.Forums.ConsentPaper(ctx, by, id, consent)
		case "withdraw":
			err = h.Forums.WithdrawPaper(ctx, by, id)
		default:
			err = h.Forums.RemovePaper(ctx, by, id)
		}
	}
	if bad := problem.As(err); bad != nil && (bad.Kind == problem.Invalid || bad.Kind == problem.Conflict) {
		return h.showPaper(w, r, f.Values, err)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/forums/"+r.PathValue("id")+"/papers", "forums.notice.saved")
}

// servePaper gives the bytes of a paper to those who keep it.
func (h *Pages) servePaper(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "paper")
	if err != nil {
		return err
	}
	return h.Forums.ServePaper(w, r, web.Actor(r), id, r.PathValue("variant"))
}
