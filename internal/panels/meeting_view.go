package panels

import (
	"context"
	"slices"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/todo"
)

// MeetingView is a meeting as a reader sees it.
type MeetingView struct {
	Meeting
	Body  Body
	Items []Item
	// Members are who sits on the day; names, posts and organizations are there only
	// as far as the reader may know them.
	Members []Sitter
	Named   bool
	// Here is who is there now, by member; Came who was there at any time, with the
	// times. Both are for the inside until the minutes are signed.
	Here map[ref.ID]Presence
	Came []Presence
	// Recused are the members who take no part, by item; Mine is the reader's own
	// recusal with its reason.
	Recused map[ref.ID][]ref.ID
	Mine    map[ref.ID]Recusal
	// Voted are the members who have voted on the item that runs; Choice is the
	// reader's own vote. How others vote is shown when the item is closed.
	Voted  map[ref.ID]bool
	Choice Choice
	// Now is what the rules make of who is there.
	Now Count
	// Me is the reader's own seat, without id for others.
	Me BodyMember
	// AgendaBy is the last day on which the agenda can come out as the rules ask, zero
	// where they ask for nothing; Short tells that it has passed.
	AgendaBy db.Date
	Short    bool
	// Keeps, Plans and Conducts are the reader's rights.
	Keeps, Plans, Conducts bool
	// SignsFirst and SignsLast tell that the minutes wait for the reader.
	SignsFirst, SignsLast bool
}

// Inside tells that the reader sits in the body or keeps it.
func (v MeetingView) Inside() bool { return v.Me.ID != 0 || v.Keeps }

// Open tells that what happened is public: both have signed.
func (v MeetingView) Open() bool { return v.Stage() == Signed }

// Member finds a member by id.
func (v MeetingView) Member(id ref.ID) (Sitter, bool) {
	i := slices.IndexFunc(v.Members, func(m Sitter) bool { return m.ID == id })
	if i < 0 {
		return Sitter{}, false
	}
	return v.Members[i], true
}

// Running is the item on which votes are cast.
func (v MeetingView) Running() (Item, bool) {
	i := slices.IndexFunc(v.Items, Item.Running)
	if i < 0 {
		return Item{}, false
	}
	return v.Items[i], true
}

// MayVote tells that the reader can vote on the item that runs.
func (v MeetingView) MayVote() bool {
	i, runs := v.Running()
	_, here := v.Here[v.Me.ID]
	return runs && v.Me.Votes && here && !slices.Contains(v.Recused[i.ID], v.Me.ID)
}

// Meeting gives a meeting as the actor may see it; one that is only planned is
// found by the body and its owner alone.
func (s *Service) Meeting(ctx context.Context, by access.Actor, id ref.ID) (v MeetingView, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		t, err := s.tableIn(ctx, tx, id)
		if err != nil {
			return err
		}
		v = s.viewOf(by, t)
		if !t.Public() && !v.Inside() {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		today := s.today(tx)
		v.AgendaBy = s.agendaBy(t.Meeting)
		v.Short = !v.AgendaBy.IsZero() && today.After(v.AgendaBy)
		if v.Members, err = s.withNames(ctx, tx, t.members, v.Inside(), today); err != nil {
			return err
		}
		v.Named = v.Inside() || s.namesPublic(today)
		if err := s.happened(ctx, tx, t, &v); err != nil {
			return err
		}
		secretary, chair, err := s.signers(ctx, tx, t)
		mine := func(m BodyMember) bool { return by.SignedIn() && m.PersonID == by.UserID && t.Stage() == Ended }
		v.SignsFirst = mine(secretary) && t.Minutes.SecretaryAt.IsZero()
		v.SignsLast = mine(chair) && !t.Minutes.SecretaryAt.IsZero()
		return err
	})
	if err == nil && v.Inside() {
		s.looked(by, v.Members, v.Ref().Path)
	}
	if err == nil && !v.Inside() {
		v.hide()
	}
	return v, err
}

// viewOf is what the rights of a reader make of a table.
func (s *Service) viewOf(by access.Actor, t table) MeetingView {
	v := MeetingView{Meeting: t.Meeting, Body: t.body, Items: t.items, Here: map[ref.ID]Presence{}, Recused: map[ref.ID][]ref.ID{},
		Mine: map[ref.ID]Recusal{}, Voted: map[ref.ID]bool{}}
	v.Me, _ = memberOf(t.members, by.UserID)
	if v.Me.ID == 0 && !t.ClosedAt.IsZero() {
		v.Me, _ = memberOf(t.today, by.UserID)
	}
	_, err := mayKeep(by, t.body, s.Places.Tree().Path(t.body.PlaceID))
	v.Keeps = err == nil
	v.Conducts = t.mayConduct(by) == nil
	v.Plans = v.Keeps || v.Conducts
	return v
}

// happened reads who is there, who is recused and who has voted.
func (s *Service) happened(ctx context.Context, tx *db.Tx, t table, v *MeetingView) (err error) {
	if v.Came, err = presencesOf(ctx, tx, t.ID); err != nil {
		return err
	}
	for _, p := range v.Came {
		if p.Left.IsZero() {
			v.Here[p.MemberID] = p
		}
	}
	recused, err := recusalsOf(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	for _, r := range recused {
		v.Recused[r.ItemID] = append(v.Recused[r.ItemID], r.MemberID)
		if r.MemberID == v.Me.ID {
			v.Mine[r.ItemID] = r
		}
	}
	i, runs := v.Running()
	if !runs {
		v.Now = t.Rules.Count(rollOf(t.members, v.Came, nil, nil))
		return nil
	}
	votes, err := votesOn(ctx, tx, i.ID)
	for _, x := range votes {
		v.Voted[x.MemberID] = true
		if x.MemberID == v.Me.ID {
			v.Choice = x.Choice
		}
	}
	v.Now = t.Rules.Count(rollOf(t.members, v.Came, slices.DeleteFunc(recused, func(r Recusal) bool { return r.ItemID != i.ID }), nil))
	return err
}

// hide takes from a view what only the inside sees, and until the minutes are
// signed how members voted.
func (v *MeetingView) hide() {
	v.Link, v.Minutes.Objection = "", ""
	v.Mine, v.Voted = nil, nil
	if v.Open() {
		return
	}
	v.Here, v.Came, v.Recused, v.Minutes.Remarks, v.Now = nil, nil, nil, i18n.Text{}, Count{}
	v.Items = slices.Clone(v.Items)
	for i := range v.Items {
		v.Items[i].Roll, v.Items[i].Heard = nil, i18n.Text{}
	}
}

// waitingMeetings lists what waits for the actor in the meetings of the bodies in
// which they sit.
func (s *Service) waitingMeetings(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
	if !by.SignedIn() {
		return nil, nil
	}
	seats, err := membershipsOf(ctx, tx, by.UserID)
	if err != nil || len(seats) == 0 {
		return nil, err
	}
	bodies := make([]ref.ID, len(seats))
	for i, m := range seats {
		bodies[i] = m.BodyID
	}
	list, err := liveMeetings(ctx, tx, bodies)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		some, err := s.waitingAt(ctx, tx, by, m)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// waitingAt is what one meeting waits for from the actor.
func (s *Service) waitingAt(ctx context.Context, tx *db.Tx, by access.Actor, m Meeting) (out []todo.Task, err error) {
	t, err := s.tableIn(ctx, tx, m.ID)
	if err != nil {
		return nil, err
	}
	v := s.viewOf(by, t)
	wait := func(act, page string, since db.Time) {
		out = append(out, todo.Task{Act: act, Thing: m.Ref(), Path: m.Ref().Path + page, Since: db.DateOf(since.In(s.Zone))})
	}
	switch m.Stage() {
	case Planned:
		if v.Conducts {
			wait("panels.meeting.invite", "", db.At(m.ID.Time()))
		}
	case Invited:
		if v.Conducts && !s.today(tx).Before(s.day(m)) {
			wait("panels.meeting.begin", "/room", m.StartsAt)
		}
	case InSession:
		if err := s.happened(ctx, tx, t, &v); err != nil {
			return nil, err
		}
		if i, _ := v.Running(); v.MayVote() && v.Choice == "" {
			wait("panels.vote", "/room", i.OpenedAt)
		}
	case Ended:
		secretary, chair, err := s.signers(ctx, tx, t)
		if err != nil {
			return nil, err
		}
		signed := m.Minutes.SecretaryAt
		switch {
		case signed.IsZero() && secretary.PersonID == by.UserID:
			wait("panels.minutes.write", "/minutes", m.ClosedAt)
		case !signed.IsZero() && chair.PersonID == by.UserID:
			wait("panels.minutes.sign", "/minutes", signed)
		}
	}
	return out, nil
}

// MemberHolder declares what meetings keep of natural persons: of the members of
// bodies.
func (s *Service) MemberHolder() accounts.Holder {
	field := func(table, column, purpose, ground, keep string) accounts.PersonalField {
		return accounts.PersonalField{Table: table, Column: column, Whose: "panels.whose.member", Purpose: "panels.purpose." + purpose,
			Ground: "accounts.ground." + ground, Keep: "panels.keep." + keep}
	}
	return accounts.Holder{
		Fields: []accounts.PersonalField{
			field("panel_members", "person_id", "body", "law", "account"),
			field("panel_members", "post", "body", "law", "account"),
			field("panel_members", "org_id", "conflicts", "law", "account"),
			field("panel_presences", "member_id", "minutes", "law", "minutes"),
			field("panel_votes", "choice", "minutes", "law", "minutes"),
			field("panel_recusals", "reason", "conflicts", "law", "account"),
		},
		Copy:  s.copyOfMember,
		Erase: s.eraseMember,
	}
}

// copyOfMember is what meetings keep of a person.
func (s *Service) copyOfMember(ctx context.Context, tx *db.Tx, person ref.ID) (map[string]any, error) {
	seats, err := membershipsOf(ctx, tx, person)
	if err != nil || len(seats) == 0 {
		return nil, err
	}
	votes, recusals := []Vote{}, []Recusal{}
	for _, m := range seats {
		some, err := votesOfMember(ctx, tx, m.ID)
		if err != nil {
			return nil, err
		}
		kept, err := recusalsOfMember(ctx, tx, m.ID)
		if err != nil {
			return nil, err
		}
		votes, recusals = append(votes, some...), append(recusals, kept...)
	}
	return map[string]any{"body_seats": seats, "body_votes": votes, "body_recusals": recusals}, nil
}

// eraseMember removes a person: the seats end and name nobody, the reasons of
// recusals go; votes stay under the number of the seat.
func (s *Service) eraseMember(ctx context.Context, tx *db.Tx, by access.Actor, person ref.ID) error {
	seats, err := membershipsOf(ctx, tx, person)
	if err != nil {
		return err
	}
	for _, m := range seats {
		kept, err := recusalsOfMember(ctx, tx, m.ID)
		if err != nil {
			return err
		}
		for _, r := range kept {
			r.Reason = ""
			if err := updateRecusal(ctx, tx, r); err != nil {
				return err
			}
			r.Version++
			if err := s.recordErased(ctx, tx, by, r); err != nil {
				return err
			}
		}
		m.PersonID, m.OrgID, m.Post = 0, 0, i18n.Text{}
		if today := s.today(tx); m.Until.IsZero() || m.Until.After(today) {
			m.Until = db.Date{}
			if !today.Before(m.Since) {
				m.Until = today
			}
		}
		if err := updateMember(ctx, tx, m); err != nil {
			return err
		}
		m.Version++
		if err := s.recordErased(ctx, tx, by, m); err != nil {
			return err
		}
	}
	return nil
}

// recordErased removes what entries tell of a thing, and tells what is left.
func (s *Service) recordErased(ctx context.Context, tx *db.Tx, by access.Actor, thing journal.Thing) error {
	if err := journal.EraseThings(ctx, tx, by, "panels.member.erased", thing.Ref()); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "panels.member.erase", nil, thing)
}
