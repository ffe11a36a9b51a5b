package rules

import (
	"encoding/json"
	"math/big"
	"slices"

	"birge/internal/platform/db"
)

// Tree is the rule as JSON for the page's script, which hides a question while its
// condition does not hold: a value, or [sign, part, part]; ["var", name] is a
// variable that open names, every other is replaced by what is known of it. null is
// not known. Dates are texts, which compare as dates do.
func (r Rule) Tree(open []string, values Values) string {
	var v any = true
	if !r.IsZero() {
		v = r.root.tree(open, values)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "true" // no value of a rule is without JSON; a question is rather shown
	}
	return string(b)
}

func (n *node) tree(open []string, values Values) any {
	if n.op == opVar && slices.Contains(open, n.of.Name) {
		return []any{opVar, n.of.Name}
	}
	if !n.speaksOf(open) {
		return plain(n.eval(values))
	}
	out := []any{n.op}
	for _, a := range n.args {
		out = append(out, a.tree(open, values))
	}
	return out
}

func (n *node) speaksOf(open []string) bool {
	return slices.ContainsFunc(n.names(nil), func(name string) bool { return slices.Contains(open, name) })
}

// plain is a value as JSON knows it; a list is ["list", …], so that it is no sign.
func plain(v any) any {
	switch v := v.(type) {
	case *big.Rat:
		f, _ := v.Float64()
		return f
	case db.Date:
		return v.String()
	case []string, []any:
		out := []any{opList}
		for _, m := range members(v) {
			out = append(out, plain(m))
		}
		return out
	}
	return v
}
