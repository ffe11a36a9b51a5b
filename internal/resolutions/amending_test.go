package resolutions

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"

	"pgregory.net/rapid"
)

func TestDifferenceIsBothTexts(t *testing.T) {
	words := rapid.SliceOf(rapid.SampledFrom([]string{"ҮЕҰ", "гранты", " ", "  ", ",", ".", "для", "сёл", "на", "три", "года", "\n"}))
	rapid.Check(t, func(t *rapid.T) {
		before, after := strings.Join(words.Draw(t, "before"), ""), strings.Join(words.Draw(t, "after"), "")
		was, is := "", ""
		for _, x := range Difference(before, after) {
			if x.Is != Comes {
				was += x.Text
			}
			if x.Is != Goes {
				is += x.Text
			}
		}
		if was != before || is != after {
			t.Fatalf("%q and %q became %q and %q", before, after, was, is)
		}
	})
	got := Difference("Гранты дают на один год.", "Гранты дают на три года.")
	want := []Piece{{Stays, "Гранты дают на "}, {Goes, "один год"}, {Comes, "три года"}, {Stays, "."}}
	if !slices.Equal(got, want) {
		t.Errorf("the difference by words: %+v", got)
	}
}

func TestBetweenIsBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := []string{between("", "")}
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			at := rapid.IntRange(0, len(list)).Draw(t, "at")
			low, high := "", ""
			if at > 0 {
				low = list[at-1]
			}
			if at < len(list) {
				high = list[at]
			}
			list = slices.Insert(list, at, between(low, high))
		}
		if !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) {
			t.Fatalf("not in order: %v", list)
		}
	})
}

func TestCheckOfAnAmendment(t *testing.T) {
	at := Article{ID: 5, Since: 2, Text: i18n.Text{KK: "мәтін", RU: "текст"}}
	gone := at
	gone.Deleted, gone.Since = true, 3
	for name, c := range map[string]struct {
		n    NewAmendment
		at   Article
		kind problem.Kind
		key  string
	}{
		"stale":          {NewAmendment{ArticleID: 5, Act: Replace, Base: 1, Text: aWord}, at, problem.Conflict, "resolutions.amend.changed"},
		"deleted":        {NewAmendment{ArticleID: 5, Act: Replace, Base: 2, Text: aWord}, gone, problem.Conflict, "resolutions.amend.deleted"},
		"delete deleted": {NewAmendment{ArticleID: 5, Act: Delete, Base: 2}, gone, problem.Conflict, "resolutions.amend.deleted"},
		"no text":        {NewAmendment{ArticleID: 5, Act: Replace, Base: 2}, at, problem.Invalid, ""},
		"no change":      {NewAmendment{ArticleID: 5, Act: Replace, Base: 2, Text: i18n.Only(i18n.RU, "текст")}, at, problem.Invalid, ""},
		"no act":         {NewAmendment{ArticleID: 5, Base: 2, Text: aWord}, at, problem.Invalid, ""},
		"no article":     {NewAmendment{Act: Delete}, Article{}, problem.Invalid, ""},
	} {
		bad := problem.As(c.n.check(c.at))
		if bad == nil || bad.Kind != c.kind || c.key != "" && bad.Key != c.key {
			t.Errorf("%s: %v", name, bad)
		}
	}
	for _, n := range []NewAmendment{{ArticleID: 5, Act: Add, Text: aWord}, {Act: Add, Text: aWord}} {
		if err := n.check(gone); err != nil {
			t.Errorf("an addition behind what was deleted: %v", err)
		}
	}
}

// discussion is an open text of three articles, the second of which asks the body.
func (w *region) discussion(body ref.ID) (Document, []Article) {
	w.t.Helper()
	ctx := w.t.Context()
	d, err := w.Begin(ctx, w.keeper, NewDocument{Kind: Resolution, Title: i18n.Text{KK: "Қарар", RU: "Резолюция"}, PlaceID: w.whole, HolderID: w.body})
	w.must(err)
	var list []NewArticle
	for n := range 3 {
		list = append(list, NewArticle{Text: i18n.Text{KK: fmt.Sprintf("бірінші мәтін %d", n), RU: fmt.Sprintf("первый текст %d", n)}})
	}
	_, err = w.Write(ctx, w.lead, d.ID, list)
	w.refused(problem.Forbidden, err)
	out, err := w.Write(ctx, w.keeper, d.ID, list)
	w.must(err)
	w.must(w.SetDuty(ctx, w.keeper, out[1].ID, 0, Duty{Asks: true, OwnerID: w.body, Due: w.Today().AddDays(60), Measure: aWord}))
	w.refused(problem.Forbidden, w.LayOpen(ctx, w.lead, d.ID, Opening{Until: w.Today().AddDays(10)}))
	w.refused(problem.Invalid, w.LayOpen(ctx, w.keeper, d.ID, Opening{}))
	w.must(w.LayOpen(ctx, w.keeper, d.ID, Opening{Until: w.Today().AddDays(10), BodyID: body}))
	w.refused(problem.Conflict, w.LayOpen(ctx, w.keeper, d.ID, Opening{Until: w.Today().AddDays(10)}))
	w.refused(problem.Conflict, w.Rewrite(ctx, w.keeper, out[0].ID, 0, i18n.Text{}, out[0].Text, false))
	return d, out
}

func (w *region) amend(d Document, n NewAmendment) Amendment {
	w.t.Helper()
	a, err := w.Amend(w.t.Context(), w.lead, d.ID, n)
	w.must(err)
	return a
}

func TestAmendmentsFromTheDraftToItsItems(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		d, list := w.discussion(0)
		ru := func(s string) i18n.Text { return i18n.Only(i18n.RU, s) }
		_, err := w.Amend(ctx, access.Actor{}, d.ID, NewAmendment{ArticleID: list[0].ID, Act: Delete, Base: 1})
		w.refused(problem.Unauthenticated, err)
		_, err = w.Amend(ctx, w.nobody, d.ID, NewAmendment{ArticleID: list[0].ID, Act: Delete, Base: 1, ByOrg: w.ngo})
		w.refused(problem.Forbidden, err)
		change := w.amend(d, NewAmendment{ArticleID: list[0].ID, Act: Replace, Base: 1, Text: ru("второй текст"), ByOrg: w.ngo})
		rival := w.amend(d, NewAmendment{ArticleID: list[0].ID, Act: Replace, Base: 1, Text: ru("иной текст")})
		drop := w.amend(d, NewAmendment{ArticleID: list[2].ID, Act: Delete, Base: 1})
		bring := w.amend(d, NewAmendment{ArticleID: list[1].ID, Act: Add, Text: i18n.Text{KK: "жаңа", RU: "новый"}})
		against := w.amend(d, NewAmendment{Act: Add, Text: aWord})
		_, err = w.Decide(ctx, w.keeper, d.ID, []ref.ID{change.ID})
		w.refused(problem.Conflict, err) // nobody recommended it
		w.refused(problem.Forbidden, w.Advise(ctx, w.lead, change.ID, 0, AdviseTake, i18n.Text{}))
		w.refused(problem.Invalid, w.Advise(ctx, w.keeper, against.ID, 0, AdviseRefuse, i18n.Text{}))
		for _, a := range []Amendment{change, rival, drop, bring} {
			w.must(w.Advise(ctx, w.owner, a.ID, 0, AdviseTake, i18n.Text{}))
		}
		w.must(w.Advise(ctx, w.keeper, against.ID, 0, AdviseRefuse, aWord))
		_, err = w.Decide(ctx, w.lead, d.ID, nil)
		w.refused(problem.Forbidden, err)
		done, err := w.Decide(ctx, w.keeper, d.ID, nil)
		w.must(err)
		if done.Taken != 3 || done.Refused != 1 || !slices.Equal(done.Left, []int64{rival.No}) {
			t.Errorf("decided: %+v", done)
		}
		text, err := w.Text(ctx, w.nobody, d.ID, 0, 20, 0)
		w.must(err)
		w.reads(text, "второй текст", "первый текст 1", "новый", "-первый текст 2")
		if text.Clauses[0].Article.Text.KK != "бірінші мәтін 0" || text.Clauses[0].Was.RU != "первый текст 0" || !text.Clauses[2].New || text.Edition != 2 {
			t.Errorf("the second edition: %+v", text)
		}
		old, err := w.Text(ctx, w.nobody, d.ID, 1, 20, 0)
		w.must(err)
		w.reads(old, "первый текст 0", "первый текст 1", "первый текст 2")
		// Against what was deleted or has changed nothing is taken, and nothing is lost.
		_, err = w.Amend(ctx, w.lead, d.ID, NewAmendment{ArticleID: list[2].ID, Act: Replace, Base: 1, Text: aWord})
		w.refused(problem.Conflict, err)
		_, err = w.Amend(ctx, w.lead, d.ID, NewAmendment{ArticleID: list[0].ID, Act: Replace, Base: 1, Text: aWord})
		w.refused(problem.Conflict, err)
		_, err = w.Decide(ctx, w.keeper, d.ID, []ref.ID{rival.ID})
		w.refused(problem.Conflict, err)
		wanted, err := w.Waiting(ctx, w.lead)
		w.must(err)
		if len(wanted) != 1 || wanted[0].Thing.ID != rival.ID {
			t.Errorf("what waits for the author: %+v", wanted)
		}
		w.refused(problem.Forbidden, w.Renew(ctx, w.nobody, rival.ID, 0, NewAmendment{Act: Replace, Base: 2, Text: aWord}))
		w.must(w.Renew(ctx, w.lead, rival.ID, 0, NewAmendment{Act: Replace, Base: 2, Text: ru("третий текст")}))
		w.refused(problem.Conflict, w.Adopt(ctx, w.keeper, d.ID, Adoption{On: w.Today()})) // an amendment waits
		w.refused(problem.Forbidden, w.TakeBack(ctx, w.nobody, rival.ID))
		w.must(w.TakeBack(ctx, w.lead, rival.ID))
		w.adoptsWithOwners(d, text.Clauses[2].Article)
		w.verify()
	})
}

// reads asserts what the clauses of a text say; "-" is before what was deleted.
func (w *region) reads(text Text, want ...string) {
	w.t.Helper()
	var is []string
	for _, c := range text.Clauses {
		s := c.Article.Text.RU
		if c.Deleted {
			s = "-" + s
		}
		is = append(is, s)
	}
	if !slices.Equal(is, want) {
		w.t.Errorf("the text says %q, want %q", is, want)
	}
}

// adoptsWithOwners adopts a document whose added article has no owner at first.
func (w *region) adoptsWithOwners(d Document, bare Article) {
	w.t.Helper()
	ctx, today := w.t.Context(), w.Today()
	err := w.Adopt(ctx, w.keeper, d.ID, Adoption{On: today, AnswerBy: today.AddDays(5)})
	if bad := problem.As(err); bad == nil || bad.Key != "resolutions.adopt.no_owner" {
		w.t.Errorf("an item without owner is adopted: %v", err)
	}
	w.must(w.SetDuty(ctx, w.keeper, bare.ID, 0, Duty{}))
	w.refused(problem.Invalid, w.Adopt(ctx, w.keeper, d.ID, Adoption{On: today}))
	w.must(w.Adopt(ctx, w.keeper, d.ID, Adoption{On: today, AnswerBy: today.AddDays(5)}))
	y, err := w.Story(ctx, w.nobody, d.ID)
	w.must(err)
	if len(y.Rows) != 1 || y.Rows[0].OwnerID != w.body || y.Rows[0].Item.Stage != ItemAssigned || len(w.letters) != 1 {
		w.t.Errorf("the items: %+v; letters: %d", y.Rows, len(w.letters))
	}
	_, err = w.Amend(ctx, w.lead, d.ID, NewAmendment{Act: Add, Text: aWord})
	w.refused(problem.Conflict, err)
}

func TestCommentsOnAText(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		d, list := w.discussion(0)
		c, err := w.Say(ctx, w.nobody, d.ID, list[0].ID, 0, aWord)
		w.must(err)
		_, err = w.Say(ctx, w.nobody, d.ID, 99, 0, aWord)
		w.refused(problem.NotFound, err)
		_, err = w.Unsay(ctx, w.lead, c.ID, aWord)
		w.refused(problem.Forbidden, err)
		_, err = w.Unsay(ctx, w.keeper, c.ID, i18n.Text{})
		w.refused(problem.Invalid, err)
		_, err = w.Unsay(ctx, w.keeper, c.ID, aWord)
		w.must(err)
		own, err := w.Say(ctx, w.lead, d.ID, 0, w.ngo, aWord)
		w.must(err)
		_, err = w.Unsay(ctx, w.lead, own.ID, i18n.Text{})
		w.must(err)
		w.clock.Advance(11 * 24 * time.Hour)
		_, err = w.Say(ctx, w.lead, d.ID, 0, w.ngo, aWord)
		w.refused(problem.Conflict, err)
		w.verify()
	})
}

// Many people amend at once: each has a number of its own.
func TestAmendmentsAtOnce(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		d, list := w.discussion(0)
		const people = 12
		faults := make(chan error, people)
		var all sync.WaitGroup
		for range people {
			all.Go(func() {
				_, err := w.Amend(t.Context(), w.nobody, d.ID, NewAmendment{ArticleID: list[0].ID, Act: Replace, Base: 1, Text: aWord})
				faults <- err
			})
		}
		all.Wait()
		close(faults)
		for err := range faults {
			w.must(err)
		}
		l, err := w.Amendments(t.Context(), w.nobody, d.ID, true, 50, 0)
		w.must(err)
		for n, a := range l.Lines {
			if a.No != int64(n+1) {
				t.Errorf("amendment %d has number %d", n+1, a.No)
			}
		}
		if l.Undecided != people || len(l.Lines) != people {
			t.Errorf("%d amendments of %d", len(l.Lines), l.Undecided)
		}
	})
}

// commission is a body of the state body with three members who vote.
type commission struct {
	*region
	id      ref.ID
	members map[ref.ID]access.Actor
	head    access.Actor
}

func (w *region) commission() *commission {
	w.t.Helper()
	ctx, portal := w.t.Context(), access.Portal("test")
	acc, err := accounts.New(w.d, accounts.Options{})
	w.must(err)
	w.Panels = panels.New(w.d, panels.Deps{Zone: w.Zone, Accounts: acc, Places: w.Places, Norms: w.Norms, Obligations: w.Obligations})
	both := i18n.Text{KK: "Комиссия", RU: "Комиссия"}
	b, err := w.Panels.SetUp(ctx, w.keeper, panels.NewBody{Owner: ref.Ref{Kind: "organization", ID: w.body, Title: both}, PlaceID: w.whole, Kind: panels.Commission, Name: both, About: both,
		Rules: panels.Rules{Quorum: 60, QuorumFrom: panels.FromAll, Majority: panels.OfPresent}})
	w.must(err)
	c := &commission{region: w, id: b.ID, members: map[ref.ID]access.Actor{}}
	for n, duty := range []panels.Duty{panels.Chair, panels.Secretary, panels.Plain} {
		p, err := acc.Enrol(ctx, portal, accounts.NewPerson{Name: "member", Email: fmt.Sprintf("m%d@example.kz", n)})
		w.must(err)
		m, err := w.Panels.Seat(ctx, w.keeper, b.ID, panels.NewMember{Email: fmt.Sprintf("m%d@example.kz", n), Duty: duty, Votes: true, Since: w.Today()})
		w.must(err)
		c.members[m.ID] = access.Actor{UserID: p.ID}
		if duty == panels.Secretary {
			c.head = c.members[m.ID]
		}
	}
	return c
}

// takesUp has a meeting of all members take up a vote on something.
func (c *commission) takesUp(d Document, amendment ref.ID) (meeting, item ref.ID, seats []ref.ID) {
	c.t.Helper()
	ctx, both := c.t.Context(), i18n.Text{KK: "Мәселе", RU: "Вопрос"}
	m, err := c.Panels.Plan(ctx, c.keeper, c.id, panels.When{StartsAt: db.At(c.clock.Now().Add(time.Hour)), Place: both})
	c.must(err)
	c.refused(problem.Forbidden, c.PutToVote(ctx, c.lead, d.ID, amendment, m.ID, both, both))
	c.must(c.PutToVote(ctx, c.keeper, d.ID, amendment, m.ID, both, both))
	if amendment != 0 {
		_, err = c.Decide(ctx, c.keeper, d.ID, []ref.ID{amendment})
		c.refused(problem.Conflict, err) // the vote is to come
	}
	c.must(c.Panels.Invite(ctx, c.head, m.ID, both))
	c.clock.Advance(2 * time.Hour)
	for seat := range c.members {
		seats = append(seats, seat)
	}
	c.must(c.Panels.Attend(ctx, c.head, m.ID, seats, nil))
	c.must(c.Panels.Begin(ctx, c.head, m.ID))
	v, err := c.Panels.Meeting(ctx, c.keeper, m.ID)
	c.must(err)
	c.must(c.Panels.TakeUp(ctx, c.head, v.Items[0].ID, nil))
	return m.ID, v.Items[0].ID, seats
}

// decides has here members vote on something at a meeting.
func (c *commission) decides(d Document, amendment ref.ID, choice panels.Choice, here int) {
	c.t.Helper()
	ctx := c.t.Context()
	meeting, item, seats := c.takesUp(d, amendment)
	for _, seat := range seats[here:] {
		c.must(c.Panels.Note(ctx, c.head, meeting, seat, false, false))
	}
	for _, seat := range seats[:here] {
		c.must(c.Panels.Vote(ctx, c.members[seat], item, seat, choice))
	}
	c.must(c.Panels.CloseVote(ctx, c.head, item))
	c.must(c.Panels.End(ctx, c.head, meeting, i18n.Text{KK: "Мәселе", RU: "Вопрос"}))
}

// A vote is closed while votes arrive: what was counted decides, who came too late is
// told so, and the amendment is decided as the minutes say.
func TestAVoteClosedWhileVotesArrive(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		c := w.commission()
		d, list := w.discussion(c.id)
		a := w.amend(d, NewAmendment{ArticleID: list[0].ID, Act: Replace, Base: 1, Text: aWord})
		meeting, item, seats := c.takesUp(d, a.ID)
		w.must(w.Panels.Vote(ctx, c.members[seats[0]], item, seats[0], panels.For))
		answers, closed := make([]error, len(seats)), error(nil)
		var all sync.WaitGroup
		for n, seat := range seats[1:] {
			all.Go(func() { answers[n+1] = w.Panels.Vote(ctx, c.members[seat], item, seat, panels.For) })
		}
		all.Go(func() { closed = w.Panels.CloseVote(ctx, c.head, item) })
		all.Wait()
		w.must(closed)
		taken := int64(0)
		for _, err := range answers {
			if err == nil {
				taken++
			} else {
				w.refused(problem.Conflict, err)
			}
		}
		v, err := w.Panels.Meeting(ctx, w.keeper, meeting)
		w.must(err)
		if is := v.Items[0]; int64(is.Count.For) != taken {
			t.Errorf("%d votes were taken, %+v counted", taken, is.Count)
		}
		done, err := w.Decide(ctx, w.keeper, d.ID, []ref.ID{a.ID})
		w.must(err)
		if adopted := v.Items[0].Result == panels.Adopted; adopted != (done.Taken == 1) || adopted == (done.Refused == 1) {
			t.Errorf("the minutes say %s, decided: %+v", v.Items[0].Result, done)
		}
		w.verify()
	})
}

// Two amendments to one article are not adopted together: by name neither is, in bulk
// the first is, and of two who decide at once one is told to look again.
func TestTwoAmendmentsToOneArticle(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		d, list := w.discussion(0)
		var ids []ref.ID
		for _, text := range []string{"одно", "другое"} {
			a := w.amend(d, NewAmendment{ArticleID: list[0].ID, Act: Replace, Base: 1, Text: i18n.Only(i18n.RU, text)})
			w.must(w.Advise(ctx, w.keeper, a.ID, 0, AdviseTake, i18n.Text{}))
			ids = append(ids, a.ID)
		}
		_, err := w.Decide(ctx, w.keeper, d.ID, ids)
		if bad := problem.As(err); bad == nil || bad.Key != "resolutions.amend.stale" {
			t.Errorf("both are adopted: %v", err)
		}
		text, err := w.Text(ctx, w.nobody, d.ID, 0, 20, 0)
		w.must(err)
		if w.reads(text, "первый текст 0", "первый текст 1", "первый текст 2"); text.Edition != 1 || text.Undecided != 2 {
			t.Errorf("half of it is written: %+v", text.Frame)
		}
		faults := make([]error, len(ids))
		var all sync.WaitGroup
		for n, id := range ids {
			all.Go(func() { _, faults[n] = w.Decide(ctx, w.keeper, d.ID, []ref.ID{id}) })
		}
		all.Wait()
		won := 0
		if faults[0] != nil {
			won = 1
		}
		w.must(faults[won])
		w.refused(problem.Conflict, faults[1-won])
		text, err = w.Text(ctx, w.nobody, d.ID, 0, 20, 0)
		w.must(err)
		if w.reads(text, []string{"одно", "другое"}[won], "первый текст 1", "первый текст 2"); text.Edition != 2 || text.Undecided != 1 {
			t.Errorf("after the race: %+v", text.Frame)
		}
		w.verify()
	})
}

// An article is deleted while somebody amends it: the amendment is refused, or stays
// open for its author; what is deleted never changes.
func TestAmendingWhatIsBeingDeleted(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		d, list := w.discussion(0)
		drop := w.amend(d, NewAmendment{ArticleID: list[0].ID, Act: Delete, Base: 1})
		w.must(w.Advise(ctx, w.keeper, drop.ID, 0, AdviseTake, i18n.Text{}))
		var decided, amended error
		var late Amendment
		var all sync.WaitGroup
		all.Go(func() { _, decided = w.Decide(ctx, w.keeper, d.ID, []ref.ID{drop.ID}) })
		all.Go(func() {
			late, amended = w.Amend(ctx, w.nobody, d.ID, NewAmendment{ArticleID: list[0].ID, Act: Replace, Base: 1, Text: aWord})
		})
		all.Wait()
		w.must(decided)
		if amended == nil {
			w.must(w.Advise(ctx, w.keeper, late.ID, 0, AdviseTake, i18n.Text{}))
			_, amended = w.Decide(ctx, w.keeper, d.ID, []ref.ID{late.ID})
		}
		w.refused(problem.Conflict, amended)
		text, err := w.Text(ctx, w.nobody, d.ID, 0, 20, 0)
		w.must(err)
		w.reads(text, "-первый текст 0", "первый текст 1", "первый текст 2")
		w.verify()
	})
}

// Nothing is adopted without an owner, and a refused adoption leaves nothing behind;
// nor is it when the owner is taken away while the document is adopted.
func TestAdoptingWithoutAnOwner(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		d, list := w.discussion(0)
		whole := Duty{Asks: true, OwnerID: w.body, Due: w.Today().AddDays(60), Measure: aWord}
		bare := whole
		bare.OwnerID = 0
		on := Adoption{On: w.Today(), AnswerBy: w.Today().AddDays(5)}
		w.must(w.SetDuty(ctx, w.keeper, list[1].ID, 0, bare))
		w.refused(problem.Conflict, w.Adopt(ctx, w.keeper, d.ID, on))
		y, err := w.Story(ctx, w.nobody, d.ID)
		w.must(err)
		if y.Stage != Discussed || !y.AdoptedOn.IsZero() || len(y.Rows) != 0 || len(w.letters) != 0 {
			t.Errorf("a refused adoption leaves %+v, %d letters", y.Rows, len(w.letters))
		}
		w.must(w.SetDuty(ctx, w.keeper, list[1].ID, 0, whole))
		w.Tell = nil
		var adopted, taken error
		var all sync.WaitGroup
		all.Go(func() { adopted = w.Adopt(ctx, w.keeper, d.ID, on) })
		all.Go(func() { taken = w.SetDuty(ctx, w.keeper, list[1].ID, 0, bare) })
		all.Wait()
		y, err = w.Story(ctx, w.nobody, d.ID)
		w.must(err)
		if (adopted == nil) == (taken == nil) || (adopted == nil) != (y.Stage == Adopted) {
			t.Errorf("adopted: %v, taken away: %v, stage %s", adopted, taken, y.Stage)
		}
		for _, r := range y.Rows {
			if r.OwnerID == 0 {
				t.Error("an item without an owner is adopted")
			}
		}
		w.verify()
	})
}

// Where a body votes its votes decide, whatever was recommended.
func TestABodyVotes(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		c := w.commission()
		d, list := w.discussion(c.id)
		a := w.amend(d, NewAmendment{ArticleID: list[0].ID, Act: Replace, Base: 1, Text: aWord})
		w.must(w.Advise(ctx, w.keeper, a.ID, 0, AdviseTake, i18n.Text{}))
		c.decides(d, a.ID, panels.Against, 3)
		w.refused(problem.Conflict, w.TakeBack(ctx, w.lead, a.ID))
		done, err := w.Decide(ctx, w.keeper, d.ID, nil)
		w.must(err)
		if done.Refused != 1 || done.Taken != 0 {
			t.Errorf("the vote does not decide: %+v", done)
		}
		n := Adoption{On: w.Today(), AnswerBy: w.Today().AddDays(5)}
		w.refused(problem.Conflict, w.Adopt(ctx, w.keeper, d.ID, n))
		c.decides(d, 0, panels.For, 3)
		w.must(w.Adopt(ctx, w.keeper, d.ID, n))
	})
}
