package awards

import (
	"context"
	"maps"
	"slices"
	"strings"

	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// The facets by which awards are found.
const (
	FacetPlace = "place" // its place with every place around it
	FacetState = "state" // place in States, from 1
	FacetKind  = "kind"  // place in Given, from 1; none where a report does not say it
	FacetYear  = "year"  // in which candidates are taken, or it was handed over
)

// SortNew orders awards by when they became known: a round of this portal was
// published, a report tells of the day or came out itself.
const SortNew = "new"

// States are those in which everybody can see a round.
var States = []State{Open, Announced, Judging, Decided, Cancelled, Told}

// number is how a state stands in the index.
func (s State) number() int64 { return int64(slices.Index(States, s) + 1) }

// Known is the day from which it is known of the round; zero where no report dates it.
func (r Round) Known() db.Date {
	switch {
	case !r.Reported():
		return db.DateOf(r.PublishedAt.Time)
	case !r.HeldOn.IsZero():
		return r.HeldOn
	}
	return r.Source.Published
}

// year is the year of the round; 0 where no report dates it.
func (r Round) year() int {
	on := r.Known()
	if !r.Reported() {
		on = r.Closes
	}
	if on.IsZero() {
		return 0
	}
	return on.Year()
}

// Docs hands over what the index knows of published rounds: of the given ones, or of
// all when ids is nil. Organizations that were put forward are found once they are
// laureates; of private persons the index knows nothing.
func (s *Service) Docs(ctx context.Context, ids []ref.ID, yield func(search.Doc) error) error {
	var list []Round
	names, won := map[ref.ID]ref.Ref{}, map[ref.ID][]Laureate{}
	if err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if list, err = publishedRounds(ctx, tx, ids); err != nil {
			return err
		}
		named := map[ref.ID]bool{}
		for _, r := range list {
			named[r.OrganizerID] = true
		}
		laureates, err := laureatesOfRounds(ctx, tx, ids)
		if err != nil {
			return err
		}
		clear(won)
		for _, l := range laureates {
			won[l.RoundID], named[l.OrgID] = append(won[l.RoundID], l), true
		}
		delete(named, 0)
		names, err = orgs.Refs(ctx, tx, slices.Collect(maps.Keys(named)))
		return err
	}); err != nil {
		return err
	}
	for _, r := range list {
		if err := yield(s.doc(r, won[r.ID], names)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) doc(r Round, won []Laureate, names map[ref.ID]ref.Ref) search.Doc {
	d := search.Doc{Kind: KindRound, ID: r.ID, Title: r.Title.Words(), Sorts: map[string]int64{},
		Facets: map[string][]int64{FacetState: {r.StateOn(s.Today()).number()}}}
	words := []string{r.About.Words(), names[r.OrganizerID].Title.Words()}
	for _, n := range r.Nominations {
		words = append(words, n.Title.Words())
	}
	for _, l := range won {
		words = append(words, names[l.OrgID].Title.Words(), l.Named.Words())
	}
	tree := s.Places.Tree()
	for _, id := range tree.Path(r.PlaceID) {
		d.Facets[FacetPlace] = append(d.Facets[FacetPlace], int64(id))
		place, _ := tree.Place(id)
		words = append(words, place.Name.Words())
	}
	if i := slices.Index(Given, r.Kind); i >= 0 {
		d.Facets[FacetKind] = []int64{int64(i + 1)}
	}
	if y := r.year(); y != 0 {
		d.Facets[FacetYear] = []int64{int64(y)}
	}
	switch on := r.Known(); {
	case !r.Reported():
		d.Sorts[SortNew] = r.PublishedAt.Unix()
	case !on.IsZero():
		d.Sorts[SortNew] = on.In(s.Zone).Unix()
	}
	d.Body = strings.Join(words, " ")
	return d
}

// Cards gives published rounds as lists show them, in the order of ids; those that
// are not there are left out.
func (s *Service) Cards(ctx context.Context, ids []ref.ID) (list []Listed, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := publishedRounds(ctx, tx, ids)
		if err != nil {
			return err
		}
		slices.SortFunc(rows, func(a, b Round) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
		list, err = s.listed(ctx, tx, rows)
		return err
	})
	return list, err
}

// RoundsNaming lists the rounds that some organizations give or have won, which are
// found by their names.
func (s *Service) RoundsNaming(ctx context.Context, ids []ref.ID) (rounds []ref.ID, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rounds = nil
		for _, query := range []string{`SELECT id FROM award_rounds WHERE organizer_id IN `, `SELECT round_id FROM award_laureates WHERE org_id IN `} {
			some, err := db.All(ctx, tx, db.Value[ref.ID], query+db.In(1, len(ids)), db.Args(nil, ids)...)
			if err != nil {
				return err
			}
			rounds = append(rounds, some...)
		}
		return nil
	})
	return rounds, err
}

// Page is a round with the organizations that its page names.
type Page struct {
	Round
	// Sides are the organizer and the laureates.
	Sides []ref.ID
}

// PagesIn gives the published rounds of some ids, with the organizations named there.
func PagesIn(ctx context.Context, tx *db.Tx, ids []ref.ID) (out []Page, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := publishedRounds(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	laureates, err := laureatesOfRounds(ctx, tx, ids)
	for _, r := range rows {
		p := Page{Round: r, Sides: []ref.ID{r.OrganizerID}}
		for _, l := range laureates {
			if l.RoundID == r.ID && l.OrgID != 0 {
				p.Sides = append(p.Sides, l.OrgID)
			}
		}
		out = append(out, p)
	}
	return out, err
}
