package forums

import (
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindChoice is the kind of the ref of a choice of a session.
const KindChoice = "forum_choice"

// Choice is that somebody who is admitted wants to be in a session that does not take
// everybody.
type Choice struct {
	ID             ref.ID      `json:"id"`
	Version        int64       `json:"version"`
	ForumID        ref.ID      `json:"forum_id"`
	SessionID      ref.ID      `json:"session_id"`
	RegistrationID ref.ID      `json:"registration_id"`
	State          ChoiceState `json:"state"`
	// ChosenAt is since when the person sits or waits.
	ChosenAt db.Time `json:"chosen_at"`
}

// ChoiceState is where a choice stands.
type ChoiceState string

// The states of a choice.
const (
	Seated ChoiceState = "seated"
	InLine ChoiceState = "waiting" // has a place as soon as one is free
	Left   ChoiceState = "left"
)

// Key is the message key of the state.
func (c ChoiceState) Key() string { return "forums.choice." + string(c) }

// Tone is how a state is coloured.
func (c ChoiceState) Tone() string {
	if c == Seated {
		return "good"
	}
	return "wait"
}

// Ref names the choice without saying whose it is.
func (c Choice) Ref() ref.Ref {
	return ref.Ref{Kind: KindChoice, ID: c.ID, Title: i18n.Text{}, Path: "/forums/" + c.ForumID.String() + "/people"}
}

// JournalVersion is the version of the row.
func (c Choice) JournalVersion() int64 { return c.Version }

// Root is the forum.
func (c Choice) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: c.ForumID} }

// Bounded tells that a session does not take everybody.
func (s Session) Bounded() bool { return s.Places > 0 && !s.Dropped }

// mayChoose judges whether somebody can ask for a place in a session at a moment:
// admitted, before it is over, and in no other at that hour.
func (s Session) mayChoose(x Registration, others []Session, now db.Time) error {
	switch {
	case x.State != Admitted:
		return problem.New(problem.Conflict, "forums.admitted_only")
	case !s.Bounded() || s.ForumID != x.ForumID:
		return problem.New(problem.NotFound, "problem.not_found")
	case !s.Ends.IsZero() && !now.Before(s.Ends.Time):
		return problem.New(problem.Conflict, "forums.session_over")
	case slices.ContainsFunc(others, func(o Session) bool { return o.ID != s.ID && !o.Dropped && s.overlaps(o.SessionPlan) }):
		return problem.New(problem.Conflict, "forums.same_hour")
	}
	return nil
}
