package forumsweb

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"birge/internal/forums"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// registerView is the form of registration.
type registerView struct {
	ui.FormPage
	v forumView
}

func keys[T ~string](list []T) (out []string) {
	for _, x := range list {
		out = append(out, string(x))
	}
	return out
}

func (h *Pages) registerForm(w http.ResponseWriter, r *http.Request) error {
	return h.showRegister(w, r, url.Values{}, nil)
}

func (h *Pages) showRegister(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := h.readForum(r)
	if missing != nil {
		return missing
	}
	if !v.Forum.RegistrationOpenOn(v.Today) {
		return problem.New(problem.Conflict, "forums.registration_closed")
	}
	return ui.ShowForm(w, r, "forums.register", values, err, func(t ui.FormPage) templ.Component { return registerFields(registerView{t, v}) })
}

// register takes a form in any language; the answer never tells whether the address
// was known.
func (h *Pages) register(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := h.readPerson(f, web.Lang(r))
	if err = f.Err(); err == nil {
		err = h.Forums.Register(r.Context(), web.Actor(r), id, n)
	}
	if err != nil {
		if problem.Is(err, problem.NotFound) {
			return err
		}
		return h.showRegister(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/forums/"+id.String(), "forums.notice.registered")
}

// passView is the page of one registration.
type passView struct {
	ui.Page
	forums.Pass
	online []forums.OnlinePart
	offers []forums.Offer
	// party is the delegation with which the person comes, zero for none.
	party forums.Delegation
	h     *Pages
	zone  *time.Location
}

func (h *Pages) readPass(r *http.Request) (p passView, err error) {
	p = passView{Page: ui.PageOf(r, web.Words(r).T("forums.registration")), h: h, zone: web.Zone(r)}
	if p.Pass, p.online, err = h.Forums.Pass(r.Context(), r.PathValue("token")); err != nil {
		return p, err
	}
	if p.offers, err = h.Forums.Offers(r.Context(), p.Token); err != nil {
		return p, err
	}
	if p.party, err = h.Forums.DelegationOf(r.Context(), p.Registration); err != nil {
		return p, err
	}
	p.NoIndex = true
	p.Page.Sample = p.Page.Sample || p.Forum.Sample
	p.Crumbs = []ui.Crumb{{Title: p.T("forums.title"), Path: "/forums"}, {Title: p.Text(p.Forum.Title), Path: p.Forum.Ref().Path}}
	return p, nil
}

func (h *Pages) pass(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readPass(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, passPage(p))
}

func (p passView) path(rest string) string { return "/registrations/" + p.Token + rest }

func (p passView) admitted() bool { return p.Registration.State == forums.Admitted }

func (p passView) facts() []ui.Fact {
	x := p.Registration
	facts := []ui.Fact{
		{Label: p.T("forums.f.name"), Value: x.Name}, {Label: p.T("forums.f.as"), Value: p.T("forums.who." + string(x.Kind))}, {Label: p.T("forums.f.org"), Value: x.Org},
		{Label: p.T("forums.f.when"), Value: p.h.when(p.Page, p.Forum)}, {Label: p.T("forums.f.venue"), Value: p.Text(p.Forum.Venue)}, {Label: p.T("forums.f.code"), Value: x.Code},
	}
	if p.party.ID != 0 {
		facts = append(facts, ui.Fact{Label: p.T("forums.delegation"), Value: p.party.Name})
	}
	return facts
}

// over tells that the forum has been held.
func (p passView) over() bool {
	state := p.Forum.StateOn(p.h.Forums.Today())
	return state == forums.Finished || state == forums.Archived
}

// leads tells that the person leads the delegation with which he comes.
func (p passView) leads() bool { return p.party.ID != 0 && p.party.LeadID == p.Registration.ID }

// mayLead tells that the person can still make a delegation.
func (p passView) mayLead() bool {
	return p.party.ID == 0 && p.Registration.State != forums.Declined && p.Forum.RegistrationOpenOn(p.h.Forums.Today())
}

func (h *Pages) withdrawPass(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readPass(r)
	if err != nil {
		return err
	}
	if err := h.Forums.Withdraw(r.Context(), web.Actor(r), p.Token); err != nil {
		return err
	}
	return web.SeeOther(w, r, p.Forum.Ref().Path, "forums.notice.withdrawn")
}

// invitation is the letter with which an employer lets somebody go.
func (h *Pages) invitation(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readPass(r)
	if err != nil {
		return err
	}
	if !p.admitted() {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	return h.writeInvitations(w, r, p.Forum, []forums.Registration{p.Registration})
}

// peopleView is who registered, as the organizer sees it.
type peopleView struct {
	forumView
	forums.People
}

func (h *Pages) readPeople(r *http.Request) (p peopleView, err error) {
	if p.forumView, err = h.readKept(r); err != nil {
		return p, err
	}
	p.People, err = h.Forums.People(r.Context(), web.Actor(r), p.Story.Forum.ID)
	p.Title = p.T("forums.people")
	return p, err
}

func (h *Pages) people(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readPeople(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, peoplePage(p))
}

// in are the registrations in a state.
func (p peopleView) in(state forums.RegistrationState) []forums.Registration {
	return slices.DeleteFunc(slices.Clone(p.List), func(x forums.Registration) bool { return x.State != state })
}

func (p peopleView) figures() (out []ui.Figure) {
	for _, s := range []forums.RegistrationState{forums.Asked, forums.Admitted, forums.Waiting} {
		out = append(out, ui.Figure{Label: p.T("forums.list." + string(s)), Value: p.Int(int64(len(p.in(s)))), Why: "#" + string(s)})
	}
	return out
}

// line tells of a registration in one line.
func (p peopleView) line(x forums.Registration) string {
	var needs []string
	for _, n := range x.Needs {
		needs = append(needs, p.T("forums.need."+string(n)))
	}
	out := joined(x.Name, p.T("forums.who."+string(x.Kind)), x.Org, p.Delegation(x), p.Text(p.h.placeOf(x.PlaceID).Name))
	for _, n := range needs {
		out = joined(out, n)
	}
	return joined(out, x.Note, x.Code)
}

func (p peopleView) sheet(state forums.RegistrationState) ui.Sheet {
	s := ui.Sheet{Caption: p.T("forums.list." + string(state)), Columns: []ui.Column{{Label: p.T("forums.f.name")}, {Label: p.T("forums.f.as")}, {Label: p.T("forums.f.where")}, {Label: p.T("forums.f.quota")}, {Label: p.T("forums.f.code")}}}
	for _, x := range p.in(state) {
		quota := ""
		for _, b := range p.Balances {
			if b.ID == x.QuotaID {
				quota = p.T(b.Who.Key())
			}
		}
		code := ui.Cell{Text: grouped(x.Code)}
		if state == forums.Admitted {
			code.Path = p.path("/badges?who=" + x.ID.String())
		}
		s.Rows = append(s.Rows, append(ui.Cells(joined(x.Name, x.Org, p.Delegation(x)), p.T("forums.who."+string(x.Kind)), p.Text(p.h.placeOf(x.PlaceID).Name), quota), code))
	}
	return s
}

func (h *Pages) answerPeople(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readPeople(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	var ids []ref.ID
	for _, s := range f.List("who") {
		if id, ok := ref.ParseID(s); ok {
			ids = append(ids, id)
		}
	}
	do := f.Line("do")
	if do == "all" {
		for _, x := range p.in(forums.Asked) {
			ids = append(ids, x.ID)
		}
	}
	if len(ids) == 0 {
		return web.SeeOther(w, r, p.path("/people"), "forums.notice.nobody_ticked")
	}
	if err := h.Forums.Answer(r.Context(), web.Actor(r), p.People.Forum.ID, ids, do != "decline"); err != nil {
		return err
	}
	return web.SeeOther(w, r, p.path("/people"), "forums.notice.saved")
}

func (h *Pages) quotaForm(w http.ResponseWriter, r *http.Request) error {
	return h.showQuota(w, r, url.Values{}, nil)
}

func (h *Pages) showQuota(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	p, missing := h.readPeople(r)
	if missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "forums.set_quota", values, err, func(t ui.FormPage) templ.Component { return quotaFields(t, p) })
}

func (h *Pages) setQuota(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	who, seats := forums.Who(f.Line("who")), f.Int("seats")
	if err = f.Err(); err == nil {
		err = h.Forums.SetQuota(r.Context(), web.Actor(r), id, who, seats)
	}
	if err != nil {
		return h.showQuota(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/forums/"+id.String()+"/people", "forums.notice.saved")
}

// meter tells how far a quota is filled.
func (p peopleView) meter(b forums.Balance) string {
	return p.T("forums.quota_filled", "who", p.T(b.Who.Key()), "taken", p.Int(b.Taken), "seats", p.Int(b.Seats))
}
