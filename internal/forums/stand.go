package forums

import (
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindStand is the kind of the ref of a stand.
const KindStand = "forum_stand"

// Stand is a place in the exhibition of a forum at which an organization shows a
// project, or itself.
type Stand struct {
	ID        ref.ID `json:"id"`
	Version   int64  `json:"version"`
	ForumID   ref.ID `json:"forum_id"`
	OrgID     ref.ID `json:"org_id"`
	ProjectID ref.ID `json:"project_id"` // 0 where the organization shows itself
	StandAsk
	State StandState `json:"state"`
	// Number and Spot are where it stands, once it is admitted.
	Number    int64     `json:"number" public:"forums.f.stand_no"`
	Spot      i18n.Text `json:"spot" public:"forums.f.spot"`
	Reason    i18n.Text `json:"reason"` // why it was declined
	AskedOn   db.Date   `json:"asked_on"`
	DecidedOn db.Date   `json:"decided_on"`
	Sample    bool      `json:"sample"`
}

// StandAsk is what an organization says when it asks for a stand.
type StandAsk struct {
	About i18n.Text `json:"about" public:"forums.f.shows"` // what visitors see there
	// Needs is what it needs, such as a table or a socket; for the organizer alone.
	Needs i18n.Text `json:"needs"`
}

// StandState is where a stand stands.
type StandState string

// The states of a stand.
const (
	StandAsked     StandState = "asked"
	StandAdmitted  StandState = "admitted"
	StandDeclined  StandState = "declined"
	StandWithdrawn StandState = "withdrawn"
)

// Key is the message key of the state.
func (s StandState) Key() string { return "forums.stand_is." + string(s) }

// Tone is how a state is coloured.
func (s StandState) Tone() string {
	switch s {
	case StandAdmitted:
		return "good"
	case StandAsked:
		return "wait"
	}
	return "quiet"
}

// Ref names the stand; its title is that of what it shows, which other rooms know.
func (x Stand) Ref() ref.Ref {
	return ref.Ref{Kind: KindStand, ID: x.ID, Title: i18n.Text{}, Path: StandsPath(x.ForumID) + "/" + x.ID.String()}
}

// StandsPath is where the exhibition of a forum is shown.
func StandsPath(forum ref.ID) string { return "/forums/" + forum.String() + "/stands" }

// JournalVersion is the version of the row.
func (x Stand) JournalVersion() int64 { return x.Version }

// Root is the forum.
func (x Stand) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: x.ForumID} }

// Public tells that everybody may see a stand once it is admitted.
func (x Stand) Public() bool { return x.State == StandAdmitted }

// Open tells that the stand was neither declined nor taken back.
func (x Stand) Open() bool { return x.State == StandAsked || x.State == StandAdmitted }

func (a StandAsk) check() error {
	var bad problem.Fields
	bad.Reject(a.About.IsZero(), "about", "form.required")
	for name, text := range map[string]i18n.Text{"about": a.About, "needs": a.Needs} {
		for _, l := range i18n.Langs {
			bad.Reject(len([]rune(text.Get(l))) > longest, name+"."+string(l), "forums.text_too_long", "most", longest)
		}
	}
	return bad.Err()
}

// mayAsk: people of the organization.
func (x Stand) mayAsk(by access.Actor) (access.Actor, error) {
	switch {
	case by.IsPortal():
		return by, nil
	case by.LeadsOrg(x.OrgID):
		return by.As(access.Lead, x.OrgID), nil
	case by.WorksFor(x.OrgID):
		return by.As(access.Staff, x.OrgID), nil
	}
	return by, problem.New(problem.Forbidden, "forums.stand_only_own")
}

// admit gives the stand a number and a spot, or others than it has. Those that are
// taken by other stands are in taken.
func (x *Stand) admit(number int64, spot i18n.Text, taken []int64, today db.Date) error {
	if !x.Open() {
		return problem.New(problem.Conflict, "forums.stand_over")
	}
	var bad problem.Fields
	bad.Reject(number < 1 || number > mostStands, "number", "forums.stand_number", "most", mostStands)
	for _, n := range taken {
		bad.Reject(n == number, "number", "forums.stand_taken", "number", number)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	x.State, x.Number, x.Spot = StandAdmitted, number, spot.Trim()
	if x.DecidedOn.IsZero() {
		x.DecidedOn = today
	}
	return nil
}

// mostStands is the greatest number of a stand.
const mostStands = 999

// decline refuses the stand with a reason, or closes one that was admitted.
func (x *Stand) decline(reason i18n.Text, today db.Date) error {
	if !x.Open() {
		return problem.New(problem.Conflict, "forums.stand_over")
	}
	if reason.Trim().IsZero() {
		return problem.Fields{"reason": {Key: "form.required"}}.Err()
	}
	x.State, x.Reason, x.DecidedOn = StandDeclined, reason.Trim(), today
	return nil
}

// withdraw takes the stand back.
func (x *Stand) withdraw() error {
	if !x.Open() {
		return problem.New(problem.Conflict, "forums.stand_over")
	}
	x.State = StandWithdrawn
	return nil
}

// Exhibit is a project that can be shown at a stand, and for which people can offer
// help.
type Exhibit struct {
	ref.Ref
	OrgID ref.ID
	Ended bool // it is over, so that nobody need help any more
}
