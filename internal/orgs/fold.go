package orgs

import (
	"slices"
	"strings"
	"unicode"

	"birge/internal/platform/i18n"

	"golang.org/x/text/unicode/norm"
)

func trimmed(s string) string { return strings.TrimSpace(s) }

// lookAlikes maps letters that people type for each other to one letter: Latin
// twins to Cyrillic, Kazakh letters to those of a layout that has none.
var lookAlikes = map[rune]rune{
	'a': 'а', 'b': 'в', 'c': 'с', 'e': 'е', 'h': 'н', 'i': 'и', 'k': 'к', 'm': 'м', 'o': 'о', 'p': 'р', 't': 'т', 'x': 'х', 'y': 'у',
	'ә': 'а', 'ə': 'а', 'ғ': 'г', 'қ': 'к', 'ң': 'н', 'ө': 'о', 'ұ': 'у', 'ү': 'у', 'һ': 'х', 'і': 'и', 'ё': 'е', '0': 'о',
}

// formWords are the words of legal forms, folded: the same body is written with
// and without them.
var formWords = wordsFolded(`
	общественный фонд общественное объединение частный фонд корпоративный учреждение частное объединение юридических лиц ассоциация
	оо оф роо ооо чф кф чу оюл аюл нао ао тоо гу кгу ип некоммерческое акционерное общество товарищество с ограниченной ответственностью
	филиал представительство
	қоғамдық қор қоры бірлестік бірлестігі жеке мекеме мекемесі заңды тұлғалар қауымдастық қауымдастығы корпоративтік
	қб ққ жқ кқ зтб жм кеақ ақ жшс мм кмм коммерциялық емес акционерлік қоғам қоғамы филиалы өкілдігі
	public foundation association private corporate fund institution legal entities union of the`)

func wordsFolded(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[letters(w)] = true
	}
	return set
}

// letters lowers s and maps look-alike letters to one.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		r = unicode.ToLower(r)
		if m, ok := lookAlikes[r]; ok {
			return m
		}
		return r
	}, norm.NFC.String(s))
}

// fold is a name by which duplicates are found: letters and digits only, words
// of the legal form left out unless nothing else is there.
func fold(name string) string {
	words := strings.FieldsFunc(letters(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	core := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return formWords[w] })
	if len(core) == 0 {
		core = words
	}
	return strings.Join(core, " ")
}

// folds lists the different folded names of t.
func folds(texts ...i18n.Text) []string {
	var out []string
	for _, t := range texts {
		for _, l := range i18n.Langs {
			if f := fold(t.Get(l)); f != "" && !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}
