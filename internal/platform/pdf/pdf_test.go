package pdf

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var made = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func sample(t testing.TB) []byte {
	t.Helper()
	d := New(Options{Title: "Шарт", Footer: "№ 2026-000001 · birge", Mark: "ҮЛГІ", Made: made})
	d.Title("ӘЛЕУМЕТТІК ЖОБАНЫ ІСКЕ АСЫРУ ТУРАЛЫ ШАРТ")
	d.Subtitle("№ 2026-000001")
	d.Heading("1. Шарттың нысанасы")
	d.Text("Әлеуметтік жоба: ғылым, үй, өңір, ұйым, қоғам, аң, һәм.\nКелесі азатжол 🙂 осында.")
	d.Facts(Fact{"Сомасы", "12 500 000 ₸"}, Fact{"Бос", ""}, Fact{"Ұзақ мән", strings.Repeat("өте ұзақ мән ", 40)})
	rows := make([][]string, 90)
	for i := range rows {
		rows[i] = []string{"Жол", strings.Repeat("сөз ", i%30), "1 000,00"}
	}
	d.Table(Table{Head: []string{"Атауы", "Негіздемесі", "Сомасы"}, Shares: []float64{2, 4, 1}, Right: []bool{false, false, true}, Rows: rows, Sum: []string{"Барлығы", "", "90 000,00"}})
	d.Sides([]string{"Тапсырыс беруші", "«Үлгі» басқармасы"}, []string{"Орындаушы", "«Үлгі» ҚҚ"})
	if err := d.QR("https://birge.example/kk/agreements/0", "Құжаттың беті"); err != nil {
		t.Fatal(err)
	}
	d.NextPage()
	d.Text(strings.Repeat("Бір сөйлем. ", 700))
	var b bytes.Buffer
	if _, err := d.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheSameDocumentHasTheSameBytes(t *testing.T) {
	if !bytes.Equal(sample(t), sample(t)) {
		t.Error("two documents made at one moment differ")
	}
}

func TestTextCanBeFoundInTheDocument(t *testing.T) {
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("needs pdftotext (poppler-utils)")
	}
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, sample(t), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(t.Context(), program, "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ғылым, үй, өңір, ұйым, қоғам, аң, һәм", "12 500 000 ₸", "Барлығы", "Орындаушы"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	if n := strings.Count(string(text), "Негіздемесі"); n < 2 {
		t.Errorf("the head of the table stands on %d pages", n)
	}
}

func FuzzText(f *testing.F) {
	f.Add("Қазақша", "a\x00b", 3)
	f.Add("😀\u202e", strings.Repeat("ұ", 500), 60)
	f.Fuzz(func(t *testing.T, a, b string, n int) {
		d := New(Options{Title: a, Footer: b, Made: made})
		d.Title(a)
		d.Text(b)
		d.Facts(Fact{a, b})
		d.Table(Table{Head: []string{a, b}, Shares: []float64{1, 1}, Rows: make([][]string, max(0, n%50)), Sum: []string{b, a}})
		if _, err := d.WriteTo(&bytes.Buffer{}); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkDocument(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		sample(b)
	}
}

// Nine cards take two pages; a name however long stays within its card.
func TestCards(t *testing.T) {
	d := New(Options{Title: "Бейдждер", Made: made})
	var list []Card
	for i := range 9 {
		list = append(list, Card{Head: strings.Repeat("Өңірлік азаматтық форум ", 1+i), Name: strings.Repeat("Айгүл Серікова ", 1+i), Lines: []string{"«Бірлік» қоғамдық бірлестігі", "ҮЕҰ · НПО"}, Code: "BIRGE:0123456789ABC:ABC1234", Short: "ABC-1234"})
	}
	if err := d.Cards(list); err != nil {
		t.Fatal(err)
	}
	if n := d.f.PageCount(); n != 2 {
		t.Errorf("%d pages", n)
	}
	var b bytes.Buffer
	if _, err := d.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
}
