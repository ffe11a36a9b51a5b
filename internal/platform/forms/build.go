package forms

import (
	"slices"
	"strconv"
	"strings"

	"birge/internal/platform/i18n"
	"birge/internal/platform/rules"
)

// The steps by which a form is built. Each gives a new form and leaves the old one as
// it was; a code that is not there changes nothing.

// copied is the form with sections and lists of questions of its own.
func (f Form) copied() Form {
	out := Form{Sections: slices.Clone(f.Sections)}
	for i := range out.Sections {
		out.Sections[i].Questions = slices.Clone(out.Sections[i].Questions)
	}
	return out
}

// Section finds a section by its code.
func (f Form) Section(code string) (Section, bool) {
	i := f.section(code)
	if i < 0 {
		return Section{}, false
	}
	return f.Sections[i], true
}

func (f Form) section(code string) int {
	return slices.IndexFunc(f.Sections, func(s Section) bool { return s.Code == code })
}

// place is where a question stands.
func (f Form) place(code string) (section, at int) {
	for i, s := range f.Sections {
		if k := slices.IndexFunc(s.Questions, func(q Question) bool { return q.Code == code }); k >= 0 {
			return i, k
		}
	}
	return -1, -1
}

// SectionOf is the code of the section in which a question stands.
func (f Form) SectionOf(question string) string {
	if i, _ := f.place(question); i >= 0 {
		return f.Sections[i].Code
	}
	return ""
}

// WithSection puts a section in the place of the one called was, whose questions it
// keeps; without was it comes last.
func (f Form) WithSection(was string, s Section) Form {
	out := f.copied()
	if i := out.section(was); i >= 0 {
		s.Questions = out.Sections[i].Questions
		out.Sections[i] = s
		return out
	}
	s.Questions = nil
	out.Sections = append(out.Sections, s)
	return out
}

// WithQuestion puts a question in the place of the one called was; without was, or in
// another section than before, it comes last in its section.
func (f Form) WithQuestion(was, section string, q Question) Form {
	out := f.copied()
	i, k := out.place(was)
	if i >= 0 && out.Sections[i].Code == section {
		out.Sections[i].Questions[k] = q
		return out
	}
	if i >= 0 {
		out.Sections[i].Questions = slices.Delete(out.Sections[i].Questions, k, k+1)
	}
	if j := out.section(section); j >= 0 {
		out.Sections[j].Questions = append(out.Sections[j].Questions, q)
	}
	return out
}

// WithoutSection takes out a section with its questions.
func (f Form) WithoutSection(code string) Form {
	out := f.copied()
	out.Sections = slices.DeleteFunc(out.Sections, func(s Section) bool { return s.Code == code })
	return out
}

// WithoutQuestion takes out a question.
func (f Form) WithoutQuestion(code string) Form {
	out := f.copied()
	if i, k := out.place(code); i >= 0 {
		out.Sections[i].Questions = slices.Delete(out.Sections[i].Questions, k, k+1)
	}
	return out
}

// MovedSection moves a section one place up (by -1) or down (by 1).
func (f Form) MovedSection(code string, by int) Form {
	out := f.copied()
	i := out.section(code)
	if j := i + by; i >= 0 && j >= 0 && j < len(out.Sections) {
		out.Sections[i], out.Sections[j] = out.Sections[j], out.Sections[i]
	}
	return out
}

// MovedQuestion moves a question one place up (by -1) or down (by 1); from the edge of
// its section it goes into the next one.
func (f Form) MovedQuestion(code string, by int) Form {
	out := f.copied()
	i, k := out.place(code)
	if i < 0 {
		return out
	}
	list := out.Sections[i].Questions
	if n := k + by; n >= 0 && n < len(list) {
		list[k], list[n] = list[n], list[k]
		return out
	}
	j := i + by
	if j < 0 || j >= len(out.Sections) {
		return out
	}
	q := list[k]
	out.Sections[i].Questions = slices.Delete(list, k, k+1)
	at := 0
	if by < 0 {
		at = len(out.Sections[j].Questions)
	}
	out.Sections[j].Questions = slices.Insert(out.Sections[j].Questions, at, q)
	return out
}

// latin are Cyrillic letters as codes write them.
var latin = func() map[rune]string {
	out := map[rune]string{}
	for pair := range strings.FieldsSeq("а-a ә-a б-b в-v г-g ғ-g д-d е-e ё-e ж-zh з-z и-i й-i к-k қ-q л-l м-m н-n ң-n о-o ө-o п-p р-r с-s т-t у-u ұ-u ү-u ф-f х-h һ-h ц-c ч-ch ш-sh щ-sh ъ- ы-y і-i ь- э-e ю-yu я-ya") {
		cyr, lat, _ := strings.Cut(pair, "-")
		out[[]rune(cyr)[0]] = lat
	}
	return out
}()

// CodeFor makes a code out of a title: its first words in Latin letters, with a number
// when it is taken. fallback begins a code for a title without letters.
func CodeFor(title i18n.Text, fallback string, taken func(string) bool) string {
	text, _ := title.In(i18n.EN)
	var words []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return latin[r] == "" && (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != 'ъ' && r != 'ь'
	}) {
		var b strings.Builder
		for _, r := range w {
			if l, ok := latin[r]; ok {
				b.WriteString(l)
			} else {
				b.WriteRune(r)
			}
		}
		if words = append(words, b.String()); len(words) == 3 {
			break
		}
	}
	code := strings.Join(words, "_")
	if len(code) > 30 {
		code = strings.TrimRight(code[:30], "_")
	}
	if !isCode(code) {
		code = fallback
	}
	next := code
	for n := 2; rules.Reserved(next) || taken(next); n++ {
		next = code + "_" + strconv.Itoa(n)
	}
	return next
}
