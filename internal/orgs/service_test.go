package orgs

import (
	"context"
	"slices"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/app/migrations"
	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/keys"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

var almaty = time.FixedZone("Asia/Almaty", 5*3600)

// house is a register in a test: a region with a town and a village, an officer
// of the region and one from elsewhere.
type house struct {
	*Service
	t                     *testing.T
	d                     *db.DB
	clock                 *dbtest.Clock
	region, town, village ref.ID
	officer, elsewhere    access.Actor
	codes                 []string // mailed for claims
	told                  int      // leads told of claims
}

func leadOf(org ref.ID) access.Actor {
	return access.Actor{UserID: 3, Grants: []access.Grant{{Role: access.Lead, Scope: org}}}
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

func each(t *testing.T, test func(t *testing.T, h *house)) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := &house{t: t, d: d, clock: clock}
		acc, err := accounts.New(d, accounts.Options{})
		must(t, err)
		ring, err := keys.Open(t.TempDir())
		must(t, err)
		h.Service = New(d, Deps{
			Zone: almaty, Accounts: acc, Places: places.New(d),
			Obligations: obligations.New(d, almaty, func() obligations.Calendar { return weekdays{} }, func(db.Date) []int { return nil }),
			Terms:       knownTerm,
			Norm: func(key string, _ db.Date) (norms.Norm, bool) {
				n := map[string]int64{normReply: 15, normObjection: 10}[key]
				return norms.Norm{Value: norms.Value{N: n}}, n > 0
			},
			FindTerm: func(list, s string) string {
				if knownTerm(list, s) {
					return s
				}
				return ""
			},
			MAC: ring.MAC,
			SendCode: func(_ context.Context, _ *db.Tx, _ Claim, _ Organization, code string) error {
				h.codes = append(h.codes, code)
				return nil
			},
			TellLeads: func(_ context.Context, _ *db.Tx, _ Claim, _ Organization, leads []ref.ID) error {
				h.told += len(leads)
				return nil
			},
		})
		h.region = h.place("150000000", 0, places.Region, "Ақтөбе облысы")
		h.town = h.place("151000000", h.region, places.Town, "Ақтөбе")
		h.village = h.place("153630100", h.region, places.Village, "Бестау")
		h.officer = access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Officer, Scope: h.region}}}
		h.elsewhere = access.Actor{UserID: 2, Grants: []access.Grant{{Role: access.Officer, Scope: 4444}}}
		test(t, h)
	})
}

func (h *house) place(kato string, around ref.ID, kind places.Kind, name string) ref.ID {
	h.t.Helper()
	p, err := h.Places.Add(h.t.Context(), access.Portal("test"), places.NewPlace{KATO: kato, ParentID: around, Kind: kind, Name: i18n.Text{KK: name}})
	must(h.t, err)
	return p.ID
}

// person is somebody with an account.
func (h *house) person(name string) access.Actor {
	h.t.Helper()
	p, err := h.Accounts.Enrol(h.t.Context(), access.Portal("test"), accounts.NewPerson{Name: name, Email: name + "@example.kz"})
	must(h.t, err)
	return access.Actor{UserID: p.ID}
}

// lead is somebody with an account who speaks for the organization.
func (h *house) lead(name string, o Organization) access.Actor {
	h.t.Helper()
	a := h.person(name)
	_, err := h.Accounts.GiveRole(h.t.Context(), access.Portal("test"), a.UserID, access.Lead, o.Ref())
	must(h.t, err)
	a.Grants = []access.Grant{{Role: access.Lead, Scope: o.ID}}
	return a
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

func (h *house) fund() Draft {
	return fundAt(h.town)
}

func fundAt(place ref.ID) Draft {
	return Draft{
		BIN: "150140000012", Kind: NGO, LegalForm: "public_foundation", Name: i18n.Text{KK: "«Үміт» қоғамдық қоры", RU: "ОФ «Умит»"},
		PlaceID: place, Spheres: []string{"education"}, Founded: day("2015-01-20"), Head: "Әлия Серікқызы",
	}
}

func (h *house) create(d Draft) Organization {
	h.t.Helper()
	o, err := h.Create(h.t.Context(), h.officer, d)
	must(h.t, err)
	return o
}

// acts lists the acts of the register in the journal.
func (h *house) acts() (acts []string) {
	h.t.Helper()
	must(h.t, h.d.View(h.t.Context(), func(tx *db.Tx) (err error) {
		acts, err = db.All(h.t.Context(), tx, db.Value[string], `SELECT act FROM journal_entries WHERE act LIKE 'orgs.%' ORDER BY id`)
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
		d := fundAt(11)
		c.change(&d)
		_, bad := d.clean(knownTerm, true, today)
		if _, ok := bad[c.field]; len(bad) > 1 || ok != (c.field != "") || c.field == "" && bad != nil {
			t.Errorf("%s: %v", c.name, bad)
		}
	}
	if _, bad := fundAt(11).clean(knownTerm, false, today); bad["place"].Key != "orgs.place_unknown" {
		t.Errorf("an unknown place: %v", bad)
	}
}

func TestRightsOnTheRegister(t *testing.T) {
	o := Organization{ID: 7, Draft: fundAt(11)}
	place := Place{Path: []ref.ID{11, 10}}
	officer := access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Officer, Scope: 10}}}
	elsewhere := access.Actor{UserID: 2, Grants: []access.Grant{{Role: access.Officer, Scope: 4444}}}
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
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		o := h.create(h.fund())
		if _, err := h.Create(ctx, h.officer, h.fund()); !problem.Is(err, problem.Invalid) || problem.As(err).Fields["bin"].Key != "orgs.bin_taken" {
			t.Errorf("the same BIN twice: %v", err)
		}
		if _, err := h.Create(ctx, h.elsewhere, h.fund()); !problem.Is(err, problem.Forbidden) {
			t.Errorf("an officer of another region: %v", err)
		}
		draft := o.Draft
		draft.BIN, draft.Kind, draft.About = "", "business", i18n.Text{KK: "Біз балаларға көмектесеміз"}
		edited, err := h.Edit(ctx, leadOf(o.ID), o.ID, o.Version, draft)
		must(t, err)
		if edited.BIN != o.BIN || edited.Kind != NGO || edited.About.KK == "" || edited.Version != 2 {
			t.Errorf("a lead changes what is theirs alone: %+v", edited)
		}
		if _, err := h.Edit(ctx, leadOf(o.ID), o.ID, 1, draft); !problem.Is(err, problem.Conflict) {
			t.Errorf("a stale form: %v", err)
		}
		draft.Kind, draft.BIN, draft.PlaceID = NGO, o.BIN, h.village
		edited, err = h.Edit(ctx, h.officer, o.ID, 2, draft)
		must(t, err)
		got, err := h.ByBIN(ctx, o.BIN)
		must(t, err)
		if !got.Rural || got.ID != o.ID || got.Version != 3 || edited.Version != 3 {
			t.Errorf("moved to a h.village: %+v", got)
		}
		if acts := h.acts(); !slices.Equal(acts, []string{"orgs.create", "orgs.edit", "orgs.edit"}) {
			t.Errorf("journal: %v", acts)
		}
	})
}

func TestCountsByYearAndPlace(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		for _, c := range []struct {
			founded, closed string
			place           ref.ID
			kind            string
		}{
			{"2015-01-20", "", h.town, NGO}, {"2020-12-31", "", h.village, NGO}, {"2016-05-01", "2021-01-01", h.town, NGO},
			{"2019-01-01", "", h.town, "state_body"}, {"", "", h.town, NGO},
		} {
			f := h.fund()
			f.BIN, f.PlaceID, f.Kind, f.Founded, f.Closed = "", c.place, c.kind, db.Date{}, db.Date{}
			if c.founded != "" {
				f.Founded = day(c.founded)
			}
			if c.closed != "" {
				f.Closed = day(c.closed)
			}
			h.create(f)
		}
		e := search.New()
		must(t, e.Rebuild(Kind, 0, func(yield func(search.Doc, error) bool) {
			must(t, h.Docs(ctx, nil, func(string, string) (int64, bool) { return 0, false }, func(d search.Doc) error {
				yield(d, nil)
				return nil
			}))
		}))
		years, unknown := ByYear(e, []ref.ID{h.region}, 2019, 2021)
		want := []YearCount{{2019, 2, 0, 0}, {2020, 3, 1, 0}, {2021, 2, 0, 1}}
		if !slices.Equal(years, want) || unknown != 1 {
			t.Errorf("%v and %d unknown, want %v and 1", years, unknown, want)
		}
		if years, _ := ByYear(e, []ref.ID{h.village}, 2020, 2020); years[0].Count != 1 {
			t.Errorf("in the village: %v", years)
		}
		all, _ := AtPlaces(e, NGOs())
		rural, _ := AtPlaces(e, NGOs(), Rural())
		if all.At(h.region) != 4 || all.At(h.village) != 1 || rural.At(h.region) != 1 {
			t.Errorf("%d NGOs, %d in the village, %d rural", all.At(h.region), all.At(h.village), rural.At(h.region))
		}
	})
}

func TestByIDs(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.create(h.fund())
		must(t, h.d.View(t.Context(), func(tx *db.Tx) error {
			got, err := h.ByIDs(t.Context(), tx, []ref.ID{o.ID, 999})
			if len(got) != 1 || got[o.ID].Name != o.Name || !slices.Equal(got[o.ID].Spheres, o.Spheres) {
				t.Errorf("%+v", got)
			}
			return err
		}))
	})
}
