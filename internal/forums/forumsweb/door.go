package forumsweb

import (
	"net/http"
	"net/url"
	"time"

	"birge/internal/forums"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// entranceView is the door of a forum as those who work there see it.
type entranceView struct {
	ui.Page
	forums.Door
	h    *Pages
	zone *time.Location
}

func (h *Pages) readDoor(r *http.Request) (v entranceView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	v = entranceView{Page: ui.PageOf(r, web.Words(r).T("forums.door")), h: h, zone: web.Zone(r)}
	if v.Door, err = h.Forums.Door(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	v.NoIndex = true
	v.Page.Sample = v.Page.Sample || v.Forum.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("forums.title"), Path: "/forums"}, {Title: v.Text(v.Forum.Title), Path: v.path("")}}
	return v, nil
}

func (v entranceView) path(rest string) string { return v.Forum.Ref().Path + rest }

func (h *Pages) door(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readDoor(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, doorPage(v))
}

func (v entranceView) figures() []ui.Figure {
	return []ui.Figure{
		{Label: v.T("forums.came"), Value: v.Int(v.Came), Note: v.T("forums.of_admitted", "admitted", v.Int(v.Admitted))},
		{Label: v.T("forums.walk_ins"), Value: v.Int(v.WalkIns)},
		{Label: v.T("forums.who.rural"), Value: v.Int(v.Rural)},
		{Label: v.T("forums.who.young"), Value: v.Int(v.Young)},
	}
}

// bySession is how many came to each session.
func (v entranceView) bySession() ui.Sheet {
	s := ui.Sheet{Caption: v.T("forums.by_session"), Empty: v.T("forums.no_sessions"), Columns: []ui.Column{{Label: v.T("forums.f.session")}, {Label: v.T("forums.f.when")}, {Label: v.T("forums.came"), Num: true}, {Label: v.T("forums.f.places"), Num: true}}}
	for _, o := range v.Sessions {
		places := "—"
		if o.Bounded() {
			places = v.Int(o.Places)
		}
		s.Rows = append(s.Rows, []ui.Cell{{Show: ui.Text(v.Page, o.Title)}, {Text: hours(v.Page, o.Starts, o.Ends, v.zone)}, {Text: v.Int(v.BySession[o.ID])}, {Text: places}})
	}
	return s
}

// byGroup is how many came as what.
func (v entranceView) byGroup() ui.Sheet {
	s := ui.Sheet{Caption: v.T("forums.by_group"), Columns: []ui.Column{{Label: v.T("forums.f.as")}, {Label: v.T("forums.came"), Num: true}}}
	for _, g := range forums.Groups {
		s.Rows = append(s.Rows, ui.Cells(v.T("forums.who."+string(g)), v.Int(v.ByGroup[g])))
	}
	return s
}

// devices are what stands at the door, with what each has brought.
func (v entranceView) devices() ui.Sheet {
	s := ui.Sheet{Caption: v.T("forums.devices"), Empty: v.T("forums.no_devices"), Columns: []ui.Column{{Label: v.T("forums.f.device")}, {Label: v.T("forums.f.state")}, {Label: v.T("forums.f.brought"), Num: true}, {Label: v.T("forums.f.last_brought")}, {}}}
	for _, d := range v.Devices {
		last := "—"
		if !d.Last.IsZero() {
			last = v.DateTime(d.Last.In(v.zone))
		}
		row := ui.Cells(d.Name, "", v.Int(d.Brought), last, "")
		switch {
		case !d.Closed.IsZero():
			row[1].Show = ui.Status(ui.Quiet, v.T("forums.device.closed"))
		case d.Opened.IsZero():
			row[1].Show = ui.Status(ui.Wait, v.T("forums.device.prepared"))
			row[4].Show = closeDevice(v, d)
		default:
			row[1].Show = ui.Status(ui.Good, v.T("forums.device.open"))
			row[4].Show = closeDevice(v, d)
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// flags are the scans that counted nobody.
func (v entranceView) flags() ui.Sheet {
	s := ui.Sheet{Caption: v.T("forums.flags"), Empty: v.T("forums.no_flags"), Columns: []ui.Column{{Label: v.T("forums.f.when")}, {Label: v.T("forums.f.where")}, {Label: v.T("forums.f.whose")}, {Label: v.T("forums.f.what")}}}
	for _, f := range v.Flags {
		row := ui.Cells(v.DateTime(f.Scan.At.In(v.zone)), joined(v.at(f.Device), v.sessionName(f.Scan.SessionID)), joined(f.Who, grouped(f.Scan.Code)), "")
		row[3] = ui.Cell{Show: ui.Status(f.Scan.Outcome.Tone(), v.T(f.Scan.Outcome.Key()))}
		if f.Scan.Outcome == forums.Again {
			row[3] = ui.Cell{Text: v.before(f.First.At.In(v.zone), f.FirstDevice)}
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// at names a device; without a name it is a page of the portal.
func (v entranceView) at(device string) string {
	if device == "" {
		return v.T("forums.at_desk")
	}
	return device
}

// before tells when and where somebody had entered.
func (v entranceView) before(at time.Time, device string) string {
	return v.T("forums.entered_before", "when", v.DateTime(at), "where", v.at(device))
}

func (v entranceView) sessionName(id ref.ID) string {
	for _, o := range v.Sessions {
		if o.ID == id {
			return v.Text(o.Title)
		}
	}
	return ""
}

// checkInView is the page on which codes are typed, with the last answer.
type checkInView struct {
	entranceView
	answer *forums.Answer
	code   ui.FormPage
	walk   ui.FormPage
}

func (v entranceView) where(t ui.FormPage) ui.Field {
	f := t.Choose("session", "forums.f.where_in", append([]ui.Choice{{Value: "", Label: v.T("forums.whole_forum")}}, v.sessionChoices()...))
	for i := range f.Choices {
		f.Choices[i].Selected = f.Choices[i].Value == t.Values.Get("session")
	}
	return f
}

func (v entranceView) sessionChoices() (out []ui.Choice) {
	for _, o := range v.Sessions {
		out = append(out, ui.Choice{Value: o.ID.String(), Label: v.Text(o.Title)})
	}
	return out
}

func (h *Pages) checkInForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readDoor(r)
	if err != nil {
		return err
	}
	return h.showCheckIn(w, r, v, url.Values{"session": {r.URL.Query().Get("session")}}, url.Values{}, nil, nil)
}

// showCheckIn draws the page; err is a fault of the form of who walks in.
func (h *Pages) showCheckIn(w http.ResponseWriter, r *http.Request, v entranceView, code, walk url.Values, a *forums.Answer, err error) error {
	v.Page.Title = v.T("forums.check_in")
	v.Crumbs = append(v.Crumbs, ui.Crumb{Title: v.T("forums.door"), Path: v.path("/door")})
	c := checkInView{entranceView: v, answer: a, code: ui.FormPage{Page: v.Page, Values: code}, walk: ui.FormPage{Page: v.Page, Values: walk}}
	status := http.StatusOK
	if err != nil {
		bad, refused := web.Refused(err)
		if !refused {
			return err
		}
		status, c.walk.Faults = web.Status(err), bad.Fields
	}
	return web.Render(w, r, status, checkInPage(c))
}

// checkIn lets in who shows a code, and says at once what the code is.
func (h *Pages) checkIn(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readDoor(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	a, err := h.Forums.CheckIn(r.Context(), web.Actor(r), v.Forum.ID, f.ID("session"), f.Line("code"))
	if err == nil {
		err = f.Err()
	}
	if err != nil {
		return err
	}
	return h.showCheckIn(w, r, v, url.Values{"session": {f.Line("session")}}, url.Values{"session": {f.Line("session")}}, &a, nil)
}

// walkIn registers somebody at the door and lets him in.
func (h *Pages) walkIn(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readDoor(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := forums.Newcomer{Name: f.Line("name"), Org: f.Line("org"), Kind: forums.Group(f.Line("kind"))}
	session, consent := f.ID("session"), f.Bool("consent")
	var a forums.Answer
	if err = f.Err(); err == nil {
		a, err = h.Forums.WalkIn(r.Context(), web.Actor(r), v.Forum.ID, session, n, consent)
	}
	if err != nil {
		return h.showCheckIn(w, r, v, url.Values{}, f.Values, nil, err)
	}
	return h.showCheckIn(w, r, v, url.Values{"session": {f.Line("session")}}, url.Values{"session": {f.Line("session")}}, &a, nil)
}

// says is the last answer in one line.
func (v checkInView) says() string {
	a := v.answer
	kind := ""
	if a.Kind != "" {
		kind = v.T("forums.who." + string(a.Kind))
	}
	out := joined(v.T(a.Outcome.Key()), a.Who, kind, grouped(a.Code))
	if a.Outcome == forums.Again {
		out = joined(out, v.before(a.FirstAt.In(v.zone), a.FirstDevice))
	}
	if a.Placeless {
		out = joined(out, v.T("forums.placeless"))
	}
	return out
}

// addDevice prepares a device and leads to the page by which it is opened.
func (h *Pages) addDevice(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	if f.Line("do") == "close" {
		if err := h.Forums.CloseDevice(r.Context(), web.Actor(r), id, f.ID("device")); err != nil {
			return err
		}
		return web.SeeOther(w, r, "/forums/"+id.String()+"/door", "forums.notice.saved")
	}
	_, link, err := h.Forums.AddDevice(r.Context(), web.Actor(r), id, f.Line("name"))
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/devices/"+link, "")
}
