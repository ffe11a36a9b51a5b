package fundingweb

import (
	"birge/internal/funding"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// perOrg says how many applications one organization may hand in and win.
func perOrg(p ui.Page, t funding.Terms) string {
	in, win := p.T("funding.per_org.any"), p.T("funding.wins_per_org.any")
	if t.PerOrg > 0 {
		in = p.N("funding.per_org.n", int64(t.PerOrg))
	}
	if t.WinsPerOrg > 0 {
		win = p.N("funding.wins_per_org.n", int64(t.WinsPerOrg))
	}
	return in + " " + win
}

// perOrg asks for one of the two bounds.
func (f callForm) perOrg(name string) ui.Field {
	x := f.Ask(name, "funding.call."+name)
	x.Hint = f.T("funding.call.per_org_hint")
	return x
}

// readPerOrg reads the two bounds; where nothing is typed the usual ones hold for
// the kind of funding.
func (h *Pages) readPerOrg(f *web.Form, kind string) (handIn, win int) {
	handIn, win = h.Funding.UsualPerOrg(kind, h.Funding.Today())
	if f.Has("per_org") {
		handIn = int(f.Int("per_org"))
	}
	if f.Has("wins_per_org") {
		win = int(f.Int("wins_per_org"))
	}
	return handIn, win
}
