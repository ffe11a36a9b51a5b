package resolutionsweb

import (
	"encoding/json"
	"net/http"
	"net/url"

	"birge/internal/accounts"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/resolutions"

	"github.com/a-h/templ"
)

// guestOf reads how somebody without an account wants to be known.
func guestOf(f *web.Form, r *http.Request) resolutions.Guest {
	return resolutions.Guest{Email: f.Line("email"), Code: f.Line("code"), Lang: web.Lang(r), Consent: f.Bool("consent")}
}

// speak hands over what somebody without an account wants. Where a link was mailed the
// proposals are shown with a word on it, else the proposal.
func (p *Pages) speak(w http.ResponseWriter, r *http.Request, g resolutions.Guest, a resolutions.GuestAct, notice string) error {
	from := accounts.Knock{Address: web.Reader(r), UserAgent: r.UserAgent()}
	made, err := p.Resolutions.Speak(r.Context(), from, g, a)
	if err != nil {
		return err
	}
	if made.ID == 0 {
		return web.SeeOther(w, r, "/resolutions/"+a.New.DocumentID.String()+"/proposals", "resolutions.notice.mailed")
	}
	return web.SeeOther(w, r, made.Ref().Path, notice)
}

// takesCodes tells that who registered for the forum can speak by the code.
func takesCodes(d resolutions.Document) bool { return d.ForumID != 0 && d.Fact == "" }

// supportForm asks who has no account by which address or code to be counted.
func (p *Pages) supportForm(w http.ResponseWriter, r *http.Request) error {
	return p.showSupport(w, r, url.Values{"code": {r.FormValue("code")}}, nil)
}

func (p *Pages) showSupport(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := p.readProposal(r)
	if missing == nil && (!v.stands() || !v.Of.Open()) {
		missing = problem.New(problem.Conflict, "resolutions.proposal.over")
	}
	if missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "resolutions.support", values, err, func(t ui.FormPage) templ.Component { return supportFields(t, v) })
}

// supportAsGuest counts who has no account.
func (p *Pages) supportAsGuest(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	document, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	id, err := web.ID(r, "proposal")
	if err != nil {
		return err
	}
	g := guestOf(f, r)
	a := resolutions.GuestAct{Support: id, New: resolutions.NewProposal{DocumentID: document}}
	if err = f.Err(); err == nil {
		err = p.speak(w, r, g, a, "resolutions.notice.supported")
	}
	if err != nil && !problem.Is(err, problem.NotFound) {
		return p.showSupport(w, r, f.Values, err)
	}
	return err
}

// askedView is what the link of a letter would do.
type askedView struct {
	ui.FormPage
	resolutions.Asked
	path string
}

func (p *Pages) asked(w http.ResponseWriter, r *http.Request) error { return p.showVoice(w, r, nil) }

func (p *Pages) showVoice(w http.ResponseWriter, r *http.Request, err error) error {
	token := r.PathValue("token")
	a, missing := p.Resolutions.AskedByMail(r.Context(), token)
	if missing != nil {
		return missing
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	title := "resolutions.confirm_proposal"
	if a.Support {
		title = "resolutions.confirm_support"
	}
	return ui.ShowForm(w, r, title, url.Values{}, err, func(t ui.FormPage) templ.Component {
		t.NoIndex = true
		return askedFields(askedView{t, a, "/voices/" + token})
	})
}

// confirmVoice does what the link of a letter is for. Where that is not possible any
// more the page says why, with what was written.
func (p *Pages) confirmVoice(w http.ResponseWriter, r *http.Request) error {
	made, support, err := p.Resolutions.ConfirmByMail(r.Context(), r.PathValue("token"))
	if problem.Is(err, problem.Conflict) {
		return p.showVoice(w, r, err)
	}
	if err != nil {
		return err
	}
	notice := "resolutions.notice.proposed"
	if support {
		notice = "resolutions.notice.supported"
	}
	return web.SeeOther(w, r, made.Ref().Path, notice)
}

// mineView is all that the holder of a link said.
type mineView struct {
	ui.Page
	resolutions.GuestStory
	path string
}

func (p *Pages) myVoices(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	y, err := p.Resolutions.SaidByGuest(r.Context(), token)
	if err != nil {
		return err
	}
	v := mineView{ui.PageOf(r, web.Words(r).T("resolutions.my_voices")), y, "/voices/mine/" + token}
	v.NoIndex = true
	w.Header().Set("Referrer-Policy", "no-referrer")
	return web.Render(w, r, http.StatusOK, mineTemplate(v))
}

// actOnVoices takes back one thing, or erases all that is kept.
func (p *Pages) actOnVoices(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	f := web.ReadForm(r)
	id := f.ID("proposal")
	if err := f.Err(); err != nil {
		return err
	}
	if f.Line("do") == "erase" {
		if err := p.Resolutions.EraseByLink(r.Context(), token); err != nil {
			return err
		}
		return web.SeeOther(w, r, "/resolutions", "resolutions.notice.erased")
	}
	if err := p.Resolutions.TakeBackByLink(r.Context(), token, id); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/voices/mine/"+token, "resolutions.notice.taken_back")
}

// copyVoices hands over all that is kept of the holder of a link.
func (p *Pages) copyVoices(w http.ResponseWriter, r *http.Request) error {
	y, err := p.Resolutions.SaidByGuest(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="voices.json"`)
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(y)
}

// takeable tells that a proposal can still be taken back.
func takeable(p resolutions.Proposal) bool { return p.WithdrawnOn.IsZero() }

// idPair names the proposal of a button.
func idPair(id ref.ID) []ui.Pair { return []ui.Pair{{Name: "proposal", Value: id.String()}} }
