package orgs

import (
	"context"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Twins are living pages that look like one body.
type Twins struct {
	Fold    string // the folded name that they share
	PlaceID ref.ID
	Rows    []Organization
}

// joinedTo makes from a page that leads to into. Two different BINs are two
// bodies, whatever their names.
func (o *Organization) joinedTo(into Organization, why i18n.Text, today db.Date) error {
	var bad problem.Fields
	bad.Reject(why.Trim().IsZero(), "why", "orgs.merge_why_missing")
	bad.Reject(o.ID == into.ID, "into", "orgs.merge_itself")
	bad.Reject(o.BIN != "" && into.BIN != "" && o.BIN != into.BIN, "into", "orgs.merge_two_bins")
	bad.Reject(o.Sample != into.Sample, "into", "orgs.merge_sample")
	if bad != nil {
		return bad.Err()
	}
	o.MergedInto, o.MergedOn, o.MergedWhy = into.ID, today, why.Trim()
	return nil
}

// inherits takes from a merged page what o does not know itself.
func (o *Organization) inherits(from Organization) {
	if o.BIN == "" {
		o.BIN = from.BIN
	}
	if o.Founded.IsZero() {
		o.Founded = from.Founded
	}
	if o.LegalForm == "" {
		o.LegalForm = from.LegalForm
	}
	for _, l := range i18n.Langs {
		if o.Name.Get(l) == "" {
			o.Name.Set(l, from.Name.Get(l))
		}
	}
}

// Merge makes from lead to into. Both histories stay: the old address leads on,
// what from owes and did is told on the page of into.
func (s *Service) Merge(ctx context.Context, by access.Actor, from, into ref.ID, why i18n.Text) error {
	defer s.Accounts.RolesGiven()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		old, heir, err := s.mergePair(ctx, tx, by, from, into)
		if err != nil {
			return err
		}
		before := old
		if err := old.joinedTo(heir, why, s.today(tx)); err != nil {
			return err
		}
		by := by.As(access.Officer, heir.PlaceID)
		if _, err := s.save(ctx, tx, by, "orgs.merge", before, old); err != nil {
			return err
		}
		if err := s.bringAlong(ctx, tx, by, old, heir); err != nil {
			return err
		}
		was := heir
		heir.inherits(before)
		_, err = s.save(ctx, tx, by, "orgs.merge.take", was, heir)
		return err
	})
}

func (s *Service) mergePair(ctx context.Context, tx *db.Tx, by access.Actor, from, into ref.ID) (old, heir Organization, err error) {
	if old, err = living(ctx, tx, from); err != nil {
		return old, heir, err
	}
	if heir, err = living(ctx, tx, into); err != nil {
		return old, heir, err
	}
	for _, o := range []Organization{old, heir} {
		place, _ := s.PlaceOf(o.PlaceID)
		if err := MayKeepRegister(by, place); err != nil {
			return old, heir, err
		}
	}
	return old, heir, nil
}

// bringAlong moves to heir what pointed at old: pages merged into it earlier, the
// leads, and claims that nobody has decided.
func (s *Service) bringAlong(ctx context.Context, tx *db.Tx, by access.Actor, old, heir Organization) error {
	earlier, err := mergedInto(ctx, tx, old.ID)
	if err != nil {
		return err
	}
	for _, o := range earlier {
		before := o
		o.MergedInto = heir.ID
		if _, err := s.save(ctx, tx, by, "orgs.merge", before, o); err != nil {
			return err
		}
	}
	if err := s.moveLeads(ctx, tx, old, heir); err != nil {
		return err
	}
	claims, err := openClaims(ctx, tx, old.ID)
	if err != nil {
		return err
	}
	for _, c := range claims {
		before := c
		c.end(ClaimWithdrawn, by.UserID, i18n.Text{}, s.today(tx))
		if err := s.saveClaim(ctx, tx, by, "orgs.claim.withdraw", before, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) moveLeads(ctx context.Context, tx *db.Tx, old, heir Organization) error {
	speak, err := leads(ctx, tx, old.ID)
	if err != nil {
		return err
	}
	for _, person := range speak {
		if err := s.giveLead(ctx, tx, person, heir); err != nil {
			return err
		}
	}
	return nil
}

// Mergeable gives an organization to an officer who may merge it, with the living
// pages that share a folded name with it.
func (s *Service) Mergeable(ctx context.Context, by access.Actor, id ref.ID) (o Organization, twins []Organization, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if o, err = living(ctx, tx, id); err != nil {
			return err
		}
		place, _ := s.PlaceOf(o.PlaceID)
		if err := MayKeepRegister(by, place); err != nil {
			return err
		}
		twins, err = namesakes(ctx, tx, folds(o.Name, o.ShortName), 0, o.ID, 20)
		return err
	})
	return o, twins, err
}

// Duplicates lists living pages of one place that share a folded name, unless
// their BINs tell them apart: of the places that the actor keeps, at most limit
// groups.
func (s *Service) Duplicates(ctx context.Context, by access.Actor, limit int) (groups []Twins, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		groups = groups[:0]
		all, err := twins(ctx, tx)
		if err != nil {
			return err
		}
		for _, g := range all {
			if place, _ := s.PlaceOf(g.PlaceID); MayKeepRegister(by, place) != nil || len(groups) == limit {
				continue
			}
			if g.Rows, err = namesakes(ctx, tx, []string{g.Fold}, g.PlaceID, 0, 20); err != nil {
				return err
			}
			groups = append(groups, g)
		}
		return nil
	})
	return groups, err
}
