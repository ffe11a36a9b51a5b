package forums

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// hall is a room with one session of a forum, its moderator and those who take part.
type hall struct {
	*region
	Forum
	session ref.ID
	lead    string   // the moderator's link
	links   []string // of those who take part
	codes   []string
	ids     []ref.ID
}

// inHall lets so many people into the hall of a forum.
func (w *region) inHall(people int) *hall {
	w.t.Helper()
	ctx := w.t.Context()
	h := &hall{region: w, Forum: w.announced()}
	w.MAC = func(purpose string, data []byte) []byte { return []byte(purpose + string(data)) }
	x, err := w.PlanSession(ctx, w.lead, h.ID, 0, 0, NewSession{SessionPlan: SessionPlan{Kind: Plenary, Title: i18n.Only(i18n.RU, "Открытие")}})
	w.must(err)
	h.session = x.ID
	w.must(w.SetQuota(ctx, w.lead, h.ID, Everybody, int64(people)))
	for i := range people {
		w.must(w.Register(ctx, access.Actor{}, h.ID, w.somebody(fmt.Sprintf("p%02d@x.kz", i), w.whole)))
	}
	w.must(w.Answer(ctx, w.lead, h.ID, w.ids(h.Forum), true))
	h.lead, err = w.HandLink(ctx, w.lead, h.ID, h.session, Leads)
	w.must(err)
	all, err := w.People(ctx, w.lead, h.ID)
	w.must(err)
	for _, p := range all.List {
		link, err := w.EnterByCode(ctx, h.ID, strings.ToLower(p.Code))
		w.must(err)
		h.links, h.codes, h.ids = append(h.links, link), append(h.codes, p.Code), append(h.ids, p.ID)
	}
	return h
}

// seen is the hall as the moderator sees it.
func (h *hall) seen() Hall {
	h.t.Helper()
	v, err := h.Hall(h.t.Context(), h.lead, 0)
	h.must(err)
	return v
}

var nobody access.Actor

func (h *hall) vote(m Manner, secure bool) Vote {
	h.t.Helper()
	v, err := h.OpenVote(h.t.Context(), nobody, h.lead, NewVote{Manner: m, Subject: i18n.Only(i18n.RU, "Принять?")}, secure)
	h.must(err)
	return v
}

func TestWhatAVoteNeeds(t *testing.T) {
	subject := i18n.Only(i18n.KK, "Қабылдаймыз ба?")
	two := []i18n.Text{i18n.Only(i18n.KK, "а"), i18n.Only(i18n.KK, "б")}
	for name, c := range map[string]struct {
		n      NewVote
		voices int64
		secure bool
		field  string
	}{
		"openly":                         {NewVote{Openly, subject, nil}, 0, false, ""},
		"with choices":                   {NewVote{Openly, subject, two}, 0, false, ""},
		"without words":                  {NewVote{Openly, i18n.Text{}, nil}, 0, false, "subject"},
		"with one choice":                {NewVote{Openly, subject, two[:1]}, 0, false, "choices"},
		"in no manner":                   {NewVote{"", subject, nil}, 0, false, "manner"},
		"secretly":                       {NewVote{Secretly, subject, nil}, 10, true, ""},
		"secretly without a certificate": {NewVote{Secretly, subject, nil}, 100, false, "manner"},
		"secretly among nine":            {NewVote{Secretly, subject, nil}, 9, true, "manner"},
		"by mandate":                     {NewVote{ByMandate, subject, nil}, 1, false, ""},
		"by mandate without mandates":    {NewVote{ByMandate, subject, nil}, 0, false, "manner"},
	} {
		p := problem.As(c.n.check(c.voices, c.secure))
		switch {
		case c.field == "" && p != nil:
			t.Errorf("%s: %v", name, p)
		case c.field != "" && (p == nil || p.Fields[c.field].Key == ""):
			t.Errorf("%s: %v, want a fault of %s", name, p, c.field)
		}
	}
}

func TestHowAVoteIsCounted(t *testing.T) {
	three := []i18n.Text{{RU: "а"}, {RU: "б"}, {RU: "в"}}
	for name, c := range map[string]struct {
		v       Vote
		counts  map[int64]int64
		marks   int64
		outcome panels.ItemResult
		tooFew  bool
	}{
		"for":                {Vote{Manner: Openly}, map[int64]int64{0: 5, 1: 4, 2: 9}, 18, panels.Adopted, false},
		"even":               {Vote{Manner: Openly}, map[int64]int64{0: 5, 1: 5}, 10, panels.Rejected, false},
		"against":            {Vote{Manner: ByMandate}, map[int64]int64{1: 1}, 1, panels.Rejected, false},
		"nobody":             {Vote{Manner: Openly}, nil, 0, panels.NoQuorum, false},
		"among three":        {Vote{Manner: Openly, Choices: three}, map[int64]int64{2: 3}, 3, "", false},
		"ten, secretly":      {Vote{Manner: Secretly}, map[int64]int64{0: 10}, 10, panels.Adopted, false},
		"too few, secretly":  {Vote{Manner: Secretly}, map[int64]int64{0: 9}, 9, "", true},
		"a choice too large": {Vote{Manner: Openly, Choices: three}, map[int64]int64{7: 1}, 1, "", false},
	} {
		got := c.v.tally(c.counts, c.marks)
		if got.Outcome != c.outcome || got.TooFew != c.tooFew || got.Marks != c.marks || c.tooFew && len(got.Counts) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAMandateIsPassedOnOnce(t *testing.T) {
	now := db.At(time.Date(2026, 5, 4, 6, 0, 0, 0, time.UTC))
	for name, c := range map[string]struct {
		m        Mandate
		from, to ref.ID
		key      string
	}{
		"once":                {Mandate{HolderID: 1}, 1, 2, ""},
		"twice":               {Mandate{HolderID: 2, PassedFrom: 1}, 2, 3, "forums.mandate_passed"},
		"back":                {Mandate{HolderID: 2, PassedFrom: 1}, 2, 1, "forums.mandate_passed"},
		"by who holds it not": {Mandate{HolderID: 1}, 3, 2, "forums.mandate_gone"},
		"to oneself":          {Mandate{HolderID: 1}, 1, 1, "form.invalid"},
	} {
		err := c.m.pass(c.from, c.to, now)
		p := problem.As(err)
		switch {
		case c.key == "" && (err != nil || c.m.HolderID != c.to || c.m.PassedFrom != c.from):
			t.Errorf("%s: %v %+v", name, err, c.m)
		case c.key != "" && (p == nil || p.Key != c.key && len(p.Fields) == 0):
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadingMandates(t *testing.T) {
	list, err := ReadMandates(" abc-de1o  «Бірлік» ҚБ \n\n X ҮЕҰ")
	if err != nil || len(list) != 2 || list[0] != (NewMandate{"ABCDE10", "«Бірлік» ҚБ"}) || list[1].Of != "ҮЕҰ" {
		t.Errorf("%v %v", list, err)
	}
	for _, bad := range []string{"", "  \n", "ABCDEFG", "A b\nB"} {
		if _, err := ReadMandates(bad); !problem.Is(err, problem.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestSupportersCountOnceAfterAMerge(t *testing.T) {
	list := []Question{{ID: 1, Who: 1, State: Shown}, {ID: 2, Who: 2, State: Merged, IntoID: 1}, {ID: 3, Who: 3, State: Merged, IntoID: 2}, {ID: 4, Who: 1, State: Shown}}
	got := supporters(list, []Support{{QuestionID: 1, Who: 2}, {QuestionID: 2, Who: 4}, {QuestionID: 3, Who: 4}, {QuestionID: 4, Who: 2}})
	if got[1] != 4 || got[2] != 0 || got[4] != 2 {
		t.Errorf("%v", got)
	}
}

func TestTheQueue(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, h := t.Context(), w.inHall(4)
		for _, link := range []string{h.links[0], h.links[1], h.links[0], h.links[2]} { // asked twice is asked once
			w.must(w.AskWord(ctx, nobody, link, h.session))
		}
		v := h.seen()
		if len(v.Queue) != 3 || v.Queue[0].Who != h.ids[0] || v.Queue[0].Name == "" {
			t.Fatalf("%+v", v.Queue)
		}
		w.must(w.CallWord(ctx, nobody, h.lead, v.Queue[0].ID))
		w.must(w.CallWord(ctx, nobody, h.lead, v.Queue[1].ID)) // the first has spoken
		w.refused(w.CallWord(ctx, nobody, h.lead, v.Queue[0].ID), problem.Conflict)
		w.must(w.TakeWordBack(ctx, nobody, h.links[2], h.session))
		w.refused(w.TakeWordBack(ctx, nobody, h.links[2], h.session), problem.Conflict)
		w.must(w.SetHall(ctx, nobody, h.lead, Setting{Seconds: 60, QueueShut: true}))
		w.refused(w.AskWord(ctx, nobody, h.links[3], h.session), problem.Conflict)
		w.refused(w.SetHall(ctx, nobody, h.lead, Setting{Seconds: 5}), problem.Invalid)
		w.clock.Advance(100 * time.Second)
		now := h.seen()
		if now.Speaker.Who != h.ids[1] || now.Speaker.Left(now.Now.Time) != 80*time.Second || len(now.Queue) != 0 {
			t.Errorf("%+v", now.Speaker)
		}
		w.must(w.EndWord(ctx, nobody, h.lead, now.Speaker.ID, Skipped))
		w.refused(w.EndWord(ctx, nobody, h.lead, now.Speaker.ID, Spoken), problem.Conflict)
		w.proven()
	})
}

func TestQuestionsWaitForTheModerator(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, h := t.Context(), w.inHall(3)
		for i, text := range []string{"Когда дорога?", "Где школа?", "Когда дорога?!"} {
			w.must(w.Ask(ctx, nobody, h.links[i], h.session, text, i18n.RU, i == 0))
		}
		seen := func(link string) []Asking {
			v, err := w.Hall(ctx, link, h.session)
			w.must(err)
			return v.Questions
		}
		if n := len(seen(h.links[0])); n != 1 {
			t.Errorf("one sees %d questions before the moderator has shown any", n)
		}
		list := seen(h.lead)
		w.refused(w.SupportQuestion(ctx, nobody, h.links[1], list[0].ID), problem.NotFound)
		w.refused(w.Screen(ctx, nobody, h.lead, list[0].ID, 0), problem.Conflict)
		w.must(w.TurnQuestion(ctx, nobody, h.lead, list[0].ID, Shown))
		for range 2 {
			w.must(w.SupportQuestion(ctx, nobody, h.links[1], list[0].ID))
		}
		w.must(w.MergeQuestion(ctx, nobody, h.lead, list[2].ID, list[0].ID))
		w.refused(w.MergeQuestion(ctx, nobody, h.lead, list[0].ID, list[2].ID), problem.Conflict)
		w.must(w.Screen(ctx, nobody, h.lead, list[0].ID, 0))
		if shown := seen(h.links[1]); len(shown) != 2 || shown[0].Supporters != 3 || shown[0].Name == "" {
			t.Errorf("%+v", shown)
		}
		if q, _ := h.seen().OnScreen(); q.ID != list[0].ID {
			t.Errorf("on the screen: %+v", q)
		}
		w.must(w.TurnQuestion(ctx, nobody, h.lead, list[0].ID, Answered))
		if q, _ := h.seen().OnScreen(); q.ID != 0 {
			t.Errorf("still on the screen: %+v", q)
		}
		for i := range mostWaiting - 1 {
			w.must(w.Ask(ctx, nobody, h.links[1], h.session, fmt.Sprint(i), i18n.RU, false))
		}
		w.refused(w.Ask(ctx, nobody, h.links[1], h.session, "ещё", i18n.RU, false), problem.Conflict)
		w.refused(w.Ask(ctx, nobody, h.links[0], h.session, strings.Repeat("х", longestQuestion+1), i18n.RU, false), problem.Invalid)
		w.proven()
		w.clock.Set(w.clock.Now().AddDate(2, 0, 0))
		w.must(w.db.Update(ctx, func(tx *db.Tx) error { return w.Holder().Expire(ctx, tx) }))
		w.must(w.db.View(ctx, func(tx *db.Tx) error {
			left, err := db.One(ctx, tx, db.Value[int64], `SELECT (SELECT count(*) FROM forum_questions WHERE text <> '') + (SELECT count(*) FROM forum_hall_links)`)
			if left != 0 {
				t.Errorf("%d texts and links are left two years after", left)
			}
			return err
		}))
	})
}

// Strangers, people of another forum and links for something else open nothing.
func TestLinksOpenOnlyWhatTheyAreFor(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, h, other := t.Context(), w.inHall(1), w.inHall(1)
		screen, err := w.HandLink(ctx, w.lead, h.ID, h.session, Shows)
		w.must(err)
		v := h.vote(Openly, false)
		w.must(w.AskWord(ctx, nobody, h.links[0], h.session))
		word := h.seen().Queue[0].ID
		for name, err := range map[string]error{
			"a word in another forum":     w.AskWord(ctx, nobody, other.links[0], h.session),
			"a word by the moderator":     w.AskWord(ctx, nobody, h.lead, h.session),
			"a ballot of another forum":   w.Cast(ctx, nobody, other.links[0], v.ID, 0, false),
			"a ballot by a screen":        w.Cast(ctx, nobody, screen, v.ID, 0, false),
			"a ballot by a guess":         w.Cast(ctx, nobody, "GUESS", v.ID, 0, false),
			"calling by a screen":         w.CallWord(ctx, nobody, screen, word),
			"calling by who takes part":   w.CallWord(ctx, nobody, h.links[0], word),
			"calling in another forum":    w.CallWord(ctx, nobody, other.lead, word),
			"closing by another's leader": func() error { _, err := w.CloseVote(ctx, nobody, other.lead, v.ID); return err }(),
		} {
			if !problem.Is(err, problem.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err = w.HandLink(ctx, w.stranger, h.ID, h.session, Leads)
		w.refused(err, problem.Forbidden)
		_, err = w.HandLink(ctx, w.lead, h.ID, other.session, Leads)
		w.refused(err, problem.NotFound)
		_, err = w.EnterByCode(ctx, h.ID, h.codes[0])
		w.refused(err, problem.Conflict) // another phone has it
		_, err = w.EnterByCode(ctx, h.ID, other.codes[0])
		w.refused(err, problem.Invalid)
		w.must(w.FreeCode(ctx, h.lead, h.codes[0]))
		again, err := w.EnterByCode(ctx, h.ID, h.codes[0])
		w.must(err)
		w.refused(w.AskWord(ctx, nobody, h.links[0], h.session), problem.NotFound) // the first phone is out
		w.must(w.EndLinks(ctx, w.lead, h.ID))
		w.refused(w.CallWord(ctx, nobody, h.lead, word), problem.NotFound)
		w.clock.Set(w.clock.Now().AddDate(0, 2, 0))
		w.refused(w.AskWord(ctx, nobody, again, h.session), problem.NotFound)
	})
}

// A secret vote leaves a roll without time and ballots without voter; neither is in
// the journal, and both add up to what was told.
func TestASecretVoteIsSecret(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, h := t.Context(), w.inHall(11)
		v := h.vote(Secretly, true)
		for i, link := range h.links {
			w.must(w.Cast(ctx, nobody, link, v.ID, int64(i%2), true))
			w.refused(w.Cast(ctx, nobody, link, v.ID, 0, true), problem.Conflict)
		}
		v, err := w.CloseVote(ctx, nobody, h.lead, v.ID)
		w.must(err)
		if r := v.Result; r.Marks != 11 || r.Ballots != 11 || r.Counts[0] != 6 || r.Counts[1] != 5 || r.Outcome != panels.Adopted {
			t.Errorf("%+v", r)
		}
		w.must(w.db.View(ctx, func(tx *db.Tx) error {
			n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM journal_entries WHERE act = 'forums.vote.cast'`)
			if n != 0 {
				t.Errorf("%d secret ballots are in the journal", n)
			}
			return err
		}))
		w.proven()
		w.must(w.db.Update(ctx, func(tx *db.Tx) error { // somebody with the store adds a ballot
			return insertSecret(ctx, tx, v.ID, 1)
		}))
		if len(w.faults()) == 0 {
			t.Error("nobody noticed that a ballot was added")
		}
		few := h.vote(Secretly, true)
		for _, link := range h.links[:9] {
			w.must(w.Cast(ctx, nobody, link, few.ID, 0, true))
		}
		w.refused(w.Cast(ctx, nobody, h.links[9], few.ID, 0, false), problem.Conflict) // without HTTPS
		few, err = w.CloseVote(ctx, nobody, h.lead, few.ID)
		w.must(err)
		w.must(w.db.View(ctx, func(tx *db.Tx) error {
			left, err := secretsOf(ctx, tx, few.ID)
			if !few.Result.TooFew || len(few.Result.Counts) > 0 || len(left) > 0 {
				t.Errorf("nine cast: %+v, %d ballots are left", few.Result, len(left))
			}
			return err
		}))
	})
}

func TestVotesByMandate(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, h := t.Context(), w.inHall(3)
		w.must(w.GiveMandates(ctx, w.lead, h.ID, []NewMandate{{h.codes[0], "«А» ҚБ"}, {h.codes[1], "«Б» ҚБ"}}))
		w.refused(w.GiveMandates(ctx, w.lead, h.ID, []NewMandate{{h.codes[2], "«а» қб"}}), problem.Invalid)
		w.refused(w.GiveMandates(ctx, w.lead, h.ID, []NewMandate{{"NOBODY1", "«В» ҚБ"}}), problem.Invalid)
		v0, err := w.Hall(ctx, h.links[0], h.session)
		w.must(err)
		mandate := v0.Mandates[0].ID
		w.must(w.PassMandate(ctx, nobody, h.links[0], mandate, h.codes[1]))
		w.refused(w.PassMandate(ctx, nobody, h.links[1], mandate, h.codes[2]), problem.Conflict) // a second time
		v := h.vote(ByMandate, false)
		w.refused(w.Cast(ctx, nobody, h.links[0], v.ID, 0, false), problem.Conflict)
		w.must(w.Cast(ctx, nobody, h.links[1], v.ID, 0, false))
		w.refused(w.Cast(ctx, nobody, h.links[1], v.ID, 0, false), problem.Conflict)
		v, err = w.CloseVote(ctx, nobody, h.lead, v.ID)
		w.must(err)
		if v.Result.Ballots != 2 || v.Result.Counts[0] != 2 || v.Entitled != 2 {
			t.Errorf("%+v", v)
		}
		w.proven()
	})
}

// A vote is closed while ballots arrive, each of them twice: every ballot is either
// counted or told that it came too late, and nobody counts twice.
func TestARaceForTheClosingOfAVote(t *testing.T) {
	for _, m := range []Manner{Openly, Secretly} {
		t.Run(string(m), func(t *testing.T) { raceForTheClosing(t, m) })
	}
}

func raceForTheClosing(t *testing.T, m Manner) {
	inRegion(t, func(t *testing.T, w *region) {
		const people = 40
		ctx, h := t.Context(), w.inHall(people)
		v := h.vote(m, true)
		for _, link := range h.links[:fewestSecret] {
			w.must(w.Cast(ctx, nobody, link, v.ID, 0, true))
		}
		var mu sync.Mutex
		var taken, late, twice int
		var wait sync.WaitGroup
		for _, link := range h.links[fewestSecret:] {
			for range 2 {
				wait.Go(func() {
					err := w.Cast(ctx, nobody, link, v.ID, 1, true)
					mu.Lock()
					defer mu.Unlock()
					p := problem.As(err)
					switch {
					case err == nil:
						taken++
					case p != nil && p.Key == "forums.vote_closed":
						late++
					case p != nil && p.Key == "forums.voted_already":
						twice++
					default:
						t.Errorf("a ballot is answered %v", err)
					}
				})
			}
		}
		wait.Go(func() {
			if _, err := w.CloseVote(ctx, nobody, h.lead, v.ID); err != nil {
				t.Error(err)
			}
		})
		wait.Go(func() { // and a second moderator
			if _, err := w.CloseVote(ctx, nobody, h.lead, v.ID); err != nil && !problem.Is(err, problem.Conflict) {
				t.Error(err)
			}
		})
		wait.Wait()
		v, err := w.CloseVote(ctx, nobody, h.lead, v.ID)
		w.must(err)
		if r := v.Result; r.Marks != r.Ballots || r.Counts[0] != fewestSecret || r.Counts[1] != int64(taken) || taken+late+twice != 2*(people-fewestSecret) {
			t.Errorf("%s: %d taken, %d late, %d twice: %+v", m, taken, late, twice, r)
		}
		w.proven()
	})
}

// Two moderators call two people, and two people take one phone's code, at once.
func TestRacesInTheHall(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, h := t.Context(), w.inHall(6)
		for _, link := range h.links {
			w.must(w.AskWord(ctx, nobody, link, h.session))
		}
		var wait sync.WaitGroup
		for _, x := range h.seen().Queue {
			wait.Go(func() {
				if err := w.CallWord(ctx, nobody, h.lead, x.ID); err != nil && !problem.Is(err, problem.Conflict) {
					t.Error(err)
				}
			})
			wait.Go(func() {
				if err := w.AskWord(ctx, nobody, h.links[0], h.session); err != nil {
					t.Error(err)
				}
			})
		}
		w.must(w.FreeCode(ctx, h.lead, h.codes[5]))
		var mu sync.Mutex
		in := 0
		for range 5 {
			wait.Go(func() {
				_, err := w.EnterByCode(ctx, h.ID, h.codes[5])
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					in++
				} else if !problem.Is(err, problem.Conflict) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if v := h.seen(); v.Speaker.ID == 0 || v.InHall != 6 || in != 1 {
			t.Errorf("speaking: %v, in the hall: %d, let in: %d", v.Speaker.ID, v.InHall, in)
		}
		w.proven()
	})
}

// laptop unpacks a hall into a store of its own.
func (h *hall) laptop(l Luggage) *hall {
	h.t.Helper()
	ctx := h.t.Context()
	d, err := db.Open(ctx, h.t.TempDir()+"/hall.sqlite", db.Options{Clock: h.clock.Now, Node: ref.MaxNode})
	h.must(err)
	h.t.Cleanup(func() { d.Close() })
	h.must(d.Migrate(ctx, migrations.FS))
	away := &hall{region: &region{t: h.t, d: d, clock: h.clock, Service: New(d, Deps{Zone: h.Zone, Places: places.New(d), Laptop: true})}, Forum: l.Forum, session: h.session}
	h.must(away.Unpack(ctx, access.Portal("hall"), l))
	links, err := away.LaptopLinks(ctx, l.Forum.ID)
	h.must(err)
	away.lead = links[0].Leads
	for _, g := range l.People {
		link, err := away.EnterByCode(ctx, l.Forum.ID, g.Code)
		h.must(err)
		away.links, away.codes, away.ids = append(away.links, link), append(away.codes, g.Code), append(away.ids, g.ID)
	}
	return away
}

// home ends the hall on the laptop and writes what comes home.
func (h *hall) home(l Luggage) []byte {
	h.t.Helper()
	ctx := h.t.Context()
	h.clock.Advance(time.Minute) // the sealer before has laid down its pen
	h.must(h.EndHall(ctx, access.Portal("hall")))
	h.must(journal.NewSealer(h.d).Seal(ctx))
	var b bytes.Buffer
	h.must(h.WriteHome(ctx, &b, l.Secret))
	return b.Bytes()
}

// A hall goes along on a laptop, votes there, and comes home: once, whole, unchanged.
func TestAHallThereAndBack(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, h := t.Context(), w.inHall(12)
		w.must(w.GiveMandates(ctx, w.lead, h.ID, []NewMandate{{h.codes[0], "«А» ҚБ"}}))
		w.must(w.SetHall(ctx, nobody, h.lead, Setting{Seconds: 90}))
		l, err := w.PackHall(ctx, w.lead, h.ID)
		w.must(err)
		for _, x := range l.People {
			if x.Name == "" || x.Code == "" {
				t.Errorf("%+v", x)
			}
		}
		w.refused(w.AskWord(ctx, nobody, h.links[0], h.session), problem.Conflict) // the hall is away
		_, err = w.PackHall(ctx, w.lead, h.ID)
		w.refused(err, problem.Conflict)

		away := h.laptop(l)
		w.must(away.AskWord(ctx, nobody, away.links[3], h.session))
		w.must(away.CallWord(ctx, nobody, away.lead, away.seen().Queue[0].ID))
		w.must(away.Ask(ctx, nobody, away.links[4], h.session, "Есть ли дорога?", i18n.RU, false))
		w.must(away.TurnQuestion(ctx, nobody, away.lead, away.seen().Questions[0].ID, Shown))
		w.must(away.SupportQuestion(ctx, nobody, away.links[5], away.seen().Questions[0].ID))
		v0, err := away.Hall(ctx, away.links[0], h.session)
		w.must(err)
		w.must(away.PassMandate(ctx, nobody, away.links[0], v0.Mandates[0].ID, away.codes[1]))
		for _, m := range []Manner{Openly, Secretly, ByMandate} {
			v := away.vote(m, true)
			for i, link := range away.links {
				if m != ByMandate || i == 1 {
					w.must(away.Cast(ctx, nobody, link, v.ID, int64(i%3), true))
				}
			}
			_, err := away.CloseVote(ctx, nobody, away.lead, v.ID)
			w.must(err)
		}
		w.clock.Advance(time.Hour)
		file := away.home(l)
		if !bytes.Equal(file, away.home(l)) {
			t.Error("written twice, what comes home differs")
		}
		w.refused(away.AskWord(ctx, nobody, away.links[6], h.session), problem.Conflict) // the hall has ended there

		bring := func(b []byte) error { _, err := w.BringHome(ctx, w.lead, bytes.NewReader(b)); return err }
		w.refused(bring(bytes.Replace(file, []byte("Есть ли дорога?"), []byte("Нужна ли дорога?"), 1)), problem.Invalid)
		w.refused(bring(file[:len(file)/2]), problem.Invalid)
		w.refused(bring(nil), problem.Invalid)
		w.refused(bring(resigned(t, l, file, `\"choice\":0`, `\"choice\":1`)), problem.Invalid)         // an open ballot in the chain
		w.refused(bring(resigned(t, l, file, `"choice":0}`, `"choice":1}`)), problem.Invalid)           // a secret one beside it
		w.refused(bring(resigned(t, l, file, l.Pack.ID.String(), h.session.String())), problem.Invalid) // of another pack
		if len(w.faults()) > 0 {
			t.Error("refused files have left something behind")
		}

		w.must(bring(file))
		w.refused(bring(file), problem.Conflict)
		e, err := w.EndedVotes(ctx, nobody, h.ID)
		w.must(err)
		if len(e.Votes) != 3 || !e.Away.IsZero() || e.Votes[1].Result.Counts[0] != 4 || e.Votes[0].Result.Ballots != 1 {
			t.Errorf("%+v", e)
		}
		now := h.seen()
		if len(now.Questions) != 1 || now.Questions[0].Text != "Есть ли дорога?" || now.Questions[0].Supporters != 2 || now.Speaker.Who != h.ids[3] || now.Stage.Seconds != 90 {
			t.Errorf("%+v", now)
		}
		w.proven()
		faults, err := w.ProveHalls(ctx)
		w.must(err)
		if len(faults) > 0 {
			t.Errorf("%v", faults)
		}
		w.must(w.db.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE forum_pack_links SET line = replace(line, '"act":"forums.word.ask"', '"act":"forums.word.own"')`)
			return err
		}))
		if faults, err = w.ProveHalls(ctx); err != nil || len(faults) != 1 {
			t.Errorf("a changed chain: %v %v", faults, err)
		}
		w.must(w.AskWord(ctx, nobody, h.links[7], h.session)) // the hall is here again
	})
}

// resigned is a file that somebody with the laptop has changed and signed anew.
func resigned(t *testing.T, l Luggage, file []byte, was, is string) []byte {
	t.Helper()
	_, body, _ := bytes.Cut(bytes.TrimSuffix(file, []byte("\n")), []byte("\n"))
	changed := bytes.Replace(body, []byte(was), []byte(is), 1)
	if bytes.Equal(body, changed) {
		t.Fatalf("the file has no %s", was)
	}
	return fmt.Appendf(nil, "%s\n%s\n", codeOf(l.Secret, changed), changed)
}

func TestALostLaptop(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, h := t.Context(), w.inHall(2)
		v := h.vote(Openly, false)
		_, err := w.PackHall(ctx, w.lead, h.ID)
		w.refused(err, problem.Conflict) // a vote runs
		_, err = w.CloseVote(ctx, nobody, h.lead, v.ID)
		w.must(err)
		w.refused(w.GiveUpHall(ctx, w.lead, h.ID), problem.Conflict)
		_, err = w.PackHall(ctx, w.stranger, h.ID)
		w.refused(err, problem.Forbidden)
		l, err := w.PackHall(ctx, w.lead, h.ID)
		w.must(err)
		away := h.laptop(l)
		w.must(away.AskWord(ctx, nobody, away.links[0], h.session))
		w.must(w.GiveUpHall(ctx, w.lead, h.ID))
		w.must(w.AskWord(ctx, nobody, h.links[0], h.session))
		_, err = w.BringHome(ctx, w.lead, bytes.NewReader(away.home(l)))
		w.refused(err, problem.Conflict)
		w.proven()
	})
}
