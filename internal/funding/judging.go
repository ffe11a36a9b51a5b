package funding

import (
	"context"
	"slices"
	"strconv"

	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// DecideOwed is what the funder owes from the opening of a panel: the decision of
// the round.
const DecideOwed = "funding.decide"

// deciding is a round with its applications, and the actor in the role in which
// they run it.
type deciding struct {
	call    Call
	round   Round
	thing   ref.Ref
	as      access.Actor
	applied []Applied
}

// deciding loads a round with its applications for the funder's side. Who works for
// one of the applicants has no part in it; for others there is nothing.
func (s *Service) deciding(ctx context.Context, tx *db.Tx, by access.Actor, call ref.ID, no int) (g deciding, err error) {
	if g, err = s.roundOf(ctx, tx, by, call, no); err != nil {
		return g, err
	}
	g.applied, err = appliedOf(ctx, tx, call, no)
	return g, err
}

// roundOf is deciding without the applications.
func (s *Service) roundOf(ctx context.Context, tx *db.Tx, by access.Actor, call ref.ID, no int) (g deciding, err error) {
	if g.call, err = s.checkedCall(ctx, tx, by, call); err != nil {
		return g, err
	}
	if g.as, err = s.mayKeepCall(by, g.call); err != nil {
		return g, err
	}
	var ok bool
	if g.round, ok = g.call.Round(no); !ok || !g.call.Published() {
		return g, problem.New(problem.NotFound, "problem.not_found")
	}
	return g, noneOfOwn(ctx, tx, by, call, no)
}

// noneOfOwn refuses who works for one of the applicants of a round.
func noneOfOwn(ctx context.Context, tx *db.Tx, by access.Actor, call ref.ID, no int) error {
	own := slices.DeleteFunc(append(by.Scopes(access.Lead), by.Scopes(access.Staff)...), func(org ref.ID) bool { return org == 0 })
	n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM applications WHERE call_id = $1 AND round = $2 AND org_id IN `+db.In(3, len(own)), db.Args([]any{call, no}, own)...)
	if err == nil && n > 0 {
		err = problem.New(problem.Forbidden, "funding.own_application")
	}
	return err
}

// roundRef names the round where its id is known already; zero before that.
func roundRef(ctx context.Context, tx *db.Tx, c Call, no int) (ref.Ref, error) {
	id, _, err := db.Maybe(ctx, tx, db.Value[ref.ID], `SELECT id FROM call_rounds WHERE call_id = $1 AND no = $2`, c.ID, no)
	return ref.Ref{Kind: KindRound, ID: id, Title: c.Title, Path: c.Ref().Path}, err
}

// panelOf is the panel of a round, the last one that was not cancelled; ok is false
// while there is none.
func (s *Service) panelOf(ctx context.Context, tx *db.Tx, c Call, no int) (p panels.Panel, ok bool, err error) {
	thing, err := roundRef(ctx, tx, c, no)
	if err != nil || thing.ID == 0 {
		return p, false, err
	}
	list, err := s.Panels.PanelsOf(ctx, tx, thing)
	for _, x := range list {
		if x.Stage() != panels.Cancelled {
			p, ok = x, true
		}
	}
	return p, ok, err
}

// OpenPanel opens the panel of a round whose formal check is through: what was
// admitted is judged by the criteria of the call until the end of a day; without
// one by the norm.
func (s *Service) OpenPanel(ctx context.Context, by access.Actor, call ref.ID, round int, due db.Date) (p panels.Panel, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		g, err := s.deciding(ctx, tx, by, call, round)
		if err != nil {
			return err
		}
		if err := s.mayOpenPanel(ctx, tx, g); err != nil {
			return err
		}
		works, err := worksOf(ctx, tx, g)
		if err != nil {
			return err
		}
		if due.IsZero() {
			due = s.Norms.Book().Due("grant.expert_review", s.today(tx), g.call.NormsOn)
		}
		if g.thing, err = roundThing(ctx, tx, g.call, round); err != nil {
			return err
		}
		g.thing.Path = g.call.Ref().Path
		p, err = s.Panels.OpenIn(ctx, tx, by, panelFor(g.call, g.thing, works, due))
		if err != nil {
			return err
		}
		return s.oweDecision(ctx, tx, g, due)
	})
	return p, err
}

// panelFor is a panel by the terms of a call.
func panelFor(c Call, subject ref.Ref, works []panels.Work, due db.Date) panels.NewPanel {
	return panels.NewPanel{Subject: subject, Title: c.Title, FunderID: c.FunderID, PlaceID: c.PlaceID, Works: works, Criteria: c.Criteria, PerWork: c.PerWork,
		Spread: c.Spread, Blind: c.Blind, Names: c.Names, Due: due, NormsOn: c.NormsOn, Sample: c.Sample}
}

// mayOpenPanel judges that a round is ready for its experts.
func (s *Service) mayOpenPanel(ctx context.Context, tx *db.Tx, g deciding) error {
	if g.call.Cancelled() || tx.Now().Before(g.round.Closes.Time) {
		return problem.New(problem.Conflict, "funding.panel.not_closed")
	}
	admitted := 0
	for _, a := range g.applied {
		if !a.State.Checked() {
			return problem.New(problem.Conflict, "funding.panel.unchecked")
		}
		admitted += b2i(a.State == Admitted)
	}
	if admitted == 0 {
		return problem.New(problem.Conflict, "funding.panel.nobody")
	}
	_, ok, err := s.panelOf(ctx, tx, g.call, g.round.No)
	if err == nil && ok {
		err = problem.New(problem.Conflict, "funding.panel.is_open")
	}
	return err
}

// worksOf gives the admitted applications as works of a panel, in the order in
// which they came.
func worksOf(ctx context.Context, tx *db.Tx, g deciding) (works []panels.Work, err error) {
	for part := range slices.Chunk(g.applied, 300) {
		ids := make([]ref.ID, 0, len(part))
		for _, a := range part {
			if a.State == Admitted {
				ids = append(ids, a.ID)
			}
		}
		list, err := applicationsByIDs(ctx, tx, ids)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			works = append(works, workOf(a))
		}
	}
	return works, nil
}

// workOf is an application as a work of a panel. Whose it is are the applicant and
// the partners.
func workOf(a Application) panels.Work {
	w := panels.Work{Ref: a.Ref(), Orgs: []ref.ID{a.OrgID}, Spheres: append([]string{a.Proposal.Sphere}, a.Proposal.MoreSpheres...), Langs: []i18n.Lang{a.Proposal.Lang}}
	for _, p := range a.Proposal.Partners {
		if p.OrgID != 0 {
			w.Orgs = append(w.Orgs, p.OrgID)
		}
	}
	return w
}

func applicationsByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Application, error) {
	return db.All(ctx, tx, scanApplication, `SELECT `+applicationColumns+` FROM applications WHERE id IN `+db.In(1, len(ids))+` ORDER BY id`, db.Args(nil, ids)...)
}

// oweDecision has the funder owe the decision of a round, counted from the day
// until which its experts judge.
func (s *Service) oweDecision(ctx context.Context, tx *db.Tx, g deciding, judged db.Date) error {
	names, err := orgs.Refs(ctx, tx, []ref.ID{g.call.FunderID})
	if err != nil {
		return err
	}
	d := obligations.Debt{Kind: DecideOwed, Ground: obligations.Law, GroundText: s.law("grant.decision", g.call), Thing: g.thing, Root: g.call.Ref(), Owner: names[g.call.FunderID],
		WhatKey: "funding.owed.decide", WhatArgs: []string{"round", strconv.Itoa(g.round.No)}, Due: s.Norms.Book().Due("grant.decision", judged, g.call.NormsOn),
		PlaceID: g.call.PlaceID, Sample: g.call.Sample}
	if !ByLaw(g.call.Kind) {
		d.Ground, d.GroundText = obligations.Promise, g.call.Title
	}
	_, err = s.Obligations.Owe(ctx, tx, g.as, d)
	return err
}

// leavePanels takes an application that was withdrawn out of the panels that have
// it and have not led to a decision.
func (s *Service) leavePanels(ctx context.Context, tx *db.Tx, by access.Actor, a Application, c Call) error {
	p, ok, err := s.panelOf(ctx, tx, c, a.Round)
	if err != nil || !ok || p.Stage() == panels.Decided {
		return err
	}
	err = s.Panels.WithdrawWorkIn(ctx, tx, by, p.ID, a.Ref())
	if problem.Is(err, problem.NotFound) { // it was not admitted yet when the panel was opened
		return nil
	}
	return err
}

// joinPanel brings an application that was admitted after an appeal before the
// experts of its round; ok is false when their marks are open already.
func (s *Service) joinPanel(ctx context.Context, tx *db.Tx, by access.Actor, a Application, c Call) (ok bool, err error) {
	p, open, err := s.panelOf(ctx, tx, c, a.Round)
	if err != nil || !open {
		return err == nil, err
	}
	if stage := p.Stage(); stage == panels.Revealed || stage == panels.Decided {
		return false, nil
	}
	return true, s.Panels.AddWorkIn(ctx, tx, by, p.ID, workOf(a))
}

// toDistricts is the share of granted money that goes to districts, in percent.
func (s *Service) toDistricts(lines []Line) int {
	tree, all, districts := s.Places.Tree(), int64(0), int64(0)
	for _, l := range lines {
		all += l.Granted
		if inDistrict(tree, l.PlaceID) {
			districts += l.Granted
		}
	}
	if all == 0 {
		return 0
	}
	return int((districts*100 + all/2) / all)
}

// recordRulings writes entries for rulings in one go.
func recordRulings(ctx context.Context, tx *db.Tx, by access.Actor, act string, list []Ruling) error {
	pairs := make([]journal.Pair, len(list))
	for i, v := range list {
		pairs[i] = journal.Pair{After: v}
	}
	return journal.RecordMany(ctx, tx, by, act, pairs)
}
