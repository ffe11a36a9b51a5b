package panels

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
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
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

var (
	almaty = time.FixedZone("Asia/Almaty", 5*3600)
	portal = access.Portal("test")
)

const (
	funder  ref.ID = 501 // organizations are ids to this room
	council ref.ID = 502
	first   ref.ID = 601 // applicants
	second  ref.ID = 602
	third   ref.ID = 603
)

// world is the room with a region, an officer, a council and experts.
type world struct {
	*Service
	t       testing.TB
	d       *db.DB
	clock   *dbtest.Clock
	region  ref.ID
	officer access.Actor
	away    access.Actor
	speaker access.Actor // of the council
	found   map[ref.ID][]ref.ID
	made    int
	experts []access.Actor
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) { test(t, newWorld(t, d, clock)) })
}

func newWorld(t testing.TB, d *db.DB, clock *dbtest.Clock) *world {
	ctx := t.Context()
	pl, book := places.New(d), norms.New(d, almaty)
	region, err := pl.Add(ctx, portal, places.NewPlace{KATO: "990000000", Kind: places.Region, Name: i18n.Only(i18n.RU, "Учебная область")})
	must(t, err)
	must(t, errors.Join(pl.Reload(ctx), book.LoadSeed(ctx), book.Reload(ctx)))
	acc, err := accounts.New(d, accounts.Options{})
	must(t, err)
	w := &world{t: t, d: d, clock: clock, region: region.ID, found: map[ref.ID][]ref.ID{}}
	w.Service = New(d, Deps{Zone: almaty, Accounts: acc, Places: pl, Norms: book,
		Obligations: obligations.New(d, almaty, func() obligations.Calendar { return book.Book().Calendar() }, func(db.Date) []int { return nil }),
		Ties: func(_ context.Context, _ *db.Tx, person, _ ref.ID, _ db.Date) ([]ref.ID, error) {
			return w.found[person], nil
		}})
	w.officer = w.actor("officer", access.Officer, ref.Ref{Kind: "place", ID: region.ID})
	w.away = w.actor("away", access.Officer, ref.Ref{Kind: "place", ID: 77})
	w.speaker = w.actor("speaker", access.Lead, ref.Ref{Kind: "organization", ID: council})
	return w
}

// actor is somebody with an account and a role.
func (w *world) actor(name string, role access.Role, scope ref.Ref) access.Actor {
	w.t.Helper()
	w.made++
	p, err := w.Accounts.Enrol(w.t.Context(), portal, accounts.NewPerson{Name: name, Email: fmt.Sprintf("%s%d@example.kz", name, w.made)})
	must(w.t, err)
	if role != "" {
		_, err = w.Accounts.GiveRole(w.t.Context(), portal, p.ID, role, scope)
		must(w.t, err)
	}
	return access.Actor{UserID: p.ID, Grants: []access.Grant{{Role: role, Scope: scope.ID}}}
}

// expert joins the pool.
func (w *world) expert(p Profile) access.Actor {
	w.t.Helper()
	e := w.actor("expert", access.Expert, ref.Ref{Kind: "place", ID: w.region})
	if p.Spheres == nil {
		p.Spheres = []string{"education_sport", "health"}
	}
	if p.Langs == nil {
		p.Langs = []i18n.Lang{i18n.KK, i18n.RU}
	}
	_, err := w.Present(w.t.Context(), e, 0, p)
	must(w.t, err)
	w.experts = append(w.experts, e)
	return e
}

func application(id, org ref.ID) Work {
	return Work{Ref: ref.Ref{Kind: "application", ID: id, Title: i18n.Only(i18n.RU, fmt.Sprint("Заявка ", id))}, Orgs: []ref.ID{org}, Spheres: []string{"health"}}
}

func (w *world) newPanel() NewPanel {
	return NewPanel{Subject: ref.Ref{Kind: "call_round", ID: 900}, Title: i18n.Only(i18n.RU, "Конкурс 1"), FunderID: funder, PlaceID: w.region,
		Works: []Work{application(11, first), application(12, second), application(13, third)}, Criteria: sheetCriteria(),
		PerWork: 2, Spread: 30, Names: NamesAfter, Due: w.Today().AddDays(20)}
}

func (w *world) opened(change ...func(*NewPanel)) (p Panel) {
	w.t.Helper()
	n := w.newPanel()
	for _, f := range change {
		f(&n)
	}
	must(w.t, w.tx(func(tx *db.Tx) (err error) {
		p, err = w.OpenIn(w.t.Context(), tx, w.officer, n)
		return err
	}))
	return p
}

func (w *world) tx(f func(tx *db.Tx) error) error { return w.d.Update(w.t.Context(), f) }

// drawn takes a panel through the draw.
func (w *world) drawn(change ...func(*NewPanel)) Panel {
	w.t.Helper()
	p, ctx := w.opened(change...), w.t.Context()
	must(w.t, w.Freeze(ctx, w.officer, p.ID))
	parties := []struct {
		by    access.Actor
		party ref.ID
		value string
	}{{w.officer, funder, "the funder's own part"}, {w.speaker, council, "the council's own part"}}
	for _, x := range parties {
		must(w.t, w.InviteParty(ctx, w.officer, p.ID, ref.Ref{Kind: "organization", ID: x.party}))
	}
	for _, x := range parties {
		must(w.t, w.CommitPart(ctx, x.by, p.ID, x.party, CommitTo(x.value)))
	}
	for _, x := range parties {
		must(w.t, w.OpenPart(ctx, x.by, p.ID, x.party, x.value))
	}
	return w.panel(p.ID)
}

func (w *world) panel(id ref.ID) (p Panel) {
	w.t.Helper()
	must(w.t, w.d.View(w.t.Context(), func(tx *db.Tx) (err error) {
		p, err = w.PanelIn(w.t.Context(), tx, id)
		return err
	}))
	return p
}

func (w *world) assignments(panel ref.ID) (list []Assignment) {
	w.t.Helper()
	must(w.t, w.d.View(w.t.Context(), func(tx *db.Tx) (err error) {
		list, err = assignmentsOf(w.t.Context(), tx, panel)
		return err
	}))
	return list
}

// by is the expert of an assignment.
func (w *world) by(a Assignment) (who access.Actor) {
	w.t.Helper()
	must(w.t, w.d.View(w.t.Context(), func(tx *db.Tx) error {
		e, err := expertByID(w.t.Context(), tx, a.ExpertID)
		i := slices.IndexFunc(w.experts, func(x access.Actor) bool { return x.UserID == e.PersonID })
		if err == nil && i >= 0 {
			who = w.experts[i]
		}
		return err
	}))
	return who
}

func sheet(need, budget int) []Score {
	return []Score{{"need", need, "Обосновано данными."}, {"budget", budget, "Цены по рынку."}}
}

// mark declares and hands in.
func (w *world) mark(a Assignment, scores []Score) error {
	by := w.by(a)
	if err := w.DeclareIn(w.t.Context(), by, a.PanelID, nil, ""); err != nil {
		return err
	}
	return w.Submit(w.t.Context(), by, a.ID, scores)
}

// markAll hands in everything that waits, also what is drawn meanwhile.
func (w *world) markAll(panel ref.ID, scores func(i int) []Score) {
	w.t.Helper()
	for i := 0; ; i++ {
		list := slices.DeleteFunc(w.assignments(panel), func(a Assignment) bool { return !a.Waits() })
		if len(list) == 0 {
			return
		}
		must(w.t, w.mark(list[0], scores(i)))
	}
}

func even(int) []Score { return sheet(7, 4) }

// standings are all places of the order of a panel.
func (w *world) standings(v View) Standings {
	w.t.Helper()
	st, err := w.Standings(w.t.Context(), v, 1, 0)
	must(w.t, err)
	return st
}

// replays checks the published file.
func (w *world) replays(panel ref.ID) DrawFile {
	w.t.Helper()
	f, err := w.File(w.t.Context(), panel)
	must(w.t, err)
	if at := f.Replay(); at != "" {
		w.t.Errorf("the draw differs at %s", at)
	}
	return f
}

// verified checks that every row is as its last entry says.
func (w *world) verified() {
	w.t.Helper()
	ring, err := keys.Open(w.t.TempDir())
	must(w.t, err)
	must(w.t, journal.NewSealer(w.d).Seal(w.t.Context()))
	report, err := journal.Verify(w.t.Context(), w.d, ring, Kinds(), nil)
	must(w.t, err)
	if !report.OK() || report.Rows == 0 {
		w.t.Errorf("%d rows, faults %v", report.Rows, report.Faults)
	}
}

func TestAPanelFromOpeningToDecision(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 4 {
			w.expert(Profile{})
		}
		tied := w.experts[0]
		must(t, w.Declare(ctx, tied, first, GroundRelative))
		p := w.drawn()
		if p.Stage() != Marking || p.Lot.Experts != 4 || p.Lot.Works != 3 || p.Lot.Exclusions != 1 {
			t.Fatalf("%+v", p.Lot)
		}
		w.replays(p.ID)
		list := w.assignments(p.ID)
		if len(list) != 6 {
			t.Fatalf("%d assignments", len(list))
		}
		is(t, w.Reveal(ctx, w.officer, p.ID, i18n.Text{}), problem.Conflict)
		_, err := w.Sheet(ctx, w.by(list[0]), list[0].ID, i18n.RU)
		is(t, err, problem.Forbidden) // not declared
		is(t, w.Submit(ctx, w.by(list[0]), list[0].ID, sheet(1, 1)), problem.Forbidden)
		w.markAll(p.ID, even)
		is(t, w.Submit(ctx, w.by(list[0]), list[0].ID, sheet(1, 1)), problem.Conflict)
		is(t, w.Reveal(ctx, w.away, p.ID, i18n.Text{}), problem.Forbidden)
		must(t, w.Reveal(ctx, w.officer, p.ID, i18n.Text{}))
		must(t, w.tx(func(tx *db.Tx) error { return w.DecidedIn(ctx, tx, w.officer, p.ID) }))
		v, err := w.View(ctx, access.Actor{}, p.ID)
		must(t, err)
		if st := w.standings(v); st.Places[0].Raw != 74 || st.Titles != nil || len(v.Names) == 0 || v.Runs || v.Sittings != nil {
			t.Errorf("%+v", v)
		}
		w.verified()
	})
}

func TestNobodySeesMarksBeforeTheReveal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 3 {
			w.expert(Profile{})
		}
		p := w.drawn()
		list := w.assignments(p.ID)
		must(t, w.mark(list[0], sheet(9, 5)))
		for name, by := range map[string]access.Actor{"stranger": {}, "officer": w.officer, "speaker": w.speaker, "expert": w.by(list[1])} {
			v, err := w.View(ctx, by, p.ID)
			must(t, err)
			if v.Open || len(v.Names) > 0 {
				t.Errorf("the %s sees %+v", name, v)
			}
		}
		must(t, w.d.View(ctx, func(tx *db.Tx) error {
			_, err := w.Results(ctx, tx, p.ID)
			is(t, err, problem.Conflict)
			return nil
		}))
		other := w.by(list[1])
		if other.UserID == w.by(list[0]).UserID {
			other = w.by(list[2])
		}
		for _, by := range []access.Actor{other, w.officer, w.speaker, {}} {
			_, err := w.Sheet(ctx, by, list[0].ID, i18n.RU)
			is(t, err, problem.NotFound)
		}
		must(t, w.d.View(ctx, func(tx *db.Tx) error {
			entries, err := journal.Timeline(ctx, tx, p.Ref(), 0, 1000, true)
			for _, e := range entries {
				if e.Thing.Kind != KindPanel {
					t.Errorf("the public timeline tells of a %s", e.Thing.Kind)
				}
			}
			return err
		}))
	})
}

func TestAWideSpreadCallsOneMore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 5 {
			w.expert(Profile{})
		}
		p := w.drawn(func(n *NewPanel) { n.Works = n.Works[:1] })
		w.markAll(p.ID, func(i int) []Score { return sheet(10*(i%2), 5*(i%2)) })
		list := w.assignments(p.ID)
		if len(list) != 3 || list[2].Why != WhySpread || list[2].Due.Before(p.Due) {
			t.Fatalf("%+v", list)
		}
		f := w.replays(p.ID)
		if len(f.Steps) != 2 || f.Steps[1].Why != WhySpread {
			t.Errorf("%+v", f.Steps)
		}
		must(t, w.Reveal(t.Context(), w.officer, p.ID, i18n.Text{}))
	})
}

func TestRecusalDrawsAnother(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 3 {
			w.expert(Profile{})
		}
		p := w.drawn(func(n *NewPanel) { n.Works = n.Works[:1] })
		list := w.assignments(p.ID)
		is(t, w.Recuse(ctx, w.officer, list[0].ID, ""), problem.NotFound)
		is(t, w.Recuse(ctx, w.by(list[0]), list[0].ID, strings.Repeat("а", 2000)), problem.Invalid)
		must(t, w.mark(list[0], sheet(5, 5)))
		must(t, w.Recuse(ctx, w.by(list[0]), list[0].ID, "Узнал автора")) // also after marking
		is(t, w.Recuse(ctx, w.by(list[0]), list[0].ID, ""), problem.Conflict)
		_, err := w.Sheet(ctx, w.by(list[0]), list[0].ID, i18n.RU)
		is(t, err, problem.Conflict)
		must(t, w.Recuse(ctx, w.by(list[1]), list[1].ID, ""))
		v, err := w.View(ctx, w.officer, p.ID)
		must(t, err)
		if v.Progress.Given != 1 || v.Progress.Short != 1 {
			t.Fatalf("%+v", v.Progress)
		}
		_, err = w.Fill(ctx, w.officer, p.ID)
		must(t, err)
		w.markAll(p.ID, even)
		is(t, w.Reveal(ctx, w.officer, p.ID, i18n.Text{}), problem.Invalid)
		w.expert(Profile{}) // somebody joins the pool, and continues the draw
		n, err := w.Fill(ctx, w.officer, p.ID)
		must(t, err)
		if n != 1 {
			t.Errorf("%d drawn", n)
		}
		_, err = w.Fill(ctx, w.officer, p.ID)
		is(t, err, problem.Conflict)
		w.markAll(p.ID, even)
		w.replays(p.ID)
		must(t, w.Reveal(ctx, w.officer, p.ID, i18n.Text{}))
		w.verified()
	})
}

func TestAnExpertInConflictNeverMarks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 5 {
			w.expert(Profile{})
		}
		p := w.drawn(func(n *NewPanel) { n.Works = n.Works[:1]; n.Blind = true })
		list := w.assignments(p.ID)
		// declared before anything is read
		a := list[0]
		d, err := w.Declaration(ctx, w.by(a), p.ID)
		must(t, err)
		if !slices.Equal(d.Orgs, []ref.ID{first}) || d.Works != 1 {
			t.Errorf("%+v", d)
		}
		_, err = w.Declaration(ctx, w.officer, p.ID)
		is(t, err, problem.NotFound)
		must(t, w.DeclareIn(ctx, w.by(a), p.ID, []ref.ID{first}, GroundWork))
		is(t, w.Submit(ctx, w.by(a), a.ID, sheet(5, 5)), problem.Conflict)
		// found by the portal after the declaration
		b := list[1]
		must(t, w.DeclareIn(ctx, w.by(b), p.ID, nil, ""))
		w.found[w.by(b).UserID] = []ref.ID{first}
		is(t, w.Submit(ctx, w.by(b), b.ID, sheet(5, 5)), problem.Conflict)
		waits := slices.DeleteFunc(w.assignments(p.ID), func(a Assignment) bool { return a.Left() })
		if len(waits) != 2 {
			t.Fatalf("%+v", waits)
		}
		// found after the marks are in: they are set aside before the reveal
		must(t, w.mark(waits[0], sheet(5, 5)))
		must(t, w.mark(waits[1], sheet(5, 5)))
		w.found[w.by(waits[0]).UserID] = []ref.ID{first}
		is(t, w.Reveal(ctx, w.officer, p.ID, i18n.Text{}), problem.Conflict)
		w.markAll(p.ID, even)
		must(t, w.Reveal(ctx, w.officer, p.ID, i18n.Text{}))
		v, err := w.View(ctx, w.officer, p.ID)
		must(t, err)
		if got := w.standings(v).Places[0].Marks; got != 2 {
			t.Errorf("%d marks count", got)
		}
		w.replays(p.ID)
		w.verified()
	})
}

func TestEmployerAndRolesAreConflicts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.expert(Profile{EmployerID: first})
		lead := w.expert(Profile{})
		_, err := w.Accounts.GiveRole(t.Context(), portal, lead.UserID, access.Lead, ref.Ref{Kind: "organization", ID: second})
		must(t, err)
		w.expert(Profile{})
		p := w.drawn()
		if p.Lot.Exclusions != 2 {
			t.Errorf("%d exclusions", p.Lot.Exclusions)
		}
	})
}

func TestWorksComeLateAndGo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 4 {
			w.expert(Profile{})
		}
		p := w.opened()
		is(t, w.tx(func(tx *db.Tx) error { return w.AddWorkIn(ctx, tx, w.officer, p.ID, application(11, first)) }), problem.Conflict)
		must(t, w.Freeze(ctx, w.officer, p.ID))
		is(t, w.Freeze(ctx, w.officer, p.ID), problem.Conflict)
		add := func(id ref.ID) error {
			return w.tx(func(tx *db.Tx) error { return w.AddWorkIn(ctx, tx, w.officer, p.ID, application(id, third)) })
		}
		leaves := func(id ref.ID) error {
			return w.tx(func(tx *db.Tx) error {
				return w.WithdrawWorkIn(ctx, tx, w.officer, p.ID, ref.Ref{Kind: "application", ID: id})
			})
		}
		must(t, add(14)) // the lists are frozen: it is drawn for after the others
		must(t, leaves(11))
		is(t, leaves(11), problem.Conflict)
		must(t, w.AnnounceDice(ctx, w.officer, p.ID, i18n.Only(i18n.RU, "тираж 7"), "https://example.kz"))
		must(t, w.DiceFell(ctx, w.officer, p.ID, 0, "1 2 3"))
		must(t, add(15))
		must(t, leaves(12))
		f := w.replays(p.ID)
		kinds := make([]StepKind, len(f.Steps))
		for i, s := range f.Steps {
			kinds[i] = s.Kind
		}
		if want := []StepKind{DrawFirst, DrawWithdraw, DrawWork, DrawWork, DrawWithdraw}; !slices.Equal(kinds, want) {
			t.Errorf("steps %v", kinds)
		}
		w.markAll(p.ID, even)
		must(t, w.Reveal(ctx, w.officer, p.ID, i18n.Text{}))
		must(t, leaves(15)) // withdrawn with marks: it has no place
		v, err := w.View(ctx, w.officer, p.ID)
		must(t, err)
		places := map[int]int{}
		for _, x := range w.standings(v).Places {
			places[x.No] = x.Place
		}
		if fmt.Sprint(places) != "map[3:1 4:1]" {
			t.Errorf("places %v", places)
		}
		is(t, add(16), problem.Conflict)
		w.verified()
	})
}

func TestWhoRunsAPanel(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.expert(Profile{})
		w.expert(Profile{})
		both := w.actor("both", access.Officer, ref.Ref{Kind: "place", ID: w.region})
		both.Grants = append(both.Grants, access.Grant{Role: access.Staff, Scope: first})
		p := w.opened()
		for name, by := range map[string]access.Actor{"stranger": {}, "away": w.away, "expert": w.experts[0], "applicant and officer": both} {
			if err := w.Freeze(ctx, by, p.ID); !problem.Is(err, problem.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(t, w.Freeze(ctx, w.officer, p.ID))
		must(t, w.InviteParty(ctx, w.officer, p.ID, ref.Ref{Kind: "organization", ID: council}))
		is(t, w.CommitPart(ctx, w.officer, p.ID, council, CommitTo("x")), problem.Forbidden)
		is(t, w.CommitPart(ctx, w.speaker, p.ID, funder, CommitTo("x")), problem.Forbidden)
		must(t, w.GiveUpParts(ctx, w.officer, p.ID, i18n.Only(i18n.RU, "сначала")))
		must(t, w.tx(func(tx *db.Tx) error { return w.CancelIn(ctx, tx, w.officer, p.ID, i18n.Only(i18n.RU, "ошибка")) }))
		is(t, w.tx(func(tx *db.Tx) error { return w.CancelIn(ctx, tx, w.officer, p.ID, i18n.Only(i18n.RU, "ошибка")) }), problem.Conflict)
		_, err := w.File(ctx, p.ID)
		is(t, err, problem.NotFound)
	})
}

func TestFewExpertsAreTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.expert(Profile{})
		paused := w.expert(Profile{})
		e, _, err := w.Me(t.Context(), paused)
		must(t, err)
		must(t, w.Pause(t.Context(), w.officer, e.ID, true))
		p := w.opened()
		is(t, w.Freeze(t.Context(), w.officer, p.ID), problem.Conflict)
		must(t, w.Pause(t.Context(), paused, e.ID, false))
		must(t, w.Freeze(t.Context(), w.officer, p.ID))
	})
}

func TestThePool(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		e := w.expert(Profile{Most: 5})
		silent := w.actor("silent", access.Expert, ref.Ref{Kind: "place", ID: w.region})
		_, ok, err := w.Me(ctx, silent)
		if must(t, err); ok {
			t.Error("in the pool without a word")
		}
		members, waiting, err := w.Pool(ctx, w.officer)
		must(t, err)
		if len(members) != 1 || waiting != 1 || members[0].Name != "expert" {
			t.Fatalf("%+v, %d silent", members, waiting)
		}
		if members, _, err = w.Pool(ctx, w.away); err != nil || len(members) != 0 {
			t.Errorf("an officer of elsewhere sees %v, %v", members, err)
		}
		_, _, err = w.Pool(ctx, e)
		is(t, err, problem.Forbidden)
		me, _, err := w.Me(ctx, e)
		must(t, err)
		_, err = w.ExpertOf(ctx, w.away, me.ID)
		is(t, err, problem.NotFound)
		is(t, w.EditExpert(ctx, w.away, me.ID, 1, me.Profile), problem.NotFound)
		change := me.Profile
		change.Spheres = []string{"youth", "youth"}
		must(t, w.EditExpert(ctx, w.officer, me.ID, 1, change))
		_, err = w.Present(ctx, e, 1, change)
		is(t, err, problem.Conflict)
		change.Spheres = []string{"nothing"}
		_, err = w.Present(ctx, e, 2, change)
		is(t, err, problem.Invalid)
		_, err = w.Present(ctx, w.officer, 0, change)
		is(t, err, problem.NotFound)
		is(t, w.Declare(ctx, e, 0, ""), problem.Invalid)
		must(t, w.Declare(ctx, e, first, GroundWork))
		must(t, w.Declare(ctx, e, first, GroundWork))
		list, err := w.Conflicts(ctx, e)
		must(t, err)
		if len(list) != 1 {
			t.Fatalf("%+v", list)
		}
		other := w.expert(Profile{})
		is(t, w.EndConflict(ctx, other, list[0].ID), problem.NotFound)
		must(t, w.EndConflict(ctx, e, list[0].ID))
		is(t, w.EndConflict(ctx, e, list[0].ID), problem.Conflict)
		w.verified()
	})
}

func TestDraftsAreKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 2 {
			w.expert(Profile{})
		}
		p := w.drawn(func(n *NewPanel) { n.Works = n.Works[:1] })
		a := w.assignments(p.ID)[0]
		by := w.by(a)
		_, err := w.SaveDraft(ctx, by, a.ID, []Score{{"need", 3, "пока так"}})
		is(t, err, problem.Forbidden)
		must(t, w.DeclareIn(ctx, by, p.ID, nil, ""))
		_, err = w.SaveDraft(ctx, by, a.ID, []Score{{"need", 3, "пока так"}})
		must(t, err)
		_, err = w.SaveDraft(ctx, by, a.ID, []Score{{"budget", 99, ""}})
		must(t, err)
		_, err = w.SaveDraft(ctx, by, a.ID, []Score{{"other", 1, ""}})
		is(t, err, problem.Conflict)
		_, err = w.SaveDraft(ctx, w.officer, a.ID, nil)
		is(t, err, problem.NotFound)
		sh, err := w.Sheet(ctx, by, a.ID, i18n.RU)
		must(t, err)
		if sh.Scores[0] != (Score{"need", 3, "пока так"}) || sh.Scores[1].Points != 5 || sh.Begun != 2 || sh.SavedAt.IsZero() {
			t.Errorf("%+v", sh)
		}
		is(t, w.Submit(ctx, by, a.ID, sh.Scores), problem.Invalid) // comments too short
		must(t, w.Submit(ctx, by, a.ID, sheet(3, 5)))
		tasks, err := w.Tasks(ctx, by)
		must(t, err)
		if len(tasks) != 1 || tasks[0].Waits() || tasks[0].Begun != 0 {
			t.Errorf("%+v", tasks)
		}
	})
}

func TestTermsOfExpertsAreObligations(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 3 {
			w.expert(Profile{})
		}
		p := w.drawn()
		list := w.assignments(p.ID)
		by := w.by(list[0])
		state := func(who access.Actor) (out []obligations.State) {
			must(t, w.d.View(ctx, func(tx *db.Tx) error {
				owed, err := w.Obligations.OwedBy(ctx, tx, ref.Ref{Kind: "person", ID: who.UserID})
				for _, o := range owed {
					if o.ShownToAll {
						t.Error("strangers see what an expert owes")
					}
					out = append(out, o.State(w.Today()))
				}
				return err
			}))
			return out
		}
		if got := state(by); !slices.Equal(got, []obligations.State{obligations.StateOpen}) {
			t.Fatalf("%v", got)
		}
		w.markAll(p.ID, even)
		if got := state(by); !slices.Equal(got, []obligations.State{obligations.StateKept}) {
			t.Fatalf("%v", got)
		}
		must(t, w.Recuse(ctx, by, list[0].ID, "")) // marked and given back: the term stays kept
		if got := state(by); got[0] != obligations.StateKept {
			t.Fatalf("%v", got)
		}
	})
}

func TestALateExpertIsReplaced(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 3 {
			w.expert(Profile{})
		}
		p := w.drawn(func(n *NewPanel) { n.Works = n.Works[:1] })
		a := w.assignments(p.ID)[0]
		is(t, w.Replace(ctx, w.officer, a.ID), problem.Conflict)
		w.clock.Advance(21 * 24 * time.Hour)
		is(t, w.Replace(ctx, w.by(a), a.ID), problem.Forbidden)
		must(t, w.Replace(ctx, w.officer, a.ID))
		list := w.assignments(p.ID)
		if len(list) != 3 || !list[0].Left() || list[2].Why != WhyLate || !list[2].Due.After(w.Today()) {
			t.Errorf("%+v", list)
		}
		w.replays(p.ID)
	})
}

func TestAnErasedExpertLeavesNoTrace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 4 {
			w.expert(Profile{})
		}
		p := w.drawn(func(n *NewPanel) { n.Works = n.Works[:1] })
		list := w.assignments(p.ID)
		gone := w.by(list[0])
		must(t, w.Declare(ctx, gone, third, GroundRelative))
		w.Accounts.Hold(w.Holder())
		copied, err := w.Accounts.Copy(ctx, gone)
		must(t, err)
		if !strings.Contains(fmt.Sprint(copied), "relative") {
			t.Error("the copy lacks what was declared")
		}
		must(t, w.Accounts.EraseMe(ctx, gone, ""))
		waits := slices.DeleteFunc(w.assignments(p.ID), func(a Assignment) bool { return !a.Waits() })
		if len(waits) != 2 {
			t.Errorf("%d works wait", len(waits))
		}
		w.markAll(p.ID, even)
		must(t, w.Reveal(ctx, w.officer, p.ID, i18n.Text{}))
		w.replays(p.ID)
		w.verified()
	})
}

// Two experts hand in the last two sheets of a work at once, while the officer
// tries to reveal: everything is in, one more expert is called at most once, and
// nothing is revealed before all is in.
func TestSheetsAndRevealRace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 9 { // nobody marks a work twice
			w.expert(Profile{})
		}
		for range 3 {
			p := w.drawn(func(n *NewPanel) { n.Works = n.Works[:1] })
			list := w.assignments(p.ID)
			for _, a := range list {
				must(t, w.DeclareIn(ctx, w.by(a), p.ID, nil, ""))
			}
			actors := []access.Actor{w.by(list[0]), w.by(list[1])}
			var all sync.WaitGroup
			for i, a := range list {
				all.Go(func() {
					if err := w.Submit(ctx, actors[i], a.ID, sheet(10*i, 5*i)); err != nil {
						t.Errorf("sheet %d: %v", i, err)
					}
				})
			}
			all.Go(func() { is(t, w.Reveal(ctx, w.officer, p.ID, i18n.Text{}), problem.Conflict) })
			all.Wait()
			after := w.assignments(p.ID)
			if len(after) != 3 || w.panel(p.ID).Stage() != Marking {
				t.Fatalf("%d assignments, %s", len(after), w.panel(p.ID).Stage())
			}
			w.replays(p.ID)
		}
		w.verified()
	})
}

// A tie is declared while the same expert hands in: whichever comes first, no mark
// of theirs stands.
func TestDeclaringAndMarkingRace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 6 {
			w.expert(Profile{})
		}
		p := w.drawn(func(n *NewPanel) { n.Works = n.Works[:1] })
		a := w.assignments(p.ID)[0]
		by := w.by(a)
		must(t, w.DeclareIn(ctx, by, p.ID, nil, ""))
		var both sync.WaitGroup
		both.Go(func() {
			if err := w.Submit(ctx, by, a.ID, sheet(5, 5)); err != nil && !problem.Is(err, problem.Conflict) {
				t.Error(err)
			}
		})
		both.Go(func() { must(t, w.Declare(ctx, by, first, GroundRelative)) })
		both.Wait()
		for _, x := range w.assignments(p.ID) {
			if x.ID == a.ID && !x.Left() {
				t.Errorf("the mark of one in conflict stands: %+v", x)
			}
		}
		w.replays(p.ID)
		w.verified()
	})
}

// Both parties open their parts at once: the draw is made once.
func TestOpeningPartsRace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 3 {
			w.expert(Profile{})
		}
		p := w.opened()
		must(t, w.Freeze(ctx, w.officer, p.ID))
		values := map[ref.ID]string{funder: "the funder's own part", council: "the council's own part"}
		by := map[ref.ID]access.Actor{funder: w.officer, council: w.speaker}
		for _, party := range []ref.ID{funder, council} {
			must(t, w.InviteParty(ctx, w.officer, p.ID, ref.Ref{Kind: "organization", ID: party}))
			must(t, w.CommitPart(ctx, by[party], p.ID, party, CommitTo(values[party])))
		}
		var both sync.WaitGroup
		for party, value := range values {
			both.Go(func() {
				err := w.OpenPart(ctx, by[party], p.ID, party, value)
				if problem.Is(err, problem.Conflict) { // changed meanwhile: the reader sends again
					err = w.OpenPart(ctx, by[party], p.ID, party, value)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if n := len(w.assignments(p.ID)); n != 6 || w.panel(p.ID).Stage() != Marking {
			t.Errorf("%d assignments", n)
		}
		w.replays(p.ID)
		w.verified()
	})
}

func TestWhatWaits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 2 {
			w.expert(Profile{})
		}
		acts := func(by access.Actor) (out []string) {
			list, err := w.Waiting(ctx, by)
			must(t, err)
			for _, x := range list {
				out = append(out, x.Act)
			}
			return out
		}
		p := w.opened()
		if got := acts(w.officer); !slices.Equal(got, []string{"panels.freeze"}) {
			t.Errorf("the officer: %v", got)
		}
		must(t, w.Freeze(ctx, w.officer, p.ID))
		if got := acts(w.officer); !slices.Equal(got, []string{"panels.seed.invite"}) {
			t.Errorf("the officer: %v", got)
		}
		must(t, w.InviteParty(ctx, w.officer, p.ID, ref.Ref{Kind: "organization", ID: council}))
		if got := acts(w.speaker); !slices.Equal(got, []string{"panels.seed.commit"}) {
			t.Errorf("the council: %v", got)
		}
		must(t, w.tx(func(tx *db.Tx) error { return w.CancelIn(ctx, tx, w.officer, p.ID, i18n.Only(i18n.RU, "ошибка")) }))
		p = w.drawn()
		if got := acts(w.officer); len(got) != 0 {
			t.Errorf("the officer: %v", got)
		}
		w.markAll(p.ID, even)
		if got := acts(w.officer); !slices.Equal(got, []string{"panels.reveal"}) {
			t.Errorf("the officer: %v", got)
		}
		if got := acts(w.away); len(got) != 0 {
			t.Errorf("an officer of elsewhere: %v", got)
		}
	})
}
