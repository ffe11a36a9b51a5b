package accountsweb

import (
	"net/http"

	"birge/internal/accounts"
	"birge/internal/platform/problem"
	"birge/internal/platform/web"
)

func (p pages) visits(w http.ResponseWriter, r *http.Request) error {
	return p.showVisits(w, r, form{})
}

func (p pages) showVisits(w http.ResponseWriter, r *http.Request, f form) error {
	v, who, running, err := p.accounts.VisitNow(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	at := page(r, "accounts.visits")
	if running {
		return web.Render(w, r, f.status(), runningPage(at, web.Zone(r), v, who))
	}
	return web.Render(w, r, f.status(), receivePage(at, f))
}

// receive opens a visit and shows the slip; its code is shown this once.
func (p pages) receive(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	n := accounts.NewPerson{Name: f.Line("name"), Email: f.Line("email"), Lang: web.Lang(r)}
	v, code, err := p.accounts.Receive(r.Context(), web.Actor(r), n, f.Text("about"))
	if bad, ok := faultsOf(err); ok {
		return p.showVisits(w, r, form{f, bad})
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, slipPage(page(r, "accounts.slip"), web.Zone(r), v, n.Name, web.Base(r)+web.Path(r, "/slip"), code))
}

func (p pages) endVisit(w http.ResponseWriter, r *http.Request) error {
	if err := p.accounts.EndVisit(r.Context(), web.Actor(r)); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/visits", "accounts.notice.visit_ended")
}

func (p pages) slipForm(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, slipCodePage(page(r, "accounts.slip"), form{}))
}

// slip shows the visit of a code that was typed, and offers to undo it.
func (p pages) slip(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	v, err := p.accounts.VisitOfCode(r.Context(), knockOf(r), f.Line("code"))
	if err != nil {
		return p.slipFailed(w, r, f, err)
	}
	return web.Render(w, r, http.StatusOK, undoPage(page(r, "accounts.slip"), web.Zone(r), v, f.Line("code")))
}

func (p pages) slipFailed(w http.ResponseWriter, r *http.Request, f *web.Form, err error) error {
	if bad, ok := slipFault(err); ok {
		return web.Render(w, r, bad.status(), slipCodePage(page(r, "accounts.slip"), form{f, bad.bad}))
	}
	return err
}

func (p pages) undoVisit(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	if err := p.accounts.UndoVisit(r.Context(), knockOf(r), f.Line("code")); err != nil {
		return p.slipFailed(w, r, f, err)
	}
	return web.SeeOther(w, r, "/slip", "accounts.notice.undone")
}

// slipFault is a wrong code as a fault of its field; other problems stay as they are.
func slipFault(err error) (form, bool) {
	bad := problem.As(err)
	if bad == nil {
		return form{}, false
	}
	if bad.Kind == problem.NotFound {
		bad = problem.As((problem.Fields{"code": {Key: bad.Key}}).Err())
	}
	return form{bad: bad}, true
}
