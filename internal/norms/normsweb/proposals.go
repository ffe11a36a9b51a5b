package normsweb

import (
	"net/http"
	"strings"

	"birge/internal/norms"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/web"
)

// normForm is what was typed about another value of a norm.
type normForm struct {
	Value, To, From, Reason, URL string
	Law                          i18n.Text
}

// termForm is what was typed about an entry of a list.
type termForm struct {
	Code, From, Reason string
	Name               i18n.Text
	Retire             bool
}

// tableForm is what was typed about a year's calendar: a day per line.
type tableForm struct {
	Days, From, Reason, URL string
	Law                     i18n.Text
}

func (p pages) proposeNorm(w http.ResponseWriter, r *http.Request) error {
	history := p.norms.Book().History(r.PathValue("key"))
	if len(history) == 0 {
		return notFound()
	}
	f := web.ReadForm(r)
	n := history[0]
	if n.Unit == norms.DayOfYear {
		n.Value = norms.Value{Day: f.Line("value")}
	} else {
		n.Value = norms.Value{N: f.Int("value"), To: f.Int("value_to"), AndMore: n.Value.AndMore && !f.Has("value_to")}
	}
	n.Law, n.LawURL, n.Open = f.Texts("law"), f.Line("law_url"), false
	d := norms.Draft{What: norms.ANorm, From: f.Date("from"), Reason: f.Text("reason"), Norm: &n}
	err := f.Err()
	if err == nil {
		_, err = p.norms.Propose(r.Context(), web.Actor(r), d)
	}
	if bad := problem.As(err); bad != nil && bad.Kind == problem.Invalid {
		typed := normForm{Value: f.Line("value"), To: f.Line("value_to"), From: f.Line("from"), Reason: d.Reason, URL: n.LawURL, Law: n.Law}
		return p.showNorm(w, r, http.StatusUnprocessableEntity, typed, bad.Fields)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/norms/"+n.Key, "norms.notice.proposed")
}

func (p pages) proposeTerm(w http.ResponseWriter, r *http.Request) error {
	list := r.PathValue("list")
	f := web.ReadForm(r)
	t := norms.Term{List: list, Code: f.Line("code"), Name: f.Texts("name")}
	if old, ok := p.norms.Book().Term(list, t.Code); ok { // a new name keeps the marks
		t.Short, t.AtRisk, t.MayOpen, t.NGO = old.Short, old.AtRisk, old.MayOpen, old.NGO
	}
	d := norms.Draft{What: norms.ATerm, From: f.Date("from"), Reason: f.Text("reason"), Term: &t}
	if f.Has("retire") {
		d.What = norms.NoTerm
	}
	err := f.Err()
	if err == nil {
		_, err = p.norms.Propose(r.Context(), web.Actor(r), d)
	}
	if bad := problem.As(err); bad != nil && bad.Kind == problem.Invalid {
		typed := termForm{Code: t.Code, From: f.Line("from"), Reason: d.Reason, Name: t.Name, Retire: f.Has("retire")}
		return p.showTerms(w, r, http.StatusUnprocessableEntity, typed, byInput(bad.Fields, "name"))
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/norms/lists/"+list, "norms.notice.proposed")
}

// byInput names the faults of a text in three languages as its inputs are named.
func byInput(bad problem.Fields, name string) problem.Fields {
	for _, l := range i18n.Langs {
		if fault, ok := bad[name+"_"+string(l)]; ok {
			bad[name+"."+string(l)] = fault
		}
	}
	return bad
}

func (p pages) proposeTable(w http.ResponseWriter, r *http.Request) error {
	year, err := yearOf(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	t := norms.Table{Year: year, Law: f.Texts("law"), LawURL: f.Line("law_url")}
	for line := range strings.Lines(f.Text("days")) {
		if line = strings.TrimSpace(line); line != "" {
			day, ok := readDay(line)
			f.Reject(!ok, "days", "norms.day_line", "line", line)
			t.Days = append(t.Days, day)
		}
	}
	d := norms.Draft{What: norms.ATable, From: f.Date("from"), Reason: f.Text("reason"), Table: &t}
	if err = f.Err(); err == nil {
		_, err = p.norms.Propose(r.Context(), web.Actor(r), d)
	}
	if bad := problem.As(err); bad != nil && bad.Kind == problem.Invalid {
		typed := tableForm{Days: f.Text("days"), From: f.Line("from"), Reason: d.Reason, URL: t.LawURL, Law: t.Law}
		return p.showCalendar(w, r, http.StatusUnprocessableEntity, typed, bad.Fields)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/norms/calendar/"+r.PathValue("year"), "norms.notice.proposed")
}

// readDay reads a line "2027-01-01; Жаңа жыл; Новый год; New Year". A Saturday or
// Sunday in the table is a working day, any other day is off.
func readDay(line string) (norms.Day, bool) {
	parts := strings.Split(line, ";")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	date, err := db.ParseDate(parts[0])
	if err != nil || len(parts) != 4 || parts[1] == "" || parts[2] == "" || parts[3] == "" {
		return norms.Day{}, false
	}
	return norms.Day{Date: date, Working: norms.IsWeekend(date), Reason: i18n.Text{KK: parts[1], RU: parts[2], EN: parts[3]}}, true
}

func (p pages) confirm(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	pr, err := p.norms.Confirm(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, pr.Ref().Path, "norms.notice.confirmed")
}

func (p pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	pr, err := p.norms.Withdraw(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, pr.Ref().Path, "norms.notice.withdrawn")
}
