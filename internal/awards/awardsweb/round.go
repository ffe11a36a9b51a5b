package awardsweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"birge/internal/awards"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// view is a round as it is drawn.
type view struct {
	ui.Page
	awards.Story
	h *Pages
}

func (h *Pages) read(r *http.Request) (v view, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: awards.KindRound, ID: id}.Key(), awards.KindLaureate)
	v = view{Page: ui.PageOf(r, ""), h: h}
	if v.Story, err = h.Awards.Story(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	for _, o := range v.Orgs {
		web.Touch(r, o.Key())
	}
	h.until(r, v.Round)
	v.Title = v.Text(v.Round.Title)
	v.Page.Sample = v.Page.Sample || v.Round.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("awards.title"), Path: "/awards"}}
	return v, nil
}

func (h *Pages) round(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, roundPage(v))
}

// facts are what is told of the round beside its laureates.
func (v view) facts() []ui.Fact {
	x := v.Round
	list := []ui.Fact{{Label: v.T("awards.given"), Value: v.T("awards.kind." + kindOf(x.Kind))}}
	if place, ok := v.h.Places.Tree().Place(x.PlaceID); ok {
		list = append(list, ui.Fact{Label: v.T("awards.place"), Show: link(v.Page, place.Ref())})
	}
	if !x.Reported() {
		list = append(list, ui.Fact{Label: v.T("awards.window"), Value: v.T("awards.from_to", "from", x.Opens, "to", x.Closes)},
			ui.Fact{Label: v.T("awards.who"), Value: v.T("awards.who." + x.Who)})
	}
	if !v.Organizer.IsZero() {
		list = append(list, ui.Fact{Label: v.T("awards.organizer"), Show: link(v.Page, v.Organizer)})
	}
	if !x.Forum.IsZero() {
		list = append(list, ui.Fact{Label: v.T("awards.forum"), Show: link(v.Page, x.Forum)})
	}
	if v.Jury.ID != 0 {
		list = append(list, ui.Fact{Label: v.T("awards.jury"), Show: path(v.Page, v.Jury.Ref().Path, v.T("awards.jury_how"))})
	}
	if x.Reported() || !x.HeldOn.IsZero() {
		list = append(list, ui.Fact{Label: v.T("awards.held"), Value: whenHeld(v.Page, x)})
	}
	if x.Reported() {
		list = append(list, ui.Fact{Label: v.T("awards.source"), Show: source(v)})
	}
	return list
}

// next says what comes next for whoever reads; "" when nothing does.
func (v view) next() string {
	switch v.State {
	case awards.Draft:
		return v.T("awards.form_about")
	case awards.Announced:
		return v.T("awards.next.announced", "day", v.Round.Opens)
	case awards.Open:
		return v.T("awards.next.open", "day", v.Round.Closes)
	case awards.Judging:
		return v.T("awards.next.judging")
	}
	return ""
}

// tellsWinners tells that each nomination says who won it.
func (v view) tellsWinners() bool { return v.Round.Reported() || v.State == awards.Decided }

// nominations are the nominations of a round that is not decided.
func (v view) nominations() ui.Sheet {
	s := ui.Sheet{Caption: v.T("awards.nominations"), Columns: []ui.Column{{Label: v.T("awards.nomination")}}}
	if v.Round.Kind == awards.Money {
		s.Columns = append(s.Columns, ui.Column{Label: v.T("awards.money"), Num: true})
	}
	for _, n := range v.Round.Nominations {
		row := []ui.Cell{{Show: ui.Text(v.Page, n.Title)}}
		if v.Round.Kind == awards.Money {
			row = append(row, ui.Cell{Text: v.Money(n.Sum, "")})
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// criteria are what the jury marks.
func (v view) criteria() ui.Sheet {
	s := ui.Sheet{Caption: v.T("awards.criteria"), Columns: []ui.Column{{Label: v.T("awards.criterion")}, {Label: v.T("awards.weight_of"), Num: true}, {Label: v.T("awards.max"), Num: true}}}
	for _, c := range v.Round.Criteria {
		s.Rows = append(s.Rows, []ui.Cell{{Show: ui.Text(v.Page, c.Name)}, {Text: v.Percent(float64(c.Weight))}, {Text: v.Int(int64(c.Max))}})
	}
	return s
}

// calendar is the address of the days of the round.
func (v view) calendar() string { return "/calendar" + v.Round.Ref().Path }

// kindOf is the end of the key of what is given.
func kindOf(kind string) string {
	if kind == "" {
		return "unstated"
	}
	return kind
}

// publisher is who published the report and when, as far as that is known.
func (v view) publisher() string {
	s := v.Round.Source
	name := s.Publisher
	if name == "" {
		name = v.T("awards.publisher_unstated")
	}
	if s.Published.IsZero() {
		return name
	}
	return name + ", " + v.Date(s.Published)
}

// who is the laureate as everybody may read it.
func who(p ui.Page, named map[ref.ID]ref.Ref, l awards.Laureate) templ.Component {
	switch {
	case l.OrgID != 0:
		return link(p, named[l.OrgID])
	case l.Person:
		return plain(p.T("awards.a_person"))
	}
	return ui.Text(p, l.Named)
}

// won are the laureates of a nomination, 0 for those without one.
func (v view) won(nomination int) (list []awards.Laureate) {
	for _, l := range v.Laureates {
		if l.Nomination == nomination {
			list = append(list, l)
		}
	}
	return list
}

// spread is how many marks lie in each ten of points.
func (v view) spread() ui.Chart {
	c := ui.Chart{Title: v.T("awards.spread_of_marks"), Series: []ui.Series{{Name: v.T("awards.n_marks")}}}
	for i, n := range v.Marks.Spread {
		c.Labels = append(c.Labels, strconv.Itoa(10*i)+"–"+strconv.Itoa(10*i+10))
		c.Series[0].Values = append(c.Series[0].Values, float64(n))
	}
	return c
}

// markTable tells what each nominee got; only laureates have a name there.
func (v view) markTable() ui.Sheet {
	s := ui.Sheet{Caption: v.T("awards.marks"), Columns: []ui.Column{{Label: v.T("awards.nominee")}, {Label: v.T("awards.nomination")}, {Label: v.T("awards.marks_each")}, {Label: v.T("awards.mean"), Num: true}, {Label: v.T("awards.corrected"), Num: true}}}
	for _, l := range v.Marks.Lines {
		in, _ := v.Round.Nomination(l.Nomination)
		row := ui.Cells("№ "+strconv.Itoa(l.No), v.Text(in.Title), "", v.Decimal(l.Raw, 1), v.Decimal(l.Corrected, 1))
		for _, x := range v.Laureates {
			if x.NomineeID == l.NomineeID {
				row[0].Show = who(v.Page, v.Orgs, x)
			}
		}
		var totals []string
		for _, t := range l.Totals {
			totals = append(totals, v.Decimal(t, 1))
		}
		row[2].Text = strings.Join(totals, " · ")
		s.Rows = append(s.Rows, row)
	}
	return s
}

// besides are acts that the decision beside them says too, and those of single
// laureates of a report.
var besides = []string{"awards.laureate.tell", "awards.laureate.honour", "awards.certificate.make", "awards.decision.publish"}

func (v view) past() []ui.Moment {
	return v.Told(slices.DeleteFunc(slices.Clone(v.Past), func(d journal.Deed) bool { return slices.Contains(besides, d.Act) }))
}

// OfOrg tells on the page of an organization how it was honoured; nil when it was
// not.
func (h *Pages) OfOrg(r *http.Request, page ui.Page, org ref.ID) (templ.Component, error) {
	web.Touch(r, awards.KindLaureate)
	won, err := h.Awards.WonBy(r.Context(), org)
	if err != nil || len(won) == 0 {
		return nil, err
	}
	return orgSection(page, won), nil
}

// wonLine tells for what an organization was honoured, and when.
func wonLine(p ui.Page, w awards.Won) string {
	line := p.T("awards.kind." + kindOf(w.Kind))
	if n, ok := w.Round.Nomination(w.Nomination); ok {
		line += " · " + p.Text(n.Title)
	}
	if !w.AwardedOn.IsZero() {
		line += " · " + p.Date(w.AwardedOn)
	}
	return line
}
