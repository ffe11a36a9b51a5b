package funding

import (
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// funderSide tells whether the actor speaks for the one who pays, and gives the
// actor in the role that allows it: the lead or an officer of the funder; for the
// law's kinds an officer of a place around; for the grants of a business or a
// foundation those who hold the role of its funder.
func funderSide(by access.Actor, funder ref.ID, kind string, around []ref.ID) (access.Actor, bool) {
	switch {
	case by.IsPortal():
		return by, true
	case funder == 0:
		return by, false
	case by.LeadsOrg(funder):
		return by.As(access.Lead, funder), true
	case slices.Contains(by.Scopes(access.Officer), funder):
		return by.As(access.Officer, funder), true
	case kind == projects.Business || kind == projects.Foundation:
		return by.As(access.Funder, funder), slices.Contains(by.Scopes(access.Funder), funder)
	}
	for _, scope := range around {
		if scope != 0 && by.Has(access.Officer, scope) {
			return by.As(access.Officer, scope), true
		}
	}
	return by, false
}

// mayKeepCall: the funder's side.
func (s *Service) mayKeepCall(by access.Actor, c Call) (access.Actor, error) {
	as, ok := funderSide(by, c.FunderID, c.Kind, s.Places.Tree().Path(c.PlaceID))
	if !ok {
		return by, problem.New(problem.Forbidden, "funding.only_funder_side")
	}
	return as, nil
}

// MayKeepCall tells whether the actor runs the call.
func (s *Service) MayKeepCall(by access.Actor, c Call) bool {
	_, err := s.mayKeepCall(by, c)
	return err == nil
}
