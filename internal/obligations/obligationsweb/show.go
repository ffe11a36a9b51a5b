package obligationsweb

import (
	"net/http"

	"birge/internal/obligations"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	return p.page(w, r, typed{}, nil)
}

// typed is what was typed into the form of an act that could not be taken.
type typed struct {
	verb string
	Text i18n.Text
	Due  string
}

// view is what the page of one obligation shows.
type view struct {
	obligations.Obligation
	state  obligations.State
	today  db.Date
	may    obligations.Rights
	typed  typed
	faults problem.Fields
	// refused says why an act was not taken when that is no fault of its fields.
	refused string
}

// of is the view with what was typed into the form of one act alone.
func (v view) of(verb string) view {
	if v.typed.verb != verb {
		v.typed, v.faults = typed{}, nil
	}
	return v
}

// offers tells that the page has the form of an act.
func (v view) offers(verb string) bool {
	return map[string]bool{"reply": v.may.Answer, "extend": v.may.Extend, "release": v.may.Release, "dispute": v.may.Dispute}[verb]
}

// page shows the obligation; err is why what was typed could not be taken, for
// example because somebody has ended it meanwhile.
func (p *Pages) page(w http.ResponseWriter, r *http.Request, t typed, err error) error {
	status, v := http.StatusOK, view{typed: t}
	if err != nil {
		bad, refused := web.Refused(err)
		if !refused {
			return err
		}
		if status, v.faults = web.Status(err), bad.Fields; len(bad.Fields) == 0 {
			v.refused = web.Words(r).T(bad.Key, bad.Args...)
		}
	}
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	o, err := p.Owed.ByID(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	v.Obligation, v.today, v.may = o, p.Owed.Today(), obligations.RightsOf(web.Actor(r), o)
	v.state = o.State(v.today)
	page := ui.PageOf(r, o.Told(web.Words(r)))
	page.Crumbs = []ui.Crumb{{Title: page.T("obligations.title"), Path: "/obligations"}}
	page.NoIndex = !o.Public()
	page.Path = o.Ref().Path // also when it answers a form
	web.Touch(r, o.Ref().Key())
	return web.Render(w, r, status, showPage(page, v))
}

// act runs one act on the obligation of the address; a form that cannot be taken
// is shown again with what was typed.
func (p *Pages) act(w http.ResponseWriter, r *http.Request, verb, notice string, do func(id ref.ID, f *web.Form, text i18n.Text) error) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	text := i18n.Only(web.Lang(r), f.Text("text"))
	if err = do(id, f, text); err != nil {
		return p.page(w, r, typed{verb, text, f.Line("due")}, err)
	}
	return web.SeeOther(w, r, "/obligations/"+id.String(), notice)
}

func (p *Pages) reply(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "reply", "obligations.notice.replied", func(id ref.ID, _ *web.Form, text i18n.Text) error {
		return p.Owed.Reply(r.Context(), web.Actor(r), id, text)
	})
}

func (p *Pages) extend(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "extend", "obligations.notice.extended", func(id ref.ID, f *web.Form, text i18n.Text) error {
		due := f.Date("due")
		if err := f.Err(); err != nil {
			return err
		}
		return p.Owed.Extend(r.Context(), web.Actor(r), id, due, text)
	})
}

func (p *Pages) release(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "release", "obligations.notice.released", func(id ref.ID, _ *web.Form, text i18n.Text) error {
		return p.Owed.Release(r.Context(), web.Actor(r), id, text)
	})
}

func (p *Pages) dispute(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "dispute", "obligations.notice.disputed", func(id ref.ID, _ *web.Form, text i18n.Text) error {
		return p.Owed.Dispute(r.Context(), web.Actor(r), id, text)
	})
}

func (p *Pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "withdraw", "obligations.notice.withdrawn", func(id ref.ID, _ *web.Form, _ i18n.Text) error {
		return p.Owed.WithdrawDispute(r.Context(), web.Actor(r), id)
	})
}

// facts are the lines at the head of the page.
func (v view) facts(p ui.Page) []ui.Fact {
	facts := []ui.Fact{
		{Label: p.T("obligations.fact.owner"), Show: link(p, v.Owner)},
		{Label: p.T("obligations.fact.about"), Show: link(p, v.Page)},
		{Label: p.T("obligations.fact.due"), Value: p.Date(v.Due)},
		{Label: p.T("obligations.fact.since"), Value: p.Date(v.Since)},
		{Label: p.T("obligations.fact.ground"), Value: p.T("obligations.ground." + string(v.Ground))},
	}
	if !v.To.IsZero() {
		facts = append(facts, ui.Fact{Label: p.T("obligations.fact.to"), Show: link(p, v.To)})
	}
	if !v.GroundText.IsZero() {
		facts = append(facts, ui.Fact{Label: p.T("obligations.fact.ground_text"), Show: ui.Text(p, v.GroundText)})
	}
	if v.Due != v.FirstDue {
		facts = append(facts, ui.Fact{Label: p.T("obligations.fact.first_due"), Value: p.Date(v.FirstDue)})
	}
	if v.Outcome != "" {
		facts = append(facts, ui.Fact{Label: p.T("obligations.fact.outcome_on"), Value: p.Date(v.OutcomeOn)})
	}
	return facts
}

// said lists what the two sides said, by the message key of the heading.
func (v view) said() (out []saying) {
	for _, s := range []saying{
		{"obligations.said.extension", v.ExtendedWhy}, {"obligations.said.reply", v.Reply}, {"obligations.said.release", v.OutcomeNote},
		{"obligations.said.dispute", v.DisputeText}, {"obligations.said.rejoinder", v.Rejoinder},
	} {
		if !s.text.IsZero() {
			out = append(out, s)
		}
	}
	return out
}

type saying struct {
	key  string
	text i18n.Text
}
