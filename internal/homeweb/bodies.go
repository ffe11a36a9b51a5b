package homeweb

import (
	"context"

	"birge/internal/funding"
	"birge/internal/panels"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
)

// showBodies shows the commissions, juries and councils that were found.
func (h *Home) showBodies(ctx context.Context, p ui.Page, ids []ref.ID, shown map[search.Hit]ui.Found) error {
	list, err := h.Panels.BodiesByIDs(ctx, ids)
	for _, b := range list {
		shown[search.Hit{Kind: panels.KindBody, ID: b.ID}] = ui.Found{Title: b.Name, Path: b.Ref().Path,
			Line: line(p.T("panels.body_kind."+string(b.Kind)), p.Text(b.Owner.Title), h.placeName(p, b.PlaceID))}
	}
	return err
}

// showTopics shows the topics that were found.
func (h *Home) showTopics(ctx context.Context, p ui.Page, ids []ref.ID, shown map[search.Hit]ui.Found) error {
	return h.DB.View(ctx, func(tx *db.Tx) error {
		found, err := funding.PagesIn(ctx, tx, funding.KindTopic, ids)
		for id, t := range found {
			shown[search.Hit{Kind: funding.KindTopic, ID: id}] = ui.Found{Title: t.Title, Path: t.Path, Line: p.T("home.found_one.topic")}
		}
		return err
	})
}
