package forumsweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"birge/internal/forums"
	"birge/internal/platform/i18n"
	"birge/internal/platform/pdf"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// standRoutes are the doors of the exhibition and of offers of help.
func (h *Pages) standRoutes() []web.Route {
	return []web.Route{
		web.Public("GET /forums/{id}/stands", h.stands),
		web.Public("GET /forums/{id}/sheets", h.sheets).Unkept(),
		web.SignedIn("GET /forums/{id}/stands/new", h.askStandForm),
		web.SignedIn("POST /forums/{id}/stands/new", h.askStand),
		web.Public("GET /forums/{id}/stands/{stand}", h.stand),
		web.SignedIn("POST /forums/{id}/stands/{stand}", h.decideStand),

		web.Public("GET /offers/{kind}/{id}", h.offerForm).Unkept(),
		web.Public("POST /offers/{kind}/{id}", h.offer).PerMinute(10),
		web.Public("GET /offer/{token}", h.sentOffer).Unkept(),
		web.Public("POST /offer/{token}", h.takeBackOffer),
		web.SignedIn("GET /desk/offers", h.offers),
		web.SignedIn("GET /desk/offers/{offer}", h.answerForm),
		web.SignedIn("POST /desk/offers/{offer}", h.answerOffer),
	}
}

// standsView is the exhibition of a forum.
type standsView struct {
	ui.Page
	forums.Stands
}

func (h *Pages) readStands(r *http.Request) (v standsView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: forums.Kind, ID: id}.Key())
	v = standsView{Page: ui.PageOf(r, web.Words(r).T("forums.stands"))}
	if v.Stands, err = h.Forums.Stands(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	for _, x := range v.List {
		web.Touch(r, x.Org.Key())
		if !x.Project.IsZero() {
			web.Touch(r, x.Project.Key())
		}
	}
	v.Page.Sample = v.Page.Sample || v.Forum.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("forums.title"), Path: "/forums"}, {Title: v.Text(v.Forum.Title), Path: v.Forum.Ref().Path}}
	return v, nil
}

func (h *Pages) stands(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readStands(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, standsPage(v))
}

func (v standsView) path() string { return forums.StandsPath(v.Forum.ID) }

// hits are stands as a list draws them.
func (v standsView) hits(list []forums.StandShown) (out []ui.Found) {
	for _, x := range list {
		f := ui.Found{Title: x.What().Title, Path: x.Stand.Ref().Path, Line: v.line(x)}
		if x.State != forums.StandAdmitted {
			f.Status, f.Tone = v.T(x.State.Key()), x.State.Tone()
		}
		out = append(out, f)
	}
	return out
}

// line is where a stand is and whose it is.
func (v standsView) line(x forums.StandShown) string {
	parts := []string{v.place(x)}
	if !x.Project.IsZero() {
		parts = append(parts, v.Text(x.Org.Title))
	}
	return joined(parts...)
}

// place is the number of a stand and its spot; "" before it is admitted.
func (v standsView) place(x forums.StandShown) string {
	if x.State != forums.StandAdmitted {
		return ""
	}
	return joined(v.T("forums.stand_no", "no", strconv.FormatInt(x.Number, 10)), v.Text(x.Spot))
}

// others are the stands that are neither asked for nor admitted.
func (v standsView) others() (out []forums.StandShown) {
	for _, x := range v.List {
		if !x.Open() {
			out = append(out, x)
		}
	}
	return out
}

// standView is one stand.
type standView struct {
	ui.FormPage
	standsView
	forums.StandShown
}

func (h *Pages) readStand(r *http.Request) (v standView, err error) {
	if v.standsView, err = h.readStands(r); err != nil {
		return v, err
	}
	id, err := web.ID(r, "stand")
	if err != nil {
		return v, err
	}
	var ok bool
	if v.StandShown, ok = v.Find(id); !ok {
		return v, problem.New(problem.NotFound, "problem.not_found")
	}
	return v, nil
}

func (h *Pages) stand(w http.ResponseWriter, r *http.Request) error {
	return h.showStand(w, r, nil, nil)
}

func (h *Pages) showStand(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := h.readStand(r)
	if missing != nil {
		return missing
	}
	if values == nil {
		values = url.Values{"number": {strconv.FormatInt(v.FreeNumber(), 10)}}
		if v.State == forums.StandAdmitted {
			values.Set("number", strconv.FormatInt(v.Number, 10))
		}
		ui.PutTexts(values, "spot", v.Spot)
	}
	return ui.ShowForm(w, r, "forums.stand", values, err, func(t ui.FormPage) templ.Component {
		v.FormPage = t
		return standBody(v)
	})
}

// words is the page for its words.
func (v standView) words() ui.Page { return v.FormPage.Page }

// facts tell of the stand; what it needs the organizer and its own people see.
func (v standView) facts() []ui.Fact {
	p := v.words()
	facts := []ui.Fact{{Label: p.T("forums.f.exhibitor"), Show: link(p, v.Org)}}
	if !v.Project.IsZero() {
		facts = append(facts, ui.Fact{Label: p.T("forums.f.project"), Show: link(p, v.Project)})
	}
	if where := v.place(v.StandShown); where != "" {
		facts = append(facts, ui.Fact{Label: p.T("forums.f.spot"), Value: where})
	}
	if (v.MayKeep || v.Own) && !v.Needs.IsZero() {
		facts = append(facts, ui.Fact{Label: p.T("forums.f.needs"), Value: p.Text(v.Needs)})
	}
	if (v.MayKeep || v.Own) && !v.Reason.IsZero() {
		facts = append(facts, ui.Fact{Label: p.T("forums.f.reason"), Value: p.Text(v.Reason)})
	}
	return facts
}

func (v standView) at() string { return v.StandShown.Stand.Ref().Path }

// helpPath is where help is offered to what the stand shows.
func (v standView) helpPath() string {
	return HelpPath(v.ProjectID, v.OrgID) + "?stand=" + v.StandShown.ID.String()
}

// decideStand admits, moves or declines a stand, or takes it back.
func (h *Pages) decideStand(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "stand")
	if err != nil {
		return err
	}
	f, by, ctx := web.ReadForm(r), web.Actor(r), r.Context()
	number, spot, reason := int64(0), f.Texts("spot"), f.Texts("reason")
	do := f.Line("do")
	if do == "admit" {
		number = f.Int("number")
	}
	if err = f.Err(); err == nil {
		switch do {
		case "admit":
			_, err = h.Forums.AdmitStand(ctx, by, id, number, spot)
		case "withdraw":
			_, err = h.Forums.WithdrawStand(ctx, by, id)
		default:
			_, err = h.Forums.DeclineStand(ctx, by, id, reason)
		}
	}
	if bad := problem.As(err); bad != nil && (bad.Kind == problem.Invalid || bad.Kind == problem.Conflict) {
		return h.showStand(w, r, f.Values, err)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/forums/"+r.PathValue("id")+"/stands", "forums.notice.saved")
}

// asking is the form by which a stand is asked for.
type asking struct {
	ui.FormPage
	v   standsView
	own []forums.Exhibitor
}

// shows are what the actor's organizations can show: themselves and their projects.
func (a asking) shows() (out []ui.Choice) {
	for _, o := range a.own {
		name := a.Text(o.Org.Title)
		out = append(out, ui.Choice{Value: o.Org.ID.String(), Label: a.T("forums.stand_of_org", "org", name)})
		for _, x := range o.Projects {
			out = append(out, ui.Choice{Value: o.Org.ID.String() + "." + x.ID.String(), Label: a.Text(x.Title)})
		}
	}
	return out
}

func (h *Pages) askStandForm(w http.ResponseWriter, r *http.Request) error {
	return h.showAskStand(w, r, url.Values{}, nil)
}

func (h *Pages) showAskStand(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := h.readStands(r)
	if missing != nil {
		return missing
	}
	if !v.MayAsk {
		return problem.New(problem.Forbidden, "forums.stand_only_own")
	}
	own, missing := h.Forums.Exhibitors(r.Context(), web.Actor(r))
	if missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "forums.ask_stand", values, err, func(t ui.FormPage) templ.Component { return askStandFields(asking{t, v, own}) })
}

func (h *Pages) askStand(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	org, project, _ := strings.Cut(f.Line("shows"), ".")
	n := forums.NewStand{StandAsk: forums.StandAsk{About: f.Texts("about"), Needs: f.Texts("needs")}}
	n.OrgID, _ = ref.ParseID(org)
	n.ProjectID, _ = ref.ParseID(project)
	f.Reject(n.OrgID == 0, "shows", "form.required")
	var made forums.Stand
	if err = f.Err(); err == nil {
		made, err = h.Forums.AskStand(r.Context(), web.Actor(r), id, n)
	}
	if err != nil {
		return h.showAskStand(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, made.Ref().Path, "forums.notice.stand_asked")
}

// sheets are the sheets of paper that hang at stands, one a page, with the code that
// leads to what the stand shows: of one stand, where the address names it, else of
// all.
func (h *Pages) sheets(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readStands(r)
	if err != nil {
		return err
	}
	list := v.Admitted()
	if named := r.URL.Query().Get("stand"); named != "" {
		id, _ := ref.ParseID(named)
		x, ok := v.Find(id)
		if !ok {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		list = []forums.StandShown{x}
	}
	if len(list) == 0 {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	d := pdf.New(h.paper(h.Words().Printer(i18n.KK), v.Forum, web.Now(r)))
	for i, x := range list {
		if i > 0 {
			d.NextPage()
		}
		if err := h.sheet(d, x, web.Base(r)); err != nil {
			return err
		}
	}
	return writePDF(w, d, "stands")
}

// sheet draws one sheet in Kazakh and Russian.
func (h *Pages) sheet(d *pdf.Doc, x forums.StandShown, base string) error {
	kk, ru := h.Words().Printer(i18n.KK), h.Words().Printer(i18n.RU)
	if x.State == forums.StandAdmitted {
		d.Title("№ " + strconv.FormatInt(x.Number, 10))
	}
	titles := [2]string{kk.Text(x.What().Title), ru.Text(x.What().Title)}
	d.Title(titles[0])
	if titles[1] != titles[0] {
		d.Subtitle(titles[1])
	}
	if !x.Project.IsZero() {
		d.Subtitle(kk.Text(x.Org.Title))
	}
	address := base + "/kk" + x.What().Path
	if err := d.Poster(address); err != nil {
		return err
	}
	d.Subtitle(kk.T("forums.sheet_about"))
	d.Subtitle(ru.T("forums.sheet_about"))
	d.Subtitle(address)
	return nil
}
