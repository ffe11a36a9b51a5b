package homeweb

import (
	"net/http"

	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// Home is what the pages of no single room need.
type Home struct{ library library }

// New reads the texts of the portal.
func New() (*Home, error) {
	lib, err := readLibrary()
	if err != nil {
		return nil, err
	}
	return &Home{library: lib}, nil
}

func (h *Home) front(w http.ResponseWriter, r *http.Request) error {
	p := ui.PageOf(r, web.Words(r).T("home.title"))
	return web.Render(w, r, http.StatusOK, framed(p, frontPage(p)))
}
