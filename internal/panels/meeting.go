package panels

import (
	"net/url"
	"slices"
	"strconv"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// The kinds of the refs of a meeting and of what belongs to it.
const (
	KindMeeting  = "meeting"
	KindItem     = "meeting_item"
	KindPresence = "meeting_presence"
	KindRecusal  = "meeting_recusal"
	KindVote     = "meeting_vote"
)

// MeetingStage is how far a meeting has come.
type MeetingStage string

// The stages, in their order; a cancelled meeting has left it.
const (
	Planned   MeetingStage = "planned" // the agenda is made; only the body knows
	Invited   MeetingStage = "invited" // the members are invited, everybody sees the agenda
	InSession MeetingStage = "sitting"
	Ended     MeetingStage = "ended" // the minutes are being written and signed
	Signed    MeetingStage = "signed"
	CalledOff MeetingStage = "called_off"
)

// How many characters people may write.
const (
	longestHeard  = 8000
	longestReason = 1000
)

// Meeting is one sitting of a body.
type Meeting struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	BodyID  ref.ID `json:"body_id"`
	// No is the number of the meeting among those of the body.
	No int `json:"no"`
	// BodyName is the name of the body when the meeting was planned.
	BodyName i18n.Text `json:"body_name"`
	StartsAt db.Time   `json:"starts_at" public:"panels.field.starts_at"`
	Place    i18n.Text `json:"place" public:"panels.field.place"`
	// Link is where members join from afar; the public is not told.
	Link string `json:"link"`
	// Rules are those of the body with what it leaves to the norms, as they stood when
	// the meeting was planned.
	Rules Rules `json:"rules"`
	// Hurry is why the agenda came out later than the rules ask.
	Hurry        i18n.Text `json:"hurry,omitzero" public:"panels.field.hurry"`
	NormsOn      db.Date   `json:"norms_on"`
	InvitedAt    db.Time   `json:"invited_at"`
	OpenedAt     db.Time   `json:"opened_at"`
	ClosedAt     db.Time   `json:"closed_at"`
	CancelledAt  db.Time   `json:"cancelled_at"`
	CancelReason i18n.Text `json:"cancel_reason" public:"panels.field.cancel_reason"`
	Minutes      Minutes   `json:"minutes"`
	Sample       bool      `json:"sample"`
}

// Title is the name of the body with the number of the meeting.
func (m Meeting) Title() (t i18n.Text) {
	for _, l := range i18n.Langs {
		if name := m.BodyName.Get(l); name != "" {
			t.Set(l, name+", № "+strconv.Itoa(m.No))
		}
	}
	return t
}

// Ref names the meeting to other rooms.
func (m Meeting) Ref() ref.Ref {
	return ref.Ref{Kind: KindMeeting, ID: m.ID, Title: m.Title(), Path: "/meetings/" + m.ID.String()}
}

// JournalVersion is the version of the row.
func (m Meeting) JournalVersion() int64 { return m.Version }

// Public tells that the members were invited.
func (m Meeting) Public() bool { return !m.InvitedAt.IsZero() }

// Stage is how far the meeting has come.
func (m Meeting) Stage() MeetingStage {
	switch {
	case !m.CancelledAt.IsZero():
		return CalledOff
	case m.Minutes.Signed():
		return Signed
	case !m.ClosedAt.IsZero():
		return Ended
	case !m.OpenedAt.IsZero():
		return InSession
	case !m.InvitedAt.IsZero():
		return Invited
	}
	return Planned
}

// Open tells that the agenda can still take items.
func (m Meeting) Open() bool { return m.at(Planned, Invited) == nil }

// at refuses an act that belongs to other stages.
func (m Meeting) at(stages ...MeetingStage) error {
	if slices.Contains(stages, m.Stage()) {
		return nil
	}
	return problem.New(problem.Conflict, "panels.not_at_this_stage")
}

// When is what is said of when and where a meeting is.
type When struct {
	StartsAt db.Time
	Place    i18n.Text
	Link     string
	// Hurry is why a meeting to which the members are invited is moved to a day of which
	// they learn later than the rules ask.
	Hurry i18n.Text
}

func (w When) check(now db.Time) error {
	var bad problem.Fields
	bad.Reject(w.StartsAt.IsZero(), "starts_at", "form.required")
	bad.Reject(!w.StartsAt.IsZero() && w.StartsAt.Before(now.Time), "starts_at", "panels.starts_in_past")
	bad.Reject(w.Place.IsZero() && w.Link == "", "place", "panels.place_or_link")
	bad.Reject(tooLong(w.Place, 300), "place", "form.too_long", "max", 300)
	bad.Reject(w.Link != "" && !isWebAddress(w.Link), "link", "panels.link_wrong")
	return bad.Err()
}

func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && len(s) <= 500
}

// Choice is a vote.
type Choice string

// The choices.
const (
	For     Choice = "for"
	Against Choice = "against"
	Abstain Choice = "abstain"
)

// Choices lists the choices in the order in which pages offer them.
var Choices = []Choice{For, Against, Abstain}

// ItemResult is how an item ended; empty while it has not.
type ItemResult string

// The results. Without a quorum, put off and withdrawn nothing was decided.
const (
	Adopted   ItemResult = "adopted"
	Rejected  ItemResult = "rejected"
	NoQuorum  ItemResult = "no_quorum"
	PutOff    ItemResult = "put_off"
	Withdrawn ItemResult = "withdrawn"
)

// Decided tells that the body has decided.
func (r ItemResult) Decided() bool { return r == Adopted || r == Rejected }

// Item is one question on the agenda of a meeting.
type Item struct {
	ID        ref.ID `json:"id"`
	Version   int64  `json:"version"`
	MeetingID ref.ID `json:"meeting_id"`
	No        int    `json:"no"`
	// Subject is what is decided about, zero for a question of the body's own.
	Subject ref.Ref   `json:"subject"`
	Title   i18n.Text `json:"title" public:"panels.field.item"`
	// Proposal is the decision as it came to the agenda; Motion is what is voted on,
	// the same as a rule; where it differs, Departure says why.
	Proposal  i18n.Text `json:"proposal"`
	Motion    i18n.Text `json:"motion" public:"panels.field.motion"`
	Departure i18n.Text `json:"departure" public:"panels.field.departure"`
	// Orgs are the organizations that the decision concerns: who has a tie to one of
	// them takes no part.
	Orgs     []ref.ID   `json:"orgs"`
	OpenedAt db.Time    `json:"opened_at"`
	ClosedAt db.Time    `json:"closed_at"`
	Result   ItemResult `json:"result"`
	Count    Count      `json:"count"`
	Roll     []RollLine `json:"roll"`
	Reason   i18n.Text  `json:"reason" public:"panels.field.reason"` // why it was put off or withdrawn
	Heard    i18n.Text  `json:"heard"`                               // what was said, for the minutes
	FromID   ref.ID     `json:"from_id"`                             // the item that was put off to this one
	// CarriedTo is the item to which this one was put off.
	CarriedTo ref.ID `json:"carried_to"`
	// Shown tells that the members were invited when the item was last written.
	Shown bool `json:"shown"`
}

// Ref names the item to other rooms.
func (i Item) Ref() ref.Ref {
	return ref.Ref{Kind: KindItem, ID: i.ID, Title: i.Title, Path: "/meetings/" + i.MeetingID.String()}
}

// Root is the meeting.
func (i Item) Root() ref.Ref { return ref.Ref{Kind: KindMeeting, ID: i.MeetingID} }

// JournalVersion is the version of the row.
func (i Item) JournalVersion() int64 { return i.Version }

// Public tells that everybody may see the item.
func (i Item) Public() bool { return i.Shown }

// Running tells that the item is being decided.
func (i Item) Running() bool { return !i.OpenedAt.IsZero() && i.ClosedAt.IsZero() }

// Waits tells that the item was not taken up yet.
func (i Item) Waits() bool { return i.OpenedAt.IsZero() && i.ClosedAt.IsZero() }

// NewItem is what is said of a question on the agenda.
type NewItem struct {
	Subject  ref.Ref
	Title    i18n.Text
	Proposal i18n.Text
	Orgs     []ref.ID
}

func (n NewItem) check() error {
	var bad problem.Fields
	bad.Reject(n.Title.KK == "" || n.Title.RU == "", "title", "panels.both_languages")
	bad.Reject(n.Proposal.KK == "" || n.Proposal.RU == "", "proposal", "panels.both_languages")
	bad.Reject(tooLong(n.Title, 500), "title", "form.too_long", "max", 500)
	bad.Reject(tooLong(n.Proposal, longestAbout), "proposal", "form.too_long", "max", longestAbout)
	return bad.Err()
}

// RollLine is a member with a vote at an item: what the roll of the minutes is made
// of. It names no person.
type RollLine struct {
	Member  ref.ID `json:"member"`
	No      int    `json:"no"`
	Duty    Duty   `json:"duty"`
	Present bool   `json:"present"`
	Recused bool   `json:"recused"`
	Choice  Choice `json:"choice"` // empty for who did not vote
}

// takesPart tells that the seat counts as present at the item.
func (s RollLine) takesPart() bool { return s.Present && !s.Recused }

// Count is what a roll adds up to.
type Count struct {
	Seats   int `json:"seats"`   // members with a vote
	Recused int `json:"recused"` // of them recused from the item
	Present int `json:"present"` // present and not recused
	Of      int `json:"of"`      // of how many the quorum is counted
	Needed  int `json:"needed"`  // how many must be present
	For     int `json:"for"`
	Against int `json:"against"`
	Abstain int `json:"abstain"`
	// Chair is the number of who presided; ByChair tells that their vote decided.
	Chair   int  `json:"chair"`
	ByChair bool `json:"by_chair"`
}

// Quorum tells that enough are present.
func (c Count) Quorum() bool { return c.Present >= c.Needed }

// Silent is how many were present and did not vote.
func (c Count) Silent() int { return c.Present - c.For - c.Against - c.Abstain }

// Count adds up a roll. Who is recused is not present, and votes of who is not
// present do not count.
func (r Rules) Count(roll []RollLine) (c Count) {
	c.Seats = len(roll)
	for _, s := range roll {
		if s.Recused {
			c.Recused++
		}
		if !s.takesPart() {
			continue
		}
		c.Present++
		switch s.Choice {
		case For:
			c.For++
		case Against:
			c.Against++
		case Abstain:
			c.Abstain++
		}
	}
	c.Of = c.Seats
	if r.QuorumFrom == FromFree {
		c.Of -= c.Recused
	}
	c.Needed = max(1, (r.Quorum*c.Of+99)/100)
	if chair, ok := presides(roll); ok {
		c.Chair = chair.No
	}
	return c
}

// presides finds who presides: the chair, else the deputy, when they take part.
func presides(roll []RollLine) (RollLine, bool) {
	for _, d := range []Duty{Chair, Deputy} {
		if i := slices.IndexFunc(roll, func(s RollLine) bool { return s.Duty == d && s.takesPart() }); i >= 0 {
			return roll[i], true
		}
	}
	return RollLine{}, false
}

// Decide tells how an item ends with a roll: without a quorum there is no decision;
// a proposal is adopted by more than half; at exactly half the vote of who presides
// decides where the rules say so.
func (r Rules) Decide(roll []RollLine) (ItemResult, Count) {
	c := r.Count(roll)
	of := c.Present
	if r.Majority == OfVotes {
		of = c.For + c.Against
	}
	switch {
	case !c.Quorum():
		return NoQuorum, c
	case 2*c.For > of:
		return Adopted, c
	case 2*c.For == of && c.For > 0 && r.ChairDecides:
		chair, ok := presides(roll)
		c.ByChair = ok && (chair.Choice == For || chair.Choice == Against)
		if c.ByChair && chair.Choice == For {
			return Adopted, c
		}
	}
	return Rejected, c
}

// Presence is from when to when a member was there.
type Presence struct {
	ID        ref.ID  `json:"id"`
	Version   int64   `json:"version"`
	MeetingID ref.ID  `json:"meeting_id"`
	MemberID  ref.ID  `json:"member_id"`
	Came      db.Time `json:"came"`
	Left      db.Time `json:"left"`   // no time while they are there
	Remote    bool    `json:"remote"` // by the link
}

// Ref names the presence.
func (p Presence) Ref() ref.Ref { return ref.Ref{Kind: KindPresence, ID: p.ID} }

// Root is the meeting.
func (p Presence) Root() ref.Ref { return ref.Ref{Kind: KindMeeting, ID: p.MeetingID} }

// JournalVersion is the version of the row.
func (p Presence) JournalVersion() int64 { return p.Version }

// Public is never true of a presence: the roll of an item tells what is public.
func (p Presence) Public() bool { return false }

// Recusal keeps a member out of one item. Its reason is never public.
type Recusal struct {
	ID         ref.ID  `json:"id"`
	Version    int64   `json:"version"`
	MeetingID  ref.ID  `json:"meeting_id"`
	ItemID     ref.ID  `json:"item_id"`
	MemberID   ref.ID  `json:"member_id"`
	Reason     string  `json:"reason"`
	Found      bool    `json:"found"` // the portal found a tie
	DeclaredAt db.Time `json:"declared_at"`
}

// Ref names the recusal.
func (r Recusal) Ref() ref.Ref { return ref.Ref{Kind: KindRecusal, ID: r.ID} }

// Root is the meeting.
func (r Recusal) Root() ref.Ref { return ref.Ref{Kind: KindMeeting, ID: r.MeetingID} }

// JournalVersion is the version of the row.
func (r Recusal) JournalVersion() int64 { return r.Version }

// Public is never true of a recusal.
func (r Recusal) Public() bool { return false }

// Vote is the vote of a member on an item. It can be changed while the item runs.
type Vote struct {
	ID        ref.ID `json:"id"`
	Version   int64  `json:"version"`
	MeetingID ref.ID `json:"meeting_id"`
	ItemID    ref.ID `json:"item_id"`
	MemberID  ref.ID `json:"member_id"`
	Choice    Choice `json:"choice"`
	// ByHand tells that the secretary noted a raised hand.
	ByHand bool    `json:"by_hand"`
	CastAt db.Time `json:"cast_at"`
}

// Ref names the vote.
func (v Vote) Ref() ref.Ref { return ref.Ref{Kind: KindVote, ID: v.ID} }

// Root is the meeting.
func (v Vote) Root() ref.Ref { return ref.Ref{Kind: KindMeeting, ID: v.MeetingID} }

// JournalVersion is the version of the row.
func (v Vote) JournalVersion() int64 { return v.Version }

// Public is never true of a vote: the roll of an item tells what is public.
func (v Vote) Public() bool { return false }

// rollOf is who has a vote at an item, with what they did.
func rollOf(members []BodyMember, here []Presence, recused []Recusal, votes []Vote) []RollLine {
	roll := []RollLine{}
	for _, m := range members {
		if !m.Votes {
			continue
		}
		s := RollLine{Member: m.ID, No: m.No, Duty: m.Duty,
			Present: slices.ContainsFunc(here, func(p Presence) bool { return p.MemberID == m.ID && p.Left.IsZero() }),
			Recused: slices.ContainsFunc(recused, func(r Recusal) bool { return r.MemberID == m.ID })}
		if i := slices.IndexFunc(votes, func(v Vote) bool { return v.MemberID == m.ID }); i >= 0 && s.takesPart() {
			s.Choice = votes[i].Choice
		}
		roll = append(roll, s)
	}
	return roll
}

// Outcome is what a body decided about a thing of another room.
type Outcome struct {
	Item    Item
	Meeting Meeting
	Body    ref.Ref
	Owner   ref.Ref // the organization whose body it is
	// On is the day of the decision.
	On     db.Date
	Result ItemResult // Adopted or Rejected
	// Decision is the text that was adopted; empty when it was rejected.
	Decision i18n.Text
	// Departure says why the decision is another one than was proposed; empty when
	// it is the same.
	Departure i18n.Text
	Count     Count
	// Signed tells that chair and secretary have signed the minutes.
	Signed bool
}
