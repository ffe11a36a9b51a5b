package app_test

import (
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/platform/i18n"
)

// looks are the languages and widths, in CSS pixels, at which every page is
// looked at, and whether axe judges it there.
var looks = []struct {
	lang  i18n.Lang
	width int64
	axe   bool
}{{i18n.KK, 360, true}, {i18n.RU, 1280, true}, {i18n.RU, 360, false}, {i18n.EN, 360, false}}

// Every page of the sample, also those of people who are signed in, pleases axe
// on a phone and on a desk, and never scrolls sideways on a phone.
func TestPagesInABrowser(t *testing.T) {
	b := birgetest.Browse(t)
	s := birgetest.StartSample(t)
	for _, l := range looks {
		b.Width(l.width)
		for _, p := range s.Pages(l.lang) {
			b.OpenAs(s.Reader(p.Reader), p.Address)
			if l.axe {
				for _, v := range b.Violations() {
					t.Errorf("%s in %s at %d px: %s (%s)\n  %s", p, l.lang, l.width, v.ID, v.Help, strings.Join(v.Nodes, "\n  "))
				}
			}
			if by := b.ScrollsSideways(); by > 0 && l.width <= 360 {
				t.Errorf("%s in %s at %d px scrolls sideways by %d", p, l.lang, l.width, by)
			}
		}
	}
}
