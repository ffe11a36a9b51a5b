package noticesweb

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"birge/internal/platform/mail"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// letterStates are the states by which the outbox is narrowed.
var letterStates = []mail.State{"", mail.Waiting, mail.Sent, mail.Failed, mail.Kept}

// outbox is what the page of the outbox shows.
type outbox struct {
	list    []mail.Outgoing
	zone    *time.Location
	tabs    []ui.Link
	older   string
	hasMail bool
}

func (h pages) outbox(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	before, _ := ref.ParseID(q.Get("before"))
	state := mail.State(q.Get("state"))
	if !slices.Contains(letterStates, state) {
		state = ""
	}
	list, err := h.Notices.Outbox(r.Context(), web.Actor(r), state, before, perPage)
	if err != nil {
		return err
	}
	if err := h.looked(r, list); err != nil {
		return err
	}
	p := page(r, web.Words(r).T("notices.outbox"))
	p.Crumbs = []ui.Crumb{{Title: p.T("ui.desk"), Path: "/desk"}}
	o := outbox{list: list, zone: web.Zone(r), hasMail: h.HasMail}
	for _, s := range letterStates {
		o.tabs = append(o.tabs, ui.Link{Title: stateName(p, s), Path: outboxPath(s, 0), Current: s == state})
	}
	if len(list) == perPage {
		o.older = outboxPath(state, list[perPage-1].ID)
	}
	return web.Render(w, r, http.StatusOK, outboxPage(p, o))
}

// looked notes that the addresses of a list were shown.
func (h pages) looked(r *http.Request, list []mail.Outgoing) error {
	seen := map[string]bool{}
	for _, o := range list {
		if o.To == "" || seen[o.To] {
			continue
		}
		seen[o.To] = true
		if err := h.Accounts.LookedAt(r.Context(), web.Actor(r), o.To, "outbox"); err != nil {
			return err
		}
	}
	return nil
}

func outboxPath(s mail.State, before ref.ID) string {
	q := url.Values{}
	if s != "" {
		q.Set("state", string(s))
	}
	if before != 0 {
		q.Set("before", before.String())
	}
	if len(q) == 0 {
		return "/desk/outbox"
	}
	return "/desk/outbox?" + q.Encode()
}

func stateName(p ui.Page, s mail.State) string {
	if s == "" {
		return p.T("notices.letters.all")
	}
	return p.T("notices.letters." + string(s))
}

func stateTone(s mail.State) string {
	switch s {
	case mail.Sent:
		return ui.Good
	case mail.Failed:
		return ui.Late
	case mail.Kept:
		return ui.Quiet
	}
	return ui.Wait
}

func (h pages) letter(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	o, err := h.Notices.LetterByID(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	if err := h.looked(r, []mail.Outgoing{o}); err != nil {
		return err
	}
	title := o.Subject
	if title == "" {
		title = web.Words(r).T("notices.letter_erased")
	}
	p := page(r, title)
	p.Crumbs = []ui.Crumb{{Title: p.T("ui.desk"), Path: "/desk"}, {Title: p.T("notices.outbox"), Path: "/desk/outbox"}}
	return web.Render(w, r, http.StatusOK, letterPage(p, o, web.Zone(r)))
}

func (h pages) resend(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Notices.Resend(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/desk/outbox/"+id.String(), "notices.notice.resent")
}

// letterFacts are the lines at the head of a letter.
func letterFacts(p ui.Page, o mail.Outgoing, zone *time.Location) []ui.Fact {
	at := func(t time.Time) string { return p.DateTime(t.In(zone)) }
	facts := []ui.Fact{
		{Label: p.T("notices.letter.to"), Value: o.To},
		{Label: p.T("notices.letter.state"), Show: ui.Status(stateTone(o.State), stateName(p, o.State))},
		{Label: p.T("notices.letter.made"), Value: at(o.MadeAt.Time)},
	}
	if !o.SentAt.IsZero() {
		facts = append(facts, ui.Fact{Label: p.T("notices.letter.sent"), Value: at(o.SentAt.Time)})
	}
	if o.Error != "" {
		facts = append(facts, ui.Fact{Label: p.T("notices.letter.error"), Value: o.Error})
	}
	if !o.ErasedAt.IsZero() {
		facts = append(facts, ui.Fact{Label: p.T("notices.letter.erased"), Value: at(o.ErasedAt.Time)})
	}
	return facts
}

// outboxSheet is the list of letters.
func outboxSheet(p ui.Page, o outbox) ui.Sheet {
	s := ui.Sheet{Caption: p.T("notices.outbox"), Columns: []ui.Column{{Label: p.T("notices.letter.made")}, {Label: p.T("notices.letter.to")},
		{Label: p.T("notices.letter.subject")}, {Label: p.T("notices.letter.state")}}}
	for _, l := range o.list {
		subject := l.Subject
		if subject == "" {
			subject = p.T("notices.letter_erased")
		}
		note := stateName(p, l.State)
		if l.Error != "" {
			note += ": " + l.Error
		}
		row := ui.Cells(p.DateTime(l.MadeAt.In(o.zone)), l.To, subject, note)
		row[2].Path, row[3].Tone = "/desk/outbox/"+l.ID.String(), stateTone(l.State)
		s.Rows = append(s.Rows, row)
	}
	return s
}
