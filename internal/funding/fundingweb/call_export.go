package fundingweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"birge/internal/funding"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/table"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	ics "github.com/arran4/golang-ical"
	"github.com/gorilla/feeds"
)

// files offers exactly what the list shows, its deadlines too.
func (l list) files() []ui.Download {
	return append(l.ask.Files(l.Page), ui.Download{Format: "iCalendar", Href: l.URL(l.ask.Address(".ics"))})
}

// exportCalls streams exactly the rows of the list, in its order, as a table.
func (h *Pages) exportCalls(form string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		out, err := web.Table(w, form, "calls")
		if err != nil {
			return err
		}
		if err := out.Header(callColumns); err != nil {
			return err
		}
		if err := h.eachCall(r, func(c funding.CallCard, names map[ref.ID]ref.Ref) error { return out.Row(h.callCells(r, c, names)...) }); err != nil {
			return err
		}
		return out.Close()
	}
}

var callColumns = []string{"id", "number", "title_kk", "title_ru", "title_en", "funder", "funding_kind", "length", "place_code", "place", "spheres", "phase",
	"round", "opens", "closes", "year", "sum", "rounds", "total", "min_sum", "max_sum", "min_months", "max_months", "own_share", "open_for", "published", "revision", "sample", "url"}

// eachCall hands over the calls of a list in parts.
func (h *Pages) eachCall(r *http.Request, yield func(funding.CallCard, map[ref.ID]ref.Ref) error) error {
	for ids := range search.Parts(h.Search.All(funding.KindCall, h.readCalls(r).Query), 200) {
		list, err := h.Funding.Calls(r.Context(), ids)
		if err != nil {
			return err
		}
		var funders []ref.ID
		for _, c := range list {
			funders = append(funders, c.FunderID)
		}
		names, err := h.Funding.FunderRefs(r.Context(), funders)
		if err != nil {
			return err
		}
		for _, c := range list {
			if err := yield(c, names); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *Pages) callCells(r *http.Request, c funding.CallCard, names map[ref.ID]ref.Ref) []table.Cell {
	p, zone := web.Words(r), web.Zone(r)
	place, _ := h.Places.Tree().Place(c.PlaceID)
	round, _ := c.RoundOn(h.Funding.Now())
	at := func(t time.Time) table.Cell {
		if t.IsZero() {
			return table.Text("")
		}
		return table.Text(t.In(zone).Format(time.RFC3339))
	}
	return []table.Cell{table.Text(c.ID.String()), table.Text(c.Number), table.Text(c.Title.KK), table.Text(c.Title.RU), table.Text(c.Title.EN),
		table.Text(p.Text(names[c.FunderID].Title)), table.Text(c.Kind), table.Text(string(c.Length)), table.Text(place.Code()), table.Text(p.Text(place.Name)),
		table.Text(strings.Join(c.Spheres, "; ")), table.Text(string(c.Phase)), table.Int(int64(round.No)), at(round.Opens.Time), at(round.Closes.Time),
		table.Int(int64(round.Year)), table.Money(round.Sum), table.Int(int64(len(c.Rounds))), table.Money(c.Total()), table.Money(c.MinSum), table.Money(c.MaxSum),
		table.Int(int64(c.MinMonths)), table.Int(int64(c.MaxMonths)), table.Int(int64(c.OwnShare)), table.Text(strings.Join(c.For(), "; ")), at(c.PublishedAt.Time),
		table.Int(int64(c.Revision)), table.YesNo(c.Sample), table.Text(web.Base(r) + web.Path(r, c.Ref().Path))}
}

// atomCalls is the feed of the list: what stands on its first page.
func (h *Pages) atomCalls(w http.ResponseWriter, r *http.Request) error {
	l, err := h.findCalls(r)
	if err != nil {
		return err
	}
	feed := feeds.Feed{Title: l.T("funding.calls"), Link: &feeds.Link{Href: web.Base(r) + l.URL(l.ask.Address(""))}, Id: web.Base(r) + l.URL(l.ask.Address(".atom"))}
	for i, c := range l.rows {
		if c.PublishedAt.After(feed.Updated) {
			feed.Updated = c.PublishedAt.Time
		}
		address := web.Base(r) + l.URL(c.Ref().Path)
		feed.Items = append(feed.Items, &feeds.Item{Id: address, Title: l.Text(c.Title), Link: &feeds.Link{Href: address},
			Description: l.T(c.Phase.Key()) + " · " + l.hits()[i].Line, Created: c.PublishedAt.Time, Updated: c.PublishedAt.Time})
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	return feed.WriteAtom(w)
}

// icsCalls gives the deadlines of all calls of the list.
func (h *Pages) icsCalls(w http.ResponseWriter, r *http.Request) error {
	p := web.Words(r)
	return h.calendar(w, p.T("funding.calls"), func(add func(c funding.Call)) error {
		return h.eachCall(r, func(c funding.CallCard, _ map[ref.ID]ref.Ref) error { add(c.Call); return nil })
	}, r)
}

// callCalendar gives the windows of one call.
func (h *Pages) callCalendar(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readCall(r)
	if err != nil {
		return err
	}
	return h.calendar(w, v.Title, func(add func(c funding.Call)) error { add(v.Call); return nil }, r)
}

func (h *Pages) calendar(w http.ResponseWriter, name string, each func(add func(c funding.Call)) error, r *http.Request) error {
	p := web.Words(r)
	cal := ics.NewCalendarFor("birge")
	cal.SetName(name)
	err := each(func(c funding.Call) {
		if c.Cancelled() {
			return
		}
		for _, x := range c.Rounds {
			for key, t := range map[string]time.Time{"opens": x.Opens.Time, "closes": x.Closes.Time} {
				e := cal.AddEvent(c.ID.String() + "-" + strconv.Itoa(x.No) + "-" + key + "@birge")
				e.SetDtStampTime(c.PublishedAt.Time)
				e.SetStartAt(t)
				e.SetEndAt(t)
				e.SetSummary(p.T("funding.call.calendar."+key, "title", p.Text(c.Title)))
				e.SetURL(web.Base(r) + web.Path(r, c.Ref().Path))
			}
		}
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	return cal.SerializeTo(w, ics.WithNewLineWindows)
}

// tender is a call in the terms of the Open Contracting Data Standard: a release
// with its tender, so that programs that know tenders understand calls. The page
// /calls/data tells what each field means.
type tender struct {
	ID        string      `json:"id"`
	Date      string      `json:"date"`
	Tag       []string    `json:"tag"`
	Language  i18n.Lang   `json:"language"`
	Initiator string      `json:"initiationType"`
	Buyer     tenderParty `json:"buyer"`
	Tender    tenderBody  `json:"tender"`
	URL       string      `json:"url"`
	Sample    bool        `json:"sample,omitempty"`
}

type tenderParty struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type tenderMoney struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency"`
}

type tenderPeriod struct {
	Start string `json:"startDate"`
	End   string `json:"endDate"`
}

type tenderBody struct {
	ID          string            `json:"id"`
	Title       string            `json:"title"`
	TitleKK     string            `json:"title_kk,omitempty"`
	TitleRU     string            `json:"title_ru,omitempty"`
	TitleEN     string            `json:"title_en,omitempty"`
	Description string            `json:"description"`
	Status      string            `json:"status"`
	Phase       string            `json:"phase"`
	Entity      tenderParty       `json:"procuringEntity"`
	Value       tenderMoney       `json:"value"`
	MinGrant    tenderMoney       `json:"minGrant"`
	MaxGrant    tenderMoney       `json:"maxGrant"`
	MaxMonths   int               `json:"maxMonths"`
	Category    string            `json:"fundingKind"`
	Spheres     []string          `json:"spheres"`
	Place       string            `json:"deliveryLocation"`
	Period      tenderPeriod      `json:"tenderPeriod"`
	Lots        []tenderLot       `json:"lots"`
	Eligibility string            `json:"eligibilityCriteria"`
	Rules       []tenderRule      `json:"eligibilityRules"`
	Criteria    []tenderCriterion `json:"awardCriteriaDetails"`
	Documents   []tenderFile      `json:"documents,omitempty"`
	Amendments  int               `json:"amendments"`
}

type tenderLot struct {
	ID     string       `json:"id"`
	Status string       `json:"status"`
	Value  tenderMoney  `json:"value"`
	Year   int          `json:"budgetYear"`
	Period tenderPeriod `json:"tenderPeriod"`
}

type tenderRule struct {
	Code string `json:"id"`
	Text string `json:"description"`
	Rule string `json:"rule,omitempty"`
}

type tenderCriterion struct {
	Code   string `json:"id"`
	Name   string `json:"name"`
	Weight int    `json:"weight"`
	Max    int    `json:"max"`
}

type tenderFile struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	URL   string `json:"url"`
	Type  string `json:"format"`
}

// tenderStatus is a phase in the words of the standard.
func tenderStatus(p funding.Phase) string {
	switch p {
	case funding.Announced:
		return "planned"
	case funding.Decided:
		return "complete"
	case funding.Cancelled:
		return "cancelled"
	}
	return "active"
}

// callsJSON gives the calls of the list as tenders.
func (h *Pages) callsJSON(w http.ResponseWriter, r *http.Request) error {
	web.Touch(r, funding.KindCall)
	list := []tender{}
	if err := h.eachCall(r, func(c funding.CallCard, names map[ref.ID]ref.Ref) error {
		list = append(list, h.tender(r, c.Call, c.Phase, names[c.FunderID]))
		return nil
	}); err != nil {
		return err
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	return web.JSON(w, r, map[string]any{"uri": web.Base(r) + r.URL.RequestURI(), "version": "1.1", "publisher": map[string]string{"name": web.Base(r)}, "releases": list})
}

// callJSON gives one call as a tender.
func (h *Pages) callJSON(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readCall(r)
	if err != nil {
		return err
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	return web.JSON(w, r, h.tender(r, v.Call, v.Phase(), v.Funder))
}

func (h *Pages) tender(r *http.Request, c funding.Call, phase funding.Phase, funder ref.Ref) tender {
	p, zone := web.Words(r), web.Zone(r)
	at := func(t time.Time) string { return t.In(zone).Format(time.RFC3339) }
	tenge := func(tiyn int64) tenderMoney { return tenderMoney{float64(tiyn) / 100, "KZT"} }
	payer := tenderParty{funder.ID.String(), p.Text(funder.Title)}
	t := tenderBody{ID: c.Number, Title: p.Text(c.Title), TitleKK: c.Title.KK, TitleRU: c.Title.RU, TitleEN: c.Title.EN, Description: p.Text(c.About),
		Status: tenderStatus(phase), Phase: string(phase), Entity: payer, Value: tenge(c.Total()), MinGrant: tenge(c.MinSum), MaxGrant: tenge(c.MaxSum),
		MaxMonths: c.MaxMonths, Category: c.Kind, Spheres: slices.Clone(c.Spheres), Eligibility: p.Text(c.Who), Amendments: c.Revision,
		Lots: []tenderLot{}, Rules: []tenderRule{}, Criteria: []tenderCriterion{}}
	if place, ok := h.Places.Tree().Place(c.PlaceID); ok {
		t.Place = place.Code()
	}
	if round, ok := c.RoundOn(h.Funding.Now()); ok {
		t.Period = tenderPeriod{at(round.Opens.Time), at(round.Closes.Time)}
	}
	for _, x := range c.Rounds {
		of := x.PhaseOn(h.Funding.Now(), funding.RoundCount{Applied: 1})
		t.Lots = append(t.Lots, tenderLot{strconv.Itoa(x.No), tenderStatus(of), tenge(x.Sum), x.Year, tenderPeriod{at(x.Opens.Time), at(x.Closes.Time)}})
	}
	for _, x := range c.Eligibility {
		t.Rules = append(t.Rules, tenderRule{x.Code, p.Text(x.Text), x.Rule})
	}
	for _, x := range c.Criteria {
		t.Criteria = append(t.Criteria, tenderCriterion{x.Code, p.Text(x.Name), x.Weight, x.Max})
	}
	for _, f := range c.Files {
		t.Documents = append(t.Documents, tenderFile{f.FileID.String(), p.Text(f.Title), web.Base(r) + f.Address(), f.MediaType})
	}
	return tender{ID: c.Number + "-" + strconv.Itoa(c.Revision), Date: at(c.PublishedAt.Time), Tag: []string{"tender"}, Language: p.Lang, Initiator: "tender",
		Buyer: payer, Tender: t, URL: web.Base(r) + web.Path(r, c.Ref().Path), Sample: c.Sample}
}
