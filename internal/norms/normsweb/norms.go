package normsweb

import (
	"net/http"
	"strconv"
	"strings"

	"birge/internal/norms"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// touch names what these pages show.
func touch(r *http.Request) {
	web.Touch(r, "norm", "norm_term", "norm_day", "norm_year", "norm_proposal")
}

func notFound() error { return problem.New(problem.NotFound, "problem.not_found") }

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	touch(r)
	b := p.norms.Book()
	page := ui.PageOf(r, web.Words(r).T("norms.title"))
	page.Description = page.T("norms.lead")
	s := ui.Sheet{Columns: []ui.Column{{Label: page.T("norms.norm")}, {Label: page.T("norms.value"), Num: true}, {Label: page.T("norms.law")}, {Label: page.T("norms.checked")}}}
	for _, key := range b.Keys() {
		n, ok := b.Norm(key, b.On())
		if !ok {
			n = b.History(key)[0]
		}
		s.Rows = append(s.Rows, []ui.Cell{{Text: page.Text(n.Name), Path: n.Ref().Path}, {Text: value(page, n)}, {Text: page.Text(n.Law)}, {Text: checked(page, n.Open)}})
	}
	var lists []ui.Link
	for _, l := range norms.Lists {
		lists = append(lists, ui.Link{Title: page.T("norms.list." + l), Path: "/norms/lists/" + l, Count: int64(len(b.Terms(l))), HasCount: true})
	}
	year := strconv.Itoa(b.On().Year())
	waiting, err := p.waiting(r, "")
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listPage(page, s, lists, ui.Link{Title: page.T("norms.calendar", "year", year), Path: "/norms/calendar/" + year}, waiting))
}

// value writes what a norm says: "10 рабочих дней", "500–3 000 МРП", "31 марта".
func value(page ui.Page, n norms.Norm) string {
	switch {
	case n.Unit == norms.DayOfYear:
		return dayOfYear(page, n)
	case n.Unit == norms.Tenge:
		return page.Money(n.Value.N*100, "KZT")
	case n.Unit == norms.Percent:
		return page.Percent(float64(n.Value.N))
	case n.Value.To != 0:
		return page.N("norms.unit."+string(n.Unit), n.Value.To, "from", page.Int(n.Value.N)+"–")
	case n.Value.AndMore:
		return page.T("norms.from_value", "value", page.N("norms.unit."+string(n.Unit), n.Value.N, "from", ""))
	}
	return page.N("norms.unit."+string(n.Unit), n.Value.N, "from", "")
}

// dayOfYear writes a day without its year.
func dayOfYear(page ui.Page, n norms.Norm) string {
	_, month, day := n.Of(2000).Date()
	return page.T("norms.day_of", "day", strconv.Itoa(day), "month", page.T("norms.month."+strconv.Itoa(int(month))))
}

func checked(page ui.Page, open bool) string {
	if open {
		return page.T("norms.to_be_checked")
	}
	return page.T("norms.by_source")
}

// waiting are the proposals about something ("" for all) that nobody decided
// yet, as cards.
func (p pages) waiting(r *http.Request, about string) ([]proposal, error) {
	all, err := p.norms.Proposals(r.Context(), about)
	if err != nil {
		return nil, err
	}
	page := ui.PageOf(r, "")
	by := web.Actor(r)
	var out []proposal
	for _, pr := range all {
		if pr.IsOpen() {
			out = append(out, proposal{id: pr.ID.String(), title: page.Text(pr.Ref().Title), what: said(page, pr), reason: pr.Reason,
				from: page.Date(pr.From), mayConfirm: pr.MayConfirm(by), mayWithdraw: norms.MayPropose(by)})
		}
	}
	return out, nil
}

// proposal is a card of what a keeper proposed.
type proposal struct {
	id, title, what, reason, from string
	mayConfirm, mayWithdraw       bool
}

func said(page ui.Page, pr norms.Proposal) string {
	switch {
	case pr.Body.Norm != nil:
		return value(page, *pr.Body.Norm)
	case pr.Body.Table != nil:
		return page.N("norms.days_in_table", int64(len(pr.Body.Table.Days)))
	}
	return page.T("norms.what." + pr.What)
}

func (p pages) norm(w http.ResponseWriter, r *http.Request) error {
	b := p.norms.Book()
	history := b.History(r.PathValue("key"))
	if len(history) == 0 {
		return notFound()
	}
	now, ok := b.Norm(history[0].Key, b.On())
	if !ok {
		now = history[0]
	}
	return p.showNorm(w, r, http.StatusOK, normForm{To: number(now.Value.To), Value: shownValue(now), URL: now.LawURL, Law: now.Law}, nil)
}

// shownValue is the value as the form takes it: a number, or a day "03-31".
func shownValue(n norms.Norm) string {
	if n.Unit == norms.DayOfYear {
		return n.Value.Day
	}
	return number(n.Value.N)
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func (p pages) showNorm(w http.ResponseWriter, r *http.Request, status int, f normForm, bad problem.Fields) error {
	touch(r)
	b := p.norms.Book()
	history := b.History(r.PathValue("key"))
	now, ok := b.Norm(history[0].Key, b.On())
	if !ok {
		now = history[0]
	}
	page := ui.PageOf(r, web.Words(r).Text(now.Name))
	page.Crumbs = []ui.Crumb{{Title: page.T("norms.title"), Path: "/norms"}}
	s := ui.Sheet{Columns: []ui.Column{{Label: page.T("norms.from")}, {Label: page.T("norms.until")}, {Label: page.T("norms.value"), Num: true}, {Label: page.T("norms.law")}}}
	for _, n := range history {
		s.Rows = append(s.Rows, []ui.Cell{{Text: page.Date(n.From)}, {Text: until(page, n.To)}, {Text: value(page, n)}, {Text: page.Text(n.Law)}})
	}
	waiting, err := p.waiting(r, now.Key)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, normPage(page, now, s, waiting, f, bad, norms.MayPropose(web.Actor(r)), b.On().AddDays(1).String()))
}

func until(page ui.Page, d db.Date) string {
	if d.IsZero() {
		return page.T("norms.no_end")
	}
	return page.Date(d)
}

func (p pages) listJSON(w http.ResponseWriter, r *http.Request) error {
	touch(r)
	b := p.norms.Book()
	out := []norms.Norm{}
	for _, key := range b.Keys() {
		out = append(out, b.History(key)...)
	}
	return web.JSON(w, r, out)
}

func (p pages) termsJSON(w http.ResponseWriter, r *http.Request) error {
	touch(r)
	ts := p.norms.Book().AllTerms(r.PathValue("list"))
	if len(ts) == 0 {
		return notFound()
	}
	return web.JSON(w, r, ts)
}

func (p pages) terms(w http.ResponseWriter, r *http.Request) error {
	return p.showTerms(w, r, http.StatusOK, termForm{}, nil)
}

func (p pages) showTerms(w http.ResponseWriter, r *http.Request, status int, f termForm, bad problem.Fields) error {
	touch(r)
	list := r.PathValue("list")
	b := p.norms.Book()
	ts := b.AllTerms(list)
	if len(ts) == 0 {
		return notFound()
	}
	page := ui.PageOf(r, web.Words(r).T("norms.list."+list))
	page.Crumbs = []ui.Crumb{{Title: page.T("norms.title"), Path: "/norms"}}
	s := ui.Sheet{Columns: []ui.Column{{Label: page.T("norms.term")}, {Label: page.T("norms.code")}, {Label: page.T("norms.marks")}}}
	for _, t := range ts {
		s.Rows = append(s.Rows, []ui.Cell{{Text: page.Text(t.Name)}, {Text: t.Code}, {Text: marks(page, t, b.On())}})
	}
	waiting, err := p.waiting(r, list)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, termsPage(page, list, s, waiting, f, bad, norms.MayPropose(web.Actor(r)), b.On().AddDays(1).String()))
}

// marks tells what is special about an entry of a list.
func marks(page ui.Page, t norms.Term, today db.Date) string {
	var out []string
	add := func(on bool, s string) {
		if on {
			out = append(out, s)
		}
	}
	add(page.Text(t.Short) != "", page.Text(t.Short))
	add(t.AtRisk, page.T("norms.at_risk"))
	add(t.NGO, page.T("norms.counts_as_ngo"))
	add(t.Open, page.T("norms.to_be_checked"))
	add(t.Since.After(today), page.T("norms.in_use_from", "date", t.Since))
	if !t.Until.IsZero() {
		out = append(out, page.T("norms.in_use_until", "date", t.Until))
	}
	return strings.Join(out, " · ")
}

func yearOf(r *http.Request) (int, error) {
	y, err := strconv.Atoi(r.PathValue("year"))
	if err != nil || y < 1991 || y > 2100 {
		return 0, notFound()
	}
	return y, nil
}

func (p pages) calendar(w http.ResponseWriter, r *http.Request) error {
	return p.showCalendar(w, r, http.StatusOK, tableForm{}, nil)
}

func (p pages) showCalendar(w http.ResponseWriter, r *http.Request, status int, f tableForm, bad problem.Fields) error {
	touch(r)
	year, err := yearOf(r)
	if err != nil {
		return err
	}
	b := p.norms.Book()
	c := b.Calendar()
	_, published := c.Year(year)
	page := ui.PageOf(r, web.Words(r).T("norms.calendar", "year", strconv.Itoa(year)))
	page.Crumbs = []ui.Crumb{{Title: page.T("norms.title"), Path: "/norms"}}
	first, last := db.Day(year, 1, 1), db.Day(year, 12, 31)
	working := c.WorkingDaysIn(first, last)
	v := yearView{year: year, published: published, working: int64(working), off: int64(first.DaysUntil(last) + 1 - working), days: special(page, c, year)}
	if y, ok := c.Year(year); ok {
		v.law, v.lawURL = page.Text(y.Law), y.LawURL
	}
	if v.waiting, err = p.waiting(r, "calendar/"+strconv.Itoa(year)); err != nil {
		return err
	}
	v.around = []ui.Link{{Title: strconv.Itoa(year - 1), Path: "/norms/calendar/" + strconv.Itoa(year-1)}, {Title: strconv.Itoa(year + 1), Path: "/norms/calendar/" + strconv.Itoa(year+1)}}
	return web.Render(w, r, status, calendarPage(page, v, f, bad, norms.MayPropose(web.Actor(r))))
}

// yearView is what the page of a year's calendar shows.
type yearView struct {
	year         int
	published    bool
	law, lawURL  string
	working, off int64
	days         ui.Sheet
	waiting      []proposal
	around       []ui.Link
}

func special(page ui.Page, c *norms.Calendar, year int) ui.Sheet {
	s := ui.Sheet{Empty: page.T("norms.no_special_days"), Columns: []ui.Column{{Label: page.T("norms.day")}, {Label: page.T("norms.weekday")}, {Label: page.T("norms.kind")}, {Label: page.T("norms.why")}}}
	for d := db.Day(year, 1, 1); d.Year() == year; d = d.AddDays(1) {
		day, ok := c.Day(d)
		if !ok {
			continue
		}
		kind, why := page.T("norms.day_off"), page.Text(day.Reason)
		if day.Working {
			kind = page.T("norms.day_working")
		}
		if !day.MovedFrom.IsZero() {
			why += " (" + page.T("norms.moved_from", "date", day.MovedFrom) + ")"
		}
		s.Rows = append(s.Rows, []ui.Cell{{Text: page.Date(d)}, {Text: page.T("norms.weekday." + strconv.Itoa(int(d.Weekday())))}, {Text: kind}, {Text: why}})
	}
	return s
}

func (p pages) calendarJSON(w http.ResponseWriter, r *http.Request) error {
	touch(r)
	year, err := yearOf(r)
	if err != nil {
		return err
	}
	c := p.norms.Book().Calendar()
	out := struct {
		Year      int         `json:"year"`
		Published bool        `json:"published"`
		Days      []norms.Day `json:"days"`
	}{year, c.Published(db.Day(year, 1, 1), db.Day(year, 1, 1)), []norms.Day{}}
	for d := db.Day(year, 1, 1); d.Year() == year; d = d.AddDays(1) {
		if day, ok := c.Day(d); ok {
			out.Days = append(out.Days, day)
		}
	}
	return web.JSON(w, r, out)
}
