package forms

import (
	"strconv"
	"strings"

	"birge/internal/platform/i18n"
)

// String prints the form in the one way in which it is stored and compared.
func (f Form) String() string {
	var b strings.Builder
	for _, s := range f.Sections {
		block(&b, "# "+s.Code, s.lines())
		for _, q := range s.Questions {
			block(&b, q.head(), q.lines())
		}
	}
	return b.String()
}

func block(b *strings.Builder, head string, lines []line) {
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(head + "\n")
	for _, l := range lines {
		b.WriteString(l.print() + "\n")
	}
}

// line is one line of a block under its head: "ru: О проекте", "- festival | …".
type line struct {
	key, value string
	// mark is what stands before an option ("- ") or a column ("+ ").
	mark string
}

func (l line) print() string {
	if l.mark != "" {
		return l.mark + l.key + l.value
	}
	return l.key + ": " + strings.ReplaceAll(l.value, "\n", "\n  ")
}

func (s Section) lines() []line { return condition(texts(s.Title, s.Hint), s.If) }

func (q Question) lines() []line {
	out := condition(texts(q.Title, q.Hint), q.If)
	for _, o := range q.Options {
		out = append(out, line{o.Code, " | " + beside(o.Title), "- "})
	}
	for _, c := range q.Columns {
		out = append(out, line{c.Code, ": " + string(c.Type) + " | " + beside(c.Title), "+ "})
	}
	return out
}

func texts(title, hint i18n.Text) (out []line) {
	for _, l := range i18n.Langs {
		if s := title.Get(l); s != "" {
			out = append(out, line{key: string(l), value: s})
		}
	}
	for _, l := range i18n.Langs {
		if s := hint.Get(l); s != "" {
			out = append(out, line{key: "hint " + string(l), value: s})
		}
	}
	return out
}

func condition(lines []line, rule string) []line {
	if rule != "" {
		lines = append(lines, line{key: "if", value: rule})
	}
	return lines
}

// beside are the three languages on one line.
func beside(t i18n.Text) string {
	return strings.TrimRight(t.KK+" | "+t.RU+" | "+t.EN, " ")
}

// head is the first line of a question: its code, type and what is asked of the answer.
func (q Question) head() string {
	out := []string{q.Code + ": " + string(q.Type)}
	add := func(when bool, words string) {
		if when {
			out = append(out, words)
		}
	}
	add(q.Required, "required")
	add(q.Words > 0, strconv.Itoa(q.Words)+" words")
	add(q.Chars > 0, strconv.Itoa(q.Chars)+" characters")
	add(q.Min != "" || q.Max != "", bounds(q.Min, q.Max))
	add(len(q.Languages) > 0, "in "+joined(q.Languages))
	add(len(q.Files) > 0, joined(q.Files))
	add(q.Blind, "blind")
	return strings.Join(out, ", ")
}

func bounds(low, high string) string {
	var out []string
	if low != "" {
		out = append(out, "from "+low)
	}
	if high != "" {
		out = append(out, "to "+high)
	}
	return strings.Join(out, " ")
}

func joined[T ~string](words []T) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(w))
	}
	return b.String()
}
