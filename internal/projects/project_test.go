package projects

import (
	"testing"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

func day(s string) db.Date {
	d, err := db.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

var (
	words  = i18n.Text{RU: "Слова"}
	keeper = access.Actor{UserID: 7}
)

// plan is a good plan of two calendar years.
func plan() Plan {
	return Plan{
		Title: words, PlaceID: 3, Sphere: "environment", Starts: day("2025-03-03"), Ends: day("2026-12-31"),
		FundingKind: StateSocialOrder, Sum: 100_00, Currency: "KZT",
		Years:      []YearPlan{{2025, 60_00}, {2026, 40_00}},
		Tranches:   []Tranche{{ID: 31, Sum: 60_00, Due: day("2025-04-01")}, {ID: 32, Sum: 40_00, Due: day("2026-02-01")}},
		Lines:      []Line{{ID: 41, Name: words, Sum: 70_00}, {ID: 42, Name: words, Sum: 30_00}},
		Indicators: []Indicator{{ID: 51, Name: words, Measure: Number, Adding: PerPeriod, Target: NumberOf(100 * Thousandth)}},
	}
}

// running is a project under an agreement with half-yearly reports.
func running() Project {
	p := Project{ID: 1, OrgID: 11, FunderID: 12, Plan: plan(), Version: 1}
	p.Agreement = Agreement{Number: "14", AgreedOn: day("2025-03-01"), Rhythm: HalfYearly,
		Schedule: ScheduleOf(HalfYearly, p.Starts, p.Ends, func(end db.Date) db.Date { return end.AddDays(10) })}
	return p
}

func faultOf(err error, name string) string {
	p := problem.As(err)
	if p == nil {
		return ""
	}
	if name == "" {
		return p.Key
	}
	return p.Fields[name].Key
}

func TestPlanCheck(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*Plan)
		field string
		want  string
	}{
		{"good", func(*Plan) {}, "title", ""},
		{"no title", func(p *Plan) { p.Title = i18n.Text{} }, "title", "form.required"},
		{"ends before it starts", func(p *Plan) { p.Ends = day("2025-03-02") }, "ends", "form.ends_before_start"},
		{"eleven years", func(p *Plan) { p.Ends = day("2035-03-03") }, "ends", "projects.too_long"},
		{"the year 202", func(p *Plan) { p.Starts = day("0202-03-03") }, "starts", "projects.year_out_of_range"},
		{"years do not make the sum", func(p *Plan) { p.Years[1].Sum++ }, "years", "projects.years_differ_from_sum"},
		{"a year twice", func(p *Plan) { p.Years[1].Year = 2025 }, "years.1.year", "projects.year_twice"},
		{"a year outside", func(p *Plan) { p.Years[1].Year = 2027 }, "years.1.year", "projects.year_outside"},
		{"years left out", func(p *Plan) { p.Years = nil }, "years", ""},
		{"tranches over the sum", func(p *Plan) { p.Tranches[1].Sum++ }, "tranches", "projects.tranches_over_sum"},
		{"lines do not make the sum", func(p *Plan) { p.Lines[0].Sum-- }, "lines", "projects.lines_differ_from_sum"},
		{"main sphere again", func(p *Plan) { p.MoreSpheres = []string{"environment"} }, "more_spheres", "projects.sphere_twice"},
		{"a percentage without a whole", func(p *Plan) { p.Indicators[0].Measure = Percent }, "indicators.0.target", "projects.whole_missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := plan()
			c.spoil(&p)
			if got := faultOf(p.Check(), c.field); got != c.want {
				t.Errorf("%s: %q, want %q", c.field, got, c.want)
			}
		})
	}
}

func TestStatusFollowsFromFactsAndTheClock(t *testing.T) {
	with := func(f func(*Project)) Project {
		p := running()
		f(&p)
		return p
	}
	allReported := with(func(p *Project) {
		for i := range p.Schedule {
			p.Schedule[i].SubmittedOn = p.Schedule[i].To.AddDays(1)
		}
	})
	allAccepted := with(func(p *Project) {
		for i := range p.Schedule {
			p.Schedule[i].SubmittedOn, p.Schedule[i].Accepted = p.Schedule[i].To.AddDays(1), true
		}
	})
	for _, c := range []struct {
		name string
		p    Project
		on   string
		want Status
	}{
		{"before the agreement", running(), "2025-02-28", Status{Is: Planned}},
		{"agreed", running(), "2025-03-02", Status{Is: Agreed}},
		{"first day", running(), "2025-03-03", Status{Is: Running, Year: 1, Years: 2}},
		{"the last day of a term", running(), "2025-07-10", Status{Is: Running, Year: 1, Years: 2}},
		{"a day late", running(), "2025-07-11", Status{Is: ReportLate, DaysLate: 1}},
		{"second year", allReported, "2026-03-03", Status{Is: Running, Year: 2, Years: 2}},
		{"reported, not read", allReported, "2027-01-05", Status{Is: Reporting}},
		{"finished", allAccepted, "2027-01-05", Status{Is: Finished}},
		{"closed", with(func(p *Project) { p.ClosedOn = day("2027-02-01") }), "2027-02-01", Status{Is: Closed}},
		{"ended early", with(func(p *Project) { p.TerminatedOn = day("2025-06-01") }), "2025-06-01", Status{Is: Terminated}},
		{"before the early end", with(func(p *Project) { p.TerminatedOn = day("2025-06-01") }), "2025-05-31", Status{Is: Running, Year: 1, Years: 2}},
		{"given up", with(func(p *Project) { p.AgreedOn, p.CancelledOn = db.Date{}, day("2025-01-01") }), "2025-03-03", Status{Is: Cancelled}},
		{"no reports asked", with(func(p *Project) { p.Schedule = nil }), "2027-01-05", Status{Is: Finished}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.p.StatusOn(day(c.on)); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestNextTurnIsTheDayOnWhichTheStatusChanges(t *testing.T) {
	p := running()
	for on := p.AgreedOn; on.Before(day("2027-03-01")); {
		next := p.NextTurn(on)
		for d := on; next.IsZero() && d.Before(day("2027-03-01")) || d.Before(next); d = d.AddDays(1) {
			if a, b := p.StatusOn(on), p.StatusOn(d); a.Is != b.Is || a.Year != b.Year {
				t.Fatalf("from %s the status turns on %s from %+v to %+v, not on %s", on, d, a, b, next)
			}
		}
		if next.IsZero() {
			break
		}
		on = next
	}
}

func TestScheduleOf(t *testing.T) {
	ten := func(end db.Date) db.Date { return end.AddDays(10) }
	for _, c := range []struct {
		rhythm Rhythm
		want   []string
	}{
		{NoReports, nil},
		{FinalOnly, []string{"2025-02-10 2025-11-20"}},
		{Quarterly, []string{"2025-02-10 2025-03-31", "2025-04-01 2025-06-30", "2025-07-01 2025-09-30", "2025-10-01 2025-11-20"}},
		{HalfYearly, []string{"2025-02-10 2025-06-30", "2025-07-01 2025-11-20"}},
		{Yearly, []string{"2025-02-10 2025-11-20"}},
	} {
		got := ScheduleOf(c.rhythm, day("2025-02-10"), day("2025-11-20"), ten)
		if len(got) != len(c.want) {
			t.Errorf("%s: %+v", c.rhythm, got)
			continue
		}
		for i, d := range got {
			if d.From.String()+" "+d.To.String() != c.want[i] || d.No != i+1 || d.Final != (i == len(got)-1) || d.Due != d.To.AddDays(10) {
				t.Errorf("%s: report %d is %+v", c.rhythm, i, d)
			}
		}
	}
}

// Of what lay before a table was taken the portal awaits nothing.
func TestReportsFrom(t *testing.T) {
	for _, c := range []struct {
		rhythm                    Rhythm
		starts, ends, taken, want string
	}{
		{Quarterly, "2026-02-10", "2026-11-20", "2026-01-15", "2026-02-10"},
		{Quarterly, "2026-02-10", "2026-11-20", "2026-02-15", "2026-02-10"},
		{Quarterly, "2026-02-10", "2026-11-20", "2026-09-30", "2026-07-01"},
		{Quarterly, "2026-02-10", "2026-11-20", "2026-10-01", "2026-10-01"},
		{HalfYearly, "2025-02-10", "2026-11-20", "2026-09-30", "2026-07-01"},
		{Yearly, "2025-02-10", "2027-11-20", "2026-09-30", "2026-01-01"},
		{FinalOnly, "2025-02-10", "2026-11-20", "2026-09-30", "2025-02-10"},
		{Quarterly, "2026-02-10", "2026-11-20", "2026-11-20", "2026-10-01"},
		{Quarterly, "2026-02-10", "2026-11-20", "2026-11-21", "2026-11-21"},
		{FinalOnly, "2026-02-10", "2026-11-20", "2027-03-01", "2026-11-21"},
	} {
		if got := reportsFrom(c.rhythm, day(c.starts), day(c.ends), day(c.taken)); got != day(c.want) {
			t.Errorf("%s from %s to %s, taken on %s: %s, want %s", c.rhythm, c.starts, c.ends, c.taken, got, c.want)
		}
	}
	for months, want := range map[int64]Rhythm{1: Quarterly, 3: Quarterly, 5: Quarterly, 6: HalfYearly, 12: Yearly, 24: Yearly} {
		if got := rhythmOf(months); got != want {
			t.Errorf("a report in %d months: %s, want %s", months, got, want)
		}
	}
}

// When a project that was over is taken up again by an amendment, only what
// comes is reported here.
func TestRescheduleOfAnImportedProject(t *testing.T) {
	p := Project{Plan: Plan{Starts: day("2025-02-01"), Ends: day("2026-06-30")}, Agreement: Agreement{Rhythm: Quarterly, ReportsFrom: day("2026-03-01"), Schedule: []DueReport{}}}
	var last ref.ID
	p.reschedule(func() ref.ID { last++; return last }, func(end db.Date) db.Date { return end.AddDays(10) })
	if len(p.Schedule) != 2 || p.Schedule[0].From != day("2026-03-01") || p.Schedule[0].To != day("2026-03-31") || !p.Schedule[1].Final {
		t.Errorf("the schedule is %+v", p.Schedule)
	}
}

func actual(v Value) Report {
	return Report{State: ReportSubmitted, ReportText: ReportText{Actuals: []Actual{{Indicator: 1, Value: v}}}}
}

func TestIndicatorsAddUpRightly(t *testing.T) {
	draft := actual(NumberOf(900 * Thousandth))
	draft.State = ReportDraft
	returned := actual(NumberOf(800 * Thousandth))
	returned.State = ReportReturned
	for _, c := range []struct {
		name     string
		i        Indicator
		reports  []Report
		want     float64
		progress float64
	}{
		{"numbers of periods are added", Indicator{Measure: Number, Adding: PerPeriod, Target: NumberOf(90 * Thousandth)},
			[]Report{actual(NumberOf(10_500)), actual(NumberOf(20_500)), draft, returned}, 31, 31.0 / 90},
		{"of states reached the latest counts", Indicator{Measure: Number, Adding: Cumulative, Baseline: NumberOf(3 * Thousandth), Target: NumberOf(24 * Thousandth)},
			[]Report{actual(NumberOf(10 * Thousandth)), actual(NumberOf(17 * Thousandth))}, 17, 14.0 / 21},
		{"what is to fall", Indicator{Measure: Number, Adding: Cumulative, Baseline: NumberOf(40 * Thousandth), Target: NumberOf(10 * Thousandth)},
			[]Report{actual(NumberOf(25 * Thousandth))}, 25, 0.5},
		{"percentages are parts over wholes, not means", Indicator{Measure: Percent, Adding: PerPeriod, Target: PartOf(50, 100)},
			[]Report{actual(PartOf(1, 10)), actual(PartOf(90, 100))}, 100 * 91.0 / 110, 1},
		{"yes once is yes", Indicator{Measure: YesNo, Adding: PerPeriod, Target: YesOrNo(true)},
			[]Report{actual(YesOrNo(true)), actual(YesOrNo(false))}, 1, 1},
		{"yes no longer", Indicator{Measure: YesNo, Adding: Cumulative, Target: YesOrNo(true)},
			[]Report{actual(YesOrNo(true)), actual(YesOrNo(false))}, 0, 0},
		{"more than promised", Indicator{Measure: Number, Adding: PerPeriod, Target: NumberOf(10 * Thousandth)},
			[]Report{actual(NumberOf(30 * Thousandth))}, 30, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.i.ID = 1
			v := c.i.ActualOf(c.reports)
			if got := c.i.Measure.Float(v); got != c.want {
				t.Errorf("actual %v, want %v", got, c.want)
			}
			if got, ok := c.i.Progress(v); !ok || got < c.progress-1e-9 || got > c.progress+1e-9 {
				t.Errorf("progress %v, want %v", got, c.progress)
			}
		})
	}
	if _, ok := (Indicator{Target: NumberOf(1)}).Progress(Value{}); ok {
		t.Error("progress is told without a value")
	}
}

func goodReport() Report {
	return Report{ID: 100, ProjectID: 1, No: 1, From: day("2025-03-03"), To: day("2025-06-30"), State: ReportDraft, Version: 1,
		ReportText: ReportText{Summary: words, Spendings: []Spending{{41, 2025, 30_00}, {42, 2025, 10_00}},
			Actuals: []Actual{{Indicator: 51, Value: NumberOf(5 * Thousandth), Evidence: words}}}}
}

func TestSubmit(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*Project, *Report)
		field string
		want  string
	}{
		{"good", func(*Project, *Report) {}, "", ""},
		{"no words", func(_ *Project, r *Report) { r.Summary = i18n.Text{} }, "summary", "form.required"},
		{"over the line", func(_ *Project, r *Report) { r.Spendings[1].Sum = 30_01 }, "spendings.1.sum", "projects.report.over_line"},
		{"over the line in two parts", func(_ *Project, r *Report) { r.Spendings[0] = Spending{42, 2025, 20_01} }, "spendings.1.sum", "projects.report.over_line"},
		{"over the budget", func(p *Project, r *Report) { p.Lines = nil; r.Spendings = []Spending{{0, 2025, 100_01}} }, "spendings", "projects.report.over_budget"},
		{"a line of nobody", func(_ *Project, r *Report) { r.Spendings[0].Line = 99 }, "spendings.0.sum", "projects.report.unknown_line"},
		{"a year outside", func(_ *Project, r *Report) { r.Spendings[0].Year = 2026 }, "spendings.0.sum", "projects.report.year_outside"},
		{"less than nothing", func(_ *Project, r *Report) { r.Spendings[0].Sum = -1 }, "spendings.0.sum", "form.negative"},
		{"a value without evidence", func(_ *Project, r *Report) { r.Actuals[0].Evidence = i18n.Text{} }, "actuals.0.evidence", "projects.report.evidence_missing"},
		{"period not over", func(_ *Project, r *Report) { r.To = day("2025-07-02") }, "to", "projects.report.period_not_over"},
		{"submitted already", func(_ *Project, r *Report) { r.State = ReportSubmitted }, "", "projects.report.not_awaited"},
		{"period reported", func(p *Project, _ *Report) { p.Schedule[0].SubmittedOn = day("2025-07-01") }, "", "projects.report.not_awaited"},
		{"agreement ended", func(p *Project, _ *Report) { p.TerminatedOn = day("2025-07-01") }, "", "projects.report.not_awaited"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, r := running(), goodReport()
			c.spoil(&p, &r)
			before := p.Spent
			err := p.Submit(&r, nil, keeper, db.Time{}, day("2025-07-02"))
			if got := faultOf(err, c.field); got != c.want {
				t.Fatalf("%q, want %q (%v)", got, c.want, err)
			}
			if c.want != "" && p.Spent != before {
				t.Error("a refused report was counted")
			}
		})
	}
}

func TestReportedMoneyIsCountedAndTakenBack(t *testing.T) {
	p, r := running(), goodReport()
	must(t, p.Submit(&r, nil, keeper, db.Time{}, day("2025-07-02")))
	if p.Spent != 40_00 || p.Lines[0].Spent != 30_00 || p.Left() != 60_00 || r.State != ReportSubmitted {
		t.Errorf("after submitting: %+v", p)
	}
	must(t, p.Return(&r, words, keeper, db.Time{}))
	if p.Spent != 0 || p.Lines[0].Spent != 0 || !p.Schedule[0].missing() {
		t.Errorf("after returning: %+v", p)
	}
	again := goodReport()
	must(t, p.Submit(&again, nil, keeper, db.Time{}, day("2025-07-03")))
	must(t, p.Accept(&again, keeper, db.Time{}))
	if p.Spent != 40_00 || p.Accepted != 40_00 || !p.Schedule[0].Accepted {
		t.Errorf("after accepting: %+v", p)
	}
	must(t, p.Pay(31, 60_00, day("2025-04-01"), day("2025-07-03")))
	want := []YearMoney{{2025, 60_00, 60_00, 40_00}, {2026, 40_00, 0, 0}}
	got := p.MoneyByYear([]Report{r, again})
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("money by year %+v", got)
	}
}

func TestPay(t *testing.T) {
	for _, c := range []struct {
		name, on string
		tranche  ref.ID
		sum      int64
		key      string
		field    string
	}{
		{"good", "2025-04-01", 31, 60_00, "", ""},
		{"less", "2025-04-01", 31, 1, "", ""},
		{"more", "2025-04-01", 31, 60_01, "projects.more_than_tranche", "sum"},
		{"tomorrow", "2025-07-02", 31, 60_00, "projects.in_future", "on"},
		{"before the agreement", "2025-02-01", 31, 60_00, "projects.before_agreement", "on"},
		{"of nobody", "2025-04-01", 99, 60_00, "problem.not_found", ""},
	} {
		p := running()
		if got := faultOf(p.Pay(c.tranche, c.sum, day(c.on), day("2025-07-01")), c.field); got != c.key {
			t.Errorf("%s: %q, want %q", c.name, got, c.key)
		}
	}
	p := running()
	must(t, p.Pay(31, 60_00, day("2025-04-01"), day("2025-07-01")))
	if got := faultOf(p.Pay(31, 60_00, day("2025-04-01"), day("2025-07-01")), ""); got != "projects.already_paid" {
		t.Errorf("paid twice: %q", got)
	}
}

func TestAmendmentKeepsWhatHappened(t *testing.T) {
	p, r := running(), goodReport()
	must(t, p.Submit(&r, nil, keeper, db.Time{}, day("2025-07-02")))
	must(t, p.Pay(31, 60_00, day("2025-04-01"), day("2025-07-02")))
	for _, c := range []struct {
		name  string
		spoil func(*Plan)
		field string
		want  string
	}{
		{"a longer end", func(q *Plan) { q.Ends = day("2027-03-31") }, "ends", ""},
		{"a sum below what was paid", func(q *Plan) { q.Sum, q.Years, q.Tranches, q.Lines = 50_00, nil, q.Tranches[:0], nil }, "sum", "projects.sum_below_paid"},
		{"a paid tranche gone", func(q *Plan) { q.Tranches = q.Tranches[1:] }, "tranches", "projects.paid_tranche_gone"},
		{"a spent line gone", func(q *Plan) { q.Lines = []Line{{ID: 42, Name: words, Sum: 100_00}} }, "lines", "projects.spent_line_gone"},
		{"a line below what was spent", func(q *Plan) { q.Lines[0].Sum, q.Lines[1].Sum = 20_00, 80_00 }, "lines.0.sum", "projects.line_below_spent"},
		{"an end before a reported period", func(q *Plan) { q.Ends, q.Years = day("2025-06-01"), nil }, "ends", "projects.reported_beyond"},
	} {
		t.Run(c.name, func(t *testing.T) {
			after := plan()
			c.spoil(&after)
			_, err := p.Amend(200, after, words, "1", day("2025-08-01"))
			if got := faultOf(err, c.field); got != c.want {
				t.Errorf("%q, want %q (%v)", got, c.want, err)
			}
		})
	}
	after := plan()
	after.Beneficiaries = 500
	a, err := p.Amend(200, after, words, "1", day("2025-08-01"))
	must(t, err)
	must(t, p.Apply(&a, day("2025-08-02")))
	if p.Beneficiaries != 500 || p.Lines[0].Spent != 30_00 || p.Tranches[0].PaidSum != 60_00 || a.No != 1 || a.Before.Beneficiaries != 0 || a.After.Beneficiaries != 500 {
		t.Errorf("after the amendment: %+v %+v", p, a)
	}
	if got := faultOf(p.Apply(&a, day("2025-08-02")), ""); got != "projects.amendment_decided" {
		t.Errorf("applied twice: %q", got)
	}
}

func TestRenewEndsOnlyWhatMoved(t *testing.T) {
	p := running()
	for i := range p.Schedule {
		p.Schedule[i].ID = ref.ID(60 + i)
	}
	before := p
	next := ref.ID(900)
	newID := func() ref.ID { next++; return next }
	p.Ends = day("2027-03-31")
	p.reschedule(newID, func(end db.Date) db.Date { return end.AddDays(10) })
	ended := p.renew(before, newID)
	if len(p.Schedule) != 5 || !p.Schedule[4].Final || p.Schedule[3].Final {
		t.Fatalf("schedule %+v", p.Schedule)
	}
	if len(ended.Schedule) != 1 || ended.Schedule[0].ID != 63 || p.Schedule[3].ID <= 900 || p.Schedule[0].ID != 60 || len(ended.Tranches) != 0 {
		t.Errorf("ended %+v, schedule %+v", ended.Schedule, p.Schedule)
	}
}

func TestEvents(t *testing.T) {
	p := running()
	a := Announcement{Title: words, About: words, PlaceID: 3, Address: words, On: day("2025-09-01"), Hour: "15:00", Open: true}
	for _, c := range []struct {
		name, field, want string
		spoil             func(*Announcement)
	}{
		{"good", "", "", func(*Announcement) {}},
		{"no day", "on", "form.required", func(a *Announcement) { a.On = db.Date{} }},
		{"after the end", "on", "projects.event_outside", func(a *Announcement) { a.On = day("2027-01-01") }},
		{"25 o'clock", "hour", "projects.not_an_hour", func(a *Announcement) { a.Hour = "25:00" }},
	} {
		b := a
		c.spoil(&b)
		if _, err := p.Announce(70, b, false, day("2025-08-01")); faultOf(err, c.field) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	e, err := p.Announce(70, a, true, day("2025-08-01"))
	must(t, err)
	if e.Hour != "" || !e.Address.IsZero() || e.Open || e.Public() {
		t.Errorf("a closed event keeps what it must not: %+v", e)
	}
	must(t, e.Confirm(Confirmation{HeldOn: day("2025-09-01"), Headcount: 3, Method: ByList}, day("2025-09-02")))
	shown := e.Shown()
	if shown.On != day("2025-09-01") || shown.HeldOn != day("2025-09-01") || shown.Headcount != 0 || !shown.Title.IsZero() || shown.ConfirmedOn != day("2025-09-01") {
		t.Errorf("shown %+v", shown)
	}
	if got := faultOf(e.Confirm(Confirmation{}, day("2025-09-02")), ""); got != "projects.event_confirmed" {
		t.Errorf("confirmed twice: %q", got)
	}
	late, err := p.Announce(71, a, false, day("2025-09-03"))
	must(t, err)
	if !late.AnnouncedLate() || late.StateOn(day("2025-09-03")) != EventAwaited {
		t.Errorf("an event told after its day: %+v", late)
	}
}

func TestRights(t *testing.T) {
	const org, funder, place, region, other = 11, 12, 3, 4, 5
	around := []ref.ID{place, region}
	who := map[string]access.Actor{
		"stranger":           {},
		"lead":               {UserID: 1, Grants: []access.Grant{{Role: access.Lead, Scope: org}}},
		"staff":              {UserID: 2, Grants: []access.Grant{{Role: access.Staff, Scope: org}}},
		"lead of another":    {UserID: 3, Grants: []access.Grant{{Role: access.Lead, Scope: other}}},
		"officer of region":  {UserID: 4, Grants: []access.Grant{{Role: access.Officer, Scope: region}}},
		"officer elsewhere":  {UserID: 5, Grants: []access.Grant{{Role: access.Officer, Scope: other}}},
		"funder's lead":      {UserID: 6, Grants: []access.Grant{{Role: access.Lead, Scope: funder}}},
		"officer and lead":   {UserID: 8, Grants: []access.Grant{{Role: access.Officer, Scope: region}, {Role: access.Lead, Scope: org}}},
		"administrator only": {UserID: 9, Grants: []access.Grant{{Role: access.Admin}}},
	}
	p, agreed := Project{OrgID: org, FunderID: funder, Plan: plan()}, running()
	edit := func(by access.Actor) error { _, err := mayEditPlan(by, p, around); return err }
	editAgreed := func(by access.Actor) error { _, err := mayEditPlan(by, agreed, around); return err }
	run := func(by access.Actor) error { _, err := mayRunCycle(by, p, around); return err }
	announce := func(by access.Actor) error { _, err := mayAnnounce(by, p); return err }
	submit := func(by access.Actor) error { _, err := maySubmitReport(by, p); return err }
	for act, c := range map[string]struct {
		may     func(access.Actor) error
		allowed []string
	}{
		"edit":        {edit, []string{"lead", "staff", "officer of region", "funder's lead", "officer and lead"}},
		"edit agreed": {editAgreed, nil},
		"run":         {run, []string{"officer of region", "funder's lead"}},
		"announce":    {announce, []string{"lead", "staff", "officer and lead"}},
		"submit":      {submit, []string{"lead", "officer and lead"}},
	} {
		for name, by := range who {
			want := false
			for _, a := range c.allowed {
				want = want || a == name
			}
			if got := c.may(by) == nil; got != want {
				t.Errorf("%s by %s: %v", act, name, got)
			}
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
