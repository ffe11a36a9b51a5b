package funding

import (
	"reflect"
	"testing"

	"birge/internal/app/migrations"
	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/rules"
	"birge/internal/projects"
)

// bureau is the room with a region, a state body that makes calls, a foundation and
// an NGO.
type bureau struct {
	*Service
	t                         *testing.T
	d                         *db.DB
	clock                     *dbtest.Clock
	region, village           ref.ID
	body, foundation, ngo     ref.ID
	officer, funder, stranger access.Actor
}

func inBureau(t *testing.T, test func(t *testing.T, w *bureau)) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) { test(t, newBureau(t, d, clock)) })
}

func (w *bureau) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func newBureau(t *testing.T, d *db.DB, clock *dbtest.Clock) *bureau {
	ctx, portal := t.Context(), access.Portal("test")
	w := &bureau{t: t, d: d, clock: clock}
	clock.Set(at("02-20 12:00"))
	tree := places.New(d)
	add := func(kato string, parent ref.ID, kind places.Kind) ref.ID {
		p, err := tree.Add(ctx, portal, places.NewPlace{KATO: kato, ParentID: parent, Kind: kind, Name: i18n.Only(i18n.RU, kato)})
		w.must(err)
		w.must(tree.Reload(ctx))
		return p.ID
	}
	w.region = add("990000000", 0, places.Region)
	w.village = add("993230100", w.region, places.Village)
	book := norms.New(d, almaty)
	w.must(book.LoadSeed(ctx))
	w.must(book.Reload(ctx))
	owed := obligations.New(d, almaty, func() obligations.Calendar { return book.Book().Calendar() }, func(db.Date) []int { return nil })
	register := orgs.New(d, orgs.Deps{Zone: almaty, Terms: func(string, string) bool { return true }, Obligations: owed, Places: tree})
	enter := func(kind, name string, place ref.ID, founded db.Date) ref.ID {
		o, err := register.Create(ctx, access.Actor{UserID: 99, Grants: []access.Grant{{Role: access.Officer, Scope: w.region}}}, orgs.Draft{Kind: kind, Name: i18n.Only(i18n.RU, name), PlaceID: place, Founded: founded, Spheres: []string{"environment"}})
		w.must(err)
		return o.ID
	}
	w.body = enter("state_body", "Управление", w.region, db.Date{})
	w.foundation = enter("business", "Фонд", w.region, db.Date{})
	w.ngo = enter("ngo", "Жасыл дала", w.village, db.Day(2025, 1, 15))
	w.officer = access.Actor{UserID: 3, Grants: []access.Grant{{Role: access.Officer, Scope: w.region}}}
	w.funder = access.Actor{UserID: 4, Grants: []access.Grant{{Role: access.Funder, Scope: w.foundation}}}
	w.stranger = access.Actor{UserID: 5}
	w.Service = New(d, Deps{Zone: almaty, Places: tree, Norms: book, Obligations: owed})
	return w
}

// terms are good terms in the region.
func (w *bureau) terms() Terms {
	x := terms()
	x.PlaceID = w.region
	return x
}

func (w *bureau) draft() Call {
	w.t.Helper()
	c, err := w.CreateCall(w.t.Context(), w.officer, NewCall{FunderID: w.body, Terms: w.terms()})
	w.must(err)
	return c
}

func (w *bureau) published() Call {
	w.t.Helper()
	c, err := w.PublishCall(w.t.Context(), w.officer, w.draft().ID, 0)
	w.must(err)
	return c
}

func TestCallFromDraftToEnd(t *testing.T) {
	inBureau(t, func(t *testing.T, w *bureau) {
		ctx := t.Context()
		c := w.draft()
		if c.Number != "2026-000001" || c.Published() {
			t.Fatalf("draft %s, published %v", c.Number, c.Published())
		}
		if _, err := w.CallStory(ctx, w.stranger, c.ID); !problem.Is(err, problem.NotFound) {
			t.Errorf("a stranger sees a draft: %v", err)
		}
		x := w.terms()
		x.OwnShare = 10
		c, err := w.EditCall(ctx, w.officer, c.ID, c.Version, x)
		w.must(err)
		if _, err := w.EditCall(ctx, w.officer, c.ID, 1, x); faultOf(err, "") != "problem.changed_meanwhile" {
			t.Errorf("an old version was taken: %v", err)
		}
		c, err = w.PublishCall(ctx, w.officer, c.ID, c.Version)
		w.must(err)
		if _, err := w.EditCall(ctx, w.officer, c.ID, c.Version, x); faultOf(err, "") != "funding.is_published" {
			t.Errorf("a published call was edited: %v", err)
		}
		w.clock.Set(at("03-10 12:00"))
		x = c.Terms
		x.Contacts = i18n.Text{RU: "Кабинет 5"}
		c, err = w.ReviseCall(ctx, w.officer, c.ID, c.Version, Change{Terms: x, Reason: both})
		w.must(err)
		st, err := w.CallStory(ctx, access.Actor{}, c.ID)
		w.must(err)
		if !reflect.DeepEqual(st.Call, c) {
			t.Errorf("stored\n%+v\nis not\n%+v", st.Call, c)
		}
		if len(st.Revisions) != 1 || st.Revisions[0].Before.Contacts != both || st.Revisions[0].After.Contacts.RU != "Кабинет 5" {
			t.Errorf("revisions %+v", st.Revisions)
		}
		if st.Phase() != Open || st.MayKeep || len(st.Past) < 2 {
			t.Errorf("phase %s, may keep %v, past %d", st.Phase(), st.MayKeep, len(st.Past))
		}
		for _, e := range st.Past {
			if e.Act == "funding.call.create" || e.Act == "funding.call.edit" {
				t.Errorf("what was done to the draft is public: %s", e.Act)
			}
		}
		if _, err := w.CancelCall(ctx, w.officer, c.ID, c.Version, i18n.Text{}); faultOf(err, "reason") != "form.required" {
			t.Errorf("cancelled without a reason: %v", err)
		}
		c, err = w.CancelCall(ctx, w.officer, c.ID, c.Version, both)
		w.must(err)
		if c.PhaseOn(w.Now(), nil) != Cancelled {
			t.Error("not cancelled")
		}
	})
}

// Rows are as their last entries say.
func TestRowsAreAsTheJournalSays(t *testing.T) {
	inBureau(t, func(t *testing.T, w *bureau) {
		ctx := t.Context()
		c := w.published()
		x := c.Terms
		x.Contacts = i18n.Text{RU: "Кабинет 5"}
		_, err := w.ReviseCall(ctx, w.officer, c.ID, 0, Change{Terms: x, Reason: both})
		w.must(err)
		w.must(w.d.View(ctx, func(tx *db.Tx) error {
			for _, k := range Kinds() {
				var things []journal.Thing
				err := k.Rows(ctx, tx, func(thing journal.Thing) error {
					things = append(things, thing)
					return nil
				})
				if err != nil || len(things) == 0 && (k.Name == KindCall || k.Name == KindRevision) {
					t.Errorf("%s: %d rows: %v", k.Name, len(things), err)
				}
				for _, thing := range things {
					e, ok, err := journal.Last(ctx, tx, k.Name, thing.Ref().ID)
					if err != nil || !ok || e.Version != thing.JournalVersion() {
						t.Errorf("%s: entry %v of version %d, row of %d: %v", k.Name, ok, e.Version, thing.JournalVersion(), err)
					}
				}
			}
			return nil
		}))
	})
}

func TestTheLawHolds(t *testing.T) {
	inBureau(t, func(t *testing.T, w *bureau) {
		for _, c := range []struct {
			name  string
			spoil func(*Terms)
			field string
			want  string
		}{
			{"below 3,000 indices of 2026", func(x *Terms) { x.MinSum = 12_974_999_00 }, "min_sum", "funding.sum_below"},
			{"above 10,000 indices of 2026", func(x *Terms) { x.MaxSum = 43_250_001_00 }, "max_sum", "funding.sum_above"},
			{"the index of 2031 is not known", func(x *Terms) { x.Rounds[1].Year = 2031 }, "rounds.1.year", "funding.mci_unknown"},
			{"nineteen days", func(x *Terms) { x.Rounds[0].Closes = db.At(at("03-20 18:00")) }, "rounds.0.closes", "funding.window_short"},
			{"an order may last three years", func(x *Terms) { x.Kind, x.Length, x.MaxMonths = projects.StateSocialOrder, "", 37 }, "max_months", "funding.months_above"},
			{"a foundation writes its own terms", func(x *Terms) {
				x.Kind, x.Length, x.MinSum, x.MaxMonths, x.PerWork = projects.Foundation, "", 1_000_00, 60, 1
				x.Rounds[0].Closes = db.At(at("03-03 18:00"))
			}, "", ""},
		} {
			x := w.terms()
			c.spoil(&x)
			by, payer := w.officer, w.body
			if !ByLaw(x.Kind) {
				by, payer = w.funder, w.foundation
			}
			d, err := w.CreateCall(t.Context(), by, NewCall{FunderID: payer, Terms: x})
			w.must(err)
			_, err = w.PublishCall(t.Context(), by, d.ID, 0)
			if got := faultOf(err, c.field); got != c.want {
				t.Errorf("%s: got %q, want %q: %v", c.name, got, c.want, err)
			}
		}
	})
}

// The end of the term after a change is counted in working days.
func TestLateChangeCountsWorkingDays(t *testing.T) {
	inBureau(t, func(t *testing.T, w *bureau) {
		c := w.published() // closes on Wednesday 25 March
		w.clock.Set(at("03-16 12:00"))
		x := c.Terms
		x.Contacts = i18n.Text{RU: "Кабинет 5"}
		_, err := w.ReviseCall(t.Context(), w.officer, c.ID, 0, Change{Terms: x, Reason: both})
		if got := faultOf(err, "late_reason"); got != "funding.late_change" { // Nauryz lies between
			t.Fatalf("got %q: %v", got, err)
		}
		x.Rounds = append([]Round{}, x.Rounds...)
		x.Rounds[0].Closes = db.At(at("03-31 18:30"))
		if _, err = w.ReviseCall(t.Context(), w.officer, c.ID, 0, Change{Terms: x, Reason: both}); err != nil {
			t.Error(err)
		}
	})
}

func TestWrongPeopleAndCalls(t *testing.T) {
	inBureau(t, func(t *testing.T, w *bureau) {
		ctx := t.Context()
		c, d := w.published(), w.draft()
		lead := access.Actor{UserID: 6, Grants: []access.Grant{{Role: access.Lead, Scope: w.ngo}}}
		for name, by := range map[string]access.Actor{"a citizen": w.stranger, "the lead of an NGO": lead, "another funder": w.funder} {
			_, created := w.CreateCall(ctx, by, NewCall{FunderID: w.body, Terms: w.terms()})
			_, edited := w.EditCall(ctx, by, d.ID, 0, w.terms())
			_, published := w.PublishCall(ctx, by, d.ID, 0)
			_, revised := w.ReviseCall(ctx, by, c.ID, 0, Change{Terms: w.terms(), Reason: both})
			_, cancelled := w.CancelCall(ctx, by, c.ID, 0, both)
			for act, err := range map[string]error{"create": created, "edit": edited, "publish": published, "revise": revised, "cancel": cancelled} {
				want := problem.Forbidden
				if act == "edit" || act == "publish" {
					want = problem.NotFound
				}
				if !problem.Is(err, want) {
					t.Errorf("%s may %s: %v", name, act, err)
				}
			}
		}
		x := w.terms()
		x.Kind, x.Length = projects.Foundation, ""
		if _, err := w.CreateCall(ctx, w.officer, NewCall{FunderID: w.foundation, Terms: x}); !problem.Is(err, problem.Forbidden) {
			t.Errorf("an officer of the region makes a call of a foundation: %v", err)
		}
	})
}

func TestEligible(t *testing.T) {
	inBureau(t, func(t *testing.T, w *bureau) {
		ctx := t.Context()
		x := w.terms()
		place, _ := w.Places.Tree().Place(w.region)
		x.Eligibility = append(Ready(place), Requirement{Code: "sum", Text: both, Rule: "proposal.sum <= 20000000"}, Requirement{Code: "charter", Text: both})
		bad := x
		bad.Eligibility = append(bad.Eligibility[:len(bad.Eligibility):len(bad.Eligibility)], Requirement{Code: "x", Text: both, Rule: `org.kind == "nothing"`})
		if _, err := w.CreateCall(ctx, w.officer, NewCall{FunderID: w.body, Terms: bad}); faultOf(err, "eligibility.11.rule") != "rules.unknown_code" {
			t.Errorf("a rule about a code that nothing has was taken: %v", err)
		}
		c, err := w.CreateCall(ctx, w.officer, NewCall{FunderID: w.body, Terms: x})
		w.must(err)
		fits, err := w.Fits(ctx, c, []ref.ID{w.ngo, w.body, 77})
		w.must(err)
		if len(fits) != 2 {
			t.Fatalf("%d organizations judged", len(fits))
		}
		want := map[string][2]rules.Answer{"ngo": {rules.Yes, rules.No}, "active": {rules.Yes, rules.Yes}, "age": {rules.Yes, rules.Unknown},
			"return": {rules.Unknown, rules.Yes}, "overdue": {rules.Yes, rules.Yes}, "live": {rules.Yes, rules.Yes}, "first": {rules.Yes, rules.Yes},
			"rural": {rules.Yes, rules.No}, "here": {rules.Yes, rules.Yes}, "sum": {rules.Unknown, rules.Unknown}, "charter": {rules.Unknown, rules.Unknown}}
		for i, fit := range fits {
			for _, v := range fit.Verdicts {
				if v.Answer != want[v.Code][i] {
					t.Errorf("%s of organization %d: %v, want %v", v.Code, i, v.Answer, want[v.Code][i])
				}
			}
		}
		w.must(w.d.View(ctx, func(tx *db.Tx) error {
			v, err := w.Eligible(ctx, tx, c, fits[0].Org, rules.Values{"proposal.sum": int64(30_000_000_00)})
			if err == nil && v[9].Answer != rules.No {
				t.Errorf("30 million pass: %v", v[9].Answer)
			}
			return err
		}))
	})
}

func TestOverdueCounts(t *testing.T) {
	inBureau(t, func(t *testing.T, w *bureau) {
		ctx := t.Context()
		owner := ref.Ref{Kind: orgs.Kind, ID: w.ngo}
		for i, private := range []bool{false, true} {
			w.must(w.d.Update(ctx, func(tx *db.Tx) error {
				_, err := w.Obligations.Owe(ctx, tx, access.Portal("test"), obligations.Debt{Kind: "test", What: both, Ground: obligations.Promise,
					Thing: ref.Ref{Kind: "test", ID: ref.ID(i + 1)}, Root: owner, Owner: owner, Due: db.Day(2026, 2, 1), Private: private})
				return err
			}))
		}
		c := Call{Terms: Terms{Eligibility: []Requirement{{Code: "overdue", Rule: "org.overdue == 1"}}}}
		fits, err := w.Fits(ctx, c, []ref.ID{w.ngo})
		w.must(err)
		if fits[0].Verdicts[0].Answer != rules.Yes {
			t.Errorf("what strangers may not see is counted: %v", fits[0].Verdicts[0].Parts[0].Have)
		}
	})
}
