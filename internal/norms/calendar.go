package norms

import (
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Day is a date that is not as its day of the week says.
type Day struct {
	ID      ref.ID  `json:"id"`
	Version int64   `json:"version"`
	Date    db.Date `json:"day"`
	// Working tells that people work on this Saturday or Sunday; otherwise it is
	// a day off in the week.
	Working bool      `json:"working"`
	Reason  i18n.Text `json:"reason"`
	// MovedFrom is the day off that was moved here, none as a rule.
	MovedFrom db.Date `json:"moved_from"`
}

// Ref names the day in other rooms.
func (d Day) Ref() ref.Ref {
	return ref.Ref{Kind: "norm_day", ID: d.ID, Title: d.Reason, Path: calendarPath(d.Date.Year())}
}

// JournalVersion is the version of the row.
func (d Day) JournalVersion() int64 { return d.Version }

// Public tells that everybody may see the calendar.
func (d Day) Public() bool { return true }

// Year tells that the official table of a year is in.
type Year struct {
	ID      ref.ID    `json:"id"`
	Version int64     `json:"version"`
	Year    int       `json:"year"`
	Law     i18n.Text `json:"law"`
	LawURL  string    `json:"law_url"`
}

// Ref names the year's calendar in other rooms.
func (y Year) Ref() ref.Ref {
	return ref.Ref{Kind: "norm_year", ID: y.ID, Title: y.Law, Path: calendarPath(y.Year)}
}

// JournalVersion is the version of the row.
func (y Year) JournalVersion() int64 { return y.Version }

// Public tells that everybody may see the calendar.
func (y Year) Public() bool { return true }

func calendarPath(year int) string { return "/norms/calendar/" + db.Day(year, 1, 1).String()[:4] }

// Calendar tells working days from days off. It never changes. In a year whose
// table is not published it knows Saturdays and Sundays only; Published tells.
type Calendar struct {
	days  map[db.Date]Day
	years map[int]Year
}

// IsWorking tells whether people work on the day.
func (c *Calendar) IsWorking(d db.Date) bool {
	if day, ok := c.days[d]; ok {
		return day.Working
	}
	return !IsWeekend(d)
}

// IsWeekend tells whether a date is a Saturday or a Sunday.
func IsWeekend(d db.Date) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// Day is what is special about a date, if anything is.
func (c *Calendar) Day(d db.Date) (Day, bool) {
	day, ok := c.days[d]
	return day, ok
}

// Year is the table of a year, if it is in.
func (c *Calendar) Year(year int) (Year, bool) {
	y, ok := c.years[year]
	return y, ok
}

// Published tells whether the tables of all years from one date to another are in.
func (c *Calendar) Published(from, to db.Date) bool {
	for y := from.Year(); y <= to.Year(); y++ {
		if _, ok := c.years[y]; !ok {
			return false
		}
	}
	return true
}

// AddWorkingDays is the last day of a term of n working days; the count starts
// the day after from (Administrative Procedural Code, article 76). For n of 0 it
// is from itself, or the next working day.
func (c *Calendar) AddWorkingDays(from db.Date, n int) db.Date {
	d := from
	if n <= 0 {
		return c.OnOrAfter(d)
	}
	for n > 0 {
		d = d.AddDays(1)
		if c.IsWorking(d) {
			n--
		}
	}
	return d
}

// OnOrAfter is d itself when people work on it, or the next day on which they do.
func (c *Calendar) OnOrAfter(d db.Date) db.Date {
	for !c.IsWorking(d) {
		d = d.AddDays(1)
	}
	return d
}

// WorkingDaysIn counts the working days from one date to another, both included.
func (c *Calendar) WorkingDaysIn(from, to db.Date) (n int) {
	for d := from; !d.After(to); d = d.AddDays(1) {
		if c.IsWorking(d) {
			n++
		}
	}
	return n
}

// Table is the official table of a year as it is proposed: all its special days.
type Table struct {
	Year   int       `json:"year"`
	Law    i18n.Text `json:"law"`
	LawURL string    `json:"law_url"`
	Days   []Day     `json:"days"`
}

func (t Table) check(from db.Date) (bad problem.Fields) {
	bad.Reject(t.Law.Trim().IsZero(), "law", "form.required")
	bad.Reject(from.Year() != t.Year, "from", "norms.calendar_year")
	seen := map[db.Date]bool{}
	for _, d := range t.Days {
		bad.Reject(d.Date.Year() != t.Year, "days", "norms.day_of_other_year", "day", d.Date)
		bad.Reject(seen[d.Date], "days", "norms.day_twice", "day", d.Date)
		bad.Reject(d.Working != IsWeekend(d.Date), "days", "norms.day_changes_nothing", "day", d.Date)
		seen[d.Date] = true
	}
	return bad
}
