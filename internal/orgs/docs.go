package orgs

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// The facets by which organizations are filtered and counted.
const (
	FacetKind   = "kind"
	FacetForm   = "form"
	FacetPlace  = "place" // with every place around it
	FacetSphere = "sphere"
	FacetRural  = "rural"  // 1 rural, 2 urban
	FacetActive = "active" // 1 active, 2 closed
	FacetNGO    = "ngo"    // 1 NGO
	// FacetFounded is the year, nobodyKnows where there is none; FacetClosed the
	// year of those whose founding date is known.
	FacetFounded = "founded"
	FacetClosed  = "closed"
	FacetSample  = "sample" // 1 sample
)

const nobodyKnows = 0

// SortNew is the order by founding date.
const SortNew = "new"

// SortTitle is the order by name in a language.
func SortTitle(l i18n.Lang) string { return "title_" + string(l) }

// Codes gives the small numbers that stand for codes of the classifiers.
type Codes func(list, code string) (num int64, ok bool)

const docsBatch = 1000

// Docs hands over what the index knows of organizations: of the given ones, or
// of all when ids is nil. Merged pages are left out.
func (s *Service) Docs(ctx context.Context, ids []ref.ID, codes Codes, yield func(search.Doc) error) error {
	var last ref.ID
	for more := true; more; {
		var list []Organization
		if err := s.db.View(ctx, func(tx *db.Tx) (err error) {
			if ids != nil {
				list, err = inIDs(ctx, tx, ids)
			} else {
				list, err = after(ctx, tx, last, docsBatch)
			}
			return err
		}); err != nil {
			return err
		}
		if more = ids == nil && len(list) == docsBatch; more {
			last = list[len(list)-1].ID
		}
		today := s.Today()
		for _, o := range list {
			if !o.Living() {
				continue
			}
			if err := yield(s.doc(o, today, codes)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) doc(o Organization, today db.Date, codes Codes) search.Doc {
	d := search.Doc{Kind: Kind, ID: o.ID, Title: o.Name.Words() + " " + o.ShortName.Words(), Body: o.About.Words(), Exact: []string{o.BIN},
		Facets: map[string][]int64{}, Sorts: map[string]int64{}}
	tree := s.Places.Tree()
	at, _ := tree.Now(o.PlaceID)
	for _, around := range tree.Path(at.ID) {
		d.Facets[FacetPlace] = append(d.Facets[FacetPlace], int64(around))
		if place, ok := tree.Place(around); ok {
			d.Body += " " + place.Name.Words()
		}
	}
	coded := func(facet, list string, all ...string) {
		for _, c := range all {
			if n, ok := codes(list, c); ok {
				d.Facets[facet] = append(d.Facets[facet], n)
			}
		}
	}
	coded(FacetKind, ListKinds, o.Kind)
	coded(FacetForm, ListLegalForms, o.LegalForm)
	coded(FacetSphere, ListSpheres, o.Spheres...)
	d.Facets[FacetRural], d.Facets[FacetActive] = []int64{2}, []int64{2}
	if o.Rural {
		d.Facets[FacetRural] = []int64{1}
	}
	if o.ActiveOn(today) {
		d.Facets[FacetActive] = []int64{1}
	}
	if o.IsNGO() {
		d.Facets[FacetNGO] = []int64{1}
	}
	d.Facets[FacetFounded] = []int64{nobodyKnows}
	if !o.Founded.IsZero() {
		d.Facets[FacetFounded] = []int64{int64(o.Founded.Year())}
		if !o.Closed.IsZero() {
			d.Facets[FacetClosed] = []int64{int64(o.Closed.Year())}
		}
	}
	if o.Sample {
		d.Facets[FacetSample] = []int64{1}
	}
	if !o.Founded.IsZero() {
		d.Sorts[SortNew] = o.Founded.In(s.Zone).Unix()
	}
	for _, l := range i18n.Langs {
		title, _ := o.Title().In(l)
		d.Sorts[SortTitle(l)] = i18n.Rank(l, title)
	}
	return d
}
