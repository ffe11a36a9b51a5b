// Package noticesweb is the door to notices: the page that asks whether to follow
// something, the links of letters, what I was told and follow, my feed, and the
// outbox of those who run the portal.
//
// A link of a letter changes nothing when it is opened: its page has a button.
package noticesweb

import (
	"embed"

	"birge/internal/accounts"
	"birge/internal/notices"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/web"
)

// Locales holds the words of this room.
//
//go:embed locales/*.json
var Locales embed.FS

// Deps is what these pages need.
type Deps struct {
	Notices  *notices.Service
	Accounts *accounts.Service
	// Words speak to the reader of a feed, whose address has no language.
	Words *i18n.Words
	// HasMail tells that letters leave the portal.
	HasMail bool
}

type pages struct{ Deps }

// Routes lists every door of this room and who may knock at it.
func Routes(d Deps) []web.Route {
	p := pages{d}
	return []web.Route{
		web.Public("GET /follow", p.ask).Unkept(),
		web.SignedIn("POST /follow", p.follow),
		web.Public("POST /follow/mail", p.askByMail).PerMinute(10),
		web.Public("GET /follow/confirm/{token}", p.confirmPage).Unkept().PerMinute(30),
		web.Public("POST /follow/confirm/{token}", p.confirm).PerMinute(30),
		web.Public("GET /unsubscribe/{token}", p.stopPage).Unkept().PerMinute(30),
		web.Public("POST /unsubscribe/{token}", p.stop).PerMinute(30),
		web.PublicRaw("GET /feeds/{token}", p.feed).Unkept().PerMinute(30),

		web.SignedIn("GET /desk/notices", p.mine),
		web.SignedIn("POST /desk/notices/read", p.markRead),
		web.SignedIn("POST /desk/notices/rhythm", p.setRhythm),
		web.SignedIn("POST /desk/notices/feed", p.newFeed),
		web.SignedIn("POST /desk/notices/feed/end", p.endFeed),
		web.SignedIn("POST /desk/follows/{id}/end", p.unfollow),

		web.Only("GET /desk/outbox", p.outbox, access.Admin),
		web.Only("GET /desk/outbox/{id}", p.letter, access.Admin),
		web.Only("POST /desk/outbox/{id}/resend", p.resend, access.Admin),
	}
}
