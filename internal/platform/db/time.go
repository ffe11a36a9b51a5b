package db

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"time"
)

// Time is an instant in UTC, kept to the micro-second and stored the same on
// both engines. The zero Time is stored as NULL.
type Time struct{ time.Time }

// At is t as the store keeps it.
func At(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{t.UTC().Truncate(time.Microsecond)}
}

// timeLayout has a fixed width, so that SQLite sorts its text by time.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// Value stores the instant.
func (t Time) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UTC().Format(timeLayout), nil
}

// Scan reads what Value stored.
func (t *Time) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*t = Time{}
	case time.Time:
		*t = At(v)
	case string:
		p, err := time.Parse(timeLayout, v)
		if err != nil {
			return fmt.Errorf("db: %w", err)
		}
		*t = Time{p}
	default:
		return fmt.Errorf("db: cannot scan %T as a time", v)
	}
	return nil
}

// MarshalJSON writes no instant as null.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return []byte(t.UTC().Format(`"` + timeLayout + `"`)), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Time) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*t = Time{}
		return nil
	}
	p, err := time.Parse(`"`+timeLayout+`"`, string(b))
	*t = Time{p}
	return err
}

// Date is a day of the calendar without hour or zone, as the law counts days.
// The zero Date is no date, stored as NULL.
type Date struct {
	y int
	m time.Month
	d int
}

// Day is the date of a year, month and day; days beyond the month run over as
// in time.Date.
func Day(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf is the calendar day of t in the zone it has.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads 2026-11-23. A day that does not exist is an error, and so are the
// year 0, which PostgreSQL lacks, and the first day of the year 1, which stands for no date.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err == nil && (t.Year() < 1 || t.IsZero()) {
		err = fmt.Errorf("%q is out of range", s)
	}
	if err != nil {
		return Date{}, fmt.Errorf("db: %w", err)
	}
	return DateOf(t), nil
}

// Date gives year, month and day.
func (d Date) Date() (year int, month time.Month, day int) { return d.y, d.m, d.d }

// Year is the year of d.
func (d Date) Year() int { return d.y }

// IsZero tells that there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// String writes 2026-11-23, and nothing for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.midnight().Format(time.DateOnly)
}

func (d Date) midnight() time.Time { return time.Date(d.y, d.m, d.d, 0, 0, 0, 0, time.UTC) }

// AddDays is the date n days later.
func (d Date) AddDays(n int) Date { return Day(d.y, d.m, d.d+n) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// Compare is -1, 0 or +1 as d is before, equal to or after e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.y, e.y), cmp.Compare(d.m, e.m), cmp.Compare(d.d, e.d))
}

// Before tells that d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After tells that d is a later day than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// DaysUntil counts the days from d to e; negative when e is earlier.
func (d Date) DaysUntil(e Date) int {
	return int(e.midnight().Sub(d.midnight()) / (24 * time.Hour))
}

// In is the first instant of the day in a zone. A term in days that ends at d
// ends at d.AddDays(1).In(zone).
func (d Date) In(zone *time.Location) time.Time {
	return time.Date(d.y, d.m, d.d, 0, 0, 0, 0, zone)
}

// Value stores the date.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads what Value stored.
func (d *Date) Scan(v any) (err error) {
	switch v := v.(type) {
	case nil:
		*d = Date{}
	case time.Time:
		*d = DateOf(v)
	case string:
		*d, err = ParseDate(v)
	default:
		err = fmt.Errorf("db: cannot scan %T as a date", v)
	}
	return err
}

// MarshalText writes 2026-11-23, and nothing for no date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = ParseDate(string(b))
	return err
}
