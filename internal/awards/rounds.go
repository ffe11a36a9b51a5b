package awards

import (
	"context"
	"slices"

	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// NewRound is what somebody gives to begin a round.
type NewRound struct {
	OrganizerID ref.ID
	PlaceID     ref.ID
	Forum       ref.Ref
	Terms
	Sample bool
}

// mayKeep: the lead of the organizer, an officer of it or of a place around. It
// gives the actor in the role that allows it.
func (s *Service) mayKeep(by access.Actor, r Round) (access.Actor, error) {
	switch {
	case by.IsPortal():
		return by, nil
	case by.LeadsOrg(r.OrganizerID):
		return by.As(access.Lead, r.OrganizerID), nil
	}
	for _, scope := range append([]ref.ID{r.OrganizerID}, s.Places.Tree().Path(r.PlaceID)...) {
		if scope != 0 && by.Has(access.Officer, scope) {
			return by.As(access.Officer, scope), nil
		}
	}
	return by, problem.New(problem.Forbidden, "awards.organizer_only")
}

// MayKeep tells whether the actor runs the round.
func (s *Service) MayKeep(by access.Actor, r Round) bool {
	_, err := s.mayKeep(by, r)
	return err == nil && !r.Reported()
}

// CreateRound begins a round as a draft that the organizer's side alone sees.
func (s *Service) CreateRound(ctx context.Context, by access.Actor, n NewRound) (r Round, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		r = Round{ID: tx.NewID(), OrganizerID: n.OrganizerID, PlaceID: n.PlaceID, Forum: n.Forum, Terms: n.tidy(), Sample: n.Sample, CreatedAt: db.At(tx.Now()), Version: 1}
		as, err := s.mayKeep(by, r)
		if err != nil {
			return err
		}
		if err := s.judgeRound(ctx, tx, r); err != nil {
			return err
		}
		if err := insertRound(ctx, tx, r); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "awards.round.create", nil, r)
	})
	return r, err
}

// judgeRound checks the shape of a round and everything that it names.
func (s *Service) judgeRound(ctx context.Context, tx *db.Tx, r Round) error {
	bad := r.check()
	_, ok := s.Places.Tree().Place(r.PlaceID)
	bad.Reject(!ok, "place", "form.unknown_choice")
	names, err := orgs.Refs(ctx, tx, []ref.ID{r.OrganizerID})
	if err != nil {
		return err
	}
	bad.Reject(len(names) == 0, "organizer", "form.unknown_choice")
	if r.BodyID != 0 {
		bodies, err := s.Panels.BodiesIn(ctx, tx, r.OrganizerID)
		if err != nil {
			return err
		}
		known := false
		for _, b := range bodies {
			known = known || b.ID == r.BodyID
		}
		bad.Reject(!known, "body", "form.unknown_choice")
	}
	return bad.Err()
}

// changeRound loads a round for the organizer's side, applies a rule, stores and
// records it. version is the one that the person saw, 0 when it does not matter.
func (s *Service) changeRound(ctx context.Context, by access.Actor, act string, id ref.ID, version int64, rule func(tx *db.Tx, as access.Actor, r *Round) error) (r Round, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, as, err := s.kept(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if version != 0 && version != before.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		r = before
		if err := rule(tx, as, &r); err != nil {
			return err
		}
		return s.saveRound(ctx, tx, as, act, before, &r)
	})
	return r, err
}

func (s *Service) saveRound(ctx context.Context, tx *db.Tx, as access.Actor, act string, before Round, r *Round) error {
	r.Version++
	if err := updateRound(ctx, tx, *r); err != nil {
		return err
	}
	return journal.Record(ctx, tx, as, act, before, *r)
}

// kept loads a round for those who run it.
func (s *Service) kept(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Round, access.Actor, error) {
	r, err := s.visible(ctx, tx, by, id)
	if err != nil {
		return r, by, err
	}
	as, err := s.mayKeep(by, r)
	if err == nil && r.Reported() {
		err = problem.New(problem.Conflict, "awards.not_now")
	}
	return r, as, err
}

// EditRound replaces the terms of a draft.
func (s *Service) EditRound(ctx context.Context, by access.Actor, id ref.ID, version int64, t Terms) (Round, error) {
	return s.changeRound(ctx, by, "awards.round.edit", id, version, func(tx *db.Tx, _ access.Actor, r *Round) error {
		if r.Published() {
			return problem.New(problem.Conflict, "awards.is_published")
		}
		r.Terms = t.tidy()
		return s.judgeRound(ctx, tx, *r)
	})
}

// PublishRound brings a draft out; from now on it lives by the norms of this day.
func (s *Service) PublishRound(ctx context.Context, by access.Actor, id ref.ID, version int64) (Round, error) {
	return s.changeRound(ctx, by, "awards.round.publish", id, version, func(tx *db.Tx, _ access.Actor, r *Round) error {
		today := s.today(tx)
		return r.Publish(tx.Now(), today, least(s.Norms.Book(), today))
	})
}

// CancelRound calls a round off; a panel that judges it ends with it.
func (s *Service) CancelRound(ctx context.Context, by access.Actor, id ref.ID, version int64, why i18n.Text) (Round, error) {
	return s.changeRound(ctx, by, "awards.round.cancel", id, version, func(tx *db.Tx, _ access.Actor, r *Round) error {
		if err := r.Cancel(tx.Now(), why.Trim()); err != nil {
			return err
		}
		p, ok, err := s.panelOf(ctx, tx, *r)
		if err != nil || !ok {
			return err
		}
		return s.Panels.CancelIn(ctx, tx, by, p.ID, why)
	})
}

// Drafts lists the drafts of rounds that the actor keeps.
func (s *Service) Drafts(ctx context.Context, by access.Actor) (list []Round, err error) {
	if !by.SignedIn() {
		return nil, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = draftRounds(ctx, tx)
		list = slices.DeleteFunc(list, func(r Round) bool { return !s.MayKeep(by, r) })
		return err
	})
	return list, err
}
