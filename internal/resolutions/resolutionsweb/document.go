package resolutionsweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"birge/internal/forums"
	"birge/internal/norms"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/resolutions"

	"github.com/a-h/templ"
)

// perPage is how many documents a page of the list shows.
const perPage = 20

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	web.Touch(r, resolutions.Kind, resolutions.KindItem)
	f := web.ReadForm(r)
	page := f.Page()
	rows, err := p.Resolutions.List(r.Context(), perPage+1, (page-1)*perPage)
	if err != nil {
		return err
	}
	l := listView{Page: ui.PageOf(r, web.Words(r).T("resolutions.title")), p: p, mayBegin: resolutions.MayBegin(web.Actor(r))}
	l.Description = l.T("resolutions.lead")
	if len(rows) > perPage {
		rows, l.next = rows[:perPage], "/resolutions?page="+strconv.Itoa(page+1)
	}
	if page > 1 {
		l.previous = "/resolutions?page=" + strconv.Itoa(page-1)
	}
	l.rows = rows
	return web.Render(w, r, http.StatusOK, listPage(l))
}

// listView is the list of documents.
type listView struct {
	ui.Page
	p              *Pages
	rows           []resolutions.Line
	previous, next string
	mayBegin       bool
}

func (l listView) hits() (out []ui.Found) {
	for _, d := range l.rows {
		out = append(out, ui.Found{Title: d.Title, Path: d.Ref().Path, Line: l.line(d), Status: l.T("resolutions.kind." + string(d.Kind)), Tone: ui.Quiet})
	}
	return out
}

// line says where and when a document was adopted, and how many items it has.
func (l listView) line(d resolutions.Line) string {
	parts := []string{l.p.placeName(l.Page, d.PlaceID), stageOf(l.Page, d.Document)}
	if d.Proposals > 0 {
		parts = append(parts, l.N("resolutions.proposals_n", d.Proposals))
	}
	if d.Items > 0 {
		parts = append(parts, l.N("resolutions.items_n", d.Items))
	}
	return strings.Join(parts, " · ")
}

func stageOf(p ui.Page, d resolutions.Document) string {
	switch {
	case d.Stage != resolutions.Adopted:
		return p.T("resolutions.stage." + string(d.Stage))
	case d.AdoptedOn.IsZero():
		return p.T("resolutions.adopted_unknown")
	}
	return p.T("resolutions.adopted_on", "date", p.Date(d.AdoptedOn))
}

func (p *Pages) placeName(page ui.Page, id ref.ID) string {
	place, ok := p.Places.Tree().Place(id)
	if !ok {
		return page.T("resolutions.whole_country")
	}
	return page.Text(place.Name)
}

// view is a document with what is needed to draw it.
type view struct {
	ui.Page
	resolutions.Story
	p *Pages
}

func (p *Pages) read(r *http.Request) (v view, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: resolutions.Kind, ID: id}.Key())
	v = view{Page: ui.PageOf(r, ""), p: p}
	if v.Story, err = p.Resolutions.Story(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	for _, name := range v.Names {
		web.Touch(r, name.Key())
	}
	for _, d := range append([]resolutions.Document{v.Previous, v.Target}, v.After...) {
		web.Touch(r, d.Ref().Key())
	}
	for _, x := range v.Packages {
		web.Touch(r, x.Ref().Key())
	}
	v.Page.Title, v.Description = v.Text(v.Document.Title), v.Text(v.About)
	v.Page.Sample = v.Page.Sample && v.Document.Sample
	v.Page.Feed = v.Ref().Path + "/news.atom"
	v.Crumbs = []ui.Crumb{{Title: v.T("resolutions.title"), Path: "/resolutions"}}
	return v, nil
}

func (p *Pages) document(w http.ResponseWriter, r *http.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, documentPage(v))
}

// documentJSON is a document as data. Who proposed something as a person is no part
// of it.
func (p *Pages) documentJSON(w http.ResponseWriter, r *http.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	type item struct {
		resolutions.Item
		Standing resolutions.Standing `json:"standing"`
	}
	items := []item{}
	for _, row := range v.Rows {
		items = append(items, item{row.Item, row.Standing})
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	return web.JSON(w, r, struct {
		resolutions.Document
		Items     []item                 `json:"items"`
		Proposals []resolutions.Proposal `json:"proposals"`
	}{v.Document, items, append([]resolutions.Proposal{}, v.Proposals...)})
}

// isReal tells that the document comes from a published source.
func (v view) isReal() bool { return v.Fact != "" }

// unknown is said where nobody or nothing is named: a source that does not say so is
// another matter than a question that is open.
func unknown(p ui.Page, real bool) string {
	if real {
		return p.T("resolutions.source_silent")
	}
	return p.T("resolutions.not_named")
}

func (v view) facts() []ui.Fact {
	list := []ui.Fact{
		{Label: v.T("resolutions.kind"), Value: v.T("resolutions.kind." + string(v.Kind))},
		{Label: v.T("resolutions.place"), Show: v.place()},
		v.stage(),
	}
	if v.HolderID != 0 {
		list = append(list, ui.Fact{Label: v.T("resolutions.holder"), Show: refLink(v.Page, v.Names[v.HolderID])})
	}
	if !v.Forum.IsZero() {
		list = append(list, ui.Fact{Label: v.T("resolutions.forum"), Show: refLink(v.Page, v.Forum)})
	}
	if v.PreviousID != 0 {
		list = append(list, ui.Fact{Label: v.T("resolutions.previous"), Show: refLink(v.Page, v.Previous.Ref())})
	}
	if v.TargetID != 0 {
		list = append(list, ui.Fact{Label: v.T("resolutions.target"), Show: refLink(v.Page, v.Target.Ref())})
	}
	return list
}

// stage says when the document was adopted, or how far it has come.
func (v view) stage() ui.Fact {
	switch {
	case v.Stage != resolutions.Adopted:
		return ui.Fact{Label: v.T("resolutions.stage"), Value: v.T("resolutions.stage." + string(v.Stage))}
	case v.AdoptedOn.IsZero():
		return ui.Fact{Label: v.T("resolutions.adopted"), Value: unknown(v.Page, true)}
	}
	return ui.Fact{Label: v.T("resolutions.adopted"), Value: v.Date(v.AdoptedOn)}
}

// itemsTitle is what the items of the document are called.
func (v view) itemsTitle() string {
	if v.Kind == resolutions.Concept {
		return v.T("resolutions.measures")
	}
	return v.T("resolutions.items")
}

// noItems says why there are none.
func (v view) noItems() string {
	switch {
	case v.isReal() && v.Kind == resolutions.Concept:
		return v.T("resolutions.measures_unknown")
	case v.isReal():
		return v.T("resolutions.items_unknown")
	case v.Open():
		return v.T("resolutions.items_later")
	}
	return v.T("resolutions.no_items")
}

func (v view) place() templ.Component {
	place, ok := v.p.Places.Tree().Place(v.PlaceID)
	if !ok {
		return ui.Text(v.Page, i18n.Only(v.Lang, v.T("resolutions.whole_country")))
	}
	return refLink(v.Page, place.Ref())
}

// source says where a real document is told, and what of it is not known.
func (v view) source() (lines []string) {
	s := v.Source
	if !s.Act.IsZero() {
		return []string{v.Text(s.Act)}
	}
	publisher := s.Publisher
	if publisher == "" {
		publisher = v.T("resolutions.publisher_unknown")
	}
	lines = append(lines, v.T("resolutions.source_report", "publisher", publisher, "date", v.Date(s.Published)))
	if s.Lang != "" && s.Lang != v.Lang {
		lines = append(lines, v.T("resolutions.translation."+string(s.Lang)))
	}
	return lines
}

// dates is the address of the calendar, "" where no day of an item is known.
func (v view) dates() string {
	if !slices.ContainsFunc(v.Rows, func(row resolutions.Row) bool { return !row.Due.IsZero() }) {
		return ""
	}
	return v.Ref().Path + "/items.ics"
}

func (v view) items() ui.Sheet {
	s := ui.Sheet{Caption: v.T("resolutions.items"), Columns: []ui.Column{{Label: v.T("resolutions.item")}, {Label: v.T("resolutions.owner")}, {Label: v.T("resolutions.due")}, {Label: v.T("resolutions.standing")}}}
	for _, row := range v.Rows {
		text, lang := row.Text.In(v.Lang)
		s.Rows = append(s.Rows, []ui.Cell{
			{Text: strconv.Itoa(row.No) + ". " + text, Path: row.Ref().Path, Lang: lang},
			v.owner(row.OwnerID),
			{Text: dueText(v.Page, row.Item, v.isReal())},
			{Show: ui.Status(row.Standing.Tone(), standing(v.Page, row.Item, row.Standing))},
		})
	}
	return s
}

func (v view) owner(id ref.ID) ui.Cell {
	if id == 0 {
		return ui.Cell{Text: unknown(v.Page, v.isReal())}
	}
	name, lang := v.Names[id].Title.In(v.Lang)
	return ui.Cell{Text: name, Path: v.Names[id].Path, Lang: lang}
}

func dueText(p ui.Page, i resolutions.Item, real bool) string {
	if i.Due.IsZero() {
		return unknown(p, real)
	}
	return p.Date(i.Due)
}

// standing is how an item stands, in words.
func standing(p ui.Page, i resolutions.Item, s resolutions.Standing) string {
	said := p.T("resolutions.standing." + string(s))
	switch {
	case i.Stage == resolutions.ItemCarried:
		return said + "; " + p.T("resolutions.carried_on")
	case i.Stage == resolutions.ItemConfirmed && (s == resolutions.Kept || s == resolutions.KeptLate):
		return said + ", " + p.T("resolutions.confirmed")
	}
	return said
}

// mostOnPage is how many proposals the page of a document shows; the others are on a
// page of their own.
const mostOnPage = 10

func (v view) firstProposals() []resolutions.Proposal {
	list := slices.DeleteFunc(slices.Clone(v.Proposals), func(p resolutions.Proposal) bool { return p.MergedInto != 0 || !p.WithdrawnOn.IsZero() })
	return list[:min(len(list), mostOnPage)]
}

func (v view) proposer(pr resolutions.Proposal) string {
	return proposer(v.Page, v.Names, v.isReal(), pr)
}

// mostMoments is how many moments the page tells; the feed tells more.
const mostMoments = 10

func (v view) past() []ui.Moment {
	list := momentsOf(v.Page, v.Past)
	return list[:min(len(list), mostMoments)]
}

// momentsOf tells entries of the journal for which there are words.
func momentsOf(p ui.Page, list []journal.Entry) (out []ui.Moment) {
	for _, e := range list {
		key := "act." + e.Act
		if !p.Has(key) {
			continue
		}
		m := ui.Moment{When: p.Date(e.At.In(p.Zone)), At: e.At.In(p.Zone).Format(time.RFC3339), Title: p.T(key)}
		if e.Thing.Kind != resolutions.Kind && p.Path != e.Thing.Path {
			m.Text, m.Path = short(p.Text(e.Thing.Title)), e.Thing.Path
		}
		out = append(out, m)
	}
	return out
}

// newDocument is the form by which somebody begins a document.
func (p *Pages) newDocument(w http.ResponseWriter, r *http.Request) error {
	if !resolutions.MayBegin(web.Actor(r)) {
		return problem.New(problem.Forbidden, "resolutions.only_keeper")
	}
	values := url.Values{"kind": {string(resolutions.Resolution)}, "forum": {r.FormValue("forum")}}
	f, err := p.forumOf(r, values)
	if err != nil {
		return err
	}
	if place, ok := p.Places.Tree().Place(f.PlaceID); ok {
		values.Set("place", place.Code())
	}
	return p.showNew(w, r, values, nil)
}

func (p *Pages) showNew(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	holders, missing := p.ownOrgs(r)
	if missing != nil {
		return missing
	}
	before, missing := p.Resolutions.List(r.Context(), 100, 0)
	if missing != nil {
		return missing
	}
	f, missing := p.forumOf(r, values)
	if missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "resolutions.begin", values, err, func(t ui.FormPage) templ.Component { return newFields(t, holders, earlier(t.Page, before), f.Ref()) })
}

// forumOf is the forum for which a document is begun, the zero one where there is none.
func (p *Pages) forumOf(r *http.Request, values url.Values) (f forums.Card, err error) {
	id, ok := ref.ParseID(values.Get("forum"))
	if !ok {
		return f, nil
	}
	list, err := p.Forums.Cards(r.Context(), []ref.ID{id})
	if err != nil || len(list) == 0 {
		return f, err
	}
	return list[0], nil
}

// ownOrgs are the organizations for which the reader may hold a document.
func (p *Pages) ownOrgs(r *http.Request) ([]ui.Choice, error) {
	by := web.Actor(r)
	names, err := p.Orgs.Named(r.Context(), by.Scopes(access.Lead))
	out := []ui.Choice{{Value: "", Label: web.Words(r).T("resolutions.held_by_officers")}}
	for _, id := range by.Scopes(access.Lead) {
		if name, ok := names[id]; ok {
			out = append(out, ui.Choice{Value: id.String(), Label: web.Words(r).Text(name.Title)})
		}
	}
	return out, err
}

// earlier are the documents to which a new one may refer.
func earlier(p ui.Page, list []resolutions.Line) []ui.Choice {
	out := []ui.Choice{{Value: "", Label: p.T("resolutions.none")}}
	for _, d := range list {
		out = append(out, ui.Choice{Value: d.ID.String(), Label: p.Text(d.Title)})
	}
	return out
}

func (p *Pages) begin(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	n := resolutions.NewDocument{Kind: resolutions.Sort(f.Line("kind")), Title: f.Texts("title"), About: f.Texts("about"), PlaceID: p.placeBy(f.Line("place")),
		HolderID: f.ID("holder"), ForumID: f.ID("forum"), PreviousID: f.ID("previous"), TargetID: f.ID("target")}
	f.Reject(f.Has("place") && n.PlaceID == 0, "place", "form.unknown_choice")
	err := f.Err()
	var d resolutions.Document
	if err == nil {
		d, err = p.Resolutions.Begin(r.Context(), web.Actor(r), n)
	}
	if err != nil {
		return p.showNew(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, d.Ref().Path, "")
}

// placeBy finds a place by its code.
func (p *Pages) placeBy(code string) ref.ID {
	place, _ := p.Places.Tree().ByCode(code)
	return place.ID
}

// kept reads the document of a form that only its keeper may send.
func (p *Pages) kept(r *http.Request) (view, error) {
	v, err := p.read(r)
	if err == nil && !v.May.Keep {
		err = problem.New(problem.Forbidden, "resolutions.only_keeper")
	}
	return v, err
}

func (p *Pages) adoptForm(w http.ResponseWriter, r *http.Request) error {
	return p.showAdopt(w, r, url.Values{"on": {p.Resolutions.Today().String()}}, nil)
}

func (p *Pages) showAdopt(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := p.kept(r)
	if missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "resolutions.adopt", values, err, func(t ui.FormPage) templ.Component { return adoptFields(t, v) })
}

func (p *Pages) adopt(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := resolutions.Adoption{On: f.Date("on"), AnswerBy: f.Date("answer_by")}
	if err = f.Err(); err == nil {
		err = p.Resolutions.Adopt(r.Context(), web.Actor(r), id, n)
	}
	if err != nil {
		return p.showAdopt(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/resolutions/"+id.String(), "resolutions.notice.adopted")
}

func (p *Pages) newItem(w http.ResponseWriter, r *http.Request) error {
	return p.showNewItem(w, r, url.Values{}, nil)
}

func (p *Pages) showNewItem(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := p.kept(r)
	if missing != nil {
		return missing
	}
	bodies, missing := p.bodies(r, v.Document)
	if missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "resolutions.add_item", values, err, func(t ui.FormPage) templ.Component { return itemFields(t, v, bodies, p.themes(t.Page)) })
}

func (p *Pages) themes(page ui.Page) []ui.Choice {
	out := []ui.Choice{{Value: "", Label: page.T("resolutions.no_theme")}}
	for _, t := range p.Norms.Book().Terms(norms.Spheres) {
		if p.Norms.Book().InUse(norms.Spheres, t.Code) {
			out = append(out, ui.Choice{Value: t.Code, Label: page.Text(t.Name)})
		}
	}
	return out
}

func (p *Pages) addItem(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := resolutions.NewItem{Text: f.Texts("text"), Ask: resolutions.Ask{Theme: f.Line("theme"), OwnerID: f.ID("owner"), Due: f.Date("due"), Measure: typed(f, r, "measure"), AnswerBy: f.Date("answer_by")}}
	if err := p.ownerByBIN(f, &n.OwnerID); err != nil {
		return err
	}
	if err = f.Err(); err == nil {
		_, err = p.Resolutions.AddItem(r.Context(), web.Actor(r), id, n)
	}
	if err != nil {
		return p.showNewItem(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/resolutions/"+id.String()+"#items", "")
}

// bodies are the state bodies of the region of a document, to be asked.
func (p *Pages) bodies(r *http.Request, d resolutions.Document) ([]ui.Choice, error) {
	ids := p.bodiesNear(d.PlaceID)
	names, err := p.Orgs.Named(r.Context(), ids)
	say := web.Words(r)
	out := []ui.Choice{{Value: "", Label: say.T("resolutions.choose_owner")}}
	for _, id := range ids {
		if name, ok := names[id]; ok {
			out = append(out, ui.Choice{Value: id.String(), Label: say.Text(name.Title)})
		}
	}
	slices.SortStableFunc(out[1:], func(a, b ui.Choice) int { return int(i18n.Rank(say.Lang, a.Label) - i18n.Rank(say.Lang, b.Label)) })
	return out, err
}

// listed is how many bodies a form offers.
const listed = 200

func (p *Pages) bodiesNear(place ref.ID) []ref.ID {
	kind, ok := p.Norms.Book().Term(orgs.ListKinds, orgs.StateBody)
	around := p.Places.Tree().Path(place)
	if !ok || len(around) == 0 {
		return nil
	}
	return p.Search.Search(orgs.Kind, stateBodies(kind.Num, around[len(around)-1])).IDs
}
