package forums

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Hall is what somebody sees of the hall of a session.
type Hall struct {
	Link    HallLink
	Forum   Forum
	Session Session
	// Sessions are those of the forum with a hall, for somebody who takes part.
	Sessions []Session
	Stage    Stage
	Now      db.Time
	Speaker  Voice // of the zero ID while nobody speaks
	Queue    []Voice
	// Questions: those that are new or shown, for who leads; those that are shown and
	// one's own, for who takes part.
	Questions []Asking
	Votes     []Voting // the newest first
	InHall    int64    // how many were let in
	// Of who takes part: who it is, which mandates are held and which were passed on.
	Me       Registration
	Mandates []Mandate
	// Away tells that the hall is on a laptop, or has ended on this one.
	Away bool
}

// Voice is a turn to speak with who speaks.
type Voice struct {
	Word
	Name, From string
}

// Asking is a question with who asks and how many want it answered.
type Asking struct {
	Question
	Name       string // "" where it is not to be told
	Supporters int64
	Mine       bool
	Supported  bool // by who looks
}

// Voting is a vote with how many have cast.
type Voting struct {
	Vote
	Cast  int64
	Voted bool // of who looks, with every voice
}

// Running tells that ballots are taken.
func (v Voting) Running() bool { return v.ClosedAt.IsZero() }

// Place is the place of a person in the queue, counted from 1; 0 for none.
func (h Hall) Place(who ref.ID) int {
	return slices.IndexFunc(h.Queue, func(x Voice) bool { return x.Who == who }) + 1
}

// OnScreen are the question and the vote that the screen shows.
func (h Hall) OnScreen() (q Asking, v Voting) {
	if i := slices.IndexFunc(h.Questions, func(x Asking) bool { return x.ID == h.Stage.QuestionID }); i >= 0 {
		q = h.Questions[i]
	}
	if i := slices.IndexFunc(h.Votes, func(x Voting) bool { return x.ID == h.Stage.VoteID }); i >= 0 {
		v = h.Votes[i]
	}
	return q, v
}

// Hall shows the hall to whoever has a link into it. Who takes part may say which
// session; else it is the one that goes on.
func (s *Service) Hall(ctx context.Context, token string, session ref.ID) (h Hall, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		h = Hall{Now: db.At(tx.Now())}
		if h.Link, err = s.linkOf(ctx, tx, token); err != nil {
			return err
		}
		if h.Forum, err = byID(ctx, tx, h.Link.ForumID); err != nil {
			return err
		}
		h.Away = s.hallIsHere(ctx, tx, h.Forum.ID) != nil
		if h.Link.Does == Attends {
			if h.Sessions, session, err = halls(ctx, tx, h.Forum.ID, session); err != nil {
				return err
			}
			h.Link.SessionID = session
		}
		if h.Session, err = sessionByID(ctx, tx, h.Link.SessionID); err != nil {
			return err
		}
		if h.Session.ForumID != h.Forum.ID {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		if h.Stage, err = stageOf(ctx, tx, h.Forum.ID, h.Session.ID); err != nil {
			return err
		}
		for _, read := range []func(context.Context, *db.Tx) error{h.readPerson, h.readQueue, h.readVotes} {
			if err := read(ctx, tx); err != nil {
				return err
			}
		}
		return s.readQuestions(ctx, tx, &h)
	})
	return h, err
}

// LinkIsFor tells what a link into the hall lets somebody do.
func (s *Service) LinkIsFor(ctx context.Context, token string) (does Does, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		l, err := s.linkOf(ctx, tx, token)
		does = l.Does
		return err
	})
	return does, err
}

// halls are the sessions of a forum with a hall; chosen is the one that was asked
// for, else the one that goes on, else one whose hall was set, else the first.
func halls(ctx context.Context, tx *db.Tx, forum, asked ref.ID) (list []Session, chosen ref.ID, err error) {
	all, err := SessionsOf(ctx, tx, forum)
	if err != nil {
		return nil, 0, err
	}
	stages, err := stagesOf(ctx, tx, forum)
	if err != nil {
		return nil, 0, err
	}
	set := func(x Session) bool {
		return slices.ContainsFunc(stages, func(st Stage) bool { return st.ID == x.ID })
	}
	now, best := tx.Now(), -1
	for _, x := range all {
		if !set(x) && (x.Kind == Break || x.Kind == Exhibiting) {
			continue
		}
		list = append(list, x)
		rank := 0
		switch {
		case x.ID == asked:
			rank = 3
		case asked != 0:
			continue
		case !x.Starts.IsZero() && !now.Before(x.Starts.Time) && now.Before(x.Ends.Time):
			rank = 2
		case set(x):
			rank = 1
		}
		if rank > best {
			chosen, best = x.ID, rank
		}
	}
	if chosen == 0 {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return list, chosen, err
}

func (h *Hall) readPerson(ctx context.Context, tx *db.Tx) (err error) {
	if h.Link.Does != Attends {
		h.InHall, err = peopleInHall(ctx, tx, h.Forum.ID)
		return err
	}
	if h.Me, err = registrationByID(ctx, tx, h.Link.RegistrationID); err != nil {
		return err
	}
	h.Mandates, err = mandatesOf(ctx, tx, h.Me.ID)
	return err
}

func (h *Hall) readQueue(ctx context.Context, tx *db.Tx) error {
	list, err := wordsOf(ctx, tx, h.Session.ID)
	if err != nil {
		return err
	}
	var who []ref.ID
	for _, x := range list {
		if h.Link.Does != Attends || x.State == Speaking {
			who = append(who, x.Who)
		}
	}
	people, err := registrationsByIDs(ctx, tx, who)
	if err != nil {
		return err
	}
	for _, x := range list {
		v := Voice{Word: x, Name: people[x.Who].Name, From: people[x.Who].Org}
		if x.State == Speaking {
			h.Speaker = v
		} else {
			h.Queue = append(h.Queue, v)
		}
	}
	return nil
}

// shows tells that whoever has the link sees a question.
func (h *Hall) shows(x Question) bool {
	switch h.Link.Does {
	case Leads:
		return x.State == NewQuestion || x.State == Shown
	case Attends:
		return x.State == Shown || x.Who == h.Me.ID && x.State != Merged
	}
	return x.State == Shown
}

func (s *Service) readQuestions(ctx context.Context, tx *db.Tx, h *Hall) error {
	list, err := questionsOf(ctx, tx, h.Session.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	support, err := s.turns.supports(ctx, tx, h.Session.ID)
	if err != nil {
		return err
	}
	count := supporters(list, support)
	var who []ref.ID
	for _, x := range list {
		if x.Named || h.Link.Does == Leads {
			who = append(who, x.Who)
		}
	}
	people, err := registrationsByIDs(ctx, tx, who)
	if err != nil {
		return err
	}
	for _, x := range list {
		if !h.shows(x) {
			continue
		}
		a := Asking{Question: x, Name: people[x.Who].Name, Supporters: count[x.ID], Mine: x.Who == h.Me.ID && h.Me.ID != 0}
		a.Supported = h.Me.ID != 0 && slices.ContainsFunc(support, func(y Support) bool { return y.QuestionID == x.ID && y.Who == h.Me.ID })
		h.Questions = append(h.Questions, a)
	}
	slices.SortStableFunc(h.Questions, func(a, b Asking) int { return int(b.Supporters - a.Supporters) })
	return nil
}

func (h *Hall) readVotes(ctx context.Context, tx *db.Tx) error {
	list, err := votesOf(ctx, tx, h.Session.ID)
	if err != nil {
		return err
	}
	for _, v := range list {
		x := Voting{Vote: v, Cast: v.Result.Marks}
		if v.CountedAt.IsZero() && h.Link.Does != Attends {
			if x.Cast, err = marksCount(ctx, tx, v.ID); err != nil {
				return err
			}
		}
		if h.Link.Does == Attends && x.Running() {
			if x.Voted, err = h.voted(ctx, tx, v); err != nil {
				return err
			}
		}
		h.Votes = append([]Voting{x}, h.Votes...)
	}
	return nil
}

// voted tells that somebody has cast every voice.
func (h *Hall) voted(ctx context.Context, tx *db.Tx, v Vote) (bool, error) {
	if v.Manner != ByMandate {
		return isMarked(ctx, tx, v.ID, h.Me.ID)
	}
	for _, m := range h.Mandates {
		if there, err := isMarked(ctx, tx, v.ID, m.ID); err != nil || !there {
			return false, err
		}
	}
	return len(h.Mandates) > 0, nil
}

// turns keeps for a moment how the halls stand, so that thousands of phones that ask
// whether something has changed ask the store a few times a second.
type turns struct {
	mu        sync.Mutex
	now       map[ref.ID]turn
	supported map[ref.ID]supported
}

// supported is who supports which question of a session.
type supported struct {
	list []Support
	at   time.Time
}

// supports gives who supports which question of a session, read a few times a second
// at most while nobody here supports one more.
func (t *turns) supports(ctx context.Context, tx *db.Tx, session ref.ID) ([]Support, error) {
	t.mu.Lock()
	kept := t.supported[session]
	t.mu.Unlock()
	if time.Since(kept.at) < keepTurn {
		return kept.list, nil
	}
	began := time.Now()
	list, err := supportsOf(ctx, tx, session)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.supported == nil || len(t.supported) > mostTurns {
		t.supported = map[ref.ID]supported{}
	}
	if t.supported[session].at.Before(began) {
		t.supported[session] = supported{list, began}
	}
	return list, nil
}

// forget has the supports of a session read anew.
func (t *turns) forget(session ref.ID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.supported, session)
}

// mostTurns is of how many sessions is kept how they stand.
const mostTurns = 1000

type turn struct {
	phones, screen string
	at             time.Time
}

// keepTurn is for how long an answer stands.
const keepTurn = 300 * time.Millisecond

// HallTurn is a short word that changes when something changes for whoever has the
// link; it tells nothing else.
func (s *Service) HallTurn(ctx context.Context, token string, session ref.ID) (word string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		l, err := s.linkOf(ctx, tx, token)
		if err != nil {
			return err
		}
		if l.Does != Attends {
			session = l.SessionID
		}
		t, err := s.turnOf(ctx, tx, session)
		if word = t.phones; l.Does != Attends {
			word = t.screen
		}
		return err
	})
	return word, err
}

func (s *Service) turnOf(ctx context.Context, tx *db.Tx, session ref.ID) (turn, error) {
	s.turns.mu.Lock()
	t, ok := s.turns.now[session]
	s.turns.mu.Unlock()
	if ok && time.Since(t.at) < keepTurn {
		return t, nil
	}
	t, err := readTurn(ctx, tx, session)
	if err != nil {
		return t, err
	}
	t.at = time.Now() // of this process alone, whatever day the portal is at
	s.turns.mu.Lock()
	defer s.turns.mu.Unlock()
	if s.turns.now == nil || len(s.turns.now) > mostTurns {
		s.turns.now = map[ref.ID]turn{}
	}
	s.turns.now[session] = t
	return t, nil
}

func readTurn(ctx context.Context, tx *db.Tx, session ref.ID) (t turn, err error) {
	sums, err := db.All(ctx, tx, db.Value[int64], `SELECT COALESCE(SUM(version), 0) FROM forum_stages WHERE id = $1
		UNION ALL SELECT COALESCE(SUM(version), 0) FROM forum_words WHERE session_id = $1
		UNION ALL SELECT COALESCE(SUM(version), 0) FROM forum_questions WHERE session_id = $1
		UNION ALL SELECT COALESCE(SUM(version), 0) FROM forum_votes WHERE session_id = $1
		UNION ALL SELECT COUNT(*) FROM forum_supports WHERE question_id IN (SELECT id FROM forum_questions WHERE session_id = $1)
		UNION ALL SELECT COUNT(*) FROM forum_marks WHERE vote_id IN (SELECT id FROM forum_votes WHERE session_id = $1 AND counted_at IS NULL)`, session)
	if err != nil {
		return t, err
	}
	t.phones, t.screen = fmt.Sprint(sums[:4]), fmt.Sprint(sums)
	return t, nil
}

// Ended are the votes of a forum that were counted, the newest first: everybody may
// know how they ended.
type Ended struct {
	Forum Forum
	Votes []Vote
	// Away is since when the hall is on a laptop, zero while it is here.
	Away db.Time
}

// EndedVotes tells how the votes of a forum ended.
func (s *Service) EndedVotes(ctx context.Context, by access.Actor, forum ref.ID) (e Ended, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		e = Ended{}
		if e.Forum, err = s.visible(ctx, tx, by, forum); err != nil {
			return err
		}
		if e.Forum.Reported() {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		list, err := votesOfForum(ctx, tx, forum)
		for _, v := range list {
			if v.Public() {
				e.Votes = append([]Vote{v}, e.Votes...)
			}
		}
		if err != nil {
			return err
		}
		p, away, err := packAway(ctx, tx, forum)
		if away && !s.Laptop {
			e.Away = p.PackedAt
		}
		return err
	})
	return e, err
}

// Keeping is what the organizer sees of the halls of a forum.
type Keeping struct {
	Forum    Forum
	Sessions []Session
	Mandates []Mandate
	People   map[ref.ID]Registration // by whom mandates are held
	Packs    []Pack                  // the newest first
	InHall   int64
}

// Keeping gives the halls of a forum to the organizer's side.
func (s *Service) Keeping(ctx context.Context, by access.Actor, forum ref.ID) (k Keeping, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		k = Keeping{}
		if k.Forum, _, err = s.kept(ctx, tx, by, forum); err != nil {
			return err
		}
		if k.Sessions, _, err = halls(ctx, tx, forum, 0); err != nil && !problem.Is(err, problem.NotFound) {
			return err
		}
		if k.Mandates, err = mandatesIn(ctx, tx, forum); err != nil {
			return err
		}
		var who []ref.ID
		for _, m := range k.Mandates {
			who = append(who, m.HolderID)
		}
		if k.People, err = registrationsByIDs(ctx, tx, who); err != nil {
			return err
		}
		if k.InHall, err = peopleInHall(ctx, tx, forum); err != nil {
			return err
		}
		k.Packs, err = packsOf(ctx, tx, forum)
		return err
	})
	return k, err
}

func registrationsByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]Registration, error) {
	out := map[ref.ID]Registration{}
	for part := range slices.Chunk(ids, 300) {
		list, err := db.All(ctx, tx, scanRegistration, `SELECT `+registrationColumns+` FROM forum_registrations WHERE id IN `+db.In(1, len(part)), db.Args(nil, part)...)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			out[x.ID] = x
		}
	}
	return out, nil
}
