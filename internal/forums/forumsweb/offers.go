package forumsweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"birge/internal/forums"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// HelpPath is where help is offered to a project, or to an organization where there
// is none.
func HelpPath(project, org ref.ID) string {
	if project != 0 {
		return "/offers/projects/" + project.String()
	}
	return "/offers/organizations/" + org.String()
}

// HelpProject is the part of a project's page that takes help; a project that is over
// has none.
func HelpProject(_ *http.Request, page ui.Page, project ref.ID, ended bool) templ.Component {
	if ended {
		return nil
	}
	return helpBox(page, HelpPath(project, 0))
}

// offering is the form by which help is offered.
type offering struct {
	ui.FormPage
	forums.Target
	path string
}

// wanted is what the address asks to help.
func wanted(r *http.Request) (n forums.NewOffer, path string, err error) {
	id, err := web.ID(r, "id")
	switch r.PathValue("kind") {
	case "projects":
		n.ProjectID = id
	case "organizations":
		n.OrgID = id
	default:
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	path = HelpPath(n.ProjectID, n.OrgID)
	if stand, ok := ref.ParseID(r.URL.Query().Get("stand")); ok {
		n.StandID = stand
		path += "?stand=" + stand.String()
	}
	return n, path, err
}

func (h *Pages) offerForm(w http.ResponseWriter, r *http.Request) error {
	return h.showOffer(w, r, url.Values{}, nil)
}

func (h *Pages) showOffer(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	n, path, missing := wanted(r)
	if missing != nil {
		return missing
	}
	o := offering{path: path}
	if o.Target, missing = h.Forums.Target(r.Context(), n.ProjectID, n.OrgID); missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "forums.want_to_help", values, err, func(t ui.FormPage) templ.Component {
		o.FormPage = t
		o.Page.Sample = o.Page.Sample || o.Target.Sample
		return offerFields(o)
	})
}

func (h *Pages) offer(w http.ResponseWriter, r *http.Request) error {
	n, _, err := wanted(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n.Kind, n.Consent = forums.HelpKind(f.Line("kind")), f.Bool("consent")
	n.Helper = forums.Helper{Name: f.Line("name"), Email: f.Line("email"), Phone: f.Line("phone"), Lang: web.Lang(r), Message: f.Text("message")}
	if err = f.Err(); err == nil {
		err = h.Forums.OfferHelp(r.Context(), web.Actor(r), n)
	}
	if problem.Is(err, problem.NotFound) {
		return err
	}
	if err != nil {
		return h.showOffer(w, r, f.Values, err)
	}
	back := "/projects/" + n.ProjectID.String()
	if n.ProjectID == 0 {
		back = "/organizations/" + n.OrgID.String()
	}
	return web.SeeOther(w, r, back, "forums.notice.help_sent")
}

// offerView is one offer, to those who may see it.
type offerView struct {
	ui.FormPage
	forums.Offered
	path string
	sent bool // the reader is who made it
}

func (v offerView) facts() []ui.Fact {
	facts := []ui.Fact{{Label: v.T("forums.f.help_for"), Show: link(v.Page, v.What)}, {Label: v.T("forums.f.help"), Value: v.T(v.Kind.Key())}}
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, ui.Fact{Label: v.T(label), Value: value})
		}
	}
	add("forums.f.name", v.Name)
	add("forums.f.helper_email", v.Email)
	add("forums.f.phone", v.Phone)
	return facts
}

// sentOffer is the page of an offer for who made it.
func (h *Pages) sentOffer(w http.ResponseWriter, r *http.Request) error {
	o, err := h.Forums.Sent(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return ui.ShowForm(w, r, "forums.offer", url.Values{}, nil, func(t ui.FormPage) templ.Component {
		return offerBody(offerView{t, o, "/offer/" + r.PathValue("token"), true})
	})
}

func (h *Pages) takeBackOffer(w http.ResponseWriter, r *http.Request) error {
	if err := h.Forums.TakeBackOffer(r.Context(), web.Actor(r), r.PathValue("token")); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/", "forums.notice.help_erased")
}

// offersView is what was offered to the reader's organizations.
type offersView struct {
	ui.Page
	list []forums.Offered
	h    *Pages
}

func (h *Pages) offers(w http.ResponseWriter, r *http.Request) error {
	v := offersView{Page: ui.PageOf(r, web.Words(r).T("forums.offers")), h: h}
	v.NoIndex = true
	var err error
	if v.list, err = h.Forums.HelpOffers(r.Context(), web.Actor(r)); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, offersPage(v))
}

func (v offersView) sheet() ui.Sheet {
	s := ui.Sheet{Caption: v.T("forums.offers"), Empty: v.T("forums.no_offers"), Columns: []ui.Column{{Label: v.T("forums.f.help")}, {Label: v.T("forums.f.help_for")}, {Label: v.T("forums.f.name")}, {Label: v.T("forums.f.when")}, {Label: v.T("forums.f.state")}}}
	for _, o := range v.list {
		s.Rows = append(s.Rows, []ui.Cell{{Text: v.T(o.Kind.Key()), Path: o.HelpOffer.Ref().Path}, {Text: v.Text(o.What.Title)}, {Text: o.Name}, {Text: v.Date(o.SentAt.In(v.h.Forums.Zone))}, {Text: v.T(o.State.Key())}})
	}
	return s
}

func (h *Pages) answerForm(w http.ResponseWriter, r *http.Request) error {
	return h.showAnswer(w, r, nil, nil)
}

func (h *Pages) showAnswer(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	id, missing := web.ID(r, "offer")
	if missing != nil {
		return missing
	}
	o, missing := h.Forums.OfferedHelp(r.Context(), web.Actor(r), id)
	if missing != nil {
		return missing
	}
	if values == nil {
		values = url.Values{"version": {strconv.FormatInt(o.Version, 10)}}
	}
	return ui.ShowForm(w, r, "forums.offer", values, err, func(t ui.FormPage) templ.Component {
		return offerBody(offerView{t, o, o.HelpOffer.Ref().Path, false})
	})
}

func (h *Pages) answerOffer(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "offer")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	answer := f.Text("answer")
	if err = f.Err(); err == nil {
		err = h.Forums.AnswerOffer(r.Context(), web.Actor(r), id, f.Version(), f.Line("do") == "take", answer)
	}
	if err != nil {
		if problem.Is(err, problem.NotFound) {
			return err
		}
		return h.showAnswer(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/desk/offers", "forums.notice.help_answered")
}

// Inform writes of stands and of help, in the language in which one reads.
func (p Post) Inform(ctx context.Context, tx *db.Tx, l forums.HelpLetter) error {
	say := p.Words().Printer(l.To.Lang)
	what := say.Text(l.What.Title)
	base := p.Base() + "/" + string(say.Lang)
	switch l.News {
	case forums.HelpOffered:
		return p.Send(ctx, tx, l.To.Email, say.Lang, say.T("forums.help_letter.offered", "what", what),
			say.T("forums.help_letter.offered_text", "what", what, "help", say.T(l.Offer.Kind.Key()), "link", base+l.Offer.Ref().Path))
	case forums.HelpSent:
		return p.Send(ctx, tx, l.To.Email, say.Lang, say.T("forums.help_letter.sent", "what", what),
			say.T("forums.help_letter.sent_text", "what", what, "help", say.T(l.Offer.Kind.Key()), "link", base+"/offer/"+l.Token))
	case forums.HelpAnswered:
		return p.Send(ctx, tx, l.To.Email, say.Lang, say.T("forums.help_letter.answered", "what", what),
			say.T("forums.help_letter.answered_text", "what", what, "state", say.T(l.Offer.State.Key()), "answer", l.Offer.Answer))
	}
	text := say.T("forums.stand_letter.text", "what", what, "forum", say.Text(l.Forum.Title), "state", say.T(l.Stand.State.Key()))
	if l.Stand.State == forums.StandAdmitted {
		text += "\n" + joined(say.T("forums.stand_no", "no", strconv.FormatInt(l.Stand.Number, 10)), say.Text(l.Stand.Spot))
	} else {
		text += "\n" + say.Text(l.Stand.Reason)
	}
	return p.Send(ctx, tx, l.To.Email, say.Lang, say.T("forums.stand_letter.subject", "forum", say.Text(l.Forum.Title)), text+"\n"+base+l.Stand.Ref().Path)
}
