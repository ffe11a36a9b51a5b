package accounts

import (
	"context"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/problem"
)

// limit says how many tries are free, and how long the wait after them may grow.
type limit struct {
	prefix  string
	free    int64
	longest time.Duration
}

// The limits on guessing: an account waits at most a quarter of an hour, so that
// nobody can be kept out of their own for long; an address waits longer. Asking
// for letters is counted apart.
var (
	byAccount = limit{"account:", 5, 15 * time.Minute}
	byAddress = limit{"address:", 20, time.Hour}
	lettersTo = limit{"letters-to:", 3, time.Hour}
	lettersBy = limit{"letters-by:", 10, time.Hour}
	codesBy   = limit{"codes-by:", 10, time.Hour}
)

const (
	firstWait  = 30 * time.Second
	forgetting = 24 * time.Hour
)

// wait is how long after a try the next one is judged: nothing while tries are
// free, then half a minute, doubled at each further try.
func (l limit) wait(tries int64) time.Duration {
	if tries < l.free {
		return 0
	}
	return min(l.longest, firstWait<<min(tries-l.free, 10))
}

// try is one key of a limit: an account or an address.
type try struct {
	limit
	of string
}

func (t try) key() []byte { return hashOf(t.prefix + t.of) }

// admit counts a try for each key before it is judged, so that tries at the same
// moment do not pass together. It answers TooMany while one of them has to wait;
// a try that has to wait is not counted.
func admit(ctx context.Context, tx *db.Tx, tries ...try) error {
	var longest time.Duration
	counts := make([]int64, len(tries))
	for i, t := range tries {
		g, _, err := db.Maybe(ctx, tx, scanGuess, `SELECT tries, last_at FROM guesses WHERE key_hash = $1`, t.key())
		if err != nil {
			return err
		}
		if tx.Now().Sub(g.last.Time) < forgetting {
			counts[i] = g.tries
			longest = max(longest, g.last.Add(t.wait(g.tries)).Sub(tx.Now()))
		}
	}
	if longest > 0 {
		return problem.New(problem.TooMany, "accounts.wait", "minutes", int64((longest+time.Minute-1)/time.Minute))
	}
	for i, t := range tries {
		if _, err := tx.Exec(ctx, `INSERT INTO guesses (key_hash, tries, last_at) VALUES ($1, $2, $3)
			ON CONFLICT (key_hash) DO UPDATE SET tries = excluded.tries, last_at = excluded.last_at`,
			t.key(), counts[i]+1, db.At(tx.Now())); err != nil {
			return err
		}
	}
	return nil
}

type guess struct {
	tries int64
	last  db.Time
}

func scanGuess(r db.Row) (g guess, err error) {
	err = r.Scan(&g.tries, &g.last)
	return g, err
}

// forgive takes back the tries of an account that proved itself, and the one of
// its address.
func forgive(ctx context.Context, tx *db.Tx, account, address try) error {
	if _, err := tx.Exec(ctx, `DELETE FROM guesses WHERE key_hash = $1`, account.key()); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE guesses SET tries = tries - 1 WHERE key_hash = $1 AND tries > 0`, address.key())
	return err
}
