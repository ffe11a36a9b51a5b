// Package awards keeps who was honoured for what, and why: prizes, medals, letters
// of thanks and prizes of money.
//
// A round announces its nominations and until when candidates are put forward. A
// jury of the room panels marks them, those who decide say who wins and why, and
// each laureate gets a certificate that anybody can check. Several winners of one
// nomination share its money equally; the least prize and for how many years nobody
// gets money again are norms. A private person is a candidate only by their own
// consent, and their name stands on their certificate alone: never on a page.
//
// What reports tell of awards elsewhere stands here too, in their words and with
// their source; what a report does not say is not known here either.
package awards

import (
	"slices"
	"time"

	"birge/internal/panels"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// KindRound is the kind of the ref of a round.
const KindRound = "award"

// What a laureate is given; none where a report does not say it.
const (
	Prize  = "prize"
	Medal  = "medal"
	Letter = "letter"
	Money  = "money" // a prize of money
)

// Given lists what can be given, in the order in which forms offer them.
var Given = []string{Prize, Medal, Letter, Money}

// Who may put candidates forward.
const (
	Themselves = "own"      // each organization itself
	Everyone   = "everyone" // whoever is signed in, any organization
)

// Nomination is one category of a round.
type Nomination struct {
	// No is its number in the round, from 1.
	No    int       `json:"no"`
	Title i18n.Text `json:"title"`
	// Sum is the money of the nomination in tiyn, shared by its winners.
	Sum int64 `json:"sum"`
}

// Terms are what is announced of a round.
type Terms struct {
	Title       i18n.Text    `json:"title" public:"awards.field.title"`
	About       i18n.Text    `json:"about" public:"awards.field.about"`
	Kind        string       `json:"kind"`
	Nominations []Nomination `json:"nominations"`
	// Who may put forward, Themselves or Everyone; with Persons a private person may
	// put themselves forward too.
	Who     string `json:"who"`
	Persons bool   `json:"persons"`
	// Opens and Closes are the first and the last day for candidates.
	Opens  db.Date `json:"opens" public:"awards.field.opens"`
	Closes db.Date `json:"closes" public:"awards.field.closes"`
	// Criteria, PerWork and Spread are how the jury marks; see panels.
	Criteria []panels.Criterion `json:"criteria"`
	PerWork  int                `json:"per_work"`
	Spread   int                `json:"spread"`
	// BodyID is the body that decides at a meeting; without one the lead of the
	// organizer does.
	BodyID ref.ID `json:"body_id"`
	// AndOthers tells that a report names some laureates and says that there are
	// others; People is how many private persons it tells of.
	AndOthers bool  `json:"and_others"`
	People    int64 `json:"people"`
	// Titled tells that a report gives the title.
	Titled bool `json:"titled"`
}

// Source is the report that tells of a round; zero for rounds of this portal.
type Source struct {
	Code      string    `json:"code"`
	Publisher string    `json:"publisher"`
	Published db.Date   `json:"published"`
	Lang      i18n.Lang `json:"lang"`
}

// Round is one award: its nominations, its candidates, its laureates.
type Round struct {
	ID          ref.ID  `json:"id"`
	Version     int64   `json:"version"`
	OrganizerID ref.ID  `json:"organizer_id"`
	PlaceID     ref.ID  `json:"place_id"`
	Forum       ref.Ref `json:"forum"` // of which it is a part; zero where it is of none
	Terms
	Source Source `json:"source"`
	// Fact names the report and the number of the award in it.
	Fact         string    `json:"fact"`
	HeldOn       db.Date   `json:"held_on" public:"awards.field.held"`
	NormsOn      db.Date   `json:"norms_on"`
	PublishedAt  db.Time   `json:"published_at"`
	CancelledAt  db.Time   `json:"cancelled_at"`
	CancelReason i18n.Text `json:"cancel_reason" public:"awards.field.cancel_reason"`
	DecidedAt    db.Time   `json:"decided_at"`
	Sample       bool      `json:"sample"`
	CreatedAt    db.Time   `json:"created_at"`
}

// Ref names the round to other rooms.
func (r Round) Ref() ref.Ref {
	return ref.Ref{Kind: KindRound, ID: r.ID, Title: r.Title, Path: "/awards/" + r.ID.String()}
}

// JournalVersion is the version of the row.
func (r Round) JournalVersion() int64 { return r.Version }

// Public tells that everybody may see the round: from its publication on.
func (r Round) Public() bool { return r.Published() }

// Published tells that the round is out.
func (r Round) Published() bool { return !r.PublishedAt.IsZero() }

// Reported tells that a report from outside is all that is known of the round.
func (r Round) Reported() bool { return r.Fact != "" }

// State is where a round stands.
type State string

// The states of a round; all but the last are of this portal's own rounds.
const (
	Draft     State = "draft"
	Announced State = "announced" // candidates are not taken yet
	Open      State = "open"
	Judging   State = "judging"
	Decided   State = "decided"
	Cancelled State = "cancelled"
	Told      State = "told" // by a report
)

// StateOn is where the round stands on a day.
func (r Round) StateOn(day db.Date) State {
	switch {
	case r.Reported():
		return Told
	case !r.Published():
		return Draft
	case !r.CancelledAt.IsZero():
		return Cancelled
	case !r.DecidedAt.IsZero():
		return Decided
	case day.Before(r.Opens):
		return Announced
	case day.After(r.Closes):
		return Judging
	}
	return Open
}

// Turns is when the state changes by the clock alone; zero when it does not.
func (r Round) Turns(day db.Date, zone *time.Location) time.Time {
	switch r.StateOn(day) {
	case Announced:
		return r.Opens.In(zone)
	case Open:
		return r.Closes.AddDays(1).In(zone)
	}
	return time.Time{}
}

// Nomination finds a nomination by its number; ok is false for 0.
func (r Round) Nomination(no int) (n Nomination, ok bool) {
	i := slices.IndexFunc(r.Nominations, func(n Nomination) bool { return n.No == no })
	if i < 0 {
		return n, false
	}
	return r.Nominations[i], true
}
