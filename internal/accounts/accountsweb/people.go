package accountsweb

import (
	"net/http"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/web"
)

func (p pages) people(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	if email := f.Line("email"); email != "" {
		found, err := p.accounts.PersonOfEmail(r.Context(), web.Actor(r), email)
		if bad, ok := faultsOf(err); ok {
			return p.showPeople(w, r, form{f, bad})
		}
		if err != nil {
			return err
		}
		return web.SeeOther(w, r, "/people/"+found.ID.String(), "")
	}
	return p.showPeople(w, r, form{})
}

func (p pages) showPeople(w http.ResponseWriter, r *http.Request, f form) error {
	list, err := p.accounts.RoleHolders(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return web.Render(w, r, f.status(), peoplePage(page(r, "accounts.people"), list, f))
}

func (p pages) person(w http.ResponseWriter, r *http.Request) error {
	return p.showPerson(w, r, form{})
}

func (p pages) showPerson(w http.ResponseWriter, r *http.Request, f form) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	who, err := p.accounts.Person(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	grants, err := p.accounts.Grants(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	at := page(r, "accounts.person")
	at.Path = "/people/" + id.String()
	return web.Render(w, r, f.status(), personPage(at, who, grants, f))
}

// act does something to the person of the address and shows them again.
func (p pages) act(w http.ResponseWriter, r *http.Request, f *web.Form, err error) error {
	if bad, ok := faultsOf(err); ok {
		return p.showPerson(w, r, form{f, bad})
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/people/"+r.PathValue("id"), "accounts.notice.saved")
}

func (p pages) giveRole(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	scope, err := p.scopeFrom(r, f)
	if err == nil {
		_, err = p.accounts.GiveRole(r.Context(), web.Actor(r), id, access.Role(f.Line("role")), scope)
	}
	return p.act(w, r, f, err)
}

func (p pages) block(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	return p.act(w, r, f, p.accounts.Block(r.Context(), web.Actor(r), id, f.Bool("blocked")))
}

func (p pages) erasePerson(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f.Reject(!f.Bool("sure"), "sure", "accounts.erase.sure")
	if err = f.Err(); err == nil {
		err = p.accounts.ErasePerson(r.Context(), web.Actor(r), id)
	}
	return p.act(w, r, f, err)
}

// endRole ends a role: one's own, or one that the reader may give.
func (p pages) endRole(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	g, err := p.accounts.EndRole(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, homeOf(r, g), "accounts.notice.saved")
}

// homeOf is the page from which a grant was ended.
func homeOf(r *http.Request, g accounts.Grant) string {
	if by := web.Actor(r); by.UserID != g.PersonID && by.HasAny(access.Admin) {
		return "/people/" + g.PersonID.String()
	}
	return "/account"
}
