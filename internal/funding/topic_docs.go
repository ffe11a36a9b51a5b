package funding

import (
	"context"
	"strings"

	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// The facets by which topics are filtered and counted.
const (
	FacetTopicPlace  = "place" // its place with every place around it
	FacetTopicSphere = "sphere"
	FacetTopicGroup  = "group"
	FacetTopicState  = "state" // place in TopicStates, from 1
	FacetTopicBody   = "body"
	FacetTopicWindow = "window"
	FacetTopicYear   = "year"
	FacetTopicRural  = "rural" // 1 rural, 2 urban
	FacetTopicFrom   = "from"  // 1 citizens, 2 organizations
)

// The orders of the list, and what is totalled over it.
const (
	SortTopicNew      = "new"
	SortTopicSum      = "sum"
	SortTopicPeople   = "people"
	SumTopicAsked     = "asked"    // tiyn
	SumTopicApproved  = "approved" // tiyn
	topicDocsAtOnce   = 1000
	fromCitizen       = 1
	fromOrganization  = 2
	ruralPlace, urban = 1, 2
)

// TopicDocs hands over what the index knows of topics: of the given ones, or of
// all when ids is nil. codes gives the small numbers of the classifiers.
func (s *Service) TopicDocs(ctx context.Context, ids []ref.ID, codes func(list, code string) (int64, bool), yield func(search.Doc) error) error {
	if ids != nil {
		return s.topicDocs(ctx, codes, yield, func(tx *db.Tx) ([]Topic, error) { return topicsByIDs(ctx, tx, ids) })
	}
	var last ref.ID
	for more := true; more; {
		if err := s.topicDocs(ctx, codes, yield, func(tx *db.Tx) ([]Topic, error) {
			list, err := topicsAfter(ctx, tx, last, topicDocsAtOnce)
			if more = len(list) == topicDocsAtOnce; len(list) > 0 {
				last = list[len(list)-1].ID
			}
			return list, err
		}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) topicDocs(ctx context.Context, codes func(list, code string) (int64, bool), yield func(search.Doc) error, read func(tx *db.Tx) ([]Topic, error)) error {
	var list []Topic
	var names map[ref.ID]ref.Ref
	if err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if list, err = read(tx); err != nil {
			return err
		}
		var ids []ref.ID
		for _, t := range list {
			if t.ByOrg != 0 {
				ids = append(ids, t.ByOrg)
			}
		}
		names, err = orgs.Refs(ctx, tx, ids)
		return err
	}); err != nil {
		return err
	}
	for _, t := range list {
		if err := yield(s.topicDoc(t, names[t.ByOrg].Title, codes)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) topicDoc(t Topic, org i18n.Text, codes func(list, code string) (int64, bool)) search.Doc {
	tree := s.Places.Tree()
	var around []string
	d := search.Doc{Kind: KindTopic, ID: t.ID, Title: t.Title.Words(), Exact: []string{t.Number}, Facets: map[string][]int64{}, Sorts: map[string]int64{}, Sums: map[string]int64{}}
	for _, id := range tree.Path(t.PlaceID) {
		d.Facets[FacetTopicPlace] = append(d.Facets[FacetTopicPlace], int64(id))
		place, _ := tree.Place(id)
		around = append(around, place.Name.Words())
	}
	d.Body = strings.Join(append([]string{t.Problem.Words(), t.Result.Words(), org.Words()}, around...), " ")
	if n, ok := codes("sphere", t.Sphere); ok {
		d.Facets[FacetTopicSphere] = []int64{n}
	}
	for _, code := range t.Groups {
		if n, ok := codes("target_group", code); ok {
			d.Facets[FacetTopicGroup] = append(d.Facets[FacetTopicGroup], n)
		}
	}
	d.Facets[FacetTopicState] = []int64{t.State.number()}
	d.Facets[FacetTopicBody], d.Facets[FacetTopicWindow], d.Facets[FacetTopicYear] = []int64{int64(t.BodyID)}, []int64{int64(t.WindowID)}, []int64{int64(t.Year)}
	d.Facets[FacetTopicRural], d.Facets[FacetTopicFrom] = []int64{urban}, []int64{fromCitizen}
	if t.Rural {
		d.Facets[FacetTopicRural] = []int64{ruralPlace}
	}
	if t.ByOrg != 0 {
		d.Facets[FacetTopicFrom] = []int64{fromOrganization}
	}
	d.Sorts[SortTopicNew], d.Sorts[SortTopicSum], d.Sorts[SortTopicPeople] = int64(t.ID), t.Sum, t.People
	d.Sums[SumTopicAsked], d.Sums[SumTopicApproved] = t.Sum, t.ApprovedSum
	return d
}
