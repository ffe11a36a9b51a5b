package ui

import (
	"net/http"
	"strings"
	"time"

	"birge/internal/platform/journal"
	"birge/internal/platform/web"
)

// PageOf is the page around the answer to a request: its language, address,
// reader and the sections of the portal.
func PageOf(r *http.Request, title string) Page {
	p := Page{
		Printer: web.Words(r),
		Title:   title,
		Path:    web.Here(r),
		Base:    web.Base(r),
		Sample:  web.Sample(r),
		User:    User{Name: web.Actor(r).Name, SignedIn: web.Actor(r).SignedIn()},
		Notice:  web.Notice(r),
		Zone:    web.Zone(r),
		On:      r.URL.Query().Get("on"),
	}
	for _, s := range web.Nav(r) {
		p.Nav = append(p.Nav, p.navItem(s))
	}
	for _, s := range web.Alone(r) {
		p.Alone = append(p.Alone, NavItem{Key: s.Key, Path: s.Path})
	}
	return p
}

// navItem is a section as the navigation shows it; a list that shares it with others
// learns of them.
func (p *Page) navItem(s web.Section) NavItem {
	item := NavItem{Key: s.Key, Path: s.Path, Current: within(p.Path, s.Path)}
	var beside []Link
	var here bool
	for _, x := range s.Parts {
		path, _, _ := strings.Cut(p.Path, "?")
		beside = append(beside, Link{Title: p.T(x.Key), Path: x.Path, Current: path == x.Path})
		here = here || path == x.Path
		item.Current = item.Current || within(p.Path, x.Path)
	}
	if here {
		p.Beside = beside
	}
	return item
}

// Told is what deeds of the journal tell, by the day, as far as there are words
// for an act.
func (p Page) Told(past []journal.Deed) []Moment {
	return p.told(past, func(at time.Time) string { return p.Date(at) })
}

// ToldByMinute is Told where the minute matters.
func (p Page) ToldByMinute(past []journal.Deed) []Moment { return p.told(past, p.DateTime) }

func (p Page) told(past []journal.Deed, when func(time.Time) string) (out []Moment) {
	for _, e := range past {
		if key := "act." + e.Act; p.Has(key) {
			at := e.At.In(p.Zone)
			out = append(out, Moment{When: when(at), At: at.Format(time.RFC3339), Title: p.T(key)})
		}
	}
	return out
}

// within tells that path lies in the section that starts at top.
func within(path, top string) bool {
	path, _, _ = strings.Cut(path, "?")
	return path == top || strings.HasPrefix(path, top+"/")
}
