// Package orgsweb shows the register: the list with counts, the whole story of
// an organization, and the forms of those who keep it, claim it or correct it.
package orgsweb

import (
	"embed"
	"net/http"

	"birge/internal/norms"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// Locales holds the words of these pages.
//
//go:embed locales/*.json
var Locales embed.FS

// Pages are the pages of the room.
type Pages struct {
	Orgs     *orgs.Service
	Projects *projects.Service
	Places   *places.Service
	Norms    *norms.Service
	Search   *search.Engine
	// Sections are drawn on the page of an organization after what is told of its
	// projects.
	Sections []Section
}

// Section is a part of an organization's page that another room draws. It may draw
// nothing.
type Section func(r *http.Request, page ui.Page, org ref.ID) (templ.Component, error)

// Routes lists the doors of the room. An act stands before the id, since a BIN
// does too.
func Routes(p *Pages) []web.Route {
	return []web.Route{
		web.Public("GET /organizations", p.list),
		web.Public("GET /organizations/why", p.whyList),
		web.Public("GET /organizations.csv", p.export("csv")).Unkept(),
		web.Public("GET /organizations.xlsx", p.export("xlsx")).Unkept(),
		web.Public("GET /organizations.json", p.export("json")).Unkept(),
		web.Public("GET /organizations.atom", p.atom),
		web.PublicRaw("GET /api/v1/organizations", p.export("json")).Unkept(),
		web.Public("GET /organizations/bin/{bin}", p.byBIN),
		web.Public("GET /organizations/{id}", p.shown(p.profile)),
		web.Public("GET /organizations/card/{id}", p.shown(p.card)).Embeddable(),
		web.Public("GET /organizations/why/{id}", p.shown(p.why)),
		web.Public("GET /organizations/atom/{id}", p.shown(p.news)),
		web.PublicRaw("GET /api/v1/organizations/{id}", p.shown(p.organizationJSON)),

		web.Public("GET /corrections/{kind}/{id}", p.correctionForm).Unkept(),
		web.Public("POST /corrections/{kind}/{id}", p.correct).PerMinute(5),
		web.SignedIn("GET /corrections/{id}", p.decisionForm),
		web.SignedIn("POST /corrections/{id}", p.decide),
		web.SignedIn("GET /organizations/claim/{id}", p.claimForm),
		web.SignedIn("POST /organizations/claim/{id}", p.claim).PerMinute(5),
		web.Only("GET /organizations/claims", p.claims, access.Officer),
		web.SignedIn("GET /organizations/claims/{id}", p.showClaim),
		web.SignedIn("POST /organizations/claims/{id}", p.actOnClaim).PerMinute(10),
		web.SignedIn("GET /organizations/return/{id}/{year}", p.returnForm),
		web.SignedIn("POST /organizations/return/{id}/{year}", p.submitReturn),
		web.SignedIn("GET /organizations/ties/{id}", p.tieForm),
		web.SignedIn("POST /organizations/ties/{id}", p.tie).PerMinute(10),
		web.SignedIn("GET /organizations/edit/{id}", p.editForm),
		web.SignedIn("POST /organizations/edit/{id}", p.edit),
		web.Only("GET /organizations/new", p.newForm, access.Officer),
		web.Only("POST /organizations/new", p.create, access.Officer),
		web.Only("GET /organizations/duplicates", p.duplicates, access.Officer),
		web.Only("GET /organizations/merge/{id}", p.mergeForm, access.Officer),
		web.Only("POST /organizations/merge/{id}", p.merge, access.Officer),
	}
}
