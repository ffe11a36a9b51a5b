package forms_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birge/internal/platform/db"
	"birge/internal/platform/forms"
	"birge/internal/platform/i18n"
	"birge/internal/platform/rules"
)

var env = rules.Env{
	{Name: "today", Type: rules.Date},
	{Name: "org.rural", Type: rules.Bool},
}

const example = `# about
kk: Жоба туралы
ru: О проекте
en: About the project

goal: paragraph, required, 5 words, in kk ru
kk: Жобаның мақсаты қандай?
ru: Какова цель проекта?
en: What is the goal of the project?
hint ru: Одно-два предложения.
  Без общих слов.

kind: choice, required
ru: Вид проекта
- festival | Фестиваль | Фестиваль | Festival
- course | | Курс |

stage: yes_no, required
ru: Нужна ли сцена?
if: kind == "festival"

size: number, from 10 to 200.5
ru: Размер сцены
if: stage

# money
ru: Деньги
if: org.rural

asked: money, required, from 1000 to 5000000
ru: Сумма

costs: table, required, to 2
ru: На что
+ what: text | Не | Что | What
+ sum: money | | Сумма |

day: date, from 2026-01-01 to 2026-12-31
ru: Когда

groups: choices, from 1 to 2
ru: Для кого
- youth | Жастар | Молодёжь | Youth
- elders | Қарттар | Пожилые | Elders
- rural | Ауыл | Село | Village

charter: file, documents pictures, to 3, blind
ru: Устав

agree: statement, required
ru: Согласны с правилами
`

func parsed(t testing.TB) forms.Form {
	t.Helper()
	f, err := forms.ParseChecked(example, env)
	if err != nil {
		t.Fatal(err, forms.LineFaults(err))
	}
	return f
}

func TestTextIsTheForm(t *testing.T) {
	f := parsed(t)
	text := f.String()
	for _, want := range []string{"- course |  | Курс |\n", "costs: table, required, to 2\n", "charter: file, to 3, documents pictures, blind\n", "  Без общих слов.\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	again, err := forms.Parse(text)
	if err != nil || !cmp.Equal(f, again) || again.String() != text {
		t.Errorf("%v: %s", err, cmp.Diff(f, again))
	}
	if q, _ := f.Question("goal"); q.Hint.RU != "Одно-два предложения.\nБез общих слов." || !slices.Equal(q.Languages, []i18n.Lang{i18n.KK, i18n.RU}) {
		t.Errorf("goal is %+v", q)
	}
}

func TestFaultsStandAtTheirLines(t *testing.T) {
	for text, want := range map[string]string{
		"a: text\nru: x":                                                                           "1 forms.no_section",
		"# One":                                                                                    "1 forms.bad_code",
		"# one\nru: x\n\nВопрос":                                                                   "4 forms.no_head",
		"# one\nru: x\n\na: essay\nru: x":                                                          "4 forms.unknown_type",
		"# one\nru: x\n\na: text, 0 words\nru: x":                                                  "4 forms.bad_limit",
		"# one\nru: x\n\na: text, needed\nru: x":                                                   "4 forms.unknown_attribute",
		"# one\nru: x\n\na: text\nru: x\nkz: y":                                                    "6 forms.unknown_line",
		"# one\nru: x\n\na: text\nru: x\nru: y":                                                    "6 forms.line_twice",
		"# one\nru: x\n\na: text\nru: x\n\na: text\nru: y":                                         "7 forms.code_twice",
		"# one\nru: x\n\na: text\nhint ru: x":                                                      "4 forms.no_title",
		"# one\nru: x\n\na: text\nru: x\nif: b == 1\n\nb: number\nru: x":                           "6 rules.unknown_name", // b stands after a
		"# one\nru: x\n\norg: text\nru: x":                                                         "4 forms.reserved",
		"# one\nru: x\n\nlen: text\nru: x":                                                         "4 forms.reserved",
		"# one\nru: x\n\na: choice\nru: x\n- b | | y |":                                            "4 forms.few_options",
		"# one\nru: x\n\na: choice\nru: x\n- b | | y\n- Б | | z":                                   "7 forms.bad_option",
		"# one\nru: x\n\na: choice\nru: x\n- b | | y\n- b | | z":                                   "7 forms.code_twice",
		"# one\nru: x\n\na: table\nru: x":                                                          "4 forms.no_columns",
		"# one\nru: x\n\na: table\nru: x\n+ b | | y":                                               "6 forms.bad_column",
		"# one\nru: x\n\na: table\nru: x\n+ b: date | | y":                                         "6 forms.column_type",
		"# one\nru: x\n\na: number, from 5 to 1\nru: x":                                            "4 forms.bounds_crossed",
		"# one\nru: x\n\na: file, to 100\nru: x":                                                   "4 forms.bad_count",
		"# one\nru: x\n\na: yes_no, 5 words\nru: x":                                                "4 forms.not_for_type",
		"# one\nru: x\n\na: date, from 2026-02-30\nru: x":                                          "4 form.not_a_date",
		"# one\nru: x\n\na: text\nru: \x00":                                                        "5 form.not_text",
		"# one\nru: x\n\na: text\nru: x\nif: len(today)":                                           "6 rules.types",
		"# one\nru: " + strings.Repeat("x", 501):                                                   "1 form.too_long",
		strings.Repeat("x", forms.MaxBytes+1):                                                      "1 forms.too_large",
		"# one\nru: x\n" + questions(301):                                                          "1 forms.too_many_questions",
		"# one\nru: x\n\na: text, in kk de\nru: x":                                                 "4 forms.unknown_language",
		"# one\nru: x\n\na: choice\nru: x\n- b | | y | z | more\n- c | | y":                        "6 forms.bad_option",
		"# one\nru: x\n\na: text,\nru: x":                                                          "4 forms.empty_attribute",
		"# one\nru: x\n\na: choice\nru: x\n- b | | y\n- c | | z\n\nd: text\nru: x\nif: a == \"e\"": "11 rules.unknown_code",
	} {
		_, err := forms.ParseChecked(text, env)
		bad := forms.LineFaults(err)
		if len(bad) == 0 {
			t.Errorf("%.60q was taken", text)
			continue
		}
		if got := fmt.Sprint(bad[0].Line, " ", bad[0].Key); got != want {
			t.Errorf("%.60q: %s, want %s", text, got, want)
		}
	}
}

func questions(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "\nq%d: text\nru: x\n", i)
	}
	return b.String()
}

// A form of other times is read, also when the portal lost a name of its conditions.
func TestParseKnowsNoNames(t *testing.T) {
	f, err := forms.Parse("# one\nru: x\n\na: text, required\nru: x\nif: org.gone\n")
	if err != nil {
		t.Fatal(err)
	}
	if !f.Visible(nil, forms.Known{Env: env}).Question("a") {
		t.Error("a condition that nobody understands hid its question")
	}
}

func full() url.Values {
	return url.Values{
		"a.goal.kk": {" Балалар үйренеді "}, "a.goal.ru": {"Дети научатся — сами"}, "a.goal.en": {"not asked for"},
		"a.kind": {"festival"}, "a.stage": {"yes"}, "a.size": {"12,50"},
		"a.asked": {"1 250 000,50 ₸"}, "a.costs.0.what": {"Сцена"}, "a.costs.0.sum": {"1 000"}, "a.costs.3.what": {"Свет"}, "a.costs.3.sum": {"0,5"},
		"a.day": {"1.3.2026"}, "a.groups": {"rural", "youth"}, "a.agree": {"yes"},
	}
}

func at(rural bool) forms.Known {
	return forms.Known{Env: env, Values: rules.Values{"org.rural": rural, "today": db.Day(2026, time.March, 1)}}
}

func TestCheckKeepsAnswersInOneWriting(t *testing.T) {
	f := parsed(t)
	got, bad := f.Check(f.Read(full()), at(true))
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	want := forms.Answers{
		"goal": {In: i18n.Text{KK: "Балалар үйренеді", RU: "Дети научатся — сами"}}, "kind": {Text: "festival"}, "stage": {Text: "yes"}, "size": {Text: "12.5"},
		"asked": {Text: "1250000.5"}, "costs": {Rows: [][]string{{"Сцена", "1000"}, {"Свет", "0.5"}}}, "day": {Text: "2026-03-01"},
		"groups": {Codes: []string{"youth", "rural"}}, "agree": {Text: "yes"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if again, bad := f.Check(f.Read(f.Fields(got)), at(true)); len(bad) > 0 || !cmp.Equal(got, again) {
		t.Errorf("drawn again it is %v, %v", again, bad)
	}
	q, _ := f.Question("costs")
	if sums := q.Totals(got["costs"].Rows); !slices.Equal(sums, []string{"", "1000.5"}) {
		t.Errorf("sums are %q", sums)
	}
}

// What is not asked needs no answer, and what was answered to it goes, also further
// down the chain.
func TestHiddenQuestions(t *testing.T) {
	f := parsed(t)
	v := full()
	v.Set("a.kind", "course")
	got, bad := f.Check(f.Read(v), at(false))
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	for _, code := range []string{"stage", "size", "asked", "costs", "agree"} {
		if _, kept := got[code]; kept {
			t.Errorf("%s was kept", code)
		}
	}
	shown := f.Visible(f.Read(v), at(false))
	if shown.Section("money") || shown.Question("size") || !shown.Question("kind") {
		t.Errorf("shown is %v", shown)
	}
}

func TestFaultsOfAnswers(t *testing.T) {
	f := parsed(t)
	for _, c := range []struct{ name, value, fault, key string }{
		{"a.goal.kk", "", "a.goal.kk", "form.required"},
		{"a.goal.ru", "раз два три четыре — пять шесть", "a.goal.ru", "forms.too_many_words"},
		{"a.goal.ru", strings.Repeat("слово ", 60_000), "a.goal.ru", "forms.too_many_words"},
		{"a.goal.ru", strings.Repeat("ы", 20_001), "a.goal.ru", "forms.too_many_chars"},
		{"a.kind", "concert", "a.kind", "form.unknown_choice"},
		{"a.kind", "", "a.kind", "form.required"},
		{"a.stage", "maybe", "a.stage", "form.unknown_choice"},
		{"a.size", "9,99", "a.size", "forms.at_least"},
		{"a.size", "200.51", "a.size", "forms.at_most"},
		{"a.size", "1e9", "a.size", "form.not_a_number"},
		{"a.asked", "миллион", "a.asked", "form.not_money"},
		{"a.asked", "999.99", "a.asked", "forms.at_least"},
		{"a.costs.0.sum", "-x", "a.costs.0.sum", "form.not_money"},
		{"a.costs.5.sum", "1", "a.costs", "forms.count_most"},
		{"a.day", "30.02.2026", "a.day", "form.not_a_date"},
		{"a.day", "2027-01-01", "a.day", "forms.not_after"},
		{"a.groups", "dogs", "a.groups", "form.unknown_choice"},
		{"a.agree", "", "a.agree", "forms.agree"},
	} {
		v := full()
		v.Set(c.name, c.value)
		_, bad := f.Check(f.Read(v), at(true))
		if len(bad) != 1 || bad[c.fault].Key != c.key {
			t.Errorf("%s = %.20q: %v, want %s at %s", c.name, c.value, bad, c.key, c.fault)
		}
	}
}

func TestDiff(t *testing.T) {
	a := parsed(t)
	text := a.String()
	for _, r := range [][2]string{
		{"goal: paragraph, required, 5 words, in kk ru", "goal: paragraph, 200 words"},
		{"- course |  | Курс |", "- course |  | Курсы |\n- camp | Лагерь | Лагерь | Camp"},
		{"\nsize: number, from 10 to 200.5\nru: Размер сцены\nif: stage\n", ""},
		{"day: date", "when: date"},
	} {
		if !strings.Contains(text, r[0]) {
			t.Fatalf("no %q", r[0])
		}
		text = strings.Replace(text, r[0], r[1], 1)
	}
	b, err := forms.ParseChecked(text, env)
	if err != nil {
		t.Fatal(err)
	}
	s := b.Sections[1].Questions
	s[0], s[1] = s[1], s[0]
	var got []string
	for _, c := range forms.Diff(a, b) {
		line := c.Kind + " " + c.Code
		for _, p := range c.Parts {
			line += fmt.Sprintf(" [%s: %s → %s]", p.Name, p.Was, p.Is)
		}
		got = append(got, line)
	}
	want := []string{
		"changed goal [answer: paragraph, required, 5 words, in kk ru → paragraph, 200 words]",
		"changed kind [option course:  | Курс | →  | Курсы |] [option camp:  → Лагерь | Лагерь | Camp]",
		"moved asked",
		"added when",
		"removed size",
		"removed day",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(forms.Diff(b, b)) != 0 {
		t.Error("a form differs from itself")
	}
}

// Whatever text comes, it is refused with lines, or it is a form that prints and reads
// as itself and takes any answers.
func FuzzParse(f *testing.F) {
	f.Add(example)
	f.Add("# a\nkk: x\n  y\n\nb: choices, from 1\nru: \u00a0q\n- 1 | a\n- 2 | b | c | d\nhint ru: x\n  y\n   z\n")
	f.Add("# a\r\nru : x\r\n\r\nb:text , required\nru: x: y\nif: today == today\n")
	f.Add("#a\n\na0:\n+||||")
	f.Fuzz(func(t *testing.T, text string) {
		form, err := forms.ParseChecked(text, env)
		if err != nil {
			for _, bad := range forms.LineFaults(err) {
				if bad.Line < 1 || bad.Line > strings.Count(text, "\n")+1 {
					t.Errorf("line %d of %q", bad.Line, text)
				}
			}
			return
		}
		printed := form.String()
		again, err := forms.ParseChecked(printed, env)
		if err != nil || !cmp.Equal(form, again) || again.String() != printed {
			t.Errorf("%q\nprinted\n%q\nis another form: %v\n%s", text, printed, err, cmp.Diff(form, again))
		}
		if !cmp.Equal(form, form.Clean()) {
			t.Errorf("not clean: %s", cmp.Diff(form, form.Clean()))
		}
		v := url.Values{}
		for _, q := range form.Questions() {
			v.Set(forms.Field(q.Code), text)
		}
		kept, _ := form.Check(form.Read(v), at(true))
		form.Visible(kept, at(false))
	})
}

// What a person types into the builder prints and reads as itself once it has no faults.
func FuzzClean(f *testing.F) {
	f.Add("a", "text\nwith | lines", " 5", "kind == 1", "x")
	f.Fuzz(func(t *testing.T, code, title, low, rule, option string) {
		form := forms.Form{Sections: []forms.Section{{Code: "s", Title: i18n.Only(i18n.RU, title), Questions: []forms.Question{
			{Code: code, Type: forms.Number, Title: i18n.Only(i18n.KK, title), Hint: i18n.Only(i18n.EN, title), Min: low, If: rule},
			{Code: "last", Type: forms.Choice, Title: i18n.Only(i18n.EN, title), Options: []forms.Option{{Code: option, Title: i18n.Only(i18n.RU, title)}, {Code: "two", Title: i18n.Only(i18n.KK, title)}}},
		}}}}.Clean()
		if len(form.Faults(env)) > 0 {
			return
		}
		again, err := forms.ParseChecked(form.String(), env)
		if err != nil || !cmp.Equal(form, again) {
			t.Errorf("%v\n%s\n%s", err, form, cmp.Diff(form, again))
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	f := parsed(b)
	for b.Loop() {
		f.Check(f.Read(full()), at(true))
	}
}
