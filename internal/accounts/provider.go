package accounts

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Provider is a service of OpenID Connect by which people may sign in. The
// operator who names one trusts it to know whose an address is.
type Provider struct {
	// Name stands in addresses: letters and figures. Title is shown.
	Name, Title            string
	Issuer                 string
	ClientID, ClientSecret string
}

const providerLife = 15 * time.Minute

// errProvider is the one answer to whatever does not fit in what a provider sends.
func errProvider(cause error) error {
	return problem.Wrap(cause, problem.Forbidden, "accounts.provider.refused")
}

// Providers lists the services by which people may sign in.
func (s *Service) Providers() []Provider { return s.options.Providers }

func (s *Service) provider(name string) (Provider, error) {
	for _, p := range s.options.Providers {
		if p.Name == name {
			return p, nil
		}
	}
	return Provider{}, problem.New(problem.NotFound, "problem.not_found")
}

// known gives what a provider says of itself; it is asked once.
func (s *Service) known(ctx context.Context, p Provider) (*oidc.Provider, error) {
	s.mu.Lock()
	found := s.discovered[p.Name]
	s.mu.Unlock()
	if found != nil {
		return found, nil
	}
	// The keys are fetched later too, so the context must not end with the request.
	found, err := oidc.NewProvider(context.WithoutCancel(ctx), p.Issuer)
	if err != nil {
		return nil, problem.Wrap(err, problem.Unavailable, "accounts.provider.away", "name", p.Title)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.discovered == nil {
		s.discovered = map[string]*oidc.Provider{}
	}
	s.discovered[p.Name] = found
	return found, nil
}

func (p Provider) client(found *oidc.Provider, back string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: back,
		Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}
}

// errand is what the browser carries, sealed, while it is at the provider.
type errand struct {
	Provider, State, Nonce, Verifier, To string
	Lang                                 i18n.Lang
	Until                                time.Time
}

// StartProvider gives the address at the provider to which the browser goes, and
// what it carries in a cookie until it is back at the address back. Nothing is
// stored.
func (s *Service) StartProvider(ctx context.Context, name, back, to string, lang i18n.Lang) (address, carried string, err error) {
	p, err := s.provider(name)
	if err != nil {
		return "", "", err
	}
	found, err := s.known(ctx, p)
	if err != nil {
		return "", "", err
	}
	e := errand{name, newToken(), newToken(), oauth2.GenerateVerifier(), to, lang, s.db.Now().Add(providerLife)}
	if carried, err = s.sealErrand(e); err != nil {
		return "", "", err
	}
	return p.client(found, back).AuthCodeURL(e.State, oidc.Nonce(e.Nonce), oauth2.S256ChallengeOption(e.Verifier)), carried, nil
}

func (s *Service) sealErrand(e errand) (string, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("accounts: %w", err)
	}
	sealed, err := s.seal(0, string(b))
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// openErrand reads what the browser carried, if it is of this portal, this
// provider, this errand and in time.
func (s *Service) openErrand(name, carried, state string) (e errand, err error) {
	sealed, err := base64.RawURLEncoding.DecodeString(carried)
	if err != nil {
		return e, errProvider(err)
	}
	text, err := s.unseal(0, sealed)
	if err != nil {
		return e, errProvider(err)
	}
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return e, errProvider(err)
	}
	if e.Provider != name || subtle.ConstantTimeCompare([]byte(e.State), []byte(state)) != 1 || !s.db.Now().Before(e.Until) {
		return e, errProvider(nil)
	}
	return e, nil
}

// Arrival is how somebody comes back from a provider: with a session, or with
// the secret of a link to join, when nobody here has their address.
type Arrival struct {
	Entry Entry
	Join  string
	To    string
	Lang  i18n.Lang
}

// identity is who somebody is at a provider.
type identity struct{ Issuer, Subject string }

// FinishProvider takes what the provider sent the browser back with.
func (s *Service) FinishProvider(ctx context.Context, from Knock, name, back, carried, state, code string) (a Arrival, err error) {
	e, err := s.openErrand(name, carried, state)
	if err != nil {
		return a, err
	}
	who, claims, err := s.claimsOf(ctx, e, back, code)
	if err != nil {
		return a, err
	}
	a.To, a.Lang = e.To, e.Lang
	err = s.db.Update(ctx, func(tx *db.Tx) error { return s.arrive(ctx, tx, from, who, claims, &a) })
	return a, err
}

// claims are what a provider says of a person.
type claims struct {
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`
	Nonce    string `json:"nonce"`
}

// claimsOf changes the code for what the provider says, and checks its signature
// and that it was said for this errand.
func (s *Service) claimsOf(ctx context.Context, e errand, back, code string) (who identity, c claims, err error) {
	p, err := s.provider(e.Provider)
	if err != nil {
		return who, c, err
	}
	found, err := s.known(ctx, p)
	if err != nil {
		return who, c, err
	}
	token, err := p.client(found, back).Exchange(ctx, code, oauth2.VerifierOption(e.Verifier))
	if err != nil {
		return who, c, errProvider(err)
	}
	raw, _ := token.Extra("id_token").(string)
	said, err := found.Verifier(&oidc.Config{ClientID: p.ClientID, Now: s.db.Now}).Verify(ctx, raw)
	if err != nil {
		return who, c, errProvider(err)
	}
	if err := said.Claims(&c); err != nil {
		return who, c, errProvider(err)
	}
	if subtle.ConstantTimeCompare([]byte(c.Nonce), []byte(e.Nonce)) != 1 {
		return who, c, errProvider(nil)
	}
	return identity{said.Issuer, said.Subject}, c, nil
}

// arrive signs in the person of the identity, or of its proved address; anybody
// else gets a link to join.
func (s *Service) arrive(ctx context.Context, tx *db.Tx, from Knock, who identity, c claims, a *Arrival) error {
	p, ok, err := db.Maybe(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons
		WHERE id = (SELECT person_id FROM person_identities WHERE issuer = $1 AND subject = $2)`, who.Issuer, who.Subject)
	if err != nil {
		return err
	}
	if !ok {
		if !c.Verified || !validEmail(c.Email) {
			return problem.New(problem.Forbidden, "accounts.provider.no_email")
		}
		if p, ok, err = personByEmail(ctx, tx, c.Email); err != nil {
			return err
		}
		if !ok {
			return joinOf(ctx, tx, who, c.Email, a)
		}
		if p.EmailProved.IsZero() {
			return problem.New(problem.Forbidden, "accounts.provider.no_email")
		}
	}
	if p.Status != Active {
		return errProvider(nil)
	}
	if err := link(ctx, tx, p, who); err != nil {
		return err
	}
	a.Entry, err = begin(ctx, tx, p, ViaProvider, from)
	return err
}

func joinOf(ctx context.Context, tx *db.Tx, who identity, email string, a *Arrival) error {
	data, err := json.Marshal(who)
	if err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	a.Join = newToken()
	_, err = issue(ctx, tx, a.Join, ticket{purpose: toJoin, email: email, data: string(data)}, joinLife)
	return err
}

// link notes who a person is at a provider.
func link(ctx context.Context, tx *db.Tx, p Person, who identity) error {
	_, err := tx.Exec(ctx, `INSERT INTO person_identities (issuer, subject, person_id, made_at) VALUES ($1,$2,$3,$4)
		ON CONFLICT (issuer, subject) DO NOTHING`, who.Issuer, who.Subject, p.ID, db.At(tx.Now()))
	return err
}

// linkJoined notes the identity with which somebody came to a link to join.
func linkJoined(ctx context.Context, tx *db.Tx, p Person, data string) error {
	if data == "" {
		return nil
	}
	var who identity
	if err := json.Unmarshal([]byte(data), &who); err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	return link(ctx, tx, p, who)
}
