// Package access says who acts. An Actor carries the roles that somebody holds
// and what each is bound to; the rule whether that is enough stands in the room
// beside the thing it guards.
package access

import (
	"slices"

	"birge/internal/platform/ref"
)

// Role is what somebody may be on the portal.
type Role string

// The roles. Each grant of a role but Citizen, Admin and Keeper is bound to an
// organization, a place or a programme.
const (
	Citizen  Role = "citizen"  // everybody who is signed in
	Lead     Role = "lead"     // speaks for an organization
	Staff    Role = "staff"    // works for an organization on the portal
	Officer  Role = "officer"  // runs the cycle for a state body, within a place
	Expert   Role = "expert"   // judges applications
	Observer Role = "observer" // visits and recommends
	Editor   Role = "editor"   // writes news and help
	Funder   Role = "funder"   // runs calls of a business or a foundation
	Keeper   Role = "keeper"   // proposes and confirms norms
	Admin    Role = "admin"    // runs the portal; has no say in cases
)

// Roles lists all roles that can be granted.
var Roles = []Role{Lead, Staff, Officer, Expert, Observer, Editor, Funder, Keeper, Admin}

// Grant is one role of a person, bound to the thing with the id Scope; Scope 0
// is the whole portal.
type Grant struct {
	Role  Role   `json:"role"`
	Scope ref.ID `json:"scope"`
}

// Actor is who does something: a person who is signed in, nobody, or the portal.
type Actor struct {
	// UserID is 0 for a stranger and for the portal itself.
	UserID ref.ID
	// Name is how the person is greeted; it is never written to public entries.
	Name   string
	Grants []Grant
	// Acting is the grant by which the present act was found allowed; the room
	// sets it after its check, and the journal tells it.
	Acting Grant
	// Session is the id of the session, 0 when there is none.
	Session ref.ID
	// OnBehalf is the person who came to the help desk in person, 0 as a rule.
	OnBehalf ref.ID
	// System names the part of the portal that acts on its own: "import", "clock".
	System string
	// Confirmed tells that the session proved a second factor.
	Confirmed bool
}

// Portal is the portal acting on its own: a job, a clock, an import.
func Portal(part string) Actor { return Actor{System: part} }

// As is the actor acting in one role for one thing.
func (a Actor) As(role Role, scope ref.ID) Actor {
	a.Acting = Grant{role, scope}
	return a
}

// SignedIn tells that a person acts.
func (a Actor) SignedIn() bool { return a.UserID != 0 }

// IsPortal tells that the portal acts on its own.
func (a Actor) IsPortal() bool { return a.System != "" }

// Has tells whether the actor holds the role for any of the scopes or for the
// whole portal. For a place give the place and the places around it.
func (a Actor) Has(role Role, scopes ...ref.ID) bool {
	for _, g := range a.Grants {
		if g.Role == role && (g.Scope == 0 || slices.Contains(scopes, g.Scope)) {
			return true
		}
	}
	return false
}

// HasAny tells whether the actor holds the role for anything at all.
func (a Actor) HasAny(role Role) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == role })
}

// Scopes lists what the actor holds the role for.
func (a Actor) Scopes(role Role) []ref.ID {
	var ids []ref.ID
	for _, g := range a.Grants {
		if g.Role == role {
			ids = append(ids, g.Scope)
		}
	}
	return ids
}

// LeadsOrg tells whether the actor speaks for the organization.
func (a Actor) LeadsOrg(org ref.ID) bool { return org != 0 && a.bound(Lead, org) }

// WorksFor tells whether the actor is lead or staff of the organization.
func (a Actor) WorksFor(org ref.ID) bool { return a.LeadsOrg(org) || org != 0 && a.bound(Staff, org) }

func (a Actor) bound(role Role, scope ref.ID) bool {
	return slices.Contains(a.Grants, Grant{role, scope})
}
