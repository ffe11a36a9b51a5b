package accountsweb

import (
	"net/http"
	"net/url"

	"birge/internal/accounts"
	"birge/internal/platform/web"
)

func query(name, value string) string {
	if value == "" {
		return ""
	}
	return "?" + name + "=" + url.QueryEscape(value)
}

func (p pages) signInForm(w http.ResponseWriter, r *http.Request) error {
	if web.Actor(r).SignedIn() {
		return web.SeeOther(w, r, inside(r.URL.Query().Get("to")), "")
	}
	return p.showSignIn(w, r, form{}, r.URL.Query().Get("to"))
}

func (p pages) showSignIn(w http.ResponseWriter, r *http.Request, f form, to string) error {
	return web.Render(w, r, f.status(), signInPage(page(r, "accounts.sign_in"), f, to, p.accounts.HasPasskeys(), p.accounts.Providers()))
}

func (p pages) signIn(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	to := f.Line("to")
	e, err := p.accounts.SignIn(r.Context(), knockOf(r), f.Line("email"), f.Values.Get("password"))
	if bad, ok := faultsOf(err); ok {
		return p.showSignIn(w, r, form{f, bad}, to)
	}
	if err != nil {
		return err
	}
	return p.enter(w, r, e, to)
}

func (p pages) askLink(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	email := f.Line("email")
	err := p.accounts.AskLink(r.Context(), knockOf(r), email, web.Lang(r))
	if bad, ok := faultsOf(err); ok {
		return web.Render(w, r, form{f, bad}.status(), askLinkPage(page(r, "accounts.link.title"), form{f, bad}))
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, linkSentPage(page(r, "accounts.link.sent_title"), email))
}

func (p pages) askJoin(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, askLinkPage(page(r, "accounts.join"), form{}))
}

func (p pages) linkPage(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	email, err := p.accounts.SignInLink(r.Context(), token)
	if err != nil {
		return err
	}
	at := page(r, "accounts.sign_in")
	return web.Render(w, r, http.StatusOK, buttonPage(at, at.T("accounts.link.for", "email", email), "/sign-in/link/"+token, at.T("accounts.sign_in.do")))
}

func (p pages) signInByLink(w http.ResponseWriter, r *http.Request) error {
	e, err := p.accounts.SignInByLink(r.Context(), knockOf(r), r.PathValue("token"))
	if err != nil {
		return err
	}
	return p.enter(w, r, e, "")
}

func (p pages) codeForm(w http.ResponseWriter, r *http.Request) error {
	return p.showCode(w, r, form{}, r.URL.Query().Get("to"))
}

func (p pages) showCode(w http.ResponseWriter, r *http.Request, f form, to string) error {
	waits, err := p.accounts.Pending(r.Context(), tokenOf(r))
	if err != nil {
		return err
	}
	if !waits && !web.Actor(r).SignedIn() {
		return web.SeeOther(w, r, "/sign-in"+query("to", to), "")
	}
	return web.Render(w, r, f.status(), codePage(page(r, "accounts.code.title"), f, to))
}

func (p pages) confirm(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	to := f.Line("to")
	e, err := p.accounts.Confirm(r.Context(), tokenOf(r), f.Line("code"))
	if bad, ok := faultsOf(err); ok {
		return p.showCode(w, r, form{f, bad}, to)
	}
	if err != nil {
		return err
	}
	setCookie(w, r, e.Token, int(accounts.SessionLife.Seconds()))
	return web.SeeOther(w, r, inside(to), "")
}

func (p pages) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := p.accounts.SignOut(r.Context(), tokenOf(r)); err != nil {
		return err
	}
	setCookie(w, r, "", -1)
	return web.SeeOther(w, r, "/", "accounts.notice.signed_out")
}

// joining reads what somebody says of themselves when they join.
func joining(r *http.Request, f *web.Form) (accounts.NewPerson, []string) {
	var consents []string
	for _, kind := range accounts.ConsentKinds {
		if f.Bool("consent_" + kind) {
			consents = append(consents, kind)
		}
	}
	return accounts.NewPerson{Name: f.Line("name"), Lang: web.Lang(r), Password: f.Values.Get("password")}, consents
}

func (p pages) joinForm(w http.ResponseWriter, r *http.Request) error {
	return p.showJoin(w, r, form{})
}

func (p pages) showJoin(w http.ResponseWriter, r *http.Request, f form) error {
	token := r.PathValue("token")
	email, err := p.accounts.JoinLink(r.Context(), token)
	if err != nil {
		return err
	}
	return web.Render(w, r, f.status(), joinPage(page(r, "accounts.join"), f, "/join/"+token, email))
}

func (p pages) join(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	n, consents := joining(r, f)
	e, err := p.accounts.Join(r.Context(), knockOf(r), r.PathValue("token"), n, consents)
	if bad, ok := faultsOf(err); ok {
		return p.showJoin(w, r, form{f, bad})
	}
	if err != nil {
		return err
	}
	return p.enter(w, r, e, "")
}
