package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

func open(t testing.TB, b []byte) (*Reader, error) {
	t.Helper()
	return Open("кесте", bytes.NewReader(b), int64(len(b)), DefaultLimits)
}

// rowsOf reads everything as header | rows, one line each.
func rowsOf(t testing.TB, b []byte) []string {
	t.Helper()
	r, err := open(t, b)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	out := []string{strings.Join(r.Header(), "|")}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("%d: %s", row.Line, strings.Join(row.Cells, "|"))
		for i := range row.Cells {
			if f, ok := row.Faults[i]; ok {
				line += fmt.Sprintf(" !%d %s", i, f.Key)
			}
		}
		out = append(out, line)
	}
}

// failure reads everything and gives the kind and key of the problem met.
func failure(t testing.TB, b []byte) (problem.Kind, string) {
	t.Helper()
	r, err := open(t, b)
	if err == nil {
		defer r.Close()
		for err == nil {
			_, err = r.Next()
		}
	}
	p := problem.As(err)
	if p == nil {
		t.Fatalf("not a problem: %v", err)
	}
	return p.Kind, p.Key
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestCSVShapes(t *testing.T) {
	for name, in := range map[string]string{
		"comma":     "Name,Sum\nÜmit,5\n",
		"semicolon": "Name;Sum\r\nÜmit;5\r\n",
		"tab":       "Name\tSum\nÜmit\t5",
		"mark":      "\ufeffName,Sum\nÜmit,5\n",
		"blanks":    "Name,Sum\nÜmit,5\n,\n\n",
		"spaces":    " Name , Sum \n Ümit , 5 \n",
	} {
		t.Run(name, func(t *testing.T) { same(t, rowsOf(t, []byte(in)), "Name|Sum", "2: Ümit|5") })
	}
}

func TestCSVQuotes(t *testing.T) {
	in := "Атауы;Сипаты;Сома\n\"Бірінші\nжол\";\"a;b\";1,50\nТОО \"Үміт\";x;2,50\n"
	same(t, rowsOf(t, []byte(in)), "Атауы|Сипаты|Сома", "2: Бірінші\nжол|a;b|1,50", "4: ТОО \"Үміт\"|x|2,50")
}

func TestHeaderUnderTitlesAndOverNumbers(t *testing.T) {
	in := "Реестр договоров за 2026 год;;;\n;;;\nАктюбинская область;;;\n№;Наименование;БИН;Сумма\n1;2;3;4\n1;Үміт;150140000012;100\n"
	same(t, rowsOf(t, []byte(in)), "№|Наименование|БИН|Сумма", "6: 1|Үміт|150140000012|100")
}

func TestEncodings(t *testing.T) {
	const text = "Атауы;Орны\nҚоғамдық бірлестік «Әлеумет үшін»;Ұлытау Өңірі ғылым һәм\nОбщественный фонд № 5;Ақтөбе\n"
	want := rowsOf(t, []byte(text))
	units := utf16.Encode([]rune("\ufeff" + text))
	var little, big []byte
	for _, u := range units {
		little = append(little, byte(u), byte(u>>8))
		big = append(big, byte(u>>8), byte(u))
	}
	for name, b := range map[string][]byte{
		"UTF-16 little": little, "UTF-16 big": big, "Windows-1251 with Kazakh letters": toKZ1048(t, text),
	} {
		t.Run(name, func(t *testing.T) { same(t, rowsOf(t, b), want...) })
	}
}

func TestRussianWindows1251(t *testing.T) {
	const text = "Наименование;Сумма\nПоддержка молодёжи;12 500,50\n"
	same(t, rowsOf(t, toKZ1048(t, text)), rowsOf(t, []byte(text))...)
}

func toKZ1048(t *testing.T, s string) (b []byte) {
	t.Helper()
	for _, r := range s {
		i := slices.Index(kz1048[:], r)
		switch {
		case r < 0x80:
			b = append(b, byte(r))
		case i >= 0:
			b = append(b, byte(i+0x80))
		default:
			t.Fatalf("%q is not in KZ-1048", r)
		}
	}
	return b
}

func TestRefusedText(t *testing.T) {
	koi8 := []byte("name;x\n\xf0\xcf\xc4\xc4\xc5\xd2\xd6\xcb\xc1 \xcd\xcf\xcc\xcf\xc4\xc5\xd6\xc9;1\n")
	for _, c := range []struct {
		name, key string
		in        []byte
	}{
		{"Latin-1", "table.encoding", []byte("name;place\ncaf\xe9;x\n")},
		{"KOI8", "table.encoding", koi8},
		{"cut in a character", "table.encoding", []byte("name;place\nx;\xd0")},
		{"zero bytes", "table.unknown_format", []byte("a;b\n\x00\x01")},
		{"PDF", "table.unknown_format", []byte("%PDF-1.7\n")},
		{"old Excel", "table.old_excel", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest")},
		{"empty", "table.no_header", nil},
		{"figures only", "table.no_header", []byte("1;2\n3;4\n")},
		{"open quote", "table.row_too_long", []byte("name;x\n\"never closed;" + strings.Repeat("x\n", 2<<20))},
		{"wide", "table.too_many_columns", []byte(strings.Repeat("name;", 600) + "\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, key := failure(t, c.in); key != c.key {
				t.Errorf("got %s, want %s", key, c.key)
			}
		})
	}
}

// noBytes is a file that must not be read.
type noBytes struct{ t *testing.T }

func (n noBytes) ReadAt([]byte, int64) (int, error) {
	n.t.Error("it was read")
	return 0, io.EOF
}

func TestTooLargeIsRefusedUnread(t *testing.T) {
	_, err := Open("x.csv", noBytes{t}, 100<<20, DefaultLimits)
	if p := problem.As(err); p == nil || p.Kind != problem.TooLarge || p.Key != "table.too_large" {
		t.Errorf("got %v", err)
	}
}

func TestTooManyRows(t *testing.T) {
	limits := DefaultLimits
	limits.Rows = 2
	in := "name;x\na;1\nb;2\nc;3\n"
	r, err := Open("x", strings.NewReader(in), int64(len(in)), limits)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Next(); !problem.Is(err, problem.TooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestCSVFormulaIsAFault(t *testing.T) {
	same(t, rowsOf(t, []byte("name;sum\n=cmd();5\n'=a;-5\n")), "name|sum", "2: |5 !0 table.cell.formula", "3: =a|-5")
}

// sheet makes a workbook with the given rows of XML and shared texts.
func sheet(t testing.TB, rows, shared string) []byte {
	t.Helper()
	return zipped(t, map[string]string{
		"xl/workbook.xml": `<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="h" state="hidden" r:id="r1"/>` +
			`<sheet name="a" r:id="r2"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Target="no.xml"/>` +
			`<Relationship Id="r2" Target="worksheets/sheet2.xml"/></Relationships>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[Red]0.0&quot;day&quot;"/>` +
			`<numFmt numFmtId="165" formatCode="dd\.mm\.yyyy"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>` +
			`<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml":     `<sst>` + shared + `</sst>`,
		"xl/worksheets/sheet2.xml": `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`,
	})
}

func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const xlsxHeader = `<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c><c r="B1" t="str"><v>Value</v></c></row>`

func TestXLSXCells(t *testing.T) {
	for name, c := range map[string]struct{ cell, want string }{
		"shared":         {`<c r="B2" t="s"><v>1</v></c>`, "rich text"},
		"whole":          {`<c r="B2"><v>150140000012</v></c>`, "150140000012"},
		"exponent":       {`<c r="B2"><v>1.5014E+11</v></c>`, "150140000000"},
		"noise":          {`<c r="B2"><v>0.30000000000000004</v></c>`, "0.3"},
		"date":           {`<c r="B2" s="1"><v>46349</v></c>`, "2026-11-23"},
		"own date":       {`<c r="B2" s="3"><v>46349.75</v></c>`, "2026-11-23"},
		"no date":        {`<c r="B2" s="2"><v>46349</v></c>`, "46349"},
		"early date":     {`<c r="B2" s="1"><v>1</v></c>`, "1900-01-01"},
		"day never":      {`<c r="B2" s="1"><v>60</v></c>`, " !1 table.cell.no_such_date"},
		"ISO date":       {`<c r="B2" t="d"><v>2026-11-23T00:00:00</v></c>`, "2026-11-23"},
		"yes":            {`<c r="B2" t="b"><v>1</v></c>`, "true"},
		"inline runs":    {`<c r="B2" t="inlineStr"><is><r><t>a</t></r><r><t> b</t></r></is></c>`, "a b"},
		"formula":        {`<c r="B2"><f>1+1</f><v>2</v></c>`, " !1 table.cell.formula"},
		"shared formula": {`<c r="B2"><f t="shared" si="0"/><v>2</v></c>`, " !1 table.cell.formula"},
		"error":          {`<c r="B2" t="e"><v>#N/A</v></c>`, " !1 table.cell.error"},
		"lost text":      {`<c r="B2" t="s"><v>9</v></c>`, " !1 table.cell.error"},
		"no number":      {`<c r="B2"><v>NaN</v></c>`, " !1 table.cell.error"},
	} {
		t.Run(name, func(t *testing.T) {
			b := sheet(t, xlsxHeader+`<row r="2"><c r="A2" t="s"><v>0</v></c>`+c.cell+`</row><row r="5"/>`,
				`<si><t>x</t></si><si><r><t>rich</t></r><r><t xml:space="preserve"> text</t></r><rPh><t>no</t></rPh></si>`)
			same(t, rowsOf(t, b), "Name|Value", "2: x|"+c.want)
		})
	}
}

func TestXLSX1904(t *testing.T) {
	b := sheet(t, xlsxHeader+`<row r="2"><c r="A2" t="str"><v>x</v></c><c r="B2" s="1"><v>44887</v></c></row>`, "")
	parts := unzipped(t, b)
	parts["xl/workbook.xml"] = strings.Replace(parts["xl/workbook.xml"], "<workbookPr/>", `<workbookPr date1904="1"/>`, 1)
	same(t, rowsOf(t, zipped(t, parts)), "Name|Value", "2: x|2026-11-23")
}

func unzipped(t testing.TB, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(text)
	}
	return parts
}

func TestRefusedXLSX(t *testing.T) {
	good := sheet(t, xlsxHeader, "")
	parts := unzipped(t, good)
	with := func(name, text string) []byte {
		changed := map[string]string{}
		for k, v := range parts {
			changed[k] = v
		}
		changed[name] = text
		return zipped(t, changed)
	}
	many := map[string]string{}
	for i := range 1001 {
		many[fmt.Sprint(i)] = ""
	}
	for _, c := range []struct {
		name, key string
		in        []byte
	}{
		{"no workbook", "table.unknown_format", zipped(t, map[string]string{"word/document.xml": "<w/>"})},
		{"cut short", "table.damaged", good[:len(good)/2]},
		{"sheet cut short", "table.damaged", with("xl/worksheets/sheet2.xml", `<worksheet><sheetData>`+xlsxHeader+`<row r="2">`)},
		{"sheet without end", "table.damaged", with("xl/worksheets/sheet2.xml", `<worksheet><sheetData>`+xlsxHeader)},
		{"rows back", "table.damaged", sheet(t, xlsxHeader+`<row r="1"><c r="A1"><v>1</v></c></row>`, "")},
		{"bomb", "table.bomb", with("xl/worksheets/sheet2.xml", strings.Repeat(" ", 64<<20))},
		{"bomb beside the sheet", "table.bomb", with("xl/media/x", strings.Repeat(" ", 64<<20))},
		{"parts", "table.bomb", zipped(t, many)},
		{"long text", "table.row_too_long", sheet(t, xlsxHeader+`<row r="2"><c r="A2" t="str"><v>`+strings.Repeat("x", 3<<20)+`</v></c></row>`, "")},
		{"long comment", "table.row_too_long", sheet(t, xlsxHeader+`<!--`+strings.Repeat("<x", 3<<20)+`-->`, "")},
		{"far column", "table.too_many_columns", sheet(t, xlsxHeader+`<row r="2"><c r="XFD2" t="str"><v>x</v></c></row>`, "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, key := failure(t, c.in); key != c.key {
				t.Errorf("got %s, want %s", key, c.key)
			}
		})
	}
}

func TestBombWithALyingDirectory(t *testing.T) {
	b := sheet(t, xlsxHeader, "")
	limits := DefaultLimits
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		f.UncompressedSize64 = 0
	}
	limits.Unzipped = 100
	left, err := newBudget(z, int64(len(b)), limits)
	if err != nil {
		t.Fatal("the directory alone must not tell:", err)
	}
	r := budgetReader{io.NopCloser(strings.NewReader(strings.Repeat("x", 101))), left}
	if _, err := io.ReadAll(r); !errors.Is(err, errBomb) {
		t.Errorf("got %v", err)
	}
}

func TestSharedTextsAreBounded(t *testing.T) {
	limits := DefaultLimits
	limits.SharedStrings = 1000
	b := sheet(t, xlsxHeader, strings.Repeat("<si><t/></si>", 200))
	_, err := Open("x", bytes.NewReader(b), int64(len(b)), limits)
	if p := problem.As(err); p == nil || p.Key != "table.bomb" {
		t.Errorf("got %v", err)
	}
}

var wanted = Columns{
	{Name: "org_bin", Title: i18n.Text{KK: "БСН", RU: "БИН", EN: "BIN"}, Required: true},
	{Name: "title", Title: i18n.Text{KK: "Атауы", RU: "Наименование", EN: "Name"}, Also: []string{"Жоба", "Проект"}, Required: true},
	{Name: "sum", Title: i18n.Text{KK: "Сомасы", RU: "Сумма", EN: "Amount"}},
}

func TestMatch(t *testing.T) {
	in := "Тізілім, 2026 жыл;;;\nб.и.н.;  ПРОЕКТ ;Ескерту;СОМАСЫ\n150140000012;Үміт;;12 500 000,50\n;;x;5 ₸ ₸\n"
	r, err := open(t, []byte(in))
	if err != nil {
		t.Fatal(err)
	}
	m, err := wanted.Match(r)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(m.Unknown, []string{"Ескерту"}) || !m.Has("sum") {
		t.Errorf("unknown %q, sum %v", m.Unknown, m.Has("sum"))
	}
	row, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	rec := m.Record(row)
	if rec.BIN("org_bin") != "150140000012" || rec.Text("title", 10) != "Үміт" || rec.Money("sum") != 1250000050 || rec.Faults != nil {
		t.Errorf("got %+v", rec)
	}
	if row, err = r.Next(); err != nil {
		t.Fatal(err)
	}
	rec = m.Record(row)
	rec.Need("org_bin", "title")
	rec.Money("sum")
	if rec.Line() != 4 || rec.Faults["org_bin"].Key != "table.cell.required" || rec.Faults["sum"].Key != "table.cell.money" {
		t.Errorf("got %d %v", rec.Line(), rec.Faults)
	}
}

func TestMatchTakesTheRowWithMostKnownNames(t *testing.T) {
	in := "Есеп беруші;Жауапты;Күні;Орны\nБСН;Атауы;Сомасы\n150140000012;Үміт;5\n"
	r, err := open(t, []byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wanted.Match(r); err != nil {
		t.Fatal(err)
	}
	if row, err := r.Next(); err != nil || row.Line != 3 {
		t.Errorf("got %v, %v", row, err)
	}
}

func TestMissingColumnsAreOneProblem(t *testing.T) {
	r, err := open(t, []byte("Сумма;Примечание\n5;x\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = wanted.Match(r)
	p := problem.As(err)
	if p == nil || p.Key != "table.missing_columns" {
		t.Fatalf("got %v", err)
	}
	if got := p.Args[1].(i18n.Text).RU; got != "БИН, Наименование" {
		t.Errorf("got %q", got)
	}
}

func TestFormulaInARecord(t *testing.T) {
	r, err := open(t, []byte("БИН;Проект;Сумма\n150140000012;x;=1+1\n"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := wanted.Match(r)
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	rec := m.Record(row)
	rec.Need("sum")
	if rec.Money("sum"); rec.Faults["sum"].Key != "table.cell.formula" {
		t.Errorf("got %v", rec.Faults)
	}
}

// Each name in a header is a wanted column that answers to it, or unknown.
func FuzzMatch(f *testing.F) {
	f.Add("БИН|Проект|Сумма")
	f.Add("б.и.н.|БСН||x|org_bin")
	f.Add("Название|Жоба|ЖОБА\u00a0|.")
	f.Fuzz(func(t *testing.T, names string) {
		header := strings.Split(names, "|")
		m := wanted.In(header)
		rest := slices.DeleteFunc(slices.Clone(header), func(s string) bool { return s == "" })
		if len(m.at)+len(m.Unknown) != len(rest) {
			t.Errorf("%q has %v and %q", header, m.at, m.Unknown)
		}
		for _, c := range wanted {
			if i, ok := m.at[c.Name]; ok && !c.answersTo(header[i]) {
				t.Errorf("%q is taken for %s", header[i], c.Name)
			}
		}
		if again := wanted.In(header); len(again.at) != len(m.at) || len(again.Unknown) != len(m.Unknown) {
			t.Errorf("%q matches differently twice", header)
		}
	})
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("a;b\n1;2\n"))
	f.Add([]byte("\xff\xfea\x00;\x00b\x00\n\x00"))
	f.Add([]byte("\"a\n\",b\n=1,'=2\n"))
	f.Add([]byte("\xcd\xe0\xe8\xec;\xd1\xf3\xec\xec\xe0\n\xd4\xee\xed\xe4;5\n"))
	f.Add(sheet(f, xlsxHeader+`<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>`, ""))
	f.Add(zipped(f, map[string]string{"xl/workbook.xml": strings.Repeat(" ", 1<<20)}))
	f.Fuzz(readsOrRefuses)
}

func FuzzXLSX(f *testing.F) {
	f.Add(xlsxHeader, `<si><t>x</t></si>`)
	f.Add(xlsxHeader+`<row><c t="s"><v>0</v></c><c s="1"><v>1e5</v></c><c><f>1</f></c></row>`, `<si/>`)
	f.Fuzz(func(t *testing.T, rows, shared string) { readsOrRefuses(t, sheet(t, rows, shared)) })
}

// readsOrRefuses: whatever the bytes are, rows come within the limits, or a Problem.
func readsOrRefuses(t *testing.T, b []byte) {
	limits := DefaultLimits
	limits.Columns, limits.Record = 20, 10_000
	r, err := Open("x", bytes.NewReader(b), int64(len(b)), limits)
	if err == nil {
		defer r.Close()
	}
	line := 0
	for err == nil {
		var row Row
		if row, err = r.Next(); err != nil {
			break
		}
		if row.Line <= line || len(row.Cells) > 20 || row.blank() {
			t.Fatalf("row %+v after line %d", row, line)
		}
		line = row.Line
	}
	if !errors.Is(err, io.EOF) && problem.As(err) == nil {
		t.Fatalf("not a problem: %v", err)
	}
}
