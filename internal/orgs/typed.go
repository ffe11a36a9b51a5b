package orgs

import (
	"context"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// Form is what a page hands over of a form: a line of it, and where a fault of it is said.
type Form interface {
	Context() context.Context
	Line(field string) string
	Reject(bad bool, field, key string, args ...any)
}

// Read reads the organization that a person typed by its id, BIN or name; the zero
// ref is none. What is not known, or could be several, is said beside the field.
func (s *Service) Read(f Form, index *search.Engine, field string) ref.Ref {
	typed := f.Line(field)
	if typed == "" {
		return ref.Ref{}
	}
	r, many := s.Typed(f.Context(), index, typed)
	f.Reject(many, field, "form.many_orgs")
	f.Reject(r.ID == 0 && !many, field, "form.unknown_org")
	return r
}

// Typed finds the one living organization that is meant by an id, a BIN or a name;
// many tells that several fit and none bears exactly this name.
func (s *Service) Typed(ctx context.Context, index *search.Engine, typed string) (r ref.Ref, many bool) {
	if id, ok := ref.ParseID(typed); ok {
		o, err := s.ByID(ctx, id)
		if err != nil {
			return ref.Ref{}, false
		}
		return o.Ref(), false
	}
	if o, err := s.ByBIN(ctx, typed); err == nil {
		return o.Ref(), false
	}
	found := index.Search(Kind, search.Query{Text: typed, Limit: 10})
	if found.Loose || len(found.IDs) == 0 {
		return ref.Ref{}, false
	}
	var fit []ref.Ref
	if err := s.db.View(ctx, func(tx *db.Tx) error {
		names, err := Refs(ctx, tx, found.IDs)
		for _, o := range names {
			if len(found.IDs) == 1 || strings.EqualFold(o.Title.KK, typed) || strings.EqualFold(o.Title.RU, typed) || strings.EqualFold(o.Title.EN, typed) {
				fit = append(fit, o)
			}
		}
		return err
	}); err != nil || len(fit) != 1 {
		return ref.Ref{}, true
	}
	return fit[0], false
}
