package rules

import (
	"math/big"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
)

// Say tells the rule to somebody who knows nothing of rules: «Sum» ≤ 5 000 000 ₸ and
// «Kind»: Festival.
func (r Rule) Say(p *i18n.Printer) string {
	if r.IsZero() {
		return ""
	}
	return r.root.say(p)
}

// Say tells what is known of the variable: «Age of the organization»: 2.
func (h Have) Say(p *i18n.Printer) string {
	value := p.T("rules.not_known")
	if h.Value != nil {
		value = written(p, h.Value, h.Var)
	}
	return p.T("rules.is", "name", label(p, h.Var), "value", value)
}

// comparisons are how the signs are written for people.
var comparisons = map[string]string{"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "+": "+", "-": "−", "*": "×", "/": "/"}

var joints = map[string]string{"and": "rules.and", "or": "rules.or"}

func (n *node) say(p *i18n.Printer) string {
	switch n.op {
	case opVar:
		if n.typ == Bool {
			return p.T("rules.is", "name", label(p, n.of), "value", p.T("rules.yes"))
		}
		return p.T("rules.quoted", "name", label(p, n.of))
	case opValue, opList:
		return written(p, n.value, n.like())
	case "not":
		return n.args[0].sayNot(p)
	case "and", "or":
		return n.args[0].sayIn(p, n.op) + " " + p.T(joints[n.op]) + " " + n.args[1].sayIn(p, n.op)
	case "in":
		return n.sayMember(p)
	case opMinus:
		return "−" + n.args[0].sayIn(p, n.op)
	}
	if _, ok := functions[n.op]; ok {
		return p.T("rules.f."+n.op, "a", n.args[0].say(p), "b", n.rest(p))
	}
	a, b := n.args[0], n.args[1]
	if n.op == "==" && a.op == opVar && b.op == opValue {
		return p.T("rules.is", "name", label(p, a.of), "value", written(p, b.value, a.of))
	}
	return a.sayBeside(p, n.op, b) + " " + comparisons[n.op] + " " + b.sayBeside(p, n.op, a)
}

// sayBeside is a side of a sign; a value is written as the other side's variable is.
func (n *node) sayBeside(p *i18n.Printer, op string, other *node) string {
	if n.op == opValue {
		v := other.of
		if v.Type == "" {
			v.Type = other.typ
		}
		if op == "*" || op == "/" {
			v.Type = Number
		}
		return written(p, n.value, v)
	}
	return n.sayIn(p, op)
}

// sayIn is a part of op, in brackets where it would be read wrongly without.
func (n *node) sayIn(p *i18n.Printer, op string) string {
	if n.op != op && strength(n.op) > 0 && strength(n.op) <= strength(op) || n.op == op && (op == "-" || op == "/") {
		return "(" + n.say(p) + ")"
	}
	return n.say(p)
}

// strength orders the signs; 0 is what needs no brackets.
func strength(op string) int {
	switch op {
	case "or":
		return 1
	case "and":
		return 2
	case "+", "-":
		return 4
	case "*", "/", opMinus:
		return 5
	}
	if _, ok := comparisons[op]; ok {
		return 3
	}
	return 0
}

func (n *node) sayNot(p *i18n.Printer) string {
	if n.op == opVar {
		return p.T("rules.is", "name", label(p, n.of), "value", p.T("rules.no"))
	}
	return p.T("rules.not", "what", n.say(p))
}

// sayMember is a value among values, or a list that has a value.
func (n *node) sayMember(p *i18n.Printer) string {
	a, b := n.args[0], n.args[1]
	if b.op == opVar {
		return p.T("rules.has", "name", label(p, b.of), "value", a.sayBeside(p, n.op, b))
	}
	name := a.say(p)
	if a.op == opVar {
		name = label(p, a.of)
	}
	return p.T("rules.one_of", "name", name, "values", written(p, b.value, a.of))
}

// rest are the arguments after the first.
func (n *node) rest(p *i18n.Printer) string {
	var out []string
	for _, a := range n.args[1:] {
		out = append(out, a.sayBeside(p, n.op, n.args[0]))
	}
	return strings.Join(out, ", ")
}

// like is the variable as which the value of a node without one is written.
func (n *node) like() Var { return Var{Type: n.typ} }

func label(p *i18n.Printer, v Var) string {
	if s := p.Text(v.Label); s != "" {
		return s
	}
	return v.Name
}

// written is a value as people write it; v says of what kind it is.
func written(p *i18n.Printer, value any, v Var) string {
	switch x := value.(type) {
	case bool:
		if x {
			return p.T("rules.yes")
		}
		return p.T("rules.no")
	case *big.Rat:
		if v.Type == Money {
			if tiyn := new(big.Rat).Mul(x, big.NewRat(100, 1)); tiyn.IsInt() && tiyn.Num().IsInt64() {
				return p.Money(tiyn.Num().Int64(), "")
			}
		}
		f, _ := x.Float64()
		return p.Decimal(f, 4)
	case db.Date:
		return p.Date(x)
	case string:
		return codeName(p, x, v)
	}
	var out []string
	for _, m := range members(value) {
		out = append(out, written(p, m, v))
	}
	if len(out) == 0 {
		return "—"
	}
	return strings.Join(out, ", ")
}

func codeName(p *i18n.Printer, code string, v Var) string {
	for _, c := range v.Codes {
		if c.Code == code {
			if name := p.Text(c.Label); name != "" {
				return name
			}
		}
	}
	return code
}
