package orgs

import (
	"slices"
	"testing"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

var (
	almaty = time.FixedZone("Asia/Almaty", 5*3600)
	// A region with a town and a village.
	region, town, village = ref.ID(1000), ref.ID(1001), ref.ID(1002)
	officer               = access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Officer, Scope: region}}}
	elsewhere             = access.Actor{UserID: 2, Grants: []access.Grant{{Role: access.Officer, Scope: 4444}}}
)

func leadOf(org ref.ID) access.Actor {
	return access.Actor{UserID: 3, Grants: []access.Grant{{Role: access.Lead, Scope: org}}}
}

func placeOf(id ref.ID) (Place, bool) {
	p := Place{ID: id, Path: []ref.ID{id, region}, Rural: id == village}
	return p, id == town || id == village || id == region
}

func knownTerm(list, code string) bool {
	return slices.Contains(map[string][]string{
		ListKinds:      {NGO, "state_body", "business"},
		ListLegalForms: {"public_foundation", "public_association"},
		ListSpheres:    {"education", "culture", "health"},
	}[list], code)
}

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

func each(t *testing.T, test func(t *testing.T, s *Service, d *db.DB, clock *dbtest.Clock)) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		owed := obligations.New(d, almaty, func() obligations.Calendar { return weekdays{} })
		test(t, New(d, Deps{Zone: almaty, Terms: knownTerm, PlaceOf: placeOf, Obligations: owed}), d, clock)
	})
}

func day(s string) db.Date {
	d, err := db.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func fund() Draft {
	return Draft{
		BIN: "150140000012", Kind: NGO, LegalForm: "public_foundation", Name: i18n.Text{KK: "«Үміт» қоғамдық қоры", RU: "ОФ «Умит»"},
		PlaceID: town, Spheres: []string{"education"}, Founded: day("2015-01-20"), Head: "Әлия Серікқызы",
	}
}

func create(t *testing.T, s *Service, d Draft) Organization {
	t.Helper()
	o, err := s.Create(t.Context(), officer, d)
	must(t, err)
	return o
}

func actsOf(t *testing.T, d *db.DB) (acts []string) {
	t.Helper()
	must(t, d.View(t.Context(), func(tx *db.Tx) (err error) {
		acts, err = db.All(t.Context(), tx, db.Value[string], `SELECT act FROM journal_entries ORDER BY id`)
		return err
	}))
	return acts
}

func TestClean(t *testing.T) {
	today := day("2026-03-02")
	for _, c := range []struct {
		name   string
		change func(*Draft)
		field  string // that is refused, "" when none
	}{
		{"good", func(*Draft) {}, ""},
		{"without BIN", func(d *Draft) { d.BIN = "" }, ""},
		{"without founding date", func(d *Draft) { d.Founded = db.Date{} }, ""},
		{"wrong BIN", func(d *Draft) { d.BIN = "150140000013" }, "bin"},
		{"no name", func(d *Draft) { d.Name = i18n.Text{KK: "  "} }, "name"},
		{"unknown kind", func(d *Draft) { d.Kind = "club" }, "kind"},
		{"unknown form", func(d *Draft) { d.LegalForm = "club" }, "legal_form"},
		{"unknown sphere", func(d *Draft) { d.Spheres = []string{"education", "magic"} }, "spheres"},
		{"founded tomorrow", func(d *Draft) { d.Founded = day("2026-03-03") }, "founded"},
		{"closed before it was founded", func(d *Draft) { d.Closed = day("2014-01-01") }, "closed"},
		{"closed tomorrow", func(d *Draft) { d.Closed = day("2026-03-03") }, "closed"},
		{"script as site", func(d *Draft) { d.Site = "javascript:alert(1)" }, "site"},
		{"mail with a name", func(d *Draft) { d.Mail = "Umit <a@b.kz>" }, "mail"},
	} {
		d := fund()
		c.change(&d)
		_, bad := d.clean(knownTerm, true, today)
		if _, ok := bad[c.field]; len(bad) > 1 || ok != (c.field != "") || c.field == "" && bad != nil {
			t.Errorf("%s: %v", c.name, bad)
		}
	}
	if _, bad := fund().clean(knownTerm, false, today); bad["place"].Key != "orgs.place_unknown" {
		t.Errorf("an unknown place: %v", bad)
	}
}

func TestRightsOnTheRegister(t *testing.T) {
	o := Organization{ID: 7, Draft: fund()}
	place, _ := placeOf(town)
	for _, c := range []struct {
		name string
		err  error
		want bool
	}{
		{"an officer of the region keeps it", MayKeepRegister(officer, place), true},
		{"an officer of another region does not", MayKeepRegister(elsewhere, place), false},
		{"a lead does not", MayKeepRegister(leadOf(7), place), false},
		{"a stranger does not", MayKeepRegister(access.Actor{}, place), false},
		{"the lead edits", MayEdit(leadOf(7), o, place), true},
		{"another's lead does not", MayEdit(leadOf(8), o, place), false},
		{"a stranger does not edit", MayEdit(access.Actor{}, o, place), false},
	} {
		if (c.err == nil) != c.want {
			t.Errorf("%s: %v", c.name, c.err)
		}
	}
}

func TestCreateAndEdit(t *testing.T) {
	each(t, func(t *testing.T, s *Service, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		o := create(t, s, fund())
		if _, err := s.Create(ctx, officer, fund()); !problem.Is(err, problem.Invalid) || problem.As(err).Fields["bin"].Key != "orgs.bin_taken" {
			t.Errorf("the same BIN twice: %v", err)
		}
		if _, err := s.Create(ctx, elsewhere, fund()); !problem.Is(err, problem.Forbidden) {
			t.Errorf("an officer of another region: %v", err)
		}
		draft := o.Draft
		draft.BIN, draft.Kind, draft.About = "", "business", i18n.Text{KK: "Біз балаларға көмектесеміз"}
		edited, err := s.Edit(ctx, leadOf(o.ID), o.ID, o.Version, draft)
		must(t, err)
		if edited.BIN != o.BIN || edited.Kind != NGO || edited.About.KK == "" || edited.Version != 2 {
			t.Errorf("a lead changes what is theirs alone: %+v", edited)
		}
		if _, err := s.Edit(ctx, leadOf(o.ID), o.ID, 1, draft); !problem.Is(err, problem.Conflict) {
			t.Errorf("a stale form: %v", err)
		}
		draft.Kind, draft.BIN, draft.PlaceID = NGO, o.BIN, village
		edited, err = s.Edit(ctx, officer, o.ID, 2, draft)
		must(t, err)
		got, err := s.ByBIN(ctx, o.BIN)
		must(t, err)
		if !got.Rural || got.ID != o.ID || got.Version != 3 || edited.Version != 3 {
			t.Errorf("moved to a village: %+v", got)
		}
		if acts := actsOf(t, d); !slices.Equal(acts, []string{"orgs.create", "orgs.edit", "orgs.edit"}) {
			t.Errorf("journal: %v", acts)
		}
	})
}

func TestCountByYear(t *testing.T) {
	each(t, func(t *testing.T, s *Service, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		for _, c := range []struct {
			founded, closed string
			place           ref.ID
			kind            string
		}{
			{"2015-01-20", "", town, NGO}, {"2020-12-31", "", village, NGO}, {"2016-05-01", "2021-01-01", town, NGO},
			{"2019-01-01", "", town, "state_body"}, {"", "", town, NGO},
		} {
			f := fund()
			f.BIN, f.PlaceID, f.Kind, f.Founded, f.Closed = "", c.place, c.kind, db.Date{}, db.Date{}
			if c.founded != "" {
				f.Founded = day(c.founded)
			}
			if c.closed != "" {
				f.Closed = day(c.closed)
			}
			create(t, s, f)
		}
		years, unknown, err := s.CountByYear(ctx, []string{NGO}, []ref.ID{town, village}, 2019, 2021)
		must(t, err)
		want := []YearCount{{2019, 2, 0, 0}, {2020, 3, 1, 0}, {2021, 2, 0, 1}}
		if !slices.Equal(years, want) || unknown != 1 {
			t.Errorf("%v and %d unknown, want %v and 1", years, unknown, want)
		}
		all, _, err := s.CountByYear(ctx, nil, nil, 2020, 2020)
		must(t, err)
		if all[0].Count != 4 {
			t.Errorf("of all kinds: %v", all)
		}
	})
}

func TestByIDs(t *testing.T) {
	each(t, func(t *testing.T, s *Service, d *db.DB, clock *dbtest.Clock) {
		o := create(t, s, fund())
		must(t, d.View(t.Context(), func(tx *db.Tx) error {
			got, err := s.ByIDs(t.Context(), tx, []ref.ID{o.ID, 999})
			if len(got) != 1 || got[o.ID].Name != o.Name || !slices.Equal(got[o.ID].Spheres, o.Spheres) {
				t.Errorf("%+v", got)
			}
			return err
		}))
	})
}
