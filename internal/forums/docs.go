package forums

import (
	"context"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// The facets by which forums are found.
const (
	FacetPlace = "place" // its place with every place around it
	FacetState = "state" // place in States, from 1
)

// SortDay orders forums by their first day.
const SortDay = "day"

// Ahead finds the forums that run or are still to come.
func Ahead() search.Filter {
	return search.Filter{Facet: FacetState, Values: []int64{Announced.number(), Registering.number(), Running.number()}}
}

// Docs hands over what the index knows of forums that everybody may see: of the
// given ones, or of all when ids is nil.
func (s *Service) Docs(ctx context.Context, ids []ref.ID, yield func(search.Doc) error) error {
	var list []Forum
	if err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if ids == nil {
			list, err = all(ctx, tx)
		} else {
			list, err = forumsByIDs(ctx, tx, ids)
		}
		return err
	}); err != nil {
		return err
	}
	for _, f := range list {
		if !f.Public() {
			continue
		}
		if err := yield(s.doc(f)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) doc(f Forum) search.Doc {
	tree := s.Places.Tree()
	words := []string{f.About.Words(), f.City.Words(), f.Venue.Words(), f.Edition}
	d := search.Doc{Kind: Kind, ID: f.ID, Title: f.Title.Words() + " " + f.Theme.Words(), Facets: map[string][]int64{FacetState: {f.StateOn(s.Today()).number()}}, Sorts: map[string]int64{}}
	for _, id := range tree.Path(f.PlaceID) {
		d.Facets[FacetPlace] = append(d.Facets[FacetPlace], int64(id))
		place, _ := tree.Place(id)
		words = append(words, place.Name.Words())
	}
	for _, x := range f.Said {
		words = append(words, x.Text.Words())
	}
	if !f.From.IsZero() {
		d.Sorts[SortDay] = f.From.In(s.Zone).Unix()
	}
	d.Body = strings.Join(words, " ")
	return d
}
