package projects

import (
	"context"
	"slices"
	"strconv"
	"time"

	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Service is the door of the room for pages, API, jobs and commands alike.
type Service struct {
	db          *db.DB
	zone        *time.Location
	places      *places.Service
	obligations *obligations.Service
	norms       *norms.Service
	files       *files.Service

	// MayCost asks the room of the decision from which a project came whether it may
	// cost so much; nil asks nobody.
	MayCost func(ctx context.Context, tx *db.Tx, project ref.ID, sum int64) error

	// MayCut asks the room that shares a programme's money out whether its years may
	// become what after says; nil asks nobody.
	MayCut func(ctx context.Context, tx *db.Tx, before, after Programme) error

	// What lists show is kept near; Forget lets go of it.
	cards *db.Shelf[Card]
	names *db.Shelf[ref.Ref]
}

// New makes the service. zone is where days begin and end.
func New(d *db.DB, zone *time.Location, p *places.Service, o *obligations.Service, n *norms.Service, f *files.Service) *Service {
	return &Service{db: d, zone: zone, places: p, obligations: o, norms: n, files: f,
		cards: db.NewShelf[Card](onShelf), names: db.NewShelf[ref.Ref](onShelf)}
}

// Today is the day it is on the portal.
func (s *Service) Today() db.Date { return db.DateOf(s.db.Now().In(s.zone)) }

func (s *Service) today(tx *db.Tx) db.Date { return db.DateOf(tx.Now().In(s.zone)) }

func (s *Service) around(p Project) []ref.ID { return s.places.Tree().Path(p.PlaceID) }

// NewProject is what somebody gives to begin a project.
type NewProject struct {
	OrgID, FunderID, Programme ref.ID
	Plan
	// Agreement is given where one was made before the portal knew of the
	// project, or by another room; only CreateMany and StartIn regard it.
	Agreement Agreement
	// Before is what the project came from, the earliest first.
	Before []ref.Ref
	Sample bool
}

// Create begins a project as a plan.
func (s *Service) Create(ctx context.Context, by access.Actor, n NewProject) (p Project, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p = Project{ID: tx.NewID(), OrgID: n.OrgID, FunderID: n.FunderID, Programme: n.Programme, Plan: n.Plan,
			NormsOn: s.today(tx), Sample: n.Sample, CreatedAt: db.At(tx.Now()), Version: 1}
		as, err := mayEditPlan(by, p, s.around(p))
		if err != nil {
			return err
		}
		p.Plan = s.settled(tx, n.Plan)
		if err := s.judge(ctx, tx, p); err != nil {
			return err
		}
		if err := insertProject(ctx, tx, p); err != nil {
			return err
		}
		if err := putYears(ctx, tx, p.ID, p.MoneyByYear(nil)); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "projects.create", nil, p)
	})
	return p, err
}

// settled fills in what follows from the plan: ids of new parts, whether people
// at risk are concerned, and whether the place is rural. Of people at risk no
// place narrower than a district is kept.
func (s *Service) settled(tx *db.Tx, p Plan) Plan {
	tree := s.places.Tree()
	p.AtRisk = s.norms.Book().AtRisk(p.TargetGroups...)
	p.Openly = p.Openly && p.AtRisk
	if place, ok := tree.Place(p.PlaceID); ok {
		p.Rural = place.Rural
	}
	p.MorePlaces = slices.Clone(p.MorePlaces)
	if p.Sheltered() {
		p.PlaceID = tree.District(p.PlaceID)
		for i := range p.MorePlaces {
			p.MorePlaces[i] = tree.District(p.MorePlaces[i])
		}
	}
	p.MorePlaces = slices.DeleteFunc(unique(p.MorePlaces), func(id ref.ID) bool { return id == p.PlaceID })
	p.Tranches, p.Lines, p.Indicators = slices.Clone(p.Tranches), slices.Clone(p.Lines), slices.Clone(p.Indicators)
	for i := range p.Tranches {
		numbered(tx, &p.Tranches[i].ID)
	}
	for i := range p.Lines {
		numbered(tx, &p.Lines[i].ID)
	}
	for i := range p.Indicators {
		numbered(tx, &p.Indicators[i].ID)
	}
	return p
}

func numbered(tx *db.Tx, id *ref.ID) {
	if *id == 0 {
		*id = tx.NewID()
	}
}

// unique is ids without repeats and zeros.
func unique(ids []ref.ID) []ref.ID {
	var out []ref.ID
	seen := map[ref.ID]bool{0: true}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// judge checks the plan and everything that it names.
func (s *Service) judge(ctx context.Context, tx *db.Tx, p Project) error {
	if err := p.Check(); err != nil {
		return err
	}
	var bad problem.Fields
	tree := s.places.Tree()
	for _, id := range append([]ref.ID{p.PlaceID}, p.MorePlaces...) {
		_, ok := tree.Place(id)
		bad.Reject(!ok, "place", "form.unknown_choice")
	}
	book := s.norms.Book()
	known := func(name, list string, codes ...string) {
		for _, c := range codes {
			bad.Reject(!book.InUse(list, c), name, "form.unknown_choice")
		}
	}
	known("sphere", "sphere", p.Sphere)
	known("more_spheres", "sphere", p.MoreSpheres...)
	known("target_groups", "target_group", p.TargetGroups...)
	known("sdgs", "sdg", p.SDGs...)
	bad.Reject(p.Openly && !book.MayOpen(p.TargetGroups...), "openly", "projects.must_be_sheltered")
	if err := s.judgeOrgs(ctx, tx, p, &bad); err != nil {
		return err
	}
	return bad.Err()
}

func (s *Service) judgeOrgs(ctx context.Context, tx *db.Tx, p Project, bad *problem.Fields) error {
	ids := []ref.ID{p.OrgID, p.FunderID}
	for _, partner := range p.Partners {
		ids = append(ids, partner.OrgID)
	}
	there, err := refsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	missing := func(id ref.ID) bool { _, ok := there[id]; return !ok }
	bad.Reject(missing(p.OrgID), "org", "form.unknown_choice")
	bad.Reject(p.FunderID != 0 && missing(p.FunderID), "funder", "form.unknown_choice")
	bad.Reject(p.FunderID == 0 && p.FundingKind != Own, "funder", "form.required")
	for i, partner := range p.Partners {
		bad.Reject(partner.OrgID != 0 && missing(partner.OrgID), field("partners", i)+"org", "form.unknown_choice")
	}
	if p.Programme != 0 {
		_, err := programmeByID(ctx, tx, p.Programme)
		bad.Reject(problem.Is(err, problem.NotFound), "programme", "form.unknown_choice")
		if err != nil && !problem.Is(err, problem.NotFound) {
			return err
		}
	}
	return nil
}

// refsOf names organizations; those that are not there are left out.
func refsOf(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]ref.Ref, error) {
	return orgs.Refs(ctx, tx, unique(ids))
}

// rule changes a project and gives the actor in the role that allows it.
type rule func(tx *db.Tx, p *Project) (access.Actor, error)

// change loads a project, applies a rule, stores and records it. version is the
// one that the person saw, 0 when it does not matter.
func (s *Service) change(ctx context.Context, by access.Actor, act string, id ref.ID, version int64, f rule) (p Project, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, err = s.visible(ctx, tx, by, id)
		if err != nil {
			return err
		}
		before := p
		as, err := f(tx, &p)
		stale := version != 0 && version != before.Version
		switch {
		case stale && (err == nil || problem.Is(err, problem.Invalid)): // who has no right learns nothing of it
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		case err != nil:
			return err
		}
		return s.save(ctx, tx, as, act, before, &p)
	})
	return p, err
}

// save stores a changed project, its money by year and its journal entry.
func (s *Service) save(ctx context.Context, tx *db.Tx, by access.Actor, act string, before Project, p *Project) error {
	p.Version = before.Version + 1
	if err := updateProject(ctx, tx, *p); err != nil {
		return err
	}
	reports, err := reportsOf(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	if err := putYears(ctx, tx, p.ID, p.MoneyByYear(reports)); err != nil {
		return err
	}
	if p.Sheltered() != before.Sheltered() {
		if err := s.publishFiles(ctx, tx, by, *p); err != nil {
			return err
		}
	}
	return journal.Record(ctx, tx, by, act, before, *p)
}

// visible loads a project; one of an unfinished import is not there for others.
func (s *Service) visible(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Project, error) {
	p, err := projectByID(ctx, tx, id)
	if err == nil && !maySee(by, p, s.around(p)) {
		return Project{}, problem.New(problem.NotFound, "problem.not_found")
	}
	return p, err
}

// EditPlan replaces the plan before an agreement is made.
func (s *Service) EditPlan(ctx context.Context, by access.Actor, id ref.ID, version int64, plan Plan) (Project, error) {
	return s.change(ctx, by, "projects.plan.edit", id, version, func(tx *db.Tx, p *Project) (access.Actor, error) {
		as, err := mayEditPlan(by, *p, s.around(*p))
		if err != nil {
			return as, err
		}
		p.Plan = s.settled(tx, p.keepFacts(plan))
		return as, s.judge(ctx, tx, *p)
	})
}

// Agree makes the agreement and, in the same change, everything that is owed by
// it: the reports of the organization and the tranches of the funder.
func (s *Service) Agree(ctx context.Context, by access.Actor, id ref.ID, version int64, a Agreement) (Project, error) {
	return s.change(ctx, by, "projects.agree", id, version, func(tx *db.Tx, p *Project) (access.Actor, error) {
		as, err := mayRunCycle(by, *p, s.around(*p))
		if err != nil {
			return as, err
		}
		a.Schedule = nil
		if err := p.Agree(a); err != nil {
			return as, err
		}
		p.reschedule(tx.NewID, s.dueAfter(a.Days))
		if err := p.checkConditions(); err != nil {
			return as, err
		}
		return as, s.owe(ctx, tx, as, *p)
	})
}

func (s *Service) dueAfter(days int) func(db.Date) db.Date {
	calendar := s.norms.Book().Calendar()
	return func(end db.Date) db.Date { return calendar.AddWorkingDays(end, days) }
}

// The acts that a project owes.
const (
	ReportOwed  = "projects.report"
	TrancheOwed = "projects.tranche"
)

func reportThing(p Project, d DueReport) ref.Ref {
	return ref.Ref{Kind: "project_due_report", ID: d.ID, Title: p.Title, Path: p.Ref().Path + "#reports"}
}

func trancheThing(p Project, t Tranche) ref.Ref {
	return ref.Ref{Kind: "project_tranche", ID: t.ID, Title: p.Title, Path: p.Ref().Path + "#money"}
}

// owe makes the obligations of the agreement that are not there yet. A tranche
// that waits for a report is not owed before that was accepted.
func (s *Service) owe(ctx context.Context, tx *db.Tx, by access.Actor, p Project) error {
	sides, err := refsOf(ctx, tx, []ref.ID{p.OrgID, p.FunderID})
	if err != nil {
		return err
	}
	ground := i18n.Text{KK: "№ " + p.Number + " шарт", RU: "Договор № " + p.Number, EN: "Agreement No. " + p.Number}
	debt := obligations.Debt{Ground: obligations.Agreement, GroundText: ground, Root: p.Ref(), PlaceID: p.PlaceID, Sample: p.Sample, Private: p.Hidden}
	for _, d := range p.Schedule {
		if !d.missing() {
			continue
		}
		n := debt
		n.Kind, n.Thing, n.Owner, n.To, n.Due = ReportOwed, reportThing(p, d), sides[p.OrgID], sides[p.FunderID], d.Due
		n.WhatKey, n.WhatArgs = "projects.owed.report", []string{"from", d.From.String(), "to", d.To.String()}
		if d.Final {
			n.WhatKey, n.WhatArgs = "projects.owed.final_report", nil
		}
		if _, err := s.obligations.Owe(ctx, tx, by, n); err != nil {
			return err
		}
	}
	for i, t := range p.Tranches {
		due := s.payBy(tx, p, t)
		if due.IsZero() || !t.PaidOn.IsZero() || p.FunderID == 0 || p.waits(t) {
			continue
		}
		n := debt
		n.Kind, n.Thing, n.Owner, n.To, n.Due = TrancheOwed, trancheThing(p, t), sides[p.FunderID], sides[p.OrgID], due
		n.WhatKey, n.WhatArgs = "projects.owed.tranche", []string{"no", strconv.Itoa(i + 1)}
		if _, err := s.obligations.Owe(ctx, tx, by, n); err != nil {
			return err
		}
	}
	return nil
}

// payBy is the last day for paying a tranche: its own, and for one that follows
// a report not before the norm's days from today, the day of the acceptance.
func (s *Service) payBy(tx *db.Tx, p Project, t Tranche) db.Date {
	if t.After == 0 {
		return t.Due
	}
	return later(t.Due, s.norms.Book().Due("tranche.pay", s.today(tx), p.NormsOn))
}

// release ends what the project still owes and is owed.
func (s *Service) release(ctx context.Context, tx *db.Tx, by access.Actor, p Project, on db.Date) error {
	for _, d := range p.Schedule {
		if d.missing() {
			if err := s.obligations.Settle(ctx, tx, by, reportThing(p, d), ReportOwed, obligations.Released, on); err != nil {
				return err
			}
		}
	}
	for _, t := range p.Tranches {
		if t.PaidOn.IsZero() {
			if err := s.obligations.Settle(ctx, tx, by, trancheThing(p, t), TrancheOwed, obligations.Released, on); err != nil {
				return err
			}
		}
	}
	return nil
}

// Cancel gives up a plan.
func (s *Service) Cancel(ctx context.Context, by access.Actor, id ref.ID, version int64, reason i18n.Text) (Project, error) {
	return s.change(ctx, by, "projects.cancel", id, version, func(tx *db.Tx, p *Project) (access.Actor, error) {
		as, err := mayEditPlan(by, *p, s.around(*p))
		if err != nil {
			return as, err
		}
		return as, p.Cancel(s.today(tx), reason)
	})
}

// Terminate ends an agreement early; nothing more is owed by it.
func (s *Service) Terminate(ctx context.Context, by access.Actor, id ref.ID, version int64, reason i18n.Text) (Project, error) {
	return s.change(ctx, by, "projects.terminate", id, version, func(tx *db.Tx, p *Project) (access.Actor, error) {
		as, err := mayRunCycle(by, *p, s.around(*p))
		if err != nil {
			return as, err
		}
		if err := p.Terminate(s.today(tx), reason); err != nil {
			return as, err
		}
		return as, s.release(ctx, tx, as, *p, s.today(tx))
	})
}

// Close closes a finished project.
func (s *Service) Close(ctx context.Context, by access.Actor, id ref.ID, version int64) (Project, error) {
	return s.change(ctx, by, "projects.close", id, version, func(tx *db.Tx, p *Project) (access.Actor, error) {
		as, err := mayRunCycle(by, *p, s.around(*p))
		if err != nil {
			return as, err
		}
		return as, p.Close(s.today(tx))
	})
}

// Pay notes the payment of a tranche and settles what the funder owed.
func (s *Service) Pay(ctx context.Context, by access.Actor, id, tranche ref.ID, sum int64, on db.Date) (Project, error) {
	return s.change(ctx, by, "projects.tranche.pay", id, 0, func(tx *db.Tx, p *Project) (access.Actor, error) {
		as, err := mayRunCycle(by, *p, s.around(*p))
		if err != nil {
			return as, err
		}
		if err := p.Pay(tranche, sum, on, s.today(tx)); err != nil {
			return as, err
		}
		return as, s.obligations.Settle(ctx, tx, as, trancheThing(*p, Tranche{ID: tranche}), TrancheOwed, obligations.Kept, on)
	})
}

// AddLink puts a publication about the project on its page.
func (s *Service) AddLink(ctx context.Context, by access.Actor, id ref.ID, l Link) (Project, error) {
	return s.change(ctx, by, "projects.media.add", id, 0, func(_ *db.Tx, p *Project) (access.Actor, error) {
		as, err := mayDraft(by, *p, s.around(*p))
		if err == nil {
			err = l.check()
		}
		p.Media = append(slices.Clone(p.Media), l)
		return as, err
	})
}
