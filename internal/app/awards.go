package app

import (
	"context"

	"birge/internal/awards"
	"birge/internal/awards/awardsweb"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

func (p *Portal) buildAwards() {
	words := func() *i18n.Words { return p.Words } // they are read after the rooms are built
	p.Awards = awards.New(p.DB, awards.Deps{Zone: p.Zone, Accounts: p.Accounts, Places: p.Places, Norms: p.Norms, Panels: p.Panels, Projects: p.Projects, Keys: p.Keys,
		Draw: awardsweb.Draw(words, p.origin), Tell: awardsweb.Post{Words: words, Base: p.origin, Send: send}.Tell})
}

// awardsPages are the pages about awards.
func (p *Portal) awardsPages() *awardsweb.Pages {
	return &awardsweb.Pages{Awards: p.Awards, Places: p.Places, Orgs: p.Orgs, Search: p.Search, Panels: p.Panels, Forums: p.Forums, Keys: p.Keys, Words: func() *i18n.Words { return p.Words }}
}

// readNominee gives a nominee to the jury as plain data.
func (p *Portal) readNominee(ctx context.Context, tx *db.Tx, by access.Actor, work ref.Ref, blind bool, lang i18n.Lang) (panels.Reading, error) {
	return awardsweb.Reader{Awards: p.Awards, Words: func() *i18n.Words { return p.Words }}.Read(ctx, tx, by, work, blind, lang)
}

func roundRef(list []awards.Listed) ref.Ref {
	if len(list) == 0 {
		return ref.Ref{}
	}
	return list[0].Round.Ref()
}
