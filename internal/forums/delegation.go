package forums

import (
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindDelegation is the kind of the ref of a delegation.
const KindDelegation = "forum_delegation"

// mostMembers is how many people one delegation may have.
const mostMembers = 100

// Delegation is people who come to a forum together. One of them leads it: registers
// the others, and gives a seat to somebody else until the door opens. A seat is
// always a person's, so quotas and the waiting list hold for each member.
type Delegation struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	ForumID ref.ID `json:"forum_id"`
	Name    string `json:"name"`
	// LeadID is the registration of who leads it, 0 where nobody does.
	LeadID ref.ID `json:"lead_id"`
}

// Ref names the delegation.
func (d Delegation) Ref() ref.Ref {
	return ref.Ref{Kind: KindDelegation, ID: d.ID, Title: i18n.Text{}, Path: "/forums/" + d.ForumID.String() + "/people"}
}

// JournalVersion is the version of the row.
func (d Delegation) JournalVersion() int64 { return d.Version }

// Root is the forum.
func (d Delegation) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: d.ForumID} }

// DoorOpenOn tells that the door of the forum is open on a day, or has been: from
// then on nobody gives a seat to somebody else.
func (f Forum) DoorOpenOn(day db.Date) bool { return !f.From.IsZero() && !day.Before(f.From) }

// maySwap judges whether the seat of a member can be given to somebody else.
func (f Forum) maySwap(x Registration, on db.Date) error {
	switch {
	case f.DoorOpenOn(on):
		return problem.New(problem.Conflict, "forums.door_is_open")
	case x.State == Declined || x.State == Withdrawn:
		return problem.New(problem.Conflict, "forums.over_already")
	}
	return nil
}

// heir says where the registration of who comes instead of somebody stands, and in
// which quota, given the quotas after the other has left. Whoever may sit on the
// seat has it; others look for a seat of their own.
func heir(list []Balance, left, x Registration) (RegistrationState, ref.ID) {
	if left.State == Asked {
		return Asked, 0
	}
	for _, b := range list {
		if left.State == Admitted && b.ID == left.QuotaID && b.takes(x) && b.free() > 0 {
			return Admitted, b.ID
		}
	}
	if i, ok := seatFor(list, x); ok {
		return Admitted, list[i].ID
	}
	return Waiting, 0
}

// next is who leads a delegation after its leader has left: the first member with an
// address, 0 where nobody has one.
func next(members []Registration, left ref.ID) (Registration, bool) {
	i := slices.IndexFunc(members, func(x Registration) bool { return x.ID != left && x.Email != "" && x.here() })
	if i < 0 {
		return Registration{}, false
	}
	return members[i], true
}

// here tells that the registration is neither declined nor withdrawn.
func (x Registration) here() bool { return x.State != Declined && x.State != Withdrawn }
