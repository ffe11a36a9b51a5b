package fundingweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"birge/internal/funding"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// resultsView is what came of a round.
type resultsView struct {
	ui.Page
	funding.Results
	h      *Pages
	filter funding.ResultFilter
	page   int
	rows   []funding.Result // all that the filter lets through
	shown  []funding.Result // of the page, with names
	zone   *time.Location
}

func (h *Pages) readResults(r *http.Request) (v resultsView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: funding.KindCall, ID: id}.Key(), orgs.Kind)
	f := web.ReadForm(r)
	no := max(1, int(f.Int("round")))
	v = resultsView{Page: ui.PageOf(r, ""), h: h, page: f.Page(), zone: web.Zone(r)}
	v.filter = funding.ResultFilter{State: funding.ApplicationState(f.Line("state")), Place: f.ID("place"), Sphere: f.Line("sphere"), First: f.Bool("first"), Top: f.Bool("top")}
	if err := f.Err(); err != nil {
		return v, err
	}
	if v.Results, err = h.Funding.Results(r.Context(), web.Actor(r), id, no); err != nil {
		return v, err
	}
	v.rows = v.Results.Rows(v.filter)
	web.Touch(r, v.Panel.Ref().Key())
	v.Title = v.T("funding.results_of", "call", v.Call.Title)
	v.Page.Sample = v.Page.Sample || v.Call.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("funding.calls"), Path: "/calls"}, {Title: v.Text(v.Call.Title), Path: v.Call.Ref().Path}}
	return v, nil
}

// results tells everybody what came of a round.
func (h *Pages) results(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readResults(r)
	if err != nil {
		return err
	}
	if v.shown, err = h.Funding.NameResults(r.Context(), pageOf(v.rows, v.page)); err != nil {
		return err
	}
	for _, x := range v.shown {
		if x.Org.ID != 0 {
			web.Touch(r, x.Org.Key())
		}
	}
	return web.Render(w, r, http.StatusOK, resultsPage(v))
}

func (v resultsView) path() string { return v.Call.Ref().Path + "/results" }

// query is the address of the rows behind something, beside the round.
func (v resultsView) query(more ...string) string {
	q := url.Values{"round": {strconv.Itoa(v.Round.No)}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return v.path() + "?" + q.Encode()
}

// behind leads to the rows behind a figure.
func (v resultsView) behind(more ...string) string { return v.query(more...) + "#rows" }

// asked are the filters of the page as pairs.
func (v resultsView) asked() (q []string) {
	f := v.filter
	if f.State != "" {
		q = append(q, "state", string(f.State))
	}
	if f.Place != 0 {
		q = append(q, "place", f.Place.String())
	}
	if f.Sphere != "" {
		q = append(q, "sphere", f.Sphere)
	}
	if f.First {
		q = append(q, "first", "1")
	}
	if f.Top {
		q = append(q, "top", "1")
	}
	return q
}

func (v resultsView) figures() []ui.Figure {
	list := []ui.Figure{
		{Label: v.T("funding.results.applied"), Value: v.Int(int64(v.Applied)), Why: v.behind()},
		{Label: v.T("funding.results.admitted"), Value: v.Int(int64(v.Admitted)), Note: v.T("funding.results.refused", "n", v.Counts[funding.Refused]), Why: v.behind("state", string(funding.Refused))},
		{Label: v.T("funding.results.won"), Value: v.Int(int64(v.Counts[funding.Funded])), Note: v.T("funding.results.reserve", "n", v.Counts[funding.Reserve]), Why: v.behind("state", string(funding.Funded))},
		{Label: v.T("funding.results.granted"), Value: v.ShortMoney(v.Granted, ""), Note: v.T("funding.of_sum", "sum", v.ShortMoney(v.Asked, "")), Why: v.behind("state", string(funding.Funded))},
		{Label: v.T("funding.results.first"), Value: v.Int(v.First), Note: v.ShortMoney(v.FirstSum, ""), Why: v.behind("first", "1")},
	}
	if v.TopTen >= 0 {
		list = append(list, ui.Figure{Label: v.T("funding.results.top"), Value: v.Percent(float64(v.TopTen)), Why: v.behind("top", "1")})
	}
	district := ui.Figure{Label: v.T("funding.order.districts"), Value: v.Percent(float64(v.Districts)), Why: "#places"}
	if v.Call.DistrictShare > 0 {
		district.Note = v.T("funding.order.target", "percent", v.Call.DistrictShare)
	}
	return append(list, district)
}

func (v resultsView) place(id ref.ID) string {
	p, _ := v.h.Places.Tree().Place(id)
	return v.Text(p.Name)
}

// parts is the table of parts by place or by sphere.
func (v resultsView) parts(list []funding.Part, head string) ui.Sheet {
	s := ui.Sheet{Caption: head, Columns: []ui.Column{{Label: head}, {Label: v.T("funding.results.applied"), Num: true}, {Label: v.T("funding.results.won"), Num: true},
		{Label: v.T("funding.budget.asked"), Num: true}, {Label: v.T("funding.results.granted"), Num: true}}}
	for _, p := range list {
		name, why := v.place(p.Place), v.behind("place", p.Place.String())
		if p.Sphere != "" {
			name, why = v.h.term(v.Printer, "sphere", p.Sphere), v.behind("sphere", p.Sphere)
		}
		row := ui.Cells(name, v.Int(int64(p.Applied)), v.Int(int64(p.Funded)), v.Money(p.Asked, ""), v.Money(p.Granted, ""))
		row[0].Path = why
		s.Rows = append(s.Rows, row)
	}
	return s
}

// who names the applicant where that may be.
func (v resultsView) who(x funding.Result) (name, path string) {
	if x.Org.ID == 0 {
		return "—", ""
	}
	return v.Text(x.Org.Title), x.Org.Path
}

func (v resultsView) sheet() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.results.rows"), Empty: v.T("funding.no_applications"), Columns: []ui.Column{{Label: v.T("funding.order.place"), Num: true}, {Label: v.T("funding.results.application")},
		{Label: v.T("funding.applicant")}, {Label: v.T("funding.place")}, {Label: v.T("funding.f.sphere")}}}
	if v.Scores {
		s.Columns = append(s.Columns, ui.Column{Label: v.T("funding.order.corrected"), Num: true}, ui.Column{Label: v.T("funding.order.raw"), Num: true}, ui.Column{Label: v.T("funding.order.stays"), Num: true})
	}
	s.Columns = append(s.Columns, ui.Column{Label: v.T("funding.budget.asked"), Num: true}, ui.Column{Label: v.T("funding.results.granted"), Num: true}, ui.Column{Label: v.T("funding.state")})
	for _, x := range v.shown {
		s.Rows = append(s.Rows, v.row(x))
	}
	return s
}

func (v resultsView) row(x funding.Result) []ui.Cell {
	place, title := "—", x.Number
	if x.Ruling.Place > 0 {
		place = strconv.Itoa(x.Ruling.Place)
	}
	if !x.Title.IsZero() {
		title = v.Text(x.Title) + " · " + x.Number
	}
	who, path := v.who(x)
	row := ui.Cells(place, title, who, v.place(x.District), v.h.term(v.Printer, "sphere", x.Sphere))
	row[2].Path = path
	if v.Scores {
		stays := "—"
		if x.Ruling.ID != 0 && x.Ruling.Stays >= 0 {
			stays = v.Percent(float64(x.Ruling.Stays))
		}
		row = append(row, ui.Cells(points(v.Printer, float64(x.Ruling.Points)/100, x.Ruling.Marks), points(v.Printer, float64(x.Ruling.RawPoints)/100, x.Ruling.Marks), stays)...)
	}
	row = append(row, ui.Cells(v.Money(x.Asked, ""), given(v.Page, x.Granted), "")...)
	row[len(row)-1].Show = ui.Status(x.State.Tone(), v.T(x.State.Key()))
	return row
}

func (v resultsView) pager() ui.Pager {
	return pagerOf(v.query(v.asked()...), v.page, len(v.rows))
}

// narrowed tells that the rows are those behind one figure.
func (v resultsView) narrowed() bool { return len(v.asked()) > 0 }

// departures are where the decisions depart from the order, with the reasons.
func (v resultsView) departures() (out []ui.Fact) {
	numbers := map[ref.ID]string{}
	for _, x := range v.Results.Rows(funding.ResultFilter{}) {
		numbers[x.ID] = x.Number
	}
	for _, d := range v.Decisions {
		for _, x := range d.Departures {
			out = append(out, ui.Fact{Label: numbers[x.ApplicationID] + " · " + v.T(x.Outcome.Key()), Show: ui.Prose(v.Page, x.Reason)})
		}
	}
	return out
}

// notes are what is told beside the decisions.
func (v resultsView) notes() (out []ui.Fact) {
	for _, d := range v.Decisions {
		x := ui.Fact{Label: v.T("funding.decision.no", "no", d.No) + " · " + v.T("funding.decision.kind."+string(d.Kind)) + " · " + v.Date(d.PublishedAt), Value: v.Money(d.Sum, "KZT")}
		if !d.Note.IsZero() {
			x = ui.Fact{Label: x.Label, Show: ui.Prose(v.Page, d.Note)}
		}
		out = append(out, x)
	}
	return out
}

// appeals are what came of appeals: without who appealed.
func (v resultsView) appeals() (out []ui.Fact) {
	for _, a := range v.Appeals {
		out = append(out, ui.Fact{Label: v.T("funding.appeal.one", "number", a.Number) + " · " + v.T(a.Key()), Show: ui.Prose(v.Page, a.Reasons)})
	}
	return out
}

func (v resultsView) hasPanel() bool { return v.Panel.Stage() == panels.Decided }

var resultColumns = []string{"number", "state", "place", "points_corrected", "points_raw", "stays_percent", "title_kk", "title_ru", "title_en", "organization", "organization_page", "place_code", "sphere", "asked", "granted", "first_time"}

// exportResults gives the rows as a table.
func (h *Pages) exportResults(form string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := h.readResults(r)
		if err != nil {
			return err
		}
		rows, err := h.Funding.NameResults(r.Context(), v.rows)
		if err != nil {
			return err
		}
		out, err := web.Table(w, form, "results-"+v.Call.Number)
		if err != nil {
			return err
		}
		if err := out.Header(resultColumns); err != nil {
			return err
		}
		for _, x := range rows {
			if err := out.Row(v.cells(r, x)...); err != nil {
				return err
			}
		}
		return out.Close()
	}
}

func (v resultsView) cells(r *http.Request, x funding.Result) []table.Cell {
	place, _ := v.h.Places.Tree().Place(x.District)
	corrected, raw, stays := table.Text(""), table.Text(""), table.Text("")
	if v.Scores && x.Ruling.Marks > 0 {
		corrected, raw = table.Decimal(float64(x.Ruling.Points)/100), table.Decimal(float64(x.Ruling.RawPoints)/100)
		if x.Ruling.Stays >= 0 {
			stays = table.Int(int64(x.Ruling.Stays))
		}
	}
	org, page := "", ""
	if x.Org.ID != 0 {
		org, page = v.Text(x.Org.Title), web.Base(r)+web.Path(r, x.Org.Path)
	}
	return []table.Cell{table.Text(x.Number), table.Text(string(x.State)), table.Int(int64(x.Ruling.Place)), corrected, raw, stays, table.Text(x.Title.KK), table.Text(x.Title.RU),
		table.Text(x.Title.EN), table.Text(org), table.Text(page), table.Text(place.Code()), table.Text(x.Sphere), table.Money(x.Asked), table.Money(x.Granted), table.YesNo(x.First)}
}

func (v resultsView) files() (out []ui.Download) {
	q := strings.TrimPrefix(v.query(v.asked()...), v.path())
	for _, form := range []string{"csv", "xlsx", "json"} {
		out = append(out, ui.Download{Format: strings.ToUpper(form), Href: v.URL(v.path() + "." + form + q)})
	}
	return out
}

// given is the money that an application got, a dash where it got none.
func given(p ui.Page, sum int64) string {
	if sum == 0 {
		return "—"
	}
	return p.Money(sum, "")
}
