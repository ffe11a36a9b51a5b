package forums

import (
	"slices"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// The kinds of the refs of those who take part.
const (
	KindRegistration = "forum_registration"
	KindQuota        = "forum_quota"
)

// Registration is one person who wants to take part in a forum.
type Registration struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	ForumID ref.ID `json:"forum_id"`
	// Code is what is typed at the door.
	Code    string `json:"code"`
	Kind    Group  `json:"kind"`
	PlaceID ref.ID `json:"place_id"`
	// Rural follows from the place; Young is what the person says.
	Rural bool              `json:"rural"`
	Young bool              `json:"young"`
	State RegistrationState `json:"state"`
	// QuotaID is the quota whose seat the person has, 0 without a seat.
	QuotaID ref.ID `json:"quota_id"`
	// DelegationID is the delegation with which the person comes, 0 for none.
	DelegationID ref.ID `json:"delegation_id"`
	// WalkIn tells that the person came to the door without having registered.
	WalkIn       bool    `json:"walk_in"`
	RegisteredAt db.Time `json:"registered_at"`
	DecidedAt    db.Time `json:"decided_at"`
	Private
}

// Private is what only the organizer and the person know: no entry of the journal
// has it.
type Private struct {
	Name  string    `json:"-"`
	Email string    `json:"-"`
	Lang  i18n.Lang `json:"-"`
	Org   string    `json:"-"`
	Needs []Need    `json:"-"`
	Note  string    `json:"-"`
}

// Group is as what somebody takes part.
type Group string

// Groups lists as what people take part.
var Groups = []Group{"ngo", "state", "business", "media", "expert", "guest"}

// Need is what somebody needs to take part.
type Need string

// Needs lists what can be asked for.
var Needs = []Need{"interpreting", "sign_language", "access", "lodging"}

// RegistrationState is where a registration stands.
type RegistrationState string

// The states of a registration.
const (
	Asked     RegistrationState = "asked"    // the organizer has not answered
	Admitted  RegistrationState = "admitted" // with a seat
	Waiting   RegistrationState = "waiting"  // admitted as soon as a seat is free
	Declined  RegistrationState = "declined"
	Withdrawn RegistrationState = "withdrawn"
)

// Key is the message key of the state.
func (s RegistrationState) Key() string { return "forums.registered." + string(s) }

// Tone is how a state is coloured.
func (s RegistrationState) Tone() string {
	switch s {
	case Admitted:
		return "good"
	case Asked, Waiting:
		return "wait"
	}
	return "quiet"
}

// Ref names the registration without saying whose it is.
func (x Registration) Ref() ref.Ref {
	return ref.Ref{Kind: KindRegistration, ID: x.ID, Title: i18n.Text{}, Path: "/forums/" + x.ForumID.String() + "/people"}
}

// JournalVersion is the version of the row.
func (x Registration) JournalVersion() int64 { return x.Version }

// Root is the forum.
func (x Registration) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: x.ForumID} }

// check judges the shape of what somebody filled in.
func (x Registration) check(consent bool) error {
	var bad problem.Fields
	bad.Reject(x.Name == "", "name", "form.required")
	byOther := x.DelegationID != 0 || x.WalkIn // others who answer for the person may know no address
	bad.Reject(!strings.Contains(x.Email, "@") && (x.Email != "" || !byOther), "email", "forums.not_an_email")
	bad.Reject(!slices.Contains(Groups, x.Kind), "kind", "form.required")
	bad.Reject(x.PlaceID == 0, "place", "form.required")
	bad.Reject(!consent, "consent", "forums.consent_missing")
	for _, n := range x.Needs {
		bad.Reject(!slices.Contains(Needs, n), "needs", "form.unknown_choice")
	}
	return bad.Err()
}

// Quota is seats that are kept for some of those who take part.
type Quota struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	ForumID ref.ID `json:"forum_id"`
	Who     Who    `json:"who"`
	Seats   int64  `json:"seats"`
}

// Who is for whom seats are kept.
type Who string

// For whom seats can be kept beside the groups: those from rural places, the young,
// and everybody.
const (
	RuralPeople Who = "rural"
	YoungPeople Who = "young"
	Everybody   Who = "everybody"
)

// AllWho lists for whom seats can be kept, in the order in which a seat is looked for.
func AllWho() []Who {
	out := []Who{RuralPeople, YoungPeople}
	for _, g := range Groups {
		out = append(out, Who(g))
	}
	return append(out, Everybody)
}

// Key is the message key of those for whom seats are kept.
func (w Who) Key() string { return "forums.who." + string(w) }

// Ref names the quota.
func (q Quota) Ref() ref.Ref {
	return ref.Ref{Kind: KindQuota, ID: q.ID, Title: i18n.Text{}, Path: "/forums/" + q.ForumID.String() + "/people"}
}

// JournalVersion is the version of the row.
func (q Quota) JournalVersion() int64 { return q.Version }

// Root is the forum.
func (q Quota) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: q.ForumID} }

// takes tells that the seats are for somebody.
func (q Quota) takes(x Registration) bool {
	switch q.Who {
	case RuralPeople:
		return x.Rural
	case YoungPeople:
		return x.Young
	case Everybody:
		return true
	}
	return string(q.Who) == string(x.Kind)
}

// Balance is a quota with how it is filled.
type Balance struct {
	Quota
	Taken int64
}

// free is how many seats are left.
func (b Balance) free() int64 { return b.Seats - b.Taken }

// seatFor finds the first quota that takes somebody and has a seat left; ok is
// false where there is none. The quotas stand in the order of AllWho, so that a seat
// for everybody is used when no narrower one is left.
func seatFor(list []Balance, x Registration) (i int, ok bool) {
	i = slices.IndexFunc(list, func(b Balance) bool { return b.takes(x) && b.free() > 0 })
	return i, i >= 0
}
