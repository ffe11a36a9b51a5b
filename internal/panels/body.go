package panels

import (
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindBody and KindMember are the kinds of the refs of a body and of a member.
const (
	KindBody   = "body"
	KindMember = "body_member"
)

// BodyKind is what a body is.
type BodyKind string

// The kinds of bodies.
const (
	Commission BodyKind = "commission"
	Jury       BodyKind = "jury"
	Council    BodyKind = "council"
)

// BodyKinds lists the kinds in the order in which pages offer them.
var BodyKinds = []BodyKind{Commission, Jury, Council}

// The norms by which bodies meet.
const (
	NormQuorum        = "commission.quorum"  // percent of the members
	NormCouncilQuorum = "council.quorum"     // the same of a public council
	NormNotice        = "commission.notice"  // working days from the agenda to the meeting
	NormCouncilNotice = "council.notice"     // the same of a public council
	NormMinutes       = "commission.minutes" // working days from the meeting to its minutes
	NormNames         = "commission.names"   // 1 when names of members are public, else 0
)

// quorumNorm is the norm of the quorum of a kind.
func (k BodyKind) quorumNorm() string {
	if k == Council {
		return NormCouncilQuorum
	}
	return NormQuorum
}

// noticeNorm is the norm by which the agenda of a kind comes out, "" where none does: a
// jury meets as those who set it up agree.
func (k BodyKind) noticeNorm() string {
	return map[BodyKind]string{Commission: NormNotice, Council: NormCouncilNotice}[k]
}

// QuorumFrom says of whom the quorum is counted.
type QuorumFrom string

// Of whom the quorum is counted: of all who have a vote, or of those of them who
// have not recused themselves from the item.
const (
	FromAll  QuorumFrom = "all"
	FromFree QuorumFrom = "free"
)

// Majority says of whom more than half must be for a proposal.
type Majority string

// Of whom more than half must be for it: of those who are present at the item, or
// of the votes for and against alone.
const (
	OfPresent Majority = "present"
	OfVotes   Majority = "votes"
)

// Rules say how a body decides. Votes are always open.
type Rules struct {
	// Quorum is how many percent of the members must be present; 0 in a body leaves
	// it to the norm.
	Quorum     int        `json:"quorum"`
	QuorumFrom QuorumFrom `json:"quorum_from"`
	Majority   Majority   `json:"majority"`
	// ChairDecides tells that at equal votes the vote of who presides decides.
	ChairDecides bool `json:"chair_decides"`
	// Notice is how many working days before the meeting its agenda must be out; 0 in a
	// body leaves it to the norm.
	Notice int `json:"notice,omitempty"`
}

func (r Rules) check(bad *problem.Fields) {
	bad.Reject(r.Quorum < 0 || r.Quorum > 100, "quorum", "panels.quorum_wrong")
	bad.Reject(r.Notice < 0 || r.Notice > mostNotice, "notice", "panels.notice_wrong", "most", mostNotice)
	bad.Reject(r.QuorumFrom != FromAll && r.QuorumFrom != FromFree, "quorum_from", "form.unknown_choice")
	bad.Reject(r.Majority != OfPresent && r.Majority != OfVotes, "majority", "form.unknown_choice")
}

// mostNotice is how many working days ahead a body can ask for its agenda.
const mostNotice = 30

// Body is a commission, a jury or a council of an organization. It names no person.
type Body struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	// Owner is the organization whose body it is.
	Owner   ref.Ref   `json:"owner"`
	PlaceID ref.ID    `json:"place_id"`
	Kind    BodyKind  `json:"kind"`
	Name    i18n.Text `json:"name" public:"panels.field.body_name"`
	// About says what the body decides and by which act it was set up.
	About  i18n.Text `json:"about" public:"panels.field.about"`
	Rules  Rules     `json:"rules"`
	SetUp  db.Date   `json:"set_up" public:"panels.field.set_up"`
	Closed db.Date   `json:"closed" public:"panels.field.closed"` // the last day, when it has one
	Sample bool      `json:"sample"`
}

// Ref names the body to other rooms.
func (b Body) Ref() ref.Ref {
	return ref.Ref{Kind: KindBody, ID: b.ID, Title: b.Name, Path: "/bodies/" + b.ID.String()}
}

// JournalVersion is the version of the row.
func (b Body) JournalVersion() int64 { return b.Version }

// Public tells that everybody may know of a body.
func (b Body) Public() bool { return true }

// Acts tells that the body is at work on a day.
func (b Body) Acts(on db.Date) bool { return b.Closed.IsZero() || !on.After(b.Closed) }

// NewBody is what is said of a body by who sets it up or changes it.
type NewBody struct {
	Owner   ref.Ref
	PlaceID ref.ID
	Kind    BodyKind
	Name    i18n.Text
	About   i18n.Text
	Rules   Rules
	Closed  db.Date
	Sample  bool
}

const longestAbout = 4000

func (n NewBody) check(placed bool, set db.Date) error {
	var bad problem.Fields
	bad.Reject(n.Owner.IsZero(), "owner", "form.required")
	bad.Reject(n.PlaceID != 0 && !placed, "place", "form.unknown_choice")
	bad.Reject(!slices.Contains(BodyKinds, n.Kind), "kind", "form.unknown_choice")
	bad.Reject(n.Name.KK == "" || n.Name.RU == "", "name", "panels.both_languages")
	bad.Reject(tooLong(n.Name, 300), "name", "form.too_long", "max", 300)
	bad.Reject(tooLong(n.About, longestAbout), "about", "form.too_long", "max", longestAbout)
	bad.Reject(!n.Closed.IsZero() && n.Closed.Before(set), "closed", "panels.ends_before_start")
	n.Rules.check(&bad)
	return bad.Err()
}

// tooLong tells that a text has more characters than max in some language.
func tooLong(t i18n.Text, max int) bool {
	return len([]rune(t.KK)) > max || len([]rune(t.RU)) > max || len([]rune(t.EN)) > max
}

// mayKeep: the owner's leads and funders, and officers of it or of a place around.
// It gives the actor in the role that allows it.
func mayKeep(by access.Actor, b Body, around []ref.ID) (access.Actor, error) {
	if by.IsPortal() {
		return by, nil
	}
	for _, role := range []access.Role{access.Lead, access.Funder} {
		if slices.Contains(by.Scopes(role), b.Owner.ID) {
			return by.As(role, b.Owner.ID), nil
		}
	}
	for _, scope := range append([]ref.ID{b.Owner.ID}, around...) {
		if scope != 0 && by.Has(access.Officer, scope) {
			return by.As(access.Officer, scope), nil
		}
	}
	return by, problem.New(problem.Forbidden, "panels.owner_side_only")
}

// Duty is what a member is in the body.
type Duty string

// The duties.
const (
	Chair     Duty = "chair"
	Deputy    Duty = "deputy"
	Secretary Duty = "secretary"
	Plain     Duty = "member"
)

// Duties lists the duties in the order in which pages show them.
var Duties = []Duty{Chair, Deputy, Secretary, Plain}

// BodyMember is somebody in a body for a term. The public sees the number, the duty
// and the term; the name only as far as the norm allows.
type BodyMember struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	BodyID  ref.ID `json:"body_id"`
	// No is the member's number in the body, never given twice.
	No int `json:"no"`
	// PersonID is 0 once the person was erased.
	PersonID ref.ID `json:"person_id"`
	// OrgID is whom the member represents; Post is who they are there.
	OrgID ref.ID    `json:"org_id"`
	Post  i18n.Text `json:"post"`
	Duty  Duty      `json:"duty"`
	// Votes is true for everybody but a secretary without a vote.
	Votes bool    `json:"votes"`
	Since db.Date `json:"since"`
	Until db.Date `json:"until"` // the last day; none while the term has no end
}

// Ref names the member by number alone.
func (m BodyMember) Ref() ref.Ref { return ref.Ref{Kind: KindMember, ID: m.ID} }

// Root is the body.
func (m BodyMember) Root() ref.Ref { return ref.Ref{Kind: KindBody, ID: m.BodyID} }

// JournalVersion is the version of the row.
func (m BodyMember) JournalVersion() int64 { return m.Version }

// Public is never true of a member.
func (m BodyMember) Public() bool { return false }

// Sits tells that the member is in the body on a day.
func (m BodyMember) Sits(on db.Date) bool {
	return m.PersonID != 0 && !on.Before(m.Since) && (m.Until.IsZero() || !on.After(m.Until))
}

// meets tells that the terms of two members have a day in common.
func (m BodyMember) meets(o BodyMember) bool {
	return (m.Until.IsZero() || !o.Since.After(m.Until)) && (o.Until.IsZero() || !m.Since.After(o.Until))
}

// NewMember is what is said of a member by who keeps the body.
type NewMember struct {
	// Email is that of an account; it is not asked when a seat is changed.
	Email string
	OrgID ref.ID
	Post  i18n.Text
	Duty  Duty
	Votes bool // only a secretary may be without
	Since db.Date
	Until db.Date
}

// seat writes it into a member.
func (n NewMember) seat(m BodyMember) BodyMember {
	m.OrgID, m.Post, m.Duty, m.Since, m.Until = n.OrgID, n.Post.Trim(), n.Duty, n.Since, n.Until
	m.Votes = n.Votes || n.Duty != Secretary
	return m
}

// check judges a member m among the others: one term at a time for a person, one
// chair and one secretary at a time, one of each organization in a council.
func (m BodyMember) check(kind BodyKind, others []BodyMember) error {
	var bad problem.Fields
	bad.Reject(m.PersonID == 0, "email", "panels.nobody_of_email")
	bad.Reject(!slices.Contains(Duties, m.Duty), "duty", "form.unknown_choice")
	bad.Reject(m.Since.IsZero(), "since", "form.required")
	bad.Reject(!m.Until.IsZero() && m.Until.Before(m.Since), "until", "panels.ends_before_start")
	bad.Reject(tooLong(m.Post, 300), "post", "form.too_long", "max", 300)
	for _, o := range others {
		if o.ID == m.ID || o.PersonID == 0 || !m.meets(o) {
			continue
		}
		bad.Reject(o.PersonID == m.PersonID, "email", "panels.member_twice")
		bad.Reject(o.Duty == m.Duty && (m.Duty == Chair || m.Duty == Secretary), "duty", "panels.duty_taken")
		bad.Reject(kind == Council && m.OrgID != 0 && o.OrgID == m.OrgID, "org", "panels.org_has_seat")
	}
	return bad.Err()
}

// sitting lists who is in the body on a day, in the order of their numbers.
func sitting(members []BodyMember, on db.Date) (out []BodyMember) {
	for _, m := range members {
		if m.Sits(on) {
			out = append(out, m)
		}
	}
	return out
}

// inDuty finds who has a duty among members.
func inDuty(members []BodyMember, duties ...Duty) (BodyMember, bool) {
	for _, d := range duties {
		if i := slices.IndexFunc(members, func(m BodyMember) bool { return m.Duty == d }); i >= 0 {
			return members[i], true
		}
	}
	return BodyMember{}, false
}

// memberOf finds the seat of a person among members.
func memberOf(members []BodyMember, person ref.ID) (BodyMember, bool) {
	i := slices.IndexFunc(members, func(m BodyMember) bool { return person != 0 && m.PersonID == person })
	if i < 0 {
		return BodyMember{}, false
	}
	return members[i], true
}
