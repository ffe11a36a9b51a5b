package files

import (
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
)

// People is whether persons can be recognized in a picture.
type People string

// Who can be recognized in a picture.
const (
	Nobody   People = "nobody"
	Adults   People = "adults"
	Children People = "children" // also beside adults
)

// Known tells that somebody said who can be recognized.
func (p People) Known() bool { return p == Nobody || p == Adults || p == Children }

// Need tells that a picture may not be shown for want of a consent: persons can be
// recognized and none is recorded; for a child only a parent's counts.
func (p People) Need(c Consent) bool {
	return p != Nobody && (c.IsZero() || p == Children && !c.Parent)
}

// Consent is the record of a consent on paper to the publication of a picture: of
// every adult in it, and for every child of a parent. Who signed is not kept here,
// only where the paper lies.
type Consent struct {
	On     db.Date `json:"on"`
	Keeper string  `json:"keeper,omitempty"` // who keeps the paper: an office, never a private person
	Parent bool    `json:"parent,omitempty"`
}

// IsZero tells that there is no record.
func (c Consent) IsZero() bool { return c.On.IsZero() }

// Faults judges a record that may be left out.
func (c Consent) Faults(today db.Date) (bad problem.Fields) {
	bad.Reject(c.On.After(today), "consent_on", "files.consent.in_future")
	bad.Reject(c.On.IsZero() != (c.Keeper == ""), "keeper", "files.consent.keeper_and_day")
	return bad
}

// Recorded judges a record that is handed in for a picture that lacked it.
func (c Consent) Recorded(today db.Date) error {
	bad := c.Faults(today)
	bad.Reject(c.IsZero(), "consent_on", "form.required")
	return bad.Err()
}
