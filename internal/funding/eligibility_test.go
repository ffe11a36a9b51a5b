package funding

import (
	"testing"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/rules"
)

func TestVerdicts(t *testing.T) {
	env := rules.Env{{Name: "org.age", Type: rules.Number}, {Name: "org.return_filed", Type: rules.Bool}, {Name: "proposal.sum", Type: rules.Money}}
	values := rules.Values{"org.age": 2, "proposal.sum": nil}
	for _, c := range []struct {
		name, rule string
		want       rules.Answer
		byPeople   bool
		ofProposal bool
	}{
		{"met", "org.age >= 2", rules.Yes, false, false},
		{"not met", "org.age >= 3", rules.No, false, false},
		{"nobody knows", "org.return_filed", rules.Unknown, false, false},
		{"a part nobody knows, another fails", "org.return_filed and org.age > 5", rules.No, false, false},
		{"judged by people", "", rules.Unknown, true, false},
		{"judged from the application", "proposal.sum <= 100", rules.Unknown, false, true},
		{"a rule of a time with other variables", "org.size > 3", rules.Unknown, false, false},
	} {
		v := verdicts([]Requirement{{Code: "x", Rule: c.rule}}, env, values)[0]
		if v.Answer != c.want || v.ByPeople() != c.byPeople || v.OfProposal() != c.ofProposal {
			t.Errorf("%s: %v, by people %v, of the proposal %v", c.name, v.Answer, v.ByPeople(), v.OfProposal())
		}
		if Failing([]Verdict{v}) != (c.want == rules.No) {
			t.Errorf("%s: failing is wrong", c.name)
		}
	}
}

func TestFullYears(t *testing.T) {
	day := func(y int, m time.Month, d int) db.Date { return db.Day(y, m, d) }
	for _, c := range []struct {
		from, to db.Date
		want     int
	}{
		{day(2024, 3, 2), day(2026, 3, 1), 1},
		{day(2024, 3, 2), day(2026, 3, 2), 2},
		{day(2024, 2, 29), day(2025, 2, 28), 0},
		{day(2024, 2, 29), day(2025, 3, 1), 1},
		{day(2026, 3, 2), day(2026, 3, 2), 0},
	} {
		if got := fullYears(c.from, c.to); got != c.want {
			t.Errorf("%v to %v: %d, want %d", c.from, c.to, got, c.want)
		}
	}
}
