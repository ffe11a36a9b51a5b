// Package rules is the portal's one language for conditions: when a question of a
// form is asked, whether an organization may apply, later when something looks
// wrong.
//
//	org.kind in ["foundation", "association"] and years_between(org.founded, today) >= 1
//
// What holds of every rule:
//   - It is a single expression over declared variables. It compares, joins by and,
//     or, not, counts, and calls a few named functions. It has no loops, no
//     variables of its own and no way out, so whoever writes one can do no harm.
//   - It is short (MaxSource, MaxNodes) and each of its parts is looked at once at
//     most: it ends, and quickly.
//   - It is checked when it is written. A fault says in the reader's language what
//     is wrong and at which character.
//   - What is not known is not false: a comparison with a value that is missing is
//     Unknown, and so is all that depends on it. "not" of Unknown is Unknown, so
//     nobody passes because a value is missing.
//   - Numbers and sums are exact decimals; a tenth of 30 is 3.
package rules

import (
	"birge/internal/platform/i18n"
)

// The bounds of a rule.
const (
	MaxSource = 2000 // characters
	MaxNodes  = 200  // names, values and signs
)

// Type is what a value of a variable is.
type Type string

// The types, with the Go type that Values must hold.
const (
	Bool   Type = "bool"   // bool
	Number Type = "number" // int, int64 or float64
	Money  Type = "money"  // int64, tiyn; a rule speaks of tenge
	Text   Type = "text"   // string
	Date   Type = "date"   // db.Date
	List   Type = "list"   // []string
)

// Var is a variable that rules may speak of.
type Var struct {
	// Name is one word, or two with a point: "today", "org.kind".
	Name  string
	Type  Type
	Label i18n.Text
	// Codes are the values that a Text or the members of a List may have; empty
	// means any. A comparison with another value is a fault of the rule.
	Codes []Code
}

// Code is a value that stands in rules and how it is called.
type Code struct {
	Code  string
	Label i18n.Text
}

// Env are the variables that a rule may speak of.
type Env []Var

// Var finds a variable by its name.
func (e Env) Var(name string) (Var, bool) {
	for _, v := range e {
		if v.Name == name {
			return v, true
		}
	}
	return Var{}, false
}

// Values are what is known, by the names of variables. A name without a value, a nil,
// an empty text and a zero date are not known.
type Values map[string]any

// Answer is what a rule says of values.
type Answer int8

// The answers.
const (
	Unknown Answer = iota
	No
	Yes
)

// Rule is a checked expression. The zero Rule has no condition and always holds.
type Rule struct {
	source string
	root   *node
}

// Source is the rule as it was written.
func (r Rule) Source() string { return r.source }

// IsZero tells that there is no condition.
func (r Rule) IsZero() bool { return r.root == nil }

// Holds is what the rule says of what is known.
func (r Rule) Holds(values Values) Answer {
	if r.IsZero() {
		return Yes
	}
	return answer(r.root.eval(values))
}

// Bool tells that the rule surely holds.
func (r Rule) Bool(values Values) bool { return r.Holds(values) == Yes }

// Names are the variables that the rule speaks of, in the order of their first place.
func (r Rule) Names() []string {
	var out []string
	if !r.IsZero() {
		out = r.root.names(nil)
	}
	return out
}

// Part is one of the conditions that must all hold.
type Part struct {
	Rule
	Answer Answer
	// Have are the variables of the part with what is known of them.
	Have []Have
}

// Have is a variable and its value; nil when it is not known.
type Have struct {
	Var
	Value any
}

// Explain splits the rule at its outer "and" and says of each part whether it holds,
// so that a page can show the part that fails and the value that it had.
func (r Rule) Explain(values Values) []Part {
	if r.IsZero() {
		return nil
	}
	var out []Part
	for _, n := range r.root.conjuncts() {
		p := Part{Rule: Rule{n.source, n}, Answer: answer(n.eval(values))}
		n.walk(func(n *node) {
			if n.op == opVar && !p.has(n.of.Name) {
				p.Have = append(p.Have, Have{n.of, known(n.of, values)})
			}
		})
		out = append(out, p)
	}
	return out
}

func (p Part) has(name string) bool {
	for _, h := range p.Have {
		if h.Name == name {
			return true
		}
	}
	return false
}
