package awardsweb

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"birge/internal/awards"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// decision is the page on which it is said who wins.
type decision struct {
	candidates
	awards.Deciding
}

func (h *Pages) decision(w http.ResponseWriter, r *http.Request) error {
	return h.showDecision(w, r, nil, nil)
}

func (h *Pages) showDecision(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	id, bad := web.ID(r, "id")
	if bad != nil {
		return bad
	}
	d := decision{}
	if d.Deciding, bad = h.Awards.Deciding(r.Context(), web.Actor(r), id); bad != nil {
		return bad
	}
	d.candidates = candidates{Candidates: d.Deciding.Candidates, h: h}
	if values == nil {
		values = url.Values{"version": {strconv.FormatInt(d.Deciding.Decision.Version, 10)}}
		ui.PutTexts(values, "note", d.Deciding.Decision.Note)
		for _, x := range d.Deciding.Decision.Winners {
			values.Set("wins."+x.NomineeID.String(), "yes")
			ui.PutTexts(values, "reason."+x.NomineeID.String(), x.Reason)
		}
	}
	return ui.ShowForm(w, r, "awards.decision", values, err, func(t ui.FormPage) templ.Component {
		d.FormPage = t
		d.Page.Sample = d.Page.Sample || d.Deciding.Round.Sample
		return decisionFields(d)
	})
}

func (d decision) at() string { return d.Deciding.Round.Ref().Path + "/decision" }

// draft tells that the decision can still be written.
func (d decision) draft() bool { return d.Deciding.Decision.PutAt.IsZero() }

// in lists the nominees of a nomination, the best first.
func (d decision) in(no int) (list []awards.Placed) {
	for _, p := range d.Placed {
		if p.Nomination == no {
			list = append(list, p)
		}
	}
	return list
}

func (d decision) label(p awards.Placed) string {
	s := d.Text(d.title(p.Nominee)) + " · " + d.T("awards.points", "points", d.Decimal(p.Corrected, 1)) + " · " + d.T("awards.place_no", "no", p.Place)
	if d.Barred[p.ID] {
		s += " · " + d.T("awards.barred")
	}
	return s
}

func (d decision) wins(p awards.Placed) ui.Field {
	return ui.Field{Name: "wins." + p.ID.String(), Label: d.label(p), Checked: d.Values.Get("wins."+p.ID.String()) != ""}
}

func (d decision) meetings() (out []ui.Choice) {
	for _, m := range d.Meetings {
		out = append(out, ui.Choice{Value: m.ID.String(), Label: d.T("awards.meeting_on", "no", m.No, "day", m.StartsAt.In(d.h.Panels.Zone))})
	}
	return out
}

func (h *Pages) decide(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	by, at := web.Actor(r), f.Version()
	notice := "awards.notice.saved"
	switch f.Line("do") {
	case "put":
		_, err = h.Awards.PutDecision(r.Context(), by, id, at)
	case "take_back":
		_, err = h.Awards.TakeBackDecision(r.Context(), by, id, at)
	case "publish":
		if _, err = h.Awards.PublishDecision(r.Context(), by, id, at); err == nil {
			return web.SeeOther(w, r, "/awards/"+id.String(), "awards.notice.decided")
		}
	case "meeting":
		err = h.toMeeting(r, f, id)
		notice = "awards.notice.on_agenda"
	default:
		winners, note := readWinners(f), f.Texts("note")
		if err = f.Err(); err == nil {
			_, err = h.Awards.DraftDecision(r.Context(), by, id, at, winners, note)
		}
		if err != nil {
			return h.showDecision(w, r, f.Values, err)
		}
	}
	if err != nil {
		if bad := problem.As(err); bad != nil && len(bad.Fields) > 0 {
			return h.showDecision(w, r, nil, err)
		}
		return h.refusedDecision(w, r, err)
	}
	return web.SeeOther(w, r, "/awards/"+id.String()+"/decision", notice)
}

// refusedDecision shows the page again with why something was not done; who may not
// see the page is told so.
func (h *Pages) refusedDecision(w http.ResponseWriter, r *http.Request, err error) error {
	if bad := problem.As(err); bad == nil || bad.Kind != problem.Conflict {
		return err
	}
	return h.showDecision(w, r, nil, err)
}

// readWinners reads who is ticked, with the reasons.
func readWinners(f *web.Form) (list []awards.Winner) {
	for name := range f.Values {
		code, ok := strings.CutPrefix(name, "wins.")
		id, known := ref.ParseID(code)
		if ok && known && f.Bool(name) {
			list = append(list, awards.Winner{NomineeID: id, Reason: f.Texts("reason." + code)})
		}
	}
	slices.SortFunc(list, func(a, b awards.Winner) int { return cmp.Compare(a.NomineeID, b.NomineeID) })
	return list
}

func (h *Pages) toMeeting(r *http.Request, f *web.Form, round ref.ID) error {
	x, err := h.Awards.Story(r.Context(), web.Actor(r), round)
	if err != nil {
		return err
	}
	title, motion := i18n.Text{}, i18n.Text{} // minutes want all languages
	for _, l := range i18n.Langs {
		name, _ := x.Round.Title.In(l)
		title.Set(l, name)
		motion.Set(l, h.Words().Printer(l).T("awards.motion", "title", name))
	}
	meeting := f.ID("meeting")
	if err := f.Err(); err != nil {
		return err
	}
	return h.Awards.PutOnAgenda(r.Context(), web.Actor(r), round, meeting, title, motion)
}
