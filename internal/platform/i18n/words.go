package i18n

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Words is the portal's own vocabulary: message keys and what they say in each
// language. Each web room adds the words that lie beside it.
type Words struct {
	byLang map[Lang]map[string]message
}

// message is one sentence, or one for each plural form ("one", "few", "many",
// "other").
type message struct {
	text  string
	forms map[string]string
}

// UnmarshalJSON reads "sentence" or {"one": "sentence", "other": "sentence"}.
func (m *message) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		return json.Unmarshal(b, &m.forms)
	}
	return json.Unmarshal(b, &m.text)
}

// NewWords is an empty vocabulary.
func NewWords() *Words {
	w := &Words{byLang: map[Lang]map[string]message{}}
	for _, l := range Langs {
		w.byLang[l] = map[string]message{}
	}
	return w
}

// Add takes in locales/kk.json, locales/ru.json and locales/en.json of fsys, and
// in a large room those of each folder in locales. A key that is already there is
// an error: every key has one home.
func (w *Words) Add(fsys fs.FS) error {
	for _, l := range Langs {
		var files []string
		for _, pattern := range []string{"locales/" + string(l) + ".json", "locales/*/" + string(l) + ".json"} {
			some, err := fs.Glob(fsys, pattern)
			if err != nil {
				return fmt.Errorf("i18n: %w", err)
			}
			files = append(files, some...)
		}
		if len(files) == 0 {
			return fmt.Errorf("i18n: no words in %s", l)
		}
		for _, name := range files {
			if err := w.addFile(fsys, l, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *Words) addFile(fsys fs.FS, l Lang, name string) error {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("i18n: %w", err)
	}
	var add map[string]message
	if err := json.Unmarshal(b, &add); err != nil {
		return fmt.Errorf("i18n: %s: %w", name, err)
	}
	for k, m := range add {
		if _, ok := w.byLang[l][k]; ok {
			return fmt.Errorf("i18n: key %q is given twice in %s", k, l)
		}
		w.byLang[l][k] = m
	}
	return nil
}

// Keys lists the keys of one language in order.
func (w *Words) Keys(l Lang) []string {
	return slices.Sorted(maps.Keys(w.byLang[l]))
}

// Forms lists every sentence of a key in a language: one, or one per plural form.
func (w *Words) Forms(l Lang, key string) map[string]string {
	m := w.byLang[l][key]
	if m.forms == nil {
		return map[string]string{"": m.text}
	}
	return m.forms
}

// Has tells whether a key has a sentence in l.
func (w *Words) Has(l Lang, key string) bool {
	_, ok := w.byLang[l][key]
	return ok
}

// Printer speaks one language.
type Printer struct {
	Lang  Lang
	words *Words
}

// Printer gives the printer of a language.
func (w *Words) Printer(l Lang) *Printer { return &Printer{l, w} }

// T is the sentence of a key. args are pairs of a name and a value; the value
// stands where the sentence has {name}. A key without a sentence shows itself
// in brackets, and the tests find it.
func (p *Printer) T(key string, args ...any) string {
	m, ok := p.words.byLang[p.Lang][key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	s := m.text
	if m.forms != nil {
		s = m.forms["other"]
	}
	return p.fill(s, args)
}

// Has tells whether the printer's language has a sentence for the key.
func (p *Printer) Has(key string) bool { return p.words.Has(p.Lang, key) }

// N is the sentence of a key in the plural form for n; {n} is the number as it
// is written in the language.
func (p *Printer) N(key string, n int64, args ...any) string {
	m, ok := p.words.byLang[p.Lang][key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	s := m.text
	if m.forms != nil {
		if s, ok = m.forms[pluralForm(p.Lang, n)]; !ok {
			s = m.forms["other"]
		}
	}
	return p.fill(strings.ReplaceAll(s, "{n}", p.Int(n)), args)
}

// fill puts each value where its {name} stands; what has no value stays.
func (p *Printer) fill(s string, args []any) string {
	if len(args) == 0 || !strings.Contains(s, "{") {
		return s
	}
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(s, "{")
		b.WriteString(before)
		if !open {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		v, ok := argument(name, args)
		if closed && ok {
			b.WriteString(p.value(v))
			s = after
		} else {
			b.WriteByte('{')
			s = rest
		}
	}
}

func argument(name string, args []any) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

func (p *Printer) value(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return p.Int(int64(v))
	case int64:
		return p.Int(v)
	case Tiyn:
		return p.Money(int64(v), "")
	case Text:
		return p.Text(v)
	case Dated:
		return p.Date(v)
	}
	return fmt.Sprint(v)
}

var pluralNames = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

func pluralForm(l Lang, n int64) string {
	if n < 0 {
		n = -n
	}
	return pluralNames[plural.Cardinal.MatchPlural(tags[l], int(n%1_000_000), 0, 0, 0, 0)]
}

var tags = map[Lang]language.Tag{KK: language.Kazakh, RU: language.Russian, EN: language.English}

// Tag is the language as the text libraries know it.
func (l Lang) Tag() language.Tag { return tags[l] }
