package rules

import (
	"errors"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"birge/internal/platform/db"
	"birge/internal/platform/problem"
)

// The operations of a node beside the signs and the functions by their names.
const (
	opVar   = "var"
	opValue = "value"
	opList  = "list" // of values written out
	opMinus = "minus"
)

// node is a part of a checked rule.
type node struct {
	op     string
	typ    Type
	of     Var // of opVar
	value  any // of opValue and opList: bool, *big.Rat, string, db.Date, []any
	args   []*node
	source string // as it is printed
}

// function is one of the few that a rule may call.
type function struct {
	args []Type // a shorter call is a fault; the last may repeat when many
	many bool
	typ  Type
}

var functions = map[string]function{
	"len":            {args: []Type{List}, typ: Number},
	"any_of":         {args: []Type{List, List}, typ: Bool},
	"min":            {args: []Type{Number, Number}, many: true, typ: Number},
	"max":            {args: []Type{Number, Number}, many: true, typ: Number},
	"days_between":   {args: []Type{Date, Date}, typ: Number},
	"months_between": {args: []Type{Date, Date}, typ: Number},
	"years_between":  {args: []Type{Date, Date}, typ: Number},
}

// Reserved tells that a word means something to every rule and names no variable.
func Reserved(word string) bool {
	_, ok := functions[word]
	return ok || slices.Contains([]string{"and", "or", "not", "in", "true", "false", "nil", "let", "if", "else", "today"}, word)
}

// grammar is what the library's parser is told; it only reads it.
var grammar = func() *conf.Config {
	c := conf.CreateNew()
	c.MaxNodes, c.DisableIfOperator = 2*MaxNodes, true
	for _, f := range builtin.Builtins {
		c.Disabled[f.Name] = true
	}
	return c
}()

// Compile checks a rule that must say yes or no. An empty source is the zero Rule.
// A fault is an Invalid problem that says what is wrong and, as "at", at which
// character, counted from 1.
func Compile(source string, env Env) (Rule, error) {
	source = strings.TrimSpace(source)
	if source == "" {
		return Rule{}, nil
	}
	if utf8.RuneCountInString(source) > MaxSource {
		return Rule{}, problem.New(problem.Invalid, "rules.too_long", "max", MaxSource)
	}
	tree, err := parser.ParseWithConfig(source, grammar)
	if err != nil {
		return Rule{}, unreadable(source, err)
	}
	c := compiler{env: env, source: source}
	root := c.node(tree.Node)
	if c.bad == nil && root.typ != Bool {
		c.refuse(tree.Node, "rules.not_yes_or_no")
	}
	if c.bad != nil {
		return Rule{}, c.bad
	}
	return Rule{source, root}, nil
}

// unreadable says where the parser stopped.
func unreadable(source string, err error) error {
	var at *file.Error
	if !errors.As(err, &at) || strings.Contains(at.Message, "maximum allowed nodes") {
		return problem.Wrap(err, problem.Invalid, "rules.too_many", "max", MaxNodes)
	}
	text := []rune(source)
	from := min(max(at.From, 0), len(text))
	rest := strings.TrimSpace(string(text[from:]))
	if rest == "" || strings.Contains(at.Message, "EOF") || strings.Contains(at.Message, "not terminated") {
		return problem.Wrap(err, problem.Invalid, "rules.without_end")
	}
	if strings.HasPrefix(rest, "=") {
		return problem.Wrap(err, problem.Invalid, "rules.one_equals", "at", from+1)
	}
	return problem.Wrap(err, problem.Invalid, "rules.unreadable", "at", from+1, "near", near(rest))
}

// near is the beginning of what was not understood.
func near(s string) string {
	r := []rune(s)
	if len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}

// compiler turns the library's tree into nodes, and keeps the first fault.
type compiler struct {
	env    Env
	source string
	nodes  int
	bad    error
}

func (c *compiler) refuse(n ast.Node, key string, args ...any) *node {
	if c.bad == nil {
		c.bad = problem.New(problem.Invalid, key, append([]any{"at", n.Location().From + 1}, args...)...)
	}
	return &node{op: opValue, typ: Bool, value: false}
}

func (c *compiler) node(n ast.Node) *node {
	if c.nodes++; c.nodes > MaxNodes {
		if c.bad == nil {
			c.bad = problem.New(problem.Invalid, "rules.too_many", "max", MaxNodes)
		}
	}
	if c.bad != nil {
		return &node{op: opValue, typ: Bool, value: false}
	}
	out := c.made(n)
	out.source = n.String()
	return out
}

func (c *compiler) made(n ast.Node) *node {
	switch n := n.(type) {
	case *ast.BoolNode:
		return &node{op: opValue, typ: Bool, value: n.Value}
	case *ast.IntegerNode:
		return &node{op: opValue, typ: Number, value: new(big.Rat).SetInt64(int64(n.Value))}
	case *ast.FloatNode:
		return c.decimal(n)
	case *ast.StringNode:
		return &node{op: opValue, typ: Text, value: n.Value}
	case *ast.IdentifierNode, *ast.MemberNode:
		return c.variable(n)
	case *ast.ArrayNode:
		return c.list(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.CallNode:
		return c.call(n)
	}
	return c.refuse(n, "rules.not_allowed", "what", near(n.String()))
}

// decimal is the number as it was written: 0.1 is a tenth.
func (c *compiler) decimal(n *ast.FloatNode) *node {
	v, ok := new(big.Rat), n.Value < 1e18 && n.Value > -1e18
	if ok {
		v, ok = v.SetString(strconv.FormatFloat(n.Value, 'f', -1, 64))
	}
	if !ok {
		return c.refuse(n, "rules.too_large")
	}
	return &node{op: opValue, typ: Number, value: v}
}

func (c *compiler) variable(n ast.Node) *node {
	name, ok := dotted(n)
	if !ok {
		return c.refuse(n, "rules.not_allowed", "what", near(n.String()))
	}
	v, ok := c.env.Var(name)
	if !ok {
		if m, is := n.(*ast.MemberNode); is {
			n = m.Node // where the name begins
		}
		return c.refuse(n, "rules.unknown_name", "name", near(name))
	}
	return &node{op: opVar, typ: v.Type, of: v}
}

// dotted is the name that points lead to: org.kind.
func dotted(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value, true
	case *ast.MemberNode:
		of, ok := n.Node.(*ast.IdentifierNode)
		part, is := n.Property.(*ast.StringNode)
		if ok && is && !n.Optional {
			return of.Value + "." + part.Value, true
		}
	}
	return "", false
}

// list is a list of texts or of numbers written out.
func (c *compiler) list(n *ast.ArrayNode) *node {
	out := &node{op: opList, typ: List}
	var values []any
	for _, m := range n.Nodes {
		one := c.node(m)
		if c.bad == nil && (one.op != opValue || one.typ == Bool || len(out.args) > 0 && one.typ != out.args[0].typ) {
			return c.refuse(m, "rules.mixed_list")
		}
		out.args = append(out.args, one)
		values = append(values, one.value)
	}
	out.value = values
	return out
}

func (c *compiler) unary(n *ast.UnaryNode) *node {
	arg := c.node(n.Node)
	switch n.Operator {
	case "not", "!":
		return c.typed(n, &node{op: "not", typ: Bool, args: []*node{arg}}, arg.typ == Bool)
	case "-":
		return c.typed(n, &node{op: opMinus, typ: arg.typ, args: []*node{arg}}, counts(arg.typ))
	}
	return c.refuse(n, "rules.not_allowed", "what", n.Operator)
}

// typed is out when the types fit each other.
func (c *compiler) typed(n ast.Node, out *node, fits bool) *node {
	if c.bad == nil && !fits {
		return c.refuse(n, "rules.types", "sign", out.op)
	}
	return out
}

func counts(t Type) bool { return t == Number || t == Money }

var signs = map[string]string{"&&": "and", "||": "or"}

func (c *compiler) binary(n *ast.BinaryNode) *node {
	op := n.Operator
	if s, ok := signs[op]; ok {
		op = s
	}
	a, b := c.node(n.Left), c.node(n.Right)
	if c.bad != nil {
		return a
	}
	out := &node{op: op, typ: Bool, args: []*node{a, b}}
	switch op {
	case "and", "or":
		return c.typed(n, out, a.typ == Bool && b.typ == Bool)
	case "==", "!=", "<", "<=", ">", ">=":
		return c.comparison(n, out)
	case "in":
		return c.in(n, out)
	case "+", "-", "*", "/":
		return c.arithmetic(n, out)
	}
	return c.refuse(n, "rules.not_allowed", "what", n.Operator)
}

func (c *compiler) comparison(n *ast.BinaryNode, out *node) *node {
	a, b := out.args[0], out.args[1]
	c.asDate(n.Right, b, a.typ)
	c.asDate(n.Left, a, b.typ)
	c.isCode(n.Right, b, a)
	c.isCode(n.Left, a, b)
	ordered := counts(a.typ) && counts(b.typ) || a.typ == Date && b.typ == Date
	equal := out.op == "==" || out.op == "!="
	return c.typed(n, out, ordered || equal && a.typ == b.typ && a.typ != List)
}

// asDate takes a text that is compared with a date for a date.
func (c *compiler) asDate(at ast.Node, n *node, other Type) {
	if text, ok := n.value.(string); ok && other == Date {
		d, err := db.ParseDate(text)
		if err != nil {
			c.refuse(at, "rules.not_a_date", "value", near(text))
		}
		n.typ, n.value = Date, d
	}
}

// isCode refuses a text that the variable can never have.
func (c *compiler) isCode(at ast.Node, n, other *node) {
	text, ok := n.value.(string)
	if !ok || other.op != opVar || len(other.of.Codes) == 0 {
		return
	}
	if !slices.ContainsFunc(other.of.Codes, func(k Code) bool { return k.Code == text }) {
		c.refuse(at, "rules.unknown_code", "value", near(text), "name", other.of.Name)
	}
}

// in is a value among values written out, or a text in a list.
func (c *compiler) in(n *ast.BinaryNode, out *node) *node {
	a, b := out.args[0], out.args[1]
	if b.op != opList {
		c.isCode(n.Left, a, b)
		return c.typed(n, out, a.typ == Text && b.typ == List)
	}
	for i, one := range b.args {
		c.isCode(n.Right.(*ast.ArrayNode).Nodes[i], one, a)
		if one.typ != a.typ && !(counts(one.typ) && counts(a.typ)) {
			return c.typed(n, out, false)
		}
	}
	return out
}

func (c *compiler) arithmetic(n *ast.BinaryNode, out *node) *node {
	a, b := out.args[0].typ, out.args[1].typ
	out.typ = Number
	if a == Money && (out.op != "/" || b != Money) || b == Money && out.op != "/" {
		out.typ = Money
	}
	return c.typed(n, out, counts(a) && counts(b))
}

func (c *compiler) call(n *ast.CallNode) *node {
	name, _ := dotted(n.Callee)
	f, ok := functions[name]
	if !ok {
		return c.refuse(n, "rules.unknown_function", "name", near(name))
	}
	if len(n.Arguments) < len(f.args) || len(n.Arguments) > len(f.args) && !f.many {
		return c.refuse(n, "rules.arguments", "name", name, "count", len(f.args))
	}
	out := &node{op: name, typ: f.typ}
	for i, a := range n.Arguments {
		arg, want := c.node(a), f.args[min(i, len(f.args)-1)]
		c.asDate(a, arg, want)
		if c.bad == nil && !takes(want, arg.typ, name) {
			return c.refuse(a, "rules.types", "sign", name)
		}
		if arg.typ == Money {
			out.typ = Money
		}
		out.args = append(out.args, arg)
	}
	if name == "any_of" {
		return c.anyOf(n, out)
	}
	return out
}

func takes(want, have Type, name string) bool {
	return want == have || want == Number && have == Money || name == "len" && have == Text
}

// anyOf asks whether two lists of texts have one in common.
func (c *compiler) anyOf(n *ast.CallNode, out *node) *node {
	for i, list := range out.args {
		for _, one := range list.args {
			c.isCode(n.Arguments[i], one, out.args[1-i])
			if one.typ != Text {
				return c.typed(n, out, false)
			}
		}
	}
	return out
}
