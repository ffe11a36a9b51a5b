package panels

import (
	"context"
	"slices"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindConflict is the kind of the ref of a declared conflict.
const KindConflict = "panel_conflict"

// Ground is what ties an expert to an organization. It is never public.
type Ground string

// The grounds. Those that are declared come first; Found ones come from what the
// portal knows.
const (
	GroundWork     Ground = "work"     // works or worked there in the last years
	GroundFounder  Ground = "founder"  // founder or member
	GroundRelative Ground = "relative" // a relative works there
	GroundMoney    Ground = "money"    // donor, creditor, supplier
	GroundRival    Ground = "rival"    // a dispute or rivalry
	GroundOther    Ground = "other"
	GroundEmployer Ground = "employer" // the expert's employer
	GroundFound    Ground = "found"    // found by the portal: a tie, an address, past work
)

// Grounds lists what an expert can declare.
var Grounds = []Ground{GroundWork, GroundFounder, GroundRelative, GroundMoney, GroundRival, GroundOther}

// Conflict is an expert's word that they have a tie to an organization.
type Conflict struct {
	ID         ref.ID  `json:"id"`
	Version    int64   `json:"version"`
	ExpertID   ref.ID  `json:"expert_id"`
	OrgID      ref.ID  `json:"org_id"`
	Ground     Ground  `json:"ground"`
	DeclaredAt db.Time `json:"declared_at"`
	EndedAt    db.Time `json:"ended_at"`
}

// Ref names the conflict by id alone.
func (c Conflict) Ref() ref.Ref { return ref.Ref{Kind: KindConflict, ID: c.ID} }

// JournalVersion is the version of the row.
func (c Conflict) JournalVersion() int64 { return c.Version }

// Public is never true of a conflict.
func (c Conflict) Public() bool { return false }

// Conflicts lists what the actor has declared, for themselves alone.
func (s *Service) Conflicts(ctx context.Context, by access.Actor) (out []Conflict, err error) {
	err = s.asExpert(ctx, by, func(tx *db.Tx, e Expert) error {
		out, err = conflictsOf(ctx, tx, e.ID, false)
		return err
	})
	return out, err
}

// Declare has the actor say that they have a tie to an organization. Works of that
// organization which they have not marked openly yet are taken from them at once.
func (s *Service) Declare(ctx context.Context, by access.Actor, org ref.ID, ground Ground) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		e, err := s.expertIn(ctx, tx, by)
		if err != nil {
			return err
		}
		if err := s.declare(ctx, tx, by, e, org, ground); err != nil {
			return err
		}
		return s.leaveTied(ctx, tx, by, e)
	})
}

// declare notes one conflict; one that is there already stays.
func (s *Service) declare(ctx context.Context, tx *db.Tx, by access.Actor, e Expert, org ref.ID, ground Ground) error {
	var bad problem.Fields
	bad.Reject(org == 0, "org", "form.required")
	bad.Reject(!slices.Contains(Grounds, ground), "ground", "form.unknown_choice")
	if bad != nil {
		return bad.Err()
	}
	there, err := conflictsOf(ctx, tx, e.ID, false)
	if err != nil || slices.ContainsFunc(there, func(c Conflict) bool { return c.OrgID == org }) {
		return err
	}
	c := Conflict{ID: tx.NewID(), Version: 1, ExpertID: e.ID, OrgID: org, Ground: ground, DeclaredAt: db.At(tx.Now())}
	if err := insertConflict(ctx, tx, c); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "panels.conflict.declare", nil, c)
}

// EndConflict notes that a declared tie is no more. What was drawn stays as it is.
func (s *Service) EndConflict(ctx context.Context, by access.Actor, id ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		e, err := s.expertIn(ctx, tx, by)
		if err != nil {
			return err
		}
		c, err := conflictByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if c.ExpertID != e.ID {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		if !c.EndedAt.IsZero() {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		before := c
		c.EndedAt = db.At(tx.Now())
		if err := endConflict(ctx, tx, c); err != nil {
			return err
		}
		c.Version++
		return journal.Record(ctx, tx, by, "panels.conflict.end", before, c)
	})
}

// tiedTo lists the organizations to which an expert has a tie: declared, their
// employer, those for which they act on the portal, and what other rooms find.
func (s *Service) tiedTo(ctx context.Context, tx *db.Tx, e Expert) (map[ref.ID]Ground, error) {
	tied := map[ref.ID]Ground{}
	acts, err := accounts.ActsFor(ctx, tx, e.PersonID)
	if err != nil {
		return nil, err
	}
	for _, org := range acts {
		tied[org] = GroundFound
	}
	if s.Ties != nil {
		found, err := s.Ties(ctx, tx, e.PersonID, e.EmployerID, s.today(tx))
		if err != nil {
			return nil, err
		}
		for _, org := range found {
			tied[org] = GroundFound
		}
	}
	if e.EmployerID != 0 {
		tied[e.EmployerID] = GroundEmployer
	}
	declared, err := conflictsOf(ctx, tx, e.ID, false)
	for _, c := range declared {
		tied[c.OrgID] = c.Ground
	}
	return tied, err
}

// inConflict tells that there is a tie to the work itself, or to one of those whose
// work it is.
func inConflict(w PanelWork, tied map[ref.ID]Ground) bool {
	if _, own := tied[w.Work.Ref.ID]; own {
		return true
	}
	return slices.ContainsFunc(w.Work.Orgs, func(org ref.ID) bool { _, ok := tied[org]; return ok })
}

// asExpert runs f on the actor's own entry of the pool.
func (s *Service) asExpert(ctx context.Context, by access.Actor, f func(tx *db.Tx, e Expert) error) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		e, err := s.expertIn(ctx, tx, by)
		if err != nil {
			return err
		}
		return f(tx, e)
	})
}

// expertIn is the actor's own entry of the pool; others are told nothing.
func (s *Service) expertIn(ctx context.Context, tx *db.Tx, by access.Actor) (Expert, error) {
	e, ok, err := expertOf(ctx, tx, by.UserID)
	if err == nil && (!ok || !by.HasAny(access.Expert)) {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return e, err
}
