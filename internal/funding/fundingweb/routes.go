// Package fundingweb shows how money is given: what is called for, who may apply,
// by what it is judged and what came of it; with the forms of those who pay and of
// those who apply.
package fundingweb

import (
	"embed"

	"birge/internal/funding"
	"birge/internal/norms"
	"birge/internal/places"
	"birge/internal/platform/search"
	"birge/internal/platform/web"
)

// Locales holds the words of these pages, those of each noun in a folder.
//
//go:embed locales
var Locales embed.FS

// Pages are the pages of the room.
type Pages struct {
	Funding *funding.Service
	Places  *places.Service
	Norms   *norms.Service
	Search  *search.Engine
}

// Routes lists every door of this room and who may knock at it.
func Routes(h *Pages) []web.Route {
	return []web.Route{
		web.Public("GET /calls", h.calls),
		web.Public("GET /calls/{id}", h.call),
	}
}
