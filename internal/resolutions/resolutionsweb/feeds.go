package resolutionsweb

import (
	"net/http"
	"strconv"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/resolutions"

	ics "github.com/arran4/golang-ical"
)

// listAtom tells of new documents, the newest first.
func (p *Pages) listAtom(w http.ResponseWriter, r *http.Request) error {
	web.Touch(r, resolutions.Kind)
	rows, err := p.Resolutions.List(r.Context(), newsInFeed, 0)
	if err != nil {
		return err
	}
	l := listView{Page: ui.PageOf(r, web.Words(r).T("resolutions.title")), p: p}
	f := ui.NewsFeed{Title: l.Title, Address: l.URL("/resolutions"), Since: web.Now(r)}
	for _, d := range rows {
		f.News = append(f.News, ui.News{Title: l.Text(d.Title), Text: l.line(d), Address: l.URL(d.Ref().Path), At: d.ID.Time()})
	}
	return ui.WriteAtom(w, r, f)
}

// documentAtom tells what happened to a document and its parts.
func (p *Pages) documentAtom(w http.ResponseWriter, r *http.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	return writeNews(w, r, v.Page, v.Document.Ref(), v.Past)
}

// itemAtom tells what happened to one item.
func (p *Pages) itemAtom(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readItem(r)
	if err != nil {
		return err
	}
	return writeNews(w, r, v.Page, v.Item.Ref(), v.Past)
}

// writeNews writes entries of the journal as a feed.
func writeNews(w http.ResponseWriter, r *http.Request, page ui.Page, of ref.Ref, past []journal.Entry) error {
	f := ui.NewsFeed{Title: short(page.Text(of.Title)), Address: page.URL(of.Path), Since: of.ID.Time()}
	for _, e := range past {
		if key := "act." + e.Act; page.Has(key) {
			n := ui.News{Title: page.T(key), Mark: e.ID.String(), At: e.At.Time}
			if e.Thing.Key() != of.Key() {
				n.Text, n.Address = short(page.Text(e.Thing.Title)), page.URL(e.Thing.Path)
			}
			f.News = append(f.News, n)
		}
	}
	return ui.WriteAtom(w, r, f)
}

// documentDates is the calendar of a document: by when each item is to be answered and
// done.
func (p *Pages) documentDates(w http.ResponseWriter, r *http.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	return writeDates(w, r, v.Text(v.Document.Title), v.Rows)
}

// itemDates is the calendar of one item.
func (p *Pages) itemDates(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readItem(r)
	if err != nil {
		return err
	}
	return writeDates(w, r, v.Title, []resolutions.Row{{Item: v.Item, Owed: v.Owed, Standing: v.Standing}})
}

func writeDates(w http.ResponseWriter, r *http.Request, title string, rows []resolutions.Row) error {
	cal := ics.NewCalendarFor("birge")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(title)
	for _, row := range rows {
		if row.Stage == resolutions.ItemCarried {
			continue
		}
		addDate(r, cal, row, "due", row.Due)
		if row.Stage == resolutions.ItemAssigned {
			addDate(r, cal, row, "answer_by", row.AnswerBy)
		}
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	return cal.SerializeTo(w, ics.WithNewLineWindows)
}

// addDate adds one day of an item; which is the last part of its message key.
func addDate(r *http.Request, cal *ics.Calendar, row resolutions.Row, which string, day db.Date) {
	if day.IsZero() {
		return
	}
	say, zone := web.Words(r), web.Zone(r)
	e := cal.AddEvent(row.ID.String() + "-" + which + "@birge")
	e.SetDtStampTime(row.ID.Time())
	e.SetAllDayStartAt(day.In(zone))
	e.SetAllDayEndAt(day.AddDays(1).In(zone))
	label := say.T("resolutions.due")
	if which == "answer_by" {
		label = say.T("resolutions.answer_by")
	}
	e.SetSummary(label + ": № " + strconv.Itoa(row.No) + " " + short(say.Text(row.Text)))
	e.SetDescription(say.T("resolutions.standing." + string(row.Standing)))
	e.SetURL(web.Base(r) + web.Path(r, row.Ref().Path))
}
