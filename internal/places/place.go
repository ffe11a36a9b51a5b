// Package places knows the country: regions, districts, towns and villages as
// one tree, with their KATO codes, and whether they are urban or rural.
//
// A place keeps its id for ever. When it is renamed, moved or coded anew, its
// former codes still lead to it; when it is joined to another one, it leads to
// that. A place may have no code yet: the official KATO table brings it. A
// region of invented samples has codes from 99 and is never counted with the
// country.
package places

import (
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Kind is what sort of place it is.
type Kind string

// The kinds of places, the widest first.
const (
	Region        Kind = "region"
	City          Kind = "city" // of the republic or of a region, with what it administers
	District      Kind = "district"
	RuralDistrict Kind = "rural_district"
	Town          Kind = "town" // a city within a district, or a settlement of urban type
	Village       Kind = "village"
)

// AllKinds lists the kinds of places, the widest first.
var AllKinds = []Kind{Region, City, District, RuralDistrict, Town, Village}

// Place is a region, a city of its own, or a part of one.
type Place struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	// KATO is the code of nine digits, "" while the place has none.
	KATO string `json:"kato"`
	// Former are codes that the place had before.
	Former   []string  `json:"former"`
	ParentID ref.ID    `json:"parent_id"` // 0 for a region or a city of the republic
	Kind     Kind      `json:"kind"`
	Name     i18n.Text `json:"name"`
	Rural    bool      `json:"rural"`
	Sample   bool      `json:"sample"`
	// ReplacedBy is the place that this one was joined to, 0 as a rule.
	ReplacedBy ref.ID  `json:"replaced_by"`
	Since      db.Date `json:"since"` // none when unknown
	Until      db.Date `json:"until"` // the last day on which the place existed
}

// Code stands for the place in addresses: its KATO code, or its id while it has none.
func (p Place) Code() string {
	if p.KATO != "" {
		return p.KATO
	}
	return p.ID.String()
}

// Ref names the place in other rooms.
func (p Place) Ref() ref.Ref {
	return ref.Ref{Kind: "place", ID: p.ID, Title: p.Name, Path: "/places/" + p.Code()}
}

// JournalVersion is the version of the row.
func (p Place) JournalVersion() int64 { return p.Version }

// Public tells that everybody may see a place.
func (p Place) Public() bool { return true }

// IsCode tells whether s has the form of a KATO code.
func IsCode(s string) bool {
	return len(s) == 9 && strings.Trim(s, "0123456789") == "" && s[0] != '0'
}

// SampleCode tells whether a code belongs to the region of invented samples.
func SampleCode(kato string) bool { return strings.HasPrefix(kato, "99") }

// isRural: villages and what lies around them; a district within a city is urban.
func isRural(k Kind, parent Kind) bool {
	switch k {
	case RuralDistrict, Village:
		return true
	case District:
		return parent != City
	}
	return false
}

// NewPlace is a place to be added.
type NewPlace struct {
	KATO     string
	ParentID ref.ID
	Kind     Kind
	Name     i18n.Text
	Since    db.Date
}

// check judges n beside the place around it; parent is nil at the top.
func (n NewPlace) check(parent *Place) error {
	var bad problem.Fields
	bad.Reject(n.Name.Trim().IsZero(), "name", "form.required")
	bad.Reject(n.KATO != "" && !IsCode(n.KATO), "kato", "places.kato_form")
	bad.Reject(rank(n.Kind) < 0, "kind", "form.unknown_choice")
	bad.Reject(parent == nil && n.Kind != Region && n.Kind != City, "parent", "places.parent_needed")
	bad.Reject(parent != nil && rank(parent.Kind) >= rank(n.Kind), "parent", "places.parent_narrower")
	bad.Reject(parent != nil && n.KATO != "" && parent.Sample != SampleCode(n.KATO), "kato", "places.kato_sample")
	return bad.Err()
}

// rank is where a kind stands among the kinds, the widest first; -1 for no kind.
func rank(k Kind) int {
	for i, known := range AllKinds {
		if k == known {
			return i
		}
	}
	return -1
}

// mayKeep: the tree is kept by keepers, administrators, and the portal's own imports.
func mayKeep(by access.Actor) error {
	if by.IsPortal() || by.Has(access.Keeper) || by.Has(access.Admin) {
		return nil
	}
	return problem.New(problem.Forbidden, "places.keepers_only")
}
