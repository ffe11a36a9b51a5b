// Package ui is the design system of the portal: one shell around every page,
// some forty components with plain-data arguments, one style sheet, one small
// script and the words that they say in three languages.
//
// The rules that hold everywhere:
//   - Components know no room. A room hands over plain data, already judged;
//     the page says everything else.
//   - A field called Path is an address without the language ("/projects/0d3"),
//     and gets the reader's language in front. A field called Href is an
//     address as it stands ("/api/v1/projects", "https://…", "#top").
//   - Nothing needs a script, and no markup carries a style attribute, so the
//     content policy allows neither inline script nor inline style. Widths of
//     bars are SVG.
//   - Text of people is an i18n.Text and is shown by Text or Prose, which mark
//     its language when it is not the reader's.
//
// The style guide (StyleGuide) shows every component in its states.
package ui

import (
	"embed"
	"net/url"
	"strings"
	"time"

	"birge/internal/platform/i18n"
)

// Locales holds the words of the components and of forms (ui.…, form.…).
//
//go:embed locales/*.json
var Locales embed.FS

// Tones of a status, a moment of a timeline, a notice. No tone is the ordinary
// sky blue.
const (
	Good  = "good"  // done, kept, confirmed
	Wait  = "wait"  // somebody is to act
	Late  = "late"  // overdue, failed, refused
	Quiet = "quiet" // closed, cancelled, of no consequence now
)

// Page is what the shell says around the content of one answer. The app fills
// it for each request; its printer gives the language (p.Lang) and the words
// (p.T, p.N, p.Money, p.Date).
type Page struct {
	*i18n.Printer
	Title, Description string
	// Path is the address without the language, with its query, in canonical
	// order: the links to the other languages and the canonical address.
	Path string
	// Base is the public origin, "https://birge.example"; empty when unknown,
	// and then there is no canonical address.
	Base string
	Nav  []NavItem
	// Alone is all that there is beside the page where the portal's sections, search and
	// desk are not: then the shell is Plain, and its foot leads there.
	Alone []NavItem
	// Beside are the lists that share an entry of Nav with this one, itself among them.
	Beside []Link
	// Sample shows the banner that says that everything here is invented.
	Sample bool
	User   User
	// Feed is the Path of this page's Atom feed, if it has one.
	Feed string
	// NoIndex asks search engines to leave the page out.
	NoIndex bool
	// On is the past date that the page shows ("2026-03-01"); empty for now.
	On     string
	Crumbs []Crumb
	// Notice is a sentence about what was just done.
	Notice string
	// Zone is where the portal's clock stands.
	Zone *time.Location
}

// NavItem is one entry of the site's navigation: a message key and a Path.
type NavItem struct {
	Key, Path string
	Current   bool
}

// User is the reader.
type User struct {
	Name     string
	SignedIn bool
}

// Crumb is one step from the front page to this page.
type Crumb struct{ Title, Path string }

// Link is a title and a Path; Count stands beside the title when HasCount.
type Link struct {
	Title, Path string
	Current     bool
	Count       int64
	HasCount    bool
}

// URL is the address of path in the page's language. kv are pairs of a query
// name and a value; pairs without a value are left out.
func (p Page) URL(path string, kv ...string) string { return address(p.Lang, path, kv...) }

// In is the address of this same page in another language.
func (p Page) In(l i18n.Lang) string { return address(l, p.Path) }

// Href is path in the page's language when it is an address of the portal
// without a language ("/projects"), and path itself when it is a fragment, a
// query or a foreign address.
func (p Page) Href(path string) string {
	if strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") {
		return p.URL(path)
	}
	return path
}

func address(l i18n.Lang, path string, kv ...string) string {
	var b strings.Builder
	b.WriteString("/" + string(l))
	if path == "" {
		path = "/"
	}
	b.WriteString(path)
	sep := byte('?')
	if strings.Contains(path, "?") {
		sep = '&'
	}
	for i := 0; i+1 < len(kv); i += 2 {
		if kv[i+1] == "" {
			continue
		}
		b.WriteByte(sep)
		b.WriteString(url.QueryEscape(kv[i]) + "=" + url.QueryEscape(kv[i+1]))
		sep = '&'
	}
	return b.String()
}
