package projects

import (
	"context"
	"slices"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// AnnounceEvent makes an event known beforehand.
func (s *Service) AnnounceEvent(ctx context.Context, by access.Actor, project ref.ID, a Announcement, closed bool) (e Event, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := s.visible(ctx, tx, by, project)
		if err != nil {
			return err
		}
		as, err := mayAnnounce(by, p)
		if err != nil {
			return err
		}
		tree := s.places.Tree()
		if closed || p.Sheltered() {
			a.PlaceID = tree.District(a.PlaceID)
		}
		if _, ok := tree.Place(a.PlaceID); a.PlaceID != 0 && !ok {
			return problem.Fields{"place": problem.Fault{Key: "form.unknown_choice"}}.Err()
		}
		if e, err = p.Announce(tx.NewID(), a, closed, s.today(tx)); err != nil {
			return err
		}
		if err := insertEvent(ctx, tx, e); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "projects.event.announce", nil, e)
	})
	return e, err
}

// ConfirmEvent notes that an event took place.
func (s *Service) ConfirmEvent(ctx context.Context, by access.Actor, event ref.ID, c Confirmation) (Event, error) {
	return s.changeEvent(ctx, by, event, "projects.event.confirm", func(e *Event, today db.Date) error { return e.Confirm(c, today) })
}

// CancelEvent calls an event off.
func (s *Service) CancelEvent(ctx context.Context, by access.Actor, event ref.ID) (Event, error) {
	return s.changeEvent(ctx, by, event, "projects.event.cancel", func(e *Event, today db.Date) error { return e.Cancel(today) })
}

func (s *Service) changeEvent(ctx context.Context, by access.Actor, id ref.ID, act string, f func(*Event, db.Date) error) (e Event, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if e, err = eventByID(ctx, tx, id); err != nil {
			return err
		}
		p, err := s.visible(ctx, tx, by, e.ProjectID)
		if err != nil {
			return err
		}
		as, err := mayAnnounce(by, p)
		if err != nil {
			return err
		}
		before := e
		if err := f(&e, s.today(tx)); err != nil {
			return err
		}
		e.Version++
		if err := updateEvent(ctx, tx, e); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, act, before, e)
	})
	return e, err
}

// SaveDraft begins or continues the report of a period. version is the one of
// the draft that the person saw, 0 for a new one.
func (s *Service) SaveDraft(ctx context.Context, by access.Actor, project ref.ID, no int, version int64, text ReportText) (r Report, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := s.visible(ctx, tx, by, project)
		if err != nil {
			return err
		}
		as, err := mayAnnounce(by, p)
		if err != nil {
			return err
		}
		old, there, err := draftOf(ctx, tx, project, no)
		if err != nil {
			return err
		}
		if there && old.Version != version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		if there {
			r = old
			r.ReportText = text
			r.Version++
			if err := updateReport(ctx, tx, r); err != nil {
				return err
			}
			return journal.Record(ctx, tx, as, "projects.report.draft", old, r)
		}
		if r, err = p.Draft(tx.NewID(), no); err != nil {
			return err
		}
		r.ReportText = text
		if err := insertReport(ctx, tx, r); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "projects.report.draft", nil, r)
	})
	return r, err
}

// SubmitReport makes a draft public, counts its money and settles what was owed,
// or does none of it.
func (s *Service) SubmitReport(ctx context.Context, by access.Actor, report ref.ID, version int64) (Report, error) {
	return s.judgeReport(ctx, by, report, version, "projects.report.submit", func(tx *db.Tx, p *Project, r *Report) (access.Actor, error) {
		as, err := maySubmitReport(by, *p)
		if err != nil {
			return as, err
		}
		today := s.today(tx)
		proof, err := filesOfPart(ctx, tx, r.ProjectID, OfReport, r.ID)
		if err != nil {
			return as, err
		}
		if err := p.Submit(r, proof, as, db.At(tx.Now()), today); err != nil {
			return as, err
		}
		return as, s.obligations.Settle(ctx, tx, as, s.dueThing(*p, r.No), ReportOwed, obligations.Kept, today)
	})
}

// AcceptReport takes a submitted report as true.
func (s *Service) AcceptReport(ctx context.Context, by access.Actor, report ref.ID, version int64) (Report, error) {
	return s.judgeReport(ctx, by, report, version, "projects.report.accept", func(tx *db.Tx, p *Project, r *Report) (access.Actor, error) {
		as, err := mayRunCycle(by, *p, s.around(*p))
		if err != nil {
			return as, err
		}
		if err := p.Accept(r, as, db.At(tx.Now())); err != nil {
			return as, err
		}
		return as, s.owe(ctx, tx, as, *p) // the tranches that waited for it
	})
}

// ReturnReport sends a submitted report back with a reason: its money no longer
// counts and the report is owed again.
func (s *Service) ReturnReport(ctx context.Context, by access.Actor, report ref.ID, version int64, reason i18n.Text) (Report, error) {
	return s.judgeReport(ctx, by, report, version, "projects.report.return", func(tx *db.Tx, p *Project, r *Report) (access.Actor, error) {
		as, err := mayRunCycle(by, *p, s.around(*p))
		if err != nil {
			return as, err
		}
		if err := p.Return(r, reason, as, db.At(tx.Now())); err != nil {
			return as, err
		}
		return as, s.obligations.Reopen(ctx, tx, as, s.dueThing(*p, r.No), ReportOwed)
	})
}

func (s *Service) dueThing(p Project, no int) ref.Ref {
	i := slices.IndexFunc(p.Schedule, func(d DueReport) bool { return d.No == no })
	if i < 0 {
		return ref.Ref{}
	}
	return reportThing(p, p.Schedule[i])
}

type reportRule func(tx *db.Tx, p *Project, r *Report) (access.Actor, error)

func (s *Service) judgeReport(ctx context.Context, by access.Actor, id ref.ID, version int64, act string, f reportRule) (r Report, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if r, err = reportByID(ctx, tx, id); err != nil {
			return err
		}
		p, err := s.visible(ctx, tx, by, r.ProjectID)
		if err != nil {
			return err
		}
		if !maySeeReport(by, p, r) {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		if version != 0 && version != r.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		projectBefore, before := p, r
		as, err := f(tx, &p, &r)
		if err != nil {
			return err
		}
		r.Version++
		if err := updateReport(ctx, tx, r); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, as, act, before, r); err != nil {
			return err
		}
		return s.save(ctx, tx, as, act+".count", projectBefore, &p)
	})
	return r, err
}

// AskAmendment asks for a change of an agreed plan; when the funder's side asks,
// it takes effect at once.
func (s *Service) AskAmendment(ctx context.Context, by access.Actor, project ref.ID, version int64, after Plan, reason i18n.Text, paper string) (a Amendment, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := s.visible(ctx, tx, by, project)
		if err != nil {
			return err
		}
		as, err := mayDraft(by, p, s.around(p))
		if err != nil {
			return err
		}
		if version != 0 && version != p.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		if a, err = p.Amend(tx.NewID(), s.settled(tx, p.keepFacts(after)), reason, paper, s.today(tx)); err != nil {
			return err
		}
		changed := p
		changed.Plan = a.After
		if err := s.judge(ctx, tx, changed); err != nil {
			return err
		}
		if err := s.mayCost(ctx, tx, p.ID, a.After); err != nil {
			return err
		}
		if err := insertAmendment(ctx, tx, a); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, as, "projects.amendment.ask", nil, a); err != nil {
			return err
		}
		if _, own := funderSide(by, p, s.around(p)); !own {
			return nil
		}
		return s.apply(ctx, tx, as, p, &a)
	})
	return a, err
}

// mayCost asks whether a project may cost what a plan says.
func (s *Service) mayCost(ctx context.Context, tx *db.Tx, project ref.ID, plan Plan) error {
	if s.MayCost == nil {
		return nil
	}
	return s.MayCost(ctx, tx, project, plan.Sum)
}

// AgreeAmendment puts an amendment into effect.
func (s *Service) AgreeAmendment(ctx context.Context, by access.Actor, id ref.ID) (Amendment, error) {
	return s.decideAmendment(ctx, by, id, func(tx *db.Tx, as access.Actor, p Project, a *Amendment) error {
		return s.apply(ctx, tx, as, p, a)
	})
}

// DeclineAmendment turns an amendment down with a reason.
func (s *Service) DeclineAmendment(ctx context.Context, by access.Actor, id ref.ID, answer i18n.Text) (Amendment, error) {
	return s.decideAmendment(ctx, by, id, func(tx *db.Tx, as access.Actor, _ Project, a *Amendment) error {
		before := *a
		if err := a.Decline(answer, s.today(tx)); err != nil {
			return err
		}
		return s.saveAmendment(ctx, tx, as, "projects.amendment.decline", before, a)
	})
}

func (s *Service) decideAmendment(ctx context.Context, by access.Actor, id ref.ID,
	f func(tx *db.Tx, as access.Actor, p Project, a *Amendment) error) (a Amendment, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if a, err = amendmentByID(ctx, tx, id); err != nil {
			return err
		}
		p, err := s.visible(ctx, tx, by, a.ProjectID)
		if err != nil {
			return err
		}
		as, err := mayRunCycle(by, p, s.around(p))
		if err != nil {
			return err
		}
		return f(tx, as, p, &a)
	})
	return a, err
}

// apply puts an amendment into effect: plan, schedule and what is owed by it.
func (s *Service) apply(ctx context.Context, tx *db.Tx, by access.Actor, p Project, a *Amendment) error {
	projectBefore, before := p, *a
	if err := s.mayCost(ctx, tx, p.ID, a.After); err != nil {
		return err
	}
	if err := p.Apply(a, s.today(tx)); err != nil {
		return err
	}
	p.reschedule(tx.NewID, s.dueAfter(p.Days))
	if err := p.checkConditions(); err != nil {
		return err
	}
	if err := s.release(ctx, tx, by, p.renew(projectBefore, tx.NewID), s.today(tx)); err != nil {
		return err
	}
	a.After = p.Plan
	if err := s.save(ctx, tx, by, "projects.amendment.agree.plan", projectBefore, &p); err != nil {
		return err
	}
	if err := s.owe(ctx, tx, by, p); err != nil {
		return err
	}
	return s.saveAmendment(ctx, tx, by, "projects.amendment.agree", before, a)
}

func (s *Service) saveAmendment(ctx context.Context, tx *db.Tx, by access.Actor, act string, before Amendment, a *Amendment) error {
	a.Version = before.Version + 1
	if err := updateAmendment(ctx, tx, *a); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, act, before, *a)
}

// Amendments lists the amendments of a project, the latest first.
func (s *Service) Amendments(ctx context.Context, by access.Actor, project ref.ID) (p Project, list []Amendment, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if p, err = s.visible(ctx, tx, by, project); err != nil {
			return err
		}
		list, err = amendmentsOf(ctx, tx, project)
		return err
	})
	return p, list, err
}

// Report gives one report with its project to a reader who may see it.
func (s *Service) Report(ctx context.Context, by access.Actor, id ref.ID) (p Project, r Report, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if r, err = reportByID(ctx, tx, id); err != nil {
			return err
		}
		if p, err = s.visible(ctx, tx, by, r.ProjectID); err != nil {
			return err
		}
		if !maySeeReport(by, p, r) {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		return nil
	})
	return p, r, err
}
