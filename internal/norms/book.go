package norms

import (
	"slices"
	"time"

	"birge/internal/platform/db"
)

// Book is everything that holds, as of one day. It never changes.
type Book struct {
	on       db.Date
	norms    map[string][]Norm // by key, the earliest first
	keys     []string
	terms    map[string][]Term // by list, in order of Num; all that were ever in use
	calendar *Calendar
}

func newBook(on db.Date, c content) *Book {
	b := &Book{on: on, norms: map[string][]Norm{}, terms: map[string][]Term{},
		calendar: &Calendar{days: map[db.Date]Day{}, years: map[int]Year{}}}
	for _, n := range c.norms {
		if len(b.norms[n.Key]) == 0 {
			b.keys = append(b.keys, n.Key)
		}
		b.norms[n.Key] = append(b.norms[n.Key], n)
	}
	for _, t := range c.terms {
		b.terms[t.List] = append(b.terms[t.List], t)
	}
	for _, d := range c.days {
		b.calendar.days[d.Date] = d
	}
	for _, y := range c.years {
		b.calendar.years[y.Year] = y
	}
	return b
}

// On is the day as of which the book stands.
func (b *Book) On() db.Date { return b.on }

// Calendar tells working days from days off.
func (b *Book) Calendar() *Calendar { return b.calendar }

// Keys lists the keys of all norms in order.
func (b *Book) Keys() []string { return slices.Clone(b.keys) }

// Norm is the norm of the key as it holds on a date.
func (b *Book) Norm(key string, on db.Date) (Norm, bool) {
	for _, n := range b.norms[key] {
		if n.In(on) {
			return n, true
		}
	}
	return Norm{}, false
}

// History is the norm of a key through the years, the latest first.
func (b *Book) History(key string) []Norm {
	h := slices.Clone(b.norms[key])
	slices.Reverse(h)
	return h
}

// MCI is the monthly calculation index of a year in tiyn, set by the law on the
// republican budget.
func (b *Book) MCI(year int) (int64, bool) {
	n, ok := b.Norm("mci", db.Day(year, time.January, 1))
	return n.Value.N * 100, ok
}

// Terms are the entries of a list that are in use today, in the list's own order.
func (b *Book) Terms(list string) []Term {
	out := make([]Term, 0, len(b.terms[list]))
	for _, t := range b.terms[list] {
		if t.In(b.on) {
			out = append(out, t)
		}
	}
	return out
}

// AllTerms are the entries of a list that were ever in use or will be.
func (b *Book) AllTerms(list string) []Term { return slices.Clone(b.terms[list]) }

// Term is the entry of a list with the code: as it is today, or the last one
// that was in use, so that old things keep their name.
func (b *Book) Term(list, code string) (t Term, ok bool) {
	for _, c := range b.terms[list] {
		if c.Code == code && (!ok || !c.Since.After(b.on)) {
			t, ok = c, true
		}
	}
	return t, ok
}

// ByNum is the entry of a list with the number that stands for it in indexes.
func (b *Book) ByNum(list string, num int64) (Term, bool) {
	for _, t := range b.terms[list] {
		if t.Num == num {
			return b.Term(list, t.Code)
		}
	}
	return Term{}, false
}

// InUse tells whether a code can be chosen today.
func (b *Book) InUse(list, code string) bool {
	t, ok := b.Term(list, code)
	return ok && t.In(b.on)
}

// AtRisk tells whether any of the target groups is one of people at risk.
func (b *Book) AtRisk(groups ...string) bool {
	return slices.ContainsFunc(groups, func(code string) bool {
		t, _ := b.Term(TargetGroups, code)
		return t.AtRisk
	})
}

// MayOpen tells whether a plan may hold a project for these groups openly: all
// groups at risk among them are of those that the list allows to.
func (b *Book) MayOpen(groups ...string) bool {
	return !slices.ContainsFunc(groups, func(code string) bool {
		t, _ := b.Term(TargetGroups, code)
		return t.AtRisk && !t.MayOpen
	})
}

// Due is the last day of the term that the norm of the key sets, as it holds on
// the date of ground, counted from that date; no date when there is no such norm.
func (b *Book) Due(key string, from, ground db.Date) db.Date {
	n, ok := b.Norm(key, ground)
	if !ok {
		return db.Date{}
	}
	return n.Due(b.calendar, from)
}
