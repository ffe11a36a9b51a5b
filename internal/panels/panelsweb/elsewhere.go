package panelsweb

import (
	"net/http"
	"time"

	"birge/internal/panels"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
	ics "github.com/arran4/golang-ical"
)

// sitting is how long a meeting stands in a calendar while nobody has closed it.
const sitting = 2 * time.Hour

// BodiesOfOrg tells on the page of an organization of its commissions and councils;
// nil when there are none.
func (p *Pages) BodiesOfOrg(r *http.Request, page ui.Page, org ref.ID) (templ.Component, error) {
	web.Touch(r, panels.KindBody)
	list, err := p.Panels.Bodies(r.Context(), org)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	s := ui.Sheet{Columns: []ui.Column{{Label: page.T("panels.body_name")}, {Label: page.T("panels.body_kind")}}}
	for _, b := range list {
		row := ui.Cells(page.Text(b.Name), page.T("panels.body_kind."+string(b.Kind)))
		row[0].Path = b.Ref().Path
		s.Rows = append(s.Rows, row)
	}
	return bodiesSection(page, s), nil
}

// bodyCalendar gives the public meetings of a body as a calendar to subscribe to.
func (p *Pages) bodyCalendar(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readBody(r)
	if err != nil {
		return err
	}
	cal := ics.NewCalendarFor("birge")
	cal.SetName(v.Title)
	for _, m := range v.Meetings {
		if m.Public() {
			addMeeting(cal, v.Page, m, web.Base(r)+web.Path(r, m.Ref().Path))
		}
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	return cal.SerializeTo(w, ics.WithNewLineWindows)
}

func addMeeting(cal *ics.Calendar, page ui.Page, m panels.Meeting, address string) {
	e := cal.AddEvent(m.ID.String() + "@birge")
	e.SetDtStampTime(m.InvitedAt.Time)
	e.SetSequence(int(m.Version))
	e.SetStartAt(m.StartsAt.Time)
	end := m.StartsAt.Add(sitting)
	if m.ClosedAt.After(m.StartsAt.Time) {
		end = m.ClosedAt.Time
	}
	e.SetEndAt(end)
	e.SetSummary(page.Text(m.Title()))
	e.SetLocation(page.Text(m.Place))
	e.SetURL(address)
	if m.Stage() == panels.CalledOff {
		e.SetStatus(ics.ObjectStatusCancelled)
	}
}
