package places

import (
	"strings"
	"unicode"

	"birge/internal/platform/i18n"
)

// sign is one way in which a classifier writes what sort of place it is.
type sign struct {
	kind  Kind
	words []string // as written, with dots and spaces taken out
	full  string   // how the portal writes it
	first bool     // it stands before the name
}

// The longer forms stand first, so that "г.а." is not read as "г.".
var signsKK = []sign{
	{Region, []string{"облысы"}, "облысы", false},
	{City, []string{"қаласы", "қә", "қ"}, "қаласы", false},
	{District, []string{"ауданы"}, "ауданы", false},
	{RuralDistrict, []string{"ауылдықокругі", "ауылдықокругы", "ао", "кентәкімдігі", "кә"}, "ауылдық округі", false},
	{Town, []string{"кенті", "к", "кент"}, "кенті", false},
	{Village, []string{"ауылы", "селосы", "а", "с"}, "ауылы", false},
}

var signsRU = []sign{
	{Region, []string{"область"}, "область", false},
	{City, []string{"город", "га", "г"}, "город", true},
	{District, []string{"район", "рн"}, "район", false},
	{RuralDistrict, []string{"сельскийокруг", "со", "сельскаяадминистрация", "са", "поселковаяадминистрация", "па"}, "сельский округ", false},
	{Town, []string{"поселок", "посёлок", "пос", "п"}, "посёлок", true},
	{Village, []string{"село", "аул", "с", "ст", "рзд"}, "село", true},
}

// readName takes a name of a classifier apart: its bare name, written in full
// as the portal writes it, and its kind ("" when the name does not tell).
func readName(s string, signs []sign) (full, bare string, kind Kind) {
	s = strings.Join(strings.Fields(s), " ")
	words := strings.FieldsFunc(strings.ReplaceAll(s, ".", ". "), unicode.IsSpace)
	for _, sg := range signs {
		if rest, before, ok := sg.cut(words); ok {
			bare = strings.Join(rest, " ")
			return sg.write(bare, before), bare, sg.kind
		}
	}
	return s, s, ""
}

// cut takes the sign off the beginning or the end of the words of a name.
func (sg sign) cut(words []string) (rest []string, before, ok bool) {
	for n := min(2, len(words)-1); n > 0; n-- {
		if sg.is(words[len(words)-n:]) {
			return words[:len(words)-n], false, true
		}
		if sg.is(words[:n]) {
			return words[n:], true, true
		}
	}
	return nil, false, false
}

func (sg sign) is(words []string) bool {
	written := strings.ToLower(strings.Join(words, ""))
	w := strings.NewReplacer(".", "", "-", "").Replace(written)
	for _, known := range sg.words {
		// One or two letters count only with a dot or a hyphen: "А" is no village.
		if w == known && (len([]rune(known)) > 2 || written != w) {
			return true
		}
	}
	return false
}

func (sg sign) write(bare string, before bool) string {
	if sg.first || before && (sg.kind == District || sg.kind == Region) {
		return sg.full + " " + bare
	}
	return bare + " " + sg.full
}

// fold is a bare name for comparing: small letters, ё as е, no marks.
func fold(bare string) string {
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case r == 'ё':
			return 'е'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return r
		}
		return -1
	}, bare)
}

// sameName tells whether two names mean one place, in Kazakh or in Russian.
func sameName(a, b i18n.Text) bool {
	return samePart(a.KK, b.KK, signsKK) || samePart(a.RU, b.RU, signsRU)
}

func samePart(a, b string, signs []sign) bool {
	_, x, _ := readName(a, signs)
	_, y, _ := readName(b, signs)
	return x != "" && fold(x) == fold(y)
}
