package notices

import (
	"testing"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

func TestRhythm(t *testing.T) {
	monday, tuesday := db.Day(2026, 11, 23), db.Day(2026, 11, 24)
	for _, c := range []struct {
		name      string
		rhythm    Rhythm
		day, last db.Date
		due       bool
	}{
		{"a daily reader is told the first time at once", Daily, tuesday, db.Date{}, true},
		{"and each day once", Daily, tuesday, tuesday, false},
		{"and again on the next day", Daily, tuesday, monday, true},
		{"never for a day that is over", Daily, monday, tuesday, false},
		{"a weekly reader waits for Monday", Weekly, tuesday, db.Date{}, false},
		{"and is told on it", Weekly, monday, db.Date{}, true},
		{"once", Weekly, monday, monday, false},
		{"and not before the next one", Weekly, tuesday, monday, false},
		{"a Monday that was missed is made up for", Weekly, tuesday, db.Day(2026, 11, 16), true},
		{"who wants no letters gets none", Never, monday, db.Date{}, false},
	} {
		if got := c.rhythm.dueOn(c.day, c.last); got != c.due {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// The country of the tests: region 1 with district 2 with village 3; region 9.
func inCountry(id, wider ref.ID) bool {
	around := map[ref.ID]ref.ID{3: 2, 2: 1}
	for ; id != 0; id = around[id] {
		if id == wider {
			return true
		}
	}
	return false
}

func follow(kind string, id ref.ID) Follow {
	return Follow{ID: 700 + id, Subject: Subject{ref.Ref{Kind: kind, ID: id}}}
}

func TestFollowCovers(t *testing.T) {
	project := Page{Ref: ref.Ref{Kind: "project", ID: 50}, Places: []ref.ID{3}, Sides: []ref.ID{60, 61}}
	org := Page{Ref: ref.Ref{Kind: "organization", ID: 60}, Places: []ref.ID{9}}
	change, debt := act{act: "projects.plan.edit"}, act{act: "obligations.owe", owed: 80, owner: 60}
	document, item := Page{Ref: ref.Ref{Kind: "resolution", ID: 70}}, act{act: "resolutions.item.accept", thing: part{"resolution_item", 71}}
	for _, c := range []struct {
		name string
		f    Follow
		p    Page
		a    act
		want bool
	}{
		{"a project, itself", follow("project", 50), project, change, true},
		{"a project, not another one", follow("project", 51), project, change, false},
		{"an organization, itself", follow("organization", 60), org, change, true},
		{"an organization, a project of it", follow("organization", 60), project, change, true},
		{"a funder, what it pays for", follow("organization", 61), project, change, true},
		{"an organization, not a stranger's project", follow("organization", 62), project, change, false},
		{"a village", follow("place", 3), project, change, true},
		{"a region, with all that lies below", follow("place", 1), project, change, true},
		{"another region, not", follow("place", 9), project, change, false},
		{"another region, its organization", follow("place", 9), org, change, true},
		{"what a body owes", follow(KindOwed, 60), project, debt, true},
		{"what a body owes, not what else is done", follow(KindOwed, 60), project, change, false},
		{"what a body owes, not what another owes", follow(KindOwed, 61), project, debt, false},
		{"a part of a page", follow("resolution_item", 71), document, item, true},
		{"a page with what is done to its parts", follow("resolution", 70), document, item, true},
		{"a part, not another one", follow("resolution_item", 72), document, item, false},
		{"the same id of another kind is another thing", follow("project", 60), org, change, false},
	} {
		if got := c.f.covers(c.p, c.a, inCountry); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestSieve(t *testing.T) {
	at := func(hour int) db.Time {
		return db.At(db.Day(2026, 11, 23).In(time.UTC).Add(time.Duration(hour) * time.Hour))
	}
	const me = ref.ID(5)
	sp := &span{from: 0, to: 9, pages: []*touched{
		{Page{Ref: ref.Ref{Kind: "project", ID: 50}, Places: []ref.ID{3}}, []act{
			{seq: 1, at: at(1), act: "a"}, {seq: 2, at: at(2), act: "b", actor: me}, {seq: 3, at: at(3), act: "c", actor: 8, behalf: me},
			{seq: 4, at: at(4), act: "a"}, {seq: 5, at: at(5), act: "d"},
		}},
		{Page{Ref: ref.Ref{Kind: "project", ID: 51}, Places: []ref.ID{9}}, []act{{seq: 6, at: at(6), act: "a"}}},
		{Page{Ref: ref.Ref{Kind: "project", ID: 52}, Places: []ref.ID{1}}, []act{{seq: 7, at: at(7), act: "a"}}},
	}}
	list := Follow{ID: 1, Subject: Subject{ref.Ref{Kind: KindList, Path: "/projects?q=x"}}}
	region := follow("place", 1)
	v := sieve{person: me, follows: []Follow{region, list}, in: inCountry,
		shown: map[ref.ID]map[string]bool{1: {(ref.Ref{Kind: "project", ID: 51}).Key(): true}},
		after: func(f Follow) int64 {
			if f.ID == list.ID {
				return 0
			}
			return 1
		}}
	got := v.changes(sp)
	if len(got) != 3 || got[0].Page.ID != 52 || got[1].Page.ID != 51 || got[2].Page.ID != 50 {
		t.Fatalf("the page that changed last comes first: %+v", got)
	}
	first := got[2]
	if len(first.Deeds) != 2 || first.Deeds[0].Act != "d" || first.Deeds[1].Act != "a" || first.Deeds[1].Times != 1 {
		t.Errorf("own acts and those before the place are left out, the others told once each: %+v", first.Deeds)
	}
	if len(got[1].Why) != 1 || got[1].Why[0].Kind != KindList {
		t.Errorf("a change says why it is told: %+v", got[1].Why)
	}
	owed := Follow{ID: 2, Subject: Subject{ref.Ref{Kind: KindList, Path: "/obligations?state=open"}}}
	sp.pages[1].acts = append(sp.pages[1].acts, act{seq: 8, at: at(8), act: "owe", owed: 80, owner: 60}, act{seq: 9, at: at(9), act: "reply", owed: 81})
	if n := len(sp.things()); n != 4 {
		t.Errorf("%d things, want three pages and the public obligation", n)
	}
	debts := sieve{follows: []Follow{owed}, in: inCountry, shown: map[ref.ID]map[string]bool{2: {owedRef(80).Key(): true}}, after: func(Follow) int64 { return 0 }}
	if c := debts.changes(sp); len(c) != 1 || c[0].Page.ID != 51 || len(c[0].Deeds) != 1 || c[0].Deeds[0].Act != "owe" {
		t.Errorf("a list of obligations tells of them alone: %+v", c)
	}
	v.after = func(Follow) int64 { return 0 }
	if d := v.changes(sp)[2].Deeds; d[1].Times != 2 || d[1].At != at(4) {
		t.Errorf("an act is counted, with its last time: %+v", d)
	}
}
