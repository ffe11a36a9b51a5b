// Package figuresweb shows what others published: the list of figures, one
// figure with its source and definition, the reports of the regional forums.
package figuresweb

import (
	"embed"

	"birge/internal/figures"
	"birge/internal/places"
	"birge/internal/platform/web"
)

// Locales holds the words of these pages.
//
//go:embed locales/*.json
var Locales embed.FS

type pages struct {
	figures *figures.Service
	places  *places.Service
}

// Routes lists the doors of this room.
func Routes(s *figures.Service, tree *places.Service) []web.Route {
	p := pages{s, tree}
	return []web.Route{
		web.Public("GET /figures", p.list),
		web.Public("GET /figures/{id}", p.one),
		web.Public("GET /figures/forums/{source}", p.report),
		web.PublicRaw("GET /api/v1/figures", p.listJSON),
		web.PublicRaw("GET /api/v1/figures.csv", p.listCSV),
		web.PublicRaw("GET /api/v1/figures/{id}", p.oneJSON),
	}
}
