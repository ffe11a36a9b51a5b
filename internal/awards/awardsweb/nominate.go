package awardsweb

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"birge/internal/awards"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

func (h *Pages) forbidden() error { return problem.New(problem.Forbidden, "awards.organizer_only") }

// nominating is the form by which somebody is put forward.
type nominating struct {
	ui.FormPage
	v        view
	own      []ref.Ref // organizations that the reader leads
	evidence []ref.Ref // of the organization that was chosen
}

func (h *Pages) nominateForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	return h.showNominate(w, r, v, url.Values{"org": {r.URL.Query().Get("org")}}, nil)
}

func (h *Pages) showNominate(w http.ResponseWriter, r *http.Request, v view, values url.Values, err error) error {
	if err == nil && v.State != awards.Open {
		return problem.New(problem.Conflict, "awards.not_open")
	}
	n := nominating{v: v}
	names, bad := h.Orgs.Named(r.Context(), web.Actor(r).Scopes(access.Lead))
	if bad != nil {
		return bad
	}
	for _, id := range web.Actor(r).Scopes(access.Lead) {
		if o, ok := names[id]; ok {
			n.own = append(n.own, o)
		}
	}
	if values.Get("org") == "" && len(n.own) > 0 && !v.Round.Persons {
		values.Set("org", n.own[0].ID.String())
	}
	if id, ok := ref.ParseID(values.Get("org")); ok {
		if n.evidence, bad = h.Awards.Evidence(r.Context(), id); bad != nil {
			return bad
		}
	}
	return ui.ShowForm(w, r, "awards.nominate", values, err, func(t ui.FormPage) templ.Component {
		n.FormPage = t
		return nominateFields(n)
	})
}

func (n nominating) nominations() (out []ui.Choice) {
	for _, x := range n.v.Round.Nominations {
		out = append(out, ui.Choice{Value: n.Int(int64(x.No)), Label: n.Text(x.Title)})
	}
	return out
}

// orgField asks for the organization: one that the reader leads, or any by its BIN.
func orgField(n nominating) ui.Field {
	f := n.Ask("org", "awards.org_bin")
	var own []string
	for _, o := range n.own {
		own = append(own, n.Text(o.Title)+" — "+o.ID.String())
	}
	f.Required, f.Hint = !n.v.Round.Persons, strings.Join(own, "; ")
	return f
}

func (n nominating) projects() (out []ui.Choice) {
	for _, p := range n.evidence {
		out = append(out, ui.Choice{Value: p.ID.String(), Label: n.Text(p.Title)})
	}
	return out
}

func (h *Pages) nominate(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := awards.NewNominee{Nomination: int(f.Int("nomination")), Why: f.Texts("why"), PersonName: f.Line("person_name"), Consent: f.Bool("consent")}
	if n.OrgID = h.Orgs.Read(f, h.Search, "org").ID; n.OrgID != 0 {
		f.Values.Set("org", n.OrgID.String())
	}
	for _, s := range f.List("evidence") {
		id, ok := ref.ParseID(s)
		f.Reject(!ok, "evidence", "form.unknown_choice")
		n.Evidence = append(n.Evidence, id)
	}
	if f.Values.Has("look") {
		return h.showNominate(w, r, v, f.Values, nil)
	}
	if err = f.Err(); err == nil {
		_, err = h.Awards.Nominate(r.Context(), web.Actor(r), v.Round.ID, n)
	}
	if err != nil {
		return h.showNominate(w, r, v, f.Values, err)
	}
	return web.SeeOther(w, r, v.Round.Ref().Path+"/candidates", "awards.notice.nominated")
}

// candidates are the nominees of a round as they are drawn.
type candidates struct {
	ui.FormPage
	awards.Candidates
	h *Pages
}

func (h *Pages) candidates(w http.ResponseWriter, r *http.Request) error {
	return h.showCandidates(w, r, url.Values{}, nil)
}

func (h *Pages) showCandidates(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	id, bad := web.ID(r, "id")
	if bad != nil {
		return bad
	}
	c := candidates{h: h}
	if c.Candidates, bad = h.Awards.Candidates(r.Context(), web.Actor(r), id); bad != nil {
		return bad
	}
	if !c.Keeps && len(c.List) == 0 {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	return ui.ShowForm(w, r, "awards.candidates", values, err, func(t ui.FormPage) templ.Component {
		c.FormPage = t
		c.Page.Sample = c.Page.Sample || c.Round.Sample
		return candidateList(c)
	})
}

// title is who a nominee is, to those who may know.
func (c candidates) title(n awards.Nominee) i18n.Text {
	if n.OrgID != 0 {
		return c.Orgs[n.OrgID].Title
	}
	if n.PersonName == "" {
		return i18n.Text{KK: "—", RU: "—", EN: "—"}
	}
	return i18n.Text{KK: n.PersonName, RU: n.PersonName, EN: n.PersonName}
}

func (c candidates) path(n awards.Nominee) string {
	return c.Round.Ref().Path + "/candidates/" + n.ID.String()
}

// whyOf asks why a nominee is refused; the page has one such form for each.
func whyOf(c candidates, n awards.Nominee) ui.Texts {
	return c.Texts("why-"+n.ID.String(), "awards.why_refused", 2)
}

// toJudge tells that the nominee waits for the reader's word.
func (c candidates) toJudge(n awards.Nominee) bool {
	return c.Keeps && n.State() == awards.PutForward && c.Panel.ID == 0
}

// mayWithdraw tells that the reader can take the nominee back.
func (c candidates) mayWithdraw(n awards.Nominee) bool {
	return !c.Keeps && (n.State() == awards.PutForward || n.State() == awards.Admitted) && c.State != awards.Decided
}

func (c candidates) nomination(n awards.Nominee) i18n.Text {
	in, _ := c.Round.Nomination(n.Nomination)
	return in.Title
}

func nomineeTone(s awards.NomineeState) string {
	return map[awards.NomineeState]string{awards.PutForward: ui.Wait, awards.Admitted: ui.Good, awards.Refused: ui.Late, awards.Withdrawn: ui.Quiet}[s]
}

func (h *Pages) judgeCandidate(w http.ResponseWriter, r *http.Request) error {
	nominee, err := web.ID(r, "nominee")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	why := f.Texts("why-" + nominee.String())
	if err = f.Err(); err == nil {
		switch f.Line("do") {
		case "withdraw":
			err = h.Awards.Withdraw(r.Context(), web.Actor(r), nominee)
		default:
			err = h.Awards.Judge(r.Context(), web.Actor(r), nominee, f.Line("do") == "admit", why)
		}
	}
	if bad := problem.As(err); bad != nil && (bad.Kind == problem.NotFound || bad.Kind == problem.Forbidden || bad.Kind == problem.Unauthenticated) {
		return err
	}
	if err != nil {
		return h.showCandidates(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/awards/"+r.PathValue("id"), "awards.notice.saved")
}

// Reader gives nominees to their jury.
type Reader struct {
	Awards *awards.Service
	Words  func() *i18n.Words
}

// Read gives a nominee as plain data in a language.
func (x Reader) Read(ctx context.Context, tx *db.Tx, _ access.Actor, work ref.Ref, _ bool, lang i18n.Lang) (panels.Reading, error) {
	n, r, org, err := x.Awards.Reading(ctx, tx, work)
	if err != nil {
		return panels.Reading{}, err
	}
	say := x.Words().Printer(lang)
	in, _ := r.Nomination(n.Nomination)
	who := say.Text(org.Title)
	if n.OrgID == 0 {
		who = n.PersonName
	}
	part := panels.ReadSection{Title: say.Text(in.Title), Items: []panels.ReadItem{{Label: say.T("awards.why"), Text: say.Text(n.Why)}}}
	for _, e := range n.Evidence {
		part.Items = append(part.Items, panels.ReadItem{Label: say.T("awards.evidence"), Text: say.Text(e.Title) + " — /" + string(lang) + e.Path})
	}
	return panels.Reading{Title: who, Sections: []panels.ReadSection{part}}, nil
}
