package projects

import (
	"context"
	"slices"
	"strings"

	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// The facets by which projects are filtered and counted.
const (
	FacetPlace     = "place" // each of its places, with every place around it
	FacetMain      = "main"  // its first place as it is called today, with every place around it: for totals, which add up
	FacetSphere    = "sphere"
	FacetFunding   = "funding" // place in FundingKinds, from 1
	FacetFunder    = "funder"
	FacetProgramme = "programme"
	FacetOrg       = "org"
	FacetYear      = "year"
	FacetStatus    = "status" // place in States, from 1
	FacetSize      = "size"   // band of the sum, see SizeBands
	FacetGroup     = "group"
	FacetRural     = "rural"    // 1 rural, 2 urban
	FacetKids      = "children" // 1 for children
)

// The orders of a list, and what is totalled over it.
const (
	SortNew  = "new"
	SortSum  = "sum"
	SortLate = "late"
	SumMoney = "money" // tiyn, of projects in tenge
)

// SortTitle is the order by title in a language.
func SortTitle(l i18n.Lang) string { return "title_" + string(l) }

// SizeBands are the upper bounds of the bands of size, in tiyn; the last band
// has none.
var SizeBands = []int64{1_000_000_00, 5_000_000_00, 20_000_000_00, 50_000_000_00}

// Size is the band of a sum, from 1.
func Size(sum int64) int64 {
	for i, limit := range SizeBands {
		if sum <= limit {
			return int64(i + 1)
		}
	}
	return int64(len(SizeBands) + 1)
}

// Codes gives the small numbers that stand for codes of the classifiers.
type Codes func(list, code string) (num int64, ok bool)

// Docs hands over what the index knows of projects: of the given ones, or of all
// when ids is nil. Hidden projects are left out.
func (s *Service) Docs(ctx context.Context, ids []ref.ID, codes Codes, yield func(search.Doc) error) error {
	if ids != nil {
		return s.docs(ctx, codes, yield, func(tx *db.Tx) ([]Project, error) { return projectsByIDs(ctx, tx, ids) })
	}
	var last ref.ID
	for more := true; more; {
		if err := s.docs(ctx, codes, yield, func(tx *db.Tx) ([]Project, error) {
			list, err := projectsAfter(ctx, tx, last, docsBatch)
			if more = len(list) == docsBatch; len(list) > 0 {
				last = list[len(list)-1].ID
			}
			return list, err
		}); err != nil {
			return err
		}
	}
	return nil
}

const docsBatch = 1000

func (s *Service) docs(ctx context.Context, codes Codes, yield func(search.Doc) error, read func(tx *db.Tx) ([]Project, error)) error {
	var list []Project
	var known map[ref.ID]orgs.Organization
	if err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if list, err = read(tx); err != nil {
			return err
		}
		var ids []ref.ID
		for _, p := range list {
			ids = append(ids, p.OrgID)
		}
		known, err = orgs.ByIDs(ctx, tx, unique(ids))
		return err
	}); err != nil {
		return err
	}
	today := s.Today()
	for _, p := range list {
		if p.Hidden {
			continue
		}
		if err := yield(s.doc(p, known[p.OrgID].Title(), today, codes)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) doc(p Project, org i18n.Text, today db.Date, codes Codes) search.Doc {
	status := p.StatusOn(today)
	d := search.Doc{Kind: KindProject, ID: p.ID, Title: p.Title.Words(),
		Body:  strings.Join([]string{p.Summary.Words(), p.Need.Words(), org.Words(), s.placeNames(p)}, " "),
		Exact: []string{p.Number}, Facets: map[string][]int64{}, Sorts: map[string]int64{}, Sums: map[string]int64{}}
	f := d.Facets
	for _, place := range append([]ref.ID{p.PlaceID}, p.MorePlaces...) {
		for _, around := range s.places.Tree().Path(place) {
			f[FacetPlace] = append(f[FacetPlace], int64(around))
		}
	}
	slices.Sort(f[FacetPlace])
	f[FacetPlace] = slices.Compact(f[FacetPlace])
	if now, ok := s.places.Tree().Now(p.PlaceID); ok {
		for _, around := range s.places.Tree().Path(now.ID) {
			f[FacetMain] = append(f[FacetMain], int64(around))
		}
	}
	coded := func(facet, list string, all ...string) {
		for _, c := range all {
			if n, ok := codes(list, c); ok {
				f[facet] = append(f[facet], n)
			}
		}
	}
	coded(FacetSphere, "sphere", append([]string{p.Sphere}, p.MoreSpheres...)...)
	coded(FacetGroup, "target_group", p.TargetGroups...)
	f[FacetFunding] = []int64{int64(slices.Index(FundingKinds, p.FundingKind) + 1)}
	f[FacetStatus] = []int64{status.Is.number()}
	f[FacetOrg] = []int64{int64(p.OrgID)}
	if p.FunderID != 0 {
		f[FacetFunder] = []int64{int64(p.FunderID)}
	}
	if p.Programme != 0 {
		f[FacetProgramme] = []int64{int64(p.Programme)}
	}
	for y := p.Starts.Year(); y <= p.Ends.Year(); y++ {
		f[FacetYear] = append(f[FacetYear], int64(y))
	}
	f[FacetSize] = []int64{Size(p.Sum)}
	f[FacetRural] = []int64{2}
	if p.Rural {
		f[FacetRural] = []int64{1}
	}
	if p.ForChildren {
		f[FacetKids] = []int64{1}
	}
	d.Sorts[SortNew] = p.CreatedAt.UnixMilli()
	d.Sorts[SortSum] = p.Sum
	d.Sorts[SortLate] = int64(status.DaysLate)
	for _, l := range i18n.Langs {
		title, _ := p.Title.In(l)
		d.Sorts[SortTitle(l)] = i18n.Rank(l, title)
	}
	if p.Currency == "" || p.Currency == "KZT" {
		d.Sums[SumMoney] = p.Sum
	}
	return d
}

// ProgrammeDocs hands over what the index knows of programmes: of the given ones,
// or of all when ids is nil.
func (s *Service) ProgrammeDocs(ctx context.Context, ids []ref.ID, yield func(search.Doc) error) error {
	list, err := s.Programmes(ctx)
	if err != nil {
		return err
	}
	for _, p := range list {
		if ids != nil && !slices.Contains(ids, p.ID) {
			continue
		}
		if err := yield(search.Doc{Kind: KindProgramme, ID: p.ID, Title: p.Title.Words(), Body: p.About.Words()}); err != nil {
			return err
		}
	}
	return nil
}

// CarriedOutBy gives the projects of organizations and of the pages merged into
// them: projects are found by the names of those who carry them out.
func (s *Service) CarriedOutBy(ctx context.Context, organizations []ref.ID) (ids []ref.ID, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		for _, id := range organizations {
			family, err := orgs.Family(ctx, tx, id)
			if err != nil {
				return err
			}
			some, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT id FROM projects WHERE org_id IN `+db.In(1, len(family)), db.Args(nil, family)...)
			if err != nil {
				return err
			}
			ids = append(ids, some...)
		}
		return nil
	})
	return ids, err
}

// placeNames are the names of the places around a project in all languages.
func (s *Service) placeNames(p Project) string {
	var all []string
	tree := s.places.Tree()
	for _, id := range tree.Path(p.PlaceID) {
		if place, ok := tree.Place(id); ok {
			all = append(all, place.Name.Words())
		}
	}
	return strings.Join(all, " ")
}

// Named gives the projects with these ids that everybody may see, in their
// order.
func (s *Service) Named(ctx context.Context, ids []ref.ID) (list []Project, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := projectsByIDs(ctx, tx, ids)
		list = inOrder(rows, ids)
		return err
	})
	return list, err
}
