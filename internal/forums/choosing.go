package forums

import (
	"context"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Offer is a session that does not take everybody, as one person sees it.
type Offer struct {
	Session Session
	Taken   int64
	Choice  Choice // the zero choice where the person has made none
}

// Offers gives the bounded sessions of the forum to who holds a link.
func (s *Service) Offers(ctx context.Context, token string) (out []Offer, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out = nil
		x, err := registrationByToken(ctx, tx, hashOf(token))
		if err != nil {
			return err
		}
		list, err := SessionsOf(ctx, tx, x.ForumID)
		if err != nil {
			return err
		}
		mine, err := choicesOf(ctx, tx, x.ID)
		if err != nil {
			return err
		}
		for _, o := range list {
			if !o.Bounded() {
				continue
			}
			n, err := seatedIn(ctx, tx, o.ID)
			if err != nil {
				return err
			}
			out = append(out, Offer{o, n, chosen(mine, o.ID)})
		}
		return nil
	})
	return out, err
}

func chosen(list []Choice, session ref.ID) Choice {
	for _, c := range list {
		if c.SessionID == session && c.State != Left {
			return c
		}
	}
	return Choice{}
}

// Choose asks for a place in a session for who holds a link: whoever comes when all
// places are taken waits for one.
func (s *Service) Choose(ctx context.Context, by access.Actor, token string, session ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		x, err := registrationByToken(ctx, tx, hashOf(token))
		if err != nil {
			return err
		}
		o, err := sessionByID(ctx, tx, session)
		if err != nil {
			return err
		}
		mine, err := choicesOf(ctx, tx, x.ID)
		if err != nil {
			return err
		}
		others, err := s.chosenSessions(ctx, tx, mine)
		if err != nil {
			return err
		}
		if err := o.mayChoose(x, others, db.At(tx.Now())); err != nil {
			return err
		}
		i := slices.IndexFunc(mine, func(c Choice) bool { return c.SessionID == session })
		if i >= 0 && mine[i].State != Left {
			return nil // chosen before
		}
		n, err := seatedIn(ctx, tx, session)
		if err != nil {
			return err
		}
		c := Choice{ID: tx.NewID(), ForumID: x.ForumID, SessionID: session, RegistrationID: x.ID}
		var was journal.Thing
		if i >= 0 {
			c, was = mine[i], mine[i]
		}
		c.Version++
		c.ChosenAt, c.State = db.At(tx.Now()), InLine
		if n < o.Places {
			c.State = Seated
		}
		if err := keepChoice(ctx, tx, guest(by), "forums.choice.make", was, c); err != nil || c.State != Seated {
			return err
		}
		return s.seated(ctx, tx, o)
	})
}

// chosenSessions are the sessions in which somebody sits or waits.
func (s *Service) chosenSessions(ctx context.Context, tx *db.Tx, mine []Choice) (out []Session, err error) {
	for _, c := range mine {
		if c.State == Left {
			continue
		}
		o, err := sessionByID(ctx, tx, c.SessionID)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func keepChoice(ctx context.Context, tx *db.Tx, as access.Actor, act string, was journal.Thing, c Choice) error {
	if err := saveChoice(ctx, tx, c); err != nil {
		return err
	}
	return journal.Record(ctx, tx, as, act, was, c)
}

// seated has those who have got a place sent the link of the session.
func (s *Service) seated(ctx context.Context, tx *db.Tx, o Session) error {
	f, err := byID(ctx, tx, o.ForumID)
	if err != nil {
		return err
	}
	return s.linksLater(ctx, tx, f)
}

// Unchoose gives back the place in a session to whoever waits for it.
func (s *Service) Unchoose(ctx context.Context, by access.Actor, token string, session ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		x, err := registrationByToken(ctx, tx, hashOf(token))
		if err != nil {
			return err
		}
		mine, err := choicesOf(ctx, tx, x.ID)
		if err != nil {
			return err
		}
		c := chosen(mine, session)
		if c.ID == 0 {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		return s.leaveSession(ctx, tx, guest(by), c)
	})
}

func (s *Service) leaveSession(ctx context.Context, tx *db.Tx, as access.Actor, c Choice) error {
	before := c
	c.State = Left
	c.Version++
	if err := keepChoice(ctx, tx, as, "forums.choice.leave", before, c); err != nil {
		return err
	}
	o, err := sessionByID(ctx, tx, c.SessionID)
	if err != nil {
		return err
	}
	return s.fillSession(ctx, tx, o)
}

// leaveSessions gives back every place of a registration.
func (s *Service) leaveSessions(ctx context.Context, tx *db.Tx, registration ref.ID) error {
	mine, err := choicesOf(ctx, tx, registration)
	if err != nil {
		return err
	}
	for _, c := range mine {
		if c.State == Left {
			continue
		}
		if err := s.leaveSession(ctx, tx, access.Portal("forums"), c); err != nil {
			return err
		}
	}
	return nil
}

// fillSession gives the free places of a session to those who wait, the first that
// came first.
func (s *Service) fillSession(ctx context.Context, tx *db.Tx, o Session) error {
	if !o.Bounded() {
		return nil
	}
	n, err := seatedIn(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	waiting, err := choicesIn(ctx, tx, o.ID, InLine)
	if err != nil {
		return err
	}
	for _, c := range waiting[:min(len(waiting), int(max(0, o.Places-n)))] {
		before := c
		c.State = Seated
		c.Version++
		if err := keepChoice(ctx, tx, access.Portal("forums"), "forums.choice.seat", before, c); err != nil {
			return err
		}
	}
	return s.seated(ctx, tx, o)
}
