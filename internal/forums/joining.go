package forums

import (
	"context"
	"slices"

	"birge/internal/platform/db"
)

// OnlinePart is a session of the programme that is held on the web, or there too, as
// one admitted person sees it.
type OnlinePart struct {
	Slot
	// Link leads into the room; "" for a session that does not take everybody and in
	// which the person has no place.
	Link string
}

// onlineParts gives the online sessions of the released programme to a person: with
// their links, of sessions with places to those alone who have one.
func onlineParts(ctx context.Context, tx *db.Tx, x Registration) (out []OnlinePart, err error) {
	if x.State != Admitted {
		return nil, nil
	}
	released, err := releasesOf(ctx, tx, x.ForumID)
	if err != nil || len(released) == 0 {
		return nil, err
	}
	sessions, err := SessionsOf(ctx, tx, x.ForumID)
	if err != nil {
		return nil, err
	}
	rooms, err := roomsOf(ctx, tx, x.ForumID)
	if err != nil {
		return nil, err
	}
	mine, err := choicesOf(ctx, tx, x.ID)
	if err != nil {
		return nil, err
	}
	for _, slot := range released[0].Slots {
		i := slices.IndexFunc(sessions, func(s Session) bool { return s.ID == slot.SessionID })
		if !slot.Online && !slot.AlsoOnline || i < 0 {
			continue
		}
		part := OnlinePart{Slot: slot}
		if at := slices.IndexFunc(rooms, func(m Room) bool { return m.ID == sessions[i].RoomID }); at >= 0 && sessions[i].isFor(mine) {
			part.Link = rooms[at].Link
		}
		out = append(out, part)
	}
	return out, nil
}

// isFor tells that who made the choices is one of those for whom the session is.
func (s Session) isFor(mine []Choice) bool {
	return !s.Bounded() || slices.ContainsFunc(mine, func(c Choice) bool { return c.SessionID == s.ID && c.State == Seated })
}
