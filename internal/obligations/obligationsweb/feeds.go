package obligationsweb

import (
	"net/http"

	"birge/internal/obligations"
	"birge/internal/platform/i18n"
	"birge/internal/platform/table"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	ics "github.com/arran4/golang-ical"
)

const (
	mostDates = 1000 // in one calendar
	mostNews  = 50   // in one feed
)

// calendar gives the terms of a list as all-day events.
func (p *Pages) calendar(w http.ResponseWriter, r *http.Request) error {
	q, err := p.read(r)
	if err != nil {
		return err
	}
	found, err := p.Owed.List(r.Context(), q.Filter, mostDates, 0)
	if err != nil {
		return err
	}
	words, base := web.Words(r), web.Base(r)
	cal := ics.NewCalendarFor("birge")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(words.T("obligations.title"))
	for _, o := range found.Rows {
		e := cal.AddEvent(o.ID.String() + "@birge")
		e.SetDtStampTime(o.ID.Time())
		e.SetAllDayStartAt(o.Due.In(web.Zone(r)))
		e.SetAllDayEndAt(o.Due.AddDays(1).In(web.Zone(r)))
		e.SetSummary(o.Told(words) + " – " + words.Text(o.Owner.Title))
		e.SetDescription(words.T("obligations.ground."+string(o.Ground)) + " · " + words.T("obligations.state."+string(o.State(p.Owed.Today()))))
		e.SetURL(base + web.Path(r, o.Ref().Path))
	}
	web.Touch(r, obligations.Kind)
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	return cal.SerializeTo(w, ics.WithNewLineWindows)
}

// atom gives the obligations of a list that were made last.
func (p *Pages) atom(w http.ResponseWriter, r *http.Request) error {
	q, err := p.read(r)
	if err != nil {
		return err
	}
	rows, err := p.Owed.Latest(r.Context(), q.Filter, mostNews)
	if err != nil {
		return err
	}
	web.Touch(r, obligations.Kind)
	words := web.Words(r)
	feed := ui.NewsFeed{Title: words.T("obligations.title"), Address: web.Path(r, q.path("", "")), Since: web.Now(r)}
	for _, o := range rows {
		feed.News = append(feed.News, ui.News{Title: o.Told(words), Text: words.Text(o.Owner.Title) + " · " + words.Date(o.Due),
			Address: web.Path(r, o.Ref().Path), At: o.ID.Time()})
	}
	return ui.WriteAtom(w, r, feed)
}

// download streams exactly the rows of a list.
func (p *Pages) download(form string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		q, err := p.read(r)
		if err != nil {
			return err
		}
		out, err := web.Table(w, form, "obligations")
		if err != nil {
			return err
		}
		if err := out.Header([]string{"id", "kind", "what", "ground", "owner", "owed_to", "place", "since", "due", "state", "outcome_on", "reply"}); err != nil {
			return err
		}
		words, today := web.Words(r), p.Owed.Today()
		if err := p.Owed.Each(r.Context(), q.Filter, func(o obligations.Obligation) error { return out.Row(p.cells(words, o, o.State(today))...) }); err != nil {
			return err
		}
		return out.Close()
	}
}

func (p *Pages) cells(words *i18n.Printer, o obligations.Obligation, state obligations.State) []table.Cell {
	place, _ := p.Places.Tree().Place(o.PlaceID)
	return []table.Cell{
		table.Text(o.ID.String()), table.Text(o.Kind), table.Text(o.Told(words)), table.Text(string(o.Ground)),
		table.Text(words.Text(o.Owner.Title)), table.Text(words.Text(o.To.Title)), table.Text(place.KATO),
		table.Date(o.Since), table.Date(o.Due), table.Text(string(state)), table.Date(o.OutcomeOn), table.Text(words.Text(o.Reply)),
	}
}
