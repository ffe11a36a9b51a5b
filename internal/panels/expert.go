package panels

import (
	"cmp"
	"context"
	"slices"

	"birge/internal/accounts"
	"birge/internal/norms"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindExpert is the kind of the ref of a member of the pool.
const KindExpert = "panel_expert"

// Expert is somebody in the pool: a person who holds the role of an expert and has
// said what they know. Nothing of it is public.
type Expert struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	// PersonID is 0 once the person was erased.
	PersonID ref.ID `json:"person_id"`
	Profile
	// PausedOn is since when the expert is not drawn, by their own wish or an
	// officer's; no date while they are.
	PausedOn db.Date `json:"paused_on"`
	JoinedOn db.Date `json:"joined_on"`
	Sample   bool    `json:"sample"`
}

// Profile is what an expert says of themselves.
type Profile struct {
	PlaceID    ref.ID      `json:"place_id"`
	EmployerID ref.ID      `json:"employer_id"`
	Spheres    []string    `json:"spheres"` // codes of the list sphere
	Langs      []i18n.Lang `json:"langs"`   // which the expert reads
	// Most is how many works at most the expert takes in one panel; 0 is no bound.
	Most int `json:"most"`
}

// Ref names the expert by id alone.
func (e Expert) Ref() ref.Ref {
	return ref.Ref{Kind: KindExpert, ID: e.ID, Path: "/desk/experts/" + e.ID.String()}
}

// JournalVersion is the version of the row.
func (e Expert) JournalVersion() int64 { return e.Version }

// Public is never true of an expert.
func (e Expert) Public() bool { return false }

// Drawn tells that the expert can be drawn.
func (e Expert) Drawn() bool { return e.PausedOn.IsZero() && e.PersonID != 0 }

const mostWorks = 1000

// check judges a profile and puts it in order.
func (p Profile) check(knows func(list, code string) bool, placed bool) (Profile, error) {
	var bad problem.Fields
	p.Spheres = slices.Compact(slices.Sorted(slices.Values(p.Spheres)))
	for _, code := range p.Spheres {
		bad.Reject(!knows(norms.Spheres, code), "spheres", "form.unknown_choice")
	}
	bad.Reject(len(p.Spheres) == 0, "spheres", "panels.spheres_missing")
	bad.Reject(len(p.Langs) == 0, "langs", "panels.langs_missing")
	bad.Reject(p.Most < 0 || p.Most > mostWorks, "most", "panels.most_wrong", "max", mostWorks)
	bad.Reject(p.PlaceID != 0 && !placed, "place", "form.unknown_choice")
	return p, bad.Err()
}

// poolScopes are the scopes of an expert's role that belong to the pool of a panel:
// its funder, its place and the places around, and the whole portal.
func (s *Service) poolScopes(p Panel) []ref.ID {
	return append([]ref.ID{0, p.FunderID}, s.Places.Tree().Path(p.PlaceID)...)
}

// keeps are the scopes whose pool the actor keeps: officers, of their places and
// what lies in them; funders, of their organizations; all is the whole portal.
func (s *Service) keeps(by access.Actor) (scopes []ref.ID, all bool) {
	if by.IsPortal() || by.Has(access.Admin) || slices.Contains(by.Scopes(access.Officer), 0) {
		return nil, true
	}
	if offices := by.Scopes(access.Officer); len(offices) > 0 {
		scopes = s.Places.Tree().Below(offices...)
	}
	return append(scopes, by.Scopes(access.Funder)...), false
}

// Member is an expert of the pool as who keeps it sees them.
type Member struct {
	Expert
	Name string
	// Load is how many works wait for the expert.
	Load int
}

// Pool lists the experts whom the actor keeps, in the order of their names, and
// how many people hold the role of an expert but have not said what they know.
func (s *Service) Pool(ctx context.Context, by access.Actor) (members []Member, silent int, err error) {
	scopes, all := s.keeps(by)
	if len(scopes) == 0 && !all {
		return nil, 0, problem.New(problem.Forbidden, "panels.pool_keepers_only")
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		people, err := s.holders(ctx, tx, scopes, all)
		if err != nil {
			return err
		}
		members, err = s.members(ctx, tx, people)
		silent = len(people) - len(members)
		return err
	})
	for _, m := range members {
		s.Accounts.Looked(by, m.PersonID, "/desk/experts")
	}
	return members, silent, err
}

// holders lists who holds the role of an expert for one of the scopes.
func (s *Service) holders(ctx context.Context, tx *db.Tx, scopes []ref.ID, all bool) (out []accounts.Person, err error) {
	if all {
		return accounts.AllHolders(ctx, tx, access.Expert)
	}
	for some := range slices.Chunk(scopes, step) {
		people, err := accounts.Holders(ctx, tx, access.Expert, some...)
		if err != nil {
			return nil, err
		}
		out = append(out, people...)
	}
	slices.SortFunc(out, func(a, b accounts.Person) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(out, func(a, b accounts.Person) bool { return a.ID == b.ID }), nil
}

func (s *Service) members(ctx context.Context, tx *db.Tx, people []accounts.Person) ([]Member, error) {
	ids, names := make([]ref.ID, len(people)), map[ref.ID]string{}
	for i, p := range people {
		ids[i], names[p.ID] = p.ID, p.Name
	}
	experts, err := expertsOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	load, err := loads(ctx, tx)
	out := make([]Member, len(experts))
	for i, e := range experts {
		out[i] = Member{e, names[e.PersonID], load[e.ID]}
	}
	slices.SortFunc(out, func(a, b Member) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return out, err
}

// Me gives the actor's own entry of the pool; ok is false when they hold the role
// and have not said what they know.
func (s *Service) Me(ctx context.Context, by access.Actor) (e Expert, ok bool, err error) {
	if !by.HasAny(access.Expert) {
		return e, false, problem.New(problem.NotFound, "problem.not_found")
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		e, ok, err = expertOf(ctx, tx, by.UserID)
		return err
	})
	return e, ok, err
}

// Present is an expert saying what they know: the first time they join the pool.
// version is that of the entry that was read, 0 for none.
func (s *Service) Present(ctx context.Context, by access.Actor, version int64, p Profile) (e Expert, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		e, err = s.PresentIn(ctx, tx, by, version, p, false)
		return err
	})
	return e, err
}

// PresentIn is Present in somebody's transaction: of the sample.
func (s *Service) PresentIn(ctx context.Context, tx *db.Tx, by access.Actor, version int64, p Profile, sample bool) (Expert, error) {
	if !by.HasAny(access.Expert) {
		return Expert{}, problem.New(problem.NotFound, "problem.not_found")
	}
	e, ok, err := expertOf(ctx, tx, by.UserID)
	if err != nil {
		return e, err
	}
	p, err = s.profile(p)
	switch {
	case err != nil:
		return e, err
	case e.Version != version:
		return e, problem.New(problem.Conflict, "problem.changed_meanwhile")
	case ok:
		before := e
		e.Profile = p
		return e, s.saveExpert(ctx, tx, by, "panels.expert.edit", before, &e)
	}
	e = Expert{ID: tx.NewID(), Version: 1, PersonID: by.UserID, Profile: p, JoinedOn: s.today(tx), Sample: sample}
	if err := insertExpert(ctx, tx, e); err != nil {
		return e, err
	}
	return e, journal.Record(ctx, tx, by, "panels.expert.join", nil, e)
}

func (s *Service) profile(p Profile) (Profile, error) {
	_, placed := s.Places.Tree().Place(p.PlaceID)
	return p.check(s.Norms.Book().InUse, placed)
}

// ExpertOf gives an expert to who keeps the pool in which they are.
func (s *Service) ExpertOf(ctx context.Context, by access.Actor, id ref.ID) (m Member, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		m, err = s.keptIn(ctx, tx, by, id)
		return err
	})
	if err == nil {
		s.Accounts.Looked(by, m.PersonID, m.Ref().Path)
	}
	return m, err
}

// keptIn reads an expert for who keeps the pool; others are told nothing.
func (s *Service) keptIn(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Member, error) {
	hidden := problem.New(problem.NotFound, "problem.not_found")
	scopes, all := s.keeps(by)
	e, err := expertByID(ctx, tx, id)
	if err != nil {
		return Member{}, err
	}
	people, err := s.holders(ctx, tx, scopes, all)
	if err != nil {
		return Member{}, err
	}
	i := slices.IndexFunc(people, func(p accounts.Person) bool { return p.ID == e.PersonID })
	if i < 0 {
		return Member{}, hidden
	}
	load, err := loads(ctx, tx)
	return Member{e, people[i].Name, load[e.ID]}, err
}

// EditExpert changes what the pool says of an expert, by who keeps the pool.
func (s *Service) EditExpert(ctx context.Context, by access.Actor, id ref.ID, version int64, p Profile) error {
	return s.changeExpert(ctx, by, id, "panels.expert.edit", func(e *Expert) (err error) {
		if e.Version != version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		e.Profile, err = s.profile(p)
		return err
	})
}

// Pause has an expert not be drawn, or be drawn again; works they have stay theirs.
func (s *Service) Pause(ctx context.Context, by access.Actor, id ref.ID, paused bool) error {
	return s.changeExpert(ctx, by, id, "panels.expert.pause", func(e *Expert) error {
		if paused != e.PausedOn.IsZero() {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		e.PausedOn = db.Date{}
		if paused {
			e.PausedOn = s.Today()
		}
		return nil
	})
}

func (s *Service) changeExpert(ctx context.Context, by access.Actor, id ref.ID, act string, rule func(*Expert) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		e, err := expertByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if own := by.SignedIn() && e.PersonID == by.UserID && by.HasAny(access.Expert); !own {
			if _, err := s.keptIn(ctx, tx, by, id); err != nil {
				return err
			}
		}
		before := e
		if err := rule(&e); err != nil {
			return err
		}
		return s.saveExpert(ctx, tx, by, act, before, &e)
	})
}

func (s *Service) saveExpert(ctx context.Context, tx *db.Tx, by access.Actor, act string, before Expert, e *Expert) error {
	if err := updateExpert(ctx, tx, *e); err != nil {
		return err
	}
	e.Version++
	return journal.Record(ctx, tx, by, act, before, *e)
}
