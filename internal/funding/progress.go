package funding

import (
	"context"

	"birge/internal/obligations"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/todo"
)

// Turn is whose turn it is in a round.
type Turn string

// Who may be next.
const (
	TurnApplicants Turn = "applicants"
	TurnFunder     Turn = "funder"
	TurnExperts    Turn = "experts"
	TurnCommission Turn = "commission"
	TurnSides      Turn = "sides" // of agreements
	TurnNobody     Turn = "nobody"
)

// Progress is how far one round of a call is, for its funder's side.
type Progress struct {
	Call   Call
	Round  Round
	Phase  Phase
	Turn   Turn
	States map[ApplicationState]int
	// Late are the obligations of the round that nobody kept in time; Owed those
	// that stand.
	Owed []obligations.Obligation
	// Panel is zero while there is none. MayOpen tells that one can be opened.
	Panel   panels.Panel
	MayOpen bool
	// Decisions are those of the round, the first one first; Agreements counts by
	// state; Appeals are those that are heard.
	Decisions  []Decision
	Agreements map[AgreementState]int
	Appeals    []Appeal
	Sums       RoundSums
	After      Afterwards
}

// RoundSums are the money of a round, in tiyn.
type RoundSums struct{ Round, Asked, Granted, Signed int64 }

// Progress tells how far the rounds of a call are and whose turn it is.
func (s *Service) Progress(ctx context.Context, by access.Actor, call ref.ID) (list []Progress, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		c, err := s.checkedCall(ctx, tx, by, call)
		if err != nil {
			return err
		}
		counts, err := s.countsOf(ctx, tx, call)
		if err != nil {
			return err
		}
		owed, err := s.Obligations.Told(ctx, tx, c.Ref())
		if err != nil {
			return err
		}
		for _, r := range c.Rounds {
			p := Progress{Call: c, Round: r, Phase: r.PhaseOn(tx.Now(), counts[r.No]), Owed: owed, Sums: RoundSums{Round: r.Sum}}
			if err := s.progressOf(ctx, tx, &p); err != nil {
				return err
			}
			list = append(list, p)
		}
		return nil
	})
	return list, err
}

func (s *Service) progressOf(ctx context.Context, tx *db.Tx, p *Progress) (err error) {
	applied, err := appliedOf(ctx, tx, p.Call.ID, p.Round.No)
	if err != nil {
		return err
	}
	p.States = map[ApplicationState]int{}
	for _, a := range applied {
		p.States[a.State]++
		if a.State != Withdrawn {
			p.Sums.Asked += a.Asked
		}
		if a.State == Funded {
			p.Sums.Granted += a.Granted
		}
	}
	if p.Panel, _, err = s.panelOf(ctx, tx, p.Call, p.Round.No); err != nil {
		return err
	}
	p.MayOpen = s.mayOpenPanel(ctx, tx, deciding{call: p.Call, round: p.Round, applied: applied}) == nil
	if p.Decisions, err = decisionsOf(ctx, tx, p.Call.ID, p.Round.No); err != nil {
		return err
	}
	appeals, err := appealsOfRound(ctx, tx, p.Call.ID, p.Round.No)
	if err != nil {
		return err
	}
	for _, a := range appeals {
		if a.Outcome == "" {
			p.Appeals = append(p.Appeals, a)
		}
	}
	if err := agreedIn(ctx, tx, p); err != nil {
		return err
	}
	if p.After, err = s.afterwardsOf(ctx, tx, p.Call.ID, p.Round.No); err != nil {
		return err
	}
	p.Turn = p.turn()
	return nil
}

// agreedIn counts the agreements of a round.
func agreedIn(ctx context.Context, tx *db.Tx, p *Progress) error {
	p.Agreements = map[AgreementState]int{}
	return db.Each(ctx, tx, scanAgreement, func(a Agreement) error {
		p.Agreements[a.State()]++
		if a.State() == Signed {
			p.Sums.Signed += a.Granted
		}
		return nil
	}, `SELECT `+agreementColumns+` FROM agreements WHERE application_id IN (SELECT id FROM applications WHERE call_id = $1 AND round = $2)`, p.Call.ID, p.Round.No)
}

// turn is whose turn it is.
func (p Progress) turn() Turn {
	switch p.Phase {
	case Announced, Open:
		return TurnApplicants
	case Checking:
		if p.States[Submitted] == 0 {
			return TurnApplicants // they mend what was returned
		}
		return TurnFunder
	case Judging:
		if p.Panel.Stage() == panels.Marking {
			return TurnExperts
		}
		return TurnFunder
	case Deciding:
		if n := len(p.Decisions); n > 0 && p.Decisions[n-1].State() == DecisionPut && ByLaw(p.Call.Kind) {
			return TurnCommission
		}
		return TurnFunder
	case Decided:
		switch {
		case len(p.Appeals) > 0:
			return TurnFunder
		case p.Agreements[Drafting]+p.Agreements[Settled] > 0:
			return TurnSides
		}
		return p.After.turn()
	}
	return TurnNobody
}

// roundsToDecide tells of rounds whose funder's side is to open a panel or to
// decide, and of appeals that are to be heard.
func (s *Service) roundsToDecide(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
	if !by.HasAny(access.Officer) && !by.HasAny(access.Funder) && !by.HasAny(access.Lead) {
		return nil, nil
	}
	calls, err := db.All(ctx, tx, scanCall, `SELECT `+callColumns+` FROM calls WHERE id IN (SELECT call_id FROM applications WHERE state = 'admitted')
		OR id IN (SELECT call_id FROM decision_appeals WHERE ended_at IS NULL) ORDER BY id`)
	if err != nil {
		return nil, err
	}
	for _, c := range calls {
		if c.Cancelled() || !s.MayKeepCall(by, c) {
			continue
		}
		some, err := s.callWaits(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

func (s *Service) callWaits(ctx context.Context, tx *db.Tx, c Call) (out []todo.Task, err error) {
	counts, err := s.countsOf(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	wait := func(act, path string, since db.Time) {
		out = append(out, todo.Task{Act: act, Thing: c.Ref(), Path: path, Since: db.DateOf(since.In(s.Zone))})
	}
	for _, r := range c.Rounds {
		switch r.PhaseOn(tx.Now(), counts[r.No]) {
		case Judging:
			_, open, err := s.panelOf(ctx, tx, c, r.No)
			if err != nil {
				return nil, err
			}
			if !open {
				wait("funding.panel.open", c.Ref().Path+"/progress", r.Closes)
			}
		case Deciding:
			wait("funding.decide", c.Ref().Path+"/progress", r.Closes)
		}
		appeals, err := appealsOfRound(ctx, tx, c.ID, r.No)
		if err != nil {
			return nil, err
		}
		for _, a := range appeals {
			if a.Outcome == "" {
				wait("funding.appeal.answer", a.Ref().Path, a.FiledAt)
			}
		}
	}
	return out, nil
}
