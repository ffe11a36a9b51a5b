package panelsweb

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// bodies lists commissions, juries and councils: of all, or of one organization.
func (p *Pages) bodies(w http.ResponseWriter, r *http.Request) error {
	web.Touch(r, panels.KindBody)
	f := web.ReadForm(r)
	owner := p.Orgs.Read(f, p.Search, "owner")
	if f.Err() != nil {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	list, err := p.Panels.Bodies(r.Context(), owner.ID)
	if err != nil {
		return err
	}
	page := ui.PageOf(r, web.Words(r).T("panels.bodies"))
	page.Description = page.T("panels.bodies_lead")
	s := ui.Sheet{Empty: page.T("panels.bodies_empty"), Columns: []ui.Column{{Label: page.T("panels.body_name")}, {Label: page.T("panels.body_kind")}, {Label: page.T("panels.owner")}}}
	for _, b := range list {
		row := ui.Cells(page.Text(b.Name), page.T("panels.body_kind."+string(b.Kind)), page.Text(b.Owner.Title))
		row[0].Path = b.Ref().Path
		s.Rows = append(s.Rows, row)
	}
	return web.Render(w, r, http.StatusOK, bodiesPage(page, owner, s, maySetUp(web.Actor(r))))
}

// maySetUp tells that somebody may set up a body of some organization: whose, is
// judged when the form is sent.
func maySetUp(by access.Actor) bool {
	return by.HasAny(access.Lead) || by.HasAny(access.Funder) || by.HasAny(access.Officer)
}

// bodyView is a body with what is needed to draw its page.
type bodyView struct {
	ui.Page
	panels.BodyView
	p    *Pages
	orgs map[ref.ID]ref.Ref
	zone *time.Location
}

// readBody loads the body that a request asks for.
func (p *Pages) readBody(r *http.Request) (v bodyView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: panels.KindBody, ID: id}.Key(), panels.KindMeeting)
	v = bodyView{Page: ui.PageOf(r, ""), p: p, zone: web.Zone(r)}
	if v.BodyView, err = p.Panels.Body(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	web.Touch(r, v.Owner.Key())
	v.Title = v.Text(v.Name)
	v.Page.Sample = v.Page.Sample || v.BodyView.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("panels.bodies"), Path: "/bodies"}}
	v.orgs, err = p.orgsOf(r, v.Members, v.Past)
	return v, err
}

// orgsOf names the organizations of members, and has the page follow the people
// whom it names.
func (p *Pages) orgsOf(r *http.Request, lists ...[]panels.Sitter) (map[ref.ID]ref.Ref, error) {
	var ids []ref.ID
	for _, list := range lists {
		for _, m := range list {
			if m.OrgID != 0 {
				ids = append(ids, m.OrgID)
			}
			if m.Name != "" {
				web.Touch(r, ref.Ref{Kind: "person", ID: m.PersonID}.Key())
			}
		}
	}
	return p.Orgs.Named(r.Context(), ids)
}

func (p *Pages) body(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readBody(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, bodyPage(v))
}

func (v bodyView) facts() []ui.Fact {
	b := v.Body
	list := []ui.Fact{
		{Label: v.T("panels.owner"), Show: refLink(v.Page, b.Owner)},
		{Label: v.T("panels.body_kind"), Value: v.T("panels.body_kind." + string(b.Kind))},
		{Label: v.T("panels.body_place"), Value: v.placeName(b.PlaceID)},
		{Label: v.T("panels.set_up"), Value: v.Date(b.SetUp)},
		{Label: v.T("panels.quorum"), Value: v.Percent(float64(v.Quorum)) + ", " + v.T("panels.quorum_from."+string(b.Rules.QuorumFrom))},
		{Label: v.T("panels.majority"), Value: v.T("panels.majority." + string(b.Rules.Majority))},
		{Label: v.T("panels.equal_votes"), Value: v.T("panels.chair_decides." + strconv.FormatBool(b.Rules.ChairDecides))},
	}
	if v.BodyView.Notice > 0 {
		list = append(list, ui.Fact{Label: v.T("panels.notice"), Value: v.N("panels.notice_days", int64(v.BodyView.Notice))})
	}
	if !b.Closed.IsZero() {
		list = append(list, ui.Fact{Label: v.T("panels.closed"), Value: v.Date(b.Closed)})
	}
	return list
}

func (v bodyView) placeName(id ref.ID) string {
	place, ok := v.p.Places.Tree().Place(id)
	if !ok {
		return v.T("panels.whole_country")
	}
	return v.Text(place.Name)
}

// memberName is the name of a member, or the number where the name is not shown.
func memberName(p ui.Page, m panels.Sitter) string {
	if m.Name == "" {
		return p.T("panels.member_no", "no", strconv.Itoa(m.No))
	}
	return m.Name
}

// members is a table of members; for who keeps the body each leads to its form.
func (v bodyView) members(list []panels.Sitter) ui.Sheet {
	s := ui.Sheet{Empty: v.T("panels.members_empty"), Columns: []ui.Column{{Label: v.T("panels.member")}, {Label: v.T("panels.duty")}, {Label: v.T("panels.term")}}}
	if v.Named {
		s.Columns = append(s.Columns, ui.Column{Label: v.T("panels.represents")})
	}
	for _, m := range list {
		row := ui.Cells(memberName(v.Page, m), v.dutyOf(m), v.termOf(m.BodyMember))
		if v.Named {
			row = append(row, ui.Cell{Text: joined(v.Text(m.Post), v.Text(v.orgs[m.OrgID].Title))})
		}
		if v.Keeps && m.PersonID != 0 {
			row[0].Path = v.Ref().Path + "/members/" + m.ID.String()
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

func joined(parts ...string) (out string) {
	for _, s := range parts {
		if s != "" && out != "" {
			out += ", "
		}
		out += s
	}
	if out == "" {
		return "—"
	}
	return out
}

func (v bodyView) dutyOf(m panels.Sitter) string {
	s := v.T("panels.duty." + string(m.Duty))
	if !m.Votes {
		s += ", " + v.T("panels.without_vote")
	}
	return s
}

func (v bodyView) termOf(m panels.BodyMember) string {
	if m.Until.IsZero() {
		return v.T("panels.since", "day", v.ShortDate(m.Since))
	}
	return v.ShortDate(m.Since) + " – " + v.ShortDate(m.Until)
}

// meetings are the meetings that the reader may see.
func (v bodyView) meetings() ui.Sheet {
	s := ui.Sheet{Empty: v.T("panels.meetings_empty"), Columns: []ui.Column{{Label: v.T("panels.meeting")}, {Label: v.T("panels.when")}, {Label: v.T("panels.meeting_state")}, {Label: v.T("panels.minutes")}}}
	for _, m := range v.Meetings {
		row := ui.Cells(v.T("panels.meeting_no", "no", strconv.Itoa(m.No)), v.DateTime(m.StartsAt.In(v.zone)), v.T("panels.meeting_stage."+string(m.Stage())), "—")
		row[0].Path, row[2].Tone = m.Ref().Path, meetingTone(m)
		if m.Stage() == panels.Signed {
			row[3] = ui.Cell{Text: v.T("panels.minutes"), Path: m.Ref().Path + "/minutes"}
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

func meetingTone(m panels.Meeting) string {
	switch m.Stage() {
	case panels.InSession, panels.Ended:
		return ui.Wait
	case panels.Signed:
		return ui.Good
	case panels.CalledOff:
		return ui.Quiet
	}
	return ""
}

func (p *Pages) newBody(w http.ResponseWriter, r *http.Request) error {
	values := url.Values{"owner": {r.URL.Query().Get("owner")}, "quorum_from": {string(panels.FromAll)}, "majority": {string(panels.OfPresent)}, "chair_decides": {"yes"}}
	return p.showNewBody(w, r, values, nil)
}

func (p *Pages) showNewBody(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	return ui.ShowForm(w, r, "panels.new_body", values, fault, func(t ui.FormPage) templ.Component { return bodyForm(t, "/bodies/new", true) })
}

// typedBody reads what is said of a body; the owner is asked when it is set up.
func (p *Pages) typedBody(f *web.Form) panels.NewBody {
	n := panels.NewBody{Kind: panels.BodyKind(f.Line("kind")), Name: f.Texts("name"), About: f.Texts("about"), Closed: f.Date("closed"),
		Rules: panels.Rules{Quorum: int(f.Int("quorum")), Notice: int(f.Int("notice")), QuorumFrom: panels.QuorumFrom(f.Line("quorum_from")), Majority: panels.Majority(f.Line("majority")), ChairDecides: f.Bool("chair_decides")}}
	n.PlaceID = p.Places.Tree().Read(f, "place")
	return n
}

func (p *Pages) setUp(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	n := p.typedBody(f)
	n.Owner = p.Orgs.Read(f, p.Search, "owner")
	var b panels.Body
	err := f.Err()
	if err == nil {
		b, err = p.Panels.SetUp(r.Context(), web.Actor(r), n)
	}
	if err != nil {
		return p.showNewBody(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, b.Ref().Path, "panels.notice.done")
}

// bodyValues is a body as the values of its form.
func (v bodyView) values() url.Values {
	b := v.Body
	out := url.Values{"version": {strconv.FormatInt(b.Version, 10)}, "kind": {string(b.Kind)}, "quorum_from": {string(b.Rules.QuorumFrom)}, "majority": {string(b.Rules.Majority)}}
	ui.PutTexts(out, "name", b.Name)
	ui.PutTexts(out, "about", b.About)
	if b.Rules.Quorum > 0 {
		out.Set("quorum", strconv.Itoa(b.Rules.Quorum))
	}
	if b.Rules.Notice > 0 {
		out.Set("notice", strconv.Itoa(b.Rules.Notice))
	}
	if b.Rules.ChairDecides {
		out.Set("chair_decides", "yes")
	}
	if place, ok := v.p.Places.Tree().Place(b.PlaceID); ok {
		out.Set("place", place.Code())
	}
	if !b.Closed.IsZero() {
		out.Set("closed", b.Closed.String())
	}
	return out
}

// keptBody loads a body for a form of those who keep it.
func (p *Pages) keptBody(r *http.Request) (bodyView, error) {
	v, err := p.readBody(r)
	if err == nil && !v.Keeps {
		err = problem.New(problem.Forbidden, "panels.owner_side_only")
	}
	return v, err
}

func (p *Pages) editBodyForm(w http.ResponseWriter, r *http.Request) error {
	return p.showEditBody(w, r, nil, nil)
}

func (p *Pages) showEditBody(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	v, err := p.keptBody(r)
	if err != nil {
		return err
	}
	if values == nil {
		values = v.values()
	}
	return ui.ShowEdit(w, r, "panels.edit_body", values, v.values(), fault, func(t ui.FormPage) templ.Component { return bodyForm(t, v.Ref().Path+"/edit", false) })
}

func (p *Pages) editBody(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := p.typedBody(f)
	if err = f.Err(); err == nil {
		err = p.Panels.EditBody(r.Context(), web.Actor(r), id, f.Version(), n)
	}
	if err != nil {
		return p.showEditBody(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/bodies/"+id.String(), "panels.notice.done")
}

func (p *Pages) newSeat(w http.ResponseWriter, r *http.Request) error {
	return p.showNewSeat(w, r, url.Values{"duty": {string(panels.Plain)}, "since": {p.Panels.Today().String()}}, nil)
}

func (p *Pages) showNewSeat(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	v, err := p.keptBody(r)
	if err != nil {
		return err
	}
	return ui.ShowForm(w, r, "panels.new_member", values, fault, func(t ui.FormPage) templ.Component {
		return seatForm(t, v, v.Ref().Path+"/members/new", true)
	})
}

// typedSeat reads what is said of a member.
func (p *Pages) typedSeat(f *web.Form) panels.NewMember {
	return panels.NewMember{Email: f.Line("email"), OrgID: p.Orgs.Read(f, p.Search, "org").ID, Post: f.Texts("post"), Duty: panels.Duty(f.Line("duty")), Votes: f.Bool("votes"),
		Since: f.Date("since"), Until: f.Date("until")}
}

func (p *Pages) seat(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := p.typedSeat(f)
	if err = f.Err(); err == nil {
		_, err = p.Panels.Seat(r.Context(), web.Actor(r), id, n)
	}
	if err != nil {
		return p.showNewSeat(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/bodies/"+id.String(), "panels.notice.done")
}

func (p *Pages) seatForm(w http.ResponseWriter, r *http.Request) error {
	return p.showSeat(w, r, nil, nil)
}

func (p *Pages) showSeat(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	v, err := p.keptBody(r)
	if err != nil {
		return err
	}
	id, err := web.ID(r, "member")
	if err != nil {
		return err
	}
	m, ok := v.Member(id)
	if !ok || m.PersonID == 0 {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	now := seatValues(m.BodyMember)
	if values == nil {
		values = now
	}
	return ui.ShowEdit(w, r, "panels.edit_member", values, now, fault, func(t ui.FormPage) templ.Component {
		return seatForm(t, v, v.Ref().Path+"/members/"+id.String(), false)
	})
}

func seatValues(m panels.BodyMember) url.Values {
	out := url.Values{"version": {strconv.FormatInt(m.Version, 10)}, "duty": {string(m.Duty)}, "since": {m.Since.String()}}
	ui.PutTexts(out, "post", m.Post)
	if m.OrgID != 0 {
		out.Set("org", m.OrgID.String())
	}
	if m.Votes {
		out.Set("votes", "yes")
	}
	if !m.Until.IsZero() {
		out.Set("until", m.Until.String())
	}
	return out
}

func (p *Pages) reseat(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "member")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := p.typedSeat(f)
	if err = f.Err(); err == nil {
		err = p.Panels.Reseat(r.Context(), web.Actor(r), id, f.Version(), n)
	}
	if err != nil {
		return p.showSeat(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/bodies/"+r.PathValue("id"), "panels.notice.done")
}

// typedWhen reads when and where a meeting is.
func typedWhen(r *http.Request, f *web.Form) panels.When {
	n := panels.When{Place: f.Texts("where"), Link: f.Line("link"), Hurry: i18n.Only(web.Lang(r), f.Text("hurry"))}
	day, hour := f.Date("day"), f.Line("hour")
	at, err := time.Parse("15:04", hour)
	f.Reject(day.IsZero(), "day", "form.required")
	f.Reject(err != nil, "hour", "panels.hour_wrong")
	if err == nil && !day.IsZero() {
		n.StartsAt = db.At(day.In(web.Zone(r)).Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute))
	}
	return n
}

// atFields moves the faults of a meeting to the fields of its form.
func atFields(err error) error {
	bad := problem.As(err)
	if bad == nil || bad.Fields == nil {
		return err
	}
	out := problem.Fields{}
	for name, fault := range bad.Fields {
		switch name {
		case "starts_at":
			name = "day"
		case "place":
			name = "where.kk"
		}
		out[name] = fault
	}
	return out.Err()
}

func (p *Pages) newMeeting(w http.ResponseWriter, r *http.Request) error {
	return p.showNewMeeting(w, r, url.Values{}, nil)
}

func (p *Pages) showNewMeeting(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	v, err := p.readBody(r)
	if err != nil {
		return err
	}
	if !v.Plans {
		return problem.New(problem.Forbidden, "panels.owner_side_only")
	}
	return ui.ShowForm(w, r, "panels.new_meeting", values, fault, func(t ui.FormPage) templ.Component {
		return newMeetingForm(t, v)
	})
}

func (p *Pages) plan(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	when := typedWhen(r, f)
	var m panels.Meeting
	if err = f.Err(); err == nil {
		m, err = p.Panels.Plan(r.Context(), web.Actor(r), id, when)
	}
	if err != nil {
		return p.showNewMeeting(w, r, f.Values, atFields(err))
	}
	return web.SeeOther(w, r, m.Ref().Path, "panels.notice.done")
}
