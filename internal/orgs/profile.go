package orgs

import (
	"context"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// Profile is the story of an organization as one reader may see it.
type Profile struct {
	Organization
	// Family is the id of the page and of those merged into it.
	Family []ref.ID
	Merged []Organization
	// Owed is what strangers may see of what the organization owes.
	Owed []obligations.Obligation
	// Returns are the yearly returns that came, with the fields of Circle.
	Returns []Return
	// Due are the returns that are still to be filed, for those who work there.
	Due    []Return
	Circle Shown
	// Corrections were decided; Asked wait for the reader's decision.
	Corrections []Correction
	Asked       []Correction
	MayEdit     bool
	MayMerge    bool
	HasLeads    bool
}

// Profile gives the story of an organization.
func (s *Service) Profile(ctx context.Context, by access.Actor, id ref.ID) (p Profile, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p = Profile{}
		if p.Organization, err = byID(ctx, tx, id); err != nil || !p.Living() {
			return err
		}
		place, _ := s.PlaceOf(p.PlaceID)
		p.MayEdit = MayEdit(by, p.Organization, place) == nil
		p.MayMerge = by.SignedIn() && MayKeepRegister(by, place) == nil
		p.Circle = s.circleOf(by, p.Organization)
		return s.story(ctx, tx, &p)
	})
	return p, err
}

func (s *Service) story(ctx context.Context, tx *db.Tx, p *Profile) (err error) {
	if p.Merged, err = mergedInto(ctx, tx, p.ID); err != nil {
		return err
	}
	p.Family = []ref.ID{p.ID}
	for _, o := range p.Merged {
		p.Family = append(p.Family, o.ID)
	}
	for _, id := range p.Family {
		owed, err := s.Obligations.OwedBy(ctx, tx, ref.Ref{Kind: Kind, ID: id})
		if err != nil {
			return err
		}
		p.Owed = append(p.Owed, obligations.Public(owed)...)
	}
	if err := s.returnsFor(ctx, tx, p); err != nil {
		return err
	}
	speak, err := leads(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	p.HasLeads = len(speak) > 0
	return correctionsFor(ctx, tx, p)
}

func (s *Service) returnsFor(ctx context.Context, tx *db.Tx, p *Profile) error {
	all, err := returnsOf(ctx, tx, p.Family)
	for _, y := range all {
		switch {
		case !y.SubmittedOn.IsZero():
			p.Returns = append(p.Returns, y.For(p.Circle))
		case p.Circle == ShownToSelf:
			p.Due = append(p.Due, y)
		}
	}
	return err
}

func correctionsFor(ctx context.Context, tx *db.Tx, p *Profile) error {
	all, err := correctionsOf(ctx, tx, p.Family)
	for _, c := range all {
		switch {
		case c.Public():
			p.Corrections = append(p.Corrections, c.seen())
		case p.MayEdit:
			p.Asked = append(p.Asked, c)
		}
	}
	return err
}
