package obligationsweb

import (
	"context"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
)

// Lists tells about lists of obligations to those who follow them.
type Lists struct {
	*Pages
	Words *i18n.Words
}

// Named names the list with the query, and gives its address without page.
func (l Lists) Named(ctx context.Context, query string) (title i18n.Text, path string, err error) {
	q, err := l.read(ui.Asked(query))
	if err != nil {
		return title, "", problem.Wrap(err, problem.NotFound, "problem.not_found")
	}
	owner, err := l.Owed.OwnerOf(ctx, q.Owner)
	if err != nil {
		return title, "", err
	}
	for _, lang := range i18n.Langs {
		page := ui.Page{Printer: l.Words.Printer(lang)}
		var narrowed []string
		if q.Owner != 0 {
			narrowed = append(narrowed, page.Text(owner.Title))
		}
		for _, g := range l.filters(page, q).Groups {
			if g.Value != "" {
				narrowed = append(narrowed, g.Label+" "+g.Value)
			}
			for _, c := range g.Choices {
				if c.Selected && c.Value != "" {
					narrowed = append(narrowed, c.Label)
				}
			}
		}
		title.Set(lang, ui.ListName(page.T("obligations.title"), narrowed))
	}
	return title, q.path("", ""), nil
}

// Among says which of the obligations the list with the query shows.
func (l Lists) Among(ctx context.Context, query string, ids []ref.ID) ([]ref.ID, error) {
	q, err := l.read(ui.Asked(query))
	if err != nil {
		return nil, nil // a place of the list is gone, so nothing is in it
	}
	return l.Owed.Among(ctx, q.Filter, ids)
}
