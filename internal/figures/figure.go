// Package figures keeps what others published about the civic sector: numbers
// with their source, date and definition.
//
// A figure is never corrected into agreement. When two sources give the same
// thing differently, both stay and stand side by side. What a source does not
// state is empty, and the page says that the source does not state it. The words
// for what is counted are those of the facts; our translations are marked.
package figures

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// Figure is one published number.
type Figure struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	// Fact tells which line of the facts it came from.
	Fact      string    `json:"fact"`
	SourceID  ref.ID    `json:"source_id"`
	Indicator i18n.Text `json:"indicator"`
	// WrittenIn is the language of Indicator that is not our translation.
	WrittenIn i18n.Lang `json:"written_in"`
	Topic     string    `json:"topic"`
	// Group is shared by figures that count the same thing, "" when none does.
	Group     string  `json:"group"`
	Value     float64 `json:"value"`
	Unit      string  `json:"unit"`      // count, percent, times, t, ha, KZT, USD
	Qualifier string  `json:"qualifier"` // "about", "more than", or ""
	// Change is how much more or less than before it is, in percent, when the
	// source says so.
	Change     *float64  `json:"change_percent"`
	Definition string    `json:"definition"` // "" when the source gives none
	Note       i18n.Text `json:"note"`
	Period     string    `json:"period"` // as the source has it; "" when it states none
	From       db.Date   `json:"period_from"`
	To         db.Date   `json:"period_to"`
	// Scope is "not stated" when the source does not say for which area it stands;
	// Places then are where it was said.
	Scope string `json:"scope"`
	// Places are the places that it stands for, together; none is the country.
	Places []ref.ID `json:"places"`
}

// Ref names the figure in other rooms.
func (f Figure) Ref() ref.Ref {
	return ref.Ref{Kind: "figure", ID: f.ID, Title: f.Indicator, Path: "/figures/" + f.ID.String()}
}

// JournalVersion is the version of the row.
func (f Figure) JournalVersion() int64 { return f.Version }

// Public tells that everybody may see figures.
func (f Figure) Public() bool { return true }

// IsMoney tells whether the unit is a currency.
func (f Figure) IsMoney() bool { return f.Unit == "KZT" || f.Unit == "USD" || f.Unit == "EUR" }

// Minor is a sum of money in tiyn or cents.
func (f Figure) Minor() int64 { return int64(math.Round(f.Value * 100)) }

// IsTranslated tells whether a reader of l sees our translation of what is counted.
func (f Figure) IsTranslated(l i18n.Lang) bool {
	_, shown := f.Indicator.In(l)
	return shown != f.WrittenIn
}

// StandsFor tells whether the figure is one of exactly this place; 0 is the country.
func (f Figure) StandsFor(place ref.ID) bool {
	if place == 0 {
		return len(f.Places) == 0
	}
	return slices.Contains(f.Places, place)
}

// Source is where figures were published.
type Source struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	Code    string `json:"code"`
	// Publisher is "" when it is not known; the address then names the site.
	Publisher string    `json:"publisher"`
	Published db.Date   `json:"published"`
	Lang      i18n.Lang `json:"lang"`
	URL       string    `json:"url"`
	// Forum is set for a report about a regional civic forum.
	Forum *Forum `json:"forum"`
}

// Forum is what a report tells about the civic forum at which its figures were given.
type Forum struct {
	KATO    string    `json:"kato"`
	City    i18n.Text `json:"city"`
	Held    db.Date   `json:"held"`
	Edition string    `json:"edition"`
	Theme   i18n.Text `json:"theme"`
}

// Ref names the source in other rooms.
func (s Source) Ref() ref.Ref {
	title := s.Publisher
	if title == "" {
		title = s.Code
	}
	path := "/figures?source=" + s.ID.String()
	if s.Forum != nil {
		path = "/figures/forums/" + s.Code
	}
	return ref.Ref{Kind: "figure_source", ID: s.ID, Title: i18n.Text{KK: title, RU: title, EN: title}, Path: path}
}

// JournalVersion is the version of the row.
func (s Source) JournalVersion() int64 { return s.Version }

// Public tells that everybody may see sources.
func (s Source) Public() bool { return true }

// Cited is a figure with where it was published.
type Cited struct {
	Figure
	Source Source
}

var (
	aMonth  = regexp.MustCompile(`^(\d{4})-(\d{2})$`)
	years   = regexp.MustCompile(`^(\d{4})(?:-(\d{4}))?$`)
	aPart   = regexp.MustCompile(`^(\d{4}) \((\d+) months\)$`)
	nothing = db.Date{}
)

// ReadPeriod reads "2024", "2020-2022", "2023-04" and "2024 (7 months)" as the
// first and last day; no dates for anything else.
func ReadPeriod(s string) (from, to db.Date) {
	if m := aMonth.FindStringSubmatch(s); m != nil && number(m[2]) <= 12 {
		return db.Day(number(m[1]), time.Month(number(m[2])), 1), db.Day(number(m[1]), time.Month(number(m[2])+1), 0)
	}
	if m := aPart.FindStringSubmatch(s); m != nil {
		return db.Day(number(m[1]), 1, 1), db.Day(number(m[1]), time.Month(number(m[2])+1), 0)
	}
	if m := years.FindStringSubmatch(s); m != nil {
		last := m[2]
		if last == "" {
			last = m[1]
		}
		return db.Day(number(m[1]), time.January, 1), db.Day(number(last), time.December, 31)
	}
	return nothing, nothing
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
