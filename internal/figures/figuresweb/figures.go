package figuresweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"birge/internal/figures"
	"birge/internal/places"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// wanted is what a reader asked the list for.
type wanted struct {
	topic, place string // place is a code, "kz" for the country, "" for all
	source       ref.ID
}

func readWanted(r *http.Request) wanted {
	q := r.URL.Query()
	source, _ := ref.ParseID(q.Get("source"))
	return wanted{q.Get("topic"), q.Get("place"), source}
}

// query is the same wish as a query of an address.
func (w wanted) query() string {
	q := url.Values{}
	for name, v := range map[string]string{"topic": w.topic, "place": w.place} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if w.source != 0 {
		q.Set("source", w.source.String())
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// find lists the figures that were asked for. An unknown place has none.
func (p pages) find(ctx context.Context, w wanted) ([]figures.Cited, error) {
	fs, err := p.figures.All(ctx)
	if err != nil {
		return nil, err
	}
	place, known := p.places.Tree().ByCode(w.place)
	return slices.DeleteFunc(fs, func(f figures.Cited) bool {
		return w.topic != "" && f.Topic != w.topic || w.source != 0 && f.SourceID != w.source ||
			w.place == country && len(f.Places) > 0 ||
			w.place != "" && w.place != country && (!known || !f.StandsFor(place.ID))
	}), nil
}

// country stands for the country in the filter by place.
const country = "kz"

// touch names what pages with figures show.
func touch(r *http.Request) { web.Touch(r, "figure", "figure_source", "place") }

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	touch(r)
	want := readWanted(r)
	fs, err := p.find(r.Context(), want)
	if err != nil {
		return err
	}
	differ, err := p.figures.Disagreements(r.Context())
	if err != nil {
		return err
	}
	forums, err := p.figures.Forums(r.Context())
	if err != nil {
		return err
	}
	page := ui.PageOf(r, web.Words(r).T("figures.title"))
	page.Description = web.Words(r).T("figures.lead")
	if want != (wanted{}) {
		differ = nil
	}
	return web.Render(w, r, http.StatusOK, listPage(page, listing{
		filters: p.filters(page, want), downloads: downloads(want), count: len(fs), topics: p.byTopic(page, fs),
		differ: p.differing(page, differ), forums: forumLinks(page, forums),
	}))
}

// listing is what the list shows.
type listing struct {
	filters   ui.Filters
	downloads []ui.Download
	count     int
	topics    []topic
	differ    []contrast
	forums    []ui.Link
}

// topic is a heading with its figures.
type topic struct {
	id, title string
	sheet     ui.Sheet
}

// contrast is what sources say differently.
type contrast struct {
	title, note string
	sheet       ui.Sheet
}

func downloads(w wanted) []ui.Download {
	return []ui.Download{{Format: "CSV", Href: "/api/v1/figures.csv" + w.query()}, {Format: "JSON", Href: "/api/v1/figures" + w.query()}}
}

func (p pages) filters(page ui.Page, w wanted) ui.Filters {
	topics := ui.FilterGroup{Name: "topic", Label: page.T("figures.topic"), Kind: ui.Choose,
		Choices: []ui.Choice{{Label: page.T("figures.all_topics"), Selected: w.topic == ""}}}
	for _, t := range p.figures.Topics() {
		topics.Choices = append(topics.Choices, ui.Choice{Value: t, Label: page.T("figures.topic." + t), Selected: w.topic == t})
	}
	where := ui.FilterGroup{Name: "place", Label: page.T("figures.place"), Kind: ui.Choose, Choices: []ui.Choice{
		{Label: page.T("figures.all_places"), Selected: w.place == ""},
		{Value: country, Label: page.T("figures.country"), Selected: w.place == country},
	}}
	regions := p.places.Tree().Regions()
	places.SortByName(regions, page.Lang)
	for _, region := range regions {
		where.Choices = append(where.Choices, ui.Choice{Value: region.Code(), Label: page.Text(region.Name), Selected: w.place == region.Code()})
	}
	f := ui.Filters{Path: "/figures", Groups: []ui.FilterGroup{topics, where}, Clear: "/figures"}
	for _, v := range []string{w.topic, w.place} {
		if v != "" {
			f.Set++
		}
	}
	return f
}

func (p pages) byTopic(page ui.Page, fs []figures.Cited) (out []topic) {
	for _, t := range p.figures.Topics() {
		of := slices.DeleteFunc(slices.Clone(fs), func(f figures.Cited) bool { return f.Topic != t })
		if len(of) > 0 {
			out = append(out, topic{t, page.T("figures.topic." + t), p.sheet(page, of, true)})
		}
	}
	return out
}

// sheet is a table of figures; each number leads to its page.
func (p pages) sheet(page ui.Page, fs []figures.Cited, withPlace bool) ui.Sheet {
	s := ui.Sheet{Empty: page.T("figures.none"), Columns: []ui.Column{{Label: page.T("figures.indicator")},
		{Label: page.T("figures.value"), Num: true}, {Label: page.T("figures.period")}}}
	if withPlace {
		s.Columns = append(s.Columns, ui.Column{Label: page.T("figures.place")})
	}
	s.Columns = append(s.Columns, ui.Column{Label: page.T("figures.source")})
	for _, f := range fs {
		name, lang := f.Indicator.In(page.Lang)
		row := []ui.Cell{{Text: name, Lang: foreign(page, lang)}, {Text: f.Write(page.Printer), Path: f.Ref().Path}, {Text: period(page, f.Figure)}}
		if withPlace {
			row = append(row, ui.Cell{Text: p.where(page, f.Figure)})
		}
		s.Rows = append(s.Rows, append(row, ui.Cell{Text: sourceName(page, f.Source)}))
	}
	return s
}

// foreign is a language to be marked, "" for the page's own.
func foreign(page ui.Page, l i18n.Lang) i18n.Lang {
	if l == page.Lang {
		return ""
	}
	return l
}

// where names the places of a figure, or says that the source names none.
func (p pages) where(page ui.Page, f figures.Figure) string {
	if len(f.Places) == 0 {
		return page.T("figures.country")
	}
	var names []string
	for _, id := range f.Places {
		place, _ := p.places.Tree().Now(id)
		names = append(names, page.Text(place.Name))
	}
	where := strings.Join(names, " + ")
	if f.Scope != "" {
		return page.T("figures.scope_not_stated", "place", where)
	}
	return where
}

func period(page ui.Page, f figures.Figure) string {
	switch {
	case f.Period == "":
		return page.T("figures.period_not_stated")
	case len(f.Period) == len("2023-04"):
		return page.Month(f.From)
	case strings.HasSuffix(f.Period, "months)"):
		return page.Month(f.From) + " – " + page.Month(f.To)
	}
	return strings.ReplaceAll(f.Period, "-", "–")
}

// sourceName is the publisher and the date, each only as far as it is known.
func sourceName(page ui.Page, s figures.Source) string {
	name := s.Publisher
	if name == "" {
		name = page.T("figures.unnamed_report")
	}
	if s.Published.IsZero() {
		return name
	}
	return name + ", " + page.Date(s.Published)
}

func (p pages) differing(page ui.Page, ds []figures.Disagreement) (out []contrast) {
	for _, d := range ds {
		first := d.Figures[0]
		for _, f := range d.Figures {
			if len(f.Places) > 0 {
				first = f
			}
		}
		c := contrast{title: page.Text(d.Group.Name) + " · " + p.where(page, first.Figure),
			note: page.T("figures.differ_note"), sheet: p.sheet(page, d.Figures, d.PartExceedsWhole)}
		if d.PartExceedsWhole {
			c.note = page.T("figures.part_exceeds_note")
		}
		out = append(out, c)
	}
	return out
}

func forumLinks(page ui.Page, forums []figures.Source) (out []ui.Link) {
	for _, s := range forums {
		out = append(out, ui.Link{Title: forumTitle(page, s), Path: s.Ref().Path})
	}
	return out
}

func forumTitle(page ui.Page, s figures.Source) string {
	title := page.T("figures.forum")
	if s.Forum.Edition != "" {
		title = page.T("figures.forum_edition", "edition", s.Forum.Edition)
	}
	if city := page.Text(s.Forum.City); city != "" {
		title += ", " + city
	}
	if !s.Published.IsZero() {
		title += ", " + s.Published.String()[:len("2025")]
	}
	return title
}

func (p pages) one(w http.ResponseWriter, r *http.Request) error {
	touch(r)
	f, err := p.load(r)
	if err != nil {
		return err
	}
	page := ui.PageOf(r, web.Words(r).Text(f.Indicator))
	page.Crumbs = []ui.Crumb{{Title: page.T("figures.title"), Path: "/figures"}}
	all, err := p.figures.Disagreements(r.Context())
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(d figures.Disagreement) bool {
		return !slices.ContainsFunc(d.Figures, func(o figures.Cited) bool { return o.ID == f.ID })
	})
	return web.Render(w, r, http.StatusOK, onePage(page, f, p.facts(page, f), p.differing(page, all)))
}

func (p pages) load(r *http.Request) (figures.Cited, error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return figures.Cited{}, err
	}
	return p.figures.Figure(r.Context(), id)
}

// facts tells all that is known of a figure, and what the source does not state.
func (p pages) facts(page ui.Page, f figures.Cited) []ui.Fact {
	definition := f.Definition
	if definition == "" {
		definition = page.T("figures.no_definition")
	}
	published := page.T("figures.date_not_known")
	if !f.Source.Published.IsZero() {
		published = page.Date(f.Source.Published)
	}
	facts := []ui.Fact{
		{Label: page.T("figures.place"), Show: p.placeLinks(page, f.Figure)},
		{Label: page.T("figures.period"), Value: period(page, f.Figure)},
		{Label: page.T("figures.definition"), Value: definition},
		{Label: page.T("figures.source"), Show: sourceLink(page, f.Source)},
		{Label: page.T("figures.published"), Value: published},
	}
	if f.Change != nil {
		facts = append(facts, ui.Fact{Label: page.T("figures.change"), Value: page.Percent(*f.Change)})
	}
	if !f.Note.IsZero() {
		facts = append(facts, ui.Fact{Label: page.T("figures.note"), Show: ui.Text(page, f.Note)})
	}
	if f.IsTranslated(page.Lang) {
		facts = append(facts, ui.Fact{Label: page.T("figures.translation"), Value: page.T("figures.translation_note")})
	}
	return facts
}

func (p pages) placeLinks(page ui.Page, f figures.Figure) templ.Component {
	links := []ui.Crumb{{Title: page.T("figures.country"), Path: "/places"}}
	if len(f.Places) > 0 {
		links = nil
	}
	for _, id := range f.Places {
		if place, ok := p.places.Tree().Now(id); ok {
			links = append(links, ui.Crumb{Title: page.Text(place.Name), Path: place.Ref().Path})
		}
	}
	note := ""
	if f.Scope != "" {
		note = page.T("figures.scope_note")
	}
	return linksWithNote(page, links, note)
}

func (p pages) report(w http.ResponseWriter, r *http.Request) error {
	touch(r)
	src, fs, err := p.figures.Report(r.Context(), r.PathValue("source"))
	if err != nil {
		return err
	}
	if src.Forum == nil {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	page := ui.PageOf(r, "")
	page.Title = forumTitle(page, src)
	page.Crumbs = []ui.Crumb{{Title: page.T("figures.title"), Path: "/figures"}}
	return web.Render(w, r, http.StatusOK, reportPage(page, p.reportFacts(page, src), p.sheet(page, fs, true),
		downloads(wanted{source: src.ID})))
}

func (p pages) reportFacts(page ui.Page, s figures.Source) []ui.Fact {
	unknown := page.T("figures.date_not_known")
	date := func(d interface {
		i18n.Dated
		IsZero() bool
	}) string {
		if d.IsZero() {
			return unknown
		}
		return page.Date(d)
	}
	publisher := s.Publisher
	if publisher == "" {
		publisher = page.T("figures.publisher_not_known")
	}
	facts := []ui.Fact{}
	if region, ok := p.places.Tree().ByKATO(s.Forum.KATO); ok {
		facts = append(facts, ui.Fact{Label: page.T("figures.place"),
			Show: linksWithNote(page, []ui.Crumb{{Title: page.Text(region.Name), Path: region.Ref().Path}}, "")})
	}
	if !s.Forum.Theme.IsZero() {
		facts = append(facts, ui.Fact{Label: page.T("figures.theme"), Show: ui.Text(page, s.Forum.Theme)})
	}
	return append(facts, ui.Fact{Label: page.T("figures.held"), Value: date(s.Forum.Held)},
		ui.Fact{Label: page.T("figures.publisher"), Value: publisher}, ui.Fact{Label: page.T("figures.published"), Value: date(s.Published)},
		ui.Fact{Label: page.T("figures.written_in"), Value: page.T("figures.lang." + string(s.Lang))})
}

// Section is the part of a place's page that shows its figures and where the
// sources differ; 0 is the country.
func Section(s *figures.Service, tree *places.Service) func(r *http.Request, page ui.Page, place ref.ID) (templ.Component, error) {
	p := pages{s, tree}
	return func(r *http.Request, page ui.Page, place ref.ID) (templ.Component, error) {
		touch(r)
		fs, err := s.Of(r.Context(), place)
		if err != nil {
			return nil, err
		}
		differ, err := s.DisagreementsOf(r.Context(), place)
		if err != nil {
			return nil, err
		}
		return placeSection(page, p.sheet(page, fs, false), p.differing(page, differ)), nil
	}
}
