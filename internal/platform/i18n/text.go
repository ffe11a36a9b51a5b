// Package i18n holds the three languages of the portal: texts that people wrote
// in one or more of them, the portal's own words, and how numbers, money and
// dates are written.
//
// Rooms speak message keys and Texts; only web rooms turn them into sentences.
package i18n

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
)

// Lang is one of the three languages.
type Lang string

// The three languages of the portal.
const (
	KK Lang = "kk"
	RU Lang = "ru"
	EN Lang = "en"
)

// Langs lists the languages in the order in which the portal offers them.
var Langs = [...]Lang{KK, RU, EN}

// ParseLang reads a language of an address.
func ParseLang(s string) (Lang, bool) {
	switch l := Lang(s); l {
	case KK, RU, EN:
		return l, true
	}
	return "", false
}

// fallbacks is the order in which a reader of each language is served.
var fallbacks = map[Lang][3]Lang{KK: {KK, RU, EN}, RU: {RU, KK, EN}, EN: {EN, RU, KK}}

// Text is what somebody wrote, in the languages in which it was written.
type Text struct {
	KK string `json:"kk,omitempty"`
	RU string `json:"ru,omitempty"`
	EN string `json:"en,omitempty"`
}

// Only is a text known in one language.
func Only(l Lang, s string) Text {
	var t Text
	t.Set(l, s)
	return t
}

// Set changes the text of one language.
func (t *Text) Set(l Lang, s string) {
	switch l {
	case KK:
		t.KK = s
	case RU:
		t.RU = s
	case EN:
		t.EN = s
	}
}

// Get is the text of exactly one language, "" when there is none.
func (t Text) Get(l Lang) string {
	switch l {
	case KK:
		return t.KK
	case RU:
		return t.RU
	case EN:
		return t.EN
	}
	return ""
}

// In is the text for a reader of l and the language it is really in, by the
// fallback order kk→ru→en, ru→kk→en, en→ru→kk.
func (t Text) In(l Lang) (string, Lang) {
	for _, f := range fallbacks[l] {
		if s := t.Get(f); s != "" {
			return s, f
		}
	}
	return "", l
}

// IsZero tells that nothing is written in any language.
func (t Text) IsZero() bool { return t == Text{} }

// Trim removes white space around the text of every language.
func (t Text) Trim() Text {
	return Text{strings.TrimSpace(t.KK), strings.TrimSpace(t.RU), strings.TrimSpace(t.EN)}
}

// Words is the text in all its languages as one line, for the search.
func (t Text) Words() string {
	return strings.TrimSpace(strings.Join([]string{t.KK, t.RU, t.EN}, " "))
}

// Value stores the text as a JSON object.
func (t Text) Value() (driver.Value, error) {
	b, err := json.Marshal(t)
	return string(b), err
}

// Scan reads what Value stored; NULL is an empty text.
func (t *Text) Scan(v any) error {
	*t = Text{}
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return t.read(v)
	case []byte:
		return t.read(string(v))
	}
	return fmt.Errorf("i18n: cannot scan %T as a text", v)
}

// read reads what Value stored. A page reads hundreds of texts, so a plain one,
// which almost all are, is read at once; anything else is left to encoding/json.
func (t *Text) read(s string) error {
	if plain, ok := readPlain(s); ok {
		*t = plain
		return nil
	}
	return json.Unmarshal([]byte(s), t)
}

// readPlain reads an object of languages and texts without escapes.
func readPlain(s string) (t Text, ok bool) {
	s, ok = strings.CutPrefix(strings.TrimSpace(s), "{")
	for ok && s != "}" {
		var lang, text string
		if lang, s, ok = quoted(s); !ok {
			break
		}
		if _, ok = ParseLang(lang); !ok {
			break
		}
		if s, ok = strings.CutPrefix(strings.TrimLeft(s, " "), ":"); !ok {
			break
		}
		if text, s, ok = quoted(s); !ok {
			break
		}
		t.Set(Lang(lang), text)
		if s == "}" {
			break
		}
		if s, ok = strings.CutPrefix(s, ","); s == "}" {
			ok = false
		}
	}
	return t, ok
}

// quoted takes a quoted text without escapes off the beginning of s.
func quoted(s string) (text, rest string, ok bool) {
	if s, ok = strings.CutPrefix(strings.TrimLeft(s, " "), `"`); !ok {
		return "", "", false
	}
	text, rest, ok = strings.Cut(s, `"`)
	return text, rest, ok && !strings.Contains(text, `\`)
}
