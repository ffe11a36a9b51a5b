package web

import (
	"net/http/httptest"
	"net/url"
	"testing"
	"unicode/utf8"

	"birge/internal/platform/i18n"
)

// Whatever a field holds, what the form takes can be kept and is printed and read
// again equal.
func FuzzForm(f *testing.F) {
	for _, s := range []string{"", "12 500 000,50 ₸", "-0,5", "−7", "9223372036854775807", "-92233720368547758.08", "1e400", "NaN", "0x1p-2",
		"23.11.2026", "1.1.0001", "0000-12-31", "0d3vzz5k8m2t1", "\x00", "\xff", "a\r\nb", "\u202f\u00a0"} {
		f.Add(s)
	}
	words := i18n.NewWords().Printer(i18n.EN)
	f.Fuzz(func(t *testing.T, typed string) {
		read := func(s string) *Form {
			return ReadForm(httptest.NewRequest("GET", "/?"+url.Values{"x": {s}, "page": {s}}.Encode(), nil))
		}
		same := func(what string, printed string, equal func(*Form) bool) {
			t.Helper()
			if again := read(printed); !equal(again) || again.Err() != nil {
				t.Errorf("%q is taken as %s %q and not read again: %v", typed, what, printed, again.Err())
			}
		}
		if r := read(typed); r.Text("x") != "" && r.Err() == nil {
			if s := r.Text("x"); !utf8.ValidString(s) || utf8.RuneCountInString(s) > MaxText {
				t.Errorf("%q is taken as a text", s)
			}
			same("text", r.Text("x"), func(f *Form) bool { return f.Text("x") == r.Text("x") })
		}
		if r := read(typed); r.Line("x") != "" && r.Err() == nil {
			same("line", r.Line("x"), func(f *Form) bool { return f.Line("x") == r.Line("x") })
		}
		if r, n := read(typed), read(typed).Int("x"); n != 0 && r.Int("x") == n && r.Err() == nil {
			same("number", words.Int(n), func(f *Form) bool { return f.Int("x") == n })
		}
		if r, v := read(typed), read(typed).Decimal("x"); r.Decimal("x") == v && r.Err() == nil && (v > 1e15 || v < -1e15) {
			t.Errorf("%q is taken as %v", typed, v)
		}
		if r, v := read(typed), read(typed).Money("x"); r.Money("x") == v && r.Err() == nil {
			same("sum", words.Money(v, "KZT"), func(f *Form) bool { return f.Money("x") == v })
		}
		if r := read(typed); !r.Date("x").IsZero() && r.Err() == nil {
			same("date", r.Date("x").String(), func(f *Form) bool { return f.Date("x") == r.Date("x") })
		}
		if r := read(typed); r.ID("x") != 0 && r.Err() == nil {
			same("id", r.ID("x").String(), func(f *Form) bool { return f.ID("x") == r.ID("x") })
		}
		if p := read(typed).Page(); p < 1 || p > maxPage {
			t.Errorf("%q is page %d", typed, p)
		}
		for _, v := range read(typed).List("x") {
			if v == "" || !isText(v) {
				t.Errorf("%q is in a list", v)
			}
		}
	})
}
