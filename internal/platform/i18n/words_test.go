package i18n

import (
	"testing"
	"testing/fstest"
)

func words(t *testing.T, sentences string) *Printer {
	t.Helper()
	files := fstest.MapFS{}
	for _, l := range Langs {
		files["locales/"+string(l)+".json"] = &fstest.MapFile{Data: []byte(sentences)}
	}
	w := NewWords()
	if err := w.Add(files); err != nil {
		t.Fatal(err)
	}
	return w.Printer(EN)
}

func TestValuesStandWhereTheirNamesAre(t *testing.T) {
	p := words(t, `{"plain": "Nothing to fill", "two": "{a} of {b}, {a}", "text": "{who}: {what}",
		"money": "{left} left", "odd": "{unknown} {{a}} } {a", "days": {"one": "{n} day of {all}", "other": "{n} days of {all}"}}`)
	for want, got := range map[string]string{
		"Nothing to fill":              p.T("plain", "a", 1),
		"{a} of {b}, {a}":              p.T("two"),
		"3 of 1\u00a0200, 3":           p.T("two", "a", 3, "b", int64(1200)),
		"{b}: it":                      p.T("text", "who", "{b}", "what", Text{EN: "it"}),
		"{unknown} {7} } {a":           p.T("odd", "a", 7),
		p.Money(125_050, "") + " left": p.T("money", "left", Tiyn(125_050)),
		"1 day of 2":                   p.N("days", 1, "all", 2),
		"1\u00a0000 days of 2":         p.N("days", 1000, "all", 2),
		"⟦missing⟧":                    p.T("missing", "a", 1),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
