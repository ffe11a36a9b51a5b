package noticesweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"birge/internal/notices"
	"birge/internal/obligations"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// perPage is how many notices one page shows.
const perPage = 40

// desk is everything on the page of what I was told.
type desk struct {
	notices.Mine
	zone *time.Location
	// feed is the address of a feed that was made just now.
	feed  string
	older string
}

func (h pages) mine(w http.ResponseWriter, r *http.Request) error { return h.showMine(w, r, "") }

func (h pages) showMine(w http.ResponseWriter, r *http.Request, feed string) error {
	before, _ := ref.ParseID(r.URL.Query().Get("before"))
	m, err := h.Notices.Mine(r.Context(), web.Actor(r), before, perPage)
	if err != nil {
		return err
	}
	d := desk{Mine: m, zone: web.Zone(r), feed: feed}
	if len(m.Notices) == perPage {
		d.older = "/desk/notices?" + query("before", m.Notices[perPage-1].ID.String())
	}
	p := page(r, web.Words(r).T("notices.title"))
	p.Path = "/desk/notices"
	p.Crumbs = []ui.Crumb{{Title: p.T("ui.desk"), Path: "/desk"}}
	return web.Render(w, r, http.StatusOK, minePage(p, d))
}

func (h pages) markRead(w http.ResponseWriter, r *http.Request) error {
	if err := h.Notices.MarkRead(r.Context(), web.Actor(r)); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/desk/notices", "")
}

func (h pages) setRhythm(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	if err := h.Notices.SetRhythm(r.Context(), web.Actor(r), notices.Rhythm(f.Line("rhythm"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/desk/notices", "notices.notice.saved")
}

// newFeed shows the secret address once; only its hash is kept.
func (h pages) newFeed(w http.ResponseWriter, r *http.Request) error {
	token, err := h.Notices.NewFeed(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return h.showMine(w, r, web.Base(r)+"/feeds/"+token)
}

func (h pages) endFeed(w http.ResponseWriter, r *http.Request) error {
	if err := h.Notices.EndFeed(r.Context(), web.Actor(r)); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/desk/notices", "notices.notice.feed_ended")
}

// feed gives the changes of what the bearer of the address follows.
func (h pages) feed(w http.ResponseWriter, r *http.Request) error {
	reader, list, err := h.Notices.Feed(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	words, home := h.Words.Printer(reader.Lang), "/"+string(reader.Lang)
	feed := ui.NewsFeed{Title: words.T("notices.feed_title"), Address: home + "/desk/notices", Since: reader.FeedAt.Time}
	for _, c := range list {
		feed.News = append(feed.News, ui.News{Title: words.Text(c.Page.Title), Text: deeds(words, c.Deeds), Address: home + c.Page.Path,
			Mark: strconv.FormatInt(c.At.Unix(), 10), At: c.At.Time})
	}
	w.Header().Set("Cache-Control", "private, max-age=300")
	return ui.WriteAtom(w, r, feed)
}

// moments are notices as lines of a timeline, those not yet seen marked.
func (d desk) moments(p ui.Page) (out []ui.Moment) {
	for _, n := range d.Notices {
		m := ui.Moment{When: p.DateTime(n.At.In(d.zone)), At: n.At.In(d.zone).Format(time.RFC3339), Path: n.About.Path}
		if n.Told.Owed != nil {
			m.Title, m.Text, m.Tone = owed(p.Printer, *n.Told.Owed), term(p.Printer, n.Told.Owed.DaysLeft, n.Told.Owed), ui.Quiet
		} else {
			m.Title, m.Lang = n.About.Title.In(p.Lang)
			m.Text = deeds(p.Printer, n.Told.Deeds)
		}
		if n.ReadAt.IsZero() {
			m.When, m.Tone = m.When+" · "+p.T("notices.new"), ui.Wait
		}
		out = append(out, m)
	}
	return out
}

func owed(p *i18n.Printer, o notices.Owed) string {
	return obligations.Obligation{What: o.What, WhatKey: o.WhatKey, WhatArgs: o.WhatArgs}.Told(p)
}

// term says how a term stood when the reader was reminded.
func term(p *i18n.Printer, daysLeft int, o *notices.Owed) string {
	switch {
	case daysLeft < 0:
		return p.T("notices.term_over", "date", p.Date(o.Due))
	case daysLeft == 0:
		return p.T("notices.term_today")
	}
	return p.N("notices.term_ends", int64(daysLeft), "date", p.Date(o.Due))
}

// deeds says what was done: each act once, with how often.
func deeds(p *i18n.Printer, list []notices.Deed) string {
	var out []string
	for _, d := range list {
		out = append(out, deed(p, d))
	}
	return strings.Join(out, " · ")
}

func deed(p *i18n.Printer, d notices.Deed) string {
	s := p.T("act.other")
	if key := "act." + d.Act; p.Has(key) {
		s = p.T(key)
	}
	if d.Times > 1 {
		s += " ×" + p.Int(int64(d.Times))
	}
	return s
}

func query(name, value string) string { return url.Values{name: {value}}.Encode() }
