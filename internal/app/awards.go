package app

import (
	"birge/internal/awards"
	"birge/internal/awards/awardsweb"
)

func (p *Portal) buildAwards() {
	p.Awards = awards.New(p.DB, awards.Deps{Zone: p.Zone})
}

// awardsPages are the pages about awards.
func (p *Portal) awardsPages() *awardsweb.Pages {
	return &awardsweb.Pages{Awards: p.Awards, Places: p.Places}
}
