package projectsweb

import (
	"net/http"

	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/table"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// export streams exactly the rows of the list, in its order, as a table.
func (h pages) export(form string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		out, err := web.Table(w, form, "projects")
		if err != nil {
			return err
		}
		if err := h.write(r, out); err != nil {
			return err
		}
		return out.Close()
	}
}

var columns = []string{"id", "title_kk", "title_ru", "title_en", "organization", "funder", "place_code", "place", "sphere", "funding_kind",
	"status", "agreement_no", "agreed_on", "starts", "ends", "sum", "currency", "spent", "accepted", "beneficiaries", "rural", "for_children", "url"}

// batch is how many projects are loaded at a time.
const batch = 500

func (h pages) write(r *http.Request, out table.Writer) error {
	if err := out.Header(columns); err != nil {
		return err
	}
	for ids := range search.Parts(h.search.All(projects.KindProject, h.readAsk(r).Query), batch) {
		list, err := h.projects.Cards(r.Context(), ids)
		if err != nil {
			return err
		}
		names, err := h.projects.OrgRefs(r.Context(), sidesOf(list))
		if err != nil {
			return err
		}
		for _, p := range list {
			if err := out.Row(h.cells(r, p, names)...); err != nil {
				return err
			}
		}
	}
	return nil
}

// sidesOf lists who carries projects out and who pays for them.
func sidesOf(list []projects.Card) (ids []ref.ID) {
	for _, p := range list {
		ids = append(ids, p.OrgID, p.FunderID)
	}
	return ids
}

func (h pages) cells(r *http.Request, p projects.Card, names map[ref.ID]ref.Ref) []table.Cell {
	say := web.Words(r)
	place, _ := h.places.Tree().Place(p.PlaceID)
	return []table.Cell{table.Text(p.ID.String()), table.Text(p.Title.KK), table.Text(p.Title.RU), table.Text(p.Title.EN),
		table.Text(say.Text(names[p.OrgID].Title)), table.Text(say.Text(names[p.FunderID].Title)), table.Text(place.Code()), table.Text(say.Text(place.Name)),
		table.Text(p.Sphere), table.Text(p.FundingKind), table.Text(string(p.StatusOn(h.projects.Today()).Is)), table.Text(p.Number),
		table.Date(p.AgreedOn), table.Date(p.Starts), table.Date(p.Ends), table.Money(p.Sum), table.Text(p.Currency), table.Money(p.Spent),
		table.Money(p.Accepted), table.Int(p.Beneficiaries), table.YesNo(p.Rural), table.YesNo(p.ForChildren), table.Text(web.Base(r) + web.Path(r, p.Ref().Path))}
}

// atom is the feed of the list: what stands on its first page, newest first.
func (h pages) atom(w http.ResponseWriter, r *http.Request) error {
	l, err := h.find(r)
	if err != nil {
		return err
	}
	whole, err := h.projects.Named(r.Context(), l.found.IDs)
	if err != nil {
		return err
	}
	feed := ui.NewsFeed{Title: l.T("projects.list"), Address: l.URL(l.ask.Address("")), Since: web.Now(r)}
	for _, p := range whole {
		feed.News = append(feed.News, ui.News{Title: l.Text(p.Title), Text: l.Text(p.Summary), Address: l.URL(p.Ref().Path), At: p.CreatedAt.Time})
	}
	return ui.WriteAtom(w, r, feed)
}
