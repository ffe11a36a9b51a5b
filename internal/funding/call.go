package funding

import (
	"slices"
	"strconv"
	"time"

	"birge/internal/panels"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// CallKinds lists the kinds of funding for which calls are made, codes of the
// classifier "funding_kind". Awards have a room of their own.
var CallKinds = []string{projects.StateSocialOrder, projects.Partnership, projects.StateGrant, projects.Business, projects.Foundation}

// ByLaw tells that the state's norms hold for a kind of funding.
func ByLaw(kind string) bool {
	return slices.Contains(projects.FundingKinds[:4], kind)
}

// Length is how long a state grant is: it decides about sums and months (law of 12
// April 2005 No. 36-III, article 6-1).
type Length string

// The lengths of state grants.
const (
	Short  Length = "short"
	Medium Length = "medium"
	Long   Length = "long"
)

// Lengths lists the lengths of state grants.
var Lengths = []Length{Short, Medium, Long}

// Call is an invitation to apply for money. Money is in tiyn of the tenge.
type Call struct {
	ID       ref.ID `json:"id"`
	Number   string `json:"number"` // 2026-000012, by which people quote it
	FunderID ref.ID `json:"funder_id"`
	Terms
	PublishedAt  db.Time   `json:"published_at"`
	CancelledAt  db.Time   `json:"cancelled_at"`
	CancelReason i18n.Text `json:"cancel_reason"`
	// Revision counts the changes since the publication.
	Revision int `json:"revision"`
	// NormsOn is the date whose norms the call lives by.
	NormsOn   db.Date `json:"norms_on"`
	Sample    bool    `json:"sample"`
	CreatedAt db.Time `json:"created_at"`
	Version   int64   `json:"version"`
}

// Terms is what a call says: the part that is drafted and later revised.
type Terms struct {
	Kind          string    `json:"kind"` // one of CallKinds
	Length        Length    `json:"length,omitempty"`
	ProgrammeID   ref.ID    `json:"programme_id,omitempty"`
	PotID         ref.ID    `json:"pot_id,omitempty"`
	PlaceID       ref.ID    `json:"place_id"`
	Title         i18n.Text `json:"title"`
	About         i18n.Text `json:"about"`
	Who           i18n.Text `json:"who"` // who can apply, in words
	Spheres       []string  `json:"spheres"`
	TopicIDs      []ref.ID  `json:"topic_ids,omitempty"`
	Rounds        []Round   `json:"rounds"`
	MinSum        int64     `json:"min_sum"` // of one application; 0 is no bound
	MaxSum        int64     `json:"max_sum"`
	MinMonths     int       `json:"min_months"` // of one project; 0 is no bound
	MaxMonths     int       `json:"max_months"`
	OwnShare      int       `json:"own_share"`      // percent of the project at least
	DistrictShare int       `json:"district_share"` // percent of the money meant for districts
	// PerOrg is how many applications one organization may hand in in a round,
	// WinsPerOrg how many of the whole call may be funded; 0 is no bound.
	PerOrg      int           `json:"per_org,omitempty"`
	WinsPerOrg  int           `json:"wins_per_org,omitempty"`
	Eligibility []Requirement `json:"eligibility"`
	FormID      ref.ID        `json:"form_id,omitempty"`
	FormVersion int           `json:"form_version,omitempty"`
	// Criteria are what applications are judged by, Threshold the points of 100
	// below which none is funded, PerWork how many experts judge each, Spread how
	// many points apart they may be before one more is called.
	Criteria    []panels.Criterion `json:"criteria"`
	Threshold   int                `json:"threshold"`
	PerWork     int                `json:"per_work"`
	Spread      int                `json:"spread"`
	Blind       bool               `json:"blind"`
	Names       panels.Names       `json:"names"`
	BudgetNorms []BudgetNorm       `json:"budget_norms"`
	Papers      []Paper            `json:"papers"`
	Contacts    i18n.Text          `json:"contacts"`
	// Files are the documents of the call.
	Files []CallFile `json:"files,omitempty"`
}

// Round is one window of a call with money of one budget year.
type Round struct {
	No     int     `json:"no"` // from 1
	Opens  db.Time `json:"opens"`
	Closes db.Time `json:"closes"` // who comes at this instant is late
	Sum    int64   `json:"sum"`    // tiyn
	Year   int     `json:"year"`
}

// Requirement is one requirement: its words, and the rule by which the portal
// judges it. Without a rule people judge it.
type Requirement struct {
	Code string    `json:"code"`
	Text i18n.Text `json:"text"`
	Rule string    `json:"rule,omitempty"`
}

// BudgetNorm bounds a category of the budget of an application: its share in
// percent of the money asked for, or the price of one unit in tiyn; 0 is no bound.
// A price above the bound needs a reason.
type BudgetNorm struct {
	Category string    `json:"category"` // code of the classifier "budget_category"
	MaxShare int       `json:"max_share"`
	MaxPrice int64     `json:"max_price"`
	Unit     i18n.Text `json:"unit"`
	Reason   i18n.Text `json:"reason"`
}

// Paper is a document that applicants attach.
type Paper struct {
	Name     i18n.Text `json:"name"`
	Required bool      `json:"required"`
}

// Ref names the call.
func (c Call) Ref() ref.Ref {
	return ref.Ref{Kind: KindCall, ID: c.ID, Title: c.Title, Path: "/calls/" + c.ID.String()}
}

// JournalVersion is the version of the row.
func (c Call) JournalVersion() int64 { return c.Version }

// Public tells that everybody may see the call: from its publication on.
func (c Call) Public() bool { return c.Published() }

// Published tells that the call is out.
func (c Call) Published() bool { return !c.PublishedAt.IsZero() }

// Cancelled tells that the call was called off.
func (c Call) Cancelled() bool { return !c.CancelledAt.IsZero() }

// Total is the money of all rounds.
func (t Terms) Total() (sum int64) {
	for _, r := range t.Rounds {
		sum += r.Sum
	}
	return sum
}

// Round is the round with a number.
func (t Terms) Round(no int) (Round, bool) {
	for _, r := range t.Rounds {
		if r.No == no {
			return r, true
		}
	}
	return Round{}, false
}

// Opens is when the first round opens, Closes when the last one closes; zero
// without rounds.
func (t Terms) Opens() (first db.Time) {
	for _, r := range t.Rounds {
		if first.IsZero() || r.Opens.Before(first.Time) {
			first = r.Opens
		}
	}
	return first
}

// Closes is when the last round closes.
func (t Terms) Closes() (last db.Time) {
	for _, r := range t.Rounds {
		if r.Closes.After(last.Time) {
			last = r.Closes
		}
	}
	return last
}

// Check judges the shape of the terms; a draft may lack what a publication needs.
func (t Terms) Check() error {
	var bad problem.Fields
	bad.Reject(!slices.Contains(CallKinds, t.Kind), "kind", "form.required")
	bad.Reject(t.Kind == projects.StateGrant && !slices.Contains(Lengths, t.Length), "length", "form.required")
	bad.Reject(t.Kind != projects.StateGrant && t.Length != "", "length", "form.unknown_choice")
	bad.Reject(t.Title.IsZero(), "title", "form.required")
	bad.Reject(t.PlaceID == 0, "place", "form.required")
	bad.Reject(t.MinSum < 0, "min_sum", "form.negative")
	bad.Reject(t.MaxSum < 0, "max_sum", "form.negative")
	bad.Reject(t.MaxSum > 0 && t.MaxSum < t.MinSum, "max_sum", "funding.less_than_least")
	bad.Reject(t.MinMonths < 0, "min_months", "form.negative")
	bad.Reject(t.MaxMonths < 0, "max_months", "form.negative")
	bad.Reject(t.MaxMonths > 0 && t.MaxMonths < t.MinMonths, "max_months", "funding.less_than_least")
	for name, percent := range map[string]int{"own_share": t.OwnShare, "district_share": t.DistrictShare, "threshold": t.Threshold, "spread": t.Spread} {
		bad.Reject(percent < 0 || percent > 100, name, "funding.percent")
	}
	bad.Reject(t.PerWork < 0 || t.PerWork > maxPerWork, "per_work", "funding.per_work", "max", maxPerWork)
	bad.Reject(t.PerOrg < 0, "per_org", "form.negative")
	bad.Reject(t.WinsPerOrg < 0, "wins_per_org", "form.negative")
	t.checkRounds(&bad)
	t.checkLists(&bad)
	return bad.Err()
}

// maxPerWork is how many experts may judge one application.
const maxPerWork = 15

// Years in which a budget can lie: a mistyped year is told at once.
const firstYear, lastYear = 2005, 2100

func (t Terms) checkRounds(bad *problem.Fields) {
	var before time.Time
	for i, r := range t.Rounds {
		at := field("rounds", i)
		bad.Reject(r.No != i+1, at+"closes", "form.unknown_choice")
		bad.Reject(r.Opens.IsZero(), at+"opens", "form.required")
		bad.Reject(r.Closes.IsZero(), at+"closes", "form.required")
		bad.Reject(!r.Closes.After(r.Opens.Time), at+"closes", "form.ends_before_start")
		bad.Reject(r.Opens.Before(before), at+"opens", "funding.rounds_overlap")
		bad.Reject(r.Sum <= 0, at+"sum", "funding.sum_positive")
		bad.Reject(r.Year < firstYear || r.Year > lastYear, at+"year", "projects.year_out_of_range")
		before = r.Closes.Time
	}
}

func (t Terms) checkLists(bad *problem.Fields) {
	codes := map[string]bool{}
	for i, c := range t.Eligibility {
		bad.Reject(c.Text.IsZero(), field("eligibility", i)+"text", "form.required")
		bad.Reject(codes[c.Code], field("eligibility", i)+"text", "funding.twice")
		codes[c.Code] = true
	}
	for i, c := range t.Criteria {
		bad.Reject(c.Name.IsZero(), field("criteria", i)+"name", "form.required")
	}
	for i, n := range t.BudgetNorms {
		at := field("norms", i)
		bad.Reject(n.Category == "", at+"category", "form.required")
		bad.Reject(n.MaxShare < 0 || n.MaxShare > 100, at+"max_share", "funding.percent")
		bad.Reject(n.MaxPrice < 0, at+"max_price", "form.negative")
		bad.Reject(n.MaxShare == 0 && n.MaxPrice == 0, at+"max_share", "form.required")
	}
	for i, p := range t.Papers {
		bad.Reject(p.Name.IsZero(), field("papers", i)+"name", "form.required")
	}
}

// field is the beginning of the names of the fields of a row of a form.
func field(list string, i int) string { return list + "." + strconv.Itoa(i) + "." }

// complete judges what a call needs before it goes out.
func (t Terms) complete(now time.Time) (bad problem.Fields) {
	bad.Reject(t.About.IsZero(), "about", "form.required")
	bad.Reject(t.Who.IsZero(), "who", "form.required")
	bad.Reject(len(t.Spheres) == 0, "spheres", "form.required")
	bad.Reject(t.MaxSum == 0, "max_sum", "form.required")
	bad.Reject(t.MaxMonths == 0, "max_months", "form.required")
	bad.Reject(t.Contacts.IsZero(), "contacts", "form.required")
	bad.Reject(t.PerWork == 0, "per_work", "form.required")
	bad.Reject(!slices.Contains(panels.AllNames, t.Names), "names", "form.required")
	bad.Reject(len(t.Rounds) == 0, "rounds.0.opens", "form.required")
	for i, r := range t.Rounds {
		bad.Reject(t.MinSum > r.Sum, field("rounds", i)+"sum", "funding.round_too_small")
		bad.Reject(!r.Closes.After(now), field("rounds", i)+"closes", "funding.round_over")
	}
	bad.Merge("", panels.CheckCriteria(t.Criteria))
	if ByLaw(t.Kind) { // a state body speaks both languages
		bad.Reject(t.Title.KK == "", "title.kk", "form.required")
		bad.Reject(t.Title.RU == "", "title.ru", "form.required")
		bad.Reject(t.About.KK == "", "about.kk", "form.required")
		bad.Reject(t.About.RU == "", "about.ru", "form.required")
	}
	return bad
}

// Publish brings a draft out: from now on it changes only by revisions. A round
// cannot have opened before everybody could know of it, so it opens now at the
// earliest.
func (c *Call) Publish(now time.Time, today db.Date, l Limits) error {
	if c.Published() || c.Cancelled() {
		return problem.New(problem.Conflict, "funding.is_published")
	}
	if err := c.Check(); err != nil {
		return err
	}
	c.Rounds = slices.Clone(c.Rounds)
	for i := range c.Rounds {
		if c.Rounds[i].Opens.Before(now) {
			c.Rounds[i].Opens = db.At(now)
		}
	}
	bad := c.complete(now)
	bad.Merge("", l.faults(c.Terms))
	if err := bad.Err(); err != nil {
		return err
	}
	c.PublishedAt, c.NormsOn = db.At(now), today
	return nil
}

// Cancel calls a call off, before its last round is decided.
func (c *Call) Cancel(now time.Time, counts RoundCounts, reason i18n.Text) error {
	if p := c.PhaseOn(now, counts); p == Draft || p == Decided || p == Cancelled {
		return problem.New(problem.Conflict, "funding.not_to_cancel")
	}
	if reason.IsZero() {
		return problem.Fields{"reason": {Key: "form.required"}}.Err()
	}
	c.CancelledAt, c.CancelReason = db.At(now), reason
	return nil
}
