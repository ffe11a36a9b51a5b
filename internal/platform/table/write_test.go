package table

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
)

func written(t testing.TB, make func(io.Writer) Writer, rows int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := make(&b)
	if err := w.Header([]string{"Атауы", "n", "sum", "share", "day", "ok", "note"}); err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		err := w.Row(Text("ҚБ \"Үміт\"; "+fmt.Sprint(i)), Int(int64(i)), Money(1250000050+int64(i)*100), Decimal(33.25),
			Date(db.Day(2026, time.November, 23)), YesNo(true), Cell{})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func csvTo(w io.Writer) Writer  { return NewCSV(w) }
func jsonTo(w io.Writer) Writer { return NewJSON(w) }
func xlsxTo(w io.Writer) Writer {
	x, err := NewXLSX(w, "Жобалар: 2026/27")
	if err != nil {
		panic(err)
	}
	return x
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	for name, make := range map[string]func(io.Writer) Writer{"CSV": csvTo, "XLSX": xlsxTo} {
		t.Run(name, func(t *testing.T) {
			got := rowsOf(t, written(t, make, 2))
			for i, line := range got {
				got[i] = strings.TrimSuffix(line, "|") // an empty last cell may be left out
			}
			sum := map[string]string{"CSV": "12500000.50", "XLSX": "12500000.5"}[name]
			same(t, got, "Атауы|n|sum|share|day|ok|note",
				"2: ҚБ \"Үміт\"; 0|0|"+sum+"|33.25|2026-11-23|true",
				"3: ҚБ \"Үміт\"; 1|1|"+strings.Replace(sum, "0000.", "0001.", 1)+"|33.25|2026-11-23|true")
		})
	}
}

func TestXLSXOpensElsewhere(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(written(t, xlsxTo, 1)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Жобалар  2026 27")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[1], "|"); got != "ҚБ \"Үміт\"; 0|0|12,500,000.50 ₸|33.25|2026-11-23|TRUE" {
		t.Errorf("got %s", got)
	}
}

func TestCSVBytes(t *testing.T) {
	var b bytes.Buffer
	w := NewCSV(&b)
	if err := errors.Join(w.Header([]string{"a", "=b"}), w.Row(Text("=1+1"), Text("x,\n\"y\"")), w.Row(Text("-5"), Int(-5)),
		w.Row(Text("-5+1"), Text("@x")), w.Row(Text("+7 701"), Text("\tx")), w.Row(Text("- item"), Money(-50)), w.Close()); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffa,'=b\r\n'=1+1,\"x,\r\n\"\"y\"\"\"\r\n-5,-5\r\n'-5+1,'@x\r\n'+7 701,'\tx\r\n'- item,-0.50\r\n"
	if b.String() != want {
		t.Errorf("got %q\nwant %q", b.String(), want)
	}
}

func TestGuardComesOffAgain(t *testing.T) {
	for _, s := range []string{"=1", "+7", "-", "-5", "@a", "'=1", "'", "x", "-5+1"} {
		if got := unguard(guard(s)); got != s && s != "'=1" {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestJSONRows(t *testing.T) {
	var got []map[string]any
	if err := json.Unmarshal(written(t, jsonTo, 2), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0]["sum"] != 12500000.5 || got[1]["day"] != "2026-11-23" || got[0]["ok"] != true || got[0]["note"] != nil {
		t.Errorf("got %v", got)
	}
	if b := written(t, jsonTo, 0); string(b) != "[]\n" {
		t.Errorf("no rows are %q", b)
	}
}

// usedKey finds the keys in the package's own text.
var usedKey = regexp.MustCompile(`"(table\.[a-z_.]+)"`)

func TestEveryKeyHasItsWords(t *testing.T) {
	words := i18n.NewWords()
	if err := words.Add(Locales); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".go") && !strings.HasSuffix(f.Name(), "_test.go") {
			b, err := os.ReadFile(f.Name())
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range usedKey.FindAllSubmatch(b, -1) {
				used[string(m[1])] = true
			}
		}
	}
	for _, l := range i18n.Langs {
		keys := words.Keys(l)
		for k := range used {
			if !slices.Contains(keys, k) {
				t.Errorf("%s lacks %s", l, k)
			}
		}
		for _, k := range keys {
			if !used[k] {
				t.Errorf("%s has %s, which nothing says", l, k)
			}
		}
	}
}

func BenchmarkRead50k(b *testing.B) {
	for name, make := range map[string]func(io.Writer) Writer{"CSV": csvTo, "XLSX": xlsxTo} {
		in := written(b, make, 50_000)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r, err := open(b, in)
				if err != nil {
					b.Fatal(err)
				}
				n := 0
				for ; err == nil; n++ {
					_, err = r.Next()
				}
				if n != 50_001 {
					b.Fatal(n, err)
				}
			}
		})
	}
}

func BenchmarkWrite50k(b *testing.B) {
	for name, make := range map[string]func(io.Writer) Writer{"CSV": csvTo, "XLSX": xlsxTo, "JSON": jsonTo} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				written(b, make, 50_000)
			}
		})
	}
}
