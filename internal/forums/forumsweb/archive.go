package forumsweb

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"birge/internal/forums"
	"birge/internal/platform/i18n"
	"birge/internal/platform/pdf"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// archiveRoutes are the doors of what stays of a forum.
func (h *Pages) archiveRoutes() []web.Route {
	return []web.Route{
		web.Public("GET /forums/{id}/archive", h.archive),
		web.PublicRaw("GET /packages/forums/{id}", h.pack).Unkept(),
	}
}

// archiveView is what stays of a forum that is over.
type archiveView struct {
	ui.Page
	forums.Kept
	h *Pages
	// sections are what other rooms tell of the forum.
	sections []templ.Component
	base     string
	zone     *time.Location
	now      time.Time
}

func (h *Pages) readArchive(r *http.Request, page ui.Page) (v archiveView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: forums.Kind, ID: id}.Key())
	v = archiveView{Page: page, h: h, base: web.Base(r), zone: web.Zone(r), now: web.Now(r)}
	v.Kept, err = h.Forums.Kept(r.Context(), id)
	return v, err
}

func (h *Pages) archive(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readArchive(r, ui.PageOf(r, web.Words(r).T("forums.archive_title")))
	if err != nil {
		return err
	}
	if !v.Organizer.IsZero() {
		web.Touch(r, v.Organizer.Key())
	}
	for _, section := range h.Sections {
		part, err := section(r, v.Page, v.Forum.ID, false)
		if err != nil {
			return err
		}
		if part != nil {
			v.sections = append(v.sections, part)
		}
	}
	v.Page.Sample = v.Page.Sample || v.Forum.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("forums.title"), Path: "/forums"}, {Title: v.Text(v.Forum.Title), Path: v.Forum.Ref().Path}}
	return web.Render(w, r, http.StatusOK, archivePage(v))
}

// address is the stable address of the forum in a language.
func (v archiveView) address(l i18n.Lang) string {
	return v.base + "/" + string(l) + v.Forum.Ref().Path + "/archive"
}

// cite is how the forum is quoted in a language.
func (v archiveView) cite(say *i18n.Printer) string {
	page := ui.Page{Printer: say}
	parts := []string{say.Text(v.Forum.Title)}
	if theme := say.Text(v.Forum.Theme); theme != "" {
		parts[0] += ": " + theme
	}
	parts = append(parts, v.h.where(page, v.Forum), v.h.when(page, v.Forum))
	if !v.Organizer.IsZero() {
		parts = append(parts, say.Text(v.Organizer.Title))
	}
	return strings.Join(parts, ". ") + ". " + v.address(say.Lang)
}

// share is the number of a group, or that it is kept back.
func (v archiveView) share(say *i18n.Printer, x forums.Share) string {
	if x.Hidden {
		return say.T("forums.few_people")
	}
	return say.Int(x.People)
}

// counted says whom the attendance counts.
func (v archiveView) counted() string {
	if v.ByDoor {
		return v.T("forums.attendance_came")
	}
	return v.T("forums.attendance_admitted")
}

func (v archiveView) attendance() ui.Sheet {
	s := ui.Sheet{Caption: v.counted(), Columns: []ui.Column{{Label: v.T("forums.f.as")}, {Label: v.T("forums.f.people"), Num: true}}}
	for _, x := range v.Attendance {
		if x.People > 0 {
			s.Rows = append(s.Rows, ui.Cells(v.T("forums.who."+x.Who), v.share(v.Printer, x)))
		}
	}
	return s
}

// pack sends the package of a forum as it is written.
func (h *Pages) pack(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readArchive(r, ui.Page{Printer: h.Words().Printer(i18n.KK)})
	if err != nil {
		return err
	}
	name := "forum-" + v.Forum.ID.String() + ".zip"
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	p := forums.NewPackage(w, v.now)
	for _, add := range append([]forums.Shelf{v.about, v.programmeFiles, v.people, v.hallFiles, v.exhibition, v.media}, h.Shelves...) {
		if err := add(r.Context(), v.Forum, p); err != nil {
			return err
		}
	}
	return p.Close(v.Forum.Title, v.cite(v.Printer), v.address(v.Lang))
}

func (v archiveView) say(l i18n.Lang) *i18n.Printer { return v.h.Words().Printer(l) }

// about adds what the forum was, in words for people and as data.
func (v archiveView) about(_ context.Context, f forums.Forum, p *forums.Package) error {
	for _, l := range i18n.Langs {
		if err := p.Add("readme."+string(l)+".md", func(w io.Writer) error { return v.readme(w, v.say(l)) }); err != nil {
			return err
		}
	}
	return p.Add("forum.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(forumData{Forum: f, State: f.StateOn(v.h.Forums.Today()), URL: v.address(i18n.KK)})
	})
}

func (v archiveView) readme(w io.Writer, say *i18n.Printer) error {
	page, f := ui.Page{Printer: say}, v.Forum
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n", say.Text(f.Title))
	if f.Sample {
		fmt.Fprintf(&b, "**%s**\n\n", say.T("forums.paper_sample"))
	}
	for _, x := range []struct{ label, value string }{{"forums.f.theme", say.Text(f.Theme)}, {"forums.f.when", v.h.when(page, f)}, {"forums.f.where", v.h.where(page, f)}, {"forums.f.venue", say.Text(f.Venue)},
		{"forums.f.organizer", say.Text(v.Organizer.Title)}, {"forums.partners", say.Text(f.Partners)}, {"forums.f.stream", f.Stream}, {"forums.f.publisher", f.Source.Publisher}} {
		if x.value != "" {
			fmt.Fprintf(&b, "- %s: %s\n", say.T(x.label), x.value)
		}
	}
	fmt.Fprintf(&b, "\n%s\n\n> %s\n\n%s\n", say.Text(f.About), v.cite(say), say.T("forums.package_about"))
	for _, kind := range forums.SayingKinds {
		var said []string
		for _, x := range f.Said {
			if x.What == kind {
				said = append(said, "- "+say.Text(x.Text))
			}
		}
		if len(said) > 0 {
			fmt.Fprintf(&b, "\n## %s\n\n%s\n", say.T("forums.said."+string(kind)), strings.Join(said, "\n"))
		}
	}
	_, err := b.WriteTo(w)
	return err
}

// programmeFiles adds the programme as it was given out last: as a table, and as the
// booklet.
func (v archiveView) programmeFiles(_ context.Context, f forums.Forum, p *forums.Package) error {
	var rows [][]table.Cell
	for _, x := range v.Slots() {
		hour := func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.In(v.zone).Format("2006-01-02 15:04")
		}
		rows = append(rows, []table.Cell{table.Text(hour(x.Starts.Time)), table.Text(hour(x.Ends.Time)), table.Text(string(x.Kind)), table.Text(x.Title.KK), table.Text(x.Title.RU), table.Text(x.Title.EN),
			table.Text(x.Track.RU), table.Text(x.Room.RU), table.Text(v.named(x))})
	}
	if err := p.Table("programme/programme.csv", []string{"starts", "ends", "kind", "title_kk", "title_ru", "title_en", "track", "room", "people_who_agreed_to_be_named"}, rows); err != nil || len(rows) == 0 {
		return err
	}
	return p.Add("programme/programme.pdf", func(w io.Writer) error {
		d := pdf.New(v.h.paper(v.say(i18n.KK), f, v.Releases[0].At.Time))
		for i, l := range []i18n.Lang{i18n.KK, i18n.RU} {
			if i > 0 {
				d.NextPage()
			}
			v.booklet().draw(d, v.say(l))
		}
		_, err := d.WriteTo(w)
		return err
	})
}

func (v archiveView) booklet() programmeView {
	return programmeView{Page: v.Page, Programme: v.Programme, h: v.h, zone: v.zone, now: v.now}
}

func (v archiveView) named(x forums.Slot) string { return v.booklet().names(v.say(i18n.RU), x) }

// people adds how many came of which group.
func (v archiveView) people(_ context.Context, _ forums.Forum, p *forums.Package) error {
	var rows [][]table.Cell
	for _, x := range v.Attendance {
		if x.People == 0 {
			continue
		}
		n := table.Int(x.People)
		if x.Hidden {
			n = table.Text("")
		}
		rows = append(rows, []table.Cell{table.Text(x.Breakdown), table.Text(v.say(i18n.KK).T("forums.who." + x.Who)), table.Text(v.say(i18n.RU).T("forums.who." + x.Who)),
			table.Text(v.say(i18n.EN).T("forums.who." + x.Who)), n, table.YesNo(x.Hidden)})
	}
	return p.Table("attendance.csv", []string{"breakdown", "who_kk", "who_ru", "who_en", v.column(), "hidden_because_few"}, rows)
}

// column is what the table of attendance calls its numbers.
func (v archiveView) column() string {
	if v.ByDoor {
		return "came"
	}
	return "admitted"
}

// exhibition adds who stood where.
func (v archiveView) exhibition(_ context.Context, _ forums.Forum, p *forums.Package) error {
	var rows [][]table.Cell
	for _, x := range v.Stands {
		rows = append(rows, []table.Cell{table.Int(x.Number), table.Text(v.say(i18n.RU).Text(x.Org.Title)), table.Text(v.say(i18n.KK).Text(x.What().Title)), table.Text(v.say(i18n.RU).Text(x.What().Title)), table.Text(v.base + "/kk" + x.What().Path)})
	}
	return p.Table("exhibition.csv", []string{"number", "organization", "shows_kk", "shows_ru", "address"}, rows)
}

// media adds documents and pictures, each under its number, with a list of what they
// are.
func (v archiveView) media(ctx context.Context, _ forums.Forum, p *forums.Package) error {
	var rows [][]table.Cell
	for i, x := range v.Papers {
		folder, ending := "documents", path.Ext(x.Name)
		if x.Width > 0 {
			ending = ".jpg" // of the copy for everybody
		}
		if x.Sort == forums.Picture {
			folder = "pictures"
		}
		name := fmt.Sprintf("media/%s/%02d%s", folder, i+1, ending)
		if err := p.Add(name, func(w io.Writer) error { return v.h.Forums.CopyPaper(ctx, x, w) }); err != nil {
			return err
		}
		rows = append(rows, []table.Cell{table.Text(name), table.Text(x.Title.KK), table.Text(x.Title.RU), table.Text(x.Title.EN)})
	}
	return p.Table("media/media.csv", []string{"file", "title_kk", "title_ru", "title_en"}, rows)
}
