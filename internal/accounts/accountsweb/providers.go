package accountsweb

import (
	"net/http"

	"birge/internal/platform/problem"
	"birge/internal/platform/web"
)

// carriedCookie is what the browser carries, sealed, while it is at a provider.
const carriedCookie = "birge-with"

func backAddress(r *http.Request, name string) string {
	return web.Base(r) + "/sign-in/from/" + name
}

func carry(w http.ResponseWriter, r *http.Request, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: carriedCookie, Value: value, Path: "/sign-in/", MaxAge: seconds,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: web.Secure(r),
	})
}

// toProvider sends the browser to a provider. Nothing is stored here.
func (p pages) toProvider(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	to, carried, err := p.accounts.StartProvider(r.Context(), name, backAddress(r, name), r.URL.Query().Get("to"), web.Lang(r))
	if err != nil {
		return err
	}
	carry(w, r, carried, 15*60)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// fromProvider takes the browser back. It is a GET because the standard has the
// provider redirect here; only who carries the cookie of this errand gets in.
func (p pages) fromProvider(w http.ResponseWriter, r *http.Request) error {
	name, q := r.PathValue("name"), r.URL.Query()
	c, err := r.Cookie(carriedCookie)
	if err != nil {
		return problem.New(problem.Forbidden, "accounts.provider.refused")
	}
	a, err := p.accounts.FinishProvider(r.Context(), knockOf(r), name, backAddress(r, name), c.Value, q.Get("state"), q.Get("code"))
	if err != nil {
		return err
	}
	carry(w, r, "", -1)
	at := "/" + string(a.Lang)
	switch {
	case a.Join != "":
		at += "/join/" + a.Join
	case a.Entry.Session.Pending:
		at += "/sign-in/code" + query("to", a.To)
	default:
		at += inside(a.To)
	}
	if a.Join == "" {
		if err := p.replaceSession(w, r, a.Entry); err != nil {
			return err
		}
	}
	http.Redirect(w, r, at, http.StatusSeeOther)
	return nil
}
