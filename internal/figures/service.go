package figures

import (
	"context"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Service keeps the figures.
type Service struct {
	db     *db.DB
	groups []Group
	topics []string
	words  map[string]indicator
	notes  map[string]i18n.Text
}

// Topics are what figures are about, in the order in which they are shown.
func (s *Service) Topics() []string { return slices.Clone(s.topics) }

// Of lists the figures of exactly one place; 0 is the country.
func (s *Service) Of(ctx context.Context, place ref.ID) (fs []Cited, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if place == 0 {
			fs, err = query(ctx, tx, `NOT EXISTS (SELECT 1 FROM figure_places p WHERE p.figure_id = figures.id)`)
		} else {
			fs, err = query(ctx, tx, `id IN (SELECT figure_id FROM figure_places WHERE place_id = $1)`, place)
		}
		return err
	})
	return s.sort(fs), err
}

// All lists every figure by topic, the latest period first.
func (s *Service) All(ctx context.Context) (fs []Cited, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		fs, err = query(ctx, tx, `1 = 1`)
		return err
	})
	return s.sort(fs), err
}

// sort puts topics in the order in which they are shown.
func (s *Service) sort(fs []Cited) []Cited {
	slices.SortStableFunc(fs, func(a, b Cited) int {
		return slices.Index(s.topics, a.Topic) - slices.Index(s.topics, b.Topic)
	})
	return fs
}

// Figure is one figure with its source.
func (s *Service) Figure(ctx context.Context, id ref.ID) (Cited, error) {
	var fs []Cited
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		fs, err = query(ctx, tx, `id = $1`, id)
		return err
	})
	if err == nil && len(fs) == 0 {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	if err != nil {
		return Cited{}, err
	}
	return fs[0], nil
}

// Report is a source with all its figures.
func (s *Service) Report(ctx context.Context, code string) (src Source, fs []Cited, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		var ok bool
		if src, ok, err = sourceByCode(ctx, tx, code); err != nil {
			return err
		}
		if !ok {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		fs, err = query(ctx, tx, `source_id = $1`, src.ID)
		return err
	})
	return src, s.sort(fs), err
}

// Forums lists the reports about regional civic forums, the latest first.
func (s *Service) Forums(ctx context.Context) (out []Source, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(ctx, tx, scanSource, `SELECT `+sourceColumns+` FROM figure_sources
			ORDER BY COALESCE(published, '0001-01-01') DESC, code`)
		return err
	})
	return slices.DeleteFunc(out, func(s Source) bool { return s.Forum == nil }), err
}

// Disagreements lists where sources give the same thing differently, for all
// places.
func (s *Service) Disagreements(ctx context.Context) ([]Disagreement, error) {
	fs, err := s.All(ctx)
	return disagreements(fs, s.groups), err
}

// DisagreementsOf is Disagreements for exactly one place; 0 is the country.
func (s *Service) DisagreementsOf(ctx context.Context, place ref.ID) ([]Disagreement, error) {
	all, err := s.Disagreements(ctx)
	return slices.DeleteFunc(all, func(d Disagreement) bool {
		if place == 0 {
			return len(d.Places) > 0
		}
		return !slices.Contains(d.Places, place)
	}), err
}
