package projects

import (
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Event is something that takes place: announced beforehand, so that anybody may
// come, and confirmed afterwards.
type Event struct {
	ID        ref.ID `json:"id"`
	ProjectID ref.ID `json:"project_id"`
	Announcement
	// Closed tells that the event concerns people at risk: everybody sees its
	// month and district only.
	Closed      bool    `json:"closed"`
	AnnouncedOn db.Date `json:"announced_on"`
	CancelledOn db.Date `json:"cancelled_on"`
	Confirmation
	Hidden  bool  `json:"hidden"` // as its project
	Version int64 `json:"version"`
}

// Announcement is what is told before.
type Announcement struct {
	Title   i18n.Text `json:"title"`
	About   i18n.Text `json:"about"`
	PlaceID ref.ID    `json:"place_id"`
	Address i18n.Text `json:"address"`
	On      db.Date   `json:"on"`
	Hour    string    `json:"hour"` // "15:00" in the portal's zone, "" when not told
	Open    bool      `json:"open"` // anybody may come
}

// Confirmation is what is told after.
type Confirmation struct {
	ConfirmedOn db.Date   `json:"confirmed_on"`
	HeldOn      db.Date   `json:"held_on"`
	Headcount   int64     `json:"headcount"`
	Method      Method    `json:"method"`
	Note        i18n.Text `json:"note"`
}

// Method is how people were counted.
type Method string

// The methods.
const (
	ByList     Method = "list"     // signed or registered
	ByEstimate Method = "estimate" // counted by eye
)

// EventState is where an event stands, by rule.
type EventState string

// The states of an event.
const (
	EventAhead     EventState = "ahead"
	EventAwaited   EventState = "awaited" // its day is over, not confirmed yet
	EventConfirmed EventState = "confirmed"
	EventCancelled EventState = "cancelled"
)

// Ref names the event.
func (e Event) Ref() ref.Ref {
	return ref.Ref{Kind: KindEvent, ID: e.ID, Title: e.Title, Path: "/projects/" + e.ProjectID.String() + "#e" + e.ID.String()}
}

// JournalVersion is the version of the row.
func (e Event) JournalVersion() int64 { return e.Version }

// Root is the project on whose page the event is told.
func (e Event) Root() ref.Ref { return ref.Ref{Kind: KindProject, ID: e.ProjectID} }

// Public tells that everybody may see the entry: of a closed event nobody may,
// for the entry's own time would tell the day.
func (e Event) Public() bool { return !e.Closed && !e.Hidden }

// StateOn tells where the event stands on a day.
func (e Event) StateOn(day db.Date) EventState {
	switch {
	case !e.CancelledOn.IsZero() && !e.CancelledOn.After(day):
		return EventCancelled
	case !e.ConfirmedOn.IsZero() && !e.ConfirmedOn.After(day):
		return EventConfirmed
	case e.On.Before(day):
		return EventAwaited
	}
	return EventAhead
}

// AnnouncedLate tells that the event was made known only after its day.
func (e Event) AnnouncedLate() bool { return e.AnnouncedOn.After(e.On) }

// fewest is the smallest count of people that is shown in a breakdown.
const fewest = 5

// Shown is the event as everybody may see it: a closed one loses its day, hour,
// address and words, and a count so small that it could point at people.
func (e Event) Shown() Event {
	if !e.Closed {
		return e
	}
	e.On, e.HeldOn = monthOf(e.On), monthOf(e.HeldOn)
	e.AnnouncedOn, e.ConfirmedOn, e.CancelledOn = monthOf(e.AnnouncedOn), monthOf(e.ConfirmedOn), monthOf(e.CancelledOn)
	e.Title, e.About, e.Address, e.Note = i18n.Text{}, i18n.Text{}, i18n.Text{}, i18n.Text{}
	e.Hour, e.Open = "", false
	if e.Headcount < fewest {
		e.Headcount = 0
	}
	return e
}

func monthOf(d db.Date) db.Date {
	if d.IsZero() {
		return d
	}
	y, m, _ := d.Date()
	return db.Day(y, m, 1)
}

// mayAnnounce: people of the organization.
func mayAnnounce(by access.Actor, p Project) (access.Actor, error) {
	switch {
	case by.IsPortal():
		return by, nil
	case by.LeadsOrg(p.OrgID):
		return by.As(access.Lead, p.OrgID), nil
	case by.WorksFor(p.OrgID):
		return by.As(access.Staff, p.OrgID), nil
	}
	return by, problem.New(problem.Forbidden, "projects.only_its_people")
}

// Announce makes an event of the project known. Of an event for people at risk
// no hour and no address is kept, so nobody can learn them here.
func (p Project) Announce(id ref.ID, a Announcement, closed bool, today db.Date) (Event, error) {
	if p.AgreedOn.IsZero() || p.ended() {
		return Event{}, problem.New(problem.Conflict, "projects.not_under_agreement")
	}
	var bad problem.Fields
	bad.Reject(a.Title.IsZero(), "title", "form.required")
	bad.Reject(a.PlaceID == 0, "place", "form.required")
	bad.Reject(a.On.IsZero(), "on", "form.required")
	bad.Reject(!a.On.IsZero() && (a.On.Before(p.AgreedOn) || a.On.After(p.Ends)), "on", "projects.event_outside")
	bad.Reject(!isHour(a.Hour), "hour", "projects.not_an_hour")
	if err := bad.Err(); err != nil {
		return Event{}, err
	}
	closed = closed || p.Sheltered()
	if closed {
		a.Hour, a.Address, a.Open = "", i18n.Text{}, false
	}
	return Event{ID: id, ProjectID: p.ID, Announcement: a, Closed: closed, AnnouncedOn: today, Hidden: p.Hidden, Version: 1}, nil
}

func isHour(s string) bool {
	if s == "" {
		return true
	}
	digit := func(c byte, most byte) bool { return '0' <= c && c <= most }
	return len(s) == 5 && s[2] == ':' && digit(s[0], '2') && digit(s[1], '9') && s[:2] < "24" && digit(s[3], '5') && digit(s[4], '9')
}

// Confirm notes that the event took place and how many people came.
func (e *Event) Confirm(c Confirmation, today db.Date) error {
	if !e.CancelledOn.IsZero() {
		return problem.New(problem.Conflict, "projects.event_cancelled")
	}
	if !e.ConfirmedOn.IsZero() {
		return problem.New(problem.Conflict, "projects.event_confirmed")
	}
	var bad problem.Fields
	bad.Reject(c.HeldOn.IsZero(), "held_on", "form.required")
	bad.Reject(c.HeldOn.After(today), "held_on", "projects.in_future")
	bad.Reject(c.Headcount <= 0, "headcount", "projects.more_than_zero")
	bad.Reject(c.Method != ByList && c.Method != ByEstimate, "method", "form.required")
	if err := bad.Err(); err != nil {
		return err
	}
	c.ConfirmedOn = today
	e.Confirmation = c
	return nil
}

// Cancel calls an event off.
func (e *Event) Cancel(today db.Date) error {
	if s := e.StateOn(today); s == EventCancelled || s == EventConfirmed {
		return problem.New(problem.Conflict, "projects.event_"+string(s))
	}
	e.CancelledOn = today
	return nil
}
