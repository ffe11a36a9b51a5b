package ui

import (
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"birge/internal/platform/i18n"
)

// footLinks are the pages about the portal itself.
var footLinks = [...]NavItem{
	{Key: "ui.about", Path: "/about"},
	{Key: "ui.help", Path: "/help"},
	{Key: "ui.privacy", Path: "/privacy"},
	{Key: "ui.open_data", Path: "/data"},
	{Key: "ui.journal", Path: "/journal"},
	{Key: "ui.style_guide", Path: "/style"},
}

func fullTitle(p Page) string {
	if p.Title == "" {
		return "Birge"
	}
	return p.Title + " · Birge"
}

func langName(l i18n.Lang) string {
	return map[i18n.Lang]string{i18n.KK: "Қазақша", i18n.RU: "Русский", i18n.EN: "English"}[l]
}

func langShort(l i18n.Lang) string {
	return map[i18n.Lang]string{i18n.KK: "Қаз", i18n.RU: "Рус", i18n.EN: "Eng"}[l]
}

// current marks the link of the page that is shown.
func current(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}

// currentTrue marks the chosen one of a set: a language, an order, a tab.
func currentTrue(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "true"}
	}
	return nil
}

// langAttr marks text that is not in the language of the page.
func langAttr(p Page, l i18n.Lang) templ.Attributes {
	if l == "" || l == p.Lang {
		return nil
	}
	return templ.Attributes{"lang": string(l)}
}

// isoDate writes the date 2026-03-01 in full; anything else as it stands.
func (p Page) isoDate(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return p.Date(t)
}

// iso is a date for a datetime attribute.
func iso(d i18n.Dated) string {
	y, m, day := d.Date()
	return time.Date(y, m, day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// withoutOn is the address of the page as it is now.
func withoutOn(path string) string {
	at, query, _ := strings.Cut(path, "?")
	q, err := url.ParseQuery(query)
	if err != nil {
		return at
	}
	if q.Del("on"); len(q) == 0 {
		return at
	}
	return at + "?" + q.Encode()
}
