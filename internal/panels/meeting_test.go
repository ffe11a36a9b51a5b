package panels

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// line is a member at an item, in short: C chair, D deputy, M member; lower case is
// absent; then the vote +, -, 0, nothing, or R recused.
func line(no int, s string) RollLine {
	l := RollLine{No: no, Duty: map[string]Duty{"C": Chair, "D": Deputy, "M": Plain}[strings.ToUpper(s[:1])], Present: s[0] < 'a'}
	switch s[1:] {
	case "+":
		l.Choice = For
	case "-":
		l.Choice = Against
	case "0":
		l.Choice = Abstain
	case "R":
		l.Recused = true
	}
	return l
}

func roll(s string) (out []RollLine) {
	for i, x := range strings.Fields(s) {
		out = append(out, line(i+1, x))
	}
	return out
}

func TestDecide(t *testing.T) {
	all := Rules{Quorum: 66, QuorumFrom: FromAll, Majority: OfPresent}
	chair, free, votes := all, all, all
	chair.ChairDecides, free.QuorumFrom, votes.Majority = true, FromFree, OfVotes
	half := Rules{Quorum: 50, QuorumFrom: FromAll, Majority: OfVotes, ChairDecides: true}
	for _, c := range []struct {
		name  string
		rules Rules
		roll  string
		want  ItemResult
		chair bool
	}{
		{"all for", all, "C+ D+ M+", Adopted, false},
		{"two thirds of three", all, "C+ D+ m", Adopted, false},
		{"less than two thirds", all, "C+ d m", NoQuorum, false},
		{"two thirds of four is three", all, "C+ D+ m m", NoQuorum, false},
		{"recused is not present", all, "C+ D+ MR", Adopted, false},
		{"recusal takes the quorum", all, "C+ D+ MR m", NoQuorum, false},
		{"recused are not counted in the base", free, "C+ D+ MR m", Adopted, false},
		{"an absent one who recused leaves the base too", free, "C+ D+ mR", Adopted, false},
		{"nobody is left", free, "CR DR", NoQuorum, false},
		{"half of those present is no majority", all, "C+ D+ M- M-", Rejected, false},
		{"abstaining counts against the majority of those present", all, "C+ D+ M0 M0", Rejected, false},
		{"abstaining does not count among votes", votes, "C+ D0 M0 M0", Adopted, false},
		{"silence does not count among votes", votes, "C+ D M M", Adopted, false},
		{"the chair decides for", chair, "C+ D+ M- M-", Adopted, true},
		{"the chair decides against", chair, "C- D- M+ M+", Rejected, true},
		{"a chair who abstains decides nothing", half, "C0 D+ M-", Rejected, false},
		{"the deputy presides without the chair", half, "c D+ M-", Adopted, true},
		{"a recused chair leaves it to the deputy", half, "CR D- M+", Rejected, true},
		{"nobody presides", half, "c d M+ M-", Rejected, false},
		{"votes of who left do not count", half, "C- D+ m+ m+", Rejected, true},
		{"all abstain", half, "C0 D0 M0", Rejected, false},
		{"nobody at all", all, "", NoQuorum, false},
	} {
		got, count := c.rules.Decide(roll(c.roll))
		if got != c.want || count.ByChair != c.chair {
			t.Errorf("%s: %s by the chair %v, %+v", c.name, got, count.ByChair, count)
		}
	}
}

func TestTerms(t *testing.T) {
	d := func(day int) db.Date { return db.Day(2026, 3, day) }
	sits := BodyMember{ID: 1, PersonID: 11, OrgID: 21, Duty: Chair, Votes: true, Since: d(1), Until: d(10)}
	for _, c := range []struct {
		name  string
		kind  BodyKind
		m     BodyMember
		field string
	}{
		{"another person", Commission, BodyMember{PersonID: 12, Duty: Plain, Since: d(1)}, ""},
		{"nobody", Commission, BodyMember{Duty: Plain, Since: d(1)}, "email"},
		{"the same person at once", Commission, BodyMember{PersonID: 11, Duty: Plain, Since: d(10)}, "email"},
		{"the same person afterwards", Commission, BodyMember{PersonID: 11, Duty: Chair, Since: d(11)}, ""},
		{"a second chair", Commission, BodyMember{PersonID: 12, Duty: Chair, Since: d(5)}, "duty"},
		{"the next chair", Commission, BodyMember{PersonID: 12, Duty: Chair, Since: d(11)}, ""},
		{"one organization twice in a commission", Commission, BodyMember{PersonID: 12, OrgID: 21, Duty: Plain, Since: d(1)}, ""},
		{"one organization twice in a council", Council, BodyMember{PersonID: 12, OrgID: 21, Duty: Plain, Since: d(1)}, "org"},
		{"ends before it starts", Commission, BodyMember{PersonID: 12, Duty: Plain, Since: d(5), Until: d(4)}, "until"},
		{"no such duty", Commission, BodyMember{PersonID: 12, Duty: "king", Since: d(5)}, "duty"},
	} {
		got := ""
		if p := problem.As(c.m.check(c.kind, []BodyMember{sits})); p != nil {
			for f := range p.Fields {
				got += f
			}
		}
		if got != c.field {
			t.Errorf("%s: %q, want %q", c.name, got, c.field)
		}
	}
}

func words(s string) i18n.Text { return i18n.Text{KK: s + " kk", RU: s + " ru"} }

// room is a commission with a chair, a deputy, a secretary without a vote and
// three members.
type room struct {
	*world
	body    Body
	people  map[string]access.Actor
	members map[string]BodyMember
}

var ownerOrg = ref.Ref{Kind: "organization", ID: funder, Title: words("Owner"), Path: "/organizations/x"}

func newRoom(t *testing.T, w *world, change ...func(*Rules)) *room {
	t.Helper()
	r := &room{world: w, people: map[string]access.Actor{}, members: map[string]BodyMember{}}
	rules := Rules{QuorumFrom: FromAll, Majority: OfPresent, ChairDecides: true}
	for _, f := range change {
		f(&rules)
	}
	var err error
	r.body, err = w.SetUp(t.Context(), w.officer, NewBody{Owner: ownerOrg, PlaceID: w.region, Kind: Commission, Name: words("Commission"), Rules: rules})
	must(t, err)
	for name, duty := range map[string]Duty{"chair": Chair, "deputy": Deputy, "secretary": Secretary, "a": Plain, "b": Plain, "c": Plain} {
		r.seat(t, name, duty)
	}
	return r
}

func (r *room) seat(t *testing.T, name string, duty Duty) {
	t.Helper()
	who := r.actor(name, "", ref.Ref{})
	m, err := r.Seat(t.Context(), r.officer, r.body.ID, NewMember{Email: r.email(t, who), Duty: duty, Since: r.Today()})
	must(t, err)
	r.people[name], r.members[name] = who, m
}

func (r *room) email(t *testing.T, who access.Actor) string {
	t.Helper()
	p, err := r.Accounts.Person(t.Context(), portal, who.UserID)
	must(t, err)
	return p.Email
}

func subject(id ref.ID) ref.Ref { return ref.Ref{Kind: "decision", ID: id, Title: words("Decision")} }

func question(id ref.ID, orgs ...ref.ID) NewItem {
	return NewItem{Subject: subject(id), Title: words("Item"), Proposal: words("Proposal"), Orgs: orgs}
}

// planned is a meeting with items, not yet shown.
func (r *room) planned(t *testing.T, items ...NewItem) (Meeting, []Item) {
	t.Helper()
	m, err := r.Plan(t.Context(), r.people["secretary"], r.body.ID, When{StartsAt: db.At(r.clock.Now().Add(time.Hour)), Place: words("Hall")})
	must(t, err)
	for _, n := range items {
		_, err := r.AddItem(t.Context(), r.officer, m.ID, n)
		must(t, err)
	}
	return m, r.items(t, m.ID)
}

func (r *room) items(t *testing.T, meeting ref.ID) (list []Item) {
	t.Helper()
	must(t, r.d.View(t.Context(), func(tx *db.Tx) (err error) {
		list, err = itemsOf(t.Context(), tx, meeting)
		return err
	}))
	return list
}

// begun is a meeting that sits, with who is named there.
func (r *room) begun(t *testing.T, here []string, items ...NewItem) (Meeting, []Item) {
	t.Helper()
	m, list := r.planned(t, items...)
	must(t, r.Invite(t.Context(), r.people["secretary"], m.ID, words("Urgent")))
	var ids []ref.ID
	for _, name := range here {
		ids = append(ids, r.members[name].ID)
	}
	must(t, r.Attend(t.Context(), r.people["secretary"], m.ID, ids, nil))
	must(t, r.Begin(t.Context(), r.people["secretary"], m.ID))
	return m, list
}

func (r *room) vote(t *testing.T, item ref.ID, choice Choice, names ...string) {
	t.Helper()
	for _, n := range names {
		must(t, r.Vote(t.Context(), r.people[n], item, r.members[n].ID, choice))
	}
}

func (r *room) outcome(t *testing.T, id ref.ID) (o Outcome, ok bool) {
	t.Helper()
	must(t, r.d.View(t.Context(), func(tx *db.Tx) (err error) {
		o, ok, err = r.OutcomeOf(t.Context(), tx, subject(id))
		return err
	}))
	return o, ok
}

func TestAMeetingFromPlanToSignedMinutes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, ctx := newRoom(t, w), t.Context()
		secretary, chair := r.people["secretary"], r.people["chair"]
		m, items := r.begun(t, []string{"chair", "deputy", "a", "b"}, question(1), question(2, first), question(3))
		must(t, r.TakeUp(ctx, secretary, items[0].ID, nil))
		is(t, r.TakeUp(ctx, secretary, items[1].ID, nil), problem.Conflict) // one at a time
		r.vote(t, items[0].ID, For, "chair", "deputy", "a")
		r.vote(t, items[0].ID, Against, "b")
		r.vote(t, items[0].ID, For, "b") // may change while the item runs
		must(t, r.CloseVote(ctx, chair, items[0].ID))
		o, ok := r.outcome(t, 1)
		if !ok || o.Result != Adopted || o.Decision != words("Proposal") || o.Count.For != 4 || o.Count.Needed != 4 || o.Signed {
			t.Fatalf("%v %+v", ok, o)
		}
		// a departure, with one member recused by a tie that is found
		w.found[r.people["a"].UserID] = []ref.ID{first}
		is(t, r.TakeUp(ctx, secretary, items[1].ID, &Motion{Text: words("Other")}), problem.Invalid)
		must(t, r.Note(ctx, secretary, m.ID, r.members["c"].ID, true, true))
		must(t, r.TakeUp(ctx, secretary, items[1].ID, &Motion{Text: words("Other"), Why: words("Why")}))
		is(t, r.Vote(ctx, r.people["a"], items[1].ID, r.members["a"].ID, For), problem.Forbidden)
		r.vote(t, items[1].ID, For, "chair", "deputy", "c")
		must(t, r.Vote(ctx, secretary, items[1].ID, r.members["b"].ID, Abstain)) // a raised hand
		must(t, r.CloseVote(ctx, secretary, items[1].ID))
		if o, _ := r.outcome(t, 2); o.Decision != words("Other") || o.Departure != words("Why") || o.Count.Recused != 1 || o.Count.Present != 4 {
			t.Errorf("%+v", o)
		}
		is(t, r.End(ctx, secretary, m.ID, i18n.Text{}), problem.Invalid) // the third item waits
		must(t, r.End(ctx, secretary, m.ID, words("No time")))
		if _, ok := r.outcome(t, 3); ok {
			t.Error("an item that was put off has no outcome")
		}
		is(t, r.Sign(ctx, chair, m.ID), problem.Conflict) // the secretary signs first
		v := r.meeting(t, m.ID)
		must(t, r.Write(ctx, secretary, m.ID, v.Version, Heard{Items: map[ref.ID]i18n.Text{items[0].ID: words("Heard")}}))
		must(t, r.Sign(ctx, secretary, m.ID))
		is(t, r.Sign(ctx, r.people["deputy"], m.ID), problem.Forbidden)
		must(t, r.SendBack(ctx, chair, m.ID, "Опечатка"))
		must(t, r.Sign(ctx, secretary, m.ID))
		must(t, r.Sign(ctx, chair, m.ID))
		is(t, r.Sign(ctx, chair, m.ID), problem.Conflict)
		if o, _ := r.outcome(t, 1); !o.Signed {
			t.Error("the minutes are signed")
		}
		must(t, w.d.View(ctx, func(tx *db.Tx) error {
			list, err := r.Obligations.Of(ctx, tx, v.Ref())
			if len(list) != 1 || list[0].State(w.Today()) != obligations.StateKept {
				t.Errorf("%+v", list)
			}
			return err
		}))
		// what was put off comes to the next agenda by itself
		next, list := r.planned(t)
		if len(list) != 1 || list[0].FromID != items[2].ID || next.No != 2 {
			t.Errorf("%+v", list)
		}
		_, err := r.AddItem(ctx, w.officer, next.ID, question(3))
		is(t, err, problem.Conflict) // it waits already
		_, err = r.AddItem(ctx, w.officer, next.ID, question(1))
		is(t, err, problem.Conflict) // it is decided
		w.verified()
	})
}

func (r *room) meeting(t *testing.T, id ref.ID) (m Meeting) {
	t.Helper()
	must(t, r.d.View(t.Context(), func(tx *db.Tx) (err error) {
		m, err = r.MeetingIn(t.Context(), tx, id)
		return err
	}))
	return m
}

func TestNoDecisionWithoutQuorum(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, ctx := newRoom(t, w), t.Context()
		secretary := r.people["secretary"]
		m, items := r.planned(t, question(1), question(2))
		is(t, r.Begin(ctx, secretary, m.ID), problem.Conflict) // nobody is invited
		must(t, r.Invite(ctx, secretary, m.ID, words("Urgent")))
		must(t, r.Attend(ctx, secretary, m.ID, []ref.ID{r.members["chair"].ID, r.members["a"].ID, r.members["secretary"].ID}, nil))
		is(t, r.Begin(ctx, secretary, m.ID), problem.Conflict) // two of five have a vote
		must(t, r.Attend(ctx, secretary, m.ID, []ref.ID{r.members["a"].ID, r.members["b"].ID, r.members["c"].ID, r.members["chair"].ID}, nil))
		must(t, r.Begin(ctx, secretary, m.ID))
		must(t, r.TakeUp(ctx, secretary, items[0].ID, nil))
		is(t, r.Vote(ctx, r.people["deputy"], items[0].ID, r.members["deputy"].ID, For), problem.Conflict) // not there
		r.vote(t, items[0].ID, For, "chair", "a", "b", "c")
		must(t, r.Note(ctx, secretary, m.ID, r.members["c"].ID, false, false)) // leaves before the votes are counted
		must(t, r.CloseVote(ctx, secretary, items[0].ID))
		if got := r.items(t, m.ID)[0]; got.Result != NoQuorum || got.Count.Present != 3 || got.Count.For != 3 {
			t.Errorf("%+v", got)
		}
		if _, ok := r.outcome(t, 1); ok {
			t.Error("decided without a quorum")
		}
		must(t, r.RecuseFrom(ctx, r.people["a"], items[1].ID, "Родственник")) // its reason stays private
		must(t, r.Note(ctx, secretary, m.ID, r.members["c"].ID, true, false))
		must(t, r.TakeUp(ctx, secretary, items[1].ID, nil))
		is(t, r.Vote(ctx, r.people["a"], items[1].ID, r.members["a"].ID, For), problem.Forbidden)
		must(t, r.CloseVote(ctx, secretary, items[1].ID)) // recusal took the quorum
		if got := r.items(t, m.ID)[1]; got.Result != NoQuorum {
			t.Errorf("%+v", got)
		}
		must(t, r.End(ctx, secretary, m.ID, i18n.Text{}))
		_, list := r.planned(t)
		if len(list) != 2 {
			t.Errorf("%d items came over", len(list))
		}
		w.verified()
	})
}

func TestWhoMayDoWhatAtAMeeting(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, ctx := newRoom(t, w), t.Context()
		m, items := r.begun(t, []string{"chair", "deputy", "a", "b", "c"}, question(1))
		must(t, r.TakeUp(ctx, r.people["deputy"], items[0].ID, nil))
		stranger, a := access.Actor{}, r.people["a"]
		for name, err := range map[string]error{
			"a stranger votes":                r.Vote(ctx, stranger, items[0].ID, r.members["a"].ID, For),
			"an officer votes":                r.Vote(ctx, w.officer, items[0].ID, r.members["a"].ID, For),
			"a member votes for another":      r.Vote(ctx, a, items[0].ID, r.members["b"].ID, For),
			"a secretary without a vote":      r.Vote(ctx, r.people["secretary"], items[0].ID, r.members["secretary"].ID, For),
			"a member closes":                 r.CloseVote(ctx, a, items[0].ID),
			"an officer closes":               r.CloseVote(ctx, w.officer, items[0].ID),
			"the portal closes":               r.CloseVote(ctx, portal, items[0].ID),
			"an officer notes who left":       r.Note(ctx, w.officer, m.ID, r.members["a"].ID, false, false),
			"a member ends it":                r.End(ctx, a, m.ID, i18n.Text{}),
			"an officer of elsewhere seats":   seats(ctx, r, w.away),
			"a member seats":                  seats(ctx, r, a),
			"a member moves the meeting":      r.Move(ctx, a, m.ID, 3, When{}),
			"an officer signs":                r.Sign(ctx, w.officer, m.ID),
			"an officer of elsewhere plans":   plans(ctx, r, w.away),
			"a stranger plans":                plans(ctx, r, stranger),
			"a member plans":                  plans(ctx, r, a),
			"an officer of elsewhere sets up": errOf(r.SetUp(ctx, w.away, NewBody{Owner: ownerOrg, PlaceID: w.region, Kind: Jury, Name: words("Jury"), Rules: r.body.Rules})),
		} {
			if !problem.Is(err, problem.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		is(t, r.RecuseFrom(ctx, w.officer, items[0].ID, "x"), problem.NotFound)
		is(t, r.RecuseFrom(ctx, a, items[0].ID, " "), problem.Invalid)
		is(t, r.CloseVote(ctx, r.people["chair"], items[0].ID), problem.Conflict) // nobody voted
		is(t, r.End(ctx, r.people["chair"], m.ID, i18n.Text{}), problem.Conflict) // an item runs
		must(t, r.PutOff(ctx, r.people["chair"], items[0].ID, words("Later")))
		is(t, r.Vote(ctx, a, items[0].ID, r.members["a"].ID, For), problem.Conflict)
		_, err := r.AddItem(ctx, w.officer, m.ID, question(9))
		is(t, err, problem.Conflict) // the agenda is closed
	})
}

func seats(ctx context.Context, r *room, by access.Actor) error {
	return errOf(r.Seat(ctx, by, r.body.ID, NewMember{}))
}

func plans(ctx context.Context, r *room, by access.Actor) error {
	return errOf(r.Plan(ctx, by, r.body.ID, When{}))
}

func errOf[T any](_ T, err error) error { return err }

func TestNamesAreForTheInside(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, ctx := newRoom(t, w), t.Context()
		for name, by := range map[string]access.Actor{"stranger": {}, "officer of elsewhere": w.away, "expert": w.speaker} {
			v, err := r.Body(ctx, by, r.body.ID)
			must(t, err)
			for _, m := range v.Members {
				if m.Name != "" || m.PersonID != 0 || v.Named || v.Keeps || v.Sits {
					t.Errorf("%s sees %+v", name, m)
				}
			}
			if len(v.Members) != 6 {
				t.Errorf("%s sees %d members", name, len(v.Members))
			}
		}
		m, _ := r.planned(t, question(1))
		for _, c := range []struct {
			by   access.Actor
			name bool
			n    int
		}{{w.officer, true, 1}, {r.people["a"], true, 1}, {w.away, false, 0}} {
			v, err := r.Body(ctx, c.by, r.body.ID)
			must(t, err)
			if v.Named != c.name || (v.Members[0].Name != "") != c.name || len(v.Meetings) != c.n {
				t.Errorf("%+v", v)
			}
		}
		must(t, r.Invite(ctx, w.officer, m.ID, words("Urgent")))
		v, err := r.Body(ctx, access.Actor{}, r.body.ID)
		must(t, err)
		if len(v.Meetings) != 1 {
			t.Error("everybody sees a meeting to which members are invited")
		}
	})
}

// atOnce runs acts at the same moment and tells how each ended.
func atOnce(t *testing.T, acts ...func() error) []error {
	t.Helper()
	var all sync.WaitGroup
	errs := make([]error, len(acts))
	for i, act := range acts {
		all.Go(func() { errs[i] = act() })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil && problem.As(err) == nil {
			t.Fatal(errors.Unwrap(err), err)
		}
	}
	return errs
}

func TestTwoVotesOfOneMemberAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, ctx := newRoom(t, w), t.Context()
		m, items := r.begun(t, []string{"chair", "deputy", "a", "b", "c"}, question(1))
		must(t, r.TakeUp(ctx, r.people["chair"], items[0].ID, nil))
		vote := func(c Choice) func() error {
			return func() error { return r.Vote(ctx, r.people["a"], items[0].ID, r.members["a"].ID, c) }
		}
		errs := atOnce(t, vote(For), vote(Against), vote(Abstain), vote(For))
		kept := 0
		for _, err := range errs {
			if err == nil {
				kept++
			}
		}
		must(t, r.CloseVote(ctx, r.people["chair"], items[0].ID))
		if c := r.items(t, m.ID)[0].Count; kept == 0 || c.For+c.Against+c.Abstain != 1 {
			t.Errorf("%d kept, %+v", kept, c)
		}
		w.verified()
	})
}

func TestAVoteWhileTheItemCloses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, ctx := newRoom(t, w), t.Context()
		m, items := r.begun(t, []string{"chair", "deputy", "a", "b", "c"}, question(1), question(2), question(3))
		for n, i := range items {
			must(t, r.TakeUp(ctx, r.people["chair"], i.ID, nil))
			r.vote(t, i.ID, For, "chair", "deputy")
			errs := atOnce(t,
				func() error { return r.Vote(ctx, r.people["a"], i.ID, r.members["a"].ID, For) },
				func() error { return r.CloseVote(ctx, r.people["chair"], i.ID) })
			must(t, errs[1])
			got := r.items(t, m.ID)[n]
			// counted exactly when it was taken: then the proposal has more than half
			if counted := got.Count.For == 3; counted != (errs[0] == nil) || counted != (got.Result == Adopted) {
				t.Errorf("vote %v, %s %+v", errs[0], got.Result, got.Count)
			}
		}
		w.verified()
	})
}

func TestALeavingMemberBreaksTheQuorum(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, ctx := newRoom(t, w), t.Context()
		m, items := r.begun(t, []string{"chair", "deputy", "a", "b"}, question(1), question(2), question(3))
		for n, i := range items {
			must(t, r.TakeUp(ctx, r.people["chair"], i.ID, nil))
			r.vote(t, i.ID, For, "chair", "deputy", "a", "b")
			errs := atOnce(t,
				func() error { return r.Note(ctx, r.people["secretary"], m.ID, r.members["b"].ID, false, false) },
				func() error { return r.CloseVote(ctx, r.people["chair"], i.ID) })
			must(t, errors.Join(errs...))
			got := r.items(t, m.ID)[n]
			if with := got.Count.Present == 4; with != (got.Result == Adopted) || !with && got.Result != NoQuorum || with != (got.Count.For == 4) {
				t.Errorf("%s %+v", got.Result, got.Count)
			}
			must(t, r.Note(ctx, r.people["secretary"], m.ID, r.members["b"].ID, true, false))
		}
		w.verified()
	})
}

func TestOneThingOnTwoAgendasAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, ctx := newRoom(t, w), t.Context()
		x, _ := r.planned(t)
		y, _ := r.planned(t)
		add := func(m Meeting) func() error {
			return func() error { return errOf(r.AddItem(ctx, w.officer, m.ID, question(1))) }
		}
		errs := atOnce(t, add(x), add(y), add(x))
		if n := len(r.items(t, x.ID)) + len(r.items(t, y.ID)); n != 1 {
			t.Errorf("%d items, %v", n, errs)
		}
	})
}

func TestAnErasedMemberLeavesANumber(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, ctx := newRoom(t, w), t.Context()
		w.Accounts.Hold(r.MemberHolder())
		m, items := r.begun(t, []string{"chair", "deputy", "a", "b", "c"}, question(1), question(2))
		a := r.people["a"]
		must(t, r.RecuseFrom(ctx, a, items[1].ID, "Тайная причина"))
		must(t, r.TakeUp(ctx, r.people["chair"], items[0].ID, nil))
		r.vote(t, items[0].ID, For, "chair", "deputy", "a", "b")
		must(t, r.CloseVote(ctx, r.people["chair"], items[0].ID))
		copied, err := w.Accounts.Copy(ctx, a)
		must(t, err)
		if kept := copied["body_recusals"].([]Recusal); len(kept) != 1 || kept[0].Reason == "" || len(copied["body_votes"].([]Vote)) != 1 {
			t.Errorf("%+v", copied)
		}
		must(t, w.Accounts.ErasePerson(ctx, portal, a.UserID))
		must(t, w.d.View(ctx, func(tx *db.Tx) error {
			n, err := db.One(ctx, tx, db.Value[int], `SELECT count(*) FROM panel_recusals WHERE reason <> ''`)
			if n != 0 {
				t.Error("the reason of a recusal outlives its person")
			}
			bodies, err2 := db.All(ctx, tx, db.Value[string], `SELECT body FROM journal_bodies`)
			for _, b := range bodies {
				if strings.Contains(b, "Тайная") {
					t.Error("the journal keeps the reason of a recusal")
				}
			}
			return errors.Join(err, err2)
		}))
		if got := r.items(t, m.ID)[0]; got.Count.For != 4 || got.Result != Adopted {
			t.Errorf("a decision changed: %+v", got.Count)
		}
		v, err := r.Body(ctx, w.officer, r.body.ID)
		must(t, err)
		if len(v.Members) != 5 || len(v.Past) != 1 || v.Past[0].Name != "" {
			t.Errorf("%d sit, past %+v", len(v.Members), v.Past)
		}
		w.verified()
	})
}

func TestWhatMeetingsWaitFor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, ctx := newRoom(t, w), t.Context()
		wants := func(name string, want ...string) {
			t.Helper()
			list, err := r.Waiting(ctx, r.people[name])
			must(t, err)
			var got []string
			for _, x := range list {
				got = append(got, x.Act)
			}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
		m, items := r.planned(t, question(1))
		wants("secretary", "panels.meeting.invite")
		wants("a")
		must(t, r.Invite(ctx, r.people["secretary"], m.ID, words("Urgent")))
		wants("secretary", "panels.meeting.begin")
		here := []ref.ID{r.members["chair"].ID, r.members["a"].ID, r.members["b"].ID, r.members["c"].ID}
		must(t, r.Attend(ctx, r.people["secretary"], m.ID, here, nil))
		must(t, r.Begin(ctx, r.people["secretary"], m.ID))
		must(t, r.TakeUp(ctx, r.people["secretary"], items[0].ID, nil))
		wants("a", "panels.vote")
		wants("deputy") // not there
		r.vote(t, items[0].ID, For, "a", "b", "chair")
		wants("a")
		must(t, r.CloseVote(ctx, r.people["secretary"], items[0].ID))
		must(t, r.End(ctx, r.people["secretary"], m.ID, i18n.Text{}))
		wants("secretary", "panels.minutes.write")
		wants("chair")
		must(t, r.Sign(ctx, r.people["secretary"], m.ID))
		wants("chair", "panels.minutes.sign")
		must(t, r.Sign(ctx, r.people["chair"], m.ID))
		wants("chair")
		wants("secretary")
	})
}

// The agenda comes out as many working days before the meeting as the rules ask, or
// everybody is told why it does not.
func TestAgendaComesOutInTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, ctx := newRoom(t, w), t.Context()
		secretary, calendar := r.people["secretary"], w.Norms.Book().Calendar()
		notice := r.notice(r.body, r.Today())
		if notice == 0 {
			t.Fatal("no norm asks for a notice")
		}
		invite := func(days int, why i18n.Text) (Meeting, error) {
			t.Helper()
			on := calendar.AddWorkingDays(r.Today(), days)
			m, err := r.Plan(ctx, secretary, r.body.ID, When{StartsAt: db.At(on.In(w.Zone).Add(15 * time.Hour)), Place: words("Hall")})
			must(t, err)
			_, err = r.AddItem(ctx, secretary, m.ID, NewItem{Title: words("Item"), Proposal: words("Proposal")})
			must(t, err)
			err = r.Invite(ctx, secretary, m.ID, why)
			return r.meeting(t, m.ID), err
		}
		late, err := invite(notice-1, i18n.Text{})
		if p := problem.As(err); p == nil || p.Fields["hurry"].Key != "panels.agenda_late" || late.Public() {
			t.Fatalf("a late agenda without a reason: %v", err)
		}
		must(t, r.Invite(ctx, secretary, late.ID, words("Flood")))
		if got := r.meeting(t, late.ID); got.Hurry != words("Flood") || !got.Public() {
			t.Errorf("a late agenda with a reason: %+v", got)
		}
		early, err := invite(notice, words("No need"))
		must(t, err)
		if !early.Hurry.IsZero() {
			t.Errorf("an agenda in time has a reason: %v", early.Hurry)
		}
		// Another day counts anew; another hour does not.
		move := func(at time.Time, why i18n.Text) error {
			now := r.meeting(t, early.ID)
			return r.Move(ctx, secretary, now.ID, now.Version, When{StartsAt: db.At(at), Place: words("Hall"), Hurry: why})
		}
		must(t, move(early.StartsAt.Add(time.Hour), i18n.Text{}))
		sooner := early.StartsAt.AddDate(0, 0, -1)
		is(t, move(sooner, i18n.Text{}), problem.Invalid)
		must(t, move(sooner, words("Flood")))
		must(t, move(early.StartsAt.AddDate(0, 0, 7), i18n.Text{}))
		if got := r.meeting(t, early.ID); !got.Hurry.IsZero() {
			t.Errorf("moved away again it keeps its reason: %v", got.Hurry)
		}
		// A body can ask for more, a jury for nothing.
		b := r.body
		b.Rules.Notice = 9
		if n := r.notice(b, r.Today()); n != 9 {
			t.Errorf("a body with a rule of its own: %d", n)
		}
		b.Kind, b.Rules.Notice = Jury, 0
		if n := r.notice(b, r.Today()); n != 0 {
			t.Errorf("a jury: %d", n)
		}
	})
}
