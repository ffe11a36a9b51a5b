package funding

import (
	"cmp"
	"slices"
	"strconv"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// Kinds of the refs of a pot and of money bound in it.
const (
	KindPot     = "pot"
	KindBinding = "pot_binding"
)

// Pot is the money that a programme sets aside for a place, year by year. An
// envelope of several years is planned at once, but the money of a year can be
// bound only when that year was approved by an act.
type Pot struct {
	ID          ref.ID    `json:"id"`
	ProgrammeID ref.ID    `json:"programme_id"`
	FunderID    ref.ID    `json:"funder_id"`
	PlaceID     ref.ID    `json:"place_id"`
	Title       i18n.Text `json:"title"`
	Kind        string    `json:"kind"` // of funding, one of projects.FundingKinds
	Years       []PotYear `json:"years"`
	// DistrictShare is which part of the money is to go to districts, percent; 0
	// where none was set.
	DistrictShare int   `json:"district_share"`
	Sample        bool  `json:"sample"`
	Version       int64 `json:"version"`
}

// PotYear is the money of one year, in tiyn: planned until ApprovedOn, from then
// on approved.
type PotYear struct {
	ID      ref.ID `json:"id"`
	Year    int    `json:"year"`
	Ceiling int64  `json:"ceiling"`
	// ApproveBy is until when the funder promised to approve the year, none where
	// nothing was promised.
	ApproveBy  db.Date `json:"approve_by"`
	ApprovedOn db.Date `json:"approved_on"`
	Act        string  `json:"act"`   // by which it was approved: name and number
	Paper      ref.ID  `json:"paper"` // the file of the act, 0 where there is none
}

// Approved tells that the money of the year can be bound.
func (y PotYear) Approved() bool { return !y.ApprovedOn.IsZero() }

// Ref names the pot.
func (p Pot) Ref() ref.Ref {
	return ref.Ref{Kind: KindPot, ID: p.ID, Title: p.Title, Path: "/pots/" + p.ID.String()}
}

// JournalVersion is the version of the row.
func (p Pot) JournalVersion() int64 { return p.Version }

// Public tells that everybody may see pots.
func (p Pot) Public() bool { return true }

func (p Pot) year(year int) (PotYear, bool) {
	i := slices.IndexFunc(p.Years, func(y PotYear) bool { return y.Year == year })
	if i < 0 {
		return PotYear{}, false
	}
	return p.Years[i], true
}

// Sum is the money of all years.
func (p Pot) Sum() (sum int64) {
	for _, y := range p.Years {
		sum += y.Ceiling
	}
	return sum
}

// Binding is money of one year of a pot that is bound for something: a round of
// a call.
type Binding struct {
	ID      ref.ID  `json:"id"`
	PotID   ref.ID  `json:"pot_id"`
	Year    int     `json:"year"`
	For     ref.Ref `json:"for"`
	Sum     int64   `json:"sum"`
	Version int64   `json:"version"`
}

// Ref names the binding; it is told on the page of its pot.
func (b Binding) Ref() ref.Ref {
	return ref.Ref{Kind: KindBinding, ID: b.ID, Title: b.For.Title, Path: Pot{ID: b.PotID}.Ref().Path}
}

// Root is the pot.
func (b Binding) Root() ref.Ref { return Pot{ID: b.PotID}.Ref() }

// JournalVersion is the version of the row.
func (b Binding) JournalVersion() int64 { return b.Version }

// Public tells that everybody may see what money is bound for.
func (b Binding) Public() bool { return true }

// boundIn adds up what is bound in a year.
func boundIn(list []Binding, year int) (sum int64) {
	for _, b := range list {
		if b.Year == year {
			sum += b.Sum
		}
	}
	return sum
}

// check judges a pot of a programme. others are the other pots of the programme,
// whose ceilings with this one's stay within what the programme sets aside.
func (p Pot) check(programme projects.Programme, others []Pot) error {
	var bad problem.Fields
	bad.Reject(p.Title.IsZero(), "title", "form.required")
	bad.Reject(p.PlaceID == 0, "place", "form.required")
	bad.Reject(!slices.Contains(projects.FundingKinds, p.Kind), "kind", "form.required")
	bad.Reject(p.DistrictShare < 0 || p.DistrictShare > 100, "district_share", "funding.pot.not_percent")
	bad.Reject(len(p.Years) == 0, "years", "funding.pot.no_money")
	for i, y := range p.Years {
		bad.Reject(y.Ceiling <= 0, field("years", i)+"ceiling", "projects.more_than_zero")
		bad.Reject(y.Year < programme.From || y.Year > programme.To, field("years", i)+"year", "projects.year_outside")
		_, twice := Pot{Years: p.Years[:i]}.year(y.Year)
		bad.Reject(twice, field("years", i)+"year", "projects.year_twice")
		if left, set := leftOf(programme, others, y.Year); set {
			bad.Reject(y.Ceiling > left, field("years", i)+"ceiling", "funding.pot.over_programme", "left", i18n.Tiyn(max(left, 0)), "year", strconv.Itoa(y.Year))
		}
	}
	return bad.Err()
}

// leftOf is what a programme has left for one more pot in a year; set is false
// where the programme says nothing of that year.
func leftOf(programme projects.Programme, pots []Pot, year int) (left int64, set bool) {
	i := slices.IndexFunc(programme.Years, func(y projects.YearPlan) bool { return y.Year == year })
	if i < 0 {
		return 0, false
	}
	return leftIn(programme.Years[i].Sum, pots, year), true
}

// leftIn is what pots leave of a sum in a year.
func leftIn(sum int64, pots []Pot, year int) int64 {
	for _, p := range pots {
		y, _ := p.year(year)
		sum -= y.Ceiling
	}
	return sum
}

// cutFaults tells which years of a programme would have less than its pots already
// promise, by the fields of the form of the programme. A year that is as it was, or
// better, is no fault.
func cutFaults(before, after projects.Programme, pots []Pot) (bad problem.Fields) {
	for _, year := range yearsWith(pots) {
		promised := -leftIn(0, pots, year)
		was, wasSet := leftOf(before, pots, year)
		left, set := leftOf(after, pots, year)
		at := "from"
		if set {
			at = field("years", slices.IndexFunc(after.Years, func(y projects.YearPlan) bool { return y.Year == year })) + "sum"
		}
		short := set && left < 0 && (!wasSet || left < was)
		gone := wasSet && !set || year < after.From || year > after.To
		bad.Reject(short || gone, at, "funding.pot.programme_below", "promised", i18n.Tiyn(promised), "year", strconv.Itoa(year))
	}
	return bad
}

// yearsWith are the years in which pots have money, the first one first.
func yearsWith(pots []Pot) (years []int) {
	for _, p := range pots {
		for _, y := range p.Years {
			years = append(years, y.Year)
		}
	}
	slices.Sort(years)
	return slices.Compact(years)
}

// replan changes what a pot plans. A year that was approved stays as it is: it
// changes by the next act.
func (p *Pot) replan(n Pot) {
	p.Title, p.PlaceID, p.DistrictShare = n.Title, n.PlaceID, n.DistrictShare
	var years []PotYear
	for _, y := range p.Years {
		if y.Approved() {
			years = append(years, y)
		}
	}
	for _, y := range n.Years {
		old, there := p.year(y.Year)
		if there && old.Approved() {
			continue
		}
		years = append(years, PotYear{ID: old.ID, Year: y.Year, Ceiling: y.Ceiling, ApproveBy: y.ApproveBy})
	}
	slices.SortFunc(years, func(a, b PotYear) int { return cmp.Compare(a.Year, b.Year) })
	p.Years = years
}

// Replanned is the pot as replan would make it.
func (p Pot) Replanned(n Pot) Pot {
	p.replan(n)
	return p
}

// Approval is an act by which the money of a year is approved, or by which what
// was approved before is changed.
type Approval struct {
	Year  int
	Sum   int64
	On    db.Date
	Act   string
	Paper *files.Checked // the act itself, nil where it was not handed in
}

// approve makes the ceiling of a year what an act says. What is bound cannot be
// taken away: it has to be let go of first.
func (p *Pot) approve(a Approval, bound int64, today db.Date) error {
	i := slices.IndexFunc(p.Years, func(y PotYear) bool { return y.Year == a.Year })
	if i < 0 {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	var bad problem.Fields
	bad.Reject(a.Sum < 0, "sum", "form.negative")
	bad.Reject(a.Sum >= 0 && a.Sum < bound, "sum", "funding.pot.below_bound", "bound", i18n.Tiyn(bound), "over", i18n.Tiyn(bound-a.Sum))
	bad.Reject(a.On.IsZero(), "on", "form.required")
	bad.Reject(a.On.After(today), "on", "projects.in_future")
	bad.Reject(a.Act == "", "act", "form.required")
	if err := bad.Err(); err != nil {
		return err
	}
	p.Years = slices.Clone(p.Years)
	y := &p.Years[i]
	if a.Act != y.Act {
		y.Paper = 0
	}
	y.Ceiling, y.ApprovedOn, y.Act = a.Sum, a.On, a.Act
	return nil
}

// bind tells whether a sum more can be bound in a year where others have bound
// so much already.
func (p Pot) bind(year int, bound, sum int64) error {
	y, ok := p.year(year)
	switch {
	case !ok:
		return problem.New(problem.Conflict, "funding.pot.no_year", "year", strconv.Itoa(year))
	case !y.Approved():
		return problem.New(problem.Conflict, "funding.pot.not_approved", "year", strconv.Itoa(year))
	case sum > y.Ceiling-bound:
		return problem.New(problem.Conflict, "funding.pot.over_ceiling", "year", strconv.Itoa(year), "left", i18n.Tiyn(max(y.Ceiling-bound, 0)))
	}
	return nil
}

// mayKeep: the side of the funder.
func (p Pot) mayKeep(by access.Actor, around []ref.ID) (access.Actor, error) {
	return mayAsk(by, p.FunderID, p.Kind, around)
}
