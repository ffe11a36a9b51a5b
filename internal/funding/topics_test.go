package funding

import (
	"bytes"
	"context"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/projects"
)

// region is the room with a region, its district and city, an NGO, a body and its
// programme.
type region struct {
	*Service
	t                                     *testing.T
	d                                     *db.DB
	clock                                 *dbtest.Clock
	whole, district, village, city        ref.ID
	ngo, body                             ref.ID
	citizen, lead, other, officer, keeper access.Actor
	programme                             projects.Programme
}

func inRegion(t *testing.T, test func(t *testing.T, w *region)) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) { test(t, newRegion(t, d, clock)) })
}

func (w *region) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func newRegion(t *testing.T, d *db.DB, clock *dbtest.Clock) *region {
	ctx, portal := t.Context(), access.Portal("test")
	w := &region{t: t, d: d, clock: clock}
	clock.Set(time.Date(2026, 5, 4, 6, 0, 0, 0, time.UTC))
	zone := time.FixedZone("Asia/Almaty", 5*3600)
	pl := places.New(d)
	add := func(kato string, parent ref.ID, kind places.Kind) ref.ID {
		p, err := pl.Add(ctx, portal, places.NewPlace{KATO: kato, ParentID: parent, Kind: kind, Name: i18n.Only(i18n.RU, kato)})
		w.must(err)
		w.must(pl.Reload(ctx))
		return p.ID
	}
	w.whole = add("990000000", 0, places.Region)
	w.district = add("993200000", w.whole, places.District)
	w.village = add("993230100", w.district, places.Village)
	w.city = add("991000000", w.whole, places.City)
	book := norms.New(d, zone)
	w.must(book.LoadSeed(ctx))
	w.must(book.Reload(ctx))
	owed := obligations.New(d, zone, func() obligations.Calendar { return book.Book().Calendar() }, func(db.Date) []int { return nil })
	register := orgs.New(d, orgs.Deps{Zone: zone, Terms: func(string, string) bool { return true }, Obligations: owed, Places: pl})
	enter := func(kind, name string) ref.ID {
		o, err := register.Create(ctx, access.Actor{UserID: 99, Grants: []access.Grant{{Role: access.Officer, Scope: w.whole}}},
			orgs.Draft{Kind: kind, Name: i18n.Only(i18n.RU, name), PlaceID: w.whole})
		w.must(err)
		return o.ID
	}
	w.ngo, w.body = enter("ngo", "Жасыл дала"), enter("state_body", "Управление")
	w.citizen, w.other = access.Actor{UserID: 1}, access.Actor{UserID: 2}
	w.lead = access.Actor{UserID: 3, Grants: []access.Grant{{Role: access.Lead, Scope: w.ngo}}}
	w.officer = access.Actor{UserID: 4, Grants: []access.Grant{{Role: access.Officer, Scope: w.body}}}
	w.keeper = access.Actor{UserID: 5, Grants: []access.Grant{{Role: access.Keeper}}}
	store, err := files.OpenLocal(t.TempDir())
	w.must(err)
	kept := files.New(d, store)
	pr := projects.New(d, zone, pl, owed, book, kept)
	w.Service = New(d, Deps{Zone: zone, Places: pl, Norms: book, Obligations: owed, Projects: pr, Files: kept, Search: search.New()})
	pr.MayCut = w.MayCut
	w.programme, err = pr.CreateProgramme(ctx, w.officer, projects.Programme{Title: said, FunderID: w.body, PlaceID: w.whole, From: 2026, To: 2028,
		Years: []projects.YearPlan{{Year: 2026, Sum: 1000}, {Year: 2027, Sum: 500}}})
	w.must(err)
	return w
}

func (w *region) window() Window {
	w.t.Helper()
	got, err := w.OpenWindow(w.t.Context(), w.officer, Window{BodyID: w.body, PlaceID: w.whole, Kind: projects.StateSocialOrder, Year: 2027,
		Opens: w.Today(), Closes: w.Today().AddDays(40)})
	w.must(err)
	return got
}

func (w *region) proposed(in Window, by access.Actor, change ...func(*NewTopic)) Topic {
	w.t.Helper()
	n := NewTopic{WindowID: in.ID, Need: need()}
	n.PlaceID, n.Sphere, n.Groups = w.village, "youth", []string{"youth"}
	for _, f := range change {
		f(&n)
	}
	got, err := w.ProposeTopic(w.t.Context(), by, n)
	w.must(err)
	return got
}

func (w *region) owedAnswer(topic Topic) obligations.Obligation {
	w.t.Helper()
	var list []obligations.Obligation
	w.must(w.d.View(w.t.Context(), func(tx *db.Tx) (err error) {
		list, err = w.Obligations.Of(w.t.Context(), tx, topic.Ref())
		return err
	}))
	if len(list) != 1 {
		w.t.Fatalf("%d obligations", len(list))
	}
	return list[0]
}

// verify asserts that every row of the room is as its last entry tells.
func (w *region) verify() {
	w.t.Helper()
	ring, err := keys.Open(w.t.TempDir())
	w.must(err)
	r, err := journal.Verify(w.t.Context(), w.d, ring, slices.Concat(Kinds(), []journal.Kind{files.Kind}, projects.Kinds()), nil)
	w.must(err)
	for _, f := range r.Faults {
		if f.Kind == KindTopic || f.Kind == KindWindow || f.Kind == KindPot || f.Kind == KindBinding {
			w.t.Error(f)
		}
	}
}

func TestTopicFromProposalToMoney(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		win := w.window()
		topic := w.proposed(win, w.citizen)
		if topic.Number != "2026-000001" || topic.State != TopicProposed || !topic.Rural || topic.BodyID != w.body || topic.Year != 2027 {
			t.Errorf("%+v", topic)
		}
		if o := w.owedAnswer(topic); o.Due != w.Norms.Book().Calendar().AddWorkingDays(w.Today(), 15) || o.Ground != obligations.Law || o.GroundText.IsZero() || o.Owner.ID != w.body {
			t.Errorf("%+v", o)
		}
		if _, err := w.ReviewTopic(ctx, w.officer, topic.ID, topic.Version, Review{State: TopicAccepted}); faultAt(err, "reason") != "funding.reason_missing" {
			t.Errorf("accepted without a reason: %v", err)
		}
		double := w.proposed(win, w.lead, func(n *NewTopic) { n.ByOrg = w.ngo })
		merged, err := w.ReviewTopic(ctx, w.officer, double.ID, 0, Review{State: TopicMerged, Reason: said, Into: topic.ID})
		w.must(err)
		if merged.ByOrg != w.ngo || merged.MergedInto != topic.ID {
			t.Errorf("merged: %+v", merged)
		}
		accepted, err := w.ReviewTopic(ctx, w.officer, topic.ID, topic.Version, Review{State: TopicAccepted, Reason: said})
		w.must(err)
		if o := w.owedAnswer(topic); o.Outcome != obligations.Kept {
			t.Errorf("the answer is still owed: %+v", o)
		}
		list := func() (o obligations.Obligation) {
			t.Helper()
			w.must(w.d.View(ctx, func(tx *db.Tx) error {
				owed, err := w.Obligations.Told(ctx, tx, win.Ref())
				if len(owed) != 1 || owed[0].Kind != TopicsListOwed || owed[0].Owner.ID != w.body {
					t.Fatalf("about the list is owed %+v", owed)
				}
				o = owed[0]
				return err
			}))
			return o
		}
		if o := list(); o.Outcome != "" || o.Due != w.Norms.Book().Calendar().AddWorkingDays(win.Closes, 20) {
			t.Errorf("the list of approved topics is owed as %+v", o)
		}
		if err := w.ApproveTopics(ctx, w.officer, Sums{accepted.ID: 400}); err != nil {
			t.Fatal(err)
		}
		if o := list(); o.Outcome != obligations.Kept {
			t.Errorf("the list is owed still: %+v", o)
		}
		late := w.proposed(win, w.citizen)
		_, err = w.ReviewTopic(ctx, w.officer, late.ID, 0, Review{State: TopicAccepted, Reason: said})
		w.must(err)
		if o := list(); o.Outcome != "" {
			t.Errorf("a topic that is accepted after the list is not owed on it: %+v", o)
		}
		longer, err := w.ChangeWindow(ctx, w.officer, win.ID, 1, WindowChange{Closes: win.Closes.AddDays(5), About: said, Spheres: win.Spheres})
		w.must(err)
		if _, err := w.ChangeWindow(ctx, w.officer, win.ID, 1, WindowChange{Closes: win.Closes.AddDays(9)}); !problem.Is(err, problem.Conflict) {
			t.Errorf("an old version of the window was taken: %v", err)
		}
		if _, err := w.ChangeWindow(ctx, w.lead, win.ID, 0, WindowChange{Closes: win.Closes.AddDays(9)}); !problem.Is(err, problem.Forbidden) {
			t.Errorf("a stranger changes the window: %v", err)
		}
		if kept, _, err := w.Window(ctx, win.ID); err != nil || kept.About != said || kept.Closes != longer.Closes {
			t.Errorf("the window is kept as %+v: %v", kept, err)
		}
		pot, err := w.CreatePot(ctx, w.officer, Pot{ProgrammeID: w.programme.ID, PlaceID: w.whole, Title: said, Kind: projects.StateSocialOrder, Years: []PotYear{{Year: 2027, Ceiling: 500}}})
		w.must(err)
		w.must(w.FundTopics(ctx, w.officer, pot.ID, []ref.ID{topic.ID}))
		st, err := w.TopicStory(ctx, access.Actor{}, topic.ID)
		w.must(err)
		if st.Topic.State != TopicApproved || st.Topic.ApprovedSum != 400 || st.Pot.ID != pot.ID || len(st.Merged) != 1 || st.May != (TopicMay{}) || st.Names[w.body].IsZero() {
			t.Errorf("%+v", st)
		}
		w.verify()
	})
}

func TestTopicsAreTakenWhileTheWindowIsOpen(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		_, err := w.OpenWindow(ctx, w.officer, Window{BodyID: w.body, PlaceID: w.whole, Kind: projects.StateSocialOrder, Year: 2027, Opens: w.Today(), Closes: w.Today().AddDays(20)})
		if faultAt(err, "closes") != "funding.window.too_short" {
			t.Errorf("a window shorter than the norm: %v", err)
		}
		for name, by := range map[string]access.Actor{"a lead of an NGO": w.lead, "a citizen": w.citizen, "a keeper of norms": w.keeper} {
			if _, err := w.OpenWindow(ctx, by, Window{BodyID: w.body, PlaceID: w.whole, Kind: projects.StateSocialOrder}); !problem.Is(err, problem.Forbidden) {
				t.Errorf("%s opened a window: %v", name, err)
			}
		}
		win := w.window()
		w.clock.Set(win.Closes.AddDays(1).In(w.Zone).Add(-time.Second)) // the last second of the last day
		w.proposed(win, w.citizen)
		w.clock.Advance(time.Second)
		n := NewTopic{WindowID: win.ID, Need: need()}
		if _, err := w.ProposeTopic(ctx, w.citizen, n); faultAt(err, "") != "funding.window.closed" {
			t.Errorf("after the last second: %v", err)
		}
		if _, err := w.ProposeTopic(ctx, access.Actor{}, n); !problem.Is(err, problem.Unauthenticated) {
			t.Errorf("a stranger: %v", err)
		}
	})
}

func TestTopicIsJudgedBeforeItIsTaken(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		win, err := w.OpenWindow(ctx, w.officer, Window{BodyID: w.body, PlaceID: w.district, Kind: projects.StateSocialOrder, Year: 2027, Spheres: []string{"youth"},
			Opens: w.Today(), Closes: w.Today().AddDays(40)})
		w.must(err)
		for _, c := range []struct {
			field, key string
			spoil      func(*Need)
		}{
			{"place", "funding.topic.other_place", func(n *Need) { n.PlaceID = w.city }},
			{"place", "form.unknown_choice", func(n *Need) { n.PlaceID = 77 }},
			{"sphere", "funding.topic.other_sphere", func(n *Need) { n.Sphere = "environment" }},
			{"sphere", "form.unknown_choice", func(n *Need) { n.Sphere = "magic" }},
			{"groups", "form.unknown_choice", func(n *Need) { n.Groups = []string{"giants"} }},
			{"years", "funding.topic.years_out_of_range", func(n *Need) { n.Years = 4 }},
		} {
			n := NewTopic{WindowID: win.ID, Need: need()}
			n.PlaceID = w.village
			c.spoil(&n.Need)
			if _, err := w.ProposeTopic(ctx, w.citizen, n); faultAt(err, c.field) != c.key {
				t.Errorf("%v, want %s at %s", err, c.key, c.field)
			}
		}
		risk := w.proposed(win, w.citizen, func(n *NewTopic) { n.Groups = []string{"violence"} })
		if risk.PlaceID != w.district {
			t.Errorf("people at risk are placed at %s, want the district", risk.PlaceID)
		}
	})
}

func TestTopicBelongsToWhoProposedIt(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		win := w.window()
		topic := w.proposed(win, w.citizen)
		if _, err := w.EditTopic(ctx, w.other, topic.ID, 0, topic.Need); !problem.Is(err, problem.Forbidden) {
			t.Errorf("another citizen changed it: %v", err)
		}
		if _, err := w.WithdrawTopic(ctx, w.lead, topic.ID); !problem.Is(err, problem.Forbidden) {
			t.Errorf("a stranger withdrew it: %v", err)
		}
		changed := topic.Need
		changed.People = 7
		edited, err := w.EditTopic(ctx, w.citizen, topic.ID, topic.Version, changed)
		w.must(err)
		if _, err := w.EditTopic(ctx, w.citizen, topic.ID, topic.Version, changed); faultAt(err, "") != "problem.changed_meanwhile" {
			t.Errorf("a stale form: %v", err)
		}
		for name, by := range map[string]access.Actor{"the citizen": w.citizen, "an NGO": w.lead, "nobody": {}, "a keeper": w.keeper} {
			if _, err := w.ReviewTopic(ctx, by, topic.ID, 0, Review{State: TopicAccepted, Reason: said}); !problem.Is(err, problem.Forbidden) {
				t.Errorf("%s judged it: %v", name, err)
			}
			if err := w.ApproveTopics(ctx, by, Sums{topic.ID: 1}); !problem.Is(err, problem.Forbidden) {
				t.Errorf("%s approved it: %v", name, err)
			}
		}
		_, err = w.WithdrawTopic(ctx, w.citizen, topic.ID)
		w.must(err)
		if o := w.owedAnswer(edited); o.Outcome != obligations.Released {
			t.Errorf("an answer to a withdrawn topic is owed: %+v", o)
		}
		mine, err := w.ProposedBy(ctx, w.citizen)
		if err != nil || len(mine) != 1 {
			t.Errorf("%v %v", mine, err)
		}
		w.must(w.d.Update(ctx, func(tx *db.Tx) error { return w.Holder().Erase(ctx, tx, w.keeper, w.citizen.UserID) }))
		if mine, err = w.ProposedBy(ctx, w.citizen); err != nil || len(mine) != 0 {
			t.Errorf("after the erasure: %v %v", mine, err)
		}
		w.verify()
	})
}

func TestTopicJournalNamesNoCitizen(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		citizen := access.Actor{UserID: 4_000_000_001}
		topic := w.proposed(w.window(), citizen)
		var past []journal.Entry
		w.must(w.d.View(t.Context(), func(tx *db.Tx) (err error) {
			past, err = journal.Timeline(t.Context(), tx, topic.Ref(), 0, 10, true)
			return err
		}))
		if len(past) == 0 {
			t.Fatal("no entries")
		}
		for _, e := range past {
			if bytes.Contains(e.Body.After, []byte(citizen.UserID.String())) {
				t.Errorf("%s tells who proposed: %s", e.Act, e.Body.After)
			}
		}
	})
}

func TestTopicFilesAreShownByTheBody(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		topic := w.proposed(w.window(), w.citizen)
		paper := func() io.Reader { return bytes.NewReader([]byte("name;people\nКөктерек;120\n")) }
		if _, err := w.CheckTopicFile(ctx, w.other, topic.ID, "a.csv", paper()); !problem.Is(err, problem.Forbidden) {
			t.Errorf("another citizen handed in: %v", err)
		}
		checked, err := w.CheckTopicFile(ctx, w.citizen, topic.ID, "a.csv", paper())
		w.must(err)
		w.must(w.AddTopicFiles(ctx, w.citizen, topic.ID, []*files.Checked{checked}))
		seen := func(by access.Actor) TopicStory {
			st, err := w.TopicStory(ctx, by, topic.ID)
			w.must(err)
			return st
		}
		if st := seen(w.other); len(st.Files) != 0 || st.Hidden != 1 {
			t.Errorf("a stranger sees %d files", len(st.Files))
		}
		file := seen(w.officer).Files[0]
		if len(seen(w.citizen).Files) != 1 {
			t.Error("who handed it in does not see it")
		}
		if _, err := w.TopicFile(ctx, w.other, topic.ID, file.ID); !problem.Is(err, problem.NotFound) {
			t.Errorf("a stranger has the file: %v", err)
		}
		if err := w.ShowTopicFile(ctx, w.citizen, topic.ID, file.ID, true); !problem.Is(err, problem.Forbidden) {
			t.Errorf("the citizen showed it to all: %v", err)
		}
		w.must(w.ShowTopicFile(ctx, w.officer, topic.ID, file.ID, true))
		if st := seen(access.Actor{}); len(st.Files) != 1 || st.Hidden != 0 {
			t.Errorf("shown, and strangers see %d files", len(st.Files))
		}
	})
}

func TestWhatWaits(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		win := w.window()
		topic := w.proposed(win, w.citizen)
		_, err := w.CreatePot(ctx, w.officer, Pot{ProgrammeID: w.programme.ID, PlaceID: w.whole, Title: said, Kind: projects.StateSocialOrder, Years: []PotYear{{Year: 2026, Ceiling: 500}}})
		w.must(err)
		acts := func(by access.Actor) (out []string) {
			list, err := w.Waiting(ctx, by)
			w.must(err)
			for _, x := range list {
				out = append(out, x.Act)
			}
			return out
		}
		place := access.Actor{UserID: 8, Grants: []access.Grant{{Role: access.Officer, Scope: w.whole}}}
		narrow := access.Actor{UserID: 9, Grants: []access.Grant{{Role: access.Officer, Scope: w.district}}}
		for name, c := range map[string]struct {
			by   access.Actor
			want []string
		}{
			"the body":                      {w.officer, []string{"funding.pot.approve", "funding.topic.review"}},
			"an officer of the place":       {place, []string{"funding.pot.approve", "funding.topic.review"}},
			"an officer of the whole":       {access.Actor{UserID: 8, Grants: []access.Grant{{Role: access.Officer}}}, []string{"funding.pot.approve", "funding.topic.review"}},
			"an officer of a part":          {narrow, nil},
			"the citizen":                   {w.citizen, nil},
			"a funder of something else":    {access.Actor{UserID: 8, Grants: []access.Grant{{Role: access.Funder, Scope: w.ngo}}}, nil},
			"a lead":                        {w.lead, nil},
			"the officer as citizen of his": {access.Actor{UserID: 1, Grants: place.Grants}, []string{"funding.pot.approve"}},
		} {
			if got := acts(c.by); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
		_, err = w.ReviewTopic(ctx, place, topic.ID, 0, Review{State: TopicAccepted, Reason: said})
		w.must(err)
		if got := acts(w.officer); !slices.Equal(got, []string{"funding.pot.approve"}) {
			t.Errorf("while the window is open: %v", got)
		}
		w.clock.Set(win.Closes.AddDays(1).In(w.Zone))
		if got := acts(w.officer); !slices.Equal(got, []string{"funding.pot.approve", "funding.topic.approve"}) {
			t.Errorf("after the window: %v", got)
		}
	})
}

// together runs f n times at once.
func atOnce(n int, f func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

func TestMoneyNeverExceedsThePot(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		pot, err := w.CreatePot(ctx, w.officer, Pot{ProgrammeID: w.programme.ID, PlaceID: w.whole, Title: said, Kind: projects.StateSocialOrder,
			Years: []PotYear{{Year: 2026, Ceiling: 100}, {Year: 2027, Ceiling: 100, ApproveBy: on("2026-12-31")}}})
		w.must(err)
		bind := func(thing ref.ID, wants ...Want) error {
			return w.d.Update(context.Background(), func(tx *db.Tx) error {
				return w.reserve(context.Background(), tx, w.officer, ref.Ref{Kind: "call", ID: thing, Title: said, Path: "/calls/x"}, wants)
			})
		}
		if err := bind(1, Want{pot.ID, 2026, 10}); faultAt(err, "") != "funding.pot.not_approved" {
			t.Errorf("bound before the approval: %v", err)
		}
		pot, err = w.ApproveYear(ctx, w.officer, pot.ID, pot.Version, Approval{Year: 2026, Sum: 100, On: w.Today(), Act: "№ 1"})
		w.must(err)

		errs := atOnce(8, func(i int) error { return bind(ref.ID(i+1), Want{pot.ID, 2026, 30}) })
		bound := 0
		for _, err := range errs {
			switch {
			case err == nil:
				bound++
			case faultAt(err, "") != "funding.pot.over_ceiling":
				t.Error(err)
			}
		}
		st, err := w.PotStory(ctx, w.officer, pot.ID)
		w.must(err)
		if bound != 3 || st.BoundIn(2026) != 90 || len(st.Bound) != 3 {
			t.Errorf("%d of 8 were bound, %d of 100", bound, st.BoundIn(2026))
		}
		one := st.Bound[0].For.ID
		w.must(bind(one, Want{pot.ID, 2026, 40}))
		if err := bind(one, Want{pot.ID, 2026, 41}); faultAt(err, "") != "funding.pot.over_ceiling" {
			t.Errorf("one more than there is: %v", err)
		}
		if _, err := w.ApproveYear(ctx, w.officer, pot.ID, 0, Approval{Year: 2026, Sum: 99, On: w.Today(), Act: "№ 2"}); faultAt(err, "sum") != "funding.pot.below_bound" {
			t.Errorf("cut below what is bound: %v", err)
		}
		w.must(bind(one))
		pot, err = w.ApproveYear(ctx, w.officer, pot.ID, 0, Approval{Year: 2026, Sum: 60, On: w.Today(), Act: "№ 2"})
		w.must(err)
		if err := bind(one, Want{pot.ID, 2026, 1}); faultAt(err, "") != "funding.pot.over_ceiling" {
			t.Errorf("bound beyond the cut pot: %v", err)
		}
		w.verify()
	})
}

func TestCallsBindTheirPot(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		pot, err := w.CreatePot(ctx, w.officer, Pot{ProgrammeID: w.programme.ID, PlaceID: w.whole, Title: said, Kind: projects.StateSocialOrder, Years: []PotYear{{Year: 2026, Ceiling: 100}}})
		w.must(err)
		_, err = w.ApproveYear(ctx, w.officer, pot.ID, 0, Approval{Year: 2026, Sum: 100, On: w.Today(), Act: "№ 1"})
		w.must(err)
		c := Call{ID: 77, FunderID: w.body, PublishedAt: db.At(w.clock.Now())}
		c.Kind, c.PotID, c.Title, c.Rounds = projects.StateSocialOrder, pot.ID, said, []Round{{Year: 2026, Sum: 60}, {Year: 2026, Sum: 30}}
		bound := func(change func(*Call)) (int64, error) {
			change(&c)
			err := w.d.Update(ctx, func(tx *db.Tx) error { return w.bindPot(ctx, tx, w.officer, c) })
			st, other := w.PotStory(ctx, w.officer, pot.ID)
			w.must(other)
			return st.BoundIn(2026), err
		}
		if sum, err := bound(func(*Call) {}); sum != 90 || err != nil {
			t.Errorf("%d bound for two rounds of one year: %v", sum, err)
		}
		if sum, err := bound(func(c *Call) { c.Rounds = []Round{{Year: 2026, Sum: 101}} }); sum != 90 || faultAt(err, "") != "funding.pot.over_ceiling" {
			t.Errorf("%d bound for a round beyond the pot: %v", sum, err)
		}
		if sum, err := bound(func(c *Call) { c.Rounds = []Round{{Year: 2026, Sum: 40}} }); sum != 40 || err != nil {
			t.Errorf("%d bound for a smaller round: %v", sum, err)
		}
		if _, err := bound(func(c *Call) { c.Kind = projects.Business }); faultAt(err, "pot") != "form.unknown_choice" {
			t.Errorf("a pot of another kind: %v", err)
		}
		if sum, err := bound(func(c *Call) { c.Kind, c.CancelledAt = projects.StateSocialOrder, c.PublishedAt }); sum != 0 || err != nil {
			t.Errorf("%d bound for a call that was called off: %v", sum, err)
		}
		w.verify()
	})
}

func TestCutAndBindAtOnce(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := context.Background()
		for range 4 {
			pot, err := w.CreatePot(ctx, w.officer, Pot{ProgrammeID: w.programme.ID, PlaceID: w.whole, Title: said, Kind: projects.StateSocialOrder, Years: []PotYear{{Year: 2026, Ceiling: 100}}})
			w.must(err)
			_, err = w.ApproveYear(ctx, w.officer, pot.ID, 0, Approval{Year: 2026, Sum: 100, On: w.Today(), Act: "№ 1"})
			w.must(err)
			errs := atOnce(2, func(i int) error {
				if i == 0 {
					_, err := w.ApproveYear(ctx, w.officer, pot.ID, 0, Approval{Year: 2026, Sum: 50, On: w.Today(), Act: "№ 2"})
					return err
				}
				return w.d.Update(ctx, func(tx *db.Tx) error {
					return w.reserve(ctx, tx, w.officer, ref.Ref{Kind: "call", ID: 1, Title: said}, []Want{{pot.ID, 2026, 80}})
				})
			})
			st, err := w.PotStory(ctx, w.officer, pot.ID)
			w.must(err)
			y, _ := st.Pot.year(2026)
			if (errs[0] == nil) == (errs[1] == nil) || st.BoundIn(2026) > y.Ceiling {
				t.Errorf("%v: %d bound of %d", errs, st.BoundIn(2026), y.Ceiling)
			}
			w.must(w.d.Update(ctx, func(tx *db.Tx) error { return w.reserve(ctx, tx, w.officer, ref.Ref{Kind: "call", ID: 1}, nil) }))
		}
	})
}

func TestPotsStayWithinTheProgramme(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := context.Background()
		make := func(sum int64) error {
			_, err := w.CreatePot(ctx, w.officer, Pot{ProgrammeID: w.programme.ID, PlaceID: w.district, Title: said, Kind: projects.StateSocialOrder, Years: []PotYear{{Year: 2026, Ceiling: sum}}})
			return err
		}
		errs := atOnce(6, func(int) error { return make(300) })
		made := 0
		for _, err := range errs {
			switch {
			case err == nil:
				made++
			case faultAt(err, "years.0.ceiling") != "funding.pot.over_programme":
				t.Error(err)
			}
		}
		if made != 3 {
			t.Errorf("%d pots of 300 in a programme of 1000", made)
		}
		for name, by := range map[string]access.Actor{"a citizen": w.citizen, "an NGO": w.lead, "nobody": {}} {
			if _, err := w.CreatePot(ctx, by, Pot{ProgrammeID: w.programme.ID, PlaceID: w.district, Kind: projects.StateSocialOrder}); !problem.Is(err, problem.Forbidden) {
				t.Errorf("%s made a pot: %v", name, err)
			}
		}
	})
}

func TestAProgrammeIsNotCutBelowItsPots(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		_, err := w.CreatePot(ctx, w.officer, Pot{ProgrammeID: w.programme.ID, PlaceID: w.district, Title: said, Kind: projects.StateSocialOrder, Years: []PotYear{{Year: 2026, Ceiling: 300}, {Year: 2028, Ceiling: 70}}})
		w.must(err)
		change := func(f func(p *projects.Programme)) error {
			n := w.programme
			n.Years = slices.Clone(n.Years)
			f(&n)
			_, err := w.Projects.EditProgramme(ctx, w.officer, n.ID, n.Version, n)
			return err
		}
		for _, c := range []struct {
			what, field string
			change      func(p *projects.Programme)
		}{
			{"a year with less", "years.0.sum", func(p *projects.Programme) { p.Years[0].Sum = 299 }},
			{"a year taken away", "from", func(p *projects.Programme) { p.Years = p.Years[1:] }},
			{"an end before a pot's year", "from", func(p *projects.Programme) { p.To = 2027 }},
			{"too little for a year that had no sum", "years.2.sum", func(p *projects.Programme) { p.Years = append(p.Years, projects.YearPlan{Year: 2028, Sum: 69}) }},
		} {
			if err := change(c.change); faultAt(err, c.field) != "funding.pot.programme_below" {
				t.Errorf("%s: %v", c.what, err)
			}
		}
		w.must(w.d.View(ctx, func(tx *db.Tx) error {
			p, err := projects.ProgrammeIn(ctx, tx, w.programme.ID)
			if p.Version != w.programme.Version || p.Years[0].Sum != 1000 {
				t.Errorf("a refused cut is half-written: %+v", p)
			}
			return err
		}))
		w.must(change(func(p *projects.Programme) { p.Years[0].Sum = 300 }))
	})
}

// A programme is cut while a pot is made of it: whatever comes first, the pots never
// promise more than the programme has.
func TestAProgrammeIsCutWhileAPotIsMade(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := context.Background()
		errs := atOnce(6, func(i int) error {
			if i == 0 {
				n := w.programme
				n.Years = []projects.YearPlan{{Year: 2026, Sum: 400}, {Year: 2027, Sum: 500}}
				_, err := w.Projects.EditProgramme(ctx, w.officer, n.ID, n.Version, n)
				return err
			}
			_, err := w.CreatePot(ctx, w.officer, Pot{ProgrammeID: w.programme.ID, PlaceID: w.district, Title: said, Kind: projects.StateSocialOrder, Years: []PotYear{{Year: 2026, Ceiling: 190}}})
			return err
		})
		for i, err := range errs {
			if err != nil && faultAt(err, "years.0.sum") != "funding.pot.programme_below" && faultAt(err, "years.0.ceiling") != "funding.pot.over_programme" {
				t.Errorf("the %d. answer: %v", i, err)
			}
		}
		w.must(w.d.View(ctx, func(tx *db.Tx) error {
			p, err := projects.ProgrammeIn(ctx, tx, w.programme.ID)
			if err != nil {
				return err
			}
			pots, err := potsOf(ctx, tx, p.ID)
			if left, _ := leftOf(p, pots, 2026); left < 0 || (errs[0] == nil) != (p.Years[0].Sum == 400) {
				t.Errorf("%d pots of 190 in a programme of %d; the cut gave %v", len(pots), p.Years[0].Sum, errs[0])
			}
			return err
		}))
	})
}

func TestYearsAreOwedAndApproved(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		pot, err := w.CreatePot(ctx, w.officer, Pot{ProgrammeID: w.programme.ID, PlaceID: w.whole, Title: said, Kind: projects.StateSocialOrder,
			Years: []PotYear{{Year: 2026, Ceiling: 100}, {Year: 2027, Ceiling: 100, ApproveBy: on("2026-12-31")}, {Year: 2028, Ceiling: 100, ApproveBy: on("2027-12-31")}}})
		w.must(err)
		owed := func() []obligations.Obligation {
			st, err := w.PotStory(ctx, w.officer, pot.ID)
			w.must(err)
			return st.Owed
		}
		if list := owed(); len(list) != 2 || list[0].Due != on("2026-12-31") || list[0].Ground != obligations.Promise {
			t.Fatalf("%+v", list)
		}
		for name, by := range map[string]access.Actor{"a citizen": w.citizen, "an NGO": w.lead, "nobody": {}} {
			if _, err := w.ApproveYear(ctx, by, pot.ID, 0, Approval{Year: 2027, Sum: 90, On: w.Today(), Act: "№ 1"}); !problem.Is(err, problem.Forbidden) {
				t.Errorf("%s approved a year: %v", name, err)
			}
		}
		_, err = w.ApproveYear(ctx, w.officer, pot.ID, 0, Approval{Year: 2027, Sum: 90, On: w.Today(), Act: "№ 1"})
		w.must(err)
		_, err = w.EditPot(ctx, w.officer, pot.ID, 0, Pot{Title: said, PlaceID: w.whole, Years: []PotYear{{Year: 2026, Ceiling: 100}}})
		w.must(err)
		if list := owed(); list[0].Outcome != obligations.Kept || list[1].Outcome != obligations.Released {
			t.Errorf("%+v", list)
		}
	})
}

func TestShareOfDistricts(t *testing.T) {
	rows := []projects.PlaceYear{{PlaceID: 1, Year: 2026, Planned: 100}, {PlaceID: 2, Year: 2026, Planned: 300}, {PlaceID: 2, Year: 2025, Planned: 200}, {PlaceID: 3, Year: 2026, Planned: 5000}}
	got := byYear(rows, func(r projects.PlaceYear) bool { return r.PlaceID < 3 }, func(p ref.ID) bool { return p == 1 })
	if len(got) != 2 || got[0] != (AgreedYear{2025, 200, 0}) || got[1] != (AgreedYear{2026, 400, 100}) {
		t.Errorf("%+v", got)
	}
	if share, ok := shareToDistricts(got); share != 17 || !ok {
		t.Errorf("%d %v", share, ok)
	}
	if _, ok := shareToDistricts(nil); ok {
		t.Error("a share of nothing")
	}
}
