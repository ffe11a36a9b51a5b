package projectsweb

import (
	"context"

	"birge/internal/norms"
	"birge/internal/places"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/projects"
)

// Lists tells about lists of projects to those who follow them: what such a list
// is called and which projects it shows.
type Lists struct {
	h     pages
	words *i18n.Words
}

// NewLists makes the lists of the same parts as Routes.
func NewLists(s *projects.Service, p *places.Service, n *norms.Service, e *search.Engine, words *i18n.Words) Lists {
	return Lists{pages{projects: s, places: p, norms: n, search: e}, words}
}

// Named names the list with the query, and gives its address without page and
// order.
func (l Lists) Named(ctx context.Context, query string) (title i18n.Text, path string, err error) {
	a := l.h.askOf(ui.Asked(query))
	sides := chosenIDs(a, "org", "funder") // the organizations that the list is narrowed to
	programmes := chosenIDs(a, "programme")
	names, err := l.h.projects.OrgRefs(ctx, sides)
	if err != nil {
		return title, "", err
	}
	titles, err := l.h.projects.ProgrammesByIDs(ctx, programmes)
	if err != nil {
		return title, "", err
	}
	found := l.h.search.Search(projects.KindProject, a.Query)
	for _, lang := range i18n.Langs {
		view := list{Page: ui.Page{Printer: l.words.Printer(lang)}, h: l.h, ask: a, found: found, names: names, funders: sides,
			programmes: programmes, titles: titles}
		view.groups = a.Groups(view.Page, "projects.filter.", view.choices)
		title.Set(lang, view.name())
	}
	return title, a.Followed(), nil
}

// chosenIDs are the ids that are chosen in filters.
func chosenIDs(a ui.Ask, filters ...string) (ids []ref.ID) {
	for _, f := range filters {
		for _, v := range a.Choices[f] {
			if id, ok := ref.ParseID(v); ok {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// name is the list in words: "Projects: Abai Region, ecology".
func (l list) name() string {
	var whose []string
	for _, v := range l.ask.Choices["org"] {
		if id, ok := ref.ParseID(v); ok {
			whose = append(whose, l.Text(l.names[id].Title))
		}
	}
	return l.ask.Name(l.T("projects.list"), l.groups, whose...)
}

// Among says which of the projects the list with the query shows.
func (l Lists) Among(_ context.Context, query string, ids []ref.ID) ([]ref.ID, error) {
	return l.h.askOf(ui.Asked(query)).Among(l.h.search, projects.KindProject, ids), nil
}
