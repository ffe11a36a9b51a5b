package app

import (
	"net/http"
	"slices"

	"birge/internal/accounts/accountsweb"
	"birge/internal/awards/awardsweb"
	"birge/internal/figures/figuresweb"
	"birge/internal/forums/forumsweb"
	"birge/internal/funding/fundingweb"
	"birge/internal/homeweb"
	"birge/internal/importsweb"
	"birge/internal/norms/normsweb"
	"birge/internal/notices/noticesweb"
	"birge/internal/obligations/obligationsweb"
	"birge/internal/orgs/orgsweb"
	"birge/internal/panels/panelsweb"
	"birge/internal/places/placesweb"
	"birge/internal/platform/i18n"
	"birge/internal/platform/web"
	"birge/internal/projects/projectsweb"
	"birge/internal/resolutions/resolutionsweb"
)

// routes lists the doors of every room.
func (p *Portal) routes() []web.Route {
	if p.Config.Hall != 0 {
		return p.hallRoutes()
	}
	calls := p.fundingPages()
	return slices.Concat(
		[]web.Route{web.PublicRaw("GET /files/{id}/{variant}/{name}", p.file).Unkept()},
		homeweb.Routes(p.Home),
		accountsweb.Routes(p.Accounts, p.roleScopes()),
		importsweb.Routes(p.Imports),
		obligationsweb.Routes(p.owedPages()),
		orgsweb.Routes(p.orgsPages()),
		panelsweb.Routes(p.panelsPages()),
		figuresweb.Routes(p.Figures, p.Places),
		normsweb.Routes(p.Norms),
		noticesweb.Routes(noticesweb.Deps{Notices: p.Notices, Accounts: p.Accounts, Words: p.Words, HasMail: p.Config.SMTP != ""}),
		placesweb.Routes(p.Places, p.Search, projectsweb.PlaceSection(p.Places, p.Norms, p.Search), calls.CallsAtPlace, p.forumsPages().ForumsAtPlace, figuresweb.Section(p.Figures, p.Places)),
		projectsweb.Routes(p.Projects, p.Places, p.Orgs, p.Norms, p.Search, forumsweb.HelpProject, fundingweb.ProgrammeSection(p.Funding), calls.CallsOfProgramme),
		fundingweb.Routes(calls),
		forumsweb.Routes(p.forumsPages()),
		awardsweb.Routes(p.awardsPages()),
		resolutionsweb.Routes(p.resolutionPages()),
	)
}

// fundingPages are the pages about calls, topics and pots.
func (p *Portal) fundingPages() *fundingweb.Pages {
	return &fundingweb.Pages{Funding: p.Funding, Projects: p.Projects, Places: p.Places, Orgs: p.Orgs, Norms: p.Norms, Search: p.Search, Files: p.Files,
		Words: func() *i18n.Words { return p.Words }}
}

// panelsPages are the pages about who judges and decides.
func (p *Portal) panelsPages() *panelsweb.Pages {
	return &panelsweb.Pages{Panels: p.Panels, Words: p.Words, Orgs: p.Orgs, Search: p.Search, Places: p.Places, Norms: p.Norms, Behind: p.Funding.OrderPath, Invite: p.inviteExpert}
}

// file serves the public copy of a file, to everybody who may see it.
func (p *Portal) file(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	variant := r.PathValue("variant")
	f, body, err := p.Files.OpenPublic(r.Context(), id, variant)
	if err != nil {
		return err
	}
	if err := body.Close(); err != nil {
		return err
	}
	return p.Files.Serve(w, r, f, variant)
}
