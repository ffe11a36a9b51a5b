package forms

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/rules"
)

// Known is what the portal knows when a form is filled in: names for conditions and
// their values.
type Known struct {
	Env    rules.Env
	Values rules.Values
}

// Shown are the codes of the sections ("s.about") and questions ("q.goal") that are
// asked.
type Shown map[string]bool

// Section and Question tell whether the one with the code is asked.
func (s Shown) Section(code string) bool { return s["s."+code] }

// Question tells whether the question is asked.
func (s Shown) Question(code string) bool { return s["q."+code] }

// Visible says what is asked of somebody who answered so. What a condition does not
// know is not asked.
func (f Form) Visible(answers Answers, known Known) Shown {
	return f.judge(answers, known).shown
}

// Check judges answers as they were typed: it gives them back as they are kept
// (numbers, sums and days in one way of writing; what is not asked is dropped), with
// what is wrong by the name of the field.
func (f Form) Check(answers Answers, known Known) (Answers, problem.Fields) {
	j := f.judge(answers, known)
	return j.kept, j.bad
}

// judge walks the form once from its beginning: a condition sees only the answers of
// questions before it that are themselves asked.
func (f Form) judge(answers Answers, known Known) *judge {
	j := &judge{env: slices.Clone(known.Env), values: rules.Values{}, shown: Shown{}, kept: Answers{}}
	for name, v := range known.Values {
		j.values[name] = v
	}
	for _, s := range f.Sections {
		asked := j.holds(s.If)
		j.shown["s."+s.Code] = asked
		for _, q := range s.Questions {
			if asked && j.holds(q.If) {
				j.shown["q."+q.Code] = true
				j.question(q, answers[q.Code])
			}
			j.env = append(j.env, q.Var())
		}
	}
	return j
}

type judge struct {
	env    rules.Env
	values rules.Values
	shown  Shown
	kept   Answers
	bad    problem.Fields
}

// holds tells whether something is asked. A condition that no longer compiles, because
// the portal lost a name, hides nothing.
func (j *judge) holds(source string) bool {
	r, err := rules.Compile(source, j.env)
	return err != nil || r.Bool(j.values)
}

func (j *judge) question(q Question, a Answer) {
	name := Field(q.Code)
	out, value := Answer{}, any(nil)
	switch {
	case q.Type.written():
		out, value = j.written(q, a)
	case q.Type == Number, q.Type == Money:
		out.Text, value = j.amount(q, name, a.Text)
	case q.Type == Date:
		out.Text, value = j.date(q, a.Text)
	case q.Type == YesNo:
		j.bad.Reject(a.Text != "" && a.Text != "yes" && a.Text != "no", name, "form.unknown_choice")
		if out.Text = a.Text; a.Text != "" {
			value = a.Text == "yes"
		}
	case q.Type == Statement:
		if a.Text != "" {
			out.Text = "yes"
		}
		value = a.Text != ""
	case q.Type == Choice:
		j.bad.Reject(a.Text != "" && !q.hasOption(a.Text), name, "form.unknown_choice")
		out.Text, value = a.Text, a.Text
	case q.Type == Choices:
		out.Codes, value = j.choices(q, a.Codes), a.Codes
	case q.Type == File:
		out.Files, value = a.Files, len(a.Files)
		j.count(q, name, len(a.Files))
	case q.Type == Table:
		out.Rows, value = j.rows(q, a.Rows), len(a.Rows)
	}
	j.required(q, name, out)
	if j.values[q.Code] = value; !out.IsZero() {
		j.kept[q.Code] = out
	}
}

func (j *judge) required(q Question, name string, a Answer) {
	if !q.Required {
		return
	}
	if q.Type == Statement {
		j.bad.Reject(a.IsZero(), name, "forms.agree")
		return
	}
	for _, l := range q.Languages {
		j.bad.Reject(a.In.Get(l) == "", Field(q.Code, string(l)), "form.required")
	}
	j.bad.Reject(len(q.Languages) == 0 && a.IsZero(), name, "form.required")
}

// written judges free text in the languages of the question.
func (j *judge) written(q Question, a Answer) (Answer, any) {
	if len(q.Languages) == 0 {
		j.text(q, Field(q.Code), a.Text)
		return Answer{Text: a.Text}, a.Text
	}
	var out Answer
	for _, l := range q.Languages {
		s := a.In.Get(l)
		j.text(q, Field(q.Code, string(l)), s)
		out.In.Set(l, s)
	}
	for _, l := range i18n.Langs {
		if s := out.In.Get(l); s != "" {
			return out, s
		}
	}
	return out, nil
}

func (j *judge) text(q Question, name, s string) {
	j.bad.Reject(!utf8.ValidString(s) || strings.ContainsRune(s, 0), name, "form.not_text")
	j.bad.Reject(q.Type == Text && strings.Contains(s, "\n"), name, "forms.one_line")
	words := Words(s)
	j.bad.Reject(q.Words > 0 && words > q.Words, name, "forms.too_many_words", "max", q.Words, "have", words)
	most, have := q.MaxChars(), utf8.RuneCountInString(s)
	j.bad.Reject(have > most, name, "forms.too_many_chars", "max", most, "have", have)
}

// MaxChars is the most characters that the answer takes in a language.
func (q Question) MaxChars() int {
	switch {
	case q.Chars > 0:
		return q.Chars
	case q.Type == Text:
		return maxText
	}
	return maxParagraph
}

// Words counts the words of a text: what stands between white space and has a letter
// or a digit.
func Words(s string) (n int) {
	for w := range strings.FieldsSeq(s) {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++
		}
	}
	return n
}

// amount judges a number or a sum and gives it in one way of writing.
func (j *judge) amount(q Question, name, s string) (string, any) {
	if s == "" {
		return "", nil
	}
	if q.Type == Money {
		tiyn, ok := i18n.ParseMoney(s)
		j.bad.Reject(!ok, name, "form.not_money")
		if !ok {
			return s, nil
		}
		v := big.NewRat(tiyn, 100)
		j.within(q, name, v)
		return written(v), tiyn
	}
	v, ok := decimal(s)
	j.bad.Reject(!ok, name, "form.not_a_number")
	if !ok {
		return s, nil
	}
	j.within(q, name, v)
	f, _ := v.Float64()
	return written(v), f
}

func (j *judge) within(q Question, name string, v *big.Rat) {
	if low, ok := decimal(q.Min); ok {
		j.bad.Reject(v.Cmp(low) < 0, name, "forms.at_least", "min", spaced(q.Min))
	}
	if high, ok := decimal(q.Max); ok {
		j.bad.Reject(v.Cmp(high) > 0, name, "forms.at_most", "max", spaced(q.Max))
	}
}

func (j *judge) date(q Question, s string) (string, any) {
	if s == "" {
		return "", nil
	}
	d, err := db.ParseDate(iso(s))
	if err != nil {
		j.bad.Reject(true, Field(q.Code), "form.not_a_date")
		return s, nil
	}
	j.bad.Reject(q.Min != "" && d.String() < q.Min, Field(q.Code), "forms.not_before", "day", q.Min)
	j.bad.Reject(q.Max != "" && d.String() > q.Max, Field(q.Code), "forms.not_after", "day", q.Max)
	return d.String(), d
}

// iso turns 23.11.2026 into 2026-11-23.
func iso(s string) string {
	p := strings.Split(s, ".")
	if len(p) != 3 || len(p[0]) > 2 || len(p[1]) > 2 {
		return s
	}
	return p[2] + "-" + strings.Repeat("0", 2-len(p[1])) + p[1] + "-" + strings.Repeat("0", 2-len(p[0])) + p[0]
}

func (j *judge) choices(q Question, codes []string) []string {
	var out []string
	for _, o := range q.Options {
		if slices.Contains(codes, o.Code) {
			out = append(out, o.Code)
		}
	}
	j.bad.Reject(len(out) != len(codes), Field(q.Code), "form.unknown_choice")
	j.count(q, Field(q.Code), len(out))
	return out
}

// count judges how many ticks, files or rows there are; none is judged by Required.
func (j *judge) count(q Question, name string, have int) {
	if have == 0 {
		return
	}
	if low, err := strconv.Atoi(q.Min); err == nil {
		j.bad.Reject(have < low, name, "forms.count_least", "min", low, "have", have)
	}
	if high := q.Most(); high > 0 {
		j.bad.Reject(have > high, name, "forms.count_most", "max", high, "have", have)
	}
}

// Most is how many ticks, files or rows the answer takes.
func (q Question) Most() int {
	if n, err := strconv.Atoi(q.Max); err == nil {
		return n
	}
	return map[Type]int{Choices: len(q.Options), File: 1, Table: 10}[q.Type]
}

func (j *judge) rows(q Question, rows [][]string) (out [][]string) {
	j.count(q, Field(q.Code), len(rows))
	for i, row := range rows {
		kept := make([]string, len(q.Columns))
		for k, c := range q.Columns {
			if k >= len(row) {
				continue
			}
			name := Field(q.Code, strconv.Itoa(i), c.Code)
			cell := Question{Type: c.Type}
			if kept[k] = row[k]; c.Type == Text {
				j.text(cell, name, row[k])
			} else {
				kept[k], _ = j.amount(cell, name, row[k])
			}
		}
		out = append(out, kept)
	}
	return out
}

// Totals are the sums of a table's columns of numbers and money, as text; "" for a
// column of texts. What is no number counts nothing.
func (q Question) Totals(rows [][]string) []string {
	out := make([]string, len(q.Columns))
	for k, c := range q.Columns {
		if c.Type == Text {
			continue
		}
		sum := new(big.Rat)
		for _, row := range rows {
			if k < len(row) {
				if v, ok := decimal(row[k]); ok {
					sum.Add(sum, v)
				}
			}
		}
		out[k] = written(sum)
	}
	return out
}

func (q Question) hasOption(code string) bool {
	return slices.ContainsFunc(q.Options, func(o Option) bool { return o.Code == code })
}

// decimal reads a number as people write it: "12 500,5". It has at most 15 digits
// before the point and 6 after it.
func decimal(s string) (*big.Rat, bool) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "₸", "", "−", "-", ",", ".").Replace(s)
	whole, frac, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if whole == "" || len(whole) > 15 || len(frac) > 6 || strings.Trim(whole+frac, "0123456789") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// written is the number in one way: "12500.5".
func written(v *big.Rat) string {
	s := v.FloatString(6)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// canonical is the number in one way, "" when it is none.
func canonical(s string) string {
	if v, ok := decimal(s); ok {
		return written(v)
	}
	return ""
}

// spaced writes a bound of the form for people.
func spaced(s string) string {
	whole, frac, point := strings.Cut(s, ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && whole[i-1] != '-' && (len(whole)-i)%3 == 0 {
			b.WriteString("\u00a0")
		}
		b.WriteRune(r)
	}
	if point {
		b.WriteString("," + frac)
	}
	return b.String()
}
