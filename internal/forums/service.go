package forums

import (
	"context"
	"slices"
	"time"

	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Deps is what the room needs of those below it.
type Deps struct {
	// Zone is where days begin and end.
	Zone   *time.Location
	Places *places.Service
	Files  *files.Service
	// Tell writes to one of the people of a programme, in the transaction of the
	// release; without it nobody is written to.
	Tell func(ctx context.Context, tx *db.Tx, l Letter) error
	// Hand writes to somebody how the registration stands, in the transaction of the
	// change; without it nobody is written to.
	Hand func(ctx context.Context, tx *db.Tx, p Pass) error
	// Invite writes to somebody where the rooms of his sessions on the web are; without
	// it nobody is written to.
	Invite func(ctx context.Context, tx *db.Tx, l RoomLetter) error
	// MAC makes codes with the portal's secret, by which it knows a hall that comes home.
	MAC func(purpose string, data []byte) []byte
	// Laptop tells that this is the hall of one forum, taken along.
	Laptop bool
	// Exhibits gives the projects with these ids that everybody may see, ExhibitsOf
	// those of an organization.
	Exhibits   func(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Exhibit, error)
	ExhibitsOf func(ctx context.Context, tx *db.Tx, org ref.ID) ([]Exhibit, error)
	// Inform writes of stands and of help, in the transaction of the change; without it
	// nobody is written to.
	Inform func(ctx context.Context, tx *db.Tx, l HelpLetter) error
}

// Service is the door of the room for pages, API, jobs and commands alike.
type Service struct {
	db *db.DB
	Deps
	turns turns
}

// New makes the service.
func New(d *db.DB, deps Deps) *Service { return &Service{db: d, Deps: deps} }

// Today is the day it is on the portal.
func (s *Service) Today() db.Date { return db.DateOf(s.db.Now().In(s.Zone)) }

func (s *Service) today(tx *db.Tx) db.Date { return db.DateOf(tx.Now().In(s.Zone)) }

// ByIDs gives forums by id; those that are not there are left out.
func ByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]Forum, error) {
	out := map[ref.ID]Forum{}
	for part := range slices.Chunk(ids, 300) {
		list, err := forumsByIDs(ctx, tx, part)
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			out[f.ID] = f
		}
	}
	return out, nil
}

// ByCode gives the forum that is known from a report.
func ByCode(ctx context.Context, tx *db.Tx, code string) (Forum, bool, error) {
	return byCode(ctx, tx, code)
}

// SessionByID gives a session.
func SessionByID(ctx context.Context, tx *db.Tx, id ref.ID) (Session, error) {
	return sessionByID(ctx, tx, id)
}

// SessionsOf lists the sessions of a forum by time.
func SessionsOf(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Session, error) {
	list, err := sessionsOf(ctx, tx, forum)
	return slices.DeleteFunc(list, func(x Session) bool { return x.Dropped }), err
}

// Previous gives the forum on which this one looks back; ok is false where there is
// none.
func Previous(ctx context.Context, tx *db.Tx, f Forum) (was Forum, ok bool, err error) {
	if f.PreviousID == 0 {
		return was, false, nil
	}
	was, err = byID(ctx, tx, f.PreviousID)
	return was, err == nil, err
}

// MayKeep tells whether the actor is on the organizer's side of a forum.
func (s *Service) MayKeep(by access.Actor, f Forum) bool {
	_, ok := f.side(by, s.Places.Tree().Path(f.PlaceID))
	return ok
}

// mayKeep gives the actor in the role that lets keep the forum.
func (s *Service) mayKeep(by access.Actor, f Forum) (access.Actor, error) {
	return f.mayKeep(by, s.Places.Tree().Path(f.PlaceID))
}

// visible reads a forum that the actor may see.
func (s *Service) visible(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Forum, error) {
	f, err := byID(ctx, tx, id)
	if err == nil && !f.Public() && !s.MayKeep(by, f) {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return f, err
}

// NewForum is what somebody gives to begin a forum.
type NewForum struct {
	Plan
	Sample bool
}

// Create begins a forum as an idea that the organizer's side alone sees.
func (s *Service) Create(ctx context.Context, by access.Actor, n NewForum) (f Forum, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		f = Forum{ID: tx.NewID(), Version: 1, Plan: n.tidy(), Said: []Saying{}, Sample: n.Sample}
		if err := s.judge(ctx, tx, f); err != nil {
			return err
		}
		as, err := s.mayKeep(by, f)
		if err != nil {
			return err
		}
		if err := insert(ctx, tx, f); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "forums.create", nil, f)
	})
	return f, err
}

// judge checks the plan of a forum and everything that it names.
func (s *Service) judge(ctx context.Context, tx *db.Tx, f Forum) error {
	if err := f.check(); err != nil {
		return err
	}
	var bad problem.Fields
	_, ok := s.Places.Tree().Place(f.PlaceID)
	bad.Reject(!ok, "place", "form.unknown_choice")
	there, err := orgs.Refs(ctx, tx, []ref.ID{f.OrganizerID})
	if err != nil {
		return err
	}
	bad.Reject(there[f.OrganizerID].IsZero(), "organizer", "form.unknown_choice")
	if f.PreviousID != 0 {
		was, err := ByIDs(ctx, tx, []ref.ID{f.PreviousID})
		if err != nil {
			return err
		}
		earlier, known := was[f.PreviousID]
		bad.Reject(!known || f.PreviousID == f.ID || !earlier.Public(), "previous", "form.unknown_choice")
	}
	return bad.Err()
}

// change loads a forum, applies a rule, stores and records it. version is the one
// that the reader saw, 0 where it does not matter.
func (s *Service) change(ctx context.Context, by access.Actor, act string, id ref.ID, version int64, rule func(tx *db.Tx, f *Forum) error) (f Forum, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, as, err := s.kept(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if version != 0 && version != before.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		f = before
		if err := rule(tx, &f); err != nil {
			return err
		}
		return s.save(ctx, tx, as, act, before, &f)
	})
	return f, err
}

// save stores a changed forum and records it.
func (s *Service) save(ctx context.Context, tx *db.Tx, as access.Actor, act string, before Forum, f *Forum) error {
	f.Version++
	if err := update(ctx, tx, *f); err != nil {
		return err
	}
	return journal.Record(ctx, tx, as, act, before, *f)
}

// kept reads a forum for its organizer, with the actor in the role that allows it.
// One that is known from a report is nobody's to change.
func (s *Service) kept(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Forum, access.Actor, error) {
	f, err := s.visible(ctx, tx, by, id)
	if err != nil {
		return f, by, err
	}
	if f.Reported() {
		return f, by, problem.New(problem.Forbidden, "forums.only_organizer")
	}
	as, err := s.mayKeep(by, f)
	return f, as, err
}

// Edit changes what a forum is; its organizer stays.
func (s *Service) Edit(ctx context.Context, by access.Actor, id ref.ID, version int64, p Plan) (Forum, error) {
	return s.change(ctx, by, "forums.edit", id, version, func(tx *db.Tx, f *Forum) error {
		p.OrganizerID = f.OrganizerID
		f.Plan = p.tidy()
		if err := s.judge(ctx, tx, *f); err != nil {
			return err
		}
		_, err := s.mayKeep(by, *f) // who moves it to another place keeps it there too
		return err
	})
}

// Announce shows a forum to everybody.
func (s *Service) Announce(ctx context.Context, by access.Actor, id ref.ID) (Forum, error) {
	return s.change(ctx, by, "forums.announce", id, 0, func(tx *db.Tx, f *Forum) error {
		if f.Public() {
			return problem.New(problem.Conflict, "forums.announced_already")
		}
		f.AnnouncedOn = s.today(tx)
		return s.announcePapers(ctx, tx, by, id)
	})
}

// Archive ends the work on a forum that is over.
func (s *Service) Archive(ctx context.Context, by access.Actor, id ref.ID) (Forum, error) {
	return s.change(ctx, by, "forums.archive", id, 0, func(tx *db.Tx, f *Forum) error {
		if f.StateOn(s.today(tx)) != Finished {
			return problem.New(problem.Conflict, "forums.not_finished")
		}
		f.ArchivedOn = s.today(tx)
		return nil
	})
}

// Story is what the page of a forum tells.
type Story struct {
	Forum     Forum
	Today     db.Date
	Organizer ref.Ref // zero where it is not known
	Previous  ref.Ref
	Next      []ref.Ref // forums that look back on this one
	Sessions  []Session
	Papers    []Paper
	Past      []journal.Deed
	MayKeep   bool
}

// State is where the forum stands.
func (st Story) State() State { return st.Forum.StateOn(st.Today) }

// pastShown is how many entries the timeline of a forum shows.
const pastShown = 60

// Story tells of a forum that the actor may see.
func (s *Service) Story(ctx context.Context, by access.Actor, id ref.ID) (st Story, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		st = Story{Today: s.today(tx)}
		if st.Forum, err = s.visible(ctx, tx, by, id); err != nil {
			return err
		}
		st.MayKeep = !st.Forum.Reported() && s.MayKeep(by, st.Forum)
		names, err := orgs.Refs(ctx, tx, []ref.ID{st.Forum.OrganizerID})
		if err != nil {
			return err
		}
		st.Organizer = names[st.Forum.OrganizerID]
		was, ok, err := Previous(ctx, tx, st.Forum)
		if err != nil {
			return err
		}
		if ok {
			st.Previous = was.Ref()
		}
		next, err := nextAfter(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, f := range next {
			if f.Public() {
				st.Next = append(st.Next, f.Ref())
			}
		}
		if st.Sessions, err = s.shownSessions(ctx, tx, st.Forum); err != nil {
			return err
		}
		if st.Papers, err = papersFor(ctx, tx, id, st.MayKeep); err != nil {
			return err
		}
		st.Past, err = journal.Acts(ctx, tx, st.Forum.Ref(), pastShown)
		return err
	})
	return st, err
}

// shownSessions are the sessions that everybody may see.
func (s *Service) shownSessions(ctx context.Context, tx *db.Tx, f Forum) ([]Session, error) {
	if !f.Reported() {
		return nil, nil
	}
	return SessionsOf(ctx, tx, f.ID)
}

// Card is what lists show of a forum.
type Card struct {
	Forum
	State State
}

// List gives the forums that the actor may see: those that run or come first, then
// the past ones, the latest first.
func (s *Service) List(ctx context.Context, by access.Actor) (list []Card, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		rows, err := all(ctx, tx)
		for _, f := range rows {
			if f.Public() || s.MayKeep(by, f) {
				list = append(list, Card{f, f.StateOn(s.today(tx))})
			}
		}
		return err
	})
	slices.SortStableFunc(list, func(a, b Card) int { return a.turn() - b.turn() })
	return list, err
}

// turn is where a forum stands in the list: what runs, what comes, what is over.
func (c Card) turn() int {
	switch c.State {
	case Running:
		return 0
	case Registering:
		return 1
	case Announced, Idea:
		return 2
	}
	return 3
}

// Ahead tells that the forum runs or is still to come.
func (c Card) Ahead() bool { return c.turn() < 3 }

// Cards gives what everybody may see of the forums with these ids.
func (s *Service) Cards(ctx context.Context, ids []ref.ID) (list []Card, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		rows, err := forumsByIDs(ctx, tx, ids)
		for _, f := range rows {
			if f.Public() {
				list = append(list, Card{f, f.StateOn(s.today(tx))})
			}
		}
		return err
	})
	return list, err
}

// OrgRefs names organizations.
func (s *Service) OrgRefs(ctx context.Context, ids []ref.ID) (names map[ref.ID]ref.Ref, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		names, err = orgs.Refs(ctx, tx, ids)
		return err
	})
	return names, err
}
