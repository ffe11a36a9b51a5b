// Package homeweb holds the pages of no single room: the front page, the search
// over everything public, my desk, help, what the portal is and how it treats
// personal data, the style guide and the page of a failure.
package homeweb

import (
	"embed"
	"net/http"

	"birge/internal/accounts"
	"birge/internal/awards"
	"birge/internal/forums"
	"birge/internal/funding"
	"birge/internal/norms"
	"birge/internal/notices"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/keys"
	"birge/internal/platform/problem"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
	"birge/internal/resolutions"

	"github.com/a-h/templ"
)

// Locales holds the words of these pages.
//
//go:embed locales/*.json
var Locales embed.FS

// Deps is what these pages tell about.
type Deps struct {
	DB          *db.DB
	Places      *places.Service
	Norms       *norms.Service
	Orgs        *orgs.Service
	Projects    *projects.Service
	Funding     *funding.Service
	Panels      *panels.Service
	Forums      *forums.Service
	Awards      *awards.Service
	Resolutions *resolutions.Service
	Obligations *obligations.Service
	Search      *search.Engine
	Accounts    *accounts.Service
	Notices     *notices.Service
	Keys        *keys.Ring
	// Doors lists the doors of the portal once it stands: "GET /{lang}/x · public".
	Doors func() []string
}

// Home is what the pages of no single room need.
type Home struct {
	Deps
	library library
}

// New reads the texts of the portal.
func New(d Deps) (*Home, error) {
	lib, err := readLibrary()
	if err != nil {
		return nil, err
	}
	return &Home{Deps: d, library: lib}, nil
}

// Routes lists the doors of these pages.
func Routes(h *Home) []web.Route {
	return []web.Route{
		web.Public("GET /", h.front),
		web.SignedIn("GET /desk", h.desk),
		web.Public("GET /search", h.search),
		web.Public("GET /data", h.data),
		web.Public("GET /style", h.style),
		web.Public("GET /help", h.help),
		web.Public("GET /help/{topic}", h.helpTopic),
		web.Public("GET /about", h.article("about")),
		web.Public("GET /privacy", h.article("privacy")),
		web.Public("GET /privacy/register", h.register),
		web.Public("GET /journal", h.journal).Unkept(),
		web.Public("GET /journal.atom", h.journalAtom).Unkept(),
		web.Public("GET /journal/heads", h.journalHeads).Unkept(),
		web.Public("GET /journal/heads.atom", h.headsAtom).Unkept(),
		web.PublicRaw("GET /api/v1/journal", h.journalJSON).Unkept(),
		web.PublicRaw("GET /api/v1/journal/heads", h.headsJSON).Unkept(),
	}
}

// style shows every component of the design system.
func (h *Home) style(w http.ResponseWriter, r *http.Request) error {
	p := ui.PageOf(r, web.Words(r).T("home.style"))
	return web.Render(w, r, http.StatusOK, framed(p, ui.StyleGuide(p)))
}

// HallRoutes are the doors of these pages that a hall without a network has: how to
// lead it.
func HallRoutes(h *Home) []web.Route {
	return []web.Route{web.Public("GET /help/hall", h.article("help-hall"))}
}

// Failure is the page of a failure: what went wrong and what to do next.
func Failure(r *http.Request, status int, bad *problem.Problem) templ.Component {
	words := web.Words(r)
	p := ui.PageOf(r, words.T(failureTitle(words, status)))
	p.NoIndex = true
	return framed(p, failure(p, words.T(bad.Key, bad.Args...)))
}

// failureTitle is the heading for a status; statuses without one of their own
// share a heading.
func failureTitle(words *i18n.Printer, status int) string {
	switch status {
	case http.StatusNotFound:
		return "home.failure.not_found"
	case http.StatusForbidden, http.StatusUnauthorized:
		return "home.failure.forbidden"
	case http.StatusInternalServerError:
		return "home.failure.fault"
	}
	return "home.failure.refused"
}
