package forums

import (
	"context"
	"slices"

	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// NewStand is what somebody gives to ask for a stand.
type NewStand struct {
	OrgID     ref.ID
	ProjectID ref.ID // 0 where the organization shows itself
	StandAsk
}

// AskStand asks for a stand for a project of an organization, or for the
// organization itself: by its people, once for each project.
func (s *Service) AskStand(ctx context.Context, by access.Actor, forum ref.ID, n NewStand) (x Stand, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		f, err := s.visible(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		n.About, n.Needs = n.About.Trim(), n.Needs.Trim()
		x = Stand{ID: tx.NewID(), Version: 1, ForumID: forum, OrgID: n.OrgID, ProjectID: n.ProjectID, StandAsk: n.StandAsk, State: StandAsked, AskedOn: s.today(tx), Sample: f.Sample}
		if err := s.judgeStand(ctx, tx, f, x); err != nil {
			return err
		}
		as, err := x.mayAsk(by)
		if err != nil {
			return err
		}
		if err := insertStand(ctx, tx, x); err != nil {
			if db.IsDuplicate(err) {
				err = problem.New(problem.Conflict, "forums.stand_asked_already")
			}
			return err
		}
		return journal.Record(ctx, tx, as, "forums.stand.ask", nil, x)
	})
	return x, err
}

// TakesStands tells that organizations can ask for a stand on a day.
func (f Forum) TakesStands(day db.Date) bool {
	state := f.StateOn(day)
	return state == Announced || state == Registering || state == Running
}

// judgeStand checks what an organization asks.
func (s *Service) judgeStand(ctx context.Context, tx *db.Tx, f Forum, x Stand) error {
	if !f.TakesStands(s.today(tx)) {
		return problem.New(problem.Conflict, "forums.stands_closed")
	}
	var bad problem.Fields
	bad.Reject(x.OrgID == 0, "org", "form.required")
	bad.Merge("", fieldsOf(x.check()))
	if x.ProjectID != 0 {
		list, err := s.Exhibits(ctx, tx, []ref.ID{x.ProjectID})
		if err != nil {
			return err
		}
		bad.Reject(len(list) == 0 || list[0].OrgID != x.OrgID, "project", "form.unknown_choice")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	list, err := standsOf(ctx, tx, f.ID)
	if err == nil && slices.ContainsFunc(list, func(y Stand) bool { return y.Open() && y.OrgID == x.OrgID && y.ProjectID == x.ProjectID }) {
		err = problem.New(problem.Conflict, "forums.stand_asked_already")
	}
	return err
}

// fieldsOf are the faults of fields in an error.
func fieldsOf(err error) problem.Fields {
	if p := problem.As(err); p != nil {
		return p.Fields
	}
	return nil
}

// AdmitStand gives a stand its number and spot, or moves it: by the organizer. The
// organization is told.
func (s *Service) AdmitStand(ctx context.Context, by access.Actor, id ref.ID, number int64, spot i18n.Text) (Stand, error) {
	return s.decideStand(ctx, by, "forums.stand.admit", id, func(tx *db.Tx, x *Stand) error {
		list, err := standsOf(ctx, tx, x.ForumID)
		if err != nil {
			return err
		}
		var taken []int64
		for _, y := range list {
			if y.ID != x.ID && y.State == StandAdmitted {
				taken = append(taken, y.Number)
			}
		}
		return x.admit(number, spot, taken, s.today(tx))
	})
}

// DeclineStand refuses a stand with a reason, or closes it: by the organizer.
func (s *Service) DeclineStand(ctx context.Context, by access.Actor, id ref.ID, reason i18n.Text) (Stand, error) {
	return s.decideStand(ctx, by, "forums.stand.decline", id, func(tx *db.Tx, x *Stand) error { return x.decline(reason, s.today(tx)) })
}

// decideStand loads a stand for the organizer of its forum, applies a rule, stores
// and records it, and tells the organization.
func (s *Service) decideStand(ctx context.Context, by access.Actor, act string, id ref.ID, rule func(tx *db.Tx, x *Stand) error) (x Stand, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := standByID(ctx, tx, id)
		if err != nil {
			return err
		}
		f, as, err := s.kept(ctx, tx, by, before.ForumID)
		if err != nil {
			return err
		}
		x = before
		if err := rule(tx, &x); err != nil {
			return err
		}
		if err := saveStand(ctx, tx, as, act, before, &x); err != nil {
			return err
		}
		return s.tellStand(ctx, tx, f, x)
	})
	return x, err
}

func saveStand(ctx context.Context, tx *db.Tx, as access.Actor, act string, before Stand, x *Stand) error {
	x.Version++
	if err := updateStand(ctx, tx, *x); err != nil {
		if db.IsDuplicate(err) {
			err = problem.Fields{"number": {Key: "forums.stand_taken", Args: []any{"number", x.Number}}}.Err()
		}
		return err
	}
	return journal.Record(ctx, tx, as, act, before, *x)
}

// WithdrawStand takes a stand back: by people of its organization.
func (s *Service) WithdrawStand(ctx context.Context, by access.Actor, id ref.ID) (x Stand, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := standByID(ctx, tx, id)
		if err != nil {
			return err
		}
		as, err := before.mayAsk(by)
		if err != nil {
			return err
		}
		x = before
		if err := x.withdraw(); err != nil {
			return err
		}
		return saveStand(ctx, tx, as, "forums.stand.withdraw", before, &x)
	})
	return x, err
}

// StandShown is a stand with the names of what it shows.
type StandShown struct {
	Stand
	Org     ref.Ref
	Project ref.Ref // zero where the organization shows itself
	// Own tells that the reader is of the organization.
	Own bool
}

// What is the project, or the organization that shows itself.
func (x StandShown) What() ref.Ref {
	if x.Project.IsZero() {
		return x.Org
	}
	return x.Project
}

// Stands is the exhibition of a forum as the reader may see it.
type Stands struct {
	Forum   Forum
	Today   db.Date
	List    []StandShown
	MayKeep bool
	// MayAsk tells that the reader speaks for an organization that can ask for a stand.
	MayAsk bool
}

// Admitted are the stands that stand.
func (x Stands) Admitted() (out []StandShown) { return x.in(StandAdmitted) }

// Asked are the stands that wait for an answer.
func (x Stands) Asked() (out []StandShown) { return x.in(StandAsked) }

func (x Stands) in(state StandState) (out []StandShown) {
	for _, y := range x.List {
		if y.State == state {
			out = append(out, y)
		}
	}
	return out
}

// Find finds a stand; ok is false where the reader may not see it.
func (x Stands) Find(id ref.ID) (StandShown, bool) {
	i := slices.IndexFunc(x.List, func(y StandShown) bool { return y.ID == id })
	if i < 0 {
		return StandShown{}, false
	}
	return x.List[i], true
}

// FreeNumber is the least number that no stand has.
func (x Stands) FreeNumber() int64 {
	n := int64(1)
	for slices.ContainsFunc(x.Admitted(), func(y StandShown) bool { return y.Number == n }) {
		n++
	}
	return n
}

// Stands gives the exhibition of a forum: to everybody what is admitted, to an
// organization also its own, to the organizer all.
func (s *Service) Stands(ctx context.Context, by access.Actor, forum ref.ID) (x Stands, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		x, err = s.standsIn(ctx, tx, by, forum)
		return err
	})
	return x, err
}

func (s *Service) standsIn(ctx context.Context, tx *db.Tx, by access.Actor, forum ref.ID) (x Stands, err error) {
	if x.Forum, err = s.visible(ctx, tx, by, forum); err != nil {
		return x, err
	}
	x.Today, x.MayKeep = s.today(tx), !x.Forum.Reported() && s.MayKeep(by, x.Forum)
	x.MayAsk = x.Forum.TakesStands(x.Today) && (by.HasAny(access.Lead) || by.HasAny(access.Staff))
	list, err := standsOf(ctx, tx, forum)
	if err != nil {
		return x, err
	}
	list = slices.DeleteFunc(list, func(y Stand) bool { return !y.Public() && !x.MayKeep && !by.WorksFor(y.OrgID) })
	x.List, err = s.named(ctx, tx, by, list)
	return x, err
}

// named gives stands the names of what they show.
func (s *Service) named(ctx context.Context, tx *db.Tx, by access.Actor, list []Stand) (out []StandShown, err error) {
	var ofOrgs, ofProjects []ref.ID
	for _, x := range list {
		ofOrgs = append(ofOrgs, x.OrgID)
		if x.ProjectID != 0 {
			ofProjects = append(ofProjects, x.ProjectID)
		}
	}
	names, err := orgs.Refs(ctx, tx, ofOrgs)
	if err != nil {
		return nil, err
	}
	shown, err := s.exhibits(ctx, tx, ofProjects)
	for _, x := range list {
		out = append(out, StandShown{Stand: x, Org: names[x.OrgID], Project: shown[x.ProjectID].Ref, Own: by.WorksFor(x.OrgID)})
	}
	return out, err
}

// exhibits gives projects by id; those that nobody may see are left out.
func (s *Service) exhibits(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]Exhibit, error) {
	out := map[ref.ID]Exhibit{}
	if len(ids) == 0 {
		return out, nil
	}
	list, err := s.Exhibits(ctx, tx, ids)
	for _, x := range list {
		out[x.ID] = x
	}
	return out, err
}

// Exhibitor is an organization that can ask for a stand, with the projects that it can show.
type Exhibitor struct {
	Org      ref.Ref
	Projects []Exhibit
}

// Exhibitors gives the organizations for which the actor can ask for a stand.
func (s *Service) Exhibitors(ctx context.Context, by access.Actor) (out []Exhibitor, err error) {
	ids := append(by.Scopes(access.Lead), by.Scopes(access.Staff)...)
	slices.Sort(ids)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out = nil
		names, err := orgs.Refs(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, id := range slices.Compact(ids) {
			if names[id].IsZero() {
				continue
			}
			list, err := s.ExhibitsOf(ctx, tx, id)
			if err != nil {
				return err
			}
			out = append(out, Exhibitor{names[id], slices.DeleteFunc(list, func(x Exhibit) bool { return x.Ended })})
		}
		return nil
	})
	return out, err
}
