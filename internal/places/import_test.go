package places

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/files"
	"birge/internal/platform/imports"
	"birge/internal/platform/ref"
)

func TestImportOfTheKATOTable(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx, s := t.Context(), New(d)
		store, err := files.OpenLocal(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		keeper := access.Actor{UserID: 5, Grants: []access.Grant{{Role: access.Keeper}}}
		desk := imports.New(d, files.New(d, store), func(context.Context, ref.ID) (access.Actor, error) { return keeper, nil }, s.Importer())
		work := func(id ref.ID) imports.Import {
			t.Helper()
			if err := desk.Work(ctx, id); err != nil {
				t.Fatal(err)
			}
			im, err := desk.ByID(ctx, keeper, id)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Reload(ctx); err != nil {
				t.Fatal(err)
			}
			return im
		}
		hand := func(by access.Actor, rows ...string) (imports.Import, error) {
			body := []byte("te,ab,name_kaz,name_rus\n" + strings.Join(rows, "\n"))
			im, err := desk.Receive(ctx, by, "places", "kato.csv", bytes.NewReader(body), int64(len(body)))
			if err == nil {
				im = work(im.ID)
			}
			return im, err
		}
		do := func(act func(context.Context, access.Actor, ref.ID, int64) (imports.Import, error), im imports.Import) imports.Import {
			t.Helper()
			if _, err := act(ctx, keeper, im.ID, im.Version); err != nil {
				t.Fatal(err)
			}
			return work(im.ID)
		}
		if _, err := hand(access.Actor{UserID: 6, Grants: []access.Grant{{Role: access.Officer, Scope: 1}}}); err == nil {
			t.Error("an officer imports places")
		}
		rows := []string{
			"150000000,15,Ақтөбе облысы,Актюбинская область",
			"153600000,15,Мұғалжар ауданы,Мугалжарский район",
			"153630100,15,Бестау ауылы,с.Бестау",
			"1536301,15,Қате,Неверный",
			"163630100,16,Жетім,Сирота",
			"153630100,15,Бестау ауылы,с.Бестау",
			"993630100,99,Үлгі,Учебное",
			"153630200,15,,",
		}
		im, err := hand(keeper, rows...)
		if err != nil {
			t.Fatal(err)
		}
		if want := (imports.Counts{Read: 8, Add: 3, Refused: 5}); im.Counts != want {
			t.Errorf("checked: %+v, want %+v", im.Counts, want)
		}
		refused, err := desk.Rows(ctx, keeper, im.ID, imports.Which{Verdict: imports.Refuse}, 0, 20)
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, r := range refused {
			for _, f := range r.Faults {
				keys = append(keys, f.Key)
			}
		}
		if want := []string{"places.kato_form_of", "places.kato_no_parent", "imports.twice", "places.kato_sample", "places.kato_no_name"}; !slices.Equal(keys, want) {
			t.Errorf("refused because of %v, want %v", keys, want)
		}
		if s.Tree().Len() != 0 {
			t.Error("there are places before anybody said so")
		}
		im = do(desk.Take, im)
		village, ok := s.Tree().ByKATO("153630100")
		if im.Counts.Applied != 3 || !ok || village.Kind != Village || len(s.Tree().Path(village.ID)) != 3 {
			t.Fatalf("applied: %+v, %+v", im.Counts, village)
		}
		second, err := hand(keeper, "150000000,15,Ақтөбе облысы,Актюбинская область", "153630100,15,Жаңа Бестау ауылы,с.Новый Бестау", "153630300,15,Құмсай ауылы,с.Кумсай")
		if err != nil {
			t.Fatal(err)
		}
		if want := (imports.Counts{Read: 3, Add: 1, Change: 1, Same: 1}); second.Counts != want {
			t.Errorf("a later table: %+v, want %+v", second.Counts, want)
		}
		second = do(desk.Take, second)
		if p, _ := s.Tree().Place(village.ID); p.Name.RU == village.Name.RU {
			t.Errorf("renamed: %+v", p.Name)
		}
		s.InUse = func(context.Context, *db.Tx, []ref.ID) (map[ref.ID]bool, error) {
			kumsai, _ := s.Tree().ByKATO("153630300")
			return map[ref.ID]bool{kumsai.ID: true}, nil
		}
		if second = do(desk.Undo, second); second.Counts.Undone != 1 || second.Counts.Kept != 1 {
			t.Errorf("undone: %+v", second.Counts)
		}
		if p, _ := s.Tree().Place(village.ID); p.Name != village.Name {
			t.Errorf("put back: %+v", p.Name)
		}
		anew, err := hand(keeper, "153630500,15,Бестау ауылы,с.Бестау")
		if err != nil || anew.Counts.Change != 1 {
			t.Fatalf("a village coded anew: %+v %v", anew.Counts, err)
		}
		do(desk.Take, anew)
		if p, ok := s.Tree().ByKATO("153630100"); !ok || p.ID != village.ID || p.KATO != "153630500" {
			t.Errorf("the old code leads to %+v", p)
		}
		if im = do(desk.Undo, im); im.Counts.Undone+im.Counts.Kept != 3 || im.Counts.Kept == 0 {
			t.Errorf("undone below what stays: %+v", im.Counts)
		}
	})
}
