package forumsweb

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"birge/internal/forums"
	"birge/internal/platform/i18n"
	"birge/internal/platform/pdf"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	ics "github.com/arran4/golang-ical"
)

// programmeView is the programme that was given out.
type programmeView struct {
	ui.Page
	forums.Programme
	h    *Pages
	zone *time.Location
	now  time.Time
}

func (h *Pages) readProgramme(r *http.Request) (p programmeView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return p, err
	}
	web.Touch(r, ref.Ref{Kind: forums.Kind, ID: id}.Key())
	p = programmeView{Page: ui.PageOf(r, web.Words(r).T("forums.programme")), h: h, zone: web.Zone(r), now: web.Now(r)}
	if p.Programme, err = h.Forums.Programme(r.Context(), web.Actor(r), id); err != nil {
		return p, err
	}
	if len(p.Releases) == 0 {
		return p, problem.New(problem.NotFound, "problem.not_found")
	}
	if turns := p.turns(); !turns.IsZero() {
		web.Until(r, turns)
	}
	p.Page.Sample = p.Page.Sample || p.Forum.Sample
	p.Crumbs = []ui.Crumb{{Title: p.T("forums.title"), Path: "/forums"}, {Title: p.Text(p.Forum.Title), Path: p.Forum.Ref().Path}}
	p.Feed = p.path("/programme.atom")
	return p, nil
}

func (p programmeView) path(rest string) string { return p.Forum.Ref().Path + rest }

// turns is when "now" or "next" is something else.
func (p programmeView) turns() (at time.Time) {
	for _, x := range p.Slots() {
		for _, t := range []time.Time{x.Starts.Time, x.Ends.Time} {
			if t.After(p.now) && (at.IsZero() || t.Before(at)) {
				at = t
			}
		}
	}
	return at
}

func (h *Pages) programme(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readProgramme(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, programmePage(p))
}

// going are the sessions that go on now.
func (p programmeView) going() []forums.Slot {
	return slices.DeleteFunc(slices.Clone(p.Slots()), func(x forums.Slot) bool {
		return x.Starts.IsZero() || p.now.Before(x.Starts.Time) || !p.now.Before(x.Ends.Time)
	})
}

// next are the sessions that begin next, on the same day.
func (p programmeView) next() (out []forums.Slot) {
	for _, x := range p.Slots() {
		if x.Starts.After(p.now) && x.Starts.In(p.zone).Format(time.DateOnly) == p.now.In(p.zone).Format(time.DateOnly) && (len(out) == 0 || x.Starts.Equal(out[0].Starts.Time)) {
			out = append(out, x)
		}
	}
	return out
}

// day is the sessions of one day.
type day struct {
	title string
	slots []forums.Slot
}

// days are the sessions by day, those without an hour at the end.
func (p programmeView) days(say *i18n.Printer) (out []day) {
	for _, x := range p.Slots() {
		title := say.T("forums.no_hour")
		if !x.Starts.IsZero() {
			title = say.Date(x.Starts.In(p.zone))
		}
		if len(out) == 0 || out[len(out)-1].title != title {
			out = append(out, day{title: title})
		}
		out[len(out)-1].slots = append(out[len(out)-1].slots, x)
	}
	return out
}

// moments are sessions as a timeline tells them.
func (p programmeView) moments(list []forums.Slot) (out []ui.Moment) {
	for _, x := range list {
		title, lang := x.Title.In(p.Lang)
		m := ui.Moment{Title: title, Lang: lang, Text: joined(p.T(x.Kind.Key()), p.Text(x.Track), roomOf(p.Printer, x), p.names(p.Printer, x))}
		if !x.Starts.IsZero() {
			m.When, m.At = span(p.Page, x.Starts, x.Ends, p.zone), x.Starts.In(p.zone).Format(time.RFC3339)
		}
		out = append(out, m)
	}
	return out
}

// roomOf is where a session is, and that one can join it from afar.
func roomOf(say *i18n.Printer, x forums.Slot) string {
	if x.AlsoOnline {
		return joined(say.Text(x.Room), say.T("forums.also_online"))
	}
	return say.Text(x.Room)
}

// names are the people of a session who agreed to be named.
func (p programmeView) names(say *i18n.Printer, x forums.Slot) string {
	var out []string
	for _, d := range forums.Duties {
		var of []string
		for _, who := range p.Named[x.SessionID] {
			if who.Duty != d {
				continue
			}
			name := who.Name
			if who.From != "" {
				name += " (" + who.From + ")"
			}
			of = append(of, name)
		}
		if len(of) > 0 {
			out = append(out, say.T(d.Key())+": "+strings.Join(of, ", "))
		}
	}
	return strings.Join(out, "; ")
}

// released is a release as the list of releases tells it.
func (p programmeView) released() (out []ui.Moment) {
	for _, l := range p.Releases {
		m := ui.Moment{Title: p.T("forums.release_no", "no", strconv.Itoa(l.No)), When: p.DateTime(l.At.In(p.zone)), At: l.At.In(p.zone).Format(time.RFC3339)}
		var parts []string
		for _, c := range l.Changes {
			parts = append(parts, p.Text(c.Title)+": "+ways(p.Page, c))
		}
		m.Text = strings.Join(parts, "; ")
		out = append(out, m)
	}
	return out
}

// atomProgramme is the feed of the releases.
func (h *Pages) atomProgramme(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readProgramme(r)
	if err != nil {
		return err
	}
	f := ui.NewsFeed{Title: p.Title + ": " + p.Text(p.Forum.Title), Address: p.URL(p.path("/programme")), Since: p.Releases[0].At.Time}
	for i, m := range p.released() {
		f.News = append(f.News, ui.News{Title: m.Title, Text: m.Text, Address: p.URL(p.path("/programme")), Mark: strconv.Itoa(p.Releases[i].No), At: p.Releases[i].At.Time})
	}
	return ui.WriteAtom(w, r, f)
}

// icsProgramme gives the hours of the programme.
func (h *Pages) icsProgramme(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readProgramme(r)
	if err != nil {
		return err
	}
	cal := ics.NewCalendarFor("birge")
	cal.SetName(p.Text(p.Forum.Title))
	for _, x := range p.Slots() {
		if x.Starts.IsZero() {
			continue
		}
		e := cal.AddEvent(x.SessionID.String() + "@birge")
		e.SetDtStampTime(p.Releases[0].At.Time)
		e.SetSequence(p.Releases[0].No)
		e.SetStartAt(x.Starts.Time)
		e.SetEndAt(x.Ends.Time)
		e.SetSummary(p.Text(x.Title))
		e.SetLocation(joined(roomOf(p.Printer, x), p.Text(p.Forum.Venue)))
		e.SetURL(web.Base(r) + p.URL(p.path("/programme")))
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	return cal.SerializeTo(w, ics.WithNewLineWindows)
}

// booklet is the programme to print, in Kazakh and in Russian.
func (h *Pages) booklet(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readProgramme(r)
	if err != nil {
		return err
	}
	made := p.Releases[0].At.Time
	d := pdf.New(h.paper(h.Words().Printer(i18n.KK), p.Forum, made))
	for i, l := range []i18n.Lang{i18n.KK, i18n.RU} {
		if i > 0 {
			d.NextPage()
		}
		p.draw(d, h.Words().Printer(l))
	}
	address := web.Base(r) + "/kk" + p.path("/programme")
	if err := d.QR(address, address); err != nil {
		return err
	}
	return writePDF(w, d, "programme")
}

// paper is how documents about a forum look.
func (h *Pages) paper(say *i18n.Printer, f forums.Forum, made time.Time) pdf.Options {
	o := pdf.Options{Title: say.Text(f.Title), Footer: say.Text(f.Title), Made: made}
	if f.Sample {
		o.Mark = say.T("forums.paper_sample")
	}
	return o
}

func writePDF(w http.ResponseWriter, d *pdf.Doc, name string) error {
	var b bytes.Buffer
	if _, err := d.WriteTo(&b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="`+name+`.pdf"`)
	_, err := w.Write(b.Bytes())
	return err
}

func (p programmeView) draw(d *pdf.Doc, say *i18n.Printer) {
	page := ui.Page{Printer: say}
	d.Title(say.Text(p.Forum.Title))
	d.Subtitle(say.Text(p.Forum.Theme))
	d.Subtitle(joined(p.h.when(page, p.Forum), p.h.where(page, p.Forum), say.Text(p.Forum.Venue)))
	d.Subtitle(say.T("forums.release_no", "no", strconv.Itoa(p.Releases[0].No)) + ", " + say.Date(p.Releases[0].At.In(p.zone)))
	for _, x := range p.days(say) {
		d.Heading(x.title)
		t := pdf.Table{Head: []string{say.T("forums.f.hours"), say.T("forums.f.session"), say.T("forums.f.room")}, Shares: []float64{1.5, 5, 2.5}}
		for _, s := range x.slots {
			when := ""
			if !s.Starts.IsZero() {
				when = span(page, s.Starts, s.Ends, p.zone)
			}
			lines := []string{say.Text(s.Title), joined(say.T(s.Kind.Key()), say.Text(s.Track)), p.names(say, s)}
			t.Rows = append(t.Rows, []string{when, strings.Join(slices.DeleteFunc(lines, func(s string) bool { return s == "" }), "\n"), roomOf(say, s)})
		}
		d.Table(t)
	}
}
