package fundingweb

import (
	"net/http"

	"birge/internal/funding"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// perPage is how many calls one page of the list shows.
const perPage = 20

// list is a list of calls as it is drawn.
type list struct {
	ui.Page
	h     *Pages
	rows  []funding.CallCard
	names map[ref.ID]ref.Ref
}

func (h *Pages) calls(w http.ResponseWriter, r *http.Request) error {
	web.Touch(r, funding.KindCall)
	l := list{Page: ui.PageOf(r, web.Words(r).T("funding.calls")), h: h}
	var err error
	if l.rows, err = h.Funding.LatestCalls(r.Context(), perPage); err != nil {
		return err
	}
	var funders []ref.ID
	for _, c := range l.rows {
		funders = append(funders, c.FunderID)
		if turns := c.Turns(h.Funding.Now()); !turns.IsZero() {
			web.Until(r, turns)
		}
	}
	if l.names, err = h.Funding.FunderRefs(r.Context(), funders); err != nil {
		return err
	}
	for _, name := range l.names {
		web.Touch(r, name.Key())
	}
	return web.Render(w, r, http.StatusOK, listPage(l))
}

func (l list) hits() (out []ui.Found) {
	for _, c := range l.rows {
		place, _ := l.h.Places.Tree().Place(c.PlaceID)
		out = append(out, ui.Found{Title: c.Title, Path: c.Ref().Path, Status: l.T(c.Phase.Key()), Tone: c.Phase.Tone(), Sum: l.Money(c.Total(), ""),
			Line: l.Text(l.names[c.FunderID].Title) + " · " + l.Text(place.Name) + " · " + l.h.term(l.Printer, "funding_kind", c.Kind)})
	}
	return out
}

func (h *Pages) term(p *i18n.Printer, list, code string) string {
	t, ok := h.Norms.Book().Term(list, code)
	if !ok {
		return code
	}
	return p.Text(t.Name)
}
