package ui

import (
	"net/http"
	"time"

	"birge/internal/platform/web"

	"github.com/gorilla/feeds"
)

// NewsFeed is news as programs read them, in Atom. Addresses begin with the
// language: "/kk/projects".
type NewsFeed struct {
	Title, Address string
	// Since is when the feed last changed while it has no news.
	Since time.Time
	News  []News
}

// News is one entry of a feed.
type News struct {
	Title, Text string
	// Address is what the entry leads to, "" for the page of the feed.
	Address string
	// Mark tells the entry from others that lead to the same address.
	Mark string
	At   time.Time
}

// WriteAtom answers with the feed.
func WriteAtom(w http.ResponseWriter, r *http.Request, f NewsFeed) error {
	base := web.Base(r)
	out := feeds.Feed{Title: f.Title, Link: &feeds.Link{Href: base + f.Address}, Id: base + f.Address}
	for _, n := range f.News {
		if n.Address == "" {
			n.Address = f.Address
		}
		id := base + n.Address
		if n.Mark != "" {
			id += "#" + n.Mark
		}
		if n.At.After(out.Updated) {
			out.Updated = n.At
		}
		out.Add(&feeds.Item{Id: id, Title: n.Title, Link: &feeds.Link{Href: base + n.Address}, Description: n.Text, Created: n.At, Updated: n.At})
	}
	if out.Updated.IsZero() {
		out.Updated = f.Since
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	return out.WriteAtom(w)
}
