package orgs

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/imports"
	"birge/internal/platform/ref"
)

// desk is the house with imports of the register in it.
type desk struct {
	*house
	imports *imports.Service
}

func eachDesk(t *testing.T, test func(t *testing.T, h *desk)) {
	each(t, func(t *testing.T, h *house) {
		store, err := files.OpenLocal(t.TempDir())
		must(t, err)
		people := map[ref.ID]access.Actor{h.officer.UserID: h.officer, h.elsewhere.UserID: h.elsewhere}
		actors := func(_ context.Context, id ref.ID) (access.Actor, error) { return people[id], nil }
		test(t, &desk{h, imports.New(h.d, files.New(h.d, store), actors, h.Importer())})
	})
}

const head = "БИН;Наименование;Наименование на казахском;Вид организации;Место;Сферы;Дата создания;Руководитель\n"

func (h *desk) checked(by access.Actor, rows ...string) imports.Import {
	h.t.Helper()
	body := []byte(head + strings.Join(rows, "\n"))
	im, err := h.imports.Receive(h.t.Context(), by, "organizations", "register.csv", bytes.NewReader(body), int64(len(body)))
	must(h.t, err)
	return h.worked(im.ID)
}

func (h *desk) worked(id ref.ID) imports.Import {
	h.t.Helper()
	must(h.t, h.imports.Work(h.t.Context(), id))
	im, err := h.imports.ByID(h.t.Context(), access.Portal("test"), id)
	must(h.t, err)
	return im
}

func (h *desk) taken(im imports.Import) imports.Import {
	h.t.Helper()
	_, err := h.imports.Take(h.t.Context(), h.officer, im.ID, im.Version)
	must(h.t, err)
	return h.worked(im.ID)
}

func (h *desk) undone(im imports.Import) imports.Import {
	h.t.Helper()
	_, err := h.imports.Undo(h.t.Context(), h.officer, im.ID, im.Version)
	must(h.t, err)
	return h.worked(im.ID)
}

func (h *desk) rows(im imports.Import, which imports.Which) []*imports.Row {
	h.t.Helper()
	rows, err := h.imports.Rows(h.t.Context(), access.Portal("test"), im.ID, which, 0, 100)
	must(h.t, err)
	return rows
}

func TestImportOfTheRegister(t *testing.T) {
	eachDesk(t, func(t *testing.T, h *desk) {
		ctx := t.Context()
		o := h.create(h.fund())
		lines := []string{
			o.BIN + ";" + o.Name.RU + ";" + o.Name.KK + ";ngo;151000000;;20.01.2015;Ә. Серікқызы",
			`230940123450;;«Бірге» қоры;ngo;Бестау;"education; culture";;`,
			"230940123450;;«Бірге» қоры;ngo;Бестау;;;",
			"150140000013;;X;ngo;151000000;;;",
			";;Y;ngo;Атлантида;;;",
			";;Z;ngo;151000000;;31.02.2015;",
			";ОФ Умит;;ngo;151000000;;;",
			";;W;club;151000000;;;",
			";;V;ngo;151000000;magic;;",
			";;;ngo;151000000;;;",
		}
		im := h.checked(h.officer, lines...)
		if want := (imports.Counts{Read: 10, Add: 1, Change: 1, Refused: 8}); im.Counts != want {
			t.Errorf("checked: %+v, want %+v", im.Counts, want)
		}
		columns := []string{"name_ru", "bin", "place", "founded", "name_ru", "kind", "spheres", "name_ru"}
		for i, r := range h.rows(im, imports.Which{Verdict: imports.Refuse}) {
			if _, ok := r.Faults[columns[i]]; !ok {
				t.Errorf("line %d: no fault of %s: %v", r.Line, columns[i], r.Faults)
			}
		}
		if n := len(h.acts()); n != 1 {
			t.Errorf("checking wrote %d entries", n-1)
		}
		if im = h.taken(im); im.State != imports.Done || im.Counts.Applied != 2 {
			t.Fatalf("taken: %s %+v", im.State, im.Counts)
		}
		village, err := h.ByBIN(ctx, "230940123450")
		must(t, err)
		if !village.Rural || !slices.Equal(village.Spheres, []string{"education", "culture"}) || village.Source != "import" {
			t.Errorf("%+v", village)
		}
		if changed, err := h.ByBIN(ctx, o.BIN); err != nil || changed.Head != "Ә. Серікқызы" || changed.Version != o.Version+1 {
			t.Errorf("the changed one: %+v %v", changed, err)
		}
		if again := h.checked(h.officer, lines[:2]...); again.Counts.Same != 2 {
			t.Errorf("the same rows again: %+v", again.Counts)
		}
		if im = h.undone(im); im.Counts.Undone != 2 {
			t.Errorf("undone: %+v", im.Counts)
		}
		if back, err := h.ByBIN(ctx, o.BIN); err != nil || back.Head != o.Head {
			t.Errorf("put back: %+v %v", back, err)
		}
		if _, err := h.ByBIN(ctx, "230940123450"); err == nil {
			t.Error("the new one is still there")
		}
	})
}

func TestTheRegisterOfAnotherPlace(t *testing.T) {
	eachDesk(t, func(t *testing.T, h *desk) {
		o := h.create(h.fund())
		im := h.checked(h.elsewhere, o.BIN+";"+o.Name.RU+";;ngo;151000000;;;")
		if rows := h.rows(im, imports.Which{Verdict: imports.Refuse}); len(rows) != 1 || rows[0].Faults["place"].Key != "orgs.officers_only" {
			t.Errorf("an officer of another region: %+v", im.Counts)
		}
		if err := h.Importer().May(access.Actor{UserID: 9}); err == nil {
			t.Error("a citizen may import the register")
		}
	})
}

// What somebody has changed since, or another room speaks of, stays.
func TestUndoOfTheRegisterLeavesWhatIsUsed(t *testing.T) {
	eachDesk(t, func(t *testing.T, h *desk) {
		ctx := t.Context()
		im := h.taken(h.checked(h.officer, ";;Бірінші;ngo;151000000;;;", ";;Екінші;ngo;151000000;;;", ";;Үшінші;ngo;151000000;;;", ";;Төртінші;ngo;151000000;;;"))
		rows := h.rows(im, imports.Which{Outcome: imports.Applied})
		edited, err := h.ByID(ctx, rows[0].Thing)
		must(t, err)
		edited.Head = "Б. Асқарұлы"
		_, err = h.Edit(ctx, h.officer, edited.ID, edited.Version, edited.Draft)
		must(t, err)
		h.Deps.InUse = func(_ context.Context, _ *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
			return map[ref.ID]bool{rows[1].Thing: slices.Contains(ids, rows[1].Thing)}, nil
		}
		spoken, err := h.ByID(ctx, rows[2].Thing)
		must(t, err)
		h.lead("алия", spoken)
		im = h.undone(im)
		if im.Counts.Undone != 1 || im.Counts.Kept != 3 {
			t.Errorf("undone: %+v", im.Counts)
		}
		want := []string{"orgs.import_touched", "orgs.import_used", "orgs.import_touched"}
		for i, r := range h.rows(im, imports.Which{Outcome: imports.Kept}) {
			if r.Faults[""].Key != want[i] {
				t.Errorf("line %d stays because of %s, want %s", r.Line, r.Faults[""].Key, want[i])
			}
		}
	})
}
