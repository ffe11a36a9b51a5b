package orgsweb

import (
	"context"

	"birge/internal/orgs"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
)

// Lists tells about lists of the register to those who follow them.
type Lists struct {
	*Pages
	Words *i18n.Words
}

// Named names the list with the query, and gives its address without page and
// order.
func (l Lists) Named(_ context.Context, query string) (title i18n.Text, path string, err error) {
	a := l.ask(ui.Asked(query))
	found := l.Search.Search(orgs.Kind, a.Query)
	title = a.Named(l.Words, "orgs.title", "orgs.filter.", func(p ui.Page) func(ui.Facet) []ui.Choice {
		return list{Page: p, p: l.Pages, ask: a, found: found}.choices
	})
	return title, a.Followed(), nil
}

// Among says which of the organizations the list with the query shows.
func (l Lists) Among(_ context.Context, query string, ids []ref.ID) ([]ref.ID, error) {
	return l.ask(ui.Asked(query)).Among(l.Search, orgs.Kind, ids), nil
}
