package rules_test

import (
	"strings"
	"testing"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/rules"
	"birge/internal/platform/ui"
)

var kinds = []rules.Code{
	{Code: "foundation", Label: i18n.Text{KK: "қор", RU: "фонд", EN: "foundation"}},
	{Code: "association", Label: i18n.Text{KK: "бірлестік", RU: "объединение", EN: "association"}},
}

var env = rules.Env{
	{Name: "today", Type: rules.Date, Label: i18n.Text{KK: "Бүгін", RU: "Сегодня", EN: "Today"}},
	{Name: "org.kind", Type: rules.Text, Label: i18n.Text{KK: "Ұйымның түрі", RU: "Вид организации", EN: "Kind of organization"}, Codes: kinds},
	{Name: "org.founded", Type: rules.Date, Label: i18n.Text{RU: "Основана"}},
	{Name: "org.spheres", Type: rules.List, Label: i18n.Text{RU: "Направления"}},
	{Name: "org.rural", Type: rules.Bool, Label: i18n.Text{RU: "Сельская"}},
	{Name: "asked", Type: rules.Money, Label: i18n.Text{RU: "Запрошено"}},
	{Name: "own", Type: rules.Money, Label: i18n.Text{RU: "Свои средства"}},
	{Name: "people", Type: rules.Number, Label: i18n.Text{RU: "Людей"}},
	{Name: "title", Type: rules.Text, Label: i18n.Text{RU: "Название"}},
}

var known = rules.Values{
	"today": db.Day(2026, time.March, 1), "org.kind": "foundation", "org.founded": db.Day(2024, time.March, 2),
	"org.spheres": []string{"youth", "ecology"}, "org.rural": true, "asked": int64(3000), "own": int64(300), "people": 7, "title": "Қазақ",
}

func TestHolds(t *testing.T) {
	for _, c := range []struct {
		source string
		want   rules.Answer
	}{
		{"", rules.Yes},
		{"org.rural", rules.Yes},
		{"not org.rural", rules.No},
		{`org.kind == "foundation"`, rules.Yes},
		{`org.kind in ["association"]`, rules.No},
		{`org.kind not in ["association"]`, rules.Yes},
		{`"youth" in org.spheres`, rules.Yes},
		{`any_of(org.spheres, ["sport", "ecology"])`, rules.Yes},
		{"years_between(org.founded, today) >= 2", rules.No}, // a day short of two years
		{"years_between(org.founded, today) == 1", rules.Yes},
		{"months_between(today, org.founded) == -23", rules.Yes},
		{`org.founded < "2024-03-03"`, rules.Yes},
		{"asked * 0.1 <= own", rules.Yes}, // exact: a tenth of 30 tenge is 3
		{"own / asked == 0.1", rules.Yes},
		{"asked == 30", rules.Yes},
		{"len(org.spheres) == 2 and len(title) == 5", rules.Yes},
		{"max(asked, own, 31) == 31", rules.Yes},
		{"-people < 0 and people / 2 == 3.5", rules.Yes},
		{"people / 0 > 1", rules.Unknown},
		{"1 < people < 8", rules.Yes},
		{"org.rural and people > 100", rules.No},
		{"org.rural or people > 100", rules.Yes},
	} {
		r, err := rules.Compile(c.source, env)
		if err != nil {
			t.Errorf("%s: %v", c.source, err)
			continue
		}
		if got := r.Holds(known); got != c.want {
			t.Errorf("%s = %v, want %v", c.source, got, c.want)
		}
	}
}

// What is missing is never taken for a yes, also under "not".
func TestMissingIsNotFailingAndNotPassing(t *testing.T) {
	for source, want := range map[string]rules.Answer{
		"people > 5":                      rules.Unknown,
		"not (people > 5)":                rules.Unknown,
		"people > 5 and org.rural":        rules.Unknown,
		"people > 5 and not org.rural":    rules.No,
		"people > 5 or org.rural":         rules.Yes,
		`org.kind != "association"`:       rules.Unknown,
		`not ("sport" in org.spheres)`:    rules.Unknown,
		"years_between(today, today) > 0": rules.Unknown,
	} {
		r, err := rules.Compile(source, env)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		got := r.Holds(rules.Values{"org.rural": true, "org.kind": "", "people": nil, "today": db.Date{}})
		if got != want {
			t.Errorf("%s = %v, want %v", source, got, want)
		}
		if r.Bool(rules.Values{"org.rural": true}) != (want == rules.Yes) {
			t.Errorf("%s: Bool and Holds differ", source)
		}
	}
}

func TestFaultsSayWhereAndWhat(t *testing.T) {
	long := strings.Repeat("people > 1 or ", 200) + "org.rural"
	for _, c := range []struct {
		source, key string
		at          int
	}{
		{"people > 5 and", "rules.without_end", 0},
		{"(people > 5", "rules.without_end", 0},
		{`title == "Қаз`, "rules.without_end", 0},
		{"people = 5", "rules.one_equals", 8},
		{"people > > 5", "rules.unreadable", 10},
		{"org.age > 5", "rules.unknown_name", 1},
		{"Людей > 5", "rules.unknown_name", 1},
		{`org.kind == "ooo"`, "rules.unknown_code", 13},
		{`org.kind in ["foundation", "ooo"]`, "rules.unknown_code", 28},
		{`org.founded < "2024-02-30"`, "rules.not_a_date", 15},
		{"people > title", "rules.types", 8},
		{"people + 1", "rules.not_yes_or_no", 8},
		{"len(people) > 1", "rules.types", 5},
		{"years_between(today) > 1", "rules.arguments", 1},
		{"sum(people) > 1", "rules.not_allowed", 1},
		{"total(people) > 1", "rules.unknown_function", 1},
		{"people in [1, true]", "rules.mixed_list", 15},
		{"any_of([1], org.spheres)", "rules.types", 1},
		{"filter(org.spheres, # == 1)", "rules.not_allowed", 1},
		{"people > 2 ** 9", "rules.not_allowed", 12},
		{"org.rural ? true : false", "rules.not_allowed", 24},
		{`title matches "a.*"`, "rules.not_allowed", 7},
		{"1e300 > people", "rules.too_large", 1},
		{strings.Repeat("a", rules.MaxSource+1), "rules.too_long", 0},
		{long[:1990], "rules.too_many", 0},
		{strings.Repeat("(", 1900), "rules.without_end", 0},
		{strings.Repeat("not ", 450) + "org.rural", "rules.too_many", 0},
	} {
		_, err := rules.Compile(c.source, env)
		p := problem.As(err)
		if p == nil {
			t.Errorf("%.40s: taken (%v)", c.source, err)
			continue
		}
		at := 0
		for i := 0; i+1 < len(p.Args); i += 2 {
			if p.Args[i] == "at" {
				at = p.Args[i+1].(int)
			}
		}
		if p.Key != c.key || c.at != 0 && at != c.at {
			t.Errorf("%.40s: %s at %d, want %s at %d (%v)", c.source, p.Key, at, c.key, c.at, err)
		}
	}
}

func printer(t testing.TB, l i18n.Lang) *i18n.Printer {
	t.Helper()
	words := i18n.NewWords()
	if err := words.Add(ui.Locales); err != nil {
		t.Fatal(err)
	}
	return words.Printer(l)
}

func TestExplain(t *testing.T) {
	r, err := rules.Compile(`org.kind == "foundation" and asked * 0.5 <= own and (people > 5 or org.rural) and title == "x"`, env)
	if err != nil {
		t.Fatal(err)
	}
	values := rules.Values{"org.kind": "foundation", "asked": int64(300000), "own": int64(1050), "people": 9}
	var got []string
	p := printer(t, i18n.RU)
	for _, part := range r.Explain(values) {
		line := map[rules.Answer]string{rules.Yes: "да", rules.No: "нет", rules.Unknown: "?"}[part.Answer] + " " + part.Say(p)
		for _, h := range part.Have {
			line += "; " + h.Say(p)
		}
		got = append(got, strings.ReplaceAll(line, "\u00a0", " "))
	}
	want := []string{
		"да «Вид организации»: фонд; «Вид организации»: фонд",
		"нет «Запрошено» × 0,5 ≤ «Свои средства»; «Запрошено»: 3 000 ₸; «Свои средства»: 10,50 ₸",
		"да «Людей» > 5 или «Сельская»: да; «Людей»: 9; «Сельская»: не известно",
		"? «Название»: x; «Название»: не известно",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTreeKeepsOnlyWhatIsOpen(t *testing.T) {
	r, err := rules.Compile(`title == "x" and (org.rural or len(org.spheres) > 1) and people in [1, 2]`, env)
	if err != nil {
		t.Fatal(err)
	}
	got := r.Tree([]string{"title", "people"}, rules.Values{"org.spheres": []string{"youth"}})
	want := `["and",["and",["==",["var","title"],"x"],null],["in",["var","people"],["list",1,2]]]`
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Whatever is typed gets an answer: a fault in words, or a rule that ends.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{
		`org.kind in ["foundation", "association"] and years_between(org.founded, today) >= 1`, "asked * 0.1 <= own or not org.rural",
		"max(1, people) / 0 > -3", `any_of(org.spheres, ["a"])`, "let x = 1; x", "a?.b ?? c", "#.x | map(1)", "((((", "1..9", "'", "\x00", "if true {1} else {2}", "{a: 1}", "today[1:2]",
	} {
		f.Add(s)
	}
	p := printer(f, i18n.KK)
	f.Fuzz(func(t *testing.T, source string) {
		r, err := rules.Compile(source, env)
		if err != nil {
			bad := problem.As(err)
			if bad == nil || strings.Contains(p.T(bad.Key, bad.Args...), "⟦") {
				t.Fatalf("%q: %v", source, err)
			}
			return
		}
		all := true
		for _, part := range r.Explain(known) {
			all = all && part.Answer == rules.Yes
			if part.Say(p) == "" {
				t.Errorf("%q says nothing", source)
			}
			if again, err := rules.Compile(part.Source(), env); err == nil && again.Holds(known) != part.Answer {
				t.Errorf("%q printed as %q means another thing", source, part.Source())
			}
		}
		if !r.IsZero() && all != r.Bool(known) {
			t.Errorf("%q: its parts say another thing than the whole", source)
		}
		r.Tree([]string{"people"}, known)
	})
}

const usual = `org.kind in ["foundation", "association"] and years_between(org.founded, today) >= 1 and asked * 0.1 <= own`

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := rules.Compile(usual, env); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHolds(b *testing.B) {
	r, err := rules.Compile(usual, env)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r.Holds(known)
	}
}
