package forms

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/rules"
)

// Parse reads a form, its shape only: a form that was stored can be read for ever,
// also when the portal no longer knows a name that a condition speaks of. The error
// is an Invalid problem whose fields are lines: see LineFaults.
func Parse(text string) (Form, error) {
	p := parse(text)
	return p.form, p.bad.Err()
}

// ParseChecked reads a form that somebody just wrote, with all that Faults finds.
func ParseChecked(text string, env rules.Env) (Form, error) {
	p := parse(text)
	if len(p.bad) == 0 {
		for key, fault := range p.form.Faults(env) {
			p.refuse(p.lineOf(key), fault.Key, fault.Args...)
		}
	}
	return p.form, p.bad.Err()
}

// LineFault is what is wrong with a line of the text.
type LineFault struct {
	Line int
	problem.Fault
}

// LineFaults are the faults that Parse and ParseChecked found, in order.
func LineFaults(err error) []LineFault {
	p := problem.As(err)
	if p == nil {
		return nil
	}
	var out []LineFault
	for key, fault := range p.Fields {
		if n, ok := strings.CutPrefix(key, "line."); ok {
			at, _ := strconv.Atoi(n)
			out = append(out, LineFault{at, fault})
		}
	}
	slices.SortFunc(out, func(a, b LineFault) int { return cmp.Compare(a.Line, b.Line) })
	return out
}

type parser struct {
	form Form
	bad  problem.Fields
	// at are the lines of blocks and of their parts: "q.goal", "q.goal.if".
	at map[string]int
	// section and question are what the lines belong to.
	section  *Section
	question *Question
	block    string
}

func parse(text string) *parser {
	p := &parser{at: map[string]int{}}
	if len(text) > MaxBytes {
		p.refuse(1, "forms.too_large", "max", MaxBytes/1000)
		return p
	}
	inBlock := false
	for n, l := range folded(text) {
		switch {
		case !plain(l):
			p.refuse(n, "form.not_text")
		case l == "":
			inBlock = false
		case inBlock:
			p.line(n, l)
		default:
			inBlock = p.head(n, l)
		}
		if len(p.bad) > 20 {
			break
		}
	}
	p.close()
	return p
}

// folded gives the lines with their numbers from 1; lines that begin with two spaces
// are taken to the line before, parted by a newline.
func folded(text string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		lines := strings.Split(text, "\n")
		for i := 0; i < len(lines); {
			from, l := i, trimmed(lines[i])
			for i++; i < len(lines) && l != "" && strings.HasPrefix(lines[i], "  ") && trimmed(lines[i]) != ""; i++ {
				l += "\n" + trimmed(lines[i])
			}
			if !yield(from+1, l) {
				return
			}
		}
	}
}

// trimmed is a line without the white space around it; spaces that do not break stay.
func trimmed(s string) string { return strings.Trim(s, " \t\r") }

// plain tells that s is text without control characters but newlines.
func plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f })
}

func (p *parser) refuse(n int, key string, args ...any) {
	p.bad.Reject(true, "line."+strconv.Itoa(n), key, args...)
}

// lineOf is the line of a part, or of what it is a part of.
func (p *parser) lineOf(key string) int {
	for key != "" {
		if n, ok := p.at[key]; ok {
			return n
		}
		key = key[:max(0, strings.LastIndexByte(key, '.'))]
	}
	return 1
}

// close hands over the section and the question that are being read.
func (p *parser) close() {
	if p.question != nil && p.section != nil {
		p.section.Questions = append(p.section.Questions, *p.question)
	}
	p.question = nil
}

func (p *parser) closeSection() {
	p.close()
	p.section = nil
}

// head reads the first line of a block; false when the lines after it cannot be read.
func (p *parser) head(n int, l string) bool {
	l = strings.ReplaceAll(l, "\n", " ")
	if code, ok := strings.CutPrefix(l, "#"); ok {
		return p.sectionHead(n, trimmed(code))
	}
	p.close()
	code, rest, ok := strings.Cut(l, ":")
	if code = trimmed(code); !ok || !isCode(code) {
		p.refuse(n, "forms.no_head", "line", short(l))
		return false
	}
	if p.section == nil {
		p.refuse(n, "forms.no_section")
		return false
	}
	p.question = &Question{Code: code}
	p.begin(n, "q."+code)
	words := strings.Split(rest, ",")
	p.question.Type = Type(trimmed(words[0]))
	if !slices.Contains(Types, p.question.Type) {
		p.refuse(n, "forms.unknown_type", "type", short(string(p.question.Type)))
	}
	for _, w := range words[1:] {
		p.attribute(n, strings.Fields(w))
	}
	return true
}

func (p *parser) sectionHead(n int, code string) bool {
	p.closeSection()
	if !isCode(code) {
		p.refuse(n, "forms.bad_code", "code", short(code))
		return false
	}
	p.form.Sections = append(p.form.Sections, Section{Code: code})
	p.section = &p.form.Sections[len(p.form.Sections)-1]
	p.begin(n, "s."+code)
	return true
}

// begin notes where a block stands; the second of one code is a fault.
func (p *parser) begin(n int, key string) {
	if p.block = key; p.at[key] != 0 {
		p.refuse(n, "forms.code_twice", "code", key[2:])
	}
	p.at[key] = n
}

// attribute reads one demand of the first line: "required", "150 words", "from 1 to 5".
func (p *parser) attribute(n int, w []string) {
	q := p.question
	switch {
	case len(w) == 0:
		p.refuse(n, "forms.empty_attribute")
	case len(w) == 1 && w[0] == "required":
		q.Required = true
	case len(w) == 1 && w[0] == "blind":
		q.Blind = true
	case len(w) == 2 && w[1] == "words":
		q.Words = p.atLeastOne(n, w[0])
	case len(w) == 2 && w[1] == "characters":
		q.Chars = p.atLeastOne(n, w[0])
	case len(w) == 4 && w[0] == "from" && w[2] == "to":
		q.Min, q.Max = w[1], w[3]
	case len(w) == 2 && w[0] == "from":
		q.Min = w[1]
	case len(w) == 2 && w[0] == "to":
		q.Max = w[1]
	case w[0] == "in" && len(w) > 1:
		p.languages(n, w[1:])
	case slices.Contains(Kinds, Kind(w[0])):
		p.kinds(n, w)
	default:
		p.refuse(n, "forms.unknown_attribute", "words", short(strings.Join(w, " ")))
	}
}

func (p *parser) atLeastOne(n int, s string) int {
	v, err := strconv.Atoi(s)
	if err != nil || v < 1 || v > maxParagraph {
		p.refuse(n, "forms.bad_limit", "value", short(s), "max", maxParagraph)
	}
	return v
}

// languages takes them in the portal's order, whatever the order in the text.
func (p *parser) languages(n int, words []string) {
	for _, w := range words {
		if _, ok := i18n.ParseLang(w); !ok {
			p.refuse(n, "forms.unknown_language", "lang", short(w))
		}
	}
	p.question.Languages = nil
	for _, l := range i18n.Langs {
		if slices.Contains(words, string(l)) {
			p.question.Languages = append(p.question.Languages, l)
		}
	}
}

func (p *parser) kinds(n int, words []string) {
	for _, w := range words {
		if !slices.Contains(Kinds, Kind(w)) {
			p.refuse(n, "forms.unknown_attribute", "words", short(w))
		}
	}
	p.question.Files = nil
	for _, k := range Kinds {
		if slices.Contains(words, string(k)) {
			p.question.Files = append(p.question.Files, k)
		}
	}
}

// line reads a line under the head of a block.
func (p *parser) line(n int, l string) {
	if p.question != nil && strings.HasPrefix(l, "-") {
		p.option(n, trimmed(l[1:]))
		return
	}
	if p.question != nil && strings.HasPrefix(l, "+") {
		p.column(n, trimmed(l[1:]))
		return
	}
	key, value, ok := strings.Cut(l, ":")
	key, value = strings.Join(strings.Fields(key), " "), trimmed(value)
	title, hint, rule := p.open()
	lang, isLang := i18n.ParseLang(strings.TrimPrefix(key, "hint "))
	switch {
	case !ok:
		p.refuse(n, "forms.unknown_line", "line", short(l))
	case p.at[p.block+"."+key] != 0:
		p.refuse(n, "forms.line_twice", "key", key)
	case key == "if":
		*rule = oneLine(value)
	case isLang && strings.HasPrefix(key, "hint "):
		hint.Set(lang, manyLines(value))
	case isLang:
		title.Set(lang, oneLine(value))
	default:
		p.refuse(n, "forms.unknown_line", "line", short(l))
	}
	if ok {
		p.at[p.block+"."+key] = n
	}
}

// open are the texts of the block that is being read.
func (p *parser) open() (title, hint *i18n.Text, rule *string) {
	if p.question != nil {
		return &p.question.Title, &p.question.Hint, &p.question.If
	}
	return &p.section.Title, &p.section.Hint, &p.section.If
}

func (p *parser) option(n int, l string) {
	cells := strings.Split(oneLine(l), "|")
	code := trimmed(cells[0])
	if !isOption(code) || len(cells) > 4 {
		p.refuse(n, "forms.bad_option", "line", short(l))
		return
	}
	p.question.Options = append(p.question.Options, Option{code, inCells(cells[1:])})
	p.at[p.block+".options."+strconv.Itoa(len(p.question.Options)-1)] = n
}

func (p *parser) column(n int, l string) {
	cells := strings.Split(oneLine(l), "|")
	code, typ, ok := strings.Cut(cells[0], ":")
	if !ok || !isCode(trimmed(code)) || len(cells) > 4 {
		p.refuse(n, "forms.bad_column", "line", short(l))
		return
	}
	p.question.Columns = append(p.question.Columns, Column{trimmed(code), Type(trimmed(typ)), inCells(cells[1:])})
	p.at[p.block+".columns."+strconv.Itoa(len(p.question.Columns)-1)] = n
}

// inCells are the languages that stand beside each other.
func inCells(cells []string) (t i18n.Text) {
	for i, c := range cells {
		t.Set(i18n.Langs[i], trimmed(c))
	}
	return t
}

// oneLine is a text of one line.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\t' || r == '\r' || r == ' ' }), " ")
}

// manyLines is a text whose lines have no white space around and are not empty.
func manyLines(s string) string {
	var out []string
	for l := range strings.SplitSeq(s, "\n") {
		if l = oneLine(l); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

func short(s string) string {
	r := []rune(oneLine(s))
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return string(r)
}

// isCode tells that s can name a section, a question or a column: small Latin
// letters, digits and _, a letter first, at most 40.
func isCode(s string) bool { return isOption(s) && s[0] >= 'a' && s[0] <= 'z' }

// isOption is isCode that may begin with a digit.
func isOption(s string) bool {
	return len(s) > 0 && len(s) <= 40 && s[0] != '_' && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_'
	})
}

// Clean is the form with its texts as they are stored: without white space around,
// languages and files in order.
func (f Form) Clean() Form {
	out := Form{Sections: slices.Clone(f.Sections)}
	for i, s := range out.Sections {
		s.Title, s.Hint, s.If = eachLang(s.Title, oneLine), eachLang(s.Hint, manyLines), oneLine(s.If)
		s.Questions = slices.Clone(s.Questions)
		for j, q := range s.Questions {
			s.Questions[j] = q.clean()
		}
		if len(s.Questions) == 0 {
			s.Questions = nil
		}
		out.Sections[i] = s
	}
	return out
}

func (q Question) clean() Question {
	q.Title, q.Hint, q.If = eachLang(q.Title, oneLine), eachLang(q.Hint, manyLines), oneLine(q.If)
	q.Min, q.Max = strings.ReplaceAll(oneLine(q.Min), " ", ""), strings.ReplaceAll(oneLine(q.Max), " ", "")
	q.Options, q.Columns = slices.Clone(q.Options), slices.Clone(q.Columns)
	for i, o := range q.Options {
		q.Options[i] = Option{oneLine(o.Code), eachLang(o.Title, oneLine)}
	}
	for i, c := range q.Columns {
		q.Columns[i] = Column{oneLine(c.Code), c.Type, eachLang(c.Title, oneLine)}
	}
	return q
}

func eachLang(t i18n.Text, f func(string) string) i18n.Text {
	return i18n.Text{KK: f(t.KK), RU: f(t.RU), EN: f(t.EN)}
}
