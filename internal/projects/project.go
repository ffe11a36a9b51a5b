// Package projects follows funded projects of organizations from the plan to the
// closing: who does what for whom and where, who pays, what was promised and
// what came of it.
//
// A plan is edited freely until an agreement is made about it. From then on it
// changes only by an amendment with a reason, which the funder's side agrees to,
// and both versions can be read. Where a project stands is never typed: it
// follows from dates, reports and the clock. An event is announced before it
// takes place and confirmed afterwards. A submitted report is public and is
// never edited; reported spending never exceeds the budget. What is paid and
// accepted is counted from tranches and reports, never entered as a total. What
// concerns people at risk is sheltered: known to the portal, and so to everybody,
// only by district and month, unless the plan says that children or teenagers
// take part openly, as in a school club. No picture with a person in it is shown
// without recorded consent.
package projects

import (
	"net/url"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Kinds of things of this room, as journal, search and refs name them.
const (
	KindProgramme = "programme"
	KindProject   = "project"
	KindEvent     = "project_event"
	KindReport    = "project_report"
	KindAmendment = "project_amendment"
)

// Years in which a project can lie: a mistyped year is told at once.
const firstYear, lastYear = 1991, 2100

// Kinds of funding. The first four are the law's kinds of support of the civil
// sector; the classifier "funding_kind" names them all.
const (
	StateSocialOrder = "state_social_order"
	Partnership      = "strategic_partnership"
	StateGrant       = "state_grant"
	Award            = "award"
	Business         = "business"
	Foundation       = "foundation"
	Own              = "own"
)

// FundingKinds lists the kinds of funding in the order in which they are shown.
var FundingKinds = []string{StateSocialOrder, Partnership, StateGrant, Award, Business, Foundation, Own}

// Project is one undertaking of one organization. Money is in tiyn of Currency.
type Project struct {
	ID        ref.ID `json:"id"`
	OrgID     ref.ID `json:"org_id"`
	FunderID  ref.ID `json:"funder_id"` // 0 for own money
	Programme ref.ID `json:"programme_id"`
	Plan
	Agreement
	// CancelledOn is set when a plan is given up before an agreement;
	// TerminatedOn when an agreement ends early; ClosedOn when the funder's side
	// has closed a finished project.
	CancelledOn  db.Date   `json:"cancelled_on"`
	TerminatedOn db.Date   `json:"terminated_on"`
	ClosedOn     db.Date   `json:"closed_on"`
	EndReason    i18n.Text `json:"end_reason"` // of a cancellation or a termination
	// Spent is what submitted and accepted reports tell of the budget; Accepted
	// is the part in accepted reports. Both are moved with each report.
	Spent    int64 `json:"spent"`
	Accepted int64 `json:"accepted"`
	// Amendments counts the agreed ones.
	Amendments int    `json:"amendments"`
	Media      []Link `json:"media"`
	// Before is what the project came from where the portal knows: topic, call,
	// application, agreement; the earliest first.
	Before []ref.Ref `json:"before,omitempty"`
	// NormsOn is the date whose norms the project lives by.
	NormsOn db.Date `json:"norms_on"`
	// ImportID and ImportRow tell which row of which table the project came from.
	ImportID  ref.ID  `json:"import_id"`
	ImportRow int     `json:"import_row"`
	Hidden    bool    `json:"hidden"` // of an import whose last batch is not in yet
	Sample    bool    `json:"sample"`
	CreatedAt db.Time `json:"created_at"`
	Version   int64   `json:"version"`
}

// Plan is what the organization promises: the part that amendments change.
type Plan struct {
	Title        i18n.Text `json:"title"`
	Summary      i18n.Text `json:"summary"`
	Need         i18n.Text `json:"need"` // why it is wanted, with evidence
	PlaceID      ref.ID    `json:"place_id"`
	MorePlaces   []ref.ID  `json:"more_places"`
	Sphere       string    `json:"sphere"` // code of the classifier
	MoreSpheres  []string  `json:"more_spheres"`
	TargetGroups []string  `json:"target_groups"`
	// Reach is how many people of a target group are to be reached, by its code.
	Reach         map[string]int64 `json:"reach,omitempty"`
	Beneficiaries int64            `json:"beneficiaries"` // people, planned
	ForChildren   bool             `json:"for_children"`
	AtRisk        bool             `json:"at_risk"` // follows from the target groups
	// Openly tells that the people at risk, children or teenagers and no others,
	// take part where everybody may know of it: in a school, a club, a contest.
	Openly      bool        `json:"openly,omitempty"`
	Rural       bool        `json:"rural"`
	SDGs        []string    `json:"sdgs"`
	Starts      db.Date     `json:"starts"`
	Ends        db.Date     `json:"ends"`
	FundingKind string      `json:"funding_kind"`
	Sum         int64       `json:"sum"` // tiyn
	Currency    string      `json:"currency"`
	Years       []YearPlan  `json:"years"`
	Tranches    []Tranche   `json:"tranches"`
	Lines       []Line      `json:"lines"`
	Indicators  []Indicator `json:"indicators"`
	Partners    []Partner   `json:"partners"`
}

// Agreement is the paper by which the plan binds.
type Agreement struct {
	Number   string  `json:"agreement_no"`
	AgreedOn db.Date `json:"agreed_on"`
	// Rhythm is how often reports are due, Days how many working days after the
	// end of each period.
	Rhythm Rhythm `json:"rhythm"`
	Days   int    `json:"report_days"`
	// ReportsFrom is the first day of which reports are due on the portal when the
	// agreement came from a table; none when they are due from the start.
	ReportsFrom db.Date `json:"reports_from,omitzero"`
	// Schedule is what reports are due and when, computed once when the
	// agreement is made; empty when the agreement tells of none.
	Schedule []DueReport `json:"schedule"`
}

// Partner is an organization that takes part beside the one that leads: one of
// the register, or by Name one that is not in it.
type Partner struct {
	OrgID ref.ID    `json:"org_id"`
	Name  string    `json:"name,omitempty"`
	Role  i18n.Text `json:"role"`
}

// Link is what a medium wrote about the project.
type Link struct {
	URL    string    `json:"url"`
	Title  i18n.Text `json:"title"`
	Medium string    `json:"medium"`
	On     db.Date   `json:"on"`
}

func (l Link) check() error {
	u, err := url.Parse(l.URL)
	var bad problem.Fields
	bad.Reject(err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http", "url", "projects.not_an_address")
	bad.Reject(l.Title.IsZero(), "title", "form.required")
	return bad.Err()
}

// Sheltered tells that the project is told by district and month only, without
// hours, addresses and faces: people at risk take part, and not openly.
func (p Plan) Sheltered() bool { return p.AtRisk && !p.Openly }

// Ref names the project.
func (p Project) Ref() ref.Ref { return refOf(p.ID, p.Title) }

func refOf(id ref.ID, title i18n.Text) ref.Ref {
	return ref.Ref{Kind: KindProject, ID: id, Title: title, Path: "/projects/" + id.String()}
}

// JournalVersion is the version of the row.
func (p Project) JournalVersion() int64 { return p.Version }

// Public tells that everybody may see the project.
func (p Project) Public() bool { return !p.Hidden }

// Check judges the plan on its own; the service judges what it names elsewhere.
func (p Plan) Check() error {
	var bad problem.Fields
	bad.Reject(p.Title.IsZero(), "title", "form.required")
	bad.Reject(p.PlaceID == 0, "place", "form.required")
	bad.Reject(p.Sphere == "", "sphere", "form.required")
	bad.Reject(slices.Contains(p.MoreSpheres, p.Sphere), "more_spheres", "projects.sphere_twice")
	bad.Reject(!slices.Contains(FundingKinds, p.FundingKind), "funding_kind", "form.required")
	bad.Reject(p.Beneficiaries < 0, "beneficiaries", "form.negative")
	bad.Reject(p.Currency == "", "currency", "form.required")
	p.checkDates(&bad)
	p.checkMoney(&bad)
	for i, ind := range p.Indicators {
		bad.Merge(field("indicators", i), ind.faults())
	}
	for i, partner := range p.Partners {
		bad.Reject(partner.OrgID == 0 && partner.Name == "", field("partners", i)+"org", "form.required")
	}
	for i, code := range p.TargetGroups {
		bad.Reject(slices.Contains(p.TargetGroups[:i], code), field("groups", i)+"code", "projects.group_twice")
		bad.Reject(p.Reach[code] < 0, field("groups", i)+"people", "form.negative")
	}
	return bad.Err()
}

// maxYears is how long a project may last at most. The law's social projects
// last one to three years; other funders fund longer ones.
const maxYears = 10

func (p Plan) checkDates(bad *problem.Fields) {
	bad.Reject(p.Starts.IsZero(), "starts", "form.required")
	bad.Reject(p.Ends.IsZero(), "ends", "form.required")
	if p.Starts.IsZero() || p.Ends.IsZero() {
		return
	}
	bad.Reject(p.Starts.Year() < firstYear || p.Starts.Year() > lastYear, "starts", "projects.year_out_of_range")
	bad.Reject(p.Ends.Before(p.Starts), "ends", "form.ends_before_start")
	bad.Reject(yearsBetween(p.Starts, p.Ends) > maxYears, "ends", "projects.too_long", "years", maxYears)
}

// CanChange tells that the plan may still be edited without an amendment.
func (p Project) CanChange() bool { return p.AgreedOn.IsZero() && p.CancelledOn.IsZero() }

// ended tells that nothing is expected of the project any more.
func (p Project) ended() bool {
	return !p.CancelledOn.IsZero() || !p.TerminatedOn.IsZero() || !p.ClosedOn.IsZero()
}

// funderSide tells whether the actor speaks for the one who pays: the lead of the
// funder, its officer, or an officer of a place around the project (around is the
// path of places.Tree). Nobody judges the work of his own organization.
func funderSide(by access.Actor, p Project, around []ref.ID) (access.Actor, bool) {
	switch {
	case by.IsPortal():
		return by, true
	case by.WorksFor(p.OrgID):
		return by, false
	case by.LeadsOrg(p.FunderID):
		return by.As(access.Lead, p.FunderID), true
	}
	for _, scope := range append([]ref.ID{p.FunderID}, around...) {
		if scope != 0 && by.Has(access.Officer, scope) {
			return by.As(access.Officer, scope), true
		}
	}
	return by, false
}

// mayEditPlan: people of the organization, and the funder's side, until the
// agreement. It gives the actor in the role that allows it.
func mayEditPlan(by access.Actor, p Project, around []ref.ID) (access.Actor, error) {
	if !p.CanChange() {
		return by, problem.New(problem.Conflict, "projects.plan_is_agreed")
	}
	return mayDraft(by, p, around)
}

// mayDraft: people of the organization, and the funder's side.
func mayDraft(by access.Actor, p Project, around []ref.ID) (access.Actor, error) {
	if by.LeadsOrg(p.OrgID) {
		return by.As(access.Lead, p.OrgID), nil
	}
	if by.WorksFor(p.OrgID) {
		return by.As(access.Staff, p.OrgID), nil
	}
	if as, ok := funderSide(by, p, around); ok {
		return as, nil
	}
	return by, problem.New(problem.Forbidden, "projects.only_its_people")
}

// mayRunCycle: the funder's side agrees, pays, accepts and closes; never the
// organization itself.
func mayRunCycle(by access.Actor, p Project, around []ref.ID) (access.Actor, error) {
	if as, ok := funderSide(by, p, around); ok {
		return as, nil
	}
	return by, problem.New(problem.Forbidden, "projects.only_funder_side")
}

// maySee tells whether the actor may look at a project of an import that
// is not complete yet.
func maySee(by access.Actor, p Project, around []ref.ID) bool {
	if !p.Hidden {
		return true
	}
	_, ok := funderSide(by, p, around)
	return ok
}

// Agree makes the agreement: from now on the plan changes only by amendments.
func (p *Project) Agree(a Agreement) error {
	if !p.CanChange() {
		return problem.New(problem.Conflict, "projects.plan_is_agreed")
	}
	var bad problem.Fields
	bad.Reject(a.Number == "", "agreement_no", "form.required")
	bad.Reject(a.AgreedOn.IsZero(), "agreed_on", "form.required")
	bad.Reject(a.AgreedOn.After(p.Ends), "agreed_on", "projects.agreed_after_end")
	bad.Reject(p.Sum <= 0 && p.FundingKind != Own, "sum", "form.required")
	bad.Reject(!slices.Contains(Rhythms, a.Rhythm), "rhythm", "form.required")
	bad.Reject(a.Days < 0 || a.Days > 250, "report_days", "projects.report_days")
	if err := bad.Err(); err != nil {
		return err
	}
	p.Agreement = a
	return nil
}

// Cancel gives up a plan about which no agreement was made.
func (p *Project) Cancel(on db.Date, reason i18n.Text) error {
	if !p.CanChange() {
		return problem.New(problem.Conflict, "projects.plan_is_agreed")
	}
	if reason.IsZero() {
		return required("reason")
	}
	p.CancelledOn, p.EndReason = on, reason
	return nil
}

// Terminate ends an agreement before its time.
func (p *Project) Terminate(on db.Date, reason i18n.Text) error {
	if p.AgreedOn.IsZero() || p.ended() {
		return problem.New(problem.Conflict, "projects.not_under_agreement")
	}
	if reason.IsZero() {
		return required("reason")
	}
	p.TerminatedOn, p.EndReason = on, reason
	return nil
}

// Close ends the story of a finished project.
func (p *Project) Close(on db.Date) error {
	if s := p.StatusOn(on); s.Is != Finished {
		return problem.New(problem.Conflict, "projects.not_finished")
	}
	p.ClosedOn = on
	return nil
}

func required(name string) error {
	return problem.Fields{name: problem.Fault{Key: "form.required"}}.Err()
}
