package projects

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/imports"
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// desk is the world with imports of agreements in it.
type desk struct {
	*world
	t       *testing.T
	imports *imports.Service
	sealer  *journal.Sealer
}

func eachDesk(t *testing.T, test func(t *testing.T, w *desk)) {
	each(t, func(t *testing.T, w *world) {
		store, err := files.OpenLocal(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		people := map[ref.ID]access.Actor{w.officer.UserID: w.officer, elsewhere.UserID: elsewhere}
		d := &desk{world: w, t: t, sealer: journal.NewSealer(w.d)}
		d.imports = imports.New(w.d, files.New(w.d, store), func(_ context.Context, id ref.ID) (access.Actor, error) { return people[id], nil }, w.Importer())
		test(t, d)
	})
}

// elsewhere is an officer of a place that is not around anything here.
var elsewhere = access.Actor{UserID: 55, Grants: []access.Grant{{Role: access.Officer, Scope: 12345}}}

func (w *desk) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

const head = "Номер договора;Дата договора;БИН заказчика;БИН поставщика;Наименование проекта;Специфика;Вид финансирования;Сумма договора;" +
	"Сумма на 1-й год;Сумма на 2-й год;Начало;Окончание;Место;Сфера;Целевые группы;Охват\n"

// good is a row that everything is right with; change sets cells by their place.
func good(no string, change ...any) string {
	cells := []string{no, "20.01.2026", "230940123450", "150140000012", "Клуб " + no, "155", "", "1 000 000", "", "", "01.02.2026", "30.11.2026", "993230100", "youth", "", "40"}
	for i := 0; i+1 < len(change); i += 2 {
		cells[change[i].(int)] = change[i+1].(string)
	}
	return strings.Join(cells, ";")
}

// checked hands a table in and has it checked.
func (w *desk) checked(by access.Actor, rows ...string) imports.Import {
	w.t.Helper()
	body := []byte(head + strings.Join(rows, "\n"))
	im, err := w.imports.Receive(w.t.Context(), by, "projects", "agreements.csv", bytes.NewReader(body), int64(len(body)))
	w.must(err)
	return w.worked(im.ID)
}

func (w *desk) worked(id ref.ID) imports.Import {
	w.t.Helper()
	w.must(w.imports.Work(w.t.Context(), id))
	im, err := w.imports.ByID(w.t.Context(), access.Portal("test"), id)
	w.must(err)
	return im
}

func (w *desk) taken(im imports.Import) imports.Import {
	w.t.Helper()
	_, err := w.imports.Take(w.t.Context(), w.officer, im.ID, im.Version)
	w.must(err)
	return w.worked(im.ID)
}

func (w *desk) undone(im imports.Import) imports.Import {
	w.t.Helper()
	_, err := w.imports.Undo(w.t.Context(), w.officer, im.ID, im.Version)
	w.must(err)
	return w.worked(im.ID)
}

func (w *desk) rows(im imports.Import, which imports.Which) []*imports.Row {
	w.t.Helper()
	rows, err := w.imports.Rows(w.t.Context(), access.Portal("test"), im.ID, which, 0, 10_000)
	w.must(err)
	return rows
}

// the cells of a row by their place
const (
	cNo, cAgreed, cCustomer, cSupplier, cTitle, cSpec, cFunding, cSum, cSum1, cSum2, cStarts, cEnds, cPlace, cSphere, cGroups, cPeople = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
)

func TestWhatARowOfATableMustSay(t *testing.T) {
	eachDesk(t, func(t *testing.T, w *desk) {
		cases := []struct {
			row, column, key string
		}{
			{good("1", cCustomer, "230940123451"), colCustomer, "projects.import.bin_wrong"},
			{good("2", cSupplier, "100241000776"), colSupplier, "projects.import.org_unknown"},
			{good("3", cSupplier, "230940123450"), colSupplier, "projects.import.pays_itself"},
			{good("4", cSupplier, "15014"), colSupplier, "table.cell.bin"},
			{good("5", cPlace, "Нигде"), colPlace, "projects.import.place_unknown"},
			{good("6", cStarts, "31.02.2026"), colStarts, "table.cell.no_such_date"},
			{good("7", cEnds, "30.01.2026"), colEnds, "form.ends_before_start"},
			{good("8", cAgreed, "завтра"), colAgreedOn, "table.cell.date"},
			{good("9", cAgreed, "01.12.2026"), colAgreedOn, "projects.agreed_after_end"},
			{good("10", cSum, "много"), colSum, "table.cell.money"},
			{good("11", cSum, ""), colSum, "table.cell.required"},
			{good("12", cSpec, "159"), colSpecificity, "projects.import.not_social_order"},
			{good("13", cSpec, ""), colFunding, "table.cell.required"},
			{good("14", cFunding, "подарок"), colFunding, "projects.import.term_unknown"},
			{good("15", cSphere, "космос"), colSphere, "projects.import.term_unknown"},
			{good("16", cGroups, `"youth; марсиане"`), colGroups, "projects.import.term_unknown"},
			{good("17", cEnds, "30.11.2027"), colSum1, "projects.import.years_needed"},
			{good("18", cEnds, "30.11.2027", cSum1, "400 000", cSum2, "500 000"), colSum, "projects.years_differ_from_sum"},
			{good("19", cSum1, "400 000", cSum2, "600 000"), colSum2, "projects.year_outside"},
			{good("20", cPeople, "-5"), colPeople, "form.negative"},
			{good("21", cTitle, ""), colTitle, "table.cell.required"},
			{good("22", cTitle, "=HYPERLINK(1)"), "", ""},
			{good("23", cPlace, "Көктерек"), "", ""},
			{good("24", cFunding, "Государственный грант"), "", ""},
			{good("25", cEnds, "30.11.2027", cSum1, "400 000", cSum2, "600 000"), "", ""},
			{good("25"), colNumber, "imports.twice"},
		}
		lines := make([]string, len(cases))
		for i, c := range cases {
			lines[i] = c.row
		}
		im := w.checked(w.officer, lines...)
		refused := map[int]*imports.Row{}
		for _, r := range w.rows(im, imports.Which{Verdict: imports.Refuse}) {
			refused[r.No] = r
		}
		for i, c := range cases {
			r := refused[i+1]
			switch {
			case c.key == "" && r != nil && !strings.Contains(c.row, "="):
				t.Errorf("row %s is refused: %+v", c.row, r.Faults)
			case c.key != "" && r == nil:
				t.Errorf("row %s is taken", c.row)
			case c.key != "" && r.Faults[c.column].Key != c.key:
				t.Errorf("row %s: %+v, want %s beside %s", c.row, r.Faults, c.key, c.column)
			}
		}
	})
}

func TestRowsOutsideOfTheOfficersPlace(t *testing.T) {
	eachDesk(t, func(t *testing.T, w *desk) {
		im := w.checked(elsewhere, good("1"))
		if rows := w.rows(im, imports.Which{Verdict: imports.Refuse}); len(rows) != 1 || rows[0].Faults[colPlace].Key != "projects.import.not_your_place" {
			t.Errorf("a row of a place that is not the officer's: %+v", im.Counts)
		}
		for _, c := range []struct {
			by  access.Actor
			may bool
		}{{w.officer, true}, {access.Actor{UserID: 4, Grants: []access.Grant{{Role: access.Admin}}}, true}, {w.lead, false}, {access.Actor{UserID: 3}, false}} {
			if err := w.Importer().May(c.by); (err == nil) != c.may {
				t.Errorf("%v may import: %v", c.by.Grants, err)
			}
		}
	})
}

// listed counts what strangers find: in the store, by year and in the index.
func (w *desk) listed() (n int) {
	w.t.Helper()
	list, err := w.Latest(w.t.Context(), 10_000)
	w.must(err)
	docs := 0
	w.must(w.Docs(w.t.Context(), nil, func(string, string) (int64, bool) { return 1, true }, func(search.Doc) error { docs++; return nil }))
	if docs != len(list) {
		w.t.Errorf("the list has %d projects, the index %d", len(list), docs)
	}
	return docs
}

func (w *desk) verified() {
	w.t.Helper()
	ring, err := keys.Open(w.t.TempDir())
	w.must(err)
	w.must(w.sealer.Seal(w.t.Context()))
	report, err := journal.Verify(w.t.Context(), w.d, ring, slices.Concat(Kinds(), obligations.Kinds(), imports.Things()), nil)
	w.must(err)
	for _, f := range report.Faults {
		w.t.Error(f)
	}
}

// stop ends the work of an import after some commits, as a crash would.
func (w *desk) stop(id ref.ID, after int) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	seen := 0
	defer w.d.OnCommit(func() {
		if seen++; seen == after {
			cancel()
		}
	})()
	if err := w.imports.Work(ctx, id); err == nil {
		w.t.Fatal("the work ended before it was stopped")
	}
}

func TestImportOfAgreements(t *testing.T) {
	eachDesk(t, func(t *testing.T, w *desk) {
		ctx := t.Context()
		const n = 1200
		rows := make([]string, n)
		for i := range rows {
			rows[i] = good(fmt.Sprintf("%d/26", i+1))
			if i%100 == 0 {
				rows[i] = good(fmt.Sprintf("%d/26", i+1), cPlace, "Нигде")
			}
		}
		im := w.checked(w.officer, rows...)
		if im.Counts.Add != n-12 || im.Counts.Refused != 12 {
			t.Fatalf("checked: %+v", im.Counts)
		}
		_, err := w.imports.Take(ctx, w.officer, im.ID, im.Version)
		w.must(err)
		w.stop(im.ID, 2)
		if n := w.listed(); n != 0 {
			t.Errorf("%d projects are in sight before the last row is in", n)
		}
		w.verified()
		if im = w.worked(im.ID); im.State != imports.Done || w.listed() != n-12 {
			t.Fatalf("done: %s %+v, %d in sight", im.State, im.Counts, w.listed())
		}
		w.verified()
		w.tellsOfTheTable(im)
		w.undoesWhatNobodyTouched(im)
		w.verified()
	})
}

// tellsOfTheTable looks at one project of the import.
func (w *desk) tellsOfTheTable(im imports.Import) {
	w.t.Helper()
	row := w.rows(im, imports.Which{Outcome: imports.Applied})[0]
	st, err := w.Story(w.t.Context(), access.Actor{}, row.Thing)
	w.must(err)
	p := st.Project
	if p.Number != "2/26" || p.Sum != 1_000_000_00 || p.PlaceID != w.village || p.FundingKind != StateSocialOrder || p.OrgID != w.org ||
		p.FunderID != w.funder || !p.Rural || p.ImportID != im.ID || p.ImportRow != 3 || len(st.ByYear) != 1 || st.ByYear[0].Planned != p.Sum {
		w.t.Errorf("the project of row 3: %+v", p)
	}
	if len(st.Past) != 1 || st.Past[0].Act != "projects.import" {
		w.t.Errorf("its page tells of %+v", st.Past)
	}
	var past []journal.Entry
	w.must(w.d.View(w.t.Context(), func(tx *db.Tx) (err error) {
		past, err = journal.Timeline(w.t.Context(), tx, p.Ref(), 0, 10, true)
		return err
	}))
	if len(past) != 1 || past[0].Actor != w.officer.UserID || past[0].As.Role != access.Officer {
		w.t.Errorf("its past: %+v", past)
	}
}

func (w *desk) undoesWhatNobodyTouched(im imports.Import) {
	w.t.Helper()
	touched := w.rows(im, imports.Which{Outcome: imports.Applied})[5].Thing
	_, err := w.AnnounceEvent(w.t.Context(), w.lead, touched, Announcement{Title: i18n.Only(i18n.RU, "Встреча"), PlaceID: w.village, On: w.Today().AddDays(9), Hour: "15:00", Open: true}, false)
	w.must(err)
	im = w.undone(im)
	if im.State != imports.Undone || im.Counts.Kept != 1 || w.listed() != 1 {
		w.t.Fatalf("undone: %s %+v, %d in sight", im.State, im.Counts, w.listed())
	}
	kept := w.rows(im, imports.Which{Outcome: imports.Kept})
	if len(kept) != 1 || kept[0].Thing != touched || kept[0].Faults[""].Key != "projects.import.touched" {
		w.t.Errorf("what stays: %+v", kept)
	}
}

func TestACorrectedTable(t *testing.T) {
	eachDesk(t, func(t *testing.T, w *desk) {
		byHand := w.agreed(t)
		first := w.taken(w.checked(w.officer, good("A-1"), good("A-2")))
		second := w.checked(w.officer, good("A-1"), good("A-2", cSum, "3 000 000"), good(byHand.Number), good("A-3"))
		want := imports.Counts{Read: 4, Add: 1, Change: 1, Same: 1, Refused: 1}
		if second.Counts != want {
			t.Fatalf("a corrected table: %+v, want %+v", second.Counts, want)
		}
		if bad := w.rows(second, imports.Which{Verdict: imports.Refuse})[0]; bad.Faults[colNumber].Key != "projects.import.agreed_already" {
			t.Errorf("an agreement made by hand: %+v", bad.Faults)
		}
		second = w.taken(second)
		thing := w.rows(second, imports.Which{Verdict: imports.Change})[0].Thing
		sum := func() int64 {
			st, err := w.Story(t.Context(), access.Actor{}, thing)
			w.must(err)
			return st.Project.Sum
		}
		if sum() != 3_000_000_00 {
			t.Errorf("the corrected sum is %d", sum())
		}
		w.verified()
		if second = w.undone(second); second.Counts.Undone != 2 || sum() != 1_000_000_00 {
			t.Errorf("undone: %+v, the sum is %d", second.Counts, sum())
		}
		w.verified()
		if first = w.undone(first); first.Counts.Undone != 1 || first.Counts.Kept != 1 {
			t.Errorf("the first table, of which a second one changed a row: %+v", first.Counts)
		}
	})
}

// What another one entered between the check and the word is seen when the rows
// are applied.
func TestThePortalMovesOn(t *testing.T) {
	eachDesk(t, func(t *testing.T, w *desk) {
		one := w.checked(w.officer, good("B-1"), good("B-2"))
		w.taken(w.checked(w.officer, good("B-1"), good("B-3")))
		if one = w.taken(one); one.Counts.Applied != 1 || one.Counts.Same != 1 || w.listed() != 3 {
			t.Errorf("applied: %+v, %d in sight", one.Counts, w.listed())
		}
	})
}

// owes lists what a project owes: the periods of its reports.
func (w *desk) owes(project ref.ID) (periods []string) {
	w.t.Helper()
	st, err := w.Story(w.t.Context(), access.Actor{}, project)
	w.must(err)
	w.must(w.d.View(w.t.Context(), func(tx *db.Tx) error {
		list, err := w.owed.Of(w.t.Context(), tx, st.Project.Ref())
		if len(list) != len(st.Project.Schedule) {
			w.t.Errorf("%d obligations for %d reports", len(list), len(st.Project.Schedule))
		}
		for i, o := range list {
			d := st.Project.Schedule[i]
			if o.Kind != ReportOwed || o.Due != d.Due || o.Owner.ID != w.org || o.To.ID != w.funder || !o.ShownToAll {
				w.t.Errorf("report %d is owed as %+v", i, o)
			}
			periods = append(periods, d.From.String()+" "+d.To.String())
		}
		return err
	}))
	return periods
}

func (w *desk) count(query string) (n int) {
	w.t.Helper()
	w.must(w.d.View(w.t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One(w.t.Context(), tx, db.Value[int], query)
		return err
	}))
	return n
}

// An agreement of a table owes reports by the norms, from the quarter on in which
// the table was taken; one that was over by then owes nothing.
func TestWhatImportedAgreementsOwe(t *testing.T) {
	eachDesk(t, func(t *testing.T, w *desk) {
		im := w.taken(w.checked(w.officer,
			good("O-1"),
			good("O-2", cAgreed, "20.08.2025", cStarts, "01.09.2025", cEnds, "30.04.2026", cSum1, "600 000", cSum2, "400 000"),
			good("O-3", cAgreed, "20.01.2025", cStarts, "01.02.2025", cEnds, "30.11.2025")))
		if n := w.count(`SELECT count(*) FROM obligations`); n != 0 {
			t.Errorf("%d obligations before the work that follows the import", n)
		}
		for range 2 { // done again it doubles nothing
			w.must(w.oweImported(t.Context(), oweImported{im.ID}))
		}
		rows := w.rows(im, imports.Which{Outcome: imports.Applied})
		for i, want := range [][]string{
			{"2026-02-01 2026-03-31", "2026-04-01 2026-06-30", "2026-07-01 2026-09-30", "2026-10-01 2026-11-30"},
			{"2026-01-01 2026-03-31", "2026-04-01 2026-04-30"},
			nil,
		} {
			if got := w.owes(rows[i].Thing); !slices.Equal(got, want) {
				t.Errorf("row %d owes %v, want %v", i, got, want)
			}
		}
		over, err := w.Story(t.Context(), access.Actor{}, rows[2].Thing)
		w.must(err)
		if st := over.Project.StatusOn(w.Today()); st.Is != Finished {
			t.Errorf("what was over before the portal knew of it is %v", st)
		}
		w.verified()

		longer := w.taken(w.checked(w.officer, good("O-1", cEnds, "31.05.2026")))
		if got := w.owes(rows[0].Thing); !slices.Equal(got, []string{"2026-02-01 2026-03-31", "2026-04-01 2026-05-31"}) {
			t.Errorf("corrected by another table it owes %v", got)
		}
		w.verified()
		w.undone(longer)
		if got := w.owes(rows[0].Thing); len(got) != 4 {
			t.Errorf("after the correction was undone it owes %v", got)
		}
		if im = w.undone(im); im.Counts.Undone != 2 || im.Counts.Kept != 1 { // the corrected one stays
			t.Errorf("undone: %+v", im.Counts)
		}
		if n := w.count(`SELECT count(*) FROM obligations`); n != 4 {
			t.Errorf("%d obligations are left, want those of the project that stays", n)
		}
		if n := w.count(`SELECT count(*) FROM obligation_reminders WHERE obligation_id NOT IN (SELECT id FROM obligations)`); n != 0 {
			t.Errorf("%d reminders of what is not owed", n)
		}
		w.verified()
	})
}

// Once the one who owes has answered beside an obligation, the project is no
// longer only of the table.
func TestAnAnsweredObligationKeepsTheProject(t *testing.T) {
	eachDesk(t, func(t *testing.T, w *desk) {
		im := w.taken(w.checked(w.officer, good("R-1"), good("R-2")))
		w.must(w.oweImported(t.Context(), oweImported{im.ID}))
		id := ref.ID(w.count(`SELECT min(id) FROM obligations`))
		w.must(w.owed.Reply(t.Context(), w.lead, id, words))
		if im = w.undone(im); im.Counts.Undone != 1 || im.Counts.Kept != 1 {
			t.Errorf("undone: %+v", im.Counts)
		}
	})
}
