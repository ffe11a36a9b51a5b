// Package obligationsweb shows who owes what to whom by when: the public list
// with the scores of the bodies, a page for each obligation, a calendar and a
// feed of exactly what a list shows.
package obligationsweb

import (
	"embed"

	"birge/internal/obligations"
	"birge/internal/places"
	"birge/internal/platform/web"
)

// Locales holds the words of these pages.
//
//go:embed locales/*.json
var Locales embed.FS

// Pages are the pages of the room.
type Pages struct {
	Owed   *obligations.Service
	Places *places.Service
}

// Routes lists the doors of the room.
func Routes(p *Pages) []web.Route {
	return []web.Route{
		web.Public("GET /obligations", p.list),
		web.Public("GET /obligations.ics", p.calendar),
		web.Public("GET /obligations.atom", p.atom),
		web.Public("GET /obligations.csv", p.download("csv")).Unkept(),
		web.Public("GET /obligations.xlsx", p.download("xlsx")).Unkept(),
		web.Public("GET /obligations.json", p.download("json")).Unkept(),
		web.Public("GET /obligations/bodies", p.bodies),
		web.Public("GET /obligations/{id}", p.show),
		web.SignedIn("POST /obligations/{id}/reply", p.reply),
		web.SignedIn("POST /obligations/{id}/extend", p.extend),
		web.SignedIn("POST /obligations/{id}/release", p.release),
		web.SignedIn("POST /obligations/{id}/dispute", p.dispute),
		web.SignedIn("POST /obligations/{id}/withdraw", p.withdraw),
	}
}
