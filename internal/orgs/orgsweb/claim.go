package orgsweb

import (
	"net/http"
	"net/url"

	"birge/internal/orgs"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

func (p *Pages) claimForm(w http.ResponseWriter, r *http.Request) error {
	return p.showClaimForm(w, r, url.Values{"way": {string(orgs.ByLetter)}}, nil)
}

func (p *Pages) showClaimForm(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	o, taken, mails, err := p.Orgs.Claimable(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	return ui.ShowForm(w, r, "orgs.claim_title", values, fault, func(t ui.FormPage) templ.Component { return claimFields(t, o, taken, mails) })
}

func (p *Pages) claim(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := orgs.NewClaim{OrgID: id, Way: orgs.Way(f.Line("way")), Post: f.Line("post"), Letter: f.Line("letter")}
	var c orgs.Claim
	if err = f.Err(); err == nil {
		c, err = p.Orgs.Claim(r.Context(), web.Actor(r), n)
	}
	if err != nil {
		return p.showClaimForm(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, c.Ref().Path, "orgs.notice.claimed")
}

// claims lists what waits for an officer.
func (p *Pages) claims(w http.ResponseWriter, r *http.Request) error {
	list, err := p.Orgs.Claims(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	ids := make([]ref.ID, len(list))
	for i, c := range list {
		ids[i] = c.OrgID
	}
	of, err := p.Orgs.InOrder(r.Context(), ids)
	if err != nil {
		return err
	}
	page := ui.PageOf(r, web.Words(r).T("orgs.claims"))
	page.NoIndex = true
	names := map[ref.ID]orgs.Organization{}
	for _, o := range of {
		names[o.ID] = o
	}
	return web.Render(w, r, http.StatusOK, claimsPage(page, list, names))
}

func (p *Pages) showClaim(w http.ResponseWriter, r *http.Request) error {
	return p.showCase(w, r, url.Values{}, nil)
}

func (p *Pages) showCase(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	c, err := p.caseOf(r)
	if err != nil {
		return err
	}
	return ui.ShowForm(w, r, "orgs.claim_one", values, fault, func(t ui.FormPage) templ.Component { return casePage(t, c) })
}

func (p *Pages) caseOf(r *http.Request) (orgs.Case, error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return orgs.Case{}, err
	}
	return p.Orgs.CaseOf(r.Context(), web.Actor(r), id)
}

// actOnClaim takes the step whose button was pressed.
func (p *Pages) actOnClaim(w http.ResponseWriter, r *http.Request) error {
	c, err := p.caseOf(r)
	if err != nil {
		return err
	}
	ctx, by, f := r.Context(), web.Actor(r), web.ReadForm(r)
	why := f.Texts("why")
	switch do := f.Line("do"); do {
	case "prove":
		_, err = p.Orgs.ProveByCode(ctx, by, c.ID, f.Line("code"))
	case "check":
		_, err = p.Orgs.CheckLetter(ctx, by, c.ID)
	case "object":
		_, err = p.Orgs.ObjectTo(ctx, by, c.ID, why)
	case "accept", "refuse":
		_, err = p.Orgs.DecideClaim(ctx, by, c.ID, do == "accept", why)
	case "withdraw":
		_, err = p.Orgs.WithdrawClaim(ctx, by, c.ID)
	default:
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	if err != nil {
		return p.showCase(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, c.Claim.Ref().Path, "orgs.notice.done")
}

func claimTasks(page ui.Page, list []orgs.Claim, names map[ref.ID]orgs.Organization) (out []ui.Task) {
	for _, c := range list {
		out = append(out, ui.Task{Title: page.Text(names[c.OrgID].Name), Path: c.Ref().Path, Tone: ui.Wait,
			Note: c.Post + " · " + page.Date(c.SentOn) + " · " + page.T("orgs.claim_is."+string(c.State))})
	}
	return out
}

// claimFacts tell what is asked and how far it has come.
func claimFacts(page ui.Page, c orgs.Case) []ui.Fact {
	list := []ui.Fact{
		{Label: page.T("orgs.claim_of"), Show: refLink(page, c.Org.Ref())},
		{Label: page.T("orgs.claim_state"), Value: page.T("orgs.claim_is." + string(c.State))},
	}
	add := func(key, value string) {
		if value != "" {
			list = append(list, ui.Fact{Label: page.T(key), Value: value})
		}
	}
	add("orgs.claimant", c.Claimant)
	add("orgs.post_of", c.Post)
	add("orgs.way", page.T("orgs.way."+string(c.Way)))
	add("orgs.letter", c.Letter)
	add("orgs.sent_on", page.Date(c.SentOn))
	if !c.Until.IsZero() {
		add("orgs.object_until", page.Date(c.Until))
	}
	if !c.DecidedOn.IsZero() {
		add("orgs.decided_on", page.Date(c.DecidedOn))
	}
	return list
}
