package forumsweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"birge/internal/forums"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// planView is the programme while it is made.
type planView struct {
	forumView
	forums.Planning
	zone *time.Location
}

func (h *Pages) readPlanning(r *http.Request) (p planView, err error) {
	if p.forumView, err = h.readKept(r); err != nil {
		return p, err
	}
	p.zone = web.Zone(r)
	p.Planning, err = h.Forums.Planning(r.Context(), web.Actor(r), p.Story.Forum.ID)
	p.Title = p.T("forums.plan")
	return p, err
}

func (h *Pages) plan(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readPlanning(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, planPage(p))
}

// hours is from when to when something goes on: "15 мая, 10:00–11:30".
func hours(p ui.Page, from, until db.Time, zone *time.Location) string {
	if from.IsZero() {
		return p.T("forums.no_hour")
	}
	return p.ShortDate(from.In(zone)) + ", " + span(p, from, until, zone)
}

// span is the hours alone.
func span(p ui.Page, from, until db.Time, zone *time.Location) string {
	return p.Clock(from.In(zone)) + "–" + p.Clock(until.In(zone))
}

// sessions is the table of what is planned, with the clashes of each session.
func (p planView) sessions() ui.Sheet {
	s := ui.Sheet{Caption: p.T("forums.sessions"), Empty: p.T("forums.no_sessions"),
		Columns: []ui.Column{{Label: p.T("forums.f.session")}, {Label: p.T("forums.f.kind")}, {Label: p.T("forums.f.when")}, {Label: p.T("forums.f.room")}, {Label: p.T("forums.f.on_stage")}, {Label: p.T("forums.f.clashes")}}}
	for _, x := range p.Sessions() {
		clash := ui.Cell{Text: p.clashesOf(x.ID)}
		if clash.Text != "" {
			clash.Tone = ui.Late
		}
		s.Rows = append(s.Rows, []ui.Cell{{Text: p.Text(x.Title), Path: p.path("/plan/session?session=" + x.ID.String())}, {Text: p.T(x.Kind.Key())},
			{Text: hours(p.Page, x.Starts, x.Ends, p.zone)}, {Text: p.roomName(x.RoomID)}, {Text: people(x.People)}, clash})
	}
	return s
}

// Sessions are the sessions that are planned.
func (p planView) Sessions() []forums.Session { return p.Planning.Sessions }

func people(list []forums.Person) string {
	var names []string
	for _, x := range list {
		names = append(names, x.Name)
	}
	return strings.Join(names, ", ")
}

func (p planView) roomName(id ref.ID) string {
	for _, m := range p.Rooms {
		if m.ID == id {
			return p.Text(m.Name)
		}
	}
	return ""
}

// clashesOf says with what a session clashes.
func (p planView) clashesOf(id ref.ID) string {
	var out []string
	for _, c := range p.Clashes {
		other := c.B
		if c.B.ID == id {
			other = c.A
		} else if c.A.ID != id {
			continue
		}
		if c.Room {
			out = append(out, p.T("forums.clash_room", "session", p.Text(other.Title)))
		} else {
			out = append(out, p.T("forums.clash_person", "person", c.Person, "session", p.Text(other.Title)))
		}
	}
	return strings.Join(out, "; ")
}

func (p planView) roomsSheet() ui.Sheet {
	s := ui.Sheet{Caption: p.T("forums.rooms"), Empty: p.T("forums.no_rooms"), Columns: []ui.Column{{Label: p.T("forums.f.room")}, {Label: p.T("forums.f.seats"), Num: true}, {Label: p.T("forums.f.link")}}}
	for _, m := range p.Rooms {
		seats := ""
		if m.Seats > 0 {
			seats = p.Int(m.Seats)
		}
		s.Rows = append(s.Rows, []ui.Cell{{Text: p.Text(m.Name), Path: p.path("/plan/rooms?room=" + m.ID.String())}, {Text: seats}, {Text: m.Link}})
	}
	for _, k := range p.Tracks {
		s.Rows = append(s.Rows, []ui.Cell{{Text: p.T("forums.f.track") + ": " + p.Text(k.Name), Path: p.path("/plan/rooms?track=" + k.ID.String())}, {}, {}})
	}
	return s
}

// changed tells the changes of a release, or those that wait for one.
func changed(p ui.Page, list []forums.Change) ui.Sheet {
	s := ui.Sheet{Caption: p.T("forums.changes"), Empty: p.T("forums.no_changes"), Columns: []ui.Column{{Label: p.T("forums.f.session")}, {Label: p.T("forums.f.changed")}}}
	for _, c := range list {
		s.Rows = append(s.Rows, ui.Cells(p.Text(c.Title), ways(p, c)))
	}
	return s
}

func ways(p ui.Page, c forums.Change) string {
	var out []string
	for _, k := range c.What {
		out = append(out, p.T(k.Key()))
	}
	return strings.Join(out, ", ")
}

// sessionForm is the form of a session.
type sessionForm struct {
	ui.FormPage
	planView
	id ref.ID
}

// peopleRows is how many people the form of a session asks for.
const peopleRows = 5

func rowName(i int) string { return "people." + strconv.Itoa(i) + "." }

func (f sessionForm) rooms() (out []ui.Choice) {
	for _, m := range f.Rooms {
		out = append(out, ui.Choice{Value: m.ID.String(), Label: f.FormPage.Page.Text(m.Name)})
	}
	return out
}

func (f sessionForm) tracks() (out []ui.Choice) {
	for _, k := range f.Tracks {
		out = append(out, ui.Choice{Value: k.ID.String(), Label: f.FormPage.Page.Text(k.Name)})
	}
	return out
}

func (f sessionForm) kinds() []ui.Choice {
	var keys []string
	for _, k := range forums.SessionKinds {
		keys = append(keys, string(k))
	}
	return f.Keyed("forums.session_kind.", keys...)
}

func (f sessionForm) duties() []ui.Choice {
	var keys []string
	for _, d := range forums.Duties {
		keys = append(keys, string(d))
	}
	return f.Keyed("forums.duty.", keys...)
}

// filled tells that a row of people has somebody in it.
func (f sessionForm) filled(i int) bool { return i == 0 || f.Values.Get(rowName(i)+"name") != "" }

func (p planView) sessionValues(x forums.Session) url.Values {
	values := url.Values{"version": {strconv.FormatInt(x.Version, 10)}, "kind": {string(x.Kind)}, "room": {idText(x.RoomID)}, "track": {idText(x.TrackID)}}
	if !x.Starts.IsZero() {
		values.Set("day", x.Starts.In(p.zone).Format(time.DateOnly))
		values.Set("starts", x.Starts.In(p.zone).Format("15:04"))
		values.Set("ends", x.Ends.In(p.zone).Format("15:04"))
	}
	if x.Places > 0 {
		values.Set("places", strconv.FormatInt(x.Places, 10))
	}
	ui.PutTexts(values, "title", x.Title)
	ui.PutTexts(values, "about", x.About)
	for i, who := range x.People {
		values.Set(rowName(i)+"duty", string(who.Duty))
		values.Set(rowName(i)+"name", who.Name)
		values.Set(rowName(i)+"from", who.From)
		values.Set(rowName(i)+"email", who.Email)
		if who.Consented {
			values.Set(rowName(i)+"consented", "yes")
		}
	}
	return values
}

// sessionOf is the session that the address names; a new one without.
func (h *Pages) sessionOf(r *http.Request) (p planView, x forums.Session, err error) {
	if p, err = h.readPlanning(r); err != nil {
		return p, x, err
	}
	named := r.URL.Query().Get("session")
	if named == "" {
		return p, x, nil
	}
	id, _ := ref.ParseID(named)
	x, ok := p.Session(id)
	if !ok {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return p, x, err
}

func (h *Pages) sessionForm(w http.ResponseWriter, r *http.Request) error {
	p, x, err := h.sessionOf(r)
	if err != nil {
		return err
	}
	values := url.Values{"kind": {string(forums.Section)}, "day": {dateText(p.Planning.Forum.From)}}
	if x.ID != 0 {
		values = p.sessionValues(x)
	}
	return h.showSession(w, r, p, x, values, nil)
}

func (h *Pages) showSession(w http.ResponseWriter, r *http.Request, p planView, x forums.Session, values url.Values, err error) error {
	now := url.Values(nil)
	if x.ID != 0 {
		now = p.sessionValues(x)
	}
	return ui.ShowEdit(w, r, "forums.session", values, now, err, func(t ui.FormPage) templ.Component {
		return sessionFields(sessionForm{FormPage: t, planView: p, id: x.ID})
	})
}

// at reads an hour of a day.
func at(f *web.Form, day db.Date, name string, zone *time.Location) db.Time {
	s := f.Line(name)
	if s == "" || day.IsZero() {
		f.Reject(s != "", "day", "form.required")
		return db.Time{}
	}
	hour, err := time.Parse("15:04", s)
	f.Reject(err != nil, name, "forums.not_an_hour")
	return db.At(day.In(zone).Add(time.Duration(hour.Hour())*time.Hour + time.Duration(hour.Minute())*time.Minute))
}

func readSession(f *web.Form, zone *time.Location) (n forums.NewSession) {
	day := f.Date("day")
	n.SessionPlan = forums.SessionPlan{Kind: forums.SessionKind(f.Line("kind")), Title: f.Texts("title"), About: f.Texts("about"), RoomID: f.ID("room"), TrackID: f.ID("track"),
		Starts: at(f, day, "starts", zone), Ends: at(f, day, "ends", zone), Places: f.Int("places")}
	for i := range peopleRows {
		row := rowName(i)
		who := forums.Person{Duty: forums.Duty(f.Line(row + "duty")), Name: f.Line(row + "name"), From: f.Line(row + "from"), Email: f.Line(row + "email"), Consented: f.Bool(row + "consented")}
		f.Reject(who.Email != "" && !strings.Contains(who.Email, "@"), row+"email", "forums.not_an_email")
		if who.Duty != forums.Moderator {
			who.Duty = forums.Speaker
		}
		n.People = append(n.People, who)
	}
	return n
}

func (h *Pages) saveSession(w http.ResponseWriter, r *http.Request) error {
	p, x, err := h.sessionOf(r)
	if err != nil {
		return err
	}
	f, by := web.ReadForm(r), web.Actor(r)
	if f.Line("do") == "drop" {
		if err := h.Forums.DropSession(r.Context(), by, p.Planning.Forum.ID, x.ID); err != nil {
			return err
		}
		return web.SeeOther(w, r, p.path("/plan"), "forums.notice.saved")
	}
	n := readSession(f, p.zone)
	if err = f.Err(); err == nil {
		_, err = h.Forums.PlanSession(r.Context(), by, p.Planning.Forum.ID, x.ID, f.Version(), n)
	}
	if err != nil {
		return h.showSession(w, r, p, x, f.Values, err)
	}
	return web.SeeOther(w, r, p.path("/plan"), "forums.notice.saved")
}

func (h *Pages) release(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	if _, err := h.Forums.ReleaseProgramme(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/forums/"+id.String()+"/programme", "forums.notice.released")
}
