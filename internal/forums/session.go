package forums

import (
	"net/url"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// KindSession is the kind of the ref of a session.
const KindSession = "forum_session"

// Session is one part of a forum's programme.
type Session struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	ForumID ref.ID `json:"forum_id"`
	SessionPlan
	// People are personal: no entry of the journal has them.
	People []Person `json:"-"`
	// Dropped tells that it is off the programme; it stays for those who were told of it.
	Dropped bool `json:"dropped"`
}

// SessionPlan is what the organizer fills in of a session.
type SessionPlan struct {
	Kind    SessionKind `json:"kind"`
	TrackID ref.ID      `json:"track_id"`
	RoomID  ref.ID      `json:"room_id"`
	// Starts and Ends are zero while nobody has said when.
	Starts db.Time   `json:"starts_at"`
	Ends   db.Time   `json:"ends_at"`
	Title  i18n.Text `json:"title"`
	About  i18n.Text `json:"about"`
	// Places is how many people the session takes, 0 where everybody may come.
	Places int64 `json:"places"`
}

// SessionKind is what happens in a session.
type SessionKind string

// The kinds of sessions.
const (
	Plenary      SessionKind = "plenary"
	Section      SessionKind = "section"
	Presentation SessionKind = "presentation"
	Exhibiting   SessionKind = "exhibition"
	Awarding     SessionKind = "awards"
	Break        SessionKind = "break"
)

// SessionKinds lists the kinds of sessions.
var SessionKinds = []SessionKind{Plenary, Section, Presentation, Exhibiting, Awarding, Break}

// Key is the message key of the kind.
func (k SessionKind) Key() string { return "forums.session_kind." + string(k) }

// Ref names the session; it stands on the page of its forum.
func (s Session) Ref() ref.Ref {
	return ref.Ref{Kind: KindSession, ID: s.ID, Title: s.Title, Path: "/forums/" + s.ForumID.String() + "#session-" + s.ID.String()}
}

// JournalVersion is the version of the row.
func (s Session) JournalVersion() int64 { return s.Version }

// Public tells that a session becomes public by a release of the programme, not by
// its own entries.
func (s Session) Public() bool { return false }

// Root is the forum on whose page the session is told.
func (s Session) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: s.ForumID} }

// isLink tells that a text is an address of the web.
func isLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(s) <= 500
}
