package awards

import (
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindDecision is the kind of the ref of a decision.
const KindDecision = "award_decision"

// Winner is a nominee who wins, and what for.
type Winner struct {
	NomineeID ref.ID    `json:"nominee_id"`
	Reason    i18n.Text `json:"reason"`
}

// Decision says who wins the nominations of a round. It is drafted on the marks,
// put before those who decide, and published once they have.
type Decision struct {
	ID          ref.ID    `json:"id"`
	Version     int64     `json:"version"`
	RoundID     ref.ID    `json:"round_id"`
	PanelID     ref.ID    `json:"panel_id"`
	Winners     []Winner  `json:"winners"`
	Note        i18n.Text `json:"note" public:"awards.field.note"`
	PutAt       db.Time   `json:"put_at"`
	PublishedAt db.Time   `json:"published_at"`
	Sample      bool      `json:"sample"`
}

// Ref names the decision by its page.
func (d Decision) Ref() ref.Ref {
	return ref.Ref{Kind: KindDecision, ID: d.ID, Path: "/awards/" + d.RoundID.String() + "/decision"}
}

// Root is the round.
func (d Decision) Root() ref.Ref { return ref.Ref{Kind: KindRound, ID: d.RoundID} }

// JournalVersion is the version of the row.
func (d Decision) JournalVersion() int64 { return d.Version }

// Public tells that everybody may see the decision: once it is published.
func (d Decision) Public() bool { return !d.PublishedAt.IsZero() }

// Wins tells whether a nominee wins, and what for.
func (d Decision) Wins(nominee ref.ID) (why i18n.Text, ok bool) {
	i := slices.IndexFunc(d.Winners, func(w Winner) bool { return w.NomineeID == nominee })
	if i < 0 {
		return why, false
	}
	return d.Winners[i].Reason, true
}

// draft says who wins; until the decision is put, reasons may still be missing.
func (d *Decision) draft(winners []Winner, note i18n.Text, nominees []Nominee) error {
	if !d.PutAt.IsZero() {
		return problem.New(problem.Conflict, "awards.decision.is_put")
	}
	for _, w := range winners {
		if !slices.ContainsFunc(nominees, func(n Nominee) bool { return n.ID == w.NomineeID && n.State() == Admitted }) {
			return problem.New(problem.Conflict, "awards.decision.not_admitted")
		}
	}
	d.Winners, d.Note = winners, note
	return nil
}

// put lays the decision before those who decide: somebody wins, each with a reason,
// and nobody who may not get money again.
func (d *Decision) put(now db.Time, barred map[ref.ID]bool) error {
	var bad problem.Fields
	bad.Reject(len(d.Winners) == 0, "winners", "awards.decision.nobody")
	for _, w := range d.Winners {
		bad.Reject(w.Reason.IsZero(), "reason."+w.NomineeID.String(), "form.required")
		bad.Reject(barred[w.NomineeID], "reason."+w.NomineeID.String(), "awards.decision.barred")
	}
	if !d.PutAt.IsZero() {
		return problem.New(problem.Conflict, "awards.decision.is_put")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	d.PutAt = now
	return nil
}

// laureates are who wins by the decision on a day; shares of one nomination are
// equal.
func (d Decision) laureates(r Round, nominees []Nominee, day db.Date) (list []Laureate) {
	won := map[int]int{}
	for _, n := range nominees {
		if _, ok := d.Wins(n.ID); ok {
			won[n.Nomination]++
		}
	}
	for _, n := range nominees {
		why, ok := d.Wins(n.ID)
		if !ok {
			continue
		}
		in, _ := r.Nomination(n.Nomination)
		list = append(list, Laureate{Version: 1, RoundID: r.ID, Nomination: n.Nomination, NomineeID: n.ID, OrgID: n.OrgID, Person: n.PersonID != 0, Kind: r.Kind,
			Sum: Share(in.Sum, won[n.Nomination]), AwardedOn: day, Reason: why, Sample: r.Sample})
	}
	return list
}
