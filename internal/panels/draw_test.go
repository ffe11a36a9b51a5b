package panels

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"

	"pgregory.net/rapid"
)

var (
	kk = []i18n.Lang{i18n.KK}
	ru = []i18n.Lang{i18n.RU}
	en = []i18n.Lang{i18n.EN}
)

// smallLists are 6 experts and 4 works: 1 to 3 know youth, 4 to 6 culture; 3 reads
// only English, and 4 has a tie to work 2.
func smallLists() Lists {
	l := Lists{PerWork: 2, Exclusions: []Pair{{Expert: 4, Work: 2}}}
	for no := 1; no <= 6; no++ {
		e := ListedExpert{No: no, Spheres: []string{"youth"}, Langs: []i18n.Lang{i18n.KK, i18n.RU}}
		if no > 3 {
			e.Spheres = []string{"culture"}
		}
		l.Experts = append(l.Experts, e)
	}
	l.Experts[2].Langs = en
	for no, sphere := range []string{"youth", "culture", "youth", "culture"} {
		l.Works = append(l.Works, ListedWork{No: no + 1, Spheres: []string{sphere}, Langs: kk})
	}
	return l
}

func drawn(t testing.TB, l Lists, seed string) (*Draw, DrawStep) {
	t.Helper()
	d, err := NewDraw(l, seed)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Play(DrawStep{Kind: DrawFirst})
	if err != nil {
		t.Fatal(err)
	}
	return d, s
}

func TestTheDrawKeepsItsRules(t *testing.T) {
	for i := range 50 {
		_, s := drawn(t, smallLists(), CommitTo(fmt.Sprint(i)))
		load, on := map[int]int{}, map[Pair]bool{}
		for _, p := range s.Picks {
			if p.Expert == 3 {
				t.Fatalf("expert 3 does not read Kazakh, and reads %+v", p)
			}
			if p.Expert == 4 && p.Work == 2 {
				t.Fatal("an excluded pair was drawn")
			}
			if on[p.Pair] {
				t.Fatalf("%+v was drawn twice", p)
			}
			on[p.Pair] = true
			load[p.Expert]++
			if competent := (p.Expert <= 3) == (p.Work%2 == 1); competent == p.Outside {
				t.Fatalf("%+v", p)
			}
		}
		// 1 and 2 are the only ones for the works 1 and 3; 5 and 6 for the work 2.
		if len(s.Picks) != 8 || load[1] != 2 || load[2] != 2 || load[4]+load[5]+load[6] != 4 || s.Short != nil {
			t.Fatalf("%+v", s)
		}
	}
}

// The same lists and seed always give this draw: what was published stays true
// when the program changes.
func TestTheDrawIsTheSameForEver(t *testing.T) {
	hash, err := smallLists().Hash("salt")
	if err != nil {
		t.Fatal(err)
	}
	if want := "ad2e0c82b93d0fc855eda6f0b3d9b8fea7973c4451387c8e3bae1d4e2416b83b"; hash != want {
		t.Errorf("the hash is %s", hash)
	}
	seed := SeedOf(hash, []string{"first part", "екінші бөлік"})
	_, s := drawn(t, smallLists(), seed)
	if got, want := fmt.Sprint(s.Picks, s.To), "[{{2 1} false} {{1 3} false} {{6 4} false} {{5 2} false} {{4 4} false} {{2 3} false} {{1 1} false} {{6 2} false}] 14"; got != want {
		t.Errorf("drawn %s", got)
	}
}

func TestALackOfExpertsIsTold(t *testing.T) {
	l := smallLists()
	for i := range l.Experts {
		l.Experts[i].Most = 1
	}
	_, s := drawn(t, l, CommitTo("seed"))
	if len(s.Picks) != 5 || len(s.Short) != 3 {
		t.Errorf("%d experts with one work each read %d; %v lack somebody", 5, len(s.Picks), s.Short)
	}
}

func TestListsThatCannotBeDrawn(t *testing.T) {
	for name, spoil := range map[string]func(*Lists){
		"an expert twice":     func(l *Lists) { l.Experts = append(l.Experts, l.Experts[0]) },
		"a work twice":        func(l *Lists) { l.Works = append(l.Works, l.Works[0]) },
		"a number zero":       func(l *Lists) { l.Experts[0].No = 0 },
		"an unknown pair":     func(l *Lists) { l.Exclusions[0].Work = 9 },
		"a thousand spheres":  func(l *Lists) { l.Works[0].Spheres = manyCodes() },
		"an unknown excluded": func(l *Lists) { l.Exclusions[0].Expert = 9 },
	} {
		l := smallLists()
		spoil(&l)
		if _, err := NewDraw(l, "00"); !problem.Is(err, problem.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func manyCodes() (codes []string) {
	for i := range 1000 {
		codes = append(codes, fmt.Sprint("code", i))
	}
	return codes
}

// story plays a draw with everything that can happen later.
func story(t testing.TB) DrawFile {
	l := smallLists()
	hash, err := l.Hash("salt")
	if err != nil {
		t.Fatal(err)
	}
	f := DrawFile{Format: DrawFormat, Panel: "p", Salt: "salt", Hash: hash, Lists: l,
		Parts: []FilePart{{CommitTo("a long first part"), "a long first part"}, {"", "dice 12 4 55"}}}
	f.Seed = SeedOf(hash, []string{"a long first part", "dice 12 4 55"})
	d, first := drawn(t, l, f.Seed)
	f.Steps = []DrawStep{first}
	leaves := first.Picks[0]
	for _, s := range []DrawStep{
		{Kind: DrawMore, Work: 3, Why: "spread"},
		{Kind: DrawLeave, Expert: leaves.Expert, Work: leaves.Work, Why: "recusal"},
		{Kind: DrawMore, Work: leaves.Work, Why: "recusal"},
		{Kind: DrawExpert, NewExpert: &ListedExpert{No: 7, Spheres: []string{"youth", "health"}, Langs: kk}, Exclusions: []Pair{{7, 1}}},
		{Kind: DrawWork, NewWork: &ListedWork{No: 5, Spheres: []string{"health"}, Langs: ru}, Exclusions: []Pair{{1, 5}}},
		{Kind: DrawMore, Work: 3, Why: "short"},
		{Kind: DrawWithdraw, Work: 2},
	} {
		s, err := d.Play(s)
		if err != nil {
			t.Fatalf("%+v: %v", s, err)
		}
		f.Steps = append(f.Steps, s)
	}
	return f
}

func TestAnybodyReplaysTheWholeDraw(t *testing.T) {
	f := story(t)
	if at := f.Replay(); at != "" {
		t.Fatalf("differs at %s", at)
	}
	body, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var read DrawFile
	if err := json.Unmarshal(body, &read); err != nil || read.Replay() != "" {
		t.Errorf("read again it differs at %q, %v", read.Replay(), err)
	}
	for want, spoil := range map[string]func(*DrawFile){
		"format": func(f *DrawFile) { f.Format = "" },
		"hash":   func(f *DrawFile) { f.Lists.Exclusions = nil },
		"part 1": func(f *DrawFile) { f.Parts[0].Value += "!" },
		"seed":   func(f *DrawFile) { f.Parts[1].Value += "!" },
		"step 1": func(f *DrawFile) { f.Steps = f.Steps[1:] },
		"step 2": func(f *DrawFile) { f.Steps[1].Work = 1 },
		"step 4": func(f *DrawFile) { f.Steps = slices.Delete(f.Steps, 3, 4) },
		"step 6": func(f *DrawFile) { f.Steps[5].Picks = f.Steps[5].Picks[1:] },
	} {
		f := story(t)
		f.Steps = slices.Clone(f.Steps)
		if spoil(&f); f.Replay() != want {
			t.Errorf("spoilt at %s, found at %q", want, f.Replay())
		}
	}
}

// Who goes on from the recorded steps draws what was drawn without a pause.
func TestTheStreamGoesOn(t *testing.T) {
	f := story(t)
	for n := range f.Steps {
		d, err := NewDraw(f.Lists, f.Seed)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range f.Steps[:n] {
			if err := d.Take(s); err != nil {
				t.Fatalf("step %d: %v", n, err)
			}
		}
		s, err := d.Play(f.Steps[n])
		if err != nil || !sameStep(s, f.Steps[n]) {
			t.Errorf("from step %d: %+v, not %+v (%v)", n, s, f.Steps[n], err)
		}
	}
}

func TestStepsThatCannotBe(t *testing.T) {
	f := story(t)
	for _, s := range []DrawStep{
		{Kind: "nothing"}, {Kind: DrawMore, Work: 99}, {Kind: DrawMore, Work: 2}, {Kind: DrawLeave, Expert: 4, Work: 2},
		{Kind: DrawExpert}, {Kind: DrawWork}, {Kind: DrawWithdraw, Work: 99},
		{Kind: DrawExpert, NewExpert: &ListedExpert{No: 1}}, {Kind: DrawWork, NewWork: &ListedWork{No: 1}},
	} {
		d, err := NewDraw(f.Lists, f.Seed)
		if err != nil {
			t.Fatal(err)
		}
		for _, was := range f.Steps {
			if err := d.Take(was); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.Play(s); !problem.Is(err, problem.Conflict) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

// Over many seeds everybody who may be drawn is drawn as often.
func TestTheDrawIsEven(t *testing.T) {
	l := Lists{PerWork: 1, Works: []ListedWork{{No: 1}}}
	for no := 1; no <= 7; no++ {
		l.Experts = append(l.Experts, ListedExpert{No: no})
	}
	count := map[int]int{}
	const seeds = 7000
	for i := range seeds {
		_, s := drawn(t, l, CommitTo(fmt.Sprint(i)))
		count[s.Picks[0].Expert]++
	}
	for no, n := range count {
		if n < 880 || n > 1120 { // four standard deviations around 1000
			t.Errorf("expert %d was drawn %d times of %d", no, n, seeds)
		}
	}
}

func TestLoadsAreBalanced(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Lists{PerWork: rapid.IntRange(1, 3).Draw(t, "per work")}
		experts, works := rapid.IntRange(8, 20).Draw(t, "experts"), rapid.IntRange(1, 40).Draw(t, "works")
		for no := range experts {
			l.Experts = append(l.Experts, ListedExpert{No: no + 1})
		}
		for no := range works {
			l.Works = append(l.Works, ListedWork{No: no + 1})
		}
		d, err := NewDraw(l, rapid.StringMatching(`[0-9a-f]{64}`).Draw(t, "seed"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := d.Play(DrawStep{Kind: DrawFirst})
		if err != nil || len(s.Picks) != works*l.PerWork {
			t.Fatalf("%d picks, %v", len(s.Picks), err)
		}
		load := map[int]int{}
		for _, p := range s.Picks {
			load[p.Expert]++
		}
		least, most := works, 0
		for no := range experts {
			least, most = min(least, load[no+1]), max(most, load[no+1])
		}
		if most-least > 2 {
			t.Fatalf("loads from %d to %d", least, most)
		}
	})
}

func BenchmarkDraw10kWorks(b *testing.B) {
	l := Lists{PerWork: 3}
	for no := range 300 {
		l.Experts = append(l.Experts, ListedExpert{No: no + 1, Spheres: []string{fmt.Sprint(no % 18), fmt.Sprint(no % 7)}, Langs: []i18n.Lang{i18n.KK, i18n.RU}})
	}
	for no := range 10_000 {
		l.Works = append(l.Works, ListedWork{No: no + 1, Spheres: []string{fmt.Sprint(no % 18)}, Langs: kk})
	}
	for b.Loop() {
		drawn(b, l, "00")
	}
}

func at(n int64) db.Time { return db.At(ref.Epoch.Add(1 << n)) }

func TestTheSeedNeedsTwoPartiesOrDice(t *testing.T) {
	one, two := ref.Ref{Kind: "organization", ID: 1}, ref.Ref{Kind: "organization", ID: 2}
	a, b := "the first long part", "the second long part"
	var l Lot
	must(t, l.invite(one))
	must(t, l.commit(1, CommitTo(a), at(1)))
	if l.CanOpen() {
		t.Fatal("one party is enough")
	}
	is(t, l.open(1, a, at(1)), problem.Conflict)
	must(t, l.invite(two))
	is(t, l.invite(two), problem.Conflict)
	is(t, l.commit(3, CommitTo(b), at(1)), problem.NotFound)
	is(t, l.commit(2, "not a hash", at(1)), problem.Invalid)
	is(t, l.commit(2, CommitTo(a), at(1)), problem.Invalid) // a copy of the first one's
	is(t, l.open(1, a, at(1)), problem.Conflict)            // the second is not bound
	must(t, l.commit(2, " "+strings.ToUpper(CommitTo(b)), at(2)))
	is(t, l.open(1, "another long text", at(3)), problem.Invalid)
	must(t, l.open(1, a, at(3)))
	is(t, l.open(1, a, at(3)), problem.Conflict)
	is(t, l.commit(2, CommitTo("a third long part"), at(3)), problem.Conflict)
	is(t, l.invite(ref.Ref{Kind: "organization", ID: 3}), problem.Conflict)
	is(t, l.announce(i18n.Only(i18n.RU, "кости"), "https://example.kz", at(3)), problem.Conflict)
	if l.Ready() {
		t.Fatal("ready without the second part")
	}
	is(t, l.giveUp(i18n.Text{}, at(4)), problem.Invalid)
	given := l
	must(t, given.giveUp(i18n.Only(i18n.RU, "не открыл"), at(4)))
	if given.bound() || len(given.Parts) != 2 || len(given.Voided) != 1 || given.Voided[0].Parts[0].Value != a {
		t.Errorf("given up: %+v", given)
	}
	must(t, l.open(2, b, at(4)))
	if !l.Ready() || !slices.Equal(l.values(), []string{a, b}) {
		t.Errorf("%+v", l)
	}
}

func TestDiceAreAnnouncedBeforeTheyFall(t *testing.T) {
	var l Lot
	is(t, l.announce(i18n.Text{}, "ftp://x", at(1)), problem.Invalid)
	must(t, l.announce(i18n.Only(i18n.RU, "тираж 100 лотереи, 5 августа"), "https://example.kz/100", at(1)))
	is(t, l.fell(1, "1", at(2)), problem.NotFound)
	is(t, l.fell(0, "", at(2)), problem.Invalid)
	must(t, l.fell(0, "12 4 55", at(2)))
	if !l.Ready() {
		t.Error("dice alone are enough")
	}
	is(t, l.open(1, "x", at(2)), problem.NotFound)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t testing.TB, err error, kind problem.Kind) {
	t.Helper()
	if !problem.Is(err, kind) {
		t.Errorf("%v, not a problem of kind %d", err, kind)
	}
}
