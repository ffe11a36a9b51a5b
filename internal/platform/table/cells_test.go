package table

import (
	"fmt"
	"testing"

	"birge/internal/platform/problem"
)

func keyOf(f *problem.Fault) string {
	if f == nil {
		return ""
	}
	return f.Key
}

func TestParseMoney(t *testing.T) {
	const bad = -1
	for in, want := range map[string]int64{
		"12 500 000,50": 1250000050, "12500000.5": 1250000050, "12 500 000 ₸": 1250000000,
		"12\u202f500\u00a0000,5 тенге": 1250000050, "12 500 тг.": 1250000, "1,234,567.80": 123456780,
		"1.234.567,80": 123456780, "1,234,567": 123456700, "0": 0, "-5,25": -525, "−5": -500, "₸100": 10000,
		"92233720368547758,07": 9223372036854775807,
		"92233720368547758,08": bad, "12.500": bad, "12,500": bad, "1.005": bad, "5 USD": bad, "": bad, "пять": bad,
		"1e6": bad, "--5": bad, "1,23,456": bad,
	} {
		got, f := ParseMoney(in)
		if want == bad {
			if keyOf(f) != "table.cell.money" {
				t.Errorf("%q: got %d, want a fault", in, got)
			}
		} else if f != nil || got != want {
			t.Errorf("%q: got %d %v, want %d", in, got, f, want)
		}
	}
}

func TestParseDate(t *testing.T) {
	for in, want := range map[string]string{
		"2026-11-23": "2026-11-23", "23.11.2026": "2026-11-23", "23/11/2026": "2026-11-23", "1.2.2026 г.": "2026-02-01",
		"2026-11-23 00:00:00": "2026-11-23", "29.02.2024": "2024-02-29",
		"29.02.2026": "table.cell.no_such_date", "31.11.2026": "table.cell.no_such_date", "2026-13-01": "table.cell.no_such_date",
		"23.11.0026": "table.cell.no_such_date", "23.11/2026": "table.cell.date", "11-23-2026": "table.cell.date",
		"23.11.26": "table.cell.date", "вчера": "table.cell.date",
	} {
		got, f := ParseDate(in)
		if got.String()+keyOf(f) != want {
			t.Errorf("%q: got %s %s, want %s", in, got, keyOf(f), want)
		}
	}
}

func TestParseOthers(t *testing.T) {
	for in, want := range map[string]int64{"120": 120, "12 500": 12500, "-3": -3, "5.0": 5} {
		if got, f := ParseInt(in); f != nil || got != want {
			t.Errorf("%q: got %d %v", in, got, f)
		}
	}
	for _, in := range []string{"1,5", "1.5", "x", "", "99999999999999999999", "5."} {
		if got, f := ParseInt(in); keyOf(f) != "table.cell.number" {
			t.Errorf("%q: got %d", in, got)
		}
	}
	for in, want := range map[string]bool{"Иә": true, "ДА": true, "yes": true, "+": true, "1": true, "Жоқ": false, "нет.": false, "No": false, "-": false} {
		if got, f := ParseYesNo(in); f != nil || got != want {
			t.Errorf("%q: got %v %v", in, got, f)
		}
	}
	if _, f := ParseYesNo("maybe"); keyOf(f) != "table.cell.yes_no" {
		t.Error("maybe was taken")
	}
	for in, want := range map[string]string{"150140000012": "150140000012", "1501 4000 0012": "150140000012", "61211600012": "061211600012"} {
		if got, f := ParseBIN(in); f != nil || got != want {
			t.Errorf("%q: got %s %v", in, got, f)
		}
	}
	for _, in := range []string{"1501400000123", "12345678", "15014000001x", "٣٣٣٣٣٣٣٣٣٣٣٣"} {
		if _, f := ParseBIN(in); keyOf(f) != "table.cell.bin" {
			t.Errorf("%q was taken", in)
		}
	}
	if _, f := ParseText("Әлия", 3); keyOf(f) != "table.cell.too_long" {
		t.Error("a text of 4 was taken for 3")
	}
	if s, f := ParseText(" Әлия ", 4); f != nil || s != "Әлия" {
		t.Errorf("got %q %v", s, f)
	}
}

// A cell that is taken is printed plainly and read again equal.
func FuzzCells(f *testing.F) {
	for _, s := range []string{"", "12 500 000,50 ₸", "1.234.567,8", "1,234,567.8", "-0,05 тг.", "12.500", "₸5", "150140000012", "40000012.0", "2026-11-23T00:00:00.000Z",
		"23/11/2026", "31.02.2026 г.", "иә", "–", "5.0", "\ufeff7"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, fault := ParseMoney(s); fault == nil {
			sign, n := "", uint64(v)
			if v < 0 {
				sign, n = "-", -n
			}
			if again, fault := ParseMoney(fmt.Sprintf("%s%d,%02d ₸", sign, n/100, n%100)); fault != nil || again != v {
				t.Errorf("%q is %d tiyn and then %d", s, v, again)
			}
		}
		if v, fault := ParseInt(s); fault == nil {
			if again, fault := ParseInt(fmt.Sprint(v)); fault != nil || again != v {
				t.Errorf("%q is %d and then %d", s, v, again)
			}
		}
		if v, fault := ParseDate(s); fault == nil {
			if again, fault := ParseDate(v.String()); fault != nil || again != v {
				t.Errorf("%q is %s and then %s", s, v, again)
			}
		}
		if v, fault := ParseBIN(s); fault == nil {
			if again, fault := ParseBIN(v); fault != nil || again != v || len(v) != 12 {
				t.Errorf("%q is %s and then %s", s, v, again)
			}
		}
	})
}
