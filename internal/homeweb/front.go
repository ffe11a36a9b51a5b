package homeweb

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"birge/internal/forums"
	"birge/internal/funding"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// How much of each the front page shows.
const (
	eventsShown = 5
	lateShown   = 5
	callsShown  = 3
)

// overview is what the front page tells.
type overview struct {
	empty    bool // nobody has entered anything yet
	counting bool // the index is being filled, so there are no totals yet
	figures  []ui.Figure
	where    where
	news     []ui.Moment
	events   []ui.Moment
	calls    []ui.Moment // that are open, the next deadline first
	forums   []ui.Moment // that run or come next
	late     []ui.Debt
}

func (h *Home) front(w http.ResponseWriter, r *http.Request) error {
	web.Touch(r, projects.KindProject, orgs.Kind, obligations.Kind, funding.KindCall, forums.Kind, KindPlace)
	p := ui.PageOf(r, web.Words(r).T("home.title"))
	p.Description = p.T("home.lead")
	o, err := h.overview(r.Context(), p, web.Zone(r))
	if err != nil {
		return err
	}
	if o.calls, err = h.openCalls(r, p); err != nil {
		return err
	}
	if o.forums, err = h.forumsAhead(r, p); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, framed(p, frontPage(p, o)))
}

func (h *Home) overview(ctx context.Context, p ui.Page, zone *time.Location) (o overview, err error) {
	if o.events, err = h.eventsAhead(ctx, p); err != nil {
		return o, err
	}
	if o.news, err = h.news(ctx, p, zone); err != nil {
		return o, err
	}
	sums, ready := h.sums()
	active := h.Search.Search(orgs.Kind, search.Query{Filters: []search.Filter{orgs.Active()}})
	owed := h.Search.Search(obligations.Kind, search.Query{Filters: []search.Filter{obligations.Overdue()}, Sort: obligations.SortDue, Desc: true, Limit: lateShown})
	o.counting = !ready || active.Building || owed.Building
	rows, err := h.Obligations.Shown(ctx, owed.IDs)
	if err != nil {
		return o, err
	}
	o.late = h.late(p, rows)
	o.figures = totals(p, sums, h.Places.Tree().Children(0), int64(active.Total), int64(owed.Total))
	o.where = h.where(p, sums)
	o.empty = !o.counting && active.Total == 0 && len(sums.inForce) == 0 && len(o.news) == 0
	return o, nil
}

func totals(p ui.Page, s sums, regions []places.Place, active, late int64) []ui.Figure {
	going, inForce := s.over(regions)
	tone := ""
	if late > 0 {
		tone = ui.Late
	}
	return []ui.Figure{
		{Label: p.T("home.figure.running"), Value: p.Int(int64(going.Count)), Note: p.T("home.figure.running_note"), Why: rowsOf(projects.Going)},
		{Label: p.T("home.figure.money"), Value: p.ShortMoney(inForce.Sum, "KZT"), Note: p.N("home.figure.money_note", int64(inForce.Count)), Why: rowsOf(projects.InForce)},
		{Label: p.T("home.figure.organizations"), Value: p.Int(active), Note: p.T("home.figure.organizations_note"), Why: "/organizations?active=active"},
		{Label: p.T("home.figure.late"), Value: p.Int(late), Note: p.T("home.figure.late_note"), Why: "/obligations?state=" + string(obligations.AnyOverdue), Tone: tone},
	}
}

// rowsOf is the list of the projects in some states.
func rowsOf(states []projects.State) string {
	q := url.Values{}
	for _, s := range states {
		q.Add("status", string(s))
	}
	return "/projects?" + q.Encode()
}

func (h *Home) eventsAhead(ctx context.Context, p ui.Page) (out []ui.Moment, err error) {
	list, err := h.Projects.EventsAhead(ctx, eventsShown)
	for _, e := range list {
		title, lang := e.Title.In(p.Lang)
		out = append(out, ui.Moment{When: line(p.ShortDate(e.On), e.Hour), At: e.On.String(), Title: title, Lang: lang,
			Path: e.Ref().Path, Text: h.placeName(p, e.PlaceID)})
	}
	return out, err
}

// openCalls are the calls whose deadline comes next.
func (h *Home) openCalls(r *http.Request, p ui.Page) (out []ui.Moment, err error) {
	found := h.Search.Search(funding.KindCall, search.Query{Sort: funding.SortCallDeadline, Limit: callsShown})
	list, err := h.Funding.Calls(r.Context(), found.IDs)
	for _, c := range list {
		if turns := c.Turns(web.Now(r)); !turns.IsZero() {
			web.Until(r, turns)
		}
		if round, _ := c.RoundOn(web.Now(r)); c.Phase == funding.Open {
			title, lang := c.Title.In(p.Lang)
			closes := round.Closes.In(web.Zone(r))
			out = append(out, ui.Moment{When: p.T("home.until", "date", line(p.ShortDate(closes), p.Clock(closes))), At: closes.Format(time.RFC3339), Title: title, Lang: lang,
				Path: c.Ref().Path, Text: line(p.ShortMoney(c.Total(), ""), h.placeName(p, c.PlaceID))})
		}
	}
	return out, err
}

// late tells what is overdue, the newest first.
func (h *Home) late(p ui.Page, rows []obligations.Obligation) (out []ui.Debt) {
	today := h.Obligations.Today()
	for _, o := range rows {
		if o.State(today).Overdue() {
			out = append(out, ui.Debt{Who: p.Text(o.Owner.Title), What: o.Told(p.Printer), Path: o.Ref().Path,
				Due: o.Due, DaysLeft: o.DaysLeft(today), Reply: p.Text(o.Reply)})
		}
	}
	return out
}

// organizations reads organizations by id, several in one query.
func (h *Home) organizations(ctx context.Context, ids []ref.ID) (byID map[ref.ID]orgs.Organization, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = h.DB.View(ctx, func(tx *db.Tx) error {
		byID, err = h.Orgs.ByIDs(ctx, tx, ids)
		return err
	})
	return byID, err
}
