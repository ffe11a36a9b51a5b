package projects

import (
	"slices"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// Status is where a project stands on a day. It is a rule over facts and the
// clock and is stored nowhere.
type Status struct {
	Is State `json:"is"`
	// Year of Years tells how far a running project is: 2 of 3.
	Year  int `json:"year,omitempty"`
	Years int `json:"years,omitempty"`
	// DaysLate counts the days since the earliest missing report was due.
	DaysLate int `json:"days_late,omitempty"`
}

// State is the name of a status.
type State string

// The states in the order of a project's life.
const (
	Planned    State = "planned"     // no agreement yet
	Agreed     State = "agreed"      // agreed, not begun
	Running    State = "running"     //
	ReportLate State = "report_late" // a report that was due is missing
	Reporting  State = "reporting"   // over; the last report is awaited or being read
	Finished   State = "finished"    // over, all that was due is accepted
	Closed     State = "closed"      // the funder's side has closed it
	Cancelled  State = "cancelled"   // given up before an agreement
	Terminated State = "terminated"  // the agreement ended early
)

// States lists all states in the order of a project's life.
var States = []State{Planned, Agreed, Running, ReportLate, Reporting, Finished, Closed, Cancelled, Terminated}

// Ended tells that nothing more is to happen.
func (s State) Ended() bool {
	return s == Finished || s == Closed || s == Cancelled || s == Terminated
}

// number stands for the state in the index.
func (s State) number() int64 { return int64(slices.Index(States, s) + 1) }

// Key is the message key of the state.
func (s State) Key() string { return "projects.status." + string(s) }

// Tone is how a status is coloured: "", "good", "wait" or "late".
func (s State) Tone() string {
	switch s {
	case Planned, Agreed, Reporting:
		return "wait"
	case ReportLate, Terminated:
		return "late"
	case Finished, Closed:
		return "good"
	}
	return ""
}

// course is what the status of a project follows from.
type course struct {
	Starts, Ends                                  db.Date
	AgreedOn, CancelledOn, TerminatedOn, ClosedOn db.Date
	Schedule                                      []DueReport
}

func (p *Project) course() course {
	return course{p.Starts, p.Ends, p.AgreedOn, p.CancelledOn, p.TerminatedOn, p.ClosedOn, p.Schedule}
}

// StatusOn tells where the project stands at the end of a day.
func (p Project) StatusOn(day db.Date) Status { return p.course().StatusOn(day) }

// StatusOn tells where the project stands at the end of a day.
func (p course) StatusOn(day db.Date) Status {
	happened := func(d db.Date) bool { return !d.IsZero() && !d.After(day) }
	switch {
	case happened(p.CancelledOn):
		return Status{Is: Cancelled}
	case happened(p.TerminatedOn):
		return Status{Is: Terminated}
	case happened(p.ClosedOn):
		return Status{Is: Closed}
	case !happened(p.AgreedOn):
		return Status{Is: Planned}
	}
	if late := p.daysLate(day); late > 0 {
		return Status{Is: ReportLate, DaysLate: late}
	}
	switch {
	case day.Before(p.Starts):
		return Status{Is: Agreed}
	case !day.After(p.Ends):
		return Status{Is: Running, Year: yearsBetween(p.Starts, day), Years: yearsBetween(p.Starts, p.Ends)}
	case p.allAccepted():
		return Status{Is: Finished}
	}
	return Status{Is: Reporting}
}

// NextTurn is the first day after the given one on which the status may change
// by the clock alone; zero when the clock changes nothing any more. Kept pages
// live until then.
func (p Project) NextTurn(after db.Date) db.Date {
	var next db.Date
	consider := func(d db.Date) {
		if !d.IsZero() && d.After(after) && (next.IsZero() || d.Before(next)) {
			next = d
		}
	}
	if p.ended() || p.AgreedOn.IsZero() {
		return next
	}
	consider(p.Starts)
	consider(p.Ends.AddDays(1))
	for k := 1; k < yearsBetween(p.Starts, p.Ends); k++ {
		y, m, d := p.Starts.Date()
		consider(db.Day(y+k, m, d))
	}
	for _, due := range p.Schedule {
		if due.missing() {
			consider(due.Due.AddDays(1))
		}
	}
	return next
}

func (p course) daysLate(day db.Date) int {
	late := 0
	for _, due := range p.Schedule {
		if due.missing() || due.SubmittedOn.After(day) {
			late = max(late, due.Due.DaysUntil(day))
		}
	}
	return late
}

func (p course) allAccepted() bool {
	for _, due := range p.Schedule {
		if !due.Accepted {
			return false
		}
	}
	return true
}

// yearsBetween counts begun years of twelve months from the first day: 1 within
// the first year.
func yearsBetween(first, day db.Date) int {
	fy, fm, fd := first.Date()
	y, m, d := day.Date()
	n := y - fy
	if m > fm || m == fm && d >= fd {
		n++
	}
	return n
}

// DueReport is one report that the agreement asks for.
type DueReport struct {
	ID    ref.ID  `json:"id"` // by which the obligation knows it
	No    int     `json:"no"` // 1, 2, …
	From  db.Date `json:"from"`
	To    db.Date `json:"to"`
	Due   db.Date `json:"due"`
	Final bool    `json:"final"`
	// SubmittedOn is the day on which the report that counts was submitted; zero
	// while none is, also after one was returned.
	SubmittedOn db.Date `json:"submitted_on"`
	Accepted    bool    `json:"accepted"`
}

func (d DueReport) missing() bool { return d.SubmittedOn.IsZero() }

// Rhythm is how often an agreement asks for reports.
type Rhythm string

// The rhythms.
const (
	NoReports  Rhythm = ""          // the agreement tells of none
	FinalOnly  Rhythm = "final"     // one, after the end
	Quarterly  Rhythm = "quarterly" // after each calendar quarter, the last one final
	HalfYearly Rhythm = "half_year"
	Yearly     Rhythm = "yearly"
)

// Rhythms lists the rhythms that can be chosen.
var Rhythms = []Rhythm{NoReports, FinalOnly, Quarterly, HalfYearly, Yearly}

func (r Rhythm) months() int {
	switch r {
	case Quarterly:
		return 3
	case HalfYearly:
		return 6
	case Yearly:
		return 12
	}
	return 0
}

// ScheduleOf lists the reports that a project owes by its agreement: one for
// each calendar quarter, half or year, the last one final. dueAfter gives the
// day by which a period that ended is to be reported.
func ScheduleOf(r Rhythm, starts, ends db.Date, dueAfter func(end db.Date) db.Date) []DueReport {
	if r == NoReports {
		return nil
	}
	var out []DueReport
	for from := starts; !from.After(ends); {
		to := ends
		if n := r.months(); n > 0 {
			to = earlier(periodEnd(from, n), ends)
		}
		out = append(out, DueReport{No: len(out) + 1, From: from, To: to, Due: dueAfter(to), Final: to == ends})
		from = to.AddDays(1)
	}
	return out
}

// reschedule lays the schedule anew after the plan's end was moved. Periods of
// which a report was submitted stay as they are.
func (p *Project) reschedule(newID func() ref.ID, dueAfter func(end db.Date) db.Date) {
	kept := slices.DeleteFunc(slices.Clone(p.Schedule), DueReport.missing)
	from := later(p.Starts, p.ReportsFrom)
	for i := range kept {
		kept[i].Final = kept[i].To == p.Ends
		from = kept[i].To.AddDays(1)
	}
	next := ScheduleOf(p.Rhythm, from, p.Ends, dueAfter)
	for i := range next {
		next[i].No += len(kept)
		next[i].ID = p.dueID(next[i].No, newID)
	}
	p.Schedule = append(kept, next...)
}

// dueID keeps the id of a period that was already on the schedule.
func (p Project) dueID(no int, newID func() ref.ID) ref.ID {
	if i, err := p.due(no); err == nil {
		return p.Schedule[i].ID
	}
	return newID()
}

// periodStart is the first day of the calendar period of n months around d.
func periodStart(d db.Date, n int) db.Date {
	y, m, _ := d.Date()
	return db.Day(y, time.Month((int(m)-1)/n*n+1), 1)
}

// periodEnd is the last day of that period.
func periodEnd(d db.Date, n int) db.Date {
	y, m, _ := periodStart(d, n).Date()
	return db.Day(y, m+time.Month(n), 1).AddDays(-1)
}

// reportsFrom is the first day of which an agreement owes reports on the portal
// when it came from a table on a day. It was made elsewhere, and what was due
// before was reported there: the calendar period in which the table was taken is
// the first one of the portal, and of a project that was over by then nothing
// more is owed.
func reportsFrom(r Rhythm, starts, ends, taken db.Date) db.Date {
	switch n := r.months(); {
	case ends.Before(taken):
		return ends.AddDays(1)
	case n > 0:
		return later(starts, periodStart(taken, n))
	}
	return starts
}

// rhythmOf is the rhythm of one report in a number of months, at least as often.
func rhythmOf(months int64) Rhythm {
	switch {
	case months >= 12:
		return Yearly
	case months >= 6:
		return HalfYearly
	}
	return Quarterly
}

func later(a, b db.Date) db.Date {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b db.Date) db.Date {
	if b.Before(a) {
		return b
	}
	return a
}
