package fundingweb

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"birge/internal/funding"
	"birge/internal/panels"
	"birge/internal/platform/problem"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// progressView is how far the rounds of a call are.
type progressView struct {
	ui.FormPage
	call   funding.Call
	rounds []funding.Progress
	zone   *time.Location
}

// progress shows the funder's side how far a call is and whose turn it is.
func (h *Pages) progress(w http.ResponseWriter, r *http.Request) error {
	return h.showProgress(w, r, url.Values{}, nil)
}

func (h *Pages) showProgress(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	id, bad := web.ID(r, "id")
	if bad != nil {
		return bad
	}
	list, bad := h.Funding.Progress(r.Context(), web.Actor(r), id)
	if bad != nil {
		return bad
	}
	return ui.ShowForm(w, r, "funding.progress", values, err, func(t ui.FormPage) templ.Component {
		return progressPage(progressView{t, list[0].Call, list, web.Zone(r)})
	})
}

// openPanel opens the panel of a round.
func (h *Pages) openPanel(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	round, due := int(f.Int("round")), f.Date("due")
	if err = f.Err(); err == nil {
		var p panels.Panel
		if p, err = h.Funding.OpenPanel(r.Context(), web.Actor(r), id, round, due); err == nil {
			return web.SeeOther(w, r, p.Ref().Path, "funding.notice.panel")
		}
	}
	return h.showProgress(w, r, f.Values, err)
}

// beginDecision begins a decision about a round.
func (h *Pages) beginDecision(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	round, kind := int(f.Int("round")), funding.DecisionKind(f.Line("kind"))
	if err = f.Err(); err == nil {
		var d funding.Decision
		if d, err = h.Funding.BeginDecision(r.Context(), web.Actor(r), id, round, kind); err == nil {
			return web.SeeOther(w, r, d.Path(), "")
		}
	}
	return h.showProgress(w, r, f.Values, err)
}

// cut takes money out of a round that has closed.
func (h *Pages) cut(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	round, sum, reason := int(f.Int("round")), f.Money("sum"), f.Texts("reason")
	if err = f.Err(); err == nil {
		if _, err = h.Funding.CutRound(r.Context(), web.Actor(r), id, f.Version(), round, sum, reason); err == nil {
			return web.SeeOther(w, r, "/calls/"+id.String()+"/progress", "funding.notice.saved")
		}
	}
	return h.showProgress(w, r, f.Values, err)
}

// closed are the rounds out of which money can be taken.
func (v progressView) closed() ui.Field {
	var choices []ui.Choice
	for _, p := range v.rounds {
		if p.Phase != funding.Announced && p.Phase != funding.Open && !v.call.Cancelled() {
			choices = append(choices, ui.Choice{Value: strconv.Itoa(p.Round.No), Label: v.T("funding.round") + " " + strconv.Itoa(p.Round.No) + ": " +
				v.T("funding.cut.of", "sum", v.Money(p.Round.Sum, ""), "given", v.Money(p.Sums.Granted, ""))})
		}
	}
	return v.Choose("round", "funding.round", choices)
}

func (v progressView) path() string { return v.call.Ref().Path }

// steps are the phases of a round.
func (v progressView) steps(p funding.Progress) (out []ui.Step) {
	state := ui.Done
	for _, phase := range funding.Phases {
		if phase == funding.Cancelled {
			break
		}
		s := ui.Step{Title: v.T(phase.Key()), State: state}
		if phase == p.Phase {
			s.State, state = ui.Now, ""
		}
		out = append(out, s)
	}
	return out
}

func (v progressView) figures(p funding.Progress) []ui.Figure {
	list := []ui.Figure{{Label: v.T("funding.money"), Value: v.ShortMoney(p.Sums.Round, "")},
		{Label: v.T("funding.budget.asked"), Value: v.ShortMoney(p.Sums.Asked, ""), Why: v.path() + "/applications"}}
	if p.Sums.Granted > 0 {
		list = append(list, ui.Figure{Label: v.T("funding.results.granted"), Value: v.ShortMoney(p.Sums.Granted, ""), Why: v.results(p)},
			ui.Figure{Label: v.T("funding.progress.signed"), Value: v.ShortMoney(p.Sums.Signed, "")})
	}
	return list
}

func (v progressView) results(p funding.Progress) string {
	return v.path() + "/results?round=" + strconv.Itoa(p.Round.No)
}

// chart shows the applications of a round by where they stand.
func (v progressView) chart(p funding.Progress) ui.Chart {
	c := ui.Chart{Title: v.T("funding.progress.chart"), Head: v.T("funding.state"), Series: []ui.Series{{Name: v.T("funding.applications")}}}
	for _, s := range funding.ApplicationStates {
		if n := p.States[s]; n > 0 {
			c.Labels = append(c.Labels, v.T(s.Key()))
			c.Series[0].Values = append(c.Series[0].Values, float64(n))
			c.Series[0].Paths = append(c.Series[0].Paths, v.path()+"/applications?state="+string(s))
		}
	}
	return c
}

// debts are what the funder's side owes about the call.
func (v progressView) debts() (out []ui.Fact) {
	for _, o := range v.rounds[0].Owed {
		if o.Outcome != "" {
			continue
		}
		out = append(out, ui.Fact{Label: o.Told(v.Printer), Value: v.Date(o.Due)})
	}
	return out
}

// after is what the projects of a round wait for, with what of it is late.
func (v progressView) after(p funding.Progress) ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.after"), Empty: v.T("funding.after.none"), Columns: []ui.Column{{Label: v.T("funding.after.wait")},
		{Label: v.T("funding.turn")}, {Label: v.T("funding.after.n"), Num: true}, {Label: v.T("funding.after.late"), Num: true}}}
	for _, act := range projects.Steps {
		if n := p.After.Wait[act]; n > 0 {
			turn := funding.TurnOf(projects.Step{Act: act})
			row := ui.Cells(v.T("funding.step."+act), v.T("funding.turn."+string(turn)), v.Int(int64(n)), v.Int(int64(p.After.Late[act])))
			row[0].Path = v.path() + "/applications?state=funded&turn=" + string(turn)
			s.Rows = append(s.Rows, row)
		}
	}
	return s
}

// hasDecision tells that a decision of the round is being made.
func (v progressView) hasDecision(p funding.Progress) bool {
	n := len(p.Decisions)
	return n > 0 && (p.Decisions[n-1].State() == funding.DecisionDraft || p.Decisions[n-1].State() == funding.DecisionPut)
}

// mayBegin is which decision can be begun: "" for none.
func (v progressView) mayBegin(p funding.Progress) funding.DecisionKind {
	switch {
	case v.hasDecision(p):
		return ""
	case p.Phase == funding.Deciding:
		return funding.OnOrder
	case p.Panel.Stage() == panels.Decided && p.States[funding.Reserve] > 0 && p.Sums.Granted < p.Sums.Round:
		return funding.FromReserve
	}
	return ""
}

func (v progressView) decisions(p funding.Progress) ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.decisions"), Empty: v.T("funding.decisions_none"), Columns: []ui.Column{{Label: v.T("funding.decision")}, {Label: v.T("funding.state")},
		{Label: v.T("funding.decision.funded_n"), Num: true}, {Label: v.T("funding.results.granted"), Num: true}}}
	for _, d := range p.Decisions {
		row := ui.Cells(v.T("funding.decision.no", "no", d.No)+" · "+v.T("funding.decision.kind."+string(d.Kind)), "", v.Int(int64(d.Funded)), v.Money(d.Sum, ""))
		row[0].Path = d.Path()
		row[1].Show = ui.Status(d.State().Tone(), v.T(d.State().Key()))
		s.Rows = append(s.Rows, row)
	}
	return s
}

func (v progressView) appeals(p funding.Progress) (out []ui.Link) {
	for _, a := range p.Appeals {
		out = append(out, ui.Link{Title: v.T("funding.appeal.one", "number", a.Number) + " · " + v.T("funding.appeal.until", "day", a.Due), Path: a.Ref().Path})
	}
	return out
}

func round(no int) string { return strconv.Itoa(no) }

// noSuchAct tells that a form asks for an act that there is not.
func noSuchAct() error { return problem.New(problem.NotFound, "problem.not_found") }
