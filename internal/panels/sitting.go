package panels

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

func itoa(n int) string { return strconv.Itoa(n) }

// mayConduct: secretary, chair and deputy of the day of the meeting, and once it is
// over also of today; nobody else of the body, the owner or the portal.
func (t table) mayConduct(by access.Actor) error {
	if conducts(t.members, by) || !t.ClosedAt.IsZero() && conducts(t.today, by) {
		return nil
	}
	return problem.New(problem.Forbidden, "panels.conduct_only")
}

// conduct runs an act at the head of the table.
func (s *Service) conduct(ctx context.Context, by access.Actor, meeting ref.ID, f func(ctx context.Context, tx *db.Tx, t *table) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		t, err := s.tableIn(ctx, tx, meeting)
		if err != nil {
			return err
		}
		if err := t.mayConduct(by); err != nil {
			return err
		}
		return f(ctx, tx, &t)
	})
}

// Attend notes before a meeting begins who is there, in the room or by the link;
// whoever is in neither list is not.
func (s *Service) Attend(ctx context.Context, by access.Actor, meeting ref.ID, here, remote []ref.ID) error {
	return s.conduct(ctx, by, meeting, func(ctx context.Context, tx *db.Tx, t *table) error {
		if err := t.at(Invited); err != nil {
			return err
		}
		list, err := presencesOf(ctx, tx, meeting)
		if err != nil {
			return err
		}
		for _, m := range t.members {
			far := slices.Contains(remote, m.ID)
			if err := s.attend(ctx, tx, by, *t, m, list, far || slices.Contains(here, m.ID), far); err != nil {
				return err
			}
		}
		return nil
	})
}

// Note notes that one member came or left, until the meeting ends.
func (s *Service) Note(ctx context.Context, by access.Actor, meeting, member ref.ID, here, remote bool) error {
	return s.conduct(ctx, by, meeting, func(ctx context.Context, tx *db.Tx, t *table) error {
		if err := t.at(Invited, InSession); err != nil {
			return err
		}
		i := slices.IndexFunc(t.members, func(m BodyMember) bool { return m.ID == member })
		if i < 0 {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		list, err := presencesOf(ctx, tx, meeting)
		if err != nil {
			return err
		}
		return s.attend(ctx, tx, by, *t, t.members[i], list, here, remote)
	})
}

// attend brings the presence of one member to what is said.
func (s *Service) attend(ctx context.Context, tx *db.Tx, by access.Actor, t table, m BodyMember, list []Presence, here, remote bool) error {
	i := slices.IndexFunc(list, func(p Presence) bool { return p.MemberID == m.ID && p.Left.IsZero() })
	now := db.At(tx.Now())
	if i >= 0 && (!here || list[i].Remote != remote) {
		before := list[i]
		p := before
		p.Left = now
		if err := updatePresence(ctx, tx, p); err != nil {
			return err
		}
		p.Version++
		if err := journal.Record(ctx, tx, by, "panels.presence.left", before, p); err != nil {
			return err
		}
		i = -1
	}
	if i >= 0 || !here {
		return nil
	}
	p := Presence{ID: tx.NewID(), Version: 1, MeetingID: t.ID, MemberID: m.ID, Came: now, Remote: remote}
	if err := insertPresence(ctx, tx, p); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "panels.presence.came", nil, p)
}

// Begin opens a meeting, with a quorum.
func (s *Service) Begin(ctx context.Context, by access.Actor, meeting ref.ID) error {
	return s.conduct(ctx, by, meeting, func(ctx context.Context, tx *db.Tx, t *table) error {
		if err := t.at(Invited); err != nil {
			return err
		}
		here, err := presencesOf(ctx, tx, meeting)
		if err != nil {
			return err
		}
		before := t.Meeting
		t.OpenedAt = db.At(tx.Now())
		switch c := t.Rules.Count(rollOf(t.members, here, nil, nil)); {
		case !c.Quorum():
			return problem.New(problem.Conflict, "panels.no_quorum", "present", c.Present, "needed", c.Needed)
		case c.Chair == 0:
			return problem.New(problem.Conflict, "panels.nobody_presides")
		}
		return s.saveMeeting(ctx, tx, by, "panels.meeting.begin", before, &t.Meeting)
	})
}

// End closes a meeting: what was not taken up is put off with the reason why, and
// the clock of the minutes starts.
func (s *Service) End(ctx context.Context, by access.Actor, meeting ref.ID, why i18n.Text) error {
	return s.conduct(ctx, by, meeting, func(ctx context.Context, tx *db.Tx, t *table) error {
		if err := t.at(InSession); err != nil {
			return err
		}
		if slices.ContainsFunc(t.items, Item.Running) {
			return problem.New(problem.Conflict, "panels.item_running")
		}
		for _, i := range t.waiting() {
			if err := s.endItem(ctx, tx, by, i, PutOff, why); err != nil {
				return err
			}
		}
		here, err := presencesOf(ctx, tx, meeting)
		if err != nil {
			return err
		}
		for _, m := range t.members {
			if err := s.attend(ctx, tx, by, *t, m, here, false, false); err != nil {
				return err
			}
		}
		before := t.Meeting
		t.ClosedAt = db.At(tx.Now())
		if err := s.oweMinutes(ctx, tx, by, t); err != nil {
			return err
		}
		return s.saveMeeting(ctx, tx, by, "panels.meeting.end", before, &t.Meeting)
	})
}

// Motion is what is voted on when it is not the proposal: another text, and why.
type Motion struct {
	Text i18n.Text
	Why  i18n.Text
}

// TakeUp opens an item for votes. With a motion other than the proposal it says
// why. Members with a tie to an organization that it concerns are recused at once.
func (s *Service) TakeUp(ctx context.Context, by access.Actor, item ref.ID, motion *Motion) error {
	return s.onItem(ctx, by, item, func(ctx context.Context, tx *db.Tx, t table, i Item) error {
		if err := t.mayConduct(by); err != nil {
			return err
		}
		if !i.Waits() {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		if slices.ContainsFunc(t.items, Item.Running) {
			return problem.New(problem.Conflict, "panels.item_running")
		}
		before := i
		if err := i.take(motion); err != nil {
			return err
		}
		i.OpenedAt = db.At(tx.Now())
		if err := s.recuseTied(ctx, tx, t, i); err != nil {
			return err
		}
		return s.saveItem(ctx, tx, by, "panels.item.take_up", before, &i)
	})
}

// take sets what is voted on.
func (i *Item) take(m *Motion) error {
	i.Motion, i.Departure = i.Proposal, i18n.Text{}
	if m == nil || m.Text.Trim() == i.Proposal {
		return nil
	}
	text, why := m.Text.Trim(), m.Why.Trim()
	var bad problem.Fields
	bad.Reject(text.KK == "" || text.RU == "", "motion", "panels.both_languages")
	bad.Reject(tooLong(text, longestAbout), "motion", "form.too_long", "max", longestAbout)
	bad.Reject(why.IsZero(), "departure", "panels.departure_missing")
	bad.Reject(tooLong(why, longestAbout), "departure", "form.too_long", "max", longestAbout)
	i.Motion, i.Departure = text, why
	return bad.Err()
}

// onItem runs an act on an item of a meeting that sits.
func (s *Service) onItem(ctx context.Context, by access.Actor, item ref.ID, f func(ctx context.Context, tx *db.Tx, t table, i Item) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		t, i, err := s.itemIn(ctx, tx, item)
		if err != nil {
			return err
		}
		if _, sits := memberOf(t.members, by.UserID); !sits {
			return problem.New(problem.Forbidden, "panels.members_only")
		}
		if err := t.at(InSession); err != nil {
			return err
		}
		return f(ctx, tx, t, i)
	})
}

// recuseTied recuses every member with a tie to an organization that an item concerns.
func (s *Service) recuseTied(ctx context.Context, tx *db.Tx, t table, i Item) error {
	if len(i.Orgs) == 0 {
		return nil
	}
	there, err := recusalsOf(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	for _, m := range t.members {
		if slices.ContainsFunc(there, func(r Recusal) bool { return r.ItemID == i.ID && r.MemberID == m.ID }) {
			continue
		}
		tied, err := s.memberTies(ctx, tx, m)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(i.Orgs, func(org ref.ID) bool { _, ok := tied[org]; return ok }) {
			continue
		}
		if err := s.putRecusal(ctx, tx, access.Portal("panels"), i, m, "", true); err != nil {
			return err
		}
	}
	return nil
}

// memberTies lists the organizations to which a member has a tie, as those of an
// expert are found.
func (s *Service) memberTies(ctx context.Context, tx *db.Tx, m BodyMember) (map[ref.ID]Ground, error) {
	e, ok, err := expertOf(ctx, tx, m.PersonID)
	if err != nil {
		return nil, err
	}
	if !ok {
		e = Expert{PersonID: m.PersonID}
		e.EmployerID = m.OrgID
	}
	tied, err := s.tiedTo(ctx, tx, e)
	if err == nil && m.OrgID != 0 {
		tied[m.OrgID] = GroundEmployer
	}
	return tied, err
}

func (s *Service) putRecusal(ctx context.Context, tx *db.Tx, by access.Actor, i Item, m BodyMember, why string, found bool) error {
	r := Recusal{ID: tx.NewID(), Version: 1, MeetingID: i.MeetingID, ItemID: i.ID, MemberID: m.ID, Reason: why, Found: found, DeclaredAt: db.At(tx.Now())}
	if err := insertRecusal(ctx, tx, r); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "panels.recuse", nil, r)
}

// RecuseFrom keeps the actor out of an item, from the invitation until the item is
// closed. The reason is seen by nobody but the actor. A vote that was cast counts
// no more.
func (s *Service) RecuseFrom(ctx context.Context, by access.Actor, item ref.ID, why string) error {
	why = strings.TrimSpace(why)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		t, i, err := s.itemIn(ctx, tx, item)
		if err != nil {
			return err
		}
		m, ok := memberOf(t.members, by.UserID)
		if !ok {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		if err := t.at(Invited, InSession); err != nil {
			return err
		}
		if !i.ClosedAt.IsZero() {
			return problem.New(problem.Conflict, "panels.item_closed")
		}
		var bad problem.Fields
		bad.Reject(why == "", "why", "form.required")
		bad.Reject(len([]rune(why)) > longestReason, "why", "form.too_long", "max", longestReason)
		if bad != nil {
			return bad.Err()
		}
		return s.putRecusal(ctx, tx, by, i, m, why, false)
	})
}

// Vote casts the vote of a member on the item that runs, or changes it: by the
// member, or by the secretary who saw a raised hand.
func (s *Service) Vote(ctx context.Context, by access.Actor, item, member ref.ID, choice Choice) error {
	return s.onItem(ctx, by, item, func(ctx context.Context, tx *db.Tx, t table, i Item) error {
		at := slices.IndexFunc(t.members, func(m BodyMember) bool { return m.ID == member })
		if at < 0 {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		m := t.members[at]
		if m.PersonID != by.UserID {
			if err := t.mayConduct(by); err != nil {
				return err
			}
		}
		if !slices.Contains(Choices, choice) {
			return (problem.Fields{"choice": {Key: "form.unknown_choice"}}).Err()
		}
		if !i.Running() {
			return problem.New(problem.Conflict, "panels.item_closed")
		}
		votes, err := votesOn(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		roll, err := s.rollIn(ctx, tx, t, i, votes)
		if err != nil {
			return err
		}
		if err := mayVote(roll, m.ID); err != nil {
			return err
		}
		return s.cast(ctx, tx, by, i, m, votes, choice)
	})
}

// mayVote: who has a vote, is there and is not recused.
func mayVote(roll []RollLine, member ref.ID) error {
	i := slices.IndexFunc(roll, func(s RollLine) bool { return s.Member == member })
	switch {
	case i < 0:
		return problem.New(problem.Forbidden, "panels.no_vote")
	case roll[i].Recused:
		return problem.New(problem.Forbidden, "panels.recused_from_item")
	case !roll[i].Present:
		return problem.New(problem.Conflict, "panels.not_present")
	}
	return nil
}

func (s *Service) cast(ctx context.Context, tx *db.Tx, by access.Actor, i Item, m BodyMember, votes []Vote, choice Choice) error {
	v := Vote{ID: tx.NewID(), Version: 1, MeetingID: i.MeetingID, ItemID: i.ID, MemberID: m.ID, Choice: choice, ByHand: m.PersonID != by.UserID, CastAt: db.At(tx.Now())}
	at := slices.IndexFunc(votes, func(v Vote) bool { return v.MemberID == m.ID })
	if at < 0 {
		if err := insertVote(ctx, tx, v); err != nil {
			return err
		}
		return journal.Record(ctx, tx, by, "panels.vote", nil, v)
	}
	before := votes[at]
	v.ID, v.Version = before.ID, before.Version
	if err := updateVote(ctx, tx, v); err != nil {
		return err
	}
	v.Version++
	return journal.Record(ctx, tx, by, "panels.vote", before, v)
}

// rollIn is the roll of an item as it stands.
func (s *Service) rollIn(ctx context.Context, tx *db.Tx, t table, i Item, votes []Vote) ([]RollLine, error) {
	here, err := presencesOf(ctx, tx, t.ID)
	if err != nil {
		return nil, err
	}
	recused, err := recusalsOf(ctx, tx, t.ID)
	if err != nil {
		return nil, err
	}
	recused = slices.DeleteFunc(recused, func(r Recusal) bool { return r.ItemID != i.ID })
	return rollOf(t.members, here, recused, votes), nil
}

// CloseVote ends the votes on an item: its roll is frozen, and it is decided by the
// rules with the quorum as it is at this moment.
func (s *Service) CloseVote(ctx context.Context, by access.Actor, item ref.ID) error {
	return s.onItem(ctx, by, item, func(ctx context.Context, tx *db.Tx, t table, i Item) error {
		if err := t.mayConduct(by); err != nil {
			return err
		}
		if !i.Running() {
			return problem.New(problem.Conflict, "panels.item_closed")
		}
		votes, err := votesOn(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		before := i
		if i.Roll, err = s.rollIn(ctx, tx, t, i, votes); err != nil {
			return err
		}
		i.Result, i.Count = t.Rules.Decide(i.Roll)
		if i.Result != NoQuorum && i.Count.Silent() == i.Count.Present {
			return problem.New(problem.Conflict, "panels.nobody_voted")
		}
		i.ClosedAt = db.At(tx.Now())
		return s.saveItem(ctx, tx, by, "panels.item."+string(i.Result), before, &i)
	})
}

// PutOff leaves an item to the next meeting, for a reason.
func (s *Service) PutOff(ctx context.Context, by access.Actor, item ref.ID, why i18n.Text) error {
	return s.onItem(ctx, by, item, func(ctx context.Context, tx *db.Tx, t table, i Item) error {
		if err := t.mayConduct(by); err != nil {
			return err
		}
		return s.endItem(ctx, tx, by, i, PutOff, why)
	})
}

// Heard is what the secretary adds to the minutes: what was said on each item, by
// the id of the item, and remarks on the whole.
type Heard struct {
	Items   map[ref.ID]i18n.Text
	Remarks i18n.Text
}

// Write keeps what the secretary adds to the minutes, until they are signed.
func (s *Service) Write(ctx context.Context, by access.Actor, meeting ref.ID, version int64, h Heard) error {
	return s.conduct(ctx, by, meeting, func(ctx context.Context, tx *db.Tx, t *table) error {
		if err := t.at(InSession, Ended); err != nil {
			return err
		}
		if t.Version != version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		if !t.Minutes.SecretaryAt.IsZero() {
			return problem.New(problem.Conflict, "panels.minutes_signed")
		}
		var bad problem.Fields
		bad.Reject(tooLong(h.Remarks, longestHeard), "remarks", "form.too_long", "max", longestHeard)
		for id, text := range h.Items {
			bad.Reject(tooLong(text, longestHeard), "heard."+id.String(), "form.too_long", "max", longestHeard)
		}
		if bad != nil {
			return bad.Err()
		}
		for _, i := range t.items {
			text, ok := h.Items[i.ID]
			if text = text.Trim(); !ok || text == i.Heard {
				continue
			}
			before := i
			i.Heard = text
			if err := s.saveItem(ctx, tx, by, "panels.minutes.write", before, &i); err != nil {
				return err
			}
		}
		before := t.Meeting
		t.Minutes.Remarks = h.Remarks.Trim()
		return s.saveMeeting(ctx, tx, by, "panels.minutes.write", before, &t.Meeting)
	})
}

// Sign puts the actor's name under the minutes: the secretary's first, then that of
// who presided. Signed by both they are public, and the obligation is kept.
func (s *Service) Sign(ctx context.Context, by access.Actor, meeting ref.ID) error {
	return s.conduct(ctx, by, meeting, func(ctx context.Context, tx *db.Tx, t *table) error {
		secretary, chair, err := s.signers(ctx, tx, *t)
		if err != nil {
			return err
		}
		asChair := chair.PersonID == by.UserID
		if !asChair && secretary.PersonID != by.UserID {
			return problem.New(problem.Forbidden, "panels.signers_only")
		}
		before := t.Meeting
		if err := t.sign(asChair, db.At(tx.Now())); err != nil {
			return err
		}
		if t.Stage() == Signed {
			if err := s.Obligations.Settle(ctx, tx, by, t.Ref(), OweMinutes, obligations.Kept, s.today(tx)); err != nil {
				return err
			}
		} else if err := s.tell(ctx, tx, *t, chair, NewsMinutes); err != nil {
			return err
		}
		return s.saveMeeting(ctx, tx, by, "panels.minutes.sign", before, &t.Meeting)
	})
}

// SendBack returns the minutes to the secretary, by who presided and for a reason.
func (s *Service) SendBack(ctx context.Context, by access.Actor, meeting ref.ID, why string) error {
	return s.conduct(ctx, by, meeting, func(ctx context.Context, tx *db.Tx, t *table) error {
		_, chair, err := s.signers(ctx, tx, *t)
		if err != nil {
			return err
		}
		if chair.PersonID != by.UserID {
			return problem.New(problem.Forbidden, "panels.signers_only")
		}
		before := t.Meeting
		if err := t.sendBack(strings.TrimSpace(why)); err != nil {
			return err
		}
		return s.saveMeeting(ctx, tx, by, "panels.minutes.send_back", before, &t.Meeting)
	})
}

// signers are the secretary and who presided: the chair when they were there, else
// the deputy. For who sits no more signs who has the duty today.
func (s *Service) signers(ctx context.Context, tx *db.Tx, t table) (secretary, chair BodyMember, err error) {
	here, err := presencesOf(ctx, tx, t.ID)
	were := slices.DeleteFunc(slices.Clone(t.members), func(m BodyMember) bool {
		return !m.Votes || !slices.ContainsFunc(here, func(p Presence) bool { return p.MemberID == m.ID })
	})
	secretary, _ = inDuty(t.members, Secretary)
	chair, _ = inDuty(were, Chair, Deputy)
	if !secretary.Sits(s.today(tx)) {
		secretary, _ = inDuty(t.today, Secretary)
	}
	if !chair.Sits(s.today(tx)) {
		chair, _ = inDuty(t.today, Chair, Deputy)
	}
	return secretary, chair, err
}
