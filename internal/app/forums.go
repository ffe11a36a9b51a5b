package app

import (
	"birge/internal/forums"
	"birge/internal/forums/forumsweb"
	"birge/internal/platform/ref"
)

// forumsPages are the pages about civic forums.
func (p *Portal) forumsPages() *forumsweb.Pages {
	return &forumsweb.Pages{Forums: p.Forums, Places: p.Places, Search: p.Search}
}

func forumRef(list []forums.Card) ref.Ref {
	if len(list) == 0 {
		return ref.Ref{}
	}
	return list[0].Ref()
}
