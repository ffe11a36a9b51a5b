package rules

import (
	"math/big"
	"slices"
	"unicode/utf8"

	"birge/internal/platform/db"
)

// answer turns what an expression came to into an answer; nil is not known.
func answer(v any) Answer {
	switch v {
	case true:
		return Yes
	case false:
		return No
	}
	return Unknown
}

// known is the value of a variable as the rules count with it: sums in tenge; nil
// when it is not known.
func known(v Var, values Values) any {
	switch x := values[v.Name].(type) {
	case bool:
		return only(v.Type == Bool, x)
	case int:
		return only(v.Type == Number, new(big.Rat).SetInt64(int64(x)))
	case int64:
		if v.Type == Money {
			return big.NewRat(x, 100)
		}
		return only(v.Type == Number, new(big.Rat).SetInt64(x))
	case float64:
		r := new(big.Rat).SetFloat64(x)
		return only(v.Type == Number && r != nil, r)
	case string:
		return only(v.Type == Text && x != "", x)
	case db.Date:
		return only(v.Type == Date && !x.IsZero(), x)
	case []string:
		return only(v.Type == List && x != nil, x)
	}
	return nil
}

func only(ok bool, v any) any {
	if ok {
		return v
	}
	return nil
}

// eval is what the node comes to: bool, *big.Rat, string, db.Date, []string, []any,
// or nil when it is not known.
func (n *node) eval(values Values) any {
	switch n.op {
	case opValue, opList:
		return n.value
	case opVar:
		return known(n.of, values)
	case "and":
		return n.joined(values, false)
	case "or":
		return n.joined(values, true)
	}
	args := make([]any, len(n.args))
	for i, a := range n.args {
		if args[i] = a.eval(values); args[i] == nil {
			return nil
		}
	}
	return n.apply(args)
}

// joined is "and" (decisive false) or "or" (decisive true): one decisive side is
// enough, also when the other is not known.
func (n *node) joined(values Values, decisive bool) any {
	a := n.args[0].eval(values)
	if a == decisive {
		return decisive
	}
	b := n.args[1].eval(values)
	if b == decisive {
		return decisive
	}
	if a == nil || b == nil {
		return nil
	}
	return !decisive
}

// apply joins arguments that are all known.
func (n *node) apply(args []any) any {
	switch n.op {
	case "not":
		return !args[0].(bool)
	case opMinus:
		return new(big.Rat).Neg(args[0].(*big.Rat))
	case "==":
		return same(args[0], args[1])
	case "!=":
		return !same(args[0], args[1])
	case "<":
		return order(args[0], args[1]) < 0
	case "<=":
		return order(args[0], args[1]) <= 0
	case ">":
		return order(args[0], args[1]) > 0
	case ">=":
		return order(args[0], args[1]) >= 0
	case "in":
		return among(args[0], args[1])
	case "any_of":
		return slices.ContainsFunc(members(args[0]), func(m any) bool { return among(m, args[1]) })
	case "len":
		return new(big.Rat).SetInt64(length(args[0]))
	case "days_between", "months_between", "years_between":
		return new(big.Rat).SetInt64(between(n.op, args[0].(db.Date), args[1].(db.Date)))
	}
	return n.count(args)
}

// count is arithmetic; a division by zero is not known.
func (n *node) count(args []any) any {
	out := new(big.Rat).Set(args[0].(*big.Rat))
	for _, x := range args[1:] {
		b := x.(*big.Rat)
		switch {
		case n.op == "+":
			out.Add(out, b)
		case n.op == "-":
			out.Sub(out, b)
		case n.op == "*":
			out.Mul(out, b)
		case n.op == "/" && b.Sign() == 0:
			return nil
		case n.op == "/":
			out.Quo(out, b)
		case n.op == "min" && b.Cmp(out) < 0, n.op == "max" && b.Cmp(out) > 0:
			out = b
		}
	}
	return out
}

func same(a, b any) bool {
	if _, ok := a.(*big.Rat); ok {
		return order(a, b) == 0
	}
	return a == b
}

func order(a, b any) int {
	if d, ok := a.(db.Date); ok {
		return d.Compare(b.(db.Date))
	}
	return a.(*big.Rat).Cmp(b.(*big.Rat))
}

func among(v, list any) bool {
	return slices.ContainsFunc(members(list), func(m any) bool { return same(v, m) })
}

func members(list any) []any {
	if texts, ok := list.([]string); ok {
		out := make([]any, len(texts))
		for i, t := range texts {
			out[i] = t
		}
		return out
	}
	out, _ := list.([]any)
	return out
}

func length(v any) int64 {
	if s, ok := v.(string); ok {
		return int64(utf8.RuneCountInString(s))
	}
	return int64(len(members(v)))
}

// between counts whole days, months or years from a to b; negative when b is earlier.
func between(unit string, a, b db.Date) int64 {
	if unit == "days_between" {
		return int64(a.DaysUntil(b))
	}
	if b.Before(a) {
		return -between(unit, b, a)
	}
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	months := int64(by-ay)*12 + int64(bm) - int64(am)
	if bd < ad {
		months--
	}
	if unit == "years_between" {
		return months / 12
	}
	return months
}

// conjuncts are the parts that the outer "and" joins.
func (n *node) conjuncts() []*node {
	if n.op != "and" {
		return []*node{n}
	}
	return append(n.args[0].conjuncts(), n.args[1].conjuncts()...)
}

func (n *node) walk(f func(*node)) {
	f(n)
	for _, a := range n.args {
		a.walk(f)
	}
}

func (n *node) names(out []string) []string {
	n.walk(func(n *node) {
		if n.op == opVar && !slices.Contains(out, n.of.Name) {
			out = append(out, n.of.Name)
		}
	})
	return out
}
