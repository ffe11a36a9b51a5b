package forums

import (
	"context"
	"slices"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Planning is what the organizer sees while the programme is made.
type Planning struct {
	Forum    Forum
	Sessions []Session
	Rooms    []Room
	Tracks   []Track
	Clashes  []Clash
	Releases []Release // the newest first
	// Pending is what the next release would change.
	Pending []Change
}

// Session finds a session of the programme.
func (p Planning) Session(id ref.ID) (Session, bool) {
	i := slices.IndexFunc(p.Sessions, func(s Session) bool { return s.ID == id })
	if i < 0 {
		return Session{}, false
	}
	return p.Sessions[i], true
}

// Planning gives the programme to the organizer's side.
func (s *Service) Planning(ctx context.Context, by access.Actor, forum ref.ID) (p Planning, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		f, _, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		p, err = planningOf(ctx, tx, f)
		return err
	})
	return p, err
}

func planningOf(ctx context.Context, tx *db.Tx, f Forum) (p Planning, err error) {
	p.Forum = f
	if p.Sessions, err = SessionsOf(ctx, tx, f.ID); err != nil {
		return p, err
	}
	if p.Rooms, err = roomsOf(ctx, tx, f.ID); err != nil {
		return p, err
	}
	if p.Tracks, err = tracksOf(ctx, tx, f.ID); err != nil {
		return p, err
	}
	if p.Releases, err = releasesOf(ctx, tx, f.ID); err != nil {
		return p, err
	}
	var last []Slot
	if len(p.Releases) > 0 {
		last = p.Releases[0].Slots
	}
	p.Clashes, p.Pending = Clashes(p.Sessions), changes(last, slots(p.Sessions, p.Rooms, p.Tracks))
	return p, nil
}

// AddRoom adds a hall or an online room.
func (s *Service) AddRoom(ctx context.Context, by access.Actor, m Room) (Room, error) {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		_, as, err := s.kept(ctx, tx, by, m.ForumID)
		if err != nil {
			return err
		}
		m.ID, m.Version, m.Name = tx.NewID(), 1, m.Name.Trim()
		if err := m.check(); err != nil {
			return err
		}
		if err := insertRoom(ctx, tx, m); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "forums.room.add", nil, m)
	})
	return m, err
}

// AddTrack adds a line of sessions.
func (s *Service) AddTrack(ctx context.Context, by access.Actor, forum ref.ID, name i18n.Text) (k Track, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		_, as, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		k = Track{ID: tx.NewID(), Version: 1, ForumID: forum, Name: name.Trim()}
		if k.Name.IsZero() {
			return problem.Fields{"name": {Key: "form.required"}}.Err()
		}
		if err := insertTrack(ctx, tx, k); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "forums.track.add", nil, k)
	})
	return k, err
}

// NewSession is what the organizer gives of a session.
type NewSession struct {
	SessionPlan
	People []Person
}

// PlanSession adds a session, or changes the one with the id as it was at a version.
func (s *Service) PlanSession(ctx context.Context, by access.Actor, forum, id ref.ID, version int64, n NewSession) (x Session, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		f, as, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		n = n.tidy()
		if err := s.judgeSession(ctx, tx, f, n); err != nil {
			return err
		}
		if id == 0 {
			x = Session{ID: tx.NewID(), Version: 1, ForumID: forum, SessionPlan: n.SessionPlan, People: n.People}
			if err := insertSession(ctx, tx, x); err != nil {
				return err
			}
			return journal.Record(ctx, tx, as, "forums.session.plan", nil, x)
		}
		x, err = s.changeSession(ctx, tx, as, "forums.session.plan", forum, id, version, func(x *Session) { x.SessionPlan, x.People = n.SessionPlan, n.People })
		if err != nil {
			return err
		}
		return s.fillSession(ctx, tx, x)
	})
	return x, err
}

// DropSession takes a session off the programme.
func (s *Service) DropSession(ctx context.Context, by access.Actor, forum, id ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, as, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		_, err = s.changeSession(ctx, tx, as, "forums.session.drop", forum, id, 0, func(x *Session) { x.Dropped = true })
		return err
	})
}

func (s *Service) changeSession(ctx context.Context, tx *db.Tx, as access.Actor, act string, forum, id ref.ID, version int64, change func(x *Session)) (Session, error) {
	x, err := sessionByID(ctx, tx, id)
	if err != nil {
		return x, err
	}
	if x.ForumID != forum || x.Dropped {
		return x, problem.New(problem.NotFound, "problem.not_found")
	}
	if version != 0 && version != x.Version {
		return x, problem.New(problem.Conflict, "problem.changed_meanwhile")
	}
	before := x
	change(&x)
	x.Version++
	if err := updateSession(ctx, tx, x); err != nil {
		return x, err
	}
	return x, journal.Record(ctx, tx, as, act, before, x)
}

func (n NewSession) tidy() NewSession {
	n.Title, n.About = n.Title.Trim(), n.About.Trim()
	people := []Person{}
	for _, p := range n.People {
		if p.Name = strings.TrimSpace(p.Name); p.Name != "" {
			people = append(people, p)
		}
	}
	n.People = people
	return n
}

// judgeSession checks a session and that its room and track are the forum's.
func (s *Service) judgeSession(ctx context.Context, tx *db.Tx, f Forum, n NewSession) error {
	if err := n.check(n.People, f, db.DateOf(n.Starts.In(s.Zone)), db.DateOf(n.Ends.In(s.Zone))); err != nil {
		return err
	}
	p, err := planningOf(ctx, tx, f)
	if err != nil {
		return err
	}
	var bad problem.Fields
	bad.Reject(n.RoomID != 0 && !slices.ContainsFunc(p.Rooms, func(m Room) bool { return m.ID == n.RoomID }), "room", "form.unknown_choice")
	bad.Reject(n.TrackID != 0 && !slices.ContainsFunc(p.Tracks, func(k Track) bool { return k.ID == n.TrackID }), "track", "form.unknown_choice")
	return bad.Err()
}

// Letter is what one person is told of changes of the programme.
type Letter struct {
	Forum   Forum
	Person  Person
	Changes []Told
}

// Told is a change with the session as it is now.
type Told struct {
	Change
	Now Slot // the zero slot when it was taken off
}

// ReleaseProgramme gives out the programme as it is planned. Those whom a change
// touches are told, each once, and nobody else.
func (s *Service) ReleaseProgramme(ctx context.Context, by access.Actor, forum ref.ID) (l Release, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		f, as, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		if !f.Public() {
			return problem.New(problem.Conflict, "forums.announce_first")
		}
		p, err := planningOf(ctx, tx, f)
		if err != nil {
			return err
		}
		if len(p.Pending) == 0 {
			return problem.New(problem.Conflict, "forums.nothing_to_release")
		}
		before := f
		f.ProgrammeNo++
		l = Release{ID: tx.NewID(), Version: 1, ForumID: forum, No: f.ProgrammeNo, At: db.At(tx.Now()), Slots: slots(p.Sessions, p.Rooms, p.Tracks), Changes: []Change{}}
		if l.No > 1 {
			l.Changes = p.Pending
		}
		if err := insertRelease(ctx, tx, l); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, as, "forums.programme.release", nil, l); err != nil {
			return err
		}
		if err := s.save(ctx, tx, as, "forums.programme.number", before, &f); err != nil {
			return err
		}
		if err := s.tellTouched(ctx, tx, f, l); err != nil {
			return err
		}
		return s.linksLater(ctx, tx, f)
	})
	return l, err
}

// tellTouched writes to the people of the sessions that a release changes.
func (s *Service) tellTouched(ctx context.Context, tx *db.Tx, f Forum, l Release) error {
	if s.Tell == nil {
		return nil
	}
	everything, err := sessionsOf(ctx, tx, f.ID)
	if err != nil {
		return err
	}
	for _, letter := range letters(f, l, everything) {
		if err := s.Tell(ctx, tx, letter); err != nil {
			return err
		}
	}
	return nil
}

// letters are what the people of the changed sessions are told, a letter for each
// address. Of the first release nobody is told.
func letters(f Forum, l Release, list []Session) (out []Letter) {
	for _, c := range l.Changes {
		i := slices.IndexFunc(list, func(s Session) bool { return s.ID == c.SessionID })
		if i < 0 {
			continue
		}
		told := Told{Change: c}
		if j := slices.IndexFunc(l.Slots, func(x Slot) bool { return x.SessionID == c.SessionID }); j >= 0 {
			told.Now = l.Slots[j]
		}
		for _, p := range list[i].People {
			if p.Email == "" {
				continue
			}
			at := slices.IndexFunc(out, func(x Letter) bool { return x.Person.same(p) })
			if at < 0 {
				at, out = len(out), append(out, Letter{Forum: f, Person: p})
			}
			out[at].Changes = append(out[at].Changes, told)
		}
	}
	return out
}

// Programme is what everybody sees of a programme.
type Programme struct {
	Forum    Forum
	Releases []Release // the newest first; none while nothing was given out
	// Named are the people of a session who agreed to stand on the programme.
	Named map[ref.ID][]Person
}

// Slots are the sessions of the newest release.
func (p Programme) Slots() []Slot {
	if len(p.Releases) == 0 {
		return nil
	}
	return p.Releases[0].Slots
}

// Programme gives the programme that was given out.
func (s *Service) Programme(ctx context.Context, by access.Actor, forum ref.ID) (p Programme, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if p.Forum, err = s.visible(ctx, tx, by, forum); err != nil {
			return err
		}
		if p.Releases, err = releasesOf(ctx, tx, forum); err != nil {
			return err
		}
		list, err := sessionsOf(ctx, tx, forum)
		p.Named = named(list)
		return err
	})
	return p, err
}

// named keeps of the people of sessions those who agreed, without their addresses.
func named(list []Session) map[ref.ID][]Person {
	out := map[ref.ID][]Person{}
	for _, s := range list {
		for _, p := range s.People {
			if p.Consented {
				out[s.ID] = append(out[s.ID], Person{Duty: p.Duty, Name: p.Name, From: p.From})
			}
		}
	}
	return out
}
