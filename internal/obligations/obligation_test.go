package obligations

import (
	"testing"
	"time"

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

var because = i18n.Text{RU: "Сход отложен из-за паводка"}

// weekdays is a calendar without holidays.
type weekdays struct{}

func (weekdays) IsWorking(d db.Date) bool {
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

func (c weekdays) AddWorkingDays(from db.Date, n int) db.Date {
	for n > 0 {
		if from = from.AddDays(1); c.IsWorking(from) {
			n--
		}
	}
	return from
}

// holiday is weekdays with one more day off.
type holiday struct{ off db.Date }

func (h holiday) IsWorking(d db.Date) bool { return d != h.off && weekdays{}.IsWorking(d) }

func (h holiday) AddWorkingDays(from db.Date, n int) db.Date {
	for n > 0 {
		if from = from.AddDays(1); h.IsWorking(from) {
			n--
		}
	}
	return from
}

var states = []struct {
	name  string
	o     Obligation
	today string
	want  State
}{
	{"before the term ends", Obligation{}, "2026-03-30", StateOpen},
	{"on its last day", Obligation{}, "2026-03-31", StateOpen},
	{"the day after, no word", Obligation{}, "2026-04-01", StateSilent},
	{"the day after, answered", Obligation{RepliedOn: day("2026-04-01")}, "2026-04-01", StateLate},
	{"answered before the term ends", Obligation{RepliedOn: day("2026-03-01")}, "2026-03-30", StateOpen},
	{"extended", Obligation{ExtendedOn: day("2026-03-01")}, "2026-03-31", StateExtended},
	{"extended and over", Obligation{ExtendedOn: day("2026-03-01")}, "2026-04-01", StateLate},
	{"kept on the last day", Obligation{Outcome: Kept, OutcomeOn: day("2026-03-31")}, "2026-05-01", StateKept},
	{"kept a day late", Obligation{Outcome: Kept, OutcomeOn: day("2026-04-01")}, "2026-05-01", StateKeptLate},
	{"kept and denied", Obligation{Outcome: Kept, OutcomeOn: day("2026-03-31"), DisputedOn: day("2026-04-02")}, "2026-05-01", StateDisputed},
	{"kept late and denied", Obligation{Outcome: Kept, OutcomeOn: day("2026-04-01"), DisputedOn: day("2026-04-02")}, "2026-05-01", StateDisputed},
	{"released after the term", Obligation{Outcome: Released, OutcomeOn: day("2026-04-05")}, "2026-05-01", StateReleased},
	{"carried over", Obligation{Outcome: Carried, OutcomeOn: day("2026-04-05")}, "2026-05-01", StateCarried},
}

func TestState(t *testing.T) {
	for _, c := range states {
		c.o.Due = day("2026-03-31")
		if got := c.o.State(day(c.today)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestExtendOnceWithReasonBeforeTheEnd(t *testing.T) {
	due, today := day("2026-03-31"), day("2026-03-20")
	for _, c := range []struct {
		name string
		o    Obligation
		due  string
		why  i18n.Text
		on   db.Date
		want string // the key of the refusal
	}{
		{"good", Obligation{Due: due}, "2026-04-15", because, today, ""},
		{"on the last day", Obligation{Due: due}, "2026-04-15", because, due, ""},
		{"after the end", Obligation{Due: due}, "2026-04-15", because, due.AddDays(1), "obligations.term_over"},
		{"twice", Obligation{Due: due, ExtendedOn: today}, "2026-04-15", because, today, "obligations.extended_once"},
		{"ended", Obligation{Due: due, Outcome: Kept}, "2026-04-15", because, today, "obligations.ended"},
		{"without a reason", Obligation{Due: due}, "2026-04-15", i18n.Text{KK: " "}, today, "form.invalid"},
		{"to an earlier day", Obligation{Due: due}, "2026-03-30", because, today, "form.invalid"},
		{"to the same day", Obligation{Due: due}, "2026-03-31", because, today, "form.invalid"},
	} {
		before := c.o
		err := c.o.extend(day(c.due), c.why, c.on)
		if key(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if c.want != "" && c.o.Due != before.Due {
			t.Errorf("%s: refused, yet the term moved", c.name)
		}
		if c.want == "" && (c.o.Due != day(c.due) || c.o.State(c.on) != StateExtended) {
			t.Errorf("%s: due %s, %s", c.name, c.o.Due, c.o.State(c.on))
		}
	}
}

func key(err error) string {
	if p := problem.As(err); p != nil {
		return p.Key
	}
	return ""
}

func TestDisputeAndWordBesideIt(t *testing.T) {
	today := day("2026-04-02")
	o := Obligation{Due: day("2026-03-31")}
	if err := o.deny(because, today); key(err) != "obligations.dispute_kept_only" {
		t.Errorf("what runs cannot be denied: %v", err)
	}
	must(t, o.settle(Kept, day("2026-03-30"), i18n.Text{}))
	if err := o.deny(i18n.Text{}, today); key(err) != "form.invalid" {
		t.Errorf("a dispute without reason: %v", err)
	}
	must(t, o.deny(because, today))
	if err := o.deny(because, today); key(err) != "obligations.disputed_already" {
		t.Errorf("twice: %v", err)
	}
	must(t, o.answer(i18n.Text{KK: "Жиын өтті, хаттамасы бар"}, today))
	if o.Rejoinder.KK == "" || !o.Reply.IsZero() {
		t.Error("the owner's word must stand beside the dispute")
	}
	must(t, o.withdraw())
	if o.State(today) != StateKept || !o.Rejoinder.IsZero() {
		t.Errorf("after withdrawal: %s", o.State(today))
	}
	must(t, o.deny(because, today))
	must(t, o.settle(Kept, today, i18n.Text{}))
	if o.State(today) != StateKeptLate {
		t.Errorf("done again after a dispute it is judged anew: %s", o.State(today))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCalendarNeverMovesToAnEarlierDay(t *testing.T) {
	tuesday := day("2026-03-31")
	counted := Obligation{TermFrom: day("2026-03-24"), TermDays: 5, FirstDue: tuesday, Due: tuesday}
	for _, c := range []struct {
		name string
		o    Obligation
		cal  Calendar
		want string
		move bool
	}{
		{"a new day off within the term", counted, holiday{day("2026-03-26")}, "2026-04-01", true},
		{"a day off gone", func() Obligation { o := counted; o.Due = day("2026-04-01"); return o }(), weekdays{}, "2026-03-31", false},
		{"a date of law on a day off", Obligation{Ground: Law, FirstDue: tuesday, Due: tuesday}, holiday{tuesday}, "2026-04-01", true},
		{"a promised date stays", Obligation{Ground: Promise, FirstDue: tuesday, Due: tuesday}, holiday{tuesday}, "2026-03-31", false},
		{"an extension stays", func() Obligation { o := counted; o.ExtendedOn = tuesday; return o }(), holiday{day("2026-03-26")}, "2026-03-31", false},
		{"what is done stays", func() Obligation { o := counted; o.Outcome = Kept; return o }(), holiday{day("2026-03-26")}, "2026-03-31", false},
	} {
		due, move := c.o.movedBy(c.cal)
		if move != c.move || move && due != day(c.want) {
			t.Errorf("%s: %s %v", c.name, due, move)
		}
	}
}

func TestRights(t *testing.T) {
	owner, funder, other := ref.ID(1), ref.ID(2), ref.ID(3)
	lead := func(org ref.ID) access.Actor {
		return access.Actor{UserID: 100 + org, Grants: []access.Grant{{Role: access.Lead, Scope: org}}}
	}
	of := func(g Ground) Obligation {
		return Obligation{Ground: g, Owner: ref.Ref{Kind: "organization", ID: owner}, To: ref.Ref{Kind: "organization", ID: funder}, Proposer: 77, ShownToAll: true}
	}
	proposer := access.Actor{UserID: 77}
	for _, c := range []struct {
		name string
		err  error
		want bool
	}{
		{"the owner answers", mayAnswer(lead(owner), of(Law)), true},
		{"the other side does not answer", mayAnswer(lead(funder), of(Law)), false},
		{"an outsider does not answer", mayAnswer(lead(other), of(Law)), false},
		{"a stranger does not answer", mayAnswer(access.Actor{}, of(Law)), false},
		{"the owner extends a promise", mayExtend(lead(owner), of(Promise)), true},
		{"the owner does not extend an agreement", mayExtend(lead(owner), of(Agreement)), false},
		{"the funder extends an agreement", mayExtend(lead(funder), of(Agreement)), true},
		{"the funder releases from an agreement", mayRelease(lead(funder), of(Agreement)), true},
		{"nobody releases from the law", mayRelease(lead(funder), of(Law)), false},
		{"the funder disputes", mayDispute(lead(funder), of(Agreement)), true},
		{"the proposer disputes", mayDispute(proposer, of(Agreement)), true},
		{"the owner does not dispute", mayDispute(lead(owner), of(Agreement)), false},
		{"a stranger does not dispute", mayDispute(access.Actor{}, Obligation{ShownToAll: true}), false},
	} {
		if (c.err == nil) != c.want {
			t.Errorf("%s: %v", c.name, c.err)
		}
	}
	if err := mayAnswer(access.Actor{}, Obligation{}); !problem.Is(err, problem.NotFound) {
		t.Errorf("a hidden obligation tells a stranger that it is there: %v", err)
	}
}

func TestReminders(t *testing.T) {
	o := Obligation{Due: day("2026-03-31")}
	got := o.reminders([]int{30, 7, 1, -1}, day("2026-03-20"))
	want := []db.Date{day("2026-03-24"), day("2026-03-30"), day("2026-04-01")}
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v, want %v", got, want)
		}
	}
}
