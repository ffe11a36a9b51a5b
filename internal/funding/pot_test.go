package funding

import (
	"testing"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/projects"
)

// envelope is a pot of three years, the first of which is approved.
func envelope() Pot {
	return Pot{ID: 1, ProgrammeID: 2, FunderID: 3, PlaceID: 4, Title: said, Kind: projects.StateSocialOrder, Years: []PotYear{
		{ID: 11, Year: 2026, Ceiling: 100, ApprovedOn: on("2025-12-20"), Act: "№ 1"}, {ID: 12, Year: 2027, Ceiling: 200}, {ID: 13, Year: 2028, Ceiling: 300}}}
}

func TestPotCheck(t *testing.T) {
	programme := projects.Programme{From: 2026, To: 2028, Years: []projects.YearPlan{{Year: 2027, Sum: 250}}}
	for _, c := range []struct {
		name, field, key string
		spoil            func(*Pot)
		others           []Pot
	}{
		{"within the programme", "", "", func(*Pot) {}, nil},
		{"beside another", "", "", func(*Pot) {}, []Pot{{Years: []PotYear{{Year: 2027, Ceiling: 50}}}}},
		{"beside one that takes too much", "years.1.ceiling", "funding.pot.over_programme", func(*Pot) {}, []Pot{{Years: []PotYear{{Year: 2027, Ceiling: 51}}}}},
		{"without a title", "title", "form.required", func(p *Pot) { p.Title = i18n.Text{} }, nil},
		{"without a year", "years", "funding.pot.no_money", func(p *Pot) { p.Years = nil }, nil},
		{"a year for nothing", "years.2.ceiling", "projects.more_than_zero", func(p *Pot) { p.Years[2].Ceiling = 0 }, nil},
		{"a year twice", "years.2.year", "projects.year_twice", func(p *Pot) { p.Years[2].Year = 2026 }, nil},
		{"after the programme", "years.2.year", "projects.year_outside", func(p *Pot) { p.Years[2].Year = 2029 }, nil},
		{"more than all for districts", "district_share", "funding.pot.not_percent", func(p *Pot) { p.DistrictShare = 101 }, nil},
	} {
		p := envelope()
		c.spoil(&p)
		err := p.check(programme, c.others)
		if (err == nil) != (c.key == "") || faultAt(err, c.field) != c.key && c.key != "" {
			t.Errorf("%s: %v, want %s at %s", c.name, err, c.key, c.field)
		}
	}
}

func TestBind(t *testing.T) {
	for _, c := range []struct {
		name       string
		year       int
		bound, sum int64
		key        string
	}{
		{"all of it", 2026, 0, 100, ""},
		{"the rest", 2026, 60, 40, ""},
		{"one more than the rest", 2026, 60, 41, "funding.pot.over_ceiling"},
		{"a year that was not approved again", 2027, 0, 1, "funding.pot.not_approved"},
		{"a year that is not there", 2029, 0, 1, "funding.pot.no_year"},
		{"so much that the sum would turn round", 2026, 1, 1<<63 - 1, "funding.pot.over_ceiling"},
	} {
		if err := envelope().bind(c.year, c.bound, c.sum); faultAt(err, "") != c.key {
			t.Errorf("%s: %v, want %s", c.name, err, c.key)
		}
	}
}

func TestApproveYear(t *testing.T) {
	today := on("2026-12-25")
	act := Approval{Year: 2027, Sum: 180, On: on("2026-12-20"), Act: "№ 7"}
	for _, c := range []struct {
		name, field, key string
		bound            int64
		spoil            func(*Approval)
	}{
		{"less than was planned", "", "", 0, func(*Approval) {}},
		{"cut to what is bound", "", "", 180, func(*Approval) {}},
		{"cut below what is bound", "sum", "funding.pot.below_bound", 181, func(*Approval) {}},
		{"by no act", "act", "form.required", 0, func(a *Approval) { a.Act = "" }},
		{"without a date", "on", "form.required", 0, func(a *Approval) { a.On = db.Date{} }},
		{"tomorrow", "on", "projects.in_future", 0, func(a *Approval) { a.On = today.AddDays(1) }},
	} {
		p, a := envelope(), act
		c.spoil(&a)
		err := p.approve(a, c.bound, today)
		y, _ := p.year(2027)
		switch {
		case c.key == "" && (err != nil || !y.Approved() || y.Ceiling != 180 || y.Act != "№ 7" || y.ID != 12):
			t.Errorf("%s: %v, %+v", c.name, err, y)
		case c.key != "" && (faultAt(err, c.field) != c.key || y.Approved()):
			t.Errorf("%s: %v, want %s", c.name, err, c.key)
		}
	}
}

func TestReplanKeepsWhatWasApproved(t *testing.T) {
	p := envelope()
	p.replan(Pot{Title: said, PlaceID: 9, DistrictShare: 50, Years: []PotYear{{Year: 2028, Ceiling: 40}, {Year: 2026, Ceiling: 1}}})
	if len(p.Years) != 2 || p.Years[0].Ceiling != 100 || p.Years[1] != (PotYear{ID: 13, Year: 2028, Ceiling: 40}) {
		t.Errorf("%+v", p.Years)
	}
	p.replan(Pot{Title: said})
	if len(p.Years) != 1 || p.Years[0].Year != 2026 {
		t.Errorf("what was approved went away: %+v", p.Years)
	}
}
