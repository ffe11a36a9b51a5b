package orgsweb

import (
	"net/http"
	"net/url"

	"birge/internal/orgs"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// corrections is the log of a page with the form that asks what is wrong on it.
type corrections struct {
	orgs.Page
	days     int // in how many working days an answer is owed
	signedIn bool
	decided  []orgs.Correction
	asked    []orgs.Correction // for those who answer
}

// correctionForm shows the log and asks what is wrong; a page that leads here may
// have begun to say it (?subject=projects&body=…).
func (p *Pages) correctionForm(w http.ResponseWriter, r *http.Request) error {
	begun := r.URL.Query()
	return p.showCorrection(w, r, url.Values{"subject": {begun.Get("subject")}, "body": {begun.Get("body")}}, nil)
}

func (p *Pages) showCorrection(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	at, err := corrected(r)
	if err != nil {
		return err
	}
	c := corrections{days: p.Orgs.ReplyDays(), signedIn: web.Actor(r).SignedIn()}
	if c.Page, c.decided, c.asked, err = p.Orgs.Corrections(r.Context(), web.Actor(r), at); err != nil {
		return err
	}
	return ui.ShowForm(w, r, "orgs.correction_title", values, fault, func(t ui.FormPage) templ.Component { return correctionFields(t, c) })
}

// corrected is the page that the address names.
func corrected(r *http.Request) (ref.Ref, error) {
	id, err := web.ID(r, "id")
	kind := orgs.InSection(r.PathValue("kind"))
	if err == nil && kind == "" {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return ref.Ref{Kind: kind, ID: id}, err
}

func (p *Pages) correct(w http.ResponseWriter, r *http.Request) error {
	at, err := corrected(r)
	if err != nil {
		return err
	}
	if _, _, _, err = p.Orgs.Corrections(r.Context(), web.Actor(r), at); err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := orgs.NewCorrection{Page: at, Subject: f.Line("subject"), Body: f.Text("body"), Mail: f.Line("mail")}
	var c orgs.Correction
	if err = f.Err(); err == nil {
		c, err = p.Orgs.AskCorrection(r.Context(), web.Actor(r), n)
	}
	if err != nil {
		return p.showCorrection(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, c.Ref().Path, "orgs.notice.asked")
}

func (p *Pages) decisionForm(w http.ResponseWriter, r *http.Request) error {
	return p.showDecision(w, r, url.Values{}, nil)
}

func (p *Pages) showDecision(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	c, page, err := p.asked(r)
	if err != nil {
		return err
	}
	return ui.ShowForm(w, r, "orgs.decision_title", values, fault, func(t ui.FormPage) templ.Component { return decisionFields(t, c, page) })
}

func (p *Pages) asked(r *http.Request) (c orgs.Correction, page orgs.Page, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return c, page, err
	}
	return p.Orgs.CorrectionByID(r.Context(), web.Actor(r), id)
}

func (p *Pages) decide(w http.ResponseWriter, r *http.Request) error {
	c, _, err := p.asked(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	d, answer := orgs.Decision(f.Line("decision")), f.Texts("answer")
	if err = f.Err(); err == nil {
		_, err = p.Orgs.DecideCorrection(r.Context(), web.Actor(r), c.ID, d, answer)
	}
	if err != nil {
		return p.showDecision(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, c.Ref().Path, "orgs.notice.answered")
}

// answers are what was decided on corrections.
func answers(p *i18n.Printer, list []orgs.Correction) []ui.Moment {
	var out []ui.Moment
	for _, c := range list {
		tone := ui.Good
		if c.Decision == orgs.Declined {
			tone = ui.Quiet
		}
		out = append(out, ui.Moment{When: p.Date(c.DecidedOn), At: c.DecidedOn.String(), Title: p.T("orgs.subject." + c.Subject),
			Text: p.T("orgs.decision."+string(c.Decision)) + ". " + p.Text(c.Answer), Tone: tone})
	}
	return out
}
