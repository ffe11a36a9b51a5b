package accounts

import (
	"context"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Grant is a role that a person holds, for what, and who gave it. A grant is
// ended, never changed.
type Grant struct {
	ID       ref.ID      `json:"id"`
	PersonID ref.ID      `json:"person_id"`
	Role     access.Role `json:"role"`
	// Scope is the organization, place or programme; zero for the whole portal.
	Scope ref.Ref `json:"scope"`
	// GivenBy is nobody when the portal itself gave the role.
	GivenBy ref.ID  `json:"given_by"`
	GivenAt db.Time `json:"given_at"`
	EndedAt db.Time `json:"ended_at"`
	Version int64   `json:"version"`
}

// Ref names the grant; its page is the person's.
func (g Grant) Ref() ref.Ref { return ref.Ref{Kind: "grant", ID: g.ID} }

// Root is the person.
func (g Grant) Root() ref.Ref { return ref.Ref{Kind: "person", ID: g.PersonID} }

// JournalVersion is the version of the row.
func (g Grant) JournalVersion() int64 { return g.Version }

// Public is never true: who holds which role is the person's affair and the portal's.
func (g Grant) Public() bool { return false }

// scopes says to what each role can be bound; "" is the whole portal.
var scopes = map[access.Role][]string{
	access.Lead:     {"organization"},
	access.Staff:    {"organization"},
	access.Funder:   {"organization"},
	access.Officer:  {"", "place"},
	access.Expert:   {"", "place", "organization", "programme"},
	access.Observer: {"", "place", "programme"},
	access.Editor:   {"", "place"},
	access.Keeper:   {""},
	access.Admin:    {""},
}

// appoints says which roles each role may give, within its own scope.
var appoints = map[access.Role][]access.Role{
	access.Admin:   access.Roles,
	access.Officer: {access.Officer, access.Expert, access.Observer},
	access.Lead:    {access.Lead, access.Staff},
	access.Funder:  {access.Funder, access.Expert},
}

// Appoints lists the roles that a role held for a scope of that kind may give
// for the same scope; "" is the whole portal.
func Appoints(role access.Role, kind string) (out []access.Role) {
	for _, r := range appoints[role] {
		if slices.Contains(scopes[r], kind) {
			out = append(out, r)
		}
	}
	return out
}

// withoutCases are the roles that go together with running the portal; every
// other role has a say in cases.
var withoutCases = []access.Role{access.Admin, access.Keeper, access.Editor}

// checkScope: a role is bound to what it can be bound to.
func checkScope(role access.Role, scope ref.Ref) error {
	kinds, known := scopes[role]
	if !known || !slices.Contains(kinds, scope.Kind) || (scope.Kind == "") != (scope.ID == 0) {
		return (problem.Fields{"scope": {Key: "accounts.grant.wrong_scope"}}).Err()
	}
	return nil
}

// mayGrant gives the role in which by may give the role for the scope, to a
// person other than themselves: nobody grants what their own role does not
// appoint there. around is the scope and the places around it.
func mayGrant(by access.Actor, role access.Role, around []ref.ID) (as access.Actor, err error) {
	if by.IsPortal() {
		return by, nil
	}
	for _, own := range [...]access.Role{access.Lead, access.Funder, access.Officer, access.Admin} {
		if slices.Contains(appoints[own], role) && by.Has(own, around...) {
			if (own == access.Admin || own == access.Officer) && !by.Confirmed {
				return by, ErrConfirm()
			}
			return by.As(own, heldScope(by, own, around)), nil
		}
	}
	return by, problem.New(problem.Forbidden, "accounts.grant.not_yours")
}

func heldScope(by access.Actor, role access.Role, around []ref.ID) ref.ID {
	for _, id := range by.Scopes(role) {
		if slices.Contains(around, id) {
			return id
		}
	}
	return 0
}

// mayHold: who runs the portal has no say in cases, so neither role is given to
// somebody who holds the other.
func mayHold(role access.Role, has []Grant) error {
	for _, g := range has {
		if role == access.Admin && !slices.Contains(withoutCases, g.Role) ||
			g.Role == access.Admin && !slices.Contains(withoutCases, role) {
			return problem.New(problem.Conflict, "accounts.grant.admin_apart")
		}
	}
	return nil
}

// around is a scope and the places around it.
func (s *Service) around(scope ref.Ref) []ref.ID {
	if scope.Kind == "place" && s.options.Around != nil {
		return append([]ref.ID{scope.ID}, s.options.Around(scope.ID)...)
	}
	if scope.ID == 0 {
		return nil
	}
	return []ref.ID{scope.ID}
}

// GiveRole grants a role.
func (s *Service) GiveRole(ctx context.Context, by access.Actor, person ref.ID, role access.Role, scope ref.Ref) (g Grant, err error) {
	defer s.forget()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		g, err = s.GiveRoleIn(ctx, tx, by, person, role, scope)
		return err
	})
	return g, err
}

// RolesGiven makes what GiveRoleIn gave count at once on this node; the other room
// calls it after its transaction.
func (s *Service) RolesGiven() { s.forget() }

// GiveRoleIn is GiveRole in the transaction of another room. Other nodes know of
// it within two seconds.
func (s *Service) GiveRoleIn(ctx context.Context, tx *db.Tx, by access.Actor, person ref.ID, role access.Role, scope ref.Ref) (Grant, error) {
	if err := checkScope(role, scope); err != nil {
		return Grant{}, err
	}
	if by.SignedIn() && by.UserID == person {
		return Grant{}, problem.New(problem.Forbidden, "accounts.grant.to_oneself")
	}
	by, err := mayGrant(by, role, s.around(scope))
	if err != nil {
		return Grant{}, err
	}
	return give(ctx, tx, by, person, role, scope)
}

func give(ctx context.Context, tx *db.Tx, by access.Actor, person ref.ID, role access.Role, scope ref.Ref) (Grant, error) {
	p, err := personByID(ctx, tx, person)
	if err != nil {
		return Grant{}, err
	}
	if p.Status != Active {
		return Grant{}, problem.New(problem.Conflict, "accounts.person.not_active")
	}
	has, err := grantsOf(ctx, tx, person)
	if err != nil {
		return Grant{}, err
	}
	if err := mayHold(role, has); err != nil {
		return Grant{}, err
	}
	g := Grant{ID: tx.NewID(), PersonID: person, Role: role, Scope: scope, GivenBy: by.UserID, GivenAt: db.At(tx.Now()), Version: 1}
	if err := insertGrant(ctx, tx, g); err != nil {
		if db.IsDuplicate(err) {
			err = problem.New(problem.Conflict, "accounts.grant.held_already")
		}
		return Grant{}, err
	}
	return g, journal.Record(ctx, tx, by, "accounts.grant.give", nil, g)
}

// EndRole ends a grant: by the person who holds it, or by who may give it. The
// last administrator stays.
func (s *Service) EndRole(ctx context.Context, by access.Actor, id ref.ID) (g Grant, err error) {
	defer s.forget()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if g, err = grantByID(ctx, tx, id); err != nil {
			return err
		}
		as := by
		if by.UserID != g.PersonID || !by.SignedIn() {
			if as, err = mayGrant(by, g.Role, s.around(g.Scope)); err != nil {
				return hiddenUnlessConfirm(err)
			}
		}
		return endGrant(ctx, tx, as, g)
	})
	return g, err
}

// hiddenUnlessConfirm hides a grant from who has no say in it, but asks for the
// second factor who lacks only that.
func hiddenUnlessConfirm(err error) error {
	if p := problem.As(err); p != nil && p.Key == confirmKey {
		return err
	}
	return problem.Wrap(err, problem.NotFound, "problem.not_found")
}

func endGrant(ctx context.Context, tx *db.Tx, by access.Actor, g Grant) error {
	if !g.EndedAt.IsZero() {
		return problem.New(problem.Conflict, "problem.changed_meanwhile")
	}
	if g.Role == access.Admin {
		n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM grants WHERE role = $1 AND ended_at IS NULL`, string(access.Admin))
		if err != nil {
			return err
		}
		if n < 2 {
			return problem.New(problem.Conflict, "accounts.grant.last_admin")
		}
	}
	after := g
	after.EndedAt = db.At(tx.Now())
	if err := saveGrantEnd(ctx, tx, after); err != nil {
		return err
	}
	after.Version++
	return journal.Record(ctx, tx, by, "accounts.grant.end", g, after)
}

// Grants lists the roles that a person holds, for themselves and who runs the portal.
func (s *Service) Grants(ctx context.Context, by access.Actor, person ref.ID) (gs []Grant, err error) {
	if err := maySee(by, person); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		gs, err = grantsOf(ctx, tx, person)
		return err
	})
	return gs, err
}

// RoleHolder is a person with one role that they hold.
type RoleHolder struct {
	Person Person
	Grant  Grant
}

// RoleHolders lists who holds which role, for who runs the portal; at most a
// thousand, the newest first.
func (s *Service) RoleHolders(ctx context.Context, by access.Actor) (out []RoleHolder, err error) {
	if !by.IsPortal() && !by.Has(access.Admin) {
		return nil, problem.New(problem.Forbidden, "problem.forbidden")
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		grants, err := db.All(ctx, tx, scanGrant, `SELECT `+grantColumns+` FROM grants WHERE ended_at IS NULL ORDER BY id DESC LIMIT 1000`)
		if err != nil {
			return err
		}
		people, err := db.All(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons
			WHERE id IN (SELECT person_id FROM grants WHERE ended_at IS NULL ORDER BY id DESC LIMIT 1000)`)
		if err != nil {
			return err
		}
		byID := map[ref.ID]Person{}
		for _, p := range people {
			byID[p.ID] = p
		}
		for _, g := range grants {
			out = append(out, RoleHolder{byID[g.PersonID], g})
		}
		return nil
	})
	for _, h := range out {
		s.Looked(by, h.Person.ID, "role_holders")
	}
	return out, err
}

// Holders lists who holds a role for one of the scopes, in the transaction of
// another room: the leads of an organization, the officers of a place.
func Holders(ctx context.Context, tx *db.Tx, role access.Role, scope ...ref.ID) ([]Person, error) {
	return db.All(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons WHERE status = 'active' AND id IN (SELECT person_id FROM grants
		WHERE role = $1 AND ended_at IS NULL AND scope_id IN `+db.In(2, len(scope))+`) ORDER BY id`,
		db.Args([]any{string(role)}, numbers(scope))...)
}

// AllHolders lists who holds a role for anything at all.
func AllHolders(ctx context.Context, tx *db.Tx, role access.Role) ([]Person, error) {
	return db.All(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons WHERE status = 'active' AND id IN (SELECT person_id FROM grants
		WHERE role = $1 AND ended_at IS NULL) ORDER BY id`, string(role))
}

// ActsFor lists the organizations for which a person acts, in the transaction of
// another room.
func ActsFor(ctx context.Context, tx *db.Tx, person ref.ID) ([]ref.ID, error) {
	return db.All(ctx, tx, db.Value[ref.ID], `SELECT DISTINCT scope_id FROM grants WHERE person_id = $1 AND scope_kind = 'organization'
		AND role IN ('lead', 'staff', 'funder') AND ended_at IS NULL ORDER BY 1`, person)
}

func numbers(ids []ref.ID) []int64 {
	out := make([]int64, len(ids))
	for i, id := range ids {
		out[i] = int64(id)
	}
	return out
}

// PlacesInUse tells for which places somebody holds a role or is invited to one.
func PlacesInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	used := map[ref.ID]bool{}
	for part := range slices.Chunk(ids, 300) {
		in := db.In(1, len(part))
		some, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT scope_id FROM grants WHERE scope_kind = 'place' AND scope_id IN `+in+`
			UNION SELECT scope_id FROM invitations WHERE scope_kind = 'place' AND scope_id IN `+in, db.Args(nil, part)...)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			used[id] = true
		}
	}
	return used, nil
}
