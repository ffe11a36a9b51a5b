package fundingweb

import (
	"strconv"

	"birge/internal/platform/ui"
)

// form is what a form page is drawn from.
type form struct {
	ui.FormPage
	h *Pages
}

// hint is a field that says below its label what to write.
func (f form) hint(name, label, hint string) ui.Field {
	return f.Need(name, label).Hinted(f.T(hint))
}

// choose is a choice that must be made; none is chosen before.
func (f form) choose(name, label string, choices []ui.Choice) ui.Field {
	return f.Choose(name, label, append([]ui.Choice{{Label: "—"}}, choices...)).Needed()
}

// boxes are choices of which several can be made.
func (f form) boxes(name, label string, choices []ui.Choice) ui.Field {
	return f.Choose(name, label, choices).Needed()
}

// hinted is a text in three languages that says what to write.
func (f form) hinted(name, label, hint string, rows int) ui.Texts {
	return f.Texts(name, label, rows).Hinted(f.T(hint))
}

// terms are the choices of a classifier, those that keep says, all when it is nil.
func (f form) terms(list string, keep func(code string) bool) []ui.Choice {
	var out []ui.Choice
	for _, t := range f.h.Norms.Book().Terms(list) {
		if keep == nil || keep(t.Code) {
			out = append(out, ui.Choice{Value: t.Code, Label: f.Text(t.Name)})
		}
	}
	return out
}

// tenge writes tiyn as a field of money is typed.
func tenge(tiyn int64) string {
	s := strconv.FormatInt(tiyn/100, 10)
	if rest := tiyn % 100; rest != 0 {
		s += "." + strconv.FormatInt(100+rest, 10)[1:]
	}
	return s
}

// row names the i-th row of a list in a form: "years.0.".
func row(list string, i int) string { return list + "." + strconv.Itoa(i) + "." }
