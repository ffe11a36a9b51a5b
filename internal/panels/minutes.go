package panels

import (
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

// Minutes is how far the minutes of a meeting have come. Who took part, quorum,
// votes and decisions are not written by hand: pages draft them from what happened,
// in Kazakh and Russian. The secretary adds what was said.
type Minutes struct {
	// Due is the last day for the minutes by the norm.
	Due db.Date `json:"due"`
	// Remarks is what the secretary adds to the whole.
	Remarks i18n.Text `json:"remarks"`
	// SecretaryAt and ChairAt are when they were signed. Who presided signs for the
	// chair.
	SecretaryAt db.Time `json:"secretary_at"`
	ChairAt     db.Time `json:"chair_at"`
	// Objection is why who presided sent them back.
	Objection string `json:"objection"`
}

// Signed tells that both have signed.
func (m Minutes) Signed() bool { return !m.SecretaryAt.IsZero() && !m.ChairAt.IsZero() }

// sign puts the name of the secretary, or of who presided, under the minutes. The
// secretary signs first.
func (m *Meeting) sign(asChair bool, now db.Time) error {
	if err := m.at(Ended); err != nil {
		return err
	}
	switch {
	case asChair && m.Minutes.SecretaryAt.IsZero():
		return problem.New(problem.Conflict, "panels.secretary_signs_first")
	case asChair:
		m.Minutes.ChairAt = now
	case !m.Minutes.SecretaryAt.IsZero():
		return problem.New(problem.Conflict, "problem.changed_meanwhile")
	default:
		m.Minutes.SecretaryAt, m.Minutes.Objection = now, ""
	}
	return nil
}

// sendBack takes the secretary's name from the minutes, for a reason.
func (m *Meeting) sendBack(why string) error {
	var bad problem.Fields
	bad.Reject(why == "", "why", "form.required")
	bad.Reject(len([]rune(why)) > longestReason, "why", "form.too_long", "max", longestReason)
	if bad != nil {
		return bad.Err()
	}
	if m.at(Ended) != nil || m.Minutes.SecretaryAt.IsZero() {
		return problem.New(problem.Conflict, "panels.not_at_this_stage")
	}
	m.Minutes.SecretaryAt, m.Minutes.Objection = db.Time{}, why
	return nil
}
