package forums

import (
	"context"
	"slices"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// HallKept is what the archive of a forum tells of one session: how many came, how the
// queue went, what the hall was asked and what it voted. Nobody is named in it.
type HallKept struct {
	SessionID ref.ID
	Title     i18n.Text
	// Came is how many entered the session. Hidden tells that the number is kept back,
	// because so few people could be known by it; Counted that a door counted at all.
	Came            int64
	Hidden, Counted bool
	Turns           Turns
	Asked           int64 // questions from phones, those that nobody saw among them
	Answered        int64
	Heard           []HeardQuestion
	Votes           []Roll // that were counted; of a secret vote without its voices
}

// Turns are the turns to speak of a session.
type Turns struct {
	Asked, Spoken, Skipped, TakenBack int64
	Seconds                           int64 // for which people spoke
}

// HeardQuestion is a question that the hall saw, without who asked it.
type HeardQuestion struct {
	Text       string // "" once it is forgotten
	Lang       i18n.Lang
	Answered   bool
	Supporters int64
}

// quiet tells that nothing was counted, asked or voted in a session.
func (h HallKept) quiet() bool {
	return !h.Counted && h.Turns.Asked == 0 && h.Asked == 0 && len(h.Votes) == 0
}

// add counts one turn.
func (t *Turns) add(x Word) {
	t.Asked++
	switch x.State {
	case Spoken:
		t.Spoken++
	case Skipped:
		t.Skipped++
	case TakenBack:
		t.TakenBack++
	}
	if !x.StartedAt.IsZero() && x.EndedAt.After(x.StartedAt.Time) {
		t.Seconds += int64(x.EndedAt.Sub(x.StartedAt.Time).Seconds())
	}
}

// heard are the questions of a session that its hall saw, the most wanted first.
func heard(list []Question, support []Support) (out []HeardQuestion) {
	count := supporters(list, support)
	for _, x := range list {
		if x.State == Shown || x.State == Answered {
			out = append(out, HeardQuestion{Text: strings.Join(strings.Fields(x.Text), " "), Lang: x.Lang, Answered: x.State == Answered, Supporters: count[x.ID]})
		}
	}
	slices.SortStableFunc(out, func(a, b HeardQuestion) int { return int(b.Supporters - a.Supporters) })
	return out
}

// hallsKept tells of the sessions of a forum in whose hall something happened, or at
// whose door people were counted, by time.
func hallsKept(ctx context.Context, tx *db.Tx, f Forum, a Attendance) (out []HallKept, err error) {
	sessions, err := SessionsOf(ctx, tx, f.ID)
	if err != nil {
		return nil, err
	}
	words, err := db.All(ctx, tx, scanWord, `SELECT `+wordColumns+` FROM forum_words WHERE forum_id = $1 ORDER BY id`, f.ID)
	if err != nil {
		return nil, err
	}
	votes, err := rollsOf(ctx, tx, f)
	if err != nil {
		return nil, err
	}
	for _, x := range sessions {
		h := HallKept{SessionID: x.ID, Title: x.Title}
		if n := a.BySession[x.ID]; n > 0 {
			h.Came, h.Counted, h.Hidden = n, true, n < leastShown
		}
		for _, w := range words {
			if w.SessionID == x.ID {
				h.Turns.add(w)
			}
		}
		for _, r := range votes {
			if r.Session.ID == x.ID {
				h.Votes = append(h.Votes, r)
			}
		}
		if err := h.readQuestions(ctx, tx); err != nil {
			return nil, err
		}
		if !h.quiet() {
			out = append(out, h)
		}
	}
	return out, nil
}

func (h *HallKept) readQuestions(ctx context.Context, tx *db.Tx) error {
	list, err := questionsOf(ctx, tx, h.SessionID)
	if err != nil || len(list) == 0 {
		return err
	}
	support, err := supportsOf(ctx, tx, h.SessionID)
	h.Asked, h.Heard = int64(len(list)), heard(list, support)
	for _, x := range h.Heard {
		if x.Answered {
			h.Answered++
		}
	}
	return err
}

// rollsOf are the votes of a forum that were counted, in the order in which they were
// taken, with the voices of those that were not secret.
func rollsOf(ctx context.Context, tx *db.Tx, f Forum) (out []Roll, err error) {
	votes, err := votesOfForum(ctx, tx, f.ID)
	if err != nil {
		return nil, err
	}
	for _, v := range votes {
		if !v.Public() {
			continue
		}
		r := Roll{Forum: f, Vote: v}
		if v.Manner == Secretly {
			r.Session, err = sessionByID(ctx, tx, v.SessionID)
		} else {
			err = r.read(ctx, tx, v.ID, 0)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}
