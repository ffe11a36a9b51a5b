// Package panelsweb shows how panels judge: the public page of a panel with its
// draw and its results, the parts of a seed, the pool of experts, and the desk on
// which an expert reads and marks; and how bodies meet: commissions with their
// members, agendas, votes and minutes.
package panelsweb

import (
	"context"
	"embed"

	"birge/internal/norms"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/web"
)

// Locales holds the words of these pages.
//
//go:embed locales
var Locales embed.FS

// Pages are the pages of the room.
type Pages struct {
	Panels *panels.Service
	Orgs   *orgs.Service
	Search *search.Engine
	Places *places.Service
	Norms  *norms.Service
	// Words draft minutes in Kazakh and Russian, whatever the reader's language.
	Words *i18n.Words
	// Behind tells where a reader finds what the proposal about a thing stands on;
	// empty where there is nothing for them.
	Behind func(ctx context.Context, by access.Actor, subject ref.Ref) (path string, err error)
	// Invite mails the offer to join the pool of a place or an organization.
	Invite func(ctx context.Context, by access.Actor, email string, scope ref.Ref, lang i18n.Lang) error
}

// Routes lists the doors of the room.
func Routes(p *Pages) []web.Route {
	keepers := []access.Role{access.Officer, access.Funder, access.Admin}
	return []web.Route{
		web.Public("GET /panels", p.list),
		web.Public("GET /panels/{id}", p.panel),
		web.SignedIn("POST /panels/{id}", p.run),
		web.PublicRaw("GET /api/v1/panels/{id}/draw", p.drawFile).Unkept(),
		web.SignedIn("GET /panels/{id}/seed/{party}", p.part),
		web.SignedIn("POST /panels/{id}/seed/{party}", p.givePart),

		web.Only("GET /desk/experts", p.pool, keepers...),
		web.Only("POST /desk/experts", p.invite, keepers...),
		web.Only("GET /desk/experts/{id}", p.expert, keepers...),
		web.Only("POST /desk/experts/{id}", p.editExpert, keepers...),
		web.Only("GET /desk/experts/me", p.me, access.Expert),
		web.Only("POST /desk/experts/me", p.present, access.Expert),
		web.Only("POST /desk/experts/me/conflicts", p.conflict, access.Expert),

		web.Public("GET /bodies", p.bodies),
		web.Public("GET /bodies/{id}", p.body),
		web.PublicRaw("GET /calendar/bodies/{id}", p.bodyCalendar),
		web.SignedIn("GET /bodies/new", p.newBody),
		web.SignedIn("POST /bodies/new", p.setUp),
		web.SignedIn("GET /bodies/{id}/edit", p.editBodyForm),
		web.SignedIn("POST /bodies/{id}/edit", p.editBody),
		web.SignedIn("GET /bodies/{id}/members/new", p.newSeat),
		web.SignedIn("POST /bodies/{id}/members/new", p.seat),
		web.SignedIn("GET /bodies/{id}/members/{member}", p.seatForm),
		web.SignedIn("POST /bodies/{id}/members/{member}", p.reseat),
		web.SignedIn("GET /bodies/{id}/meetings/new", p.newMeeting),
		web.SignedIn("POST /bodies/{id}/meetings/new", p.plan),

		web.Public("GET /meetings/{id}", p.meeting),
		web.SignedIn("POST /meetings/{id}", p.changeMeeting),
		web.SignedIn("GET /meetings/{id}/plan", p.planForm),
		web.SignedIn("POST /meetings/{id}/plan", p.move),
		web.SignedIn("POST /meetings/{id}/items", p.addItem),
		web.SignedIn("GET /meetings/{id}/room", p.room),
		web.SignedIn("POST /meetings/{id}/room", p.sit),
		web.SignedIn("POST /meetings/{id}/room/{item}", p.decide),
		web.Public("GET /meetings/{id}/minutes", p.minutes),
		web.SignedIn("POST /meetings/{id}/minutes", p.writeMinutes),

		web.Only("GET /desk/marks", p.tasks, access.Expert),
		web.Only("GET /desk/marks/panels/{panel}", p.declaration, access.Expert),
		web.Only("POST /desk/marks/panels/{panel}", p.declare, access.Expert),
		web.Only("GET /desk/marks/{id}", p.sheet, access.Expert),
		web.Only("POST /desk/marks/{id}", p.mark, access.Expert),
	}
}
