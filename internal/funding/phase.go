package funding

import "time"

// Phase is where a call or one of its rounds stands.
type Phase string

// The phases, in the order in which a call goes through them.
const (
	Draft     Phase = "draft"
	Announced Phase = "announced" // published, not open yet
	Open      Phase = "open"
	Checking  Phase = "checking" // closed, the formal check is not through
	Judging   Phase = "judging"  // experts judge
	Deciding  Phase = "deciding" // the marks are open, the commission has not decided
	Decided   Phase = "decided"
	Cancelled Phase = "cancelled"
)

// Phases lists what a published call can be in.
var Phases = []Phase{Announced, Open, Checking, Judging, Deciding, Decided, Cancelled}

// Key is the message key of the phase.
func (p Phase) Key() string { return "funding.phase." + string(p) }

// Tone is how the phase is shown.
func (p Phase) Tone() string {
	switch p {
	case Open:
		return "good"
	case Checking, Judging, Deciding:
		return "wait"
	case Draft, Decided, Cancelled:
		return "quiet"
	}
	return ""
}

// number stands for the phase in indexes.
func (p Phase) number() int64 {
	for i, q := range Phases {
		if p == q {
			return int64(i + 1)
		}
	}
	return 0
}

// RoundCounts tells by the number of a round how far its applications are.
type RoundCounts map[int]RoundCount

// RoundCount is how far the applications of one round are.
type RoundCount struct {
	Applied   int // submitted, those taken back left out
	Unchecked int // of them not through the formal check
	Open      int // of them neither refused nor decided
	Judged    bool
	Decided   bool
}

// Decided is the last round that has a decision, 0 when none has.
func (c RoundCounts) Decided() (no int) {
	for r, n := range c {
		if n.Decided && n.Applied > 0 && n.Judged {
			no = max(no, r)
		}
	}
	return no
}

// PhaseOn is the phase of the round at an instant. A round for which nobody
// applied has nothing to decide.
func (r Round) PhaseOn(now time.Time, n RoundCount) Phase {
	switch {
	case now.Before(r.Opens.Time):
		return Announced
	case now.Before(r.Closes.Time):
		return Open
	case n.Decided || n.Applied == 0:
		return Decided
	case n.Unchecked > 0:
		return Checking
	case !n.Judged:
		return Judging
	}
	return Deciding
}

// PhaseOn is the phase of the call at an instant: open while a round is open, else
// that of the first closed round that is not decided, else of the next round.
func (c Call) PhaseOn(now time.Time, counts RoundCounts) Phase {
	switch {
	case c.Cancelled():
		return Cancelled
	case !c.Published():
		return Draft
	}
	phase := Decided
	for _, r := range c.Rounds {
		switch p := r.PhaseOn(now, counts[r.No]); {
		case p == Open:
			return Open
		case phase == Decided:
			phase = p
		}
	}
	return phase
}

// Turns is the next instant at which the clock alone changes the phase of a
// round; zero when there is none.
func (c Call) Turns(now time.Time) (next time.Time) {
	if c.Cancelled() || !c.Published() {
		return next
	}
	for _, r := range c.Rounds {
		for _, t := range []time.Time{r.Opens.Time, r.Closes.Time} {
			if t.After(now) && (next.IsZero() || t.Before(next)) {
				next = t
			}
		}
	}
	return next
}

// RoundOn is the round that matters at an instant: the one that is open, else the
// next to open, else the last; ok is false without rounds.
func (c Call) RoundOn(now time.Time) (r Round, ok bool) {
	for _, x := range c.Rounds {
		if r, ok = x, true; now.Before(x.Closes.Time) {
			break
		}
	}
	return r, ok
}
