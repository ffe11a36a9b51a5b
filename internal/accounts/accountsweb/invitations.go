package accountsweb

import (
	"net/http"
	"strings"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/web"
)

func (p pages) invitations(w http.ResponseWriter, r *http.Request) error {
	return p.showInvitations(w, r, form{})
}

func (p pages) showInvitations(w http.ResponseWriter, r *http.Request, f form) error {
	by := web.Actor(r)
	list, err := p.accounts.Invitations(r.Context(), by)
	if err != nil {
		return err
	}
	grants, err := p.accounts.Grants(r.Context(), by, by.UserID)
	if err != nil {
		return err
	}
	at := page(r, "accounts.invitations")
	return web.Render(w, r, f.status(), invitationsPage(at, web.Now(r), list, offers(grants), f))
}

// offer is a role that the reader may invite to, for one of their own scopes.
type offer struct {
	role  access.Role
	scope ref.Ref
}

func (o offer) value() string { return string(o.role) + ":" + o.scope.ID.String() }

// offers lists what somebody with these grants may invite to.
func offers(grants []accounts.Grant) (out []offer) {
	for _, g := range grants {
		for _, role := range accounts.Appoints(g.Role, g.Scope.Kind) {
			out = append(out, offer{role, g.Scope})
		}
	}
	return out
}

func (p pages) invite(w http.ResponseWriter, r *http.Request) error {
	f, by := web.ReadForm(r), web.Actor(r)
	grants, err := p.accounts.Grants(r.Context(), by, by.UserID)
	if err != nil {
		return err
	}
	err = (problem.Fields{"offer": {Key: "form.unknown_choice"}}).Err()
	for _, o := range offers(grants) {
		if o.value() == f.Line("offer") {
			_, err = p.accounts.Invite(r.Context(), by, f.Line("email"), o.role, o.scope, web.Lang(r))
			break
		}
	}
	if bad, ok := faultsOf(err); ok {
		return p.showInvitations(w, r, form{f, bad})
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/invitations", "accounts.notice.letter_sent")
}

func (p pages) withdrawInvitation(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	if err := p.accounts.WithdrawInvitation(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/invitations", "accounts.notice.saved")
}

func (p pages) invitationPage(w http.ResponseWriter, r *http.Request) error {
	return p.showInvitation(w, r, form{})
}

func (p pages) showInvitation(w http.ResponseWriter, r *http.Request, f form) error {
	token := r.PathValue("token")
	inv, err := p.accounts.InvitationLink(r.Context(), token)
	if err != nil {
		return err
	}
	at := page(r, "accounts.invitation")
	return web.Render(w, r, f.status(), invitationPage(at, inv, "/invitations/"+token, web.Actor(r).SignedIn(), f))
}

// takeInvitation gives the role to the reader who is signed in; anybody else
// joins with it.
func (p pages) takeInvitation(w http.ResponseWriter, r *http.Request) error {
	f, by, token := web.ReadForm(r), web.Actor(r), r.PathValue("token")
	var e accounts.Entry
	var err error
	if by.SignedIn() {
		err = p.accounts.TakeInvitation(r.Context(), by, token)
	} else {
		n, consents := joining(r, f)
		e, err = p.accounts.JoinInvited(r.Context(), knockOf(r), token, n, consents)
	}
	if bad, ok := faultsOf(err); ok {
		return p.showInvitation(w, r, form{f, bad})
	}
	if err != nil {
		return err
	}
	if by.SignedIn() {
		return web.SeeOther(w, r, "/account", "accounts.notice.role_taken")
	}
	return p.enter(w, r, e, "")
}

// roleNames are the roles that can be given, as choices of a form.
func roleNames() (out []string) {
	for _, role := range access.Roles {
		out = append(out, string(role))
	}
	return out
}

// scopeFrom reads "place" and a KATO code, or "organization" and a BIN, into the
// scope that is meant; no kind is the whole portal.
func (p pages) scopeFrom(r *http.Request, f *web.Form) (ref.Ref, error) {
	kind, typed := f.Line("scope_kind"), strings.TrimSpace(f.Line("scope"))
	if kind == "" {
		return ref.Ref{}, nil
	}
	find := p.find[kind]
	if find == nil || typed == "" {
		return ref.Ref{}, (problem.Fields{"scope": {Key: "accounts.grant.wrong_scope"}}).Err()
	}
	scope, err := find(r.Context(), typed)
	if problem.Is(err, problem.NotFound) {
		err = (problem.Fields{"scope": {Key: "accounts.scope.unknown"}}).Err()
	}
	return scope, err
}
