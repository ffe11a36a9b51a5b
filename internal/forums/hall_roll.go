package forums

import (
	"context"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Roll is who chose what in an open vote, or one by mandate, that was counted. For
// whom a mandate stands everybody may know; who somebody is, only the organizer's
// side and who leads the session: for everybody else a person's voice is its number.
type Roll struct {
	Forum   Forum
	Session Session
	Vote    Vote
	Voices  []CastVoice // in the order in which they were cast
	// Named tells that the reader may know who cast.
	Named bool
}

// CastVoice is one voice of a vote.
type CastVoice struct {
	No     int64 // counted from 1
	Choice int64
	// Of is whose mandate it is, "" for a person's own voice.
	Of string
	// Name and From are who cast it, "" where the reader may not know it, or nobody
	// knows it any more.
	Name, From string
	Mine       bool // of who looks
}

// Own are the voices of who looks.
func (r Roll) Own() (out []CastVoice) {
	for _, x := range r.Voices {
		if x.Mine {
			out = append(out, x)
		}
	}
	return out
}

// Roll tells who chose what in a vote of a forum.
func (s *Service) Roll(ctx context.Context, by access.Actor, forum, vote ref.ID) (r Roll, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		r = Roll{}
		if r.Forum, err = s.visible(ctx, tx, by, forum); err != nil {
			return err
		}
		r.Named = !r.Forum.Reported() && s.MayKeep(by, r.Forum)
		return r.read(ctx, tx, vote, 0)
	})
	return r, err
}

// RollByLink tells the same to whoever has a link into the hall: who takes part finds
// his own voices in it.
func (s *Service) RollByLink(ctx context.Context, token string, vote ref.ID) (r Roll, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		r = Roll{}
		l, err := s.linkOf(ctx, tx, token)
		if err != nil {
			return err
		}
		if r.Forum, err = byID(ctx, tx, l.ForumID); err != nil {
			return err
		}
		v, err := voteByID(ctx, tx, vote)
		if err != nil {
			return err
		}
		r.Named = l.Does == Leads && v.SessionID == l.SessionID
		return r.read(ctx, tx, vote, l.RegistrationID)
	})
	return r, err
}

func (r *Roll) read(ctx context.Context, tx *db.Tx, vote, me ref.ID) (err error) {
	if r.Vote, err = voteByID(ctx, tx, vote); err != nil {
		return err
	}
	if r.Vote.ForumID != r.Forum.ID || !r.Vote.Public() || r.Vote.Manner == Secretly {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	if r.Session, err = sessionByID(ctx, tx, r.Vote.SessionID); err != nil {
		return err
	}
	ballots, err := ballotsOf(ctx, tx, vote)
	if err != nil {
		return err
	}
	mandates, err := mandatesIn(ctx, tx, r.Forum.ID)
	if err != nil {
		return err
	}
	of := map[ref.ID]string{}
	for _, m := range mandates {
		of[m.ID] = m.Of
	}
	people := map[ref.ID]Registration{}
	if r.Named {
		if people, err = registrationsByIDs(ctx, tx, votersOf(ballots)); err != nil {
			return err
		}
	}
	for i, x := range ballots {
		who := people[x.Who]
		r.Voices = append(r.Voices, CastVoice{No: int64(i + 1), Choice: x.Choice, Of: of[x.MandateID], Name: who.Name, From: who.Org, Mine: me != 0 && x.Who == me})
	}
	return nil
}

func votersOf(list []Ballot) (ids []ref.ID) {
	for _, x := range list {
		ids = append(ids, x.Who)
	}
	return ids
}

// ballotsOf gives the ballots of an open vote in the order in which they were cast.
func ballotsOf(ctx context.Context, tx *db.Tx, vote ref.ID) ([]Ballot, error) {
	return db.All(ctx, tx, scanBallot, `SELECT `+ballotColumns+` FROM forum_ballots WHERE vote_id = $1 ORDER BY cast_at, id`, vote)
}
