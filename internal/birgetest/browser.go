package birgetest

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"birge/internal/platform/web"

	"github.com/chromedp/chromedp"
)

// The environment variables that name the browser and the file axe.min.js of axe-core.
const (
	Chromium = "BIRGE_TEST_CHROMIUM"
	Axe      = "BIRGE_TEST_AXE"
)

// pageTime bounds what a browser may take for one page.
const pageTime = time.Minute

// Browser is a real browser with one tab and a profile of its own.
type Browser struct {
	t   testing.TB
	ctx context.Context
	axe string

	reader *Reader // whose session it has
}

// BrowseWithCamera is Browse with a camera that sees a moving picture, in the form
// y4m, which is kept under a name.
func BrowseWithCamera(t testing.TB, picture []byte, name string) *Browser {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	return browse(t, chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-file-for-fake-video-capture", path))
}

// Browse starts a browser until the end of the test. Without one the test is
// skipped.
func Browse(t testing.TB) *Browser {
	t.Helper()
	return browse(t)
}

func browse(t testing.TB, more ...chromedp.ExecAllocatorOption) *Browser {
	t.Helper()
	path := os.Getenv(Chromium)
	if path == "" {
		t.Skip(Chromium + " names no browser")
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("headless", "new"), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
	}
	options = append(options, more...)
	alloc, stopAlloc := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	t.Cleanup(stopAlloc)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	b := &Browser{t: t, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("the browser does not start: %v", err)
	}
	return b
}

// Width makes the window so many CSS pixels wide.
func (b *Browser) Width(pixels int64) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(pixels, 800))
}

// Open shows an address and waits until it is loaded.
func (b *Browser) Open(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url))
}

// OpenAs shows an address of the portal to a reader.
func (b *Browser) OpenAs(r *Reader, path string) {
	b.t.Helper()
	if b.reader != r {
		b.Open(r.w.URL + "/healthz") // a plain answer of the portal, whose cookies are then set
		session := web.SessionCookie + "=; path=/; max-age=0"
		for _, c := range r.cookies() {
			session = c.Name + "=" + c.Value + "; path=/"
		}
		Eval[string](b, "document.cookie = "+strconv.Quote(session))
		b.reader = r
	}
	b.Open(r.w.URL + path)
}

func (b *Browser) do(step chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, pageTime)
	defer cancel()
	if err := chromedp.Do(ctx, step); err != nil {
		b.t.Fatal(err)
	}
}

// Await waits until something that the CSS selector names can be seen.
func (b *Browser) Await(selector string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// Type writes into a field by the keyboard; "\r" is the Enter key.
func (b *Browser) Type(selector, keys string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS(selector), keys))
}

// Set gives a field a value at once, as choosing a day does.
func (b *Browser) Set(selector, value string) {
	b.t.Helper()
	b.do(chromedp.SetValue(chromedp.CSS(selector), value))
}

// Click presses what the selector names.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// Press presses what leads to another page by the Enter key, and waits until that
// is loaded.
func (b *Browser) Press(selector string) {
	b.t.Helper()
	before := Eval[float64](b, `performance.timeOrigin`)
	b.Type(selector, "\r")
	ctx, cancel := context.WithTimeout(b.ctx, pageTime)
	defer cancel()
	for {
		loaded, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.readyState == "complete" && performance.timeOrigin != `+strconv.FormatFloat(before, 'f', -1, 64)))
		if err == nil && loaded { // asked between two pages it fails
			return
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			b.t.Fatalf("%s leads nowhere: %s", selector, Eval[string](b, `document.readyState+" "+location.href+" "+performance.timeOrigin+" "+[...document.querySelectorAll(":invalid")].map(e => e.name + ": " + e.validationMessage).join(", ")`))
		}
	}
}

// Reads gives the text of what the selector names, once it can be seen.
func (b *Browser) Reads(selector string) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, pageTime)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		b.t.Fatalf("%s: %v", selector, err)
	}
	return text
}

// Eval runs a script in the page, past its content policy, awaits it and gives
// its value.
func Eval[T any](b *Browser, script string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, pageTime)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// ScrollsSideways tells by how many pixels the page is wider than the window.
func (b *Browser) ScrollsSideways() int64 {
	b.t.Helper()
	return Eval[int64](b, `Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`)
}

// Violation is a rule of accessibility that a page breaks, and where.
type Violation struct {
	ID, Help string
	Nodes    []string
}

// axeRun judges by the rules of WCAG 2.2 AA and by what axe calls best practice.
const axeRun = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"]})
	.then(r => r.violations.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.map(n => n.target.join(" ") + ": " + n.failureSummary)})))`

// Violations has axe judge the page that is open. Without axe the test is skipped.
func (b *Browser) Violations() []Violation {
	b.t.Helper()
	if b.axe == "" {
		b.axe = axeSource(b.t)
	}
	Eval[bool](b, b.axe+"\n;true")
	return Eval[[]Violation](b, axeRun)
}

func axeSource(t testing.TB) string {
	t.Helper()
	path := os.Getenv(Axe)
	if path == "" {
		t.Skip(Axe + " names no file of axe-core")
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}
