package app

import (
	"context"

	"birge/internal/forums"
	"birge/internal/forums/forumsweb"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// buildForums makes the room of civic forums.
func (p *Portal) buildForums() {
	p.Forums = forums.New(p.DB, forums.Deps{Zone: p.Zone, Places: p.Places, MAC: p.Keys.MAC, Laptop: p.Config.Hall != 0, Files: p.Files, Exhibits: p.exhibits, ExhibitsOf: p.exhibitsOf, Inform: p.informOfHelp,
		Tell: func(ctx context.Context, tx *db.Tx, l forums.Letter) error { return p.forumsPost().Tell(ctx, tx, l) },
		Invite: func(ctx context.Context, tx *db.Tx, l forums.RoomLetter) error {
			return p.forumsPost().Invite(ctx, tx, l)
		},
		Hand: func(ctx context.Context, tx *db.Tx, x forums.Pass) error { return p.forumsPost().Hand(ctx, tx, x) }})
	p.Accounts.Hold(p.Forums.Holder())
}

// forumsPost writes the letters of forums into the outbox.
func (p *Portal) forumsPost() forumsweb.Post {
	return forumsweb.Post{Words: func() *i18n.Words { return p.Words }, Base: p.origin, Zone: p.Zone, Send: send}
}

// forumsPages are the pages about civic forums.
func (p *Portal) forumsPages() *forumsweb.Pages {
	return &forumsweb.Pages{Forums: p.Forums, Places: p.Places, Orgs: p.Orgs, Search: p.Search, Sections: []forumsweb.Section{p.resolutionPages().OfForum, p.awardsPages().OfForum}, Words: func() *i18n.Words { return p.Words },
		Shelves: []forums.Shelf{p.resolutionPages().Shelve, p.awardsPages().Shelve}}
}

func forumRef(list []forums.Card) ref.Ref {
	if len(list) == 0 {
		return ref.Ref{}
	}
	return list[0].Ref()
}
