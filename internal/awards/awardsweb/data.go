package awardsweb

import (
	"net/http"

	"birge/internal/awards"
	"birge/internal/platform/web"
)

// roundsJSON gives the list as data, by the same filters.
func (h *Pages) roundsJSON(w http.ResponseWriter, r *http.Request) error {
	type row struct {
		awards.Round
		State     awards.State `json:"state"`
		Laureates int64        `json:"laureates"`
	}
	out := []row{}
	if err := h.each(r, func(x awards.Listed) { out = append(out, row{x.Round, x.State, x.Laureates}) }); err != nil {
		return err
	}
	return web.JSON(w, r, out)
}

// roundJSON gives a round with its laureates as data.
func (h *Pages) roundJSON(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	type row struct {
		awards.Round
		State     awards.State      `json:"state"`
		Laureates []awards.Laureate `json:"laureates"`
	}
	return web.JSON(w, r, row{v.Round, v.State, v.Laureates})
}
