package forums

import (
	"context"
	"slices"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Word is somebody's turn to speak in a session.
type Word struct {
	ID        ref.ID    `json:"id"`
	Version   int64     `json:"version"`
	ForumID   ref.ID    `json:"forum_id"`
	SessionID ref.ID    `json:"session_id"`
	Who       ref.ID    `json:"who"` // the registration
	State     WordState `json:"state"`
	// Seconds is how long the person may speak, once called.
	Seconds   int64   `json:"seconds"`
	AskedAt   db.Time `json:"asked_at"`
	StartedAt db.Time `json:"started_at"`
	EndedAt   db.Time `json:"ended_at"`
}

// WordState is where a turn stands.
type WordState string

// The states of a turn.
const (
	InQueue   WordState = "waiting"
	Speaking  WordState = "speaking"
	Spoken    WordState = "spoken"
	Skipped   WordState = "skipped" // called and not there; the person may ask again
	TakenBack WordState = "taken_back"
)

// Ref names the turn.
func (x Word) Ref() ref.Ref { return hallRef(KindWord, x.ID, x.ForumID) }

// JournalVersion is the version of the row.
func (x Word) JournalVersion() int64 { return x.Version }

// Root is the forum.
func (x Word) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: x.ForumID} }

// Left is how long the speaker still has; negative when it is over.
func (x Word) Left(now time.Time) time.Duration {
	return x.StartedAt.Add(time.Duration(x.Seconds) * time.Second).Sub(now).Truncate(time.Second)
}

// to moves a turn on; a turn that is over stays.
func (x *Word) to(state WordState, now db.Time) error {
	from := map[WordState][]WordState{Speaking: {InQueue}, Spoken: {Speaking}, Skipped: {InQueue, Speaking}, TakenBack: {InQueue}}
	if !slices.Contains(from[state], x.State) {
		return problem.New(problem.Conflict, "forums.word_over")
	}
	if x.State = state; state == Speaking {
		x.StartedAt = now
	} else {
		x.EndedAt = now
	}
	return nil
}

// AskWord puts somebody at the end of the queue. Who waits already keeps the place.
func (s *Service) AskWord(ctx context.Context, by access.Actor, token string, session ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		l, err := s.attending(ctx, tx, token, session)
		if err != nil {
			return err
		}
		stage, err := stageOf(ctx, tx, l.ForumID, session)
		if err != nil {
			return err
		}
		if stage.QueueShut {
			return problem.New(problem.Conflict, "forums.queue_shut")
		}
		x := Word{ID: tx.NewID(), Version: 1, ForumID: l.ForumID, SessionID: session, Who: l.RegistrationID, State: InQueue, Seconds: stage.Seconds, AskedAt: db.At(tx.Now())}
		fresh, err := insertWord(ctx, tx, x)
		if err != nil || !fresh {
			return err
		}
		return journal.Record(ctx, tx, guest(by), "forums.word.ask", nil, x)
	})
}

// TakeWordBack takes somebody out of the queue.
func (s *Service) TakeWordBack(ctx context.Context, by access.Actor, token string, session ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		l, err := s.attending(ctx, tx, token, session)
		if err != nil {
			return err
		}
		list, err := wordsOf(ctx, tx, session)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(x Word) bool { return x.Who == l.RegistrationID && x.State == InQueue })
		if i < 0 {
			return problem.New(problem.Conflict, "forums.word_over")
		}
		return s.moveWord(ctx, tx, by, list[i], TakenBack)
	})
}

func (s *Service) moveWord(ctx context.Context, tx *db.Tx, by access.Actor, x Word, state WordState) error {
	before := x
	if err := x.to(state, db.At(tx.Now())); err != nil {
		return err
	}
	x.Version++
	if err := updateWord(ctx, tx, x); err != nil {
		return err
	}
	return journal.Record(ctx, tx, guest(by), "forums.word."+string(state), before, x)
}

// ledWord reads a turn of the session of the moderator's link.
func ledWord(ctx context.Context, tx *db.Tx, l HallLink, id ref.ID) (Word, error) {
	x, err := wordByID(ctx, tx, id)
	if err == nil && x.SessionID != l.SessionID {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return x, err
}

// CallWord gives somebody in the queue the word; who spoke until then has spoken.
func (s *Service) CallWord(ctx context.Context, by access.Actor, token string, id ref.ID) error {
	return s.led(ctx, token, func(tx *db.Tx, l HallLink) error {
		x, err := ledWord(ctx, tx, l, id)
		if err != nil {
			return err
		}
		if x.State != InQueue {
			return problem.New(problem.Conflict, "forums.word_over")
		}
		list, err := wordsOf(ctx, tx, l.SessionID)
		if err != nil {
			return err
		}
		for _, other := range list {
			if other.State == Speaking {
				if err := s.moveWord(ctx, tx, by, other, Spoken); err != nil {
					return err
				}
			}
		}
		stage, err := stageOf(ctx, tx, l.ForumID, l.SessionID)
		if err != nil {
			return err
		}
		x.Seconds = stage.Seconds
		return s.moveWord(ctx, tx, by, x, Speaking)
	})
}

// EndWord ends a turn: as spoken, or as skipped where the person is not there.
func (s *Service) EndWord(ctx context.Context, by access.Actor, token string, id ref.ID, state WordState) error {
	return s.led(ctx, token, func(tx *db.Tx, l HallLink) error {
		x, err := ledWord(ctx, tx, l, id)
		if err != nil {
			return err
		}
		return s.moveWord(ctx, tx, by, x, state)
	})
}
