package homeweb

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"birge/internal/figures"
	"birge/internal/funding"
	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/projects"
)

// told lists the kinds of things whose changes are news on the front page.
var told = []string{
	projects.KindProject, projects.KindEvent, projects.KindReport, projects.KindAmendment, orgs.Kind,
}

const (
	newsRead  = 24
	newsShown = 8
	// newsAlike is how many changes by one act are shown: an import of thousands
	// of rows is not thousands of news.
	newsAlike = 3
)

// news tells the newest public changes, each with the page on which it is told.
func (h *Home) news(ctx context.Context, p ui.Page, zone *time.Location) ([]ui.Moment, error) {
	var entries []journal.Entry
	err := h.DB.View(ctx, func(tx *db.Tx) error {
		for _, kind := range told { // apart, so that thousands of one kind leave room for the others
			some, err := journal.Recent(ctx, tx, []string{kind}, 0, newsRead)
			if err != nil {
				return err
			}
			entries = append(entries, some...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b journal.Entry) int { return cmp.Compare(b.ID, a.ID) })
	entries = notable(entries)
	pages, err := h.pagesOf(ctx, entries)
	if err != nil {
		return nil, err
	}
	var out []ui.Moment
	for _, e := range entries {
		page, ok := pages[e.Root.ID]
		if !ok || len(out) == newsShown {
			continue
		}
		at := e.At.In(zone)
		title, lang := page.Title.In(p.Lang)
		out = append(out, ui.Moment{When: p.DateTime(at), At: at.Format(time.RFC3339), Title: title, Lang: lang,
			Path: page.Path, Text: sentence(p, e.Act)})
	}
	return out, nil
}

// sentence says what an act was; one without words of its own is a change.
func sentence(p ui.Page, act string) string {
	if key := "act." + act; p.Has(key) {
		return p.T(key)
	}
	return p.T("act.other")
}

// notable keeps the newest changes, each page and act once and no act more
// often than newsAlike.
func notable(entries []journal.Entry) (out []journal.Entry) {
	type deed struct {
		act  string
		root ref.ID
	}
	seen, alike := map[deed]bool{}, map[string]int{}
	for _, e := range entries {
		d := deed{e.Act, e.Root.ID}
		if seen[d] || alike[e.Act] == newsAlike {
			continue
		}
		seen[d] = true
		alike[e.Act]++
		out = append(out, e)
	}
	return out
}

// pagesOf finds the pages on which entries are told, each kind in one query.
func (h *Home) pagesOf(ctx context.Context, entries []journal.Entry) (map[ref.ID]ref.Ref, error) {
	pages, ids := map[ref.ID]ref.Ref{}, map[string][]ref.ID{}
	for _, e := range entries {
		ids[e.Root.Kind] = append(ids[e.Root.Kind], e.Root.ID)
	}
	byID, err := h.organizations(ctx, ids[orgs.Kind])
	if err != nil {
		return nil, err
	}
	for id, o := range byID {
		pages[id] = o.Ref()
	}
	for _, id := range ids[orgs.KindPlace] {
		if place, ok := h.Places.Tree().Place(id); ok {
			pages[id] = place.Ref()
		}
	}
	if err := h.DB.View(ctx, func(tx *db.Tx) error { return namePages(ctx, tx, ids, pages) }); err != nil {
		return nil, err
	}
	list, err := h.Projects.Cards(ctx, ids[projects.KindProject])
	for _, pr := range list {
		pages[pr.ID] = pr.Ref()
	}
	return pages, err
}

// namePages adds the pages of figures and of what is done with money.
func namePages(ctx context.Context, tx *db.Tx, ids map[string][]ref.ID, pages map[ref.ID]ref.Ref) error {
	some, err := figures.PagesIn(ctx, tx, ids[orgs.KindFigure])
	if err != nil {
		return err
	}
	maps.Copy(pages, some)
	for _, kind := range []string{funding.KindTopic, funding.KindCall, funding.KindPot, funding.KindForm} {
		if some, err = funding.PagesIn(ctx, tx, kind, ids[kind]); err != nil {
			return err
		}
		maps.Copy(pages, some)
	}
	return nil
}
