package homeweb

import (
	"context"
	"net/http"

	"birge/internal/forums"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
)

// forumsShown is how many forums the front page shows.
const forumsShown = 2

// forumsAhead are the forums that run or come next.
func (h *Home) forumsAhead(r *http.Request, p ui.Page) (out []ui.Moment, err error) {
	found := h.Search.Search(forums.Kind, search.Query{Filters: []search.Filter{forums.Ahead()}, Sort: forums.SortDay, Limit: forumsShown})
	list, err := h.Forums.Cards(r.Context(), found.IDs)
	for _, c := range list {
		title, lang := c.Title.In(p.Lang)
		when, at := p.T("forums.day_not_known"), ""
		if !c.From.IsZero() {
			when, at = p.ShortDate(c.From), c.From.String()
		}
		out = append(out, ui.Moment{When: when, At: at, Title: title, Lang: lang, Path: c.Ref().Path, Text: line(p.T(c.State.Key()), h.placeName(p, c.PlaceID))})
	}
	return out, err
}

func (h *Home) showForums(ctx context.Context, p ui.Page, ids []ref.ID, shown map[search.Hit]ui.Found) error {
	if len(ids) == 0 {
		return nil
	}
	list, err := h.Forums.Cards(ctx, ids)
	for _, c := range list {
		shown[search.Hit{Kind: forums.Kind, ID: c.ID}] = ui.Found{Title: c.Title, Path: c.Ref().Path, Line: line(p.T("home.found_one.forum"), p.Text(c.Theme), h.placeName(p, c.PlaceID)),
			Status: p.T(c.State.Key()), Tone: c.State.Tone()}
	}
	return err
}
