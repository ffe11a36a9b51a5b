package homeweb

import (
	"net/http"

	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

func (h *Home) front(w http.ResponseWriter, r *http.Request) error {
	p := ui.PageOf(r, web.Words(r).T("home.title"))
	return web.Render(w, r, http.StatusOK, framed(p, frontPage(p)))
}
