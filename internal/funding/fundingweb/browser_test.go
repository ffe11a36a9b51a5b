package fundingweb_test

import (
	"strings"
	"testing"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/birgetest"
	"birge/internal/funding"
	"birge/internal/platform/db/dbtest"
)

// becomes waits until a script in the page says yes.
func becomes(t *testing.T, b *birgetest.Browser, what, script string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !birgetest.Eval[bool](b, script); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: the page says %q", what, b.Reads("[data-saved]"))
		}
	}
}

// What is typed is stored within two seconds; when the portal does not answer, the
// page says so, keeps the text, and sends it when it can.
func TestTypingInABrowser(t *testing.T) {
	b := birgetest.Browse(t)
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		s := setUp(t, w)
		path := s.draft()
		b.OpenAs(s.lead, path+"/idea")
		b.Type("#f-risks", "Зал закроют на ремонт")
		typed := time.Now()
		const stored = `!!document.querySelector("[data-saved]")?.textContent.includes("Сохранено в")`
		becomes(t, b, "typing", stored)
		if took := time.Since(typed); took > 2*time.Second {
			t.Errorf("stored %s after the last key", took)
		}
		if body := s.page(s.staff, path+"/idea"); !strings.Contains(body, "Зал закроют на ремонт") {
			t.Error("what was shown as saved is not there")
		}
		birgetest.Eval[bool](b, `window.fetch = () => Promise.reject(new TypeError("no connection")), true`)
		b.Type("#f-lasting", ", и тренер")
		becomes(t, b, "a portal that does not answer", `document.querySelector("[data-saved]").textContent.includes("нет связи")`)
		if body := s.page(s.staff, path+"/idea"); strings.Contains(body, "и тренер") {
			t.Error("the test cut no connection")
		}
		b.OpenAs(s.lead, path+"/results") // the browser goes on with another page of the same draft
		becomes(t, b, "the connection is back", `document.querySelector("[data-saved]").textContent.includes("Сохранено в")`)
		if body := s.page(s.staff, path+"/idea"); !strings.Contains(body, "и тренер") {
			t.Error("what was kept in the browser is lost")
		}
		// Two people write one field: the page shows both and the reader chooses.
		b.OpenAs(s.lead, path+"/idea")
		s.fill(s.staff, path+"/idea", map[string][]string{"method": {"Текст другого"}})
		b.Type("#f-method", " и мой")
		becomes(t, b, "a clash", `!!document.getElementById("clash-method")?.textContent.includes("Текст другого")`)
		b.Click("#clash-method button:last-of-type")
		becomes(t, b, "mine is kept", stored)
		if body := s.page(s.staff, path+"/idea"); !strings.Contains(body, "и мой") {
			t.Error("what the reader chose is not stored")
		}
	})
}

// Every page of an application can be used by everybody, on a phone and on a desk,
// in three languages.
func TestPagesForEverybody(t *testing.T) {
	b := birgetest.Browse(t)
	w := birgetest.Start(t, dbtest.SQLite(t, migrations.FS))
	s := setUp(t, w)
	path := s.draft()
	s.attach(path)
	look := func(r *birgetest.Reader, path string) {
		for _, lang := range []string{"kk", "ru", "en"} {
			at := "/" + lang + strings.TrimPrefix(path, "/ru")
			b.OpenAs(r, at)
			for _, width := range []int64{360, 1280} {
				b.Width(width)
				for _, v := range b.Violations() {
					t.Errorf("%s at %d: %s", at, width, v)
				}
				if by := b.ScrollsSideways(); by > 0 {
					t.Errorf("%s at %d scrolls sideways by %d", at, width, by)
				}
			}
		}
	}
	call := "/ru/calls/" + s.call.ID.String()
	look(s.lead, call+"/apply")
	for _, step := range funding.Steps {
		if step != funding.StepForm {
			look(s.lead, path+"/"+string(step))
		}
	}
	receipt, _, _ := strings.Cut(s.sent(s.lead, path+"/submit", nil), "?")
	look(s.lead, receipt)
	application := strings.TrimSuffix(receipt, "/receipt")
	look(s.lead, application)
	look(s.officer, application+"/check")
	look(s.officer, call+"/applications")
	look(s.officer, call)
}
