package projects

import (
	"strconv"
	"strings"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Indicator is one thing that the project promises to change, with the value
// before, the value promised, and how the values of several reports make one.
type Indicator struct {
	ID       ref.ID    `json:"id"`
	Name     i18n.Text `json:"name"`
	Unit     i18n.Text `json:"unit"`
	Measure  Measure   `json:"measure"`
	Adding   Adding    `json:"adding"`
	Baseline Value     `json:"baseline"`
	Target   Value     `json:"target"`
	// Source is by what the value is verified: "attendance lists".
	Source i18n.Text `json:"source"`
}

// Measure is what sort of value an indicator has.
type Measure string

// The measures.
const (
	Number  Measure = "number"
	Percent Measure = "percent" // kept as a part of a whole, so that reports add up rightly
	YesNo   Measure = "yes_no"
)

// Adding is how the values of several reports make one.
type Adding string

// The ways of adding.
const (
	Cumulative Adding = "cumulative" // each report tells the state reached: the latest counts
	PerPeriod  Adding = "per_period" // each report tells its own period: they are added
)

// Value is a value of an indicator. A number is A thousandths; a percentage is A
// of B; yes is A = 1. Known tells that there is one.
type Value struct {
	Known bool  `json:"known"`
	A     int64 `json:"a"`
	B     int64 `json:"b,omitempty"`
}

// Thousandth is how finely numbers of indicators are kept.
const Thousandth = 1000

// NumberOf is a known number given in thousandths.
func NumberOf(thousandths int64) Value { return Value{Known: true, A: thousandths} }

// PartOf is a known percentage: part of whole.
func PartOf(part, whole int64) Value { return Value{Known: true, A: part, B: whole} }

// YesOrNo is a known answer.
func YesOrNo(yes bool) Value {
	v := Value{Known: true}
	if yes {
		v.A = 1
	}
	return v
}

// Float is the value as people read it: a number, percent from 0 to 100, or 0
// and 1 for no and yes.
func (m Measure) Float(v Value) float64 {
	switch {
	case !v.Known:
		return 0
	case m == Percent && v.B != 0:
		return 100 * float64(v.A) / float64(v.B)
	case m == Number:
		return float64(v.A) / Thousandth
	}
	return float64(v.A)
}

// fault is the message key of what is wrong with a value, "" when nothing is.
func (m Measure) fault(v Value) string {
	switch {
	case !v.Known:
		return ""
	case m == Percent && v.B <= 0:
		return "projects.whole_missing"
	case m == Percent && (v.A < 0 || v.A > v.B):
		return "projects.part_over_whole"
	case m == YesNo && v.A != 0 && v.A != 1:
		return "form.unknown_choice"
	}
	return ""
}

func (i Indicator) faults() (bad problem.Fields) {
	bad.Reject(i.Name.IsZero(), "name", "form.required")
	bad.Reject(i.Measure != Number && i.Measure != Percent && i.Measure != YesNo, "measure", "form.required")
	bad.Reject(i.Adding != Cumulative && i.Adding != PerPeriod, "adding", "form.required")
	bad.Reject(!i.Target.Known, "target", "form.required")
	for name, v := range map[string]Value{"baseline": i.Baseline, "target": i.Target} {
		key := i.Measure.fault(v)
		bad.Reject(key != "", name, key)
	}
	return bad
}

// Actual is one value of an indicator in a report, with its evidence.
type Actual struct {
	Indicator ref.ID    `json:"indicator_id"`
	Value     Value     `json:"value"`
	Evidence  i18n.Text `json:"evidence"`
}

// ActualOf makes one value of all reports that count, given in the order of
// their periods: the latest of a cumulative indicator; of the others the sum,
// the parts over the wholes, or yes when any said yes.
func (i Indicator) ActualOf(reports []Report) Value {
	var total Value
	for _, r := range reports {
		if !r.State.Counts() {
			continue
		}
		for _, a := range r.Actuals {
			if a.Indicator == i.ID && a.Value.Known {
				total = i.add(total, a.Value)
			}
		}
	}
	return total
}

func (i Indicator) add(total, v Value) Value {
	switch {
	case !total.Known || i.Adding == Cumulative:
		return v
	case i.Measure == YesNo:
		return YesOrNo(total.A == 1 || v.A == 1)
	}
	return Value{Known: true, A: total.A + v.A, B: total.B + v.B}
}

// Progress is how much of the promised change has come, from 0 to 1; ok is false
// when it cannot be told. A cumulative value is measured from its baseline, so
// an indicator that is to fall works too; a value per period is measured from 0.
func (i Indicator) Progress(actual Value) (share float64, ok bool) {
	if !actual.Known || !i.Target.Known {
		return 0, false
	}
	from, to, is := 0.0, i.Measure.Float(i.Target), i.Measure.Float(actual)
	if i.Adding == Cumulative {
		from = i.Measure.Float(i.Baseline)
	}
	if to == from {
		if is >= to {
			return 1, true
		}
		return 0, true
	}
	return min(1, max(0, (is-from)/(to-from))), true
}

// ParseShare reads a percentage written as a part of a whole: "12/40".
func ParseShare(s string) (Value, bool) {
	part, whole, ok := strings.Cut(s, "/")
	a, errA := strconv.ParseInt(strings.TrimSpace(part), 10, 64)
	b, errB := strconv.ParseInt(strings.TrimSpace(whole), 10, 64)
	return PartOf(a, b), ok && errA == nil && errB == nil
}

// Written is a value as it is typed into a form: "31.5", "12/40", "1".
func (m Measure) Written(v Value) string {
	switch {
	case !v.Known:
		return ""
	case m == Percent:
		return strconv.FormatInt(v.A, 10) + "/" + strconv.FormatInt(v.B, 10)
	}
	return strconv.FormatFloat(m.Float(v), 'f', -1, 64)
}
