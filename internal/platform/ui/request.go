package ui

import (
	"net/http"
	"strings"

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
		On:      r.URL.Query().Get("on"),
	}
	for _, s := range web.Nav(r) {
		p.Nav = append(p.Nav, NavItem{Key: s.Key, Path: s.Path, Current: within(p.Path, s.Path)})
	}
	return p
}

// within tells that path lies in the section that starts at top.
func within(path, top string) bool {
	path, _, _ = strings.Cut(path, "?")
	return path == top || strings.HasPrefix(path, top+"/")
}
