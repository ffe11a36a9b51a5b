package search

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/russian"
	"golang.org/x/text/unicode/norm"
)

// analyserVersion rises when the same text would yield other stems.
const analyserVersion = 1

// maxWord is the longest word kept, in bytes; the rest of a longer one is cut.
const maxWord = 120

// twins are Latin letters that look like Cyrillic ones. Capitals and small
// letters differ: H looks like Н, h like һ.
var twins = map[rune]rune{
	'A': 'а', 'B': 'в', 'C': 'с', 'E': 'е', 'H': 'н', 'I': 'і', 'K': 'к', 'M': 'м',
	'O': 'о', 'P': 'р', 'T': 'т', 'X': 'х', 'Y': 'у',
	'a': 'а', 'c': 'с', 'e': 'е', 'h': 'һ', 'i': 'і', 'k': 'к', 'm': 'м',
	'o': 'о', 'p': 'р', 't': 'т', 'x': 'х', 'y': 'у',
	'ə': 'ә', 'Ə': 'ә',
}

// folds write letters that people leave out or mix up as the one they type.
var folds = map[rune]rune{
	'ә': 'а', 'ғ': 'г', 'қ': 'к', 'ң': 'н', 'ө': 'о', 'ұ': 'у', 'ү': 'у', 'һ': 'х', 'і': 'и', 'ё': 'е',
}

// silent words are in almost every text and decide nothing.
var silent = set("и в во на с со по о об от до из к у за при не а же или для " +
	"мен бен пен жане ушин да де та те the a an of and for in on to by at or")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// Fold writes text the way it is compared: composed, in small letters, Latin
// look-alikes inside Cyrillic words and Kazakh letters as the plain Cyrillic
// ones that people type for them, words parted by one space.
func Fold(text string) string {
	var words []string
	for w := range tokens(text) {
		words = append(words, w.folded)
	}
	return strings.Join(words, " ")
}

// token is one word of a text.
type token struct {
	folded string
	kazakh bool // it had a letter that only Kazakh has
}

// tokens splits text into folded words.
func tokens(text string) func(yield func(token) bool) {
	return func(yield func(token) bool) {
		for raw := range strings.FieldsFuncSeq(norm.NFC.String(text), parts) {
			t := foldWord(raw)
			if t.folded != "" && !yield(t) {
				return
			}
		}
	}
}

func parts(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
}

func foldWord(raw string) token {
	cyrillic := strings.ContainsFunc(raw, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
	var b strings.Builder
	kazakh := false
	for _, r := range raw {
		if twin, ok := twins[r]; ok && (cyrillic || twin == 'ә') {
			// A Latin i typed for и or і says nothing about the language.
			kazakh = kazakh || twin == 'ә'
			r = twin
		} else {
			r = unicode.ToLower(r)
			kazakh = kazakh || r != 'ё' && folds[r] != 0
		}
		if plain, ok := folds[r]; ok {
			r = plain
		}
		if unicode.Is(unicode.Mn, r) || r == utf8.RuneError {
			continue
		}
		if b.Len()+utf8.RuneLen(r) > maxWord {
			break
		}
		b.WriteRune(r)
	}
	return token{b.String(), kazakh}
}

// stems gives what t is found by: one stem, or both the Russian and the Kazakh
// one where the word may be of either language.
func (t token) stems() []string {
	first, _ := utf8.DecodeRuneInString(t.folded)
	switch {
	case unicode.Is(unicode.Latin, first):
		return []string{snowball(t.folded, english.Stem)}
	case !unicode.Is(unicode.Cyrillic, first):
		return []string{t.folded}
	}
	kk := kazakhStem(t.folded)
	if t.kazakh {
		return []string{kk}
	}
	ru := snowball(t.folded, russian.Stem)
	if ru == kk {
		return []string{ru}
	}
	return []string{ru, kk}
}

// FewWords is how short a text may be and still be compared, in stems.
const FewWords = 5

// Shared is how many percent of the stems of the shorter text the other has too; 0
// for texts that are too short to be compared.
func Shared(a, b map[string]bool) int {
	if len(b) < len(a) {
		a, b = b, a
	}
	if len(a) < FewWords {
		return 0
	}
	n := 0
	for w := range a {
		if b[w] {
			n++
		}
	}
	return 100 * n / len(a)
}

// Stems are by which the words of a text are found, each once; words that say
// nothing are left out.
func Stems(text string) map[string]bool {
	all := map[string]bool{}
	for t := range tokens(text) {
		if silent[t.folded] {
			continue
		}
		for _, stem := range t.stems() {
			all[stem] = true
		}
	}
	return all
}

func snowball(word string, stem func(*snowballstem.Env) bool) string {
	env := snowballstem.NewEnv(word)
	stem(env)
	if env.Current() == "" {
		return word
	}
	return env.Current()
}

// Word is a word of a text by its stem; From and To bound it in the text.
type Word struct {
	Stem     string
	From, To int
}

// Words gives the words of a text that say something, by the stems under which
// texts are found. Where a word may be of two languages it has its Russian stem.
func Words(text string) func(yield func(Word) bool) {
	return func(yield func(Word) bool) {
		for at := 0; at < len(text); {
			from := at + max(strings.IndexFunc(text[at:], func(r rune) bool { return !parts(r) }), 0)
			to := len(text)
			if n := strings.IndexFunc(text[from:], parts); n >= 0 {
				to = from + n
			}
			at = to + 1
			t := foldWord(norm.NFC.String(text[from:to]))
			if t.folded != "" && !silent[t.folded] && !yield(Word{t.stems()[0], from, to}) {
				return
			}
		}
	}
}

// exactKey is how a number of a document is compared: letters and digits only.
func exactKey(s string) string {
	var b strings.Builder
	for t := range tokens(s) {
		b.WriteString(t.folded)
	}
	return b.String()[:min(b.Len(), maxWord)]
}

// fingerprint tells apart analysers that would make other stems.
func fingerprint() uint64 {
	h := fnv.New64a()
	h.Write([]byte{analyserVersion})
	for _, s := range kazakhSuffixes {
		h.Write([]byte(s.text + "|" + s.after + "|"))
	}
	for _, w := range slices.Sorted(func(yield func(string) bool) {
		for w := range silent {
			if !yield(w) {
				return
			}
		}
	}) {
		h.Write([]byte(w + " "))
	}
	return h.Sum64()
}
