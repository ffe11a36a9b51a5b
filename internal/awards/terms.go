package awards

import (
	"slices"
	"strconv"
	"time"

	"birge/internal/panels"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

// The bounds of a round.
const (
	mostNominations = 30
	mostDays        = 366
)

// check judges the shape of the terms of this portal's own round.
func (t Terms) check() problem.Fields {
	bad := panels.CheckCriteria(t.Criteria)
	bad.Reject(t.Title.IsZero(), "title", "form.required")
	bad.Reject(!slices.Contains(Given, t.Kind), "kind", "form.unknown_choice")
	bad.Reject(t.Who != Themselves && t.Who != Everyone, "who", "form.unknown_choice")
	bad.Reject(len(t.Nominations) == 0, "nominations.0.title", "form.required")
	bad.Reject(len(t.Nominations) > mostNominations, "nominations.0.title", "awards.many_nominations", "max", mostNominations)
	for i, n := range t.Nominations {
		name := "nominations." + strconv.Itoa(i) + "."
		bad.Reject(n.Title.IsZero(), name+"title", "form.required")
		bad.Reject(n.Sum < 0 || t.Kind != Money && n.Sum != 0, name+"sum", "awards.sum_without_money")
		bad.Reject(t.Kind == Money && n.Sum == 0, name+"sum", "form.required")
	}
	bad.Reject(t.Opens.IsZero(), "opens", "form.required")
	bad.Reject(t.Closes.IsZero(), "closes", "form.required")
	bad.Reject(t.Closes.Before(t.Opens), "closes", "awards.closes_before_opens")
	bad.Reject(t.Opens.DaysUntil(t.Closes) > mostDays, "closes", "awards.too_long")
	bad.Reject(t.PerWork < 1, "per_work", "form.required")
	bad.Reject(t.Spread < 0 || t.Spread > 100, "spread", "form.unknown_choice")
	return bad
}

// tidy is the terms as they are kept.
func (t Terms) tidy() Terms {
	t.Title, t.About = t.Title.Trim(), t.About.Trim()
	t.Nominations = slices.Clone(t.Nominations)
	for i := range t.Nominations {
		t.Nominations[i].No, t.Nominations[i].Title = i+1, t.Nominations[i].Title.Trim()
	}
	return t
}

// Publish brings a draft out. least is the least money of a nomination in tiyn, by
// the norm of the day.
func (r *Round) Publish(now time.Time, today db.Date, least int64) error {
	if r.Published() {
		return problem.New(problem.Conflict, "awards.is_published")
	}
	var bad problem.Fields
	bad.Reject(r.Closes.Before(today), "closes", "awards.closes_past")
	for i, n := range r.Nominations {
		bad.Reject(r.Kind == Money && n.Sum < least, "nominations."+strconv.Itoa(i)+".sum", "awards.below_least", "least", least/100)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	r.PublishedAt, r.NormsOn = db.At(now), today
	return nil
}

// Cancel calls a round off before it is decided.
func (r *Round) Cancel(now time.Time, why i18n.Text) error {
	switch {
	case !r.Published() || !r.CancelledAt.IsZero() || !r.DecidedAt.IsZero() || r.Reported():
		return problem.New(problem.Conflict, "awards.not_now")
	case why.IsZero():
		return problem.Fields{"why": {Key: "form.required"}}.Err()
	}
	r.CancelledAt, r.CancelReason = db.At(now), why
	return nil
}
