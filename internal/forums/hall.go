package forums

import (
	"context"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// The kinds of the refs of what happens in the hall of a session: how it is set, who
// speaks, what is asked and what is voted on.
const (
	KindStage    = "forum_stage"
	KindWord     = "forum_word"
	KindQuestion = "forum_question"
	KindSupport  = "forum_support"
	KindVote     = "forum_vote"
	KindBallot   = "forum_ballot"
	KindMandate  = "forum_mandate"
)

// hallRef names a thing of the hall; it stands on the page of its forum's hall.
func hallRef(kind string, id, forum ref.ID) ref.Ref {
	return ref.Ref{Kind: kind, ID: id, Path: "/forums/" + forum.String() + "/hall"}
}

// Stage is how the hall of a session is set.
type Stage struct {
	// ID is that of the session.
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	ForumID ref.ID `json:"forum_id"`
	// Seconds is how long each may speak.
	Seconds int64 `json:"seconds"`
	// QueueShut and AskingShut tell that nobody can ask for the word, or ask a question.
	QueueShut  bool `json:"queue_shut"`
	AskingShut bool `json:"asking_shut"`
	// QuestionID and VoteID are what the screen shows, 0 for none.
	QuestionID ref.ID `json:"question_id"`
	VoteID     ref.ID `json:"vote_id"`
}

// Ref names the stage.
func (x Stage) Ref() ref.Ref { return hallRef(KindStage, x.ID, x.ForumID) }

// JournalVersion is the version of the row.
func (x Stage) JournalVersion() int64 { return x.Version }

// Root is the forum.
func (x Stage) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: x.ForumID} }

// How long somebody may speak, in seconds.
const (
	usualSpeech    = 180
	shortestSpeech = 10
	longestSpeech  = 3600
)

// Setting is what the moderator sets of a hall.
type Setting struct {
	Seconds               int64
	QueueShut, AskingShut bool
}

func (n Setting) check() error {
	var bad problem.Fields
	bad.Reject(n.Seconds < shortestSpeech || n.Seconds > longestSpeech, "seconds", "forums.seconds_wrong", "least", shortestSpeech, "most", longestSpeech)
	return bad.Err()
}

// Does is what a link into the hall lets somebody do.
type Does string

// What links are for.
const (
	Attends Does = "attends" // somebody who takes part: asks, speaks, votes
	Leads   Does = "leads"   // the moderator of one session
	Shows   Does = "shows"   // the screen of one session, which changes nothing
)

// HallLink is a secret address of the hall. Whoever has it acts as whom it is for.
type HallLink struct {
	ID             ref.ID
	ForumID        ref.ID
	SessionID      ref.ID // 0 for somebody who takes part
	RegistrationID ref.ID // 0 but for somebody who takes part
	Does           Does
	Until          db.Time
}

// afterForum is how long links into the hall are good after the last day.
const afterForum = 24 * time.Hour

// hallEnds is when the links of a forum end.
func (s *Service) hallEnds(f Forum, now time.Time) db.Time {
	if f.last().IsZero() {
		return db.At(now.Add(7 * 24 * time.Hour))
	}
	return db.At(f.last().AddDays(1).In(s.Zone).Add(afterForum))
}

// entrance makes a link; the one that somebody who takes part had before leads nowhere.
func (s *Service) entrance(ctx context.Context, tx *db.Tx, f Forum, l HallLink) (token string, err error) {
	token = secret(16)
	l.ID, l.ForumID, l.Until = tx.NewID(), f.ID, s.hallEnds(f, tx.Now())
	if !l.Until.After(tx.Now()) {
		return "", problem.New(problem.Conflict, "forums.hall_over")
	}
	if l.RegistrationID != 0 {
		if err := dropLink(ctx, tx, l.RegistrationID); err != nil {
			return "", err
		}
	}
	return token, insertLink(ctx, tx, l, hashOf(token))
}

// EnterByPass lets somebody into the hall by the link of the registration. A phone
// that was let in before by the code is put out.
func (s *Service) EnterByPass(ctx context.Context, passToken string) (token string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		x, err := registrationByToken(ctx, tx, hashOf(passToken))
		if err != nil {
			return err
		}
		f, err := byID(ctx, tx, x.ForumID)
		if err != nil {
			return err
		}
		token, err = s.admitToHall(ctx, tx, f, x)
		return err
	})
	return token, err
}

// EnterByCode lets somebody in by the code on the badge. A code lets in one phone:
// the moderator can set it free, and the registration's own link always works.
func (s *Service) EnterByCode(ctx context.Context, forum ref.ID, code string) (token string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		f, err := byID(ctx, tx, forum)
		if err != nil || !f.Public() || f.Reported() {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		x, known, err := registrationByCode(ctx, tx, forum, tidyCode(code))
		if err != nil {
			return err
		}
		if !known || x.State != Admitted {
			return problem.Fields{"code": {Key: "forums.code_unknown"}}.Err()
		}
		used, err := personInHall(ctx, tx, x.ID)
		if err != nil {
			return err
		}
		if used {
			return problem.New(problem.Conflict, "forums.code_used")
		}
		token, err = s.admitToHall(ctx, tx, f, x)
		return err
	})
	return token, err
}

func (s *Service) admitToHall(ctx context.Context, tx *db.Tx, f Forum, x Registration) (string, error) {
	if x.State != Admitted {
		return "", problem.New(problem.Conflict, "forums.not_admitted")
	}
	if err := s.hallIsHere(ctx, tx, f.ID); err != nil {
		return "", err
	}
	return s.entrance(ctx, tx, f, HallLink{RegistrationID: x.ID, Does: Attends})
}

// FreeCode lets another phone in by a code: the one that was in is put out.
func (s *Service) FreeCode(ctx context.Context, token, code string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		l, err := s.linkFor(ctx, tx, token, Leads)
		if err != nil {
			return err
		}
		x, known, err := registrationByCode(ctx, tx, l.ForumID, tidyCode(code))
		if err == nil && !known {
			err = problem.Fields{"code": {Key: "forums.code_unknown"}}.Err()
		}
		if err != nil {
			return err
		}
		return dropLink(ctx, tx, x.ID)
	})
}

// HandLink makes a link by which somebody leads a session, or a screen shows it.
func (s *Service) HandLink(ctx context.Context, by access.Actor, forum, session ref.ID, does Does) (token string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		f, _, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		x, err := sessionByID(ctx, tx, session)
		if err != nil {
			return err
		}
		if x.ForumID != forum || x.Dropped || does != Leads && does != Shows {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		token, err = s.entrance(ctx, tx, f, HallLink{SessionID: session, Does: does})
		return err
	})
	return token, err
}

// EndLinks makes every link of moderators and screens of a forum lead nowhere.
func (s *Service) EndLinks(ctx context.Context, by access.Actor, forum ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if _, _, err := s.kept(ctx, tx, by, forum); err != nil {
			return err
		}
		return dropLinksOf(ctx, tx, forum)
	})
}

// linkOf reads a link that is good now.
func (s *Service) linkOf(ctx context.Context, tx *db.Tx, token string) (HallLink, error) {
	l, err := linkByHash(ctx, tx, hashOf(token))
	if err == nil && !l.Until.After(tx.Now()) {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return l, err
}

// linkFor reads a link for one purpose, to act by it: the hall must be here.
func (s *Service) linkFor(ctx context.Context, tx *db.Tx, token string, does Does) (HallLink, error) {
	l, err := s.linkOf(ctx, tx, token)
	if err == nil && l.Does != does {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	if err != nil {
		return l, err
	}
	return l, s.hallIsHere(ctx, tx, l.ForumID)
}

// attending reads the link of somebody who takes part, for a session of that forum.
func (s *Service) attending(ctx context.Context, tx *db.Tx, token string, session ref.ID) (HallLink, error) {
	l, err := s.linkFor(ctx, tx, token, Attends)
	if err != nil {
		return l, err
	}
	x, err := sessionByID(ctx, tx, session)
	if err == nil && (x.ForumID != l.ForumID || x.Dropped) {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	l.SessionID = session
	return l, err
}

// stageOf is how the hall of a session is set; as usual while nobody has set it.
func stageOf(ctx context.Context, tx *db.Tx, forum, session ref.ID) (Stage, error) {
	x, ok, err := stageByID(ctx, tx, session)
	if err == nil && !ok {
		x = Stage{ID: session, ForumID: forum, Seconds: usualSpeech}
	}
	return x, err
}

// setStage changes the stage of the session of a link.
func (s *Service) setStage(ctx context.Context, tx *db.Tx, by access.Actor, act string, l HallLink, change func(x *Stage) error) error {
	before, err := stageOf(ctx, tx, l.ForumID, l.SessionID)
	if err != nil {
		return err
	}
	now := before
	if err := change(&now); err != nil {
		return err
	}
	if now == before && now.Version > 0 {
		return nil
	}
	now.Version++
	if err := saveStage(ctx, tx, now); err != nil {
		return err
	}
	var was journal.Thing
	if before.Version > 0 {
		was = before
	}
	return journal.Record(ctx, tx, guest(by), act, was, now)
}

// SetHall sets how long each speaks and whether people can still ask.
func (s *Service) SetHall(ctx context.Context, by access.Actor, token string, n Setting) error {
	return s.led(ctx, token, func(tx *db.Tx, l HallLink) error {
		if err := n.check(); err != nil {
			return err
		}
		return s.setStage(ctx, tx, by, "forums.hall.set", l, func(x *Stage) error {
			x.Seconds, x.QueueShut, x.AskingShut = n.Seconds, n.QueueShut, n.AskingShut
			return nil
		})
	})
}

// led runs an act of the moderator in a transaction.
func (s *Service) led(ctx context.Context, token string, act func(tx *db.Tx, l HallLink) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		l, err := s.linkFor(ctx, tx, token, Leads)
		if err != nil {
			return err
		}
		return act(tx, l)
	})
}
