package search

import (
	"strings"
	"unicode/utf8"
)

// Kazakh words grow to the right: stem, plural, possessive, case, person. Which
// of the twin endings stands depends on the sound before it, and that is also
// what tells an ending from a stem that merely looks so: -ты follows a voiceless
// sound, so it is an ending in "мектепті" and none in "Алматы". All of this is
// written in folded letters (ғ→г қ→к ң→н і→и ә→а ө→о ү,ұ→у).
const (
	vowels    = "аеиоуыэюя"
	gliding   = "рйуюия" // р, й and у, which take -лар beside the vowels
	nasal     = "мн"     // and ң
	lateral   = "л"
	voiced    = "жздбгв"
	voiceless = "пткшсчщцфхбгдвьъ" // б, г, д, в of loan words end voiceless

	consonants = "бвгджзйклмнпрстуфхцчшщьъ"
	possessed  = "ыи" // a word that already has a possessive ending
)

// suffix is one ending and the letters it may follow.
type suffix struct {
	text  string // its variants, parted by spaces
	after string
}

// kazakhSuffixes are tried longest first until none fits.
var kazakhSuffixes = []suffix{
	// plural
	{"лар лер", vowels + gliding},
	{"дар дер", nasal + lateral + voiced},
	{"тар тер", voiceless},
	// possessive: his, her, their; our; your
	{"сы си", "аеоуэюя"}, // "облысы" is облыс and ы
	{"шы ши шысы шиси", vowels + consonants},
	{"ы и", consonants},
	{"ымыз имиз ыныз иниз", consonants},
	{"мыз миз ныз низ", vowels},
	// genitive
	{"нын нин", vowels + nasal},
	{"дын дин", gliding + lateral + voiced},
	{"тын тин", voiceless},
	// dative
	{"га ге", vowels + gliding + nasal + lateral + voiced},
	{"ка ке", voiceless},
	{"на не", possessed},
	// accusative
	{"ны ни", vowels},
	{"ды ди", gliding + nasal + lateral + voiced},
	{"ты ти", voiceless},
	{"н", possessed},
	// locative, and the adjective made of it: "in the village", "of the village"
	{"да де дагы деги", vowels + gliding + nasal + lateral + voiced},
	{"та те тагы теги", voiceless},
	{"нда нде ндагы ндеги", possessed},
	// ablative
	{"дан ден", vowels + gliding + lateral + voiced},
	{"тан тен", voiceless},
	{"нан нен", nasal + possessed},
	// instrumental
	{"мен", vowels + gliding + nasal + lateral},
	{"бен", voiced},
	{"пен", voiceless},
	// person, and "without"
	{"мын мин", vowels + gliding + lateral},
	{"пын пин", voiceless},
	{"сын син сыз сиз сындар синдер сыздар сиздер", vowels + consonants},
	// belonging to: қоғам, қоғамдық
	{"лык лик", vowels + gliding},
	{"дык дик", nasal + lateral + voiced},
	{"тык тик", voiceless},
}

// kazakhEndings are the same by their text, to be looked up.
var kazakhEndings = func() map[string]string {
	m := map[string]string{}
	for _, s := range kazakhSuffixes {
		for text := range strings.FieldsSeq(s.text) {
			m[text] = s.after
		}
	}
	return m
}()

// dropped are stems that lose a vowel before an ending, with the whole stem.
var dropped = map[string]string{"халк": "халык", "орн": "орын", "ерк": "ерик"}

const (
	longestEnding = 6 // letters
	shortestStem  = 3
)

// kazakhStem strips endings from a folded word until none is left. A sound that
// an ending voiced is written voiceless again: кітап, кітабы.
func kazakhStem(word string) string {
	for {
		shorter := stripKazakh(word)
		if shorter == word {
			return voicelessEnd(word)
		}
		word = voicelessEnd(shorter)
		if whole, ok := dropped[word]; ok {
			word = whole
		}
	}
}

// stripKazakh takes the longest fitting ending off word.
func stripKazakh(word string) string {
	var starts [longestEnding + 1]int // starts[i] is where the last i letters begin
	at := len(word)
	starts[0] = at
	letters := 0
	for letters < longestEnding && at > 0 {
		_, n := utf8.DecodeLastRuneInString(word[:at])
		at -= n
		letters++
		starts[letters] = at
	}
	for n := letters; n > 0; n-- {
		stem, ending := word[:starts[n]], word[starts[n]:]
		after, ok := kazakhEndings[ending]
		if !ok || utf8.RuneCountInString(stem) < shortestStem {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(stem)
		if strings.ContainsRune(after, last) {
			return stem
		}
	}
	return word
}

func voicelessEnd(word string) string {
	if utf8.RuneCountInString(word) < shortestStem {
		return word
	}
	if stem, ok := strings.CutSuffix(word, "б"); ok {
		return stem + "п"
	}
	if stem, ok := strings.CutSuffix(word, "г"); ok {
		return stem + "к"
	}
	return word
}
