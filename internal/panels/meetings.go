package panels

import (
	"context"
	"slices"
	"strings"

	"birge/internal/accounts"
	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// News is what a letter to a member tells of a meeting.
type News string

// The letters.
const (
	NewsInvited   News = "invited"
	NewsMoved     News = "moved"
	NewsCalledOff News = "called_off"
	NewsMinutes   News = "minutes" // the minutes wait for the reader's signature
)

// MeetingLetter tells a member of a meeting.
type MeetingLetter struct {
	News    News
	To      accounts.Person
	Meeting Meeting
	Items   []Item
}

// table is a meeting with its body, who sits in it and the agenda.
type table struct {
	Meeting
	body    Body
	members []BodyMember // who sits on the day of the meeting
	today   []BodyMember // who sits today
	items   []Item
}

// day is the day of the meeting.
func (s *Service) day(m Meeting) db.Date {
	at := m.StartsAt
	if !m.OpenedAt.IsZero() {
		at = m.OpenedAt
	}
	return db.DateOf(at.In(s.Zone))
}

func (s *Service) tableIn(ctx context.Context, tx *db.Tx, meeting ref.ID) (t table, err error) {
	if t.Meeting, err = meetingByID(ctx, tx, meeting); err != nil {
		return t, err
	}
	if t.body, err = bodyByID(ctx, tx, t.BodyID); err != nil {
		return t, err
	}
	all, err := membersOf(ctx, tx, t.BodyID)
	if err != nil {
		return t, err
	}
	t.members, t.today = sitting(all, s.day(t.Meeting)), sitting(all, s.today(tx))
	t.items, err = itemsOf(ctx, tx, meeting)
	return t, err
}

// conducts: secretary, chair and deputy sit at the head of the table.
func conducts(members []BodyMember, by access.Actor) bool {
	m, ok := memberOf(members, by.UserID)
	return ok && m.Duty != Plain
}

// mayPlan: who conducts the meetings of a body, and who keeps it.
func (s *Service) mayPlan(by access.Actor, b Body, members []BodyMember) (access.Actor, error) {
	if conducts(members, by) {
		return by, nil
	}
	return mayKeep(by, b, s.Places.Tree().Path(b.PlaceID))
}

// Plan puts a meeting on the calendar of a body. What earlier meetings left without
// a decision comes to its agenda by itself.
func (s *Service) Plan(ctx context.Context, by access.Actor, body ref.ID, w When) (m Meeting, err error) {
	w.Place, w.Link = w.Place.Trim(), strings.TrimSpace(w.Link)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		b, err := bodyByID(ctx, tx, body)
		if err != nil {
			return err
		}
		all, err := membersOf(ctx, tx, body)
		if err != nil {
			return err
		}
		today := s.today(tx)
		as, err := s.mayPlan(by, b, sitting(all, today))
		if err != nil {
			return err
		}
		if err := w.check(db.At(tx.Now())); err != nil {
			return err
		}
		if err := s.complete(b, all, db.DateOf(w.StartsAt.In(s.Zone))); err != nil {
			return err
		}
		last, err := lastMeeting(ctx, tx, body)
		if err != nil {
			return err
		}
		m = Meeting{ID: tx.NewID(), Version: 1, BodyID: body, No: last + 1, BodyName: b.Name, StartsAt: w.StartsAt, Place: w.Place, Link: w.Link,
			Rules: b.Rules, NormsOn: today, Sample: b.Sample}
		m.Rules.Quorum, m.Rules.Notice = s.quorum(b, today), s.notice(b, today)
		if err := insertMeeting(ctx, tx, m); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, as, "panels.meeting.plan", nil, m); err != nil {
			return err
		}
		return s.carryOver(ctx, tx, as, m)
	})
	return m, err
}

// complete tells that a body can meet on a day: it has a chair and a secretary.
func (s *Service) complete(b Body, members []BodyMember, on db.Date) error {
	there := sitting(members, on)
	_, chair := inDuty(there, Chair)
	_, secretary := inDuty(there, Secretary)
	var bad problem.Fields
	bad.Reject(!b.Acts(on), "starts_at", "panels.body_closed")
	bad.Reject(!chair, "starts_at", "panels.no_chair")
	bad.Reject(!secretary, "starts_at", "panels.no_secretary")
	return bad.Err()
}

// carryOver puts what earlier meetings left on the agenda of m.
func (s *Service) carryOver(ctx context.Context, tx *db.Tx, by access.Actor, m Meeting) error {
	left, err := leftOver(ctx, tx, m.BodyID)
	if err != nil {
		return err
	}
	for n, old := range left {
		i := Item{ID: tx.NewID(), Version: 1, MeetingID: m.ID, No: n + 1, Subject: old.Subject, Title: old.Title, Proposal: old.Proposal,
			Motion: old.Proposal, Orgs: old.Orgs, Roll: []RollLine{}, FromID: old.ID}
		before := old
		old.CarriedTo = i.ID
		if err := insertItem(ctx, tx, i); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, by, "panels.item.add", nil, i); err != nil {
			return err
		}
		if err := s.saveItem(ctx, tx, by, "panels.item.carry", before, &old); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) saveItem(ctx context.Context, tx *db.Tx, by access.Actor, act string, before Item, i *Item) error {
	if err := updateItem(ctx, tx, *i); err != nil {
		return err
	}
	i.Version++
	return journal.Record(ctx, tx, by, act, before, *i)
}

func (s *Service) saveMeeting(ctx context.Context, tx *db.Tx, by access.Actor, act string, before Meeting, m *Meeting) error {
	if err := updateMeeting(ctx, tx, *m); err != nil {
		return err
	}
	m.Version++
	return journal.Record(ctx, tx, by, act, before, *m)
}

// AddItem puts a question on the agenda of a meeting that has not begun.
func (s *Service) AddItem(ctx context.Context, by access.Actor, meeting ref.ID, n NewItem) (i Item, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		i, err = s.AddItemIn(ctx, tx, by, meeting, n)
		return err
	})
	return i, err
}

// AddItemIn is AddItem in the transaction of another room. by keeps the body or
// conducts its meetings. A thing that waits on an agenda, or about which the body
// has adopted a decision, is refused.
func (s *Service) AddItemIn(ctx context.Context, tx *db.Tx, by access.Actor, meeting ref.ID, n NewItem) (Item, error) {
	t, err := s.tableIn(ctx, tx, meeting)
	if err != nil {
		return Item{}, err
	}
	as, err := s.mayPlan(by, t.body, t.members)
	if err != nil {
		return Item{}, err
	}
	if err := t.at(Planned, Invited); err != nil {
		return Item{}, err
	}
	n.Title, n.Proposal = n.Title.Trim(), n.Proposal.Trim()
	if err := n.check(); err != nil {
		return Item{}, err
	}
	if err := s.isNew(ctx, tx, n.Subject); err != nil {
		return Item{}, err
	}
	i := Item{ID: tx.NewID(), Version: 1, MeetingID: meeting, No: 1, Subject: n.Subject, Title: n.Title, Proposal: n.Proposal, Motion: n.Proposal,
		Orgs: n.Orgs, Roll: []RollLine{}, Shown: t.Public()}
	if len(t.items) > 0 {
		i.No = t.items[len(t.items)-1].No + 1
	}
	if err := insertItem(ctx, tx, i); err != nil {
		return i, err
	}
	return i, journal.Record(ctx, tx, as, "panels.item.add", nil, i)
}

// isNew refuses a thing that waits for a decision or has one.
func (s *Service) isNew(ctx context.Context, tx *db.Tx, subject ref.Ref) error {
	if subject.IsZero() {
		return nil
	}
	list, err := itemsAbout(ctx, tx, subject)
	if err != nil || len(list) == 0 {
		return err
	}
	if r := list[0].Result; r != Rejected && r != Withdrawn {
		return problem.New(problem.Conflict, "panels.item_twice")
	}
	return nil
}

// WithdrawItem takes a question off the agenda before it is taken up, for a reason.
func (s *Service) WithdrawItem(ctx context.Context, by access.Actor, item ref.ID, why i18n.Text) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.WithdrawItemIn(ctx, tx, by, item, why) })
}

// WithdrawItemIn is WithdrawItem in the transaction of another room.
func (s *Service) WithdrawItemIn(ctx context.Context, tx *db.Tx, by access.Actor, item ref.ID, why i18n.Text) error {
	t, i, err := s.itemIn(ctx, tx, item)
	if err != nil {
		return err
	}
	as, err := s.mayPlan(by, t.body, t.members)
	if err != nil {
		return err
	}
	if err := t.at(Planned, Invited, InSession); err != nil {
		return err
	}
	return s.endItem(ctx, tx, as, i, Withdrawn, why)
}

// endItem ends an item that was not taken up, without a decision.
func (s *Service) endItem(ctx context.Context, tx *db.Tx, by access.Actor, i Item, how ItemResult, why i18n.Text) error {
	if !i.ClosedAt.IsZero() || how == Withdrawn && i.Running() {
		return problem.New(problem.Conflict, "problem.changed_meanwhile")
	}
	why = why.Trim()
	var bad problem.Fields
	bad.Reject(why.IsZero(), "why", "form.required")
	bad.Reject(tooLong(why, longestReason), "why", "form.too_long", "max", longestReason)
	if bad != nil {
		return bad.Err()
	}
	before := i
	i.ClosedAt, i.Result, i.Reason = db.At(tx.Now()), how, why
	return s.saveItem(ctx, tx, by, "panels.item."+string(how), before, &i)
}

func (s *Service) itemIn(ctx context.Context, tx *db.Tx, id ref.ID) (t table, i Item, err error) {
	if i, err = itemByID(ctx, tx, id); err != nil {
		return t, i, err
	}
	t, err = s.tableIn(ctx, tx, i.MeetingID)
	return t, i, err
}

// changeMeeting runs an act of who plans the meetings of a body.
func (s *Service) changeMeeting(ctx context.Context, by access.Actor, id ref.ID, act string, rule func(ctx context.Context, tx *db.Tx, t *table) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		t, err := s.tableIn(ctx, tx, id)
		if err != nil {
			return err
		}
		as, err := s.mayPlan(by, t.body, t.members)
		if err != nil {
			return err
		}
		before := t.Meeting
		if err := rule(ctx, tx, &t); err != nil {
			return err
		}
		return s.saveMeeting(ctx, tx, as, act, before, &t.Meeting)
	})
}

// agendaBy is the last day on which the agenda of a meeting can come out as its rules
// ask; none where they ask for nothing.
func (s *Service) agendaBy(m Meeting) (last db.Date) {
	if m.Rules.Notice == 0 {
		return last
	}
	calendar, on := s.Norms.Book().Calendar(), s.day(m)
	for last = on; calendar.AddWorkingDays(last, m.Rules.Notice).After(on); {
		last = last.AddDays(-1)
	}
	return last
}

// inTime judges that the members learn of the meeting as early as its rules ask, or
// that somebody says why they do not.
func (s *Service) inTime(m *Meeting, today db.Date, why i18n.Text) error {
	last := s.agendaBy(*m)
	if last.IsZero() || !today.After(last) {
		m.Hurry = i18n.Text{}
		return nil
	}
	var bad problem.Fields
	bad.Reject(why.IsZero(), "hurry", "panels.agenda_late", "day", last)
	bad.Reject(tooLong(why, longestReason), "hurry", "form.too_long", "max", longestReason)
	m.Hurry = why
	return bad.Err()
}

// Invite writes to the members and shows the agenda to everybody. hurry says why, where
// that is later before the meeting than its rules ask.
func (s *Service) Invite(ctx context.Context, by access.Actor, meeting ref.ID, hurry i18n.Text) error {
	return s.changeMeeting(ctx, by, meeting, "panels.meeting.invite", func(ctx context.Context, tx *db.Tx, t *table) error {
		if err := t.at(Planned); err != nil {
			return err
		}
		if len(t.waiting()) == 0 {
			return problem.New(problem.Conflict, "panels.agenda_empty")
		}
		if err := s.complete(t.body, t.members, s.day(t.Meeting)); err != nil {
			return err
		}
		if err := s.inTime(&t.Meeting, s.today(tx), hurry.Trim()); err != nil {
			return err
		}
		t.InvitedAt = db.At(tx.Now())
		for n, i := range t.items {
			before := i
			i.Shown = true
			if err := s.saveItem(ctx, tx, by, "panels.item.show", before, &i); err != nil {
				return err
			}
			t.items[n] = i
		}
		return s.tellMembers(ctx, tx, *t, NewsInvited)
	})
}

// waiting are the items that were not taken up yet.
func (t table) waiting() (out []Item) {
	return slices.DeleteFunc(slices.Clone(t.items), func(i Item) bool { return !i.Waits() })
}

// Move changes when and where a meeting is, before it begins; members who were
// invited are told.
func (s *Service) Move(ctx context.Context, by access.Actor, meeting ref.ID, version int64, w When) error {
	w.Place, w.Link = w.Place.Trim(), strings.TrimSpace(w.Link)
	return s.changeMeeting(ctx, by, meeting, "panels.meeting.move", func(ctx context.Context, tx *db.Tx, t *table) error {
		if t.Version != version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		if err := t.at(Planned, Invited); err != nil {
			return err
		}
		if err := w.check(db.At(tx.Now())); err != nil {
			return err
		}
		all, err := membersOf(ctx, tx, t.BodyID)
		if err != nil {
			return err
		}
		was := s.day(t.Meeting)
		t.StartsAt, t.Place, t.Link = w.StartsAt, w.Place, w.Link
		if err := s.complete(t.body, all, s.day(t.Meeting)); err != nil {
			return err
		}
		if t.Stage() != Invited {
			return nil
		}
		if s.day(t.Meeting) != was {
			if err := s.inTime(&t.Meeting, s.today(tx), w.Hurry.Trim()); err != nil {
				return err
			}
		}
		t.members = sitting(all, s.day(t.Meeting))
		return s.tellMembers(ctx, tx, *t, NewsMoved)
	})
}

// CallOff cancels a meeting that has not begun, for a reason; its questions wait for
// the next one.
func (s *Service) CallOff(ctx context.Context, by access.Actor, meeting ref.ID, why i18n.Text) error {
	return s.changeMeeting(ctx, by, meeting, "panels.meeting.call_off", func(ctx context.Context, tx *db.Tx, t *table) error {
		if err := t.at(Planned, Invited); err != nil {
			return err
		}
		for _, i := range t.waiting() {
			if err := s.endItem(ctx, tx, by, i, PutOff, why); err != nil {
				return err
			}
		}
		told := t.Stage() == Invited
		t.CancelledAt, t.CancelReason = db.At(tx.Now()), why.Trim()
		if t.CancelReason.IsZero() {
			return (problem.Fields{"why": {Key: "form.required"}}).Err()
		}
		if !told {
			return nil
		}
		return s.tellMembers(ctx, tx, *t, NewsCalledOff)
	})
}

// tellMembers writes to all who sit on the day of a meeting.
func (s *Service) tellMembers(ctx context.Context, tx *db.Tx, t table, news News) error {
	for _, m := range t.members {
		if err := s.tell(ctx, tx, t, m, news); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tell(ctx context.Context, tx *db.Tx, t table, m BodyMember, news News) error {
	if s.Tell == nil {
		return nil
	}
	p, err := accounts.PersonIn(ctx, tx, m.PersonID)
	if err != nil || p.Status != accounts.Active {
		return err
	}
	return s.Tell(ctx, tx, MeetingLetter{News: news, To: p, Meeting: t.Meeting, Items: t.items})
}

// MeetingIn reads a meeting in the transaction of another room.
func (s *Service) MeetingIn(ctx context.Context, tx *db.Tx, id ref.ID) (Meeting, error) {
	return meetingByID(ctx, tx, id)
}

// ComingIn lists the meetings of an organization's bodies whose agenda can still
// take a question, the nearest first.
func (s *Service) ComingIn(ctx context.Context, tx *db.Tx, owner ref.ID) ([]Meeting, error) {
	bodies, err := bodiesOf(ctx, tx, owner)
	if err != nil || len(bodies) == 0 {
		return nil, err
	}
	ids := make([]ref.ID, len(bodies))
	for i, b := range bodies {
		ids[i] = b.ID
	}
	list, err := liveMeetings(ctx, tx, ids)
	return slices.DeleteFunc(list, func(m Meeting) bool { return !m.Open() }), err
}

// OutcomeOf gives what was decided about a thing of another room: by the last item
// about it. ok is false while nothing is: it was never on an agenda, waits, was put
// off or withdrawn, or lacked a quorum.
func (s *Service) OutcomeOf(ctx context.Context, tx *db.Tx, subject ref.Ref) (o Outcome, ok bool, err error) {
	list, err := itemsAbout(ctx, tx, subject)
	if err != nil || len(list) == 0 || !list[0].Result.Decided() {
		return o, false, err
	}
	i := list[0]
	m, err := meetingByID(ctx, tx, i.MeetingID)
	if err != nil {
		return o, false, err
	}
	b, err := bodyByID(ctx, tx, m.BodyID)
	o = Outcome{Item: i, Meeting: m, Body: b.Ref(), Owner: b.Owner, On: db.DateOf(i.ClosedAt.In(s.Zone)), Result: i.Result, Departure: i.Departure, Count: i.Count,
		Signed: m.Minutes.Signed()}
	if i.Result == Adopted {
		o.Decision = i.Motion
	}
	return o, err == nil, err
}

// DecidesOn tells that the actor sits today in a body of an organization before which
// one of some things of a kind lies or lay, and takes part in deciding on it.
func (s *Service) DecidesOn(ctx context.Context, tx *db.Tx, by access.Actor, owner ref.ID, kind string, things []ref.ID) (bool, error) {
	if !by.SignedIn() || len(things) == 0 {
		return false, nil
	}
	n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM panel_items i JOIN panel_meetings g ON g.id = i.meeting_id JOIN panel_bodies b ON b.id = g.body_id
		JOIN panel_members m ON m.body_id = b.id
		WHERE m.person_id = $1 AND m.since <= $2 AND (m.until IS NULL OR m.until >= $2) AND b.owner_id = $3 AND g.cancelled_at IS NULL AND i.result <> 'withdrawn'
		AND NOT EXISTS (SELECT 1 FROM panel_recusals r WHERE r.item_id = i.id AND r.member_id = m.id)
		AND i.subject_kind = $4 AND i.subject_id IN `+db.In(5, len(things)), db.Args([]any{by.UserID, s.today(tx), owner, kind}, things)...)
	return n > 0, err
}

// AgendaOf lists the items of all meetings about a thing of another room, the
// newest first.
func (s *Service) AgendaOf(ctx context.Context, tx *db.Tx, subject ref.Ref) ([]Item, error) {
	return itemsAbout(ctx, tx, subject)
}

// OweMinutes is the kind of the obligation to sign the minutes of a meeting in time.
const OweMinutes = "panels.minutes"

// oweMinutes starts the clock of the minutes of a meeting that has ended.
func (s *Service) oweMinutes(ctx context.Context, tx *db.Tx, by access.Actor, t *table) error {
	n, ok := s.Norms.Book().Norm(NormMinutes, t.NormsOn)
	if !ok {
		return nil
	}
	o, err := s.Obligations.Owe(ctx, tx, by, obligations.Debt{Kind: OweMinutes, WhatKey: "panels.owe.minutes", WhatArgs: []string{"no", itoa(t.No)},
		Ground: obligations.Law, GroundText: n.Law, Thing: t.Ref(), Owner: t.body.Owner, PlaceID: t.body.PlaceID,
		From: s.today(tx), WorkingDays: int(n.Value.N), Sample: t.Sample})
	t.Minutes.Due = o.Due
	return err
}
