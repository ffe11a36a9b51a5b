package forums

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// homeward is what comes home: the chain of the laptop's journal, from which every
// thing is read, and what no journal has: the words of questions, and the rolls and
// ballots of secret votes.
type homeward struct {
	Pack   ref.ID                 `json:"pack"`
	Chain  []journal.Carried      `json:"chain"`
	Words  map[ref.ID]wording     `json:"words"`
	Secret map[ref.ID]secretTally `json:"secret"`
}

type wording struct {
	Text string    `json:"text"`
	Lang i18n.Lang `json:"lang"`
}

type secretTally struct {
	Roll    []ref.ID       `json:"roll"`
	Ballots []secretBallot `json:"ballots"`
}

// mostHome is how large a file that comes home is at most.
const mostHome = 256 << 20

// EndHall ends the hall on the laptop: nothing is taken any more. Ended again, it
// stays as it is.
func (s *Service) EndHall(ctx context.Context, by access.Actor) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := onlyPack(ctx, tx)
		if err != nil || p.State != Away {
			return err
		}
		votes, err := votesOfForum(ctx, tx, p.ForumID)
		if err != nil {
			return err
		}
		for _, v := range votes {
			if v.CountedAt.IsZero() {
				return problem.New(problem.Conflict, "forums.vote_runs")
			}
		}
		before := p
		p.State, p.EndedAt = Home, db.At(tx.Now())
		p.Version++
		if err := updatePack(ctx, tx, p); err != nil {
			return err
		}
		return journal.Record(ctx, tx, by, "forums.hall.end", before, p)
	})
}

func onlyPack(ctx context.Context, tx *db.Tx) (Pack, error) {
	return db.One(ctx, tx, scanPack, `SELECT `+packColumns+` FROM forum_packs`)
}

// WriteHome writes what comes home of a hall that has ended and whose journal is
// sealed: a line with the code that the portal checks, then everything.
func (s *Service) WriteHome(ctx context.Context, w io.Writer, secret []byte) error {
	h := homeward{Words: map[ref.ID]wording{}, Secret: map[ref.ID]secretTally{}}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		p, err := onlyPack(ctx, tx)
		if err != nil {
			return err
		}
		if p.State == Away {
			return problem.New(problem.Conflict, "forums.end_first")
		}
		h.Pack = p.ID
		if err := journal.Carry(ctx, tx, func(x journal.Carried) error {
			h.Chain = append(h.Chain, x)
			return nil
		}); err != nil {
			return err
		}
		questions, err := db.All(ctx, tx, scanQuestion, `SELECT `+questionColumns+` FROM forum_questions ORDER BY id`)
		for _, x := range questions {
			h.Words[x.ID] = wording{x.Text, x.Lang}
		}
		if err != nil {
			return err
		}
		votes, err := votesOfForum(ctx, tx, p.ForumID)
		for _, v := range votes {
			if v.Manner != Secretly {
				continue
			}
			var t secretTally
			if t.Roll, err = marksOf(ctx, tx, v.ID); err != nil {
				return err
			}
			if t.Ballots, err = secretsOf(ctx, tx, v.ID); err != nil {
				return err
			}
			h.Secret[v.ID] = t
		}
		return err
	})
	if err != nil {
		return err
	}
	body, err := json.Marshal(h)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n%s\n", codeOf(secret, body), body)
	return err
}

// codeOf is the code by which the portal knows that a file came from its laptop and
// was not changed on the way.
func codeOf(secret, body []byte) string {
	m := hmac.New(sha256.New, secret)
	m.Write(body)
	return hex.EncodeToString(m.Sum(nil))
}

// Homecoming is what came home.
type Homecoming struct {
	Pack   Pack
	Things int // that are new or changed
}

// BringHome takes over what happened on a laptop, all of it or nothing. A file that
// was changed, whose chain does not hold, or that was taken before, is refused.
func (s *Service) BringHome(ctx context.Context, by access.Actor, r io.Reader) (out Homecoming, err error) {
	h, code, body, err := readHome(r)
	if err != nil {
		return out, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, known, err := packByID(ctx, tx, h.Pack)
		switch {
		case err != nil:
			return err
		case !known || !hmac.Equal([]byte(code), []byte(codeOf(s.packSecret(h.Pack), body))):
			return problem.New(problem.Invalid, "forums.home_changed")
		case p.State == Home:
			return problem.New(problem.Conflict, "forums.home_already", "on", db.DateOf(p.EndedAt.In(s.Zone)))
		case p.State == GivenUp:
			return problem.New(problem.Conflict, "forums.home_given_up", "on", db.DateOf(p.EndedAt.In(s.Zone)))
		}
		a := arrival{homeward: h, forum: p.ForumID, last: map[ref.Ref]int{}}
		if err := a.read(); err != nil {
			return err
		}
		pairs, err := a.apply(ctx, tx)
		if err != nil {
			return err
		}
		if err := journal.RecordMany(ctx, tx, access.Portal("hall"), "forums.hall.home", pairs); err != nil {
			return err
		}
		if err := a.keep(ctx, tx); err != nil {
			return err
		}
		before := p
		p.State, p.EndedAt = Home, db.At(tx.Now())
		p.Places, p.Head = a.chain.End()
		p.Version++
		if err := updatePack(ctx, tx, p); err != nil {
			return err
		}
		out = Homecoming{p, len(pairs)}
		return journal.Record(ctx, tx, by, "forums.hall.return", before, p)
	})
	return out, err
}

func readHome(r io.Reader) (h homeward, code string, body []byte, err error) {
	b, err := io.ReadAll(io.LimitReader(r, mostHome))
	if err != nil {
		return h, "", nil, err
	}
	first, body, _ := bytes.Cut(b, []byte("\n"))
	body = bytes.TrimSuffix(body, []byte("\n"))
	if json.Unmarshal(body, &h) != nil {
		return h, "", nil, problem.New(problem.Invalid, "forums.home_changed")
	}
	return h, string(first), body, nil
}

// arrival is what comes home while it is taken over.
type arrival struct {
	homeward
	forum  ref.ID
	chain  journal.Chain
	things []ref.Ref       // by kind and id, in the order in which they first appear
	last   map[ref.Ref]int // the place in the list of their last state
	after  []json.RawMessage
}

// read computes the chain anew and finds the last state of every thing in it.
func (a *arrival) read() error {
	for i, x := range a.Chain {
		e, err := a.chain.Next(x)
		if err != nil {
			return problem.Wrap(err, problem.Invalid, "forums.home_chain", "place", i+1)
		}
		if i == 0 && (e.Thing.Kind != KindPack || e.Thing.ID != a.Pack) {
			return problem.New(problem.Invalid, "forums.home_chain", "place", 1)
		}
		if e.Root.ID != a.forum || e.Root.Kind != Kind {
			return problem.New(problem.Invalid, "forums.home_chain", "place", i+1)
		}
		key := ref.Ref{Kind: e.Thing.Kind, ID: e.Thing.ID}
		if _, seen := a.last[key]; !seen {
			a.things = append(a.things, key)
		}
		a.last[key] = i
		a.after = append(a.after, e.Body.After)
	}
	return nil
}

// apply puts the last state of every thing into the store and tells what it was here
// before.
func (a *arrival) apply(ctx context.Context, tx *db.Tx) (pairs []journal.Pair, err error) {
	for _, key := range a.things {
		after := a.after[a.last[key]]
		var p journal.Pair
		switch key.Kind {
		case KindPack:
			continue
		case KindStage:
			p, err = arrive(after, a.forum, stageHere(ctx, tx), func(x Stage) (ref.ID, error) { return x.ForumID, putStage(ctx, tx, x) })
		case KindMandate:
			p, err = arrive(after, a.forum, mandateHere(ctx, tx), func(m Mandate) (ref.ID, error) { return m.ForumID, updateMandate(ctx, tx, m) })
		case KindWord:
			p, err = arrive(after, a.forum, nil, func(x Word) (ref.ID, error) {
				fresh, err := insertWord(ctx, tx, x)
				return x.ForumID, orTaken(fresh, err)
			})
		case KindQuestion:
			p, err = arrive(after, a.forum, nil, func(x Question) (ref.ID, error) {
				x.Text, x.Lang = a.Words[x.ID].Text, a.Words[x.ID].Lang
				return x.ForumID, insertQuestion(ctx, tx, x)
			})
		case KindSupport:
			p, err = arrive(after, a.forum, nil, func(x Support) (ref.ID, error) {
				fresh, err := insertSupport(ctx, tx, x)
				return x.ForumID, orTaken(fresh, err)
			})
		case KindVote:
			p, err = arrive(after, a.forum, nil, func(v Vote) (ref.ID, error) { return v.ForumID, a.putVote(ctx, tx, v) })
		case KindBallot:
			p, err = arrive(after, a.forum, nil, func(x Ballot) (ref.ID, error) {
				if err := insertBallot(ctx, tx, x); err != nil {
					return 0, err
				}
				fresh, err := mark(ctx, tx, x.VoteID, x.marked())
				return x.ForumID, orTaken(fresh, err)
			})
		default:
			err = problem.New(problem.Invalid, "forums.home_chain", "place", a.last[key]+1)
		}
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
	}
	return pairs, a.recount(ctx, tx)
}

// arrive reads a thing, looks what it was here, and puts it in. A thing of another
// forum is refused.
func arrive[T journal.Thing](after json.RawMessage, forum ref.ID, here func(T) (journal.Thing, error), put func(T) (ref.ID, error)) (p journal.Pair, err error) {
	var x T
	if err := json.Unmarshal(after, &x); err != nil {
		return p, fmt.Errorf("forums: %w", err)
	}
	if here != nil {
		if p.Before, err = here(x); err != nil {
			return p, err
		}
	}
	p.After = x
	of, err := put(x)
	if err == nil && of != forum {
		err = problem.New(problem.Invalid, "forums.home_changed")
	}
	return p, err
}

func stageHere(ctx context.Context, tx *db.Tx) func(Stage) (journal.Thing, error) {
	return func(x Stage) (journal.Thing, error) {
		was, ok, err := stageByID(ctx, tx, x.ID)
		if !ok {
			return nil, err
		}
		return was, err
	}
}

func mandateHere(ctx context.Context, tx *db.Tx) func(Mandate) (journal.Thing, error) {
	return func(m Mandate) (journal.Thing, error) { return mandateByID(ctx, tx, m.ID) }
}

// orTaken refuses a row that is here already.
func orTaken(fresh bool, err error) error {
	if err == nil && !fresh {
		err = problem.New(problem.Conflict, "forums.home_taken")
	}
	return err
}

func (a *arrival) putVote(ctx context.Context, tx *db.Tx, v Vote) error {
	if v.CountedAt.IsZero() {
		return problem.New(problem.Conflict, "forums.vote_runs")
	}
	if err := insertVote(ctx, tx, v); err != nil {
		return err
	}
	if v.Manner != Secretly {
		return nil
	}
	t := a.Secret[v.ID]
	return insertRoll(ctx, tx, v.ID, t.Roll, t.Ballots)
}

// recount counts every vote anew: what came home adds up to what the laptop told.
func (a *arrival) recount(ctx context.Context, tx *db.Tx) error {
	for _, key := range a.things {
		if key.Kind != KindVote {
			continue
		}
		v, err := voteByID(ctx, tx, key.ID)
		if err != nil {
			return err
		}
		t, err := countVote(ctx, tx, v)
		if err != nil {
			return err
		}
		if !v.Result.same(t) {
			return problem.New(problem.Invalid, "forums.home_tally", "vote", v.Subject)
		}
	}
	return nil
}

// keep stores the chain as it came, so that it can be proved again at any time.
func (a *arrival) keep(ctx context.Context, tx *db.Tx) error {
	rows := make([][]any, len(a.Chain))
	for i, x := range a.Chain {
		line, err := json.Marshal(x)
		if err != nil {
			return err
		}
		rows[i] = []any{a.Pack, x.Seq, string(line)}
	}
	return db.InsertMany(ctx, tx, `INSERT INTO forum_pack_links (pack_id, seq, line)`, rows)
}

// ProveHalls computes the chains of all halls that came home anew, against the heads
// that the portal recorded, and tells of each that does not hold.
func (s *Service) ProveHalls(ctx context.Context) (faults []string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		faults = nil
		list, err := db.All(ctx, tx, scanPack, `SELECT `+packColumns+` FROM forum_packs WHERE state = 'home' ORDER BY id`)
		if err != nil {
			return err
		}
		for _, p := range list {
			var c journal.Chain
			lines, err := db.All(ctx, tx, db.Value[string], `SELECT line FROM forum_pack_links WHERE pack_id = $1 ORDER BY seq`, p.ID)
			if err != nil {
				return err
			}
			if err := proveChain(&c, lines); err != nil {
				faults = append(faults, fmt.Sprintf("hall %s: %v", p.ID, err))
				continue
			}
			if places, head := c.End(); places != p.Places || head != p.Head {
				faults = append(faults, fmt.Sprintf("hall %s: the chain ends otherwise than the portal recorded", p.ID))
			}
		}
		return nil
	})
	return faults, err
}

func proveChain(c *journal.Chain, lines []string) error {
	for _, line := range lines {
		var x journal.Carried
		if err := json.Unmarshal([]byte(line), &x); err != nil {
			return err
		}
		if _, err := c.Next(x); err != nil {
			return err
		}
	}
	return nil
}
