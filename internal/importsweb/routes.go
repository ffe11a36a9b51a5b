// Package importsweb holds the pages on which officers hand in tables: what a
// table should look like, what would become of each row, the faulty rows as a
// table, and the way back. It knows no room: the kinds of tables tell of
// themselves.
package importsweb

import (
	"embed"

	"birge/internal/platform/access"
	"birge/internal/platform/imports"
	"birge/internal/platform/web"
)

// Locales holds the words of these pages.
//
//go:embed locales/*.json
var Locales embed.FS

type pages struct{ imports *imports.Service }

// maxBody is more than a table may have, so that one that is too large meets
// its sentence and not a cut line.
const maxBody = 160 << 20

// Routes lists every door of these pages and who may knock.
func Routes(s *imports.Service) []web.Route {
	h := pages{s}
	only := func(pattern string, f web.Handler) web.Route {
		return web.Only(pattern, f, access.Officer, access.Keeper, access.Admin)
	}
	return []web.Route{
		only("GET /desk/imports", h.index),
		only("GET /desk/imports/kinds/{kind}", h.kind),
		only("GET /desk/imports/kinds/{kind}/{file}", h.template),
		only("POST /desk/imports/kinds/{kind}", h.receive).Body(maxBody),
		only("GET /desk/imports/tables/{id}", h.show),
		only("GET /desk/imports/tables/{id}/{file}", h.rest),
		only("POST /desk/imports/tables/{id}/take", h.act((*imports.Service).Take)),
		only("POST /desk/imports/tables/{id}/drop", h.act((*imports.Service).Drop)),
		only("POST /desk/imports/tables/{id}/undo", h.act((*imports.Service).Undo)),
	}
}
