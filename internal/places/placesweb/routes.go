// Package placesweb shows the country and its places: who works there, what is
// done with what money, what was published about it.
package placesweb

import (
	"embed"
	"net/http"

	"birge/internal/places"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// Locales holds the words of these pages.
//
//go:embed locales/*.json
var Locales embed.FS

// Section is a part of a place's page that another room draws; place 0 is the
// country. It may be nil.
type Section func(r *http.Request, page ui.Page, place ref.ID) (templ.Component, error)

type pages struct {
	places   *places.Service
	search   *search.Engine
	sections []Section
}

// Routes lists the doors of this room.
func Routes(s *places.Service, e *search.Engine, sections ...Section) []web.Route {
	at := pages{s, e, sections}
	return []web.Route{
		web.Public("GET /places", at.country),
		web.Public("GET /places/{code}", at.place),
		web.PublicRaw("GET /api/v1/places", at.listJSON),
		web.PublicRaw("GET /api/v1/places/{code}", at.oneJSON),
	}
}
