package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"birge/internal/accounts"
	"birge/internal/accounts/accountsweb"
	"birge/internal/app/facts"
	"birge/internal/app/migrations"
	"birge/internal/awards"
	"birge/internal/awards/awardsweb"
	"birge/internal/figures"
	"birge/internal/figures/figuresweb"
	"birge/internal/forums"
	"birge/internal/forums/forumsweb"
	"birge/internal/funding"
	"birge/internal/funding/fundingweb"
	"birge/internal/homeweb"
	"birge/internal/importsweb"
	"birge/internal/norms"
	"birge/internal/norms/normsweb"
	"birge/internal/notices"
	"birge/internal/notices/noticesweb"
	"birge/internal/obligations"
	"birge/internal/obligations/obligationsweb"
	"birge/internal/orgs"
	"birge/internal/orgs/orgsweb"
	"birge/internal/panels"
	"birge/internal/panels/panelsweb"
	"birge/internal/places"
	"birge/internal/places/placesweb"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/imports"
	"birge/internal/platform/jobs"
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/signatures"
	"birge/internal/platform/table"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
	"birge/internal/projects/projectsweb"
	"birge/internal/resolutions"
	"birge/internal/resolutions/resolutionsweb"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Portal is the whole house, standing: store, rooms, pages and workers.
type Portal struct {
	Config Config
	Zone   *time.Location
	DB     *db.DB
	Keys   *keys.Ring
	Words  *i18n.Words
	Memory *web.Memory
	Server *web.Server
	Sealer *journal.Sealer
	Search *search.Engine
	Jobs   *jobs.Runner
	Files  *files.Service

	Accounts    *accounts.Service
	Places      *places.Service
	Norms       *norms.Service
	Figures     *figures.Service
	Obligations *obligations.Service
	Orgs        *orgs.Service
	Projects    *projects.Service
	Funding     *funding.Service
	Panels      *panels.Service
	Forums      *forums.Service
	Awards      *awards.Service
	Resolutions *resolutions.Service
	Imports     *imports.Service
	Notices     *notices.Service
	Home        *homeweb.Home

	metrics *prometheus.Registry
	ready   readiness
	index   index
	fed     position
}

// Open opens the portal of a folder: claims the folder, brings the store to the
// newest migration and builds rooms and pages. Nothing runs until Run.
func Open(ctx context.Context, c Config) (p *Portal, err error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if err := c.claim(); err != nil {
		return nil, err
	}
	p = &Portal{Config: c, metrics: prometheus.NewRegistry(), ready: newReadiness(),
		index: index{stale: make(chan struct{}, 1)}, fed: position{moved: make(chan struct{})}}
	if p.Zone, err = time.LoadLocation(c.Zone); err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	if p.Keys, err = keys.Open(filepath.Join(c.Data, "keys")); err != nil {
		return nil, err
	}
	if p.DB, err = db.Open(ctx, c.database(), db.Options{Clock: c.Clock}); err != nil {
		return nil, err
	}
	if err := p.build(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Portal) build(ctx context.Context) error {
	if err := p.DB.Migrate(ctx, migrations.FS); err != nil {
		return err
	}
	store, err := p.Config.fileStore()
	if err != nil {
		return err
	}
	p.Files = files.New(p.DB, store)
	if err := p.buildRooms(ctx); err != nil {
		return err
	}
	p.Imports = imports.New(p.DB, p.Files, p.Accounts.ActorOfPerson,
		p.Projects.Importer(), p.Orgs.Importer(), p.Places.Importer())
	if err := errors.Join(p.buildWords(), p.buildJobs()); err != nil {
		return err
	}
	return p.buildServer()
}

func (p *Portal) buildRooms(ctx context.Context) (err error) {
	p.Sealer = journal.NewSealer(p.DB)
	p.Search = search.New()
	p.Places = places.New(p.DB)
	p.Places.InUse = placesInUse
	p.Norms = norms.New(p.DB, p.Zone)
	if p.Figures, err = figures.New(p.DB, facts.FS); err != nil {
		return err
	}
	p.Obligations = obligations.New(p.DB, p.Zone, func() obligations.Calendar { return p.Norms.Book().Calendar() },
		func(on db.Date) []int { return obligations.ReminderDays(p.Norms.Book(), on) })
	p.Projects = projects.New(p.DB, p.Zone, p.Places, p.Obligations, p.Norms, p.Files)
	if err := p.buildFunding(); err != nil {
		return err
	}
	signIn, err := providers(p.Config.OpenID)
	if err != nil {
		return err
	}
	if p.Accounts, err = accounts.New(p.DB, accounts.Options{Providers: signIn, SecondFactor: !p.Config.Demo, Around: p.around, Keys: p.Keys, Base: p.Config.Base, Post: p.postForAccounts}); err != nil {
		return err
	}
	p.Orgs = orgs.New(p.DB, orgs.Deps{Zone: p.Zone, Accounts: p.Accounts, Places: p.Places, Obligations: p.Obligations,
		Pages: map[string]orgs.FindPage{orgs.KindProject: p.Projects.CorrectedPage, orgs.KindFigure: p.figurePage}, Norm: p.norm,
		Terms: p.knowsTerm, FindTerm: p.findTerm, InUse: orgsInUse, MAC: p.Keys.MAC, SendCode: p.orgsPost().Code, TellLeads: p.orgsPost().TellLeads, TellSender: p.orgsPost().Answer})
	p.Panels = panels.New(p.DB, panels.Deps{Zone: p.Zone, Accounts: p.Accounts, Places: p.Places, Norms: p.Norms, Obligations: p.Obligations, Ties: p.ties,
		Read: map[string]panels.Reader{funding.KindApplication: p.readApplication, awards.KindNominee: p.readNominee}, Cuts: map[string]panels.Cutter{funding.KindRound: p.Funding.CutOrder}})
	p.Funding.Panels = p.Panels
	p.Projects.MayCost, p.Projects.MayCut = p.Funding.MayCost, p.Funding.MayCut
	p.buildForums()
	p.buildAwards()
	p.buildResolutions()
	p.Accounts.Hold(p.Orgs.Holder())
	p.Accounts.Hold(projects.Holder())
	p.Accounts.Hold(p.Funding.Holder())
	p.Accounts.Hold(p.Panels.Holder())
	p.Accounts.Hold(p.Awards.Holder())
	p.Accounts.Hold(p.Panels.MemberHolder())
	p.Panels.Tell = p.tellMember
	p.buildNotices()
	if p.Home, err = homeweb.New(homeweb.Deps{DB: p.DB, Places: p.Places, Norms: p.Norms, Orgs: p.Orgs, Projects: p.Projects, Funding: p.Funding, Panels: p.Panels, Forums: p.Forums, Awards: p.Awards, Resolutions: p.Resolutions,
		Obligations: p.Obligations, Search: p.Search,
		Accounts: p.Accounts, Notices: p.Notices, Keys: p.Keys, Doors: func() []string { return p.Server.Doors() }}); err != nil {
		return err
	}
	return errors.Join(p.Places.Reload(ctx), p.Norms.Reload(ctx))
}

func (p *Portal) buildFunding() error {
	checker, verifier, err := p.Config.signatures()
	if err != nil {
		return err
	}
	p.Funding = funding.New(p.DB, funding.Deps{Zone: p.Zone, Places: p.Places, Norms: p.Norms, Obligations: p.Obligations, Files: p.Files, Projects: p.Projects, Search: p.Search, Tell: p.tellApplicants, TellAll: p.writeToApplicants,
		Signatures: checker, Verifier: verifier,
		Paper: func(a funding.AgreementPaper) ([]byte, error) { // the words are read after the rooms are built
			return fundingweb.Paper(p.Words.Printer, p.Places.Tree().Place, p.Config.Base)(a)
		}})
	return nil
}

// around gives a place and the places around it; a scope that is no place has
// nothing around it.
func (p *Portal) around(scope ref.ID) []ref.ID {
	if path := p.Places.Tree().Path(scope); len(path) > 0 {
		return path
	}
	return []ref.ID{scope}
}

// inUse asks a room which of some places or organizations its things name.
type inUse func(context.Context, *db.Tx, []ref.ID) (map[ref.ID]bool, error)

// placesInUse asks every room that keeps places of its things.
func placesInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return usedBy(ctx, tx, ids, accounts.PlacesInUse, orgs.PlacesInUse, projects.PlacesInUse, funding.PlacesInUse, figures.PlacesInUse, panels.PlacesInUse, forums.PlacesInUse, awards.PlacesInUse, resolutions.PlacesInUse)
}

// orgsInUse asks every room above the register that names organizations.
func orgsInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return usedBy(ctx, tx, ids, projects.OrgsInUse, funding.OrgsInUse, panels.OrgsInUse, forums.OrgsInUse, awards.OrgsInUse, resolutions.OrgsInUse)
}

func usedBy(ctx context.Context, tx *db.Tx, ids []ref.ID, rooms ...inUse) (map[ref.ID]bool, error) {
	used := map[ref.ID]bool{}
	for _, ask := range rooms {
		some, err := ask(ctx, tx, ids)
		if err != nil {
			return nil, err
		}
		maps.Copy(used, some)
	}
	return used, nil
}

func (p *Portal) norm(key string, on db.Date) (norms.Norm, bool) {
	return p.Norms.Book().Norm(key, on)
}

func (p *Portal) knowsTerm(list, code string) bool { return p.Norms.Book().InUse(list, code) }

// findTerm finds the code of a term by its code or by its name in any language.
func (p *Portal) findTerm(list, s string) string {
	for _, t := range p.Norms.Book().Terms(list) {
		for _, name := range []string{t.Code, t.Name.KK, t.Name.RU, t.Name.EN, t.Short.KK, t.Short.RU, t.Short.EN} {
			if name != "" && strings.EqualFold(name, s) {
				return t.Code
			}
		}
	}
	return ""
}

// Vocabularies lists where the portal's own words lie.
func Vocabularies() []fs.FS {
	return []fs.FS{
		web.Locales, ui.Locales, table.Locales, files.Locales, signatures.Locales, Locales, homeweb.Locales,
		accountsweb.Locales,
		awardsweb.Locales,
		importsweb.Locales,
		figuresweb.Locales,
		forumsweb.Locales,
		fundingweb.Locales,
		normsweb.Locales,
		noticesweb.Locales,
		obligationsweb.Locales,
		orgsweb.Locales,
		panelsweb.Locales,
		projectsweb.Locales,
		placesweb.Locales,
		resolutionsweb.Locales,
	}
}

func (p *Portal) buildWords() error {
	p.Words = i18n.NewWords()
	for _, v := range Vocabularies() {
		if err := p.Words.Add(v); err != nil {
			return err
		}
	}
	return nil
}

// sections is the navigation of the portal.
var sections = []web.Section{
	{Key: "nav.projects", Path: "/projects"},
	{Key: "nav.calls", Path: "/calls"},
	{Key: "nav.organizations", Path: "/organizations"},
	{Key: "nav.forums", Path: "/forums", Parts: []web.Section{
		{Key: "nav.forums", Path: "/forums"}, {Key: "nav.resolutions", Path: "/resolutions"}, {Key: "nav.awards", Path: "/awards"}}},
	{Key: "nav.places", Path: "/places"},
	{Key: "nav.obligations", Path: "/obligations"},
	{Key: "nav.figures", Path: "/figures"},
}

func (p *Portal) buildServer() (err error) {
	p.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if p.Config.PagesMB > 0 {
		p.Memory = web.NewMemory(uint64(p.Config.PagesMB) << 20)
	}
	nav, alone := sections, []web.Section(nil)
	if p.Config.Hall != 0 {
		nav, alone = nil, p.hallSections()
	}
	p.Server, err = web.NewServer(web.Config{
		Words: p.Words, Zone: p.Zone, Now: p.DB.Now, Base: p.Config.Base, Nav: nav, Alone: alone, Sample: p.Config.Demo,
		Actor:   p.actor,
		Failure: homeweb.Failure,
		Memory:  p.Memory, Log: p.Config.Log, Metrics: p.metrics, TrustProxy: p.Config.Proxy,
	}, p.routes(), map[string]http.Handler{
		"GET /static/":    ui.Assets(),
		"GET /healthz":    http.HandlerFunc(alive),
		"GET /readyz":     http.HandlerFunc(p.readyz),
		"GET /metrics":    metricsOnLoopback(promhttp.HandlerFor(p.metrics, promhttp.HandlerOpts{})),
		"GET /robots.txt": http.HandlerFunc(robots),
	})
	return err
}

func (p *Portal) actor(ctx context.Context, token string) (access.Actor, error) {
	return p.Accounts.ActorOf(ctx, token)
}

// Close ends what Open began.
func (p *Portal) Close() error { return p.DB.Close() }
