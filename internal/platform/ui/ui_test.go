package ui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

func testPage(t *testing.T, l i18n.Lang) Page {
	t.Helper()
	w := i18n.NewWords()
	if err := w.Add(Locales); err != nil {
		t.Fatal(err)
	}
	return Page{
		Printer: w.Printer(l), Title: "T", Description: "D", Path: "/style?a=1", Base: "https://birge.example", Feed: "/style.atom",
		Nav:    []NavItem{{"ui.help", "/help", true}, {"ui.open_data", "/data", false}, {"ui.guide.projects", "/style", false}},
		Sample: true, Crumbs: []Crumb{{"A", "/a"}, {Title: "B"}}, Notice: "ok", On: "2026-03-01",
	}
}

// rendered is the whole style guide in its shell.
func rendered(t *testing.T, p Page) string {
	t.Helper()
	var b bytes.Buffer
	ctx := templ.WithChildren(context.Background(), StyleGuide(p))
	if err := Shell(p).Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func draw(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGuideIsWholeInEveryLanguage(t *testing.T) {
	for _, l := range i18n.Langs {
		t.Run(string(l), func(t *testing.T) {
			page := rendered(t, testPage(t, l))
			if at := strings.Index(page, "⟦"); at >= 0 {
				t.Errorf("a key without words: %s", page[at:min(at+80, len(page))])
			}
			wellFormed(t, page)
			lawful(t, page)
		})
	}
}

var voids = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// wellFormed checks that every tag that opens also closes, in order.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	var open []string
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				t.Fatal(z.Err())
			}
			if len(open) > 0 {
				t.Errorf("left open: %v", open)
			}
			return
		case html.StartTagToken:
			name, _ := z.TagName()
			if !slices.Contains(voids, string(name)) {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				t.Fatalf("</%s> closes %v", name, open)
			}
			open = open[:len(open)-1]
		}
	}
}

// lawful checks what the content policy and assistive technology ask of the
// page: no inline style or script, ids once, references that lead somewhere.
func lawful(t *testing.T, page string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids, wanted := map[string]int{}, []string{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "style" || n.Data == "script" && n.FirstChild != nil {
			t.Errorf("inline <%s>", n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			case a.Key == "id":
				ids[a.Val]++
			case a.Key == "for" || a.Key == "aria-describedby" || a.Key == "popovertarget":
				wanted = append(wanted, strings.Fields(a.Val)...)
			case a.Key == "href" && strings.HasPrefix(a.Val, "#f-"):
				wanted = append(wanted, a.Val[1:])
			case a.Key == "href" && strings.Contains(a.Val, "about:invalid"):
				t.Errorf("refused address in <%s>", n.Data)
			}
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("id %q stands %d times", id, n)
		}
	}
	for _, id := range wanted {
		if ids[id] == 0 {
			t.Errorf("nothing has the id %q", id)
		}
	}
}

func TestComponentsOutsideTheGuide(t *testing.T) {
	for _, l := range i18n.Langs {
		p := testPage(t, l)
		for name, c := range map[string]templ.Component{
			"embed": EmbedCard(p, exampleCards()[0]), "upload": UploadForm(p, "/x"), "number": Number(p, Field{Name: "n", Label: "N", Mode: "numeric"}),
			"checkboxes": CheckboxGroup(p, Field{Name: "n", Label: "N", Choices: exampleKinds(p)}), "named": NamedButton("a", "b", "c", Late),
			"post": PostButton(p, "/x", "X", []Pair{{"a", "b"}}), "no lines": Lines(p, Chart{}), "no faults": ErrorSummary(p, nil, nil),
		} {
			out := draw(t, c)
			wellFormed(t, out)
			if strings.Contains(out, "⟦") {
				t.Errorf("%s in %s: a key without words: %s", name, l, out)
			}
		}
	}
}

func TestURL(t *testing.T) {
	p := testPage(t, i18n.RU)
	for _, c := range []struct{ got, want string }{
		{p.URL("/projects"), "/ru/projects"},
		{p.URL(""), "/ru/"},
		{p.URL("/projects", "q", "а б", "none", ""), "/ru/projects?q=%D0%B0+%D0%B1"},
		{p.URL("/projects?a=1", "b", "2"), "/ru/projects?a=1&b=2"},
		{p.Href("#top"), "#top"},
		{p.Href("https://x.example/"), "https://x.example/"},
		{p.Href("//evil.example"), "//evil.example"},
		{p.In(i18n.KK), "/kk/style?a=1"},
		{withoutOn("/p?on=2026-03-01&tab=x"), "/p?tab=x"},
		{withoutOn("/p?on=2026-03-01"), "/p"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestForeignTextIsEscapedAndMarked(t *testing.T) {
	p := testPage(t, i18n.KK)
	out := draw(t, Text(p, i18n.Only(i18n.RU, `<script>"x"`)))
	if !strings.Contains(out, `lang="ru"`) || strings.Contains(out, "<script>") {
		t.Error(out)
	}
	if out := draw(t, LinkButton(p, "javascript:alert(1)", "x")); strings.Contains(out, "javascript:") {
		t.Error(out)
	}
	if out := draw(t, Prose(p, i18n.Only(i18n.KK, "a\nb\r\n\r\nc"))); strings.Count(out, "<p>") != 2 || strings.Count(out, "<br>") != 1 {
		t.Error(out)
	}
}

func TestFaultsWithoutFieldAreNotLost(t *testing.T) {
	bad := problem.Fields{"b": {Key: "form.required"}, "rows": {Key: "form.too_long", Args: []any{"max", 5}}}
	got := faultsOf(bad, []Field{{Name: "a"}, {Name: "b", Label: "B"}})
	if len(got) != 2 || got[0].Name != "b" || got[1].Name != "rows" {
		t.Errorf("%+v", got)
	}
}

func TestShares(t *testing.T) {
	for _, c := range []struct{ value, limit, want int64 }{{0, 0, 0}, {-1, 5, 0}, {1, 3, 33}, {9, 3, 100}, {math.MaxInt64, math.MaxInt64, 100}} {
		if got := share(c.value, c.limit); got != c.want {
			t.Errorf("share(%d, %d) = %d, want %d", c.value, c.limit, got, c.want)
		}
	}
}

func TestSumsAreCounted(t *testing.T) {
	p := testPage(t, i18n.EN)
	foot := exampleSums(p).sheet(p).Foot
	if want := p.Money(3_640_000_000, ""); len(foot) != 4 || foot[1].Text != want {
		t.Errorf("%+v, want %s", foot, want)
	}
}

func TestMapHasEveryRegionOnce(t *testing.T) {
	codes, spots := map[string]bool{}, map[[2]int]bool{}
	for _, s := range layout {
		codes[s.code], spots[[2]int{s.col, s.row}] = true, true
	}
	if len(codes) != 20 || len(spots) != 20 {
		t.Errorf("%d regions on %d tiles", len(codes), len(spots))
	}
}

func TestAssetsAreLight(t *testing.T) {
	if n := len(brotliOf(allAssets()["style.css"].forms[""])); n > 9<<10 {
		t.Errorf("style sheet: %d bytes compressed", n)
	}
	if n := len(allAssets()["page.js"].forms[""]); n > 8<<10 {
		t.Errorf("script: %d bytes", n)
	}
}

func TestAssetsAreServedForEverAndCompressed(t *testing.T) {
	h := Assets()
	for accept, want := range map[string]string{"gzip, br;q=0.5": "br", "gzip, zstd": "gzip", "gzip": "gzip", "br;q=0": "", "": ""} {
		r := httptest.NewRequest(http.MethodGet, AssetPath("style.css"), nil)
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Encoding"); w.Code != http.StatusOK || got != want {
			t.Errorf("%q: %d, coding %q, want %q", accept, w.Code, got, want)
		}
		if !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Error("not kept for ever")
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/static/0000000000000000.css", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("an unknown asset answers %d", w.Code)
	}
}

var token = regexp.MustCompile(`--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`)

// Every pair of text and ground that the sheet uses is readable in both modes.
func TestContrast(t *testing.T) {
	css := string(allAssets()["style.css"].forms[""])
	tokens := map[string][2]string{}
	for _, m := range token.FindAllStringSubmatch(css, -1) {
		tokens[m[1]] = [2]string{m[2], m[3]}
	}
	for _, pair := range []string{
		"ink paper", "ink card", "soft paper", "soft card", "sky paper", "sky card", "sky sky-wash", "ochre ochre-wash", "ochre paper", "ochre card",
		"good good-wash", "good paper", "good card", "bad bad-wash", "bad paper", "bad card", "on sky", "on bad", "ink sky-wash", "ink good-wash", "ink ochre-wash", "ink bad-wash", "sky ochre-wash", "sky bad-wash", "sky good-wash", "soft sky-wash",
	} {
		text, ground, _ := strings.Cut(pair, " ")
		for mode, name := range []string{"light", "dark"} {
			t.Run(fmt.Sprintf("%s on %s, %s", text, ground, name), func(t *testing.T) {
				if c := contrast(t, tokens[text][mode], tokens[ground][mode]); c < 4.5 {
					t.Errorf("%.2f", c)
				}
			})
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	if len(colour) != 7 {
		t.Fatalf("no colour %q", colour)
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

// A list that is asked for by any address has an address of its own that asks for the same.
func FuzzReadAsk(f *testing.F) {
	f.Add("q=%D0%B0&page=2&sort=new&place=1&place=2")
	f.Add("page=9223372036854775807&sort=x&q=%00")
	f.Add("place=%FF&place=&page=-1;%zz")
	listed := Listed{Path: "/projects", PerPage: 20, Orders: []string{"new"}, Facets: []Facet{{Name: "place", Index: "place"}, {Name: "by", Index: "by", Uncounted: true}},
		Number: func(_, value string) int64 { return int64(len(value)) }}
	f.Fuzz(func(t *testing.T, query string) {
		read := func(query string) Ask {
			r := httptest.NewRequest(http.MethodGet, "/projects", nil)
			r.URL.RawQuery = query
			return ReadAsk(r, listed)
		}
		a := read(query)
		if a.Offset < 0 || a.Limit != 20 || a.Page < 1 {
			t.Errorf("page %d from %d, %d", a.Page, a.Offset, a.Limit)
		}
		_, own, _ := strings.Cut(a.Address(""), "?")
		if b := read(own); fmt.Sprint(b.Choices) != fmt.Sprint(a.Choices) || fmt.Sprint(b.Query.Filters) != fmt.Sprint(a.Query.Filters) || b.Text != a.Text {
			t.Errorf("%q asks for %v, its own address %q for %v", query, a, own, b)
		}
	})
}

// Pages of strangers are kept for all of them, so their forms are all the same.
func TestOnlyFormsOfPeopleWhoAreSignedInAreKnown(t *testing.T) {
	p := testPage(t, i18n.RU)
	for _, signedIn := range []bool{false, true} {
		p.User.SignedIn = signedIn
		for name, c := range map[string]templ.Component{"form": Form(p, "/x", ""), "upload": UploadForm(p, "/x"),
			"button": PostButton(p, "/x", "X", nil), "confirm": ConfirmDialog(p, Confirm{Path: "/x", Button: "X"})} {
			if got := strings.Contains(draw(t, c), `name="once"`); got != signedIn {
				t.Errorf("the %s of a reader who is signed in %v is known: %v", name, signedIn, got)
			}
		}
	}
}
