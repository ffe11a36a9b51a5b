package panelsweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"birge/internal/panels"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// paper is the minutes in one language, drafted from what happened.
type paper struct {
	*i18n.Printer
	v meetingView
}

// papers are the minutes in Kazakh and in Russian.
func (p *Pages) papers(v meetingView) []paper {
	return []paper{{p.Words.Printer(i18n.KK), v}, {p.Words.Printer(i18n.RU), v}}
}

func (p *Pages) minutes(w http.ResponseWriter, r *http.Request) error {
	return p.showMinutes(w, r, nil, nil)
}

func (p *Pages) showMinutes(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	v, err := p.readMeeting(r)
	if err != nil {
		return err
	}
	if !v.Open() && (!v.Inside() || v.OpenedAt.IsZero()) {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	if v.Open() && fault == nil {
		v.Page.Title = v.T("panels.minutes_of", "meeting", v.Page.Title)
		return web.Render(w, r, http.StatusOK, minutesPage(v, p.papers(v)))
	}
	now := v.heardValues()
	if values == nil {
		values = now
	}
	return ui.ShowEdit(w, r, "panels.minutes", values, now, fault, func(t ui.FormPage) templ.Component { return minutesForm(t, v, p.papers(v)) })
}

// heardValues is what the secretary wrote as the values of the form.
func (v meetingView) heardValues() url.Values {
	out := url.Values{"version": {strconv.FormatInt(v.Meeting.Version, 10)}}
	ui.PutTexts(out, "remarks", v.Minutes.Remarks)
	for _, i := range v.Items {
		ui.PutTexts(out, "heard."+i.ID.String(), i.Heard)
	}
	return out
}

// writeMinutes keeps what the secretary adds, signs, or sends back.
func (p *Pages) writeMinutes(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f, by := web.ReadForm(r), web.Actor(r)
	switch f.Line("do") {
	case "sign":
		err = p.Panels.Sign(r.Context(), by, id)
	case "send_back":
		err = p.Panels.SendBack(r.Context(), by, id, f.Text("why"))
	default:
		h := panels.Heard{Items: map[ref.ID]i18n.Text{}, Remarks: f.Texts("remarks")}
		for name := range f.Values {
			if item, ok := heardOf(name); ok {
				h.Items[item] = f.Texts("heard." + item.String())
			}
		}
		if err = f.Err(); err == nil {
			err = p.Panels.Write(r.Context(), by, id, f.Version(), h)
		}
	}
	if err != nil {
		return p.showMinutes(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/meetings/"+id.String()+"/minutes", "panels.notice.done")
}

// heardOf is the item to which a field of the form belongs: "heard.ID.kk".
func heardOf(name string) (ref.ID, bool) {
	parts := strings.Split(name, ".")
	if len(parts) != 3 || parts[0] != "heard" {
		return 0, false
	}
	return ref.ParseID(parts[1])
}

// head says which meeting it was.
func (m paper) head() string {
	return m.T("panels.paper.head", "no", strconv.Itoa(m.v.No), "body", m.v.BodyName)
}

// opened says when and where it was.
func (m paper) opened() string {
	at, until := m.v.OpenedAt.In(m.v.zone), m.v.ClosedAt.In(m.v.zone)
	place := m.Text(m.v.Place)
	if place == "" {
		place = m.T("panels.paper.remote")
	}
	if m.v.ClosedAt.IsZero() {
		return m.T("panels.paper.since", "day", m.Date(at), "from", m.Clock(at), "place", place)
	}
	return m.T("panels.paper.when", "day", m.Date(at), "from", m.Clock(at), "to", m.Clock(until), "place", place)
}

// quorum says how many there were of how many, and what was needed.
func (m paper) quorum() string {
	seats, came := 0, 0
	for _, x := range m.v.Members {
		if x.Votes {
			seats++
			if m.was(x) {
				came++
			}
		}
	}
	return m.T("panels.paper.quorum", "seats", seats, "came", came, "percent", m.Percent(float64(m.v.Rules.Quorum)), "of", m.T("panels.quorum_from."+string(m.v.Rules.QuorumFrom)))
}

// was tells that a member was there at any time.
func (m paper) was(x panels.Sitter) bool {
	return slices.ContainsFunc(m.v.Came, func(p panels.Presence) bool { return p.MemberID == x.ID })
}

func (m paper) name(x panels.Sitter) string {
	s := x.Name
	if s == "" {
		s = m.T("panels.member_no", "no", strconv.Itoa(x.No))
	}
	if post := m.Text(x.Post); post != "" {
		s += ", " + post
	}
	return s
}

// took lists who took part with their duty and from when to when.
func (m paper) took() (out []string) {
	for _, x := range m.v.Members {
		if m.was(x) {
			out = append(out, m.name(x)+" – "+m.T("panels.duty."+string(x.Duty))+m.times(x))
		}
	}
	return out
}

// times says when somebody came late, left early or joined from afar.
func (m paper) times(x panels.Sitter) string {
	var parts []string
	for _, p := range m.v.Came {
		if p.MemberID != x.ID {
			continue
		}
		if p.Remote {
			parts = append(parts, m.T("panels.by_link"))
		}
		if p.Came.After(m.v.OpenedAt.Time) {
			parts = append(parts, m.T("panels.paper.came", "at", m.clock(p.Came)))
		}
		if !p.Left.IsZero() && (m.v.ClosedAt.IsZero() || p.Left.Before(m.v.ClosedAt.Time)) {
			parts = append(parts, m.T("panels.paper.left", "at", m.clock(p.Left)))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func (m paper) clock(t db.Time) string { return m.Clock(t.In(m.v.zone)) }

// missed lists who was not there.
func (m paper) missed() (out []string) {
	for _, x := range m.v.Members {
		if !m.was(x) {
			out = append(out, m.name(x))
		}
	}
	return out
}

// votesOf lists who voted how, in one line for each choice.
func (m paper) votesOf(i panels.Item) (out []string) {
	line := func(key string, keep func(panels.RollLine) bool) {
		var names []string
		for _, l := range i.Roll {
			if keep(l) {
				names = append(names, m.named(l))
			}
		}
		if len(names) > 0 {
			out = append(out, m.T(key)+": "+strings.Join(names, ", "))
		}
	}
	for _, c := range panels.Choices {
		line("panels.paper."+string(c), func(l panels.RollLine) bool { return l.Choice == c })
	}
	line("panels.paper.silent", func(l panels.RollLine) bool { return l.Present && !l.Recused && l.Choice == "" })
	line("panels.paper.recused", func(l panels.RollLine) bool { return l.Recused })
	return out
}

// named is a member of a roll by name, or by number.
func (m paper) named(l panels.RollLine) string {
	if x, ok := m.v.Member(l.Member); ok && x.Name != "" {
		return x.Name
	}
	return "№ " + strconv.Itoa(l.No)
}

// decided says what was decided.
func (m paper) decided(i panels.Item) string {
	switch i.Result {
	case "":
		return m.T("panels.item_waits")
	case panels.Adopted:
		return m.T("panels.paper.adopted", "text", m.Text(i.Motion))
	case panels.PutOff, panels.Withdrawn:
		return m.T("panels.paper."+string(i.Result), "why", m.Text(i.Reason))
	}
	return m.T("panels.paper." + string(i.Result))
}

// signatures say who signed when.
func (m paper) signatures() (out []string) {
	for _, s := range []struct {
		key string
		at  db.Time
	}{{"panels.paper.chair", m.v.Minutes.ChairAt}, {"panels.paper.secretary", m.v.Minutes.SecretaryAt}} {
		if s.at.IsZero() {
			out = append(out, m.T(s.key)+": "+m.T("panels.paper.not_signed"))
		} else {
			out = append(out, m.T(s.key)+": "+m.T("panels.paper.signed", "at", m.DateTime(s.at.In(m.v.zone))))
		}
	}
	return out
}

// Letters writes to members of bodies in their language. send puts a letter in the
// outbox; base is where the links of letters lead.
func Letters(words *i18n.Words, base string, zone *time.Location,
	send func(ctx context.Context, tx *db.Tx, to string, lang i18n.Lang, subject, text string) error) func(context.Context, *db.Tx, panels.MeetingLetter) error {
	return func(ctx context.Context, tx *db.Tx, l panels.MeetingLetter) error {
		if l.To.Email == "" {
			return nil
		}
		p := words.Printer(l.To.Speaks())
		m := l.Meeting
		at := base + "/" + string(p.Lang) + m.Ref().Path
		if l.News == panels.NewsMinutes {
			at += "/minutes"
		}
		lines := []string{p.T("panels.letter."+string(l.News), "meeting", p.Text(m.Title()), "when", p.DateTime(m.StartsAt.In(zone)), "why", p.Text(m.CancelReason))}
		if place := p.Text(m.Place); place != "" && l.News != panels.NewsMinutes {
			lines = append(lines, p.T("panels.where")+": "+place)
		}
		if l.News == panels.NewsInvited {
			lines = append(lines, "", p.T("panels.agenda")+":")
			for _, i := range l.Items {
				lines = append(lines, strconv.Itoa(i.No)+". "+p.Text(i.Title))
			}
		}
		lines = append(lines, "", at)
		return send(ctx, tx, l.To.Email, p.Lang, p.T("panels.letter.subject."+string(l.News), "meeting", p.Text(m.Title())), strings.Join(lines, "\n"))
	}
}
