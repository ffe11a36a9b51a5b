// Package norms keeps what the law says as data: deadlines, limits, the monthly
// calculation index, lists of spheres and legal forms, and the calendar of
// working days.
//
// A norm holds from a date, and says by which law. It is never rewritten: one
// keeper proposes what shall hold from a day to come, another keeper confirms
// it, both in public. What lives by the norms of a date goes on living by them.
// A norm marked open is still to be checked with a lawyer.
package norms

import (
	"slices"
	"strings"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Unit is what the value of a norm counts.
type Unit string

// The units of norms.
const (
	WorkingDays  Unit = "working_days"
	CalendarDays Unit = "calendar_days"
	Months       Unit = "months"
	Years        Unit = "years"
	MCI          Unit = "mci" // monthly calculation indices
	Tenge        Unit = "tenge"
	Percent      Unit = "percent"
	Count        Unit = "count"
	DayOfYear    Unit = "day_of_year"
)

// Units lists the units of norms.
var Units = []Unit{WorkingDays, CalendarDays, Months, Years, MCI, Tenge, Percent, Count, DayOfYear}

// Value is a number, a range, or a day of each year.
type Value struct {
	// N is the number, or the lower end of a range.
	N int64 `json:"n,omitempty"`
	// To is the upper end of a range; 0 when there is none.
	To int64 `json:"to,omitempty"`
	// AndMore tells that N is a lower end without an upper one.
	AndMore bool `json:"and_more,omitempty"`
	// Day is a day of each year: "03-31".
	Day string `json:"day,omitempty"`
}

// Norm is one rule as it holds from one date to another.
type Norm struct {
	ID      ref.ID    `json:"id"`
	Version int64     `json:"version"`
	Key     string    `json:"key"`
	Name    i18n.Text `json:"name"`
	Value   Value     `json:"value"`
	Unit    Unit      `json:"unit"`
	// Law names act and article; LawURL is where it can be read.
	Law    i18n.Text `json:"law"`
	LawURL string    `json:"law_url"`
	From   db.Date   `json:"valid_from"`
	To     db.Date   `json:"valid_to"` // the last day; none while it is not known
	// Open tells that the norm is still to be checked with a lawyer.
	Open bool `json:"open"`
}

// Ref names the norm in other rooms.
func (n Norm) Ref() ref.Ref {
	return ref.Ref{Kind: "norm", ID: n.ID, Title: n.Name, Path: "/norms/" + n.Key}
}

// JournalVersion is the version of the row.
func (n Norm) JournalVersion() int64 { return n.Version }

// Public tells that everybody may see norms.
func (n Norm) Public() bool { return true }

// In tells whether the norm holds on a date.
func (n Norm) In(d db.Date) bool {
	return !d.Before(n.From) && (n.To.IsZero() || !d.After(n.To))
}

// Next is the first day on or after d on which a norm of the unit day_of_year
// falls due; no date for other norms.
func (n Norm) Next(d db.Date) db.Date {
	for year := d.Year(); n.Unit == DayOfYear && year <= d.Year()+1; year++ {
		if due := n.Of(year); !due.Before(d) {
			return due
		}
	}
	return db.Date{}
}

// Of is the day of a year on which a norm of the unit day_of_year falls due.
func (n Norm) Of(year int) db.Date {
	d, err := db.ParseDate("2000-" + n.Value.Day)
	if n.Unit != DayOfYear || err != nil {
		return db.Date{}
	}
	_, month, day := d.Date()
	return db.Day(year, month, day)
}

// Due is the last day of a term of the norm that begins after from: working days
// are counted by the calendar, and a term in days or months that would end on a
// day off ends on the next working day. No date for norms that are no terms.
func (n Norm) Due(c *Calendar, from db.Date) db.Date {
	switch n.Unit {
	case WorkingDays:
		return c.AddWorkingDays(from, int(n.Value.N))
	case CalendarDays:
		return c.OnOrAfter(from.AddDays(int(n.Value.N)))
	case Months:
		return c.OnOrAfter(addMonths(from, int(n.Value.N)))
	case Years:
		return c.OnOrAfter(addMonths(from, 12*int(n.Value.N)))
	case DayOfYear:
		return n.Next(from)
	}
	return db.Date{}
}

// addMonths keeps the day of the month; a month too short for it gives its last day.
func addMonths(d db.Date, n int) db.Date {
	year, month, day := d.Date()
	to := month + time.Month(n)
	_, _, last := db.Day(year, to+1, 0).Date()
	return db.Day(year, to, min(day, last))
}

// check judges the shape of a norm that is proposed.
func (n Norm) check() (bad problem.Fields) {
	_, err := db.ParseDate("2000-" + n.Value.Day)
	bad.Reject(!isKey(n.Key), "key", "norms.key_form")
	bad.Reject(n.Name.Trim().IsZero(), "name", "form.required")
	bad.Reject(n.Law.Trim().IsZero(), "law", "form.required")
	bad.Reject(!slices.Contains(Units, n.Unit), "unit", "form.unknown_choice")
	bad.Reject(n.Unit == DayOfYear && err != nil, "value", "norms.day_form")
	least := int64(1)
	if n.Unit == Count { // a count may be none, and 0 is the no of a choice
		least = 0
	}
	bad.Reject(n.Unit != DayOfYear && n.Value.N < least, "value", "norms.value_positive")
	bad.Reject(n.Value.To != 0 && n.Value.To < n.Value.N, "value_to", "norms.value_order")
	bad.Reject(n.LawURL != "" && !strings.HasPrefix(n.LawURL, "https://") && !strings.HasPrefix(n.LawURL, "http://"), "law_url", "norms.url_form")
	return bad
}

// isKey: small Latin letters, digits, dots and underscores.
func isKey(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789._") == ""
}
