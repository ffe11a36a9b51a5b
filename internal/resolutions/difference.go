package resolutions

import (
	"unicode"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Piece is a part of a difference: words that stay, go or come.
type Piece struct {
	Is   Change
	Text string
}

// Change is what becomes of the words of a piece.
type Change int

// The changes.
const (
	Stays Change = iota
	Goes
	Comes
)

// Difference tells by words how a text becomes another. The pieces that stay or go are
// the text before, those that stay or come the text after.
func Difference(before, after string) (out []Piece) {
	var words []string
	number := map[string]rune{}
	a, b := encode(before, &words, number), encode(after, &words, number)
	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // the same texts always give the same difference
	for _, x := range d.DiffCleanupSemantic(d.DiffMainRunes(a, b, false)) {
		text := ""
		for _, r := range x.Text {
			text += words[indexOf(r)]
		}
		out = append(out, Piece{changes[x.Type], text})
	}
	return out
}

var changes = map[diffmatchpatch.Operation]Change{diffmatchpatch.DiffEqual: Stays, diffmatchpatch.DiffDelete: Goes, diffmatchpatch.DiffInsert: Comes}

// encode writes each different word of a text, and each space between words, as one
// rune.
func encode(text string, words *[]string, number map[string]rune) (out []rune) {
	for _, w := range split(text) {
		r, ok := number[w]
		if !ok {
			r = runeOf(len(*words))
			number[w], *words = r, append(*words, w)
		}
		out = append(out, r)
	}
	return out
}

// surrogates are numbers that no rune has.
const (
	surrogates = 0xD800
	afterThem  = 0x800
)

func runeOf(n int) rune {
	if n++; n >= surrogates {
		n += afterThem
	}
	return rune(n)
}

func indexOf(r rune) int {
	if r >= surrogates {
		r -= afterThem
	}
	return int(r) - 1
}

// split parts a text into words, runs of spaces and single signs.
func split(text string) (out []string) {
	last := -1
	for _, r := range text {
		kind := 0
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r):
			kind = 1
		case unicode.IsSpace(r):
			kind = 2
		}
		if kind != 0 && kind == last {
			out[len(out)-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		last = kind
	}
	return out
}
