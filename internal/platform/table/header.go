package table

import (
	"strconv"
	"strings"
	"unicode"
)

// findHeader finds the first row that looks like names of columns: it fills
// more than half of the table's width, and most of it is words. Titles above
// the header fill one or two cells of many.
func findHeader(rows []Row) (int, bool) {
	width := 0
	for _, r := range rows {
		width = max(width, filled(r))
	}
	for i, r := range rows {
		if n := filled(r); n*2 > width && words(r)*2 > n {
			return i, true
		}
	}
	return 0, false
}

func filled(r Row) (n int) {
	for _, c := range r.Cells {
		if c != "" {
			n++
		}
	}
	return n
}

// words counts the cells that begin with a letter or hold more letters than
// figures: "1. Name" is a word, "12 500 ₸" is not.
func words(r Row) (n int) {
	for _, c := range r.Cells {
		letters, digits := 0, 0
		for _, x := range c {
			switch {
			case unicode.IsLetter(x):
				letters++
			case unicode.IsDigit(x):
				digits++
			}
		}
		if letters > digits || c == "№" {
			n++
		}
	}
	return n
}

// numbersColumns tells that a row is 1, 2, 3, … as official forms put under
// the header.
func numbersColumns(r Row) bool {
	if len(r.Cells) < 2 {
		return false
	}
	for i, c := range r.Cells {
		if c != strconv.Itoa(i+1) {
			return false
		}
	}
	return true
}

// fold makes names of columns comparable: small letters and figures only.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case r == 'ё':
			return 'е'
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '№':
			return r
		}
		return -1
	}, s)
}
