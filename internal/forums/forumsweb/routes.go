// Package forumsweb shows civic forums: when and where they are held, what is on
// the programme, who is known to have taken part, and by whom it was reported.
package forumsweb

import (
	"embed"

	"birge/internal/forums"
	"birge/internal/places"
	"birge/internal/platform/search"
	"birge/internal/platform/web"
)

// Locales holds the words of these pages.
//
//go:embed locales
var Locales embed.FS

// Pages are the pages of the room.
type Pages struct {
	Forums *forums.Service
	Places *places.Service
	Search *search.Engine
}

// Routes lists every door of this room and who may knock at it.
func Routes(h *Pages) []web.Route {
	return []web.Route{
		web.Public("GET /forums", h.forums),
		web.Public("GET /forums.atom", h.atomForums),
		web.Public("GET /forums.ics", h.icsForums),
		web.PublicRaw("GET /api/v1/forums", h.forumsJSON),
		web.Public("GET /forums/{id}", h.forum),
		web.PublicRaw("GET /api/v1/forums/{id}", h.forumJSON),
	}
}
