package accountsweb

import (
	"encoding/json"
	"net/http"

	"birge/internal/accounts"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/web"

	"rsc.io/qr"
)

// mine is everything on the page of one's own account.
type mine struct {
	me       accounts.Person
	current  ref.ID
	sessions []accounts.Session
	grants   []accounts.Grant
	consents []accounts.Consent
	// passkeys are shown where the portal can take them.
	passkeys    []accounts.Passkey
	hasPasskeys bool
}

// agreed tells that a consent is given now.
func (m mine) agreed(kind string) bool {
	for _, c := range m.consents {
		if c.Kind == kind && c.WithdrawnAt.IsZero() {
			return true
		}
	}
	return false
}

func (p pages) account(w http.ResponseWriter, r *http.Request) error {
	return p.showAccount(w, r, form{})
}

func (p pages) showAccount(w http.ResponseWriter, r *http.Request, f form) error {
	ctx, by := r.Context(), web.Actor(r)
	m := mine{current: by.Session}
	var err error
	if m.me, err = p.accounts.Me(ctx, by); err != nil {
		return err
	}
	if m.sessions, err = p.accounts.Sessions(ctx, by); err != nil {
		return err
	}
	if m.grants, err = p.accounts.Grants(ctx, by, by.UserID); err != nil {
		return err
	}
	if m.consents, err = p.accounts.Consents(ctx, by); err != nil {
		return err
	}
	if m.hasPasskeys = p.accounts.HasPasskeys(); m.hasPasskeys {
		if m.passkeys, err = p.accounts.Passkeys(ctx, by); err != nil {
			return err
		}
	}
	at := page(r, "accounts.account")
	at.Path = "/account"
	return web.Render(w, r, f.status(), accountPage(at, web.Zone(r), m, f))
}

// done shows the account again: with what is wrong, or with a notice of what was done.
func (p pages) done(w http.ResponseWriter, r *http.Request, f *web.Form, err error, notice string) error {
	if bad, ok := faultsOf(err); ok {
		return p.showAccount(w, r, form{f, bad})
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account", notice)
}

func (p pages) rename(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	err := p.accounts.Rename(r.Context(), web.Actor(r), f.Line("name"), i18n.Lang(f.Line("lang")))
	return p.done(w, r, f, err, "accounts.notice.saved")
}

func (p pages) askEmail(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	err := p.accounts.AskEmail(r.Context(), web.Actor(r), f.Line("email"))
	return p.done(w, r, f, err, "accounts.notice.letter_sent")
}

func (p pages) emailPage(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	email, err := p.accounts.EmailLink(r.Context(), token)
	if err != nil {
		return err
	}
	at := page(r, "accounts.email.change")
	return web.Render(w, r, http.StatusOK, buttonPage(at, at.T("accounts.email.change_to", "email", email), "/account/email/"+token, at.T("accounts.confirm")))
}

func (p pages) changeEmail(w http.ResponseWriter, r *http.Request) error {
	err := p.accounts.ChangeEmail(r.Context(), web.Actor(r), r.PathValue("token"))
	return p.done(w, r, nil, err, "accounts.notice.saved")
}

func (p pages) setPassword(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	err := p.accounts.SetPassword(r.Context(), web.Actor(r), f.Values.Get("old"), f.Values.Get("password"))
	return p.done(w, r, f, err, "accounts.notice.password")
}

func (p pages) endSession(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	var err error
	if id := f.ID("id"); id != 0 {
		err = p.accounts.EndSession(r.Context(), web.Actor(r), id)
	} else if err = f.Err(); err == nil {
		err = p.accounts.EndOtherSessions(r.Context(), web.Actor(r))
	}
	return p.done(w, r, f, err, "accounts.notice.session_ended")
}

func (p pages) startTOTP(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	secret, url, err := p.accounts.StartTOTP(r.Context(), web.Actor(r), f.Values.Get("password"))
	if err != nil {
		if bad := problem.As(err); bad != nil && bad.Fields["password"].Key != "" {
			bad.Fields = problem.Fields{"totp_password": bad.Fields["password"]}
		}
		return p.done(w, r, f, err, "")
	}
	return p.showTOTP(w, r, form{}, secret, url)
}

func (p pages) showTOTP(w http.ResponseWriter, r *http.Request, f form, secret, url string) error {
	code, err := qr.Encode(url, qr.M)
	if err != nil {
		return err
	}
	return web.Render(w, r, f.status(), totpPage(page(r, "accounts.totp"), f, secret, url, squares(code)))
}

func (p pages) proveTOTP(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	codes, err := p.accounts.ProveTOTP(r.Context(), web.Actor(r), f.Line("code"))
	if bad, ok := faultsOf(err); ok && f.Has("url") {
		return p.showTOTP(w, r, form{f, bad}, f.Line("secret"), f.Line("url"))
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, recoveryPage(page(r, "accounts.recovery"), codes))
}

func (p pages) removeTOTP(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	err := p.accounts.RemoveTOTP(r.Context(), web.Actor(r), f.Line("code"))
	return p.done(w, r, f, err, "accounts.notice.saved")
}

func (p pages) consent(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	kind := f.Line("kind")
	var err error
	if f.Bool("withdraw") {
		err = p.accounts.WithdrawConsent(r.Context(), web.Actor(r), kind)
	} else {
		err = p.accounts.GiveConsent(r.Context(), web.Actor(r), kind)
	}
	return p.done(w, r, f, err, "accounts.notice.saved")
}

// copy hands over everything that the portal keeps of the reader.
func (p pages) copy(w http.ResponseWriter, r *http.Request) error {
	all, err := p.accounts.Copy(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="birge-my-data.json"`)
	_, err = w.Write(b)
	return err
}

func (p pages) eraseForm(w http.ResponseWriter, r *http.Request) error {
	return p.showErase(w, r, form{})
}

func (p pages) showErase(w http.ResponseWriter, r *http.Request, f form) error {
	me, err := p.accounts.Me(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return web.Render(w, r, f.status(), erasePage(page(r, "accounts.erase"), f, !me.PasswordAt.IsZero()))
}

func (p pages) erase(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	err := p.accounts.EraseMe(r.Context(), web.Actor(r), f.Values.Get("password"))
	if bad, ok := faultsOf(err); ok {
		return p.showErase(w, r, form{f, bad})
	}
	if err != nil {
		return err
	}
	setCookie(w, r, "", -1)
	return web.SeeOther(w, r, "/", "accounts.notice.erased")
}

// square is one dark square of a QR code.
type square struct{ x, y int }

// squares lists the dark squares of a code, to be drawn.
func squares(c *qr.Code) (out []square) {
	for y := range c.Size {
		for x := range c.Size {
			if c.Black(x, y) {
				out = append(out, square{x, y})
			}
		}
	}
	return out
}
