package orgs

import "testing"

func TestBIN(t *testing.T) {
	for _, c := range []struct {
		in   string
		want bool
	}{
		{"150140000012", true},
		{"230940123450", true},
		{"100241000776", true},
		{"240340001811", true}, // the second round of weights
		{" 150140000012 ", true},
		{"150140000013", false}, // check digit
		{"240340001810", false},
		{"080650000030", false}, // never issued
		{"061211600012", false}, // an IIN: no kind of entity in the fifth digit
		{"151340000012", false}, // month 13
		{"15014000001", false},
		{"1501400000122", false},
		{"15014000001a", false},
		{"", false},
	} {
		bin, ok := BIN(c.in)
		if ok != c.want || ok && len(bin) != 12 {
			t.Errorf("BIN(%q) = %q, %v, want %v", c.in, bin, ok, c.want)
		}
	}
}

func TestCheckDigit(t *testing.T) {
	for in, want := range map[string]byte{
		"15014000001": '2', "23094012345": '0', "10024100077": '6', "24034000181": '1', "06121160001": '2',
		"24034000180": 0, "08065000003": 0, // both rounds give 10
	} {
		got, ok := checkDigit(in)
		if ok != (want != 0) || ok && got != want {
			t.Errorf("checkDigit(%s) = %q %v, want %q", in, got, ok, want)
		}
	}
}

func FuzzBIN(f *testing.F) {
	f.Add("150140000012")
	f.Add("１５０１４０００００１２")
	f.Fuzz(func(t *testing.T, s string) {
		if bin, ok := BIN(s); ok && (len(bin) != 12 || !digitsOnly(bin)) {
			t.Errorf("BIN(%q) = %q", s, bin)
		}
	})
}

func TestFold(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Общественный фонд «Үміт»", "ОФ Умит", true},
		{"«Үміт» қоғамдық қоры", "Умит", true},
		{"OФ \"Умит\"", "ОФ Умит", true}, // a Latin O
		{"Болашақ", "Болашак", true},
		{"Болашақ-Ақтөбе", "Болашак Актобе", true},
		{"Болашақ", "Болашақ 2", false},
		{"Қоғамдық қор", "Жеке қор", false}, // nothing but the form: the form is the name
	} {
		if got := fold(c.a) == fold(c.b); got != c.same {
			t.Errorf("%q (%s) and %q (%s): %v, want %v", c.a, fold(c.a), c.b, fold(c.b), got, c.same)
		}
	}
}
