package forums

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Question is what somebody asks from a phone. Nobody but the moderator sees it
// until the moderator shows it.
type Question struct {
	ID        ref.ID `json:"id"`
	Version   int64  `json:"version"`
	ForumID   ref.ID `json:"forum_id"`
	SessionID ref.ID `json:"session_id"`
	Who       ref.ID `json:"who"` // the registration
	// Named tells that the hall may see who asks.
	Named bool          `json:"named"`
	State QuestionState `json:"state"`
	// IntoID is the question into which this one was merged.
	IntoID  ref.ID  `json:"into_id"`
	AskedAt db.Time `json:"asked_at"`
	// Text is personal: no entry of the journal has it.
	Text string    `json:"-"`
	Lang i18n.Lang `json:"-"`
}

// Heard are the questions that the hall of a session saw, in the order in which they
// were asked, as far as their words are still kept.
func (s *Service) Heard(ctx context.Context, session ref.ID) (texts []string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err := questionsOf(ctx, tx, session)
		for _, x := range list {
			if (x.State == Shown || x.State == Answered) && x.Text != "" {
				texts = append(texts, strings.Join(strings.Fields(x.Text), " "))
			}
		}
		return err
	})
	return texts, err
}

// QuestionState is where a question stands.
type QuestionState string

// The states of a question.
const (
	NewQuestion QuestionState = "asked"
	Shown       QuestionState = "shown" // the hall sees it and can support it
	Answered    QuestionState = "answered"
	Dismissed   QuestionState = "dismissed"
	Merged      QuestionState = "merged"
)

// Ref names the question.
func (x Question) Ref() ref.Ref { return hallRef(KindQuestion, x.ID, x.ForumID) }

// JournalVersion is the version of the row.
func (x Question) JournalVersion() int64 { return x.Version }

// Root is the forum.
func (x Question) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: x.ForumID} }

// to moves a question on.
func (x *Question) to(state QuestionState) error {
	from := map[QuestionState][]QuestionState{Shown: {NewQuestion, Dismissed, Answered}, Answered: {NewQuestion, Shown}, Dismissed: {NewQuestion, Shown}, Merged: {NewQuestion, Shown}}
	if !slices.Contains(from[state], x.State) {
		return problem.New(problem.Conflict, "forums.question_over")
	}
	x.State = state
	return nil
}

// Support is that somebody wants a question answered.
type Support struct {
	ID         ref.ID `json:"id"`
	Version    int64  `json:"version"`
	ForumID    ref.ID `json:"forum_id"`
	QuestionID ref.ID `json:"question_id"`
	Who        ref.ID `json:"who"` // the registration
}

// Ref names the support.
func (x Support) Ref() ref.Ref { return hallRef(KindSupport, x.ID, x.ForumID) }

// JournalVersion is the version of the row.
func (x Support) JournalVersion() int64 { return x.Version }

// Root is the forum.
func (x Support) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: x.ForumID} }

// Questions of one person: how long one is at most, and how many may wait for the
// moderator at once.
const (
	longestQuestion = 500
	mostWaiting     = 5
)

// Ask hands the moderator a question.
func (s *Service) Ask(ctx context.Context, by access.Actor, token string, session ref.ID, text string, lang i18n.Lang, named bool) error {
	text = strings.TrimSpace(text)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		l, err := s.attending(ctx, tx, token, session)
		if err != nil {
			return err
		}
		var bad problem.Fields
		bad.Reject(text == "", "text", "form.required")
		bad.Reject(utf8.RuneCountInString(text) > longestQuestion, "text", "form.too_long", "max", longestQuestion)
		if err := bad.Err(); err != nil {
			return err
		}
		stage, err := stageOf(ctx, tx, l.ForumID, session)
		if err != nil {
			return err
		}
		if stage.AskingShut {
			return problem.New(problem.Conflict, "forums.asking_shut")
		}
		mine, err := questionsOfPerson(ctx, tx, session, l.RegistrationID)
		if err != nil {
			return err
		}
		waiting := 0
		for _, x := range mine {
			if x.State == NewQuestion {
				waiting++
			}
			if x.Text == text {
				return nil // sent twice
			}
		}
		if waiting >= mostWaiting {
			return problem.New(problem.Conflict, "forums.too_many_questions", "most", mostWaiting)
		}
		x := Question{ID: tx.NewID(), Version: 1, ForumID: l.ForumID, SessionID: session, Who: l.RegistrationID, Named: named, State: NewQuestion, AskedAt: db.At(tx.Now()), Text: text, Lang: lang}
		if err := insertQuestion(ctx, tx, x); err != nil {
			return err
		}
		return journal.Record(ctx, tx, guest(by), "forums.question.ask", nil, x)
	})
}

// SupportQuestion adds somebody's support to a question that is shown, once.
func (s *Service) SupportQuestion(ctx context.Context, by access.Actor, token string, id ref.ID) error {
	var q Question
	defer func() { s.turns.forget(q.SessionID) }()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		l, err := s.linkFor(ctx, tx, token, Attends)
		if err != nil {
			return err
		}
		q, err = questionByID(ctx, tx, id)
		if err == nil && (q.ForumID != l.ForumID || q.State == NewQuestion || q.State == Dismissed) {
			err = problem.New(problem.NotFound, "problem.not_found")
		}
		if err == nil && q.State != Shown {
			err = problem.New(problem.Conflict, "forums.question_over")
		}
		if err != nil || q.Who == l.RegistrationID { // who asks supports it anyway
			return err
		}
		x := Support{ID: tx.NewID(), Version: 1, ForumID: l.ForumID, QuestionID: id, Who: l.RegistrationID}
		fresh, err := insertSupport(ctx, tx, x)
		if err != nil || !fresh {
			return err
		}
		return journal.Record(ctx, tx, guest(by), "forums.question.support", nil, x)
	})
}

// ledQuestion reads a question of the session of the moderator's link.
func ledQuestion(ctx context.Context, tx *db.Tx, l HallLink, id ref.ID) (Question, error) {
	x, err := questionByID(ctx, tx, id)
	if err == nil && x.SessionID != l.SessionID {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return x, err
}

// TurnQuestion shows a question to the hall, or notes that it was answered or is
// dismissed. What is not shown any more leaves the screen.
func (s *Service) TurnQuestion(ctx context.Context, by access.Actor, token string, id ref.ID, state QuestionState) error {
	return s.led(ctx, token, func(tx *db.Tx, l HallLink) error {
		x, err := ledQuestion(ctx, tx, l, id)
		if err != nil {
			return err
		}
		if state == Merged {
			return problem.New(problem.Invalid, "form.unknown_choice")
		}
		return s.moveQuestion(ctx, tx, by, l, x, state, 0)
	})
}

// MergeQuestion merges a question into another one of the session: the supporters of
// both count there, each once, and both have their author.
func (s *Service) MergeQuestion(ctx context.Context, by access.Actor, token string, id, into ref.ID) error {
	return s.led(ctx, token, func(tx *db.Tx, l HallLink) error {
		x, err := ledQuestion(ctx, tx, l, id)
		if err != nil {
			return err
		}
		other, err := ledQuestion(ctx, tx, l, into)
		if err != nil {
			return err
		}
		if id == into || other.State != Shown && other.State != NewQuestion {
			return problem.New(problem.Conflict, "forums.question_over")
		}
		return s.moveQuestion(ctx, tx, by, l, x, Merged, into)
	})
}

func (s *Service) moveQuestion(ctx context.Context, tx *db.Tx, by access.Actor, l HallLink, x Question, state QuestionState, into ref.ID) error {
	before := x
	if err := x.to(state); err != nil {
		return err
	}
	x.IntoID = into
	x.Version++
	if err := updateQuestion(ctx, tx, x); err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, guest(by), "forums.question."+string(state), before, x); err != nil {
		return err
	}
	stage, err := stageOf(ctx, tx, l.ForumID, l.SessionID)
	if err != nil || stage.QuestionID != x.ID || state == Shown {
		return err
	}
	return s.setStage(ctx, tx, by, "forums.hall.screen", l, func(st *Stage) error { st.QuestionID = into; return nil })
}

// Screen puts a question or a vote of the session on its screen; nothing when both
// are 0.
func (s *Service) Screen(ctx context.Context, by access.Actor, token string, question, vote ref.ID) error {
	return s.led(ctx, token, func(tx *db.Tx, l HallLink) error {
		if question != 0 {
			x, err := ledQuestion(ctx, tx, l, question)
			if err != nil {
				return err
			}
			if x.State != Shown {
				return problem.New(problem.Conflict, "forums.show_first")
			}
		}
		if vote != 0 {
			if _, err := ledVote(ctx, tx, l, vote); err != nil {
				return err
			}
		}
		return s.setStage(ctx, tx, by, "forums.hall.screen", l, func(x *Stage) error { x.QuestionID, x.VoteID = question, vote; return nil })
	})
}

// supporters counts who wants each question answered: those who support it or one
// that was merged into it, and their authors, each once.
func supporters(list []Question, support []Support) map[ref.ID]int64 {
	into := map[ref.ID]ref.ID{}
	for _, x := range list {
		into[x.ID] = x.IntoID
	}
	whole := func(id ref.ID) ref.ID {
		for range list { // a chain of merges is not longer than the list
			if into[id] == 0 {
				break
			}
			id = into[id]
		}
		return id
	}
	type one struct{ question, who ref.ID }
	seen := map[one]bool{}
	for _, x := range list {
		seen[one{whole(x.ID), x.Who}] = true
	}
	for _, x := range support {
		seen[one{whole(x.QuestionID), x.Who}] = true
	}
	out := map[ref.ID]int64{}
	for x := range seen {
		out[x.question]++
	}
	return out
}
