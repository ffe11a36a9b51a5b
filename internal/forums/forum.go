// Package forums keeps civic forums: what a forum is about, when and where it is
// held, what its programme is, who takes part, and what stays of it.
//
// Where a forum stands is never entered: it follows from its dates and the clock.
// A forum that is known from a report alone shows the report, and of what the
// report does not say it says that it is not known. People who take part are shown
// to the organizer alone; a speaker's name is public only with the speaker's
// consent.
package forums

import (
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Kind is the kind of the ref of a forum.
const Kind = "forum"

// Forum is one gathering of the civic sector.
type Forum struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	// Code names the report from which the forum is known, "" for one that is
	// prepared here.
	Code string `json:"code"`
	Plan
	// Source is the report, zero where there is none; Said is what it tells.
	Source Source   `json:"source"`
	Said   []Saying `json:"said"`
	// Days is how many days a report gives where it does not give the last one.
	Days        int64   `json:"days"`
	AnnouncedOn db.Date `json:"announced_on" public:"forums.f.announced_on"`
	ArchivedOn  db.Date `json:"archived_on" public:"forums.f.archived_on"`
	// ProgrammeNo is the number of the newest release of the programme.
	ProgrammeNo int  `json:"programme_no"`
	Sample      bool `json:"sample"`
}

// Plan is what the organizer fills in.
type Plan struct {
	Title   i18n.Text `json:"title" public:"forums.f.title"`
	Theme   i18n.Text `json:"theme" public:"forums.f.theme"`
	About   i18n.Text `json:"about"`
	Edition string    `json:"edition"` // "XII", as the organizer counts
	PlaceID ref.ID    `json:"place_id"`
	City    i18n.Text `json:"city"`
	Venue   i18n.Text `json:"venue" public:"forums.f.venue"`
	// From and Until are the first and the last day; zero while they are not known.
	From        db.Date `json:"first_day" public:"forums.f.first_day"`
	Until       db.Date `json:"last_day" public:"forums.f.last_day"`
	OrganizerID ref.ID  `json:"organizer_id"`
	// PreviousID is the forum whose resolution this one looks back on.
	PreviousID ref.ID    `json:"previous_id"`
	Partners   i18n.Text `json:"partners"`
	Stream     string    `json:"stream"` // address of the live stream
	// Registration is open from the first of these days to the last.
	RegistrationOpens  db.Date `json:"registration_opens" public:"forums.f.registration_opens"`
	RegistrationCloses db.Date `json:"registration_closes" public:"forums.f.registration_closes"`
}

// Source is where a forum was reported.
type Source struct {
	Code      string    `json:"code"`
	Publisher string    `json:"publisher"` // "" when it is not known
	Published db.Date   `json:"published"`
	Lang      i18n.Lang `json:"lang"`
}

// Saying is one thing that a report tells of a forum.
type Saying struct {
	What SayingKind `json:"what"`
	Text i18n.Text  `json:"text"`
	// WrittenIn is the language of the report's own words; "" where all words are ours.
	WrittenIn i18n.Lang `json:"written_in"`
}

// SayingKind is what a saying is about.
type SayingKind string

// The kinds of sayings.
const (
	Participants SayingKind = "participants"
	Delegations  SayingKind = "delegations"
	Discussed    SayingKind = "discussed"
	Exhibition   SayingKind = "exhibition"
	Institutions SayingKind = "institutions"
	Reported     SayingKind = "projects"
	Control      SayingKind = "control" // what the public is to control
	Online       SayingKind = "online"
	AndOthers    SayingKind = "and_others" // the report says that there were more delegations
)

// SayingKinds are the kinds in the order in which they are shown.
var SayingKinds = []SayingKind{Participants, Delegations, AndOthers, Discussed, Control, Institutions, Reported, Exhibition, Online}

// State is where a forum stands.
type State string

// The states of a forum.
const (
	Idea        State = "idea" // only the organizer sees it
	Announced   State = "announced"
	Registering State = "registration"
	Running     State = "running"
	Finished    State = "finished"
	Archived    State = "archived"
)

// States lists the states in the order of a forum's life.
var States = []State{Idea, Announced, Registering, Running, Finished, Archived}

// Key is the message key of the state.
func (s State) Key() string { return "forums.state." + string(s) }

// Tone is how a state is coloured.
func (s State) Tone() string {
	switch s {
	case Registering, Running:
		return "good"
	case Idea, Announced:
		return "wait"
	}
	return "quiet"
}

// number stands for the state in the index.
func (s State) number() int64 { return int64(slices.Index(States, s) + 1) }

// Ref names the forum.
func (f Forum) Ref() ref.Ref {
	return ref.Ref{Kind: Kind, ID: f.ID, Title: f.Title, Path: "/forums/" + f.ID.String()}
}

// JournalVersion is the version of the row.
func (f Forum) JournalVersion() int64 { return f.Version }

// Public tells that everybody may see a forum once it is announced.
func (f Forum) Public() bool { return !f.AnnouncedOn.IsZero() }

// Reported tells that the forum is known from a report alone.
func (f Forum) Reported() bool { return f.Code != "" }

// StateOn is where the forum stands on a day.
func (f Forum) StateOn(day db.Date) State {
	switch {
	case !f.ArchivedOn.IsZero():
		return Archived
	case f.Reported():
		return Finished
	case f.AnnouncedOn.IsZero():
		return Idea
	case !f.From.IsZero() && f.last().Before(day):
		return Finished
	case !f.From.IsZero() && !day.Before(f.From):
		return Running
	case f.RegistrationOpenOn(day):
		return Registering
	}
	return Announced
}

// last is the last day that is known.
func (f Forum) last() db.Date {
	if f.Until.IsZero() {
		return f.From
	}
	return f.Until
}

// RegistrationOpenOn tells that people can register on a day.
func (f Forum) RegistrationOpenOn(day db.Date) bool {
	return !f.AnnouncedOn.IsZero() && f.ArchivedOn.IsZero() && !f.RegistrationOpens.IsZero() && !day.Before(f.RegistrationOpens) && !day.After(f.RegistrationCloses)
}

// longest is how many characters one text of a forum may have; mostDays how many
// days a forum may last.
const (
	longest  = 5000
	mostDays = 14
)

// tidy is the plan as it is kept.
func (p Plan) tidy() Plan {
	p.Title, p.Theme, p.About, p.City, p.Venue, p.Partners = p.Title.Trim(), p.Theme.Trim(), p.About.Trim(), p.City.Trim(), p.Venue.Trim(), p.Partners.Trim()
	if p.Until.IsZero() {
		p.Until = p.From
	}
	return p
}

// check judges the plan on its own.
func (p Plan) check() error {
	var bad problem.Fields
	bad.Reject(p.Title.IsZero(), "title", "form.required")
	bad.Reject(p.Theme.IsZero(), "theme", "form.required")
	bad.Reject(p.PlaceID == 0, "place", "form.required")
	bad.Reject(p.OrganizerID == 0, "organizer", "form.required")
	for name, text := range map[string]i18n.Text{"title": p.Title, "theme": p.Theme, "about": p.About, "city": p.City, "venue": p.Venue, "partners": p.Partners} {
		for _, l := range i18n.Langs {
			bad.Reject(len([]rune(text.Get(l))) > longest, name+"."+string(l), "forums.text_too_long", "most", longest)
		}
	}
	bad.Reject(p.From.IsZero() && !p.Until.IsZero(), "from", "form.required")
	bad.Reject(!p.From.IsZero() && p.Until.Before(p.From), "until", "forums.until_before_from")
	bad.Reject(!p.From.IsZero() && p.From.DaysUntil(p.Until) >= mostDays, "until", "forums.too_many_days", "most", mostDays)
	bad.Reject(p.RegistrationOpens.IsZero() != p.RegistrationCloses.IsZero(), "closes", "forums.both_days")
	bad.Reject(p.RegistrationCloses.Before(p.RegistrationOpens), "closes", "forums.until_before_from")
	bad.Reject(!p.From.IsZero() && p.RegistrationCloses.After(p.Until), "closes", "forums.closes_after_end")
	bad.Reject(p.Stream != "" && !isLink(p.Stream), "stream", "forums.not_a_link")
	return bad.Err()
}

// side gives the actor in the role that lets keep a forum: who speaks for the
// organizer, its officers, officers of the place or of a place around it.
func (p Plan) side(by access.Actor, around []ref.ID) (access.Actor, bool) {
	switch {
	case by.IsPortal():
		return by, true
	case by.LeadsOrg(p.OrganizerID):
		return by.As(access.Lead, p.OrganizerID), true
	case p.OrganizerID != 0 && slices.Contains(by.Scopes(access.Officer), p.OrganizerID):
		return by.As(access.Officer, p.OrganizerID), true
	}
	for _, scope := range around {
		if scope != 0 && by.Has(access.Officer, scope) {
			return by.As(access.Officer, scope), true
		}
	}
	return by, false
}

// mayKeep: the organizer's side.
func (p Plan) mayKeep(by access.Actor, around []ref.ID) (access.Actor, error) {
	as, ok := p.side(by, around)
	if !ok {
		return by, problem.New(problem.Forbidden, "forums.only_organizer")
	}
	return as, nil
}
