package awards

import (
	"context"

	"birge/internal/norms"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// The norms of prizes of money.
const (
	// NormLeast is the least money of a nomination, in MCI.
	NormLeast = "award.sum"
	// NormRepeat is for how many years nobody gets money again.
	NormRepeat = "award.repeat"
	// NormNames tells whether the names of the jury are public once it is decided.
	NormNames = "award.jury_names"
)

// Share is what each of n winners gets of a sum in tiyn: all the same, and what
// cannot be shared equally stays with the giver.
func Share(sum int64, n int) int64 {
	if n < 1 {
		return 0
	}
	return sum / int64(n)
}

// least is the least money of a nomination in tiyn by the norms of a day; 0 without
// a norm.
func least(b *norms.Book, day db.Date) int64 {
	n, ok := b.Norm(NormLeast, day)
	mci, known := b.MCI(day.Year())
	if !ok || !known {
		return 0
	}
	return n.Value.N * mci
}

// barredSince is the day since which money was given to nobody who may get it on a
// day; ok is false without a norm.
func barredSince(b *norms.Book, on, day db.Date) (since db.Date, ok bool) {
	n, ok := b.Norm(NormRepeat, on)
	if !ok || n.Value.N < 1 {
		return db.Date{}, false
	}
	year, month, d := day.Date()
	return db.Day(year-int(n.Value.N), month, d), true
}

// barred tells which of some nominees got money after a day and may not get it
// again: organizations by the register, private persons by their account.
func barred(ctx context.Context, tx *db.Tx, list []Nominee, since db.Date) (map[ref.ID]bool, error) {
	out := map[ref.ID]bool{}
	for _, n := range list {
		var who, column = n.OrgID, `l.org_id`
		if n.PersonID != 0 {
			who, column = n.PersonID, `w.person_id`
		}
		if who == 0 {
			continue
		}
		times, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM award_laureates l LEFT JOIN award_nominees w ON w.id = l.nominee_id
			WHERE l.kind = '`+Money+`' AND l.revoked_at IS NULL AND l.awarded_on > $1 AND `+column+` = $2`, since, int64(who))
		if err != nil {
			return nil, err
		}
		out[n.ID] = times > 0
	}
	return out, nil
}
