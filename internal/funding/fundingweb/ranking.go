package fundingweb

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"birge/internal/funding"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// rankingView is the order of a round as its marks give it.
type rankingView struct {
	ui.FormPage
	funding.Ranking
	names map[ref.ID]ref.Ref
	page  int
	part  funding.RankingPart
	zone  *time.Location
}

// what tells that other money or another threshold is tried.
func (v rankingView) what() bool { return v.part.What != nil }

// rowsPerPage is how many applications a page of an order or of results shows.
const rowsPerPage = 100

// readRanking reads so many lines of the order that a request asks for, those of its
// page; 0 is all.
func (h *Pages) readRanking(r *http.Request, n int) (v rankingView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	f := web.ReadForm(r)
	no := max(1, int(f.Int("round")))
	v = rankingView{FormPage: ui.FormPage{Page: ui.PageOf(r, web.Words(r).T("funding.ranking")), Values: f.Values}, page: f.Page(), zone: web.Zone(r)}
	v.part = funding.RankingPart{From: (v.page-1)*n + 1, N: n}
	if f.Has("sum") || f.Has("threshold") {
		v.part.What = &funding.Cut{Sum: f.Money("sum"), Threshold: int(f.Int("threshold"))}
	}
	if err := f.Err(); err != nil {
		return v, err
	}
	v.Ranking, err = h.Funding.Ranking(r.Context(), web.Actor(r), id, no, v.part)
	v.NoIndex = true
	v.Crumbs = []ui.Crumb{{Title: v.T("funding.calls"), Path: "/calls"}, {Title: v.Text(v.Call.Title), Path: v.Call.Ref().Path}}
	if v.MayDecide {
		v.Crumbs = append(v.Crumbs, ui.Crumb{Title: v.T("funding.progress"), Path: v.Call.Ref().Path + "/progress"})
	}
	return v, err
}

// ranking shows the order of a round, with the cut-off and how firm each place is.
func (h *Pages) ranking(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readRanking(r, rowsPerPage)
	if err != nil {
		return err
	}
	for _, lines := range [][]funding.Line{v.Lines, v.Departures} {
		if err := h.Funding.NameLines(r.Context(), lines); err != nil {
			return err
		}
	}
	var ids []ref.ID
	for _, l := range v.Lines {
		ids = append(ids, l.OrgID)
	}
	if v.names, err = h.Funding.FunderRefs(r.Context(), ids); err != nil {
		return err
	}
	if v.Values == nil || !v.what() {
		v.Values = url.Values{"sum": {tenge(v.Cut.Sum)}, "threshold": {strconv.Itoa(v.Cut.Threshold)}}
	}
	return web.Render(w, r, http.StatusOK, rankingPage(v))
}

func (v rankingView) path() string { return v.Call.Ref().Path + "/ranking" }

func pageOf[T any](list []T, page int) []T {
	from := min((page-1)*rowsPerPage, len(list))
	return list[from:min(from+rowsPerPage, len(list))]
}

// pagerOf leads to the pages around; address already asks something.
func pagerOf(address string, page, n int) (g ui.Pager) {
	if page > 1 {
		g.Previous = address + "&page=" + strconv.Itoa(page-1)
	}
	if page*rowsPerPage < n {
		g.Next = address + "&page=" + strconv.Itoa(page+1)
	}
	return g
}

func (v rankingView) query() string {
	q := "?round=" + strconv.Itoa(v.Round.No)
	if v.what() {
		q += "&sum=" + url.QueryEscape(v.Values.Get("sum")) + "&threshold=" + url.QueryEscape(v.Values.Get("threshold"))
	}
	return q
}

func (v rankingView) pager() ui.Pager { return pagerOf(v.path()+v.query(), v.page, v.All) }

// points are points of 100 as a reader sees them.
func points(p *i18n.Printer, value float64, marks int) string {
	if marks == 0 {
		return "—"
	}
	return p.Decimal(value, 1)
}

func (v rankingView) sheet() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.ranking"), Empty: v.T("funding.no_applications"), Columns: orderColumns(v.Page)}
	for _, l := range v.Lines {
		row := orderRow(v.Page, l, v.names[l.OrgID])
		if !v.MayDecide {
			row[1].Path = "" // applications are read by their two sides
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// departures are where the decision that was put departs from the order.
func (v rankingView) departures() (out []ui.Fact) {
	for _, l := range v.Departures {
		told := v.Text(l.Title) + " · " + l.Number + " · " + v.T(l.Outcome.Key())
		if l.Granted > 0 {
			told += " · " + v.Money(l.Granted, "KZT")
		}
		out = append(out, ui.Fact{Label: told, Show: ui.Prose(v.Page, l.Reason)})
	}
	return out
}

func orderColumns(p ui.Page) []ui.Column {
	return []ui.Column{{Label: p.T("funding.order.place"), Num: true}, {Label: p.T("funding.f.title")}, {Label: p.T("funding.applicant")}, {Label: p.T("funding.order.corrected"), Num: true},
		{Label: p.T("funding.order.raw"), Num: true}, {Label: p.T("funding.order.raw_place"), Num: true}, {Label: p.T("funding.order.stays"), Num: true},
		{Label: p.T("funding.budget.asked"), Num: true}, {Label: p.T("funding.state")}}
}

// orderRow is an application in an order.
func orderRow(p ui.Page, l funding.Line, org ref.Ref) []ui.Cell {
	place, raw := "—", "—"
	if l.Marks > 0 {
		place, raw = strconv.Itoa(l.Place), strconv.Itoa(l.RawPlace)
	}
	firm := "—"
	if l.Stays >= 0 {
		firm = p.Percent(float64(l.Stays))
	}
	row := ui.Cells(place, p.Text(l.Title)+" · "+l.Number, p.Text(org.Title), points(p.Printer, l.Corrected, l.Marks), points(p.Printer, l.Raw, l.Marks), raw, firm, p.Money(l.Asked, ""), "")
	row[1].Path, row[2].Path = "/applications/"+l.ID.String(), org.Path
	state := p.T(l.Outcome.Key())
	if l.Full && l.Outcome == funding.Reserve {
		state += ": " + p.T("funding.decision.full")
	}
	row[8].Show = ui.Status(l.Outcome.Tone(), state)
	return row
}

func (v rankingView) figures() []ui.Figure {
	list := []ui.Figure{{Label: v.T("funding.order.within"), Value: v.Int(int64(v.Within)), Note: v.T("funding.of_n", "n", v.All)},
		{Label: v.T("funding.results.granted"), Value: v.ShortMoney(v.Granted, ""), Note: v.T("funding.of_sum", "sum", v.ShortMoney(v.Cut.Sum, ""))}}
	district := ui.Figure{Label: v.T("funding.order.districts"), Value: v.Percent(float64(v.Districts))}
	if v.Call.DistrictShare > 0 {
		district.Note = v.T("funding.order.target", "percent", v.Call.DistrictShare)
	}
	return append(list, district)
}

// severity lists experts by how far above the others they mark.
func (v rankingView) severity() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.order.severity"), Columns: []ui.Column{{Label: v.T("funding.order.expert")}, {Label: v.T("funding.order.above"), Num: true}}}
	var nos []int
	for no := range v.Order.Severity {
		nos = append(nos, no)
	}
	slices.Sort(nos)
	for _, no := range nos {
		s.Rows = append(s.Rows, ui.Cells(v.T("funding.order.expert_no", "no", no), v.Decimal(v.Order.Severity[no], 1)))
	}
	return s
}

var rankingColumns = []string{"number", "place", "points_corrected", "place_raw", "points_raw", "marks", "stays_percent", "asked", "outcome"}

// exportRanking gives the order as a table.
func (h *Pages) exportRanking(form string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := h.readRanking(r, 0)
		if err != nil {
			return err
		}
		out, err := web.Table(w, form, "ranking")
		if err != nil {
			return err
		}
		if err := out.Header(rankingColumns); err != nil {
			return err
		}
		for _, l := range v.Lines {
			if err := out.Row(table.Text(l.Number), table.Int(int64(l.Place)), table.Decimal(l.Corrected), table.Int(int64(l.RawPlace)), table.Decimal(l.Raw),
				table.Int(int64(l.Marks)), table.Int(int64(l.Stays)), table.Money(l.Asked), table.Text(string(l.Outcome))); err != nil {
				return err
			}
		}
		return out.Close()
	}
}

func (v rankingView) files() (out []ui.Download) {
	for _, form := range []string{"csv", "xlsx"} {
		out = append(out, ui.Download{Format: map[string]string{"csv": "CSV", "xlsx": "XLSX"}[form], Href: v.URL(v.path() + "." + form + v.query())})
	}
	return out
}

// decisionView is a decision that the funder's side makes.
type decisionView struct {
	ui.FormPage
	funding.DecisionStory
	names map[ref.ID]ref.Ref
	page  int
	one   *funding.Line // about which a departure is said
	zone  *time.Location
}

// decision shows a decision, or the form of a departure about one application.
func (h *Pages) decision(w http.ResponseWriter, r *http.Request) error {
	return h.showDecision(w, r, url.Values{}, nil)
}

func (h *Pages) showDecision(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	id, bad := web.ID(r, "id")
	if bad != nil {
		return bad
	}
	st, bad := h.Funding.DecisionStory(r.Context(), web.Actor(r), id)
	if bad != nil {
		return bad
	}
	v := decisionView{DecisionStory: st, page: web.ReadForm(r).Page(), zone: web.Zone(r)}
	about := cmp.Or(values.Get("application"), r.URL.Query().Get("application"))
	var ids []ref.ID
	for _, l := range v.shown() {
		ids = append(ids, l.OrgID)
	}
	for i, l := range v.Lines {
		if l.ID.String() == about {
			v.one, ids = &v.Lines[i], append(ids, l.OrgID)
			if bad := h.Funding.NameLines(r.Context(), v.Lines[i:i+1]); bad != nil {
				return bad
			}
		}
	}
	if bad := h.Funding.NameLines(r.Context(), v.shown()); bad != nil {
		return bad
	}
	if v.names, bad = h.Funding.FunderRefs(r.Context(), ids); bad != nil {
		return bad
	}
	now := url.Values{"version": {strconv.FormatInt(st.Decision.Version, 10)}}
	if !values.Has("version") {
		values.Set("version", now.Get("version"))
		ui.PutTexts(values, "note", st.Decision.Note)
		if v.one != nil {
			values.Set("outcome", string(v.one.Outcome))
			values.Set("granted", tenge(v.one.Granted))
			ui.PutTexts(values, "reason", v.one.Reason)
		}
	}
	return ui.ShowEdit(w, r, "funding.decision", values, now, err, func(t ui.FormPage) templ.Component {
		v.FormPage = t
		return decisionPage(v)
	})
}

// decide takes what the funder's side does with a decision.
func (h *Pages) decide(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	ctx, by, version := r.Context(), web.Actor(r), f.Version()
	n := funding.Departure{ApplicationID: f.ID("application"), Outcome: funding.ApplicationState(f.Line("outcome")), Reason: f.Texts("reason")}
	if n.Outcome == funding.Funded {
		n.Granted = f.Money("granted")
	}
	note := f.Texts("note")
	var d funding.Decision
	if err = f.Err(); err == nil {
		switch f.Line("do") {
		case "depart":
			d, err = h.Funding.DepartOn(ctx, by, id, version, n)
		case "order":
			d, err = h.Funding.DepartOn(ctx, by, id, version, funding.Departure{ApplicationID: n.ApplicationID})
		case "note":
			d, err = h.Funding.NoteDecision(ctx, by, id, version, note)
		case "put":
			d, err = h.Funding.PutDecision(ctx, by, id, version)
		case "take_back":
			d, err = h.Funding.TakeBackDecision(ctx, by, id, version)
		case "publish":
			d, err = h.Funding.PublishDecision(ctx, by, id, version)
		case "drop":
			d, err = h.Funding.DropDecision(ctx, by, id, version)
		default:
			err = noSuchAct()
		}
	}
	if err != nil {
		return h.showDecision(w, r, f.Values, err)
	}
	switch d.State() {
	case funding.DecisionPublished:
		return web.SeeOther(w, r, d.Ref().Path, "funding.notice.decided")
	case funding.DecisionDropped:
		return web.SeeOther(w, r, "/calls/"+d.CallID.String()+"/progress", "funding.notice.dropped")
	}
	return web.SeeOther(w, r, d.Path(), "funding.notice.saved")
}

func (v decisionView) shown() []funding.Line { return pageOf(v.Lines, v.page) }

func (v decisionView) pager() ui.Pager {
	return pagerOf(v.Decision.Path()+"?", v.page, len(v.Lines))
}

func (v decisionView) draft() bool { return v.Decision.State() == funding.DecisionDraft }

func (v decisionView) put() bool { return v.Decision.State() == funding.DecisionPut }

func (v decisionView) version() string { return v.Values.Get("version") }

func (v decisionView) sheet() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.decision"), Empty: v.T("funding.no_applications"), Columns: append(orderColumns(v.Page), ui.Column{Label: v.T("funding.results.granted"), Num: true}, ui.Column{Label: v.T("funding.decision.departs")})}
	for _, l := range v.shown() {
		row := append(orderRow(v.Page, l, v.names[l.OrgID]), ui.Cells(given(v.Page, l.Granted), "")...)
		last := &row[len(row)-1]
		if l.Departs() {
			last.Text = v.Text(l.Reason)
		}
		if v.draft() {
			last.Path = v.Decision.Path() + "?application=" + l.ID.String() + "#depart"
			last.Text = cmp.Or(last.Text, v.T("funding.decision.depart"))
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

func (v decisionView) figures() []ui.Figure {
	var sum int64
	n := 0
	for _, l := range v.Lines {
		if l.Outcome == funding.Funded {
			n++
			sum += l.Granted
		}
	}
	list := []ui.Figure{{Label: v.T("funding.decision.funded_n"), Value: v.Int(int64(n)), Note: v.T("funding.of_n", "n", len(v.Lines))},
		{Label: v.T("funding.results.granted"), Value: v.ShortMoney(sum, ""), Note: v.T("funding.of_sum", "sum", v.ShortMoney(v.Left, ""))}}
	district := ui.Figure{Label: v.T("funding.order.districts"), Value: v.Percent(float64(v.Districts))}
	if v.Call.DistrictShare > 0 {
		district.Note = v.T("funding.order.target", "percent", v.Call.DistrictShare)
	}
	return append(list, district)
}

// outcomes are what a departure may say.
func (v decisionView) outcomes() ui.Field {
	var choices []ui.Choice
	for _, s := range []funding.ApplicationState{funding.Funded, funding.Reserve, funding.Declined} {
		choices = append(choices, ui.Choice{Value: string(s), Label: v.T(s.Key())})
	}
	x := v.Choose("outcome", "funding.f.outcome", choices)
	x.Required = true
	return x
}

// faults are those of single applications, which the form does not show beside a
// field.
func (v decisionView) faults() (out []string) {
	for name, x := range v.Faults {
		if name == "sum" || len(name) > 14 {
			out = append(out, v.T(x.Key, x.Args...))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// voted is what the commission has said, as a message key.
func (v decisionView) voted() string {
	switch said := v.Resolution; {
	case said.At.IsZero() || said.At.Before(v.Decision.PutAt.Time) && !said.Amended:
		return "funding.decision.not_voted"
	case !said.Adopted:
		return "funding.decision.not_adopted"
	case said.Amended && !said.At.Before(v.Decision.PutAt.Time):
		return "funding.decision.amended"
	}
	return "funding.decision.adopted"
}

// motion is what a commission votes on, in the languages of its minutes.
func (h *Pages) motion(key string, args ...any) (t i18n.Text) {
	for _, l := range i18n.Langs {
		t.Set(l, h.Words().Printer(l).T(key, args...))
	}
	return t
}

// toMeeting puts a decision on the agenda of a meeting.
func (h *Pages) toMeeting(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	meeting := f.ID("meeting")
	f.Reject(meeting == 0, "meeting", "form.required")
	if err = f.Err(); err == nil {
		var st funding.DecisionStory
		if st, err = h.Funding.DecisionStory(r.Context(), web.Actor(r), id); err != nil {
			return err
		}
		d := st.Decision
		err = h.Funding.PutOnAgenda(r.Context(), web.Actor(r), d.Ref(), meeting, st.Call.Title, h.motion("funding.decision.motion", "round", d.Round, "n", d.Funded, "sum", i18n.Tiyn(d.Sum)))
	}
	if err != nil {
		return h.showDecision(w, r, url.Values{}, err)
	}
	return web.SeeOther(w, r, funding.Decision{ID: id}.Path(), "funding.notice.saved")
}

// appealToMeeting puts an appeal on the agenda of a meeting.
func (h *Pages) appealToMeeting(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	meeting := f.ID("meeting")
	f.Reject(meeting == 0, "meeting", "form.required")
	if err = f.Err(); err == nil {
		var st funding.AppealStory
		if st, err = h.Funding.AppealStory(r.Context(), web.Actor(r), id); err != nil {
			return err
		}
		err = h.Funding.PutOnAgenda(r.Context(), web.Actor(r), st.Appeal.Ref(), meeting, st.Call.Title, h.motion("funding.appeal.motion", "number", st.Appeal.Number))
	}
	if err != nil {
		return h.showAppeal(w, r, url.Values{}, err)
	}
	return web.SeeOther(w, r, funding.Appeal{ID: id}.Ref().Path, "funding.notice.saved")
}

// meetings are the choices of a meeting that can still take a question.
func meetings(t ui.FormPage, a funding.Agenda, zone *time.Location) ui.Field {
	var choices []ui.Choice
	for _, m := range a.Coming {
		choices = append(choices, ui.Choice{Value: m.ID.String(), Label: t.DateTime(m.StartsAt.In(zone)) + " · " + t.Text(m.Ref().Title)})
	}
	x := t.Choose("meeting", "funding.decision.meeting", choices)
	x.Required = true
	return x
}
