package orgs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// ProfileOn is the story of one page as it was at the end of a past day, from the
// journal; before the page was entered there is none. Pages merged into it since
// then tell their own past.
func (s *Service) ProfileOn(ctx context.Context, by access.Actor, id ref.ID, day db.Date) (p Profile, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p = Profile{Day: day, Family: []ref.ID{id}}
		root := ref.Ref{Kind: Kind, ID: id}
		end := day.AddDays(1).In(s.Zone).Add(-1)
		entries, err := journal.AsOf(ctx, tx, root, end)
		if err != nil {
			return err
		}
		if err := s.remember(by, entries, &p); err != nil {
			return err
		}
		if p.ID == 0 {
			return problem.New(problem.NotFound, "orgs.not_there_yet", "day", day)
		}
		p.May = May{}
		past, err := journal.Timeline(ctx, tx, root, 0, timelineLength, true)
		p.Past = slices.DeleteFunc(past, func(e journal.Entry) bool { return e.At.After(end) })
		return err
	})
	return p, err
}

// remember rebuilds a page from the last entry of each of its things.
func (s *Service) remember(by access.Actor, entries []journal.Entry, p *Profile) error {
	var returns []Return
	var corrections []Correction
	var owed []obligations.Obligation
	for _, e := range entries {
		if e.Erased {
			continue
		}
		var err error
		switch e.Thing.Kind {
		case Kind:
			err = json.Unmarshal(e.Body.After, &p.Organization)
		case "organization_return":
			returns, err = taken(returns, e)
		case "organization_correction":
			corrections, err = taken(corrections, e)
		case obligations.Kind:
			owed, err = taken(owed, e)
		}
		if err != nil {
			return fmt.Errorf("orgs: an entry of the past: %w", err)
		}
	}
	s.allow(by, p)
	slices.SortFunc(returns, func(a, b Return) int { return b.Year - a.Year })
	p.files(returns)
	p.corrects(corrections)
	p.owes(slices.DeleteFunc(owed, func(o obligations.Obligation) bool { return o.Owner.ID != p.ID }))
	return nil
}

func taken[T any](list []T, e journal.Entry) ([]T, error) {
	var v T
	err := json.Unmarshal(e.Body.After, &v)
	return append(list, v), err
}
