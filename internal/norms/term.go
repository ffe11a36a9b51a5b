package norms

import (
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// The lists that the rooms ask for by name.
const (
	Spheres      = "sphere"          // law on the state social order, article 5
	LegalForms   = "legal_form"      // of non-profit and other organizations
	OrgKinds     = "org_kind"        // what an organization is, whatever its form
	TargetGroups = "target_group"    // for whom a project is
	SDG          = "sdg"             // Sustainable Development Goals
	FundingKinds = "funding_kind"    // where the money of a project comes from
	Categories   = "budget_category" // on what a budget spends
)

// Lists are all lists, in the order in which they are shown.
var Lists = []string{Spheres, LegalForms, OrgKinds, TargetGroups, SDG, FundingKinds, Categories}

// Term is one entry of a list, with the name it bears from one date to another.
type Term struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	List    string `json:"list"`
	Code    string `json:"code"`
	// Num is small and stands for the code in indexes; it is never given again.
	Num  int64     `json:"num"`
	Name i18n.Text `json:"name"`
	// Short is the usual abbreviation, when there is one.
	Short i18n.Text `json:"short"`
	// AtRisk marks target groups whose events and pictures are closed by default.
	AtRisk bool `json:"at_risk"`
	// MayOpen marks those of them whose projects a plan may hold openly.
	MayOpen bool `json:"may_open,omitempty"`
	// NGO marks kinds of organizations and legal forms that count as NGOs.
	NGO bool `json:"ngo"`
	// Open tells that the entry is still to be checked with a lawyer.
	Open  bool    `json:"open"`
	Since db.Date `json:"since"`
	Until db.Date `json:"until"` // the last day; none while it is in use
}

// Ref names the entry in other rooms.
func (t Term) Ref() ref.Ref {
	return ref.Ref{Kind: "norm_term", ID: t.ID, Title: t.Name, Path: "/norms/lists/" + t.List}
}

// JournalVersion is the version of the row.
func (t Term) JournalVersion() int64 { return t.Version }

// Public tells that everybody may see lists.
func (t Term) Public() bool { return true }

// In tells whether the entry is in use on a date.
func (t Term) In(d db.Date) bool {
	return !d.Before(t.Since) && (t.Until.IsZero() || !d.After(t.Until))
}

func (t Term) check() (bad problem.Fields) {
	bad.Reject(!isKey(t.List), "list", "norms.key_form")
	bad.Reject(!isKey(t.Code), "code", "norms.key_form")
	bad.Reject(t.Name.KK == "", "name_kk", "form.required")
	bad.Reject(t.Name.RU == "", "name_ru", "form.required")
	bad.Reject(t.Name.EN == "", "name_en", "form.required")
	return bad
}
