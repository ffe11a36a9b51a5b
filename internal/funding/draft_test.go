package funding

import (
	"strings"
	"testing"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
)

func TestMeet(t *testing.T) {
	said := func(v ...string) DraftField { return DraftField{Name: "need", Values: v, Version: 1} }
	for name, c := range map[string]struct {
		field DraftField
		was   []string
		typed []string
		want  outcome
	}{
		"first words":                   {DraftField{}, nil, []string{"а"}, taken},
		"changed what was shown":        {said("а"), []string{"а"}, []string{"аб"}, taken},
		"emptied":                       {said("а"), []string{"а"}, []string{""}, taken},
		"sent untouched":                {said("а"), []string{"а"}, []string{"а"}, untouched},
		"sent untouched, changed there": {said("б"), []string{"а"}, []string{"а"}, untouched},
		"both wrote the same":           {said("б"), []string{"а"}, []string{"б"}, untouched},
		"both wrote":                    {said("б"), []string{"а"}, []string{"в"}, clash},
		"both began":                    {said("б"), nil, []string{"в"}, clash},
		"one emptied, one wrote":        {said(), []string{"а"}, []string{"аб"}, clash},
		"line ends of a browser":        {said("а\nб"), []string{"а\nб"}, []string{"а\r\nб\r\n"}, untouched},
		"choices":                       {said("а", "б"), []string{"а", "б"}, []string{"а"}, taken},
	} {
		if got := c.field.meet(Edit{"need", c.typed, Mark(c.was)}); got != c.want {
			t.Errorf("%s comes to %d, want %d", name, got, c.want)
		}
	}
	if Mark([]string{"аб"}) == Mark([]string{"а", "б"}) || Mark([]string{" ", ""}) != "" {
		t.Error("a mark does not tell apart what was typed")
	}
}

// The history has what each person left, not every key that he pressed.
func TestWrite(t *testing.T) {
	start := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	at := func(minutes int) db.Time { return db.At(start.Add(time.Duration(minutes) * time.Minute)) }
	var f DraftField
	for _, c := range []struct {
		by, minute int
		text       string
		past       string
	}{
		{1, 0, "а", ""},
		{1, 1, "аб", ""},
		{2, 2, "абв", "аб"},
		{2, 9, "абвг", ""},
		{2, 13, "абвгд", "абвг"}, // a new sitting
		{1, 14, "", "абвгд"},
		{1, 15, "я", ""},
	} {
		past := f.write(Edit{Name: "need", Values: []string{c.text}}, ref1(c.by), at(c.minute))
		got := ""
		if past != nil {
			got = strings.Join(past.Values, "")
		}
		if got != c.past || strings.Join(f.Values, "") != c.text {
			t.Errorf("minute %d: the history got %q, want %q; the field says %v", c.minute, got, c.past, f.Values)
		}
	}
	if f.Version != 7 {
		t.Errorf("after 7 edits the version is %d", f.Version)
	}
}

func TestEditFault(t *testing.T) {
	for name, c := range map[string]struct {
		values []string
		key    string
	}{
		"empty":            {nil, ""},
		"as long as taken": {[]string{strings.Repeat("я", mostTyped)}, ""},
		"200 pages":        {[]string{strings.Repeat("страница ", 40_000)}, "funding.draft.too_long"},
		"not a text":       {[]string{"\xff\xfe"}, "form.not_text"},
		"a null":           {[]string{"а\x00"}, "form.not_text"},
		"too many choices": {make([]string, 1000), "form.unreadable"},
	} {
		if key, _ := (Edit{Name: "need", Values: c.values}).fault(); key != c.key {
			t.Errorf("%s is %q, want %q", name, key, c.key)
		}
	}
}

func TestStepOf(t *testing.T) {
	for name, want := range map[string]Step{
		"need": StepIdea, "contact.mail": StepAbout, "lines.0000000000001.price": StepBudget, "lines": StepBudget,
		"groups.0000000000001.code": StepIdea, "a.experience.kk": StepForm, "indicators.0000000000001.target": StepResults,
		"lines.0.price": "", "lines.0000000000001.sum": "", "state": "", "": "", "a." + strings.Repeat("x", 200): "",
	} {
		got, ok := StepOf(name)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%s is asked on %q %v, want %q", name, got, ok, want)
		}
	}
	if isField("lines") || !isField("lines.0000000000001.price") {
		t.Error("a list is taken for a field")
	}
}

func TestTakes(t *testing.T) {
	returned := ApplicationDraft{State: DraftReturned, Only: []string{"need", "lines", "a.years"}}
	for name, want := range map[string]bool{"need": true, "needs": false, "lines.0000000000001.price": true, "a.years": true, "a.years.kk": true, "a.yearsold": false, "method": false} {
		if returned.Takes(name) != want {
			t.Errorf("after a return %s is taken: %v", name, !want)
		}
	}
	if (ApplicationDraft{State: DraftSubmitted}).Takes("need") || !(ApplicationDraft{State: DraftWriting}).Takes("method") {
		t.Error("a draft takes what it should not, or not what it should")
	}
}

func TestMayWrite(t *testing.T) {
	org := ref1(7)
	who := func(role access.Role, scope int) access.Actor {
		return access.Actor{UserID: 1, Grants: []access.Grant{{Role: role, Scope: ref1(scope)}}}
	}
	for name, c := range map[string]struct {
		by            access.Actor
		write, submit problem.Kind
	}{
		"lead":            {who(access.Lead, 7), 0, 0},
		"staff":           {who(access.Staff, 7), 0, problem.Forbidden},
		"competitor":      {who(access.Lead, 8), problem.NotFound, problem.NotFound},
		"officer":         {who(access.Officer, 7), problem.NotFound, problem.NotFound},
		"officer of all":  {who(access.Officer, 0), problem.NotFound, problem.NotFound},
		"keeper of norms": {who(access.Keeper, 0), problem.NotFound, problem.NotFound},
		"stranger":        {access.Actor{}, problem.NotFound, problem.NotFound},
	} {
		_, write := mayWrite(c.by, org)
		_, submit := maySubmit(c.by, org)
		if (c.write == 0) != (write == nil) || c.write != 0 && !problem.Is(write, c.write) || (c.submit == 0) != (submit == nil) || c.submit != 0 && !problem.Is(submit, c.submit) {
			t.Errorf("%s: writing gives %v, submitting %v", name, write, submit)
		}
	}
}
