package homeweb

import (
	"net/http"
	"strings"
	"time"

	"birge/internal/notices"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// changesShown is how many pages a desk tells of.
const changesShown = 10

// changed is what changed lately in what somebody follows.
type changed struct {
	moments []ui.Moment
	follows int
	unread  int64
	more    bool
}

func (h *Home) changed(r *http.Request, p ui.Page) (c changed, err error) {
	list, follows, err := h.Notices.Changes(r.Context(), web.Actor(r))
	if err != nil {
		return c, err
	}
	mine, err := h.Notices.Mine(r.Context(), web.Actor(r), 0, 1)
	c = changed{follows: follows, unread: mine.Unread, more: len(list) > changesShown}
	for _, x := range list[:min(len(list), changesShown)] {
		c.moments = append(c.moments, changeMoment(p, web.Zone(r), x))
	}
	return c, err
}

func changeMoment(p ui.Page, zone *time.Location, x notices.Change) ui.Moment {
	var deeds []string
	for _, d := range x.Deeds {
		s := sentence(p, d.Act)
		if d.Times > 1 {
			s += " ×" + p.Int(int64(d.Times))
		}
		deeds = append(deeds, s)
	}
	at := x.At.In(zone)
	title, lang := x.Page.Title.In(p.Lang)
	return ui.Moment{When: p.DateTime(at), At: at.Format(time.RFC3339), Title: title, Lang: lang, Path: x.Page.Path, Text: strings.Join(deeds, " · ")}
}
