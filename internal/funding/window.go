package funding

import (
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// KindWindow is the kind of the ref of a window.
const KindWindow = "topic_window"

// Window is the time in which a body takes proposals of topics for the budget of
// one year. It ends at 24:00 of the day Closes.
type Window struct {
	ID      ref.ID    `json:"id"`
	BodyID  ref.ID    `json:"body_id"`  // the organization that asks
	PlaceID ref.ID    `json:"place_id"` // for which place
	Kind    string    `json:"kind"`     // of funding, one of projects.FundingKinds
	Year    int       `json:"year"`     // whose budget the topics are for
	About   i18n.Text `json:"about"`
	Spheres []string  `json:"spheres"` // codes of the classifier; none is all
	Opens   db.Date   `json:"opens"`
	Closes  db.Date   `json:"closes"`
	// ReviewDays is how many working days the body has for its answer to a topic:
	// the norm's for the law's kinds, its own word for the others.
	ReviewDays int     `json:"review_days"`
	NormsOn    db.Date `json:"norms_on"`
	Sample     bool    `json:"sample"`
	Version    int64   `json:"version"`
}

// Ref names the window; its page is the list of its topics.
func (w Window) Ref() ref.Ref {
	return ref.Ref{Kind: KindWindow, ID: w.ID, Title: windowTitle(w.Year), Path: "/topics?window=" + w.ID.String()}
}

func windowTitle(year int) i18n.Text {
	y := db.Day(year, 1, 1).String()[:4]
	return i18n.Text{KK: y + " жылға тақырыптар қабылдау", RU: "Прием тем на " + y + " год", EN: "Topics wanted for " + y}
}

// JournalVersion is the version of the row.
func (w Window) JournalVersion() int64 { return w.Version }

// Public tells that everybody may see windows.
func (w Window) Public() bool { return true }

// OpenOn tells that topics are taken on a day.
func (w Window) OpenOn(day db.Date) bool { return !day.Before(w.Opens) && !day.After(w.Closes) }

// Over tells that no more topics are taken.
func (w Window) Over(day db.Date) bool { return day.After(w.Closes) }

// Takes tells that topics of a sphere are wanted.
func (w Window) Takes(sphere string) bool {
	return len(w.Spheres) == 0 || slices.Contains(w.Spheres, sphere)
}

// yearsAhead is how far ahead of the window the budget may lie.
const yearsAhead = 3

// check judges a window on its first day; least is the earliest last day that
// the norm allows, zero where no norm binds the body.
func (w Window) check(today, least db.Date) error {
	var bad problem.Fields
	bad.Reject(w.BodyID == 0, "body", "form.required")
	bad.Reject(w.PlaceID == 0, "place", "form.required")
	bad.Reject(!slices.Contains(projects.FundingKinds, w.Kind) || w.Kind == projects.Own, "kind", "form.required")
	bad.Reject(w.Opens.IsZero(), "opens", "form.required")
	bad.Reject(w.Opens.Before(today), "opens", "funding.window.opens_in_past")
	bad.Reject(w.Closes.IsZero(), "closes", "form.required")
	bad.Reject(!w.Closes.IsZero() && w.Closes.Before(w.Opens), "closes", "form.ends_before_start")
	bad.Reject(!w.Closes.IsZero() && w.Closes.Before(least), "closes", "funding.window.too_short", "day", least)
	bad.Reject(w.ReviewDays <= 0, "review_days", "projects.more_than_zero")
	bad.Reject(w.Year < w.Opens.Year() || w.Year > w.Opens.Year()+yearsAhead, "year", "funding.window.year_out_of_range")
	return bad.Err()
}

// WindowChange is what of an open window can be changed: its last day to a later one,
// what is said to those who propose, and more spheres; none is all.
type WindowChange struct {
	Closes  db.Date
	About   i18n.Text
	Spheres []string
}

// change takes a change of a window that is not over. What was promised to those who
// propose is never narrowed.
func (w *Window) change(n WindowChange, today db.Date) error {
	if w.Over(today) {
		return problem.New(problem.Conflict, "funding.window.over")
	}
	narrower := len(n.Spheres) > 0 && (len(w.Spheres) == 0 || slices.ContainsFunc(w.Spheres, func(s string) bool { return !slices.Contains(n.Spheres, s) }))
	var bad problem.Fields
	bad.Reject(n.Closes.Before(w.Closes), "closes", "funding.window.only_later")
	bad.Reject(narrower, "spheres", "funding.window.only_wider")
	bad.Reject(n.Closes == w.Closes && n.About == w.About && slices.Equal(n.Spheres, w.Spheres), "closes", "funding.nothing_changed")
	if err := bad.Err(); err != nil {
		return err
	}
	w.Closes, w.About, w.Spheres = n.Closes, n.About, n.Spheres
	return nil
}

// mayAsk: the side of the one who is to pay.
func mayAsk(by access.Actor, body ref.ID, kind string, around []ref.ID) (access.Actor, error) {
	as, ok := funderSide(by, body, kind, around)
	if !ok {
		return by, problem.New(problem.Forbidden, "funding.only_funder_side")
	}
	return as, nil
}
