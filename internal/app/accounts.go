package app

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"birge/internal/accounts"
	"birge/internal/accounts/accountsweb"
	"birge/internal/figures"
	"birge/internal/funding"
	"birge/internal/funding/fundingweb"
	"birge/internal/orgs"
	"birge/internal/orgs/orgsweb"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/mail"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// postForAccounts writes the letters of accounts into the outbox.
func (p *Portal) postForAccounts(ctx context.Context, tx *db.Tx, l accounts.Letter) error {
	return accountsweb.Letters(p.Words, p.origin(), p.Zone, send)(ctx, tx, l)
}

// orgsPost writes the letters of the register into the outbox.
func (p *Portal) orgsPost() orgsweb.Post {
	return orgsweb.Post{Words: func() *i18n.Words { return p.Words }, Base: p.origin(), Send: send}
}

// figurePage is the page of a figure as the register's corrections need it.
func (p *Portal) figurePage(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (orgs.Page, error) {
	f, err := figures.ByID(ctx, tx, id)
	return p.Orgs.FigurePage(by, f.Ref(), f.Places), err
}

// tellApplicants writes to those who speak for an applicant.
func (p *Portal) tellApplicants(ctx context.Context, tx *db.Tx, l funding.ApplicationLetter) error {
	return fundingweb.Post{Words: func() *i18n.Words { return p.Words }, Base: p.origin(), Send: send}.Tell(ctx, tx, l)
}

// writeToApplicants writes a message to those who speak for an applicant.
func (p *Portal) writeToApplicants(ctx context.Context, tx *db.Tx, l funding.MessageLetter) error {
	return fundingweb.Post{Words: func() *i18n.Words { return p.Words }, Base: p.origin(), Send: send}.TellAll(ctx, tx, l)
}

func send(ctx context.Context, tx *db.Tx, to string, lang i18n.Lang, subject, text string) error {
	return mail.Send(ctx, tx, mail.Letter{To: to, Lang: lang, Subject: subject, Text: text})
}

// providers reads the services by which people may sign in, in the order of
// their names.
func providers(byName map[string]string) (out []accounts.Provider, err error) {
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		u, err := url.Parse(byName[name])
		if err != nil || u.User == nil || u.Scheme != "https" && u.Scheme != "http" {
			return nil, fmt.Errorf("app: sign-in service %s: want https://CLIENT:SECRET@ISSUER/PATH", name)
		}
		secret, _ := u.User.Password()
		p := accounts.Provider{Name: name, Title: name, ClientID: u.User.Username(), ClientSecret: secret}
		u.User = nil
		p.Issuer = u.String()
		out = append(out, p)
	}
	return out, nil
}

// origin is where the links of letters lead.
func (p *Portal) origin() string {
	if p.Config.Base != "" {
		return p.Config.Base
	}
	return "http://" + p.Config.Addr
}

// roleScopes finds what a role is for by what somebody types.
func (p *Portal) roleScopes() map[string]accountsweb.Find {
	return map[string]accountsweb.Find{
		"place": func(_ context.Context, typed string) (ref.Ref, error) {
			place, ok := p.Places.Tree().ByKATO(typed)
			if !ok {
				return ref.Ref{}, problem.New(problem.NotFound, "problem.not_found")
			}
			return place.Ref(), nil
		},
		"organization": func(ctx context.Context, typed string) (ref.Ref, error) {
			o, err := p.Orgs.ByBIN(ctx, typed)
			return o.Ref(), err
		},
	}
}
