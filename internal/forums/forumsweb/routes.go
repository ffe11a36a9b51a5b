// Package forumsweb shows civic forums: when and where they are held, what is on
// the programme, who is known to have taken part, and by whom it was reported.
package forumsweb

import (
	"embed"
	"net/http"
	"slices"

	"birge/internal/forums"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// Locales holds the words of these pages.
//
//go:embed locales
var Locales embed.FS

// Pages are the pages of the room.
type Pages struct {
	Forums *forums.Service
	Places *places.Service
	Orgs   *orgs.Service
	Search *search.Engine
	// Sections are drawn on the page of a forum after what is told of it.
	Sections []Section
	// Words are the portal's words in its languages, for papers in two of them.
	Words func() *i18n.Words
	// Shelves are what other rooms add to the package of a forum.
	Shelves []forums.Shelf
}

// Section is a part of a forum's page that another room draws; keeps tells that the
// reader keeps the forum. It may draw nothing.
type Section func(r *http.Request, page ui.Page, forum ref.ID, keeps bool) (templ.Component, error)

// Routes lists every door of this room and who may knock at it.
func Routes(h *Pages) []web.Route {
	return append(slices.Concat(HallRoutes(h), h.standRoutes(), h.paperRoutes(), h.archiveRoutes()), []web.Route{
		web.Public("GET /forums", h.forums),
		web.Public("GET /forums.atom", h.atomForums),
		web.Public("GET /forums.ics", h.icsForums),
		web.PublicRaw("GET /api/v1/forums", h.forumsJSON),
		web.Public("GET /forums/{id}", h.forum),
		web.PublicRaw("GET /api/v1/forums/{id}", h.forumJSON),
		web.SignedIn("GET /forums/new", h.newForumForm),
		web.SignedIn("POST /forums/new", h.createForum),
		web.SignedIn("GET /forums/{id}/edit", h.editForumForm),
		web.SignedIn("POST /forums/{id}/edit", h.editForum),
		web.SignedIn("POST /forums/{id}/turn", h.turn),

		web.Public("GET /forums/{id}/programme", h.programme),
		web.Public("GET /forums/{id}/programme.atom", h.atomProgramme),
		web.Public("GET /forums/{id}/programme.ics", h.icsProgramme),
		web.Public("GET /forums/{id}/booklet", h.booklet).Unkept(),
		web.SignedIn("GET /forums/{id}/plan", h.plan),
		web.SignedIn("GET /forums/{id}/plan/session", h.sessionForm),
		web.SignedIn("POST /forums/{id}/plan/session", h.saveSession),
		web.SignedIn("GET /forums/{id}/plan/rooms", h.roomForm),
		web.SignedIn("POST /forums/{id}/plan/rooms", h.addRoom),
		web.SignedIn("POST /forums/{id}/plan/release", h.release),

		web.Public("GET /forums/{id}/register", h.registerForm).Unkept(),
		web.Public("POST /forums/{id}/register", h.register).PerMinute(600), // thousands may come from the addresses of one operator
		web.Public("GET /registrations/{token}", h.pass).Unkept(),
		web.Public("POST /registrations/{token}", h.withdrawPass),
		web.Public("GET /registrations/{token}/letter", h.invitation).Unkept(),
		web.Public("GET /registrations/{token}/change", h.changeForm).Unkept(),
		web.Public("POST /registrations/{token}/change", h.changeMine),
		web.Public("GET /registrations/{token}/copy", h.copyMine).Unkept(),
		web.Public("POST /registrations/{token}/sessions", h.chooseSession),
		web.Public("GET /registrations/{token}/delegation", h.delegation).Unkept(),
		web.Public("POST /registrations/{token}/delegation", h.leadDelegation),
		web.Public("GET /registrations/{token}/members", h.memberForm).Unkept(),
		web.Public("POST /registrations/{token}/members", h.saveMember),
		web.Public("GET /registrations/{token}/letters", h.letters).Unkept(),
		web.SignedIn("GET /forums/{id}/people", h.people),
		web.SignedIn("POST /forums/{id}/people", h.answerPeople),
		web.SignedIn("GET /forums/{id}/badges", h.badges),
		web.SignedIn("GET /forums/{id}/door", h.door),
		web.SignedIn("POST /forums/{id}/devices", h.addDevice),
		web.SignedIn("GET /forums/{id}/check-in", h.checkInForm),
		web.SignedIn("POST /forums/{id}/check-in", h.checkIn),
		web.SignedIn("POST /forums/{id}/walk-ins", h.walkIn),
		web.Public("GET /devices/{token}", h.devicePage).Unkept(),
		web.Public("POST /devices/{token}", h.openDevice).PerMinute(60),
		web.Public("GET /door", h.doorApp).Unkept().Camera(),
		web.PublicRaw("POST /api/v1/door", h.bring),
		web.PublicRaw("GET /door-worker.js", h.serveWorker).Unkept(),
		web.PublicRaw("GET /door.wasm", h.serveDecoder).Unkept(),
		web.SignedIn("GET /forums/{id}/quotas", h.quotaForm),
		web.SignedIn("POST /forums/{id}/quotas", h.setQuota),

		web.Public("POST /registrations/{token}/hall", h.enterByPass),
		web.SignedIn("GET /forums/{id}/hall/keep", h.keepHall),
		web.SignedIn("POST /forums/{id}/hall/keep", h.actOnHalls),
	}...)
}
