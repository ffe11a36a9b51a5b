package orgsweb

import (
	"net/http"
	"net/url"

	"birge/internal/orgs"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// correctionForm asks what is wrong; a page that leads here may have begun to say
// it (?subject=projects&body=…).
func (p *Pages) correctionForm(w http.ResponseWriter, r *http.Request) error {
	begun := r.URL.Query()
	return p.showCorrection(w, r, url.Values{"subject": {begun.Get("subject")}, "body": {begun.Get("body")}}, nil)
}

func (p *Pages) showCorrection(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	o, err := p.living(r)
	if err != nil {
		return err
	}
	return ui.ShowForm(w, r, "orgs.correction_title", values, fault, func(t ui.FormPage) templ.Component {
		return correctionFields(t, o, web.Actor(r).SignedIn())
	})
}

// living is the organization of the address, or the one that took its place.
func (p *Pages) living(r *http.Request) (o orgs.Organization, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return o, err
	}
	if o, err = p.Orgs.ByID(r.Context(), id); err == nil && !o.Living() {
		o, err = p.Orgs.ByID(r.Context(), o.MergedInto)
	}
	return o, err
}

func (p *Pages) correct(w http.ResponseWriter, r *http.Request) error {
	o, err := p.living(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := orgs.NewCorrection{OrgID: o.ID, Subject: f.Line("subject"), Body: f.Text("body"), Mail: f.Line("mail")}
	if err = f.Err(); err == nil {
		_, err = p.Orgs.AskCorrection(r.Context(), web.Actor(r), n)
	}
	if err != nil {
		return p.showCorrection(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, o.Ref().Path, "orgs.notice.asked")
}

func (p *Pages) decisionForm(w http.ResponseWriter, r *http.Request) error {
	return p.showDecision(w, r, url.Values{}, nil)
}

func (p *Pages) showDecision(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	c, o, err := p.asked(r)
	if err != nil {
		return err
	}
	return ui.ShowForm(w, r, "orgs.decision_title", values, fault, func(t ui.FormPage) templ.Component { return decisionFields(t, c, o) })
}

func (p *Pages) asked(r *http.Request) (c orgs.Correction, o orgs.Organization, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return c, o, err
	}
	return p.Orgs.CorrectionByID(r.Context(), web.Actor(r), id)
}

func (p *Pages) decide(w http.ResponseWriter, r *http.Request) error {
	c, o, err := p.asked(r)
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
	return web.SeeOther(w, r, o.Ref().Path, "orgs.notice.answered")
}
