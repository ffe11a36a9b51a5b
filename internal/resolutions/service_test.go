package resolutions

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"birge/internal/app/facts"
	"birge/internal/app/migrations"
	"birge/internal/forums"
	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/orgs"
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

// region is the room with a region, an NGO that proposes and a body that is asked.
type region struct {
	*Service
	t                           *testing.T
	d                           *db.DB
	clock                       *dbtest.Clock
	whole                       ref.ID
	ngo, body                   ref.ID
	keeper, lead, owner, nobody access.Actor
	letters                     []Letter
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

func (w *region) refused(kind problem.Kind, err error) {
	w.t.Helper()
	if !problem.Is(err, kind) {
		w.t.Errorf("want a refusal of kind %v, got %v", kind, err)
	}
}

func newRegion(t *testing.T, d *db.DB, clock *dbtest.Clock) *region {
	ctx, portal := t.Context(), access.Portal("test")
	w := &region{t: t, d: d, clock: clock}
	zone := time.FixedZone("Asia/Almaty", 5*3600)
	pl := places.New(d)
	p, err := pl.Add(ctx, portal, places.NewPlace{KATO: "990000000", Kind: places.Region, Name: i18n.Only(i18n.RU, "Область")})
	w.must(err)
	w.whole = p.ID
	w.must(pl.Reload(ctx))
	book := norms.New(d, zone)
	w.must(book.LoadSeed(ctx))
	w.must(book.Reload(ctx))
	owed := obligations.New(d, zone, func() obligations.Calendar { return book.Book().Calendar() }, func(db.Date) []int { return nil })
	register := orgs.New(d, orgs.Deps{Zone: zone, Terms: func(string, string) bool { return true }, Obligations: owed, Places: pl})
	enter := func(kind, name, mail string) ref.ID {
		o, err := register.Create(ctx, portal, orgs.Draft{Kind: kind, Name: i18n.Only(i18n.RU, name), PlaceID: w.whole, Mail: mail})
		w.must(err)
		return o.ID
	}
	w.ngo, w.body = enter("ngo", "Жасыл дала", ""), enter("state_body", "Управление", "office@body.kz")
	w.lead = access.Actor{UserID: 3, Grants: []access.Grant{{Role: access.Lead, Scope: w.ngo}}}
	w.owner = access.Actor{UserID: 4, Grants: []access.Grant{{Role: access.Lead, Scope: w.body}}}
	w.keeper = access.Actor{UserID: 5, Grants: []access.Grant{{Role: access.Officer, Scope: w.whole}}}
	w.nobody = access.Actor{UserID: 6}
	w.Service = New(d, Deps{Zone: zone, Places: pl, Norms: book, Obligations: owed,
		Forums: forums.New(d, forums.Deps{Zone: zone, Places: pl}),
		Tell:   func(_ context.Context, _ *db.Tx, l Letter) error { w.letters = append(w.letters, l); return nil },
		Find: func(_ context.Context, path string) (ref.Ref, bool, error) {
			return ref.Ref{Kind: "project", ID: 12, Title: aWord, Path: path}, path == "/projects/1", nil
		}})
	return w
}

func (w *region) adopted(previous ref.ID) Document {
	w.t.Helper()
	d, err := w.Begin(w.t.Context(), w.keeper, NewDocument{Kind: Resolution, Title: i18n.Text{KK: "Қарар", RU: "Резолюция"}, PlaceID: w.whole, PreviousID: previous})
	w.must(err)
	w.must(w.Adopt(w.t.Context(), w.keeper, d.ID, Adoption{On: w.Today()}))
	return d
}

func (w *region) asked(d Document) Item {
	w.t.Helper()
	i, err := w.AddItem(w.t.Context(), w.keeper, d.ID, NewItem{Text: i18n.Only(i18n.RU, "открыть центр"), ProposerOrg: w.ngo,
		Ask: Ask{Theme: "youth", OwnerID: w.body, Due: w.Today().AddDays(30), Measure: aWord, AnswerBy: w.Today().AddDays(5)}})
	w.must(err)
	return i
}

func (w *region) stands(id ref.ID, want Standing) ItemStory {
	w.t.Helper()
	y, err := w.ItemStory(w.t.Context(), w.nobody, id)
	w.must(err)
	if y.Standing != want {
		w.t.Errorf("the item is %s, want %s", y.Standing, want)
	}
	return y
}

// whole proves that every row is as the journal says.
func (w *region) verify() {
	w.t.Helper()
	w.must(journal.NewSealer(w.d).Seal(w.t.Context()))
	ring, err := keys.Open(w.t.TempDir())
	w.must(err)
	r, err := journal.Verify(w.t.Context(), w.d, ring, slices.Concat(Kinds(), obligations.Kinds(), orgs.Kinds()), nil)
	w.must(err)
	if !r.OK() {
		w.t.Errorf("the journal: %v", r.Faults)
	}
}

func TestAnItemFromAdoptionToTheNextForum(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		d := w.adopted(0)
		w.refused(problem.Forbidden, w.Adopt(ctx, w.lead, d.ID, Adoption{On: w.Today()}))
		w.refused(problem.Conflict, w.Adopt(ctx, w.keeper, d.ID, Adoption{On: w.Today()}))
		i := w.asked(d)
		if len(w.letters) != 1 || w.letters[0].To.ID != w.body || w.letters[0].Token == "" {
			t.Fatalf("the body was told %+v", w.letters)
		}
		for name, by := range map[string]access.Actor{"proposer": w.lead, "keeper": w.keeper, "nobody": w.nobody} {
			if err := w.Reply(ctx, by, i.ID, 0, Reply{Accept: true}); !problem.Is(err, problem.Forbidden) {
				t.Errorf("%s answered for the owner: %v", name, err)
			}
		}
		w.stands(i.ID, Waiting)
		w.refused(problem.Conflict, w.Reply(ctx, w.owner, i.ID, 77777, Reply{Accept: true}))
		w.must(w.Reply(ctx, w.owner, i.ID, 0, Reply{Accept: true}))
		y := w.stands(i.ID, Running)
		if y.Owed.Ground != obligations.Promise || y.Owed.Owner.ID != w.body || y.Owed.To.ID != w.ngo || !y.Owed.ShownToAll {
			t.Errorf("the promise is %+v", y.Owed)
		}
		w.clock.Advance(31 * 24 * time.Hour)
		w.stands(i.ID, Silent)
		w.must(w.Work(ctx, w.owner, i.ID, 0, aWord))
		w.stands(i.ID, Late)
		w.must(w.Finish(ctx, w.owner, i.ID, 0, aWord, ""))
		w.stands(i.ID, KeptLate)
		w.refused(problem.Forbidden, w.Judge(ctx, w.owner, i.ID, 0, true, aWord))
		w.refused(problem.Forbidden, w.Judge(ctx, w.keeper, i.ID, 0, true, aWord))
		w.must(w.Judge(ctx, w.lead, i.ID, 0, false, aWord))
		w.stands(i.ID, Disputed)
		w.must(w.Finish(ctx, w.owner, i.ID, 0, aWord, ""))
		w.must(w.Judge(ctx, w.lead, i.ID, 0, false, aWord))
		next := w.adopted(d.ID)
		w.must(w.Carry(ctx, w.keeper, i.ID, 0, next.ID))
		w.refused(problem.Conflict, w.Carry(ctx, w.keeper, i.ID, 0, next.ID))
		old := w.stands(i.ID, Disputed)
		heir := w.stands(old.CarriedTo, NoOwner)
		w.must(w.Assign(ctx, w.keeper, heir.ID, 0, Ask{OwnerID: w.body, Due: w.Today().AddDays(30), Measure: aWord, AnswerBy: w.Today().AddDays(5)}))
		w.must(w.Reply(ctx, w.owner, heir.ID, 0, Reply{Accept: true}))
		if y := w.stands(heir.ID, Running); y.Owed.CarriedFrom != old.Owed.ID {
			t.Errorf("the new promise does not say where it came from: %+v", y.Owed)
		}
		w.must(w.Tie(ctx, w.owner, heir.ID, 0, "/projects/1"))
		w.refused(problem.Invalid, w.Tie(ctx, w.owner, heir.ID, 0, "/nothing"))
		w.refused(problem.Forbidden, w.Tie(ctx, w.lead, heir.ID, 0, "/projects/1"))
		r, err := w.Report(ctx, d.ID)
		w.must(err)
		if r.Total.N(Disputed) != 1 || r.ByBody[0].Owner != w.body || r.ByTheme[0].Theme != "youth" {
			t.Errorf("the report of the last forum: %+v", r)
		}
		w.verify()
	})
}

func TestAnAnswerByLink(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		d := w.adopted(0)
		i := w.asked(d)
		token := w.letters[0].Token
		for range 2 { // reading changes nothing
			got, _, body, err := w.Linked(ctx, token)
			w.must(err)
			if got.ID != i.ID || body.ID != w.body || got.Stage != ItemAssigned {
				t.Errorf("the link shows %+v to %s", got, body.Key())
			}
		}
		_, err := w.AnswerByLink(ctx, token, LinkAnswer{})
		w.refused(problem.Invalid, err) // declined without reasons: the link still works
		got, err := w.AnswerByLink(ctx, token, LinkAnswer{Reply: Reply{Accept: true}})
		w.must(err)
		if !got.ByLink || got.Stage != ItemAccepted {
			t.Errorf("answered: %+v", got)
		}
		if last := w.letters[len(w.letters)-1]; last.News != NewsAnswered || last.To.Mail != "office@body.kz" || last.Token != "" {
			t.Errorf("the body was told %+v", last)
		}
		_, err = w.AnswerByLink(ctx, token, LinkAnswer{Reply: Reply{Accept: true}})
		w.refused(problem.NotFound, err)
		w.refused(problem.Forbidden, w.SendLink(ctx, w.owner, i.ID))
		w.must(w.SendLink(ctx, w.keeper, i.ID))
		first := w.letters[len(w.letters)-1].Token
		w.must(w.SendLink(ctx, w.keeper, i.ID))
		_, _, _, err = w.Linked(ctx, first)
		w.refused(problem.NotFound, err) // a newer letter ends the older link
		w.clock.Advance(linkLife)
		_, _, _, err = w.Linked(ctx, w.letters[len(w.letters)-1].Token)
		w.refused(problem.NotFound, err)
		w.verify()
	})
}

// Of many who use one link at once, one answers.
func TestOneLinkAnswersOnce(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		i := w.asked(w.adopted(0))
		w.Tell = nil
		token := w.letters[0].Token
		errs := make([]error, 8)
		var all sync.WaitGroup
		for n := range errs {
			all.Go(func() { _, errs[n] = w.AnswerByLink(t.Context(), token, LinkAnswer{Reply: Reply{Accept: true}}) })
		}
		all.Wait()
		taken := 0
		for _, err := range errs {
			if err == nil {
				taken++
			}
		}
		if taken != 1 {
			t.Errorf("%d answers were taken: %v", taken, errs)
		}
		w.stands(i.ID, Running)
	})
}

func TestFacts(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		place := func(kato string) (ref.Ref, bool) {
			return ref.Ref{Kind: "place", ID: w.whole, Title: i18n.Only(i18n.RU, kato)}, true
		}
		for range 2 {
			w.must(w.LoadFacts(ctx, access.Portal("facts"), facts.FS, place))
		}
		list, err := w.List(ctx, 50, 0)
		w.must(err)
		if len(list) != 4 {
			t.Fatalf("%d documents, want the Concept, Aktobe, West Kazakhstan and its package", len(list))
		}
		by := map[string]Story{}
		for _, l := range list {
			y, err := w.Story(ctx, w.nobody, l.ID)
			w.must(err)
			by[y.Fact] = y
		}
		aktobe, west, pack, concept := by["aktobe-2025"], by["west-kz-2023"], by["west-kz-2023 package"], by[theConcept]
		if len(aktobe.Rows) != 5 || !aktobe.AndOthers || len(aktobe.Proposals) != 5 || !aktobe.MoreProposals {
			t.Errorf("Aktobe: %d items, others %v, %d proposals", len(aktobe.Rows), aktobe.AndOthers, len(aktobe.Proposals))
		}
		for _, r := range aktobe.Rows {
			if r.OwnerID != 0 || !r.Due.IsZero() || r.Standing != NoOwner || r.Text.KK == "" || r.Text.RU == "" || r.Text.EN == "" {
				t.Errorf("an item says what the source does not: %+v", r.Item)
			}
		}
		if len(west.Rows) != 0 || west.AndOthers || len(west.Proposals) != 2 || west.Proposals[1].ByWords.RU != "журналисты" || len(west.Outcomes) != 1 {
			t.Errorf("West Kazakhstan: %+v", west)
		}
		if pack.TargetID != concept.ID || len(concept.Outcomes) != 2 || len(concept.Packages) != 1 {
			t.Errorf("the package and the Concept: %+v, %+v", pack.Document, concept)
		}
		w.verify()
	})
}
