package i18n

import (
	"strconv"
	"strings"
	"time"
)

// Spaces that do not break: between thousands, before a unit.
const nbsp = "\u00a0"

// Dated is anything with a calendar date: time.Time and the date of the store.
type Dated interface {
	Date() (year int, month time.Month, day int)
}

var months = map[Lang][12]string{
	KK: {"қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"},
	RU: {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"},
	EN: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

var monthNames = map[Lang][12]string{
	KK: months[KK],
	RU: {"январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"},
	EN: months[EN],
}

// Text is what people wrote, for a reader of the printer's language.
func (p *Printer) Text(t Text) string {
	s, _ := t.In(p.Lang)
	return s
}

// Date writes a date in full: 2026 ж. 23 қараша, 23 ноября 2026 г., 23 November 2026.
func (p *Printer) Date(d Dated) string {
	y, m, day := d.Date()
	year, dd, name := strconv.Itoa(y), strconv.Itoa(day), months[p.Lang][m-1]
	switch p.Lang {
	case KK:
		return year + nbsp + "ж. " + dd + nbsp + name
	case RU:
		return dd + nbsp + name + " " + year + nbsp + "г."
	}
	return dd + nbsp + name + " " + year
}

// Month writes a month with its year: 2026 ж. қараша, ноябрь 2026 г., November 2026.
func (p *Printer) Month(d Dated) string {
	y, m, _ := d.Date()
	year, name := strconv.Itoa(y), monthNames[p.Lang][m-1]
	switch p.Lang {
	case KK:
		return year + nbsp + "ж. " + name
	case RU:
		return name + " " + year + nbsp + "г."
	}
	return name + " " + year
}

// ShortDate writes a date in figures: 23.11.2026.
func (p *Printer) ShortDate(d Dated) string {
	y, m, day := d.Date()
	return two(day) + "." + two(int(m)) + "." + strconv.Itoa(y)
}

// Clock writes the hour and minute of t in the zone it has.
func (p *Printer) Clock(t time.Time) string { return two(t.Hour()) + ":" + two(t.Minute()) }

// DateTime writes date, hour and minute of t in the zone it has.
func (p *Printer) DateTime(t time.Time) string { return p.Date(t) + ", " + p.Clock(t) }

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// Int writes a whole number with no-break spaces between thousands: 12 500.
func (p *Printer) Int(n int64) string { return group(n) }

func group(n int64) string {
	digits := strconv.AppendInt(make([]byte, 0, 20), n, 10)
	out := make([]byte, 0, 40)
	if n < 0 {
		out, digits = append(out, "−"...), digits[1:]
	}
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, nbsp...)
		}
		out = append(out, d)
	}
	return string(out)
}

// Decimal writes a number with at most digits places after a comma (a point in
// English), without trailing zeros.
func (p *Printer) Decimal(v float64, digits int) string {
	s := strconv.FormatFloat(v, 'f', digits, 64)
	whole, frac, _ := strings.Cut(s, ".")
	frac = strings.TrimRight(frac, "0")
	n, _ := strconv.ParseInt(whole, 10, 64)
	out := group(n)
	if n == 0 && strings.HasPrefix(whole, "-") && frac != "" {
		out = "−" + out
	}
	if frac == "" {
		return out
	}
	if p.Lang == EN {
		return out + "." + frac
	}
	return out + "," + frac
}

// Percent writes a share given in percent: 33,4 %.
func (p *Printer) Percent(v float64) string { return p.Decimal(v, 1) + nbsp + "%" }

// Tiyn is a sum of tenge that stands in a sentence.
type Tiyn int64

// Money writes whole tiyn of the tenge, or minor units of another currency:
// 12 500 000 ₸; with tiyn only when there are any.
func (p *Printer) Money(tiyn int64, currency string) string {
	return p.amount(tiyn) + nbsp + sign(currency)
}

func (p *Printer) amount(minor int64) string {
	whole, rest := minor/100, minor%100
	if rest == 0 {
		return group(whole)
	}
	if rest < 0 {
		rest = -rest
	}
	point := ","
	if p.Lang == EN {
		point = "."
	}
	s := group(whole)
	if whole == 0 && minor < 0 {
		s = "−" + s
	}
	return s + point + two(int(rest))
}

func sign(currency string) string {
	switch currency {
	case "", "KZT":
		return "₸"
	case "USD":
		return "$"
	case "EUR":
		return "€"
	}
	return currency
}

var scales = map[Lang][3]string{
	KK: {"мың", "млн", "млрд"},
	RU: {"тыс.", "млн", "млрд"},
	EN: {"thousand", "m", "bn"},
}

// ShortMoney writes a sum for a tile: 2,1 млрд ₸.
func (p *Printer) ShortMoney(tiyn int64, currency string) string {
	v, names := float64(tiyn)/100, scales[p.Lang]
	switch {
	case v >= 1e9:
		return p.Decimal(v/1e9, 1) + nbsp + names[2] + nbsp + sign(currency)
	case v >= 1e6:
		return p.Decimal(v/1e6, 1) + nbsp + names[1] + nbsp + sign(currency)
	}
	return p.Money(tiyn-tiyn%100, currency)
}

// ParseMoney reads a sum of tenge as people write it, "12 500 000,50 ₸", and
// gives it in tiyn. ok is false for anything else, also for a third decimal.
func ParseMoney(s string) (tiyn int64, ok bool) {
	s = strings.NewReplacer(" ", "", nbsp, "", "\u202f", "", "₸", "").Replace(strings.TrimSpace(s))
	neg := strings.HasPrefix(s, "-") || strings.HasPrefix(s, "−")
	s = strings.TrimPrefix(strings.TrimPrefix(s, "-"), "−")
	whole, frac, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	if len(frac) > 2 || whole == "" || strings.ContainsAny(whole+frac, "+-_") {
		return 0, false
	}
	for len(frac) < 2 {
		frac += "0"
	}
	n, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil {
		return 0, false
	}
	if neg {
		n = -n
	}
	return n, true
}
