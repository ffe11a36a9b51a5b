package resolutions

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// FacetPlace is the place of a document with every place around it.
const FacetPlace = "place"

// Docs hands over what the index knows of documents: of the given ones, or of all when
// ids is nil.
func (s *Service) Docs(ctx context.Context, ids []ref.ID, yield func(search.Doc) error) error {
	return told(ctx, s, ids, scanDocument, `SELECT `+documentColumns+` FROM resolutions`, func(d Document) error {
		return yield(search.Doc{Kind: Kind, ID: d.ID, Title: d.Title.Words(), Body: d.About.Words(), Facets: map[string][]int64{FacetPlace: s.facet(d)}})
	})
}

// ItemDocs is Docs for items.
func (s *Service) ItemDocs(ctx context.Context, ids []ref.ID, yield func(search.Doc) error) error {
	return told(ctx, s, ids, scanItem, `SELECT `+itemColumns+` FROM resolution_items`, func(i Item) error {
		return yield(search.Doc{Kind: KindItem, ID: i.ID, Title: i.Text.Words(), Body: i.Measure.Words()})
	})
}

// ProposalDocs is Docs for proposals. What was taken back is not found; what was
// merged is, since its words are its own.
func (s *Service) ProposalDocs(ctx context.Context, ids []ref.ID, yield func(search.Doc) error) error {
	return told(ctx, s, ids, scanProposal, `SELECT `+proposalColumns+` FROM resolution_proposals`, func(p Proposal) error {
		if !p.WithdrawnOn.IsZero() {
			return nil
		}
		return yield(search.Doc{Kind: KindProposal, ID: p.ID, Title: p.Text.Words()})
	})
}

func (s *Service) facet(d Document) (out []int64) {
	for _, id := range s.around(d) {
		out = append(out, int64(id))
	}
	return out
}

// told reads the rows of a query, of some ids or of all, and hands them over after the
// transaction.
func told[T any](ctx context.Context, s *Service, ids []ref.ID, scan func(db.Row) (T, error), query string, yield func(T) error) error {
	var args []any
	if ids != nil {
		query, args = query+` WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)
	}
	var list []T
	if err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		list, err = db.All(ctx, tx, scan, query, args...)
		return err
	}); err != nil {
		return err
	}
	for _, v := range list {
		if err := yield(v); err != nil {
			return err
		}
	}
	return nil
}

// Found is what the search shows of something in this room.
type Found struct {
	ref.Ref
	Of      ref.Ref // the document, of an item or a proposal
	PlaceID ref.ID  // of a document
	Kind    Sort    // of a document
}

// Found gives what the search shows of documents, items and proposals.
func (s *Service) Found(ctx context.Context, documents, items, proposals []ref.ID) (out []Found, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out = nil
		of := map[ref.ID]bool{}
		if len(items) > 0 {
			list, err := db.All(ctx, tx, scanItem, `SELECT `+itemColumns+` FROM resolution_items WHERE id IN `+db.In(1, len(items)), db.Args(nil, items)...)
			if err != nil {
				return err
			}
			for _, i := range list {
				out, of[i.DocumentID] = append(out, Found{Ref: i.Ref(), Of: i.Root()}), true
			}
		}
		if len(proposals) > 0 {
			list, err := proposalsByIDs(ctx, tx, proposals)
			if err != nil {
				return err
			}
			for _, p := range list {
				out, of[p.DocumentID] = append(out, Found{Ref: p.Ref(), Of: p.Root()}), true
			}
		}
		for _, id := range documents {
			of[id] = true
		}
		return s.findDocuments(ctx, tx, documents, of, &out)
	})
	return out, err
}

// findDocuments adds documents that were found themselves, and names those of the
// other things.
func (s *Service) findDocuments(ctx context.Context, tx *db.Tx, found []ref.ID, of map[ref.ID]bool, out *[]Found) error {
	byID, err := DocumentsIn(ctx, tx, keysOf(of))
	if err != nil {
		return err
	}
	for n := range *out {
		(*out)[n].Of = byID[(*out)[n].Of.ID].Ref()
	}
	for _, id := range found {
		if d, ok := byID[id]; ok {
			*out = append(*out, Found{Ref: d.Ref(), PlaceID: d.PlaceID, Kind: d.Kind})
		}
	}
	return nil
}

func keysOf(m map[ref.ID]bool) (ids []ref.ID) {
	for id := range m {
		ids = append(ids, id)
	}
	return ids
}

// DocumentsIn gives documents by id; those that are not there are left out.
func DocumentsIn(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]Document, error) {
	out := map[ref.ID]Document{}
	if len(ids) == 0 {
		return out, nil
	}
	list, err := db.All(ctx, tx, scanDocument, `SELECT `+documentColumns+` FROM resolutions WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
	for _, d := range list {
		out[d.ID] = d
	}
	return out, err
}

// Documents is DocumentsIn in a transaction of its own.
func (s *Service) Documents(ctx context.Context, ids []ref.ID) (out map[ref.ID]Document, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = DocumentsIn(ctx, tx, ids)
		return err
	})
	return out, err
}
