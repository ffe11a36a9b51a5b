package awards

import (
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// KindLaureate is the kind of the ref of a laureate.
const KindLaureate = "award_laureate"

// Laureate is who was honoured in a nomination of a round: an organization of the
// register, a private person whose name is nobody's to read, or whom a report names.
type Laureate struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	RoundID ref.ID `json:"round_id"`
	// Nomination is the number of the nomination, 0 where none is stated.
	Nomination int       `json:"nomination"`
	NomineeID  ref.ID    `json:"nominee_id"`
	OrgID      ref.ID    `json:"org_id"`
	Person     bool      `json:"person"`
	Named      i18n.Text `json:"named"`
	Kind       string    `json:"kind"`
	// Sum is the share of the money in tiyn.
	Sum       int64     `json:"sum"`
	AwardedOn db.Date   `json:"awarded_on"`
	Reason    i18n.Text `json:"reason" public:"awards.field.reason"`
	// RevokedAt is when the award was taken back.
	RevokedAt    db.Time   `json:"revoked_at"`
	RevokeReason i18n.Text `json:"revoke_reason" public:"awards.field.revoke_reason"`
	Sample       bool      `json:"sample"`
}

// Ref names the laureate.
func (l Laureate) Ref() ref.Ref {
	return ref.Ref{Kind: KindLaureate, ID: l.ID, Title: l.Named, Path: "/awards/" + l.RoundID.String()}
}

// Root is the round.
func (l Laureate) Root() ref.Ref { return ref.Ref{Kind: KindRound, ID: l.RoundID} }

// JournalVersion is the version of the row.
func (l Laureate) JournalVersion() int64 { return l.Version }

// Public tells that everybody may see who was honoured.
func (l Laureate) Public() bool { return true }

// Stands tells that the award was not taken back.
func (l Laureate) Stands() bool { return l.RevokedAt.IsZero() }
