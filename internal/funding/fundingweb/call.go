package fundingweb

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"birge/internal/funding"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// callView is a call with what is needed to draw it.
type callView struct {
	ui.Page
	funding.CallStory
	h    *Pages
	zone *time.Location
}

// readCall loads the call that a request asks for.
func (h *Pages) readCall(r *http.Request) (v callView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: funding.KindCall, ID: id}.Key())
	v = callView{Page: ui.PageOf(r, ""), h: h, zone: web.Zone(r)}
	if v.CallStory, err = h.Funding.CallStory(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	web.Touch(r, v.Funder.Key())
	if turns := v.Call.Turns(v.Now); !turns.IsZero() {
		web.Until(r, turns)
	}
	v.Title, v.Description = v.Text(v.Call.Title), v.Text(v.Call.About)
	v.Page.Sample = v.Page.Sample || v.Call.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("funding.calls"), Path: "/calls"}}
	return v, nil
}

func (h *Pages) call(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readCall(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, callPage(v))
}

// when writes an instant in the portal's zone.
func (v callView) when(t time.Time) string { return v.DateTime(t.In(v.zone)) }

// steps are the phases through which a call goes, up to the present one.
func (v callView) steps() (out []ui.Step) {
	now := v.Phase()
	state := ui.Done
	for _, p := range funding.Phases {
		if p == funding.Cancelled {
			break
		}
		s := ui.Step{Title: v.T(p.Key()), State: state}
		if p == now {
			s.State, state = ui.Now, ""
		}
		out = append(out, s)
	}
	return out
}

func (v callView) figures() []ui.Figure {
	c := v.Call
	list := []ui.Figure{{Label: v.T("funding.money"), Value: v.ShortMoney(c.Total(), ""), Why: "#rounds"}}
	if c.MaxSum > 0 {
		list = append(list, ui.Figure{Label: v.T("funding.one_project"), Value: v.sums()})
	}
	if r, ok := c.RoundOn(v.Now); ok && !c.Cancelled() {
		list = append(list, ui.Figure{Label: v.T("funding.deadline"), Value: v.ShortDate(r.Closes.In(v.zone)), Note: v.Clock(r.Closes.In(v.zone)), Why: "#rounds"})
	}
	return list
}

// sums bounds the money of one project.
func (v callView) sums() string {
	c := v.Call
	if c.MinSum == 0 {
		return v.T("funding.up_to", "sum", v.ShortMoney(c.MaxSum, ""))
	}
	return v.ShortMoney(c.MinSum, "") + " – " + v.ShortMoney(c.MaxSum, "")
}

func (v callView) facts() []ui.Fact {
	c := v.Call
	list := []ui.Fact{{Label: v.T("funding.kind"), Value: v.kind()}}
	if v.Programme.ID != 0 {
		list = append(list, ui.Fact{Label: v.T("funding.programme"), Show: refLink(v.Page, v.Programme)})
	}
	if place, ok := v.h.Places.Tree().Place(c.PlaceID); ok {
		list = append(list, ui.Fact{Label: v.T("funding.place"), Show: refLink(v.Page, place.Ref())})
	}
	var spheres []string
	for _, code := range c.Spheres {
		spheres = append(spheres, v.h.term(v.Printer, "sphere", code))
	}
	if len(spheres) > 0 {
		list = append(list, ui.Fact{Label: v.T("funding.spheres"), Value: strings.Join(spheres, ", ")})
	}
	if c.MaxMonths > 0 {
		list = append(list, ui.Fact{Label: v.T("funding.months"), Value: v.months()})
	}
	if c.OwnShare > 0 {
		list = append(list, ui.Fact{Label: v.T("funding.own_share"), Value: v.Percent(float64(c.OwnShare))})
	}
	return append(list, ui.Fact{Label: v.T("funding.number"), Value: c.Number})
}

func (v callView) kind() string {
	name := v.h.term(v.Printer, "funding_kind", v.Call.Kind)
	if v.Call.Kind == projects.StateGrant {
		name += ", " + v.T("funding.length."+string(v.Call.Length))
	}
	return name
}

func (v callView) months() string {
	if c := v.Call; c.MinMonths > 0 && c.MinMonths != c.MaxMonths {
		return strconv.Itoa(c.MinMonths) + "–" + strconv.Itoa(c.MaxMonths)
	}
	return strconv.Itoa(v.Call.MaxMonths)
}

func (v callView) rounds() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.rounds"), Empty: v.T("funding.no_rounds"), Columns: []ui.Column{{Label: v.T("funding.round")}, {Label: v.T("funding.opens")},
		{Label: v.T("funding.closes")}, {Label: v.T("funding.year")}, {Label: v.T("funding.money"), Num: true}}}
	for _, r := range v.Call.Rounds {
		s.Rows = append(s.Rows, ui.Cells(strconv.Itoa(r.No), v.when(r.Opens.Time), v.when(r.Closes.Time), strconv.Itoa(r.Year), v.Money(r.Sum, "")))
	}
	return s
}

func (v callView) past() (list []ui.Moment) {
	for _, e := range v.Past {
		if key := "act." + e.Act; v.Has(key) {
			list = append(list, ui.Moment{When: v.Date(e.At.In(v.zone)), At: e.At.Format(time.RFC3339), Title: v.T(key)})
		}
	}
	return list
}
