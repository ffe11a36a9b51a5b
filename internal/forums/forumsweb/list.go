package forumsweb

import (
	"net/http"
	"strings"
	"time"

	"birge/internal/forums"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
	ics "github.com/arran4/golang-ical"
)

// list is forums as they are drawn.
type list struct {
	ui.Page
	h        *Pages
	rows     []forums.Card
	mayBegin bool // the reader can hold forums
}

// find reads the forums that the reader may see.
func (h *Pages) find(r *http.Request) (l list, err error) {
	web.Touch(r, forums.Kind)
	l = list{Page: ui.PageOf(r, web.Words(r).T("forums.title")), h: h}
	by := web.Actor(r)
	l.mayBegin = by.HasAny(access.Officer) || by.HasAny(access.Lead)
	l.rows, err = h.Forums.List(r.Context(), web.Actor(r))
	l.Description, l.Feed = l.T("forums.lead"), "/forums.atom"
	return l, err
}

func (h *Pages) forums(w http.ResponseWriter, r *http.Request) error {
	l, err := h.find(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listPage(l))
}

// hits are the forums that are ahead, or those that are over.
func (l list) hits(ahead bool) (out []ui.Found) {
	for _, c := range l.rows {
		if c.Ahead() == ahead {
			out = append(out, l.h.hit(l.Page, c))
		}
	}
	return out
}

// hit is one forum in a list.
func (h *Pages) hit(p ui.Page, c forums.Card) ui.Found {
	var parts []string
	for _, s := range []string{h.when(p, c.Forum), h.where(p, c.Forum), p.Text(c.Theme)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return ui.Found{Title: c.Title, Path: c.Ref().Path, Status: p.T(c.State.Key()), Tone: c.State.Tone(), Line: strings.Join(parts, " · ")}
}

// when is the days of a forum; of a report without a date, when it was published.
func (h *Pages) when(p ui.Page, f forums.Forum) string {
	switch {
	case f.From.IsZero() && !f.Source.Published.IsZero():
		return p.T("forums.reported_on", "day", f.Source.Published)
	case f.From.IsZero():
		return p.T("forums.day_not_known")
	case f.Until.IsZero() || f.Until == f.From:
		return p.Date(f.From)
	}
	return p.T("forums.days", "from", f.From, "until", f.Until)
}

// where is the place of a forum, with the city where it is told apart.
func (h *Pages) where(p ui.Page, f forums.Forum) string {
	place := p.Text(h.placeOf(f.PlaceID).Name)
	if city := p.Text(f.City); city != "" && city != place {
		return place + ", " + city
	}
	return place
}

// placeOf is the place with the id, the zero place where there is none.
func (h *Pages) placeOf(id ref.ID) places.Place {
	p, _ := h.Places.Tree().Place(id)
	return p
}

// atomForums is the feed of the list.
func (h *Pages) atomForums(w http.ResponseWriter, r *http.Request) error {
	l, err := h.find(r)
	if err != nil {
		return err
	}
	f := ui.NewsFeed{Title: l.Title, Address: l.URL("/forums"), Since: time.Unix(0, 0)}
	for _, c := range l.rows {
		if c.Public() {
			f.News = append(f.News, ui.News{Title: l.Text(c.Title), Text: h.hit(l.Page, c).Line, Address: l.URL(c.Ref().Path), At: c.ID.Time()})
		}
	}
	return ui.WriteAtom(w, r, f)
}

// icsForums gives the days of all forums.
func (h *Pages) icsForums(w http.ResponseWriter, r *http.Request) error {
	l, err := h.find(r)
	if err != nil {
		return err
	}
	cal := ics.NewCalendarFor("birge")
	cal.SetName(l.Title)
	for _, c := range l.rows {
		if c.From.IsZero() || !c.Public() {
			continue
		}
		e := cal.AddEvent(c.ID.String() + "@birge")
		e.SetDtStampTime(c.ID.Time())
		e.SetAllDayStartAt(dayOf(c.From))
		last := c.Until
		if last.IsZero() {
			last = c.From
		}
		e.SetAllDayEndAt(dayOf(last.AddDays(1)))
		e.SetSummary(l.Text(c.Title))
		e.SetLocation(h.where(l.Page, c.Forum))
		e.SetURL(web.Base(r) + l.URL(c.Ref().Path))
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	return cal.SerializeTo(w, ics.WithNewLineWindows)
}

func dayOf(d db.Date) time.Time { return d.In(time.UTC) }

// forumData is a forum as programs read it.
type forumData struct {
	forums.Forum
	State    forums.State     `json:"state"`
	Sessions []forums.Session `json:"sessions,omitempty"`
	URL      string           `json:"url"`
}

func (h *Pages) forumsJSON(w http.ResponseWriter, r *http.Request) error {
	l, err := h.find(r)
	if err != nil {
		return err
	}
	out := []forumData{}
	for _, c := range l.rows {
		if c.Public() {
			out = append(out, forumData{Forum: c.Forum, State: c.State, URL: web.Base(r) + web.Path(r, c.Ref().Path)})
		}
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	return web.JSON(w, r, out)
}

// sectionShown is how many forums a part of another room's page shows.
const sectionShown = 5

// ForumsAtPlace tells on the page of a place of the forums in it.
func (h *Pages) ForumsAtPlace(r *http.Request, page ui.Page, place ref.ID) (templ.Component, error) {
	web.Touch(r, forums.Kind)
	if place == 0 {
		return nil, nil
	}
	found := h.Search.Search(forums.Kind, search.Query{Filters: []search.Filter{{Facet: forums.FacetPlace, Values: []int64{int64(place)}}}, Sort: forums.SortDay, Desc: true, Limit: sectionShown})
	if found.Building || found.Total == 0 {
		return nil, nil
	}
	rows, err := h.Forums.Cards(r.Context(), found.IDs)
	if err != nil {
		return nil, err
	}
	return placeSection(list{Page: page, h: h, rows: rows}), nil
}

// all are the forums of a part of another page, in their order.
func (l list) all() (out []ui.Found) {
	for _, c := range l.rows {
		out = append(out, l.h.hit(l.Page, c))
	}
	return out
}
