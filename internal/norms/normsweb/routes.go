// Package normsweb shows what the law says as the portal lives by it: norms with
// their history, lists, the calendar of working days, and the forms in which one
// keeper proposes a change and another one confirms it.
package normsweb

import (
	"embed"

	"birge/internal/norms"
	"birge/internal/platform/access"
	"birge/internal/platform/web"
)

// Locales holds the words of these pages.
//
//go:embed locales/*.json
var Locales embed.FS

type pages struct{ norms *norms.Service }

// Routes lists the doors of this room and who may knock at each. What keepers see
// more than others is not kept in memory: pages of people who are signed in never are.
func Routes(s *norms.Service) []web.Route {
	p := pages{s}
	return []web.Route{
		web.Public("GET /norms", p.list),
		web.Public("GET /norms/{key}", p.norm),
		web.Public("GET /norms/calendar/{year}", p.calendar),
		web.Public("GET /norms/lists/{list}", p.terms),
		web.Only("POST /norms/{key}", p.proposeNorm, access.Keeper),
		web.Only("POST /norms/calendar/{year}", p.proposeTable, access.Keeper),
		web.Only("POST /norms/lists/{list}", p.proposeTerm, access.Keeper),
		web.Only("POST /norms/proposals/{id}/confirm", p.confirm, access.Keeper),
		web.Only("POST /norms/proposals/{id}/withdraw", p.withdraw, access.Keeper),
		web.PublicRaw("GET /api/v1/norms", p.listJSON),
		web.PublicRaw("GET /api/v1/norms/lists/{list}", p.termsJSON),
		web.PublicRaw("GET /api/v1/norms/calendar/{year}", p.calendarJSON),
	}
}
