package panels

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Lot is what is public of the draw of a panel while it is made: the hash of the
// frozen lists and the parts of the seed.
type Lot struct {
	// ListsHash is the SHA-256 of the salted lists.
	ListsHash  string  `json:"lists_hash" public:"panels.field.lists_hash"`
	FrozenAt   db.Time `json:"frozen_at"`
	Experts    int     `json:"experts" public:"panels.field.experts"`
	Works      int     `json:"works" public:"panels.field.works"`
	Exclusions int     `json:"exclusions" public:"panels.field.exclusions"`
	Parts      []Part  `json:"parts"`
	// Voided are the sets of parts that came to nothing, with the reason.
	Voided  []Voided `json:"voided"`
	Seed    string   `json:"seed" public:"panels.field.seed"`
	DrawnAt db.Time  `json:"drawn_at"`
}

// Part is what one party gives to the seed: a text to which it bound itself by
// its hash, or public dice that were announced before they fell.
type Part struct {
	// Party is the organization that gives the part; zero for dice.
	Party ref.Ref `json:"party"`
	// Dice says which public draw is taken, what of it, and when; Source is where
	// it can be read.
	Dice   i18n.Text `json:"dice"`
	Source string    `json:"source"`
	// Commit is the SHA-256 of Value in hexadecimal; "" for dice.
	Commit string `json:"commit"`
	Value  string `json:"value"`
	// BoundAt is when the party bound itself or the dice were announced, OpenedAt
	// when the value was given.
	BoundAt  db.Time `json:"bound_at"`
	OpenedAt db.Time `json:"opened_at"`
}

// IsDice tells that the part is a public draw.
func (p Part) IsDice() bool { return p.Party.IsZero() }

// Voided is a set of parts that was given up.
type Voided struct {
	Parts []Part    `json:"parts"`
	Why   i18n.Text `json:"why"`
	At    db.Time   `json:"at"`
}

const (
	leastParties = 2
	mostParts    = 10
	leastValue   = 16 // characters: what is shorter could be guessed from its hash
	mostValue    = 400
)

// CommitTo is the hash by which a party binds itself to a value.
func CommitTo(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}

// bound tells that every part is bound and that there are enough: two parties, or
// dice.
func (l Lot) bound() bool {
	parties, dice := 0, false
	for _, p := range l.Parts {
		if p.BoundAt.IsZero() {
			return false
		}
		if p.IsDice() {
			dice = true
		} else {
			parties++
		}
	}
	return dice || parties >= leastParties
}

// opening tells that a value was given.
func (l Lot) opening() bool {
	return slices.ContainsFunc(l.Parts, func(p Part) bool { return !p.OpenedAt.IsZero() })
}

// Ready tells that every value is there, so that the draw can be made.
func (l Lot) Ready() bool {
	return l.bound() && !slices.ContainsFunc(l.Parts, func(p Part) bool { return p.OpenedAt.IsZero() })
}

// CanOpen tells that parts may be opened: everybody is bound.
func (l Lot) CanOpen() bool { return l.bound() && !l.Ready() }

// part is the place of a party's part, -1 when it has none.
func (l Lot) part(party ref.ID) int {
	return slices.IndexFunc(l.Parts, func(p Part) bool { return !p.IsDice() && p.Party.ID == party })
}

// invite asks a party for a part of the seed. Nobody comes once parts are opened.
func (l *Lot) invite(party ref.Ref) error {
	switch {
	case l.opening():
		return problem.New(problem.Conflict, "panels.seed_opening")
	case l.part(party.ID) >= 0 || len(l.Parts) >= mostParts:
		return problem.New(problem.Conflict, "panels.party_there")
	}
	l.Parts = append(slices.Clone(l.Parts), Part{Party: party})
	return nil
}

// announce names public dice before they fall.
func (l *Lot) announce(what i18n.Text, source string, now db.Time) error {
	var bad problem.Fields
	u, err := url.Parse(source)
	bad.Reject(what.Trim().IsZero(), "dice", "form.required")
	bad.Reject(err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "", "source", "panels.source_wrong")
	switch {
	case l.opening():
		return problem.New(problem.Conflict, "panels.seed_opening")
	case len(l.Parts) >= mostParts:
		return problem.New(problem.Conflict, "panels.party_there")
	case bad != nil:
		return bad.Err()
	}
	l.Parts = append(slices.Clone(l.Parts), Part{Dice: what.Trim(), Source: source, BoundAt: now})
	return nil
}

// commit binds a party to a value by its hash. It may bind itself anew until a
// part is opened.
func (l *Lot) commit(party ref.ID, hash string, now db.Time) error {
	i := l.part(party)
	hash = strings.ToLower(strings.TrimSpace(hash))
	raw, err := hex.DecodeString(hash)
	var bad problem.Fields
	bad.Reject(err != nil || len(raw) != sha256.Size, "hash", "panels.hash_wrong")
	bad.Reject(slices.ContainsFunc(l.Parts, func(p Part) bool { return p.Commit == hash && p.Party.ID != party }), "hash", "panels.hash_taken")
	switch {
	case i < 0:
		return problem.New(problem.NotFound, "problem.not_found")
	case l.opening():
		return problem.New(problem.Conflict, "panels.seed_opening")
	case bad != nil:
		return bad.Err()
	}
	l.Parts = slices.Clone(l.Parts)
	l.Parts[i].Commit, l.Parts[i].BoundAt = hash, now
	return nil
}

// open gives the value to which a party bound itself.
func (l *Lot) open(party ref.ID, value string, now db.Time) error {
	i := l.part(party)
	if i < 0 {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	return l.openAt(i, value, now, func(bad *problem.Fields) {
		bad.Reject(len([]rune(value)) < leastValue || len(value) > mostValue, "value", "panels.value_length", "min", leastValue)
		bad.Reject(CommitTo(value) != l.Parts[i].Commit, "value", "panels.value_not_committed")
	})
}

// fell gives the value of announced dice.
func (l *Lot) fell(i int, value string, now db.Time) error {
	if i < 0 || i >= len(l.Parts) || !l.Parts[i].IsDice() {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	return l.openAt(i, value, now, func(bad *problem.Fields) {
		bad.Reject(value == "" || len(value) > mostValue, "value", "form.required")
	})
}

func (l *Lot) openAt(i int, value string, now db.Time, judge func(*problem.Fields)) error {
	var bad problem.Fields
	judge(&bad)
	switch {
	case !l.bound():
		return problem.New(problem.Conflict, "panels.seed_not_bound")
	case !l.Parts[i].OpenedAt.IsZero():
		return problem.New(problem.Conflict, "panels.part_open")
	case bad != nil:
		return bad.Err()
	}
	l.Parts = slices.Clone(l.Parts)
	l.Parts[i].Value, l.Parts[i].OpenedAt = value, now
	return nil
}

// giveUp voids all parts, when a party does not open its own: whoever saw the
// others' values must not choose whether the draw goes on with them. The same
// parties bind themselves anew.
func (l *Lot) giveUp(why i18n.Text, now db.Time) error {
	var bad problem.Fields
	bad.Reject(why.Trim().IsZero(), "why", "panels.why_missing")
	if bad != nil {
		return bad.Err()
	}
	l.Voided = append(slices.Clone(l.Voided), Voided{Parts: l.Parts, Why: why.Trim(), At: now})
	var again []Part
	for _, p := range l.Parts {
		if !p.IsDice() {
			again = append(again, Part{Party: p.Party})
		}
	}
	l.Parts = again
	return nil
}

// values lists the opened values in the order of the parts.
func (l Lot) values() []string {
	out := make([]string, len(l.Parts))
	for i, p := range l.Parts {
		out[i] = p.Value
	}
	return out
}
