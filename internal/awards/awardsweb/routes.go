// Package awardsweb shows who is honoured and why: rounds with their nominations and
// laureates, and what reports tell of awards elsewhere.
package awardsweb

import (
	"embed"

	"birge/internal/awards"
	"birge/internal/forums"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/i18n"
	"birge/internal/platform/keys"
	"birge/internal/platform/search"
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
	Orgs   *orgs.Service
	Search *search.Engine
	Panels *panels.Service
	Forums *forums.Service
	Keys   *keys.Ring
	// Words are the portal's words, for what is written in all languages.
	Words func() *i18n.Words
}

// Routes lists every door of this room and who may knock at it.
func Routes(h *Pages) []web.Route {
	return []web.Route{
		web.Public("GET /awards", h.rounds),
		web.Public("GET /awards.atom", h.atomRounds),
		web.Public("GET /awards.ics", h.icsRounds),
		web.Public("GET /awards/{id}", h.round),
		web.SignedIn("GET /awards/new", h.newRoundForm),
		web.SignedIn("POST /awards/new", h.createRound),
		web.SignedIn("GET /awards/{id}/edit", h.editRoundForm),
		web.SignedIn("POST /awards/{id}/edit", h.editRound),
		web.SignedIn("POST /awards/{id}/publish", h.publishRound),
		web.SignedIn("GET /awards/{id}/cancel", h.cancelForm),
		web.SignedIn("POST /awards/{id}/cancel", h.cancelRound),
		web.SignedIn("GET /awards/{id}/nominate", h.nominateForm),
		web.SignedIn("POST /awards/{id}/nominate", h.nominate),
		web.SignedIn("GET /awards/{id}/candidates", h.candidates),
		web.SignedIn("POST /awards/{id}/candidates/{nominee}", h.judgeCandidate),
		web.SignedIn("POST /awards/{id}/panel", h.openPanel),
		web.SignedIn("GET /awards/{id}/decision", h.decision),
		web.SignedIn("POST /awards/{id}/decision", h.decide),
		web.Public("GET /certificates/check", h.checkForm),
		web.Public("POST /certificates/check", h.check).PerMinute(60),
		web.Public("GET /certificates/{id}", h.certificate).Unkept(),
		web.SignedIn("GET /certificates/{id}/edit", h.keepForm),
		web.SignedIn("POST /certificates/{id}/edit", h.keep),
		web.PublicRaw("GET /api/v1/awards", h.roundsJSON).Unkept(),
		web.PublicRaw("GET /api/v1/awards/{id}", h.roundJSON),
		web.PublicRaw("GET /calendar/awards/{id}", h.roundCalendar),
	}
}
