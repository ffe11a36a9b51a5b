package forums

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"slices"

	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Vote is a question to those who take part in a session. It binds nobody: what a
// body decides, with quorum and minutes, is decided in its meeting.
type Vote struct {
	ID        ref.ID `json:"id"`
	Version   int64  `json:"version"`
	ForumID   ref.ID `json:"forum_id"`
	SessionID ref.ID `json:"session_id"`
	Manner    Manner `json:"manner"`
	// Subject is what is voted on.
	Subject i18n.Text `json:"subject" public:"forums.f.vote"`
	// Choices are what can be chosen; none for "for", "against" and "abstain".
	Choices []i18n.Text `json:"choices"`
	// Entitled is how many voices were in the hall when the vote was opened.
	Entitled  int64   `json:"entitled"`
	OpenedAt  db.Time `json:"opened_at"`
	ClosedAt  db.Time `json:"closed_at"`
	CountedAt db.Time `json:"counted_at"`
	Result    Tally   `json:"result"`
}

// Manner is how a vote is taken.
type Manner string

// The manners.
const (
	Openly    Manner = "open"    // a voice each; the organizer sees who chose what
	Secretly  Manner = "secret"  // a voice each; nobody sees who chose what
	ByMandate Manner = "mandate" // a voice for each mandate, openly
)

// Manners lists the manners.
var Manners = []Manner{Openly, Secretly, ByMandate}

// Key is the message key of the manner.
func (m Manner) Key() string { return "forums.manner." + string(m) }

// Tally is what was counted. Marks and Ballots are equal, which proves that each
// who is on the roll has one ballot and nobody else has.
type Tally struct {
	Marks   int64   `json:"marks"`
	Ballots int64   `json:"ballots"`
	Counts  []int64 `json:"counts"` // by choice
	// TooFew tells that fewer cast than a secret vote needs: its ballots were
	// destroyed uncounted.
	TooFew bool `json:"too_few"`
	// Outcome is how a vote for or against ended, "" for one with other choices.
	Outcome panels.ItemResult `json:"outcome"`
}

// Ref names the vote.
func (v Vote) Ref() ref.Ref {
	r := hallRef(KindVote, v.ID, v.ForumID)
	r.Title = v.Subject
	return r
}

// JournalVersion is the version of the row.
func (v Vote) JournalVersion() int64 { return v.Version }

// Root is the forum.
func (v Vote) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: v.ForumID} }

// Public tells that everybody may see the vote: once it was counted.
func (v Vote) Public() bool { return !v.CountedAt.IsZero() }

// Options is how many choices there are.
func (v Vote) Options() int {
	if len(v.Choices) == 0 {
		return len(panels.Choices)
	}
	return len(v.Choices)
}

// fewestSecret is how many must vote for a secret vote to be one.
const fewestSecret = 10

const mostChoices = 8

// NewVote is what the moderator gives of a vote.
type NewVote struct {
	Manner  Manner
	Subject i18n.Text
	Choices []i18n.Text // none for "for", "against" and "abstain"
}

// check judges a vote on its own: secretly only by HTTPS and among enough people.
func (n NewVote) check(voices int64, secure bool) error {
	var bad problem.Fields
	bad.Reject(!slices.Contains(Manners, n.Manner), "manner", "form.required")
	bad.Reject(n.Subject.IsZero(), "subject", "form.required")
	for _, l := range i18n.Langs {
		bad.Reject(len([]rune(n.Subject.Get(l))) > longestQuestion, "subject."+string(l), "form.too_long", "max", longestQuestion)
	}
	bad.Reject(len(n.Choices) == 1 || len(n.Choices) > mostChoices, "choices", "forums.choices_wrong", "most", mostChoices)
	bad.Reject(n.Manner == Secretly && !secure, "manner", "forums.secret_needs_https")
	bad.Reject(n.Manner == Secretly && secure && voices < fewestSecret, "manner", "forums.secret_needs_ten", "least", fewestSecret, "now", voices)
	bad.Reject(n.Manner == ByMandate && voices == 0, "manner", "forums.no_mandates")
	return bad.Err()
}

// takes tells that a choice can be cast now.
func (v Vote) takes(choice int64, secure bool) error {
	switch {
	case !v.ClosedAt.IsZero():
		return problem.New(problem.Conflict, "forums.vote_closed")
	case v.Manner == Secretly && !secure:
		return problem.New(problem.Conflict, "forums.secret_needs_https")
	case choice < 0 || choice >= int64(v.Options()):
		return problem.Fields{"choice": {Key: "form.required"}}.Err()
	}
	return nil
}

// Ballot is one voice of an open vote, or of a vote by mandate.
type Ballot struct {
	ID        ref.ID  `json:"id"`
	Version   int64   `json:"version"`
	ForumID   ref.ID  `json:"forum_id"`
	VoteID    ref.ID  `json:"vote_id"`
	Who       ref.ID  `json:"who"`        // the registration
	MandateID ref.ID  `json:"mandate_id"` // 0 for the person's own voice
	Choice    int64   `json:"choice"`
	CastAt    db.Time `json:"cast_at"`
}

// Ref names the ballot.
func (x Ballot) Ref() ref.Ref { return hallRef(KindBallot, x.ID, x.ForumID) }

// JournalVersion is the version of the row.
func (x Ballot) JournalVersion() int64 { return x.Version }

// Root is the forum.
func (x Ballot) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: x.ForumID} }

// ledVote reads a vote of the session of the moderator's link.
func ledVote(ctx context.Context, tx *db.Tx, l HallLink, id ref.ID) (Vote, error) {
	v, err := voteByID(ctx, tx, id)
	if err == nil && v.SessionID != l.SessionID {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return v, err
}

// OpenVote opens a vote in the session and puts it on the screen. In a session one
// vote runs at a time.
func (s *Service) OpenVote(ctx context.Context, by access.Actor, token string, n NewVote, secure bool) (v Vote, err error) {
	n.Subject = n.Subject.Trim()
	err = s.led(ctx, token, func(tx *db.Tx, l HallLink) error {
		voices, err := voicesOf(ctx, tx, l.ForumID, n.Manner)
		if err != nil {
			return err
		}
		if err := n.check(voices, secure); err != nil {
			return err
		}
		list, err := votesOf(ctx, tx, l.SessionID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(list, func(v Vote) bool { return v.ClosedAt.IsZero() }) {
			return problem.New(problem.Conflict, "forums.vote_runs")
		}
		v = Vote{ID: tx.NewID(), Version: 1, ForumID: l.ForumID, SessionID: l.SessionID, Manner: n.Manner, Subject: n.Subject, Choices: n.Choices, Entitled: voices, OpenedAt: db.At(tx.Now()), Result: Tally{Counts: []int64{}}}
		if v.Choices == nil {
			v.Choices = []i18n.Text{}
		}
		if err := insertVote(ctx, tx, v); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, guest(by), "forums.vote.open", nil, v); err != nil {
			return err
		}
		return s.setStage(ctx, tx, by, "forums.hall.screen", l, func(x *Stage) error { x.VoteID = v.ID; return nil })
	})
	return v, err
}

// voicesOf counts who could vote now.
func voicesOf(ctx context.Context, tx *db.Tx, forum ref.ID, m Manner) (int64, error) {
	if m == ByMandate {
		return mandatesCount(ctx, tx, forum)
	}
	return peopleInHall(ctx, tx, forum)
}

// Cast gives somebody's ballot: one, or one for each mandate that the person holds
// and that has not voted yet. Of a secret ballot only the mark says that it was cast.
func (s *Service) Cast(ctx context.Context, by access.Actor, token string, vote ref.ID, choice int64, secure bool) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		l, err := s.linkFor(ctx, tx, token, Attends)
		if err != nil {
			return err
		}
		v, err := voteByID(ctx, tx, vote)
		if err == nil && v.ForumID != l.ForumID {
			err = problem.New(problem.NotFound, "problem.not_found")
		}
		if err == nil {
			err = v.takes(choice, secure)
		}
		if err != nil {
			return err
		}
		voices, err := s.voices(ctx, tx, v, l.RegistrationID)
		if err != nil {
			return err
		}
		var given []journal.Pair
		cast := false
		for _, x := range voices {
			fresh, err := mark(ctx, tx, v.ID, x.marked())
			if err != nil {
				return err
			}
			if !fresh {
				continue
			}
			cast = true
			if v.Manner == Secretly {
				if err := insertSecret(ctx, tx, v.ID, choice); err != nil {
					return err
				}
				continue
			}
			x.ID, x.Choice, x.CastAt = tx.NewID(), choice, db.At(tx.Now())
			if err := insertBallot(ctx, tx, x); err != nil {
				return err
			}
			given = append(given, journal.Pair{After: x})
		}
		if !cast {
			return problem.New(problem.Conflict, "forums.voted_already")
		}
		if len(given) == 0 {
			return nil
		}
		return journal.RecordMany(ctx, tx, guest(by), "forums.vote.cast", given)
	})
}

// marked is who stands on the roll for a ballot: the mandate, or the person.
func (x Ballot) marked() ref.ID {
	if x.MandateID != 0 {
		return x.MandateID
	}
	return x.Who
}

// voices are the ballots that somebody may give in a vote, still without a choice.
func (s *Service) voices(ctx context.Context, tx *db.Tx, v Vote, who ref.ID) ([]Ballot, error) {
	one := Ballot{Version: 1, ForumID: v.ForumID, VoteID: v.ID, Who: who}
	if v.Manner != ByMandate {
		return []Ballot{one}, nil
	}
	held, err := mandatesOf(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	if len(held) == 0 {
		return nil, problem.New(problem.Conflict, "forums.no_mandate")
	}
	out := make([]Ballot, len(held))
	for i, m := range held {
		out[i] = one
		out[i].MandateID = m.ID
	}
	return out, nil
}

// CloseVote ends a vote and counts it. No ballot is taken once the first of two
// transactions is done, so those that arrive meanwhile are either in the count or
// told that the vote is closed; closing again counts what a fault left uncounted.
func (s *Service) CloseVote(ctx context.Context, by access.Actor, token string, id ref.ID) (v Vote, err error) {
	err = s.led(ctx, token, func(tx *db.Tx, l HallLink) error {
		if v, err = ledVote(ctx, tx, l, id); err != nil || !v.ClosedAt.IsZero() {
			return err
		}
		return s.changeVote(ctx, tx, by, "forums.vote.close", &v, func() { v.ClosedAt = db.At(tx.Now()) })
	})
	if err != nil {
		return v, err
	}
	err = s.led(ctx, token, func(tx *db.Tx, l HallLink) error {
		if v, err = ledVote(ctx, tx, l, id); err != nil || !v.CountedAt.IsZero() {
			return err
		}
		t, err := countVote(ctx, tx, v)
		if err != nil {
			return err
		}
		if err := s.changeVote(ctx, tx, by, "forums.vote.count", &v, func() { v.CountedAt, v.Result = db.At(tx.Now()), t }); err != nil {
			return err
		}
		if v.Manner != Secretly {
			return nil
		}
		return shuffle(ctx, tx, v.ID, t.TooFew)
	})
	return v, err
}

func (s *Service) changeVote(ctx context.Context, tx *db.Tx, by access.Actor, act string, v *Vote, change func()) error {
	before := *v
	change()
	v.Version++
	if err := updateVote(ctx, tx, *v); err != nil {
		return err
	}
	return journal.Record(ctx, tx, guest(by), act, before, *v)
}

// tally adds up the ballots of a vote: counts by choice, marks on its roll.
func (v Vote) tally(counts map[int64]int64, marks int64) Tally {
	t := Tally{Marks: marks, Counts: make([]int64, v.Options())}
	for choice, n := range counts {
		if choice >= 0 && choice < int64(len(t.Counts)) {
			t.Counts[choice] = n
		}
		t.Ballots += n
	}
	if v.Manner == Secretly && t.Ballots < fewestSecret {
		return Tally{Marks: marks, Ballots: t.Ballots, Counts: []int64{}, TooFew: true}
	}
	if len(v.Choices) == 0 {
		t.Outcome, _ = panels.Rules{Majority: panels.OfVotes}.Decide(hands(t.Counts))
	}
	return t
}

// same tells that a vote counted anew gives what was told. Of the destroyed ballots of
// one in which too few took part the roll is left.
func (t Tally) same(u Tally) bool {
	if t.TooFew {
		return u.TooFew && t.Marks == u.Marks && u.Ballots == 0
	}
	return t.Marks == t.Ballots && t.Marks == u.Marks && t.Ballots == u.Ballots && slices.Equal(t.Counts, u.Counts) && t.Outcome == u.Outcome
}

// hands are voices as the roll of a meeting has them, so that a majority in the hall
// is the same as one in a body.
func hands(counts []int64) (roll []panels.RollLine) {
	for i, n := range counts {
		for range n {
			roll = append(roll, panels.RollLine{Present: true, Choice: panels.Choices[i]})
		}
	}
	return roll
}

// chance is a random id, which tells neither a time nor an order.
func chance() ref.ID {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return ref.ID(binary.BigEndian.Uint64(b[:]) >> 1)
}
