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
)

// SetUp makes a body.
func (s *Service) SetUp(ctx context.Context, by access.Actor, n NewBody) (b Body, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		n.Name, n.About = n.Name.Trim(), n.About.Trim()
		b = Body{ID: tx.NewID(), Version: 1, Owner: n.Owner, PlaceID: n.PlaceID, Kind: n.Kind, Name: n.Name, About: n.About, Rules: n.Rules,
			SetUp: s.today(tx), Closed: n.Closed, Sample: n.Sample}
		if err := n.check(s.placed(n.PlaceID), b.SetUp); err != nil {
			return err
		}
		as, err := mayKeep(by, b, s.Places.Tree().Path(b.PlaceID))
		if err != nil {
			return err
		}
		if err := insertBody(ctx, tx, b); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "panels.body.set_up", nil, b)
	})
	return b, err
}

func (s *Service) placed(id ref.ID) bool {
	_, ok := s.Places.Tree().Place(id)
	return ok
}

// EditBody changes what a body is and by which rules it meets from its next
// planned meeting on; the owner stays.
func (s *Service) EditBody(ctx context.Context, by access.Actor, id ref.ID, version int64, n NewBody) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		b, as, err := s.keptBody(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if b.Version != version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		n.Owner, n.Name, n.About = b.Owner, n.Name.Trim(), n.About.Trim()
		if err := n.check(s.placed(n.PlaceID), b.SetUp); err != nil {
			return err
		}
		before := b
		b.PlaceID, b.Kind, b.Name, b.About, b.Rules, b.Closed = n.PlaceID, n.Kind, n.Name, n.About, n.Rules, n.Closed
		if _, err := mayKeep(by, b, s.Places.Tree().Path(b.PlaceID)); err != nil {
			return err // who moves a body to another place keeps it there too
		}
		if err := updateBody(ctx, tx, b); err != nil {
			return err
		}
		b.Version++
		return journal.Record(ctx, tx, as, "panels.body.edit", before, b)
	})
}

// keptBody reads a body for who keeps it, with the actor in the role that allows it.
func (s *Service) keptBody(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Body, access.Actor, error) {
	b, err := bodyByID(ctx, tx, id)
	if err != nil {
		return b, by, err
	}
	as, err := mayKeep(by, b, s.Places.Tree().Path(b.PlaceID))
	return b, as, err
}

// Seat gives somebody with an account a seat in a body.
func (s *Service) Seat(ctx context.Context, by access.Actor, body ref.ID, n NewMember) (m BodyMember, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		b, as, err := s.keptBody(ctx, tx, by, body)
		if err != nil {
			return err
		}
		members, err := membersOf(ctx, tx, body)
		if err != nil {
			return err
		}
		who, found, err := accounts.PersonByEmailIn(ctx, tx, n.Email)
		if err != nil {
			return err
		}
		m = n.seat(BodyMember{ID: tx.NewID(), Version: 1, BodyID: body, No: 1})
		if found {
			m.PersonID = who.ID
		}
		if len(members) > 0 {
			m.No = members[len(members)-1].No + 1
		}
		if err := m.check(b.Kind, members); err != nil {
			return err
		}
		if err := insertMember(ctx, tx, m); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "panels.member.seat", nil, m)
	})
	if err == nil {
		s.Accounts.Looked(by, m.PersonID, Body{ID: body}.Ref().Path)
	}
	return m, err
}

// Reseat changes duty, term or organization of a member; a term that is over stays
// as it was.
func (s *Service) Reseat(ctx context.Context, by access.Actor, member ref.ID, version int64, n NewMember) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := memberByID(ctx, tx, member)
		if err != nil {
			return err
		}
		b, as, err := s.keptBody(ctx, tx, by, m.BodyID)
		if err != nil {
			return err
		}
		if m.Version != version || m.PersonID == 0 {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		if !m.Until.IsZero() && m.Until.Before(s.today(tx)) {
			return problem.New(problem.Conflict, "panels.term_over")
		}
		members, err := membersOf(ctx, tx, m.BodyID)
		if err != nil {
			return err
		}
		before := m
		m = n.seat(m)
		if err := m.check(b.Kind, members); err != nil {
			return err
		}
		if err := updateMember(ctx, tx, m); err != nil {
			return err
		}
		m.Version++
		return journal.Record(ctx, tx, as, "panels.member.reseat", before, m)
	})
}

// BodyIn reads a body in the transaction of another room.
func (s *Service) BodyIn(ctx context.Context, tx *db.Tx, id ref.ID) (Body, error) {
	return bodyByID(ctx, tx, id)
}

// BodiesIn lists the bodies of an organization in the transaction of another room;
// all bodies when owner is 0. The newest comes first.
func (s *Service) BodiesIn(ctx context.Context, tx *db.Tx, owner ref.ID) ([]Body, error) {
	return bodiesOf(ctx, tx, owner)
}

// Bodies lists the bodies of an organization, all when owner is 0.
func (s *Service) Bodies(ctx context.Context, owner ref.ID) (list []Body, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = bodiesOf(ctx, tx, owner)
		return err
	})
	return list, err
}

// Sitter is a member with the name, where the reader may know it.
type Sitter struct {
	BodyMember
	Name string
}

// BodyView is a body as a reader sees it.
type BodyView struct {
	Body
	// Members are those who sit today, Past those who did; posts, organizations and
	// names are there only as far as the reader may know them.
	Members, Past []Sitter
	// Named tells that the names are shown.
	Named bool
	// Meetings are those that the reader may see, the newest first.
	Meetings []Meeting
	// Quorum is the percentage that holds for a meeting planned today.
	Quorum int
	// Notice is how many working days before such a meeting its agenda must be out, 0
	// where nobody asks it.
	Notice int
	// Keeps, Sits and Plans tell that the reader keeps the body, sits in it, and may
	// plan its meetings.
	Keeps, Sits, Plans bool
}

// Member finds a member by id.
func (v BodyView) Member(id ref.ID) (Sitter, bool) {
	for _, m := range append(slices.Clone(v.Members), v.Past...) {
		if m.ID == id {
			return m, true
		}
	}
	return Sitter{}, false
}

// Body gives a body as the actor may see it.
func (s *Service) Body(ctx context.Context, by access.Actor, id ref.ID) (v BodyView, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if v.Body, err = bodyByID(ctx, tx, id); err != nil {
			return err
		}
		members, err := membersOf(ctx, tx, id)
		if err != nil {
			return err
		}
		today := s.today(tx)
		v.Quorum, v.Notice = s.quorum(v.Body, today), s.notice(v.Body, today)
		v.Keeps, v.Sits = s.inside(by, v.Body, members, today)
		v.Plans = v.Keeps || conducts(sitting(members, today), by)
		all, err := s.withNames(ctx, tx, members, v.Keeps || v.Sits, today)
		if err != nil {
			return err
		}
		v.Named = v.Keeps || v.Sits || s.namesPublic(today)
		for i, m := range all {
			if members[i].Sits(today) {
				v.Members = append(v.Members, m)
			} else {
				v.Past = append(v.Past, m)
			}
		}
		if v.Meetings, err = meetingsOf(ctx, tx, id); err != nil {
			return err
		}
		v.Meetings = slices.DeleteFunc(v.Meetings, func(m Meeting) bool { return !m.Public() && !v.Keeps && !v.Sits })
		return nil
	})
	if err == nil && (v.Keeps || v.Sits) {
		s.looked(by, v.Members, v.Ref().Path)
	}
	return v, err
}

// inside tells that somebody keeps a body, and that they sit in it.
func (s *Service) inside(by access.Actor, b Body, members []BodyMember, on db.Date) (keeps, sits bool) {
	_, err := mayKeep(by, b, s.Places.Tree().Path(b.PlaceID))
	_, sits = memberOf(sitting(members, on), by.UserID)
	return err == nil, sits
}

// looked notes that somebody saw names of members who are not public.
func (s *Service) looked(by access.Actor, list []Sitter, where string) {
	if s.namesPublic(s.Today()) {
		return
	}
	for _, m := range list {
		if m.PersonID != 0 && m.PersonID != by.UserID {
			s.Accounts.Looked(by, m.PersonID, where)
		}
	}
}

// namesPublic tells that everybody may know the members by the norm of a day.
func (s *Service) namesPublic(on db.Date) bool {
	n, ok := s.Norms.Book().Norm(NormNames, on)
	return ok && n.Value.N > 0
}

// withNames gives members with their names, as far as the norm or the reader's place
// inside allows.
func (s *Service) withNames(ctx context.Context, tx *db.Tx, members []BodyMember, inside bool, on db.Date) ([]Sitter, error) {
	show := inside || s.namesPublic(on)
	out := make([]Sitter, len(members))
	for i, m := range members {
		out[i].BodyMember = m
		if !show {
			out[i].PersonID, out[i].OrgID, out[i].Post = 0, 0, i18n.Text{}
			continue
		}
		if m.PersonID == 0 {
			continue
		}
		p, err := accounts.PersonIn(ctx, tx, m.PersonID)
		if err != nil {
			return nil, err
		}
		out[i].Name = p.Name
	}
	return out, nil
}

// quorum is how many percent must be present by the body's own rule or the norm;
// everybody, where neither says it.
func (s *Service) quorum(b Body, on db.Date) int {
	if b.Rules.Quorum > 0 {
		return b.Rules.Quorum
	}
	if n, ok := s.Norms.Book().Norm(b.Kind.quorumNorm(), on); ok {
		return int(n.Value.N)
	}
	return 100
}

// notice is how many working days before a meeting its agenda must be out by the body's
// own rule or the norm; 0, where neither says it.
func (s *Service) notice(b Body, on db.Date) int {
	if b.Rules.Notice > 0 {
		return b.Rules.Notice
	}
	if n, ok := s.Norms.Book().Norm(b.Kind.noticeNorm(), on); ok {
		return int(n.Value.N)
	}
	return 0
}
