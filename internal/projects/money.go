package projects

import (
	"cmp"
	"slices"
	"strconv"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// YearPlan is the money that the agreement gives to one calendar year.
type YearPlan struct {
	Year int   `json:"year"`
	Sum  int64 `json:"sum"` // tiyn
}

// Tranche is one payment that the funder owes when its condition is met.
type Tranche struct {
	ID        ref.ID    `json:"id"`
	Sum       int64     `json:"sum"`
	Due       db.Date   `json:"due"`
	Condition i18n.Text `json:"condition"`
	// After is the number of the report of the schedule that must be accepted
	// before this is paid, 0 for none.
	After int `json:"after,omitempty"`
	// PaidOn is the day on which it was paid, PaidSum how much; zero until then.
	PaidOn  db.Date `json:"paid_on"`
	PaidSum int64   `json:"paid_sum"`
}

// Line is one line of the budget.
type Line struct {
	ID   ref.ID    `json:"id"`
	Name i18n.Text `json:"name"`
	Sum  int64     `json:"sum"` // planned
	// Spent is what submitted and accepted reports tell of this line.
	Spent int64 `json:"spent"`
}

// YearMoney is one row of the money by year: what was planned, what was paid in
// that year, and what was spent in it by accepted reports.
type YearMoney struct {
	Year     int   `json:"year"`
	Planned  int64 `json:"planned"`
	Paid     int64 `json:"paid"`
	Accepted int64 `json:"accepted"`
}

// MoneyByYear counts the money of each year from the plan, the paid tranches and
// the reports. Nothing of it is entered as a total.
func (p Project) MoneyByYear(reports []Report) []YearMoney {
	byYear := map[int]*YearMoney{}
	at := func(year int) *YearMoney {
		if byYear[year] == nil {
			byYear[year] = &YearMoney{Year: year}
		}
		return byYear[year]
	}
	for _, y := range p.Years {
		at(y.Year).Planned += y.Sum
	}
	for _, t := range p.Tranches {
		if !t.PaidOn.IsZero() {
			at(t.PaidOn.Year()).Paid += t.PaidSum
		}
	}
	for _, r := range reports {
		if r.State != ReportAccepted {
			continue
		}
		for _, s := range r.Spendings {
			at(s.Year).Accepted += s.Sum
		}
	}
	out := make([]YearMoney, 0, len(byYear))
	for _, y := range byYear {
		out = append(out, *y)
	}
	slices.SortFunc(out, func(a, b YearMoney) int { return cmp.Compare(a.Year, b.Year) })
	return out
}

// Paid is the sum of all payments so far.
func (p Project) Paid() (sum int64) {
	for _, t := range p.Tranches {
		sum += t.PaidSum
	}
	return sum
}

// Left is what reports may still spend.
func (p Project) Left() int64 { return p.Sum - p.Spent }

func (p Plan) checkMoney(bad *problem.Fields) {
	bad.Reject(p.Sum < 0, "sum", "form.negative")
	var years, tranches, lines int64
	seen := map[int]bool{}
	for i, y := range p.Years {
		name := field("years", i)
		bad.Reject(y.Sum < 0, name+"sum", "form.negative")
		bad.Reject(seen[y.Year], name+"year", "projects.year_twice")
		bad.Reject(!p.Starts.IsZero() && (y.Year < p.Starts.Year() || y.Year > p.Ends.Year()), name+"year", "projects.year_outside")
		seen[y.Year] = true
		years += y.Sum
	}
	bad.Reject(len(p.Years) > 0 && years != p.Sum, "years", "projects.years_differ_from_sum")
	for i, t := range p.Tranches {
		bad.Reject(t.Sum <= 0, field("tranches", i)+"sum", "projects.more_than_zero")
		bad.Reject(t.After < 0, field("tranches", i)+"after", "form.negative")
		tranches += t.Sum
	}
	bad.Reject(tranches > p.Sum, "tranches", "projects.tranches_over_sum")
	for i, l := range p.Lines {
		name := field("lines", i)
		bad.Reject(l.Name.IsZero(), name+"name", "form.required")
		bad.Reject(l.Sum < 0, name+"sum", "form.negative")
		bad.Reject(l.Sum < l.Spent, name+"sum", "projects.line_below_spent")
		lines += l.Sum
	}
	bad.Reject(len(p.Lines) > 0 && lines != p.Sum, "lines", "projects.lines_differ_from_sum")
}

// waits tells that the tranche waits for the acceptance of a report.
func (p Project) waits(t Tranche) bool {
	i, err := p.due(t.After)
	return t.After > 0 && (err != nil || !p.Schedule[i].Accepted)
}

// Payable tells that the tranche can be paid now.
func (p Project) Payable(t Tranche) bool {
	return !p.AgreedOn.IsZero() && t.PaidOn.IsZero() && !p.waits(t)
}

// checkConditions judges the tranches against the schedule: each waits for a
// report that is on it.
func (p Project) checkConditions() error {
	var bad problem.Fields
	for i, t := range p.Tranches {
		bad.Reject(t.After > len(p.Schedule), field("tranches", i)+"after", "projects.no_such_report", "most", len(p.Schedule))
	}
	return bad.Err()
}

// Pay notes that a tranche was paid. A tranche is paid once, not more than it
// was to be, not before there is an agreement, and not before its report was
// accepted.
func (p *Project) Pay(tranche ref.ID, sum int64, on, today db.Date) error {
	if p.AgreedOn.IsZero() {
		return problem.New(problem.Conflict, "projects.not_under_agreement")
	}
	i := slices.IndexFunc(p.Tranches, func(t Tranche) bool { return t.ID == tranche })
	if i < 0 {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	if !p.Tranches[i].PaidOn.IsZero() {
		return problem.New(problem.Conflict, "projects.already_paid")
	}
	if p.waits(p.Tranches[i]) {
		return problem.New(problem.Conflict, "projects.tranche_waits", "no", p.Tranches[i].After)
	}
	var bad problem.Fields
	bad.Reject(sum <= 0, "sum", "projects.more_than_zero")
	bad.Reject(sum > p.Tranches[i].Sum, "sum", "projects.more_than_tranche")
	bad.Reject(on.IsZero(), "on", "form.required")
	bad.Reject(on.After(today), "on", "projects.in_future")
	bad.Reject(!on.IsZero() && on.Before(p.AgreedOn), "on", "projects.before_agreement")
	if err := bad.Err(); err != nil {
		return err
	}
	p.Tranches = slices.Clone(p.Tranches)
	p.Tranches[i].PaidOn, p.Tranches[i].PaidSum = on, sum
	return nil
}

// field names the i-th row of a list in a form: "years.0.".
func field(list string, i int) string { return list + "." + strconv.Itoa(i) + "." }
