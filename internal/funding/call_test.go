package funding

import (
	"testing"
	"time"

	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

var almaty = time.FixedZone("Asia/Almaty", 5*3600)

// at is an instant of 2026 in Almaty: "03-01 18:30".
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+s, almaty)
	if err != nil {
		panic(err)
	}
	return t
}

var both = i18n.Text{KK: "Сөздер", RU: "Слова"}

// terms are good terms of a medium state grant with two rounds.
func terms() Terms {
	return Terms{
		Kind: projects.StateGrant, Length: Medium, PlaceID: 3, Title: both, About: both, Who: both, Contacts: both, Spheres: []string{"environment"},
		Rounds: []Round{
			{No: 1, Opens: db.At(at("03-01 09:00")), Closes: db.At(at("03-25 18:30")), Sum: 100_000_000_00, Year: 2026},
			{No: 2, Opens: db.At(at("06-01 09:00")), Closes: db.At(at("06-26 18:30")), Sum: 50_000_000_00, Year: 2026},
		},
		MinSum: 13_000_000_00, MaxSum: 43_000_000_00, MinMonths: 12, MaxMonths: 24,
		Criteria: []panels.Criterion{{Code: "need", Name: both, Weight: 60, Max: 10}, {Code: "method", Name: both, Weight: 40, Max: 10}},
		PerWork:  3, Names: panels.NamesAfter,
	}
}

// grant are the limits of a medium state grant in 2026, with the index of 4,325.
func grant() Limits {
	return Limits{MinMonths: 12, MaxMonths: 24, MinDays: 20, MaxDays: 30, Experts: 3,
		Sums: map[int]Span{2026: {12_975_000_00, 43_250_000_00}}}
}

// out is a call published before its first round.
func out() Call {
	return Call{ID: 1, FunderID: 12, Terms: terms(), PublishedAt: db.At(at("02-20 12:00")), NormsOn: db.Day(2026, 2, 20), Version: 2}
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

func TestTermsCheck(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*Terms)
		field string
		want  string
	}{
		{"good", func(*Terms) {}, "", ""},
		{"a draft may be thin", func(x *Terms) { *x = Terms{Kind: projects.Business, Title: both, PlaceID: 3} }, "", ""},
		{"an award", func(x *Terms) { x.Kind, x.Length = projects.Award, "" }, "kind", "form.required"},
		{"a grant without length", func(x *Terms) { x.Length = "" }, "length", "form.required"},
		{"an order with a length", func(x *Terms) { x.Kind = projects.StateSocialOrder }, "length", "form.unknown_choice"},
		{"most below least", func(x *Terms) { x.MaxSum = 1 }, "max_sum", "funding.less_than_least"},
		{"a share of 101", func(x *Terms) { x.OwnShare = 101 }, "own_share", "funding.percent"},
		{"a round that ends before it opens", func(x *Terms) { x.Rounds[0].Closes = x.Rounds[0].Opens }, "rounds.0.closes", "form.ends_before_start"},
		{"a round inside the one before", func(x *Terms) { x.Rounds[1].Opens = db.At(at("03-25 18:00")) }, "rounds.1.opens", "funding.rounds_overlap"},
		{"a round without money", func(x *Terms) { x.Rounds[1].Sum = 0 }, "rounds.1.sum", "funding.sum_positive"},
		{"a mistyped year", func(x *Terms) { x.Rounds[0].Year = 206 }, "rounds.0.year", "projects.year_out_of_range"},
		{"a requirement without words", func(x *Terms) { x.Eligibility = []Requirement{{Code: "a"}} }, "eligibility.0.text", "form.required"},
		{"a requirement twice", func(x *Terms) { x.Eligibility = []Requirement{{Code: "a", Text: both}, {Code: "a", Text: both}} }, "eligibility.1.text", "funding.twice"},
		{"a budget norm that bounds nothing", func(x *Terms) { x.BudgetNorms = []BudgetNorm{{Category: "pay"}} }, "norms.0.max_share", "form.required"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := terms()
			c.spoil(&x)
			if got := faultOf(x.Check(), c.field); got != c.want {
				t.Errorf("got %q, want %q: %v", got, c.want, x.Check())
			}
		})
	}
}

func TestPublish(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*Call)
		field string
		want  string
	}{
		{"good", func(*Call) {}, "", ""},
		{"published already", func(x *Call) { x.PublishedAt = db.At(at("02-01 09:00")) }, "", "funding.is_published"},
		{"no Kazakh title", func(x *Call) { x.Title.KK = "" }, "title.kk", "form.required"},
		{"a foundation may write Russian only", func(x *Call) { x.Kind, x.Length, x.Title.KK, x.About.KK = projects.Foundation, "", "", "" }, "title.kk", ""},
		{"nobody told who may apply", func(x *Call) { x.Who = i18n.Text{} }, "who", "form.required"},
		{"weights of 90", func(x *Call) { x.Criteria[0].Weight = 50 }, "criteria", "panels.weights_sum"},
		{"a round smaller than one grant", func(x *Call) { x.Rounds[1].Sum = 1 }, "rounds.1.sum", "funding.round_too_small"},
		{"a sum below the law", func(x *Call) { x.MinSum = 12_974_999_99 }, "min_sum", "funding.sum_below"},
		{"a sum above the law", func(x *Call) { x.MaxSum = 43_250_000_01 }, "max_sum", "funding.sum_above"},
		{"months above the law", func(x *Call) { x.MaxMonths = 25 }, "max_months", "funding.months_above"},
		{"months below the law", func(x *Call) { x.MinMonths = 11 }, "min_months", "funding.months_below"},
		{"nineteen days", func(x *Call) { x.Rounds[0].Closes = db.At(at("03-20 18:30")) }, "rounds.0.closes", "funding.window_short"},
		{"thirty-one days", func(x *Call) { x.Rounds[0].Closes = db.At(at("04-01 18:30")) }, "rounds.0.closes", "funding.window_long"},
		{"two experts", func(x *Call) { x.PerWork = 2 }, "per_work", "funding.few_experts"},
		{"a round that is over", func(x *Call) {
			x.Rounds[0].Opens, x.Rounds[0].Closes = db.At(at("01-01 09:00")), db.At(at("01-25 09:00"))
		}, "rounds.0.closes", "funding.round_over"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := out()
			x.PublishedAt, x.NormsOn = db.Time{}, db.Date{}
			c.spoil(&x)
			l := grant()
			if !ByLaw(x.Kind) {
				l = Limits{}
			}
			err := x.Publish(at("02-20 12:00"), db.Day(2026, 2, 20), l)
			if got := faultOf(err, c.field); got != c.want {
				t.Errorf("got %q, want %q: %v", got, c.want, err)
			}
		})
	}
}

// A round cannot open before everybody could know of it.
func TestPublishOpensNow(t *testing.T) {
	x := out()
	x.PublishedAt = db.Time{}
	typed := x.Rounds
	now := at("03-02 10:00")
	if err := x.Publish(now, db.Day(2026, 3, 2), grant()); err != nil {
		t.Fatal(err)
	}
	if !x.Rounds[0].Opens.Equal(now) || x.NormsOn != db.Day(2026, 3, 2) {
		t.Errorf("opens %v, norms of %v", x.Rounds[0].Opens, x.NormsOn)
	}
	if !typed[0].Opens.Equal(at("03-01 09:00")) {
		t.Error("what was typed was overwritten")
	}
}

func TestPhaseOn(t *testing.T) {
	none := RoundCounts{}
	for _, c := range []struct {
		name   string
		now    string
		spoil  func(*Call)
		counts RoundCounts
		want   Phase
	}{
		{"a draft", "03-10 12:00", func(x *Call) { x.PublishedAt = db.Time{} }, none, Draft},
		{"cancelled", "03-10 12:00", func(x *Call) { x.CancelledAt = db.At(at("03-09 12:00")) }, none, Cancelled},
		{"before the first round", "02-28 12:00", nil, none, Announced},
		{"the first instant", "03-01 09:00", nil, none, Open},
		{"the last minute", "03-25 18:29", nil, none, Open},
		{"the deadline itself", "03-25 18:30", nil, RoundCounts{1: {Applied: 5, Unchecked: 1}}, Checking},
		{"checked", "03-30 12:00", nil, RoundCounts{1: {Applied: 5}}, Judging},
		{"marks are open", "04-20 12:00", nil, RoundCounts{1: {Applied: 5, Judged: true}}, Deciding},
		{"the first is decided, the second to come", "05-20 12:00", nil, RoundCounts{1: {Applied: 5, Judged: true, Decided: true}}, Announced},
		{"the second is open while the first is judged", "06-02 12:00", nil, RoundCounts{1: {Applied: 5}}, Open},
		{"the second is over, the first still judged", "07-02 12:00", nil, RoundCounts{1: {Applied: 5}, 2: {Applied: 1, Unchecked: 1}}, Judging},
		{"nobody applied", "07-02 12:00", nil, none, Decided},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := out()
			if c.spoil != nil {
				c.spoil(&x)
			}
			if got := x.PhaseOn(at(c.now), c.counts); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestTurns(t *testing.T) {
	x := out()
	for now, want := range map[string]string{"02-25 12:00": "03-01 09:00", "03-01 09:00": "03-25 18:30", "03-26 09:00": "06-01 09:00"} {
		if got := x.Turns(at(now)); !got.Equal(at(want)) {
			t.Errorf("after %s: %v, want %s", now, got, want)
		}
	}
	if got := x.Turns(at("07-01 09:00")); !got.IsZero() {
		t.Errorf("after the end: %v", got)
	}
}

func TestRevise(t *testing.T) {
	settled := func(now string) time.Time { return at(now).AddDate(0, 0, 7) }
	for _, c := range []struct {
		name   string
		now    string
		change func(*Change)
		counts RoundCounts
		field  string
		want   string
	}{
		{"contacts in time", "03-05 12:00", func(n *Change) { n.Terms.Contacts.RU = "Кабинет 5" }, nil, "", ""},
		{"nothing changed", "03-05 12:00", func(*Change) {}, nil, "reason", "funding.nothing_changed"},
		{"no reason", "03-05 12:00", func(n *Change) { n.Terms.Contacts.RU, n.Reason = "Кабинет 5", i18n.Text{} }, nil, "reason", "form.required"},
		{"late, deadline stays", "03-20 12:00", func(n *Change) { n.Terms.Contacts.RU = "Кабинет 5" }, nil, "late_reason", "funding.late_change"},
		{"late, says why", "03-20 12:00", func(n *Change) { n.Terms.Contacts.RU, n.LateReason = "Кабинет 5", both }, nil, "late_reason", ""},
		{"late, moves the deadline", "03-20 12:00", func(n *Change) {
			n.Terms.Contacts.RU, n.Terms.Rounds[0].Closes = "Кабинет 5", db.At(at("03-27 18:30"))
		}, nil, "", ""},
		{"late, moves the deadline too little", "03-20 12:00", func(n *Change) {
			n.Terms.Contacts.RU, n.Terms.Rounds[0].Closes = "Кабинет 5", db.At(at("03-26 18:30"))
		}, nil, "late_reason", "funding.late_change"},
		{"another kind of money", "02-25 12:00", func(n *Change) { n.Terms.Length = Long }, nil, "kind", "funding.frozen"},
		{"the beginning of an open round", "03-05 12:00", func(n *Change) { n.Terms.Rounds[0].Opens = db.At(at("03-02 09:00")) }, nil, "rounds.0.opens", "funding.frozen"},
		{"an earlier deadline of an open round", "03-05 12:00", func(n *Change) { n.Terms.Rounds[0].Closes = db.At(at("03-24 18:30")) }, nil, "rounds.0.closes", "funding.not_earlier"},
		{"an earlier deadline before it opens", "02-25 12:00", func(n *Change) { n.Terms.Rounds[0].Closes = db.At(at("03-24 18:30")) }, nil, "", ""},
		{"an open round is dropped", "03-05 12:00", func(n *Change) { n.Terms.Rounds = nil }, nil, "rounds.0.opens", "funding.frozen"},
		{"the deadline of a closed round", "04-05 12:00", func(n *Change) { n.Terms.Rounds[0].Closes = db.At(at("03-28 18:30")) }, RoundCounts{1: {Applied: 2}}, "rounds.0.closes", "funding.frozen"},
		{"less money after the deadline", "04-05 12:00", func(n *Change) { n.Terms.Rounds[0].Sum -= 1_00 }, RoundCounts{1: {Applied: 2}}, "rounds.0.sum", "funding.frozen"},
		{"criteria while a round is judged", "04-05 12:00", func(n *Change) { n.Terms.Criteria[0].Weight, n.Terms.Criteria[1].Weight = 50, 50 }, RoundCounts{1: {Applied: 2}}, "criteria.0.name", "funding.frozen_judging"},
		{"criteria between decided rounds", "05-05 12:00", func(n *Change) { n.Terms.Criteria[0].Weight, n.Terms.Criteria[1].Weight = 50, 50 }, RoundCounts{1: {Applied: 2, Decided: true}}, "", ""},
		{"a round in the past", "04-05 12:00", func(n *Change) { n.Terms.Rounds[1].Opens = db.At(at("04-01 09:00")) }, nil, "rounds.1.opens", "funding.opens_past"},
		{"after the end", "07-05 12:00", func(n *Change) { n.Terms.Contacts.RU = "Кабинет 5" }, nil, "", "funding.not_to_revise"},
		{"beyond the law", "02-25 12:00", func(n *Change) { n.Terms.MaxSum = 50_000_000_00 }, nil, "max_sum", "funding.sum_above"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := out()
			n := Change{Terms: terms(), Reason: both}
			c.change(&n)
			r, err := x.Revise(n, at(c.now), c.counts, settled(c.now), grant())
			if got := faultOf(err, c.field); got != c.want {
				t.Fatalf("got %q, want %q: %v", got, c.want, err)
			}
			if err == nil && (r.No != 1 || x.Revision != 1 || r.After.Contacts != x.Contacts) {
				t.Errorf("revision %d of %d", r.No, x.Revision)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	for _, c := range []struct {
		now    string
		counts RoundCounts
		reason i18n.Text
		field  string
		want   string
	}{
		{"03-05 12:00", nil, both, "", ""},
		{"03-05 12:00", nil, i18n.Text{}, "reason", "form.required"},
		{"07-05 12:00", RoundCounts{1: {Applied: 1}}, both, "", ""},
		{"07-05 12:00", RoundCounts{1: {Applied: 1, Decided: true}}, both, "", "funding.not_to_cancel"},
	} {
		x := out()
		if got := faultOf(x.Cancel(at(c.now), c.counts, c.reason), c.field); got != c.want {
			t.Errorf("%s: got %q, want %q", c.now, got, c.want)
		}
	}
}

func TestFunderSide(t *testing.T) {
	const funder, other, region = ref.ID(12), ref.ID(13), ref.ID(3)
	holds := func(role access.Role, scope ref.ID) access.Actor {
		return access.Actor{UserID: 7, Grants: []access.Grant{{Role: role, Scope: scope}}}
	}
	for _, c := range []struct {
		name string
		by   access.Actor
		kind string
		want bool
	}{
		{"a stranger", access.Actor{}, projects.StateGrant, false},
		{"the lead", holds(access.Lead, funder), projects.StateGrant, true},
		{"the lead of another", holds(access.Lead, other), projects.StateGrant, false},
		{"its staff", holds(access.Staff, funder), projects.StateGrant, false},
		{"an officer of the funder", holds(access.Officer, funder), projects.StateSocialOrder, true},
		{"an officer of the place", holds(access.Officer, region), projects.StateGrant, true},
		{"an officer of the place for a foundation", holds(access.Officer, region), projects.Foundation, false},
		{"an officer of the country for a business", holds(access.Officer, 0), projects.Business, false},
		{"who runs calls of the foundation", holds(access.Funder, funder), projects.Foundation, true},
		{"who runs calls of another", holds(access.Funder, other), projects.Foundation, false},
		{"who runs calls of the foundation, for the state", holds(access.Funder, funder), projects.StateGrant, false},
	} {
		as, ok := funderSide(c.by, funder, c.kind, []ref.ID{region})
		if ok != c.want {
			t.Errorf("%s: %v", c.name, ok)
		}
		if ok && as.Acting.Role == "" {
			t.Errorf("%s acts in no role", c.name)
		}
	}
}
