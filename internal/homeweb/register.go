package homeweb

import (
	"net/http"

	"birge/internal/accounts"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// register shows every field in which the portal keeps something of a natural
// person: whose it is, what for, on what ground and for how long.
func (h *Home) register(w http.ResponseWriter, r *http.Request) error {
	p := ui.PageOf(r, web.Words(r).T("register.title"))
	p.Description = p.T("register.lead")
	p.Crumbs = []ui.Crumb{{Title: p.T("ui.privacy"), Path: "/privacy"}}
	return web.Render(w, r, http.StatusOK, framed(p, registerPage(p, h.Accounts.Register())))
}

func registerSheet(p ui.Page, fields []accounts.PersonalField) ui.Sheet {
	s := ui.Sheet{Caption: p.T("register.title"), Columns: []ui.Column{{Label: p.T("register.field")}, {Label: p.T("register.whose")},
		{Label: p.T("register.purpose")}, {Label: p.T("register.ground")}, {Label: p.T("register.keep")}}}
	for _, f := range fields {
		row := ui.Cells("", p.T(f.Whose), p.T(f.Purpose), p.T(f.Ground), p.T(f.Keep))
		row[0].Show = mono(f.Table + "." + f.Column)
		s.Rows = append(s.Rows, row)
	}
	return s
}
