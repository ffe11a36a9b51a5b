package app_test

import (
	"strings"
	"testing"

	"birge/internal/birgetest"
)

// The script of questions hides what is not asked, counts words and adds up tables; a
// form is read and filled in on a phone.
func TestQuestionsInABrowser(t *testing.T) {
	b := birgetest.Browse(t)
	w := birgetest.StartSample(t)
	b.Width(360)
	b.Open(w.URL + "/ru/style#questions")
	b.Await("[data-question=kind]")
	hidden := func(code string) bool {
		return birgetest.Eval[bool](b, `document.querySelector("[data-question=`+code+`]").hidden`)
	}
	if hidden("stage") || hidden("people") {
		t.Error("a festival with a stage is not asked about it")
	}
	b.Click("[data-question=stage] input[value=no]")
	if hidden("stage") || !hidden("people") {
		t.Error("a festival without a stage is asked for how many people it is")
	}
	b.Click("[data-question=stage] input[value=yes]")
	b.Click("[data-question=kind] input[value=course]")
	if !hidden("stage") || !hidden("people") {
		t.Error("a course is asked about a stage")
	}
	b.Type("#f-a-goal-kk", "бір екі — үш")
	if got := b.Reads("#f-a-goal-kk-count"); got != "Сейчас слов: 3 из 40" {
		t.Errorf("the counter says %q", got)
	}
	birgetest.Eval[bool](b, `document.querySelector("#f-a-costs-0-sum").value = "", true`)
	b.Type("#f-a-costs-0-sum", "1 000,50")
	if got := b.Reads("[data-table=costs] tfoot td"); !strings.Contains(strings.ReplaceAll(got, "\u00a0", " "), "121 000,5 ₸") {
		t.Errorf("the sums add up to %q", got)
	}
	rows := birgetest.Eval[int](b, `document.querySelectorAll("[data-table=costs] tbody tr").length`)
	b.Type("#f-a-costs-4-what", "Жарық")
	if birgetest.Eval[int](b, `document.querySelectorAll("[data-table=costs] tbody tr").length`) != rows+1 || !birgetest.Eval[bool](b, `!!document.querySelector("[name='a.costs.5.sum']")`) {
		t.Error("the table does not grow")
	}
	for _, v := range b.Violations() {
		t.Errorf("%s (%s)\n  %s", v.ID, v.Help, strings.Join(v.Nodes, "\n  "))
	}
	if by := b.ScrollsSideways(); by > 0 {
		t.Errorf("scrolls sideways by %d", by)
	}
}
