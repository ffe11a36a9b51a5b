package forums

import (
	"cmp"
	"slices"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// The kinds of the refs of what a programme consists of.
const (
	KindRoom    = "forum_room"
	KindTrack   = "forum_track"
	KindRelease = "forum_release"
)

// Room is a hall of a forum, or a room on the web.
type Room struct {
	ID      ref.ID    `json:"id"`
	Version int64     `json:"version"`
	ForumID ref.ID    `json:"forum_id"`
	Name    i18n.Text `json:"name"`
	Online  bool      `json:"online"`
	Seats   int64     `json:"seats"` // 0 where nobody counted them
	// Link leads into an online room, or into a hall from afar. It is a secret of those
	// who are let in, so no entry of the journal has it.
	Link string `json:"-"`
}

// Ref names the room.
func (m Room) Ref() ref.Ref {
	return ref.Ref{Kind: KindRoom, ID: m.ID, Title: m.Name, Path: planPath(m.ForumID)}
}

// JournalVersion is the version of the row.
func (m Room) JournalVersion() int64 { return m.Version }

// Root is the forum of the room.
func (m Room) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: m.ForumID} }

func (m Room) check() error {
	var bad problem.Fields
	bad.Reject(m.Name.IsZero(), "name", "form.required")
	bad.Reject(m.Seats < 0, "seats", "form.not_a_number")
	bad.Reject(m.Link != "" && !isLink(m.Link), "link", "forums.not_a_link")
	return bad.Err()
}

// Track is a line of sessions about one thing.
type Track struct {
	ID      ref.ID    `json:"id"`
	Version int64     `json:"version"`
	ForumID ref.ID    `json:"forum_id"`
	Name    i18n.Text `json:"name"`
}

// Ref names the track.
func (k Track) Ref() ref.Ref {
	return ref.Ref{Kind: KindTrack, ID: k.ID, Title: k.Name, Path: planPath(k.ForumID)}
}

// JournalVersion is the version of the row.
func (k Track) JournalVersion() int64 { return k.Version }

// Root is the forum of the track.
func (k Track) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: k.ForumID} }

// planPath is where the programme of a forum is planned.
func planPath(forum ref.ID) string { return "/forums/" + forum.String() + "/plan" }

// Person is who leads a session or speaks in it.
type Person struct {
	Duty Duty   `json:"duty"`
	Name string `json:"name"`
	From string `json:"from"` // whom the person speaks for
	// Email is where the person is told of changes; shown to the organizer alone.
	Email string `json:"email"`
	// Consented tells that the person agreed to stand on the programme by name.
	Consented bool `json:"consented"`
}

// Duty is what somebody does in a session.
type Duty string

// The duties in a session.
const (
	Moderator Duty = "moderator"
	Speaker   Duty = "speaker"
)

// Duties lists the duties.
var Duties = []Duty{Moderator, Speaker}

// Key is the message key of the duty.
func (d Duty) Key() string { return "forums.duty." + string(d) }

// same tells that two entries are about one person: by address, where both have
// one, by name otherwise.
func (p Person) same(q Person) bool {
	if p.Email != "" && q.Email != "" {
		return strings.EqualFold(p.Email, q.Email)
	}
	return p.Name != "" && strings.EqualFold(strings.Join(strings.Fields(p.Name), " "), strings.Join(strings.Fields(q.Name), " "))
}

// mostPeople is how many people one session can have.
const mostPeople = 12

// check judges the plan of a session on its own and beside the days of its forum.
func (p SessionPlan) check(people []Person, f Forum, first, last db.Date) error {
	var bad problem.Fields
	bad.Reject(!slices.Contains(SessionKinds, p.Kind), "kind", "form.required")
	bad.Reject(p.Title.IsZero(), "title", "form.required")
	for name, text := range map[string]i18n.Text{"title": p.Title, "about": p.About} {
		for _, l := range i18n.Langs {
			bad.Reject(len([]rune(text.Get(l))) > longest, name+"."+string(l), "forums.text_too_long", "most", longest)
		}
	}
	bad.Reject(p.Starts.IsZero() != p.Ends.IsZero(), "ends", "forums.both_hours")
	bad.Reject(!p.Starts.IsZero() && !p.Starts.Before(p.Ends.Time), "ends", "forums.ends_before_start")
	bad.Reject(!p.Starts.IsZero() && !f.From.IsZero() && (first.Before(f.From) || last.After(f.last())), "day", "forums.other_day")
	bad.Reject(p.Places < 0, "places", "form.negative")
	bad.Reject(len(people) > mostPeople, "people.0.name", "forums.too_many_people", "most", mostPeople)
	return bad.Err()
}

// overlaps tells that two sessions go on at the same moment.
func (p SessionPlan) overlaps(q SessionPlan) bool {
	return !p.Starts.IsZero() && !q.Starts.IsZero() && p.Starts.Before(q.Ends.Time) && q.Starts.Before(p.Ends.Time)
}

// Clash is two sessions that cannot both be as they are planned.
type Clash struct {
	A, B Session
	// Room tells that both are in one room; Person is who is in both, "" for nobody.
	Room   bool
	Person string
}

// Clashes finds the sessions that want one room or one person at the same time.
func Clashes(list []Session) (out []Clash) {
	for i, a := range list {
		for _, b := range list[i+1:] {
			if a.Dropped || b.Dropped || !a.overlaps(b.SessionPlan) {
				continue
			}
			if a.RoomID != 0 && a.RoomID == b.RoomID {
				out = append(out, Clash{A: a, B: b, Room: true})
			}
			for _, p := range a.People {
				if slices.ContainsFunc(b.People, p.same) {
					out = append(out, Clash{A: a, B: b, Person: p.Name})
				}
			}
		}
	}
	return out
}

// Release is the programme as it was given out.
type Release struct {
	ID      ref.ID   `json:"id"`
	Version int64    `json:"version"`
	ForumID ref.ID   `json:"forum_id"`
	No      int      `json:"no" public:"forums.f.release_no"`
	At      db.Time  `json:"at"`
	Slots   []Slot   `json:"slots"`
	Changes []Change `json:"changes"` // since the release before; none in the first
}

// Ref names the release; it stands on the page of the programme.
func (l Release) Ref() ref.Ref {
	return ref.Ref{Kind: KindRelease, ID: l.ID, Title: i18n.Text{}, Path: "/forums/" + l.ForumID.String() + "/programme"}
}

// JournalVersion is the version of the row.
func (l Release) JournalVersion() int64 { return l.Version }

// Public tells that a release is for everybody.
func (l Release) Public() bool { return true }

// Root is the forum of the programme.
func (l Release) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: l.ForumID} }

// Slot is a session as a release gives it, without its people.
type Slot struct {
	SessionID ref.ID      `json:"session_id"`
	Version   int64       `json:"version"`
	Kind      SessionKind `json:"kind"`
	Title     i18n.Text   `json:"title"`
	About     i18n.Text   `json:"about"`
	Track     i18n.Text   `json:"track"`
	Room      i18n.Text   `json:"room"`
	Online    bool        `json:"online"`
	// AlsoOnline tells that one can come to the hall or join from afar.
	AlsoOnline bool    `json:"also_online,omitempty"`
	Starts     db.Time `json:"starts_at"`
	Ends       db.Time `json:"ends_at"`
}

// slots is the programme as it is planned now.
func slots(list []Session, rooms []Room, tracks []Track) []Slot {
	out := []Slot{}
	for _, s := range list {
		if s.Dropped {
			continue
		}
		x := Slot{SessionID: s.ID, Version: s.Version, Kind: s.Kind, Title: s.Title, About: s.About, Starts: s.Starts, Ends: s.Ends}
		if i := slices.IndexFunc(rooms, func(m Room) bool { return m.ID == s.RoomID }); i >= 0 {
			x.Room, x.Online, x.AlsoOnline = rooms[i].Name, rooms[i].Online, !rooms[i].Online && rooms[i].Link != ""
		}
		if i := slices.IndexFunc(tracks, func(k Track) bool { return k.ID == s.TrackID }); i >= 0 {
			x.Track = tracks[i].Name
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Slot) int {
		if a.Starts.IsZero() != b.Starts.IsZero() { // those without an hour at the end
			return cmp.Compare(b.Starts.UnixNano(), a.Starts.UnixNano())
		}
		return a.Starts.Compare(b.Starts.Time)
	})
	return out
}

// Change is what a release changes of one session.
type Change struct {
	SessionID ref.ID      `json:"session_id"`
	Title     i18n.Text   `json:"title"`
	What      []ChangeKey `json:"what"`
}

// ChangeKey is one way in which a session changed.
type ChangeKey string

// The ways in which a session changes.
const (
	Added     ChangeKey = "added"
	Removed   ChangeKey = "removed"
	NewTime   ChangeKey = "time"
	NewRoom   ChangeKey = "room"
	NewTitle  ChangeKey = "title"
	NewPeople ChangeKey = "people" // or what is told of it
)

// Key is the message key of the change.
func (k ChangeKey) Key() string { return "forums.change." + string(k) }

// changes tells what differs between two programmes, session by session.
func changes(before, after []Slot) []Change {
	out := []Change{}
	for _, now := range after {
		i := slices.IndexFunc(before, func(x Slot) bool { return x.SessionID == now.SessionID })
		if i < 0 {
			out = append(out, Change{now.SessionID, now.Title, []ChangeKey{Added}})
			continue
		}
		if what := now.since(before[i]); len(what) > 0 {
			out = append(out, Change{now.SessionID, now.Title, what})
		}
	}
	for _, was := range before {
		if !slices.ContainsFunc(after, func(x Slot) bool { return x.SessionID == was.SessionID }) {
			out = append(out, Change{was.SessionID, was.Title, []ChangeKey{Removed}})
		}
	}
	return out
}

// since tells what changed in a session.
func (x Slot) since(was Slot) (what []ChangeKey) {
	if !x.Starts.Equal(was.Starts.Time) || !x.Ends.Equal(was.Ends.Time) {
		what = append(what, NewTime)
	}
	if x.Room != was.Room || x.Online != was.Online || x.AlsoOnline != was.AlsoOnline {
		what = append(what, NewRoom)
	}
	if x.Title != was.Title || x.Kind != was.Kind {
		what = append(what, NewTitle)
	}
	if len(what) == 0 && x.Version != was.Version {
		what = append(what, NewPeople)
	}
	return what
}
