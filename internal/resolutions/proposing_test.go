package resolutions

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

func TestPhaseOf(t *testing.T) {
	zone := time.FixedZone("Asia/Almaty", 5*3600)
	hour := func(day, h int) time.Time { return time.Date(2026, 5, day, h, 0, 0, 0, zone) }
	f := forums.Forum{Plan: forums.Plan{From: db.Day(2026, 5, 20), Until: db.Day(2026, 5, 21)}}
	x := forums.Slot{Starts: db.At(hour(20, 12)), Ends: db.At(hour(20, 14))}
	for _, c := range []struct {
		f    forums.Forum
		x    forums.Slot
		now  time.Time
		want Phase
	}{
		{f, x, hour(20, 11), Before}, {f, x, hour(20, 12), During}, {f, x, hour(20, 14), After},
		{f, forums.Slot{}, hour(19, 23), Before}, {f, forums.Slot{}, hour(20, 0), During}, {f, forums.Slot{}, hour(21, 23), During}, {f, forums.Slot{}, hour(22, 0), After},
		{forums.Forum{Plan: forums.Plan{From: db.Day(2026, 5, 20)}}, forums.Slot{}, hour(21, 0), After},
		{forums.Forum{}, forums.Slot{}, hour(20, 12), ""},
	} {
		if is := phaseOf(c.f, c.x, c.now, zone); is != c.want {
			t.Errorf("at %s it is %q, want %q", c.now, is, c.want)
		}
	}
}

func TestVoicesKeepWhatWasMergedOverSeveralSteps(t *testing.T) {
	list := []Proposal{{ID: 1, MergedInto: 2}, {ID: 2, MergedInto: 3}, {ID: 3}, {ID: 4, WithdrawnOn: db.Day(2026, 1, 1)}, {ID: 5, MergedInto: 3, WithdrawnOn: db.Day(2026, 1, 1)}}
	out := voicesOf(list)
	if len(out) != 1 || !slices.Equal(out[0].members(), []ref.ID{3, 1, 2}) {
		t.Errorf("the voices: %+v", out)
	}
	out[0].count(map[ref.ID][]ref.ID{1: {7, 8}, 3: {8, 9}, 4: {10}}, 7)
	if out[0].Support != 3 || !out[0].Mine {
		t.Errorf("counted: %+v", out[0])
	}
}

// open begins a document that takes proposals.
func (w *region) open() Document {
	w.t.Helper()
	d, err := w.Begin(w.t.Context(), w.keeper, NewDocument{Kind: Resolution, Title: i18n.Text{KK: "Қарар", RU: "Резолюция"}, PlaceID: w.whole})
	w.must(err)
	return d
}

func (w *region) propose(by access.Actor, d Document, org ref.ID, text string) Proposal {
	w.t.Helper()
	p, err := w.Propose(w.t.Context(), by, NewProposal{DocumentID: d.ID, ByOrg: org, Text: i18n.Only(i18n.RU, text)})
	w.must(err)
	return p
}

func TestProposals(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		d := w.open()
		_, err := w.Propose(ctx, access.Actor{}, NewProposal{DocumentID: d.ID, Text: aWord})
		w.refused(problem.Unauthenticated, err)
		_, err = w.Propose(ctx, w.nobody, NewProposal{DocumentID: d.ID, ByOrg: w.ngo, Text: aWord})
		w.refused(problem.Forbidden, err)
		_, err = w.Propose(ctx, w.nobody, NewProposal{DocumentID: d.ID, SessionID: 5, Text: aWord})
		w.refused(problem.Invalid, err)
		a := w.propose(w.nobody, d, 0, "открыть в каждом районе бесплатную комнату для встреч жителей")
		b := w.propose(w.lead, d, w.ngo, "открыть бесплатные комнаты встреч жителей в каждом районе области")
		w.propose(w.lead, d, w.ngo, "ежегодный конкурс малых грантов для сельской молодежи и школ")
		alike, err := w.Similar(ctx, d.ID, b.Text)
		w.must(err)
		if len(alike) != 2 || alike[0].ID != b.ID || alike[1].ID != a.ID {
			t.Errorf("alike: %+v", alike)
		}
		w.must(w.Support(ctx, w.owner, a.ID, false))
		w.must(w.Support(ctx, w.owner, b.ID, false))
		w.must(w.Support(ctx, w.nobody, b.ID, false))
		w.must(w.Support(ctx, w.lead, b.ID, false))
		w.must(w.Support(ctx, w.lead, b.ID, false)) // counts once
		w.refused(problem.Unauthenticated, w.Support(ctx, access.Actor{}, b.ID, false))
		w.refused(problem.Forbidden, w.Merge(ctx, w.lead, b.ID, a.ID))
		w.refused(problem.Invalid, w.Merge(ctx, w.keeper, a.ID, a.ID))
		w.must(w.Merge(ctx, w.keeper, b.ID, a.ID))
		w.refused(problem.Conflict, w.Merge(ctx, w.keeper, b.ID, a.ID))
		w.refused(problem.Conflict, w.Support(ctx, w.lead, b.ID, false))
		h, err := w.Hear(ctx, w.owner, d.ID, 0)
		w.must(err)
		if v := h.Voices; len(v) != 2 || v[0].ID != a.ID || v[0].Support != 3 || !v[0].Mine || len(v[0].Merged) != 1 || h.Names[w.ngo].IsZero() {
			t.Errorf("the proposals: %+v", h.Voices)
		}
		w.must(w.Support(ctx, w.owner, a.ID, true)) // from both
		w.supported(a.ID, 2)
		w.refused(problem.Forbidden, w.Part(ctx, w.lead, b.ID))
		w.must(w.Part(ctx, w.keeper, b.ID))
		w.refused(problem.Conflict, w.Part(ctx, w.keeper, b.ID))
		w.supported(b.ID, 2)
		w.must(w.Merge(ctx, w.keeper, b.ID, a.ID))
		w.refused(problem.Forbidden, w.Withdraw(ctx, w.lead, a.ID))
		w.must(w.Withdraw(ctx, w.nobody, a.ID))
		w.supported(b.ID, 2) // what was merged stands again
		w.must(w.Adopt(ctx, w.keeper, d.ID, Adoption{On: w.Today()}))
		_, err = w.Propose(ctx, w.nobody, NewProposal{DocumentID: d.ID, Text: aWord})
		w.refused(problem.Conflict, err)
		w.refused(problem.Conflict, w.Support(ctx, w.nobody, b.ID, false))
		w.verify()
	})
}

func (w *region) supported(id ref.ID, want int64) {
	w.t.Helper()
	y, err := w.ProposalStory(w.t.Context(), access.Actor{}, id)
	w.must(err)
	if y.Support != want || y.Into.ID != 0 {
		w.t.Errorf("%d support it, want %d; merged into %s", y.Support, want, y.Into.ID)
	}
}

func TestRemarksAndSummaryOfASession(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx := t.Context()
		f, x := w.gathering()
		stranger := w.nobody
		_, err := w.Begin(ctx, w.lead, NewDocument{Kind: Resolution, Title: i18n.Text{KK: "Қарар", RU: "Резолюция"}, PlaceID: w.whole, HolderID: w.ngo, ForumID: f.ID})
		w.refused(problem.Invalid, err) // the forum is not theirs
		d, err := w.Begin(ctx, w.keeper, NewDocument{Kind: Resolution, Title: i18n.Text{KK: "Қарар", RU: "Резолюция"}, PlaceID: w.whole, ForumID: f.ID})
		w.must(err)
		said := []i18n.Text{i18n.Only(i18n.RU, "дать сельским НПО связь"), i18n.Only(i18n.RU, "оплачивать дорогу в район")}
		w.refused(problem.Forbidden, w.TakeRemarks(ctx, stranger, d.ID, x, said, i18n.Text{}))
		w.refused(problem.Invalid, w.TakeRemarks(ctx, w.keeper, d.ID, 0, said, i18n.Text{}))
		w.refused(problem.Invalid, w.TakeRemarks(ctx, w.keeper, d.ID, x, append(said, i18n.Text{}), i18n.Text{})) // none is taken
		w.must(w.TakeRemarks(ctx, w.keeper, d.ID, x, said, i18n.Only(i18n.RU, "сельские НПО")))
		p, err := w.Propose(ctx, stranger, NewProposal{DocumentID: d.ID, SessionID: x, Text: aWord})
		w.must(err)
		if p.Phase != Before || p.Remark {
			t.Errorf("a proposal before the session: %+v", p)
		}
		w.refused(problem.Forbidden, w.SumUp(ctx, stranger, d.ID, x, 0, aWord))
		w.must(w.SumUp(ctx, w.keeper, d.ID, x, 0, aWord))
		w.refused(problem.Conflict, w.SumUp(ctx, w.keeper, d.ID, x, 0, aWord))
		w.must(w.SumUp(ctx, w.keeper, d.ID, x, 1, said[0]))
		h, err := w.Hear(ctx, stranger, d.ID, x)
		w.must(err)
		if len(h.Voices) != 3 || h.Counts[x] != 3 || h.Summary.Text != said[0] || h.Forum.ID != f.ID || h.May.Draft || h.Voices[0].Phase != During || !h.Voices[0].Remark {
			t.Errorf("the session: %+v", h)
		}
		w.verify()
	})
}

// gathering is a forum of the body with one section on its programme, and the section.
func (w *region) gathering() (forums.Forum, ref.ID) {
	w.t.Helper()
	ctx, portal := w.t.Context(), access.Portal("test")
	start := w.Today().AddDays(10)
	f, err := w.Forums.Create(ctx, portal, forums.NewForum{Plan: forums.Plan{Title: aWord, Theme: aWord, PlaceID: w.whole, OrganizerID: w.body, From: start, Until: start, RegistrationOpens: w.Today(), RegistrationCloses: start}})
	w.must(err)
	_, err = w.Forums.Announce(ctx, portal, f.ID)
	w.must(err)
	at := start.In(w.Zone).Add(10 * time.Hour)
	x, err := w.Forums.PlanSession(ctx, portal, f.ID, 0, 0, forums.NewSession{SessionPlan: forums.SessionPlan{Kind: forums.Section, Title: aWord, Starts: db.At(at), Ends: db.At(at.Add(time.Hour))}})
	w.must(err)
	_, err = w.Forums.ReleaseProgramme(ctx, portal, f.ID)
	w.must(err)
	return f, x.ID
}

// Many people support at once, each twice; everybody counts once.
func TestSupportersAtOnce(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		p := w.propose(w.lead, w.open(), w.ngo, "открыть центр")
		const people = 10
		faults := make(chan error, 2*people)
		var all sync.WaitGroup
		for n := range 2 * people {
			all.Go(func() {
				faults <- w.Support(t.Context(), access.Actor{UserID: ref.ID(100 + n%people)}, p.ID, false)
			})
		}
		all.Wait()
		close(faults)
		for err := range faults {
			if err != nil {
				t.Error(fmt.Errorf("a supporter is refused: %w", err))
			}
		}
		w.supported(p.ID, people)
	})
}
