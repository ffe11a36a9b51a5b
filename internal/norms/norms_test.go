package norms

import (
	"testing"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
)

func day(t *testing.T, s string) db.Date {
	t.Helper()
	d, err := db.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// shipped is the book of the seed as of a day.
func shipped(t *testing.T, on string) *Book {
	t.Helper()
	c, err := readSeed()
	if err != nil {
		t.Fatal(err)
	}
	return newBook(day(t, on), c)
}

func TestWorkingDays(t *testing.T) {
	c := shipped(t, "2026-03-20").Calendar()
	for _, v := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-03-20", 3, "2026-03-30"},
		{"2026-03-20", 7, "2026-04-03"},
		{"2026-03-20", 10, "2026-04-08"},
		{"2026-03-20", 15, "2026-04-15"},
		{"2026-04-30", 3, "2026-05-06"},
		{"2026-04-30", 7, "2026-05-14"},
		{"2026-04-30", 10, "2026-05-19"},
		{"2026-04-30", 15, "2026-05-26"},
		{"2026-03-21", 0, "2026-03-26"},
		{"2026-03-20", 0, "2026-03-20"},
	} {
		if got := c.AddWorkingDays(day(t, v.from), v.n); got.String() != v.want {
			t.Errorf("%s + %d = %s, want %s", v.from, v.n, got, v.want)
		}
	}
	if got := c.WorkingDaysIn(day(t, "2026-01-01"), day(t, "2026-12-31")); got != 246 {
		t.Errorf("2026 has %d working days, want 246", got)
	}
	if !c.IsWorking(day(t, "2022-03-05")) || !c.IsWorking(day(t, "2022-08-27")) {
		t.Error("the working Saturdays of 2022 are days off")
	}
	if !c.Published(day(t, "2026-01-01"), day(t, "2026-12-31")) || c.Published(day(t, "2026-12-30"), day(t, "2027-01-01")) {
		t.Error("only 2026 is published")
	}
}

func TestDue(t *testing.T) {
	c := shipped(t, "2026-03-20").Calendar()
	for _, v := range []struct {
		unit  Unit
		value Value
		from  string
		want  string
	}{
		{WorkingDays, Value{N: 10}, "2026-03-20", "2026-04-08"},
		{CalendarDays, Value{N: 1}, "2026-03-20", "2026-03-26"},
		{CalendarDays, Value{N: 10}, "2026-04-01", "2026-04-13"},
		{Months, Value{N: 1}, "2026-01-31", "2026-03-02"}, // 28 February is a Saturday
		{Months, Value{N: 3}, "2025-11-30", "2026-03-02"},
		{Years, Value{N: 1}, "2024-02-29", "2025-02-28"},
		{DayOfYear, Value{Day: "03-31"}, "2026-03-31", "2026-03-31"},
		{DayOfYear, Value{Day: "03-31"}, "2026-04-01", "2027-03-31"},
		{Percent, Value{N: 10}, "2026-04-01", ""},
	} {
		n := Norm{Unit: v.unit, Value: v.value}
		if got := n.Due(c, day(t, v.from)); got.String() != v.want {
			t.Errorf("%s %v from %s: %s, want %s", v.unit, v.value, v.from, got, v.want)
		}
	}
}

func TestSeedIsWhole(t *testing.T) {
	b := shipped(t, "2026-06-01")
	for list, want := range map[string]int{Spheres: 18, SDG: 17, FundingKinds: 7} {
		if got := len(b.Terms(list)); got != want {
			t.Errorf("%d entries of %s, want %d", got, list, want)
		}
	}
	for _, list := range Lists {
		codes := map[string]bool{}
		for i, term := range b.Terms(list) {
			if bad := term.check(); bad.Err() != nil {
				t.Errorf("%s %s: %v", list, term.Code, bad.Err())
			}
			if codes[term.Code] || term.Num != int64(i+1) {
				t.Errorf("%s %s is given twice, or has the number %d", list, term.Code, term.Num)
			}
			codes[term.Code] = true
		}
		if len(codes) == 0 {
			t.Errorf("the list %s is empty", list)
		}
	}
	for _, key := range b.Keys() {
		for _, n := range b.History(key) {
			if bad := n.check(); bad.Err() != nil {
				t.Errorf("%s: %v", key, bad.Err())
			}
			if n.Name.KK == "" || n.Name.RU == "" || n.Name.EN == "" || n.Law.KK == "" || n.Law.RU == "" || n.Law.EN == "" {
				t.Errorf("%s is not said in three languages", key)
			}
		}
	}
	for year, want := range map[int]int64{2024: 0, 2025: 393200, 2026: 432500, 2027: 0} {
		if got, ok := b.MCI(year); got != want || ok != (want != 0) {
			t.Errorf("MCI of %d is %d", year, got)
		}
	}
	for _, d := range b.calendar.days {
		if d.Working != IsWeekend(d.Date) {
			t.Errorf("%s changes nothing", d.Date)
		}
	}
	if !b.AtRisk("rural", "children") || b.AtRisk("rural") || b.AtRisk() {
		t.Error("AtRisk")
	}
	if got := b.Due("ngo.return", day(t, "2026-06-01"), day(t, "2026-06-01")); got.String() != "2027-03-31" {
		t.Errorf("the next yearly return is due %s", got)
	}
}

func TestDraftCheck(t *testing.T) {
	b := shipped(t, "2026-03-02")
	norm, _ := b.Norm("report.review", b.On())
	changed := func(change func(*Draft)) Draft {
		n := norm
		d := Draft{What: ANorm, From: b.On().AddDays(1), Reason: "the order changed", Norm: &n}
		change(&d)
		return d
	}
	table := &Table{Year: 2027, Law: norm.Law, Days: []Day{{Date: db.Day(2027, time.January, 1)}}}
	sphere := &Term{List: Spheres, Code: "animals", Name: norm.Name}
	for name, c := range map[string]struct {
		d     Draft
		field string
	}{
		"good":              {changed(func(*Draft) {}), ""},
		"from today":        {changed(func(d *Draft) { d.From = b.On() }), "from"},
		"no reason":         {changed(func(d *Draft) { d.Reason = "" }), "reason"},
		"no law":            {changed(func(d *Draft) { d.Norm.Law.KK, d.Norm.Law.RU, d.Norm.Law.EN = "", "", "" }), "law"},
		"no value":          {changed(func(d *Draft) { d.Norm.Value = Value{} }), "value"},
		"range upside down": {changed(func(d *Draft) { d.Norm.Value.To = 1 }), "value_to"},
		"no such day":       {changed(func(d *Draft) { d.Norm.Unit, d.Norm.Value = DayOfYear, Value{Day: "02-30"} }), "value"},
		"a later one":       {changed(func(d *Draft) { d.Norm.Key, d.From = "mci", day(t, "2025-06-01") }), "from"},
		"bad address":       {changed(func(d *Draft) { d.Norm.LawURL = "javascript:alert(1)" }), "law_url"},
		"nothing":           {Draft{What: ANorm, From: b.On().AddDays(1), Reason: "r"}, "what"},
		"new term":          {Draft{What: ATerm, From: b.On().AddDays(1), Reason: "r", Term: sphere}, ""},
		"retire":            {Draft{What: NoTerm, From: b.On().AddDays(1), Reason: "r", Term: sphere}, ""},
		"retire unknown":    {Draft{What: NoTerm, From: b.On().AddDays(1), Reason: "r", Term: &Term{List: Spheres, Code: "x"}}, "code"},
		"table":             {Draft{What: ATable, From: day(t, "2027-01-01"), Reason: "r", Table: table}, ""},
		"table too late":    {Draft{What: ATable, From: day(t, "2027-02-01"), Reason: "r", Table: table}, "days"},
		"wrong year":        {Draft{What: ATable, From: day(t, "2028-01-01"), Reason: "r", Table: table}, "from"},
	} {
		err := c.d.check(b, b.On())
		p := problem.As(err)
		if c.field == "" && err != nil || c.field != "" && (p == nil || p.Fields[c.field].Key == "") {
			t.Errorf("%s: %v, want a fault of %q", name, err, c.field)
		}
	}
}

func TestWhoMayConfirm(t *testing.T) {
	p := Proposal{ProposedBy: 1, State: open}
	for name, c := range map[string]struct {
		by access.Actor
		ok bool
	}{
		"another keeper": {access.Actor{UserID: 2, Grants: []access.Grant{{Role: access.Keeper}}}, true},
		"the same":       {access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Keeper}}}, false},
		"administrator":  {access.Actor{UserID: 2, Grants: []access.Grant{{Role: access.Admin}}}, false},
		"the portal":     {access.Portal("clock"), false},
		"stranger":       {access.Actor{}, false},
	} {
		if got := p.MayConfirm(c.by); got != c.ok {
			t.Errorf("%s: %v", name, got)
		}
	}
}
