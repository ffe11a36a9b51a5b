package orgs

import (
	"cmp"
	"context"
	"slices"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Profile is the story of an organization as one reader may see it.
type Profile struct {
	Organization
	// Day is the day as of which it is told.
	Day db.Date
	// Family is the id of the page and of those merged into it.
	Family []ref.ID
	Merged []Organization
	// Owed is what strangers may see of what the organization owes, what still
	// runs first, by due date.
	Owed []obligations.Obligation
	// Returns are the yearly returns that came, with the fields of Circle, the
	// newest first.
	Returns []Return
	// Due are the returns that are still to be filed, for those who work there.
	Due    []Return
	Circle Shown
	// Corrections were decided; Asked wait for the reader's decision.
	Corrections []Correction
	Asked       []Correction
	// Past are the latest public entries about the organization, newest first.
	Past []journal.Entry
	May  May
}

// May tells what the reader may do on the page.
type May struct {
	Edit bool // change the page and answer corrections
	Keep bool // what an officer of the place may: merge
	Lead bool // what only leads may: ties
}

// timelineLength is how many entries the page tells.
const timelineLength = 40

// Profile gives the story of an organization, in at most five queries when no
// page was merged into it. Of a merged page it gives the organization alone.
func (s *Service) Profile(ctx context.Context, by access.Actor, id ref.ID) (p Profile, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p = Profile{Day: s.today(tx)}
		rows, err := withMerged(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case len(rows) == 0 || rows[0].ID != id:
			return problem.New(problem.NotFound, "problem.not_found")
		}
		if p.Organization, p.Merged = rows[0], rows[1:]; !p.Living() {
			return nil
		}
		for _, o := range rows {
			p.Family = append(p.Family, o.ID)
		}
		s.allow(by, &p)
		return s.story(ctx, tx, &p)
	})
	return p, err
}

// allow tells what the reader may see and do on the page.
func (s *Service) allow(by access.Actor, p *Profile) {
	place, _ := s.PlaceOf(p.PlaceID)
	p.May.Edit = by.SignedIn() && MayEdit(by, p.Organization, place) == nil
	p.May.Keep = by.SignedIn() && MayKeepRegister(by, place) == nil
	p.May.Lead = by.LeadsOrg(p.ID)
	p.Circle = s.circleOf(by, p.Organization)
}

func (s *Service) story(ctx context.Context, tx *db.Tx, p *Profile) error {
	for _, id := range p.Family {
		owed, err := s.Obligations.OwedBy(ctx, tx, ref.Ref{Kind: Kind, ID: id})
		if err != nil {
			return err
		}
		p.owes(owed)
		past, err := journal.Timeline(ctx, tx, ref.Ref{Kind: Kind, ID: id}, 0, timelineLength, true)
		if err != nil {
			return err
		}
		p.Past = append(p.Past, past...)
	}
	slices.SortFunc(p.Past, func(a, b journal.Entry) int { return cmp.Compare(b.ID, a.ID) })
	returns, err := returnsOf(ctx, tx, p.Family)
	if err != nil {
		return err
	}
	p.files(returns)
	corrections, err := correctionsOf(ctx, tx, Kind, p.Family)
	p.corrects(corrections)
	return err
}

func (p *Profile) owes(list []obligations.Obligation) {
	p.Owed = append(p.Owed, obligations.Public(list)...)
	slices.SortStableFunc(p.Owed, func(a, b obligations.Obligation) int {
		if a, b := a.State(p.Day).Running(), b.State(p.Day).Running(); a != b {
			return map[bool]int{true: -1, false: 1}[a]
		}
		return a.Due.Compare(b.Due)
	})
}

func (p *Profile) files(list []Return) {
	for _, y := range list {
		switch {
		case !y.SubmittedOn.IsZero():
			p.Returns = append(p.Returns, y.For(p.Circle))
		case p.Circle == ShownToSelf:
			p.Due = append(p.Due, y)
		}
	}
}

func (p *Profile) corrects(list []Correction) { p.Corrections, p.Asked = sorted(list, p.May.Edit) }
