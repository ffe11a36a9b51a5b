package funding

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/signatures"
	"birge/internal/projects"
)

// office is the room with an open call, two NGOs that may apply, and a funder.
type office struct {
	*Service
	d                                           *db.DB
	clock                                       *dbtest.Clock
	owed                                        *obligations.Service
	region, village                             ref.ID
	ngo, rival, funder                          ref.ID
	lead, second, staff, rivalLead, officer, us access.Actor
	told                                        []ApplicationState
	call                                        Call
}

func eachOffice(t *testing.T, test func(t *testing.T, w *office)) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) { test(t, newOffice(t, d, clock)) })
}

func fine(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused tells that err is a problem of the kind.
func refused(t testing.TB, err error, kind problem.Kind, what string) {
	t.Helper()
	if !problem.Is(err, kind) {
		t.Errorf("%s gives %v", what, err)
	}
}

func person(id ref.ID, role access.Role, scope ref.ID) access.Actor {
	return access.Actor{UserID: id, Grants: []access.Grant{{Role: role, Scope: scope}}}
}

func newOffice(t testing.TB, d *db.DB, clock *dbtest.Clock) *office {
	ctx := t.Context()
	zone := time.FixedZone("Asia/Almaty", 5*3600)
	pl := places.New(d)
	add := func(kato string, parent ref.ID, kind places.Kind, name string) ref.ID {
		p, err := pl.Add(ctx, access.Portal("test"), places.NewPlace{KATO: kato, ParentID: parent, Kind: kind, Name: ruText(name)})
		fine(t, err)
		fine(t, pl.Reload(ctx))
		return p.ID
	}
	w := &office{d: d, clock: clock}
	w.region = add("990000000", 0, places.Region, "Учебная область")
	w.village = add("993230100", add("993200000", w.region, places.District, "Степной район"), places.Village, "Көктерек")
	add("980000000", 0, places.Region, "Чужая область")
	book := norms.New(d, zone)
	for _, f := range []func(context.Context) error{book.LoadSeed, book.Reload} {
		fine(t, f(ctx))
	}
	w.owed = obligations.New(d, zone, func() obligations.Calendar { return book.Book().Calendar() }, func(db.Date) []int { return nil })
	register := orgs.New(d, orgs.Deps{Zone: zone, Terms: func(string, string) bool { return true }, Obligations: w.owed, Places: pl})
	enter := func(kind, name, bin string) ref.ID {
		o, err := register.Create(ctx, person(99, access.Officer, w.region), orgs.Draft{Kind: kind, Name: ruText(name), BIN: bin, PlaceID: w.region})
		fine(t, err)
		return o.ID
	}
	w.ngo, w.rival, w.funder = enter("ngo", "Жасыл дала", "150140000012"), enter("ngo", "Соперник", "100241000776"), enter("state_body", "Управление", "230940123450")
	w.lead, w.second, w.staff = person(1, access.Lead, w.ngo), person(4, access.Lead, w.ngo), person(2, access.Staff, w.ngo)
	w.rivalLead, w.officer = person(5, access.Lead, w.rival), person(3, access.Officer, w.region)
	// An officer who works for the applicant beside his office.
	w.us = access.Actor{UserID: 6, Grants: []access.Grant{{Role: access.Officer, Scope: w.region}, {Role: access.Staff, Scope: w.ngo}}}
	store, err := files.OpenLocal(t.TempDir())
	fine(t, err)
	kept := files.New(d, store)
	w.Service = New(d, Deps{Zone: zone, Places: pl, Norms: book, Obligations: w.owed, Files: kept, Projects: projects.New(d, zone, pl, w.owed, book, kept),
		Signatures: &signatures.Checker{}, Paper: func(p AgreementPaper) ([]byte, error) {
			return []byte("%PDF-1.7\n" + p.Agreement.Number + "\n%%EOF\n"), nil
		},
		Tell: func(_ context.Context, _ *db.Tx, l ApplicationLetter) error {
			w.told = append(w.told, l.Application.State)
			return nil
		}})
	w.open(t)
	return w
}

// The call is published on 1 March and open until 6 p.m. of 26 March 2026.
func (w *office) open(t testing.TB) {
	w.at("2026-03-01 09:00")
	opens, closes := w.moment("2026-03-01 10:00"), w.moment("2026-03-26 18:00")
	t0 := Terms{Kind: projects.StateGrant, Length: Short, PlaceID: w.region, Title: both, About: both, Who: both, Contacts: both, Spheres: []string{"youth", "culture"},
		Rounds: []Round{{No: 1, Opens: db.At(opens), Closes: db.At(closes), Sum: 40_000_000_00, Year: 2026}}, MinSum: 2_162_500_00, MaxSum: 12_975_000_00,
		MinMonths: 3, MaxMonths: 12, PerWork: 3, Names: panels.NamesAfter, BudgetNorms: []BudgetNorm{{Category: "equipment", MaxShare: 30}}, Papers: []Paper{{Name: both}},
		Criteria: []panels.Criterion{{Code: "need", Name: both, Weight: 100, Max: 10}}}
	c, err := w.CreateCall(w.ctx(t), w.officer, NewCall{FunderID: w.funder, Terms: t0})
	fine(t, err)
	w.call, err = w.PublishCall(w.ctx(t), w.officer, c.ID, c.Version)
	fine(t, err)
	w.at("2026-03-10 12:00")
}

func (w *office) ctx(t testing.TB) context.Context { return t.Context() }

func (w *office) moment(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, time.FixedZone("Asia/Almaty", 5*3600))
	if err != nil {
		panic(err)
	}
	return at
}

func (w *office) at(s string) { w.clock.Set(w.moment(s)) }

// faultless is everything that an application needs.
func (w *office) faultless() map[string]string {
	row := ref.ID(1 << 40).String()
	return map[string]string{"lang": "ru", "title.ru": "Клуб робототехники в селе", "summary.ru": "Откроем клуб", "need": village, "method": "Кружок", "lasting": "Клуб остается",
		"team": "Двое", "contact.name": "Асель", "contact.mail": "a@example.kz", "place": "993230100", "sphere": "youth", "beneficiaries": "60",
		"starts": "2026-06-01", "ends": "2026-11-30", "groups." + row + ".code": "youth", "groups." + row + ".people": "60",
		"activities." + row + ".name": "Занятия", "activities." + row + ".from": "2026-06", "activities." + row + ".to": "2026-11",
		"indicators." + row + ".name": "Участники", "indicators." + row + ".target": "60", "indicators." + row + ".source": "Журнал",
		"lines." + row + ".category": "pay", "lines." + row + ".name": "Тренер", "lines." + row + ".unit": "месяц", "lines." + row + ".quantity": "6", "lines." + row + ".price": "500 000"}
}

func edits(typed map[string]string) (list []Edit) {
	for name, v := range typed {
		list = append(list, Edit{Name: name, Values: []string{v}})
	}
	return list
}

// begun is a draft of the NGO with nothing amiss.
func (w *office) begun(t testing.TB, by access.Actor, org ref.ID) ApplicationDraft {
	t.Helper()
	d, err := w.Begin(w.ctx(t), by, w.call.ID, org)
	fine(t, err)
	saved, err := w.Write(w.ctx(t), by, d.ID, edits(w.faultless()))
	fine(t, err)
	if len(saved.Faults)+len(saved.Clashes) > 0 {
		t.Fatalf("the draft is not kept: %v %v", saved.Faults, saved.Clashes)
	}
	return d
}

func (w *office) submitted(t testing.TB) Application {
	t.Helper()
	a, err := w.Submit(w.ctx(t), w.lead, w.begun(t, w.lead, w.ngo).ID)
	fine(t, err)
	return a
}

func (w *office) says(t testing.TB, draft ref.ID, name string) string {
	t.Helper()
	x, err := w.Writing(w.ctx(t), w.lead, draft)
	fine(t, err)
	return x.Values.Get(name)
}

func TestSeveralWriteOneDraft(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		d, err := w.Begin(ctx, w.lead, w.call.ID, w.ngo)
		fine(t, err)
		again, err := w.Begin(ctx, w.staff, w.call.ID, w.ngo)
		fine(t, err)
		if again.ID != d.ID {
			t.Error("a second draft is begun")
		}
		write := func(by access.Actor, name, was, text string) Saved {
			t.Helper()
			saved, err := w.Write(ctx, by, d.ID, []Edit{{name, []string{text}, Mark([]string{was})}})
			fine(t, err)
			return saved
		}
		write(w.lead, "need", "", "Первая мысль")
		if saved := write(w.staff, "method", "", "Способ"); saved.Marks["method"] != Mark([]string{"Способ"}) {
			t.Errorf("the answer marks %v", saved.Marks)
		}
		saved := write(w.staff, "need", "", "Другая мысль") // his page was drawn before
		if len(saved.Clashes) != 1 || saved.Clashes[0].Theirs[0] != "Первая мысль" || saved.Clashes[0].Mine[0] != "Другая мысль" || saved.Clashes[0].By != w.lead.UserID {
			t.Fatalf("the clash is %+v", saved.Clashes)
		}
		if got := w.says(t, d.ID, "need"); got != "Первая мысль" {
			t.Errorf("the field says %q", got)
		}
		if saved := write(w.staff, "need", "Первая мысль", "Другая мысль"); len(saved.Clashes) != 0 { // having seen it, he insists
			t.Errorf("who insists meets %+v", saved.Clashes)
		}
		past, _, err := w.Past(ctx, w.lead, d.ID, "need")
		fine(t, err)
		var told []string
		for _, p := range past {
			told = append(told, strings.Join(p.Values, "")+map[bool]string{true: " (aside)"}[p.Aside])
		}
		if want := []string{"Другая мысль", "Первая мысль", "Другая мысль (aside)"}; !slices.Equal(told, want) {
			t.Errorf("the history tells %q, want %q", told, want)
		}
	})
}

func TestDraftIsPrivate(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		d := w.begun(t, w.lead, w.ngo)
		for name, by := range map[string]access.Actor{"a competitor": w.rivalLead, "an officer": w.officer, "a stranger": {}, "a keeper": person(9, access.Keeper, 0), "an admin": person(9, access.Admin, 0)} {
			_, err := w.Writing(ctx, by, d.ID)
			refused(t, err, problem.NotFound, name+" who reads")
			_, err = w.Write(ctx, by, d.ID, []Edit{{Name: "need", Values: []string{"x"}}})
			refused(t, err, problem.NotFound, name+" who writes")
			_, _, err = w.Past(ctx, by, d.ID, "need")
			refused(t, err, problem.NotFound, name+" who asks for the history")
			_, err = w.Submit(ctx, by, d.ID)
			refused(t, err, problem.NotFound, name+" who submits")
			_, err = w.Begin(ctx, by, w.call.ID, w.ngo)
			refused(t, err, problem.NotFound, name+" who begins")
		}
		_, err := w.Submit(ctx, w.staff, d.ID)
		refused(t, err, problem.Forbidden, "staff who submits")
		fine(t, w.d.View(ctx, func(tx *db.Tx) error {
			n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM journal_entries WHERE kind LIKE 'application%'`)
			if n != 0 {
				t.Errorf("the journal knows of %d drafts", n)
			}
			return err
		}))
	})
}

// Everything that a draft cannot take is told, and the rest is kept.
func TestWhatADraftCannotTake(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		d := w.begun(t, w.lead, w.ngo)
		saved, err := w.Write(t.Context(), w.lead, d.ID, []Edit{{Name: "risks", Values: []string{"Риск"}},
			{Name: "need", Values: []string{strings.Repeat("страница ", 40_000)}, Was: Mark([]string{village})}, {Name: "state", Values: []string{"funded"}}})
		fine(t, err)
		if saved.Faults["need"].Key != "funding.draft.too_long" || saved.Faults["state"].Key != "funding.draft.not_to_change" || len(saved.Faults) != 2 {
			t.Errorf("the faults are %v", saved.Faults)
		}
		if w.says(t, d.ID, "risks") != "Риск" || Mark([]string{w.says(t, d.ID, "need")}) != Mark([]string{village}) {
			t.Error("what could be kept is lost")
		}
	})
}

func TestTakeOutARow(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		d, row := w.begun(t, w.lead, w.ngo), ref.ID(1<<40)
		fine(t, w.TakeOut(t.Context(), w.staff, d.ID, "lines", row))
		x, err := w.Writing(t.Context(), w.lead, d.ID)
		fine(t, err)
		if rows := RowsOf(x.Values, "lines"); len(rows) != 0 {
			t.Errorf("rows are left: %v", rows)
		}
		past, _, err := w.Past(t.Context(), w.lead, d.ID, rowOf("lines", row)+"price")
		fine(t, err)
		if len(past) != 2 || past[1].Values[0] != "500 000" {
			t.Errorf("the history of a row that was taken out is %v", past)
		}
		refused(t, w.TakeOut(t.Context(), w.lead, d.ID, "state", row), problem.NotFound, "a list that is none")
	})
}

func TestSubmit(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		a := w.submitted(t)
		if a.Number != "2026-000001" || a.State != Submitted || a.Proposal.Asked != 3_000_000_00 || a.Proposal.PlaceID != w.village || !a.SubmittedAt.Equal(w.moment("2026-03-10 12:00")) {
			t.Errorf("the application is %+v", a)
		}
		_, err := w.Write(ctx, w.lead, a.DraftID, []Edit{{Name: "need", Values: []string{"Еще"}}})
		refused(t, err, problem.Conflict, "writing after the submission")
		again, err := w.Submit(ctx, w.second, a.DraftID)
		fine(t, err)
		if again.ID != a.ID {
			t.Error("a second application is made")
		}
		plan := a.Proposal.Plan(w.call.Kind, "KZT")
		if err := plan.Check(); err != nil {
			t.Errorf("the proposal is no plan of a project: %v", err)
		}
		if !slices.Equal(w.told, []ApplicationState{Submitted}) {
			t.Errorf("the leads were told of %v", w.told)
		}
		fine(t, w.d.View(ctx, func(tx *db.Tx) error {
			n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM journal_entries WHERE kind = 'application' AND public = FALSE`)
			if n != 1 {
				t.Errorf("the journal has %d private entries", n)
			}
			return err
		}))
	})
}

func TestFaultsOfASubmission(t *testing.T) {
	row := ref.ID(1 << 40).String()
	faults := map[string]struct{ typed, key string }{
		"need":                          {"", "form.required"},
		"title.ru":                      {"", "form.required"},
		"contact.mail":                  {"", "form.required"},
		"beneficiaries":                 {"много", "table.cell.number"},
		"starts":                        {"2026-03-20", "funding.starts_too_early"},
		"ends":                          {"2026-07-01", "funding.months_few"},
		"place":                         {"980000000", "funding.place_outside"},
		"sphere":                        {"health", "funding.sphere_outside"},
		"lines." + row + ".price":       {"0", "funding.more_than_zero"},
		"lines." + row + ".unit":        {"", "form.required"},
		"activities." + row + ".to":     {"2027-02", "funding.outside_term"},
		"indicators." + row + ".target": {"", "form.required"},
	}
	eachOffice(t, func(t *testing.T, w *office) {
		draft := w.begun(t, w.lead, w.ngo)
		for field, c := range faults {
			was := w.says(t, draft.ID, field)
			_, err := w.Write(t.Context(), w.lead, draft.ID, []Edit{{field, []string{c.typed}, Mark([]string{was})}})
			fine(t, err)
			_, err = w.Submit(t.Context(), w.lead, draft.ID)
			if p := problem.As(err); p == nil || p.Fields[field].Key != c.key {
				t.Errorf("it is refused by %v, want %s of %s", err, c.key, field)
			}
			_, err = w.Write(t.Context(), w.lead, draft.ID, []Edit{{field, []string{was}, Mark([]string{c.typed})}})
			fine(t, err)
		}
		_, err := w.Submit(t.Context(), w.lead, draft.ID)
		fine(t, err)
	})
}

// Two leads of one organization press the button at once.
func TestTwoSubmitAtOnce(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		d := w.begun(t, w.lead, w.ngo)
		ids := make([]ref.ID, 8)
		var wait sync.WaitGroup
		for i := range ids {
			wait.Go(func() {
				by := []access.Actor{w.lead, w.second}[i%2]
				a, err := w.Submit(context.WithoutCancel(t.Context()), by, d.ID)
				if err != nil {
					t.Errorf("one of two is refused: %v", err)
				}
				ids[i] = a.ID
			})
		}
		wait.Wait()
		for _, id := range ids {
			if id != ids[0] || id == 0 {
				t.Errorf("applications %v are made", ids)
				break
			}
		}
	})
}

// ticking is a clock that goes on while many press the button in the last second.
func TestTheLastSecond(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		var drafts []ApplicationDraft
		var leads []access.Actor
		for i := range 20 {
			by := person(ref.ID(100+i), access.Lead, ref.ID(5000+i))
			d := w.begun(t, by, ref.ID(5000+i))
			drafts, leads = append(drafts, d), append(leads, by)
		}
		closes := w.moment("2026-03-26 18:00")
		w.clock.Set(closes.Add(-500 * time.Millisecond))
		errs := make([]error, len(drafts))
		var wait sync.WaitGroup
		for i := range drafts {
			wait.Go(func() { _, errs[i] = w.Submit(context.WithoutCancel(t.Context()), leads[i], drafts[i].ID) })
			wait.Go(func() { w.clock.Advance(50 * time.Millisecond) })
		}
		wait.Wait()
		in := 0
		for _, err := range errs {
			if err == nil {
				in++
			} else if !problem.Is(err, problem.Conflict) {
				t.Errorf("at the deadline: %v", err)
			}
		}
		fine(t, w.d.View(t.Context(), func(tx *db.Tx) error {
			list, err := applicationsAfter(t.Context(), tx, 0, 100)
			for _, a := range list {
				if !a.SubmittedAt.Before(closes) {
					t.Errorf("%s is taken at %s", a.Number, a.SubmittedAt)
				}
			}
			if len(list) != in {
				t.Errorf("%d are told that they are in, %d are", in, len(list))
			}
			return err
		}))
		w.clock.Set(closes)
		late := w.begunBefore(t, closes)
		_, err := w.Submit(t.Context(), w.lead, late.ID)
		refused(t, err, problem.Conflict, "at the very deadline a submission")
		if w.says(t, late.ID, "need") == "" {
			t.Error("who is late loses the text")
		}
	})
}

// begunBefore is a draft that was begun an hour before the clock is set back.
func (w *office) begunBefore(t testing.TB, at time.Time) ApplicationDraft {
	w.clock.Set(at.Add(-time.Hour))
	d := w.begun(t, w.lead, w.ngo)
	w.clock.Set(at)
	return d
}

func TestClockSetBack(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		d, other := w.begun(t, w.lead, w.ngo), w.begun(t, w.rivalLead, w.rival)
		w.at("2026-03-26 19:00") // the deadline is over, and the journal knows it
		_, err := w.CreateCall(ctx, w.officer, NewCall{FunderID: w.funder, Terms: w.call.Terms})
		fine(t, err)
		w.at("2026-03-26 17:00") // somebody sets the clock back
		_, err = w.Submit(ctx, w.lead, d.ID)
		refused(t, err, problem.Conflict, "a submission by a clock that was set back")
		w.at("2026-03-26 18:59")
		_, err = w.Submit(ctx, w.rivalLead, other.ID)
		refused(t, err, problem.Conflict, "a late submission")
	})
}

func TestWithdraw(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		a := w.submitted(t)
		_, err := w.WithdrawApplication(ctx, w.lead, a.ID, a.Version, i18n.Text{})
		refused(t, err, problem.Invalid, "a withdrawal without a reason")
		_, err = w.WithdrawApplication(ctx, w.officer, a.ID, a.Version, ruText("x"))
		refused(t, err, problem.NotFound, "a withdrawal by the funder")
		got, err := w.WithdrawApplication(ctx, w.lead, a.ID, a.Version, ruText("Нашли другие деньги"))
		fine(t, err)
		if got.State != Withdrawn {
			t.Errorf("it is %s", got.State)
		}
		_, err = w.Admit(ctx, w.officer, a.ID, 0, w.items(true))
		refused(t, err, problem.Conflict, "admitting what was withdrawn")
	})
}

// items are the answers of a formal check.
func (w *office) items(ok bool) (list []CheckItem) {
	for _, code := range CheckCodes(w.call.Terms) {
		item := CheckItem{Code: code, OK: ok}
		if !ok {
			item.Reason = ruText("Не так")
		}
		list = append(list, item)
	}
	return list
}

func TestWhoMayCheck(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		a := w.submitted(t)
		for name, c := range map[string]struct {
			by   access.Actor
			kind problem.Kind
		}{
			"a competitor":                  {w.rivalLead, problem.NotFound},
			"a stranger":                    {access.Actor{}, problem.NotFound},
			"the applicant":                 {w.lead, problem.Forbidden},
			"an officer of another region":  {person(8, access.Officer, 77), problem.NotFound},
			"an officer of the applicant's": {w.us, problem.Forbidden},
		} {
			_, err := w.Admit(ctx, c.by, a.ID, 0, w.items(true))
			refused(t, err, c.kind, name+" who admits")
			_, err = w.Refuse(ctx, c.by, a.ID, 0, w.items(false))
			refused(t, err, c.kind, name+" who refuses")
			_, err = w.ReturnApplication(ctx, c.by, a.ID, 0, []Mend{{"need", ruText("x")}})
			refused(t, err, c.kind, name+" who returns")
			if _, err = w.Deal(ctx, c.by, w.batch(BatchAdmit, a.ID)); !problem.Is(err, problem.NotFound) && !problem.Is(err, problem.Forbidden) {
				t.Errorf("%s who admits many gives %v", name, err)
			}
		}
		_, err := w.Admit(ctx, w.officer, a.ID, a.Version, w.items(true))
		fine(t, err)
	})
}

// debt is what is owed about a thing.
func (w *office) debt(t testing.TB, kind string) (o obligations.Obligation) {
	t.Helper()
	fine(t, w.d.View(t.Context(), func(tx *db.Tx) error {
		for _, owner := range []ref.ID{w.ngo, w.funder} {
			list, err := w.owed.OwedBy(t.Context(), tx, ref.Ref{Kind: "organization", ID: owner})
			if err != nil {
				return err
			}
			for _, x := range list {
				if x.Kind == kind {
					o = x
				}
			}
		}
		return nil
	}))
	return o
}

func TestReturnAndMend(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		a := w.submitted(t)
		w.at("2026-03-30 10:00")
		a, err := w.ReturnApplication(ctx, w.officer, a.ID, a.Version, []Mend{{"need", ruText("Нет цифр")}, {"lines", ruText("Нет обоснования")}})
		fine(t, err)
		if a.FixDue != db.Day(2026, 4, 6) { // five working days
			t.Errorf("the correction is due on %s", a.FixDue)
		}
		if o := w.debt(t, FixOwed); o.Due != a.FixDue || o.ShownToAll {
			t.Errorf("what is owed is %+v", o)
		}
		row := rowOf("lines", ref.ID(1<<40))
		saved, err := w.Write(ctx, w.staff, a.DraftID, []Edit{{"need", []string{"С цифрами"}, Mark([]string{village})}, {row + "reason", []string{"По рынку"}, ""},
			{"method", []string{"Другой способ"}, Mark([]string{"Кружок"})}})
		fine(t, err)
		if saved.Faults["method"].Key != "funding.draft.not_to_change" || len(saved.Faults) != 1 {
			t.Errorf("what was not named is taken: %v", saved.Faults)
		}
		w.at("2026-04-06 23:00")
		fixed, err := w.Submit(ctx, w.lead, a.DraftID)
		fine(t, err)
		if fixed.ID != a.ID || fixed.Number != a.Number || fixed.State != Submitted || fixed.Proposal.Need.RU != "С цифрами" || fixed.Proposal.Method.RU != "Кружок" ||
			!fixed.SubmittedAt.Equal(a.SubmittedAt.Time) || fixed.Proposal.Lines[0].Reason.RU != "По рынку" {
			t.Errorf("the corrected application is %+v", fixed)
		}
		if o := w.debt(t, FixOwed); o.Outcome != obligations.Kept {
			t.Errorf("what was owed is %q", o.Outcome)
		}
		_, err = w.ReturnApplication(ctx, w.officer, a.ID, fixed.Version, []Mend{{"need", ruText("Опять")}})
		refused(t, err, problem.Conflict, "a second return")
	})
}

func TestCorrectionTooLate(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		a := w.submitted(t)
		w.at("2026-03-30 10:00")
		a, err := w.ReturnApplication(ctx, w.officer, a.ID, a.Version, []Mend{{"need", ruText("Нет цифр")}})
		fine(t, err)
		w.at("2026-04-07 00:00")
		_, err = w.Submit(ctx, w.lead, a.DraftID)
		refused(t, err, problem.Conflict, "a correction after its term")
		// What was not corrected in time is judged as it is.
		if _, err = w.Refuse(ctx, w.officer, a.ID, 0, w.items(false)); err != nil {
			t.Errorf("an application that nobody corrected cannot be refused: %v", err)
		}
	})
}

// The funder owes the check from the moment when the round has closed.
func TestCheckIsOwed(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		a := w.submitted(t)
		over := func() {
			fine(t, w.d.Update(ctx, func(tx *db.Tx) error { return w.roundOver(ctx, tx, roundOver{w.call.ID, 1}) }))
		}
		over()
		if o := w.debt(t, CheckOwed); o.ID != 0 {
			t.Error("the check is owed while the round is open")
		}
		w.at("2026-03-26 18:00")
		over()
		over() // a job may run twice
		o := w.debt(t, CheckOwed)
		if o.Due != db.Day(2026, 4, 9) || !o.ShownToAll || o.Page.ID != w.call.ID { // ten working days
			t.Errorf("what the funder owes is %+v", o)
		}
		w.at("2026-04-02 10:00")
		_, err := w.Refuse(ctx, w.officer, a.ID, a.Version, w.items(false))
		fine(t, err)
		if o := w.debt(t, CheckOwed); o.Outcome != obligations.Kept || o.OutcomeOn != db.Day(2026, 4, 2) {
			t.Errorf("after the last one is checked it is %q", o.Outcome)
		}
		fine(t, w.d.View(ctx, func(tx *db.Tx) error {
			counts, err := w.countsOf(ctx, tx, w.call.ID)
			if n := counts[1]; n.Applied != 1 || n.Unchecked != 0 {
				t.Errorf("the call counts %+v", n)
			}
			return err
		}))
	})
}

// Two officers check one application at once: one of them is told.
func TestTwoOfficers(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		a := w.submitted(t)
		errs := make([]error, 6)
		var wait sync.WaitGroup
		for i := range errs {
			wait.Go(func() {
				ctx := context.WithoutCancel(t.Context())
				if i%2 == 0 {
					_, errs[i] = w.Admit(ctx, w.officer, a.ID, a.Version, w.items(true))
				} else {
					_, errs[i] = w.Refuse(ctx, w.officer, a.ID, a.Version, w.items(false))
				}
			})
		}
		wait.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if !problem.Is(err, problem.Conflict) {
				t.Errorf("the other one is told %v", err)
			}
		}
		if done != 1 {
			t.Errorf("%d checks were taken", done)
		}
	})
}

func TestAskedOnce(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		w.begun(t, w.lead, w.ngo)
		c, err := w.CreateCall(ctx, w.officer, NewCall{FunderID: w.funder, Terms: w.call.Terms})
		fine(t, err)
		c, err = w.PublishCall(ctx, w.officer, c.ID, c.Version)
		if err != nil { // the window is too short by now: the second call is longer
			terms := w.call.Terms
			terms.Rounds = []Round{{No: 1, Opens: db.At(w.moment("2026-03-10 12:00")), Closes: db.At(w.moment("2026-04-05 18:00")), Sum: 40_000_000_00, Year: 2026}}
			c, err = w.EditCall(ctx, w.officer, c.ID, 0, terms)
			fine(t, err)
			c, err = w.PublishCall(ctx, w.officer, c.ID, c.Version)
			fine(t, err)
		}
		d, err := w.Begin(ctx, w.staff, c.ID, w.ngo)
		fine(t, err)
		if w.says(t, d.ID, "contact.mail") != "a@example.kz" || w.says(t, d.ID, "need") != "" {
			t.Error("what was asked before is asked again, or too much is taken over")
		}
	})
}

func TestBeginOnlyWhileOpen(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		_, err := w.Begin(t.Context(), person(9, access.Lead, w.funder), w.call.ID, w.funder)
		refused(t, err, problem.Conflict, "the funder who applies to itself")
		w.at("2026-03-26 18:00")
		_, err = w.Begin(t.Context(), w.lead, w.call.ID, w.ngo)
		refused(t, err, problem.Conflict, "a draft begun at the deadline")
	})
}
