// Package accountsweb is the door to accounts: signing in and out, joining, my
// account, invitations, people and their roles, the help desk and its slips.
//
// Nothing changes on a GET: a mailed link opens a page with one button. Pages
// with a secret in their address are never kept, and lead nowhere outside.
package accountsweb

import (
	"context"
	"embed"
	"net/http"
	"strings"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// Locales holds the words of this room.
//
//go:embed locales/*.json
var Locales embed.FS

// Find looks a scope up by what somebody typed: a place by its KATO code, an
// organization by its BIN.
type Find func(ctx context.Context, typed string) (ref.Ref, error)

type pages struct {
	accounts *accounts.Service
	find     map[string]Find
}

// Routes lists every door of this room and who may knock at it. find looks up
// the scopes of roles by their kind ("place", "organization", "programme").
func Routes(s *accounts.Service, find map[string]Find) []web.Route {
	p := pages{s, find}
	return []web.Route{
		web.Public("GET /sign-in", p.signInForm).Unkept(),
		web.Public("POST /sign-in", p.signIn).PerMinute(30),
		web.Public("POST /sign-in/link", p.askLink).PerMinute(30),
		web.Public("GET /sign-in/link/{token}", p.linkPage).Unkept(),
		web.Public("POST /sign-in/link/{token}", p.signInByLink).PerMinute(30),
		web.Public("GET /sign-in/code", p.codeForm).Unkept(),
		web.Public("POST /sign-in/code", p.confirm).PerMinute(30),
		web.Public("POST /sign-in/passkey/begin", p.startPasskeySignIn).PerMinute(30),
		web.Public("POST /sign-in/passkey", p.signInByPasskey).PerMinute(30),
		web.Public("GET /sign-in/with/{name}", p.toProvider).Unkept().PerMinute(30),
		web.PublicRaw("GET /sign-in/from/{name}", p.fromProvider).Unkept().PerMinute(30),
		web.Public("POST /sign-out", p.signOut),
		web.Public("GET /join", p.askJoin).Unkept(),
		web.Public("GET /join/{token}", p.joinForm).Unkept(),
		web.Public("POST /join/{token}", p.join).PerMinute(30),
		web.Public("GET /invitations/{token}", p.invitationPage).Unkept(),
		web.Public("POST /invitations/{token}", p.takeInvitation).PerMinute(30),
		web.Public("GET /slip", p.slipForm).Unkept(),
		web.Public("POST /slip", p.slip).PerMinute(20),
		web.Public("POST /slip/undo", p.undoVisit).PerMinute(20),

		web.SignedIn("GET /account", p.account),
		web.SignedIn("POST /account", p.rename),
		web.SignedIn("POST /account/email", p.askEmail),
		web.SignedIn("GET /account/email/{token}", p.emailPage),
		web.SignedIn("POST /account/email/{token}", p.changeEmail),
		web.SignedIn("POST /account/password", p.setPassword),
		web.SignedIn("POST /account/sessions/end", p.endSession),
		web.SignedIn("POST /account/code/start", p.startTOTP),
		web.SignedIn("POST /account/code", p.proveTOTP),
		web.SignedIn("POST /account/code/remove", p.removeTOTP),
		web.SignedIn("POST /account/passkeys/begin", p.startPasskey),
		web.SignedIn("POST /account/passkeys", p.addPasskey),
		web.SignedIn("POST /account/passkeys/{id}/remove", p.removePasskey),
		web.SignedIn("POST /account/consents", p.consent),
		web.SignedIn("GET /account/copy", p.copy),
		web.SignedIn("GET /account/erase", p.eraseForm),
		web.SignedIn("POST /account/erase", p.erase),
		web.SignedIn("GET /account/invitations", p.invitations),
		web.SignedIn("POST /account/invitations", p.invite),
		web.SignedIn("POST /account/invitations/{id}/withdraw", p.withdrawInvitation),

		web.Only("GET /people", p.people, access.Admin),
		web.Only("GET /people/{id}", p.person, access.Admin),
		web.Only("POST /people/{id}/roles", p.giveRole, access.Admin),
		web.Only("POST /people/{id}/block", p.block, access.Admin),
		web.Only("POST /people/{id}/erase", p.erasePerson, access.Admin),
		web.SignedIn("POST /roles/{id}/end", p.endRole),

		web.Only("GET /visits", p.visits, access.Officer),
		web.Only("POST /visits", p.receive, access.Officer),
		web.Only("POST /visits/end", p.endVisit, access.Officer),
	}
}

// knockOf is from where the request comes.
func knockOf(r *http.Request) accounts.Knock {
	return accounts.Knock{Address: web.Reader(r), UserAgent: r.UserAgent()}
}

// tokenOf is the token that the browser sent; "" when there is none.
func tokenOf(r *http.Request) string {
	c, err := r.Cookie(web.SessionCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// replaceSession hands the browser its session and ends the one it had.
func (p pages) replaceSession(w http.ResponseWriter, r *http.Request, e accounts.Entry) error {
	if old := tokenOf(r); old != "" && old != e.Token {
		if err := p.accounts.SignOut(r.Context(), old); err != nil {
			return err
		}
	}
	setCookie(w, r, e.Token, int(accounts.SessionLife.Seconds()))
	return nil
}

// enter hands over a session and goes on: to the code when the session waits for
// it, else to where the reader wanted to be.
func (p pages) enter(w http.ResponseWriter, r *http.Request, e accounts.Entry, to string) error {
	if err := p.replaceSession(w, r, e); err != nil {
		return err
	}
	if e.Session.Pending {
		return web.SeeOther(w, r, "/sign-in/code"+query("to", to), "")
	}
	return web.SeeOther(w, r, inside(to), "")
}

func setCookie(w http.ResponseWriter, r *http.Request, token string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: web.SessionCookie, Value: token, Path: "/", MaxAge: seconds,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: web.Secure(r),
	})
}

// inside is an address of this portal without its language; whatever is not one
// leads to the desk.
func inside(to string) string {
	_, rest, ok := strings.Cut(strings.TrimPrefix(to, "/"), "/")
	if !ok || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") || strings.HasPrefix(rest, "/") {
		return "/desk"
	}
	return "/" + rest
}

// faultsOf gives the problem of a form that was refused and is shown again; a
// fault of the portal and a thing that is not there are answered as such.
func faultsOf(err error) (*problem.Problem, bool) {
	p := problem.As(err)
	return p, p != nil && p.Kind != problem.NotFound && p.Kind != problem.Unauthenticated && p.Kind != problem.Unavailable
}

// form is a form on a page: what was typed and what is wrong with it.
type form struct {
	typed *web.Form
	bad   *problem.Problem
}

// value is what was typed in a field, or what stood there before.
func (f form) value(name, before string) string {
	if f.typed == nil {
		return before
	}
	return f.typed.Values.Get(name)
}

func (f form) faults() problem.Fields {
	if f.bad == nil {
		return nil
	}
	return f.bad.Fields
}

// sentence is what is wrong with the whole form; "" when single fields say it.
func (f form) sentence(p ui.Page) string {
	if f.bad == nil || len(f.bad.Fields) > 0 {
		return ""
	}
	return p.T(f.bad.Key, f.bad.Args...)
}

func (f form) status() int {
	if f.bad == nil {
		return http.StatusOK
	}
	return web.Status(f.bad)
}

// page is a page of this room: nobody's search engine keeps it.
func page(r *http.Request, key string) ui.Page {
	p := ui.PageOf(r, web.Words(r).T(key))
	p.NoIndex = true
	if i := strings.Index(p.Path, "?"); i >= 0 {
		p.Path = p.Path[:i]
	}
	return p
}
