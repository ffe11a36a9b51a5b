package orgsweb

import (
	"net/http"
	"strings"

	"birge/internal/orgs"
	"birge/internal/platform/search"
	"birge/internal/platform/table"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

var columns = []string{"id", "bin", "name_kk", "name_ru", "name_en", "kind", "legal_form", "place_code", "place", "rural", "spheres",
	"founded", "closed", "head", "site", "sample", "url"}

// batch is how many organizations are loaded at a time.
const batch = 500

// export streams exactly the rows of the list, in its order, as a table.
func (p *Pages) export(form string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if form == "json" {
			w.Header().Set("Access-Control-Allow-Origin", "*")
		}
		out, err := web.Table(w, form, "organizations")
		if err != nil {
			return err
		}
		if err := out.Header(columns); err != nil {
			return err
		}
		for part := range search.Parts(p.Search.All(orgs.Kind, p.read(r).Query), batch) {
			rows, err := p.Orgs.InOrder(r.Context(), part)
			if err != nil {
				return err
			}
			for _, o := range rows {
				if err := out.Row(p.cells(r, o)...); err != nil {
					return err
				}
			}
		}
		return out.Close()
	}
}

func (p *Pages) cells(r *http.Request, o orgs.Organization) []table.Cell {
	place, _ := p.Places.Tree().Place(o.PlaceID)
	return []table.Cell{
		table.Text(o.ID.String()), table.Text(o.BIN), table.Text(o.Name.KK), table.Text(o.Name.RU), table.Text(o.Name.EN), table.Text(o.Kind),
		table.Text(o.LegalForm), table.Text(place.Code()), table.Text(web.Words(r).Text(place.Name)), table.YesNo(o.Rural),
		table.Text(strings.Join(o.Spheres, "; ")), table.Date(o.Founded), table.Date(o.Closed), table.Text(o.Head), table.Text(o.Site),
		table.YesNo(o.Sample), table.Text(web.Base(r) + web.Path(r, o.Ref().Path)),
	}
}

// atom is the feed of the list: what stands on its first page.
func (p *Pages) atom(w http.ResponseWriter, r *http.Request) error {
	l, err := p.find(r)
	if err != nil {
		return err
	}
	feed := ui.NewsFeed{Title: l.T("orgs.title"), Address: l.URL(l.ask.Address("")), Since: web.Now(r)}
	for _, o := range l.rows {
		feed.News = append(feed.News, ui.News{Title: l.Text(o.Name), Text: p.line(l.Page, o), Address: l.URL(o.Ref().Path), At: o.ID.Time()})
	}
	return ui.WriteAtom(w, r, feed)
}
