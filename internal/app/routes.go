package app

import (
	"slices"

	"birge/internal/accounts/accountsweb"
	"birge/internal/figures/figuresweb"
	"birge/internal/homeweb"
	"birge/internal/norms/normsweb"
	"birge/internal/obligations/obligationsweb"
	"birge/internal/places/placesweb"
	"birge/internal/platform/web"
	"birge/internal/projects/projectsweb"
)

// routes lists the doors of every room.
func (p *Portal) routes() []web.Route {
	return slices.Concat(
		homeweb.Routes(p.Home),
		accountsweb.Routes(p.Accounts, p.roleScopes()),
		obligationsweb.Routes(&obligationsweb.Pages{Owed: p.Obligations, Places: p.Places}),
		figuresweb.Routes(p.Figures, p.Places),
		normsweb.Routes(p.Norms),
		placesweb.Routes(p.Places, p.Orgs, p.Projects, figuresweb.Section(p.Figures, p.Places)),
		projectsweb.Routes(p.Projects, p.Places, p.Norms, p.Search),
	)
}
