// Package panels keeps who judges and how: the pool of experts, the panel that
// reads the works of a call, the draw that says who reads what, conflicts, marks
// and the order that follows from them.
//
// The draw can be replayed by anybody. First the lists of experts, works and
// exclusions are frozen and their salted hash is published; then the seed is made
// of numbers to which at least two parties bound themselves by a hash, or of
// public dice announced before they fell. Nobody marks a work to whose people a
// tie is known. Nobody, officers too, sees another's marks until all are in and
// somebody of the funder's side reveals them. An expert's name is public only
// when the terms of the panel say so; the ground of an exclusion never is.
//
// A room above hands over works as refs and reads the results; this room knows
// nothing of calls, applications or awards.
package panels

import (
	"slices"
	"strconv"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindPanel is the kind of the ref of a panel.
const KindPanel = "panel"

// Names says when the names of a panel's experts are public.
type Names string

// When names are public.
const (
	NamesNever Names = "never"
	NamesAfter Names = "after_decision"
	NamesOpen  Names = "open" // from the draw on
)

// AllNames lists the choices in the order in which pages offer them.
var AllNames = []Names{NamesNever, NamesAfter, NamesOpen}

// Step describes what one score of a criterion means.
type Step struct {
	Score int       `json:"score"`
	Text  i18n.Text `json:"text"`
}

// Criterion is one thing that experts mark, from 0 to Max.
type Criterion struct {
	Code  string    `json:"code"`
	Name  i18n.Text `json:"name"`
	About i18n.Text `json:"about"`
	// Weight is how many of the 100 points the criterion gives.
	Weight int    `json:"weight"`
	Max    int    `json:"max"`
	Scale  []Step `json:"scale"`
}

// The bounds within which a panel is opened.
const (
	mostCriteria = 20
	mostScore    = 100
	mostPerWork  = 15
)

// CheckCriteria judges criteria: their weights add up to 100, each has a name
// and a scale within its bounds.
func CheckCriteria(list []Criterion) problem.Fields {
	var bad problem.Fields
	sum, seen := 0, map[string]bool{}
	bad.Reject(len(list) == 0, "criteria", "panels.no_criteria")
	bad.Reject(len(list) > mostCriteria, "criteria", "panels.many_criteria", "max", mostCriteria)
	for i, c := range list {
		name := "criteria." + strconv.Itoa(i) + "."
		bad.Reject(c.Code == "" || seen[c.Code], name+"code", "panels.code_twice")
		bad.Reject(c.Name.Trim().IsZero(), name+"name", "form.required")
		bad.Reject(c.Weight < 1, name+"weight", "panels.weight_wrong")
		bad.Reject(c.Max < 1 || c.Max > mostScore, name+"max", "panels.max_wrong", "max", mostScore)
		bad.Reject(slices.ContainsFunc(c.Scale, func(s Step) bool { return s.Score < 0 || s.Score > c.Max }), name+"scale", "panels.scale_wrong")
		seen[c.Code] = true
		sum += c.Weight
	}
	bad.Reject(len(list) > 0 && sum != 100, "criteria", "panels.weights_sum", "sum", sum)
	return bad
}

// Work is something to be judged.
type Work struct {
	Ref ref.Ref `json:"ref"`
	// No is its number within the panel; 0 takes the next one.
	No int `json:"no"`
	// Orgs are those whose work it is: the applicant and its partners.
	Orgs []ref.ID `json:"orgs"`
	// Spheres are what it is about; Langs the languages in which it can be read.
	Spheres []string    `json:"spheres"`
	Langs   []i18n.Lang `json:"langs"`
}

// NewPanel is what a room says that opens a panel. What the law asks of one that
// judges grants stands in the norms panel.experts, panel.spread and
// panel.threshold.
type NewPanel struct {
	// Subject is what is judged: a round of a call, a nomination.
	Subject  ref.Ref
	Title    i18n.Text
	FunderID ref.ID
	PlaceID  ref.ID
	Works    []Work
	Criteria []Criterion
	// PerWork is how many experts read each work.
	PerWork int
	// Spread is by how many of 100 points the highest and the lowest total of one
	// work may differ before one more expert is called; 0 calls none.
	Spread int
	// Blind hides from experts whose work it is.
	Blind bool
	Names Names
	// Due is the last day for the experts of the first draw.
	Due     db.Date
	NormsOn db.Date
	Sample  bool
}

// Check judges what a panel is opened with on the day today.
func (n NewPanel) Check(today db.Date) error {
	bad := CheckCriteria(n.Criteria)
	bad.Reject(n.Title.Trim().IsZero(), "title", "form.required")
	bad.Reject(n.Subject.IsZero(), "subject", "form.required")
	bad.Reject(n.FunderID == 0, "funder", "form.required")
	bad.Reject(n.PerWork < 1 || n.PerWork > mostPerWork, "per_work", "panels.per_work_wrong", "max", mostPerWork)
	bad.Reject(n.Spread < 0 || n.Spread > 100, "spread", "panels.spread_wrong")
	bad.Reject(!slices.Contains(AllNames, n.Names), "names", "form.unknown_choice")
	bad.Reject(n.Due.IsZero() || n.Due.Before(today), "due", "panels.due_past")
	return bad.Err()
}

// Stage is how far a panel has come.
type Stage string

// The stages, in their order; a cancelled panel has left it.
const (
	Gathering Stage = "gathering" // works and declarations come in
	Seeding   Stage = "seeding"   // the lists are frozen, the seed is made
	Marking   Stage = "marking"   // experts read and mark
	Revealed  Stage = "revealed"  // the marks are open
	Decided   Stage = "decided"   // a decision stands on them
	Cancelled Stage = "cancelled"
)

// Stages lists the stages that a panel goes through.
var Stages = []Stage{Gathering, Seeding, Marking, Revealed, Decided}

// Panel is a group of experts who judge the works of one subject. It names no
// person.
type Panel struct {
	ID       ref.ID      `json:"id"`
	Version  int64       `json:"version"`
	Subject  ref.Ref     `json:"subject"`
	Title    i18n.Text   `json:"title" public:"panels.field.title"`
	FunderID ref.ID      `json:"funder_id"`
	PlaceID  ref.ID      `json:"place_id"`
	Criteria []Criterion `json:"criteria"`
	PerWork  int         `json:"per_work" public:"panels.field.per_work"`
	Spread   int         `json:"spread" public:"panels.field.spread"`
	Blind    bool        `json:"blind" public:"panels.field.blind"`
	Names    Names       `json:"names"`
	Due      db.Date     `json:"due" public:"panels.field.due"`
	NormsOn  db.Date     `json:"norms_on"`
	OpenedAt db.Time     `json:"opened_at"`
	Lot      Lot         `json:"lot"`
	// RevealedAt is when the marks were opened, DecidedAt when the decision that
	// stands on them was published.
	RevealedAt db.Time `json:"revealed_at"`
	// RevealNote says why the marks were opened although a work lacks an expert.
	RevealNote   i18n.Text `json:"reveal_note" public:"panels.field.reveal_note"`
	DecidedAt    db.Time   `json:"decided_at"`
	CancelledAt  db.Time   `json:"cancelled_at"`
	CancelReason i18n.Text `json:"cancel_reason" public:"panels.field.cancel_reason"`
	Sample       bool      `json:"sample"`
}

// Ref names the panel to other rooms.
func (p Panel) Ref() ref.Ref {
	return ref.Ref{Kind: KindPanel, ID: p.ID, Title: p.Title, Path: "/panels/" + p.ID.String()}
}

// JournalVersion is the version of the row.
func (p Panel) JournalVersion() int64 { return p.Version }

// Public tells that everybody may see how a panel judges.
func (p Panel) Public() bool { return true }

// Stage is how far the panel has come.
func (p Panel) Stage() Stage {
	switch {
	case !p.CancelledAt.IsZero():
		return Cancelled
	case !p.DecidedAt.IsZero():
		return Decided
	case !p.RevealedAt.IsZero():
		return Revealed
	case !p.Lot.DrawnAt.IsZero():
		return Marking
	case !p.Lot.FrozenAt.IsZero():
		return Seeding
	}
	return Gathering
}

// ShowsNames tells that the names of the experts are public now.
func (p Panel) ShowsNames() bool {
	stage := p.Stage()
	switch p.Names {
	case NamesOpen:
		return stage == Marking || stage == Revealed || stage == Decided
	case NamesAfter:
		return stage == Decided
	}
	return false
}

// at refuses an act that belongs to other stages.
func (p Panel) at(stages ...Stage) error {
	if slices.Contains(stages, p.Stage()) {
		return nil
	}
	return problem.New(problem.Conflict, "panels.not_at_this_stage")
}

// mayRun: the funder's side (its leads, its funders, officers of it or of a place
// around), never somebody who works for one of those who are judged. It gives the
// actor in the role that allows it.
func mayRun(by access.Actor, p Panel, around, judged []ref.ID) (access.Actor, error) {
	if by.IsPortal() {
		return by, nil
	}
	if slices.ContainsFunc(judged, by.WorksFor) {
		return by, problem.New(problem.Forbidden, "panels.judged_cannot_run")
	}
	for _, role := range []access.Role{access.Lead, access.Funder} {
		if slices.Contains(by.Scopes(role), p.FunderID) {
			return by.As(role, p.FunderID), nil
		}
	}
	for _, scope := range append([]ref.ID{p.FunderID}, around...) {
		if scope != 0 && by.Has(access.Officer, scope) {
			return by.As(access.Officer, scope), nil
		}
	}
	return by, problem.New(problem.Forbidden, "panels.funder_side_only")
}
