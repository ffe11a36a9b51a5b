package fundingweb

import (
	"net/http"
	"strings"

	"birge/internal/funding"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/table"
	"birge/internal/platform/web"

	"github.com/gorilla/feeds"
)

var topicColumns = []string{"id", "number", "title_kk", "title_ru", "title_en", "problem", "body", "year", "proposed_by", "place_code", "place", "rural", "sphere", "groups", "people",
	"years", "sum", "state", "reason", "proposed_on", "reviewed_on", "approved_on", "approved_sum", "sample", "url"}

// batch is how many topics are loaded at a time.
const batch = 500

// exportTopics streams exactly the rows of the list, in its order, as a table.
func (h *Pages) exportTopics(form string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if form == "json" {
			w.Header().Set("Access-Control-Allow-Origin", "*")
		}
		out, err := web.Table(w, form, "topics")
		if err != nil {
			return err
		}
		if err := h.writeTopics(r, out); err != nil {
			return err
		}
		return out.Close()
	}
}

func (h *Pages) writeTopics(r *http.Request, out table.Writer) error {
	if err := out.Header(topicColumns); err != nil {
		return err
	}
	for ids := range search.Parts(h.Search.All(funding.KindTopic, h.readTopics(r).Query), batch) {
		rows, err := h.Funding.Topics(r.Context(), ids)
		if err != nil {
			return err
		}
		var sides []ref.ID
		for _, t := range rows {
			sides = append(sides, t.BodyID, t.ByOrg)
		}
		names, err := h.Projects.OrgRefs(r.Context(), sides)
		if err != nil {
			return err
		}
		for _, t := range rows {
			if err := out.Row(h.topicCells(r, t, names)...); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *Pages) topicCells(r *http.Request, t funding.Topic, names map[ref.ID]ref.Ref) []table.Cell {
	p, place := web.Words(r), h.placeOf(t.PlaceID)
	by := "citizen"
	if t.ByOrg != 0 {
		by = p.Text(names[t.ByOrg].Title)
	}
	return []table.Cell{
		table.Text(t.ID.String()), table.Text(t.Number), table.Text(t.Title.KK), table.Text(t.Title.RU), table.Text(t.Title.EN), table.Text(p.Text(t.Problem)),
		table.Text(p.Text(names[t.BodyID].Title)), table.Int(int64(t.Year)), table.Text(by), table.Text(place.Code()), table.Text(p.Text(place.Name)), table.YesNo(t.Rural),
		table.Text(t.Sphere), table.Text(strings.Join(t.Groups, "; ")), table.Int(t.People), table.Int(int64(t.Years)), table.Money(t.Sum), table.Text(string(t.State)),
		table.Text(p.Text(t.Reason)), table.Date(t.ProposedOn), table.Date(t.ReviewedOn), table.Date(t.ApprovedOn), table.Money(t.ApprovedSum), table.YesNo(t.Sample),
		table.Text(web.Base(r) + web.Path(r, t.Ref().Path)),
	}
}

// atomTopics is the feed of the list: what stands on its first page.
func (h *Pages) atomTopics(w http.ResponseWriter, r *http.Request) error {
	l, err := h.findTopics(r)
	if err != nil {
		return err
	}
	feed := feeds.Feed{Title: l.T("funding.topics"), Link: &feeds.Link{Href: web.Base(r) + l.URL(l.ask.Address(""))},
		Id: web.Base(r) + l.URL(l.ask.Address(".atom"))}
	for _, t := range l.rows {
		if t.ID.Time().After(feed.Updated) {
			feed.Updated = t.ID.Time()
		}
		address := web.Base(r) + l.URL(t.Ref().Path)
		feed.Items = append(feed.Items, &feeds.Item{Id: address, Title: l.Text(t.Title), Link: &feeds.Link{Href: address},
			Description: l.T(t.State.Key()) + " · " + l.line(t), Created: t.ID.Time(), Updated: t.ID.Time()})
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	return feed.WriteAtom(w)
}
