package importsweb_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"birge/internal/birgetest"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/imports"
	"birge/internal/platform/ref"

	"github.com/xuri/excelize/v2"
)

// office is a portal with a customer, a supplier and two officers.
type office struct {
	*birgetest.World
	t                       *testing.T
	officer, away, citizen  *birgetest.Reader
	administrator, stranger *birgetest.Reader
}

func each(t *testing.T, test func(t *testing.T, o *office)) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		tree := w.Places.Tree()
		here, _ := tree.ByKATO("150000000")
		there, _ := tree.ByKATO("110000000")
		for bin, kind := range map[string]string{"150140000012": orgs.NGO, "230940123450": "state_body"} {
			_, err := w.Orgs.Create(t.Context(), access.Portal("test"), orgs.Draft{BIN: bin, Kind: kind, Name: i18n.Only(i18n.RU, "Ұйым "+bin), PlaceID: here.ID})
			if err != nil {
				t.Fatal(err)
			}
		}
		test(t, &office{World: w, t: t, stranger: w.Stranger(),
			officer:       w.SignedIn("officer@example.kz", birgetest.Held{Role: access.Officer, For: here.Ref()}),
			away:          w.SignedIn("away@example.kz", birgetest.Held{Role: access.Officer, For: there.Ref()}),
			administrator: w.SignedIn("admin@example.kz", birgetest.Held{Role: access.Admin, For: ref.Ref{}}),
			citizen:       w.SignedIn("citizen@example.kz")})
	})
}

const head = "Номер договора,Дата договора,БИН заказчика,БИН исполнителя,Наименование проекта,Специфика,Сумма договора,Начало,Окончание,Место,Сфера\n"

func row(no string) string {
	return no + ",20.01.2026,230940123450,150140000012,Клуб " + no + ",155,1000000,01.02.2026,30.11.2026,150000000,youth\n"
}

const door = "/ru/desk/imports/kinds/projects"

// handIn uploads a table, waits until it is checked, and gives its address.
func (o *office) handIn(by *birgetest.Reader, body string) string {
	o.t.Helper()
	a := by.Upload(door, "file", "agreements.csv", strings.NewReader(body))
	if a.Status != http.StatusSeeOther {
		o.t.Fatalf("the upload answers %d: %s", a.Status, a.Body)
	}
	o.rests(a.Header.Get("Location"))
	return a.Header.Get("Location")
}

// rests waits until no job is at an import.
func (o *office) rests(path string) imports.Import {
	o.t.Helper()
	id, _ := ref.ParseID(path[strings.LastIndex(path, "/")+1:])
	ctx, cancel := context.WithTimeout(o.t.Context(), time.Minute)
	defer cancel()
	im, err := o.Imports.Await(ctx, access.Portal("test"), id, func(imports.Import) {})
	if err != nil {
		o.t.Fatal(err)
	}
	return im
}

var version = regexp.MustCompile(`name="version" value="(\d+)"`)

// form is the form of an import's page as the reader sees it.
func form(a birgetest.Answer) url.Values {
	m := version.FindStringSubmatch(a.Body)
	if m == nil {
		return nil
	}
	return url.Values{"version": {m[1]}}
}

func TestATablesWayThroughThePortal(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Want(200, o.officer.Get("/ru/desk/imports"), "Договоры и проекты", "Таблиц пока нет")
		o.Want(200, o.officer.Get(door), "БИН заказчика", "Код КАТО", "template.xlsx")
		page := o.handIn(o.officer, head+row("1")+row("2")+strings.Replace(row("3"), "150000000", "Нигде", 1))
		seen := o.officer.Get(page)
		o.Want(200, seen, "Внести годные: 2 строки", "Место «Нигде» не найдено", "rest.xlsx", "Ждет вашего решения")
		if found := o.stranger.Get("/ru/projects").Body; strings.Contains(found, "Клуб 1") {
			t.Error("a stranger sees what was not taken")
		}
		take := form(seen)
		if a := o.officer.Post(page+"/take", take); a.Status != http.StatusSeeOther || a.Header.Get("Location") != page {
			t.Fatalf("taken: %d %s", a.Status, a.Body)
		}
		if a := o.officer.Post(page+"/take", take); a.Status != http.StatusSeeOther && a.Status != http.StatusConflict {
			t.Errorf("a double click: %d", a.Status)
		}
		if im := o.rests(page); im.State != imports.Done || im.Counts.Applied != 2 {
			t.Fatalf("applied: %s %+v", im.State, im.Counts)
		}
		o.Want(200, o.officer.Get(page+"?show=added"), "Внесена", "Клуб 1", "/ru/projects/0", "Отменить загрузку")
		o.Want(http.StatusConflict, o.officer.Post(page+"/take", take), "class=\"notice late\"", "Внесена")
		o.Want(200, o.officer.Get("/ru/desk/imports"), "agreements.csv", "Внесена")
		if a := o.officer.Post(page+"/undo", form(o.officer.Get(page))); a.Status != http.StatusSeeOther {
			t.Fatalf("undone: %d %s", a.Status, a.Body)
		}
		if im := o.rests(page); im.State != imports.Undone || im.Counts.Undone != 2 {
			t.Fatalf("undone: %s %+v", im.State, im.Counts)
		}
		o.Want(200, o.officer.Get(page), "Таблица отменена")
	})
}

func TestWhoMayHandInATable(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		page := o.handIn(o.officer, head+row("1"))
		for name, c := range map[string]struct {
			by           *birgetest.Reader
			index, table int
		}{
			"officer": {o.officer, 200, 200}, "administrator": {o.administrator, 200, 200}, "officer of another place": {o.away, 200, 404},
			"citizen": {o.citizen, 403, 403}, "stranger": {o.stranger, 303, 303},
		} {
			if a := c.by.Get("/ru/desk/imports"); a.Status != c.index {
				t.Errorf("%s opens the list: %d", name, a.Status)
			}
			if a := c.by.Get(page); a.Status != c.table {
				t.Errorf("%s opens the table: %d", name, a.Status)
			}
			if name != "officer" && name != "administrator" {
				if a := c.by.Post(page+"/take", url.Values{"version": {"2"}}); a.Status < 400 && a.Status != 303 {
					t.Errorf("%s takes the table: %d", name, a.Status)
				}
			}
		}
		if a := o.citizen.Upload(door, "file", "a.csv", strings.NewReader(head)); a.Status != http.StatusForbidden {
			t.Errorf("a citizen hands a table in: %d", a.Status)
		}
		o.Want(200, o.away.Get(o.handIn(o.away, head+row("9"))), "Это место не в вашем ведении")
	})
}

// bomb is a workbook whose sheet unpacks to a gigabyte of nothing.
func bomb(t *testing.T) io.Reader {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, size := range map[string]int{"[Content_Types].xml": 1, "xl/workbook.xml": 1, "xl/worksheets/sheet1.xml": 300 << 20} {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.CopyN(w, zeros{}, int64(size))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return &b
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestFilesThatAreRefusedBesideTheField(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for name, c := range map[string]struct {
			file   io.Reader
			status int
			says   string
		}{
			"none.csv":    {strings.NewReader(""), 422, "нет строки с названиями"},
			"other.csv":   {strings.NewReader("a,b\n1,2\n"), 422, "не хватает столбцов"},
			"paper.pdf":   {strings.NewReader("%PDF-1.4"), 422, "не таблица"},
			"bomb.xlsx":   {bomb(t), 422, "сжат"},
			"large.csv":   {io.LimitReader(zeros{}, 100<<20), 413, "слишком большой"},
			"broken.xlsx": {strings.NewReader("PK\x03\x04 and nothing more"), 422, "поврежд"},
		} {
			a := o.officer.Upload(door, "file", name, c.file)
			if a.Status != c.status || !strings.Contains(a.Body, c.says) || !strings.Contains(a.Body, `id="f-file-fault"`) {
				t.Errorf("%s: %d, wants %q beside the field: %s", name, a.Status, c.says, regexp.MustCompile(`(?s)<main.*?</form>`).FindString(a.Body))
			}
		}
		o.Want(422, o.officer.Post(door, url.Values{}), "Выберите файл")
		o.Want(200, o.officer.Get("/ru/desk/imports"), "Таблиц пока нет")
	})
}

func TestTemplatesAndTheRestAsTables(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for _, l := range i18n.Langs {
			base := "/" + string(l) + "/desk/imports/kinds/projects"
			csv := o.officer.Get(base + "/template.csv")
			o.Want(200, csv, "230940123450")
			a := o.officer.Upload(base, "file", string(l)+".csv", strings.NewReader(csv.Body))
			if a.Status != http.StatusSeeOther {
				t.Fatalf("the template in %s is refused: %s", l, a.Body)
			}
			if im := o.rests(a.Header.Get("Location")); im.State != imports.Checked || im.Counts.Read != 0 {
				t.Errorf("the template in %s has %d rows: %s", l, im.Counts.Read, im.State)
			}
			if a := o.officer.Get(base + "/template.xlsx"); a.Status != 200 || !strings.HasPrefix(a.Body, "PK") {
				t.Errorf("the template in %s as XLSX: %d", l, a.Status)
			}
		}
		faulty := strings.Replace(strings.Replace(row("5"), "Клуб 5", `"=cmd|' /C calc'!A0"`, 1), "20.01.2026", "30.02.2026", 1)
		page := o.handIn(o.officer, head+row("1")+faulty)
		o.Want(200, o.officer.Get(page+"/rest.csv"), "30.02.2026", "Дата договора: Такой даты нет", "Почему не принята")
		sheet, err := excelize.OpenReader(strings.NewReader(o.officer.Get(page + "/rest.xlsx").Body))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := sheet.GetRows(sheet.GetSheetName(0))
		if err != nil || len(rows) != 2 || len(rows[1]) != 12 {
			t.Errorf("the rest as XLSX: %v %v", rows, err)
		}
		for _, bad := range []string{page + "/rest.exe", page + "/x.csv", door + "/template.pdf", "/ru/desk/imports/kinds/nothing"} {
			if a := o.officer.Get(bad); a.Status != http.StatusNotFound {
				t.Errorf("%s answers %d", bad, a.Status)
			}
		}
	})
}

// A page of faulty rows leads to the next one and shows every row once.
func TestPagesOfFaultyRows(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		var b strings.Builder
		for i := range 60 {
			b.WriteString(strings.Replace(row(fmt.Sprintf("N%d", i)), "youth", "ғарыш", 1))
		}
		page, seen := o.handIn(o.officer, head+b.String()), map[string]bool{}
		for next := page; next != ""; {
			a := o.officer.Get(next)
			for _, m := range regexp.MustCompile(`N\d+ · `).FindAllString(a.Body, -1) {
				if seen[m] {
					t.Errorf("%s stands on two pages", m)
				}
				seen[m] = true
			}
			next = ""
			if m := regexp.MustCompile(`href="([^"]*)" rel="next"`).FindStringSubmatch(a.Body); m != nil {
				next = strings.ReplaceAll(m[1], "&amp;", "&")
			}
		}
		if len(seen) != 60 {
			t.Errorf("%d of 60 faulty rows are shown", len(seen))
		}
	})
}
