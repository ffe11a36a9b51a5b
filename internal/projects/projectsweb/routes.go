// Package projectsweb shows the projects to everybody: a list with filters, one
// page for each project with its whole public story, feeds and files of exactly
// what is shown, and the forms of those who carry projects out and pay for them.
package projectsweb

import (
	"embed"
	"net/http"

	"birge/internal/norms"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// Locales holds the words of these pages.
//
//go:embed locales/*.json
var Locales embed.FS

// pages are the pages of the room.
type pages struct {
	projects *projects.Service
	places   *places.Service
	orgs     *orgs.Service
	norms    *norms.Service
	search   *search.Engine
	// ofProgramme are the parts of a programme's page that other rooms draw.
	ofProgramme []ProgrammeSection
	// ofProject is the part of a project's page that another room draws.
	ofProject ProjectSection
}

// ProgrammeSection is a part of a programme's page that another room draws. It may
// be nil.
type ProgrammeSection func(r *http.Request, page ui.Page, programme projects.Programme) (templ.Component, error)

// ProjectSection is a part of a project's page that another room draws beside the
// story; ended tells that the project is over. It may be nil.
type ProjectSection func(r *http.Request, page ui.Page, project ref.ID, ended bool) templ.Component

// Routes lists every door of this room and who may knock at it.
func Routes(s *projects.Service, p *places.Service, o *orgs.Service, n *norms.Service, e *search.Engine, ofProject ProjectSection, ofProgramme ...ProgrammeSection) []web.Route {
	h := pages{s, p, o, n, e, ofProgramme, ofProject}
	return []web.Route{
		web.Public("GET /projects", h.list),
		web.Public("GET /projects/why", h.whyList),
		web.Public("GET /projects/map", h.onMap),
		web.Public("GET /projects.csv", h.export("csv")).Unkept(),
		web.Public("GET /projects.xlsx", h.export("xlsx")).Unkept(),
		web.Public("GET /projects.json", h.export("json")).Unkept(),
		web.Public("GET /projects.atom", h.atom),
		web.PublicRaw("GET /api/v1/projects", h.export("json")).Unkept(),
		web.Public("GET /projects/{id}", h.project),
		web.Public("GET /projects/{id}/card", h.card).Embeddable(),
		web.Public("GET /projects/{id}/why", h.why),
		web.Public("GET /projects/{id}/amendments", h.amendments),
		web.Public("GET /projects/{id}/reports/{report}", h.report),
		web.Public("GET /projects/{id}/pictures", h.pictures),
		web.PublicRaw("GET /api/v1/projects/{id}", h.projectJSON),
		web.PublicRaw("GET /calendar/projects/{id}", h.calendar),

		web.Public("GET /programmes", h.programmes),
		web.Public("GET /programmes/{id}", h.programme),
		web.Public("GET /programmes/{id}/why", h.whyProgramme),
		web.SignedIn("GET /programmes/new", h.newProgrammeForm),
		web.SignedIn("POST /programmes/new", h.createProgramme),
		web.SignedIn("GET /programmes/{id}/edit", h.programmeForm),
		web.SignedIn("POST /programmes/{id}/edit", h.saveProgramme),

		web.SignedIn("GET /projects/new", h.newForm),
		web.SignedIn("POST /projects/new", h.create),
		web.SignedIn("GET /projects/{id}/plan", h.planForm),
		web.SignedIn("POST /projects/{id}/plan", h.savePlan),
		web.SignedIn("GET /projects/{id}/agree", h.agreeForm),
		web.SignedIn("POST /projects/{id}/agree", h.agree),
		web.SignedIn("POST /projects/{id}/tranches/{tranche}", h.pay),
		web.SignedIn("POST /projects/{id}/end", h.end),
		web.SignedIn("POST /projects/{id}/amendments/{amendment}", h.decideAmendment),
		web.SignedIn("GET /projects/{id}/events/new", h.eventForm),
		web.SignedIn("POST /projects/{id}/events/new", h.announce),
		web.SignedIn("GET /projects/{id}/events/{event}", h.confirmForm),
		web.SignedIn("POST /projects/{id}/events/{event}", h.confirm),
		web.SignedIn("GET /projects/{id}/report/{no}", h.reportForm),
		web.SignedIn("POST /projects/{id}/report/{no}", h.saveReport),
		web.SignedIn("POST /projects/{id}/reports/{report}", h.judgeReport),
		web.SignedIn("GET /projects/{id}/media", h.mediaForm),
		web.SignedIn("POST /projects/{id}/media", h.addMedia),
		web.SignedIn("GET /projects/{id}/files/new", h.fileForm),
		web.SignedIn("POST /projects/{id}/files/new", h.addFiles).Body(ui.MaxUpload),
		web.SignedIn("GET /projects/{id}/files/{file}", h.fileShow),
		web.SignedIn("POST /projects/{id}/files/{file}", h.changeFile),
		web.SignedIn("GET /projects/{id}/files/{file}/{variant}", h.serveFile),
	}
}
