package awardsweb

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"birge/internal/awards"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	ics "github.com/arran4/golang-ical"
)

// perPage is how many awards one page of the list shows.
const perPage = 20

// facets are the filters of the list, in the order in which they stand beside it.
var facets = []ui.Facet{{Name: "state", Index: awards.FacetState, Open: true}, {Name: "place", Index: awards.FacetPlace, Open: true},
	{Name: "kind", Index: awards.FacetKind}, {Name: "year", Index: awards.FacetYear}}

// noValue is a value that no award has.
const noValue = -1

// number is what stands in the index for a value of the address.
func (h *Pages) number(facet, v string) int64 {
	at := 0
	switch facet {
	case "state":
		at = slices.Index(awards.States, awards.State(v)) + 1
	case "kind":
		at = slices.Index(awards.Given, v) + 1
	case "place":
		if p, ok := h.Places.Tree().ByCode(v); ok {
			return int64(p.ID)
		}
	case "year":
		at, _ = strconv.Atoi(v)
	}
	if at < 1 {
		return noValue
	}
	return int64(at)
}

// ask reads the query of the list.
func (h *Pages) ask(r *http.Request) ui.Ask {
	a := ui.ReadAsk(r, ui.Listed{Path: "/awards", PerPage: perPage, Facets: facets, Number: h.number})
	if a.Text == "" {
		a.Sort, a.Desc = awards.SortNew, true
	}
	return a
}

// list is awards as they are drawn.
type list struct {
	ui.Page
	h        *Pages
	ask      ui.Ask
	found    search.Result
	rows     []awards.Listed
	groups   []ui.FilterGroup
	drafts   []awards.Round // of the reader
	mayBegin bool           // the reader can give awards
}

// find answers the list from the index, or from the store without counts while the
// index is being built.
func (h *Pages) find(r *http.Request) (l list, err error) {
	web.Touch(r, awards.KindRound, awards.KindLaureate)
	l = list{Page: ui.PageOf(r, web.Words(r).T("awards.title")), h: h, ask: h.ask(r)}
	l.found = h.Search.Search(awards.KindRound, l.ask.Query)
	if l.found.Building {
		l.rows, err = h.Awards.Rounds(r.Context())
	} else {
		l.rows, err = h.Awards.Cards(r.Context(), l.found.IDs)
	}
	if err != nil {
		return l, err
	}
	for _, x := range l.rows {
		h.until(r, x.Round)
	}
	if l.ask.Text != "" { // found by the names of organizations too
		web.Touch(r, orgs.Kind)
	}
	l.groups = l.ask.Groups(l.Page, "awards.filter.", l.choices)
	l.Description, l.Feed = l.T("awards.lead"), l.ask.Address(".atom")
	return l, nil
}

func (h *Pages) rounds(w http.ResponseWriter, r *http.Request) error {
	l, err := h.find(r)
	if err != nil {
		return err
	}
	by := web.Actor(r)
	l.mayBegin = by.HasAny(access.Officer) || by.HasAny(access.Lead)
	if l.drafts, err = h.Awards.Drafts(r.Context(), by); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listPage(l))
}

// until says how long a page that shows a round stays true by the clock.
func (h *Pages) until(r *http.Request, x awards.Round) {
	if turns := x.Turns(h.Awards.Today(), web.Zone(r)); !turns.IsZero() {
		web.Until(r, turns)
	}
}

// choices are the values of a filter, each with what it would bring.
func (l list) choices(x ui.Facet) (out []ui.Choice) {
	counts := l.found.Counts[x.Index]
	add := func(value, label string, num int64, depth int) {
		out = append(out, ui.Choice{Value: value, Label: label, Count: int64(counts[num]), HasCount: !l.found.Building, Selected: l.ask.Chosen(x.Name, value), Depth: depth})
	}
	switch x.Name {
	case "state":
		for i, s := range awards.States {
			add(string(s), l.T("awards.state."+string(s)), int64(i+1), 0)
		}
	case "place":
		l.h.Places.Tree().Choices(l.ask.Choices[x.Name], counts, func(p places.Place, depth int) { add(p.Code(), l.Text(p.Name), int64(p.ID), depth) })
	case "kind":
		for i, k := range awards.Given {
			add(k, l.T("awards.kind."+k), int64(i+1), 0)
		}
	case "year":
		for _, y := range slices.Backward(slices.Sorted(maps.Keys(counts))) {
			add(strconv.FormatInt(y, 10), strconv.FormatInt(y, 10), y, 0)
		}
	}
	return out
}

// hits are the awards of the page.
func (l list) hits() (out []ui.Found) {
	for _, x := range l.rows {
		out = append(out, l.h.hit(l.Page, x))
	}
	return out
}

// hit is one award in a list.
func (h *Pages) hit(p ui.Page, x awards.Listed) ui.Found {
	line := p.Text(h.placeName(x.Round.PlaceID))
	switch {
	case x.Round.Reported():
		line += " · " + whenHeld(p, x.Round)
	case x.State == awards.Open || x.State == awards.Announced:
		line += " · " + p.T("awards.from_to", "from", x.Round.Opens, "to", x.Round.Closes)
	}
	if x.Laureates > 0 {
		line += " · " + p.N("awards.n_laureates", x.Laureates)
	}
	if n := len(x.Round.Nominations); n > 0 {
		line += " · " + p.N("awards.n_nominations", int64(n))
	}
	return ui.Found{Title: x.Round.Title, Path: x.Round.Ref().Path, Line: line, Status: p.T("awards.state." + string(x.State)), Tone: tone(x.State)}
}

// draftHits are the drafts of the reader.
func (l list) draftHits() (out []ui.Found) {
	for _, r := range l.drafts {
		out = append(out, l.h.hit(l.Page, awards.Listed{Round: r, State: awards.Draft}))
	}
	return out
}

func (h *Pages) placeName(id ref.ID) i18n.Text {
	p, _ := h.Places.Tree().Place(id)
	return p.Name
}

// tone is how a state looks.
func tone(s awards.State) string {
	switch s {
	case awards.Open, awards.Decided:
		return ui.Good
	case awards.Announced, awards.Judging:
		return ui.Wait
	case awards.Cancelled:
		return ui.Late
	}
	return ui.Quiet
}

// whenHeld tells on which day laureates were honoured, or that it is not stated.
func whenHeld(p ui.Page, r awards.Round) string {
	if r.HeldOn.IsZero() {
		return p.T("awards.day_unstated")
	}
	return p.Date(r.HeldOn)
}

// atomRounds is the feed of the list: what was announced, decided and called off.
func (h *Pages) atomRounds(w http.ResponseWriter, r *http.Request) error {
	l, err := h.find(r)
	if err != nil {
		return err
	}
	f := ui.NewsFeed{Title: l.Title, Address: l.URL(l.ask.Address("")), Since: time.Unix(0, 0)}
	for _, x := range l.rows {
		news := func(act string, at db.Time) {
			if !at.IsZero() {
				f.News = append(f.News, ui.News{Title: l.T("act."+act) + ": " + l.Text(x.Round.Title), Text: h.hit(l.Page, x).Line, Address: l.URL(x.Round.Ref().Path), Mark: act, At: at.Time})
			}
		}
		if x.Round.Reported() {
			news("awards.round.tell", x.Round.PublishedAt)
			continue
		}
		news("awards.round.publish", x.Round.PublishedAt)
		news("awards.round.decide", x.Round.DecidedAt)
		news("awards.round.cancel", x.Round.CancelledAt)
	}
	slices.SortStableFunc(f.News, func(a, b ui.News) int { return b.At.Compare(a.At) })
	return ui.WriteAtom(w, r, f)
}

// icsRounds gives the days from which and until which candidates are taken, of all
// awards of the list.
func (h *Pages) icsRounds(w http.ResponseWriter, r *http.Request) error {
	p := web.Words(r)
	return calendar(w, r, p.T("awards.title"), func(add func(awards.Round)) error {
		return h.each(r, func(x awards.Listed) { add(x.Round) })
	})
}

// each hands over all awards of the list.
func (h *Pages) each(r *http.Request, yield func(awards.Listed)) error {
	web.Touch(r, awards.KindRound, awards.KindLaureate)
	for ids := range search.Parts(h.Search.All(awards.KindRound, h.ask(r).Query), 200) {
		list, err := h.Awards.Cards(r.Context(), ids)
		if err != nil {
			return err
		}
		for _, x := range list {
			h.until(r, x.Round)
			yield(x)
		}
	}
	return nil
}

// roundCalendar gives the days of one award.
func (h *Pages) roundCalendar(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	return calendar(w, r, v.Title, func(add func(awards.Round)) error { add(v.Round); return nil })
}

// calendar writes the days of awards for candidates.
func calendar(w http.ResponseWriter, r *http.Request, name string, each func(add func(awards.Round)) error) error {
	p := web.Words(r)
	cal := ics.NewCalendarFor("birge")
	cal.SetName(name)
	err := each(func(x awards.Round) {
		if x.Reported() || !x.Published() || !x.CancelledAt.IsZero() {
			return
		}
		for _, on := range []struct {
			key string
			day db.Date
		}{{"opens", x.Opens}, {"closes", x.Closes}} {
			e := cal.AddEvent(x.ID.String() + "-" + on.key + "@birge")
			e.SetDtStampTime(x.PublishedAt.Time)
			e.SetAllDayStartAt(on.day.In(time.UTC))
			e.SetAllDayEndAt(on.day.AddDays(1).In(time.UTC))
			e.SetSummary(p.T("awards.calendar."+on.key, "title", p.Text(x.Title)))
			e.SetURL(web.Base(r) + web.Path(r, x.Ref().Path))
		}
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	return cal.SerializeTo(w, ics.WithNewLineWindows)
}

// Lists tells about lists of awards to those who follow them.
type Lists struct {
	*Pages
	Vocabulary *i18n.Words
}

// Named names the list with the query, and gives its address without page and order.
func (l Lists) Named(_ context.Context, query string) (title i18n.Text, path string, err error) {
	a := l.ask(ui.Asked(query))
	found := l.Search.Search(awards.KindRound, a.Query)
	title = a.Named(l.Vocabulary, "awards.title", "awards.filter.", func(p ui.Page) func(ui.Facet) []ui.Choice {
		return list{Page: p, h: l.Pages, ask: a, found: found}.choices
	})
	return title, a.Followed(), nil
}

// Among says which of the awards the list with the query shows.
func (l Lists) Among(_ context.Context, query string, ids []ref.ID) ([]ref.ID, error) {
	return l.ask(ui.Asked(query)).Among(l.Search, awards.KindRound, ids), nil
}
