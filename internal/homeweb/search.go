package homeweb

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"birge/internal/awards"
	"birge/internal/forums"
	"birge/internal/funding"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
	"birge/internal/resolutions"
)

// Kinds of things that these pages bring into the search themselves.
const (
	KindHelp  = "help"
	KindPlace = "place"
)

// searched lists the kinds of the search over everything, in the order in which
// equal matches are shown.
var searched = []string{projects.KindProject, funding.KindCall, funding.KindTopic, projects.KindProgramme, forums.Kind, awards.KindRound, resolutions.Kind, resolutions.KindItem, resolutions.KindProposal, orgs.Kind, panels.KindBody, KindPlace, KindHelp}

const (
	perPage  = 20
	maxPages = 50
	// maxQuery is how many characters of a query are read.
	maxQuery = 200
)

// Docs gives what the search knows of the help pages or of the places: all of
// them, for Engine.Rebuild.
func (h *Home) Docs(kind string) iter.Seq2[search.Doc, error] {
	if kind == KindHelp {
		return h.helpDocs
	}
	return h.placeDocs
}

// helpDocs: the id of an article is its place in topics, counted from 1.
func (h *Home) helpDocs(yield func(search.Doc, error) bool) {
	for i, t := range topics {
		var titles, texts []string
		for _, l := range i18n.Langs {
			a := h.library[l]["help-"+t]
			titles, texts = append(titles, a.title), append(texts, a.text)
		}
		d := search.Doc{Kind: KindHelp, ID: ref.ID(i + 1), Title: strings.Join(titles, " "), Body: strings.Join(texts, "\n")}
		if !yield(d, nil) {
			return
		}
	}
}

func (h *Home) placeDocs(yield func(search.Doc, error) bool) {
	tree := h.Places.Tree()
	var walk func(list []places.Place) bool
	walk = func(list []places.Place) bool {
		for _, p := range list {
			if !yield(placeDoc(p), nil) || !walk(tree.Children(p.ID)) {
				return false
			}
		}
		return true
	}
	walk(slices.Concat(tree.Regions(), tree.Samples()))
}

func placeDoc(p places.Place) search.Doc {
	exact := p.Former
	if p.KATO != "" {
		exact = append(slices.Clone(exact), p.KATO)
	}
	return search.Doc{Kind: KindPlace, ID: p.ID, Title: strings.Join([]string{p.Name.KK, p.Name.RU, p.Name.EN}, " "), Exact: exact}
}

// answer is what the search page shows.
type answer struct {
	text, kind string
	found      []ui.Found
	tabs       []ui.Link
	total      int
	loose      bool
	building   bool
	pager      ui.Pager
}

func (h *Home) search(w http.ResponseWriter, r *http.Request) error {
	web.Touch(r, searched...)
	f := web.ReadForm(r)
	text, kind, page := f.Line("q"), f.Line("kind"), f.Page()
	if err := f.Err(); err != nil {
		return err
	}
	if kind != "" && !slices.Contains(searched, kind) {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	if cut := []rune(text); len(cut) > maxQuery {
		text = string(cut[:maxQuery])
	}
	p := ui.PageOf(r, web.Words(r).T("home.search"))
	p.NoIndex = true
	a, err := h.find(r.Context(), p, text, kind, min(page, maxPages))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, framed(p, searchPage(p, a)))
}

// find looks for text in one kind or in all, and draws the page with the given
// number, counted from 1.
func (h *Home) find(ctx context.Context, p ui.Page, text, kind string, page int) (answer, error) {
	offset := (page - 1) * perPage
	all := h.Search.Everywhere(searched, text, false, offset+perPage)
	a := answer{text: text, kind: kind, tabs: searchTabs(p, text, kind, all.Totals), loose: all.Loose, building: all.Building}
	hits := all.Hits[min(offset, len(all.Hits)):]
	for _, n := range all.Totals {
		a.total += n
	}
	if kind != "" && text != "" {
		one := h.Search.Search(kind, search.Query{Text: text, Offset: offset, Limit: perPage})
		hits, a.total, a.loose = nil, one.Total, one.Loose
		for _, id := range one.IDs {
			hits = append(hits, search.Hit{Kind: kind, ID: id})
		}
	}
	a.pager = searchPager(p, a, page)
	var err error
	a.found, err = h.load(ctx, p, hits)
	return a, err
}

func searchTabs(p ui.Page, text, kind string, totals map[string]int) []ui.Link {
	all := 0
	var tabs []ui.Link
	for _, k := range searched {
		if n := totals[k]; n > 0 || k == kind {
			all += n
			tabs = append(tabs, ui.Link{Title: p.T("home.found." + k), Path: searchPath(text, k, 1), Current: k == kind, Count: int64(n), HasCount: true})
		}
	}
	first := ui.Link{Title: p.T("home.found.all"), Path: searchPath(text, "", 1), Current: kind == "", Count: int64(all), HasCount: true}
	return append([]ui.Link{first}, tabs...)
}

func searchPath(text, kind string, page int) string {
	q := url.Values{"q": {text}}
	if kind != "" {
		q.Set("kind", kind)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return "/search?" + q.Encode()
}

func searchPager(p ui.Page, a answer, page int) ui.Pager {
	last := min((a.total+perPage-1)/perPage, maxPages)
	if last < 2 {
		return ui.Pager{}
	}
	from, to := (page-1)*perPage+1, min(page*perPage, a.total)
	g := ui.Pager{Summary: p.T("home.search_range", "from", p.Int(int64(from)), "to", p.Int(int64(to)), "all", p.Int(int64(a.total)))}
	if page > 1 {
		g.Previous = searchPath(a.text, a.kind, page-1)
	}
	if page < last {
		g.Next = searchPath(a.text, a.kind, page+1)
	}
	return g
}

// load reads what was found, each kind at once, and keeps the order.
func (h *Home) load(ctx context.Context, p ui.Page, hits []search.Hit) ([]ui.Found, error) {
	ids := map[string][]ref.ID{}
	for _, hit := range hits {
		ids[hit.Kind] = append(ids[hit.Kind], hit.ID)
	}
	shown := map[search.Hit]ui.Found{}
	if err := h.showProjects(ctx, p, ids[projects.KindProject], shown); err != nil {
		return nil, err
	}
	if err := h.showProgrammes(ctx, p, ids[projects.KindProgramme], shown); err != nil {
		return nil, err
	}
	if err := h.showCalls(ctx, p, ids[funding.KindCall], shown); err != nil {
		return nil, err
	}
	if err := h.showForums(ctx, p, ids[forums.Kind], shown); err != nil {
		return nil, err
	}
	if err := h.showAwards(ctx, p, ids[awards.KindRound], shown); err != nil {
		return nil, err
	}
	if err := h.showResolutions(ctx, p, ids, shown); err != nil {
		return nil, err
	}
	if err := h.showOrgs(ctx, p, ids[orgs.Kind], shown); err != nil {
		return nil, err
	}
	if err := h.showBodies(ctx, p, ids[panels.KindBody], shown); err != nil {
		return nil, err
	}
	if err := h.showTopics(ctx, p, ids[funding.KindTopic], shown); err != nil {
		return nil, err
	}
	h.showPlaces(p, ids[KindPlace], shown)
	h.showHelp(p, ids[KindHelp], shown)
	var out []ui.Found
	for _, hit := range hits {
		if f, ok := shown[hit]; ok {
			out = append(out, f)
		}
	}
	return out, nil
}

func (h *Home) showProjects(ctx context.Context, p ui.Page, ids []ref.ID, shown map[search.Hit]ui.Found) error {
	if len(ids) == 0 {
		return nil
	}
	list, err := h.Projects.Cards(ctx, ids)
	if err != nil {
		return err
	}
	var doers []ref.ID
	for _, pr := range list {
		doers = append(doers, pr.OrgID)
	}
	names, err := h.Projects.OrgRefs(ctx, doers)
	if err != nil {
		return err
	}
	today := h.Projects.Today()
	for _, pr := range list {
		is := pr.StatusOn(today).Is
		shown[search.Hit{Kind: projects.KindProject, ID: pr.ID}] = ui.Found{
			Title: pr.Title, Path: pr.Ref().Path, Sum: p.ShortMoney(pr.Sum, pr.Currency),
			Line:   line(p.T("home.found_one.project"), p.Text(names[pr.OrgID].Title), h.placeName(p, pr.PlaceID)),
			Status: p.T(is.Key()), Tone: is.Tone(),
		}
	}
	return nil
}

func (h *Home) showProgrammes(ctx context.Context, p ui.Page, ids []ref.ID, shown map[search.Hit]ui.Found) error {
	byID, err := h.Projects.ProgrammesByIDs(ctx, ids)
	if err != nil {
		return err
	}
	var funders []ref.ID
	for _, x := range byID {
		funders = append(funders, x.FunderID)
	}
	names, err := h.Projects.OrgRefs(ctx, funders)
	for id, x := range byID {
		shown[search.Hit{Kind: projects.KindProgramme, ID: id}] = ui.Found{Title: x.Title, Path: x.Ref().Path,
			Line: line(p.T("home.found_one.programme"), p.Text(names[x.FunderID].Title), x.Span())}
	}
	return err
}

func (h *Home) showCalls(ctx context.Context, p ui.Page, ids []ref.ID, shown map[search.Hit]ui.Found) error {
	if len(ids) == 0 {
		return nil
	}
	list, err := h.Funding.Calls(ctx, ids)
	for _, c := range list {
		shown[search.Hit{Kind: funding.KindCall, ID: c.ID}] = ui.Found{Title: c.Title, Path: c.Ref().Path, Sum: p.ShortMoney(c.Total(), ""),
			Line: line(p.T("home.found_one.call"), h.placeName(p, c.PlaceID)), Status: p.T(c.Phase.Key()), Tone: c.Phase.Tone()}
	}
	return err
}

func (h *Home) showOrgs(ctx context.Context, p ui.Page, ids []ref.ID, shown map[search.Hit]ui.Found) error {
	if len(ids) == 0 {
		return nil
	}
	return h.DB.View(ctx, func(tx *db.Tx) error {
		byID, err := h.Orgs.ByIDs(ctx, tx, ids)
		for id, o := range byID {
			shown[search.Hit{Kind: orgs.Kind, ID: id}] = ui.Found{Title: o.Name, Path: o.Ref().Path,
				Line: line(p.T("home.found_one.organization"), h.placeName(p, o.PlaceID), o.BIN)}
		}
		return err
	})
}

func (h *Home) showPlaces(p ui.Page, ids []ref.ID, shown map[search.Hit]ui.Found) {
	tree := h.Places.Tree()
	for _, id := range ids {
		if place, ok := tree.Place(id); ok {
			shown[search.Hit{Kind: KindPlace, ID: id}] = ui.Found{Title: place.Name, Path: place.Ref().Path,
				Line: line(p.T("home.found_one.place"), h.placeName(p, place.ParentID))}
		}
	}
}

func (h *Home) showHelp(p ui.Page, ids []ref.ID, shown map[search.Hit]ui.Found) {
	for _, id := range ids {
		if i := int(id) - 1; i >= 0 && i < len(topics) {
			shown[search.Hit{Kind: KindHelp, ID: id}] = ui.Found{Title: i18n.Only(p.Lang, h.library[p.Lang]["help-"+topics[i]].title),
				Path: "/help/" + topics[i], Line: p.T("home.found_one.help")}
		}
	}
}

// placeName is the place and its region in the reader's language, "" for none.
func (h *Home) placeName(p ui.Page, id ref.ID) string {
	tree := h.Places.Tree()
	place, ok := tree.Place(id)
	if !ok {
		return ""
	}
	if region, ok := tree.Region(id); ok && region.ID != id {
		return p.Text(place.Name) + ", " + p.Text(region.Name)
	}
	return p.Text(place.Name)
}

// line joins the parts that say something.
func line(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}
