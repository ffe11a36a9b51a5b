package panelsweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"birge/internal/panels"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// meetingView is a meeting with what is needed to draw its pages.
type meetingView struct {
	ui.Page
	panels.MeetingView
	behind map[ref.ID]string // by item, for the inside
	zone   *time.Location
}

// readMeeting loads the meeting that a request asks for.
func (p *Pages) readMeeting(r *http.Request) (v meetingView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: panels.KindMeeting, ID: id}.Key())
	v = meetingView{Page: ui.PageOf(r, ""), zone: web.Zone(r)}
	if v.MeetingView, err = p.Panels.Meeting(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	web.Touch(r, v.Body.Ref().Key())
	v.Page.Title = v.Text(v.Meeting.Title())
	v.Page.Sample = v.Page.Sample || v.Meeting.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("panels.bodies"), Path: "/bodies"}, {Title: v.Text(v.Body.Name), Path: v.Body.Ref().Path}}
	for _, m := range v.Members {
		if m.Name != "" {
			web.Touch(r, ref.Ref{Kind: "person", ID: m.PersonID}.Key())
		}
	}
	return v, p.lookBehind(r, &v)
}

// lookBehind finds for the inside what the proposals stand on.
func (p *Pages) lookBehind(r *http.Request, v *meetingView) error {
	v.behind = map[ref.ID]string{}
	if !v.Inside() {
		return nil
	}
	for _, i := range v.Items {
		if i.Subject.IsZero() {
			continue
		}
		path, err := p.Behind(r.Context(), web.Actor(r), i.Subject)
		if err != nil {
			return err
		}
		v.behind[i.ID] = path
	}
	return nil
}

func (p *Pages) meeting(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readMeeting(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, meetingPage(v))
}

func (v meetingView) when() string { return v.DateTime(v.StartsAt.In(v.zone)) }

func (v meetingView) facts() []ui.Fact {
	list := []ui.Fact{
		{Label: v.T("panels.when"), Value: v.when()},
		{Label: v.T("panels.where"), Value: joined(v.Text(v.Place))},
	}
	if v.Link != "" {
		list = append(list, ui.Fact{Label: v.T("panels.link"), Show: webLink(v.Link)})
	}
	if v.Rules.Notice > 0 {
		list = append(list, ui.Fact{Label: v.T("panels.notice"), Value: v.N("panels.notice_days", int64(v.Rules.Notice))})
	}
	if !v.Hurry.IsZero() {
		list = append(list, ui.Fact{Label: v.T("panels.hurry"), Show: ui.Text(v.Page, v.Hurry)})
	}
	return append(list,
		ui.Fact{Label: v.T("panels.quorum"), Value: v.Percent(float64(v.Rules.Quorum)) + ", " + v.T("panels.quorum_from."+string(v.Rules.QuorumFrom))},
		ui.Fact{Label: v.T("panels.majority"), Value: v.T("panels.majority." + string(v.Rules.Majority))},
		ui.Fact{Label: v.T("panels.equal_votes"), Value: v.T("panels.chair_decides." + strconv.FormatBool(v.Rules.ChairDecides))})
}

// resultOf tells in short how an item ended or stands.
func resultOf(p ui.Page, i panels.Item) string {
	switch {
	case i.Result != "":
		return p.T("panels.result." + string(i.Result))
	case i.Running():
		return p.T("panels.item_runs")
	}
	return p.T("panels.item_waits")
}

func resultTone(i panels.Item) string {
	switch {
	case i.Result == panels.Adopted:
		return ui.Good
	case i.Result == panels.Rejected || i.Result == panels.NoQuorum:
		return ui.Late
	case i.Running():
		return ui.Wait
	case i.Result != "":
		return ui.Quiet
	}
	return ""
}

// votes tells how an item was voted on, in one sentence.
func votes(p *i18n.Printer, c panels.Count) string {
	s := p.T("panels.votes_were", "for", c.For, "against", c.Against, "abstain", c.Abstain)
	if c.ByChair {
		s += " " + p.T("panels.by_chair")
	}
	return s
}

// quorumAt tells how the quorum of an item was.
func quorumAt(p *i18n.Printer, c panels.Count) string {
	return p.T("panels.quorum_was", "present", c.Present, "of", c.Of, "needed", c.Needed, "recused", c.Recused)
}

// changeMeeting invites, calls off, or withdraws a question.
func (p *Pages) changeMeeting(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f, by := web.ReadForm(r), web.Actor(r)
	why := i18n.Only(web.Lang(r), f.Text("why"))
	switch f.Line("do") {
	case "invite":
		err = p.Panels.Invite(r.Context(), by, id, i18n.Only(web.Lang(r), f.Text("hurry")))
	case "call_off":
		err = p.Panels.CallOff(r.Context(), by, id, why)
	case "withdraw":
		err = p.Panels.WithdrawItem(r.Context(), by, f.ID("item"), why)
	default:
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	if err != nil {
		return p.showPlan(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/meetings/"+id.String(), "panels.notice.done")
}

func (p *Pages) planForm(w http.ResponseWriter, r *http.Request) error {
	return p.showPlan(w, r, nil, nil)
}

// showPlan is the page on which a meeting is made ready: agenda, time and place,
// invitation.
func (p *Pages) showPlan(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	v, err := p.readMeeting(r)
	if err != nil {
		return err
	}
	if !v.Plans {
		return problem.New(problem.Forbidden, "panels.owner_side_only")
	}
	if values == nil {
		values = url.Values{}
	}
	now := v.whenValues()
	for name, x := range now {
		if !values.Has(name) {
			values[name] = x
		}
	}
	return ui.ShowEdit(w, r, "panels.plan_meeting", values, now, fault, func(t ui.FormPage) templ.Component { return planPage(t, v) })
}

func (v meetingView) whenValues() url.Values {
	at := v.StartsAt.In(v.zone)
	out := url.Values{"version": {strconv.FormatInt(v.Meeting.Version, 10)}, "day": {at.Format(time.DateOnly)}, "hour": {at.Format("15:04")}, "link": {v.Link}}
	ui.PutTexts(out, "where", v.Place)
	return out
}

// move changes when and where a meeting is.
func (p *Pages) move(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	when := typedWhen(r, f)
	if err = f.Err(); err == nil {
		err = p.Panels.Move(r.Context(), web.Actor(r), id, f.Version(), when)
	}
	if err != nil {
		return p.showPlan(w, r, f.Values, atFields(err))
	}
	return web.SeeOther(w, r, "/meetings/"+id.String()+"/plan", "panels.notice.done")
}

// addItem puts a question of the body's own on the agenda.
func (p *Pages) addItem(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := panels.NewItem{Title: f.Texts("title"), Proposal: f.Texts("proposal")}
	if err = f.Err(); err == nil {
		_, err = p.Panels.AddItem(r.Context(), web.Actor(r), id, n)
	}
	if err != nil {
		return p.showPlan(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/meetings/"+id.String()+"/plan", "panels.notice.done")
}

// roomView is the meeting while it sits, for one reader.
type roomView struct {
	meetingView
	t ui.FormPage
}

func (p *Pages) room(w http.ResponseWriter, r *http.Request) error {
	return p.showRoom(w, r, url.Values{}, nil)
}

// showRoom is what a member and the secretary have before them on a phone.
func (p *Pages) showRoom(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	v, err := p.readMeeting(r)
	if err != nil {
		return err
	}
	if !v.Inside() {
		return problem.New(problem.Forbidden, "panels.members_only")
	}
	return ui.ShowForm(w, r, "panels.room", values, fault, func(t ui.FormPage) templ.Component { return roomPage(roomView{v, t}) })
}

// sit runs an act on the meeting as a whole.
func (p *Pages) sit(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f, by := web.ReadForm(r), web.Actor(r)
	switch f.Line("do") {
	case "attend":
		err = p.Panels.Attend(r.Context(), by, id, ids(f.List("here")), ids(f.List("remote")))
	case "came", "came_remote", "left":
		err = p.Panels.Note(r.Context(), by, id, f.ID("member"), f.Line("do") != "left", f.Line("do") == "came_remote")
	case "begin":
		if err = p.Panels.Attend(r.Context(), by, id, ids(f.List("here")), ids(f.List("remote"))); err == nil {
			err = p.Panels.Begin(r.Context(), by, id)
		}
	case "end":
		err = p.Panels.End(r.Context(), by, id, i18n.Only(web.Lang(r), f.Text("why")))
	default:
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	if err != nil {
		return p.showRoom(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/meetings/"+id.String()+"/room", "panels.notice.done")
}

func ids(list []string) (out []ref.ID) {
	for _, s := range list {
		if id, ok := ref.ParseID(s); ok {
			out = append(out, id)
		}
	}
	return out
}

// decide runs an act on one item: a vote, a recusal, or one of who conducts.
func (p *Pages) decide(w http.ResponseWriter, r *http.Request) error {
	item, err := web.ID(r, "item")
	if err != nil {
		return err
	}
	f, by := web.ReadForm(r), web.Actor(r)
	switch f.Line("do") {
	case "vote":
		err = p.Panels.Vote(r.Context(), by, item, f.ID("member"), panels.Choice(f.Line("choice")))
	case "recuse":
		err = p.Panels.RecuseFrom(r.Context(), by, item, f.Text("why"))
	case "take_up":
		err = p.Panels.TakeUp(r.Context(), by, item, nil)
	case "motion":
		err = p.Panels.TakeUp(r.Context(), by, item, &panels.Motion{Text: f.Texts("motion"), Why: f.Texts("departure")})
	case "close":
		err = p.Panels.CloseVote(r.Context(), by, item)
	case "put_off":
		err = p.Panels.PutOff(r.Context(), by, item, i18n.Only(web.Lang(r), f.Text("why")))
	default:
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	if err == nil {
		err = f.Err()
	}
	if err != nil {
		return p.showRoom(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/meetings/"+r.PathValue("id")+"/room", "panels.notice.done")
}

// path is where the acts on the meeting go, and those on one item.
func (v roomView) path(item ...panels.Item) string {
	p := v.Ref().Path + "/room"
	for _, i := range item {
		p += "/" + i.ID.String()
	}
	return p
}

// recused tells that the reader takes no part in an item.
func (v roomView) recused(i panels.Item) bool { return slices.Contains(v.Recused[i.ID], v.Me.ID) }

// mayRecuse tells that the reader can still recuse themselves from an item.
func (v roomView) mayRecuse(i panels.Item) bool {
	return v.Me.Votes && i.ClosedAt.IsZero() && !v.recused(i) && (v.Stage() == panels.Invited || v.Stage() == panels.InSession)
}

// boxes are the members with a box each, those who are there ticked.
func (v roomView) boxes(name, label string, remote bool) ui.Field {
	f := ui.Field{Name: name, Label: v.T(label)}
	for _, m := range v.Members {
		at, here := v.Here[m.ID]
		f.Choices = append(f.Choices, ui.Choice{Value: m.ID.String(), Label: v.nameOf(m), Selected: here && at.Remote == remote})
	}
	return f
}

func (v meetingView) nameOf(m panels.Sitter) string {
	s := memberName(v.Page, m)
	if m.Duty != panels.Plain {
		s += " · " + v.T("panels.duty."+string(m.Duty))
	}
	return s
}

// silent are the members who could vote on an item and have not.
func (v roomView) silent(i panels.Item) (out []panels.Sitter) {
	for _, m := range v.Members {
		_, here := v.Here[m.ID]
		if here && m.Votes && m.ID != v.Me.ID && !v.Voted[m.ID] && !slices.Contains(v.Recused[i.ID], m.ID) {
			out = append(out, m)
		}
	}
	return out
}

func choiceTone(c panels.Choice) string {
	switch c {
	case panels.For:
		return ui.Good
	case panels.Against:
		return ui.Late
	}
	return ui.Quiet
}

// why asks for a reason in a form of one item.
func (v roomView) why(i panels.Item, label string) ui.Field {
	f := v.t.Ask("why", label)
	f.Form, f.Required, f.Rows = i.ID.String()+label, true, 2
	return f
}
