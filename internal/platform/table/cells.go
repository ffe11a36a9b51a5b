package table

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"birge/internal/platform/db"
	"birge/internal/platform/problem"
)

func fault(key string, args ...any) *problem.Fault { return &problem.Fault{Key: key, Args: args} }

// ParseText takes a text of at most most characters.
func ParseText(s string, most int) (string, *problem.Fault) {
	s = strings.TrimSpace(s)
	if n := utf8.RuneCountInString(s); n > most {
		return "", fault("table.cell.too_long", "most", most, "have", n)
	}
	return s, nil
}

// ParseInt takes a whole number; spaces may part its thousands.
func ParseInt(s string) (int64, *problem.Fault) {
	whole, rest, _ := strings.Cut(compact(s), ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.Trim(rest, "0") != "" || strings.HasSuffix(s, ".") {
		return 0, fault("table.cell.number")
	}
	return n, nil
}

// compact takes out all white space, also what does not break, and gives minus
// signs their ASCII form.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '\u202f', r == '\u2060', r == '\ufeff':
			return -1
		case r == '−', r == '–':
			return '-'
		}
		return r
	}, s)
}

var currencyWords = []string{"₸", "тенге", "теңге", "тнг", "тг", "kzt", "tenge"}

// ParseMoney takes a sum of tenge, "12 500 000,50 ₸" or "12500000.5", and gives
// tiyn. Parts of a tiyn, and sums that can be read in two ways, such as
// "12.500", are faults.
func ParseMoney(s string) (int64, *problem.Fault) {
	bad := fault("table.cell.money")
	s = strings.ToLower(compact(s))
	s = withoutCurrency(s)
	s, negative := strings.CutPrefix(s, "-")
	whole, frac, ok := splitAmount(s)
	if !ok {
		return 0, bad
	}
	for len(frac) < 2 {
		frac += "0"
	}
	tiyn, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil {
		return 0, bad
	}
	if negative {
		return -tiyn, nil
	}
	return tiyn, nil
}

func withoutCurrency(s string) string {
	for _, w := range currencyWords {
		if cut, ok := strings.CutSuffix(strings.TrimSuffix(s, "."), w); ok {
			return cut
		}
	}
	return strings.TrimPrefix(s, "₸")
}

var (
	plainAmount = regexp.MustCompile(`^(\d+)(?:[.,](\d{1,2}))?$`)
	commaGroups = regexp.MustCompile(`^(\d{1,3}(?:,\d{3})+)\.(\d{1,2})$|^(\d{1,3}(?:,\d{3}){2,})$`)
	pointGroups = regexp.MustCompile(`^(\d{1,3}(?:\.\d{3})+),(\d{1,2})$|^(\d{1,3}(?:\.\d{3}){2,})$`)
)

// splitAmount parts an amount into its whole and its at most two decimals.
func splitAmount(s string) (whole, frac string, ok bool) {
	if m := plainAmount.FindStringSubmatch(s); m != nil {
		return m[1], m[2], true
	}
	for _, groups := range []*regexp.Regexp{commaGroups, pointGroups} {
		if m := groups.FindStringSubmatch(s); m != nil {
			return strings.NewReplacer(",", "", ".", "").Replace(m[1] + m[3]), m[2], true
		}
	}
	return "", "", false
}

var (
	isoDay   = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?$`)
	localDay = regexp.MustCompile(`^(\d{1,2})([./])(\d{1,2})([./])(\d{4})(?:\s*(?:г|ж)\.?)?$`)
)

// ParseDate takes 2026-11-23, 23.11.2026 and 23/11/2026. A day that the
// calendar does not have is a fault.
func ParseDate(s string) (db.Date, *problem.Fault) {
	s = strings.TrimSpace(s)
	if m := isoDay.FindStringSubmatch(s); m != nil {
		return day(m[1], m[2], m[3])
	}
	if m := localDay.FindStringSubmatch(s); m != nil && m[2] == m[4] {
		return day(m[5], m[3], m[1])
	}
	return db.Date{}, fault("table.cell.date")
}

func day(year, month, dayOfMonth string) (db.Date, *problem.Fault) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(dayOfMonth)
	got := db.Day(y, time.Month(m), d)
	if gy, gm, gd := got.Date(); y < 1900 || y > 2200 || gy != y || int(gm) != m || gd != d {
		return db.Date{}, fault("table.cell.no_such_date")
	}
	return got, nil
}

// ParseYesNo takes yes and no in three languages, true and false, 1 and 0, + and -.
func ParseYesNo(s string) (bool, *problem.Fault) {
	switch strings.ToLower(strings.Trim(s, " .!")) {
	case "иә", "ия", "бар", "да", "есть", "yes", "y", "true", "ақиқат", "истина", "1", "+":
		return true, nil
	case "жоқ", "нет", "no", "n", "false", "жалған", "ложь", "0", "-", "–", "—":
		return false, nil
	}
	return false, fault("table.cell.yes_no")
}

// ParseBIN takes the 12 figures of a BIN or IIN. Zeros in front that a
// spreadsheet has dropped are put back; the check digit is for the caller to
// judge.
func ParseBIN(s string) (string, *problem.Fault) {
	s = strings.ReplaceAll(compact(s), "-", "")
	if len(s) < 9 || len(s) > 12 || strings.Trim(s, "0123456789") != "" {
		return "", fault("table.cell.bin")
	}
	return strings.Repeat("0", 12-len(s)) + s, nil
}
