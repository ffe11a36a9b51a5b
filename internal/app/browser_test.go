package app_test

import (
	"slices"
	"strings"
	"testing"

	"birge/internal/app/migrations"
	"birge/internal/birgetest"
	"birge/internal/platform/db/dbtest"
)

// look is a language and a width at which every page is judged.
type look struct {
	lang  string
	width int64
}

var looks = []look{{"kk", 360}, {"ru", 360}, {"en", 360}, {"ru", 1280}}

// Every public page that needs no parameter pleases axe on a phone in three
// languages and on a desk, and never scrolls sideways on a phone.
func TestPagesInABrowser(t *testing.T) {
	b := birgetest.Browse(t)
	w := birgetest.Start(t, dbtest.SQLite(t, migrations.FS))
	stranger := w.Stranger()
	for _, l := range looks {
		b.Width(l.width)
		for _, path := range plainPages(w) {
			path = strings.Replace(path, "{lang}", l.lang, 1)
			if a := stranger.Get(path); a.Status != 200 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
				continue
			}
			b.Open(w.URL + path)
			for _, v := range b.Violations() {
				t.Errorf("%s at %d px: %s (%s)\n  %s", path, l.width, v.ID, v.Help, strings.Join(v.Nodes, "\n  "))
			}
			if by := b.ScrollsSideways(); by > 0 && l.width <= 360 {
				t.Errorf("%s at %d px scrolls sideways by %d", path, l.width, by)
			}
		}
	}
}

// plainPages lists the public pages without parameters.
func plainPages(w *birgetest.World) []string {
	var paths []string
	for _, door := range w.Server.Doors() {
		pattern, gate, _ := strings.Cut(door, " · ")
		path, isGet := strings.CutPrefix(pattern, "GET ")
		if isGet && gate == "public" && strings.HasPrefix(path, "/{lang}/") && !strings.Contains(strings.TrimPrefix(path, "/{lang}"), "{") {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}
