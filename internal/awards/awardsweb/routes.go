// Package awardsweb shows who is honoured and why: rounds with their nominations and
// laureates, and what reports tell of awards elsewhere.
package awardsweb

import (
	"embed"

	"birge/internal/awards"
	"birge/internal/places"
	"birge/internal/platform/web"
)

// Locales holds the words of these pages.
//
//go:embed locales
var Locales embed.FS

// Pages are the pages of the room.
type Pages struct {
	Awards *awards.Service
	Places *places.Service
}

// Routes lists every door of this room and who may knock at it.
func Routes(h *Pages) []web.Route {
	return []web.Route{
		web.Public("GET /awards", h.rounds),
		web.Public("GET /awards/{id}", h.round),
		web.PublicRaw("GET /api/v1/awards", h.roundsJSON),
		web.PublicRaw("GET /api/v1/awards/{id}", h.roundJSON),
	}
}
