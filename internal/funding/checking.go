package funding

import (
	"context"
	"strconv"

	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/jobs"
	"birge/internal/platform/ref"
)

// The acts that are owed about applications.
const (
	CheckOwed = "funding.check" // the funder's: the formal check of a round
	FixOwed   = "funding.fix"   // the applicant's: the correction
)

// Admit lets an application through the formal check.
func (s *Service) Admit(ctx context.Context, by access.Actor, id ref.ID, version int64, items []CheckItem) (Application, error) {
	return s.changeApplication(ctx, by, "funding.application.admit", id, version, func(tx *db.Tx, a *Application, c Call) (access.Actor, error) {
		as, err := s.mayCheckApplication(by, *a, c)
		if err != nil {
			return as, err
		}
		returned := a.State == Returned
		if err := a.Admit(items, CheckCodes(c.Terms), db.At(tx.Now()), s.today(tx), by.UserID); err != nil {
			return as, err
		}
		return as, s.endFix(ctx, tx, as, *a, returned)
	})
}

// Refuse ends the way of an application, with a reason for each item.
func (s *Service) Refuse(ctx context.Context, by access.Actor, id ref.ID, version int64, items []CheckItem) (Application, error) {
	return s.changeApplication(ctx, by, "funding.application.refuse", id, version, func(tx *db.Tx, a *Application, c Call) (access.Actor, error) {
		as, err := s.mayCheckApplication(by, *a, c)
		if err != nil {
			return as, err
		}
		returned := a.State == Returned
		if err := a.Refuse(items, CheckCodes(c.Terms), db.At(tx.Now()), s.today(tx), by.UserID); err != nil {
			return as, err
		}
		return as, s.endFix(ctx, tx, as, *a, returned)
	})
}

// ReturnApplication gives an application back once for correction of the named
// fields; the applicant owes it by the norm.
func (s *Service) ReturnApplication(ctx context.Context, by access.Actor, id ref.ID, version int64, mend []Mend) (Application, error) {
	return s.changeApplication(ctx, by, "funding.application.return", id, version, func(tx *db.Tx, a *Application, c Call) (access.Actor, error) {
		as, err := s.mayCheckApplication(by, *a, c)
		if err != nil {
			return as, err
		}
		due := s.Norms.Book().Due("application.fix", s.today(tx), c.NormsOn)
		if err := a.Return(mend, due, db.At(tx.Now()), by.UserID); err != nil {
			return as, err
		}
		if err := s.reopen(ctx, tx, *a); err != nil {
			return as, err
		}
		return as, s.oweFix(ctx, tx, as, *a, c)
	})
}

// reopen lets the people of the applicant change the named fields of the draft.
func (s *Service) reopen(ctx context.Context, tx *db.Tx, a Application) error {
	d, err := draftByID(ctx, tx, a.DraftID)
	if err != nil {
		return err
	}
	d.State, d.Only, d.Version = DraftReturned, a.mendable(), d.Version+1
	return updateDraft(ctx, tx, d)
}

// applicationDebt is what an obligation about an application has in common.
func (s *Service) applicationDebt(c Call, a Application) obligations.Debt {
	d := obligations.Debt{Ground: obligations.Law, GroundText: s.law("application.fix", c), Thing: a.Ref(), Root: a.Ref(), PlaceID: c.PlaceID, Sample: a.Sample, Private: true}
	if !ByLaw(c.Kind) {
		d.Ground, d.GroundText = obligations.Agreement, c.Title
	}
	return d
}

// law cites the norm by which something is owed in a call.
func (s *Service) law(norm string, c Call) i18n.Text {
	n, _ := s.Norms.Book().Norm(norm, c.NormsOn)
	return n.Law
}

func (s *Service) oweFix(ctx context.Context, tx *db.Tx, by access.Actor, a Application, c Call) error {
	sides, err := orgs.Refs(ctx, tx, []ref.ID{a.OrgID, c.FunderID})
	if err != nil {
		return err
	}
	d := s.applicationDebt(c, a)
	d.Kind, d.Owner, d.To, d.Due = FixOwed, sides[a.OrgID], sides[c.FunderID], a.FixDue
	d.WhatKey, d.WhatArgs = "funding.owed.fix", []string{"number", a.Number}
	_, err = s.Obligations.Owe(ctx, tx, by, d)
	return err
}

func (s *Service) settleFix(ctx context.Context, tx *db.Tx, by access.Actor, a Application) error {
	return s.Obligations.Settle(ctx, tx, by, a.Ref(), FixOwed, obligations.Kept, s.today(tx))
}

// endFix closes the draft of an application that nobody corrects any more.
func (s *Service) endFix(ctx context.Context, tx *db.Tx, by access.Actor, a Application, returned bool) error {
	if !returned {
		return nil
	}
	d, err := draftByID(ctx, tx, a.DraftID)
	if err != nil {
		return err
	}
	d.State, d.Only, d.Version = DraftSubmitted, nil, d.Version+1
	if err := updateDraft(ctx, tx, d); err != nil {
		return err
	}
	return s.Obligations.Settle(ctx, tx, by, a.Ref(), FixOwed, obligations.Released, s.today(tx))
}

// roundOver is the job that begins the clock of the formal check when a round
// has closed.
type roundOver struct {
	Call  ref.ID `json:"call"`
	Round int    `json:"round"`
}

// JobKind names the job for ever.
func (roundOver) JobKind() string { return "funding.round.over" }

// Register names the jobs of the room.
func (s *Service) Register(r *jobs.Runner) {
	jobs.Handle(r, func(ctx context.Context, j roundOver) error {
		return s.db.Update(ctx, func(tx *db.Tx) error { return s.roundOver(ctx, tx, j) })
	})
	jobs.Handle(r, s.verify)
	jobs.Handle(r, func(ctx context.Context, j tellMessage) error {
		return s.db.Update(ctx, func(tx *db.Tx) error { return s.tellMessage(ctx, tx, j) })
	})
	jobs.Handle(r, func(ctx context.Context, j tellDecision) error {
		return s.db.Update(ctx, func(tx *db.Tx) error { return s.tellSome(ctx, tx, j) })
	})
}

// roundOver has the funder owe the formal check of a round that has closed. When
// the deadline was moved, it waits for the new one.
func (s *Service) roundOver(ctx context.Context, tx *db.Tx, j roundOver) error {
	c, err := callByID(ctx, tx, j.Call)
	if err != nil {
		return err
	}
	r, ok := c.Round(j.Round)
	switch {
	case !ok || c.Cancelled():
		return nil
	case tx.Now().Before(r.Closes.Time):
		return jobs.Enqueue(ctx, tx, j, jobs.At(r.Closes.Time))
	}
	waiting, err := unchecked(ctx, tx, c.ID, r.No)
	if err != nil || waiting == 0 {
		return err
	}
	thing, err := roundThing(ctx, tx, c, r.No)
	if err != nil {
		return err
	}
	sides, err := orgs.Refs(ctx, tx, []ref.ID{c.FunderID})
	if err != nil {
		return err
	}
	closed := db.DateOf(r.Closes.In(s.Zone))
	d := obligations.Debt{Kind: CheckOwed, Ground: obligations.Law, GroundText: s.law("grant.formal_check", c), Thing: thing, Root: c.Ref(), Owner: sides[c.FunderID],
		WhatKey: "funding.owed.check", WhatArgs: []string{"round", strconv.Itoa(r.No)}, Due: s.Norms.Book().Due("grant.formal_check", closed, c.NormsOn),
		PlaceID: c.PlaceID, Sample: c.Sample}
	if !ByLaw(c.Kind) {
		d.Ground, d.GroundText = obligations.Promise, c.Title // the state's norms are a custom here, not the law
	}
	_, err = s.Obligations.Owe(ctx, tx, access.Portal("clock"), d)
	return err
}

// roundThing names a round: what is owed and judged in it hangs on this.
func roundThing(ctx context.Context, tx *db.Tx, c Call, no int) (ref.Ref, error) {
	id, err := roundID(ctx, tx, c.ID, no)
	return ref.Ref{Kind: KindRound, ID: id, Title: c.Title, Path: c.Ref().Path + "/applications"}, err
}

// RoundIn names a round of a call, for what is judged and decided in it.
func (s *Service) RoundIn(ctx context.Context, tx *db.Tx, c Call, no int) (ref.Ref, error) {
	return roundThing(ctx, tx, c, no)
}

// settleRound ends what the funder owes when the last application of a closed
// round is through the check.
func (s *Service) settleRound(ctx context.Context, tx *db.Tx, by access.Actor, c Call, no int) error {
	r, ok := c.Round(no)
	if !ok || tx.Now().Before(r.Closes.Time) {
		return nil
	}
	waiting, err := unchecked(ctx, tx, c.ID, no)
	if err != nil || waiting > 0 {
		return err
	}
	thing, err := roundThing(ctx, tx, c, no)
	if err != nil {
		return err
	}
	return s.Obligations.Settle(ctx, tx, by, thing, CheckOwed, obligations.Kept, s.today(tx))
}

// ApplicationLetter is what people of an applicant are told: how the application
// stands now.
type ApplicationLetter struct {
	Application Application
	Call        Call
	// Unchecked tells that what the formal check said was taken back.
	Unchecked bool
	// Ruling is what was decided, Said what the experts said by criterion, and
	// AppealUntil the last day for an appeal; none before the decision.
	Ruling      Ruling
	Said        []CriterionSaid
	AppealUntil db.Date
}

// tell has the leads of the applicant be told how the application stands.
func (s *Service) tell(ctx context.Context, tx *db.Tx, a Application, c Call) error {
	if s.Tell == nil {
		return nil
	}
	return s.Tell(ctx, tx, ApplicationLetter{Application: a, Call: c})
}

// unchecked counts the applications of a round that are not through the check.
func unchecked(ctx context.Context, tx *db.Tx, call ref.ID, round int) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM applications WHERE call_id = $1 AND round = $2 AND state IN ('submitted', 'returned')`, call, round)
}
