package funding

import (
	"strings"
	"testing"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// on is a date written as in forms.
func on(s string) db.Date {
	d, err := db.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

var said = i18n.Text{RU: "Сказано"}

// faultAt gives the key of the fault of a field, or of the whole when name is "".
func faultAt(err error, name string) string {
	p := problem.As(err)
	switch {
	case p == nil:
		return ""
	case name == "":
		return p.Key
	}
	return p.Fields[name].Key
}

// need is a need that is told in full.
func need() Need {
	return Need{Title: i18n.Text{RU: "Кружки для подростков села"}, Problem: said, Evidence: said, Groups: []string{"teenagers"}, People: 120, PlaceID: 3,
		Sphere: "youth", Result: said, Years: 2, Sum: 5_000_000_00,
		Indicators: []projects.Indicator{{Name: said, Measure: projects.Number, Adding: projects.Cumulative, Target: projects.NumberOf(120_000)}}}
}

func TestNeed(t *testing.T) {
	for _, c := range []struct {
		name, field, key string
		spoil            func(*Need)
	}{
		{"whole", "", "", func(*Need) {}},
		{"no title", "title", "form.required", func(n *Need) { n.Title = i18n.Text{} }},
		{"no evidence", "evidence", "form.required", func(n *Need) { n.Evidence = i18n.Text{} }},
		{"pages pasted in", "problem.kk", "funding.text_too_long", func(n *Need) { n.Problem.KK = strings.Repeat("ә", longestText+1) }},
		{"for nobody", "groups", "form.required", func(n *Need) { n.Groups = nil }},
		{"nobody counted", "people", "projects.more_than_zero", func(n *Need) { n.People = 0 }},
		{"no place", "place", "form.required", func(n *Need) { n.PlaceID = 0 }},
		{"no time", "years", "funding.topic.years_out_of_range", func(n *Need) { n.Years = 0 }},
		{"too long", "years", "funding.topic.years_out_of_range", func(n *Need) { n.Years = 4 }},
		{"no sum", "sum", "projects.more_than_zero", func(n *Need) { n.Sum = -1 }},
		{"no indicator", "indicators.0.name", "funding.topic.indicator_missing", func(n *Need) { n.Indicators = nil }},
		{"indicator without a target", "indicators.0.target", "form.required", func(n *Need) { n.Indicators[0].Target = projects.Value{} }},
	} {
		n := need()
		c.spoil(&n)
		err := n.check(3)
		if (err == nil) != (c.key == "") || faultAt(err, c.field) != c.key && c.key != "" {
			t.Errorf("%s: %v, want %s at %s", c.name, err, c.key, c.field)
		}
	}
}

func TestWindow(t *testing.T) {
	good := Window{BodyID: 1, PlaceID: 2, Kind: projects.StateSocialOrder, Year: 2027, ReviewDays: 15, Opens: on("2026-05-01"), Closes: on("2026-06-01")}
	for _, c := range []struct {
		name, field, key string
		least            string
		spoil            func(*Window)
	}{
		{"as the norm asks", "", "", "2026-06-01", func(*Window) {}},
		{"shorter than the norm", "closes", "funding.window.too_short", "2026-06-02", func(*Window) {}},
		{"bound by no norm", "", "", "1991-01-01", func(w *Window) { w.Closes = w.Opens }},
		{"in the past", "opens", "funding.window.opens_in_past", "2026-06-01", func(w *Window) { w.Opens = on("2026-04-29") }},
		{"ends before it begins", "closes", "form.ends_before_start", "1991-01-01", func(w *Window) { w.Closes = on("2026-04-30") }},
		{"for a budget that is over", "year", "funding.window.year_out_of_range", "2026-06-01", func(w *Window) { w.Year = 2025 }},
		{"for the own means of an NGO", "kind", "form.required", "2026-06-01", func(w *Window) { w.Kind = projects.Own }},
	} {
		w := good
		c.spoil(&w)
		err := w.check(on("2026-04-30"), on(c.least))
		if (err == nil) != (c.key == "") || faultAt(err, c.field) != c.key && c.key != "" {
			t.Errorf("%s: %v, want %s at %s", c.name, err, c.key, c.field)
		}
	}
	for day, open := range map[string]bool{"2026-04-30": false, "2026-05-01": true, "2026-06-01": true, "2026-06-02": false} {
		if good.OpenOn(on(day)) != open {
			t.Errorf("open on %s: %v", day, !open)
		}
	}
	w := good
	if err := w.change(WindowChange{Closes: on("2026-05-20")}, on("2026-05-10")); faultAt(err, "closes") != "funding.window.only_later" {
		t.Errorf("a window was cut: %v", err)
	}
	if err := w.change(WindowChange{Closes: on("2026-07-01")}, on("2026-06-02")); faultAt(err, "") != "funding.window.over" {
		t.Errorf("a window that was over went on: %v", err)
	}
	if err := w.change(WindowChange{Closes: on("2026-07-01")}, on("2026-06-01")); err != nil || w.Closes != on("2026-07-01") {
		t.Errorf("a window on its last day was not made longer: %v", err)
	}
	w = good
	w.Spheres = []string{"youth"}
	for what, c := range map[string]struct {
		n            WindowChange
		field, fault string
	}{
		"more spheres":     {WindowChange{Closes: w.Closes, Spheres: []string{"culture", "youth"}}, "", ""},
		"all spheres":      {WindowChange{Closes: w.Closes}, "", ""},
		"other spheres":    {WindowChange{Closes: w.Closes, Spheres: []string{"culture"}}, "spheres", "funding.window.only_wider"},
		"nothing":          {WindowChange{Closes: w.Closes, Spheres: w.Spheres}, "closes", "funding.nothing_changed"},
		"more words of it": {WindowChange{Closes: w.Closes, Spheres: w.Spheres, About: both}, "", ""},
	} {
		changed := w
		if err := changed.change(c.n, on("2026-05-10")); faultAt(err, c.field) != c.fault || (err == nil) != (c.fault == "") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestReview(t *testing.T) {
	mine := Topic{ID: 1, BodyID: 10, State: TopicProposed}
	for _, c := range []struct {
		name, field, key string
		state            TopicState
		topic            Topic
		review           Review
		into             Topic
	}{
		{"accepted", "", "", TopicAccepted, mine, Review{State: TopicAccepted, Reason: said}, Topic{}},
		{"declined", "", "", TopicDeclined, mine, Review{State: TopicDeclined, Reason: said}, Topic{}},
		{"without a reason", "reason", "funding.reason_missing", "", mine, Review{State: TopicDeclined, Reason: i18n.Text{KK: "  "}}, Topic{}},
		{"neither nor", "state", "form.required", "", mine, Review{State: TopicApproved, Reason: said}, Topic{}},
		{"twice", "", "funding.topic.reviewed_already", "", Topic{ID: 1, BodyID: 10, State: TopicDeclined}, Review{State: TopicAccepted, Reason: said}, Topic{}},
		{"merged", "", "", TopicMerged, mine, Review{State: TopicMerged, Reason: said, Into: 2}, Topic{ID: 2, BodyID: 10, State: TopicAccepted}},
		{"merged into nothing", "into", "form.required", "", mine, Review{State: TopicMerged, Reason: said}, Topic{}},
		{"merged into itself", "into", "funding.topic.cannot_merge", "", mine, Review{State: TopicMerged, Reason: said, Into: 1}, mine},
		{"merged into another body's", "into", "funding.topic.cannot_merge", "", mine, Review{State: TopicMerged, Reason: said, Into: 2}, Topic{ID: 2, BodyID: 11, State: TopicAccepted}},
		{"merged into a declined one", "into", "funding.topic.cannot_merge", "", mine, Review{State: TopicMerged, Reason: said, Into: 2}, Topic{ID: 2, BodyID: 10, State: TopicDeclined}},
		{"merged into a merged one", "into", "funding.topic.cannot_merge", "", mine, Review{State: TopicMerged, Reason: said, Into: 2}, Topic{ID: 2, BodyID: 10, State: TopicMerged}},
	} {
		topic := c.topic
		err := topic.review(c.review, c.into, on("2026-05-20"))
		switch {
		case c.key == "" && (err != nil || topic.State != c.state || topic.ReviewedOn != on("2026-05-20") || topic.MergedInto != c.into.ID):
			t.Errorf("%s: %v, %+v", c.name, err, topic)
		case c.key != "" && (faultAt(err, c.field) != c.key || topic.State != c.topic.State):
			t.Errorf("%s: %v, want %s", c.name, err, c.key)
		}
	}
}

func TestApproveAndFund(t *testing.T) {
	topic := Topic{ID: 1, BodyID: 10, Year: 2027, State: TopicProposed}
	if err := topic.approve(100, on("2026-06-01")); faultAt(err, "") != "funding.topic.not_accepted" {
		t.Errorf("a topic that nobody accepted was approved: %v", err)
	}
	topic.State = TopicAccepted
	if err := topic.approve(0, on("2026-06-01")); faultAt(err, "sum") != "projects.more_than_zero" {
		t.Errorf("approved without a sum: %v", err)
	}
	pot := Pot{ID: 5, FunderID: 10, Years: []PotYear{{Year: 2027, Ceiling: 100}}}
	if err := topic.fund(pot); faultAt(err, "") != "funding.topic.not_approved" {
		t.Errorf("money before the approval: %v", err)
	}
	if err := topic.approve(100, on("2026-06-01")); err != nil || topic.State != TopicApproved || topic.ApprovedSum != 100 {
		t.Fatalf("%v %+v", err, topic)
	}
	for _, other := range []Pot{{ID: 6, FunderID: 11, Years: pot.Years}, {ID: 6, FunderID: 10, Years: []PotYear{{Year: 2026, Ceiling: 100}}}} {
		if err := topic.fund(other); faultAt(err, "pot") != "funding.topic.other_pot" {
			t.Errorf("money of %+v: %v", other, err)
		}
	}
	if err := topic.fund(pot); err != nil || topic.PotID != 5 {
		t.Errorf("%v %+v", err, topic)
	}
}

func TestTopicRights(t *testing.T) {
	around := []ref.ID{30, 31}
	with := func(id ref.ID, role access.Role, scope ref.ID) access.Actor {
		return access.Actor{UserID: id, Grants: []access.Grant{{Role: role, Scope: scope}}}
	}
	citizens, ngos := Topic{BodyID: 10, Kind: projects.StateSocialOrder, ByPerson: 7, State: TopicProposed},
		Topic{BodyID: 10, Kind: projects.StateSocialOrder, ByOrg: 20, ByPerson: 7, State: TopicProposed}
	for _, c := range []struct {
		name               string
		by                 access.Actor
		topic              Topic
		keep, judge, stand bool
	}{
		{"a stranger", access.Actor{}, citizens, false, false, false},
		{"another citizen", access.Actor{UserID: 8}, citizens, false, false, true},
		{"the citizen", access.Actor{UserID: 7}, citizens, true, false, true},
		{"a colleague", with(8, access.Staff, 20), ngos, true, false, true},
		{"a lead of another NGO", with(8, access.Lead, 21), ngos, false, false, true},
		{"the lead of the body", with(9, access.Lead, 10), citizens, false, true, true},
		{"an officer of the place", with(9, access.Officer, 31), citizens, false, true, true},
		{"an officer of another place", with(9, access.Officer, 32), citizens, false, false, true},
		{"an officer who proposed it himself", with(7, access.Officer, 30), citizens, true, false, true},
		{"an admin", with(9, access.Admin, 0), citizens, false, false, true},
	} {
		_, keep := c.topic.mayKeep(c.by)
		_, judge := c.topic.mayJudge(c.by, around)
		_, stand := mayPropose(c.by, 0)
		if (keep == nil) != c.keep || (judge == nil) != c.judge || (stand == nil) != c.stand {
			t.Errorf("%s: keeps %v, judges %v, proposes %v", c.name, keep, judge, stand)
		}
	}
	if _, err := mayPropose(with(8, access.Lead, 21), 20); !problem.Is(err, problem.Forbidden) {
		t.Errorf("proposed in the name of others: %v", err)
	}
	judged := citizens
	judged.State = TopicAccepted
	if _, err := judged.mayKeep(access.Actor{UserID: 7}); !problem.Is(err, problem.Conflict) {
		t.Errorf("a judged topic can be changed: %v", err)
	}
}

func TestOverlaps(t *testing.T) {
	bag := func(text string) map[string]bool {
		m := map[string]bool{}
		for _, w := range strings.Fields(text) {
			m[w] = true
		}
		return m
	}
	within := func(id, wider ref.ID) bool { return id == wider || wider == 1 && id > 1 && id < 10 } // 1 is a district, 2…9 its villages
	mine := Signs{Places: []ref.ID{2}, Groups: []string{"teenagers", everyone}, From: on("2027-01-01"), To: on("2028-12-31"), Words: bag("a b c d e f g h i j")}
	for _, c := range []struct {
		name   string
		other  Signs
		counts bool
		share  int
	}{
		{"a copy far away", Signs{Places: []ref.ID{20}, Words: bag("a b c d e f x")}, true, 85},
		{"alike in the district around", Signs{Places: []ref.ID{1}, Words: bag("a b c x y z")}, true, 50},
		{"alike in another village", Signs{Places: []ref.ID{3}, Words: bag("a b c x y z")}, false, 50},
		{"alike for the same group", Signs{Places: []ref.ID{20}, Groups: []string{"teenagers"}, Words: bag("a b c x y z")}, true, 50},
		{"alike for everyone", Signs{Places: []ref.ID{20}, Groups: []string{everyone}, Words: bag("a b c x y z")}, false, 50},
		{"the same people at the same time", Signs{Places: []ref.ID{2}, Groups: []string{"teenagers"}, From: on("2028-12-31"), To: on("2029-12-31"), Words: bag("a v w x y")}, true, 20},
		{"the same people later", Signs{Places: []ref.ID{2}, Groups: []string{"teenagers"}, From: on("2029-01-01"), To: on("2029-12-31"), Words: bag("a v w x y")}, false, 20},
		{"other words there", Signs{Places: []ref.ID{2}, Groups: []string{"teenagers"}, From: on("2027-01-01"), To: on("2029-12-31"), Words: bag("v w x y z")}, false, 0},
		{"two words", Signs{Places: []ref.ID{2}, Groups: []string{"teenagers"}, Words: bag("a b")}, false, 0},
	} {
		o := compare(mine, c.other, within)
		if o.Counts() != c.counts || o.Share != c.share {
			t.Errorf("%s: %+v counts %v", c.name, o, o.Counts())
		}
	}
	got := overlaps(mine, []Signs{
		{Ref: ref.Ref{ID: 1}, Places: []ref.ID{20}, Words: bag("a b c d e f x")},
		{Ref: ref.Ref{ID: 2}, Places: []ref.ID{2}, Words: bag("v w x y z")},
		{Ref: ref.Ref{ID: 3}, Places: []ref.ID{2}, Groups: []string{"teenagers"}, From: on("2027-01-01"), To: on("2027-12-31"), Words: bag("a b c d e f g h i j")},
	}, within)
	if len(got) != 2 || got[0].Ref.ID != 3 || got[1].Ref.ID != 1 {
		t.Errorf("%+v", got)
	}
}
