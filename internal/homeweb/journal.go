package homeweb

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"time"

	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// chapters are the filters of the journal: a name and the kinds of things that
// it tells of, those that people look for first.
var chapters = []struct {
	name  string
	kinds []string
}{
	{"projects", []string{projects.KindProject, projects.KindEvent, projects.KindReport, projects.KindAmendment, "project_correction", projects.KindProgramme}},
	{"organizations", []string{orgs.Kind, "organization_return", "organization_correction"}},
	{"obligations", []string{obligations.Kind}},
	{"places", []string{orgs.KindPlace, "place_correction"}},
	{"norms", []string{"norm", "norm_term", "norm_day", "norm_year", "norm_proposal"}},
	{"figures", []string{orgs.KindFigure, "figure_source", "figure_correction"}},
}

// kindsOf are the kinds of a chapter; all of them for a name that is none.
func kindsOf(chapter string) []string {
	for _, c := range chapters {
		if c.name == chapter {
			return c.kinds
		}
	}
	return nil
}

// named are the kinds whose things may be named as the entry names them: what
// the state has published. Everything else is named by the page on which it is
// told, as the page stands now.
var named = map[string]bool{"place": true, "norm": true, "norm_term": true, "norm_day": true, "norm_year": true, "figure": true, "figure_source": true}

const (
	entriesShown = 50
	headsShown   = 90
	headsInFeed  = 30
)

// journalView is one page of the public journal.
type journalView struct {
	filters ui.Filters
	moments []ui.Moment
	older   string
	head    journal.Head // the newest one
	files   []ui.Download
	feed    string
}

// published is an entry as everybody may have it: who acted stays out of it.
type published struct {
	ID      ref.ID  `json:"id"`
	At      db.Time `json:"at"`
	Act     string  `json:"act"`
	Kind    string  `json:"kind"`
	Thing   ref.ID  `json:"thing"`
	Version int64   `json:"version"`
	// Page is where it is told, as it stands now; nothing when it is not there any more.
	Page *ref.Ref `json:"page"`
}

func chapterPath(form, chapter string, before ref.ID) string {
	q := url.Values{}
	if chapter != "" {
		q.Set("about", chapter)
	}
	if before != 0 {
		q.Set("before", before.String())
	}
	if len(q) == 0 {
		return form
	}
	return form + "?" + q.Encode()
}

// entries reads one page of the public journal and where each entry is told.
func (h *Home) entries(r *http.Request) (chapter string, list []journal.Entry, at map[ref.ID]ref.Ref, err error) {
	q := r.URL.Query()
	if chapter = q.Get("about"); kindsOf(chapter) == nil {
		chapter = ""
	}
	before, _ := ref.ParseID(q.Get("before"))
	if err := h.DB.View(r.Context(), func(tx *db.Tx) (err error) {
		list, err = journal.Recent(r.Context(), tx, kindsOf(chapter), before, entriesShown)
		return err
	}); err != nil {
		return "", nil, nil, err
	}
	pages, err := h.pagesOf(r.Context(), list)
	if err != nil {
		return "", nil, nil, err
	}
	at = map[ref.ID]ref.Ref{}
	for _, e := range list {
		if page, ok := pages[e.Root.ID]; ok {
			at[e.ID] = page
		} else if named[e.Thing.Kind] {
			at[e.ID] = e.Thing
		}
	}
	return chapter, list, at, nil
}

func (h *Home) journal(w http.ResponseWriter, r *http.Request) error {
	chapter, list, at, err := h.entries(r)
	if err != nil {
		return err
	}
	heads, err := h.heads(r.Context(), 1)
	if err != nil {
		return err
	}
	p := ui.PageOf(r, web.Words(r).T("journal.title"))
	p.Description, p.Feed = p.T("journal.lead"), chapterPath("/journal.atom", chapter, 0)
	v := journalView{filters: chapterFilters(p, chapter), moments: momentsOf(p, web.Zone(r), list, at), feed: p.Feed,
		files: []ui.Download{{Format: "JSON", Href: chapterPath("/api/v1/journal", chapter, 0)}}}
	if len(heads) > 0 {
		v.head = heads[0]
	}
	if len(list) == entriesShown {
		v.older = chapterPath("/journal", chapter, list[len(list)-1].ID)
	}
	return web.Render(w, r, http.StatusOK, framed(p, journalPage(p, v)))
}

func chapterFilters(p ui.Page, chapter string) ui.Filters {
	g := ui.FilterGroup{Name: "about", Label: p.T("journal.about"), Kind: ui.Radios,
		Choices: []ui.Choice{{Label: p.T("journal.about.all"), Selected: chapter == ""}}}
	for _, c := range chapters {
		g.Choices = append(g.Choices, ui.Choice{Value: c.name, Label: p.T("journal.about." + c.name), Selected: chapter == c.name})
	}
	f := ui.Filters{Path: "/journal", Groups: []ui.FilterGroup{g}, Clear: "/journal"}
	if chapter != "" {
		f.Set = 1
	}
	return f
}

func momentsOf(p ui.Page, zone *time.Location, list []journal.Entry, at map[ref.ID]ref.Ref) (out []ui.Moment) {
	for _, e := range list {
		when := e.At.In(zone)
		m := ui.Moment{When: p.DateTime(when), At: when.Format(time.RFC3339), Title: sentence(p, e.Act)}
		if page, ok := at[e.ID]; ok {
			m.Text, m.Title = m.Title, p.Text(page.Title)
			if m.Path = page.Path; m.Title == "" {
				m.Title = page.Kind
			}
		}
		out = append(out, m)
	}
	return out
}

func (h *Home) journalJSON(w http.ResponseWriter, r *http.Request) error {
	_, list, at, err := h.entries(r)
	if err != nil {
		return err
	}
	out := make([]published, len(list))
	for i, e := range list {
		out[i] = published{ID: e.ID, At: e.At, Act: e.Act, Kind: e.Thing.Kind, Thing: e.Thing.ID, Version: e.Version}
		if page, ok := at[e.ID]; ok {
			out[i].Page = &page
		}
	}
	return web.JSON(w, r, out)
}

func (h *Home) journalAtom(w http.ResponseWriter, r *http.Request) error {
	chapter, list, at, err := h.entries(r)
	if err != nil {
		return err
	}
	p := ui.PageOf(r, web.Words(r).T("journal.title"))
	f := ui.NewsFeed{Title: p.Title, Address: p.URL(chapterPath("/journal", chapter, 0)), Since: web.Now(r)}
	for i, m := range momentsOf(p, web.Zone(r), list, at) {
		n := ui.News{Title: m.Title, Text: m.Text, Mark: list[i].ID.String(), At: list[i].At.Time}
		if m.Path != "" {
			n.Address = p.URL(m.Path)
		}
		f.News = append(f.News, n)
	}
	return ui.WriteAtom(w, r, f)
}

func (h *Home) heads(ctx context.Context, limit int) (list []journal.Head, err error) {
	err = h.DB.View(ctx, func(tx *db.Tx) error {
		list, err = journal.Heads(ctx, tx, limit)
		return err
	})
	return list, err
}

// journalHeads shows the signed heads, the public keys and how to verify.
func (h *Home) journalHeads(w http.ResponseWriter, r *http.Request) error {
	list, err := h.heads(r.Context(), headsShown)
	if err != nil {
		return err
	}
	public, err := h.Keys.Public()
	if err != nil {
		return err
	}
	p := ui.PageOf(r, web.Words(r).T("journal.heads"))
	p.Description, p.Feed = p.T("journal.heads_lead"), "/journal/heads.atom"
	p.Crumbs = []ui.Crumb{{Title: p.T("journal.title"), Path: "/journal"}}
	return web.Render(w, r, http.StatusOK, framed(p, headsPage(p, list, public)))
}

func (h *Home) headsAtom(w http.ResponseWriter, r *http.Request) error {
	list, err := h.heads(r.Context(), headsInFeed)
	if err != nil {
		return err
	}
	p := ui.PageOf(r, web.Words(r).T("journal.heads"))
	f := ui.NewsFeed{Title: p.Title, Address: p.URL("/journal/heads"), Since: web.Now(r)}
	for _, head := range list {
		f.News = append(f.News, ui.News{Title: p.Date(head.Day), Text: head.String(), Mark: head.Day.String(),
			At: head.Day.In(web.Zone(r)).AddDate(0, 0, 1)}) // signed when the day was over
	}
	return ui.WriteAtom(w, r, f)
}

// signedHead is a head for programs; Line is what is kept and verified.
type signedHead struct {
	Day       db.Date `json:"day"`
	Seq       int64   `json:"seq"`
	Hash      string  `json:"hash"`
	KeyID     string  `json:"key"`
	Signature string  `json:"signature"`
	Line      string  `json:"line"`
}

func (h *Home) headsJSON(w http.ResponseWriter, r *http.Request) error {
	list, err := h.heads(r.Context(), headsShown)
	if err != nil {
		return err
	}
	public, err := h.Keys.Public()
	if err != nil {
		return err
	}
	out := struct {
		Keys  []keys.PublicKey `json:"keys"`
		Heads []signedHead     `json:"heads"`
	}{public, make([]signedHead, len(list))}
	for i, x := range list {
		out.Heads[i] = signedHead{x.Day, x.Seq, hex.EncodeToString(x.Hash), x.KeyID, base64.StdEncoding.EncodeToString(x.Signature), x.String()}
	}
	return web.JSON(w, r, out)
}

// headsSheet is the list of heads with what stands in each.
func headsSheet(p ui.Page, list []journal.Head) ui.Sheet {
	s := ui.Sheet{Caption: p.T("journal.heads"), Empty: p.T("journal.heads_none"),
		Columns: []ui.Column{{Label: p.T("journal.day")}, {Label: p.T("journal.place"), Num: true}, {Label: p.T("journal.line")}}}
	for _, head := range list {
		row := ui.Cells(p.Date(head.Day), p.Int(head.Seq), "")
		row[2].Show = mono(head.String())
		s.Rows = append(s.Rows, row)
	}
	return s
}
