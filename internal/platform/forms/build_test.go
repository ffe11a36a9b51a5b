package forms_test

import (
	"strings"
	"testing"

	"birge/internal/platform/forms"
	"birge/internal/platform/i18n"
)

// order is a form as its codes: "about: goal kind | money: asked".
func order(f forms.Form) string {
	var out []string
	for _, s := range f.Sections {
		codes := []string{s.Code + ":"}
		for _, q := range s.Questions {
			codes = append(codes, q.Code)
		}
		out = append(out, strings.Join(codes, " "))
	}
	return strings.Join(out, " | ")
}

func TestBuilding(t *testing.T) {
	f, err := forms.Parse("# a\nru: a\n\none: text\nru: 1\n\ntwo: text\nru: 2\n\n# b\nru: b\n\nthree: text\nru: 3\n")
	if err != nil {
		t.Fatal(err)
	}
	start, q := "a: one two | b: three", forms.Question{Code: "new"}
	for _, c := range []struct {
		got  forms.Form
		want string
	}{
		{f.MovedQuestion("two", -1), "a: two one | b: three"},
		{f.MovedQuestion("two", 1), "a: one | b: two three"},
		{f.MovedQuestion("three", -1), "a: one two three | b:"},
		{f.MovedQuestion("one", -1), start},
		{f.MovedQuestion("three", 1), start},
		{f.MovedQuestion("none", 1), start},
		{f.MovedSection("b", -1), "b: three | a: one two"},
		{f.MovedSection("a", -1), start},
		{f.WithQuestion("", "a", q), "a: one two new | b: three"},
		{f.WithQuestion("one", "a", q), "a: new two | b: three"},
		{f.WithQuestion("one", "b", q), "a: two | b: three new"},
		{f.WithQuestion("", "none", q), start},
		{f.WithSection("", forms.Section{Code: "c", Questions: []forms.Question{q}}), "a: one two | b: three | c:"},
		{f.WithSection("a", forms.Section{Code: "c"}), "c: one two | b: three"},
		{f.WithoutSection("a"), "b: three"},
		{f.WithoutQuestion("one"), "a: two | b: three"},
	} {
		if got := order(c.got); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
		if order(f) != start {
			t.Fatalf("the form itself became %s", order(f))
		}
	}
}

func TestCodeFor(t *testing.T) {
	taken := func(code string) bool { return code == "zhobanyn_maqsaty" }
	for text, want := range map[string]string{
		"Жобаның мақсаты": "zhobanyn_maqsaty_2", "Объём средств, тенге": "obem_sredstv_tenge", "Len": "len_2", "12 месяцев": "q", "?!": "q",
		"What is the goal of it": "what_is_the", strings.Repeat("щ", 40): strings.Repeat("sh", 15),
	} {
		if got := forms.CodeFor(i18n.Only(i18n.RU, text), "q", taken); got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
}
