package forumsweb

import (
	"encoding/json"
	"net/http"
	"net/url"

	"birge/internal/forums"
	"birge/internal/platform/i18n"
	"birge/internal/platform/pdf"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// personForm is the form of one person: one who leads a delegation fills it in for
// others.
type personForm struct {
	ui.FormPage
	p      passView
	member ref.ID // whose seat it is about, 0 for a new member
	swap   string // who that is
}

// readPerson reads what is filled in of a person.
func (h *Pages) readPerson(f *web.Form, lang i18n.Lang) forums.NewRegistration {
	n := forums.NewRegistration{Kind: forums.Group(f.Line("kind")), PlaceID: h.Places.Tree().Read(f, "place"), Young: f.Bool("young"), Consent: f.Bool("consent"), Delegation: f.Line("delegation"),
		Private: forums.Private{Name: f.Line("name"), Email: f.Line("email"), Lang: lang, Org: f.Line("org"), Note: f.Text("note")}}
	for _, x := range f.List("needs") {
		n.Needs = append(n.Needs, forums.Need(x))
	}
	return n
}

// partyView is a delegation as its leader sees it.
type partyView struct {
	passView
	forums.Party
}

func (h *Pages) readParty(r *http.Request) (v partyView, err error) {
	if v.passView, err = h.readPass(r); err != nil {
		return v, err
	}
	if v.Party, err = h.Forums.Party(r.Context(), r.PathValue("token")); err != nil {
		return v, err
	}
	v.Page.Title = v.Delegation.Name
	v.Crumbs = append(v.Crumbs, ui.Crumb{Title: v.T("forums.registration"), Path: v.path("")})
	return v, nil
}

func (h *Pages) delegation(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readParty(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, partyPage(v))
}

// forum is the forum to which the delegation comes.
func (v partyView) forum() forums.Forum { return v.Party.Forum }

// open tells that members can still be added.
func (v partyView) open() bool { return v.forum().RegistrationOpenOn(v.h.Forums.Today()) }

// swappable tells that seats can still be given to others.
func (v partyView) swappable() bool { return !v.forum().DoorOpenOn(v.h.Forums.Today()) }

func (v partyView) sheet() ui.Sheet {
	s := ui.Sheet{Caption: v.T("forums.members"), Columns: []ui.Column{{Label: v.T("forums.f.name")}, {Label: v.T("forums.f.as")}, {Label: v.T("forums.f.state")}, {Label: v.T("forums.f.code")}, {}}}
	for _, x := range v.Members {
		row := ui.Cells(joined(x.Name, x.Org), v.T("forums.who."+string(x.Kind)), "", x.Code, "")
		row[2].Show = ui.Status(x.State.Tone(), v.T(x.State.Key()))
		if x.ID == v.Delegation.LeadID {
			row[4].Text = v.T("forums.leads")
		} else if x.State != forums.Declined {
			row[4].Show = memberActs(v, x)
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// anyAdmitted tells that there is somebody to write a letter for.
func (v partyView) anyAdmitted() bool { return len(v.admittedMembers()) > 0 }

func (v partyView) admittedMembers() (out []forums.Registration) {
	for _, x := range v.Members {
		if x.State == forums.Admitted {
			out = append(out, x)
		}
	}
	return out
}

// leadDelegation makes the holder of the link lead a delegation.
func (h *Pages) leadDelegation(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readPass(r)
	if err != nil {
		return err
	}
	if err := h.Forums.Lead(r.Context(), web.Actor(r), p.Token, web.ReadForm(r).Line("delegation")); err != nil {
		return err
	}
	return web.SeeOther(w, r, p.path("/delegation"), "forums.notice.saved")
}

func (h *Pages) memberForm(w http.ResponseWriter, r *http.Request) error {
	return h.showMember(w, r, url.Values{}, nil)
}

func (h *Pages) showMember(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := h.readParty(r)
	if missing != nil {
		return missing
	}
	f := personForm{p: v.passView}
	title := "forums.add_member"
	if id, ok := ref.ParseID(r.URL.Query().Get("member")); ok {
		for _, x := range v.Members {
			if x.ID == id && id != v.Delegation.LeadID {
				f.member, f.swap, title = id, x.Name, "forums.swap_member"
			}
		}
		if f.member == 0 {
			return problem.New(problem.NotFound, "problem.not_found")
		}
	}
	return ui.ShowForm(w, r, title, values, err, func(t ui.FormPage) templ.Component {
		f.FormPage = t
		return memberFields(f)
	})
}

// path is where the form is sent.
func (f personForm) path() string {
	if f.member != 0 {
		return f.p.path("/members?member=" + f.member.String())
	}
	return f.p.path("/members")
}

// saveMember adds a member, gives the seat of one to somebody else, or takes one out.
func (h *Pages) saveMember(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readParty(r)
	if err != nil {
		return err
	}
	f, by, token := web.ReadForm(r), web.Actor(r), v.passView.Token
	member, named := ref.ParseID(r.URL.Query().Get("member"))
	if f.Line("do") == "drop" {
		if err := h.Forums.DropMember(r.Context(), by, token, f.ID("member")); err != nil {
			return err
		}
		return web.SeeOther(w, r, v.path("/delegation"), "forums.notice.saved")
	}
	n := h.readPerson(f, web.Lang(r))
	if err = f.Err(); err == nil {
		if named {
			err = h.Forums.SwapMember(r.Context(), by, token, member, n)
		} else {
			err = h.Forums.AddMember(r.Context(), by, token, n)
		}
	}
	if err != nil {
		return h.showMember(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, v.path("/delegation"), "forums.notice.saved")
}

// letters are the invitations of the whole delegation in one paper.
func (h *Pages) letters(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readParty(r)
	if err != nil {
		return err
	}
	list := v.admittedMembers()
	if len(list) == 0 {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	return h.writeInvitations(w, r, v.forum(), list)
}

// writeInvitations writes letters with which an employer lets somebody go, in Kazakh
// and in Russian.
func (h *Pages) writeInvitations(w http.ResponseWriter, r *http.Request, f forums.Forum, list []forums.Registration) error {
	names, err := h.Forums.OrgRefs(r.Context(), []ref.ID{f.OrganizerID})
	if err != nil {
		return err
	}
	made := list[0].DecidedAt.Time
	d := pdf.New(h.paper(h.Words().Printer(i18n.KK), f, made))
	address := web.Base(r) + "/kk" + f.Ref().Path
	for n, x := range list {
		for i, l := range []i18n.Lang{i18n.KK, i18n.RU} {
			if n+i > 0 {
				d.NextPage()
			}
			say := h.Words().Printer(l)
			page := ui.Page{Printer: say}
			d.Title(say.T("forums.invitation"))
			d.Subtitle(say.Date(x.DecidedAt.In(web.Zone(r))))
			if x.Org != "" {
				d.Text(say.T("forums.invitation_text", "name", x.Name, "org", x.Org, "forum", say.Text(f.Title)))
			} else {
				d.Text(say.T("forums.invitation_alone", "name", x.Name, "forum", say.Text(f.Title)))
			}
			d.Facts(pdf.Fact{Label: say.T("forums.f.theme"), Value: say.Text(f.Theme)}, pdf.Fact{Label: say.T("forums.f.when"), Value: h.when(page, f)},
				pdf.Fact{Label: say.T("forums.f.where"), Value: joined(h.where(page, f), say.Text(f.Venue))}, pdf.Fact{Label: say.T("forums.f.organizer"), Value: say.Text(names[f.OrganizerID].Title)},
				pdf.Fact{Label: say.T("forums.f.code"), Value: x.Code})
		}
		if err := d.QR(address, address); err != nil {
			return err
		}
	}
	return writePDF(w, d, "invitation")
}

func (h *Pages) changeForm(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readPass(r)
	if err != nil {
		return err
	}
	x := p.Registration
	values := url.Values{"name": {x.Name}, "org": {x.Org}, "note": {x.Note}}
	for _, n := range x.Needs {
		values.Add("needs", string(n))
	}
	return h.showChange(w, r, p, values, nil)
}

func (h *Pages) showChange(w http.ResponseWriter, r *http.Request, p passView, values url.Values, err error) error {
	return ui.ShowForm(w, r, "forums.change_mine", values, err, func(t ui.FormPage) templ.Component { return changeFields(personForm{FormPage: t, p: p}) })
}

func (h *Pages) changeMine(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readPass(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := forums.Private{Name: f.Line("name"), Org: f.Line("org"), Note: f.Text("note")}
	for _, x := range f.List("needs") {
		n.Needs = append(n.Needs, forums.Need(x))
	}
	if err = f.Err(); err == nil {
		err = h.Forums.Change(r.Context(), web.Actor(r), p.Token, n)
	}
	if err != nil {
		return h.showChange(w, r, p, f.Values, err)
	}
	return web.SeeOther(w, r, p.path(""), "forums.notice.saved")
}

// copyMine is everything that the portal keeps of who holds the link.
func (h *Pages) copyMine(w http.ResponseWriter, r *http.Request) error {
	own, err := h.Forums.Own(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="registration.json"`)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(own)
}

// chooseSession asks for a place in a session, or gives one back.
func (h *Pages) chooseSession(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readPass(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	act := h.Forums.Choose
	if f.Line("do") == "leave" {
		act = h.Forums.Unchoose
	}
	if err := act(r.Context(), web.Actor(r), p.Token, f.ID("session")); err != nil {
		return err
	}
	return web.SeeOther(w, r, p.path(""), "forums.notice.saved")
}

// offered tells of a session that does not take everybody.
func (p passView) offered(o forums.Offer) string {
	return joined(hours(p.Page, o.Session.Starts, o.Session.Ends, p.zone), p.T("forums.places_taken", "taken", p.Int(o.Taken), "places", p.Int(o.Session.Places)))
}
