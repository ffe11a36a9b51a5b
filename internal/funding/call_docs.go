package funding

import (
	"context"
	"slices"
	"strings"
	"time"

	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/projects"
)

// The facets by which calls are filtered and counted.
const (
	FacetCallPlace  = "place" // its place with every place around it
	FacetCallPhase  = "phase" // place in Phases, from 1
	FacetCallFunder = "funder"
	FacetCallKind   = "kind" // place in CallKinds, from 1
	FacetCallSphere = "sphere"
	FacetCallSize   = "size" // band of the greatest sum of one project, see projects.SizeBands
	FacetCallFor    = "for"  // place in OpenFor, from 1
	FacetCallYear   = "year"
	FacetProgramme  = "programme"
)

// The orders of a list of calls, and what is totalled over it.
const (
	SortCallDeadline = "deadline" // the next deadline first, those that are over last
	SortCallNew      = "new"
	SortCallSum      = "sum"
	SumCallMoney     = "money"
)

// OpenFor says for whom calls are, by the codes of the requirements on offer; the
// last is for the calls that make none of these.
var OpenFor = []string{"ngo", "rural", "first", "anybody"}

// For lists the entries of OpenFor that hold for the terms.
func (t Terms) For() (codes []string) {
	for _, r := range t.Eligibility {
		if slices.Contains(OpenFor, r.Code) && r.Code != "anybody" {
			codes = append(codes, r.Code)
		}
	}
	if len(codes) == 0 {
		return []string{"anybody"}
	}
	return codes
}

// Codes gives the small numbers that stand for codes of the classifiers.
type Codes = projects.Codes

const callsBatch = 500

// CallDocs hands over what the index knows of published calls: of the given ones,
// or of all when ids is nil.
func (s *Service) CallDocs(ctx context.Context, ids []ref.ID, codes Codes, yield func(search.Doc) error) error {
	if ids != nil {
		return s.callDocs(ctx, codes, yield, func(tx *db.Tx) ([]Call, error) { return publishedByIDs(ctx, tx, ids) })
	}
	var last ref.ID
	for more := true; more; {
		if err := s.callDocs(ctx, codes, yield, func(tx *db.Tx) ([]Call, error) {
			list, err := publishedAfter(ctx, tx, last, callsBatch)
			if more = len(list) == callsBatch; more {
				last = list[len(list)-1].ID
			}
			return list, err
		}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) callDocs(ctx context.Context, codes Codes, yield func(search.Doc) error, read func(tx *db.Tx) ([]Call, error)) error {
	list, err := s.cards(ctx, read)
	if err != nil {
		return err
	}
	var funders []ref.ID
	for _, c := range list {
		funders = append(funders, c.FunderID)
	}
	names, err := s.FunderRefs(ctx, funders)
	if err != nil {
		return err
	}
	for _, c := range list {
		if err := yield(s.callDoc(c, names[c.FunderID].Title, codes)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) callDoc(c CallCard, funder i18n.Text, codes Codes) search.Doc {
	d := search.Doc{Kind: KindCall, ID: c.ID, Title: c.Title.Words(), Exact: []string{c.Number},
		Facets: map[string][]int64{}, Sorts: map[string]int64{}, Sums: map[string]int64{SumCallMoney: c.Total()}}
	body := []string{c.About.Words(), c.Who.Words(), funder.Words()}
	f := d.Facets
	for _, id := range s.Places.Tree().Path(c.PlaceID) {
		f[FacetCallPlace] = append(f[FacetCallPlace], int64(id))
		if place, ok := s.Places.Tree().Place(id); ok {
			body = append(body, place.Name.Words())
		}
	}
	for _, code := range c.Spheres {
		if n, ok := codes("sphere", code); ok {
			f[FacetCallSphere] = append(f[FacetCallSphere], n)
		}
	}
	for _, code := range c.For() {
		f[FacetCallFor] = append(f[FacetCallFor], int64(slices.Index(OpenFor, code)+1))
	}
	for _, r := range c.Rounds {
		if !slices.Contains(f[FacetCallYear], int64(r.Year)) {
			f[FacetCallYear] = append(f[FacetCallYear], int64(r.Year))
		}
	}
	f[FacetCallPhase], f[FacetCallFunder] = []int64{c.Phase.number()}, []int64{int64(c.FunderID)}
	f[FacetCallKind] = []int64{int64(slices.Index(CallKinds, c.Kind) + 1)}
	f[FacetCallSize] = []int64{projects.Size(c.MaxSum)}
	if c.ProgrammeID != 0 {
		f[FacetProgramme] = []int64{int64(c.ProgrammeID)}
	}
	d.Body = strings.Join(body, " ")
	d.Sorts[SortCallDeadline] = c.urgency(s.Now())
	d.Sorts[SortCallNew] = c.PublishedAt.Unix()
	d.Sorts[SortCallSum] = c.Total()
	return d
}

// urgency orders calls: those that are open by their deadline, then those to come
// by their opening, then those that are over, the latest first.
func (c CallCard) urgency(now time.Time) int64 {
	const later = int64(1) << 40
	r, _ := c.RoundOn(now)
	switch c.Phase {
	case Open:
		return r.Closes.Unix()
	case Announced:
		return later + r.Opens.Unix()
	}
	return 4*later - c.Closes().Unix()
}

// Turned lists the published calls whose phase the clock changed after one instant
// and until another.
func (s *Service) Turned(ctx context.Context, after, until time.Time) (ids []ref.ID, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		ids = nil
		list, err := callsClosingFrom(ctx, tx, db.At(after))
		for _, c := range list {
			if t := c.Turns(after); !t.IsZero() && !t.After(until) {
				ids = append(ids, c.ID)
			}
		}
		return err
	})
	return ids, err
}

// CallsMadeBy lists the published calls of organizations and of the pages merged
// into them: calls are found by the names of those who pay.
func (s *Service) CallsMadeBy(ctx context.Context, organizations []ref.ID) (ids []ref.ID, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		ids = nil
		for _, id := range organizations {
			family, err := orgs.Family(ctx, tx, id)
			if err != nil {
				return err
			}
			some, err := callIDsOf(ctx, tx, family)
			if err != nil {
				return err
			}
			ids = append(ids, some...)
		}
		return nil
	})
	return ids, err
}

// PublishedIn finds calls that everybody may see, for the transaction of others.
func PublishedIn(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Call, error) {
	return publishedByIDs(ctx, tx, ids)
}

// Pots lists the pots from which the actor can pay for a call.
func (s *Service) Pots(ctx context.Context, by access.Actor) (list []Pot, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = allPots(ctx, tx)
		list = slices.DeleteFunc(list, func(p Pot) bool {
			_, ok := funderSide(by, p.FunderID, p.Kind, s.Places.Tree().Path(p.PlaceID))
			return !ok
		})
		return err
	})
	return list, err
}

// Drafts lists the drafts of calls that the actor runs, the latest first.
func (s *Service) Drafts(ctx context.Context, by access.Actor) (list []Call, err error) {
	if !by.HasAny(access.Officer) && !by.HasAny(access.Funder) && !by.HasAny(access.Lead) {
		return nil, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = draftCalls(ctx, tx)
		list = slices.DeleteFunc(list, func(c Call) bool { return !s.MayKeepCall(by, c) })
		return err
	})
	return list, err
}
