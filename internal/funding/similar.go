package funding

import (
	"context"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/projects"
)

const (
	// askedFor is how many things each question to the index may bring.
	askedFor = 40
	// overlapsShown is how many overlaps a page shows at most.
	overlapsShown = 8
)

// Similar finds the topics and the funded projects that a need overlaps, the
// closest first. year is the year in which the work begins, self the topic whose
// need it is, 0 while it is being written.
func (s *Service) Similar(ctx context.Context, n Need, year int, self ref.ID) ([]Overlap, error) {
	mine := signsOf(Topic{ID: self, Year: year, Need: n})
	if len(mine.Words) < search.FewWords {
		return nil, nil
	}
	other, err := s.Projects.Named(ctx, s.near(projects.KindProject, n, projects.FacetPlace, projects.FacetGroup))
	if err != nil {
		return nil, err
	}
	var signs []Signs
	for _, p := range other {
		if !p.AgreedOn.IsZero() {
			signs = append(signs, projectSigns(p))
		}
	}
	topics, err := s.Topics(ctx, s.near(KindTopic, n, FacetTopicPlace, FacetTopicGroup))
	if err != nil {
		return nil, err
	}
	for _, t := range topics {
		if t.ID != self && t.State != TopicWithdrawn {
			signs = append(signs, signsOf(t))
		}
	}
	found := overlaps(mine, signs, s.Places.Tree().Within)
	return found[:min(len(found), overlapsShown)], nil
}

// near asks the index for things of a kind whose words are alike, here and
// anywhere, and for the newest that are for the same people around the place.
func (s *Service) near(kind string, n Need, place, group string) []ref.ID {
	around := search.Filter{Facet: place, Values: []int64{int64(s.Places.Tree().District(n.PlaceID))}}
	var groups []int64
	for _, code := range n.Groups {
		if t, ok := s.Norms.Book().Term("target_group", code); ok {
			groups = append(groups, t.Num)
		}
	}
	text := n.Title.Words()
	asked := []search.Query{{Text: text, Limit: askedFor}}
	if n.PlaceID != 0 {
		asked = append(asked, search.Query{Text: text, Filters: []search.Filter{around}, Limit: askedFor},
			search.Query{Filters: []search.Filter{around, {Facet: group, Values: groups}}, Limit: askedFor})
	}
	var ids []ref.ID
	for _, q := range asked {
		for _, id := range s.Search.Search(kind, q).IDs {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

func signsOf(t Topic) Signs {
	return Signs{Ref: t.Ref(), Places: []ref.ID{t.PlaceID}, Groups: t.Groups, From: db.Day(t.Year, 1, 1), To: t.Ends(), Words: stemsOf(t.Title, t.Problem)}
}

func projectSigns(p projects.Project) Signs {
	return Signs{Ref: p.Ref(), Places: append([]ref.ID{p.PlaceID}, p.MorePlaces...), Groups: p.TargetGroups, From: p.Starts, To: p.Ends,
		Words: stemsOf(p.Title, p.Summary, p.Need)}
}

func stemsOf(texts ...i18n.Text) map[string]bool {
	var all string
	for _, t := range texts {
		all += t.Words() + " "
	}
	return search.Stems(all)
}
