package funding

import (
	"reflect"
	"slices"
	"strconv"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Revision is one change of a published call, with both texts.
type Revision struct {
	ID     ref.ID    `json:"id"`
	CallID ref.ID    `json:"call_id"`
	No     int       `json:"no"` // from 1
	At     db.Time   `json:"at"`
	Reason i18n.Text `json:"reason"`
	// LateReason says why a change shortly before the deadline did not move it.
	LateReason i18n.Text `json:"late_reason"`
	Before     Terms     `json:"before"`
	After      Terms     `json:"after"`
	Version    int64     `json:"version"`
}

// Ref names the revision: it is told on the page of the call.
func (r Revision) Ref() ref.Ref {
	return ref.Ref{Kind: KindRevision, ID: r.ID, Title: r.After.Title, Path: r.path()}
}

func (r Revision) path() string {
	return "/calls/" + r.CallID.String() + "/revisions#r" + strconv.Itoa(r.No)
}

// Root is the call.
func (r Revision) Root() ref.Ref { return ref.Ref{Kind: KindCall, ID: r.CallID} }

// JournalVersion is the version of the row, which never changes.
func (r Revision) JournalVersion() int64 { return r.Version }

// Public tells that everybody may read revisions.
func (r Revision) Public() bool { return true }

// Change is what somebody wants a published call to say, and why.
type Change struct {
	Terms      Terms
	Reason     i18n.Text
	LateReason i18n.Text
}

// Revise changes a published call. settled is the last day of the term that
// applicants have after a change, counted from today: a deadline before its end
// makes the change late, and a late change moves the deadline beyond it or says
// why not.
func (c *Call) Revise(n Change, now time.Time, counts RoundCounts, settled time.Time, l Limits) (Revision, error) {
	if p := c.PhaseOn(now, counts); p == Draft || p == Decided || p == Cancelled {
		return Revision{}, problem.New(problem.Conflict, "funding.not_to_revise")
	}
	if err := n.Terms.Check(); err != nil {
		return Revision{}, err
	}
	bad := c.frozen(n.Terms, now, counts)
	bad.Merge("", n.Terms.stays())
	bad.Merge("", l.faults(n.Terms))
	bad.Reject(n.Reason.IsZero(), "reason", "form.required")
	bad.Reject(reflect.DeepEqual(c.Terms, n.Terms), "reason", "funding.nothing_changed")
	if r, late := c.RoundOn(now); late && r.Closes.After(now) && r.Closes.Before(settled) {
		moved, _ := n.Terms.Round(r.No)
		bad.Reject(moved.Closes.Before(settled) && n.LateReason.IsZero(), "late_reason", "funding.late_change", "until", db.DateOf(settled))
	}
	if err := bad.Err(); err != nil {
		return Revision{}, err
	}
	c.Revision++
	r := Revision{CallID: c.ID, No: c.Revision, At: db.At(now), Reason: n.Reason, LateReason: n.LateReason, Before: c.Terms, After: n.Terms, Version: 1}
	c.Terms = n.Terms
	return r, nil
}

// CutRound takes money out of a round that has closed, when there is less of it than
// was announced. What the round has given stays given. It is a revision, so that
// everybody can read it with its reason.
func (c *Call) CutRound(no int, sum, given int64, now time.Time, reason i18n.Text) (Revision, error) {
	r, ok := c.Round(no)
	if !ok || !c.Published() {
		return Revision{}, problem.New(problem.NotFound, "problem.not_found")
	}
	if c.Cancelled() || now.Before(r.Closes.Time) {
		return Revision{}, problem.New(problem.Conflict, "funding.cut.not_now")
	}
	var bad problem.Fields
	bad.Reject(sum <= 0, "sum", "funding.sum_positive")
	bad.Reject(sum >= r.Sum, "sum", "funding.cut.not_less", "sum", i18n.Tiyn(r.Sum))
	bad.Reject(sum > 0 && sum < given, "sum", "funding.cut.below_given", "given", i18n.Tiyn(given), "over", i18n.Tiyn(given-sum))
	bad.Reject(reason.IsZero(), "reason", "form.required")
	if err := bad.Err(); err != nil {
		return Revision{}, err
	}
	after := c.Terms
	after.Rounds = slices.Clone(after.Rounds)
	after.Rounds[slices.IndexFunc(after.Rounds, func(x Round) bool { return x.No == no })].Sum = sum
	c.Revision++
	v := Revision{CallID: c.ID, No: c.Revision, At: db.At(now), Reason: reason, Before: c.Terms, After: after, Version: 1}
	c.Terms = after
	return v, nil
}

// left is what a round can still give when it has given so much; of a call that was
// called off nothing more.
func (c Call) left(r Round, given int64) int64 {
	if c.Cancelled() {
		return 0
	}
	return r.Sum - given
}

// stays judges that a call which is out still says what it needs to.
func (t Terms) stays() problem.Fields { return t.complete(time.Time{}) }

// frozen is what may not change any more: what kind of money it is; rounds that
// have closed, and of those that have opened the beginning; a deadline is never
// brought forward once a round is open. While the applications of a closed round
// are not decided, they are judged by the rules under which they came.
func (c Call) frozen(n Terms, now time.Time, counts RoundCounts) (bad problem.Fields) {
	bad.Reject(n.Kind != c.Kind || n.Length != c.Length, "kind", "funding.frozen")
	bad.Reject(n.ProgrammeID != c.ProgrammeID, "programme", "funding.frozen")
	judging, begun := false, false
	for i, r := range c.Rounds {
		at := field("rounds", i)
		next, ok := n.Round(r.No)
		opened, closed := !now.Before(r.Opens.Time), !now.Before(r.Closes.Time)
		begun = begun || opened
		bad.Reject(opened && !ok, at+"opens", "funding.frozen")
		bad.Reject(opened && !next.Opens.Equal(r.Opens.Time), at+"opens", "funding.frozen")
		bad.Reject(opened && next.Year != r.Year, at+"year", "funding.frozen")
		bad.Reject(closed && !next.Closes.Equal(r.Closes.Time), at+"closes", "funding.frozen")
		bad.Reject(closed && next.Sum < r.Sum, at+"sum", "funding.frozen")
		bad.Reject(opened && !closed && next.Closes.Before(r.Closes.Time), at+"closes", "funding.not_earlier")
		bad.Reject(closed && n.PotID != c.PotID, "pot", "funding.frozen")
		judging = judging || closed && r.PhaseOn(now, counts[r.No]) != Decided
	}
	for i, r := range n.Rounds {
		old, ok := c.Round(r.No)
		begun := ok && !now.Before(old.Opens.Time)
		bad.Reject(!begun && r.Opens.Before(now), field("rounds", i)+"opens", "funding.opens_past")
	}
	bad.Reject(begun && fewer(n.PerOrg, c.PerOrg), "per_org", "funding.not_fewer")
	bad.Reject(begun && fewer(n.WinsPerOrg, c.WinsPerOrg), "wins_per_org", "funding.not_fewer")
	bad.Reject(judging && !sameRules(c.Terms, n), "criteria.0.name", "funding.frozen_judging")
	return bad
}

// fewer tells that a bound leaves less than the one before; 0 is no bound.
func fewer(now, before int) bool { return now > 0 && (before == 0 || now < before) }

// sameRules tells that two texts judge applications alike.
func sameRules(a, b Terms) bool {
	rules := func(t Terms) Terms {
		return Terms{MinSum: t.MinSum, MaxSum: t.MaxSum, MinMonths: t.MinMonths, MaxMonths: t.MaxMonths, OwnShare: t.OwnShare,
			PerOrg: t.PerOrg, WinsPerOrg: t.WinsPerOrg, Eligibility: slices.Clip(t.Eligibility), FormID: t.FormID, FormVersion: t.FormVersion, Criteria: t.Criteria, Threshold: t.Threshold,
			PerWork: t.PerWork, Spread: t.Spread, Blind: t.Blind, Names: t.Names, BudgetNorms: t.BudgetNorms, Papers: t.Papers}
	}
	return reflect.DeepEqual(rules(a), rules(b))
}
