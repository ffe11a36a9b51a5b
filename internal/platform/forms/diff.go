package forms

import (
	"slices"

	"birge/internal/platform/i18n"
)

// How a part of a form changed.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
	Moved   = "moved"
)

// Change is how one section or question differs between two versions.
type Change struct {
	Kind    string
	Section bool // else a question
	Code    string
	Title   i18n.Text // in the newer version that has it
	Parts   []Part    // what changed, for Changed and Moved
}

// Part is one line that differs: "type", "required", "ru", "hint kk", "if", "option
// festival", "column sum". Empty is that there was none.
type Part struct{ Name, Was, Is string }

// block is a section or question as its lines.
type compared struct {
	section bool
	code    string
	under   string // code of the section
	title   i18n.Text
	parts   []Part // Is alone
}

// Diff says how b differs from a, in the order of b; what was removed comes last.
func Diff(a, b Form) []Change {
	was, is := a.compared(), b.compared()
	kept := common(was, is)
	var out []Change
	for _, n := range is {
		i := slices.IndexFunc(was, n.same)
		if i < 0 {
			out = append(out, Change{Kind: Added, Section: n.section, Code: n.code, Title: n.title})
			continue
		}
		parts := differing(was[i].parts, n.parts)
		switch {
		case !slices.ContainsFunc(kept, n.same) || was[i].under != n.under:
			out = append(out, Change{Moved, n.section, n.code, n.title, parts})
		case len(parts) > 0:
			out = append(out, Change{Changed, n.section, n.code, n.title, parts})
		}
	}
	for _, o := range was {
		if !slices.ContainsFunc(is, o.same) {
			out = append(out, Change{Kind: Removed, Section: o.section, Code: o.code, Title: o.title})
		}
	}
	return out
}

func (c compared) same(d compared) bool { return c.section == d.section && c.code == d.code }

func (f Form) compared() (out []compared) {
	for _, s := range f.Sections {
		out = append(out, compared{section: true, code: s.Code, title: s.Title, parts: parts(s.lines())})
		for _, q := range s.Questions {
			out = append(out, compared{code: q.Code, under: s.Code, title: q.Title, parts: append([]Part{{Name: "answer", Is: q.head()[len(q.Code)+2:]}}, parts(q.lines())...)})
		}
	}
	return out
}

func parts(lines []line) (out []Part) {
	for _, l := range lines {
		switch l.mark {
		case "- ":
			out = append(out, Part{Name: "option " + l.key, Is: l.value[len(" | "):]})
		case "+ ":
			out = append(out, Part{Name: "column " + l.key, Is: l.value[len(": "):]})
		default:
			out = append(out, Part{Name: l.key, Is: l.value})
		}
	}
	return out
}

// differing pairs the parts of two versions and keeps those that differ.
func differing(was, is []Part) (out []Part) {
	of := func(parts []Part, name string) string {
		for _, p := range parts {
			if p.Name == name {
				return p.Is
			}
		}
		return ""
	}
	for _, p := range is {
		if old := of(was, p.Name); old != p.Is {
			out = append(out, Part{p.Name, old, p.Is})
		}
	}
	for _, p := range was {
		if of(is, p.Name) == "" {
			out = append(out, Part{p.Name, p.Is, ""})
		}
	}
	return out
}

// common is the longest run of blocks that stand in the same order in both versions.
func common(a, b []compared) []compared {
	long := make([][]int, len(a)+1)
	for i := range long {
		long[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i].same(b[j]) {
				long[i][j] = long[i+1][j+1] + 1
			} else {
				long[i][j] = max(long[i+1][j], long[i][j+1])
			}
		}
	}
	var out []compared
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].same(b[j]):
			out = append(out, a[i])
			i, j = i+1, j+1
		case long[i+1][j] >= long[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}
