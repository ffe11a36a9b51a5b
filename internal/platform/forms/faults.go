package forms

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/rules"
)

// Faults are what is wrong with the form itself, by "s.CODE.part" and "q.CODE.part".
// env are the variables of the portal that conditions may speak of.
func (f Form) Faults(env rules.Env) problem.Fields {
	c := checker{env: slices.Clone(env), seen: map[string]bool{}}
	c.bad.Reject(len(f.Sections) > MaxSections, "form", "forms.too_many_sections", "max", MaxSections)
	c.bad.Reject(len(f.Questions()) > MaxQuestions, "form", "forms.too_many_questions", "max", MaxQuestions)
	for _, s := range f.Sections {
		c.section(s)
		for _, q := range s.Questions {
			c.question(q)
			c.env = append(c.env, q.Var())
		}
	}
	return c.bad
}

type checker struct {
	env  rules.Env
	seen map[string]bool
	bad  problem.Fields
}

func (c *checker) section(s Section) {
	at := "s." + s.Code
	c.code(at, s.Code)
	c.texts(at, s.Title, s.Hint)
	c.rule(at, s.If)
}

func (c *checker) question(q Question) {
	at := "q." + q.Code
	c.code(at, q.Code)
	_, known := c.env.Var(q.Code)
	c.bad.Reject(rules.Reserved(q.Code) || known || c.isRoot(q.Code), at+".code", "forms.reserved", "code", q.Code)
	c.texts(at, q.Title, q.Hint)
	c.rule(at, q.If)
	c.bad.Reject(!slices.Contains(Types, q.Type), at+".type", "forms.unknown_type", "type", short(string(q.Type)))
	c.bad.Reject((q.Words > 0 || q.Chars > 0) && !q.Type.written(), at+".words", "forms.not_for_type")
	c.bad.Reject(q.Words < 0 || q.Words > maxParagraph, at+".words", "forms.bad_limit", "value", strconv.Itoa(q.Words), "max", maxParagraph)
	c.bad.Reject(q.Chars < 0 || q.Chars > maxParagraph, at+".chars", "forms.bad_limit", "value", strconv.Itoa(q.Chars), "max", maxParagraph)
	c.bad.Reject(len(q.Languages) > 0 && !q.Type.written(), at+".languages", "forms.not_for_type")
	c.bad.Reject(len(q.Files) > 0 && q.Type != File, at+".files", "forms.not_for_type")
	c.bounds(at, q)
	c.options(at, q)
	c.columns(at, q)
}

func (c *checker) code(at, code string) {
	c.bad.Reject(!isCode(code), at+".code", "forms.bad_code", "code", short(code))
	c.bad.Reject(c.seen[at], at+".code", "forms.code_twice", "code", code)
	c.seen[at] = true
}

// isRoot tells that names of the portal begin with the code: "org.kind".
func (c *checker) isRoot(code string) bool {
	return slices.ContainsFunc(c.env, func(v rules.Var) bool { return strings.HasPrefix(v.Name, code+".") })
}

func (c *checker) texts(at string, title, hint i18n.Text) {
	c.bad.Reject(title.IsZero(), at+".title", "forms.no_title")
	for _, l := range i18n.Langs {
		for name, t := range map[string]struct {
			text string
			max  int
		}{"title": {title.Get(l), maxTitle}, "hint": {hint.Get(l), maxHint}} {
			c.bad.Reject(utf8.RuneCountInString(t.text) > t.max, at+"."+name+"."+string(l), "form.too_long", "max", t.max)
			c.bad.Reject(!plain(t.text), at+"."+name+"."+string(l), "form.not_text")
		}
	}
}

func (c *checker) rule(at, source string) {
	_, err := rules.Compile(source, c.env)
	if p := problem.As(err); p != nil {
		c.bad.Reject(true, at+".if", p.Key, p.Args...)
	}
}

// bounds checks that from and to are of the question's kind and in order.
func (c *checker) bounds(at string, q Question) {
	if q.Min == "" && q.Max == "" {
		return
	}
	var low, high *big.Rat
	switch {
	case q.Type == Number || q.Type == Money || q.Type.counted():
		low, high = c.bound(at+".min", q, q.Min), c.bound(at+".max", q, q.Max)
		c.bad.Reject(low != nil && high != nil && low.Cmp(high) > 0, at+".max", "forms.bounds_crossed")
	case q.Type == Date:
		for name, s := range map[string]string{"min": q.Min, "max": q.Max} {
			_, err := db.ParseDate(s)
			c.bad.Reject(s != "" && err != nil, at+"."+name, "form.not_a_date")
		}
		c.bad.Reject(q.Min != "" && q.Max != "" && q.Min > q.Max, at+".max", "forms.bounds_crossed")
	default:
		c.bad.Reject(true, at+".min", "forms.not_for_type")
	}
}

func (c *checker) bound(at string, q Question, s string) *big.Rat {
	if s == "" {
		return nil
	}
	v, ok := decimal(s)
	if q.Type == Money {
		_, ok = i18n.ParseMoney(s)
	}
	c.bad.Reject(!ok || s != canonical(s), at, "form.not_a_number")
	if ok && q.Type.counted() {
		most := map[Type]int64{Choices: MaxOptions, File: MaxFiles, Table: MaxRows}[q.Type]
		c.bad.Reject(!v.IsInt() || v.Sign() < 0 || v.Cmp(big.NewRat(most, 1)) > 0, at, "forms.bad_count", "max", most)
	}
	return v
}

func (c *checker) options(at string, q Question) {
	if !q.Type.chosen() {
		c.bad.Reject(len(q.Options) > 0, at+".options", "forms.not_for_type")
		return
	}
	c.bad.Reject(len(q.Options) < 2, at+".options", "forms.few_options")
	c.bad.Reject(len(q.Options) > MaxOptions, at+".options", "forms.too_many_options", "max", MaxOptions)
	seen := map[string]bool{}
	for i, o := range q.Options {
		part := at + ".options." + strconv.Itoa(i)
		c.bad.Reject(!isOption(o.Code), part, "forms.bad_code", "code", short(o.Code))
		c.bad.Reject(seen[o.Code], part, "forms.code_twice", "code", o.Code)
		c.cell(part, o.Title)
		seen[o.Code] = true
	}
}

func (c *checker) columns(at string, q Question) {
	if q.Type != Table {
		c.bad.Reject(len(q.Columns) > 0, at+".columns", "forms.not_for_type")
		return
	}
	c.bad.Reject(len(q.Columns) == 0, at+".columns", "forms.no_columns")
	c.bad.Reject(len(q.Columns) > MaxColumns, at+".columns", "forms.too_many_columns", "max", MaxColumns)
	seen := map[string]bool{}
	for i, col := range q.Columns {
		part := at + ".columns." + strconv.Itoa(i)
		c.bad.Reject(!isCode(col.Code), part, "forms.bad_code", "code", short(col.Code))
		c.bad.Reject(seen[col.Code], part, "forms.code_twice", "code", col.Code)
		c.bad.Reject(col.Type != Text && col.Type != Number && col.Type != Money, part, "forms.column_type")
		c.cell(part, col.Title)
		seen[col.Code] = true
	}
}

// cell checks a text that stands between upright lines.
func (c *checker) cell(at string, t i18n.Text) {
	c.bad.Reject(t.IsZero(), at, "forms.no_title")
	c.bad.Reject(strings.Contains(t.Words(), "|"), at, "forms.upright")
	c.bad.Reject(!plain(t.Words()), at, "form.not_text")
	c.bad.Reject(utf8.RuneCountInString(t.Words()) > maxTitle, at, "form.too_long", "max", maxTitle)
}
