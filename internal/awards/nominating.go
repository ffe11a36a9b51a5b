package awards

import (
	"context"
	"slices"

	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Nominate puts somebody forward while the round takes candidates.
func (s *Service) Nominate(ctx context.Context, by access.Actor, round ref.ID, n NewNominee) (c Nominee, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := s.visible(ctx, tx, by, round)
		if err != nil {
			return err
		}
		if err := mayNominate(by, r, n.OrgID); err != nil {
			return err
		}
		n.Why = n.Why.Trim()
		if err := n.check(r, s.today(tx)); err != nil {
			return err
		}
		if c, err = s.newNominee(ctx, tx, by, r, n); err != nil {
			return err
		}
		err = insertNominee(ctx, tx, c)
		if db.IsDuplicate(err) {
			return problem.New(problem.Conflict, "awards.nominee_twice")
		}
		if err != nil {
			return err
		}
		return journal.Record(ctx, tx, by, "awards.nominee.put", nil, c)
	})
	return c, err
}

// newNominee is a nominee with what the portal's own record says.
func (s *Service) newNominee(ctx context.Context, tx *db.Tx, by access.Actor, r Round, n NewNominee) (Nominee, error) {
	c := Nominee{ID: tx.NewID(), Version: 1, RoundID: r.ID, Nomination: n.Nomination, OrgID: n.OrgID, ByPerson: by.UserID, Why: n.Why, Sample: r.Sample, CreatedAt: db.At(tx.Now())}
	last, err := lastNominee(ctx, tx, r.ID)
	if err != nil {
		return c, err
	}
	c.No = last + 1
	if n.OrgID == 0 {
		c.PersonID, c.PersonName, c.ConsentedAt = by.UserID, n.PersonName, c.CreatedAt
		return c, nil
	}
	known, err := orgs.ByIDs(ctx, tx, []ref.ID{n.OrgID})
	if err != nil {
		return c, err
	}
	o, ok := known[n.OrgID]
	if !ok || !o.ActiveOn(s.today(tx)) || n.OrgID == r.OrganizerID {
		return c, problem.Fields{"org": {Key: "awards.org_not_now"}}.Err()
	}
	c.Evidence, err = s.evidence(ctx, tx, n.OrgID, n.Evidence)
	return c, err
}

// evidence are those projects of an organization that everybody may see.
func (s *Service) evidence(ctx context.Context, tx *db.Tx, org ref.ID, ids []ref.ID) (list []ref.Ref, err error) {
	own, err := s.Projects.OfOrg(ctx, tx, org)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		found := false
		for _, p := range own {
			if p.ID == id && p.OrgID == org && p.Public() {
				list, found = append(list, p.Ref()), true
			}
		}
		if !found {
			return nil, problem.Fields{"evidence": {Key: "form.unknown_choice"}}.Err()
		}
	}
	return list, nil
}

// Evidence lists what can be laid beside an organization: its public projects.
func (s *Service) Evidence(ctx context.Context, org ref.ID) (list []ref.Ref, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		own, err := s.Projects.OfOrg(ctx, tx, org)
		for _, p := range own {
			if p.OrgID == org && p.Public() {
				list = append(list, p.Ref())
			}
		}
		return err
	})
	return list, err
}

// changeNominee loads a nominee with its round, applies a rule, stores and records
// it.
func (s *Service) changeNominee(ctx context.Context, by access.Actor, act string, id ref.ID, rule func(tx *db.Tx, r Round, n *Nominee) (access.Actor, error)) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := nomineeByID(ctx, tx, id)
		if err != nil {
			return err
		}
		r, err := roundByID(ctx, tx, before.RoundID)
		if err != nil {
			return err
		}
		n := before
		as, err := rule(tx, r, &n)
		if err != nil {
			return err
		}
		n.Version++
		if err := updateNominee(ctx, tx, n); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, act, before, n)
	})
}

// Judge admits a nominee to the jury, or refuses it with a reason.
func (s *Service) Judge(ctx context.Context, by access.Actor, id ref.ID, admit bool, why i18n.Text) error {
	act := "awards.nominee.refuse"
	if admit {
		act = "awards.nominee.admit"
	}
	return s.changeNominee(ctx, by, act, id, func(tx *db.Tx, r Round, n *Nominee) (access.Actor, error) {
		as, err := s.mayKeep(by, r)
		if err != nil {
			return by, problem.New(problem.NotFound, "problem.not_found")
		}
		if by.WorksFor(n.OrgID) || n.PersonID != 0 && n.PersonID == by.UserID {
			return by, problem.New(problem.Forbidden, "panels.judged_cannot_run")
		}
		if _, judged, err := s.panelOf(ctx, tx, r); err != nil || judged || !r.CancelledAt.IsZero() {
			if err == nil {
				err = problem.New(problem.Conflict, "awards.not_now")
			}
			return by, err
		}
		return as, n.Judge(tx.Now(), admit, why.Trim())
	})
}

// Withdraw takes a nominee back, by the person or by the lead of the organization,
// while nothing is decided. The jury marks it no more.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, id ref.ID) error {
	return s.changeNominee(ctx, by, "awards.nominee.withdraw", id, func(tx *db.Tx, r Round, n *Nominee) (access.Actor, error) {
		if err := mayWithdraw(by, *n); err != nil {
			return by, err
		}
		if n.State() == Withdrawn || n.State() == Refused || !r.DecidedAt.IsZero() {
			return by, problem.New(problem.Conflict, "awards.not_now")
		}
		admitted := n.State() == Admitted
		n.WithdrawnAt = db.At(tx.Now())
		p, ok, err := s.panelOf(ctx, tx, r)
		if err != nil || !ok || !admitted {
			return by, err
		}
		return by, s.Panels.WithdrawWorkIn(ctx, tx, by, p.ID, n.Ref())
	})
}

// Candidates are the nominees of a round as their reader may see them.
type Candidates struct {
	Round Round
	State State
	List  []Nominee
	Orgs  map[ref.ID]ref.Ref
	// Keeps tells that the reader runs the round; else List holds their own nominees.
	Keeps bool
	Panel panels.Panel // zero while there is none
	// Decision is the decision that is made; zero while there is none.
	Decision Decision
}

// Candidates lists all nominees to the organizer's side, and to everybody else whom
// they may withdraw or have put forward.
func (s *Service) Candidates(ctx context.Context, by access.Actor, round ref.ID) (v Candidates, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		v = Candidates{}
		if v.Round, err = s.visible(ctx, tx, by, round); err != nil {
			return err
		}
		v.State, v.Keeps = v.Round.StateOn(s.today(tx)), s.MayKeep(by, v.Round)
		if v.List, err = nomineesOf(ctx, tx, round); err != nil {
			return err
		}
		if !v.Keeps {
			v.List = slices.DeleteFunc(v.List, func(n Nominee) bool { return n.ByPerson != by.UserID && mayWithdraw(by, n) != nil })
		}
		if v.Panel, _, err = s.panelOf(ctx, tx, v.Round); err != nil {
			return err
		}
		if v.Decision, _, err = decisionOf(ctx, tx, round); err != nil {
			return err
		}
		v.Orgs, err = refsOf(ctx, tx, v.List)
		return err
	})
	if err == nil && v.Keeps {
		for _, n := range v.List {
			if n.PersonID != 0 {
				s.Accounts.Looked(by, n.PersonID, v.Round.Ref().Path+"/candidates")
			}
		}
	}
	return v, err
}

func refsOf(ctx context.Context, tx *db.Tx, list []Nominee) (map[ref.ID]ref.Ref, error) {
	var ids []ref.ID
	for _, n := range list {
		if n.OrgID != 0 {
			ids = append(ids, n.OrgID)
		}
	}
	return orgs.Refs(ctx, tx, ids)
}

// Reading is a nominee for its jury: who it is, why, and its evidence.
func (s *Service) Reading(ctx context.Context, tx *db.Tx, work ref.Ref) (n Nominee, r Round, org ref.Ref, err error) {
	if n, err = nomineeByID(ctx, tx, work.ID); err != nil {
		return n, r, org, err
	}
	if r, err = roundByID(ctx, tx, n.RoundID); err != nil {
		return n, r, org, err
	}
	names, err := refsOf(ctx, tx, []Nominee{n})
	return n, r, names[n.OrgID], err
}
